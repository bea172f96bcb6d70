/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Reads the header of a model file on this computer: its beginning only, and never waiting. */

#include "config.h"

#include "easel-model-header.h"

#include "easel-error.h"

typedef struct
{
  GFileInputStream *stream; /* (owned) (nullable) */
  guint8 prefix[EASEL_MODEL_PREFIX];
  char *header; /* (owned) (nullable) */
  gsize length;
  guint64 size;
  gint64 modified;
  EaselModelHeader result;
} ReadData;

static void
read_data_free (ReadData *data)
{
  g_clear_object (&data->stream);
  g_free (data->header);
  g_free (data);
}

static void on_opened (GObject *source, GAsyncResult *result, gpointer user_data);
static void on_size_known (GObject *source, GAsyncResult *result, gpointer user_data);
static void on_prefix_read (GObject *source, GAsyncResult *result, gpointer user_data);
static void on_header_read (GObject *source, GAsyncResult *result, gpointer user_data);

/**
 * easel_model_file_read_header_async:
 * @file: a .safetensors file
 * @cancellable: (nullable): a #GCancellable
 * @callback: called when it has been read
 * @user_data: for @callback
 *
 * Reads what @file says about itself, without the tensors.
 */
void
easel_model_file_read_header_async (GFile *file,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (G_IS_FILE (file));

  task = g_task_new (file, cancellable, callback, user_data);
  g_task_set_source_tag (task, easel_model_file_read_header_async);
  g_task_set_task_data (task, g_new0 (ReadData, 1), (GDestroyNotify) read_data_free);
  g_file_read_async (file, G_PRIORITY_DEFAULT, cancellable, on_opened, g_steal_pointer (&task));
}

/* The file's own troubles (gone, not allowed) are this computer's. */
static void
return_file_error (GTask *task, GError *error)
{
  if (easel_error_is_cancelled (error))
    g_task_return_error (task, error);
  else
    {
      g_task_return_new_error (task, EASEL_ERROR, EASEL_ERROR_UNREADABLE_FILE, "%s",
                               error->message);
      g_error_free (error);
    }
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  ReadData *data = g_task_get_task_data (task);
  GError *error = NULL;

  data->stream = g_file_read_finish (G_FILE (source), result, &error);
  if (data->stream == NULL)
    {
      return_file_error (task, error);
      return;
    }
  g_file_input_stream_query_info_async (data->stream,
                                        G_FILE_ATTRIBUTE_STANDARD_SIZE
                                        "," G_FILE_ATTRIBUTE_TIME_MODIFIED,
                                        G_PRIORITY_DEFAULT, g_task_get_cancellable (task),
                                        on_size_known, g_object_ref (task));
}

static void
on_size_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  ReadData *data = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GFileInfo) info =
      g_file_input_stream_query_info_finish (G_FILE_INPUT_STREAM (source), result, &error);

  if (info == NULL)
    {
      return_file_error (task, error);
      return;
    }
  data->size = (guint64) MAX (g_file_info_get_size (info), 0);
  data->modified = (gint64) g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_TIME_MODIFIED);
  g_input_stream_read_all_async (G_INPUT_STREAM (source), data->prefix, sizeof data->prefix,
                                 G_PRIORITY_DEFAULT, g_task_get_cancellable (task), on_prefix_read,
                                 g_object_ref (task));
}

static void
on_prefix_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  ReadData *data = g_task_get_task_data (task);
  GError *error = NULL;
  gsize n_read = 0;

  if (!g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &n_read, &error))
    {
      return_file_error (task, error);
      return;
    }
  if (n_read < sizeof data->prefix)
    {
      g_task_return_new_error (task, EASEL_ERROR, EASEL_ERROR_NOT_A_MODEL,
                               "safetensors: shorter than its own length");
      return;
    }
  if (!easel_model_header_length (data->prefix, data->size, &data->length, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  data->header = g_malloc (data->length);
  g_input_stream_read_all_async (G_INPUT_STREAM (source), data->header, data->length,
                                 G_PRIORITY_DEFAULT, g_task_get_cancellable (task), on_header_read,
                                 g_object_ref (task));
}

static void
on_header_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  ReadData *data = g_task_get_task_data (task);
  g_autoptr (GBytes) header = NULL;
  GError *error = NULL;
  gsize n_read = 0;

  if (!g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &n_read, &error))
    {
      return_file_error (task, error);
      return;
    }
  if (n_read < data->length)
    {
      g_task_return_new_error (task, EASEL_ERROR, EASEL_ERROR_INCOMPLETE_MODEL,
                               "safetensors: ended while it was read");
      return;
    }
  header = g_bytes_new_take (g_steal_pointer (&data->header), data->length);
  if (easel_model_header_read (header, data->size, &data->result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * easel_model_file_read_header_finish:
 * @result: what the callback was given
 * @ret_header: (out): what the file says
 * @error: %EASEL_ERROR_NOT_A_MODEL, %EASEL_ERROR_INCOMPLETE_MODEL, %EASEL_ERROR_UNREADABLE_FILE or
 *   %G_IO_ERROR_CANCELLED
 *
 * Returns: whether it is a complete model
 */
gboolean
easel_model_file_read_header_finish (GAsyncResult *result,
                                     EaselModelHeader *ret_header,
                                     GError **error)
{
  ReadData *data;

  g_return_val_if_fail (G_IS_TASK (result), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, easel_model_file_read_header_async),
                        FALSE);
  g_return_val_if_fail (ret_header != NULL, FALSE);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  data = g_task_get_task_data (G_TASK (result));
  *ret_header = data->result;
  ret_header->modified = data->modified;
  return TRUE;
}
