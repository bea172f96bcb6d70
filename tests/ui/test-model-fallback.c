/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is left for a GPU without a helper: a command to copy, a file that is small enough, and a
 * plain word about one that is not. */

#include "config.h"

#include "easel-error-bar.h"
#include "easel-model-fallback.h"
#include "easel-model-inspector-private.h"
#include "easel-side-window.h"
#include "easel-test-server.h"
#include "easel-test-util.h"
#include "easel-ui.h"
#include "model-stage.h"
#include "studio-stage.h"

#include <glib/gstdio.h>

#define TOKEN "t0ken-of-the-painter"
#define DOWNLOAD "/api/download/models/567"
#define DISPOSITION "Content-Disposition: attachment; filename=\"told.safetensors\""
#define LIST "/k9Zt/experiment/models/loras"
#define PUT "/k9Zt/api/etn/upload/loras/ink.safetensors"

typedef struct
{
  char *folder;
  EaselClock *clock;
  EaselHttp *http;
  EaselTestServer *site;
  EaselModelTokens *tokens;
  EaselModelInspector *inspector;
  EaselShelfModel *model;
  GtkWidget *window;
  GtkWidget *card;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (EaselSecretStore) store = easel_secret_store_memory_new ();
  g_autoptr (EaselModelResolver) resolver = NULL;
  const char *uri;

  self->folder = easel_test_make_folder ();
  self->clock = easel_manual_clock_new (STAGE_NOW);
  self->http = easel_http_new (self->clock, NULL);
  self->site = easel_test_server_new ();
  uri = easel_test_server_get_uri (self->site);
  self->tokens = _easel_model_tokens_new (store);
  resolver = easel_model_resolver_new (self->http, uri, uri);
  self->inspector = _easel_model_inspector_new (self->http, resolver, self->tokens);
  self->model = model_new ("ink.safetensors", EASEL_MODEL_LORA, EASEL_MODEL_BASE_SDXL, 0);
  g_clear_pointer (&self->model->link, g_free);
  g_clear_pointer (&self->model->path, g_free);
}

static void
show (Fixture *self, gboolean is_krita_image)
{
  g_autofree char *address = easel_test_server_build_uri (self->site, "/k9Zt");

  self->card =
      easel_model_fallback_new (self->inspector, self->model, address, is_krita_image, "RunPod");
  self->window = GTK_WIDGET (easel_side_window_new (NULL, "Models", self->card));
  gtk_window_set_default_size (GTK_WINDOW (self->window), 480, 400);
  gtk_window_present (GTK_WINDOW (self->window));
  easel_test_pump ();
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  if (self->card != NULL)
    {
      g_object_ref (self->card);
      gtk_window_destroy (GTK_WINDOW (self->window));
      stub_assert_finalizes (self->card);
    }
  stub_assert_finalizes (self->inspector);
  easel_test_server_free (self->site);
  easel_test_pump ();
  g_object_unref (self->tokens);
  g_object_unref (self->http);
  g_object_unref (self->clock);
  easel_shelf_model_free (self->model);
  easel_test_remove_tree (self->folder);
  g_free (self->folder);
}

static gboolean
is_idle (gpointer data)
{
  Fixture *self = data;

  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (self->clock), 1);
  return stage_find_button (self->window, "Stop") == NULL;
}

static void
wait_idle (Fixture *self)
{
  easel_test_wait_until (is_idle, self);
  easel_test_pump ();
}

static void
assert_shows (Fixture *self, const char *text)
{
  if (!stage_shows (self->window, text))
    g_test_message ("Does not show “%s”", text);
  g_assert_true (stage_shows (self->window, text));
}

static void
on_text (GObject *source, GAsyncResult *result, gpointer user_data)
{
  char **text = user_data;

  *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

static gboolean
is_read (gpointer data)
{
  return *(char **) data != NULL;
}

/* The signed address is in the command, and the token is not. */
static void
test_link (Fixture *self, gconstpointer data)
{
  g_autofree char *store = easel_test_server_build_uri (self->site, "/store/x?signature=a'b");
  g_autofree char *head = g_strconcat ("Location: ", store, NULL);
  const EaselTestAnswer moved = { .status = 302, .headers = head, .body = "" };
  const EaselTestAnswer file = { .content_type = "application/octet-stream",
                                 .headers = DISPOSITION,
                                 .body = "x" };
  g_autoptr (EaselSecret) token = easel_secret_new (TOKEN);
  g_autofree char *copied = NULL;

  easel_test_server_expect_key (self->site, TOKEN);
  easel_model_tokens_set (self->tokens, EASEL_MODEL_SITE_CIVITAI, token);
  easel_test_server_script (self->site, "GET", DOWNLOAD, &moved);
  easel_test_server_script (self->site, "GET", "/store/x", &file);
  self->model->link = g_strdup ("https://civitai.com/api/download/models/567");
  show (self, TRUE);
  wait_idle (self);
  assert_shows (self, "in the console of RunPod");
  assert_shows (self, "mkdir -p '/workspace/models/loras' && wget -c -O "
                      "'/workspace/models/loras/ink.safetensors' ");
  g_assert_false (stage_shows (self->window, TOKEN));
  g_assert_true (easel_test_server_get_request (self->site, 0)->key_is_right);

  stage_click (self->window, "Copy Command");
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (self->window), NULL, on_text, &copied);
  easel_test_wait_until (is_read, &copied);
  g_assert_nonnull (strstr (copied, "/store/x?signature=a'\\''b'"));
  g_assert_null (strstr (copied, TOKEN));
  model_check_look (GTK_WINDOW (self->window), "model-fallback-command");
}

