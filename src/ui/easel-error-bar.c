/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How every failure is said: a sentence in the person's words, one button that helps, the
 * technical text under Details. Also carries warnings and notices of the same shape. Decides
 * nothing: what a remedy does is the owner's business. */

#include "config.h"
#include "easel-error-bar.h"

#include "easel-ui.h"

struct _EaselErrorBar
{
  GtkWidget parent_instance;

  GtkWidget *box;      /* (unowned): child of the template */
  GtkImage *icon;      /* (unowned): child of the template */
  GtkLabel *sentence;  /* (unowned): child of the template */
  GtkWidget *buttons;  /* (unowned): child of the template */
  GtkButton *button;   /* (unowned): child of the template */
  GtkButton *second;   /* (unowned): child of the template */
  GtkWidget *expander; /* (unowned): child of the template */
  GtkLabel *details;   /* (unowned): child of the template */

  EaselRemedy remedy;
};

enum
{
  SIGNAL_REMEDY,
  SIGNAL_SECOND,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EaselErrorBar, easel_error_bar, GTK_TYPE_WIDGET)

static void
set_kind (EaselErrorBar *self, EaselBarKind kind)
{
  static const struct
  {
    const char *css_class;
    const char *icon_name;
  } looks[] = {
    { "easel-error", "dialog-error-symbolic" },
    { "easel-warning", "dialog-warning-symbolic" },
    { "easel-info", "dialog-information-symbolic" },
    { "easel-success", "object-select-symbolic" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (looks); i++)
    gtk_widget_remove_css_class (self->box, looks[i].css_class);
  gtk_widget_add_css_class (self->box, looks[kind].css_class);
  gtk_image_set_from_icon_name (self->icon, looks[kind].icon_name);
}

static void
set_button (EaselErrorBar *self, GtkButton *button, const char *label)
{
  gtk_widget_set_visible (GTK_WIDGET (button), label != NULL);
  if (label != NULL && g_strcmp0 (gtk_button_get_label (button), label) != 0)
    gtk_button_set_label (button, label);
  gtk_widget_set_visible (self->buttons, gtk_widget_get_visible (GTK_WIDGET (self->button)) ||
                                             gtk_widget_get_visible (GTK_WIDGET (self->second)));
}

static void
on_button_clicked (EaselErrorBar *self)
{
  g_signal_emit (self, signals[SIGNAL_REMEDY], 0, (int) self->remedy);
}

static void
on_second_clicked (EaselErrorBar *self)
{
  g_signal_emit (self, signals[SIGNAL_SECOND], 0);
}

static void
easel_error_bar_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (easel_error_bar_parent_class)->dispose (object);
}

