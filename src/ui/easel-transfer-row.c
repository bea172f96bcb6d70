/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How far one model is on its way to a GPU, in words and as a bar, and what can be done about it.
 * Follows the transfer, and is told what is wrong with its file; what the buttons do is the
 * window's affair. */

#include "config.h"
#include "easel-transfer-row.h"

#include "easel-error.h"
#include "easel-model-text.h"
#include "easel-token-form.h"
#include "easel-ui.h"

#include <glib/gi18n-lib.h>

struct _EaselTransferRow
{
  GtkListBoxRow parent_instance;

  GtkImage *icon;        /* (unowned): child of the template */
  GtkLabel *name;        /* (unowned): child of the template */
  GtkLabel *facts;       /* (unowned): child of the template */
  GtkWidget *bar;        /* (unowned): child of the template */
  GtkLabel *line;        /* (unowned): child of the template */
  GtkLabel *error;       /* (unowned): child of the template */
  EaselTokenForm *token; /* (unowned): child of the template */
  GtkWidget *find;       /* (unowned): child of the template */
  GtkWidget *retry;      /* (unowned): child of the template */
  GtkWidget *cancel;     /* (unowned): child of the template */

  EaselTransfer *transfer;  /* (owned) */
  EaselModelTokens *tokens; /* (owned) */
  EaselModelSite site;
  EaselFileTrouble trouble;
  char *gpu_name; /* (owned) */
};

enum
{
  CANCEL,
  RETRY,
  FIND,
  ARRIVED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EaselTransferRow, easel_transfer_row, GTK_TYPE_LIST_BOX_ROW)

/* Who is to blame: the site for a download, the GPU for what is sent to it. */
static char *
dup_error (EaselTransferRow *self)
{
  const GError *error = easel_transfer_get_error (self->transfer);
  const EaselShelfModel *model = easel_transfer_get_model (self->transfer);
  const char *site = easel_model_text_site (self->site);
  g_autofree char *host = NULL;

  if (error == NULL || easel_error_is_cancelled (error))
    return NULL;
  if (model->link == NULL)
    return easel_error_sentence (error, self->gpu_name);
  host = easel_model_text_host (model->link);
  return easel_error_sentence (error, site != NULL ? site : host);
}

/* What is under way has its file open. */
static EaselFileTrouble
get_trouble (EaselTransferRow *self)
{
  const EaselTransferState state = easel_transfer_get_state (self->transfer);

  return state == EASEL_TRANSFER_WAITING || state == EASEL_TRANSFER_FAILED ? self->trouble
                                                                           : EASEL_FILE_FINE;
}

static void
show_icon (EaselTransferRow *self, EaselTransferState state)
{
  gtk_widget_remove_css_class (GTK_WIDGET (self->icon), "easel-done");
  gtk_widget_remove_css_class (GTK_WIDGET (self->icon), "easel-failed");
  switch (state)
    {
    case EASEL_TRANSFER_DONE:
      gtk_image_set_from_icon_name (self->icon, "object-select-symbolic");
      gtk_widget_add_css_class (GTK_WIDGET (self->icon), "easel-done");
      break;
    case EASEL_TRANSFER_FAILED:
      gtk_image_set_from_icon_name (self->icon, "dialog-warning-symbolic");
      gtk_widget_add_css_class (GTK_WIDGET (self->icon), "easel-failed");
      break;
    case EASEL_TRANSFER_WAITING:
      gtk_image_set_from_icon_name (self->icon, "document-open-recent-symbolic");
      break;
    case EASEL_TRANSFER_RUNNING:
    case EASEL_TRANSFER_VERIFYING:
    default:
      gtk_image_set_from_icon_name (self->icon, easel_transfer_is_upload (self->transfer)
                                                    ? "document-send-symbolic"
                                                    : "document-save-symbolic");
      break;
    }
}

