/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A provider's key, from keyring or person to accepted, refused or unchecked: with a keyring and a
 * provider that fail and lag, and time that stands still. */
#include "config.h"

#include "easel-account-private.h"

#include "easel-error.h"
#include "easel-identity.h"
#include "stub-provider.h"
#include "stub-store.h"

#define GOOD "practice-key"
#define OTHER "practice-other"
#define WRONG "no-such-key"

typedef struct
{
  EaselClock *clock;
  StubProvider *provider;
  StubStore *store;
  EaselAccount *account;
  guint n_states;
  guint n_changed;
} Fixture;

static void
on_state (Fixture *self)
{
  self->n_states++;
}

static void
on_changed (Fixture *self)
{
  self->n_changed++;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->clock = easel_manual_clock_new (G_GINT64_CONSTANT (1795000000000));
  self->provider = stub_provider_new (stub_provider_runpod_info (), self->clock);
  self->store = stub_store_new ();
  self->account = _easel_account_new (EASEL_PROVIDER (self->provider),
                                      EASEL_SECRET_STORE (self->store), self->clock, "salt");
  g_signal_connect_swapped (self->account, "notify::state", G_CALLBACK (on_state), self);
  g_signal_connect_swapped (self->account, "changed", G_CALLBACK (on_changed), self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  stub_provider_release (self->provider, STUB_CHECK_KEY);
  stub_store_release (self->store);
  stub_settle ();
  if (self->account != NULL)
    stub_assert_finalizes (self->account);
  stub_settle ();
  stub_assert_finalizes (self->provider);
  stub_assert_finalizes (self->store);
  g_assert_cmpuint (easel_manual_clock_get_n_pending (EASEL_MANUAL_CLOCK (self->clock)), ==, 0);
  g_assert_finalize_object (self->clock);
}

static void
set_key (Fixture *self, const char *text, gboolean remember)
{
  g_autoptr (EaselSecret) key = easel_secret_new (text);

  easel_account_set_key (self->account, key, remember);
}

static void
assert_key (Fixture *self, const char *text)
{
  EaselSecret *key = easel_account_get_key (self->account);

  g_assert_cmpstr (key != NULL ? easel_secret_peek (key) : NULL, ==, text);
}

static void
assert_state (Fixture *self, EaselAccountState state)
{
  g_assert_cmpint (easel_account_get_state (self->account), ==, state);
}

static void
test_empty_keyring (Fixture *self, gconstpointer data)
{
  assert_state (self, EASEL_ACCOUNT_UNLOADED);
  easel_account_load (self->account);
  easel_account_load (self->account);
  stub_settle ();
  assert_state (self, EASEL_ACCOUNT_NO_KEY);
  assert_key (self, NULL);
  g_assert_cmpuint (stub_store_get_n_calls (self->store), ==, 1);
  g_assert_cmpuint (self->n_states, ==, 1);
  g_assert_null (easel_account_get_store_error (self->account));
  g_assert_null (easel_account_get_identity (self->account));
  g_assert_false (easel_account_is_usable (self->account));
}

static void
test_kept_key (Fixture *self, gconstpointer data)
{
  const EaselAccountInfo *info;

  stub_store_put (self->store, "runpod", GOOD);
  easel_account_load (self->account);
  stub_settle ();
  assert_state (self, EASEL_ACCOUNT_READY);
  assert_key (self, GOOD);
  g_assert_true (easel_account_is_remembered (self->account));
  g_assert_true (easel_account_is_usable (self->account));
  /* CHECKING, READY */
  g_assert_cmpuint (self->n_states, ==, 2);
  info = easel_account_get_info (self->account);
  g_assert_nonnull (info);
  g_assert_cmpstr (info->email, ==, "painter@example.org");
  g_assert_true (easel_account_has_identity (self->account, "user_stub"));
  /* Nothing was written back. */
  g_assert_cmpuint (stub_store_get_n_calls (self->store), ==, 1);

  easel_account_load (self->account);
  stub_settle ();
  g_assert_cmpuint (stub_store_get_n_calls (self->store), ==, 1);
}

static void
test_kept_key_revoked (Fixture *self, gconstpointer data)
{
  stub_store_put (self->store, "runpod", WRONG);
  easel_account_load (self->account);
  stub_settle ();
  assert_state (self, EASEL_ACCOUNT_REFUSED);
  g_assert_error (easel_account_get_error (self->account), EASEL_ERROR, EASEL_ERROR_AUTH);
  /* It names the account of what was rented with it: kept, but not sent any more. */
  assert_key (self, WRONG);
  g_assert_false (easel_account_is_usable (self->account));
  g_assert_cmpstr (stub_store_peek (self->store, "runpod"), ==, WRONG);

  set_key (self, GOOD, TRUE);
  stub_settle ();
  assert_state (self, EASEL_ACCOUNT_READY);
  g_assert_cmpstr (stub_store_peek (self->store, "runpod"), ==, GOOD);
}

static void
test_broken_keyring (Fixture *self, gconstpointer data)
{
  stub_store_set_broken (self->store, TRUE);
  easel_account_load (self->account);
  stub_settle ();
  assert_state (self, EASEL_ACCOUNT_UNCHECKED);
  g_assert_error (easel_account_get_store_error (self->account), EASEL_ERROR, EASEL_ERROR_STORAGE);
  assert_key (self, NULL);
  g_assert_false (easel_account_is_usable (self->account));

  /* A key for this run. */
  set_key (self, GOOD, TRUE);
  stub_settle ();
  assert_state (self, EASEL_ACCOUNT_READY);
  assert_key (self, GOOD);
  g_assert_false (easel_account_is_remembered (self->account));
  g_assert_error (easel_account_get_store_error (self->account), EASEL_ERROR, EASEL_ERROR_STORAGE);

  /* The keyring is unlocked: asked for again, it is kept. */
  stub_store_set_broken (self->store, FALSE);
  easel_account_set_remember (self->account, TRUE);
  stub_settle ();
  g_assert_true (easel_account_is_remembered (self->account));
  g_assert_null (easel_account_get_store_error (self->account));
}

static void
test_keyring_asked_again (Fixture *self, gconstpointer data)
{
  stub_store_put (self->store, "runpod", GOOD);
  stub_store_set_broken (self->store, TRUE);
  easel_account_load (self->account);
  stub_settle ();
  assert_state (self, EASEL_ACCOUNT_UNCHECKED);
  stub_store_set_broken (self->store, FALSE);
  easel_account_recheck (self->account);
  stub_settle ();
  assert_state (self, EASEL_ACCOUNT_READY);
  assert_key (self, GOOD);
}

static void
test_slow_keyring (Fixture *self, gconstpointer data)
{
  stub_store_put (self->store, "runpod", GOOD);
  stub_store_hold (self->store);
  easel_account_load (self->account);
  stub_settle ();
  assert_state (self, EASEL_ACCOUNT_UNLOADED);
  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (self->clock), 19999);
  assert_state (self, EASEL_ACCOUNT_UNLOADED);
  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (self->clock), 1);
  assert_state (self, EASEL_ACCOUNT_UNCHECKED);
  g_assert_error (easel_account_get_store_error (self->account), EASEL_ERROR,
                  EASEL_ERROR_TIMED_OUT);

  /* The password was typed at last. */
  stub_store_release (self->store);
  stub_settle ();
  assert_state (self, EASEL_ACCOUNT_READY);
  assert_key (self, GOOD);
  g_assert_null (easel_account_get_store_error (self->account));
}

