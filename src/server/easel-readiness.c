/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Whether the server in a pod would satisfy the plugin in Krita: asks what the plugin asks, in its
 * order, once. A 200 alone means nothing, the image answers with a page from its first second.
 * When to ask again and how often a fault must show before it counts is the caller's decision. No
 * key is known here, so none can reach a pod.
 */

#include "config.h"

#include "easel-readiness-private.h"

#include "easel-error.h"
#include "easel-json.h"
#include "easel-server-needs-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define STATS_MAX_BYTES (1024 * 1024)
#define ANSWER_MAX_BYTES (2 * 1024 * 1024)

typedef struct
{
  EaselHttp *http; /* (owned) */
  char *address;   /* (owned) */
  EaselWorkloadSet workload;
  EaselReadiness *result; /* (owned) (nullable) */
  EaselServerFiles files;
  GPtrArray *answers; /* (owned) (nullable) (element-type Answer): of the present batch */
  guint n_pending;
} Probe;

/* One question of a batch, and what came back. */
typedef struct
{
  GTask *task; /* (owned) (nullable): while it runs */
  guint index; /* of the class or folder */
  gboolean is_info;
  guint status;
  JsonNode *root; /* (owned) (nullable) */
  GError *error;  /* (owned) (nullable) */
} Answer;

typedef void (*BatchDone) (GTask *task);

static void
answer_free (Answer *answer)
{
  g_clear_object (&answer->task);
  g_clear_pointer (&answer->root, json_node_unref);
  g_clear_error (&answer->error);
  g_free (answer);
}

static void
probe_free (Probe *probe)
{
  g_clear_object (&probe->http);
  g_clear_pointer (&probe->result, easel_readiness_free);
  g_clear_pointer (&probe->answers, g_ptr_array_unref);
  _easel_server_files_clear (&probe->files);
  g_free (probe->address);
  g_free (probe);
}

/**
 * easel_readiness_free:
 * @self: (transfer full) (nullable): a result
 *
 * Frees it.
 */
void
easel_readiness_free (EaselReadiness *self)
{
  if (self == NULL)
    return;
  g_strfreev (self->missing);
  g_free (self->gpu_name);
  g_free (self->details);
  g_free (self);
}

static void
return_result (GTask *task)
{
  Probe *probe = g_task_get_task_data (task);

  g_task_return_pointer (task, g_steal_pointer (&probe->result),
                         (GDestroyNotify) easel_readiness_free);
}

static void
set_details (Probe *probe, char *details)
{
  g_free (probe->result->details);
  probe->result->details = details;
}

static void
get (GTask *task,
     const char *path,
     gsize max_bytes,
     GAsyncReadyCallback callback,
     gpointer user_data)
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
                         user_data);
}

/* What an answer of a batch says: JSON after 200, nothing after 404, else a passing fault. */
static void
take_answer (Answer *answer, const EaselHttpResponse *response)
{
  answer->status = response->status;
  if (response->status == 200)
    answer->root = easel_json_parse (response->body, ANSWER_MAX_BYTES, &answer->error);
  else if (response->status != 404)
    answer->error =
        easel_error_new (EASEL_ERROR_UNAVAILABLE, "status %u in between", response->status);
}

static GError *
find_cancelled (Probe *probe)
{
  for (guint i = 0; i < probe->answers->len; i++)
    {
      Answer *answer = g_ptr_array_index (probe->answers, i);

      if (easel_error_is_cancelled (answer->error))
        return g_error_copy (answer->error);
    }
  return NULL;
}

static void judge_nodes (GTask *task);
static void judge_models (GTask *task);

static void
on_batch_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;
  g_autoptr (GTask) task = g_steal_pointer (&answer->task);
  Probe *probe = g_task_get_task_data (task);
  g_autoptr (EaselHttpResponse) response = NULL;
  GError *cancelled;

  response = easel_http_send_finish (EASEL_HTTP (source), result, &answer->error);
  if (response != NULL)
    take_answer (answer, response);
  if (--probe->n_pending > 0)
    return;
  cancelled = find_cancelled (probe);
  if (cancelled != NULL)
    g_task_return_error (task, cancelled);
  else if (probe->result->step == EASEL_READINESS_WEBSOCKET_OK)
    judge_nodes (task);
  else
    judge_models (task);
}

static void
begin_batch (Probe *probe)
{
  g_clear_pointer (&probe->answers, g_ptr_array_unref);
  probe->answers = g_ptr_array_new_with_free_func ((GDestroyNotify) answer_free);
  probe->n_pending = 0;
}

