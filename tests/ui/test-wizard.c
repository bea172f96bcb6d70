/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The wizard as a whole, from the first page to a working address and back to nothing: with a real
 * GtkAssistant, a stub provider, a server in this process that answers like the pod, and the manual
 * clock. Judges by the stub's ledger, never by what the wizard says about itself. */

#include "config.h"

#include "easel-question.h"
#include "easel-test-util.h"
#include "easel-ui.h"
#include "easel-models-window.h"
#include "easel-side-window.h"
#include "easel-wizard.h"
#include "wizard-stage.h"

#define SECOND 1000

typedef struct
{
  WizardStage stage;
  EaselWizard *wizard;
  guint n_closed;
  guint n_studio;
  guint n_practise;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  wizard_stage_set_up (&fixture->stage, data);
}

static GtkWidget *
window_of (Fixture *fixture)
{
  return GTK_WIDGET (easel_wizard_get_window (fixture->wizard));
}

static void
make_wizard (Fixture *fixture)
{
  fixture->wizard = easel_wizard_new (NULL, fixture->stage.base.session);
  g_signal_connect_swapped (fixture->wizard, "closed", G_CALLBACK (g_atomic_int_inc),
                            &fixture->n_closed);
  g_signal_connect_swapped (fixture->wizard, "open-studio", G_CALLBACK (g_atomic_int_inc),
                            &fixture->n_studio);
  g_signal_connect_swapped (fixture->wizard, "practise", G_CALLBACK (g_atomic_int_inc),
                            &fixture->n_practise);
}

static void
open_wizard (Fixture *fixture, gboolean with_key, EaselWizardStart start)
{
  wizard_stage_open (&fixture->stage, with_key);
  make_wizard (fixture);
  easel_wizard_present (fixture->wizard, start);
  easel_test_pump ();
}

/* Whatever the test left open goes, and nothing keeps the wizard. */
static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->wizard != NULL)
    stub_assert_finalizes (g_steal_pointer (&fixture->wizard));
  easel_test_pump ();
  wizard_stage_tear_down (&fixture->stage, data);
}

static EaselStep
step_of (Fixture *fixture)
{
  return easel_wizard_get_step (fixture->wizard);
}

static void
click (Fixture *fixture, const char *label)
{
  stage_click (window_of (fixture), label);
}

static GtkWidget *
find (Fixture *fixture, const char *label)
{
  return stage_find_button (window_of (fixture), label);
}

/* All pages are in the tree; only what is mapped is in front. */
static gboolean
shows (Fixture *fixture, const char *text)
{
  GtkWidget *window = window_of (fixture);
  guint i;

  for (i = 0;; i++)
    {
      GtkWidget *page = wizard_stage_find_nth (window, g_type_from_name ("EaselPage"), i);

      if (gtk_widget_get_mapped (page))
        return stage_shows (page, text);
    }
}

static StubProvider *
provider_of (Fixture *fixture)
{
  return fixture->stage.base.provider;
}

