/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The window of remembered models: ticks, what they mean for the next start, removing and taking
 * that back, and tokens. */

#include "config.h"

#include "easel-done-dialog.h"
#include "easel-look.h"
#include "easel-model-text.h"
#include "easel-model-tokens-private.h"
#include "easel-shelf-row.h"
#include "easel-shelf-window.h"
#include "easel-test-util.h"
#include "easel-token-row.h"
#include "easel-ui.h"
#include "model-stage.h"
#include "studio-stage.h"

#include <glib/gstdio.h>

#define MB G_GUINT64_CONSTANT (1000000)

typedef struct
{
  Stage stage;
  EaselShelf *shelf;
  GtkWindow *window;
} Fixture;

static void
put (Fixture *fixture,
     const char *name,
     EaselModelKind kind,
     EaselModelBase base,
     guint64 size,
     gboolean is_ticked)
{
  g_autoptr (EaselShelfModel) model = model_new (name, kind, base, size);

  model->is_ticked = is_ticked;
  g_assert_true (easel_shelf_put (fixture->shelf, model));
}

/* Without @data the shelf is empty. */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  stage_set_up (&fixture->stage);
  stage_add_own (&fixture->stage, "easel-00000002", "RTX 3090");
  stage_open (&fixture->stage);
  fixture->shelf = easel_session_get_shelf (fixture->stage.session);
  easel_plan_set_workload (easel_session_get_plan (fixture->stage.session), EASEL_WORKLOAD_SDXL);
  if (data != NULL)
    {
      put (fixture, "inks.safetensors", EASEL_MODEL_LORA, EASEL_MODEL_BASE_FLUX, 19 * MB, FALSE);
      put (fixture, "watercolour-of-a-long-name-that-no-window-is-wide-enough-for.safetensors",
           EASEL_MODEL_LORA, EASEL_MODEL_BASE_FLUX, 344 * MB, TRUE);
      put (fixture, "cute-style.safetensors", EASEL_MODEL_LORA, EASEL_MODEL_BASE_SDXL, 228 * MB,
           TRUE);
      put (fixture, "dreams-xl.safetensors", EASEL_MODEL_CHECKPOINT, EASEL_MODEL_BASE_SDXL,
           6900 * MB, TRUE);
    }
  fixture->window = easel_shelf_window_new (NULL, fixture->stage.session);
  gtk_window_present (fixture->window);
  easel_test_pump ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (fixture->window);
  easel_test_pump ();
  stage_tear_down (&fixture->stage);
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

static GtkWidget *
row_at (Fixture *fixture, int index)
{
  GtkWidget *first = find (GTK_WIDGET (fixture->window), EASEL_TYPE_SHELF_ROW);
  GtkListBox *list = GTK_LIST_BOX (gtk_widget_get_parent (first));

  return GTK_WIDGET (gtk_list_box_get_row_at_index (list, index));
}

static gboolean
shows (Fixture *fixture, const char *text)
{
  return stage_shows (GTK_WIDGET (fixture->window), text);
}

static void
test_empty (Fixture *fixture, gconstpointer data)
{
  g_assert_true (shows (fixture, "Nothing is here yet."));
  g_assert_true (shows (fixture, "Or drop files and links here."));
  g_assert_null (find (GTK_WIDGET (fixture->window), EASEL_TYPE_SHELF_ROW));
  model_check_look (fixture->window, "shelf-empty");
}

