/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The interface to wherever keys are kept: checks the arguments once and hands the call on. Which
 * key belongs to whom is not known here; provider id and host together are its name.
 */

#include "config.h"

#include "easel-secret-store.h"

G_DEFINE_INTERFACE (EaselSecretStore, easel_secret_store, G_TYPE_OBJECT)

static void
easel_secret_store_default_init (EaselSecretStoreInterface *iface)
{
}

/**
 * easel_secret_store_is_lasting:
 * @self: a store
 *
 * Returns: %FALSE if it forgets everything when the program ends
 */
gboolean
easel_secret_store_is_lasting (EaselSecretStore *self)
{
  g_return_val_if_fail (EASEL_IS_SECRET_STORE (self), FALSE);

  return EASEL_SECRET_STORE_GET_IFACE (self)->is_lasting (self);
}

/**
 * easel_secret_store_look_up_async:
 * @self: a store
 * @provider_id: whose key
 * @api_host: the host that it is for; a key of another host is not found
 * @cancellable: (nullable): a cancellable
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Looks for a key. A locked keyring asks the person, so this may take as long as a person takes.
 */
void
easel_secret_store_look_up_async (EaselSecretStore *self,
                                  const char *provider_id,
                                  const char *api_host,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_return_if_fail (EASEL_IS_SECRET_STORE (self));
  g_return_if_fail (provider_id != NULL && api_host != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  EASEL_SECRET_STORE_GET_IFACE (self)->look_up_async (self, provider_id, api_host, cancellable,
                                                      callback, user_data);
}

/**
 * easel_secret_store_look_up_finish:
 * @self: a store
 * @result: the result
 * @error: %EASEL_ERROR_STORAGE with the reason as details, or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): the key; %NULL without an error when there is none
 */
EaselSecret *
easel_secret_store_look_up_finish (EaselSecretStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (EASEL_IS_SECRET_STORE (self), NULL);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);

  return EASEL_SECRET_STORE_GET_IFACE (self)->look_up_finish (self, result, error);
}

/**
 * easel_secret_store_store_async:
 * @self: a store
 * @provider_id: whose key
 * @api_host: the host that it is for
 * @label: for people who look into their keyring
 * @secret: the key
 * @cancellable: (nullable): a cancellable
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Keeps a key in place of the one kept before under the same provider and host.
 */
void
easel_secret_store_store_async (EaselSecretStore *self,
                                const char *provider_id,
                                const char *api_host,
                                const char *label,
                                EaselSecret *secret,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (EASEL_IS_SECRET_STORE (self));
  g_return_if_fail (provider_id != NULL && api_host != NULL && label != NULL);
  g_return_if_fail (secret != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  EASEL_SECRET_STORE_GET_IFACE (self)->store_async (self, provider_id, api_host, label, secret,
                                                    cancellable, callback, user_data);
}

/**
 * easel_secret_store_store_finish:
 * @self: a store
 * @result: the result
 * @error: %EASEL_ERROR_STORAGE with the reason as details, or %G_IO_ERROR_CANCELLED
 *
 * Returns: whether the key is kept
 */
gboolean
easel_secret_store_store_finish (EaselSecretStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (EASEL_IS_SECRET_STORE (self), FALSE);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), FALSE);

  return EASEL_SECRET_STORE_GET_IFACE (self)->store_finish (self, result, error);
}

/**
 * easel_secret_store_forget_async:
 * @self: a store
 * @provider_id: whose key
 * @api_host: the host that it is for
 * @cancellable: (nullable): a cancellable
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Removes a key. That there was none is a success.
 */
void
easel_secret_store_forget_async (EaselSecretStore *self,
                                 const char *provider_id,
                                 const char *api_host,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_return_if_fail (EASEL_IS_SECRET_STORE (self));
  g_return_if_fail (provider_id != NULL && api_host != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  EASEL_SECRET_STORE_GET_IFACE (self)->forget_async (self, provider_id, api_host, cancellable,
                                                     callback, user_data);
}

/**
 * easel_secret_store_forget_finish:
 * @self: a store
 * @result: the result
 * @error: %EASEL_ERROR_STORAGE with the reason as details, or %G_IO_ERROR_CANCELLED
 *
 * Returns: whether no such key is kept any more
 */
gboolean
easel_secret_store_forget_finish (EaselSecretStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (EASEL_IS_SECRET_STORE (self), FALSE);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), FALSE);

  return EASEL_SECRET_STORE_GET_IFACE (self)->forget_finish (self, result, error);
}
