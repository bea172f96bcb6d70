/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The provider interface: checks the arguments once and hands the call to the implementation. Which
 * clouds exist is not known here (easel-provider-registry.c); how a call ends, fails and is
 * cancelled is the implementation's duty, see EaselProviderInterface.
 */

#include "config.h"

#include "easel-provider.h"

#include "easel-provider-meaning-private.h"

G_DEFINE_INTERFACE (EaselProvider, easel_provider, G_TYPE_OBJECT)

static void
easel_provider_default_init (EaselProviderInterface *iface)
{
}

/**
 * easel_pod_list_free:
 * @self: (transfer full) (nullable): a list
 *
 * Frees the list and lets go of its pods.
 */
void
easel_pod_list_free (EaselPodList *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->pods, g_ptr_array_unref);
  g_free (self);
}

/**
 * easel_provider_get_info:
 * @self: a provider
 *
 * Returns: (transfer none): what never changes about it
 */
const EaselProviderInfo *
easel_provider_get_info (EaselProvider *self)
{
  g_return_val_if_fail (EASEL_IS_PROVIDER (self), NULL);

  return EASEL_PROVIDER_GET_IFACE (self)->get_info (self);
}

/**
 * easel_provider_get_id:
 * @self: a provider
 *
 * Returns: the stable id for settings, keyring and journal
 */
const char *
easel_provider_get_id (EaselProvider *self)
{
  g_return_val_if_fail (EASEL_IS_PROVIDER (self), NULL);

  return easel_provider_get_info (self)->id;
}

/**
 * easel_provider_get_name:
 * @self: a provider
 *
 * Returns: the name as the provider writes itself
 */
const char *
easel_provider_get_name (EaselProvider *self)
{
  g_return_val_if_fail (EASEL_IS_PROVIDER (self), NULL);

  return easel_provider_get_info (self)->name;
}

/**
 * easel_provider_get_api_host:
 * @self: a provider
 *
 * The host that the key is for, with the port where it is not the usual one. Keys are stored
 * under it, so that another address in the endpoints file finds no key.
 *
 * Returns: (transfer none): host name
 */
const char *
easel_provider_get_api_host (EaselProvider *self)
{
  g_return_val_if_fail (EASEL_IS_PROVIDER (self), NULL);

  return EASEL_PROVIDER_GET_IFACE (self)->get_api_host (self);
}

/**
 * easel_provider_check_key_async:
 * @self: a provider
 * @key: the account's key
 * @cancellable: (nullable): a cancellable
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Asks whether the key is good and whose it is.
 */
