/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A part of a file, as a stream. */
#define EASEL_TYPE_FILE_SLICE (easel_file_slice_get_type ())
G_DECLARE_FINAL_TYPE (EaselFileSlice, easel_file_slice, EASEL, FILE_SLICE, GInputStream)

EaselFileSlice *easel_file_slice_new (GFileInputStream *file, guint64 offset, guint64 length);
GError *easel_file_slice_dup_fault (EaselFileSlice *self);

G_END_DECLS
