/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Which offers are shown, in which order, and which are taken when one is gone. */

#include "config.h"

#include "easel-offer-query.h"

#include <string.h>

#define MINUTE_MS G_GINT64_CONSTANT (60000)
#define HOUR_MS G_GINT64_CONSTANT (3600000)
#define GB G_GUINT64_CONSTANT (1000000000)

static EaselOfferData
basic_data (const char *id)
{
  const EaselOfferData data = {
    .provider_id = "runpod",
    .id = id,
    .gpu_id = id,
    .gpu_name = "RTX 3090",
    .vram_mib = 24576,
    .gpu_price = 220000,
    .disk_price = 137,
    .stock = EASEL_STOCK_HIGH,
    .host_kind = EASEL_HOST_DATA_CENTER,
    .regions = EASEL_REGION_EUROPE,
    .reliability_ppm = -1,
    .cuda_max = EASEL_CUDA (13, 0),
    .start_low_ms = 6 * MINUTE_MS,
    .start_high_ms = 10 * MINUTE_MS,
  };

  return data;
}

static EaselOfferQuery
basic_query (void)
{
  const EaselOfferQuery query = {
    .need_vram_mib = 8192,
    .need_cuda = EASEL_CUDA (13, 0),
    .disk_gb = 60,
    .download_bytes = 27 * GB,
    .session_ms = 4 * HOUR_MS,
    .home_regions = EASEL_REGION_EUROPE,
  };

  return query;
}

static GPtrArray *
offer_array (void)
{
  return g_ptr_array_new_with_free_func (g_object_unref);
}

static EaselOffer *
add (GPtrArray *offers, const EaselOfferData *data)
{
  EaselOffer *offer = easel_offer_new (data);

  g_ptr_array_add (offers, offer);
  return offer;
}

static const char *
id_of (EaselOffer *offer)
{
  return easel_offer_get (offer)->id;
}

static char *
ids_of (GPtrArray *offers)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < offers->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", id_of (g_ptr_array_index (offers, i)));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static EaselExcluded
obstacle_of (const EaselOfferQuery *query, const EaselOfferData *data)
{
  g_autoptr (EaselOffer) offer = easel_offer_new (data);
  EaselExcluded reason = EASEL_N_EXCLUDED;

  g_assert_cmpint (easel_offer_query_fits (query, offer, &reason), ==,
                   easel_offer_query_fits (query, offer, NULL));
  g_assert_cmpint (easel_offer_query_fits (query, offer, NULL), ==, reason == EASEL_N_EXCLUDED);
  return reason;
}

static void
test_fits (void)
{
  EaselOfferQuery query = basic_query ();
  EaselOfferData data = basic_data ("a");

  g_assert_cmpint (obstacle_of (&query, &data), ==, EASEL_N_EXCLUDED);

  /* What is not told is not held against an offer. */
  query.need_ram_mib = 32768;
  data.ram_mib = 0;
  data.cuda_max = 0;
  data.stock = EASEL_STOCK_UNKNOWN;
  data.regions = EASEL_REGION_NONE;
  data.host_kind = EASEL_HOST_UNKNOWN;
  g_assert_cmpint (obstacle_of (&query, &data), ==, EASEL_N_EXCLUDED);
}

/* Everything wrong at once, then put right one by one: the reasons come in their order. */
static void
test_fits_in_order (void)
{
  static const char *const bad[] = { "m0", "m1", NULL };
  EaselOfferQuery query = basic_query ();
  EaselOfferData data = basic_data ("a");

  query.need_ram_mib = 32768;
  query.bad_machines = bad;
  query.filter_data_center = TRUE;
  data.stock = EASEL_STOCK_NONE;
  data.vram_mib = 6144;
  data.ram_mib = 16384;
  data.cuda_max = EASEL_CUDA (12, 8);
  data.max_duration_ms = HOUR_MS;
  data.machine_id = "m1";
  data.host_kind = EASEL_HOST_PRIVATE;

  g_assert_cmpint (obstacle_of (&query, &data), ==, EASEL_EXCLUDED_STOCK);
  data.stock = EASEL_STOCK_LOW;
  g_assert_cmpint (obstacle_of (&query, &data), ==, EASEL_EXCLUDED_MEMORY);
  data.vram_mib = 24576;
  g_assert_cmpint (obstacle_of (&query, &data), ==, EASEL_EXCLUDED_RAM);
  data.ram_mib = 32768;
  g_assert_cmpint (obstacle_of (&query, &data), ==, EASEL_EXCLUDED_DRIVER);
  data.cuda_max = EASEL_CUDA (13, 0);
  g_assert_cmpint (obstacle_of (&query, &data), ==, EASEL_EXCLUDED_DURATION);
  data.max_duration_ms = 5 * HOUR_MS;
  g_assert_cmpint (obstacle_of (&query, &data), ==, EASEL_EXCLUDED_BAD_MACHINE);
  data.machine_id = "m2";
  g_assert_cmpint (obstacle_of (&query, &data), ==, EASEL_EXCLUDED_FILTER);
  data.host_kind = EASEL_HOST_DATA_CENTER;
  g_assert_cmpint (obstacle_of (&query, &data), ==, EASEL_N_EXCLUDED);
}

