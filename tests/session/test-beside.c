/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Two instances of the program on one state folder and one account: one keeps, the other helps or
 * only looks. The stub's ledger judges. */

#include "config.h"
#include "studio-fixture.h"

/* The other instance. It shares the cloud, the disk and the clock, and nothing in memory. */
typedef struct
{
  GPtrArray *accounts;
  EaselHistory *history;
  EaselJournal *journal;
  EaselStudio *studio;
} Other;

static EaselInstanceLock *
make_lock (Fixture *fixture)
{
  return easel_instance_lock_new (fixture->folder);
}

static void
other_start (Other *other, Fixture *fixture, EaselStudioRole role)
{
  g_autoptr (EaselInstanceLock) lock = make_lock (fixture);
  EaselAccount *account = _easel_account_new (EASEL_PROVIDER (fixture->provider), fixture->store,
                                              fixture->clock, "salt");

  other->accounts = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (other->accounts, account);
  other->history = easel_history_new (fixture->folder, fixture->clock);
  other->journal = easel_journal_new (fixture->folder);
  other->studio = _easel_studio_new (fixture->http, fixture->clock, other->accounts, NULL,
                                     other->journal, other->history);
  _easel_studio_set_role (other->studio, role, lock);
  easel_account_load (account);
  easel_studio_start (other->studio);
  stub_settle ();
}

static void
other_stop (Other *other)
{
  g_object_run_dispose (G_OBJECT (other->studio));
  g_clear_object (&other->studio);
  g_clear_object (&other->journal);
  g_clear_object (&other->history);
  g_clear_pointer (&other->accounts, g_ptr_array_unref);
  easel_test_pump ();
}

static EaselRental *
other_row (Other *other)
{
  g_autoptr (EaselRental) rental =
      g_list_model_get_item (easel_studio_get_rentals (other->studio), 0);

  g_assert_nonnull (rental);
  return rental;
}

static gboolean
is_being_deleted (gpointer data)
{
  return easel_rental_get_state (data) == EASEL_RENTAL_DELETING;
}

static gboolean
is_free_to_rent (gpointer data)
{
  return _easel_studio_may_rent (data, NULL);
}

/* The fixture's own session is the keeper. */
static EaselInstanceLock *
take_charge (Fixture *fixture)
{
  EaselInstanceLock *lock = make_lock (fixture);

  g_assert_true (easel_instance_lock_acquire (lock));
  return lock;
}

static char *
read_journal (Fixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->folder, "journal.log", NULL);
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

static void
test_lock (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselInstanceLock) first = make_lock (fixture);
  g_autoptr (EaselInstanceLock) second = make_lock (fixture);

  g_assert_true (easel_instance_lock_is_free (second));
  g_assert_true (easel_instance_lock_acquire (first));
  g_assert_true (easel_instance_lock_acquire (first));
  g_assert_true (easel_instance_lock_is_free (first));
  g_assert_false (easel_instance_lock_is_free (second));
  g_assert_false (easel_instance_lock_acquire (second));
  g_clear_object (&first);
  g_assert_true (easel_instance_lock_acquire (second));
}

static void
test_only_one_rents (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselInstanceLock) lock = take_charge (fixture);
  g_autoptr (EaselLaunchSpec) spec = make_spec (fixture);
  g_autoptr (GError) error = NULL;
  Other other;

  other_start (&other, fixture, EASEL_STUDIO_KEEPER);
  pass (fixture, 5 * SECOND);
  g_assert_null (easel_studio_rent (other.studio, spec, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_ELSEWHERE);
  g_assert_cmpuint (stub_provider_get_n_created (fixture->provider), ==, 0);

  /* The keeper ends: the helper takes its place by itself. */
  g_clear_object (&lock);
  pass (fixture, 6 * MINUTE);
  g_assert_cmpint (other.studio->role, ==, EASEL_STUDIO_KEEPER);
  g_assert_true (is_free_to_rent (other.studio));
  other_stop (&other);
}

/* It shows what the keeper does, and neither drives the start nor settles the intent. */
static void
test_helper_leaves_starts_alone (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselInstanceLock) lock = take_charge (fixture);
  g_autofree char *journal = NULL;
  Other other;

  stub_provider_set_lag (fixture->provider, 10 * MINUTE, 0);
  stub_provider_hold (fixture->provider, STUB_CREATE_POD);
  rent (fixture);
  stub_settle ();
  other_start (&other, fixture, EASEL_STUDIO_HELPER);
  pass (fixture, 4 * MINUTE);
  g_assert_cmpint (easel_rental_get_state (other_row (&other)), ==, EASEL_RENTAL_RENTING);
  g_assert_null (easel_rental_get_deployment (other_row (&other)));
  journal = read_journal (fixture);
  g_assert_null (strstr (journal, "\"state\":4"));
  stub_provider_release (fixture->provider, STUB_CREATE_POD);
  pass (fixture, 4 * MINUTE);
  g_assert_cmpuint (stub_provider_get_n_created (fixture->provider), ==, 1);
  g_assert_cmpuint (stub_provider_get_n_calls (fixture->provider, STUB_CREATE_POD), ==, 1);
  g_assert_cmpuint (stub_provider_get_n_calls (fixture->provider, STUB_DELETE_POD), ==, 0);
  other_stop (&other);
}

