/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The studio window above a whole session: what it says about money, the dialogs before something
 * is lost, focus, timers, and that all of it goes away. */

#include "config.h"

#include "easel-close-dialog.h"
#include "easel-wanted-dialog.h"
#include "easel-details-window.h"
#include "easel-done-dialog.h"
#include "easel-end-all-dialog.h"
#include "easel-error.h"
#include "easel-pod-row.h"
#include "easel-question.h"
#include "easel-log-window.h"
#include "easel-receipts-window.h"
#include "easel-row-action.h"
#include "easel-side-window.h"
#include "easel-studio-window.h"
#include "easel-test-util.h"
#include "easel-ui.h"
#include "studio-stage.h"

#define OWN_NAME "easel-00c0ffee"
#define OTHER_NAME "easel-0badcafe"

static void
set_up (Stage *stage, gconstpointer data)
{
  stage_set_up (stage);
}

static void
tear_down (Stage *stage, gconstpointer data)
{
  stage_tear_down (stage);
}

static GtkWidget *
open_window (Stage *stage)
{
  GtkWindow *window = easel_studio_window_new (NULL, stage->session);

  gtk_window_present (window);
  easel_test_pump ();

  return GTK_WIDGET (window);
}

/* Asserts that nothing keeps the window. */
static void
close_window (GtkWidget *window)
{
  g_object_ref (window);
  gtk_window_destroy (GTK_WINDOW (window));
  easel_test_pump ();
  stub_assert_finalizes (window);
}

static void
answer (const char *id)
{
  GtkWidget *question = stage_get_question ();

  g_assert_nonnull (question);
  easel_question_answer (EASEL_QUESTION (question), id);
  easel_test_pump ();
}

static void
test_nothing_running (Stage *stage, gconstpointer data)
{
  GtkWidget *window;

  stage_open (stage);
  window = open_window (stage);
  g_assert_true (stage_shows (window, "You pay nothing right now."));
  /* Once in the header bar, once as the next step. */
  g_assert_nonnull (stage_find_button (window, "Rent a GPU…"));
  g_assert_null (stage_find_button (window, "Rent the Same Again"));
  g_assert_null (stage_find_button (window, "End All Rentals…"));
  g_assert_null (stage_find_button (window, "Receipts"));
  close_window (window);
}

static void
test_receipt_and_again (Stage *stage, gconstpointer data)
{
  g_autoptr (EaselReceipt) receipt = easel_receipt_new ();
  GtkWidget *window;
  GtkWidget *again;
  guint i;

  receipt->provider_id = g_strdup ("runpod");
  receipt->pod_id = g_strdup ("abc");
  receipt->title = g_strdup ("RTX 3090");
  receipt->workload = g_strdup ("sdxl");
  receipt->started_unix_ms = STAGE_NOW - 3 * STAGE_HOUR;
  receipt->ended_unix_ms = STAGE_NOW - STAGE_HOUR;
  receipt->estimated = 460000;
  receipt->billed = EASEL_MONEY_UNKNOWN;
  receipt->reason = g_strdup ("done");
  g_settings_set_int64 (stage->settings, "last-price", 230000);
  stage_open (stage);
  easel_history_add_receipt (easel_session_get_history (stage->session), receipt);
  for (i = 0; i < 5; i++)
    easel_history_add_start_time (easel_session_get_history (stage->session), "runpod",
                                  EASEL_HOST_PRIVATE, 8 * 60 * 1000);

  window = open_window (stage);
  again = stage_find_button (window, "Rent the Same Again");
  g_assert_nonnull (again);
  g_assert_true (gtk_widget_has_css_class (again, "suggested-action"));
  g_assert_nonnull (stage_find_button (window, "Change…"));
  g_assert_true (stage_shows (window, "about $0.23 per hour, ready in about 8 min"));
  g_assert_true (stage_shows (window, "RTX 3090"));
  g_assert_true (stage_shows (window, "$0.46"));
  easel_studio_window_show_receipts (EASEL_STUDIO_WINDOW (window));
  easel_test_pump ();
  close_window (window);
  g_settings_reset (stage->settings, "last-price");
}

static char *
dup_log (GtkWindow *log)
{
  GtkWidget *scrolled = gtk_window_get_child (log);
  GtkWidget *view = gtk_scrolled_window_get_child (GTK_SCROLLED_WINDOW (scrolled));
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (view));
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

