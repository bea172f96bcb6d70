/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The states of a deployment and which of them follow each other.
 *
 * A table and nothing else: what leads from one to the next is EaselDeployment's business. */

#include "config.h"
#include "easel-deployment-state-private.h"

static const char *const state_nicks[EASEL_N_DEPLOYMENT_STATES] = {
  "renting", "unsure", "starting", "ready", "trouble", "failed", "cancelling", "cancelled",
};

#define TO(state) (1u << EASEL_DEPLOYMENT_##state)

/* CANCELLING can be reached from every state in which money may be spent, and leads only to proof.
 */
static const guint transitions[EASEL_N_DEPLOYMENT_STATES] = {
  [EASEL_DEPLOYMENT_RENTING] =
      TO (UNSURE) | TO (STARTING) | TO (FAILED) | TO (CANCELLING) | TO (CANCELLED),
  [EASEL_DEPLOYMENT_UNSURE] = TO (STARTING) | TO (FAILED) | TO (CANCELLING),
  [EASEL_DEPLOYMENT_STARTING] =
      TO (READY) | TO (TROUBLE) | TO (RENTING) | TO (FAILED) | TO (CANCELLING),
  [EASEL_DEPLOYMENT_READY] = TO (CANCELLING) | TO (STARTING) | TO (FAILED),
  [EASEL_DEPLOYMENT_TROUBLE] =
      TO (READY) | TO (STARTING) | TO (RENTING) | TO (FAILED) | TO (CANCELLING),
  [EASEL_DEPLOYMENT_FAILED] = TO (RENTING),
  [EASEL_DEPLOYMENT_CANCELLING] = TO (CANCELLED),
  [EASEL_DEPLOYMENT_CANCELLED] = 0,
};

/**
 * _easel_deployment_may_go:
 * @from: a state
 * @to: another one
 *
 * Returns: whether a deployment may go there at once
 */
gboolean
_easel_deployment_may_go (EaselDeploymentState from, EaselDeploymentState to)
{
  return (transitions[from] & (1u << to)) != 0;
}

/**
 * _easel_deployment_state_nick:
 * @state: a state
 *
 * Returns: its name for the log
 */
const char *
_easel_deployment_state_nick (EaselDeploymentState state)
{
  return state_nicks[state];
}
