/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-clock.h"
#include "easel-rental.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Everything technical about one rental, as it is at this moment, to read and to copy. */
GtkWindow *easel_details_window_new (GtkWindow *parent, EaselRental *rental, EaselClock *clock);

G_END_DECLS
