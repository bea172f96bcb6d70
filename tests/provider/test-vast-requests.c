/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What is asked of vast.ai, byte for byte.
 */

#include "config.h"

#include "easel-vast-requests.h"

#include <string.h>

static EaselOffer *
make_offer (const char *id)
{
  EaselOfferData data = {
    .provider_id = "vast",
    .id = id,
    .gpu_id = "RTX 4090",
    .gpu_name = "RTX 4090",
    .vram_mib = 24564,
    .gpu_price = 290000,
    .reliability_ppm = -1,
  };

  return easel_offer_new (&data);
}

static EaselTemplate *
make_template (const char *id, const char *image)
{
  const char *ports[] = { "3001/tcp", NULL };
  EaselTemplateData data = {
    .provider_id = "vast",
    .id = id,
    .name = "x",
    .image = image,
    .args = "",
    .ports = ports,
    .nvidia = TRUE,
  };

  return easel_template_new (&data);
}

static EaselLaunchSpec *
make_spec (const char *template_id, const char *image)
{
  EaselLaunchSpec *spec = easel_launch_spec_new ();

  spec->name = g_strdup ("easel-7f3a91c2");
  spec->offer = make_offer ("31415926");
  spec->template = make_template (template_id, image);
  spec->disk_gb = 20;
  spec->workspace_gb = 40;
  return spec;
}

static void
assert_body (GBytes *body, const char *expected)
{
  gsize length = 0;
  const char *data = g_bytes_get_data (body, &length);
  g_autofree char *text = g_strndup (data, length);

  g_assert_cmpstr (text, ==, expected);
}

static void
assert_request (EaselVastRequest *request,
                EaselVastLane lane,
                const char *method,
                const char *path,
                const char *body)
{
  g_autoptr (EaselVastRequest) owned = request;
  g_autofree char *plain = g_uri_unescape_string (owned->path, NULL);

  g_assert_cmpint (owned->lane, ==, lane);
  g_assert_cmpstr (owned->method, ==, method);
  g_assert_cmpstr (plain, ==, path);
  /* Nothing in it needs escaping any more. */
  g_assert_null (strpbrk (owned->path, " \"{}[]<>|\\^`"));
  if (body == NULL)
    g_assert_null (owned->body);
  else
    assert_body (owned->body, body);
}

static void
test_reads (void)
{
  assert_request (easel_vast_request_account (), EASEL_VAST_LANE_ACCOUNT, "GET",
                  "/api/v0/users/current/", NULL);
  assert_request (easel_vast_request_spend_rate (), EASEL_VAST_LANE_SPEND, "GET",
                  "/api/v0/users/spend-rate/", NULL);
  assert_request (easel_vast_request_get_pod ("27181828"), EASEL_VAST_LANE_GET, "GET",
                  "/api/v0/instances/27181828/", NULL);
  assert_request (easel_vast_request_find_pod ("27181828"), EASEL_VAST_LANE_LIST, "GET",
                  "/api/v1/instances/?select_filters={\"id\":{\"eq\":27181828}}", NULL);
  assert_request (easel_vast_request_list_pods (NULL), EASEL_VAST_LANE_LIST, "GET",
                  "/api/v1/instances/?limit=25&order_by=[{\"col\":\"id\",\"dir\":\"asc\"}]", NULL);
  assert_request (easel_vast_request_charges (1790000000, 1790090000, NULL),
                  EASEL_VAST_LANE_CHARGES, "GET",
                  "/api/v0/charges/?select_filters={\"day\":{\"gte\":1790000000,"
                  "\"lte\":1790090000},\"type\":{\"in\":[\"instance\"]}}&limit=500",
                  NULL);
  assert_request (easel_vast_request_charges (1, 2, "a b"), EASEL_VAST_LANE_CHARGES, "GET",
                  "/api/v0/charges/?select_filters={\"day\":{\"gte\":1,\"lte\":2},"
                  "\"type\":{\"in\":[\"instance\"]}}&limit=500&after_token=a b",
                  NULL);
}

static void
test_tokens_are_escaped (void)
{
  g_autoptr (EaselVastRequest) request = easel_vast_request_list_pods ("a+/=&?#");

  g_assert_true (g_str_has_suffix (request->path, "&after_token=a%2B%2F%3D%26%3F%23"));
}

