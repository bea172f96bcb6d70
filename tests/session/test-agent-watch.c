/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is kept fresh of a pod's agent: how often it is asked, what a stranger finds, what follows.
 */

#include "config.h"

#include "easel-agent-watch.h"
#include "easel-test-server.h"
#include "easel-test-util.h"

#include <string.h>

#define ADMIN "abcdefghijklmnopqrstuvwxyz"
#define PAINT "zyxwvutsrqponmlkjihgfedcba"
#define STATUS(phase, armed, helper)                                                               \
  "{\"v\":1,\"phase\":\"" phase "\",\"armed\":\"" armed "\",\"protected\":true,"                   \
  "\"action\":\"delete\",\"end\":{\"hard\":3600,\"cap\":7200,\"closed\":600,\"idle\":null,"        \
  "\"never\":null,\"boot\":2400},\"ending\":null,\"helper\":" helper "}"

typedef struct
{
  EaselTestServer *server; /* (owned) */
  EaselClock *clock;       /* (owned) */
  EaselHttp *http;         /* (owned) */
  EaselPod *pod;           /* (owned) */
  EaselAgentWatch *watch;  /* (owned) */
  GString *log;            /* (owned) */
  guint n_changed;
  guint wanted;
} Fixture;

static void
on_changed (Fixture *fixture)
{
  fixture->n_changed++;
}

static void
on_log (Fixture *fixture, const char *text)
{
  g_string_append (fixture->log, text);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselSecret) admin = easel_secret_new (ADMIN);
  g_autoptr (EaselSecret) paint = easel_secret_new (PAINT);
  g_autofree char *address = NULL;
  EaselPodData pod = { .id = "p1", .admin = admin, .paint = paint, .container_up = TRUE };

  fixture->server = easel_test_server_new ();
  easel_test_server_play_agent (fixture->server, ADMIN);
  fixture->clock = easel_manual_clock_new (G_GINT64_CONSTANT (1795000000000));
  fixture->http = easel_http_new (fixture->clock, NULL);
  fixture->log = g_string_new (NULL);
  address = easel_pod_join_secret (easel_test_server_get_uri (fixture->server), paint);
  pod.address = address;
  fixture->pod = easel_pod_new (&pod);
  fixture->watch = easel_agent_watch_new (fixture->http, fixture->clock, fixture->pod);
  g_signal_connect_swapped (fixture->watch, "changed", G_CALLBACK (on_changed), fixture);
  g_signal_connect_swapped (fixture->watch, "log", G_CALLBACK (on_log), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  easel_agent_watch_stop (fixture->watch);
  easel_test_pump_for (20);
  g_assert_finalize_object (fixture->watch);
  g_assert_finalize_object (fixture->pod);
  g_assert_finalize_object (fixture->http);
  g_assert_cmpuint (easel_manual_clock_get_n_pending (EASEL_MANUAL_CLOCK (fixture->clock)), ==, 0);
  g_object_unref (fixture->clock);
  g_string_free (fixture->log, TRUE);
  easel_test_server_free (fixture->server);
}

static void
reply (Fixture *fixture, const char *method, const char *route, const char *body)
{
  g_autofree char *path = easel_test_server_agent_path (ADMIN, route);

  easel_test_server_reply (fixture->server, method, path, 200, body);
}

static gboolean
was_asked (gpointer data)
{
  Fixture *fixture = data;

  return easel_test_server_count (fixture->server, NULL, NULL) >= fixture->wanted;
}

/* Lets so many requests in all arrive, and their answers be read. */
static void
wait_requests (Fixture *fixture, guint n)
{
  fixture->wanted = n;
  easel_test_wait_until (was_asked, fixture);
  easel_test_pump_for (30);
}

static void
advance (Fixture *fixture, gint64 ms)
{
  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (fixture->clock), ms);
  easel_test_pump_for (30);
}

static guint
count_gets (Fixture *fixture, const char *route)
{
  g_autofree char *path = easel_test_server_agent_path (ADMIN, route);

  return easel_test_server_count (fixture->server, "GET", path);
}

static guint
count_status (Fixture *fixture)
{
  return count_gets (fixture, "status");
}

static void
test_confirmed (Fixture *fixture, gconstpointer data)
{
  EaselEndReason reason;

  reply (fixture, "GET", "status", STATUS ("ready", "proven", "false"));
  g_assert_false (easel_agent_watch_is_confirmed (fixture->watch));
  g_assert_cmpint (easel_agent_watch_get_left_ms (fixture->watch, &reason), ==, -1);
  g_assert_cmpint (reason, ==, EASEL_END_NONE);
  easel_agent_watch_start (fixture->watch);
  advance (fixture, 0);
  wait_requests (fixture, 2);
  g_assert_true (easel_agent_watch_is_confirmed (fixture->watch));
  g_assert_cmpuint (fixture->n_changed, >=, 2);
  /* The test server has no script for "/system_stats": a stranger gets a 404. */
  g_assert_cmpint (easel_agent_watch_get_outside (fixture->watch), ==, EASEL_OUTSIDE_REFUSED);
  advance (fixture, 10 * 1000);
  g_assert_cmpint (easel_agent_watch_get_left_ms (fixture->watch, &reason), ==, 590 * 1000);
  g_assert_cmpint (reason, ==, EASEL_END_CLOSED);
  g_assert_cmpint (easel_agent_watch_get_silent_ms (fixture->watch), ==, 10 * 1000);
}

