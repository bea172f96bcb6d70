/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What was asked, for tests to count and to look through: the last few thousand requests and a
 * count per route. A key is never kept: it is told only as present or absent, and where one
 * stands in a path, a query or a body, that is told and the text is blotted out.
 */
#include "config.h"

#include "easel-sim-requests.h"

#include "easel-sim-build.h"

#include <string.h>

#define MAX_ENTRIES 5000
#define MAX_BODY 4096

typedef struct
{
  char *method;
  char *path;
  char *query; /* (nullable) */
  char *host;  /* (nullable) */
  char *route;
  char *pod_id;     /* (nullable) */
  char *body;       /* (nullable) */
  char *user_agent; /* (nullable) */
  gboolean has_key;
  gboolean has_leak;
  EaselSimRequestPace pace;
  guint status;
  gint64 cloud_ms;
  gint64 real_ms;
  gsize bytes_in;
  gsize bytes_out;
} Entry;

struct _EaselSimRequests
{
  EaselSimClock *clock; /* (unowned) */
  GQueue entries;
  GHashTable *counts; /* (element-type utf8 guint) */
  guint n_total;
  guint n_leaks;
  guint n_too_soon;
  guint64 n_stream_bytes;
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->method);
  g_free (entry->path);
  g_free (entry->query);
  g_free (entry->host);
  g_free (entry->route);
  g_free (entry->pod_id);
  g_free (entry->body);
  g_free (entry->user_agent);
  g_free (entry);
}

/**
 * easel_sim_requests_new:
 * @clock: the cloud's time, kept by the caller
 *
 * Returns: (transfer full): an empty log
 */
EaselSimRequests *
easel_sim_requests_new (EaselSimClock *clock)
{
  EaselSimRequests *self = g_new0 (EaselSimRequests, 1);

  self->clock = clock;
  self->counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_init (&self->entries);
  return self;
}

/**
 * easel_sim_requests_free:
 * @self: (transfer full): a log
 */
void
easel_sim_requests_free (EaselSimRequests *self)
{
  g_queue_clear_full (&self->entries, entry_free);
  g_hash_table_unref (self->counts);
  g_free (self);
}

/**
 * easel_sim_requests_clear:
 * @self: a log
 *
 * Forgets entries and counts.
 */
void
easel_sim_requests_clear (EaselSimRequests *self)
{
  g_queue_clear_full (&self->entries, entry_free);
  g_hash_table_remove_all (self->counts);
  self->n_total = self->n_leaks = self->n_too_soon = 0;
  self->n_stream_bytes = 0;
}

/**
 * easel_sim_requests_note_stream:
 * @self: a log
 * @n_bytes: that went out after their request was answered: lines of a log
 */
void
easel_sim_requests_note_stream (EaselSimRequests *self, gsize n_bytes)
{
  self->n_stream_bytes += n_bytes;
}

/* Blots every occurrence out. */
static char *
without (char *text, const char *secret, gboolean *ret_found)
{
  g_autoptr (GString) result = NULL;

  if (text == NULL || secret == NULL || strstr (text, secret) == NULL)
    return text;
  *ret_found = TRUE;
  result = g_string_new (text);
  g_free (text);
  g_string_replace (result, secret, "[key]", 0);
  return g_string_free (g_steal_pointer (&result), FALSE);
}

/* The key that came along, and whatever else has the look of one. */
static char *
without_keys (char *text, const char *key, gboolean *ret_found)
{
  g_autoptr (GRegex) regex =
      g_regex_new ("\\b(practice|readonly|poor|podkey)-[\\w.-]+", 0, 0, NULL);
  char *clean = without (text, key, ret_found);
  g_autofree char *before = clean;

  if (before == NULL || regex == NULL || !g_regex_match (regex, before, 0, NULL))
    return g_steal_pointer (&before);
  *ret_found = TRUE;
  clean = g_regex_replace_literal (regex, before, -1, 0, "[key]", 0, NULL);
  return clean != NULL ? clean : g_strdup ("[key]");
}

