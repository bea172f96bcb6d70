/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Statuses and sentences of RunPod, and what they mean.
 */

#include "config.h"

#include "easel-error.h"
#include "easel-runpod-judge.h"
#include "fixture.h"

#include <string.h>

#define PROBLEM "application/problem+json"
#define GOOD -1

static EaselHttpResponse *
make_response (guint status, const char *type, const char *body)
{
  EaselHttpResponse *response = g_new0 (EaselHttpResponse, 1);

  response->status = status;
  response->content_type = g_strdup (type);
  response->retry_after_ms = -1;
  response->body = g_bytes_new (body, strlen (body));
  return response;
}

static EaselHttpResponse *
make_problem (guint status, const char *detail)
{
  g_autofree char *body =
      g_strdup_printf ("{\"title\":\"x\",\"status\":%u,\"detail\":\"%s\"}", status, detail);

  return make_response (status, PROBLEM, body);
}

typedef struct
{
  guint status;
  const char *detail;
  int plain;
  int create;
} JudgeCase;

static const JudgeCase judge_cases[] = {
  { 200, "", GOOD, GOOD },
  { 201, "", GOOD, GOOD },
  { 204, "", GOOD, GOOD },
  { 400,
    "There are no longer any instances available with the requested specifications. Please "
    "refresh and try again.",
    EASEL_ERROR_NO_OFFER, EASEL_ERROR_NO_OFFER },
  { 400, "there are NO INSTANCES currently available", EASEL_ERROR_NO_OFFER, EASEL_ERROR_NO_OFFER },
  { 400, "no instances available with enough disk space", EASEL_ERROR_NO_OFFER,
    EASEL_ERROR_NO_OFFER },
  { 400, "Unknown GPU type", EASEL_ERROR_NO_OFFER, EASEL_ERROR_NO_OFFER },
  { 400, "There are not enough free GPUs on the host machine to start this pod.",
    EASEL_ERROR_HOST_FULL, EASEL_ERROR_NO_OFFER },
  { 400, "Failed to resume pod", EASEL_ERROR_HOST_FULL, EASEL_ERROR_NO_OFFER },
  { 400, "not enough free gpus", EASEL_ERROR_NO_OFFER, EASEL_ERROR_NO_OFFER },
  { 400, "insufficient balance, and no capacity either", EASEL_ERROR_QUOTA, EASEL_ERROR_QUOTA },
  { 400, "You must either provide a template id or pod configuration parameters",
    EASEL_ERROR_BAD_REQUEST, EASEL_ERROR_BAD_REQUEST },
  { 400, "the pod is locked", EASEL_ERROR_LOCKED, EASEL_ERROR_LOCKED },
  { 400, "the image is blocked", EASEL_ERROR_BAD_REQUEST, EASEL_ERROR_BAD_REQUEST },
  { 401, "missing bearer token", EASEL_ERROR_AUTH, EASEL_ERROR_AUTH },
  { 402, "whatever", EASEL_ERROR_QUOTA, EASEL_ERROR_QUOTA },
  { 403, "access denied", EASEL_ERROR_PERMISSION, EASEL_ERROR_PERMISSION },
  { 403, "your account may not use this pool", EASEL_ERROR_PERMISSION, EASEL_ERROR_NO_OFFER },
  { 404, "pod not found", EASEL_ERROR_NOT_FOUND, EASEL_ERROR_NOT_FOUND },
  { 404, "template not found", EASEL_ERROR_NOT_FOUND, EASEL_ERROR_NOT_FOUND },
  { 404, "GPU type not found", EASEL_ERROR_NOT_FOUND, EASEL_ERROR_NO_OFFER },
  { 405, "", EASEL_ERROR_BAD_REQUEST, EASEL_ERROR_BAD_REQUEST },
  { 409, "pod is not RUNNING", EASEL_ERROR_CONFLICT, EASEL_ERROR_CONFLICT },
  { 409, "Pod is locked.", EASEL_ERROR_LOCKED, EASEL_ERROR_LOCKED },
  { 410, "gone", EASEL_ERROR_RETIRED, EASEL_ERROR_RETIRED },
  { 413, "", EASEL_ERROR_BAD_REQUEST, EASEL_ERROR_BAD_REQUEST },
  { 422, "Request validation failed.", EASEL_ERROR_BAD_REQUEST, EASEL_ERROR_BAD_REQUEST },
  { 429, "rate limit exceeded for the minute window", EASEL_ERROR_RATE_LIMITED,
    EASEL_ERROR_RATE_LIMITED },
  { 500, "Your account balance is too low", EASEL_ERROR_UNAVAILABLE, EASEL_ERROR_UNAVAILABLE },
  { 500, "no instances", EASEL_ERROR_UNAVAILABLE, EASEL_ERROR_UNAVAILABLE },
  { 502, "", EASEL_ERROR_UNAVAILABLE, EASEL_ERROR_UNAVAILABLE },
  { 524, "", EASEL_ERROR_UNAVAILABLE, EASEL_ERROR_UNAVAILABLE },
  { 304, "", EASEL_ERROR_PROTOCOL, EASEL_ERROR_PROTOCOL },
  { 100, "", EASEL_ERROR_PROTOCOL, EASEL_ERROR_PROTOCOL },
  { 999, "", EASEL_ERROR_PROTOCOL, EASEL_ERROR_PROTOCOL },
};

