/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-sim-clock.h"
#include "easel-sim-message.h"

G_BEGIN_DECLS

typedef struct _EaselSimRate EaselSimRate;

EaselSimRate *easel_sim_rate_new (EaselSimClock *clock, gboolean is_enforced);
void easel_sim_rate_free (EaselSimRate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselSimRate, easel_sim_rate_free)

guint easel_sim_rate_count (EaselSimRate *self, const char *account, const char **ret_window);
void easel_sim_rate_tell (EaselSimRate *self, const char *account, EaselSimAnswer *answer);

G_END_DECLS
