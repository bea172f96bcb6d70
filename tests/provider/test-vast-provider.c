/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The vast.ai provider's reads against a scripted server: what it sends and how often, what becomes
 * of each kind of answer, and where the key goes. What changes something is in test-vast-money.c.
 */

#include "config.h"

#include "easel-error.h"
#include "easel-test-util.h"
#include "easel-vast-provider.h"
#include "easel-vast-requests.h"
#include "fixture.h"
#include "provider-calls.h"
#include "vast-server.h"

#include <string.h>

#define OFFERS_PATH "/api/v0/bundles/"
#define TEMPLATES_PATH "/api/v0/template/"
#define ACCOUNT_PATH "/api/v0/users/current/"
#define SPEND_PATH "/api/v0/users/spend-rate/"
#define CHARGES_PATH "/api/v0/charges/"
#define LOGS_PATH "/api/v0/instances/request_logs/27181828/"

static void
test_info (VastServer *fixture, gconstpointer data)
{
  const EaselProviderInfo *info = easel_provider_get_info (fixture->provider);
  g_autofree char *host =
      g_strdup_printf ("127.0.0.1:%u", easel_test_server_get_port (fixture->server));
  g_autoptr (EaselProvider) real =
      easel_vast_provider_new (fixture->http, fixture->clock, "https://console.vast.ai/");

  g_assert_cmpstr (easel_provider_get_id (fixture->provider), ==, "vast");
  g_assert_cmpstr (easel_provider_get_name (fixture->provider), ==, "vast.ai");
  g_assert_cmpstr (easel_provider_get_api_host (fixture->provider), ==, host);
  g_assert_cmpstr (easel_provider_get_api_host (real), ==, "console.vast.ai");
  g_assert_nonnull (strstr (info->sign_up_uri, "ref_id=87451"));
  g_assert_cmpuint (info->min_top_up_dollars, ==, 5);
  g_assert_false (info->encrypted);
  g_assert_true (info->has_pause);
  g_assert_true (info->has_logs);
}

/* --- account ------------------------------------------------------------------------------ */

static void
test_key_is_good (VastServer *fixture, gconstpointer data)
{
  g_autoptr (EaselAccountInfo) info = NULL;
  g_autoptr (GError) error = NULL;

  vast_server_serve (fixture, "GET", ACCOUNT_PATH, 200, "account");
  vast_server_serve (fixture, "GET", SPEND_PATH, 200, "spend-rate");
  info = easel_call_check_key (fixture->provider, fixture->key, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (info->account_id, ==, "123456");
  g_assert_cmpint (info->balance, ==, 25 * EASEL_MICROS_PER_DOLLAR);
  g_assert_cmpint (info->spend_per_hour, ==, 322000);
  g_assert_true (info->can_pay);
  g_assert_false (info->may_rent_known);
  /* Unknown parameters are refused there. */
  g_assert_null (easel_test_server_get_request (fixture->server, 0)->query);
  vast_server_assert_keys (fixture);
}

static void
test_key_is_good_without_the_rate (VastServer *fixture, gconstpointer data)
{
  static const EaselTestAnswer answers[] = {
    { .status = 403, .body = "{\"error\":\"x\"}" },
    { .status = 404, .body = "<html>", .content_type = "text/html" },
    { .status = 500, .body = "x" },
    { .body = "{\"success\":false}" },
    { .body = "" },
    { .body = "[1]" },
    { .body = "{\"gpu_cost_per_hour\":", .fault = EASEL_TEST_FAULT_TRUNCATED },
    { .fault = EASEL_TEST_FAULT_RESET },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr (EaselAccountInfo) info = NULL;
      g_autoptr (GError) error = NULL;

      easel_test_server_forget_scripts (fixture->server);
      vast_server_serve (fixture, "GET", ACCOUNT_PATH, 200, "account");
      easel_test_server_script (fixture->server, "GET", SPEND_PATH, &answers[i]);
      info = easel_call_check_key (fixture->provider, fixture->key, &error);
      g_assert_no_error (error);
      g_assert_cmpint (info->spend_per_hour, ==, EASEL_MONEY_UNKNOWN);
      g_assert_cmpint (info->balance, ==, 25 * EASEL_MICROS_PER_DOLLAR);
    }
}

static void
test_key_is_refused (VastServer *fixture, gconstpointer data)
{
  static const struct
  {
    EaselTestAnswer answer;
    EaselError code;
  } rows[] = {
    { { .status = 404, .body = "{\"error\":\"auth_error\",\"msg\":\"Invalid user key\"}" },
      EASEL_ERROR_AUTH },
    { { .status = 401, .body = "{\"msg\":\"Invalid user key\"}" }, EASEL_ERROR_AUTH },
    { { .status = 401, .body = "{\"msg\":\"scope user_read is missing\"}" },
      EASEL_ERROR_PERMISSION },
    { { .status = 403, .body = "error code: 1010", .content_type = "text/plain" },
      EASEL_ERROR_BLOCKED },
    { { .body = "<html>", .content_type = "text/html" }, EASEL_ERROR_PROTOCOL },
    { { .body = "{}" }, EASEL_ERROR_PROTOCOL },
    { { .body = "" }, EASEL_ERROR_PROTOCOL },
    { { .repeat = 10 * 1024 * 1024 }, EASEL_ERROR_TOO_LARGE },
    { { .status = 302, .headers = "Location: http://127.0.0.1:1/" }, EASEL_ERROR_PROTOCOL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (EaselAccountInfo) info = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("row %" G_GSIZE_FORMAT, i);
      easel_test_server_forget_scripts (fixture->server);
      easel_test_server_script (fixture->server, "GET", ACCOUNT_PATH, &rows[i].answer);
      info = easel_call_check_key (fixture->provider, fixture->key, &error);
      g_assert_null (info);
      g_assert_error (error, EASEL_ERROR, (int) rows[i].code);
    }
  g_assert_cmpuint (vast_server_count (fixture, "GET", SPEND_PATH), ==, 0);
}

/* A server that repeats the key in its complaint. */
static void
test_key_in_a_complaint_is_not_passed_on (VastServer *fixture, gconstpointer data)
{
  g_autoptr (EaselAccountInfo) info = NULL;
  g_autoptr (GError) error = NULL;

  vast_server_say (fixture, "GET", ACCOUNT_PATH, 404,
                   "{\"error\":\"auth_error\",\"msg\":\"unknown key " VAST_KEY "\"}");
  info = easel_call_check_key (fixture->provider, fixture->key, &error);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_AUTH);
  g_assert_null (easel_error_get_details (error));
  g_assert_null (strstr (error->message, VAST_KEY));
}

static void
test_bill (VastServer *fixture, gconstpointer data)
{
  g_autofree EaselBill *bill = NULL;
  g_autofree EaselBill *none = NULL;
  g_autoptr (GError) error = NULL;

  vast_server_serve (fixture, "GET", CHARGES_PATH, 200, "charges-more");
  vast_server_serve (fixture, "GET", CHARGES_PATH, 200, "charges");
  bill = easel_call_get_bill (fixture->provider, fixture->key, VAST_POD, &error);
  g_assert_no_error (error);
  g_assert_cmpint (bill->total, ==, 2334000);
  g_assert_cmpint (bill->last_end_unix_ms, ==, G_GINT64_CONSTANT (1790090000500));
  g_assert_nonnull (strstr (easel_test_server_get_last (fixture->server)->query, "after_token=t2"));
  vast_server_assert_keys (fixture);

  none = easel_call_get_bill (fixture->provider, fixture->key, "none", &error);
  g_assert_null (none);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_NOT_FOUND);
}

