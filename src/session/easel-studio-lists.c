/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The lists of the providers, joined with the journal: the part of EaselStudio that finds out.
 *
 * What is in the cloud is shown, with or without a record. What is not in a list is gone only when
 * that list belongs to the right account, was read whole, and says so twice with time between
 * (EaselAbsence). A list that failed proves nothing and changes nothing but a mark. */

#include "config.h"
#include "easel-studio-private.h"

#include "easel-error.h"
#include "easel-identity.h"
#include "easel-text.h"

/* A list may lag behind a create by a minute: before that its silence means nothing. */
#define YOUNG_POD_MS (150 * 1000)
/* How long a pod may still be listed after an accepted delete before it is deleted once more. */
#define DELETE_AGAIN_MS (30 * 1000)
#define BALANCE_EVERY_MS (5 * 60 * 1000)
#define BALANCE_UNFOCUSED_MS (15 * 60 * 1000)

typedef struct
{
  EaselStudio *studio;   /* (owned) */
  EaselAccount *account; /* (owned) */
  char *identity;        /* (owned) (nullable): whose list this is */
  gint64 asked_ms;
} LookData;

static void
look_data_free (LookData *data)
{
  g_object_unref (data->studio);
  g_object_unref (data->account);
  g_free (data->identity);
  g_free (data);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LookData, look_data_free)

/* Without a record it belongs to the account whose list told about it. */
static gboolean
belongs_to (EaselRental *rental, const char *identity)
{
  return easel_identity_matches (rental->record != NULL ? rental->record->account
                                                        : rental->identity,
                                 identity);
}

/* --- finding rows ----------------------------------------------------------------------------- */

static EaselRental *
find_row (EaselStudio *self, EaselAccount *account, const EaselPodData *pod)
{
  for (guint i = 0; i < _easel_studio_n_rentals (self); i++)
    {
      EaselRental *rental = _easel_studio_nth_rental (self, i);
      const char *pod_id = _easel_rental_get_pod_id (rental);

      if (rental->account != account)
        continue;
      if (pod_id != NULL
              ? g_strcmp0 (pod_id, pod->id) == 0
              : rental->record != NULL && g_strcmp0 (rental->record->name, pod->name) == 0)
        return rental;
    }
  return NULL;
}

/* --- one pod in a list ------------------------------------------------------------------------ */

/* Ours, and the person does not want it: it is deleted without a question. */
static gboolean
is_unwanted (const EaselJournalRecord *record)
{
  return record->unwanted || record->state == EASEL_JOURNAL_VOID ||
         record->state == EASEL_JOURNAL_DELETING || record->deleting_unix_ms > 0;
}

static void
take_unexpected_pod (EaselStudio *self, const LookData *look, EaselPod *pod)
{
  const EaselPodData *data = easel_pod_get (pod);
  g_autoptr (EaselRental) rental = _easel_rental_new (self->clock, look->account);

  rental->identity = g_strdup (look->identity);
  rental->record = easel_journal_get (self->journal, data->name);
  if (rental->record != NULL &&
      (g_strcmp0 (rental->record->provider_id, data->provider_id) != 0 ||
       (rental->record->pod_id != NULL && g_strcmp0 (rental->record->pod_id, data->id) != 0)))
    g_clear_pointer (&rental->record, easel_journal_record_free);

  _easel_rental_set_pod (rental, pod);
  rental->was_listed = TRUE;
  rental->state = EASEL_RENTAL_READY;
  _easel_studio_add_rental (self, rental);
  if (rental->record != NULL)
    {
      g_free (rental->record->pod_id);
      rental->record->pod_id = g_strdup (data->id);
      if (is_unwanted (rental->record))
        {
          easel_studio_delete (self, rental, "unexpected");
          return;
        }
      rental->record->state = EASEL_JOURNAL_HELD;
      /* Only the keeper knows whether it still waits for the answer to its create. */
      if (self->role == EASEL_STUDIO_KEEPER)
        _easel_studio_put (self, rental);
    }
  _easel_studio_sync_rental (self, rental);
}

