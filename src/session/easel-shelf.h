/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-shelf-file.h"

G_BEGIN_DECLS

/* Models that outlive a pod. Owns shelf.json in its folder.
 * Signals: "changed", when the file has been read and after every change. */
#define EASEL_TYPE_SHELF (easel_shelf_get_type ())
G_DECLARE_FINAL_TYPE (EaselShelf, easel_shelf, EASEL, SHELF, GObject)

EaselShelf *easel_shelf_new (const char *folder);
void easel_shelf_flush (EaselShelf *self);
gboolean easel_shelf_is_loaded (EaselShelf *self);

GPtrArray *easel_shelf_get_models (EaselShelf *self);
guint64 easel_shelf_get_ticked_bytes (EaselShelf *self);
gboolean easel_shelf_put (EaselShelf *self, const EaselShelfModel *model);
gboolean easel_shelf_put_back (EaselShelf *self, const EaselShelfModel *model, guint n_behind);
guint easel_shelf_remove (EaselShelf *self, const char *folder, const char *name);
void
easel_shelf_set_ticked (EaselShelf *self, const char *folder, const char *name, gboolean is_ticked);

G_END_DECLS
