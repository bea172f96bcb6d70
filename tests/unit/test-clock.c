/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "easel-clock.h"
#include "easel-test-util.h"

#include <string.h>
#include <time.h>

#define T0 G_GINT64_CONSTANT (1700000000000)

typedef struct
{
  EaselClock *clock;
  GString *order;
  guint other_id;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->clock = easel_manual_clock_new (T0);
  fixture->order = g_string_new (NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->clock);
  g_string_free (fixture->order, TRUE);
}

static void
advance (Fixture *fixture, gint64 milliseconds)
{
  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (fixture->clock), milliseconds);
}

static void
note (Fixture *fixture, char letter)
{
  g_string_append_printf (fixture->order, "%c@%" G_GINT64_FORMAT " ", letter,
                          easel_clock_get_monotonic_ms (fixture->clock));
}

static gboolean
note_a (gpointer data)
{
  note (data, 'a');
  return G_SOURCE_CONTINUE;
}

static gboolean
note_b (gpointer data)
{
  note (data, 'b');
  return G_SOURCE_REMOVE;
}

static gboolean
note_c_and_add (gpointer data)
{
  Fixture *fixture = data;

  note (fixture, 'c');
  easel_clock_add (fixture->clock, 10, note_a, fixture, NULL);
  easel_clock_add (fixture->clock, 0, note_b, fixture, NULL);
  easel_clock_add (fixture->clock, 1000, note_a, fixture, NULL);
  return G_SOURCE_REMOVE;
}

static void
count_destroy (gpointer data)
{
  (*(guint *) data)++;
}

static gboolean
do_nothing (gpointer data)
{
  return G_SOURCE_REMOVE;
}

static void
test_order (Fixture *fixture, gconstpointer data)
{
  EaselManualClock *manual = EASEL_MANUAL_CLOCK (fixture->clock);

  easel_clock_add (fixture->clock, 30, note_a, fixture, NULL);
  easel_clock_add (fixture->clock, 10, note_b, fixture, NULL);
  easel_clock_add (fixture->clock, 10, note_a, fixture, NULL);
  easel_clock_add (fixture->clock, -5, note_a, fixture, NULL);
  g_assert_cmpuint (easel_manual_clock_get_n_pending (manual), ==, 4);
  g_assert_cmpint (easel_manual_clock_get_next_delay (manual), ==, 0);
  g_assert_cmpstr (fixture->order->str, ==, "");
  advance (fixture, 0);
  g_assert_cmpstr (fixture->order->str, ==, "a@0 ");
  advance (fixture, 9);
  g_assert_cmpstr (fixture->order->str, ==, "a@0 ");
  g_assert_cmpint (easel_manual_clock_get_next_delay (manual), ==, 1);
  advance (fixture, 100);
  g_assert_cmpstr (fixture->order->str, ==, "a@0 b@10 a@10 a@30 ");
  g_assert_cmpint (easel_clock_get_monotonic_ms (fixture->clock), ==, 109);
  g_assert_cmpint (easel_clock_get_unix_ms (fixture->clock), ==, T0 + 109);
  g_assert_cmpint (easel_manual_clock_get_next_delay (manual), ==, -1);
}

static void
test_added_meanwhile (Fixture *fixture, gconstpointer data)
{
  easel_clock_add (fixture->clock, 5, note_c_and_add, fixture, NULL);
  advance (fixture, 20);
  g_assert_cmpstr (fixture->order->str, ==, "c@5 b@5 a@15 ");
  g_assert_cmpuint (easel_manual_clock_get_n_pending (EASEL_MANUAL_CLOCK (fixture->clock)), ==, 1);
}

static gboolean
remove_other (gpointer data)
{
  Fixture *fixture = data;

  note (fixture, 'r');
  easel_clock_clear (fixture->clock, &fixture->other_id);
  return G_SOURCE_REMOVE;
}

