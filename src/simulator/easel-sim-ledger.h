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

typedef struct _EaselSimLedger EaselSimLedger;

EaselSimLedger *easel_sim_ledger_new (void);
void easel_sim_ledger_free (EaselSimLedger *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselSimLedger, easel_sim_ledger_free)

void
easel_sim_ledger_charge (EaselSimLedger *self, gint64 at_ms, gint64 gpu_rate, gint64 disk_rate);
void easel_sim_ledger_close (EaselSimLedger *self, gint64 at_ms);
gboolean easel_sim_ledger_is_open (EaselSimLedger *self);
gint64 easel_sim_ledger_get_rate (EaselSimLedger *self);
gint64 easel_sim_ledger_get_total (EaselSimLedger *self, gint64 now_ms);
void easel_sim_ledger_get_within (EaselSimLedger *self,
                                  gint64 from_ms,
                                  gint64 to_ms,
                                  gint64 *ret_total,
                                  gint64 *ret_disk);

void easel_sim_ledger_put (EaselSimLedger *self, JsonBuilder *builder, gint64 now_ms);
gboolean easel_sim_ledger_load (EaselSimLedger *self, JsonArray *intervals, GError **error);

gint64 easel_sim_disk_rate (int disk_gb, int volume_gb, gboolean is_running);

G_END_DECLS
