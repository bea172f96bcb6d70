/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * RunPod's GPUs, places and templates, by fixture.
 */

#include "config.h"

#include "easel-error.h"
#include "easel-runpod-decode.h"
#include "easel-runpod-places.h"
#include "fixture.h"

static guint n_skipped;

static GPtrArray *
load_offers (const char *name, EaselHostKind kind)
{
  g_autoptr (JsonNode) root = easel_fixture_load ("runpod", name);
  g_autoptr (GError) error = NULL;
  GPtrArray *offers = easel_runpod_decode_offers (root, kind, &n_skipped, &error);

  g_assert_no_error (error);
  return offers;
}

static const EaselOfferData *
find_offer (GPtrArray *offers, const char *id)
{
  for (guint i = 0; i < offers->len; i++)
    {
      const EaselOfferData *data = easel_offer_get (g_ptr_array_index (offers, i));

      if (g_strcmp0 (data->id, id) == 0)
        return data;
    }
  g_test_message ("no offer “%s”", id);
  g_test_fail ();
  return NULL;
}

static void
test_data_center_offer (void)
{
  g_autoptr (GPtrArray) offers = load_offers ("gpus-secure", EASEL_HOST_DATA_CENTER);
  const EaselOfferData *data = find_offer (offers, "runpod/SECURE/NVIDIA GeForce RTX 4090");
  const char *const places[] = { "Romania", "Iceland", NULL };

  g_assert_cmpuint (offers->len, ==, 4);
  g_assert_cmpstr (data->provider_id, ==, "runpod");
  g_assert_cmpstr (data->gpu_id, ==, "NVIDIA GeForce RTX 4090");
  g_assert_cmpstr (data->gpu_name, ==, "RTX 4090");
  g_assert_cmpuint (data->vram_mib, ==, 24 * 1024);
  g_assert_cmpuint (data->ram_mib, ==, 0);
  g_assert_cmpint (data->gpu_price, ==, 690000);
  g_assert_cmpint (data->disk_price, ==, 137);
  g_assert_cmpint (data->stopped_disk_price, ==, 274);
  g_assert_cmpint (data->traffic_price, ==, 0);
  g_assert_cmpint (data->stock, ==, EASEL_STOCK_HIGH);
  g_assert_cmpint (data->host_kind, ==, EASEL_HOST_DATA_CENTER);
  g_assert_cmpuint (data->regions, ==, EASEL_REGION_EUROPE);
  g_assert_cmpstrv (data->places, places);
  g_assert_cmpint (data->reliability_ppm, ==, -1);
  g_assert_cmpuint (data->cuda_max, ==, EASEL_CUDA (13, 0));
  g_assert_true (data->encrypted);
  g_assert_cmpint (data->start_low_ms, ==, 5 * 60 * 1000);
  g_assert_cmpint (data->start_high_ms, ==, 10 * 60 * 1000);
}

static void
test_stock_and_driver (void)
{
  g_autoptr (GPtrArray) offers = load_offers ("gpus-secure", EASEL_HOST_DATA_CENTER);
  const EaselOfferData *mig =
      find_offer (offers, "runpod/SECURE/NVIDIA RTX PRO 6000 Blackwell Server Edition MIG 1g.24gb");
  const EaselOfferData *none = find_offer (offers, "runpod/SECURE/NVIDIA L4");
  const EaselOfferData *a5000 = find_offer (offers, "runpod/SECURE/NVIDIA RTX A5000");
  const char *const places[] = { "Canada (Montreal)", "XX-YY-9", NULL };

  /* A host with 13.0 exists but is full: only 12.8 can be had. */
  g_assert_cmpuint (mig->cuda_max, ==, EASEL_CUDA (12, 8));
  g_assert_cmpint (mig->stock, ==, EASEL_STOCK_MEDIUM);
  g_assert_null (mig->places);
  g_assert_cmpint (none->stock, ==, EASEL_STOCK_NONE);
  g_assert_cmpuint (none->cuda_max, ==, EASEL_CUDA (13, 0));
  g_assert_cmpstrv (a5000->places, places);
  g_assert_cmpuint (a5000->regions, ==, EASEL_REGION_NORTH_AMERICA);
}

static void
test_private_offers (void)
{
  g_autoptr (GPtrArray) offers = load_offers ("gpus-community", EASEL_HOST_PRIVATE);
  const EaselOfferData *data = find_offer (offers, "runpod/COMMUNITY/NVIDIA GeForce RTX 3090");

  /* The A5000 is not offered by private owners. */
  g_assert_cmpuint (offers->len, ==, 2);
  g_assert_cmpint (data->gpu_price, ==, 220000);
  g_assert_cmpint (data->host_kind, ==, EASEL_HOST_PRIVATE);
  g_assert_null (data->places);
  g_assert_cmpuint (data->regions, ==, EASEL_REGION_NONE);
  g_assert_cmpint (data->start_high_ms, ==, 15 * 60 * 1000);
}

static void
test_what_cannot_work_is_no_offer (void)
{
  g_autoptr (GPtrArray) secure = load_offers ("gpus-not-for-us", EASEL_HOST_DATA_CENTER);
  g_autoptr (GPtrArray) private = load_offers ("gpus-not-for-us", EASEL_HOST_PRIVATE);
  g_autoptr (GPtrArray) none = load_offers ("gpus-empty", EASEL_HOST_DATA_CENTER);

  g_assert_cmpuint (secure->len, ==, 0);
  g_assert_cmpuint (private->len, ==, 0);
  g_assert_cmpuint (none->len, ==, 0);
}

