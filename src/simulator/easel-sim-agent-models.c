/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The files that the stand-in for the agent's helper takes in: by link, which only takes the time
 * that the file's size would, and in chunks from the desktop, which are hashed as they come and
 * not kept. What has arrived is offered by the pod's ComfyUI.
 */
#include "config.h"

#include "easel-sim-agent-private.h"

#include "easel-sim-build.h"
#include "easel-sim-comfy-private.h"
#include "easel-sim-sites.h"

#include <string.h>

#define MAX_CHUNK (32 * 1024 * 1024)
#define MAX_BODY 65536
#define MAX_JOBS 500
#define MB G_GINT64_CONSTANT (1000000)
#define LEAST_FREE (2 * G_GINT64_CONSTANT (1024) * 1024 * 1024)
#define CHECK_MB_PER_S 1000
/* How long a pause in sending does not end an upload's being work. */
#define PAUSE_MS (120 * 1000)

void
_easel_sim_agent_job_free (gpointer data)
{
  EaselSimJobFile *job = data;

  g_free (job->id);
  g_free (job->folder);
  g_free (job->name);
  g_free (job->source);
  g_free (job->wanted);
  g_free (job->failure);
  g_clear_pointer (&job->sum, g_checksum_free);
  g_free (job);
}

void
_easel_sim_agent_file_free (gpointer data)
{
  EaselSimAgentFile *file = data;

  g_free (file->folder);
  g_free (file->name);
  g_free (file->source);
  g_free (file->sha256);
  g_free (file);
}

static gboolean
is_upload (const EaselSimJobFile *job)
{
  return strcmp (job->kind, "upload") == 0;
}

static gint64
have_of (const EaselSimJobFile *job, gint64 now)
{
  gint64 until = job->failed_ms >= 0 ? MIN (now, job->failed_ms) : now;

  if (is_upload (job) || until <= job->from_ms)
    return job->have;
  if (until >= job->done_ms)
    return job->size;
  return job->have + (gint64) ((double) (job->size - job->have) * (double) (until - job->from_ms) /
                               (double) (job->done_ms - job->from_ms));
}

static const char *
state_of (const EaselSimJobFile *job, gint64 now)
{
  if (job->is_cancelled)
    return "cancelled";
  if (job->failed_ms >= 0 && now >= job->failed_ms)
    return "failed";
  if (job->done_ms < 0 || now < job->done_ms)
    return "running";
  return now < job->checked_ms || job->is_unsure ? "verifying" : "done";
}

static gboolean
is_going (const EaselSimJobFile *job, gint64 now)
{
  const char *state = state_of (job, now);

  if (strcmp (state, "verifying") == 0)
    return TRUE;
  return strcmp (state, "running") == 0 && (!is_upload (job) || now < job->from_ms + PAUSE_MS);
}

guint
_easel_sim_agent_count_transfers (const EaselSimAgent *self, gint64 now_ms)
{
  guint n = 0;

  for (guint i = 0; i < self->jobs->len; i++)
    n += is_going (g_ptr_array_index (self->jobs, i), now_ms);
  return n;
}

/* Until when transfers are work, if nothing else comes. */
gint64
_easel_sim_agent_work_until (const EaselSimAgent *self, gint64 now_ms)
{
  gint64 until_ms = 0;

  for (guint i = 0; i < self->jobs->len; i++)
    {
      const EaselSimJobFile *job = g_ptr_array_index (self->jobs, i);

      /* A cancelled one has failed, too. */
      if (job->failed_ms >= 0)
        until_ms = MAX (until_ms, job->failed_ms);
      else if (job->done_ms < 0)
        until_ms = MAX (until_ms, job->from_ms + PAUSE_MS);
      else
        until_ms = MAX (until_ms, job->is_unsure ? MAX (now_ms, job->checked_ms) : job->checked_ms);
    }
  return until_ms;
}

