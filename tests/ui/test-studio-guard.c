/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What keeps the program alive without a window: the application's hold while something costs that
 * only this program ends, until it is proven gone. */

#include "config.h"

#include "easel-guard.h"
#include "easel-notifier.h"
#include "easel-rental-private.h"
#include "easel-test-util.h"
#include "easel-ui.h"
#include "studio-stage.h"

typedef struct
{
  Stage stage;
  EaselGuard *guard;
  EaselNotifier *notifier;
  guint n_steps;
  gboolean was_deleted;
} Run;

/* So many looks of the person at the clock are more than enough for any proof. */
#define MAX_STEPS 200

static gboolean
on_step (gpointer user_data)
{
  Run *run = user_data;
  EaselRental *rental = stage_find (&run->stage, "RTX 3090");

  run->n_steps++;
  g_assert_cmpuint (run->n_steps, <, MAX_STEPS);
  if (run->n_steps < 5)
    {
      g_assert_true (easel_guard_is_holding (run->guard));
      return G_SOURCE_CONTINUE;
    }
  if (!run->was_deleted)
    {
      run->was_deleted = TRUE;
      easel_notifier_tell_background (run->notifier, TRUE);
      easel_studio_delete (run->stage.studio, rental, "done");
      /* Asked for is not proven. */
      g_assert_true (easel_guard_is_holding (run->guard));
    }
  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (run->stage.clock), 1000);
  if (easel_rental_get_state (rental) != EASEL_RENTAL_GONE)
    {
      g_assert_true (easel_guard_is_holding (run->guard));
      return G_SOURCE_CONTINUE;
    }
  g_assert_false (easel_guard_is_holding (run->guard));

  return G_SOURCE_REMOVE;
}

static void
on_activate (GtkApplication *app, Run *run)
{
  run->guard = easel_guard_new (app, run->stage.studio);
  run->notifier = easel_notifier_new (app, run->stage.studio, run->stage.clock);
  g_idle_add (on_step, run);
}

static int
run_application (Run *run)
{
  g_autoptr (GtkApplication) app =
      gtk_application_new ("io.github.cloudeasel.CloudEasel.Test", G_APPLICATION_NON_UNIQUE);
  int status;

  g_signal_connect (app, "activate", G_CALLBACK (on_activate), run);
  status = g_application_run (G_APPLICATION (app), 0, NULL);
  g_assert_finalize_object (g_steal_pointer (&run->notifier));
  g_assert_finalize_object (g_steal_pointer (&run->guard));

  return status;
}

/* Nothing but the guard holds this application: when run() comes back, the guard has let go. */
static void
test_holds_until_gone (void)
{
  Run run = { 0 };

  stage_set_up (&run.stage);
  stage_add_own (&run.stage, "easel-00c0ffee", "RTX 3090");
  stage_open (&run.stage);
  g_assert_cmpint (run_application (&run), ==, 0);
  g_assert_true (run.was_deleted);
  g_assert_cmpuint (stub_provider_get_n_live (run.stage.provider), ==, 0);
  stage_tear_down (&run.stage);
}

/* Confirmed: the computer may sleep, and the program need not stay. */
static gboolean
on_confirmed_step (gpointer user_data)
{
  Run *run = user_data;
  EaselRental *rental = stage_find (&run->stage, "RTX 3090");

  g_assert_true (easel_guard_needs_computer (run->guard));
  rental->state = EASEL_RENTAL_STARTING;
  stage_arm (&run->stage, rental, "likely");
  g_assert_true (easel_guard_needs_computer (run->guard));
  stage_arm (&run->stage, rental, "proven");
  g_assert_false (easel_guard_needs_computer (run->guard));
  /* It tells when it is ready. */
  g_assert_true (easel_guard_is_holding (run->guard));
  stage_arm (&run->stage, rental, "no");
  g_assert_true (easel_guard_needs_computer (run->guard));
  rental->state = EASEL_RENTAL_READY;
  stage_arm (&run->stage, rental, "proven");
  g_assert_false (easel_guard_is_holding (run->guard));
  run->was_deleted = TRUE;

  return G_SOURCE_REMOVE;
}

static void
on_activate_confirmed (GtkApplication *app, Run *run)
{
  run->guard = easel_guard_new (app, run->stage.studio);
  run->notifier = easel_notifier_new (app, run->stage.studio, run->stage.clock);
  g_idle_add (on_confirmed_step, run);
}

static void
test_lets_go_when_confirmed (void)
{
  Run run = { 0 };
  g_autoptr (GtkApplication) app =
      gtk_application_new ("io.github.cloudeasel.CloudEasel.Test", G_APPLICATION_NON_UNIQUE);

  stage_set_up (&run.stage);
  stage_add_own (&run.stage, "easel-00c0ffee", "RTX 3090");
  stage_open (&run.stage);
  g_signal_connect (app, "activate", G_CALLBACK (on_activate_confirmed), &run);
  g_assert_cmpint (g_application_run (G_APPLICATION (app), 0, NULL), ==, 0);
  g_assert_true (run.was_deleted);
  g_clear_object (&run.notifier);
  g_clear_object (&run.guard);
  stage_tear_down (&run.stage);
}

static void
on_activate_idle (GtkApplication *app, Run *run)
{
  run->guard = easel_guard_new (app, run->stage.studio);
  run->notifier = easel_notifier_new (app, run->stage.studio, run->stage.clock);
  g_assert_false (easel_guard_is_holding (run->guard));
}

/* Paused and foreign ones cost, too, but not for want of this program. */
static void
test_lets_go (void)
{
  Run run = { 0 };
  g_autoptr (GtkApplication) app =
      gtk_application_new ("io.github.cloudeasel.CloudEasel.Test", G_APPLICATION_NON_UNIQUE);

  stage_set_up (&run.stage);
  stage_add_paused (&run.stage, "easel-00c0ffee", "RTX A4000");
  stage_add_foreign (&run.stage, "other", "RTX 4090");
  stage_open (&run.stage);
  g_signal_connect (app, "activate", G_CALLBACK (on_activate_idle), &run);
  g_assert_cmpint (g_application_run (G_APPLICATION (app), 0, NULL), ==, 0);
  g_clear_object (&run.notifier);
  g_clear_object (&run.guard);
  stage_tear_down (&run.stage);
}

int
main (int argc, char *argv[])
{
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP no display\n");
      return 0;
    }
  g_test_init (&argc, &argv, NULL);
  easel_ui_init ();

  g_test_add_func ("/guard/holds-until-proven-gone", test_holds_until_gone);
  g_test_add_func ("/guard/lets-go-when-confirmed", test_lets_go_when_confirmed);
  g_test_add_func ("/guard/lets-go-of-what-it-cannot-end", test_lets_go);

  return g_test_run ();
}