static void
test_odd_elements_are_passed_over (void)
{
  g_autoptr (GPtrArray) offers = load_offers ("gpus-odd-elements", EASEL_HOST_DATA_CENTER);
  const EaselOfferData *l4 = find_offer (offers, "runpod/SECURE/NVIDIA L4");

  g_assert_cmpuint (offers->len, ==, 3);
  g_assert_cmpuint (n_skipped, ==, 8);
  g_assert_cmpint (l4->stock, ==, EASEL_STOCK_UNKNOWN);
  g_assert_cmpstr (l4->gpu_name, ==, "L4");
  g_assert_cmpuint (l4->cuda_max, ==, EASEL_CUDA (13, 0));
  find_offer (offers, "runpod/SECURE/NVIDIA TITAN RTX");
  find_offer (offers, "runpod/SECURE/NVIDIA A40");
}

static void
test_places (void)
{
  static const struct
  {
    const char *id;
    const char *name;
    EaselRegion region;
  } cases[] = {
    { "EU-RO-1", "Romania", EASEL_REGION_EUROPE },
    { "EUR-IS-3", "Iceland", EASEL_REGION_EUROPE },
    { "EUR-NO-1", "Norway", EASEL_REGION_EUROPE },
    { "US-TX-3", "United States (Texas)", EASEL_REGION_NORTH_AMERICA },
    { "US-DE-1", "United States (Delaware)", EASEL_REGION_NORTH_AMERICA },
    { "CA-MTL-2", "Canada (Montreal)", EASEL_REGION_NORTH_AMERICA },
    { "OC-AU-1", "Australia", EASEL_REGION_OCEANIA },
    { "AP-JP-1", "Japan", EASEL_REGION_ASIA },
    { "EU-XX-1", "EU-XX-1", EASEL_REGION_EUROPE },
    { "US-ZZ-1", "US-ZZ-1", EASEL_REGION_NORTH_AMERICA },
    { "EU-ROX-1", "EU-ROX-1", EASEL_REGION_EUROPE },
    { "MOON-1", "MOON-1", EASEL_REGION_NONE },
    { "", "", EASEL_REGION_NONE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      EaselRegion region = EASEL_REGION_ALL;
      g_autofree char *name = easel_runpod_place_name (cases[i].id, &region);

      g_assert_cmpstr (name, ==, cases[i].name);
      g_assert_cmpint (region, ==, cases[i].region);
    }
}

static EaselTemplate *
load_template (const char *name, const char *source)
{
  g_autoptr (JsonNode) root = easel_fixture_load ("runpod", name);
  g_autoptr (GError) error = NULL;
  EaselTemplate *one = easel_runpod_decode_template (root, source, &error);

  g_assert_no_error (error);
  return one;
}

static void
test_author_template (void)
{
  g_autoptr (EaselTemplate) one = load_template ("template-krita", NULL);
  const EaselTemplateData *data = easel_template_get (one);
  const char *const ports[] = { "3001/http", "8888/http", "22/tcp", NULL };

  g_assert_cmpstr (data->id, ==, "8myumeqonw");
  g_assert_cmpstr (data->name, ==, "Stable Diffusion ComfyUI for Krita");
  g_assert_cmpstr (data->image, ==, "aclysia/sd-comfyui-krita:v1.52.0");
  g_assert_cmpuint (data->disk_gb, ==, 20);
  g_assert_cmpuint (data->workspace_gb, ==, 40);
  g_assert_cmpstr (data->workspace_path, ==, "/workspace");
  g_assert_cmpstrv (data->ports, ports);
  g_assert_true (data->is_public);
  g_assert_false (data->is_own);
  g_assert_cmpint (easel_template_check (one), ==, EASEL_TEMPLATE_OK);
  g_assert_true (easel_template_is_krita (one));
}

static void
test_other_templates (void)
{
  g_autoptr (EaselTemplate) own = load_template ("template-own", NULL);
  g_autoptr (EaselTemplate) serverless = load_template ("template-serverless", "official");
  g_autoptr (EaselTemplate) amd = load_template ("template-amd", "community");

  g_assert_true (easel_template_get (own)->is_own);
  g_assert_cmpstr (easel_template_get (own)->args, ==, "/start.sh --sdxl");
  g_assert_true (easel_template_get (serverless)->serverless);
  g_assert_cmpuint (easel_template_get (serverless)->workspace_gb, ==, 0);
  g_assert_false (easel_template_get (amd)->nvidia);
  g_assert_cmpstr (easel_template_get (amd)->source, ==, "community");
}

static void
test_template_lists (void)
{
  g_autoptr (JsonNode) root = easel_fixture_load ("runpod", "templates-community");
  g_autoptr (JsonNode) other = easel_fixture_load ("runpod", "gpus-empty");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = easel_runpod_decode_templates (root, "community", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, 3);
  g_assert_null (easel_runpod_decode_templates (other, "community", &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/runpod-catalog/data-center-offer", test_data_center_offer);
  g_test_add_func ("/runpod-catalog/stock-and-driver", test_stock_and_driver);
  g_test_add_func ("/runpod-catalog/private-offers", test_private_offers);
  g_test_add_func ("/runpod-catalog/what-cannot-work-is-no-offer",
                   test_what_cannot_work_is_no_offer);
  g_test_add_func ("/runpod-catalog/odd-elements-are-passed-over",
                   test_odd_elements_are_passed_over);
  g_test_add_func ("/runpod-catalog/places", test_places);
  g_test_add_func ("/runpod-catalog/author-template", test_author_template);
  g_test_add_func ("/runpod-catalog/other-templates", test_other_templates);
  g_test_add_func ("/runpod-catalog/template-lists", test_template_lists);

  return g_test_run ();
}