static void
test_delete_is_heard (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselInstanceLock) lock = take_charge (fixture);
  EaselDeployment *deployment = rent_until_ready (fixture);
  EaselRental *rental = easel_studio_find_rental (fixture->studio, deployment);
  Other other;

  other_start (&other, fixture, EASEL_STUDIO_HELPER);
  pass (fixture, 5 * SECOND);
  g_assert_cmpint (easel_rental_get_state (other_row (&other)), ==, EASEL_RENTAL_READY);
  easel_studio_delete (other.studio, other_row (&other), "done");
  /* The clock stands still: only the journal can have told. */
  stub_wait_for (is_being_deleted, rental);
  pass_until (fixture, is_gone, other_row (&other), 30 * SECOND);
  pass_until (fixture, is_gone, rental, 30 * SECOND);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 0);
  /* One receipt, by the keeper. */
  g_assert_cmpuint (g_list_model_get_n_items (easel_studio_get_rentals (other.studio)), ==, 1);
  g_assert_null (easel_history_get_last_receipt (other.history));
  g_assert_cmpstr (easel_history_get_last_receipt (fixture->history)->reason, ==, "done");
  other_stop (&other);
}

/* The create is on its way while somebody else ends everything. */
static void
test_delete_during_create (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselInstanceLock) lock = take_charge (fixture);
  EaselDeployment *deployment;
  Other other;

  stub_provider_hold (fixture->provider, STUB_CREATE_POD);
  deployment = g_object_ref (rent (fixture));
  stub_settle ();
  other_start (&other, fixture, EASEL_STUDIO_HELPER);
  stub_settle ();
  easel_studio_delete (other.studio, other_row (&other), "done");
  stub_wait_for (is_being_deleted, row (fixture, 0));
  stub_provider_release (fixture->provider, STUB_CREATE_POD);
  pass_until (fixture, is_cancelled, deployment, 5 * MINUTE);
  pass (fixture, 5 * MINUTE);
  g_assert_cmpuint (stub_provider_get_n_created (fixture->provider), ==, 1);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 0);
  other_stop (&other);
  g_object_unref (deployment);
}

/* An extension chosen in the other instance counts for the limit that the keeper keeps. */
static void
test_extension_is_heard (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselInstanceLock) lock = take_charge (fixture);
  EaselDeployment *deployment = rent_until_ready (fixture);
  EaselRental *rental = easel_studio_find_rental (fixture->studio, deployment);
  const gint64 ends_at = easel_rental_get_ends_at (rental);
  Other other;

  other_start (&other, fixture, EASEL_STUDIO_HELPER);
  pass (fixture, 5 * SECOND);
  easel_studio_extend (other.studio, other_row (&other), 1);
  pass (fixture, 3 * MINUTE);
  g_assert_cmpint (easel_rental_get_ends_at (rental), ==, ends_at + HOUR);
  other_stop (&other);
}

static void
test_onlooker_changes_nothing (Fixture *fixture, gconstpointer data)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  Other other;

  rent_until_ready (fixture);
  stub_provider_fail_always (fixture->provider, STUB_DELETE_POD, EASEL_ERROR_LOCKED);
  easel_studio_delete (fixture->studio, row (fixture, 0), "done");
  stub_settle ();
  easel_test_pump_for (20);
  g_object_run_dispose (G_OBJECT (fixture->studio));
  before = read_journal (fixture);
  stub_provider_fail_never (fixture->provider, STUB_DELETE_POD);
  stub_provider_clear_log (fixture->provider);

  other_start (&other, fixture, EASEL_STUDIO_ONLOOKER);
  pass (fixture, 10 * MINUTE);
  g_assert_cmpint (easel_rental_get_state (other_row (&other)), ==, EASEL_RENTAL_DELETING);
  g_assert_cmpuint (stub_provider_get_n_calls (fixture->provider, STUB_DELETE_POD), ==, 0);
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), ==, 1);
  after = read_journal (fixture);
  g_assert_cmpstr (before, ==, after);
  other_stop (&other);
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "/beside/lock", test_lock },
    { "/beside/only-one-rents", test_only_one_rents },
    { "/beside/helper-leaves-starts-alone", test_helper_leaves_starts_alone },
    { "/beside/delete-is-heard", test_delete_is_heard },
    { "/beside/delete-during-create", test_delete_during_create },
    { "/beside/extension-is-heard", test_extension_is_heard },
    { "/beside/onlooker-changes-nothing", test_onlooker_changes_nothing },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, setup, tests[i].func, teardown);
  return g_test_run ();
}
