/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A list of model rows that is shown anew every few seconds: which rows stay, and in which order
 * files stand in it. What a row says is the affair of its window. */

#include "config.h"
#include "easel-model-rows.h"

#include "easel-model-text.h"

#include <string.h>

/**
 * easel_model_rows_take:
 * @list: of #EaselModelRow
 * @index: where the row belongs
 * @folder: of the file
 * @name: of the file
 * @ret_is_new: (out): whether it was made for this
 *
 * Rows stay the same widgets, so that the focus stays where it is. What stood before the row and
 * was not taken goes.
 *
 * Returns: (transfer none): the row of that file
 */
EaselModelRow *
easel_model_rows_take (GtkListBox *list,
                       int index,
                       const char *folder,
                       const char *name,
                       gboolean *ret_is_new)
{
  GtkListBoxRow *row;
  GtkWidget *made;
  int i;

  g_return_val_if_fail (GTK_IS_LIST_BOX (list), NULL);
  g_return_val_if_fail (ret_is_new != NULL, NULL);

  *ret_is_new = FALSE;
  for (i = index; (row = gtk_list_box_get_row_at_index (list, i)) != NULL; i++)
    {
      EaselModelRow *other = EASEL_MODEL_ROW (row);

      if (g_strcmp0 (easel_model_row_get_name (other), name) != 0 ||
          g_strcmp0 (easel_model_row_get_folder (other), folder) != 0)
        continue;
      /* What stood before it has gone. */
      while (i-- > index)
        gtk_list_box_remove (list, GTK_WIDGET (gtk_list_box_get_row_at_index (list, index)));
      return other;
    }
  made = easel_model_row_new (folder, name);
  gtk_list_box_insert (list, made, index);
  *ret_is_new = TRUE;
  return EASEL_MODEL_ROW (made);
}

/**
 * easel_model_rows_cut:
 * @list: of #EaselModelRow
 * @n: how many were taken
 *
 * Removes the rest.
 */
void
easel_model_rows_cut (GtkListBox *list, int n)
{
  GtkListBoxRow *row;

  g_return_if_fail (GTK_IS_LIST_BOX (list));

  while ((row = gtk_list_box_get_row_at_index (list, n)) != NULL)
    gtk_list_box_remove (list, GTK_WIDGET (row));
}

/* The kinds that people add come first. */
static guint
rank (const EaselPodFile *file)
{
  switch (easel_model_text_kind_of_folder (file->folder))
    {
    case EASEL_MODEL_LORA:
      return 0;
    case EASEL_MODEL_CHECKPOINT:
      return 1;
    case EASEL_MODEL_UNKNOWN:
      return 100;
    case EASEL_MODEL_CONTROLNET:
    case EASEL_MODEL_VAE:
    case EASEL_MODEL_DIFFUSION:
    case EASEL_MODEL_TEXT_ENCODER:
    case EASEL_MODEL_CLIP_VISION:
    case EASEL_MODEL_UPSCALER:
    case EASEL_MODEL_EMBEDDING:
    case EASEL_MODEL_IP_ADAPTER:
    case EASEL_N_MODEL_KINDS:
    default:
      return 2 + (guint) easel_model_text_kind_of_folder (file->folder);
    }
}

static int
compare_files (gconstpointer a, gconstpointer b)
{
  const EaselPodFile *one = *(EaselPodFile *const *) a;
  const EaselPodFile *other = *(EaselPodFile *const *) b;
  const int by_rank = (int) rank (one) - (int) rank (other);
  const int by_folder = by_rank != 0 ? by_rank : strcmp (one->folder, other->folder);

  return by_folder != 0 ? by_folder : strcmp (one->name, other->name);
}

/**
 * easel_model_rows_sort:
 * @files: (element-type EaselPodFile): of a GPU
 *
 * By kind, and there by folder and name.
 */
void
easel_model_rows_sort (GPtrArray *files)
{
  g_return_if_fail (files != NULL);

  g_ptr_array_sort (files, compare_files);
}
