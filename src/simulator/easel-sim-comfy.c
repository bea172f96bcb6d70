/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ComfyUI in a pod, as far as the Krita plugin and a readiness test look at it: state of the
 * machine, queue, history, models, nodes (facts/krita-comfyui.md 3.1, 6.3). It paints nothing;
 * jobs take their time and are done.
 */
#include "config.h"

#include "easel-sim-comfy-private.h"

#include "easel-sim-build.h"

#include <string.h>

#define MAX_JOBS 1000
#define JOB_MS 6000
#define MB (G_GINT64_CONSTANT (1024) * 1024)

static void
job_free (gpointer data)
{
  EaselSimJob *job = data;

  g_free (job->id);
  g_free (job);
}

/**
 * easel_sim_comfy_free:
 * @self: (transfer full): a server's memory
 */
void
easel_sim_comfy_free (EaselSimComfy *self)
{
  g_ptr_array_unref (self->jobs);
  g_hash_table_unref (self->images);
  g_hash_table_unref (self->uploads);
  g_free (self);
}

/**
 * easel_sim_comfy_is_up:
 * @pod: a pod
 * @now_ms: the cloud's time
 *
 * Returns: whether its ComfyUI listens
 */
gboolean
easel_sim_comfy_is_up (const EaselSimPod *pod, gint64 now_ms)
{
  return pod->boot != NULL && pod->gpu_count > 0 && pod->boot->comfy_ms >= 0 &&
         now_ms >= pod->boot->comfy_ms;
}

/**
 * easel_sim_comfy_get:
 * @world: all there is
 * @pod: a pod
 *
 * Returns: (transfer none): what its ComfyUI remembers of this run
 */
EaselSimComfy *
easel_sim_comfy_get (EaselSimWorld *world, const EaselSimPod *pod)
{
  EaselSimComfy *self = g_hash_table_lookup (world->comfies, pod->id);

  if (self != NULL && self->run == pod->n_runs)
    return self;
  self = g_new0 (EaselSimComfy, 1);
  self->run = pod->n_runs;
  self->jobs = g_ptr_array_new_with_free_func (job_free);
  self->images =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  self->uploads = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_replace (world->comfies, g_strdup (pod->id), self);
  return self;
}

/**
 * easel_sim_comfy_generate:
 * @self: a server's memory
 * @id: (nullable): the job's name
 * @now_ms: the cloud's time
 * @duration_ms: how long it takes, after those before it
 *
 * Queues a job.
 */
void
easel_sim_comfy_generate (EaselSimComfy *self, const char *id, gint64 now_ms, gint64 duration_ms)
{
  EaselSimJob *last =
      self->jobs->len > 0 ? g_ptr_array_index (self->jobs, self->jobs->len - 1) : NULL;
  EaselSimJob *job = g_new0 (EaselSimJob, 1);

  job->id = id != NULL ? g_strdup (id) : g_uuid_string_random ();
  job->from_ms = last != NULL ? MAX (last->to_ms, now_ms) : now_ms;
  job->to_ms = job->from_ms + duration_ms;
  g_ptr_array_add (self->jobs, job);
  if (self->jobs->len > MAX_JOBS)
    g_ptr_array_remove_index (self->jobs, 0);
}

/**
 * easel_sim_comfy_get_remaining:
 * @self: a server's memory
 * @now_ms: the cloud's time
 *
 * Returns: jobs that run or wait
 */
guint
easel_sim_comfy_get_remaining (EaselSimComfy *self, gint64 now_ms)
{
  guint n = 0;

  for (guint i = 0; i < self->jobs->len; i++)
    n += ((const EaselSimJob *) g_ptr_array_index (self->jobs, i))->to_ms > now_ms;
  return n;
}

static void
put_exec_info (JsonBuilder *builder, EaselSimComfy *self, gint64 now_ms)
{
  easel_sim_open_object (builder, "exec_info");
  easel_sim_put_int (builder, "queue_remaining", easel_sim_comfy_get_remaining (self, now_ms));
  json_builder_end_object (builder);
}

