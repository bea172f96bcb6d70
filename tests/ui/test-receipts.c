/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The receipts: bills rather than guesses, the days as bars and as a table, and what costs now. */

#include "config.h"

#include "easel-look.h"
#include "easel-receipts-window.h"
#include "easel-spending-chart.h"
#include "easel-test-util.h"
#include "easel-ui.h"
#include "studio-stage.h"

typedef struct
{
  Stage stage;
  GtkWindow *window;
} Fixture;

static void
add_receipt (Fixture *fixture, guint hours_ago, const char *provider, gint64 billed, guint pictures)
{
  g_autoptr (EaselReceipt) receipt = easel_receipt_new ();

  receipt->provider_id = g_strdup (provider);
  receipt->pod_id = g_strdup_printf ("pod%u", hours_ago);
  receipt->title = g_strdup ("RTX 3090");
  receipt->started_unix_ms = STAGE_NOW - (gint64) hours_ago * STAGE_HOUR;
  receipt->ended_unix_ms = receipt->started_unix_ms + 2 * STAGE_HOUR;
  receipt->estimated = 460000;
  receipt->billed = billed;
  receipt->n_pictures = pictures;
  receipt->reason = g_strdup ("done");
  easel_history_add_receipt (easel_session_get_history (fixture->stage.session), receipt);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  stage_set_up (&fixture->stage);
  stage_open (&fixture->stage);
  add_receipt (fixture, 26 * 24, "runpod", 900000, 0);
  add_receipt (fixture, 12 * 24, "vast", 350000, 12);
  add_receipt (fixture, 11 * 24, "runpod", 610000, 40);
  add_receipt (fixture, 4 * 24, "vast", 420000, 7);
  add_receipt (fixture, 3 * 24, "runpod", 1210000, 34);
  add_receipt (fixture, 3, "runpod", EASEL_MONEY_UNKNOWN, 0);
  fixture->window = easel_receipts_window_new (NULL, fixture->stage.session);
  /* Nothing is cut off at the edge. */
  gtk_window_set_default_size (fixture->window, 600, 1100);
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
  GtkWidget *child;
  GtkWidget *found = G_TYPE_CHECK_INSTANCE_TYPE (root, type) ? root : NULL;

  for (child = gtk_widget_get_first_child (root); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find (child, type);
  return found;
}

static void
test_words (Fixture *fixture, gconstpointer data)
{
  GtkWidget *root = GTK_WIDGET (fixture->window);

  g_assert_true (stage_shows (root, "6 rentals, $3.95 together."));
  g_assert_true (stage_shows (root, "You pay nothing right now."));
  g_assert_true (stage_shows (root, "RTX 3090 for 2 h, 34 pictures. RunPod billed $1.21."));
  g_assert_true (stage_shows (root, "about $0.46"));
  g_assert_true (stage_shows (root, "Part of it is not billed yet and estimated."));

  /* The bill comes while somebody looks. */
  easel_history_set_bill (easel_session_get_history (fixture->stage.session), "runpod", "pod3",
                          440000, STAGE_NOW - STAGE_HOUR);
  easel_test_pump ();
  g_assert_false (stage_shows (root, "about $0.46"));
  g_assert_true (stage_shows (root, "6 rentals, $3.93 together."));
  g_assert_false (stage_shows (root, "Part of it is not billed yet"));
}

/* What the bars show stands in the table, for a screen reader too. */
static void
test_table (Fixture *fixture, gconstpointer data)
{
  GtkWidget *root = GTK_WIDGET (fixture->window);
  GtkWidget *expander = find (root, GTK_TYPE_EXPANDER);
  GtkWidget *chart = find (root, EASEL_TYPE_SPENDING_CHART);
  GtkWidget *table = gtk_expander_get_child (GTK_EXPANDER (expander));
  GtkWidget *row;
  guint n_rows = 0;

  g_assert_nonnull (chart);
  g_assert_cmpint (gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (chart)), ==,
                   GTK_ACCESSIBLE_ROLE_IMG);
  gtk_expander_set_expanded (GTK_EXPANDER (expander), TRUE);
  easel_test_pump ();
  g_assert_cmpint (gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (table)), ==,
                   GTK_ACCESSIBLE_ROLE_TABLE);
  for (row = gtk_widget_get_first_child (table); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      g_assert_cmpint (gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (row)), ==,
                       GTK_ACCESSIBLE_ROLE_ROW);
      n_rows++;
    }
  g_assert_cmpuint (n_rows, ==, 1 + 6);
  row = gtk_widget_get_next_sibling (gtk_widget_get_first_child (table));
  g_assert_true (stage_shows (row, "today"));
  g_assert_true (stage_shows (row, "$0.46"));
}

static void
test_look (Fixture *fixture, gconstpointer data)
{
  GtkWidget *root = GTK_WIDGET (fixture->window);
  g_autoptr (GString) problems = g_string_new (NULL);
  int minimum;

  gtk_widget_measure (root, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 360);
  for (int dark = 0; dark < 2; dark++)
    {
      easel_look_set_dark (dark != 0);
      easel_look_settle (root);
      g_assert_cmpuint (easel_look_check_contrast (root, problems), >, 5);
      easel_look_check_clipping (root, problems);
      g_assert_cmpstr (problems->str, ==, "");
    }
  easel_look_set_dark (FALSE);
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

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/receipts/words", test_words);
  ADD ("/receipts/table", test_table);
  ADD ("/receipts/look", test_look);
#undef ADD

  return g_test_run ();
}
