/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shelf over restarts, and with files that are damaged, foreign or late. */
#include "config.h"

#include "easel-shelf.h"
#include "easel-test-util.h"
#include "stub-provider.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = easel_test_make_folder ();
  self->path = g_build_filename (self->folder, "shelf.json", NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  easel_test_pump ();
  easel_test_remove_tree (self->folder);
  g_free (self->path);
  g_free (self->folder);
}

static void
on_changed (gboolean *changed)
{
  *changed = TRUE;
}

static void
wait_for_load (EaselShelf *shelf)
{
  gboolean changed = FALSE;
  gulong handler = g_signal_connect_swapped (shelf, "changed", G_CALLBACK (on_changed), &changed);

  easel_test_wait_flag (&changed);
  g_signal_handler_disconnect (shelf, handler);
}

static EaselShelf *
open_shelf (Fixture *self)
{
  EaselShelf *shelf = easel_shelf_new (self->folder);

  wait_for_load (shelf);
  return shelf;
}

static gboolean
put (EaselShelf *shelf, const char *name, guint64 size)
{
  const EaselShelfModel model = { .name = (char *) name,
                                  .folder = (char *) "loras",
                                  .size = size,
                                  .path = (char *) "/a.sft",
                                  .is_ticked = TRUE };

  return easel_shelf_put (shelf, &model);
}

static const char *
name_at (EaselShelf *shelf, guint index)
{
  const EaselShelfModel *model = g_ptr_array_index (easel_shelf_get_models (shelf), index);

  return model->name;
}

