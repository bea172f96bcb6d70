/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Ends several rentals at once. Owns the ticks (what this program did not make starts without
 * one) and says what will still cost afterwards. Deleting and proving belong to the studio. */

#include "config.h"
#include "easel-end-all-dialog.h"

#include "easel-rental-text.h"
#include "easel-row-action.h"
#include "easel-ui.h"

#include <glib/gi18n.h>

typedef struct
{
  EaselStudio *studio;      /* (owned) */
  GPtrArray *rentals;       /* (owned) (element-type EaselRental): same order as @ticks */
  GPtrArray *ticks;         /* (owned) (element-type GtkCheckButton): not owned */
  GtkWidget *delete_button; /* (unowned): of the question */
  GtkWidget *rest;          /* (unowned): of the question */
} EndAll;

static void
end_all_free (gpointer data)
{
  EndAll *all = data;

  g_clear_object (&all->studio);
  g_clear_pointer (&all->rentals, g_ptr_array_unref);
  g_clear_pointer (&all->ticks, g_ptr_array_unref);
  g_free (all);
}

static guint
count_ticks (EndAll *all)
{
  guint n = 0;
  guint i;

  for (i = 0; i < all->ticks->len; i++)
    if (gtk_check_button_get_active (g_ptr_array_index (all->ticks, i)))
      n++;
  return n;
}

static gboolean
is_ticked (EndAll *all, EaselRental *rental)
{
  guint index;

  return g_ptr_array_find (all->rentals, rental, &index) &&
         gtk_check_button_get_active (g_ptr_array_index (all->ticks, index));
}

/* What everything costs per hour that will not be deleted; @ret_is_known: whether that is all;
 * @ret_runs: whether a GPU is among it. */
static gint64
sum_rest (EndAll *all, gboolean *ret_is_known, gboolean *ret_runs)
{
  GListModel *model = easel_studio_get_rentals (all->studio);
  guint n = g_list_model_get_n_items (model);
  gint64 sum = 0;
  guint i;

  *ret_is_known = easel_studio_get_state (all->studio) == EASEL_STUDIO_KNOWN;
  *ret_runs = FALSE;
  for (i = 0; i < n; i++)
    {
      g_autoptr (EaselRental) rental = g_list_model_get_item (model, i);
      EaselRentalState state = easel_rental_get_state (rental);
      gint64 price = easel_rental_get_price (rental);

      if (state == EASEL_RENTAL_GONE || state == EASEL_RENTAL_DELETING || is_ticked (all, rental))
        continue;
      if (state == EASEL_RENTAL_UNSEEN || price == EASEL_MONEY_UNKNOWN)
        *ret_is_known = FALSE;
      else
        {
          sum += MAX (price, 0);
          *ret_runs = *ret_runs || !easel_rental_is_stored (rental);
        }
    }
  return sum;
}

static void
refresh (EndAll *all)
{
  guint n = count_ticks (all);
  gboolean is_known, runs;
  gint64 rest = sum_rest (all, &is_known, &runs);
  g_autofree char *label = NULL;

  /* Translators: a button that deletes so many GPUs. */
  label = g_strdup_printf (ngettext ("Delete %u", "Delete %u", n), n);
  gtk_button_set_label (GTK_BUTTON (all->delete_button), label);
  gtk_widget_set_sensitive (all->delete_button, n > 0);
  if (rest > 0)
    {
      g_autofree char *rate =
          runs ? easel_money_format_hourly (rest) : easel_money_format_rate (rest);

      /* Translators: %s is a price, "$0.32 per day". */
      easel_ui_take_text (GTK_LABEL (all->rest),
                          g_strdup_printf (_ ("Then you still pay %s."), rate));
    }
  else if (!is_known)
    easel_ui_set_text (GTK_LABEL (all->rest),
                       _ ("What you pay then is not known: not everything can be seen now."));
  else
    easel_ui_set_text (GTK_LABEL (all->rest), _ ("Then you pay $0."));
}

/* Who deletes must know which one: two of one kind in one place differ by the name alone. */
static char *
dup_title (EaselRental *rental)
{
  g_autofree char *title = easel_rental_dup_title (rental);
  const char *name = easel_rental_get_given_name (rental);

  return name != NULL ? g_strjoin (" · ", title, name, NULL) : g_steal_pointer (&title);
}

