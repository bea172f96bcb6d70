/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-sim-cloud.h"

G_BEGIN_DECLS

#define EASEL_SIM_LOG_CONTAINER 1
#define EASEL_SIM_LOG_SYSTEM 2

gint64 easel_sim_log_first (const EaselSimPod *pod);
guint easel_sim_log_count (const EaselSimPod *pod, gint64 now_ms);
gboolean easel_sim_log_is_wanted (const EaselSimLine *line, int source);
char *easel_sim_log_event (const EaselSimLine *line, gint64 sequence);

G_END_DECLS
