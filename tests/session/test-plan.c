/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From choices to what is rented: what is remembered, and what follows from template, workload,
 * offer and tags. */
#define G_SETTINGS_ENABLE_BACKEND
#include "config.h"

#include "easel-plan-private.h"

#include "stub-provider.h"

#include <gio/gsettingsbackend.h>

#define SCHEMA "io.github.cloudeasel.CloudEasel"
#define AUTHORS_IMAGE EASEL_IMAGE_REPOSITORY ":v1.40.1"

typedef struct
{
  GSettings *settings;
  EaselPlan *plan;
  guint n_changed;
} Fixture;

static void
on_changed (Fixture *self)
{
  self->n_changed++;
}

static void
open_plan (Fixture *self)
{
  self->plan = easel_plan_new (self->settings);
  g_signal_connect_swapped (self->plan, "changed", G_CALLBACK (on_changed), self);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GSettingsBackend) backend = g_memory_settings_backend_new ();

  self->settings = g_settings_new_with_backend (SCHEMA, backend);
  open_plan (self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_assert_finalize_object (self->plan);
  g_assert_finalize_object (self->settings);
}

static void
restart (Fixture *self)
{
  g_assert_finalize_object (self->plan);
  open_plan (self);
  self->n_changed = 0;
}

static void
assert_setting (Fixture *self, const char *key, const char *expected)
{
  g_autoptr (GVariant) value = g_settings_get_value (self->settings, key);
  g_autofree char *text = g_variant_print (value, FALSE);

  g_assert_cmpstr (text, ==, expected);
}

static void
assert_image (Fixture *self, const char *expected)
{
  g_autofree char *image = easel_plan_dup_image (self->plan);

  g_assert_cmpstr (image, ==, expected);
}

static EaselTemplate *
foreign_template (void)
{
  static const char *const ports[] = { "3001/http", NULL };
  EaselTemplateData data = {
    .provider_id = "runpod",
    .id = "foreign1",
    .name = "Somebody’s ComfyUI",
    .image = "somebody/comfyui:cuda12",
    .args = "bash start",
    .disk_gb = 50,
    .ports = ports,
    .nvidia = TRUE,
  };

  return easel_template_new (&data);
}

static void
test_defaults (Fixture *self, gconstpointer data)
{
  const EaselLimits *limits = easel_plan_get_limits (self->plan);

  g_assert_cmpstr (easel_plan_get_provider_id (self->plan), ==, "runpod");
  g_assert_cmpint (easel_plan_get_workload (self->plan), ==, EASEL_WORKLOAD_SDXL);
  g_assert_false (easel_plan_get_start_sooner (self->plan));
  g_assert_null (easel_plan_get_template (self->plan));
  g_assert_cmpstr (easel_plan_get_template_id (self->plan), ==, "");
  g_assert_null (easel_plan_get_offer (self->plan));
  g_assert_cmpuint (limits->hours, ==, 4);
  g_assert_cmpuint (limits->idle_minutes, ==, 60);
  g_assert_cmpuint (limits->closed_minutes, ==, 20);
  g_assert_false (limits->stop_instead);
  g_assert_cmpuint (easel_plan_get_overprice_percent (self->plan), ==, 15);
  g_assert_null (easel_plan_get_last_offer_id (self->plan));
  g_assert_cmpint (easel_plan_get_last_price (self->plan), ==, 0);
  g_assert_null (easel_plan_build_spec (self->plan));
  g_assert_cmpint (easel_plan_get_max_price (self->plan), ==, EASEL_MONEY_UNKNOWN);
  assert_image (self, EASEL_PLAN_DEFAULT_IMAGE);
  g_assert_cmpuint (self->n_changed, ==, 0);
}

