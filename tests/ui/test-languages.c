/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Every page and window in the language of EASEL_TEST_LANGUAGE, with letters twice as big, at the
 * size that it opens with: nothing is cut off, and nothing is complained about (G_DEBUG).
 *
 * "pseudo" is a language made here, in which all that is marked for translation stands in brackets
 * and is longer: what lacks brackets cannot be translated. "rtl" is English from right to left.
 * With EASEL_TEST_PICTURES=FOLDER a picture of each is left there. */

#include "config.h"

#include "easel-clamp.h"
#include "easel-close-dialog.h"
#include "easel-details-window.h"
#include "easel-error.h"
#include "easel-done-dialog.h"
#include "easel-end-all-dialog.h"
#include "easel-help-window.h"
#include "easel-look.h"
#include "easel-model-card.h"
#include "easel-models-window-private.h"
#include "easel-preferences-window.h"
#include "easel-question.h"
#include "easel-receipts-window.h"
#include "easel-shelf-window.h"
#include "easel-studio-window.h"
#include "easel-template-dialog.h"
#include "easel-test-util.h"
#include "easel-ui.h"
#include "easel-wizard.h"
#include "model-stage.h"
#include "wizard-stage.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <locale.h>

#define TEXT_SCALE 2

static const char *language;

typedef struct
{
  WizardStage stage;
  EaselWizard *wizard;
  EaselStep wanted;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  wizard_stage_set_up (&fixture->stage, data);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->wizard != NULL)
    stub_assert_finalizes (g_steal_pointer (&fixture->wizard));
  easel_test_pump ();
  wizard_stage_tear_down (&fixture->stage, data);
}

/* Names, addresses, amounts: the same in every language. */
static gboolean
is_data (const char *text)
{
  return g_regex_match_simple (
      "^(Civitai|Hugging Face|Fermi|Nuligi|Reen|Sekva|Close|Cancel|Back|Next|Stable Diffusion "
      "ComfyUI for Krita|RTX "
      "[A0-9]+|RunPod|vast\\.ai|Krita|https?://.*|[-0-9 .,:%$/×·–—~−+]*|[0-9]+ "
      "(GB|GiB|h|min)|painter@example\\.org|"
      "[A-Za-z0-9 "
      "_./"
      ":-]*\\.(safetensors|json)|runpod\\.io|easel-[0-9a-f]+|training|[a-z]+@example\\.org|RUNNING|"
      "pod[0-9]|aclysia/"
      ".*)$",
      text, 0, 0);
}

static void
check_translated (GtkWidget *widget, GString *problems)
{
  GtkWidget *child;

  if (!gtk_widget_get_mapped (widget))
    return;
  if (GTK_IS_LABEL (widget))
    {
      const char *text = gtk_label_get_text (GTK_LABEL (widget));

      if (strstr (text, "⟦") == NULL && !is_data (text))
        g_string_append_printf (problems, "“%s” is not translated\n", text);
    }
  for (child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (!GTK_IS_NATIVE (child))
      check_translated (child, problems);
}

static void
save_picture (GtkWidget *window, const char *name)
{
  const char *folder = g_getenv ("EASEL_TEST_PICTURES");
  g_autofree char *path = NULL;
  g_autoptr (GdkTexture) texture = NULL;

  if (folder == NULL)
    return;
  path = g_strdup_printf ("%s/%s-%s.png", folder, language, name);
  texture = easel_look_take_picture (window);
  g_assert_true (gdk_texture_save_to_png (texture, path));
}

static void
check_window (GtkWidget *window, const char *name)
{
  g_autoptr (GString) problems = g_string_new (NULL);
  guint n_seen;

  easel_look_settle (window);
  save_picture (window, name);
  n_seen = easel_look_check_clipping (window, problems);
  if (g_str_equal (language, "pseudo"))
    check_translated (window, problems);
  g_test_message ("%s: %u texts", name, n_seen);
  if (problems->len > 0)
    {
      g_test_message ("%s:\n%s", name, problems->str);
      g_test_fail ();
    }
  g_assert_cmpuint (n_seen, >=, 2);
}

static int
get_least_width (GtkWidget *window)
{
  int width;

  gtk_widget_measure (window, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  return width;
}

/* As with a mouse: as narrow as it lets itself be made, and again when something has gone for it.
 * The shadow that is drawn here counts, too. */
static void
check_narrow (GtkWidget *window, int text_scale, int limit)
{
  g_autoptr (GString) problems = g_string_new (NULL);
  int old_width, old_height, least;

  gtk_window_get_default_size (GTK_WINDOW (window), &old_width, &old_height);
  g_assert_cmpint (gtk_widget_get_width (window), <=, old_width);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 96 * 1024 * text_scale, NULL);
  easel_look_settle (window);
  for (int i = 0; i < 4 && get_least_width (window) > limit; i++)
    {
      least = get_least_width (window);
      gtk_window_set_default_size (GTK_WINDOW (window), least, old_height);
      easel_look_settle (window);
      easel_test_pump ();
    }
  g_assert_cmpint (get_least_width (window), <=, limit);
  easel_look_check_clipping (window, problems);
  g_assert_cmpstr (problems->str, ==, "");
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 96 * 1024 * TEXT_SCALE, NULL);
  gtk_window_set_default_size (GTK_WINDOW (window), old_width, old_height);
  easel_look_settle (window);
}

