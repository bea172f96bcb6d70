/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "easel-error.h"
#include "easel-http.h"
#include "easel-sse.h"
#include "easel-test-server.h"
#include "easel-test-util.h"

#include <string.h>

#define NOW_MS G_GINT64_CONSTANT (1700000000000)

typedef struct
{
  EaselTestServer *server;
  EaselClock *clock;
  EaselHttp *http;
  EaselTestCatch caught;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = easel_test_server_new ();
  fixture->clock = easel_manual_clock_new (NOW_MS);
  fixture->http = easel_http_new (fixture->clock, NULL);
}

static gboolean
no_socket_is_open (gpointer data)
{
  return easel_test_server_get_n_websockets_open (data) == 0;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  easel_test_catch_clear (&fixture->caught);
  /* Whatever happened to a probe, it hangs up. */
  easel_test_wait_until (no_socket_is_open, fixture->server);
  easel_test_server_free (fixture->server);
  easel_test_pump ();
  if (fixture->http != NULL)
    g_assert_finalize_object (fixture->http);
  g_assert_finalize_object (fixture->clock);
}

static GError *
judge (const EaselHttpResponse *response)
{
  if (response->status == 503)
    return easel_error_new (EASEL_ERROR_UNAVAILABLE, "judged");
  if (response->status == 404)
    return easel_error_new (EASEL_ERROR_NOT_FOUND, "%s",
                            (const char *) g_bytes_get_data (response->body, NULL));
  if (g_strcmp0 (response->content_type, "text/event-stream") != 0)
    return easel_error_new (EASEL_ERROR_PROTOCOL, "judged by its type");
  return NULL;
}

static void
script_stream (Fixture *fixture, const char *text)
{
  const EaselTestAnswer answer = { .content_type = "Text/Event-Stream; charset=utf-8",
                                   .body = text,
                                   .fault = EASEL_TEST_FAULT_STREAM };

  easel_test_server_script (fixture->server, "GET", "/logs", &answer);
}

static void
open_stream (Fixture *fixture, EaselHttpJudge stream_judge, GCancellable *cancellable)
{
  g_autofree char *uri = easel_test_server_build_uri (fixture->server, "/logs");
  const EaselHttpRequest request = { .method = "GET",
                                     .uri = uri,
                                     .accept = "text/event-stream",
                                     .deadline_ms = 150,
                                     .retry = EASEL_RETRY_READ };

  easel_http_open_stream_async (fixture->http, &request, stream_judge, cancellable,
                                easel_test_catch, &fixture->caught);
}

static GInputStream *
finish_stream (Fixture *fixture, GError **error)
{
  GAsyncResult *result = easel_test_catch_wait (&fixture->caught);

  return easel_http_open_stream_finish (fixture->http, result, error);
}

static void
finish_stream_with_error (Fixture *fixture, GQuark domain, int code, guint status)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (finish_stream (fixture, &error));
  g_assert_error (error, domain, code);
  g_assert_cmpuint (easel_error_get_status (error), ==, status);
}

static char *
read_some (GInputStream *stream)
{
  EaselTestCatch caught = { 0 };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  g_input_stream_read_bytes_async (stream, 4096, G_PRIORITY_DEFAULT, NULL, easel_test_catch,
                                   &caught);
  bytes = g_input_stream_read_bytes_finish (stream, easel_test_catch_wait (&caught), &error);
  g_assert_no_error (error);
  easel_test_catch_clear (&caught);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
count_events (const char *id, const char *event, const char *data, gpointer user_data)
{
  (*(guint *) user_data)++;
}

static void
test_stream (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *end = NULL;
  guint n_events = 0;
  g_autoptr (EaselSseParser) parser = easel_sse_parser_new (count_events, &n_events);

  script_stream (fixture, "data: one\n\n");
  open_stream (fixture, judge, NULL);
  stream = finish_stream (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (easel_test_server_get_last (fixture->server)->accept, ==, "text/event-stream");
  first = read_some (stream);
  g_assert_cmpstr (first, ==, "data: one\n\n");
  /* The deadline ended with the headers. */
  easel_test_pump_for (250);
  easel_test_server_write_streams (fixture->server, "data: two\n\n");
  second = read_some (stream);
  g_assert_cmpstr (second, ==, "data: two\n\n");
  easel_test_server_write_streams (fixture->server, NULL);
  end = read_some (stream);
  g_assert_cmpstr (end, ==, "");
  easel_sse_parser_feed (parser, first, strlen (first));
  easel_sse_parser_feed (parser, second, strlen (second));
  g_assert_cmpuint (n_events, ==, 2);
}

static void
test_stream_outlives_the_client (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GInputStream) stream = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  script_stream (fixture, "data: one\n\n");
  open_stream (fixture, NULL, NULL);
  stream = finish_stream (fixture, NULL);
  easel_test_catch_clear (&fixture->caught);
  g_clear_object (&fixture->http);
  first = read_some (stream);
  g_assert_cmpstr (first, ==, "data: one\n\n");
  easel_test_pump_for (20);
  easel_test_server_write_streams (fixture->server, "data: two\n\n");
  second = read_some (stream);
  g_assert_cmpstr (second, ==, "data: two\n\n");
}

static void
test_stream_is_closed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GInputStream) stream = NULL;
  EaselTestCatch caught = { 0 };

  script_stream (fixture, "");
  open_stream (fixture, judge, NULL);
  stream = finish_stream (fixture, NULL);
  g_input_stream_close_async (stream, G_PRIORITY_DEFAULT, NULL, easel_test_catch, &caught);
  g_assert_true (g_input_stream_close_finish (stream, easel_test_catch_wait (&caught), NULL));
  easel_test_catch_clear (&caught);
}

