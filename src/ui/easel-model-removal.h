/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-pod-models.h"
#include "easel-question.h"

G_BEGIN_DECLS

EaselQuestion *easel_model_removal_new (GtkWindow *parent,
                                        EaselPodModels *pod,
                                        const char *gpu_name,
                                        const char *folder,
                                        const char *name,
                                        gboolean is_on_list);

G_END_DECLS
