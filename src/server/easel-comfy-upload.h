/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-http.h"

G_BEGIN_DECLS

/* Models onto a pod that has no agent: by ComfyUI itself, or by the person in a terminal. */
guint64 easel_comfy_upload_limit (const char *address);
void easel_comfy_upload_async (EaselHttp *http,
                               const char *address,
                               GFile *file,
                               const char *folder,
                               const char *name,
                               EaselHttpProgress progress,
                               gpointer progress_data,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean easel_comfy_upload_finish (GAsyncResult *result, GError **error);

char *easel_comfy_fetch_command (gboolean is_krita_image,
                                 const char *folder,
                                 const char *name,
                                 const char *uri);

G_END_DECLS
