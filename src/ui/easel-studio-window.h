/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-row-action.h"
#include "easel-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The home window. It uses the application's actions "rent", "rent-again", "enter-key",
 * "show-starting", "end-all", "receipts", "preferences", "about" and "quit". Signal
 * "close-wanted" (returns boolean): before the window goes; TRUE keeps it. */
#define EASEL_TYPE_STUDIO_WINDOW (easel_studio_window_get_type ())
G_DECLARE_FINAL_TYPE (EaselStudioWindow,
                      easel_studio_window,
                      EASEL,
                      STUDIO_WINDOW,
                      GtkApplicationWindow)

GtkWindow *easel_studio_window_new (GtkApplication *app, EaselSession *session);
void
easel_studio_window_choose (EaselStudioWindow *self, EaselRental *rental, EaselRowAction action);
void easel_studio_window_end_all (EaselStudioWindow *self);
void easel_studio_window_show_receipts (EaselStudioWindow *self);
void easel_studio_window_show_shelf (EaselStudioWindow *self);
void easel_studio_window_tell (EaselStudioWindow *self, const char *text);

G_END_DECLS
