/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the rentals of the past were and cost: the sum, the days as a chart and as a table, one row
 * for each rental, newest first; and what costs now. Follows the history, which owns the
 * receipts. */

#include "config.h"
#include "easel-receipts-window.h"

#include "easel-rental-text.h"
#include "easel-side-window.h"
#include "easel-spending-chart.h"
#include "easel-text.h"
#include "easel-ui.h"

#include <glib/gi18n.h>

/* More rows than anybody reads make the window slow to open. */
#define MAX_ROWS 200
#define DEFAULT_HEIGHT 620
/* What the chart shows: a week at least, a month at most. */
#define MIN_DAYS 7
#define MAX_DAYS 30

static const char *
provider_name (EaselSession *session, const char *provider_id)
{
  EaselAccount *account =
      provider_id != NULL ? easel_session_get_account (session, provider_id) : NULL;

  return account != NULL ? easel_account_get_provider_info (account)->name : provider_id;
}

static gint64
cost_of (const EaselReceipt *receipt)
{
  return receipt->billed != EASEL_MONEY_UNKNOWN ? receipt->billed : receipt->estimated;
}

static GtkWidget *
create_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_hexpand (label, TRUE);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);

  return label;
}

static char *
dup_heading (const EaselReceipt *receipt, gint64 now)
{
  g_autofree char *day = easel_text_day (receipt->started_unix_ms, now);

  /* Translators: a GPU and the day on which it was rented, "RTX 3090 · Tuesday". */
  return g_strdup_printf (_ ("%s · %s"), receipt->title != NULL ? receipt->title : "", day);
}

/* A guess is called one. */
static char *
dup_amount (const EaselReceipt *receipt)
{
  const gint64 cost = cost_of (receipt);
  g_autofree char *money = NULL;

  if (cost == EASEL_MONEY_UNKNOWN)
    return g_strdup (_ ("not known"));
  money = easel_money_format (cost);
  if (receipt->billed != EASEL_MONEY_UNKNOWN)
    return g_steal_pointer (&money);
  /* Translators: a sum that is not billed yet, "about $0.52". */
  return g_strdup_printf (_ ("about %s"), money);
}

static GtkWidget *
create_row (EaselSession *session, const EaselReceipt *receipt, gint64 now)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget *money;
  g_autofree char *heading = dup_heading (receipt, now);
  g_autofree char *sentence =
      easel_receipt_dup_sentence (receipt, provider_name (session, receipt->provider_id), now);
  g_autofree char *amount = dup_amount (receipt);

  gtk_box_append (GTK_BOX (texts), create_label (heading, "heading"));
  gtk_box_append (GTK_BOX (texts), create_label (sentence, "easel-secondary"));
  gtk_box_append (GTK_BOX (box), texts);
  money = gtk_label_new (amount);
  gtk_widget_add_css_class (money, "easel-figures");
  gtk_widget_add_css_class (money, "heading");
  gtk_box_append (GTK_BOX (box), money);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  easel_ui_set_accessible_name (row, sentence);

  return row;
}

static GtkWidget *
create_list (EaselSession *session, GPtrArray *receipts)
{
  GtkWidget *list = gtk_list_box_new ();
  gint64 now = easel_clock_get_unix_ms (easel_session_get_clock (session));
  guint n = MIN (receipts->len, MAX_ROWS);
  guint i;

  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "easel-card");
  easel_ui_set_accessible_name (list, _ ("Receipts"));
  for (i = 0; i < n; i++)
    gtk_list_box_append (GTK_LIST_BOX (list),
                         create_row (session, g_ptr_array_index (receipts, i), now));

  return list;
}

static char *
dup_sum (GPtrArray *receipts)
{
  gint64 sum = 0;
  guint i;
  g_autofree char *money = NULL;

  if (receipts->len == 0)
    return g_strdup (_ ("Nothing was rented yet."));
  for (i = 0; i < receipts->len; i++)
    {
      gint64 cost = cost_of (g_ptr_array_index (receipts, i));

      if (cost != EASEL_MONEY_UNKNOWN)
        sum += cost;
    }
  money = easel_money_format (sum);
  /* Translators: %u rentals are over; %s is what they cost together. */
  return g_strdup_printf (ngettext ("%u rental, %s.", "%u rentals, %s together.", receipts->len),
                          receipts->len, money);
}

