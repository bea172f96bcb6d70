/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-studio.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Keeps the program alive, and the computer awake, while something costs that only this program
 * ends. Lives as long as the application. */
#define EASEL_TYPE_GUARD (easel_guard_get_type ())
G_DECLARE_FINAL_TYPE (EaselGuard, easel_guard, EASEL, GUARD, GObject)

EaselGuard *easel_guard_new (GtkApplication *app, EaselStudio *studio);
gboolean easel_guard_is_holding (EaselGuard *self);
gboolean easel_guard_needs_computer (EaselGuard *self);
void easel_guard_release (EaselGuard *self);

G_END_DECLS
