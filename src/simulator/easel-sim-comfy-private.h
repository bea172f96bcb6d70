/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-sim-comfy.h"

G_BEGIN_DECLS

typedef struct
{
  char *id;
  gint64 from_ms;
  gint64 to_ms;
} EaselSimJob;

struct _EaselSimComfy
{
  guint run;           /* of the pod, when this server started */
  GPtrArray *jobs;     /* (element-type EaselSimJob): in the order of arrival */
  GHashTable *images;  /* (element-type utf8 GBytes) */
  GHashTable *uploads; /* (element-type utf8 gint64): "folder/name" → size */
  gsize image_bytes;
};

/* Where an answer needs files and node classes. */
GPtrArray *
_easel_sim_comfy_list_files (EaselSimWorld *world, const EaselSimPod *pod, const char *folder);
gint64 _easel_sim_comfy_file_size (EaselSimWorld *world,
                                   const EaselSimPod *pod,
                                   const char *folder,
                                   const char *file);
JsonNode *
_easel_sim_comfy_object_info (EaselSimWorld *world, const EaselSimPod *pod, const char *class_name);
EaselSimAnswer *_easel_sim_comfy_tools (EaselSimWorld *world,
                                        const EaselSimPod *pod,
                                        const EaselSimRequest *request,
                                        char **parts);

G_END_DECLS
