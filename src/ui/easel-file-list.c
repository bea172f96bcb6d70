/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is being downloaded into the server: name, how much, how fast. Names come from the server,
 * so they are shown as plain text, one line each, and however many there are, only MAX_LINES. */

#include "config.h"
#include "easel-file-list.h"

#include "easel-download.h"
#include "easel-text.h"
#include "easel-ui.h"

#include <glib/gi18n-lib.h>

#define MAX_LINES 8

struct _EaselFileList
{
  GtkWidget parent_instance;

  GtkGrid *grid;              /* (unowned): child */
  GtkLabel *names[MAX_LINES]; /* (unowned): children */
  GtkLabel *notes[MAX_LINES]; /* (unowned): children */
  GtkLabel *more;             /* (unowned): child */
};

G_DEFINE_FINAL_TYPE (EaselFileList, easel_file_list, GTK_TYPE_WIDGET)

static char *
dup_note (const EaselDownload *file)
{
  g_autofree char *done = NULL;
  g_autofree char *total = NULL;
  g_autofree char *speed = NULL;

  if (file->found)
    return g_strdup (_ ("was there already"));
  if (file->done)
    return g_strdup (_ ("done"));
  if (file->bytes_total == 0 && file->n_errors > 0)
    return g_strdup (_ ("tries again"));
  if (file->bytes_total == 0)
    return g_strdup (_ ("begins"));

  done = easel_text_gigabytes (file->bytes_done);
  total = easel_text_gigabytes (file->bytes_total);
  if (file->bytes_per_second == 0)
    /* Translators: two sizes, "4.2 GB of 6.9 GB". */
    return g_strdup_printf (_ ("%s of %s"), done, total);
  speed = easel_text_speed (file->bytes_per_second);
  /* Translators: two sizes and a speed, "4.2 GB of 6.9 GB at 96 MB/s". */
  return g_strdup_printf (_ ("%s of %s at %s"), done, total, speed);
}

static GtkLabel *
make_label (EaselFileList *self, int column, int row)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), column == 0 ? 0 : 1);
  gtk_widget_add_css_class (label, "easel-small");
  gtk_widget_set_visible (label, FALSE);
  gtk_grid_attach (self->grid, label, column, row, 1, 1);
  return GTK_LABEL (label);
}

static void
easel_file_list_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (easel_file_list_parent_class)->dispose (object);
}

static void
easel_file_list_class_init (EaselFileListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = easel_file_list_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
easel_file_list_init (EaselFileList *self)
{
  GtkWidget *grid = gtk_grid_new ();
  int i;

  gtk_widget_set_parent (grid, GTK_WIDGET (self));
  self->grid = GTK_GRID (grid);
  gtk_grid_set_column_spacing (self->grid, 18);
  gtk_grid_set_row_spacing (self->grid, 4);
  for (i = 0; i < MAX_LINES; i++)
    {
      self->names[i] = make_label (self, 0, i);
      gtk_widget_set_hexpand (GTK_WIDGET (self->names[i]), TRUE);
      gtk_label_set_ellipsize (self->names[i], PANGO_ELLIPSIZE_MIDDLE);
      self->notes[i] = make_label (self, 1, i);
      gtk_widget_add_css_class (GTK_WIDGET (self->notes[i]), "easel-secondary");
      gtk_widget_add_css_class (GTK_WIDGET (self->notes[i]), "easel-figures");
    }
  self->more = make_label (self, 0, MAX_LINES);
  gtk_widget_add_css_class (GTK_WIDGET (self->more), "easel-secondary");
}

/**
 * easel_file_list_new:
 *
 * Returns: (transfer floating): an empty list
 */
GtkWidget *
easel_file_list_new (void)
{
  return g_object_new (EASEL_TYPE_FILE_LIST, NULL);
}

static void
set_line (EaselFileList *self, guint line, const EaselDownload *file)
{
  easel_ui_set_text (self->names[line], file != NULL ? file->name : NULL);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->names[line]), file != NULL ? file->name : NULL);
  easel_ui_take_text (self->notes[line], file != NULL ? dup_note (file) : NULL);
}

/**
 * easel_file_list_set_files:
 * @self: a list
 * @files: (element-type EaselDownload): all downloads, in the order in which they began
 */
void
easel_file_list_set_files (EaselFileList *self, GPtrArray *files)
{
  guint n_done = 0;
  guint line = 0;
  guint i;

  g_return_if_fail (EASEL_IS_FILE_LIST (self));
  g_return_if_fail (files != NULL);

  for (i = 0; i < files->len; i++)
    {
      const EaselDownload *file = g_ptr_array_index (files, i);

      if (file->done || file->found)
        n_done++;
      else if (line < MAX_LINES)
        set_line (self, line++, file);
    }
  /* The newest of those that are done fill the room that is left. */
  for (i = files->len; i > 0 && line < MAX_LINES; i--)
    {
      const EaselDownload *file = g_ptr_array_index (files, i - 1);

      if (file->done || file->found)
        set_line (self, line++, file);
    }
  for (; line < MAX_LINES; line++)
    set_line (self, line, NULL);

  if (files->len > MAX_LINES)
    easel_ui_take_text (self->more, g_strdup_printf (ngettext ("%u of %u is there",
                                                               "%u of %u are there", n_done),
                                                     n_done, files->len));
  else
    easel_ui_set_text (self->more, NULL);
}