static void
add_to_batch (GTask *task, const char *prefix, const char *name, guint index, gboolean is_info)
{
  Probe *probe = g_task_get_task_data (task);
  g_autofree char *path = g_strconcat (prefix, name, NULL);
  Answer *answer = g_new0 (Answer, 1);

  answer->task = g_object_ref (task);
  answer->index = index;
  answer->is_info = is_info;
  g_ptr_array_add (probe->answers, answer);
  probe->n_pending++;
  get (task, path, ANSWER_MAX_BYTES, on_batch_answered, answer);
}

static void
ask_models (GTask *task)
{
  Probe *probe = g_task_get_task_data (task);

  begin_batch (probe);
  for (guint i = 0; i < EASEL_N_FOLDERS; i++)
    if (_easel_server_folder_is_needed (i, probe->workload))
      {
        add_to_batch (task, "/models/", _easel_server_folder_name (i), i, FALSE);
        if (_easel_server_folder_has_base_models (i))
          add_to_batch (task, "/api/etn/model_info/", _easel_server_folder_name (i), i, TRUE);
      }
}

/* Without the answers about base models the names of the files have to do. */
static void
judge_models (GTask *task)
{
  Probe *probe = g_task_get_task_data (task);
  EaselReadiness *result = probe->result;

  for (guint i = 0; i < probe->answers->len; i++)
    {
      Answer *answer = g_ptr_array_index (probe->answers, i);

      if (answer->is_info)
        {
          _easel_server_files_take_info (&probe->files, answer->index, answer->root);
          continue;
        }
      if (answer->error != NULL ||
          !_easel_server_files_take_names (&probe->files, answer->index, answer->root))
        {
          set_details (probe,
                       g_strdup_printf ("/models/%s: %s", _easel_server_folder_name (answer->index),
                                        answer->error != NULL ? answer->error->message
                                                              : "not a list"));
          return_result (task);
          return;
        }
    }
  result->missing = _easel_server_files_missing (&probe->files, probe->workload);
  if (result->missing == NULL)
    result->step = EASEL_READINESS_READY;
  else
    result->fault = EASEL_FAULT_MISSING_MODELS;
  return_result (task);
}

static gboolean
knows_class (const Answer *answer, const char *name)
{
  JsonObject *classes;

  if (answer->root == NULL)
    return FALSE;
  classes = easel_json_node_object (answer->root, name, NULL);
  return classes != NULL && json_object_has_member (classes, name);
}

static void
judge_nodes (GTask *task)
{
  Probe *probe = g_task_get_task_data (task);
  const char *const *names = _easel_server_node_classes ();
  g_autoptr (GPtrArray) missing = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < probe->answers->len; i++)
    {
      Answer *answer = g_ptr_array_index (probe->answers, i);

      if (answer->error != NULL)
        {
          set_details (probe, g_strdup_printf ("/object_info/%s: %s", names[answer->index],
                                               answer->error->message));
          return_result (task);
          return;
        }
      if (!knows_class (answer, names[answer->index]))
        g_ptr_array_add (missing, g_strdup (names[answer->index]));
    }
  if (missing->len > 0)
    {
      g_ptr_array_add (missing, NULL);
      probe->result->missing = (char **) g_ptr_array_free (g_steal_pointer (&missing), FALSE);
      probe->result->fault = EASEL_FAULT_MISSING_NODES;
      return_result (task);
      return;
    }
  probe->result->step = EASEL_READINESS_NODES_OK;
  ask_models (task);
}