static void
assert_log (GtkWindow *log, const char *expected)
{
  g_autofree char *text = NULL;

  easel_test_pump ();
  text = dup_log (log);
  g_assert_cmpstr (text, ==, expected);
}

static GtkAdjustment *
find_scroll (GtkWindow *log)
{
  return gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (gtk_window_get_child (log)));
}

static gboolean
is_at_end (gpointer data)
{
  GtkAdjustment *scroll = find_scroll (data);
  const double page = gtk_adjustment_get_page_size (scroll);

  return gtk_adjustment_get_upper (scroll) > 2 * page &&
         gtk_adjustment_get_value (scroll) + page >= gtk_adjustment_get_upper (scroll) - 4;
}

static gboolean
has_grown (gpointer data)
{
  GtkAdjustment *scroll = find_scroll (data);

  return gtk_adjustment_get_upper (scroll) > 6 * gtk_adjustment_get_page_size (scroll);
}

static void
write_log (Stage *stage, guint n_lines)
{
  for (guint i = 0; i < n_lines; i++)
    {
      g_autofree char *line = g_strdup_printf ("line %u", i);

      stub_provider_emit_log (stage->provider, FALSE, line);
      if (i % 16 == 0)
        easel_test_pump ();
    }
}

/* The newest line is the one that is looked for, unless somebody reads further up. */
static void
test_log_follows (Stage *stage, gconstpointer data)
{
  GtkWidget *window;
  GtkWindow *log;

  stage_add_own (stage, OWN_NAME, "RTX 3090");
  stage_open (stage);
  window = open_window (stage);
  easel_studio_window_choose (EASEL_STUDIO_WINDOW (window), stage_find (stage, "RTX 3090"),
                              EASEL_ROW_LOG);
  log = easel_side_window_find (GTK_WINDOW (window), EASEL_TYPE_LOG_WINDOW);
  easel_test_pump ();
  write_log (stage, 100);
  easel_test_wait_until (is_at_end, log);
  gtk_adjustment_set_value (find_scroll (log), 10);
  write_log (stage, 200);
  easel_test_wait_until (has_grown, log);
  g_assert_cmpfloat (gtk_adjustment_get_value (find_scroll (log)), ==, 10);
  close_window (window);
}

/* The program was started anew while the GPU ran: nobody has followed its start here. */
static void
test_log_after_restart (Stage *stage, gconstpointer data)
{
  EaselRental *rental;
  GtkWidget *window;
  GtkWindow *log;
  guint n_asked;

  stage_add_own (stage, OWN_NAME, "RTX 3090");
  stage_add_paused (stage, OTHER_NAME, "RTX A4000");
  stage_add_foreign (stage, "training", "H100");
  stage_open (stage);
  window = open_window (stage);
  rental = stage_find (stage, "RTX 3090");
  g_assert_null (easel_rental_get_deployment (rental));
  g_assert_true (easel_row_action_makes_sense (EASEL_ROW_LOG, rental));
  g_assert_false (easel_row_action_makes_sense (EASEL_ROW_LOG, stage_find (stage, "RTX A4000")));
  g_assert_false (easel_row_action_makes_sense (EASEL_ROW_LOG, stage_find (stage, "H100")));

  easel_studio_window_choose (EASEL_STUDIO_WINDOW (window), rental, EASEL_ROW_LOG);
  log = easel_side_window_find (GTK_WINDOW (window), EASEL_TYPE_LOG_WINDOW);
  g_assert_nonnull (log);
  assert_log (log, "Asking for the log…");
  stub_provider_close_logs (stage->provider, TRUE);
  assert_log (log, "No answer from RunPod. Is this computer online?");
  stage_advance (stage, 5000);
  stub_provider_emit_log (stage->provider, FALSE, "got prompt");
  stub_provider_emit_log (stage->provider, FALSE, "Prompt executed");
  assert_log (log, "got prompt\nPrompt executed\n");

  /* Asked again, it begins with what was: nothing stands there twice. */
  stub_provider_close_logs (stage->provider, FALSE);
  assert_log (log, "got prompt\nPrompt executed\n");
  stage_advance (stage, 10000);
  stub_provider_emit_log (stage->provider, FALSE, "got prompt");
  assert_log (log, "got prompt\n");

  /* Nobody reads it: nobody asks for it. */
  g_assert_cmpuint (stub_provider_get_n_streams (stage->provider), ==, 1);
  gtk_window_destroy (log);
  easel_test_pump ();
  g_assert_cmpuint (stub_provider_get_n_streams (stage->provider), ==, 0);
  easel_studio_window_choose (EASEL_STUDIO_WINDOW (window), rental, EASEL_ROW_LOG);
  log = easel_side_window_find (GTK_WINDOW (window), EASEL_TYPE_LOG_WINDOW);
  easel_test_pump ();
  stub_provider_close_logs (stage->provider, FALSE);
  easel_test_pump ();
  gtk_window_destroy (log);
  n_asked = stub_provider_get_n_calls (stage->provider, STUB_STREAM_LOGS);
  g_assert_cmpuint (n_asked, ==, 4);
  stage_advance (stage, 3 * 60 * 1000);
  g_assert_cmpuint (stub_provider_get_n_calls (stage->provider, STUB_STREAM_LOGS), ==, n_asked);
  close_window (window);
}

