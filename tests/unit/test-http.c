/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "easel-error.h"
#include "easel-http.h"
#include "easel-test-server.h"
#include "easel-test-util.h"

#include <string.h>

#define KEY "practice-canary-bird"
#define SECRET_PATH "/pods/k9ZtQw3rTy8uIoP2aSdF5gHj/view"
#define NOW_MS G_GINT64_CONSTANT (1700000000000) /* Tue, 14 Nov 2023 22:13:20 GMT */

typedef struct
{
  EaselTestServer *server;
  EaselClock *clock;
  EaselHttp *http;
  EaselSecret *key;
  EaselTestCatch caught;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = easel_test_server_new ();
  fixture->clock = easel_manual_clock_new (NOW_MS);
  fixture->http = easel_http_new (fixture->clock, NULL);
  fixture->key = easel_secret_new (KEY);
  easel_test_server_expect_key (fixture->server, KEY);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  easel_test_catch_clear (&fixture->caught);
  easel_test_server_free (fixture->server);
  /* Closing a stream takes a turn of the main context. */
  easel_test_pump ();
  g_assert_finalize_object (fixture->http);
  g_assert_finalize_object (fixture->clock);
  easel_secret_unref (fixture->key);
}

static GError *
judge (const EaselHttpResponse *response)
{
  switch (response->status)
    {
    case 200:
    case 201:
    case 204:
      return NULL;
    case 401:
      return easel_error_new (EASEL_ERROR_AUTH, "judged");
    case 429:
      return easel_error_new (EASEL_ERROR_RATE_LIMITED, "judged");
    default:
      return easel_error_new (response->status >= 500 ? EASEL_ERROR_UNAVAILABLE
                                                      : EASEL_ERROR_BAD_REQUEST,
                              "judged");
    }
}

static void
start (Fixture *fixture,
       const char *method,
       const char *path,
       EaselHttpRequest request,
       EaselHttpJudge request_judge,
       GCancellable *cancellable)
{
  g_autofree char *uri = easel_test_server_build_uri (fixture->server, path);

  request.method = method;
  request.uri = request.uri != NULL ? request.uri : uri;
  easel_test_catch_clear (&fixture->caught);
  easel_http_send_async (fixture->http, &request, request_judge, cancellable, easel_test_catch,
                         &fixture->caught);
}

static EaselHttpResponse *
finish (Fixture *fixture, GError **error)
{
  GAsyncResult *result = easel_test_catch_wait (&fixture->caught);

  return easel_http_send_finish (fixture->http, result, error);
}

static EaselHttpResponse *
get (Fixture *fixture, const char *path)
{
  g_autoptr (GError) error = NULL;
  EaselHttpResponse *response;

  start (fixture, "GET", path, (EaselHttpRequest){ 0 }, NULL, NULL);
  response = finish (fixture, &error);
  g_assert_no_error (error);
  g_assert_nonnull (response);
  return response;
}

static void
finish_with_error (Fixture *fixture, GQuark domain, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (finish (fixture, &error));
  g_assert_error (error, domain, code);
}

static void
script_fault (Fixture *fixture, const char *method, const char *path, EaselTestFault fault)
{
  const EaselTestAnswer answer = { .body = "{\"half\": \"of this is sent\"}", .fault = fault };

  easel_test_server_script (fixture->server, method, path, &answer);
}

static guint
count (Fixture *fixture)
{
  return easel_test_server_count (fixture->server, NULL, NULL);
}

static void
advance_to_next (Fixture *fixture)
{
  EaselManualClock *manual = EASEL_MANUAL_CLOCK (fixture->clock);

  easel_test_wait_timer (fixture->clock);
  easel_manual_clock_advance (manual, easel_manual_clock_get_next_delay (manual));
}

static void
assert_body (const EaselHttpResponse *response, const char *expected)
{
  g_assert_cmpmem (g_bytes_get_data (response->body, NULL), g_bytes_get_size (response->body),
                   expected, strlen (expected));
}

