/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-sim-world.h"

G_BEGIN_DECLS

EaselSimContainers *easel_sim_containers_new (EaselSimWorld *world);
void easel_sim_containers_free (EaselSimContainers *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselSimContainers, easel_sim_containers_free)

void easel_sim_containers_update (EaselSimContainers *self);
guint easel_sim_containers_get_comfy_port (EaselSimContainers *self, const EaselSimPod *pod);
guint easel_sim_containers_get_nginx_port (EaselSimContainers *self, const EaselSimPod *pod);

G_END_DECLS