/* A 404 alone is no protection: the provider's proxy says the same of a pod that is not up. */
static void
test_silence_is_no_protection (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = easel_test_server_agent_path (ADMIN, "status");

  easel_test_server_reply (fixture->server, "GET", path, 502, "");
  easel_agent_watch_start (fixture->watch);
  advance (fixture, 0);
  wait_requests (fixture, 2);
  g_assert_cmpint (easel_agent_watch_get_outside (fixture->watch), ==, EASEL_OUTSIDE_UNKNOWN);
  g_assert_null (easel_agent_watch_get_status (fixture->watch));
}

/* A server that answers a stranger is not protected, and is reached without the secret. */
static void
test_open (Fixture *fixture, gconstpointer data)
{
  g_autofree char *closed = easel_agent_watch_dup_address (fixture->watch);
  g_autofree char *open = NULL;

  g_assert_true (g_str_has_suffix (closed, "/" PAINT));
  easel_test_server_reply (fixture->server, "GET", "/system_stats", 200, "{}");
  easel_agent_watch_start (fixture->watch);
  advance (fixture, 0);
  wait_requests (fixture, 2);
  g_assert_cmpint (easel_agent_watch_get_outside (fixture->watch), ==, EASEL_OUTSIDE_OPEN);
  open = easel_agent_watch_dup_address (fixture->watch);
  g_assert_cmpstr (open, ==, easel_test_server_get_uri (fixture->server));
}

/* At most twelve questions a minute while somebody waits, one when nobody does. */
static void
test_pace (Fixture *fixture, gconstpointer data)
{
  reply (fixture, "GET", "status", STATUS ("ready", "proven", "false"));
  easel_agent_watch_set_close (fixture->watch, TRUE);
  easel_agent_watch_start (fixture->watch);
  advance (fixture, 0);
  for (guint i = 0; i < 60; i++)
    advance (fixture, 1000);
  g_assert_cmpuint (count_status (fixture), >=, 11);
  g_assert_cmpuint (count_status (fixture), <=, 13);

  easel_agent_watch_set_close (fixture->watch, FALSE);
  advance (fixture, 5 * 1000);
  easel_test_server_forget_log (fixture->server);
  for (guint i = 0; i < 12; i++)
    advance (fixture, 10 * 1000);
  g_assert_cmpuint (count_status (fixture), ==, 2);
}

static void
test_helper_and_progress (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) helper = g_bytes_new_static ("helper", 6);
  const EaselAgentProgress *progress;

  reply (fixture, "GET", "status", STATUS ("loading", "proven", "false"));
  reply (fixture, "GET", "status", STATUS ("loading", "proven", "true"));
  reply (fixture, "PUT", "helper", STATUS ("loading", "proven", "true"));
  reply (fixture, "GET", "progress",
         "{\"v\":1,\"files\":[{\"name\":\"a\",\"have\":1,\"size\":4,\"speed\":1,\"state\":"
         "\"running\"}],\"log\":{\"from\":0,\"next\":5,\"text\":\"line\\n\"}}");
  easel_agent_watch_set_helper (fixture->watch, helper);
  easel_agent_watch_set_close (fixture->watch, TRUE);
  easel_agent_watch_start (fixture->watch);
  advance (fixture, 0);
  wait_requests (fixture, 3);
  g_assert_cmpuint (easel_test_server_count (fixture->server, "PUT", NULL), ==, 1);
  advance (fixture, 5 * 1000);
  wait_requests (fixture, 4);
  g_assert_cmpuint (easel_test_server_count (fixture->server, "PUT", NULL), ==, 1);
  progress = easel_agent_watch_get_progress (fixture->watch);
  g_assert_nonnull (progress);
  g_assert_cmpuint (progress->files->len, ==, 1);
  g_assert_cmpstr (fixture->log->str, ==, "line\n");
}

/* Lets two minutes pass and returns how often the agent was asked how far the models are. */
static guint
load_for_two_minutes (Fixture *fixture)
{
  easel_test_server_forget_log (fixture->server);
  for (guint i = 0; i < 24; i++)
    advance (fixture, 5 * 1000);
  return count_gets (fixture, "progress");
}

/* While models download a confirmed agent is asked for progress, seldom for its limits; and less
 * often for progress, too, where somebody reads the log as it comes. */
