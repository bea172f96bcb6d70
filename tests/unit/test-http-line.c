/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Large bodies on a connection that is kept. */
#include "config.h"

#include "easel-error.h"
#include "easel-http-line.h"
#include "easel-test-server.h"
#include "easel-test-util.h"

#include <string.h>

#define LARGE (3 * 1024 * 1024 + 7)
#define SHORT_MS 100

typedef struct
{
  EaselTestServer *server;
  EaselClock *clock;
  EaselHttp *http;
  EaselHttpLine *line;
  EaselTestCatch caught;
  GThread *main_thread;
  gint n_meanwhile;    /* atomic */
  gboolean is_outside; /* of the main thread */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = easel_test_server_new ();
  fixture->clock = easel_manual_clock_new (0);
  fixture->http = easel_http_new (fixture->clock, NULL);
  fixture->line = easel_http_line_new (fixture->http);
  fixture->main_thread = g_thread_self ();
  easel_test_server_reply (fixture->server, "PUT", "/", 200, "{\"have\":1}");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  easel_test_catch_clear (&fixture->caught);
  g_assert_finalize_object (fixture->line);
  easel_test_server_free (fixture->server);
  easel_test_pump ();
  g_assert_finalize_object (fixture->http);
  g_assert_finalize_object (fixture->clock);
}

static void
on_meanwhile (gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->is_outside = g_thread_self () != fixture->main_thread;
  g_atomic_int_inc (&fixture->n_meanwhile);
}

static void
start_into (Fixture *fixture,
            const char *path,
            EaselHttpRequest request,
            GCancellable *cancellable,
            EaselTestCatch *caught)
{
  g_autofree char *uri = easel_test_server_build_uri (fixture->server, path);
  g_autoptr (GBytes) body = g_bytes_new_static ("abc", 3);
  g_autoptr (GInputStream) stream =
      g_memory_input_stream_new_from_bytes (request.body != NULL ? request.body : body);

  request.method = "PUT";
  request.uri = request.uri != NULL ? request.uri : uri;
  request.stream_length = g_bytes_get_size (request.body != NULL ? request.body : body);
  request.body = NULL;
  request.stream = stream;
  easel_test_catch_clear (caught);
  easel_http_line_send_async (fixture->line, &request, on_meanwhile, fixture, cancellable,
                              easel_test_catch, caught);
}

static void
start (Fixture *fixture, const char *path, EaselHttpRequest request, GCancellable *cancellable)
{
  start_into (fixture, path, request, cancellable, &fixture->caught);
}

static void
finish (Fixture *fixture, EaselTestCatch *caught)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselHttpResponse) response =
      easel_http_line_send_finish (fixture->line, easel_test_catch_wait (caught), &error);

  g_assert_no_error (error);
  g_assert_cmpuint (response->status, ==, 200);
  g_assert_cmpmem (g_bytes_get_data (response->body, NULL), g_bytes_get_size (response->body),
                   "{\"have\":1}", strlen ("{\"have\":1}"));
}

static void
send_well (Fixture *fixture)
{
  start (fixture, "/", (EaselHttpRequest){ 0 }, NULL);
  finish (fixture, &fixture->caught);
}

static void
finish_with_error (Fixture *fixture, GQuark domain, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (easel_http_line_send_finish (fixture->line,
                                              easel_test_catch_wait (&fixture->caught), &error));
  g_assert_error (error, domain, code);
}

static void
test_large (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = g_malloc (LARGE + 1);
  g_autoptr (GBytes) body = NULL;
  const EaselTestRequest *asked;

  for (gsize i = 0; i < LARGE; i++)
    text[i] = (char) ('a' + i % 23);
  text[LARGE] = '\0';
  body = g_bytes_new_static (text, LARGE);
  start (fixture, "/",
         (EaselHttpRequest){
             .body = body, .content_type = "application/octet-stream", .seal = "17 abc" },
         NULL);
  finish (fixture, &fixture->caught);
  asked = easel_test_server_get_last (fixture->server);
  g_assert_cmpstr (asked->content_type, ==, "application/octet-stream");
  g_assert_cmpstr (asked->accept, ==, "application/json");
  g_assert_cmpstr (asked->accept_encoding, ==, "identity");
  g_assert_cmpstr (asked->seal, ==, "17 abc");
  g_assert_false (asked->has_key);
  g_assert_true (g_str_equal (asked->body, text));
}

