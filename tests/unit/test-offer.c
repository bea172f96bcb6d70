/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Offers as values: what they cost and how they are said. */

#include "config.h"

#include "easel-offer.h"

static EaselOfferData
basic_data (void)
{
  const EaselOfferData data = {
    .provider_id = "runpod",
    .id = "NVIDIA GeForce RTX 3090/secure",
    .gpu_id = "NVIDIA GeForce RTX 3090",
    .gpu_name = "RTX 3090",
    .vram_mib = 24576,
    .gpu_price = 220000,
    .disk_price = 137,
    .stock = EASEL_STOCK_HIGH,
    .host_kind = EASEL_HOST_DATA_CENTER,
    .reliability_ppm = -1,
    .start_low_ms = 6 * 60000,
    .start_high_ms = 15 * 60000,
  };

  return data;
}

static void
test_cuda (void)
{
  static const struct
  {
    const char *text;
    guint version;
  } rows[] = {
    { "12.8", EASEL_CUDA (12, 8) },
    { "13.0", EASEL_CUDA (13, 0) },
    { "12", EASEL_CUDA (12, 0) },
    { "11.8.1", EASEL_CUDA (11, 8) },
    { "12.10", EASEL_CUDA (12, 10) },
    { "", 0 },
    { "x", 0 },
    { "12.", 0 },
    { "12.x", 0 },
    { "12.8x", 0 },
    { "12.8.", 0 },
    { ".8", 0 },
    { "-12.8", 0 },
    { "12.100", 0 },
    { "0.5", 0 },
    { "99999999999999999999.1", 0 },
    { " 12.8", 0 },
    { "12.8 ", 0 },
  };

  g_assert_cmpuint (easel_cuda_parse (NULL), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpuint (easel_cuda_parse (rows[i].text), ==, rows[i].version);
}

static void
test_cuda_round_trip (void)
{
  g_assert_null (easel_cuda_format (0));
  for (guint major = 1; major < 20; major++)
    {
      for (guint minor = 0; minor < 20; minor++)
        {
          g_autofree char *text = easel_cuda_format (EASEL_CUDA (major, minor));

          g_assert_cmpuint (easel_cuda_parse (text), ==, EASEL_CUDA (major, minor));
        }
    }
}

static void
test_deep_copy (void)
{
  g_autofree char *id = g_strdup ("abc");
  g_auto (GStrv) places = g_strsplit ("Romania", " ", -1);
  EaselOfferData data = basic_data ();
  EaselOffer *offer;
  const EaselOfferData *copy;

  data.id = id;
  data.gpu_name = NULL;
  data.places = (const char *const *) places;
  data.machine_id = "m1";
  offer = easel_offer_new (&data);
  copy = easel_offer_get (offer);

  id[0] = 'X';
  places[0][0] = 'X';
  g_assert_cmpstr (copy->id, ==, "abc");
  g_assert_cmpstr (copy->places[0], ==, "Romania");
  g_assert_cmpstr (copy->machine_id, ==, "m1");
  g_assert_cmpstr (copy->gpu_name, ==, "");
  g_assert_cmpint (copy->gpu_price, ==, 220000);
  g_assert_cmpuint (copy->vram_mib, ==, 24576);

  g_assert_finalize_object (offer);
}

static void
test_price (void)
{
  static const struct
  {
    gint64 gpu;
    gint64 disk;
    guint disk_gb;
    gint64 price;
  } rows[] = {
    { 220000, 137, 0, 220000 },
    { 220000, 137, 60, 228220 },
    { 220000, 0, 60, 220000 },
    { 0, 137, 10, 1370 },
    { -1, 137, 60, EASEL_MONEY_UNKNOWN },
    { EASEL_MONEY_UNKNOWN, 137, 60, EASEL_MONEY_UNKNOWN },
    { 220000, EASEL_MONEY_UNKNOWN, 60, EASEL_MONEY_UNKNOWN },
    { 220000, G_MAXINT64, 60, EASEL_MONEY_UNKNOWN },
    { EASEL_MONEY_MAX, 137, 60, EASEL_MONEY_UNKNOWN },
    { 220000, 137, G_MAXUINT, 588410739415 },
    { 220000, 500, G_MAXUINT, EASEL_MONEY_UNKNOWN },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      EaselOfferData data = basic_data ();
      g_autoptr (EaselOffer) offer = NULL;

      data.gpu_price = rows[i].gpu;
      data.disk_price = rows[i].disk;
      offer = easel_offer_new (&data);
      g_assert_cmpint (easel_offer_price (offer, rows[i].disk_gb), ==, rows[i].price);
    }
}

static void
test_start_cost (void)
{
  static const struct
  {
    gint64 traffic;
    guint64 bytes;
    gint64 cost;
  } rows[] = {
    { 0, 27000000000, 0 },
    { EASEL_MONEY_UNKNOWN, 27000000000, 0 },
    { 3000, 0, 0 },
    { 3000, 27000000000, 81000 },
    { 3000, 500000000, 1500 },
    { 3000, 1, 3 },
    { 1, 1, 1 },
    { EASEL_MONEY_MAX, 999999999, EASEL_MONEY_MAX },
    { EASEL_MONEY_MAX, 27000000000, EASEL_MONEY_UNKNOWN },
    { EASEL_MONEY_MAX + 1, 1, EASEL_MONEY_UNKNOWN },
    { 3000, G_MAXUINT64, EASEL_MONEY_UNKNOWN },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      EaselOfferData data = basic_data ();
      g_autoptr (EaselOffer) offer = NULL;

      data.traffic_price = rows[i].traffic;
      offer = easel_offer_new (&data);
      g_assert_cmpint (easel_offer_start_cost (offer, rows[i].bytes), ==, rows[i].cost);
    }
}

/* Traffic is not only models. */
static void
test_start_cost_of_the_image (void)
{
  EaselOfferData data = basic_data ();
  g_autoptr (EaselOffer) offer = NULL;

  data.traffic_price = 2000;
  data.image_bytes = 9 * G_GUINT64_CONSTANT (1000000000);
  offer = easel_offer_new (&data);
  g_assert_cmpint (easel_offer_start_cost (offer, 0), ==, 18000);
  g_assert_cmpint (easel_offer_start_cost (offer, 1000000000), ==, 20000);
  g_assert_cmpint (easel_offer_start_cost (offer, G_MAXUINT64), ==, EASEL_MONEY_UNKNOWN);
}

static void
test_title (void)
{
  EaselOfferData data = basic_data ();
  g_autoptr (EaselOffer) offer = easel_offer_new (&data);
  g_autofree char *title = easel_offer_title (offer);

  g_assert_cmpstr (title, ==, "RTX 3090 · 24 GB");
}

typedef struct
{
  EaselHostKind host_kind;
  const char *places;
  const char *text;
} PlaceRow;

static void
test_place (void)
{
  static const PlaceRow rows[] = {
    { EASEL_HOST_DATA_CENTER, "Romania", "data center in Romania" },
    { EASEL_HOST_DATA_CENTER, "Romania,Sweden", "data center in Romania, Sweden" },
    { EASEL_HOST_DATA_CENTER, "Romania,Sweden,Iceland", "data center in Romania, Sweden +1" },
    { EASEL_HOST_DATA_CENTER, "Romania,Sweden,Iceland,Norway",
      "data center in Romania, Sweden +2" },
    { EASEL_HOST_DATA_CENTER, NULL, "data center, place not told" },
    { EASEL_HOST_DATA_CENTER, "", "data center, place not told" },
    { EASEL_HOST_PRIVATE, NULL, "private owner’s computer, place not told" },
    { EASEL_HOST_PRIVATE, "Utrecht", "private owner’s computer in Utrecht" },
    { EASEL_HOST_UNKNOWN, "Utrecht", "Utrecht" },
    { EASEL_HOST_UNKNOWN, NULL, "place not told" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (GStrv) places = rows[i].places != NULL ? g_strsplit (rows[i].places, ",", -1) : NULL;
      EaselOfferData data = basic_data ();
      g_autoptr (EaselOffer) offer = NULL;
      g_autofree char *text = NULL;

      data.host_kind = rows[i].host_kind;
      data.places = (const char *const *) places;
      offer = easel_offer_new (&data);
      text = easel_offer_place (offer);
      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static char *
facts_of (const EaselOfferData *data, const char *provider_name)
{
  g_autoptr (EaselOffer) offer = easel_offer_new (data);

  return easel_offer_facts (offer, provider_name, 0);
}

static void
test_facts_with_more (void)
{
  EaselOfferData data = basic_data ();
  g_autoptr (EaselOffer) offer = easel_offer_new (&data);
  g_autoptr (EaselOffer) fast = NULL;
  g_autofree char *slow_text = easel_offer_facts (offer, NULL, 6000000000);
  g_autofree char *fast_text = NULL;

  g_assert_nonnull (strstr (slow_text, "usually 8 to 17 min"));
  data.download_bps = 100000000;
  fast = easel_offer_new (&data);
  fast_text = easel_offer_facts (fast, NULL, 6000000000);
  g_assert_nonnull (strstr (fast_text, "usually 7 to 16 min"));
  g_assert_cmpint (easel_offer_get_more_start_ms (offer, G_MAXUINT64), ==, 24 * 3600 * 1000);
}

static void
test_facts (void)
{
  static const char *const places[] = { "Romania", "Sweden", "Norway", "Iceland", NULL };
  EaselOfferData data = basic_data ();
  g_autofree char *data_center = NULL;
  g_autofree char *private = NULL;
  g_autofree char *told = NULL;
  g_autofree char *bare = NULL;

  data.places = places;
  data_center = facts_of (&data, "RunPod");
  g_assert_cmpstr (data_center, ==,
                   "RunPod · data center in Romania, Sweden +2 · in stock · usually 6 to 15 min");

  data.places = NULL;
  data.host_kind = EASEL_HOST_PRIVATE;
  data.stock = EASEL_STOCK_LOW;
  private = facts_of (&data, "RunPod");
  g_assert_cmpstr (private, ==,
                   "RunPod · private owner’s computer, place not told · few left · "
                   "usually 6 to 15 min");

  data.stock = EASEL_STOCK_UNKNOWN;
  data.download_bps = 96000000;
  data.reliability_ppm = 995100;
  data.start_high_ms = data.start_low_ms + 20000;
  told = facts_of (&data, NULL);
  g_assert_cmpstr (told, ==,
                   "private owner’s computer, place not told · usually 6 min · 96 MB/s · "
                   "works 99.5 % of the time");

  data.download_bps = 0;
  data.reliability_ppm = 1000001;
  data.start_low_ms = 0;
  data.start_high_ms = 0;
  bare = facts_of (&data, "");
  g_assert_cmpstr (bare, ==, "private owner’s computer, place not told");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/offer/cuda", test_cuda);
  g_test_add_func ("/offer/cuda-round-trip", test_cuda_round_trip);
  g_test_add_func ("/offer/deep-copy", test_deep_copy);
  g_test_add_func ("/offer/price", test_price);
  g_test_add_func ("/offer/start-cost", test_start_cost);
  g_test_add_func ("/offer/start-cost-of-the-image", test_start_cost_of_the_image);
  g_test_add_func ("/offer/title", test_title);
  g_test_add_func ("/offer/place", test_place);
  g_test_add_func ("/offer/facts", test_facts);
  g_test_add_func ("/offer/facts-with-more", test_facts_with_more);

  return g_test_run ();
}
