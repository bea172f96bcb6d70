/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The way through the wizard as pure functions: which page comes first, which next, what closing
 * means. GtkAssistant asks for the next page often and for pages that
 * nobody has reached, so nothing here may look at anything but its arguments. */

#include "config.h"
#include "easel-wizard-flow.h"

#include <glib/gi18n-lib.h>

/**
 * easel_wizard_flow_first:
 * @model: what is known
 * @start: why the wizard opens
 *
 * Start and Account have nothing to ask once a key is known.
 *
 * Returns: the page to open with
 */
EaselStep
easel_wizard_flow_first (const EaselWizardModel *model, EaselWizardStart start)
{
  g_return_val_if_fail (model != NULL, EASEL_STEP_START);

  if (start == EASEL_WIZARD_START_STARTING && model->deployment_exists)
    return model->deployment_state == EASEL_DEPLOYMENT_READY ? EASEL_STEP_READY
                                                             : EASEL_STEP_STARTING;
  if (start == EASEL_WIZARD_START_ACCOUNT)
    return EASEL_STEP_ACCOUNT;
  if (!model->key_known)
    return EASEL_STEP_START;
  return start == EASEL_WIZARD_START_REVIEW ? EASEL_STEP_REVIEW : EASEL_STEP_TEMPLATE;
}

/**
 * easel_wizard_flow_next:
 * @model: what is known
 * @current: the number of a page, out of range possible
 *
 * Returns: the number of the page after it, -1 after the last
 */
int
easel_wizard_flow_next (const EaselWizardModel *model, int current)
{
  g_return_val_if_fail (model != NULL, -1);

  if (current < 0 || current >= EASEL_STEP_READY)
    return -1;
  if (current == EASEL_STEP_START && model->key_known)
    return EASEL_STEP_TEMPLATE;
  return current + 1;
}

/**
 * easel_wizard_flow_may_skip:
 * @step: a page
 *
 * Returns: whether “Skip to Review” makes sense there: not before the first choice, and not where
 *   Review is next anyway
 */
gboolean
easel_wizard_flow_may_skip (EaselStep step)
{
  return step == EASEL_STEP_ACCOUNT || step == EASEL_STEP_TEMPLATE;
}

/**
 * easel_wizard_flow_closing:
 * @model: what is known
 * @end_confirmed: the rented GPU itself has confirmed that it will end
 *
 * Returns: what closing the window means
 */
EaselWizardClosing
easel_wizard_flow_closing (const EaselWizardModel *model, gboolean end_confirmed)
{
  g_return_val_if_fail (model != NULL, EASEL_CLOSING_QUIET);

  if (!model->deployment_exists)
    return EASEL_CLOSING_QUIET;

  switch (model->deployment_state)
    {
    case EASEL_DEPLOYMENT_RENTING:
    case EASEL_DEPLOYMENT_UNSURE:
    case EASEL_DEPLOYMENT_STARTING:
    case EASEL_DEPLOYMENT_READY:
    case EASEL_DEPLOYMENT_TROUBLE:
      return end_confirmed ? EASEL_CLOSING_GOES_ON : EASEL_CLOSING_ASK;
    case EASEL_DEPLOYMENT_CANCELLING:
      return EASEL_CLOSING_GOES_ON;
    case EASEL_DEPLOYMENT_FAILED:
    case EASEL_DEPLOYMENT_CANCELLED:
    case EASEL_N_DEPLOYMENT_STATES:
    default:
      return EASEL_CLOSING_QUIET;
    }
}

/**
 * easel_wizard_flow_position:
 * @step: a page
 * @title: its translated title
 *
 * Returns: (transfer full): the title for a screen reader, “Step 3 of 7: Template”
 */
char *
easel_wizard_flow_position (EaselStep step, const char *title)
{
  g_return_val_if_fail (title != NULL, NULL);

  /* Translators: %s is the title of a page of the wizard. */
  return g_strdup_printf (_ ("Step %d of %d: %s"), (int) step + 1, (int) EASEL_N_STEPS, title);
}
