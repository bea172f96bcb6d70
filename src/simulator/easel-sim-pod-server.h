/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-sim-world.h"

G_BEGIN_DECLS

gboolean easel_sim_pod_server_parse_host (const char *host, char **ret_pod_id, guint *ret_port);
EaselSimAnswer *easel_sim_pod_server_answer (EaselSimWorld *world,
                                             const char *pod_id,
                                             guint port,
                                             const EaselSimRequest *request);
EaselSimAnswer *easel_sim_pod_server_answer_inside (EaselSimWorld *world,
                                                    const char *pod_id,
                                                    const EaselSimRequest *request);

G_END_DECLS
