/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-shelf-file.h"

G_BEGIN_DECLS

/* Looks at what somebody wants to add, a link or a file, before anything is fetched or sent. */
#define EASEL_TYPE_MODEL_INSPECTOR (easel_model_inspector_get_type ())
G_DECLARE_FINAL_TYPE (EaselModelInspector, easel_model_inspector, EASEL, MODEL_INSPECTOR, GObject)

void easel_model_inspector_inspect_link_async (EaselModelInspector *self,
                                               const char *text,
                                               GCancellable *cancellable,
                                               GAsyncReadyCallback callback,
                                               gpointer user_data);
void easel_model_inspector_inspect_file_async (EaselModelInspector *self,
                                               GFile *file,
                                               GCancellable *cancellable,
                                               GAsyncReadyCallback callback,
                                               gpointer user_data);
EaselShelfModel *easel_model_inspector_inspect_finish (EaselModelInspector *self,
                                                       GAsyncResult *result,
                                                       GError **error);

G_END_DECLS
