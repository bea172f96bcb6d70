/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Which button and which menu items a GPU's row has in which state, and the words on them.
 *
 * Pure: reads a rental and answers. Nothing here draws, asks or acts; the row draws, the studio
 * window acts. */

#include "config.h"
#include "easel-row-action.h"

#include "easel-error.h"
#include "easel-pod-log.h"
#include "easel-template.h"

#include <glib/gi18n.h>

static const char *const nicks[EASEL_N_ROW_ACTIONS] = {
  [EASEL_ROW_NOTHING] = "nothing",
  [EASEL_ROW_COPY_ADDRESS] = "copy-address",
  [EASEL_ROW_CHECK_ADDRESS] = "check-address",
  [EASEL_ROW_SHOW] = "show",
  [EASEL_ROW_DONE] = "done",
  [EASEL_ROW_PAUSE] = "pause",
  [EASEL_ROW_START] = "start",
  [EASEL_ROW_RENT_AGAIN] = "rent-again",
  [EASEL_ROW_EXTEND] = "extend",
  [EASEL_ROW_MODELS] = "models",
  [EASEL_ROW_OPEN_BROWSER] = "open-browser",
  [EASEL_ROW_OPEN_CONSOLE] = "open-console",
  [EASEL_ROW_LOG] = "log",
  [EASEL_ROW_DETAILS] = "details",
  [EASEL_ROW_ENTER_KEY] = "enter-key",
  [EASEL_ROW_ADD_FUNDS] = "add-funds",
  [EASEL_ROW_TRY_AGAIN] = "try-again",
  [EASEL_ROW_DISMISS] = "dismiss",
};

/**
 * easel_row_action_nick:
 *
 * Returns: the action's name in menus and action groups
 */
const char *
easel_row_action_nick (EaselRowAction action)
{
  g_return_val_if_fail (action < EASEL_N_ROW_ACTIONS, NULL);

  return nicks[action];
}

static gboolean
is_starting (EaselRental *rental)
{
  EaselRentalState state = easel_rental_get_state (rental);

  return state == EASEL_RENTAL_RENTING || state == EASEL_RENTAL_STARTING;
}

static const char *
provider_name (EaselRental *rental)
{
  const EaselProviderInfo *info = easel_rental_get_provider_info (rental);

  return info != NULL ? info->name : "";
}

static char *
dup_extend_label (EaselRental *rental)
{
  gint64 price = easel_rental_get_price (rental);
  g_autofree char *money = NULL;

  if (price <= 0)
    return g_strdup (_ ("_Extend by 1 Hour"));
  money = easel_money_format (price);
  /* Translators: a menu item; the sum is what the hour costs, "$0.23". */
  return g_strdup_printf (_ ("_Extend by 1 Hour (%s)"), money);
}

/**
 * easel_row_action_dup_label:
 * @rental: the row's rental
 *
 * Returns: (transfer full): the words on the button or in the menu, with a mnemonic
 */
char *
easel_row_action_dup_label (EaselRowAction action, EaselRental *rental)
{
  g_return_val_if_fail (EASEL_IS_RENTAL (rental), NULL);

  switch (action)
    {
    case EASEL_ROW_COPY_ADDRESS:
      return g_strdup (_ ("_Copy Address"));
    case EASEL_ROW_CHECK_ADDRESS:
      return g_strdup (_ ("Chec_k Address"));
    case EASEL_ROW_SHOW:
      return g_strdup (_ ("_Show"));
    case EASEL_ROW_DONE:
      return g_strdup (is_starting (rental) ? _ ("Cancel and _Delete…") : _ ("I’m _Done…"));
    case EASEL_ROW_PAUSE:
      return g_strdup (_ ("_Pause…"));
    case EASEL_ROW_START:
      return g_strdup (_ ("_Start"));
    case EASEL_ROW_RENT_AGAIN:
      return g_strdup (_ ("Delete and _Rent Again…"));
    case EASEL_ROW_EXTEND:
      return dup_extend_label (rental);
    case EASEL_ROW_MODELS:
      return g_strdup (_ ("_Models"));
    case EASEL_ROW_OPEN_BROWSER:
      return g_strdup (_ ("Open in _Browser"));
    case EASEL_ROW_OPEN_CONSOLE:
      /* Translators: "Open RunPod", the provider's web page where GPUs can be seen. */
      return g_strdup_printf (_ ("_Open %s"), provider_name (rental));
    case EASEL_ROW_LOG:
      return g_strdup (_ ("_Log"));
    case EASEL_ROW_DETAILS:
      return g_strdup (_ ("De_tails"));
    case EASEL_ROW_ENTER_KEY:
      return g_strdup (_ ("Enter the _Key to Look"));
    case EASEL_ROW_ADD_FUNDS:
      return g_strdup (_ ("Add _Funds"));
    case EASEL_ROW_TRY_AGAIN:
      return g_strdup (_ ("_Try Again"));
    case EASEL_ROW_DISMISS:
      return g_strdup (_ ("_Dismiss"));
    case EASEL_ROW_NOTHING:
    case EASEL_N_ROW_ACTIONS:
    default:
      return g_strdup ("");
    }
}