static void
test_get (Fixture *fixture, gconstpointer data)
{
  const EaselTestAnswer answer = { .content_type = "Application/Problem+JSON; charset=utf-8",
                                   .headers = "X-Request-Id: req-7",
                                   .body = "{\"a\":1}" };
  g_autoptr (EaselHttpResponse) response = NULL;
  const EaselTestRequest *request;

  easel_test_server_script (fixture->server, "GET", "/v2/pods", &answer);
  response = get (fixture, "/v2/pods?limit=1&name=a%20b");
  g_assert_cmpuint (response->status, ==, 200);
  g_assert_cmpstr (response->content_type, ==, "application/problem+json");
  g_assert_cmpstr (response->request_id, ==, "req-7");
  g_assert_cmpint (response->retry_after_ms, ==, -1);
  assert_body (response, "{\"a\":1}");

  request = easel_test_server_get_last (fixture->server);
  g_assert_cmpstr (request->method, ==, "GET");
  g_assert_cmpstr (request->path, ==, "/v2/pods");
  g_assert_cmpstr (request->query, ==, "limit=1&name=a%20b");
  g_assert_cmpstr (request->accept, ==, "application/json");
  g_assert_cmpstr (request->user_agent, ==, easel_http_get_user_agent ());
  g_assert_true (g_str_has_prefix (request->user_agent, "CloudEasel/"));
  g_assert_null (request->origin);
  g_assert_false (request->has_key);
  g_assert_cmpstr (request->body, ==, "");
}

static void
test_post (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("{\"name\":\"easel\"}", 16);
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselHttpResponse) response = NULL;
  const EaselTestRequest *request;

  easel_test_server_reply (fixture->server, "POST", "/pods", 201, "{}");
  start (fixture, "POST", "/pods",
         (EaselHttpRequest){ .bearer = fixture->key, .body = body, .accept = "text/x-test" }, judge,
         NULL);
  response = finish (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (response->status, ==, 201);
  request = easel_test_server_get_last (fixture->server);
  g_assert_cmpstr (request->method, ==, "POST");
  g_assert_cmpstr (request->body, ==, "{\"name\":\"easel\"}");
  g_assert_cmpstr (request->content_type, ==, "application/json");
  g_assert_cmpstr (request->accept, ==, "text/x-test");
  g_assert_true (request->key_is_right);
}

static void
test_empty_answer (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselHttpResponse) response = NULL;

  easel_test_server_reply (fixture->server, "DELETE", "/pods/a", 204, NULL);
  start (fixture, "DELETE", "/pods/a", (EaselHttpRequest){ .bearer = fixture->key }, judge, NULL);
  response = finish (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (response->status, ==, 204);
  g_assert_cmpuint (g_bytes_get_size (response->body), ==, 0);
}

static void
test_status_without_judge (Fixture *fixture, gconstpointer data)
{
  static const guint statuses[] = { 200, 400, 401, 404, 500, 503 };

  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autoptr (EaselHttpResponse) response = NULL;

      easel_test_server_forget_scripts (fixture->server);
      easel_test_server_reply (fixture->server, "GET", "/", statuses[i], "text");
      response = get (fixture, "/");
      g_assert_cmpuint (response->status, ==, statuses[i]);
      assert_body (response, "text");
    }
}

