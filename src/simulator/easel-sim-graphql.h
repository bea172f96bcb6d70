/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-sim-world.h"

G_BEGIN_DECLS

EaselSimAnswer *easel_sim_graphql_answer (gpointer world, const EaselSimRequest *request);

G_END_DECLS
