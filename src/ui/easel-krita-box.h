/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-krita-setup.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Set Up Krita: one button, and what became of it. */
#define EASEL_TYPE_KRITA_BOX (easel_krita_box_get_type ())
G_DECLARE_FINAL_TYPE (EaselKritaBox, easel_krita_box, EASEL, KRITA_BOX, GtkBox)

void easel_krita_box_set_setup (EaselKritaBox *self, EaselKritaSetup *setup);
void easel_krita_box_set_address (EaselKritaBox *self, const char *address);
void easel_krita_box_start (EaselKritaBox *self);

G_END_DECLS