static void
test_judge_error_is_completed (Fixture *fixture, gconstpointer data)
{
  const EaselTestAnswer answer = { .status = 429, .headers = "Retry-After: 7" };
  g_autoptr (GError) error = NULL;

  easel_test_server_script (fixture->server, "POST", "/", &answer);
  start (fixture, "POST", "/", (EaselHttpRequest){ 0 }, judge, NULL);
  g_assert_null (finish (fixture, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_RATE_LIMITED);
  g_assert_cmpuint (easel_error_get_status (error), ==, 429);
  g_assert_cmpint (easel_error_get_retry_after (error), ==, 7000);
}

static void
test_retry_after_forms (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *headers;
    gint64 expected_ms;
  } rows[] = {
    { "Retry-After: 0", 0 },
    { "Retry-After: 120", 120 * 1000 },
    { "Retry-After: 2147483647", G_GINT64_CONSTANT (2147483647000) },
    { "Retry-After: 99999999999999999999", -1 },
    { "Retry-After: -5", -1 },
    { "Retry-After: soon", -1 },
    { "Retry-After: ", -1 },
    { "Retry-After: Tue, 14 Nov 2023 22:13:50 GMT", 30 * 1000 },
    { "Retry-After: Tue, 14 Nov 2023 22:13:00 GMT", 0 },
    { "Date: Mon, 01 Jan 2001 00:00:00 GMT\r\nRetry-After: Mon, 01 Jan 2001 00:00:09 GMT", 9000 },
    { "Date: nonsense\r\nRetry-After: Tue, 14 Nov 2023 22:13:25 GMT", 5000 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *raw =
          g_strdup_printf ("HTTP/1.1 429 Slow\r\n%s\r\nContent-Length: 2\r\n\r\n{}",
                           rows[i].headers);
      const EaselTestAnswer answer = { .body = raw, .fault = EASEL_TEST_FAULT_RAW };
      g_autoptr (EaselHttpResponse) response = NULL;

      easel_test_server_forget_scripts (fixture->server);
      easel_test_server_script (fixture->server, "GET", "/", &answer);
      response = get (fixture, "/");
      g_test_message ("%s", rows[i].headers);
      g_assert_cmpint (response->retry_after_ms, ==, rows[i].expected_ms);
    }
}

static void
test_request_id_is_tamed (Fixture *fixture, gconstpointer data)
{
  const EaselTestAnswer answer = { .body = "HTTP/1.1 200 OK\r\nCF-Ray: a\033[31mb c\xff\r\n"
                                           "Content-Length: 0\r\n\r\n",
                                   .fault = EASEL_TEST_FAULT_RAW };
  g_autoptr (EaselHttpResponse) response = NULL;

  easel_test_server_script (fixture->server, "GET", "/", &answer);
  response = get (fixture, "/");
  g_assert_cmpstr (response->request_id, ==, "a?[31mb?c???");
}

static void
test_size_cap (Fixture *fixture, gconstpointer data)
{
  const EaselTestAnswer large = { .repeat = 100001 };
  const EaselTestAnswer fitting = { .repeat = 100000 };
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselHttpResponse) response = NULL;

  easel_test_server_script (fixture->server, "GET", "/large", &large);
  easel_test_server_script (fixture->server, "GET", "/fitting", &fitting);
  start (fixture, "GET", "/large",
         (EaselHttpRequest){ .max_bytes = 100000, .retry = EASEL_RETRY_READ }, judge, NULL);
  g_assert_null (finish (fixture, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_TOO_LARGE);
  g_assert_cmpuint (easel_error_get_status (error), ==, 200);
  g_assert_cmpuint (count (fixture), ==, 1);
  g_clear_error (&error);
  start (fixture, "GET", "/fitting", (EaselHttpRequest){ .max_bytes = 100000 }, judge, NULL);
  response = finish (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (response->body), ==, 100000);
}

static void
test_default_size_cap (Fixture *fixture, gconstpointer data)
{
  const EaselTestAnswer huge = { .repeat = 10 * 1000 * 1000 };

  easel_test_server_script (fixture->server, "GET", "/", &huge);
  start (fixture, "GET", "/", (EaselHttpRequest){ 0 }, judge, NULL);
  finish_with_error (fixture, EASEL_ERROR, EASEL_ERROR_TOO_LARGE);
}

/* Nobody asked for it, and libsoup 3.2 takes a cut one for whole. */
static void
test_compressed_answer (Fixture *fixture, gconstpointer data)
{
  const EaselTestAnswer answer = { .headers = "Content-Encoding: gzip", .body = "\037\213..." };
  const EaselTestAnswer plain = { .headers = "Content-Encoding: identity", .body = "{}" };
  g_autoptr (EaselHttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;

  easel_test_server_script (fixture->server, "GET", "/packed", &answer);
  easel_test_server_script (fixture->server, "GET", "/plain", &plain);
  start (fixture, "GET", "/packed", (EaselHttpRequest){ 0 }, judge, NULL);
  g_assert_null (finish (fixture, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
  g_assert_cmpuint (easel_error_get_status (error), ==, 200);
  g_assert_cmpstr (easel_test_server_get_last (fixture->server)->accept_encoding, ==, "identity");
  response = get (fixture, "/plain");
  assert_body (response, "{}");
}

/* What each fault is called, and that a read is tried three times and nothing else twice. */
static const struct
{
  const char *name;
  EaselTestFault fault;
  EaselError expected;
  guint read_tries;
} faults[] = {
  { "truncated", EASEL_TEST_FAULT_TRUNCATED, EASEL_ERROR_NETWORK, 3 },
  { "close", EASEL_TEST_FAULT_CLOSE, EASEL_ERROR_NETWORK, 3 },
  { "reset", EASEL_TEST_FAULT_RESET, EASEL_ERROR_NETWORK, 3 },
  { "reset-body", EASEL_TEST_FAULT_RESET_BODY, EASEL_ERROR_NETWORK, 3 },
  { "hang", EASEL_TEST_FAULT_HANG, EASEL_ERROR_TIMED_OUT, 3 },
  { "stalled", EASEL_TEST_FAULT_STALLED, EASEL_ERROR_TIMED_OUT, 3 },
  { "not-http", EASEL_TEST_FAULT_RAW, EASEL_ERROR_PROTOCOL, 1 },
};

static void
test_fault_read (Fixture *fixture, gconstpointer data)
{
  gsize row = GPOINTER_TO_SIZE (data);

  script_fault (fixture, "GET", "/", faults[row].fault);
  start (fixture, "GET", "/", (EaselHttpRequest){ .retry = EASEL_RETRY_READ, .deadline_ms = 150 },
         judge, NULL);
  for (guint i = 1; i < faults[row].read_tries; i++)
    advance_to_next (fixture);
  finish_with_error (fixture, EASEL_ERROR, faults[row].expected);
  g_assert_cmpuint (count (fixture), ==, faults[row].read_tries);
}

/* The connection was used before, so that libsoup would be free to send again by itself. */
static void
test_fault_never (Fixture *fixture, gconstpointer data)
{
  static const char *const methods[] = { "POST", "PUT", "DELETE", "GET" };
  gsize row = GPOINTER_TO_SIZE (data);

  easel_test_server_reply (fixture->server, "GET", "/warm", 200, "{}");
  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autoptr (EaselHttpResponse) warm = get (fixture, "/warm");
      g_autoptr (GError) error = NULL;

      g_assert_cmpuint (warm->status, ==, 200);
      script_fault (fixture, methods[i], "/pods", faults[row].fault);
      easel_test_server_forget_log (fixture->server);
      start (fixture, methods[i], "/pods", (EaselHttpRequest){ .deadline_ms = 150 }, judge, NULL);
      g_assert_null (finish (fixture, &error));
      g_assert_error (error, EASEL_ERROR, (int) faults[row].expected);
      g_assert_true (easel_error_leaves_fate_unknown (error));
      easel_test_pump_for (50);
      g_assert_cmpuint (count (fixture), ==, 1);
    }
}

static void
test_status_never (Fixture *fixture, gconstpointer data)
{
  static const guint statuses[] = {
    100, 400, 401, 407, 408, 409, 421, 425, 429, 500, 502, 503, 504
  };

  for (gsize i = 1; i < G_N_ELEMENTS (statuses); i++)
    {
      const EaselTestAnswer answer = {
        .status = statuses[i],
        .headers = "WWW-Authenticate: Basic realm=\"x\"\nProxy-Authenticate: Basic realm=\"x\"\n"
                   "Retry-After: 1",
        .body = "{}"
      };
      g_autoptr (GError) error = NULL;

      easel_test_server_forget_scripts (fixture->server);
      easel_test_server_forget_log (fixture->server);
      easel_test_server_script (fixture->server, "POST", "/pods", &answer);
      easel_manual_clock_advance (EASEL_MANUAL_CLOCK (fixture->clock), 1000);
      start (fixture, "POST", "/pods", (EaselHttpRequest){ .bearer = fixture->key }, judge, NULL);
      g_assert_null (finish (fixture, &error));
      g_assert_cmpuint (easel_error_get_status (error), ==, statuses[i]);
      easel_test_pump_for (20);
      g_assert_cmpuint (count (fixture), ==, 1);
      g_assert_cmpuint (easel_manual_clock_get_n_pending (EASEL_MANUAL_CLOCK (fixture->clock)), ==,
                        0);
    }
}

/* Not even a read may be sent on and on because libsoup thinks it came to the wrong server. */
static void
test_misdirected_read (Fixture *fixture, gconstpointer data)
{
  easel_test_server_reply (fixture->server, "GET", "/", 421, "");
  start (fixture, "GET", "/", (EaselHttpRequest){ .retry = EASEL_RETRY_READ }, judge, NULL);
  finish_with_error (fixture, EASEL_ERROR, EASEL_ERROR_BAD_REQUEST);
  g_test_message ("sent %u times", count (fixture));
  g_assert_cmpuint (count (fixture), <=, 2);
}

/* A body of which the end is missing, from a server that says that it closes. */
static void
test_cut_off_by_closing (Fixture *fixture, gconstpointer data)
{
  const EaselTestAnswer answer = { .headers = "Connection: close",
                                   .body = "{\"half\": \"of this is sent\"}",
                                   .fault = EASEL_TEST_FAULT_TRUNCATED };

  easel_test_server_script (fixture->server, "GET", "/", &answer);
  start (fixture, "GET", "/", (EaselHttpRequest){ 0 }, judge, NULL);
  finish_with_error (fixture, EASEL_ERROR, EASEL_ERROR_NETWORK);
}

/* No request goes where another one went before: see easel-http-exchange.c. */
static void
test_own_connections (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselHttpResponse) first = NULL;
  g_autoptr (EaselHttpResponse) second = NULL;
  const EaselTestRequest *one, *other;

  easel_test_server_reply (fixture->server, "GET", "/", 200, "first");
  easel_test_server_reply (fixture->server, "GET", "/", 200, "second");
  first = get (fixture, "/");
  assert_body (first, "first");
  second = get (fixture, "/");
  assert_body (second, "second");
  g_assert_cmpuint (count (fixture), ==, 2);
  one = easel_test_server_get_request (fixture->server, 0);
  other = easel_test_server_get_request (fixture->server, 1);
  g_assert_cmpuint (one->connection, !=, other->connection);
}

static void
test_passing_fault (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselHttpResponse) response = NULL;

  script_fault (fixture, "GET", "/", EASEL_TEST_FAULT_RESET);
  easel_test_server_reply (fixture->server, "GET", "/", 503, "<html>");
  easel_test_server_reply (fixture->server, "GET", "/", 200, "{}");
  start (fixture, "GET", "/",
         (EaselHttpRequest){ .retry = EASEL_RETRY_READ, .bearer = fixture->key }, judge, NULL);
  easel_test_wait_timer (fixture->clock);
  g_assert_cmpint (easel_manual_clock_get_next_delay (EASEL_MANUAL_CLOCK (fixture->clock)), >=,
                   500);
  advance_to_next (fixture);
  easel_test_wait_timer (fixture->clock);
  g_assert_cmpint (easel_manual_clock_get_next_delay (EASEL_MANUAL_CLOCK (fixture->clock)), >=,
                   1000);
  advance_to_next (fixture);
  response = finish (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count (fixture), ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_true (easel_test_server_get_request (fixture->server, i)->key_is_right);
}

static void
test_lasting_fault (Fixture *fixture, gconstpointer data)
{
  easel_test_server_reply (fixture->server, "GET", "/", 503, "");
  start (fixture, "GET", "/", (EaselHttpRequest){ .retry = EASEL_RETRY_READ }, judge, NULL);
  advance_to_next (fixture);
  advance_to_next (fixture);
  finish_with_error (fixture, EASEL_ERROR, EASEL_ERROR_UNAVAILABLE);
  g_assert_cmpuint (count (fixture), ==, 3);
}

static void
test_refusal_is_not_repeated (Fixture *fixture, gconstpointer data)
{
  easel_test_server_reply (fixture->server, "GET", "/", 401, "");
  start (fixture, "GET", "/", (EaselHttpRequest){ .retry = EASEL_RETRY_READ }, judge, NULL);
  finish_with_error (fixture, EASEL_ERROR, EASEL_ERROR_AUTH);
  g_assert_cmpuint (count (fixture), ==, 1);
}

static void
test_rate_limit (Fixture *fixture, gconstpointer data)
{
  EaselManualClock *manual = EASEL_MANUAL_CLOCK (fixture->clock);
  const EaselTestAnswer limited = { .status = 429, .headers = "Retry-After: 3" };
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselHttpResponse) response = NULL;

  easel_test_server_script (fixture->server, "GET", "/", &limited);
  easel_test_server_reply (fixture->server, "GET", "/", 429, "no header");
  easel_test_server_reply (fixture->server, "GET", "/", 200, "{}");
  start (fixture, "GET", "/", (EaselHttpRequest){ .retry = EASEL_RETRY_READ }, judge, NULL);
  easel_test_wait_timer (fixture->clock);
  g_assert_cmpint (easel_manual_clock_get_next_delay (manual), ==, 3000);
  easel_manual_clock_advance (manual, 2999);
  easel_test_pump_for (20);
  g_assert_cmpuint (count (fixture), ==, 1);
  easel_manual_clock_advance (manual, 1);
  easel_test_wait_timer (fixture->clock);
  g_assert_cmpuint (count (fixture), ==, 2);
  g_assert_cmpint (easel_manual_clock_get_next_delay (manual), >=, 8000);
  advance_to_next (fixture);
  response = finish (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count (fixture), ==, 3);
}

/* Whoever asks next, and for whatever: the server has said when. */
static void
test_rate_limit_is_for_all (Fixture *fixture, gconstpointer data)
{
  EaselManualClock *manual = EASEL_MANUAL_CLOCK (fixture->clock);
  const EaselTestAnswer limited = { .status = 429, .headers = "Retry-After: 3" };
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselHttpResponse) response = NULL;

  easel_test_server_script (fixture->server, "GET", "/one", &limited);
  easel_test_server_reply (fixture->server, "POST", "/other", 200, "{}");
  start (fixture, "GET", "/one", (EaselHttpRequest){ .bearer = fixture->key }, judge, NULL);
  g_assert_null (finish (fixture, &error));
  g_clear_error (&error);
  start (fixture, "POST", "/other", (EaselHttpRequest){ .bearer = fixture->key }, judge, NULL);
  easel_test_wait_timer (fixture->clock);
  g_assert_cmpint (easel_manual_clock_get_next_delay (manual), ==, 3000);
  easel_manual_clock_advance (manual, 2999);
  easel_test_pump_for (20);
  g_assert_cmpuint (count (fixture), ==, 1);
  easel_manual_clock_advance (manual, 1);
  response = finish (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count (fixture), ==, 2);
}

