/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Keys in the desktop's keyring, through libsecret, which is included nowhere else. One item per
 * provider and host in the default collection. Whatever the keyring does (absent, locked, refused,
 * silent), every call ends; what it said is made into a reason for the person, and no key ever is
 * written anywhere else instead.
 */

#include "config.h"

#include "easel-secret-store.h"

#include "easel-error.h"

#include <glib/gi18n-lib.h>
#include <libsecret/secret.h>

/* Without a question to the person an answer takes no longer than this. */
#define DEADLINE_MS (30 * 1000)
/* The person may be asked for the keyring's password first. */
#define PROMPT_DEADLINE_MS (120 * 1000)

#define EASEL_TYPE_SECRET_STORE_LIBSECRET (easel_secret_store_libsecret_get_type ())
G_DECLARE_FINAL_TYPE (EaselSecretStoreLibsecret,
                      easel_secret_store_libsecret,
                      EASEL,
                      SECRET_STORE_LIBSECRET,
                      GObject)

struct _EaselSecretStoreLibsecret
{
  GObject parent_instance;
};

static void easel_secret_store_libsecret_iface_init (EaselSecretStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (EaselSecretStoreLibsecret,
                               easel_secret_store_libsecret,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (EASEL_TYPE_SECRET_STORE,
                                                      easel_secret_store_libsecret_iface_init))

static const SecretSchema key_schema = {
  .name = "io.github.cloudeasel.CloudEasel.Key",
  .flags = SECRET_SCHEMA_NONE,
  .attributes = {
    { "provider", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "host", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { NULL, 0 },
  },
};

/* One call. It returns at once when it is cancelled or too late, whether libsecret comes back or
 * not; what libsecret says after that is let go. */
typedef struct
{
  GHashTable *attributes; /* (owned) */
  GCancellable *inner;    /* (owned) */
  GSource *forward;       /* (owned) (nullable) */
  GSource *deadline;      /* (owned) (nullable) */
  gboolean was_locked;
  gboolean returned;
} Operation;

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
operation_free (Operation *operation)
{
  clear_source (&operation->forward);
  clear_source (&operation->deadline);
  g_clear_pointer (&operation->attributes, g_hash_table_unref);
  g_clear_object (&operation->inner);
  g_free (operation);
}

/* Whether the caller may still be told; marks it as told. */
static gboolean
claim_return (GTask *task)
{
  Operation *operation = g_task_get_task_data (task);

  if (operation->returned)
    return FALSE;
  operation->returned = TRUE;
  clear_source (&operation->forward);
  clear_source (&operation->deadline);
  return TRUE;
}

static GError *
storage_error (const char *technical, const char *reason)
{
  GError *error = easel_error_new (EASEL_ERROR_STORAGE, "keyring: %s", technical);

  easel_error_set_details (error, reason);
  return error;
}

static GError *
explain_dbus (const GError *error)
{
  switch (error->code)
    {
    case G_DBUS_ERROR_SERVICE_UNKNOWN:
    case G_DBUS_ERROR_NAME_HAS_NO_OWNER:
    case G_DBUS_ERROR_NO_SERVER:
    case G_DBUS_ERROR_DISCONNECTED:
    case G_DBUS_ERROR_SPAWN_EXEC_FAILED:
    case G_DBUS_ERROR_SPAWN_FORK_FAILED:
    case G_DBUS_ERROR_SPAWN_CHILD_EXITED:
    case G_DBUS_ERROR_SPAWN_CHILD_SIGNALED:
    case G_DBUS_ERROR_SPAWN_FAILED:
    case G_DBUS_ERROR_SPAWN_SERVICE_INVALID:
    case G_DBUS_ERROR_SPAWN_SERVICE_NOT_FOUND:
      return storage_error (error->message, _ ("This computer has no keyring service."));
    /* What gnome-keyring says when its default collection was never made: Debian 12. */
    case G_DBUS_ERROR_UNKNOWN_METHOD:
    case G_DBUS_ERROR_UNKNOWN_OBJECT:
      return storage_error (error->message, _ ("There is no keyring to keep the key in."));
    case G_DBUS_ERROR_NO_REPLY:
    case G_DBUS_ERROR_TIMEOUT:
    case G_DBUS_ERROR_TIMED_OUT:
      return storage_error (error->message, _ ("The keyring did not answer in time."));
    default:
      return storage_error (error->message, _ ("The keyring refused."));
    }
}

static GError *
explain (const GError *error)
{
  if (g_error_matches (error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED))
    return storage_error (error->message, _ ("The keyring is locked and was not opened."));
  if (g_error_matches (error, SECRET_ERROR, SECRET_ERROR_NO_SUCH_OBJECT))
    return storage_error (error->message, _ ("There is no keyring to keep the key in."));
  if (error->domain == G_DBUS_ERROR)
    return explain_dbus (error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return storage_error (error->message, _ ("The keyring did not answer in time."));
  /* No bus at all comes as a failed connection; an unknown complaint of the service has a code of
   * its own in the same domain. */
  if (error->domain == G_IO_ERROR && error->code != G_IO_ERROR_DBUS_ERROR)
    return storage_error (error->message, _ ("This computer has no keyring service."));
  return storage_error (error->message, _ ("The keyring refused."));
}

static gboolean
on_caller_cancelled (GCancellable *cancellable, gpointer user_data)
{
  GTask *task = user_data;
  Operation *operation = g_task_get_task_data (task);

  if (claim_return (task))
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Operation was cancelled");
  g_cancellable_cancel (operation->inner);
  return G_SOURCE_REMOVE;
}

static gboolean
on_deadline (gpointer user_data)
{
  GTask *task = user_data;
  Operation *operation = g_task_get_task_data (task);

  if (claim_return (task))
    g_task_return_error (task, storage_error ("deadline passed",
                                              _ ("The keyring did not answer in time.")));
  g_cancellable_cancel (operation->inner);
  return G_SOURCE_REMOVE;
}

static void
arm_deadline (GTask *task, guint milliseconds)
{
  Operation *operation = g_task_get_task_data (task);

  clear_source (&operation->deadline);
  operation->deadline = g_timeout_source_new (milliseconds);
  g_source_set_callback (operation->deadline, on_deadline, task, NULL);
  g_source_attach (operation->deadline, g_task_get_context (task));
}

/* The task is kept alive by libsecret's callback, so the sources need no reference of their own. */
static GTask *
begin (EaselSecretStore *store,
       const char *provider_id,
       const char *api_host,
       guint deadline_ms,
       GCancellable *cancellable,
       GAsyncReadyCallback callback,
       gpointer user_data)
{
  GTask *task = g_task_new (store, cancellable, callback, user_data);
  Operation *operation = g_new0 (Operation, 1);

  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, operation, (GDestroyNotify) operation_free);
  operation->inner = g_cancellable_new ();
  operation->attributes =
      secret_attributes_build (&key_schema, "provider", provider_id, "host", api_host, NULL);
  if (cancellable != NULL)
    {
      operation->forward = g_cancellable_source_new (cancellable);
      g_source_set_callback (operation->forward, G_SOURCE_FUNC (on_caller_cancelled), task, NULL);
      g_source_attach (operation->forward, g_task_get_context (task));
    }
  arm_deadline (task, deadline_ms);
  return task;
}

static gboolean
is_lasting (EaselSecretStore *store)
{
  return TRUE;
}

static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Operation *operation = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  char *password = secret_password_lookup_nonpageable_finish (result, &error);
  EaselSecret *secret = password != NULL ? easel_secret_new (password) : NULL;

  g_clear_pointer (&password, secret_password_free);
  if (!claim_return (task))
    {
      g_clear_pointer (&secret, easel_secret_unref);
      return;
    }
  if (error != NULL)
    g_task_return_error (task, explain (error));
  else if (secret == NULL && operation->was_locked)
    g_task_return_error (task, storage_error ("still locked after the question",
                                              _ ("The keyring is locked and was not opened.")));
  else
    g_task_return_pointer (task, secret, (GDestroyNotify) easel_secret_unref);
}

/* An absent item is told apart from a locked one, which libsecret's look-up does not do: it gives
 * nothing and no error when the person declines to unlock. */
static void
on_searched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Operation *operation = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  GList *items = secret_password_search_finish (result, &error);
  gboolean found = items != NULL;

  operation->was_locked =
      found && SECRET_IS_ITEM (items->data) && secret_item_get_locked (items->data);
  g_list_free_full (items, g_object_unref);
  if (operation->returned)
    return;
  if (!found)
    {
      if (!claim_return (task))
        return;
      if (error != NULL)
        g_task_return_error (task, explain (error));
      else
        g_task_return_pointer (task, NULL, NULL);
      return;
    }
  arm_deadline (task, operation->was_locked ? PROMPT_DEADLINE_MS : DEADLINE_MS);
  secret_password_lookupv (&key_schema, operation->attributes, operation->inner, on_looked_up,
                           g_steal_pointer (&task));
}

