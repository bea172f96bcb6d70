/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Seeks a model of the shelf that lies on this computer, but not where it did: the person shows
 * where, it is looked at, and takes the place of the lost one. One at a time. Owns what is sought;
 * the shelf is EaselShelfFiles' business, and what it means for a GPU that of whoever asks. */

#include "config.h"
#include "easel-file-finder.h"

#include "easel-error.h"

#include <glib/gi18n-lib.h>

struct _EaselFileFinder
{
  GObject parent_instance;

  EaselSession *session;         /* (owned) */
  GtkFileChooserNative *chooser; /* (owned) (nullable) */
  GCancellable *cancellable;     /* (owned) (nullable): while a found file is looked at */
  EaselShelfModel *lost;         /* (owned) (nullable): what is sought */
};

enum
{
  FOUND,
  FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EaselFileFinder, easel_file_finder, G_TYPE_OBJECT)

static void
stop (EaselFileFinder *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  g_clear_pointer (&self->lost, easel_shelf_model_free);
}

static void
easel_file_finder_dispose (GObject *object)
{
  EaselFileFinder *self = EASEL_FILE_FINDER (object);

  stop (self);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (easel_file_finder_parent_class)->dispose (object);
}

static void
easel_file_finder_class_init (EaselFileFinderClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = easel_file_finder_dispose;

  /**
   * EaselFileFinder::found:
   * @self: a finder
   * @lost: (type gpointer) (transfer none): the #EaselShelfModel that was sought
   * @found: (type gpointer) (transfer none): what stands on the shelf in its place
   */
  signals[FOUND] = g_signal_new ("found", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_POINTER);

  /**
   * EaselFileFinder::failed:
   * @self: a finder
   * @sentence: what is wrong with the file that was chosen
   */
  signals[FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
easel_file_finder_init (EaselFileFinder *self)
{
}

/**
 * easel_file_finder_new:
 * @session: whose shelf it is
 *
 * Returns: (transfer full): one that seeks nothing yet
 */
EaselFileFinder *
easel_file_finder_new (EaselSession *session)
{
  EaselFileFinder *self;

  g_return_val_if_fail (EASEL_IS_SESSION (session), NULL);

  self = g_object_new (EASEL_TYPE_FILE_FINDER, NULL);
  self->session = g_object_ref (session);
  return self;
}

static void
tell_failure (EaselFileFinder *self, const GError *error)
{
  g_autofree char *sentence = easel_error_sentence (error, self->lost->name);
  g_autofree char *whole = NULL;

  /* Translators: a file and what is wrong with it. */
  whole = g_strdup_printf (_ ("%s: %s"), self->lost->name, sentence);
  g_signal_emit (self, signals[FAILED], 0, whole);
}

static void
take_found (EaselFileFinder *self, const EaselShelfModel *found)
{
  EaselShelfFiles *files = easel_session_get_shelf_files (self->session);
  GPtrArray *models;

  if (!easel_shelf_files_replace (files, self->lost, found))
    return;
  models = easel_shelf_get_models (easel_session_get_shelf (self->session));
  for (guint i = 0; i < models->len; i++)
    {
      const EaselShelfModel *model = g_ptr_array_index (models, i);

      if (g_strcmp0 (model->path, found->path) == 0)
        {
          g_autoptr (EaselShelfModel) lost = easel_shelf_model_copy (self->lost);
          g_autoptr (EaselShelfModel) copy = easel_shelf_model_copy (model);

          g_signal_emit (self, signals[FOUND], 0, lost, copy);
          return;
        }
    }
}

/* Whoever goes away meanwhile must not stay for it. */
static void
on_inspected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GWeakRef *weak = user_data;
  g_autoptr (EaselFileFinder) self = g_weak_ref_get (weak);
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselShelfModel) found =
      easel_model_inspector_inspect_finish (EASEL_MODEL_INSPECTOR (source), result, &error);

  g_weak_ref_clear (weak);
  g_free (weak);
  if (self == NULL || self->session == NULL || easel_error_is_cancelled (error))
    return;
  g_clear_object (&self->cancellable);
  if (found != NULL)
    take_found (self, found);
  else
    tell_failure (self, error);
}

static void
on_chosen (GtkNativeDialog *dialog, int response, EaselFileFinder *self)
{
  g_autoptr (GFile) file = NULL;
  GWeakRef *weak;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  g_clear_object (&self->chooser);
  if (file == NULL || self->lost == NULL)
    return;
  weak = g_new0 (GWeakRef, 1);
  g_weak_ref_init (weak, self);
  self->cancellable = g_cancellable_new ();
  easel_model_inspector_inspect_file_async (easel_session_get_model_inspector (self->session), file,
                                            self->cancellable, on_inspected, weak);
}

/**
 * easel_file_finder_find:
 * @self: a finder
 * @asker: in whose window the person is asked
 * @lost: what is sought; copied
 *
 * Asks where it is now. What was sought before is given up.
 */
void
easel_file_finder_find (EaselFileFinder *self, GtkWidget *asker, const EaselShelfModel *lost)
{
  GtkRoot *root;

  g_return_if_fail (EASEL_IS_FILE_FINDER (self));
  g_return_if_fail (GTK_IS_WIDGET (asker));
  g_return_if_fail (lost != NULL && lost->name != NULL && lost->folder != NULL);

  root = gtk_widget_get_root (asker);
  stop (self);
  self->lost = easel_shelf_model_copy (lost);
  self->chooser = easel_file_finder_new_chooser (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/**
 * easel_file_finder_new_chooser:
 * @parent: (nullable): the window that asks
 *
 * Returns: (transfer full): a dialog for one file, not shown yet
 */
GtkFileChooserNative *
easel_file_finder_new_chooser (GtkWindow *parent)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
  GtkFileChooserNative *chooser;

  g_return_val_if_fail (parent == NULL || GTK_IS_WINDOW (parent), NULL);

  chooser = gtk_file_chooser_native_new (_ ("Choose Models"), parent, GTK_FILE_CHOOSER_ACTION_OPEN,
                                         _ ("_Choose"), NULL);
  gtk_file_filter_set_name (filter, _ ("Models (.safetensors, .sft)"));
  gtk_file_filter_add_suffix (filter, "safetensors");
  gtk_file_filter_add_suffix (filter, "sft");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (chooser), filter);
  return chooser;
}