static void
test_typed_before_keyring_answered (Fixture *self, gconstpointer data)
{
  stub_store_put (self->store, "runpod", OTHER);
  stub_store_hold (self->store);
  easel_account_load (self->account);
  set_key (self, GOOD, TRUE);
  stub_settle ();
  assert_state (self, EASEL_ACCOUNT_READY);
  stub_store_release (self->store);
  stub_settle ();
  assert_key (self, GOOD);
  g_assert_cmpstr (stub_store_peek (self->store, "runpod"), ==, GOOD);
}

static void
test_accepted (Fixture *self, gconstpointer data)
{
  easel_account_load (self->account);
  stub_settle ();
  self->n_states = 0;
  set_key (self, GOOD, TRUE);
  assert_state (self, EASEL_ACCOUNT_CHECKING);
  assert_key (self, NULL);
  g_assert_false (easel_account_is_usable (self->account));
  stub_settle ();
  assert_state (self, EASEL_ACCOUNT_READY);
  assert_key (self, GOOD);
  g_assert_cmpuint (self->n_states, ==, 2);
  g_assert_true (easel_account_is_remembered (self->account));
  g_assert_cmpstr (stub_store_peek (self->store, "runpod"), ==, GOOD);
}

static void
test_not_remembered (Fixture *self, gconstpointer data)
{
  easel_account_load (self->account);
  stub_settle ();
  set_key (self, GOOD, FALSE);
  stub_settle ();
  assert_state (self, EASEL_ACCOUNT_READY);
  g_assert_false (easel_account_is_remembered (self->account));
  g_assert_null (stub_store_peek (self->store, "runpod"));
  /* The keyring was empty: nothing had to be taken out. */
  g_assert_cmpuint (stub_store_get_n_calls (self->store), ==, 1);
}

