/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What the tests of uploads share: a file whose bytes tell where they belong, and a server.
 */

#include "config.h"

#include "upload-stage.h"

#include "easel-test-util.h"

#include <unistd.h>

void
upload_stage_set_up (UploadStage *self, gsize size)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  self->server = easel_test_server_new ();
  self->clock = easel_manual_clock_new (G_GINT64_CONSTANT (1795000000000));
  self->http = easel_http_new (self->clock, NULL);
  self->folder = easel_test_make_folder ();
  self->contents = g_malloc (size + 1);
  for (gsize i = 0; i < size; i++)
    self->contents[i] = (char) ('a' + i % 23);
  self->contents[size] = '\0';
  path = g_build_filename (self->folder, "ink.safetensors", NULL);
  g_file_set_contents (path, self->contents, (gssize) size, &error);
  g_assert_no_error (error);
  self->file = g_file_new_for_path (path);
}

void
upload_stage_tear_down (UploadStage *self)
{
  g_object_unref (self->file);
  g_assert_finalize_object (self->http);
  g_object_unref (self->clock);
  easel_test_server_free (self->server);
  easel_test_remove_tree (self->folder);
  g_free (self->folder);
  g_free (self->contents);
}

void
upload_stage_cut (UploadStage *self, goffset length)
{
  g_autofree char *path = g_file_get_path (self->file);

  g_assert_cmpint (truncate (path, length), ==, 0);
}

void
upload_stage_set_time (UploadStage *self, gint64 seconds)
{
  const gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  g_assert_true (g_file_set_attribute_uint64 (self->file, G_FILE_ATTRIBUTE_TIME_MODIFIED,
                                              (guint64) (now + seconds), G_FILE_QUERY_INFO_NONE,
                                              NULL, NULL));
}

char *
upload_stage_sum (UploadStage *self, gsize length)
{
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) self->contents, length);
}
