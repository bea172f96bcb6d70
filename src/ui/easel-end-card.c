/* SPDX-License-Identifier: GPL-3.0-or-later */

/* When a GPU ends by itself and what it costs at most until then, in the colour of what holds.
 * Owns the words about the hour; those about who confirmed it are the shield's. */

#include "config.h"
#include "easel-end-card.h"

#include "easel-money.h"
#include "easel-shield.h"
#include "easel-shield-line.h"
#include "easel-text.h"
#include "easel-ui.h"

#include <glib/gi18n-lib.h>

struct _EaselEndCard
{
  GtkBox parent_instance;

  GtkLabel *title;         /* (unowned): child of the template */
  GtkLabel *text;          /* (unowned): child of the template */
  EaselShieldLine *shield; /* (unowned): child of the template */
};

G_DEFINE_FINAL_TYPE (EaselEndCard, easel_end_card, GTK_TYPE_BOX)

static const char *const classes[] = {
  [EASEL_TONE_NEUTRAL] = "easel-info", [EASEL_TONE_GOOD] = "easel-success",
  [EASEL_TONE_INFO] = "easel-info",    [EASEL_TONE_WARN] = "easel-warning",
  [EASEL_TONE_BAD] = "easel-error",
};

/* What it may cost in all: what it has cost, and every minute until its end. */
static char *
dup_worst_case (EaselRental *rental, gint64 ends_at, gint64 now)
{
  gint64 so_far = easel_rental_get_cost_so_far (rental);
  gint64 price = easel_rental_get_price (rental);
  gint64 left = MAX (ends_at - now, 0);

  if (so_far == EASEL_MONEY_UNKNOWN || price == EASEL_MONEY_UNKNOWN || price <= 0)
    return NULL;
  return easel_money_format_up (easel_money_add (so_far, easel_money_for_duration (price, left)));
}

static char *
dup_title (EaselRental *rental, gint64 now)
{
  gint64 ends_at = rental != NULL ? easel_rental_get_ends_at (rental) : 0;
  g_autofree char *time = NULL;
  g_autofree char *money = NULL;

  if (ends_at <= 0)
    return g_strdup (_ ("Nothing ends it by itself"));
  time = easel_text_clock_time (ends_at, now);
  money = dup_worst_case (rental, ends_at, now);
  if (money == NULL)
    /* Translators: %s is a time, "23:40". */
    return g_strdup_printf (_ ("Ends by %s at the latest"), time);
  /* Translators: a time and money, "23:40" and "$0.94". */
  return g_strdup_printf (_ ("Ends by %s at the latest: worst case %s"), time, money);
}

/* What else ends it, and what that depends on where the shield does not say it. */
static char *
dup_text (EaselRental *rental, const EaselLimits *limits)
{
  gboolean has_agent = rental != NULL && easel_rental_get_agent (rental) != NULL;

  if (rental == NULL || easel_rental_get_ends_at (rental) <= 0)
    return g_strdup (_ ("Press I’m Done… when you have finished."));
  if (has_agent && limits != NULL)
    return g_strdup_printf (
        /* Translators: two numbers of minutes. */
        ngettext ("Also %u minutes after Krita is closed, or after %u minute in which nothing was "
                  "generated.",
                  "Also %u minutes after Krita is closed, or after %u minutes in which nothing was "
                  "generated.",
                  limits->idle_minutes),
        limits->closed_minutes, limits->idle_minutes);
  if (has_agent)
    return NULL;
  if (limits == NULL)
    return g_strdup (_ ("This holds while Cloud Easel runs. Leave this computer on."));
  return g_strdup_printf (
      /* Translators: a number of minutes. */
      ngettext ("Also after %u minute in which nothing was generated. This holds while Cloud Easel "
                "runs. Leave this computer on.",
                "Also after %u minutes in which nothing was generated. This holds while Cloud "
                "Easel runs. Leave this computer on.",
                limits->idle_minutes),
      limits->idle_minutes);
}

static void
set_tone (EaselEndCard *self, EaselTone tone)
{
  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    if (g_strcmp0 (classes[i], classes[tone]) != 0)
      gtk_widget_remove_css_class (GTK_WIDGET (self), classes[i]);
  gtk_widget_add_css_class (GTK_WIDGET (self), classes[tone]);
}

static void
easel_end_card_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), EASEL_TYPE_END_CARD);

  G_OBJECT_CLASS (easel_end_card_parent_class)->dispose (object);
}

static void
easel_end_card_class_init (EaselEndCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = easel_end_card_dispose;

  g_type_ensure (EASEL_TYPE_SHIELD_LINE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               EASEL_UI_RESOURCE_PREFIX "/ui/easel-end-card.ui");
  gtk_widget_class_bind_template_child (widget_class, EaselEndCard, title);
  gtk_widget_class_bind_template_child (widget_class, EaselEndCard, text);
  gtk_widget_class_bind_template_child (widget_class, EaselEndCard, shield);
}

static void
easel_end_card_init (EaselEndCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  set_tone (self, EASEL_TONE_NEUTRAL);
}

/**
 * easel_end_card_show:
 * @self: a card
 * @rental: (nullable): what it speaks about
 * @limits: (nullable): what was agreed for it, if that is known
 * @now_unix_ms: the present
 *
 * Says how it stands now.
 */
void
easel_end_card_show (EaselEndCard *self,
                     EaselRental *rental,
                     const EaselLimits *limits,
                     gint64 now_unix_ms)
{
  EaselShieldFacts facts = { 0 };
  EaselShield shield = EASEL_SHIELD_NONE;

  g_return_if_fail (EASEL_IS_END_CARD (self));
  g_return_if_fail (rental == NULL || EASEL_IS_RENTAL (rental));

  if (rental != NULL)
    shield = easel_rental_get_shield (rental, &facts);
  set_tone (self, easel_shield_tone (shield));
  easel_ui_take_text (self->title, dup_title (rental, now_unix_ms));
  easel_ui_take_text (self->text, dup_text (rental, limits));
  easel_shield_line_show_rental (self->shield, rental);
}