static void
test_headline_by_money (Stage *stage, gconstpointer data)
{
  GtkWidget *window;

  stage_add_own (stage, OWN_NAME, "RTX 3090");
  stage_add_paused (stage, OTHER_NAME, "RTX A4000");
  stage_open (stage);
  window = open_window (stage);
  g_assert_true (stage_shows (window, "You pay $0.24 per hour"));
  g_assert_true (stage_shows (window, "23:30"));
  /* Something runs: the next step is its address, not another rental. */
  g_assert_null (stage_find_button (window, "Rent the Same Again"));
  g_assert_true (
      gtk_widget_has_css_class (stage_find_button (window, "Copy Address"), "suggested-action"));
  g_assert_nonnull (stage_find_button (window, "Start"));
  g_assert_false (
      gtk_widget_has_css_class (stage_find_button (window, "Start"), "suggested-action"));
  close_window (window);
}

/* Starting it costs, and it is somebody else's. */
static void
test_paused_of_others (Stage *stage, gconstpointer data)
{
  GtkWidget *window;
  GtkWidget *start;

  stage_add_foreign_paused (stage, "training", "RTX 4090");
  stage_open (stage);
  window = open_window (stage);
  start = stage_find_button (window, "Start");
  g_assert_nonnull (start);
  g_assert_false (gtk_widget_has_css_class (start, "suggested-action"));
  close_window (window);
}

static void
test_copy_address (Stage *stage, gconstpointer data)
{
  GtkWidget *window;
  GdkContentProvider *content;
  g_auto (GValue) value = G_VALUE_INIT;

  stage_add_own (stage, OWN_NAME, "RTX 3090");
  stage_open (stage);
  window = open_window (stage);
  stage_click (window, "Copy Address");
  content = gdk_clipboard_get_content (gtk_widget_get_clipboard (window));
  g_assert_nonnull (content);
  g_value_init (&value, G_TYPE_STRING);
  g_assert_true (gdk_content_provider_get_value (content, &value, NULL));
  g_assert_cmpstr (g_value_get_string (&value), ==,
                   easel_rental_get_address (stage_find (stage, "RTX 3090")));
  g_assert_true (stage_shows (window, "Address copied"));
  stage_advance (stage, 30 * 1000);
  g_assert_false (stage_shows (window, "Address copied"));
  close_window (window);
}

static gboolean
is_focus_at (GtkWidget *window, const char *label)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (window));

  return GTK_IS_BUTTON (focus) && g_strcmp0 (gtk_button_get_label (GTK_BUTTON (focus)), label) == 0;
}

