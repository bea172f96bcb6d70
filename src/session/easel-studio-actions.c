/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is done to pods: the part of EaselStudio that acts.
 *
 * A delete never gives up: it is repeated with back-off until the provider has accepted it, and the
 * row stays until the lists have proven it. Also here: pause and resume, the limits that the
 * running program keeps, and the provider's bill. */

#include "config.h"
#include "easel-studio-private.h"

#include "easel-error.h"
#include "easel-readiness.h"
#include "easel-retry.h"

#define DELETE_RETRY_FIRST_MS (2 * 1000)
#define DELETE_RETRY_MAX_MS (60 * 1000)
#define DELETE_UNBORN_MS (10 * 1000)
#define STUCK_AFTER_FAILURES 3
#define ACTIVITY_EVERY_MS (60 * 1000)
/* A server that has not answered for so long says nothing about being idle. */
#define ACTIVITY_KNOWN_MS (4 * 60 * 1000)
#define STOP_AGAIN_MS (60 * 1000)
#define BILL_EVERY_MS (15 * 60 * 1000)
#define BILL_UNFOCUSED_MS (30 * 60 * 1000)
#define BILL_LAG_MS (10 * 60 * 1000)
#define BILL_SETTLES_MS (30 * 60 * 1000)

typedef struct
{
  EaselStudio *studio; /* (owned) */
  EaselRental *rental; /* (owned) */
  EaselPodAction action;
} ActionData;

static ActionData *
action_data_new (EaselStudio *studio, EaselRental *rental)
{
  ActionData *data = g_new0 (ActionData, 1);

  data->studio = g_object_ref (studio);
  data->rental = g_object_ref (rental);
  return data;
}

static void
action_data_free (ActionData *data)
{
  g_object_unref (data->studio);
  g_object_unref (data->rental);
  g_free (data);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ActionData, action_data_free)

/* --- delete ----------------------------------------------------------------------------------- */

static void
take_delete_failure (EaselStudio *self, EaselRental *rental, GError *error)
{
  const gint64 now = easel_clock_get_monotonic_ms (self->clock);
  const gint64 asked = easel_error_get_retry_after (error);
  const gboolean hopeless = g_error_matches (error, EASEL_ERROR, EASEL_ERROR_AUTH) ||
                            g_error_matches (error, EASEL_ERROR, EASEL_ERROR_PERMISSION) ||
                            g_error_matches (error, EASEL_ERROR, EASEL_ERROR_LOCKED) ||
                            g_error_matches (error, EASEL_ERROR, EASEL_ERROR_RETIRED);

  rental->delete_failures++;
  rental->next_delete_ms =
      now + MAX (asked, easel_retry_backoff (rental->delete_failures, DELETE_RETRY_FIRST_MS,
                                             DELETE_RETRY_MAX_MS, 0.5));
  if (g_error_matches (error, EASEL_ERROR, EASEL_ERROR_AUTH))
    easel_account_note_refused (rental->account, error);
  _easel_rental_take_error (rental, error);
  if (hopeless || rental->delete_failures >= STUCK_AFTER_FAILURES)
    {
      _easel_rental_set_state (rental, EASEL_RENTAL_STUCK);
      if (!rental->told_stuck)
        {
          rental->told_stuck = TRUE;
          g_signal_emit_by_name (self, "delete-stuck", rental);
        }
    }
}

