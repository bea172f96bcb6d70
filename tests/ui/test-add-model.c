/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Links and files that are brought to the box: what is said of them before anything is fetched, and
 * what is asked when a site wants to know who asks. */

#include "config.h"

#include "easel-add-model-box.h"
#include "easel-look.h"
#include "easel-model-card.h"
#include "easel-model-inspector-private.h"
#include "easel-model-text.h"
#include "easel-side-window.h"
#include "easel-test-server.h"
#include "easel-test-util.h"
#include "easel-ui.h"
#include "model-stage.h"
#include "studio-stage.h"

#define TOKEN "t0ken-of-the-painter"
#define DOWNLOAD "/api/download/models/567"
#define GB G_GUINT64_CONSTANT (1000000000)

typedef struct
{
  char *folder;
  EaselClock *clock;
  EaselHttp *http;
  EaselTestServer *site;
  EaselModelTokens *tokens;
  EaselModelInspector *inspector;
  EaselShelf *shelf;
  GtkWidget *window;
  EaselAddModelBox *box;
  EaselShelfModel *added;
  guint n_added;
  guint n_kept;
} Fixture;

static void
on_add (EaselAddModelBox *box, const EaselShelfModel *model, Fixture *fixture)
{
  g_clear_pointer (&fixture->added, easel_shelf_model_free);
  fixture->added = easel_shelf_model_copy (model);
  fixture->n_added++;
}

static void
on_keep (EaselAddModelBox *box, const EaselShelfModel *model, Fixture *fixture)
{
  g_assert_cmpstr (model->folder, ==, "loras");
  fixture->n_kept++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselSecretStore) store = easel_secret_store_memory_new ();
  g_autoptr (EaselModelResolver) resolver = NULL;
  const char *uri;

  fixture->folder = easel_test_make_folder ();
  fixture->clock = easel_manual_clock_new (STAGE_NOW);
  fixture->http = easel_http_new (fixture->clock, NULL);
  fixture->site = easel_test_server_new ();
  easel_test_server_expect_key (fixture->site, TOKEN);
  uri = easel_test_server_get_uri (fixture->site);
  fixture->tokens = _easel_model_tokens_new (store);
  resolver = easel_model_resolver_new (fixture->http, uri, uri);
  fixture->inspector = _easel_model_inspector_new (fixture->http, resolver, fixture->tokens);
  fixture->shelf = easel_shelf_new (fixture->folder);
  fixture->box = g_object_new (EASEL_TYPE_ADD_MODEL_BOX, NULL);
  easel_add_model_box_set_services (fixture->box, fixture->inspector, fixture->tokens,
                                    fixture->shelf);
  easel_add_model_box_set_workload (fixture->box, EASEL_WORKLOAD_SDXL);
  g_signal_connect (fixture->box, "add", G_CALLBACK (on_add), fixture);
  g_signal_connect (fixture->box, "keep", G_CALLBACK (on_keep), fixture);
  fixture->window = GTK_WIDGET (easel_side_window_new (NULL, "Models", GTK_WIDGET (fixture->box)));
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 640, 700);
  easel_add_model_box_accept_drops (fixture->box, fixture->window);
  gtk_window_present (GTK_WINDOW (fixture->window));
  easel_test_pump ();
}

static gboolean
is_closed (gpointer data)
{
  return ((Fixture *) data)->box == NULL;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_add_weak_pointer (G_OBJECT (fixture->box), (gpointer *) &fixture->box);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  easel_test_wait_until (is_closed, fixture);
  stub_assert_finalizes (fixture->inspector);
  easel_test_server_free (fixture->site);
  easel_test_pump ();
  stub_assert_finalizes (fixture->shelf);
  g_object_unref (fixture->tokens);
  g_object_unref (fixture->http);
  g_object_unref (fixture->clock);
  g_clear_pointer (&fixture->added, easel_shelf_model_free);
  easel_test_remove_tree (fixture->folder);
  g_free (fixture->folder);
}

static GtkWidget *
find (GtkWidget *root, GType type)
{
  GtkWidget *found = G_TYPE_CHECK_INSTANCE_TYPE (root, type) ? root : NULL;
  GtkWidget *child;

  for (child = gtk_widget_get_first_child (root); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find (child, type);
  return found;
}

static gboolean
is_idle (gpointer data)
{
  Fixture *fixture = data;

  /* Sites with a fault are asked again after a while. */
  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (fixture->clock), 100);
  return stage_find_button (fixture->window, "Stop") == NULL;
}

