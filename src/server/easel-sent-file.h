/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A file of this computer that is going to be sent to a pod. */
void easel_sent_file_open_async (GFile *file,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
GFileInputStream *
easel_sent_file_open_finish (GAsyncResult *result, guint64 *ret_size, GError **error);

G_END_DECLS