static void
test_not_lasting (Fixture *self, gconstpointer data)
{
  stub_store_set_lasting (self->store, FALSE);
  set_key (self, GOOD, TRUE);
  stub_settle ();
  g_assert_cmpstr (stub_store_peek (self->store, "runpod"), ==, GOOD);
  g_assert_false (easel_account_is_remembered (self->account));
  g_assert_true (_easel_account_is_kept (self->account));
}

static void
test_refused (Fixture *self, gconstpointer data)
{
  easel_account_load (self->account);
  stub_settle ();
  set_key (self, WRONG, TRUE);
  stub_settle ();
  assert_state (self, EASEL_ACCOUNT_REFUSED);
  assert_key (self, NULL);
  g_assert_null (stub_store_peek (self->store, "runpod"));
  g_assert_error (easel_account_get_error (self->account), EASEL_ERROR, EASEL_ERROR_AUTH);
  g_assert_false (easel_account_is_usable (self->account));
  g_assert_null (easel_account_get_identity (self->account));

  /* There is nothing to check again. */
  easel_account_recheck (self->account);
  stub_settle ();
  assert_state (self, EASEL_ACCOUNT_REFUSED);
}

static void
test_refused_keeps_good_key (Fixture *self, gconstpointer data)
{
  stub_store_put (self->store, "runpod", GOOD);
  easel_account_load (self->account);
  stub_settle ();
  set_key (self, WRONG, FALSE);
  assert_key (self, GOOD);
  g_assert_true (easel_account_is_usable (self->account));
  stub_settle ();
  assert_state (self, EASEL_ACCOUNT_REFUSED);
  assert_key (self, GOOD);
  g_assert_true (easel_account_is_usable (self->account));
  g_assert_cmpstr (stub_store_peek (self->store, "runpod"), ==, GOOD);

  /* The box that was ticked off for the wrong key does not drive out the good one. */
  easel_account_recheck (self->account);
  stub_settle ();
  assert_state (self, EASEL_ACCOUNT_READY);
  g_assert_null (easel_account_get_error (self->account));
  g_assert_cmpstr (stub_store_peek (self->store, "runpod"), ==, GOOD);
  g_assert_true (easel_account_is_remembered (self->account));
}

static void
test_no_network (Fixture *self, gconstpointer data)
{
  easel_account_load (self->account);
  stub_settle ();
  stub_provider_fail_always (self->provider, STUB_CHECK_KEY, EASEL_ERROR_NETWORK);
  set_key (self, GOOD, TRUE);
  stub_settle ();
  assert_state (self, EASEL_ACCOUNT_UNCHECKED);
  assert_key (self, GOOD);
  g_assert_true (easel_account_is_usable (self->account));
  g_assert_error (easel_account_get_error (self->account), EASEL_ERROR, EASEL_ERROR_NETWORK);
  /* An identity at once, so that nothing is rented without one. */
  g_assert_cmpuint (strlen (easel_account_get_identity (self->account)), ==, 16);
  g_assert_null (strstr (easel_account_get_identity (self->account), "practice"));
  /* Not in the keyring before it is accepted. */
  easel_account_set_remember (self->account, TRUE);
  stub_settle ();
  g_assert_null (stub_store_peek (self->store, "runpod"));

  stub_provider_fail_never (self->provider, STUB_CHECK_KEY);
  easel_account_recheck (self->account);
  stub_settle ();
  assert_state (self, EASEL_ACCOUNT_READY);
  g_assert_cmpstr (stub_store_peek (self->store, "runpod"), ==, GOOD);
}

