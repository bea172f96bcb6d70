/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * RunPod: pods. Whatever changes something is sent once and never again from here: a delete that
 * did not get through is for the session to settle. A list is read to its last page or fails.
 */

#include "config.h"

#include "easel-runpod-provider-private.h"

#include "easel-error.h"
#include "easel-runpod-decode.h"
#include "easel-runpod-judge.h"

#include <string.h>

#define MAX_PAGES 100

static void
on_pod_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  EaselRunpodProvider *self = EASEL_RUNPOD_PROVIDER (source);
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  const char *wanted_id = g_task_get_task_data (task);
  g_autoptr (EaselPod) pod = NULL;
  g_autoptr (JsonNode) root = NULL;
  GError *error = NULL;

  root = _easel_runpod_provider_call_finish (self, result, &error);
  if (error == NULL)
    pod = easel_runpod_decode_pod (root, _easel_runpod_provider_get_proxy_pattern (self), &error);
  if (pod != NULL && strcmp (easel_pod_get (pod)->id, wanted_id) != 0)
    {
      g_clear_object (&pod);
      easel_set_error (&error, EASEL_ERROR_PROTOCOL, "RunPod answered with another pod");
    }
  if (pod != NULL)
    g_task_return_pointer (task, g_steal_pointer (&pod), g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
get_pod_async (EaselProvider *provider,
               EaselSecret *key,
               const char *pod_id,
               GCancellable *cancellable,
               GAsyncReadyCallback callback,
               gpointer user_data)
{
  EaselRunpodProvider *self = EASEL_RUNPOD_PROVIDER (provider);
  g_autoptr (EaselRunpodRequest) request = easel_runpod_request_get_pod (pod_id);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, get_pod_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, g_strdup (pod_id), g_free);
  _easel_runpod_provider_read_async (self, request, key, cancellable, on_pod_answered,
                                     g_steal_pointer (&task));
}

static EaselPod *
get_pod_finish (EaselProvider *provider, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, provider), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

typedef struct
{
  EaselSecret *key;   /* (owned) */
  EaselPodList *list; /* (owned) (nullable) */
  GHashTable *seen;   /* (owned): cursors that were followed */
  guint n_pages;
} ListData;

static void
list_data_free (ListData *data)
{
  g_clear_pointer (&data->key, easel_secret_unref);
  g_clear_pointer (&data->list, easel_pod_list_free);
  g_clear_pointer (&data->seen, g_hash_table_unref);
  g_free (data);
}

static void on_page_answered (GObject *source, GAsyncResult *result, gpointer user_data);

static void
ask_for_page (GTask *task, const char *cursor)
{
  EaselRunpodProvider *self = g_task_get_source_object (task);
  ListData *data = g_task_get_task_data (task);
  g_autoptr (EaselRunpodRequest) request = easel_runpod_request_list_pods (0, cursor);

  _easel_runpod_provider_read_async (self, request, data->key, g_task_get_cancellable (task),
                                     on_page_answered, g_object_ref (task));
}

static void
on_page_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  EaselRunpodProvider *self = EASEL_RUNPOD_PROVIDER (source);
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  ListData *data = g_task_get_task_data (task);
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *cursor = NULL;
  GError *error = NULL;

  root = _easel_runpod_provider_call_finish (self, result, &error);
  if (error == NULL &&
      easel_runpod_decode_pod_page (root, _easel_runpod_provider_get_proxy_pattern (self),
                                    data->list, &cursor, &error) &&
      cursor != NULL)
    {
      if (++data->n_pages >= MAX_PAGES || g_hash_table_contains (data->seen, cursor))
        easel_set_error (&error, EASEL_ERROR_PROTOCOL, "RunPod’s list of pods does not end");
      else
        {
          g_hash_table_add (data->seen, g_strdup (cursor));
          ask_for_page (task, cursor);
          return;
        }
    }
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&data->list),
                           (GDestroyNotify) easel_pod_list_free);
}

static void
list_pods_async (EaselProvider *provider,
                 EaselSecret *key,
                 GCancellable *cancellable,
                 GAsyncReadyCallback callback,
                 gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (provider, cancellable, callback, user_data);
  ListData *data = g_new0 (ListData, 1);

  data->key = easel_secret_ref (key);
  data->list = g_new0 (EaselPodList, 1);
  data->list->pods = g_ptr_array_new_with_free_func (g_object_unref);
  data->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_task_set_source_tag (task, list_pods_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, data, (GDestroyNotify) list_data_free);
  ask_for_page (task, NULL);
}

static EaselPodList *
list_pods_finish (EaselProvider *provider, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, provider), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* A good status with something else than JSON behind it is no acceptance. */
static void
on_accepted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  g_autoptr (JsonNode) root = NULL;
  GError *error = NULL;

  root = _easel_runpod_provider_call_finish (EASEL_RUNPOD_PROVIDER (source), result, &error);
  if (error == NULL && root != NULL)
    easel_json_node_object (root, "answer", &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
change_pod_async (EaselProvider *provider,
                  EaselSecret *key,
                  const EaselRunpodRequest *request,
                  gpointer source_tag,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  EaselRunpodProvider *self = EASEL_RUNPOD_PROVIDER (provider);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  EaselRunpodCall call = {
    .request = request,
    .key = key,
    .judge = easel_runpod_judge,
    .deadline_ms = EASEL_RUNPOD_READ_DEADLINE_MS,
    .retry = EASEL_RETRY_NEVER,
  };

  g_task_set_source_tag (task, source_tag);
  g_task_set_check_cancellable (task, FALSE);
  _easel_runpod_provider_call_async (self, &call, cancellable, on_accepted,
                                     g_steal_pointer (&task));
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
  g_autoptr (EaselRunpodRequest) request = easel_runpod_request_act_on_pod (pod_id, action);

  change_pod_async (provider, key, request, act_on_pod_async, cancellable, callback, user_data);
}

static void
delete_pod_async (EaselProvider *provider,
                  EaselSecret *key,
                  const char *pod_id,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  g_autoptr (EaselRunpodRequest) request = easel_runpod_request_delete_pod (pod_id);

  change_pod_async (provider, key, request, delete_pod_async, cancellable, callback, user_data);
}

static gboolean
change_pod_finish (EaselProvider *provider, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, provider), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
_easel_runpod_provider_init_pods (EaselProviderInterface *iface)
{
  iface->get_pod_async = get_pod_async;
  iface->get_pod_finish = get_pod_finish;
  iface->list_pods_async = list_pods_async;
  iface->list_pods_finish = list_pods_finish;
  iface->act_on_pod_async = act_on_pod_async;
  iface->act_on_pod_finish = change_pod_finish;
  iface->delete_pod_async = delete_pod_async;
  iface->delete_pod_finish = change_pod_finish;
}