static void
test_stream_reading_is_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  EaselTestCatch caught = { 0 };

  script_stream (fixture, "");
  open_stream (fixture, judge, NULL);
  stream = finish_stream (fixture, NULL);
  g_input_stream_read_bytes_async (stream, 4096, G_PRIORITY_DEFAULT, cancellable, easel_test_catch,
                                   &caught);
  easel_test_pump_for (20);
  g_cancellable_cancel (cancellable);
  bytes = g_input_stream_read_bytes_finish (stream, easel_test_catch_wait (&caught), &error);
  g_assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
  easel_test_catch_clear (&caught);
}

static void
test_stream_refused (Fixture *fixture, gconstpointer data)
{
  const EaselTestAnswer page = { .content_type = "text/html", .body = "<html>" };

  easel_test_server_reply (fixture->server, "GET", "/logs", 404, "no such pod");
  easel_test_server_script (fixture->server, "GET", "/logs", &page);
  easel_test_server_reply (fixture->server, "GET", "/logs", 302, "");
  open_stream (fixture, judge, NULL);
  finish_stream_with_error (fixture, EASEL_ERROR, EASEL_ERROR_NOT_FOUND, 404);
  easel_test_catch_clear (&fixture->caught);
  open_stream (fixture, judge, NULL);
  finish_stream_with_error (fixture, EASEL_ERROR, EASEL_ERROR_PROTOCOL, 200);
  easel_test_catch_clear (&fixture->caught);
  open_stream (fixture, judge, NULL);
  finish_stream_with_error (fixture, EASEL_ERROR, EASEL_ERROR_PROTOCOL, 302);
}

static void
test_stream_refused_without_judge (Fixture *fixture, gconstpointer data)
{
  easel_test_server_reply (fixture->server, "GET", "/logs", 404, "no such pod");
  open_stream (fixture, NULL, NULL);
  finish_stream_with_error (fixture, EASEL_ERROR, EASEL_ERROR_PROTOCOL, 404);
}

static void
test_stream_is_tried_again (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GInputStream) stream = NULL;

  easel_test_server_reply (fixture->server, "GET", "/logs", 503, "later");
  script_stream (fixture, "");
  open_stream (fixture, judge, NULL);
  easel_test_wait_timer (fixture->clock);
  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (fixture->clock), 1000);
  stream = finish_stream (fixture, NULL);
  g_assert_nonnull (stream);
  g_assert_cmpuint (easel_test_server_count (fixture->server, "GET", "/logs"), ==, 2);
}

static void
test_stream_deadline (Fixture *fixture, gconstpointer data)
{
  const EaselTestAnswer hang = { .fault = EASEL_TEST_FAULT_HANG };

  easel_test_server_script (fixture->server, "GET", "/logs", &hang);
  open_stream (fixture, judge, NULL);
  for (guint i = 0; i < 2; i++)
    {
      easel_test_wait_timer (fixture->clock);
      easel_manual_clock_advance (EASEL_MANUAL_CLOCK (fixture->clock), 60 * 1000);
    }
  finish_stream_with_error (fixture, EASEL_ERROR, EASEL_ERROR_TIMED_OUT, 0);
  g_assert_cmpuint (easel_test_server_get_n_held (fixture->server), ==, 3);
}

static void
probe (Fixture *fixture, const char *scheme, const char *path, GCancellable *cancellable)
{
  g_autofree char *uri = g_strdup_printf ("%s://127.0.0.1:%u%s", scheme,
                                          easel_test_server_get_port (fixture->server), path);

  easel_test_catch_clear (&fixture->caught);
  easel_http_probe_websocket_async (fixture->http, uri, 300, cancellable, easel_test_catch,
                                    &fixture->caught);
}

