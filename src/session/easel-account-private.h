/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-account.h"
#include "easel-clock.h"
#include "easel-provider.h"
#include "easel-secret-store.h"

G_BEGIN_DECLS

/* @salt makes the fingerprint that stands for the account where the provider tells no account id
 * (money-safety: a list proves absence only for its own account). */
EaselAccount *_easel_account_new (EaselProvider *provider,
                                  EaselSecretStore *store,
                                  EaselClock *clock,
                                  const char *salt);
EaselProvider *_easel_account_get_provider (EaselAccount *self);
/* Whether the store holds the key, lasting or not. */
gboolean _easel_account_is_kept (EaselAccount *self);

G_END_DECLS
