/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-sim-cloud.h"

G_BEGIN_DECLS

struct _EaselSimCloud
{
  EaselSimClock *clock;     /* (unowned) */
  EaselSimCatalog *catalog; /* (unowned) */
  EaselSimMarket *market;   /* (unowned) */
  guint64 seed;
  guint64 serial; /* of the last pod */
  char **image_tags;
  GPtrArray *pods;      /* (element-type EaselSimPod): oldest first, deleted ones too */
  GHashTable *by_id;    /* (element-type utf8 EaselSimPod) */
  GHashTable *accounts; /* (element-type utf8 EaselSimAccount) */
  gint64 settled_ms;    /* until when all accounts are known to be able to pay */
  guint n_changes;
  EaselSimEnder ender; /* (nullable) */
  gpointer ender_data;
};

EaselSimAccount *_easel_sim_cloud_add_account (EaselSimCloud *self,
                                               EaselSimHouse house,
                                               const char *id,
                                               gint64 balance_micros);
gint64 _easel_sim_cloud_get_spent (EaselSimCloud *self, const EaselSimAccount *account, gint64 now);
void _easel_sim_cloud_begin_run (EaselSimCloud *self,
                                 EaselSimPod *pod,
                                 EaselSimRunKind kind,
                                 gint64 now);
EaselSimVerdict _easel_sim_cloud_try_start (EaselSimCloud *self, EaselSimPod *pod, gint64 now);
void _easel_sim_cloud_halt (EaselSimCloud *self, EaselSimPod *pod, gint64 now);
void _easel_sim_cloud_discard (EaselSimCloud *self, EaselSimPod *pod, gint64 now);
void _easel_sim_cloud_add_pod (EaselSimCloud *self, EaselSimPod *pod);

EaselSimPod *_easel_sim_pod_new (void);
EaselSimPod *_easel_sim_pod_from_order (EaselSimCatalog *catalog,
                                        const EaselSimAccount *account,
                                        const EaselSimOrder *order,
                                        guint64 serial,
                                        guint64 chance,
                                        gint64 now);
void _easel_sim_pod_free (EaselSimPod *pod);
void _easel_sim_pod_plan (EaselSimPod *pod, guint64 seed, char **image_tags);
void _easel_sim_pod_charge (EaselSimPod *pod, gint64 now);
void _easel_sim_pod_bill_loads (EaselSimPod *pod, gint64 now, gboolean with_rest);
void _easel_sim_pod_keep_volume (EaselSimPod *pod, gint64 now);

G_END_DECLS
