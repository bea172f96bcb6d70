/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What the desktop asks the agent in a pod: sealed, in order, and only answers of the agent count.
 */

#include "config.h"

#include "easel-agent-client.h"
#include "easel-error.h"
#include "easel-test-server.h"
#include "easel-test-util.h"

#include <string.h>

#define ADMIN "abcdefghijklmnopqrstuvwxyz"
#define STATUS                                                                                     \
  "{\"v\":1,\"phase\":\"loading\",\"armed\":\"likely\",\"protected\":true,\"action\":\"delete\","  \
  "\"end\":{\"hard\":3600,\"cap\":7200,\"closed\":null,\"idle\":null,\"never\":null,"              \
  "\"boot\":2400},\"ending\":null}"

typedef struct
{
  EaselTestServer *server; /* (owned) */
  EaselClock *clock;       /* (owned) */
  EaselHttp *http;         /* (owned) */
  EaselSecret *admin;      /* (owned) */
  EaselAgentClient *agent; /* (owned) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *base = NULL;

  fixture->server = easel_test_server_new ();
  easel_test_server_play_agent (fixture->server, ADMIN);
  fixture->clock = easel_manual_clock_new (G_GINT64_CONSTANT (1795000000000));
  fixture->http = easel_http_new (fixture->clock, NULL);
  fixture->admin = easel_secret_new (ADMIN);
  base = easel_test_server_build_uri (fixture->server, "/");
  fixture->agent = easel_agent_client_new (fixture->http, fixture->clock, base, fixture->admin);
}

/* The secret itself is in no request, whatever was asked. */
static void
tear_down (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < easel_test_server_count (fixture->server, NULL, NULL); i++)
    {
      const EaselTestRequest *request = easel_test_server_get_request (fixture->server, i);

      g_assert_false (request->has_key);
      g_assert_null (strstr (request->path, ADMIN));
      g_assert_null (strstr (request->body, ADMIN));
      g_assert_nonnull (request->seal);
      g_assert_null (strstr (request->seal, ADMIN));
      g_assert_true (request->query == NULL || strstr (request->query, ADMIN) == NULL);
    }
  g_assert_finalize_object (fixture->agent);
  easel_secret_unref (fixture->admin);
  g_assert_finalize_object (fixture->http);
  g_object_unref (fixture->clock);
  easel_test_server_free (fixture->server);
}

static void
script (Fixture *fixture, const char *method, const char *route, const EaselTestAnswer *answer)
{
  g_autofree char *path = easel_test_server_agent_path (ADMIN, route);

  easel_test_server_script (fixture->server, method, path, answer);
}

static void
reply (Fixture *fixture, const char *method, const char *route, guint status, const char *body)
{
  const EaselTestAnswer answer = { .status = status, .body = body };

  script (fixture, method, route, &answer);
}

static EaselAgentStatus *
ask_status (Fixture *fixture, GError **error)
{
  g_auto (EaselTestCatch) caught = { 0 };

  easel_agent_client_get_status_async (fixture->agent, NULL, easel_test_catch, &caught);
  return easel_agent_client_status_finish (fixture->agent, easel_test_catch_wait (&caught), error);
}

static JsonNode *
ask (Fixture *fixture, const EaselAgentCall *call, guint *ret_status, GError **error)
{
  g_auto (EaselTestCatch) caught = { 0 };

  easel_agent_client_call_async (fixture->agent, call, NULL, easel_test_catch, &caught);
  return easel_agent_client_call_finish (fixture->agent, easel_test_catch_wait (&caught),
                                         ret_status, error);
}

static void
test_status (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselAgentStatus) status = NULL;
  g_autoptr (GError) error = NULL;

  reply (fixture, "GET", "status", 200, STATUS);
  status = ask_status (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status->armed, ==, EASEL_AGENT_ARMED_LIKELY);
  g_assert_cmpint (status->boot_s, ==, 2400);
  g_assert_true (easel_test_server_get_last (fixture->server)->seal_is_right);
}

