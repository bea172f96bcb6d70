/* SPDX-License-Identifier: GPL-3.0-or-later */

/* When a rental ends by itself and what it can cost until then. */

#include "config.h"

#include "easel-limits.h"

#define MINUTE_MS G_GINT64_CONSTANT (60000)
#define HOUR_MS G_GINT64_CONSTANT (3600000)
#define CREATED G_GINT64_CONSTANT (1795464000000)
#define READY (CREATED + 8 * MINUTE_MS)

static void
test_defaults (void)
{
  EaselLimits limits;

  easel_limits_init_default (&limits);
  g_assert_cmpuint (limits.hours, ==, 4);
  g_assert_cmpuint (limits.idle_minutes, ==, 60);
  g_assert_cmpuint (limits.closed_minutes, ==, 20);
  g_assert_false (limits.stop_instead);
}

static void
test_clamp (void)
{
  EaselLimits low = { 0, 0, 0, FALSE };
  EaselLimits high = { G_MAXUINT, G_MAXUINT, G_MAXUINT, 7 };
  EaselLimits good;

  easel_limits_clamp (&low);
  g_assert_cmpuint (low.hours, ==, EASEL_LIMITS_MIN_HOURS);
  g_assert_cmpuint (low.idle_minutes, ==, 10);
  g_assert_cmpuint (low.closed_minutes, ==, 5);

  easel_limits_clamp (&high);
  g_assert_cmpuint (high.hours, ==, EASEL_LIMITS_MAX_HOURS);
  g_assert_cmpuint (high.idle_minutes, ==, 600);
  g_assert_cmpuint (high.closed_minutes, ==, 600);
  g_assert_cmpint (high.stop_instead, ==, TRUE);

  easel_limits_init_default (&good);
  easel_limits_clamp (&good);
  g_assert_cmpuint (good.hours, ==, 4);
  g_assert_cmpuint (good.idle_minutes, ==, 60);
  g_assert_cmpuint (good.closed_minutes, ==, 20);
}

static void
test_hard_end (void)
{
  EaselLimits limits;

  easel_limits_init_default (&limits);
  g_assert_cmpint (easel_limits_hard_end (&limits, CREATED), ==, CREATED + 4 * HOUR_MS);
  g_assert_cmpint (easel_limits_hard_end (&limits, G_MAXINT64 - 5), ==, G_MAXINT64);
  limits.hours = G_MAXUINT;
  g_assert_cmpint (easel_limits_hard_end (&limits, CREATED), >, CREATED);
}

static void
test_cut (void)
{
  const gint64 end = CREATED + 4 * HOUR_MS;

  g_assert_cmpint (easel_limits_cut (end, CREATED, 4 * 235000, 235000), ==, end);
  g_assert_cmpint (easel_limits_cut (end, CREATED, 9 * 235000, 235000), ==, end);
  g_assert_cmpint (easel_limits_cut (end, CREATED, 3 * 235000, 235000), ==, CREATED + 3 * HOUR_MS);
  g_assert_cmpint (easel_limits_cut (end, CREATED, -5, 235000), ==, CREATED);
  /* What nobody knows cuts nothing. */
  g_assert_cmpint (easel_limits_cut (end, CREATED, EASEL_MONEY_UNKNOWN, 235000), ==, end);
  g_assert_cmpint (easel_limits_cut (end, CREATED, 1, 0), ==, end);
  g_assert_cmpint (easel_limits_cut (end, CREATED, 1, EASEL_MONEY_UNKNOWN), ==, end);
  g_assert_cmpint (easel_limits_cut (end, CREATED, G_MAXINT64, 1), ==, end);
}

static void
test_worst_case (void)
{
  EaselLimits limits;

  easel_limits_init_default (&limits);
  g_assert_cmpint (easel_limits_worst_case (&limits, 235000, 0), ==, 940000);
  g_assert_cmpint (easel_limits_worst_case (&limits, 235000, 80000), ==, 1020000);
  g_assert_cmpint (easel_limits_worst_case (&limits, EASEL_MONEY_UNKNOWN, 0), ==,
                   EASEL_MONEY_UNKNOWN);
  g_assert_cmpint (easel_limits_worst_case (&limits, 235000, EASEL_MONEY_UNKNOWN), ==,
                   EASEL_MONEY_UNKNOWN);
  g_assert_cmpint (easel_limits_worst_case (&limits, 235000, G_MAXINT64), ==, EASEL_MONEY_UNKNOWN);
  g_assert_cmpint (easel_limits_worst_case (&limits, G_MAXINT64, 0), ==, EASEL_MONEY_UNKNOWN);
}

/* Nothing that ends in time costs more than the worst case. */
static void
test_worst_case_holds (void)
{
  for (int i = 0; i < 2000; i++)
    {
      EaselLimits limits;
      gint64 price = g_test_rand_int_range (1, 20000000);
      gint64 traffic = g_test_rand_int_range (0, 1000000);
      gint64 end, now, worst;

      easel_limits_init_default (&limits);
      limits.hours = (guint) g_test_rand_int_range (1, 25);
      end = easel_limits_hard_end (&limits, CREATED);
      now = CREATED + g_test_rand_int_range (0, (gint32) (end - CREATED) + 1);
      worst = easel_limits_worst_case (&limits, price, traffic);

      g_assert_cmpint (easel_money_for_duration (price, now - CREATED) + traffic, <=, worst);
    }
}

