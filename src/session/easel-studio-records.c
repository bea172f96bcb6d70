/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Rows of which only the journal knows: the part of EaselStudio that goes on where an earlier run
 * of the program, or another instance of it, has left off. */

#include "config.h"
#include "easel-journal-launch-private.h"
#include "easel-studio-private.h"

/* Picks up a start that an earlier run of the program, or a pause, has interrupted. */
void
_easel_studio_rent_from_record (EaselStudio *self, EaselRental *rental, gboolean is_unsure)
{
  const gboolean is_resume = rental->record->ready_unix_ms > 0;
  g_autoptr (EaselLaunchSpec) spec = NULL;
  g_autoptr (EaselDeployment) deployment = NULL;

  if (self->role != EASEL_STUDIO_KEEPER)
    return;
  spec = _easel_launch_from_record (rental->record);
  deployment = _easel_deployment_new (self, self->http, self->clock, rental->account, self->catalog,
                                      self->history, spec);
  g_set_object (&rental->deployment, deployment);
  if (is_unsure)
    _easel_deployment_attach_unsure (deployment, rental, rental->record->intent_unix_ms);
  else
    _easel_deployment_attach (deployment, rental, rental->pod,
                              is_resume ? easel_clock_get_unix_ms (self->clock)
                                        : rental->record->intent_unix_ms,
                              is_resume);
}

static EaselAccountWatch *
watch_for_provider (EaselStudio *self, const char *provider_id)
{
  for (guint i = 0; i < self->watches->len; i++)
    {
      EaselAccountWatch *watch = g_ptr_array_index (self->watches, i);

      if (g_strcmp0 (easel_account_get_provider_info (watch->account)->id, provider_id) == 0)
        return watch;
    }
  return NULL;
}

/* The state of a row of which only the record is known. */
void
_easel_studio_place_record (EaselStudio *self, EaselRental *rental)
{
  const EaselJournalRecord *record = rental->record;

  if (record->state == EASEL_JOURNAL_DELETING || record->unwanted)
    {
      rental->state = EASEL_RENTAL_DELETING;
      rental->delete_asked_ms = easel_clock_get_monotonic_ms (self->clock);
    }
  else if (record->state == EASEL_JOURNAL_INTENT)
    {
      rental->state = EASEL_RENTAL_RENTING;
      if (rental->deployment == NULL)
        _easel_studio_rent_from_record (self, rental, TRUE);
    }
  else
    rental->state = record->ready_unix_ms > 0 ? EASEL_RENTAL_READY : EASEL_RENTAL_STARTING;
}

/* A row of which only the record is known yet. */
void
_easel_studio_add_record (EaselStudio *self, const EaselJournalRecord *record)
{
  EaselAccountWatch *watch = watch_for_provider (self, record->provider_id);
  g_autoptr (EaselRental) rental = NULL;

  if (watch == NULL)
    {
      g_message ("The journal knows a provider “%s” that this program does not",
                 record->provider_id);
      return;
    }
  rental = _easel_rental_new (self->clock, watch->account);
  rental->record = easel_journal_record_copy (record);
  rental->is_stale = TRUE;
  /* The request may have left a moment before the program died. */
  rental->create_sent_ms = easel_clock_get_monotonic_ms (self->clock);
  rental->state = EASEL_RENTAL_UNSEEN;
  _easel_studio_add_rental (self, rental);
}

/* Every open record gets a row at once, so that nothing that may cost is hidden while the first
 * list is on its way. */
void
_easel_studio_load_records (EaselStudio *self)
{
  g_autoptr (GPtrArray) records = easel_journal_get_open (self->journal);

  for (guint i = 0; i < records->len; i++)
    _easel_studio_add_record (self, g_ptr_array_index (records, i));
}

/* What another instance has left open. */
void
_easel_studio_pick_up_intents (EaselStudio *self)
{
  for (guint i = 0; i < _easel_studio_n_rentals (self); i++)
    {
      EaselRental *rental = _easel_studio_nth_rental (self, i);

      if (rental->state == EASEL_RENTAL_RENTING && rental->deployment == NULL &&
          rental->record != NULL)
        _easel_studio_rent_from_record (self, rental, TRUE);
    }
}
