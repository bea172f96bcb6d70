/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What can go wrong between two clicks: deletes that must not rent, limits that must not take what
 * somebody wants, several machines at once, and how often the provider is asked. */

#include "config.h"
#include "easel-agent-status.h"
#include "easel-agent-watch.h"
#include "easel-json.h"
#include "easel-patience.h"
#include "studio-fixture.h"

#include <string.h>

static gboolean
is_rental_starting (gpointer data)
{
  return easel_rental_get_state (data) == EASEL_RENTAL_STARTING;
}

static gboolean
is_rental_ready (gpointer data)
{
  return easel_rental_get_state (data) == EASEL_RENTAL_READY;
}

static gboolean
is_paused (gpointer data)
{
  return easel_rental_get_state (data) == EASEL_RENTAL_PAUSED;
}

static guint
n_calls (Fixture *fixture, StubCall call)
{
  return stub_provider_get_n_calls (fixture->provider, call);
}

static EaselPodData
foreign_pod (void)
{
  static const char *const ports[] = { "8888/http", NULL };

  return (EaselPodData){
    .provider_id = "runpod",
    .id = "foreign1",
    .name = "training",
    .state = EASEL_POD_RUNNING,
    .state_word = "RUNNING",
    .image = "pytorch",
    .gpu_name = "RTX 4090",
    .gpu_count = 1,
    .cost = 690000,
    .ports = ports,
    .container_up = TRUE,
  };
}

static void
push_empty_list (Fixture *fixture)
{
  EaselPodList *list = g_new0 (EaselPodList, 1);

  list->pods = g_ptr_array_new_with_free_func (g_object_unref);
  stub_provider_push_value (fixture->provider, STUB_LIST_PODS, list);
}

/* --- what nobody asked to delete -------------------------------------------------------------- */

/* Two lists without it were wrong; that it stands there again is no reason to delete it. */
static void
test_foreign_pod_comes_back (Fixture *fixture, gconstpointer data)
{
  const EaselPodData pod = foreign_pod ();

  stub_provider_add_pod (fixture->provider, &pod);
  easel_studio_refresh (fixture->studio);
  pass (fixture, 5 * SECOND);
  push_empty_list (fixture);
  push_empty_list (fixture);
  easel_studio_refresh (fixture->studio);
  pass_until (fixture, is_gone, row (fixture, 0), MINUTE);

  easel_studio_refresh (fixture->studio);
  pass (fixture, MINUTE);
  g_assert_cmpuint (n_calls (fixture, STUB_DELETE_POD), ==, 0);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 1);
  g_assert_cmpint (easel_rental_get_state (row (fixture, 0)), ==, EASEL_RENTAL_READY);
}

/* The list of another account says nothing about a pod that has no record either. */
static void
test_foreign_pod_of_another_key (Fixture *fixture, gconstpointer data)
{
  const EaselPodData pod = foreign_pod ();
  g_autoptr (EaselAccountInfo) other = easel_account_info_new ();

  stub_provider_add_pod (fixture->provider, &pod);
  easel_studio_refresh (fixture->studio);
  pass (fixture, 5 * SECOND);
  g_assert_cmpuint (n_rows (fixture), ==, 1);

  other->account_id = g_strdup ("somebody-else");
  stub_provider_set_account (fixture->provider, other);
  for (guint i = 0; i < 30; i++)
    push_empty_list (fixture);
  enter_key (fixture, "practice-other");
  easel_studio_refresh (fixture->studio);
  pass (fixture, MINUTE);
  g_assert_cmpuint (fixture->n_ended, ==, 0);
  g_assert_cmpuint (n_rows (fixture), ==, 0);
}

/* A key of another account: what it rents is shown at once, not after the next usual look. */
static void
test_other_account_is_looked_at (Fixture *fixture, gconstpointer data)
{
  const EaselPodData pod = foreign_pod ();
  g_autoptr (EaselAccountInfo) other = easel_account_info_new ();

  pass (fixture, 2 * MINUTE);
  stub_provider_hold (fixture->provider, STUB_LIST_PODS);
  easel_studio_refresh (fixture->studio);
  pass (fixture, 5 * SECOND);
  stub_provider_add_pod (fixture->provider, &pod);
  other->account_id = g_strdup ("somebody-else");
  stub_provider_set_account (fixture->provider, other);
  enter_key (fixture, "practice-other");
  /* Nothing is known about this account, whatever is known about the one before. */
  g_assert_cmpint (easel_studio_get_state (fixture->studio), ==, EASEL_STUDIO_CHECKING);
  stub_provider_release (fixture->provider, STUB_LIST_PODS);
  pass (fixture, 10 * SECOND);
  g_assert_cmpint (easel_studio_get_state (fixture->studio), ==, EASEL_STUDIO_KNOWN);
  g_assert_cmpuint (n_rows (fixture), ==, 1);
}

static void
start_elsewhere (EaselPodData *pod, gpointer user_data)
{
  pod->state = EASEL_POD_RUNNING;
  pod->container_up = TRUE;
}

/* Painted, paused for a moment, started again: the hours before do not count as idle. */
static void
test_resume_is_not_idle (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment = rent_until_ready (fixture);
  EaselRental *rental = easel_studio_find_rental (fixture->studio, deployment);

  for (guint i = 0; i < 24; i++)
    {
      pass (fixture, 5 * MINUTE);
      rental->last_busy_unix_ms = easel_clock_get_unix_ms (fixture->clock);
    }
  rental->activity_ms = easel_clock_get_monotonic_ms (fixture->clock);
  easel_studio_pause (fixture->studio, rental);
  pass_until (fixture, is_paused, rental, MINUTE);
  easel_studio_resume (fixture->studio, rental);
  pass (fixture, MINUTE);
  pass_until (fixture, is_rental_ready, rental, 5 * MINUTE);
  g_assert_cmpuint (n_calls (fixture, STUB_DELETE_POD), ==, 0);
}

/* Started again from the provider's own site, long after the hours were over. */
static void
test_resumed_elsewhere (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment = rent_until_ready (fixture);
  EaselRental *rental = easel_studio_find_rental (fixture->studio, deployment);

  pass (fixture, MINUTE);
  easel_studio_pause (fixture->studio, rental);
  pass_until (fixture, is_paused, rental, MINUTE);
  pass (fixture, 9 * HOUR);
  stub_provider_edit_pod (fixture->provider, rental->record->pod_id, start_elsewhere, NULL);
  easel_studio_refresh (fixture->studio);
  pass_until (fixture, is_rental_ready, rental, 10 * MINUTE);
  g_assert_cmpuint (n_calls (fixture, STUB_DELETE_POD), ==, 0);
  g_assert_cmpint (easel_rental_get_ends_at (rental), >,
                   easel_clock_get_unix_ms (fixture->clock) + HOUR);
}

