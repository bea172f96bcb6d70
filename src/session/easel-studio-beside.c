/* SPDX-License-Identifier: GPL-3.0-or-later */

/* More than one instance of the program: the part of EaselStudio that knows about the others.
 *
 * One keeps (it rents, picks up starts, keeps limits), the others help: they show everything and
 * delete what they are asked to. They talk through the journal alone, so that it works on a text
 * console too; when the keeper ends, a helper with windows takes its place. */

#include "config.h"
#include "easel-studio-private.h"

#include "easel-error.h"

static EaselRental *
find_by_record (EaselStudio *self, const EaselJournalRecord *record)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->rentals)); i++)
    {
      g_autoptr (EaselRental) rental = g_list_model_get_item (G_LIST_MODEL (self->rentals), i);
      const char *pod_id = _easel_rental_get_pod_id (rental);

      if (rental->record != NULL && g_strcmp0 (rental->record->name, record->name) == 0)
        return rental; /* the list holds it */
      if (rental->record == NULL && pod_id != NULL && g_strcmp0 (pod_id, record->pod_id) == 0 &&
          g_strcmp0 (easel_account_get_provider_info (rental->account)->id, record->provider_id) ==
              0)
        return rental;
    }
  return NULL;
}

static gboolean
is_settled (const EaselJournalRecord *record)
{
  return record->state == EASEL_JOURNAL_GONE || record->state == EASEL_JOURNAL_VOID;
}

/* The keeper knows best what it started; what the person chose elsewhere counts for it, too. */
static void
take_changes (EaselStudio *self, EaselRental *rental, const EaselJournalRecord *record)
{
  if (rental->record == NULL || _easel_rental_is_being_deleted (rental))
    return;
  if (self->role == EASEL_STUDIO_KEEPER)
    {
      rental->record->hard_end_unix_ms = record->hard_end_unix_ms;
      rental->record->limits = record->limits;
    }
  else
    {
      g_clear_pointer (&rental->record, easel_journal_record_free);
      rental->record = easel_journal_record_copy (record);
    }
  _easel_rental_emit_changed (rental);
}

static void
take_record (EaselStudio *self, const EaselJournalRecord *record)
{
  EaselRental *rental = find_by_record (self, record);

  if (rental == NULL)
    {
      if (!is_settled (record))
        _easel_studio_add_record (self, record);
      return;
    }
  if (rental->state == EASEL_RENTAL_GONE)
    return;
  if (is_settled (record))
    {
      /* Seen by others; the own lists say it once more. */
      if (record->state == EASEL_JOURNAL_VOID && self->role != EASEL_STUDIO_KEEPER &&
          _easel_rental_get_pod_id (rental) == NULL)
        _easel_studio_remove_rental (self, rental);
      else
        _easel_studio_look_soon (self, rental->account, 0);
    }
  else if (record->unwanted || record->state == EASEL_JOURNAL_DELETING)
    {
      if (!_easel_rental_is_being_deleted (rental))
        easel_studio_delete (self, rental, record->reason);
    }
  else
    take_changes (self, rental, record);
}

static void
take_news (EaselStudio *self)
{
  g_autoptr (GPtrArray) news = easel_journal_take_news (self->journal);

  if (news->len == 0)
    return;
  g_debug ("%u records were changed by another instance", news->len);
  for (guint i = 0; i < news->len; i++)
    take_record (self, g_ptr_array_index (news, i));
  _easel_studio_judge_accounts (self);
}

static void
become_keeper (EaselStudio *self)
{
  g_message ("This instance is in charge now");
  self->role = EASEL_STUDIO_KEEPER;
  _easel_studio_pick_up_intents (self);
  easel_studio_refresh (self);
}

static void
on_news (EaselStudio *self)
{
  if (self->watches != NULL)
    take_news (self);
}

/* Before the journal is read: who is in charge must not change in between. */
void
_easel_studio_choose_role (EaselStudio *self)
{
  if (self->role == EASEL_STUDIO_KEEPER && self->lock != NULL &&
      !easel_instance_lock_acquire (self->lock))
    {
      g_message ("Another instance is in charge; this one helps");
      self->role = EASEL_STUDIO_HELPER;
      self->waits_for_charge = TRUE;
    }
}

void
_easel_studio_begin_listening (EaselStudio *self)
{
  g_signal_connect_object (self->journal, "news", G_CALLBACK (on_news), self, G_CONNECT_SWAPPED);
  easel_journal_watch (self->journal);
}

/* Now and then, also where files cannot be watched. */
void
_easel_studio_look_beside (EaselStudio *self)
{
  take_news (self);
  if (self->waits_for_charge && easel_instance_lock_acquire (self->lock))
    {
      self->waits_for_charge = FALSE;
      become_keeper (self);
    }
}

/* Only one instance rents: two would each draw another machine for the same click. */
gboolean
_easel_studio_may_rent (EaselStudio *self, GError **error)
{
  _easel_studio_look_beside (self);
  if (self->role == EASEL_STUDIO_KEEPER)
    return TRUE;
  easel_set_error (error, EASEL_ERROR_ELSEWHERE, "another instance is in charge");
  return FALSE;
}

/* Receipts are written by one instance, as the file is rewritten as a whole. */
gboolean
_easel_studio_keeps_history (EaselStudio *self)
{
  if (self->role == EASEL_STUDIO_KEEPER)
    return TRUE;
  return self->role == EASEL_STUDIO_HELPER && self->lock != NULL &&
         easel_instance_lock_is_free (self->lock);
}

/* Whether this instance has been started and is the one in charge. */
gboolean
_easel_studio_is_keeper (EaselStudio *self)
{
  return self->started && self->role == EASEL_STUDIO_KEEPER;
}

/**
 * _easel_studio_set_role:
 * @self: a studio that has not started
 * @role: what it may do
 * @lock: (nullable): who is in charge; %NULL when there is nobody else
 */
void
_easel_studio_set_role (EaselStudio *self, EaselStudioRole role, EaselInstanceLock *lock)
{
  g_return_if_fail (EASEL_IS_STUDIO (self));
  g_return_if_fail (!self->started);

  self->role = role;
  g_set_object (&self->lock, lock);
}