static void
test_done (Stage *stage, gconstpointer data)
{
  EaselRental *rental;
  GtkWidget *window;
  GtkWidget *question;

  stage_add_own (stage, OWN_NAME, "RTX 3090");
  stage_open (stage);
  window = open_window (stage);
  rental = stage_find (stage, "RTX 3090");

  easel_studio_window_choose (EASEL_STUDIO_WINDOW (window), rental, EASEL_ROW_DONE);
  question = stage_get_question ();
  g_assert_true (
      stage_shows (question,
                   "Deletes the RTX 3090. Lost: the server and a picture being generated."));
  g_assert_true (stage_shows (question, "Your pictures are in Krita on this computer."));
  /* Neither Enter nor Escape deletes. */
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (question)) ==
                 stage_find_button (question, "Cancel"));
  g_assert_true (
      gtk_widget_has_css_class (stage_find_button (question, "Delete"), "destructive-action"));
  gtk_window_close (GTK_WINDOW (question));
  easel_test_pump ();
  g_assert_null (stage_get_question ());
  g_assert_cmpuint (stub_provider_get_n_calls (stage->provider, STUB_DELETE_POD), ==, 0);

  easel_studio_window_choose (EASEL_STUDIO_WINDOW (window), rental, EASEL_ROW_DONE);
  stage_click (stage_get_question (), "Delete");
  g_assert_cmpuint (stub_provider_get_n_calls (stage->provider, STUB_DELETE_POD), ==, 1);
  g_assert_cmpint (easel_rental_get_state (rental), ==, EASEL_RENTAL_DELETING);
  g_assert_true (stage_shows (window, "Deleting"));

  /* Proven, told with the time, and dismissed. */
  stage_advance (stage, 3000);
  stage_advance (stage, 6000);
  stage_advance (stage, 6000);
  stage_advance (stage, 6000);
  g_assert_cmpint (easel_rental_get_state (rental), ==, EASEL_RENTAL_GONE);
  g_assert_true (stage_shows (window, "You pay nothing right now."));
  g_assert_true (stage_shows (window, "checked twice"));
  gtk_widget_grab_focus (stage_find_button (window, "Dismiss"));
  stage_click (window, "Dismiss");
  g_assert_cmpuint (g_list_model_get_n_items (easel_studio_get_rentals (stage->studio)), ==, 0);
  /* The focus had been in the list that is hidden now; Tab leads into the rest all the same. */
  easel_test_pump ();
  for (int i = 0; i < 6 && !is_focus_at (window, "Check at _Login"); i++)
    g_signal_emit_by_name (window, "move-focus", GTK_DIR_TAB_FORWARD);
  g_assert_true (is_focus_at (window, "Check at _Login"));
  close_window (window);
}

static void
test_foreign_asks_twice (Stage *stage, gconstpointer data)
{
  EaselRental *rental;
  GtkWidget *window;

  stage_add_foreign (stage, "training <b>run</b>", "RTX 4090");
  stage_open (stage);
  window = open_window (stage);
  rental = stage_find (stage, "RTX 4090");
  g_assert_true (stage_shows (window, "not made by Cloud Easel"));
  g_assert_null (stage_find_button (window, "Copy Address"));
  g_assert_nonnull (stage_find_button (window, "Check Address"));

  easel_studio_window_choose (EASEL_STUDIO_WINDOW (window), rental, EASEL_ROW_DONE);
  /* The name is somebody's text, never markup. */
  g_assert_true (stage_shows (stage_get_question (), "training <b>run</b>"));
  stage_click (stage_get_question (), "Delete…");
  g_assert_cmpuint (stub_provider_get_n_calls (stage->provider, STUB_DELETE_POD), ==, 0);
  stage_click (stage_get_question (), "Cancel");
  g_assert_null (stage_get_question ());
  g_assert_cmpuint (stub_provider_get_n_calls (stage->provider, STUB_DELETE_POD), ==, 0);

  easel_studio_window_choose (EASEL_STUDIO_WINDOW (window), rental, EASEL_ROW_DONE);
  stage_click (stage_get_question (), "Delete…");
  stage_click (stage_get_question (), "Delete for Good");
  g_assert_cmpuint (stub_provider_get_n_calls (stage->provider, STUB_DELETE_POD), ==, 1);
  close_window (window);
}