static void
take_intended_pod (EaselStudio *self, EaselRental *rental, EaselPod *pod)
{
  const EaselPodData *data = easel_pod_get (pod);

  if (rental->create_in_flight)
    return; /* its own answer comes first */
  rental->record->pod_id = g_strdup (data->id);
  if (rental->record->created_unix_ms == 0)
    rental->record->created_unix_ms =
        data->created_unix_ms > 0 ? data->created_unix_ms : rental->record->intent_unix_ms;
  _easel_rental_set_pod (rental, pod);
  if (rental->record->unwanted || _easel_rental_is_being_deleted (rental))
    {
      _easel_studio_put (self, rental);
      rental->next_delete_ms = 0;
      _easel_studio_schedule (self);
      return;
    }
  rental->record->state = EASEL_JOURNAL_HELD;
  if (self->role == EASEL_STUDIO_KEEPER)
    _easel_studio_put (self, rental);
  _easel_rental_set_state (rental, EASEL_RENTAL_STARTING);
  if (rental->deployment == NULL)
    _easel_studio_rent_from_record (self, rental, FALSE);
  else
    {
      g_autoptr (EaselDeployment) deployment = g_object_ref (rental->deployment);

      _easel_deployment_note_found (deployment, rental, pod);
    }
}

static void
take_pod_being_deleted (EaselStudio *self, EaselRental *rental, EaselPod *pod, gint64 asked_ms)
{
  _easel_rental_set_pod (rental, pod);
  easel_absence_reset (&rental->absence);
  if (rental->delete_accepted_ms > 0 && asked_ms - rental->delete_accepted_ms > DELETE_AGAIN_MS)
    {
      rental->delete_accepted_ms = 0;
      rental->next_delete_ms = 0;
    }
  _easel_rental_emit_changed (rental);
}

static void
take_pod (EaselStudio *self, const LookData *look, EaselPod *pod)
{
  const EaselPodData *data = easel_pod_get (pod);
  const gint64 asked_ms = look->asked_ms;
  EaselRental *rental;

  if (data->is_cluster)
    return;
  rental = find_row (self, look->account, data);
  if (rental == NULL)
    {
      if (data->state != EASEL_POD_GONE)
        take_unexpected_pod (self, look, pod);
      return;
    }

  rental->is_stale = FALSE;
  rental->was_listed = rental->was_listed || data->state != EASEL_POD_GONE;
  if (rental->state == EASEL_RENTAL_GONE)
    {
      /* It was proven gone, and stands there again: the proof was wrong, the bill is real. */
      if (data->state == EASEL_POD_GONE || asked_ms <= rental->absence.last_ms)
        return;
      _easel_rental_set_pod (rental, pod);
      rental->proven_unix_ms = 0;
      easel_absence_reset (&rental->absence);
      if (rental->record != NULL && is_unwanted (rental->record))
        {
          easel_studio_delete (self, rental, "unexpected");
          return;
        }
      if (rental->record != NULL)
        {
          rental->record->state = EASEL_JOURNAL_HELD;
          _easel_studio_put (self, rental);
        }
      _easel_studio_sync_rental (self, rental);
      return;
    }
  if (rental->record != NULL && rental->record->pod_id == NULL)
    take_intended_pod (self, rental, pod);
  else if (_easel_rental_is_being_deleted (rental))
    take_pod_being_deleted (self, rental, pod, asked_ms);
  else
    {
      easel_absence_reset (&rental->absence);
      _easel_rental_set_pod (rental, pod);
      if (rental->state == EASEL_RENTAL_UNSEEN && rental->record != NULL &&
          is_unwanted (rental->record))
        {
          /* Written down under another name of this account: the delete goes on all the same. */
          rental->state = EASEL_RENTAL_READY;
          easel_studio_delete (self, rental, "unexpected");
          return;
        }
      _easel_studio_sync_rental (self, rental);
    }
}

/* --- one row that is not in a list ------------------------------------------------------------ */