static GBytes *
finish_probe (Fixture *fixture, GError **error)
{
  GAsyncResult *result = easel_test_catch_wait (&fixture->caught);

  return easel_http_probe_websocket_finish (fixture->http, result, error);
}

static void
probe_says (Fixture *fixture, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) text = finish_probe (fixture, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (text, NULL), g_bytes_get_size (text), expected,
                   strlen (expected));
}

static void
probe_fails (Fixture *fixture, GQuark domain, int code, guint status)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (finish_probe (fixture, &error));
  g_assert_error (error, domain, code);
  g_assert_cmpuint (easel_error_get_status (error), ==, status);
}

static void
test_probe (Fixture *fixture, gconstpointer data)
{
  static const char *const schemes[] = { "ws", "http", "WS", "HTTP" };

  easel_test_server_add_websocket (fixture->server, "/ws", EASEL_TEST_SOCKET_TEXT,
                                   "{\"type\":\"status\"}");
  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    {
      const EaselTestRequest *request;

      probe (fixture, schemes[i], "/ws?clientId=a", NULL);
      probe_says (fixture, "{\"type\":\"status\"}");
      request = easel_test_server_get_last (fixture->server);
      g_assert_cmpstr (request->query, ==, "clientId=a");
      g_assert_cmpstr (request->user_agent, ==, easel_http_get_user_agent ());
      g_assert_null (request->origin);
      g_assert_false (request->has_key);
    }
}

static void
test_probe_skips_binary (Fixture *fixture, gconstpointer data)
{
  easel_test_server_add_websocket (fixture->server, "/ws", EASEL_TEST_SOCKET_BINARY_FIRST, "text");
  probe (fixture, "ws", "/ws", NULL);
  probe_says (fixture, "text");
}

static void
test_probe_silence (Fixture *fixture, gconstpointer data)
{
  easel_test_server_add_websocket (fixture->server, "/ws", EASEL_TEST_SOCKET_SILENT, NULL);
  probe (fixture, "ws", "/ws", NULL);
  probe_fails (fixture, EASEL_ERROR, EASEL_ERROR_TIMED_OUT, 0);
}

static void
test_probe_closed_early (Fixture *fixture, gconstpointer data)
{
  easel_test_server_add_websocket (fixture->server, "/ws", EASEL_TEST_SOCKET_CLOSE, NULL);
  probe (fixture, "ws", "/ws", NULL);
  probe_fails (fixture, EASEL_ERROR, EASEL_ERROR_PROTOCOL, 0);
}

static void
test_probe_size (Fixture *fixture, gconstpointer data)
{
  g_autofree char *fitting = g_strnfill (64 * 1024, 'x');
  g_autofree char *large = g_strnfill (64 * 1024 + 1, 'x');

  easel_test_server_add_websocket (fixture->server, "/fitting", EASEL_TEST_SOCKET_TEXT, fitting);
  easel_test_server_add_websocket (fixture->server, "/large", EASEL_TEST_SOCKET_TEXT, large);
  probe (fixture, "ws", "/fitting", NULL);
  probe_says (fixture, fitting);
  probe (fixture, "ws", "/large", NULL);
  probe_fails (fixture, EASEL_ERROR, EASEL_ERROR_TOO_LARGE, 0);
}

static void
test_probe_other_answers (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselTestServer) other = easel_test_server_new ();
  g_autofree char *location = g_strdup_printf ("Location: %s/", easel_test_server_get_uri (other));
  const EaselTestAnswer redirect = { .status = 302, .headers = location };

  easel_test_server_reply (fixture->server, "GET", "/page", 200, "<html>");
  easel_test_server_reply (fixture->server, "GET", "/bad-gateway", 502, "");
  easel_test_server_reply (fixture->server, "GET", "/refused", 403, "");
  easel_test_server_script (fixture->server, "GET", "/redirect", &redirect);
  probe (fixture, "ws", "/missing", NULL);
  probe_fails (fixture, EASEL_ERROR, EASEL_ERROR_NOT_FOUND, 404);
  probe (fixture, "ws", "/page", NULL);
  probe_fails (fixture, EASEL_ERROR, EASEL_ERROR_PROTOCOL, 200);
  probe (fixture, "ws", "/bad-gateway", NULL);
  probe_fails (fixture, EASEL_ERROR, EASEL_ERROR_UNAVAILABLE, 502);
  probe (fixture, "ws", "/refused", NULL);
  probe_fails (fixture, EASEL_ERROR, EASEL_ERROR_PROTOCOL, 403);
  probe (fixture, "ws", "/redirect", NULL);
  probe_fails (fixture, EASEL_ERROR, EASEL_ERROR_PROTOCOL, 302);
  g_assert_cmpuint (easel_test_server_count (other, NULL, NULL), ==, 0);
  g_assert_cmpuint (easel_test_server_count (fixture->server, NULL, NULL), ==, 5);
}