static GtkWidget *
find_tick (GtkWidget *root, guint *index)
{
  GtkWidget *child;

  if (GTK_IS_CHECK_BUTTON (root) && (*index)-- == 0)
    return root;
  for (child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_tick (child, index);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkCheckButton *
get_tick (GtkWidget *root, guint index)
{
  GtkWidget *tick = find_tick (root, &index);

  g_assert_nonnull (tick);

  return GTK_CHECK_BUTTON (tick);
}

static void
test_end_all (Stage *stage, gconstpointer data)
{
  GtkWidget *window;
  GtkWidget *question;
  const guint own = 0, foreign = 1;

  /* Those of somebody else come last, and say which of their kind they are. */
  stage_add_own (stage, OWN_NAME, "RTX 3090");
  stage_add_foreign (stage, "training", "RTX 4090");
  stage_open (stage);
  window = open_window (stage);
  g_assert_nonnull (stage_find_button (window, "End All Rentals…"));
  easel_studio_window_end_all (EASEL_STUDIO_WINDOW (window));
  question = stage_get_question ();

  g_assert_true (stage_shows (question, "RTX 4090 · training"));
  g_assert_true (stage_shows (window, "· training ·"));
  g_assert_true (gtk_check_button_get_active (get_tick (question, own)));
  g_assert_false (gtk_check_button_get_active (get_tick (question, foreign)));
  g_assert_nonnull (stage_find_button (question, "Delete 1"));
  g_assert_true (stage_shows (question, "Then you still pay $0.23 per hour."));
  gtk_check_button_set_active (get_tick (question, foreign), TRUE);
  g_assert_nonnull (stage_find_button (question, "Delete 2"));
  g_assert_true (stage_shows (question, "Then you pay $0."));
  gtk_check_button_set_active (get_tick (question, foreign), FALSE);
  gtk_check_button_set_active (get_tick (question, own), FALSE);
  g_assert_false (gtk_widget_is_sensitive (stage_find_button (question, "Delete 0")));
  gtk_check_button_set_active (get_tick (question, own), TRUE);
  stage_click (question, "Delete 1");
  g_assert_cmpuint (stub_provider_get_n_calls (stage->provider, STUB_DELETE_POD), ==, 1);
  g_assert_cmpint (easel_rental_get_state (stage_find (stage, "RTX 3090")), ==,
                   EASEL_RENTAL_DELETING);
  g_assert_cmpint (easel_rental_get_state (stage_find (stage, "RTX 4090")), ==, EASEL_RENTAL_READY);
  close_window (window);
}

/* What nobody can look at is not promised to cost nothing. */
static void
test_end_all_without_sight (Stage *stage, gconstpointer data)
{
  GtkWidget *window;
  GtkWidget *question;

  stage_add_own (stage, OWN_NAME, "RTX 3090");
  stage_open (stage);
  window = open_window (stage);
  stub_provider_fail_always (stage->provider, STUB_LIST_PODS, EASEL_ERROR_NETWORK);
  easel_studio_refresh (stage->studio);
  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (stage->clock), 6000);
  stub_settle ();
  easel_studio_window_end_all (EASEL_STUDIO_WINDOW (window));
  question = stage_get_question ();
  g_assert_nonnull (stage_find_button (question, "Delete 1"));
  g_assert_false (stage_shows (question, "Then you pay $0."));
  g_assert_true (stage_shows (question, "What you pay then is not known"));
  close_window (window);
}

static void
test_pause (Stage *stage, gconstpointer data)
{
  EaselRental *rental;
  GtkWidget *window;

  stage_add_own (stage, OWN_NAME, "RTX 3090");
  stage_open (stage);
  window = open_window (stage);
  rental = stage_find (stage, "RTX 3090");
  easel_studio_window_choose (EASEL_STUDIO_WINDOW (window), rental, EASEL_ROW_PAUSE);
  g_assert_true (stage_shows (stage_get_question (), "It keeps its files and then costs $0.32"));
  stage_click (stage_get_question (), "Pause");
  g_assert_cmpint (easel_rental_get_state (rental), ==, EASEL_RENTAL_PAUSING);
  g_assert_cmpuint (stub_provider_get_n_calls (stage->provider, STUB_ACT_ON_POD), ==, 1);
  close_window (window);
}

/* A start that is refused explains itself and offers the way out in one click. */
static void
test_start_refused (Stage *stage, gconstpointer data)
{
  EaselRental *rental;
  GtkWidget *window;

  stage_add_paused (stage, OWN_NAME, "RTX 3090");
  stage_open (stage);
  window = open_window (stage);
  rental = stage_find (stage, "RTX 3090");
  stub_provider_push_error (stage->provider, STUB_ACT_ON_POD, EASEL_ERROR_HOST_FULL);
  stage_click (window, "Start");
  easel_test_pump ();
  g_assert_cmpint (easel_rental_get_state (rental), ==, EASEL_RENTAL_PAUSED);
  g_assert_true (stage_shows (stage_get_question (), "The RTX 3090 cannot start now"));
  g_assert_nonnull (stage_find_button (window, "Delete and Rent Again…"));
  stage_click (stage_get_question (), "Delete and Rent the Same Again");
  g_assert_cmpuint (stub_provider_get_n_calls (stage->provider, STUB_DELETE_POD), ==, 1);
  g_assert_null (stage_get_question ());
  close_window (window);
}

static void
test_delete_stuck (Stage *stage, gconstpointer data)
{
  EaselRental *rental;
  GtkWidget *window;
  guint n_before;

  stage_add_own (stage, OWN_NAME, "RTX 3090");
  stage_open (stage);
  window = open_window (stage);
  rental = stage_find (stage, "RTX 3090");
  stub_provider_fail_always (stage->provider, STUB_DELETE_POD, EASEL_ERROR_UNAVAILABLE);
  easel_studio_delete (stage->studio, rental, "done");
  while (easel_rental_get_state (rental) == EASEL_RENTAL_DELETING)
    stage_advance (stage, 5000);
  g_assert_cmpint (easel_rental_get_state (rental), ==, EASEL_RENTAL_STUCK);
  g_assert_nonnull (stage_find_button (window, "Open RunPod"));
  n_before = stub_provider_get_n_calls (stage->provider, STUB_DELETE_POD);
  stub_provider_fail_never (stage->provider, STUB_DELETE_POD);
  stage_click (window, "Try Again");
  stage_advance (stage, 1);
  g_assert_cmpuint (stub_provider_get_n_calls (stage->provider, STUB_DELETE_POD), ==, n_before + 1);
  close_window (window);
}

static void
test_offline (Stage *stage, gconstpointer data)
{
  GtkWidget *window;

  stage_add_own (stage, OWN_NAME, "RTX 3090");
  stage_open (stage);
  window = open_window (stage);
  stub_provider_fail_always (stage->provider, STUB_LIST_PODS, EASEL_ERROR_NETWORK);
  easel_studio_refresh (stage->studio);
  stage_advance (stage, 1);
  stage_advance (stage, 60 * 1000);
  g_assert_cmpint (easel_studio_get_state (stage->studio), ==, EASEL_STUDIO_OFFLINE);
  g_assert_nonnull (stage_find_button (window, "Try Again"));
  g_assert_true (easel_studio_get_error_provider (stage->studio) ==
                 easel_provider_get_info (EASEL_PROVIDER (stage->provider)));
  /* The row stays, with its end. */
  g_assert_true (stage_shows (window, "23:30"));
  stub_provider_fail_never (stage->provider, STUB_LIST_PODS);
  stage_click (window, "Try Again");
  stage_advance (stage, 1);
  g_assert_cmpint (easel_studio_get_state (stage->studio), ==, EASEL_STUDIO_KNOWN);
  g_assert_null (stage_find_button (window, "Try Again"));
  close_window (window);
}

static void
test_key_lost (Stage *stage, gconstpointer data)
{
  GtkWidget *window;

  stage_add_own (stage, OWN_NAME, "RTX 3090");
  stage_open_keyless (stage);
  window = open_window (stage);
  g_assert_nonnull (stage_find_button (window, "Enter the Key to Look"));
  g_assert_nonnull (stage_find_button (window, "Open RunPod"));
  g_assert_false (stage_shows (window, "You pay nothing right now."));
  close_window (window);
}

/* Another row comes: the first keeps its widget and its focus. */
static void
test_focus_over_updates (Stage *stage, gconstpointer data)
{
  GtkWidget *window;
  GtkWidget *copy;

  stage_add_own (stage, OWN_NAME, "RTX 3090");
  stage_open (stage);
  window = open_window (stage);
  copy = stage_find_button (window, "Copy Address");
  gtk_widget_grab_focus (copy);
  stage_add_foreign (stage, "other", "RTX 4090");
  easel_studio_refresh (stage->studio);
  stage_advance (stage, 1);
  stage_advance (stage, 60 * 1000);
  g_assert_cmpuint (g_list_model_get_n_items (easel_studio_get_rentals (stage->studio)), ==, 2);
  g_assert_true (stage_shows (window, "RTX 4090"));
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (window)) == copy);
  close_window (window);
}

