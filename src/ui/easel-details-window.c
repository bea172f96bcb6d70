/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The technical facts of one GPU that the row leaves out. A snapshot: it reads the rental once and
 * keeps no hold of it. */

#include "config.h"
#include "easel-details-window.h"

#include "easel-error.h"
#include "easel-rental-text.h"
#include "easel-side-window.h"
#include "easel-text.h"
#include "easel-ui.h"

#include <glib/gi18n.h>

typedef struct
{
  GtkGrid *grid; /* (unowned) */
  int row;
} Table;

static void
add_fact (Table *table, const char *name, const char *value)
{
  GtkWidget *key;
  GtkWidget *label;

  if (value == NULL || *value == '\0')
    return;
  key = gtk_label_new (name);
  gtk_label_set_xalign (GTK_LABEL (key), 0);
  gtk_label_set_yalign (GTK_LABEL (key), 0);
  gtk_widget_add_css_class (key, "easel-secondary");
  label = gtk_label_new (value);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_width_chars (GTK_LABEL (label), 12);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_RELATION_LABELLED_BY, key,
                                  NULL, -1);
  gtk_grid_attach (table->grid, key, 0, table->row, 1, 1);
  gtk_grid_attach (table->grid, label, 1, table->row, 1, 1);
  table->row++;
}

static void
take_fact (Table *table, const char *name, char *value)
{
  add_fact (table, name, value);
  g_free (value);
}

static char *
dup_time (gint64 unix_ms, gint64 now)
{
  return unix_ms > 0 ? easel_text_clock_time (unix_ms, now) : NULL;
}

static void
add_rental_facts (Table *table, EaselRental *rental, gint64 now)
{
  const EaselProviderInfo *info = easel_rental_get_provider_info (rental);

  add_fact (table, _ ("Provider"), info != NULL ? info->name : NULL);
  take_fact (table, _ ("Price"), easel_rental_dup_rate (rental));
  take_fact (table, _ ("Cost"), easel_rental_dup_cost (rental));
  take_fact (table, _ ("End"), easel_rental_dup_end_text (rental, now));
  add_fact (table, _ ("Address"), easel_rental_get_address (rental));
}

static void
add_record_facts (Table *table, const EaselJournalRecord *record, gint64 now)
{
  take_fact (table, _ ("Rented"), dup_time (record->intent_unix_ms, now));
  take_fact (table, _ ("Ready"), dup_time (record->ready_unix_ms, now));
  add_fact (table, _ ("Template"), record->template_name);
}

static void
add_pod_facts (Table *table, const EaselPodData *pod)
{
  add_fact (table, _ ("Name"), pod->name);
  add_fact (table, _ ("Identifier"), pod->id);
  add_fact (table, _ ("State at the provider"), pod->state_word);
  add_fact (table, _ ("Machine"), pod->machine_id);
  add_fact (table, _ ("Software"), pod->image);
  if (pod->disk_gb > 0)
    /* Translators: a size of a disk. */
    take_fact (table, _ ("Disk"), g_strdup_printf (_ ("%u GB"), pod->disk_gb));
  if (pod->workspace_gb > 0)
    take_fact (table, _ ("Lasting disk"), g_strdup_printf (_ ("%u GB"), pod->workspace_gb));
  if (pod->ram_mib > 0)
    take_fact (table, _ ("System memory"), easel_text_vram (pod->ram_mib));
  if (pod->cuda_version > 0)
    take_fact (table, _ ("CUDA"), easel_cuda_format (pod->cuda_version));
}

/**
 * easel_details_window_new:
 * @parent: (nullable): the window that it belongs to
 *
 * Returns: (transfer none): a window, not shown yet
 */
GtkWindow *
easel_details_window_new (GtkWindow *parent, EaselRental *rental, EaselClock *clock)
{
  Table table = { GTK_GRID (gtk_grid_new ()), 0 };
  const GError *error;
  gint64 now;
  g_autofree char *title = NULL;

  g_return_val_if_fail (EASEL_IS_RENTAL (rental), NULL);
  g_return_val_if_fail (EASEL_IS_CLOCK (clock), NULL);

  now = easel_clock_get_unix_ms (clock);
  title = easel_rental_dup_title (rental);
  gtk_grid_set_row_spacing (table.grid, 8);
  gtk_grid_set_column_spacing (table.grid, 18);
  add_rental_facts (&table, rental, now);
  if (easel_rental_get_record (rental) != NULL)
    add_record_facts (&table, easel_rental_get_record (rental), now);
  if (easel_rental_get_pod (rental) != NULL)
    add_pod_facts (&table, easel_rental_get_pod (rental));
  error = easel_rental_get_error (rental);
  if (error != NULL)
    {
      add_fact (&table, _ ("Last error"), error->message);
      add_fact (&table, _ ("In the provider’s words"), easel_error_get_details (error));
    }

  return easel_side_window_new (parent, title, GTK_WIDGET (table.grid));
}
