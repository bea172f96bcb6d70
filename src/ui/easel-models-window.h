/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The models of one running GPU: what is there, what is on its way, and how more gets there. */
#define EASEL_TYPE_MODELS_WINDOW (easel_models_window_get_type ())
G_DECLARE_FINAL_TYPE (EaselModelsWindow, easel_models_window, EASEL, MODELS_WINDOW, GtkWindow)

/* A new window, or the one that is open for @rental already. (transfer none) */
GtkWindow *easel_models_window_open (GtkWindow *parent, EaselSession *session, EaselRental *rental);

G_END_DECLS
