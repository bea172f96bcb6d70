/* SPDX-License-Identifier: GPL-3.0-or-later */

/* When a rental ends by itself, and what it can cost until then.
 *
 * Pure arithmetic on times that others measured. Who asks, and who deletes, is not known here. */

#include "config.h"

#include "easel-limits.h"

#define MILLISECONDS_PER_MINUTE G_GINT64_CONSTANT (60000)
#define MILLISECONDS_PER_HOUR G_GINT64_CONSTANT (3600000)

/* The same ranges as in the settings. */
#define MIN_IDLE_MINUTES 10
#define MIN_CLOSED_MINUTES 5
#define MAX_MINUTES 600

/**
 * easel_limits_init_default:
 * @self: (out caller-allocates): limits
 */
void
easel_limits_init_default (EaselLimits *self)
{
  g_return_if_fail (self != NULL);

  self->hours = EASEL_LIMITS_DEFAULT_HOURS;
  self->idle_minutes = EASEL_LIMITS_DEFAULT_IDLE_MIN;
  self->closed_minutes = EASEL_LIMITS_DEFAULT_CLOSED_MIN;
  self->stop_instead = FALSE;
}

/**
 * easel_limits_clamp:
 * @self: (inout): limits from a file or a settings store
 *
 * Brings each figure into its range; there is no way to have no limit.
 */
void
easel_limits_clamp (EaselLimits *self)
{
  g_return_if_fail (self != NULL);

  self->hours = CLAMP (self->hours, EASEL_LIMITS_MIN_HOURS, EASEL_LIMITS_MAX_HOURS);
  self->idle_minutes = CLAMP (self->idle_minutes, MIN_IDLE_MINUTES, MAX_MINUTES);
  self->closed_minutes = CLAMP (self->closed_minutes, MIN_CLOSED_MINUTES, MAX_MINUTES);
  self->stop_instead = self->stop_instead != FALSE;
}

/* Times come from files and servers: the far end of time is late, not early. */
static gint64
add_time (gint64 unix_ms, gint64 duration_ms)
{
  gint64 sum;

  g_assert (duration_ms >= 0);

  return __builtin_add_overflow (unix_ms, duration_ms, &sum) ? G_MAXINT64 : sum;
}

/**
 * easel_limits_hard_end:
 * @self: limits
 * @created_unix_ms: when the pod was created, milliseconds since 1970
 *
 * Returns: when it ends whatever happens
 */
gint64
easel_limits_hard_end (const EaselLimits *self, gint64 created_unix_ms)
{
  g_return_val_if_fail (self != NULL, created_unix_ms);

  return add_time (created_unix_ms, self->hours * MILLISECONDS_PER_HOUR);
}

/**
 * easel_limits_cut:
 * @end_unix_ms: when it ends whatever happens
 * @now_unix_ms: the present
 * @money: micro-dollars that may still be spent, or %EASEL_MONEY_UNKNOWN
 * @price: micro-dollars per hour
 *
 * Returns: @end_unix_ms, or the moment at which the money is used up if that is earlier
 */
gint64
easel_limits_cut (gint64 end_unix_ms, gint64 now_unix_ms, gint64 money, gint64 price)
{
  gint64 product;

  if (money == EASEL_MONEY_UNKNOWN || price <= 0 ||
      __builtin_mul_overflow (MAX (money, 0), MILLISECONDS_PER_HOUR, &product))
    return end_unix_ms;
  return MIN (end_unix_ms, add_time (now_unix_ms, product / price));
}

/**
 * easel_limits_worst_case:
 * @self: limits
 * @price: micro-dollars per hour, all in
 * @traffic_cost: micro-dollars for what the start downloads
 *
 * Returns: the most that the rental can cost until its hard end; %EASEL_MONEY_UNKNOWN if a part of
 *   it is not known
 */
gint64
easel_limits_worst_case (const EaselLimits *self, gint64 price, gint64 traffic_cost)
{
  g_return_val_if_fail (self != NULL, EASEL_MONEY_UNKNOWN);

  return easel_money_add (easel_money_for_duration (price, self->hours * MILLISECONDS_PER_HOUR),
                          traffic_cost);
}

/* When the quiet has lasted long enough, 0 if that rule does not apply yet. */
static gint64
idle_end (const EaselLimits *self,
          gint64 now_unix_ms,
          gint64 ready_unix_ms,
          gint64 last_busy_unix_ms)
{
  gint64 quiet_since;

  g_assert (self != NULL);

  /* Nobody can paint before the server is ready. */
  if (self->idle_minutes == 0 || ready_unix_ms <= 0)
    return 0;

  /* A picture from the future is a clock that steps; it must not keep the pod alive for ever. */
  quiet_since = MAX (ready_unix_ms, MIN (last_busy_unix_ms, now_unix_ms));
  return add_time (quiet_since, self->idle_minutes * MILLISECONDS_PER_MINUTE);
}

/**
 * easel_limits_decide:
 * @self: limits
 * @now_unix_ms: the present
 * @hard_end_unix_ms: when it ends whatever happens, 0 if that is not known
 * @ready_unix_ms: when painting became possible, 0 if it is not yet
 * @last_busy_unix_ms: when the last picture was seen in the making, 0 if never
 * @ret_ends_at_unix_ms: (out) (optional): when the first rule fires, 0 if none does
 *
 * Returns: the rule that is due at @now_unix_ms, the earlier one if both are;
 *   %EASEL_END_NONE if none is
 */
EaselEndReason
easel_limits_decide (const EaselLimits *self,
                     gint64 now_unix_ms,
                     gint64 hard_end_unix_ms,
                     gint64 ready_unix_ms,
                     gint64 last_busy_unix_ms,
                     gint64 *ret_ends_at_unix_ms)
{
  EaselEndReason reason = EASEL_END_NONE;
  gint64 ends_at = 0;
  gint64 idle_at;

  g_return_val_if_fail (self != NULL, EASEL_END_NONE);

  if (hard_end_unix_ms > 0)
    {
      reason = EASEL_END_HOURS;
      ends_at = hard_end_unix_ms;
    }

  idle_at = idle_end (self, now_unix_ms, ready_unix_ms, last_busy_unix_ms);
  if (idle_at != 0 && (ends_at == 0 || idle_at < ends_at))
    {
      reason = EASEL_END_IDLE;
      ends_at = idle_at;
    }

  if (ret_ends_at_unix_ms != NULL)
    *ret_ends_at_unix_ms = ends_at;
  return ends_at != 0 && now_unix_ms >= ends_at ? reason : EASEL_END_NONE;
}