static void
test_extend (Fixture *fixture, gconstpointer data)
{
  g_auto (EaselTestCatch) caught = { 0 };
  g_autoptr (EaselAgentStatus) status = NULL;
  g_autoptr (GError) error = NULL;

  reply (fixture, "POST", "extend", 200, STATUS);
  easel_agent_client_extend_async (fixture->agent, 7200, -1, 600, -1, NULL, easel_test_catch,
                                   &caught);
  status =
      easel_agent_client_status_finish (fixture->agent, easel_test_catch_wait (&caught), &error);
  g_assert_no_error (error);
  g_assert_cmpint (status->cap_s, ==, 7200);
  g_assert_cmpstr (easel_test_server_get_last (fixture->server)->body, ==,
                   "{\"hard\":7200,\"idle\":600}");
}

static void
test_helper (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) helper = g_bytes_new_static ("print ('x')", 11);

  reply (fixture, "PUT", "helper", 409, "{\"error\":\"hash\"}");
  reply (fixture, "PUT", "helper", 200, STATUS);
  for (guint i = 0; i < 2; i++)
    {
      g_auto (EaselTestCatch) caught = { 0 };
      g_autoptr (EaselAgentStatus) status = NULL;
      g_autoptr (GError) error = NULL;

      easel_agent_client_put_helper_async (fixture->agent, helper, NULL, easel_test_catch, &caught);
      status = easel_agent_client_status_finish (fixture->agent, easel_test_catch_wait (&caught),
                                                 &error);
      g_assert_cmpstr (easel_test_server_get_last (fixture->server)->body, ==, "print ('x')");
      if (i == 0)
        g_assert_error (error, EASEL_ERROR, EASEL_ERROR_CONFLICT);
      else
        g_assert_no_error (error);
      g_assert_true ((status != NULL) == (i == 1));
    }
}