static void
on_deleted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ActionData) data = user_data;
  EaselStudio *self = data->studio;
  EaselRental *rental = data->rental;
  g_autoptr (GError) error = NULL;
  const gboolean ok = easel_provider_delete_pod_finish (EASEL_PROVIDER (source), result, &error);

  rental->delete_in_flight = FALSE;
  if (self->watches == NULL || !_easel_rental_is_being_deleted (rental))
    return;
  if (!ok && g_error_matches (error, EASEL_ERROR, EASEL_ERROR_NOT_FOUND) &&
      _easel_studio_may_be_unborn (self, rental))
    {
      /* Nothing was accepted, and the lists that lack it prove nothing either. */
      rental->next_delete_ms = easel_clock_get_monotonic_ms (self->clock) + DELETE_UNBORN_MS;
      _easel_studio_schedule (self);
      return;
    }
  /* Gone is as good as accepted here; the lists have the last word in both cases. */
  if (ok || g_error_matches (error, EASEL_ERROR, EASEL_ERROR_NOT_FOUND))
    {
      rental->delete_accepted_ms = easel_clock_get_monotonic_ms (self->clock);
      rental->delete_failures = 0;
      rental->told_stuck = FALSE;
      easel_absence_reset (&rental->absence);
      _easel_rental_take_error (rental, NULL);
      _easel_rental_set_state (rental, EASEL_RENTAL_DELETING);
      _easel_studio_look_soon (self, rental->account, 0);
    }
  else
    take_delete_failure (self, rental, g_steal_pointer (&error));
  _easel_studio_schedule (self);
  _easel_studio_emit_changed (self);
}

static gboolean
wants_delete_request (EaselStudio *self, EaselRental *rental)
{
  return self->role != EASEL_STUDIO_ONLOOKER && _easel_rental_is_being_deleted (rental) &&
         !rental->delete_in_flight && rental->delete_accepted_ms == 0 &&
         _easel_rental_get_pod_id (rental) != NULL;
}

static void
send_delete (EaselStudio *self, EaselRental *rental)
{
  EaselSecret *key = easel_account_get_key (rental->account);

  if (key == NULL)
    return;
  rental->delete_in_flight = TRUE;
  easel_provider_delete_pod_async (_easel_rental_get_provider (rental), key,
                                   _easel_rental_get_pod_id (rental), NULL, on_deleted,
                                   action_data_new (self, rental));
}

static void
make_record_for_foreign (EaselRental *rental)
{
  const EaselPodData *pod = easel_pod_get (rental->pod);

  rental->record = easel_journal_record_new ();
  /* The names of foreign pods are not unique; ids are. */
  rental->record->name = g_strconcat ("pod-", pod->id, NULL);
  rental->record->provider_id = g_strdup (pod->provider_id);
  rental->record->account = g_strdup (easel_account_get_identity (rental->account));
  rental->record->pod_id = g_strdup (pod->id);
  rental->record->gpu_name = g_strdup (pod->gpu_name);
  rental->record->created_unix_ms = pod->created_unix_ms;
  rental->record->price = pod->cost;
}

/**
 * easel_studio_delete:
 * @self: a studio
 * @rental: what is to be deleted; also one whose create is still under way
 * @reason: (nullable): "done", "cancelled", "hours", "idle", "broken", …: for the receipt
 *
 * Journal first, then the delete, repeated until accepted; the row becomes %EASEL_RENTAL_GONE only
 * when it is proven. Asked again while it is stuck, it tries at once.
 */
void
easel_studio_delete (EaselStudio *self, EaselRental *rental, const char *reason)
{
  g_return_if_fail (EASEL_IS_STUDIO (self));
  g_return_if_fail (EASEL_IS_RENTAL (rental));

  /* A row that is gone or was never rented must not come to life again in the journal. */
  if (!g_list_store_find (self->rentals, rental, NULL) || rental->state == EASEL_RENTAL_UNSEEN)
    return;
  if (_easel_rental_is_being_deleted (rental))
    {
      /* Somebody wants it gone: no other machine then either. */
      if (rental->deployment != NULL)
        _easel_deployment_note_deleting_again (rental->deployment, rental);
      rental->next_delete_ms = 0;
      _easel_studio_schedule (self);
      return;
    }
  if (rental->record == NULL && rental->pod == NULL)
    return;

  if (rental->record == NULL)
    make_record_for_foreign (rental);
  rental->record->unwanted = TRUE;
  rental->record->state = EASEL_JOURNAL_DELETING;
  rental->record->deleting_unix_ms = easel_clock_get_unix_ms (self->clock);
  g_free (rental->record->reason);
  rental->record->reason = g_strdup (reason);
  _easel_studio_put (self, rental);

  easel_absence_reset (&rental->absence);
  rental->delete_asked_ms = easel_clock_get_monotonic_ms (self->clock);
  rental->delete_accepted_ms = 0;
  rental->delete_failures = 0;
  rental->next_delete_ms = 0;
  rental->told_stuck = FALSE;
  _easel_rental_set_address (rental, NULL);
  _easel_rental_take_error (rental, NULL);
  _easel_rental_set_state (rental, EASEL_RENTAL_DELETING);
  if (rental->deployment != NULL)
    {
      g_autoptr (EaselDeployment) deployment = g_object_ref (rental->deployment);

      _easel_deployment_note_deleting (deployment, rental);
    }
  if (wants_delete_request (self, rental))
    send_delete (self, rental);
  else
    _easel_studio_look_soon (self, rental->account, 0);
  _easel_studio_schedule (self);
  _easel_studio_update_state (self);
}