/* A bill with pages that never end would be too low wherever it is cut. */
static void
test_bill_without_end (VastServer *fixture, gconstpointer data)
{
  g_autofree EaselBill *bill = NULL;
  g_autoptr (GError) error = NULL;

  vast_server_serve (fixture, "GET", CHARGES_PATH, 200, "charges-more");
  bill = easel_call_get_bill (fixture->provider, fixture->key, VAST_POD, &error);
  g_assert_null (bill);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
  g_assert_cmpuint (vast_server_count (fixture, NULL, NULL), ==, 20);
}

/* --- offers ------------------------------------------------------------------------------- */

/* A page of @n offers from @first on, each a cent dearer. */
static char *
make_page (guint first, guint n, double price, double step)
{
  GString *text = g_string_new ("{\"offers\":[");

  for (guint i = 0; i < n; i++)
    {
      char number[G_ASCII_DTOSTR_BUF_SIZE];

      g_ascii_dtostr (number, sizeof number, price + step * i);
      g_string_append_printf (text,
                              "%s{\"id\":%u,\"gpu_name\":\"RTX 3090\",\"gpu_ram\":24576,"
                              "\"dph_base\":0.1,\"storage_cost\":0,\"dph_total\":%s}",
                              i > 0 ? "," : "", first + i, number);
    }
  g_string_append (text, "]}");
  return g_string_free (text, FALSE);
}

static void
serve_page (VastServer *fixture, guint first, guint n, double price, double step)
{
  g_autofree char *page = make_page (first, n, price, step);

  vast_server_say (fixture, "POST", OFFERS_PATH, 200, page);
}

static GPtrArray *
list_offers (VastServer *fixture, GError **error)
{
  return easel_call_list_offers (fixture->provider, fixture->key, EASEL_CUDA (13, 0), error);
}

