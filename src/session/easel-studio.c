/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The one list of everything that is rented.
 *
 * Owns the rows, the sums and the time table (when to look, when to act), and is the only writer of
 * the journal. Its work is split by concern: this file has the object, the time table and the sums;
 * easel-studio-books.c writes down; easel-studio-lists.c reads the providers' lists and joins them
 * with the journal, which easel-studio-records.c takes up at the start; easel-studio-actions.c
 * deletes, pauses, resumes and keeps the limits. */

#include "config.h"
#include "easel-studio-private.h"

#include "easel-error.h"

#include <glib/gi18n.h>

#define KEEP_GONE_MS (60 * 60 * 1000)
#define LATE_PULSE_MS (90 * 1000)

enum
{
  PROP_0,
  PROP_STATE,
  N_PROPS
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_READY,
  SIGNAL_ENDED,
  SIGNAL_STUCK,
  SIGNAL_UNCONFIRMED,
  SIGNAL_STILL_WANTED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EaselStudio, easel_studio, G_TYPE_OBJECT)

static void
account_watch_free (EaselAccountWatch *watch)
{
  g_clear_signal_handler (&watch->state_handler, watch->account);
  g_clear_signal_handler (&watch->changed_handler, watch->account);
  g_cancellable_cancel (watch->cancellable);
  g_clear_object (&watch->cancellable);
  g_clear_object (&watch->account);
  g_clear_error (&watch->error);
  g_free (watch->identity);
  g_free (watch);
}

static void
easel_studio_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  EaselStudio *self = EASEL_STUDIO (object);

  switch (prop_id)
    {
    case PROP_STATE:
      g_value_set_uint (value, self->state);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
easel_studio_dispose (GObject *object)
{
  EaselStudio *self = EASEL_STUDIO (object);

  if (self->clock != NULL)
    easel_clock_clear (self->clock, &self->pulse_id);
  g_clear_signal_handler (&self->network_handler, g_network_monitor_get_default ());
  g_clear_pointer (&self->watches, g_ptr_array_unref);
  g_clear_object (&self->last_deployment);
  if (self->rentals != NULL)
    g_list_store_remove_all (self->rentals);

  G_OBJECT_CLASS (easel_studio_parent_class)->dispose (object);
}

static void
easel_studio_finalize (GObject *object)
{
  EaselStudio *self = EASEL_STUDIO (object);

  g_clear_object (&self->http);
  g_clear_object (&self->clock);
  g_clear_object (&self->catalog);
  g_clear_object (&self->journal);
  g_clear_object (&self->history);
  g_clear_object (&self->rentals);
  g_clear_object (&self->lock);
  g_clear_error (&self->storage_error);

  G_OBJECT_CLASS (easel_studio_parent_class)->finalize (object);
}

static guint
add_rental_signal (GType type, const char *name)
{
  return g_signal_new (name, type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                       EASEL_TYPE_RENTAL);
}

static void
easel_studio_class_init (EaselStudioClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GType type = G_TYPE_FROM_CLASS (klass);

  object_class->get_property = easel_studio_get_property;
  object_class->dispose = easel_studio_dispose;
  object_class->finalize = easel_studio_finalize;

  /**
   * EaselStudio:state: (type EaselStudioState)
   */
  properties[PROP_STATE] =
      g_param_spec_uint ("state", NULL, NULL, 0, EASEL_STUDIO_OFFLINE, EASEL_STUDIO_CHECKING,
                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_CHANGED] =
      g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  /* (EaselRental *rental). "unconfirmed": it has not shown in time that it ends by itself;
   * "still-wanted": it ran on while nobody was there to end it, and is to be asked about. */
  signals[SIGNAL_READY] = add_rental_signal (type, "rental-ready");
  signals[SIGNAL_ENDED] = add_rental_signal (type, "rental-ended");
  signals[SIGNAL_STUCK] = add_rental_signal (type, "delete-stuck");
  signals[SIGNAL_UNCONFIRMED] = add_rental_signal (type, "unconfirmed");
  signals[SIGNAL_STILL_WANTED] = add_rental_signal (type, "still-wanted");
}

static void
easel_studio_init (EaselStudio *self)
{
  self->rentals = g_list_store_new (EASEL_TYPE_RENTAL);
  self->watches = g_ptr_array_new_with_free_func ((GDestroyNotify) account_watch_free);
  self->state = EASEL_STUDIO_CHECKING;
}

void
_easel_studio_emit_changed (EaselStudio *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static gboolean
has_key (EaselAccountWatch *watch)
{
  return easel_account_get_key (watch->account) != NULL;
}

static EaselStudioState
judge_state (EaselStudio *self)
{
  gboolean any_key = FALSE;
  gboolean any_unknown = FALSE;
  gboolean any_failed = FALSE;

  for (guint i = 0; i < self->watches->len; i++)
    {
      EaselAccountWatch *watch = g_ptr_array_index (self->watches, i);
      const EaselAccountState state = easel_account_get_state (watch->account);

      if (state == EASEL_ACCOUNT_UNLOADED ||
          (state == EASEL_ACCOUNT_CHECKING && !watch->is_known && watch->error == NULL))
        {
          any_key = TRUE;
          any_unknown = TRUE;
          continue;
        }
      if (!has_key (watch))
        continue;
      any_key = TRUE;
      if (watch->error != NULL)
        any_failed = TRUE;
      else if (!watch->is_known)
        any_unknown = TRUE;
    }

  if (!any_key)
    return EASEL_STUDIO_NO_KEY;
  if (any_failed)
    return EASEL_STUDIO_OFFLINE;
  return any_unknown ? EASEL_STUDIO_CHECKING : EASEL_STUDIO_KNOWN;
}

void
_easel_studio_update_state (EaselStudio *self)
{
  const EaselStudioState state = judge_state (self);

  if (state != self->state)
    {
      self->state = state;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
    }
  if (state == EASEL_STUDIO_KNOWN)
    _easel_studio_ask_about_unconfirmed (self);
  _easel_studio_emit_changed (self);
}

/* --- time table ------------------------------------------------------------------------------- */

static void
forget_knowledge (EaselStudio *self)
{
  self->asks_about_unconfirmed = TRUE;
  for (guint i = 0; i < self->watches->len; i++)
    {
      EaselAccountWatch *watch = g_ptr_array_index (self->watches, i);

      watch->is_known = FALSE;
      watch->next_ms = 0;
    }
  _easel_studio_update_state (self);
}

static void
drop_old_rows (EaselStudio *self, gint64 now_unix_ms)
{
  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (self->rentals)); i > 0; i--)
    {
      g_autoptr (EaselRental) rental = g_list_model_get_item (G_LIST_MODEL (self->rentals), i - 1);

      if (rental->state == EASEL_RENTAL_GONE && now_unix_ms - rental->proven_unix_ms > KEEP_GONE_MS)
        g_list_store_remove (self->rentals, i - 1);
    }
}