static gboolean
stay_awake (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
wait_idle (Fixture *fixture)
{
  /* Where nothing moves on the screen, nobody else would let the clock's time pass. */
  const guint id = g_timeout_add (5, stay_awake, NULL);

  easel_test_wait_until (is_idle, fixture);
  g_source_remove (id);
  easel_test_pump ();
}

static void
enter (Fixture *fixture, const char *text)
{
  GtkWidget *entry = find (fixture->window, GTK_TYPE_ENTRY);

  gtk_editable_set_text (GTK_EDITABLE (entry), text);
  g_signal_emit_by_name (entry, "activate");
  wait_idle (fixture);
}

static void
drop_file (Fixture *fixture, const char *name, const char *what)
{
  g_autofree char *path = model_write (fixture->folder, name, what);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  GSList files = { .data = file };

  g_assert_true (model_drop_files (fixture->window, &files));
  wait_idle (fixture);
}

static gboolean
has_focus (GtkWidget *widget)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));

  return focus == widget || (focus != NULL && gtk_widget_is_ancestor (focus, widget));
}

static guint
count_cards (Fixture *fixture)
{
  GtkWidget *card = find (fixture->window, EASEL_TYPE_MODEL_CARD);
  guint n = 0;

  for (; card != NULL; card = gtk_widget_get_next_sibling (card))
    n++;
  return n;
}

static void
assert_shows (Fixture *fixture, const char *text)
{
  if (!stage_shows (fixture->window, text))
    g_test_message ("Does not show “%s”", text);
  g_assert_true (stage_shows (fixture->window, text));
}

static void
serve_model (Fixture *fixture, const char *what)
{
  g_autoptr (GBytes) bytes = model_to_bytes (what);
  const EaselTestAnswer answer = {
    .content_type = "application/octet-stream",
    .headers = "Content-Disposition: attachment; filename=\"cute-style.safetensors\"",
    .body = g_bytes_get_data (bytes, NULL),
    .length = g_bytes_get_size (bytes),
  };

  easel_test_server_script (fixture->site, "GET", DOWNLOAD, &answer);
}

/* Files */

static void
test_file (Fixture *fixture, gconstpointer data)
{
  drop_file (fixture, "cute-style.safetensors", MODEL_SDXL_LORA);
  g_assert_cmpuint (count_cards (fixture), ==, 1);
  assert_shows (fixture, "cute-style.safetensors");
  assert_shows (fixture, "LoRA for SDXL · 1 MB · on this computer");
  g_assert_false (stage_shows (fixture->window, "does nothing"));
  g_assert_cmpuint (fixture->n_added, ==, 0);
  stage_click (fixture->window, "Add");
  g_assert_cmpuint (fixture->n_added, ==, 1);
  g_assert_cmpuint (count_cards (fixture), ==, 0);
  g_assert_cmpstr (fixture->added->name, ==, "cute-style.safetensors");
  g_assert_cmpstr (fixture->added->folder, ==, "loras");
  g_assert_cmpint (fixture->added->kind, ==, EASEL_MODEL_LORA);
  g_assert_true (fixture->added->is_ticked);
  g_assert_nonnull (fixture->added->path);
  g_assert_null (fixture->added->link);
}

static void
test_several_files (Fixture *fixture, gconstpointer data)
{
  g_autofree char *good = model_write (fixture->folder, "one.safetensors", MODEL_SDXL_LORA);
  g_autofree char *bad = model_write (fixture->folder, "two.ckpt", MODEL_SDXL_LORA);
  g_autofree char *other = model_write (fixture->folder, "three.sft", MODEL_FLUX_LORA);
  g_autofree char *lines = g_strdup_printf ("# from a file manager\r\nfile://%s\r\nfile://%s\r\n"
                                            "file://%s\r\n",
                                            good, bad, other);

  g_assert_true (model_drop_text (fixture->window, lines));
  wait_idle (fixture);
  g_assert_cmpuint (count_cards (fixture), ==, 2);
  assert_shows (fixture, "two.ckpt: Only files that end in .safetensors or .sft are used");
  stage_click (find (fixture->window, EASEL_TYPE_MODEL_CARD), "Cancel");
  g_assert_cmpuint (count_cards (fixture), ==, 1);
  assert_shows (fixture, "three.sft");
  g_assert_cmpuint (fixture->n_added, ==, 0);
}

