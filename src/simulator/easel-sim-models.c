/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which files the image's start script fetches for which arguments (facts/krita-comfyui.md 2.5,
 * 4.2), the trap with the Flux checkpoints included. Sizes are rounded; some are guesses. It does
 * not know when they arrive.
 */
#include "config.h"

#include "easel-sim-models.h"

#include <string.h>

#define SD15 (1u << 0)
#define SDXL (1u << 1)
#define ILLU (1u << 2)
#define FLUX (1u << 3)
#define FLUX2 (1u << 4)
#define ZIMAGE (1u << 5)
#define ANY (SD15 | SDXL | ILLU | FLUX | FLUX2 | ZIMAGE)
#define XL (SDXL | ILLU)

#define NEED EASEL_SIM_MODEL_REQUIRED
#define CKPT EASEL_SIM_MODEL_CHECKPOINT
#define CNET EASEL_SIM_MODEL_CONTROLNET
#define UPSC EASEL_SIM_MODEL_UPSCALER

static const EaselSimModel model_table[] = {
  { "RealVis (SDXL - Photography)", "checkpoints", "RealVisXL_V5.0_fp16.safetensors", 6900, SDXL,
    CKPT, "realvis", "sdxl", "eps" },
  { "ZavyChroma (SDXL - Artwork)", "checkpoints", "zavychromaxl_v80.safetensors", 6900, SDXL, CKPT,
    "zavychroma", "sdxl", "eps" },
  { "Nova Anime (Illustrious)", "checkpoints", "novaAnimeXL_ilV120.safetensors", 6900, ILLU, CKPT,
    "nova", "sdxl", "eps" },
  { "NoobAI (Illustrious)", "checkpoints", "noobaiXLNAIXL_epsilonPred11.safetensors", 7100, ILLU,
    CKPT, "noobai", "sdxl", "eps" },
  { "Serenity (SD 1.5 - Photography)", "checkpoints", "serenity_v21Safetensors.safetensors", 2100,
    SD15, CKPT, "serenity", "sd15", "eps" },
  { "DreamShaper (SD 1.5 - Artwork)", "checkpoints", "dreamshaper_8.safetensors", 2100, SD15, CKPT,
    "dreamshaper", "sd15", "eps" },
  { "Flux 1 Krea (fp8)", "diffusion_models", "flux1-krea-dev_fp8_scaled.safetensors", 11900, FLUX,
    CKPT, "flux_dev", "flux", NULL, TRUE },
  { "Flux 1 Kontext (fp8)", "diffusion_models", "flux1-dev-kontext_fp8_scaled.safetensors", 11900,
    FLUX, CKPT, "flux_kontext", "flux", NULL, TRUE },
  { "Flux 2 Klein 4B (fp8)", "diffusion_models", "flux-2-klein-4b-fp8.safetensors", 4000, FLUX2,
    CKPT, "fp8", "flux2", "klein-4b" },
  { "Z-Image Turbo (fp8)", "diffusion_models", "z_image_turbo_fp8_e4m3fn.safetensors", 6200, ZIMAGE,
    CKPT, "turbo_fp8", "z-image", NULL },
  { "CLIP Vision model", "clip_vision", "clip-vision_vit-h.safetensors", 2500, SD15 | XL, NEED,
    NULL, NULL, NULL },
  { "Fooocus Inpaint", "inpaint", "inpaint_v26.fooocus.patch", 1300, XL, NEED, NULL, NULL, NULL },
  { "Fooocus Inpaint", "inpaint", "fooocus_inpaint_head.pth", 1, XL, NEED, NULL, NULL, NULL },
  { "Hyper-SD LoRA (SDXL)", "loras", "Hyper-SDXL-8steps-CFG-lora.safetensors", 790, XL, NEED, NULL,
    NULL, NULL },
  { "IP-Adapter (SDXL)", "ipadapter", "ip-adapter_sdxl_vit-h.safetensors", 700, XL, NEED, NULL,
    NULL, NULL },
  { "Hyper-SD LoRA (SD1.5)", "loras", "Hyper-SD15-8steps-CFG-lora.safetensors", 270, SD15, NEED,
    NULL, NULL, NULL },
  { "IP-Adapter (SD1.5)", "ipadapter", "ip-adapter_sd15.safetensors", 45, SD15, NEED, NULL, NULL,
    NULL },
  { "ControlNet Inpaint", "controlnet", "control_v11p_sd15_inpaint_fp16.safetensors", 720, SD15,
    NEED, NULL, NULL, NULL },
  { "ControlNet Unblur", "controlnet", "control_lora_rank128_v11f1e_sd15_tile_fp16.safetensors",
    150, SD15, NEED, NULL, NULL, NULL },
  { "Flux text encoders", "text_encoders", "clip_l.safetensors", 250, FLUX, NEED, NULL, NULL,
    NULL },
  { "Flux text encoders", "text_encoders", "t5xxl_fp8_e4m3fn_scaled.safetensors", 5200, FLUX, NEED,
    NULL, NULL, NULL },
  { "Flux VAE", "vae", "ae.safetensors", 330, FLUX | ZIMAGE, NEED, NULL, NULL, NULL },
  { "Qwen 3 text encoder", "text_encoders", "qwen_3_4b_fp8.safetensors", 2500, FLUX2 | ZIMAGE, NEED,
    NULL, NULL, NULL },
  { "Flux 2 VAE", "vae", "flux2-vae.safetensors", 330, FLUX2, NEED, NULL, NULL, NULL },
  { "ControlNet Stencil (XL)", "controlnet", "control_v1p_sdxl_qrcode_monster.safetensors", 5000,
    XL, CNET, NULL, NULL, NULL },
  { "ControlNet Universal (XL)", "controlnet",
    "xinsir-controlnet-union-sdxl-1.0-promax.safetensors", 2500, XL, CNET, NULL, NULL, NULL },
  { "ControlNet Scribble", "controlnet", "control_lora_rank128_v11p_sd15_scribble_fp16.safetensors",
    150, SD15, CNET, NULL, NULL, NULL },
  { "ControlNet Universal (Flux)", "controlnet",
    "FLUX.1-dev-Controlnet-Union-Pro-2.0_fp8.safetensors", 2100, FLUX, CNET, NULL, NULL, NULL },
  { "Z-Image Fun ControlNet", "model_patches", "Z-Image-Turbo-Fun-Controlnet-Union.safetensors",
    3000, ZIMAGE, CNET, NULL, NULL, NULL },
  { "MAT Inpaint", "inpaint", "MAT_Places512_G_fp16.safetensors", 125, ANY, NEED, NULL, NULL,
    NULL },
  { "NMKD Superscale", "upscale_models", "4x_NMKD-Superscale-SP_178000_G.pth", 67, ANY, NEED, NULL,
    NULL, NULL },
  { "OmniSR Superresolution", "upscale_models", "OmniSR_X2_DIV2K.safetensors", 2, ANY, NEED, NULL,
    NULL, NULL },
  { "OmniSR Superresolution", "upscale_models", "OmniSR_X3_DIV2K.safetensors", 2, ANY, NEED, NULL,
    NULL, NULL },
  { "OmniSR Superresolution", "upscale_models", "OmniSR_X4_DIV2K.safetensors", 2, ANY, NEED, NULL,
    NULL, NULL },
  { "HAT Super-Resolution (quality)", "upscale_models", "HAT_SRx4_ImageNet-pretrain.pth", 85, ANY,
    UPSC, NULL, NULL, NULL },
  { "Real HAT GAN Super-Resolution (sharper)", "upscale_models", "Real_HAT_GAN_sharper.pth", 85,
    ANY, UPSC, NULL, NULL, NULL },
};