static guint
count_creates (Fixture *fixture)
{
  return stub_provider_get_n_calls (provider_of (fixture), STUB_CREATE_POD);
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

static gboolean
is_ready (gpointer data)
{
  return step_of (data) == EASEL_STEP_READY;
}

static gboolean
nothing_lives (gpointer data)
{
  return stub_provider_get_n_live (provider_of (data)) == 0;
}

static gboolean
is_one_created (gpointer data)
{
  return stub_provider_get_n_live (provider_of (data)) == 1;
}

static gboolean
is_gone (gpointer data)
{
  return shows (data, "It is gone");
}

static gboolean
is_proven_gone (gpointer data)
{
  return shows (data, "Deleted, checked twice at");
}

static void
rent_from_review (Fixture *fixture)
{
  g_assert_cmpint (step_of (fixture), ==, EASEL_STEP_REVIEW);
  click (fixture, "Rent");
  stub_settle ();
  g_assert_cmpint (step_of (fixture), ==, EASEL_STEP_STARTING);
}

static void
answer (const char *id)
{
  GtkWidget *question = stage_get_question ();

  g_assert_nonnull (question);
  easel_question_answer (EASEL_QUESTION (question), id);
  easel_test_pump ();
}

/* What is copied is what is shown, to the byte. */
static void
check_models (Fixture *fixture)
{
  GtkWindow *window;

  click (fixture, "Add a LoRA or Checkpoint…");
  window =
      easel_side_window_find (easel_wizard_get_window (fixture->wizard), EASEL_TYPE_MODELS_WINDOW);
  g_assert_nonnull (window);
  gtk_window_destroy (window);
  easel_test_pump ();
}

static void
check_copy (Fixture *fixture)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (window_of (fixture));
  GdkContentProvider *content;
  g_auto (GValue) value = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;

  click (fixture, "Copy Address");
  g_assert_true (shows (fixture, "Copied."));
  content = gdk_clipboard_get_content (clipboard);
  g_assert_nonnull (content);
  g_value_init (&value, G_TYPE_STRING);
  gdk_content_provider_get_value (content, &value, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (g_value_get_string (&value), ==,
                   easel_test_server_get_uri (fixture->stage.server));
}

static void
test_whole_way (Fixture *fixture, gconstpointer data)
{
  GtkWidget *entry;

  open_wizard (fixture, FALSE, EASEL_WIZARD_START_FRESH);
  g_assert_cmpint (step_of (fixture), ==, EASEL_STEP_START);
  g_assert_null (find (fixture, "Back"));
  g_assert_null (find (fixture, "Skip to Review"));
  click (fixture, "Next");
  g_assert_cmpint (step_of (fixture), ==, EASEL_STEP_ACCOUNT);
  g_assert_false (gtk_widget_is_sensitive (find (fixture, "Next")));

  entry = wizard_stage_find (window_of (fixture), GTK_TYPE_PASSWORD_ENTRY);
  gtk_widget_grab_focus (entry);
  gtk_editable_set_text (GTK_EDITABLE (entry), "practice-key");
  g_signal_emit_by_name (entry, "activate");
  easel_test_wait_until (account_is_ready, fixture->stage.account);
  /* The entry went away under the keyboard. */
  easel_test_pump ();
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (window_of (fixture))) == find (fixture, "Next"));
  click (fixture, "Next");
  g_assert_cmpint (step_of (fixture), ==, EASEL_STEP_TEMPLATE);
  click (fixture, "Next");
  g_assert_cmpint (step_of (fixture), ==, EASEL_STEP_GPU);
  easel_test_wait_until (has_offer, fixture);
  click (fixture, "Next");
  g_assert_cmpint (step_of (fixture), ==, EASEL_STEP_REVIEW);
  g_assert_cmpuint (count_creates (fixture), ==, 0);

  wizard_stage_bring_up_comfy (&fixture->stage);
  rent_from_review (fixture);
  g_assert_cmpuint (count_creates (fixture), ==, 1);
  g_assert_true (shows (fixture, "Getting your GPU ready"));
  wizard_stage_pass_until (&fixture->stage, is_ready, fixture);
  g_assert_true (shows (fixture, easel_test_server_get_uri (fixture->stage.server)));
  g_assert_true (shows (fixture, "Digital Artwork XL"));
  check_copy (fixture);
  g_assert_cmpuint (count_creates (fixture), ==, 1);
  /* From a working GPU there is no way back to the choice of one. */
  g_assert_null (find (fixture, "Back"));

  check_models (fixture);

  click (fixture, "I’m Done…");
  g_assert_cmpuint (stub_provider_get_n_live (provider_of (fixture)), ==, 1);
  answer ("delete");
  g_assert_true (shows (fixture, "Deleting…"));
  g_assert_false (shows (fixture, "checked twice at"));
  wizard_stage_pass_until (&fixture->stage, is_proven_gone, fixture);
  g_assert_cmpuint (stub_provider_get_n_live (provider_of (fixture)), ==, 0);

  click (fixture, "Close");
  g_assert_null (stage_get_question ());
  g_assert_cmpuint (fixture->n_closed, ==, 1);
  g_assert_null (easel_wizard_get_window (fixture->wizard));
}

