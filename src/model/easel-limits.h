/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-money.h"

G_BEGIN_DECLS

#define EASEL_LIMITS_MIN_HOURS 1
#define EASEL_LIMITS_MAX_HOURS 24
#define EASEL_LIMITS_DEFAULT_HOURS 4
#define EASEL_LIMITS_DEFAULT_IDLE_MIN 60
#define EASEL_LIMITS_DEFAULT_CLOSED_MIN 20
#define EASEL_LIMITS_DEFAULT_OVERPRICE_PERCENT 15

/**
 * EaselLimits:
 * @hours: paint for at most this long
 * @idle_minutes: ends after so long without a generated picture
 * @closed_minutes: ends so long after Krita was closed (needs the agent)
 * @stop_instead: pause at the end instead of deleting
 *
 * When a rental ends by itself.
 */
typedef struct
{
  guint hours;
  guint idle_minutes;
  guint closed_minutes;
  gboolean stop_instead;
} EaselLimits;

/**
 * EaselEndReason:
 * @EASEL_END_NONE: nothing ends it now
 * @EASEL_END_HOURS: the hours chosen on Review are over
 * @EASEL_END_IDLE: nothing was generated for long, although somebody was connected
 * @EASEL_END_BALANCE: the balance is used up
 * @EASEL_END_CLOSED: Krita was closed some time ago
 * @EASEL_END_NEVER: nobody ever connected
 * @EASEL_END_BOOT: the server did not come up
 * @EASEL_END_CRASH: the server broke down and could not be started again
 */
typedef enum
{
  EASEL_END_NONE,
  EASEL_END_HOURS,
  EASEL_END_IDLE,
  EASEL_END_BALANCE,
  EASEL_END_CLOSED,
  EASEL_END_NEVER,
  EASEL_END_BOOT,
  EASEL_END_CRASH
} EaselEndReason;

void easel_limits_init_default (EaselLimits *self);
void easel_limits_clamp (EaselLimits *self);
gint64 easel_limits_hard_end (const EaselLimits *self, gint64 created_unix_ms);
gint64 easel_limits_cut (gint64 end_unix_ms, gint64 now_unix_ms, gint64 money, gint64 price);
gint64 easel_limits_worst_case (const EaselLimits *self, gint64 price, gint64 traffic_cost);
EaselEndReason easel_limits_decide (const EaselLimits *self,
                                    gint64 now_unix_ms,
                                    gint64 hard_end_unix_ms,
                                    gint64 ready_unix_ms,
                                    gint64 last_busy_unix_ms,
                                    gint64 *ret_ends_at_unix_ms);

G_END_DECLS