static EaselSimAgentFile *
find_file (const EaselSimAgent *self, const char *folder, const char *name, guint *ret_index)
{
  for (guint i = 0; i < self->files->len; i++)
    {
      EaselSimAgentFile *file = g_ptr_array_index (self->files, i);

      if (strcmp (file->folder, folder) != 0 || strcmp (file->name, name) != 0)
        continue;
      if (ret_index != NULL)
        *ret_index = i;
      return file;
    }
  return NULL;
}

static void
land (EaselSimAgent *self, EaselSimJobFile *job)
{
  EaselSimAgentFile *file;
  guint index;

  if (find_file (self, job->folder, job->name, &index) != NULL)
    g_ptr_array_remove_index (self->files, index);
  file = g_new0 (EaselSimAgentFile, 1);
  file->folder = g_strdup (job->folder);
  file->name = g_strdup (job->name);
  file->size = job->size;
  file->source = g_strdup (job->source);
  file->sha256 = job->sum != NULL ? g_strdup (g_checksum_get_string (job->sum)) : NULL;
  g_ptr_array_add (self->files, file);
  job->has_landed = TRUE;
}

static void
fail (EaselSimJobFile *job, gint64 at_ms, const char *failure)
{
  job->failed_ms = at_ms;
  g_free (job->failure);
  job->failure = g_strdup (failure);
}

/* What the store's bytes add up to takes as long as it takes, whatever the cloud's clock says;
 * where that stands still it would never be there. */
static const char *
sum_of (EaselSimAgent *self, const char *source, gint64 size)
{
  return easel_sim_sums_get (self->world->sums, source, size,
                             easel_sim_clock_get_speed (self->world->clock) <= 0);
}

static void
make_sure (EaselSimAgent *self, EaselSimJobFile *job, gint64 now)
{
  const char *sum = sum_of (self, job->source, job->size);

  if (sum == NULL)
    return;
  job->is_unsure = FALSE;
  if (strcmp (sum, job->wanted) != 0)
    fail (job, job->checked_ms, "hash");
}

/* Moves what has arrived to where ComfyUI finds it. */
void
_easel_sim_agent_land_files (EaselSimAgent *self)
{
  EaselSimComfy *comfy = easel_sim_comfy_get (self->world, self->pod);
  gint64 now = _easel_sim_agent_now (self);

  for (guint i = 0; i < self->jobs->len; i++)
    {
      EaselSimJobFile *job = g_ptr_array_index (self->jobs, i);

      if (job->is_unsure && strcmp (state_of (job, now), "verifying") == 0 &&
          now >= job->checked_ms)
        make_sure (self, job, now);
      if (!job->has_landed && strcmp (state_of (job, now), "done") == 0)
        land (self, job);
    }
  for (guint i = 0; i < self->files->len; i++)
    {
      const EaselSimAgentFile *file = g_ptr_array_index (self->files, i);
      gint64 *size = g_new (gint64, 1);

      *size = file->size;
      g_hash_table_replace (comfy->uploads, g_strconcat (file->folder, "/", file->name, NULL),
                            size);
    }
}

void
_easel_sim_agent_forget_files (EaselSimAgent *self, gboolean with_files)
{
  g_ptr_array_set_size (self->jobs, 0);
  if (with_files)
    g_ptr_array_set_size (self->files, 0);
}

static gboolean
is_name (const char *name)
{
  return name != NULL && g_regex_match_simple ("^[A-Za-z0-9_\\- ][A-Za-z0-9._\\- ]{0,199}$", name,
                                               G_REGEX_DOLLAR_ENDONLY, 0);
}

static gboolean
is_folder (const char *name)
{
  return name != NULL && g_strv_contains (easel_sim_models_get_folders (), name);
}

static gboolean
is_hash (const char *text)
{
  return strlen (text) == 64 && strspn (text, "0123456789abcdef") == 64;
}

static gint64
disk_total (const EaselSimAgent *self)
{
  return (gint64) MAX (self->pod->disk_gb, self->pod->volume_gb) * 1000 * MB;
}

