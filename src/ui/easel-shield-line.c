/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A shield with its sentence. The colour never stands alone: the form differs, and the words beside
 * it say everything. What it says is decided in the session. */

#include "config.h"
#include "easel-shield-line.h"

#include "easel-shield.h"
#include "easel-ui.h"

struct _EaselShieldLine
{
  GtkWidget parent_instance;

  GtkWidget *icon; /* (unowned): child */
  GtkLabel *text;  /* (unowned): child */
  const char *css_class;
};

G_DEFINE_FINAL_TYPE (EaselShieldLine, easel_shield_line, GTK_TYPE_WIDGET)

typedef struct
{
  const char *icon_name;
  const char *css_class;
} Look;

static const Look looks[] = {
  [EASEL_SHIELD_NONE] = { "security-low-symbolic", "neutral" },
  [EASEL_SHIELD_GREY] = { "security-medium-symbolic", "neutral" },
  [EASEL_SHIELD_GREEN] = { "security-high-symbolic", "success" },
  [EASEL_SHIELD_AMBER] = { "security-medium-symbolic", "warning" },
  [EASEL_SHIELD_RED] = { "security-low-symbolic", "error" },
};

static void
easel_shield_line_dispose (GObject *object)
{
  EaselShieldLine *self = EASEL_SHIELD_LINE (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (easel_shield_line_parent_class)->dispose (object);
}

static void
easel_shield_line_class_init (EaselShieldLineClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = easel_shield_line_dispose;

  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static void
easel_shield_line_init (EaselShieldLine *self)
{
  GtkWidget *text = gtk_label_new (NULL);

  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))),
                              8);
  self->icon = g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                             "valign", GTK_ALIGN_START, NULL);
  gtk_widget_add_css_class (self->icon, "easel-shield");
  gtk_widget_set_parent (self->icon, GTK_WIDGET (self));
  self->text = GTK_LABEL (text);
  gtk_label_set_xalign (self->text, 0);
  gtk_label_set_wrap (self->text, TRUE);
  gtk_label_set_wrap_mode (self->text, PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_hexpand (text, TRUE);
  gtk_widget_add_css_class (text, "easel-small");
  gtk_widget_set_parent (text, GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
set_look (EaselShieldLine *self, const Look *look)
{
  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), look->icon_name);
  if (self->css_class == look->css_class)
    return;
  if (self->css_class != NULL)
    gtk_widget_remove_css_class (self->icon, self->css_class);
  gtk_widget_add_css_class (self->icon, look->css_class);
  self->css_class = look->css_class;
}

/**
 * easel_shield_line_show_rental:
 * @self: a line
 * @rental: (nullable): what it speaks about
 *
 * Says how it stands now.
 */
void
easel_shield_line_show_rental (EaselShieldLine *self, EaselRental *rental)
{
  EaselShieldFacts facts = { 0 };
  EaselShield shield = EASEL_SHIELD_NONE;
  const char *privacy;

  g_return_if_fail (EASEL_IS_SHIELD_LINE (self));
  g_return_if_fail (rental == NULL || EASEL_IS_RENTAL (rental));

  if (rental != NULL)
    shield = easel_rental_get_shield (rental, &facts);
  /* Without an agent the end's own sentence says what does not hold. */
  gtk_widget_set_visible (GTK_WIDGET (self), shield != EASEL_SHIELD_NONE);
  if (shield == EASEL_SHIELD_NONE)
    return;
  set_look (self, &looks[shield]);
  privacy = easel_shield_privacy_sentence (&facts);
  easel_ui_take_text (self->text,
                      privacy != NULL
                          ? g_strdup_printf ("%s\n%s", easel_shield_sentence (&facts), privacy)
                          : g_strdup (easel_shield_sentence (&facts)));
}

/**
 * easel_shield_line_get_text:
 * @self: a line
 *
 * Returns: (transfer none): what it says, empty if it says nothing
 */
const char *
easel_shield_line_get_text (EaselShieldLine *self)
{
  g_return_val_if_fail (EASEL_IS_SHIELD_LINE (self), "");

  return gtk_widget_get_visible (GTK_WIDGET (self)) ? gtk_label_get_text (self->text) : "";
}
