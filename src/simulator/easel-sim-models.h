/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  EASEL_SIM_MODEL_REQUIRED,
  EASEL_SIM_MODEL_CHECKPOINT,
  EASEL_SIM_MODEL_CONTROLNET,
  EASEL_SIM_MODEL_UPSCALER
} EaselSimModelKind;

/**
 * EaselSimModel:
 *
 * A file that the image's start script can fetch. @name is what its log says; one name may stand
 * for several files. @option is the word after `--checkpoint`.
 */
typedef struct
{
  const char *name;
  const char *folder;
  const char *file;
  int size_mb;
  guint workloads;
  EaselSimModelKind kind;
  const char *option;     /* (nullable) */
  const char *base_model; /* (nullable) */
  const char *base_type;  /* (nullable) */
  gboolean is_not_for_cuda;
} EaselSimModel;

guint easel_sim_models_get_n (void);
const EaselSimModel *easel_sim_models_get (guint index);
const EaselSimModel *easel_sim_models_find (const char *file);
const char *const *easel_sim_models_get_folders (void);

gboolean easel_sim_models_select (const char *command, gboolean has_gpu, GPtrArray *ret_models);

G_END_DECLS
