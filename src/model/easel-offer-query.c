/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Which offers can do the work, in which order they are shown, and which three stand on top.
 *
 * Pure: the same query and the same offers give the same answer, in whatever order the offers
 * come. Nothing is fetched here and nothing is remembered. */

#include "config.h"

#include "easel-offer-query.h"

#include <glib/gi18n-lib.h>

#define MILLISECONDS_PER_MINUTE G_GINT64_CONSTANT (60000)
#define MILLISECONDS_PER_HOUR G_GINT64_CONSTANT (3600000)
#define DEFAULT_SESSION_MS (4 * MILLISECONDS_PER_HOUR)

/* A machine sold with 24 GB reports up to 7 % less: decimal gigabytes, and what the system keeps
 * for itself. No two sizes on sale are that near to each other. */
#define SIZE_TOLERANCE_PERCENT 7

/* What a start takes where nobody tells, before the downloads are known to be slower. */
#define START_GUESS_DATA_CENTER_MS (8 * MILLISECONDS_PER_MINUTE)
#define START_GUESS_PRIVATE_MS (12 * MILLISECONDS_PER_MINUTE)
#define START_FIXED_MS (3 * MILLISECONDS_PER_MINUTE)

/* How much dearer, in percent of the session, an offer may be before it stops being the better
 * one: small, so that they decide between neighbours and never hide a bargain. */
#define PENALTY_FAR 8
#define PENALTY_NEXT_DOOR 4
#define PENALTY_PLACE_UNKNOWN 4
#define PENALTY_STOCK_LOW 4
#define PENALTY_STOCK_UNKNOWN 1
#define PENALTY_PRIVATE 4
/* For each percent of the time that the host did not work, at most ten of them. */
#define PENALTY_PER_PERCENT_DOWN 3
#define MAX_PERCENT_DOWN 10

typedef struct
{
  EaselOffer *offer; /* (unowned) */
  gint64 price;
  gint64 start_ms;
  gint64 score;
} Candidate;

static gboolean
is_enough (guint have_mib, guint need_mib)
{
  return (guint64) have_mib * 100 >= (guint64) need_mib * (100 - SIZE_TOLERANCE_PERCENT);
}

static gint64
session_of (const EaselOfferQuery *query)
{
  g_assert (query != NULL);

  return query->session_ms > 0 ? query->session_ms : DEFAULT_SESSION_MS;
}

/* When painting can begin, as a single figure to compare. */
static gint64
expected_start (const EaselOfferQuery *query, EaselOffer *offer)
{
  const EaselOfferData *data = easel_offer_get (offer);
  const gint64 more = easel_offer_get_more_start_ms (offer, query->shelf_bytes);
  gint64 guess =
      data->host_kind == EASEL_HOST_PRIVATE ? START_GUESS_PRIVATE_MS : START_GUESS_DATA_CENTER_MS;
  gint64 high = MAX (data->start_low_ms, data->start_high_ms);

  if (data->start_low_ms > 0)
    return data->start_low_ms + (high - data->start_low_ms) / 2 + more;
  if (data->download_bps > 0)
    {
      guint64 seconds = query->download_bytes / data->download_bps;

      return START_FIXED_MS + (gint64) MIN (seconds, 24 * 3600) * 1000;
    }
  return guess + more;
}

static gboolean
is_bad_machine (const EaselOfferQuery *query, const EaselOfferData *data)
{
  g_assert (query != NULL);
  g_assert (data != NULL);

  return query->bad_machines != NULL && data->machine_id != NULL &&
         g_strv_contains (query->bad_machines, data->machine_id);
}

static gboolean
is_long_enough (const EaselOfferQuery *query, EaselOffer *offer)
{
  const EaselOfferData *data = easel_offer_get (offer);
  gint64 needed;

  g_assert (query != NULL);
  g_assert (data != NULL);

  if (data->max_duration_ms <= 0)
    return TRUE;
  if (__builtin_add_overflow (session_of (query), expected_start (query, offer), &needed))
    return FALSE;
  return data->max_duration_ms >= needed;
}

static gboolean
passes_wishes (const EaselOfferQuery *query, const EaselOfferData *data)
{
  g_assert (query != NULL);
  g_assert (data != NULL);

  if (query->filter_vram_mib != 0 && !is_enough (data->vram_mib, query->filter_vram_mib))
    return FALSE;
  if (query->filter_regions != 0 && (data->regions & query->filter_regions) == 0)
    return FALSE;
  return !query->filter_data_center || data->host_kind == EASEL_HOST_DATA_CENTER;
}

