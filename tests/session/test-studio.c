/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The promise about money, on the manual clock and a lying cloud without a network: what the stub's
 * ledger says is held against what the studio shows. Only the server in the pod is a real one, in
 * this process, because the readiness checks speak HTTP. */

#include "config.h"
#include "easel-deployment-state-private.h"
#include "studio-fixture.h"

/* --- the usual way ---------------------------------------------------------------------------- */

static void
test_rent_and_delete (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment = rent_until_ready (fixture);
  EaselRental *rental = easel_studio_find_rental (fixture->studio, deployment);
  EaselStudioSums sums;

  g_assert_cmpuint (fixture->n_ready, ==, 1);
  g_assert_cmpuint (stub_provider_get_n_calls (fixture->provider, STUB_CREATE_POD), ==, 1);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 1);
  g_assert_cmpstr (easel_rental_get_address (rental), ==,
                   easel_test_server_get_uri (fixture->server));
  g_assert_cmpstr (easel_deployment_get_address (deployment), ==,
                   easel_rental_get_address (rental));
  g_assert_cmpint (easel_rental_get_state (rental), ==, EASEL_RENTAL_READY);
  g_assert_cmpuint (easel_deployment_get_stage (deployment), ==, EASEL_N_STAGES);
  easel_studio_get_sums (fixture->studio, &sums);
  g_assert_cmpuint (sums.n_running, ==, 1);
  g_assert_cmpint (sums.running_per_hour, >, 0);
  g_assert_cmpint (sums.ends_at, >, 0);

  /* An hour is counted, and the count is the price. */
  {
    const gint64 before = easel_rental_get_cost_so_far (rental);
    gint64 spent;

    easel_manual_clock_advance (EASEL_MANUAL_CLOCK (fixture->clock), 10 * MINUTE);
    stub_settle ();
    spent = easel_rental_get_cost_so_far (rental) - before;
    g_assert_cmpint (ABS (spent - easel_rental_get_price (rental) / 6), <=, 2);
  }

  easel_studio_delete (fixture->studio, rental, "done");
  g_assert_cmpint (easel_rental_get_state (rental), ==, EASEL_RENTAL_DELETING);
  g_assert_null (easel_rental_get_address (rental));
  /* Accepted is not yet gone. */
  stub_settle ();
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 0);
  g_assert_cmpint (easel_rental_get_state (rental), ==, EASEL_RENTAL_DELETING);
  pass_until (fixture, is_gone, rental, 30 * SECOND);
  g_assert_cmpint (easel_rental_get_proven_unix_ms (rental), ==,
                   easel_clock_get_unix_ms (fixture->clock));
  g_assert_cmpuint (fixture->n_ended, ==, 1);
  easel_studio_get_sums (fixture->studio, &sums);
  g_assert_cmpuint (sums.n_running + sums.n_stored + sums.n_unseen, ==, 0);
  g_assert_cmpint (sums.running_per_hour, ==, 0);
  g_assert_cmpstr (easel_history_get_last_receipt (fixture->history)->reason, ==, "done");

  restart (fixture);
  pass (fixture, MINUTE);
  g_assert_cmpuint (n_rows (fixture), ==, 0);
}

/* Said an hour before, unless everything has ended by then. */
static void
test_funds (void)
{
  const gint64 now = 1795464000000;

  g_assert_cmpint (easel_funds_end (230000, 230000, now), ==, now + 60 * MINUTE);
  g_assert_cmpint (easel_funds_end (-5, 230000, now), ==, now);
  g_assert_cmpint (easel_funds_end (EASEL_MONEY_UNKNOWN, 230000, now), ==, 0);
  g_assert_cmpint (easel_funds_end (230000, 0, now), ==, 0);
  g_assert_cmpint (easel_funds_end (230000, 1, now), ==, 0);
  g_assert_cmpint (easel_funds_end (G_MAXINT64, 1, now), ==, 0);

  g_assert_true (easel_funds_is_low (now + 59 * MINUTE, now, 0));
  g_assert_true (easel_funds_is_low (now + 59 * MINUTE, now, now + 120 * MINUTE));
  g_assert_true (easel_funds_is_low (now - MINUTE, now, 0));
  g_assert_false (easel_funds_is_low (now + 59 * MINUTE, now, now + 30 * MINUTE));
  g_assert_false (easel_funds_is_low (now + 61 * MINUTE, now, 0));
  g_assert_false (easel_funds_is_low (0, now, 0));
}

static void
test_picked_up_after_restart (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment = rent (fixture);
  EaselRental *rental;

  pass_until (fixture, is_starting, deployment, MINUTE);
  restart (fixture);
  /* Shown before the first list. */
  g_assert_cmpuint (n_rows (fixture), ==, 1);
  pass (fixture, 10 * SECOND);
  rental = row (fixture, 0);
  g_assert_nonnull (easel_rental_get_deployment (rental));
  deployment = easel_rental_get_deployment (rental);
  g_assert_cmpint (easel_deployment_get_state (deployment), ==, EASEL_DEPLOYMENT_STARTING);

  bring_up_comfy (fixture, "cuda", HYPER_LORA);
  pass_until (fixture, is_ready, deployment, 10 * MINUTE);
  g_assert_cmpuint (stub_provider_get_n_created (fixture->provider), ==, 1);
  g_assert_cmpint (easel_rental_get_state (rental), ==, EASEL_RENTAL_READY);

  /* And once it was ready, a restart goes straight to the address. */
  restart (fixture);
  pass (fixture, 10 * SECOND);
  rental = row (fixture, 0);
  g_assert_cmpint (easel_rental_get_state (rental), ==, EASEL_RENTAL_READY);
  g_assert_cmpstr (easel_rental_get_address (rental), ==,
                   easel_test_server_get_uri (fixture->server));
}

