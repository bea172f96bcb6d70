/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The one way in which sizes, speeds, durations and times of day are written.
 *
 * Sizes are decimal gigabytes as providers and download pages write them; GPU memory is the
 * number on the box. Money is easel-money's. */

#include "config.h"

#include "easel-text.h"

#include <glib/gi18n-lib.h>

#define BYTES_PER_GB G_GUINT64_CONSTANT (1000000000)
#define BYTES_PER_MB G_GUINT64_CONSTANT (1000000)
#define MIB_PER_GIB 1024
#define SECONDS_PER_MINUTE 60
#define SECONDS_PER_HOUR 3600
#define SECONDS_PER_DAY 86400

/* Tenths below ten, whole numbers above; something is never written as nothing. */
static char *
format_amount (guint64 amount, guint64 unit)
{
  guint64 tenths = amount / (unit / 10);

  if (amount % (unit / 10) >= unit / 20)
    tenths++;
  if (amount > 0 && tenths == 0)
    tenths = 1;

  if (tenths < 100 && tenths % 10 != 0)
    return g_strdup_printf ("%.1f", (double) tenths / 10.0);
  if (tenths < 100)
    return g_strdup_printf ("%" G_GUINT64_FORMAT, tenths / 10);
  return g_strdup_printf ("%" G_GUINT64_FORMAT,
                          amount / unit + (amount % unit >= unit / 2 ? 1 : 0));
}

/**
 * easel_text_gigabytes:
 * @bytes: a size
 *
 * Returns: (transfer full): @bytes in decimal gigabytes, such as “6.9 GB” or “27 GB”, translated
 */
char *
easel_text_gigabytes (guint64 bytes)
{
  g_autofree char *amount = format_amount (bytes, BYTES_PER_GB);

  return g_strdup_printf (_ ("%s GB"), amount);
}

/**
 * easel_text_vram:
 * @vram_mib: memory of a GPU in MiB
 *
 * Returns: (transfer full): the number on the box, such as “24 GB”, translated
 */
char *
easel_text_vram (guint vram_mib)
{
  g_autofree char *amount = NULL;

  /* A slice of a GPU can have less than one. */
  if (vram_mib < MIB_PER_GIB)
    amount = format_amount (vram_mib * G_GUINT64_CONSTANT (10), MIB_PER_GIB * 10);
  else
    amount = g_strdup_printf ("%u", vram_mib / MIB_PER_GIB +
                                        (vram_mib % MIB_PER_GIB >= MIB_PER_GIB / 2 ? 1 : 0));
  return g_strdup_printf (_ ("%s GB"), amount);
}

/**
 * easel_text_speed:
 * @bytes_per_second: a speed
 *
 * Returns: (transfer full): the speed such as “96 MB/s”, translated
 */
char *
easel_text_speed (guint64 bytes_per_second)
{
  g_autofree char *amount = format_amount (bytes_per_second, BYTES_PER_MB);

  return g_strdup_printf (_ ("%s MB/s"), amount);
}

/* Two neighbouring units, the smaller one left out when it is zero. */
static char *
join_units (const char *large, const char *small, guint n_small)
{
  if (n_small == 0)
    return g_strdup (large);
  /* Translators: two parts of a duration, such as "4 min" and "10 s" */
  return g_strdup_printf (_ ("%s %s"), large, small);
}

static char *
format_days (gint64 days)
{
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u day", "%u days", (gulong) days),
                          (guint) days);
}

static char *
format_hours (gint64 hours)
{
  /* Translators: hours */
  return g_strdup_printf (_ ("%u h"), (guint) hours);
}

static char *
format_minutes (gint64 minutes)
{
  /* Translators: minutes */
  return g_strdup_printf (_ ("%u min"), (guint) minutes);
}

static char *
format_seconds (gint64 seconds)
{
  /* Translators: seconds */
  return g_strdup_printf (_ ("%u s"), (guint) seconds);
}

/**
 * easel_text_duration:
 * @milliseconds: how long; negative counts as 0
 *
 * Returns: (transfer full): the duration in its two largest units, cut off, such as “4 min 10 s”,
 *   translated
 */
char *
easel_text_duration (gint64 milliseconds)
{
  gint64 seconds = MAX (milliseconds, 0) / 1000;
  g_autofree char *large = NULL;
  g_autofree char *small = NULL;
  gint64 n_small;

  if (seconds < SECONDS_PER_MINUTE)
    return format_seconds (seconds);

  if (seconds < SECONDS_PER_HOUR)
    {
      large = format_minutes (seconds / SECONDS_PER_MINUTE);
      n_small = seconds % SECONDS_PER_MINUTE;
      small = format_seconds (n_small);
    }
  else if (seconds < 2 * SECONDS_PER_DAY)
    {
      large = format_hours (seconds / SECONDS_PER_HOUR);
      n_small = seconds % SECONDS_PER_HOUR / SECONDS_PER_MINUTE;
      small = format_minutes (n_small);
    }
  else
    {
      large = format_days (MIN (seconds / SECONDS_PER_DAY, G_MAXINT));
      n_small = seconds % SECONDS_PER_DAY / SECONDS_PER_HOUR;
      small = format_hours (n_small);
    }
  return join_units (large, small, (guint) n_small);
}

