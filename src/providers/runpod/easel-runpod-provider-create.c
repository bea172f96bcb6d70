/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * RunPod: renting. A create whose fate is not known is never sent again from here, that is for the
 * session to settle. One that RunPod refused because of the way in which the agent's command was
 * said, or that it understood otherwise, is said in the other way: after the refusal, or after the
 * pod that would have started something else was deleted.
 */

#include "config.h"

#include "easel-runpod-provider-private.h"

#include "easel-error.h"
#include "easel-runpod-decode.h"
#include "easel-runpod-judge.h"

#include <string.h>

typedef struct
{
  EaselSecret *key;      /* (owned) */
  EaselLaunchSpec *spec; /* (owned) */
  EaselRunpodCommandForm form;
  char *stray_id; /* (owned) (nullable): of a pod that was understood otherwise */
} CreateData;

static void
create_data_free (CreateData *data)
{
  g_clear_pointer (&data->key, easel_secret_unref);
  g_clear_pointer (&data->spec, easel_launch_spec_free);
  g_free (data->stray_id);
  g_free (data);
}

static void on_created (GObject *source, GAsyncResult *result, gpointer user_data);

/* Takes @task. */
static void
send_create (GTask *task)
{
  CreateData *data = g_task_get_task_data (task);
  g_autoptr (EaselRunpodRequest) request = easel_runpod_request_create_pod (data->spec, data->form);
  EaselRunpodCall call = {
    .request = request,
    .key = data->key,
    .judge = easel_runpod_judge_create,
    .deadline_ms = EASEL_RUNPOD_CREATE_DEADLINE_MS,
    .retry = EASEL_RETRY_NEVER,
  };

  _easel_runpod_provider_call_async (g_task_get_source_object (task), &call,
                                     g_task_get_cancellable (task), on_created, task);
}

static gboolean
refuses_words (const CreateData *data, const GError *error)
{
  const char *details = easel_error_get_details (error);

  return data->spec->agent != NULL && data->form == EASEL_RUNPOD_COMMAND_WORDS &&
         error->domain == EASEL_ERROR && easel_error_get_status (error) == 422 && details != NULL &&
         strstr (details, "cmd") != NULL;
}

static void
on_stray_deleted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CreateData *data = g_task_get_task_data (task);
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) error = NULL;
  GError *told;

  root = _easel_runpod_provider_call_finish (EASEL_RUNPOD_PROVIDER (source), result, &error);
  if (error != NULL)
    {
      g_autofree char *details = g_strdup_printf ("Pod %s starts something else and could not be "
                                                  "deleted: %s",
                                                  data->stray_id, error->message);

      told = easel_error_new (EASEL_ERROR_UNRESOLVED, "RunPod understood another command");
      easel_error_set_details (told, details);
      g_task_return_error (task, told);
    }
  else if (data->form == EASEL_RUNPOD_COMMAND_WORDS &&
           !g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    {
      data->form = EASEL_RUNPOD_COMMAND_LINE;
      send_create (g_steal_pointer (&task));
    }
  else
    {
      told = easel_error_new (EASEL_ERROR_BAD_REQUEST, "RunPod understood another command");
      easel_error_set_details (told, "the pod was deleted at once");
      g_task_return_error (task, told);
    }
}

/* Takes @task. Without the caller's cancellable: what is left behind costs money whether or not
 * anybody waits. */
static void
delete_stray (GTask *task, const char *pod_id)
{
  CreateData *data = g_task_get_task_data (task);
  g_autoptr (EaselRunpodRequest) request = easel_runpod_request_delete_pod (pod_id);
  EaselRunpodCall call = {
    .request = request,
    .key = data->key,
    .judge = easel_runpod_judge,
    .deadline_ms = EASEL_RUNPOD_READ_DEADLINE_MS,
    .retry = EASEL_RETRY_NEVER,
  };

  g_free (data->stray_id);
  data->stray_id = g_strdup (pod_id);
  g_debug ("pod %s would start something else: deleting it", pod_id);
  _easel_runpod_provider_call_async (g_task_get_source_object (task), &call, NULL, on_stray_deleted,
                                     task);
}

static void
on_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  EaselRunpodProvider *self = EASEL_RUNPOD_PROVIDER (source);
  g_autoptr (GTask) task = user_data;
  CreateData *data = g_task_get_task_data (task);
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (EaselPod) pod = NULL;
  GError *error = NULL;

  root = _easel_runpod_provider_call_finish (self, result, &error);
  if (error == NULL)
    pod = easel_runpod_decode_pod (root, _easel_runpod_provider_get_proxy_pattern (self), &error);
  if (error != NULL && refuses_words (data, error))
    {
      g_clear_error (&error);
      data->form = EASEL_RUNPOD_COMMAND_LINE;
      send_create (g_steal_pointer (&task));
    }
  else if (pod == NULL)
    g_task_return_error (task, error);
  else if (data->spec->agent != NULL &&
           !easel_runpod_decode_understood (root, data->spec->agent->command))
    delete_stray (g_steal_pointer (&task), easel_pod_get (pod)->id);
  else
    g_task_return_pointer (task, g_steal_pointer (&pod), g_object_unref);
}

static void
create_pod_async (EaselProvider *provider,
                  EaselSecret *key,
                  const EaselLaunchSpec *spec,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  GTask *task = g_task_new (provider, cancellable, callback, user_data);
  CreateData *data = g_new0 (CreateData, 1);

  data->key = easel_secret_ref (key);
  data->spec = easel_launch_spec_copy (spec);
  data->form = EASEL_RUNPOD_COMMAND_WORDS;
  g_task_set_source_tag (task, create_pod_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, data, (GDestroyNotify) create_data_free);
  send_create (task);
}

static EaselPod *
create_pod_finish (EaselProvider *provider, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, provider), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
_easel_runpod_provider_init_create (EaselProviderInterface *iface)
{
  iface->create_pod_async = create_pod_async;
  iface->create_pod_finish = create_pod_finish;
}
