/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-download.h"
#include "easel-launch-spec.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * EaselDeploymentState:
 * @EASEL_DEPLOYMENT_RENTING: the create is on its way
 * @EASEL_DEPLOYMENT_UNSURE: it is being found out whether the create took effect
 * @EASEL_DEPLOYMENT_STARTING: the pod exists, the server is not ready yet
 * @EASEL_DEPLOYMENT_READY: the address works
 * @EASEL_DEPLOYMENT_TROUBLE: the pod exists and costs, but something needs a decision (error set)
 * @EASEL_DEPLOYMENT_FAILED: nothing is rented; error tells why
 * @EASEL_DEPLOYMENT_CANCELLING: being deleted, not yet proven
 * @EASEL_DEPLOYMENT_CANCELLED: proven gone
 */
typedef enum
{
  EASEL_DEPLOYMENT_RENTING,
  EASEL_DEPLOYMENT_UNSURE,
  EASEL_DEPLOYMENT_STARTING,
  EASEL_DEPLOYMENT_READY,
  EASEL_DEPLOYMENT_TROUBLE,
  EASEL_DEPLOYMENT_FAILED,
  EASEL_DEPLOYMENT_CANCELLING,
  EASEL_DEPLOYMENT_CANCELLED,
  EASEL_N_DEPLOYMENT_STATES
} EaselDeploymentState;

/* The named stages of the Starting page. */
typedef enum
{
  EASEL_STAGE_RENT,
  EASEL_STAGE_MACHINE,
  EASEL_STAGE_SOFTWARE,
  EASEL_STAGE_MODELS,
  EASEL_STAGE_CHECK,
  EASEL_N_STAGES
} EaselStage;

/* One launch from the click on Rent to a working address, or to proven nothing. Property "state"
 * (EaselDeploymentState); signal "changed" at least whenever anything below may read differently
 * (at most about once a second while it runs); signal "log" (const char *line). Created by
 * EaselStudio only. */
#define EASEL_TYPE_DEPLOYMENT (easel_deployment_get_type ())
G_DECLARE_FINAL_TYPE (EaselDeployment, easel_deployment, EASEL, DEPLOYMENT, GObject)

EaselDeploymentState easel_deployment_get_state (EaselDeployment *self);
const EaselLaunchSpec *easel_deployment_get_spec (EaselDeployment *self);
EaselStage easel_deployment_get_stage (EaselDeployment *self);
char *easel_deployment_dup_stage_note (EaselDeployment *self, EaselStage stage);
double easel_deployment_get_fraction (EaselDeployment *self);
gint64 easel_deployment_get_elapsed_ms (EaselDeployment *self);
gint64 easel_deployment_get_left_ms (EaselDeployment *self); /* -1 unknown */
gboolean easel_deployment_is_slow (EaselDeployment *self);
gint64 easel_deployment_get_cost (EaselDeployment *self);
const GError *easel_deployment_get_error (EaselDeployment *self);
/* The error as a sentence; more exact than easel_error_sentence() where the check told more. */
char *easel_deployment_dup_error_sentence (EaselDeployment *self);
const char *easel_deployment_get_notice (EaselDeployment *self);
const char *easel_deployment_get_address (EaselDeployment *self);
GPtrArray *easel_deployment_get_files (EaselDeployment *self); /* (transfer none) EaselDownload */
const char *easel_deployment_get_log (EaselDeployment *self);

/* Whether what @spec starts can bring the agent that ends it by itself. */
gboolean easel_deployment_takes_agent (const EaselLaunchSpec *spec);
/* Deletes what there is and proves it. Safe in every state; never gives up. */
void easel_deployment_cancel (EaselDeployment *self);
/* Deletes this machine (proven), remembers it as bad and rents the next best within the accepted
 * price. */
void easel_deployment_try_other_machine (EaselDeployment *self);
/* After missing models: starts the container again, what is there is not downloaded again. */
void easel_deployment_restart_container (EaselDeployment *self);
/* After FAILED: the same launch once more, under a new name. */
void easel_deployment_retry (EaselDeployment *self);
/* After FAILED with NO_OFFER: the next best above the old ceiling, which the person accepted. */
void easel_deployment_accept_price (EaselDeployment *self, gint64 max_price);
/* After FAILED with NO_OFFER: the cheapest fitting offer above the ceiling; NULL if there is none.
 */
EaselOffer *easel_deployment_get_next_offer (EaselDeployment *self);

G_END_DECLS