static gboolean
opens_server_port (EaselRental *rental)
{
  const EaselPodData *pod = easel_rental_get_pod (rental);
  g_autofree char *port = g_strdup_printf ("%d/", EASEL_SERVER_PORT);
  guint i;

  if (pod == NULL || pod->ports == NULL)
    return FALSE;
  for (i = 0; pod->ports[i] != NULL; i++)
    if (g_str_has_prefix (pod->ports[i], port))
      return TRUE;
  return FALSE;
}

static gboolean
is_error (EaselRental *rental, EaselError code)
{
  const GError *error = easel_rental_get_error (rental);

  return error != NULL && g_error_matches (error, EASEL_ERROR, (int) code);
}

static gboolean
lacks_key (EaselRental *rental)
{
  const GError *error = easel_rental_get_error (rental);
  EaselRemedy remedy = error != NULL ? easel_error_remedy (error) : EASEL_REMEDY_NONE;

  return remedy == EASEL_REMEDY_NEW_KEY || remedy == EASEL_REMEDY_ENTER_KEY;
}

static gboolean
can_extend (EaselRental *rental)
{
  EaselRentalState state = easel_rental_get_state (rental);

  return easel_rental_is_ours (rental) && easel_rental_get_ends_at (rental) > 0 &&
         (is_starting (rental) || state == EASEL_RENTAL_READY || state == EASEL_RENTAL_TROUBLE);
}

/**
 * easel_row_action_makes_sense:
 *
 * Returns: whether @action would do anything for @rental as it is now
 */
gboolean
easel_row_action_makes_sense (EaselRowAction action, EaselRental *rental)
{
  EaselRentalState state;
  gboolean is_up;

  g_return_val_if_fail (EASEL_IS_RENTAL (rental), FALSE);

  state = easel_rental_get_state (rental);
  is_up = state == EASEL_RENTAL_READY || state == EASEL_RENTAL_TROUBLE;
  switch (action)
    {
    case EASEL_ROW_COPY_ADDRESS:
    case EASEL_ROW_OPEN_BROWSER:
      return is_up && easel_rental_get_address (rental) != NULL;
    case EASEL_ROW_CHECK_ADDRESS:
      return is_up && easel_rental_get_address (rental) == NULL && opens_server_port (rental);
    case EASEL_ROW_SHOW:
      return easel_rental_get_deployment (rental) != NULL &&
             (is_starting (rental) || state == EASEL_RENTAL_RESUMING ||
              state == EASEL_RENTAL_TROUBLE);
    case EASEL_ROW_DONE:
      return easel_rental_can_delete (rental) && state != EASEL_RENTAL_DELETING &&
             state != EASEL_RENTAL_STUCK;
    case EASEL_ROW_PAUSE:
      return easel_rental_can_pause (rental);
    case EASEL_ROW_START:
      return easel_rental_can_start (rental);
    case EASEL_ROW_RENT_AGAIN:
      return state == EASEL_RENTAL_PAUSED && is_error (rental, EASEL_ERROR_HOST_FULL);
    case EASEL_ROW_EXTEND:
      return can_extend (rental);
    case EASEL_ROW_MODELS:
      return is_up && easel_rental_is_ours (rental);
    case EASEL_ROW_OPEN_CONSOLE:
      return easel_rental_get_provider_info (rental) != NULL && state != EASEL_RENTAL_GONE;
    case EASEL_ROW_LOG:
      return easel_rental_get_deployment (rental) != NULL ||
             ((is_up || is_starting (rental)) && easel_rental_is_ours (rental) &&
              easel_pod_log_is_possible (rental));
    case EASEL_ROW_DETAILS:
      return TRUE;
    case EASEL_ROW_ENTER_KEY:
      return state == EASEL_RENTAL_UNSEEN || lacks_key (rental);
    case EASEL_ROW_TRY_AGAIN:
      return state == EASEL_RENTAL_STUCK || state == EASEL_RENTAL_TROUBLE;
    case EASEL_ROW_ADD_FUNDS:
      return is_error (rental, EASEL_ERROR_QUOTA);
    case EASEL_ROW_DISMISS:
      return state == EASEL_RENTAL_GONE;
    case EASEL_ROW_NOTHING:
    case EASEL_N_ROW_ACTIONS:
    default:
      return FALSE;
    }
}

