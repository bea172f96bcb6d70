/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The files that the stand-in for the agent's helper takes in, as whoever asks sees them: the
 * routes, what may be put where, and what lies on the pod's disk. It says what easel_helper.py says
 * (test_helper_twin.py asks both).
 */
#include "config.h"

#include "easel-sim-agent-private.h"

#include "easel-sim-build.h"
#include "easel-sim-comfy-private.h"

#include <string.h>

#define MAX_URL 8192
#define MAX_BODY 65536
#define MAX_NUMBER (G_GINT64_CONSTANT (1) << 50)
#define MB G_GINT64_CONSTANT (1000000)
#define LEAST_FREE (2 * G_GINT64_CONSTANT (1024) * 1024 * 1024)

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
is_name (const char *name)
{
  return name != NULL &&
         g_regex_match_simple ("^[A-Za-z0-9_\\-][A-Za-z0-9._\\- ]{0,199}$", name,
                               G_REGEX_DOLLAR_ENDONLY, 0) &&
         !g_str_has_suffix (name, ".part") && !g_str_has_suffix (name, " ") &&
         !g_str_has_suffix (name, ".");
}

static gboolean
is_folder (const char *name)
{
  return name != NULL && g_strv_contains (easel_sim_models_get_folders (), name);
}

/* Returns: (nullable): what is wrong with it */
const char *
_easel_sim_agent_judge_place (const char *folder, const char *name, gboolean is_any)
{
  g_autofree char *lower = name != NULL ? g_ascii_strdown (name, -1) : NULL;

  if (!is_folder (folder))
    return "folder";
  if (!is_name (name))
    return "name";
  return is_any || g_str_has_suffix (lower, ".safetensors") || g_str_has_suffix (lower, ".sft")
             ? NULL
             : "kind";
}

gboolean
_easel_sim_agent_is_hash (const char *text)
{
  return strlen (text) == 64 && strspn (text, "0123456789abcdef") == 64;
}

gint64
_easel_sim_agent_disk_total (const EaselSimAgent *self)
{
  return (gint64) MAX (self->pod->disk_gb, self->pod->volume_gb) * 1000 * MB;
}

gint64
_easel_sim_agent_disk_free (const EaselSimAgent *self, gint64 now_ms)
{
  g_autoptr (GHashTable) present = easel_sim_pod_files (self->pod, now_ms);
  gint64 left = _easel_sim_agent_disk_total (self);
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
  for (guint i = 0; i < self->parts->len; i++)
    left -= ((const EaselSimPart *) g_ptr_array_index (self->parts, i))->size;
  for (guint i = 0; i < self->jobs->len; i++)
    {
      const EaselSimJobFile *job = g_ptr_array_index (self->jobs, i);

      left -= job->is_over ? 0 : _easel_sim_job_have (job, now_ms);
    }
  return MAX (left, 0);
}

gboolean
_easel_sim_agent_has_room (const EaselSimAgent *self, gint64 size, gint64 now_ms)
{
  return size <= _easel_sim_agent_disk_free (self, now_ms) - LEAST_FREE;
}

static void
put_disk (JsonBuilder *builder, const EaselSimAgent *self, gint64 now)
{
  easel_sim_open_object (builder, "disk");
  easel_sim_put_int (builder, "free", _easel_sim_agent_disk_free (self, now));
  easel_sim_put_int (builder, "total", _easel_sim_agent_disk_total (self));
  json_builder_end_object (builder);
}

static void
put_job (JsonBuilder *builder, const EaselSimJobFile *job, gint64 now)
{
  const char *state = _easel_sim_job_state (job, now);
  /* It has not looked yet. */
  gboolean is_unseen = strcmp (state, "waiting") == 0 && strcmp (job->kind, "download") == 0;
  gint64 speed = 0;

  if (strcmp (state, "running") == 0)
    speed = (job->size - job->have) * 1000 / MAX (job->done_ms - job->from_ms, 1);
  easel_sim_open_object (builder, NULL);
  easel_sim_put_string (builder, "id", job->id);
  easel_sim_put_string (builder, "kind", job->kind);
  easel_sim_put_string (builder, "folder", job->folder);
  easel_sim_put_string (builder, "name", job->name != NULL ? job->name : "");
  easel_sim_put_int (builder, "have", _easel_sim_job_told_have (job, now));
  easel_sim_put_int (builder, "size", is_unseen ? job->told_size : job->size);
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
                file->sha256 != NULL || file->source == NULL
                    ? file->sha256
                    : _easel_sim_agent_sum_of (self, file->source, file->size));
    }
  json_builder_end_array (builder);
}