/* --- creates of unknown fate ------------------------------------------------------------------ */

static const EaselError unclear[] = {
  EASEL_ERROR_TIMED_OUT, EASEL_ERROR_NETWORK,   EASEL_ERROR_UNAVAILABLE,
  EASEL_ERROR_PROTOCOL,  EASEL_ERROR_TOO_LARGE,
};

static void
test_unclear_with_effect (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (unclear); i++)
    {
      EaselDeployment *deployment;
      EaselRental *rental;

      stub_provider_push_effect_error (fixture->provider, STUB_CREATE_POD, unclear[i]);
      deployment = rent (fixture);
      stub_settle ();
      pass_until (fixture, is_starting, deployment, 2 * MINUTE);
      g_assert_cmpuint (stub_provider_get_n_created (fixture->provider), ==, i + 1);
      g_assert_cmpuint (stub_provider_get_n_calls (fixture->provider, STUB_CREATE_POD), ==, i + 1);
      assert_all_shown (fixture);
      rental = easel_studio_find_rental (fixture->studio, deployment);
      easel_studio_delete (fixture->studio, rental, "done");
      pass_until (fixture, is_gone, rental, MINUTE);
    }
}

static void
test_unclear_without_effect (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (unclear); i++)
    {
      EaselDeployment *deployment;

      stub_provider_push_error (fixture->provider, STUB_CREATE_POD, unclear[i]);
      deployment = rent (fixture);
      pass (fixture, 80 * SECOND);
      /* Two good lists are there by now, but the time is not over. */
      g_assert_cmpint (easel_deployment_get_state (deployment), ==, EASEL_DEPLOYMENT_UNSURE);
      pass_until (fixture, is_failed, deployment, MINUTE);
      g_assert_cmpuint (stub_provider_get_n_calls (fixture->provider, STUB_CREATE_POD), ==, i + 1);
      g_assert_cmpuint (n_rows (fixture), ==, 0);
      g_assert_error (easel_deployment_get_error (deployment), EASEL_ERROR, (int) unclear[i]);
    }
}

static void
test_appears_after_it_was_void (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment;

  /* The list lags longer than anybody should believe. */
  stub_provider_set_lag (fixture->provider, 5 * MINUTE, 0);
  stub_provider_push_effect_error (fixture->provider, STUB_CREATE_POD, EASEL_ERROR_TIMED_OUT);
  deployment = rent (fixture);
  pass_until (fixture, is_failed, deployment, 3 * MINUTE);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 1);

  /* When it appears at last it is ours, and it is deleted without a question. */
  easel_studio_set_watched (fixture->studio, TRUE);
  pass (fixture, 8 * MINUTE);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 0);
}

static void
test_killed_between_intent_and_answer (Fixture *fixture, gconstpointer data)
{
  EaselRental *rental;

  stub_provider_hold (fixture->provider, STUB_CREATE_POD);
  rent (fixture);
  stub_settle ();
  restart (fixture);
  stub_provider_release (fixture->provider, STUB_CREATE_POD);
  g_assert_cmpuint (n_rows (fixture), ==, 1);
  pass (fixture, 15 * SECOND);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 1);
  rental = row (fixture, 0);
  g_assert_nonnull (easel_rental_get_pod (rental));
  g_assert_true (easel_rental_is_ours (rental));
  g_assert_cmpint (easel_rental_get_state (rental), ==, EASEL_RENTAL_STARTING);
  assert_all_shown (fixture);
}

/* --- cancel ----------------------------------------------------------------------------------- */

static void
test_cancel_during_create (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment;

  stub_provider_hold (fixture->provider, STUB_CREATE_POD);
  deployment = rent (fixture);
  stub_settle ();
  easel_deployment_cancel (deployment);
  g_assert_cmpint (easel_deployment_get_state (deployment), ==, EASEL_DEPLOYMENT_CANCELLING);
  pass (fixture, 20 * SECOND);
  /* The answer is still out: nothing may be called gone. */
  g_assert_cmpint (easel_deployment_get_state (deployment), ==, EASEL_DEPLOYMENT_CANCELLING);
  stub_provider_release (fixture->provider, STUB_CREATE_POD);
  pass_until (fixture, is_cancelled, deployment, MINUTE);
  g_assert_cmpuint (stub_provider_get_n_created (fixture->provider), ==, 1);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 0);
}

static void
test_cancel_with_unclear_create (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment;

  stub_provider_push_effect_error (fixture->provider, STUB_CREATE_POD, EASEL_ERROR_TIMED_OUT);
  stub_provider_set_lag (fixture->provider, 30 * SECOND, 0);
  deployment = rent (fixture);
  stub_settle ();
  easel_deployment_cancel (deployment);
  pass (fixture, 20 * SECOND);
  g_assert_cmpint (easel_deployment_get_state (deployment), ==, EASEL_DEPLOYMENT_CANCELLING);
  pass_until (fixture, is_cancelled, deployment, 3 * MINUTE);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 0);
}

static void
test_cancel_refused_create (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment;

  stub_provider_push_error (fixture->provider, STUB_CREATE_POD, EASEL_ERROR_QUOTA);
  stub_provider_hold (fixture->provider, STUB_CREATE_POD);
  deployment = rent (fixture);
  stub_settle ();
  easel_deployment_cancel (deployment);
  stub_provider_release (fixture->provider, STUB_CREATE_POD);
  stub_settle ();
  g_assert_cmpint (easel_deployment_get_state (deployment), ==, EASEL_DEPLOYMENT_CANCELLED);
  g_assert_cmpuint (n_rows (fixture), ==, 0);
}

static void
test_cancel_while_starting (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment = rent (fixture);

  pass_until (fixture, is_starting, deployment, MINUTE);
  pass (fixture, MINUTE);
  easel_deployment_cancel (deployment);
  easel_deployment_cancel (deployment);
  pass_until (fixture, is_cancelled, deployment, MINUTE);
  g_assert_cmpuint (stub_provider_get_n_calls (fixture->provider, STUB_DELETE_POD), ==, 1);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 0);
}

