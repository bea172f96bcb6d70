/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-offer-query.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Order and filter of a list of offers: two buttons in a row. Signal "changed" when the person
 * changed something; setting from outside is silent. */
#define EASEL_TYPE_OFFER_FILTER (easel_offer_filter_get_type ())
G_DECLARE_FINAL_TYPE (EaselOfferFilter, easel_offer_filter, EASEL, OFFER_FILTER, GtkWidget)

void easel_offer_filter_read (EaselOfferFilter *self, const EaselOfferQuery *query);
void easel_offer_filter_write (EaselOfferFilter *self, EaselOfferQuery *query);
void easel_offer_filter_clear (EaselOfferFilter *self);
void easel_offer_filter_allow_price (EaselOfferFilter *self, gint64 price);
guint easel_offer_filter_count (const EaselOfferQuery *query);

G_END_DECLS
