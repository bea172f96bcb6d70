/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-model-kind.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* A file begins with the length of its header, 8 bytes, little-endian. */
#define EASEL_MODEL_PREFIX 8
#define EASEL_MODEL_MAX_HEADER (16 * 1024 * 1024)

/**
 * EaselModelHeader:
 * @kind: what it is for
 * @base: the family that it was made for
 * @size: of the whole file
 * @n_tensors: how many there are in it
 * @modified: when it was written, in seconds since 1970; 0 unless it is a file on this computer
 *
 * What the beginning of a .safetensors file says: a plain value.
 */
typedef struct
{
  EaselModelKind kind;
  EaselModelBase base;
  guint64 size;
  guint n_tensors;
  gint64 modified;
} EaselModelHeader;

gboolean easel_model_header_length (const guint8 *prefix,
                                    guint64 file_size,
                                    gsize *ret_length,
                                    GError **error);
gboolean easel_model_header_read (GBytes *header,
                                  guint64 file_size,
                                  EaselModelHeader *ret_header,
                                  GError **error);

void easel_model_file_read_header_async (GFile *file,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
gboolean easel_model_file_read_header_finish (GAsyncResult *result,
                                              EaselModelHeader *ret_header,
                                              GError **error);

G_END_DECLS