static void
test_cancel_survives_kill (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment = rent (fixture);

  pass_until (fixture, is_starting, deployment, MINUTE);
  stub_provider_fail_always (fixture->provider, STUB_DELETE_POD, EASEL_ERROR_NETWORK);
  easel_deployment_cancel (deployment);
  pass (fixture, 3 * SECOND);
  restart (fixture);
  g_assert_cmpuint (n_rows (fixture), ==, 1);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 1);
  stub_provider_fail_never (fixture->provider, STUB_DELETE_POD);
  pass (fixture, 3 * MINUTE);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 0);
  g_assert_cmpint (easel_rental_get_state (row (fixture, 0)), ==, EASEL_RENTAL_GONE);
}

/* --- offers ----------------------------------------------------------------------------------- */

static void
test_next_best (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment;

  stub_provider_push_error (fixture->provider, STUB_CREATE_POD, EASEL_ERROR_NO_OFFER);
  deployment = rent (fixture);
  pass_until (fixture, is_starting, deployment, MINUTE);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 1);
  g_assert_cmpstr (easel_offer_get (easel_deployment_get_spec (deployment)->offer)->gpu_name, ==,
                   "RTX A5000");
  g_assert_nonnull (easel_deployment_get_notice (deployment));
}

/* A row of a create that was refused may still be held somewhere: deleting it must neither hide
 * nor touch what was rented instead. */
static void
test_delete_of_refused_row (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment;
  g_autoptr (EaselRental) refused = NULL;
  g_autoptr (GPtrArray) open_records = NULL;

  stub_provider_push_error (fixture->provider, STUB_CREATE_POD, EASEL_ERROR_NO_OFFER);
  stub_provider_hold (fixture->provider, STUB_CREATE_POD);
  deployment = rent (fixture);
  refused = g_object_ref (easel_studio_find_rental (fixture->studio, deployment));
  stub_provider_release (fixture->provider, STUB_CREATE_POD);
  pass_until (fixture, is_starting, deployment, MINUTE);
  g_assert_true (easel_studio_find_rental (fixture->studio, deployment) != refused);

  easel_studio_delete (fixture->studio, refused, "done");
  pass (fixture, MINUTE);
  g_assert_cmpint (easel_deployment_get_state (deployment), ==, EASEL_DEPLOYMENT_STARTING);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 1);
  open_records = easel_journal_get_open (fixture->journal);
  g_assert_cmpuint (open_records->len, ==, 1);
}

static void
test_none_left (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment;
  g_autofree char *sentence = NULL;

  stub_provider_fail_always (fixture->provider, STUB_CREATE_POD, EASEL_ERROR_NO_OFFER);
  deployment = rent (fixture);
  pass_until (fixture, is_failed, deployment, MINUTE);
  g_assert_error (easel_deployment_get_error (deployment), EASEL_ERROR, EASEL_ERROR_NO_OFFER);
  sentence = easel_deployment_dup_error_sentence (deployment);
  g_assert_nonnull (sentence);
  g_assert_cmpuint (stub_provider_get_n_created (fixture->provider), ==, 0);
  g_assert_cmpuint (n_rows (fixture), ==, 0);
  /* Above the ceiling there is one, and the person may take it. */
  stub_provider_fail_never (fixture->provider, STUB_CREATE_POD);
  g_assert_cmpstr (easel_offer_get (easel_deployment_get_next_offer (deployment))->gpu_name, ==,
                   "RTX 4090");
  easel_deployment_accept_price (deployment, 800000);
  pass_until (fixture, is_starting, deployment, MINUTE);
  g_assert_cmpuint (stub_provider_get_n_created (fixture->provider), ==, 1);
}

static void
test_refusals (Fixture *fixture, gconstpointer data)
{
  static const EaselError refusals[] = { EASEL_ERROR_QUOTA, EASEL_ERROR_BAD_REQUEST,
                                         EASEL_ERROR_RETIRED };

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      EaselDeployment *deployment;

      stub_provider_push_error (fixture->provider, STUB_CREATE_POD, refusals[i]);
      deployment = rent (fixture);
      pass_until (fixture, is_failed, deployment, MINUTE);
      g_assert_error (easel_deployment_get_error (deployment), EASEL_ERROR, (int) refusals[i]);
      g_assert_cmpuint (stub_provider_get_n_calls (fixture->provider, STUB_CREATE_POD), ==, i + 1);
    }
  g_assert_cmpuint (stub_provider_get_n_created (fixture->provider), ==, 0);
}

static void
test_too_dear (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselLaunchSpec) spec = make_spec (fixture);
  EaselDeployment *deployment;

  spec->max_price = 100000; /* below what the pod turns out to cost */
  deployment = easel_studio_rent (fixture->studio, spec, NULL);
  pass_until (fixture, is_failed, deployment, 2 * MINUTE);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 0);
}

/* --- servers that do not work ----------------------------------------------------------------- */

static void
test_cpu_device (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment;
  g_autofree char *sentence = NULL;

  bring_up_comfy (fixture, "cpu", HYPER_LORA);
  deployment = rent (fixture);
  pass_until (fixture, is_in_trouble, deployment, 10 * MINUTE);
  g_assert_error (easel_deployment_get_error (deployment), EASEL_ERROR, EASEL_ERROR_BROKEN_POD);
  sentence = easel_deployment_dup_error_sentence (deployment);
  g_assert_nonnull (sentence);
  g_assert_cmpint (easel_error_remedy (easel_deployment_get_error (deployment)), ==,
                   EASEL_REMEDY_OTHER_MACHINE);

  /* One click: given back, proven, and another one rented. */
  easel_deployment_try_other_machine (deployment);
  pass_until (fixture, is_starting, deployment, 2 * MINUTE);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 1);
  g_assert_cmpuint (stub_provider_get_n_created (fixture->provider), ==, 2);
}

