/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-sim-world.h"

G_BEGIN_DECLS

/* RunPod's REST v2 below "/v2". */
EaselSimAnswer *easel_sim_runpod_answer (gpointer world, const EaselSimRequest *request);
void easel_sim_runpod_classify (const EaselSimRequest *request, EaselSimCall *ret_call);
char *easel_sim_runpod_wanted_gpu (const EaselSimRequest *request);

G_END_DECLS
