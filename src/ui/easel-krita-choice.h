/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define EASEL_KRITA_WAY "krita-way"
#define EASEL_KRITA_WAY_SET_UP "set-up"

/* How the address gets into Krita, chosen while waiting. */
#define EASEL_TYPE_KRITA_CHOICE (easel_krita_choice_get_type ())
G_DECLARE_FINAL_TYPE (EaselKritaChoice, easel_krita_choice, EASEL, KRITA_CHOICE, GtkBox)

void easel_krita_choice_bind (EaselKritaChoice *self, GSettings *settings);

G_END_DECLS
