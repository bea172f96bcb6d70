/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-account.h"
#include "easel-http.h"
#include "easel-plan.h"

G_BEGIN_DECLS

/* Keeps the plan supplied with a template and with the public tags of its image. Signal "changed"
 * when a search began or ended. */
#define EASEL_TYPE_TEMPLATE_LOADER (easel_template_loader_get_type ())
G_DECLARE_FINAL_TYPE (EaselTemplateLoader, easel_template_loader, EASEL, TEMPLATE_LOADER, GObject)

/* @accounts: (element-type EaselAccount) */
EaselTemplateLoader *easel_template_loader_new (EaselHttp *http,
                                                EaselClock *clock,
                                                GPtrArray *accounts,
                                                EaselPlan *plan,
                                                const char *image_tags_uri);
void easel_template_loader_load (EaselTemplateLoader *self);
gboolean easel_template_loader_is_loading (EaselTemplateLoader *self);
const GError *easel_template_loader_get_error (EaselTemplateLoader *self);
EaselAccount *easel_template_loader_get_account (EaselTemplateLoader *self);

G_END_DECLS
