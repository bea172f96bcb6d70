/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a model file is for and which family it belongs to, from the names and shapes of its
 * tensors.
 *
 * Nothing in a file states that in a binding way: metadata is missing, or copied from another file.
 * Shapes cannot lie, so they go first; metadata decides where they say nothing, and between SDXL
 * and Illustrious, which have the same shapes. The names are those that the training programs and
 * ComfyUI write, as of August 2026. */

#include "config.h"

#include "easel-model-kind.h"

#include <stdlib.h>
#include <string.h>

/* Flux 1 has 19 double blocks, none of the Flux 2 more than 8. */
#define FLUX2_DOUBLE_BLOCKS 8

typedef enum
{
  TRAIT_LORA = 1 << 0,
  TRAIT_CONTROL = 1 << 1,
  TRAIT_UNET = 1 << 2,
  TRAIT_VAE = 1 << 3,
  TRAIT_TEXT = 1 << 4,
  TRAIT_VISION = 1 << 5,
  TRAIT_UPSCALER = 1 << 6,
  TRAIT_EMBEDDING = 1 << 7,
  TRAIT_IP_ADAPTER = 1 << 8
} Trait;

typedef enum
{
  SIGN_SD15 = 1 << 0,
  SIGN_SDXL = 1 << 1,
  SIGN_FLUX = 1 << 2,  /* one of the two */
  SIGN_FLUX1 = 1 << 3, /* only the first */
  SIGN_FLUX2 = 1 << 4, /* only the second */
  SIGN_ZIMAGE = 1 << 5
} Sign;

typedef struct
{
  const char *text;
  guint bits;
} Mark;

static const Mark prefix_traits[] = {
  { "lora_unet_", TRAIT_LORA },
  { "lora_te", TRAIT_LORA },
  { "lycoris_", TRAIT_LORA },
  { "control_model.", TRAIT_CONTROL },
  { "lllite_", TRAIT_CONTROL },
  { "lora_controlnet", TRAIT_CONTROL },
  { "model.diffusion_model.", TRAIT_UNET },
  { "diffusion_model.", TRAIT_UNET },
  { "input_blocks.", TRAIT_UNET },
  { "down_blocks.", TRAIT_UNET },
  { "double_blocks.", TRAIT_UNET },
  { "single_transformer_blocks.", TRAIT_UNET },
  { "cap_embedder.", TRAIT_UNET },
  { "first_stage_model.", TRAIT_VAE },
  { "vae.", TRAIT_VAE },
  { "decoder.conv_in.", TRAIT_VAE },
  { "decoder.conv_out.", TRAIT_VAE },
  { "cond_stage_model.", TRAIT_TEXT },
  { "conditioner.", TRAIT_TEXT },
  { "text_encoders.", TRAIT_TEXT },
  { "text_model.", TRAIT_TEXT },
  { "encoder.block.0.layer.", TRAIT_TEXT },
  { "model.layers.0.self_attn.", TRAIT_TEXT },
  { "vision_model.", TRAIT_VISION },
  { "conv_first.", TRAIT_UPSCALER },
  { "model.0.", TRAIT_UPSCALER },
  { "image_proj.", TRAIT_IP_ADAPTER },
  { "ip_adapter.", TRAIT_IP_ADAPTER },
  { "emb_params", TRAIT_EMBEDDING },
};

static const Mark inner_traits[] = {
  { ".lora_down.", TRAIT_LORA },
  { ".lora_up.", TRAIT_LORA },
  { ".lora_A.", TRAIT_LORA },
  { ".lora_B.", TRAIT_LORA },
  { ".lora.down.", TRAIT_LORA },
  { ".lora.up.", TRAIT_LORA },
  { ".hada_w", TRAIT_LORA },
  { ".lokr_w", TRAIT_LORA },
  { "controlnet_cond_embedding.", TRAIT_CONTROL },
  { "controlnet_blocks.", TRAIT_CONTROL },
  { "controlnet_x_embedder.", TRAIT_CONTROL },
  { "controlnet_down_blocks.", TRAIT_CONTROL },
  { "input_hint_block.", TRAIT_CONTROL },
};