static void
test_remembered (Fixture *self, gconstpointer data)
{
  EaselLimits limits = { .hours = 2, .idle_minutes = 30, .closed_minutes = 10 };

  limits.stop_instead = TRUE;
  easel_plan_set_workload (self->plan, EASEL_WORKLOAD_FLUX | EASEL_WORKLOAD_SDXL);
  easel_plan_set_start_sooner (self->plan, TRUE);
  easel_plan_set_limits (self->plan, &limits);
  easel_plan_set_overprice_percent (self->plan, 30);
  g_assert_cmpuint (self->n_changed, ==, 4);

  /* The same again is no change. */
  easel_plan_set_workload (self->plan, EASEL_WORKLOAD_FLUX | EASEL_WORKLOAD_SDXL);
  easel_plan_set_start_sooner (self->plan, 7);
  easel_plan_set_limits (self->plan, &limits);
  easel_plan_set_overprice_percent (self->plan, 30);
  easel_plan_set_plugin_version (self->plan, 0);
  easel_plan_set_public_tags (self->plan, NULL);
  easel_plan_set_template (self->plan, NULL);
  easel_plan_set_offer (self->plan, NULL);
  easel_plan_set_provider_id (self->plan, "runpod");
  g_assert_cmpuint (self->n_changed, ==, 4);

  restart (self);
  g_assert_cmpint (easel_plan_get_workload (self->plan), ==,
                   EASEL_WORKLOAD_FLUX | EASEL_WORKLOAD_SDXL);
  g_assert_true (easel_plan_get_start_sooner (self->plan));
  g_assert_cmpuint (easel_plan_get_limits (self->plan)->hours, ==, 2);
  g_assert_cmpuint (easel_plan_get_limits (self->plan)->idle_minutes, ==, 30);
  g_assert_cmpuint (easel_plan_get_limits (self->plan)->closed_minutes, ==, 10);
  g_assert_true (easel_plan_get_limits (self->plan)->stop_instead);
  g_assert_cmpuint (easel_plan_get_overprice_percent (self->plan), ==, 30);
}

static void
test_out_of_range (Fixture *self, gconstpointer data)
{
  EaselLimits limits = { .hours = 1000, .idle_minutes = 0, .closed_minutes = 100000 };

  easel_plan_set_limits (self->plan, &limits);
  g_assert_cmpuint (easel_plan_get_limits (self->plan)->hours, ==, 24);
  g_assert_cmpuint (easel_plan_get_limits (self->plan)->idle_minutes, ==, 10);
  g_assert_cmpuint (easel_plan_get_limits (self->plan)->closed_minutes, ==, 600);
  easel_plan_set_overprice_percent (self->plan, 5000);
  g_assert_cmpuint (easel_plan_get_overprice_percent (self->plan), ==, 100);
  easel_plan_set_workload (self->plan, 0);
  g_assert_cmpint (easel_plan_get_workload (self->plan), ==, EASEL_WORKLOAD_SDXL);
  easel_plan_set_workload (self->plan, (EaselWorkloadSet) (1 << 20));
  g_assert_cmpint (easel_plan_get_workload (self->plan), ==, EASEL_WORKLOAD_SDXL);

  g_settings_set_string (self->settings, "workload", "<b>nonsense</b>,flux2");
  g_settings_set_int64 (self->settings, "last-price", G_MININT64);
  restart (self);
  g_assert_cmpint (easel_plan_get_workload (self->plan), ==, EASEL_WORKLOAD_FLUX2);
  g_assert_cmpint (easel_plan_get_last_price (self->plan), ==, 0);
}

static void
test_template (Fixture *self, gconstpointer data)
{
  g_autoptr (EaselTemplate) authors = stub_krita_template ("8myumeqonw", AUTHORS_IMAGE);
  g_autoptr (EaselTemplate) own = stub_krita_template ("own1", AUTHORS_IMAGE);

  /* The author's is used, but no choice. */
  _easel_plan_take_default_template (self->plan, authors);
  g_assert_true (easel_plan_get_template (self->plan) == authors);
  assert_setting (self, "template-id", "''");
  g_assert_cmpuint (self->n_changed, ==, 1);

  easel_plan_set_template (self->plan, own);
  assert_setting (self, "template-id", "'own1'");
  g_assert_cmpstr (easel_plan_get_template_id (self->plan), ==, "own1");
  g_assert_cmpuint (self->n_changed, ==, 2);

  /* Painting something else is no reason to change it. */
  easel_plan_set_workload (self->plan, EASEL_WORKLOAD_FLUX);
  g_assert_true (easel_plan_get_template (self->plan) == own);

  easel_plan_set_template (self->plan, NULL);
  g_assert_null (easel_plan_get_template (self->plan));
  assert_setting (self, "template-id", "''");
}