static gint64
disk_free (const EaselSimAgent *self, gint64 now)
{
  g_autoptr (GHashTable) present = easel_sim_pod_files (self->pod, now);
  gint64 left = disk_total (self);
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, present);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    {
      const EaselSimModel *model = easel_sim_models_find (name);

      left -= model != NULL ? model->size_mb * MB : 0;
    }
  for (guint i = 0; i < self->files->len; i++)
    left -= ((const EaselSimAgentFile *) g_ptr_array_index (self->files, i))->size;
  for (guint i = 0; i < self->jobs->len; i++)
    {
      const EaselSimJobFile *job = g_ptr_array_index (self->jobs, i);

      if (!job->has_landed && !job->is_cancelled)
        left -= job->failed_ms >= 0 ? have_of (job, now) : job->size;
    }
  return MAX (left, 0);
}

static void
put_disk (JsonBuilder *builder, const EaselSimAgent *self, gint64 now)
{
  easel_sim_open_object (builder, "disk");
  easel_sim_put_int (builder, "free", disk_free (self, now));
  easel_sim_put_int (builder, "total", disk_total (self));
  json_builder_end_object (builder);
}

static void
put_job (JsonBuilder *builder, const EaselSimJobFile *job, gint64 now)
{
  const char *state = state_of (job, now);
  gint64 speed = 0;

  if (strcmp (state, "running") == 0 && !is_upload (job))
    speed = (job->size - job->have) * 1000 / MAX (job->done_ms - job->from_ms, 1);
  easel_sim_open_object (builder, NULL);
  easel_sim_put_string (builder, "id", job->id);
  /* What is sent becomes a job when all of it is there. */
  easel_sim_put_string (builder, "kind", is_upload (job) ? "verify" : job->kind);
  easel_sim_put_string (builder, "folder", job->folder);
  easel_sim_put_string (builder, "name", job->name);
  easel_sim_put_int (builder, "have", have_of (job, now));
  easel_sim_put_int (builder, "size", job->size);
  easel_sim_put_int (builder, "speed", speed);
  easel_sim_put_string (builder, "state", state);
  easel_sim_put_string (builder, "error", strcmp (state, "failed") == 0 ? job->failure : NULL);
  json_builder_end_object (builder);
}

static void
put_file (JsonBuilder *builder, const char *folder, const char *name, gint64 size, const char *hash)
{
  easel_sim_open_object (builder, NULL);
  easel_sim_put_string (builder, "folder", folder);
  easel_sim_put_string (builder, "name", name);
  easel_sim_put_int (builder, "size", size);
  easel_sim_put_string (builder, "sha256", hash);
  json_builder_end_object (builder);
}

/* What was brought there, with what its bytes add up to. */
void
_easel_sim_agent_put_files (EaselSimAgent *self, JsonBuilder *builder)
{
  _easel_sim_agent_land_files (self);
  easel_sim_open_array (builder, "models");
  for (guint i = 0; i < self->files->len; i++)
    {
      const EaselSimAgentFile *file = g_ptr_array_index (self->files, i);

      put_file (builder, file->folder, file->name, file->size,
                file->sha256 != NULL ? file->sha256 : sum_of (self, file->source, file->size));
    }
  json_builder_end_array (builder);
}

/* The helper adds up only what somebody has told the sum of, and remembers it with the job. */
static const char *
told_hash (const EaselSimAgent *self, const EaselSimAgentFile *file)
{
  for (guint i = self->jobs->len; i > 0; i--)
    {
      const EaselSimJobFile *job = g_ptr_array_index (self->jobs, i - 1);

      if (job->has_landed && strcmp (job->folder, file->folder) == 0 &&
          strcmp (job->name, file->name) == 0)
        return job->wanted;
    }
  return NULL;
}

