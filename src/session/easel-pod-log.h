/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-rental.h"

G_BEGIN_DECLS

#define EASEL_TYPE_POD_LOG (easel_pod_log_get_type ())
G_DECLARE_FINAL_TYPE (EaselPodLog, easel_pod_log, EASEL, POD_LOG, GObject)

gboolean easel_pod_log_is_possible (EaselRental *rental);
EaselPodLog *easel_pod_log_new (EaselRental *rental);
void easel_pod_log_stop (EaselPodLog *self);

G_END_DECLS
