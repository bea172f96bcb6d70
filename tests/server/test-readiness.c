/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The readiness probe against a scripted server: every step, every fault, and what must not be
 * taken for either.
 */

#include "config.h"

#include "comfy.h"
#include "easel-error.h"
#include "easel-readiness.h"
#include "easel-test-util.h"

#include <string.h>

typedef struct
{
  EaselTestServer *server; /* (owned) */
  EaselClock *clock;       /* (owned) */
  EaselHttp *http;         /* (owned) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = easel_test_server_new ();
  fixture->clock = easel_manual_clock_new (0);
  fixture->http = easel_http_new (fixture->clock, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  /* Nothing that goes to a pod ever has a key, and a foreign Origin would be refused. */
  for (guint i = 0; i < easel_test_server_count (fixture->server, NULL, NULL); i++)
    {
      g_assert_false (easel_test_server_get_request (fixture->server, i)->has_key);
      g_assert_null (easel_test_server_get_request (fixture->server, i)->origin);
    }
  g_assert_finalize_object (fixture->http);
  g_object_unref (fixture->clock);
  easel_test_server_free (fixture->server);
}

static EaselReadiness *
probe_address (Fixture *fixture, const char *address, EaselWorkloadSet workload)
{
  g_auto (EaselTestCatch) caught = { 0 };
  g_autoptr (GError) error = NULL;
  EaselReadiness *result;

  easel_readiness_probe_async (fixture->http, address, workload, NULL, easel_test_catch, &caught);
  result = easel_readiness_probe_finish (easel_test_catch_wait (&caught), &error);
  g_assert_no_error (error);
  g_assert_nonnull (result);
  return result;
}

static EaselReadiness *
probe (Fixture *fixture, EaselWorkloadSet workload)
{
  return probe_address (fixture, easel_test_server_get_uri (fixture->server), workload);
}

static void
assert_missing (const EaselReadiness *result, const char *const *names)
{
  if (names == NULL)
    g_assert_null (result->missing);
  else
    g_assert_cmpstrv (result->missing, names);
}

static void
test_ready (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselReadiness) result = NULL;

  easel_comfy_serve (fixture->server, "");
  result = probe (fixture, EASEL_WORKLOAD_SDXL);
  g_assert_cmpint (result->step, ==, EASEL_READINESS_READY);
  g_assert_cmpint (result->fault, ==, EASEL_FAULT_NONE);
  g_assert_cmpstr (result->gpu_name, ==, "RTX 3090");
  g_assert_cmpuint (result->vram_mib, ==, 24259);
  assert_missing (result, NULL);
}

/* A protected server has its secret in the path; a slash at the end does not double. */
static void
test_ready_below_a_path (Fixture *fixture, gconstpointer data)
{
  g_autofree char *address = easel_test_server_build_uri (fixture->server, "/k9Zt/");
  g_autoptr (EaselReadiness) result = NULL;

  easel_comfy_serve (fixture->server, "/k9Zt");
  result = probe_address (fixture, address, EASEL_WORKLOAD_SDXL);
  g_assert_cmpint (result->step, ==, EASEL_READINESS_READY);
  for (guint i = 0; i < easel_test_server_count (fixture->server, NULL, NULL); i++)
    g_assert_true (
        g_str_has_prefix (easel_test_server_get_request (fixture->server, i)->path, "/k9Zt/"));
}

typedef struct
{
  EaselTestAnswer answer;
  EaselReadinessStep step;
  EaselReadinessFault fault;
} StatsCase;

