/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-provider.h"

G_BEGIN_DECLS

/* Finds the template to use at a provider: the wished one, else the plugin author's, by id or by
 * looking for it. */
void easel_template_find_async (EaselProvider *provider,
                                EaselSecret *key,
                                const char *wished_id,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
EaselTemplate *
easel_template_find_finish (GAsyncResult *result, GError **ret_wish_error, GError **error);

G_END_DECLS
