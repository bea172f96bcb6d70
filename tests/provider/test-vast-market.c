/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * vast.ai's offers, places and templates.
 */

#include "config.h"

#include "easel-error.h"
#include "easel-vast-decode.h"
#include "easel-vast-places.h"
#include "fixture.h"

#include <string.h>

static const EaselVastSearch search = { .need_cuda = EASEL_CUDA (13, 0), .disk_gb = 70 };

static EaselVastOfferPages *
decode_offers (const char *name, EaselVastOfferPages *pages)
{
  g_autoptr (JsonNode) root = easel_fixture_load ("vast", name);
  g_autoptr (GError) error = NULL;

  if (pages == NULL)
    pages = easel_vast_offer_pages_new ();
  g_assert_true (easel_vast_decode_offer_page (root, &search, pages, &error));
  g_assert_no_error (error);
  return pages;
}

static void
test_offer (void)
{
  g_autoptr (EaselVastOfferPages) pages = decode_offers ("offers", NULL);
  EaselOffer *offer = g_ptr_array_index (pages->offers, 0);
  const EaselOfferData *data = easel_offer_get (offer);

  g_assert_cmpuint (pages->n_elements, ==, 3);
  g_assert_cmpuint (pages->n_new, ==, 3);
  g_assert_cmpuint (pages->n_skipped, ==, 0);
  g_assert_cmpfloat (pages->last_price, ==, 0.82);
  g_assert_cmpuint (pages->offers->len, ==, 3);

  g_assert_cmpstr (data->provider_id, ==, "vast");
  g_assert_cmpstr (data->id, ==, "31415926");
  g_assert_cmpstr (data->gpu_id, ==, "RTX 4090");
  g_assert_cmpuint (data->vram_mib, ==, 24564);
  g_assert_cmpuint (data->ram_mib, ==, 64250);
  g_assert_cmpint (data->disk_price, ==, 278);
  /* With the disk that was asked for it is what vast.ai says that the hour costs. */
  g_assert_cmpint (easel_offer_price (offer, 70), ==, 309440);
  g_assert_cmpint (data->stopped_disk_price, ==, 278);
  g_assert_cmpint (data->traffic_price, ==, 2000);
  /* The image is downloaded and billed as well: 9 GB, an estimate. */
  g_assert_cmpint (easel_offer_start_cost (offer, 27000000000), ==, 72000);
  g_assert_cmpint (data->stock, ==, EASEL_STOCK_MEDIUM);
  g_assert_cmpint (data->host_kind, ==, EASEL_HOST_PRIVATE);
  g_assert_cmpuint (data->regions, ==, EASEL_REGION_EUROPE);
  g_assert_cmpstr (data->places[0], ==, "Utrecht, Netherlands");
  g_assert_cmpuint (data->download_bps, ==, 110000000);
  g_assert_cmpint (data->reliability_ppm, ==, 995100);
  g_assert_cmpuint (data->cuda_max, ==, EASEL_CUDA (13, 0));
  g_assert_cmpint (data->max_duration_ms, ==, G_GINT64_CONSTANT (2419200500));
  g_assert_cmpstr (data->machine_id, ==, "12345");
  g_assert_false (data->encrypted);
  /* 36 GB at 110 MB/s are between five and six minutes. */
  g_assert_cmpint (data->start_low_ms, >, 7 * 60 * 1000);
  g_assert_cmpint (data->start_low_ms, <, 8 * 60 * 1000);
  g_assert_cmpint (data->start_high_ms, >, 18 * 60 * 1000);
}

static void
test_data_center_offer (void)
{
  g_autoptr (EaselVastOfferPages) pages = decode_offers ("offers", NULL);
  const EaselOfferData *data = easel_offer_get (g_ptr_array_index (pages->offers, 1));

  g_assert_cmpint (data->host_kind, ==, EASEL_HOST_DATA_CENTER);
  g_assert_cmpuint (data->regions, ==, EASEL_REGION_NORTH_AMERICA);
  g_assert_cmpstr (data->places[0], ==, "Texas, United States");
  g_assert_cmpint (data->reliability_ppm, ==, 1000000);
  g_assert_cmpint (data->traffic_price, ==, 0);
  g_assert_cmpuint (data->ram_mib, ==, 257000);
}

