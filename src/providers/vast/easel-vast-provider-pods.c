/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * vast.ai: reading instances. One alone is null when it is gone and also while it is so new that
 * the service cannot read it yet; it may lack its ports, which the list then has. A list is read to
 * its last page or fails.
 */

#include "config.h"

#include "easel-vast-provider-private.h"

#include "easel-error.h"
#include "easel-vast-decode.h"

#include <string.h>

#define MAX_PAGES 100

/* --- one instance ------------------------------------------------------------------------- */

typedef struct
{
  EaselSecret *key; /* (owned) */
  char *pod_id;     /* (owned) */
  EaselPod *pod;    /* (owned) (nullable): what the first answer was */
} GetData;

static void
get_data_free (GetData *data)
{
  g_clear_pointer (&data->key, easel_secret_unref);
  g_free (data->pod_id);
  g_clear_object (&data->pod);
  g_free (data);
}

/* The list's word where it has the address; without it the first answer is good enough. */
static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  EaselVastProvider *self = EASEL_VAST_PROVIDER (source);
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GetData *data = g_task_get_task_data (task);
  g_autoptr (EaselPodList) list = g_new0 (EaselPodList, 1);
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *token = NULL;

  list->pods = g_ptr_array_new_with_free_func (g_object_unref);
  root = _easel_vast_provider_call_finish (self, result, &error);
  if (easel_error_is_cancelled (error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (root != NULL)
    easel_vast_decode_pod_page (root, _easel_vast_provider_get_memory (self), list, &token, &error);
  if (error != NULL)
    g_debug ("vast.ai: no address by the list: %s", error->message);
  for (guint i = 0; i < list->pods->len; i++)
    {
      EaselPod *pod = g_ptr_array_index (list->pods, i);

      if (strcmp (easel_pod_get (pod)->id, data->pod_id) == 0 &&
          easel_pod_get (pod)->address != NULL)
        g_set_object (&data->pod, pod);
    }
  g_task_return_pointer (task, g_steal_pointer (&data->pod), g_object_unref);
}

static void
take_pod (GTask *task)
{
  GetData *data = g_task_get_task_data (task);
  g_autoptr (EaselVastRequest) request = NULL;
  EaselVastCall call = { .key = data->key };

  if (!easel_pod_get (data->pod)->container_up || easel_pod_get (data->pod)->address != NULL)
    {
      g_task_return_pointer (task, g_steal_pointer (&data->pod), g_object_unref);
      return;
    }
  request = easel_vast_request_find_pod (data->pod_id);
  call.request = request;
  _easel_vast_provider_call_async (g_task_get_source_object (task), &call,
                                   g_task_get_cancellable (task), on_found, g_object_ref (task));
}

static void
on_pod (GObject *source, GAsyncResult *result, gpointer user_data)
{
  EaselVastProvider *self = EASEL_VAST_PROVIDER (source);
  EaselVastMemory *memory = _easel_vast_provider_get_memory (self);
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GetData *data = g_task_get_task_data (task);
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) error = NULL;

  root = _easel_vast_provider_call_finish (self, result, &error);
  if (error == NULL)
    data->pod = easel_vast_decode_pod_answer (root, memory, &error);
  if (data->pod != NULL && strcmp (easel_pod_get (data->pod)->id, data->pod_id) != 0)
    easel_set_error (&error, EASEL_ERROR_PROTOCOL, "vast.ai answered with another instance");
  if (g_error_matches (error, EASEL_ERROR, EASEL_ERROR_NOT_FOUND))
    {
      EaselPod *new_pod = easel_vast_memory_find_new (memory, data->pod_id);

      if (new_pod != NULL)
        {
          g_task_return_pointer (task, g_object_ref (new_pod), g_object_unref);
          return;
        }
    }
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    take_pod (task);
}

static void
get_pod_async (EaselProvider *provider,
               EaselSecret *key,
               const char *pod_id,
               GCancellable *cancellable,
               GAsyncReadyCallback callback,
               gpointer user_data)
{
  EaselVastProvider *self = EASEL_VAST_PROVIDER (provider);
  g_autoptr (EaselVastRequest) request = easel_vast_request_get_pod (pod_id);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GetData *data;

  g_task_set_source_tag (task, get_pod_async);
  g_task_set_check_cancellable (task, FALSE);
  if (!easel_vast_id_is_usable (pod_id))
    {
      g_task_return_error (task, _easel_vast_provider_no_such_instance ());
      return;
    }
  data = g_new0 (GetData, 1);
  data->key = easel_secret_ref (key);
  data->pod_id = g_strdup (pod_id);
  g_task_set_task_data (task, data, (GDestroyNotify) get_data_free);
  _easel_vast_provider_read_async (self, request, key, cancellable, on_pod,
                                   g_steal_pointer (&task));
}

static EaselPod *
get_pod_finish (EaselProvider *provider, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, provider), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- all instances ------------------------------------------------------------------------ */

typedef struct
{
  EaselSecret *key;   /* (owned) */
  EaselPodList *list; /* (owned) (nullable) */
  GHashTable *seen;   /* (owned): tokens that were followed */
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

static void on_page (GObject *source, GAsyncResult *result, gpointer user_data);

static void
ask_for_page (GTask *task, const char *token)
{
  ListData *data = g_task_get_task_data (task);
  g_autoptr (EaselVastRequest) request = easel_vast_request_list_pods (token);

  _easel_vast_provider_read_async (g_task_get_source_object (task), request, data->key,
                                   g_task_get_cancellable (task), on_page, g_object_ref (task));
}

static void
on_page (GObject *source, GAsyncResult *result, gpointer user_data)
{
  EaselVastProvider *self = EASEL_VAST_PROVIDER (source);
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  ListData *data = g_task_get_task_data (task);
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *token = NULL;
  GError *error = NULL;

  root = _easel_vast_provider_call_finish (self, result, &error);
  if (error == NULL &&
      easel_vast_decode_pod_page (root, _easel_vast_provider_get_memory (self), data->list, &token,
                                  &error) &&
      token != NULL)
    {
      if (++data->n_pages >= MAX_PAGES || !g_hash_table_add (data->seen, g_strdup (token)))
        easel_set_error (&error, EASEL_ERROR_PROTOCOL, "vast.ai’s list of instances does not end");
      else
        {
          ask_for_page (task, token);
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

void
_easel_vast_provider_init_pods (EaselProviderInterface *iface)
{
  iface->get_pod_async = get_pod_async;
  iface->get_pod_finish = get_pod_finish;
  iface->list_pods_async = list_pods_async;
  iface->list_pods_finish = list_pods_finish;
}