/* Why an offer cannot do the work, EASEL_N_EXCLUDED if it can. */
static EaselExcluded
find_obstacle (const EaselOfferQuery *query, EaselOffer *offer, gint64 price)
{
  const EaselOfferData *data = easel_offer_get (offer);

  g_assert (query != NULL);
  g_assert (data != NULL);

  /* What has no price cannot be had, or not by anyone who wants to know what they pay. */
  if (data->stock == EASEL_STOCK_NONE || price == EASEL_MONEY_UNKNOWN)
    return EASEL_EXCLUDED_STOCK;
  if (!is_enough (data->vram_mib, query->need_vram_mib))
    return EASEL_EXCLUDED_MEMORY;
  if (data->ram_mib != 0 && !is_enough (data->ram_mib, query->need_ram_mib))
    return EASEL_EXCLUDED_RAM;
  if (data->cuda_max != 0 && data->cuda_max < query->need_cuda)
    return EASEL_EXCLUDED_DRIVER;
  if (!is_long_enough (query, offer))
    return EASEL_EXCLUDED_DURATION;
  if (is_bad_machine (query, data))
    return EASEL_EXCLUDED_BAD_MACHINE;
  if (!passes_wishes (query, data))
    return EASEL_EXCLUDED_FILTER;
  return EASEL_N_EXCLUDED;
}

/**
 * easel_offer_query_fits:
 * @query: needs and wishes
 * @offer: an offer
 * @ret_reason: (out) (optional): the first reason why not; set only where it does not fit
 *
 * Returns: whether @offer can do the work and is wished
 */
gboolean
easel_offer_query_fits (const EaselOfferQuery *query, EaselOffer *offer, EaselExcluded *ret_reason)
{
  EaselExcluded reason;
  gint64 price;

  g_return_val_if_fail (query != NULL, FALSE);
  g_return_val_if_fail (EASEL_IS_OFFER (offer), FALSE);

  price = easel_offer_price (offer, query->disk_gb);
  reason = find_obstacle (query, offer, price);
  if (reason == EASEL_N_EXCLUDED && query->filter_price > 0 && price > query->filter_price)
    reason = EASEL_EXCLUDED_FILTER;
  if (reason == EASEL_N_EXCLUDED)
    return TRUE;

  if (ret_reason != NULL)
    *ret_reason = reason;
  return FALSE;
}

/**
 * easel_offer_query_session_cost:
 * @query: needs and wishes
 * @offer: an offer
 *
 * Returns: micro-dollars for the expected start, the session and the traffic of the start;
 *   %EASEL_MONEY_UNKNOWN if a part of it is not known
 */
gint64
easel_offer_query_session_cost (const EaselOfferQuery *query, EaselOffer *offer)
{
  gint64 duration;

  g_return_val_if_fail (query != NULL, EASEL_MONEY_UNKNOWN);
  g_return_val_if_fail (EASEL_IS_OFFER (offer), EASEL_MONEY_UNKNOWN);

  if (__builtin_add_overflow (session_of (query), expected_start (query, offer), &duration))
    return EASEL_MONEY_UNKNOWN;
  return easel_money_add (easel_money_for_duration (easel_offer_price (offer, query->disk_gb),
                                                    duration),
                          easel_offer_start_cost (offer, query->download_bytes));
}

/* Where the lines out of a region lead first. Some regions have no data center of their own, and
 * not all others are equally far from them. */
static guint
regions_next_door (guint regions)
{
  static const struct
  {
    EaselRegion region;
    guint next_door;
  } table[] = {
    { EASEL_REGION_EUROPE, EASEL_REGION_AFRICA | EASEL_REGION_MIDDLE_EAST },
    { EASEL_REGION_NORTH_AMERICA, EASEL_REGION_SOUTH_AMERICA },
    { EASEL_REGION_SOUTH_AMERICA, EASEL_REGION_NORTH_AMERICA },
    { EASEL_REGION_ASIA, EASEL_REGION_MIDDLE_EAST | EASEL_REGION_OCEANIA },
    { EASEL_REGION_OCEANIA, EASEL_REGION_ASIA },
    { EASEL_REGION_AFRICA, EASEL_REGION_EUROPE | EASEL_REGION_MIDDLE_EAST },
    { EASEL_REGION_MIDDLE_EAST, EASEL_REGION_EUROPE | EASEL_REGION_ASIA },
  };
  guint next_door = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      if ((regions & table[i].region) != 0)
        next_door |= table[i].next_door;
    }
  return next_door;
}

