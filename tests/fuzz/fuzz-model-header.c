/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever a model file begins with, it is read or refused, and never read as larger than it is. */
#include "config.h"

#include "fuzz.h"

#include "easel-model-header.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  EaselModelHeader header;
  guint64 file_size;

  /* The first byte is what follows the header. */
  if (size < 1)
    return 0;
  bytes = g_bytes_new (data + 1, size - 1);
  file_size = EASEL_MODEL_PREFIX + (size - 1) + data[0];
  if (!easel_model_header_read (bytes, file_size, &header, &error))
    {
      g_assert_nonnull (error);
      return 0;
    }
  g_assert_no_error (error);
  g_assert_cmpuint (header.n_tensors, >, 0);
  g_assert_cmpuint (header.size, ==, file_size);
  g_assert_nonnull (easel_model_kind_id (header.kind));
  g_assert_nonnull (easel_model_base_id (header.base));
  return 0;
}