static void
test_templates (void)
{
  gint64 people[] = { EASEL_VAST_AUTHOR_ID, 123456 };

  assert_request (easel_vast_request_author_template (), EASEL_VAST_LANE_TEMPLATES, "GET",
                  "/api/v0/template/?select_cols=[\"*\"]&select_filters={\"creator_id\":"
                  "{\"eq\":87451},\"name\":{\"eq\":\"Stable Diffusion ComfyUI for Krita\"}}",
                  NULL);
  assert_request (easel_vast_request_templates_of (people, 2), EASEL_VAST_LANE_TEMPLATES, "GET",
                  "/api/v0/template/?select_cols=[\"*\"]&select_filters="
                  "{\"creator_id\":{\"in\":[87451,123456]}}",
                  NULL);
  assert_request (easel_vast_request_recommended_templates (), EASEL_VAST_LANE_TEMPLATES, "GET",
                  "/api/v0/template/?select_cols=[\"*\"]&select_filters="
                  "{\"recommended\":{\"eq\":true}}",
                  NULL);
  assert_request (easel_vast_request_template_by_hash (EASEL_VAST_AUTHOR_HASH),
                  EASEL_VAST_LANE_TEMPLATES, "GET",
                  "/api/v0/template/?select_cols=[\"*\"]&select_filters="
                  "{\"hash_id\":{\"eq\":\"698aae540db7f987f5a8cbbdac7ad9b9\"}}",
                  NULL);
  assert_request (easel_vast_request_template_by_name ("My \"own\" & more"),
                  EASEL_VAST_LANE_TEMPLATES, "GET",
                  "/api/v0/template/?select_cols=[\"*\"]&select_filters="
                  "{\"name\":{\"eq\":\"My \\\"own\\\" & more\"}}",
                  NULL);
}

#define MACHINE                                                                                    \
  "{\"verified\":{\"eq\":true},\"rentable\":{\"eq\":true},\"rented\":{\"eq\":false},"              \
  "\"external\":{\"eq\":false},\"num_gpus\":{\"eq\":1},\"gpu_arch\":{\"eq\":\"nvidia\"},"          \
  "\"cpu_arch\":{\"eq\":\"amd64\"},\"compute_cap\":{\"gte\":750},\"gpu_ram\":{\"gte\":3800},"      \
  "\"disk_space\":{\"gte\":90},\"direct_port_count\":{\"gte\":2},"                                 \
  "\"reliability\":{\"gte\":0.94999999999999996},\"inet_down\":{\"gte\":200.0},"                   \
  "\"duration\":{\"gte\":259200},"
#define REST                                                                                       \
  "\"type\":\"on-demand\",\"allocated_storage\":70,\"order\":[[\"dph_total\",\"asc\"]],"           \
  "\"limit\":64}"

static void
test_offers (void)
{
  EaselVastSearch search = { .disk_gb = 70 };

  assert_request (easel_vast_request_list_offers (&search), EASEL_VAST_LANE_OFFERS, "POST",
                  "/api/v0/bundles/", MACHINE REST);
  search.need_cuda = EASEL_CUDA (13, 0);
  search.from_price = 0.25;
  assert_request (easel_vast_request_list_offers (&search), EASEL_VAST_LANE_OFFERS, "POST",
                  "/api/v0/bundles/",
                  MACHINE "\"cuda_max_good\":{\"gte\":13.0},\"dph_total\":{\"gte\":0.25}," REST);
  search.need_cuda = EASEL_CUDA (12, 5);
  search.skip_equal = TRUE;
  assert_request (easel_vast_request_list_offers (&search), EASEL_VAST_LANE_OFFERS, "POST",
                  "/api/v0/bundles/",
                  MACHINE "\"cuda_max_good\":{\"gte\":12.5},\"dph_total\":{\"gt\":0.25}," REST);
}

#define ENVIRONMENT "\"env\":{\"-p 3001:3001\":\"1\",\"EASEL_WORKSPACE_GB\":\"40\"},"
#define END                                                                                        \
  "\"disk\":60,\"label\":\"easel-7f3a91c2\"," ENVIRONMENT                                          \
  "\"target_state\":\"running\",\"cancel_unavail\":true}"

/* The author's image is named directly, whatever his template says of starting it. */
static void
test_create_the_authors_image (void)
{
  const char *arguments[] = { "/start.sh", "--sdxl", "--checkpoint", "realvis", NULL };
  g_autoptr (EaselLaunchSpec) spec = make_spec ("0123", "aclysia/sd-comfyui-krita:v1.52.0");

  assert_request (easel_vast_request_create_pod (spec), EASEL_VAST_LANE_CREATE, "PUT",
                  "/api/v0/asks/31415926/",
                  "{\"image\":\"aclysia/sd-comfyui-krita:v1.52.0\",\"runtype\":\"args\"," END);
  spec->image = g_strdup ("aclysia/sd-comfyui-krita:v1.53.0");
  spec->start_arguments = g_strdupv ((char **) arguments);
  assert_request (easel_vast_request_create_pod (spec), EASEL_VAST_LANE_CREATE, "PUT",
                  "/api/v0/asks/31415926/",
                  "{\"image\":\"aclysia/sd-comfyui-krita:v1.53.0\",\"runtype\":\"args\","
                  "\"args\":[\"/start.sh\",\"--sdxl\",\"--checkpoint\",\"realvis\"]," END);
  g_clear_object (&spec->template);
  assert_request (easel_vast_request_create_pod (spec), EASEL_VAST_LANE_CREATE, "PUT",
                  "/api/v0/asks/31415926/",
                  "{\"image\":\"aclysia/sd-comfyui-krita:v1.53.0\",\"runtype\":\"args\","
                  "\"args\":[\"/start.sh\",\"--sdxl\",\"--checkpoint\",\"realvis\"]," END);
}

static EaselAgentPlan *
make_plan (void)
{
  EaselAgentLimits limits = { .hard_s = 3600, .cap_s = 7200, .created_unix_s = 9 };

  return easel_agent_plan_new (&limits, "00ff", "exec x");
}

