/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Which offer a deployment takes: the part of EaselDeployment that chooses.
 *
 * Reads the catalog and the person's ceiling; rents nothing. */

#include "config.h"
#include "easel-deployment-private.h"

#include <glib/gi18n.h>

#define MAX_OFFERS_TRIED 6

static GPtrArray *
untried_offers (EaselDeployment *self, gint64 max_price)
{
  g_autoptr (GPtrArray) ranked = NULL;
  GPtrArray *result = g_ptr_array_new_with_free_func (g_object_unref);

  if (self->catalog == NULL)
    return result;
  ranked = easel_offer_query_next_best (easel_catalog_get_query (self->catalog),
                                        easel_catalog_get_all_offers (self->catalog),
                                        self->first_offer, max_price);
  for (guint i = 0; i < ranked->len; i++)
    {
      EaselOffer *offer = g_ptr_array_index (ranked, i);
      const EaselOfferData *data = easel_offer_get (offer);

      if (!g_hash_table_contains (self->tried, data->id) &&
          g_strcmp0 (data->provider_id, easel_account_get_provider_info (self->account)->id) == 0)
        g_ptr_array_add (result, g_object_ref (offer));
    }
  return result;
}

void
_easel_deployment_choose_offer (EaselDeployment *self, EaselOffer *offer, gboolean was_taken)
{
  const char *old_name = easel_offer_get (self->spec->offer)->gpu_name;
  const char *new_name = easel_offer_get (offer)->gpu_name;
  const gint64 price = easel_offer_price (offer, self->spec->disk_gb + self->spec->workspace_gb);
  g_autofree char *rate = easel_money_format_hourly_short (price);

  if (was_taken)
    /* Translators: names of two GPUs and the price of the second, e.g. "$0.24/h". */
    _easel_deployment_take_notice (
        self, g_strdup_printf (_ ("The %s was just taken. Now renting the %s for %s."), old_name,
                               new_name, rate));
  else
    /* Translators: names of two GPUs and the price of the second, e.g. "$0.24/h". */
    _easel_deployment_take_notice (
        self, g_strdup_printf (_ ("That %s did not work. Now renting the %s for %s."), old_name,
                               new_name, rate));
  g_set_object (&self->spec->offer, offer);
}

/* FALSE when nothing is left below the ceiling. */
gboolean
_easel_deployment_choose_next_offer (EaselDeployment *self, gboolean was_taken)
{
  g_autoptr (GPtrArray) offers = NULL;

  g_hash_table_add (self->tried, g_strdup (easel_offer_get (self->spec->offer)->id));
  if (g_hash_table_size (self->tried) >= MAX_OFFERS_TRIED)
    return FALSE;
  offers = untried_offers (self, self->spec->max_price);
  if (offers->len == 0)
    return FALSE;
  _easel_deployment_choose_offer (self, g_ptr_array_index (offers, 0), was_taken);
  return TRUE;
}

/**
 * easel_deployment_get_next_offer:
 * @self: a deployment that has failed because the offers below the ceiling are gone
 *
 * Returns: (transfer none) (nullable): the cheapest other offer that fits, whatever its price
 */
EaselOffer *
easel_deployment_get_next_offer (EaselDeployment *self)
{
  g_autoptr (GPtrArray) offers = NULL;
  EaselOffer *best = NULL;
  guint disk_gb;

  g_return_val_if_fail (EASEL_IS_DEPLOYMENT (self), NULL);

  disk_gb = self->spec->disk_gb + self->spec->workspace_gb;
  offers = untried_offers (self, G_MAXINT64);
  for (guint i = 0; i < offers->len; i++)
    {
      EaselOffer *offer = g_ptr_array_index (offers, i);

      if (best == NULL || easel_offer_price (offer, disk_gb) < easel_offer_price (best, disk_gb))
        best = offer;
    }
  /* The catalog keeps it alive. */
  return best;
}
