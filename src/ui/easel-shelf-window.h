/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The models that are remembered, with or without a running GPU. */
#define EASEL_TYPE_SHELF_WINDOW (easel_shelf_window_get_type ())
G_DECLARE_FINAL_TYPE (EaselShelfWindow, easel_shelf_window, EASEL, SHELF_WINDOW, GtkWindow)

GtkWindow *easel_shelf_window_new (GtkWindow *parent, EaselSession *session);

G_END_DECLS
