/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * EaselFileMark:
 * @size: in bytes, 0 if nobody has looked
 * @modified_us: when it was written last
 *
 * What a file was like when somebody looked.
 */
typedef struct
{
  guint64 size;
  gint64 modified_us;
} EaselFileMark;

gboolean easel_file_mark_equal (const EaselFileMark *one, const EaselFileMark *other);
char *easel_file_mark_dup_id (const EaselFileMark *self);

/* A file of this computer that is going to be sent to a pod. */
void easel_sent_file_open_async (GFile *file,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
GFileInputStream *
easel_sent_file_open_finish (GAsyncResult *result, EaselFileMark *ret_mark, GError **error);
gboolean easel_sent_file_has_changed (GFile *file, const EaselFileMark *mark);

G_END_DECLS
