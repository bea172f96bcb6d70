/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What holds for every rental from now on, and the keys. Each change takes effect at once. */
GtkWindow *easel_preferences_window_new (GtkWindow *parent, EaselSession *session);
void easel_preferences_window_show_keys (GtkWindow *window);

G_END_DECLS