/* The chart, and the same for whoever reads rather than looks. */
static GtkWidget *
create_spending (EaselSession *session, GPtrArray *receipts, gint64 now)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  g_autoptr (EaselSpending) spending = easel_spending_new (receipts, zone, now, MIN_DAYS, MAX_DAYS);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) names = NULL;
  GtkWidget *card;
  GtkWidget *expander;
  GtkWidget *table;
  guint i;

  if (spending->n_days == 0)
    return NULL;
  for (i = 0; i < spending->provider_ids->len; i++)
    g_strv_builder_add (builder,
                        provider_name (session, g_ptr_array_index (spending->provider_ids, i)));
  names = g_strv_builder_end (builder);
  card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_widget_add_css_class (card, "easel-card");
  gtk_widget_add_css_class (card, "easel-padded");
  gtk_box_append (GTK_BOX (card), easel_ui_new_heading (_ ("Spending per Day"), "heading", 2));
  gtk_box_append (GTK_BOX (card),
                  easel_spending_legend_new (spending, (const char *const *) names));
  expander = gtk_expander_new (_ ("As a Table"));
  easel_ui_set_accessible_name (expander, _ ("As a Table"));
  table = easel_spending_table_new (spending, (const char *const *) names, now);
  gtk_widget_set_margin_top (table, 8);
  gtk_expander_set_child (GTK_EXPANDER (expander), table);
  if (spending->has_estimates)
    gtk_box_append (GTK_BOX (card), create_label (_ ("Part of it is not billed yet and estimated."),
                                                  "easel-secondary"));
  gtk_box_append (GTK_BOX (card), easel_spending_chart_new (g_steal_pointer (&spending),
                                                            (const char *const *) names, now));
  gtk_box_append (GTK_BOX (card), expander);

  return card;
}

static void
fill (GtkWidget *box, EaselSession *session)
{
  GPtrArray *receipts = easel_history_get_receipts (easel_session_get_history (session));
  gint64 now = easel_clock_get_unix_ms (easel_session_get_clock (session));
  g_autofree char *sum = dup_sum (receipts);
  g_autofree char *present = easel_studio_dup_headline (easel_session_get_studio (session));
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget *spending;
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (box)) != NULL)
    gtk_box_remove (GTK_BOX (box), child);
  gtk_box_append (GTK_BOX (texts), create_label (sum, receipts->len > 0 ? "title-4" : NULL));
  gtk_box_append (GTK_BOX (texts), create_label (present, "easel-secondary"));
  gtk_box_append (GTK_BOX (box), texts);
  spending = create_spending (session, receipts, now);
  if (spending != NULL)
    gtk_box_append (GTK_BOX (box), spending);
  if (receipts->len > 0)
    gtk_box_append (GTK_BOX (box), create_list (session, receipts));
}

static void
on_history_changed (GtkWidget *box)
{
  fill (box, g_object_get_data (G_OBJECT (box), "session"));
}

/**
 * easel_receipts_window_new:
 * @parent: (nullable): the window that it belongs to
 *
 * Returns: (transfer none): a window, not shown yet
 */
GtkWindow *
easel_receipts_window_new (GtkWindow *parent, EaselSession *session)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 16);
  GtkWindow *window;

  g_return_val_if_fail (EASEL_IS_SESSION (session), NULL);

  gtk_widget_add_css_class (box, "easel-page");
  g_object_set_data_full (G_OBJECT (box), "session", g_object_ref (session), g_object_unref);
  fill (box, session);
  g_signal_connect_object (easel_session_get_history (session), "changed",
                           G_CALLBACK (on_history_changed), box, G_CONNECT_SWAPPED);
  window = easel_side_window_new (parent, _ ("Receipts"), box);
  gtk_window_set_default_size (window, EASEL_SIDE_WINDOW_WIDTH, DEFAULT_HEIGHT);

  return window;
}