/* What is not told is unknown, and only a missing price spoils it. */
static void
test_bare_offer (void)
{
  g_autoptr (EaselVastOfferPages) pages = decode_offers ("offers", NULL);
  const EaselOfferData *data = easel_offer_get (g_ptr_array_index (pages->offers, 2));

  g_assert_cmpint (data->gpu_price, ==, 200000);
  /* 0.144 dollars for a GB and month of 720 hours. */
  g_assert_cmpint (data->disk_price, ==, 200);
  g_assert_cmpint (data->host_kind, ==, EASEL_HOST_UNKNOWN);
  g_assert_cmpint (data->reliability_ppm, ==, -1);
  g_assert_cmpuint (data->download_bps, ==, 0);
  g_assert_cmpint (data->start_low_ms, ==, 0);
  g_assert_cmpuint (data->cuda_max, ==, 0);
  g_assert_cmpint (data->max_duration_ms, ==, 0);
  g_assert_null (data->places[0]);
  g_assert_null (data->machine_id);
}

static void
test_filtered_again (void)
{
  g_autoptr (EaselVastOfferPages) pages = decode_offers ("offers-not-for-us", NULL);

  g_assert_cmpuint (pages->n_elements, ==, 18);
  g_assert_cmpuint (pages->n_new, ==, 18);
  g_assert_cmpuint (pages->offers->len, ==, 0);
  g_assert_cmpuint (pages->n_skipped, ==, 0);
}

static void
test_odd_offers (void)
{
  g_autoptr (EaselVastOfferPages) pages = decode_offers ("offers-odd", NULL);

  /* One with a number as text; the same once more at the end is no second one. */
  g_assert_cmpuint (pages->offers->len, ==, 1);
  g_assert_cmpstr (easel_offer_get (g_ptr_array_index (pages->offers, 0))->id, ==, "31415930");
  g_assert_cmpuint (pages->n_new, ==, 5);
  g_assert_cmpuint (pages->n_skipped, ==, 8);
}

static void
test_pages_have_no_duplicates (void)
{
  g_autoptr (EaselVastOfferPages) pages = decode_offers ("offers", NULL);

  decode_offers ("offers", pages);
  g_assert_cmpuint (pages->n_new, ==, 0);
  g_assert_cmpuint (pages->offers->len, ==, 3);
  decode_offers ("offers-empty", pages);
  g_assert_cmpuint (pages->n_elements, ==, 0);
  g_assert_cmpfloat (pages->last_price, ==, 0);
  g_assert_cmpuint (pages->offers->len, ==, 3);
}

/* --- places ------------------------------------------------------------------------------- */