/* --- pause and resume ------------------------------------------------------------------------- */

static void
on_acted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ActionData) data = user_data;
  EaselStudio *self = data->studio;
  EaselRental *rental = data->rental;
  g_autoptr (GError) error = NULL;
  const gboolean ok = easel_provider_act_on_pod_finish (EASEL_PROVIDER (source), result, &error);

  rental->acting = FALSE;
  if (self->watches == NULL ||
      (rental->state != EASEL_RENTAL_PAUSING && rental->state != EASEL_RENTAL_RESUMING))
    return;
  if (!ok)
    {
      rental->acted_ms = 0;
      if (data->action == EASEL_POD_ACTION_STOP)
        rental->refused_stop_ms = easel_clock_get_monotonic_ms (self->clock);
      if (g_error_matches (error, EASEL_ERROR, EASEL_ERROR_AUTH))
        easel_account_note_refused (rental->account, error);
      _easel_rental_take_error (rental, g_steal_pointer (&error));
      _easel_rental_set_state (rental, data->action == EASEL_POD_ACTION_START ? EASEL_RENTAL_PAUSED
                                                                              : EASEL_RENTAL_READY);
    }
  else
    rental->acted_ms = easel_clock_get_monotonic_ms (self->clock);
  _easel_studio_look_soon (self, rental->account, ok ? 1000 : 0);
  _easel_studio_update_state (self);
}

static void
act (EaselStudio *self, EaselRental *rental, EaselPodAction action)
{
  EaselSecret *key = easel_account_get_key (rental->account);
  ActionData *data;

  if (key == NULL || rental->acting || rental->pod == NULL)
    return;
  rental->acting = TRUE;
  rental->acted_ms = 0;
  _easel_rental_take_error (rental, NULL);
  data = action_data_new (self, rental);
  data->action = action;
  easel_provider_act_on_pod_async (_easel_rental_get_provider (rental), key,
                                   easel_pod_get (rental->pod)->id, action, NULL, on_acted, data);
}

/**
 * easel_studio_pause:
 * @self: a studio
 * @rental: a rental with easel_rental_can_pause()
 *
 * Stops the pod; its lasting disk stays and costs.
 */
void
easel_studio_pause (EaselStudio *self, EaselRental *rental)
{
  g_return_if_fail (EASEL_IS_STUDIO (self));
  g_return_if_fail (EASEL_IS_RENTAL (rental));

  if (!easel_rental_can_pause (rental))
    return;
  _easel_rental_set_address (rental, NULL);
  _easel_rental_set_state (rental, EASEL_RENTAL_PAUSING);
  act (self, rental, EASEL_POD_ACTION_STOP);
  _easel_studio_update_state (self);
}

/**
 * easel_studio_resume:
 * @self: a studio
 * @rental: a rental with easel_rental_can_start()
 *
 * Starts a paused pod, with fresh limits. Providers often refuse: the rental then is paused again
 * and has the error EASEL_ERROR_HOST_FULL.
 */
void
easel_studio_resume (EaselStudio *self, EaselRental *rental)
{
  g_return_if_fail (EASEL_IS_STUDIO (self));
  g_return_if_fail (EASEL_IS_RENTAL (rental));

  if (!easel_rental_can_start (rental))
    return;
  _easel_studio_renew_limits (self, rental);
  g_clear_object (&rental->deployment);
  _easel_rental_set_state (rental, EASEL_RENTAL_RESUMING);
  act (self, rental, EASEL_POD_ACTION_START);
  _easel_studio_update_state (self);
}

