/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkWindow *easel_help_window_new (GtkWindow *parent);
GtkWindow *easel_help_window_new_shortcuts (GtkWindow *parent);

G_END_DECLS
