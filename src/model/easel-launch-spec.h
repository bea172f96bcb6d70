/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-agent-plan.h"
#include "easel-limits.h"
#include "easel-offer.h"
#include "easel-template.h"
#include "easel-workload.h"

G_BEGIN_DECLS

/**
 * EaselLaunchSpec:
 * @name: unique name, set for each create anew
 * @offer: what is rented
 * @template: what runs on it
 * @image: (nullable): image instead of the template's
 * @workload: what it paints
 * @start_sooner: one model only
 * @start_arguments: (nullable): command and arguments in the container, %NULL for the template's
 * @disk_gb: container disk
 * @workspace_gb: lasting disk
 * @need_cuda: host driver floor, 0 for none
 * @need_ram_mib: system memory floor, 0 for none
 * @limits: when it ends
 * @max_price: most per hour when the offer is gone and the next best is taken
 * @download_bytes: what the first start downloads
 * @shelf_bytes: how much of it is the person's own models
 * @agent: (nullable): the agent in the pod, made anew for each create; %NULL for none
 *
 * Everything that one click on Rent means.
 */
typedef struct
{
  char *name;
  EaselOffer *offer;
  EaselTemplate *template;
  char *image;
  EaselWorkloadSet workload;
  gboolean start_sooner;
  char **start_arguments;
  guint disk_gb;
  guint workspace_gb;
  guint need_cuda;
  guint need_ram_mib;
  EaselLimits limits;
  gint64 max_price;
  guint64 download_bytes;
  guint64 shelf_bytes;
  EaselAgentPlan *agent;
} EaselLaunchSpec;

EaselLaunchSpec *easel_launch_spec_new (void);
EaselLaunchSpec *easel_launch_spec_copy (const EaselLaunchSpec *self);
void easel_launch_spec_free (EaselLaunchSpec *self);
gint64 easel_launch_spec_price (const EaselLaunchSpec *self);
gint64 easel_launch_spec_worst_case (const EaselLaunchSpec *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselLaunchSpec, easel_launch_spec_free)

G_END_DECLS
