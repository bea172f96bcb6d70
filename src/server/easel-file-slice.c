/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A part of a file as a stream of exactly its length: it ends where the part ends, and a file that
 * has become shorter is a fault, not an end. It remembers its fault, because libsoup may make
 * another one of it. The file is not its own: it is neither closed, nor left where it was.
 */
#include "config.h"

#include "easel-file-slice.h"

#include "easel-error.h"

struct _EaselFileSlice
{
  GInputStream parent_instance;

  GFileInputStream *file; /* (owned) */
  guint64 offset;
  guint64 left;
  gboolean has_begun;
  GError *fault; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (EaselFileSlice, easel_file_slice, G_TYPE_INPUT_STREAM)

static gssize
read_file (EaselFileSlice *self,
           void *buffer,
           gsize count,
           GCancellable *cancellable,
           GError **error)
{
  gssize n_read;

  if (!self->has_begun && !g_seekable_seek (G_SEEKABLE (self->file), (goffset) self->offset,
                                            G_SEEK_SET, cancellable, error))
    return -1;
  self->has_begun = TRUE;
  n_read = g_input_stream_read (G_INPUT_STREAM (self->file), buffer, count, cancellable, error);
  if (n_read == 0)
    easel_set_error (error, EASEL_ERROR_FILE_CHANGED, "the file has become shorter");
  return n_read;
}

static gssize
easel_file_slice_read (GInputStream *stream,
                       void *buffer,
                       gsize count,
                       GCancellable *cancellable,
                       GError **error)
{
  EaselFileSlice *self = EASEL_FILE_SLICE (stream);
  g_autoptr (GError) local_error = NULL;
  gssize n_read;

  count = (gsize) MIN (count, self->left);
  if (count == 0)
    return 0;
  n_read = read_file (self, buffer, count, cancellable, &local_error);
  if (n_read > 0)
    {
      self->left -= (guint64) n_read;
      return n_read;
    }
  if (easel_error_is_cancelled (local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return -1;
    }
  g_clear_error (&self->fault);
  self->fault = local_error->domain == EASEL_ERROR
                    ? g_error_copy (local_error)
                    : easel_error_new (EASEL_ERROR_UNREADABLE_FILE, "%s", local_error->message);
  g_propagate_error (error, g_error_copy (self->fault));
  return -1;
}

/* The file is somebody else's. */
static gboolean
easel_file_slice_close (GInputStream *stream, GCancellable *cancellable, GError **error)
{
  return TRUE;
}

static void
easel_file_slice_finalize (GObject *object)
{
  EaselFileSlice *self = EASEL_FILE_SLICE (object);

  g_clear_object (&self->file);
  g_clear_error (&self->fault);

  G_OBJECT_CLASS (easel_file_slice_parent_class)->finalize (object);
}

static void
easel_file_slice_class_init (EaselFileSliceClass *klass)
{
  GInputStreamClass *stream_class = G_INPUT_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = easel_file_slice_finalize;
  stream_class->read_fn = easel_file_slice_read;
  stream_class->close_fn = easel_file_slice_close;
}

static void
easel_file_slice_init (EaselFileSlice *self)
{
}

/**
 * easel_file_slice_new:
 * @file: what it is a part of; used by whoever reads the slice, so by nobody else meanwhile
 * @offset: where it begins
 * @length: in bytes
 *
 * Returns: (transfer full): a stream of so many bytes
 */
EaselFileSlice *
easel_file_slice_new (GFileInputStream *file, guint64 offset, guint64 length)
{
  EaselFileSlice *self;

  g_return_val_if_fail (G_IS_FILE_INPUT_STREAM (file), NULL);
  g_return_val_if_fail (offset <= G_MAXINT64 && length <= G_MAXINT64 - offset, NULL);

  self = g_object_new (EASEL_TYPE_FILE_SLICE, NULL);
  self->file = g_object_ref (file);
  self->offset = offset;
  self->left = length;
  return self;
}

/**
 * easel_file_slice_dup_fault:
 * @self: a slice that nobody reads right now
 *
 * Returns: (transfer full) (nullable): %EASEL_ERROR_UNREADABLE_FILE if the file could not be read,
 *   %EASEL_ERROR_FILE_CHANGED if it ended before the slice did
 */
GError *
easel_file_slice_dup_fault (EaselFileSlice *self)
{
  g_return_val_if_fail (EASEL_IS_FILE_SLICE (self), NULL);

  return self->fault != NULL ? g_error_copy (self->fault) : NULL;
}
