/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The desktop's client of the agent and the simulator's stand-in for the agent, written from the
 * same agreement by different hands: each is held against the other.
 */

#include "config.h"

#include "../provider/sim.h"
#include "easel-agent-client.h"
#include "easel-error.h"
#include "easel-test-util.h"

#include <string.h>

#define PAINT "paint0123456789abcdefghijk"
#define ADMIN "admin0123456789abcdefghijk"
#define HELPER "print ('helper')\n"
#define HOUR_S G_GINT64_CONSTANT (3600)

#define ORDER                                                                                      \
  "{\"order\":{\"name\":\"easel-0badcafe\",\"templateId\":\"8myumeqonw\","                         \
  "\"image\":\"aclysia/sd-comfyui-krita:v1.52.0\",\"cloud\":\"COMMUNITY\","                        \
  "\"gpu\":{\"id\":\"NVIDIA GeForce RTX 3090\",\"count\":1},\"disk\":30,"                          \
  "\"mounts\":{\"persistent\":{\"size\":40,\"path\":\"/workspace\"}},\"ports\":[\"3001/http\"],"   \
  "\"cmd\":[\"bash\",\"-c\",\"echo agent;/start.sh --sdxl --checkpoint realvis\"],"                \
  "\"env\":{\"EASEL_PAINT\":\"" PAINT "\",\"EASEL_ADMIN\":\"" ADMIN "\","                          \
  "\"EASEL_SHA\":\"%s\",\"EASEL_LIMITS\":\"1:14400:43200:1200:3600:7200:2700:d:%" G_GINT64_FORMAT  \
  "\"}}}"

typedef struct
{
  EaselSim *sim;
  char *pod_id;
  EaselSecret *admin;
  EaselAgentClient *agent;
} Fixture;

static JsonObject *
only_pod (JsonNode *root)
{
  JsonArray *pods = easel_json_peek_array (json_node_get_object (root), "pods");

  g_assert_nonnull (pods);
  g_assert_cmpuint (json_array_get_length (pods), ==, 1);
  return json_array_get_object_element (pods, 0);
}

static gint64
now_ms (Fixture *fixture)
{
  g_autoptr (JsonNode) root = easel_sim_ask (fixture->sim, "clock");

  return easel_json_peek_int (json_node_get_object (root), "now_ms", 0, G_MAXINT64, -1);
}

static void
advance (Fixture *fixture, gint64 seconds)
{
  g_autofree char *body = g_strdup_printf ("{\"advance_s\":%" G_GINT64_FORMAT "}", seconds);

  easel_sim_tell (fixture->sim, "POST", "clock", body);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *sha = g_compute_checksum_for_string (G_CHECKSUM_SHA256, HELPER, -1);
  g_autofree char *order = NULL;
  g_autoptr (JsonNode) root = NULL;
  const char *proxy;
  JsonObject *pod;

  fixture->sim = easel_sim_start (1);
  order = g_strdup_printf (ORDER, sha, now_ms (fixture) / 1000);
  {
    g_auto (EaselTestCatch) caught = { 0 };
    g_autofree char *uri = g_strconcat (fixture->sim->uri, "/__/pods", NULL);
    g_autoptr (GBytes) bytes = g_bytes_new (order, strlen (order));
    g_autoptr (EaselHttpResponse) response = NULL;
    g_autoptr (GError) error = NULL;
    EaselHttpRequest request = { .method = "POST", .uri = uri, .body = bytes };

    easel_http_send_async (fixture->sim->http, &request, NULL, NULL, easel_test_catch, &caught);
    response = easel_http_send_finish (fixture->sim->http, easel_test_catch_wait (&caught), &error);
    g_assert_no_error (error);
    g_assert_cmpuint (response->status, ==, 201);
  }
  root = easel_sim_ask (fixture->sim, "pods");
  pod = only_pod (root);
  fixture->pod_id = g_strdup (easel_json_peek_string (pod, "id", NULL));
  proxy = easel_json_peek_string (easel_json_peek_object (pod, "proxy"), "3001", NULL);
  g_assert_nonnull (proxy);
  advance (fixture,
           (easel_json_peek_int (pod, "ready_ms", 0, G_MAXINT64, 0) - now_ms (fixture)) / 1000 + 1);
  fixture->admin = easel_secret_new (ADMIN);
  fixture->agent =
      easel_agent_client_new (fixture->sim->http, fixture->sim->clock, proxy, fixture->admin);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  /* Asks for leaks, too. */
  g_assert_cmpint (easel_sim_count_requests (fixture->sim, "pod"), >=, 0);
  g_assert_finalize_object (fixture->agent);
  easel_secret_unref (fixture->admin);
  g_free (fixture->pod_id);
  easel_sim_stop (fixture->sim);
}

static EaselAgentStatus *
finish_status (Fixture *fixture, EaselTestCatch *caught)
{
  g_autoptr (GError) error = NULL;
  EaselAgentStatus *status =
      easel_agent_client_status_finish (fixture->agent, easel_test_catch_wait (caught), &error);

  g_assert_no_error (error);
  return status;
}

static EaselAgentStatus *
ask_status (Fixture *fixture)
{
  g_auto (EaselTestCatch) caught = { 0 };

  easel_agent_client_get_status_async (fixture->agent, NULL, easel_test_catch, &caught);
  return finish_status (fixture, &caught);
}

