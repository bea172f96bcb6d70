/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The models of a boot, as agent or log name them, and the line about them. Owns nothing. */

#include "config.h"
#include "easel-boot-models.h"

#include "easel-text.h"

#include <glib/gi18n.h>

/**
 * easel_boot_models_from_agent:
 * @progress: what the agent says
 *
 * Returns: (transfer full) (element-type EaselDownload): its files as a page shows them
 */
GPtrArray *
easel_boot_models_from_agent (const EaselAgentProgress *progress)
{
  GPtrArray *files = g_ptr_array_new_with_free_func ((GDestroyNotify) easel_download_free);

  for (guint i = 0; i < progress->files->len; i++)
    {
      const EaselAgentFile *from = g_ptr_array_index (progress->files, i);
      EaselDownload *file = easel_download_new (from->name);

      file->bytes_done = from->have;
      file->bytes_total = from->size;
      file->bytes_per_second = from->speed;
      file->done = from->done;
      file->n_errors = from->failed ? 1 : 0;
      g_ptr_array_add (files, file);
    }
  return files;
}

static guint
count_done (GPtrArray *files)
{
  guint n_done = 0;

  for (guint i = 0; i < files->len; i++)
    {
      const EaselDownload *file = g_ptr_array_index (files, i);

      if (file->done || file->found)
        n_done++;
    }
  return n_done;
}

static const EaselDownload *
find_active (GPtrArray *files)
{
  for (guint i = files->len; i > 0; i--)
    {
      const EaselDownload *file = g_ptr_array_index (files, i - 1);

      if (!file->done && !file->found && file->bytes_total > 0)
        return file;
    }
  return NULL;
}

/**
 * easel_boot_models_dup_note:
 * @files: (element-type EaselDownload): in the order in which they began
 * @are_over: whether the start has gone on to the next stage
 *
 * Returns: (transfer full) (nullable): one line about them, translated; %NULL for none
 */
char *
easel_boot_models_dup_note (GPtrArray *files, gboolean are_over)
{
  const guint n_done = count_done (files);
  const EaselDownload *active = find_active (files);
  g_autofree char *count = NULL;

  if (files->len == 0)
    return NULL;
  /* The log names one model after another, so how many there will be is not known yet. */
  count = g_strdup_printf (ngettext ("%u model done", "%u models done", n_done), n_done);
  if (are_over || active == NULL)
    return g_steal_pointer (&count);
  {
    g_autofree char *size = easel_text_gigabytes (active->bytes_total);
    g_autofree char *speed = easel_text_speed (active->bytes_per_second);

    if (active->bytes_per_second == 0)
      /* Translators: name of a model, its size, how many are done. */
      return g_strdup_printf (_ ("%s, %s · %s"), active->name, size, count);
    /* Translators: name of a model, its size, speed, how many are done. */
    return g_strdup_printf (_ ("%s, %s at %s · %s"), active->name, size, speed, count);
  }
}