static const char *const folders[] = { "checkpoints",   "loras",          "vae",
                                       "clip_vision",   "upscale_models", "embeddings",
                                       "hypernetworks", "controlnet",     "ipadapter",
                                       "inpaint",       "style_models",   "diffusion_models",
                                       "text_encoders", "model_patches",  NULL };

static const struct
{
  const char *option;
  guint workload;
} workload_options[] = {
  { "--sd15", SD15 }, { "--sdxl", SDXL },   { "--illu", ILLU },
  { "--flux", FLUX }, { "--flux2", FLUX2 }, { "--zimage", ZIMAGE },
};

typedef struct
{
  guint workloads;
  gboolean checkpoints;
  gboolean controlnet;
  gboolean upscalers;
  gboolean is_minimal;
  gboolean is_cuda;
  GPtrArray *chosen; /* (element-type utf8): names after --checkpoint */
} Choice;

/**
 * easel_sim_models_get_n:
 *
 * Returns: the number of known files
 */
guint
easel_sim_models_get_n (void)
{
  return G_N_ELEMENTS (model_table);
}

/**
 * easel_sim_models_get:
 * @index: below easel_sim_models_get_n()
 *
 * Returns: (transfer none): a file
 */
const EaselSimModel *
easel_sim_models_get (guint index)
{
  g_return_val_if_fail (index < G_N_ELEMENTS (model_table), NULL);
  return &model_table[index];
}