static void
test_status (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselAgentStatus) status = ask_status (fixture);

  g_assert_cmpint (status->phase, ==, EASEL_AGENT_READY);
  g_assert_cmpint (status->armed, ==, EASEL_AGENT_ARMED_PROVEN);
  g_assert_true (status->is_protected);
  g_assert_false (status->stop_instead);
  g_assert_cmpint (status->hard_s, >, 3 * HOUR_S);
  g_assert_cmpint (status->hard_s, <=, 4 * HOUR_S);
  g_assert_cmpint (status->cap_s - status->hard_s, ==, 8 * HOUR_S);
  g_assert_cmpint (status->never_s, >, HOUR_S);
  g_assert_cmpint (status->closed_s, ==, -1);
  g_assert_cmpint (status->idle_s, ==, -1);
  g_assert_cmpint (status->boot_s, ==, -1);
  g_assert_cmpint (status->ending, ==, EASEL_END_NONE);
  g_assert_true (status->has_helper);
}

static void
test_extend (Fixture *fixture, gconstpointer data)
{
  g_auto (EaselTestCatch) caught = { 0 };
  g_autoptr (EaselAgentStatus) status = NULL;

  easel_agent_client_extend_async (fixture->agent, 5 * HOUR_S, -1, -1, 9 * HOUR_S, NULL,
                                   easel_test_catch, &caught);
  status = finish_status (fixture, &caught);
  g_assert_cmpint (status->hard_s, <=, 5 * HOUR_S);
  g_assert_cmpint (status->hard_s, >, 5 * HOUR_S - 30);
  g_assert_cmpint (status->never_s, >, 8 * HOUR_S);
}

static void
test_helper (Fixture *fixture, gconstpointer data)
{
  g_auto (EaselTestCatch) caught = { 0 };
  g_autoptr (EaselAgentStatus) status = NULL;
  g_autoptr (GBytes) helper = g_bytes_new_static (HELPER, strlen (HELPER));

  easel_agent_client_put_helper_async (fixture->agent, helper, NULL, easel_test_catch, &caught);
  status = finish_status (fixture, &caught);
  g_assert_true (status->has_helper);
}

static void
test_progress (Fixture *fixture, gconstpointer data)
{
  g_auto (EaselTestCatch) caught = { 0 };
  g_autoptr (EaselAgentProgress) progress = NULL;
  g_autoptr (GError) error = NULL;
  guint64 have, size, speed;

  easel_agent_client_get_progress_async (fixture->agent, 0, NULL, easel_test_catch, &caught);
  progress =
      easel_agent_client_progress_finish (fixture->agent, easel_test_catch_wait (&caught), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (progress->files->len, >, 3);
  easel_agent_progress_sum (progress, &have, &size, &speed);
  g_assert_cmpuint (have, ==, size);
  g_assert_cmpuint (size, >, 6900000000);
  g_assert_nonnull (strstr (progress->log, "Starting Nginx"));
  g_assert_cmpuint (progress->log_next, >, 0);
  g_assert_cmpuint (progress->disk_total, >, progress->disk_free);
}

/* A file's name needs escaping, and both ends must sign the same. */
static void
test_upload (Fixture *fixture, gconstpointer data)
{
  g_auto (EaselTestCatch) caught = { 0 };
  g_autoptr (GBytes) chunk = g_bytes_new_static ("abc", 3);
  const EaselAgentCall call = {
    .method = "PUT",
    .route = "models/loras/Blue%20Ink.safetensors?offset=0&size=3",
    .body = chunk,
    .content_type = "application/octet-stream",
  };
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) error = NULL;
  guint status = 0;

  easel_agent_client_call_async (fixture->agent, &call, NULL, easel_test_catch, &caught);
  root = easel_agent_client_call_finish (fixture->agent, easel_test_catch_wait (&caught), &status,
                                         &error);
  g_assert_no_error (error);
  g_assert_cmpuint (status, ==, 202);
  g_assert_nonnull (easel_json_peek_string (json_node_get_object (root), "id", NULL));
}

static void
test_forged (Fixture *fixture, gconstpointer data)
{
  g_auto (EaselTestCatch) caught = { 0 };
  g_autofree char *body =
      g_strdup_printf ("{\"pod\":\"%s\",\"fault\":\"agent_forged\"}", fixture->pod_id);
  g_autoptr (EaselAgentStatus) status = NULL;
  g_autoptr (GError) error = NULL;

  easel_sim_tell (fixture->sim, "POST", "faults", body);
  easel_agent_client_get_status_async (fixture->agent, NULL, easel_test_catch, &caught);
  status =
      easel_agent_client_status_finish (fixture->agent, easel_test_catch_wait (&caught), &error);
  g_assert_null (status);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
}

/* Nobody asks any more, as after the desktop's death: the pod ends all the same. */
static void
test_ends_alone (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JsonNode) root = NULL;
  JsonObject *pod;
  gint64 lived_ms;

  g_assert_cmpuint (easel_sim_count_billed (fixture->sim), ==, 1);
  advance (fixture, 20 * HOUR_S);
  root = easel_sim_ask (fixture->sim, "ledger");
  pod = only_pod (root);
  lived_ms = easel_json_peek_int (pod, "deleted_ms", 0, G_MAXINT64, -1) -
             easel_json_peek_int (pod, "created_ms", 0, G_MAXINT64, -1);
  g_assert_cmpint (lived_ms, >, 2 * HOUR_S * 1000);
  g_assert_cmpint (lived_ms, <=, 4 * HOUR_S * 1000);
  g_assert_cmpuint (easel_sim_count_billed (fixture->sim), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add ("/agent-stand-in/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("status", test_status);
  ADD ("extend", test_extend);
  ADD ("helper", test_helper);
  ADD ("progress", test_progress);
  ADD ("upload", test_upload);
  ADD ("forged", test_forged);
  ADD ("ends-alone", test_ends_alone);
#undef ADD
  return g_test_run ();
}