/* For those who would rather type than choose. */
static void
test_path (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = model_write (fixture->folder, "typed.safetensors", MODEL_SDXL_LORA);
  g_autofree char *missing = g_build_filename (fixture->folder, "missing.safetensors", NULL);

  enter (fixture, path);
  assert_shows (fixture, "LoRA for SDXL · 1 MB · on this computer");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (find (fixture->window, GTK_TYPE_ENTRY))),
                   ==, "");
  enter (fixture, missing);
  assert_shows (fixture, "missing.safetensors: This file could not be read.");
  g_assert_cmpuint (count_cards (fixture), ==, 1);
}

/* As browsers and file managers write lists: with comments and empty lines. */
static void
test_list (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = model_write (fixture->folder, "one.safetensors", MODEL_SDXL_LORA);
  g_autofree char *lines = g_strdup_printf ("file://%s\r\n\r\n# that was all\r\n", path);

  g_assert_true (model_drop_text (fixture->window, lines));
  wait_idle (fixture);
  g_assert_cmpuint (count_cards (fixture), ==, 1);
  g_assert_false (stage_shows (fixture->window, "This is not a link to a model."));
}

static void
test_damaged_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "bad.safetensors", NULL);
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);

  g_assert_true (g_file_set_contents (path, "<html>not a model at all</html>", -1, NULL));
  g_assert_true (model_drop_text (fixture->window, uri));
  wait_idle (fixture);
  assert_shows (fixture, "bad.safetensors: This file is not a model, or it is damaged.");
  g_assert_cmpuint (count_cards (fixture), ==, 0);
}

/* Warnings */

static void
test_misfit (Fixture *fixture, gconstpointer data)
{
  drop_file (fixture, "flux.safetensors", MODEL_FLUX_LORA);
  assert_shows (fixture, "This LoRA is for Flux; you paint with Illustration and photo (SDXL), "
                         "where it does nothing.");
  /* It is a warning, not a refusal. */
  g_assert_true (gtk_widget_is_sensitive (stage_find_button (fixture->window, "Add")));
  easel_add_model_box_set_workload (fixture->box, EASEL_WORKLOAD_FLUX);
  g_assert_false (stage_shows (fixture->window, "does nothing"));
  easel_add_model_box_set_workload (fixture->box, 0);
  g_assert_false (stage_shows (fixture->window, "does nothing"));
}

static void
test_no_room (Fixture *fixture, gconstpointer data)
{
  drop_file (fixture, "cute.safetensors", MODEL_SDXL_LORA);
  easel_add_model_box_set_room (fixture->box, TRUE, GB);
  g_assert_false (stage_shows (fixture->window, "missing"));
  easel_add_model_box_set_room (fixture->box, TRUE, 0);
  assert_shows (fixture, "The disk of this GPU has no room left: 1 MB are missing.");
  g_assert_null (stage_find_button (fixture->window, "Add"));
  g_assert_nonnull (stage_find_button (fixture->window, "Add to the List Only"));
  model_check_look (GTK_WINDOW (fixture->window), "add-model-no-room");
  easel_add_model_box_set_room (fixture->box, FALSE, 0);
  g_assert_false (stage_shows (fixture->window, "missing"));
  g_assert_nonnull (stage_find_button (fixture->window, "Add"));
  easel_add_model_box_set_room (fixture->box, TRUE, 0);
  stage_click (fixture->window, "Add to the List Only");
  g_assert_cmpuint (fixture->n_added, ==, 0);
  g_assert_cmpuint (fixture->n_kept, ==, 1);
  g_assert_cmpuint (count_cards (fixture), ==, 0);
}

/* As soon as the site has said how large it is: nothing was fetched or added yet. */
static void
test_no_room_link (Fixture *fixture, gconstpointer data)
{
  easel_add_model_box_set_room (fixture->box, TRUE, 4000);
  serve_model (fixture, MODEL_SDXL_LORA);
  enter (fixture, "https://civitai.com/models/1234?modelVersionId=567");
  assert_shows (fixture, "The disk of this GPU has room for 1 MB more: 1 MB are missing.");
  g_assert_nonnull (stage_find_button (fixture->window, "Add to the List Only"));
  g_assert_cmpuint (fixture->n_added, ==, 0);
}