/* The agent comes along in the command, its secrets and limits in the environment. */
static void
test_create_with_the_agent (void)
{
  g_autoptr (EaselLaunchSpec) spec = make_spec ("0123", "aclysia/sd-comfyui-krita:v1.52.0");
  g_autofree char *expected = NULL;

  spec->agent = make_plan ();
  expected = g_strdup_printf (
      "{\"image\":\"aclysia/sd-comfyui-krita:v1.52.0\",\"runtype\":\"args\","
      "\"onstart\":\"/bin/bash\",\"args\":[\"-c\",\"exec x\"],"
      "\"disk\":60,\"label\":\"easel-7f3a91c2\","
      "\"env\":{\"-p 3001:3001\":\"1\",\"EASEL_WORKSPACE_GB\":\"40\",\"EASEL_PAINT\":\"%s\","
      "\"EASEL_ADMIN\":\"%s\",\"EASEL_LIMITS\":\"1:3600:7200:0:0:0:0:d:9\","
      "\"EASEL_SHA\":\"00ff\"},\"target_state\":\"running\",\"cancel_unavail\":true}",
      easel_secret_peek (spec->agent->paint), easel_secret_peek (spec->agent->admin));
  assert_request (easel_vast_request_create_pod (spec), EASEL_VAST_LANE_CREATE, "PUT",
                  "/api/v0/asks/31415926/", expected);
}

/* Of somebody else's template only the port and the disk are ours. */
static void
test_create_a_foreign_template (void)
{
  g_autoptr (EaselLaunchSpec) spec =
      make_spec ("0123456789abcdef0123456789abcdef", "somebody/comfy:1");

  assert_request (easel_vast_request_create_pod (spec), EASEL_VAST_LANE_CREATE, "PUT",
                  "/api/v0/asks/31415926/",
                  "{\"template_hash_id\":\"0123456789abcdef0123456789abcdef\"," END);
}

static void
test_create_lifts_the_disk (void)
{
  g_autoptr (EaselLaunchSpec) spec = make_spec ("", "aclysia/sd-comfyui-krita:v1.52.0");
  g_autoptr (EaselVastRequest) request = NULL;

  spec->disk_gb = 2;
  spec->workspace_gb = 3;
  request = easel_vast_request_create_pod (spec);
  g_assert_nonnull (g_strstr_len (g_bytes_get_data (request->body, NULL),
                                  (gssize) g_bytes_get_size (request->body), "\"disk\":8,"));
}

/* An offer of another provider never leaves this computer. */
static void
test_create_needs_an_offer_of_vast (void)
{
  static const char *const bad[] = { "runpod/SECURE/x",     "", "12a", "-5", "0", "../x",
                                     "99999999999999999999" };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (EaselLaunchSpec) spec = make_spec ("", "a/b");

      g_clear_object (&spec->offer);
      spec->offer = make_offer (bad[i]);
      g_assert_null (easel_vast_request_create_pod (spec));
      g_assert_false (easel_vast_id_is_usable (bad[i]));
    }
  g_assert_true (easel_vast_id_is_usable ("1"));
  g_assert_false (easel_vast_id_is_usable (NULL));
}

static void
test_changes (void)
{
  assert_request (easel_vast_request_set_running ("7", TRUE), EASEL_VAST_LANE_CHANGE, "PUT",
                  "/api/v0/instances/7/", "{\"state\":\"running\"}");
  assert_request (easel_vast_request_set_running ("7", FALSE), EASEL_VAST_LANE_CHANGE, "PUT",
                  "/api/v0/instances/7/", "{\"state\":\"stopped\"}");
  assert_request (easel_vast_request_reboot_pod ("7"), EASEL_VAST_LANE_REBOOT, "PUT",
                  "/api/v0/instances/reboot/7/", "{}");
  assert_request (easel_vast_request_delete_pod ("7"), EASEL_VAST_LANE_DELETE, "DELETE",
                  "/api/v0/instances/7/", "{}");
  assert_request (easel_vast_request_logs ("7"), EASEL_VAST_LANE_LOGS, "PUT",
                  "/api/v0/instances/request_logs/7/", "{\"tail\":\"1000\"}");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/vast-requests/reads", test_reads);
  g_test_add_func ("/vast-requests/tokens-are-escaped", test_tokens_are_escaped);
  g_test_add_func ("/vast-requests/templates", test_templates);
  g_test_add_func ("/vast-requests/offers", test_offers);
  g_test_add_func ("/vast-requests/create-the-authors-image", test_create_the_authors_image);
  g_test_add_func ("/vast-requests/create-with-the-agent", test_create_with_the_agent);
  g_test_add_func ("/vast-requests/create-a-foreign-template", test_create_a_foreign_template);
  g_test_add_func ("/vast-requests/create-lifts-the-disk", test_create_lifts_the_disk);
  g_test_add_func ("/vast-requests/create-needs-an-offer-of-vast",
                   test_create_needs_an_offer_of_vast);
  g_test_add_func ("/vast-requests/changes", test_changes);

  return g_test_run ();
}