static void
test_provider_of_offer (Fixture *self, gconstpointer data)
{
  g_autoptr (EaselTemplate) own = stub_krita_template ("own1", AUTHORS_IMAGE);
  g_autoptr (EaselOffer) first = stub_offer ("3090", "RTX 3090", 24, 220000);
  EaselOfferData other = *easel_offer_get (first);
  g_autoptr (EaselOffer) second = NULL;

  other.provider_id = "vast";
  second = easel_offer_new (&other);
  easel_plan_set_template (self->plan, own);
  easel_plan_set_offer (self->plan, first);
  g_assert_true (_easel_plan_is_offer_chosen (self->plan));
  g_assert_true (easel_plan_get_template (self->plan) == own);

  /* A template belongs to its provider. */
  self->n_changed = 0;
  easel_plan_set_offer (self->plan, second);
  g_assert_cmpuint (self->n_changed, ==, 1);
  g_assert_cmpstr (easel_plan_get_provider_id (self->plan), ==, "vast");
  g_assert_null (easel_plan_get_template (self->plan));
  assert_setting (self, "template-id", "''");
  assert_setting (self, "provider-id", "'vast'");

  /* And an offer too. */
  easel_plan_set_provider_id (self->plan, "runpod");
  g_assert_null (easel_plan_get_offer (self->plan));
  g_assert_false (_easel_plan_is_offer_chosen (self->plan));
}

static void
test_image (Fixture *self, gconstpointer data)
{
  static const char *const tags[] = { "base", "v1.52.0", "v1.51.0", "v1.40.1", "v1.54.0", NULL };
  g_autoptr (EaselTemplate) authors = stub_krita_template ("8myumeqonw", AUTHORS_IMAGE);
  g_autoptr (EaselTemplate) foreign = foreign_template ();
  g_autoptr (EaselOffer) offer = stub_offer ("3090", "RTX 3090", 24, 220000);
  EaselOfferData old_host = *easel_offer_get (offer);
  g_autoptr (EaselOffer) old_offer = NULL;
  EaselOfferQuery query = { 0 };

  _easel_plan_take_default_template (self->plan, authors);
  assert_image (self, AUTHORS_IMAGE);
  easel_plan_set_public_tags (self->plan, tags);
  assert_image (self, EASEL_IMAGE_REPOSITORY ":v1.54.0");
  easel_plan_set_plugin_version (self->plan, easel_version_parse ("1.51.0"));
  assert_image (self, EASEL_IMAGE_REPOSITORY ":v1.52.0");
  easel_plan_fill_query (self->plan, &query);
  g_assert_cmpuint (query.need_cuda, ==, EASEL_CUDA (13, 0));

  /* The host's driver is too old for the newest: for this offer an older one, for the list not. */
  old_host.cuda_max = EASEL_CUDA (12, 8);
  old_offer = easel_offer_new (&old_host);
  easel_plan_set_offer (self->plan, old_offer);
  assert_image (self, EASEL_IMAGE_REPOSITORY ":v1.51.0");
  easel_plan_fill_query (self->plan, &query);
  g_assert_cmpuint (query.need_cuda, ==, EASEL_CUDA (13, 0));

  easel_plan_set_template (self->plan, foreign);
  assert_image (self, "somebody/comfyui:cuda12");
  easel_plan_fill_query (self->plan, &query);
  g_assert_cmpuint (query.need_cuda, ==, 0);
  g_assert_cmpuint (query.download_bytes, ==, 0);
}

