/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What comes piece by piece to the stand-in for the agent's helper: added up as it comes, its
 * beginning looked at, the rest not kept.
 */
#include "config.h"

#include "easel-sim-agent-private.h"

#include "easel-sim-build.h"

#include <string.h>

#define MAX_SUMS 16
#define MAX_NUMBER (G_GINT64_CONSTANT (1) << 50)
#define MAX_HEADER (G_GUINT64_CONSTANT (100) << 20)

void
_easel_sim_part_free (gpointer data)
{
  EaselSimPart *part = data;

  g_free (part->folder);
  g_free (part->name);
  g_free (part->of);
  g_free (part->wanted);
  g_clear_pointer (&part->sum, g_checksum_free);
  g_clear_pointer (&part->head, g_byte_array_unref);
  g_free (part);
}

EaselSimPart *
_easel_sim_agent_find_part (const EaselSimAgent *self, const char *folder, const char *name)
{
  for (guint i = 0; i < self->parts->len; i++)
    {
      EaselSimPart *part = g_ptr_array_index (self->parts, i);

      if (strcmp (part->folder, folder) == 0 && strcmp (part->name, name) == 0)
        return part;
    }
  return NULL;
}

/* Returns: (nullable): what is there of just this; a beginning of something else is none */
EaselSimPart *
_easel_sim_agent_match_part (const EaselSimAgent *self,
                             const char *folder,
                             const char *name,
                             const EaselSimOwner *owner)
{
  EaselSimPart *part = _easel_sim_agent_find_part (self, folder, name);

  if (part == NULL || part->is_sent != owner->is_sent || g_strcmp0 (part->of, owner->of) != 0 ||
      (part->told_size > 0 && owner->size > 0 && part->told_size != owner->size) ||
      (part->wanted != NULL && owner->sha256 != NULL && strcmp (part->wanted, owner->sha256) != 0))
    return NULL;
  return part;
}

EaselSimPart *
_easel_sim_agent_add_part (EaselSimAgent *self,
                           const char *folder,
                           const char *name,
                           const EaselSimOwner *owner)
{
  EaselSimPart *part = g_new0 (EaselSimPart, 1);

  _easel_sim_agent_drop_part (self, folder, name);
  part->folder = g_strdup (folder);
  part->name = g_strdup (name);
  part->is_sent = owner->is_sent;
  part->of = g_strdup (owner->of);
  part->told_size = owner->size;
  part->wanted = g_strdup (owner->sha256);
  part->sent_ms = -1;
  g_ptr_array_add (self->parts, part);
  return part;
}

gboolean
_easel_sim_agent_drop_part (EaselSimAgent *self, const char *folder, const char *name)
{
  EaselSimPart *part = _easel_sim_agent_find_part (self, folder, name);

  return part != NULL && g_ptr_array_remove (self->parts, part);
}

/* As far as its header goes. */
static void
keep_head (EaselSimPart *part, const guint8 *data, gsize length)
{
  guint64 wanted = 8;

  if (part->head->len >= 8)
    {
      memcpy (&wanted, part->head->data, sizeof wanted);
      wanted = 8 + MIN (GUINT64_FROM_LE (wanted), MAX_HEADER);
    }
  if (part->head->len >= wanted || length == 0)
    return;
  wanted = MIN (wanted - part->head->len, length);
  g_byte_array_append (part->head, data, (guint) wanted);
  keep_head (part, data + wanted, length - (gsize) wanted);
}

/* Where the last tensor ends. Returns: whether that makes sense */
static gboolean
find_end (JsonObject *head, double *ret_end)
{
  JsonObjectIter iter;
  JsonNode *entry;

  *ret_end = 0;
  json_object_iter_init (&iter, head);
  while (json_object_iter_next (&iter, NULL, &entry))
    {
      JsonNode *node;
      JsonArray *offsets;

      if (!JSON_NODE_HOLDS_OBJECT (entry) ||
          !json_object_has_member (json_node_get_object (entry), "data_offsets"))
        continue;
      node = json_object_get_member (json_node_get_object (entry), "data_offsets");
      offsets = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
      if (offsets == NULL || json_array_get_length (offsets) < 2)
        return FALSE;
      node = json_array_get_element (offsets, 1);
      if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) == G_TYPE_STRING)
        return FALSE;
      *ret_end = MAX (*ret_end, json_node_get_double (node));
    }
  return TRUE;
}

