/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The RunPod provider against a scripted server: what it sends and how often, what becomes of each
 * kind of answer, and where the key goes.
 */

#include "config.h"

#include "easel-error.h"
#include "easel-runpod-provider.h"
#include "easel-test-server.h"
#include "easel-test-util.h"
#include "fixture.h"
#include "provider-calls.h"

#include <string.h>

#define KEY "a-key-for-this-test-only"

typedef struct
{
  EaselTestServer *server; /* (owned) */
  EaselClock *clock;       /* (owned) */
  EaselHttp *http;         /* (owned) */
  EaselProvider *provider; /* (owned) */
  EaselSecret *key;        /* (owned) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *api = NULL;
  g_autofree char *graphql = NULL;

  fixture->server = easel_test_server_new ();
  easel_test_server_expect_key (fixture->server, KEY);
  /* A hundredfold speed, so that waits between two tries of a read take no time. */
  fixture->clock = easel_real_clock_new_scaled (1000, 0, 0);
  fixture->http = easel_http_new (fixture->clock, NULL);
  api = easel_test_server_build_uri (fixture->server, "/v2");
  graphql = easel_test_server_build_uri (fixture->server, "/graphql");
  fixture->provider = easel_runpod_provider_new (fixture->http, api, graphql,
                                                 "https://{pod}-{port}.proxy.runpod.net");
  fixture->key = easel_secret_new (KEY);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->provider);
  g_assert_finalize_object (fixture->http);
  g_object_unref (fixture->clock);
  easel_secret_unref (fixture->key);
  easel_test_server_free (fixture->server);
}

static void
serve (Fixture *fixture, const char *method, const char *path, guint status, const char *name)
{
  g_autofree char *body = easel_fixture_text ("runpod", name);

  easel_test_server_reply (fixture->server, method, path, status, body);
}

static void
serve_problem (Fixture *fixture,
               const char *method,
               const char *path,
               guint status,
               const char *body)
{
  EaselTestAnswer answer = {
    .status = status,
    .content_type = "application/problem+json",
    .body = body,
  };

  easel_test_server_script (fixture->server, method, path, &answer);
}

/* Every request so far carried the right key, and none had it anywhere else. */
static void
assert_keys (Fixture *fixture)
{
  for (guint i = 0; i < easel_test_server_count (fixture->server, NULL, NULL); i++)
    {
      const EaselTestRequest *request = easel_test_server_get_request (fixture->server, i);

      g_assert_true (request->key_is_right);
      g_assert_null (strstr (request->path, KEY));
      g_assert_true (request->query == NULL || strstr (request->query, KEY) == NULL);
      g_assert_null (strstr (request->body, KEY));
      g_assert_cmpstr (request->user_agent, ==, easel_http_get_user_agent ());
    }
}

static void
test_info (Fixture *fixture, gconstpointer data)
{
  const EaselProviderInfo *info = easel_provider_get_info (fixture->provider);
  g_autofree char *host =
      g_strdup_printf ("127.0.0.1:%u", easel_test_server_get_port (fixture->server));
  g_autoptr (EaselProvider) real =
      easel_runpod_provider_new (fixture->http, "https://api.runpod.io/v2", NULL,
                                 "https://{pod}-{port}.proxy.runpod.net");

  g_assert_cmpstr (easel_provider_get_id (fixture->provider), ==, "runpod");
  g_assert_cmpstr (easel_provider_get_name (fixture->provider), ==, "RunPod");
  g_assert_cmpstr (easel_provider_get_api_host (fixture->provider), ==, host);
  g_assert_cmpstr (easel_provider_get_api_host (real), ==, "api.runpod.io");
  g_assert_cmpstr (info->console_uri, ==, "https://www.console.runpod.io/pods");
  g_assert_cmpstr (info->template_id, ==, "8myumeqonw");
  g_assert_nonnull (strstr (info->sign_up_uri, "ref=of4awcqw"));
}

static void
test_key_is_good (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselAccountInfo) info = NULL;
  g_autoptr (GError) error = NULL;
  const EaselTestRequest *request;

  serve (fixture, "GET", "/v2/pods", 200, "pods-empty");
  serve (fixture, "POST", "/graphql", 200, "myself");
  info = easel_call_check_key (fixture->provider, fixture->key, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (info->email, ==, "you@example.org");
  g_assert_cmpint (info->balance, ==, 12345678);
  g_assert_true (info->can_pay);
  g_assert_false (info->may_rent_known);
  request = easel_test_server_get_request (fixture->server, 0);
  g_assert_cmpstr (request->query, ==, "limit=1");
  request = easel_test_server_get_last (fixture->server);
  g_assert_cmpstr (request->content_type, ==, "application/json");
  assert_keys (fixture);
}