static void
easel_error_bar_class_init (EaselErrorBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = easel_error_bar_dispose;

  signals[SIGNAL_REMEDY] = g_signal_new ("remedy", EASEL_TYPE_ERROR_BAR, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[SIGNAL_SECOND] = g_signal_new ("second", EASEL_TYPE_ERROR_BAR, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               EASEL_UI_RESOURCE_PREFIX "/ui/easel-error-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, EaselErrorBar, box);
  gtk_widget_class_bind_template_child (widget_class, EaselErrorBar, icon);
  gtk_widget_class_bind_template_child (widget_class, EaselErrorBar, sentence);
  gtk_widget_class_bind_template_child (widget_class, EaselErrorBar, buttons);
  gtk_widget_class_bind_template_child (widget_class, EaselErrorBar, button);
  gtk_widget_class_bind_template_child (widget_class, EaselErrorBar, second);
  gtk_widget_class_bind_template_child (widget_class, EaselErrorBar, expander);
  gtk_widget_class_bind_template_child (widget_class, EaselErrorBar, details);
  gtk_widget_class_bind_template_callback (widget_class, on_button_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_second_clicked);
}

static void
easel_error_bar_init (EaselErrorBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  easel_error_bar_clear (self);
}

/**
 * easel_error_bar_new:
 *
 * Makes a hidden bar.
 *
 * Returns: (transfer floating): the bar
 */
GtkWidget *
easel_error_bar_new (void)
{
  return g_object_new (EASEL_TYPE_ERROR_BAR, NULL);
}

/**
 * easel_error_bar_set_error:
 * @self: a bar
 * @error: (nullable): what went wrong; %NULL and a cancellation hide the bar
 * @provider_name: (nullable): the provider's name for the sentence
 *
 * Says an error with its own sentence, remedy and details.
 */
void
easel_error_bar_set_error (EaselErrorBar *self, const GError *error, const char *provider_name)
{
  g_autofree char *sentence = NULL;
  const char *details;

  g_return_if_fail (EASEL_IS_ERROR_BAR (self));

  if (error == NULL || easel_error_is_cancelled (error))
    {
      easel_error_bar_clear (self);
      return;
    }

  sentence = easel_error_sentence (error, provider_name);
  details = easel_error_get_details (error);
  easel_error_bar_set_message (self, EASEL_BAR_ERROR, sentence, NULL);
  self->remedy = easel_error_remedy (error);
  if (self->remedy != EASEL_REMEDY_NONE)
    set_button (self, self->button, easel_remedy_label (self->remedy));
  easel_error_bar_set_details (self, details != NULL ? details : error->message);
}

/**
 * easel_error_bar_set_message:
 * @self: a bar
 * @kind: how serious it is
 * @sentence: (nullable): what to say; %NULL hides the bar
 * @button_label: (nullable): the button that helps
 *
 * Says something that is not a #GError. The button then emits "remedy" with %EASEL_REMEDY_NONE.
 */
void
easel_error_bar_set_message (EaselErrorBar *self,
                             EaselBarKind kind,
                             const char *sentence,
                             const char *button_label)
{
  g_return_if_fail (EASEL_IS_ERROR_BAR (self));

  if (sentence == NULL)
    {
      easel_error_bar_clear (self);
      return;
    }

  self->remedy = EASEL_REMEDY_NONE;
  set_kind (self, kind);
  easel_ui_set_text (self->sentence, sentence);
  set_button (self, self->button, button_label);
  set_button (self, self->second, NULL);
  easel_error_bar_set_details (self, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

/**
 * easel_error_bar_set_sentence:
 * @self: a bar that says something
 * @sentence: (nullable): better words than the error's own; %NULL keeps those
 */
void
easel_error_bar_set_sentence (EaselErrorBar *self, const char *sentence)
{
  g_return_if_fail (EASEL_IS_ERROR_BAR (self));

  if (sentence != NULL)
    easel_ui_set_text (self->sentence, sentence);
}

/**
 * easel_error_bar_set_button_label:
 * @self: a bar that says something
 * @label: (nullable): words for the button instead of the remedy's own
 */
void
easel_error_bar_set_button_label (EaselErrorBar *self, const char *label)
{
  g_return_if_fail (EASEL_IS_ERROR_BAR (self));

  set_button (self, self->button, label);
}

/**
 * easel_error_bar_set_second_label:
 * @self: a bar that says something
 * @label: (nullable): words for a second button
 */
void
easel_error_bar_set_second_label (EaselErrorBar *self, const char *label)
{
  g_return_if_fail (EASEL_IS_ERROR_BAR (self));

  set_button (self, self->second, label);
}

/**
 * easel_error_bar_set_suggested:
 * @self: a bar
 * @is_suggested: whether its button is the next step of the whole page
 *
 * Returns: whether a suggested button can be seen
 */
gboolean
easel_error_bar_set_suggested (EaselErrorBar *self, gboolean is_suggested)
{
  g_return_val_if_fail (EASEL_IS_ERROR_BAR (self), FALSE);

  easel_ui_set_class (GTK_WIDGET (self->button), "suggested-action", is_suggested);
  return is_suggested && easel_error_bar_is_set (self) &&
         gtk_widget_get_visible (GTK_WIDGET (self->button));
}

/**
 * easel_error_bar_set_details:
 * @self: a bar that says something
 * @details: (nullable): the technical text
 */
void
easel_error_bar_set_details (EaselErrorBar *self, const char *details)
{
  g_return_if_fail (EASEL_IS_ERROR_BAR (self));

  easel_ui_set_text (self->details, details);
  gtk_widget_set_visible (self->expander, details != NULL && *details != '\0');
}

/**
 * easel_error_bar_clear:
 * @self: a bar
 *
 * Hides the bar and forgets what it said.
 */
void
easel_error_bar_clear (EaselErrorBar *self)
{
  g_return_if_fail (EASEL_IS_ERROR_BAR (self));

  self->remedy = EASEL_REMEDY_NONE;
  gtk_label_set_text (self->sentence, "");
  gtk_label_set_text (self->details, "");
  gtk_expander_set_expanded (GTK_EXPANDER (self->expander), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

/**
 * easel_error_bar_is_set:
 * @self: a bar
 *
 * Returns: whether it says something
 */
gboolean
easel_error_bar_is_set (EaselErrorBar *self)
{
  g_return_val_if_fail (EASEL_IS_ERROR_BAR (self), FALSE);

  return *gtk_label_get_text (self->sentence) != '\0';
}

/**
 * easel_error_bar_get_sentence:
 * @self: a bar
 *
 * Returns: what it says, empty if nothing
 */
const char *
easel_error_bar_get_sentence (EaselErrorBar *self)
{
  g_return_val_if_fail (EASEL_IS_ERROR_BAR (self), "");

  return gtk_label_get_text (self->sentence);
}
