/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-wizard-flow.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What GtkAssistant puts around the pages (buttons, side list), bent to the wizard's wishes. */
typedef struct _EaselWizardFrame EaselWizardFrame;
typedef gboolean (*EaselWizardFrameIsOpen) (gpointer user_data);

EaselWizardFrame *easel_wizard_frame_new (GtkWindow *assistant,
                                          EaselWizardFrameIsOpen is_way_open,
                                          gpointer user_data);
void easel_wizard_frame_free (EaselWizardFrame *self);
void easel_wizard_frame_expect_default_size (EaselWizardFrame *self);
void easel_wizard_frame_set_step (EaselWizardFrame *self, EaselStep step);
void easel_wizard_frame_update (EaselWizardFrame *self);

G_END_DECLS
