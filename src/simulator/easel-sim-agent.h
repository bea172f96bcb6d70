/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-sim-world.h"

G_BEGIN_DECLS

/* What becomes of a request at the door of a pod. */
typedef enum
{
  EASEL_SIM_GATE_OPEN,    /* nobody guards it */
  EASEL_SIM_GATE_INSIDE,  /* it knew the secret */
  EASEL_SIM_GATE_ANSWERED /* it goes no further */
} EaselSimGate;

EaselSimAgents *easel_sim_agents_new (EaselSimWorld *world);
void easel_sim_agents_free (EaselSimAgents *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselSimAgents, easel_sim_agents_free)

void easel_sim_agents_update (EaselSimAgents *self);
void easel_sim_agents_set_connected (EaselSimAgents *self, const char *pod_id, guint n);
EaselSimGate easel_sim_agents_pass (EaselSimAgents *self,
                                    EaselSimPod *pod,
                                    const EaselSimRequest *request,
                                    const char **ret_path,
                                    EaselSimAnswer **ret_answer);
void easel_sim_agents_blot (EaselSimAgents *self, const EaselSimPod *pod, EaselSimRequest *request);
void easel_sim_agents_put (EaselSimAgents *self, JsonBuilder *builder, EaselSimPod *pod);
gboolean easel_sim_agents_disturb (EaselSimAgents *self, EaselSimPod *pod, JsonObject *event);

G_END_DECLS
