/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-sim-clock.h"
#include "easel-sim-message.h"

G_BEGIN_DECLS

typedef struct _EaselSimPace EaselSimPace;

EaselSimPace *easel_sim_pace_new (EaselSimClock *clock, gboolean is_enforced);
void easel_sim_pace_free (EaselSimPace *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselSimPace, easel_sim_pace_free)

void easel_sim_pace_set_enforced (EaselSimPace *self, gboolean is_enforced);
void easel_sim_pace_reset_enforced (EaselSimPace *self);
void easel_sim_pace_count (EaselSimPace *self,
                           EaselSimRequest *request,
                           const char *endpoint,
                           guint min_ms,
                           guint penalty_ms);

G_END_DECLS
