/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-history.h"
#include "easel-offer.h"

G_BEGIN_DECLS

/* Lists of offers over time: the same offer stays the same object as long as nothing about it
 * changed, so that a list on the screen changes only where it has to. */
gboolean easel_offer_list_same (EaselOffer *a, EaselOffer *b);
EaselOffer *easel_offer_list_find (GPtrArray *offers, const char *provider_id, const char *id);
GPtrArray *easel_offer_list_merge (GPtrArray *fresh, GPtrArray *old, EaselHistory *history);
void easel_offer_list_update (GListStore *store, GPtrArray *offers);

G_END_DECLS