static int
distance_penalty (guint home_regions, guint regions)
{
  if (home_regions == 0 || (regions & home_regions) != 0)
    return 0;
  if (regions == EASEL_REGION_NONE)
    return PENALTY_PLACE_UNKNOWN;
  return (regions & regions_next_door (home_regions)) != 0 ? PENALTY_NEXT_DOOR : PENALTY_FAR;
}

static int
penalty_percent (const EaselOfferQuery *query, const EaselOfferData *data)
{
  int percent = 0;

  g_assert (query != NULL);
  g_assert (data != NULL);

  percent += distance_penalty (query->home_regions, data->regions);
  if (data->stock == EASEL_STOCK_LOW)
    percent += PENALTY_STOCK_LOW;
  else if (data->stock == EASEL_STOCK_UNKNOWN)
    percent += PENALTY_STOCK_UNKNOWN;

  if (data->host_kind == EASEL_HOST_PRIVATE)
    percent += PENALTY_PRIVATE;
  if (data->reliability_ppm >= 0)
    percent += PENALTY_PER_PERCENT_DOWN *
               CLAMP ((1000000 - data->reliability_ppm) / 10000, 0, MAX_PERCENT_DOWN);
  return percent;
}

/* The cost of the session as it is felt; smaller is better. */
static gint64
score_of (const EaselOfferQuery *query, EaselOffer *offer)
{
  gint64 cost = easel_offer_query_session_cost (query, offer);
  gint64 penalty;

  if (cost == EASEL_MONEY_UNKNOWN || cost > G_MAXINT64 / 200)
    return G_MAXINT64;
  penalty = cost / 100 * penalty_percent (query, easel_offer_get (offer));
  return cost + penalty;
}

static int
compare_numbers (gint64 a, gint64 b)
{
  return (a > b) - (a < b);
}

/* The last word, so that no order depends on the order of arrival. */
static int
compare_ids (const Candidate *a, const Candidate *b)
{
  const EaselOfferData *data_a = easel_offer_get (a->offer);
  const EaselOfferData *data_b = easel_offer_get (b->offer);
  int order = g_strcmp0 (data_a->provider_id, data_b->provider_id);

  return order != 0 ? order : g_strcmp0 (data_a->id, data_b->id);
}

static int
compare_recommended (gconstpointer a, gconstpointer b)
{
  const Candidate *left = a;
  const Candidate *right = b;
  int order = compare_numbers (left->score, right->score);

  if (order == 0)
    order = compare_numbers (left->price, right->price);
  return order != 0 ? order : compare_ids (left, right);
}

static int
compare_price (gconstpointer a, gconstpointer b)
{
  const Candidate *left = a;
  const Candidate *right = b;
  int order = compare_numbers (left->price, right->price);

  return order != 0 ? order : compare_recommended (a, b);
}

static int
compare_memory (gconstpointer a, gconstpointer b)
{
  const Candidate *left = a;
  const Candidate *right = b;
  int order = compare_numbers (easel_offer_get (right->offer)->vram_mib,
                               easel_offer_get (left->offer)->vram_mib);

  return order != 0 ? order : compare_recommended (a, b);
}

/* How sure it is that there is one to start at all; larger is surer. */
static int
certainty (const Candidate *candidate)
{
  const EaselOfferData *data = easel_offer_get (candidate->offer);

  return (data->host_kind == EASEL_HOST_DATA_CENTER ? 8 : 0) + (int) data->stock;
}

static int
compare_start (gconstpointer a, gconstpointer b)
{
  const Candidate *left = a;
  const Candidate *right = b;
  /* Whole minutes: nobody can promise less, and certainty matters more. */
  int order = compare_numbers (left->start_ms / MILLISECONDS_PER_MINUTE,
                               right->start_ms / MILLISECONDS_PER_MINUTE);

  if (order == 0)
    order = compare_numbers (certainty (right), certainty (left));
  return order != 0 ? order : compare_recommended (a, b);
}

