/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The models that somebody wants on every new GPU, or at hand for one. Owns shelf.json; reads and
 * writes it in the background, and what changed before it was read counts more than what stood in
 * it. A file that cannot be understood is set aside and not overwritten. */
#include "config.h"

#include "easel-shelf.h"

#define FILE_NAME "shelf.json"
#define DAMAGED_NAME "shelf.json.damaged"

/* Who may write the file. Shared with the thread that does, which may outlive the shelf. */
typedef struct
{
  GMutex mutex;
  gboolean is_over; /* the last version has been written */
} Turn;

struct _EaselShelf
{
  GObject parent_instance;

  char *path;         /* (owned) */
  char *damaged_path; /* (owned) */
  GPtrArray *models;  /* (owned) (element-type EaselShelfModel) */
  GHashTable *gone;   /* (owned) (element-type utf8): removed before the file was read */
  Turn *turn;         /* (owned) */
  gboolean is_loaded;
  gboolean is_saving;
  gboolean is_dirty; /* changed since the last save began */
};

enum
{
  CHANGED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (EaselShelf, easel_shelf, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

static void save (EaselShelf *self);

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
weak_new (EaselShelf *self)
{
  GWeakRef *weak = g_new0 (GWeakRef, 1);

  g_weak_ref_init (weak, self);
  return weak;
}

/* Returns: (transfer full) (nullable): the shelf, if it is still there */
static EaselShelf *
weak_take (GWeakRef *weak)
{
  EaselShelf *self = g_weak_ref_get (weak);

  g_weak_ref_clear (weak);
  g_free (weak);
  return self;
}

static char *
place_of (const char *folder, const char *name)
{
  return g_strconcat (folder, "/", name, NULL);
}

static EaselShelfModel *
find (EaselShelf *self, const char *folder, const char *name, guint *ret_index)
{
  for (guint i = 0; i < self->models->len; i++)
    {
      EaselShelfModel *model = g_ptr_array_index (self->models, i);

      if (g_str_equal (model->folder, folder) && g_str_equal (model->name, name))
        {
          if (ret_index != NULL)
            *ret_index = i;
          return model;
        }
    }
  return NULL;
}

/* --- the file ----------------------------------------------------------------------------- */

static void
write_file (const char *path, GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);

  if (!g_file_set_contents_full (path, text, (gssize) length, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                                 &error))
    g_debug ("shelf: %s", error->message);
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
  g_autoptr (EaselShelf) self = weak_take (user_data);

  if (self == NULL)
    return;
  self->is_saving = FALSE;
  if (self->is_dirty)
    save (self);
}

/* One write at a time; what changes meanwhile goes into the next. */
static void
save (EaselShelf *self)
{
  g_autoptr (GTask) task = NULL;
  WriteData *data;

  self->is_dirty = TRUE;
  if (!self->is_loaded || self->is_saving)
    return;
  self->is_dirty = FALSE;
  self->is_saving = TRUE;
  data = g_new0 (WriteData, 1);
  data->path = g_strdup (self->path);
  data->bytes = easel_shelf_file_to_bytes (self->models);
  data->turn = g_atomic_rc_box_acquire (self->turn);
  task = g_task_new (NULL, NULL, on_saved, weak_new (self));
  g_task_set_source_tag (task, save);
  g_task_set_task_data (task, data, write_data_free);
  g_task_run_in_thread (task, write_in_thread);
}

static void
merge (EaselShelf *self, GPtrArray *old)
{
  while (old->len > 0 && self->models->len < EASEL_SHELF_MAX)
    {
      g_autoptr (EaselShelfModel) model = g_ptr_array_steal_index (old, 0);
      g_autofree char *place = place_of (model->folder, model->name);

      if (find (self, model->folder, model->name, NULL) == NULL &&
          !g_hash_table_contains (self->gone, place))
        g_ptr_array_add (self->models, g_steal_pointer (&model));
    }
}

/* Takes what stood in the file, or moves it out of the way. A rename does not wait for the disk. */
static void
take_contents (EaselShelf *self, char *contents, gsize length)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (contents, length);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) old = easel_shelf_file_parse (bytes, &error);
  g_autoptr (GFile) file = NULL;
  g_autoptr (GFile) damaged = NULL;

  if (old != NULL)
    {
      merge (self, old);
      return;
    }
  g_debug ("shelf: %s", error->message);
  file = g_file_new_for_path (self->path);
  damaged = g_file_new_for_path (self->damaged_path);
  g_file_move (file, damaged, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, NULL);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EaselShelf) self = weak_take (user_data);
  g_autofree char *contents = NULL;
  gsize length = 0;
  gboolean is_read;

  is_read = g_file_load_contents_finish (G_FILE (source), result, &contents, &length, NULL, NULL);
  if (self == NULL || self->is_loaded)
    return;
  if (is_read)
    take_contents (self, g_steal_pointer (&contents), length);
  self->is_loaded = TRUE;
  if (self->is_dirty)
    save (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * easel_shelf_flush:
 * @self: a shelf
 *
 * The program ends: what changed last is written at once, and nothing is in the background any
 * more. A few kilobytes, after all windows are gone.
 */
void
easel_shelf_flush (EaselShelf *self)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_if_fail (EASEL_IS_SHELF (self));

  if (!self->is_dirty && !self->is_saving)
    return;
  if (!self->is_loaded)
    {
      char *contents;
      gsize length;

      if (g_file_get_contents (self->path, &contents, &length, NULL))
        take_contents (self, contents, length);
      self->is_loaded = TRUE;
    }
  bytes = easel_shelf_file_to_bytes (self->models);
  g_mutex_lock (&self->turn->mutex);
  self->turn->is_over = TRUE;
  write_file (self->path, bytes);
  g_mutex_unlock (&self->turn->mutex);
  self->is_dirty = FALSE;
  self->is_saving = FALSE;
}