static void
test_sizes_as_sold (void)
{
  EaselOfferQuery query = basic_query ();
  EaselOfferData data = basic_data ("a");

  query.need_vram_mib = 12288;
  data.vram_mib = 12053;
  g_assert_cmpint (obstacle_of (&query, &data), ==, EASEL_N_EXCLUDED);
  data.vram_mib = 11264;
  g_assert_cmpint (obstacle_of (&query, &data), ==, EASEL_EXCLUDED_MEMORY);

  query.need_vram_mib = 10240;
  query.need_ram_mib = 32768;
  data.ram_mib = 32000000 / 1049;
  g_assert_cmpint (obstacle_of (&query, &data), ==, EASEL_N_EXCLUDED);
  data.ram_mib = 28672;
  g_assert_cmpint (obstacle_of (&query, &data), ==, EASEL_EXCLUDED_RAM);
}

static void
test_duration_counts_start (void)
{
  EaselOfferQuery query = basic_query ();
  EaselOfferData data = basic_data ("a");

  data.max_duration_ms = 4 * HOUR_MS + 8 * MINUTE_MS;
  g_assert_cmpint (obstacle_of (&query, &data), ==, EASEL_N_EXCLUDED);
  data.max_duration_ms--;
  g_assert_cmpint (obstacle_of (&query, &data), ==, EASEL_EXCLUDED_DURATION);
  query.session_ms = G_MAXINT64;
  g_assert_cmpint (obstacle_of (&query, &data), ==, EASEL_EXCLUDED_DURATION);
}

static void
test_filters (void)
{
  EaselOfferQuery query = basic_query ();
  EaselOfferData data = basic_data ("a");

  query.filter_price = 228220;
  g_assert_cmpint (obstacle_of (&query, &data), ==, EASEL_N_EXCLUDED);
  query.filter_price--;
  g_assert_cmpint (obstacle_of (&query, &data), ==, EASEL_EXCLUDED_FILTER);
  query.filter_price = 0;

  query.filter_vram_mib = 49152;
  g_assert_cmpint (obstacle_of (&query, &data), ==, EASEL_EXCLUDED_FILTER);
  query.filter_vram_mib = 24576;
  g_assert_cmpint (obstacle_of (&query, &data), ==, EASEL_N_EXCLUDED);

  query.filter_regions = EASEL_REGION_ASIA | EASEL_REGION_EUROPE;
  g_assert_cmpint (obstacle_of (&query, &data), ==, EASEL_N_EXCLUDED);
  query.filter_regions = EASEL_REGION_ASIA;
  g_assert_cmpint (obstacle_of (&query, &data), ==, EASEL_EXCLUDED_FILTER);
  data.regions = EASEL_REGION_NONE;
  g_assert_cmpint (obstacle_of (&query, &data), ==, EASEL_EXCLUDED_FILTER);
  query.filter_regions = 0;

  query.filter_data_center = TRUE;
  data.host_kind = EASEL_HOST_UNKNOWN;
  g_assert_cmpint (obstacle_of (&query, &data), ==, EASEL_EXCLUDED_FILTER);
}

static void
test_absurd_prices (void)
{
  static const gint64 prices[] = { EASEL_MONEY_UNKNOWN, -1, G_MAXINT64, EASEL_MONEY_MAX + 1 };
  EaselOfferQuery query = basic_query ();

  for (gsize i = 0; i < G_N_ELEMENTS (prices); i++)
    {
      EaselOfferData data = basic_data ("a");
      g_autoptr (EaselOffer) offer = NULL;

      data.gpu_price = prices[i];
      g_assert_cmpint (obstacle_of (&query, &data), ==, EASEL_EXCLUDED_STOCK);
      offer = easel_offer_new (&data);
      g_assert_cmpint (easel_offer_query_session_cost (&query, offer), ==, EASEL_MONEY_UNKNOWN);
    }
}

