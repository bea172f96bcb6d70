/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-sim-world.h"

G_BEGIN_DECLS

/* vast.ai's REST API below "/api", and the store of logs below "/s3". */
EaselSimVast *easel_sim_vast_new (void);
void easel_sim_vast_free (EaselSimVast *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselSimVast, easel_sim_vast_free)

EaselSimAnswer *easel_sim_vast_answer (gpointer world, const EaselSimRequest *request);
EaselSimAnswer *easel_sim_vast_answer_store (gpointer world, const EaselSimRequest *request);
void easel_sim_vast_classify (EaselSimWorld *world,
                              const EaselSimRequest *request,
                              EaselSimCall *ret_call);
void easel_sim_vast_count (EaselSimWorld *world, EaselSimRequest *request);
char *easel_sim_vast_wanted_gpu (EaselSimWorld *world, const EaselSimRequest *request);

/* Oddities on request. */
void easel_sim_vast_set_oddities (EaselSimWorld *world, JsonObject *oddities);
void easel_sim_vast_clear_oddities (EaselSimWorld *world);

G_END_DECLS
