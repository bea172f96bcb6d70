/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-agent-client.h"

G_BEGIN_DECLS

/**
 * EaselModelUploadFunc:
 * @arrived: bytes that are on the pod
 * @have: the same with those that have left and may still get lost
 * @size: bytes in all
 * @user_data: of easel_model_upload_async()
 *
 * Called from the main loop after each piece, and every now and then in between.
 */
typedef void (*EaselModelUploadFunc) (guint64 arrived,
                                      guint64 have,
                                      guint64 size,
                                      gpointer user_data);

void easel_model_upload_async (EaselAgentClient *client,
                               GFile *file,
                               const char *folder,
                               const char *name,
                               EaselModelUploadFunc progress,
                               gpointer progress_data,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
char *easel_model_upload_finish (GAsyncResult *result, char **ret_sha256, GError **error);

G_END_DECLS
