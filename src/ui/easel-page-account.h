/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-page.h"

G_BEGIN_DECLS

#define EASEL_TYPE_PAGE_ACCOUNT (easel_page_account_get_type ())
G_DECLARE_FINAL_TYPE (EaselPageAccount, easel_page_account, EASEL, PAGE_ACCOUNT, EaselPage)

GtkWidget *easel_page_account_new (EaselSession *session);

G_END_DECLS
