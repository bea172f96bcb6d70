/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-json.h"

G_BEGIN_DECLS

/**
 * EaselSimCharge:
 *
 * A time in which a pod costs the same all the while. @to_ms is -1 as long as it goes on. Rates
 * are micro-dollars per hour.
 */
typedef struct
{
  gint64 from_ms;
  gint64 to_ms;
  gint64 gpu_rate;
  gint64 disk_rate;
} EaselSimCharge;

/**
 * EaselSimTraffic:
 *
 * What went through the wire until @at_ms and was charged by then. @micros_per_gb is the price of
 * 1000 MB.
 */
typedef struct
{
  gint64 at_ms;
  gint64 mb;
  gint64 micros_per_gb;
} EaselSimTraffic;

typedef struct _EaselSimLedger EaselSimLedger;

EaselSimLedger *easel_sim_ledger_new (void);
void easel_sim_ledger_free (EaselSimLedger *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselSimLedger, easel_sim_ledger_free)

void
easel_sim_ledger_charge (EaselSimLedger *self, gint64 at_ms, gint64 gpu_rate, gint64 disk_rate);
void easel_sim_ledger_close (EaselSimLedger *self, gint64 at_ms);
gboolean easel_sim_ledger_is_open (EaselSimLedger *self);
gint64 easel_sim_ledger_get_rate (EaselSimLedger *self);
void easel_sim_ledger_get_rates (EaselSimLedger *self, gint64 *ret_gpu, gint64 *ret_disk);
gint64 easel_sim_ledger_get_total (EaselSimLedger *self, gint64 now_ms);
void easel_sim_ledger_get_within (EaselSimLedger *self,
                                  gint64 from_ms,
                                  gint64 to_ms,
                                  gint64 *ret_total,
                                  gint64 *ret_disk);

void
easel_sim_ledger_add_traffic (EaselSimLedger *self, gint64 at_ms, gint64 mb, gint64 micros_per_gb);
void easel_sim_ledger_get_traffic (EaselSimLedger *self,
                                   gint64 from_ms,
                                   gint64 to_ms,
                                   gint64 *ret_mb,
                                   gint64 *ret_micros);

void easel_sim_ledger_put (EaselSimLedger *self, JsonBuilder *builder, gint64 now_ms);
gboolean easel_sim_ledger_load (EaselSimLedger *self, JsonObject *object, GError **error);

gint64 easel_sim_disk_rate (int disk_gb, int volume_gb, gboolean is_running);

G_END_DECLS
