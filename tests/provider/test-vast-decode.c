/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What vast.ai says about accounts, money and instances.
 */

#include "config.h"

#include "easel-error.h"
#include "easel-vast-decode.h"
#include "fixture.h"

#include <string.h>

static EaselAccountInfo *
decode_account (const char *name)
{
  g_autoptr (JsonNode) root = easel_fixture_load ("vast", name);
  g_autoptr (GError) error = NULL;
  EaselAccountInfo *info = easel_account_info_new ();

  g_assert_true (easel_vast_decode_account (root, info, &error));
  g_assert_no_error (error);
  return info;
}

static void
test_accounts (void)
{
  g_autoptr (EaselAccountInfo) usual = decode_account ("account");
  g_autoptr (EaselAccountInfo) other = decode_account ("account-balance-only");
  g_autoptr (EaselAccountInfo) new = decode_account ("account-may-not-rent");

  g_assert_cmpstr (usual->account_id, ==, "123456");
  g_assert_cmpstr (usual->email, ==, "you@example.org");
  g_assert_cmpint (usual->balance, ==, 25 * EASEL_MICROS_PER_DOLLAR);
  g_assert_true (usual->can_pay);
  g_assert_false (usual->auto_top_up);

  g_assert_cmpstr (other->account_id, ==, "123456");
  g_assert_cmpstr (other->email, ==, "you@example.org");
  g_assert_cmpint (other->balance, ==, -1250000);
  g_assert_true (other->can_pay);
  g_assert_true (other->auto_top_up);

  g_assert_null (new->email);
  g_assert_cmpint (new->balance, ==, 0);
  g_assert_false (new->can_pay);
}

