/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What RunPod says of pods, bills, accounts and logs, by fixture.
 */

#include "config.h"

#include "easel-error.h"
#include "easel-runpod-decode.h"
#include "fixture.h"

#include <string.h>

#define PATTERN "https://{pod}-{port}.proxy.runpod.net"

static EaselPod *
load_pod (const char *name)
{
  g_autoptr (JsonNode) root = easel_fixture_load ("runpod", name);
  g_autoptr (GError) error = NULL;
  EaselPod *pod = easel_runpod_decode_pod (root, PATTERN, &error);

  g_assert_no_error (error);
  g_assert_nonnull (pod);
  return pod;
}

/* The secrets come back from the provider, for this computer and for the next. */
static void
test_pod_agent (void)
{
  g_autoptr (JsonNode) root = easel_fixture_load ("runpod", "pod-running");
  JsonObject *env = json_object_new ();
  g_autoptr (EaselPod) plain = load_pod ("pod-running");
  g_autoptr (EaselPod) pod = NULL;
  g_autofree char *whole = NULL;
  g_autofree char *base = NULL;

  json_object_set_string_member (env, "EASEL_PAINT", "abcdefghijklmnopqrstuvwxyz");
  json_object_set_string_member (env, "EASEL_ADMIN", "zyxwvutsrqponmlkjihgfedcba");
  json_object_set_string_member (env, "EASEL_LIMITS", "1:3600:7200:0:0:0:0:d:9");
  json_object_set_object_member (json_node_get_object (root), "env", env);
  pod = easel_runpod_decode_pod (root, PATTERN, NULL);
  whole = g_strconcat (easel_pod_get (plain)->address, "/abcdefghijklmnopqrstuvwxyz", NULL);
  base = easel_pod_get_base (pod);
  g_assert_cmpstr (easel_pod_get (pod)->address, ==, whole);
  g_assert_cmpstr (base, ==, easel_pod_get (plain)->address);
  g_assert_cmpstr (easel_secret_peek (easel_pod_get (pod)->admin), ==,
                   "zyxwvutsrqponmlkjihgfedcba");
  g_assert_cmpstr (easel_pod_get (pod)->limits, ==, "1:3600:7200:0:0:0:0:d:9");
  g_assert_true (easel_pod_get (pod)->encrypted);
  g_assert_null (easel_pod_get (plain)->paint);
  g_assert_null (easel_pod_get (plain)->admin);
}

typedef struct
{
  const char *fixture;
  EaselPodState state;
  gboolean container_up;
  guint gpu_count;
} StateCase;

