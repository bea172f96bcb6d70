/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-page.h"

G_BEGIN_DECLS

#define EASEL_TYPE_PAGE_READY (easel_page_ready_get_type ())
G_DECLARE_FINAL_TYPE (EaselPageReady, easel_page_ready, EASEL, PAGE_READY, EaselPage)

GtkWidget *easel_page_ready_new (EaselSession *session);
void easel_page_ready_set_deployment (EaselPageReady *self, EaselDeployment *deployment);

G_END_DECLS
