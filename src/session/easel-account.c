/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One provider's key: where it comes from (keyring or the person), whether the provider accepts it,
 * and what is known about the account behind it. Owns the key. The keyring itself is left to
 * EaselKeyKeeper; GPUs and the interface are unknown here.
 *
 * Every answer is ignored once its call was replaced or cancelled; so a slow answer about an old
 * key never changes what a newer key brought. */
#include "config.h"

#include "easel-account-private.h"

#include "easel-error.h"
#include "easel-identity.h"
#include "easel-key-keeper.h"

#define BALANCE_AGE_MS (60 * 1000)

struct _EaselAccount
{
  GObject parent_instance;

  EaselProvider *provider; /* (owned) */
  EaselKeyKeeper *keeper;  /* (owned) */
  EaselClock *clock;       /* (owned) */
  char *salt;              /* (owned) */

  EaselAccountState state;
  EaselSecret *key;       /* (owned) (nullable) */
  EaselSecret *earlier;   /* (owned) (nullable): accepted, until an unchecked key took its place */
  EaselSecret *candidate; /* (owned) (nullable): being checked */
  gboolean key_accepted;
  gboolean key_refused;
  gboolean wants_store;
  gboolean candidate_wants_store;
  EaselAccountInfo *info; /* (owned) (nullable) */
  GError *error;          /* (owned) (nullable) */
  char *identity;         /* (owned) (nullable) */
  gint64 checked_ms;      /* monotonic, of the last check that was sent */

  GCancellable *check; /* (owned) (nullable): while one is under way */
  gboolean check_is_quiet;
};

enum
{
  PROP_0,
  PROP_STATE,
  N_PROPS
};

