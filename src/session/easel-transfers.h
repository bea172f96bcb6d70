/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-pod-models.h"
#include "easel-rental.h"

G_BEGIN_DECLS

/* The models of all pods, and which are still to come to which: owns transfers.json, so that a
 * transfer outlives the program. Signal "changed". */
#define EASEL_TYPE_TRANSFERS (easel_transfers_get_type ())
G_DECLARE_FINAL_TYPE (EaselTransfers, easel_transfers, EASEL, TRANSFERS, GObject)

gboolean easel_transfers_go_first (guint64 bytes);

/* (transfer none) (nullable): NULL while there is no pod */
EaselPodModels *easel_transfers_get_pod (EaselTransfers *self, EaselRental *rental);
guint easel_transfers_get_n_open (EaselTransfers *self, EaselRental *rental);

G_END_DECLS
