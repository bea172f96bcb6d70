/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-model-inspector.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* One model on its way to a GPU on which no helper runs. */
#define EASEL_TYPE_MODEL_FALLBACK (easel_model_fallback_get_type ())
G_DECLARE_FINAL_TYPE (EaselModelFallback, easel_model_fallback, EASEL, MODEL_FALLBACK, GtkBox)

GtkWidget *easel_model_fallback_new (EaselModelInspector *inspector,
                                     const EaselShelfModel *model,
                                     const char *address,
                                     gboolean is_krita_image,
                                     const char *provider_name);

G_END_DECLS