static void
test_rows (Fixture *fixture, gconstpointer data)
{
  EaselPlan *plan = easel_session_get_plan (fixture->stage.session);

  g_assert_false (shows (fixture, "Nothing is here yet."));
  g_assert_true (stage_shows (row_at (fixture, 0), "Checkpoint for SDXL · 6.9 GB"));
  g_assert_true (shows (fixture, "3 models come with every new GPU, 7.5 GB."));
  /* What is not ticked is not warned of. */
  g_assert_true (stage_shows (row_at (fixture, 2), "This LoRA is for Flux; you paint with"));
  g_assert_false (stage_shows (row_at (fixture, 3), "This LoRA is for Flux"));
  easel_plan_set_workload (plan, EASEL_WORKLOAD_FLUX);
  g_assert_false (stage_shows (row_at (fixture, 2), "This LoRA is for Flux"));
  /* With one's own checkpoint it has its use, and the wizard says nothing either. */
  g_assert_false (stage_shows (row_at (fixture, 1), "This LoRA is for SDXL"));
  easel_shelf_set_ticked (fixture->shelf, "checkpoints", "dreams-xl.safetensors", FALSE);
  g_assert_true (stage_shows (row_at (fixture, 1), "This LoRA is for SDXL; you paint with"));
}

static void
test_tick (Fixture *fixture, gconstpointer data)
{
  GtkWidget *row = row_at (fixture, 0);
  GtkWidget *tick = find (row, GTK_TYPE_CHECK_BUTTON);
  const EaselShelfModel *model;

  gtk_widget_grab_focus (tick);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (tick), FALSE);
  easel_test_pump ();
  model = g_ptr_array_index (easel_shelf_get_models (fixture->shelf), 0);
  g_assert_false (model->is_ticked);
  g_assert_true (shows (fixture, "2 models come with every new GPU, 572 MB."));
  /* In place: the focus is where it was. */
  g_assert_true (row_at (fixture, 0) == row);
  g_assert_true (gtk_widget_is_focus (tick));
}

static void
test_remove (Fixture *fixture, gconstpointer data)
{
  GPtrArray *models = easel_shelf_get_models (fixture->shelf);
  GtkWidget *second = row_at (fixture, 1);
  g_autofree char *name = NULL;

  stage_click (row_at (fixture, 0), "Remove");
  g_assert_cmpuint (models->len, ==, 3);
  g_assert_true (row_at (fixture, 0) == second);
  g_assert_true (shows (fixture, "dreams-xl.safetensors is no longer on your list."));
  stage_click (GTK_WIDGET (fixture->window), "Undo");
  g_assert_cmpuint (models->len, ==, 4);
  g_assert_false (shows (fixture, "is no longer on your list."));
  g_assert_true (stage_shows (row_at (fixture, 0), "dreams-xl.safetensors"));
  /* Where it was, and not in front. */
  name = g_strdup (((EaselShelfModel *) g_ptr_array_index (models, 2))->name);
  stage_click (row_at (fixture, 2), "Remove");
  g_assert_false (stage_shows (row_at (fixture, 2), name));
  stage_click (GTK_WIDGET (fixture->window), "Undo");
  g_assert_true (stage_shows (row_at (fixture, 2), name));
  while (models->len > 0)
    stage_click (row_at (fixture, 0), "Remove");
  g_assert_true (shows (fixture, "Nothing is here yet."));
}

static gboolean
has_card (gpointer data)
{
  Fixture *fixture = data;

  return stage_find_button (GTK_WIDGET (fixture->window), "Add") != NULL;
}

static void
test_add (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path =
      model_write (fixture->stage.folder, "dropped.safetensors", MODEL_SDXL_LORA);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  GSList files = { .data = file };

  g_assert_true (model_drop_files (GTK_WIDGET (fixture->window), &files));
  easel_test_wait_until (has_card, fixture);
  g_assert_cmpuint (easel_shelf_get_models (fixture->shelf)->len, ==, 0);
  stage_click (GTK_WIDGET (fixture->window), "Add");
  g_assert_cmpuint (easel_shelf_get_models (fixture->shelf)->len, ==, 1);
  g_assert_true (stage_shows (row_at (fixture, 0), "LoRA for SDXL · 1 MB · on this computer"));
}

static gboolean
is_missed (gpointer data)
{
  return shows (data, "This file is no longer where it was.");
}

static gboolean
is_refused (gpointer data)
{
  return shows (data, "gone.safetensors: This file is not a model, or it is damaged.");
}

