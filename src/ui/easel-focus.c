/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Where Tab leads, where GTK 4.8 alone leads nowhere: past what was hidden while it had the focus,
 * and out of a long list at once. Owns no widget; whoever makes a window calls it once. */

#include "config.h"
#include "easel-focus.h"

#define ONE_STOP "easel-one-stop"

/* GTK keeps in mind through which child the focus went, also when that is hidden since; then it
 * finds none of the others, and the whole window below the header bar is out of reach. */
static void
forget_hidden (GtkWidget *widget)
{
  GtkWidget *last = gtk_widget_get_focus_child (widget);
  GtkWidget *child;

  if (last != NULL && !gtk_widget_get_mapped (last))
    gtk_widget_set_focus_child (widget, NULL);
  for (child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (gtk_widget_get_mapped (child) && !GTK_IS_NATIVE (child))
      forget_hidden (child);
}

static GtkWidget *
find_one_stop (GtkWidget *focus)
{
  while (focus != NULL && g_object_get_data (G_OBJECT (focus), ONE_STOP) == NULL)
    focus = gtk_widget_get_parent (focus);
  return focus;
}

static void
on_move_focus (GtkWidget *window, GtkDirectionType direction, gpointer user_data)
{
  GtkWidget *list = find_one_stop (gtk_root_get_focus (GTK_ROOT (window)));

  forget_hidden (window);
  if (list == NULL || (direction != GTK_DIR_TAB_FORWARD && direction != GTK_DIR_TAB_BACKWARD))
    return;

  /* What cannot have the focus is passed by. */
  gtk_widget_set_can_focus (list, FALSE);
  gtk_widget_child_focus (window, direction);
  gtk_widget_set_can_focus (list, TRUE);
  g_signal_stop_emission_by_name (window, "move-focus");
}

/**
 * easel_focus_mend:
 * @window: a new window
 *
 * Makes everything in it reachable by Tab, whatever is hidden in the course of time.
 */
void
easel_focus_mend (GtkWindow *window)
{
  g_return_if_fail (GTK_IS_WINDOW (window));

  g_signal_connect (window, "move-focus", G_CALLBACK (on_move_focus), NULL);
}

/**
 * easel_focus_make_one_stop:
 * @list: a list whose rows have nothing inside that takes the focus, in a window that was given to
 *   easel_focus_mend()
 *
 * Lets Tab go into the list and out of it again; the arrows go from row to row. With hundreds of
 * rows nobody would reach what comes after.
 */
void
easel_focus_make_one_stop (GtkWidget *list)
{
  g_return_if_fail (GTK_IS_WIDGET (list));

  g_object_set_data (G_OBJECT (list), ONE_STOP, GINT_TO_POINTER (TRUE));
}
