/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-secret-store.h"

G_BEGIN_DECLS

/* The operations of a store as plain calls that run the main context until they have ended. */
EaselSecret *easel_call_look_up (EaselSecretStore *store,
                                 const char *provider_id,
                                 const char *api_host,
                                 GError **error);
gboolean easel_call_store (EaselSecretStore *store,
                           const char *provider_id,
                           const char *api_host,
                           const char *value,
                           GError **error);
gboolean easel_call_forget (EaselSecretStore *store,
                            const char *provider_id,
                            const char *api_host,
                            GError **error);
void easel_assert_secret (EaselSecretStore *store,
                          const char *provider_id,
                          const char *api_host,
                          const char *value);

G_END_DECLS
