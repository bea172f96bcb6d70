/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Whether a server works on something, as its queue and history tell.
 */

#include "config.h"

#include "easel-error.h"
#include "easel-readiness.h"
#include "easel-test-server.h"
#include "easel-test-util.h"

typedef struct
{
  EaselTestServer *server; /* (owned) */
  EaselClock *clock;       /* (owned) */
  EaselHttp *http;         /* (owned) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = easel_test_server_new ();
  fixture->clock = easel_manual_clock_new (0);
  fixture->http = easel_http_new (fixture->clock, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < easel_test_server_count (fixture->server, NULL, NULL); i++)
    g_assert_false (easel_test_server_get_request (fixture->server, i)->has_key);
  g_assert_finalize_object (fixture->http);
  g_object_unref (fixture->clock);
  easel_test_server_free (fixture->server);
}

static gboolean
ask (Fixture *fixture, EaselActivity *ret_activity, GError **error)
{
  g_auto (EaselTestCatch) caught = { 0 };

  easel_activity_probe_async (fixture->http, easel_test_server_get_uri (fixture->server), NULL,
                              easel_test_catch, &caught);
  return easel_activity_probe_finish (easel_test_catch_wait (&caught), ret_activity, error);
}

static void
test_busy (Fixture *fixture, gconstpointer data)
{
  EaselActivity activity = { 0 };
  g_autoptr (GError) error = NULL;

  easel_test_server_reply (fixture->server, "GET", "/prompt", 200,
                           "{\"exec_info\":{\"queue_remaining\":2}}");
  easel_test_server_reply (
      fixture->server, "GET", "/history", 200,
      "{\"abc\":{\"prompt\":[41,\"abc\",{},{},[]],\"outputs\":{},\"status\":{\"messages\":["
      "[\"execution_start\",{\"timestamp\":1795456800000}],"
      "[\"execution_success\",{\"timestamp\":1795456812345}],"
      "[\"odd\"],7,[\"x\",{\"timestamp\":\"y\"}],[\"x\",{\"timestamp\":1e300}]]}}}");
  g_assert_true (ask (fixture, &activity, &error));
  g_assert_no_error (error);
  g_assert_true (activity.busy);
  g_assert_cmpint (activity.last_generated_unix_ms, ==, G_GINT64_CONSTANT (1795456812345));
  g_assert_cmpuint (activity.n_generated, ==, 42);
  g_assert_cmpstr (easel_test_server_get_last (fixture->server)->query, ==, "max_items=1");
}

static void
test_never_used (Fixture *fixture, gconstpointer data)
{
  EaselActivity activity = { 0 };

  easel_test_server_reply (fixture->server, "GET", "/prompt", 200,
                           "{\"exec_info\":{\"queue_remaining\":0}}");
  easel_test_server_reply (fixture->server, "GET", "/history", 200, "{}");
  g_assert_true (ask (fixture, &activity, NULL));
  g_assert_false (activity.busy);
  g_assert_cmpint (activity.last_generated_unix_ms, ==, 0);
  g_assert_cmpuint (activity.n_generated, ==, 0);
}

/* The queue alone is enough. */
static void
test_odd_histories (Fixture *fixture, gconstpointer data)
{
  static const EaselTestAnswer answers[] = {
    { .status = 500 },
    { .body = "[]" },
    { .body = "{\"a\":7,\"b\":{\"prompt\":\"x\",\"status\":[]}}" },
    { .body = "{\"b\":{\"prompt\":[\"x\"],\"status\":{\"messages\":{}}}}" },
    { .body = "{\"b\":{\"prompt\":[1e300],\"status\":null}}" },
    { .body = "{\"b\":{\"prompt\":[]}}" },
    { .body = "{", .fault = EASEL_TEST_FAULT_RESET_BODY },
    { .repeat = 9 * 1024 * 1024 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      EaselActivity activity = { 0 };
      g_autoptr (GError) error = NULL;

      easel_test_server_forget_scripts (fixture->server);
      easel_test_server_reply (fixture->server, "GET", "/prompt", 200,
                               "{\"exec_info\":{\"queue_remaining\":1}}");
      easel_test_server_script (fixture->server, "GET", "/history", &answers[i]);
      g_assert_true (ask (fixture, &activity, &error));
      g_assert_no_error (error);
      g_assert_true (activity.busy);
      g_assert_cmpint (activity.last_generated_unix_ms, ==, 0);
      g_assert_cmpuint (activity.n_generated, ==, 0);
    }
}

static void
test_no_answer (Fixture *fixture, gconstpointer data)
{
  static const EaselTestAnswer answers[] = {
    { .status = 502 },
    { .body = "" },
    { .body = "{}" },
    { .body = "{\"exec_info\":{}}" },
    { .body = "{\"exec_info\":{\"queue_remaining\":-1}}" },
    { .body = "{\"exec_info\":{\"queue_remaining\":\"0\"}}" },
    { .content_type = "text/html", .body = "<html>" },
    { .fault = EASEL_TEST_FAULT_RESET },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      EaselActivity activity = { .n_generated = 77 };
      g_autoptr (GError) error = NULL;

      easel_test_server_forget_scripts (fixture->server);
      easel_test_server_script (fixture->server, "GET", "/prompt", &answers[i]);
      g_assert_false (ask (fixture, &activity, &error));
      g_assert_true (error->domain == EASEL_ERROR);
      g_assert_cmpuint (activity.n_generated, ==, 77);
    }
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  EaselTestAnswer hang = { .fault = EASEL_TEST_FAULT_HANG };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (EaselTestCatch) caught = { 0 };
  g_autoptr (GError) error = NULL;
  EaselActivity activity;

  easel_test_server_reply (fixture->server, "GET", "/prompt", 200,
                           "{\"exec_info\":{\"queue_remaining\":0}}");
  easel_test_server_script (fixture->server, "GET", "/history", &hang);
  easel_activity_probe_async (fixture->http, easel_test_server_get_uri (fixture->server),
                              cancellable, easel_test_catch, &caught);
  easel_test_pump_for (30);
  g_cancellable_cancel (cancellable);
  g_assert_false (easel_activity_probe_finish (easel_test_catch_wait (&caught), &activity, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

#define ADD(name, func) g_test_add ("/activity/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("busy", test_busy);
  ADD ("never-used", test_never_used);
  ADD ("odd-histories", test_odd_histories);
  ADD ("no-answer", test_no_answer);
  ADD ("cancel", test_cancel);

  return g_test_run ();
}
