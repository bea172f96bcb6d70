/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Bills that came after the program had gone: once the cloud is looked at, receipts that still
 * carry an estimate are completed with what the provider billed. Owns nothing; the history keeps
 * the sums. */

#include "config.h"

#include "easel-studio-private.h"

/* Before that a sum may be unfinished; after that it does not change, or was never told. */
#define SETTLES_MS (60 * 60 * 1000)
#define TOO_OLD_MS (30 * G_GINT64_CONSTANT (86400000))
#define MAX_ASKED 20

typedef struct
{
  EaselHistory *history; /* (owned) */
  char *provider_id;     /* (owned) */
  char *pod_id;          /* (owned) */
  gint64 ended_unix_ms;
} BillData;

static void
on_bill (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BillData *data = user_data;
  EaselBill *bill = easel_provider_get_bill_finish (EASEL_PROVIDER (source), result, NULL);

  if (bill != NULL && bill->last_end_unix_ms > 0)
    easel_history_set_bill (data->history, data->provider_id, data->pod_id, bill->total,
                            MIN (bill->last_end_unix_ms, data->ended_unix_ms));
  g_free (bill);
  g_object_unref (data->history);
  g_free (data->provider_id);
  g_free (data->pod_id);
  g_free (data);
}

static gboolean
is_wanted (EaselStudio *self, const EaselReceipt *receipt, const char *provider_id)
{
  const gint64 age = easel_clock_get_unix_ms (self->clock) - receipt->ended_unix_ms;

  return receipt->billed == EASEL_MONEY_UNKNOWN && receipt->ended_unix_ms > 0 &&
         g_strcmp0 (receipt->provider_id, provider_id) == 0 && age >= SETTLES_MS &&
         age <= TOO_OLD_MS;
}

/* Once for each account and start; the ones that are shown as gone ask by themselves. */
void
_easel_studio_complete_receipts (EaselStudio *self, EaselAccountWatch *watch)
{
  GPtrArray *receipts = easel_history_get_receipts (self->history);
  const char *provider_id = easel_account_get_provider_info (watch->account)->id;
  EaselSecret *key = easel_account_get_key (watch->account);
  guint n = 0;

  if (watch->has_completed || key == NULL || !_easel_studio_keeps_history (self))
    return;
  /* The history may not be read yet; the next look asks again. */
  if (receipts->len == 0)
    return;
  watch->has_completed = TRUE;
  for (guint i = 0; i < receipts->len && n < MAX_ASKED; i++)
    {
      const EaselReceipt *receipt = g_ptr_array_index (receipts, i);
      BillData *data;

      if (!is_wanted (self, receipt, provider_id))
        continue;
      n++;
      data = g_new0 (BillData, 1);
      data->history = g_object_ref (self->history);
      data->provider_id = g_strdup (provider_id);
      data->pod_id = g_strdup (receipt->pod_id);
      data->ended_unix_ms = receipt->ended_unix_ms;
      easel_provider_get_bill_async (_easel_account_get_provider (watch->account), key,
                                     receipt->pod_id, watch->cancellable, on_bill, data);
    }
}