static guint
count_timers (Stage *stage)
{
  return easel_manual_clock_get_n_pending (EASEL_MANUAL_CLOCK (stage->clock));
}

/* What the window shows ticks on the screen, and nothing ticks without a screen. */
static void
test_ticks_only_when_mapped (Stage *stage, gconstpointer data)
{
  GtkWidget *window;
  guint n_without;

  stage_add_own (stage, OWN_NAME, "RTX 3090");
  stage_open (stage);
  n_without = count_timers (stage);
  window = GTK_WIDGET (easel_studio_window_new (NULL, stage->session));
  easel_test_pump ();
  g_assert_cmpuint (count_timers (stage), ==, n_without);
  gtk_window_present (GTK_WINDOW (window));
  easel_test_pump ();
  g_assert_cmpuint (count_timers (stage), ==, n_without + 1);
  g_assert_true (stage_shows (window, "$0.12 so far"));
  stage_advance (stage, STAGE_HOUR / 2);
  g_assert_true (stage_shows (window, "$0.23 so far"));
  gtk_widget_set_visible (window, FALSE);
  easel_test_pump ();
  g_assert_cmpuint (count_timers (stage), ==, n_without);
  close_window (window);
}

static gboolean
on_close_wanted (EaselStudioWindow *window, gboolean *keep)
{
  return *keep;
}