static void
test_progress (Fixture *fixture, gconstpointer data)
{
  g_auto (EaselTestCatch) caught = { 0 };
  g_autoptr (EaselAgentProgress) progress = NULL;
  g_autoptr (GError) error = NULL;

  reply (fixture, "GET", "progress", 200,
         "{\"v\":1,\"files\":[],\"log\":{\"from\":77,\"next\":80,\"text\":\"abc\"}}");
  easel_agent_client_get_progress_async (fixture->agent, 77, NULL, easel_test_catch, &caught);
  progress =
      easel_agent_client_progress_finish (fixture->agent, easel_test_catch_wait (&caught), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (progress->log, ==, "abc");
  g_assert_cmpstr (easel_test_server_get_last (fixture->server)->query, ==, "log=77");
  g_assert_true (easel_test_server_get_last (fixture->server)->seal_is_right);
}

/* A conflict and an acceptance are answers that a caller goes on with. */
static void
test_generic (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) chunk = g_bytes_new_static ("chunk", 5);
  const EaselAgentCall call = {
    .method = "PUT",
    .route = "models/loras/a%20b.safetensors?offset=8&size=13&sha256=00",
    .body = chunk,
    .content_type = "application/octet-stream",
  };
  g_autoptr (JsonNode) refused = NULL;
  g_autoptr (JsonNode) taken = NULL;
  g_autoptr (GError) error = NULL;
  guint status = 0;

  reply (fixture, "PUT", "models/loras/a b.safetensors", 409, "{\"have\":4}");
  reply (fixture, "PUT", "models/loras/a b.safetensors", 202, "{\"id\":\"7\"}");
  refused = ask (fixture, &call, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (status, ==, 409);
  g_assert_cmpint (easel_json_peek_int (json_node_get_object (refused), "have", 0, 100, -1), ==, 4);
  taken = ask (fixture, &call, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (status, ==, 202);
  g_assert_cmpstr (easel_test_server_get_last (fixture->server)->content_type, ==,
                   "application/octet-stream");
}

static void
test_refusals (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    guint status;
    EaselError code;
  } cases[] = {
    { 400, EASEL_ERROR_BAD_REQUEST }, { 404, EASEL_ERROR_NOT_FOUND },
    { 413, EASEL_ERROR_TOO_LARGE },   { 507, EASEL_ERROR_FAILED },
    { 500, EASEL_ERROR_UNAVAILABLE }, { 418, EASEL_ERROR_FAILED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const EaselAgentCall call = { .method = "POST", .route = "models" };
      g_autoptr (JsonNode) root = NULL;
      g_autoptr (GError) error = NULL;

      easel_test_server_forget_scripts (fixture->server);
      reply (fixture, "POST", "models", cases[i].status, "{\"error\":\"kind\"}");
      root = ask (fixture, &call, NULL, &error);
      g_assert_null (root);
      g_assert_error (error, EASEL_ERROR, (int) cases[i].code);
      g_assert_cmpuint (easel_error_get_status (error), ==, cases[i].status);
      g_assert_cmpstr (easel_error_get_details (error), ==, "kind");
    }
}

/* Another computer whose clock is weeks ahead has asked it before: the count catches up. */
static void
test_clock_behind (Fixture *fixture, gconstpointer data)
{
  const gint64 weeks_us = G_GINT64_CONSTANT (20) * 24 * 3600 * 1000 * 1000;
  guint n_refused = 0;

  reply (fixture, "GET", "status", 200, STATUS);
  easel_test_server_set_last_count (fixture->server,
                                    easel_clock_get_unix_ms (fixture->clock) * 1000 + weeks_us);
  for (;;)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (EaselAgentStatus) status = ask_status (fixture, &error);

      if (status != NULL)
        break;
      g_assert_error (error, EASEL_ERROR, EASEL_ERROR_BLOCKED);
      g_assert_cmpuint (++n_refused, <=, 5);
    }
  g_assert_cmpuint (n_refused, >=, 1);
}

/* Whatever answers in the agent's place is not believed, however well it reads. */
static void
test_strangers (Fixture *fixture, gconstpointer data)
{
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
  static const struct
  {
    const char *raw;
    EaselError code;
  } cases[] = {
    { "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", EASEL_ERROR_PROTOCOL },
    { "HTTP/1.1 200 OK\r\nX-Easel: " ZEROS "\r\nContent-Length: 2\r\n\r\n{}",
      EASEL_ERROR_PROTOCOL },
    { "HTTP/1.1 200 OK\r\nX-Easel: x\r\nContent-Length: 2\r\n\r\n{}", EASEL_ERROR_PROTOCOL },
    { "HTTP/1.1 502 Bad\r\nContent-Length: 0\r\n\r\n", EASEL_ERROR_UNAVAILABLE },
    { "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", EASEL_ERROR_NOT_FOUND },
    { "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", EASEL_ERROR_BLOCKED },
    { "HTTP/1.1 302 Go\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
      EASEL_ERROR_PROTOCOL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const EaselTestAnswer answer = { .fault = EASEL_TEST_FAULT_RAW, .body = cases[i].raw };
      g_autoptr (EaselAgentStatus) status = NULL;
      g_autoptr (GError) error = NULL;

      easel_test_server_forget_scripts (fixture->server);
      script (fixture, "GET", "status", &answer);
      status = ask_status (fixture, &error);
      g_assert_null (status);
      g_assert_error (error, EASEL_ERROR, (int) cases[i].code);
    }
}

/* An answer of before is not taken for one of now. */
static void
test_old_answer (Fixture *fixture, gconstpointer data)
{
  const char *seal;
  g_autofree char *text = NULL;
  g_autofree char *hash = NULL;
  g_autofree char *mac = NULL;
  g_autofree char *raw = NULL;
  g_auto (GStrv) parts = NULL;
  EaselTestAnswer answer = { .fault = EASEL_TEST_FAULT_RAW };
  g_autoptr (EaselAgentStatus) status = NULL;
  g_autoptr (GError) error = NULL;

  reply (fixture, "GET", "status", 200, STATUS);
  status = ask_status (fixture, NULL);
  g_assert_nonnull (status);
  g_clear_pointer (&status, easel_agent_status_free);
  seal = easel_test_server_get_last (fixture->server)->seal;
  parts = g_strsplit (seal, " ", 2);
  hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, STATUS, -1);
  text = g_strdup_printf ("%s\n200\n%s", parts[0], hash);
  mac = g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guchar *) ADMIN, sizeof ADMIN - 1,
                                   text, -1);
  raw = g_strdup_printf ("HTTP/1.1 200 OK\r\nX-Easel: %s\r\nContent-Length: %d\r\n\r\n%s", mac,
                         (int) sizeof STATUS - 1, STATUS);
  answer.body = raw;
  easel_test_server_forget_scripts (fixture->server);
  script (fixture, "GET", "status", &answer);
  status = ask_status (fixture, &error);
  g_assert_null (status);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
}