static void
test_unknown_kind (Fixture *fixture, gconstpointer data)
{
  GtkWidget *kind;
  GtkWidget *folder;

  drop_file (fixture, "what.safetensors", MODEL_NAMELESS);
  assert_shows (fixture, "The file does not say what it is.");
  g_assert_false (gtk_widget_is_sensitive (stage_find_button (fixture->window, "Add")));
  kind = find (fixture->window, GTK_TYPE_DROP_DOWN);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (kind), 2);
  g_assert_false (stage_shows (fixture->window, "The file does not say what it is."));
  assert_shows (fixture, "Checkpoint · 1 MB");
  stage_click (fixture->window, "Add");
  g_assert_cmpstr (fixture->added->folder, ==, "checkpoints");
  g_assert_cmpint (fixture->added->kind, ==, EASEL_MODEL_CHECKPOINT);

  /* A folder that is no kind. */
  drop_file (fixture, "paint.safetensors", MODEL_NAMELESS);
  folder = find (find (fixture->window, EASEL_TYPE_MODEL_CARD), GTK_TYPE_EXPANDER);
  folder = find (gtk_expander_get_child (GTK_EXPANDER (folder)), GTK_TYPE_DROP_DOWN);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (folder), 11);
  stage_click (fixture->window, "Add");
  g_assert_cmpstr (fixture->added->folder, ==, "inpaint");
}

static void
test_taken (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselShelfModel) model =
      model_new ("cute.safetensors", EASEL_MODEL_LORA, EASEL_MODEL_BASE_SDXL, GB);

  g_assert_true (easel_shelf_put (fixture->shelf, model));
  drop_file (fixture, "cute.safetensors", MODEL_SDXL_LORA);
  assert_shows (fixture, "You have one of this name already. This one takes its place.");
  stage_click (fixture->window, "Cancel");
  drop_file (fixture, "other.safetensors", MODEL_SDXL_LORA);
  g_assert_false (stage_shows (fixture->window, "takes its place"));
}

static void
test_tick (Fixture *fixture, gconstpointer data)
{
  GtkWidget *tick;

  drop_file (fixture, "cute.safetensors", MODEL_SDXL_LORA);
  tick = find (find (fixture->window, EASEL_TYPE_MODEL_CARD), GTK_TYPE_CHECK_BUTTON);
  g_assert_true (gtk_check_button_get_active (GTK_CHECK_BUTTON (tick)));
  gtk_check_button_set_active (GTK_CHECK_BUTTON (tick), FALSE);
  stage_click (fixture->window, "Add");
  g_assert_false (fixture->added->is_ticked);
}

/* Links */

static void
test_link (Fixture *fixture, gconstpointer data)
{
  serve_model (fixture, MODEL_SDXL_LORA);
  enter (fixture, "https://civitai.com/api/download/models/567");
  assert_shows (fixture, "cute-style.safetensors");
  assert_shows (fixture, "LoRA for SDXL · 1 MB · from civitai.com");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (find (fixture->window, GTK_TYPE_ENTRY))),
                   ==, "");
  stage_click (fixture->window, "Add");
  g_assert_null (fixture->added->path);
  g_assert_nonnull (fixture->added->link);
}

/* Every error has its sentence, and what was typed stays. */
static void
test_refused_links (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *text;
    const char *sentence;
  } cases[] = {
    { "not a link", "This is not a link to a model." },
    { "http://example.org/a.safetensors", "This link is not safe" },
    { "https://192.168.0.1/a.safetensors", "This link is not safe" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      enter (fixture, cases[i].text);
      assert_shows (fixture, cases[i].sentence);
      g_assert_cmpstr (gtk_editable_get_text (
                           GTK_EDITABLE (find (fixture->window, GTK_TYPE_ENTRY))),
                       ==, cases[i].text);
    }
  easel_test_server_reply (fixture->site, "GET", DOWNLOAD, 404, "gone");
  enter (fixture, "https://civitai.com/api/download/models/567");
  assert_shows (fixture, "There is no model at this link any more.");
  g_assert_cmpuint (count_cards (fixture), ==, 0);
}

