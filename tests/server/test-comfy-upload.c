/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A file into a pod without an agent: whole or not at all, once, and no larger than what lies
 * between takes; and the command that does it by hand.
 */

#include "config.h"

#include "easel-comfy-upload.h"
#include "easel-error.h"
#include "easel-test-util.h"
#include "upload-stage.h"

#include <string.h>

#define LIST "/k9Zt/experiment/models/loras"
#define PUT "/k9Zt/api/etn/upload/loras/my ink.safetensors"
#define SIZE 3000000

typedef struct
{
  UploadStage stage;
  char *address; /* (owned) */
  guint n_told;
  guint64 told;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  upload_stage_set_up (&self->stage, SIZE);
  self->address = easel_test_server_build_uri (self->stage.server, "/k9Zt");
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  upload_stage_tear_down (&self->stage);
  g_free (self->address);
}

static void
on_progress (guint64 sent, gpointer user_data)
{
  Fixture *self = user_data;

  g_assert_cmpuint (sent, >=, self->told);
  self->told = sent;
  self->n_told++;
}

static gboolean
upload (Fixture *self, GCancellable *cancellable, GError **error)
{
  g_auto (EaselTestCatch) caught = { 0 };

  easel_comfy_upload_async (self->stage.http, self->address, self->stage.file, "loras",
                            "my ink.safetensors", on_progress, self, cancellable, easel_test_catch,
                            &caught);
  return easel_comfy_upload_finish (easel_test_catch_wait (&caught), error);
}

static void
expect (Fixture *self, EaselError code, guint n_sent)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (upload (self, NULL, &error));
  g_assert_error (error, EASEL_ERROR, (int) code);
  g_assert_cmpuint (easel_test_server_count (self->stage.server, "PUT", NULL), ==, n_sent);
}

static void
list (Fixture *self, const char *body)
{
  easel_test_server_reply (self->stage.server, "GET", LIST, 200, body);
}