static void
test_unchecked_then_refused (Fixture *self, gconstpointer data)
{
  set_key (self, GOOD, TRUE);
  stub_settle ();
  stub_provider_push_error (self->provider, STUB_CHECK_KEY, EASEL_ERROR_TIMED_OUT);
  set_key (self, OTHER, TRUE);
  stub_settle ();
  assert_state (self, EASEL_ACCOUNT_UNCHECKED);
  assert_key (self, OTHER);
  g_assert_null (easel_account_get_info (self->account));
  g_assert_cmpstr (stub_store_peek (self->store, "runpod"), ==, GOOD);

  /* The unchecked one turns out wrong: back to the good one. */
  stub_provider_revoke (self->provider, OTHER);
  easel_account_recheck (self->account);
  stub_settle ();
  assert_state (self, EASEL_ACCOUNT_REFUSED);
  assert_key (self, GOOD);
  g_assert_true (easel_account_is_usable (self->account));
  g_assert_cmpstr (stub_store_peek (self->store, "runpod"), ==, GOOD);
}

static void
test_lacks_right (Fixture *self, gconstpointer data)
{
  stub_provider_push_error (self->provider, STUB_CHECK_KEY, EASEL_ERROR_PERMISSION);
  set_key (self, GOOD, TRUE);
  stub_settle ();
  assert_state (self, EASEL_ACCOUNT_REFUSED);
  assert_key (self, NULL);
}

/* The person types faster than the provider answers. */
static void
test_newer_key_wins (Fixture *self, gconstpointer data)
{
  stub_provider_hold (self->provider, STUB_CHECK_KEY);
  set_key (self, WRONG, TRUE);
  stub_settle ();
  set_key (self, GOOD, TRUE);
  stub_settle ();
  /* The first was given up. */
  g_assert_cmpuint (stub_provider_get_n_held (self->provider, STUB_CHECK_KEY), ==, 1);
  stub_provider_release (self->provider, STUB_CHECK_KEY);
  stub_settle ();
  assert_state (self, EASEL_ACCOUNT_READY);
  assert_key (self, GOOD);
  /* CHECKING once, READY once */
  g_assert_cmpuint (self->n_states, ==, 2);
}

static void
test_same_key_twice (Fixture *self, gconstpointer data)
{
  stub_provider_hold (self->provider, STUB_CHECK_KEY);
  set_key (self, GOOD, TRUE);
  set_key (self, GOOD, FALSE);
  g_assert_cmpuint (stub_provider_get_n_calls (self->provider, STUB_CHECK_KEY), ==, 1);
  stub_provider_release (self->provider, STUB_CHECK_KEY);
  stub_settle ();
  assert_state (self, EASEL_ACCOUNT_READY);
  /* The tick was taken off in the meantime. */
  g_assert_null (stub_store_peek (self->store, "runpod"));
}

static void
test_remember_off_and_on (Fixture *self, gconstpointer data)
{
  stub_store_put (self->store, "runpod", GOOD);
  easel_account_load (self->account);
  stub_settle ();
  easel_account_set_remember (self->account, FALSE);
  stub_settle ();
  g_assert_false (easel_account_is_remembered (self->account));
  g_assert_null (stub_store_peek (self->store, "runpod"));
  assert_key (self, GOOD);
  assert_state (self, EASEL_ACCOUNT_READY);

  easel_account_set_remember (self->account, TRUE);
  stub_settle ();
  g_assert_true (easel_account_is_remembered (self->account));
  g_assert_cmpstr (stub_store_peek (self->store, "runpod"), ==, GOOD);
}

/* A slow store must not overtake the forget that follows it. */
static void
test_store_and_forget_in_order (Fixture *self, gconstpointer data)
{
  easel_account_load (self->account);
  stub_settle ();
  stub_store_hold (self->store);
  set_key (self, GOOD, TRUE);
  stub_settle ();
  g_assert_cmpuint (stub_store_get_n_held (self->store), ==, 1);
  easel_account_forget (self->account);
  assert_state (self, EASEL_ACCOUNT_NO_KEY);
  assert_key (self, NULL);
  stub_settle ();
  g_assert_cmpuint (stub_store_get_n_held (self->store), ==, 1);
  stub_store_release (self->store);
  stub_settle ();
  g_assert_null (stub_store_peek (self->store, "runpod"));
  assert_state (self, EASEL_ACCOUNT_NO_KEY);
}