static GCompareFunc
compare_for (EaselSort sort)
{
  switch (sort)
    {
    case EASEL_SORT_PRICE:
      return compare_price;
    case EASEL_SORT_MEMORY:
      return compare_memory;
    case EASEL_SORT_START:
      return compare_start;
    case EASEL_SORT_RECOMMENDED:
    case EASEL_N_SORTS:
    default:
      return compare_recommended;
    }
}

static void
add_candidate (GArray *candidates, const EaselOfferQuery *query, EaselOffer *offer)
{
  Candidate candidate = {
    .offer = offer,
    .price = easel_offer_price (offer, query->disk_gb),
    .start_ms = expected_start (query, offer),
    .score = score_of (query, offer),
  };

  g_array_append_val (candidates, candidate);
}

/* (nullable) (transfer full): the first in the given order */
static EaselOffer *
pick (GArray *candidates, GCompareFunc compare)
{
  const Candidate *best = NULL;

  g_assert (candidates != NULL);

  for (guint i = 0; i < candidates->len; i++)
    {
      const Candidate *candidate = &g_array_index (candidates, Candidate, i);

      if (best == NULL || compare (candidate, best) < 0)
        best = candidate;
    }
  return best != NULL ? g_object_ref (best->offer) : NULL;
}

/**
 * easel_offer_query_run:
 * @query: needs and wishes
 * @offers: (element-type EaselOffer): what there is
 *
 * Returns: (transfer full): what fits, in the wished order, the three best of it, and why the rest
 *   is missing
 */
EaselOfferRanking *
easel_offer_query_run (const EaselOfferQuery *query, GPtrArray *offers)
{
  g_autoptr (GArray) candidates = NULL;
  EaselOfferRanking *ranking;

  g_return_val_if_fail (query != NULL, NULL);
  g_return_val_if_fail (offers != NULL, NULL);

  ranking = g_new0 (EaselOfferRanking, 1);
  ranking->offers = g_ptr_array_new_with_free_func (g_object_unref);
  candidates = g_array_sized_new (FALSE, FALSE, sizeof (Candidate), offers->len);

  for (guint i = 0; i < offers->len; i++)
    {
      EaselOffer *offer = g_ptr_array_index (offers, i);
      EaselExcluded reason;

      if (easel_offer_query_fits (query, offer, &reason))
        add_candidate (candidates, query, offer);
      else
        ranking->excluded[reason]++;
    }

  g_array_sort (candidates, compare_for (query->sort));
  for (guint i = 0; i < candidates->len; i++)
    g_ptr_array_add (ranking->offers,
                     g_object_ref (g_array_index (candidates, Candidate, i).offer));

  ranking->cheapest = pick (candidates, compare_price);
  ranking->recommended = pick (candidates, compare_recommended);
  ranking->soonest = pick (candidates, compare_start);
  return ranking;
}

static gboolean
is_same_offer (EaselOffer *a, EaselOffer *b)
{
  const EaselOfferData *data_a, *data_b;

  if (a == b)
    return TRUE;
  if (a == NULL || b == NULL)
    return FALSE;
  data_a = easel_offer_get (a);
  data_b = easel_offer_get (b);
  return g_str_equal (data_a->provider_id, data_b->provider_id) &&
         g_str_equal (data_a->id, data_b->id);
}

static void
append_matching (GPtrArray *result, GArray *candidates, guint vram_mib, gboolean at_least)
{
  for (guint i = 0; i < candidates->len; i++)
    {
      EaselOffer *offer = g_array_index (candidates, Candidate, i).offer;

      if (is_enough (easel_offer_get (offer)->vram_mib, vram_mib) == at_least)
        g_ptr_array_add (result, g_object_ref (offer));
    }
}

/**
 * easel_offer_query_next_best:
 * @query: needs and wishes; its price filter is for looking, @max_price is what counts here
 * @offers: (element-type EaselOffer): what there is
 * @first: (nullable): what was chosen and is gone
 * @max_price: most per hour, disk included, 0 for any
 *
 * Returns: (transfer full) (element-type EaselOffer): what to try instead, best first: in the
 *   recommended order, but those with less memory than @first after all that have as much
 */
