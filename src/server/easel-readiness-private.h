/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-readiness.h"

G_BEGIN_DECLS

/* Of each single question to a pod, in this computer's time. */
#define EASEL_POD_DEADLINE_MS (15 * 1000)

char *_easel_pod_join (const char *address, const char *path);
gboolean _easel_readiness_judge_stats (EaselReadiness *self, const EaselHttpResponse *response);
void _easel_readiness_judge_stats_error (EaselReadiness *self, const GError *error);
gboolean _easel_readiness_text_is_status (GBytes *text);

/* What the server says about its work. */
gboolean _easel_activity_read_queue (EaselActivity *activity,
                                     const EaselHttpResponse *response,
                                     GError **error);
void _easel_activity_read_history (EaselActivity *activity, const EaselHttpResponse *response);

G_END_DECLS
