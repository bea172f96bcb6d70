/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-model-inspector.h"

G_BEGIN_DECLS

/* Models onto a pod in which no agent runs. */

/* Called from the main loop while a file is sent. */
typedef void (*EaselModelByHandFunc) (guint64 sent, gpointer user_data);

guint64 easel_model_by_hand_get_limit (const char *address);
void easel_model_by_hand_find_command_async (EaselModelInspector *inspector,
                                             const EaselShelfModel *model,
                                             gboolean is_krita_image,
                                             GCancellable *cancellable,
                                             GAsyncReadyCallback callback,
                                             gpointer user_data);
char *easel_model_by_hand_find_command_finish (GAsyncResult *result, GError **error);
void easel_model_by_hand_send_async (EaselModelInspector *inspector,
                                     const EaselShelfModel *model,
                                     const char *address,
                                     EaselModelByHandFunc progress,
                                     gpointer progress_data,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean easel_model_by_hand_send_finish (GAsyncResult *result, GError **error);

G_END_DECLS
