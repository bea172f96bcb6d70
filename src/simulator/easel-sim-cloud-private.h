/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-sim-cloud.h"

G_BEGIN_DECLS

struct _EaselSimCloud
{
  EaselSimClock *clock;     /* (unowned) */
  EaselSimCatalog *catalog; /* (unowned) */
  guint64 seed;
  guint64 serial; /* of the last pod */
  char **image_tags;
  GPtrArray *pods;      /* (element-type EaselSimPod): oldest first, deleted ones too */
  GHashTable *by_id;    /* (element-type utf8 EaselSimPod) */
  GHashTable *accounts; /* (element-type utf8 EaselSimAccount) */
  guint n_changes;
};

EaselSimAccount *
_easel_sim_cloud_add_account (EaselSimCloud *self, const char *id, gint64 balance_micros);
void _easel_sim_cloud_add_pod (EaselSimCloud *self, EaselSimPod *pod);

EaselSimPod *_easel_sim_pod_new (void);
EaselSimPod *_easel_sim_pod_from_order (EaselSimCatalog *catalog,
                                        const char *account,
                                        const EaselSimOrder *order,
                                        guint64 chance,
                                        gint64 now);
void _easel_sim_pod_free (EaselSimPod *pod);
void _easel_sim_pod_plan (EaselSimPod *pod, guint64 seed, char **image_tags);
void _easel_sim_pod_keep_volume (EaselSimPod *pod, gint64 now);

G_END_DECLS