/* The last line of the start: whether the GPU ends by itself, and closing asks only if not. */
static void
test_confirmation (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselRental) rental = NULL;

  open_wizard (fixture, TRUE, EASEL_WIZARD_START_REVIEW);
  rent_from_review (fixture);
  g_assert_true (shows (fixture, "Getting your GPU ready"));
  g_assert_true (shows (fixture, "Confirm the automatic end"));
  rental = g_list_model_get_item (easel_studio_get_rentals (fixture->stage.base.studio), 0);
  stage_arm (&fixture->stage.base, rental, "no");
  g_signal_emit_by_name (easel_rental_get_deployment (rental), "changed");
  g_assert_true (shows (fixture, "Automatic end not confirmed"));
  stage_arm (&fixture->stage.base, rental, "proven");
  g_signal_emit_by_name (easel_rental_get_deployment (rental), "changed");
  g_assert_true (shows (fixture, "Automatic end confirmed"));
  gtk_window_close (GTK_WINDOW (window_of (fixture)));
  easel_test_pump ();
  g_assert_null (stage_get_question ());
  g_assert_cmpuint (fixture->n_closed, ==, 1);
}

static void
test_back_keeps_everything (Fixture *fixture, gconstpointer data)
{
  EaselLimits limits;

  open_wizard (fixture, TRUE, EASEL_WIZARD_START_FRESH);
  g_assert_cmpint (step_of (fixture), ==, EASEL_STEP_TEMPLATE);
  easel_plan_set_workload (fixture->stage.plan, EASEL_WORKLOAD_FLUX2);
  click (fixture, "Next");
  easel_plan_set_offer (fixture->stage.plan,
                        g_ptr_array_index (easel_catalog_get_all_offers (fixture->stage.catalog),
                                           2));
  click (fixture, "Next");
  limits = *easel_plan_get_limits (fixture->stage.plan);
  limits.hours = 6;
  easel_plan_set_limits (fixture->stage.plan, &limits);
  click (fixture, "Back");
  click (fixture, "Back");
  g_assert_cmpint (step_of (fixture), ==, EASEL_STEP_TEMPLATE);
  click (fixture, "Next");
  click (fixture, "Next");
  g_assert_cmpint (step_of (fixture), ==, EASEL_STEP_REVIEW);
  g_assert_cmpint (easel_plan_get_workload (fixture->stage.plan), ==, EASEL_WORKLOAD_FLUX2);
  g_assert_cmpstr (easel_offer_get (easel_plan_get_offer (fixture->stage.plan))->id, ==,
                   "runpod/A/RTX A5000");
  g_assert_true (shows (fixture, "6 hours"));
}

static void
test_skip_to_review (Fixture *fixture, gconstpointer data)
{
  open_wizard (fixture, TRUE, EASEL_WIZARD_START_FRESH);
  click (fixture, "Skip to Review");
  g_assert_cmpint (step_of (fixture), ==, EASEL_STEP_REVIEW);
  g_assert_null (find (fixture, "Skip to Review"));
  click (fixture, "Back");
  g_assert_cmpint (step_of (fixture), ==, EASEL_STEP_GPU);
  /* Review is next anyway. */
  g_assert_null (find (fixture, "Skip to Review"));
}

/* Rent the Same Again: filled in, with the earlier pages behind it. */
static void
test_start_at_review (Fixture *fixture, gconstpointer data)
{
  open_wizard (fixture, TRUE, EASEL_WIZARD_START_REVIEW);
  g_assert_cmpint (step_of (fixture), ==, EASEL_STEP_REVIEW);
  g_assert_true (gtk_widget_is_sensitive (find (fixture, "Rent")));
  click (fixture, "Back");
  g_assert_cmpint (step_of (fixture), ==, EASEL_STEP_GPU);
  click (fixture, "Back");
  g_assert_cmpint (step_of (fixture), ==, EASEL_STEP_TEMPLATE);
  g_assert_null (find (fixture, "Back"));
}