/* The helper remembers the sum with the job. */
static const char *
told_hash (const EaselSimAgent *self, const char *folder, const char *name)
{
  for (guint i = self->jobs->len; i > 0; i--)
    {
      const EaselSimJobFile *job = g_ptr_array_index (self->jobs, i - 1);

      if (job->is_over && job->failed_ms < 0 && strcmp (job->folder, folder) == 0 &&
          strcmp (job->name, name) == 0)
        return job->wanted != NULL ? job->wanted : job->sum;
    }
  return NULL;
}

static int
compare_files (gconstpointer a, gconstpointer b)
{
  const EaselSimAgentFile *first = *(EaselSimAgentFile *const *) a;
  const EaselSimAgentFile *second = *(EaselSimAgentFile *const *) b;
  int order = strcmp (first->folder, second->folder);

  return order != 0 ? order : strcmp (first->name, second->name);
}

static void
add_file (GPtrArray *files, const char *folder, const char *name, gint64 size)
{
  EaselSimAgentFile *file = g_new0 (EaselSimAgentFile, 1);

  file->folder = g_strdup (folder);
  file->name = g_strdup (name);
  file->size = size;
  g_ptr_array_add (files, file);
}

static void
put_listing (JsonBuilder *builder, const EaselSimAgent *self, gint64 now)
{
  g_autoptr (GHashTable) present = easel_sim_pod_files (self->pod, now);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (_easel_sim_agent_file_free);

  for (guint i = 0; i < easel_sim_models_get_n (); i++)
    {
      const EaselSimModel *model = easel_sim_models_get (i);

      if (g_hash_table_contains (present, model->file))
        add_file (files, model->folder, model->file, model->size_mb * MB);
    }
  for (guint i = 0; i < self->files->len; i++)
    {
      const EaselSimAgentFile *file = g_ptr_array_index (self->files, i);

      add_file (files, file->folder, file->name, file->size);
    }
  g_ptr_array_sort (files, compare_files);
  easel_sim_open_array (builder, "files");
  for (guint i = 0; i < files->len; i++)
    {
      const EaselSimAgentFile *file = g_ptr_array_index (files, i);

      put_file (builder, file->folder, file->name, file->size,
                told_hash (self, file->folder, file->name));
    }
  json_builder_end_array (builder);
}

static EaselSimAnswer *
list (EaselSimAgent *self)
{
  gint64 now = _easel_sim_agent_now (self);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  easel_sim_put_int (builder, "v", 1);
  put_disk (builder, self, now);
  easel_sim_open_array (builder, "jobs");
  for (guint i = 0; i < self->jobs->len; i++)
    put_job (builder, g_ptr_array_index (self->jobs, i), now);
  json_builder_end_array (builder);
  put_listing (builder, self, now);
  return easel_sim_answer_json (200, easel_sim_close_root (builder));
}

static EaselSimAnswer *
tell_id (const EaselSimJobFile *job)
{
  g_autofree char *text = g_strdup_printf ("{\"id\":\"%s\"}", job->id);

  return easel_sim_answer_new (202, "application/json", text);
}

/* What somebody wishes to have fetched. */
typedef struct
{
  const char *url;
  const char *folder; /* (nullable) */
  const char *name;   /* (nullable) */
  const char *hash;   /* (nullable) */
  const char *of;     /* (nullable) */
  const char *job;    /* (nullable) */
  gint64 size;
  gboolean has_name; /* though it may be none */
  gboolean is_any;
} Wish;

static JsonNode *
get_member (JsonObject *body, const char *name)
{
  JsonNode *node = json_object_get_member (body, name);

  return node != NULL && !JSON_NODE_HOLDS_NULL (node) ? node : NULL;
}

