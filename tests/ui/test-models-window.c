/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The models of a running GPU in every state that they can be in, and what the buttons do. */

#include "config.h"

#include "easel-add-model-box.h"
#include "easel-error.h"
#include "easel-look.h"
#include "easel-model-fallback.h"
#include "easel-model-row.h"
#include "easel-models-window-private.h"
#include "easel-pod-models-private.h"
#include "easel-question.h"
#include "easel-row-action.h"
#include "easel-studio-window.h"
#include "easel-test-util.h"
#include "easel-token-form.h"
#include "easel-transfer-row.h"
#include "easel-ui.h"
#include "model-stage.h"
#include "studio-stage.h"

#define MB G_GUINT64_CONSTANT (1000000)
#define GB G_GUINT64_CONSTANT (1000000000)

typedef struct
{
  Stage stage;
  EaselRental *rental;
  EaselPodModels *pod;
  GtkWindow *window;
  GtkWidget *root;
  GListStore *transfers;
  GPtrArray *files;
  EaselModelsView view;
} Fixture;

static const EaselPodFile files[] = {
  { (char *) "checkpoints", (char *) "dreams-xl.safetensors", 6900 * MB },
  { (char *) "loras", (char *) "cute-style.safetensors", 228 * MB },
  { (char *) "loras", (char *) "Hyper-SDXL-8steps-CFG-lora.safetensors", 787 * MB },
  { (char *) "upscale_models", (char *) "4x_NMKD-Superscale-SP_178000_G.sft", 67 * MB },
  { (char *) "inpaint", (char *) "fooocus_inpaint_head.safetensors", 53 * MB },
};

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselHttp) http = NULL;
  g_autoptr (EaselModelResolver) resolver = NULL;

  stage_set_up (&fixture->stage);
  stage_add_own (&fixture->stage, "easel-00000002", "RTX 3090");
  stage_add_foreign (&fixture->stage, "training", "RTX 4090");
  stage_open (&fixture->stage);
  fixture->rental = stage_find (&fixture->stage, "RTX 3090");
  http = easel_http_new (fixture->stage.clock, NULL);
  resolver = easel_model_resolver_new (http, EASEL_CIVITAI, EASEL_HUGGINGFACE);
  fixture->pod = _easel_pod_models_new (fixture->stage.clock, resolver,
                                        easel_session_get_model_tokens (fixture->stage.session));
  fixture->transfers = g_list_store_new (EASEL_TYPE_TRANSFER);
  fixture->files = g_ptr_array_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    g_ptr_array_add (fixture->files, (gpointer) &files[i]);
  fixture->view = (EaselModelsView){
    .is_up = TRUE,
    .state = EASEL_POD_MODELS_KNOWN,
    .files = fixture->files,
    .disk_free = 41 * GB,
    .disk_total = 80 * GB,
    .transfers = G_LIST_MODEL (fixture->transfers),
  };
  fixture->window = easel_models_window_open (NULL, fixture->stage.session, fixture->rental);
  fixture->root = GTK_WIDGET (fixture->window);
  gtk_window_present (fixture->window);
  easel_test_pump ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (fixture->window);
  easel_test_pump ();
  g_object_unref (fixture->transfers);
  g_ptr_array_unref (fixture->files);
  g_object_unref (fixture->pod);
  stage_tear_down (&fixture->stage);
}

