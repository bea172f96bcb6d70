/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The shelf: models that somebody wants on every new GPU, or at hand for one; what they mean for
 * the next start; and the tokens for the sites that they come from. Follows the shelf, the plan and
 * the tokens, which own all of it.
 *
 * Names for the robot: those of easel-add-model-box.c and easel-shelf-list.c; after a removal
 * "Undo"; for each site "Enter Token from SITE…" and "Forget Token from SITE", and those of the
 * token form. */

#include "config.h"
#include "easel-shelf-window.h"

#include "easel-add-model-box.h"
#include "easel-error-bar.h"
#include "easel-model-text.h"
#include "easel-shelf-list.h"
#include "easel-side-window.h"
#include "easel-token-row.h"
#include "easel-ui.h"

#include <glib/gi18n-lib.h>

#define DEFAULT_WIDTH 640
#define DEFAULT_HEIGHT 680

struct _EaselShelfWindow
{
  GtkWindow parent_instance;

  EaselAddModelBox *add; /* (unowned): child of the template */
  EaselErrorBar *bar;    /* (unowned): child of the template */
  EaselShelfList *list;  /* (unowned): child of the template */
  GtkWidget *empty;      /* (unowned): child of the template */
  GtkLabel *sum;         /* (unowned): child of the template */
  GtkBox *tokens;        /* (unowned): child of the template */

  EaselSession *session;    /* (owned) */
  EaselShelfModel *removed; /* (owned) (nullable): what Undo puts back */
  guint n_behind;           /* how many stood behind it */
};

G_DEFINE_FINAL_TYPE (EaselShelfWindow, easel_shelf_window, GTK_TYPE_WINDOW)

static EaselShelf *
get_shelf (EaselShelfWindow *self)
{
  return easel_session_get_shelf (self->session);
}

static void
on_remove (EaselShelfWindow *self, const EaselShelfModel *model)
{
  g_autofree char *sentence = NULL;

  g_clear_pointer (&self->removed, easel_shelf_model_free);
  self->removed = easel_shelf_model_copy (model);
  /* Translators: %s is a file. */
  sentence = g_strdup_printf (_ ("%s is no longer on your list. What lies on a GPU or on this "
                                 "computer stays."),
                              self->removed->name);
  easel_error_bar_set_message (self->bar, EASEL_BAR_INFO, sentence, _ ("Undo"));
  easel_add_model_box_focus (self->add);
  self->n_behind =
      easel_shelf_remove (get_shelf (self), self->removed->folder, self->removed->name);
}

static void
put (EaselShelfWindow *self, const EaselShelfModel *model, guint n_behind)
{
  if (!easel_shelf_put_back (get_shelf (self), model, n_behind))
    easel_error_bar_set_message (self->bar, EASEL_BAR_ERROR,
                                 _ ("Your list is full. Remove something from it first."), NULL);
}

static void
on_undo (EaselShelfWindow *self)
{
  g_autoptr (EaselShelfModel) model = g_steal_pointer (&self->removed);

  easel_error_bar_clear (self->bar);
  if (model != NULL)
    put (self, model, self->n_behind);
}

static void
on_add (EaselShelfWindow *self, const EaselShelfModel *model)
{
  g_clear_pointer (&self->removed, easel_shelf_model_free);
  easel_error_bar_clear (self->bar);
  put (self, model, G_MAXUINT);
}

static void
refresh (EaselShelfWindow *self)
{
  GPtrArray *models = easel_shelf_get_models (get_shelf (self));
  EaselPlan *plan = easel_session_get_plan (self->session);
  const EaselWorkloadSet workload = easel_plan_get_workload (plan);

  gtk_widget_set_visible (GTK_WIDGET (self->list), models->len > 0);
  gtk_widget_set_visible (self->empty, models->len == 0);
  easel_ui_take_text (self->sum, models->len > 0
                                     ? easel_model_text_sum (models, easel_plan_get_offer (plan))
                                     : NULL);
  easel_add_model_box_set_workload (self->add, workload);
}

static void
easel_shelf_window_dispose (GObject *object)
{
  EaselShelfWindow *self = EASEL_SHELF_WINDOW (object);

  g_clear_pointer (&self->removed, easel_shelf_model_free);
  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (self), EASEL_TYPE_SHELF_WINDOW);

  G_OBJECT_CLASS (easel_shelf_window_parent_class)->dispose (object);
}

static void
easel_shelf_window_class_init (EaselShelfWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = easel_shelf_window_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, EASEL_UI_RESOURCE_PREFIX
                                               "/ui/easel-shelf-window.ui");
  gtk_widget_class_bind_template_child (widget_class, EaselShelfWindow, add);
  gtk_widget_class_bind_template_child (widget_class, EaselShelfWindow, bar);
  gtk_widget_class_bind_template_child (widget_class, EaselShelfWindow, list);
  gtk_widget_class_bind_template_child (widget_class, EaselShelfWindow, empty);
  gtk_widget_class_bind_template_child (widget_class, EaselShelfWindow, sum);
  gtk_widget_class_bind_template_child (widget_class, EaselShelfWindow, tokens);
  gtk_widget_class_bind_template_callback (widget_class, on_add);
  gtk_widget_class_bind_template_callback (widget_class, on_undo);
  gtk_widget_class_bind_template_callback (widget_class, on_remove);
}

static void
easel_shelf_window_init (EaselShelfWindow *self)
{
  g_type_ensure (EASEL_TYPE_ADD_MODEL_BOX);
  g_type_ensure (EASEL_TYPE_SHELF_LIST);
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * easel_shelf_window_new:
 * @parent: (nullable): the window that it belongs to
 * @session: whose shelf it is
 *
 * Returns: (transfer none): a window, not shown yet
 */
GtkWindow *
easel_shelf_window_new (GtkWindow *parent, EaselSession *session)
{
  EaselShelfWindow *self;
  EaselModelTokens *tokens;

  g_return_val_if_fail (EASEL_IS_SESSION (session), NULL);

  self = g_object_new (EASEL_TYPE_SHELF_WINDOW, NULL);
  easel_side_window_set_up (GTK_WINDOW (self), parent, _ ("Models"));
  gtk_window_set_default_size (GTK_WINDOW (self), DEFAULT_WIDTH, DEFAULT_HEIGHT);
  self->session = g_object_ref (session);
  tokens = easel_session_get_model_tokens (session);
  easel_add_model_box_set_services (self->add, easel_session_get_model_inspector (session), tokens,
                                    get_shelf (self));
  easel_add_model_box_accept_drops (self->add, GTK_WIDGET (self));
  easel_shelf_list_set_session (self->list, session, 0);
  gtk_box_append (self->tokens, easel_token_row_new (tokens, EASEL_MODEL_SITE_CIVITAI));
  gtk_box_append (self->tokens, easel_token_row_new (tokens, EASEL_MODEL_SITE_HUGGINGFACE));
  g_signal_connect_object (get_shelf (self), "changed", G_CALLBACK (refresh), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (easel_session_get_plan (session), "changed", G_CALLBACK (refresh), self,
                           G_CONNECT_SWAPPED);
  refresh (self);
  easel_add_model_box_focus (self->add);

  return GTK_WINDOW (self);
}
