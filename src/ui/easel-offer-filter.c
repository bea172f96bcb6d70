/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The controls above the list of offers. Translates between the choices on the screen and the
 * fields of a query; filters nothing itself. */

#include "config.h"
#include "easel-offer-filter.h"

#include "easel-ui.h"

#include <glib/gi18n-lib.h>

#define GIB_IN_MIB 1024
#define CENT (EASEL_MICROS_PER_DOLLAR / 100)

struct _EaselOfferFilter
{
  GtkWidget parent_instance;

  GtkDropDown *sort;            /* (unowned): child of the template */
  GtkMenuButton *filter_button; /* (unowned): child of the template */
  GtkPopover *popover;          /* (unowned): child of the template */
  GtkDropDown *memory;          /* (unowned): child of the template */
  GtkDropDown *price;           /* (unowned): child of the template */
  GtkDropDown *region;          /* (unowned): child of the template */
  GtkCheckButton *data_center;  /* (unowned): child of the template */

  gboolean syncing;
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* In the order of the template's items. */
static const guint memory_choices[] = { 0, 12, 16, 24, 48 };
static const gint64 price_choices[] = { 0, 25 * CENT, 50 * CENT, 100 * CENT, 200 * CENT };
static const guint region_choices[] = {
  EASEL_REGION_NONE, EASEL_REGION_EUROPE,  EASEL_REGION_NORTH_AMERICA, EASEL_REGION_SOUTH_AMERICA,
  EASEL_REGION_ASIA, EASEL_REGION_OCEANIA, EASEL_REGION_AFRICA,        EASEL_REGION_MIDDLE_EAST,
};

G_DEFINE_FINAL_TYPE (EaselOfferFilter, easel_offer_filter, GTK_TYPE_WIDGET)

static void
update_button (EaselOfferFilter *self)
{
  EaselOfferQuery query = { 0 };
  guint n;
  g_autofree char *label = NULL;

  easel_offer_filter_write (self, &query);
  n = easel_offer_filter_count (&query);
  if (n == 0)
    label = g_strdup (_ ("Filter"));
  else
    /* Translators: %u is how many filters are set. */
    label = g_strdup_printf (_ ("Filter (%u)"), n);
  gtk_menu_button_set_label (self->filter_button, label);
  easel_ui_set_accessible_name (GTK_WIDGET (self->filter_button), label);
}

static void
on_filter_changed (EaselOfferFilter *self)
{
  if (self->syncing)
    return;
  update_button (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
on_show_all_clicked (EaselOfferFilter *self)
{
  gtk_popover_popdown (self->popover);
  easel_offer_filter_clear (self);
}

static void
fill_regions (EaselOfferFilter *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  guint i;

  gtk_string_list_append (names, _ ("Any region"));
  for (i = 1; i < G_N_ELEMENTS (region_choices); i++)
    gtk_string_list_take (names, easel_region_name ((EaselRegion) region_choices[i]));
  gtk_drop_down_set_model (self->region, G_LIST_MODEL (names));
}

static void
easel_offer_filter_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (easel_offer_filter_parent_class)->dispose (object);
}

static void
easel_offer_filter_class_init (EaselOfferFilterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = easel_offer_filter_dispose;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", EASEL_TYPE_OFFER_FILTER, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, EASEL_UI_RESOURCE_PREFIX
                                               "/ui/easel-offer-filter.ui");
  gtk_widget_class_bind_template_child (widget_class, EaselOfferFilter, sort);
  gtk_widget_class_bind_template_child (widget_class, EaselOfferFilter, filter_button);
  gtk_widget_class_bind_template_child (widget_class, EaselOfferFilter, popover);
  gtk_widget_class_bind_template_child (widget_class, EaselOfferFilter, memory);
  gtk_widget_class_bind_template_child (widget_class, EaselOfferFilter, price);
  gtk_widget_class_bind_template_child (widget_class, EaselOfferFilter, region);
  gtk_widget_class_bind_template_child (widget_class, EaselOfferFilter, data_center);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_show_all_clicked);
}