static void
test_deadline (Fixture *fixture, gconstpointer data)
{
  gint64 started = g_get_monotonic_time ();
  gint64 elapsed_ms;

  script_fault (fixture, "POST", "/", EASEL_TEST_FAULT_HANG);
  start (fixture, "POST", "/", (EaselHttpRequest){ .deadline_ms = 200 }, judge, NULL);
  finish_with_error (fixture, EASEL_ERROR, EASEL_ERROR_TIMED_OUT);
  elapsed_ms = (g_get_monotonic_time () - started) / 1000;
  g_assert_cmpint (elapsed_ms, >=, 199);
  g_assert_cmpint (elapsed_ms, <, 10000);
}

static void
test_slow_but_in_time (Fixture *fixture, gconstpointer data)
{
  const EaselTestAnswer answer = { .delay_ms = 100, .body = "{}" };
  g_autoptr (EaselHttpResponse) response = NULL;

  easel_test_server_script (fixture->server, "GET", "/", &answer);
  start (fixture, "GET", "/", (EaselHttpRequest){ .deadline_ms = 20000 }, judge, NULL);
  response = finish (fixture, NULL);
  assert_body (response, "{}");
}

static void
test_cancelled_before (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  start (fixture, "POST", "/", (EaselHttpRequest){ 0 }, judge, cancellable);
  g_assert_null (fixture->caught.result);
  finish_with_error (fixture, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  easel_test_pump_for (20);
  g_assert_cmpuint (count (fixture), ==, 0);
}

static gboolean
one_request_arrived (gpointer data)
{
  return count (data) > 0;
}

static void
test_cancelled_during (Fixture *fixture, gconstpointer data)
{
  static const EaselTestFault waiting[] = { EASEL_TEST_FAULT_HANG, EASEL_TEST_FAULT_STALLED };

  for (gsize i = 0; i < G_N_ELEMENTS (waiting); i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();

      easel_test_server_forget_scripts (fixture->server);
      easel_test_server_forget_log (fixture->server);
      script_fault (fixture, "GET", "/", waiting[i]);
      start (fixture, "GET", "/", (EaselHttpRequest){ .retry = EASEL_RETRY_READ }, judge,
             cancellable);
      easel_test_wait_until (one_request_arrived, fixture);
      easel_test_pump_for (20);
      g_cancellable_cancel (cancellable);
      /* Never from within g_cancellable_cancel(). */
      g_assert_null (fixture->caught.result);
      finish_with_error (fixture, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpuint (count (fixture), ==, 1);
    }
}

static void
test_cancelled_between_tries (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  easel_test_server_reply (fixture->server, "GET", "/", 503, "");
  start (fixture, "GET", "/", (EaselHttpRequest){ .retry = EASEL_RETRY_READ }, judge, cancellable);
  easel_test_wait_timer (fixture->clock);
  g_cancellable_cancel (cancellable);
  finish_with_error (fixture, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (easel_manual_clock_get_n_pending (EASEL_MANUAL_CLOCK (fixture->clock)), ==, 0);
  g_assert_cmpuint (count (fixture), ==, 1);
}

static void
test_redirect (Fixture *fixture, gconstpointer data)
{
  static const guint statuses[] = { 300, 301, 302, 303, 307, 308 };
  g_autoptr (EaselTestServer) other = easel_test_server_new ();
  g_autofree char *location =
      g_strdup_printf ("Location: %s/stolen", easel_test_server_get_uri (other));

  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      const EaselTestAnswer answer = { .status = statuses[i], .headers = location };
      g_autoptr (GError) error = NULL;

      easel_test_server_forget_scripts (fixture->server);
      easel_test_server_forget_log (fixture->server);
      easel_test_server_script (fixture->server, "GET", "/", &answer);
      start (fixture, "GET", "/",
             (EaselHttpRequest){ .bearer = fixture->key, .retry = EASEL_RETRY_READ }, NULL, NULL);
      g_assert_null (finish (fixture, &error));
      g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
      g_assert_cmpuint (easel_error_get_status (error), ==, statuses[i]);
      g_assert_cmpuint (count (fixture), ==, 1);
      g_assert_cmpuint (easel_test_server_count (other, NULL, NULL), ==, 0);
    }
}

static void
assert_refused (Fixture *fixture, const char *uri, EaselSecret *key, EaselError code)
{
  g_autoptr (GError) error = NULL;

  start (fixture, "GET", "/", (EaselHttpRequest){ .uri = uri, .bearer = key }, judge, NULL);
  g_assert_null (finish (fixture, &error));
  g_assert_error (error, EASEL_ERROR, (int) code);
  g_assert_null (strstr (error->message, "canary"));
}

static void
test_key_needs_tls (Fixture *fixture, gconstpointer data)
{
  g_autofree char *by_name =
      g_strdup_printf ("http://localhost:%u/", easel_test_server_get_port (fixture->server));

  assert_refused (fixture, "http://api.example.invalid/v2", fixture->key, EASEL_ERROR_BAD_REQUEST);
  assert_refused (fixture, "http://192.0.2.1/", fixture->key, EASEL_ERROR_BAD_REQUEST);
  assert_refused (fixture, by_name, fixture->key, EASEL_ERROR_BAD_REQUEST);
  easel_test_pump_for (20);
  g_assert_cmpuint (count (fixture), ==, 0);
}

static void
test_key_cannot_smuggle_headers (Fixture *fixture, gconstpointer data)
{
  static const char *const keys[] = { "canary\r\nX-Evil: 1", "canary bird", "", "can\xc3\xa4ry" };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (EaselSecret) key = easel_secret_new (keys[i]);

      assert_refused (fixture, easel_test_server_get_uri (fixture->server), key,
                      EASEL_ERROR_BAD_KEY);
    }
  g_assert_cmpuint (count (fixture), ==, 0);
}

static void
test_bad_addresses (Fixture *fixture, gconstpointer data)
{
  static const char *const uris[] = {
    "",
    "nonsense",
    "/v2/pods",
    "http://",
    "http:///path",
    "ftp://a/",
    "file:///etc",
    "http://u:p@127.0.0.1/",
    "http://a b/",
    "https://[::1/",
    "http://:80/",
    "javascript:x()",
    "http://a/%zz",
    "http://a:999999/",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_test_message ("“%s”", uris[i]);
      assert_refused (fixture, uris[i], NULL, EASEL_ERROR_BAD_REQUEST);
    }
}

static void
test_nobody_listens (Fixture *fixture, gconstpointer data)
{
  EaselTestServer *gone = easel_test_server_new ();
  g_autofree char *uri = easel_test_server_build_uri (gone, "/");

  easel_test_server_free (gone);
  assert_refused (fixture, uri, fixture->key, EASEL_ERROR_NETWORK);
}

static void
test_addresses_and_keys (void)
{
  static const struct
  {
    const char *uri;
    gboolean loopback;
    gboolean key;
  } rows[] = {
    { "https://api.runpod.io/v2", FALSE, TRUE },
    { "HTTPS://api.runpod.io/v2", FALSE, TRUE },
    { "http://api.runpod.io/v2", FALSE, FALSE },
    { "http://127.0.0.1", TRUE, TRUE },
    { "HTTP://127.0.0.1:4010/v2", TRUE, TRUE },
    { "http://127.255.255.254/", TRUE, TRUE },
    { "https://127.0.0.1/", TRUE, TRUE },
    { "http://[::1]:80/", TRUE, TRUE },
    { "http://localhost/", FALSE, FALSE },
    { "http://a.localhost/", FALSE, FALSE },
    { "http://128.0.0.1/", FALSE, FALSE },
    { "http://0.0.0.0/", FALSE, FALSE },
    { "http://[::]/", FALSE, FALSE },
    { "http://127.1/", FALSE, FALSE },
    { "http://2130706433/", FALSE, FALSE },
    { "http://0x7f.0.0.1/", FALSE, FALSE },
    { "http://127.0.0.1.example.com/", FALSE, FALSE },
    { "http://127.0.0.1@example.com/", FALSE, FALSE },
    { "http://example.com@127.0.0.1/", FALSE, FALSE },
    { "http://example.com#127.0.0.1", FALSE, FALSE },
    { "http://example.com/127.0.0.1", FALSE, FALSE },
    { "http://127.0.0.1\\@example.com/", FALSE, FALSE },
    { "http://[::1%25eth0]/", FALSE, FALSE },
    { "ws://127.0.0.1/", FALSE, FALSE },
    { "ftp://127.0.0.1/", FALSE, FALSE },
    { "https:///v2", FALSE, FALSE },
    { "https://", FALSE, FALSE },
    { "", FALSE, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i].uri);
      g_assert_cmpint (easel_http_uri_is_loopback (rows[i].uri), ==, rows[i].loopback);
      g_assert_cmpint (easel_http_uri_may_carry_key (rows[i].uri), ==, rows[i].key);
    }
}

