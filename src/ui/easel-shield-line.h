/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-rental.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Whether a GPU ends by itself and who can use it: a shield and the words that it stands for.
 * Hidden where there is nothing to say. */
#define EASEL_TYPE_SHIELD_LINE (easel_shield_line_get_type ())
G_DECLARE_FINAL_TYPE (EaselShieldLine, easel_shield_line, EASEL, SHIELD_LINE, GtkWidget)

void easel_shield_line_show_rental (EaselShieldLine *self, EaselRental *rental);
const char *easel_shield_line_get_text (EaselShieldLine *self);

G_END_DECLS