/* The clock stands still and the calls are many: each is taken, so none overtook another. */
static void
test_order (Fixture *fixture, gconstpointer data)
{
  EaselTestCatch caught[12] = { { 0 } };
  const EaselTestAnswer slow = { .body = STATUS, .delay_ms = 15 };

  script (fixture, "GET", "status", &slow);
  for (guint i = 0; i < G_N_ELEMENTS (caught); i++)
    easel_agent_client_get_status_async (fixture->agent, NULL, easel_test_catch, &caught[i]);
  for (guint i = 0; i < G_N_ELEMENTS (caught); i++)
    {
      g_autoptr (EaselAgentStatus) status = NULL;
      g_autoptr (GError) error = NULL;

      status = easel_agent_client_status_finish (fixture->agent, easel_test_catch_wait (&caught[i]),
                                                 &error);
      g_assert_no_error (error);
      g_assert_nonnull (status);
      easel_test_catch_clear (&caught[i]);
    }
}

/* A long upload does not hold up the question whether the automatic end is confirmed. */
static void
test_lanes (Fixture *fixture, gconstpointer data)
{
  const EaselTestAnswer hang = { .fault = EASEL_TEST_FAULT_HANG };
  const EaselAgentCall call = { .method = "GET", .route = "models" };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (EaselTestCatch) first = { 0 };
  g_auto (EaselTestCatch) second = { 0 };
  g_autoptr (EaselAgentStatus) status = NULL;
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) error = NULL;

  script (fixture, "GET", "models", &hang);
  reply (fixture, "GET", "status", 200, STATUS);
  easel_agent_client_call_async (fixture->agent, &call, cancellable, easel_test_catch, &first);
  easel_agent_client_call_async (fixture->agent, &call, cancellable, easel_test_catch, &second);
  status = ask_status (fixture, &error);
  g_assert_no_error (error);
  g_assert_nonnull (status);
  g_assert_cmpuint (easel_test_server_count (fixture->server, "GET", NULL), ==, 2);

  g_cancellable_cancel (cancellable);
  root =
      easel_agent_client_call_finish (fixture->agent, easel_test_catch_wait (&first), NULL, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  root = easel_agent_client_call_finish (fixture->agent, easel_test_catch_wait (&second), NULL,
                                         &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (easel_test_server_count (fixture->server, "GET", NULL), ==, 2);
}

static void
test_is_for (Fixture *fixture, gconstpointer data)
{
  const char *base = easel_test_server_get_uri (fixture->server);
  g_autoptr (EaselSecret) other = easel_secret_new ("another");

  g_assert_true (easel_agent_client_is_for (fixture->agent, base, fixture->admin));
  g_assert_false (easel_agent_client_is_for (fixture->agent, base, other));
  g_assert_false (easel_agent_client_is_for (fixture->agent, "http://a:1", fixture->admin));
}

#define ADD(name, func) g_test_add ("/agent-client/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("status", test_status);
  ADD ("extend", test_extend);
  ADD ("helper", test_helper);
  ADD ("progress", test_progress);
  ADD ("generic", test_generic);
  ADD ("refusals", test_refusals);
  ADD ("clock-behind", test_clock_behind);
  ADD ("strangers", test_strangers);
  ADD ("old-answer", test_old_answer);
  ADD ("order", test_order);
  ADD ("lanes", test_lanes);
  ADD ("is-for", test_is_for);

  return g_test_run ();
}