/* What sites answer, and what is said of it. */
static void
test_site_errors (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    EaselTestAnswer answer;
    const char *sentence;
    const char *button;
  } cases[] = {
    { { .status = 404, .body = "{}" }, "There is no model at this link any more.", NULL },
    { { .content_type = "text/html", .body = "<!DOCTYPE html><html></html>" },
      "This link leads to a web page and not to a file.",
      NULL },
    { { .content_type = "application/octet-stream",
        .headers = "Content-Disposition: attachment; filename=\"old.ckpt\"",
        .repeat = 1000 },
      "Only files that end in .safetensors or .sft are used",
      NULL },
    { { .content_type = "application/octet-stream",
        .headers = "Content-Disposition: attachment; filename=\"bad.safetensors\"",
        .repeat = 1000 },
      "This file is not a model, or it is damaged.",
      NULL },
    { { .status = 503, .body = "{}" }, "Civitai has a fault at the moment.", "Try Again" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      easel_test_server_forget_scripts (fixture->site);
      easel_test_server_script (fixture->site, "GET", DOWNLOAD, &cases[i].answer);
      enter (fixture, "https://civitai.com/api/download/models/567");
      assert_shows (fixture, cases[i].sentence);
      g_assert_cmpuint (count_cards (fixture), ==, 0);
      if (cases[i].button != NULL)
        g_assert_nonnull (stage_find_button (fixture->window, cases[i].button));
    }
  /* It was only a fault. */
  easel_test_server_forget_scripts (fixture->site);
  serve_model (fixture, MODEL_SDXL_LORA);
  stage_click (fixture->window, "Try Again");
  wait_idle (fixture);
  g_assert_cmpuint (count_cards (fixture), ==, 1);
}

/* A site that knows who asks, and says no: its page tells what it wants. */
static void
test_model_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselSecret) token = easel_secret_new (TOKEN);

  easel_model_tokens_set (fixture->tokens, EASEL_MODEL_SITE_HUGGINGFACE, token);
  easel_test_server_reply (fixture->site, "GET", "/a/b/resolve/main/c.safetensors", 403, "{}");
  enter (fixture, "https://huggingface.co/a/b/resolve/main/c.safetensors");
  assert_shows (fixture, "Hugging Face does not give this model to you.");
  g_assert_nonnull (stage_find_button (fixture->window, "Open the Page"));
  g_assert_false (stage_shows (fixture->window, "Make a Token"));
  stage_click (fixture->window, "Try Again");
  wait_idle (fixture);
  assert_shows (fixture, "Hugging Face does not give this model to you.");
}

static void
test_stop (Fixture *fixture, gconstpointer data)
{
  const EaselTestAnswer answer = { .fault = EASEL_TEST_FAULT_HANG };
  GtkWidget *entry = find (fixture->window, GTK_TYPE_ENTRY);

  easel_test_server_script (fixture->site, "GET", DOWNLOAD, &answer);
  gtk_editable_set_text (GTK_EDITABLE (entry), "https://civitai.com/api/download/models/567");
  easel_test_pump ();
  /* Pasted: nobody pressed anything. */
  assert_shows (fixture, "Looking at civitai.com…");
  stage_click (fixture->window, "Stop");
  wait_idle (fixture);
  g_assert_false (stage_shows (fixture->window, "Looking at"));
  g_assert_cmpuint (count_cards (fixture), ==, 0);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), !=, "");
}

/* The window may be closed while something is looked at. */
static void
test_close (Fixture *fixture, gconstpointer data)
{
  const EaselTestAnswer answer = { .fault = EASEL_TEST_FAULT_HANG };

  easel_test_server_script (fixture->site, "GET", DOWNLOAD, &answer);
  g_assert_true (model_drop_text (fixture->window, "https://civitai.com/api/download/models/567"));
  assert_shows (fixture, "Looking at civitai.com…");
}

/* Tokens */

static void
on_focus_moved (GtkWindow *window, GParamSpec *property, gboolean *was_at_link)
{
  if (gtk_window_get_focus (window) != NULL &&
      has_focus (find (GTK_WIDGET (window), GTK_TYPE_ENTRY)))
    *was_at_link = TRUE;
}