static void
test_remove (Fixture *fixture, gconstpointer data)
{
  guint destroyed = 0;
  guint id = easel_clock_add (fixture->clock, 5, do_nothing, &destroyed, count_destroy);

  easel_clock_remove (fixture->clock, id);
  g_assert_cmpuint (destroyed, ==, 1);
  easel_clock_remove (fixture->clock, id);
  g_assert_cmpuint (destroyed, ==, 1);

  easel_clock_add (fixture->clock, 5, remove_other, fixture, NULL);
  fixture->other_id = easel_clock_add (fixture->clock, 5, note_a, fixture, NULL);
  advance (fixture, 5);
  g_assert_cmpstr (fixture->order->str, ==, "r@5 ");
  g_assert_cmpuint (fixture->other_id, ==, 0);
  easel_clock_clear (NULL, &fixture->other_id);

  easel_clock_add (fixture->clock, 5, do_nothing, &destroyed, count_destroy);
  advance (fixture, 5);
  g_assert_cmpuint (destroyed, ==, 2);
}

static void
test_wall_steps (Fixture *fixture, gconstpointer data)
{
  EaselManualClock *manual = EASEL_MANUAL_CLOCK (fixture->clock);

  easel_clock_add (fixture->clock, 1000, note_a, fixture, NULL);
  easel_manual_clock_step_wall (manual, 3600 * 1000);
  g_assert_cmpint (easel_clock_get_unix_ms (fixture->clock), ==, T0 + 3600 * 1000);
  g_assert_cmpint (easel_clock_get_monotonic_ms (fixture->clock), ==, 0);
  g_assert_cmpint (easel_manual_clock_get_next_delay (manual), ==, 1000);
  easel_manual_clock_step_wall (manual, -2 * 3600 * 1000);
  advance (fixture, 1000);
  g_assert_cmpstr (fixture->order->str, ==, "a@1000 ");
  g_assert_cmpint (easel_clock_get_unix_ms (fixture->clock), ==, T0 - 3600 * 1000 + 1000);
}

static void
test_far_future (Fixture *fixture, gconstpointer data)
{
  advance (fixture, 1000);
  easel_clock_add (fixture->clock, G_MAXINT64, note_a, fixture, NULL);
  advance (fixture, 1000 * 1000);
  g_assert_cmpstr (fixture->order->str, ==, "");
}

static void
test_dies_with_timers (void)
{
  EaselClock *manual = easel_manual_clock_new (T0);
  EaselClock *real = easel_real_clock_new ();
  guint destroyed = 0;

  easel_clock_add (manual, 5, do_nothing, &destroyed, count_destroy);
  easel_clock_add (real, 5, do_nothing, &destroyed, count_destroy);
  g_assert_finalize_object (manual);
  g_assert_finalize_object (real);
  g_assert_cmpuint (destroyed, ==, 2);
  easel_test_pump_for (20);
}

static void
test_wait (Fixture *fixture, gconstpointer data)
{
  g_auto (EaselTestCatch) caught = { 0 };
  g_autoptr (GError) error = NULL;

  easel_clock_wait_async (fixture->clock, 5000, NULL, easel_test_catch, &caught);
  easel_test_pump ();
  g_assert_null (caught.result);
  advance (fixture, 4999);
  easel_test_pump ();
  g_assert_null (caught.result);
  advance (fixture, 1);
  g_assert_true (easel_clock_wait_finish (fixture->clock, easel_test_catch_wait (&caught), &error));
  g_assert_no_error (error);
}

static void
assert_wait_cancelled (Fixture *fixture, EaselTestCatch *caught)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (easel_clock_wait_finish (fixture->clock, easel_test_catch_wait (caught), &error));
  g_assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
  g_assert_cmpuint (easel_manual_clock_get_n_pending (EASEL_MANUAL_CLOCK (fixture->clock)), ==, 0);
  easel_test_catch_clear (caught);
}