static void
test_session_cost (void)
{
  EaselOfferQuery query = basic_query ();
  EaselOfferData data = basic_data ("a");
  g_autoptr (EaselOffer) offer = NULL;
  g_autoptr (EaselOffer) with_traffic = NULL;
  g_autoptr (EaselOffer) with_speed = NULL;
  g_autoptr (EaselOffer) silent = NULL;
  g_autoptr (EaselOffer) silent_private = NULL;
  g_autoptr (EaselOffer) absurd = NULL;

  query.disk_gb = 0;
  data.gpu_price = 3600000;
  offer = easel_offer_new (&data);
  g_assert_cmpint (easel_offer_query_session_cost (&query, offer), ==, (4 * 60 + 8) * 60000);

  data.traffic_price = 3000;
  with_traffic = easel_offer_new (&data);
  g_assert_cmpint (easel_offer_query_session_cost (&query, with_traffic), ==,
                   (4 * 60 + 8) * 60000 + 81000);

  /* Without a start time the told speed is taken: 27 GB at 100 MB/s, and three minutes. */
  data.traffic_price = 0;
  data.start_low_ms = data.start_high_ms = 0;
  data.download_bps = 100000000;
  with_speed = easel_offer_new (&data);
  g_assert_cmpint (easel_offer_query_session_cost (&query, with_speed), ==,
                   4 * 3600000 + 180000 + 270000);

  data.download_bps = 0;
  silent = easel_offer_new (&data);
  g_assert_cmpint (easel_offer_query_session_cost (&query, silent), ==, (4 * 60 + 8) * 60000);
  data.host_kind = EASEL_HOST_PRIVATE;
  silent_private = easel_offer_new (&data);
  g_assert_cmpint (easel_offer_query_session_cost (&query, silent_private), ==,
                   (4 * 60 + 12) * 60000);

  data.traffic_price = EASEL_MONEY_MAX;
  absurd = easel_offer_new (&data);
  g_assert_cmpint (easel_offer_query_session_cost (&query, absurd), ==, EASEL_MONEY_UNKNOWN);

  /* Who has not said how long is taken for somebody who paints for four hours. */
  query.session_ms = 0;
  g_assert_cmpint (easel_offer_query_session_cost (&query, offer), ==, (4 * 60 + 8) * 60000);

  query.session_ms = G_MAXINT64;
  g_assert_cmpint (easel_offer_query_session_cost (&query, offer), ==, EASEL_MONEY_UNKNOWN);
}

/* What comes from the shelf is no part of any start time that was told. */
static void
test_shelf (void)
{
  EaselOfferQuery query = basic_query ();
  EaselOfferData data = basic_data ("a");
  g_autoptr (EaselOffer) fast = NULL;
  g_autoptr (EaselOffer) silent = NULL;
  g_autoptr (EaselOffer) untold = NULL;
  const gint64 before = (4 * 60 + 8) * 60000;

  query.disk_gb = 0;
  query.shelf_bytes = 6 * GB;
  data.gpu_price = 3600000;
  silent = easel_offer_new (&data);
  g_assert_cmpint (easel_offer_query_session_cost (&query, silent), ==, before + 120000);
  data.download_bps = 100000000;
  fast = easel_offer_new (&data);
  g_assert_cmpint (easel_offer_query_session_cost (&query, fast), ==, before + 60000);
  data.download_bps = 0;
  data.start_low_ms = data.start_high_ms = 0;
  untold = easel_offer_new (&data);
  g_assert_cmpint (easel_offer_query_session_cost (&query, untold), ==, before + 120000);

  data = basic_data ("b");
  data.max_duration_ms = 4 * HOUR_MS + 10 * MINUTE_MS;
  g_assert_cmpint (obstacle_of (&query, &data), ==, EASEL_N_EXCLUDED);
  data.max_duration_ms--;
  g_assert_cmpint (obstacle_of (&query, &data), ==, EASEL_EXCLUDED_DURATION);
}

/* With much to bring along, a dearer machine with a fast line is the better one. */
static void
test_recommended_shelf (void)
{
  EaselOfferQuery query = basic_query ();
  EaselOfferData slow = basic_data ("slow");
  EaselOfferData fast = basic_data ("fast");
  g_autoptr (GPtrArray) offers = offer_array ();
  g_autoptr (EaselOfferRanking) without = NULL;
  g_autoptr (EaselOfferRanking) with = NULL;

  slow.download_bps = 10000000;
  fast.download_bps = 200000000;
  fast.gpu_price = slow.gpu_price + slow.gpu_price / 50;
  add (offers, &slow);
  add (offers, &fast);
  without = easel_offer_query_run (&query, offers);
  g_assert_cmpstr (id_of (without->recommended), ==, "slow");
  query.shelf_bytes = 20 * GB;
  query.download_bytes += query.shelf_bytes;
  with = easel_offer_query_run (&query, offers);
  g_assert_cmpstr (id_of (with->recommended), ==, "fast");
  g_assert_cmpstr (id_of (with->soonest), ==, "fast");
}

/* Which of two otherwise equal offers is recommended. */
static const char *
better_of (const EaselOfferData *a, const EaselOfferData *b)
{
  EaselOfferQuery query = basic_query ();
  g_autoptr (GPtrArray) offers = offer_array ();
  g_autoptr (EaselOfferRanking) ranking = NULL;

  add (offers, a);
  add (offers, b);
  ranking = easel_offer_query_run (&query, offers);
  g_assert_cmpuint (ranking->offers->len, ==, 2);
  return g_intern_string (id_of (ranking->recommended));
}