static void
show (Fixture *fixture)
{
  _easel_models_window_show (EASEL_MODELS_WINDOW (fixture->window), &fixture->view);
  easel_test_pump ();
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

/* The row of a file, by its name. */
static GtkWidget *
find_row (GtkWidget *root, const char *name)
{
  GtkWidget *found = NULL;
  GtkWidget *child;

  if (EASEL_IS_MODEL_ROW (root) &&
      g_str_equal (easel_model_row_get_name (EASEL_MODEL_ROW (root)), name))
    return root;
  for (child = gtk_widget_get_first_child (root); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_row (child, name);
  return found;
}

static void
assert_shows (Fixture *fixture, const char *text)
{
  if (!stage_shows (fixture->root, text))
    g_test_message ("Does not show “%s”", text);
  g_assert_true (stage_shows (fixture->root, text));
}

static EaselTransfer *
add_transfer (Fixture *fixture,
              const char *name,
              EaselTransferState state,
              guint64 have,
              guint64 speed,
              GError *error)
{
  g_autoptr (EaselShelfModel) model =
      model_new (name, EASEL_MODEL_LORA, EASEL_MODEL_BASE_SDXL, 228 * MB);
  g_autoptr (EaselTransfer) transfer = model_transfer_new (model, state, have, speed, error);

  g_list_store_append (fixture->transfers, transfer);
  return transfer;
}

/* States */

static void
test_not_up (Fixture *fixture, gconstpointer data)
{
  fixture->view.is_up = FALSE;
  show (fixture);
  assert_shows (fixture, "Models on the RTX 3090");
  assert_shows (fixture, "Waiting for the GPU to be ready.");
  /* Nothing could take what is added. */
  g_assert_false (stage_shows (fixture->root, "Add a LoRA or Checkpoint"));
  g_assert_false (model_drop_text (fixture->root, "https://civitai.com/models/1"));
  g_assert_false (stage_shows (fixture->root, "On this GPU"));
}

static void
test_waiting (Fixture *fixture, gconstpointer data)
{
  fixture->view.state = EASEL_POD_MODELS_WAITING;
  fixture->view.disk_total = 0;
  show (fixture);
  assert_shows (fixture, "Asking the GPU what is there…");
  assert_shows (fixture, "Add a LoRA or Checkpoint");
  g_assert_false (stage_shows (fixture->root, "free of"));
  g_assert_false (stage_shows (fixture->root, "On this GPU"));
}

static void
test_no_agent (Fixture *fixture, gconstpointer data)
{
  EaselShelf *shelf = easel_session_get_shelf (fixture->stage.session);
  g_autoptr (EaselShelfModel) model =
      model_new ("big.safetensors", EASEL_MODEL_LORA, EASEL_MODEL_BASE_SDXL, 6 * GB);

  g_clear_pointer (&model->link, g_free);
  model->path = g_strdup ("/tmp/big.safetensors");
  fixture->view.state = EASEL_POD_MODELS_NO_AGENT;
  show (fixture);
  assert_shows (fixture, "Cloud Easel cannot bring models onto this GPU by itself");
  assert_shows (fixture, "Add a LoRA or Checkpoint");
  model_check_look (fixture->window, "models-no-agent");

  /* What is added gets a card of its own there, and is remembered. */
  g_signal_emit_by_name (find (fixture->root, EASEL_TYPE_ADD_MODEL_BOX), "add", model);
  easel_test_pump ();
  show (fixture);
  g_assert_nonnull (find (fixture->root, EASEL_TYPE_MODEL_FALLBACK));
  assert_shows (fixture, "can be sent to this GPU only up to");
  g_assert_cmpuint (easel_shelf_get_models (shelf)->len, ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (easel_pod_models_get_transfers (fixture->pod)), ==,
                    0);
}

static void
test_old (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = easel_error_new (EASEL_ERROR_NETWORK, "test");

  fixture->view.state = EASEL_POD_MODELS_OLD;
  fixture->view.error = error;
  show (fixture);
  assert_shows (fixture, "No answer from RTX 3090.");
  g_assert_null (stage_find_button (fixture->root, "Try Again"));
  /* What was there is listed still. */
  assert_shows (fixture, "cute-style.safetensors");
  fixture->view.error = NULL;
  show (fixture);
  assert_shows (fixture, "What is listed may be old.");
  fixture->view.state = EASEL_POD_MODELS_KNOWN;
  show (fixture);
  g_assert_false (stage_shows (fixture->root, "What is listed may be old."));
}

static void
test_files (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselShelfModel) model =
      model_new ("cute-style.safetensors", EASEL_MODEL_LORA, EASEL_MODEL_BASE_SDXL, 228 * MB);
  GtkWidget *row;

  easel_shelf_put (easel_session_get_shelf (fixture->stage.session), model);
  show (fixture);
  assert_shows (fixture, "41 GB free of 80 GB");
  assert_shows (fixture, "LoRAs");
  assert_shows (fixture, "Checkpoints");
  assert_shows (fixture, "Upscalers");
  assert_shows (fixture, "Other Models");
  assert_shows (fixture, "228 MB · on your list");
  /* Kinds that people add come first. */
  row = find (fixture->root, EASEL_TYPE_MODEL_ROW);
  g_assert_cmpstr (easel_model_row_get_folder (EASEL_MODEL_ROW (row)), ==, "loras");

  /* In place. */
  row = find_row (fixture->root, "dreams-xl.safetensors");
  g_ptr_array_remove_index (fixture->files, 1);
  show (fixture);
  g_assert_null (find_row (fixture->root, "4x_NMKD-Superscale-SP_178000_G.sf"));
  g_assert_true (find_row (fixture->root, "dreams-xl.safetensors") == row);
  g_ptr_array_set_size (fixture->files, 0);
  show (fixture);
  assert_shows (fixture, "No models are there yet.");
}

/* Transfers */

/* Where the way there stopped for want of one. */
static void
enter_token (Fixture *fixture)
{
  EaselModelTokens *tokens = easel_session_get_model_tokens (fixture->stage.session);
  GtkWidget *form =
      gtk_widget_get_ancestor (stage_find_button (fixture->root, "Make a Token at Civitai"),
                               EASEL_TYPE_TOKEN_FORM);

  gtk_editable_set_text (GTK_EDITABLE (find (form, GTK_TYPE_PASSWORD_ENTRY)), "a-good-token-12345");
  stage_click (form, "Save");
  g_assert_nonnull (easel_model_tokens_get (tokens, EASEL_MODEL_SITE_CIVITAI));
}

static void
test_transfers (Fixture *fixture, gconstpointer data)
{
  EaselTransfer *running = add_transfer (fixture, "running.safetensors", EASEL_TRANSFER_RUNNING,
                                         120 * MB, 14 * MB, NULL);
  EaselTransfer *failed = add_transfer (fixture, "failed.safetensors", EASEL_TRANSFER_FAILED, 0, 0,
                                        easel_error_new (EASEL_ERROR_TOKEN_NEEDED, "test"));

  show (fixture);
  assert_shows (fixture, "120 of 228 MB · 14 MB/s · about 7 s left");
  assert_shows (fixture, "Civitai gives this model only to those who have a token from there.");
  g_assert_false (stage_shows (fixture->root, "Look for new LoRA files"));
  assert_shows (fixture, "Make a Token at Civitai");
  enter_token (fixture);
  /* It goes on, and why it begins anew is said beside it. */
  _easel_transfer_set_state (running, EASEL_TRANSFER_RUNNING,
                             easel_error_new (EASEL_ERROR_FILE_CHANGED, "test"));
  assert_shows (fixture, "This file changed while it was being sent, so it is sent again");
  g_assert_null (
      stage_find_button (gtk_widget_get_first_child (find (fixture->root, EASEL_TYPE_TRANSFER_ROW)),
                         "Try Again"));
  _easel_transfer_set_state (running, EASEL_TRANSFER_VERIFYING, NULL);
  assert_shows (fixture, "Comparing every byte");
  _easel_transfer_set_state (failed, EASEL_TRANSFER_WAITING,
                             easel_error_new (EASEL_ERROR_NETWORK, "test"));
  assert_shows (fixture, "Waiting for its turn");
  assert_shows (fixture, "No answer from Civitai.");
  g_assert_nonnull (stage_find_button (fixture->root, "Try Again"));
  _easel_transfer_set_state (failed, EASEL_TRANSFER_WAITING, NULL);
  g_assert_null (stage_find_button (fixture->root, "Try Again"));
  g_assert_false (stage_shows (fixture->root, "Make a Token at Civitai"));
  _easel_transfer_set_state (running, EASEL_TRANSFER_DONE, NULL);
  assert_shows (fixture, "It is there · 228 MB");
  assert_shows (fixture, "Something new is there. Press Refresh in Krita: choose Configure");
}

/* What arrived before the window was opened is told, too. */
static void
test_arrived_before (Fixture *fixture, gconstpointer data)
{
  add_transfer (fixture, "there.safetensors", EASEL_TRANSFER_DONE, 228 * MB, 0, NULL);
  show (fixture);
  assert_shows (fixture, "Look for new LoRA files");
}

static gboolean
has_card (gpointer data)
{
  Fixture *fixture = data;

  return stage_find_button (fixture->root, "Add") != NULL ||
         stage_find_button (fixture->root, "Add to the List Only") != NULL;
}

static void
drop_model (Fixture *fixture, const char *name, const char *what)
{
  g_autofree char *path = model_write (fixture->stage.folder, name, what);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  GSList one = { .data = file };

  g_assert_true (model_drop_files (fixture->root, &one));
  easel_test_wait_until (has_card, fixture);
}

/* On the shelf and to the GPU, with one click. */
static void
test_add (Fixture *fixture, gconstpointer data)
{
  GListModel *transfers = easel_pod_models_get_transfers (fixture->pod);
  g_autoptr (EaselTransfer) transfer = NULL;

  _easel_models_window_set_pod (EASEL_MODELS_WINDOW (fixture->window), fixture->pod);
  easel_test_pump ();
  if (!gtk_widget_get_visible (find (fixture->root, EASEL_TYPE_ADD_MODEL_BOX)))
    show (fixture);
  drop_model (fixture, "dropped.safetensors", MODEL_SDXL_LORA);
  stage_click (fixture->root, "Add");
  g_assert_cmpuint (easel_shelf_get_models (easel_session_get_shelf (fixture->stage.session))->len,
                    ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (transfers), ==, 1);
  transfer = g_list_model_get_item (transfers, 0);
  g_assert_cmpstr (easel_transfer_get_model (transfer)->name, ==, "dropped.safetensors");
}

/* The pod is asked often only while somebody looks. */
static void
test_watched (Fixture *fixture, gconstpointer data)
{
  _easel_models_window_set_pod (EASEL_MODELS_WINDOW (fixture->window), fixture->pod);
  g_assert_true (fixture->pod->is_watched);
  gtk_widget_set_visible (fixture->root, FALSE);
  g_assert_false (fixture->pod->is_watched);
  gtk_window_present (fixture->window);
  g_assert_true (fixture->pod->is_watched);
  _easel_models_window_set_pod (EASEL_MODELS_WINDOW (fixture->window), NULL);
  g_assert_false (fixture->pod->is_watched);
  assert_shows (fixture, "Waiting for the GPU to be ready.");
}

/* What waits to come needs room, too, and the GPU keeps some for itself. */
static void
test_room (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselShelfModel) big =
      model_new ("big.safetensors", EASEL_MODEL_CHECKPOINT, EASEL_MODEL_BASE_SDXL, 20 * GB);
  g_autoptr (EaselTransfer) transfer =
      model_transfer_new (big, EASEL_TRANSFER_RUNNING, 5 * GB, 0, NULL);

  show (fixture);
  drop_model (fixture, "small.safetensors", MODEL_SDXL_LORA);
  g_assert_false (stage_shows (fixture->root, "missing"));
  g_list_store_append (fixture->transfers, transfer);
  fixture->view.disk_free = 15 * GB;
  show (fixture);
  assert_shows (fixture, "The disk of this GPU has no room left: 1 MB are missing.");
  g_list_store_remove_all (fixture->transfers);
  show (fixture);
  g_assert_false (stage_shows (fixture->root, "missing"));
  fixture->view.disk_free = 2 * GB;
  show (fixture);
  assert_shows (fixture, "The disk of this GPU has no room left: 1 MB are missing.");
  fixture->view.disk_total = 0;
  show (fixture);
  g_assert_false (stage_shows (fixture->root, "missing"));
}