static void
test_query (Fixture *self, gconstpointer data)
{
  EaselOfferQuery query = { .filter_vram_mib = 7, .sort = EASEL_SORT_MEMORY };
  EaselLimits limits = *easel_plan_get_limits (self->plan);
  EaselWorkloadNeeds needs;

  easel_plan_set_workload (self->plan, EASEL_WORKLOAD_FLUX);
  limits.hours = 3;
  easel_plan_set_limits (self->plan, &limits);
  easel_plan_get_needs (self->plan, &needs);
  easel_plan_fill_query (self->plan, &query);
  g_assert_cmpuint (query.need_vram_mib, ==, needs.vram_min_mib);
  g_assert_cmpuint (query.need_ram_mib, ==, 32 * 1024);
  g_assert_cmpuint (query.download_bytes, ==, needs.download_bytes);
  g_assert_cmpint (query.session_ms, ==, 3 * 3600 * 1000);
  g_assert_cmpuint (query.disk_gb, ==, 20 + needs.workspace_gb);
  /* What the person wishes is not the plan's. */
  g_assert_cmpuint (query.filter_vram_mib, ==, 7);
  g_assert_cmpint (query.sort, ==, EASEL_SORT_MEMORY);
  g_assert_null (query.bad_machines);
}

/* What comes with every new GPU needs disk, time and traffic. */
static void
test_shelf (Fixture *self, gconstpointer data)
{
  g_autoptr (EaselTemplate) foreign = foreign_template ();
  g_autoptr (EaselOffer) offer = stub_offer ("3090", "RTX 3090", 24, 220000);
  g_autoptr (EaselLaunchSpec) spec = NULL;
  g_autoptr (EaselLaunchSpec) foreign_spec = NULL;
  EaselOfferQuery before = { 0 };
  EaselOfferQuery query = { 0 };
  EaselWorkloadNeeds needs;

  easel_plan_fill_query (self->plan, &before);
  easel_plan_set_shelf_bytes (self->plan, 6900000000);
  easel_plan_set_shelf_bytes (self->plan, 6900000000);
  g_assert_cmpuint (self->n_changed, ==, 1);
  g_assert_true (easel_plan_takes_shelf (self->plan));
  easel_plan_fill_query (self->plan, &query);
  g_assert_cmpuint (query.shelf_bytes, ==, 6900000000);
  g_assert_cmpuint (query.download_bytes, ==, before.download_bytes + 6900000000);
  g_assert_cmpuint (query.disk_gb, >=, before.disk_gb + 5);
  easel_plan_get_needs (self->plan, &needs);
  g_assert_cmpuint (needs.download_bytes, ==, query.download_bytes);

  easel_plan_set_offer (self->plan, offer);
  spec = easel_plan_build_spec (self->plan);
  g_assert_cmpuint (spec->shelf_bytes, ==, 6900000000);
  g_assert_cmpuint (spec->download_bytes, ==, query.download_bytes);
  g_assert_cmpuint (spec->disk_gb + spec->workspace_gb, ==, query.disk_gb);

  /* Nobody there could fetch them. */
  easel_plan_set_template (self->plan, foreign);
  g_assert_false (easel_plan_takes_shelf (self->plan));
  g_assert_cmpuint (easel_plan_get_shelf_bytes (self->plan), ==, 0);
  easel_plan_set_offer (self->plan, offer);
  foreign_spec = easel_plan_build_spec (self->plan);
  g_assert_cmpuint (foreign_spec->shelf_bytes, ==, 0);
  g_assert_cmpuint (foreign_spec->workspace_gb, <, spec->workspace_gb);
}