static gboolean
on_pulse (gpointer user_data)
{
  g_autoptr (EaselStudio) self = g_object_ref (EASEL_STUDIO (user_data));
  const gint64 now = easel_clock_get_monotonic_ms (self->clock);

  self->pulse_id = 0;
  _easel_studio_look_beside (self);
  /* The computer slept: what was known before is old money. */
  if (now - self->pulse_due_ms > LATE_PULSE_MS)
    forget_knowledge (self);

  for (guint i = 0; i < self->watches->len; i++)
    {
      EaselAccountWatch *watch = g_ptr_array_index (self->watches, i);

      if (has_key (watch) && now >= watch->next_ms)
        _easel_studio_look (watch);
    }
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->rentals)); i++)
    {
      g_autoptr (EaselRental) rental = g_list_model_get_item (G_LIST_MODEL (self->rentals), i);

      _easel_studio_pulse_rental (self, rental);
    }
  drop_old_rows (self, easel_clock_get_unix_ms (self->clock));
  _easel_studio_schedule (self);
  return G_SOURCE_REMOVE;
}

/* One timer for everything; set to the earliest moment at which something is due. */
void
_easel_studio_schedule (EaselStudio *self)
{
  const gint64 now = easel_clock_get_monotonic_ms (self->clock);
  gint64 due = G_MAXINT64;

  if (!self->started || self->watches == NULL)
    return;
  for (guint i = 0; i < self->watches->len; i++)
    {
      EaselAccountWatch *watch = g_ptr_array_index (self->watches, i);

      if (has_key (watch) && !watch->listing)
        due = MIN (due, watch->next_ms);
    }
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->rentals)); i++)
    {
      g_autoptr (EaselRental) rental = g_list_model_get_item (G_LIST_MODEL (self->rentals), i);

      due = MIN (due, _easel_studio_next_rental_pulse (self, rental));
    }

  easel_clock_clear (self->clock, &self->pulse_id);
  if (due == G_MAXINT64)
    return;
  self->pulse_due_ms = MAX (due, now);
  self->pulse_id = easel_clock_add (self->clock, self->pulse_due_ms - now, on_pulse, self, NULL);
}