static void
test_one_page_of_offers (VastServer *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) offers = NULL;
  g_autoptr (GError) error = NULL;
  const EaselTestRequest *request;

  vast_server_serve (fixture, "POST", OFFERS_PATH, 200, "offers");
  offers = list_offers (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (offers->len, ==, 3);
  g_assert_cmpuint (vast_server_count (fixture, NULL, NULL), ==, 1);
  request = easel_test_server_get_last (fixture->server);
  g_assert_nonnull (strstr (request->body, "\"allocated_storage\":70"));
  g_assert_nonnull (strstr (request->body, "\"cuda_max_good\":{\"gte\":13.0}"));
  g_assert_null (strstr (request->body, "\"dph_total\":{"));
  vast_server_assert_keys (fixture);
}

/* The page behind begins at the last price, and so with offers that were there already. */
static void
test_pages_of_offers (VastServer *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) offers = NULL;
  g_autoptr (GError) error = NULL;

  serve_page (fixture, 1, 64, 0.5, 0.25);
  serve_page (fixture, 60, 64, 15.25, 0.25);
  serve_page (fixture, 123, 5, 31, 0.25);
  offers = list_offers (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (offers->len, ==, 127);
  g_assert_cmpuint (vast_server_count (fixture, NULL, NULL), ==, 3);
  g_assert_nonnull (strstr (easel_test_server_get_request (fixture->server, 1)->body,
                            "\"dph_total\":{\"gte\":16.25}"));
  g_assert_nonnull (strstr (easel_test_server_get_request (fixture->server, 2)->body,
                            "\"dph_total\":{\"gte\":31.0}"));
}

/* More offers of one price than a page has. */
static void
test_a_page_of_one_price (VastServer *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) offers = NULL;
  g_autoptr (GError) error = NULL;

  serve_page (fixture, 1, 64, 0.5, 0);
  serve_page (fixture, 1, 64, 0.5, 0);
  serve_page (fixture, 200, 64, 0.75, 0.25);
  serve_page (fixture, 0, 0, 0, 0);
  offers = list_offers (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (offers->len, ==, 128);
  g_assert_cmpuint (vast_server_count (fixture, NULL, NULL), ==, 4);
  g_assert_nonnull (strstr (easel_test_server_get_request (fixture->server, 1)->body,
                            "\"dph_total\":{\"gte\":0.5}"));
  g_assert_nonnull (strstr (easel_test_server_get_request (fixture->server, 2)->body,
                            "\"dph_total\":{\"gt\":0.5}"));
}

/* A server that does not listen gives the first page for ever. */
static void
test_a_server_that_ignores_the_price (VastServer *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) offers = NULL;
  g_autoptr (GError) error = NULL;

  serve_page (fixture, 1, 64, 0.5, 0.25);
  offers = list_offers (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (offers->len, ==, 64);
  g_assert_cmpuint (vast_server_count (fixture, NULL, NULL), ==, 3);
}

static void
test_offers_without_end (VastServer *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) offers = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 60; i++)
    serve_page (fixture, 1 + i * 64, 64, 1 + i, 0.01);
  offers = list_offers (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (offers->len, ==, 40 * 64);
  g_assert_cmpuint (vast_server_count (fixture, NULL, NULL), ==, 40);
}

/* The cheap ones hold when a later page fails; without the first there is nothing. */
static void
test_offers_that_break_off (VastServer *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) offers = NULL;
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GError) error = NULL;

  serve_page (fixture, 1, 64, 0.5, 0.25);
  vast_server_say (fixture, "POST", OFFERS_PATH, 500, "{}");
  offers = list_offers (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (offers->len, ==, 64);

  easel_test_server_forget_scripts (fixture->server);
  vast_server_say (fixture, "POST", OFFERS_PATH, 400, "{\"error\":\"bad_request\"}");
  none = list_offers (fixture, &error);
  g_assert_null (none);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_BAD_REQUEST);
  g_clear_error (&error);

  easel_test_server_forget_scripts (fixture->server);
  serve_page (fixture, 1, 64, 0.5, 0.25);
  vast_server_serve (fixture, "POST", OFFERS_PATH, 404, "error-bad-key");
  none = list_offers (fixture, &error);
  g_assert_null (none);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_AUTH);
}