static void
test_wait_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  EaselTestCatch caught = { 0 };

  easel_clock_wait_async (fixture->clock, 5000, cancellable, easel_test_catch, &caught);
  easel_test_pump ();
  g_cancellable_cancel (cancellable);
  g_assert_null (caught.result);
  assert_wait_cancelled (fixture, &caught);

  easel_clock_wait_async (fixture->clock, 5000, cancellable, easel_test_catch, &caught);
  g_assert_null (caught.result);
  assert_wait_cancelled (fixture, &caught);
}

/* Due and cancelled at once: called back once, whichever it is. */
static void
test_wait_due_and_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  EaselTestCatch caught = { 0 };

  easel_clock_wait_async (fixture->clock, 10, cancellable, easel_test_catch, &caught);
  g_cancellable_cancel (cancellable);
  advance (fixture, 10);
  easel_test_pump ();
  assert_wait_cancelled (fixture, &caught);
  easel_test_pump ();
}

static gboolean
set_flag (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
test_real (void)
{
  g_autoptr (EaselClock) clock = easel_real_clock_new ();
  gint64 before = g_get_real_time () / 1000;
  gint64 started = easel_clock_get_monotonic_ms (clock);
  gint64 now = easel_clock_get_unix_ms (clock);
  gboolean first = FALSE;
  gboolean removed = FALSE;
  guint id;

  g_assert_cmpint (now, >=, before - 1);
  g_assert_cmpint (now, <=, g_get_real_time () / 1000 + 1);
  id = easel_clock_add (clock, 5, set_flag, &removed, NULL);
  easel_clock_add (clock, 30, set_flag, &first, NULL);
  easel_clock_clear (clock, &id);
  g_assert_false (first);
  easel_test_wait_flag (&first);
  g_assert_cmpint (easel_clock_get_monotonic_ms (clock) - started, >=, 30);
  g_assert_false (removed);
}

/* The linker leads the real clock's calls here (--wrap), so that this computer can sleep for
 * hours within a moment, and so that its looks at the time come sooner. */
int __wrap_clock_gettime (clockid_t id, struct timespec *now);
int __real_clock_gettime (clockid_t id, struct timespec *now);
gint64 __wrap_g_get_monotonic_time (void);
gint64 __real_g_get_monotonic_time (void);
gint64 __wrap_g_get_real_time (void);
gint64 __real_g_get_real_time (void);

static gint64 slept_s;
static gint64 sooner_us;
static gint64 set_forward_us;

gint64
__wrap_g_get_real_time (void)
{
  return __real_g_get_real_time () + set_forward_us;
}

int
__wrap_clock_gettime (clockid_t id, struct timespec *now)
{
  int result = __real_clock_gettime (id, now);

  if (id == CLOCK_BOOTTIME)
    now->tv_sec += slept_s;
  return result;
}

gint64
__wrap_g_get_monotonic_time (void)
{
  return __real_g_get_monotonic_time () - sooner_us;
}

static void
test_suspend (void)
{
  g_autoptr (EaselClock) clock = easel_real_clock_new ();
  gint64 started = easel_clock_get_monotonic_ms (clock);
  gboolean hour = FALSE;
  gboolean day = FALSE;

  sooner_us = 20 * G_USEC_PER_SEC - 10 * 1000;
  easel_clock_add (clock, 3600 * 1000, set_flag, &hour, NULL);
  easel_clock_add (clock, 24 * 3600 * 1000, set_flag, &day, NULL);
  easel_test_pump_for (50);
  g_assert_false (hour);
  slept_s = 8 * 3600;
  easel_test_wait_flag (&hour);
  g_assert_false (day);
  g_assert_cmpint (easel_clock_get_monotonic_ms (clock) - started, >=, 8 * 3600 * 1000);
  g_assert_cmpint (easel_clock_get_monotonic_ms (clock) - started, <, 8 * 3600 * 1000 + 60000);
  slept_s = 0;
  sooner_us = 0;
}

/* Somebody sets the clock, or a time server does: no rental gets longer, shorter or dearer. */
static void
test_clock_is_set (void)
{
  g_autoptr (EaselClock) clock = easel_real_clock_new ();
  gint64 started = easel_clock_get_unix_ms (clock);

  for (int direction = -1; direction <= 1; direction += 2)
    {
      set_forward_us = (gint64) direction * 3600 * G_USEC_PER_SEC;
      g_assert_cmpint (easel_clock_get_unix_ms (clock), >=, started);
      g_assert_cmpint (easel_clock_get_unix_ms (clock), <, started + 60 * 1000);
    }
  set_forward_us = 0;
  slept_s = 3600;
  g_assert_cmpint (easel_clock_get_unix_ms (clock), >=, started + 3600 * 1000);
  slept_s = 0;
}

static void
test_scaled (void)
{
  gint64 real_epoch = g_get_real_time () / 1000 - 1000;
  g_autoptr (EaselClock) clock = easel_real_clock_new_scaled (600, real_epoch, T0);
  gint64 started = easel_clock_get_monotonic_ms (clock);
  gint64 real_started = g_get_monotonic_time ();
  gint64 cloud_now = easel_clock_get_unix_ms (clock);
  gboolean fired = FALSE;
  double real_passed_ms;
  gint64 passed;

  /* One real second after the epochs: ten minutes of the cloud's time, and a little. */
  g_assert_cmpint (cloud_now, >=, T0 + 600 * 1000 - 600);
  g_assert_cmpint (cloud_now, <, T0 + 600 * 1000 + 600 * 5000);
  easel_clock_add (clock, 30 * 1000, set_flag, &fired, NULL);
  easel_test_wait_flag (&fired);
  passed = easel_clock_get_monotonic_ms (clock) - started;
  real_passed_ms = (double) (g_get_monotonic_time () - real_started) / 1000;
  g_assert_cmpint (passed, >=, 30 * 1000 - 1);
  g_assert_cmpfloat (real_passed_ms, >=, 49);
  g_assert_cmpfloat ((double) passed / real_passed_ms, >, 200);
  g_assert_cmpfloat ((double) passed / real_passed_ms, <, 1000);
}

static void
test_real_wait (void)
{
  g_autoptr (EaselClock) clock = easel_real_clock_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_auto (EaselTestCatch) caught = { 0 };

  easel_clock_wait_async (clock, 1, NULL, easel_test_catch, &caught);
  g_assert_true (easel_clock_wait_finish (clock, easel_test_catch_wait (&caught), &error));
  easel_test_catch_clear (&caught);
  easel_clock_wait_async (clock, G_MAXINT64, cancellable, easel_test_catch, &caught);
  easel_test_pump ();
  g_cancellable_cancel (cancellable);
  g_assert_false (easel_clock_wait_finish (clock, easel_test_catch_wait (&caught), &error));
  g_assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
}

#define ADD(path, function) g_test_add ("/clock/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("order", test_order);
  ADD ("added-meanwhile", test_added_meanwhile);
  ADD ("remove", test_remove);
  ADD ("wall-steps", test_wall_steps);
  ADD ("far-future", test_far_future);
  ADD ("wait", test_wait);
  ADD ("wait-cancelled", test_wait_cancelled);
  ADD ("wait-due-and-cancelled", test_wait_due_and_cancelled);
  g_test_add_func ("/clock/dies-with-timers", test_dies_with_timers);
  g_test_add_func ("/clock/real", test_real);
  g_test_add_func ("/clock/suspend", test_suspend);
  g_test_add_func ("/clock/is-set", test_clock_is_set);
  g_test_add_func ("/clock/scaled", test_scaled);
  g_test_add_func ("/clock/real-wait", test_real_wait);
  return g_test_run ();
}