static void
on_log (const char *domain, GLogLevelFlags level, const char *message, gpointer user_data)
{
  g_string_append_printf (user_data, "%s\n", message);
}

static void
test_log_keeps_secrets (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("canary-body", 11);
  GString *log = g_string_new (NULL);
  guint handler = g_log_set_handler (G_LOG_DOMAIN, G_LOG_LEVEL_DEBUG, on_log, log);
  g_autoptr (EaselHttpResponse) response = NULL;

  easel_test_server_reply (fixture->server, "POST", SECRET_PATH, 200, "canary-answer");
  start (fixture, "POST", SECRET_PATH "?token=canary-query",
         (EaselHttpRequest){ .bearer = fixture->key, .body = body }, judge, NULL);
  response = finish (fixture, NULL);
  script_fault (fixture, "GET", "/broken", EASEL_TEST_FAULT_RESET);
  start (fixture, "GET", "/broken?token=canary-query", (EaselHttpRequest){ .bearer = fixture->key },
         judge, NULL);
  finish_with_error (fixture, EASEL_ERROR, EASEL_ERROR_NETWORK);
  g_log_remove_handler (G_LOG_DOMAIN, handler);

  g_test_message ("%s", log->str);
  g_assert_nonnull (strstr (log->str, "POST 127.0.0.1/pods/…/view: status 200, 13 bytes, "));
  g_assert_nonnull (strstr (log->str, "GET 127.0.0.1/broken: "));
  g_assert_null (strstr (log->str, "canary"));
  g_assert_null (strstr (log->str, "k9Zt"));
  g_assert_null (strstr (log->str, "token"));
  g_assert_null (strstr (log->str, "Bearer"));
  g_string_free (log, TRUE);
}

