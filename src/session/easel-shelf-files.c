/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks after the files of the shelf that lie on this computer: whether they are still there and
 * the same, before a GPU waits for one that cannot come. What has changed is read anew and taken,
 * because it is most likely a new version of the same.
 *
 * Nobody waits for an answer, and without one nothing is said: a disk at the other end of a network
 * may take minutes to tell that it is not there, or never tell. So each folder is asked one thing
 * at a time, and a folder that does not answer keeps no other one waiting. */
#include "config.h"

#include "easel-shelf-files-private.h"

#include "easel-error.h"
#include "easel-model-header.h"

#define ATTRIBUTES                                                                                 \
  G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE                                \
                                 "," G_FILE_ATTRIBUTE_TIME_MODIFIED                                \
                                 "," G_FILE_ATTRIBUTE_ACCESS_CAN_READ

struct _EaselShelfFiles
{
  GObject parent_instance;

  EaselShelf *shelf;      /* (owned) */
  EaselShelfFilesAsk ask; /* the real one but in tests */
  GHashTable *troubles; /* (owned) (element-type filename EaselFileTrouble): only if there is one */
  GQueue waiting;       /* (element-type filename) (owned): paths to ask for */
  GHashTable *busy;     /* (owned) (element-type filename): folders that have not answered */
  GCancellable *cancellable; /* (owned) */
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EaselShelfFiles, easel_shelf_files, G_TYPE_OBJECT)

/* A question that may outlive the one who asked. */
typedef struct
{
  GWeakRef asker;
  char *path; /* (owned) (type filename) */
} Question;

static void ask_next (EaselShelfFiles *self);

static Question *
question_new (EaselShelfFiles *self, const char *path)
{
  Question *question = g_new0 (Question, 1);

  g_weak_ref_init (&question->asker, self);
  question->path = g_strdup (path);
  return question;
}

static void
question_free (Question *question)
{
  g_weak_ref_clear (&question->asker);
  g_free (question->path);
  g_free (question);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

/* The first one of this path that has no link: those with one do not need the file. */
static const EaselShelfModel *
find_by_path (EaselShelfFiles *self, const char *path)
{
  GPtrArray *models = easel_shelf_get_models (self->shelf);

  for (guint i = 0; i < models->len; i++)
    {
      const EaselShelfModel *model = g_ptr_array_index (models, i);

      if (model->link == NULL && g_strcmp0 (model->path, path) == 0)
        return model;
    }
  return NULL;
}

static EaselFileTrouble
trouble_of (EaselShelfFiles *self, const char *path)
{
  return (EaselFileTrouble) GPOINTER_TO_INT (g_hash_table_lookup (self->troubles, path));
}

static void
set_trouble (EaselShelfFiles *self, const char *path, EaselFileTrouble trouble)
{
  if (trouble_of (self, path) == trouble)
    return;
  if (trouble == EASEL_FILE_FINE)
    g_hash_table_remove (self->troubles, path);
  else
    g_hash_table_insert (self->troubles, g_strdup (path), GINT_TO_POINTER (trouble));
  g_signal_emit (self, signals[CHANGED], 0);
}

/* What an answer without an error says; the rest is in the file itself. */
static EaselFileTrouble
judge_info (GFileInfo *info)
{
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    return EASEL_FILE_GONE;
  if (g_file_info_has_attribute (info, G_FILE_ATTRIBUTE_ACCESS_CAN_READ) &&
      !g_file_info_get_attribute_boolean (info, G_FILE_ATTRIBUTE_ACCESS_CAN_READ))
    return EASEL_FILE_UNREADABLE;
  return EASEL_FILE_FINE;
}

/* Only what certainly says that it is gone; a network that is down says something else. */
static EaselFileTrouble
judge_error (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY))
    return EASEL_FILE_GONE;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    return EASEL_FILE_UNREADABLE;
  if (g_error_matches (error, EASEL_ERROR, EASEL_ERROR_NOT_A_MODEL))
    return EASEL_FILE_DAMAGED;
  if (g_error_matches (error, EASEL_ERROR, EASEL_ERROR_INCOMPLETE_MODEL))
    return EASEL_FILE_CUT;
  return EASEL_FILE_FINE;
}

