/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-launch-spec.h"
#include "easel-provider.h"

G_BEGIN_DECLS

/**
 * EaselRunpodRequest:
 * @method: "GET", "POST", "DELETE"
 * @path: (owned): below the address of the API, percent-encoded, with query; empty for GraphQL
 * @body: (owned) (nullable): JSON
 *
 * One request to RunPod, before address and key are added.
 */
typedef struct
{
  const char *method;
  char *path;
  GBytes *body;
} EaselRunpodRequest;

/**
 * EaselRunpodCommandForm:
 * @EASEL_RUNPOD_COMMAND_WORDS: "cmd", a list of words
 * @EASEL_RUNPOD_COMMAND_LINE: "args", one line
 *
 * How the agent's command is said. Which one RunPod takes is not documented for sure.
 */
typedef enum
{
  EASEL_RUNPOD_COMMAND_WORDS,
  EASEL_RUNPOD_COMMAND_LINE
} EaselRunpodCommandForm;

void easel_runpod_request_free (EaselRunpodRequest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselRunpodRequest, easel_runpod_request_free)

EaselRunpodRequest *easel_runpod_request_list_pods (guint limit, const char *cursor);
EaselRunpodRequest *easel_runpod_request_get_pod (const char *pod_id);
EaselRunpodRequest *easel_runpod_request_create_pod (const EaselLaunchSpec *spec,
                                                     EaselRunpodCommandForm form);
EaselRunpodRequest *easel_runpod_request_act_on_pod (const char *pod_id, EaselPodAction action);
EaselRunpodRequest *easel_runpod_request_delete_pod (const char *pod_id);
EaselRunpodRequest *easel_runpod_request_list_gpus (const char *cloud, guint need_cuda);
EaselRunpodRequest *easel_runpod_request_list_templates (const char *source);
EaselRunpodRequest *easel_runpod_request_get_template (const char *template_id);
EaselRunpodRequest *easel_runpod_request_get_bill (const char *pod_id);
EaselRunpodRequest *easel_runpod_request_stream_logs (const char *pod_id);
EaselRunpodRequest *easel_runpod_request_myself (void);

char *easel_runpod_join_arguments (const char *const *arguments);
char *easel_runpod_pod_uri (const char *pattern, const char *pod_id, guint port);

G_END_DECLS