static void
test_recommended (void)
{
  /* "a" would win every tie. */
  EaselOfferData a = basic_data ("a");
  EaselOfferData b = basic_data ("b");

  g_assert_cmpstr (better_of (&a, &b), ==, "a");
  a.gpu_price = 230000;
  g_assert_cmpstr (better_of (&a, &b), ==, "b");

  a = basic_data ("a");
  a.regions = EASEL_REGION_ASIA;
  g_assert_cmpstr (better_of (&a, &b), ==, "b");
  b.regions = EASEL_REGION_NONE;
  g_assert_cmpstr (better_of (&a, &b), ==, "b");
  a.regions = EASEL_REGION_ASIA | EASEL_REGION_EUROPE;
  g_assert_cmpstr (better_of (&a, &b), ==, "a");

  a = basic_data ("a");
  b = basic_data ("b");
  a.stock = EASEL_STOCK_LOW;
  g_assert_cmpstr (better_of (&a, &b), ==, "b");
  a.stock = EASEL_STOCK_UNKNOWN;
  g_assert_cmpstr (better_of (&a, &b), ==, "b");
  b.stock = EASEL_STOCK_LOW;
  g_assert_cmpstr (better_of (&a, &b), ==, "a");
  a.stock = EASEL_STOCK_MEDIUM;
  b.stock = EASEL_STOCK_HIGH;
  g_assert_cmpstr (better_of (&a, &b), ==, "a");

  a = basic_data ("a");
  a.host_kind = EASEL_HOST_PRIVATE;
  g_assert_cmpstr (better_of (&a, &b), ==, "b");

  /* A private owner's start is guessed to be slower, too. */
  a = basic_data ("a");
  b = basic_data ("b");
  a.host_kind = EASEL_HOST_PRIVATE;
  a.start_low_ms = b.start_low_ms = 0;
  a.start_high_ms = b.start_high_ms = 0;
  g_assert_cmpstr (better_of (&a, &b), ==, "b");

  a = basic_data ("a");
  b = basic_data ("b");
  a.reliability_ppm = 970000;
  b.reliability_ppm = 999000;
  g_assert_cmpstr (better_of (&a, &b), ==, "b");

  a = basic_data ("a");
  b = basic_data ("b");
  a.start_low_ms = a.start_high_ms = 25 * MINUTE_MS;
  g_assert_cmpstr (better_of (&a, &b), ==, "b");

  a = basic_data ("a");
  a.traffic_price = 3000;
  g_assert_cmpstr (better_of (&a, &b), ==, "b");
}

/* From Africa the data centers of Europe are nearer than those of America. */
static void
test_recommended_next_door (void)
{
  EaselOfferQuery query = basic_query ();
  g_autoptr (GPtrArray) offers = offer_array ();
  g_autoptr (EaselOfferRanking) ranking = NULL;
  g_autofree char *ids = NULL;
  EaselOfferData data = basic_data ("a");

  data.regions = EASEL_REGION_NORTH_AMERICA;
  add (offers, &data);
  data = basic_data ("b");
  add (offers, &data);
  data = basic_data ("c");
  data.regions = EASEL_REGION_AFRICA;
  add (offers, &data);

  query.home_regions = EASEL_REGION_AFRICA;
  ranking = easel_offer_query_run (&query, offers);
  ids = ids_of (ranking->offers);
  g_assert_cmpstr (ids, ==, "c b a");
}

/* Doubts decide between neighbours; they do not hide a bargain. */
static void
test_recommended_bargain (void)
{
  EaselOfferData near = basic_data ("a");
  EaselOfferData bargain = basic_data ("b");

  near.gpu_price = 430000;
  bargain.gpu_price = 220000;
  bargain.host_kind = EASEL_HOST_PRIVATE;
  bargain.regions = EASEL_REGION_NONE;
  bargain.stock = EASEL_STOCK_LOW;
  g_assert_cmpstr (better_of (&near, &bargain), ==, "b");
}

static void
test_picks (void)
{
  EaselOfferQuery query = basic_query ();
  g_autoptr (GPtrArray) offers = offer_array ();
  g_autoptr (EaselOfferRanking) ranking = NULL;
  EaselOfferData data = basic_data ("far-and-cheap");

  data.gpu_price = 200000;
  data.regions = EASEL_REGION_OCEANIA;
  data.host_kind = EASEL_HOST_PRIVATE;
  data.stock = EASEL_STOCK_LOW;
  add (offers, &data);

  data = basic_data ("near");
  data.gpu_price = 210000;
  add (offers, &data);

  data = basic_data ("quick-private");
  data.gpu_price = 500000;
  data.host_kind = EASEL_HOST_PRIVATE;
  data.start_low_ms = data.start_high_ms = 4 * MINUTE_MS;
  add (offers, &data);

  data = basic_data ("quick-center-low");
  data.gpu_price = 500000;
  data.stock = EASEL_STOCK_LOW;
  data.start_low_ms = data.start_high_ms = 4 * MINUTE_MS;
  add (offers, &data);

  data = basic_data ("quick-center-high");
  data.gpu_price = 600000;
  data.start_low_ms = data.start_high_ms = 4 * MINUTE_MS + 50000;
  add (offers, &data);

  ranking = easel_offer_query_run (&query, offers);
  g_assert_cmpstr (id_of (ranking->cheapest), ==, "far-and-cheap");
  g_assert_cmpstr (id_of (ranking->recommended), ==, "near");
  g_assert_cmpstr (id_of (ranking->soonest), ==, "quick-center-high");
}