static void
test_probe_faults (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    EaselTestFault fault;
    EaselError expected;
  } rows[] = {
    { EASEL_TEST_FAULT_CLOSE, EASEL_ERROR_NETWORK },
    { EASEL_TEST_FAULT_RESET, EASEL_ERROR_NETWORK },
    { EASEL_TEST_FAULT_HANG, EASEL_ERROR_TIMED_OUT },
    { EASEL_TEST_FAULT_RAW, EASEL_ERROR_PROTOCOL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const EaselTestAnswer answer = { .body = "not http at all\r\n\r\n", .fault = rows[i].fault };

      easel_test_server_forget_scripts (fixture->server);
      easel_test_server_script (fixture->server, "GET", "/ws", &answer);
      easel_test_server_forget_log (fixture->server);
      probe (fixture, "ws", "/ws", NULL);
      probe_fails (fixture, EASEL_ERROR, rows[i].expected, 0);
      g_assert_cmpuint (easel_test_server_count (fixture->server, NULL, NULL), ==, 1);
    }
}

static gboolean
a_socket_is_open (gpointer data)
{
  return easel_test_server_get_n_websockets_open (data) > 0;
}

static void
test_probe_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  easel_test_server_add_websocket (fixture->server, "/ws", EASEL_TEST_SOCKET_SILENT, NULL);
  probe (fixture, "ws", "/ws", cancellable);
  easel_test_wait_until (a_socket_is_open, fixture->server);
  easel_test_pump_for (20);
  g_cancellable_cancel (cancellable);
  g_assert_null (fixture->caught.result);
  probe_fails (fixture, G_IO_ERROR, G_IO_ERROR_CANCELLED, 0);
  easel_test_server_forget_log (fixture->server);
  probe (fixture, "ws", "/ws", cancellable);
  probe_fails (fixture, G_IO_ERROR, G_IO_ERROR_CANCELLED, 0);
  easel_test_pump_for (20);
  g_assert_cmpuint (easel_test_server_count (fixture->server, NULL, NULL), ==, 0);
}

static void
test_probe_cancelled_in_handshake (Fixture *fixture, gconstpointer data)
{
  const EaselTestAnswer hang = { .fault = EASEL_TEST_FAULT_HANG };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  easel_test_server_script (fixture->server, "GET", "/ws", &hang);
  probe (fixture, "ws", "/ws", cancellable);
  easel_test_pump_for (50);
  g_cancellable_cancel (cancellable);
  probe_fails (fixture, G_IO_ERROR, G_IO_ERROR_CANCELLED, 0);
}

static void
test_probe_bad_address (Fixture *fixture, gconstpointer data)
{
  static const char *const uris[] = { "", "ws:", "ws://", "wss", "ftp://127.0.0.1/", "ws://u@a/" };

  for (gsize i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      easel_test_catch_clear (&fixture->caught);
      easel_http_probe_websocket_async (fixture->http, uris[i], 0, NULL, easel_test_catch,
                                        &fixture->caught);
      probe_fails (fixture, EASEL_ERROR, EASEL_ERROR_BAD_REQUEST, 0);
    }
}

#define ADD(path, function)                                                                        \
  g_test_add ("/http-stream/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("stream", test_stream);
  ADD ("stream-outlives-the-client", test_stream_outlives_the_client);
  ADD ("stream-is-closed", test_stream_is_closed);
  ADD ("stream-reading-is-cancelled", test_stream_reading_is_cancelled);
  ADD ("stream-refused", test_stream_refused);
  ADD ("stream-refused-without-judge", test_stream_refused_without_judge);
  ADD ("stream-is-tried-again", test_stream_is_tried_again);
  ADD ("stream-deadline", test_stream_deadline);
  ADD ("probe", test_probe);
  ADD ("probe-skips-binary", test_probe_skips_binary);
  ADD ("probe-silence", test_probe_silence);
  ADD ("probe-closed-early", test_probe_closed_early);
  ADD ("probe-size", test_probe_size);
  ADD ("probe-other-answers", test_probe_other_answers);
  ADD ("probe-faults", test_probe_faults);
  ADD ("probe-cancelled", test_probe_cancelled);
  ADD ("probe-cancelled-in-handshake", test_probe_cancelled_in_handshake);
  ADD ("probe-bad-address", test_probe_bad_address);
  return g_test_run ();
}
