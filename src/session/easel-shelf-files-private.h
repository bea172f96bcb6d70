/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-shelf-files.h"

G_BEGIN_DECLS

/* Asks the disk, as g_file_query_info_async() does. */
typedef void (*EaselShelfFilesAsk) (GFile *file,
                                    const char *attributes,
                                    GFileQueryInfoFlags flags,
                                    int io_priority,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);

void _easel_shelf_files_set_ask (EaselShelfFiles *self, EaselShelfFilesAsk ask);
/* Of how many folders an answer is awaited. */
guint _easel_shelf_files_count_busy (EaselShelfFiles *self);

G_END_DECLS
