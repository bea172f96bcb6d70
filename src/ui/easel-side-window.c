/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What Details, Log and Receipts have in common: header bar, column, Escape, and that they go with
 * the window that they belong to. Knows nothing of what is inside. */

#include "config.h"
#include "easel-side-window.h"

#include "easel-clamp.h"
#include "easel-focus.h"
#include "easel-title.h"
#include "easel-ui.h"

#define DEFAULT_HEIGHT 480

static void
add_escape (GtkWindow *window)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape,
                                                                                  0),
                                                          gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (GTK_WIDGET (window), controller);
}

/**
 * easel_side_window_set_up:
 * @window: a window without content
 * @parent: (nullable): the window that it belongs to
 * @title: what it shows
 */
void
easel_side_window_set_up (GtkWindow *window, GtkWindow *parent, const char *title)
{
  GtkWidget *bar;

  g_return_if_fail (GTK_IS_WINDOW (window));
  g_return_if_fail (parent == NULL || GTK_IS_WINDOW (parent));

  gtk_window_set_title (window, title);
  bar = gtk_header_bar_new ();
  gtk_header_bar_set_title_widget (GTK_HEADER_BAR (bar), easel_title_new (window));
  gtk_window_set_titlebar (window, bar);
  gtk_window_set_default_size (window, EASEL_SIDE_WINDOW_WIDTH, DEFAULT_HEIGHT);
  gtk_window_set_transient_for (window, parent);
  gtk_window_set_destroy_with_parent (window, parent != NULL);
  add_escape (window);
  easel_focus_mend (window);
}

/**
 * easel_side_window_new:
 * @parent: (nullable): the window that it belongs to
 * @title: what it shows
 * @content: (transfer floating): one column
 *
 * Returns: (transfer none): a window, not shown yet
 */
GtkWindow *
easel_side_window_new (GtkWindow *parent, const char *title, GtkWidget *content)
{
  GtkWidget *window;
  GtkWidget *scrolled;
  GtkWidget *clamp;

  g_return_val_if_fail (parent == NULL || GTK_IS_WINDOW (parent), NULL);
  g_return_val_if_fail (GTK_IS_WIDGET (content), NULL);

  window = gtk_window_new ();
  easel_side_window_set_up (GTK_WINDOW (window), parent, title);
  clamp = easel_clamp_new ();
  gtk_widget_set_parent (content, clamp);
  scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), clamp);
  gtk_window_set_child (GTK_WINDOW (window), scrolled);
  easel_ui_set_accessible_name (scrolled, title);
  /* Else the first selectable label gets the focus and stands there selected. */
  gtk_widget_set_focusable (content, TRUE);
  easel_ui_set_accessible_name (content, title);
  gtk_window_set_focus (GTK_WINDOW (window), content);

  return GTK_WINDOW (window);
}

/**
 * easel_side_window_find:
 * @parent: (nullable): the window that it belongs to
 * @type: its type
 *
 * Returns: (transfer none) (nullable): the one that is open already
 */
GtkWindow *
easel_side_window_find (GtkWindow *parent, GType type)
{
  GListModel *windows = gtk_window_get_toplevels ();

  g_return_val_if_fail (parent == NULL || GTK_IS_WINDOW (parent), NULL);

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (G_TYPE_CHECK_INSTANCE_TYPE (window, type) &&
          gtk_window_get_transient_for (window) == parent)
        return window;
    }
  return NULL;
}
