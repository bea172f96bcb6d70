/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The state of a row from the state of its pod: the part of EaselStudio that believes the provider.
 *
 * A row that is being deleted is not its business; nor is one whose pod a list lacks. */

#include "config.h"
#include "easel-studio-private.h"

#include "easel-error.h"

#define ACTION_SETTLES_MS (90 * 1000)

static gboolean
action_unsettled (EaselStudio *self, EaselRental *rental)
{
  return rental->acting ||
         (rental->acted_ms > 0 &&
          easel_clock_get_monotonic_ms (self->clock) - rental->acted_ms < ACTION_SETTLES_MS);
}

static void
sync_stopped (EaselStudio *self, EaselRental *rental)
{
  if (rental->state == EASEL_RENTAL_RESUMING && action_unsettled (self, rental))
    return;
  _easel_rental_set_address (rental, NULL);
  if (rental->deployment != NULL)
    {
      g_autoptr (EaselDeployment) deployment = g_object_ref (rental->deployment);

      _easel_deployment_note_stopped (deployment, rental);
    }
  _easel_rental_set_state (rental, EASEL_RENTAL_PAUSED);
}

static gboolean
is_booting (EaselRental *rental)
{
  EaselDeploymentState state;

  if (rental->deployment == NULL)
    return FALSE;
  state = easel_deployment_get_state (rental->deployment);
  return state == EASEL_DEPLOYMENT_STARTING || state == EASEL_DEPLOYMENT_TROUBLE ||
         state == EASEL_DEPLOYMENT_RENTING || state == EASEL_DEPLOYMENT_UNSURE;
}

/* From the provider's own site, or while this program did not run. */
static gboolean
was_resumed_elsewhere (EaselRental *rental)
{
  const gint64 hard_end = rental->record != NULL ? rental->record->hard_end_unix_ms : 0;

  return hard_end > 0 && (rental->state == EASEL_RENTAL_PAUSED ||
                          (easel_pod_get (rental->pod)->workspace_gb > 0 &&
                           easel_pod_get (rental->pod)->started_unix_ms > hard_end));
}

/* What the agent has found out about the address outlives a list, which only knows the order. */
static void
take_address (EaselRental *rental)
{
  g_autofree char *address = NULL;

  if (rental->agent != NULL)
    {
      easel_agent_watch_set_pod (rental->agent, rental->pod);
      address = easel_agent_watch_dup_address (rental->agent);
    }
  _easel_rental_set_address (rental,
                             address != NULL ? address : easel_pod_get (rental->pod)->address);
}

static void
sync_running (EaselStudio *self, EaselRental *rental)
{
  if (rental->state == EASEL_RENTAL_PAUSING && action_unsettled (self, rental))
    return;
  if (was_resumed_elsewhere (rental))
    _easel_studio_renew_limits (self, rental);
  if (is_booting (rental))
    {
      g_autoptr (EaselDeployment) deployment = g_object_ref (rental->deployment);

      if (rental->state == EASEL_RENTAL_PAUSED)
        _easel_rental_take_error (rental, NULL);
      _easel_deployment_note_running (deployment, rental, rental->pod);
      if (rental->state != EASEL_RENTAL_TROUBLE)
        _easel_rental_set_state (rental, EASEL_RENTAL_STARTING);
      return;
    }
  if (rental->record == NULL)
    {
      /* Not made here: whether a server for Krita runs on it is asked only on demand. */
      _easel_rental_set_state (rental, EASEL_RENTAL_READY);
      return;
    }
  if (rental->record->ready_unix_ms == 0 || rental->state == EASEL_RENTAL_RESUMING ||
      rental->state == EASEL_RENTAL_PAUSED)
    {
      _easel_rental_set_state (rental, EASEL_RENTAL_STARTING);
      _easel_studio_rent_from_record (self, rental, FALSE);
      return;
    }
  take_address (rental);
  if (rental->state != EASEL_RENTAL_TROUBLE)
    _easel_rental_set_state (rental, EASEL_RENTAL_READY);
}

/* Brings a row that is not being deleted in step with its pod. */
void
_easel_studio_sync_rental (EaselStudio *self, EaselRental *rental)
{
  switch (easel_pod_get (rental->pod)->state)
    {
    case EASEL_POD_STOPPED:
    case EASEL_POD_STOPPING:
      sync_stopped (self, rental);
      break;

    case EASEL_POD_ERROR:
      if (!is_booting (rental))
        {
          g_autoptr (GError) error = easel_error_new (EASEL_ERROR_BROKEN_POD, "pod in error");

          _easel_studio_note_trouble (self, rental, error);
        }
      break;

    case EASEL_POD_GONE:
      break; /* counted as absent */

    case EASEL_POD_PROVISIONING:
    case EASEL_POD_STARTING:
    case EASEL_POD_RUNNING:
    case EASEL_POD_OTHER:
    case EASEL_N_POD_STATES:
    default:
      sync_running (self, rental);
      break;
    }
  _easel_studio_follow_agent (self, rental);
  _easel_studio_correct_end (self, rental);
  _easel_rental_emit_changed (rental);
}