static void
test_replace_and_forget_in_order (Fixture *self, gconstpointer data)
{
  stub_store_put (self->store, "runpod", GOOD);
  easel_account_load (self->account);
  stub_settle ();
  stub_store_hold (self->store);
  set_key (self, OTHER, TRUE);
  stub_settle ();
  g_assert_cmpuint (stub_store_get_n_held (self->store), ==, 1);
  easel_account_forget (self->account);
  g_assert_cmpuint (stub_store_get_n_held (self->store), ==, 1);
  stub_store_release (self->store);
  stub_settle ();
  g_assert_null (stub_store_peek (self->store, "runpod"));
}

/* The keyring’s own key could not be checked: saying once more that it is to be kept keeps it. */
static void
test_kept_key_unchecked (Fixture *self, gconstpointer data)
{
  stub_store_put (self->store, "runpod", GOOD);
  stub_provider_push_error (self->provider, STUB_CHECK_KEY, EASEL_ERROR_NETWORK);
  easel_account_load (self->account);
  stub_settle ();
  assert_state (self, EASEL_ACCOUNT_UNCHECKED);
  g_assert_true (easel_account_is_usable (self->account));
  g_assert_true (easel_account_is_remembered (self->account));
  easel_account_set_remember (self->account, TRUE);
  stub_settle ();
  g_assert_cmpstr (stub_store_peek (self->store, "runpod"), ==, GOOD);

  /* Nor does an unchecked key drive it out. */
  stub_provider_push_error (self->provider, STUB_CHECK_KEY, EASEL_ERROR_NETWORK);
  set_key (self, OTHER, TRUE);
  stub_settle ();
  assert_key (self, OTHER);
  easel_account_set_remember (self->account, TRUE);
  stub_settle ();
  g_assert_cmpstr (stub_store_peek (self->store, "runpod"), ==, GOOD);
  g_assert_false (easel_account_is_remembered (self->account));
}

static void
test_forget (Fixture *self, gconstpointer data)
{
  stub_store_put (self->store, "runpod", GOOD);
  easel_account_load (self->account);
  stub_settle ();
  easel_account_forget (self->account);
  stub_settle ();
  assert_state (self, EASEL_ACCOUNT_NO_KEY);
  assert_key (self, NULL);
  g_assert_null (easel_account_get_info (self->account));
  g_assert_null (easel_account_get_identity (self->account));
  g_assert_null (stub_store_peek (self->store, "runpod"));
}

static void
test_forget_while_checking (Fixture *self, gconstpointer data)
{
  stub_provider_hold (self->provider, STUB_CHECK_KEY);
  set_key (self, GOOD, TRUE);
  easel_account_forget (self->account);
  assert_state (self, EASEL_ACCOUNT_NO_KEY);
  stub_provider_release (self->provider, STUB_CHECK_KEY);
  stub_settle ();
  assert_state (self, EASEL_ACCOUNT_NO_KEY);
  assert_key (self, NULL);
  g_assert_null (stub_store_peek (self->store, "runpod"));
}

static void
test_note_refused (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) network = easel_error_new (EASEL_ERROR_NETWORK, "no answer");
  g_autoptr (GError) auth = easel_error_new (EASEL_ERROR_AUTH, "401");
  g_autoptr (GError) permission = easel_error_new (EASEL_ERROR_PERMISSION, "403");

  set_key (self, GOOD, TRUE);
  stub_settle ();
  easel_account_note_refused (self->account, network);
  assert_state (self, EASEL_ACCOUNT_READY);

  /* What it sees is true, it only may not rent. */
  easel_account_note_refused (self->account, permission);
  assert_state (self, EASEL_ACCOUNT_REFUSED);
  g_assert_true (easel_account_is_usable (self->account));
  g_assert_error (easel_account_get_error (self->account), EASEL_ERROR, EASEL_ERROR_PERMISSION);

  easel_account_note_refused (self->account, auth);
  assert_state (self, EASEL_ACCOUNT_REFUSED);
  g_assert_false (easel_account_is_usable (self->account));
  assert_key (self, GOOD);

  easel_account_recheck (self->account);
  stub_settle ();
  assert_state (self, EASEL_ACCOUNT_READY);
  g_assert_true (easel_account_is_usable (self->account));
  g_assert_null (easel_account_get_error (self->account));
}

