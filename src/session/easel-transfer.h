/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-shelf-file.h"

G_BEGIN_DECLS

/**
 * EaselTransferState:
 * @EASEL_TRANSFER_WAITING: for the server to be up, for its turn, or for the next try; the error
 *   says why, if one does
 * @EASEL_TRANSFER_RUNNING: bytes arrive on the pod
 * @EASEL_TRANSFER_VERIFYING: all have arrived and are compared
 * @EASEL_TRANSFER_DONE: the file is there, whole
 * @EASEL_TRANSFER_FAILED: it needs the person; the error says why
 */
typedef enum
{
  EASEL_TRANSFER_WAITING,
  EASEL_TRANSFER_RUNNING,
  EASEL_TRANSFER_VERIFYING,
  EASEL_TRANSFER_DONE,
  EASEL_TRANSFER_FAILED
} EaselTransferState;

gint64 easel_transfer_retry_ms (const GError *error, guint tries);

/* One model on its way to one pod. Read by the interface, changed by EaselPodModels only.
 * Signal "changed". */
#define EASEL_TYPE_TRANSFER (easel_transfer_get_type ())
G_DECLARE_FINAL_TYPE (EaselTransfer, easel_transfer, EASEL, TRANSFER, GObject)

const EaselShelfModel *easel_transfer_get_model (EaselTransfer *self);
gboolean easel_transfer_is_upload (EaselTransfer *self);
EaselTransferState easel_transfer_get_state (EaselTransfer *self);
guint64 easel_transfer_get_have (EaselTransfer *self);
guint64 easel_transfer_get_size (EaselTransfer *self);   /* 0 unknown */
guint64 easel_transfer_get_speed (EaselTransfer *self);  /* bytes per second, 0 unknown */
gint64 easel_transfer_get_left_ms (EaselTransfer *self); /* -1 unknown */
const GError *easel_transfer_get_error (EaselTransfer *self);

G_END_DECLS
