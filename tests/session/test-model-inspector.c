/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is found out about a model before it is added, and what happens to the tokens for it. */

#include "config.h"

#include "easel-error.h"
#include "easel-model-inspector-private.h"
#include "easel-test-server.h"
#include "easel-test-util.h"
#include "stub-provider.h"
#include "stub-store.h"

#include <string.h>

#define TOKEN "t0ken-of-the-painter"
#define FILE_URI "https://huggingface.co/painter/styles/resolve/main/ink.safetensors"
#define FILE_PATH "/painter/styles/resolve/main/ink.safetensors"
/* The shape of a LoRA for SDXL. */
#define HEADER                                                                                     \
  "{\"__metadata__\":{\"ss_base_model_version\":\"sdxl_base_v1-0\"},"                              \
  "\"lora_unet_input_blocks_4_1_proj_in.lora_down.weight\":"                                       \
  "{\"dtype\":\"F16\",\"shape\":[2,4],\"data_offsets\":[0,16]}}"

typedef struct
{
  char *folder;                   /* (owned) */
  EaselTestServer *site;          /* (owned) */
  EaselClock *clock;              /* (owned) */
  EaselHttp *http;                /* (owned) */
  StubStore *store;               /* (owned) */
  EaselModelTokens *tokens;       /* (owned) */
  EaselModelInspector *inspector; /* (owned) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselModelResolver) resolver = NULL;
  const char *uri;

  fixture->folder = easel_test_make_folder ();
  fixture->site = easel_test_server_new ();
  easel_test_server_expect_key (fixture->site, TOKEN);
  fixture->clock = easel_manual_clock_new (G_GINT64_CONSTANT (1795000000000));
  fixture->http = easel_http_new (fixture->clock, NULL);
  fixture->store = stub_store_new ();
  fixture->tokens = _easel_model_tokens_new (EASEL_SECRET_STORE (fixture->store));
  uri = easel_test_server_get_uri (fixture->site);
  resolver = easel_model_resolver_new (fixture->http, uri, uri);
  fixture->inspector = _easel_model_inspector_new (fixture->http, resolver, fixture->tokens);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  easel_test_pump_for (30);
  g_assert_finalize_object (fixture->inspector);
  g_assert_finalize_object (fixture->tokens);
  g_assert_finalize_object (fixture->http);
  g_object_unref (fixture->store);
  g_object_unref (fixture->clock);
  easel_test_server_free (fixture->site);
  easel_test_remove_tree (fixture->folder);
  g_free (fixture->folder);
}

static GBytes *
make_lora (gsize n_data)
{
  const guint64 length = GUINT64_TO_LE (strlen (HEADER));
  static const guint8 data[16] = { 1, 2, 3 };
  GByteArray *array = g_byte_array_new ();

  g_byte_array_append (array, (const guint8 *) &length, 8);
  g_byte_array_append (array, (const guint8 *) HEADER, (guint) strlen (HEADER));
  g_byte_array_append (array, data, (guint) n_data);
  return g_byte_array_free_to_bytes (array);
}

static void
serve (Fixture *fixture, guint status, const char *type, GBytes *bytes)
{
  const EaselTestAnswer answer = { .status = status,
                                   .content_type = type,
                                   .body = g_bytes_get_data (bytes, NULL),
                                   .length = g_bytes_get_size (bytes) };

  easel_test_server_script (fixture->site, "GET", FILE_PATH, &answer);
}

static EaselShelfModel *
inspect_link (Fixture *fixture, const char *text, GError **error)
{
  g_auto (EaselTestCatch) caught = { 0 };

  easel_model_inspector_inspect_link_async (fixture->inspector, text, NULL, easel_test_catch,
                                            &caught);
  return easel_model_inspector_inspect_finish (fixture->inspector, easel_test_catch_wait (&caught),
                                               error);
}

static EaselShelfModel *
inspect_file (Fixture *fixture, const char *name, GBytes *bytes, GError **error)
{
  g_auto (EaselTestCatch) caught = { 0 };
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  if (bytes != NULL)
    g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes),
                         NULL);
  easel_model_inspector_inspect_file_async (fixture->inspector, file, NULL, easel_test_catch,
                                            &caught);
  return easel_model_inspector_inspect_finish (fixture->inspector, easel_test_catch_wait (&caught),
                                               error);
}

static void
test_link (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) lora = make_lora (16);
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselShelfModel) model = NULL;

  serve (fixture, 200, "application/octet-stream", lora);
  model = inspect_link (fixture, " " FILE_URI "?token=abc ", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (model->name, ==, "ink.safetensors");
  g_assert_cmpstr (model->folder, ==, "loras");
  g_assert_cmpint (model->kind, ==, EASEL_MODEL_LORA);
  g_assert_cmpint (model->base, ==, EASEL_MODEL_BASE_SDXL);
  g_assert_cmpuint (model->size, ==, g_bytes_get_size (lora));
  g_assert_cmpstr (model->link, ==, FILE_URI);
  g_assert_null (model->path);
  g_assert_true (model->is_ticked);
}

/* The beginning of a file and no more, or no file at all, is told before anything is fetched. */
static void
test_link_to_rubbish (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) rubbish = g_bytes_new_static ("Not found, sorry", 16);
  g_autoptr (GError) error = NULL;

  serve (fixture, 200, "application/octet-stream", rubbish);
  g_assert_null (inspect_link (fixture, FILE_URI, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_NOT_A_MODEL);
  g_clear_error (&error);
  g_assert_null (inspect_link (fixture, "a picture of a cat", &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_BAD_LINK);
}

/* Where the beginning cannot be read the person says what it is. */
static void
test_link_without_beginning (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) lora = make_lora (16);
  const EaselTestAnswer broken = { .fault = EASEL_TEST_FAULT_RESET };
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselShelfModel) model = NULL;

  serve (fixture, 200, "application/octet-stream", lora);
  easel_test_server_script (fixture->site, "GET", FILE_PATH, &broken);
  model = inspect_link (fixture, FILE_URI, &error);
  g_assert_no_error (error);
  g_assert_cmpint (model->kind, ==, EASEL_MODEL_UNKNOWN);
  g_assert_cmpuint (model->size, ==, g_bytes_get_size (lora));
}