static void
take_void (EaselStudio *self, EaselRental *rental)
{
  g_autoptr (EaselRental) kept = g_object_ref (rental);
  g_autoptr (EaselDeployment) deployment =
      rental->deployment != NULL ? g_object_ref (rental->deployment) : NULL;

  rental->record->state = EASEL_JOURNAL_VOID;
  rental->record->settled_unix_ms = easel_clock_get_unix_ms (self->clock);
  _easel_studio_put (self, rental);
  _easel_studio_remove_rental (self, rental);
  if (deployment != NULL)
    _easel_deployment_note_void (deployment, kept);
}

static void
note_intent_absent (EaselStudio *self, EaselRental *rental, gint64 asked_ms)
{
  if (rental->create_in_flight || asked_ms <= rental->create_sent_ms)
    return;
  /* Another instance may be at it still, and must not find its intent settled by somebody else. */
  if (self->role != EASEL_STUDIO_KEEPER && !_easel_rental_is_being_deleted (rental))
    return;
  easel_absence_note (&rental->absence, asked_ms, EASEL_ABSENCE_VOID_GAP_MS);
  if (easel_absence_proves_void (&rental->absence, rental->create_sent_ms))
    take_void (self, rental);
}

gboolean
_easel_studio_is_young (EaselStudio *self, EaselRental *rental)
{
  const gint64 now = easel_clock_get_monotonic_ms (self->clock);

  return rental->create_sent_ms > 0 && now - rental->create_sent_ms < YOUNG_POD_MS;
}

/* Whether the provider may say of it that it does not exist for no other reason than that it has
 * not appeared yet. */
gboolean
_easel_studio_may_be_unborn (EaselStudio *self, EaselRental *rental)
{
  return !rental->was_listed && _easel_studio_is_young (self, rental);
}

/* A list that lags behind the create lacks it, whether the delete has taken effect or not. */
static gboolean
may_not_have_appeared (EaselStudio *self, EaselRental *rental, gint64 asked_ms)
{
  gint64 age_ms = asked_ms - rental->create_sent_ms;

  if (rental->was_listed || rental->record == NULL)
    return FALSE;
  if (rental->record->intent_unix_ms > 0)
    age_ms = MAX (age_ms, easel_clock_get_unix_ms (self->clock) - rental->record->intent_unix_ms);
  return age_ms < EASEL_ABSENCE_VOID_AGE_MS;
}

static void
note_absent (EaselStudio *self, EaselRental *rental, gint64 asked_ms)
{
  if (rental->record != NULL && rental->record->pod_id == NULL)
    {
      note_intent_absent (self, rental, asked_ms);
      return;
    }
  if (_easel_rental_is_being_deleted (rental))
    {
      if (rental->delete_accepted_ms == 0 || asked_ms <= rental->delete_accepted_ms)
        return;
      if (may_not_have_appeared (self, rental, asked_ms))
        return;
    }
  else if (_easel_studio_is_young (self, rental))
    return;

  easel_absence_note (&rental->absence, asked_ms, EASEL_ABSENCE_GONE_GAP_MS);
  if (easel_absence_proves_gone (&rental->absence))
    _easel_studio_take_gone (self, rental);
}

static gboolean
stands_in (const EaselPodList *list, EaselRental *rental)
{
  const char *pod_id = _easel_rental_get_pod_id (rental);

  for (guint i = 0; i < list->pods->len; i++)
    {
      const EaselPodData *pod = easel_pod_get (g_ptr_array_index (list->pods, i));

      if (pod->state == EASEL_POD_GONE)
        continue;
      if (pod_id != NULL && g_strcmp0 (pod->id, pod_id) == 0)
        return TRUE;
      if (pod_id == NULL && rental->record != NULL &&
          g_strcmp0 (pod->name, rental->record->name) == 0)
        return TRUE;
    }
  return FALSE;
}

/* --- one list --------------------------------------------------------------------------------- */

