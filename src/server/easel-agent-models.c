/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The agent's words about models: what lies on the pod, what is on its way, and how to ask for
 * more. Pure: JSON in, values out, and the other way round. The pod is rented, so nothing that it
 * says is taken for granted: an entry that makes no sense is left out.
 */
#include "config.h"

#include "easel-agent-models.h"

#include <string.h>

#define FORMAT_VERSION 1
#define MAX_JOBS 200
#define MAX_FILES 2000
#define MAX_SIZE (G_GINT64_CONSTANT (1) << 50)
#define SHA256_DIGITS 64

/* A piece ought to take long enough that the time between two does not count, and stay well below
 * the 100 s after which RunPod's proxy hangs up. */
#define GOOD_CHUNK_MS 4000
#define SLOW_CHUNK_MS 20000
/* On a line as fast as this nothing is gained beyond so much. */
#define QUICK_CHUNK_MS 50
#define QUICK_CHUNK (8 * 1024 * 1024)

static const char *const states[] = {
  [EASEL_AGENT_JOB_WAITING] = "waiting",     [EASEL_AGENT_JOB_RUNNING] = "running",
  [EASEL_AGENT_JOB_VERIFYING] = "verifying", [EASEL_AGENT_JOB_DONE] = "done",
  [EASEL_AGENT_JOB_FAILED] = "failed",       [EASEL_AGENT_JOB_CANCELLED] = "cancelled",
};

static const struct
{
  const char *word;
  EaselError code;
} words[] = {
  { "http-403", EASEL_ERROR_MODEL_REFUSED }, { "http-404", EASEL_ERROR_MODEL_GONE },
  { "html", EASEL_ERROR_WEB_PAGE },          { "network", EASEL_ERROR_NETWORK },
  { "disk", EASEL_ERROR_MODEL_TOO_LARGE },   { "hash", EASEL_ERROR_NOT_A_MODEL },
  { "kind", EASEL_ERROR_NOT_A_MODEL },       { "private-address", EASEL_ERROR_UNSAFE_LINK },
  { "busy", EASEL_ERROR_CONFLICT },          { "offset", EASEL_ERROR_CONFLICT },
  { "job", EASEL_ERROR_NOT_FOUND },          { "name", EASEL_ERROR_BAD_REQUEST },
  { "folder", EASEL_ERROR_BAD_REQUEST },     { "body", EASEL_ERROR_BAD_REQUEST },
};

static void
job_free (gpointer data)
{
  EaselAgentJob *job = data;

  g_free (job->id);
  g_free (job->folder);
  g_free (job->name);
  g_free (job);
}

static void
file_free (gpointer data)
{
  EaselAgentModelFile *file = data;

  g_free (file->folder);
  g_free (file->name);
  g_free (file->sha256);
  g_free (file);
}

/**
 * easel_agent_models_free:
 * @self: (transfer full) (nullable): what the agent told
 */
void
easel_agent_models_free (EaselAgentModels *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->jobs);
  g_ptr_array_unref (self->files);
  g_free (self);
}

static guint64
peek_size (JsonObject *object, const char *key)
{
  return object != NULL ? (guint64) easel_json_peek_int (object, key, 0, MAX_SIZE, 0) : 0;
}

static gboolean
is_hash (const char *text)
{
  return text != NULL && strlen (text) == SHA256_DIGITS &&
         strspn (text, "0123456789abcdef") == SHA256_DIGITS;
}

/**
 * easel_agent_models_error:
 * @word: (nullable): why the agent did not do something
 *
 * Returns: the same as a code of ours
 */
EaselError
easel_agent_models_error (const char *word)
{
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      if (g_strcmp0 (word, words[i].word) == 0)
        return words[i].code;
    }
  return EASEL_ERROR_FAILED;
}

static EaselAgentJob *
read_job (JsonObject *object)
{
  const char *id = easel_json_peek_string (object, "id", NULL);
  const char *folder = easel_json_peek_string (object, "folder", NULL);
  const char *state = easel_json_peek_string (object, "state", NULL);
  EaselAgentJob *job;
  gsize index = 0;

  while (index < G_N_ELEMENTS (states) && g_strcmp0 (state, states[index]) != 0)
    index++;
  if (id == NULL || *id == '\0' || folder == NULL || index == G_N_ELEMENTS (states))
    return NULL;
  job = g_new0 (EaselAgentJob, 1);
  job->id = g_strdup (id);
  job->is_upload = g_str_equal (easel_json_peek_string (object, "kind", ""), "verify");
  job->folder = g_strdup (folder);
  job->name = g_strdup (easel_json_peek_string (object, "name", ""));
  job->have = peek_size (object, "have");
  job->size = peek_size (object, "size");
  job->speed = peek_size (object, "speed");
  job->state = (EaselAgentJobState) index;
  job->error = easel_agent_models_error (easel_json_peek_string (object, "error", NULL));
  /* A bar never goes beyond its end. */
  if (job->size > 0)
    job->have = MIN (job->have, job->size);
  return job;
}

