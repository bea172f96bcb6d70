/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-http.h"

G_BEGIN_DECLS

/* The public list of a container image's tags, asked without a key. */
void easel_image_tags_fetch_async (EaselHttp *http,
                                   const char *uri,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
char **easel_image_tags_fetch_finish (GAsyncResult *result, GError **error);

G_END_DECLS