static void
take_list (EaselStudio *self, const LookData *data, const EaselPodList *list)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < _easel_studio_n_rentals (self); i++)
    g_ptr_array_add (rows, g_object_ref (_easel_studio_nth_rental (self, i)));

  for (guint i = 0; i < list->pods->len; i++)
    take_pod (self, data, g_ptr_array_index (list->pods, i));

  if (list->n_skipped > 0)
    {
      g_message ("%u entries of a list could not be understood", list->n_skipped);
      return;
    }
  for (guint i = 0; i < rows->len; i++)
    {
      EaselRental *rental = g_ptr_array_index (rows, i);

      if (rental->account != data->account || rental->state == EASEL_RENTAL_GONE ||
          rental->state == EASEL_RENTAL_UNSEEN || !belongs_to (rental, data->identity) ||
          stands_in (list, rental))
        continue;
      note_absent (self, rental, data->asked_ms);
    }
}

static void
mark_stale (EaselStudio *self, EaselAccount *account)
{
  for (guint i = 0; i < _easel_studio_n_rentals (self); i++)
    {
      EaselRental *rental = _easel_studio_nth_rental (self, i);

      if (rental->account == account && rental->state != EASEL_RENTAL_GONE)
        {
          rental->is_stale = TRUE;
          _easel_rental_emit_changed (rental);
        }
    }
}

static void
take_failure (EaselAccountWatch *watch, const GError *error)
{
  watch->failures++;
  g_clear_error (&watch->error);
  watch->error = g_error_copy (error);
  mark_stale (watch->studio, watch->account);
  if (g_error_matches (error, EASEL_ERROR, EASEL_ERROR_AUTH))
    easel_account_note_refused (watch->account, error);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LookData) data = user_data;
  EaselStudio *self = data->studio;
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselPodList) list =
      easel_provider_list_pods_finish (EASEL_PROVIDER (source), result, &error);
  EaselAccountWatch *watch;

  if (self->watches == NULL || (watch = _easel_studio_watch_for (self, data->account)) == NULL)
    return;

  watch->listing = FALSE;
  if (!easel_identity_matches (data->identity, easel_account_get_identity (data->account)))
    {
      /* Of the key before: what it says, or why it failed, is nobody's news any more. */
      watch->next_ms = 0;
      watch->again = FALSE;
      _easel_studio_schedule (self);
      return;
    }
  if (list != NULL)
    {
      watch->failures = 0;
      watch->is_known = TRUE;
      g_clear_error (&watch->error);
      take_list (self, data, list);
      _easel_studio_complete_receipts (self, watch);
    }
  else if (!easel_error_is_cancelled (error))
    take_failure (watch, error);

  watch->next_ms = watch->again ? 0
                                : easel_clock_get_monotonic_ms (self->clock) +
                                      _easel_studio_look_gap (self, watch);
  watch->again = FALSE;
  _easel_studio_schedule (self);
  _easel_studio_update_state (self);
}

/* Asks one account for its pods. */
void
_easel_studio_look (EaselAccountWatch *watch)
{
  EaselStudio *self = watch->studio;
  const gint64 now = easel_clock_get_monotonic_ms (self->clock);
  EaselSecret *key = easel_account_get_key (watch->account);
  LookData *data;

  if (key == NULL || watch->listing)
    return;
  watch->listing = TRUE;
  data = g_new0 (LookData, 1);
  data->studio = g_object_ref (self);
  data->account = g_object_ref (watch->account);
  data->identity = g_strdup (easel_account_get_identity (watch->account));
  data->asked_ms = now;
  easel_provider_list_pods_async (_easel_account_get_provider (watch->account), key,
                                  watch->cancellable, on_listed, data);

  watch->asked_ms = now;
  /* Nobody need look for it to run low. */
  if ((self->watched || _easel_studio_spends (self, watch->account)) &&
      now - watch->balance_ms >
          (self->watched && !self->is_unfocused ? BALANCE_EVERY_MS : BALANCE_UNFOCUSED_MS))
    {
      watch->balance_ms = now;
      easel_account_refresh_balance (watch->account);
    }
}

/* --- accounts --------------------------------------------------------------------------------- */

