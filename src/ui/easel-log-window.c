/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Shows a log: of one launch, which keeps its own, or of a GPU that runs, which is read from the
 * provider while this window is open. Owns the text and follows its end as long as the person has
 * not scrolled up. */

#include "config.h"
#include "easel-log-window.h"

#include "easel-error.h"
#include "easel-pod-log.h"
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
  EaselPodLog *log;    /* (owned) (nullable): unless a deployment has it */
  char *provider_name; /* (owned) (nullable): whose log it is */
  double last_value;
  guint move_id;
  gboolean follows;   /* the person has not scrolled up */
  gboolean has_lines; /* else the text is about why there are none */
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

/* By itself the view only goes down; who goes up wants to read there. */
static void
on_value_changed (EaselLogWindow *self)
{
  const double value = gtk_adjustment_get_value (
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scrolled)));

  if (is_at_end (self))
    self->follows = TRUE;
  else if (value < self->last_value)
    self->follows = FALSE;
  self->last_value = value;
}

static gboolean
on_move (gpointer user_data)
{
  EaselLogWindow *self = EASEL_LOG_WINDOW (user_data);
  GtkAdjustment *adjustment =
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scrolled));

  self->move_id = 0;
  if (!self->follows)
    return G_SOURCE_REMOVE;
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment) -
                                            gtk_adjustment_get_page_size (adjustment));
  return G_SOURCE_REMOVE;
}

/* How high the text is shows some time after it has come. The view takes back what moves it while
 * it still measures. */
static void
on_height_changed (EaselLogWindow *self)
{
  if (self->follows && self->move_id == 0)
    self->move_id = g_idle_add (on_move, self);
}

/* What is not a line of the log goes when one comes. */
static void
clear_notice (EaselLogWindow *self)
{
  if (!self->has_lines)
    gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->view), "", 0);
  self->has_lines = TRUE;
}

static void
show_notice (EaselLogWindow *self, const char *text)
{
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->view), text, -1);
  self->has_lines = FALSE;
}

static void
add_line (EaselLogWindow *self, const char *line)
{
  clear_notice (self);
  append (self, line);
  append (self, "\n");
}

static void
on_begun (EaselLogWindow *self)
{
  self->has_lines = FALSE;
}

/* What was read stays; it is tried again. */
static void
on_failed (EaselLogWindow *self, const GError *error)
{
  g_autofree char *sentence = NULL;

  if (self->has_lines)
    return;
  sentence = easel_error_sentence (error, self->provider_name);
  show_notice (self, sentence);
}

static void
easel_log_window_dispose (GObject *object)
{
  EaselLogWindow *self = EASEL_LOG_WINDOW (object);

  g_clear_handle_id (&self->move_id, g_source_remove);
  if (self->log != NULL)
    easel_pod_log_stop (self->log);
  g_clear_object (&self->log);
  g_clear_pointer (&self->provider_name, g_free);

  G_OBJECT_CLASS (easel_log_window_parent_class)->dispose (object);
}

static void
easel_log_window_class_init (EaselLogWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = easel_log_window_dispose;
}

static void
easel_log_window_init (EaselLogWindow *self)
{
  GtkAdjustment *adjustment;

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

  self->follows = TRUE;
  adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scrolled));
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (on_value_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (on_height_changed), self,
                           G_CONNECT_SWAPPED);
}

static EaselLogWindow *
create (GtkWindow *parent, const char *title)
{
  EaselLogWindow *self = g_object_new (EASEL_TYPE_LOG_WINDOW, NULL);

  easel_side_window_set_up (GTK_WINDOW (self), parent, title);
  gtk_window_set_default_size (GTK_WINDOW (self), 720, 480);
  return self;
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

  self = create (parent, title);
  log = easel_deployment_get_log (deployment);
  self->has_lines = log != NULL && *log != '\0';
  if (self->has_lines)
    append (self, log);
  else
    show_notice (self, _ ("Nothing was written yet.\n"));
  g_signal_connect_object (deployment, "log", G_CALLBACK (add_line), self, G_CONNECT_SWAPPED);

  return GTK_WINDOW (self);
}

/**
 * easel_log_window_new_running:
 * @parent: (nullable): the window that it belongs to
 * @title: whose log it is
 * @rental: a GPU that runs, for which easel_pod_log_is_possible()
 *
 * Returns: (transfer none): a window, not shown yet
 */
GtkWindow *
easel_log_window_new_running (GtkWindow *parent, const char *title, EaselRental *rental)
{
  EaselLogWindow *self;
  const EaselProviderInfo *info;

  g_return_val_if_fail (EASEL_IS_RENTAL (rental), NULL);

  self = create (parent, title);
  info = easel_rental_get_provider_info (rental);
  self->provider_name = g_strdup (info != NULL ? info->name : NULL);
  show_notice (self, _ ("Asking for the log…"));
  self->log = easel_pod_log_new (rental);
  g_signal_connect_object (self->log, "begun", G_CALLBACK (on_begun), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->log, "line", G_CALLBACK (add_line), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->log, "failed", G_CALLBACK (on_failed), self, G_CONNECT_SWAPPED);

  return GTK_WINDOW (self);
}
