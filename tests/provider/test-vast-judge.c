/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Statuses, codes and sentences of vast.ai as errors.
 */

#include "config.h"

#include "easel-error.h"
#include "easel-vast-judge.h"

#include <string.h>

#define JSON "application/json"
#define HTML "text/html"
#define TEXT "text/plain"

typedef struct
{
  guint status;
  const char *type;
  const char *body;
  EaselError code;
} Case;

static const Case cases[] = {
  /* keys: Vast reference 2.1 */
  { 404, JSON, "{\"success\":false,\"error\":\"auth_error\",\"msg\":\"Invalid user key\"}",
    EASEL_ERROR_AUTH },
  { 401, JSON, "{\"success\":false,\"msg\":\"Invalid user key\"}", EASEL_ERROR_AUTH },
  { 401, JSON, "{\"msg\":\"Unauthorized access due to invalid or missing token.\"}",
    EASEL_ERROR_AUTH },
  { 403, JSON,
    "{\"success\":false,\"error\":\"auth_error\",\"msg\":\"This action requires login.\"}",
    EASEL_ERROR_AUTH },
  { 404, JSON, "{\"error\":\"auth_error\",\"msg\":\"Session expired. Please log in again.\"}",
    EASEL_ERROR_AUTH },
  { 403, JSON, "{\"error\":\"auth_error\",\"msg\":\"Key lacks permission instance_write\"}",
    EASEL_ERROR_PERMISSION },
  { 401, JSON, "{\"msg\":\"missing scope: instance_write\"}", EASEL_ERROR_PERMISSION },
  { 401, JSON, "{\"msg\":\"Two Factor Authentication required\"}", EASEL_ERROR_PERMISSION },
  { 403, JSON, "{\"error\":\"forbidden\"}", EASEL_ERROR_PERMISSION },
  { 403, JSON, "{\"error\":\"not_authorized\",\"msg\":\"x\"}", EASEL_ERROR_PERMISSION },
  { 403, HTML, "<html>blocked</html>", EASEL_ERROR_BLOCKED },
  { 403, TEXT, "error code: 1010", EASEL_ERROR_BLOCKED },
  /* money */
  { 400, JSON, "{\"error\":\"missing_billing\",\"msg\":\"You lack credit.\"}", EASEL_ERROR_QUOTA },
  { 400, JSON, "{\"error\":\"insufficient_credit\",\"msg\":\"x\"}", EASEL_ERROR_QUOTA },
  { 400, JSON, "{\"error\":\"invalid_args\",\"msg\":\"billing issues\"}", EASEL_ERROR_QUOTA },
  { 400, JSON, "{\"error\":\"spend_rate_limit\"}", EASEL_ERROR_QUOTA },
  { 402, JSON, "{}", EASEL_ERROR_QUOTA },
  /* what is not there */
  { 404, JSON, "{\"error\":\"no_such_instance\",\"msg\":\"Instance 1 not found.\"}",
    EASEL_ERROR_NOT_FOUND },
  { 404, JSON, "{\"error\":\"invalid_id\",\"msg\":\"Invalid instance id.\"}",
    EASEL_ERROR_NOT_FOUND },
  { 404, JSON, "{\"error\":\"invalid_args\",\"msg\":\"no_such_ask Instance type by id 1\"}",
    EASEL_ERROR_NO_OFFER },
  { 400, JSON, "{\"error\":\"no_such_ask\"}", EASEL_ERROR_NO_OFFER },
  { 410, JSON, "{\"error\":\"no_such_ask\",\"msg\":\"x\"}", EASEL_ERROR_NO_OFFER },
  { 410, JSON, "{\"error\":\"deprecated_endpoint\",\"msg\":\"x\"}", EASEL_ERROR_RETIRED },
  { 404, HTML, "<html>no route</html>", EASEL_ERROR_PROTOCOL },
  { 404, NULL, "", EASEL_ERROR_NOT_FOUND },
  /* too often: mostly plain text */
  { 429, TEXT, "API requests too frequent", EASEL_ERROR_RATE_LIMITED },
  { 429, TEXT, "API requests too frequent: endpoint threshold=4.5", EASEL_ERROR_RATE_LIMITED },
  { 429, JSON, "{\"detail\":\"API requests too frequent\"}", EASEL_ERROR_RATE_LIMITED },
  { 429, NULL, "", EASEL_ERROR_RATE_LIMITED },
  /* the request, the service */
  { 400, JSON, "{\"error\":\"bad_request\",\"msg\":\"q.gpu_name: Input\"}",
    EASEL_ERROR_BAD_REQUEST },
  { 422, JSON, "{\"detail\":\"x\"}", EASEL_ERROR_BAD_REQUEST },
  { 409, JSON, "{\"msg\":\"x\"}", EASEL_ERROR_CONFLICT },
  { 500, JSON, "{\"error\":\"missing_billing\"}", EASEL_ERROR_UNAVAILABLE },
  { 502, HTML, "<html>", EASEL_ERROR_UNAVAILABLE },
  { 503, NULL, "", EASEL_ERROR_UNAVAILABLE },
  { 504, NULL, "", EASEL_ERROR_UNAVAILABLE },
  { 302, NULL, "", EASEL_ERROR_PROTOCOL },
  { 600, JSON, "{}", EASEL_ERROR_PROTOCOL },
};