static const StatsCase stats_cases[] = {
  /* The image is not up yet: what RunPod's proxy says. */
  { { .status = 404, .content_type = "text/html", .body = "<html>" },
    EASEL_READINESS_UNREACHABLE,
    EASEL_FAULT_NONE },
  { { .status = 404, .body = "" }, EASEL_READINESS_UNREACHABLE, EASEL_FAULT_NONE },
  { { .status = 502, .content_type = "text/html", .body = "<html>" },
    EASEL_READINESS_UNREACHABLE,
    EASEL_FAULT_NONE },
  { { .status = 503, .body = "x" }, EASEL_READINESS_UNREACHABLE, EASEL_FAULT_NONE },
  { { .status = 524, .content_type = "text/html", .body = "<html>" },
    EASEL_READINESS_UNREACHABLE,
    EASEL_FAULT_NONE },
  { { .status = 429, .body = "x" }, EASEL_READINESS_UNREACHABLE, EASEL_FAULT_NONE },
  { { .fault = EASEL_TEST_FAULT_RESET }, EASEL_READINESS_UNREACHABLE, EASEL_FAULT_NONE },
  { { .fault = EASEL_TEST_FAULT_CLOSE }, EASEL_READINESS_UNREACHABLE, EASEL_FAULT_NONE },
  { { .body = EASEL_COMFY_STATS, .fault = EASEL_TEST_FAULT_RESET_BODY },
    EASEL_READINESS_UNREACHABLE,
    EASEL_FAULT_NONE },
  { { .body = "{\"system\":" }, EASEL_READINESS_UNREACHABLE, EASEL_FAULT_NONE },
  { { .body = "" }, EASEL_READINESS_UNREACHABLE, EASEL_FAULT_NONE },
  /* nginx of the image, whatever type it has. */
  { { .content_type = "text/html", .body = EASEL_COMFY_WAITING_PAGE },
    EASEL_READINESS_CONTAINER_UP,
    EASEL_FAULT_NONE },
  { { .content_type = "text/plain", .body = EASEL_COMFY_WAITING_PAGE },
    EASEL_READINESS_CONTAINER_UP,
    EASEL_FAULT_NONE },
  /* ComfyUI, but not on a GPU. */
  { { .body = "{\"system\":{},\"devices\":[{\"name\":\"cpu\",\"type\":\"cpu\"}]}" },
    EASEL_READINESS_CONTAINER_UP,
    EASEL_FAULT_NO_GPU },
  { { .body = "{\"system\":{},\"devices\":[{\"name\":\"x\",\"type\":7}]}" },
    EASEL_READINESS_CONTAINER_UP,
    EASEL_FAULT_NO_GPU },
  { { .body = "{\"system\":{},\"devices\":[]}" },
    EASEL_READINESS_CONTAINER_UP,
    EASEL_FAULT_NO_GPU },
  { { .body = "{\"system\":{},\"devices\":[7]}" },
    EASEL_READINESS_CONTAINER_UP,
    EASEL_FAULT_NO_GPU },
  /* Somebody else. */
  { { .body = "{\"system\":{}}" }, EASEL_READINESS_UNREACHABLE, EASEL_FAULT_FOREIGN_SERVER },
  { { .body = "{\"devices\":[{\"type\":\"cuda\"}]}" },
    EASEL_READINESS_UNREACHABLE,
    EASEL_FAULT_FOREIGN_SERVER },
  { { .body = "{\"hello\":1}" }, EASEL_READINESS_UNREACHABLE, EASEL_FAULT_FOREIGN_SERVER },
  { { .body = "[]" }, EASEL_READINESS_UNREACHABLE, EASEL_FAULT_FOREIGN_SERVER },
  { { .content_type = "text/html", .body = "<html><title>Sign in</title>" },
    EASEL_READINESS_UNREACHABLE,
    EASEL_FAULT_FOREIGN_SERVER },
  { { .content_type = "text/plain", .body = "  <!doctype html>" },
    EASEL_READINESS_UNREACHABLE,
    EASEL_FAULT_FOREIGN_SERVER },
  { { .status = 401, .body = "x" }, EASEL_READINESS_UNREACHABLE, EASEL_FAULT_FOREIGN_SERVER },
  { { .status = 403, .body = "x" }, EASEL_READINESS_UNREACHABLE, EASEL_FAULT_FOREIGN_SERVER },
  { { .status = 302, .headers = "Location: https://example.org/login" },
    EASEL_READINESS_UNREACHABLE,
    EASEL_FAULT_FOREIGN_SERVER },
  { { .repeat = 3 * 1024 * 1024 }, EASEL_READINESS_UNREACHABLE, EASEL_FAULT_FOREIGN_SERVER },
};

static void
test_stats (Fixture *fixture, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (stats_cases); i++)
    {
      const StatsCase *one = &stats_cases[i];
      g_autoptr (EaselReadiness) result = NULL;
      g_autofree char *sentence = NULL;

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      easel_test_server_forget_scripts (fixture->server);
      easel_test_server_forget_log (fixture->server);
      easel_test_server_script (fixture->server, "GET", "/system_stats", &one->answer);
      result = probe (fixture, EASEL_WORKLOAD_SDXL);
      g_assert_cmpint (result->step, ==, one->step);
      g_assert_cmpint (result->fault, ==, one->fault);
      /* Asked once, and nothing else after it. */
      g_assert_cmpuint (easel_test_server_count (fixture->server, NULL, NULL), ==, 1);
      sentence = easel_readiness_sentence (result);
      g_assert_cmpuint (strlen (sentence), >, 10);
    }
}

