/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-secret-store.h"

G_BEGIN_DECLS

/* A keyring that works, fails or keeps everybody waiting, as the test says. */
#define STUB_TYPE_STORE (stub_store_get_type ())
G_DECLARE_FINAL_TYPE (StubStore, stub_store, STUB, STORE, GObject)

StubStore *stub_store_new (void);
void stub_store_put (StubStore *self, const char *provider_id, const char *key);
/* (nullable): what it holds */
const char *stub_store_peek (StubStore *self, const char *provider_id);
void stub_store_set_lasting (StubStore *self, gboolean is_lasting);
/* Every call fails with EASEL_ERROR_STORAGE until it works again. */
void stub_store_set_broken (StubStore *self, gboolean is_broken);
/* Calls stay open, without effect, until released; then they take effect in order. */
void stub_store_hold (StubStore *self);
void stub_store_release (StubStore *self);
guint stub_store_get_n_held (StubStore *self);
guint stub_store_get_n_calls (StubStore *self);

G_END_DECLS