/**
 * easel_sim_models_find:
 * @file: a file's name
 *
 * Returns: (transfer none) (nullable): the file
 */
const EaselSimModel *
easel_sim_models_find (const char *file)
{
  for (guint i = 0; i < G_N_ELEMENTS (model_table); i++)
    if (strcmp (model_table[i].file, file) == 0)
      return &model_table[i];
  return NULL;
}

/**
 * easel_sim_models_get_folders:
 *
 * Returns: (transfer none) (array zero-terminated=1): the folders that ComfyUI reads
 */
const char *const *
easel_sim_models_get_folders (void)
{
  return folders;
}

static void
read_option (Choice *choice, const char *word, const char *next)
{
  for (guint i = 0; i < G_N_ELEMENTS (workload_options); i++)
    if (strcmp (word, workload_options[i].option) == 0)
      choice->workloads |= workload_options[i].workload;
  if (strcmp (word, "--checkpoints") == 0)
    choice->checkpoints = TRUE;
  else if (strcmp (word, "--controlnet") == 0)
    choice->controlnet = TRUE;
  else if (strcmp (word, "--upscalers") == 0)
    choice->upscalers = TRUE;
  else if (strcmp (word, "--checkpoint") == 0 && next != NULL)
    g_ptr_array_add (choice->chosen, g_strdup (next));
  else if (strcmp (word, "--backend") == 0 && next != NULL)
    choice->is_cuda = strcmp (next, "cuda") == 0 || (strcmp (next, "auto") == 0 && choice->is_cuda);
  else if (strcmp (word, "--minimal") == 0 || strcmp (word, "-m") == 0)
    choice->is_minimal = TRUE;
  else if (strcmp (word, "--recommended") == 0 || strcmp (word, "-r") == 0)
    {
      choice->workloads |= SDXL;
      choice->checkpoints = choice->controlnet = choice->upscalers = TRUE;
    }
  else if (strcmp (word, "--all") == 0 || strcmp (word, "-a") == 0)
    {
      choice->workloads = ANY;
      choice->checkpoints = choice->controlnet = choice->upscalers = TRUE;
    }
}

static gboolean
is_wanted (const Choice *choice, const EaselSimModel *model)
{
  gboolean is_in_workload = (model->workloads & choice->workloads) != 0;

  if (choice->is_cuda && model->is_not_for_cuda)
    return FALSE;
  if (choice->is_minimal && (model->workloads & SD15) != 0 && model->kind == NEED)
    return TRUE;
  if (choice->is_minimal && g_strcmp0 (model->option, "dreamshaper") == 0)
    return TRUE;
  if (model->kind == CKPT)
    {
      for (guint i = 0; i < choice->chosen->len; i++)
        if (g_strcmp0 (model->option, g_ptr_array_index (choice->chosen, i)) == 0)
          return TRUE;
      return is_in_workload && choice->checkpoints;
    }
  if (model->kind == CNET)
    return is_in_workload && choice->controlnet;
  if (model->kind == UPSC)
    return is_in_workload && choice->upscalers;
  return is_in_workload;
}

/**
 * easel_sim_models_select:
 * @command: what the container runs, a shell text
 * @has_gpu: whether the machine has a working GPU
 * @ret_models: (element-type EaselSimModel): gets the files that are fetched, in order
 *
 * Looks for the call of the start script anywhere in @command and reads its arguments up to the
 * end of that shell command.
 *
 * Returns: whether @command calls the start script at all
 */
gboolean
easel_sim_models_select (const char *command, gboolean has_gpu, GPtrArray *ret_models)
{
  const char *script = strstr (command, "/start.sh");
  g_autoptr (GPtrArray) chosen = g_ptr_array_new_with_free_func (g_free);
  Choice choice = { .is_cuda = has_gpu, .chosen = chosen };
  g_autofree char *rest = NULL;
  g_auto (GStrv) words = NULL;

  if (script == NULL)
    return FALSE;
  rest = g_strndup (script, strcspn (script, ";&|\n'\"`$"));
  words = g_strsplit_set (rest, " \t", -1);
  for (guint i = 1; words[i] != NULL; i++)
    read_option (&choice, words[i], words[i + 1]);
  for (guint i = 0; i < G_N_ELEMENTS (model_table); i++)
    if (is_wanted (&choice, &model_table[i]))
      g_ptr_array_add (ret_models, (gpointer) &model_table[i]);
  return TRUE;
}
