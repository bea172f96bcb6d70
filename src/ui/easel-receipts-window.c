/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the rentals of the past were and cost: one row each, newest first, and the sum. A snapshot
 * of the history, which owns the receipts. */

#include "config.h"
#include "easel-receipts-window.h"

#include "easel-rental-text.h"
#include "easel-side-window.h"
#include "easel-text.h"
#include "easel-ui.h"

#include <glib/gi18n.h>

/* More rows than anybody reads make the window slow to open. */
#define MAX_ROWS 200

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

static GtkWidget *
create_row (EaselSession *session, const EaselReceipt *receipt, gint64 now)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget *money;
  gint64 cost = cost_of (receipt);
  g_autofree char *heading = dup_heading (receipt, now);
  g_autofree char *sentence =
      easel_receipt_dup_sentence (receipt, provider_name (session, receipt->provider_id), now);
  g_autofree char *amount =
      cost != EASEL_MONEY_UNKNOWN ? easel_money_format (cost) : g_strdup (_ ("not known"));

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
  GPtrArray *receipts;
  g_autofree char *sum = NULL;

  g_return_val_if_fail (EASEL_IS_SESSION (session), NULL);

  receipts = easel_history_get_receipts (easel_session_get_history (session));
  sum = dup_sum (receipts);
  gtk_widget_add_css_class (box, "easel-page");
  gtk_box_append (GTK_BOX (box), create_label (sum, receipts->len > 0 ? "title-4" : NULL));
  if (receipts->len > 0)
    gtk_box_append (GTK_BOX (box), create_list (session, receipts));

  return easel_side_window_new (parent, _ ("Receipts"), box);
}