static const char *
get_text (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
                 json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

static gboolean
read_size (JsonObject *body, gint64 *ret_size)
{
  JsonNode *node = json_object_get_member (body, "size");

  *ret_size = 0;
  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;
  *ret_size = json_node_get_int (node);
  return *ret_size >= 0 && *ret_size < MAX_NUMBER;
}

/* Returns: whether it is one, or none */
static gboolean
read_hash (JsonObject *body, const char *name, const char **ret_hash)
{
  JsonNode *node = get_member (body, name);
  const char *text = get_text (node);

  *ret_hash = g_strcmp0 (text, "") != 0 ? text : NULL;
  return node == NULL || (text != NULL && (*text == '\0' || _easel_sim_agent_is_hash (text)));
}

static gboolean
read_wish (JsonObject *body, Wish *wish)
{

  wish->url = get_text (get_member (body, "url"));
  wish->folder = get_text (get_member (body, "folder"));
  wish->has_name = get_member (body, "name") != NULL;
  wish->name = get_text (get_member (body, "name"));
  wish->is_any = easel_json_peek_boolean (body, "any", FALSE);
  if (get_member (body, "job") != NULL)
    wish->job = get_text (get_member (body, "job")) != NULL ? get_text (get_member (body, "job"))
                                                            : "no text";
  return wish->url != NULL && strlen (wish->url) <= MAX_URL && read_size (body, &wish->size) &&
         read_hash (body, "sha256", &wish->hash) && read_hash (body, "of", &wish->of);
}

/* What it is a download of: renewing a link changes its query. */
static char *
name_source (const Wish *wish, const EaselSimJobFile *old)
{
  if (wish->of != NULL)
    return g_strdup (wish->of);
  if (old != NULL)
    return g_strdup (old->of);
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, wish->url,
                                        (gssize) strcspn (wish->url, "?"));
}

/* @old: (nullable): goes on where that was, with a link that is new. */
static EaselSimAnswer *
order (EaselSimAgent *self, const Wish *wish, const EaselSimJobFile *old, gint64 now)
{
  const char *folder = old != NULL ? old->folder : wish->folder;
  const char *name = old != NULL && old->name != NULL ? old->name : wish->name;
  g_autofree char *of = name_source (wish, old);
  const char *hash = wish->hash;
  EaselSimJobFile *job;

  if (old != NULL && old->wanted != NULL && g_strcmp0 (of, old->of) == 0)
    hash = old->wanted;
  if (name != NULL || wish->has_name || !is_folder (folder))
    {
      const char *refusal = _easel_sim_agent_judge_place (folder, name, wish->is_any);
      const EaselSimPart *part =
          refusal == NULL ? _easel_sim_agent_find_part (self, folder, name) : NULL;

      if (refusal != NULL)
        return _easel_sim_agent_refuse (400, refusal);
      if (_easel_sim_agent_find_open_job (self, folder, name, now) != NULL)
        return _easel_sim_agent_refuse (409, "busy");
      if (!_easel_sim_agent_has_room (self, MAX (wish->size - (part != NULL ? part->size : 0), 0),
                                      now))
        return _easel_sim_agent_refuse (507, "disk");
    }
  job = _easel_sim_agent_add_job (self, "download", folder, name, now);
  if (job == NULL)
    return _easel_sim_agent_refuse (409, "busy");
  job->size = job->told_size = wish->size;
  job->wanted = g_strdup (hash);
  job->of = g_steal_pointer (&of);
  _easel_sim_agent_fetch (self, job, wish->url, wish->is_any);
  return tell_id (job);
}

static EaselSimAnswer *
download (EaselSimAgent *self, const EaselSimRequest *request)
{
  g_autoptr (JsonNode) node = easel_json_parse (request->body, MAX_BODY, NULL);
  JsonObject *body = node != NULL ? easel_json_node_object (node, "body", NULL) : NULL;
  gint64 now = _easel_sim_agent_now (self);
  EaselSimJobFile *old = NULL;
  EaselSimAnswer *answer;
  Wish wish = { 0 };
  guint index = 0;

  if (body == NULL || !read_wish (body, &wish))
    return _easel_sim_agent_refuse (400, "body");
  if (wish.job != NULL)
    {
      old = _easel_sim_agent_find_job (self, wish.job);
      if (old == NULL)
        return _easel_sim_agent_refuse (404, "job");
      if (_easel_sim_job_is_open (old, now))
        return _easel_sim_agent_refuse (409, "busy");
      g_ptr_array_find (self->jobs, old, &index);
      g_ptr_array_steal_index (self->jobs, index);
    }
  answer = order (self, &wish, old, now);
  g_clear_pointer (&old, _easel_sim_agent_job_free);
  _easel_sim_agent_plan (self);
  return answer;
}