static void
look_up_async (EaselSecretStore *store,
               const char *provider_id,
               const char *api_host,
               GCancellable *cancellable,
               GAsyncReadyCallback callback,
               gpointer user_data)
{
  GTask *task = begin (store, provider_id, api_host, DEADLINE_MS, cancellable, callback, user_data);
  Operation *operation = g_task_get_task_data (task);

  g_task_set_source_tag (task, look_up_async);
  secret_password_searchv (&key_schema, operation->attributes, SECRET_SEARCH_NONE, operation->inner,
                           on_searched, task);
}

static EaselSecret *
look_up_finish (EaselSecretStore *store, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, store), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  g_autoptr (GError) error = NULL;
  gboolean stored = secret_password_store_finish (result, &error);

  if (!claim_return (task))
    return;
  if (stored)
    g_task_return_boolean (task, TRUE);
  else if (error != NULL)
    g_task_return_error (task, explain (error));
  else
    g_task_return_error (task, storage_error ("dismissed", _ ("The keyring was not opened.")));
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
  GTask *task =
      begin (store, provider_id, api_host, PROMPT_DEADLINE_MS, cancellable, callback, user_data);
  Operation *operation = g_task_get_task_data (task);

  g_task_set_source_tag (task, store_async);
  secret_password_storev (&key_schema, operation->attributes, SECRET_COLLECTION_DEFAULT, label,
                          easel_secret_peek (secret), operation->inner, on_stored, task);
}