static void
test_cheapest_includes_disk (void)
{
  EaselOfferQuery query = basic_query ();
  g_autoptr (GPtrArray) offers = offer_array ();
  g_autoptr (EaselOfferRanking) ranking = NULL;
  EaselOfferData data = basic_data ("dear-disk");

  data.gpu_price = 200000;
  data.disk_price = 1000;
  add (offers, &data);
  data = basic_data ("cheap-disk");
  data.gpu_price = 210000;
  add (offers, &data);

  ranking = easel_offer_query_run (&query, offers);
  g_assert_cmpstr (id_of (ranking->cheapest), ==, "cheap-disk");
}

static void
test_empty (void)
{
  EaselOfferQuery query = basic_query ();
  g_autoptr (GPtrArray) offers = offer_array ();
  g_autoptr (EaselOfferRanking) ranking = easel_offer_query_run (&query, offers);
  g_autoptr (GPtrArray) next = easel_offer_query_next_best (&query, offers, NULL, 0);

  g_assert_cmpuint (ranking->offers->len, ==, 0);
  g_assert_null (ranking->cheapest);
  g_assert_null (ranking->recommended);
  g_assert_null (ranking->soonest);
  g_assert_null (easel_offer_ranking_excluded_text (ranking));
  g_assert_cmpuint (next->len, ==, 0);
  easel_offer_ranking_free (NULL);
}

static EaselOffer *
random_offer (guint number)
{
  static const guint memories[] = { 4096, 8192, 10240, 12053, 12288, 16384, 24564, 24576, 49140 };
  static const guint cudas[] = { 0, EASEL_CUDA (12, 4), EASEL_CUDA (12, 8), EASEL_CUDA (13, 0) };
  g_autofree char *id = g_strdup_printf ("offer-%03u", number);
  g_autofree char *machine = g_strdup_printf ("m%d", g_test_rand_int_range (0, 60));
  EaselOfferData data = basic_data (id);

  data.provider_id = g_test_rand_bit () ? "runpod" : "vast";
  data.vram_mib = memories[g_test_rand_int_range (0, G_N_ELEMENTS (memories))];
  data.ram_mib = g_test_rand_bit () ? (guint) g_test_rand_int_range (8000, 130000) : 0;
  /* Few different prices, so that there are ties. */
  data.gpu_price = g_test_rand_int_range (0, 40) * 25000;
  data.traffic_price = g_test_rand_bit () ? g_test_rand_int_range (0, 20000) : 0;
  data.stock = (EaselStock) g_test_rand_int_range (EASEL_STOCK_UNKNOWN, EASEL_STOCK_HIGH + 1);
  data.host_kind = (EaselHostKind) g_test_rand_int_range (0, 3);
  data.regions = (guint) g_test_rand_int_range (0, EASEL_REGION_ALL + 1);
  data.download_bps = g_test_rand_bit () ? (guint64) g_test_rand_int_range (0, 300000000) : 0;
  data.reliability_ppm = g_test_rand_int_range (-1, 1000001);
  data.cuda_max = cudas[g_test_rand_int_range (0, G_N_ELEMENTS (cudas))];
  data.max_duration_ms = g_test_rand_bit () ? g_test_rand_int_range (0, 40000000) : 0;
  data.machine_id = g_test_rand_bit () ? machine : NULL;
  if (g_test_rand_bit ())
    {
      data.start_low_ms = 0;
      data.start_high_ms = 0;
    }
  else
    {
      data.start_low_ms = g_test_rand_int_range (0, 1200000);
      data.start_high_ms = g_test_rand_int_range (0, 2400000);
    }
  return easel_offer_new (&data);
}

static EaselOfferQuery
random_query (void)
{
  static const char *const bad[] = { "m1", "m2", "m3", NULL };
  EaselOfferQuery query = basic_query ();

  query.need_vram_mib = (guint) g_test_rand_int_range (1, 4) * 4096;
  query.need_ram_mib = g_test_rand_bit () ? 32768 : 0;
  query.need_cuda = g_test_rand_bit () ? EASEL_CUDA (13, 0) : 0;
  query.session_ms = g_test_rand_int_range (0, 12) * HOUR_MS;
  query.home_regions = (guint) g_test_rand_int_range (0, EASEL_REGION_ALL + 1);
  query.bad_machines = g_test_rand_bit () ? bad : NULL;
  query.filter_vram_mib = g_test_rand_bit () ? 12288 : 0;
  query.filter_price = g_test_rand_bit () ? 500000 : 0;
  query.filter_regions = g_test_rand_bit () ? EASEL_REGION_EUROPE | EASEL_REGION_ASIA : 0;
  query.filter_data_center = g_test_rand_int_range (0, 4) == 0;
  query.sort = (EaselSort) g_test_rand_int_range (0, EASEL_N_SORTS);
  return query;
}

static void
shuffle (GPtrArray *array)
{
  for (guint i = array->len; i > 1; i--)
    {
      guint other = (guint) g_test_rand_int_range (0, (gint32) i);
      gpointer last = array->pdata[i - 1];

      array->pdata[i - 1] = array->pdata[other];
      array->pdata[other] = last;
    }
}