/* --- a server on a pod that was not made here ------------------------------------------------- */

static void
on_address_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ActionData) data = user_data;
  EaselRental *rental = data->rental;
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselReadiness) readiness = easel_readiness_probe_finish (result, &error);

  rental->checking_address = FALSE;
  if (data->studio->watches == NULL || readiness == NULL || rental->pod == NULL ||
      _easel_rental_is_being_deleted (rental))
    return;
  if (readiness->step >= EASEL_READINESS_NODES_OK)
    {
      _easel_rental_take_error (rental, NULL);
      _easel_rental_set_address (rental, easel_pod_get (rental->pod)->address);
    }
  else
    {
      GError *fault =
          easel_error_new (readiness->step >= EASEL_READINESS_COMFY_UP ? EASEL_ERROR_OUTDATED_SERVER
                                                                       : EASEL_ERROR_UNAVAILABLE,
                           "no server for Krita answers");

      easel_error_set_details (fault, readiness->details);
      _easel_rental_take_error (rental, fault);
    }
  _easel_studio_emit_changed (data->studio);
}

/**
 * easel_studio_check_address:
 * @self: a studio
 * @rental: a running rental without an address
 *
 * Looks whether a server for Krita answers; sets the address or the error.
 */
void
easel_studio_check_address (EaselStudio *self, EaselRental *rental)
{
  const EaselPodData *pod;

  g_return_if_fail (EASEL_IS_STUDIO (self));
  g_return_if_fail (EASEL_IS_RENTAL (rental));

  pod = easel_rental_get_pod (rental);
  if (pod == NULL || pod->address == NULL || rental->checking_address)
    return;
  rental->checking_address = TRUE;
  _easel_rental_take_error (rental, NULL);
  easel_readiness_probe_async (self->http, pod->address, 0, rental->cancellable, on_address_checked,
                               action_data_new (self, rental));
}

/* --- limits ----------------------------------------------------------------------------------- */

static void
on_activity (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ActionData) data = user_data;
  EaselStudio *self = data->studio;
  EaselRental *rental = data->rental;
  const gint64 now = easel_clock_get_unix_ms (self->clock);
  EaselActivity activity;

  rental->probing_activity = FALSE;
  if (!easel_activity_probe_finish (result, &activity, NULL) || self->watches == NULL)
    return;
  rental->activity_ms = easel_clock_get_monotonic_ms (self->clock);
  if (activity.busy)
    rental->last_busy_unix_ms = now;
  else if (activity.last_generated_unix_ms > 0)
    rental->last_busy_unix_ms =
        MAX (rental->last_busy_unix_ms, MIN (activity.last_generated_unix_ms, now));
  _easel_rental_emit_changed (rental);
  _easel_studio_schedule (self);
}

static gboolean
has_limits (EaselStudio *self, EaselRental *rental)
{
  return self->role == EASEL_STUDIO_KEEPER && rental->record != NULL &&
         rental->record->hard_end_unix_ms > 0 && rental->pod != NULL &&
         easel_pod_state_costs_gpu (easel_pod_get (rental->pod)->state) &&
         (rental->state == EASEL_RENTAL_STARTING || rental->state == EASEL_RENTAL_READY ||
          rental->state == EASEL_RENTAL_TROUBLE);
}

static void
ask_activity (EaselStudio *self, EaselRental *rental, gint64 now)
{
  if (rental->probing_activity || rental->address == NULL || rental->state != EASEL_RENTAL_READY ||
      (rental->asked_activity_ms > 0 && now - rental->asked_activity_ms < ACTIVITY_EVERY_MS))
    return;
  rental->probing_activity = TRUE;
  rental->asked_activity_ms = now;
  easel_activity_probe_async (self->http, rental->address, rental->cancellable, on_activity,
                              action_data_new (self, rental));
}

