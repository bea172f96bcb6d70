/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-clock.h"

G_BEGIN_DECLS

/**
 * EaselVastLane:
 *
 * The routes of vast.ai that count requests separately.
 */
typedef enum
{
  EASEL_VAST_LANE_ACCOUNT,
  EASEL_VAST_LANE_SPEND,
  EASEL_VAST_LANE_OFFERS,
  EASEL_VAST_LANE_TEMPLATES,
  EASEL_VAST_LANE_CREATE,
  EASEL_VAST_LANE_GET,
  EASEL_VAST_LANE_LIST,
  EASEL_VAST_LANE_CHANGE,
  EASEL_VAST_LANE_REBOOT,
  EASEL_VAST_LANE_DELETE,
  EASEL_VAST_LANE_LOGS,
  EASEL_VAST_LANE_CHARGES,
  EASEL_VAST_N_LANES
} EaselVastLane;

gint64 easel_vast_lane_interval_ms (EaselVastLane lane);

#define EASEL_TYPE_VAST_PACER (easel_vast_pacer_get_type ())
G_DECLARE_FINAL_TYPE (EaselVastPacer, easel_vast_pacer, EASEL, VAST_PACER, GObject)

EaselVastPacer *easel_vast_pacer_new (EaselClock *clock);
void easel_vast_pacer_enter_async (EaselVastPacer *self,
                                   EaselVastLane lane,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean easel_vast_pacer_enter_finish (EaselVastPacer *self, GAsyncResult *result, GError **error);
void easel_vast_pacer_leave (EaselVastPacer *self, EaselVastLane lane);
void easel_vast_pacer_hold (EaselVastPacer *self, EaselVastLane lane, gint64 milliseconds);

G_END_DECLS
