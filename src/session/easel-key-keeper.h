/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-clock.h"
#include "easel-provider.h"
#include "easel-secret-store.h"

G_BEGIN_DECLS

/* One entry of the keyring: reads it without making anybody wait, and brings it to what is wanted,
 * one call at a time. Signal "loaded" when a look-up ended or took too long (then it may come a
 * second time); signal "synced" when a change of the keyring succeeded or failed. */
#define EASEL_TYPE_KEY_KEEPER (easel_key_keeper_get_type ())
G_DECLARE_FINAL_TYPE (EaselKeyKeeper, easel_key_keeper, EASEL, KEY_KEEPER, GObject)

EaselKeyKeeper *
easel_key_keeper_new (EaselProvider *provider, EaselSecretStore *store, EaselClock *clock);
void easel_key_keeper_load (EaselKeyKeeper *self);
void easel_key_keeper_stop_loading (EaselKeyKeeper *self);
gboolean easel_key_keeper_is_loading (EaselKeyKeeper *self);
void easel_key_keeper_set_wanted (EaselKeyKeeper *self, EaselSecret *wanted);
EaselSecret *easel_key_keeper_get_stored (EaselKeyKeeper *self);
gboolean easel_key_keeper_holds (EaselKeyKeeper *self, EaselSecret *secret);
gboolean easel_key_keeper_is_lasting (EaselKeyKeeper *self);
const GError *easel_key_keeper_get_error (EaselKeyKeeper *self);

G_END_DECLS