/* Names that only one family has. */
static const Mark inner_signs[] = {
  { "lora_te2_", SIGN_SDXL },
  { "conditioner.embedders.1.", SIGN_SDXL },
  { "cond_stage_model.transformer.", SIGN_SD15 },
  { "double_blocks", SIGN_FLUX },
  { "single_blocks", SIGN_FLUX },
  { "single_transformer_blocks", SIGN_FLUX },
  { "double_stream_modulation", SIGN_FLUX | SIGN_FLUX2 },
  { "single_stream_modulation", SIGN_FLUX | SIGN_FLUX2 },
  { "to_qkv_mlp_proj", SIGN_FLUX | SIGN_FLUX2 },
  { "img_mod", SIGN_FLUX1 },
};

/* Where a name that holds @text has this number among its sizes. */
typedef struct
{
  const char *text;
  gint64 width;
  guint bits;
} WidthSign;

static const WidthSign width_signs[] = {
  { "attn2.to_k", 768, SIGN_SD15 },
  { "attn2_to_k", 768, SIGN_SD15 },
  { "attn2.to_k", 2048, SIGN_SDXL },
  { "attn2_to_k", 2048, SIGN_SDXL },
  /* The gate in the feed-forward of Flux 2 makes it wider; the large ones are wider all over. */
  { "img_mlp.0", 12288, SIGN_FLUX1 },
  { "img_mlp_0", 12288, SIGN_FLUX1 },
  { "img_mlp.0", 18432, SIGN_FLUX2 },
  { "img_mlp_0", 18432, SIGN_FLUX2 },
  { "linear1", 21504, SIGN_FLUX1 },
  { "linear1", 27648, SIGN_FLUX2 },
  { "linear1", 4096, SIGN_FLUX2 },
  { "linear1", 6144, SIGN_FLUX2 },
  { "img_attn", 4096, SIGN_FLUX2 },
  { "img_attn", 6144, SIGN_FLUX2 },
  { "layers.0.attention", 3840, SIGN_ZIMAGE },
  { "layers_0_attention", 3840, SIGN_ZIMAGE },
  { "layers.1.attention", 3840, SIGN_ZIMAGE },
  { "layers_1_attention", 3840, SIGN_ZIMAGE },
};

typedef struct
{
  const char *id; /* stable, for the shelf's file */
  const char *folder;
} KindRow;

static const KindRow kinds[EASEL_N_MODEL_KINDS] = {
  [EASEL_MODEL_UNKNOWN] = { "unknown", NULL },
  [EASEL_MODEL_CHECKPOINT] = { "checkpoint", "checkpoints" },
  [EASEL_MODEL_LORA] = { "lora", "loras" },
  [EASEL_MODEL_CONTROLNET] = { "controlnet", "controlnet" },
  [EASEL_MODEL_VAE] = { "vae", "vae" },
  [EASEL_MODEL_DIFFUSION] = { "diffusion", "diffusion_models" },
  [EASEL_MODEL_TEXT_ENCODER] = { "text-encoder", "text_encoders" },
  [EASEL_MODEL_CLIP_VISION] = { "clip-vision", "clip_vision" },
  [EASEL_MODEL_UPSCALER] = { "upscaler", "upscale_models" },
  [EASEL_MODEL_EMBEDDING] = { "embedding", "embeddings" },
  [EASEL_MODEL_IP_ADAPTER] = { "ip-adapter", "ipadapter" },
};

typedef struct
{
  const char *id;
  const char *title; /* (nullable) */
  EaselWorkloadSet workloads;
} BaseRow;

