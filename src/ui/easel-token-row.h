/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-model-tokens.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Whether there is a token for a site, and what can be done about it. */
#define EASEL_TYPE_TOKEN_ROW (easel_token_row_get_type ())
G_DECLARE_FINAL_TYPE (EaselTokenRow, easel_token_row, EASEL, TOKEN_ROW, GtkBox)

GtkWidget *easel_token_row_new (EaselModelTokens *tokens, EaselModelSite site);

G_END_DECLS