/* What belongs where it stands, but into no log: a pod's secrets and what signs a link. */
static char *
without_secrets (char *text)
{
  g_autoptr (GRegex) secret =
      g_regex_new ("(\"EASEL_(?:PAINT|ADMIN)\"\\s*:\\s*)\"[^\"]*\"?", 0, 0, NULL);
  g_autoptr (GRegex) link = g_regex_new ("(\"url\"\\s*:\\s*\"[^\"?]*\\?)[^\"]*", 0, 0, NULL);
  g_autofree char *before = text;
  g_autofree char *between = NULL;

  if (text == NULL)
    return NULL;
  between = g_regex_replace (secret, before, -1, 0, "\\1\"[secret]\"", 0, NULL);
  return between != NULL ? g_regex_replace (link, between, -1, 0, "\\1[secret]", 0, NULL) : NULL;
}

static char *
query_text (const EaselSimRequest *request)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GHashTableIter iter;
  gpointer name, value;

  if (g_hash_table_size (request->query) == 0)
    return NULL;
  g_hash_table_iter_init (&iter, request->query);
  while (g_hash_table_iter_next (&iter, &name, &value))
    g_string_append_printf (text, "%s%s=%s", text->len > 0 ? "&" : "", (const char *) name,
                            (const char *) value);
  return g_utf8_make_valid (text->str, MIN ((gssize) text->len, MAX_BODY));
}

static gboolean
is_text (const char *data, gsize size)
{
  for (gsize i = 0; i < size; i++)
    if ((guchar) data[i] < 0x20 && strchr ("\t\n\r", data[i]) == NULL)
      return FALSE;
  return memchr (data, '\0', size) == NULL;
}

/* A piece of a file tells nothing. */
static char *
body_text (const EaselSimRequest *request)
{
  gsize size = g_bytes_get_size (request->body);
  const char *data = g_bytes_get_data (request->body, NULL);
  g_autofree char *text = NULL;

  if (size == 0 || !is_text (data, MIN (size, MAX_BODY)))
    return NULL;
  text = g_strndup (data, MIN (size, MAX_BODY));
  return g_utf8_make_valid (text, -1);
}

/**
 * easel_sim_requests_add:
 * @self: a log
 * @request: what was asked
 * @route: what it meant
 * @pod_id: (nullable): whose server it was asked from
 * @answer: what was answered
 */
void
easel_sim_requests_add (EaselSimRequests *self,
                        const EaselSimRequest *request,
                        const char *route,
                        const char *pod_id,
                        const EaselSimAnswer *answer)
{
  Entry *entry = g_new0 (Entry, 1);
  g_autofree char *key = easel_sim_request_bearer (request);
  guint count = GPOINTER_TO_UINT (g_hash_table_lookup (self->counts, route));

  entry->method = g_strdup (request->method);
  entry->has_leak = request->has_secret;
  entry->path =
      without_keys (g_strdup (request->told_path != NULL ? request->told_path : request->path), key,
                    &entry->has_leak);
  entry->query = without_keys (query_text (request), key, &entry->has_leak);
  entry->host = g_strdup (easel_sim_request_header (request, "host"));
  entry->route = g_strdup (route);
  entry->pod_id = g_strdup (pod_id);
  entry->body = without_keys (without_secrets (body_text (request)), key, &entry->has_leak);
  entry->user_agent = g_strdup (easel_sim_request_header (request, "user-agent"));
  entry->has_key = key != NULL;
  entry->pace = request->pace;
  entry->status = answer->status;
  entry->cloud_ms = easel_sim_clock_now (self->clock);
  entry->real_ms = g_get_real_time () / 1000;
  entry->bytes_in = request->body_size;
  entry->bytes_out = answer->body != NULL ? g_bytes_get_size (answer->body) : 0;
  g_queue_push_tail (&self->entries, entry);
  if (g_queue_get_length (&self->entries) > MAX_ENTRIES)
    entry_free (g_queue_pop_head (&self->entries));
  g_hash_table_replace (self->counts, g_strdup (route), GUINT_TO_POINTER (count + 1));
  self->n_total++;
  self->n_too_soon += request->pace.is_too_soon;
  if (entry->has_leak || (entry->has_key && pod_id != NULL))
    self->n_leaks++;
}