/* The balance may be lost in any way without the key being less good. */
static void
test_balance_never_spoils_the_key (Fixture *fixture, gconstpointer data)
{
  static const EaselTestAnswer answers[] = {
    { .status = 401, .body = "{}" },
    { .status = 410, .body = "{}" },
    { .status = 500, .body = "x" },
    { .body = "<html>", .content_type = "text/html" },
    { .body = "{\"errors\":[{\"message\":\"no\"}]}" },
    { .body = "{\"data\":{\"myself\":null}}" },
    { .body = "" },
    { .body = "{\"data\":{\"myself\":{\"clientBalance\":\"much\"}}}" },
    { .body = "{\"data\":", .fault = EASEL_TEST_FAULT_TRUNCATED },
    { .fault = EASEL_TEST_FAULT_RESET },
    { .status = 302, .headers = "Location: http://127.0.0.1:1/" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr (EaselAccountInfo) info = NULL;
      g_autoptr (GError) error = NULL;

      easel_test_server_forget_scripts (fixture->server);
      serve (fixture, "GET", "/v2/pods", 200, "pods-empty");
      easel_test_server_script (fixture->server, "POST", "/graphql", &answers[i]);
      info = easel_call_check_key (fixture->provider, fixture->key, &error);
      g_assert_no_error (error);
      g_assert_cmpint (info->balance, ==, EASEL_MONEY_UNKNOWN);
      g_assert_cmpint (info->spend_per_hour, ==, EASEL_MONEY_UNKNOWN);
      g_assert_null (info->email);
    }
  /* Each was asked once: a POST is not repeated. */
  g_assert_cmpuint (easel_test_server_count (fixture->server, "POST", "/graphql"), ==,
                    G_N_ELEMENTS (answers));
}

static void
test_key_is_refused (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    EaselTestAnswer answer;
    EaselError code;
  } cases[] = {
    { { .status = 401,
        .content_type = "application/problem+json",
        .body = "{\"title\":\"x\",\"status\":401,\"detail\":\"bad\"}" },
      EASEL_ERROR_AUTH },
    { { .status = 403,
        .content_type = "application/problem+json",
        .body = "{\"title\":\"x\",\"status\":403,\"detail\":\"access denied\"}" },
      EASEL_ERROR_PERMISSION },
    { { .status = 403, .content_type = "text/plain", .body = "error code: 1010" },
      EASEL_ERROR_BLOCKED },
    { { .status = 410, .body = "{}" }, EASEL_ERROR_RETIRED },
    { { .body = "<html>", .content_type = "text/html" }, EASEL_ERROR_PROTOCOL },
    { { .body = "{}" }, EASEL_ERROR_PROTOCOL },
    { { .body = "" }, EASEL_ERROR_PROTOCOL },
    { { .repeat = 10 * 1024 * 1024 }, EASEL_ERROR_TOO_LARGE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (EaselAccountInfo) info = NULL;
      g_autoptr (GError) error = NULL;

      easel_test_server_forget_scripts (fixture->server);
      easel_test_server_script (fixture->server, "GET", "/v2/pods", &cases[i].answer);
      info = easel_call_check_key (fixture->provider, fixture->key, &error);
      g_assert_null (info);
      g_assert_error (error, EASEL_ERROR, (int) cases[i].code);
    }
  g_assert_cmpuint (easel_test_server_count (fixture->server, "POST", NULL), ==, 0);
}

/* A server that repeats the key in its complaint. */
static void
test_key_in_a_complaint_is_not_passed_on (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselAccountInfo) info = NULL;
  g_autoptr (GError) error = NULL;

  serve_problem (fixture, "GET", "/v2/pods", 401,
                 "{\"title\":\"x\",\"status\":401,\"detail\":\"unknown key " KEY "\"}");
  info = easel_call_check_key (fixture->provider, fixture->key, &error);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_AUTH);
  g_assert_null (easel_error_get_details (error));
  g_assert_null (strstr (error->message, KEY));
}

