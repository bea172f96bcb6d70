/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is noticed of files on this computer that were moved, deleted or written anew, and that
 * a disk that does not answer raises no alarm and holds up nobody. */
#include "config.h"

#include "easel-shelf-files-private.h"
#include "easel-test-util.h"

#include <glib/gstdio.h>
#include <string.h>
#include <utime.h>

#define SDXL_LORA "lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k.lora_down.weight"
#define FLUX_LORA "lora_unet_double_blocks_0_img_mlp_0.lora_up.weight"

typedef struct
{
  char *folder;
  EaselShelf *shelf;
  EaselShelfFiles *files;
  guint n_changes;
} Fixture;

/* What a disk at the other end of a network says, in tests that have one. */
static guint n_hung;
static GTask *hung;

static void
ask_slow_disk (GFile *file,
               const char *attributes,
               GFileQueryInfoFlags flags,
               int io_priority,
               GCancellable *cancellable,
               GAsyncReadyCallback callback,
               gpointer user_data)
{
  g_autofree char *path = g_file_get_path (file);

  if (strstr (path, "/hung/") != NULL)
    {
      n_hung++;
      g_clear_object (&hung);
      hung = g_task_new (file, cancellable, callback, user_data);
      (g_task_set_source_tag) (hung, g_file_query_info_async);
    }
  else if (strstr (path, "/down/") != NULL)
    {
      g_autoptr (GTask) task = g_task_new (file, cancellable, callback, user_data);

      (g_task_set_source_tag) (task, g_file_query_info_async);
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE, "no route");
    }
  else
    g_file_query_info_async (file, attributes, flags, io_priority, cancellable, callback,
                             user_data);
}

static void
on_changed (guint *n_changes)
{
  *n_changes += 1;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  n_hung = 0;
  self->folder = easel_test_make_folder ();
  self->shelf = easel_shelf_new (self->folder);
  easel_test_wait_until ((EaselTestCondition) easel_shelf_is_loaded, self->shelf);
  self->files = easel_shelf_files_new (self->shelf);
  _easel_shelf_files_set_ask (self->files, ask_slow_disk);
  g_signal_connect_swapped (self->files, "changed", G_CALLBACK (on_changed), &self->n_changes);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_object (&self->files);
  easel_test_pump ();
  g_assert_finalize_object (self->shelf);
  easel_test_remove_tree (self->folder);
  g_free (self->folder);
}

/* A model of @n_bytes and a header; @n_bytes < 0 for one whose end is missing. */
static char *
write_model (Fixture *self, const char *name, const char *tensor, int n_bytes)
{
  g_autofree char *header =
      g_strdup_printf ("{\"%s\":{\"dtype\":\"F16\",\"shape\":[1,%d],\"data_offsets\":[0,%d]}}",
                       tensor, ABS (n_bytes) / 2, ABS (n_bytes));
  const guint64 length = GUINT64_TO_LE ((guint64) strlen (header));
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  char *path = g_build_filename (self->folder, name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);
  const struct utimbuf times = { 1795000000, 1795000000 };

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_byte_array_append (bytes, (const guint8 *) &length, sizeof length);
  g_byte_array_append (bytes, (const guint8 *) header, (guint) strlen (header));
  if (n_bytes > 0)
    g_byte_array_set_size (bytes, bytes->len + (guint) n_bytes);
  g_assert_true (g_file_set_contents (path, (const char *) bytes->data, bytes->len, NULL));
  g_assert_cmpint (g_utime (path, (struct utimbuf *) &times), ==, 0);
  return path;
}

static const EaselShelfModel *
find (Fixture *self, const char *name)
{
  GPtrArray *models = easel_shelf_get_models (self->shelf);

  for (guint i = 0; i < models->len; i++)
    if (g_str_equal (((EaselShelfModel *) g_ptr_array_index (models, i))->name, name))
      return g_ptr_array_index (models, i);
  return NULL;
}

static guint64
size_of (const char *path)
{
  GStatBuf status;

  g_assert_cmpint (g_stat (path, &status), ==, 0);
  return (guint64) status.st_size;
}

/* Puts a ticked model of this file onto the shelf. */
static void
put (Fixture *self, const char *path, guint64 size)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *hash = g_strnfill (64, 'a');
  const EaselShelfModel model = { .name = name,
                                  .folder = (char *) "loras",
                                  .size = size,
                                  .sha256 = hash,
                                  .kind = EASEL_MODEL_LORA,
                                  .base = EASEL_MODEL_BASE_SDXL,
                                  .path = (char *) path,
                                  .modified = 1795000000,
                                  .is_ticked = TRUE };

  g_assert_true (easel_shelf_put (self->shelf, &model));
}

static char *
add (Fixture *self, const char *name)
{
  char *path = write_model (self, name, SDXL_LORA, 64);

  put (self, path, size_of (path));
  return path;
}