static void
test_misfit (Fixture *fixture, gconstpointer data)
{
  /* The record says what is painted here; the plan is about the next one. */
  easel_plan_set_workload (easel_session_get_plan (fixture->stage.session), EASEL_WORKLOAD_FLUX);
  show (fixture);
  drop_model (fixture, "flux.safetensors", MODEL_FLUX_LORA);
  assert_shows (fixture, "This LoRA is for Flux; you paint with Illustration and photo (SDXL), "
                         "where it does nothing.");
  easel_plan_set_workload (easel_session_get_plan (fixture->stage.session), EASEL_WORKLOAD_SDXL);
}

/* What is remembered but not there can be brought. */
static void
test_bring (Fixture *fixture, gconstpointer data)
{
  EaselShelf *shelf = easel_session_get_shelf (fixture->stage.session);
  g_autoptr (EaselShelfModel) there =
      model_new ("cute-style.safetensors", EASEL_MODEL_LORA, EASEL_MODEL_BASE_SDXL, 228 * MB);
  g_autoptr (EaselShelfModel) away =
      model_new ("inks.safetensors", EASEL_MODEL_LORA, EASEL_MODEL_BASE_SDXL, 19 * MB);

  easel_shelf_put (shelf, there);
  _easel_models_window_set_pod (EASEL_MODELS_WINDOW (fixture->window), fixture->pod);
  show (fixture);
  g_assert_false (stage_shows (fixture->root, "On your list, not on this GPU"));
  easel_shelf_put (shelf, away);
  show (fixture);
  assert_shows (fixture, "On your list, not on this GPU");
  stage_click (fixture->root, "Bring");
  g_assert_cmpuint (g_list_model_get_n_items (easel_pod_models_get_transfers (fixture->pod)), ==,
                    1);
  add_transfer (fixture, "inks.safetensors", EASEL_TRANSFER_RUNNING, MB, 0, NULL);
  show (fixture);
  g_assert_false (stage_shows (fixture->root, "On your list, not on this GPU"));
}

