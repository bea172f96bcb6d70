/* SPDX-License-Identifier: GPL-3.0-or-later */

/* From a link to the file: who sees the token, what is refused, and which name is taken. */

#include "config.h"

#include "easel-error.h"
#include "easel-model-resolver.h"
#include "easel-test-server.h"
#include "easel-test-util.h"

#include <string.h>

#define TOKEN "t0ken-of-the-painter"
#define DOWNLOAD "/api/download/models/567"

typedef struct
{
  EaselTestServer *site;        /* (owned): plays Civitai and Hugging Face */
  EaselTestServer *store;       /* (owned): another host, where the files are */
  EaselClock *clock;            /* (owned) */
  EaselHttp *http;              /* (owned) */
  EaselSecret *token;           /* (owned) */
  EaselModelResolver *resolver; /* (owned) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const char *uri;

  fixture->site = easel_test_server_new ();
  fixture->store = easel_test_server_new ();
  fixture->clock = easel_manual_clock_new (G_GINT64_CONSTANT (1795000000000));
  fixture->http = easel_http_new (fixture->clock, NULL);
  fixture->token = easel_secret_new (TOKEN);
  uri = easel_test_server_get_uri (fixture->site);
  easel_test_server_expect_key (fixture->site, TOKEN);
  fixture->resolver = easel_model_resolver_new (fixture->http, uri, uri);
}

/* Whatever happened, only the site saw the token, and only as a header. */
static void
tear_down (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < easel_test_server_count (fixture->store, NULL, NULL); i++)
    g_assert_false (easel_test_server_get_request (fixture->store, i)->has_key);
  for (guint i = 0; i < easel_test_server_count (fixture->site, NULL, NULL); i++)
    {
      const EaselTestRequest *request = easel_test_server_get_request (fixture->site, i);

      g_assert_true (request->query == NULL || strstr (request->query, TOKEN) == NULL);
      g_assert_null (strstr (request->path, TOKEN));
    }
  g_assert_finalize_object (fixture->resolver);
  easel_test_server_free (fixture->site);
  easel_test_server_free (fixture->store);
  easel_test_pump ();
  easel_secret_unref (fixture->token);
  g_assert_finalize_object (fixture->http);
  g_object_unref (fixture->clock);
}

static EaselModelSource *
resolve_with (Fixture *fixture,
              EaselSecret *token,
              const char *text,
              guint64 free_bytes,
              GError **error)
{
  g_auto (EaselTestCatch) caught = { 0 };
  g_autoptr (EaselModelLink) link = easel_model_link_parse (text, NULL);

  g_assert_nonnull (link);
  easel_model_resolver_resolve_async (fixture->resolver, link, token, free_bytes, NULL,
                                      easel_test_catch, &caught);
  return easel_model_resolver_resolve_finish (fixture->resolver, easel_test_catch_wait (&caught),
                                              error);
}

static EaselModelSource *
resolve (Fixture *fixture, const char *text, GError **error)
{
  return resolve_with (fixture, fixture->token, text, 0, error);
}

static void
redirect (EaselTestServer *server, const char *path, const char *location)
{
  g_autofree char *headers = g_strconcat ("Location: ", location, NULL);
  const EaselTestAnswer answer = { .status = 307, .headers = headers, .body = "moved" };

  easel_test_server_script (server, "GET", path, &answer);
}

static void
serve (EaselTestServer *server, const char *path, const char *headers)
{
  const EaselTestAnswer answer = { .content_type = "application/octet-stream",
                                   .headers = headers,
                                   .repeat = 1000 };

  easel_test_server_script (server, "GET", path, &answer);
}