/* Not what another transfer has left. */
static void
drop_own_part (EaselSimAgent *self, const EaselSimJobFile *job)
{
  const EaselSimOwner owner = { .is_sent = strcmp (job->kind, "verify") == 0,
                                .of = job->of,
                                .size = job->told_size,
                                .sha256 = job->wanted };

  if (job->name != NULL &&
      _easel_sim_agent_match_part (self, job->folder, job->name, &owner) != NULL)
    _easel_sim_agent_drop_part (self, job->folder, job->name);
}

static EaselSimAnswer *
cancel (EaselSimAgent *self, const char *id)
{
  EaselSimJobFile *job = _easel_sim_agent_find_job (self, id);
  gint64 now = _easel_sim_agent_now (self);

  if (job == NULL)
    return _easel_sim_agent_refuse (404, "job");
  drop_own_part (self, job);
  if (_easel_sim_job_is_open (job, now))
    _easel_sim_agent_cancel_job (self, job, now);
  else
    g_ptr_array_remove (self->jobs, job);
  _easel_sim_agent_plan (self);
  return easel_sim_answer_new (200, "application/json", "{}");
}

static gboolean
remove_brought (EaselSimAgent *self, const char *folder, const char *name)
{
  EaselSimComfy *comfy = easel_sim_comfy_get (self->world, self->pod);
  g_autofree char *key = g_strconcat (folder, "/", name, NULL);

  for (guint i = 0; i < self->files->len; i++)
    {
      const EaselSimAgentFile *file = g_ptr_array_index (self->files, i);

      if (strcmp (file->folder, folder) != 0 || strcmp (file->name, name) != 0)
        continue;
      g_ptr_array_remove_index (self->files, i);
      g_hash_table_remove (comfy->uploads, key);
      return TRUE;
    }
  return FALSE;
}

static gboolean
remove_own (EaselSimAgent *self, const char *folder, const char *name, gint64 now)
{
  g_autoptr (GHashTable) present = easel_sim_pod_files (self->pod, now);
  const EaselSimModel *model = easel_sim_models_find (name);

  if (model == NULL || strcmp (model->folder, folder) != 0 ||
      !g_hash_table_contains (present, name))
    return FALSE;
  g_hash_table_add (self->pod->removed, g_strdup (name));
  return TRUE;
}

static EaselSimAnswer *
remove_file (EaselSimAgent *self, const char *folder, const char *name)
{
  const char *refusal = _easel_sim_agent_judge_place (folder, name, TRUE);
  gint64 now = _easel_sim_agent_now (self);
  EaselSimJobFile *job;
  gboolean was_there;

  if (refusal != NULL)
    return _easel_sim_agent_refuse (400, refusal);
  job = _easel_sim_agent_find_open_job (self, folder, name, now);
  was_there = job != NULL && job->from_ms <= now;
  if (job != NULL)
    _easel_sim_agent_cancel_job (self, job, now);
  was_there |= _easel_sim_agent_drop_part (self, folder, name);
  was_there |= remove_brought (self, folder, name);
  was_there |= remove_own (self, folder, name, now);
  _easel_sim_agent_plan (self);
  return was_there ? easel_sim_answer_new (200, "application/json", "{}")
                   : _easel_sim_agent_refuse (404, "name");
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
  if (n_parts == 2 && strcmp (method, "PUT") == 0)
    return _easel_sim_agent_take_piece (self, request, parts[0], parts[1]);
  if (n_parts == 2 && strcmp (method, "DELETE") == 0)
    return strcmp (parts[0], "jobs") == 0 ? cancel (self, parts[1])
                                          : remove_file (self, parts[0], parts[1]);
  return _easel_sim_agent_refuse (404, "route");
}
