/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-sim-clock.h"
#include "easel-sim-message.h"

G_BEGIN_DECLS

typedef struct _EaselSimRequests EaselSimRequests;

EaselSimRequests *easel_sim_requests_new (EaselSimClock *clock);
void easel_sim_requests_free (EaselSimRequests *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselSimRequests, easel_sim_requests_free)

void easel_sim_requests_add (EaselSimRequests *self,
                             const EaselSimRequest *request,
                             const char *route,
                             const char *pod_id,
                             const EaselSimAnswer *answer);
void easel_sim_requests_note_stream (EaselSimRequests *self, gsize n_bytes);
void easel_sim_requests_clear (EaselSimRequests *self);
JsonNode *easel_sim_requests_to_json (EaselSimRequests *self);

G_END_DECLS