enum
{
  CHANGED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (EaselAccount, easel_account, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

/* What a callback needs to know whether its answer is still wanted. */
typedef struct
{
  GWeakRef account;
  GCancellable *cancellable; /* (owned) */
  EaselSecret *key;          /* (owned) */
} Call;

static Call *
call_new (EaselAccount *self, GCancellable *cancellable, EaselSecret *key)
{
  Call *call = g_new0 (Call, 1);

  g_weak_ref_init (&call->account, self);
  call->cancellable = g_object_ref (cancellable);
  call->key = easel_secret_ref (key);
  return call;
}

static void
call_free (Call *call)
{
  g_weak_ref_clear (&call->account);
  g_clear_object (&call->cancellable);
  g_clear_pointer (&call->key, easel_secret_unref);
  g_free (call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

/* Returns: (transfer full) (nullable): the account, if it still waits for this answer */
static EaselAccount *
call_dup_account (Call *call)
{
  return g_cancellable_is_cancelled (call->cancellable) ? NULL : g_weak_ref_get (&call->account);
}

static void
cancel_check (EaselAccount *self)
{
  g_autoptr (GCancellable) check = g_steal_pointer (&self->check);

  if (check != NULL)
    g_cancellable_cancel (check);
}

static void
set_secret (EaselSecret **where, EaselSecret *secret)
{
  EaselSecret *old = *where;

  *where = secret != NULL ? easel_secret_ref (secret) : NULL;
  g_clear_pointer (&old, easel_secret_unref);
}

static gboolean
is_same (EaselSecret *a, EaselSecret *b)
{
  return a == b || (a != NULL && b != NULL && easel_secret_equal (a, b));
}

/* @error: (transfer full) (nullable) */
static void
take_error (EaselAccount *self, GError *error)
{
  g_clear_error (&self->error);
  self->error = error;
}

static void
update_identity (EaselAccount *self)
{
  g_autofree char *fingerprint = NULL;

  g_clear_pointer (&self->identity, g_free);
  if (self->key == NULL)
    return;
  fingerprint = easel_secret_fingerprint (self->key, self->salt);
  self->identity =
      easel_identity_new (self->info != NULL ? self->info->account_id : NULL, fingerprint);
}

static const char *
state_name (EaselAccountState state)
{
  static const char *const names[] = { "unloaded", "no key",  "checking",
                                       "ready",    "refused", "unchecked" };

  return names[state];
}

/* Tells the world, after every member has its new value. */
static void
announce (EaselAccount *self, EaselAccountState state)
{
  g_object_ref (self);
  if (state != self->state)
    {
      g_debug ("%s: account %s -> %s", easel_provider_get_id (self->provider),
               state_name (self->state), state_name (state));
      self->state = state;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
    }
  g_signal_emit (self, signals[CHANGED], 0);
  g_object_unref (self);
}

/* A key that nobody has accepted yet neither enters the keyring nor drives another one out. */
static void
sync_store (EaselAccount *self)
{
  if (!self->wants_store)
    easel_key_keeper_set_wanted (self->keeper, NULL);
  else if (self->key_accepted)
    easel_key_keeper_set_wanted (self->keeper, self->key);
}

/* --- checking ----------------------------------------------------------------------------- */

static gboolean
is_refusal (const GError *error)
{
  return g_error_matches (error, EASEL_ERROR, EASEL_ERROR_AUTH) ||
         g_error_matches (error, EASEL_ERROR, EASEL_ERROR_PERMISSION) ||
         g_error_matches (error, EASEL_ERROR, EASEL_ERROR_BAD_KEY);
}

static void
accept (EaselAccount *self, EaselSecret *key, EaselAccountInfo *info)
{
  set_secret (&self->key, key);
  set_secret (&self->candidate, NULL);
  set_secret (&self->earlier, NULL);
  self->wants_store = self->candidate_wants_store;
  self->key_accepted = TRUE;
  self->key_refused = FALSE;
  g_clear_pointer (&self->info, easel_account_info_free);
  self->info = info;
  take_error (self, NULL);
  update_identity (self);
  sync_store (self);
  announce (self, EASEL_ACCOUNT_READY);
}

/* The candidate goes. What stays: an accepted key before it, or a key of the keyring, which the
 * provider may accept again tomorrow and which names the account of what was rented with it. */
static void
refuse (EaselAccount *self, GError *error)
{
  gboolean was_key = is_same (self->candidate, self->key);

  set_secret (&self->candidate, NULL);
  take_error (self, error);
  if (was_key && self->earlier != NULL)
    {
      set_secret (&self->key, self->earlier);
      set_secret (&self->earlier, NULL);
      self->wants_store = easel_key_keeper_holds (self->keeper, self->key);
      self->key_accepted = TRUE;
      self->key_refused = FALSE;
    }
  else if (was_key && (self->key_accepted || easel_key_keeper_holds (self->keeper, self->key)))
    {
      self->key_refused = !g_error_matches (error, EASEL_ERROR, EASEL_ERROR_PERMISSION);
    }
  else if (was_key)
    {
      set_secret (&self->key, NULL);
      g_clear_pointer (&self->info, easel_account_info_free);
    }
  update_identity (self);
  announce (self, EASEL_ACCOUNT_REFUSED);
}

/* Nobody could say whether the candidate is good: it is used for this run. */
static void
leave_unchecked (EaselAccount *self, GError *error)
{
  if (!is_same (self->candidate, self->key))
    {
      if (self->key_accepted)
        set_secret (&self->earlier, self->key);
      set_secret (&self->key, self->candidate);
      self->wants_store = self->candidate_wants_store;
      self->key_accepted = FALSE;
      self->key_refused = FALSE;
      g_clear_pointer (&self->info, easel_account_info_free);
    }
  set_secret (&self->candidate, NULL);
  take_error (self, error);
  update_identity (self);
  announce (self, EASEL_ACCOUNT_UNCHECKED);
}

static void
on_quietly_checked (EaselAccount *self, EaselAccountInfo *info, GError *error)
{
  if (info != NULL)
    {
      g_clear_pointer (&self->info, easel_account_info_free);
      self->info = info;
      update_identity (self);
      announce (self, self->state);
    }
  else if (is_refusal (error))
    easel_account_note_refused (self, error);
  g_clear_error (&error);
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (EaselAccount) self = call_dup_account (call);
  g_autoptr (EaselAccountInfo) info = NULL;
  GError *error = NULL;

  info = easel_provider_check_key_finish (EASEL_PROVIDER (source), result, &error);
  if (self == NULL)
    {
      g_clear_error (&error);
      return;
    }
  g_clear_object (&self->check);
  if (self->check_is_quiet)
    on_quietly_checked (self, g_steal_pointer (&info), error);
  else if (info != NULL)
    accept (self, call->key, g_steal_pointer (&info));
  else if (is_refusal (error))
    refuse (self, error);
  else
    leave_unchecked (self, error);
}

static void
send_check (EaselAccount *self, EaselSecret *key, gboolean is_quiet)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  cancel_check (self);
  self->check = g_object_ref (cancellable);
  self->check_is_quiet = is_quiet;
  self->checked_ms = easel_clock_get_monotonic_ms (self->clock);
  easel_provider_check_key_async (self->provider, key, cancellable, on_checked,
                                  call_new (self, cancellable, key));
}

static void
start_check (EaselAccount *self, EaselSecret *key, gboolean wants_store)
{
  send_check (self, key, FALSE);
  set_secret (&self->candidate, key);
  self->candidate_wants_store = wants_store;
  take_error (self, NULL);
  announce (self, EASEL_ACCOUNT_CHECKING);
}

/* --- the keyring -------------------------------------------------------------------------- */

static void
on_keeper_loaded (EaselAccount *self)
{
  EaselSecret *found = easel_key_keeper_get_stored (self->keeper);

  g_assert (EASEL_IS_ACCOUNT (self));

  if (easel_key_keeper_get_error (self->keeper) != NULL)
    announce (self, EASEL_ACCOUNT_UNCHECKED);
  else if (found == NULL)
    announce (self, EASEL_ACCOUNT_NO_KEY);
  else
    {
      set_secret (&self->key, found);
      self->wants_store = TRUE;
      update_identity (self);
      start_check (self, found, TRUE);
    }
}

static void
on_keeper_synced (EaselAccount *self)
{
  g_assert (EASEL_IS_ACCOUNT (self));

  announce (self, self->state);
}

/* --- object ------------------------------------------------------------------------------- */

static void
easel_account_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  EaselAccount *self = EASEL_ACCOUNT (object);

  switch (prop_id)
    {
    case PROP_STATE:
      g_value_set_int (value, self->state);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
easel_account_dispose (GObject *object)
{
  EaselAccount *self = EASEL_ACCOUNT (object);

  cancel_check (self);
  if (self->keeper != NULL)
    easel_key_keeper_stop_loading (self->keeper);

  G_OBJECT_CLASS (easel_account_parent_class)->dispose (object);
}

static void
easel_account_finalize (GObject *object)
{
  EaselAccount *self = EASEL_ACCOUNT (object);

  set_secret (&self->key, NULL);
  set_secret (&self->earlier, NULL);
  set_secret (&self->candidate, NULL);
  g_clear_pointer (&self->info, easel_account_info_free);
  g_clear_error (&self->error);
  g_clear_pointer (&self->identity, g_free);
  g_clear_pointer (&self->salt, g_free);
  g_clear_object (&self->provider);
  g_clear_object (&self->keeper);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (easel_account_parent_class)->finalize (object);
}

static void
easel_account_class_init (EaselAccountClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = easel_account_get_property;
  object_class->dispose = easel_account_dispose;
  object_class->finalize = easel_account_finalize;

  /**
   * EaselAccount:state:
   *
   * An #EaselAccountState.
   */
  properties[PROP_STATE] =
      g_param_spec_int ("state", NULL, NULL, EASEL_ACCOUNT_UNLOADED, EASEL_ACCOUNT_UNCHECKED,
                        EASEL_ACCOUNT_UNLOADED,
                        G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * EaselAccount::changed:
   *
   * After anything that a getter tells has changed, the state included.
   */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
easel_account_init (EaselAccount *self)
{
  self->state = EASEL_ACCOUNT_UNLOADED;
}

/**
 * _easel_account_new:
 * @provider: whose key it is
 * @store: where keys are kept
 * @clock: for patience and the age of the balance
 * @salt: for the fingerprint of keys
 *
 * Returns: (transfer full): an account that has not looked anywhere yet
 */
EaselAccount *
_easel_account_new (EaselProvider *provider,
                    EaselSecretStore *store,
                    EaselClock *clock,
                    const char *salt)
{
  EaselAccount *self;

  g_return_val_if_fail (EASEL_IS_PROVIDER (provider), NULL);
  g_return_val_if_fail (EASEL_IS_SECRET_STORE (store), NULL);
  g_return_val_if_fail (EASEL_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (salt != NULL, NULL);

  self = g_object_new (EASEL_TYPE_ACCOUNT, NULL);
  self->provider = g_object_ref (provider);
  self->keeper = easel_key_keeper_new (provider, store, clock);
  self->clock = g_object_ref (clock);
  self->salt = g_strdup (salt);
  g_signal_connect_object (self->keeper, "loaded", G_CALLBACK (on_keeper_loaded), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->keeper, "synced", G_CALLBACK (on_keeper_synced), self,
                           G_CONNECT_SWAPPED);
  return self;
}

/**
 * _easel_account_get_provider:
 * @self: an account
 *
 * Returns: (transfer none): whose key it is
 */
EaselProvider *
_easel_account_get_provider (EaselAccount *self)
{
  g_return_val_if_fail (EASEL_IS_ACCOUNT (self), NULL);

  return self->provider;
}

/**
 * _easel_account_is_kept:
 * @self: an account
 *
 * Returns: whether the store holds the key of this run, for as long as that store lasts
 */
gboolean
_easel_account_is_kept (EaselAccount *self)
{
  g_return_val_if_fail (EASEL_IS_ACCOUNT (self), FALSE);

  return easel_key_keeper_holds (self->keeper, self->key);
}

/**
 * easel_account_get_provider_info:
 * @self: an account
 *
 * Returns: (transfer none): what never changes about the provider
 */
const EaselProviderInfo *
easel_account_get_provider_info (EaselAccount *self)
{
  g_return_val_if_fail (EASEL_IS_ACCOUNT (self), NULL);

  return easel_provider_get_info (self->provider);
}

/**
 * easel_account_get_state:
 * @self: an account
 *
 * Returns: what is known about the key
 */
EaselAccountState
easel_account_get_state (EaselAccount *self)
{
  g_return_val_if_fail (EASEL_IS_ACCOUNT (self), EASEL_ACCOUNT_UNLOADED);

  return self->state;
}

/**
 * easel_account_get_key:
 * @self: an account
 *
 * The key of this run. While a new one is being checked, and after it was refused, this is still
 * the one before. Whether it may be sent says easel_account_is_usable().
 *
 * Returns: (transfer none) (nullable): the key
 */
EaselSecret *
easel_account_get_key (EaselAccount *self)
{
  g_return_val_if_fail (EASEL_IS_ACCOUNT (self), NULL);

  return self->key;
}

/**
 * easel_account_is_usable:
 * @self: an account
 *
 * A key that looks but may not rent (403) stays usable: what it sees is true.
 *
 * Returns: whether there is a key that was accepted or could not be checked, and that was not
 *   refused since
 */
gboolean
easel_account_is_usable (EaselAccount *self)
{
  g_return_val_if_fail (EASEL_IS_ACCOUNT (self), FALSE);

  if (self->key == NULL || self->key_refused)
    return FALSE;
  return self->key_accepted || self->state == EASEL_ACCOUNT_UNCHECKED;
}

/**
 * easel_account_get_info:
 * @self: an account
 *
 * Returns: (transfer none) (nullable): what the last good check found; valid until the next change
 */
const EaselAccountInfo *
easel_account_get_info (EaselAccount *self)
{
  g_return_val_if_fail (EASEL_IS_ACCOUNT (self), NULL);

  return self->info;
}

/**
 * easel_account_get_error:
 * @self: an account
 *
 * Returns: (transfer none) (nullable): why the key was refused or could not be checked
 */
const GError *
easel_account_get_error (EaselAccount *self)
{
  g_return_val_if_fail (EASEL_IS_ACCOUNT (self), NULL);

  return self->error;
}

/**
 * easel_account_get_store_error:
 * @self: an account
 *
 * Returns: (transfer none) (nullable): why the keyring could not be read or written
 */
const GError *
easel_account_get_store_error (EaselAccount *self)
{
  g_return_val_if_fail (EASEL_IS_ACCOUNT (self), NULL);

  return easel_key_keeper_get_error (self->keeper);
}

/**
 * easel_account_is_remembered:
 * @self: an account
 *
 * Returns: whether the key of this run will be there after the next start
 */
gboolean
easel_account_is_remembered (EaselAccount *self)
{
  g_return_val_if_fail (EASEL_IS_ACCOUNT (self), FALSE);

  return self->key != NULL && easel_key_keeper_holds (self->keeper, self->key) &&
         easel_key_keeper_is_lasting (self->keeper);
}

/**
 * easel_account_get_identity:
 * @self: an account
 *
 * Names the account in the journal without naming the key: the provider's own account id where it
 * told one, else a salted fingerprint of the key.
 *
 * Returns: (transfer none) (nullable): the name, %NULL without a key; valid until the next change
 */
const char *
easel_account_get_identity (EaselAccount *self)
{
  g_return_val_if_fail (EASEL_IS_ACCOUNT (self), NULL);

  return self->identity;
}

/**
 * easel_account_has_identity:
 * @self: an account
 * @identity: (nullable): as easel_account_get_identity() gave it once
 *
 * RunPod tells the account id through an interface that may fail for a day; what was rented on that
 * day carries the fingerprint.
 *
 * Returns: whether @identity names this account
 */
gboolean
easel_account_has_identity (EaselAccount *self, const char *identity)
{
  g_return_val_if_fail (EASEL_IS_ACCOUNT (self), FALSE);

  return easel_identity_matches (identity, self->identity);
}

/**
 * easel_account_load:
 * @self: an account
 *
 * Reads the key from the keyring, once, and has it checked. Never waits: a keyring that fails or is
 * slow leads to %EASEL_ACCOUNT_UNCHECKED with the store error set.
 */
void
easel_account_load (EaselAccount *self)
{
  g_return_if_fail (EASEL_IS_ACCOUNT (self));

  if (self->state == EASEL_ACCOUNT_UNLOADED && !easel_key_keeper_is_loading (self->keeper))
    easel_key_keeper_load (self->keeper);
}

/**
 * easel_account_set_key:
 * @self: an account
 * @key: what the person typed
 * @remember: whether to keep it in the keyring once it is accepted
 *
 * Has the provider check the key, in place of any check under way. Accepted, it becomes the key.
 * Refused, it is dropped, and a key that was good before stays. Without an answer it is used for
 * this run, see easel_account_recheck().
 */
void
easel_account_set_key (EaselAccount *self, EaselSecret *key, gboolean remember)
{
  g_return_if_fail (EASEL_IS_ACCOUNT (self));
  g_return_if_fail (key != NULL);

  if (self->state == EASEL_ACCOUNT_CHECKING && is_same (key, self->candidate))
    {
      self->candidate_wants_store = remember;
      return;
    }
  easel_key_keeper_stop_loading (self->keeper);
  start_check (self, key, remember);
}

/**
 * easel_account_set_remember:
 * @self: an account
 * @remember: whether the key is to be there after the next start
 *
 * Puts an accepted key into the keyring, or takes it out.
 */
void
easel_account_set_remember (EaselAccount *self, gboolean remember)
{
  g_return_if_fail (EASEL_IS_ACCOUNT (self));

  self->wants_store = remember;
  self->candidate_wants_store = remember;
  sync_store (self);
}

/**
 * easel_account_recheck:
 * @self: an account
 *
 * Checks the same key once more; without one after a failure of the keyring, asks that again.
 */
void
easel_account_recheck (EaselAccount *self)
{
  g_return_if_fail (EASEL_IS_ACCOUNT (self));

  if (self->state == EASEL_ACCOUNT_CHECKING)
    return;
  if (self->key != NULL)
    start_check (self, self->key, self->wants_store);
  else if (self->state == EASEL_ACCOUNT_UNCHECKED)
    easel_key_keeper_load (self->keeper);
}

/**
 * easel_account_refresh_balance:
 * @self: an account
 *
 * Asks for the balance again, at most once a minute, and without leaving %EASEL_ACCOUNT_READY
 * while it asks. A failure changes nothing, unless the key was refused.
 */
void
easel_account_refresh_balance (EaselAccount *self)
{
  gint64 now_ms;

  g_return_if_fail (EASEL_IS_ACCOUNT (self));

  if (self->state != EASEL_ACCOUNT_READY || self->check != NULL)
    return;
  now_ms = easel_clock_get_monotonic_ms (self->clock);
  if (now_ms - self->checked_ms >= BALANCE_AGE_MS)
    send_check (self, self->key, TRUE);
}

/**
 * easel_account_note_refused:
 * @self: an account
 * @error: what a later call with this key failed with
 *
 * Takes note that the provider no longer accepts the key (401) or not for everything (403). Other
 * errors are no news about the key and are passed over.
 */
void
easel_account_note_refused (EaselAccount *self, const GError *error)
{
  g_return_if_fail (EASEL_IS_ACCOUNT (self));
  g_return_if_fail (error != NULL);

  if (self->key == NULL || self->state == EASEL_ACCOUNT_CHECKING || !is_refusal (error))
    return;
  cancel_check (self);
  self->key_refused = !g_error_matches (error, EASEL_ERROR, EASEL_ERROR_PERMISSION);
  take_error (self, g_error_copy (error));
  announce (self, EASEL_ACCOUNT_REFUSED);
}

/**
 * easel_account_forget:
 * @self: an account
 *
 * Forgets the key, here and in the keyring.
 */
void
easel_account_forget (EaselAccount *self)
{
  g_return_if_fail (EASEL_IS_ACCOUNT (self));

  easel_key_keeper_stop_loading (self->keeper);
  cancel_check (self);
  set_secret (&self->key, NULL);
  set_secret (&self->earlier, NULL);
  set_secret (&self->candidate, NULL);
  self->key_accepted = FALSE;
  self->key_refused = FALSE;
  self->wants_store = FALSE;
  g_clear_pointer (&self->info, easel_account_info_free);
  take_error (self, NULL);
  update_identity (self);
  sync_store (self);
  announce (self, EASEL_ACCOUNT_NO_KEY);
}