static void
test_offers_of_both_clouds (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) offers = NULL;
  g_autoptr (GError) error = NULL;
  guint n_secure = 0;

  serve (fixture, "GET", "/v2/catalog/gpus", 200, "gpus-secure");
  offers = easel_call_list_offers (fixture->provider, fixture->key, EASEL_CUDA (13, 0), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (easel_test_server_count (fixture->server, "GET", "/v2/catalog/gpus"), ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      const EaselTestRequest *request = easel_test_server_get_request (fixture->server, i);

      g_assert_nonnull (strstr (request->query, "minCudaVersion=13.0"));
      n_secure += strstr (request->query, "cloud=SECURE") != NULL;
    }
  g_assert_cmpuint (n_secure, ==, 1);
  /* Four of data centers; of private owners only the 4090 has a price there. */
  g_assert_cmpuint (offers->len, ==, 5);
  assert_keys (fixture);
}

static void
test_offers_of_one_cloud_hold (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) offers = NULL;
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GError) error = NULL;

  serve_problem (fixture, "GET", "/v2/catalog/gpus", 422, "{}");
  serve (fixture, "GET", "/v2/catalog/gpus", 200, "gpus-secure");
  offers = easel_call_list_offers (fixture->provider, fixture->key, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (offers->len, >, 0);
  g_assert_cmpuint (offers->len, <, 5);

  easel_test_server_forget_scripts (fixture->server);
  serve (fixture, "GET", "/v2/catalog/gpus", 401, "problem-401");
  none = easel_call_list_offers (fixture->provider, fixture->key, 0, &error);
  g_assert_null (none);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_AUTH);
}

static gboolean
has_template (GPtrArray *templates, const char *id)
{
  for (guint i = 0; i < templates->len; i++)
    if (g_strcmp0 (easel_template_get (g_ptr_array_index (templates, i))->id, id) == 0)
      return TRUE;
  return FALSE;
}

static void
test_templates_are_searched (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GError) error = NULL;

  serve (fixture, "GET", "/v2/templates", 200, "templates-own");
  serve (fixture, "GET", "/v2/templates/8myumeqonw", 200, "template-krita");
  serve (fixture, "GET", "/v2/catalog/templates", 200, "templates-community");
  found = easel_call_list_templates (fixture->provider, fixture->key, "KRITA", &error);
  g_assert_no_error (error);
  /* The author's stands first and once, although the slices have it too. */
  g_assert_cmpstr (easel_template_get (g_ptr_array_index (found, 0))->id, ==, "8myumeqonw");
  g_assert_true (has_template (found, "com0000001"));
  g_assert_false (has_template (found, "com0000002"));
  g_assert_cmpuint (easel_test_server_count (fixture->server, "GET", "/v2/catalog/templates"), ==,
                    3);
  all = easel_call_list_templates (fixture->provider, fixture->key, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (all->len, ==, 4);
  assert_keys (fixture);
}

static void
test_a_failing_slice_is_passed_over (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GError) error = NULL;

  serve (fixture, "GET", "/v2/templates", 200, "templates-own");
  serve_problem (fixture, "GET", "/v2/templates/8myumeqonw", 404,
                 "{\"title\":\"x\",\"status\":404,\"detail\":\"template not found\"}");
  serve_problem (fixture, "GET", "/v2/catalog/templates", 403, "{\"detail\":\"access denied\"}");
  found = easel_call_list_templates (fixture->provider, fixture->key, "", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 1);

  easel_test_server_forget_scripts (fixture->server);
  serve_problem (fixture, "GET", "/v2/templates", 403, "{\"detail\":\"access denied\"}");
  serve_problem (fixture, "GET", "/v2/templates/8myumeqonw", 404, "{\"detail\":\"x\"}");
  serve_problem (fixture, "GET", "/v2/catalog/templates", 403, "{\"detail\":\"access denied\"}");
  none = easel_call_list_templates (fixture->provider, fixture->key, "", &error);
  g_assert_null (none);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PERMISSION);
}

static void
test_template_by_id (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselTemplate) one = NULL;
  g_autoptr (EaselTemplate) none = NULL;
  g_autoptr (GError) error = NULL;

  serve (fixture, "GET", "/v2/templates/8myumeqonw", 200, "template-krita");
  serve_problem (fixture, "GET", "/v2/templates/gone", 404, "{\"detail\":\"template not found\"}");
  one = easel_call_get_template (fixture->provider, fixture->key, "8myumeqonw", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (easel_template_get (one)->id, ==, "8myumeqonw");
  none = easel_call_get_template (fixture->provider, fixture->key, "gone", &error);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_NOT_FOUND);
}

