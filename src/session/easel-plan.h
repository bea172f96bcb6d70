/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-launch-spec.h"
#include "easel-offer-query.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The person's choices, on their way to a launch. Remembered in GSettings; signal "changed" after
 * any change. Knows nothing of networks. */
#define EASEL_TYPE_PLAN (easel_plan_get_type ())
G_DECLARE_FINAL_TYPE (EaselPlan, easel_plan, EASEL, PLAN, GObject)

EaselPlan *easel_plan_new (GSettings *settings);

const char *easel_plan_get_provider_id (EaselPlan *self);
void easel_plan_set_provider_id (EaselPlan *self, const char *provider_id);
EaselWorkloadSet easel_plan_get_workload (EaselPlan *self);
void easel_plan_set_workload (EaselPlan *self, EaselWorkloadSet workload);
gboolean easel_plan_get_start_sooner (EaselPlan *self);
void easel_plan_set_start_sooner (EaselPlan *self, gboolean start_sooner);
EaselTemplate *easel_plan_get_template (EaselPlan *self);
void easel_plan_set_template (EaselPlan *self, EaselTemplate *template);
const char *easel_plan_get_template_id (EaselPlan *self);
EaselOffer *easel_plan_get_offer (EaselPlan *self);
void easel_plan_set_offer (EaselPlan *self, EaselOffer *offer);
const EaselLimits *easel_plan_get_limits (EaselPlan *self);
void easel_plan_set_limits (EaselPlan *self, const EaselLimits *limits);
guint easel_plan_find_home_regions (void);
guint easel_plan_get_home_region (EaselPlan *self);
void easel_plan_set_home_region (EaselPlan *self, guint region);
guint easel_plan_get_overprice_percent (EaselPlan *self);
void easel_plan_set_overprice_percent (EaselPlan *self, guint percent);
void easel_plan_set_public_tags (EaselPlan *self, const char *const *tags);
void easel_plan_set_plugin_version (EaselPlan *self, guint plugin_version);
guint easel_plan_get_plugin_version (EaselPlan *self);
/* What every new pod fetches of the person's own models. */
guint64 easel_plan_get_shelf_bytes (EaselPlan *self);
void easel_plan_set_shelf_bytes (EaselPlan *self, guint64 shelf_bytes);
gboolean easel_plan_takes_shelf (EaselPlan *self);

void easel_plan_get_needs (EaselPlan *self, EaselWorkloadNeeds *ret_needs);
guint easel_plan_get_disk_gb (EaselPlan *self);
guint easel_plan_get_workspace_gb (EaselPlan *self);
char *easel_plan_dup_image (EaselPlan *self);
void easel_plan_fill_query (EaselPlan *self, EaselOfferQuery *query);
gint64 easel_plan_get_max_price (EaselPlan *self);
EaselLaunchSpec *easel_plan_build_spec (EaselPlan *self);
/* What was rented becomes the choice. That it was rented EaselSession remembers by itself, for
 * "Rent the Same Again". */
void easel_plan_adopt_spec (EaselPlan *self, const EaselLaunchSpec *spec);
/* (nullable): id of the offer rented last, and its price per hour; NULL and 0 before the first. */
const char *easel_plan_get_last_offer_id (EaselPlan *self);
gint64 easel_plan_get_last_price (EaselPlan *self);

G_END_DECLS
