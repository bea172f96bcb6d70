/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the simulated ComfyUI knows: node classes, by the image's age, with the files that their
 * loaders offer; and the files themselves (facts/krita-comfyui.md 4.1, 6.3).
 */
#include "config.h"

#include "easel-sim-comfy-private.h"

#include "easel-sim-build.h"

#include <string.h>

/* Which tag first had it: 0 for all. */
static const struct
{
  const char *name;
  int since;
  const char *input;  /* (nullable): the loader's parameter */
  const char *folder; /* (nullable): where its choices lie */
} class_table[] = {
  { "InpaintPreprocessor", 0, NULL, NULL },
  { "DepthAnythingV2Preprocessor", 121, NULL, NULL },
  { "IPAdapterModelLoader", 0, "ipadapter_file", "ipadapter" },
  { "IPAdapter", 0, NULL, NULL },
  { "ETN_LoadImageCache", 141, NULL, NULL },
  { "ETN_SaveImageCache", 141, NULL, NULL },
  { "ETN_Translate", 121, NULL, NULL },
  { "INPAINT_LoadFooocusInpaint", 0, "patch", "inpaint" },
  { "INPAINT_ShrinkMask", 146, NULL, NULL },
  { "INPAINT_StabilizeMask", 146, NULL, NULL },
  { "INPAINT_ColorMatch", 148, NULL, NULL },
  { "INPAINT_LoadInpaintModel", 0, "model_name", "inpaint" },
  { "CLIPVisionLoader", 0, "clip_name", "clip_vision" },
  { "UpscaleModelLoader", 0, "model_name", "upscale_models" },
  { "LoraLoader", 0, "lora_name", "loras" },
  { "CheckpointLoaderSimple", 0, "ckpt_name", "checkpoints" },
  { "UNETLoader", 0, "unet_name", "diffusion_models" },
  { "VAELoader", 0, "vae_name", "vae" },
  { "ControlNetLoader", 0, "control_net_name", "controlnet" },
  { "CLIPLoader", 0, "clip_name", "text_encoders" },
  { "DualCLIPLoader", 0, "clip_name1", "text_encoders" },
  { "StyleModelLoader", 0, "style_model_name", "style_models" },
  { "ModelPatchLoader", 0, "name", "model_patches" },
  { "KSampler", 0, NULL, NULL },
  { "VAEDecode", 0, NULL, NULL },
  { "VAEEncode", 0, NULL, NULL },
  { "CLIPTextEncode", 0, NULL, NULL },
  { "EmptyLatentImage", 0, NULL, NULL },
};

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* (transfer full) (element-type utf8): sorted names of the files in a folder */
GPtrArray *
_easel_sim_comfy_list_files (EaselSimWorld *world, const EaselSimPod *pod, const char *folder)
{
  g_autoptr (GHashTable) present = easel_sim_pod_files (pod, easel_sim_cloud_now (world->cloud));
  EaselSimComfy *comfy = easel_sim_comfy_get (world, pod);
  GPtrArray *files = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *prefix = g_strconcat (folder, "/", NULL);
  GHashTableIter iter;
  gpointer name;

  for (guint i = 0; i < easel_sim_models_get_n (); i++)
    {
      const EaselSimModel *model = easel_sim_models_get (i);

      if (strcmp (model->folder, folder) == 0 && g_hash_table_contains (present, model->file))
        g_ptr_array_add (files, g_strdup (model->file));
    }
  g_hash_table_iter_init (&iter, comfy->uploads);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (g_str_has_prefix (name, prefix))
      g_ptr_array_add (files, g_strdup ((const char *) name + strlen (prefix)));
  g_ptr_array_sort (files, compare_names);
  return files;
}

/* Bytes, or -1 when there is no such file. */
gint64
_easel_sim_comfy_file_size (EaselSimWorld *world,
                            const EaselSimPod *pod,
                            const char *folder,
                            const char *file)
{
  g_autoptr (GHashTable) present = easel_sim_pod_files (pod, easel_sim_cloud_now (world->cloud));
  EaselSimComfy *comfy = easel_sim_comfy_get (world, pod);
  g_autofree char *key = g_strconcat (folder, "/", file, NULL);
  const EaselSimModel *model = easel_sim_models_find (file);
  const gint64 *size = g_hash_table_lookup (comfy->uploads, key);

  if (size != NULL)
    return *size;
  if (model != NULL && strcmp (model->folder, folder) == 0 && g_hash_table_contains (present, file))
    return (gint64) model->size_mb * 1000 * 1000;
  return -1;
}

static gboolean
has_class (const EaselSimPod *pod, guint row)
{
  if ((pod->plagues & EASEL_SIM_PLAGUE_MISSING_NODES) != 0 &&
      g_str_has_prefix (class_table[row].name, "INPAINT_"))
    return FALSE;
  return easel_sim_image_version (pod->image) >= class_table[row].since;
}

static void
put_class (JsonBuilder *builder, EaselSimWorld *world, const EaselSimPod *pod, guint row)
{
  easel_sim_open_object (builder, class_table[row].name);
  easel_sim_open_object (builder, "input");
  easel_sim_open_object (builder, "required");
  if (class_table[row].input != NULL)
    {
      g_autoptr (GPtrArray) files =
          _easel_sim_comfy_list_files (world, pod, class_table[row].folder);

      easel_sim_open_array (builder, class_table[row].input);
      easel_sim_open_array (builder, NULL);
      for (guint i = 0; i < files->len; i++)
        easel_sim_put_string (builder, NULL, g_ptr_array_index (files, i));
      json_builder_end_array (builder);
      easel_sim_open_object (builder, NULL);
      json_builder_end_object (builder);
      json_builder_end_array (builder);
    }
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  easel_sim_put_string (builder, "name", class_table[row].name);
  easel_sim_put_string (builder, "display_name", class_table[row].name);
  easel_sim_open_array (builder, "output");
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

/* All classes, or one (@class_name), which gives {} when it is not there. */
JsonNode *
_easel_sim_comfy_object_info (EaselSimWorld *world, const EaselSimPod *pod, const char *class_name)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  for (guint i = 0; i < G_N_ELEMENTS (class_table); i++)
    if (has_class (pod, i) && (class_name == NULL || strcmp (class_name, class_table[i].name) == 0))
      put_class (builder, world, pod, i);
  return easel_sim_close_root (builder);
}
