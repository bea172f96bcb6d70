/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The agents of what is rented: the part of EaselStudio that listens to them.
 *
 * Keeps one watch per running pod that has an agent, and turns what the agent saw into what the
 * limits are kept by. While the program runs it keeps the same limits with the account's key, so an
 * agent whose own key is refused is no danger. */

#include "config.h"
#include "easel-studio-private.h"

#include "easel-error.h"
#include "easel-start-command.h"

/* The pod goes first: whoever ends it, it is ended once. */
#define AGENT_GOES_FIRST_MS (2 * 60 * 1000)
/* What the agent saw longer ago says nothing about now. */
#define AGENT_KNOWN_MS (5 * 60 * 1000)

static gboolean
has_agent (EaselRental *rental)
{
  const EaselPodData *pod = rental->pod != NULL ? easel_pod_get (rental->pod) : NULL;

  return pod != NULL && pod->admin != NULL && easel_pod_state_costs_gpu (pod->state) &&
         (rental->state == EASEL_RENTAL_STARTING || rental->state == EASEL_RENTAL_READY ||
          rental->state == EASEL_RENTAL_TROUBLE);
}

static void
take_activity (EaselStudio *self, EaselRental *rental, const EaselAgentStatus *status)
{
  const gint64 now = easel_clock_get_unix_ms (self->clock);

  rental->activity_ms = easel_clock_get_monotonic_ms (self->clock);
  if (status->busy || status->n_transfers > 0)
    rental->last_busy_unix_ms = now;
  else if (status->since_generated_s >= 0)
    rental->last_busy_unix_ms =
        MAX (rental->last_busy_unix_ms, now - status->since_generated_s * 1000);
}

static void
on_agent_changed (EaselRental *rental, EaselAgentWatch *agent)
{
  g_autofree char *address = NULL;
  const EaselAgentStatus *status = easel_agent_watch_get_status (agent);
  EaselStudio *self = rental->studio;

  if (self == NULL || rental->agent != agent)
    return;
  address = easel_agent_watch_dup_address (agent);
  if (rental->address != NULL && address != NULL)
    _easel_rental_set_address (rental, address);
  if (status != NULL && easel_agent_watch_get_silent_ms (agent) == 0)
    take_activity (self, rental, status);
  _easel_studio_tell_end (self, rental);
  _easel_studio_note_confirmation (self, rental);
  _easel_rental_emit_changed (rental);
  _easel_studio_schedule (self);
  _easel_studio_emit_changed (self);
}

static void
drop_agent (EaselRental *rental)
{
  if (rental->agent == NULL)
    return;
  g_signal_handlers_disconnect_by_data (rental->agent, rental);
  easel_agent_watch_stop (rental->agent);
  g_clear_object (&rental->agent);
}

static gboolean
is_waited_for (EaselStudio *self, EaselRental *rental)
{
  return rental->state == EASEL_RENTAL_STARTING ||
         !easel_agent_watch_is_confirmed (rental->agent) ||
         (self->watched && rental->state == EASEL_RENTAL_READY &&
          easel_agent_watch_get_status (rental->agent)->n_connected == 0);
}

/* Where a command is too short for both, the second part follows. */
static void
send_second_part (EaselRental *rental)
{
  g_autoptr (GBytes) helper = NULL;

  if (easel_account_get_provider_info (rental->account)->max_command == 0)
    return;
  helper = easel_start_command_dup_helper ();
  easel_agent_watch_set_helper (rental->agent, helper);
}

/* Begins, goes on or ends listening, as the pod's state wants it. */
void
_easel_studio_follow_agent (EaselStudio *self, EaselRental *rental)
{
  if (!has_agent (rental))
    {
      drop_agent (rental);
      return;
    }
  if (rental->agent == NULL)
    {
      rental->agent = easel_agent_watch_new (self->http, self->clock, rental->pod);
      g_set_weak_pointer (&rental->studio, self);
      send_second_part (rental);
      g_signal_connect_object (rental->agent, "changed", G_CALLBACK (on_agent_changed), rental,
                               G_CONNECT_SWAPPED);
      easel_agent_watch_start (rental->agent);
    }
  easel_agent_watch_set_pod (rental->agent, rental->pod);
  easel_agent_watch_set_close (rental->agent, is_waited_for (self, rental));
}

/* When the desktop ends it in the agent's place, because the agent should have and has not; 0 if
 * the agent does not tell. */
gint64
_easel_studio_agent_end (EaselStudio *self, EaselRental *rental, EaselEndReason *ret_reason)
{
  gint64 left;

  const EaselAgentStatus *status =
      rental->agent != NULL ? easel_agent_watch_get_status (rental->agent) : NULL;

  *ret_reason = EASEL_END_NONE;
  if (status == NULL || easel_agent_watch_get_silent_ms (rental->agent) > AGENT_KNOWN_MS)
    return 0;
  left = easel_agent_watch_get_left_ms (rental->agent, ret_reason);
  /* The hard end is in the journal, and may have been moved from here. */
  if (*ret_reason == EASEL_END_HOURS)
    {
      *ret_reason = EASEL_END_NONE;
      return 0;
    }
  /* One that cannot end it, or was refused, is not waited for. */
  if (status->armed != EASEL_AGENT_ARMED_NO && status->end_error == NULL)
    left += AGENT_GOES_FIRST_MS;
  return easel_clock_get_unix_ms (self->clock) + left;
}

typedef struct
{
  EaselStudio *studio; /* (owned) */
  EaselRental *rental; /* (owned) */
} ExtendData;

static void
extend_data_free (ExtendData *data)
{
  g_object_unref (data->studio);
  g_object_unref (data->rental);
  g_free (data);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExtendData, extend_data_free)

static void
on_extended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ExtendData) data = user_data;
  EaselRental *rental = data->rental;
  EaselStudio *self = data->studio;
  GError *error = NULL;
  EaselAgentStatus *status =
      easel_agent_client_status_finish (EASEL_AGENT_CLIENT (source), result, &error);

  if (status == NULL)
    {
      if (easel_error_is_cancelled (error))
        g_error_free (error);
      else
        _easel_rental_take_error (rental, error);
      _easel_studio_emit_changed (self);
      return;
    }
  if (rental->record != NULL && rental->record->hard_end_unix_ms > 0)
    /* It keeps its cap: what it says is what holds. */
    _easel_studio_move_end (self, rental,
                            easel_clock_get_unix_ms (self->clock) + status->hard_s * 1000);
  if (rental->agent != NULL)
    easel_agent_watch_take_status (rental->agent, status);
  else
    easel_agent_status_free (status);
  _easel_rental_emit_changed (rental);
  _easel_studio_schedule (self);
  _easel_studio_emit_changed (self);
}

/* FALSE if there is no agent to ask, so that the desktop's own limit is the only one. */
gboolean
_easel_studio_extend_agent (EaselStudio *self, EaselRental *rental, gint64 hard_end_unix_ms)
{
  EaselAgentClient *client =
      rental->agent != NULL ? easel_agent_watch_get_client (rental->agent) : NULL;
  const gint64 left_ms = hard_end_unix_ms - easel_clock_get_unix_ms (self->clock);
  ExtendData *data;

  if (client == NULL || easel_agent_watch_get_status (rental->agent) == NULL)
    return FALSE;
  data = g_new0 (ExtendData, 1);
  data->studio = g_object_ref (self);
  data->rental = g_object_ref (rental);
  easel_agent_client_extend_async (client, MAX (left_ms, 0) / 1000, -1, -1, -1, rental->cancellable,
                                   on_extended, data);
  return TRUE;
}
