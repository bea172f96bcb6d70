/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One composite row: heading and facts at the left, price per hour and the sum for the session at
 * the right. Shows what it is given and keeps nothing. */

#include "config.h"
#include "easel-offer-row.h"

#include "easel-split-box.h"
#include "easel-ui.h"

#include <glib/gi18n-lib.h>

#define MS_PER_HOUR (60 * 60 * 1000)

struct _EaselOfferRow
{
  GtkWidget parent_instance;

  GtkLabel *heading; /* (unowned): child of the template */
  GtkLabel *facts;   /* (unowned): child of the template */
  GtkLabel *price;   /* (unowned): child of the template */
  GtkLabel *sum;     /* (unowned): child of the template */
};

G_DEFINE_FINAL_TYPE (EaselOfferRow, easel_offer_row, GTK_TYPE_WIDGET)

static void
easel_offer_row_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (easel_offer_row_parent_class)->dispose (object);
}

static void
easel_offer_row_class_init (EaselOfferRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = easel_offer_row_dispose;

  g_type_ensure (EASEL_TYPE_SPLIT_BOX);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               EASEL_UI_RESOURCE_PREFIX "/ui/easel-offer-row.ui");
  gtk_widget_class_bind_template_child (widget_class, EaselOfferRow, heading);
  gtk_widget_class_bind_template_child (widget_class, EaselOfferRow, facts);
  gtk_widget_class_bind_template_child (widget_class, EaselOfferRow, price);
  gtk_widget_class_bind_template_child (widget_class, EaselOfferRow, sum);
}

static void
easel_offer_row_init (EaselOfferRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * easel_offer_row_new:
 *
 * Returns: (transfer floating): an empty row
 */
GtkWidget *
easel_offer_row_new (void)
{
  return g_object_new (EASEL_TYPE_OFFER_ROW, NULL);
}

/**
 * easel_offer_row_set_offer:
 * @self: a row
 * @offer: what it shows
 * @query: disk, downloads and hours that the prices are meant for
 * @provider_name: (nullable): whose offer it is
 */
void
easel_offer_row_set_offer (EaselOfferRow *self,
                           EaselOffer *offer,
                           const EaselOfferQuery *query,
                           const char *provider_name)
{
  g_autofree char *title = NULL;
  g_autofree char *facts = NULL;
  g_autofree char *price = NULL;
  g_autofree char *sum = NULL;
  g_autofree char *name = NULL;

  g_return_if_fail (EASEL_IS_OFFER_ROW (self));
  g_return_if_fail (EASEL_IS_OFFER (offer));
  g_return_if_fail (query != NULL);

  title = easel_offer_title (offer);
  facts = easel_offer_facts (offer, provider_name, query->shelf_bytes);
  price = easel_money_format_hourly_short (easel_offer_price (offer, query->disk_gb));
  sum = easel_offer_row_dup_sum (offer, query);
  easel_ui_set_text (self->heading, title);
  easel_ui_set_text (self->facts, facts);
  easel_ui_set_text (self->price, price);
  easel_ui_set_text (self->sum, sum);

  name = g_strjoin (", ", title, price, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, facts, -1);
}

/**
 * easel_offer_row_dup_sum:
 * @offer: an offer
 * @query: downloads and hours
 *
 * Returns: (transfer full): what the whole session costs, with what the start alone costs where
 *   downloads are paid
 */
char *
easel_offer_row_dup_sum (EaselOffer *offer, const EaselOfferQuery *query)
{
  guint hours;
  gint64 start_cost;
  g_autofree char *total = NULL;
  g_autofree char *sum = NULL;
  g_autofree char *start = NULL;

  g_return_val_if_fail (EASEL_IS_OFFER (offer), NULL);
  g_return_val_if_fail (query != NULL, NULL);

  hours = (guint) CLAMP (query->session_ms / MS_PER_HOUR, 1, 999);
  total = easel_money_format (easel_offer_query_session_cost (query, offer));
  /* Translators: %s is money: "$0.97 for 4 hours", the time of starting included. */
  sum = g_strdup_printf (ngettext ("%s for %u hour", "%s for %u hours", hours), total, hours);

  start_cost = easel_offer_start_cost (offer, query->download_bytes);
  if (start_cost <= 0)
    return g_steal_pointer (&sum);
  start = easel_money_format (start_cost);
  /* Translators: "$0.97 for 4 hours, of it $0.08 to start". */
  return g_strdup_printf (_ ("%s, of it %s to start"), sum, start);
}
