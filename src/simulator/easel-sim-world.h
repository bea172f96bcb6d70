/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-sim-cloud.h"
#include "easel-sim-faults.h"
#include "easel-sim-pace.h"
#include "easel-sim-rate.h"
#include "easel-sim-requests.h"
#include "easel-sim-sums.h"

G_BEGIN_DECLS

typedef struct _EaselSimVast EaselSimVast;
typedef struct _EaselSimAgents EaselSimAgents;
typedef struct _EaselSimSites EaselSimSites;
typedef struct _EaselSimContainers EaselSimContainers;

/**
 * EaselSimRunpodOddities:
 *
 * How RunPod treats a start command: members that came later may be unknown, and what it answers
 * need not be what was asked.
 */
typedef struct
{
  gboolean refuses_cmd;
  gboolean misreads_cmd;
  gboolean misreads_args;
} EaselSimRunpodOddities;

/**
 * EaselSimWorld:
 *
 * All there is, handed to everything that answers. @direct_ports maps "POD:PORT" to the loopback
 * port that stands for it; the server fills it.
 */
typedef struct
{
  EaselSimClock *clock;
  EaselSimCatalog *catalog;
  EaselSimMarket *market;
  EaselSimCloud *cloud;
  EaselSimFaults *faults;
  EaselSimRate *rate;
  EaselSimPace *pace;
  EaselSimVast *vast;
  EaselSimRunpodOddities runpod;
  EaselSimRequests *requests;
  EaselSimSites *sites;
  EaselSimSums *sums;
  EaselSimAgents *agents;         /* (nullable): played */
  EaselSimContainers *containers; /* (nullable): or real */
  GHashTable *comfies;            /* (element-type utf8 EaselSimComfy): by pod */
  GHashTable *direct_ports;       /* (element-type utf8 guint) */
  guint port;
  guint tls_port; /* 0: without TLS */
  guint store_port;
  guint page_size; /* of lists, 0 for the usual */
} EaselSimWorld;

guint easel_sim_world_get_direct_port (EaselSimWorld *self, const char *pod_id, guint port);

G_END_DECLS