static void
on_network_changed (EaselStudio *self, gboolean available)
{
  if (!available)
    return;
  for (guint i = 0; i < self->watches->len; i++)
    {
      EaselAccountWatch *watch = g_ptr_array_index (self->watches, i);

      if (watch->error != NULL)
        watch->next_ms = 0;
    }
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->rentals)); i++)
    {
      g_autoptr (EaselRental) rental = g_list_model_get_item (G_LIST_MODEL (self->rentals), i);

      if (rental->delete_failures > 0)
        rental->next_delete_ms = 0;
    }
  _easel_studio_schedule (self);
}

/* --- rows ------------------------------------------------------------------------------------- */

EaselAccountWatch *
_easel_studio_watch_for (EaselStudio *self, EaselAccount *account)
{
  for (guint i = 0; i < self->watches->len; i++)
    {
      EaselAccountWatch *watch = g_ptr_array_index (self->watches, i);

      if (watch->account == account)
        return watch;
    }
  return NULL;
}

void
_easel_studio_look_soon (EaselStudio *self, EaselAccount *account, gint64 delay_ms)
{
  EaselAccountWatch *watch = _easel_studio_watch_for (self, account);

  if (watch == NULL)
    return;
  if (watch->listing)
    watch->again = TRUE;
  watch->next_ms = MIN (watch->next_ms, easel_clock_get_monotonic_ms (self->clock) + delay_ms);
  _easel_studio_schedule (self);
}

guint
_easel_studio_n_rentals (EaselStudio *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->rentals));
}

EaselRental *
_easel_studio_nth_rental (EaselStudio *self, guint index)
{
  g_autoptr (EaselRental) rental = g_list_model_get_item (G_LIST_MODEL (self->rentals), index);

  return rental; /* the list holds it */
}

/* The newest first, and those that somebody else made after the person's own. */
void
_easel_studio_add_rental (EaselStudio *self, EaselRental *rental)
{
  guint position = 0;

  if (!easel_rental_is_ours (rental))
    for (;; position++)
      {
        g_autoptr (EaselRental) other =
            g_list_model_get_item (G_LIST_MODEL (self->rentals), position);

        if (other == NULL || !easel_rental_is_ours (other))
          break;
      }
  g_list_store_insert (self->rentals, position, rental);
}

void
_easel_studio_remove_rental (EaselStudio *self, EaselRental *rental)
{
  guint position;

  if (g_list_store_find (self->rentals, rental, &position))
    g_list_store_remove (self->rentals, position);
}

/* --- what is told and asked ------------------------------------------------------------------- */

EaselStudio *
_easel_studio_new (EaselHttp *http,
                   EaselClock *clock,
                   GPtrArray *accounts,
                   EaselCatalog *catalog,
                   EaselJournal *journal,
                   EaselHistory *history)
{
  EaselStudio *self = g_object_new (EASEL_TYPE_STUDIO, NULL);

  self->http = g_object_ref (http);
  self->clock = g_object_ref (clock);
  self->catalog = catalog != NULL ? g_object_ref (catalog) : NULL;
  self->journal = g_object_ref (journal);
  self->history = g_object_ref (history);
  for (guint i = 0; i < accounts->len; i++)
    {
      EaselAccountWatch *watch = g_new0 (EaselAccountWatch, 1);

      watch->studio = self;
      watch->account = g_object_ref (g_ptr_array_index (accounts, i));
      watch->cancellable = g_cancellable_new ();
      g_ptr_array_add (self->watches, watch);
    }
  return self;
}

/**
 * easel_studio_start:
 * @self: a studio
 *
 * Reads the journal and begins to look at the accounts, now and whenever a key appears.
 */
void
easel_studio_start (EaselStudio *self)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (EASEL_IS_STUDIO (self));

  if (self->started)
    return;
  self->started = TRUE;
  self->asks_about_unconfirmed = TRUE;
  _easel_studio_choose_role (self);
  if (!easel_journal_load (self->journal, &error))
    {
      g_message ("The journal cannot be read: %s", error->message);
      self->storage_error = g_steal_pointer (&error);
    }
  else if (self->role == EASEL_STUDIO_KEEPER)
    easel_journal_compact (self->journal, NULL);
  _easel_studio_begin_listening (self);

  for (guint i = 0; i < self->watches->len; i++)
    {
      EaselAccountWatch *watch = g_ptr_array_index (self->watches, i);

      watch->state_handler =
          g_signal_connect_swapped (watch->account, "notify::state",
                                    G_CALLBACK (_easel_studio_judge_accounts), self);
      watch->changed_handler =
          g_signal_connect_swapped (watch->account, "changed",
                                    G_CALLBACK (_easel_studio_judge_accounts), self);
    }
  self->network_handler =
      g_signal_connect_swapped (g_network_monitor_get_default (), "network-changed",
                                G_CALLBACK (on_network_changed), self);
  _easel_studio_load_records (self);
  _easel_studio_judge_accounts (self);
}