static void
test_enter_does_not_rent (Fixture *fixture, gconstpointer data)
{
  open_wizard (fixture, TRUE, EASEL_WIZARD_START_REVIEW);
  g_assert_null (gtk_window_get_default_widget (GTK_WINDOW (window_of (fixture))));
  /* Also not after the page became complete once more. */
  easel_catalog_refresh (fixture->stage.catalog);
  stub_settle ();
  g_assert_null (gtk_window_get_default_widget (GTK_WINDOW (window_of (fixture))));
  g_assert_true (find (fixture, "Rent") != gtk_window_get_focus (GTK_WINDOW (window_of (fixture))));
  g_signal_emit_by_name (window_of (fixture), "activate-default");
  stub_settle ();
  g_assert_cmpint (step_of (fixture), ==, EASEL_STEP_REVIEW);
  g_assert_cmpuint (count_creates (fixture), ==, 0);
}

static void
test_double_click_rents_once (Fixture *fixture, gconstpointer data)
{
  GtkWidget *rent;

  open_wizard (fixture, TRUE, EASEL_WIZARD_START_REVIEW);
  rent = find (fixture, "Rent");
  g_signal_emit_by_name (rent, "clicked");
  if (step_of (fixture) == EASEL_STEP_REVIEW)
    g_signal_emit_by_name (rent, "clicked");
  stub_settle ();
  g_assert_false (gtk_widget_get_visible (rent));
  g_assert_cmpint (step_of (fixture), ==, EASEL_STEP_STARTING);
  stage_advance (&fixture->stage.base, 10 * SECOND);
  stub_settle ();
  g_assert_cmpuint (count_creates (fixture), ==, 1);
  g_assert_cmpuint (stub_provider_get_n_created (provider_of (fixture)), ==, 1);
}

/* Escape, Cancel and the window's own button. */
static void
test_cancel_never_deletes (Fixture *fixture, gconstpointer data)
{
  open_wizard (fixture, TRUE, EASEL_WIZARD_START_REVIEW);
  rent_from_review (fixture);
  wizard_stage_pass_until (&fixture->stage, is_one_created, fixture);

  g_signal_emit_by_name (window_of (fixture), "cancel");
  easel_test_pump ();
  g_assert_nonnull (stage_get_question ());
  answer ("cancel");
  g_assert_cmpuint (fixture->n_closed, ==, 0);
  gtk_window_close (GTK_WINDOW (window_of (fixture)));
  easel_test_pump ();
  g_assert_nonnull (stage_get_question ());
  answer ("cancel");
  g_assert_nonnull (window_of (fixture));
  g_assert_cmpuint (stub_provider_get_n_calls (provider_of (fixture), STUB_DELETE_POD), ==, 0);
  g_assert_cmpuint (stub_provider_get_n_live (provider_of (fixture)), ==, 1);
}

static void
test_close_keeps_running (Fixture *fixture, gconstpointer data)
{
  open_wizard (fixture, TRUE, EASEL_WIZARD_START_REVIEW);
  rent_from_review (fixture);
  wizard_stage_pass_until (&fixture->stage, is_one_created, fixture);
  easel_wizard_close (fixture->wizard);
  g_assert_nonnull (stage_get_question ());
  g_assert_true (stage_shows (stage_get_question (), "The RTX 3060 is still rented"));
  answer ("keep");
  g_assert_cmpuint (fixture->n_closed, ==, 1);
  g_assert_cmpuint (fixture->n_studio, ==, 1);
  g_assert_cmpuint (stub_provider_get_n_live (provider_of (fixture)), ==, 1);
  g_assert_cmpuint (stub_provider_get_n_calls (provider_of (fixture), STUB_DELETE_POD), ==, 0);
}

static void
test_close_deletes (Fixture *fixture, gconstpointer data)
{
  open_wizard (fixture, TRUE, EASEL_WIZARD_START_REVIEW);
  rent_from_review (fixture);
  wizard_stage_pass_until (&fixture->stage, is_one_created, fixture);
  easel_wizard_close (fixture->wizard);
  answer ("delete");
  g_assert_cmpuint (fixture->n_closed, ==, 1);
  wizard_stage_pass_until (&fixture->stage, nothing_lives, fixture);
}

