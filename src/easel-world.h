/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-endpoints.h"
#include "easel-http.h"
#include "easel-secret-store.h"
#include "easel-session.h"

G_BEGIN_DECLS

/**
 * EaselWorld:
 * @state_dir: where journal and history lie; simulated ones stay apart from the real ones
 * @settings: the person's, or those of the simulation
 * @providers: (element-type EaselProvider): in the order of showing
 *
 * What a run of the program works with, on a screen or on a text console.
 */
typedef struct
{
  EaselEndpoints *endpoints;
  char *state_dir;
  GSettings *settings;
  EaselClock *clock;
  EaselHttp *http;
  GPtrArray *providers;
} EaselWorld;

char *easel_world_dup_state_dir (const char *part);
EaselWorld *easel_world_new (const char *part, EaselEndpoints *endpoints);
void easel_world_free (EaselWorld *self);
EaselSession *
easel_world_create_session (EaselWorld *self, EaselSecretStore *store, GSettings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselWorld, easel_world_free)

G_END_DECLS
