/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-session.h"
#include "easel-wizard-flow.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The wizard. Owns a GtkAssistant (which cannot be subclassed). Signals: "closed" (the window is
 * gone; drop the object), "open-studio" (something runs or is chosen that the studio shows; comes
 * before "closed"), "practise" (Practise for Free was pressed). */
#define EASEL_TYPE_WIZARD (easel_wizard_get_type ())
G_DECLARE_FINAL_TYPE (EaselWizard, easel_wizard, EASEL, WIZARD, GObject)

EaselWizard *easel_wizard_new (GtkApplication *application, EaselSession *session);
void easel_wizard_present (EaselWizard *self, EaselWizardStart start);
void easel_wizard_show_account (EaselWizard *self, const char *provider_id);
void easel_wizard_close (EaselWizard *self);
GtkWindow *easel_wizard_get_window (EaselWizard *self);
EaselStep easel_wizard_get_step (EaselWizard *self);

G_END_DECLS