static EaselEndReason
due_end (EaselStudio *self, EaselRental *rental, gint64 now, gint64 *ret_ends_at)
{
  const gint64 now_unix = easel_clock_get_unix_ms (self->clock);
  const gboolean is_known =
      rental->activity_ms > 0 && now - rental->activity_ms <= ACTIVITY_KNOWN_MS;
  const gint64 last_busy = is_known ? rental->last_busy_unix_ms : now_unix;
  EaselEndReason reason;
  EaselEndReason agent_reason;
  gint64 agent_end;

  reason = easel_limits_decide (&rental->record->limits, now_unix, rental->record->hard_end_unix_ms,
                                rental->record->ready_unix_ms, last_busy, ret_ends_at);
  agent_end = _easel_studio_agent_end (self, rental, &agent_reason);
  if (reason != EASEL_END_NONE || agent_end == 0 || agent_end >= *ret_ends_at)
    return reason;
  *ret_ends_at = agent_end;
  return now_unix >= agent_end ? agent_reason : EASEL_END_NONE;
}

/* A refused stop is asked for again, but neither at once nor turned into a delete: the files on it
 * are what the person chose to keep. */
static gint64
limits_rest_until (EaselRental *rental)
{
  return rental->refused_stop_ms > 0 ? rental->refused_stop_ms + STOP_AGAIN_MS : 0;
}

/* As in #EaselReceipt. */
static const char *
reason_word (EaselEndReason reason)
{
  switch (reason)
    {
    case EASEL_END_IDLE:
      return "idle";
    case EASEL_END_CLOSED:
      return "closed";
    case EASEL_END_NEVER:
      return "never";
    case EASEL_END_BOOT:
    case EASEL_END_CRASH:
      return "broken";
    case EASEL_END_NONE:
    case EASEL_END_HOURS:
    case EASEL_END_BALANCE:
    default:
      return "hours";
    }
}

static void
keep_limits (EaselStudio *self, EaselRental *rental, gint64 now)
{
  gint64 ends_at;
  EaselEndReason reason;

  ask_activity (self, rental, now);
  reason = due_end (self, rental, now, &ends_at);
  if (reason == EASEL_END_NONE || now < limits_rest_until (rental))
    return;
  g_message ("%s: a limit is reached", rental->record->name);
  if (rental->record->limits.stop_instead && easel_rental_can_pause (rental))
    easel_studio_pause (self, rental);
  else
    easel_studio_delete (self, rental, reason_word (reason));
}

/* --- bill ------------------------------------------------------------------------------------- */

EaselReceipt *
_easel_studio_make_receipt (EaselRental *rental, gint64 now_unix_ms)
{
  EaselReceipt *receipt = easel_receipt_new ();
  const EaselJournalRecord *record = rental->record;
  const gint64 cost = easel_rental_get_cost_so_far (rental);
  const EaselAgentStatus *status;

  receipt->provider_id = g_strdup (record->provider_id);
  receipt->pod_id = g_strdup (record->pod_id);
  receipt->title = g_strdup (easel_rental_get_gpu_name (rental));
  receipt->workload = g_strdup (record->workload);
  receipt->started_unix_ms =
      record->created_unix_ms > 0 ? record->created_unix_ms : record->intent_unix_ms;
  receipt->ended_unix_ms = now_unix_ms;
  receipt->estimated = cost;
  receipt->billed = EASEL_MONEY_UNKNOWN;
  receipt->reason = g_strdup (record->reason);
  status = rental->agent != NULL ? easel_agent_watch_get_status (rental->agent) : NULL;
  receipt->n_pictures = status != NULL ? status->n_pictures : 0;
  return receipt;
}

/* The sum lags behind the end, while its last bucket already claims the whole hour: right after the
 * end a small sum is an unfinished one. */
static gboolean
bill_is_complete (EaselStudio *self, EaselRental *rental, const EaselBill *bill)
{
  const gint64 since_end = easel_clock_get_unix_ms (self->clock) - rental->proven_unix_ms;

  return _easel_rental_get_pod_id (rental) != NULL &&
         (since_end >= BILL_SETTLES_MS || bill->total >= rental->counted / 100 * 95);
}