static void
put_pace (JsonBuilder *builder, const EaselSimRequestPace *pace)
{
  if (pace->endpoint == NULL)
    return;
  easel_sim_put_string (builder, "endpoint", pace->endpoint);
  easel_sim_put_int (builder, "caller", pace->caller);
  easel_sim_put_int (builder, "min_ms", pace->min_ms);
  if (pace->since_ms >= 0)
    easel_sim_put_int (builder, "since_ms", pace->since_ms);
  else
    easel_sim_put_null (builder, "since_ms");
  easel_sim_put_boolean (builder, "too_soon", pace->is_too_soon);
}

static void
put_entry (JsonBuilder *builder, const Entry *entry)
{
  g_autoptr (JsonNode) body =
      entry->body != NULL ? easel_json_parse_text (entry->body, NULL) : NULL;

  easel_sim_open_object (builder, NULL);
  easel_sim_put_string (builder, "method", entry->method);
  easel_sim_put_string (builder, "path", entry->path);
  easel_sim_put_string (builder, "query", entry->query);
  easel_sim_put_string (builder, "host", entry->host);
  easel_sim_put_string (builder, "route", entry->route);
  easel_sim_put_string (builder, "pod", entry->pod_id);
  easel_sim_put_string (builder, "auth", entry->has_key ? "present" : "absent");
  easel_sim_put_string (builder, "user_agent", entry->user_agent);
  easel_sim_put_int (builder, "status", entry->status);
  easel_sim_put_time (builder, "at", entry->cloud_ms);
  easel_sim_put_int (builder, "at_ms", entry->cloud_ms);
  easel_sim_put_int (builder, "real_ms", entry->real_ms);
  /* Of the bodies. */
  easel_sim_put_int (builder, "bytes_in", (gint64) entry->bytes_in);
  easel_sim_put_int (builder, "bytes_out", (gint64) entry->bytes_out);
  put_pace (builder, &entry->pace);
  if (body != NULL)
    easel_sim_put_node (builder, "body", body);
  else
    easel_sim_put_string (builder, "body", entry->body);
  json_builder_end_object (builder);
}

/**
 * easel_sim_requests_to_json:
 * @self: a log
 *
 * Returns: (transfer full): entries, oldest first, and counts
 */
JsonNode *
easel_sim_requests_to_json (EaselSimRequests *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  GHashTableIter iter;
  gpointer route, count;

  json_builder_begin_object (builder);
  easel_sim_put_int (builder, "total", self->n_total);
  /* Keys that were seen where none may be: in a path, a body, or at a pod. */
  easel_sim_put_int (builder, "leaks", self->n_leaks);
  /* Requests that came before the least time since the one before them had passed. */
  easel_sim_put_int (builder, "too_soon", self->n_too_soon);
  easel_sim_put_int (builder, "stream_bytes", (gint64) self->n_stream_bytes);
  easel_sim_open_object (builder, "counts");
  g_hash_table_iter_init (&iter, self->counts);
  while (g_hash_table_iter_next (&iter, &route, &count))
    easel_sim_put_int (builder, route, GPOINTER_TO_UINT (count));
  json_builder_end_object (builder);
  easel_sim_open_array (builder, "requests");
  for (GList *l = self->entries.head; l != NULL; l = l->next)
    put_entry (builder, l->data);
  json_builder_end_array (builder);
  return easel_sim_close_root (builder);
}