static void
test_close_before_renting (Fixture *fixture, gconstpointer data)
{
  open_wizard (fixture, TRUE, EASEL_WIZARD_START_FRESH);
  click (fixture, "Cancel");
  g_assert_null (stage_get_question ());
  g_assert_cmpuint (fixture->n_closed, ==, 1);
  g_assert_cmpuint (fixture->n_studio, ==, 0);
}

static void
test_hide (Fixture *fixture, gconstpointer data)
{
  open_wizard (fixture, TRUE, EASEL_WIZARD_START_REVIEW);
  rent_from_review (fixture);
  click (fixture, "Hide");
  g_assert_null (stage_get_question ());
  g_assert_cmpuint (fixture->n_closed, ==, 1);
  g_assert_cmpuint (fixture->n_studio, ==, 1);
}

static void
test_cancel_and_delete (Fixture *fixture, gconstpointer data)
{
  open_wizard (fixture, TRUE, EASEL_WIZARD_START_REVIEW);
  rent_from_review (fixture);
  wizard_stage_pass_until (&fixture->stage, is_one_created, fixture);
  click (fixture, "Cancel and Delete…");
  g_assert_cmpuint (stub_provider_get_n_calls (provider_of (fixture), STUB_DELETE_POD), ==, 0);
  answer ("delete");
  /* Not “gone” before it is proven. */
  g_assert_true (shows (fixture, "Deleting…"));
  g_assert_false (shows (fixture, "It is gone"));
  wizard_stage_pass_until (&fixture->stage, is_gone, fixture);
  g_assert_cmpuint (stub_provider_get_n_live (provider_of (fixture)), ==, 0);

  /* And from there once more, with all choices kept. */
  click (fixture, "Back to Review");
  g_assert_cmpint (step_of (fixture), ==, EASEL_STEP_REVIEW);
  rent_from_review (fixture);
  g_assert_cmpuint (count_creates (fixture), ==, 2);
}

static void
fail_creates (Fixture *fixture, EaselError code)
{
  stub_provider_fail_always (provider_of (fixture), STUB_CREATE_POD, code);
}

static gboolean
nothing_is_rented (gpointer data)
{
  return shows (data, "Nothing is rented");
}

static void
test_balance_too_low (Fixture *fixture, gconstpointer data)
{
  open_wizard (fixture, TRUE, EASEL_WIZARD_START_REVIEW);
  fail_creates (fixture, EASEL_ERROR_QUOTA);
  rent_from_review (fixture);
  wizard_stage_pass_until (&fixture->stage, nothing_is_rented, fixture);
  g_assert_true (shows (fixture, "Your balance is too low"));
  g_assert_nonnull (find (fixture, "Add Funds"));
  g_assert_null (find (fixture, "Cancel and Delete…"));
  stub_provider_fail_never (provider_of (fixture), STUB_CREATE_POD);
  click (fixture, "Try Again");
  wizard_stage_pass_until (&fixture->stage, is_one_created, fixture);
}

static void
test_key_may_not_rent (Fixture *fixture, gconstpointer data)
{
  open_wizard (fixture, TRUE, EASEL_WIZARD_START_REVIEW);
  fail_creates (fixture, EASEL_ERROR_PERMISSION);
  rent_from_review (fixture);
  wizard_stage_pass_until (&fixture->stage, nothing_is_rented, fixture);
  g_assert_true (shows (fixture, "This key may look but not rent."));
  click (fixture, "Make a New Key");
  g_assert_cmpint (step_of (fixture), ==, EASEL_STEP_ACCOUNT);
  g_assert_cmpuint (stub_provider_get_n_live (provider_of (fixture)), ==, 0);
}

