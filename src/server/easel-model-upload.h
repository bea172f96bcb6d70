/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-agent-client.h"
#include "easel-sent-file.h"

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

/**
 * EaselModelUpload:
 * @file: on this computer
 * @folder: ComfyUI's
 * @name: as the agent takes it
 * @mark: (nullable) (inout): what the file was like when it was sent before, of size 0 if it was
 *   not; becomes what it is like now. Has to stay until the end.
 * @is_anew: whether what the pod has of it is worth nothing
 * @progress: (nullable): told how far it is
 * @progress_data: for @progress
 *
 * What is sent.
 */
typedef struct
{
  GFile *file;
  const char *folder;
  const char *name;
  EaselFileMark *mark;
  gboolean is_anew;
  EaselModelUploadFunc progress;
  gpointer progress_data;
} EaselModelUpload;

void easel_model_upload_async (EaselAgentClient *client,
                               const EaselModelUpload *upload,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
char *easel_model_upload_finish (GAsyncResult *result, char **ret_sha256, GError **error);

G_END_DECLS
