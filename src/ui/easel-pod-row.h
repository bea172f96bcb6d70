/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-clock.h"
#include "easel-row-action.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* One GPU in the studio's list. Signal "chosen" (EaselRowAction as uint) when the person wants
 * something; the row itself changes nothing. */
#define EASEL_TYPE_POD_ROW (easel_pod_row_get_type ())
G_DECLARE_FINAL_TYPE (EaselPodRow, easel_pod_row, EASEL, POD_ROW, GtkListBoxRow)

GtkWidget *easel_pod_row_new (EaselRental *rental, EaselClock *clock);
EaselRental *easel_pod_row_get_rental (EaselPodRow *self);
void easel_pod_row_refresh (EaselPodRow *self);
void easel_pod_row_set_suggested (EaselPodRow *self, gboolean suggested);

G_END_DECLS