/* For what has no room, the list is the place until something else is removed. */
static void
test_no_room (Fixture *fixture, gconstpointer data)
{
  EaselShelf *shelf = easel_session_get_shelf (fixture->stage.session);
  GtkWidget *bring;

  _easel_models_window_set_pod (EASEL_MODELS_WINDOW (fixture->window), fixture->pod);
  fixture->view.disk_free = 0;
  show (fixture);
  drop_model (fixture, "dropped.safetensors", MODEL_SDXL_LORA);
  stage_click (fixture->root, "Add to the List Only");
  g_assert_cmpuint (easel_shelf_get_models (shelf)->len, ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (easel_pod_models_get_transfers (fixture->pod)), ==,
                    0);
  show (fixture);
  assert_shows (fixture, "On your list, not on this GPU");
  assert_shows (fixture, "The disk of this GPU has no room left: 1 MB are missing.");
  bring = stage_find_button (fixture->root, "Bring");
  g_assert_false (gtk_widget_is_sensitive (bring));
  model_check_look (fixture->window, "models-no-room");
  fixture->view.disk_free = 41 * GB;
  show (fixture);
  g_assert_false (stage_shows (fixture->root, "missing"));
  g_assert_true (gtk_widget_is_sensitive (bring));
}

static EaselShelfModel *
put_lost (Fixture *fixture)
{
  EaselShelfModel *model =
      model_new ("inks.safetensors", EASEL_MODEL_LORA, EASEL_MODEL_BASE_SDXL, 8331);

  g_clear_pointer (&model->link, g_free);
  model->path = g_build_filename (fixture->stage.folder, "away", "inks.safetensors", NULL);
  easel_shelf_put (easel_session_get_shelf (fixture->stage.session), model);
  return model;
}