static void
test_balance (Fixture *self, gconstpointer data)
{
  g_autoptr (EaselAccountInfo) poorer = easel_account_info_new ();
  guint n_changed;

  poorer->account_id = g_strdup ("user_stub");
  poorer->balance = 1000000;
  easel_account_refresh_balance (self->account);
  set_key (self, GOOD, FALSE);
  stub_settle ();
  g_assert_cmpuint (stub_provider_get_n_calls (self->provider, STUB_CHECK_KEY), ==, 1);
  stub_provider_set_account (self->provider, poorer);
  self->n_states = 0;

  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (self->clock), 59999);
  easel_account_refresh_balance (self->account);
  stub_settle ();
  g_assert_cmpuint (stub_provider_get_n_calls (self->provider, STUB_CHECK_KEY), ==, 1);

  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (self->clock), 1);
  n_changed = self->n_changed;
  easel_account_refresh_balance (self->account);
  easel_account_refresh_balance (self->account);
  stub_settle ();
  g_assert_cmpuint (stub_provider_get_n_calls (self->provider, STUB_CHECK_KEY), ==, 2);
  g_assert_cmpint (easel_account_get_info (self->account)->balance, ==, 1000000);
  g_assert_cmpuint (self->n_changed, ==, n_changed + 1);

  /* Quietly: no other state, also when nobody answers. */
  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (self->clock), 60000);
  stub_provider_push_error (self->provider, STUB_CHECK_KEY, EASEL_ERROR_UNAVAILABLE);
  easel_account_refresh_balance (self->account);
  stub_settle ();
  g_assert_cmpint (easel_account_get_info (self->account)->balance, ==, 1000000);
  g_assert_cmpuint (self->n_states, ==, 0);
  g_assert_null (easel_account_get_error (self->account));

  /* Unless the key was taken back. */
  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (self->clock), 60000);
  stub_provider_revoke (self->provider, GOOD);
  easel_account_refresh_balance (self->account);
  stub_settle ();
  assert_state (self, EASEL_ACCOUNT_REFUSED);
}

/* One common part names one account; parts that are empty, or only begin alike, do not. */
static void
test_identity_parts (void)
{
  static const struct
  {
    const char *a;
    const char *b;
    gboolean is_same;
  } cases[] = {
    { "user_1|f00", "user_1|f00", TRUE },
    { "user_1|f00", "user_1|ba7", TRUE },
    { "user_1|f00", "user_2|f00", TRUE },
    { "f00", "user_1|f00", TRUE },
    { "user_1|f00", "user_2|ba7", FALSE },
    { "user_1|f00", "user_11|f001", FALSE },
    { "user_1|", "user_2|", FALSE },
    { "|f00", "|ba7", FALSE },
    { "", "", FALSE },
    { NULL, "f00", FALSE },
    { NULL, NULL, FALSE },
  };
  g_autofree char *named = easel_identity_new ("user_1", "f00");
  g_autofree char *unnamed = easel_identity_new (NULL, "f00");
  g_autofree char *empty = easel_identity_new ("", "f00");

  g_assert_cmpstr (named, ==, "user_1|f00");
  g_assert_cmpstr (unnamed, ==, "f00");
  g_assert_cmpstr (empty, ==, "f00");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_cmpint (easel_identity_matches (cases[i].a, cases[i].b), ==, cases[i].is_same);
      g_assert_cmpint (easel_identity_matches (cases[i].b, cases[i].a), ==, cases[i].is_same);
    }
}