/**
 * easel_studio_refresh:
 * @self: a studio
 *
 * Looks at every account now. A look that is under way is followed by another.
 */
void
easel_studio_refresh (EaselStudio *self)
{
  g_return_if_fail (EASEL_IS_STUDIO (self));

  for (guint i = 0; i < self->watches->len; i++)
    {
      EaselAccountWatch *watch = g_ptr_array_index (self->watches, i);

      _easel_studio_look_soon (self, watch->account, 0);
    }
}

/**
 * easel_studio_get_state:
 * @self: a studio
 *
 * Returns: whether what it shows is true
 */
EaselStudioState
easel_studio_get_state (EaselStudio *self)
{
  g_return_val_if_fail (EASEL_IS_STUDIO (self), EASEL_STUDIO_NO_KEY);

  return self->state;
}

static EaselAccountWatch *
find_failed (EaselStudio *self)
{
  for (guint i = 0; i < self->watches->len; i++)
    {
      EaselAccountWatch *watch = g_ptr_array_index (self->watches, i);

      if (watch->error != NULL && has_key (watch))
        return watch;
    }
  return NULL;
}

/**
 * easel_studio_get_error:
 * @self: a studio
 *
 * Returns: (transfer none) (nullable): why the last look failed, or why the journal cannot be
 *   written
 */
const GError *
easel_studio_get_error (EaselStudio *self)
{
  EaselAccountWatch *failed;

  g_return_val_if_fail (EASEL_IS_STUDIO (self), NULL);

  failed = find_failed (self);
  return failed != NULL ? failed->error : self->storage_error;
}

/**
 * easel_studio_get_error_provider:
 * @self: a studio
 *
 * Returns: (transfer none) (nullable): whose list could not be read; %NULL if the error, if any, is
 *   of this computer
 */
const EaselProviderInfo *
easel_studio_get_error_provider (EaselStudio *self)
{
  EaselAccountWatch *failed;

  g_return_val_if_fail (EASEL_IS_STUDIO (self), NULL);

  failed = find_failed (self);
  return failed != NULL ? easel_account_get_provider_info (failed->account) : NULL;
}

/**
 * easel_studio_is_journal_damaged:
 * @self: a studio
 *
 * Returns: whether lines of the journal could not be understood and were passed over
 */
gboolean
easel_studio_is_journal_damaged (EaselStudio *self)
{
  g_return_val_if_fail (EASEL_IS_STUDIO (self), FALSE);

  return easel_journal_get_n_damaged (self->journal) > 0;
}

static gboolean
may_cost (EaselRental *rental)
{
  if (rental->state == EASEL_RENTAL_GONE || rental->state == EASEL_RENTAL_UNSEEN)
    return FALSE;
  if (rental->pod == NULL)
    return !rental->create_in_flight; /* of unknown fate, or not looked at yet: assume the worst */
  return TRUE;
}

static void
add_to_sums (EaselRental *rental, EaselStudioSums *sums, gboolean *endless)
{
  const gint64 price = easel_rental_get_price (rental);
  const gint64 ends_at = easel_rental_get_ends_at (rental);

  if (rental->state == EASEL_RENTAL_UNSEEN)
    sums->n_unseen++;
  if (!may_cost (rental))
    return;
  if (easel_rental_is_stored (rental))
    {
      if (price > 0)
        {
          sums->n_stored++;
          sums->stored_per_hour += price;
        }
      return;
    }
  sums->n_running++;
  sums->running_per_hour += MAX (price, 0);
  if (rental->agent == NULL || !easel_agent_watch_is_confirmed (rental->agent))
    sums->n_unconfirmed++;
  if (ends_at == 0)
    *endless = TRUE;
  sums->ends_at = MAX (sums->ends_at, ends_at);
}

/**
 * easel_studio_get_sums:
 * @self: a studio
 * @ret_sums: (out caller-allocates): the sums over all rows
 *
 * What is paid now. Rows that are being deleted count until it is proven.
 */
