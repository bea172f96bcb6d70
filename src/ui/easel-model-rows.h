/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-model-row.h"
#include "easel-pod-models.h"

G_BEGIN_DECLS

EaselModelRow *easel_model_rows_take (GtkListBox *list,
                                      int index,
                                      const char *folder,
                                      const char *name,
                                      gboolean *ret_is_new);
void easel_model_rows_cut (GtkListBox *list, int n);
void easel_model_rows_sort (GPtrArray *files);

G_END_DECLS
