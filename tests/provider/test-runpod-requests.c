/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What is asked of RunPod, byte for byte.
 */

#include "config.h"

#include "easel-json.h"
#include "easel-runpod-requests.h"

#include <string.h>

static EaselOffer *
make_offer (EaselHostKind kind)
{
  EaselOfferData data = {
    .provider_id = "runpod",
    .id = "runpod/SECURE/NVIDIA GeForce RTX 3090",
    .gpu_id = "NVIDIA GeForce RTX 3090",
    .gpu_name = "RTX 3090",
    .vram_mib = 24 * 1024,
    .gpu_price = 460000,
    .host_kind = kind,
    .reliability_ppm = -1,
    .encrypted = TRUE,
  };

  return easel_offer_new (&data);
}

static EaselTemplate *
make_template (const char *id, const char *workspace_path)
{
  const char *ports[] = { "3001/http", "8888/http", "22/tcp", NULL };
  EaselTemplateData data = {
    .provider_id = "runpod",
    .id = id,
    .name = "Stable Diffusion ComfyUI for Krita",
    .image = "aclysia/sd-comfyui-krita:v1.52.0",
    .args = "",
    .disk_gb = 20,
    .workspace_gb = 40,
    .workspace_path = workspace_path,
    .ports = ports,
    .is_public = TRUE,
    .nvidia = TRUE,
  };

  return easel_template_new (&data);
}

static EaselLaunchSpec *
make_spec (EaselHostKind kind, const char *template_id)
{
  EaselLaunchSpec *spec = easel_launch_spec_new ();

  spec->name = g_strdup ("easel-7f3a91c2");
  spec->offer = make_offer (kind);
  spec->template = make_template (template_id, "/workspace");
  spec->disk_gb = 30;
  spec->workspace_gb = 40;
  return spec;
}

static void
assert_request (EaselRunpodRequest *request, const char *method, const char *path, const char *body)
{
  g_autoptr (EaselRunpodRequest) owned = request;

  g_assert_cmpstr (owned->method, ==, method);
  g_assert_cmpstr (owned->path, ==, path);
  if (body == NULL)
    g_assert_null (owned->body);
  else
    {
      gsize length = 0;
      const char *data = g_bytes_get_data (owned->body, &length);
      g_autofree char *text = g_strndup (data, length);

      g_assert_cmpstr (text, ==, body);
    }
}

static void
test_reads (void)
{
  assert_request (easel_runpod_request_list_pods (0, NULL), "GET", "/pods", NULL);
  assert_request (easel_runpod_request_list_pods (1, NULL), "GET", "/pods?limit=1", NULL);
  assert_request (easel_runpod_request_list_pods (0, "b64+/=&?"), "GET",
                  "/pods?cursor=b64%2B%2F%3D%26%3F", NULL);
  assert_request (easel_runpod_request_list_pods (10, "x"), "GET", "/pods?limit=10&cursor=x", NULL);
  assert_request (easel_runpod_request_get_pod ("7h9k2m4n6p"), "GET", "/pods/7h9k2m4n6p", NULL);
  assert_request (easel_runpod_request_get_template ("8myumeqonw"), "GET", "/templates/8myumeqonw",
                  NULL);
  assert_request (easel_runpod_request_list_templates (NULL), "GET", "/templates", NULL);
  assert_request (easel_runpod_request_list_templates ("community"), "GET",
                  "/catalog/templates?source=community", NULL);
  assert_request (easel_runpod_request_stream_logs ("p1"), "GET", "/pods/p1/logs?tail=1000", NULL);
  assert_request (easel_runpod_request_get_bill ("p1"), "GET",
                  "/billing/pods?podId=p1&bucketSize=hour&lastN=744", NULL);
}

static void
test_catalog (void)
{
  assert_request (easel_runpod_request_list_gpus ("SECURE", 0), "GET",
                  "/catalog/gpus?include=AVAILABILITY&product=POD&count=1&cloud=SECURE", NULL);
  assert_request (easel_runpod_request_list_gpus ("COMMUNITY", EASEL_CUDA (13, 0)), "GET",
                  "/catalog/gpus?include=AVAILABILITY&product=POD&count=1&cloud=COMMUNITY"
                  "&minCudaVersion=13.0",
                  NULL);
}

static void
test_ids_cannot_leave_their_place (void)
{
  assert_request (easel_runpod_request_get_pod ("../x?y#z"), "GET", "/pods/..%2Fx%3Fy%23z", NULL);
  assert_request (easel_runpod_request_delete_pod ("a/b"), "DELETE", "/pods/a%2Fb", NULL);
  assert_request (easel_runpod_request_act_on_pod ("a b", EASEL_POD_ACTION_STOP), "POST",
                  "/pods/a%20b/action", "{\"action\":\"stop\"}");
}