static EaselSimAnswer *
list (EaselSimAgent *self)
{
  gint64 now = _easel_sim_agent_now (self);
  g_autoptr (GHashTable) present = easel_sim_pod_files (self->pod, now);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  easel_sim_put_int (builder, "v", 1);
  put_disk (builder, self, now);
  easel_sim_open_array (builder, "jobs");
  for (guint i = 0; i < self->jobs->len; i++)
    {
      const EaselSimJobFile *job = g_ptr_array_index (self->jobs, i);

      if (!is_upload (job) || job->done_ms >= 0)
        put_job (builder, job, now);
    }
  json_builder_end_array (builder);
  easel_sim_open_array (builder, "files");
  for (guint i = 0; i < easel_sim_models_get_n (); i++)
    {
      const EaselSimModel *model = easel_sim_models_get (i);

      if (g_hash_table_contains (present, model->file))
        put_file (builder, model->folder, model->file, model->size_mb * MB, NULL);
    }
  for (guint i = 0; i < self->files->len; i++)
    {
      const EaselSimAgentFile *file = g_ptr_array_index (self->files, i);

      put_file (builder, file->folder, file->name, file->size, told_hash (self, file));
    }
  json_builder_end_array (builder);
  return easel_sim_answer_json (200, easel_sim_close_root (builder));
}

/* What is sent in order adds up here, so the sum of what is there is always known. */
static EaselSimAnswer *
tell_have (guint status, gint64 have)
{
  g_autofree char *text = g_strdup_printf ("{\"have\":%" G_GINT64_FORMAT ",\"whole\":true}", have);

  return easel_sim_answer_new (status, "application/json", text);
}

static EaselSimAnswer *
refuse_offset (gint64 have)
{
  g_autofree char *text =
      g_strdup_printf ("{\"error\":\"offset\",\"have\":%" G_GINT64_FORMAT ",\"whole\":true}", have);

  return easel_sim_answer_new (409, "application/json", text);
}

static EaselSimAnswer *
tell_id (const EaselSimJobFile *job)
{
  g_autofree char *text = g_strdup_printf ("{\"id\":\"%s\"}", job->id);

  return easel_sim_answer_new (202, "application/json", text);
}

static EaselSimJobFile *
find_job (const EaselSimAgent *self, const char *id)
{
  for (guint i = 0; i < self->jobs->len; i++)
    {
      EaselSimJobFile *job = g_ptr_array_index (self->jobs, i);

      if (g_strcmp0 (job->id, id) == 0)
        return job;
    }
  return NULL;
}

static EaselSimJobFile *
add_job (EaselSimAgent *self, const char *kind, const char *folder, const char *name)
{
  EaselSimJobFile *job = g_new0 (EaselSimJobFile, 1);

  job->id = g_strdup_printf ("%c%u", *kind, ++self->n_jobs);
  job->kind = kind;
  job->folder = g_strdup (folder);
  job->name = g_strdup (name);
  job->done_ms = job->checked_ms = job->failed_ms = -1;
  if (self->jobs->len >= MAX_JOBS)
    g_ptr_array_remove_index (self->jobs, 0);
  g_ptr_array_add (self->jobs, job);
  return job;
}

static gint64
check_time (const EaselSimJobFile *job)
{
  return 500 + job->size / MB * 1000 / CHECK_MB_PER_S;
}

/* Addresses that no link may lead to. Loopback is what stands for the Internet here. */
static gboolean
is_private (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return address != NULL && !g_inet_address_get_is_loopback (address) &&
         (g_inet_address_get_is_site_local (address) ||
          g_inet_address_get_is_link_local (address) || g_inet_address_get_is_any (address));
}

/* What the store says, if the link leads there; any other link leads to a sound file. */
typedef struct
{
  const char *failure; /* (nullable) */
  double share;        /* of what is left, when it fails */
  gint64 size;         /* 0 if nobody tells */
  char *source;        /* (owned) (nullable) */
} Promise;

