/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Money: rounding, overflow and how it is written. */

#include "config.h"

#include "easel-money.h"

#include <locale.h>
#include <math.h>

#define HOUR_MS G_GINT64_CONSTANT (3600000)

static void
test_from_dollars (void)
{
  static const struct
  {
    double dollars;
    gint64 micros;
  } rows[] = {
    { 0, 0 },
    { 0.22, 220000 },
    { 0.1, 100000 },
    { 0.2301, 230100 },
    { 1e-6, 1 },
    { 4e-7, 0 },
    { 6e-7, 1 },
    { -0.0000006, -1 },
    { -1.2, -1200000 },
    { 1e6, EASEL_MONEY_MAX },
    { -1e6, -EASEL_MONEY_MAX },
    { 1000000.1, EASEL_MONEY_UNKNOWN },
    { -1000000.1, EASEL_MONEY_UNKNOWN },
    { 1e300, EASEL_MONEY_UNKNOWN },
    { HUGE_VAL, EASEL_MONEY_UNKNOWN },
    { -HUGE_VAL, EASEL_MONEY_UNKNOWN },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (easel_money_from_dollars (rows[i].dollars), ==, rows[i].micros);
  g_assert_cmpint (easel_money_from_dollars (nan ("")), ==, EASEL_MONEY_UNKNOWN);
}

static void
test_add (void)
{
  g_assert_cmpint (easel_money_add (230000, 80000), ==, 310000);
  g_assert_cmpint (easel_money_add (230000, -240000), ==, -10000);
  g_assert_cmpint (easel_money_add (EASEL_MONEY_UNKNOWN, 1), ==, EASEL_MONEY_UNKNOWN);
  g_assert_cmpint (easel_money_add (1, EASEL_MONEY_UNKNOWN), ==, EASEL_MONEY_UNKNOWN);
  g_assert_cmpint (easel_money_add (G_MAXINT64, 1), ==, EASEL_MONEY_UNKNOWN);
  g_assert_cmpint (easel_money_add (-G_MAXINT64, -2), ==, EASEL_MONEY_UNKNOWN);
}

static void
test_for_duration (void)
{
  static const struct
  {
    gint64 price;
    gint64 duration;
    gint64 cost;
  } rows[] = {
    { 230000, HOUR_MS, 230000 },
    { 230000, 4 * HOUR_MS, 920000 },
    { 235000, 4 * HOUR_MS, 940000 },
    { 230000, HOUR_MS / 2, 115000 },
    { 1, HOUR_MS / 2, 1 },
    { 1, HOUR_MS / 2 - 1, 0 },
    { 3600000, 1, 1 },
    { 0, HOUR_MS, 0 },
    { 230000, 0, 0 },
    { 230000, -HOUR_MS, 0 },
    { -3600000, 1, -1 },
    { EASEL_MONEY_MAX, 24 * HOUR_MS, 24 * EASEL_MONEY_MAX },
    { EASEL_MONEY_MAX, HOUR_MS - 1, 999999722222 },
    { EASEL_MONEY_MAX, G_MAXINT64, EASEL_MONEY_UNKNOWN },
    { 1, G_MAXINT64, 2562047788015 },
    { EASEL_MONEY_MAX + 1, HOUR_MS, EASEL_MONEY_UNKNOWN },
    { EASEL_MONEY_UNKNOWN, HOUR_MS, EASEL_MONEY_UNKNOWN },
    { EASEL_MONEY_UNKNOWN, 0, EASEL_MONEY_UNKNOWN },
    { G_MAXINT64, 1, EASEL_MONEY_UNKNOWN },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (easel_money_for_duration (rows[i].price, rows[i].duration), ==, rows[i].cost);
}

/* A bill grows with time and never by more than a micro-dollar of rounding. */
static void
test_for_duration_grows (void)
{
  for (int i = 0; i < 2000; i++)
    {
      gint64 price = g_test_rand_int_range (0, 50000000);
      gint64 first = g_test_rand_int_range (0, 100000000);
      gint64 second = g_test_rand_int_range (0, 100000000);
      gint64 sum =
          easel_money_for_duration (price, first) + easel_money_for_duration (price, second);
      gint64 whole = easel_money_for_duration (price, first + second);

      g_assert_cmpint (whole, >=, easel_money_for_duration (price, first));
      g_assert_cmpint (ABS (whole - sum), <=, 1);
    }
}

static void
test_per_month (void)
{
  /* RunPod: $0.10 per GB and month, twice that while stopped. */
  g_assert_cmpint (easel_money_per_month (1, 100000), ==, 137);
  g_assert_cmpint (easel_money_per_month (40, 200000), ==, 10959);
  g_assert_cmpint (easel_money_per_month (730, 1000000), ==, EASEL_MICROS_PER_DOLLAR);
  g_assert_cmpint (easel_money_per_month (0, 100000), ==, 0);
  g_assert_cmpint (easel_money_per_month (-5, 100000), ==, 0);
  g_assert_cmpint (easel_money_per_month (G_MAXINT64, 100000), ==, EASEL_MONEY_UNKNOWN);
  g_assert_cmpint (easel_money_per_month (10, EASEL_MONEY_UNKNOWN), ==, EASEL_MONEY_UNKNOWN);
  g_assert_cmpint (easel_money_per_month (10, G_MAXINT64), ==, EASEL_MONEY_UNKNOWN);
}

typedef char *(*FormatFunc) (gint64 micros);

typedef struct
{
  gint64 micros;
  const char *text;
} FormatRow;

static void
check_format (FormatFunc format, const FormatRow *rows, gsize n_rows)
{
  for (gsize i = 0; i < n_rows; i++)
    {
      g_autofree char *text = format (rows[i].micros);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_format (void)
{
  static const FormatRow rows[] = {
    { 0, "$0.00" },
    { 230000, "$0.23" },
    { 234999, "$0.23" },
    { 235000, "$0.24" },
    { 1200000, "$1.20" },
    { 1999999, "$2.00" },
    { 12345678, "$12.35" },
    { -1200000, "−$1.20" },
    { -4999, "$0.00" },
    { -5000, "−$0.01" },
    { EASEL_MONEY_MAX, "$1000000.00" },
    { G_MAXINT64, "$9223372036854.78" },
    { -G_MAXINT64, "−$9223372036854.78" },
    { EASEL_MONEY_UNKNOWN, "unknown" },
  };

  check_format (easel_money_format, rows, G_N_ELEMENTS (rows));
}

static void
test_format_up (void)
{
  static const FormatRow rows[] = {
    { 0, "$0.00" },
    { 1, "$0.01" },
    { 10000, "$0.01" },
    { 10001, "$0.02" },
    { 940000, "$0.94" },
    { 940001, "$0.95" },
    { 999999, "$1.00" },
    { -1200001, "−$1.20" },
    { G_MAXINT64, "$9223372036854.78" },
    { EASEL_MONEY_UNKNOWN, "unknown" },
  };

  check_format (easel_money_format_up, rows, G_N_ELEMENTS (rows));
}

/* What is called the most is never less than what is meant, and at most a cent more. */
static void
test_format_up_is_upper_bound (void)
{
  for (int i = 0; i < 2000; i++)
    {
      gint64 micros = g_test_rand_int_range (0, 100000000);
      g_autofree char *text = easel_money_format_up (micros);
      gint64 shown = easel_money_from_dollars (g_ascii_strtod (text + 1, NULL));

      g_assert_cmpint (shown, >=, micros);
      g_assert_cmpint (shown - micros, <, 10000);
    }
}

static void
test_format_rate (void)
{
  static const FormatRow rows[] = {
    { 230000, "$0.23 per hour" },   { 100000, "$0.10 per hour" },
    { 99999, "$2.40 per day" },     { 13333, "$0.32 per day" },
    { 2084, "$0.05 per day" },      { 2083, "$1.52 per month" },
    { 10959, "$0.26 per day" },     { 137, "$0.10 per month" },
    { 1, "$0.00 per month" },       { 0, "$0.00 per hour" },
    { -230000, "−$0.23 per hour" }, { EASEL_MONEY_UNKNOWN, "price not known" },
  };
  static const FormatRow short_rows[] = {
    { 230000, "$0.23/h" },
    { 13333, "$0.32/day" },
    { 1370, "$1.00/month" },
    { 0, "$0.00/h" },
    { EASEL_MONEY_UNKNOWN, "price not known" },
  };

  check_format (easel_money_format_rate, rows, G_N_ELEMENTS (rows));
  check_format (easel_money_format_rate_short, short_rows, G_N_ELEMENTS (short_rows));
}

/* What is compared stands in one unit, and nothing that costs looks free. */
static void
test_format_hourly (void)
{
  static const FormatRow rows[] = {
    { 230000, "$0.23 per hour" },   { 110000, "$0.11 per hour" },
    { 92000, "$0.09 per hour" },    { 13333, "$0.01 per hour" },
    { 4999, "$0.01 per hour" },     { 1, "$0.01 per hour" },
    { 0, "$0.00 per hour" },        { -4000, "$0.00 per hour" },
    { -230000, "−$0.23 per hour" }, { EASEL_MONEY_UNKNOWN, "price not known" },
  };
  static const FormatRow short_rows[] = {
    { 230000, "$0.23/h" },
    { 92000, "$0.09/h" },
    { 1, "$0.01/h" },
    { 0, "$0.00/h" },
    { EASEL_MONEY_UNKNOWN, "price not known" },
  };

  check_format (easel_money_format_hourly, rows, G_N_ELEMENTS (rows));
  check_format (easel_money_format_hourly_short, short_rows, G_N_ELEMENTS (short_rows));
}

static void
test_format_uses_decimal_point (void)
{
  static const char *const locales[] = { "de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8",
                                         "ru_RU.UTF-8" };
  g_autofree char *text = NULL;
  gboolean is_set = FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (locales) && !is_set; i++)
    is_set = setlocale (LC_NUMERIC, locales[i]) != NULL;
  if (!is_set)
    {
      g_test_skip ("no locale with a decimal comma is installed");
      return;
    }

  text = easel_money_format (230000);
  setlocale (LC_NUMERIC, "C");
  g_assert_cmpstr (text, ==, "$0,23");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/money/from-dollars", test_from_dollars);
  g_test_add_func ("/money/add", test_add);
  g_test_add_func ("/money/for-duration", test_for_duration);
  g_test_add_func ("/money/for-duration-grows-with-time", test_for_duration_grows);
  g_test_add_func ("/money/per-month", test_per_month);
  g_test_add_func ("/money/format", test_format);
  g_test_add_func ("/money/format-up", test_format_up);
  g_test_add_func ("/money/format-up-is-never-less", test_format_up_is_upper_bound);
  g_test_add_func ("/money/format-rate", test_format_rate);
  g_test_add_func ("/money/format-hourly", test_format_hourly);
  g_test_add_func ("/money/format-uses-the-decimal-point-of-the-locale",
                   test_format_uses_decimal_point);

  return g_test_run ();
}