static EaselAgentModelFile *
read_file (JsonObject *object)
{
  const char *folder = easel_json_peek_string (object, "folder", NULL);
  const char *name = easel_json_peek_string (object, "name", NULL);
  const char *sha256 = easel_json_peek_string (object, "sha256", NULL);
  EaselAgentModelFile *file;

  if (folder == NULL || name == NULL || *name == '\0')
    return NULL;
  file = g_new0 (EaselAgentModelFile, 1);
  file->folder = g_strdup (folder);
  file->name = g_strdup (name);
  file->size = peek_size (object, "size");
  file->sha256 = is_hash (sha256) ? g_strdup (sha256) : NULL;
  return file;
}

/**
 * easel_agent_models_decode:
 * @root: the answer to "GET models"
 * @error: %EASEL_ERROR_PROTOCOL
 *
 * Returns: (transfer full) (nullable): what the agent told
 */
EaselAgentModels *
easel_agent_models_decode (JsonNode *root, GError **error)
{
  JsonObject *object, *disk;
  JsonArray *jobs, *files;
  EaselAgentModels *self;
  gint64 version;

  g_return_val_if_fail (root != NULL, NULL);

  object = easel_json_node_object (root, "models", error);
  if (object == NULL ||
      !easel_json_get_int (object, "v", FORMAT_VERSION, FORMAT_VERSION, &version, error))
    return NULL;
  jobs = easel_json_get_array (object, "jobs", error);
  files = jobs != NULL ? easel_json_get_array (object, "files", error) : NULL;
  if (files == NULL)
    return NULL;

  self = g_new0 (EaselAgentModels, 1);
  self->jobs = g_ptr_array_new_with_free_func (job_free);
  self->files = g_ptr_array_new_with_free_func (file_free);
  disk = easel_json_peek_object (object, "disk");
  self->disk_free = peek_size (disk, "free");
  self->disk_total = peek_size (disk, "total");
  for (guint i = 0; i < MIN (json_array_get_length (jobs), MAX_JOBS); i++)
    {
      JsonObject *entry = easel_json_element_object (jobs, i);
      EaselAgentJob *job = entry != NULL ? read_job (entry) : NULL;

      if (job != NULL)
        g_ptr_array_add (self->jobs, job);
    }
  for (guint i = 0; i < MIN (json_array_get_length (files), MAX_FILES); i++)
    {
      JsonObject *entry = easel_json_element_object (files, i);
      EaselAgentModelFile *file = entry != NULL ? read_file (entry) : NULL;

      if (file != NULL)
        g_ptr_array_add (self->files, file);
    }
  return self;
}

/**
 * easel_agent_models_find_job:
 * @self: what the agent told
 * @id: how it called a job
 *
 * Returns: (nullable) (transfer none): the job
 */
const EaselAgentJob *
easel_agent_models_find_job (const EaselAgentModels *self, const char *id)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (id != NULL, NULL);

  for (guint i = 0; i < self->jobs->len; i++)
    {
      const EaselAgentJob *job = g_ptr_array_index (self->jobs, i);

      if (g_str_equal (job->id, id))
        return job;
    }
  return NULL;
}

/**
 * easel_agent_models_find_file:
 * @self: what the agent told
 * @folder: ComfyUI's
 * @name: of a file
 *
 * Returns: (nullable) (transfer none): the file, if it is whole and there
 */
const EaselAgentModelFile *
easel_agent_models_find_file (const EaselAgentModels *self, const char *folder, const char *name)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (folder != NULL && name != NULL, NULL);

  for (guint i = 0; i < self->files->len; i++)
    {
      const EaselAgentModelFile *file = g_ptr_array_index (self->files, i);

      if (g_str_equal (file->folder, folder) && g_str_equal (file->name, name))
        return file;
    }
  return NULL;
}

/**
 * easel_agent_job_is_open:
 * @self: a job
 *
 * Returns: whether the agent still works at it
 */
gboolean
easel_agent_job_is_open (const EaselAgentJob *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->state == EASEL_AGENT_JOB_WAITING || self->state == EASEL_AGENT_JOB_RUNNING ||
         self->state == EASEL_AGENT_JOB_VERIFYING;
}

/**
 * easel_agent_job_may_resume:
 * @self: a job
 *
 * Returns: whether it is worth another try with a new link: the line broke, or the link has expired
 */
