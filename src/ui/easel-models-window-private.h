/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-models-window.h"

G_BEGIN_DECLS

/**
 * EaselModelsView:
 * @is_up: whether there is anybody to ask at all
 * @state: what is known
 * @error: (nullable): why the last look failed
 * @files: (element-type EaselPodFile): what lies there
 * @disk_free: in bytes
 * @disk_total: in bytes, 0 unknown
 * @transfers: (nullable): of EaselTransfer
 *
 * All that the window says about a GPU: the window reads it from EaselPodModels, a test makes it.
 */
typedef struct
{
  gboolean is_up;
  EaselPodModelsState state;
  const GError *error;
  GPtrArray *files;
  guint64 disk_free;
  guint64 disk_total;
  GListModel *transfers;
} EaselModelsView;

void _easel_models_window_show (EaselModelsWindow *self, const EaselModelsView *view);
void _easel_models_window_set_pod (EaselModelsWindow *self, EaselPodModels *pod);

G_END_DECLS
