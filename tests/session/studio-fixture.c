/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A session on the manual clock and a lying cloud, for the tests of the studio and its deployments.
 * Only the server in the pod is a real one, in this process, because the readiness checks speak
 * HTTP. */

#include "config.h"
#include "studio-fixture.h"

static void
script_folder (EaselTestServer *server, const char *folder, const char *files)
{
  g_autofree char *path = g_strconcat ("/models/", folder, NULL);

  easel_test_server_reply (server, "GET", path, 200, files);
}

void
bring_up_comfy (Fixture *fixture, const char *device_type, const char *loras)
{
  static const char *const classes[] = {
    "InpaintPreprocessor",  "DepthAnythingV2Preprocessor",
    "IPAdapterModelLoader", "IPAdapter",
    "ETN_LoadImageCache",   "ETN_SaveImageCache",
    "ETN_Translate",        "INPAINT_LoadFooocusInpaint",
    "INPAINT_ShrinkMask",   "INPAINT_StabilizeMask",
    "INPAINT_ColorMatch",
  };
  EaselTestServer *server = fixture->server;
  g_autofree char *stats = g_strdup_printf (
      "{\"system\":{\"os\":\"posix\"},\"devices\":[{\"name\":\"cuda:0 NVIDIA GeForce RTX 3090\","
      "\"type\":\"%s\",\"vram_total\":25769803776,\"vram_free\":25769803776}]}",
      device_type);

  easel_test_server_forget_scripts (server);
  easel_test_server_reply (server, "GET", "/system_stats", 200, stats);
  easel_test_server_add_websocket (server, "/ws", EASEL_TEST_SOCKET_TEXT,
                                   "{\"type\":\"status\",\"data\":{\"sid\":\"x\"}}");
  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    {
      g_autofree char *path = g_strconcat ("/object_info/", classes[i], NULL);
      g_autofree char *body = g_strdup_printf ("{\"%s\":{\"input\":{}}}", classes[i]);

      easel_test_server_reply (server, "GET", path, 200, body);
    }
  script_folder (server, "checkpoints", "[\"RealVisXL_V5.0_fp16.safetensors\"]");
  script_folder (server, "diffusion_models", "[]");
  script_folder (server, "upscale_models",
                 "[\"4x_NMKD-Superscale-SP_178000_G.pth\",\"OmniSR_X2_DIV2K.safetensors\"]");
  script_folder (server, "inpaint",
                 "[\"MAT_Places512_G_fp16.safetensors\",\"fooocus_inpaint_head.pth\","
                 "\"inpaint_v26.fooocus.patch\"]");
  script_folder (server, "ipadapter", "[\"ip-adapter_sdxl_vit-h.safetensors\"]");
  script_folder (server, "clip_vision", "[\"clip-vision_vit-h.safetensors\"]");
  script_folder (server, "loras", loras);
  easel_test_server_reply (server, "GET", "/prompt", 200,
                           "{\"exec_info\":{\"queue_remaining\":0}}");
  easel_test_server_reply (server, "GET", "/history", 200, "{}");
}

static void
count (guint *counter)
{
  (*counter)++;
}

static gboolean
account_is_ready (gpointer data)
{
  return easel_account_get_state (data) == EASEL_ACCOUNT_READY;
}

static gboolean
studio_is_known (gpointer data)
{
  return easel_studio_get_state (data) == EASEL_STUDIO_KNOWN;
}

static void
build_session (Fixture *fixture)
{
  EaselAccount *account;

  fixture->accounts = g_ptr_array_new_with_free_func (g_object_unref);
  account = _easel_account_new (EASEL_PROVIDER (fixture->provider), fixture->store, fixture->clock,
                                "salt");
  g_ptr_array_add (fixture->accounts, account);
  fixture->plan = easel_plan_new (fixture->settings);
  fixture->history = easel_history_new (fixture->folder, fixture->clock);
  fixture->catalog = _easel_catalog_new (fixture->http, fixture->clock, fixture->accounts,
                                         fixture->plan, fixture->history, NULL);
  fixture->journal = easel_journal_new (fixture->folder);
  fixture->studio = _easel_studio_new (fixture->http, fixture->clock, fixture->accounts,
                                       fixture->catalog, fixture->journal, fixture->history);
  g_signal_connect_swapped (fixture->studio, "rental-ready", G_CALLBACK (count), &fixture->n_ready);
  g_signal_connect_swapped (fixture->studio, "rental-ended", G_CALLBACK (count), &fixture->n_ended);
  g_signal_connect_swapped (fixture->studio, "delete-stuck", G_CALLBACK (count), &fixture->n_stuck);
  g_signal_connect_swapped (fixture->studio, "unconfirmed", G_CALLBACK (count),
                            &fixture->n_unconfirmed);
  g_signal_connect_swapped (fixture->studio, "still-wanted", G_CALLBACK (count), &fixture->n_asked);
}

