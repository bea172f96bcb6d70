/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-account.h"
#include "easel-offer-query.h"
#include "easel-plan.h"

G_BEGIN_DECLS

typedef enum
{
  EASEL_CATALOG_EMPTY,
  EASEL_CATALOG_LOADING,
  EASEL_CATALOG_READY,
  EASEL_CATALOG_FAILED
} EaselCatalogState;

/* Offers and templates of all providers whose key is known. Property "state"; signal "changed"
 * when the ranking changed. The ranking follows the plan's needs by itself. */
#define EASEL_TYPE_CATALOG (easel_catalog_get_type ())
G_DECLARE_FINAL_TYPE (EaselCatalog, easel_catalog, EASEL, CATALOG, GObject)

void easel_catalog_refresh (EaselCatalog *self);
void easel_catalog_refresh_if_older (EaselCatalog *self, gint64 milliseconds);
EaselCatalogState easel_catalog_get_state (EaselCatalog *self);
const GError *easel_catalog_get_error (EaselCatalog *self);
gint64 easel_catalog_get_updated_unix_ms (EaselCatalog *self);
const EaselOfferRanking *easel_catalog_get_ranking (EaselCatalog *self);
GListModel *easel_catalog_get_offers (EaselCatalog *self);
GPtrArray *easel_catalog_get_all_offers (EaselCatalog *self);
const EaselOfferQuery *easel_catalog_get_query (EaselCatalog *self);
/* (nullable): title of the chosen offer that a refresh no longer found; the recommended one took
 * its place. NULL again as soon as the person chooses. */
const char *easel_catalog_get_lost_offer_title (EaselCatalog *self);
void easel_catalog_set_filters (EaselCatalog *self, const EaselOfferQuery *filters);

/* The template that the plan names (or the plugin author's); sets it in the plan when it comes.
 * Without an answer the plan keeps the author's image without a template. */
void easel_catalog_load_template (EaselCatalog *self);
gboolean easel_catalog_is_loading_template (EaselCatalog *self);
const GError *easel_catalog_get_template_error (EaselCatalog *self);
void easel_catalog_search_templates_async (EaselCatalog *self,
                                           const char *text,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
GPtrArray *
easel_catalog_search_templates_finish (EaselCatalog *self, GAsyncResult *result, GError **error);

G_END_DECLS
