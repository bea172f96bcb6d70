/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * RunPod: whether a key is good and whose it is, and what a pod has cost. GraphQL is used here and
 * nowhere else, because REST v2 has no route for the balance; it ends early in 2027, and whatever
 * it answers, the key check does not fail because of it.
 */

#include "config.h"

#include "easel-runpod-provider-private.h"

#include "easel-error.h"
#include "easel-runpod-decode.h"
#include "easel-runpod-judge.h"

static void
on_myself_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  g_autoptr (EaselAccountInfo) info = easel_account_info_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) error = NULL;

  info->balance = EASEL_MONEY_UNKNOWN;
  info->spend_per_hour = EASEL_MONEY_UNKNOWN;
  info->can_pay = TRUE;
  /* A key that may only read is refused at create, not before. */
  info->may_rent_known = FALSE;

  root = _easel_runpod_provider_call_finish (EASEL_RUNPOD_PROVIDER (source), result, &error);
  if (easel_error_is_cancelled (error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (root == NULL || !easel_runpod_decode_myself (root, info, error == NULL ? &error : NULL))
    g_debug ("RunPod: the balance is not known: %s", error != NULL ? error->message : "no answer");
  g_task_return_pointer (task, g_steal_pointer (&info), (GDestroyNotify) easel_account_info_free);
}

static void
ask_for_balance (GTask *task)
{
  EaselRunpodProvider *self = g_task_get_source_object (task);
  g_autoptr (EaselRunpodRequest) request = easel_runpod_request_myself ();
  EaselRunpodCall call = {
    .request = request,
    .key = g_task_get_task_data (task),
    .judge = easel_runpod_judge,
    .deadline_ms = EASEL_RUNPOD_ACCOUNT_DEADLINE_MS,
    .retry = EASEL_RETRY_NEVER,
  };

  _easel_runpod_provider_call_async (self, &call, g_task_get_cancellable (task), on_myself_answered,
                                     g_object_ref (task));
}

static void
on_key_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  EaselRunpodProvider *self = EASEL_RUNPOD_PROVIDER (source);
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  g_autoptr (JsonNode) root = NULL;
  JsonObject *answer;
  GError *error = NULL;

  root = _easel_runpod_provider_call_finish (self, result, &error);
  answer = error == NULL ? easel_json_node_object (root, "pods", &error) : NULL;
  if (answer == NULL || easel_json_get_array (answer, "pods", &error) == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (_easel_runpod_provider_get_graphql_uri (self) != NULL)
    ask_for_balance (task);
  else
    {
      g_autoptr (EaselAccountInfo) info = easel_account_info_new ();

      info->can_pay = TRUE;
      info->balance = EASEL_MONEY_UNKNOWN;
      info->spend_per_hour = EASEL_MONEY_UNKNOWN;
      g_task_return_pointer (task, g_steal_pointer (&info),
                             (GDestroyNotify) easel_account_info_free);
    }
}

static void
check_key_async (EaselProvider *provider,
                 EaselSecret *key,
                 GCancellable *cancellable,
                 GAsyncReadyCallback callback,
                 gpointer user_data)
{
  EaselRunpodProvider *self = EASEL_RUNPOD_PROVIDER (provider);
  g_autoptr (EaselRunpodRequest) request = easel_runpod_request_list_pods (1, NULL);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, check_key_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, easel_secret_ref (key), (GDestroyNotify) easel_secret_unref);
  _easel_runpod_provider_read_async (self, request, key, cancellable, on_key_checked,
                                     g_steal_pointer (&task));
}

static EaselAccountInfo *
check_key_finish (EaselProvider *provider, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, provider), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_bill_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  g_autoptr (JsonNode) root = NULL;
  EaselBill *bill = NULL;
  GError *error = NULL;

  root = _easel_runpod_provider_call_finish (EASEL_RUNPOD_PROVIDER (source), result, &error);
  if (error == NULL)
    bill = easel_runpod_decode_bill (root, g_task_get_task_data (task), &error);
  if (bill != NULL)
    g_task_return_pointer (task, bill, g_free);
  else
    g_task_return_error (task, error);
}

static void
get_bill_async (EaselProvider *provider,
                EaselSecret *key,
                const char *pod_id,
                GCancellable *cancellable,
                GAsyncReadyCallback callback,
                gpointer user_data)
{
  EaselRunpodProvider *self = EASEL_RUNPOD_PROVIDER (provider);
  g_autoptr (EaselRunpodRequest) request = easel_runpod_request_get_bill (pod_id);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, get_bill_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, g_strdup (pod_id), g_free);
  _easel_runpod_provider_read_async (self, request, key, cancellable, on_bill_answered,
                                     g_steal_pointer (&task));
}

static EaselBill *
get_bill_finish (EaselProvider *provider, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, provider), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
_easel_runpod_provider_init_account (EaselProviderInterface *iface)
{
  iface->check_key_async = check_key_async;
  iface->check_key_finish = check_key_finish;
  iface->get_bill_async = get_bill_async;
  iface->get_bill_finish = get_bill_finish;
}