/* Paused and started from elsewhere while it was starting: somebody must go on looking. */
static void
test_stopped_while_starting (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment = rent (fixture);
  EaselRental *rental = easel_studio_find_rental (fixture->studio, deployment);
  guint before;

  pass (fixture, MINUTE);
  stub_provider_set_pod_state (fixture->provider, rental->record->pod_id, EASEL_POD_STOPPED);
  easel_studio_refresh (fixture->studio);
  pass_until (fixture, is_paused, rental, 2 * MINUTE);
  g_assert_cmpint (easel_deployment_get_state (deployment), ==, EASEL_DEPLOYMENT_TROUBLE);
  /* What stands still is not polled. */
  before = n_calls (fixture, STUB_GET_POD);
  pass (fixture, 10 * MINUTE);
  g_assert_cmpuint (n_calls (fixture, STUB_GET_POD), ==, before);

  bring_up_comfy (fixture, "cuda", HYPER_LORA);
  stub_provider_edit_pod (fixture->provider, rental->record->pod_id, start_elsewhere, NULL);
  easel_studio_refresh (fixture->studio);
  pass_until (fixture, is_rental_ready, rental, 10 * MINUTE);
  g_assert_cmpint (easel_deployment_get_state (deployment), ==, EASEL_DEPLOYMENT_READY);
  g_assert_cmpuint (fixture->n_ready, ==, 1);
}

/* A stop that is refused at the end of the hours is asked for again, but not without a pause. */
static void
test_refused_stop_does_not_spin (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment = rent_until_ready (fixture);
  EaselRental *rental = easel_studio_find_rental (fixture->studio, deployment);
  guint asked;

  rental->record->limits.stop_instead = TRUE;
  rental->record->limits.idle_minutes = 0;
  stub_provider_fail_always (fixture->provider, STUB_ACT_ON_POD, EASEL_ERROR_UNAVAILABLE);
  rental->record->hard_end_unix_ms = easel_clock_get_unix_ms (fixture->clock) + 2 * MINUTE;
  pass (fixture, 12 * MINUTE);
  asked = n_calls (fixture, STUB_ACT_ON_POD);
  g_assert_cmpuint (asked, >=, 2);
  g_assert_cmpuint (asked, <=, 12);
  stub_provider_fail_never (fixture->provider, STUB_ACT_ON_POD);
  pass_until (fixture, is_paused, rental, 5 * MINUTE);
}

/* --- other machines --------------------------------------------------------------------------- */

static void
add_offers (Fixture *fixture)
{
  static const char *const names[] = { "RTX A4500", "RTX A4000", "L4", "RTX 3090 Ti", "RTX 4000" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *id = g_strconcat ("runpod/A/", names[i], NULL);

      stub_provider_add_offer (fixture->provider,
                               stub_offer (id, names[i], 24, 231000 + 1000 * (gint64) i));
    }
  easel_catalog_refresh (fixture->catalog);
  stub_settle ();
}

static void
test_bad_machines (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment;

  add_offers (fixture);
  deployment = rent (fixture);
  for (guint i = 0; i < 4; i++)
    {
      EaselRental *rental;

      pass_until (fixture, is_starting, deployment, 2 * MINUTE);
      rental = easel_studio_find_rental (fixture->studio, deployment);
      pass_until (fixture, is_rental_starting, rental, 2 * MINUTE);
      g_assert_cmpuint (stub_provider_get_n_created (fixture->provider), ==, i + 1);
      g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 1);
      stub_provider_emit_log (fixture->provider, TRUE,
                              "error starting container: nvidia-container-cli: requirement error: "
                              "unsatisfied condition: cuda>=13.0");
      stub_settle ();
      if (i < 3)
        pass_until (fixture, is_gone, rental, 2 * MINUTE);
    }
  /* Three were drawn; the fourth that fails is the person's to decide about. */
  g_assert_cmpint (easel_deployment_get_state (deployment), ==, EASEL_DEPLOYMENT_TROUBLE);
  pass (fixture, 5 * MINUTE);
  g_assert_cmpuint (n_calls (fixture, STUB_CREATE_POD), ==, 4);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 1);
  assert_all_shown (fixture);
  easel_deployment_cancel (deployment);
  pass_until (fixture, is_cancelled, deployment, MINUTE);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 0);
}

/* Once everything is downloaded, the server is asked every second. */
static void
test_address_soon (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment = rent (fixture);
  guint n_gets;

  pass_until (fixture, is_starting, deployment, MINUTE);
  pass (fixture, 3 * MINUTE);
  stub_provider_emit_log (fixture->provider, FALSE, "Pod Started");
  pass (fixture, 20 * SECOND);
  g_assert_cmpint (easel_deployment_get_stage (deployment), ==, EASEL_STAGE_CHECK);
  n_gets = n_calls (fixture, STUB_GET_POD);
  bring_up_comfy (fixture, "cuda", HYPER_LORA);
  for (guint i = 0; i < 3; i++)
    {
      easel_manual_clock_advance (EASEL_MANUAL_CLOCK (fixture->clock), 500);
      stub_settle ();
    }
  g_assert_cmpint (easel_deployment_get_state (deployment), ==, EASEL_DEPLOYMENT_READY);
  g_assert_cmpuint (n_calls (fixture, STUB_GET_POD), <=, n_gets + 1);
}

static guint
count_probes (Fixture *fixture, gint64 milliseconds, const char *line)
{
  easel_test_server_forget_log (fixture->server);
  for (; milliseconds > 0; milliseconds -= 5 * SECOND)
    {
      if (line != NULL)
        stub_provider_emit_log (fixture->provider, FALSE, line);
      pass (fixture, 5 * SECOND);
      easel_test_pump_for (4);
    }
  return easel_test_server_count (fixture->server, "GET", NULL);
}

/* A log that comes by itself says when there is something to ask: until then the server is left
 * alone, and so is the provider as long as lists show the pod. A log that falls silent does not. */
