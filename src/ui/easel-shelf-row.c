/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One model of the shelf. Says what it is told and keeps a copy, because the shelf's own may be
 * gone by the time somebody clicks. What a click does is the window's affair. */

#include "config.h"
#include "easel-shelf-row.h"

#include "easel-model-text.h"
#include "easel-ui.h"

#include <glib/gi18n-lib.h>

struct _EaselShelfRow
{
  GtkListBoxRow parent_instance;

  GtkCheckButton *tick; /* (unowned): child of the template */
  GtkLabel *name;       /* (unowned): child of the template */
  GtkLabel *facts;      /* (unowned): child of the template */
  GtkLabel *misfit;     /* (unowned): child of the template */
  GtkWidget *warning;   /* (unowned): child of the template */
  GtkWidget *find;      /* (unowned): child of the template */
  GtkWidget *remove;    /* (unowned): child of the template */

  EaselShelfModel *model; /* (owned) (nullable) */
  gboolean is_syncing;
};

enum
{
  TICKED,
  REMOVE,
  FIND,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EaselShelfRow, easel_shelf_row, GTK_TYPE_LIST_BOX_ROW)

static void
on_toggled (EaselShelfRow *self)
{
  if (!self->is_syncing && self->model != NULL)
    g_signal_emit (self, signals[TICKED], 0, gtk_check_button_get_active (self->tick));
}

static void
on_remove_clicked (EaselShelfRow *self)
{
  g_signal_emit (self, signals[REMOVE], 0);
}

static void
on_find_clicked (EaselShelfRow *self)
{
  g_signal_emit (self, signals[FIND], 0);
}

static void
easel_shelf_row_dispose (GObject *object)
{
  EaselShelfRow *self = EASEL_SHELF_ROW (object);

  g_clear_pointer (&self->model, easel_shelf_model_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), EASEL_TYPE_SHELF_ROW);

  G_OBJECT_CLASS (easel_shelf_row_parent_class)->dispose (object);
}

static void
easel_shelf_row_class_init (EaselShelfRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = easel_shelf_row_dispose;

  signals[TICKED] = g_signal_new ("ticked", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[REMOVE] = g_signal_new ("remove", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);

  signals[FIND] = g_signal_new ("find", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               EASEL_UI_RESOURCE_PREFIX "/ui/easel-shelf-row.ui");
  gtk_widget_class_bind_template_child (widget_class, EaselShelfRow, tick);
  gtk_widget_class_bind_template_child (widget_class, EaselShelfRow, name);
  gtk_widget_class_bind_template_child (widget_class, EaselShelfRow, facts);
  gtk_widget_class_bind_template_child (widget_class, EaselShelfRow, misfit);
  gtk_widget_class_bind_template_child (widget_class, EaselShelfRow, warning);
  gtk_widget_class_bind_template_child (widget_class, EaselShelfRow, remove);
  gtk_widget_class_bind_template_child (widget_class, EaselShelfRow, find);
  gtk_widget_class_bind_template_callback (widget_class, on_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_remove_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_find_clicked);
}

static void
easel_shelf_row_init (EaselShelfRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * easel_shelf_row_new:
 *
 * Returns: (transfer floating): a row that says nothing yet
 */
GtkWidget *
easel_shelf_row_new (void)
{
  return g_object_new (EASEL_TYPE_SHELF_ROW, NULL);
}

/**
 * easel_shelf_row_set_compact:
 * @self: a row
 *
 * For a list among other things: only the tick, nothing that takes the model away.
 */
void
easel_shelf_row_set_compact (EaselShelfRow *self)
{
  g_return_if_fail (EASEL_IS_SHELF_ROW (self));

  gtk_widget_set_visible (self->remove, FALSE);
  gtk_widget_add_css_class (GTK_WIDGET (self), "easel-compact");
  gtk_widget_remove_css_class (GTK_WIDGET (self->name), "heading");
}

/**
 * easel_shelf_row_show:
 * @self: a row
 * @model: what it says; copied
 * @workload: what is painted, 0 if it has its use there or nobody knows
 * @trouble: with its file
 */
void
easel_shelf_row_show (EaselShelfRow *self,
                      const EaselShelfModel *model,
                      EaselWorkloadSet workload,
                      EaselFileTrouble trouble)
{
  g_autofree char *facts = NULL;
  char *warning;

  g_return_if_fail (EASEL_IS_SHELF_ROW (self));
  g_return_if_fail (model != NULL);

  g_clear_pointer (&self->model, easel_shelf_model_free);
  self->model = easel_shelf_model_copy (model);
  facts = easel_model_text_facts (model);
  /* What stays at home disturbs nobody. */
  warning = model->is_ticked ? easel_model_text_trouble (trouble) : NULL;
  if (warning == NULL && workload != 0 && model->is_ticked)
    warning = easel_model_text_misfit (model->kind, model->base, workload);
  easel_ui_set_text (self->name, model->name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), model->name);
  easel_ui_set_text (self->facts, facts);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->facts),
                               model->link != NULL ? model->link : model->path);
  gtk_widget_set_visible (self->warning, warning != NULL);
  easel_ui_take_text (self->misfit, warning);
  gtk_widget_set_visible (self->find, model->is_ticked && trouble >= EASEL_FILE_GONE);
  self->is_syncing = TRUE;
  gtk_check_button_set_active (self->tick, model->is_ticked);
  self->is_syncing = FALSE;
  easel_ui_take_accessible_name (GTK_WIDGET (self), g_strdup_printf ("%s, %s", model->name, facts));
  /* Translators: for screen readers, as is the next one: a check button; %s is a file. */
  easel_ui_take_accessible_name (GTK_WIDGET (self->tick),
                                 g_strdup_printf (_ ("Bring %s with every new GPU"), model->name));
  easel_ui_take_accessible_name (self->find,
                                 g_strdup_printf (_ ("Find the File %s…"), model->name));
  easel_ui_take_accessible_name (self->remove, g_strdup_printf (_ ("Remove %s"), model->name));
}

/**
 * easel_shelf_row_focus:
 * @self: a row
 *
 * The next key goes to its check button.
 */
void
easel_shelf_row_focus (EaselShelfRow *self)
{
  g_return_if_fail (EASEL_IS_SHELF_ROW (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->tick));
}

/**
 * easel_shelf_row_toggle:
 * @self: a row
 *
 * As a click on its check button.
 */
void
easel_shelf_row_toggle (EaselShelfRow *self)
{
  g_return_if_fail (EASEL_IS_SHELF_ROW (self));

  gtk_check_button_set_active (self->tick, !gtk_check_button_get_active (self->tick));
}

/**
 * easel_shelf_row_get_model:
 * @self: a row
 *
 * Returns: (transfer none): what it says
 */
const EaselShelfModel *
easel_shelf_row_get_model (EaselShelfRow *self)
{
  g_return_val_if_fail (EASEL_IS_SHELF_ROW (self), NULL);

  return self->model;
}

/**
 * easel_shelf_row_is_of:
 * @self: a row
 * @model: a model
 *
 * Returns: whether the row is about the same file in the same folder
 */
gboolean
easel_shelf_row_is_of (EaselShelfRow *self, const EaselShelfModel *model)
{
  g_return_val_if_fail (EASEL_IS_SHELF_ROW (self), FALSE);
  g_return_val_if_fail (model != NULL, FALSE);

  return self->model != NULL && g_strcmp0 (self->model->name, model->name) == 0 &&
         g_strcmp0 (self->model->folder, model->folder) == 0;
}