/* Whether it begins like a .safetensors of that size. */
static gboolean
makes_sense (const EaselSimPart *part)
{
  g_autoptr (GBytes) text = NULL;
  g_autoptr (JsonNode) node = NULL;
  guint64 length;
  double end;

  /* It was fetched, from where files are sound. */
  if (part->head == NULL)
    return TRUE;
  if (part->head->len < 8)
    return FALSE;
  memcpy (&length, part->head->data, sizeof length);
  length = GUINT64_FROM_LE (length);
  if (length < 2 || length > MAX_HEADER || (gint64) length > part->size - 8)
    return FALSE;
  text = g_bytes_new (part->head->data + 8, (gsize) length);
  node = easel_json_parse (text, MAX_HEADER, NULL);
  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) &&
         find_end (json_node_get_object (node), &end) && end <= (double) (part->size - 8) - length;
}

static EaselSimAnswer *
answer_have (guint status, const char *error, gint64 have, gboolean is_summed)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  if (error != NULL)
    easel_sim_put_string (builder, "error", error);
  easel_sim_put_int (builder, "have", have);
  easel_sim_put_boolean (builder, "whole", is_summed || have == 0);
  return easel_sim_answer_json (status, easel_sim_close_root (builder));
}

static EaselSimAnswer *
answer_busy (gint64 have)
{
  g_autofree char *text =
      g_strdup_printf ("{\"error\":\"busy\",\"have\":%" G_GINT64_FORMAT "}", have);

  return easel_sim_answer_new (409, "application/json", text);
}

static EaselSimAnswer *
answer_id (const EaselSimJobFile *job)
{
  g_autofree char *text =
      g_strdup_printf ("{\"id\":\"%s\",\"have\":%" G_GINT64_FORMAT "}", job->id, job->size);

  return easel_sim_answer_new (202, "application/json", text);
}

/* All bytes are there; whether they are the right ones is told a little later. */
static EaselSimAnswer *
check (EaselSimAgent *self,
       EaselSimPart *part,
       const char *wanted,
       gboolean takes_anything,
       gint64 now)
{
  EaselSimJobFile *job = _easel_sim_agent_add_job (self, "verify", part->folder, part->name, now);

  part->is_summed = FALSE;
  if (job == NULL)
    return _easel_sim_agent_refuse (409, "busy");
  job->size = job->have = job->told_size = part->size;
  job->of = g_strdup (part->of);
  job->checked_ms = job->done_ms + _easel_sim_job_check_time (job);
  job->wanted = g_strdup (wanted);
  job->sum = part->sum != NULL ? g_strdup (g_checksum_get_string (part->sum)) : NULL;
  if (wanted != NULL && g_strcmp0 (job->sum, wanted) != 0)
    _easel_sim_job_fail (job, job->checked_ms, 0, "hash");
  else if (!takes_anything && !makes_sense (part))
    _easel_sim_job_fail (job, job->checked_ms, 0, "kind");
  g_ptr_array_remove (self->parts, part);
  return answer_id (job);
}

static gboolean
read_number (const EaselSimRequest *request, const char *name, gint64 *ret_number)
{
  const char *text = easel_sim_request_query (request, name);

  return text != NULL && strlen (text) <= 16 && strspn (text, "0123456789") == strlen (text) &&
         g_ascii_string_to_signed (text, 10, 0, MAX_NUMBER, ret_number, NULL);
}

/* What the seal of a piece covers that goes on with the sum of those before it; @parts as of
 * _easel_sim_agent_answer_helper(). Returns: (nullable): %NULL if their sum is not known */
char *
_easel_sim_agent_hash_upload (const EaselSimAgent *self,
                              const EaselSimRequest *request,
                              char **parts)
{
  const EaselSimPart *part =
      g_strv_length (parts) == 2 ? _easel_sim_agent_find_part (self, parts[0], parts[1]) : NULL;
  g_autoptr (GChecksum) sum = NULL;
  gint64 offset;

  if (!read_number (request, "offset", &offset) || part == NULL || !part->is_summed ||
      part->size != offset)
    return NULL;
  sum = g_checksum_copy (part->sum);
  g_checksum_update (sum, g_bytes_get_data (request->body, NULL),
                     (gssize) g_bytes_get_size (request->body));
  return g_strdup (g_checksum_get_string (sum));
}

