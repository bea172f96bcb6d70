/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What was paid per day: midnights of the person's clock, days without spending, long histories. */

#include "config.h"

#include "easel-spending.h"

#define HOUR G_GINT64_CONSTANT (3600000)
#define DAY (24 * HOUR)
/* 2026-11-23 20:00:00 UTC, a Monday. */
#define NOW G_GINT64_CONSTANT (1795464000000)
/* 2026-03-29, when clocks go forward in Berlin: that day has 23 hours. */
#define SPRING_NOON G_GINT64_CONSTANT (1774785600000)

static GPtrArray *
receipts_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) easel_receipt_free);
}

static EaselReceipt *
add (GPtrArray *receipts, const char *provider, gint64 start, gint64 end, gint64 billed)
{
  EaselReceipt *receipt = easel_receipt_new ();

  receipt->provider_id = g_strdup (provider);
  receipt->pod_id = g_strdup_printf ("pod%u", receipts->len);
  receipt->started_unix_ms = start;
  receipt->ended_unix_ms = end;
  receipt->billed = billed;
  /* Newest first, as in the history. */
  g_ptr_array_insert (receipts, 0, receipt);
  return receipt;
}

static void
test_nothing (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();
  g_autoptr (GPtrArray) receipts = receipts_new ();
  g_autoptr (EaselSpending) none = easel_spending_new (receipts, zone, NOW, 7, 30);
  g_autoptr (EaselSpending) unknown = NULL;

  g_assert_cmpuint (none->n_days, ==, 0);
  add (receipts, "runpod", NOW - 2 * HOUR, NOW - HOUR, EASEL_MONEY_UNKNOWN);
  unknown = easel_spending_new (receipts, zone, NOW, 7, 30);
  g_assert_cmpuint (unknown->n_days, ==, 0);
}

static void
test_days_and_providers (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();
  g_autoptr (GPtrArray) receipts = receipts_new ();
  g_autoptr (EaselSpending) spending = NULL;

  add (receipts, "vast", NOW - 3 * DAY, NOW - 3 * DAY + HOUR, 500000);
  add (receipts, "runpod", NOW - 2 * HOUR, NOW - HOUR, 230000);
  add (receipts, "runpod", NOW - HOUR, NOW, EASEL_MONEY_UNKNOWN)->estimated = 100000;
  spending = easel_spending_new (receipts, zone, NOW, 7, 30);
  g_assert_cmpuint (spending->n_days, ==, 7);
  g_assert_cmpint (spending->days[6], ==, NOW - 20 * HOUR);
  g_assert_cmpuint (spending->provider_ids->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (spending->provider_ids, 0), ==, "vast");
  g_assert_cmpint (easel_spending_get (spending, 3, 0), ==, 500000);
  g_assert_cmpint (easel_spending_get (spending, 6, 1), ==, 330000);
  g_assert_cmpint (easel_spending_get (spending, 6, 0), ==, 0);
  g_assert_cmpint (spending->sums[4], ==, 0);
  g_assert_cmpint (spending->sums[5], ==, 0);
  g_assert_cmpint (spending->greatest, ==, 500000);
  g_assert_cmpint (spending->total, ==, 830000);
  g_assert_true (spending->has_estimates);
}

/* 22:30 to 00:30 in Berlin: a quarter of an hour's money is not lost by rounding. */
static void
test_midnight (void)
{
  g_autoptr (GTimeZone) berlin = g_time_zone_new_identifier ("Europe/Berlin");
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GPtrArray) receipts = receipts_new ();
  g_autoptr (EaselSpending) there = NULL;
  g_autoptr (EaselSpending) here = NULL;

  g_assert_nonnull (berlin);
  add (receipts, "runpod", NOW + HOUR + HOUR / 2, NOW + 3 * HOUR + HOUR / 2, 1000001);
  there = easel_spending_new (receipts, berlin, NOW + 6 * HOUR, 2, 30);
  g_assert_cmpint (there->sums[0], ==, 750000);
  g_assert_cmpint (there->sums[1], ==, 250001);
  g_assert_false (there->has_estimates);
  here = easel_spending_new (receipts, utc, NOW + 3 * HOUR + HOUR / 2, 2, 30);
  g_assert_cmpint (here->sums[0], ==, 0);
  g_assert_cmpint (here->sums[1], ==, 1000001);
}

static void
test_short_day (void)
{
  g_autoptr (GTimeZone) berlin = g_time_zone_new_identifier ("Europe/Berlin");
  g_autoptr (GPtrArray) receipts = receipts_new ();
  g_autoptr (EaselSpending) spending = NULL;

  add (receipts, "runpod", SPRING_NOON - 36 * HOUR, SPRING_NOON + 36 * HOUR, 72000000);
  spending = easel_spending_new (receipts, berlin, SPRING_NOON + 37 * HOUR, 1, 30);
  for (guint i = 1; i < spending->n_days; i++)
    g_assert_cmpint (spending->days[i] - spending->days[i - 1], >=, 23 * HOUR);
  g_assert_cmpuint (spending->n_days, ==, 4);
  g_assert_cmpint (spending->days[2] - spending->days[1], ==, 23 * HOUR);
  g_assert_cmpint (spending->days[3] - spending->days[2], ==, 24 * HOUR);
  /* A dollar an hour, from one o’clock on Saturday to two o’clock on Tuesday. */
  g_assert_cmpint (spending->sums[0], ==, 23000000);
  g_assert_cmpint (spending->sums[1], ==, 23000000);
  g_assert_cmpint (spending->sums[2], ==, 24000000);
  g_assert_cmpint (spending->sums[3], ==, 2000000);
}

static void
test_long (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Europe/Berlin");
  g_autoptr (GPtrArray) receipts = receipts_new ();
  g_autoptr (EaselSpending) all = NULL;
  g_autoptr (EaselSpending) recent = NULL;

  for (int i = 399; i >= 0; i--)
    add (receipts, "runpod", NOW - i * DAY - HOUR, NOW - i * DAY, 10000);
  all = easel_spending_new (receipts, zone, NOW, 7, 1000);
  g_assert_cmpuint (all->n_days, ==, 400);
  g_assert_cmpint (all->total, ==, 400 * 10000);
  for (guint i = 0; i < all->n_days; i++)
    g_assert_cmpint (all->sums[i], ==, 10000);
  recent = easel_spending_new (receipts, zone, NOW, 7, 30);
  g_assert_cmpuint (recent->n_days, ==, 30);
  g_assert_cmpint (recent->total, ==, 30 * 10000);
}

/* A rental that began before the first day counts with its last hours only. */
static void
test_cut (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();
  g_autoptr (GPtrArray) receipts = receipts_new ();
  g_autoptr (EaselSpending) spending = NULL;

  add (receipts, "runpod", NOW - 40 * HOUR, NOW, 4000000);
  spending = easel_spending_new (receipts, zone, NOW, 1, 1);
  g_assert_cmpuint (spending->n_days, ==, 1);
  g_assert_cmpint (spending->total, ==, 2000000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/spending/nothing", test_nothing);
  g_test_add_func ("/spending/days-and-providers", test_days_and_providers);
  g_test_add_func ("/spending/midnight", test_midnight);
  g_test_add_func ("/spending/short-day", test_short_day);
  g_test_add_func ("/spending/400-days", test_long);
  g_test_add_func ("/spending/cut", test_cut);

  return g_test_run ();
}