static void
promise_clear (Promise *promise)
{
  g_clear_pointer (&promise->source, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Promise, promise_clear)

static Promise
ask_store (EaselSimAgent *self, GUri *uri)
{
  g_autoptr (EaselSimAnswer) answer = easel_sim_sites_fetch (self->world, uri);
  Promise promise = { 0 };

  if (answer == NULL)
    return promise;
  promise.size = answer->file_size;
  promise.source = g_strdup (answer->file_name);
  if (answer->delivery == EASEL_SIM_DELIVER_FILE)
    {
      promise.share = (double) answer->file_cut / (double) answer->file_size;
      promise.failure = answer->file_cut < answer->file_until ? "network" : NULL;
    }
  else if (answer->delivery != EASEL_SIM_DELIVER_WHOLE || answer->status >= 500)
    promise.failure = "network";
  else if (answer->status == 404)
    promise.failure = "http-404";
  else
    promise.failure = answer->status < 400 ? "html" : "http-403";
  return promise;
}

static void
begin_download (EaselSimAgent *self, EaselSimJobFile *job, const char *host, const Promise *promise)
{
  gint64 now = _easel_sim_agent_now (self);
  gint64 left = job->size - job->have;

  job->from_ms = now;
  job->done_ms = now + 1000 + left / MB * 1000 / MAX (self->pod->download_mb_per_s, 1);
  job->checked_ms = job->done_ms + check_time (job);
  job->failed_ms = -1;
  if (is_private (host))
    fail (job, now, "private-address");
  else if (promise->failure != NULL)
    fail (job, now + (gint64) ((double) (job->done_ms - now) * promise->share), promise->failure);
  else if (self->next_failure != NULL)
    {
      fail (job, now + (gint64) ((double) (job->done_ms - now) * self->failure_share),
            self->next_failure);
      if (strcmp (self->next_failure, "hash") == 0)
        job->failed_ms = job->checked_ms;
      g_clear_pointer (&self->next_failure, g_free);
    }
  job->is_unsure = job->wanted != NULL && job->failed_ms < 0;
  /* By the time that it is there it is known. */
  if (job->is_unsure)
    easel_sim_sums_get (self->world->sums, job->source, job->size, FALSE);
}

static char *
name_of (GUri *uri, const char *wanted)
{
  const char *path = g_uri_get_path (uri);
  const char *slash = strrchr (path, '/');

  if (wanted != NULL)
    return g_strdup (wanted);
  return g_uri_unescape_string (slash != NULL ? slash + 1 : path, NULL);
}

static EaselSimAnswer *
download (EaselSimAgent *self, const EaselSimRequest *request)
{
  g_autoptr (JsonNode) node = easel_json_parse (request->body, MAX_BODY, NULL);
  JsonObject *body = node != NULL ? easel_json_node_object (node, "body", NULL) : NULL;
  const char *url = body != NULL ? easel_json_peek_string (body, "url", NULL) : NULL;
  g_autoptr (GUri) uri = url != NULL ? g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL) : NULL;
  gint64 now = _easel_sim_agent_now (self);
  const char *folder, *hash, *job_id;
  g_autofree char *name = NULL;
  EaselSimJobFile *job;
  g_auto (Promise) promise = { 0 };
  guint64 chance;
  gint64 size;

  if (uri == NULL || g_uri_get_host (uri) == NULL || g_uri_get_user (uri) != NULL ||
      (strcmp (g_uri_get_scheme (uri), "https") != 0 &&
       strcmp (g_uri_get_scheme (uri), "http") != 0))
    return _easel_sim_agent_refuse (400, "body");
  folder = easel_json_peek_string (body, "folder", NULL);
  hash = easel_json_peek_string (body, "sha256", NULL);
  job_id = easel_json_peek_string (body, "job", NULL);
  name = name_of (uri, easel_json_peek_string (body, "name", NULL));
  if (!is_folder (folder))
    return _easel_sim_agent_refuse (400, "folder");
  if (!is_name (name))
    return _easel_sim_agent_refuse (400, "name");
  if (hash != NULL && !is_hash (hash))
    return _easel_sim_agent_refuse (400, "body");
  job = job_id != NULL ? find_job (self, job_id) : NULL;
  if (job_id != NULL &&
      (job == NULL || is_upload (job) || strcmp (state_of (job, now), "failed") != 0))
    return _easel_sim_agent_refuse (400, "body");
  promise = ask_store (self, uri);
  chance = easel_sim_hash (easel_sim_cloud_get_seed (self->world->cloud), g_uri_get_path (uri));
  size = easel_json_peek_int (body, "size", 1, G_MAXINT64 / 2,
                              easel_sim_range (&chance, 150, 900) * MB);
  if (promise.size > 0)
    size = promise.size;
  if (job == NULL && size > disk_free (self, now) - LEAST_FREE)
    return _easel_sim_agent_refuse (507, "disk");
  if (job == NULL)
    {
      job = add_job (self, "download", folder, name);
      job->size = size;
      job->wanted = g_strdup (hash);
      job->source = promise.source != NULL ? g_steal_pointer (&promise.source)
                                           : g_path_get_basename (g_uri_get_path (uri));
    }
  else
    job->have = strcmp (job->failure, "hash") == 0 ? 0 : have_of (job, now);
  begin_download (self, job, g_uri_get_host (uri), &promise);
  _easel_sim_agent_plan (self);
  return tell_id (job);
}

