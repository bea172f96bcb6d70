/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Rows for the models of the shelf. Follows the shelf and the plan, which own all of it; a tick
 * goes to the shelf at once. Where there is room for a few only, those are picked when the list is
 * told to and when somebody else changes the shelf: a row must not go away under the pointer that
 * took its tick.
 *
 * Looks after the files on this computer whenever it is shown, and seeks those that were moved.
 *
 * Names for the robot: in each row the check button "Bring NAME with every new GPU", the button
 * "Find the File NAME…" if it was moved and, where all are shown, the button "Remove NAME". */

#include "config.h"
#include "easel-shelf-list.h"

#include "easel-error-bar.h"
#include "easel-file-finder.h"
#include "easel-shelf-row.h"
#include "easel-ui.h"

#include <glib/gi18n-lib.h>

struct _EaselShelfList
{
  GtkBox parent_instance;

  GtkListBox *list;   /* (unowned): a child */
  EaselErrorBar *bar; /* (unowned): a child */

  EaselSession *session;   /* (owned) (nullable) */
  EaselFileFinder *finder; /* (owned) (nullable) */
  guint max_rows;          /* 0 if there is room for all */
  gboolean is_ticking;     /* what changes is a tick of this list */
};

enum
{
  REMOVE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EaselShelfList, easel_shelf_list, GTK_TYPE_BOX)

static EaselShelfRow *
row_at (EaselShelfList *self, guint index)
{
  return (EaselShelfRow *) gtk_list_box_get_row_at_index (self->list, (int) index);
}

static void
on_ticked (EaselShelfRow *row, gboolean is_ticked, EaselShelfList *self)
{
  const EaselShelfModel *model = easel_shelf_row_get_model (row);

  self->is_ticking = TRUE;
  easel_shelf_set_ticked (easel_session_get_shelf (self->session), model->folder, model->name,
                          is_ticked);
  self->is_ticking = FALSE;
}

/* The whole row is one big check button, with the keyboard as well. */
static void
on_row_activated (EaselShelfList *self, GtkListBoxRow *row)
{
  easel_shelf_row_toggle (EASEL_SHELF_ROW (row));
}

static void
on_remove (EaselShelfRow *row, EaselShelfList *self)
{
  g_signal_emit (self, signals[REMOVE], 0, easel_shelf_row_get_model (row));
}

/* Finding a file that was moved. */

static EaselShelfRow *
find_row (EaselShelfList *self, const EaselShelfModel *model)
{
  EaselShelfRow *row;

  for (guint i = 0; (row = row_at (self, i)) != NULL; i++)
    if (easel_shelf_row_is_of (row, model))
      return row;
  return NULL;
}

static void
on_found (EaselShelfList *self, gpointer lost, const EaselShelfModel *found)
{
  EaselShelfRow *row = find_row (self, found);

  if (row != NULL)
    easel_shelf_row_focus (row);
}

static void
on_find_failed (EaselShelfList *self, const char *sentence)
{
  easel_error_bar_set_message (self->bar, EASEL_BAR_ERROR, sentence, NULL);
}

static void
on_find (EaselShelfRow *row, EaselShelfList *self)
{
  easel_error_bar_clear (self->bar);
  easel_file_finder_find (self->finder, GTK_WIDGET (self), easel_shelf_row_get_model (row));
}

/* The row of @model from @index on, moved to @index; made if there is none. Rows stay the same
 * widgets, so that the focus stays where it is. */
static EaselShelfRow *
take_row (EaselShelfList *self, guint index, const EaselShelfModel *model)
{
  EaselShelfRow *row;
  GtkWidget *made;

  for (guint i = index; (row = row_at (self, i)) != NULL; i++)
    {
      if (!easel_shelf_row_is_of (row, model))
        continue;
      if (i > index)
        {
          g_object_ref (row);
          gtk_list_box_remove (self->list, GTK_WIDGET (row));
          gtk_list_box_insert (self->list, GTK_WIDGET (row), (int) index);
          g_object_unref (row);
        }
      return row;
    }
  made = easel_shelf_row_new ();
  if (self->max_rows > 0)
    easel_shelf_row_set_compact (EASEL_SHELF_ROW (made));
  g_signal_connect_object (made, "ticked", G_CALLBACK (on_ticked), self, 0);
  g_signal_connect_object (made, "remove", G_CALLBACK (on_remove), self, 0);
  g_signal_connect_object (made, "find", G_CALLBACK (on_find), self, 0);
  gtk_list_box_insert (self->list, made, (int) index);
  return EASEL_SHELF_ROW (made);
}

/* Those that have a row, in the order of the shelf. */
static GPtrArray *
find_shown (EaselShelfList *self, GPtrArray *models)
{
  GPtrArray *shown = g_ptr_array_new ();

  for (guint i = 0; i < models->len; i++)
    if (easel_shelf_list_shows (self, g_ptr_array_index (models, i)))
      g_ptr_array_add (shown, g_ptr_array_index (models, i));
  return shown;
}