static gboolean
is_missed (gpointer data)
{
  Fixture *fixture = data;
  GPtrArray *models = easel_shelf_get_models (easel_session_get_shelf (fixture->stage.session));

  return easel_shelf_files_get_trouble (easel_session_get_shelf_files (fixture->stage.session),
                                        g_ptr_array_index (models, 0)) == EASEL_FILE_GONE;
}

static gboolean
is_found (gpointer data)
{
  return !is_missed (data);
}

/* What cannot be brought can be found. */
static void
test_bring_lost (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselShelfModel) lost = put_lost (fixture);
  g_autofree char *found = model_write (fixture->stage.folder, "inks.safetensors", MODEL_SDXL_LORA);

  g_object_notify (G_OBJECT (fixture->window), "is-active");
  easel_test_wait_until (is_missed, fixture);
  show (fixture);
  assert_shows (fixture, "This file is no longer where it was.");
  g_assert_null (stage_find_button (fixture->root, "Bring"));
  model_check_look (fixture->window, "models-lost");
  stage_click (fixture->root, "Find the File…");
  model_choose_file (found);
  easel_test_wait_until (is_found, fixture);
  show (fixture);
  g_assert_false (stage_shows (fixture->root, "This file is no longer where it was."));
  g_assert_null (stage_find_button (fixture->root, "Find the File…"));
  g_assert_nonnull (stage_find_button (fixture->root, "Bring"));
}

