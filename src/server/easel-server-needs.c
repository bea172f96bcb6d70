/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What the plugin in Krita wants to find on a server before it connects: node classes and, for each
 * kind of painting, files in folders. Pure. The tables are those of plugin 1.53.0; the way of
 * matching is the plugin's own: a part of the path, in lower case, in whatever sub-folder.
 */

#include "config.h"

#include "easel-server-needs-private.h"

#include <string.h>

#define MAX_FILES 5000
#define MAX_PATTERNS 5
#define ANY_WORKLOAD EASEL_WORKLOAD_MASK

static const char *const node_classes[] = {
  "InpaintPreprocessor",  "DepthAnythingV2Preprocessor",
  "IPAdapterModelLoader", "IPAdapter",
  "ETN_LoadImageCache",   "ETN_SaveImageCache",
  "ETN_Translate",        "INPAINT_LoadFooocusInpaint",
  "INPAINT_ShrinkMask",   "INPAINT_StabilizeMask",
  "INPAINT_ColorMatch",   NULL,
};

static const char *const folder_names[EASEL_N_FOLDERS] = {
  [EASEL_FOLDER_CHECKPOINTS] = "checkpoints",
  [EASEL_FOLDER_DIFFUSION_MODELS] = "diffusion_models",
  [EASEL_FOLDER_UPSCALE_MODELS] = "upscale_models",
  [EASEL_FOLDER_INPAINT] = "inpaint",
  [EASEL_FOLDER_CONTROLNET] = "controlnet",
  [EASEL_FOLDER_IPADAPTER] = "ipadapter",
  [EASEL_FOLDER_CLIP_VISION] = "clip_vision",
  [EASEL_FOLDER_LORAS] = "loras",
  [EASEL_FOLDER_TEXT_ENCODERS] = "text_encoders",
  [EASEL_FOLDER_VAE] = "vae",
};

typedef struct
{
  guint workloads; /* bits of EaselWorkloadSet */
  EaselFolder folder;
  const char *name;                   /* as the image's own download list calls it */
  const char *patterns[MAX_PATTERNS]; /* one of them is enough */
} FileNeed;

static const FileNeed file_needs[] = {
  { ANY_WORKLOAD,
    EASEL_FOLDER_UPSCALE_MODELS,
    "NMKD Superscale",
    { "4x_nmkd-superscale-sp_178000_g.pth", "omnisr_x4_div2k.safetensors" } },
  { ANY_WORKLOAD, EASEL_FOLDER_UPSCALE_MODELS, "OmniSR X2", { "omnisr_x2_div2k.safetensors" } },
  { ANY_WORKLOAD,
    EASEL_FOLDER_INPAINT,
    "MAT Inpaint",
    { "mat_places512_g_fp16", "places_512_fulldata_g", "big-lama.pt" } },
  { EASEL_WORKLOAD_SDXL | EASEL_WORKLOAD_SD15,
    EASEL_FOLDER_CLIP_VISION,
    "CLIP Vision",
    { "clip-vision_vit-h.safetensors", "sd1.5/model.safetensors",
      "clip-vit-h-14-laion2b-s32b-b79k" } },
  { EASEL_WORKLOAD_SDXL, EASEL_FOLDER_IPADAPTER, "IP-Adapter (SDXL)", { "ip-adapter_sdxl_vit-h" } },
  { EASEL_WORKLOAD_SDXL,
    EASEL_FOLDER_LORAS,
    "Hyper-SD LoRA (SDXL)",
    { "hyper-sdxl-8steps-cfg-lora" } },
  { EASEL_WORKLOAD_SDXL, EASEL_FOLDER_INPAINT, "Fooocus Inpaint", { "inpaint_v26.fooocus" } },
  { EASEL_WORKLOAD_SDXL,
    EASEL_FOLDER_INPAINT,
    "Fooocus Inpaint Head",
    { "fooocus_inpaint_head.pth" } },
  { EASEL_WORKLOAD_SD15,
    EASEL_FOLDER_CONTROLNET,
    "ControlNet Inpaint",
    { "control_v11p_sd15_inpaint" } },
  { EASEL_WORKLOAD_SD15,
    EASEL_FOLDER_CONTROLNET,
    "ControlNet Unblur",
    { "control_v11f1e_sd15_tile", "control_lora_rank128_v11f1e_sd15_tile" } },
  { EASEL_WORKLOAD_SD15, EASEL_FOLDER_IPADAPTER, "IP-Adapter (SD1.5)", { "ip-adapter_sd15" } },
  { EASEL_WORKLOAD_SD15,
    EASEL_FOLDER_LORAS,
    "Hyper-SD LoRA (SD1.5)",
    { "hyper-sd15-8steps-cfg-lora" } },
  { EASEL_WORKLOAD_FLUX2 | EASEL_WORKLOAD_ZIMAGE,
    EASEL_FOLDER_TEXT_ENCODERS,
    "Qwen 3 4B",
    { "qwen_3_4b", "qwen3-4b", "qwen3_4b", "qwen-3-4b" } },
  { EASEL_WORKLOAD_FLUX2, EASEL_FOLDER_VAE, "Flux 2 VAE", { "flux2", "flux-2", "flux_2" } },
  { EASEL_WORKLOAD_ZIMAGE,
    EASEL_FOLDER_VAE,
    "Z-Image VAE",
    { "z-image", "flux-", "flux_", "ae.s" } },
};