static void
init_response (EaselHttpResponse *response, const Case *one, GBytes *body)
{
  memset (response, 0, sizeof *response);
  response->status = one->status;
  response->content_type = (char *) one->type;
  response->retry_after_ms = -1;
  response->body = body;
}

static void
test_table (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) body = g_bytes_new_static (cases[i].body, strlen (cases[i].body));
      g_autoptr (GError) error = NULL;
      EaselHttpResponse response;

      g_test_message ("case %" G_GSIZE_FORMAT ": %u %s", i, cases[i].status, cases[i].body);
      init_response (&response, &cases[i], body);
      error = easel_vast_judge (&response);
      g_assert_error (error, EASEL_ERROR, (int) cases[i].code);
      g_assert_cmpuint (easel_error_get_status (error), ==, cases[i].status);
      g_assert_cmpint (easel_error_get_retry_after (error), ==, -1);
    }
}

static void
test_good_statuses (void)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("{\"success\":false}", 17);
  const Case one = { 200, JSON, "", EASEL_ERROR_FAILED };
  EaselHttpResponse response;

  init_response (&response, &one, body);
  g_assert_null (easel_vast_judge (&response));
}

static GError *
judge_text (const char *text)
{
  g_autoptr (JsonNode) root = easel_json_parse_text (text, NULL);

  return easel_vast_judge_answer (root, 200);
}

/* 200 with "success": false. */
static void
test_answers (void)
{
  static const struct
  {
    const char *text;
    int code; /* -1: good */
  } answers[] = {
    { "{\"success\":true}", -1 },
    { "{}", -1 },
    { "{\"id\":1,\"email\":\"x\"}", -1 },
    { "{\"success\":null}", -1 },
    { "[]", -1 },
    { "{\"success\":false,\"error\":\"resources_unavailable\",\"msg\":\"queued.\"}",
      EASEL_ERROR_HOST_FULL },
    { "{\"success\":false,\"error\":\"invalid_id\",\"msg\":\"Invalid instance id. Is the "
      "container started?\"}",
      EASEL_ERROR_CONFLICT },
    { "{\"success\":false,\"msg\":\"No templates found\"}", EASEL_ERROR_NOT_FOUND },
    { "{\"success\":false,\"msg\":\"Invalid target state\"}", EASEL_ERROR_BAD_REQUEST },
    { "{\"success\":false}", EASEL_ERROR_BAD_REQUEST },
    { "{\"success\":false,\"error\":\"auth_error\"}", EASEL_ERROR_AUTH },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr (GError) error = judge_text (answers[i].text);

      if (answers[i].code < 0)
        g_assert_no_error (error);
      else
        g_assert_error (error, EASEL_ERROR, answers[i].code);
    }
  g_assert_null (easel_vast_judge_answer (NULL, 200));
}