static void
finish (EaselShelfFiles *self, const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);

  g_hash_table_remove (self->busy, folder);
  ask_next (self);
}

/* Several models may be of one file. */
static void
take_new (EaselShelfFiles *self, const char *path, const EaselModelHeader *header)
{
  GPtrArray *models = easel_shelf_get_models (self->shelf);

  for (guint i = 0; i < models->len; i++)
    {
      const EaselShelfModel *model = g_ptr_array_index (models, i);
      g_autoptr (EaselShelfModel) copy = NULL;

      if (model->link != NULL || g_strcmp0 (model->path, path) != 0)
        continue;
      copy = easel_shelf_model_copy (model);
      g_clear_pointer (&copy->sha256, g_free);
      copy->size = header->size;
      copy->modified = header->modified;
      if (header->base != EASEL_MODEL_BASE_UNKNOWN)
        copy->base = header->base;
      /* In its place: the list stays as long as it is. */
      easel_shelf_put (self->shelf, copy);
    }
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (EaselShelfFiles) self = g_weak_ref_get (&question->asker);
  g_autoptr (GError) error = NULL;
  EaselModelHeader header = { 0 };
  const gboolean is_model = easel_model_file_read_header_finish (result, &header, &error);
  const EaselShelfModel *model;
  gboolean is_other;

  if (self == NULL || easel_error_is_cancelled (error))
    return;
  model = find_by_path (self, question->path);
  if (model != NULL && is_model)
    {
      is_other = model->size != header.size ||
                 (header.base != EASEL_MODEL_BASE_UNKNOWN && header.base != model->base);
      take_new (self, question->path, &header);
      set_trouble (self, question->path, is_other ? EASEL_FILE_CHANGED : EASEL_FILE_FINE);
    }
  else if (model != NULL)
    set_trouble (self, question->path, judge_error (error));
  finish (self, question->path);
}

static gboolean
is_same (const EaselShelfModel *model, GFileInfo *info)
{
  const guint64 size = (guint64) MAX (g_file_info_get_size (info), 0);
  const gint64 modified =
      (gint64) g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_TIME_MODIFIED);

  return model->size == size && model->modified == modified;
}

static void
on_told (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (EaselShelfFiles) self = g_weak_ref_get (&question->asker);
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, &error);
  const EaselShelfModel *model;
  EaselFileTrouble trouble;

  if (self == NULL || easel_error_is_cancelled (error))
    return;
  trouble = info != NULL ? judge_info (info) : judge_error (error);
  model = find_by_path (self, question->path);
  if (model != NULL && info != NULL && trouble == EASEL_FILE_FINE && !is_same (model, info))
    {
      easel_model_file_read_header_async (G_FILE (source), self->cancellable, on_read,
                                          g_steal_pointer (&question));
      return;
    }
  /* That it was another one stays true. */
  if (model != NULL && info != NULL && trouble == EASEL_FILE_FINE &&
      trouble_of (self, question->path) == EASEL_FILE_CHANGED)
    trouble = EASEL_FILE_CHANGED;
  /* Without an answer nothing is known, and nothing said. */
  if (model != NULL)
    set_trouble (self, question->path, trouble);
  finish (self, question->path);
}