static void
drop_session (Fixture *fixture)
{
  g_object_run_dispose (G_OBJECT (fixture->studio));
  g_clear_object (&fixture->studio);
  g_clear_object (&fixture->journal);
  g_clear_object (&fixture->catalog);
  g_clear_object (&fixture->history);
  g_clear_object (&fixture->plan);
  g_clear_pointer (&fixture->accounts, g_ptr_array_unref);
  easel_test_pump ();
}

EaselAccount *
account_of (Fixture *fixture)
{
  return g_ptr_array_index (fixture->accounts, 0);
}

void
enter_key (Fixture *fixture, const char *text)
{
  g_autoptr (EaselSecret) key = easel_secret_new (text);

  easel_account_set_key (account_of (fixture), key, TRUE);
  stub_wait_for (account_is_ready, account_of (fixture));
}

static void
start_session (Fixture *fixture)
{
  build_session (fixture);
  easel_account_load (account_of (fixture));
  easel_studio_start (fixture->studio);
  stub_settle ();
}

static void
load_offers (Fixture *fixture)
{
  EaselOffer *offers[] = {
    stub_offer ("runpod/A/RTX 3090", "RTX 3090", 24, 220000),
    stub_offer ("runpod/A/RTX A5000", "RTX A5000", 24, 230000),
    stub_offer ("runpod/A/RTX 4090", "RTX 4090", 24, 690000),
  };

  for (guint i = 0; i < G_N_ELEMENTS (offers); i++)
    stub_provider_add_offer (fixture->provider, offers[i]);
  easel_catalog_refresh (fixture->catalog);
  stub_settle ();
  g_assert_cmpuint (easel_catalog_get_all_offers (fixture->catalog)->len, ==, 3);
}

void
setup (Fixture *fixture, gconstpointer data)
{
  g_autofree char *pattern = NULL;

  fixture->folder = easel_test_make_folder ();
  fixture->clock = easel_manual_clock_new (G_GINT64_CONSTANT (1795000000000));
  fixture->http = easel_http_new (fixture->clock, NULL);
  fixture->settings = g_settings_new ("io.github.cloudeasel.CloudEasel");
  fixture->provider = stub_provider_new (stub_provider_runpod_info (), fixture->clock);
  fixture->store = easel_secret_store_memory_new ();
  fixture->server = easel_test_server_new ();
  pattern = g_strdup (easel_test_server_get_uri (fixture->server));
  stub_provider_set_address_pattern (fixture->provider, pattern);
  start_session (fixture);
  enter_key (fixture, "practice-key");
  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (fixture->clock), SECOND);
  stub_wait_for (studio_is_known, fixture->studio);
  load_offers (fixture);
}

void
teardown (Fixture *fixture, gconstpointer data)
{
  drop_session (fixture);
  easel_test_server_free (fixture->server);
  g_clear_object (&fixture->provider);
  g_clear_object (&fixture->store);
  g_clear_object (&fixture->settings);
  g_clear_object (&fixture->http);
  g_clear_object (&fixture->clock);
  easel_test_remove_tree (fixture->folder);
  g_free (fixture->folder);
}

/* The program is killed and started again: nothing in memory survives, the disk and the keyring
 * do. */
void
restart (Fixture *fixture)
{
  drop_session (fixture);
  start_session (fixture);
}

/* Moves the clock in steps, so that answers of the real server in between are heard. */
void
pass (Fixture *fixture, gint64 milliseconds)
{
  while (milliseconds > 0)
    {
      const gint64 step = MIN (milliseconds, 5 * SECOND);

      easel_manual_clock_advance (EASEL_MANUAL_CLOCK (fixture->clock), step);
      stub_settle ();
      milliseconds -= step;
    }
}

