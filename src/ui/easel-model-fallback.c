/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One model that somebody wants on a GPU on which no helper runs. By a link: the command that
 * fetches it, to copy into the provider's own terminal. A file of this computer: sent in one piece
 * if it is small enough, else it is said that it cannot be. Owns its one try, which ends with it.
 *
 * Names for the robot: text "Command for the terminal", buttons "Copy Command", "Stop". */

#include "config.h"
#include "easel-model-fallback.h"

#include "easel-error-bar.h"
#include "easel-model-by-hand.h"
#include "easel-model-text.h"
#include "easel-text.h"
#include "easel-ui.h"

#include <glib/gi18n-lib.h>

struct _EaselModelFallback
{
  GtkBox parent_instance;

  GtkLabel *name;       /* (unowned): child of the template */
  GtkLabel *text;       /* (unowned): child of the template */
  GtkProgressBar *bar;  /* (unowned): child of the template */
  GtkLabel *command;    /* (unowned): child of the template */
  EaselErrorBar *error; /* (unowned): child of the template */
  GtkWidget *copy;      /* (unowned): child of the template */
  GtkWidget *stop;      /* (unowned): child of the template */

  EaselModelInspector *inspector; /* (owned) */
  EaselShelfModel *model;         /* (owned) */
  char *address;                  /* (owned) (nullable) */
  char *provider_name;            /* (owned) */
  GCancellable *cancellable;      /* (owned) (nullable): of the try that is under way */
  gboolean is_krita_image;
  guint n_tries; /* that sent something */
};

G_DEFINE_FINAL_TYPE (EaselModelFallback, easel_model_fallback, GTK_TYPE_BOX)

static void
set_busy (EaselModelFallback *self, gboolean is_busy)
{
  gtk_widget_set_visible (self->stop, is_busy);
  gtk_widget_set_visible (GTK_WIDGET (self->bar), is_busy && self->model->link == NULL);
  if (!is_busy)
    g_clear_object (&self->cancellable);
}

static void
show_error (EaselModelFallback *self, const GError *error)
{
  easel_ui_set_text (self->text, NULL);
  easel_error_bar_set_error (self->error, error, self->provider_name);
  easel_error_bar_set_button_label (self->error, easel_remedy_label (EASEL_REMEDY_TRY_AGAIN));
}

/* By a link */

static void
on_command_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EaselModelFallback) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *command = easel_model_by_hand_find_command_finish (result, &error);

  if (error != NULL && easel_error_is_cancelled (error))
    return;
  set_busy (self, FALSE);
  if (command == NULL)
    {
      show_error (self, error);
      return;
    }
  /* Translators: %s is a provider, "RunPod". */
  easel_ui_take_text (
      self->text,
      g_strdup_printf (_ ("Open the web terminal of this GPU in the console of %s, paste this "
                          "command there and press Enter. It is good for some minutes."),
                       self->provider_name));
  easel_ui_set_text (self->command, command);
  gtk_widget_set_visible (self->copy, TRUE);
}

static void
find_command (EaselModelFallback *self)
{
  easel_ui_set_text (self->text, _ ("Looking where the file is…"));
  self->cancellable = g_cancellable_new ();
  set_busy (self, TRUE);
  easel_model_by_hand_find_command_async (self->inspector, self->model, self->is_krita_image,
                                          self->cancellable, on_command_found, g_object_ref (self));
}

static void
on_copy_clicked (EaselModelFallback *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          gtk_label_get_text (self->command));
}

/* A file of this computer */

static void
on_progress (guint64 sent, gpointer user_data)
{
  EaselModelFallback *self = user_data;

  if (self->model->size > 0)
    gtk_progress_bar_set_fraction (self->bar, (double) sent / (double) self->model->size);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EaselModelFallback) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_there = easel_model_by_hand_send_finish (result, &error);

  if (error != NULL && easel_error_is_cancelled (error))
    return;
  set_busy (self, FALSE);
  if (!is_there)
    show_error (self, error);
  else
    easel_ui_take_text (self->text, easel_model_text_arrived (_ ("It is on the GPU.")));
}

/* What broke off may lie there under its name, and can neither be gone on with nor removed. */
static void
rename_for_another_try (EaselModelFallback *self)
{
  const char *dot = strrchr (self->model->name, '.');
  const int length =
      dot != NULL ? (int) (dot - self->model->name) : (int) strlen (self->model->name);
  char *name = g_strdup_printf ("%.*s-%u%s", length, self->model->name, self->n_tries + 1,
                                dot != NULL ? dot : "");

  g_free (self->model->name);
  self->model->name = name;
  easel_ui_set_text (self->name, name);
}