static void
test_spec (Fixture *self, gconstpointer data)
{
  static const char *const tags[] = { "v1.52.0", NULL };
  static const char *const arguments[] = { "/start.sh", "--recommended", NULL };
  g_autoptr (EaselTemplate) authors = stub_krita_template ("8myumeqonw", AUTHORS_IMAGE);
  g_autoptr (EaselOffer) offer = stub_offer ("3090", "RTX 3090", 24, 220000);
  g_autoptr (EaselLaunchSpec) spec = NULL;
  gint64 price;

  _easel_plan_take_default_template (self->plan, authors);
  easel_plan_set_offer (self->plan, offer);
  easel_plan_set_public_tags (self->plan, tags);
  spec = easel_plan_build_spec (self->plan);
  g_assert_nonnull (spec);
  g_assert_null (spec->name);
  g_assert_true (spec->offer == offer);
  g_assert_true (spec->template == authors);
  g_assert_cmpstr (spec->image, ==, EASEL_IMAGE_REPOSITORY ":v1.52.0");
  g_assert_cmpint (spec->workload, ==, EASEL_WORKLOAD_SDXL);
  g_assert_cmpstrv (spec->start_arguments, arguments);
  g_assert_cmpuint (spec->disk_gb, ==, 20);
  g_assert_cmpuint (spec->workspace_gb, ==, 40);
  g_assert_cmpuint (spec->need_cuda, ==, EASEL_CUDA (13, 0));
  g_assert_cmpuint (spec->need_ram_mib, ==, 0);
  g_assert_cmpuint (spec->limits.hours, ==, 4);
  g_assert_cmpuint (spec->download_bytes, >, 20000000000);

  price = easel_launch_spec_price (spec);
  g_assert_cmpint (price, ==, 220000 + 60 * 137);
  g_assert_cmpint (spec->max_price, ==, price + price * 15 / 100);
  g_assert_cmpint (easel_plan_get_max_price (self->plan), ==, spec->max_price);
  easel_plan_set_overprice_percent (self->plan, 0);
  g_assert_cmpint (easel_plan_get_max_price (self->plan), ==, price);

  /* Building changes nothing: only renting is remembered. */
  g_assert_null (easel_plan_get_last_offer_id (self->plan));
}

/* The template's own image needs no override. */
static void
test_spec_own_image (Fixture *self, gconstpointer data)
{
  g_autoptr (EaselTemplate) authors = stub_krita_template ("8myumeqonw", AUTHORS_IMAGE);
  g_autoptr (EaselOffer) offer = stub_offer ("3090", "RTX 3090", 24, 220000);
  g_autoptr (EaselLaunchSpec) spec = NULL;

  _easel_plan_take_default_template (self->plan, authors);
  easel_plan_set_offer (self->plan, offer);
  spec = easel_plan_build_spec (self->plan);
  g_assert_null (spec->image);
  g_assert_nonnull (spec->start_arguments);
  g_assert_cmpuint (spec->need_cuda, ==, easel_image_cuda (AUTHORS_IMAGE));
}

static void
test_spec_without_template (Fixture *self, gconstpointer data)
{
  g_autoptr (EaselOffer) offer = stub_offer ("3090", "RTX 3090", 24, 220000);
  g_autoptr (EaselLaunchSpec) spec = NULL;

  easel_plan_set_offer (self->plan, offer);
  spec = easel_plan_build_spec (self->plan);
  g_assert_cmpstr (spec->image, ==, EASEL_PLAN_DEFAULT_IMAGE);
  g_assert_nonnull (spec->template);
  g_assert_cmpstr (easel_template_get (spec->template)->id, ==, "");
  g_assert_cmpstr (easel_template_get (spec->template)->provider_id, ==, "runpod");
  g_assert_true (easel_template_is_krita (spec->template));
  g_assert_cmpint (easel_template_check (spec->template), ==, EASEL_TEMPLATE_OK);

  /* Adopted again, the stand-in does not become a choice. */
  easel_plan_adopt_spec (self->plan, spec);
  g_assert_null (easel_plan_get_template (self->plan));
}