static void
test_log_instead_of_polls (Fixture *fixture, gconstpointer data)
{
  static const char *const bar = "a.safetensors:  10%|#  | 0.2G/2.0G [00:04<00:36, 50.0MB/s]";
  EaselDeployment *deployment = rent (fixture);
  guint n_gets;

  pass_until (fixture, is_starting, deployment, MINUTE);
  pass (fixture, MINUTE);
  count_probes (fixture, 10 * SECOND, "Starting Nginx service...");
  n_gets = n_calls (fixture, STUB_GET_POD);
  g_assert_cmpuint (count_probes (fixture, 3 * MINUTE, bar), ==, 0);
  g_assert_cmpuint (n_calls (fixture, STUB_GET_POD), <=, n_gets + 1);
  g_assert_cmpuint (count_probes (fixture, MINUTE, NULL), >=, 6);
  g_assert_cmpuint (count_probes (fixture, 20 * SECOND, "Pod Started"), >=, 4);
}

static double
fraction_after (Fixture *fixture, EaselDeployment *deployment, const char *line)
{
  stub_provider_emit_log (fixture->provider, FALSE, line);
  stub_settle ();
  return easel_deployment_get_fraction (deployment);
}

/* What there is in all is known before the first file begins, so the bar stands where it belongs;
 * and whatever the log says, it does not go back. */
static void
test_bar_goes_forward (Fixture *fixture, gconstpointer data)
{
  static const char *const lines[] = {
    "a:  50%|#  | 3.0G/6.0G [00:04<00:36, 50.0MB/s]",
    "b:   0%|   | 0.0/12.0G [00:00<?, ?B/s]",
    "b:   1%|#  | 0.1G/12.0G [00:04<00:36, 50.0MB/s]",
    "b:   1%|#  | 0.1G/2.0G [00:04<00:36, 50.0MB/s]",
    "b:   1%|#  | 0.2G/12.0G [00:04<00:36, 50.0MB/s]",
    "b:   1%|#  | 0.1G/2.0G [00:04<00:36, 50.0MB/s]",
    "b:   1%|#  | 0.3G/12.0G [00:04<00:36, 50.0MB/s]",
    "a: 100%|###| 6.0G/6.0G [00:04<00:00, 50.0MB/s]",
    "Error downloading b (attempt 0): Connection reset",
    "b:   0%|   | 0.0/12.0G [00:00<?, ?B/s]",
    "b:  10%|#  | 1.2G/12.0G [00:04<00:36, 50.0MB/s]",
    "b:  50%|## | 6.0G/12.0G [00:04<00:36, 50.0MB/s]",
    "b: 100%|###| 12.0G/12.0G [00:04<00:00, 50.0MB/s]",
    /* More than anybody expected. */
    "c:  90%|## | 90.0G/99.0G [00:04<00:36, 50.0MB/s]",
    "Pod Started",
  };
  EaselDeployment *deployment = rent (fixture);
  double before, begin, end;

  pass_until (fixture, is_starting, deployment, MINUTE);
  stub_provider_emit_log (fixture->provider, FALSE, "Starting Nginx service...");
  pass (fixture, 10 * SECOND);
  before = fraction_after (fixture, deployment, "Generative AI for Krita - Model download - v1");
  begin = before;
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      const double now = fraction_after (fixture, deployment, lines[i]);

      g_assert_cmpfloat (now, >=, before);
      /* 6.4 GiB of 27 GB. */
      if (i == 7)
        g_assert_cmpfloat_with_epsilon (now, 0.3 + 0.62 * 0.2545, 0.001);
      before = now;
    }
  end = easel_deployment_get_fraction (deployment);
  g_assert_cmpfloat (begin, <, 0.35);
  g_assert_cmpfloat (end, >=, 0.9);
  g_assert_cmpfloat (end, <, 1);
}

static gboolean
is_drawing_late (gpointer data)
{
  const char *notice = easel_deployment_get_notice (data);

  return notice != NULL && strstr (notice, "40 minutes") != NULL;
}

static EaselDeployment *
rent_for (Fixture *fixture, guint hours)
{
  g_autoptr (EaselLaunchSpec) spec = make_spec (fixture);
  g_autoptr (GError) error = NULL;
  EaselDeployment *deployment;

  spec->limits.hours = hours;
  deployment = easel_studio_rent (fixture->studio, spec, &error);
  g_assert_no_error (error);
  return deployment;
}

/* The machine says nothing bad, and nothing good either. */
static void
test_slow_machines (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment;

  add_offers (fixture);
  deployment = rent_for (fixture, 8);
  for (guint i = 0; i < 4; i++)
    {
      while (n_calls (fixture, STUB_CREATE_POD) < i + 1)
        pass (fixture, 5 * SECOND);
      pass_quietly (fixture, 39 * MINUTE);
      g_assert_cmpint (easel_deployment_get_state (deployment), ==, EASEL_DEPLOYMENT_STARTING);
      g_assert_cmpuint (n_calls (fixture, STUB_CREATE_POD), ==, i + 1);
      g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 1);
      if (i < 3)
        pass_until (fixture, is_drawing_late, deployment, 3 * MINUTE);
      else
        pass_until (fixture, is_in_trouble, deployment, 3 * MINUTE);
    }
  /* Three were drawn; the fourth is the person's to decide about. */
  g_assert_cmpint (easel_deployment_get_state (deployment), ==, EASEL_DEPLOYMENT_TROUBLE);
  pass_quietly (fixture, 50 * MINUTE);
  g_assert_cmpuint (n_calls (fixture, STUB_CREATE_POD), ==, 4);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 1);
}

static void
test_patience (void)
{
  const gint64 late = EASEL_PATIENCE_DRAW_MS + 1;
  const gint64 stalled = EASEL_PATIENCE_PROGRESS_MS + 1;

  g_assert_cmpint (easel_patience_judge (EASEL_PATIENCE_DRAW_MS, stalled, TRUE), ==,
                   EASEL_PATIENCE_WAIT);
  g_assert_cmpint (easel_patience_judge (late, stalled, TRUE), ==, EASEL_PATIENCE_DRAW);
  g_assert_cmpint (easel_patience_judge (late, stalled, FALSE), ==, EASEL_PATIENCE_ASK);
  /* However slow: what still arrives is not thrown away. */
  g_assert_cmpint (easel_patience_judge (5 * late, EASEL_PATIENCE_PROGRESS_MS, TRUE), ==,
                   EASEL_PATIENCE_WAIT);
}