static void
update (EaselTransferRow *self)
{
  const EaselTransferState state = easel_transfer_get_state (self->transfer);
  const gboolean has_failed = state == EASEL_TRANSFER_FAILED;
  const double fraction = easel_transfer_text_fraction (self->transfer);
  g_autofree char *line = easel_transfer_text_line (self->transfer);
  const EaselShelfModel *model = easel_transfer_get_model (self->transfer);
  const EaselFileTrouble trouble = get_trouble (self);
  char *error = trouble >= EASEL_FILE_GONE ? easel_model_text_trouble (trouble) : dup_error (self);

  show_icon (self, state);
  if (error == NULL)
    error = easel_model_text_trouble (trouble);
  easel_ui_take_text (self->error, error);
  easel_ui_set_text (self->line, line);
  gtk_widget_set_visible (self->bar,
                          (state == EASEL_TRANSFER_RUNNING || state == EASEL_TRANSFER_VERIFYING ||
                           (state == EASEL_TRANSFER_WAITING && fraction > 0)) &&
                              fraction >= 0);
  if (fraction >= 0)
    gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->bar), fraction);
  /* Also one that would be tried again by itself, only later. */
  gtk_widget_set_visible (self->find, trouble >= EASEL_FILE_GONE);
  gtk_widget_set_visible (self->retry,
                          trouble < EASEL_FILE_GONE &&
                              (has_failed || (state == EASEL_TRANSFER_WAITING &&
                                              easel_transfer_get_error (self->transfer) != NULL)));
  gtk_widget_set_visible (GTK_WIDGET (self->token),
                          has_failed && easel_model_text_site (self->site) != NULL &&
                              g_error_matches (easel_transfer_get_error (self->transfer),
                                               EASEL_ERROR, EASEL_ERROR_TOKEN_NEEDED));
  gtk_widget_set_visible (self->cancel, state != EASEL_TRANSFER_DONE);
  easel_ui_take_accessible_name (GTK_WIDGET (self), g_strdup_printf ("%s, %s", model->name, line));
  if (state == EASEL_TRANSFER_DONE)
    g_signal_emit (self, signals[ARRIVED], 0);
}

static void
on_retry_clicked (EaselTransferRow *self)
{
  /* The button goes with the click. */
  gtk_widget_grab_focus (self->cancel);
  g_signal_emit (self, signals[RETRY], 0);
}

static void
on_find_clicked (EaselTransferRow *self)
{
  g_signal_emit (self, signals[FIND], 0);
}

static void
on_cancel_clicked (EaselTransferRow *self)
{
  g_signal_emit (self, signals[CANCEL], 0);
}

static void
easel_transfer_row_dispose (GObject *object)
{
  EaselTransferRow *self = EASEL_TRANSFER_ROW (object);

  g_clear_object (&self->transfer);
  g_clear_object (&self->tokens);
  gtk_widget_dispose_template (GTK_WIDGET (self), EASEL_TYPE_TRANSFER_ROW);

  G_OBJECT_CLASS (easel_transfer_row_parent_class)->dispose (object);
}

static void
easel_transfer_row_finalize (GObject *object)
{
  g_free (EASEL_TRANSFER_ROW (object)->gpu_name);

  G_OBJECT_CLASS (easel_transfer_row_parent_class)->finalize (object);
}