static void
test_offers_can_be_cancelled (VastServer *fixture, gconstpointer data)
{
  EaselTestAnswer hang = { .fault = EASEL_TEST_FAULT_HANG };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (EaselTestCatch) caught = { 0 };
  g_autoptr (GError) error = NULL;

  serve_page (fixture, 1, 64, 0.5, 0.25);
  easel_test_server_script (fixture->server, "POST", OFFERS_PATH, &hang);
  easel_provider_list_offers_async (fixture->provider, fixture->key, 0, 70, cancellable,
                                    easel_test_catch, &caught);
  easel_test_pump_for (100);
  g_cancellable_cancel (cancellable);
  g_assert_null (easel_provider_list_offers_finish (fixture->provider,
                                                    easel_test_catch_wait (&caught), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* --- templates ---------------------------------------------------------------------------- */

static const char *
filters_of (VastServer *fixture, guint index, char **ret_text)
{
  *ret_text =
      g_uri_unescape_string (easel_test_server_get_request (fixture->server, index)->query, NULL);
  return *ret_text;
}

static void
test_authors_template (VastServer *fixture, gconstpointer data)
{
  g_autoptr (EaselTemplate) one = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *filters = NULL;

  vast_server_serve (fixture, "GET", TEMPLATES_PATH, 200, "templates-author");
  one = easel_call_get_template (fixture->provider, fixture->key,
                                 easel_provider_get_info (fixture->provider)->template_id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (easel_template_get (one)->id, ==, "0123456789abcdef0123456789abcdef");
  g_assert_cmpuint (vast_server_count (fixture, NULL, NULL), ==, 1);
  g_assert_nonnull (strstr (filters_of (fixture, 0, &filters), "\"creator_id\":{\"eq\":87451}"));
  vast_server_assert_keys (fixture);
}

/* Then by the id of his first guide. */
static void
test_authors_template_by_its_old_id (VastServer *fixture, gconstpointer data)
{
  g_autoptr (EaselTemplate) one = NULL;
  g_autoptr (EaselTemplate) none = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *filters = NULL;

  vast_server_serve (fixture, "GET", TEMPLATES_PATH, 200, "templates-none");
  vast_server_serve (fixture, "GET", TEMPLATES_PATH, 200, "templates-by-hash");
  one = easel_call_get_template (fixture->provider, fixture->key, EASEL_VAST_AUTHOR_HASH, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (easel_template_get (one)->image, ==, "aclysia/sd-comfyui-krita:v1.1.0");
  g_assert_nonnull (strstr (filters_of (fixture, 1, &filters), EASEL_VAST_AUTHOR_HASH));

  easel_test_server_forget_scripts (fixture->server);
  vast_server_serve (fixture, "GET", TEMPLATES_PATH, 200, "templates-none");
  none = easel_call_get_template (fixture->provider, fixture->key, EASEL_VAST_AUTHOR_HASH, &error);
  g_assert_null (none);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_NOT_FOUND);
}

static void
test_other_templates (VastServer *fixture, gconstpointer data)
{
  g_autoptr (EaselTemplate) one = NULL;
  g_autoptr (EaselTemplate) none = NULL;
  g_autoptr (EaselTemplate) bad = NULL;
  g_autoptr (GError) error = NULL;

  vast_server_serve (fixture, "GET", TEMPLATES_PATH, 200, "templates-recommended");
  one = easel_call_get_template (fixture->provider, fixture->key,
                                 "5555456789abcdef0123456789abcdef", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (easel_template_get (one)->name, ==, "Mine");
  /* Answered with others. */
  none = easel_call_get_template (fixture->provider, fixture->key,
                                  "9999456789abcdef0123456789abcdef", &error);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_cmpuint (vast_server_count (fixture, NULL, NULL), ==, 2);
  bad = easel_call_get_template (fixture->provider, fixture->key, "a/../b", &error);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_NOT_FOUND);
  g_assert_cmpuint (vast_server_count (fixture, NULL, NULL), ==, 2);
}

static void
test_search (VastServer *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *people = NULL;
  g_autofree char *typed = NULL;

  vast_server_serve (fixture, "GET", ACCOUNT_PATH, 200, "account");
  vast_server_serve (fixture, "GET", TEMPLATES_PATH, 200, "templates-author");
  vast_server_serve (fixture, "GET", TEMPLATES_PATH, 200, "templates-none");
  vast_server_serve (fixture, "GET", TEMPLATES_PATH, 200, "templates-recommended");
  found = easel_call_list_templates (fixture->provider, fixture->key, " mine ", &error);
  g_assert_no_error (error);
  /* The author's always, and what has the word. */
  g_assert_cmpuint (found->len, ==, 2);
  g_assert_cmpstr (easel_template_get (g_ptr_array_index (found, 0))->name, ==,
                   EASEL_VAST_AUTHOR_TEMPLATE);
  g_assert_true (easel_template_get (g_ptr_array_index (found, 1))->is_own);
  g_assert_nonnull (strstr (filters_of (fixture, 1, &people), "[87451,123456]"));
  g_assert_nonnull (strstr (filters_of (fixture, 2, &typed), "{\"name\":{\"eq\":\"mine\"}}"));
  g_assert_cmpuint (vast_server_count (fixture, NULL, NULL), ==, 4);
  vast_server_assert_keys (fixture);
}

static void
test_all_templates (VastServer *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) error = NULL;
  guint n_author = 0;

  vast_server_say (fixture, "GET", ACCOUNT_PATH, 500, "{}");
  vast_server_serve (fixture, "GET", TEMPLATES_PATH, 200, "templates-none");
  vast_server_serve (fixture, "GET", TEMPLATES_PATH, 200, "templates-by-hash");
  vast_server_serve (fixture, "GET", TEMPLATES_PATH, 200, "templates-recommended");
  found = easel_call_list_templates (fixture->provider, fixture->key, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 6);
  for (guint i = 0; i < found->len; i++)
    n_author += g_str_equal (easel_template_get (g_ptr_array_index (found, i))->name,
                             EASEL_VAST_AUTHOR_TEMPLATE);
  g_assert_cmpuint (n_author, ==, 1);
}

/* What can be read is shown; if nothing can, the reason. */
static void
test_search_with_faults (VastServer *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GError) error = NULL;

  vast_server_serve (fixture, "GET", ACCOUNT_PATH, 200, "account");
  vast_server_say (fixture, "GET", TEMPLATES_PATH, 400, "{\"error\":\"bad_request\"}");
  vast_server_say (fixture, "GET", TEMPLATES_PATH, 200, "{\"templates\":7}");
  vast_server_serve (fixture, "GET", TEMPLATES_PATH, 200, "templates-recommended");
  found = easel_call_list_templates (fixture->provider, fixture->key, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 5);

  easel_test_server_forget_scripts (fixture->server);
  vast_server_serve (fixture, "GET", ACCOUNT_PATH, 200, "account");
  vast_server_say (fixture, "GET", TEMPLATES_PATH, 400, "{\"error\":\"bad_request\"}");
  none = easel_call_list_templates (fixture->provider, fixture->key, NULL, &error);
  g_assert_null (none);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_BAD_REQUEST);
  g_clear_error (&error);

  easel_test_server_forget_scripts (fixture->server);
  vast_server_serve (fixture, "GET", ACCOUNT_PATH, 404, "error-bad-key");
  none = easel_call_list_templates (fixture->provider, fixture->key, NULL, &error);
  g_assert_null (none);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_AUTH);
}