static void
test_restart (Fixture *self, gconstpointer data)
{
  EaselShelf *shelf = open_shelf (self);
  GStatBuf info;

  g_assert_true (put (shelf, "a.sft", 1));
  g_assert_true (put (shelf, "b.sft", 2));
  g_assert_true (put (shelf, "c.sft", 4));
  g_assert_true (put (shelf, "a.sft", 8));
  easel_shelf_remove (shelf, "loras", "b.sft");
  easel_shelf_set_ticked (shelf, "loras", "c.sft", FALSE);
  /* At once, before any write in the background has come to an end. */
  stub_assert_finalizes (shelf);
  g_assert_cmpint (g_stat (self->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);

  shelf = open_shelf (self);
  g_assert_cmpuint (easel_shelf_get_models (shelf)->len, ==, 2);
  g_assert_cmpstr (name_at (shelf, 0), ==, "c.sft");
  g_assert_cmpstr (name_at (shelf, 1), ==, "a.sft");
  g_assert_cmpuint (easel_shelf_get_ticked_bytes (shelf), ==, 8);
  stub_assert_finalizes (shelf);
}

/* What comes meanwhile comes in front, and what was behind it may have gone. */
static void
test_put_back (Fixture *self, gconstpointer data)
{
  EaselShelf *shelf = open_shelf (self);
  g_autoptr (EaselShelfModel) second = NULL;
  guint n_behind;

  g_assert_true (put (shelf, "c.sft", 1));
  g_assert_true (put (shelf, "b.sft", 1));
  g_assert_true (put (shelf, "a.sft", 1));
  second = easel_shelf_model_copy (g_ptr_array_index (easel_shelf_get_models (shelf), 1));
  n_behind = easel_shelf_remove (shelf, "loras", "b.sft");
  g_assert_cmpuint (n_behind, ==, 1);
  g_assert_true (put (shelf, "new.sft", 1));
  g_assert_true (easel_shelf_put_back (shelf, second, n_behind));
  g_assert_cmpstr (name_at (shelf, 0), ==, "new.sft");
  g_assert_cmpstr (name_at (shelf, 1), ==, "a.sft");
  g_assert_cmpstr (name_at (shelf, 2), ==, "b.sft");
  g_assert_cmpstr (name_at (shelf, 3), ==, "c.sft");
  n_behind = easel_shelf_remove (shelf, "loras", "a.sft");
  g_assert_cmpuint (easel_shelf_remove (shelf, "loras", "nobody.sft"), ==, 0);
  easel_shelf_remove (shelf, "loras", "b.sft");
  easel_shelf_remove (shelf, "loras", "c.sft");
  g_assert_true (easel_shelf_put_back (shelf, second, n_behind));
  g_assert_cmpstr (name_at (shelf, 0), ==, "b.sft");
  g_assert_cmpstr (name_at (shelf, 1), ==, "new.sft");
  stub_assert_finalizes (shelf);
}

static gboolean
is_written (gpointer data)
{
  return g_file_test (data, G_FILE_TEST_EXISTS);
}

/* Without anybody closing it: the program may be killed. */
static void
test_written_in_background (Fixture *self, gconstpointer data)
{
  EaselShelf *shelf = open_shelf (self);
  EaselShelf *other;

  g_assert_true (put (shelf, "a.sft", 1));
  easel_test_wait_until (is_written, self->path);
  other = open_shelf (self);
  g_assert_cmpuint (easel_shelf_get_models (other)->len, ==, 1);
  stub_assert_finalizes (other);
  stub_assert_finalizes (shelf);
}

static void
fill (Fixture *self)
{
  EaselShelf *shelf = open_shelf (self);

  g_assert_true (put (shelf, "old.sft", 1));
  g_assert_true (put (shelf, "same.sft", 1));
  g_assert_true (put (shelf, "bad.sft", 1));
  stub_assert_finalizes (shelf);
}

/* What happens before the file is read counts more than the file. */
static void
test_early_changes (Fixture *self, gconstpointer data)
{
  const gboolean waits = GPOINTER_TO_INT (data);
  EaselShelf *shelf;

  fill (self);
  shelf = easel_shelf_new (self->folder);
  g_assert_true (put (shelf, "same.sft", 100));
  g_assert_true (put (shelf, "new.sft", 1000));
  easel_shelf_remove (shelf, "loras", "bad.sft");
  if (waits)
    wait_for_load (shelf);
  stub_assert_finalizes (shelf);

  shelf = open_shelf (self);
  g_assert_cmpuint (easel_shelf_get_models (shelf)->len, ==, 3);
  g_assert_cmpuint (easel_shelf_get_ticked_bytes (shelf), ==, 1101);
  stub_assert_finalizes (shelf);
}

/* A file of a later version of the program is not overwritten. */
static void
test_foreign_file (Fixture *self, gconstpointer data)
{
  static const char text[] = "{\"version\":99,\"models\":[]}";
  g_autofree char *damaged = g_strconcat (self->path, ".damaged", NULL);
  g_autofree char *kept = NULL;
  EaselShelf *shelf;

  g_assert_true (g_file_set_contents (self->path, text, -1, NULL));
  shelf = open_shelf (self);
  g_assert_cmpuint (easel_shelf_get_models (shelf)->len, ==, 0);
  g_assert_true (put (shelf, "a.sft", 1));
  stub_assert_finalizes (shelf);
  g_assert_true (g_file_get_contents (damaged, &kept, NULL, NULL));
  g_assert_cmpstr (kept, ==, text);
  shelf = open_shelf (self);
  g_assert_cmpuint (easel_shelf_get_models (shelf)->len, ==, 1);
  stub_assert_finalizes (shelf);
}

static void
test_untouched (Fixture *self, gconstpointer data)
{
  EaselShelf *shelf = open_shelf (self);

  easel_shelf_remove (shelf, "loras", "a.sft");
  easel_shelf_set_ticked (shelf, "loras", "a.sft", TRUE);
  stub_assert_finalizes (shelf);
  g_assert_false (g_file_test (self->path, G_FILE_TEST_EXISTS));
}

static void
test_full (Fixture *self, gconstpointer data)
{
  EaselShelf *shelf = open_shelf (self);

  for (guint i = 0; i < EASEL_SHELF_MAX; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.sft", i);

      g_assert_true (put (shelf, name, 1));
    }
  g_assert_false (put (shelf, "a.sft", 1));
  g_assert_true (put (shelf, "7.sft", 2));
  g_assert_cmpuint (easel_shelf_get_ticked_bytes (shelf), ==, EASEL_SHELF_MAX + 1);
  stub_assert_finalizes (shelf);
}

#define ADD(path, data, function)                                                                  \
  g_test_add ("/shelf/" path, Fixture, data, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("restart", NULL, test_restart);
  ADD ("put-back", NULL, test_put_back);
  ADD ("written-in-background", NULL, test_written_in_background);
  ADD ("early-changes/loaded", GINT_TO_POINTER (TRUE), test_early_changes);
  ADD ("early-changes/flushed", GINT_TO_POINTER (FALSE), test_early_changes);
  ADD ("foreign-file", NULL, test_foreign_file);
  ADD ("untouched", NULL, test_untouched);
  ADD ("full", NULL, test_full);
  return g_test_run ();
}