static void
test_many_at_once (Fixture *fixture, gconstpointer data)
{
  const EaselTestAnswer answer = { .delay_ms = 5, .body = "{}" };
  g_autofree char *uri = easel_test_server_build_uri (fixture->server, "/");
  EaselTestCatch caught[40] = { 0 };

  easel_test_server_script (fixture->server, "GET", "/", &answer);
  for (gsize i = 0; i < G_N_ELEMENTS (caught); i++)
    {
      const EaselHttpRequest request = { .method = "GET",
                                         .uri = uri,
                                         .retry = i % 2 ? EASEL_RETRY_READ : EASEL_RETRY_NEVER };

      easel_http_send_async (fixture->http, &request, judge, NULL, easel_test_catch, &caught[i]);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (caught); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (EaselHttpResponse) response = NULL;

      easel_test_catch_wait (&caught[i]);
      response = easel_http_send_finish (fixture->http, caught[i].result, &error);
      g_assert_no_error (error);
      easel_test_catch_clear (&caught[i]);
    }
  g_assert_cmpuint (count (fixture), ==, G_N_ELEMENTS (caught));
}

#define ADD(path, function) g_test_add ("/http/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("get", test_get);
  ADD ("post", test_post);
  ADD ("empty-answer", test_empty_answer);
  ADD ("status-without-judge", test_status_without_judge);
  ADD ("judge-error-is-completed", test_judge_error_is_completed);
  ADD ("retry-after-forms", test_retry_after_forms);
  ADD ("request-id-is-tamed", test_request_id_is_tamed);
  ADD ("size-cap", test_size_cap);
  ADD ("default-size-cap", test_default_size_cap);
  ADD ("compressed-answer", test_compressed_answer);
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *read = g_strconcat ("/http/fault-read/", faults[i].name, NULL);
      g_autofree char *never = g_strconcat ("/http/fault-never/", faults[i].name, NULL);

      g_test_add (read, Fixture, GSIZE_TO_POINTER (i), set_up, test_fault_read, tear_down);
      g_test_add (never, Fixture, GSIZE_TO_POINTER (i), set_up, test_fault_never, tear_down);
    }
  ADD ("status-never", test_status_never);
  ADD ("misdirected-read", test_misdirected_read);
  ADD ("cut-off-by-closing", test_cut_off_by_closing);
  ADD ("own-connections", test_own_connections);
  ADD ("passing-fault", test_passing_fault);
  ADD ("lasting-fault", test_lasting_fault);
  ADD ("refusal-is-not-repeated", test_refusal_is_not_repeated);
  ADD ("rate-limit", test_rate_limit);
  ADD ("rate-limit-is-for-all", test_rate_limit_is_for_all);
  ADD ("deadline", test_deadline);
  ADD ("slow-but-in-time", test_slow_but_in_time);
  ADD ("cancelled-before", test_cancelled_before);
  ADD ("cancelled-during", test_cancelled_during);
  ADD ("cancelled-between-tries", test_cancelled_between_tries);
  ADD ("redirect", test_redirect);
  ADD ("key-needs-tls", test_key_needs_tls);
  ADD ("key-cannot-smuggle-headers", test_key_cannot_smuggle_headers);
  ADD ("bad-addresses", test_bad_addresses);
  ADD ("nobody-listens", test_nobody_listens);
  g_test_add_func ("/http/addresses-and-keys", test_addresses_and_keys);
  ADD ("log-keeps-secrets", test_log_keeps_secrets);
  ADD ("many-at-once", test_many_at_once);
  return g_test_run ();
}