static EaselLaunchSpec *
make_spec (void)
{
  EaselOfferData data = {
    .provider_id = "runpod",
    .id = "runpod/SECURE/NVIDIA GeForce RTX 3090",
    .gpu_id = "NVIDIA GeForce RTX 3090",
    .gpu_name = "RTX 3090",
    .vram_mib = 24 * 1024,
    .gpu_price = 460000,
    .host_kind = EASEL_HOST_DATA_CENTER,
    .reliability_ppm = -1,
  };
  EaselTemplateData template_data = {
    .provider_id = "runpod",
    .id = "8myumeqonw",
    .name = "x",
    .image = "aclysia/sd-comfyui-krita:v1.52.0",
    .args = "",
    .nvidia = TRUE,
  };
  g_autoptr (EaselOffer) offer = easel_offer_new (&data);
  g_autoptr (EaselTemplate) template = easel_template_new (&template_data);

  return easel_call_make_spec (offer, template);
}

static void
test_create (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselLaunchSpec) spec = make_spec ();
  g_autoptr (EaselPod) pod = NULL;
  g_autoptr (GError) error = NULL;
  const EaselTestRequest *request;

  serve (fixture, "POST", "/v2/pods", 201, "pod-created-already-running");
  pod = easel_call_create_pod (fixture->provider, fixture->key, spec, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (easel_pod_get (pod)->id, ==, "7h9k2m4n6p");
  g_assert_false (easel_pod_get (pod)->container_up);
  request = easel_test_server_get_last (fixture->server);
  g_assert_cmpstr (request->content_type, ==, "application/json");
  g_assert_nonnull (strstr (request->body, spec->name));
  assert_keys (fixture);
}

#define MADE(id, rest) "{\"id\":\"" id "\",\"name\":\"x\",\"status\":\"RUNNING\"" rest "}"
#define UNDERSTOOD ",\"cmd\":[\"bash\",\"-c\",\"exec x\"],\"args\":\"\""
#define MISUNDERSTOOD ",\"cmd\":[\"bash\"],\"args\":\"\""
#define AS_LINE ",\"args\":\"bash -c 'exec x'\""

/* What RunPod says it will start is compared; a pod that starts something else goes at once. */
static void
test_create_with_the_agent (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    EaselTestAnswer first;
    EaselTestAnswer second;
    EaselTestAnswer deleted;
    guint n_creates;
    guint n_deletes;
    const char *id; /* NULL: an error */
    EaselError code;
  } cases[] = {
    { { .status = 201, .body = MADE ("p1", UNDERSTOOD) }, { 0 }, { 0 }, 1, 0, "p1", 0 },
    { { .status = 201, .body = MADE ("p1", "") }, { 0 }, { 0 }, 1, 0, "p1", 0 },
    { { .status = 422, .body = "{\"detail\":\"x\",\"errors\":[\"$.cmd: unknown member\"]}" },
      { .status = 201, .body = MADE ("p2", AS_LINE) },
      { 0 },
      2,
      0,
      "p2",
      0 },
    { { .status = 422, .body = "{\"detail\":\"disk too small\"}" },
      { 0 },
      { 0 },
      1,
      0,
      NULL,
      EASEL_ERROR_BAD_REQUEST },
    { { .status = 201, .body = MADE ("p1", MISUNDERSTOOD) },
      { .status = 201, .body = MADE ("p2", AS_LINE) },
      { .status = 200, .body = "{}" },
      2,
      1,
      "p2",
      0 },
    { { .status = 201, .body = MADE ("p1", MISUNDERSTOOD) },
      { .status = 201, .body = MADE ("p1", ",\"args\":\"bash\"") },
      { .status = 200, .body = "{}" },
      2,
      2,
      NULL,
      EASEL_ERROR_BAD_REQUEST },
    { { .status = 201, .body = MADE ("p1", MISUNDERSTOOD) },
      { 0 },
      { .status = 500, .body = "{}" },
      1,
      1,
      NULL,
      EASEL_ERROR_UNRESOLVED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      EaselAgentLimits limits = { .hard_s = 3600 };
      g_autoptr (EaselLaunchSpec) spec = make_spec ();
      g_autoptr (EaselPod) pod = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      easel_test_server_forget_scripts (fixture->server);
      easel_test_server_forget_log (fixture->server);
      spec->agent = easel_agent_plan_new (&limits, NULL, "exec x");
      easel_test_server_script (fixture->server, "POST", "/v2/pods", &cases[i].first);
      if (cases[i].second.status != 0)
        easel_test_server_script (fixture->server, "POST", "/v2/pods", &cases[i].second);
      easel_test_server_script (fixture->server, "DELETE", "/v2/pods/p1", &cases[i].deleted);
      pod = easel_call_create_pod (fixture->provider, fixture->key, spec, &error);
      if (cases[i].id != NULL)
        {
          g_assert_no_error (error);
          g_assert_cmpstr (easel_pod_get (pod)->id, ==, cases[i].id);
        }
      else
        g_assert_error (error, EASEL_ERROR, (int) cases[i].code);
      g_assert_cmpuint (easel_test_server_count (fixture->server, "POST", NULL), ==,
                        cases[i].n_creates);
      g_assert_cmpuint (easel_test_server_count (fixture->server, "DELETE", NULL), ==,
                        cases[i].n_deletes);
      /* The key travels in its header alone: neither the command nor the environment has it. */
      for (guint k = 0; k < easel_test_server_count (fixture->server, NULL, NULL); k++)
        g_assert_null (strstr (easel_test_server_get_request (fixture->server, k)->body, KEY));
      assert_keys (fixture);
    }
}