static void
test_close_asks_application (Stage *stage, gconstpointer data)
{
  GtkWidget *window;
  gboolean keep = TRUE;

  stage_open (stage);
  window = open_window (stage);
  g_signal_connect (window, "close-wanted", G_CALLBACK (on_close_wanted), &keep);
  g_object_ref (window);
  gtk_window_close (GTK_WINDOW (window));
  easel_test_pump ();
  g_assert_true (gtk_widget_get_mapped (window));
  keep = FALSE;
  gtk_window_close (GTK_WINDOW (window));
  easel_test_pump ();
  g_assert_false (gtk_widget_get_mapped (window));
  stub_assert_finalizes (window);
}

static void
test_close_question (Stage *stage, gconstpointer data)
{
  EaselQuestion *question;

  stage_add_own (stage, OWN_NAME, "RTX 3090");
  stage_add_foreign (stage, "other", "RTX 4090");
  stage_open (stage);
  g_assert_true (easel_close_dialog_is_needed (stage->studio));
  question = easel_close_dialog_new (NULL, stage->studio, stage->clock);
  gtk_window_present (GTK_WINDOW (question));
  g_assert_true (stage_shows (GTK_WIDGET (question), "The RTX 3090 still runs"));
  g_assert_true (stage_shows (GTK_WIDGET (question), "23:30"));
  answer ("keep");
  g_assert_cmpuint (stub_provider_get_n_calls (stage->provider, STUB_DELETE_POD), ==, 0);

  /* What has confirmed its own end needs no question. */
  stage_arm (stage, stage_find (stage, "RTX 3090"), "proven");
  g_assert_false (easel_close_dialog_is_needed (stage->studio));
  stage_arm (stage, stage_find (stage, "RTX 3090"), "likely");
  g_assert_true (easel_close_dialog_is_needed (stage->studio));

  question = easel_close_dialog_new (NULL, stage->studio, stage->clock);
  gtk_window_present (GTK_WINDOW (question));
  answer ("delete");
  /* Not what somebody else made. */
  g_assert_cmpuint (stub_provider_get_n_calls (stage->provider, STUB_DELETE_POD), ==, 1);
  g_assert_cmpint (easel_rental_get_state (stage_find (stage, "RTX 4090")), ==, EASEL_RENTAL_READY);
  g_assert_false (easel_close_dialog_is_needed (stage->studio));
}

/* Asked about at the return; an answer that the GPU gives itself takes the question back. */
static void
test_wanted_question (Stage *stage, gconstpointer data)
{
  EaselQuestion *question;
  EaselRental *rental;

  stage_add_own (stage, OWN_NAME, "RTX 3090");
  stage_open (stage);
  rental = stage_find (stage, "RTX 3090");
  question = easel_wanted_dialog_new (NULL, stage->studio, rental, stage->clock);
  gtk_window_present (GTK_WINDOW (question));
  g_assert_true (stage_shows (GTK_WIDGET (question), "Do you still need the RTX 3090?"));
  g_assert_true (stage_shows (GTK_WIDGET (question), "$0.23 per hour"));
  answer ("keep");
  g_assert_cmpuint (stub_provider_get_n_calls (stage->provider, STUB_DELETE_POD), ==, 0);

  question = easel_wanted_dialog_new (NULL, stage->studio, rental, stage->clock);
  gtk_window_present (GTK_WINDOW (question));
  stage_arm (stage, rental, "proven");
  g_signal_emit_by_name (rental, "changed");
  easel_test_pump ();
  g_assert_null (stage_get_question ());

  stage_arm (stage, rental, "no");
  question = easel_wanted_dialog_new (NULL, stage->studio, rental, stage->clock);
  gtk_window_present (GTK_WINDOW (question));
  answer ("delete");
  g_assert_cmpuint (stub_provider_get_n_calls (stage->provider, STUB_DELETE_POD), ==, 1);
}

