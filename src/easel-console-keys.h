/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-provider.h"
#include "easel-secret-store.h"

G_BEGIN_DECLS

/* Called once with the store that holds what was found, and how many keys that are. */
typedef void (*EaselConsoleKeysFunc) (EaselSecretStore *store, guint n_keys, gpointer user_data);

void easel_console_keys_collect (GPtrArray *providers,
                                 gboolean from_input,
                                 EaselConsoleKeysFunc func,
                                 gpointer user_data);
/* Pure, for the tests: (transfer full) (nullable) the key that @text has for @provider_id. */
EaselSecret *easel_console_keys_find (const char *text, const char *provider_id);

G_END_DECLS