static void
test_actions (void)
{
  assert_request (easel_runpod_request_act_on_pod ("p1", EASEL_POD_ACTION_START), "POST",
                  "/pods/p1/action", "{\"action\":\"start\"}");
  assert_request (easel_runpod_request_act_on_pod ("p1", EASEL_POD_ACTION_RESTART), "POST",
                  "/pods/p1/action", "{\"action\":\"restart\"}");
  assert_request (easel_runpod_request_delete_pod ("p1"), "DELETE", "/pods/p1", NULL);
  assert_request (easel_runpod_request_myself (), "POST", "",
                  "{\"query\":\"query { myself { id email clientBalance currentSpendPerHr "
                  "spendLimit } }\"}");
}

static void
test_create_by_template (void)
{
  g_autoptr (EaselLaunchSpec) spec = make_spec (EASEL_HOST_PRIVATE, "8myumeqonw");

  spec->need_cuda = EASEL_CUDA (13, 0);
  assert_request (easel_runpod_request_create_pod (spec, EASEL_RUNPOD_COMMAND_WORDS), "POST",
                  "/pods",
                  "{\"name\":\"easel-7f3a91c2\",\"templateId\":\"8myumeqonw\","
                  "\"cloud\":\"COMMUNITY\","
                  "\"gpu\":{\"id\":\"NVIDIA GeForce RTX 3090\",\"count\":1,"
                  "\"minCudaVersion\":\"13.0\"},"
                  "\"disk\":30,"
                  "\"mounts\":{\"persistent\":{\"size\":40,\"path\":\"/workspace\"}},"
                  "\"ports\":[\"3001/http\"],\"startSsh\":false,\"startJupyter\":false}");
}

static void
test_create_with_own_image_and_command (void)
{
  g_autoptr (EaselLaunchSpec) spec = make_spec (EASEL_HOST_DATA_CENTER, "8myumeqonw");
  const char *arguments[] = { "/start.sh", "--sdxl", "--checkpoint", "realvis", NULL };

  spec->image = g_strdup ("aclysia/sd-comfyui-krita:v1.53.0");
  spec->start_arguments = g_strdupv ((char **) arguments);
  spec->need_ram_mib = 32 * 1024 + 1;
  assert_request (easel_runpod_request_create_pod (spec, EASEL_RUNPOD_COMMAND_WORDS), "POST",
                  "/pods",
                  "{\"name\":\"easel-7f3a91c2\",\"templateId\":\"8myumeqonw\","
                  "\"image\":\"aclysia/sd-comfyui-krita:v1.53.0\","
                  "\"args\":\"/start.sh --sdxl --checkpoint realvis\","
                  "\"cloud\":\"SECURE\","
                  "\"gpu\":{\"id\":\"NVIDIA GeForce RTX 3090\",\"count\":1,\"minRamPerGpu\":33},"
                  "\"disk\":30,"
                  "\"mounts\":{\"persistent\":{\"size\":40,\"path\":\"/workspace\"}},"
                  "\"ports\":[\"3001/http\"],\"startSsh\":false,\"startJupyter\":false}");
}

static void
test_create_with_the_agent (void)
{
  g_autoptr (EaselLaunchSpec) spec = make_spec (EASEL_HOST_DATA_CENTER, "8myumeqonw");
  EaselAgentLimits limits = { .hard_s = 3600, .cap_s = 7200, .created_unix_s = 9 };
  const char *const commands[] = {
    [EASEL_RUNPOD_COMMAND_WORDS] = "\"cmd\":[\"bash\",\"-c\",\"exec x\"]",
    [EASEL_RUNPOD_COMMAND_LINE] = "\"args\":\"bash -c 'exec x'\"",
  };

  spec->agent = easel_agent_plan_new (&limits, "00ff", "exec x");
  for (guint form = 0; form < G_N_ELEMENTS (commands); form++)
    {
      g_autofree char *expected = g_strdup_printf (
          "{\"name\":\"easel-7f3a91c2\",\"templateId\":\"8myumeqonw\",%s,"
          "\"env\":{\"EASEL_PAINT\":\"%s\",\"EASEL_ADMIN\":\"%s\","
          "\"EASEL_LIMITS\":\"1:3600:7200:0:0:0:0:d:9\",\"EASEL_SHA\":\"00ff\"},"
          "\"cloud\":\"SECURE\",\"gpu\":{\"id\":\"NVIDIA GeForce RTX 3090\",\"count\":1},"
          "\"disk\":30,\"mounts\":{\"persistent\":{\"size\":40,\"path\":\"/workspace\"}},"
          "\"ports\":[\"3001/http\"],\"startSsh\":false,\"startJupyter\":false}",
          commands[form], easel_secret_peek (spec->agent->paint),
          easel_secret_peek (spec->agent->admin));

      assert_request (easel_runpod_request_create_pod (spec, form), "POST", "/pods", expected);
    }
}