GPtrArray *
easel_offer_query_next_best (const EaselOfferQuery *query,
                             GPtrArray *offers,
                             EaselOffer *first,
                             gint64 max_price)
{
  g_autoptr (GArray) candidates = NULL;
  GPtrArray *result;
  guint vram_mib;

  g_return_val_if_fail (query != NULL, NULL);
  g_return_val_if_fail (offers != NULL, NULL);
  g_return_val_if_fail (first == NULL || EASEL_IS_OFFER (first), NULL);

  candidates = g_array_new (FALSE, FALSE, sizeof (Candidate));
  for (guint i = 0; i < offers->len; i++)
    {
      EaselOffer *offer = g_ptr_array_index (offers, i);
      gint64 price = easel_offer_price (offer, query->disk_gb);

      if (find_obstacle (query, offer, price) == EASEL_N_EXCLUDED &&
          (max_price <= 0 || price <= max_price) && !is_same_offer (offer, first))
        add_candidate (candidates, query, offer);
    }
  g_array_sort (candidates, compare_recommended);

  /* Who chose 24 GB did not ask for the cheapest card that just about works. */
  result = g_ptr_array_new_with_free_func (g_object_unref);
  vram_mib = first != NULL ? easel_offer_get (first)->vram_mib : 0;
  append_matching (result, candidates, vram_mib, TRUE);
  append_matching (result, candidates, vram_mib, FALSE);
  return result;
}

/* One part of the sentence about what is missing. */
static char *
excluded_part (EaselExcluded reason, guint n)
{
  switch (reason)
    {
    case EASEL_EXCLUDED_STOCK:
      return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u is taken", "%u are taken", n), n);
    case EASEL_EXCLUDED_MEMORY:
      return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u has too little memory",
                                           "%u have too little memory", n),
                              n);
    case EASEL_EXCLUDED_RAM:
      return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u has too little system memory",
                                           "%u have too little system memory", n),
                              n);
    case EASEL_EXCLUDED_DRIVER:
      return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u has an old driver",
                                           "%u have an old driver", n),
                              n);
    case EASEL_EXCLUDED_DURATION:
      return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u cannot be rented for that long",
                                           "%u cannot be rented for that long", n),
                              n);
    case EASEL_EXCLUDED_BAD_MACHINE:
      return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u has failed before",
                                           "%u have failed before", n),
                              n);
    case EASEL_EXCLUDED_FILTER:
    case EASEL_N_EXCLUDED:
    default:
      return NULL;
    }
}

/**
 * easel_offer_ranking_excluded_text:
 * @self: a ranking
 *
 * Returns: (transfer full) (nullable): how many offers are not shown and why, translated; %NULL if
 *   all are
 */
char *
easel_offer_ranking_excluded_text (const EaselOfferRanking *self)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *unable = NULL;
  g_autofree char *hidden = NULL;
  guint n_unable = 0;
  guint n_hidden;

  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < EASEL_EXCLUDED_FILTER; i++)
    {
      if (self->excluded[i] == 0)
        continue;
      n_unable += self->excluded[i];
      g_ptr_array_add (parts, excluded_part (i, self->excluded[i]));
    }
  g_ptr_array_add (parts, NULL);

  if (n_unable > 0)
    {
      g_autofree char *list = g_strjoinv (", ", (char **) parts->pdata);

      if (parts->len > 2)
        /* Translators: %s is a list such as "9 have too little memory, 5 have an old driver" */
        unable = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u more cannot do it: %s.",
                                               "%u more cannot do it: %s.", n_unable),
                                  n_unable, list);
      else
        /* Translators: %s is the one reason, such as "6 are taken" */
        unable = g_strdup_printf (_ ("Not in the list: %s."), list);
    }
  n_hidden = self->excluded[EASEL_EXCLUDED_FILTER];
  if (n_hidden > 0)
    hidden = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u more is hidden by the filter.",
                                           "%u more are hidden by the filter.", n_hidden),
                              n_hidden);

  if (unable != NULL && hidden != NULL)
    return g_strdup_printf ("%s %s", unable, hidden);
  return unable != NULL ? g_steal_pointer (&unable) : g_steal_pointer (&hidden);
}

/**
 * easel_offer_ranking_free:
 * @self: (transfer full) (nullable): a ranking
 */
void
easel_offer_ranking_free (EaselOfferRanking *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->offers);
  g_clear_object (&self->cheapest);
  g_clear_object (&self->recommended);
  g_clear_object (&self->soonest);
  g_free (self);
}