static void
test_spec_foreign (Fixture *self, gconstpointer data)
{
  g_autoptr (EaselTemplate) foreign = foreign_template ();
  g_autoptr (EaselOffer) offer = stub_offer ("3090", "RTX 3090", 24, 220000);
  g_autoptr (EaselLaunchSpec) spec = NULL;

  easel_plan_set_template (self->plan, foreign);
  easel_plan_set_offer (self->plan, offer);
  spec = easel_plan_build_spec (self->plan);
  g_assert_null (spec->image);
  g_assert_null (spec->start_arguments);
  g_assert_cmpuint (spec->disk_gb, ==, 50);
  g_assert_cmpuint (spec->workspace_gb, >=, 40);
  g_assert_cmpuint (spec->need_cuda, ==, 0);
  g_assert_cmpuint (spec->download_bytes, ==, 0);
}

static void
test_spec_impossible (Fixture *self, gconstpointer data)
{
  static const char *const ports[] = { "8888/http", NULL };
  g_autoptr (EaselTemplate) krita = stub_krita_template ("own1", AUTHORS_IMAGE);
  g_autoptr (EaselOffer) offer = stub_offer ("3090", "RTX 3090", 24, 220000);
  g_autoptr (EaselOffer) priceless = stub_offer ("x", "RTX 9090", 24, EASEL_MONEY_UNKNOWN);
  g_autoptr (EaselTemplate) closed = NULL;
  EaselTemplateData without_port = *easel_template_get (krita);

  /* Nobody rents what has no price. */
  easel_plan_set_offer (self->plan, priceless);
  g_assert_null (easel_plan_build_spec (self->plan));

  easel_plan_set_offer (self->plan, offer);
  without_port.ports = ports;
  closed = easel_template_new (&without_port);
  easel_plan_set_template (self->plan, closed);
  g_assert_null (easel_plan_build_spec (self->plan));
}

static void
test_adopt (Fixture *self, gconstpointer data)
{
  g_autoptr (EaselTemplate) own = stub_krita_template ("own1", AUTHORS_IMAGE);
  g_autoptr (EaselOffer) offer = stub_offer ("3090", "RTX 3090", 24, 220000);
  g_autoptr (EaselLaunchSpec) spec = easel_launch_spec_new ();

  spec->offer = g_object_ref (offer);
  spec->template = g_object_ref (own);
  spec->workload = EASEL_WORKLOAD_ZIMAGE;
  spec->start_sooner = TRUE;
  spec->limits.hours = 7;
  spec->disk_gb = 20;
  spec->workspace_gb = 40;
  easel_plan_adopt_spec (self->plan, spec);
  g_assert_cmpuint (self->n_changed, ==, 1);

  restart (self);
  g_assert_cmpint (easel_plan_get_workload (self->plan), ==, EASEL_WORKLOAD_ZIMAGE);
  g_assert_true (easel_plan_get_start_sooner (self->plan));
  g_assert_cmpuint (easel_plan_get_limits (self->plan)->hours, ==, 7);
  g_assert_cmpstr (easel_plan_get_template_id (self->plan), ==, "own1");
  g_assert_cmpstr (easel_plan_get_last_offer_id (self->plan), ==, "3090");
  g_assert_cmpint (easel_plan_get_last_price (self->plan), ==, 220000 + 60 * 137);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/plan/defaults", test_defaults);
  ADD ("/plan/remembered", test_remembered);
  ADD ("/plan/out-of-range", test_out_of_range);
  ADD ("/plan/template", test_template);
  ADD ("/plan/provider-of-offer", test_provider_of_offer);
  ADD ("/plan/image", test_image);
  ADD ("/plan/query", test_query);
  ADD ("/plan/shelf", test_shelf);
  ADD ("/plan/spec", test_spec);
  ADD ("/plan/spec-own-image", test_spec_own_image);
  ADD ("/plan/spec-without-template", test_spec_without_template);
  ADD ("/plan/spec-foreign", test_spec_foreign);
  ADD ("/plan/spec-impossible", test_spec_impossible);
  ADD ("/plan/adopt", test_adopt);

  return g_test_run ();
}
