/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-account.h"
#include "easel-clock.h"
#include "easel-history.h"

G_BEGIN_DECLS

/**
 * EaselOfferAnswer:
 * @EASEL_OFFER_ANSWER_NONE: its key is not known, nobody asks
 * @EASEL_OFFER_ANSWER_OPEN: it has not answered, or its last answer was an error
 * @EASEL_OFFER_ANSWER_GOOD: its last list is complete
 *
 * What is known about one provider's offers.
 */
typedef enum
{
  EASEL_OFFER_ANSWER_NONE,
  EASEL_OFFER_ANSWER_OPEN,
  EASEL_OFFER_ANSWER_GOOD
} EaselOfferAnswer;

/* The offers of all accounts whose key can be used, asked at the same time. Signal "changed" when a
 * round begins, and when it has ended. */
#define EASEL_TYPE_OFFER_LOADER (easel_offer_loader_get_type ())
G_DECLARE_FINAL_TYPE (EaselOfferLoader, easel_offer_loader, EASEL, OFFER_LOADER, GObject)

/* @accounts: (element-type EaselAccount) */
EaselOfferLoader *
easel_offer_loader_new (EaselClock *clock, GPtrArray *accounts, EaselHistory *history);
void easel_offer_loader_set_needs (EaselOfferLoader *self, guint cuda, guint disk_gb);
void easel_offer_loader_refresh (EaselOfferLoader *self);
gboolean easel_offer_loader_is_loading (EaselOfferLoader *self);
gboolean easel_offer_loader_has_good (EaselOfferLoader *self);
const GError *easel_offer_loader_get_error (EaselOfferLoader *self);
EaselOfferAnswer easel_offer_loader_get_answer (EaselOfferLoader *self, const char *provider_id);
GPtrArray *easel_offer_loader_collect (EaselOfferLoader *self);
gint64 easel_offer_loader_get_updated_unix_ms (EaselOfferLoader *self);
gint64 easel_offer_loader_get_age_ms (EaselOfferLoader *self);

G_END_DECLS
