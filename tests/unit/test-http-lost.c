/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A library that takes a request and never calls back, or much too late: what libsoup 3.2 was seen
 * to do with a request that it sent while others were being cancelled. */
#include "config.h"

#include "easel-error.h"
#include "easel-http.h"
#include "easel-test-server.h"
#include "easel-test-util.h"

#include <libsoup/soup.h>

#define DEADLINE_MS 12345
/* Of easel-http-exchange.c. */
#define GRACE_MS 2000

void __real_soup_session_send_async (SoupSession *session,
                                     SoupMessage *message,
                                     int priority,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
void __wrap_soup_session_send_async (SoupSession *session,
                                     SoupMessage *message,
                                     int priority,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
GSource *__real_g_timeout_source_new (guint interval);
GSource *__wrap_g_timeout_source_new (guint interval);

static guint n_to_lose;
static guint n_lost;

/* What was lost last. */
static SoupSession *lost_session;
static SoupMessage *lost_message;
static GAsyncReadyCallback lost_callback;
static gpointer lost_data;

void
__wrap_soup_session_send_async (SoupSession *session,
                                SoupMessage *message,
                                int priority,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  if (n_to_lose == 0)
    {
      __real_soup_session_send_async (session, message, priority, cancellable, callback, user_data);
      return;
    }
  n_to_lose--;
  n_lost++;
  g_set_object (&lost_session, session);
  g_set_object (&lost_message, message);
  lost_callback = callback;
  lost_data = user_data;
}

/* What is lost shall be over soon; what is not has time. */
GSource *
__wrap_g_timeout_source_new (guint interval)
{
  if (interval == GRACE_MS || (interval == DEADLINE_MS && n_to_lose > 0))
    interval = 20;
  return __real_g_timeout_source_new (interval);
}

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
  fixture->clock = easel_manual_clock_new (0);
  fixture->http = easel_http_new (fixture->clock, NULL);
  n_lost = 0;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  easel_test_catch_clear (&fixture->caught);
  g_clear_object (&lost_session);
  g_clear_object (&lost_message);
  /* What the library would have given back. */
  g_clear_pointer (&lost_data, g_free);
  easel_test_server_free (fixture->server);
  easel_test_pump ();
  g_assert_finalize_object (fixture->http);
  g_assert_finalize_object (fixture->clock);
}

static void
start (Fixture *fixture, EaselRetryClass retry, GCancellable *cancellable)
{
  g_autofree char *uri = easel_test_server_build_uri (fixture->server, "/list");
  const EaselHttpRequest request = {
    .method = "GET",
    .uri = uri,
    .retry = retry,
    .deadline_ms = DEADLINE_MS,
  };

  easel_http_send_async (fixture->http, &request, NULL, cancellable, easel_test_catch,
                         &fixture->caught);
}

static void
finish_with_error (Fixture *fixture, GQuark domain, int code)
{
  g_autoptr (GError) error = NULL;
  GAsyncResult *result = easel_test_catch_wait (&fixture->caught);

  g_assert_null (easel_http_send_finish (fixture->http, result, &error));
  g_assert_error (error, domain, code);
}

static void
test_lost (Fixture *fixture, gconstpointer data)
{
  n_to_lose = 1;
  start (fixture, EASEL_RETRY_NEVER, NULL);
  finish_with_error (fixture, EASEL_ERROR, EASEL_ERROR_TIMED_OUT);
  g_assert_cmpuint (n_lost, ==, 1);
}

static void
test_lost_read_is_tried_again (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselHttpResponse) response = NULL;
  EaselManualClock *manual = EASEL_MANUAL_CLOCK (fixture->clock);

  easel_test_server_script (fixture->server, "GET", "/list",
                            &(EaselTestAnswer){ .status = 200, .body = "[]" });
  n_to_lose = 1;
  start (fixture, EASEL_RETRY_READ, NULL);
  easel_test_wait_timer (fixture->clock);
  easel_manual_clock_advance (manual, easel_manual_clock_get_next_delay (manual));
  response =
      easel_http_send_finish (fixture->http, easel_test_catch_wait (&fixture->caught), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (response->status, ==, 200);
  g_assert_cmpuint (easel_test_server_count (fixture->server, NULL, NULL), ==, 1);
}

static void
test_lost_and_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  n_to_lose = 1;
  start (fixture, EASEL_RETRY_READ, cancellable);
  g_cancellable_cancel (cancellable);
  finish_with_error (fixture, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Found again after nobody waited for it any more. */
static void
test_late (Fixture *fixture, gconstpointer data)
{
  n_to_lose = 1;
  start (fixture, EASEL_RETRY_NEVER, NULL);
  finish_with_error (fixture, EASEL_ERROR, EASEL_ERROR_TIMED_OUT);
  easel_test_server_script (fixture->server, "GET", "/list",
                            &(EaselTestAnswer){ .status = 200, .body = "[]" });
  soup_session_send_async (lost_session, lost_message, G_PRIORITY_DEFAULT, NULL, lost_callback,
                           g_steal_pointer (&lost_data));
  while (easel_test_server_count (fixture->server, NULL, NULL) == 0)
    g_main_context_iteration (NULL, TRUE);
  easel_test_pump ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/http-lost/never", test_lost);
  ADD ("/http-lost/read", test_lost_read_is_tried_again);
  ADD ("/http-lost/cancelled", test_lost_and_cancelled);
  ADD ("/http-lost/late", test_late);
#undef ADD

  return g_test_run ();
}