static gboolean
is_idle (gpointer data)
{
  return _easel_shelf_files_count_busy (data) == 0;
}

static void
check (Fixture *self)
{
  easel_shelf_files_check (self->files);
  easel_test_wait_until (is_idle, self->files);
}

static EaselFileTrouble
trouble (Fixture *self, const char *name)
{
  return easel_shelf_files_get_trouble (self->files, find (self, name));
}

static void
test_gone (Fixture *self, gconstpointer data)
{
  g_autofree char *kept = add (self, "kept.safetensors");
  g_autofree char *gone = add (self, "gone.safetensors");
  g_autofree char *moved = add (self, "old/moved.safetensors");
  g_autofree char *old = g_path_get_dirname (moved);
  g_autofree char *new = g_build_filename (self->folder, "new", NULL);
  g_autoptr (GPtrArray) lost = NULL;

  check (self);
  g_assert_cmpuint (self->n_changes, ==, 0);
  g_assert_cmpint (g_unlink (gone), ==, 0);
  g_assert_cmpint (g_rename (old, new), ==, 0);
  check (self);
  g_assert_cmpuint (self->n_changes, ==, 2);
  g_assert_cmpint (trouble (self, "kept.safetensors"), ==, EASEL_FILE_FINE);
  g_assert_cmpint (trouble (self, "gone.safetensors"), ==, EASEL_FILE_GONE);
  g_assert_cmpint (trouble (self, "moved.safetensors"), ==, EASEL_FILE_GONE);
  lost = easel_shelf_files_find_lost (self->files);
  g_assert_cmpuint (lost->len, ==, 2);

  /* Put back, it is as if nothing had been. */
  g_assert_cmpint (g_rename (new, old), ==, 0);
  check (self);
  g_assert_cmpint (trouble (self, "moved.safetensors"), ==, EASEL_FILE_FINE);
  /* What is not to come need not be there. */
  easel_shelf_files_leave_lost_out (self->files);
  g_clear_pointer (&lost, g_ptr_array_unref);
  lost = easel_shelf_files_find_lost (self->files);
  g_assert_cmpuint (lost->len, ==, 0);
  g_assert_false (find (self, "gone.safetensors")->is_ticked);
  g_assert_true (find (self, "kept.safetensors")->is_ticked);
}

/* A new version is most likely what the person wants. */
static void
test_written_anew (Fixture *self, gconstpointer data)
{
  g_autofree char *same = add (self, "same.safetensors");
  g_autofree char *larger = add (self, "larger.safetensors");
  g_autofree char *touched = add (self, "touched.safetensors");
  const struct utimbuf times = { 1795000009, 1795000009 };

  g_free (write_model (self, "larger.safetensors", FLUX_LORA, 4096));
  g_assert_cmpint (g_utime (touched, (struct utimbuf *) &times), ==, 0);
  check (self);
  g_assert_cmpint (trouble (self, "same.safetensors"), ==, EASEL_FILE_FINE);
  g_assert_nonnull (find (self, "same.safetensors")->sha256);
  g_assert_cmpint (trouble (self, "larger.safetensors"), ==, EASEL_FILE_CHANGED);
  g_assert_cmpuint (find (self, "larger.safetensors")->size, ==, size_of (larger));
  g_assert_cmpint (find (self, "larger.safetensors")->base, ==, EASEL_MODEL_BASE_FLUX);
  /* Its old hash would call the new one damaged. */
  g_assert_null (find (self, "larger.safetensors")->sha256);
  /* The same size at another time may be another file: nothing to tell, but no hash either. */
  g_assert_cmpint (trouble (self, "touched.safetensors"), ==, EASEL_FILE_FINE);
  g_assert_null (find (self, "touched.safetensors")->sha256);
  g_assert_cmpint (find (self, "touched.safetensors")->modified, ==, 1795000009);
  /* Said as long as the program runs. */
  check (self);
  g_assert_cmpint (trouble (self, "larger.safetensors"), ==, EASEL_FILE_CHANGED);
  g_assert_true (find (self, "larger.safetensors")->is_ticked);
}

static void
test_no_model_any_more (Fixture *self, gconstpointer data)
{
  g_autofree char *text = add (self, "text.safetensors");
  g_autofree char *cut = add (self, "cut.safetensors");
  g_autofree char *folder = add (self, "folder.safetensors");
  g_autofree char *secret = add (self, "secret.safetensors");

  g_assert_true (g_file_set_contents (text, "<html>Not found</html>", -1, NULL));
  g_free (write_model (self, "cut.safetensors", SDXL_LORA, -64));
  g_assert_cmpint (g_unlink (folder), ==, 0);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_cmpint (g_chmod (secret, 0), ==, 0);
  check (self);
  g_assert_cmpint (trouble (self, "text.safetensors"), ==, EASEL_FILE_DAMAGED);
  g_assert_cmpint (trouble (self, "cut.safetensors"), ==, EASEL_FILE_CUT);
  g_assert_cmpint (trouble (self, "folder.safetensors"), ==, EASEL_FILE_GONE);
  /* Root may read everything. */
  if (g_access (secret, R_OK) != 0)
    g_assert_cmpint (trouble (self, "secret.safetensors"), ==, EASEL_FILE_UNREADABLE);
}