/* --- instances ---------------------------------------------------------------------------- */

static EaselPod *
get_pod (VastServer *fixture, const char *id, GError **error)
{
  return easel_call_get_pod (fixture->provider, fixture->key, id, error);
}

static void
test_get_pod (VastServer *fixture, gconstpointer data)
{
  g_autoptr (EaselPod) pod = NULL;
  g_autoptr (EaselPod) none = NULL;
  g_autoptr (EaselPod) other = NULL;
  g_autoptr (GError) error = NULL;

  vast_server_serve (fixture, "GET", VAST_POD_PATH, 200, "instance-running-blanks");
  vast_server_serve (fixture, "GET", "/api/v0/instances/5/", 200, "instance-gone");
  vast_server_serve (fixture, "GET", "/api/v0/instances/6/", 200, "instance-running");
  pod = get_pod (fixture, VAST_POD, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (easel_pod_get (pod)->address, ==, "http://203.0.113.7:40713");
  g_assert_cmpuint (vast_server_count (fixture, "GET", VAST_LIST_PATH), ==, 0);
  none = get_pod (fixture, "5", &error);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_NOT_FOUND);
  g_clear_error (&error);
  other = get_pod (fixture, "6", &error);
  g_assert_null (other);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
  vast_server_assert_keys (fixture);
}

/* A wrong key answers as if the instance were gone, and proves nothing. */
static void
test_wrong_key_is_not_gone (VastServer *fixture, gconstpointer data)
{
  g_autoptr (EaselPod) pod = NULL;
  g_autoptr (GError) error = NULL;

  vast_server_serve (fixture, "GET", VAST_POD_PATH, 404, "error-bad-key");
  pod = get_pod (fixture, VAST_POD, &error);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_AUTH);
}

static void
test_ids_of_others_are_never_sent (VastServer *fixture, gconstpointer data)
{
  static const char *const ids[] = { "none", "7h9k2m4n6p", "1/../2", "-1", "" };

  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr (EaselPod) pod = NULL;
      g_autoptr (GError) error = NULL;

      pod = get_pod (fixture, ids[i], &error);
      g_assert_error (error, EASEL_ERROR, EASEL_ERROR_NOT_FOUND);
      g_clear_error (&error);
      g_assert_false (easel_call_delete_pod (fixture->provider, fixture->key, ids[i], &error));
      g_assert_error (error, EASEL_ERROR, EASEL_ERROR_NOT_FOUND);
      g_clear_error (&error);
      g_assert_false (easel_call_act_on_pod (fixture->provider, fixture->key, ids[i],
                                             EASEL_POD_ACTION_START, &error));
      g_assert_error (error, EASEL_ERROR, EASEL_ERROR_NOT_FOUND);
    }
  g_assert_cmpuint (vast_server_count (fixture, NULL, NULL), ==, 0);
}