static void
test_draw_patience (void)
{
  const gint64 hours = 4 * HOUR;
  const gint64 least = EASEL_PATIENCE_LEAST_LEFT_MS;

  g_assert_cmpint (easel_patience_judge_draw (hours, hours), ==, EASEL_DRAW_GO);
  g_assert_cmpint (easel_patience_judge_draw (hours, hours / 2), ==, EASEL_DRAW_GO);
  g_assert_cmpint (easel_patience_judge_draw (hours, hours / 2 - 1), ==, EASEL_DRAW_ASK);
  g_assert_cmpint (easel_patience_judge_draw (least, least), ==, EASEL_DRAW_GO);
  g_assert_cmpint (easel_patience_judge_draw (least, least - 1), ==, EASEL_DRAW_ASK);
  g_assert_cmpint (easel_patience_judge_draw (hours, 1), ==, EASEL_DRAW_ASK);
  g_assert_cmpint (easel_patience_judge_draw (hours, 0), ==, EASEL_DRAW_OVER);
  g_assert_cmpint (easel_patience_judge_draw (hours, -hours), ==, EASEL_DRAW_OVER);
}

static const EaselJournalRecord *
record_of (Fixture *fixture, EaselDeployment *deployment)
{
  return easel_studio_find_rental (fixture->studio, deployment)->record;
}

static void
break_machine (Fixture *fixture)
{
  stub_provider_emit_log (fixture->provider, TRUE,
                          "error starting container: nvidia-container-cli: requirement error: "
                          "unsatisfied condition: cuda>=13.0");
  stub_settle ();
}

static void
wait_for_machine (Fixture *fixture, EaselDeployment *deployment, guint n)
{
  while (n_calls (fixture, STUB_CREATE_POD) < n)
    pass (fixture, 5 * SECOND);
  pass_until (fixture, is_starting, deployment, MINUTE);
  pass (fixture, 5 * SECOND);
}

/* One click, one end: on this computer, in the pod, and for a program that was started anew. */
static void
test_draw_keeps_the_end (Fixture *fixture, gconstpointer data)
{
  const gint64 clicked = easel_clock_get_unix_ms (fixture->clock);
  EaselDeployment *deployment;
  EaselAgentLimits limits;
  gint64 gone_s;

  add_offers (fixture);
  deployment = rent (fixture);
  for (guint i = 1; i < 4; i++)
    {
      wait_for_machine (fixture, deployment, i);
      g_assert_cmpint (record_of (fixture, deployment)->hard_end_unix_ms, ==, clicked + 4 * HOUR);
      gone_s = (record_of (fixture, deployment)->intent_unix_ms - clicked) / 1000;
      g_assert_true (easel_agent_limits_parse (
          &limits, stub_provider_peek_last_spec (fixture->provider)->agent->limits));
      g_assert_cmpint (ABS (limits.hard_s - (4 * 3600 - gone_s)), <=, 1);
      g_assert_cmpint (ABS (limits.cap_s - (12 * 3600 - gone_s)), <=, 1);
      pass_quietly (fixture, 30 * MINUTE);
      if (i == 2)
        {
          restart (fixture);
          pass (fixture, MINUTE);
          deployment = easel_rental_get_deployment (row (fixture, 0));
          g_assert_nonnull (deployment);
        }
      break_machine (fixture);
    }
  easel_deployment_cancel (deployment);
  pass_until (fixture, is_cancelled, deployment, 3 * MINUTE);

  /* Another click is another promise. */
  deployment = rent (fixture);
  g_assert_cmpint (record_of (fixture, deployment)->hard_end_unix_ms, ==,
                   easel_clock_get_unix_ms (fixture->clock) + 4 * HOUR);
}

/* Longer is longer for the next machine, too. */
static void
test_draw_after_extend (Fixture *fixture, gconstpointer data)
{
  const gint64 clicked = easel_clock_get_unix_ms (fixture->clock);
  EaselDeployment *deployment = rent (fixture);

  wait_for_machine (fixture, deployment, 1);
  easel_studio_extend (fixture->studio, row (fixture, 0), 2);
  g_assert_cmpint (record_of (fixture, deployment)->hard_end_unix_ms, ==, clicked + 6 * HOUR);
  break_machine (fixture);
  wait_for_machine (fixture, deployment, 2);
  g_assert_cmpint (record_of (fixture, deployment)->hard_end_unix_ms, ==, clicked + 6 * HOUR);
}

/* Nothing is rented by itself for what is left of an hour; the person may want it. */
static void
test_little_left (Fixture *fixture, gconstpointer data)
{
  const gint64 clicked = easel_clock_get_unix_ms (fixture->clock);
  EaselDeployment *deployment = rent_for (fixture, 1);
  g_autofree char *sentence = NULL;

  wait_for_machine (fixture, deployment, 1);
  pass_quietly (fixture, 32 * MINUTE);
  break_machine (fixture);
  g_assert_cmpint (easel_deployment_get_state (deployment), ==, EASEL_DEPLOYMENT_TROUBLE);
  sentence = easel_deployment_dup_error_sentence (deployment);
  g_test_message ("%s", sentence);
  g_assert_nonnull (strstr (sentence, "of the time that you chose is left"));
  g_assert_cmpint (easel_error_remedy (easel_deployment_get_error (deployment)), ==,
                   EASEL_REMEDY_OTHER_MACHINE);
  pass (fixture, 2 * MINUTE);
  g_assert_cmpuint (n_calls (fixture, STUB_CREATE_POD), ==, 1);

  easel_deployment_try_other_machine (deployment);
  wait_for_machine (fixture, deployment, 2);
  g_assert_cmpint (record_of (fixture, deployment)->hard_end_unix_ms, ==, clicked + HOUR);
  /* And that one is ended at the end of the hour. */
  while (easel_clock_get_unix_ms (fixture->clock) < clicked + HOUR - 5 * SECOND)
    pass (fixture, 5 * SECOND);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 1);
  pass (fixture, 10 * SECOND);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 0);
}

/* Slow, and the hour does not allow for a second try. */
static void
test_slow_and_little_left (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment = rent_for (fixture, 1);
  g_autofree char *sentence = NULL;

  pass_quietly (fixture, 39 * MINUTE);
  pass_until (fixture, is_in_trouble, deployment, 3 * MINUTE);
  sentence = easel_deployment_dup_error_sentence (deployment);
  g_test_message ("%s", sentence);
  g_assert_nonnull (strstr (sentence, "of the time that you chose is left"));
  g_assert_cmpint (easel_error_remedy (easel_deployment_get_error (deployment)), ==,
                   EASEL_REMEDY_OTHER_MACHINE);
  g_assert_cmpuint (n_calls (fixture, STUB_CREATE_POD), ==, 1);
}

