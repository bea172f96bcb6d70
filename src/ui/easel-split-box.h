/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Two children side by side where there is room, else one below the other. */
#define EASEL_TYPE_SPLIT_BOX (easel_split_box_get_type ())
G_DECLARE_FINAL_TYPE (EaselSplitBox, easel_split_box, EASEL, SPLIT_BOX, GtkWidget)

GtkWidget *easel_split_box_new (GtkWidget *start, GtkWidget *end);
GtkWidget *easel_split_box_get_start (EaselSplitBox *self);
void easel_split_box_set_start (EaselSplitBox *self, GtkWidget *child);
GtkWidget *easel_split_box_get_end (EaselSplitBox *self);
void easel_split_box_set_end (EaselSplitBox *self, GtkWidget *child);

G_END_DECLS
