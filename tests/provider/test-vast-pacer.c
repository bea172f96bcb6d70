/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Turns and intervals, on a clock that stands still until it is moved.
 */

#include "config.h"

#include "easel-test-util.h"
#include "easel-vast-pacer.h"

typedef struct
{
  EaselClock *clock;     /* (owned) */
  EaselVastPacer *pacer; /* (owned) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->clock = easel_manual_clock_new (1000000);
  /* The clocks of the world do not begin at 0. */
  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (fixture->clock), 12345);
  fixture->pacer = easel_vast_pacer_new (fixture->clock);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->pacer);
  g_assert_cmpuint (easel_manual_clock_get_n_pending (EASEL_MANUAL_CLOCK (fixture->clock)), ==, 0);
  g_object_unref (fixture->clock);
}

static void
advance (Fixture *fixture, gint64 milliseconds)
{
  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (fixture->clock), milliseconds);
  easel_test_pump ();
}

static void
enter (Fixture *fixture, EaselVastLane lane, GCancellable *cancellable, EaselTestCatch *caught)
{
  easel_vast_pacer_enter_async (fixture->pacer, lane, cancellable, easel_test_catch, caught);
  easel_test_pump ();
}

static gboolean
is_in (Fixture *fixture, EaselTestCatch *caught)
{
  g_autoptr (GError) error = NULL;
  gboolean in;

  if (caught->result == NULL)
    return FALSE;
  in = easel_vast_pacer_enter_finish (fixture->pacer, caught->result, &error);
  g_assert_cmpint (in, ==, error == NULL);
  return in;
}

/* The published thresholds; nothing here may be shorter. */
static void
test_intervals (void)
{
  g_assert_cmpint (easel_vast_lane_interval_ms (EASEL_VAST_LANE_CREATE), >=, 4500);
  g_assert_cmpint (easel_vast_lane_interval_ms (EASEL_VAST_LANE_GET), >=, 2000);
  g_assert_cmpint (easel_vast_lane_interval_ms (EASEL_VAST_LANE_DELETE), >=, 3000);
  g_assert_cmpint (easel_vast_lane_interval_ms (EASEL_VAST_LANE_LIST), >=, 1000);
  g_assert_cmpint (easel_vast_lane_interval_ms (EASEL_VAST_LANE_OFFERS), >=, 2000);
  g_assert_cmpint (easel_vast_lane_interval_ms (EASEL_VAST_LANE_TEMPLATES), >=, 1900);
  g_assert_cmpint (easel_vast_lane_interval_ms (EASEL_VAST_LANE_ACCOUNT), >=, 2000);
  g_assert_cmpint (easel_vast_lane_interval_ms (EASEL_VAST_LANE_SPEND), >=, 2000);
  g_assert_cmpint (easel_vast_lane_interval_ms (EASEL_VAST_LANE_CHANGE), >=, 1000);
  g_assert_cmpint (easel_vast_lane_interval_ms (EASEL_VAST_LANE_REBOOT), >=, 1000);
  g_assert_cmpint (easel_vast_lane_interval_ms (EASEL_VAST_LANE_CHARGES), >=, 1000);
  for (guint i = 0; i < EASEL_VAST_N_LANES; i++)
    g_assert_cmpint (easel_vast_lane_interval_ms (i), >, 0);
}

static void
test_interval_counts_from_the_answer (Fixture *fixture, gconstpointer data)
{
  g_auto (EaselTestCatch) first = { 0 };
  g_auto (EaselTestCatch) second = { 0 };

  enter (fixture, EASEL_VAST_LANE_CREATE, NULL, &first);
  g_assert_true (is_in (fixture, &first));
  enter (fixture, EASEL_VAST_LANE_CREATE, NULL, &second);
  /* However long the answer takes. */
  advance (fixture, 60 * 1000);
  g_assert_null (second.result);
  easel_vast_pacer_leave (fixture->pacer, EASEL_VAST_LANE_CREATE);
  advance (fixture, 4499);
  g_assert_null (second.result);
  advance (fixture, 1);
  g_assert_true (is_in (fixture, &second));
  easel_vast_pacer_leave (fixture->pacer, EASEL_VAST_LANE_CREATE);
}

static void
test_a_free_lane_does_not_wait (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 3; i++)
    {
      g_auto (EaselTestCatch) caught = { 0 };

      enter (fixture, EASEL_VAST_LANE_GET, NULL, &caught);
      g_assert_true (is_in (fixture, &caught));
      easel_vast_pacer_leave (fixture->pacer, EASEL_VAST_LANE_GET);
      advance (fixture, 2000);
    }
}

