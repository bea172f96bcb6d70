/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-transfer.h"

G_BEGIN_DECLS

/**
 * EaselPodModelsState:
 * @EASEL_POD_MODELS_NO_AGENT: nothing in the pod takes models: only the ways without it are left
 * @EASEL_POD_MODELS_WAITING: the agent has not answered yet
 * @EASEL_POD_MODELS_KNOWN: what is told is what lies there
 * @EASEL_POD_MODELS_OLD: the last look failed; the error says why
 */
typedef enum
{
  EASEL_POD_MODELS_NO_AGENT,
  EASEL_POD_MODELS_WAITING,
  EASEL_POD_MODELS_KNOWN,
  EASEL_POD_MODELS_OLD
} EaselPodModelsState;

/**
 * EaselPodFile:
 * @folder: ComfyUI's
 * @name: of the file
 * @size: in bytes
 *
 * A model that lies on a pod, whole.
 */
typedef struct
{
  char *folder;
  char *name;
  guint64 size;
} EaselPodFile;

/* The models of one running pod: what lies there, what is on its way. Signal "changed". */
#define EASEL_TYPE_POD_MODELS (easel_pod_models_get_type ())
G_DECLARE_FINAL_TYPE (EaselPodModels, easel_pod_models, EASEL, POD_MODELS, GObject)

EaselPodModelsState easel_pod_models_get_state (EaselPodModels *self);
const GError *easel_pod_models_get_error (EaselPodModels *self);
GPtrArray *easel_pod_models_get_files (EaselPodModels *self);  /* (element-type EaselPodFile) */
guint64 easel_pod_models_get_disk_free (EaselPodModels *self); /* 0 unknown */
guint64 easel_pod_models_get_disk_total (EaselPodModels *self);
GListModel *easel_pod_models_get_transfers (EaselPodModels *self); /* of EaselTransfer */
/* TRUE while a window with it is on the screen. */
void easel_pod_models_set_watched (EaselPodModels *self, gboolean is_watched);

void easel_pod_models_add (EaselPodModels *self, const EaselShelfModel *model);
void easel_pod_models_cancel (EaselPodModels *self, EaselTransfer *transfer);
void easel_pod_models_replace (EaselPodModels *self,
                               EaselTransfer *transfer,
                               const EaselShelfModel *model);
void easel_pod_models_retry (EaselPodModels *self, EaselTransfer *transfer);
void easel_pod_models_remove (EaselPodModels *self, const char *folder, const char *name);

G_END_DECLS
