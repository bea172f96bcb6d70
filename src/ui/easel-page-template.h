/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-page.h"

G_BEGIN_DECLS

#define EASEL_TYPE_PAGE_TEMPLATE (easel_page_template_get_type ())
G_DECLARE_FINAL_TYPE (EaselPageTemplate, easel_page_template, EASEL, PAGE_TEMPLATE, EaselPage)

GtkWidget *easel_page_template_new (EaselSession *session);

G_END_DECLS