/* Giving it back took the rest of the time. */
static void
give_back_late (Fixture *fixture, EaselDeployment *deployment, gboolean by_hand, gint64 late_ms)
{
  const gint64 clicked = record_of (fixture, deployment)->intent_unix_ms;

  stub_provider_fail_always (fixture->provider, STUB_DELETE_POD, EASEL_ERROR_UNAVAILABLE);
  if (by_hand)
    easel_deployment_try_other_machine (deployment);
  else
    break_machine (fixture);
  while (easel_clock_get_unix_ms (fixture->clock) < clicked + late_ms)
    pass (fixture, 5 * SECOND);
  stub_provider_fail_never (fixture->provider, STUB_DELETE_POD);
  pass_until (fixture, is_failed, deployment, 3 * MINUTE);
  g_assert_cmpuint (n_calls (fixture, STUB_CREATE_POD), ==, 1);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 0);
}

static void
test_draw_too_late (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment = rent_for (fixture, 1);
  g_autofree char *sentence = NULL;

  wait_for_machine (fixture, deployment, 1);
  pass_quietly (fixture, 27 * MINUTE);
  give_back_late (fixture, deployment, FALSE, 32 * MINUTE);
  sentence = easel_deployment_dup_error_sentence (deployment);
  g_assert_nonnull (strstr (sentence, "too little for another start"));
}

static void
test_draw_after_the_end (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment = rent_for (fixture, 1);
  g_autofree char *sentence = NULL;

  wait_for_machine (fixture, deployment, 1);
  pass_quietly (fixture, 52 * MINUTE);
  give_back_late (fixture, deployment, TRUE, 61 * MINUTE);
  sentence = easel_deployment_dup_error_sentence (deployment);
  g_assert_nonnull (strstr (sentence, "The time that you chose is over"));

  /* Try Again is a click, with hours of its own. */
  easel_deployment_retry (deployment);
  g_assert_cmpint (record_of (fixture, deployment)->hard_end_unix_ms, ==,
                   easel_clock_get_unix_ms (fixture->clock) + HOUR);
}

/* At the highest price that was accepted, what a machine before has downloaded is taken from the
 * time: the sum of Review holds for all of them. */
static void
test_draw_keeps_the_sum (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselLaunchSpec) spec = make_spec (fixture);
  g_autoptr (GError) error = NULL;
  EaselDeployment *deployment;
  g_autoptr (EaselOffer) free_of_traffic = g_object_ref (spec->offer);
  EaselOfferData offer = *easel_offer_get (free_of_traffic);
  gint64 worst, spent, rest;
  const EaselJournalRecord *record;

  offer.traffic_price = 3000;
  g_clear_object (&spec->offer);
  spec->offer = easel_offer_new (&offer);
  spec->max_price = easel_launch_spec_price (spec);
  worst = easel_launch_spec_worst_case (spec);
  stub_provider_clear_offers (fixture->provider);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *id = g_strdup_printf ("runpod/A/%u", i);

      offer.id = id;
      stub_provider_add_offer (fixture->provider, easel_offer_new (&offer));
    }
  easel_catalog_refresh (fixture->catalog);
  stub_settle ();
  deployment = easel_studio_rent (fixture->studio, spec, &error);
  g_assert_no_error (error);
  wait_for_machine (fixture, deployment, 1);
  g_assert_cmpint (record_of (fixture, deployment)->budget, ==, worst - 27 * 3000);
  pass_quietly (fixture, 20 * MINUTE);
  break_machine (fixture);
  wait_for_machine (fixture, deployment, 2);
  record = record_of (fixture, deployment);
  spent = easel_deployment_get_cost (deployment) -
          easel_rental_get_cost_so_far (easel_studio_find_rental (fixture->studio, deployment));
  g_assert_cmpint (spent, >, 0);
  rest =
      easel_money_for_duration (record->price, record->hard_end_unix_ms - record->intent_unix_ms);
  g_assert_cmpint (spent + rest + 2 * 27 * 3000, <=, worst + 1);
  g_assert_cmpint (spent + rest + 2 * 27 * 3000, >=, worst - 2000);
}

/* Delete means delete, also while a machine is being given back for another one. */
static void
test_delete_while_drawing (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment = rent (fixture);
  EaselRental *rental = easel_studio_find_rental (fixture->studio, deployment);

  pass_until (fixture, is_starting, deployment, MINUTE);
  easel_deployment_try_other_machine (deployment);
  easel_studio_delete (fixture->studio, rental, "done");
  pass_until (fixture, is_cancelled, deployment, 2 * MINUTE);
  pass (fixture, 5 * MINUTE);
  g_assert_cmpuint (n_calls (fixture, STUB_CREATE_POD), ==, 1);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 0);
}

/* A machine that could not be given back for an hour: nobody expects another one by then. */
static void
test_draw_expires (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment = rent (fixture);

  pass_until (fixture, is_starting, deployment, MINUTE);
  stub_provider_fail_always (fixture->provider, STUB_DELETE_POD, EASEL_ERROR_UNAVAILABLE);
  easel_deployment_try_other_machine (deployment);
  pass (fixture, HOUR);
  stub_provider_fail_never (fixture->provider, STUB_DELETE_POD);
  pass_until (fixture, is_failed, deployment, 5 * MINUTE);
  g_assert_cmpuint (n_calls (fixture, STUB_CREATE_POD), ==, 1);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 0);
}

/* The answer to a restart comes when the pod is gone already. */
static void
test_late_restart (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment;
  EaselRental *rental;

  bring_up_comfy (fixture, "cpu", HYPER_LORA);
  deployment = rent (fixture);
  pass_until (fixture, is_in_trouble, deployment, 10 * MINUTE);
  rental = easel_studio_find_rental (fixture->studio, deployment);
  stub_provider_hold (fixture->provider, STUB_ACT_ON_POD);
  easel_deployment_restart_container (deployment);
  pass (fixture, 3 * MINUTE);
  stub_provider_remove_pod (fixture->provider, rental->record->pod_id);
  easel_studio_refresh (fixture->studio);
  pass_until (fixture, is_failed, deployment, 5 * MINUTE);
  stub_provider_release (fixture->provider, STUB_ACT_ON_POD);
  stub_settle ();
  g_assert_cmpint (easel_deployment_get_state (deployment), ==, EASEL_DEPLOYMENT_FAILED);
}

static void
cost_more (EaselPodData *pod, gpointer user_data)
{
  pod->cost = 275000;
}

/* What was accepted holds after a restart too: a pod below the ceiling is not given back. */
static void
test_ceiling_survives_a_kill (Fixture *fixture, gconstpointer data)
{
  EaselRental *rental;

  stub_provider_push_effect_error (fixture->provider, STUB_CREATE_POD, EASEL_ERROR_TIMED_OUT);
  stub_provider_set_lag (fixture->provider, 20 * SECOND, 0);
  rent (fixture);
  stub_settle ();
  stub_provider_edit_pod (fixture->provider, "pod1", cost_more, NULL);
  restart (fixture);
  pass (fixture, MINUTE);
  g_assert_cmpuint (n_rows (fixture), ==, 1);
  rental = row (fixture, 0);
  g_assert_cmpint (easel_rental_get_state (rental), ==, EASEL_RENTAL_STARTING);
  g_assert_cmpuint (n_calls (fixture, STUB_DELETE_POD), ==, 0);
}