static gboolean
shows_lost (gpointer data)
{
  Fixture *fixture = data;

  return stage_shows (fixture->root, "This file is no longer where it was.");
}

static gboolean
shows_bad (gpointer data)
{
  Fixture *fixture = data;

  return stage_shows (fixture->root, "inks.safetensors: This file is not a model");
}

/* It is said before its turn comes, and comes from where it is found. */
static void
test_transfer_lost (Fixture *fixture, gconstpointer data)
{
  GListModel *transfers = easel_pod_models_get_transfers (fixture->pod);
  g_autoptr (EaselShelfModel) lost = put_lost (fixture);
  g_autofree char *found = model_write (fixture->stage.folder, "inks.safetensors", MODEL_SDXL_LORA);
  g_autofree char *bad = g_build_filename (fixture->stage.folder, "bad.safetensors", NULL);
  g_autoptr (EaselTransfer) transfer = NULL;

  g_assert_true (g_file_set_contents (bad, "<html>", -1, NULL));
  easel_pod_models_add (fixture->pod, lost);
  gtk_widget_set_visible (fixture->root, FALSE);
  _easel_models_window_set_pod (EASEL_MODELS_WINDOW (fixture->window), fixture->pod);
  gtk_window_present (fixture->window);
  easel_test_wait_until (shows_lost, fixture);
  model_save_picture (fixture->root, "models-lost-transfer");
  stage_click (fixture->root, "Find the File…");
  model_choose_file (bad);
  easel_test_wait_until (shows_bad, fixture);
  stage_click (fixture->root, "Find the File…");
  g_assert_false (shows_bad (fixture));
  model_choose_file (found);
  easel_test_wait_until (is_found, fixture);
  g_assert_false (shows_lost (fixture));
  g_assert_null (stage_find_button (fixture->root, "Find the File…"));
  g_assert_cmpuint (g_list_model_get_n_items (transfers), ==, 1);
  transfer = g_list_model_get_item (transfers, 0);
  g_assert_cmpstr (easel_transfer_get_model (transfer)->path, ==, found);
}

/* The transfer meets it first, while somebody looks. */
static void
test_transfer_missed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselShelfModel) lost = put_lost (fixture);
  g_autoptr (EaselTransfer) transfer =
      model_transfer_new (lost, EASEL_TRANSFER_FAILED, 0, 0,
                          easel_error_new (EASEL_ERROR_UNREADABLE_FILE, "test"));

  g_assert_false (is_missed (fixture));
  g_list_store_append (fixture->transfers, transfer);
  show (fixture);
  easel_test_wait_until (is_missed, fixture);
}

