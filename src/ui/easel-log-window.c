/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Shows the log of one launch. Owns the text and follows its end as long as the person has not
 * scrolled up; the log itself belongs to the deployment. */

#include "config.h"
#include "easel-log-window.h"

#include "easel-side-window.h"
#include "easel-ui.h"

#include <glib/gi18n.h>

/* Lines come from a stranger's computer: neither their number nor their length is trusted. */
#define MAX_LINES 5000

struct _EaselLogWindow
{
  GtkWindow parent_instance;

  GtkTextView *view;   /* a descendant */
  GtkWidget *scrolled; /* a descendant */
};

G_DEFINE_FINAL_TYPE (EaselLogWindow, easel_log_window, GTK_TYPE_WINDOW)

static gboolean
is_at_end (EaselLogWindow *self)
{
  GtkAdjustment *adjustment =
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scrolled));

  return gtk_adjustment_get_value (adjustment) + gtk_adjustment_get_page_size (adjustment) >=
         gtk_adjustment_get_upper (adjustment) - 4;
}

static void
drop_oldest (GtkTextBuffer *buffer)
{
  int surplus = gtk_text_buffer_get_line_count (buffer) - MAX_LINES;
  GtkTextIter start, end;

  if (surplus <= 0)
    return;
  gtk_text_buffer_get_start_iter (buffer, &start);
  gtk_text_buffer_get_iter_at_line (buffer, &end, surplus);
  gtk_text_buffer_delete (buffer, &start, &end);
}

static void
append (EaselLogWindow *self, const char *text)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GtkTextIter end;

  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_buffer_insert (buffer, &end, valid, -1);
  drop_oldest (buffer);
}

static void
scroll_to_end (EaselLogWindow *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  GtkTextIter end;

  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_buffer_place_cursor (buffer, &end);
  gtk_text_view_scroll_mark_onscreen (self->view, gtk_text_buffer_get_insert (buffer));
}

static void
on_log (EaselDeployment *deployment, const char *line, EaselLogWindow *self)
{
  gboolean follows = is_at_end (self);

  append (self, line);
  append (self, "\n");
  if (follows)
    scroll_to_end (self);
}

static void
easel_log_window_class_init (EaselLogWindowClass *klass)
{
}

static void
easel_log_window_init (EaselLogWindow *self)
{
  self->view = GTK_TEXT_VIEW (gtk_text_view_new ());
  gtk_text_view_set_editable (self->view, FALSE);
  gtk_text_view_set_cursor_visible (self->view, FALSE);
  gtk_text_view_set_monospace (self->view, TRUE);
  gtk_text_view_set_wrap_mode (self->view, GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_left_margin (self->view, 12);
  gtk_text_view_set_right_margin (self->view, 12);
  gtk_text_view_set_top_margin (self->view, 12);
  gtk_text_view_set_bottom_margin (self->view, 12);
  easel_ui_set_accessible_name (GTK_WIDGET (self->view), _ ("Log"));

  self->scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), GTK_WIDGET (self->view));
  easel_ui_set_accessible_name (self->scrolled, _ ("Log"));
  gtk_window_set_child (GTK_WINDOW (self), self->scrolled);
}

/**
 * easel_log_window_new:
 * @parent: (nullable): the window that it belongs to
 * @title: whose log it is
 * @deployment: the launch
 *
 * Returns: (transfer none): a window, not shown yet
 */
GtkWindow *
easel_log_window_new (GtkWindow *parent, const char *title, EaselDeployment *deployment)
{
  EaselLogWindow *self;
  const char *log;

  g_return_val_if_fail (EASEL_IS_DEPLOYMENT (deployment), NULL);

  self = g_object_new (EASEL_TYPE_LOG_WINDOW, NULL);
  easel_side_window_set_up (GTK_WINDOW (self), parent, title);
  gtk_window_set_default_size (GTK_WINDOW (self), 720, 480);
  log = easel_deployment_get_log (deployment);
  if (log != NULL && *log != '\0')
    append (self, log);
  else
    append (self, _ ("Nothing was written yet.\n"));
  scroll_to_end (self);
  g_signal_connect_object (deployment, "log", G_CALLBACK (on_log), self, 0);

  return GTK_WINDOW (self);
}
