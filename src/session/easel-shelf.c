/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The models that somebody wants on every new GPU, or at hand for one. Owns shelf.json; what
 * changed before it was read counts more than what stood in it. */
#include "config.h"

#include "easel-shelf.h"

#include "easel-state-file.h"

#define FILE_NAME "shelf.json"

struct _EaselShelf
{
  GObject parent_instance;

  EaselStateFile *file; /* (owned) */
  GPtrArray *models;    /* (owned) (element-type EaselShelfModel) */
  GHashTable *gone;     /* (owned) (element-type utf8): removed before the file was read */
  gboolean is_dirty;    /* changed before the file was read */
};

enum
{
  CHANGED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (EaselShelf, easel_shelf, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

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
save (EaselShelf *self)
{
  g_autoptr (GBytes) bytes = easel_shelf_file_to_bytes (self->models);

  self->is_dirty = TRUE;
  easel_state_file_save (self->file, bytes);
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

static void
on_loaded (EaselShelf *self, GBytes *contents)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) old = contents != NULL ? easel_shelf_file_parse (contents, &error) : NULL;

  g_assert (EASEL_IS_SHELF (self));

  if (old != NULL)
    merge (self, old);
  else if (contents != NULL)
    {
      g_debug ("shelf: %s", error->message);
      easel_state_file_set_aside (self->file);
    }
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
  g_return_if_fail (EASEL_IS_SHELF (self));

  easel_state_file_flush (self->file);
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

  g_clear_object (&self->file);
  g_clear_pointer (&self->models, g_ptr_array_unref);
  g_clear_pointer (&self->gone, g_hash_table_unref);

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

  g_return_val_if_fail (folder != NULL, NULL);

  self = g_object_new (EASEL_TYPE_SHELF, NULL);
  self->file = easel_state_file_new (folder, FILE_NAME);
  g_signal_connect_object (self->file, "loaded", G_CALLBACK (on_loaded), self, G_CONNECT_SWAPPED);
  easel_state_file_load (self->file);
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

  return easel_state_file_is_loaded (self->file);
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
  return easel_shelf_put_back (self, model, G_MAXUINT);
}

/**
 * easel_shelf_put_back:
 * @self: a shelf
 * @model: what was removed, or what takes its place; copied
 * @n_behind: what easel_shelf_remove() said
 *
 * Puts @model where it was, whatever came in front meanwhile, or in place of the one with the same
 * folder and name.
 *
 * Returns: %FALSE if the shelf is full
 */
gboolean
easel_shelf_put_back (EaselShelf *self, const EaselShelfModel *model, guint n_behind)
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
    g_ptr_array_insert (self->models, (int) (self->models->len - MIN (n_behind, self->models->len)),
                        easel_shelf_model_copy (model));
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
 *
 * Returns: how many stood behind it, for easel_shelf_put_back()
 */
guint
easel_shelf_remove (EaselShelf *self, const char *folder, const char *name)
{
  guint n_behind = 0;
  guint index;

  g_return_val_if_fail (EASEL_IS_SHELF (self), 0);
  g_return_val_if_fail (folder != NULL && name != NULL, 0);

  if (!easel_state_file_is_loaded (self->file))
    g_hash_table_add (self->gone, place_of (folder, name));
  else if (find (self, folder, name, NULL) == NULL)
    return 0;
  if (find (self, folder, name, &index) != NULL)
    {
      n_behind = self->models->len - index - 1;
      g_ptr_array_remove_index (self->models, index);
    }
  note_change (self);
  return n_behind;
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