/* --- several at once -------------------------------------------------------------------------- */

static void
test_two_at_once (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselDeployment) first = g_object_ref (rent_until_ready (fixture));
  EaselRental *one = easel_studio_find_rental (fixture->studio, first);
  g_autoptr (EaselDeployment) second = g_object_ref (rent_until_ready (fixture));
  EaselRental *two = easel_studio_find_rental (fixture->studio, second);
  EaselStudioSums sums;

  g_assert_true (one != two);
  easel_studio_get_sums (fixture->studio, &sums);
  g_assert_cmpuint (sums.n_running, ==, 2);
  g_assert_cmpint (sums.running_per_hour, ==,
                   easel_rental_get_price (one) + easel_rental_get_price (two));

  easel_studio_delete (fixture->studio, one, "done");
  pass_until (fixture, is_gone, one, MINUTE);
  g_assert_cmpint (easel_rental_get_state (two), ==, EASEL_RENTAL_READY);
  g_assert_cmpint (easel_deployment_get_state (second), ==, EASEL_DEPLOYMENT_READY);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 1);
}

static void
test_rent_while_deleting (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselDeployment) first = g_object_ref (rent_until_ready (fixture));
  EaselRental *one = easel_studio_find_rental (fixture->studio, first);
  EaselDeployment *second;

  stub_provider_hold (fixture->provider, STUB_DELETE_POD);
  easel_studio_delete (fixture->studio, one, "done");
  second = rent (fixture);
  pass_until (fixture, is_ready, second, 10 * MINUTE);
  stub_provider_release (fixture->provider, STUB_DELETE_POD);
  pass_until (fixture, is_gone, one, MINUTE);
  g_assert_cmpint (easel_deployment_get_state (second), ==, EASEL_DEPLOYMENT_READY);
  g_assert_cmpint (easel_deployment_get_state (first), ==, EASEL_DEPLOYMENT_CANCELLED);
  g_assert_cmpuint (n_calls (fixture, STUB_CREATE_POD), ==, 2);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 1);
}

/* --- asking ----------------------------------------------------------------------------------- */

static void
test_unexplained (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselAccountInfo) info = easel_account_info_new ();
  EaselStudioSums sums;

  info->account_id = g_strdup ("painter");
  info->spend_per_hour = 10000;
  stub_provider_set_account (fixture->provider, info);
  pass (fixture, 2 * MINUTE);
  easel_account_refresh_balance (account_of (fixture));
  stub_settle ();
  easel_studio_get_sums (fixture->studio, &sums);
  g_assert_cmpint (sums.unexplained_per_hour, ==, 0);
  /* The same answer, told again. */
  g_signal_emit_by_name (account_of (fixture), "changed");
  easel_studio_get_sums (fixture->studio, &sums);
  g_assert_cmpint (sums.unexplained_per_hour, ==, 0);

  pass (fixture, 2 * MINUTE);
  easel_account_refresh_balance (account_of (fixture));
  stub_settle ();
  easel_studio_get_sums (fixture->studio, &sums);
  g_assert_cmpint (sums.unexplained_per_hour, ==, 10000);

  info->spend_per_hour = 0;
  stub_provider_set_account (fixture->provider, info);
  pass (fixture, 2 * MINUTE);
  easel_account_refresh_balance (account_of (fixture));
  stub_settle ();
  easel_studio_get_sums (fixture->studio, &sums);
  g_assert_cmpint (sums.unexplained_per_hour, ==, 0);
}

static guint
lists_in_an_hour (Fixture *fixture)
{
  const guint before = n_calls (fixture, STUB_LIST_PODS);

  pass (fixture, HOUR);
  return n_calls (fixture, STUB_LIST_PODS) - before;
}

static void
test_polling_rates (Fixture *fixture, gconstpointer data)
{
  const EaselPodData pod = foreign_pod ();
  guint counted;

  stub_provider_add_pod (fixture->provider, &pod);
  easel_studio_refresh (fixture->studio);
  pass (fixture, 5 * SECOND);
  counted = lists_in_an_hour (fixture);
  g_test_message ("lists per hour, unwatched: %u", counted);
  g_assert_cmpuint (counted, >=, 10);
  g_assert_cmpuint (counted, <=, 30);

  easel_studio_set_watched (fixture->studio, TRUE);
  counted = lists_in_an_hour (fixture);
  g_test_message ("lists per hour, watched: %u", counted);
  g_assert_cmpuint (counted, >=, 50);
  g_assert_cmpuint (counted, <=, 72);

  /* Beside Krita's window; and what is old is looked at on the return. */
  easel_studio_set_focused (fixture->studio, FALSE);
  counted = lists_in_an_hour (fixture);
  g_test_message ("lists per hour, unfocused: %u", counted);
  g_assert_cmpuint (counted, >=, 15);
  g_assert_cmpuint (counted, <=, 22);
  pass (fixture, 2 * MINUTE);
  counted = n_calls (fixture, STUB_LIST_PODS);
  easel_studio_set_focused (fixture->studio, TRUE);
  pass (fixture, SECOND);
  g_assert_cmpuint (n_calls (fixture, STUB_LIST_PODS), ==, counted + 1);
}

static gboolean
folder_says (const char *folder, const char *text)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *content = NULL;
      gsize length;

      if (g_file_test (path, G_FILE_TEST_IS_DIR)
              ? folder_says (path, text)
              : g_file_get_contents (path, &content, &length, NULL) &&
                    memmem (content, length, text, strlen (text)) != NULL)
        return TRUE;
    }
  return FALSE;
}

/* Each create brings an agent with secrets of its own; no file knows them, and the agent does not
 * know the account's key. */
