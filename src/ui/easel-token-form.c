/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A button that opens the page where a site makes tokens, an entry and Save. The token goes from
 * the entry straight into the tokens of the session, and is then gone from here. */

#include "config.h"
#include "easel-token-form.h"

#include "easel-error.h"
#include "easel-model-text.h"
#include "easel-ui.h"

#include <glib/gi18n-lib.h>

struct _EaselTokenForm
{
  GtkBox parent_instance;

  GtkButton *make;  /* (unowned): child of the template */
  GtkWidget *entry; /* (unowned): child of the template */
  GtkWidget *save;  /* (unowned): child of the template */
  GtkLabel *error;  /* (unowned): child of the template */

  EaselModelTokens *tokens; /* (owned) (nullable) */
  EaselModelSite site;
};

enum
{
  SAVED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EaselTokenForm, easel_token_form, GTK_TYPE_BOX)

static const char *
token_page (EaselModelSite site)
{
  switch (site)
    {
    case EASEL_MODEL_SITE_CIVITAI:
      return "https://civitai.com/user/account";
    case EASEL_MODEL_SITE_HUGGINGFACE:
      return "https://huggingface.co/settings/tokens";
    case EASEL_MODEL_SITE_OTHER:
    default:
      return NULL;
    }
}

static void
on_make_clicked (EaselTokenForm *self)
{
  const char *uri = token_page (self->site);

  if (uri != NULL)
    easel_ui_open_uri (GTK_WIDGET (self), uri);
}

static void
on_entry_changed (EaselTokenForm *self)
{
  easel_ui_set_text (self->error, NULL);
  gtk_widget_set_sensitive (self->save, *gtk_editable_get_text (GTK_EDITABLE (self->entry)) != 0);
}

static void
on_save (EaselTokenForm *self)
{
  const char *typed = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselSecret) token = NULL;

  if (self->tokens == NULL || *typed == '\0')
    return;
  token = easel_secret_new_from_key_input (typed, &error);
  if (token == NULL)
    {
      /* Translators: %s is a site, "Civitai". */
      easel_ui_take_text (self->error,
                          g_strdup_printf (_ ("This cannot be a token from %s. Copy it again, "
                                              "whole."),
                                           easel_model_text_site (self->site)));
      return;
    }
  easel_model_tokens_set (self->tokens, self->site, token);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  g_signal_emit (self, signals[SAVED], 0);
}

static void
easel_token_form_dispose (GObject *object)
{
  EaselTokenForm *self = EASEL_TOKEN_FORM (object);

  g_clear_object (&self->tokens);
  gtk_widget_dispose_template (GTK_WIDGET (self), EASEL_TYPE_TOKEN_FORM);

  G_OBJECT_CLASS (easel_token_form_parent_class)->dispose (object);
}

static void
easel_token_form_class_init (EaselTokenFormClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = easel_token_form_dispose;

  signals[SAVED] = g_signal_new ("saved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               EASEL_UI_RESOURCE_PREFIX "/ui/easel-token-form.ui");
  gtk_widget_class_bind_template_child (widget_class, EaselTokenForm, make);
  gtk_widget_class_bind_template_child (widget_class, EaselTokenForm, entry);
  gtk_widget_class_bind_template_child (widget_class, EaselTokenForm, save);
  gtk_widget_class_bind_template_child (widget_class, EaselTokenForm, error);
  gtk_widget_class_bind_template_callback (widget_class, on_make_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_entry_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
}

static void
easel_token_form_init (EaselTokenForm *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * easel_token_form_new:
 *
 * Returns: (transfer floating): a form for no site yet
 */
GtkWidget *
easel_token_form_new (void)
{
  return g_object_new (EASEL_TYPE_TOKEN_FORM, NULL);
}

/**
 * easel_token_form_set_site:
 * @self: a form
 * @tokens: where the token goes
 * @site: whose token is entered; one with tokens
 */
void
easel_token_form_set_site (EaselTokenForm *self, EaselModelTokens *tokens, EaselModelSite site)
{
  const char *name = easel_model_text_site (site);
  g_autofree char *make = NULL;
  g_autofree char *entry = NULL;

  g_return_if_fail (EASEL_IS_TOKEN_FORM (self));
  g_return_if_fail (EASEL_IS_MODEL_TOKENS (tokens));
  g_return_if_fail (name != NULL);

  g_set_object (&self->tokens, tokens);
  self->site = site;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  on_entry_changed (self);
  /* Translators: opens a page in the browser; %s is a site, "Civitai". */
  make = g_strdup_printf (_ ("Make a Token at %s"), name);
  gtk_button_set_label (self->make, make);
  easel_ui_wrap_label_of (GTK_WIDGET (self->make));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->make), token_page (site) + strlen ("https://"));
  /* Translators: an entry; %s is a site, "Civitai". */
  entry = g_strdup_printf (_ ("Token from %s"), name);
  easel_ui_set_accessible_name (self->entry, entry);
  /* Translators: for screen readers: a button; %s is a site, "Civitai". */
  easel_ui_take_accessible_name (self->save, g_strdup_printf (_ ("Save Token from %s"), name));
}

/**
 * easel_token_form_focus:
 * @self: a form
 *
 * The next key goes into the entry.
 */
void
easel_token_form_focus (EaselTokenForm *self)
{
  g_return_if_fail (EASEL_IS_TOKEN_FORM (self));

  gtk_widget_grab_focus (self->entry);
}