/* The same in few steps, for hours in which nothing is said. */
void
pass_quietly (Fixture *fixture, gint64 milliseconds)
{
  while (milliseconds > 0)
    {
      const gint64 step = MIN (milliseconds, MINUTE);

      easel_manual_clock_advance (EASEL_MANUAL_CLOCK (fixture->clock), step);
      stub_settle ();
      milliseconds -= step;
    }
}

/* Lets cloud time pass until something holds; fails when more than @most_ms went by. */
void
pass_until (Fixture *fixture, gboolean (*condition) (gpointer), gpointer data, gint64 most_ms)
{
  gint64 passed = 0;

  while (!condition (data))
    {
      /* What takes hours is not a matter of seconds. */
      const gint64 step = CLAMP (passed / 20, 5 * SECOND, 45 * SECOND);

      g_assert_cmpint (passed, <=, most_ms);
      pass (fixture, step);
      passed += step;
      /* The real server answers in real time. */
      for (guint i = 0; i < 20 && !condition (data); i++)
        easel_test_pump_for (2);
    }
}

EaselLaunchSpec *
make_spec (Fixture *fixture)
{
  EaselLaunchSpec *spec = easel_launch_spec_new ();

  spec->offer = stub_offer ("runpod/A/RTX 3090", "RTX 3090", 24, 220000);
  spec->template = stub_krita_template ("8myumeqonw", "aclysia/sd-comfyui-krita:v1.52.0");
  spec->image = g_strdup ("aclysia/sd-comfyui-krita:v1.52.0");
  spec->workload = EASEL_WORKLOAD_SDXL;
  spec->disk_gb = 20;
  spec->workspace_gb = 40;
  spec->download_bytes = G_GUINT64_CONSTANT (27000000000);
  easel_limits_init_default (&spec->limits);
  spec->max_price = 280000;
  return spec;
}

EaselDeployment *
rent (Fixture *fixture)
{
  g_autoptr (EaselLaunchSpec) spec = make_spec (fixture);
  g_autoptr (GError) error = NULL;
  EaselDeployment *deployment = easel_studio_rent (fixture->studio, spec, &error);

  g_assert_no_error (error);
  g_assert_nonnull (deployment);
  return deployment;
}

guint
n_rows (Fixture *fixture)
{
  return g_list_model_get_n_items (easel_studio_get_rentals (fixture->studio));
}

EaselRental *
row (Fixture *fixture, guint index)
{
  g_autoptr (EaselRental) rental =
      g_list_model_get_item (easel_studio_get_rentals (fixture->studio), index);

  g_assert_nonnull (rental);
  return rental;
}

gboolean
is_ready (gpointer data)
{
  return easel_deployment_get_state (data) == EASEL_DEPLOYMENT_READY;
}

gboolean
is_cancelled (gpointer data)
{
  return easel_deployment_get_state (data) == EASEL_DEPLOYMENT_CANCELLED;
}

gboolean
is_failed (gpointer data)
{
  return easel_deployment_get_state (data) == EASEL_DEPLOYMENT_FAILED;
}

gboolean
is_in_trouble (gpointer data)
{
  return easel_deployment_get_state (data) == EASEL_DEPLOYMENT_TROUBLE;
}

gboolean
is_starting (gpointer data)
{
  return easel_deployment_get_state (data) == EASEL_DEPLOYMENT_STARTING;
}

gboolean
is_gone (gpointer data)
{
  return easel_rental_get_state (data) == EASEL_RENTAL_GONE;
}

gboolean
is_stuck (gpointer data)
{
  return easel_rental_get_state (data) == EASEL_RENTAL_STUCK;
}

/* What is billed must be shown: every live pod of the ledger has a row that is not gone. */
void
assert_all_shown (Fixture *fixture)
{
  guint n_shown = 0;

  for (guint i = 0; i < n_rows (fixture); i++)
    if (easel_rental_get_state (row (fixture, i)) != EASEL_RENTAL_GONE)
      n_shown++;
  g_assert_cmpuint (stub_provider_get_n_live (fixture->provider), <=, n_shown);
}

EaselDeployment *
rent_until_ready (Fixture *fixture)
{
  EaselDeployment *deployment;

  bring_up_comfy (fixture, "cuda", HYPER_LORA);
  deployment = rent (fixture);
  pass_until (fixture, is_ready, deployment, 10 * MINUTE);
  return deployment;
}
