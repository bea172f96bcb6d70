/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What changes something at vast.ai, against a scripted server: one create for one click whatever
 * goes wrong, nothing left behind by a refusal, no start that comes true at night, and a delete
 * that only vast.ai's own word confirms.
 */

#include "config.h"

#include "easel-error.h"
#include "easel-test-util.h"
#include "provider-calls.h"
#include "vast-server.h"

#include <string.h>

static EaselPod *
create (VastServer *fixture, GError **error)
{
  g_autoptr (EaselLaunchSpec) spec = vast_server_make_spec ();

  return easel_call_create_pod (fixture->provider, fixture->key, spec, error);
}

static void
test_create (VastServer *fixture, gconstpointer data)
{
  g_autoptr (EaselLaunchSpec) spec = vast_server_make_spec ();
  g_autoptr (EaselPod) pod = NULL;
  g_autoptr (GError) error = NULL;
  const EaselTestRequest *request;

  vast_server_serve (fixture, "PUT", VAST_ASK_PATH, 200, "create-ok");
  pod = easel_call_create_pod (fixture->provider, fixture->key, spec, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (easel_pod_get (pod)->id, ==, VAST_POD);
  g_assert_cmpstr (easel_pod_get (pod)->name, ==, spec->name);
  g_assert_cmpint (easel_pod_get (pod)->state, ==, EASEL_POD_PROVISIONING);
  g_assert_false (easel_pod_get (pod)->container_up);
  request = easel_test_server_get_last (fixture->server);
  g_assert_nonnull (strstr (request->body, spec->name));
  g_assert_nonnull (strstr (request->body, "\"cancel_unavail\":true"));
  vast_server_assert_keys (fixture);
}

/* Whatever goes wrong, a create leaves once; and it is told whether an instance may exist. */
static void
test_create_is_sent_once (VastServer *fixture, gconstpointer data)
{
  static const char whole[] = "{\"success\":true,\"new_contract\":27181828}";
  static const struct
  {
    EaselTestAnswer answer;
    int code; /* -1: any */
    gboolean fate_unknown;
  } rows[] = {
    { { .status = 400, .body = "{\"error\":\"invalid_args\",\"msg\":\"x\"}" },
      EASEL_ERROR_BAD_REQUEST,
      FALSE },
    { { .status = 400, .body = "{\"error\":\"missing_billing\"}" }, EASEL_ERROR_QUOTA, FALSE },
    { { .status = 400, .body = "{\"error\":\"no_such_ask\"}" }, EASEL_ERROR_NO_OFFER, FALSE },
    { { .status = 401, .body = "{\"msg\":\"x\"}" }, EASEL_ERROR_AUTH, FALSE },
    { { .status = 403, .body = "{\"error\":\"forbidden\"}" }, EASEL_ERROR_PERMISSION, FALSE },
    { { .status = 404, .body = "{\"error\":\"auth_error\"}" }, EASEL_ERROR_AUTH, FALSE },
    { { .status = 404, .body = "{\"error\":\"no_such_ask\"}" }, EASEL_ERROR_NO_OFFER, FALSE },
    { { .status = 410, .body = "{\"error\":\"no_such_ask\"}" }, EASEL_ERROR_NO_OFFER, FALSE },
    { { .status = 429, .content_type = "text/plain", .body = "API requests too frequent" },
      EASEL_ERROR_RATE_LIMITED,
      FALSE },
    { { .status = 429, .headers = "Retry-After: 0", .body = "{}" },
      EASEL_ERROR_RATE_LIMITED,
      FALSE },
    { { .body = "{\"success\":false,\"error\":\"resources_unavailable\"}" },
      EASEL_ERROR_NO_OFFER,
      FALSE },
    { { .body = "{\"success\":false,\"msg\":\"no\"}" }, EASEL_ERROR_BAD_REQUEST, FALSE },
    { { .status = 500, .body = "{\"msg\":\"x\"}" }, EASEL_ERROR_UNAVAILABLE, TRUE },
    { { .status = 502, .content_type = "text/html", .body = "<html>" },
      EASEL_ERROR_UNAVAILABLE,
      TRUE },
    { { .status = 503, .body = "" }, EASEL_ERROR_UNAVAILABLE, TRUE },
    { { .status = 404, .content_type = "text/html", .body = "<html>" },
      EASEL_ERROR_PROTOCOL,
      TRUE },
    { { .status = 302, .headers = "Location: http://127.0.0.1:1/" }, EASEL_ERROR_PROTOCOL, TRUE },
    { { .body = "{}" }, EASEL_ERROR_PROTOCOL, TRUE },
    { { .body = "" }, EASEL_ERROR_PROTOCOL, TRUE },
    { { .body = "{\"success\":true,\"new_contract\":null}" }, EASEL_ERROR_PROTOCOL, TRUE },
    { { .content_type = "text/html", .body = "<html>" }, EASEL_ERROR_PROTOCOL, TRUE },
    { { .repeat = 10 * 1024 * 1024 }, EASEL_ERROR_TOO_LARGE, TRUE },
    { { .body = whole, .fault = EASEL_TEST_FAULT_TRUNCATED }, -1, TRUE },
    { { .body = whole, .fault = EASEL_TEST_FAULT_RESET_BODY }, -1, TRUE },
    { { .fault = EASEL_TEST_FAULT_CLOSE }, -1, TRUE },
    { { .fault = EASEL_TEST_FAULT_RESET }, -1, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (EaselPod) pod = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("row %" G_GSIZE_FORMAT ", status %u", i, rows[i].answer.status);
      easel_test_server_forget_scripts (fixture->server);
      easel_test_server_forget_log (fixture->server);
      easel_test_server_script (fixture->server, "PUT", VAST_ASK_PATH, &rows[i].answer);
      pod = create (fixture, &error);
      g_assert_null (pod);
      g_assert_nonnull (error);
      g_assert_true (error->domain == EASEL_ERROR);
      if (rows[i].code >= 0)
        g_assert_error (error, EASEL_ERROR, rows[i].code);
      g_assert_cmpint (easel_error_leaves_fate_unknown (error), ==, rows[i].fate_unknown);
      easel_test_pump_for (20);
      g_assert_cmpuint (vast_server_count (fixture, NULL, NULL), ==, 1);
    }
}

static void
test_create_can_be_cancelled (VastServer *fixture, gconstpointer data)
{
  EaselTestAnswer hang = { .fault = EASEL_TEST_FAULT_HANG };
  g_autoptr (EaselLaunchSpec) spec = vast_server_make_spec ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (EaselTestCatch) caught = { 0 };
  g_autoptr (GError) error = NULL;

  easel_test_server_script (fixture->server, "PUT", VAST_ASK_PATH, &hang);
  easel_provider_create_pod_async (fixture->provider, fixture->key, spec, cancellable,
                                   easel_test_catch, &caught);
  easel_test_pump_for (50);
  g_cancellable_cancel (cancellable);
  g_assert_null (easel_provider_create_pod_finish (fixture->provider,
                                                   easel_test_catch_wait (&caught), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  easel_test_pump_for (50);
  g_assert_cmpuint (vast_server_count (fixture, NULL, NULL), <=, 1);
}

static void
test_create_needs_an_offer_of_vast (VastServer *fixture, gconstpointer data)
{
  EaselOfferData offer = { .provider_id = "vast", .id = "runpod/x", .gpu_name = "x" };
  g_autoptr (EaselLaunchSpec) spec = vast_server_make_spec ();
  g_autoptr (EaselPod) pod = NULL;
  g_autoptr (GError) error = NULL;

  g_clear_object (&spec->offer);
  spec->offer = easel_offer_new (&offer);
  pod = easel_call_create_pod (fixture->provider, fixture->key, spec, &error);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_NO_OFFER);
  g_assert_cmpuint (vast_server_count (fixture, NULL, NULL), ==, 0);
}

/* A refusal that names an instance: it is deleted before the refusal is told. */
static void
test_what_a_refusal_left_behind (VastServer *fixture, gconstpointer data)
{
  static const struct
  {
    guint status;
    const char *body;
    EaselError code;
  } rows[] = {
    { 200, "{\"success\":false,\"new_contract\":27181828,\"msg\":\"It did not start.\"}",
      EASEL_ERROR_NO_OFFER },
    { 200,
      "{\"success\":false,\"new_contract\":27181828,\"error\":\"resources_unavailable\","
      "\"msg\":\"It did not start.\"}",
      EASEL_ERROR_NO_OFFER },
    { 400,
      "{\"success\":false,\"new_contract\":27181828,\"error\":\"missing_billing\","
      "\"msg\":\"It did not start.\"}",
      EASEL_ERROR_QUOTA },
    { 500, "{\"new_contract\":27181828,\"msg\":\"It did not start.\"}", EASEL_ERROR_UNAVAILABLE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (EaselPod) pod = NULL;
      g_autoptr (GError) error = NULL;

      easel_test_server_forget_scripts (fixture->server);
      easel_test_server_forget_log (fixture->server);
      vast_server_say (fixture, "PUT", VAST_ASK_PATH, rows[i].status, rows[i].body);
      vast_server_say (fixture, "DELETE", VAST_POD_PATH, 200, "{\"success\":true}");
      pod = create (fixture, &error);
      g_assert_null (pod);
      g_assert_error (error, EASEL_ERROR, (int) rows[i].code);
      g_assert_cmpstr (easel_error_get_details (error), ==, "It did not start.");
      g_assert_cmpuint (easel_error_get_status (error), ==, rows[i].status);
      g_assert_cmpuint (vast_server_count (fixture, "PUT", NULL), ==, 1);
      g_assert_cmpuint (vast_server_count (fixture, "DELETE", VAST_POD_PATH), ==, 1);
      vast_server_assert_keys (fixture);
    }
}

/* A fault in between does not keep it from being deleted. */
static void
test_what_a_refusal_left_behind_is_hard_to_delete (VastServer *fixture, gconstpointer data)
{
  g_autoptr (EaselPod) pod = NULL;
  g_autoptr (GError) error = NULL;

  vast_server_serve (fixture, "PUT", VAST_ASK_PATH, 200, "create-left-behind");
  vast_server_say (fixture, "DELETE", VAST_POD_PATH, 429, "API requests too frequent");
  vast_server_say (fixture, "DELETE", VAST_POD_PATH, 502, "<html>");
  vast_server_say (fixture, "DELETE", VAST_POD_PATH, 200, "{\"success\":true}");
  pod = create (fixture, &error);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_NO_OFFER);
  g_assert_cmpuint (vast_server_count (fixture, "DELETE", NULL), ==, 3);
  g_assert_cmpuint (vast_server_count (fixture, "PUT", NULL), ==, 1);
}

/* What could not be deleted is not known to be gone: the session goes on looking. */
static void
test_what_a_refusal_left_behind_stays (VastServer *fixture, gconstpointer data)
{
  static const struct
  {
    guint status;
    const char *body;
  } rows[] = {
    { 500, "{}" },
    { 404, "{\"error\":\"no_such_instance\",\"msg\":\"Instance 27181828 not found.\"}" },
    { 401, "{\"msg\":\"x\"}" },
    { 200, "{\"success\":false}" },
    { 200, "<html>" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (EaselPod) pod = NULL;
      g_autoptr (GError) error = NULL;

      easel_test_server_forget_scripts (fixture->server);
      vast_server_serve (fixture, "PUT", VAST_ASK_PATH, 200, "create-left-behind");
      vast_server_say (fixture, "DELETE", VAST_POD_PATH, rows[i].status, rows[i].body);
      pod = create (fixture, &error);
      g_assert_null (pod);
      g_assert_error (error, EASEL_ERROR, EASEL_ERROR_UNRESOLVED);
      g_assert_true (easel_error_leaves_fate_unknown (error));
      g_assert_nonnull (strstr (easel_error_get_details (error), "Required resources"));
      g_assert_nonnull (strstr (easel_error_get_details (error), VAST_POD));
    }
}

/* Nobody waits any more; the instance is deleted all the same. */
static void
test_what_a_refusal_left_behind_survives_no_cancel (VastServer *fixture, gconstpointer data)
{
  EaselTestAnswer late = { .delay_ms = 100, .body = "{\"success\":true}" };
  g_autoptr (EaselLaunchSpec) spec = vast_server_make_spec ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (EaselTestCatch) caught = { 0 };
  g_autoptr (GError) error = NULL;

  vast_server_serve (fixture, "PUT", VAST_ASK_PATH, 200, "create-left-behind");
  easel_test_server_script (fixture->server, "DELETE", VAST_POD_PATH, &late);
  easel_provider_create_pod_async (fixture->provider, fixture->key, spec, cancellable,
                                   easel_test_catch, &caught);
  while (vast_server_count (fixture, "DELETE", NULL) == 0)
    g_main_context_iteration (NULL, TRUE);
  g_cancellable_cancel (cancellable);
  g_assert_null (easel_provider_create_pod_finish (fixture->provider,
                                                   easel_test_catch_wait (&caught), &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_NO_OFFER);
  g_assert_cmpuint (vast_server_count (fixture, "DELETE", NULL), ==, 1);
}

/* "Does not exist" of an instance that was named a moment ago is "not yet". */
static void
test_new_and_not_yet_readable (VastServer *fixture, gconstpointer data)
{
  EaselManualClock *clock = EASEL_MANUAL_CLOCK (fixture->clock);
  g_autoptr (EaselPod) created = NULL;
  g_autoptr (EaselPod) early = NULL;
  g_autoptr (EaselPod) late = NULL;
  g_autoptr (GError) error = NULL;

  vast_server_serve (fixture, "PUT", VAST_ASK_PATH, 200, "create-ok");
  vast_server_serve (fixture, "GET", VAST_POD_PATH, 200, "instance-gone");
  created = create (fixture, &error);
  g_assert_no_error (error);
  early = easel_call_get_pod (fixture->provider, fixture->key, VAST_POD, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (easel_pod_get (early)->name, ==, easel_pod_get (created)->name);
  g_assert_cmpint (easel_pod_get (early)->state, ==, EASEL_POD_PROVISIONING);
  easel_manual_clock_advance (clock, 31 * 1000);
  late = easel_call_get_pod (fixture->provider, fixture->key, VAST_POD, &error);
  g_assert_null (late);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_NOT_FOUND);
}

static void
test_new_and_deleted (VastServer *fixture, gconstpointer data)
{
  g_autoptr (EaselPod) created = NULL;
  g_autoptr (EaselPod) gone = NULL;
  g_autoptr (GError) error = NULL;

  vast_server_serve (fixture, "PUT", VAST_ASK_PATH, 200, "create-ok");
  vast_server_say (fixture, "DELETE", VAST_POD_PATH, 200, "{\"success\":true}");
  vast_server_serve (fixture, "GET", VAST_POD_PATH, 200, "instance-gone");
  created = create (fixture, &error);
  g_assert_no_error (error);
  g_assert_true (easel_call_delete_pod (fixture->provider, fixture->key, VAST_POD, &error));
  gone = easel_call_get_pod (fixture->provider, fixture->key, VAST_POD, &error);
  g_assert_null (gone);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_NOT_FOUND);
}

/* vast.ai gives up on a first start by itself: that is a broken machine, not a pause. */
static void
test_first_start_is_given_up (VastServer *fixture, gconstpointer data)
{
  g_autoptr (EaselPod) created = NULL;
  g_autoptr (EaselPod) loading = NULL;
  g_autoptr (EaselPod) flipped = NULL;
  g_autoptr (GError) error = NULL;

  vast_server_serve (fixture, "PUT", VAST_ASK_PATH, 200, "create-ok");
  vast_server_serve (fixture, "GET", VAST_POD_PATH, 200, "instance-loading");
  vast_server_serve (fixture, "GET", VAST_POD_PATH, 200, "instance-stopped");
  created = create (fixture, &error);
  loading = easel_call_get_pod (fixture->provider, fixture->key, VAST_POD, &error);
  g_assert_cmpint (easel_pod_get (loading)->state, ==, EASEL_POD_STARTING);
  flipped = easel_call_get_pod (fixture->provider, fixture->key, VAST_POD, &error);
  g_assert_no_error (error);
  g_assert_cmpint (easel_pod_get (flipped)->state, ==, EASEL_POD_ERROR);
}

/* --- stop and start ----------------------------------------------------------------------- */

static gboolean
act (VastServer *fixture, EaselPodAction action, GError **error)
{
  return easel_call_act_on_pod (fixture->provider, fixture->key, VAST_POD, action, error);
}

static void
test_stop_and_start (VastServer *fixture, gconstpointer data)
{
  g_autoptr (EaselPod) pod = NULL;
  g_autoptr (GError) error = NULL;

  vast_server_say (fixture, "PUT", VAST_POD_PATH, 200, "{\"success\":true}");
  g_assert_true (act (fixture, EASEL_POD_ACTION_STOP, &error));
  g_assert_cmpstr (easel_test_server_get_last (fixture->server)->body, ==,
                   "{\"state\":\"stopped\"}");
  g_assert_true (act (fixture, EASEL_POD_ACTION_START, &error));
  g_assert_cmpstr (easel_test_server_get_last (fixture->server)->body, ==,
                   "{\"state\":\"running\"}");
  g_assert_no_error (error);
  /* The report is still the old one. */
  vast_server_serve (fixture, "GET", VAST_POD_PATH, 200, "instance-exited-after-start");
  pod = easel_call_get_pod (fixture->provider, fixture->key, VAST_POD, &error);
  g_assert_no_error (error);
  g_assert_cmpint (easel_pod_get (pod)->state, ==, EASEL_POD_STARTING);
  vast_server_assert_keys (fixture);
}

static void
test_restart (VastServer *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  vast_server_say (fixture, "PUT", "/api/v0/instances/reboot/27181828/", 200, "{\"success\":true}");
  vast_server_say (fixture, "PUT", "/api/v0/instances/reboot/27181828/", 200,
                   "{\"success\":false,\"error\":\"invalid_id\",\"msg\":\"Invalid instance id. Is "
                   "the container started?\"}");
  g_assert_true (act (fixture, EASEL_POD_ACTION_RESTART, &error));
  g_assert_no_error (error);
  g_assert_false (act (fixture, EASEL_POD_ACTION_RESTART, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_CONFLICT);
}

/* A start that waits for somebody else's GPU would come true at any hour: it is taken back. */
static void
test_start_without_a_gpu (VastServer *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  vast_server_serve (fixture, "PUT", VAST_POD_PATH, 200, "error-queued");
  vast_server_say (fixture, "PUT", VAST_POD_PATH, 200, "{\"success\":true}");
  g_assert_false (act (fixture, EASEL_POD_ACTION_START, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_HOST_FULL);
  g_assert_cmpstr (easel_error_get_details (error), ==,
                   "Required resources are currently unavailable, state change queued.");
  g_assert_cmpuint (vast_server_count (fixture, "PUT", VAST_POD_PATH), ==, 2);
  g_assert_cmpstr (easel_test_server_get_last (fixture->server)->body, ==,
                   "{\"state\":\"stopped\"}");
}

static void
test_start_that_is_hard_to_take_back (VastServer *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  vast_server_serve (fixture, "PUT", VAST_POD_PATH, 200, "error-queued");
  vast_server_say (fixture, "PUT", VAST_POD_PATH, 429, "API requests too frequent");
  vast_server_say (fixture, "PUT", VAST_POD_PATH, 503, "");
  vast_server_say (fixture, "PUT", VAST_POD_PATH, 200, "{\"success\":true}");
  g_assert_false (act (fixture, EASEL_POD_ACTION_START, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_HOST_FULL);
  g_assert_cmpuint (vast_server_count (fixture, "PUT", VAST_POD_PATH), ==, 4);
}

/* It may still start: that is not "no GPU". */
static void
test_start_that_cannot_be_taken_back (VastServer *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  vast_server_serve (fixture, "PUT", VAST_POD_PATH, 200, "error-queued");
  vast_server_say (fixture, "PUT", VAST_POD_PATH, 503, "");
  g_assert_false (act (fixture, EASEL_POD_ACTION_START, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_UNAVAILABLE);
  g_assert_true (easel_error_leaves_fate_unknown (error));
  g_assert_cmpuint (vast_server_count (fixture, "PUT", VAST_POD_PATH), ==, 4);
}

static void
test_actions_are_sent_once (VastServer *fixture, gconstpointer data)
{
  static const struct
  {
    guint status;
    const char *body;
    EaselError code;
  } rows[] = {
    { 503, "{}", EASEL_ERROR_UNAVAILABLE },
    { 429, "API requests too frequent", EASEL_ERROR_RATE_LIMITED },
    { 400, "{\"error\":\"missing_billing\"}", EASEL_ERROR_QUOTA },
    { 404, "{\"error\":\"no_such_instance\"}", EASEL_ERROR_NOT_FOUND },
    { 200, "[]", EASEL_ERROR_PROTOCOL },
    { 200, "<html>", EASEL_ERROR_PROTOCOL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    for (guint action = EASEL_POD_ACTION_START; action <= EASEL_POD_ACTION_STOP; action++)
      {
        g_autoptr (GError) error = NULL;

        easel_test_server_forget_scripts (fixture->server);
        easel_test_server_forget_log (fixture->server);
        vast_server_say (fixture, "PUT", VAST_POD_PATH, rows[i].status, rows[i].body);
        g_assert_false (act (fixture, action, &error));
        g_assert_error (error, EASEL_ERROR, (int) rows[i].code);
        g_assert_cmpuint (vast_server_count (fixture, NULL, NULL), ==, 1);
      }
}

/* --- delete ------------------------------------------------------------------------------- */

static void
test_delete (VastServer *fixture, gconstpointer data)
{
  static const struct
  {
    EaselTestAnswer answer;
    int code; /* -1: accepted */
  } rows[] = {
    { { .body = "{\"success\":true}" }, -1 },
    { { .body = "{\"success\":true,\"msg\":\"x\"}" }, -1 },
    { { .body = "{\"success\":false,\"msg\":\"x\"}" }, EASEL_ERROR_BAD_REQUEST },
    { { .body = "" }, EASEL_ERROR_PROTOCOL },
    { { .content_type = "text/html", .body = "<html>" }, EASEL_ERROR_PROTOCOL },
    { { .status = 404, .body = "{\"error\":\"no_such_instance\"}" }, EASEL_ERROR_NOT_FOUND },
    { { .status = 404, .body = "{\"error\":\"auth_error\"}" }, EASEL_ERROR_AUTH },
    { { .status = 404, .content_type = "text/html", .body = "<html>" }, EASEL_ERROR_PROTOCOL },
    { { .status = 403, .body = "{\"error\":\"forbidden\"}" }, EASEL_ERROR_PERMISSION },
    { { .status = 429, .body = "{\"error\":\"rate_limit_exceeded\"}" }, EASEL_ERROR_RATE_LIMITED },
    { { .status = 500, .body = "{}" }, EASEL_ERROR_UNAVAILABLE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean accepted;

      g_test_message ("row %" G_GSIZE_FORMAT, i);
      easel_test_server_forget_scripts (fixture->server);
      easel_test_server_forget_log (fixture->server);
      easel_test_server_script (fixture->server, "DELETE", VAST_POD_PATH, &rows[i].answer);
      accepted = easel_call_delete_pod (fixture->provider, fixture->key, VAST_POD, &error);
      g_assert_cmpint (accepted, ==, rows[i].code < 0);
      if (rows[i].code >= 0)
        g_assert_error (error, EASEL_ERROR, rows[i].code);
      /* Whether to try again is the session's matter. */
      g_assert_cmpuint (vast_server_count (fixture, NULL, NULL), ==, 1);
      vast_server_assert_keys (fixture);
    }
}

/* --- pace --------------------------------------------------------------------------------- */

static gboolean
has_asked (gpointer data)
{
  return vast_server_count (data, NULL, NULL) > 0;
}

/* Two clicks: the second create waits, and after "too often" it waits for the penalty. */
static void
test_creates_keep_their_distance (VastServer *fixture, gconstpointer data)
{
  EaselManualClock *clock = EASEL_MANUAL_CLOCK (fixture->clock);
  g_autoptr (EaselLaunchSpec) spec = vast_server_make_spec ();
  g_auto (EaselTestCatch) first = { 0 };
  g_auto (EaselTestCatch) second = { 0 };
  g_autoptr (EaselPod) pod = NULL;
  g_autoptr (GError) error = NULL;

  vast_server_say (fixture, "PUT", VAST_ASK_PATH, 429, "API requests too frequent");
  vast_server_serve (fixture, "PUT", VAST_ASK_PATH, 200, "create-ok");
  easel_provider_create_pod_async (fixture->provider, fixture->key, spec, NULL, easel_test_catch,
                                   &first);
  easel_provider_create_pod_async (fixture->provider, fixture->key, spec, NULL, easel_test_catch,
                                   &second);
  easel_test_wait_until (has_asked, fixture);
  g_assert_null (
      easel_provider_create_pod_finish (fixture->provider, easel_test_catch_wait (&first), &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_RATE_LIMITED);
  g_clear_error (&error);
  easel_manual_clock_advance (clock, 11999);
  easel_test_pump_for (50);
  g_assert_cmpuint (vast_server_count (fixture, NULL, NULL), ==, 1);
  easel_manual_clock_advance (clock, 1);
  pod =
      easel_provider_create_pod_finish (fixture->provider, easel_test_catch_wait (&second), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (vast_server_count (fixture, NULL, NULL), ==, 2);
}

#define ADD(name, func)                                                                            \
  g_test_add ("/vast-money/" name, VastServer, NULL, vast_server_set_up, func,                     \
              vast_server_tear_down)
#define ADD_STANDING(name, func)                                                                   \
  g_test_add ("/vast-money/" name, VastServer, "standing", vast_server_set_up, func,               \
              vast_server_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("create", test_create);
  ADD ("create-is-sent-once", test_create_is_sent_once);
  ADD ("create-can-be-cancelled", test_create_can_be_cancelled);
  ADD ("create-needs-an-offer-of-vast", test_create_needs_an_offer_of_vast);
  ADD ("what-a-refusal-left-behind", test_what_a_refusal_left_behind);
  ADD ("what-a-refusal-left-behind-is-hard-to-delete",
       test_what_a_refusal_left_behind_is_hard_to_delete);
  ADD ("what-a-refusal-left-behind-stays", test_what_a_refusal_left_behind_stays);
  ADD ("what-a-refusal-left-behind-survives-no-cancel",
       test_what_a_refusal_left_behind_survives_no_cancel);
  ADD_STANDING ("new-and-not-yet-readable", test_new_and_not_yet_readable);
  ADD ("new-and-deleted", test_new_and_deleted);
  ADD ("first-start-is-given-up", test_first_start_is_given_up);
  ADD ("stop-and-start", test_stop_and_start);
  ADD ("restart", test_restart);
  ADD ("start-without-a-gpu", test_start_without_a_gpu);
  ADD ("start-that-is-hard-to-take-back", test_start_that_is_hard_to_take_back);
  ADD ("start-that-cannot-be-taken-back", test_start_that_cannot_be_taken_back);
  ADD ("actions-are-sent-once", test_actions_are_sent_once);
  ADD ("delete", test_delete);
  ADD_STANDING ("creates-keep-their-distance", test_creates_keep_their_distance);

  return g_test_run ();
}
