/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-offer.h"

G_BEGIN_DECLS

typedef enum
{
  EASEL_SORT_RECOMMENDED,
  EASEL_SORT_PRICE,
  EASEL_SORT_MEMORY,
  EASEL_SORT_START,
  EASEL_N_SORTS
} EaselSort;

/**
 * EaselOfferQuery:
 *
 * What has to hold (needs: what cannot work is not shown) and what is wished (filters, order).
 * @need_vram_mib: least memory for the workload
 * @need_ram_mib: least system memory, 0 for none; offers that do not tell pass
 * @need_cuda: CUDA of the image, 0 for none; offers that do not tell pass
 * @disk_gb: disk that will be rented
 * @download_bytes: what the first start downloads
 * @shelf_bytes: how much of it is the person's own models, which no offer's start time counts
 * @session_ms: how long the person means to paint
 * @home_regions: bits of #EaselRegion near the person, 0 if unknown
 * @bad_machines: (nullable): machine ids that failed before
 * @filter_vram_mib: wished memory, 0 for any
 * @filter_price: most per hour, 0 for any
 * @filter_regions: bits, 0 for any
 * @filter_data_center: only data centers
 */
typedef struct
{
  guint need_vram_mib;
  guint need_ram_mib;
  guint need_cuda;
  guint disk_gb;
  guint64 download_bytes;
  guint64 shelf_bytes;
  gint64 session_ms;
  guint home_regions;
  const char *const *bad_machines;

  guint filter_vram_mib;
  gint64 filter_price;
  guint filter_regions;
  gboolean filter_data_center;
  EaselSort sort;
} EaselOfferQuery;

/* Why offers are not shown, in the order in which they are tested; each offer counts once. */
typedef enum
{
  EASEL_EXCLUDED_STOCK,
  EASEL_EXCLUDED_MEMORY,
  EASEL_EXCLUDED_RAM,
  EASEL_EXCLUDED_DRIVER,
  EASEL_EXCLUDED_DURATION,
  EASEL_EXCLUDED_BAD_MACHINE,
  EASEL_EXCLUDED_FILTER,
  EASEL_N_EXCLUDED
} EaselExcluded;

typedef struct
{
  GPtrArray *offers;       /* (element-type EaselOffer): those that fit, in the wished order */
  EaselOffer *cheapest;    /* (nullable) (owned) */
  EaselOffer *recommended; /* (nullable) (owned) */
  EaselOffer *soonest;     /* (nullable) (owned) */
  guint excluded[EASEL_N_EXCLUDED];
} EaselOfferRanking;

gboolean
easel_offer_query_fits (const EaselOfferQuery *query, EaselOffer *offer, EaselExcluded *ret_reason);
gint64 easel_offer_query_session_cost (const EaselOfferQuery *query, EaselOffer *offer);
EaselOfferRanking *easel_offer_query_run (const EaselOfferQuery *query, GPtrArray *offers);
GPtrArray *easel_offer_query_next_best (const EaselOfferQuery *query,
                                        GPtrArray *offers,
                                        EaselOffer *first,
                                        gint64 max_price);
char *easel_offer_ranking_excluded_text (const EaselOfferRanking *self);
void easel_offer_ranking_free (EaselOfferRanking *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselOfferRanking, easel_offer_ranking_free)

guint easel_region_for_time_zone (const char *identifier);
char *easel_region_name (EaselRegion region);

G_END_DECLS