static void
test_nobody_there (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselReadiness) refused =
      probe_address (fixture, "http://127.0.0.1:1", EASEL_WORKLOAD_SDXL);
  g_autoptr (EaselReadiness) nonsense =
      probe_address (fixture, "no address at all", EASEL_WORKLOAD_SDXL);

  g_assert_cmpint (refused->step, ==, EASEL_READINESS_UNREACHABLE);
  g_assert_cmpint (refused->fault, ==, EASEL_FAULT_NONE);
  g_assert_nonnull (refused->details);
  g_assert_cmpint (nonsense->step, ==, EASEL_READINESS_UNREACHABLE);
}

typedef struct
{
  EaselTestSocket behaviour;
  const char *text;
  gboolean is_good;
} SocketCase;

static void
test_websocket (Fixture *fixture, gconstpointer data)
{
  static const SocketCase cases[] = {
    { EASEL_TEST_SOCKET_TEXT, "{\"type\":\"status\"}", TRUE },
    { EASEL_TEST_SOCKET_TEXT, "{\"type\":\"hello\"}", FALSE },
    { EASEL_TEST_SOCKET_TEXT, "status", FALSE },
    { EASEL_TEST_SOCKET_TEXT, "[]", FALSE },
    { EASEL_TEST_SOCKET_CLOSE, NULL, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *base = g_strdup_printf ("/case%" G_GSIZE_FORMAT, i);
      g_autofree char *stats = g_strconcat (base, "/system_stats", NULL);
      g_autofree char *socket = g_strconcat (base, "/ws", NULL);
      g_autofree char *address = easel_test_server_build_uri (fixture->server, base);
      g_autoptr (EaselReadiness) result = NULL;

      easel_test_server_reply (fixture->server, "GET", stats, 200, EASEL_COMFY_STATS);
      easel_test_server_add_websocket (fixture->server, socket, cases[i].behaviour, cases[i].text);
      result = probe_address (fixture, address, EASEL_WORKLOAD_SDXL);
      if (cases[i].is_good)
        {
          g_assert_cmpint (result->step, ==, EASEL_READINESS_WEBSOCKET_OK);
          continue;
        }
      g_assert_cmpint (result->step, ==, EASEL_READINESS_COMFY_UP);
      g_assert_cmpint (result->fault, ==, EASEL_FAULT_NO_WEBSOCKET);
      g_assert_cmpstr (result->gpu_name, ==, "RTX 3090");
    }
}

/* nginx answers /ws with 502 while ComfyUI is down; a proxy may answer with a page. */
static void
test_websocket_refused (Fixture *fixture, gconstpointer data)
{
  static const EaselTestAnswer answers[] = {
    { .status = 502, .content_type = "text/html", .body = "<html>" },
    { .status = 200, .content_type = "text/html", .body = "<html>" },
    { .status = 404 },
    { .fault = EASEL_TEST_FAULT_RESET },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr (EaselReadiness) result = NULL;

      easel_test_server_forget_scripts (fixture->server);
      easel_test_server_reply (fixture->server, "GET", "/system_stats", 200, EASEL_COMFY_STATS);
      easel_test_server_script (fixture->server, "GET", "/ws", &answers[i]);
      result = probe (fixture, EASEL_WORKLOAD_SDXL);
      g_assert_cmpint (result->step, ==, EASEL_READINESS_COMFY_UP);
      g_assert_cmpint (result->fault, ==, EASEL_FAULT_NO_WEBSOCKET);
      g_assert_nonnull (result->details);
    }
}

static void
test_each_class_is_missed (Fixture *fixture, gconstpointer data)
{
  static const EaselTestAnswer unknown[] = {
    { .body = "{}" },
    { .status = 404, .body = "" },
    { .body = "{\"SomethingElse\":{}}" },
  };

  for (guint i = 0; easel_comfy_classes[i] != NULL; i++)
    {
      g_autofree char *path = g_strconcat ("/object_info/", easel_comfy_classes[i], NULL);
      const char *const missing[] = { easel_comfy_classes[i], NULL };
      g_autoptr (EaselReadiness) result = NULL;

      easel_comfy_replace (fixture->server, path, &unknown[i % G_N_ELEMENTS (unknown)]);
      result = probe (fixture, EASEL_WORKLOAD_SDXL);
      /* The replaced answer stands first in its queue and is given once. */
      g_assert_cmpint (result->step, ==, EASEL_READINESS_WEBSOCKET_OK);
      g_assert_cmpint (result->fault, ==, EASEL_FAULT_MISSING_NODES);
      assert_missing (result, missing);
    }
}

/* A passing fault in the middle is neither ready nor broken. */
static void
test_passing_faults_in_the_middle (Fixture *fixture, gconstpointer data)
{
  static const EaselTestAnswer faults[] = {
    { .status = 502, .body = "x" },
    { .content_type = "text/html", .body = EASEL_COMFY_WAITING_PAGE },
    { .body = "{\"IPAdapter\":", .fault = EASEL_TEST_FAULT_RESET_BODY },
    { .repeat = 3 * 1024 * 1024 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autoptr (EaselReadiness) nodes = NULL;
      g_autoptr (EaselReadiness) models = NULL;

      easel_comfy_replace (fixture->server, "/object_info/IPAdapter", &faults[i]);
      nodes = probe (fixture, EASEL_WORKLOAD_SDXL);
      g_assert_cmpint (nodes->step, ==, EASEL_READINESS_WEBSOCKET_OK);
      g_assert_cmpint (nodes->fault, ==, EASEL_FAULT_NONE);
      easel_comfy_replace (fixture->server, "/models/loras", &faults[i]);
      models = probe (fixture, EASEL_WORKLOAD_SDXL);
      g_assert_cmpint (models->step, ==, EASEL_READINESS_NODES_OK);
      g_assert_cmpint (models->fault, ==, EASEL_FAULT_NONE);
      g_assert_nonnull (models->details);
    }
}

typedef struct
{
  const char *path;
  EaselTestAnswer answer;
  const char *missing[4];
} ModelCase;

static const ModelCase model_cases[] = {
  { "/models/loras", { .body = "[]" }, { "Hyper-SD LoRA (SDXL)" } },
  { "/models/loras", { .status = 404, .body = "" }, { "Hyper-SD LoRA (SDXL)" } },
  { "/models/ipadapter", { .body = "[\"ip-adapter_sd15.safetensors\"]" }, { "IP-Adapter (SDXL)" } },
  { "/models/clip_vision", { .body = "[null,7,{},\"other\"]" }, { "CLIP Vision" } },
  { "/models/clip_vision", { .body = "[\"SD1.5\\\\model.safetensors\"]" }, { NULL } },
  { "/models/upscale_models",
    { .body = "[\"OmniSR_X2_DIV2K.safetensors\"]" },
    { "NMKD Superscale" } },
  { "/models/upscale_models",
    { .body = "[\"omnisr_x2_div2k.safetensors\",\"sub/OmniSR_X4_DIV2K.safetensors\"]" },
    { NULL } },
  { "/models/inpaint",
    { .body = "[\"big-lama.pt\"]" },
    { "Fooocus Inpaint", "Fooocus Inpaint Head" } },
  { "/models/inpaint",
    { .body = "[]" },
    { "MAT Inpaint", "Fooocus Inpaint", "Fooocus Inpaint Head" } },
  { "/models/checkpoints", { .body = "[\"dreamshaper_8.safetensors\"]" }, { "SDXL" } },
  { "/models/checkpoints", { .body = "[]" }, { "SDXL" } },
  /* What the server itself has recognised counts more than names. */
  { "/api/etn/model_info/checkpoints",
    { .body = "{\"RealVisXL.safetensors\":{\"base_model\":\"sd15\"}}" },
    { "SDXL" } },
  { "/api/etn/model_info/checkpoints",
    { .body = "{\"odd name.safetensors\":{\"base_model\":\"sdxl\",\"type\":\"eps\"},\"x\":7}" },
    { NULL } },
  { "/api/etn/model_info/checkpoints", { .body = "[]" }, { NULL } },
  { "/api/etn/model_info/checkpoints", { .status = 500, .body = "x" }, { NULL } },
};

static void
test_models (Fixture *fixture, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (model_cases); i++)
    {
      const ModelCase *one = &model_cases[i];
      g_autoptr (EaselReadiness) result = NULL;

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      easel_comfy_replace (fixture->server, one->path, &one->answer);
      result = probe (fixture, EASEL_WORKLOAD_SDXL);
      assert_missing (result, one->missing[0] != NULL ? one->missing : NULL);
      g_assert_cmpint (result->step, ==,
                       one->missing[0] != NULL ? EASEL_READINESS_NODES_OK : EASEL_READINESS_READY);
      g_assert_cmpint (result->fault, ==,
                       one->missing[0] != NULL ? EASEL_FAULT_MISSING_MODELS : EASEL_FAULT_NONE);
    }
}

/* The plugin would connect with any complete kind; what was chosen must be there all the same. */
static void
test_the_chosen_workload_counts (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselReadiness) flux = NULL;
  g_autoptr (EaselReadiness) both = NULL;
  g_autoptr (EaselReadiness) illustrious = NULL;
  g_autoptr (EaselReadiness) any = NULL;
  const char *const missing[] = { "Qwen 3 4B", "Flux 2 VAE", "Flux 2", NULL };

  easel_comfy_serve (fixture->server, "");
  flux = probe (fixture, EASEL_WORKLOAD_FLUX2);
  g_assert_cmpint (flux->fault, ==, EASEL_FAULT_MISSING_MODELS);
  assert_missing (flux, missing);
  both = probe (fixture, EASEL_WORKLOAD_SDXL | EASEL_WORKLOAD_FLUX2);
  assert_missing (both, missing);
  illustrious = probe (fixture, EASEL_WORKLOAD_ILLUSTRIOUS);
  g_assert_cmpint (illustrious->step, ==, EASEL_READINESS_READY);
  any = probe (fixture, 0);
  g_assert_cmpint (any->step, ==, EASEL_READINESS_READY);
}