static void
test_model_page (Fixture *fixture, gconstpointer data)
{
  g_autofree char *file = easel_test_server_build_uri (fixture->store, "/f/abc?signature=xyz");
  g_autoptr (EaselModelSource) source = NULL;
  g_autoptr (GError) error = NULL;

  easel_test_server_reply (fixture->site, "GET", "/api/v1/models/1234", 200,
                           "{\"modelVersions\":[{\"id\":567},{\"id\":560}]}");
  redirect (fixture->site, DOWNLOAD, file);
  serve (fixture->store, "/f/abc",
         "Content-Disposition: attachment; filename=\"my lora.safetensors\"");
  source = resolve (fixture, "https://civitai.com/models/1234/my-lora", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (source->uri, ==, file);
  g_assert_cmpstr (source->name, ==, "my lora.safetensors");
  g_assert_cmpuint (source->size, ==, 1000);
  g_assert_cmpuint (easel_test_server_count (fixture->site, NULL, NULL), ==, 2);
  g_assert_true (easel_test_server_get_request (fixture->site, 0)->key_is_right);
  g_assert_true (easel_test_server_get_request (fixture->site, 1)->key_is_right);
  g_assert_cmpuint (easel_test_server_count (fixture->store, NULL, NULL), ==, 1);
}

static void
test_hub (Fixture *fixture, gconstpointer data)
{
  g_autofree char *file = easel_test_server_build_uri (fixture->store, "/xet/0123?sig=1");
  g_autoptr (EaselModelSource) source = NULL;
  g_autoptr (GError) error = NULL;

  redirect (fixture->site, "/a/b/resolve/main/x.safetensors", "/api/cache/x");
  redirect (fixture->site, "/api/cache/x", file);
  serve (fixture->store, "/xet/0123", NULL);
  source = resolve (fixture, "https://huggingface.co/a/b/blob/main/x.safetensors", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (source->uri, ==, file);
  g_assert_cmpstr (source->name, ==, "x.safetensors");
  g_assert_true (easel_test_server_get_last (fixture->site)->key_is_right);
}

static void
test_without_token (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselModelSource) source = NULL;
  g_autoptr (GError) error = NULL;

  serve (fixture->site, DOWNLOAD, "Content-Disposition: attachment; filename=a.safetensors");
  source = resolve_with (fixture, NULL, "https://civitai.com/api/download/models/567", 0, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (source->name, ==, "a.safetensors");
  g_assert_false (easel_test_server_get_last (fixture->site)->has_key);
}

/* The body is not read: half of it never comes. */
static void
test_head_only (Fixture *fixture, gconstpointer data)
{
  const EaselTestAnswer answer = { .content_type = "application/octet-stream",
                                   .headers = "Content-Disposition: attachment; filename=a.sft",
                                   .repeat = 100000,
                                   .fault = EASEL_TEST_FAULT_STALLED };
  g_autoptr (EaselModelSource) source = NULL;
  g_autoptr (GError) error = NULL;

  easel_test_server_script (fixture->site, "GET", DOWNLOAD, &answer);
  source = resolve (fixture, "https://civitai.com/model-versions/567", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (source->size, ==, 100000);
}

static void
test_refusals (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    guint status;
    const char *type;
    const char *headers;
    EaselError code;
  } rows[] = {
    { 200, "text/html", NULL, EASEL_ERROR_WEB_PAGE },
    { 200, "Text/HTML; charset=utf-8", "Content-Disposition: attachment; filename=a.sft",
      EASEL_ERROR_WEB_PAGE },
    { 401, "application/json", NULL, EASEL_ERROR_TOKEN_NEEDED },
    { 403, "text/html", NULL, EASEL_ERROR_MODEL_REFUSED },
    { 451, "text/html", NULL, EASEL_ERROR_MODEL_REFUSED },
    { 404, "text/html", NULL, EASEL_ERROR_MODEL_GONE },
    { 410, "text/html", NULL, EASEL_ERROR_MODEL_GONE },
    { 416, "text/html", NULL, EASEL_ERROR_PROTOCOL },
    { 200, "application/zip", NULL, EASEL_ERROR_WRONG_ENDING },
    { 200, "application/octet-stream", "Content-Disposition: attachment; filename=\"a.ckpt\"",
      EASEL_ERROR_WRONG_ENDING },
    { 307, "text/html", NULL, EASEL_ERROR_UNSAFE_LINK },
    { 307, "text/html", "Location: http://example.com/x.sft", EASEL_ERROR_UNSAFE_LINK },
    { 307, "text/html", "Location: https://10.0.0.1/x.sft", EASEL_ERROR_UNSAFE_LINK },
    { 307, "text/html", "Location: https://a:b@example.com/x.sft", EASEL_ERROR_UNSAFE_LINK },
    { 307, "text/html", "Location: //printer/x.sft", EASEL_ERROR_UNSAFE_LINK },
    { 307, "text/html", "Location: file:///etc/passwd", EASEL_ERROR_UNSAFE_LINK },
    { 307, "text/html", "Location: " DOWNLOAD, EASEL_ERROR_BAD_LINK },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const EaselTestAnswer answer = { .status = rows[i].status,
                                       .content_type = rows[i].type,
                                       .headers = rows[i].headers,
                                       .body = "x" };
      g_autoptr (GError) error = NULL;

      g_test_message ("%u %s %s", rows[i].status, rows[i].type, rows[i].headers);
      easel_test_server_forget_scripts (fixture->site);
      easel_test_server_script (fixture->site, "GET", DOWNLOAD, &answer);
      g_assert_null (resolve (fixture, "https://civitai.com/model-versions/567", &error));
      g_assert_error (error, EASEL_ERROR, (int) rows[i].code);
      g_assert_null (strstr (error->message, "example"));
    }
  /* The endless round was left after six. */
  g_assert_cmpuint (easel_test_server_count (fixture->site, NULL, NULL), ==,
                    G_N_ELEMENTS (rows) - 1 + 6);
}

static void
test_sign_in (Fixture *fixture, gconstpointer data)
{
  const EaselTestAnswer page = { .content_type = "text/html", .body = "<p>" };
  g_autoptr (GError) error = NULL;

  redirect (fixture->site, DOWNLOAD, "/login?returnUrl=x");
  easel_test_server_script (fixture->site, "GET", "/login", &page);
  g_assert_null (resolve (fixture, "https://civitai.com/model-versions/567", &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_TOKEN_NEEDED);
}

static void
test_no_versions (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *body;
    EaselError code;
  } rows[] = {
    { "{\"modelVersions\":[]}", EASEL_ERROR_MODEL_GONE },
    { "{\"modelVersions\":[{\"id\":\"../x\"}]}", EASEL_ERROR_PROTOCOL },
    { "{}", EASEL_ERROR_PROTOCOL },
    { "<html>", EASEL_ERROR_PROTOCOL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      easel_test_server_forget_scripts (fixture->site);
      easel_test_server_reply (fixture->site, "GET", "/api/v1/models/9", 200, rows[i].body);
      g_assert_null (resolve (fixture, "https://civitai.com/models/9", &error));
      g_assert_error (error, EASEL_ERROR, (int) rows[i].code);
    }
}

static void
test_room (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselModelSource) source = NULL;
  g_autoptr (GError) error = NULL;

  serve (fixture->site, DOWNLOAD, "Content-Disposition: attachment; filename=a.sft");
  g_assert_null (resolve_with (fixture, NULL, "https://civitai.com/model-versions/567",
                               EASEL_MODEL_KEEP_FREE + 999, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_MODEL_TOO_LARGE);
  g_clear_error (&error);
  g_assert_null (
      resolve_with (fixture, NULL, "https://civitai.com/model-versions/567", 1000, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_MODEL_TOO_LARGE);
  g_clear_error (&error);
  source = resolve_with (fixture, NULL, "https://civitai.com/model-versions/567",
                         EASEL_MODEL_KEEP_FREE + 1000, &error);
  g_assert_no_error (error);
}

static void
test_names (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *headers;
    const char *name;
  } rows[] = {
    { "Content-Disposition: attachment; filename=a.sft", "a.sft" },
    { "Content-Disposition: attachment; filename=\"a;b.sft\"; size=5", "a_b.sft" },
    { "Content-Disposition: attachment; filename=\"x.sft\"; filename*=UTF-8''b%20c.sft",
      "b c.sft" },
    { "Content-Disposition: attachment; filename*=UTF-8''b%20c.sft; filename=\"x.sft\"",
      "b c.sft" },
    { "Content-Disposition: attachment; filename=\"../../a.sft\"", "_.._.._a.sft" },
    { "Content-Disposition: attachment", "y.safetensors" },
    { NULL, "y.safetensors" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (EaselModelSource) source = NULL;
      g_autoptr (GError) error = NULL;

      easel_test_server_forget_scripts (fixture->site);
      serve (fixture->site, "/a/b/resolve/main/y.safetensors", rows[i].headers);
      source = resolve (fixture, "https://huggingface.co/a/b/blob/main/y.safetensors", &error);
      g_assert_no_error (error);
      g_assert_cmpstr (source->name, ==, rows[i].name);
    }
}

/* With the real sites nothing on this computer is asked. */
static void
test_no_loopback (Fixture *fixture, gconstpointer data)
{
  g_auto (EaselTestCatch) caught = { 0 };
  g_autoptr (EaselModelResolver) real = easel_model_resolver_new (fixture->http, NULL, NULL);
  g_autofree char *uri = easel_test_server_build_uri (fixture->site, "/x.sft");
  const EaselModelLink link = { .site = EASEL_MODEL_SITE_OTHER, .uri = uri };
  g_autoptr (GError) error = NULL;

  easel_model_resolver_resolve_async (real, &link, fixture->token, 0, NULL, easel_test_catch,
                                      &caught);
  g_assert_null (
      easel_model_resolver_resolve_finish (real, easel_test_catch_wait (&caught), &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_UNSAFE_LINK);
  g_assert_cmpuint (easel_test_server_count (fixture->site, NULL, NULL), ==, 0);
}

/* Where something stands for the rest of the internet, all of that is asked there, and a link to
 * the inside of a network is no more allowed than without. */
static void
test_elsewhere (Fixture *fixture, gconstpointer data)
{
  g_autofree char *base = easel_test_server_build_uri (fixture->store, "/elsewhere");
  g_autofree char *file =
      easel_test_server_build_uri (fixture->store, "/elsewhere/models.example:8443/a/x.sft?v=1");
  g_autoptr (EaselModelResolver) moved = easel_model_resolver_new (fixture->http, NULL, NULL);
  g_autoptr (EaselModelSource) source = NULL;
  g_autoptr (EaselModelLink) link = NULL;
  g_auto (EaselTestCatch) caught = { 0 };
  g_autoptr (GError) error = NULL;

  easel_model_resolver_set_elsewhere (moved, base);
  serve (fixture->store, "/elsewhere/models.example:8443/a/x.sft", NULL);
  link = easel_model_link_parse ("https://models.example:8443/a/x.sft?v=1", &error);
  g_assert_no_error (error);
  easel_model_resolver_resolve_async (moved, link, fixture->token, 0, NULL, easel_test_catch,
                                      &caught);
  source = easel_model_resolver_resolve_finish (moved, easel_test_catch_wait (&caught), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (source->uri, ==, file);
  g_assert_cmpstr (source->name, ==, "x.sft");
  g_clear_pointer (&link, easel_model_link_free);
  link = easel_model_link_parse ("https://192.168.0.1/x.sft", &error);
  g_assert_null (link);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_UNSAFE_LINK);
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  const EaselTestAnswer answer = { .fault = EASEL_TEST_FAULT_HANG };
  g_auto (EaselTestCatch) caught = { 0 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (EaselModelLink) link =
      easel_model_link_parse ("https://civitai.com/model-versions/567", NULL);
  g_autoptr (GError) error = NULL;

  easel_test_server_script (fixture->site, "GET", DOWNLOAD, &answer);
  easel_model_resolver_resolve_async (fixture->resolver, link, NULL, 0, cancellable,
                                      easel_test_catch, &caught);
  g_cancellable_cancel (cancellable);
  g_assert_null (easel_model_resolver_resolve_finish (fixture->resolver,
                                                      easel_test_catch_wait (&caught), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

#define ADD(path, function)                                                                        \
  g_test_add ("/model-resolver/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("model-page", test_model_page);
  ADD ("hub", test_hub);
  ADD ("without-token", test_without_token);
  ADD ("head-only", test_head_only);
  ADD ("refusals", test_refusals);
  ADD ("sign-in", test_sign_in);
  ADD ("no-versions", test_no_versions);
  ADD ("room", test_room);
  ADD ("names", test_names);
  ADD ("no-loopback", test_no_loopback);
  ADD ("elsewhere", test_elsewhere);
  ADD ("cancel", test_cancel);
  return g_test_run ();
}