static void
on_answer_destroys (EaselQuestion *question, const char *id, GtkWindow *parent)
{
  gtk_window_destroy (parent);
}

/* As when the last window closes: the click that answers outlives both windows for a moment. */
static void
test_answer_destroys_parent (Stage *stage, gconstpointer data)
{
  GtkWidget *window;
  GtkWidget *question;

  stage_add_own (stage, OWN_NAME, "RTX 3090");
  stage_open (stage);
  window = open_window (stage);
  question = GTK_WIDGET (easel_close_dialog_new (GTK_WINDOW (window), stage->studio, stage->clock));
  g_signal_connect (question, "response", G_CALLBACK (on_answer_destroys), window);
  gtk_window_present (GTK_WINDOW (question));
  easel_test_pump ();
  g_object_ref (question);
  stage_click (question, "Keep Running");
  stub_assert_finalizes (question);
}

static void
test_details (Stage *stage, gconstpointer data)
{
  GtkWidget *window;
  GtkWidget *details;

  stage_add_own (stage, OWN_NAME, "RTX 3090");
  stage_open (stage);
  window = open_window (stage);
  details = GTK_WIDGET (
      easel_details_window_new (GTK_WINDOW (window), stage_find (stage, "RTX 3090"), stage->clock));
  gtk_window_present (GTK_WINDOW (details));
  easel_test_pump ();
  g_assert_true (stage_shows (details, OWN_NAME));
  g_assert_true (stage_shows (details, "aclysia/sd-comfyui-krita"));
  g_assert_true (stage_shows (details, "http://127.0.0.1:4010/server"));
  g_assert_true (stage_shows (details, "$0.12 so far"));
  g_assert_false (stage_shows (details, "Cost so far"));
  /* It goes with its parent. */
  close_window (window);
}

static void
test_narrow (Stage *stage, gconstpointer data)
{
  GtkWidget *window;
  int minimum;

  stage_add_own (stage, OWN_NAME, "RTX 3090");
  stage_add_paused (stage, OTHER_NAME, "RTX A4000");
  stage_add_foreign (stage, "other", "RTX 4090");
  stage_open (stage);
  window = open_window (stage);
  gtk_widget_measure (gtk_window_get_child (GTK_WINDOW (window)), GTK_ORIENTATION_HORIZONTAL, -1,
                      &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 360);
  close_window (window);
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

#define ADD(path, func) g_test_add ("/studio-window/" path, Stage, NULL, set_up, func, tear_down)
  ADD ("nothing-running", test_nothing_running);
  ADD ("receipt-and-again", test_receipt_and_again);
  ADD ("log-after-restart", test_log_after_restart);
  ADD ("log-follows", test_log_follows);
  ADD ("headline-by-money", test_headline_by_money);
  ADD ("copy-address", test_copy_address);
  ADD ("done", test_done);
  ADD ("foreign-asks-twice", test_foreign_asks_twice);
  ADD ("end-all", test_end_all);
  ADD ("end-all-without-sight", test_end_all_without_sight);
  ADD ("pause", test_pause);
  ADD ("start-refused", test_start_refused);
  ADD ("delete-stuck", test_delete_stuck);
  ADD ("offline", test_offline);
  ADD ("key-lost", test_key_lost);
  ADD ("focus-over-updates", test_focus_over_updates);
  ADD ("ticks-only-when-mapped", test_ticks_only_when_mapped);
  ADD ("close-asks-application", test_close_asks_application);
  ADD ("close-question", test_close_question);
  ADD ("wanted-question", test_wanted_question);
  ADD ("answer-destroys-parent", test_answer_destroys_parent);
  ADD ("paused-of-others", test_paused_of_others);
  ADD ("details", test_details);
  ADD ("narrow", test_narrow);
#undef ADD

  return g_test_run ();
}