static EaselRowAction
for_remedy (EaselRental *rental)
{
  const GError *error = easel_rental_get_error (rental);

  if (error == NULL)
    return EASEL_ROW_TRY_AGAIN;
  switch (easel_error_remedy (error))
    {
    case EASEL_REMEDY_NEW_KEY:
    case EASEL_REMEDY_ENTER_KEY:
      return EASEL_ROW_ENTER_KEY;
    case EASEL_REMEDY_ADD_FUNDS:
      return EASEL_ROW_ADD_FUNDS;
    case EASEL_REMEDY_OPEN_CONSOLE:
      return EASEL_ROW_OPEN_CONSOLE;
    case EASEL_REMEDY_RENT_AGAIN:
    case EASEL_REMEDY_OTHER_OFFER:
    case EASEL_REMEDY_OTHER_MACHINE:
    case EASEL_REMEDY_OTHER_TEMPLATE:
    case EASEL_REMEDY_DOWNLOAD_AGAIN:
      return EASEL_ROW_DONE;
    case EASEL_REMEDY_NONE:
    case EASEL_REMEDY_TRY_AGAIN:
    case EASEL_N_REMEDIES:
    default:
      return EASEL_ROW_TRY_AGAIN;
    }
}

/* The first of these that makes sense. */
static EaselRowAction
pick (EaselRental *rental, EaselRowAction first, EaselRowAction second)
{
  if (easel_row_action_makes_sense (first, rental))
    return first;
  return easel_row_action_makes_sense (second, rental) ? second : EASEL_ROW_NOTHING;
}

/**
 * easel_row_action_primary:
 *
 * Returns: the person's most likely next step, EASEL_ROW_NOTHING if there is only waiting
 */
EaselRowAction
easel_row_action_primary (EaselRental *rental)
{
  g_return_val_if_fail (EASEL_IS_RENTAL (rental), EASEL_ROW_NOTHING);

  switch (easel_rental_get_state (rental))
    {
    case EASEL_RENTAL_RENTING:
    case EASEL_RENTAL_STARTING:
    case EASEL_RENTAL_RESUMING:
      return pick (rental, EASEL_ROW_SHOW, EASEL_ROW_NOTHING);
    case EASEL_RENTAL_READY:
      return pick (rental, EASEL_ROW_COPY_ADDRESS, EASEL_ROW_CHECK_ADDRESS);
    case EASEL_RENTAL_TROUBLE:
      if (easel_row_action_makes_sense (EASEL_ROW_SHOW, rental))
        return EASEL_ROW_SHOW;
      return for_remedy (rental);
    case EASEL_RENTAL_PAUSED:
      if (lacks_key (rental))
        return EASEL_ROW_ENTER_KEY;
      return pick (rental, EASEL_ROW_RENT_AGAIN, EASEL_ROW_START);
    case EASEL_RENTAL_STUCK:
      return lacks_key (rental) ? EASEL_ROW_ENTER_KEY : EASEL_ROW_TRY_AGAIN;
    case EASEL_RENTAL_GONE:
      return EASEL_ROW_DISMISS;
    case EASEL_RENTAL_UNSEEN:
      return EASEL_ROW_ENTER_KEY;
    case EASEL_RENTAL_PAUSING:
    case EASEL_RENTAL_DELETING:
    case EASEL_N_RENTAL_STATES:
    default:
      return EASEL_ROW_NOTHING;
    }
}

/**
 * easel_row_action_secondary:
 *
 * Returns: a second button for the states in which the first may not be enough, else
 *   EASEL_ROW_NOTHING
 */
EaselRowAction
easel_row_action_secondary (EaselRental *rental)
{
  EaselRentalState state;

  g_return_val_if_fail (EASEL_IS_RENTAL (rental), EASEL_ROW_NOTHING);

  state = easel_rental_get_state (rental);
  if (state == EASEL_RENTAL_STUCK || state == EASEL_RENTAL_UNSEEN)
    return pick (rental, EASEL_ROW_OPEN_CONSOLE, EASEL_ROW_NOTHING);
  if (state == EASEL_RENTAL_PAUSED)
    return pick (rental, EASEL_ROW_ADD_FUNDS, EASEL_ROW_NOTHING);
  return EASEL_ROW_NOTHING;
}

/**
 * easel_row_action_is_next_step:
 *
 * Returns: whether @action leads towards painting, so that the window may suggest it
 */
gboolean
easel_row_action_is_next_step (EaselRowAction action)
{
  return action == EASEL_ROW_COPY_ADDRESS || action == EASEL_ROW_ENTER_KEY ||
         action == EASEL_ROW_START;
}

/**
 * easel_rental_dup_handle:
 *
 * Returns: (transfer full): a text by which this rental is found again while the program runs: the
 *   name that this program gave, else provider and pod
 */
char *
easel_rental_dup_handle (EaselRental *rental)
{
  const EaselJournalRecord *record;
  const EaselPodData *pod;

  g_return_val_if_fail (EASEL_IS_RENTAL (rental), NULL);

  record = easel_rental_get_record (rental);
  if (record != NULL && record->name != NULL)
    return g_strdup (record->name);
  pod = easel_rental_get_pod (rental);
  if (pod != NULL)
    return g_strdup_printf ("%s:%s", pod->provider_id, pod->id);
  return g_strdup ("");
}
