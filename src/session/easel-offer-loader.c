/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks all accounts for their offers, in rounds: one round is under way as long as one account owes
 * an answer or a key is still being checked. A provider that fails keeps its last offers and hides
 * nobody else's. What fits and what is chosen is EaselCatalog's business. */
#include "config.h"

#include "easel-offer-loader.h"

#include "easel-account-private.h"
#include "easel-error.h"
#include "easel-offer-list.h"

/* One account's part. */
typedef struct
{
  EaselOfferLoader *loader;  /* (unowned) */
  EaselAccount *account;     /* (owned) */
  GPtrArray *offers;         /* (owned) (nullable) (element-type EaselOffer): last good list */
  GError *error;             /* (owned) (nullable): of the last list */
  GCancellable *cancellable; /* (owned) (nullable): while a list is under way */
  gboolean was_usable;
  guint cuda; /* asked for in the last list */
} Source;

struct _EaselOfferLoader
{
  GObject parent_instance;

  EaselClock *clock;     /* (owned) */
  EaselHistory *history; /* (owned) */
  GPtrArray *sources;    /* (owned) (element-type Source) */
  guint cuda;
  guint disk_gb;
  gboolean is_wanted;
  gboolean is_loading;
  GError *error; /* (owned) (nullable) */
  guint n_good;
  gint64 updated_unix_ms;
  gint64 updated_ms; /* monotonic */
};

