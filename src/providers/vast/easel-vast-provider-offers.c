/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * vast.ai: what can be rented. The market is read from the cheapest on, page by page, each
 * beginning at the last price of the one before, because the service cuts every answer short and
 * has no token for the rest. Offers that come twice are dropped. A page that fails does not spoil
 * those before it: they are the cheap ones.
 */

#include "config.h"

#include "easel-vast-provider-private.h"

#include "easel-error.h"
#include "easel-vast-decode.h"

#define MAX_PAGES 40

typedef struct
{
  EaselSecret *key;           /* (owned) */
  EaselVastOfferPages *pages; /* (owned) */
  EaselVastSearch search;
  guint n_pages;
} OffersData;

static void
offers_data_free (OffersData *data)
{
  g_clear_pointer (&data->key, easel_secret_unref);
  g_clear_pointer (&data->pages, easel_vast_offer_pages_free);
  g_free (data);
}

static void on_page (GObject *source, GAsyncResult *result, gpointer user_data);

static void
ask_for_page (GTask *task)
{
  OffersData *data = g_task_get_task_data (task);
  g_autoptr (EaselVastRequest) request = easel_vast_request_list_offers (&data->search);

  data->n_pages++;
  _easel_vast_provider_read_async (g_task_get_source_object (task), request, data->key,
                                   g_task_get_cancellable (task), on_page, g_object_ref (task));
}

/* FALSE at the end. A whole page of one price would be given again and again: then what else has
 * that price is passed over. */
static gboolean
turn_page (OffersData *data)
{
  const EaselVastOfferPages *pages = data->pages;
  double last_price = pages->last_price;

  if (pages->n_elements < EASEL_VAST_OFFERS_PER_PAGE || data->n_pages >= MAX_PAGES)
    return FALSE;
  /* Not even the price moves. */
  if (last_price < data->search.from_price || last_price <= 0 ||
      (pages->n_new == 0 && data->search.skip_equal))
    return FALSE;
  data->search.skip_equal = pages->n_new == 0 || last_price <= data->search.from_price;
  data->search.from_price = last_price;
  return TRUE;
}

static void
return_offers (GTask *task)
{
  OffersData *data = g_task_get_task_data (task);

  if (data->pages->n_skipped > 0)
    g_debug ("vast.ai: %u offers were not understood", data->pages->n_skipped);
  g_task_return_pointer (task, g_steal_pointer (&data->pages->offers),
                         (GDestroyNotify) g_ptr_array_unref);
}

static void
on_page (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  OffersData *data = g_task_get_task_data (task);
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) error = NULL;

  root = _easel_vast_provider_call_finish (EASEL_VAST_PROVIDER (source), result, &error);
  if (error == NULL)
    easel_vast_decode_offer_page (root, &data->search, data->pages, &error);
  if (error != NULL && (data->n_pages == 1 || easel_error_is_cancelled (error) ||
                        g_error_matches (error, EASEL_ERROR, EASEL_ERROR_AUTH)))
    g_task_return_error (task, g_steal_pointer (&error));
  else if (error != NULL)
    {
      g_debug ("vast.ai: page %u of the offers: %s", data->n_pages, error->message);
      return_offers (task);
    }
  else if (turn_page (data))
    ask_for_page (task);
  else
    return_offers (task);
}

static void
list_offers_async (EaselProvider *provider,
                   EaselSecret *key,
                   guint need_cuda,
                   guint disk_gb,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (provider, cancellable, callback, user_data);
  OffersData *data = g_new0 (OffersData, 1);

  data->key = easel_secret_ref (key);
  data->pages = easel_vast_offer_pages_new ();
  data->search.need_cuda = need_cuda;
  data->search.disk_gb = disk_gb;
  g_task_set_source_tag (task, list_offers_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, data, (GDestroyNotify) offers_data_free);
  ask_for_page (task);
}

static GPtrArray *
list_offers_finish (EaselProvider *provider, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, provider), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
_easel_vast_provider_init_offers (EaselProviderInterface *iface)
{
  iface->list_offers_async = list_offers_async;
  iface->list_offers_finish = list_offers_finish;
}