static EaselSimJobFile *
open_upload (const EaselSimAgent *self, const char *folder, const char *name)
{
  for (guint i = 0; i < self->jobs->len; i++)
    {
      EaselSimJobFile *job = g_ptr_array_index (self->jobs, i);

      if (is_upload (job) && job->done_ms < 0 && !job->is_cancelled &&
          strcmp (job->folder, folder) == 0 && strcmp (job->name, name) == 0)
        return job;
    }
  return NULL;
}

/* All bytes are there; whether they are the right ones is told a little later. */
static EaselSimAnswer *
finish_upload (EaselSimAgent *self, EaselSimJobFile *job, gint64 now)
{
  job->done_ms = now;
  job->checked_ms = now + check_time (job);
  if (job->wanted != NULL && strcmp (g_checksum_get_string (job->sum), job->wanted) != 0)
    fail (job, job->checked_ms, "hash");
  return tell_id (job);
}

static gboolean
read_number (const EaselSimRequest *request, const char *name, gint64 *ret_number)
{
  const char *text = easel_sim_request_query (request, name);

  return text != NULL && g_ascii_string_to_signed (text, 10, 0, G_MAXINT64 / 2, ret_number, NULL);
}

/* What the seal of a piece covers that goes on with the sum of those before it; @parts as of
 * _easel_sim_agent_answer_helper(). Returns: (nullable): %NULL if their sum is not known */
char *
_easel_sim_agent_hash_upload (const EaselSimAgent *self,
                              const EaselSimRequest *request,
                              char **parts)
{
  EaselSimJobFile *job = g_strv_length (parts) == 2 ? open_upload (self, parts[0], parts[1]) : NULL;
  g_autoptr (GChecksum) sum = NULL;
  gint64 offset;

  if (!read_number (request, "offset", &offset) || job == NULL || job->have != offset)
    return NULL;
  sum = g_checksum_copy (job->sum);
  g_checksum_update (sum, g_bytes_get_data (request->body, NULL),
                     (gssize) g_bytes_get_size (request->body));
  return g_strdup (g_checksum_get_string (sum));
}

