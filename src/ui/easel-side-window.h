/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What they open with: wide enough for the margins of a page. */
#define EASEL_SIDE_WINDOW_WIDTH 640

/* A small window beside another one, to read something: one column that scrolls, closed with
 * Escape. */
GtkWindow *easel_side_window_new (GtkWindow *parent, const char *title, GtkWidget *content);
/* The one of this type that is open beside @parent, NULL if there is none. (transfer none) */
GtkWindow *easel_side_window_find (GtkWindow *parent, GType type);
/* The frame alone, for content that scrolls by itself. */
void easel_side_window_set_up (GtkWindow *window, GtkWindow *parent, const char *title);

G_END_DECLS
