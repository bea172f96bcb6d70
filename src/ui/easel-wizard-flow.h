/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-deployment.h"

G_BEGIN_DECLS

/* The pages, in the order of the side list. */
typedef enum
{
  EASEL_STEP_START,
  EASEL_STEP_ACCOUNT,
  EASEL_STEP_TEMPLATE,
  EASEL_STEP_GPU,
  EASEL_STEP_REVIEW,
  EASEL_STEP_STARTING,
  EASEL_STEP_READY,
  EASEL_N_STEPS
} EaselStep;

/**
 * EaselWizardStart:
 * @EASEL_WIZARD_START_FRESH: from the first page that has something to ask
 * @EASEL_WIZARD_START_REVIEW: Rent the Same Again: everything is filled in
 * @EASEL_WIZARD_START_STARTING: look at the rental that is being started
 * @EASEL_WIZARD_START_ACCOUNT: enter a key
 * @EASEL_WIZARD_START_ACCOUNT: enter, change or forget a key
 */
typedef enum
{
  EASEL_WIZARD_START_FRESH,
  EASEL_WIZARD_START_REVIEW,
  EASEL_WIZARD_START_STARTING,
  EASEL_WIZARD_START_ACCOUNT
} EaselWizardStart;

/**
 * EaselWizardModel:
 * @key_known: the chosen provider has a key that was not refused
 * @deployment_exists: something was rented (or tried) from this wizard
 * @deployment_state: what became of it
 *
 * What the way through the pages depends on.
 */
typedef struct
{
  gboolean key_known;
  gboolean deployment_exists;
  EaselDeploymentState deployment_state;
} EaselWizardModel;

/**
 * EaselWizardClosing:
 * @EASEL_CLOSING_QUIET: nothing costs money: just close
 * @EASEL_CLOSING_GOES_ON: what runs goes on in the studio; no question
 * @EASEL_CLOSING_ASK: it costs money and nothing has confirmed its end: ask
 */
typedef enum
{
  EASEL_CLOSING_QUIET,
  EASEL_CLOSING_GOES_ON,
  EASEL_CLOSING_ASK
} EaselWizardClosing;

EaselStep easel_wizard_flow_first (const EaselWizardModel *model, EaselWizardStart start);
int easel_wizard_flow_next (const EaselWizardModel *model, int current);
gboolean easel_wizard_flow_may_skip (EaselStep step);
EaselWizardClosing easel_wizard_flow_closing (const EaselWizardModel *model,
                                              gboolean end_confirmed);
char *easel_wizard_flow_position (EaselStep step, const char *title);

G_END_DECLS