static void
judge_rental (EaselStudio *self, EaselRental *rental)
{
  const char *identity = easel_account_get_identity (rental->account);
  const gboolean has_key = easel_account_get_key (rental->account) != NULL;

  if (rental->state == EASEL_RENTAL_GONE)
    return;
  if (!has_key || (identity != NULL && !belongs_to (rental, identity)))
    {
      if (rental->record == NULL)
        _easel_studio_remove_rental (self, rental);
      else if (!rental->create_in_flight)
        {
          if (rental->deployment != NULL)
            _easel_deployment_note_unseen (rental->deployment, rental);
          _easel_rental_set_state (rental, EASEL_RENTAL_UNSEEN);
        }
      return;
    }
  if (rental->state == EASEL_RENTAL_UNSEEN && identity != NULL && rental->record != NULL)
    {
      _easel_studio_place_record (self, rental);
      g_object_notify (G_OBJECT (rental), "state");
      _easel_rental_emit_changed (rental);
    }
}

static gint64
listed_per_hour (EaselStudio *self, EaselAccount *account)
{
  gint64 sum = 0;

  for (guint i = 0; i < _easel_studio_n_rentals (self); i++)
    {
      EaselRental *rental = _easel_studio_nth_rental (self, i);

      if (rental->account == account && rental->pod != NULL)
        sum += MAX (easel_rental_get_price (rental), 0);
    }
  return sum;
}

/* The provider's own figure as a cross-check: suspicious only when it stays above the list. */
static void
compare_spending (EaselStudio *self, EaselAccountWatch *watch)
{
  const EaselAccountInfo *info = easel_account_get_info (watch->account);
  gint64 excess;

  if (info == NULL || info->spend_per_hour == EASEL_MONEY_UNKNOWN || !watch->is_known)
    return;
  for (guint i = 0; i < _easel_studio_n_rentals (self); i++)
    {
      EaselRental *rental = _easel_studio_nth_rental (self, i);

      if (rental->account == watch->account &&
          (_easel_rental_is_in_motion (rental) || _easel_studio_is_young (self, rental) ||
           rental->state == EASEL_RENTAL_GONE))
        {
          watch->n_unexplained = 0;
          return;
        }
    }
  if (watch->compared == info)
    return; /* the same answer told again is no second look */
  watch->compared = info;
  excess = info->spend_per_hour - listed_per_hour (self, watch->account);
  if (excess > EASEL_STUDIO_UNEXPLAINED_MICROS)
    {
      watch->n_unexplained++;
      watch->unexplained = excess;
    }
  else
    watch->n_unexplained = 0;
}

/* What was known about another account is old money. */
static void
follow_identity (EaselAccountWatch *watch)
{
  const char *identity = easel_account_get_identity (watch->account);

  if (watch->identity != NULL && !easel_identity_matches (watch->identity, identity))
    {
      watch->is_known = FALSE;
      watch->next_ms = 0;
      watch->failures = 0;
      watch->n_unexplained = 0;
      g_clear_error (&watch->error);
    }
  if (g_strcmp0 (watch->identity, identity) != 0)
    {
      g_free (watch->identity);
      watch->identity = g_strdup (identity);
    }
}

/* A key has come, gone or changed. */
void
_easel_studio_judge_accounts (EaselStudio *self)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);

  if (self->watches == NULL)
    return;
  for (guint i = 0; i < _easel_studio_n_rentals (self); i++)
    g_ptr_array_add (rows, g_object_ref (_easel_studio_nth_rental (self, i)));
  for (guint i = 0; i < rows->len; i++)
    judge_rental (self, g_ptr_array_index (rows, i));

  for (guint i = 0; i < self->watches->len; i++)
    {
      EaselAccountWatch *watch = g_ptr_array_index (self->watches, i);

      follow_identity (watch);
      if (easel_account_get_key (watch->account) == NULL)
        {
          watch->is_known = FALSE;
          watch->next_ms = 0;
          watch->n_unexplained = 0;
          g_clear_error (&watch->error);
        }
      else
        {
          _easel_studio_note_funds (self, watch);
          compare_spending (self, watch);
        }
    }
  _easel_studio_schedule (self);
  _easel_studio_update_state (self);
}