/* Where one alone has no ports the list may have them. */
static void
test_ports_by_the_list (VastServer *fixture, gconstpointer data)
{
  g_autoptr (EaselPod) pod = NULL;
  g_autoptr (EaselPod) without = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *filters = NULL;

  vast_server_serve (fixture, "GET", VAST_POD_PATH, 200, "instance-running-without-ports");
  vast_server_serve (fixture, "GET", VAST_LIST_PATH, 200, "instances-found");
  vast_server_say (fixture, "GET", VAST_LIST_PATH, 500, "{}");
  pod = get_pod (fixture, VAST_POD, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (easel_pod_get (pod)->address, ==, "http://203.0.113.7:40713");
  g_assert_nonnull (strstr (filters_of (fixture, 1, &filters), "{\"id\":{\"eq\":" VAST_POD "}}"));
  /* And if the list does not help, it runs all the same. */
  without = get_pod (fixture, VAST_POD, &error);
  g_assert_no_error (error);
  g_assert_true (easel_pod_get (without)->container_up);
  g_assert_null (easel_pod_get (without)->address);
  g_assert_cmpuint (vast_server_count (fixture, "GET", VAST_LIST_PATH), ==, 2);
  vast_server_assert_keys (fixture);
}

static void
test_reads_are_repeated (VastServer *fixture, gconstpointer data)
{
  g_autoptr (EaselPod) pod = NULL;
  g_autoptr (GError) error = NULL;

  vast_server_say (fixture, "GET", VAST_POD_PATH, 502, "<html>");
  vast_server_say (fixture, "GET", VAST_POD_PATH, 429, "API requests too frequent");
  vast_server_serve (fixture, "GET", VAST_POD_PATH, 200, "instance-running");
  pod = get_pod (fixture, VAST_POD, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (vast_server_count (fixture, NULL, NULL), ==, 3);
}

static void
test_all_pages_are_read (VastServer *fixture, gconstpointer data)
{
  g_autoptr (EaselPodList) list = NULL;
  g_autoptr (GError) error = NULL;

  vast_server_serve (fixture, "GET", VAST_LIST_PATH, 200, "instances-page-1");
  vast_server_serve (fixture, "GET", VAST_LIST_PATH, 200, "instances-page-2");
  list = easel_call_list_pods (fixture->provider, fixture->key, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (list->pods->len, ==, 3);
  g_assert_cmpuint (list->n_skipped, ==, 0);
  g_assert_true (g_str_has_suffix (easel_test_server_get_last (fixture->server)->query,
                                   "&after_token=eyJ2%20%2B%2F%3D%26%3F"));
  vast_server_assert_keys (fixture);
}

/* Half a list is none. */
static void
test_a_list_that_breaks_off (VastServer *fixture, gconstpointer data)
{
  g_autoptr (EaselPodList) list = NULL;
  g_autoptr (GError) error = NULL;

  vast_server_serve (fixture, "GET", VAST_LIST_PATH, 200, "instances-page-1");
  vast_server_say (fixture, "GET", VAST_LIST_PATH, 400, "{\"error\":\"invalid_token\"}");
  list = easel_call_list_pods (fixture->provider, fixture->key, &error);
  g_assert_null (list);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_BAD_REQUEST);
}

static void
test_a_list_in_a_circle (VastServer *fixture, gconstpointer data)
{
  g_autoptr (EaselPodList) list = NULL;
  g_autoptr (GError) error = NULL;

  vast_server_serve (fixture, "GET", VAST_LIST_PATH, 200, "instances-page-1");
  list = easel_call_list_pods (fixture->provider, fixture->key, &error);
  g_assert_null (list);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
  g_assert_cmpuint (vast_server_count (fixture, NULL, NULL), ==, 2);
}

/* --- log ---------------------------------------------------------------------------------- */

typedef struct
{
  GString *lines;
  GCancellable *cancellable;
  const char *last; /* the line at which it is enough */
} LogWatch;

static void
on_line (gint64 unix_ms, gboolean is_system, const char *line, gpointer user_data)
{
  LogWatch *watch = user_data;

  g_string_append_printf (watch->lines, "%c:%s\n", is_system ? 's' : 'c', line);
  if (g_strcmp0 (line, watch->last) == 0)
    g_cancellable_cancel (watch->cancellable);
}

static void
serve_log_uri (VastServer *fixture, const char *path)
{
  g_autofree char *body = g_strdup_printf ("{\"success\":true,\"result_url\":\"%s%s\"}",
                                           easel_test_server_get_uri (fixture->server), path);

  vast_server_say (fixture, "PUT", LOGS_PATH, 200, body);
}

static void
say_file (VastServer *fixture, const char *path, guint status, const char *text)
{
  EaselTestAnswer answer = { .status = status, .content_type = "text/plain", .body = text };

  easel_test_server_script (fixture->server, "GET", path, &answer);
}

static void
stream (VastServer *fixture, LogWatch *watch, GError **error)
{
  g_auto (EaselTestCatch) caught = { 0 };

  easel_provider_stream_logs_async (fixture->provider, fixture->key, VAST_POD, on_line, watch,
                                    watch->cancellable, easel_test_catch, &caught);
  g_assert_cmpuint (watch->lines->len, ==, 0);
  easel_provider_stream_logs_finish (fixture->provider, easel_test_catch_wait (&caught), error);
}

static void
test_logs (VastServer *fixture, gconstpointer data)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  LogWatch watch = { lines, cancellable, "Pod Started" };
  g_autoptr (EaselPod) pod = NULL;
  g_autoptr (GError) error = NULL;

  /* The host's words of the last read come first. */
  vast_server_serve (fixture, "GET", VAST_POD_PATH, 200, "instance-loading");
  pod = get_pod (fixture, VAST_POD, &error);
  g_assert_no_error (error);
  /* No container yet; then a file that is late; then one that has grown. */
  vast_server_say (fixture, "PUT", LOGS_PATH, 404, "{\"error\":\"invalid_id\",\"msg\":\"x\"}");
  serve_log_uri (fixture, "/logs/a.log");
  serve_log_uri (fixture, "/logs/b.log");
  say_file (fixture, "/logs/a.log", 403, "<Error/>");
  say_file (fixture, "/logs/a.log", 404, "<Error/>");
  say_file (fixture, "/logs/a.log", 200, "Starting Nginx service...\nRunning pre-start\n");
  say_file (fixture, "/logs/b.log", 200, "Running pre-start\nx:  5%|\nPod Started\n");
  stream (fixture, &watch, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpstr (lines->str, ==,
                   "s:3f4ca61aafcd: Pulling fs layer 7e6257c9f8d8: Download complete\n"
                   "c:Starting Nginx service...\nc:Running pre-start\nc:x:  5%|\nc:Pod Started\n");
  g_assert_cmpuint (vast_server_count (fixture, "PUT", LOGS_PATH), ==, 3);
  g_assert_cmpuint (vast_server_count (fixture, "GET", "/logs/a.log"), ==, 3);
}

/* The file is not at vast.ai's: whoever has it must not get the key. */
static void
test_log_files_get_no_key (VastServer *fixture, gconstpointer data)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  LogWatch watch = { lines, cancellable, "a" };
  g_autoptr (GError) error = NULL;

  serve_log_uri (fixture, "/logs/a.log");
  say_file (fixture, "/logs/a.log", 200, "a\n");
  stream (fixture, &watch, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  for (guint i = 0; i < vast_server_count (fixture, NULL, NULL); i++)
    {
      const EaselTestRequest *request = easel_test_server_get_request (fixture->server, i);

      g_assert_cmpint (request->has_key, ==, g_str_has_prefix (request->path, "/api/"));
    }
}

static void
test_log_at_a_place_not_to_trust (VastServer *fixture, gconstpointer data)
{
  static const char *const places[] = { "http://example.org/a.log", "file:///etc/passwd",
                                        "https://user@example.org/", "" };

  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autoptr (GString) lines = g_string_new (NULL);
      LogWatch watch = { lines, NULL, NULL };
      g_autofree char *body =
          g_strdup_printf ("{\"success\":true,\"result_url\":\"%s\"}", places[i]);
      g_autoptr (GError) error = NULL;

      easel_test_server_forget_scripts (fixture->server);
      vast_server_say (fixture, "PUT", LOGS_PATH, 200, body);
      stream (fixture, &watch, &error);
      g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
    }
}

static void
test_logs_end_with_a_fault (VastServer *fixture, gconstpointer data)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  LogWatch watch = { lines, NULL, NULL };
  g_autoptr (GError) error = NULL;

  vast_server_serve (fixture, "PUT", LOGS_PATH, 404, "error-bad-key");
  stream (fixture, &watch, &error);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_AUTH);
}