static void
show (EaselShelfList *self, GPtrArray *shown)
{
  GPtrArray *models = easel_shelf_get_models (easel_session_get_shelf (self->session));
  const EaselWorkloadSet painted = easel_plan_get_workload (easel_session_get_plan (self->session));
  EaselShelfFiles *files = easel_session_get_shelf_files (self->session);
  EaselShelfRow *row;

  for (guint i = 0; i < shown->len; i++)
    {
      const EaselShelfModel *model = g_ptr_array_index (shown, i);

      const gboolean is_fit =
          easel_model_base_fits (model->base, easel_shelf_workload_of (models, model, painted));

      easel_shelf_row_show (take_row (self, i, model), model, is_fit ? 0 : painted,
                            easel_shelf_files_get_trouble (files, model));
    }
  while ((row = row_at (self, shown->len)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
}

static void
on_shelf_changed (EaselShelfList *self)
{
  g_autoptr (GPtrArray) shown = NULL;

  if (!self->is_ticking)
    {
      easel_shelf_list_pick (self);
      return;
    }
  shown = find_shown (self, easel_shelf_get_models (easel_session_get_shelf (self->session)));
  show (self, shown);
}

static void
on_facts_changed (EaselShelfList *self)
{
  g_autoptr (GPtrArray) shown =
      find_shown (self, easel_shelf_get_models (easel_session_get_shelf (self->session)));

  show (self, shown);
}

/* Whoever looks at the list wants to know it now: when it appears, and on the way back from where
 * files are moved. */
static void
check_files (EaselShelfList *self)
{
  if (self->session != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    easel_shelf_files_check (easel_session_get_shelf_files (self->session));
}

static void
easel_shelf_list_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (easel_shelf_list_parent_class)->map (widget);

  check_files (EASEL_SHELF_LIST (widget));
}

static void
easel_shelf_list_root (GtkWidget *widget)
{
  GtkRoot *root;

  GTK_WIDGET_CLASS (easel_shelf_list_parent_class)->root (widget);

  root = gtk_widget_get_root (widget);
  if (GTK_IS_WINDOW (root))
    g_signal_connect_object (root, "notify::is-active", G_CALLBACK (check_files), widget,
                             G_CONNECT_SWAPPED);
}

static void
easel_shelf_list_unroot (GtkWidget *widget)
{
  g_signal_handlers_disconnect_by_func (gtk_widget_get_root (widget), check_files, widget);

  GTK_WIDGET_CLASS (easel_shelf_list_parent_class)->unroot (widget);
}

static void
easel_shelf_list_dispose (GObject *object)
{
  EaselShelfList *self = EASEL_SHELF_LIST (object);

  g_clear_object (&self->finder);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (easel_shelf_list_parent_class)->dispose (object);
}

static void
easel_shelf_list_class_init (EaselShelfListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = easel_shelf_list_dispose;
  GTK_WIDGET_CLASS (klass)->map = easel_shelf_list_map;
  GTK_WIDGET_CLASS (klass)->root = easel_shelf_list_root;
  GTK_WIDGET_CLASS (klass)->unroot = easel_shelf_list_unroot;

  /**
   * EaselShelfList::remove:
   * @self: a list
   * @model: (type gpointer) (transfer none): an #EaselShelfModel
   *
   * The person wants it off the shelf.
   */
  signals[REMOVE] = g_signal_new ("remove", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
easel_shelf_list_init (EaselShelfList *self)
{
  GtkWidget *list = gtk_list_box_new ();

  self->list = GTK_LIST_BOX (list);
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_set_hexpand (list, TRUE);
  easel_ui_set_accessible_name (list, _ ("Models"));
  g_signal_connect_object (list, "row-activated", G_CALLBACK (on_row_activated), self,
                           G_CONNECT_SWAPPED);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_append (GTK_BOX (self), list);
  self->bar = EASEL_ERROR_BAR (easel_error_bar_new ());
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->bar));
}

/**
 * easel_shelf_list_set_session:
 * @self: a list
 * @session: whose shelf it is
 * @max_rows: how many there is room for among other things, 0 for a card of all
 */
void
easel_shelf_list_set_session (EaselShelfList *self, EaselSession *session, guint max_rows)
{
  g_return_if_fail (EASEL_IS_SHELF_LIST (self));
  g_return_if_fail (EASEL_IS_SESSION (session));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  self->finder = easel_file_finder_new (session);
  g_signal_connect_object (self->finder, "found", G_CALLBACK (on_found), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->finder, "failed", G_CALLBACK (on_find_failed), self,
                           G_CONNECT_SWAPPED);
  self->max_rows = max_rows;
  gtk_widget_add_css_class (GTK_WIDGET (self->list), max_rows > 0 ? "easel-list" : "easel-card");
  g_signal_connect_object (easel_session_get_shelf (session), "changed",
                           G_CALLBACK (on_shelf_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (easel_session_get_plan (session), "changed",
                           G_CALLBACK (on_facts_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (easel_session_get_shelf_files (session), "changed",
                           G_CALLBACK (on_facts_changed), self, G_CONNECT_SWAPPED);
  easel_shelf_list_pick (self);
}

/**
 * easel_shelf_list_pick:
 * @self: a list
 *
 * Shows those of the shelf that matter most.
 */
void
easel_shelf_list_pick (EaselShelfList *self)
{
  g_autoptr (GPtrArray) picked = NULL;

  g_return_if_fail (EASEL_IS_SHELF_LIST (self));

  picked = easel_shelf_pick (easel_shelf_get_models (easel_session_get_shelf (self->session)),
                             self->max_rows);
  show (self, picked);
}

/**
 * easel_shelf_list_shows:
 * @self: a list
 * @model: a model
 *
 * Returns: whether there is a row for it
 */
gboolean
easel_shelf_list_shows (EaselShelfList *self, const EaselShelfModel *model)
{
  g_return_val_if_fail (EASEL_IS_SHELF_LIST (self), FALSE);
  g_return_val_if_fail (model != NULL, FALSE);

  return find_row (self, model) != NULL;
}