static void
test_agent (Fixture *fixture, gconstpointer data)
{
  g_autofree char *last = NULL;

  for (guint i = 0; i < 2; i++)
    {
      EaselDeployment *deployment = rent (fixture);
      const EaselLaunchSpec *spec;
      const char *key = easel_secret_peek (easel_account_get_key (account_of (fixture)));

      pass (fixture, 5 * SECOND);
      spec = stub_provider_peek_last_spec (fixture->provider);
      g_assert_nonnull (spec->agent);
      g_assert_cmpstr (easel_secret_peek (spec->agent->paint), !=, last);
      g_assert_null (strstr (spec->agent->command, key));
      g_assert_null (strstr (spec->agent->command, easel_secret_peek (spec->agent->admin)));
      g_assert_true (g_str_has_prefix (spec->agent->limits, "1:14400:43200:1200:3600:3600:"));
      g_assert_true (folder_says (fixture->folder, spec->name));
      g_assert_false (folder_says (fixture->folder, easel_secret_peek (spec->agent->paint)));
      g_assert_false (folder_says (fixture->folder, easel_secret_peek (spec->agent->admin)));
      g_free (last);
      last = g_strdup (easel_secret_peek (spec->agent->paint));
      easel_deployment_cancel (deployment);
      pass_until (fixture, is_cancelled, deployment, 3 * MINUTE);
    }
}

/* Around a server that somebody else starts in another way no agent fits. */
static void
test_no_agent_for_others (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselLaunchSpec) spec = make_spec (fixture);
  g_autoptr (GError) error = NULL;

  g_free (spec->image);
  spec->image = g_strdup ("somebody/comfy:1");
  g_assert_nonnull (easel_studio_rent (fixture->studio, spec, &error));
  g_assert_no_error (error);
  pass (fixture, 5 * SECOND);
  g_assert_null (stub_provider_peek_last_spec (fixture->provider)->agent);
}

static void
on_address_shown (EaselRental *rental, Fixture *fixture)
{
  g_assert_cmpstr (easel_rental_get_address (rental), ==,
                   easel_test_server_get_uri (fixture->server));
}

/* A server in which the agent did not come up knows no secret: the address is the one without, at
 * every moment. */
static void
test_address_without_agent (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment;
  EaselRental *rental;

  stub_provider_set_keeps_agents (fixture->provider, TRUE);
  deployment = rent_until_ready (fixture);
  rental = easel_studio_find_rental (fixture->studio, deployment);
  on_address_shown (rental, fixture);
  easel_studio_set_watched (fixture->studio, TRUE);
  g_signal_connect (rental, "changed", G_CALLBACK (on_address_shown), fixture);
  pass (fixture, 5 * MINUTE);
  g_signal_handlers_disconnect_by_func (rental, on_address_shown, fixture);
}

static void
take_status (EaselRental *rental, const char *armed, const char *end)
{
  g_autofree char *text =
      g_strdup_printf ("{\"v\":1,\"phase\":\"ready\",\"armed\":\"%s\",\"protected\":true,"
                       "\"action\":\"delete\",\"end\":{%s},\"connected\":0,\"ever\":false}",
                       armed, end);
  g_autoptr (JsonNode) root = easel_json_parse_text (text, NULL);
  g_autoptr (GError) error = NULL;
  EaselAgentStatus *status = easel_agent_status_decode (root, &error);

  g_assert_no_error (error);
  easel_agent_watch_take_status (easel_rental_get_agent (rental), status);
}

static void
confirm (EaselRental *rental)
{
  take_status (rental, "proven", "\"hard\":10800,\"cap\":20000");
}

/* Milliseconds until the delete leaves. */
static gint64
time_to_delete (Fixture *fixture, gint64 most_ms)
{
  const guint n = n_calls (fixture, STUB_DELETE_POD);
  const gint64 since = easel_clock_get_unix_ms (fixture->clock);
  const gint64 about = most_ms - 20 * SECOND;

  pass (fixture, about);
  g_assert_cmpuint (n_calls (fixture, STUB_DELETE_POD), ==, n);
  while (n_calls (fixture, STUB_DELETE_POD) == n)
    {
      g_assert_cmpint (easel_clock_get_unix_ms (fixture->clock) - since, <=, most_ms);
      easel_manual_clock_advance (EASEL_MANUAL_CLOCK (fixture->clock), 500);
      stub_settle ();
    }
  return easel_clock_get_unix_ms (fixture->clock) - since;
}

/* The pod goes first, if it can. In the place of one that cannot, this computer ends it to the
 * second. */
static void
test_ends_on_time (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *armed;
    gint64 wanted_ms;
  } rows[] = {
    { "no", 100 * SECOND },
    { "likely", 220 * SECOND },
    { "proven", 220 * SECOND },
  };

  stub_provider_set_keeps_agents (fixture->provider, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      EaselDeployment *deployment = rent (fixture);
      gint64 passed;

      wait_for_machine (fixture, deployment, i + 1);
      take_status (row (fixture, 0), rows[i].armed, "\"hard\":10800,\"cap\":20000,\"closed\":100");
      passed = time_to_delete (fixture, rows[i].wanted_ms + 10 * SECOND);
      g_assert_cmpint (passed, >=, rows[i].wanted_ms);
      g_assert_cmpint (passed, <=, rows[i].wanted_ms + SECOND);
      pass_until (fixture, is_cancelled, deployment, 3 * MINUTE);
    }
}

/* Nothing has been confirmed yet: the hard end is this computer's alone. */
static void
test_hard_end_on_time (Fixture *fixture, gconstpointer data)
{
  const gint64 clicked = easel_clock_get_unix_ms (fixture->clock);
  EaselDeployment *deployment;

  stub_provider_set_keeps_agents (fixture->provider, TRUE);
  deployment = rent_for (fixture, 1);
  wait_for_machine (fixture, deployment, 1);
  pass_quietly (fixture, 50 * MINUTE);
  g_assert_nonnull (easel_rental_get_agent (row (fixture, 0)));
  time_to_delete (fixture, clicked + HOUR - easel_clock_get_unix_ms (fixture->clock) + SECOND);
  g_assert_cmpint (easel_clock_get_unix_ms (fixture->clock), >=, clicked + HOUR);
}

static void
cost_far_more (EaselPodData *pod, gpointer user_data)
{
  pod->cost = 350000;
}

static guint
n_orders (Fixture *fixture, const char *admin)
{
  g_autofree char *path = easel_test_server_agent_path (admin, "extend");

  return easel_test_server_count (fixture->server, "POST", path);
}

/* It costs more than the most that was accepted: the end comes sooner, here and in the pod, so that
 * the sum holds. */