enum
{
  CHANGED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (EaselOfferLoader, easel_offer_loader, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

/* What a callback needs to know whether its answer is still wanted. */
typedef struct
{
  GWeakRef loader;
  Source *source;            /* (unowned): lives as long as the loader */
  GCancellable *cancellable; /* (owned) */
} Call;

static Call *
call_new (Source *source)
{
  Call *call = g_new0 (Call, 1);

  g_weak_ref_init (&call->loader, source->loader);
  call->source = source;
  call->cancellable = g_object_ref (source->cancellable);
  return call;
}

static void
call_free (Call *call)
{
  g_weak_ref_clear (&call->loader);
  g_clear_object (&call->cancellable);
  g_free (call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

/* Returns: (transfer full) (nullable): the loader, if it still waits for this answer */
static EaselOfferLoader *
call_dup_loader (Call *call)
{
  return g_cancellable_is_cancelled (call->cancellable) ? NULL : g_weak_ref_get (&call->loader);
}

static void
cancel_list (Source *source)
{
  g_autoptr (GCancellable) cancellable = g_steal_pointer (&source->cancellable);

  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
}

static void
source_free (gpointer data)
{
  Source *source = data;

  cancel_list (source);
  g_signal_handlers_disconnect_by_data (source->account, source);
  g_clear_object (&source->account);
  g_clear_pointer (&source->offers, g_ptr_array_unref);
  g_clear_error (&source->error);
  g_free (source);
}

static Source *
nth_source (EaselOfferLoader *self, guint index)
{
  return g_ptr_array_index (self->sources, index);
}

/* --- rounds ------------------------------------------------------------------------------- */

static gboolean
is_owed_an_answer (EaselOfferLoader *self)
{
  for (guint i = 0; i < self->sources->len; i++)
    {
      Source *source = nth_source (self, i);
      EaselAccountState state = easel_account_get_state (source->account);

      if (source->cancellable != NULL || state == EASEL_ACCOUNT_CHECKING ||
          state == EASEL_ACCOUNT_UNLOADED)
        return TRUE;
    }
  return FALSE;
}

/* What went wrong with one account, its key included. */
static const GError *
source_error (Source *source)
{
  if (source->error == NULL && easel_account_get_state (source->account) == EASEL_ACCOUNT_REFUSED)
    return easel_account_get_error (source->account);
  return source->error;
}

static void
sum_up (EaselOfferLoader *self)
{
  const GError *first = NULL;

  self->n_good = 0;
  for (guint i = 0; i < self->sources->len; i++)
    {
      Source *source = nth_source (self, i);

      if (first == NULL)
        first = source_error (source);
      if (source->error == NULL && source->offers != NULL)
        self->n_good++;
    }
  g_clear_error (&self->error);
  if (first != NULL)
    self->error = g_error_copy (first);
  else if (self->n_good == 0)
    self->error = easel_error_new (EASEL_ERROR_NO_KEY, "no provider’s key is known");
  if (self->n_good > 0)
    {
      self->updated_unix_ms = easel_clock_get_unix_ms (self->clock);
      self->updated_ms = easel_clock_get_monotonic_ms (self->clock);
    }
}

/* Tells that a round began or ended, whichever is the case. */
static void
update (EaselOfferLoader *self)
{
  gboolean was_loading = self->is_loading;

  g_assert (EASEL_IS_OFFER_LOADER (self));

  self->is_loading = is_owed_an_answer (self);
  if (self->is_loading && was_loading)
    return;
  if (!self->is_loading)
    sum_up (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_listed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (EaselOfferLoader) self = call_dup_loader (call);
  g_autoptr (GPtrArray) fresh = NULL;
  g_autoptr (GError) error = NULL;
  Source *source = call->source;

  fresh = easel_provider_list_offers_finish (EASEL_PROVIDER (object), result, &error);
  if (self == NULL)
    return;
  g_clear_object (&source->cancellable);
  g_clear_error (&source->error);
  /* After an error its last offers stay: old figures beside a told error are better than an empty
   * list. */
  if (error != NULL)
    source->error = g_error_copy (error);
  else
    {
      g_autoptr (GPtrArray) old = g_steal_pointer (&source->offers);

      source->offers = easel_offer_list_merge (fresh, old, self->history);
    }
  update (self);
  if (error != NULL)
    easel_account_note_refused (source->account, error);
}

static void
list (Source *source)
{
  EaselOfferLoader *self = source->loader;

  cancel_list (source);
  source->cancellable = g_cancellable_new ();
  source->cuda = self->cuda;
  easel_provider_list_offers_async (_easel_account_get_provider (source->account),
                                    easel_account_get_key (source->account), self->cuda,
                                    self->disk_gb, source->cancellable, on_listed,
                                    call_new (source));
}

static void
drop (Source *source)
{
  cancel_list (source);
  g_clear_pointer (&source->offers, g_ptr_array_unref);
  g_clear_error (&source->error);
}

/* A key came, went, or turned out to be good or bad. */
static void
on_account_changed (EaselAccount *account, Source *source)
{
  EaselOfferLoader *self = source->loader;
  gboolean is_usable = easel_account_is_usable (account);
  gboolean is_news = is_usable != source->was_usable;

  if (easel_account_get_state (account) == EASEL_ACCOUNT_CHECKING)
    return;
  source->was_usable = is_usable;
  if (!self->is_wanted)
    return;
  if (is_news && is_usable)
    list (source);
  else if (is_news)
    drop (source);
  if (is_news || self->is_loading)
    update (self);
}

/* --- object ------------------------------------------------------------------------------- */

static void
easel_offer_loader_dispose (GObject *object)
{
  EaselOfferLoader *self = EASEL_OFFER_LOADER (object);

  g_ptr_array_set_size (self->sources, 0);

  G_OBJECT_CLASS (easel_offer_loader_parent_class)->dispose (object);
}

static void
easel_offer_loader_finalize (GObject *object)
{
  EaselOfferLoader *self = EASEL_OFFER_LOADER (object);

  g_clear_pointer (&self->sources, g_ptr_array_unref);
  g_clear_error (&self->error);
  g_clear_object (&self->history);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (easel_offer_loader_parent_class)->finalize (object);
}

static void
easel_offer_loader_class_init (EaselOfferLoaderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = easel_offer_loader_dispose;
  object_class->finalize = easel_offer_loader_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
easel_offer_loader_init (EaselOfferLoader *self)
{
  self->sources = g_ptr_array_new_with_free_func (source_free);
}

static void
add_source (EaselOfferLoader *self, EaselAccount *account)
{
  Source *source = g_new0 (Source, 1);

  source->loader = self;
  source->account = g_object_ref (account);
  source->was_usable = easel_account_is_usable (account);
  g_signal_connect (account, "changed", G_CALLBACK (on_account_changed), source);
  g_ptr_array_add (self->sources, source);
}

/**
 * easel_offer_loader_new:
 * @clock: for the age of lists
 * @accounts: (element-type EaselAccount): whom to ask
 * @history: for what this computer learned about starts
 *
 * Returns: (transfer full): a loader that has asked nobody yet
 */
EaselOfferLoader *
easel_offer_loader_new (EaselClock *clock, GPtrArray *accounts, EaselHistory *history)
{
  EaselOfferLoader *self;

  g_return_val_if_fail (EASEL_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (accounts != NULL, NULL);
  g_return_val_if_fail (EASEL_IS_HISTORY (history), NULL);

  self = g_object_new (EASEL_TYPE_OFFER_LOADER, NULL);
  self->clock = g_object_ref (clock);
  self->history = g_object_ref (history);
  for (guint i = 0; i < accounts->len; i++)
    add_source (self, g_ptr_array_index (accounts, i));
  return self;
}

/**
 * easel_offer_loader_set_needs:
 * @self: a loader
 * @cuda: driver floor of the image, 0 for none
 * @disk_gb: all disks together
 *
 * What the next lists are asked for. Providers leave out hosts below the driver floor: offers that
 * were asked for with another one are asked for again at once.
 */
void
easel_offer_loader_set_needs (EaselOfferLoader *self, guint cuda, guint disk_gb)
{
  gboolean is_old = FALSE;

  g_return_if_fail (EASEL_IS_OFFER_LOADER (self));

  self->cuda = cuda;
  self->disk_gb = disk_gb;
  for (guint i = 0; i < self->sources->len; i++)
    {
      Source *source = nth_source (self, i);

      if ((source->cancellable != NULL || source->offers != NULL) && source->cuda != cuda)
        is_old = TRUE;
    }
  if (is_old)
    easel_offer_loader_refresh (self);
}

/**
 * easel_offer_loader_refresh:
 * @self: a loader
 *
 * Asks every account that can be asked, unless it is being asked for the same already.
 */
void
easel_offer_loader_refresh (EaselOfferLoader *self)
{
  g_return_if_fail (EASEL_IS_OFFER_LOADER (self));

  self->is_wanted = TRUE;
  for (guint i = 0; i < self->sources->len; i++)
    {
      Source *source = nth_source (self, i);

      source->was_usable = easel_account_is_usable (source->account);
      if (!source->was_usable)
        drop (source);
      else if (source->cancellable == NULL || source->cuda != self->cuda)
        list (source);
    }
  update (self);
}

/**
 * easel_offer_loader_is_loading:
 * @self: a loader
 *
 * Returns: whether a round is under way
 */
gboolean
easel_offer_loader_is_loading (EaselOfferLoader *self)
{
  g_return_val_if_fail (EASEL_IS_OFFER_LOADER (self), FALSE);

  return self->is_loading;
}

/**
 * easel_offer_loader_has_good:
 * @self: a loader
 *
 * Returns: whether one account at least answered well in the last round
 */
gboolean
easel_offer_loader_has_good (EaselOfferLoader *self)
{
  g_return_val_if_fail (EASEL_IS_OFFER_LOADER (self), FALSE);

  return self->n_good > 0;
}

/**
 * easel_offer_loader_get_error:
 * @self: a loader
 *
 * Returns: (transfer none) (nullable): the first thing that went wrong in the last round;
 *   %EASEL_ERROR_NO_KEY if there was nobody to ask
 */
const GError *
easel_offer_loader_get_error (EaselOfferLoader *self)
{
  g_return_val_if_fail (EASEL_IS_OFFER_LOADER (self), NULL);

  return self->error;
}

/**
 * easel_offer_loader_get_answer:
 * @self: a loader
 * @provider_id: a provider
 *
 * Returns: what the absence of an offer of this provider would mean
 */
EaselOfferAnswer
easel_offer_loader_get_answer (EaselOfferLoader *self, const char *provider_id)
{
  g_return_val_if_fail (EASEL_IS_OFFER_LOADER (self), EASEL_OFFER_ANSWER_NONE);

  for (guint i = 0; i < self->sources->len; i++)
    {
      Source *source = nth_source (self, i);

      if (g_strcmp0 (easel_account_get_provider_info (source->account)->id, provider_id) != 0)
        continue;
      if (!easel_account_is_usable (source->account))
        return EASEL_OFFER_ANSWER_NONE;
      return source->offers != NULL && source->error == NULL ? EASEL_OFFER_ANSWER_GOOD
                                                             : EASEL_OFFER_ANSWER_OPEN;
    }
  return EASEL_OFFER_ANSWER_NONE;
}

/**
 * easel_offer_loader_collect:
 * @self: a loader
 *
 * Returns: (transfer full) (element-type EaselOffer): the last good offers of all accounts
 */
GPtrArray *
easel_offer_loader_collect (EaselOfferLoader *self)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (g_object_unref);

  g_return_val_if_fail (EASEL_IS_OFFER_LOADER (self), all);

  for (guint i = 0; i < self->sources->len; i++)
    {
      GPtrArray *offers = nth_source (self, i)->offers;

      for (guint j = 0; offers != NULL && j < offers->len; j++)
        g_ptr_array_add (all, g_object_ref (g_ptr_array_index (offers, j)));
    }
  return all;
}

/**
 * easel_offer_loader_get_updated_unix_ms:
 * @self: a loader
 *
 * Returns: when the last round with a good answer ended, milliseconds since 1970; 0 before the
 * first
 */
gint64
easel_offer_loader_get_updated_unix_ms (EaselOfferLoader *self)
{
  g_return_val_if_fail (EASEL_IS_OFFER_LOADER (self), 0);

  return self->updated_unix_ms;
}

/**
 * easel_offer_loader_get_age_ms:
 * @self: a loader
 *
 * Returns: how long ago that was, %G_MAXINT64 before the first
 */
gint64
easel_offer_loader_get_age_ms (EaselOfferLoader *self)
{
  g_return_val_if_fail (EASEL_IS_OFFER_LOADER (self), G_MAXINT64);

  if (self->updated_unix_ms == 0)
    return G_MAXINT64;
  return easel_clock_get_monotonic_ms (self->clock) - self->updated_ms;
}