/* What is under way has its file open; what has failed for want of it is not tried in vain. */
static void
test_transfer_states (Fixture *fixture, gconstpointer data)
{
  EaselTransfer *transfer =
      add_transfer (fixture, "inks.safetensors", EASEL_TRANSFER_RUNNING, MB, 0, NULL);
  GtkWidget *row;

  show (fixture);
  row = find (fixture->root, EASEL_TYPE_TRANSFER_ROW);
  easel_transfer_row_set_trouble (EASEL_TRANSFER_ROW (row), EASEL_FILE_GONE);
  g_assert_null (stage_find_button (row, "Find the File…"));
  _easel_transfer_set_state (transfer, EASEL_TRANSFER_FAILED,
                             easel_error_new (EASEL_ERROR_UNREADABLE_FILE, "test"));
  g_assert_nonnull (stage_find_button (row, "Find the File…"));
  g_assert_null (stage_find_button (row, "Try Again"));
  g_assert_true (stage_shows (row, "This file is no longer where it was."));
  g_assert_false (stage_shows (row, "Is it still there?"));
  easel_transfer_row_set_trouble (EASEL_TRANSFER_ROW (row), EASEL_FILE_FINE);
  g_assert_null (stage_find_button (row, "Find the File…"));
  g_assert_nonnull (stage_find_button (row, "Try Again"));
  g_assert_true (stage_shows (row, "Is it still there?"));
  _easel_transfer_set_state (transfer, EASEL_TRANSFER_WAITING, NULL);
  easel_transfer_row_set_trouble (EASEL_TRANSFER_ROW (row), EASEL_FILE_CHANGED);
  g_assert_true (stage_shows (row, "This file has changed since you added it."));
  g_assert_null (stage_find_button (row, "Find the File…"));
}

static void
test_remove (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselShelfModel) model =
      model_new ("cute-style.safetensors", EASEL_MODEL_LORA, EASEL_MODEL_BASE_SDXL, 228 * MB);
  g_autoptr (EaselTransfer) arrived =
      model_transfer_new (model, EASEL_TRANSFER_DONE, 228 * MB, 0, NULL);

  easel_shelf_put (easel_session_get_shelf (fixture->stage.session), model);
  _easel_models_window_set_pod (EASEL_MODELS_WINDOW (fixture->window), fixture->pod);
  show (fixture);
  stage_click (find_row (fixture->root, "dreams-xl.safetensors"), "Remove…");
  g_assert_true (
      stage_shows (stage_get_question (), "Remove dreams-xl.safetensors from the RTX 3090?"));
  g_assert_true (stage_shows (stage_get_question (), "Krita’s plugin needs it."));
  model_save_picture (stage_get_question (), "models-remove");
  stage_click (stage_get_question (), "Cancel");
  g_assert_null (stage_get_question ());
  g_list_store_append (fixture->transfers, arrived);
  show (fixture);
  assert_shows (fixture, "Something new is there.");
  stage_click (find_row (fixture->root, "cute-style.safetensors"), "Remove…");
  g_assert_true (stage_shows (stage_get_question (), "It stays on your list of models"));
  gtk_widget_grab_focus (
      stage_find_button (find_row (fixture->root, "cute-style.safetensors"), "Remove…"));
  stage_click (stage_get_question (), "Remove");
  g_assert_null (stage_get_question ());
  /* Its row will go, and must not take the focus along; nor is anything new there. */
  g_assert_false (stage_shows (fixture->root, "Something new is there."));
  g_assert_true (GTK_IS_TEXT (gtk_root_get_focus (GTK_ROOT (fixture->window))));
}

/* The way in */

