/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is rented as a table for people and as JSON for programs. The names of the JSON members and
 * of the states are an interface: they are added to, never changed, and not translated. */

#include "config.h"
#include "easel-console-table.h"

#include "easel-json.h"
#include "easel-money.h"
#include "easel-rental-text.h"

#include <glib/gi18n.h>

#define N_COLUMNS 8

static const char *const state_names[EASEL_N_RENTAL_STATES] = {
  [EASEL_RENTAL_RENTING] = "renting",   [EASEL_RENTAL_STARTING] = "starting",
  [EASEL_RENTAL_READY] = "running",     [EASEL_RENTAL_TROUBLE] = "trouble",
  [EASEL_RENTAL_PAUSING] = "pausing",   [EASEL_RENTAL_PAUSED] = "paused",
  [EASEL_RENTAL_RESUMING] = "resuming", [EASEL_RENTAL_DELETING] = "deleting",
  [EASEL_RENTAL_STUCK] = "not-deleted", [EASEL_RENTAL_GONE] = "deleted",
  [EASEL_RENTAL_UNSEEN] = "unseen",
};

/**
 * easel_console_table_get_state:
 * @rental: a rental
 *
 * Returns: (transfer none): its state in one word
 */
const char *
easel_console_table_get_state (EaselRental *rental)
{
  g_return_val_if_fail (EASEL_IS_RENTAL (rental), "");

  return state_names[easel_rental_get_state (rental)];
}

static const char *
get_id (EaselRental *rental)
{
  const EaselPodData *pod = easel_rental_get_pod (rental);
  const EaselJournalRecord *record = easel_rental_get_record (rental);

  if (pod != NULL)
    return pod->id;
  return record != NULL ? record->pod_id : NULL;
}

static const char *
get_name (EaselRental *rental)
{
  const EaselPodData *pod = easel_rental_get_pod (rental);
  const EaselJournalRecord *record = easel_rental_get_record (rental);

  if (pod != NULL)
    return pod->name;
  return record != NULL ? record->name : NULL;
}

/* --- for people ------------------------------------------------------------------------------- */