/* The first of those that wait whose folder is not busy, and so on. */
static void
ask_next (EaselShelfFiles *self)
{
  GList *item = self->waiting.head;

  while (item != NULL)
    {
      GList *next = item->next;
      g_autofree char *folder = g_path_get_dirname (item->data);
      g_autofree char *path = NULL;
      g_autoptr (GFile) file = NULL;

      if (!g_hash_table_contains (self->busy, folder))
        {
          path = item->data;
          g_queue_delete_link (&self->waiting, item);
          file = g_file_new_for_path (path);
          g_hash_table_add (self->busy, g_steal_pointer (&folder));
          self->ask (file, ATTRIBUTES, G_FILE_QUERY_INFO_NONE, G_PRIORITY_LOW, self->cancellable,
                     on_told, question_new (self, path));
        }
      item = next;
    }
}

static gboolean
is_forgotten (gpointer path, gpointer trouble, gpointer user_data)
{
  return find_by_path (user_data, path) == NULL;
}

static void
on_shelf_changed (EaselShelfFiles *self)
{
  g_hash_table_foreach_remove (self->troubles, is_forgotten, self);
}

static void
easel_shelf_files_dispose (GObject *object)
{
  EaselShelfFiles *self = EASEL_SHELF_FILES (object);

  g_cancellable_cancel (self->cancellable);
  g_queue_clear_full (&self->waiting, g_free);

  G_OBJECT_CLASS (easel_shelf_files_parent_class)->dispose (object);
}

static void
easel_shelf_files_finalize (GObject *object)
{
  EaselShelfFiles *self = EASEL_SHELF_FILES (object);

  g_clear_object (&self->shelf);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->troubles, g_hash_table_unref);
  g_clear_pointer (&self->busy, g_hash_table_unref);

  G_OBJECT_CLASS (easel_shelf_files_parent_class)->finalize (object);
}

