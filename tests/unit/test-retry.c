/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "easel-error.h"
#include "easel-retry.h"

static gint64
decide (EaselRetryClass retry_class, guint tries, EaselError code, double jitter)
{
  g_autoptr (GError) error = easel_error_new (code, "x");

  return easel_retry_decide (retry_class, tries, error, jitter);
}

static gint64
decide_limited (gint64 retry_after_ms, double jitter)
{
  g_autoptr (GError) error = easel_error_new (EASEL_ERROR_RATE_LIMITED, "x");

  easel_error_set_retry_after (error, retry_after_ms);
  return easel_retry_decide (EASEL_RETRY_READ, 1, error, jitter);
}

static void
test_spending_is_never_repeated (void)
{
  for (int code = 0; code < EASEL_N_ERRORS; code++)
    {
      for (guint tries = 1; tries < 5; tries++)
        g_assert_cmpint (decide (EASEL_RETRY_NEVER, tries, code, 0.5), ==, -1);
    }
}

static void
test_only_passing_faults (void)
{
  static const EaselError passing[] = { EASEL_ERROR_RATE_LIMITED, EASEL_ERROR_UNAVAILABLE,
                                        EASEL_ERROR_NETWORK, EASEL_ERROR_TIMED_OUT };

  for (int code = 0; code < EASEL_N_ERRORS; code++)
    {
      gboolean expected = FALSE;

      for (gsize i = 0; i < G_N_ELEMENTS (passing); i++)
        expected = expected || (int) passing[i] == code;
      g_assert_cmpint (decide (EASEL_RETRY_READ, 1, code, 0) >= 0, ==, expected);
    }
}

static void
test_foreign_errors_end_it (void)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "x");

  g_assert_cmpint (easel_retry_decide (EASEL_RETRY_READ, 1, error, 0), ==, -1);
}

static void
test_three_tries (void)
{
  g_assert_cmpint (decide (EASEL_RETRY_READ, 1, EASEL_ERROR_UNAVAILABLE, 0), ==, 500);
  g_assert_cmpint (decide (EASEL_RETRY_READ, 2, EASEL_ERROR_UNAVAILABLE, 0), ==, 1000);
  g_assert_cmpint (decide (EASEL_RETRY_READ, 3, EASEL_ERROR_UNAVAILABLE, 0), ==, -1);
  g_assert_cmpint (decide (EASEL_RETRY_READ, 1, EASEL_ERROR_UNAVAILABLE, 1), ==, 750);
  g_assert_cmpint (decide (EASEL_RETRY_READ, 1, EASEL_ERROR_UNAVAILABLE, 99), ==, 750);
  g_assert_cmpint (decide (EASEL_RETRY_READ, 1, EASEL_ERROR_UNAVAILABLE, -99), ==, 500);
  g_assert_cmpint (decide (EASEL_RETRY_READ, 3, EASEL_ERROR_RATE_LIMITED, 0), ==, -1);
}

static void
test_retry_after (void)
{
  g_assert_cmpint (decide_limited (3000, 1.0), ==, 3000);
  g_assert_cmpint (decide_limited (60 * 1000, 0.0), ==, 60 * 1000);
  g_assert_cmpint (decide_limited (3600 * 1000, 0.0), ==, EASEL_RETRY_MAX_AFTER_MS);
  g_assert_cmpint (decide_limited (G_MAXINT64, 1.0), ==, EASEL_RETRY_MAX_AFTER_MS);
  g_assert_cmpint (decide_limited (0, 0.0), ==, 500);
}

static void
test_eight_a_minute (void)
{
  gint64 now = 0;
  guint requests = 0;

  while (now < 60 * 1000)
    {
      requests++;
      now += decide_limited (-1, 0.0);
    }
  g_test_message ("%u requests in the first minute", requests);
  g_assert_cmpuint (requests, <=, 8);
  g_assert_cmpint (decide_limited (-1, 1.0), ==, 9000);
}

static void
test_backoff (void)
{
  static const gint64 expected[] = { 100, 100, 200, 400, 800, 1000, 1000, 1000 };

  for (guint failures = 0; failures < G_N_ELEMENTS (expected); failures++)
    g_assert_cmpint (easel_retry_backoff (failures, 100, 1000, 0), ==, expected[failures]);
  g_assert_cmpint (easel_retry_backoff (2, 100, 1000, 0.5), ==, 250);
  g_assert_cmpint (easel_retry_backoff (5, 100, 1000, 1.0), ==, 1000);
  g_assert_cmpint (easel_retry_backoff (G_MAXUINT, 1, G_MAXINT64, 0), ==, G_MAXINT64);
  g_assert_cmpint (easel_retry_backoff (1, 5000, 1000, 0), ==, 1000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/retry/spending-is-never-repeated", test_spending_is_never_repeated);
  g_test_add_func ("/retry/only-passing-faults", test_only_passing_faults);
  g_test_add_func ("/retry/foreign-errors-end-it", test_foreign_errors_end_it);
  g_test_add_func ("/retry/three-tries", test_three_tries);
  g_test_add_func ("/retry/retry-after", test_retry_after);
  g_test_add_func ("/retry/eight-a-minute", test_eight_a_minute);
  g_test_add_func ("/retry/backoff", test_backoff);
  return g_test_run ();
}
