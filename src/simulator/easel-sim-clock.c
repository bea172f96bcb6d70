/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The simulated cloud's time and its chance. Time is a pure function of this computer's monotonic
 * clock, so nothing in the simulator needs a timer of its own: a pod's state is computed from the
 * time whenever somebody asks. Chance comes from the seed alone. Socket deadlines are not scaled
 * and not known here.
 */
#include "config.h"

#include "easel-sim-clock.h"

struct _EaselSimClock
{
  double speed;
  gint64 monotonic_epoch_us;
  gint64 real_epoch_ms;
  gint64 cloud_epoch_ms;
};

/**
 * easel_sim_clock_new:
 * @speed: cloud seconds per real second, 0 for time that only easel_sim_clock_advance() moves
 * @cloud_epoch_ms: the cloud's time now, Unix milliseconds
 *
 * Returns: (transfer full): a running clock
 */
EaselSimClock *
easel_sim_clock_new (double speed, gint64 cloud_epoch_ms)
{
  EaselSimClock *self = g_new0 (EaselSimClock, 1);

  self->speed = speed;
  self->monotonic_epoch_us = g_get_monotonic_time ();
  self->real_epoch_ms = g_get_real_time () / 1000;
  self->cloud_epoch_ms = cloud_epoch_ms;
  return self;
}

/**
 * easel_sim_clock_free:
 * @self: (transfer full): a clock
 */
void
easel_sim_clock_free (EaselSimClock *self)
{
  g_free (self);
}

/**
 * easel_sim_clock_now:
 * @self: a clock
 *
 * Returns: the cloud's time, Unix milliseconds
 */
gint64
easel_sim_clock_now (EaselSimClock *self)
{
  double passed_ms;

  g_return_val_if_fail (self != NULL, 0);
  passed_ms = (double) (g_get_monotonic_time () - self->monotonic_epoch_us) / 1000.0;
  return self->cloud_epoch_ms + (gint64) (passed_ms * self->speed);
}

static void
rebase (EaselSimClock *self)
{
  gint64 now = easel_sim_clock_now (self);

  self->monotonic_epoch_us = g_get_monotonic_time ();
  self->real_epoch_ms = g_get_real_time () / 1000;
  self->cloud_epoch_ms = now;
}

/**
 * easel_sim_clock_get_speed:
 * @self: a clock
 *
 * Returns: cloud seconds per real second
 */
double
easel_sim_clock_get_speed (EaselSimClock *self)
{
  return self->speed;
}

/**
 * easel_sim_clock_get_real_epoch:
 * @self: a clock
 *
 * Returns: this computer's wall time, Unix milliseconds, at which the cloud's time was
 *   easel_sim_clock_get_cloud_epoch()
 */
gint64
easel_sim_clock_get_real_epoch (EaselSimClock *self)
{
  return self->real_epoch_ms;
}

/**
 * easel_sim_clock_get_cloud_epoch:
 * @self: a clock
 *
 * Returns: the cloud's time, Unix milliseconds, at easel_sim_clock_get_real_epoch()
 */
gint64
easel_sim_clock_get_cloud_epoch (EaselSimClock *self)
{
  return self->cloud_epoch_ms;
}

/**
 * easel_sim_clock_set_speed:
 * @self: a clock
 * @speed: cloud seconds per real second from now on
 */
void
easel_sim_clock_set_speed (EaselSimClock *self, double speed)
{
  g_return_if_fail (self != NULL);
  rebase (self);
  self->speed = speed;
}

/**
 * easel_sim_clock_advance:
 * @self: a clock
 * @milliseconds: how far to jump, may be negative
 */
void
easel_sim_clock_advance (EaselSimClock *self, gint64 milliseconds)
{
  g_return_if_fail (self != NULL);
  rebase (self);
  self->cloud_epoch_ms += milliseconds;
}

/**
 * easel_sim_time_format:
 * @unix_ms: a time, Unix milliseconds
 *
 * Returns: (transfer full): it as RFC 3339 in UTC, to the second
 */
char *
easel_sim_time_format (gint64 unix_ms)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (unix_ms / 1000);

  if (time == NULL)
    return g_strdup ("1970-01-01T00:00:00Z");
  return g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ");
}

/**
 * easel_sim_time_parse:
 * @text: (nullable): RFC 3339 from a request
 * @ret_unix_ms: (out): Unix milliseconds
 *
 * Returns: whether @text is such a time
 */
gboolean
easel_sim_time_parse (const char *text, gint64 *ret_unix_ms)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = NULL;

  if (text == NULL || !g_utf8_validate (text, -1, NULL))
    return FALSE;
  time = g_date_time_new_from_iso8601 (text, utc);
  if (time == NULL)
    return FALSE;
  *ret_unix_ms = g_date_time_to_unix (time) * 1000 + g_date_time_get_microsecond (time) / 1000;
  return TRUE;
}

/**
 * easel_sim_hash:
 * @seed: the simulator's seed
 * @text: a name
 *
 * Returns: a number that looks random and is the same every time; also the start of a sequence
 *   for easel_sim_next()
 */
guint64
easel_sim_hash (guint64 seed, const char *text)
{
  guint64 hash =
      G_GUINT64_CONSTANT (0xcbf29ce484222325) ^ (seed * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));

  for (const char *p = text; *p != '\0'; p++)
    {
      hash ^= (guchar) *p;
      hash *= G_GUINT64_CONSTANT (0x100000001b3);
    }
  return easel_sim_next (&hash);
}

/**
 * easel_sim_next:
 * @state: (inout): where the sequence is
 *
 * Returns: the sequence's next number (SplitMix64)
 */
guint64
easel_sim_next (guint64 *state)
{
  guint64 z = (*state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

/**
 * easel_sim_range:
 * @state: (inout): where the sequence is
 * @low: smallest result
 * @high: largest result, not below @low
 *
 * Returns: a number from @low to @high
 */
gint64
easel_sim_range (guint64 *state, gint64 low, gint64 high)
{
  return low + (gint64) (easel_sim_next (state) % (guint64) (high - low + 1));
}