static gboolean
is_missed_no_more (gpointer data)
{
  return !is_missed (data);
}

/* Noticed when somebody looks, and again when the window is used again. */
static void
test_moved (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = model_write (fixture->stage.folder, "moved.safetensors", MODEL_SDXL_LORA);
  g_autofree char *away = g_strconcat (path, ".away", NULL);
  g_autoptr (EaselShelfModel) model =
      model_new ("moved.safetensors", EASEL_MODEL_LORA, EASEL_MODEL_BASE_FLUX, 8331);
  GtkWidget *find_button;

  g_clear_pointer (&model->link, g_free);
  model->path = g_strdup (path);
  g_assert_cmpint (g_rename (path, away), ==, 0);
  g_assert_true (easel_shelf_put (fixture->shelf, model));
  gtk_widget_set_visible (GTK_WIDGET (fixture->window), FALSE);
  gtk_window_present (fixture->window);
  easel_test_wait_until (is_missed, fixture);
  find_button = stage_find_button (row_at (fixture, 0), "Find the File…");
  g_assert_nonnull (find_button);
  g_assert_true (gtk_widget_get_visible (find_button));
  model_check_look (fixture->window, "shelf-moved");
  /* What is not to come is not missed. */
  easel_shelf_set_ticked (fixture->shelf, "loras", "moved.safetensors", FALSE);
  g_assert_false (is_missed (fixture));
  g_assert_false (gtk_widget_get_visible (find_button));
  easel_shelf_set_ticked (fixture->shelf, "loras", "moved.safetensors", TRUE);
  g_assert_true (is_missed (fixture));
  g_assert_cmpint (g_rename (away, path), ==, 0);
  g_object_notify (G_OBJECT (fixture->window), "is-active");
  easel_test_wait_until (is_missed_no_more, fixture);
}

/* Somebody shows where it is: it stays in its place, also under another name. */
static void
test_found (Fixture *fixture, gconstpointer data)
{
  g_autofree char *bad = g_build_filename (fixture->stage.folder, "bad.safetensors", NULL);
  g_autofree char *found =
      model_write (fixture->stage.folder, "found.safetensors", MODEL_SDXL_LORA);
  g_autofree char *gone = g_build_filename (fixture->stage.folder, "gone.safetensors", NULL);
  g_autoptr (EaselShelfModel) model =
      model_new ("gone.safetensors", EASEL_MODEL_LORA, EASEL_MODEL_BASE_SDXL, 8331);
  g_autoptr (EaselShelfModel) other =
      model_new ("other.safetensors", EASEL_MODEL_LORA, EASEL_MODEL_BASE_SDXL, 8331);
  const EaselShelfModel *now;

  g_assert_true (g_file_set_contents (bad, "<html>", -1, NULL));
  g_clear_pointer (&model->link, g_free);
  model->path = g_strdup (gone);
  g_assert_true (easel_shelf_put (fixture->shelf, model));
  g_assert_true (easel_shelf_put (fixture->shelf, other));
  gtk_widget_set_visible (GTK_WIDGET (fixture->window), FALSE);
  gtk_window_present (fixture->window);
  easel_test_wait_until (is_missed, fixture);
  stage_click (row_at (fixture, 1), "Find the File…");
  model_choose_file (bad);
  easel_test_wait_until (is_refused, fixture);
  stage_click (row_at (fixture, 1), "Find the File…");
  g_assert_false (is_refused (fixture));
  model_choose_file (found);
  easel_test_wait_until (is_missed_no_more, fixture);
  now = g_ptr_array_index (easel_shelf_get_models (fixture->shelf), 1);
  g_assert_cmpstr (now->name, ==, "found.safetensors");
  g_assert_cmpstr (now->path, ==, found);
  g_assert_true (gtk_widget_is_focus (find (row_at (fixture, 1), GTK_TYPE_CHECK_BUTTON)));
}

static gboolean
is_forgettable (gpointer data)
{
  return stage_find_button (data, "Forget") != NULL;
}

