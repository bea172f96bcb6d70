/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-workload.h"

G_BEGIN_DECLS

/* What a model file is for; decides its folder on the pod. */
typedef enum
{
  EASEL_MODEL_UNKNOWN,
  EASEL_MODEL_CHECKPOINT,
  EASEL_MODEL_LORA,
  EASEL_MODEL_CONTROLNET,
  EASEL_MODEL_VAE,
  EASEL_MODEL_DIFFUSION,
  EASEL_MODEL_TEXT_ENCODER,
  EASEL_MODEL_CLIP_VISION,
  EASEL_MODEL_UPSCALER,
  EASEL_MODEL_EMBEDDING,
  EASEL_MODEL_IP_ADAPTER,
  EASEL_N_MODEL_KINDS
} EaselModelKind;

/* The family that it was made for: a LoRA works only with its own. */
typedef enum
{
  EASEL_MODEL_BASE_UNKNOWN,
  EASEL_MODEL_BASE_SD15,
  EASEL_MODEL_BASE_SDXL,
  EASEL_MODEL_BASE_ILLUSTRIOUS,
  EASEL_MODEL_BASE_FLUX,
  EASEL_MODEL_BASE_FLUX2,
  EASEL_MODEL_BASE_ZIMAGE,
  EASEL_N_MODEL_BASES
} EaselModelBase;

#define EASEL_MODEL_MAX_DIMS 8

/**
 * EaselModelGuess:
 *
 * What was seen of a file so far. Zeroed at the start; private to easel_model_guess_*().
 */
typedef struct
{
  guint traits;
  guint signs;
  EaselModelBase told;
  gboolean told_illustrious;
} EaselModelGuess;

void easel_model_guess_tensor (EaselModelGuess *self,
                               const char *name,
                               const gint64 *shape,
                               guint n_dims);
void easel_model_guess_metadata (EaselModelGuess *self, const char *key, const char *value);
EaselModelKind easel_model_guess_kind (const EaselModelGuess *self);
EaselModelBase easel_model_guess_base (const EaselModelGuess *self);

const char *easel_model_kind_id (EaselModelKind kind);
EaselModelKind easel_model_kind_from_id (const char *id);
const char *easel_model_kind_folder (EaselModelKind kind);
const char *easel_model_base_id (EaselModelBase base);
EaselModelBase easel_model_base_from_id (const char *id);
const char *easel_model_base_title (EaselModelBase base);
EaselWorkloadSet easel_model_base_workloads (EaselModelBase base);
gboolean easel_model_base_fits (EaselModelBase base, EaselWorkloadSet set);

G_END_DECLS
