/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-shelf.h"

G_BEGIN_DECLS

/* Whether those files of the shelf that lie on this computer can still be sent. Signal "changed".
 */
#define EASEL_TYPE_SHELF_FILES (easel_shelf_files_get_type ())
G_DECLARE_FINAL_TYPE (EaselShelfFiles, easel_shelf_files, EASEL, SHELF_FILES, GObject)

/**
 * EaselFileTrouble:
 * @EASEL_FILE_FINE: there, or not asked yet, or no answer
 * @EASEL_FILE_CHANGED: another one than was added; it is taken
 * @EASEL_FILE_GONE: not there any more
 * @EASEL_FILE_UNREADABLE: there, but this person may not read it
 * @EASEL_FILE_DAMAGED: there, but no model any more
 * @EASEL_FILE_CUT: there, but its end is missing
 *
 * What is wrong with a file. All from @EASEL_FILE_GONE on cannot be sent.
 */
typedef enum
{
  EASEL_FILE_FINE,
  EASEL_FILE_CHANGED,
  EASEL_FILE_GONE,
  EASEL_FILE_UNREADABLE,
  EASEL_FILE_DAMAGED,
  EASEL_FILE_CUT
} EaselFileTrouble;

EaselShelfFiles *easel_shelf_files_new (EaselShelf *shelf);
void easel_shelf_files_check (EaselShelfFiles *self);
EaselFileTrouble easel_shelf_files_get_trouble (EaselShelfFiles *self,
                                                const EaselShelfModel *model);
GPtrArray *easel_shelf_files_find_lost (EaselShelfFiles *self);
void easel_shelf_files_leave_lost_out (EaselShelfFiles *self);
gboolean easel_shelf_files_replace (EaselShelfFiles *self,
                                    const EaselShelfModel *old,
                                    const EaselShelfModel *found);

G_END_DECLS
