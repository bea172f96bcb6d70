/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Money as whole micro-dollars: how it comes in, how it grows with time, how it is written.
 *
 * Nothing here knows what is bought. Arithmetic saturates into EASEL_MONEY_UNKNOWN instead of
 * overflowing, so that an absurd figure from a server becomes "not known" and never a small sum. */

#include "config.h"

#include "easel-money.h"

#include <glib/gi18n-lib.h>
#include <locale.h>
#include <math.h>

#define MILLISECONDS_PER_HOUR G_GINT64_CONSTANT (3600000)
#define MICROS_PER_CENT (EASEL_MICROS_PER_DOLLAR / 100)

/* Below these a price is said per day, then per month. */
#define MIN_PER_HOUR (10 * MICROS_PER_CENT)
#define MIN_PER_DAY (5 * MICROS_PER_CENT)

static gboolean
is_believable (gint64 micros)
{
  return micros >= -EASEL_MONEY_MAX && micros <= EASEL_MONEY_MAX;
}

/**
 * easel_money_from_dollars:
 * @dollars: an amount as a server writes it
 *
 * Returns: @dollars in micro-dollars, rounded to the nearest; %EASEL_MONEY_UNKNOWN if @dollars is
 *   not finite or beyond %EASEL_MONEY_MAX
 */
gint64
easel_money_from_dollars (double dollars)
{
  const double limit = (double) (EASEL_MONEY_MAX / EASEL_MICROS_PER_DOLLAR);

  if (!isfinite (dollars) || dollars > limit || dollars < -limit)
    return EASEL_MONEY_UNKNOWN;

  return (gint64) llround (dollars * (double) EASEL_MICROS_PER_DOLLAR);
}

/**
 * easel_money_add:
 * @a: micro-dollars
 * @b: micro-dollars
 *
 * Returns: the sum; %EASEL_MONEY_UNKNOWN if either is not known or the sum is beyond what a gint64
 *   holds
 */
gint64
easel_money_add (gint64 a, gint64 b)
{
  gint64 sum;

  if (a == EASEL_MONEY_UNKNOWN || b == EASEL_MONEY_UNKNOWN || __builtin_add_overflow (a, b, &sum))
    return EASEL_MONEY_UNKNOWN;
  return sum;
}

static gint64
divide_rounded (gint64 dividend, gint64 divisor)
{
  gint64 half = divisor / 2;

  g_assert (divisor > 0);

  return dividend >= 0 ? (dividend + half) / divisor : (dividend - half) / divisor;
}

/**
 * easel_money_for_duration:
 * @micros_per_hour: a price
 * @milliseconds: how long it is paid; negative counts as 0
 *
 * Returns: what that costs, rounded to the nearest micro-dollar; %EASEL_MONEY_UNKNOWN if the price
 *   is not known or the sum is beyond what a gint64 holds
 */
gint64
easel_money_for_duration (gint64 micros_per_hour, gint64 milliseconds)
{
  gint64 hours, rest, whole;

  if (!is_believable (micros_per_hour))
    return EASEL_MONEY_UNKNOWN;
  if (milliseconds <= 0)
    return 0;

  /* Hours and the rest apart: a believable price times less than an hour always fits. */
  hours = milliseconds / MILLISECONDS_PER_HOUR;
  rest = divide_rounded (micros_per_hour * (milliseconds % MILLISECONDS_PER_HOUR),
                         MILLISECONDS_PER_HOUR);
  if (__builtin_mul_overflow (micros_per_hour, hours, &whole))
    return EASEL_MONEY_UNKNOWN;

  return easel_money_add (whole, rest);
}

/**
 * easel_money_per_month:
 * @gigabytes: size of a disk
 * @micros_per_gb_month: what one gigabyte costs in a month
 *
 * Providers price disks by the month; everything here is paid by the hour.
 *
 * Returns: micro-dollars per hour for the whole disk, rounded to the nearest;
 *   %EASEL_MONEY_UNKNOWN if the price is not known or the sum is absurd
 */
gint64
easel_money_per_month (gint64 gigabytes, gint64 micros_per_gb_month)
{
  gint64 per_month;

  if (!is_believable (micros_per_gb_month))
    return EASEL_MONEY_UNKNOWN;
  if (gigabytes <= 0)
    return 0;
  if (__builtin_mul_overflow (gigabytes, micros_per_gb_month, &per_month) ||
      !is_believable (per_month))
    return EASEL_MONEY_UNKNOWN;

  return divide_rounded (per_month, EASEL_HOURS_PER_MONTH);
}

static char *
format_cents (gint64 cents)
{
  const struct lconv *conventions = localeconv ();
  const char *point = conventions->decimal_point;
  guint64 magnitude = cents < 0 ? (guint64) -cents : (guint64) cents;
  g_autofree char *amount = NULL;

  if (point == NULL || *point == '\0')
    point = ".";
  amount = g_strdup_printf ("%" G_GUINT64_FORMAT "%s%02u", magnitude / 100, point,
                            (guint) (magnitude % 100));

  if (cents < 0)
    /* Translators: a negative amount of US dollars */
    return g_strdup_printf (_ ("−$%s"), amount);
  /* Translators: an amount of US dollars */
  return g_strdup_printf (_ ("$%s"), amount);
}