static void
on_forgotten (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  g_autoptr (GError) error = NULL;

  /* FALSE without an error: there was none. */
  secret_password_clear_finish (result, &error);
  if (!claim_return (task))
    return;
  if (error != NULL)
    g_task_return_error (task, explain (error));
  else
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
  GTask *task =
      begin (store, provider_id, api_host, PROMPT_DEADLINE_MS, cancellable, callback, user_data);
  Operation *operation = g_task_get_task_data (task);

  g_task_set_source_tag (task, forget_async);
  secret_password_clearv (&key_schema, operation->attributes, operation->inner, on_forgotten, task);
}

static gboolean
change_finish (EaselSecretStore *store, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, store), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
easel_secret_store_libsecret_iface_init (EaselSecretStoreInterface *iface)
{
  iface->is_lasting = is_lasting;
  iface->look_up_async = look_up_async;
  iface->look_up_finish = look_up_finish;
  iface->store_async = store_async;
  iface->store_finish = change_finish;
  iface->forget_async = forget_async;
  iface->forget_finish = change_finish;
}

static void
easel_secret_store_libsecret_class_init (EaselSecretStoreLibsecretClass *klass)
{
}

static void
easel_secret_store_libsecret_init (EaselSecretStoreLibsecret *self)
{
}

/**
 * easel_secret_store_libsecret_new:
 *
 * Touches no bus until the first call.
 *
 * Returns: (transfer full): the desktop's keyring
 */
EaselSecretStore *
easel_secret_store_libsecret_new (void)
{
  return g_object_new (EASEL_TYPE_SECRET_STORE_LIBSECRET, NULL);
}