static void
test_missing_model (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment;

  bring_up_comfy (fixture, "cuda", "[]");
  deployment = rent (fixture);
  pass_until (fixture, is_in_trouble, deployment, 10 * MINUTE);
  g_assert_error (easel_deployment_get_error (deployment), EASEL_ERROR, EASEL_ERROR_MISSING_FILES);
  g_assert_nonnull (
      strstr (easel_error_get_details (easel_deployment_get_error (deployment)), "Hyper-SD"));

  /* The button: the container starts again and fetches what is missing. */
  bring_up_comfy (fixture, "cuda", HYPER_LORA);
  easel_deployment_restart_container (deployment);
  pass_until (fixture, is_ready, deployment, 10 * MINUTE);
  g_assert_cmpuint (stub_provider_get_n_created (fixture->provider), ==, 1);
}

static void
test_vanishes (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment = rent (fixture);
  EaselRental *rental;

  pass_until (fixture, is_starting, deployment, MINUTE);
  rental = easel_studio_find_rental (fixture->studio, deployment);
  pass (fixture, 4 * MINUTE);
  stub_provider_remove_pod (fixture->provider, easel_rental_get_pod (rental)->id);
  pass_until (fixture, is_failed, deployment, 10 * MINUTE);
  g_assert_cmpint (easel_rental_get_state (rental), ==, EASEL_RENTAL_GONE);
}

/* --- deletes ---------------------------------------------------------------------------------- */

static void
test_delete_never_gives_up (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment = rent_until_ready (fixture);
  EaselRental *rental = easel_studio_find_rental (fixture->studio, deployment);
  EaselStudioSums sums;

  stub_provider_fail_always (fixture->provider, STUB_DELETE_POD, EASEL_ERROR_UNAVAILABLE);
  easel_studio_delete (fixture->studio, rental, "done");
  pass_until (fixture, is_stuck, rental, MINUTE);
  g_assert_cmpuint (fixture->n_stuck, ==, 1);
  g_assert_nonnull (easel_rental_get_error (rental));
  easel_studio_get_sums (fixture->studio, &sums);
  g_assert_cmpuint (sums.n_running, ==, 1);

  pass (fixture, HOUR);
  g_assert_cmpint (easel_rental_get_state (rental), ==, EASEL_RENTAL_STUCK);
  g_assert_cmpuint (fixture->n_stuck, ==, 1);
  g_assert_cmpuint (stub_provider_get_n_calls (fixture->provider, STUB_DELETE_POD), >=, 30);
  g_assert_cmpuint (stub_provider_get_n_calls (fixture->provider, STUB_DELETE_POD), <=, 120);

  stub_provider_fail_never (fixture->provider, STUB_DELETE_POD);
  pass_until (fixture, is_gone, rental, 3 * MINUTE);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 0);
}

static EaselPodList *
empty_list (guint n_skipped)
{
  EaselPodList *list = g_new0 (EaselPodList, 1);

  list->pods = g_ptr_array_new_with_free_func (g_object_unref);
  list->n_skipped = n_skipped;
  return list;
}

static void
push_empty_lists (Fixture *fixture, guint n_lists, guint n_skipped)
{
  for (guint i = 0; i < n_lists; i++)
    stub_provider_push_value (fixture->provider, STUB_LIST_PODS, empty_list (n_skipped));
}

static void
test_one_empty_list_proves_nothing (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment = rent_until_ready (fixture);
  EaselRental *rental = easel_studio_find_rental (fixture->studio, deployment);

  pass (fixture, 5 * MINUTE);
  push_empty_lists (fixture, 1, 0);
  easel_studio_refresh (fixture->studio);
  pass (fixture, MINUTE);
  g_assert_cmpint (easel_rental_get_state (rental), ==, EASEL_RENTAL_READY);
  g_assert_cmpuint (fixture->n_ended, ==, 0);
}

static void
test_half_understood_lists_prove_nothing (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment = rent_until_ready (fixture);
  EaselRental *rental = easel_studio_find_rental (fixture->studio, deployment);

  pass (fixture, 5 * MINUTE);
  push_empty_lists (fixture, 6, 1);
  for (guint i = 0; i < 6; i++)
    {
      easel_studio_refresh (fixture->studio);
      pass (fixture, 6 * SECOND);
    }
  g_assert_cmpint (easel_rental_get_state (rental), ==, EASEL_RENTAL_READY);
  /* The same lists, wholly understood, would have. */
  push_empty_lists (fixture, 3, 0);
  easel_studio_refresh (fixture->studio);
  pass (fixture, 20 * SECOND);
  g_assert_cmpint (easel_rental_get_state (rental), ==, EASEL_RENTAL_GONE);
}

static void
test_delete_that_was_not_accepted (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment = rent_until_ready (fixture);
  EaselRental *rental = easel_studio_find_rental (fixture->studio, deployment);

  pass (fixture, 5 * MINUTE);
  stub_provider_fail_always (fixture->provider, STUB_DELETE_POD, EASEL_ERROR_NETWORK);
  push_empty_lists (fixture, 10, 0);
  easel_studio_delete (fixture->studio, rental, "done");
  pass (fixture, 50 * SECOND);
  g_assert_true (_easel_rental_is_being_deleted (rental));
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 1);
  stub_provider_fail_never (fixture->provider, STUB_DELETE_POD);
  pass_until (fixture, is_gone, rental, 5 * MINUTE);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 0);
}

