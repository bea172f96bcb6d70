/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-deployment.h"
#include "easel-rental.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What the rented computer writes, growing while it grows. */
#define EASEL_TYPE_LOG_WINDOW (easel_log_window_get_type ())
G_DECLARE_FINAL_TYPE (EaselLogWindow, easel_log_window, EASEL, LOG_WINDOW, GtkWindow)

GtkWindow *easel_log_window_new (GtkWindow *parent, const char *title, EaselDeployment *deployment);
GtkWindow *easel_log_window_new_running (GtkWindow *parent, const char *title, EaselRental *rental);

G_END_DECLS