static void
easel_shelf_files_class_init (EaselShelfFilesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = easel_shelf_files_dispose;
  object_class->finalize = easel_shelf_files_finalize;

  /**
   * EaselShelfFiles::changed:
   *
   * Something is wrong with a file, or not any more.
   */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
easel_shelf_files_init (EaselShelfFiles *self)
{
  self->ask = g_file_query_info_async;
  self->troubles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->busy = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->cancellable = g_cancellable_new ();
  g_queue_init (&self->waiting);
}

/**
 * easel_shelf_files_new:
 * @shelf: whose files
 *
 * Returns: (transfer full): one that has asked nothing yet
 */
EaselShelfFiles *
easel_shelf_files_new (EaselShelf *shelf)
{
  EaselShelfFiles *self;

  g_return_val_if_fail (EASEL_IS_SHELF (shelf), NULL);

  self = g_object_new (EASEL_TYPE_SHELF_FILES, NULL);
  self->shelf = g_object_ref (shelf);
  g_signal_connect_object (shelf, "changed", G_CALLBACK (on_shelf_changed), self,
                           G_CONNECT_SWAPPED);
  return self;
}

void
_easel_shelf_files_set_ask (EaselShelfFiles *self, EaselShelfFilesAsk ask)
{
  self->ask = ask;
}

guint
_easel_shelf_files_count_busy (EaselShelfFiles *self)
{
  return g_hash_table_size (self->busy);
}

/**
 * easel_shelf_files_check:
 * @self: of a shelf
 *
 * Asks for all files, as often as somebody looks at the shelf; those that are asked for already
 * are not asked for twice.
 */
void
easel_shelf_files_check (EaselShelfFiles *self)
{
  GPtrArray *models;
  g_autoptr (GHashTable) known = NULL;

  g_return_if_fail (EASEL_IS_SHELF_FILES (self));

  models = easel_shelf_get_models (self->shelf);
  known = g_hash_table_new (g_str_hash, g_str_equal);
  for (GList *item = self->waiting.head; item != NULL; item = item->next)
    g_hash_table_add (known, item->data);
  for (guint i = 0; i < models->len; i++)
    {
      const EaselShelfModel *model = g_ptr_array_index (models, i);

      if (model->link != NULL || !g_hash_table_add (known, model->path))
        continue;
      g_queue_push_tail (&self->waiting, g_strdup (model->path));
    }
  ask_next (self);
}

/**
 * easel_shelf_files_get_trouble:
 * @self: of a shelf
 * @model: on it
 *
 * Returns: what is wrong with its file, as far as that is known
 */
EaselFileTrouble
easel_shelf_files_get_trouble (EaselShelfFiles *self, const EaselShelfModel *model)
{
  g_return_val_if_fail (EASEL_IS_SHELF_FILES (self), EASEL_FILE_FINE);
  g_return_val_if_fail (model != NULL, EASEL_FILE_FINE);

  return model->link == NULL ? trouble_of (self, model->path) : EASEL_FILE_FINE;
}

/**
 * easel_shelf_files_find_lost:
 * @self: of a shelf
 *
 * Returns: (transfer container) (element-type EaselShelfModel): those that are to come with every
 *   new GPU and cannot
 */
GPtrArray *
easel_shelf_files_find_lost (EaselShelfFiles *self)
{
  g_autoptr (GPtrArray) lost = g_ptr_array_new ();
  GPtrArray *models;

  g_return_val_if_fail (EASEL_IS_SHELF_FILES (self), NULL);

  models = easel_shelf_get_models (self->shelf);
  for (guint i = 0; i < models->len; i++)
    {
      EaselShelfModel *model = g_ptr_array_index (models, i);

      if (model->is_ticked && easel_shelf_files_get_trouble (self, model) >= EASEL_FILE_GONE)
        g_ptr_array_add (lost, model);
    }
  return g_steal_pointer (&lost);
}

/**
 * easel_shelf_files_leave_lost_out:
 * @self: of a shelf
 *
 * Takes the ticks of easel_shelf_files_find_lost().
 */
void
easel_shelf_files_leave_lost_out (EaselShelfFiles *self)
{
  g_autoptr (GPtrArray) lost = NULL;

  g_return_if_fail (EASEL_IS_SHELF_FILES (self));

  lost = easel_shelf_files_find_lost (self);
  for (guint i = 0; i < lost->len; i++)
    {
      const EaselShelfModel *model = g_ptr_array_index (lost, i);

      easel_shelf_set_ticked (self->shelf, model->folder, model->name, FALSE);
    }
}

/**
 * easel_shelf_files_replace:
 * @self: of a shelf
 * @old: on it; the shelf's own or a copy
 * @found: what lies elsewhere and is the same for the person
 *
 * Puts @found in the place of @old: with its tick, and in its folder if it is of the same kind.
 *
 * Returns: %FALSE if the shelf is full
 */
gboolean
easel_shelf_files_replace (EaselShelfFiles *self,
                           const EaselShelfModel *old,
                           const EaselShelfModel *found)
{
  g_autoptr (EaselShelfModel) before = NULL;
  g_autoptr (EaselShelfModel) model = NULL;
  guint n_behind = G_MAXUINT;

  g_return_val_if_fail (EASEL_IS_SHELF_FILES (self), FALSE);
  g_return_val_if_fail (old != NULL && found != NULL, FALSE);

  before = easel_shelf_model_copy (old);
  model = easel_shelf_model_copy (found);
  model->is_ticked = before->is_ticked;
  if (model->kind == EASEL_MODEL_UNKNOWN || model->kind == before->kind)
    {
      model->kind = before->kind;
      g_free (model->folder);
      model->folder = g_strdup (before->folder);
    }
  if (before->path != NULL)
    g_hash_table_remove (self->troubles, before->path);
  if (model->path != NULL)
    g_hash_table_remove (self->troubles, model->path);
  if (g_strcmp0 (before->name, model->name) != 0 || g_strcmp0 (before->folder, model->folder) != 0)
    n_behind = easel_shelf_remove (self->shelf, before->folder, before->name);
  if (!easel_shelf_put_back (self->shelf, model, n_behind))
    return FALSE;
  g_signal_emit (self, signals[CHANGED], 0);
  return TRUE;
}