/* Whatever goes wrong, a create leaves once; and it is told whether a pod may exist. */
static void
test_create_is_sent_once (Fixture *fixture, gconstpointer data)
{
  static const char whole[] = "{\"id\":\"7h9k2m4n6p\",\"name\":\"x\",\"status\":\"RUNNING\"}";
  static const struct
  {
    EaselTestAnswer answer;
    gboolean fate_unknown;
  } cases[] = {
    { { .status = 400, .body = "{\"detail\":\"no instances\"}" }, FALSE },
    { { .status = 401, .body = "{\"detail\":\"x\"}" }, FALSE },
    { { .status = 402, .body = "{\"detail\":\"x\"}" }, FALSE },
    { { .status = 403, .body = "{\"detail\":\"x\"}" }, FALSE },
    { { .status = 404, .body = "{\"detail\":\"template not found\"}" }, FALSE },
    { { .status = 422, .body = "{\"detail\":\"x\"}" }, FALSE },
    { { .status = 429, .body = "{\"detail\":\"x\"}" }, FALSE },
    { { .status = 429, .headers = "Retry-After: 0", .body = "{\"detail\":\"x\"}" }, FALSE },
    { { .status = 500, .body = "{\"detail\":\"x\"}" }, TRUE },
    { { .status = 502, .content_type = "text/html", .body = "<html>" }, TRUE },
    { { .status = 503, .body = "" }, TRUE },
    { { .status = 302, .headers = "Location: http://127.0.0.1:1/" }, TRUE },
    { { .status = 201, .body = "{}" }, TRUE },
    { { .status = 201, .body = "" }, TRUE },
    { { .status = 201, .body = "{\"id\":null}" }, TRUE },
    { { .status = 200, .content_type = "text/html", .body = "<html>" }, TRUE },
    { { .status = 201, .repeat = 10 * 1024 * 1024 }, TRUE },
    { { .status = 201, .body = whole, .fault = EASEL_TEST_FAULT_TRUNCATED }, TRUE },
    { { .status = 201, .body = whole, .fault = EASEL_TEST_FAULT_RESET_BODY }, TRUE },
    { { .fault = EASEL_TEST_FAULT_CLOSE }, TRUE },
    { { .fault = EASEL_TEST_FAULT_RESET }, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (EaselLaunchSpec) spec = make_spec ();
      g_autoptr (EaselPod) pod = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("case %" G_GSIZE_FORMAT ", status %u", i, cases[i].answer.status);
      easel_test_server_forget_scripts (fixture->server);
      easel_test_server_forget_log (fixture->server);
      easel_test_server_script (fixture->server, "POST", "/v2/pods", &cases[i].answer);
      pod = easel_call_create_pod (fixture->provider, fixture->key, spec, &error);
      g_assert_null (pod);
      g_assert_nonnull (error);
      g_assert_true (error->domain == EASEL_ERROR);
      g_assert_cmpint (easel_error_leaves_fate_unknown (error), ==, cases[i].fate_unknown);
      easel_test_pump_for (20);
      g_assert_cmpuint (easel_test_server_count (fixture->server, NULL, NULL), ==, 1);
    }
}

static void
test_create_can_be_cancelled (Fixture *fixture, gconstpointer data)
{
  EaselTestAnswer hang = { .fault = EASEL_TEST_FAULT_HANG };
  g_autoptr (EaselLaunchSpec) spec = make_spec ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (EaselTestCatch) caught = { 0 };
  g_autoptr (GError) error = NULL;

  easel_test_server_script (fixture->server, "POST", "/v2/pods", &hang);
  easel_provider_create_pod_async (fixture->provider, fixture->key, spec, cancellable,
                                   easel_test_catch, &caught);
  easel_test_pump_for (50);
  g_cancellable_cancel (cancellable);
  g_assert_null (easel_provider_create_pod_finish (fixture->provider,
                                                   easel_test_catch_wait (&caught), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  easel_test_pump_for (50);
  g_assert_cmpuint (easel_test_server_count (fixture->server, NULL, NULL), <=, 1);
}

static void
test_get_pod (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselPod) pod = NULL;
  g_autoptr (EaselPod) none = NULL;
  g_autoptr (EaselPod) other = NULL;
  g_autoptr (GError) error = NULL;

  serve (fixture, "GET", "/v2/pods/7h9k2m4n6p", 200, "pod-running");
  serve (fixture, "GET", "/v2/pods/another", 200, "pod-running");
  serve_problem (fixture, "GET", "/v2/pods/gone", 404, "{\"detail\":\"pod not found\"}");
  pod = easel_call_get_pod (fixture->provider, fixture->key, "7h9k2m4n6p", &error);
  g_assert_no_error (error);
  g_assert_true (easel_pod_get (pod)->container_up);
  none = easel_call_get_pod (fixture->provider, fixture->key, "gone", &error);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_NOT_FOUND);
  g_clear_error (&error);
  other = easel_call_get_pod (fixture->provider, fixture->key, "another", &error);
  g_assert_null (other);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
}

/* A read is repeated after a passing fault, and only then. */
static void
test_reads_are_repeated (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselPod) pod = NULL;
  g_autoptr (GError) error = NULL;

  serve (fixture, "GET", "/v2/pods/7h9k2m4n6p", 503, "problem-401");
  serve (fixture, "GET", "/v2/pods/7h9k2m4n6p", 200, "pod-running");
  pod = easel_call_get_pod (fixture->provider, fixture->key, "7h9k2m4n6p", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (easel_test_server_count (fixture->server, "GET", NULL), ==, 2);
}

static void
test_all_pages_are_read (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselPodList) list = NULL;
  g_autoptr (GError) error = NULL;
  const EaselTestRequest *second;

  serve (fixture, "GET", "/v2/pods", 200, "pods-two-pages-1");
  serve (fixture, "GET", "/v2/pods", 200, "pods-two-pages-2");
  list = easel_call_list_pods (fixture->provider, fixture->key, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (list->pods->len, ==, 3);
  g_assert_cmpuint (list->n_skipped, ==, 0);
  second = easel_test_server_get_last (fixture->server);
  g_assert_cmpstr (second->query, ==, "cursor=b64%2B%2F%3D%26%3F");
  assert_keys (fixture);
}

/* Half a list is none. */
static void
test_a_list_that_breaks_off (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselPodList) list = NULL;
  g_autoptr (GError) error = NULL;

  serve (fixture, "GET", "/v2/pods", 200, "pods-two-pages-1");
  serve (fixture, "GET", "/v2/pods", 401, "problem-401");
  list = easel_call_list_pods (fixture->provider, fixture->key, &error);
  g_assert_null (list);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_AUTH);
}

