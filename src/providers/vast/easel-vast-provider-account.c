/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * vast.ai: whether a key is good and whose it is, and what an instance has cost. The account itself
 * is one answer; what is spent per hour is another, and the key is no worse without it.
 */

#include "config.h"

#include "easel-vast-provider-private.h"

#include "easel-error.h"
#include "easel-vast-decode.h"

/* Rentals are for hours; a forgotten one is found all the same. */
#define BILL_DAYS 62
#define SECONDS_PER_DAY (24 * 3600)
#define MAX_PAGES 20

typedef struct
{
  EaselSecret *key;       /* (owned) */
  EaselAccountInfo *info; /* (owned) */
} CheckData;

static void
check_data_free (CheckData *data)
{
  g_clear_pointer (&data->key, easel_secret_unref);
  g_clear_pointer (&data->info, easel_account_info_free);
  g_free (data);
}

static void
on_spend_rate (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  CheckData *data = g_task_get_task_data (task);
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) error = NULL;

  root = _easel_vast_provider_call_finish (EASEL_VAST_PROVIDER (source), result, &error);
  if (easel_error_is_cancelled (error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (error == NULL)
    easel_vast_decode_spend_rate (root, &data->info->spend_per_hour, &error);
  if (error != NULL)
    g_debug ("vast.ai: what is spent is not known: %s", error->message);
  g_task_return_pointer (task, g_steal_pointer (&data->info),
                         (GDestroyNotify) easel_account_info_free);
}

static void
on_account (GObject *source, GAsyncResult *result, gpointer user_data)
{
  EaselVastProvider *self = EASEL_VAST_PROVIDER (source);
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  CheckData *data = g_task_get_task_data (task);
  g_autoptr (EaselVastRequest) request = easel_vast_request_spend_rate ();
  EaselVastCall call = {
    .request = request,
    .key = data->key,
    .deadline_ms = EASEL_VAST_ACCOUNT_DEADLINE_MS,
  };
  g_autoptr (JsonNode) root = NULL;
  GError *error = NULL;

  root = _easel_vast_provider_call_finish (self, result, &error);
  if (error != NULL || !easel_vast_decode_account (root, data->info, &error))
    g_task_return_error (task, error);
  else
    _easel_vast_provider_call_async (self, &call, g_task_get_cancellable (task), on_spend_rate,
                                     g_object_ref (task));
}

static void
check_key_async (EaselProvider *provider,
                 EaselSecret *key,
                 GCancellable *cancellable,
                 GAsyncReadyCallback callback,
                 gpointer user_data)
{
  EaselVastProvider *self = EASEL_VAST_PROVIDER (provider);
  g_autoptr (EaselVastRequest) request = easel_vast_request_account ();
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  CheckData *data = g_new0 (CheckData, 1);

  data->key = easel_secret_ref (key);
  data->info = easel_account_info_new ();
  data->info->balance = EASEL_MONEY_UNKNOWN;
  data->info->spend_per_hour = EASEL_MONEY_UNKNOWN;
  /* Rights belong to routes; which ones a key has is not told. */
  data->info->may_rent_known = FALSE;
  g_task_set_source_tag (task, check_key_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, data, (GDestroyNotify) check_data_free);
  _easel_vast_provider_read_async (self, request, key, cancellable, on_account,
                                   g_steal_pointer (&task));
}

static EaselAccountInfo *
check_key_finish (EaselProvider *provider, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, provider), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- bill --------------------------------------------------------------------------------- */

typedef struct
{
  EaselSecret *key; /* (owned) */
  char *pod_id;     /* (owned) */
  EaselBill *bill;  /* (owned) (nullable) */
  gint64 from_s;
  gint64 to_s;
  guint n_pages;
} BillData;

static void
bill_data_free (BillData *data)
{
  g_clear_pointer (&data->key, easel_secret_unref);
  g_free (data->pod_id);
  g_free (data->bill);
  g_free (data);
}

static void on_charges (GObject *source, GAsyncResult *result, gpointer user_data);

static void
ask_for_charges (GTask *task, const char *token)
{
  BillData *data = g_task_get_task_data (task);
  g_autoptr (EaselVastRequest) request =
      easel_vast_request_charges (data->from_s, data->to_s, token);

  data->n_pages++;
  _easel_vast_provider_read_async (g_task_get_source_object (task), request, data->key,
                                   g_task_get_cancellable (task), on_charges, g_object_ref (task));
}

static void
on_charges (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  BillData *data = g_task_get_task_data (task);
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *token = NULL;
  GError *error = NULL;

  root = _easel_vast_provider_call_finish (EASEL_VAST_PROVIDER (source), result, &error);
  if (error == NULL)
    easel_vast_decode_charges (root, data->pod_id, data->bill, &token, &error);
  /* A bill that lacks a page would be too low. */
  if (error == NULL && token != NULL && data->n_pages >= MAX_PAGES)
    easel_set_error (&error, EASEL_ERROR_PROTOCOL, "vast.ai’s list of charges does not end");
  if (error != NULL)
    g_task_return_error (task, error);
  else if (token != NULL)
    ask_for_charges (task, token);
  else
    {
      data->bill->total = MAX (data->bill->total, 0);
      g_task_return_pointer (task, g_steal_pointer (&data->bill), g_free);
    }
}

static void
get_bill_async (EaselProvider *provider,
                EaselSecret *key,
                const char *pod_id,
                GCancellable *cancellable,
                GAsyncReadyCallback callback,
                gpointer user_data)
{
  EaselVastProvider *self = EASEL_VAST_PROVIDER (provider);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  BillData *data;

  g_task_set_source_tag (task, get_bill_async);
  g_task_set_check_cancellable (task, FALSE);
  if (!easel_vast_id_is_usable (pod_id))
    {
      g_task_return_error (task, _easel_vast_provider_no_such_instance ());
      return;
    }
  data = g_new0 (BillData, 1);
  data->key = easel_secret_ref (key);
  data->pod_id = g_strdup (pod_id);
  data->bill = g_new0 (EaselBill, 1);
  /* A day more: charges stand under the day's beginning, and clocks differ. */
  data->to_s =
      easel_clock_get_unix_ms (_easel_vast_provider_get_clock (self)) / 1000 + SECONDS_PER_DAY;
  data->from_s = MAX (data->to_s - (gint64) BILL_DAYS * SECONDS_PER_DAY, 0);
  g_task_set_task_data (task, data, (GDestroyNotify) bill_data_free);
  ask_for_charges (task, NULL);
}

static EaselBill *
get_bill_finish (EaselProvider *provider, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, provider), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
_easel_vast_provider_init_account (EaselProviderInterface *iface)
{
  iface->check_key_async = check_key_async;
  iface->check_key_finish = check_key_finish;
  iface->get_bill_async = get_bill_async;
  iface->get_bill_finish = get_bill_finish;
}