/**
 * easel_money_format:
 * @micros: micro-dollars
 *
 * Returns: (transfer full): @micros with two decimals, rounded to the nearest cent, translated
 */
char *
easel_money_format (gint64 micros)
{
  if (micros == EASEL_MONEY_UNKNOWN)
    return g_strdup (_ ("unknown"));

  return format_cents (micros / MICROS_PER_CENT +
                       divide_rounded (micros % MICROS_PER_CENT, MICROS_PER_CENT));
}

/**
 * easel_money_format_up:
 * @micros: micro-dollars
 *
 * For “costs at most”: what is shown is never less than what is meant.
 *
 * Returns: (transfer full): @micros with two decimals, rounded up to the cent, translated
 */
char *
easel_money_format_up (gint64 micros)
{
  gint64 cents;

  if (micros == EASEL_MONEY_UNKNOWN)
    return g_strdup (_ ("unknown"));

  cents = micros / MICROS_PER_CENT;
  if (micros % MICROS_PER_CENT > 0)
    cents++;
  return format_cents (cents);
}

typedef enum
{
  PER_HOUR,
  PER_DAY,
  PER_MONTH
} RateUnit;

/* The unit in which a price is not a row of zeros, and the price in it. */
static RateUnit
choose_unit (gint64 micros_per_hour, gint64 *ret_micros)
{
  gint64 magnitude = ABS (micros_per_hour);

  if (magnitude >= MIN_PER_HOUR || magnitude == 0)
    {
      *ret_micros = micros_per_hour;
      return PER_HOUR;
    }
  if (magnitude * 24 >= MIN_PER_DAY)
    {
      *ret_micros = micros_per_hour * 24;
      return PER_DAY;
    }
  *ret_micros = micros_per_hour * EASEL_HOURS_PER_MONTH;
  return PER_MONTH;
}

/* What costs something is never shown as if it cost nothing. */
static char *
format_hour (gint64 micros_per_hour)
{
  return easel_money_format (micros_per_hour > 0 ? MAX (micros_per_hour, MICROS_PER_CENT)
                                                 : micros_per_hour);
}

/**
 * easel_money_format_hourly:
 * @micros_per_hour: what a GPU costs
 *
 * A GPU that runs, or may be rented, is priced by the hour, however cheap: prices that stand
 * beside each other are compared.
 *
 * Returns: (transfer full): the price in words, translated
 */
char *
easel_money_format_hourly (gint64 micros_per_hour)
{
  g_autofree char *amount = NULL;

  if (micros_per_hour == EASEL_MONEY_UNKNOWN)
    return g_strdup (_ ("price not known"));

  amount = format_hour (micros_per_hour);
  return g_strdup_printf (_ ("%s per hour"), amount);
}

/**
 * easel_money_format_hourly_short:
 * @micros_per_hour: what a GPU costs
 *
 * Returns: (transfer full): like easel_money_format_hourly(), for narrow places
 */
char *
easel_money_format_hourly_short (gint64 micros_per_hour)
{
  g_autofree char *amount = NULL;

  if (micros_per_hour == EASEL_MONEY_UNKNOWN)
    return g_strdup (_ ("price not known"));

  amount = format_hour (micros_per_hour);
  return g_strdup_printf (_ ("%s/h"), amount);
}

/**
 * easel_money_format_rate:
 * @micros_per_hour: what costs without a GPU that runs, such as a stored disk
 *
 * Returns: (transfer full): the price in words, per hour, day or month so that two decimals say
 *   something, translated
 */
char *
easel_money_format_rate (gint64 micros_per_hour)
{
  g_autofree char *amount = NULL;
  gint64 micros;
  RateUnit unit;

  if (micros_per_hour == EASEL_MONEY_UNKNOWN)
    return g_strdup (_ ("price not known"));

  unit = choose_unit (micros_per_hour, &micros);
  amount = easel_money_format (micros);
  switch (unit)
    {
    case PER_DAY:
      return g_strdup_printf (_ ("%s per day"), amount);
    case PER_MONTH:
      return g_strdup_printf (_ ("%s per month"), amount);
    case PER_HOUR:
    default:
      return g_strdup_printf (_ ("%s per hour"), amount);
    }
}

/**
 * easel_money_format_rate_short:
 * @micros_per_hour: what costs without a GPU that runs
 *
 * Returns: (transfer full): like easel_money_format_rate(), for narrow places
 */
char *
easel_money_format_rate_short (gint64 micros_per_hour)
{
  g_autofree char *amount = NULL;
  gint64 micros;
  RateUnit unit;

  if (micros_per_hour == EASEL_MONEY_UNKNOWN)
    return g_strdup (_ ("price not known"));

  unit = choose_unit (micros_per_hour, &micros);
  amount = easel_money_format (micros);
  switch (unit)
    {
    case PER_DAY:
      return g_strdup_printf (_ ("%s/day"), amount);
    case PER_MONTH:
      return g_strdup_printf (_ ("%s/month"), amount);
    case PER_HOUR:
    default:
      return g_strdup_printf (_ ("%s/h"), amount);
    }
}