static void
test_a_list_in_a_circle (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselPodList) list = NULL;
  g_autoptr (GError) error = NULL;

  serve (fixture, "GET", "/v2/pods", 200, "pods-two-pages-1");
  list = easel_call_list_pods (fixture->provider, fixture->key, &error);
  g_assert_null (list);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
  g_assert_cmpuint (easel_test_server_count (fixture->server, NULL, NULL), ==, 2);
}

static void
test_a_list_without_end (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselPodList) list = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 150; i++)
    {
      g_autofree char *page = g_strdup_printf (
          "{\"pods\":[],\"pagination\":{\"nextCursor\":\"c%u\",\"hasNextPage\":true}}", i);

      easel_test_server_reply (fixture->server, "GET", "/v2/pods", 200, page);
    }
  list = easel_call_list_pods (fixture->provider, fixture->key, &error);
  g_assert_null (list);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
  g_assert_cmpuint (easel_test_server_count (fixture->server, NULL, NULL), ==, 100);
}

static void
test_actions (Fixture *fixture, gconstpointer data)
{
  g_autofree char *full = easel_fixture_text ("runpod", "problem-host-full");
  g_autoptr (GError) error = NULL;

  serve (fixture, "POST", "/v2/pods/p1/action", 200, "pod-exited");
  g_assert_true (
      easel_call_act_on_pod (fixture->provider, fixture->key, "p1", EASEL_POD_ACTION_STOP, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (easel_test_server_get_last (fixture->server)->body, ==, "{\"action\":\"stop\"}");

  easel_test_server_forget_scripts (fixture->server);
  serve_problem (fixture, "POST", "/v2/pods/p1/action", 400, full);
  g_assert_false (easel_call_act_on_pod (fixture->provider, fixture->key, "p1",
                                         EASEL_POD_ACTION_START, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_HOST_FULL);
  g_assert_cmpstr (easel_error_get_details (error), ==,
                   "There are not enough free GPUs on the host machine to start this pod.");
  g_clear_error (&error);

  easel_test_server_forget_scripts (fixture->server);
  easel_test_server_forget_log (fixture->server);
  easel_test_server_reply (fixture->server, "POST", "/v2/pods/p1/action", 503, "{}");
  g_assert_false (easel_call_act_on_pod (fixture->provider, fixture->key, "p1",
                                         EASEL_POD_ACTION_START, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_UNAVAILABLE);
  g_assert_cmpuint (easel_test_server_count (fixture->server, "POST", NULL), ==, 1);
  assert_keys (fixture);
}

static void
test_delete (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    EaselTestAnswer answer;
    int code;
  } cases[] = {
    { { .status = 204 }, -1 },
    { { .status = 200, .body = "{}" }, -1 },
    { { .status = 200, .content_type = "text/html", .body = "<html>" }, EASEL_ERROR_PROTOCOL },
    { { .status = 404, .content_type = "application/problem+json", .body = "{\"detail\":\"x\"}" },
      EASEL_ERROR_NOT_FOUND },
    { { .status = 404, .content_type = "text/html", .body = "<html>" }, EASEL_ERROR_PROTOCOL },
    { { .status = 409, .content_type = "application/problem+json", .body = "{\"detail\":\"x\"}" },
      EASEL_ERROR_CONFLICT },
    { { .status = 500, .body = "{}" }, EASEL_ERROR_UNAVAILABLE },
    { { .fault = EASEL_TEST_FAULT_RAW, .body = "HTTP/1.1 200 OK\r\nContent-Le" },
      EASEL_ERROR_NETWORK },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean accepted;

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      easel_test_server_forget_scripts (fixture->server);
      easel_test_server_script (fixture->server, "DELETE", "/v2/pods/p1", &cases[i].answer);
      accepted = easel_call_delete_pod (fixture->provider, fixture->key, "p1", &error);
      g_assert_cmpint (accepted, ==, cases[i].code < 0);
      if (cases[i].code >= 0 && cases[i].answer.fault == EASEL_TEST_FAULT_NONE)
        g_assert_error (error, EASEL_ERROR, cases[i].code);
      else if (cases[i].code >= 0)
        g_assert_true (error->domain == EASEL_ERROR);
    }
}

static void
test_bill (Fixture *fixture, gconstpointer data)
{
  g_autofree EaselBill *bill = NULL;
  g_autoptr (GError) error = NULL;

  serve (fixture, "GET", "/v2/billing/pods", 200, "bill-three-hours");
  bill = easel_call_get_bill (fixture->provider, fixture->key, "7h9k2m4n6p", &error);
  g_assert_no_error (error);
  g_assert_cmpint (bill->total, ==, 560000);
  assert_keys (fixture);
}

typedef struct
{
  GPtrArray *lines;
  GCancellable *cancellable; /* (nullable): cancelled at the first line */
  guint n_lines;
} LogWatch;

static void
on_line (gint64 unix_ms, gboolean is_system, const char *line, gpointer user_data)
{
  LogWatch *watch = user_data;

  g_ptr_array_add (watch->lines, g_strdup_printf ("%c %s", is_system ? 's' : 'c', line));
  watch->n_lines++;
  if (watch->cancellable != NULL)
    g_cancellable_cancel (watch->cancellable);
}

static void
test_logs (Fixture *fixture, gconstpointer data)
{
  EaselTestAnswer stream = {
    .content_type = "text/event-stream",
    .body = ": hello\n\nid: 1\ndata: {\"ts\":\"2026-06-01T12:02:03Z\",\"source\":\"system\","
            "\"line\":\"create container\"}\n\ndata: not json\n\n",
    .fault = EASEL_TEST_FAULT_STREAM,
  };
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  LogWatch watch = { .lines = lines };
  g_auto (EaselTestCatch) caught = { 0 };
  g_autoptr (GError) error = NULL;

  easel_test_server_script (fixture->server, "GET", "/v2/pods/p1/logs", &stream);
  easel_provider_stream_logs_async (fixture->provider, fixture->key, "p1", on_line, &watch, NULL,
                                    easel_test_catch, &caught);
  easel_test_wait_count (&watch.n_lines, 1);
  easel_test_server_write_streams (fixture->server, "data: {\"source\":\"container\",\"li");
  easel_test_server_write_streams (fixture->server, "ne\":\"Pod Started\"}\n\n");
  easel_test_wait_count (&watch.n_lines, 2);
  easel_test_server_write_streams (fixture->server, NULL);
  g_assert_true (easel_provider_stream_logs_finish (fixture->provider,
                                                    easel_test_catch_wait (&caught), &error));
  g_assert_no_error (error);
  g_assert_cmpuint (lines->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (lines, 0), ==, "s create container");
  g_assert_cmpstr (g_ptr_array_index (lines, 1), ==, "c Pod Started");
  g_assert_cmpstr (easel_test_server_get_last (fixture->server)->accept, ==, "text/event-stream");
  g_assert_cmpstr (easel_test_server_get_last (fixture->server)->query, ==, "tail=1000");
  assert_keys (fixture);
}

static void
test_logs_end_when_cancelled (Fixture *fixture, gconstpointer data)
{
  EaselTestAnswer stream = {
    .content_type = "text/event-stream",
    .body = "data: {\"line\":\"one\"}\n\n",
    .fault = EASEL_TEST_FAULT_STREAM,
  };
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  LogWatch watch = { .lines = lines, .cancellable = cancellable };
  g_auto (EaselTestCatch) caught = { 0 };
  g_autoptr (GError) error = NULL;

  easel_test_server_script (fixture->server, "GET", "/v2/pods/p1/logs", &stream);
  easel_provider_stream_logs_async (fixture->provider, fixture->key, "p1", on_line, &watch,
                                    cancellable, easel_test_catch, &caught);
  g_assert_false (easel_provider_stream_logs_finish (fixture->provider,
                                                     easel_test_catch_wait (&caught), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_logs_that_do_not_open (Fixture *fixture, gconstpointer data)
{
  g_auto (EaselTestCatch) caught = { 0 };
  LogWatch watch = { 0 };
  g_autoptr (GError) error = NULL;

  serve_problem (fixture, "GET", "/v2/pods/p1/logs", 404, "{\"detail\":\"pod not found\"}");
  easel_provider_stream_logs_async (fixture->provider, fixture->key, "p1", on_line, &watch, NULL,
                                    easel_test_catch, &caught);
  g_assert_false (easel_provider_stream_logs_finish (fixture->provider,
                                                     easel_test_catch_wait (&caught), &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_NOT_FOUND);
}

#define ADD(name, func)                                                                            \
  g_test_add ("/runpod-provider/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("info", test_info);
  ADD ("key-is-good", test_key_is_good);
  ADD ("balance-never-spoils-the-key", test_balance_never_spoils_the_key);
  ADD ("key-is-refused", test_key_is_refused);
  ADD ("key-in-a-complaint-is-not-passed-on", test_key_in_a_complaint_is_not_passed_on);
  ADD ("offers-of-both-clouds", test_offers_of_both_clouds);
  ADD ("offers-of-one-cloud-hold", test_offers_of_one_cloud_hold);
  ADD ("templates-are-searched", test_templates_are_searched);
  ADD ("a-failing-slice-is-passed-over", test_a_failing_slice_is_passed_over);
  ADD ("template-by-id", test_template_by_id);
  ADD ("create", test_create);
  ADD ("create-with-the-agent", test_create_with_the_agent);
  ADD ("create-is-sent-once", test_create_is_sent_once);
  ADD ("create-can-be-cancelled", test_create_can_be_cancelled);
  ADD ("get-pod", test_get_pod);
  ADD ("reads-are-repeated", test_reads_are_repeated);
  ADD ("all-pages-are-read", test_all_pages_are_read);
  ADD ("a-list-that-breaks-off", test_a_list_that_breaks_off);
  ADD ("a-list-in-a-circle", test_a_list_in_a_circle);
  ADD ("a-list-without-end", test_a_list_without_end);
  ADD ("actions", test_actions);
  ADD ("delete", test_delete);
  ADD ("bill", test_bill);
  ADD ("logs", test_logs);
  ADD ("logs-end-when-cancelled", test_logs_end_when_cancelled);
  ADD ("logs-that-do-not-open", test_logs_that_do_not_open);

  return g_test_run ();
}
