/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stands in for the keyring in the tests of the session layer. Owns what it holds and the order in
 * which held calls take effect; judges nothing. */
#include "config.h"

#include "stub-store.h"

#include "easel-error.h"

typedef enum
{
  CALL_LOOK_UP,
  CALL_STORE,
  CALL_FORGET
} CallKind;

typedef struct
{
  CallKind kind;
  char *provider_id;   /* (owned) */
  EaselSecret *secret; /* (owned) (nullable) */
} Call;

struct _StubStore
{
  GObject parent_instance;

  GHashTable *secrets; /* (owned) (element-type utf8 EaselSecret) */
  GQueue held;         /* (element-type GTask) */
  gboolean is_lasting;
  gboolean is_broken;
  gboolean is_held;
  guint n_calls;
};

static void stub_store_iface_init (EaselSecretStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (StubStore,
                               stub_store,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (EASEL_TYPE_SECRET_STORE,
                                                      stub_store_iface_init))

static void
call_free (gpointer data)
{
  Call *call = data;

  g_free (call->provider_id);
  g_clear_pointer (&call->secret, easel_secret_unref);
  g_free (call);
}

static void
perform (StubStore *self, GTask *task)
{
  Call *call = g_task_get_task_data (task);
  EaselSecret *found;

  if (self->is_broken)
    {
      g_task_return_error (task, easel_error_new (EASEL_ERROR_STORAGE, "the keyring is locked"));
      return;
    }
  switch (call->kind)
    {
    case CALL_LOOK_UP:
      found = g_hash_table_lookup (self->secrets, call->provider_id);
      g_task_return_pointer (task, found != NULL ? easel_secret_ref (found) : NULL,
                             (GDestroyNotify) easel_secret_unref);
      break;
    case CALL_STORE:
      g_hash_table_replace (self->secrets, g_strdup (call->provider_id),
                            g_steal_pointer (&call->secret));
      g_task_return_boolean (task, TRUE);
      break;
    case CALL_FORGET:
    default:
      g_hash_table_remove (self->secrets, call->provider_id);
      g_task_return_boolean (task, TRUE);
      break;
    }
}

static void
begin (EaselSecretStore *store,
       CallKind kind,
       const char *provider_id,
       EaselSecret *secret,
       GCancellable *cancellable,
       GAsyncReadyCallback callback,
       gpointer user_data)
{
  StubStore *self = STUB_STORE (store);
  g_autoptr (GTask) task = g_task_new (store, cancellable, callback, user_data);
  Call *call = g_new0 (Call, 1);

  call->kind = kind;
  call->provider_id = g_strdup (provider_id);
  call->secret = secret != NULL ? easel_secret_ref (secret) : NULL;
  g_task_set_task_data (task, call, call_free);
  self->n_calls++;
  if (self->is_held)
    g_queue_push_tail (&self->held, g_steal_pointer (&task));
  else
    perform (self, task);
}

static gboolean
stub_is_lasting (EaselSecretStore *store)
{
  return STUB_STORE (store)->is_lasting;
}

static void
stub_look_up_async (EaselSecretStore *store,
                    const char *provider_id,
                    const char *api_host,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  begin (store, CALL_LOOK_UP, provider_id, NULL, cancellable, callback, user_data);
}

static EaselSecret *
stub_look_up_finish (EaselSecretStore *store, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
stub_store_async (EaselSecretStore *store,
                  const char *provider_id,
                  const char *api_host,
                  const char *label,
                  EaselSecret *secret,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  g_assert_null (g_strstr_len (label, -1, easel_secret_peek (secret)));
  begin (store, CALL_STORE, provider_id, secret, cancellable, callback, user_data);
}

static void
stub_forget_async (EaselSecretStore *store,
                   const char *provider_id,
                   const char *api_host,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  begin (store, CALL_FORGET, provider_id, NULL, cancellable, callback, user_data);
}

static gboolean
stub_finish (EaselSecretStore *store, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
stub_store_iface_init (EaselSecretStoreInterface *iface)
{
  iface->is_lasting = stub_is_lasting;
  iface->look_up_async = stub_look_up_async;
  iface->look_up_finish = stub_look_up_finish;
  iface->store_async = stub_store_async;
  iface->store_finish = stub_finish;
  iface->forget_async = stub_forget_async;
  iface->forget_finish = stub_finish;
}

static void
stub_store_finalize (GObject *object)
{
  StubStore *self = STUB_STORE (object);

  /* Held tasks hold the store: there are none. */
  g_assert_cmpuint (g_queue_get_length (&self->held), ==, 0);
  g_clear_pointer (&self->secrets, g_hash_table_unref);

  G_OBJECT_CLASS (stub_store_parent_class)->finalize (object);
}

static void
stub_store_class_init (StubStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = stub_store_finalize;
}

static void
stub_store_init (StubStore *self)
{
  self->secrets =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) easel_secret_unref);
  g_queue_init (&self->held);
  self->is_lasting = TRUE;
}

StubStore *
stub_store_new (void)
{
  return g_object_new (STUB_TYPE_STORE, NULL);
}

void
stub_store_put (StubStore *self, const char *provider_id, const char *key)
{
  g_hash_table_replace (self->secrets, g_strdup (provider_id), easel_secret_new (key));
}

const char *
stub_store_peek (StubStore *self, const char *provider_id)
{
  EaselSecret *found = g_hash_table_lookup (self->secrets, provider_id);

  return found != NULL ? easel_secret_peek (found) : NULL;
}

void
stub_store_set_lasting (StubStore *self, gboolean is_lasting)
{
  self->is_lasting = is_lasting;
}

void
stub_store_set_broken (StubStore *self, gboolean is_broken)
{
  self->is_broken = is_broken;
}

void
stub_store_hold (StubStore *self)
{
  self->is_held = TRUE;
}

void
stub_store_release (StubStore *self)
{
  GTask *task;

  self->is_held = FALSE;
  while ((task = g_queue_pop_head (&self->held)) != NULL)
    {
      perform (self, task);
      g_object_unref (task);
    }
}

guint
stub_store_get_n_held (StubStore *self)
{
  return g_queue_get_length (&self->held);
}

guint
stub_store_get_n_calls (StubStore *self)
{
  return self->n_calls;
}
