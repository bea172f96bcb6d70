/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-sim-runpod.h"
#include "easel-sim-templates.h"

G_BEGIN_DECLS

/* One authenticated call. */
typedef struct
{
  EaselSimWorld *world;
  EaselSimAccount *account;
  EaselSimRights rights;
  EaselSimPod *own_pod; /* (nullable): whose own key it is */
  const EaselSimRequest *request;
  char **parts; /* of the path, after "v2" */
} EaselSimRunpodCall;

EaselSimAnswer *_easel_sim_runpod_list_pods (const EaselSimRunpodCall *call);
EaselSimAnswer *_easel_sim_runpod_create_pod (const EaselSimRunpodCall *call);
EaselSimAnswer *_easel_sim_runpod_get_pod (const EaselSimRunpodCall *call);
EaselSimAnswer *_easel_sim_runpod_patch_pod (const EaselSimRunpodCall *call);
EaselSimAnswer *_easel_sim_runpod_delete_pod (const EaselSimRunpodCall *call);
EaselSimAnswer *_easel_sim_runpod_act_on_pod (const EaselSimRunpodCall *call);
EaselSimAnswer *_easel_sim_runpod_stream_logs (const EaselSimRunpodCall *call);
EaselSimAnswer *_easel_sim_runpod_list_gpus (const EaselSimRunpodCall *call);
EaselSimAnswer *_easel_sim_runpod_get_gpu (const EaselSimRunpodCall *call);
EaselSimAnswer *_easel_sim_runpod_list_centers (const EaselSimRunpodCall *call);
EaselSimAnswer *_easel_sim_runpod_list_public_templates (const EaselSimRunpodCall *call);
EaselSimAnswer *_easel_sim_runpod_list_own_templates (const EaselSimRunpodCall *call);
EaselSimAnswer *_easel_sim_runpod_get_template (const EaselSimRunpodCall *call);
EaselSimAnswer *_easel_sim_runpod_bill_all (const EaselSimRunpodCall *call);
EaselSimAnswer *_easel_sim_runpod_bill_pods (const EaselSimRunpodCall *call);

EaselSimAnswer *_easel_sim_runpod_invalid (const char *error);
EaselSimAnswer *_easel_sim_runpod_verdict (EaselSimVerdict verdict);
gboolean _easel_sim_runpod_one_of (const char *text, const char *const *choices);
JsonNode *_easel_sim_runpod_read_body (const EaselSimRequest *request,
                                       EaselSimAnswer **ret_problem);
EaselSimPod *_easel_sim_runpod_find_pod (const EaselSimRunpodCall *call, const char *route);

void _easel_sim_runpod_put_pod (JsonBuilder *builder,
                                EaselSimWorld *world,
                                const EaselSimPod *pod,
                                gboolean is_new);
JsonNode *
_easel_sim_runpod_pod_node (EaselSimWorld *world, const EaselSimPod *pod, gboolean is_new);
void _easel_sim_runpod_put_template (JsonBuilder *builder, const EaselSimTemplate *template);
void _easel_sim_runpod_split_args (const char *args, char ***ret_entrypoint, char ***ret_cmd);

gboolean _easel_sim_runpod_fill_order (const EaselSimRunpodCall *call,
                                       JsonObject *body,
                                       EaselSimOrder *order,
                                       EaselSimAnswer **ret_problem);

G_END_DECLS
