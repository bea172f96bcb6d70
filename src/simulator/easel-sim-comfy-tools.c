/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The routes that comfyui-tooling-nodes adds, below "/api/etn": what models are, pictures by
 * HTTP, uploads (facts/krita-comfyui.md 3.4).
 */
#include "config.h"

#include "easel-sim-comfy-private.h"

#include "easel-sim-build.h"

#include <string.h>

#define MAX_IMAGE_BYTES (64 * 1024 * 1024)
#define MAX_UPLOADS 500

static gboolean
is_folder (const char *name)
{
  return name != NULL && g_strv_contains (easel_sim_models_get_folders (), name);
}

static EaselSimAnswer *
status_answer (guint status, const char *text)
{
  g_autofree char *body = g_strdup_printf ("{\"status\":\"%s\"}", text);

  return easel_sim_answer_new (status, "application/json", body);
}

static EaselSimAnswer *
model_info (EaselSimWorld *world,
            const EaselSimPod *pod,
            const EaselSimRequest *request,
            const char *folder)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GPtrArray) files = NULL;
  const char *limit_text = easel_sim_request_query (request, "limit");
  const char *offset_text = easel_sim_request_query (request, "offset");
  guint64 limit = G_MAXUINT32, offset = 0;
  guint n_told = 0;

  if (!is_folder (folder))
    return easel_sim_answer_new (400, "application/json", "{\"error\":\"Invalid folder path\"}");
  if (limit_text != NULL)
    g_ascii_string_to_unsigned (limit_text, 10, 0, G_MAXUINT32, &limit, NULL);
  if (offset_text != NULL)
    g_ascii_string_to_unsigned (offset_text, 10, 0, G_MAXUINT32, &offset, NULL);
  files = _easel_sim_comfy_list_files (world, pod, folder);
  json_builder_begin_object (builder);
  for (guint64 i = offset; i < files->len && n_told < limit; i++)
    {
      const char *file = g_ptr_array_index (files, i);
      const EaselSimModel *model = easel_sim_models_find (file);

      easel_sim_open_object (builder, file);
      easel_sim_put_string (builder, "base_model",
                            model != NULL && model->base_model != NULL ? model->base_model
                                                                       : "unknown");
      easel_sim_put_boolean (builder, "is_inpaint", FALSE);
      if (model != NULL && model->base_type != NULL)
        easel_sim_put_string (builder, "type", model->base_type);
      json_builder_end_object (builder);
      n_told++;
    }
  if (limit_text != NULL)
    {
      easel_sim_open_object (builder, "_meta");
      easel_sim_put_int (builder, "offset", (gint64) offset);
      easel_sim_put_int (builder, "count", n_told);
      easel_sim_put_int (builder, "total", files->len);
      json_builder_end_object (builder);
    }
  return easel_sim_answer_json (200, easel_sim_close_root (builder));
}

static EaselSimAnswer *
image (EaselSimComfy *comfy, const EaselSimRequest *request, const char *id)
{
  GBytes *known = g_hash_table_lookup (comfy->images, id);
  EaselSimAnswer *answer;

  if (strcmp (request->method, "PUT") == 0)
    {
      if (known != NULL)
        return status_answer (200, "cached");
      if (request->is_too_large ||
          comfy->image_bytes + g_bytes_get_size (request->body) > MAX_IMAGE_BYTES)
        return easel_sim_answer_new (500, "application/json", "{\"error\":\"cache is full\"}");
      comfy->image_bytes += g_bytes_get_size (request->body);
      g_hash_table_insert (comfy->images, g_strdup (id), g_bytes_ref (request->body));
      return status_answer (201, "success");
    }
  if (known == NULL)
    return easel_sim_answer_new (404, "text/plain", "404: Not Found");
  answer = easel_sim_answer_new (200, "image/png", NULL);
  answer->body = g_bytes_ref (known);
  return answer;
}

static EaselSimAnswer *
upload (EaselSimWorld *world, const EaselSimPod *pod, const EaselSimRequest *request, char **parts)
{
  EaselSimComfy *comfy = easel_sim_comfy_get (world, pod);
  const char *folder = parts[1], *file = parts[2];
  gint64 *size;

  if (!is_folder (folder))
    return easel_sim_answer_new (400, "application/json", "{\"error\":\"Invalid folder path\"}");
  if (!g_regex_match_simple ("^[A-Za-z0-9_\\- ][A-Za-z0-9_\\-. ]{0,240}\\.(safetensors|sft)$", file,
                             0, 0))
    return easel_sim_answer_new (400, "application/json", "{\"error\":\"Invalid filename\"}");
  if (_easel_sim_comfy_file_size (world, pod, folder, file) >= 0)
    return status_answer (200, "cached");
  if (g_hash_table_size (comfy->uploads) >= MAX_UPLOADS)
    return easel_sim_answer_new (500, "application/json",
                                 "{\"error\":\"No space left on device\"}");
  size = g_new (gint64, 1);
  *size = (gint64) request->body_size;
  g_hash_table_insert (comfy->uploads, g_strconcat (folder, "/", file, NULL), size);
  return status_answer (201, "success");
}

/* @parts: of the path, after "api/etn". */
EaselSimAnswer *
_easel_sim_comfy_tools (EaselSimWorld *world,
                        const EaselSimPod *pod,
                        const EaselSimRequest *request,
                        char **parts)
{
  gboolean is_put = strcmp (request->method, "PUT") == 0;
  guint n_parts = g_strv_length (parts);

  if (n_parts == 2 && strcmp (parts[0], "model_info") == 0)
    return model_info (world, pod, request, parts[1]);
  if (n_parts == 1 && strcmp (parts[0], "languages") == 0)
    return easel_sim_answer_new (
        200, "application/json",
        "[{\"name\":\"German\",\"code\":\"de\"},{\"name\":\"French\",\"code\":\"fr\"}]");
  if (n_parts == 3 && strcmp (parts[0], "translate") == 0)
    {
      g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), parts[2]);

      return easel_sim_answer_json (200, g_steal_pointer (&node));
    }
  if (n_parts == 2 && strcmp (parts[0], "image") == 0)
    return image (easel_sim_comfy_get (world, pod), request, parts[1]);
  if (n_parts == 3 && strcmp (parts[0], "upload") == 0 && is_put)
    return upload (world, pod, request, parts);
  if (n_parts == 2 && strcmp (parts[0], "workflow") == 0)
    return status_answer (200, "success");
  return easel_sim_answer_new (404, "text/plain", "404: Not Found");
}