/* A list that was asked for with one key and comes when another one is known. */
static void
test_list_of_the_key_before (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment = rent_until_ready (fixture);
  EaselRental *rental = easel_studio_find_rental (fixture->studio, deployment);
  EaselAccountInfo *info = easel_account_info_new ();

  pass (fixture, 5 * MINUTE);
  for (guint round = 0; round < 3; round++)
    {
      info->account_id = g_strdup ("somebody-else");
      stub_provider_set_account (fixture->provider, info);
      g_clear_pointer (&info->account_id, g_free);
      enter_key (fixture, "practice-other");
      g_assert_cmpint (easel_rental_get_state (rental), ==, EASEL_RENTAL_UNSEEN);
      push_empty_lists (fixture, 1, 0);
      stub_provider_hold (fixture->provider, STUB_LIST_PODS);
      easel_studio_refresh (fixture->studio);
      pass (fixture, 10 * SECOND);

      stub_provider_set_account (fixture->provider, info);
      enter_key (fixture, "practice-key");
      stub_provider_release (fixture->provider, STUB_LIST_PODS);
      stub_settle ();
      g_assert_cmpint (easel_rental_get_state (rental), ==, EASEL_RENTAL_READY);
    }
  g_assert_cmpuint (fixture->n_ended, ==, 0);
  easel_account_info_free (info);
}

static void
test_lagging_lists (Fixture *fixture, gconstpointer data)
{
  static const gint64 lags[] = { 0, 5 * SECOND, 60 * SECOND };

  for (guint i = 0; i < G_N_ELEMENTS (lags); i++)
    {
      EaselDeployment *deployment;
      EaselRental *rental;

      stub_provider_set_lag (fixture->provider, lags[i], lags[i]);
      deployment = rent_until_ready (fixture);
      rental = easel_studio_find_rental (fixture->studio, deployment);
      g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 1);
      easel_studio_delete (fixture->studio, rental, "done");
      pass_until (fixture, is_gone, rental, 5 * MINUTE);
      g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 0);
      g_assert_cmpuint (stub_provider_get_n_created (fixture->provider), ==, i + 1);
    }
}

/* The provider knows nothing of a pod that it has just created: neither its lists nor the answer to
 * the delete prove anything before it should have appeared. */
static void
test_delete_before_it_appears (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment;
  EaselRental *rental;

  stub_provider_set_lag (fixture->provider, 60 * SECOND, 0);
  stub_provider_fail_always (fixture->provider, STUB_DELETE_POD, EASEL_ERROR_NOT_FOUND);
  deployment = rent (fixture);
  stub_settle ();
  rental = easel_studio_find_rental (fixture->studio, deployment);
  easel_studio_delete (fixture->studio, rental, "done");
  pass (fixture, 55 * SECOND);
  g_assert_true (_easel_rental_is_being_deleted (rental));
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 1);
  g_assert_cmpuint (stub_provider_get_n_calls (fixture->provider, STUB_DELETE_POD), >=, 4);
  g_assert_cmpuint (fixture->n_stuck, ==, 0);
  stub_provider_fail_never (fixture->provider, STUB_DELETE_POD);
  pass_until (fixture, is_gone, rental, 5 * MINUTE);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 0);
}

/* Deleted at once, and the delete was accepted: lists that have not shown the pod yet lack it,
 * while it is still billed. */
static void
test_accepted_delete_before_it_appears (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment;
  EaselRental *rental;

  stub_provider_set_lag (fixture->provider, 60 * SECOND, 60 * SECOND);
  stub_provider_set_accepts_unborn (fixture->provider, TRUE);
  deployment = rent (fixture);
  stub_settle ();
  rental = easel_studio_find_rental (fixture->studio, deployment);
  easel_studio_delete (fixture->studio, rental, "done");
  pass (fixture, 58 * SECOND);
  g_assert_true (_easel_rental_is_being_deleted (rental));
  pass_until (fixture, is_gone, rental, 5 * MINUTE);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 0);
}

/* A delete that is repeated because its answer was lost must come to an end, too. */
static void
test_delete_of_what_never_appears (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment;
  EaselRental *rental;

  stub_provider_set_lag (fixture->provider, 60 * SECOND, 0);
  stub_provider_push_effect_error (fixture->provider, STUB_DELETE_POD, EASEL_ERROR_UNAVAILABLE);
  deployment = rent (fixture);
  stub_settle ();
  rental = easel_studio_find_rental (fixture->studio, deployment);
  easel_studio_delete (fixture->studio, rental, "done");
  pass_until (fixture, is_gone, rental, 5 * MINUTE);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 0);
}

static void
test_failed_lists_prove_nothing (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment = rent_until_ready (fixture);
  EaselRental *rental = easel_studio_find_rental (fixture->studio, deployment);

  pass (fixture, 5 * MINUTE);
  stub_provider_fail_always (fixture->provider, STUB_LIST_PODS, EASEL_ERROR_NETWORK);
  easel_studio_refresh (fixture->studio);
  pass (fixture, 10 * MINUTE);
  g_assert_cmpint (easel_studio_get_state (fixture->studio), ==, EASEL_STUDIO_OFFLINE);
  g_assert_true (easel_rental_is_stale (rental));
  easel_studio_delete (fixture->studio, rental, "done");
  pass (fixture, 5 * MINUTE);
  g_assert_cmpint (easel_rental_get_state (rental), ==, EASEL_RENTAL_DELETING);
  stub_provider_fail_never (fixture->provider, STUB_LIST_PODS);
  pass_until (fixture, is_gone, rental, 5 * MINUTE);
  g_assert_cmpint (easel_studio_get_state (fixture->studio), ==, EASEL_STUDIO_KNOWN);
}