/* The helper remembers the last few. */
static void
remember_sum (EaselSimAgent *self, EaselSimPart *part)
{
  guint n_summed = 0;

  part->is_summed = TRUE;
  g_ptr_array_find (self->parts, part, &n_summed);
  g_ptr_array_add (self->parts, g_ptr_array_steal_index (self->parts, n_summed));
  n_summed = 0;
  for (guint i = self->parts->len; i > 0; i--)
    {
      EaselSimPart *other = g_ptr_array_index (self->parts, i - 1);

      n_summed += other->is_summed;
      other->is_summed &= n_summed <= MAX_SUMS;
    }
}

static EaselSimPart *
begin_part (EaselSimAgent *self, const char *folder, const char *name, const EaselSimOwner *owner)
{
  EaselSimPart *part = _easel_sim_agent_add_part (self, folder, name, owner);

  part->sum = g_checksum_new (G_CHECKSUM_SHA256);
  part->head = g_byte_array_new ();
  return part;
}

static void
append (EaselSimAgent *self, EaselSimPart *part, GBytes *body, gboolean is_summed)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (body, &length);

  part->size += (gint64) length;
  part->sent_ms = easel_sim_cloud_now (self->world->cloud);
  if (part->sum != NULL)
    g_checksum_update (part->sum, data, (gssize) length);
  if (part->head != NULL)
    keep_head (part, data, length);
  part->is_summed = FALSE;
  if (is_summed && part->sum != NULL)
    remember_sum (self, part);
}

EaselSimAnswer *
_easel_sim_agent_take_piece (EaselSimAgent *self,
                             const EaselSimRequest *request,
                             const char *folder,
                             const char *name)
{
  gint64 length = (gint64) g_bytes_get_size (request->body);
  const char *hash = easel_sim_request_query (request, "sha256");
  EaselSimOwner owner = { .is_sent = TRUE, .of = easel_sim_request_query (request, "of") };
  gboolean is_any = g_strcmp0 (easel_sim_request_query (request, "any"), "1") == 0;
  gboolean is_whole = g_strcmp0 (easel_sim_request_query (request, "whole"), "1") == 0;
  gint64 now = easel_sim_cloud_now (self->world->cloud);
  const EaselSimJobFile *open_job;
  const char *refusal;
  gint64 offset, size, have;
  EaselSimPart *part;

  hash = g_strcmp0 (hash, "") != 0 ? hash : NULL;
  owner.of = g_strcmp0 (owner.of, "") != 0 ? owner.of : NULL;
  if (!read_number (request, "size", &size) || !read_number (request, "offset", &offset) ||
      (hash != NULL && !_easel_sim_agent_is_hash (hash)) ||
      (owner.of != NULL && !_easel_sim_agent_is_hash (owner.of)))
    return _easel_sim_agent_refuse (400, "body");
  owner.size = size;
  refusal = _easel_sim_agent_judge_place (folder, name, is_any);
  if (refusal != NULL)
    return _easel_sim_agent_refuse (400, refusal);
  open_job = _easel_sim_agent_find_open_job (self, folder, name, now);
  if (open_job != NULL)
    return answer_busy (_easel_sim_job_told_have (open_job, now));
  part = _easel_sim_agent_match_part (self, folder, name, &owner);
  /* Somebody begins anew. */
  if (offset == 0 && length > 0 && part != NULL && _easel_sim_agent_drop_part (self, folder, name))
    part = NULL;
  have = part != NULL ? part->size : 0;
  if (offset != have)
    return answer_have (409, "offset", have, part != NULL && part->is_summed);
  if (length > size - offset)
    return _easel_sim_agent_refuse (400, "body");
  if (!_easel_sim_agent_has_room (self, size - have, now))
    return _easel_sim_agent_refuse (507, "disk");
  /* Who only asks leaves all as it is. */
  if (length == 0 && size > 0 && have == 0)
    return answer_have (200, NULL, 0, TRUE);
  if (part == NULL)
    part = begin_part (self, folder, name, &owner);
  if (length > 0)
    append (self, part, request->body, offset == 0 || is_whole);
  if (part->size < size)
    {
      _easel_sim_agent_plan (self);
      return answer_have (200, NULL, part->size, part->is_summed);
    }
  {
    EaselSimAnswer *answer = check (self, part, hash, is_any, now);

    _easel_sim_agent_plan (self);
    return answer;
  }
}
