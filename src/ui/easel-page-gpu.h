/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-page.h"

G_BEGIN_DECLS

#define EASEL_TYPE_PAGE_GPU (easel_page_gpu_get_type ())
G_DECLARE_FINAL_TYPE (EaselPageGpu, easel_page_gpu, EASEL, PAGE_GPU, EaselPage)

GtkWidget *easel_page_gpu_new (EaselSession *session);

G_END_DECLS