static void
check_order (const EaselOfferQuery *query, const EaselOfferRanking *ranking)
{
  for (guint i = 1; i < ranking->offers->len; i++)
    {
      EaselOffer *before = g_ptr_array_index (ranking->offers, i - 1);
      EaselOffer *after = g_ptr_array_index (ranking->offers, i);

      if (query->sort == EASEL_SORT_PRICE)
        g_assert_cmpint (easel_offer_price (before, query->disk_gb), <=,
                         easel_offer_price (after, query->disk_gb));
      else if (query->sort == EASEL_SORT_MEMORY)
        g_assert_cmpuint (easel_offer_get (before)->vram_mib, >=,
                          easel_offer_get (after)->vram_mib);
    }
  if (ranking->offers->len == 0)
    return;
  if (query->sort == EASEL_SORT_RECOMMENDED)
    g_assert_true (g_ptr_array_index (ranking->offers, 0) == ranking->recommended);
  else if (query->sort == EASEL_SORT_PRICE)
    g_assert_true (g_ptr_array_index (ranking->offers, 0) == ranking->cheapest);
  else if (query->sort == EASEL_SORT_START)
    g_assert_true (g_ptr_array_index (ranking->offers, 0) == ranking->soonest);
}

static void
check_picks (const EaselOfferRanking *ranking)
{
  EaselOffer *const picks[] = { ranking->cheapest, ranking->recommended, ranking->soonest };

  for (gsize i = 0; i < G_N_ELEMENTS (picks); i++)
    {
      g_assert_cmpint (picks[i] != NULL, ==, ranking->offers->len > 0);
      if (picks[i] != NULL)
        g_assert_true (g_ptr_array_find (ranking->offers, picks[i], NULL));
    }
}

static void
check_next_best (const EaselOfferQuery *query, GPtrArray *offers, EaselOffer *first)
{
  gint64 max_price = g_test_rand_bit () ? g_test_rand_int_range (1, 1000000) : 0;
  EaselOfferQuery looser = *query;
  g_autoptr (GPtrArray) next = easel_offer_query_next_best (query, offers, first, max_price);
  guint n_expected = 0;

  looser.filter_price = 0;
  for (guint i = 0; i < offers->len; i++)
    {
      EaselOffer *offer = g_ptr_array_index (offers, i);

      if (offer != first && easel_offer_query_fits (&looser, offer, NULL) &&
          (max_price == 0 || easel_offer_price (offer, query->disk_gb) <= max_price))
        {
          n_expected++;
          g_assert_true (g_ptr_array_find (next, offer, NULL));
        }
    }
  g_assert_cmpuint (next->len, ==, n_expected);
}

static void
check_random (guint n_offers)
{
  g_autoptr (GPtrArray) offers = offer_array ();
  EaselOfferQuery query = random_query ();
  g_autoptr (EaselOfferRanking) ranking = NULL;
  g_autoptr (EaselOfferRanking) again = NULL;
  g_autofree char *ids = NULL;
  g_autofree char *ids_again = NULL;
  guint n_counted;

  for (guint i = 0; i < n_offers; i++)
    g_ptr_array_add (offers, random_offer (i));

  ranking = easel_offer_query_run (&query, offers);
  n_counted = ranking->offers->len;
  for (guint i = 0; i < EASEL_N_EXCLUDED; i++)
    n_counted += ranking->excluded[i];
  g_assert_cmpuint (n_counted, ==, n_offers);
  for (guint i = 0; i < ranking->offers->len; i++)
    g_assert_true (easel_offer_query_fits (&query, g_ptr_array_index (ranking->offers, i), NULL));
  check_order (&query, ranking);
  check_picks (ranking);
  check_next_best (&query, offers, ranking->recommended);

  ids = ids_of (ranking->offers);
  shuffle (offers);
  again = easel_offer_query_run (&query, offers);
  ids_again = ids_of (again->offers);
  g_assert_cmpstr (ids, ==, ids_again);
  g_assert_true (ranking->cheapest == again->cheapest);
  g_assert_true (ranking->recommended == again->recommended);
  g_assert_true (ranking->soonest == again->soonest);
}

static void
test_random (void)
{
  for (int i = 0; i < 300; i++)
    check_random ((guint) g_test_rand_int_range (0, 30));
  for (int i = 0; i < 20; i++)
    check_random (500);
}

/* Equal offers come in the order of their names, whatever the order of arrival. */
static void
test_ties (void)
{
  static const char *const arrivals[] = { "b", "c", "a" };

  for (int sort = 0; sort < EASEL_N_SORTS; sort++)
    {
      EaselOfferQuery query = basic_query ();
      g_autoptr (GPtrArray) offers = offer_array ();
      g_autoptr (EaselOfferRanking) ranking = NULL;
      g_autofree char *ids = NULL;
      EaselOfferData other = basic_data ("0");

      query.sort = (EaselSort) sort;
      other.provider_id = "vast";
      add (offers, &other);
      for (gsize i = 0; i < G_N_ELEMENTS (arrivals); i++)
        {
          EaselOfferData data = basic_data (arrivals[i]);

          add (offers, &data);
        }
      ranking = easel_offer_query_run (&query, offers);
      ids = ids_of (ranking->offers);
      g_assert_cmpstr (ids, ==, "a b c 0");
      g_assert_cmpstr (id_of (ranking->cheapest), ==, "a");
      g_assert_cmpstr (id_of (ranking->recommended), ==, "a");
      g_assert_cmpstr (id_of (ranking->soonest), ==, "a");
    }
}