static void
test_whole (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const EaselTestRequest *request;

  list (self, "[{\"name\":\"other.safetensors\",\"size\":5},null,{\"name\":7}]");
  list (self, "[{\"name\":\"my ink.safetensors\",\"size\":3000000}]");
  easel_test_server_reply (self->stage.server, "PUT", PUT, 201, "{\"status\":\"success\"}");
  upload (self, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (easel_test_server_count (self->stage.server, "PUT", PUT), ==, 1);
  g_assert_cmpuint (easel_test_server_count (self->stage.server, NULL, NULL), ==, 3);
  request = easel_test_server_get_request (self->stage.server, 1);
  g_assert_cmpstr (request->content_type, ==, "application/octet-stream");
  g_assert_cmpuint (strlen (request->body), ==, SIZE);
  g_assert_cmpint (memcmp (request->body, self->stage.contents, SIZE), ==, 0);
  g_assert_cmpuint (self->told, ==, SIZE);
  g_assert_cmpuint (self->n_told, >, 5);
}

/* Nobody can look: what was said is believed. */
static void
test_no_list (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  easel_test_server_reply (self->stage.server, "PUT", PUT, 201, "{\"status\":\"success\"}");
  upload (self, NULL, &error);
  g_assert_no_error (error);
}

static void
test_there_already (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  list (self, "[{\"name\":\"my ink.safetensors\",\"size\":3000000}]");
  upload (self, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (easel_test_server_count (self->stage.server, "PUT", NULL), ==, 0);
}

/* ComfyUI would say "cached" and keep what it has. */
static void
test_name_taken (Fixture *self, gconstpointer data)
{
  list (self, "[{\"name\":\"my ink.safetensors\",\"size\":2999999}]");
  expect (self, EASEL_ERROR_NAME_TAKEN, 0);
}

static void
test_arrived_short (Fixture *self, gconstpointer data)
{
  list (self, "[]");
  list (self, "[{\"name\":\"my ink.safetensors\",\"size\":1000}]");
  easel_test_server_reply (self->stage.server, "PUT", PUT, 201, "{\"status\":\"success\"}");
  expect (self, EASEL_ERROR_NETWORK, 1);
}

static void
test_refusals (Fixture *self, gconstpointer data)
{
  static const struct
  {
    guint status;
    const char *type;
    EaselError code;
  } rows[] = {
    { 400, "application/json", EASEL_ERROR_BAD_REQUEST },
    { 404, "text/plain", EASEL_ERROR_OUTDATED_SERVER },
    { 405, "text/html", EASEL_ERROR_UNAVAILABLE },
    { 413, "text/html", EASEL_ERROR_UPLOAD_TOO_LARGE },
    { 500, "application/json", EASEL_ERROR_UNAVAILABLE },
    { 507, "application/json", EASEL_ERROR_MODEL_TOO_LARGE },
    { 524, "text/html", EASEL_ERROR_TIMED_OUT },
    /* The image's nginx while ComfyUI is down. */
    { 200, "text/html", EASEL_ERROR_UNAVAILABLE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const EaselTestAnswer answer = { .status = rows[i].status,
                                       .content_type = rows[i].type,
                                       .body = "{}" };

      easel_test_server_forget_scripts (self->stage.server);
      list (self, "[]");
      easel_test_server_script (self->stage.server, "PUT", PUT, &answer);
      self->told = 0;
      expect (self, rows[i].code, i + 1);
    }
}

/* Sent once: what broke off may lie there, and would be called the whole file. */
static void
test_broken (Fixture *self, gconstpointer data)
{
  const EaselTestAnswer answer = { .fault = EASEL_TEST_FAULT_RESET };

  list (self, "[]");
  easel_test_server_script (self->stage.server, "PUT", PUT, &answer);
  expect (self, EASEL_ERROR_NETWORK, 1);
}

static void
test_too_large (Fixture *self, gconstpointer data)
{
  upload_stage_cut (&self->stage, 500 * 1024 * 1024 + 1);
  expect (self, EASEL_ERROR_UPLOAD_TOO_LARGE, 0);
  g_assert_cmpuint (easel_test_server_count (self->stage.server, NULL, NULL), ==, 0);
  upload_stage_cut (&self->stage, 0);
  expect (self, EASEL_ERROR_NOT_A_MODEL, 0);
}

static void
test_no_file (Fixture *self, gconstpointer data)
{
  g_assert_true (g_file_delete (self->stage.file, NULL, NULL));
  expect (self, EASEL_ERROR_UNREADABLE_FILE, 0);
}

static void
test_cancelled (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (upload (self, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_limit (void)
{
  g_assert_cmpuint (easel_comfy_upload_limit ("http://1.2.3.4:40001/k9Zt"), ==, 524288000);
  g_assert_cmpuint (easel_comfy_upload_limit ("https://ab12-3001.proxy.runpod.net/k9Zt"), ==,
                    100000000);
  g_assert_cmpuint (easel_comfy_upload_limit ("nonsense"), ==, 0);
}

static void
test_command (void)
{
  g_autofree char *plain = easel_comfy_fetch_command (TRUE, "loras", "ink.safetensors",
                                                      "https://example.org/a?b=1&c=$(x)");
  g_autofree char *odd =
      easel_comfy_fetch_command (FALSE, "checkpoints", "it's; rm -rf ~.sft", "https://e.org/'`x`");
  g_auto (GStrv) words = NULL;
  int n_words;

  g_assert_cmpstr (plain, ==,
                   "mkdir -p '/workspace/models/loras' && wget -c -O "
                   "'/workspace/models/loras/ink.safetensors' 'https://example.org/a?b=1&c=$(x)'");
  g_assert_true (g_shell_parse_argv (odd, &n_words, &words, NULL));
  g_assert_cmpint (n_words, ==, 9);
  g_assert_cmpstr (words[2], ==, "/workspace/ComfyUI/models/checkpoints");
  g_assert_cmpstr (words[7], ==, "/workspace/ComfyUI/models/checkpoints/it's; rm -rf ~.sft");
  g_assert_cmpstr (words[8], ==, "https://e.org/'`x`");
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/comfy-upload/whole", test_whole);
  ADD ("/comfy-upload/no-list", test_no_list);
  ADD ("/comfy-upload/there-already", test_there_already);
  ADD ("/comfy-upload/name-taken", test_name_taken);
  ADD ("/comfy-upload/arrived-short", test_arrived_short);
  ADD ("/comfy-upload/refusals", test_refusals);
  ADD ("/comfy-upload/broken", test_broken);
  ADD ("/comfy-upload/too-large", test_too_large);
  ADD ("/comfy-upload/no-file", test_no_file);
  ADD ("/comfy-upload/cancelled", test_cancelled);
  g_test_add_func ("/comfy-upload/limit", test_limit);
  g_test_add_func ("/comfy-upload/command", test_command);

  return g_test_run ();
}