static void
test_pod_states (void)
{
  static const StateCase cases[] = {
    { "pod-provisioning", EASEL_POD_PROVISIONING, FALSE, 1 },
    { "pod-starting", EASEL_POD_STARTING, FALSE, 1 },
    { "pod-created-already-running", EASEL_POD_RUNNING, FALSE, 1 },
    { "pod-running-runtime-null", EASEL_POD_RUNNING, FALSE, 1 },
    { "pod-running", EASEL_POD_RUNNING, TRUE, 1 },
    { "pod-started-without-gpu", EASEL_POD_RUNNING, TRUE, 0 },
    { "pod-exited", EASEL_POD_STOPPED, FALSE, 1 },
    { "pod-error", EASEL_POD_ERROR, FALSE, 1 },
    { "pod-terminated", EASEL_POD_GONE, FALSE, 1 },
    { "pod-unknown-status", EASEL_POD_OTHER, FALSE, 1 },
    { "pod-cpu", EASEL_POD_RUNNING, FALSE, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (EaselPod) pod = load_pod (cases[i].fixture);

      g_test_message ("%s", cases[i].fixture);
      g_assert_cmpint (easel_pod_get (pod)->state, ==, cases[i].state);
      g_assert_cmpint (easel_pod_get (pod)->container_up, ==, cases[i].container_up);
      g_assert_cmpuint (easel_pod_get (pod)->gpu_count, ==, cases[i].gpu_count);
    }
}

static void
test_running_pod_whole (void)
{
  g_autoptr (EaselPod) pod = load_pod ("pod-running");
  const EaselPodData *data = easel_pod_get (pod);

  g_assert_cmpstr (data->provider_id, ==, "runpod");
  g_assert_cmpstr (data->id, ==, "7h9k2m4n6p");
  g_assert_cmpstr (data->name, ==, "easel-7f3a91c2");
  g_assert_cmpstr (data->state_word, ==, "RUNNING");
  g_assert_cmpstr (data->image, ==, "aclysia/sd-comfyui-krita:v1.52.0");
  g_assert_cmpstr (data->gpu_id, ==, "NVIDIA GeForce RTX 3090");
  g_assert_cmpstr (data->gpu_name, ==, "RTX 3090");
  g_assert_cmpint (data->cost, ==, 470000);
  /* 40 GB at 0.20 $ a month. */
  g_assert_cmpint (data->stopped_cost, ==, 10959);
  g_assert_cmpuint (data->disk_gb, ==, 30);
  g_assert_cmpuint (data->workspace_gb, ==, 40);
  g_assert_cmpint (data->host_kind, ==, EASEL_HOST_DATA_CENTER);
  g_assert_cmpstr (data->place, ==, "Romania");
  g_assert_cmpstr (data->address, ==, "https://7h9k2m4n6p-3001.proxy.runpod.net");
  g_assert_true (data->encrypted);
  g_assert_cmpint (data->uptime_ms, ==, 3600000);
  g_assert_cmpint (data->created_unix_ms, ==, G_GINT64_CONSTANT (1795456800000));
  g_assert_cmpint (data->started_unix_ms, ==, G_GINT64_CONSTANT (1795456890250));
  g_assert_cmpuint (data->cuda_version, ==, EASEL_CUDA (13, 0));
  g_assert_cmpuint (data->ram_mib, ==, 62 * 1024);
  g_assert_false (data->locked);
  g_assert_false (data->is_cluster);
}

static void
test_pod_encrypted (void)
{
  static const struct
  {
    const char *pattern;
    gboolean encrypted;
  } rows[] = {
    { PATTERN, TRUE },
    { "http://127.0.0.1:8080/{pod}/{port}", TRUE },
    { "http://{pod}-{port}.localhost:8080", TRUE },
    { "http://{pod}-{port}.example.org", FALSE },
    { "http://{pod}-{port}.localhost.example.org", FALSE },
    { "http://192.0.2.7/{pod}/{port}", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (JsonNode) root = easel_fixture_load ("runpod", "pod-running");
      g_autoptr (EaselPod) pod = easel_runpod_decode_pod (root, rows[i].pattern, NULL);

      g_assert_nonnull (easel_pod_get (pod)->address);
      g_assert_cmpint (easel_pod_get (pod)->encrypted, ==, rows[i].encrypted);
    }
}

static void
test_pods_of_other_kinds (void)
{
  g_autoptr (EaselPod) private_pod = load_pod ("pod-community");
  g_autoptr (EaselPod) foreign = load_pod ("pod-foreign");
  g_autoptr (EaselPod) locked = load_pod ("pod-locked");
  g_autoptr (EaselPod) cpu = load_pod ("pod-cpu");
  g_autoptr (EaselPod) unknown = load_pod ("pod-unknown-status");
  g_autoptr (EaselPod) stopped = load_pod ("pod-exited-with-running-price");

  g_assert_cmpint (easel_pod_get (private_pod)->host_kind, ==, EASEL_HOST_PRIVATE);
  g_assert_null (easel_pod_get (private_pod)->place);
  g_assert_null (easel_pod_get (foreign)->address);
  g_assert_cmpstr (easel_pod_get (foreign)->name, ==, "my notebook with tabs");
  g_assert_cmpuint (easel_pod_get (foreign)->workspace_gb, ==, 0);
  g_assert_cmpint (easel_pod_get (foreign)->stopped_cost, ==, 0);
  g_assert_true (easel_pod_get (locked)->locked);
  g_assert_null (easel_pod_get (cpu)->gpu_id);
  g_assert_cmpuint (easel_pod_get (cpu)->workspace_gb, ==, 0);
  g_assert_cmpstr (easel_pod_get (unknown)->state_word, ==, "MIGRATING");
  /* What a stopped pod costs is its disk, whatever "cost" says. */
  g_assert_cmpint (easel_pod_get (stopped)->stopped_cost, ==, 10959);
}

/* Only the id counts: a pod of which nothing else is understood may still cost money. */
static void
test_odd_pod_is_still_a_pod (void)
{
  g_autoptr (EaselPod) pod = load_pod ("pod-odd-members");
  const EaselPodData *data = easel_pod_get (pod);

  g_assert_cmpstr (data->id, ==, "odd1");
  g_assert_cmpint (data->state, ==, EASEL_POD_OTHER);
  g_assert_cmpint (data->cost, ==, EASEL_MONEY_UNKNOWN);
  g_assert_cmpint (data->host_kind, ==, EASEL_HOST_UNKNOWN);
  g_assert_cmpint (data->created_unix_ms, ==, 0);
  g_assert_cmpuint (data->disk_gb, ==, 0);
  g_assert_false (data->locked);
  g_assert_null (data->address);
}

static void
test_pod_without_usable_id (void)
{
  static const char *const texts[] = {
    "null",
    "[]",
    "7",
    "\"x\"",
    "{}",
    "{\"id\":7}",
    "{\"id\":null}",
    "{\"id\":\"\"}",
    "{\"id\":\".\"}",
    "{\"id\":\"..\"}",
    "{\"id\":\"a b\"}",
    "{\"id\":\"a\\nb\"}",
    "{\"id\":\"\\u00e4\"}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (JsonNode) root = easel_json_parse_text (texts[i], NULL);
      g_autoptr (GError) error = NULL;

      g_assert_null (easel_runpod_decode_pod (root, PATTERN, &error));
      g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
    }
}

static EaselPodList *
list_new (void)
{
  EaselPodList *list = g_new0 (EaselPodList, 1);

  list->pods = g_ptr_array_new_with_free_func (g_object_unref);
  return list;
}

static void
load_page (const char *name, EaselPodList *list, char **ret_cursor)
{
  g_autoptr (JsonNode) root = easel_fixture_load ("runpod", name);
  g_autoptr (GError) error = NULL;

  g_assert_true (easel_runpod_decode_pod_page (root, PATTERN, list, ret_cursor, &error));
  g_assert_no_error (error);
}

static void
test_pages_are_joined (void)
{
  g_autoptr (EaselPodList) list = list_new ();
  g_autofree char *cursor = NULL;
  g_autofree char *end = NULL;

  load_page ("pods-two-pages-1", list, &cursor);
  g_assert_cmpstr (cursor, ==, "b64+/=&?");
  g_assert_cmpuint (list->pods->len, ==, 2);
  load_page ("pods-two-pages-2", list, &end);
  g_assert_null (end);
  /* One pod slipped from the first page onto the second in between. */
  g_assert_cmpuint (list->pods->len, ==, 3);
  g_assert_cmpuint (list->n_skipped, ==, 0);
}

typedef struct
{
  const char *fixture;
  guint n_pods;
  guint n_skipped;
} ListCase;

static void
test_lists (void)
{
  static const ListCase cases[] = {
    { "pods-empty", 0, 0 },          { "pods-odd-elements", 2, 7 },
    { "pods-with-cluster", 1, 0 },   { "pods-more-without-cursor", 1, 1 },
    { "pods-odd-pagination", 1, 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (EaselPodList) list = list_new ();
      g_autofree char *cursor = NULL;

      g_test_message ("%s", cases[i].fixture);
      load_page (cases[i].fixture, list, &cursor);
      g_assert_null (cursor);
      g_assert_cmpuint (list->pods->len, ==, cases[i].n_pods);
      g_assert_cmpuint (list->n_skipped, ==, cases[i].n_skipped);
    }
}

static void
test_cursors (void)
{
  g_autofree char *far_too_long = g_strnfill (5000, 'c');
  g_autofree char *long_page =
      g_strdup_printf ("{\"pods\":[],\"pagination\":{\"nextCursor\":\"%s\",\"hasNextPage\":true}}",
                       far_too_long);
  struct
  {
    const char *text;
    const char *cursor;
    guint n_skipped;
  } cases[] = {
    { "{\"pods\":[],\"pagination\":null}", NULL, 0 },
    { "{\"pods\":[],\"pagination\":{}}", NULL, 0 },
    { "{\"pods\":[],\"pagination\":{\"nextCursor\":\"n\"}}", "n", 0 },
    { "{\"pods\":[],\"pagination\":{\"nextCursor\":\"n\",\"hasNextPage\":null}}", "n", 0 },
    { "{\"pods\":[],\"pagination\":{\"nextCursor\":\"n\",\"hasNextPage\":false}}", NULL, 0 },
    { "{\"pods\":[],\"pagination\":{\"nextCursor\":7,\"hasNextPage\":true}}", NULL, 1 },
    { "{\"pods\":[],\"pagination\":{\"nextCursor\":\"\",\"hasNextPage\":true}}", NULL, 1 },
    { "{\"pods\":[],\"pagination\":[]}", NULL, 1 },
    { long_page, NULL, 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (JsonNode) root = easel_json_parse_text (cases[i].text, NULL);
      g_autoptr (EaselPodList) list = list_new ();
      g_autofree char *cursor = NULL;

      g_assert_true (easel_runpod_decode_pod_page (root, PATTERN, list, &cursor, NULL));
      g_assert_cmpstr (cursor, ==, cases[i].cursor);
      g_assert_cmpuint (list->n_skipped, ==, cases[i].n_skipped);
    }
}

static void
test_what_is_no_list (void)
{
  static const char *const texts[] = {
    "{}", "[]", "null", "{\"pods\":null}", "{\"pods\":{}}", "{\"pods\":\"none\"}"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (JsonNode) root = easel_json_parse_text (texts[i], NULL);
      g_autoptr (EaselPodList) list = list_new ();
      g_autofree char *cursor = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_false (easel_runpod_decode_pod_page (root, PATTERN, list, &cursor, &error));
      g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
    }
}

static void
test_bills (void)
{
  g_autoptr (JsonNode) three = easel_fixture_load ("runpod", "bill-three-hours");
  g_autoptr (JsonNode) none = easel_fixture_load ("runpod", "bill-empty");
  g_autoptr (JsonNode) hole = easel_fixture_load ("runpod", "bill-with-a-hole");
  g_autoptr (GError) error = NULL;
  g_autofree EaselBill *bill = easel_runpod_decode_bill (three, "7h9k2m4n6p", &error);
  g_autofree EaselBill *empty = NULL;

  g_assert_no_error (error);
  g_assert_cmpint (bill->total, ==, 560000);
  g_assert_cmpint (bill->last_end_unix_ms, ==, G_GINT64_CONSTANT (1795345200000));
  empty = easel_runpod_decode_bill (none, "7h9k2m4n6p", &error);
  g_assert_no_error (error);
  g_assert_cmpint (empty->total, ==, 0);
  g_assert_cmpint (empty->last_end_unix_ms, ==, 0);
  g_assert_null (easel_runpod_decode_bill (hole, "7h9k2m4n6p", &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
}

static void
test_account (void)
{
  g_autoptr (JsonNode) good = easel_fixture_load ("runpod", "myself");
  g_autoptr (JsonNode) debt = easel_fixture_load ("runpod", "myself-in-debt");
  g_autoptr (EaselAccountInfo) info = easel_account_info_new ();

  g_assert_true (easel_runpod_decode_myself (good, info, NULL));
  g_assert_cmpstr (info->account_id, ==, "user_2abcDEF");
  g_assert_cmpstr (info->email, ==, "you@example.org");
  g_assert_cmpint (info->balance, ==, 12345678);
  g_assert_cmpint (info->spend_per_hour, ==, 246600);
  g_assert_true (easel_runpod_decode_myself (debt, info, NULL));
  g_assert_cmpint (info->balance, ==, -50000);
}

static void
test_account_untold (void)
{
  static const char *const names[] = { "myself-null", "myself-errors", "problem-401" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (JsonNode) root = easel_fixture_load ("runpod", names[i]);
      g_autoptr (EaselAccountInfo) info = easel_account_info_new ();
      g_autoptr (GError) error = NULL;

      g_assert_false (easel_runpod_decode_myself (root, info, &error));
      g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
      g_assert_null (info->email);
    }
}

static void
test_log_lines (void)
{
  g_autofree char *line = NULL;
  g_autofree char *system_line = NULL;
  gint64 at = -1;
  gboolean is_system = TRUE;

  g_assert_true (easel_runpod_decode_log_line (
      "{\"ts\":\"2026-06-01T12:02:03Z\",\"source\":\"container\",\"line\":\"Pod Started\",\"x\":1}",
      &at, &is_system, &line));
  g_assert_cmpint (at, ==, G_GINT64_CONSTANT (1780315323000));
  g_assert_false (is_system);
  g_assert_cmpstr (line, ==, "Pod Started");
  g_assert_true (easel_runpod_decode_log_line ("{\"source\":\"system\",\"line\":\"\"}", &at,
                                               &is_system, &system_line));
  g_assert_cmpint (at, ==, 0);
  g_assert_true (is_system);
}

static void
test_log_lines_that_are_none (void)
{
  static const char *const texts[] = { "", "x", "[]", "{}", "{\"line\":7}", "{\"line\":null}" };
  char *line = NULL;
  gint64 at = 0;
  gboolean is_system = FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_false (easel_runpod_decode_log_line (texts[i], &at, &is_system, &line));
  g_assert_null (line);
}

/* Of a long line the end is kept, in whole characters: "█" takes three bytes. */
static void
test_long_log_line_keeps_its_end (void)
{
  g_autoptr (GString) data = g_string_new ("{\"line\":\"");
  g_autofree char *line = NULL;
  gint64 at;
  gboolean is_system;

  for (guint i = 0; i < 3000; i++)
    g_string_append (data, "█");
  g_string_append (data, " 99%\"}");
  g_assert_true (easel_runpod_decode_log_line (data->str, &at, &is_system, &line));
  g_assert_cmpuint (strlen (line), <=, EASEL_RUNPOD_MAX_LINE);
  g_assert_cmpuint (strlen (line), >, EASEL_RUNPOD_MAX_LINE - 4);
  g_assert_true (g_utf8_validate (line, -1, NULL));
  g_assert_true (g_str_has_suffix (line, "█ 99%"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/runpod-decode/pod-agent", test_pod_agent);
  g_test_add_func ("/runpod-decode/pod-encrypted", test_pod_encrypted);
  g_test_add_func ("/runpod-decode/pod-states", test_pod_states);
  g_test_add_func ("/runpod-decode/running-pod-whole", test_running_pod_whole);
  g_test_add_func ("/runpod-decode/pods-of-other-kinds", test_pods_of_other_kinds);
  g_test_add_func ("/runpod-decode/odd-pod-is-still-a-pod", test_odd_pod_is_still_a_pod);
  g_test_add_func ("/runpod-decode/pod-without-usable-id", test_pod_without_usable_id);
  g_test_add_func ("/runpod-decode/pages-are-joined", test_pages_are_joined);
  g_test_add_func ("/runpod-decode/lists", test_lists);
  g_test_add_func ("/runpod-decode/cursors", test_cursors);
  g_test_add_func ("/runpod-decode/what-is-no-list", test_what_is_no_list);
  g_test_add_func ("/runpod-decode/bills", test_bills);
  g_test_add_func ("/runpod-decode/account", test_account);
  g_test_add_func ("/runpod-decode/account-untold", test_account_untold);
  g_test_add_func ("/runpod-decode/log-lines", test_log_lines);
  g_test_add_func ("/runpod-decode/log-lines-that-are-none", test_log_lines_that_are_none);
  g_test_add_func ("/runpod-decode/long-log-line-keeps-its-end", test_long_log_line_keeps_its_end);

  return g_test_run ();
}