static void
test_row_action (Fixture *fixture, gconstpointer data)
{
  EaselRental *foreign = stage_find (&fixture->stage, "RTX 4090");
  GtkWindow *studio = easel_studio_window_new (NULL, fixture->stage.session);
  GtkWindow *again;

  g_assert_true (easel_row_action_makes_sense (EASEL_ROW_MODELS, fixture->rental));
  g_assert_false (easel_row_action_makes_sense (EASEL_ROW_MODELS, foreign));
  /* One window for each GPU. */
  again = easel_models_window_open (NULL, fixture->stage.session, fixture->rental);
  g_assert_true (again == fixture->window);
  gtk_window_destroy (fixture->window);
  easel_studio_window_choose (EASEL_STUDIO_WINDOW (studio), fixture->rental, EASEL_ROW_MODELS);
  easel_test_pump ();
  fixture->window = easel_models_window_open (NULL, fixture->stage.session, fixture->rental);
  fixture->root = GTK_WIDGET (fixture->window);
  g_assert_true (gtk_window_get_transient_for (fixture->window) == studio);
  /* It goes with the window that it belongs to. */
  g_object_add_weak_pointer (G_OBJECT (fixture->window), (gpointer *) &fixture->window);
  gtk_window_destroy (studio);
  easel_test_pump ();
  g_assert_null (fixture->window);
  fixture->window = easel_models_window_open (NULL, fixture->stage.session, fixture->rental);
}

static void
test_look (Fixture *fixture, gconstpointer data)
{
  EaselShelf *shelf = easel_session_get_shelf (fixture->stage.session);
  g_autoptr (EaselShelfModel) there =
      model_new ("cute-style.safetensors", EASEL_MODEL_LORA, EASEL_MODEL_BASE_SDXL, 228 * MB);
  g_autoptr (EaselShelfModel) away =
      model_new ("inks.safetensors", EASEL_MODEL_LORA, EASEL_MODEL_BASE_SDXL, 19 * MB);

  easel_shelf_put (shelf, there);
  easel_shelf_put (shelf, away);
  add_transfer (fixture, "watercolour.safetensors", EASEL_TRANSFER_RUNNING, 120 * MB, 14 * MB,
                NULL);
  add_transfer (fixture, "members-only.safetensors", EASEL_TRANSFER_FAILED, 0, 0,
                easel_error_new (EASEL_ERROR_TOKEN_NEEDED, "test"));
  add_transfer (fixture, "cute-style.safetensors", EASEL_TRANSFER_DONE, 228 * MB, 0, NULL);
  add_transfer (fixture, "later.safetensors", EASEL_TRANSFER_WAITING, 0, 0, NULL);
  show (fixture);
  gtk_window_set_default_size (fixture->window, 640, 980);
  fixture->view.files = NULL;
  show (fixture);
  model_check_look (fixture->window, "models-transfers");
  model_check_narrow (fixture->window, "models-transfers-narrow");
  g_list_store_remove_all (fixture->transfers);
  fixture->view.files = fixture->files;
  easel_shelf_remove (shelf, "loras", "inks.safetensors");
  gtk_window_set_default_size (fixture->window, 640, 980);
  show (fixture);
  model_check_look (fixture->window, "models-files");
  model_check_narrow (fixture->window, "models-files-narrow");
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

#define ADD(path, func) g_test_add ("/models-window/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("not-up", test_not_up);
  ADD ("waiting", test_waiting);
  ADD ("no-agent", test_no_agent);
  ADD ("old", test_old);
  ADD ("files", test_files);
  ADD ("transfers", test_transfers);
  ADD ("arrived-before", test_arrived_before);
  ADD ("add", test_add);
  ADD ("watched", test_watched);
  ADD ("room", test_room);
  ADD ("misfit", test_misfit);
  ADD ("bring", test_bring);
  ADD ("no-room", test_no_room);
  ADD ("bring-lost", test_bring_lost);
  ADD ("transfer-lost", test_transfer_lost);
  ADD ("transfer-missed", test_transfer_missed);
  ADD ("transfer-states", test_transfer_states);
  ADD ("remove", test_remove);
  ADD ("row-action", test_row_action);
  ADD ("look", test_look);
#undef ADD

  return g_test_run ();
}