static void
test_places (void)
{
  static const struct
  {
    const char *text;
    const char *place;
    EaselRegion region;
  } rows[] = {
    { "Utrecht, NL", "Utrecht, Netherlands", EASEL_REGION_EUROPE },
    { ", NL", "Netherlands", EASEL_REGION_EUROPE },
    { "NL", "Netherlands", EASEL_REGION_EUROPE },
    { "nl", "Netherlands", EASEL_REGION_EUROPE },
    { " Netherlands,NL \n", "Netherlands", EASEL_REGION_EUROPE },
    { "Tokyo, JP", "Tokyo, Japan", EASEL_REGION_ASIA },
    { "São Paulo, BR", "São Paulo, Brazil", EASEL_REGION_SOUTH_AMERICA },
    { "Sydney, New South Wales, AU", "Sydney, New South Wales, Australia", EASEL_REGION_OCEANIA },
    { "Dubai, AE", "Dubai, United Arab Emirates", EASEL_REGION_MIDDLE_EAST },
    { "ZA", "South Africa", EASEL_REGION_AFRICA },
    { "AD", "Andorra", EASEL_REGION_EUROPE },
    { "ZW", "Zimbabwe", EASEL_REGION_AFRICA },
    { "California, United States", "California, United States", EASEL_REGION_NORTH_AMERICA },
    { "Canada", "Canada", EASEL_REGION_NORTH_AMERICA },
    { "Atlantis, QQ", "Atlantis, QQ", EASEL_REGION_NONE },
    { "Moon", "Moon", EASEL_REGION_NONE },
    { "X", "X", EASEL_REGION_NONE },
    { "XNL", "XNL", EASEL_REGION_NONE },
    { "", NULL, EASEL_REGION_NONE },
    { "  ", NULL, EASEL_REGION_NONE },
    { NULL, NULL, EASEL_REGION_NONE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      EaselRegion region = EASEL_REGION_ALL;
      g_autofree char *place = easel_vast_place_name (rows[i].text, &region);

      g_assert_cmpstr (place, ==, rows[i].place);
      g_assert_cmpint (region, ==, rows[i].region);
    }
}

/* Every country's two letters lead to a name and a region: a row out of order is not found. */
static void
test_all_countries (void)
{
  guint n = 0;

  for (char a = 'A'; a <= 'Z'; a++)
    for (char b = 'A'; b <= 'Z'; b++)
      {
        const char code[] = { a, b, '\0' };
        EaselRegion region;
        g_autofree char *place = easel_vast_place_name (code, &region);

        if (strcmp (place, code) == 0)
          continue;
        g_assert_cmpint (region, !=, EASEL_REGION_NONE);
        n++;
      }
  g_assert_cmpuint (n, ==, 243);
}

/* --- templates ---------------------------------------------------------------------------- */

static void
test_newest_of_the_author (void)
{
  g_autoptr (JsonNode) root = easel_fixture_load ("vast", "templates-author");
  g_autoptr (EaselTemplate) newest =
      easel_vast_decode_newest_template (root, EASEL_VAST_AUTHOR_ID, EASEL_VAST_AUTHOR_TEMPLATE,
                                         NULL);
  g_autoptr (EaselTemplate) by_hash =
      easel_vast_decode_newest_template (root, 0, NULL, "bbbb456789abcdef0123456789abcdef");
  const EaselTemplateData *data = easel_template_get (newest);

  g_assert_cmpstr (data->id, ==, "0123456789abcdef0123456789abcdef");
  g_assert_cmpstr (data->image, ==, "aclysia/sd-comfyui-krita:v1.52.0");
  g_assert_cmpuint (data->disk_gb, ==, 20);
  g_assert_cmpuint (data->workspace_gb, ==, 40);
  g_assert_true (data->is_public);
  g_assert_false (data->is_own);
  g_assert_cmpint (easel_template_check (newest), ==, EASEL_TEMPLATE_OK);
  g_assert_true (easel_template_is_krita (newest));
  g_assert_cmpstr (easel_template_get (by_hash)->image, ==, "aclysia/sd-comfyui-krita:v1.48.0");
  g_assert_null (easel_vast_decode_newest_template (root, 6, NULL, NULL));
  g_assert_null (easel_vast_decode_newest_template (root, 0, "x", NULL));
}

static void
test_old_states_are_left_out (void)
{
  g_autoptr (JsonNode) root = easel_fixture_load ("vast", "templates-author");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) templates = easel_vast_decode_templates (root, 0, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (templates->len, ==, 2);
  g_assert_cmpstr (easel_template_get (g_ptr_array_index (templates, 0))->id, ==,
                   "0123456789abcdef0123456789abcdef");
  g_assert_cmpstr (easel_template_get (g_ptr_array_index (templates, 1))->image, ==,
                   "evil/image:v1.52.0");
}

/* The author's image listens on its port whatever the options say. */
static void
test_authors_without_port (void)
{
  g_autoptr (JsonNode) root = easel_fixture_load ("vast", "templates-by-hash");
  g_autoptr (EaselTemplate) one =
      easel_vast_decode_newest_template (root, 0, NULL, EASEL_VAST_AUTHOR_HASH);

  g_assert_cmpint (easel_template_check (one), ==, EASEL_TEMPLATE_OK);
  g_assert_cmpuint (easel_template_get (one)->disk_gb, ==, 0);
}

static void
test_templates_of_others (void)
{
  static const struct
  {
    const char *image;
    const char *first_port;
    EaselTemplateVerdict verdict;
  } rows[] = {
    { "vastai/comfy:v0.9-cuda-12.8", "1111/tcp", EASEL_TEMPLATE_NO_PORT },
    { "rocm/pytorch:latest", "3001/tcp", EASEL_TEMPLATE_NOT_NVIDIA },
    { "a/b@sha256:00", "3001/tcp", EASEL_TEMPLATE_NOT_NVIDIA },
    { "a/b:c", "3001/tcp", EASEL_TEMPLATE_SERVERLESS },
    { "localhost:5000/me/krita:z", "3001/tcp", EASEL_TEMPLATE_OK },
  };
  g_autoptr (JsonNode) root = easel_fixture_load ("vast", "templates-recommended");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) templates = easel_vast_decode_templates (root, 123456, NULL, &error);

  g_assert_cmpuint (templates->len, ==, G_N_ELEMENTS (rows));
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      EaselTemplate *one = g_ptr_array_index (templates, i);

      g_assert_cmpstr (easel_template_get (one)->image, ==, rows[i].image);
      g_assert_cmpstr (easel_template_get (one)->ports[0], ==, rows[i].first_port);
      g_assert_cmpint (easel_template_check (one), ==, rows[i].verdict);
    }
  g_assert_cmpstr (easel_template_get (g_ptr_array_index (templates, 0))->ports[1], ==,
                   "18188/tcp");
  g_assert_cmpstr (easel_template_get (g_ptr_array_index (templates, 0))->ports[2], ==,
                   "72299/udp");
  g_assert_cmpstr (easel_template_get (g_ptr_array_index (templates, 0))->source, ==, "verified");
  g_assert_true (easel_template_get (g_ptr_array_index (templates, 4))->is_own);
  g_assert_false (easel_template_get (g_ptr_array_index (templates, 4))->is_public);
  g_assert_cmpstr (easel_template_get (g_ptr_array_index (templates, 4))->args, ==, "/run --x");
}

