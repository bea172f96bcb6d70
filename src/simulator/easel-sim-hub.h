/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-sim-world.h"

G_BEGIN_DECLS

#define EASEL_SIM_HUB_PATH "/hub/v2/repositories/aclysia/sd-comfyui-krita/tags"

EaselSimAnswer *easel_sim_hub_answer (gpointer world, const EaselSimRequest *request);

G_END_DECLS