static GtkWidget *
find_clamp (GtkWidget *widget)
{
  GtkWidget *child;
  GtkWidget *found = EASEL_IS_CLAMP (widget) ? widget : NULL;

  for (child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_clamp (child);
  return found;
}

/* Beside each other the windows look alike. */
static void
check_margin (GtkWidget *window, const char *name)
{
  GtkWidget *clamp = find_clamp (window);
  graphene_rect_t bounds;

  if (EASEL_IS_QUESTION (window))
    return;
  g_test_message ("margins of %s", name);
  g_assert_nonnull (clamp);
  g_assert_true (gtk_widget_compute_bounds (gtk_widget_get_first_child (clamp), clamp, &bounds));
  /* Words that break nowhere may need the margin. */
  if (gtk_widget_get_width (clamp) - get_least_width (gtk_widget_get_first_child (clamp)) >= 72)
    g_assert_cmpfloat (bounds.origin.x, ==, 36);
  g_assert_cmpfloat (bounds.origin.y, ==, 24);
}

static void
check_and_close (gpointer window, const char *name)
{
  gtk_window_present (window);
  easel_test_pump ();
  check_window (window, name);
  check_margin (window, name);
  gtk_window_destroy (window);
  easel_test_pump ();
}

static gboolean
is_wanted_step (gpointer data)
{
  Fixture *fixture = data;

  return easel_wizard_get_step (fixture->wizard) == fixture->wanted;
}

static GtkWidget *
window_of (Fixture *fixture)
{
  return GTK_WIDGET (easel_wizard_get_window (fixture->wizard));
}

static gboolean
account_is_ready (gpointer data)
{
  return easel_account_get_state (data) == EASEL_ACCOUNT_READY;
}

static gboolean
has_offer (gpointer data)
{
  Fixture *fixture = data;

  stage_advance (&fixture->stage.base, 1);
  return easel_plan_get_offer (fixture->stage.plan) != NULL;
}

/* Its words differ, its place does not. */
static GtkWidget *
find_suggested (GtkWidget *widget)
{
  GtkWidget *child;
  GtkWidget *found = NULL;

  if (!gtk_widget_get_mapped (widget))
    return NULL;
  if (GTK_IS_BUTTON (widget) && gtk_widget_has_css_class (widget, "suggested-action"))
    return widget;
  for (child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_suggested (child);
  return found;
}

static void
go_on (Fixture *fixture, EaselStep step)
{
  gtk_assistant_next_page (GTK_ASSISTANT (window_of (fixture)));
  easel_test_pump ();
  g_assert_cmpint (easel_wizard_get_step (fixture->wizard), ==, step);
}

/* One that fits, and one of which is warned. */
static void
put_on_shelf (EaselShelf *shelf)
{
  g_autoptr (EaselShelfModel) lora =
      model_new ("cute-style.safetensors", EASEL_MODEL_LORA, EASEL_MODEL_BASE_SDXL, 228 * 1000000);
  g_autoptr (EaselShelfModel) flux =
      model_new ("inks.safetensors", EASEL_MODEL_CHECKPOINT, EASEL_MODEL_BASE_FLUX, 19 * 1000000);

  g_assert_true (easel_shelf_put (shelf, lora));
  g_assert_true (easel_shelf_put (shelf, flux));
}

static void
test_wizard (Fixture *fixture, gconstpointer data)
{
  GtkWidget *entry;
  GtkWidget *rent;

  wizard_stage_open (&fixture->stage, FALSE);
  fixture->wizard = easel_wizard_new (NULL, fixture->stage.base.session);
  easel_wizard_present (fixture->wizard, EASEL_WIZARD_START_FRESH);
  check_window (window_of (fixture), "1-start");
  go_on (fixture, EASEL_STEP_ACCOUNT);
  check_window (window_of (fixture), "2-account");
  entry = wizard_stage_find (window_of (fixture), GTK_TYPE_PASSWORD_ENTRY);
  gtk_editable_set_text (GTK_EDITABLE (entry), "practice-key");
  g_signal_emit_by_name (entry, "activate");
  easel_test_wait_until (account_is_ready, fixture->stage.account);
  check_window (window_of (fixture), "2-account-accepted");
  put_on_shelf (easel_session_get_shelf (fixture->stage.base.session));
  go_on (fixture, EASEL_STEP_TEMPLATE);
  check_window (window_of (fixture), "3-template");
  go_on (fixture, EASEL_STEP_GPU);
  easel_test_wait_until (has_offer, fixture);
  check_window (window_of (fixture), "4-gpu");
  check_narrow (window_of (fixture), 1, 360);
  check_narrow (window_of (fixture), TEXT_SCALE, 560 + 10);
  go_on (fixture, EASEL_STEP_REVIEW);
  check_window (window_of (fixture), "5-review");

  wizard_stage_bring_up_comfy (&fixture->stage);
  rent = find_suggested (window_of (fixture));
  g_assert_nonnull (rent);
  g_signal_emit_by_name (rent, "clicked");
  stub_settle ();
  g_assert_cmpint (easel_wizard_get_step (fixture->wizard), ==, EASEL_STEP_STARTING);
  check_window (window_of (fixture), "6-starting");
  fixture->wanted = EASEL_STEP_READY;
  wizard_stage_pass_until (&fixture->stage, is_wanted_step, fixture);
  check_window (window_of (fixture), "7-ready");
}

static void
test_studio (Fixture *fixture, gconstpointer data)
{
  Stage *stage = &fixture->stage.base;
  EaselRental *ours;
  EaselRental *paused;

  stage_add_foreign (stage, "training", "RTX 4090");
  stage_add_paused (stage, "easel-00000001", "RTX A4000");
  stage_add_own (stage, "easel-00000002", "RTX 3090");
  wizard_stage_open (&fixture->stage, TRUE);
  ours = stage_find (stage, "RTX 3090");
  paused = stage_find (stage, "RTX A4000");

  check_and_close (easel_studio_window_new (NULL, stage->session), "studio");
  check_and_close (easel_details_window_new (NULL, ours, stage->clock), "details");
  check_and_close (easel_receipts_window_new (NULL, stage->session), "receipts");
  check_and_close (easel_preferences_window_new (NULL, stage->session), "preferences");
  check_and_close (easel_help_window_new (NULL), "help");
  check_and_close (easel_template_dialog_new (NULL, stage->session), "templates");
  put_on_shelf (easel_session_get_shelf (stage->session));
  check_and_close (easel_shelf_window_new (NULL, stage->session), "shelf");
  check_and_close (easel_done_dialog_new (NULL, stage->studio,
                                          easel_session_get_shelf (stage->session), ours),
                   "done");
  check_and_close (easel_pause_dialog_new (NULL, stage->studio, ours), "pause");
  check_and_close (easel_rent_again_dialog_new (NULL, stage->studio, paused), "rent-again");
  check_and_close (easel_end_all_dialog_new (NULL, stage->studio), "end-all");
  check_and_close (easel_close_dialog_new (NULL, stage->studio, stage->clock), "close");
}

static gboolean
has_card (gpointer data)
{
  GtkWidget *child;

  if (EASEL_IS_MODEL_CARD (data))
    return TRUE;
  for (child = gtk_widget_get_first_child (data); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (has_card (child))
      return TRUE;
  return FALSE;
}

/* A GPU with a file, transfers in every state, and a model that is about to be added. */
static void
test_models (Fixture *fixture, gconstpointer data)
{
  Stage *stage = &fixture->stage.base;
  g_autoptr (GListStore) transfers = g_list_store_new (EASEL_TYPE_TRANSFER);
  g_autoptr (GPtrArray) files = g_ptr_array_new ();
  EaselPodFile file = { (char *) "loras", (char *) "cute-style.safetensors", 228 * 1000000 };
  EaselModelsView view = { .is_up = TRUE,
                           .state = EASEL_POD_MODELS_KNOWN,
                           .files = files,
                           /* Less than what is kept free: no room for anything. */
                           .disk_free = 2 * G_GUINT64_CONSTANT (1000000000),
                           .disk_total = 80 * G_GUINT64_CONSTANT (1000000000),
                           .transfers = G_LIST_MODEL (transfers) };
  GtkWindow *window;
  g_autofree char *path = NULL;
  g_autoptr (GFile) dropped = NULL;
  GSList list = { 0 };

  stage_add_own (stage, "easel-00000002", "RTX 3090");
  wizard_stage_open (&fixture->stage, TRUE);
  put_on_shelf (easel_session_get_shelf (stage->session));
  g_ptr_array_add (files, &file);
  for (guint i = EASEL_TRANSFER_WAITING; i <= EASEL_TRANSFER_FAILED; i++)
    {
      g_autoptr (EaselShelfModel) model = model_new ("other.safetensors", EASEL_MODEL_CHECKPOINT,
                                                     EASEL_MODEL_BASE_SDXL, 228 * 1000000);
      g_autoptr (EaselTransfer) transfer =
          model_transfer_new (model, (EaselTransferState) i, 120 * 1000000, 14 * 1000000,
                              i == EASEL_TRANSFER_FAILED
                                  ? easel_error_new (EASEL_ERROR_TOKEN_NEEDED, "test")
                              : i == EASEL_TRANSFER_RUNNING
                                  ? easel_error_new (EASEL_ERROR_FILE_CHANGED, "test")
                                  : NULL);

      g_list_store_append (transfers, transfer);
    }
  window = easel_models_window_open (NULL, stage->session, stage_find (stage, "RTX 3090"));
  gtk_window_present (window);
  easel_test_pump ();
  check_window (GTK_WIDGET (window), "models-not-up");
  _easel_models_window_show (EASEL_MODELS_WINDOW (window), &view);
  path = model_write (stage->folder, "flux.safetensors", MODEL_FLUX_LORA);
  dropped = g_file_new_for_path (path);
  list.data = dropped;
  g_assert_true (model_drop_files (GTK_WIDGET (window), &list));
  easel_test_wait_until (has_card, window);
  check_window (GTK_WIDGET (window), "models");
  view.state = EASEL_POD_MODELS_NO_AGENT;
  _easel_models_window_show (EASEL_MODELS_WINDOW (window), &view);
  check_and_close (window, "models-no-agent");
}

/* That the words really are of this language: a test of the test. */
static void
test_language (void)
{
  const char *rent = _ ("Rent");

  if (g_str_equal (language, "rtl"))
    g_assert_cmpint (gtk_widget_get_default_direction (), ==, GTK_TEXT_DIR_RTL);
  else if (g_str_equal (language, "pseudo"))
    g_assert_true (g_str_has_prefix (rent, "⟦"));
  else
    g_assert_cmpstr (rent, !=, "Rent");
}

static char *
make_pseudo (void)
{
  char *folder = g_dir_make_tmp ("easel-pseudo-XXXXXX", NULL);
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "ui", "pseudo.py", NULL);
  g_autofree char *root = g_test_build_filename (G_TEST_DIST, "..", NULL);
  const char *argv[] = { script, root, folder, NULL };
  g_autoptr (GError) error = NULL;
  int status = 1;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status,
                &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  return folder;
}

static void
remove_pseudo (const char *folder)
{
  g_autofree char *messages = g_build_filename (folder, "eo", "LC_MESSAGES", NULL);
  g_autofree char *file = g_build_filename (messages, "cloud-easel.mo", NULL);
  g_autofree char *eo = g_build_filename (folder, "eo", NULL);

  g_unlink (file);
  g_rmdir (messages);
  g_rmdir (eo);
  g_rmdir (folder);
}

int
main (int argc, char *argv[])
{
  g_autofree char *pseudo = NULL;
  g_autofree char *built = NULL;
  gboolean is_pseudo;
  int status;

  language = g_getenv ("EASEL_TEST_LANGUAGE");
  is_pseudo = g_strcmp0 (language, "pseudo") == 0;
  g_setenv ("LANGUAGE", is_pseudo ? "eo" : language, TRUE);
  setlocale (LC_ALL, "");
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP no display\n");
      return 0;
    }
  g_test_init (&argc, &argv, NULL);
  if (is_pseudo)
    pseudo = make_pseudo ();
  built = g_test_build_filename (G_TEST_BUILT, "..", "po", NULL);
  bindtextdomain (GETTEXT_PACKAGE, is_pseudo ? pseudo : built);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  easel_ui_init ();
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 96 * 1024 * TEXT_SCALE, "gtk-font-name",
                "Cantarell 11", "gtk-enable-animations", FALSE, NULL);
  if (g_str_equal (language, "rtl"))
    gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);

  g_test_add_func ("/languages/language", test_language);
#define ADD(path, func) g_test_add ("/languages/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("wizard", test_wizard);
  ADD ("studio", test_studio);
  ADD ("models", test_models);
#undef ADD

  status = g_test_run ();
  if (pseudo != NULL)
    remove_pseudo (pseudo);
  return status;
}
