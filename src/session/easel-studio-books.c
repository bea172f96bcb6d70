/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is written down of a rental, from the intent to the proof: the part of EaselStudio that
 * keeps journal, history and row in step. */

#include "config.h"
#include "easel-journal-launch-private.h"
#include "easel-studio-private.h"

/* Writes the rental's record. A journal that cannot be written is told, but stops nothing that
 * makes the bill smaller. */
void
_easel_studio_put (EaselStudio *self, EaselRental *rental)
{
  g_autoptr (GError) error = NULL;

  if (rental->record == NULL || self->role == EASEL_STUDIO_ONLOOKER)
    return;
  if (easel_journal_put (self->journal, rental->record, &error))
    {
      g_clear_error (&self->storage_error);
      return;
    }
  g_warning_once ("The journal cannot be written: %s", error->message);
  g_clear_error (&self->storage_error);
  self->storage_error = g_steal_pointer (&error);
}

/* Proven gone. */
void
_easel_studio_take_gone (EaselStudio *self, EaselRental *rental)
{
  const gint64 now = easel_clock_get_unix_ms (self->clock);
  const gboolean had_pod = _easel_rental_get_pod_id (rental) != NULL;

  if (rental->pod != NULL)
    _easel_rental_set_pod (rental, rental->pod); /* counts up to now */
  rental->proven_unix_ms = now;
  if (rental->record != NULL)
    {
      rental->record->state = EASEL_JOURNAL_GONE;
      rental->record->settled_unix_ms = now;
      _easel_studio_put (self, rental);
      if (had_pod && easel_rental_is_ours (rental) && _easel_studio_keeps_history (self))
        {
          g_autoptr (EaselReceipt) receipt = _easel_studio_make_receipt (rental, now);

          easel_history_add_receipt (self->history, receipt);
          _easel_studio_fetch_bill (self, rental);
        }
    }
  _easel_rental_set_address (rental, NULL);
  _easel_rental_take_error (rental, NULL);
  _easel_rental_set_state (rental, EASEL_RENTAL_GONE);
  if (rental->deployment != NULL)
    {
      g_autoptr (EaselDeployment) deployment = g_object_ref (rental->deployment);

      _easel_deployment_note_gone (deployment, rental);
    }
  g_signal_emit_by_name (self, "rental-ended", rental);
  _easel_studio_update_state (self);
}

/* Intent first: NULL unless the record is on the disk. */
EaselRental *
_easel_studio_begin_intent (EaselStudio *self,
                            EaselDeployment *deployment,
                            EaselAccount *account,
                            const EaselLaunchSpec *spec,
                            GError **error)
{
  g_autoptr (EaselJournalRecord) record =
      _easel_launch_to_record (spec, easel_account_get_identity (account));
  g_autoptr (EaselRental) rental = NULL;
  const gint64 now = easel_clock_get_unix_ms (self->clock);

  record->state = EASEL_JOURNAL_INTENT;
  record->intent_unix_ms = now;
  record->hard_end_unix_ms = _easel_deployment_get_hard_end (deployment);
  record->budget = _easel_deployment_get_budget (deployment);
  if (!easel_journal_put (self->journal, record, error))
    {
      /* In memory only, and nothing was sent: let no later start wonder about it. */
      record->state = EASEL_JOURNAL_VOID;
      easel_journal_put (self->journal, record, NULL);
      return NULL;
    }

  rental = _easel_rental_new (self->clock, account);
  rental->record = g_steal_pointer (&record);
  rental->deployment = g_object_ref (deployment);
  rental->state = EASEL_RENTAL_RENTING;
  _easel_studio_add_rental (self, rental);
  _easel_studio_emit_changed (self);
  return rental; /* the list holds it */
}

void
_easel_studio_note_sent (EaselStudio *self, EaselRental *rental)
{
  rental->create_in_flight = TRUE;
  rental->create_sent_ms = easel_clock_get_monotonic_ms (self->clock);
}

