/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-page.h"

G_BEGIN_DECLS

/* Signal "practise": the person wants the simulated cloud. */
#define EASEL_TYPE_PAGE_WELCOME (easel_page_welcome_get_type ())
G_DECLARE_FINAL_TYPE (EaselPageWelcome, easel_page_welcome, EASEL, PAGE_WELCOME, EaselPage)

GtkWidget *easel_page_welcome_new (EaselSession *session);

G_END_DECLS