static void
test_token (Fixture *fixture, gconstpointer data)
{
  GtkWidget *entry;
  gboolean was_at_link = FALSE;
  gulong handler;

  easel_test_server_reply (fixture->site, "GET", DOWNLOAD, 401, "{}");
  enter (fixture, "https://civitai.com/api/download/models/567");
  assert_shows (fixture, "Civitai gives this model only to members.");
  assert_shows (fixture, "Make a Token at Civitai");
  g_assert_false (gtk_widget_is_sensitive (stage_find_button (fixture->window, "Save")));
  model_save_picture (fixture->window, "token-form");
  entry = find (fixture->window, GTK_TYPE_PASSWORD_ENTRY);

  /* Wrong, then right. */
  gtk_editable_set_text (GTK_EDITABLE (entry), "wrong-token-1234");
  g_assert_true (has_focus (entry));
  handler = g_signal_connect (fixture->window, "notify::focus-widget", G_CALLBACK (on_focus_moved),
                              &was_at_link);
  stage_click (fixture->window, "Save");
  wait_idle (fixture);
  /* The form was gone while it was looked at, and the focus where the link stands. */
  g_signal_handler_disconnect (fixture->window, handler);
  g_assert_true (was_at_link);
  g_assert_true (has_focus (entry));
  assert_shows (fixture, "Civitai does not give this model with the token that it was asked with.");
  easel_test_server_forget_scripts (fixture->site);
  serve_model (fixture, MODEL_SDXL_LORA);
  gtk_editable_set_text (GTK_EDITABLE (entry), TOKEN);
  g_signal_emit_by_name (entry, "activate");
  wait_idle (fixture);
  g_assert_cmpstr (easel_secret_peek (
                       easel_model_tokens_get (fixture->tokens, EASEL_MODEL_SITE_CIVITAI)),
                   ==, TOKEN);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "");
  g_assert_false (stage_shows (fixture->window, "Make a Token"));
  assert_shows (fixture, "cute-style.safetensors");
}

/* Words */

static void
test_words (void)
{
  g_autoptr (GPtrArray) models =
      g_ptr_array_new_with_free_func ((GDestroyNotify) easel_shelf_model_free);
  g_autoptr (EaselShelfModel) model =
      model_new ("a.sft", EASEL_MODEL_LORA, EASEL_MODEL_BASE_SDXL, 228 * 1000000);
  const EaselOfferData data = { .provider_id = "vast",
                                .id = "1",
                                .gpu_id = "1",
                                .gpu_name = "RTX 3090",
                                .download_bps = 100 * 1000000,
                                .traffic_price = 3000 };
  g_autoptr (EaselOffer) offer = easel_offer_new (&data);
  g_autoptr (EaselTransfer) transfer =
      model_transfer_new (model, EASEL_TRANSFER_RUNNING, 120 * 1000000, 14 * 1000000, NULL);
  g_autofree char *line = easel_transfer_text_line (transfer);
  g_autofree char *none = easel_model_text_sum (models, offer);
  g_autofree char *sum = NULL;
  g_autofree char *plain = NULL;
  g_autofree char *least = NULL;
  g_autofree char *disk = easel_model_text_disk (41 * GB, 80 * GB);
  g_autofree char *room = easel_model_text_no_room (14 * GB, 12 * GB);

  g_assert_cmpstr (line, ==, "120 of 228 MB · 14 MB/s · about 7 s left");
  g_assert_cmpstr (disk, ==, "41 GB free of 80 GB");
  g_assert_cmpstr (room, ==, "The disk of this GPU has room for 12 GB more: 2 GB are missing.");
  g_assert_cmpstr (none, ==, "None of them comes by itself.");
  g_ptr_array_add (models, model_new ("b.sft", EASEL_MODEL_CHECKPOINT, EASEL_MODEL_BASE_SDXL,
                                      69 * GB / 10));
  g_ptr_array_add (models, model_new ("c.sft", EASEL_MODEL_LORA, EASEL_MODEL_BASE_SDXL, GB / 10));
  sum = easel_model_text_sum (models, offer);
  g_assert_cmpstr (sum, ==,
                   "2 models come with every new GPU, 7 GB: about 1 min more to start, "
                   "$0.02 for traffic.");
  plain = easel_model_text_sum (models, NULL);
  g_assert_cmpstr (plain, ==, "2 models come with every new GPU, 7 GB.");
  ((EaselShelfModel *) g_ptr_array_index (models, 1))->size = 0;
  ((EaselShelfModel *) g_ptr_array_index (models, 0))->is_ticked = FALSE;
  g_ptr_array_add (models, model_new ("d.sft", EASEL_MODEL_LORA, EASEL_MODEL_BASE_SDXL, GB));
  least = easel_model_text_sum (models, NULL);
  g_assert_cmpstr (least, ==, "2 models come with every new GPU, at least 1 GB.");
}