static void
test_another_key (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment = rent_until_ready (fixture);
  EaselRental *rental = easel_studio_find_rental (fixture->studio, deployment);
  EaselAccountInfo *other = easel_account_info_new ();
  EaselStudioSums sums;

  pass (fixture, 5 * MINUTE);
  easel_account_forget (account_of (fixture));
  stub_settle ();
  g_assert_cmpint (easel_rental_get_state (rental), ==, EASEL_RENTAL_UNSEEN);

  /* The list of another account does not have it, and proves nothing. */
  other->account_id = g_strdup ("somebody-else");
  stub_provider_set_account (fixture->provider, other);
  easel_account_info_free (other);
  stub_provider_remove_pod (fixture->provider, rental->record->pod_id);
  enter_key (fixture, "practice-other");
  pass (fixture, 15 * MINUTE);
  g_assert_cmpint (easel_rental_get_state (rental), ==, EASEL_RENTAL_UNSEEN);
  easel_studio_get_sums (fixture->studio, &sums);
  g_assert_cmpuint (sums.n_unseen, ==, 1);
}

/* --- pause and limits ------------------------------------------------------------------------- */

static gboolean
is_paused (gpointer data)
{
  return easel_rental_get_state (data) == EASEL_RENTAL_PAUSED;
}

static gboolean
is_rental_ready (gpointer data)
{
  return easel_rental_get_state (data) == EASEL_RENTAL_READY;
}

static void
test_pause_and_resume (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment = rent_until_ready (fixture);
  EaselRental *rental = easel_studio_find_rental (fixture->studio, deployment);
  EaselStudioSums sums;

  pass (fixture, MINUTE);
  g_assert_true (easel_rental_can_pause (rental));
  easel_studio_pause (fixture->studio, rental);
  pass_until (fixture, is_paused, rental, MINUTE);
  easel_studio_get_sums (fixture->studio, &sums);
  g_assert_cmpuint (sums.n_running, ==, 0);
  g_assert_cmpuint (sums.n_stored, ==, 1);
  g_assert_cmpint (sums.stored_per_hour, >, 0);
  g_assert_cmpint (easel_rental_get_ends_at (rental), ==, 0);

  stub_provider_push_error (fixture->provider, STUB_ACT_ON_POD, EASEL_ERROR_HOST_FULL);
  easel_studio_resume (fixture->studio, rental);
  pass_until (fixture, is_paused, rental, MINUTE);
  g_assert_error (easel_rental_get_error (rental), EASEL_ERROR, EASEL_ERROR_HOST_FULL);
  g_assert_cmpint (easel_error_remedy (easel_rental_get_error (rental)), ==,
                   EASEL_REMEDY_RENT_AGAIN);

  easel_studio_resume (fixture->studio, rental);
  pass_until (fixture, is_rental_ready, rental, 10 * MINUTE);
  g_assert_nonnull (easel_rental_get_address (rental));
  /* Fresh limits. */
  g_assert_cmpint (easel_rental_get_ends_at (rental), >,
                   easel_clock_get_unix_ms (fixture->clock) + 3 * HOUR);
}

static void
test_hard_end (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment = rent_until_ready (fixture);
  EaselRental *rental = easel_studio_find_rental (fixture->studio, deployment);
  const gint64 ends_at = easel_rental_get_ends_at (rental);

  easel_test_server_forget_scripts (fixture->server); /* silent: only the hard end counts */
  pass (fixture, 3 * HOUR);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 1);
  easel_studio_extend (fixture->studio, rental, 1);
  g_assert_cmpint (easel_rental_get_ends_at (rental), ==, ends_at + HOUR);
  pass_until (fixture, is_gone, rental, 3 * HOUR);
  g_assert_cmpint (easel_clock_get_unix_ms (fixture->clock), >=, ends_at + HOUR);
  /* Steps of 45 s, and the lists that prove it. */
  g_assert_cmpint (easel_clock_get_unix_ms (fixture->clock), <, ends_at + HOUR + 90 * SECOND);
  g_assert_cmpstr (easel_history_get_last_receipt (fixture->history)->reason, ==, "hours");
}

static void
test_idle_end (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment = rent_until_ready (fixture);
  EaselRental *rental = easel_studio_find_rental (fixture->studio, deployment);

  pass_until (fixture, is_gone, rental, 2 * HOUR);
  g_assert_cmpstr (easel_history_get_last_receipt (fixture->history)->reason, ==, "idle");
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 0);
}

/* --- what was not made here ------------------------------------------------------------------- */

static void
test_foreign_pod (Fixture *fixture, gconstpointer data)
{
  static const char *const ports[] = { "8888/http", NULL };
  const EaselPodData pod = {
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
  EaselRental *rental;
  EaselStudioSums sums;

  stub_provider_add_pod (fixture->provider, &pod);
  easel_studio_refresh (fixture->studio);
  pass (fixture, 5 * SECOND);
  g_assert_cmpuint (n_rows (fixture), ==, 1);
  rental = row (fixture, 0);
  g_assert_false (easel_rental_is_ours (rental));
  g_assert_null (easel_rental_get_address (rental));
  g_assert_cmpint (easel_rental_get_ends_at (rental), ==, 0);
  easel_studio_get_sums (fixture->studio, &sums);
  g_assert_cmpint (sums.running_per_hour, ==, 690000);

  easel_studio_delete (fixture->studio, rental, "done");
  pass_until (fixture, is_gone, rental, MINUTE);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 0);
}

static void
test_lost_journal (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "journal.log", NULL);

  rent_until_ready (fixture);
  g_assert_true (g_file_set_contents (path, "nonsense\n", -1, NULL));
  restart (fixture);
  pass (fixture, 10 * SECOND);
  g_assert_cmpuint (n_rows (fixture), ==, 1);
  g_assert_true (easel_rental_is_ours (row (fixture, 0)));
  assert_all_shown (fixture);
}

