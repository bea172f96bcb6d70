/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Coming back: the computer from its sleep, the network, the program after an end in the middle of
 * a delete; and the provider's own figure as a cross-check. */

#include "config.h"
#include "studio-fixture.h"

#include "easel-rental-text.h"

static guint
n_calls (Fixture *fixture, StubCall call)
{
  return stub_provider_get_n_calls (fixture->provider, call);
}

static void
assert_headline (Fixture *fixture, const char *headline)
{
  g_autofree char *text = easel_studio_dup_headline (fixture->studio);

  g_assert_cmpstr (text, ==, headline);
}

static void
network_comes_back (void)
{
  g_signal_emit_by_name (g_network_monitor_get_default (), "network-changed", TRUE);
  stub_settle ();
}

/* After eight hours of sleep, what was paid before is no headline. */
static void
test_sleep (Fixture *fixture, gconstpointer data)
{
  g_autofree char *before = NULL;

  rent_until_ready (fixture);
  before = easel_studio_dup_headline (fixture->studio);
  g_assert_nonnull (strstr (before, "$"));
  stub_provider_hold (fixture->provider, STUB_LIST_PODS);
  easel_manual_clock_sleep (EASEL_MANUAL_CLOCK (fixture->clock), 8 * HOUR);
  stub_settle ();
  g_assert_cmpint (easel_studio_get_state (fixture->studio), ==, EASEL_STUDIO_CHECKING);
  assert_headline (fixture, "Checking…");
  stub_provider_release (fixture->provider, STUB_LIST_PODS);
  pass (fixture, 10 * SECOND);
  g_assert_cmpint (easel_studio_get_state (fixture->studio), ==, EASEL_STUDIO_KNOWN);
  /* It should have ended hours ago: that is the first thing that happens. */
  pass_until (fixture, is_gone, row (fixture, 0), MINUTE);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 0);
}

/* A look that is a little late is no sleep. */
static void
test_no_sleep (Fixture *fixture, gconstpointer data)
{
  rent_until_ready (fixture);
  stub_provider_hold (fixture->provider, STUB_LIST_PODS);
  easel_manual_clock_sleep (EASEL_MANUAL_CLOCK (fixture->clock), 70 * SECOND);
  stub_settle ();
  g_assert_cmpint (easel_studio_get_state (fixture->studio), ==, EASEL_STUDIO_KNOWN);
  stub_provider_release (fixture->provider, STUB_LIST_PODS);
}

static void
test_network_returns (Fixture *fixture, gconstpointer data)
{
  guint n;

  rent_until_ready (fixture);
  stub_provider_fail_always (fixture->provider, STUB_LIST_PODS, EASEL_ERROR_NETWORK);
  pass (fixture, 6 * MINUTE);
  g_assert_cmpint (easel_studio_get_state (fixture->studio), ==, EASEL_STUDIO_OFFLINE);
  g_assert_cmpstr (easel_studio_get_error_provider (fixture->studio)->id, ==, "runpod");
  g_assert_true (easel_rental_is_stale (row (fixture, 0)));
  assert_all_shown (fixture);
  stub_provider_fail_never (fixture->provider, STUB_LIST_PODS);
  n = n_calls (fixture, STUB_LIST_PODS);
  network_comes_back ();
  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (fixture->clock), 0);
  stub_settle ();
  /* No waiting for the end of the back-off. */
  g_assert_cmpuint (n_calls (fixture, STUB_LIST_PODS), >, n);
  g_assert_cmpint (easel_studio_get_state (fixture->studio), ==, EASEL_STUDIO_KNOWN);
  g_assert_false (easel_rental_is_stale (row (fixture, 0)));
  g_assert_null (easel_studio_get_error_provider (fixture->studio));
}

static void
test_delete_goes_on_with_the_network (Fixture *fixture, gconstpointer data)
{
  guint n;

  rent_until_ready (fixture);
  stub_provider_fail_always (fixture->provider, STUB_DELETE_POD, EASEL_ERROR_NETWORK);
  easel_studio_delete (fixture->studio, row (fixture, 0), "done");
  pass_until (fixture, is_stuck, row (fixture, 0), 10 * MINUTE);
  g_assert_cmpuint (fixture->n_stuck, ==, 1);
  pass (fixture, 10 * MINUTE);
  stub_provider_fail_never (fixture->provider, STUB_DELETE_POD);
  n = n_calls (fixture, STUB_DELETE_POD);
  network_comes_back ();
  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (fixture->clock), 0);
  stub_settle ();
  g_assert_cmpuint (n_calls (fixture, STUB_DELETE_POD), ==, n + 1);
  pass_until (fixture, is_gone, row (fixture, 0), MINUTE);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 0);
}

/* Nobody has to ask a second time. */
static void
test_delete_goes_on_at_the_next_start (Fixture *fixture, gconstpointer data)
{
  rent_until_ready (fixture);
  stub_provider_fail_always (fixture->provider, STUB_DELETE_POD, EASEL_ERROR_UNAVAILABLE);
  easel_studio_delete (fixture->studio, row (fixture, 0), "done");
  pass_until (fixture, is_stuck, row (fixture, 0), 10 * MINUTE);
  restart (fixture);
  pass (fixture, 30 * SECOND);
  g_assert_cmpuint (n_rows (fixture), ==, 1);
  assert_all_shown (fixture);
  stub_provider_fail_never (fixture->provider, STUB_DELETE_POD);
  pass_until (fixture, is_gone, row (fixture, 0), 5 * MINUTE);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 0);
  g_assert_cmpstr (easel_history_get_last_receipt (fixture->history)->reason, ==, "done");
}

static void
report_spending (Fixture *fixture, gint64 per_hour)
{
  g_autoptr (EaselAccountInfo) info = easel_account_info_new ();

  info->account_id = g_strdup ("user_1");
  info->spend_per_hour = per_hour;
  stub_provider_set_account (fixture->provider, info);
  easel_account_refresh_balance (account_of (fixture));
  stub_settle ();
}

/* Told when the provider says it twice, and no longer when it does not. */
static void
test_unexplained_spending (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;

  pass (fixture, 2 * MINUTE);
  report_spending (fixture, 10000);
  g_assert_null (easel_studio_dup_unexplained (fixture->studio));
  pass (fixture, 2 * MINUTE);
  report_spending (fixture, 10000);
  text = easel_studio_dup_unexplained (fixture->studio);
  g_assert_nonnull (text);
  g_assert_nonnull (strstr (text, "RunPod reports"));
  pass (fixture, 2 * MINUTE);
  report_spending (fixture, 0);
  g_assert_null (easel_studio_dup_unexplained (fixture->studio));
}

static void
test_damage_is_told (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "journal.log", NULL);

  rent_until_ready (fixture);
  restart (fixture);
  g_assert_false (easel_studio_is_journal_damaged (fixture->studio));
  g_assert_true (g_file_set_contents (path, "1 0123456789abcdef {\"torn\n", -1, NULL));
  restart (fixture);
  pass (fixture, 10 * SECOND);
  g_assert_true (easel_studio_is_journal_damaged (fixture->studio));
  assert_all_shown (fixture);
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "/return/sleep", test_sleep },
    { "/return/late-is-not-asleep", test_no_sleep },
    { "/return/network", test_network_returns },
    { "/return/delete-goes-on-with-the-network", test_delete_goes_on_with_the_network },
    { "/return/delete-goes-on-at-the-next-start", test_delete_goes_on_at_the_next_start },
    { "/return/unexplained-spending", test_unexplained_spending },
    { "/return/damage-is-told", test_damage_is_told },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, setup, tests[i].func, teardown);
  return g_test_run ();
}
