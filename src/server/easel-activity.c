/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Whether the server in a pod works on something: its queue, and when its newest picture was made.
 * It cannot tell whether a Krita is connected. The history holds whole workflows and may be large;
 * without it the queue alone has to do.
 */

#include "config.h"

#include "easel-readiness-private.h"

#include "easel-error.h"
#include "easel-json.h"

#include <string.h>

#define PROMPT_MAX_BYTES (64 * 1024)
#define HISTORY_MAX_BYTES (8 * 1024 * 1024)
#define MAX_QUEUE 1000000
#define MAX_ENTRIES 10
#define MAX_MESSAGES 1000
/* The year 2100. */
#define MAX_UNIX_MS (G_GINT64_CONSTANT (4102444800) * 1000)

typedef struct
{
  EaselHttp *http; /* (owned) */
  char *address;   /* (owned) */
  EaselActivity activity;
} Probe;

static void
probe_free (Probe *probe)
{
  g_clear_object (&probe->http);
  g_free (probe->address);
  g_free (probe);
}

static void
get (GTask *task, const char *path, gsize max_bytes, GAsyncReadyCallback callback)
{
  Probe *probe = g_task_get_task_data (task);
  g_autofree char *uri = _easel_pod_join (probe->address, path);
  EaselHttpRequest request = {
    .method = "GET",
    .uri = uri,
    .deadline_ms = EASEL_POD_DEADLINE_MS,
    .max_bytes = max_bytes,
    .retry = EASEL_RETRY_NEVER,
  };

  easel_http_send_async (probe->http, &request, NULL, g_task_get_cancellable (task), callback,
                         g_object_ref (task));
}

/* [["execution_start", {"timestamp": …}], …]: the newest time of any of them. */
static gint64
newest_message (JsonObject *entry)
{
  JsonObject *status = easel_json_peek_object (entry, "status");
  JsonArray *messages = status != NULL ? easel_json_peek_array (status, "messages") : NULL;
  gint64 newest = 0;

  for (guint i = 0; messages != NULL && i < MIN (json_array_get_length (messages), MAX_MESSAGES);
       i++)
    {
      JsonNode *node = json_array_get_element (messages, i);
      JsonObject *data;
      double at;

      if (!JSON_NODE_HOLDS_ARRAY (node))
        continue;
      data = easel_json_element_object (json_node_get_array (node), 1);
      at =
          data != NULL ? easel_json_peek_double (data, "timestamp", 0, (double) MAX_UNIX_MS, 0) : 0;
      newest = MAX (newest, (gint64) at);
    }
  return newest;
}

/* The first element of "prompt" counts the jobs from 0 since the server started; one that was put
 * in front has it negative. */
static guint
count_jobs (JsonObject *entry)
{
  JsonArray *prompt = easel_json_peek_array (entry, "prompt");
  JsonNode *number;
  double value;

  if (prompt == NULL || json_array_get_length (prompt) == 0)
    return 0;
  number = json_array_get_element (prompt, 0);
  if (!JSON_NODE_HOLDS_VALUE (number) || (json_node_get_value_type (number) != G_TYPE_INT64 &&
                                          json_node_get_value_type (number) != G_TYPE_DOUBLE))
    return 0;
  value = json_node_get_double (number);
  value = value < 0 ? -value : value;
  return value <= MAX_QUEUE ? (guint) value + 1 : 0;
}

/* Pure: what /history says about the newest job. */
void
_easel_activity_read_history (EaselActivity *activity, const EaselHttpResponse *response)
{
  g_autoptr (JsonNode) root = NULL;
  JsonObjectIter iter;
  JsonNode *member;

  if (response->status != 200)
    return;
  root = easel_json_parse (response->body, HISTORY_MAX_BYTES, NULL);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return;
  json_object_iter_init (&iter, json_node_get_object (root));
  for (guint i = 0; i < MAX_ENTRIES && json_object_iter_next (&iter, NULL, &member); i++)
    {
      JsonObject *entry = easel_json_node_object (member, "entry", NULL);

      if (entry == NULL)
        continue;
      activity->last_generated_unix_ms =
          MAX (activity->last_generated_unix_ms, newest_message (entry));
      activity->n_generated = MAX (activity->n_generated, count_jobs (entry));
    }
}

static void
on_history_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  g_autoptr (EaselHttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;

  response = easel_http_send_finish (EASEL_HTTP (source), result, &error);
  if (easel_error_is_cancelled (error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (response != NULL)
    {
      Probe *probe = g_task_get_task_data (task);

      _easel_activity_read_history (&probe->activity, response);
    }
  g_task_return_boolean (task, TRUE);
}

/* Pure: whether /prompt says that it works on something. */
gboolean
_easel_activity_read_queue (EaselActivity *activity,
                            const EaselHttpResponse *response,
                            GError **error)
{
  g_autoptr (JsonNode) root = NULL;
  JsonObject *prompt;
  JsonObject *info;
  gint64 remaining = 0;

  if (response->status != 200)
    {
      easel_set_error (error, EASEL_ERROR_UNAVAILABLE, "/prompt: status %u", response->status);
      return FALSE;
    }
  root = easel_json_parse (response->body, PROMPT_MAX_BYTES, error);
  prompt = root != NULL ? easel_json_node_object (root, "prompt", error) : NULL;
  info = prompt != NULL ? easel_json_get_object (prompt, "exec_info", error) : NULL;
  if (info == NULL ||
      !easel_json_get_int (info, "queue_remaining", 0, MAX_QUEUE, &remaining, error))
    return FALSE;
  activity->busy = remaining > 0;
  return TRUE;
}

static void
on_prompt_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  g_autoptr (EaselHttpResponse) response = NULL;
  Probe *probe = g_task_get_task_data (task);
  GError *error = NULL;

  response = easel_http_send_finish (EASEL_HTTP (source), result, &error);
  if (response == NULL || !_easel_activity_read_queue (&probe->activity, response, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  get (task, "/history?max_items=1", HISTORY_MAX_BYTES, on_history_answered);
}

/**
 * easel_activity_probe_async:
 * @http: what sends
 * @address: address of the server as handed to Krita
 * @cancellable: (nullable): ends it at once
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Asks for the queue and the newest job. Each question has 15 s.
 */
void
easel_activity_probe_async (EaselHttp *http,
                            const char *address,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Probe *probe;

  g_return_if_fail (EASEL_IS_HTTP (http));
  g_return_if_fail (address != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, easel_activity_probe_async);
  g_task_set_check_cancellable (task, FALSE);
  probe = g_new0 (Probe, 1);
  probe->http = g_object_ref (http);
  probe->address = g_strdup (address);
  g_task_set_task_data (task, probe, (GDestroyNotify) probe_free);
  get (task, "/prompt", PROMPT_MAX_BYTES, on_prompt_answered);
}

/**
 * easel_activity_probe_finish:
 * @result: the result
 * @ret_activity: (out): what the server does; set only on success
 * @error: %G_IO_ERROR_CANCELLED, or any of %EASEL_ERROR when the server did not tell
 *
 * Returns: whether the server told
 */
gboolean
easel_activity_probe_finish (GAsyncResult *result, EaselActivity *ret_activity, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, easel_activity_probe_async), FALSE);
  g_return_val_if_fail (ret_activity != NULL, FALSE);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  *ret_activity = ((Probe *) g_task_get_task_data (G_TASK (result)))->activity;
  return TRUE;
}