static const BaseRow bases[EASEL_N_MODEL_BASES] = {
  [EASEL_MODEL_BASE_UNKNOWN] = { "unknown", NULL, EASEL_WORKLOAD_MASK },
  [EASEL_MODEL_BASE_SD15] = { "sd15", "SD 1.5", EASEL_WORKLOAD_SD15 },
  /* Illustrious is a trained SDXL: each loads the other's LoRAs. */
  [EASEL_MODEL_BASE_SDXL] = { "sdxl", "SDXL", EASEL_WORKLOAD_SDXL | EASEL_WORKLOAD_ILLUSTRIOUS },
  [EASEL_MODEL_BASE_ILLUSTRIOUS] = { "illustrious", "Illustrious",
                                     EASEL_WORKLOAD_SDXL | EASEL_WORKLOAD_ILLUSTRIOUS },
  [EASEL_MODEL_BASE_FLUX] = { "flux", "Flux 1", EASEL_WORKLOAD_FLUX },
  [EASEL_MODEL_BASE_FLUX2] = { "flux2", "Flux 2", EASEL_WORKLOAD_FLUX2 },
  [EASEL_MODEL_BASE_ZIMAGE] = { "zimage", "Z-Image", EASEL_WORKLOAD_ZIMAGE },
};

static guint
match_inside (const Mark *marks, gsize n_marks, const char *name)
{
  guint bits = 0;

  for (gsize i = 0; i < n_marks; i++)
    {
      if (strstr (name, marks[i].text) != NULL)
        bits |= marks[i].bits;
    }
  return bits;
}

static guint
match_prefix (const Mark *marks, gsize n_marks, const char *name)
{
  guint bits = 0;

  for (gsize i = 0; i < n_marks; i++)
    {
      if (g_str_has_prefix (name, marks[i].text))
        bits |= marks[i].bits;
    }
  return bits;
}

static guint
match_widths (const char *name, const gint64 *shape, guint n_dims)
{
  guint bits = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (width_signs); i++)
    {
      if (strstr (name, width_signs[i].text) == NULL)
        continue;
      for (guint dim = 0; dim < n_dims; dim++)
        {
          if (shape[dim] == width_signs[i].width)
            bits |= width_signs[i].bits;
        }
    }
  return bits;
}

/* The number of the double block that a tensor is in, -1 if in none. */
static int
double_block (const char *name)
{
  const char *found = strstr (name, "double_blocks");

  if (found == NULL)
    return -1;
  found += strlen ("double_blocks");
  if ((*found != '.' && *found != '_') || !g_ascii_isdigit (found[1]))
    return -1;
  return (int) MIN (strtoul (found + 1, NULL, 10), 1000);
}

/**
 * easel_model_guess_tensor:
 * @self: what was seen so far
 * @name: of one of the file's tensors
 * @shape: (array length=n_dims): its sizes
 * @n_dims: how many
 *
 * Takes one tensor into account.
 */
void
easel_model_guess_tensor (EaselModelGuess *self,
                          const char *name,
                          const gint64 *shape,
                          guint n_dims)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (name != NULL);
  g_return_if_fail (shape != NULL || n_dims == 0);

  self->traits |= match_prefix (prefix_traits, G_N_ELEMENTS (prefix_traits), name);
  self->traits |= match_inside (inner_traits, G_N_ELEMENTS (inner_traits), name);
  if (g_str_equal (name, "clip_g") || g_str_equal (name, "clip_l"))
    self->traits |= TRAIT_EMBEDDING;
  self->signs |= match_inside (inner_signs, G_N_ELEMENTS (inner_signs), name);
  self->signs |= match_widths (name, shape, n_dims);
  if (double_block (name) >= FLUX2_DOUBLE_BLOCKS)
    self->signs |= SIGN_FLUX1;
}

/* Small letters and digits only: programs spell "Flux.1-dev", "flux1" and "flux-1-dev". */
static char *
normalise (const char *text)
{
  GString *plain = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p++)
    {
      if (g_ascii_isalnum (*p))
        g_string_append_c (plain, g_ascii_tolower (*p));
    }
  return g_string_free (plain, FALSE);
}