typedef struct
{
  const char *what;
  gint64 now;
  gint64 hard_end;
  gint64 ready;
  gint64 last_busy;
  EaselEndReason reason;
  gint64 ends_at;
} DecideRow;

static void
test_decide (void)
{
  const gint64 hard_end = CREATED + 4 * HOUR_MS;
  const DecideRow rows[] = {
    { "nothing known", CREATED, 0, 0, 0, EASEL_END_NONE, 0 },
    { "starting", CREATED, hard_end, 0, 0, EASEL_END_NONE, hard_end },
    { "starting is not idling", CREATED + 3 * HOUR_MS, hard_end, 0, 0, EASEL_END_NONE, hard_end },
    { "starting to the end", hard_end, hard_end, 0, 0, EASEL_END_HOURS, hard_end },
    { "just ready", READY, hard_end, READY, 0, EASEL_END_NONE, READY + HOUR_MS },
    { "idle almost", READY + HOUR_MS - 1, hard_end, READY, 0, EASEL_END_NONE, READY + HOUR_MS },
    { "idle", READY + HOUR_MS, hard_end, READY, 0, EASEL_END_IDLE, READY + HOUR_MS },
    { "painted in between", READY + HOUR_MS, hard_end, READY, READY + 10 * MINUTE_MS,
      EASEL_END_NONE, READY + 70 * MINUTE_MS },
    { "busy before ready", READY + HOUR_MS, hard_end, READY, CREATED, EASEL_END_IDLE,
      READY + HOUR_MS },
    { "busy in the future", READY, hard_end, READY, READY + 30 * HOUR_MS, EASEL_END_NONE,
      READY + HOUR_MS },
    { "busy to the end", hard_end, hard_end, READY, hard_end, EASEL_END_HOURS, hard_end },
    { "last hour", hard_end - 1, hard_end, READY, hard_end - HOUR_MS / 2, EASEL_END_NONE,
      hard_end },
    { "both due, idle first", hard_end + HOUR_MS, hard_end, READY, 0, EASEL_END_IDLE,
      READY + HOUR_MS },
    { "both due, hours first", hard_end + 2 * HOUR_MS, hard_end, READY, hard_end - MINUTE_MS,
      EASEL_END_HOURS, hard_end },
    { "both at once", hard_end, hard_end, READY, hard_end - HOUR_MS, EASEL_END_HOURS, hard_end },
    { "idle without a hard end", READY + HOUR_MS, 0, READY, 0, EASEL_END_IDLE, READY + HOUR_MS },
    { "long over", G_MAXINT64, hard_end, READY, 0, EASEL_END_IDLE, READY + HOUR_MS },
    { "end of time", CREATED, G_MAXINT64, G_MAXINT64, 0, EASEL_END_NONE, G_MAXINT64 },
  };
  EaselLimits limits;

  easel_limits_init_default (&limits);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const DecideRow *row = &rows[i];
      gint64 ends_at = -1;
      EaselEndReason reason;

      g_test_message ("%s", row->what);
      reason = easel_limits_decide (&limits, row->now, row->hard_end, row->ready, row->last_busy,
                                    &ends_at);
      g_assert_cmpint (reason, ==, row->reason);
      g_assert_cmpint (ends_at, ==, row->ends_at);
    }
}

/* Whatever happens, a pod does not outlive its hard end. */
static void
test_decide_always_ends (void)
{
  for (int i = 0; i < 5000; i++)
    {
      EaselLimits limits;
      gint64 hard_end, now, ready, busy, ends_at;

      limits.hours = (guint) g_test_rand_int_range (0, 30);
      limits.idle_minutes = (guint) g_test_rand_int_range (0, 700);
      limits.closed_minutes = 20;
      limits.stop_instead = FALSE;
      hard_end = easel_limits_hard_end (&limits, CREATED);
      now = CREATED + (gint64) g_test_rand_int_range (0, 1000000) * 200;
      ready = g_test_rand_bit () ? CREATED + g_test_rand_int_range (0, 5000000) : 0;
      busy = g_test_rand_bit () ? CREATED + (gint64) g_test_rand_int_range (0, 1000000) * 300 : 0;

      if (easel_limits_decide (&limits, now, hard_end, ready, busy, &ends_at) == EASEL_END_NONE)
        g_assert_cmpint (now, <, hard_end);
      g_assert_cmpint (ends_at, <=, hard_end);
      g_assert_cmpint (easel_limits_decide (&limits, hard_end, hard_end, ready, busy, NULL), !=,
                       EASEL_END_NONE);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/limits/defaults", test_defaults);
  g_test_add_func ("/limits/clamp", test_clamp);
  g_test_add_func ("/limits/hard-end", test_hard_end);
  g_test_add_func ("/limits/cut", test_cut);
  g_test_add_func ("/limits/worst-case", test_worst_case);
  g_test_add_func ("/limits/worst-case-holds", test_worst_case_holds);
  g_test_add_func ("/limits/decide", test_decide);
  g_test_add_func ("/limits/decide-always-ends", test_decide_always_ends);

  return g_test_run ();
}
