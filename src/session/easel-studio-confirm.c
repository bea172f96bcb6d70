/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Who has confirmed that it ends by itself: the part of EaselStudio that remembers and tells.
 *
 * Unconfirmed is unsafe: nothing but the running program ends such a GPU. One that has not
 * confirmed its end a quarter of an hour after the create is told, once; when the program starts
 * again, or the computer wakes up, it is asked about before anything else. */

#include "config.h"
#include "easel-studio-private.h"

#include "easel-shield.h"

/* When the present run began: the create, or the last start after a pause. */
static gint64
get_run_unix_ms (EaselRental *rental)
{
  const EaselJournalRecord *record = rental->record;

  if (record->run_unix_ms > 0)
    return record->run_unix_ms;
  return record->created_unix_ms > 0 ? record->created_unix_ms : record->intent_unix_ms;
}

static gboolean
is_running (EaselRental *rental)
{
  return rental->record != NULL && easel_rental_is_ours (rental) &&
         (rental->state == EASEL_RENTAL_STARTING || rental->state == EASEL_RENTAL_READY ||
          rental->state == EASEL_RENTAL_TROUBLE);
}

/* Unix time at which its silence is told; 0 for never. */
static gint64
get_late_unix_ms (EaselRental *rental)
{
  if (!is_running (rental) || rental->record->confirmed_unix_ms > 0)
    return 0;
  return get_run_unix_ms (rental) + EASEL_SHIELD_PATIENCE_MS;
}

/* Its agent has said something. */
void
_easel_studio_note_confirmation (EaselStudio *self, EaselRental *rental)
{
  if (rental->record == NULL || rental->record->confirmed_unix_ms > 0 ||
      !easel_rental_is_confirmed (rental))
    return;
  rental->record->confirmed_unix_ms = easel_clock_get_unix_ms (self->clock);
  _easel_studio_put (self, rental);
}

/* A new run has confirmed nothing yet. */
void
_easel_studio_forget_confirmation (EaselStudio *self, EaselRental *rental)
{
  rental->record->run_unix_ms = easel_clock_get_unix_ms (self->clock);
  rental->record->confirmed_unix_ms = 0;
  rental->told_unconfirmed = FALSE;
}

void
_easel_studio_watch_confirmation (EaselStudio *self, EaselRental *rental)
{
  const gint64 late = get_late_unix_ms (rental);

  /* Without an agent nothing was promised: the pages say so from the beginning. */
  if (rental->told_unconfirmed || rental->agent == NULL || late == 0 ||
      easel_clock_get_unix_ms (self->clock) < late)
    return;
  rental->told_unconfirmed = TRUE;
  g_signal_emit_by_name (self, "unconfirmed", rental);
}

/* Monotonic; G_MAXINT64 for never. */
gint64
_easel_studio_next_confirmation (EaselStudio *self, EaselRental *rental)
{
  const gint64 late = get_late_unix_ms (rental);

  if (rental->told_unconfirmed || rental->agent == NULL || late == 0)
    return G_MAXINT64;
  return easel_clock_get_monotonic_ms (self->clock) +
         MAX (late - easel_clock_get_unix_ms (self->clock), 0);
}

/* The lists are there, for the first time since the program started or the computer slept. */
void
_easel_studio_ask_about_unconfirmed (EaselStudio *self)
{
  const gint64 now = easel_clock_get_unix_ms (self->clock);
  const guint n = g_list_model_get_n_items (G_LIST_MODEL (self->rentals));
  g_autoptr (GPtrArray) late = g_ptr_array_new_with_free_func (g_object_unref);

  if (!self->asks_about_unconfirmed)
    return;
  self->asks_about_unconfirmed = FALSE;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (EaselRental) rental = g_list_model_get_item (G_LIST_MODEL (self->rentals), i);
      const gint64 late_unix_ms = get_late_unix_ms (rental);

      if (late_unix_ms > 0 && now >= late_unix_ms)
        g_ptr_array_add (late, g_steal_pointer (&rental));
    }
  for (guint i = 0; i < late->len; i++)
    {
      EaselRental *rental = g_ptr_array_index (late, i);

      rental->told_unconfirmed = TRUE;
      g_signal_emit_by_name (self, "still-wanted", rental);
    }
}