static void
test_look (Fixture *fixture, gconstpointer data)
{
  drop_file (fixture, "cute-style.safetensors", MODEL_SDXL_LORA);
  drop_file (fixture, "flux.safetensors", MODEL_FLUX_LORA);
  model_check_look (GTK_WINDOW (fixture->window), "add-model");
  while (count_cards (fixture) > 0)
    stage_click (find (fixture->window, EASEL_TYPE_MODEL_CARD), "Cancel");
  drop_file (fixture, "what.safetensors", MODEL_NAMELESS);
  easel_add_model_box_set_room (fixture->box, TRUE, 0);
  gtk_expander_set_expanded (GTK_EXPANDER (find (find (fixture->window, EASEL_TYPE_MODEL_CARD),
                                                 GTK_TYPE_EXPANDER)),
                             TRUE);
  enter (fixture, "not a link");
  model_check_look (GTK_WINDOW (fixture->window), "add-model-unknown");
  easel_test_server_reply (fixture->site, "GET", DOWNLOAD, 401, "{}");
  enter (fixture, "https://civitai.com/api/download/models/567");
  model_check_look (GTK_WINDOW (fixture->window), "add-model-token");
  model_check_narrow (GTK_WINDOW (fixture->window), "add-model-token-narrow");
}

/* The pointer alone says little: the box shows where a drop goes, and comes into sight. */
static void
test_drag (Fixture *fixture, gconstpointer data)
{
  GtkWidget *box = GTK_WIDGET (fixture->box);

  g_assert_true (model_drag_over (fixture->window));
  g_assert_true (gtk_widget_has_css_class (box, "easel-drop"));
  model_check_look (GTK_WINDOW (fixture->window), "add-model-drag");
  model_drag_away (fixture->window);
  g_assert_false (gtk_widget_has_css_class (box, "easel-drop"));

  g_assert_true (gtk_root_get_focus (GTK_ROOT (fixture->window)) == box);
  g_assert_true (model_drag_over (fixture->window));
  g_assert_true (model_drop_text (fixture->window, "no link"));
  g_assert_false (gtk_widget_has_css_class (box, "easel-drop"));
  wait_idle (fixture);
  g_assert_true (stage_shows (box, "This is not a link to a model."));
  g_assert_true (gtk_widget_is_ancestor (gtk_root_get_focus (GTK_ROOT (fixture->window)), box));

  /* As long as nothing can be added, nothing can be dropped. */
  gtk_widget_set_visible (box, FALSE);
  g_assert_false (model_drag_over (fixture->window));
}

/* What one's own checkpoint is for is no reason to warn. */
static void
test_fits_own (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselShelfModel) own =
      model_new ("own.safetensors", EASEL_MODEL_CHECKPOINT, EASEL_MODEL_BASE_FLUX, 6700000000);

  drop_file (fixture, "ink.safetensors", MODEL_FLUX_LORA);
  g_assert_true (stage_shows (fixture->window, "This LoRA is for Flux; you paint with"));
  g_assert_true (easel_shelf_put (fixture->shelf, own));
  easel_add_model_box_set_workload (fixture->box, EASEL_WORKLOAD_SDXL);
  g_assert_false (stage_shows (fixture->window, "This LoRA is for Flux"));
}

int
main (int argc, char **argv)
{
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP no display\n");
      return 0;
    }
  g_test_init (&argc, &argv, NULL);
  easel_ui_init ();

  g_test_add_func ("/add-model/words", test_words);
#define ADD(path, func) g_test_add ("/add-model/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("file", test_file);
  ADD ("several-files", test_several_files);
  ADD ("path", test_path);
  ADD ("list", test_list);
  ADD ("damaged-file", test_damaged_file);
  ADD ("misfit", test_misfit);
  ADD ("drag", test_drag);
  ADD ("fits-own", test_fits_own);
  ADD ("no-room", test_no_room);
  ADD ("no-room/link", test_no_room_link);
  ADD ("unknown-kind", test_unknown_kind);
  ADD ("taken", test_taken);
  ADD ("tick", test_tick);
  ADD ("link", test_link);
  ADD ("refused-links", test_refused_links);
  ADD ("site-errors", test_site_errors);
  ADD ("model-refused", test_model_refused);
  ADD ("stop", test_stop);
  ADD ("close", test_close);
  ADD ("token", test_token);
  ADD ("look", test_look);
#undef ADD

  return g_test_run ();
}
