/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The answers of a complete ComfyUI for SDXL, on the scripted server.
 */

#include "config.h"

#include "comfy.h"

const char *const easel_comfy_classes[] = {
  "InpaintPreprocessor",  "DepthAnythingV2Preprocessor",
  "IPAdapterModelLoader", "IPAdapter",
  "ETN_LoadImageCache",   "ETN_SaveImageCache",
  "ETN_Translate",        "INPAINT_LoadFooocusInpaint",
  "INPAINT_ShrinkMask",   "INPAINT_StabilizeMask",
  "INPAINT_ColorMatch",   NULL,
};

static const struct
{
  const char *folder;
  const char *names;
} folders[] = {
  { "checkpoints", "[\"RealVisXL_V5.0_fp16.safetensors\",\"zavychromaxl_v80.safetensors\"]" },
  { "diffusion_models", "[]" },
  { "upscale_models", "[\"4x_NMKD-Superscale-SP_178000_G.pth\",\"OmniSR_X2_DIV2K.safetensors\"]" },
  { "inpaint", "[\"MAT_Places512_G_fp16.safetensors\",\"fooocus_inpaint_head.pth\","
               "\"inpaint_v26.fooocus.patch\"]" },
  { "controlnet", "[\"xinsir-controlnet-union-sdxl-1.0-promax.safetensors\"]" },
  { "ipadapter", "[\"ip-adapter_sdxl_vit-h.safetensors\"]" },
  { "clip_vision", "[\"clip-vision_vit-h.safetensors\"]" },
  { "loras", "[\"sub\\\\Hyper-SDXL-8steps-CFG-lora.safetensors\"]" },
};

static void
serve_json (EaselTestServer *server, const char *base, const char *path, const char *body)
{
  g_autofree char *full = g_strconcat (base, path, NULL);

  easel_test_server_reply (server, "GET", full, 200, body);
}

void
easel_comfy_serve (EaselTestServer *server, const char *base)
{
  g_autofree char *socket = g_strconcat (base, "/ws", NULL);

  serve_json (server, base, "/system_stats", EASEL_COMFY_STATS);
  easel_test_server_add_websocket (server, socket, EASEL_TEST_SOCKET_TEXT, EASEL_COMFY_STATUS);
  for (guint i = 0; easel_comfy_classes[i] != NULL; i++)
    {
      g_autofree char *path = g_strconcat ("/object_info/", easel_comfy_classes[i], NULL);
      g_autofree char *body = g_strdup_printf ("{\"%s\":{\"input\":{}}}", easel_comfy_classes[i]);

      serve_json (server, base, path, body);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *path = g_strconcat ("/models/", folders[i].folder, NULL);

      serve_json (server, base, path, folders[i].names);
    }
}

/* All scripts are queues that end in their last answer, so the good ones are made anew. */
void
easel_comfy_replace (EaselTestServer *server, const char *path, const EaselTestAnswer *answer)
{
  easel_test_server_forget_scripts (server);
  easel_test_server_script (server, "GET", path, answer);
  easel_comfy_serve (server, "");
}
