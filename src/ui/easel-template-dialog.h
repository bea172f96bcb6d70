/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Search over the provider's templates; the chosen one goes into the plan and the window closes. */
#define EASEL_TYPE_TEMPLATE_DIALOG (easel_template_dialog_get_type ())
G_DECLARE_FINAL_TYPE (EaselTemplateDialog, easel_template_dialog, EASEL, TEMPLATE_DIALOG, GtkWindow)

EaselTemplateDialog *easel_template_dialog_new (GtkWindow *parent, EaselSession *session);

G_END_DECLS