/* --- object ------------------------------------------------------------------------------- */

static void
easel_shelf_dispose (GObject *object)
{
  easel_shelf_flush (EASEL_SHELF (object));

  G_OBJECT_CLASS (easel_shelf_parent_class)->dispose (object);
}

static void
easel_shelf_finalize (GObject *object)
{
  EaselShelf *self = EASEL_SHELF (object);

  g_free (self->path);
  g_free (self->damaged_path);
  g_clear_pointer (&self->models, g_ptr_array_unref);
  g_clear_pointer (&self->gone, g_hash_table_unref);
  g_clear_pointer (&self->turn, turn_unref);

  G_OBJECT_CLASS (easel_shelf_parent_class)->finalize (object);
}

static void
easel_shelf_class_init (EaselShelfClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = easel_shelf_dispose;
  object_class->finalize = easel_shelf_finalize;

  /**
   * EaselShelf::changed:
   *
   * When the file has been read, and after every change.
   */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
easel_shelf_init (EaselShelf *self)
{
  self->models = g_ptr_array_new_with_free_func ((GDestroyNotify) easel_shelf_model_free);
  self->gone = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->turn = g_atomic_rc_box_new0 (Turn);
  g_mutex_init (&self->turn->mutex);
}

/**
 * easel_shelf_new:
 * @folder: where shelf.json lies; exists
 *
 * Returns: (transfer full): a shelf that reads its file
 */
EaselShelf *
easel_shelf_new (const char *folder)
{
  EaselShelf *self;
  g_autoptr (GFile) file = NULL;

  g_return_val_if_fail (folder != NULL, NULL);

  self = g_object_new (EASEL_TYPE_SHELF, NULL);
  self->path = g_build_filename (folder, FILE_NAME, NULL);
  self->damaged_path = g_build_filename (folder, DAMAGED_NAME, NULL);
  file = g_file_new_for_path (self->path);
  g_file_load_contents_async (file, NULL, on_loaded, weak_new (self));
  return self;
}

static void
note_change (EaselShelf *self)
{
  save (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * easel_shelf_is_loaded:
 * @self: a shelf
 *
 * Returns: whether its file has been read
 */
gboolean
easel_shelf_is_loaded (EaselShelf *self)
{
  g_return_val_if_fail (EASEL_IS_SHELF (self), FALSE);

  return self->is_loaded;
}

/**
 * easel_shelf_get_models:
 * @self: a shelf
 *
 * Returns: (transfer none) (element-type EaselShelfModel): what is on it, newest first
 */
GPtrArray *
easel_shelf_get_models (EaselShelf *self)
{
  g_return_val_if_fail (EASEL_IS_SHELF (self), NULL);

  return self->models;
}

/**
 * easel_shelf_get_ticked_bytes:
 * @self: a shelf
 *
 * Returns: how much every new GPU fetches of it
 */
guint64
easel_shelf_get_ticked_bytes (EaselShelf *self)
{
  g_return_val_if_fail (EASEL_IS_SHELF (self), 0);

  return easel_shelf_ticked_bytes (self->models);
}

/**
 * easel_shelf_put:
 * @self: a shelf
 * @model: what to remember; copied
 *
 * Puts @model in front, or in place of the one with the same folder and name.
 *
 * Returns: %FALSE if the shelf is full
 */
gboolean
easel_shelf_put (EaselShelf *self, const EaselShelfModel *model)
{
  g_autofree char *place = NULL;
  guint index;

  g_return_val_if_fail (EASEL_IS_SHELF (self), FALSE);
  g_return_val_if_fail (model != NULL && model->name != NULL && model->folder != NULL, FALSE);
  g_return_val_if_fail (model->link != NULL || model->path != NULL, FALSE);

  place = place_of (model->folder, model->name);
  if (find (self, model->folder, model->name, &index) != NULL)
    {
      EaselShelfModel *copy = easel_shelf_model_copy (model);

      /* Only now: @model may be the one that goes. */
      easel_shelf_model_free (self->models->pdata[index]);
      self->models->pdata[index] = copy;
    }
  else if (self->models->len >= EASEL_SHELF_MAX)
    return FALSE;
  else
    g_ptr_array_insert (self->models, 0, easel_shelf_model_copy (model));
  g_hash_table_remove (self->gone, place);
  note_change (self);
  return TRUE;
}

/**
 * easel_shelf_remove:
 * @self: a shelf
 * @folder: of a model
 * @name: of a model
 *
 * Forgets it. What lies on a pod or on this computer stays.
 */
void
easel_shelf_remove (EaselShelf *self, const char *folder, const char *name)
{
  guint index;

  g_return_if_fail (EASEL_IS_SHELF (self));
  g_return_if_fail (folder != NULL && name != NULL);

  if (!self->is_loaded)
    g_hash_table_add (self->gone, place_of (folder, name));
  else if (find (self, folder, name, NULL) == NULL)
    return;
  if (find (self, folder, name, &index) != NULL)
    g_ptr_array_remove_index (self->models, index);
  note_change (self);
}

/**
 * easel_shelf_set_ticked:
 * @self: a shelf
 * @folder: of a model
 * @name: of a model
 * @is_ticked: whether it comes with every new GPU
 */
void
easel_shelf_set_ticked (EaselShelf *self, const char *folder, const char *name, gboolean is_ticked)
{
  EaselShelfModel *model;

  g_return_if_fail (EASEL_IS_SHELF (self));
  g_return_if_fail (folder != NULL && name != NULL);

  model = find (self, folder, name, NULL);
  if (model == NULL || model->is_ticked == is_ticked)
    return;
  model->is_ticked = is_ticked;
  note_change (self);
}
