/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-sim-catalog.h"

G_BEGIN_DECLS

/**
 * EaselSimMachine:
 *
 * A part of a computer of some host that can be rented as a whole, once. Prices are micro-dollars:
 * per hour for the GPUs, per GB and month for the disk, per GB for traffic.
 */
typedef struct
{
  gint64 offer_id;
  gint64 machine_id;
  gint64 host_id;
  guint number;
  const EaselSimGpu *gpu;
  int n_gpus;
  gint64 gpu_micros;
  gint64 storage_micros;
  gint64 down_micros;
  gint64 up_micros;
  int disk_gb; /* that the host can still give */
  int host_cuda;
  double down_mbit;
  double up_mbit;
  double reliability;
  gboolean is_verified;
  gboolean is_data_center;
  gboolean has_static_ip;
  gboolean is_arm;
  int n_ports;
  int n_cpus;
  int ram_gb; /* of the whole computer */
  const char *cpu_name;
  const char *place;
  const char *country;
  gint64 term_ms; /* hosts offer for so long and renew then */
} EaselSimMachine;

/* How much of an offer there is. */
typedef enum
{
  EASEL_SIM_OFFER_FREE,
  EASEL_SIM_OFFER_TAKEN,  /* and gone from the lists */
  EASEL_SIM_OFFER_BUSY,   /* in the lists all the same */
  EASEL_SIM_OFFER_ENDLESS /* free, however often it is rented */
} EaselSimOfferState;

typedef struct _EaselSimMarket EaselSimMarket;

EaselSimMarket *easel_sim_market_new (EaselSimCatalog *catalog, guint64 seed);
void easel_sim_market_free (EaselSimMarket *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselSimMarket, easel_sim_market_free)

void easel_sim_market_set_size (EaselSimMarket *self, int n_offers);
guint easel_sim_market_get_n (EaselSimMarket *self);
const EaselSimMachine *easel_sim_market_get (EaselSimMarket *self, guint index);
const EaselSimMachine *easel_sim_market_find (EaselSimMarket *self, gint64 offer_id);
gint64 easel_sim_machine_get_end (const EaselSimMachine *machine, gint64 now_ms);

EaselSimOfferState easel_sim_market_get_state (EaselSimMarket *self,
                                               const EaselSimMachine *machine);
gboolean
easel_sim_market_is_shown (EaselSimMarket *self, const EaselSimMachine *machine, gint64 now_ms);
void
easel_sim_market_override_gpu (EaselSimMarket *self, const char *gpu_id, EaselSimOfferState state);
void
easel_sim_market_override_offer (EaselSimMarket *self, gint64 offer_id, EaselSimOfferState state);
void easel_sim_market_clear_overrides (EaselSimMarket *self);

G_END_DECLS
