/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-sim-world.h"

G_BEGIN_DECLS

#define EASEL_SIM_CIVITAI_PATH "/civitai"
#define EASEL_SIM_HUGGINGFACE_PATH "/huggingface"
#define EASEL_SIM_ELSEWHERE_PATH "/elsewhere"

EaselSimSites *easel_sim_sites_new (void);
void easel_sim_sites_free (EaselSimSites *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselSimSites, easel_sim_sites_free)

gboolean easel_sim_sites_put (EaselSimSites *self, JsonObject *object, GError **error);
EaselSimAnswer *easel_sim_sites_answer_civitai (gpointer world, const EaselSimRequest *request);
EaselSimAnswer *easel_sim_sites_answer_huggingface (gpointer world, const EaselSimRequest *request);
EaselSimAnswer *easel_sim_sites_answer_store (EaselSimWorld *world, EaselSimRequest *request);
EaselSimAnswer *easel_sim_sites_fetch (EaselSimWorld *world, GUri *uri, gint64 from);

G_END_DECLS