static void
test_no_account (void)
{
  g_autoptr (JsonNode) root = easel_fixture_load ("vast", "error-bad-key");
  g_autoptr (EaselAccountInfo) info = easel_account_info_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (easel_vast_decode_account (root, info, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
  g_assert_null (info->account_id);
}

static void
test_spend_rate (void)
{
  g_autoptr (JsonNode) root = easel_fixture_load ("vast", "spend-rate");
  g_autoptr (GError) error = NULL;
  gint64 rate = 0;

  g_assert_true (easel_vast_decode_spend_rate (root, &rate, &error));
  g_assert_cmpint (rate, ==, 322000);
}

static void
test_charges (void)
{
  g_autoptr (JsonNode) root = easel_fixture_load ("vast", "charges");
  g_autoptr (JsonNode) more = easel_fixture_load ("vast", "charges-more");
  g_autoptr (JsonNode) hole = easel_fixture_load ("vast", "charges-with-a-hole");
  g_autoptr (GError) error = NULL;
  g_autofree char *token = NULL;
  EaselBill bill = { 0 };

  g_assert_true (easel_vast_decode_charges (root, "27181828", &bill, &token, &error));
  g_assert_null (token);
  g_assert_cmpint (bill.total, ==, 1334000);
  g_assert_cmpint (bill.last_end_unix_ms, ==, G_GINT64_CONSTANT (1790090000500));
  g_assert_true (easel_vast_decode_charges (more, "27181828", &bill, &token, &error));
  g_assert_cmpstr (token, ==, "t2");
  g_assert_cmpint (bill.total, ==, 2334000);
  g_clear_pointer (&token, g_free);
  g_assert_false (easel_vast_decode_charges (hole, "27181828", &bill, &token, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
}

/* --- instances ---------------------------------------------------------------------------- */

static EaselPod *
decode_pod (const char *name, EaselVastMemory *memory)
{
  g_autofree char *file = g_strconcat ("instance-", name, NULL);
  g_autoptr (JsonNode) root = easel_fixture_load ("vast", file);
  g_autoptr (GError) error = NULL;
  EaselPod *pod = easel_vast_decode_pod_answer (root, memory, &error);

  g_assert_no_error (error);
  g_assert_nonnull (pod);
  return pod;
}

/* The secrets come back from the provider, for this computer and for the next. */
static void
test_agent (void)
{
  static const char *const pairs[][2] = {
    { "EASEL_PAINT", "abcdefghijklmnopqrstuvwxyz" },
    { "EASEL_ADMIN", "zyxwvutsrqponmlkjihgfedcba" },
    { "EASEL_LIMITS", "1:3600:7200:0:0:0:0:d:9" },
  };
  g_autoptr (JsonNode) root = easel_fixture_load ("vast", "instance-running");
  JsonObject *instance = json_object_get_object_member (json_node_get_object (root), "instances");
  JsonArray *variables = json_object_get_array_member (instance, "extra_env");
  g_autoptr (EaselPod) pod = NULL;
  g_autofree char *base = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      JsonArray *pair = json_array_new ();

      json_array_add_string_element (pair, pairs[i][0]);
      json_array_add_string_element (pair, pairs[i][1]);
      json_array_add_array_element (variables, pair);
    }
  pod = easel_vast_decode_pod_answer (root, NULL, NULL);
  base = easel_pod_get_base (pod);
  g_assert_cmpstr (easel_pod_get (pod)->address, ==,
                   "http://203.0.113.7:40713/abcdefghijklmnopqrstuvwxyz");
  g_assert_cmpstr (base, ==, "http://203.0.113.7:40713");
  g_assert_cmpstr (easel_secret_peek (easel_pod_get (pod)->admin), ==,
                   "zyxwvutsrqponmlkjihgfedcba");
  g_assert_cmpstr (easel_pod_get (pod)->limits, ==, "1:3600:7200:0:0:0:0:d:9");
  g_assert_false (easel_pod_get (pod)->encrypted);
  g_assert_cmpuint (easel_pod_get (pod)->workspace_gb, ==, 40);
}

static void
test_running (void)
{
  g_autoptr (EaselPod) pod = decode_pod ("running", NULL);
  const EaselPodData *data = easel_pod_get (pod);

  g_assert_cmpstr (data->provider_id, ==, "vast");
  g_assert_cmpstr (data->id, ==, "27181828");
  g_assert_cmpstr (data->name, ==, "easel-7f3a91c2");
  g_assert_cmpint (data->state, ==, EASEL_POD_RUNNING);
  g_assert_cmpstr (data->state_word, ==, "running");
  g_assert_true (data->container_up);
  g_assert_cmpint (data->uptime_ms, ==, 750 * 1000);
  g_assert_cmpstr (data->address, ==, "http://203.0.113.7:40713");
  g_assert_false (data->encrypted);
  g_assert_cmpint (data->cost, ==, 309440);
  g_assert_cmpint (data->stopped_cost, ==, 19440);
  g_assert_cmpuint (data->workspace_gb, ==, 40);
  g_assert_cmpuint (data->disk_gb, ==, 30);
  g_assert_cmpstr (data->gpu_name, ==, "RTX 4090");
  g_assert_cmpuint (data->gpu_count, ==, 1);
  g_assert_cmpuint (data->ram_mib, ==, 64250);
  g_assert_cmpuint (data->cuda_version, ==, EASEL_CUDA (13, 0));
  g_assert_cmpint (data->host_kind, ==, EASEL_HOST_PRIVATE);
  g_assert_cmpstr (data->place, ==, "Utrecht, Netherlands");
  g_assert_cmpstr (data->machine_id, ==, "12345");
  g_assert_cmpstr (data->image, ==, "aclysia/sd-comfyui-krita:v1.52.0");
  g_assert_cmpint (data->created_unix_ms, ==, G_GINT64_CONSTANT (1790000000250));
  g_assert_true (easel_pod_opens_port (pod, 3001));
  g_assert_false (data->locked);
  g_assert_false (data->is_cluster);
}

static void
test_addresses (void)
{
  static const struct
  {
    const char *name;
    const char *address;
  } rows[] = {
    { "running", "http://203.0.113.7:40713" },
    { "running-blanks", "http://203.0.113.7:40713" },
    { "running-ipv6", "http://[2001:db8::7]:40713" },
    { "running-without-ports", NULL },
    { "running-bad-address", NULL },
    { "in-a-list", "http://203.0.113.7:40713" },
    { "by-number", "http://203.0.113.7:40713" },
    { "loading", NULL },
    { "new", NULL },
    /* Ports of the run before may still be told. */
    { "stopped", NULL },
    { "offline", NULL },
    { "waiting-for-gpu", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (EaselPod) pod = decode_pod (rows[i].name, NULL);

      g_test_message ("%s", rows[i].name);
      g_assert_cmpstr (easel_pod_get (pod)->address, ==, rows[i].address);
      g_assert_cmpstr (easel_pod_get (pod)->id, ==, "27181828");
    }
}

static void
test_states (void)
{
  static const struct
  {
    const char *name;
    EaselPodState state;
    const char *word;
  } rows[] = {
    { "new", EASEL_POD_PROVISIONING, "created" },
    { "loading", EASEL_POD_STARTING, "loading" },
    { "exited-after-start", EASEL_POD_STARTING, "exited" },
    { "stopping", EASEL_POD_STOPPING, "running" },
    { "stopped", EASEL_POD_STOPPED, "exited" },
    { "waiting-for-gpu", EASEL_POD_STARTING, "exited" },
    { "failed-pull", EASEL_POD_ERROR,
      "Error response from daemon: manifest for aclysia/sd-comfyui-krita:v9 not found: manifest "
      "unknown" },
    { "flipped", EASEL_POD_ERROR,
      "Error response from daemon: manifest for aclysia/sd-comfyui-krita:v9 not found: manifest "
      "unknown" },
    { "oci", EASEL_POD_ERROR,
      "Error: OCI runtime create failed: unsatisfied condition: cuda>=13.0" },
    { "unheard-of", EASEL_POD_OTHER, "defrosting" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (EaselClock) clock = easel_manual_clock_new (0);
      g_autoptr (EaselVastMemory) memory = easel_vast_memory_new (clock);
      g_autoptr (EaselPod) pod = decode_pod (rows[i].name, memory);
      const EaselPodData *data = easel_pod_get (pod);

      g_test_message ("%s", rows[i].name);
      g_assert_cmpint (data->state, ==, rows[i].state);
      g_assert_cmpstr (data->state_word, ==, rows[i].word);
      g_assert_false (data->container_up);
      g_assert_cmpint (data->uptime_ms, ==, 0);
    }
}

static void
test_messages_are_one_line (void)
{
  g_autoptr (EaselClock) clock = easel_manual_clock_new (0);
  g_autoptr (EaselVastMemory) memory = easel_vast_memory_new (clock);
  g_autoptr (EaselPod) pod = decode_pod ("loading", memory);

  g_assert_cmpstr (easel_vast_memory_get_message (memory, easel_pod_get (pod)->id), ==,
                   "3f4ca61aafcd: Pulling fs layer 7e6257c9f8d8: Download complete");
}

/* Rented in the web console: no name of ours, no split of the disk. */
static void
test_foreign (void)
{
  g_autoptr (EaselPod) pod = decode_pod ("foreign", NULL);
  const EaselPodData *data = easel_pod_get (pod);

  g_assert_cmpstr (data->name, ==, "");
  g_assert_cmpstr (data->image, ==, "");
  g_assert_cmpstr (data->gpu_name, ==, "GPU");
  g_assert_cmpuint (data->gpu_count, ==, 0);
  g_assert_cmpuint (data->workspace_gb, ==, 10);
  g_assert_cmpuint (data->disk_gb, ==, 0);
  g_assert_cmpstr (data->place, ==, "California, United States");
  g_assert_null (data->address);
  g_assert_true (easel_pod_opens_port (pod, 8888));
  g_assert_false (easel_pod_opens_port (pod, 3001));
}

static void
test_gone (void)
{
  g_autoptr (JsonNode) root = easel_fixture_load ("vast", "instance-gone");
  g_autoptr (JsonNode) other = easel_fixture_load ("vast", "account");
  g_autoptr (GError) error = NULL;

  g_assert_null (easel_vast_decode_pod_answer (root, NULL, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_NOT_FOUND);
  g_clear_error (&error);
  /* Anything else is no proof. */
  g_assert_null (easel_vast_decode_pod_answer (other, NULL, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
}

static EaselPodList *
decode_list (const char *name, char **ret_token)
{
  g_autoptr (JsonNode) root = easel_fixture_load ("vast", name);
  g_autoptr (GError) error = NULL;
  EaselPodList *list = g_new0 (EaselPodList, 1);

  list->pods = g_ptr_array_new_with_free_func (g_object_unref);
  g_assert_true (easel_vast_decode_pod_page (root, NULL, list, ret_token, &error));
  g_assert_no_error (error);
  return list;
}

static void
test_lists (void)
{
  g_autofree char *token = NULL;
  g_autofree char *end = NULL;
  g_autofree char *odd_end = NULL;
  g_autofree char *bad_end = NULL;
  g_autoptr (EaselPodList) page = decode_list ("instances-page-1", &token);
  g_autoptr (EaselPodList) empty = decode_list ("instances-empty", &end);
  g_autoptr (EaselPodList) odd = decode_list ("instances-odd", &odd_end);
  g_autoptr (EaselPodList) bad = decode_list ("instances-bad-token", &bad_end);

  g_assert_cmpuint (page->pods->len, ==, 2);
  g_assert_cmpstr (token, ==, "eyJ2 +/=&?");
  g_assert_cmpuint (empty->pods->len, ==, 0);
  g_assert_cmpuint (empty->n_skipped, ==, 0);
  g_assert_null (end);
  /* Three that cannot be understood; one with a number as text and a name that is none. */
  g_assert_cmpuint (odd->pods->len, ==, 2);
  g_assert_cmpuint (odd->n_skipped, ==, 3);
  g_assert_cmpstr (easel_pod_get (g_ptr_array_index (odd->pods, 0))->id, ==, "5");
  /* There may be more. */
  g_assert_cmpuint (bad->n_skipped, ==, 1);
  g_assert_null (bad_end);
}

static void
test_contracts (void)
{
  static const struct
  {
    const char *text;
    const char *id;
  } rows[] = {
    { "{\"success\":true,\"new_contract\":27181828}", "27181828" },
    { "{\"success\":true,\"new_contract\":27181828.0}", "27181828" },
    { "{\"success\":false,\"new_contract\":\"27181828\"}", "27181828" },
    { "{\"new_contract\":null}", NULL },
    { "{\"new_contract\":0}", NULL },
    { "{\"new_contract\":-1}", NULL },
    { "{\"new_contract\":1.5}", NULL },
    { "{\"new_contract\":true}", NULL },
    { "{\"new_contract\":\"../1\"}", NULL },
    { "{}", NULL },
    { "[]", NULL },
  };

  g_assert_null (easel_vast_decode_contract (NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (JsonNode) root = easel_json_parse_text (rows[i].text, NULL);
      g_autofree char *id = easel_vast_decode_contract (root);

      g_assert_cmpstr (id, ==, rows[i].id);
    }
}

static void
test_stand_in (void)
{
  const char *places[] = { "Utrecht, Netherlands", NULL };
  EaselOfferData offer = {
    .provider_id = "vast",
    .id = "31415926",
    .gpu_id = "RTX 4090",
    .gpu_name = "RTX 4090",
    .vram_mib = 24564,
    .gpu_price = 290000,
    .disk_price = 278,
    .stopped_disk_price = 278,
    .host_kind = EASEL_HOST_PRIVATE,
    .places = places,
    .machine_id = "12345",
    .reliability_ppm = -1,
  };
  g_autoptr (EaselLaunchSpec) spec = easel_launch_spec_new ();
  g_autoptr (EaselPod) pod = NULL;
  const EaselPodData *data;

  spec->name = g_strdup ("easel-7f3a91c2");
  spec->offer = easel_offer_new (&offer);
  spec->image = g_strdup ("a/b:c");
  spec->disk_gb = 30;
  spec->workspace_gb = 40;
  pod = easel_vast_pod_from_spec ("27181828", spec);
  data = easel_pod_get (pod);
  g_assert_cmpstr (data->id, ==, "27181828");
  g_assert_cmpstr (data->name, ==, "easel-7f3a91c2");
  g_assert_cmpint (data->state, ==, EASEL_POD_PROVISIONING);
  g_assert_cmpint (data->cost, ==, 290000 + 70 * 278);
  g_assert_cmpint (data->stopped_cost, ==, 70 * 278);
  g_assert_cmpuint (data->workspace_gb, ==, 40);
  g_assert_cmpstr (data->machine_id, ==, "12345");
  g_assert_cmpstr (data->place, ==, "Utrecht, Netherlands");
  g_assert_cmpstr (data->image, ==, "a/b:c");
  g_assert_null (data->address);
}

static void
test_log_uris (void)
{
  g_autoptr (JsonNode) root = easel_fixture_load ("vast", "log-uri");
  g_autoptr (JsonNode) none = easel_fixture_load ("vast", "spend-rate");
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = easel_vast_decode_log_uri (root, &error);

  g_assert_cmpstr (uri, ==, "https://s3.amazonaws.com/vast.ai/instance_logs/abc.log");
  g_assert_null (easel_vast_decode_log_uri (none, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/vast-decode/agent", test_agent);
  g_test_add_func ("/vast-decode/accounts", test_accounts);
  g_test_add_func ("/vast-decode/no-account", test_no_account);
  g_test_add_func ("/vast-decode/spend-rate", test_spend_rate);
  g_test_add_func ("/vast-decode/charges", test_charges);
  g_test_add_func ("/vast-decode/running", test_running);
  g_test_add_func ("/vast-decode/addresses", test_addresses);
  g_test_add_func ("/vast-decode/states", test_states);
  g_test_add_func ("/vast-decode/messages-are-one-line", test_messages_are_one_line);
  g_test_add_func ("/vast-decode/foreign", test_foreign);
  g_test_add_func ("/vast-decode/gone", test_gone);
  g_test_add_func ("/vast-decode/lists", test_lists);
  g_test_add_func ("/vast-decode/contracts", test_contracts);
  g_test_add_func ("/vast-decode/stand-in", test_stand_in);
  g_test_add_func ("/vast-decode/log-uris", test_log_uris);

  return g_test_run ();
}