/* The template has vanished: its image alone is left. Sizes below RunPod's floors are lifted. */
static void
test_create_by_image_alone (void)
{
  g_autoptr (EaselLaunchSpec) spec = make_spec (EASEL_HOST_DATA_CENTER, "");

  spec->disk_gb = 0;
  spec->workspace_gb = 3;
  assert_request (easel_runpod_request_create_pod (spec, EASEL_RUNPOD_COMMAND_WORDS), "POST",
                  "/pods",
                  "{\"name\":\"easel-7f3a91c2\","
                  "\"image\":\"aclysia/sd-comfyui-krita:v1.52.0\","
                  "\"cloud\":\"SECURE\","
                  "\"gpu\":{\"id\":\"NVIDIA GeForce RTX 3090\",\"count\":1},"
                  "\"disk\":20,"
                  "\"mounts\":{\"persistent\":{\"size\":10,\"path\":\"/workspace\"}},"
                  "\"ports\":[\"3001/http\"],\"startSsh\":false,\"startJupyter\":false}");
}

static void
test_create_without_lasting_disk (void)
{
  g_autoptr (EaselLaunchSpec) spec = make_spec (EASEL_HOST_DATA_CENTER, "8myumeqonw");
  g_autoptr (EaselRunpodRequest) request = NULL;
  const char *no_arguments[] = { NULL };

  spec->workspace_gb = 0;
  spec->start_arguments = g_strdupv ((char **) no_arguments);
  request = easel_runpod_request_create_pod (spec, EASEL_RUNPOD_COMMAND_WORDS);
  g_assert_null (g_strstr_len (g_bytes_get_data (request->body, NULL),
                               (gssize) g_bytes_get_size (request->body), "mounts"));
  /* An empty "args" would clear the template's own. */
  g_assert_null (g_strstr_len (g_bytes_get_data (request->body, NULL),
                               (gssize) g_bytes_get_size (request->body), "args"));
}

static void
test_create_follows_the_templates_path (void)
{
  g_autoptr (EaselLaunchSpec) spec = make_spec (EASEL_HOST_DATA_CENTER, "8myumeqonw");
  g_autoptr (EaselRunpodRequest) request = NULL;

  g_clear_object (&spec->template);
  spec->template = make_template ("tpl1", "/data");
  request = easel_runpod_request_create_pod (spec, EASEL_RUNPOD_COMMAND_WORDS);
  g_assert_nonnull (g_strstr_len (g_bytes_get_data (request->body, NULL),
                                  (gssize) g_bytes_get_size (request->body), "\"path\":\"/data\""));
}

static void
test_arguments_survive_a_shell (void)
{
  const char *const cases[][4] = {
    { "/start.sh", "--recommended", NULL },
    { "bash", "-c", "mkdir -p /x && exec /start.sh --sdxl", NULL },
    { "bash", "-c", "echo 'one' two", NULL },
    { "bash", "-c", "echo 'a' \"b\" $HOME `x` \\ !", NULL },
    { "", "a=b", "ü – 漢字", NULL },
    { "{\"cmd\":[]}", "#x", "~", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *line = easel_runpod_join_arguments (cases[i]);
      g_autoptr (GError) error = NULL;
      g_auto (GStrv) words = NULL;

      g_shell_parse_argv (line, NULL, &words, &error);
      g_assert_no_error (error);
      g_assert_cmpstrv (words, cases[i]);
      /* Text that begins with a brace would be read as JSON. */
      g_assert_false (g_str_has_prefix (line, "{"));
    }
}

static void
test_pod_addresses (void)
{
  const char *pattern = "https://{pod}-{port}.proxy.runpod.net/";
  const char *bad[] = { "", "a.b", "evil.example/", "a@b", "a:1", "a b", "ä", "{pod}" };
  g_autofree char *uri = easel_runpod_pod_uri (pattern, "7h9k2m4n6p", 3001);
  g_autofree char *long_id = g_strnfill (58, 'a');
  g_autofree char *too_long = easel_runpod_pod_uri (pattern, long_id, 3001);

  g_assert_cmpstr (uri, ==, "https://7h9k2m4n6p-3001.proxy.runpod.net");
  g_assert_null (too_long);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *none = easel_runpod_pod_uri (pattern, bad[i], 3001);

      g_assert_null (none);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/runpod-requests/create-with-the-agent", test_create_with_the_agent);
  g_test_add_func ("/runpod-requests/reads", test_reads);
  g_test_add_func ("/runpod-requests/catalog", test_catalog);
  g_test_add_func ("/runpod-requests/ids-cannot-leave-their-place",
                   test_ids_cannot_leave_their_place);
  g_test_add_func ("/runpod-requests/actions", test_actions);
  g_test_add_func ("/runpod-requests/create-by-template", test_create_by_template);
  g_test_add_func ("/runpod-requests/create-with-own-image-and-command",
                   test_create_with_own_image_and_command);
  g_test_add_func ("/runpod-requests/create-by-image-alone", test_create_by_image_alone);
  g_test_add_func ("/runpod-requests/create-without-lasting-disk",
                   test_create_without_lasting_disk);
  g_test_add_func ("/runpod-requests/create-follows-the-templates-path",
                   test_create_follows_the_templates_path);
  g_test_add_func ("/runpod-requests/arguments-survive-a-shell", test_arguments_survive_a_shell);
  g_test_add_func ("/runpod-requests/pod-addresses", test_pod_addresses);

  return g_test_run ();
}
