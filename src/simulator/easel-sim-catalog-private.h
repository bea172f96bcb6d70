/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-sim-catalog.h"

G_BEGIN_DECLS

extern const EaselSimGpu _easel_sim_gpus[];
extern const guint _easel_sim_n_gpus;
extern const EaselSimDataCenter _easel_sim_data_centers[];
extern const guint _easel_sim_n_data_centers;

G_END_DECLS