/* One file of each kind of painting must be a model of that kind. Where the server does not tell
 * what a file is, its name is all there is to go by. */
typedef struct
{
  EaselWorkloadSet workload;
  const char *name;
  const char *base_models[MAX_PATTERNS];    /* how the server calls it; a trailing * is open */
  const char *file_patterns[MAX_PATTERNS];  /* %NULL first: any name */
  const char *other_patterns[MAX_PATTERNS]; /* names that are something else */
} ModelNeed;

static const ModelNeed model_needs[] = {
  { EASEL_WORKLOAD_SDXL, "SDXL", { "sdxl", "illu*" }, { "xl", "illustri", "noobai" }, { NULL } },
  { EASEL_WORKLOAD_ILLUSTRIOUS,
    "Illustrious",
    { "sdxl", "illu*" },
    { "xl", "illustri", "noobai" },
    { NULL } },
  { EASEL_WORKLOAD_FLUX2,
    "Flux 2",
    { "flux2*", "flux-2*" },
    { "flux2", "flux-2", "flux_2", "klein" },
    { NULL } },
  { EASEL_WORKLOAD_ZIMAGE,
    "Z-Image",
    { "z-image*", "zimage*" },
    { "z-image", "z_image", "zimage" },
    { NULL } },
  { EASEL_WORKLOAD_FLUX,
    "Flux",
    { "flux", "flux-k*", "flux1*", "chroma" },
    { "flux" },
    { "flux2", "flux-2", "flux_2", "klein" } },
  { EASEL_WORKLOAD_SD15, "SD 1.5", { "sd15" }, { NULL }, { "xl", "flux", "z-image", "z_image" } },
};

/**
 * _easel_server_node_classes:
 *
 * Returns: (transfer none) (array zero-terminated=1): the node classes that the plugin looks for
 */
const char *const *
_easel_server_node_classes (void)
{
  return node_classes;
}

const char *
_easel_server_folder_name (EaselFolder folder)
{
  g_return_val_if_fail (folder < EASEL_N_FOLDERS, NULL);

  return folder_names[folder];
}

/* Whether the server can tell what the files of a folder are. */
gboolean
_easel_server_folder_has_base_models (EaselFolder folder)
{
  return folder == EASEL_FOLDER_CHECKPOINTS || folder == EASEL_FOLDER_DIFFUSION_MODELS;
}

/* An empty @workload is any: all folders count then. */
gboolean
_easel_server_folder_is_needed (EaselFolder folder, EaselWorkloadSet workload)
{
  guint wanted = workload != 0 ? (guint) workload : ANY_WORKLOAD;

  if (_easel_server_folder_has_base_models (folder))
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (file_needs); i++)
    if (file_needs[i].folder == folder && (file_needs[i].workloads & wanted) != 0)
      return TRUE;
  return FALSE;
}

void
_easel_server_files_clear (EaselServerFiles *self)
{
  g_return_if_fail (self != NULL);

  for (guint i = 0; i < EASEL_N_FOLDERS; i++)
    {
      g_clear_pointer (&self->names[i], g_strfreev);
      g_clear_pointer (&self->base_models[i], g_strfreev);
    }
}

static char *
normalise (const char *name)
{
  char *lower = g_utf8_strdown (name, -1);

  g_strdelimit (lower, "\\", '/');
  return lower;
}

/**
 * _easel_server_files_take_names:
 * @self: what is known so far
 * @folder: a folder
 * @root: (nullable): the answer of /models/FOLDER; %NULL for a folder that does not exist
 *
 * Returns: %FALSE if this is no list of files
 */
gboolean
_easel_server_files_take_names (EaselServerFiles *self, EaselFolder folder, JsonNode *root)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  JsonArray *array;

  g_return_val_if_fail (self != NULL && folder < EASEL_N_FOLDERS, FALSE);

  if (root != NULL && !JSON_NODE_HOLDS_ARRAY (root))
    return FALSE;
  array = root != NULL ? json_node_get_array (root) : NULL;
  for (guint i = 0; array != NULL && i < MIN (json_array_get_length (array), MAX_FILES); i++)
    {
      const char *name = easel_json_element_string (array, i);

      if (name != NULL)
        g_ptr_array_add (names, normalise (name));
    }
  g_ptr_array_add (names, NULL);
  g_strfreev (self->names[folder]);
  self->names[folder] = (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
  return TRUE;
}