static GtkWidget *
create_tick (EaselRental *rental)
{
  GtkWidget *tick = gtk_check_button_new ();
  GtkWidget *label;
  g_autofree char *title = dup_title (rental);
  g_autofree char *rate = easel_rental_dup_rate (rental);
  g_autofree char *text = NULL;

  if (easel_rental_is_ours (rental))
    text = g_strdup_printf ("%s\n%s", title, rate != NULL ? rate : "");
  else
    /* Translators: below the name of a GPU in a list; %s is its price. */
    text = g_strdup_printf (_ ("%s\n%s, not made by Cloud Easel"), title, rate != NULL ? rate : "");
  label = gtk_label_new (text);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_margin_start (label, 8);
  gtk_check_button_set_child (GTK_CHECK_BUTTON (tick), label);
  easel_ui_set_accessible_name (tick, text);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (tick), easel_rental_is_ours (rental));

  return tick;
}

static void
on_toggled (GtkCheckButton *tick, gpointer user_data)
{
  refresh (user_data);
}

static GtkWidget *
create_content (EndAll *all)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10);
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GListModel *model = easel_studio_get_rentals (all->studio);
  guint n = g_list_model_get_n_items (model);
  guint i;

  for (i = 0; i < n; i++)
    {
      g_autoptr (EaselRental) rental = g_list_model_get_item (model, i);
      GtkWidget *tick;

      if (!easel_row_action_makes_sense (EASEL_ROW_DONE, rental))
        continue;
      tick = create_tick (rental);
      g_ptr_array_add (all->rentals, g_object_ref (rental));
      g_ptr_array_add (all->ticks, tick);
      g_signal_connect (tick, "toggled", G_CALLBACK (on_toggled), all);
      gtk_box_append (GTK_BOX (card), tick);
    }
  gtk_widget_add_css_class (card, "easel-card");
  gtk_widget_add_css_class (card, "easel-padded");
  easel_ui_set_accessible_name (scrolled, _ ("GPUs"));
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), card);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), 320);
  gtk_box_append (GTK_BOX (box), scrolled);

  all->rest = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (all->rest), 0);
  gtk_label_set_wrap (GTK_LABEL (all->rest), TRUE);
  gtk_widget_add_css_class (all->rest, "easel-strong");
  gtk_box_append (GTK_BOX (box), all->rest);

  return box;
}

static void
on_answer (EaselQuestion *question, const char *answer, gpointer user_data)
{
  EndAll *all = user_data;
  guint i;

  if (!g_str_equal (answer, "delete"))
    return;
  for (i = 0; i < all->rentals->len; i++)
    {
      EaselRental *rental = g_ptr_array_index (all->rentals, i);

      if (is_ticked (all, rental) && easel_rental_can_delete (rental))
        easel_studio_delete (all->studio, rental, "done");
    }
}

/**
 * easel_end_all_dialog_new:
 * @parent: (nullable): the window that asks
 *
 * Returns: (transfer none): the question, to be presented; "delete" deletes what is ticked
 */
EaselQuestion *
easel_end_all_dialog_new (GtkWindow *parent, EaselStudio *studio)
{
  EaselQuestion *question;
  EndAll *all;

  g_return_val_if_fail (EASEL_IS_STUDIO (studio), NULL);

  all = g_new0 (EndAll, 1);
  all->studio = g_object_ref (studio);
  all->rentals = g_ptr_array_new_with_free_func (g_object_unref);
  all->ticks = g_ptr_array_new ();

  question = easel_question_new (parent, _ ("End All Rentals"),
                                 _ ("Deletes what is ticked, with the files on it. Your pictures "
                                    "are in Krita on this computer."));
  g_object_set_data_full (G_OBJECT (question), "easel-end-all", all, end_all_free);
  easel_question_set_content (question, create_content (all));
  easel_question_add_answer (question, "cancel", _ ("Cancel"), EASEL_ANSWER_PLAIN);
  all->delete_button = easel_question_add_answer (question, "delete", "", EASEL_ANSWER_DESTRUCTIVE);
  g_signal_connect (question, "response", G_CALLBACK (on_answer), all);
  refresh (all);

  return question;
}
