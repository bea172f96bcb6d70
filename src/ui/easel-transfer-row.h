/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-model-tokens.h"
#include "easel-shelf-files.h"
#include "easel-transfer.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* One model on its way. Signals "cancel", "retry", "find" (its file), and "arrived" when it is
 * there. */
#define EASEL_TYPE_TRANSFER_ROW (easel_transfer_row_get_type ())
G_DECLARE_FINAL_TYPE (EaselTransferRow, easel_transfer_row, EASEL, TRANSFER_ROW, GtkListBoxRow)

GtkWidget *
easel_transfer_row_new (EaselTransfer *transfer, EaselModelTokens *tokens, const char *gpu_name);
EaselTransfer *easel_transfer_row_get_transfer (EaselTransferRow *self);
void easel_transfer_row_set_trouble (EaselTransferRow *self, EaselFileTrouble trouble);

G_END_DECLS
