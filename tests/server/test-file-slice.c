/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A part of a file: exactly that part, whoever else reads the file. */

#include "config.h"

#include "easel-error.h"
#include "easel-file-slice.h"
#include "easel-test-util.h"

#include <string.h>
#include <unistd.h>

#define SIZE 1000

typedef struct
{
  char *folder;           /* (owned) */
  char *path;             /* (owned) */
  GFileInputStream *file; /* (owned) */
  guint8 bytes[SIZE];
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GFile) file = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < SIZE; i++)
    self->bytes[i] = (guint8) (i * 7 + i / 256);
  self->folder = easel_test_make_folder ();
  self->path = g_build_filename (self->folder, "file", NULL);
  g_file_set_contents (self->path, (const char *) self->bytes, SIZE, &error);
  g_assert_no_error (error);
  file = g_file_new_for_path (self->path);
  self->file = g_file_read (file, NULL, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_assert_finalize_object (self->file);
  easel_test_remove_tree (self->folder);
  g_free (self->folder);
  g_free (self->path);
}

/* By @step bytes. */
static void
assert_reads (Fixture *self, EaselFileSlice *slice, gsize offset, gsize length, gsize step)
{
  guint8 buffer[SIZE];
  gsize n = 0;
  gssize n_read;
  g_autoptr (GError) error = NULL;

  while ((n_read = g_input_stream_read (G_INPUT_STREAM (slice), buffer + n, MIN (step, SIZE - n),
                                        NULL, &error)) > 0)
    n += (gsize) n_read;
  g_assert_no_error (error);
  g_assert_cmpmem (buffer, n, self->bytes + offset, length);
}

static void
test_parts (Fixture *self, gconstpointer data)
{
  static const gsize parts[][2] = { { 0, SIZE },  { 0, 1 },   { 0, 0 },
                                    { 300, 300 }, { 999, 1 }, { 1000, 0 } };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    for (gsize step = 1; step <= SIZE; step *= 10)
      {
        g_autoptr (EaselFileSlice) slice =
            easel_file_slice_new (self->file, parts[i][0], parts[i][1]);

        assert_reads (self, slice, parts[i][0], parts[i][1], step);
      }
}

/* Each finds its place, wherever the one before has left the file. */
static void
test_turns (Fixture *self, gconstpointer data)
{
  g_autoptr (EaselFileSlice) behind = easel_file_slice_new (self->file, 700, 100);
  g_autoptr (EaselFileSlice) slice = easel_file_slice_new (self->file, 200, 500);
  g_autoptr (EaselFileSlice) before = easel_file_slice_new (self->file, 0, 100);

  assert_reads (self, slice, 200, 500, 64);
  assert_reads (self, before, 0, 100, 64);
  assert_reads (self, behind, 700, 100, 64);
}

static void
test_shorter (Fixture *self, gconstpointer data)
{
  g_autoptr (EaselFileSlice) slice = easel_file_slice_new (self->file, 200, 500);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) fault = NULL;
  guint8 buffer[SIZE];

  g_assert_null (easel_file_slice_dup_fault (slice));
  g_assert_cmpint (truncate (self->path, 300), ==, 0);
  g_assert_cmpint (g_input_stream_read (G_INPUT_STREAM (slice), buffer, SIZE, NULL, &error), ==,
                   100);
  g_assert_cmpint (g_input_stream_read (G_INPUT_STREAM (slice), buffer, SIZE, NULL, &error), ==,
                   -1);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_FILE_CHANGED);
  fault = easel_file_slice_dup_fault (slice);
  g_assert_error (fault, EASEL_ERROR, EASEL_ERROR_FILE_CHANGED);
}

/* Whoever closes the slice leaves the file open. */
static void
test_closed (Fixture *self, gconstpointer data)
{
  g_autoptr (EaselFileSlice) slice = easel_file_slice_new (self->file, 0, 10);
  g_autoptr (EaselFileSlice) next = easel_file_slice_new (self->file, 10, 10);
  g_autoptr (GError) error = NULL;

  assert_reads (self, slice, 0, 10, 10);
  g_assert_true (g_input_stream_close (G_INPUT_STREAM (slice), NULL, &error));
  g_assert_no_error (error);
  assert_reads (self, next, 10, 10, 10);
}

static void
add (const char *path, void (*func) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, func, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("/file-slice/parts", test_parts);
  add ("/file-slice/turns", test_turns);
  add ("/file-slice/shorter", test_shorter);
  add ("/file-slice/closed", test_closed);

  return g_test_run ();
}