static void
test_other_workloads_complete (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    EaselWorkloadSet workload;
    const char *folders[6][2];
  } cases[] = {
    { EASEL_WORKLOAD_FLUX2,
      { { "text_encoders", "[\"qwen_3_4b.safetensors\"]" },
        { "vae", "[\"flux2-vae.safetensors\"]" },
        { "diffusion_models", "[\"flux-2-klein-4b-fp8.safetensors\"]" } } },
    { EASEL_WORKLOAD_ZIMAGE,
      { { "text_encoders", "[\"sub/Qwen_3_4b_fp8.safetensors\"]" },
        { "vae", "[\"ae.safetensors\"]" },
        { "diffusion_models", "[\"z_image_turbo_fp8.safetensors\"]" } } },
    { EASEL_WORKLOAD_FLUX, { { "checkpoints", "[\"flux1-krea-dev_fp8.safetensors\"]" } } },
    { EASEL_WORKLOAD_SD15,
      { { "checkpoints", "[\"serenity_v21Safetensors.safetensors\"]" },
        { "ipadapter", "[\"ip-adapter_sd15.safetensors\"]" },
        { "loras", "[\"Hyper-SD15-8steps-CFG-lora.safetensors\"]" },
        { "controlnet", "[\"control_v11p_sd15_inpaint_fp16.safetensors\","
                        "\"control_lora_rank128_v11f1e_sd15_tile_fp16.safetensors\"]" } } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (EaselReadiness) result = NULL;

      easel_test_server_forget_scripts (fixture->server);
      for (gsize j = 0; j < 6 && cases[i].folders[j][0] != NULL; j++)
        {
          g_autofree char *path = g_strconcat ("/models/", cases[i].folders[j][0], NULL);

          easel_test_server_reply (fixture->server, "GET", path, 200, cases[i].folders[j][1]);
        }
      easel_comfy_serve (fixture->server, "");
      result = probe (fixture, cases[i].workload);
      assert_missing (result, NULL);
      g_assert_cmpint (result->step, ==, EASEL_READINESS_READY);
    }
}