static void
test_keeps_its_connection (Fixture *fixture, gconstpointer data)
{
  EaselTestCatch caught[4] = { 0 };
  guint connection;

  for (guint i = 0; i < G_N_ELEMENTS (caught); i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);
      g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

      start_into (fixture, "/", (EaselHttpRequest){ .body = body }, NULL, &caught[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (caught); i++)
    {
      finish (fixture, &caught[i]);
      easel_test_catch_clear (&caught[i]);
    }
  connection = easel_test_server_get_request (fixture->server, 0)->connection;
  for (guint i = 0; i < G_N_ELEMENTS (caught); i++)
    {
      const EaselTestRequest *asked = easel_test_server_get_request (fixture->server, i);
      g_autofree char *text = g_strdup_printf ("%u", i);

      g_assert_cmpstr (asked->body, ==, text);
      g_assert_cmpuint (asked->connection, ==, connection);
    }
  g_assert_cmpuint (easel_test_server_count (fixture->server, NULL, NULL), ==,
                    G_N_ELEMENTS (caught));
}

/* What it leaves is whole before anybody hears of the answer, and needs no lock. */
static void
test_meanwhile (Fixture *fixture, gconstpointer data)
{
  for (int i = 1; i <= 3; i++)
    {
      send_well (fixture);
      g_assert_cmpint (fixture->n_meanwhile, ==, i);
      g_assert_true (fixture->is_outside);
    }
}

gint64 __real_g_get_monotonic_time (void);
gint64 __wrap_g_get_monotonic_time (void);

static gint passed_ms; /* atomic */

gint64
__wrap_g_get_monotonic_time (void)
{
  return __real_g_get_monotonic_time () + (gint64) g_atomic_int_get (&passed_ms) * 1000;
}

/* A body that comes from a slow disk: a tenth of a second for each bit. */
#define TYPE_SLOW_STREAM (slow_stream_get_type ())
G_DECLARE_FINAL_TYPE (SlowStream, slow_stream, SLOW, STREAM, GInputStream)

struct _SlowStream
{
  GInputStream parent_instance;
  gsize left;
  gboolean breaks;
};

G_DEFINE_FINAL_TYPE (SlowStream, slow_stream, G_TYPE_INPUT_STREAM)

static gssize
slow_stream_read (GInputStream *stream,
                  void *buffer,
                  gsize count,
                  GCancellable *cancellable,
                  GError **error)
{
  SlowStream *self = SLOW_STREAM (stream);
  const gsize n = MIN (MIN (count, self->left), 1000);

  if (self->breaks && self->left <= 1000)
    {
      easel_set_error (error, EASEL_ERROR_UNREADABLE_FILE, "broken");
      return -1;
    }
  g_atomic_int_add (&passed_ms, 100);
  memset (buffer, 'x', n);
  self->left -= n;
  return (gssize) n;
}

static void
slow_stream_class_init (SlowStreamClass *klass)
{
  G_INPUT_STREAM_CLASS (klass)->read_fn = slow_stream_read;
}

static void
slow_stream_init (SlowStream *self)
{
  self->left = 10000;
}

typedef struct
{
  guint n;
  guint64 last;
} Told;

static void
on_progress (guint64 sent, gpointer user_data)
{
  Told *told = user_data;

  g_assert_cmpuint (sent, >, told->last);
  told->last = sent;
  told->n++;
}

static void
start_slowly (Fixture *fixture, gboolean breaks, Told *told)
{
  g_autofree char *uri = easel_test_server_build_uri (fixture->server, "/");
  g_autoptr (GInputStream) stream = g_object_new (TYPE_SLOW_STREAM, NULL);
  const EaselHttpRequest request = {
    .method = "PUT",
    .uri = uri,
    .stream = stream,
    .stream_length = 10000,
    .progress = on_progress,
    .progress_data = told,
  };

  SLOW_STREAM (stream)->breaks = breaks;
  easel_http_line_send_async (fixture->line, &request, NULL, NULL, NULL, easel_test_catch,
                              &fixture->caught);
}

/* Somebody who watches sees it move, and the main loop is left alone. */
static void
test_progress (Fixture *fixture, gconstpointer data)
{
  Told told = { 0 };

  start_slowly (fixture, FALSE, &told);
  finish (fixture, &fixture->caught);
  g_assert_cmpuint (told.n, >=, 4);
  g_assert_cmpuint (told.n, <=, 5);
  g_assert_cmpuint (told.last, <=, 10000);
  g_assert_cmpuint (strlen (easel_test_server_get_last (fixture->server)->body), ==, 10000);
}

static void
test_body_breaks (Fixture *fixture, gconstpointer data)
{
  Told told = { 0 };

  start_slowly (fixture, TRUE, &told);
  finish_with_error (fixture, EASEL_ERROR, EASEL_ERROR_UNREADABLE_FILE);
  send_well (fixture);
}

typedef struct
{
  const char *name;
  EaselTestAnswer answer;
  EaselError code;
  gboolean is_stuck;
} Fault;

static const Fault faults[] = {
  { "truncated",
    { .body = "{\"half\": 1}", .fault = EASEL_TEST_FAULT_TRUNCATED },
    EASEL_ERROR_NETWORK },
  { "close", { .fault = EASEL_TEST_FAULT_CLOSE }, EASEL_ERROR_NETWORK },
  { "reset", { .fault = EASEL_TEST_FAULT_RESET }, EASEL_ERROR_NETWORK },
  { "reset-body",
    { .body = "{\"half\": 1}", .fault = EASEL_TEST_FAULT_RESET_BODY },
    EASEL_ERROR_NETWORK },
  { "hang", { .fault = EASEL_TEST_FAULT_HANG }, EASEL_ERROR_TIMED_OUT, TRUE },
  { "stalled",
    { .body = "{\"half\": 1}", .fault = EASEL_TEST_FAULT_STALLED },
    EASEL_ERROR_TIMED_OUT,
    TRUE },
  { "not-http",
    { .body = "SSH-2.0-OpenSSH\r\n", .fault = EASEL_TEST_FAULT_RAW },
    EASEL_ERROR_PROTOCOL },
  /* libsoup takes this one for whole. */
  { "closed-early",
    { .body = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 99\r\n\r\n{\"have\":1}",
      .fault = EASEL_TEST_FAULT_RAW },
    EASEL_ERROR_NETWORK },
  { "too-large", { .repeat = 3000 }, EASEL_ERROR_TOO_LARGE },
  { "redirect", { .status = 302, .headers = "Location: /other" }, EASEL_ERROR_PROTOCOL },
  { "compressed", { .body = "x", .headers = "Content-Encoding: gzip" }, EASEL_ERROR_PROTOCOL },
};

/* A fault costs the connection and nothing else. */
static void
test_fault (Fixture *fixture, gconstpointer data)
{
  const Fault *fault = data;

  send_well (fixture);
  easel_test_server_script (fixture->server, "PUT", "/bad", &fault->answer);
  start (fixture, "/bad",
         (EaselHttpRequest){ .deadline_ms = fault->is_stuck ? SHORT_MS : 0, .max_bytes = 2000 },
         NULL);
  finish_with_error (fixture, EASEL_ERROR, (int) fault->code);
  send_well (fixture);
  g_assert_cmpuint (easel_test_server_count (fixture->server, "PUT", "/other"), ==, 0);
  /* Once each, even where libsoup began anew. */
  g_assert_cmpint (fixture->n_meanwhile, <=, 3);
}

/* The answer is good, but the server is gone before the next body. */
static void
test_closed_in_between (Fixture *fixture, gconstpointer data)
{
  const EaselTestAnswer answer = {
    .body = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n"
            "{\"have\":1}",
    .fault = EASEL_TEST_FAULT_RAW,
  };

  easel_test_server_forget_scripts (fixture->server);
  easel_test_server_script (fixture->server, "PUT", "/", &answer);
  for (guint i = 0; i < 3; i++)
    {
      send_well (fixture);
      easel_test_pump_for (5);
    }
  g_assert_cmpuint (easel_test_server_count (fixture->server, NULL, NULL), ==, 3);
  g_assert_cmpint (fixture->n_meanwhile, ==, 3);
}

static void
test_refusal_is_an_answer (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselHttpResponse) response = NULL;

  easel_test_server_reply (fixture->server, "PUT", "/no", 409, "{\"have\":5}");
  start (fixture, "/no", (EaselHttpRequest){ 0 }, NULL);
  response =
      easel_http_line_send_finish (fixture->line, easel_test_catch_wait (&fixture->caught), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (response->status, ==, 409);
  g_assert_cmpuint (g_bytes_get_size (response->body), ==, 10);
}

static gboolean
was_asked (gpointer data)
{
  return easel_test_server_count (data, "PUT", "/bad") > 0;
}

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  const EaselTestAnswer hang = { .fault = EASEL_TEST_FAULT_HANG };
  g_autoptr (GCancellable) first = g_cancellable_new ();
  g_autoptr (GCancellable) second = g_cancellable_new ();
  g_auto (EaselTestCatch) behind = { 0 };
  g_autoptr (GError) error = NULL;

  easel_test_server_script (fixture->server, "PUT", "/bad", &hang);
  start (fixture, "/bad", (EaselHttpRequest){ 0 }, first);
  start_into (fixture, "/", (EaselHttpRequest){ 0 }, second, &behind);
  easel_test_wait_until (was_asked, fixture->server);
  g_cancellable_cancel (second);
  g_cancellable_cancel (first);
  finish_with_error (fixture, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (
      easel_http_line_send_finish (fixture->line, easel_test_catch_wait (&behind), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  /* It never left. */
  g_assert_cmpuint (easel_test_server_count (fixture->server, "PUT", "/"), ==, 0);

  start (fixture, "/", (EaselHttpRequest){ 0 }, second);
  finish_with_error (fixture, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  send_well (fixture);
}

static void
test_no_address (Fixture *fixture, gconstpointer data)
{
  static const char *const wrong[] = { "ftp://127.0.0.1/", "x", "http://" };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      start (fixture, "/", (EaselHttpRequest){ .uri = wrong[i] }, NULL);
      finish_with_error (fixture, EASEL_ERROR, EASEL_ERROR_BAD_REQUEST);
    }
  g_assert_cmpuint (easel_test_server_count (fixture->server, NULL, NULL), ==, 0);
}

static void
add (const char *path, gconstpointer data, void (*func) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, data, set_up, func, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("/http-line/large", NULL, test_large);
  add ("/http-line/keeps-its-connection", NULL, test_keeps_its_connection);
  add ("/http-line/meanwhile", NULL, test_meanwhile);
  add ("/http-line/progress", NULL, test_progress);
  add ("/http-line/body-breaks", NULL, test_body_breaks);
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *path = g_strconcat ("/http-line/fault/", faults[i].name, NULL);

      add (path, &faults[i], test_fault);
    }
  add ("/http-line/closed-in-between", NULL, test_closed_in_between);
  add ("/http-line/refusal-is-an-answer", NULL, test_refusal_is_an_answer);
  add ("/http-line/cancelled", NULL, test_cancelled);
  add ("/http-line/no-address", NULL, test_no_address);

  return g_test_run ();
}
