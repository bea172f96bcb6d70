/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-offer-query.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* One offer in a list: what it is, what the provider tells about it, what it costs. */
#define EASEL_TYPE_OFFER_ROW (easel_offer_row_get_type ())
G_DECLARE_FINAL_TYPE (EaselOfferRow, easel_offer_row, EASEL, OFFER_ROW, GtkWidget)

GtkWidget *easel_offer_row_new (void);
void easel_offer_row_set_offer (EaselOfferRow *self,
                                EaselOffer *offer,
                                const EaselOfferQuery *query,
                                const char *provider_name);

char *easel_offer_row_dup_sum (EaselOffer *offer, const EaselOfferQuery *query);

G_END_DECLS