gboolean
easel_agent_job_may_resume (const EaselAgentJob *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return !self->is_upload && self->state == EASEL_AGENT_JOB_FAILED &&
         (self->error == EASEL_ERROR_NETWORK || self->error == EASEL_ERROR_MODEL_REFUSED);
}

static char *
escape (const char *part)
{
  return g_uri_escape_string (part, NULL, FALSE);
}

/**
 * easel_agent_models_file_route:
 * @folder: ComfyUI's
 * @name: of a file
 *
 * Returns: (transfer full): the route of one file, percent-encoded
 */
char *
easel_agent_models_file_route (const char *folder, const char *name)
{
  g_autofree char *folder_part = NULL;
  g_autofree char *name_part = NULL;

  g_return_val_if_fail (folder != NULL && name != NULL, NULL);

  folder_part = escape (folder);
  name_part = escape (name);
  return g_strdup_printf ("models/%s/%s", folder_part, name_part);
}

/**
 * easel_agent_models_chunk_route:
 * @folder: ComfyUI's
 * @name: of the file
 * @offset: where the piece belongs
 * @size: of the whole file
 * @of: what tells this file from others of its name, 64 digits: a part belongs to one of them
 * @sha256: (nullable): of the whole file
 * @is_whole: the seal covers the sum of the file up to the end of the piece, not of the piece
 *
 * Returns: (transfer full): where a piece of an upload is put
 */
char *
easel_agent_models_chunk_route (const char *folder,
                                const char *name,
                                guint64 offset,
                                guint64 size,
                                const char *of,
                                const char *sha256,
                                gboolean is_whole)
{
  g_autofree char *file = NULL;

  g_return_val_if_fail (folder != NULL && name != NULL, NULL);
  g_return_val_if_fail (offset <= size, NULL);
  g_return_val_if_fail (is_hash (of), NULL);
  g_return_val_if_fail (sha256 == NULL || is_hash (sha256), NULL);

  file = easel_agent_models_file_route (folder, name);
  return g_strdup_printf ("%s?offset=%" G_GUINT64_FORMAT "&size=%" G_GUINT64_FORMAT "&of=%s%s%s%s",
                          file, offset, size, of, sha256 != NULL ? "&sha256=" : "",
                          sha256 != NULL ? sha256 : "", is_whole ? "&whole=1" : "");
}

static void
add_string (JsonBuilder *builder, const char *key, const char *value)
{
  if (value == NULL)
    return;
  json_builder_set_member_name (builder, key);
  json_builder_add_string_value (builder, value);
}

/**
 * easel_agent_models_download_body:
 * @uri: where the file is; holds no token
 * @folder: ComfyUI's
 * @name: (nullable): of the file, %NULL to take the server's
 * @size: in bytes, 0 unknown
 * @of: what tells this file from others of its name, 64 digits: @uri does not, it is renewed
 * @sha256: (nullable): what it has to have
 * @job_id: (nullable): a job that failed and goes on with this link
 *
 * Returns: (transfer full): the body for "POST models"
 */
GBytes *
easel_agent_models_download_body (const char *uri,
                                  const char *folder,
                                  const char *name,
                                  guint64 size,
                                  const char *of,
                                  const char *sha256,
                                  const char *job_id)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  g_return_val_if_fail (uri != NULL && folder != NULL, NULL);
  g_return_val_if_fail (is_hash (of), NULL);

  json_builder_begin_object (builder);
  add_string (builder, "url", uri);
  add_string (builder, "folder", folder);
  add_string (builder, "name", name);
  if (size > 0)
    {
      json_builder_set_member_name (builder, "size");
      json_builder_add_int_value (builder, (gint64) MIN (size, (guint64) MAX_SIZE - 1));
    }
  add_string (builder, "of", of);
  add_string (builder, "sha256", sha256);
  add_string (builder, "job", job_id);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return easel_json_to_bytes (root);
}

/**
 * easel_agent_models_next_chunk:
 * @chunk: size of the last piece, 0 at the start
 * @took_ms: how long it was on its way
 * @failed: it did not arrive
 *
 * Returns: how large the next piece is
 */
gsize
easel_agent_models_next_chunk (gsize chunk, gint64 took_ms, gboolean failed)
{
  if (chunk == 0)
    return EASEL_AGENT_FIRST_CHUNK;
  if (failed || took_ms > SLOW_CHUNK_MS)
    chunk /= 2;
  else if (took_ms < QUICK_CHUNK_MS)
    chunk = MAX (chunk, MIN (chunk * 2, QUICK_CHUNK));
  else if (took_ms < GOOD_CHUNK_MS)
    chunk *= 2;
  return CLAMP (chunk, (gsize) EASEL_AGENT_MIN_CHUNK, (gsize) EASEL_AGENT_MAX_CHUNK);
}