/* Which offers are gone: the words differ. */
static void
test_creates (void)
{
  static const Case creates[] = {
    { 404, JSON, "{\"error\":\"invalid_args\",\"msg\":\"No ask by id 1 is available.\"}",
      EASEL_ERROR_NO_OFFER },
    { 404, JSON, "{\"msg\":\"gone\"}", EASEL_ERROR_NO_OFFER },
    { 404, JSON, "{\"error\":\"auth_error\",\"msg\":\"Invalid user key\"}", EASEL_ERROR_AUTH },
    { 404, JSON, "{\"msg\":\"template not found\"}", EASEL_ERROR_NOT_FOUND },
    { 410, JSON, "{\"error\":\"no_such_ask\"}", EASEL_ERROR_NO_OFFER },
    { 410, NULL, "", EASEL_ERROR_NO_OFFER },
    { 400, JSON, "{\"error\":\"invalid_args\",\"msg\":\"host is blacklisted\"}",
      EASEL_ERROR_NO_OFFER },
    { 403, JSON,
      "{\"error\":\"invalid_args\",\"msg\":\"error 403/3586: Offer 1 is not your own. Hosts\"}",
      EASEL_ERROR_NO_OFFER },
    { 200, JSON, "{\"success\":false,\"error\":\"resources_unavailable\"}", EASEL_ERROR_NO_OFFER },
    { 400, JSON, "{\"error\":\"invalid_args\",\"msg\":\"disk too small\"}",
      EASEL_ERROR_BAD_REQUEST },
    { 500, JSON, "{\"error\":\"no_such_ask\"}", EASEL_ERROR_UNAVAILABLE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (creates); i++)
    {
      g_autoptr (GBytes) body = g_bytes_new_static (creates[i].body, strlen (creates[i].body));
      g_autoptr (JsonNode) root = easel_json_parse (body, EASEL_JSON_MAX_BYTES, NULL);
      g_autoptr (GError) error = NULL;
      EaselHttpResponse response;

      g_test_message ("case %" G_GSIZE_FORMAT ": %s", i, creates[i].body);
      init_response (&response, &creates[i], body);
      error = easel_vast_judge_create (&response, root);
      g_assert_error (error, EASEL_ERROR, (int) creates[i].code);
    }
}

static void
test_details (void)
{
  const Case long_case = { 400, TEXT, "", EASEL_ERROR_BAD_REQUEST };
  g_autofree char *long_text = g_strnfill (100000, 'x');
  g_autoptr (GBytes) long_body = g_bytes_new_static (long_text, 100000);
  g_autoptr (GBytes) odd_body = g_bytes_new_static ("a\x01\n\xff z ", 7);
  g_autoptr (GError) refused = judge_text ("{\"success\":false,\"msg\":\" a\\u0000b\\nc \"}");
  g_autoptr (GError) coded = judge_text ("{\"success\":false,\"error\":\"what_ever\"}");
  g_autoptr (GError) cut = NULL;
  g_autoptr (GError) odd = NULL;
  EaselHttpResponse response;

  g_assert_cmpstr (easel_error_get_details (coded), ==, "what_ever");
  g_assert_nonnull (refused);
  init_response (&response, &long_case, long_body);
  cut = easel_vast_judge (&response);
  g_assert_cmpuint (strlen (easel_error_get_details (cut)), <=, 2048);
  response.body = odd_body;
  odd = easel_vast_judge (&response);
  g_assert_true (g_utf8_validate (easel_error_get_details (odd), -1, NULL));
  g_assert_null (strpbrk (easel_error_get_details (odd), "\x01\n"));
}

static void
test_retry_after_is_kept (void)
{
  const Case one = { 429, TEXT, "", EASEL_ERROR_RATE_LIMITED };
  g_autoptr (GBytes) body = g_bytes_new_static ("", 0);
  g_autoptr (GError) error = NULL;
  EaselHttpResponse response;

  init_response (&response, &one, body);
  response.retry_after_ms = 7000;
  error = easel_vast_judge (&response);
  g_assert_cmpint (easel_error_get_retry_after (error), ==, 7000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/vast-judge/table", test_table);
  g_test_add_func ("/vast-judge/good-statuses", test_good_statuses);
  g_test_add_func ("/vast-judge/answers", test_answers);
  g_test_add_func ("/vast-judge/creates", test_creates);
  g_test_add_func ("/vast-judge/details", test_details);
  g_test_add_func ("/vast-judge/retry-after-is-kept", test_retry_after_is_kept);

  return g_test_run ();
}