/* What is dearer by the hour and otherwise the same is never the better one. */
static void
test_dearer_is_never_better (void)
{
  EaselOfferQuery query = basic_query ();

  for (int i = 0; i < 500; i++)
    {
      g_autoptr (GPtrArray) offers = offer_array ();
      g_autoptr (EaselOfferRanking) ranking = NULL;
      g_autoptr (EaselOffer) pattern = random_offer (0);
      EaselOfferData data = *easel_offer_get (pattern);
      EaselOffer *cheap;

      data.stock = EASEL_STOCK_HIGH;
      data.vram_mib = 24576;
      data.cuda_max = 0;
      data.max_duration_ms = 0;
      data.id = "z";
      cheap = add (offers, &data);
      data.id = "a";
      data.gpu_price += g_test_rand_int_range (1, 100000);
      add (offers, &data);

      ranking = easel_offer_query_run (&query, offers);
      g_assert_true (ranking->recommended == cheap);
      g_assert_true (ranking->cheapest == cheap);
    }
}

static void
test_next_best (void)
{
  EaselOfferQuery query = basic_query ();
  g_autoptr (GPtrArray) offers = offer_array ();
  g_autoptr (GPtrArray) next = NULL;
  g_autoptr (GPtrArray) wide = NULL;
  g_autoptr (EaselOffer) newer = NULL;
  g_autofree char *ids = NULL;
  g_autofree char *wide_ids = NULL;
  EaselOfferData data = basic_data ("first");

  query.filter_price = 1;
  add (offers, &data);
  newer = easel_offer_new (&data);

  data = basic_data ("small");
  data.gpu_price = 120000;
  data.vram_mib = 10240;
  add (offers, &data);
  data = basic_data ("second");
  data.gpu_price = 240000;
  add (offers, &data);
  data = basic_data ("third");
  data.gpu_price = 244000;
  add (offers, &data);
  data = basic_data ("dear");
  data.gpu_price = 400000;
  data.vram_mib = 49152;
  add (offers, &data);
  data = basic_data ("taken");
  data.stock = EASEL_STOCK_NONE;
  add (offers, &data);
  data = basic_data ("too-small");
  data.vram_mib = 6144;
  add (offers, &data);

  /* The one that is gone is known by its id: the list may be newer than the choice. */
  next = easel_offer_query_next_best (&query, offers, newer, 252220);
  ids = ids_of (next);
  g_assert_cmpstr (ids, ==, "second third small");

  wide = easel_offer_query_next_best (&query, offers, NULL, 0);
  wide_ids = ids_of (wide);
  g_assert_cmpstr (wide_ids, ==, "small first second third dear");
}

static void
test_excluded_text (void)
{
  EaselOfferRanking ranking = { 0 };
  g_autofree char *memory = NULL;
  g_autofree char *two = NULL;
  g_autofree char *both = NULL;
  g_autofree char *hidden = NULL;

  g_assert_null (easel_offer_ranking_excluded_text (&ranking));

  ranking.excluded[EASEL_EXCLUDED_MEMORY] = 1;
  memory = easel_offer_ranking_excluded_text (&ranking);
  g_assert_cmpstr (memory, ==, "Not in the list: 1 has too little memory.");

  ranking.excluded[EASEL_EXCLUDED_MEMORY] = 9;
  ranking.excluded[EASEL_EXCLUDED_DRIVER] = 5;
  two = easel_offer_ranking_excluded_text (&ranking);
  g_assert_cmpstr (two, ==,
                   "14 more cannot do it: 9 have too little memory, 5 have an old driver.");

  ranking.excluded[EASEL_EXCLUDED_FILTER] = 3;
  both = easel_offer_ranking_excluded_text (&ranking);
  g_assert_cmpstr (both, ==,
                   "14 more cannot do it: 9 have too little memory, 5 have an old driver. "
                   "3 more are hidden by the filter.");

  ranking.excluded[EASEL_EXCLUDED_MEMORY] = 0;
  ranking.excluded[EASEL_EXCLUDED_DRIVER] = 0;
  ranking.excluded[EASEL_EXCLUDED_FILTER] = 1;
  hidden = easel_offer_ranking_excluded_text (&ranking);
  g_assert_cmpstr (hidden, ==, "1 more is hidden by the filter.");
}

/* Every reason has words of its own. */
static void
test_excluded_text_names_all (void)
{
  g_autoptr (GHashTable) texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (int i = 0; i < EASEL_N_EXCLUDED; i++)
    {
      EaselOfferRanking ranking = { 0 };
      char *text;

      ranking.excluded[i] = 2;
      text = easel_offer_ranking_excluded_text (&ranking);
      g_assert_nonnull (strchr (text, '2'));
      g_assert_true (g_hash_table_add (texts, text));
    }
}

