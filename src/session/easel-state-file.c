/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One small file of the program's state: read in the background, written whole in the background,
 * one write at a time, the last one wins. Owns who may write it; what stands in it is its user's.
 * A file that its user cannot understand is set aside and not overwritten. */
#include "config.h"

#include "easel-state-file.h"

/* Who may write the file. Shared with the thread that does, which may outlive the object. */
typedef struct
{
  GMutex mutex;
  gboolean is_over; /* the last version has been written */
} Turn;

struct _EaselStateFile
{
  GObject parent_instance;

  char *path;     /* (owned) */
  GBytes *wanted; /* (owned) (nullable): to be written next */
  Turn *turn;     /* (owned) */
  GBytes *saving; /* (owned) (nullable): being written */
  gboolean is_loading;
  gboolean is_loaded;
};

enum
{
  LOADED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (EaselStateFile, easel_state_file, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

static void save_next (EaselStateFile *self);

static void
turn_clear (gpointer user_data)
{
  g_mutex_clear (&((Turn *) user_data)->mutex);
}

static void
turn_unref (Turn *turn)
{
  g_atomic_rc_box_release_full (turn, turn_clear);
}

static GWeakRef *
weak_new (EaselStateFile *self)
{
  GWeakRef *weak = g_new0 (GWeakRef, 1);

  g_weak_ref_init (weak, self);
  return weak;
}

/* Returns: (transfer full) (nullable): the file, if somebody still holds it */
static EaselStateFile *
weak_take (GWeakRef *weak)
{
  EaselStateFile *self = g_weak_ref_get (weak);

  g_weak_ref_clear (weak);
  g_free (weak);
  return self;
}

static void
write_file (const char *path, GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);

  if (!g_file_set_contents_full (path, text, (gssize) length, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                                 &error))
    g_debug ("%s", error->message);
}

typedef struct
{
  char *path;    /* (owned) */
  GBytes *bytes; /* (owned) */
  Turn *turn;    /* (owned) */
} WriteData;

static void
write_data_free (gpointer user_data)
{
  WriteData *data = user_data;

  g_free (data->path);
  g_bytes_unref (data->bytes);
  turn_unref (data->turn);
  g_free (data);
}

static void
write_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  WriteData *data = task_data;

  g_mutex_lock (&data->turn->mutex);
  if (!data->turn->is_over)
    write_file (data->path, data->bytes);
  g_mutex_unlock (&data->turn->mutex);
  g_task_return_boolean (task, TRUE);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EaselStateFile) self = weak_take (user_data);

  if (self == NULL)
    return;
  g_clear_pointer (&self->saving, g_bytes_unref);
  save_next (self);
}

static void
save_next (EaselStateFile *self)
{
  g_autoptr (GTask) task = NULL;
  WriteData *data;

  if (self->wanted == NULL || !self->is_loaded || self->saving != NULL)
    return;
  self->saving = g_steal_pointer (&self->wanted);
  data = g_new0 (WriteData, 1);
  data->path = g_strdup (self->path);
  data->bytes = g_bytes_ref (self->saving);
  data->turn = g_atomic_rc_box_acquire (self->turn);
  task = g_task_new (NULL, NULL, on_saved, weak_new (self));
  g_task_set_source_tag (task, save_next);
  g_task_set_task_data (task, data, write_data_free);
  g_task_run_in_thread (task, write_in_thread);
}

static void
easel_state_file_dispose (GObject *object)
{
  easel_state_file_flush (EASEL_STATE_FILE (object));

  G_OBJECT_CLASS (easel_state_file_parent_class)->dispose (object);
}

static void
easel_state_file_finalize (GObject *object)
{
  EaselStateFile *self = EASEL_STATE_FILE (object);

  g_clear_pointer (&self->wanted, g_bytes_unref);
  g_clear_pointer (&self->saving, g_bytes_unref);
  turn_unref (self->turn);
  g_free (self->path);

  G_OBJECT_CLASS (easel_state_file_parent_class)->finalize (object);
}

static void
easel_state_file_class_init (EaselStateFileClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = easel_state_file_dispose;
  object_class->finalize = easel_state_file_finalize;

  /**
   * EaselStateFile::loaded:
   * @self: a file
   * @contents: (nullable): what stood in it, %NULL if there is none
   */
  signals[LOADED] = g_signal_new ("loaded", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BYTES);
}