static void
on_websocket_probed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Probe *probe = g_task_get_task_data (task);
  const char *const *names = _easel_server_node_classes ();
  g_autoptr (GBytes) text = NULL;
  g_autoptr (GError) error = NULL;

  text = easel_http_probe_websocket_finish (EASEL_HTTP (source), result, &error);
  if (easel_error_is_cancelled (error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (text == NULL || !_easel_readiness_text_is_status (text))
    {
      probe->result->fault = EASEL_FAULT_NO_WEBSOCKET;
      set_details (probe,
                   g_strdup_printf ("/ws: %s", error != NULL ? error->message : "no status"));
      return_result (task);
      return;
    }
  probe->result->step = EASEL_READINESS_WEBSOCKET_OK;
  begin_batch (probe);
  for (guint i = 0; names[i] != NULL; i++)
    add_to_batch (task, "/object_info/", names[i], i, FALSE);
}

static void
probe_websocket (GTask *task)
{
  Probe *probe = g_task_get_task_data (task);
  g_autofree char *client = g_uuid_string_random ();
  g_autofree char *path = g_strconcat ("/ws?clientId=", client, NULL);
  g_autofree char *uri = _easel_pod_join (probe->address, path);

  easel_http_probe_websocket_async (probe->http, uri, EASEL_POD_DEADLINE_MS,
                                    g_task_get_cancellable (task), on_websocket_probed,
                                    g_object_ref (task));
}

static void
on_stats_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Probe *probe = g_task_get_task_data (task);
  g_autoptr (EaselHttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;

  response = easel_http_send_finish (EASEL_HTTP (source), result, &error);
  if (easel_error_is_cancelled (error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (response != NULL && _easel_readiness_judge_stats (probe->result, response))
    {
      probe_websocket (task);
      return;
    }
  if (error != NULL)
    _easel_readiness_judge_stats_error (probe->result, error);
  return_result (task);
}

/**
 * easel_readiness_probe_async:
 * @http: what sends
 * @address: address of the server as handed to Krita
 * @workload: what is to be painted; 0: whatever the server can paint
 * @cancellable: (nullable): ends it at once
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Asks /system_stats, opens /ws, asks for the node classes and for the models; stops at the first
 * that does not hold. Each question has 15 s. Facts of the plugin's server 3.2.
 */
void
easel_readiness_probe_async (EaselHttp *http,
                             const char *address,
                             EaselWorkloadSet workload,
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
  g_task_set_source_tag (task, easel_readiness_probe_async);
  g_task_set_check_cancellable (task, FALSE);
  probe = g_new0 (Probe, 1);
  probe->http = g_object_ref (http);
  probe->address = g_strdup (address);
  probe->workload = workload;
  probe->result = g_new0 (EaselReadiness, 1);
  g_task_set_task_data (task, probe, (GDestroyNotify) probe_free);
  get (task, "/system_stats", STATS_MAX_BYTES, on_stats_answered, g_object_ref (task));
}

/**
 * easel_readiness_probe_finish:
 * @result: the result
 * @error: %G_IO_ERROR_CANCELLED and nothing else
 *
 * Returns: (transfer full): how far the server has come; %NULL if cancelled
 */
EaselReadiness *
easel_readiness_probe_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, easel_readiness_probe_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static char *
fault_sentence (const EaselReadiness *self)
{
  guint n = self->missing != NULL ? g_strv_length (self->missing) : 0;

  switch (self->fault)
    {
    case EASEL_FAULT_NO_GPU:
      return g_strdup (_ ("The server runs, but it cannot use its GPU: this machine is broken."));
    case EASEL_FAULT_MISSING_NODES:
      return g_strdup_printf (ngettext ("The server is too old for the plugin: it lacks %u part.",
                                        "The server is too old for the plugin: it lacks %u parts.",
                                        n),
                              n);
    case EASEL_FAULT_MISSING_MODELS:
      return g_strdup_printf (ngettext ("%u model is missing on the server: its download failed.",
                                        "%u models are missing on the server: their downloads "
                                        "failed.",
                                        n),
                              n);
    case EASEL_FAULT_NO_WEBSOCKET:
      return g_strdup (_ ("The server answers, but the lasting connection that Krita needs does "
                          "not get through."));
    case EASEL_FAULT_FOREIGN_SERVER:
      return g_strdup (_ ("Something other than the server for Krita answers on this GPU."));
    case EASEL_FAULT_NONE:
    default:
      return NULL;
    }
}

/**
 * easel_readiness_sentence:
 * @self: a result
 *
 * Returns: (transfer full): what it means, in one translated sentence
 */
char *
easel_readiness_sentence (const EaselReadiness *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (self->fault != EASEL_FAULT_NONE)
    return fault_sentence (self);
  switch (self->step)
    {
    case EASEL_READINESS_CONTAINER_UP:
      return g_strdup (_ ("The GPU runs. Models are being downloaded or loaded."));
    case EASEL_READINESS_COMFY_UP:
      return g_strdup (_ ("The server answers. Now the lasting connection to Krita is tried."));
    case EASEL_READINESS_WEBSOCKET_OK:
      return g_strdup (_ ("The connection works. Now the parts that the plugin needs are looked "
                          "for."));
    case EASEL_READINESS_NODES_OK:
      return g_strdup (_ ("The plugin’s parts are there. Now the models are looked for."));
    case EASEL_READINESS_READY:
      return g_strdup (_ ("Everything that Krita needs is there."));
    case EASEL_READINESS_UNREACHABLE:
    default:
      return g_strdup (_ ("The machine is being prepared and does not answer yet."));
    }
}