static void
on_bill (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ActionData) data = user_data;
  EaselStudio *self = data->studio;
  EaselRental *rental = data->rental;
  g_autoptr (GError) error = NULL;
  EaselBill *bill = easel_provider_get_bill_finish (EASEL_PROVIDER (source), result, &error);

  if (bill == NULL)
    return;
  if (self->watches != NULL && bill->last_end_unix_ms > 0)
    {
      const gboolean is_final =
          rental->state == EASEL_RENTAL_GONE && bill_is_complete (self, rental, bill);

      _easel_rental_set_bill (rental, bill, is_final);
      if (is_final && _easel_studio_keeps_history (self))
        easel_history_set_bill (self->history, easel_rental_get_provider_info (rental)->id,
                                _easel_rental_get_pod_id (rental), bill->total,
                                MIN (bill->last_end_unix_ms, rental->proven_unix_ms));
      _easel_studio_emit_changed (self);
    }
  g_free (bill);
}

/* The provider's own sum; it lags, so it is asked for rarely. */
void
_easel_studio_fetch_bill (EaselStudio *self, EaselRental *rental)
{
  EaselSecret *key = easel_account_get_key (rental->account);
  const char *pod_id = _easel_rental_get_pod_id (rental);

  rental->asked_bill_ms = easel_clock_get_monotonic_ms (self->clock);
  if (key != NULL && pod_id != NULL)
    easel_provider_get_bill_async (_easel_rental_get_provider (rental), key, pod_id,
                                   rental->cancellable, on_bill, action_data_new (self, rental));
}

static gint64
bill_gap (EaselStudio *self)
{
  return self->is_unfocused ? BILL_UNFOCUSED_MS : BILL_EVERY_MS;
}

static gboolean
bill_is_due (EaselStudio *self, EaselRental *rental, gint64 now)
{
  if (rental->pod == NULL)
    return FALSE;
  if (rental->state == EASEL_RENTAL_GONE)
    return rental->record != NULL && now - rental->asked_bill_ms >= BILL_LAG_MS;
  return self->watched &&
         (rental->asked_bill_ms == 0 || now - rental->asked_bill_ms >= bill_gap (self));
}

/* --- time table ------------------------------------------------------------------------------- */

/* Does for one row what is due. */
void
_easel_studio_pulse_rental (EaselStudio *self, EaselRental *rental)
{
  const gint64 now = easel_clock_get_monotonic_ms (self->clock);

  if (wants_delete_request (self, rental) && now >= rental->next_delete_ms)
    send_delete (self, rental);
  _easel_studio_follow_agent (self, rental);
  if (has_limits (self, rental))
    keep_limits (self, rental, now);
  if (bill_is_due (self, rental, now))
    _easel_studio_fetch_bill (self, rental);
  _easel_studio_watch_confirmation (self, rental);
}

/* When something is due for a row, monotonic; G_MAXINT64 for never. */
gint64
_easel_studio_next_rental_pulse (EaselStudio *self, EaselRental *rental)
{
  const gint64 now = easel_clock_get_monotonic_ms (self->clock);
  gint64 due = G_MAXINT64;

  if (wants_delete_request (self, rental) && easel_account_get_key (rental->account) != NULL)
    due = MIN (due, rental->next_delete_ms);
  if (has_limits (self, rental))
    {
      gint64 ends_at = 0;

      due_end (self, rental, now, &ends_at);
      if (ends_at > 0)
        due = MIN (due, MAX (now + MAX (ends_at - easel_clock_get_unix_ms (self->clock), 0),
                             limits_rest_until (rental)));
      if (rental->state == EASEL_RENTAL_READY && rental->address != NULL &&
          !rental->probing_activity)
        due =
            MIN (due, rental->asked_activity_ms > 0 ? rental->asked_activity_ms + ACTIVITY_EVERY_MS
                                                    : now);
    }
  if (rental->pod != NULL && easel_account_get_key (rental->account) != NULL)
    {
      if (rental->state == EASEL_RENTAL_GONE && rental->record != NULL)
        due = MIN (due, rental->asked_bill_ms + BILL_LAG_MS);
      else if (self->watched)
        due = MIN (due, rental->asked_bill_ms > 0 ? rental->asked_bill_ms + bill_gap (self) : now);
    }
  due = MIN (due, _easel_studio_next_confirmation (self, rental));
  return due;
}
