/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define EASEL_UI_RESOURCE_PREFIX "/io/github/cloudeasel/CloudEasel"

void easel_ui_draw_without_gl (void);
void easel_ui_init (void);
void easel_ui_open_uri (GtkWidget *widget, const char *uri);
GtkWidget *easel_ui_new_heading (const char *text, const char *css_class, int level);
void easel_ui_set_class (GtkWidget *widget, const char *css_class, gboolean is_set);
void easel_ui_set_text (GtkLabel *label, const char *text);
void easel_ui_take_text (GtkLabel *label, char *text);
void easel_ui_wrap_label_of (GtkWidget *widget);
void easel_ui_set_accessible_name (GtkWidget *widget, const char *name);
void easel_ui_take_accessible_name (GtkWidget *widget, char *name);

G_END_DECLS
