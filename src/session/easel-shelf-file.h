/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-model-kind.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define EASEL_SHELF_MAX 500

/**
 * EaselShelfModel:
 * @name: of the file, as the agent takes it
 * @folder: ComfyUI's: "loras"
 * @size: in bytes, 0 unknown
 * @sha256: (nullable): 64 hexadecimal digits
 * @kind: what it is for
 * @base: the family that it was made for
 * @link: (nullable): as it was pasted, without a token
 * @path: (nullable): on this computer
 * @modified: when the file at @path was written, in seconds since 1970, 0 unknown
 * @is_ticked: comes with every new GPU
 *
 * One remembered model. It has a @link, a @path or both.
 */
typedef struct
{
  char *name;
  char *folder;
  guint64 size;
  char *sha256;
  EaselModelKind kind;
  EaselModelBase base;
  char *link;
  char *path;
  gint64 modified;
  gboolean is_ticked;
} EaselShelfModel;

EaselShelfModel *easel_shelf_model_copy (const EaselShelfModel *self);
void easel_shelf_model_free (EaselShelfModel *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselShelfModel, easel_shelf_model_free)

GPtrArray *easel_shelf_file_parse (GBytes *bytes, GError **error);
GBytes *easel_shelf_file_to_bytes (GPtrArray *models);
guint64 easel_shelf_ticked_bytes (GPtrArray *models);
guint easel_shelf_count_ticked (GPtrArray *models);
EaselWorkloadSet
easel_shelf_workload_of (GPtrArray *models, const EaselShelfModel *model, EaselWorkloadSet set);
GPtrArray *easel_shelf_pick (GPtrArray *models, guint max);
GPtrArray *easel_shelf_find_misfits (GPtrArray *models, EaselWorkloadSet set);

G_END_DECLS
