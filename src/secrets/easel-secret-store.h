/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-secret.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define EASEL_TYPE_SECRET_STORE (easel_secret_store_get_type ())
G_DECLARE_INTERFACE (EaselSecretStore, easel_secret_store, EASEL, SECRET_STORE, GObject)

/**
 * EaselSecretStore:
 *
 * Where keys are kept: by provider id and by the host that they are for, so that a look-up for
 * another host finds nothing. look_up finishes with %NULL and no error when nothing is stored.
 * Errors are EASEL_ERROR_STORAGE, with the reason as details.
 */
struct _EaselSecretStoreInterface
{
  GTypeInterface parent_iface;

  gboolean (*is_lasting) (EaselSecretStore *self);
  void (*look_up_async) (EaselSecretStore *self,
                         const char *provider_id,
                         const char *api_host,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
  EaselSecret *(*look_up_finish) (EaselSecretStore *self, GAsyncResult *result, GError **error);
  void (*store_async) (EaselSecretStore *self,
                       const char *provider_id,
                       const char *api_host,
                       const char *label,
                       EaselSecret *secret,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
  gboolean (*store_finish) (EaselSecretStore *self, GAsyncResult *result, GError **error);
  void (*forget_async) (EaselSecretStore *self,
                        const char *provider_id,
                        const char *api_host,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
  gboolean (*forget_finish) (EaselSecretStore *self, GAsyncResult *result, GError **error);
};

gboolean easel_secret_store_is_lasting (EaselSecretStore *self);
void easel_secret_store_look_up_async (EaselSecretStore *self,
                                       const char *provider_id,
                                       const char *api_host,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
EaselSecret *
easel_secret_store_look_up_finish (EaselSecretStore *self, GAsyncResult *result, GError **error);
void easel_secret_store_store_async (EaselSecretStore *self,
                                     const char *provider_id,
                                     const char *api_host,
                                     const char *label,
                                     EaselSecret *secret,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean
easel_secret_store_store_finish (EaselSecretStore *self, GAsyncResult *result, GError **error);
void easel_secret_store_forget_async (EaselSecretStore *self,
                                      const char *provider_id,
                                      const char *api_host,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean
easel_secret_store_forget_finish (EaselSecretStore *self, GAsyncResult *result, GError **error);

/* The desktop's Secret Service through libsecret. */
EaselSecretStore *easel_secret_store_libsecret_new (void);
/* The honest fallback: forgets when the program ends. */
EaselSecretStore *easel_secret_store_memory_new (void);

G_END_DECLS