static void
test_regions (void)
{
  static const struct
  {
    const char *zone;
    guint region;
  } rows[] = {
    { "Europe/Berlin", EASEL_REGION_EUROPE },
    { ":Europe/Berlin", EASEL_REGION_EUROPE },
    { "/usr/share/zoneinfo/Europe/Berlin", EASEL_REGION_EUROPE },
    { "posix/Europe/Berlin", EASEL_REGION_EUROPE },
    { "America/New_York", EASEL_REGION_NORTH_AMERICA },
    { "America/Mexico_City", EASEL_REGION_NORTH_AMERICA },
    { "America/Bahia_Banderas", EASEL_REGION_NORTH_AMERICA },
    { "America/Indiana/Knox", EASEL_REGION_NORTH_AMERICA },
    { "America/Sao_Paulo", EASEL_REGION_SOUTH_AMERICA },
    { "America/Bahia", EASEL_REGION_SOUTH_AMERICA },
    { "America/Argentina/Buenos_Aires", EASEL_REGION_SOUTH_AMERICA },
    { "America/Lima", EASEL_REGION_SOUTH_AMERICA },
    { "Brazil/East", EASEL_REGION_SOUTH_AMERICA },
    { "US/Pacific", EASEL_REGION_NORTH_AMERICA },
    { "Asia/Tokyo", EASEL_REGION_ASIA },
    { "Asia/Dubai", EASEL_REGION_MIDDLE_EAST },
    { "Asia/Jerusalem", EASEL_REGION_MIDDLE_EAST },
    { "Asia/Nicosia", EASEL_REGION_EUROPE },
    { "Australia/Sydney", EASEL_REGION_OCEANIA },
    { "Pacific/Auckland", EASEL_REGION_OCEANIA },
    { "Pacific/Honolulu", EASEL_REGION_NORTH_AMERICA },
    { "Africa/Lagos", EASEL_REGION_AFRICA },
    { "Atlantic/Reykjavik", EASEL_REGION_EUROPE },
    { "Atlantic/Cape_Verde", EASEL_REGION_AFRICA },
    { "Indian/Mauritius", EASEL_REGION_AFRICA },
    { "Indian/Maldives", EASEL_REGION_ASIA },
    { "CET", EASEL_REGION_EUROPE },
    { "Japan", EASEL_REGION_ASIA },
    { "UTC", EASEL_REGION_NONE },
    { "Etc/GMT+5", EASEL_REGION_NONE },
    { "Antarctica/Troll", EASEL_REGION_NONE },
    { "Japanese", EASEL_REGION_NONE },
    { "/etc/localtime", EASEL_REGION_NONE },
    { "+02:00", EASEL_REGION_NONE },
    { "", EASEL_REGION_NONE },
    { NULL, EASEL_REGION_NONE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpuint (easel_region_for_time_zone (rows[i].zone), ==, rows[i].region);
}

static void
test_region_names (void)
{
  g_autofree char *one = easel_region_name (EASEL_REGION_NORTH_AMERICA);
  g_autofree char *two = easel_region_name (EASEL_REGION_ASIA | EASEL_REGION_EUROPE);
  g_autofree char *none = easel_region_name (EASEL_REGION_NONE);
  g_autofree char *all = easel_region_name (EASEL_REGION_ALL);

  g_assert_cmpstr (one, ==, "North America");
  g_assert_cmpstr (two, ==, "Europe, Asia");
  g_assert_cmpstr (none, ==, "Any region");
  g_assert_cmpstr (all, ==, "Any region");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/offer-query/fits", test_fits);
  g_test_add_func ("/offer-query/fits-in-order", test_fits_in_order);
  g_test_add_func ("/offer-query/sizes-as-sold", test_sizes_as_sold);
  g_test_add_func ("/offer-query/duration-counts-the-start", test_duration_counts_start);
  g_test_add_func ("/offer-query/filters", test_filters);
  g_test_add_func ("/offer-query/absurd-prices", test_absurd_prices);
  g_test_add_func ("/offer-query/session-cost", test_session_cost);
  g_test_add_func ("/offer-query/shelf", test_shelf);
  g_test_add_func ("/offer-query/recommended", test_recommended);
  g_test_add_func ("/offer-query/recommended-shelf", test_recommended_shelf);
  g_test_add_func ("/offer-query/recommended-next-door", test_recommended_next_door);
  g_test_add_func ("/offer-query/recommended-bargain", test_recommended_bargain);
  g_test_add_func ("/offer-query/picks", test_picks);
  g_test_add_func ("/offer-query/cheapest-includes-the-disk", test_cheapest_includes_disk);
  g_test_add_func ("/offer-query/empty", test_empty);
  g_test_add_func ("/offer-query/random", test_random);
  g_test_add_func ("/offer-query/ties", test_ties);
  g_test_add_func ("/offer-query/dearer-is-never-better", test_dearer_is_never_better);
  g_test_add_func ("/offer-query/next-best", test_next_best);
  g_test_add_func ("/offer-query/excluded-text", test_excluded_text);
  g_test_add_func ("/offer-query/excluded-text-names-all", test_excluded_text_names_all);
  g_test_add_func ("/region/for-time-zone", test_regions);
  g_test_add_func ("/region/name", test_region_names);

  return g_test_run ();
}
