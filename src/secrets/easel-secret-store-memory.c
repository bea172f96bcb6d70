/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Keys for as long as the program runs: the honest fallback where no keyring can be had, and the
 * store of --demo. Never writes anything.
 */

#include "config.h"

#include "easel-secret-store.h"

#define EASEL_TYPE_SECRET_STORE_MEMORY (easel_secret_store_memory_get_type ())
G_DECLARE_FINAL_TYPE (EaselSecretStoreMemory,
                      easel_secret_store_memory,
                      EASEL,
                      SECRET_STORE_MEMORY,
                      GObject)

struct _EaselSecretStoreMemory
{
  GObject parent_instance;

  GHashTable *secrets; /* (owned) (element-type utf8 EaselSecret): by provider and host */
};

static void easel_secret_store_memory_iface_init (EaselSecretStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (EaselSecretStoreMemory,
                               easel_secret_store_memory,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (EASEL_TYPE_SECRET_STORE,
                                                      easel_secret_store_memory_iface_init))

static void
easel_secret_store_memory_finalize (GObject *object)
{
  EaselSecretStoreMemory *self = EASEL_SECRET_STORE_MEMORY (object);

  g_clear_pointer (&self->secrets, g_hash_table_unref);

  G_OBJECT_CLASS (easel_secret_store_memory_parent_class)->finalize (object);
}

static void
easel_secret_store_memory_class_init (EaselSecretStoreMemoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = easel_secret_store_memory_finalize;
}

static void
easel_secret_store_memory_init (EaselSecretStoreMemory *self)
{
  self->secrets =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) easel_secret_unref);
}

static char *
name_for (const char *provider_id, const char *api_host)
{
  return g_strconcat (provider_id, "\n", api_host, NULL);
}

static gboolean
is_lasting (EaselSecretStore *store)
{
  return FALSE;
}

static void
look_up_async (EaselSecretStore *store,
               const char *provider_id,
               const char *api_host,
               GCancellable *cancellable,
               GAsyncReadyCallback callback,
               gpointer user_data)
{
  EaselSecretStoreMemory *self = EASEL_SECRET_STORE_MEMORY (store);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *name = name_for (provider_id, api_host);
  EaselSecret *secret = g_hash_table_lookup (self->secrets, name);

  g_task_set_source_tag (task, look_up_async);
  g_task_return_pointer (task, secret != NULL ? easel_secret_ref (secret) : NULL,
                         (GDestroyNotify) easel_secret_unref);
}

static EaselSecret *
look_up_finish (EaselSecretStore *store, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, store), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
store_async (EaselSecretStore *store,
             const char *provider_id,
             const char *api_host,
             const char *label,
             EaselSecret *secret,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  EaselSecretStoreMemory *self = EASEL_SECRET_STORE_MEMORY (store);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, store_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  g_hash_table_replace (self->secrets, name_for (provider_id, api_host), easel_secret_ref (secret));
  g_task_return_boolean (task, TRUE);
}

static void
forget_async (EaselSecretStore *store,
              const char *provider_id,
              const char *api_host,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  EaselSecretStoreMemory *self = EASEL_SECRET_STORE_MEMORY (store);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *name = name_for (provider_id, api_host);

  g_task_set_source_tag (task, forget_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  g_hash_table_remove (self->secrets, name);
  g_task_return_boolean (task, TRUE);
}

static gboolean
change_finish (EaselSecretStore *store, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, store), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
easel_secret_store_memory_iface_init (EaselSecretStoreInterface *iface)
{
  iface->is_lasting = is_lasting;
  iface->look_up_async = look_up_async;
  iface->look_up_finish = look_up_finish;
  iface->store_async = store_async;
  iface->store_finish = change_finish;
  iface->forget_async = forget_async;
  iface->forget_finish = change_finish;
}

/**
 * easel_secret_store_memory_new:
 *
 * Returns: (transfer full): a store that is empty, and empty again at the next start
 */
EaselSecretStore *
easel_secret_store_memory_new (void)
{
  return g_object_new (EASEL_TYPE_SECRET_STORE_MEMORY, NULL);
}
