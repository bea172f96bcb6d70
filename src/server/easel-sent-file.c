/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opens a file of this computer that is going to be sent, measures it, and tells whether it is
 * still the same. An empty one is refused here, before anybody is asked for room. Keeps nothing.
 */
#include "config.h"

#include "easel-sent-file.h"

#include "easel-error.h"

#define ATTRIBUTES                                                                                 \
  G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_TIME_MODIFIED                                \
                                 "," G_FILE_ATTRIBUTE_TIME_MODIFIED_USEC

static void on_opened (GObject *source, GAsyncResult *result, gpointer user_data);
static void on_measured (GObject *source, GAsyncResult *result, gpointer user_data);

/**
 * easel_file_mark_equal:
 * @one: a mark
 * @other: a mark
 *
 * Returns: whether both are of the same file, as far as that can be told without reading it
 */
gboolean
easel_file_mark_equal (const EaselFileMark *one, const EaselFileMark *other)
{
  g_return_val_if_fail (one != NULL && other != NULL, FALSE);

  return one->size == other->size && one->modified_us == other->modified_us;
}

/**
 * easel_file_mark_dup_id:
 * @self: a mark
 *
 * Returns: (transfer full): 64 digits that are the same for the same file, so that an agent goes on
 *   with what came of that one and with nothing else. They tell nothing of it.
 */
char *
easel_file_mark_dup_id (const EaselFileMark *self)
{
  g_autofree char *text = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  text = g_strdup_printf ("file %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT, self->size,
                          self->modified_us);
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
}

static void
read_mark (GFileInfo *info, EaselFileMark *mark)
{
  const guint64 seconds = g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_TIME_MODIFIED);

  mark->size = (guint64) MAX (g_file_info_get_size (info), 0);
  mark->modified_us = (gint64) seconds * G_USEC_PER_SEC +
                      g_file_info_get_attribute_uint32 (info, G_FILE_ATTRIBUTE_TIME_MODIFIED_USEC);
}

/* Takes @task and @error. */
static void
fail (GTask *task, GError *error)
{
  if (easel_error_is_cancelled (error))
    g_task_return_error (task, error);
  else
    {
      g_task_return_new_error (task, EASEL_ERROR, EASEL_ERROR_UNREADABLE_FILE, "%s",
                               error->message);
      g_error_free (error);
    }
  g_object_unref (task);
}

/**
 * easel_sent_file_open_async:
 * @file: on this computer
 * @cancellable: (nullable): a #GCancellable
 * @callback: called when it is open
 * @user_data: for @callback
 *
 * Opens a file that is going to be sent.
 */
void
easel_sent_file_open_async (GFile *file,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task;

  g_return_if_fail (G_IS_FILE (file));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, easel_sent_file_open_async);
  g_file_read_async (file, G_PRIORITY_DEFAULT, cancellable, on_opened, task);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  GError *error = NULL;
  GFileInputStream *stream = g_file_read_finish (G_FILE (source), result, &error);

  if (stream == NULL)
    {
      fail (task, error);
      return;
    }
  g_file_input_stream_query_info_async (stream, ATTRIBUTES, G_PRIORITY_DEFAULT,
                                        g_task_get_cancellable (task), on_measured, task);
  /* It lives as long as somebody asks. */
  g_object_unref (stream);
}

static void
on_measured (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  GError *error = NULL;
  g_autoptr (GFileInfo) info =
      g_file_input_stream_query_info_finish (G_FILE_INPUT_STREAM (source), result, &error);
  EaselFileMark *mark;

  if (info == NULL)
    {
      fail (task, error);
      return;
    }
  mark = g_new (EaselFileMark, 1);
  read_mark (info, mark);
  g_task_set_task_data (task, mark, g_free);
  if (mark->size == 0)
    g_task_return_new_error (task, EASEL_ERROR, EASEL_ERROR_NOT_A_MODEL, "the file is empty");
  else
    g_task_return_pointer (task, g_object_ref (source), g_object_unref);
  g_object_unref (task);
}

/**
 * easel_sent_file_open_finish:
 * @result: what the callback was given
 * @ret_mark: (out): what it is like; at least one byte long
 * @error: %EASEL_ERROR_UNREADABLE_FILE, %EASEL_ERROR_NOT_A_MODEL if it is empty, or
 *   %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): the file, open
 */
GFileInputStream *
easel_sent_file_open_finish (GAsyncResult *result, EaselFileMark *ret_mark, GError **error)
{
  GFileInputStream *stream;

  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, easel_sent_file_open_async), NULL);
  g_return_val_if_fail (ret_mark != NULL, NULL);

  stream = g_task_propagate_pointer (G_TASK (result), error);
  if (stream != NULL)
    *ret_mark = *(const EaselFileMark *) g_task_get_task_data (G_TASK (result));
  return stream;
}

/**
 * easel_sent_file_has_changed:
 * @file: one that was opened
 * @mark: what it was like then
 *
 * Asks the disk and waits for it: for a thread that reads the file anyhow. One that was moved away
 * is still open, and the same.
 *
 * Returns: whether it was written to, or another one has taken its place
 */
gboolean
easel_sent_file_has_changed (GFile *file, const EaselFileMark *mark)
{
  g_autoptr (GFileInfo) info = NULL;
  EaselFileMark now;

  g_return_val_if_fail (G_IS_FILE (file), FALSE);
  g_return_val_if_fail (mark != NULL, FALSE);

  info = g_file_query_info (file, ATTRIBUTES, G_FILE_QUERY_INFO_NONE, NULL, NULL);
  if (info == NULL)
    return FALSE;
  read_mark (info, &now);
  return !easel_file_mark_equal (&now, mark);
}