static void
test_journal_unwritable (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselLaunchSpec) spec = make_spec (fixture);
  g_autoptr (GError) error = NULL;
  g_autofree char *blocker = g_build_filename (fixture->folder, "file", NULL);
  g_autofree char *below = g_build_filename (blocker, "below", NULL);
  g_autoptr (EaselJournal) journal = easel_journal_new (below);
  EaselJournal *good = fixture->studio->journal;

  g_assert_true (g_file_set_contents (blocker, "", 0, NULL));
  fixture->studio->journal = journal;
  g_assert_null (easel_studio_rent (fixture->studio, spec, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_STORAGE);
  fixture->studio->journal = good;
  pass (fixture, 10 * SECOND);
  g_assert_cmpuint (stub_provider_get_n_calls (fixture->provider, STUB_CREATE_POD), ==, 0);
}

static gboolean
has_receipt (gpointer history)
{
  return easel_history_get_last_receipt (history) != NULL;
}

/* The program had gone before the bill came: the next start asks, once. */
static void
test_bill_of_an_old_receipt (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselReceipt) receipt = easel_receipt_new ();
  const gint64 now = easel_clock_get_unix_ms (fixture->clock);
  const EaselReceipt *last;

  receipt->provider_id = g_strdup ("runpod");
  receipt->pod_id = g_strdup ("old");
  receipt->started_unix_ms = now - 20 * HOUR;
  receipt->ended_unix_ms = now - 18 * HOUR;
  receipt->estimated = 500000;
  easel_history_add_receipt (fixture->history, receipt);
  stub_provider_set_bill (fixture->provider, "old", 460000, now - 17 * HOUR);
  restart (fixture);
  /* It is read in a thread, which no clock hurries. */
  easel_test_wait_until (has_receipt, fixture->history);
  pass (fixture, HOUR);
  last = easel_history_get_last_receipt (fixture->history);
  g_assert_nonnull (last);
  g_assert_cmpint (last->billed, ==, 460000);
  g_assert_cmpint (last->billed_until_unix_ms, ==, now - 18 * HOUR);
  g_assert_cmpuint (stub_provider_get_n_calls (fixture->provider, STUB_GET_BILL), ==, 1);
  pass (fixture, 30 * MINUTE);
  g_assert_cmpuint (stub_provider_get_n_calls (fixture->provider, STUB_GET_BILL), ==, 1);
}

/* The provider's sum comes late and in buckets: what it says right after the end is not the end. */
static void
test_bill_comes_late (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment = rent_until_ready (fixture);
  EaselRental *rental = easel_studio_find_rental (fixture->studio, deployment);
  g_autofree char *pod_id = NULL;
  gint64 bucket_end;

  pass (fixture, 20 * MINUTE);
  pod_id = g_strdup (easel_rental_get_pod (rental)->id);
  bucket_end = easel_clock_get_unix_ms (fixture->clock) + HOUR;
  stub_provider_set_bill (fixture->provider, pod_id, 10, bucket_end);
  easel_studio_delete (fixture->studio, rental, "done");
  pass_until (fixture, is_gone, rental, MINUTE);
  pass (fixture, 15 * MINUTE);
  g_assert_cmpint (easel_history_get_last_receipt (fixture->history)->billed, ==,
                   EASEL_MONEY_UNKNOWN);

  stub_provider_set_bill (fixture->provider, pod_id, 99000, bucket_end);
  pass (fixture, 30 * MINUTE);
  g_assert_cmpint (easel_history_get_last_receipt (fixture->history)->billed, ==, 99000);
}

/* What was counted until the end was seen is too much when nobody watched it: the last bill counts,
 * and not before it is the last. */
static void
test_last_bill_counts (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment = rent_until_ready (fixture);
  g_autoptr (EaselRental) rental =
      g_object_ref (easel_studio_find_rental (fixture->studio, deployment));
  g_autofree char *pod_id = g_strdup (easel_rental_get_pod (rental)->id);
  gint64 counted;

  pass (fixture, 20 * MINUTE);
  easel_studio_delete (fixture->studio, rental, "done");
  pass_until (fixture, is_gone, rental, MINUTE);
  counted = easel_rental_get_cost_so_far (rental);
  stub_provider_set_bill (fixture->provider, pod_id, counted / 2,
                          easel_clock_get_unix_ms (fixture->clock));
  pass (fixture, 12 * MINUTE);
  g_assert_cmpint (easel_rental_get_cost_so_far (rental), ==, counted);
  pass (fixture, 2 * HOUR);
  g_assert_cmpint (easel_rental_get_cost_so_far (rental), ==, counted / 2);
}

/* Starting with a key that is forgotten: nobody asks on with another one, and the start goes on
 * when the right key comes back. */
static void
test_key_forgotten_while_starting (Fixture *fixture, gconstpointer data)
{
  EaselDeployment *deployment = rent (fixture);
  EaselRental *rental;
  guint n_gets;

  pass_until (fixture, is_starting, deployment, MINUTE);
  rental = easel_studio_find_rental (fixture->studio, deployment);
  easel_account_forget (account_of (fixture));
  stub_settle ();
  g_assert_cmpint (easel_rental_get_state (rental), ==, EASEL_RENTAL_UNSEEN);
  bring_up_comfy (fixture, "cuda", HYPER_LORA);
  n_gets = stub_provider_get_n_calls (fixture->provider, STUB_GET_POD);
  pass (fixture, 3 * MINUTE);
  g_assert_cmpint (easel_rental_get_state (rental), ==, EASEL_RENTAL_UNSEEN);
  g_assert_cmpuint (stub_provider_get_n_calls (fixture->provider, STUB_GET_POD), ==, n_gets);

  enter_key (fixture, "practice-key");
  pass_until (fixture, is_ready, deployment, 10 * MINUTE);
  g_assert_cmpint (easel_rental_get_state (rental), ==, EASEL_RENTAL_READY);
}