/* A file that never comes is looked for ten times, and so often again; then it is enough. */
static void
test_a_log_that_never_comes (VastServer *fixture, gconstpointer data)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  LogWatch watch = { lines, NULL, NULL };
  g_autoptr (GError) error = NULL;

  serve_log_uri (fixture, "/logs/a.log");
  say_file (fixture, "/logs/a.log", 404, "x");
  stream (fixture, &watch, &error);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_UNAVAILABLE);
  g_assert_cmpuint (vast_server_count (fixture, "PUT", LOGS_PATH), ==, 30);
  g_assert_cmpuint (vast_server_count (fixture, "GET", "/logs/a.log"), ==, 300);
}

/* --- pace --------------------------------------------------------------------------------- */

static gboolean
has_asked (gpointer data)
{
  return vast_server_count (data, NULL, NULL) > 0;
}

/* Two pods are polled at the same time: the second question waits for its turn. */
static void
test_reads_keep_their_distance (VastServer *fixture, gconstpointer data)
{
  EaselManualClock *clock = EASEL_MANUAL_CLOCK (fixture->clock);
  g_auto (EaselTestCatch) first = { 0 };
  g_auto (EaselTestCatch) second = { 0 };
  g_autoptr (EaselPod) pod = NULL;
  g_autoptr (EaselPod) other = NULL;
  g_autoptr (GError) error = NULL;

  vast_server_serve (fixture, "GET", VAST_POD_PATH, 200, "instance-running");
  easel_provider_get_pod_async (fixture->provider, fixture->key, VAST_POD, NULL, easel_test_catch,
                                &first);
  easel_provider_get_pod_async (fixture->provider, fixture->key, VAST_POD, NULL, easel_test_catch,
                                &second);
  easel_test_wait_until (has_asked, fixture);
  pod = easel_provider_get_pod_finish (fixture->provider, easel_test_catch_wait (&first), &error);
  g_assert_no_error (error);
  easel_manual_clock_advance (clock, 1999);
  easel_test_pump_for (50);
  g_assert_cmpuint (vast_server_count (fixture, NULL, NULL), ==, 1);
  g_assert_null (second.result);
  easel_manual_clock_advance (clock, 1);
  other =
      easel_provider_get_pod_finish (fixture->provider, easel_test_catch_wait (&second), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (vast_server_count (fixture, NULL, NULL), ==, 2);
}

/* "Too often", as plain text: the lane is closed for longer than the interval. */
static void
test_too_often_closes_the_lane (VastServer *fixture, gconstpointer data)
{
  EaselManualClock *clock = EASEL_MANUAL_CLOCK (fixture->clock);
  EaselTestAnswer too_often = { .status = 429,
                                .content_type = "text/plain",
                                .body = "API requests too frequent: endpoint threshold=2.0" };
  g_auto (EaselTestCatch) caught = { 0 };
  g_autoptr (EaselPod) pod = NULL;
  g_autoptr (GError) error = NULL;

  easel_test_server_script (fixture->server, "GET", VAST_POD_PATH, &too_often);
  vast_server_serve (fixture, "GET", VAST_POD_PATH, 200, "instance-running");
  easel_provider_get_pod_async (fixture->provider, fixture->key, VAST_POD, NULL, easel_test_catch,
                                &caught);
  easel_test_wait_until (has_asked, fixture);
  easel_test_wait_timer (fixture->clock);
  easel_manual_clock_advance (clock, 7999);
  easel_test_pump_for (50);
  g_assert_cmpuint (vast_server_count (fixture, NULL, NULL), ==, 1);
  easel_manual_clock_advance (clock, 1001);
  pod = easel_provider_get_pod_finish (fixture->provider, easel_test_catch_wait (&caught), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (vast_server_count (fixture, NULL, NULL), ==, 2);
}

#define ADD(name, func)                                                                            \
  g_test_add ("/vast-provider/" name, VastServer, NULL, vast_server_set_up, func,                  \
              vast_server_tear_down)
#define ADD_STANDING(name, func)                                                                   \
  g_test_add ("/vast-provider/" name, VastServer, "standing", vast_server_set_up, func,            \
              vast_server_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("info", test_info);
  ADD ("key-is-good", test_key_is_good);
  ADD ("key-is-good-without-the-rate", test_key_is_good_without_the_rate);
  ADD ("key-is-refused", test_key_is_refused);
  ADD ("key-in-a-complaint-is-not-passed-on", test_key_in_a_complaint_is_not_passed_on);
  ADD ("bill", test_bill);
  ADD ("bill-without-end", test_bill_without_end);
  ADD ("one-page-of-offers", test_one_page_of_offers);
  ADD ("pages-of-offers", test_pages_of_offers);
  ADD ("a-page-of-one-price", test_a_page_of_one_price);
  ADD ("a-server-that-ignores-the-price", test_a_server_that_ignores_the_price);
  ADD ("offers-without-end", test_offers_without_end);
  ADD ("offers-that-break-off", test_offers_that_break_off);
  ADD ("offers-can-be-cancelled", test_offers_can_be_cancelled);
  ADD ("authors-template", test_authors_template);
  ADD ("authors-template-by-its-old-id", test_authors_template_by_its_old_id);
  ADD ("other-templates", test_other_templates);
  ADD ("search", test_search);
  ADD ("all-templates", test_all_templates);
  ADD ("search-with-faults", test_search_with_faults);
  ADD ("get-pod", test_get_pod);
  ADD ("wrong-key-is-not-gone", test_wrong_key_is_not_gone);
  ADD ("ids-of-others-are-never-sent", test_ids_of_others_are_never_sent);
  ADD ("ports-by-the-list", test_ports_by_the_list);
  ADD ("reads-are-repeated", test_reads_are_repeated);
  ADD ("all-pages-are-read", test_all_pages_are_read);
  ADD ("a-list-that-breaks-off", test_a_list_that_breaks_off);
  ADD ("a-list-in-a-circle", test_a_list_in_a_circle);
  ADD ("logs", test_logs);
  ADD ("log-files-get-no-key", test_log_files_get_no_key);
  ADD ("log-at-a-place-not-to-trust", test_log_at_a_place_not_to_trust);
  ADD ("logs-end-with-a-fault", test_logs_end_with_a_fault);
  ADD ("a-log-that-never-comes", test_a_log_that_never_comes);
  ADD_STANDING ("reads-keep-their-distance", test_reads_keep_their_distance);
  ADD_STANDING ("too-often-closes-the-lane", test_too_often_closes_the_lane);

  return g_test_run ();
}
