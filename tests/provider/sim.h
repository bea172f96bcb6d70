/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-endpoints.h"
#include "easel-http.h"
#include "easel-json.h"

G_BEGIN_DECLS

/**
 * EaselSim:
 * @proxy: (owned) (nullable): what stands in between and holds everything against a document
 * @endpoints: (owned): where the simulated world is
 * @clock: (owned): its time
 * @http: (owned): what sends to it
 *
 * The simulator program as a child, ended with the test. Its path comes in EASEL_SIMULATOR.
 */
typedef struct
{
  GSubprocess *process;
  GSubprocess *proxy;
  char *uri;
  EaselEndpoints *endpoints;
  EaselClock *clock;
  EaselHttp *http;
} EaselSim;

EaselSim *easel_sim_start (guint speed);
/* The same, this provider's interface behind EASEL_SHARED's contract.py, which must be there; a
 * violation fails the test when the simulator is stopped. */
EaselSim *easel_sim_start_with_contract (guint speed, const char *provider_id);
gboolean easel_sim_has_contract (void);
void easel_sim_stop (EaselSim *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselSim, easel_sim_stop)

/* The simulator's own routes below "/__/"; a refusal fails the test. */
JsonNode *easel_sim_ask (EaselSim *self, const char *path);
void easel_sim_tell (EaselSim *self, const char *method, const char *path, const char *body);
gint64 easel_sim_count_requests (EaselSim *self, const char *route);
guint easel_sim_count_billed (EaselSim *self);

G_END_DECLS