static void
test_real_price (Fixture *fixture, gconstpointer data)
{
  const gint64 clicked = easel_clock_get_unix_ms (fixture->clock);
  const gint64 end = clicked + 4 * HOUR * G_GINT64_CONSTANT (280) / 350;
  EaselDeployment *deployment;
  g_autofree char *admin = NULL;
  const char *pod_id;
  guint n;

  stub_provider_set_keeps_agents (fixture->provider, TRUE);
  deployment = rent (fixture);
  wait_for_machine (fixture, deployment, 1);
  admin =
      g_strdup (easel_secret_peek (stub_provider_peek_last_spec (fixture->provider)->agent->admin));
  take_status (row (fixture, 0), "proven", "\"hard\":14390,\"cap\":43190");
  pass (fixture, MINUTE);
  g_assert_cmpint (record_of (fixture, deployment)->hard_end_unix_ms, ==, clicked + 4 * HOUR);
  g_assert_cmpuint (n_orders (fixture, admin), ==, 0);

  pod_id = record_of (fixture, deployment)->pod_id;
  stub_provider_edit_pod (fixture->provider, pod_id, cost_far_more, NULL);
  pass (fixture, 50 * SECOND);
  g_assert_cmpint (ABS (record_of (fixture, deployment)->hard_end_unix_ms - end), <=, 1);
  g_assert_cmpuint (n_orders (fixture, admin), ==, 1);

  /* One that does not do it is told again, but not all the time; also by a program that was started
   * anew. */
  pass (fixture, 3 * MINUTE);
  g_assert_cmpuint (n_orders (fixture, admin), >, 1);
  g_assert_cmpuint (n_orders (fixture, admin), <=, 5);
  restart (fixture);
  pass (fixture, 20 * SECOND);
  g_assert_cmpint (ABS (row (fixture, 0)->record->hard_end_unix_ms - end), <=, 1);
  n = n_orders (fixture, admin);
  take_status (row (fixture, 0), "proven", "\"hard\":14100,\"cap\":42900");
  pass (fixture, 10 * SECOND);
  g_assert_cmpuint (n_orders (fixture, admin), ==, n + 1);
  /* And one that does is left alone. */
  take_status (row (fixture, 0), "proven", "\"hard\":11000,\"cap\":42600");
  pass (fixture, 2 * MINUTE);
  g_assert_cmpuint (n_orders (fixture, admin), ==, n + 1);
}

/* A quarter of an hour without a word: told once, and asked about at every return. */
static void
test_unconfirmed (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment;

  stub_provider_set_keeps_agents (fixture->provider, TRUE);
  deployment = rent (fixture);
  pass_until (fixture, is_starting, deployment, MINUTE);
  pass (fixture, 14 * MINUTE);
  g_assert_nonnull (easel_rental_get_agent (row (fixture, 0)));
  g_assert_cmpuint (fixture->n_unconfirmed, ==, 0);
  /* A return within the quarter of an hour is no reason to ask. */
  restart (fixture);
  pass (fixture, 10 * SECOND);
  g_assert_cmpuint (fixture->n_asked, ==, 0);
  pass (fixture, 2 * MINUTE);
  g_assert_cmpuint (fixture->n_unconfirmed, ==, 1);
  pass (fixture, 5 * MINUTE);
  g_assert_cmpuint (fixture->n_unconfirmed, ==, 1);
  g_assert_cmpuint (fixture->n_asked, ==, 0);

  restart (fixture);
  pass (fixture, 10 * SECOND);
  g_assert_cmpuint (fixture->n_asked, ==, 1);
  g_assert_cmpuint (fixture->n_unconfirmed, ==, 1);
  easel_manual_clock_sleep (EASEL_MANUAL_CLOCK (fixture->clock), 10 * MINUTE);
  pass (fixture, 10 * SECOND);
  g_assert_cmpuint (fixture->n_asked, ==, 2);

  /* Once it has confirmed, it is not asked about any more. */
  confirm (row (fixture, 0));
  restart (fixture);
  pass (fixture, 10 * SECOND);
  g_assert_cmpuint (fixture->n_asked, ==, 2);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, setup, function, teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/deployment/agent", test_agent);
  ADD ("/deployment/unconfirmed", test_unconfirmed);
  ADD ("/deployment/ends-on-time", test_ends_on_time);
  ADD ("/deployment/real-price-moves-the-end", test_real_price);
  ADD ("/deployment/hard-end-on-time", test_hard_end_on_time);
  ADD ("/deployment/address-without-agent", test_address_without_agent);
  ADD ("/deployment/no-agent-for-others", test_no_agent_for_others);
  ADD ("/deployment/foreign-pod-that-comes-back-stays", test_foreign_pod_comes_back);
  ADD ("/deployment/foreign-pod-of-another-key", test_foreign_pod_of_another_key);
  ADD ("/deployment/other-account-is-looked-at", test_other_account_is_looked_at);
  ADD ("/deployment/resumed-is-not-idle", test_resume_is_not_idle);
  ADD ("/deployment/resumed-elsewhere-has-fresh-limits", test_resumed_elsewhere);
  ADD ("/deployment/stopped-while-starting", test_stopped_while_starting);
  ADD ("/deployment/refused-stop-does-not-spin", test_refused_stop_does_not_spin);
  ADD ("/deployment/bad-machines-are-drawn-three-times", test_bad_machines);
  ADD ("/deployment/log-instead-of-polls", test_log_instead_of_polls);
  ADD ("/deployment/bar-goes-forward", test_bar_goes_forward);
  ADD ("/deployment/address-soon", test_address_soon);
  ADD ("/deployment/slow-machines-are-drawn-three-times", test_slow_machines);
  g_test_add_func ("/deployment/patience", test_patience);
  g_test_add_func ("/deployment/draw-patience", test_draw_patience);
  ADD ("/deployment/draw-keeps-the-end", test_draw_keeps_the_end);
  ADD ("/deployment/draw-keeps-the-sum", test_draw_keeps_the_sum);
  ADD ("/deployment/draw-after-extend", test_draw_after_extend);
  ADD ("/deployment/little-left-is-asked-about", test_little_left);
  ADD ("/deployment/slow-and-little-left", test_slow_and_little_left);
  ADD ("/deployment/draw-too-late", test_draw_too_late);
  ADD ("/deployment/draw-after-the-end", test_draw_after_the_end);
  ADD ("/deployment/delete-while-drawing-rents-nothing", test_delete_while_drawing);
  ADD ("/deployment/draw-expires", test_draw_expires);
  ADD ("/deployment/late-restart", test_late_restart);
  ADD ("/deployment/ceiling-survives-a-kill", test_ceiling_survives_a_kill);
  ADD ("/deployment/two-at-once", test_two_at_once);
  ADD ("/deployment/rent-while-deleting", test_rent_while_deleting);
  ADD ("/deployment/unexplained-needs-two-answers", test_unexplained);
  ADD ("/deployment/polling-rates", test_polling_rates);

  return g_test_run ();
}