static guint
count_suggested (GtkWidget *root)
{
  guint n = gtk_widget_get_mapped (root) && gtk_widget_has_css_class (root, "suggested-action");
  GtkWidget *child;

  for (child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += count_suggested (child);
  return n;
}

static void
test_next_costs_more (Fixture *fixture, gconstpointer data)
{
  open_wizard (fixture, TRUE, EASEL_WIZARD_START_REVIEW);
  stub_provider_push_error (provider_of (fixture), STUB_CREATE_POD, EASEL_ERROR_NO_OFFER);
  rent_from_review (fixture);
  wizard_stage_pass_until (&fixture->stage, nothing_is_rented, fixture);
  g_assert_true (shows (fixture, "taken"));
  g_assert_true (shows (fixture, "Take the Next for $0.2"));
  /* What helps is the next step, not to close. */
  g_assert_cmpuint (count_suggested (window_of (fixture)), ==, 1);
  g_assert_false (gtk_widget_has_css_class (find (fixture, "Close"), "suggested-action"));
  click (fixture, "Choose Another GPU");
  g_assert_cmpint (step_of (fixture), ==, EASEL_STEP_GPU);
  click (fixture, "Next");
  rent_from_review (fixture);
  wizard_stage_pass_until (&fixture->stage, is_one_created, fixture);
}

static void
test_closing_after_failure_is_quiet (Fixture *fixture, gconstpointer data)
{
  open_wizard (fixture, TRUE, EASEL_WIZARD_START_REVIEW);
  fail_creates (fixture, EASEL_ERROR_BAD_REQUEST);
  rent_from_review (fixture);
  wizard_stage_pass_until (&fixture->stage, nothing_is_rented, fixture);
  g_signal_emit_by_name (window_of (fixture), "cancel");
  easel_test_pump ();
  g_assert_null (stage_get_question ());
  g_assert_cmpuint (fixture->n_closed, ==, 1);
}

/* An interrupted look at a rental is taken up again. */
static void
test_reopen_while_starting (Fixture *fixture, gconstpointer data)
{
  open_wizard (fixture, TRUE, EASEL_WIZARD_START_REVIEW);
  rent_from_review (fixture);
  wizard_stage_pass_until (&fixture->stage, is_one_created, fixture);
  click (fixture, "Hide");
  stub_assert_finalizes (g_steal_pointer (&fixture->wizard));

  make_wizard (fixture);
  easel_wizard_present (fixture->wizard, EASEL_WIZARD_START_STARTING);
  easel_test_pump ();
  g_assert_cmpint (step_of (fixture), ==, EASEL_STEP_STARTING);
  g_assert_true (shows (fixture, "Getting your GPU ready"));
  wizard_stage_bring_up_comfy (&fixture->stage);
  wizard_stage_pass_until (&fixture->stage, is_ready, fixture);
  g_assert_cmpuint (count_creates (fixture), ==, 1);
}

static void
pause_pod (EaselPodData *pod, gpointer user_data)
{
  pod->state = EASEL_POD_STOPPED;
}

static gboolean
is_paused (gpointer data)
{
  return shows (data, "Your GPU is paused");
}

/* Somebody pauses it elsewhere: the page does not hand out an address that is dead. */
static void
test_paused_while_ready (Fixture *fixture, gconstpointer data)
{
  const char *id;

  open_wizard (fixture, TRUE, EASEL_WIZARD_START_REVIEW);
  wizard_stage_bring_up_comfy (&fixture->stage);
  rent_from_review (fixture);
  wizard_stage_pass_until (&fixture->stage, is_ready, fixture);
  id = easel_rental_get_pod (stage_find (&fixture->stage.base, "RTX 3060"))->id;
  stub_provider_edit_pod (provider_of (fixture), id, pause_pod, NULL);
  wizard_stage_pass_until (&fixture->stage, is_paused, fixture);
  g_assert_false (shows (fixture, easel_test_server_get_uri (fixture->stage.server)));
  g_assert_nonnull (find (fixture, "I’m Done…"));
}

static void
test_show_account (Fixture *fixture, gconstpointer data)
{
  open_wizard (fixture, TRUE, EASEL_WIZARD_START_FRESH);
  easel_wizard_show_account (fixture->wizard, "runpod");
  easel_test_pump ();
  g_assert_cmpint (step_of (fixture), ==, EASEL_STEP_ACCOUNT);
  g_assert_true (shows (fixture, "Key accepted"));
  click (fixture, "Next");
  g_assert_cmpint (step_of (fixture), ==, EASEL_STEP_TEMPLATE);
}

static void
test_second_asks (Fixture *fixture, gconstpointer data)
{
  stage_add_own (&fixture->stage.base, "easel-00c0ffee", "RTX 3090");
  open_wizard (fixture, TRUE, EASEL_WIZARD_START_REVIEW);
  g_assert_false (gtk_widget_is_sensitive (find (fixture, "Rent")));
  click (fixture, "Use It");
  g_assert_cmpuint (fixture->n_studio, ==, 1);
  g_assert_cmpuint (fixture->n_closed, ==, 1);
  g_assert_cmpuint (count_creates (fixture), ==, 0);
}

static void
test_practise (Fixture *fixture, gconstpointer data)
{
  open_wizard (fixture, FALSE, EASEL_WIZARD_START_FRESH);
  click (fixture, "Practise for Free");
  g_assert_cmpuint (fixture->n_practise, ==, 1);
}

/* Nothing touches network or keyring before the session starts. */
static void
test_building_asks_nothing (Fixture *fixture, gconstpointer data)
{
  GPtrArray *log;

  wizard_stage_open (&fixture->stage, FALSE);
  stub_provider_clear_log (provider_of (fixture));
  make_wizard (fixture);
  easel_wizard_present (fixture->wizard, EASEL_WIZARD_START_FRESH);
  easel_test_pump ();
  log = stub_provider_get_log (provider_of (fixture));
  g_assert_cmpuint (log->len, ==, 0);
}

static void
test_narrow (Fixture *fixture, gconstpointer data)
{
  GtkWidget *window;
  int minimum;

  wizard_stage_open (&fixture->stage, TRUE);
  make_wizard (fixture);
  window = window_of (fixture);
  gtk_window_set_default_size (GTK_WINDOW (window), 360, 600);
  easel_wizard_present (fixture->wizard, EASEL_WIZARD_START_FRESH);
  easel_test_pump_for (200);
  gtk_widget_measure (window, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 360);
  g_assert_null (find (fixture, "Skip to Review"));
  click (fixture, "Next");
  easel_test_pump_for (100);
  gtk_widget_measure (window, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 360);
}

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

#define ADD(path, func) g_test_add ("/wizard/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("whole-way", test_whole_way);
  ADD ("confirmation", test_confirmation);
  ADD ("back-keeps-everything", test_back_keeps_everything);
  ADD ("skip-to-review", test_skip_to_review);
  ADD ("start-at-review", test_start_at_review);
  ADD ("enter-does-not-rent", test_enter_does_not_rent);
  ADD ("double-click-rents-once", test_double_click_rents_once);
  ADD ("cancel-never-deletes", test_cancel_never_deletes);
  ADD ("close-keeps-running", test_close_keeps_running);
  ADD ("close-deletes", test_close_deletes);
  ADD ("close-before-renting", test_close_before_renting);
  ADD ("hide", test_hide);
  ADD ("cancel-and-delete", test_cancel_and_delete);
  ADD ("balance-too-low", test_balance_too_low);
  ADD ("key-may-not-rent", test_key_may_not_rent);
  ADD ("next-costs-more", test_next_costs_more);
  ADD ("closing-after-failure-is-quiet", test_closing_after_failure_is_quiet);
  ADD ("reopen-while-starting", test_reopen_while_starting);
  ADD ("paused-while-ready", test_paused_while_ready);
  ADD ("show-account", test_show_account);
  ADD ("second-asks", test_second_asks);
  ADD ("practise", test_practise);
  ADD ("building-asks-nothing", test_building_asks_nothing);
  ADD ("narrow", test_narrow);
#undef ADD

  return g_test_run ();
}