static void
test_token (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) lora = make_lora (16);
  g_autoptr (GBytes) nothing = g_bytes_new_static ("{}", 2);
  g_autoptr (EaselSecret) token = easel_secret_new (TOKEN);
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselShelfModel) model = NULL;

  serve (fixture, 401, "application/json", nothing);
  g_assert_null (inspect_link (fixture, FILE_URI, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_TOKEN_NEEDED);
  g_clear_error (&error);

  easel_model_tokens_set (fixture->tokens, EASEL_MODEL_SITE_HUGGINGFACE, token);
  easel_test_server_forget_scripts (fixture->site);
  serve (fixture, 200, "application/octet-stream", lora);
  model = inspect_link (fixture, FILE_URI, &error);
  g_assert_no_error (error);
  g_assert_true (easel_test_server_get_request (fixture->site, 1)->key_is_right);
  g_assert_null (strstr (model->link, TOKEN));
}

/* A token is there in the next run, and not after it was forgotten. */
static void
test_tokens_are_kept (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselSecret) token = easel_secret_new (TOKEN);
  g_autoptr (EaselModelTokens) next = NULL;
  g_autoptr (EaselModelTokens) after = NULL;

  easel_model_tokens_set (fixture->tokens, EASEL_MODEL_SITE_CIVITAI, token);
  g_assert_nonnull (easel_model_tokens_get (fixture->tokens, EASEL_MODEL_SITE_CIVITAI));
  stub_settle ();
  next = _easel_model_tokens_new (EASEL_SECRET_STORE (fixture->store));
  g_assert_null (easel_model_tokens_get (next, EASEL_MODEL_SITE_CIVITAI));
  _easel_model_tokens_load (next);
  stub_settle ();
  g_assert_true (
      easel_secret_equal (easel_model_tokens_get (next, EASEL_MODEL_SITE_CIVITAI), token));
  g_assert_null (easel_model_tokens_get (next, EASEL_MODEL_SITE_HUGGINGFACE));
  easel_model_tokens_forget (next, EASEL_MODEL_SITE_CIVITAI);
  g_assert_null (easel_model_tokens_get (next, EASEL_MODEL_SITE_CIVITAI));
  stub_settle ();
  after = _easel_model_tokens_new (EASEL_SECRET_STORE (fixture->store));
  _easel_model_tokens_load (after);
  stub_settle ();
  g_assert_null (easel_model_tokens_get (after, EASEL_MODEL_SITE_CIVITAI));
}

static void
test_file (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) lora = make_lora (16);
  g_autoptr (GBytes) half = make_lora (7);
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselShelfModel) model = NULL;

  model = inspect_file (fixture, "my ink (v2).safetensors", lora, &error);
  g_assert_no_error (error);
  g_assert_cmpint (model->kind, ==, EASEL_MODEL_LORA);
  g_assert_cmpint (model->base, ==, EASEL_MODEL_BASE_SDXL);
  g_assert_true (g_str_has_suffix (model->path, "my ink (v2).safetensors"));
  g_assert_null (strchr (model->name, '('));
  g_assert_null (model->link);

  g_assert_null (inspect_file (fixture, "half.safetensors", half, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_INCOMPLETE_MODEL);
  g_clear_error (&error);
  g_assert_null (inspect_file (fixture, "ink.ckpt", lora, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_WRONG_ENDING);
  g_clear_error (&error);
  g_assert_null (inspect_file (fixture, "nothing.safetensors", NULL, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_UNREADABLE_FILE);
}

#define ADD(path, function)                                                                        \
  g_test_add ("/model-inspector/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("link", test_link);
  ADD ("link-to-rubbish", test_link_to_rubbish);
  ADD ("link-without-beginning", test_link_without_beginning);
  ADD ("token", test_token);
  ADD ("tokens-are-kept", test_tokens_are_kept);
  ADD ("file", test_file);
  return g_test_run ();
}
