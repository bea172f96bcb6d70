/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * vast.ai: renting. A create is sent once and never again from here. An answer that refuses may
 * name an instance all the same: one that does not run and is billed for its disk. It is deleted
 * before the refusal is told; where that does not succeed the fate counts as unknown, so that the
 * session goes on looking for it.
 */

#include "config.h"

#include "easel-vast-provider-private.h"

#include "easel-error.h"
#include "easel-vast-decode.h"
#include "easel-vast-judge.h"

typedef struct
{
  EaselSecret *key;      /* (owned) */
  EaselLaunchSpec *spec; /* (owned) */
  char *stray_id;        /* (owned) (nullable): what the refusal left behind */
  GError *refusal;       /* (owned) (nullable) */
} CreateData;

static void
create_data_free (CreateData *data)
{
  g_clear_pointer (&data->key, easel_secret_unref);
  g_clear_pointer (&data->spec, easel_launch_spec_free);
  g_free (data->stray_id);
  g_clear_error (&data->refusal);
  g_free (data);
}

/* Takes nothing; the words of the refusal are kept in either case. */
static GError *
make_unresolved (const CreateData *data, const GError *why)
{
  const char *details = easel_error_get_details (data->refusal);
  g_autofree char *both = g_strdup_printf ("%s\nInstance %s could not be deleted: %s",
                                           details != NULL ? details : data->refusal->message,
                                           data->stray_id, why->message);
  GError *error = easel_error_new (EASEL_ERROR_UNRESOLVED, "vast.ai refused and left an instance");

  easel_error_set_details (error, both);
  easel_error_set_status (error, easel_error_get_status (data->refusal));
  return error;
}

static void
on_stray_deleted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  CreateData *data = g_task_get_task_data (task);
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) error = NULL;

  root = _easel_vast_provider_call_finish (EASEL_VAST_PROVIDER (source), result, &error);
  /* "No such instance" of one that was just named may be a list that lags, and proves nothing. */
  if (root != NULL)
    g_task_return_error (task, g_steal_pointer (&data->refusal));
  else
    g_task_return_error (task, make_unresolved (data, error));
}

/* Without the caller's cancellable: what is left behind costs money whether or not anybody waits.
 */
static void
delete_stray (GTask *task)
{
  CreateData *data = g_task_get_task_data (task);
  g_autoptr (EaselVastRequest) request = easel_vast_request_delete_pod (data->stray_id);

  _easel_vast_provider_read_async (g_task_get_source_object (task), request, data->key, NULL,
                                   on_stray_deleted, g_object_ref (task));
}

static void
take_instance (GTask *task, const char *pod_id)
{
  EaselVastProvider *self = g_task_get_source_object (task);
  CreateData *data = g_task_get_task_data (task);
  g_autoptr (EaselPod) pod = easel_vast_pod_from_spec (pod_id, data->spec);

  easel_vast_memory_note_created (_easel_vast_provider_get_memory (self), pod);
  g_task_return_pointer (task, g_steal_pointer (&pod), g_object_unref);
}

static void
on_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  CreateData *data = g_task_get_task_data (task);
  g_autoptr (EaselHttpResponse) response = NULL;
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) unreadable = NULL;
  g_autofree char *pod_id = NULL;
  GError *error = NULL;

  response = _easel_vast_provider_exchange_finish (EASEL_VAST_PROVIDER (source), result, &error);
  if (response == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  root = easel_json_parse (response->body, EASEL_JSON_MAX_BYTES, &unreadable);
  pod_id = easel_vast_decode_contract (root);
  error = easel_vast_judge_create (response, root);
  if (error == NULL && pod_id != NULL)
    take_instance (task, pod_id);
  else if (error == NULL)
    g_task_return_error (task, unreadable != NULL
                                   ? g_steal_pointer (&unreadable)
                                   : easel_error_new (EASEL_ERROR_PROTOCOL,
                                                      "“new_contract”: not a number"));
  else if (pod_id == NULL)
    g_task_return_error (task, _easel_vast_provider_clean_error (error, data->key));
  else
    {
      data->refusal = _easel_vast_provider_clean_error (error, data->key);
      data->stray_id = g_steal_pointer (&pod_id);
      /* It was accepted and did not come up: the offer is what was no good. */
      if (data->refusal->code == EASEL_ERROR_BAD_REQUEST)
        data->refusal->code = EASEL_ERROR_NO_OFFER;
      delete_stray (task);
    }
}

static void
create_pod_async (EaselProvider *provider,
                  EaselSecret *key,
                  const EaselLaunchSpec *spec,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  EaselVastProvider *self = EASEL_VAST_PROVIDER (provider);
  g_autoptr (EaselVastRequest) request = easel_vast_request_create_pod (spec);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  EaselVastCall call = {
    .request = request,
    .key = key,
    .deadline_ms = EASEL_VAST_CREATE_DEADLINE_MS,
  };
  CreateData *data;

  g_task_set_source_tag (task, create_pod_async);
  g_task_set_check_cancellable (task, FALSE);
  if (request == NULL)
    {
      g_task_return_new_error (task, EASEL_ERROR, EASEL_ERROR_NO_OFFER, "not an offer of vast.ai");
      return;
    }
  data = g_new0 (CreateData, 1);
  data->key = easel_secret_ref (key);
  data->spec = easel_launch_spec_copy (spec);
  g_task_set_task_data (task, data, (GDestroyNotify) create_data_free);
  _easel_vast_provider_exchange_async (self, &call, cancellable, on_created,
                                       g_steal_pointer (&task));
}

static EaselPod *
create_pod_finish (EaselProvider *provider, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, provider), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
_easel_vast_provider_init_create (EaselProviderInterface *iface)
{
  iface->create_pod_async = create_pod_async;
  iface->create_pod_finish = create_pod_finish;
}