static EaselModelBase
base_in_text (const char *plain)
{
  static const struct
  {
    const char *text;
    EaselModelBase base;
  } words[] = {
    { "illustrious", EASEL_MODEL_BASE_ILLUSTRIOUS },
    { "noobai", EASEL_MODEL_BASE_ILLUSTRIOUS },
    { "zimage", EASEL_MODEL_BASE_ZIMAGE },
    { "flux2", EASEL_MODEL_BASE_FLUX2 },
    { "flux", EASEL_MODEL_BASE_FLUX },
    { "sdxl", EASEL_MODEL_BASE_SDXL },
    { "stablediffusionxl", EASEL_MODEL_BASE_SDXL },
    { "stablediffusionv1", EASEL_MODEL_BASE_SD15 },
    { "sdv1", EASEL_MODEL_BASE_SD15 },
    { "sd15", EASEL_MODEL_BASE_SD15 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      if (strstr (plain, words[i].text) != NULL)
        return words[i].base;
    }
  return EASEL_MODEL_BASE_UNKNOWN;
}

/**
 * easel_model_guess_metadata:
 * @self: what was seen so far
 * @key: a member of the file's metadata
 * @value: what it says
 *
 * Takes one line of metadata into account.
 */
void
easel_model_guess_metadata (EaselModelGuess *self, const char *key, const char *value)
{
  gboolean is_family;
  g_autofree char *plain = NULL;
  EaselModelBase base;

  g_return_if_fail (self != NULL);
  g_return_if_fail (key != NULL);
  g_return_if_fail (value != NULL);

  is_family =
      g_str_equal (key, "modelspec.architecture") || g_str_equal (key, "ss_base_model_version");
  if (!is_family && !g_str_equal (key, "ss_sd_model_name") && !g_str_equal (key, "modelspec.title"))
    return;

  plain = normalise (value);
  base = base_in_text (plain);
  if (base == EASEL_MODEL_BASE_ILLUSTRIOUS)
    self->told_illustrious = TRUE;
  else if (is_family && base != EASEL_MODEL_BASE_UNKNOWN)
    self->told = base;
}

/**
 * easel_model_guess_kind:
 * @self: what was seen of a whole file
 *
 * Returns: what the file is for
 */
EaselModelKind
easel_model_guess_kind (const EaselModelGuess *self)
{
  guint traits;

  g_return_val_if_fail (self != NULL, EASEL_MODEL_UNKNOWN);

  traits = self->traits;
  /* Adapters repeat names of what they adapt, so they come first. */
  if (traits & TRAIT_CONTROL)
    return EASEL_MODEL_CONTROLNET;
  if (traits & TRAIT_IP_ADAPTER)
    return EASEL_MODEL_IP_ADAPTER;
  if (traits & TRAIT_LORA)
    return EASEL_MODEL_LORA;
  if (traits & TRAIT_UNET)
    return traits & (TRAIT_VAE | TRAIT_TEXT) ? EASEL_MODEL_CHECKPOINT : EASEL_MODEL_DIFFUSION;
  if (traits & TRAIT_VAE)
    return EASEL_MODEL_VAE;
  if (traits & TRAIT_VISION)
    return EASEL_MODEL_CLIP_VISION;
  if (traits & TRAIT_TEXT)
    return EASEL_MODEL_TEXT_ENCODER;
  if (traits & TRAIT_EMBEDDING)
    return EASEL_MODEL_EMBEDDING;
  return traits & TRAIT_UPSCALER ? EASEL_MODEL_UPSCALER : EASEL_MODEL_UNKNOWN;
}

static EaselModelBase
base_by_shape (const EaselModelGuess *self)
{
  if (self->signs & SIGN_ZIMAGE)
    return EASEL_MODEL_BASE_ZIMAGE;
  if (self->signs & SIGN_FLUX)
    {
      if (self->signs & SIGN_FLUX1)
        return EASEL_MODEL_BASE_FLUX;
      if (self->signs & SIGN_FLUX2)
        return EASEL_MODEL_BASE_FLUX2;
      /* Some blocks only, with sizes that both have: what the metadata says, or the older one. */
      return self->told == EASEL_MODEL_BASE_FLUX2 ? EASEL_MODEL_BASE_FLUX2 : EASEL_MODEL_BASE_FLUX;
    }
  if (self->signs & SIGN_SDXL)
    return EASEL_MODEL_BASE_SDXL;
  return self->signs & SIGN_SD15 ? EASEL_MODEL_BASE_SD15 : EASEL_MODEL_BASE_UNKNOWN;
}

/**
 * easel_model_guess_base:
 * @self: what was seen of a whole file
 *
 * Returns: the family that it was made for
 */
EaselModelBase
easel_model_guess_base (const EaselModelGuess *self)
{
  EaselModelBase base;

  g_return_val_if_fail (self != NULL, EASEL_MODEL_BASE_UNKNOWN);

  base = base_by_shape (self);
  if (base == EASEL_MODEL_BASE_UNKNOWN)
    base = self->told;
  if (self->told_illustrious && (base == EASEL_MODEL_BASE_SDXL || base == EASEL_MODEL_BASE_UNKNOWN))
    base = EASEL_MODEL_BASE_ILLUSTRIOUS;
  return base;
}

/**
 * easel_model_kind_id:
 * @kind: a kind
 *
 * Returns: its stable name
 */
const char *
easel_model_kind_id (EaselModelKind kind)
{
  g_return_val_if_fail ((guint) kind < EASEL_N_MODEL_KINDS, kinds[0].id);

  return kinds[kind].id;
}

/**
 * easel_model_kind_from_id:
 * @id: (nullable): a stable name
 *
 * Returns: the kind, %EASEL_MODEL_UNKNOWN for anything else
 */
EaselModelKind
easel_model_kind_from_id (const char *id)
{
  for (guint i = 0; i < EASEL_N_MODEL_KINDS; i++)
    {
      if (g_strcmp0 (id, kinds[i].id) == 0)
        return (EaselModelKind) i;
    }
  return EASEL_MODEL_UNKNOWN;
}

/**
 * easel_model_kind_folder:
 * @kind: a kind
 *
 * Returns: (nullable): ComfyUI's folder for it, %NULL if the person has to say
 */
const char *
easel_model_kind_folder (EaselModelKind kind)
{
  g_return_val_if_fail ((guint) kind < EASEL_N_MODEL_KINDS, NULL);

  return kinds[kind].folder;
}

/**
 * easel_model_base_id:
 * @base: a family
 *
 * Returns: its stable name
 */
const char *
easel_model_base_id (EaselModelBase base)
{
  g_return_val_if_fail ((guint) base < EASEL_N_MODEL_BASES, bases[0].id);

  return bases[base].id;
}

/**
 * easel_model_base_title:
 * @base: a family
 *
 * Returns: (nullable): its name, which is the same in every language; %NULL for the unknown
 */
const char *
easel_model_base_title (EaselModelBase base)
{
  g_return_val_if_fail ((guint) base < EASEL_N_MODEL_BASES, NULL);

  return bases[base].title;
}

/**
 * easel_model_base_from_id:
 * @id: (nullable): a stable name
 *
 * Returns: the family, %EASEL_MODEL_BASE_UNKNOWN for anything else
 */
EaselModelBase
easel_model_base_from_id (const char *id)
{
  for (guint i = 0; i < EASEL_N_MODEL_BASES; i++)
    {
      if (g_strcmp0 (id, bases[i].id) == 0)
        return (EaselModelBase) i;
    }
  return EASEL_MODEL_BASE_UNKNOWN;
}

/**
 * easel_model_base_workloads:
 * @base: a family
 *
 * Returns: what it can be painted with; everything for the unknown
 */
EaselWorkloadSet
easel_model_base_workloads (EaselModelBase base)
{
  g_return_val_if_fail ((guint) base < EASEL_N_MODEL_BASES, EASEL_WORKLOAD_MASK);

  return bases[base].workloads;
}

/**
 * easel_model_base_fits:
 * @base: of a LoRA, or of another adapter
 * @set: what is painted with
 *
 * Returns: whether it works with some of @set; %TRUE as well for what is not known
 */
gboolean
easel_model_base_fits (EaselModelBase base, EaselWorkloadSet set)
{
  return set == 0 || (easel_model_base_workloads (base) & set) != 0;
}