static void
send_file (EaselModelFallback *self)
{
  const guint64 limit = easel_model_by_hand_get_limit (self->address);
  g_autofree char *most = easel_text_gigabytes (limit);

  if (self->model->size > limit)
    {
      /* Translators: %s is a size, "0.1 GB". */
      easel_ui_take_text (
          self->text, g_strdup_printf (
                          _ ("A file of this computer can be sent to this GPU only up to %s. Add a "
                             "link to it instead, if there is one."),
                          most));
      return;
    }
  if (self->n_tries > 0)
    rename_for_another_try (self);
  self->n_tries++;
  easel_ui_set_text (self->text, _ ("It is being sent. Do not close this window."));
  gtk_progress_bar_set_fraction (self->bar, 0);
  self->cancellable = g_cancellable_new ();
  set_busy (self, TRUE);
  easel_model_by_hand_send_async (self->inspector, self->model, self->address, on_progress, self,
                                  self->cancellable, on_sent, g_object_ref (self));
}

static void
begin (EaselModelFallback *self)
{
  easel_error_bar_clear (self->error);
  if (self->model->link != NULL)
    find_command (self);
  else if (self->address != NULL)
    send_file (self);
  else
    easel_ui_set_text (self->text, _ ("Waiting for the GPU to be ready."));
}

static void
on_remedy (EaselModelFallback *self, int remedy)
{
  if (self->cancellable == NULL)
    begin (self);
}

static void
give_up (EaselModelFallback *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
on_stop_clicked (EaselModelFallback *self)
{
  give_up (self);
  set_busy (self, FALSE);
  easel_ui_set_text (self->text, NULL);
  easel_error_bar_set_message (self->error, EASEL_BAR_INFO, _ ("Stopped."),
                               easel_remedy_label (EASEL_REMEDY_TRY_AGAIN));
}

static void
easel_model_fallback_dispose (GObject *object)
{
  EaselModelFallback *self = EASEL_MODEL_FALLBACK (object);

  give_up (self);
  gtk_widget_dispose_template (GTK_WIDGET (self), EASEL_TYPE_MODEL_FALLBACK);
  g_clear_object (&self->inspector);

  G_OBJECT_CLASS (easel_model_fallback_parent_class)->dispose (object);
}

static void
easel_model_fallback_finalize (GObject *object)
{
  EaselModelFallback *self = EASEL_MODEL_FALLBACK (object);

  g_clear_pointer (&self->model, easel_shelf_model_free);
  g_free (self->address);
  g_free (self->provider_name);

  G_OBJECT_CLASS (easel_model_fallback_parent_class)->finalize (object);
}

static void
easel_model_fallback_unroot (GtkWidget *widget)
{
  give_up (EASEL_MODEL_FALLBACK (widget));

  GTK_WIDGET_CLASS (easel_model_fallback_parent_class)->unroot (widget);
}

static void
easel_model_fallback_class_init (EaselModelFallbackClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = easel_model_fallback_dispose;
  object_class->finalize = easel_model_fallback_finalize;
  widget_class->unroot = easel_model_fallback_unroot;

  gtk_widget_class_set_template_from_resource (widget_class, EASEL_UI_RESOURCE_PREFIX
                                               "/ui/easel-model-fallback.ui");
  gtk_widget_class_bind_template_child (widget_class, EaselModelFallback, name);
  gtk_widget_class_bind_template_child (widget_class, EaselModelFallback, text);
  gtk_widget_class_bind_template_child (widget_class, EaselModelFallback, bar);
  gtk_widget_class_bind_template_child (widget_class, EaselModelFallback, command);
  gtk_widget_class_bind_template_child (widget_class, EaselModelFallback, error);
  gtk_widget_class_bind_template_child (widget_class, EaselModelFallback, copy);
  gtk_widget_class_bind_template_child (widget_class, EaselModelFallback, stop);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_remedy);
}

static void
easel_model_fallback_init (EaselModelFallback *self)
{
  g_type_ensure (EASEL_TYPE_ERROR_BAR);
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * easel_model_fallback_new:
 * @inspector: the session's
 * @model: what is wanted on the GPU, with a link or a path
 * @address: (nullable): of its server, as it is handed to Krita
 * @is_krita_image: whether it runs the image of the plugin's author
 * @provider_name: whose GPU it is
 *
 * Returns: (transfer floating): a card that begins at once
 */
GtkWidget *
easel_model_fallback_new (EaselModelInspector *inspector,
                          const EaselShelfModel *model,
                          const char *address,
                          gboolean is_krita_image,
                          const char *provider_name)
{
  EaselModelFallback *self;

  g_return_val_if_fail (EASEL_IS_MODEL_INSPECTOR (inspector), NULL);
  g_return_val_if_fail (model != NULL && model->folder != NULL && model->name != NULL, NULL);
  g_return_val_if_fail (provider_name != NULL, NULL);

  self = g_object_new (EASEL_TYPE_MODEL_FALLBACK, NULL);
  self->inspector = g_object_ref (inspector);
  self->model = easel_shelf_model_copy (model);
  self->address = g_strdup (address);
  self->is_krita_image = is_krita_image;
  self->provider_name = g_strdup (provider_name);
  easel_ui_set_text (self->name, self->model->name);
  set_busy (self, FALSE);
  begin (self);
  return GTK_WIDGET (self);
}