void
easel_studio_get_sums (EaselStudio *self, EaselStudioSums *ret_sums)
{
  gboolean endless = FALSE;

  g_return_if_fail (EASEL_IS_STUDIO (self));
  g_return_if_fail (ret_sums != NULL);

  memset (ret_sums, 0, sizeof *ret_sums);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->rentals)); i++)
    {
      g_autoptr (EaselRental) rental = g_list_model_get_item (G_LIST_MODEL (self->rentals), i);

      add_to_sums (rental, ret_sums, &endless);
    }
  if (endless)
    ret_sums->ends_at = 0;
  for (guint i = 0; i < self->watches->len; i++)
    {
      EaselAccountWatch *watch = g_ptr_array_index (self->watches, i);

      if (watch->n_unexplained >= 2 && watch->unexplained > EASEL_STUDIO_UNEXPLAINED_MICROS)
        {
          ret_sums->unexplained_per_hour = watch->unexplained;
          ret_sums->unexplained_provider = easel_account_get_provider_info (watch->account);
        }
    }
  _easel_studio_add_low_funds (self, ret_sums);
}

/**
 * easel_studio_get_rentals:
 * @self: a studio
 *
 * Returns: (transfer none): a list of #EaselRental, newest first
 */
GListModel *
easel_studio_get_rentals (EaselStudio *self)
{
  g_return_val_if_fail (EASEL_IS_STUDIO (self), NULL);

  return G_LIST_MODEL (self->rentals);
}

/**
 * easel_studio_get_starting:
 * @self: a studio
 *
 * Returns: (transfer none) (nullable): the newest rental that is on its way to ready
 */
EaselRental *
easel_studio_get_starting (EaselStudio *self)
{
  g_return_val_if_fail (EASEL_IS_STUDIO (self), NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->rentals)); i++)
    {
      g_autoptr (EaselRental) rental = g_list_model_get_item (G_LIST_MODEL (self->rentals), i);

      if (rental->deployment != NULL &&
          (rental->state == EASEL_RENTAL_RENTING || rental->state == EASEL_RENTAL_STARTING))
        return rental; /* the list holds it */
    }
  return NULL;
}

/**
 * easel_studio_find_rental:
 * @self: a studio
 * @deployment: a deployment
 *
 * Returns: (transfer none) (nullable): the row that the deployment works on now
 */
EaselRental *
easel_studio_find_rental (EaselStudio *self, EaselDeployment *deployment)
{
  g_return_val_if_fail (EASEL_IS_STUDIO (self), NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->rentals)); i++)
    {
      g_autoptr (EaselRental) rental = g_list_model_get_item (G_LIST_MODEL (self->rentals), i);

      if (deployment != NULL && rental->deployment == deployment)
        return rental; /* newest first, so a machine given back stands behind */
    }
  return NULL;
}

/**
 * easel_studio_rent:
 * @self: a studio
 * @spec: what to rent
 * @error: return location; EASEL_ERROR_NO_KEY, EASEL_ERROR_STORAGE, EASEL_ERROR_ELSEWHERE: then
 *   nothing was rented
 *
 * One click on Rent.
 *
 * Returns: (transfer none): the deployment, kept until the next one
 */
EaselDeployment *
easel_studio_rent (EaselStudio *self, const EaselLaunchSpec *spec, GError **error)
{
  g_autoptr (EaselDeployment) deployment = NULL;
  EaselAccountWatch *watch = NULL;

  g_return_val_if_fail (EASEL_IS_STUDIO (self), NULL);
  g_return_val_if_fail (spec != NULL && spec->offer != NULL, NULL);

  for (guint i = 0; i < self->watches->len && watch == NULL; i++)
    {
      EaselAccountWatch *candidate = g_ptr_array_index (self->watches, i);

      if (g_strcmp0 (easel_account_get_provider_info (candidate->account)->id,
                     easel_offer_get (spec->offer)->provider_id) == 0)
        watch = candidate;
    }
  if (watch == NULL || !has_key (watch))
    {
      easel_set_error (error, EASEL_ERROR_NO_KEY, "no key");
      return NULL;
    }
  if (!_easel_studio_may_rent (self, error))
    return NULL;

  deployment = _easel_deployment_new (self, self->http, self->clock, watch->account, self->catalog,
                                      self->history, spec);
  if (!_easel_deployment_begin (deployment, error))
    return NULL;
  g_set_object (&self->last_deployment, deployment);
  return deployment; /* last_deployment holds it */
}

/**
 * easel_studio_dismiss:
 * @self: a studio
 * @rental: a rental that is proven gone
 *
 * Takes the row away.
 */
void
easel_studio_dismiss (EaselStudio *self, EaselRental *rental)
{
  g_return_if_fail (EASEL_IS_STUDIO (self));
  g_return_if_fail (EASEL_IS_RENTAL (rental));

  if (rental->state != EASEL_RENTAL_GONE)
    return;
  _easel_studio_remove_rental (self, rental);
  _easel_studio_emit_changed (self);
}
