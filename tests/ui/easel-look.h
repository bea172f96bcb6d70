/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Money, time and state have to be read by everybody: the least contrast of a text with what is
 * behind it (WCAG 2, level AA). */
#define EASEL_LOOK_MIN_CONTRAST 4.5

void easel_look_set_dark (gboolean is_dark);
void easel_look_settle (GtkWidget *root);
GdkTexture *easel_look_take_picture (GtkWidget *root);
guint easel_look_check_contrast (GtkWidget *root, GString *problems);
guint easel_look_check_clipping (GtkWidget *root, GString *problems);

G_END_DECLS
