/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compares lists of offers from one refresh to the next. Pure apart from the list store that it is
 * given; what fits and what is best is EaselOfferQuery's business. */
#include "config.h"

#include "easel-offer-list.h"

#include <string.h>

/**
 * easel_offer_list_same:
 * @a: an offer
 * @b: an offer
 *
 * Returns: whether both are the same offer, at whatever time
 */
gboolean
easel_offer_list_same (EaselOffer *a, EaselOffer *b)
{
  const EaselOfferData *left = easel_offer_get (a);
  const EaselOfferData *right = easel_offer_get (b);

  return strcmp (left->id, right->id) == 0 && strcmp (left->provider_id, right->provider_id) == 0;
}

/**
 * easel_offer_list_find:
 * @offers: (element-type EaselOffer): where to look
 * @provider_id: (nullable): %NULL for any
 * @id: the offer's id
 *
 * Returns: (transfer none) (nullable): the offer
 */
EaselOffer *
easel_offer_list_find (GPtrArray *offers, const char *provider_id, const char *id)
{
  for (guint i = 0; i < offers->len; i++)
    {
      EaselOffer *offer = g_ptr_array_index (offers, i);
      const EaselOfferData *data = easel_offer_get (offer);

      if (strcmp (data->id, id) == 0 &&
          (provider_id == NULL || strcmp (data->provider_id, provider_id) == 0))
        return offer;
    }
  return NULL;
}

static gboolean
same_places (const char *const *a, const char *const *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return g_strv_equal (a, b);
}

static gboolean
is_unchanged (EaselOffer *a, EaselOffer *b)
{
  const EaselOfferData *left = easel_offer_get (a);
  const EaselOfferData *right = easel_offer_get (b);

  return easel_offer_list_same (a, b) && g_strcmp0 (left->gpu_id, right->gpu_id) == 0 &&
         g_strcmp0 (left->gpu_name, right->gpu_name) == 0 && left->vram_mib == right->vram_mib &&
         left->ram_mib == right->ram_mib && left->gpu_price == right->gpu_price &&
         left->disk_price == right->disk_price &&
         left->stopped_disk_price == right->stopped_disk_price &&
         left->traffic_price == right->traffic_price && left->stock == right->stock &&
         left->host_kind == right->host_kind && left->regions == right->regions &&
         same_places (left->places, right->places) && left->download_bps == right->download_bps &&
         left->reliability_ppm == right->reliability_ppm && left->cuda_max == right->cuda_max &&
         left->max_duration_ms == right->max_duration_ms &&
         g_strcmp0 (left->machine_id, right->machine_id) == 0 &&
         left->encrypted == right->encrypted && left->start_low_ms == right->start_low_ms &&
         left->start_high_ms == right->start_high_ms;
}

/* What this computer has seen itself is better than what is said in general. */
static EaselOffer *
with_learned_start (EaselOffer *offer, EaselHistory *history)
{
  EaselOfferData data = *easel_offer_get (offer);

  if (!easel_history_get_start_time (history, data.provider_id, data.host_kind, &data.start_low_ms,
                                     &data.start_high_ms))
    return g_object_ref (offer);
  return easel_offer_new (&data);
}

/**
 * easel_offer_list_merge:
 * @fresh: (element-type EaselOffer): what a provider just said
 * @old: (nullable) (element-type EaselOffer): what it said before
 * @history: for the times that starts took here
 *
 * An id that comes twice counts once.
 *
 * Returns: (transfer full) (element-type EaselOffer): @fresh with what was learned, by the old
 *   objects where nothing changed
 */
GPtrArray *
easel_offer_list_merge (GPtrArray *fresh, GPtrArray *old, EaselHistory *history)
{
  GPtrArray *merged = g_ptr_array_new_full (fresh->len, g_object_unref);
  g_autoptr (GHashTable) by_id = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; old != NULL && i < old->len; i++)
    {
      EaselOffer *offer = g_ptr_array_index (old, i);
      g_hash_table_insert (by_id, (gpointer) easel_offer_get (offer)->id, offer);
    }
  for (guint i = 0; i < fresh->len; i++)
    {
      g_autoptr (EaselOffer) offer = with_learned_start (g_ptr_array_index (fresh, i), history);
      EaselOffer *before = g_hash_table_lookup (by_id, easel_offer_get (offer)->id);
      EaselOffer *taken = before != NULL && is_unchanged (before, offer) ? before : offer;

      if (g_hash_table_add (seen, (gpointer) easel_offer_get (taken)->id))
        g_ptr_array_add (merged, g_object_ref (taken));
    }
  return merged;
}

/**
 * easel_offer_list_update:
 * @store: a list of offers on the screen
 * @offers: (element-type EaselOffer): what it is to hold
 *
 * Replaces what lies between the parts that are the same at both ends: at most one change is told,
 * none if nothing is new.
 */
void
easel_offer_list_update (GListStore *store, GPtrArray *offers)
{
  GListModel *model = G_LIST_MODEL (store);
  guint n_old = g_list_model_get_n_items (model);
  guint n_head = 0;
  guint n_tail = 0;

  for (; n_head < n_old && n_head < offers->len; n_head++)
    {
      g_autoptr (EaselOffer) old = g_list_model_get_item (model, n_head);
      if (old != g_ptr_array_index (offers, n_head))
        break;
    }
  for (; n_head + n_tail < n_old && n_head + n_tail < offers->len; n_tail++)
    {
      g_autoptr (EaselOffer) old = g_list_model_get_item (model, n_old - 1 - n_tail);
      if (old != g_ptr_array_index (offers, offers->len - 1 - n_tail))
        break;
    }
  if (n_head == n_old && n_head == offers->len)
    return;
  g_list_store_splice (store, n_head, n_old - n_head - n_tail,
                       offers->len > 0 ? offers->pdata + n_head : NULL,
                       offers->len - n_head - n_tail);
}