void
easel_provider_check_key_async (EaselProvider *self,
                                EaselSecret *key,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (EASEL_IS_PROVIDER (self));
  g_return_if_fail (key != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  EASEL_PROVIDER_GET_IFACE (self)->check_key_async (self, key, cancellable, callback, user_data);
}

/**
 * easel_provider_check_key_finish:
 * @self: a provider
 * @result: the result
 * @error: return location for an error
 *
 * Errors: a key that the provider does not know is %EASEL_ERROR_AUTH, one that lacks rights
 * %EASEL_ERROR_PERMISSION, a refusal on the way %EASEL_ERROR_BLOCKED.
 *
 * Returns: (transfer full): an account; %NULL on error
 */
EaselAccountInfo *
easel_provider_check_key_finish (EaselProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (EASEL_IS_PROVIDER (self), NULL);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return EASEL_PROVIDER_GET_IFACE (self)->check_key_finish (self, result, error);
}

/**
 * easel_provider_list_offers_async:
 * @self: a provider
 * @key: the account's key
 * @need_cuda: driver floor as EASEL_CUDA(), 0 for none
 * @disk_gb: disk that will be rented with it, GB
 * @cancellable: (nullable): a cancellable
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Reads what can be rented now.
 */
void
easel_provider_list_offers_async (EaselProvider *self,
                                  EaselSecret *key,
                                  guint need_cuda,
                                  guint disk_gb,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_return_if_fail (EASEL_IS_PROVIDER (self));
  g_return_if_fail (key != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  EASEL_PROVIDER_GET_IFACE (self)->list_offers_async (self, key, need_cuda, disk_gb, cancellable,
                                                      callback, user_data);
}

/**
 * easel_provider_list_offers_finish:
 * @self: a provider
 * @result: the result
 * @error: return location for an error
 *
 * Returns: (transfer container) (element-type EaselOffer): offers in no particular order; %NULL
 *   on error
 */
GPtrArray *
easel_provider_list_offers_finish (EaselProvider *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GError) problem = NULL;
  GPtrArray *offers;

  g_return_val_if_fail (EASEL_IS_PROVIDER (self), NULL);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  offers = EASEL_PROVIDER_GET_IFACE (self)->list_offers_finish (self, result, &problem);
  _easel_provider_mend_list (problem);
  if (problem != NULL)
    g_propagate_error (error, g_steal_pointer (&problem));

  return offers;
}

/**
 * easel_provider_list_templates_async:
 * @self: a provider
 * @key: the account's key
 * @search_text: (nullable): words to look for, %NULL or empty for all
 * @cancellable: (nullable): a cancellable
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Searches the provider's templates, own and public. The author's template is always among the
 * results.
 */
void
easel_provider_list_templates_async (EaselProvider *self,
                                     EaselSecret *key,
                                     const char *search_text,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  g_return_if_fail (EASEL_IS_PROVIDER (self));
  g_return_if_fail (key != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  EASEL_PROVIDER_GET_IFACE (self)->list_templates_async (self, key, search_text, cancellable,
                                                         callback, user_data);
}

/**
 * easel_provider_list_templates_finish:
 * @self: a provider
 * @result: the result
 * @error: return location for an error
 *
 * Returns: (transfer container) (element-type EaselTemplate): templates; %NULL on error
 */
GPtrArray *
easel_provider_list_templates_finish (EaselProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (EASEL_IS_PROVIDER (self), NULL);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return EASEL_PROVIDER_GET_IFACE (self)->list_templates_finish (self, result, error);
}

/**
 * easel_provider_get_template_async:
 * @self: a provider
 * @key: the account's key
 * @template_id: the provider's handle
 * @cancellable: (nullable): a cancellable
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Reads one template, own or public.
 */
void
easel_provider_get_template_async (EaselProvider *self,
                                   EaselSecret *key,
                                   const char *template_id,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_return_if_fail (EASEL_IS_PROVIDER (self));
  g_return_if_fail (key != NULL);
  g_return_if_fail (template_id != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  EASEL_PROVIDER_GET_IFACE (self)->get_template_async (self, key, template_id, cancellable,
                                                       callback, user_data);
}

/**
 * easel_provider_get_template_finish:
 * @self: a provider
 * @result: the result
 * @error: return location for an error
 *
 * Errors: an unknown one is %EASEL_ERROR_NOT_FOUND.
 *
 * Returns: (transfer full): the template; %NULL on error
 */
EaselTemplate *
easel_provider_get_template_finish (EaselProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (EASEL_IS_PROVIDER (self), NULL);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return EASEL_PROVIDER_GET_IFACE (self)->get_template_finish (self, result, error);
}

/**
 * easel_provider_create_pod_async:
 * @self: a provider
 * @key: the account's key
 * @spec: what to rent; @name must be set
 * @cancellable: (nullable): a cancellable
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Rents. Sent exactly once, whatever happens; easel_error_leaves_fate_unknown() tells whether a
 * pod may exist all the same.
 */
void
easel_provider_create_pod_async (EaselProvider *self,
                                 EaselSecret *key,
                                 const EaselLaunchSpec *spec,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_return_if_fail (EASEL_IS_PROVIDER (self));
  g_return_if_fail (key != NULL);
  g_return_if_fail (spec != NULL);
  g_return_if_fail (spec->name != NULL && spec->offer != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  EASEL_PROVIDER_GET_IFACE (self)->create_pod_async (self, key, spec, cancellable, callback,
                                                     user_data);
}

/**
 * easel_provider_create_pod_finish:
 * @self: a provider
 * @result: the result
 * @error: return location for an error
 *
 * Errors: a GPU that is gone is %EASEL_ERROR_NO_OFFER, no credit %EASEL_ERROR_QUOTA.
 *
 * Returns: (transfer full): the new pod; %NULL on error
 */
EaselPod *
easel_provider_create_pod_finish (EaselProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (EASEL_IS_PROVIDER (self), NULL);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return EASEL_PROVIDER_GET_IFACE (self)->create_pod_finish (self, result, error);
}

/**
 * easel_provider_get_pod_async:
 * @self: a provider
 * @key: the account's key
 * @pod_id: the provider's handle
 * @cancellable: (nullable): a cancellable
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Reads one pod.
 */
void
easel_provider_get_pod_async (EaselProvider *self,
                              EaselSecret *key,
                              const char *pod_id,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_return_if_fail (EASEL_IS_PROVIDER (self));
  g_return_if_fail (key != NULL);
  g_return_if_fail (pod_id != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  EASEL_PROVIDER_GET_IFACE (self)->get_pod_async (self, key, pod_id, cancellable, callback,
                                                  user_data);
}

/**
 * easel_provider_get_pod_finish:
 * @self: a provider
 * @result: the result
 * @error: return location for an error
 *
 * Errors: an unknown one is %EASEL_ERROR_NOT_FOUND.
 *
 * Returns: (transfer full): the pod; %NULL on error
 */
EaselPod *
easel_provider_get_pod_finish (EaselProvider *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GError) problem = NULL;
  EaselPod *pod;

  g_return_val_if_fail (EASEL_IS_PROVIDER (self), NULL);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  pod = EASEL_PROVIDER_GET_IFACE (self)->get_pod_finish (self, result, &problem);
  _easel_provider_mend_get (problem);
  if (problem != NULL)
    g_propagate_error (error, g_steal_pointer (&problem));

  return pod;
}

/**
 * easel_provider_list_pods_async:
 * @self: a provider
 * @key: the account's key
 * @cancellable: (nullable): a cancellable
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Reads all pods of the account, all pages of them.
 */
void
easel_provider_list_pods_async (EaselProvider *self,
                                EaselSecret *key,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (EASEL_IS_PROVIDER (self));
  g_return_if_fail (key != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  EASEL_PROVIDER_GET_IFACE (self)->list_pods_async (self, key, cancellable, callback, user_data);
}

/**
 * easel_provider_list_pods_finish:
 * @self: a provider
 * @result: the result
 * @error: return location for an error
 *
 * Returns: (transfer full): the pods; %NULL on error
 */
EaselPodList *
easel_provider_list_pods_finish (EaselProvider *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GError) problem = NULL;
  EaselPodList *list;

  g_return_val_if_fail (EASEL_IS_PROVIDER (self), NULL);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  list = EASEL_PROVIDER_GET_IFACE (self)->list_pods_finish (self, result, &problem);
  _easel_provider_mend_list (problem);
  if (problem != NULL)
    g_propagate_error (error, g_steal_pointer (&problem));

  return list;
}

/**
 * easel_provider_act_on_pod_async:
 * @self: a provider
 * @key: the account's key
 * @pod_id: the provider's handle
 * @action: what to do
 * @cancellable: (nullable): a cancellable
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Starts, stops or restarts a pod. Success means that the provider has accepted it.
 */
void
easel_provider_act_on_pod_async (EaselProvider *self,
                                 EaselSecret *key,
                                 const char *pod_id,
                                 EaselPodAction action,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_return_if_fail (EASEL_IS_PROVIDER (self));
  g_return_if_fail (key != NULL);
  g_return_if_fail (pod_id != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  EASEL_PROVIDER_GET_IFACE (self)->act_on_pod_async (self, key, pod_id, action, cancellable,
                                                     callback, user_data);
}

/**
 * easel_provider_act_on_pod_finish:
 * @self: a provider
 * @result: the result
 * @error: return location for an error
 *
 * Errors: no free GPU on the host is %EASEL_ERROR_HOST_FULL, a wrong state %EASEL_ERROR_CONFLICT.
 *
 * Returns: %TRUE if accepted
 */
gboolean
easel_provider_act_on_pod_finish (EaselProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (EASEL_IS_PROVIDER (self), FALSE);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return EASEL_PROVIDER_GET_IFACE (self)->act_on_pod_finish (self, result, error);
}

/**
 * easel_provider_delete_pod_async:
 * @self: a provider
 * @key: the account's key
 * @pod_id: the provider's handle
 * @cancellable: (nullable): a cancellable
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Deletes a pod for good. Success means that the provider has accepted it.
 */
void
easel_provider_delete_pod_async (EaselProvider *self,
                                 EaselSecret *key,
                                 const char *pod_id,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_return_if_fail (EASEL_IS_PROVIDER (self));
  g_return_if_fail (key != NULL);
  g_return_if_fail (pod_id != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  EASEL_PROVIDER_GET_IFACE (self)->delete_pod_async (self, key, pod_id, cancellable, callback,
                                                     user_data);
}

/**
 * easel_provider_delete_pod_finish:
 * @self: a provider
 * @result: the result
 * @error: return location for an error
 *
 * Errors: something gone is %EASEL_ERROR_NOT_FOUND.
 *
 * Returns: %TRUE if accepted
 */
gboolean
easel_provider_delete_pod_finish (EaselProvider *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GError) problem = NULL;
  gboolean is_deleted;

  g_return_val_if_fail (EASEL_IS_PROVIDER (self), FALSE);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  is_deleted = EASEL_PROVIDER_GET_IFACE (self)->delete_pod_finish (self, result, &problem);
  _easel_provider_mend_delete (problem);
  if (problem != NULL)
    g_propagate_error (error, g_steal_pointer (&problem));

  return is_deleted;
}

/**
 * easel_provider_get_bill_async:
 * @self: a provider
 * @key: the account's key
 * @pod_id: the provider's handle
 * @cancellable: (nullable): a cancellable
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Reads what was billed for one pod, also for a deleted one. Figures lag.
 */
void
easel_provider_get_bill_async (EaselProvider *self,
                               EaselSecret *key,
                               const char *pod_id,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_return_if_fail (EASEL_IS_PROVIDER (self));
  g_return_if_fail (key != NULL);
  g_return_if_fail (pod_id != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  EASEL_PROVIDER_GET_IFACE (self)->get_bill_async (self, key, pod_id, cancellable, callback,
                                                   user_data);
}

/**
 * easel_provider_get_bill_finish:
 * @self: a provider
 * @result: the result
 * @error: return location for an error
 *
 * Returns: (transfer full): the bill; free with g_free(); %NULL on error
 */
EaselBill *
easel_provider_get_bill_finish (EaselProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (EASEL_IS_PROVIDER (self), NULL);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return EASEL_PROVIDER_GET_IFACE (self)->get_bill_finish (self, result, error);
}

/**
 * easel_provider_stream_logs_async:
 * @self: a provider
 * @key: the account's key
 * @pod_id: the provider's handle
 * @func: called for each line
 * @func_data: for @func
 * @cancellable: (nullable): a cancellable
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Follows a pod's log, with what is kept of its past first. Ends when the server closes; it has
 * no deadline.
 */
void
easel_provider_stream_logs_async (EaselProvider *self,
                                  EaselSecret *key,
                                  const char *pod_id,
                                  EaselLogFunc func,
                                  gpointer func_data,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_return_if_fail (EASEL_IS_PROVIDER (self));
  g_return_if_fail (key != NULL);
  g_return_if_fail (pod_id != NULL);
  g_return_if_fail (func != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  EASEL_PROVIDER_GET_IFACE (self)->stream_logs_async (self, key, pod_id, func, func_data,
                                                      cancellable, callback, user_data);
}

/**
 * easel_provider_stream_logs_finish:
 * @self: a provider
 * @result: the result
 * @error: return location for an error
 *
 * Returns: %TRUE when the server has closed the stream
 */
gboolean
easel_provider_stream_logs_finish (EaselProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (EASEL_IS_PROVIDER (self), FALSE);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return EASEL_PROVIDER_GET_IFACE (self)->stream_logs_finish (self, result, error);
}