/**
 * easel_sim_comfy_status_message:
 * @self: a server's memory
 * @now_ms: the cloud's time
 * @client_id: (nullable): who just connected
 *
 * Returns: (transfer full): the text that goes to websockets
 */
char *
easel_sim_comfy_status_message (EaselSimComfy *self, gint64 now_ms, const char *client_id)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) node = NULL;

  json_builder_begin_object (builder);
  easel_sim_put_string (builder, "type", "status");
  easel_sim_open_object (builder, "data");
  easel_sim_open_object (builder, "status");
  put_exec_info (builder, self, now_ms);
  json_builder_end_object (builder);
  if (client_id != NULL)
    easel_sim_put_string (builder, "sid", client_id);
  json_builder_end_object (builder);
  node = easel_sim_close_root (builder);
  return easel_json_to_text (node);
}

static EaselSimAnswer *
not_found (void)
{
  return easel_sim_answer_new (404, "text/plain", "404: Not Found");
}

static EaselSimAnswer *
system_stats (EaselSimWorld *world, const EaselSimPod *pod)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  gboolean is_cpu = (pod->plagues & EASEL_SIM_PLAGUE_CPU) != 0;
  gint64 ram = pod->gpu->ram_gb * 1024 * MB;
  gint64 vram = is_cpu ? ram : pod->gpu->memory_gb * 1024 * MB - 448 * MB;
  g_autofree char *device =
      is_cpu ? g_strdup ("cpu") : g_strdup_printf ("cuda:0 %s : cudaMallocAsync", pod->gpu->id);

  json_builder_begin_object (builder);
  easel_sim_open_object (builder, "system");
  easel_sim_put_string (builder, "os", "posix");
  easel_sim_put_int (builder, "ram_total", ram);
  easel_sim_put_int (builder, "ram_free", ram / 10 * 8);
  easel_sim_put_string (builder, "comfyui_version", "0.9.1");
  easel_sim_put_string (builder, "python_version", "3.12.3");
  easel_sim_put_string (builder, "pytorch_version", "2.11.0+cu130");
  easel_sim_put_boolean (builder, "embedded_python", FALSE);
  json_builder_end_object (builder);
  easel_sim_open_array (builder, "devices");
  easel_sim_open_object (builder, NULL);
  easel_sim_put_string (builder, "name", device);
  easel_sim_put_string (builder, "type", is_cpu ? "cpu" : "cuda");
  easel_sim_put_int (builder, "index", 0);
  easel_sim_put_int (builder, "vram_total", vram);
  easel_sim_put_int (builder, "vram_free", vram - 300 * MB);
  easel_sim_put_int (builder, "torch_vram_total", 32 * MB);
  easel_sim_put_int (builder, "torch_vram_free", 24 * MB);
  json_builder_end_object (builder);
  json_builder_end_array (builder);
  return easel_sim_answer_json (200, easel_sim_close_root (builder));
}

static void
put_queue_part (JsonBuilder *builder,
                const char *key,
                EaselSimComfy *self,
                gint64 now,
                gboolean is_running)
{
  easel_sim_open_array (builder, key);
  for (guint i = 0; i < self->jobs->len; i++)
    {
      const EaselSimJob *job = g_ptr_array_index (self->jobs, i);

      if (job->to_ms <= now || (job->from_ms <= now) != is_running)
        continue;
      easel_sim_open_array (builder, NULL);
      easel_sim_put_int (builder, NULL, i);
      easel_sim_put_string (builder, NULL, job->id);
      easel_sim_open_object (builder, NULL);
      json_builder_end_object (builder);
      easel_sim_open_object (builder, NULL);
      json_builder_end_object (builder);
      easel_sim_open_array (builder, NULL);
      json_builder_end_array (builder);
      json_builder_end_array (builder);
    }
  json_builder_end_array (builder);
}

static EaselSimAnswer *
queue (EaselSimComfy *self, const EaselSimRequest *request, gint64 now)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  if (strcmp (request->method, "POST") == 0)
    {
      for (guint i = self->jobs->len; i > 0; i--)
        if (((const EaselSimJob *) g_ptr_array_index (self->jobs, i - 1))->from_ms > now)
          g_ptr_array_remove_index (self->jobs, i - 1);
      return easel_sim_answer_new (200, NULL, "");
    }
  json_builder_begin_object (builder);
  put_queue_part (builder, "queue_running", self, now, TRUE);
  put_queue_part (builder, "queue_pending", self, now, FALSE);
  return easel_sim_answer_json (200, easel_sim_close_root (builder));
}

