/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-json.h"
#include "easel-workload.h"

G_BEGIN_DECLS

/* Folders of models, by the names that the server has for them. */
typedef enum
{
  EASEL_FOLDER_CHECKPOINTS,
  EASEL_FOLDER_DIFFUSION_MODELS,
  EASEL_FOLDER_UPSCALE_MODELS,
  EASEL_FOLDER_INPAINT,
  EASEL_FOLDER_CONTROLNET,
  EASEL_FOLDER_IPADAPTER,
  EASEL_FOLDER_CLIP_VISION,
  EASEL_FOLDER_LORAS,
  EASEL_FOLDER_TEXT_ENCODERS,
  EASEL_FOLDER_VAE,
  EASEL_N_FOLDERS
} EaselFolder;

/**
 * EaselServerFiles:
 * @names: (owned) (nullable): per folder the files, lower case
 * @base_models: (owned) (nullable): for checkpoints and diffusion models the kinds that the server
 *   has recognised, lower case; %NULL where it did not tell
 *
 * What lies in a server's folders of models.
 */
typedef struct
{
  char **names[EASEL_N_FOLDERS];
  char **base_models[EASEL_N_FOLDERS];
} EaselServerFiles;

void _easel_server_files_clear (EaselServerFiles *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EaselServerFiles, _easel_server_files_clear)

const char *const *_easel_server_node_classes (void);
const char *_easel_server_folder_name (EaselFolder folder);
gboolean _easel_server_folder_is_needed (EaselFolder folder, EaselWorkloadSet workload);
gboolean _easel_server_folder_has_base_models (EaselFolder folder);
gboolean
_easel_server_files_take_names (EaselServerFiles *self, EaselFolder folder, JsonNode *root);
gboolean _easel_server_files_take_info (EaselServerFiles *self, EaselFolder folder, JsonNode *root);
char **_easel_server_files_missing (const EaselServerFiles *self, EaselWorkloadSet workload);

G_END_DECLS