/* Names come from outside: none of them may steer the terminal. */
static void
blank_controls (char *text)
{
  char *p;

  for (p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (g_ascii_iscntrl (*p))
      *p = ' ';
    else if ((guchar) p[0] == 0xc2 && (guchar) p[1] < 0xa0)
      p[0] = p[1] = ' ';
}

/* As the studio's rows say it: GPUs by the hour, what is kept without one so that it can be read.
 */
static char *
dup_price (EaselRental *rental)
{
  const gint64 price = easel_rental_get_price (rental);

  if (price == EASEL_MONEY_UNKNOWN)
    return NULL;
  if (!easel_rental_is_stored (rental))
    return easel_money_format_hourly (price);
  /* What it costs to keep the files was not told: that is not nothing. */
  return price != 0 ? easel_money_format_rate (price) : NULL;
}

static char **
make_row (EaselRental *rental)
{
  char **row = g_new0 (char *, N_COLUMNS + 1);
  gint64 cost = easel_rental_get_cost_so_far (rental);
  guint i = 0;

  row[i++] = g_strdup (easel_rental_get_provider_info (rental)->name);
  row[i++] = g_strdup (get_id (rental));
  row[i++] = g_strdup (get_name (rental));
  row[i++] = easel_rental_dup_badge (rental, NULL);
  row[i++] = g_strdup (easel_rental_get_gpu_name (rental));
  row[i++] = dup_price (rental);
  row[i++] = cost == EASEL_MONEY_UNKNOWN ? NULL : easel_money_format (cost);
  row[i++] = g_strdup (easel_rental_get_address (rental));
  for (i = 0; i < N_COLUMNS; i++)
    if (row[i] == NULL || *row[i] == '\0')
      {
        g_free (row[i]);
        row[i] = g_strdup ("–");
      }
    else
      blank_controls (row[i]);
  return row;
}

static char **
make_heading (void)
{
  const char *const words[N_COLUMNS + 1] = { _ ("Provider"),    _ ("ID"),      _ ("Name"),
                                             _ ("State"),       _ ("GPU"),     _ ("Price"),
                                             _ ("Cost so Far"), _ ("Address"), NULL };

  return g_strdupv ((char **) words);
}

/**
 * easel_console_table_dup_text:
 * @studio: what is rented
 *
 * Returns: (transfer full): a table with a heading, a line each; empty if nothing is rented
 */
char *
easel_console_table_dup_text (EaselStudio *studio)
{
  GListModel *model;
  g_autoptr (GPtrArray) rows = NULL;
  GString *text;
  int widths[N_COLUMNS] = { 0 };
  guint n;

  g_return_val_if_fail (EASEL_IS_STUDIO (studio), NULL);

  model = easel_studio_get_rentals (studio);
  n = g_list_model_get_n_items (model);
  text = g_string_new (NULL);
  if (n == 0)
    return g_string_free (text, FALSE);
  rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_ptr_array_add (rows, make_heading ());
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (EaselRental) rental = g_list_model_get_item (model, i);

      g_ptr_array_add (rows, make_row (rental));
    }
  for (guint i = 0; i < rows->len; i++)
    for (guint c = 0; c < N_COLUMNS; c++)
      widths[c] =
          MAX (widths[c], (int) g_utf8_strlen (((char **) g_ptr_array_index (rows, i))[c], -1));
  for (guint i = 0; i < rows->len; i++)
    for (guint c = 0; c < N_COLUMNS; c++)
      {
        const char *cell = ((char **) g_ptr_array_index (rows, i))[c];
        int pad = widths[c] - (int) g_utf8_strlen (cell, -1) + 2;

        g_string_append (text, cell);
        if (c + 1 == N_COLUMNS)
          g_string_append_c (text, '\n');
        else
          g_string_append_printf (text, "%*s", pad, "");
      }
  return g_string_free (text, FALSE);
}

/* --- for programs ----------------------------------------------------------------------------- */

static void
add_text (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value != NULL)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
add_dollars (JsonBuilder *builder, const char *name, gint64 micros)
{
  json_builder_set_member_name (builder, name);
  if (micros != EASEL_MONEY_UNKNOWN)
    json_builder_add_double_value (builder, (double) micros / EASEL_MICROS_PER_DOLLAR);
  else
    json_builder_add_null_value (builder);
}

static void
add_rental (JsonBuilder *builder, EaselRental *rental)
{
  json_builder_begin_object (builder);
  add_text (builder, "provider", easel_rental_get_provider_info (rental)->id);
  add_text (builder, "id", get_id (rental));
  add_text (builder, "name", get_name (rental));
  add_text (builder, "state", easel_console_table_get_state (rental));
  add_text (builder, "gpu", easel_rental_get_gpu_name (rental));
  add_text (builder, "address", easel_rental_get_address (rental));
  add_dollars (builder, "price_per_hour", easel_rental_get_price (rental));
  add_dollars (builder, "cost_so_far", easel_rental_get_cost_so_far (rental));
  json_builder_set_member_name (builder, "ours");
  json_builder_add_boolean_value (builder, easel_rental_is_ours (rental));
  json_builder_end_object (builder);
}

/**
 * easel_console_table_dup_json:
 * @studio: what is rented
 *
 * Returns: (transfer full): an array of objects, on one line; money in dollars, unknown things null
 */
char *
easel_console_table_dup_json (EaselStudio *studio)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  GListModel *model;
  guint n;

  g_return_val_if_fail (EASEL_IS_STUDIO (studio), NULL);

  model = easel_studio_get_rentals (studio);
  n = g_list_model_get_n_items (model);
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (EaselRental) rental = g_list_model_get_item (model, i);

      add_rental (builder, rental);
    }
  json_builder_end_array (builder);
  root = json_builder_get_root (builder);
  return easel_json_to_text (root);
}