/**
 * _easel_server_files_take_info:
 * @self: what is known so far
 * @folder: checkpoints or diffusion models
 * @root: the answer of /api/etn/model_info/FOLDER
 *
 * Returns: %FALSE if this tells nothing; names have to do then
 */
gboolean
_easel_server_files_take_info (EaselServerFiles *self, EaselFolder folder, JsonNode *root)
{
  g_autoptr (GPtrArray) kinds = g_ptr_array_new_with_free_func (g_free);
  JsonObjectIter iter;
  JsonNode *member;

  g_return_val_if_fail (self != NULL && folder < EASEL_N_FOLDERS, FALSE);

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return FALSE;
  json_object_iter_init (&iter, json_node_get_object (root));
  while (kinds->len < MAX_FILES && json_object_iter_next (&iter, NULL, &member))
    {
      const char *kind;

      if (!JSON_NODE_HOLDS_OBJECT (member))
        continue;
      kind = easel_json_peek_string (json_node_get_object (member), "base_model", NULL);
      if (kind != NULL)
        g_ptr_array_add (kinds, normalise (kind));
    }
  g_ptr_array_add (kinds, NULL);
  g_strfreev (self->base_models[folder]);
  self->base_models[folder] = (char **) g_ptr_array_free (g_steal_pointer (&kinds), FALSE);
  return TRUE;
}

static gboolean
contains_any (const char *name, const char *const *patterns)
{
  for (guint i = 0; i < MAX_PATTERNS && patterns[i] != NULL; i++)
    if (strstr (name, patterns[i]) != NULL)
      return TRUE;
  return FALSE;
}

static gboolean
is_kind (const char *kind, const char *const *kinds)
{
  for (guint i = 0; i < MAX_PATTERNS && kinds[i] != NULL; i++)
    if (g_pattern_match_simple (kinds[i], kind))
      return TRUE;
  return FALSE;
}

static gboolean
has_file (const EaselServerFiles *self, const FileNeed *need)
{
  char **names = self->names[need->folder];

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    if (contains_any (names[i], need->patterns))
      return TRUE;
  return FALSE;
}

static gboolean
folder_has_model (const EaselServerFiles *self, EaselFolder folder, const ModelNeed *need)
{
  char **kinds = self->base_models[folder];
  char **names = self->names[folder];

  for (guint i = 0; kinds != NULL && kinds[i] != NULL; i++)
    if (is_kind (kinds[i], need->base_models))
      return TRUE;
  if (kinds != NULL)
    return FALSE;
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    if ((need->file_patterns[0] == NULL || contains_any (names[i], need->file_patterns)) &&
        !contains_any (names[i], need->other_patterns))
      return TRUE;
  return FALSE;
}

static void
add_missing (const EaselServerFiles *self, guint workload, GPtrArray *missing)
{
  for (gsize i = 0; i < G_N_ELEMENTS (file_needs); i++)
    if ((file_needs[i].workloads & workload) != 0 && !has_file (self, &file_needs[i]))
      g_ptr_array_add (missing, g_strdup (file_needs[i].name));
  for (gsize i = 0; i < G_N_ELEMENTS (model_needs); i++)
    if (((guint) model_needs[i].workload & workload) != 0 &&
        !folder_has_model (self, EASEL_FOLDER_CHECKPOINTS, &model_needs[i]) &&
        !folder_has_model (self, EASEL_FOLDER_DIFFUSION_MODELS, &model_needs[i]))
      g_ptr_array_add (missing, g_strdup (model_needs[i].name));
}

/**
 * _easel_server_files_missing:
 * @self: what lies on the server
 * @workload: what is to be painted; 0: whatever it can paint
 *
 * With several kinds each must be complete. With none the plugin's own rule holds, one complete
 * kind is enough, and what the most complete one lacks is told otherwise.
 *
 * Returns: (transfer full) (nullable): names of what is missing, %NULL if nothing is
 */
char **
_easel_server_files_missing (const EaselServerFiles *self, EaselWorkloadSet workload)
{
  g_autoptr (GPtrArray) best = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  if (workload != 0)
    {
      best = g_ptr_array_new_with_free_func (g_free);
      add_missing (self, workload, best);
    }
  for (guint i = 0; workload == 0 && i < EASEL_N_WORKLOADS; i++)
    {
      g_autoptr (GPtrArray) one = g_ptr_array_new_with_free_func (g_free);

      add_missing (self, 1u << i, one);
      if (best == NULL || one->len < best->len)
        {
          g_clear_pointer (&best, g_ptr_array_unref);
          best = g_steal_pointer (&one);
        }
    }
  if (best->len == 0)
    return NULL;
  g_ptr_array_add (best, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&best), FALSE);
}
