/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define EASEL_TYPE_TITLE (easel_title_get_type ())
G_DECLARE_FINAL_TYPE (EaselTitle, easel_title, EASEL, TITLE, GtkWidget)

GtkWidget *easel_title_new (GtkWindow *window);

G_END_DECLS