static void
test_link_refused (Fixture *self, gconstpointer data)
{
  const EaselTestAnswer file = { .content_type = "application/octet-stream",
                                 .headers = DISPOSITION,
                                 .body = "x" };

  easel_test_server_reply (self->site, "GET", DOWNLOAD, 404, "{}");
  easel_test_server_script (self->site, "GET", DOWNLOAD, &file);
  self->model->link = g_strdup ("https://civitai.com/api/download/models/567");
  show (self, FALSE);
  wait_idle (self);
  assert_shows (self, "There is no model at this link any more.");
  g_assert_null (stage_find_button (self->window, "Copy Command"));
  stage_click (self->window, "Try Again");
  wait_idle (self);
  assert_shows (self, "/workspace/ComfyUI/models/loras");
}

static void
write_file (Fixture *self)
{
  self->model->path = model_write (self->folder, "ink.safetensors", MODEL_SDXL_LORA);
  self->model->size = 1000000;
}

/* After a try that broke off the name is another one. */
static void
test_file (Fixture *self, gconstpointer data)
{
  const EaselTestAnswer broken = { .fault = EASEL_TEST_FAULT_RESET };

  write_file (self);
  easel_test_server_reply (self->site, "GET", LIST, 200, "[]");
  easel_test_server_script (self->site, "PUT", PUT, &broken);
  easel_test_server_reply (self->site, "PUT", "/k9Zt/api/etn/upload/loras/ink-2.safetensors", 201,
                           "{\"status\":\"success\"}");
  show (self, TRUE);
  wait_idle (self);
  g_assert_cmpuint (easel_test_server_count (self->site, "PUT", PUT), ==, 1);
  stage_click (self->window, "Try Again");
  wait_idle (self);
  assert_shows (self, "ink-2.safetensors");
  assert_shows (self, "It is on the GPU. Press Refresh in Krita: choose Configure");
  g_assert_cmpuint (easel_test_server_count (self->site, "PUT", NULL), ==, 2);
  g_assert_null (stage_find_button (self->window, "Try Again"));
}

static void
test_file_too_large (Fixture *self, gconstpointer data)
{
  write_file (self);
  self->model->size = 600000000;
  show (self, TRUE);
  wait_idle (self);
  assert_shows (self, "can be sent to this GPU only up to 0.5 GB");
  g_assert_cmpuint (easel_test_server_count (self->site, NULL, NULL), ==, 0);
}

static void
test_stop (Fixture *self, gconstpointer data)
{
  const EaselTestAnswer silent = { .fault = EASEL_TEST_FAULT_HANG };

  write_file (self);
  easel_test_server_script (self->site, "GET", LIST, &silent);
  show (self, TRUE);
  stage_click (self->window, "Stop");
  wait_idle (self);
  assert_shows (self, "Stopped.");
  easel_test_pump ();
  g_assert_cmpuint (easel_test_server_count (self->site, "PUT", NULL), ==, 0);
}

/* The window is closed while it is asked. */
static void
test_close (Fixture *self, gconstpointer data)
{
  const EaselTestAnswer silent = { .fault = EASEL_TEST_FAULT_HANG };

  write_file (self);
  easel_test_server_script (self->site, "GET", LIST, &silent);
  show (self, TRUE);
}

#define ADD(path, function)                                                                        \
  g_test_add ("/model-fallback/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP no display\n");
      return 0;
    }
  g_test_init (&argc, &argv, NULL);
  easel_ui_init ();

  ADD ("link", test_link);
  ADD ("link-refused", test_link_refused);
  ADD ("file", test_file);
  ADD ("file-too-large", test_file_too_large);
  ADD ("stop", test_stop);
  ADD ("close", test_close);

  return g_test_run ();
}
