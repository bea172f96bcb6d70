/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One file in a list of models, told apart by folder and name. Says what it is told; what the
 * button does is the window's affair. */

#include "config.h"
#include "easel-model-row.h"

#include "easel-ui.h"

struct _EaselModelRow
{
  GtkListBoxRow parent_instance;

  GtkLabel *heading;      /* (unowned): child of the template */
  GtkLabel *title;        /* (unowned): child of the template */
  GtkLabel *facts;        /* (unowned): child of the template */
  GtkButton *button;      /* (unowned): child of the template */
  GtkWidget *warning_box; /* (unowned): child of the template */
  GtkLabel *warning;      /* (unowned): child of the template */

  char *folder; /* (owned) */
  char *name;   /* (owned) */
};

enum
{
  CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EaselModelRow, easel_model_row, GTK_TYPE_LIST_BOX_ROW)

static void
on_clicked (EaselModelRow *self)
{
  g_signal_emit (self, signals[CHOSEN], 0);
}

static void
easel_model_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), EASEL_TYPE_MODEL_ROW);

  G_OBJECT_CLASS (easel_model_row_parent_class)->dispose (object);
}

static void
easel_model_row_finalize (GObject *object)
{
  EaselModelRow *self = EASEL_MODEL_ROW (object);

  g_free (self->folder);
  g_free (self->name);

  G_OBJECT_CLASS (easel_model_row_parent_class)->finalize (object);
}

static void
easel_model_row_class_init (EaselModelRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = easel_model_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = easel_model_row_finalize;

  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               EASEL_UI_RESOURCE_PREFIX "/ui/easel-model-row.ui");
  gtk_widget_class_bind_template_child (widget_class, EaselModelRow, heading);
  gtk_widget_class_bind_template_child (widget_class, EaselModelRow, title);
  gtk_widget_class_bind_template_child (widget_class, EaselModelRow, facts);
  gtk_widget_class_bind_template_child (widget_class, EaselModelRow, button);
  gtk_widget_class_bind_template_child (widget_class, EaselModelRow, warning_box);
  gtk_widget_class_bind_template_child (widget_class, EaselModelRow, warning);
  gtk_widget_class_bind_template_callback (widget_class, on_clicked);
}

static void
easel_model_row_init (EaselModelRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * easel_model_row_new:
 * @folder: ComfyUI's
 * @name: of the file
 *
 * Returns: (transfer floating): a row without facts and with a hidden button
 */
GtkWidget *
easel_model_row_new (const char *folder, const char *name)
{
  EaselModelRow *self;

  g_return_val_if_fail (folder != NULL && name != NULL, NULL);

  self = g_object_new (EASEL_TYPE_MODEL_ROW, NULL);
  self->folder = g_strdup (folder);
  self->name = g_strdup (name);
  easel_ui_set_text (self->title, name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->title), name);
  easel_ui_set_accessible_name (GTK_WIDGET (self), name);
  return GTK_WIDGET (self);
}

/**
 * easel_model_row_set_heading:
 * @self: a row
 * @heading: (nullable): what this row and those below it are, above the first of them
 */
void
easel_model_row_set_heading (EaselModelRow *self, const char *heading)
{
  g_return_if_fail (EASEL_IS_MODEL_ROW (self));

  easel_ui_set_text (self->heading, heading);
}

/**
 * easel_model_row_set_facts:
 * @self: a row
 * @facts: (nullable): the line below the name
 */
void
easel_model_row_set_facts (EaselModelRow *self, const char *facts)
{
  g_return_if_fail (EASEL_IS_MODEL_ROW (self));

  easel_ui_set_text (self->facts, facts);
  easel_ui_take_accessible_name (GTK_WIDGET (self),
                                 facts != NULL ? g_strdup_printf ("%s, %s", self->name, facts)
                                               : g_strdup (self->name));
}

/**
 * easel_model_row_set_button:
 * @self: a row
 * @label: what stands on the button
 * @full_name: the same for a screen reader, with the name of the model
 */
void
easel_model_row_set_button (EaselModelRow *self, const char *label, const char *full_name)
{
  g_return_if_fail (EASEL_IS_MODEL_ROW (self));

  gtk_button_set_label (self->button, label);
  easel_ui_set_accessible_name (GTK_WIDGET (self->button), full_name);
  gtk_widget_set_visible (GTK_WIDGET (self->button), TRUE);
}

/**
 * easel_model_row_set_sensitive:
 * @self: a row
 * @is_sensitive: whether its button can be pressed; if it cannot, the warning says why
 */
void
easel_model_row_set_sensitive (EaselModelRow *self, gboolean is_sensitive)
{
  g_return_if_fail (EASEL_IS_MODEL_ROW (self));

  gtk_widget_set_sensitive (GTK_WIDGET (self->button), is_sensitive);
}

/**
 * easel_model_row_set_warning:
 * @self: a row
 * @warning: (nullable): what stands in the way
 */
void
easel_model_row_set_warning (EaselModelRow *self, const char *warning)
{
  g_return_if_fail (EASEL_IS_MODEL_ROW (self));

  gtk_widget_set_visible (self->warning_box, warning != NULL);
  easel_ui_set_text (self->warning, warning);
}

/**
 * easel_model_row_get_folder:
 * @self: a row
 *
 * Returns: (transfer none): ComfyUI's folder
 */
const char *
easel_model_row_get_folder (EaselModelRow *self)
{
  g_return_val_if_fail (EASEL_IS_MODEL_ROW (self), NULL);

  return self->folder;
}

/**
 * easel_model_row_get_name:
 * @self: a row
 *
 * Returns: (transfer none): the file's name
 */
const char *
easel_model_row_get_name (EaselModelRow *self)
{
  g_return_val_if_fail (EASEL_IS_MODEL_ROW (self), NULL);

  return self->name;
}