static void
test_identity_without_account_id (Fixture *self, gconstpointer data)
{
  g_autoptr (EaselAccountInfo) nameless = easel_account_info_new ();
  g_autofree char *fingerprint = NULL;
  g_autofree char *both = NULL;

  stub_provider_push_value (self->provider, STUB_CHECK_KEY, easel_account_info_copy (nameless));
  set_key (self, GOOD, FALSE);
  stub_settle ();
  fingerprint = g_strdup (easel_account_get_identity (self->account));
  g_assert_cmpuint (strlen (fingerprint), ==, 16);

  /* Told later: what was rented meanwhile still belongs to this account. */
  easel_account_recheck (self->account);
  stub_settle ();
  g_assert_true (g_str_has_prefix (easel_account_get_identity (self->account), "user_stub"));
  g_assert_null (strstr (easel_account_get_identity (self->account), GOOD));
  g_assert_true (easel_account_has_identity (self->account, "user_stub"));
  g_assert_true (easel_account_has_identity (self->account, fingerprint));
  g_assert_false (easel_account_has_identity (self->account, "user_other"));
  g_assert_false (easel_account_has_identity (self->account, NULL));

  /* And the other way: told at the rental, not told today. */
  both = g_strdup (easel_account_get_identity (self->account));
  stub_provider_push_value (self->provider, STUB_CHECK_KEY, easel_account_info_copy (nameless));
  easel_account_recheck (self->account);
  stub_settle ();
  g_assert_cmpstr (easel_account_get_identity (self->account), ==, fingerprint);
  g_assert_true (easel_account_has_identity (self->account, both));
}

static void
test_finalise_while_busy (Fixture *self, gconstpointer data)
{
  stub_provider_hold (self->provider, STUB_CHECK_KEY);
  set_key (self, GOOD, TRUE);
  stub_settle ();
  g_assert_finalize_object (g_steal_pointer (&self->account));
  stub_settle ();
  g_assert_cmpuint (stub_provider_get_n_held (self->provider, STUB_CHECK_KEY), ==, 0);
}

static void
test_finalise_while_loading (Fixture *self, gconstpointer data)
{
  stub_store_hold (self->store);
  easel_account_load (self->account);
  g_assert_finalize_object (g_steal_pointer (&self->account));
}

/* What the person asked for happens, also if the program ends in the next moment. */
static void
test_finalise_while_storing (Fixture *self, gconstpointer data)
{
  easel_account_load (self->account);
  stub_settle ();
  stub_store_hold (self->store);
  set_key (self, GOOD, TRUE);
  stub_settle ();
  g_assert_cmpuint (stub_store_get_n_held (self->store), ==, 1);
  g_assert_finalize_object (g_steal_pointer (&self->account));
  stub_store_release (self->store);
  stub_settle ();
  g_assert_cmpstr (stub_store_peek (self->store, "runpod"), ==, GOOD);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/account/empty-keyring", test_empty_keyring);
  ADD ("/account/kept-key", test_kept_key);
  ADD ("/account/kept-key-revoked", test_kept_key_revoked);
  ADD ("/account/broken-keyring", test_broken_keyring);
  ADD ("/account/keyring-asked-again", test_keyring_asked_again);
  ADD ("/account/slow-keyring", test_slow_keyring);
  ADD ("/account/typed-before-keyring-answered", test_typed_before_keyring_answered);
  ADD ("/account/accepted", test_accepted);
  ADD ("/account/not-remembered", test_not_remembered);
  ADD ("/account/not-lasting", test_not_lasting);
  ADD ("/account/refused", test_refused);
  ADD ("/account/refused-keeps-good-key", test_refused_keeps_good_key);
  ADD ("/account/no-network", test_no_network);
  ADD ("/account/unchecked-then-refused", test_unchecked_then_refused);
  ADD ("/account/lacks-right", test_lacks_right);
  ADD ("/account/newer-key-wins", test_newer_key_wins);
  ADD ("/account/same-key-twice", test_same_key_twice);
  ADD ("/account/remember-off-and-on", test_remember_off_and_on);
  ADD ("/account/store-and-forget-in-order", test_store_and_forget_in_order);
  ADD ("/account/replace-and-forget-in-order", test_replace_and_forget_in_order);
  ADD ("/account/kept-key-unchecked", test_kept_key_unchecked);
  ADD ("/account/forget", test_forget);
  ADD ("/account/forget-while-checking", test_forget_while_checking);
  ADD ("/account/note-refused", test_note_refused);
  ADD ("/account/balance", test_balance);
  g_test_add_func ("/account/identity-parts", test_identity_parts);
  ADD ("/account/identity-without-account-id", test_identity_without_account_id);
  ADD ("/account/finalise-while-busy", test_finalise_while_busy);
  ADD ("/account/finalise-while-loading", test_finalise_while_loading);
  ADD ("/account/finalise-while-storing", test_finalise_while_storing);

  return g_test_run ();
}