static void
easel_offer_filter_init (EaselOfferFilter *self)
{
  self->syncing = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  fill_regions (self);
  self->syncing = FALSE;
  easel_ui_wrap_label_of (GTK_WIDGET (self->data_center));

  easel_ui_set_accessible_name (GTK_WIDGET (self->sort), _ ("Sort"));
  easel_ui_set_accessible_name (GTK_WIDGET (self->memory), _ ("Memory"));
  easel_ui_set_accessible_name (GTK_WIDGET (self->price), _ ("Most per hour"));
  easel_ui_set_accessible_name (GTK_WIDGET (self->region), _ ("Region"));
}

/**
 * easel_offer_filter_read:
 * @self: the controls
 * @query: whose filters and order to show; a value without a choice of its own shows as none
 */
void
easel_offer_filter_read (EaselOfferFilter *self, const EaselOfferQuery *query)
{
  guint i;

  g_return_if_fail (EASEL_IS_OFFER_FILTER (self));
  g_return_if_fail (query != NULL);

  self->syncing = TRUE;
  gtk_drop_down_set_selected (self->sort, query->sort);
  for (i = G_N_ELEMENTS (memory_choices) - 1;
       i > 0 && memory_choices[i] * GIB_IN_MIB != query->filter_vram_mib; i--)
    continue;
  gtk_drop_down_set_selected (self->memory, i);
  for (i = G_N_ELEMENTS (price_choices) - 1; i > 0 && price_choices[i] != query->filter_price; i--)
    continue;
  gtk_drop_down_set_selected (self->price, i);
  for (i = G_N_ELEMENTS (region_choices) - 1; i > 0 && region_choices[i] != query->filter_regions;
       i--)
    continue;
  gtk_drop_down_set_selected (self->region, i);
  gtk_check_button_set_active (self->data_center, query->filter_data_center);
  self->syncing = FALSE;
  update_button (self);
}

/**
 * easel_offer_filter_write:
 * @self: the controls
 * @query: gets the filters and the order; its needs are left alone
 */
void
easel_offer_filter_write (EaselOfferFilter *self, EaselOfferQuery *query)
{
  g_return_if_fail (EASEL_IS_OFFER_FILTER (self));
  g_return_if_fail (query != NULL);

  query->filter_vram_mib = memory_choices[gtk_drop_down_get_selected (self->memory)] * GIB_IN_MIB;
  query->filter_price = price_choices[gtk_drop_down_get_selected (self->price)];
  query->filter_regions = region_choices[gtk_drop_down_get_selected (self->region)];
  query->filter_data_center = gtk_check_button_get_active (self->data_center);
  query->sort = (EaselSort) gtk_drop_down_get_selected (self->sort);
}

/**
 * easel_offer_filter_clear:
 * @self: the controls
 *
 * Takes all filters away, keeps the order, and tells.
 */
void
easel_offer_filter_clear (EaselOfferFilter *self)
{
  EaselOfferQuery query = { 0 };

  g_return_if_fail (EASEL_IS_OFFER_FILTER (self));

  query.sort = (EaselSort) gtk_drop_down_get_selected (self->sort);
  easel_offer_filter_read (self, &query);
  on_filter_changed (self);
}

/**
 * easel_offer_filter_allow_price:
 * @self: the controls
 * @price: a price that is to pass
 *
 * Raises the price filter as little as possible, and tells.
 */
void
easel_offer_filter_allow_price (EaselOfferFilter *self, gint64 price)
{
  guint i;

  g_return_if_fail (EASEL_IS_OFFER_FILTER (self));

  for (i = 1; i < G_N_ELEMENTS (price_choices) && price_choices[i] < price; i++)
    continue;
  gtk_drop_down_set_selected (self->price, i < G_N_ELEMENTS (price_choices) ? i : 0);
}

/**
 * easel_offer_filter_count:
 * @query: a query
 *
 * Returns: how many filters it has
 */
guint
easel_offer_filter_count (const EaselOfferQuery *query)
{
  g_return_val_if_fail (query != NULL, 0);

  return (query->filter_vram_mib != 0 ? 1u : 0u) + (query->filter_price != 0 ? 1u : 0u) +
         (query->filter_regions != 0 ? 1u : 0u) + (query->filter_data_center ? 1u : 0u);
}
