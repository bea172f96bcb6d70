/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-image-tag.h"
#include "easel-plan.h"

G_BEGIN_DECLS

/* What is started when neither a template nor the public list of tags answers: the newest image of
 * which the author's sources speak (Dockerfile of 2026-06-28). The one place that names a tag. */
#define EASEL_PLAN_DEFAULT_IMAGE EASEL_IMAGE_REPOSITORY ":v1.52.0"

/* The author's template came: used, but not remembered as the person's choice. */
void _easel_plan_take_default_template (EaselPlan *self, EaselTemplate *template);
/* The recommended offer: used, but the person's own choice is told apart from it. */
void _easel_plan_take_offer (EaselPlan *self, EaselOffer *offer);
/* The same offer with newer figures. */
void _easel_plan_refresh_offer (EaselPlan *self, EaselOffer *offer);
gboolean _easel_plan_is_offer_chosen (EaselPlan *self);
/* Remembered for "Rent the Same Again"; the choices stay. */
void _easel_plan_note_rented (EaselPlan *self, const EaselLaunchSpec *spec);

/* For easel-plan-launch.c. */
const char *const *_easel_plan_get_public_tags (EaselPlan *self);
guint _easel_plan_get_home_regions (EaselPlan *self);

G_END_DECLS