static void
test_table (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (judge_cases); i++)
    {
      const JudgeCase *one = &judge_cases[i];
      g_autoptr (EaselHttpResponse) response = make_problem (one->status, one->detail);
      g_autoptr (GError) plain = easel_runpod_judge (response);
      g_autoptr (GError) create = easel_runpod_judge_create (response);

      g_test_message ("%u %s", one->status, one->detail);
      if (one->plain == GOOD)
        {
          g_assert_null (plain);
          g_assert_null (create);
          continue;
        }
      g_assert_error (plain, EASEL_ERROR, one->plain);
      g_assert_error (create, EASEL_ERROR, one->create);
      g_assert_cmpuint (easel_error_get_status (plain), ==, one->status);
      g_assert_cmpstr (easel_error_get_details (create), ==,
                       *one->detail != '\0' ? one->detail : "x");
    }
}

/* Whoever stands between us and RunPod speaks no problem+json. */
static void
test_answers_from_in_between (void)
{
  static const struct
  {
    guint status;
    const char *type;
    const char *body;
    EaselError code;
    const char *details;
  } cases[] = {
    { 403, "text/plain", "error code: 1010", EASEL_ERROR_BLOCKED, "error code: 1010" },
    { 403, "text/html", "<html>", EASEL_ERROR_BLOCKED, "text/html, 6 bytes" },
    { 403, NULL, "", EASEL_ERROR_BLOCKED, NULL },
    { 404, "text/html", "<html>", EASEL_ERROR_PROTOCOL, "text/html, 6 bytes" },
    { 404, "application/json", "[]", EASEL_ERROR_PROTOCOL, "application/json, 2 bytes" },
    { 404, NULL, "", EASEL_ERROR_NOT_FOUND, NULL },
    { 502, "text/html", "<html>", EASEL_ERROR_UNAVAILABLE, "text/html, 6 bytes" },
    { 401, "text/html", "<html>", EASEL_ERROR_AUTH, "text/html, 6 bytes" },
    { 400, PROBLEM, "{\"detail\":", EASEL_ERROR_BAD_REQUEST, "application/problem+json, 10 bytes" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (EaselHttpResponse) response =
          make_response (cases[i].status, cases[i].type, cases[i].body);
      g_autoptr (GError) error = easel_runpod_judge (response);

      g_assert_error (error, EASEL_ERROR, (int) cases[i].code);
      g_assert_cmpstr (easel_error_get_details (error), ==, cases[i].details);
    }
}

static void
test_details_are_joined_and_bounded (void)
{
  g_autofree char *fixture = easel_fixture_text ("runpod", "problem-422");
  g_autofree char *blocks = g_strnfill (9000, 'a');
  g_autoptr (EaselHttpResponse) validation = make_response (422, PROBLEM, fixture);
  g_autoptr (EaselHttpResponse) flood = make_problem (422, blocks);
  g_autoptr (EaselHttpResponse) invalid = make_response (503, "text/plain", "a\xff\x01z");
  g_autoptr (GString) wide_text = g_string_new (NULL);
  g_autoptr (EaselHttpResponse) wide = NULL;
  g_autoptr (GError) first = easel_runpod_judge (validation);
  g_autoptr (GError) second = easel_runpod_judge (flood);
  g_autoptr (GError) third = easel_runpod_judge (invalid);
  g_autoptr (GError) fourth = NULL;

  g_assert_cmpstr (easel_error_get_details (first), ==,
                   "Request validation failed.\n"
                   "$: additional properties 'gpuTypeIds' not allowed\n"
                   "$.disk: expected integer");
  g_assert_cmpuint (strlen (easel_error_get_details (second)), ==, 2048);
  g_assert_cmpstr (easel_error_get_details (third), ==, "a\xef\xbf\xbd z");
  for (guint i = 0; i < 1500; i++)
    g_string_append (wide_text, "€");
  wide = make_problem (422, wide_text->str);
  fourth = easel_runpod_judge (wide);
  g_assert_cmpuint (strlen (easel_error_get_details (fourth)), <=, 2048);
  g_assert_true (g_utf8_validate (easel_error_get_details (fourth), -1, NULL));
}

static void
test_retry_after (void)
{
  g_autoptr (EaselHttpResponse) response = make_problem (429, "rate limit");
  g_autoptr (GError) without = easel_runpod_judge (response);
  g_autoptr (GError) with = NULL;

  g_assert_cmpint (easel_error_get_retry_after (without), ==, -1);
  response->retry_after_ms = 7000;
  with = easel_runpod_judge (response);
  g_assert_cmpint (easel_error_get_retry_after (with), ==, 7000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/runpod-judge/table", test_table);
  g_test_add_func ("/runpod-judge/answers-from-in-between", test_answers_from_in_between);
  g_test_add_func ("/runpod-judge/details-are-joined-and-bounded",
                   test_details_are_joined_and_bounded);
  g_test_add_func ("/runpod-judge/retry-after", test_retry_after);

  return g_test_run ();
}