static void
test_tokens (Fixture *fixture, gconstpointer data)
{
  EaselModelTokens *tokens = easel_session_get_model_tokens (fixture->stage.session);
  GtkWidget *row = find (GTK_WIDGET (fixture->window), EASEL_TYPE_TOKEN_ROW);
  GtkWidget *entry;

  g_assert_true (stage_shows (row, "Civitai"));
  g_assert_true (stage_shows (row, "No token. Most models need none."));
  stage_click (row, "Enter Token…");
  g_assert_null (stage_find_button (row, "Enter Token…"));
  entry = find (row, GTK_TYPE_PASSWORD_ENTRY);
  gtk_editable_set_text (GTK_EDITABLE (entry), "two words");
  stage_click (row, "Save");
  g_assert_true (stage_shows (row, "This cannot be a token from Civitai."));
  gtk_editable_set_text (GTK_EDITABLE (entry), " a-good-token-12345\n");
  stage_click (row, "Save");
  easel_test_wait_until (is_forgettable, row);
  g_assert_cmpstr (easel_secret_peek (easel_model_tokens_get (tokens, EASEL_MODEL_SITE_CIVITAI)),
                   ==, "a-good-token-12345");
  /* The store of the tests forgets at the end. */
  g_assert_true (stage_shows (row, "Until Cloud Easel ends"));
  g_assert_null (stage_find_button (row, "Save"));
  stage_click (row, "Forget");
  g_assert_null (easel_model_tokens_get (tokens, EASEL_MODEL_SITE_CIVITAI));
  g_assert_true (stage_shows (row, "No token."));
  g_assert_nonnull (stage_find_button (row, "Enter Token…"));
  easel_test_pump ();
}

/* What the question says that ends a GPU. */
static void
test_return (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) models =
      g_ptr_array_new_with_free_func ((GDestroyNotify) easel_shelf_model_free);
  g_autofree char *nothing = easel_model_text_return (models);
  g_autofree char *loras = NULL;
  EaselQuestion *question = easel_done_dialog_new (NULL, fixture->stage.studio, fixture->shelf,
                                                   stage_find (&fixture->stage, "RTX 3090"));

  gtk_window_present (GTK_WINDOW (question));
  easel_test_pump ();
  g_assert_true (stage_shows (GTK_WIDGET (question), "3 models come back next time."));
  model_save_picture (GTK_WIDGET (question), "done");
  easel_question_answer (question, "cancel");
  g_assert_null (nothing);
  g_ptr_array_add (models, model_new ("a.sft", EASEL_MODEL_LORA, EASEL_MODEL_BASE_SDXL, MB));
  g_ptr_array_add (models, model_new ("b.sft", EASEL_MODEL_LORA, EASEL_MODEL_BASE_SDXL, MB));
  loras = easel_model_text_return (models);
  g_assert_cmpstr (loras, ==, "2 LoRAs come back next time.");
}

static void
test_look (Fixture *fixture, gconstpointer data)
{
  stage_click (find (GTK_WIDGET (fixture->window), EASEL_TYPE_TOKEN_ROW), "Enter Token…");
  gtk_window_set_default_size (fixture->window, 640, 950);
  model_check_look (fixture->window, "shelf");
  model_check_narrow (fixture->window, "shelf-narrow");
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

#define ADD(path, is_full, func)                                                                   \
  g_test_add ("/shelf-window/" path, Fixture, is_full, set_up, func, tear_down)
  ADD ("empty", NULL, test_empty);
  ADD ("rows", "full", test_rows);
  ADD ("tick", "full", test_tick);
  ADD ("remove", "full", test_remove);
  ADD ("add", NULL, test_add);
  ADD ("moved", NULL, test_moved);
  ADD ("found", NULL, test_found);
  ADD ("tokens", NULL, test_tokens);
  ADD ("return", "full", test_return);
  ADD ("look", "full", test_look);
#undef ADD

  return g_test_run ();
}