void
_easel_studio_note_created (EaselStudio *self, EaselRental *rental, EaselPod *pod)
{
  const EaselPodData *data = easel_pod_get (pod);
  const gint64 now = easel_clock_get_unix_ms (self->clock);

  rental->create_in_flight = FALSE;
  easel_absence_reset (&rental->absence);
  g_free (rental->record->pod_id);
  rental->record->pod_id = g_strdup (data->id);
  rental->record->created_unix_ms = now;
  rental->record->last_seen_unix_ms = now;
  if (!rental->record->unwanted)
    rental->record->state = EASEL_JOURNAL_HELD;
  _easel_studio_put (self, rental);
  _easel_rental_set_pod (rental, pod);
  _easel_studio_correct_end (self, rental);
  if (rental->record->unwanted)
    {
      rental->next_delete_ms = 0;
      _easel_studio_pulse_rental (self, rental);
    }
  else
    _easel_rental_set_state (rental, EASEL_RENTAL_STARTING);
  _easel_studio_look_soon (
      self, rental->account,
      _easel_studio_look_gap (self, _easel_studio_watch_for (self, rental->account)));
  _easel_studio_update_state (self);
}

/* The provider said no: nothing was rented. */
void
_easel_studio_note_refused (EaselStudio *self, EaselRental *rental)
{
  rental->create_in_flight = FALSE;
  rental->record->state = EASEL_JOURNAL_VOID;
  rental->record->settled_unix_ms = easel_clock_get_unix_ms (self->clock);
  _easel_studio_put (self, rental);
  _easel_studio_remove_rental (self, rental);
  _easel_studio_emit_changed (self);
}

void
_easel_studio_note_unsure (EaselStudio *self, EaselRental *rental)
{
  rental->create_in_flight = FALSE;
  easel_absence_reset (&rental->absence);
  _easel_studio_look_soon (self, rental->account, 0);
  _easel_studio_emit_changed (self);
}

void
_easel_studio_note_pod (EaselStudio *self, EaselRental *rental, EaselPod *pod)
{
  if (_easel_rental_is_being_deleted (rental) || rental->state == EASEL_RENTAL_GONE)
    return;
  _easel_rental_set_pod (rental, pod);
  _easel_studio_sync_rental (self, rental);
}

void
_easel_studio_note_ready (EaselStudio *self, EaselRental *rental, const char *address)
{
  const gint64 now = easel_clock_get_unix_ms (self->clock);

  if (_easel_rental_is_being_deleted (rental) || rental->state == EASEL_RENTAL_GONE ||
      rental->state == EASEL_RENTAL_UNSEEN)
    return;
  if (rental->record != NULL && rental->record->ready_unix_ms == 0)
    {
      rental->record->ready_unix_ms = now;
      if (rental->record->created_unix_ms > 0 && rental->pod != NULL)
        easel_history_add_start_time (self->history, rental->record->provider_id,
                                      easel_pod_get (rental->pod)->host_kind,
                                      now - rental->record->created_unix_ms);
      _easel_studio_put (self, rental);
    }
  rental->last_busy_unix_ms = MAX (rental->last_busy_unix_ms, now);
  _easel_rental_take_error (rental, NULL);
  _easel_rental_set_address (rental, address);
  _easel_rental_set_state (rental, EASEL_RENTAL_READY);
  g_signal_emit_by_name (self, "rental-ready", rental);
  _easel_studio_schedule (self);
  _easel_studio_update_state (self);
}

void
_easel_studio_note_trouble (EaselStudio *self, EaselRental *rental, const GError *error)
{
  if (_easel_rental_is_being_deleted (rental) || rental->state == EASEL_RENTAL_GONE)
    return;
  _easel_rental_take_error (rental, error != NULL ? g_error_copy (error) : NULL);
  _easel_rental_set_state (rental, EASEL_RENTAL_TROUBLE);
  _easel_studio_emit_changed (self);
}

void
_easel_studio_note_restarting (EaselStudio *self, EaselRental *rental)
{
  _easel_rental_take_error (rental, NULL);
  _easel_rental_set_address (rental, NULL);
  _easel_rental_set_state (rental, EASEL_RENTAL_STARTING);
  _easel_studio_emit_changed (self);
}