static void
test_no_templates (void)
{
  g_autoptr (JsonNode) root = easel_fixture_load ("vast", "templates-none");
  g_autoptr (GError) error = NULL;

  g_assert_null (easel_vast_decode_templates (root, 0, NULL, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
  g_assert_null (easel_vast_decode_newest_template (root, 0, NULL, NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/vast-market/offer", test_offer);
  g_test_add_func ("/vast-market/data-center-offer", test_data_center_offer);
  g_test_add_func ("/vast-market/bare-offer", test_bare_offer);
  g_test_add_func ("/vast-market/filtered-again", test_filtered_again);
  g_test_add_func ("/vast-market/odd-offers", test_odd_offers);
  g_test_add_func ("/vast-market/pages-have-no-duplicates", test_pages_have_no_duplicates);
  g_test_add_func ("/vast-market/places", test_places);
  g_test_add_func ("/vast-market/all-countries", test_all_countries);
  g_test_add_func ("/vast-market/newest-of-the-author", test_newest_of_the_author);
  g_test_add_func ("/vast-market/old-states-are-left-out", test_old_states_are_left_out);
  g_test_add_func ("/vast-market/authors-without-port", test_authors_without_port);
  g_test_add_func ("/vast-market/templates-of-others", test_templates_of_others);
  g_test_add_func ("/vast-market/no-templates", test_no_templates);

  return g_test_run ();
}
