/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-shelf-files.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* One remembered model: whether it comes with every new GPU, what it is, Remove. Signals "ticked"
 * (gboolean), "remove" and "find" (where the file is now). */
#define EASEL_TYPE_SHELF_ROW (easel_shelf_row_get_type ())
G_DECLARE_FINAL_TYPE (EaselShelfRow, easel_shelf_row, EASEL, SHELF_ROW, GtkListBoxRow)

GtkWidget *easel_shelf_row_new (void);
void easel_shelf_row_set_compact (EaselShelfRow *self);
void easel_shelf_row_show (EaselShelfRow *self,
                           const EaselShelfModel *model,
                           EaselWorkloadSet workload,
                           EaselFileTrouble trouble);
void easel_shelf_row_focus (EaselShelfRow *self);
void easel_shelf_row_toggle (EaselShelfRow *self);
const EaselShelfModel *easel_shelf_row_get_model (EaselShelfRow *self);
gboolean easel_shelf_row_is_of (EaselShelfRow *self, const EaselShelfModel *model);

G_END_DECLS