static void
easel_transfer_row_class_init (EaselTransferRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = easel_transfer_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = easel_transfer_row_finalize;

  signals[CANCEL] = g_signal_new ("cancel", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
  signals[RETRY] = g_signal_new ("retry", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
  signals[FIND] = g_signal_new ("find", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);
  signals[ARRIVED] = g_signal_new ("arrived", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, EASEL_UI_RESOURCE_PREFIX
                                               "/ui/easel-transfer-row.ui");
  gtk_widget_class_bind_template_child (widget_class, EaselTransferRow, icon);
  gtk_widget_class_bind_template_child (widget_class, EaselTransferRow, name);
  gtk_widget_class_bind_template_child (widget_class, EaselTransferRow, facts);
  gtk_widget_class_bind_template_child (widget_class, EaselTransferRow, bar);
  gtk_widget_class_bind_template_child (widget_class, EaselTransferRow, line);
  gtk_widget_class_bind_template_child (widget_class, EaselTransferRow, error);
  gtk_widget_class_bind_template_child (widget_class, EaselTransferRow, token);
  gtk_widget_class_bind_template_child (widget_class, EaselTransferRow, find);
  gtk_widget_class_bind_template_child (widget_class, EaselTransferRow, retry);
  gtk_widget_class_bind_template_child (widget_class, EaselTransferRow, cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_find_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_retry_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel_clicked);
}

static void
easel_transfer_row_init (EaselTransferRow *self)
{
  g_type_ensure (EASEL_TYPE_TOKEN_FORM);
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* "LoRA for SDXL": the size stands in the line below. */
static char *
dup_facts (const EaselShelfModel *model)
{
  g_autoptr (EaselShelfModel) bare = easel_shelf_model_copy (model);

  bare->size = 0;
  return easel_model_text_facts (bare);
}

/**
 * easel_transfer_row_new:
 * @transfer: what is followed
 * @tokens: where a token goes that the site wants
 * @gpu_name: where it goes
 *
 * Returns: (transfer floating): a row
 */
GtkWidget *
easel_transfer_row_new (EaselTransfer *transfer, EaselModelTokens *tokens, const char *gpu_name)
{
  EaselTransferRow *self;
  const EaselShelfModel *model;
  g_autoptr (EaselModelLink) link = NULL;

  g_return_val_if_fail (EASEL_IS_TRANSFER (transfer), NULL);
  g_return_val_if_fail (EASEL_IS_MODEL_TOKENS (tokens), NULL);

  self = g_object_new (EASEL_TYPE_TRANSFER_ROW, NULL);
  self->transfer = g_object_ref (transfer);
  self->gpu_name = g_strdup (gpu_name);
  self->tokens = g_object_ref (tokens);
  model = easel_transfer_get_model (transfer);
  link = model->link != NULL ? easel_model_link_parse (model->link, NULL) : NULL;
  self->site = link != NULL ? link->site : EASEL_MODEL_SITE_OTHER;
  if (easel_model_text_site (self->site) != NULL)
    easel_token_form_set_site (self->token, tokens, self->site);
  easel_ui_set_text (self->name, model->name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), model->name);
  easel_ui_take_text (self->facts, dup_facts (model));
  /* Translators: for screen readers, as are the next three: a bar and buttons; %s is a file. */
  easel_ui_take_accessible_name (self->bar, g_strdup_printf (_ ("Progress of %s"), model->name));
  easel_ui_take_accessible_name (self->cancel, g_strdup_printf (_ ("Cancel %s"), model->name));
  easel_ui_take_accessible_name (self->find,
                                 g_strdup_printf (_ ("Find the File %s…"), model->name));
  easel_ui_take_accessible_name (self->retry, g_strdup_printf (_ ("Try Again: %s"), model->name));
  g_signal_connect_object (transfer, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);

  return GTK_WIDGET (self);
}

/**
 * easel_transfer_row_get_transfer:
 * @self: a row
 *
 * Returns: (transfer none): what is followed
 */
EaselTransfer *
easel_transfer_row_get_transfer (EaselTransferRow *self)
{
  g_return_val_if_fail (EASEL_IS_TRANSFER_ROW (self), NULL);

  return self->transfer;
}

/**
 * easel_transfer_row_set_trouble:
 * @self: a row
 * @trouble: with the file that is to be sent
 */
void
easel_transfer_row_set_trouble (EaselTransferRow *self, EaselFileTrouble trouble)
{
  g_return_if_fail (EASEL_IS_TRANSFER_ROW (self));

  if (self->trouble == trouble)
    return;
  self->trouble = trouble;
  update (self);
}
