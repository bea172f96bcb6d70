/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeps one provider's entry of the keyring in step with what the person wants. Owns the order of
 * the calls: a slow store cannot overtake a later forget. Does not know whether a key is any good.
 */
#include "config.h"

#include "easel-key-keeper.h"

#include "easel-error.h"

#include <glib/gi18n-lib.h>

/* After this long the wizard may ask for a key although the keyring has not answered; an answer
 * that comes later (a password prompt takes its time) is still taken. */
#define PATIENCE_MS (20 * 1000)

struct _EaselKeyKeeper
{
  GObject parent_instance;

  EaselProvider *provider; /* (owned) */
  EaselSecretStore *store; /* (owned) */
  EaselClock *clock;       /* (owned) */

  EaselSecret *wanted;   /* (owned) (nullable) */
  EaselSecret *stored;   /* (owned) (nullable): what the keyring holds, as far as known */
  gboolean is_unknown;   /* the keyring has never answered */
  GError *error;         /* (owned) (nullable) */
  GCancellable *look_up; /* (owned) (nullable): while one is under way */
  guint patience_id;
  gboolean is_busy;
};

enum
{
  LOADED,
  SYNCED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (EaselKeyKeeper, easel_key_keeper, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

/* What a callback needs to know whether its answer is still wanted. */
typedef struct
{
  GWeakRef keeper;
  GCancellable *cancellable; /* (owned) (nullable) */
  EaselSecret *secret;       /* (owned) (nullable) */
} Call;

static Call *
call_new (EaselKeyKeeper *self, GCancellable *cancellable, EaselSecret *secret)
{
  Call *call = g_new0 (Call, 1);

  g_weak_ref_init (&call->keeper, self);
  g_set_object (&call->cancellable, cancellable);
  if (secret != NULL)
    call->secret = easel_secret_ref (secret);
  return call;
}

static void
call_free (Call *call)
{
  g_weak_ref_clear (&call->keeper);
  g_clear_object (&call->cancellable);
  g_clear_pointer (&call->secret, easel_secret_unref);
  g_free (call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

/* Returns: (transfer full) (nullable): the keeper, if it still waits for this answer */
static EaselKeyKeeper *
call_dup_keeper (Call *call)
{
  if (call->cancellable != NULL && g_cancellable_is_cancelled (call->cancellable))
    return NULL;
  return g_weak_ref_get (&call->keeper);
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
take_error (EaselKeyKeeper *self, GError *error)
{
  g_assert (EASEL_IS_KEY_KEEPER (self));

  if (error != NULL)
    g_debug ("%s: keyring: %s", easel_provider_get_id (self->provider), error->message);
  g_clear_error (&self->error);
  self->error = error;
}

/* --- writing ------------------------------------------------------------------------------ */

static void sync_store (EaselKeyKeeper *self);

static void
take_outcome (EaselKeyKeeper *self, Call *call, GError *error)
{
  gboolean failed = error != NULL;

  g_assert (EASEL_IS_KEY_KEEPER (self));

  self->is_busy = FALSE;
  take_error (self, error);
  if (!failed)
    {
      set_secret (&self->stored, call->secret);
      self->is_unknown = FALSE;
    }
  /* After a failure only what is wanted now and was not wanted then is worth another try. */
  if (!failed || !is_same (self->wanted, call->secret))
    sync_store (self);
  g_signal_emit (self, signals[SYNCED], 0);
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (EaselKeyKeeper) self = call_dup_keeper (call);
  g_autoptr (GError) error = NULL;

  easel_secret_store_store_finish (EASEL_SECRET_STORE (source), result, &error);
  if (self != NULL)
    take_outcome (self, call, g_steal_pointer (&error));
}

static void
on_forgotten (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (EaselKeyKeeper) self = call_dup_keeper (call);
  g_autoptr (GError) error = NULL;

  easel_secret_store_forget_finish (EASEL_SECRET_STORE (source), result, &error);
  if (self != NULL)
    take_outcome (self, call, g_steal_pointer (&error));
}

/* These calls are not cancelled when the keeper goes: what was asked for should happen. */
static void
sync_store (EaselKeyKeeper *self)
{
  const char *id = easel_provider_get_id (self->provider);
  const char *host = easel_provider_get_api_host (self->provider);
  g_autofree char *label = NULL;

  g_assert (EASEL_IS_KEY_KEEPER (self));

  if (self->is_busy || (is_same (self->wanted, self->stored) && !self->is_unknown))
    return;
  self->is_busy = TRUE;
  if (self->wanted == NULL)
    {
      easel_secret_store_forget_async (self->store, id, host, NULL, on_forgotten,
                                       call_new (self, NULL, NULL));
      return;
    }
  /* Translators: name of an entry in the keyring; %s is a provider, such as RunPod. */
  label = g_strdup_printf (_ ("API key for %s (Cloud Easel)"),
                           easel_provider_get_name (self->provider));
  easel_secret_store_store_async (self->store, id, host, label, self->wanted, NULL, on_stored,
                                  call_new (self, NULL, self->wanted));
}

/* --- reading ------------------------------------------------------------------------------ */

static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (EaselKeyKeeper) self = call_dup_keeper (call);
  g_autoptr (EaselSecret) found = NULL;
  g_autoptr (GError) error = NULL;

  found = easel_secret_store_look_up_finish (EASEL_SECRET_STORE (source), result, &error);
  if (self == NULL)
    return;
  g_clear_object (&self->look_up);
  easel_clock_clear (self->clock, &self->patience_id);
  if (error == NULL)
    {
      set_secret (&self->stored, found);
      set_secret (&self->wanted, found);
      self->is_unknown = FALSE;
    }
  take_error (self, g_steal_pointer (&error));
  g_signal_emit (self, signals[LOADED], 0);
}

static gboolean
on_patience_ended (gpointer user_data)
{
  EaselKeyKeeper *self = user_data;

  g_assert (EASEL_IS_KEY_KEEPER (self));

  self->patience_id = 0;
  take_error (self, easel_error_new (EASEL_ERROR_TIMED_OUT, "no answer from the keyring yet"));
  g_signal_emit (self, signals[LOADED], 0);
  return G_SOURCE_REMOVE;
}

/* --- object ------------------------------------------------------------------------------- */

static void
easel_key_keeper_dispose (GObject *object)
{
  EaselKeyKeeper *self = EASEL_KEY_KEEPER (object);

  if (self->clock != NULL)
    easel_key_keeper_stop_loading (self);

  G_OBJECT_CLASS (easel_key_keeper_parent_class)->dispose (object);
}

static void
easel_key_keeper_finalize (GObject *object)
{
  EaselKeyKeeper *self = EASEL_KEY_KEEPER (object);

  set_secret (&self->wanted, NULL);
  set_secret (&self->stored, NULL);
  g_clear_error (&self->error);
  g_clear_object (&self->provider);
  g_clear_object (&self->store);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (easel_key_keeper_parent_class)->finalize (object);
}

static void
easel_key_keeper_class_init (EaselKeyKeeperClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = easel_key_keeper_dispose;
  object_class->finalize = easel_key_keeper_finalize;

  signals[LOADED] = g_signal_new ("loaded", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
  signals[SYNCED] = g_signal_new ("synced", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
}

static void
easel_key_keeper_init (EaselKeyKeeper *self)
{
  self->is_unknown = TRUE;
}

/**
 * easel_key_keeper_new:
 * @provider: whose key it is; names the entry
 * @store: the keyring
 * @clock: for the patience with it
 *
 * Returns: (transfer full): a keeper that has not asked yet
 */
EaselKeyKeeper *
easel_key_keeper_new (EaselProvider *provider, EaselSecretStore *store, EaselClock *clock)
{
  EaselKeyKeeper *self;

  g_return_val_if_fail (EASEL_IS_PROVIDER (provider), NULL);
  g_return_val_if_fail (EASEL_IS_SECRET_STORE (store), NULL);
  g_return_val_if_fail (EASEL_IS_CLOCK (clock), NULL);

  self = g_object_new (EASEL_TYPE_KEY_KEEPER, NULL);
  self->provider = g_object_ref (provider);
  self->store = g_object_ref (store);
  self->clock = g_object_ref (clock);
  return self;
}

/**
 * easel_key_keeper_load:
 * @self: a keeper
 *
 * Asks the keyring, in place of any look-up under way. What it answers is also what is wanted from
 * then on.
 */
void
easel_key_keeper_load (EaselKeyKeeper *self)
{
  g_return_if_fail (EASEL_IS_KEY_KEEPER (self));

  easel_key_keeper_stop_loading (self);
  self->look_up = g_cancellable_new ();
  self->patience_id = easel_clock_add (self->clock, PATIENCE_MS, on_patience_ended, self, NULL);
  easel_secret_store_look_up_async (self->store, easel_provider_get_id (self->provider),
                                    easel_provider_get_api_host (self->provider), self->look_up,
                                    on_looked_up, call_new (self, self->look_up, NULL));
}

/**
 * easel_key_keeper_stop_loading:
 * @self: a keeper
 *
 * Gives up a look-up under way; "loaded" does not come.
 */
void
easel_key_keeper_stop_loading (EaselKeyKeeper *self)
{
  g_autoptr (GCancellable) look_up = NULL;

  g_return_if_fail (EASEL_IS_KEY_KEEPER (self));

  easel_clock_clear (self->clock, &self->patience_id);
  look_up = g_steal_pointer (&self->look_up);
  if (look_up != NULL)
    g_cancellable_cancel (look_up);
}

/**
 * easel_key_keeper_is_loading:
 * @self: a keeper
 *
 * Returns: whether the keyring still owes an answer
 */
gboolean
easel_key_keeper_is_loading (EaselKeyKeeper *self)
{
  g_return_val_if_fail (EASEL_IS_KEY_KEEPER (self), FALSE);

  return self->look_up != NULL;
}

/**
 * easel_key_keeper_set_wanted:
 * @self: a keeper
 * @wanted: (nullable): what the keyring is to hold, %NULL for nothing
 *
 * Changes the keyring if it holds something else, or may.
 */
void
easel_key_keeper_set_wanted (EaselKeyKeeper *self, EaselSecret *wanted)
{
  g_return_if_fail (EASEL_IS_KEY_KEEPER (self));

  set_secret (&self->wanted, wanted);
  sync_store (self);
}

/**
 * easel_key_keeper_get_stored:
 * @self: a keeper
 *
 * Returns: (transfer none) (nullable): what the keyring holds, as far as it said
 */
EaselSecret *
easel_key_keeper_get_stored (EaselKeyKeeper *self)
{
  g_return_val_if_fail (EASEL_IS_KEY_KEEPER (self), NULL);

  return self->stored;
}

/**
 * easel_key_keeper_holds:
 * @self: a keeper
 * @secret: (nullable): a key
 *
 * Returns: whether the keyring holds just this key
 */
gboolean
easel_key_keeper_holds (EaselKeyKeeper *self, EaselSecret *secret)
{
  g_return_val_if_fail (EASEL_IS_KEY_KEEPER (self), FALSE);

  return secret != NULL && is_same (secret, self->stored);
}

/**
 * easel_key_keeper_is_lasting:
 * @self: a keeper
 *
 * Returns: whether what the store holds outlives the program
 */
gboolean
easel_key_keeper_is_lasting (EaselKeyKeeper *self)
{
  g_return_val_if_fail (EASEL_IS_KEY_KEEPER (self), FALSE);

  return easel_secret_store_is_lasting (self->store);
}

/**
 * easel_key_keeper_get_error:
 * @self: a keeper
 *
 * Returns: (transfer none) (nullable): why the last call to the keyring failed
 */
const GError *
easel_key_keeper_get_error (EaselKeyKeeper *self)
{
  g_return_val_if_fail (EASEL_IS_KEY_KEEPER (self), NULL);

  return self->error;
}