static EaselSimAnswer *
prompt (EaselSimComfy *self, const EaselSimRequest *request, gint64 now)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) body = NULL;
  JsonObject *object;
  const char *id;

  json_builder_begin_object (builder);
  if (strcmp (request->method, "POST") != 0)
    {
      put_exec_info (builder, self, now);
      return easel_sim_answer_json (200, easel_sim_close_root (builder));
    }
  body = easel_json_parse (request->body, EASEL_JSON_MAX_BYTES, NULL);
  object = body != NULL ? easel_json_node_object (body, "prompt", NULL) : NULL;
  if (object == NULL || easel_json_peek_object (object, "prompt") == NULL)
    return easel_sim_answer_new (
        400, "application/json",
        "{\"error\":{\"type\":\"no_prompt\",\"message\":\"No prompt provided\"},"
        "\"node_errors\":{}}");
  id = easel_json_peek_string (object, "prompt_id", NULL);
  easel_sim_comfy_generate (self, id, now, JOB_MS);
  id = ((const EaselSimJob *) g_ptr_array_index (self->jobs, self->jobs->len - 1))->id;
  easel_sim_put_string (builder, "prompt_id", id);
  easel_sim_put_int (builder, "number", self->jobs->len);
  easel_sim_open_object (builder, "node_errors");
  json_builder_end_object (builder);
  return easel_sim_answer_json (200, easel_sim_close_root (builder));
}

static void
put_message (JsonBuilder *builder, const char *name, const EaselSimJob *job, gint64 at_ms)
{
  easel_sim_open_array (builder, NULL);
  easel_sim_put_string (builder, NULL, name);
  easel_sim_open_object (builder, NULL);
  easel_sim_put_string (builder, "prompt_id", job->id);
  easel_sim_put_int (builder, "timestamp", at_ms);
  json_builder_end_object (builder);
  json_builder_end_array (builder);
}

static EaselSimAnswer *
history (EaselSimComfy *self, const EaselSimRequest *request, gint64 now)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  const char *limit_text = easel_sim_request_query (request, "max_items");
  guint64 limit = MAX_JOBS;
  guint n_told = 0;

  if (limit_text != NULL)
    g_ascii_string_to_unsigned (limit_text, 10, 0, MAX_JOBS, &limit, NULL);
  json_builder_begin_object (builder);
  for (guint i = self->jobs->len; i > 0 && n_told < limit; i--)
    {
      const EaselSimJob *job = g_ptr_array_index (self->jobs, i - 1);

      if (job->to_ms > now)
        continue;
      easel_sim_open_object (builder, job->id);
      easel_sim_open_array (builder, "prompt");
      json_builder_end_array (builder);
      easel_sim_open_object (builder, "outputs");
      json_builder_end_object (builder);
      easel_sim_open_object (builder, "status");
      easel_sim_put_string (builder, "status_str", "success");
      easel_sim_put_boolean (builder, "completed", TRUE);
      easel_sim_open_array (builder, "messages");
      put_message (builder, "execution_start", job, job->from_ms);
      put_message (builder, "execution_success", job, job->to_ms);
      json_builder_end_array (builder);
      json_builder_end_object (builder);
      json_builder_end_object (builder);
      n_told++;
    }
  return easel_sim_answer_json (200, easel_sim_close_root (builder));
}

static EaselSimAnswer *
strings_answer (const char *const *texts)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  easel_sim_put_strv (builder, NULL, texts);
  return easel_sim_answer_json (200, json_builder_get_root (builder));
}

static EaselSimAnswer *
models (EaselSimWorld *world, const EaselSimPod *pod, const char *folder)
{
  g_autoptr (GPtrArray) files = NULL;

  if (folder == NULL)
    return strings_answer (easel_sim_models_get_folders ());
  if (!g_strv_contains (easel_sim_models_get_folders (), folder))
    return not_found ();
  files = _easel_sim_comfy_list_files (world, pod, folder);
  g_ptr_array_add (files, NULL);
  return strings_answer ((const char *const *) files->pdata);
}

