/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The token for one site: kept or not, Enter Token… with the form below it, Forget. Follows the
 * tokens of the session, which own them; a token itself is never shown. */

#include "config.h"
#include "easel-token-row.h"

#include "easel-model-text.h"
#include "easel-split-box.h"
#include "easel-token-form.h"
#include "easel-ui.h"

#include <glib/gi18n-lib.h>

struct _EaselTokenRow
{
  GtkBox parent_instance;

  GtkLabel *title;      /* (unowned): child of the template */
  GtkLabel *state;      /* (unowned): child of the template */
  GtkWidget *enter;     /* (unowned): child of the template */
  GtkWidget *forget;    /* (unowned): child of the template */
  EaselTokenForm *form; /* (unowned): child of the template */

  EaselModelTokens *tokens; /* (owned) */
  EaselModelSite site;
};

G_DEFINE_FINAL_TYPE (EaselTokenRow, easel_token_row, GTK_TYPE_BOX)

static const char *
state_text (EaselTokenRow *self)
{
  if (easel_model_tokens_get (self->tokens, self->site) == NULL)
    return _ ("No token. Most models need none.");
  if (easel_model_tokens_is_kept (self->tokens, self->site))
    return _ ("In the keyring of your desktop");
  return _ ("Until Cloud Easel ends");
}

static void
update (EaselTokenRow *self)
{
  const gboolean has_token = easel_model_tokens_get (self->tokens, self->site) != NULL;
  const gboolean is_entering = gtk_widget_get_visible (GTK_WIDGET (self->form));

  easel_ui_set_text (self->state, state_text (self));
  /* The focus must not fall out of the row when its button goes. */
  if (!has_token && gtk_widget_is_focus (self->forget))
    {
      gtk_widget_set_visible (self->enter, TRUE);
      gtk_widget_grab_focus (self->enter);
    }
  gtk_widget_set_visible (self->enter, !has_token && !is_entering);
  gtk_widget_set_visible (self->forget, has_token);
}

static void
on_enter_clicked (EaselTokenRow *self)
{
  easel_token_form_set_site (self->form, self->tokens, self->site);
  gtk_widget_set_visible (GTK_WIDGET (self->form), TRUE);
  easel_token_form_focus (self->form);
  update (self);
}

static void
on_saved (EaselTokenRow *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->form), FALSE);
  update (self);
  gtk_widget_grab_focus (self->forget);
}

static void
on_forget_clicked (EaselTokenRow *self)
{
  easel_model_tokens_forget (self->tokens, self->site);
}

static void
easel_token_row_dispose (GObject *object)
{
  EaselTokenRow *self = EASEL_TOKEN_ROW (object);

  g_clear_object (&self->tokens);
  gtk_widget_dispose_template (GTK_WIDGET (self), EASEL_TYPE_TOKEN_ROW);

  G_OBJECT_CLASS (easel_token_row_parent_class)->dispose (object);
}

static void
easel_token_row_class_init (EaselTokenRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = easel_token_row_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               EASEL_UI_RESOURCE_PREFIX "/ui/easel-token-row.ui");
  gtk_widget_class_bind_template_child (widget_class, EaselTokenRow, title);
  gtk_widget_class_bind_template_child (widget_class, EaselTokenRow, state);
  gtk_widget_class_bind_template_child (widget_class, EaselTokenRow, enter);
  gtk_widget_class_bind_template_child (widget_class, EaselTokenRow, forget);
  gtk_widget_class_bind_template_child (widget_class, EaselTokenRow, form);
  gtk_widget_class_bind_template_callback (widget_class, on_enter_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_forget_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_saved);
}

static void
easel_token_row_init (EaselTokenRow *self)
{
  g_type_ensure (EASEL_TYPE_TOKEN_FORM);
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * easel_token_row_new:
 * @tokens: whose state is shown
 * @site: one with tokens
 *
 * Returns: (transfer floating): a row for a card
 */
GtkWidget *
easel_token_row_new (EaselModelTokens *tokens, EaselModelSite site)
{
  EaselTokenRow *self;
  const char *name = easel_model_text_site (site);

  g_return_val_if_fail (EASEL_IS_MODEL_TOKENS (tokens), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  self = g_object_new (EASEL_TYPE_TOKEN_ROW, NULL);
  self->tokens = g_object_ref (tokens);
  self->site = site;
  easel_ui_set_text (self->title, name);
  /* Translators: for screen readers, as is the next one: a button; %s is a site, "Civitai". */
  easel_ui_take_accessible_name (self->enter, g_strdup_printf (_ ("Enter Token from %s…"), name));
  easel_ui_take_accessible_name (self->forget, g_strdup_printf (_ ("Forget Token from %s"), name));
  g_signal_connect_object (tokens, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);

  return GTK_WIDGET (self);
}
