/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A card that can be chosen: a provider, a kind of painting, a GPU. A toggle button, so that
 * keyboard, screen reader and pointer find what they expect. Who else is chosen at the same time
 * is the page's business. */

#include "config.h"
#include "easel-choice-card.h"

#include "easel-ui.h"

struct _EaselChoiceCard
{
  GtkToggleButton parent_instance;

  GtkLabel *kicker;  /* (unowned): child of the template */
  GtkLabel *heading; /* (unowned): child of the template */
  GtkLabel *value;   /* (unowned): child of the template */
  GtkLabel *text;    /* (unowned): child of the template */
  GtkLabel *note;    /* (unowned): child of the template */
};

enum
{
  PROP_0,
  PROP_KICKER,
  PROP_HEADING,
  PROP_VALUE,
  PROP_TEXT,
  PROP_NOTE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (EaselChoiceCard, easel_choice_card, GTK_TYPE_TOGGLE_BUTTON)

/* In any of the languages' writing. */
static gboolean
ends_sentence (const GString *text)
{
  static const char *const ends[] = { ".", "!", "?", ":", "…", "。", "！", "？" };

  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    if (g_str_has_suffix (text->str, ends[i]))
      return TRUE;
  return FALSE;
}

static void
append_part (GString *name, GtkLabel *label)
{
  const char *text = gtk_label_get_text (label);

  if (*text == '\0')
    return;
  if (name->len > 0)
    g_string_append (name, ends_sentence (name) ? " " : ", ");
  g_string_append (name, text);
}

/* The name is what tells cards apart, the description the rest. */
static void
update_accessible (EaselChoiceCard *self)
{
  g_autoptr (GString) name = g_string_new (NULL);
  g_autoptr (GString) description = g_string_new (NULL);

  append_part (name, self->kicker);
  append_part (name, self->heading);
  append_part (description, self->value);
  append_part (description, self->text);
  append_part (description, self->note);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name->str,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description->str, -1);
}

static void
set_part (EaselChoiceCard *self, GtkLabel *label, const char *text, guint prop)
{
  if (g_strcmp0 (gtk_label_get_text (label), text != NULL ? text : "") == 0)
    return;
  easel_ui_set_text (label, text);
  update_accessible (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop]);
}

static GtkLabel *
get_part (EaselChoiceCard *self, guint prop)
{
  switch (prop)
    {
    case PROP_KICKER:
      return self->kicker;
    case PROP_HEADING:
      return self->heading;
    case PROP_VALUE:
      return self->value;
    case PROP_TEXT:
      return self->text;
    case PROP_NOTE:
      return self->note;
    default:
      return NULL;
    }
}

static void
easel_choice_card_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  GtkLabel *label = get_part (EASEL_CHOICE_CARD (object), prop_id);

  if (label != NULL)
    g_value_set_string (value, gtk_label_get_text (label));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
easel_choice_card_set_property (GObject *object,
                                guint prop_id,
                                const GValue *value,
                                GParamSpec *pspec)
{
  GtkLabel *label = get_part (EASEL_CHOICE_CARD (object), prop_id);

  if (label != NULL)
    set_part (EASEL_CHOICE_CARD (object), label, g_value_get_string (value), prop_id);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
easel_choice_card_class_init (EaselChoiceCardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const char *names[N_PROPS] = { NULL, "kicker", "heading", "value", "text", "note" };
  guint i;

  object_class->get_property = easel_choice_card_get_property;
  object_class->set_property = easel_choice_card_set_property;

  for (i = PROP_0 + 1; i < N_PROPS; i++)
    properties[i] =
        g_param_spec_string (names[i], NULL, NULL, "",
                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               EASEL_UI_RESOURCE_PREFIX "/ui/easel-choice-card.ui");
  gtk_widget_class_bind_template_child (widget_class, EaselChoiceCard, kicker);
  gtk_widget_class_bind_template_child (widget_class, EaselChoiceCard, heading);
  gtk_widget_class_bind_template_child (widget_class, EaselChoiceCard, value);
  gtk_widget_class_bind_template_child (widget_class, EaselChoiceCard, text);
  gtk_widget_class_bind_template_child (widget_class, EaselChoiceCard, note);
}

static void
easel_choice_card_init (EaselChoiceCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * easel_choice_card_new:
 *
 * Makes an empty card.
 *
 * Returns: (transfer floating): the card
 */
GtkWidget *
easel_choice_card_new (void)
{
  return g_object_new (EASEL_TYPE_CHOICE_CARD, NULL);
}

/**
 * easel_choice_card_set_kicker:
 * @self: a card
 * @text: (nullable): small words above the heading, "Recommended"
 */
void
easel_choice_card_set_kicker (EaselChoiceCard *self, const char *text)
{
  g_return_if_fail (EASEL_IS_CHOICE_CARD (self));

  set_part (self, self->kicker, text, PROP_KICKER);
}

/**
 * easel_choice_card_set_heading:
 * @self: a card
 * @text: (nullable): what it is
 */
void
easel_choice_card_set_heading (EaselChoiceCard *self, const char *text)
{
  g_return_if_fail (EASEL_IS_CHOICE_CARD (self));

  set_part (self, self->heading, text, PROP_HEADING);
}

/**
 * easel_choice_card_set_value:
 * @self: a card
 * @text: (nullable): a price, set large
 */
void
easel_choice_card_set_value (EaselChoiceCard *self, const char *text)
{
  g_return_if_fail (EASEL_IS_CHOICE_CARD (self));

  set_part (self, self->value, text, PROP_VALUE);
}

/**
 * easel_choice_card_set_text:
 * @self: a card
 * @text: (nullable): a line or two of explanation
 */
void
easel_choice_card_set_text (EaselChoiceCard *self, const char *text)
{
  g_return_if_fail (EASEL_IS_CHOICE_CARD (self));

  set_part (self, self->text, text, PROP_TEXT);
}

/**
 * easel_choice_card_set_note:
 * @self: a card
 * @text: (nullable): the last line: memory, size, place
 */
void
easel_choice_card_set_note (EaselChoiceCard *self, const char *text)
{
  g_return_if_fail (EASEL_IS_CHOICE_CARD (self));

  set_part (self, self->note, text, PROP_NOTE);
}
