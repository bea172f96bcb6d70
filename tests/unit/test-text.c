/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Sizes, speeds, durations and times of day as they are written. */

#include "config.h"

#include "easel-text.h"

#define MINUTE_MS G_GINT64_CONSTANT (60000)
#define HOUR_MS G_GINT64_CONSTANT (3600000)
#define DAY_MS (24 * HOUR_MS)

static void
test_gigabytes (void)
{
  static const struct
  {
    guint64 bytes;
    const char *text;
  } rows[] = {
    { 0, "0 GB" },
    { 1, "0.1 GB" },
    { 49999999, "0.1 GB" },
    { 787000000, "0.8 GB" },
    { 949999999, "0.9 GB" },
    { 950000000, "1 GB" },
    { 6900000000, "6.9 GB" },
    { 7000000000, "7 GB" },
    { 9949999999, "9.9 GB" },
    { 9950000000, "10 GB" },
    { 19900000000, "20 GB" },
    { 26990000000, "27 GB" },
    { G_GUINT64_CONSTANT (1234567000000), "1235 GB" },
    { G_MAXUINT64, "18446744074 GB" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = easel_text_gigabytes (rows[i].bytes);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_vram (void)
{
  static const struct
  {
    guint mib;
    const char *text;
  } rows[] = {
    { 24576, "24 GB" }, { 24564, "24 GB" }, { 8192, "8 GB" },
    { 12282, "12 GB" }, { 81920, "80 GB" }, { 512, "0.5 GB" },
    { 0, "0 GB" },      { 1024, "1 GB" },   { G_MAXUINT, "4194304 GB" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = easel_text_vram (rows[i].mib);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_speed (void)
{
  static const struct
  {
    guint64 bytes_per_second;
    const char *text;
  } rows[] = {
    { 0, "0 MB/s" },         { 300, "0.1 MB/s" },         { 4200000, "4.2 MB/s" },
    { 96400000, "96 MB/s" }, { 1250000000, "1250 MB/s" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = easel_text_speed (rows[i].bytes_per_second);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

typedef struct
{
  gint64 milliseconds;
  const char *text;
} DurationRow;

static void
test_duration (void)
{
  static const DurationRow rows[] = {
    { -5, "0 s" },
    { 0, "0 s" },
    { 999, "0 s" },
    { 59999, "59 s" },
    { MINUTE_MS, "1 min" },
    { 250000, "4 min 10 s" },
    { HOUR_MS - 1, "59 min 59 s" },
    { HOUR_MS, "1 h" },
    { 2 * HOUR_MS + 5 * MINUTE_MS + 59000, "2 h 5 min" },
    { 2 * DAY_MS - 1, "47 h 59 min" },
    { 2 * DAY_MS, "2 days" },
    { 3 * DAY_MS + 4 * HOUR_MS, "3 days 4 h" },
    { G_MININT64, "0 s" },
  };
  g_autofree char *longest = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = easel_text_duration (rows[i].milliseconds);

      g_assert_cmpstr (text, ==, rows[i].text);
    }

  longest = easel_text_duration (G_MAXINT64);
  g_assert_true (g_str_has_suffix (longest, " h"));
}

static void
test_duration_about (void)
{
  static const DurationRow rows[] = {
    { -1, "less than a minute" },
    { 0, "less than a minute" },
    { 59999, "less than a minute" },
    { MINUTE_MS, "about 1 min" },
    { 4 * MINUTE_MS + 29000, "about 4 min" },
    { 4 * MINUTE_MS + 30000, "about 5 min" },
    { 59 * MINUTE_MS, "about 59 min" },
    { 59 * MINUTE_MS + 30000, "about 1 h" },
    { 94 * MINUTE_MS, "about 1 h 30 min" },
    { 116 * MINUTE_MS, "about 2 h" },
    { 174 * MINUTE_MS, "about 2 h 50 min" },
    { 175 * MINUTE_MS, "about 3 h" },
    { 4 * HOUR_MS + 29 * MINUTE_MS, "about 4 h" },
    { 4 * HOUR_MS + 30 * MINUTE_MS, "about 5 h" },
    { 3 * DAY_MS, "about 3 days" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = easel_text_duration_about (rows[i].milliseconds);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static gint64
unix_ms (int year, int month, int day, int hour, int minute)
{
  g_autoptr (GDateTime) time = g_date_time_new_local (year, month, day, hour, minute, 0);

  return g_date_time_to_unix (time) * 1000;
}

typedef struct
{
  int month, day, hour, minute;
  const char *clock;
  const char *name;
} TimeRow;

/* 2026-11-23 is a Monday. */
static const TimeRow time_rows[] = {
  { 11, 23, 23, 40, "23:40", "today" },
  { 11, 23, 0, 0, "00:00", "today" },
  { 11, 24, 0, 0, "Tue 00:00", "tomorrow" },
  { 11, 22, 23, 59, "Sun 23:59", "yesterday" },
  { 11, 29, 9, 5, "Sun 09:05", "Sunday" },
  { 11, 17, 9, 5, "Tue 09:05", "Tuesday" },
  { 11, 30, 9, 5, "30 Nov 09:05", "30 November" },
  { 11, 16, 9, 5, "16 Nov 09:05", "16 November" },
  { 1, 2, 9, 5, "2 Jan 09:05", "2 January" },
};

static void
check_times (void)
{
  gint64 now = unix_ms (2026, 11, 23, 20, 10);
  g_autofree char *last_year = NULL;
  g_autofree char *last_year_day = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (time_rows); i++)
    {
      const TimeRow *row = &time_rows[i];
      gint64 then = unix_ms (2026, row->month, row->day, row->hour, row->minute);
      g_autofree char *clock = easel_text_clock_time (then, now);
      g_autofree char *day = easel_text_day (then, now);

      g_assert_cmpstr (clock, ==, row->clock);
      g_assert_cmpstr (day, ==, row->name);
    }

  last_year = easel_text_clock_time (unix_ms (2025, 11, 24, 23, 40), now);
  last_year_day = easel_text_day (unix_ms (2025, 11, 24, 23, 40), now);
  g_assert_cmpstr (last_year, ==, "24 Nov 2025 23:40");
  g_assert_cmpstr (last_year_day, ==, "24 November 2025");
}

/* The same words everywhere on earth: it is the local calendar that counts. */
static void
test_times (void)
{
  static const char *const zones[] = { "UTC", "+09:30", "-11:00", "+14:00" };
  g_autofree char *before = g_strdup (g_getenv ("TZ"));

  for (gsize i = 0; i < G_N_ELEMENTS (zones); i++)
    {
      g_setenv ("TZ", zones[i], TRUE);
      check_times ();
    }

  if (before != NULL)
    g_setenv ("TZ", before, TRUE);
  else
    g_unsetenv ("TZ");
}

static void
test_times_across_new_year (void)
{
  gint64 now = unix_ms (2026, 12, 31, 23, 50);
  g_autofree char *clock = easel_text_clock_time (unix_ms (2027, 1, 1, 0, 10), now);
  g_autofree char *day = easel_text_day (unix_ms (2027, 1, 1, 0, 10), now);

  g_assert_cmpstr (clock, ==, "Fri 00:10");
  g_assert_cmpstr (day, ==, "tomorrow");
}

static void
test_times_that_cannot_be (void)
{
  static const gint64 values[] = { G_MAXINT64, G_MININT64 };

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autofree char *clock = easel_text_clock_time (values[i], 0);
      g_autofree char *day = easel_text_day (0, values[i]);

      g_assert_cmpstr (clock, ==, "unknown");
      g_assert_cmpstr (day, ==, "unknown");
    }
}

static void
test_times_before_1970 (void)
{
  g_autofree char *before = easel_text_clock_time (-1, 0);

  g_assert_cmpstr (before, ==, "Wed 23:59");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/text/gigabytes", test_gigabytes);
  g_test_add_func ("/text/vram", test_vram);
  g_test_add_func ("/text/speed", test_speed);
  g_test_add_func ("/text/duration", test_duration);
  g_test_add_func ("/text/duration-about", test_duration_about);
  g_test_add_func ("/text/times", test_times);
  g_test_add_func ("/text/times-across-new-year", test_times_across_new_year);
  g_test_add_func ("/text/times-that-cannot-be", test_times_that_cannot_be);
  g_test_add_func ("/text/times-before-1970", test_times_before_1970);

  return g_test_run ();
}