static void
test_lanes_are_apart (Fixture *fixture, gconstpointer data)
{
  g_auto (EaselTestCatch) get = { 0 };
  g_auto (EaselTestCatch) delete = { 0 };

  enter (fixture, EASEL_VAST_LANE_GET, NULL, &get);
  enter (fixture, EASEL_VAST_LANE_DELETE, NULL, &delete);
  g_assert_true (is_in (fixture, &get));
  g_assert_true (is_in (fixture, &delete));
  easel_vast_pacer_leave (fixture->pacer, EASEL_VAST_LANE_GET);
  easel_vast_pacer_leave (fixture->pacer, EASEL_VAST_LANE_DELETE);
}

static void
test_first_come_first_served (Fixture *fixture, gconstpointer data)
{
  EaselTestCatch caught[5] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (caught); i++)
    enter (fixture, EASEL_VAST_LANE_LIST, NULL, &caught[i]);
  for (guint i = 0; i < G_N_ELEMENTS (caught); i++)
    {
      g_assert_true (is_in (fixture, &caught[i]));
      for (guint j = i + 1; j < G_N_ELEMENTS (caught); j++)
        g_assert_null (caught[j].result);
      easel_vast_pacer_leave (fixture->pacer, EASEL_VAST_LANE_LIST);
      advance (fixture, 1000);
    }
  for (guint i = 0; i < G_N_ELEMENTS (caught); i++)
    easel_test_catch_clear (&caught[i]);
}

static void
test_who_cancels_leaves_the_queue (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (EaselTestCatch) first = { 0 };
  g_auto (EaselTestCatch) second = { 0 };
  g_auto (EaselTestCatch) third = { 0 };
  g_auto (EaselTestCatch) late = { 0 };
  g_autoptr (GError) error = NULL;

  enter (fixture, EASEL_VAST_LANE_GET, cancellable, &first);
  enter (fixture, EASEL_VAST_LANE_GET, cancellable, &second);
  enter (fixture, EASEL_VAST_LANE_GET, NULL, &third);
  g_cancellable_cancel (cancellable);
  easel_test_pump ();
  /* At once, without time going by. */
  g_assert_false (
      easel_vast_pacer_enter_finish (fixture->pacer, easel_test_catch_wait (&second), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  /* Who is in stays in, whatever they cancel, and has to leave. */
  g_assert_true (is_in (fixture, &first));
  easel_vast_pacer_leave (fixture->pacer, EASEL_VAST_LANE_GET);
  advance (fixture, 2000);
  g_assert_true (is_in (fixture, &third));
  enter (fixture, EASEL_VAST_LANE_LIST, cancellable, &late);
  g_assert_false (
      easel_vast_pacer_enter_finish (fixture->pacer, easel_test_catch_wait (&late), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  easel_vast_pacer_leave (fixture->pacer, EASEL_VAST_LANE_GET);
}

static void
test_hold (Fixture *fixture, gconstpointer data)
{
  g_auto (EaselTestCatch) first = { 0 };
  g_auto (EaselTestCatch) second = { 0 };

  enter (fixture, EASEL_VAST_LANE_CREATE, NULL, &first);
  enter (fixture, EASEL_VAST_LANE_CREATE, NULL, &second);
  easel_vast_pacer_leave (fixture->pacer, EASEL_VAST_LANE_CREATE);
  g_assert_true (is_in (fixture, &first));
  /* The timer runs already. */
  advance (fixture, 1000);
  easel_vast_pacer_hold (fixture->pacer, EASEL_VAST_LANE_CREATE, 12 * 1000);
  /* Shorter ones change nothing. */
  easel_vast_pacer_hold (fixture->pacer, EASEL_VAST_LANE_CREATE, 10);
  advance (fixture, 11999);
  g_assert_null (second.result);
  advance (fixture, 1);
  g_assert_true (is_in (fixture, &second));
  easel_vast_pacer_leave (fixture->pacer, EASEL_VAST_LANE_CREATE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/vast-pacer/intervals", test_intervals);
  g_test_add ("/vast-pacer/interval-counts-from-the-answer", Fixture, NULL, set_up,
              test_interval_counts_from_the_answer, tear_down);
  g_test_add ("/vast-pacer/a-free-lane-does-not-wait", Fixture, NULL, set_up,
              test_a_free_lane_does_not_wait, tear_down);
  g_test_add ("/vast-pacer/lanes-are-apart", Fixture, NULL, set_up, test_lanes_are_apart,
              tear_down);
  g_test_add ("/vast-pacer/first-come-first-served", Fixture, NULL, set_up,
              test_first_come_first_served, tear_down);
  g_test_add ("/vast-pacer/who-cancels-leaves-the-queue", Fixture, NULL, set_up,
              test_who_cancels_leaves_the_queue, tear_down);
  g_test_add ("/vast-pacer/hold", Fixture, NULL, set_up, test_hold, tear_down);

  return g_test_run ();
}