/* Those come from elsewhere. */
static void
test_link (Fixture *self, gconstpointer data)
{
  const EaselShelfModel model = { .name = (char *) "linked.safetensors",
                                  .folder = (char *) "loras",
                                  .link = (char *) "https://civitai.com/models/12",
                                  .path = (char *) "/nowhere/linked.safetensors",
                                  .is_ticked = TRUE };

  g_assert_true (easel_shelf_put (self->shelf, &model));
  check (self);
  g_assert_cmpint (trouble (self, "linked.safetensors"), ==, EASEL_FILE_FINE);
}

static void
test_slow_disk (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) lost = NULL;
  g_autofree char *gone = add (self, "gone.safetensors");

  put (self, "/hung/one.safetensors", 100);
  put (self, "/hung/two.safetensors", 100);
  put (self, "/down/three.safetensors", 100);
  g_assert_cmpint (g_unlink (gone), ==, 0);
  easel_shelf_files_check (self->files);
  easel_shelf_files_check (self->files);
  while (trouble (self, "gone.safetensors") == EASEL_FILE_FINE ||
         _easel_shelf_files_count_busy (self->files) > 1)
    g_main_context_iteration (NULL, TRUE);
  /* One question waits for an answer, however often somebody looks; the others have theirs. */
  g_assert_cmpuint (n_hung, ==, 1);
  lost = easel_shelf_files_find_lost (self->files);
  g_assert_cmpuint (lost->len, ==, 1);
  g_assert_cmpuint (self->n_changes, ==, 1);
  /* Nor does the program's end wait for it. */
  g_assert_finalize_object (g_steal_pointer (&self->files));
  g_assert_true (g_cancellable_is_cancelled (g_task_get_cancellable (hung)));
  /* What comes after all is nobody's any more. */
  g_task_return_new_error (hung, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "late");
  g_clear_object (&hung);
  easel_test_pump ();
}

static void
test_replace (Fixture *self, gconstpointer data)
{
  g_autofree char *first = add (self, "first.safetensors");
  g_autofree char *second = add (self, "second.safetensors");
  g_autoptr (EaselShelfModel) found = easel_shelf_model_copy (find (self, "first.safetensors"));

  g_assert_cmpint (g_unlink (first), ==, 0);
  g_assert_cmpint (g_unlink (second), ==, 0);
  check (self);
  easel_shelf_set_ticked (self->shelf, "loras", "first.safetensors", FALSE);

  /* Elsewhere under its own name: in its place on the shelf, and still without a tick. */
  g_free (found->path);
  found->path = write_model (self, "new/first.safetensors", SDXL_LORA, 64);
  g_assert_true (easel_shelf_files_replace (self->files, find (self, "first.safetensors"), found));
  g_assert_cmpint (trouble (self, "first.safetensors"), ==, EASEL_FILE_FINE);
  g_assert_cmpstr (find (self, "first.safetensors")->path, ==, found->path);
  g_assert_false (find (self, "first.safetensors")->is_ticked);
  g_assert_true (find (self, "first.safetensors") ==
                 g_ptr_array_index (easel_shelf_get_models (self->shelf), 1));

  /* Under another name, and put where it was before. */
  g_free (found->name);
  found->name = g_strdup ("second-v2.safetensors");
  g_assert_true (easel_shelf_files_replace (self->files, find (self, "second.safetensors"), found));
  g_assert_null (find (self, "second.safetensors"));
  g_assert_true (find (self, "second-v2.safetensors")->is_ticked);
  g_free (found->name);
  found->name = g_strdup ("first-v2.safetensors");
  g_assert_true (easel_shelf_files_replace (self->files, find (self, "first.safetensors"), found));
  g_assert_true (find (self, "first-v2.safetensors") ==
                 g_ptr_array_index (easel_shelf_get_models (self->shelf), 1));
  g_assert_cmpuint (easel_shelf_get_models (self->shelf)->len, ==, 2);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add ("/shelf-files/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("gone", test_gone);
  ADD ("written-anew", test_written_anew);
  ADD ("no-model-any-more", test_no_model_any_more);
  ADD ("link", test_link);
  ADD ("slow-disk", test_slow_disk);
  ADD ("replace", test_replace);
#undef ADD

  return g_test_run ();
}
