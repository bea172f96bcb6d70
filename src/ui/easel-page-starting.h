/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-page.h"

G_BEGIN_DECLS

#define EASEL_TYPE_PAGE_STARTING (easel_page_starting_get_type ())
G_DECLARE_FINAL_TYPE (EaselPageStarting, easel_page_starting, EASEL, PAGE_STARTING, EaselPage)

GtkWidget *easel_page_starting_new (EaselSession *session);
void easel_page_starting_set_deployment (EaselPageStarting *self, EaselDeployment *deployment);
void easel_page_starting_set_rent_error (EaselPageStarting *self, const GError *error);

G_END_DECLS