static void
easel_state_file_init (EaselStateFile *self)
{
  self->turn = g_atomic_rc_box_new0 (Turn);
  g_mutex_init (&self->turn->mutex);
}

/**
 * easel_state_file_new:
 * @folder: (type filename): exists
 * @name: of the file in it
 *
 * Returns: (transfer full): a file that has not been read
 */
EaselStateFile *
easel_state_file_new (const char *folder, const char *name)
{
  EaselStateFile *self;

  g_return_val_if_fail (folder != NULL && name != NULL, NULL);

  self = g_object_new (EASEL_TYPE_STATE_FILE, NULL);
  self->path = g_build_filename (folder, name, NULL);
  return self;
}

static void
take_contents (EaselStateFile *self, GBytes *contents)
{
  self->is_loaded = TRUE;
  g_signal_emit (self, signals[LOADED], 0, contents);
  save_next (self);
}

static void
read_at_once (EaselStateFile *self)
{
  g_autoptr (GBytes) contents = NULL;
  char *text = NULL;
  gsize length = 0;

  if (g_file_get_contents (self->path, &text, &length, NULL))
    contents = g_bytes_new_take (text, length);
  take_contents (self, contents);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EaselStateFile) self = weak_take (user_data);
  g_autoptr (GBytes) contents = g_file_load_bytes_finish (G_FILE (source), result, NULL, NULL);

  if (self != NULL && !self->is_loaded)
    take_contents (self, contents);
}

/**
 * easel_state_file_load:
 * @self: a file
 *
 * Reads it; "loaded" follows. What is saved before that waits: whoever hears "loaded" merges and
 * saves again.
 */
void
easel_state_file_load (EaselStateFile *self)
{
  g_autoptr (GFile) file = NULL;

  g_return_if_fail (EASEL_IS_STATE_FILE (self));

  if (self->is_loading || self->is_loaded)
    return;
  self->is_loading = TRUE;
  file = g_file_new_for_path (self->path);
  g_file_load_bytes_async (file, NULL, on_read, weak_new (self));
}

/**
 * easel_state_file_is_loaded:
 * @self: a file
 *
 * Returns: whether it has been read
 */
gboolean
easel_state_file_is_loaded (EaselStateFile *self)
{
  g_return_val_if_fail (EASEL_IS_STATE_FILE (self), FALSE);

  return self->is_loaded;
}

/**
 * easel_state_file_set_aside:
 * @self: a file that cannot be understood
 *
 * Keeps it under another name. A rename does not wait for the disk.
 */
void
easel_state_file_set_aside (EaselStateFile *self)
{
  g_autoptr (GFile) file = NULL;
  g_autoptr (GFile) damaged = NULL;
  g_autofree char *damaged_path = NULL;

  g_return_if_fail (EASEL_IS_STATE_FILE (self));

  damaged_path = g_strconcat (self->path, ".damaged", NULL);
  file = g_file_new_for_path (self->path);
  damaged = g_file_new_for_path (damaged_path);
  g_file_move (file, damaged, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, NULL);
}

/**
 * easel_state_file_save:
 * @self: a file
 * @contents: all that is to stand in it
 *
 * Writes it once it has been read and the write before has ended; the last call wins.
 */
void
easel_state_file_save (EaselStateFile *self, GBytes *contents)
{
  g_return_if_fail (EASEL_IS_STATE_FILE (self));
  g_return_if_fail (contents != NULL);

  g_clear_pointer (&self->wanted, g_bytes_unref);
  self->wanted = g_bytes_ref (contents);
  save_next (self);
}

/**
 * easel_state_file_flush:
 * @self: a file
 *
 * The program ends: what was saved last is written at once, and nothing in the background any more.
 * A few kilobytes, after all windows are gone.
 */
void
easel_state_file_flush (EaselStateFile *self)
{
  GBytes *last;

  g_return_if_fail (EASEL_IS_STATE_FILE (self));

  if (self->wanted == NULL && self->saving == NULL)
    return;
  /* What nobody has read would be lost with what is written over it. */
  if (!self->is_loaded)
    read_at_once (self);
  last = self->wanted != NULL ? self->wanted : self->saving;
  g_mutex_lock (&self->turn->mutex);
  if (!self->turn->is_over)
    write_file (self->path, last);
  self->turn->is_over = TRUE;
  g_mutex_unlock (&self->turn->mutex);
  g_clear_pointer (&self->wanted, g_bytes_unref);
}