static void
test_gpu_names (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *told;
    const char *name;
  } cases[] = {
    { "cuda:0 NVIDIA RTX A5000 : cudaMallocAsync", "RTX A5000" },
    { "cuda:0 Tesla T4 : native", "Tesla T4" },
    { "NVIDIA L4", "L4" },
    { "cuda:0", NULL },
    { "", NULL },
    { "cuda:0 a\\u0001b\\tc", "a b c" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *body = g_strdup_printf (
          "{\"system\":{},\"devices\":[{\"name\":\"%s\",\"type\":\"cuda\",\"vram_total\":%s}]}",
          cases[i].told, i % 2 == 0 ? "1e300" : "-5");
      g_autoptr (EaselReadiness) result = NULL;

      easel_test_server_forget_scripts (fixture->server);
      easel_test_server_reply (fixture->server, "GET", "/system_stats", 200, body);
      result = probe (fixture, EASEL_WORKLOAD_SDXL);
      g_assert_cmpstr (result->gpu_name, ==, cases[i].name);
      g_assert_cmpuint (result->vram_mib, ==, 0);
    }
}

static void
test_cancel_at_every_step (Fixture *fixture, gconstpointer data)
{
  static const char *const hanging[] = { "/system_stats", "/ws", "/object_info/IPAdapter",
                                         "/models/vae" };
  EaselTestAnswer hang = { .fault = EASEL_TEST_FAULT_HANG };

  for (gsize i = 0; i < G_N_ELEMENTS (hanging); i++)
    {
      g_autofree char *base = g_strdup_printf ("/case%" G_GSIZE_FORMAT, i);
      g_autofree char *address = easel_test_server_build_uri (fixture->server, base);
      g_autofree char *path = g_strconcat (base, hanging[i], NULL);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_auto (EaselTestCatch) caught = { 0 };
      g_autoptr (GError) error = NULL;

      easel_test_server_script (fixture->server, "GET", path, &hang);
      if (i == 1)
        {
          g_autofree char *stats = g_strconcat (base, "/system_stats", NULL);

          easel_test_server_reply (fixture->server, "GET", stats, 200, EASEL_COMFY_STATS);
        }
      else
        easel_comfy_serve (fixture->server, base);
      easel_readiness_probe_async (fixture->http, address, EASEL_WORKLOAD_ZIMAGE, cancellable,
                                   easel_test_catch, &caught);
      easel_test_pump_for (60);
      g_assert_cmpuint (caught.n_calls, ==, 0);
      g_cancellable_cancel (cancellable);
      g_assert_null (easel_readiness_probe_finish (easel_test_catch_wait (&caught), &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
}

/* A folder that is not needed for what is painted is not asked for. */
static void
test_only_needed_folders (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselReadiness) result = NULL;

  easel_comfy_serve (fixture->server, "");
  result = probe (fixture, EASEL_WORKLOAD_FLUX);
  g_assert_cmpint (result->fault, ==, EASEL_FAULT_MISSING_MODELS);
  g_assert_cmpuint (easel_test_server_count (fixture->server, "GET", "/models/loras"), ==, 0);
  g_assert_cmpuint (easel_test_server_count (fixture->server, "GET", "/models/checkpoints"), ==, 1);
}

static void
test_sentences (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  char *missing[] = { (char *) "one", (char *) "two", NULL };
  char *single[] = { (char *) "one", NULL };

  for (int step = EASEL_READINESS_UNREACHABLE; step <= EASEL_READINESS_READY; step++)
    {
      EaselReadiness result = { .step = step };

      g_assert_true (g_hash_table_add (seen, easel_readiness_sentence (&result)));
    }
  for (int fault = EASEL_FAULT_NO_GPU; fault <= EASEL_FAULT_FOREIGN_SERVER; fault++)
    {
      EaselReadiness result = { .fault = fault, .missing = missing };

      g_assert_true (g_hash_table_add (seen, easel_readiness_sentence (&result)));
    }
  {
    EaselReadiness one = { .fault = EASEL_FAULT_MISSING_MODELS, .missing = single };
    g_autofree char *sentence = easel_readiness_sentence (&one);

    g_assert_cmpstr (sentence, ==, "1 model is missing on the server: its download failed.");
  }
}

#define ADD(name, func) g_test_add ("/readiness/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("ready", test_ready);
  ADD ("ready-below-a-path", test_ready_below_a_path);
  ADD ("stats", test_stats);
  ADD ("nobody-there", test_nobody_there);
  ADD ("websocket", test_websocket);
  ADD ("websocket-refused", test_websocket_refused);
  ADD ("each-class-is-missed", test_each_class_is_missed);
  ADD ("passing-faults-in-the-middle", test_passing_faults_in_the_middle);
  ADD ("models", test_models);
  ADD ("the-chosen-workload-counts", test_the_chosen_workload_counts);
  ADD ("other-workloads-complete", test_other_workloads_complete);
  ADD ("gpu-names", test_gpu_names);
  ADD ("cancel-at-every-step", test_cancel_at_every_step);
  ADD ("only-needed-folders", test_only_needed_folders);
  g_test_add_func ("/readiness/sentences", test_sentences);

  return g_test_run ();
}
