/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The templates of the simulated cloud: the one for Krita, some neighbours, and the ones that a
 * client must refuse or survive (no port 3001, serverless, markup in the name). It does not know
 * how they are told to a client. Ids other than the first are made up.
 */
#include "config.h"

#include "easel-sim-templates.h"

static const char *const krita_ports[] = { "3001/http", "8888/http", "22/tcp", NULL };
static const char *const jupyter_ports[] = { "8888/http", "22/tcp", NULL };
static const char *const webui_ports[] = { "3001/http", "7860/http", "8888/http", "22/tcp", NULL };
static const char *const comfy_ports[] = { "8188/http", "22/tcp", NULL };
static const char *const no_ports[] = { NULL };
static const char *const no_env[] = { NULL };
static const char *const jupyter_env[] = { "JUPYTER_ENABLE_LAB", "yes", NULL };

static const EaselSimTemplate template_table[] = {
  { "8myumeqonw", "Stable Diffusion ComfyUI for Krita", "aclysia/sd-comfyui-krita:v1.50.0", "", 20,
    40, krita_ports, no_env, FALSE, "NVIDIA", TRUE, TRUE, EASEL_SIM_SOURCE_UNLISTED },
  { "30zmvf89kd", "PyTorch 2.8", "example/pytorch:2.8", "", 50, 20, jupyter_ports, jupyter_env,
    FALSE, "NVIDIA", TRUE, TRUE, EASEL_SIM_SOURCE_OFFICIAL },
  { "q1w2e3r4t5", "Stable Diffusion WebUI", "example/sd-webui:10.2", "", 20, 60, webui_ports,
    no_env, FALSE, "NVIDIA", TRUE, TRUE, EASEL_SIM_SOURCE_OFFICIAL },
  { "z9y8x7w6v5", "Text Worker", "example/text-worker:3.1", "", 20, 0, no_ports, no_env, TRUE,
    "NVIDIA", FALSE, FALSE, EASEL_SIM_SOURCE_OFFICIAL },
  { "m5n6b7v8c9", "ComfyUI Latest", "example/comfyui:latest", "", 30, 50, comfy_ports, no_env,
    FALSE, "NVIDIA", TRUE, FALSE, EASEL_SIM_SOURCE_VERIFIED },
  { "k1r2i3t4a5", "Krita ComfyUI (mirror)", "aclysia/sd-comfyui-krita:v1.48.0",
    "/start.sh --recommended", 25, 60, krita_ports, no_env, FALSE, "NVIDIA", TRUE, FALSE,
    EASEL_SIM_SOURCE_COMMUNITY },
  { "a0b1c2d3e4", "<b>Krita & friends</b> <script>1</script> “ünï”", "example/krita-friends:1", "",
    20, 30, krita_ports, no_env, FALSE, "NVIDIA", TRUE, FALSE, EASEL_SIM_SOURCE_COMMUNITY },
  { "amdrocm001", "ROCm ComfyUI", "example/rocm-comfyui:6", "", 40, 60, comfy_ports, no_env, FALSE,
    "AMD", TRUE, FALSE, EASEL_SIM_SOURCE_COMMUNITY },
  { "own0templ8", "Atelier: ComfyUI with two checkpoints", "aclysia/sd-comfyui-krita:v1.50.0",
    "/start.sh --sdxl --checkpoint realvis", 20, 30, krita_ports, no_env, FALSE, "NVIDIA", TRUE,
    FALSE, EASEL_SIM_SOURCE_OWN },
  { "own1noport", "Notebook only", "example/notebook:5", "", 10, 0, jupyter_ports, no_env, FALSE,
    "NVIDIA", TRUE, TRUE, EASEL_SIM_SOURCE_OWN },
};

/**
 * easel_sim_templates_get_n:
 *
 * Returns: the number of templates
 */
guint
easel_sim_templates_get_n (void)
{
  return G_N_ELEMENTS (template_table);
}

/**
 * easel_sim_templates_get:
 * @index: below easel_sim_templates_get_n()
 *
 * Returns: (transfer none): a template
 */
const EaselSimTemplate *
easel_sim_templates_get (guint index)
{
  g_return_val_if_fail (index < G_N_ELEMENTS (template_table), NULL);
  return &template_table[index];
}

/**
 * easel_sim_templates_find:
 * @id: (nullable): a template's id
 *
 * Returns: (transfer none) (nullable): the template
 */
const EaselSimTemplate *
easel_sim_templates_find (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (template_table); i++)
    if (g_strcmp0 (template_table[i].id, id) == 0)
      return &template_table[i];
  return NULL;
}