static EaselSimAnswer *
models_with_sizes (EaselSimWorld *world, const EaselSimPod *pod, const char *folder)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GPtrArray) files = NULL;

  if (!g_strv_contains (easel_sim_models_get_folders (), folder))
    return not_found ();
  files = _easel_sim_comfy_list_files (world, pod, folder);
  json_builder_begin_array (builder);
  for (guint i = 0; i < files->len; i++)
    {
      const char *file = g_ptr_array_index (files, i);

      easel_sim_open_object (builder, NULL);
      easel_sim_put_string (builder, "name", file);
      easel_sim_put_int (builder, "pathIndex", 0);
      easel_sim_put_int (builder, "modified", pod->run_start_ms / 1000);
      easel_sim_put_int (builder, "created", pod->run_start_ms / 1000);
      easel_sim_put_int (builder, "size", _easel_sim_comfy_file_size (world, pod, folder, file));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  return easel_sim_answer_json (200, json_builder_get_root (builder));
}

/* ComfyUI refuses pages of other sites (facts/krita-comfyui.md 3.1). */
static gboolean
is_foreign_page (const EaselSimRequest *request)
{
  const char *origin = easel_sim_request_header (request, "origin");
  const char *host = easel_sim_request_header (request, "host");

  if (g_strcmp0 (easel_sim_request_header (request, "sec-fetch-site"), "cross-site") == 0)
    return TRUE;
  return origin != NULL && (host == NULL || strstr (origin, host) == NULL);
}

/**
 * easel_sim_comfy_answer:
 * @world: all there is
 * @pod: a pod whose ComfyUI is up
 * @request: what came to its port
 *
 * Returns: (transfer full): what ComfyUI answers
 */
EaselSimAnswer *
easel_sim_comfy_answer (EaselSimWorld *world,
                        const EaselSimPod *pod,
                        const EaselSimRequest *request)
{
  EaselSimComfy *self = easel_sim_comfy_get (world, pod);
  g_auto (GStrv) all = easel_sim_request_segments (request);
  gint64 now = easel_sim_cloud_now (world->cloud);
  char **parts = all;
  guint n_parts;

  if (is_foreign_page (request))
    return easel_sim_answer_new (403, "text/plain", "403: Forbidden");
  if (g_strcmp0 (parts[0], "api") == 0)
    parts++;
  n_parts = g_strv_length (parts);
  if (n_parts >= 2 && strcmp (parts[0], "etn") == 0 && parts != all)
    return _easel_sim_comfy_tools (world, pod, request, parts + 1);
  if (n_parts == 1 && strcmp (parts[0], "system_stats") == 0)
    return system_stats (world, pod);
  if (n_parts == 1 && strcmp (parts[0], "queue") == 0)
    return queue (self, request, now);
  if (n_parts == 1 && strcmp (parts[0], "prompt") == 0)
    return prompt (self, request, now);
  if (n_parts == 1 && strcmp (parts[0], "history") == 0)
    return history (self, request, now);
  if (n_parts == 1 && (strcmp (parts[0], "interrupt") == 0 || strcmp (parts[0], "free") == 0))
    return easel_sim_answer_new (200, NULL, "");
  if (n_parts <= 2 && n_parts > 0 && strcmp (parts[0], "object_info") == 0)
    return easel_sim_answer_json (200, _easel_sim_comfy_object_info (world, pod, parts[1]));
  if (n_parts <= 2 && n_parts > 0 && strcmp (parts[0], "models") == 0)
    return models (world, pod, parts[1]);
  if (n_parts == 3 && strcmp (parts[0], "experiment") == 0 && strcmp (parts[1], "models") == 0)
    return models_with_sizes (world, pod, parts[2]);
  if (n_parts == 0)
    return easel_sim_answer_new (
        200, "text/html", "<!DOCTYPE html>\n<html><head><title>ComfyUI</title></head></html>\n");
  return not_found ();
}