static void
test_loading_pace (Fixture *fixture, gconstpointer data)
{
  guint counted;

  reply (fixture, "GET", "status", STATUS ("loading", "proven", "true"));
  reply (fixture, "GET", "progress",
         "{\"v\":1,\"files\":[],\"log\":{\"from\":5,\"next\":5,\"text\":\"\"}}");
  easel_agent_watch_set_close (fixture->watch, TRUE);
  easel_agent_watch_start (fixture->watch);
  advance (fixture, 0);
  wait_requests (fixture, 3);

  counted = load_for_two_minutes (fixture);
  g_test_message ("told nothing: %u, status %u", counted, count_status (fixture));
  g_assert_cmpuint (counted, >=, 22);
  g_assert_cmpuint (count_status (fixture), >=, 1);
  g_assert_cmpuint (count_status (fixture), <=, 2);

  easel_agent_watch_set_pushed (fixture->watch, TRUE);
  counted = load_for_two_minutes (fixture);
  g_test_message ("beside a log: %u, status %u", counted, count_status (fixture));
  g_assert_cmpuint (counted, >=, 7);
  g_assert_cmpuint (counted, <=, 9);
  g_assert_cmpuint (count_status (fixture), <=, 2);
}

/* What is not confirmed yet is asked about all the time. */
static void
test_loading_unconfirmed (Fixture *fixture, gconstpointer data)
{
  reply (fixture, "GET", "status", STATUS ("loading", "likely", "true"));
  reply (fixture, "GET", "progress",
         "{\"v\":1,\"files\":[],\"log\":{\"from\":5,\"next\":5,\"text\":\"\"}}");
  easel_agent_watch_set_close (fixture->watch, TRUE);
  easel_agent_watch_start (fixture->watch);
  advance (fixture, 0);
  wait_requests (fixture, 3);
  load_for_two_minutes (fixture);
  g_assert_cmpuint (count_status (fixture), >=, 22);
}

/* Nobody is at home before the container runs; when it does, it is asked at once. And a provider
 * that never tells is not waited for. */
static void
test_unborn (Fixture *fixture, gconstpointer data)
{
  EaselPodData pod = *easel_pod_get (fixture->pod);
  g_autoptr (EaselPod) unborn = NULL;
  g_autoptr (EaselPod) again = NULL;

  pod.container_up = FALSE;
  unborn = easel_pod_new (&pod);
  again = easel_pod_new (&pod);
  reply (fixture, "GET", "status", STATUS ("ready", "proven", "false"));
  easel_agent_watch_set_pod (fixture->watch, unborn);
  easel_agent_watch_set_close (fixture->watch, TRUE);
  easel_agent_watch_start (fixture->watch);
  for (guint i = 0; i < 5; i++)
    advance (fixture, 5 * 1000);
  g_assert_cmpuint (easel_test_server_count (fixture->server, NULL, NULL), ==, 0);
  easel_agent_watch_set_pod (fixture->watch, fixture->pod);
  advance (fixture, 0);
  wait_requests (fixture, 2);
  g_assert_nonnull (easel_agent_watch_get_status (fixture->watch));

  easel_agent_watch_stop (fixture->watch);
  easel_test_pump_for (20);
  g_object_unref (fixture->watch);
  easel_test_server_forget_log (fixture->server);
  fixture->watch = easel_agent_watch_new (fixture->http, fixture->clock, again);
  easel_agent_watch_set_close (fixture->watch, TRUE);
  easel_agent_watch_start (fixture->watch);
  for (guint i = 0; i < 11; i++)
    advance (fixture, 5 * 1000);
  g_assert_cmpuint (easel_test_server_count (fixture->server, NULL, NULL), ==, 0);
  advance (fixture, 10 * 1000);
  wait_requests (fixture, 2);
  g_assert_nonnull (easel_agent_watch_get_status (fixture->watch));
}

/* What cannot end itself in spite of its word is not confirmed. */
static void
test_failed_end (Fixture *fixture, gconstpointer data)
{
  reply (fixture, "GET", "status",
         "{\"v\":1,\"phase\":\"ending\",\"armed\":\"proven\",\"protected\":true,"
         "\"action\":\"delete\",\"end\":{\"hard\":0,\"cap\":7200},\"ending\":\"hard\","
         "\"end_error\":\"403\"}");
  easel_agent_watch_start (fixture->watch);
  advance (fixture, 0);
  wait_requests (fixture, 2);
  g_assert_nonnull (easel_agent_watch_get_status (fixture->watch));
  g_assert_false (easel_agent_watch_is_confirmed (fixture->watch));
}

#define ADD(name, func) g_test_add ("/agent-watch/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("confirmed", test_confirmed);
  ADD ("silence-is-no-protection", test_silence_is_no_protection);
  ADD ("open", test_open);
  ADD ("pace", test_pace);
  ADD ("helper-and-progress", test_helper_and_progress);
  ADD ("loading-pace", test_loading_pace);
  ADD ("loading-unconfirmed", test_loading_unconfirmed);
  ADD ("unborn", test_unborn);
  ADD ("failed-end", test_failed_end);

  return g_test_run ();
}