/**
 * easel_text_duration_about:
 * @milliseconds: how long; negative counts as 0
 *
 * For what is guessed: no more precision than the guess has.
 *
 * Returns: (transfer full): the rounded duration, such as “about 4 min”, translated
 */
char *
easel_text_duration_about (gint64 milliseconds)
{
  gint64 seconds = MAX (milliseconds, 0) / 1000;
  gint64 minutes = seconds / SECONDS_PER_MINUTE + (seconds % SECONDS_PER_MINUTE >= 30 ? 1 : 0);
  g_autofree char *text = NULL;

  if (seconds < SECONDS_PER_MINUTE)
    return g_strdup (_ ("less than a minute"));

  if (minutes < 60)
    text = format_minutes (minutes);
  else if (minutes < 175)
    {
      g_autofree char *large = NULL;
      g_autofree char *small = NULL;
      gint64 rounded = (minutes + 5) / 10 * 10;

      large = format_hours (rounded / 60);
      small = format_minutes (rounded % 60);
      text = join_units (large, small, (guint) (rounded % 60));
    }
  else if (minutes < 2 * 24 * 60)
    text = format_hours ((minutes + 30) / 60);
  else
    text = format_days (MIN ((minutes + 12 * 60) / (24 * 60), G_MAXINT));

  /* Translators: a rounded duration, such as "about 4 min" */
  return g_strdup_printf (_ ("about %s"), text);
}

static GDateTime *
local_time (gint64 unix_ms)
{
  gint64 seconds = unix_ms / 1000;

  if (unix_ms % 1000 < 0)
    seconds--;
  return g_date_time_new_from_unix_local (seconds);
}

/* Midnights between two times, not 24 hours: what a calendar calls tomorrow. */
static int
days_between (GDateTime *from, GDateTime *to)
{
  g_autoptr (GDate) from_day = NULL;
  g_autoptr (GDate) to_day = NULL;

  from_day = g_date_new_dmy ((GDateDay) g_date_time_get_day_of_month (from),
                             (GDateMonth) g_date_time_get_month (from),
                             (GDateYear) g_date_time_get_year (from));
  to_day = g_date_new_dmy ((GDateDay) g_date_time_get_day_of_month (to),
                           (GDateMonth) g_date_time_get_month (to),
                           (GDateYear) g_date_time_get_year (to));
  return g_date_days_between (from_day, to_day);
}

static char *
format_time (GDateTime *time, const char *format)
{
  char *text = g_date_time_format (time, format);

  /* Only a broken translation of the format gets here. */
  return text != NULL ? text : g_date_time_format (time, "%F %H:%M");
}

/**
 * easel_text_clock_time:
 * @unix_ms: when, milliseconds since 1970
 * @now_unix_ms: the present
 *
 * Returns: (transfer full): the local time of day, with the weekday or the date where it is not
 *   today, such as “23:40” or “Tue 23:40”, translated
 */
char *
easel_text_clock_time (gint64 unix_ms, gint64 now_unix_ms)
{
  g_autoptr (GDateTime) time = local_time (unix_ms);
  g_autoptr (GDateTime) now = local_time (now_unix_ms);
  int days;

  if (time == NULL || now == NULL)
    return g_strdup (_ ("unknown"));

  days = days_between (now, time);
  if (days == 0)
    /* Translators: g_date_time_format() of a time today */
    return format_time (time, _ ("%H:%M"));
  if (ABS (days) < 7)
    /* Translators: g_date_time_format() of a time within a week */
    return format_time (time, _ ("%a %H:%M"));
  if (g_date_time_get_year (time) == g_date_time_get_year (now))
    /* Translators: g_date_time_format() of a time in this year */
    return format_time (time, _ ("%-d %b %H:%M"));
  /* Translators: g_date_time_format() of a time in another year */
  return format_time (time, _ ("%-d %b %Y %H:%M"));
}

/**
 * easel_text_day:
 * @unix_ms: when, milliseconds since 1970
 * @now_unix_ms: the present
 *
 * Returns: (transfer full): the local day, such as “today”, “Tuesday” or “24 November”, translated
 */
char *
easel_text_day (gint64 unix_ms, gint64 now_unix_ms)
{
  g_autoptr (GDateTime) time = local_time (unix_ms);
  g_autoptr (GDateTime) now = local_time (now_unix_ms);
  int days;

  if (time == NULL || now == NULL)
    return g_strdup (_ ("unknown"));

  days = days_between (now, time);
  if (days == 0)
    return g_strdup (_ ("today"));
  if (days == -1)
    return g_strdup (_ ("yesterday"));
  if (days == 1)
    return g_strdup (_ ("tomorrow"));
  if (ABS (days) < 7)
    /* Translators: g_date_time_format() of a day within a week */
    return format_time (time, _ ("%A"));
  if (g_date_time_get_year (time) == g_date_time_get_year (now))
    /* Translators: g_date_time_format() of a day in this year */
    return format_time (time, _ ("%-d %B"));
  /* Translators: g_date_time_format() of a day in another year */
  return format_time (time, _ ("%-d %B %Y"));
}