static void
test_no_key (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselLaunchSpec) spec = make_spec (fixture);
  g_autoptr (GError) error = NULL;

  easel_account_forget (account_of (fixture));
  stub_settle ();
  g_assert_cmpint (easel_studio_get_state (fixture->studio), ==, EASEL_STUDIO_NO_KEY);
  g_assert_null (easel_studio_rent (fixture->studio, spec, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_NO_KEY);
}

/* --- the table -------------------------------------------------------------------------------- */

static void
test_transitions (void)
{
  gboolean reachable[EASEL_N_DEPLOYMENT_STATES] = { [EASEL_DEPLOYMENT_RENTING] = TRUE };

  for (guint round = 0; round < EASEL_N_DEPLOYMENT_STATES; round++)
    for (guint from = 0; from < EASEL_N_DEPLOYMENT_STATES; from++)
      for (guint to = 0; to < EASEL_N_DEPLOYMENT_STATES; to++)
        if (reachable[from] && _easel_deployment_may_go (from, to))
          reachable[to] = TRUE;
  for (guint state = 0; state < EASEL_N_DEPLOYMENT_STATES; state++)
    g_assert_true (reachable[state]);

  /* Wherever money may be spent, the way to the delete is open. */
  g_assert_true (_easel_deployment_may_go (EASEL_DEPLOYMENT_RENTING, EASEL_DEPLOYMENT_CANCELLING));
  g_assert_true (_easel_deployment_may_go (EASEL_DEPLOYMENT_UNSURE, EASEL_DEPLOYMENT_CANCELLING));
  g_assert_true (_easel_deployment_may_go (EASEL_DEPLOYMENT_STARTING, EASEL_DEPLOYMENT_CANCELLING));
  g_assert_true (_easel_deployment_may_go (EASEL_DEPLOYMENT_READY, EASEL_DEPLOYMENT_CANCELLING));
  g_assert_true (_easel_deployment_may_go (EASEL_DEPLOYMENT_TROUBLE, EASEL_DEPLOYMENT_CANCELLING));
  /* And from there only proof leads on. */
  for (guint to = 0; to < EASEL_N_DEPLOYMENT_STATES; to++)
    g_assert_cmpint (_easel_deployment_may_go (EASEL_DEPLOYMENT_CANCELLING, to), ==,
                     to == EASEL_DEPLOYMENT_CANCELLED);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, setup, function, teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/deployment/transitions", test_transitions);
  g_test_add_func ("/studio/funds", test_funds);
  ADD ("/studio/rent-and-delete", test_rent_and_delete);
  ADD ("/studio/start-is-picked-up-after-a-restart", test_picked_up_after_restart);
  ADD ("/studio/unclear-create-with-effect-is-found", test_unclear_with_effect);
  ADD ("/studio/unclear-create-without-effect-is-not-repeated", test_unclear_without_effect);
  ADD ("/studio/late-pod-is-deleted", test_appears_after_it_was_void);
  ADD ("/studio/killed-between-intent-and-answer", test_killed_between_intent_and_answer);
  ADD ("/studio/cancel-during-create", test_cancel_during_create);
  ADD ("/studio/cancel-with-unclear-create", test_cancel_with_unclear_create);
  ADD ("/studio/cancel-refused-create", test_cancel_refused_create);
  ADD ("/studio/cancel-while-starting", test_cancel_while_starting);
  ADD ("/studio/cancel-survives-a-kill", test_cancel_survives_kill);
  ADD ("/studio/next-best-within-the-ceiling", test_next_best);
  ADD ("/studio/refused-row-cannot-be-deleted", test_delete_of_refused_row);
  ADD ("/studio/none-left-is-told", test_none_left);
  ADD ("/studio/refusals-are-told", test_refusals);
  ADD ("/studio/too-dear-is-given-back", test_too_dear);
  ADD ("/studio/cpu-device-is-told", test_cpu_device);
  ADD ("/studio/missing-model-is-told-and-mended", test_missing_model);
  ADD ("/studio/pod-vanishes-while-starting", test_vanishes);
  ADD ("/studio/delete-never-gives-up", test_delete_never_gives_up);
  ADD ("/studio/one-empty-list-proves-nothing", test_one_empty_list_proves_nothing);
  ADD ("/studio/half-understood-lists-prove-nothing", test_half_understood_lists_prove_nothing);
  ADD ("/studio/a-delete-must-be-accepted", test_delete_that_was_not_accepted);
  ADD ("/studio/list-of-the-key-before-proves-nothing", test_list_of_the_key_before);
  ADD ("/studio/lagging-lists", test_lagging_lists);
  ADD ("/studio/delete-before-it-appears", test_delete_before_it_appears);
  ADD ("/studio/accepted-delete-before-it-appears", test_accepted_delete_before_it_appears);
  ADD ("/studio/delete-of-what-never-appears", test_delete_of_what_never_appears);
  ADD ("/studio/failed-lists-prove-nothing", test_failed_lists_prove_nothing);
  ADD ("/studio/another-key-proves-nothing", test_another_key);
  ADD ("/studio/pause-and-resume", test_pause_and_resume);
  ADD ("/studio/hard-end", test_hard_end);
  ADD ("/studio/idle-end", test_idle_end);
  ADD ("/studio/foreign-pod", test_foreign_pod);
  ADD ("/studio/lost-journal-hides-nothing", test_lost_journal);
  ADD ("/studio/unwritable-journal-rents-nothing", test_journal_unwritable);
  ADD ("/studio/bill-comes-late", test_bill_comes_late);
  ADD ("/studio/last-bill-counts", test_last_bill_counts);
  ADD ("/studio/bill-of-an-old-receipt", test_bill_of_an_old_receipt);
  ADD ("/studio/key-forgotten-while-starting", test_key_forgotten_while_starting);
  ADD ("/studio/without-a-key-nothing-is-rented", test_no_key);

  return g_test_run ();
}
