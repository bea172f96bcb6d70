/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * vast.ai: stop, start, restart, delete. Each is sent once, with one exception: a start for which
 * there is no GPU is kept by the service and would come true, and be billed, at any time of the
 * night. It is taken back at once, and as often as that takes, before "no GPU" is told.
 */

#include "config.h"

#include "easel-vast-provider-private.h"

#include "easel-error.h"

typedef struct
{
  EaselSecret *key; /* (owned) */
  char *pod_id;     /* (owned) */
  EaselPodAction action;
  gboolean is_delete;
  GError *refusal; /* (owned) (nullable): of a start that waits in the queue */
} ChangeData;

static void
change_data_free (ChangeData *data)
{
  g_clear_pointer (&data->key, easel_secret_unref);
  g_free (data->pod_id);
  g_clear_error (&data->refusal);
  g_free (data);
}

static void
on_start_taken_back (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  ChangeData *data = g_task_get_task_data (task);
  g_autoptr (JsonNode) root = NULL;
  GError *error = NULL;

  root = _easel_vast_provider_call_finish (EASEL_VAST_PROVIDER (source), result, &error);
  if (root != NULL)
    {
      g_task_return_error (task, g_steal_pointer (&data->refusal));
      return;
    }
  g_prefix_error (&error, "a start that waits for a GPU could not be taken back: ");
  g_task_return_error (task, error);
}

static void
take_start_back (GTask *task)
{
  EaselVastProvider *self = g_task_get_source_object (task);
  ChangeData *data = g_task_get_task_data (task);
  g_autoptr (EaselVastRequest) request = easel_vast_request_set_running (data->pod_id, FALSE);

  easel_vast_memory_note_stop (_easel_vast_provider_get_memory (self), data->pod_id);
  /* Without the caller's cancellable, and repeated: stopping twice is stopping. */
  _easel_vast_provider_read_async (self, request, data->key, NULL, on_start_taken_back,
                                   g_object_ref (task));
}

static void
note_done (EaselVastProvider *self, const ChangeData *data)
{
  EaselVastMemory *memory = _easel_vast_provider_get_memory (self);

  if (data->is_delete)
    easel_vast_memory_note_gone (memory, data->pod_id);
  else if (data->action != EASEL_POD_ACTION_STOP)
    easel_vast_memory_note_start (memory, data->pod_id);
}

static void
on_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  EaselVastProvider *self = EASEL_VAST_PROVIDER (source);
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  ChangeData *data = g_task_get_task_data (task);
  g_autoptr (JsonNode) root = NULL;
  GError *error = NULL;

  root = _easel_vast_provider_call_finish (self, result, &error);
  if (root != NULL && easel_json_node_object (root, "answer", &error) != NULL)
    {
      note_done (self, data);
      g_task_return_boolean (task, TRUE);
    }
  else if (!data->is_delete && data->action == EASEL_POD_ACTION_START &&
           g_error_matches (error, EASEL_ERROR, EASEL_ERROR_HOST_FULL))
    {
      data->refusal = error;
      take_start_back (task);
    }
  else
    {
      if (data->is_delete && g_error_matches (error, EASEL_ERROR, EASEL_ERROR_NOT_FOUND))
        note_done (self, data);
      g_task_return_error (task, error);
    }
}

/* Takes @data and @request. */
static void
change_async (EaselVastProvider *self,
              ChangeData *data,
              EaselVastRequest *request,
              gpointer source_tag,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  g_autoptr (EaselVastRequest) owned = request;
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  EaselVastCall call = { .request = owned, .key = data->key };

  g_task_set_source_tag (task, source_tag);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, data, (GDestroyNotify) change_data_free);
  if (easel_vast_id_is_usable (data->pod_id))
    _easel_vast_provider_call_async (self, &call, cancellable, on_changed, g_object_ref (task));
  else
    g_task_return_error (task, _easel_vast_provider_no_such_instance ());
}

static ChangeData *
change_data_new (EaselSecret *key, const char *pod_id)
{
  ChangeData *data = g_new0 (ChangeData, 1);

  data->key = easel_secret_ref (key);
  data->pod_id = g_strdup (pod_id);
  return data;
}

static void
act_on_pod_async (EaselProvider *provider,
                  EaselSecret *key,
                  const char *pod_id,
                  EaselPodAction action,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  EaselVastProvider *self = EASEL_VAST_PROVIDER (provider);
  ChangeData *data = change_data_new (key, pod_id);
  EaselVastRequest *request =
      action == EASEL_POD_ACTION_RESTART
          ? easel_vast_request_reboot_pod (pod_id)
          : easel_vast_request_set_running (pod_id, action == EASEL_POD_ACTION_START);

  data->action = action;
  /* Before the answer: what is read in between must not look like a failure. */
  if (action == EASEL_POD_ACTION_STOP)
    easel_vast_memory_note_stop (_easel_vast_provider_get_memory (self), pod_id);
  change_async (self, data, request, act_on_pod_async, cancellable, callback, user_data);
}

static void
delete_pod_async (EaselProvider *provider,
                  EaselSecret *key,
                  const char *pod_id,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  ChangeData *data = change_data_new (key, pod_id);

  data->is_delete = TRUE;
  change_async (EASEL_VAST_PROVIDER (provider), data, easel_vast_request_delete_pod (pod_id),
                delete_pod_async, cancellable, callback, user_data);
}

static gboolean
change_finish (EaselProvider *provider, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, provider), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
_easel_vast_provider_init_changes (EaselProviderInterface *iface)
{
  iface->act_on_pod_async = act_on_pod_async;
  iface->act_on_pod_finish = change_finish;
  iface->delete_pod_async = delete_pod_async;
  iface->delete_pod_finish = change_finish;
}
