/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-page.h"

G_BEGIN_DECLS

/* Signal "use-running": the person takes the GPU that already runs. */
#define EASEL_TYPE_PAGE_REVIEW (easel_page_review_get_type ())
G_DECLARE_FINAL_TYPE (EaselPageReview, easel_page_review, EASEL, PAGE_REVIEW, EaselPage)

GtkWidget *easel_page_review_new (EaselSession *session);

G_END_DECLS