static EaselSimAnswer *
take_chunk (EaselSimAgent *self,
            const EaselSimRequest *request,
            const char *folder,
            const char *name)
{
  gint64 length = (gint64) g_bytes_get_size (request->body);
  const char *hash = easel_sim_request_query (request, "sha256");
  EaselSimJobFile *job = open_upload (self, folder, name);
  gint64 now = _easel_sim_agent_now (self);
  gint64 offset, size;

  if (!read_number (request, "offset", &offset) || !read_number (request, "size", &size) ||
      size < 1 || (hash != NULL && !is_hash (hash)))
    return _easel_sim_agent_refuse (400, "body");
  if (length > MAX_CHUNK)
    return _easel_sim_agent_refuse (413, "body");
  /* Somebody begins anew. */
  if (offset == 0 && length > 0 && job != NULL)
    {
      job->have = 0;
      g_checksum_reset (job->sum);
    }
  if (offset != (job != NULL ? job->have : 0))
    return refuse_offset (job != NULL ? job->have : 0);
  if (length > size - offset)
    return _easel_sim_agent_refuse (400, "body");
  if (size > disk_free (self, now) + (job != NULL ? job->size : 0) - LEAST_FREE)
    return _easel_sim_agent_refuse (507, "disk");
  /* Only a question. */
  if (length == 0 && offset < size)
    return tell_have (200, offset);
  if (job == NULL)
    {
      job = add_job (self, "upload", folder, name);
      job->sum = g_checksum_new (G_CHECKSUM_SHA256);
    }
  job->size = size;
  g_checksum_update (job->sum, g_bytes_get_data (request->body, NULL), (gssize) length);
  job->have += length;
  job->from_ms = now;
  if (hash != NULL)
    {
      g_free (job->wanted);
      job->wanted = g_strdup (hash);
    }
  _easel_sim_agent_plan (self);
  return job->have == size ? finish_upload (self, job, now) : tell_have (200, job->have);
}

static EaselSimAnswer *
cancel (EaselSimAgent *self, const char *id)
{
  EaselSimJobFile *job = find_job (self, id);
  gint64 now = _easel_sim_agent_now (self);
  const char *state = job != NULL ? state_of (job, now) : "";

  if (job == NULL)
    return _easel_sim_agent_refuse (404, "job");
  if (strcmp (state, "running") == 0 || strcmp (state, "verifying") == 0)
    {
      job->is_cancelled = TRUE;
      job->failed_ms = now;
    }
  else
    g_ptr_array_remove (self->jobs, job);
  _easel_sim_agent_plan (self);
  return easel_sim_answer_new (200, "application/json", "{}");
}

static EaselSimAnswer *
remove_file (EaselSimAgent *self, const char *folder, const char *name)
{
  EaselSimComfy *comfy = easel_sim_comfy_get (self->world, self->pod);
  g_autoptr (GHashTable) present = easel_sim_pod_files (self->pod, _easel_sim_agent_now (self));
  g_autofree char *key = g_strconcat (folder, "/", name, NULL);
  const EaselSimModel *model = easel_sim_models_find (name);
  guint index;

  if (find_file (self, folder, name, &index) != NULL)
    {
      g_ptr_array_remove_index (self->files, index);
      g_hash_table_remove (comfy->uploads, key);
    }
  else if (model != NULL && strcmp (model->folder, folder) == 0 &&
           g_hash_table_contains (present, name))
    g_hash_table_add (self->pod->removed, g_strdup (name));
  else
    return _easel_sim_agent_refuse (404, "name");
  return easel_sim_answer_new (200, "application/json", "{}");
}

/* @parts: of the route, after "models". */
EaselSimAnswer *
_easel_sim_agent_answer_helper (EaselSimAgent *self, const EaselSimRequest *request, char **parts)
{
  guint n_parts = g_strv_length (parts);
  const char *method = request->method;

  if (n_parts == 0 && strcmp (method, "GET") == 0)
    return list (self);
  if (n_parts == 0 && strcmp (method, "POST") == 0)
    return download (self, request);
  if (n_parts != 2 || (strcmp (method, "PUT") != 0 && strcmp (method, "DELETE") != 0))
    return _easel_sim_agent_refuse (404, "route");
  if (strcmp (parts[0], "jobs") == 0 && strcmp (method, "DELETE") == 0)
    return cancel (self, parts[1]);
  if (!is_folder (parts[0]))
    return _easel_sim_agent_refuse (400, "folder");
  if (!is_name (parts[1]))
    return _easel_sim_agent_refuse (400, "name");
  return strcmp (method, "PUT") == 0 ? take_chunk (self, request, parts[0], parts[1])
                                     : remove_file (self, parts[0], parts[1]);
}
