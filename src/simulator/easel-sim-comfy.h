/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-sim-world.h"

G_BEGIN_DECLS

typedef struct _EaselSimComfy EaselSimComfy;

void easel_sim_comfy_free (EaselSimComfy *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselSimComfy, easel_sim_comfy_free)

gboolean easel_sim_comfy_is_up (const EaselSimPod *pod, gint64 now_ms);
EaselSimComfy *easel_sim_comfy_get (EaselSimWorld *world, const EaselSimPod *pod);
EaselSimAnswer *easel_sim_comfy_answer (EaselSimWorld *world,
                                        const EaselSimPod *pod,
                                        const EaselSimRequest *request);
void
easel_sim_comfy_generate (EaselSimComfy *self, const char *id, gint64 now_ms, gint64 duration_ms);
guint easel_sim_comfy_get_remaining (EaselSimComfy *self, gint64 now_ms);
char *easel_sim_comfy_status_message (EaselSimComfy *self, gint64 now_ms, const char *client_id);

G_END_DECLS
