/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vast.ai, logs (facts/vast.md 11): asked for at the API, put into a store under a name that nobody
 * can guess, there some seconds later, and to be fetched there without a key.
 */
#include "config.h"

#include "easel-sim-vast-private.h"

#include "easel-sim-build.h"

#include <string.h>

#define FOLDER "/s3/vast.ai/instance_logs/"
#define DEFAULT_TAIL 100
#define MAX_TAIL 100000
#define MAX_LOGS 2000
#define FOREIGN_HEADER "Only one auth mechanism allowed"

/* One text in the store; the text follows. */
typedef struct
{
  gint64 from_ms;
  char text[];
} Log;

static char *
log_text (const EaselSimPod *pod, gint64 now, guint tail, const char *filter, gboolean is_daemon)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GPtrArray) lines = g_ptr_array_new ();

  for (guint i = 0; pod->boot != NULL && i < pod->boot->lines->len; i++)
    {
      const EaselSimLine *line = g_ptr_array_index (pod->boot->lines, i);

      if (line->at_ms <= now && line->is_system == is_daemon &&
          (filter == NULL || strstr (line->text, filter) != NULL))
        g_ptr_array_add (lines, line->text);
    }
  for (guint i = lines->len > tail ? lines->len - tail : 0; i < lines->len; i++)
    g_string_append_printf (text, "%s\n", (const char *) g_ptr_array_index (lines, i));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
store_log (EaselSimWorld *world, const EaselSimPod *pod, const char *text)
{
  EaselSimVast *self = world->vast;
  guint64 chance = easel_sim_hash (easel_sim_cloud_get_seed (world->cloud), pod->id) + self->n_logs;
  gsize length = strlen (text) + 1;
  Log *log = g_malloc (sizeof (Log) + length);
  char *name;

  self->n_logs++;
  name = g_strdup_printf ("%016" G_GINT64_MODIFIER "x%016" G_GINT64_MODIFIER "x.log",
                          easel_sim_next (&chance), easel_sim_next (&chance));
  log->from_ms = easel_sim_cloud_now (world->cloud) + easel_sim_range (&chance, 300, 2500);
  memcpy (log->text, text, length);
  if (g_hash_table_size (self->logs) >= MAX_LOGS)
    g_hash_table_remove_all (self->logs);
  g_hash_table_replace (self->logs, g_strdup (name), log);
  return name;
}

EaselSimAnswer *
_easel_sim_vast_request_logs (const EaselSimVastCall *call)
{
  EaselSimAnswer *problem = NULL;
  EaselSimPod *pod = _easel_sim_vast_find_pod (call, call->parts[3], "get");
  g_autoptr (JsonNode) body = NULL;
  g_autoptr (JsonObject) nothing = json_object_new ();
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *text = NULL;
  g_autofree char *name = NULL;
  g_autofree char *uri = NULL;
  JsonObject *object = nothing;
  guint64 tail = DEFAULT_TAIL;

  if (g_bytes_get_size (call->request->body) > 0)
    {
      body = _easel_sim_vast_read_body (call, &problem);
      if (body == NULL)
        return problem;
      object = json_node_get_object (body);
    }
  if (pod == NULL)
    return easel_sim_answer_new (404, "application/json",
                                 "{\"error\":\"invalid_id\",\"msg\":\"Invalid instance id.\"}");
  if (json_object_has_member (object, "tail") &&
      !g_ascii_string_to_unsigned (easel_json_peek_string (object, "tail", ""), 10, 1, MAX_TAIL,
                                   &tail, NULL))
    return _easel_sim_vast_refuse (400, "invalid_args", "tail must be a string of digits");
  text = log_text (pod, easel_sim_cloud_now (call->world->cloud), (guint) tail,
                   easel_json_peek_string (object, "filter", NULL),
                   strcmp (easel_json_peek_string (object, "daemon_logs", ""), "true") == 0);
  name = store_log (call->world, pod, text);
  uri = g_strdup_printf ("http://127.0.0.1:%u" FOLDER "%s", call->world->port, name);
  json_builder_begin_object (builder);
  easel_sim_put_boolean (builder, "success", TRUE);
  easel_sim_put_string (builder, "result_url", uri);
  easel_sim_put_string (builder, "msg", "Logs are being uploaded.");
  return easel_sim_answer_json (200, easel_sim_close_root (builder));
}

static EaselSimAnswer *
store_problem (guint status, const char *code, const char *message)
{
  g_autofree char *text = g_strdup_printf ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                                           "<Error><Code>%s</Code><Message>%s</Message></Error>",
                                           code, message);

  return easel_sim_answer_new (status, "application/xml", text);
}

/**
 * easel_sim_vast_answer_store:
 * @world: an #EaselSimWorld
 * @request: a request below "/s3"
 *
 * Returns: (transfer full): what the store of files answers
 */
EaselSimAnswer *
easel_sim_vast_answer_store (gpointer world, const EaselSimRequest *request)
{
  EaselSimWorld *self = world;
  const Log *log = NULL;

  if (easel_sim_request_header (request, "authorization") != NULL)
    return store_problem (400, "InvalidArgument", FOREIGN_HEADER);
  if (strcmp (request->method, "GET") == 0 && g_str_has_prefix (request->path, FOLDER))
    log = g_hash_table_lookup (self->vast->logs, request->path + strlen (FOLDER));
  if (log == NULL || easel_sim_cloud_now (self->cloud) < log->from_ms)
    return store_problem (403, "AccessDenied", "Access Denied");
  return easel_sim_answer_new (200, "text/plain", log->text);
}
