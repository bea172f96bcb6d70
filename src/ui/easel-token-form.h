/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-model-tokens.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Where a person makes a token for a site and enters it. Signal "saved", after the tokens have
 * it. */
#define EASEL_TYPE_TOKEN_FORM (easel_token_form_get_type ())
G_DECLARE_FINAL_TYPE (EaselTokenForm, easel_token_form, EASEL, TOKEN_FORM, GtkBox)

GtkWidget *easel_token_form_new (void);
void
easel_token_form_set_site (EaselTokenForm *self, EaselModelTokens *tokens, EaselModelSite site);
void easel_token_form_focus (EaselTokenForm *self);

G_END_DECLS
