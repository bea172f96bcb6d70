/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Numbers in a drop-down: the offered ones, and the present one where a setting holds something
 * else. Only the numbers and their words; who listens connects to the drop-down. */

#include "config.h"
#include "easel-choice-list.h"

struct _EaselChoiceList
{
  GtkDropDown *drop_down; /* (owned) */
  GArray *values;         /* (owned) (element-type guint): rising, in the order of the rows */
  EaselChoiceListFormat format;
};

static void
fill (EaselChoiceList *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  guint i;

  for (i = 0; i < self->values->len; i++)
    gtk_string_list_take (names, self->format (g_array_index (self->values, guint, i)));
  gtk_drop_down_set_model (self->drop_down, G_LIST_MODEL (names));
}

/**
 * easel_choice_list_new:
 * @drop_down: where the numbers stand
 * @values: (array length=n_values): the numbers, rising
 * @format: words for a number
 *
 * Returns: (transfer full): the list
 */
EaselChoiceList *
easel_choice_list_new (GtkDropDown *drop_down,
                       const guint *values,
                       gsize n_values,
                       EaselChoiceListFormat format)
{
  EaselChoiceList *self;

  g_return_val_if_fail (GTK_IS_DROP_DOWN (drop_down), NULL);
  g_return_val_if_fail (values != NULL && n_values > 0, NULL);
  g_return_val_if_fail (format != NULL, NULL);

  self = g_new0 (EaselChoiceList, 1);
  self->drop_down = g_object_ref (drop_down);
  self->values = g_array_new (FALSE, FALSE, sizeof (guint));
  self->format = format;
  g_array_append_vals (self->values, values, (guint) n_values);
  fill (self);
  return self;
}

/**
 * easel_choice_list_free:
 * @self: (transfer full): a list
 */
void
easel_choice_list_free (EaselChoiceList *self)
{
  g_clear_object (&self->drop_down);
  g_clear_pointer (&self->values, g_array_unref);
  g_free (self);
}

/**
 * easel_choice_list_get_value:
 * @self: a list
 *
 * Returns: the chosen number
 */
guint
easel_choice_list_get_value (EaselChoiceList *self)
{
  guint selected;

  g_return_val_if_fail (self != NULL, 0);

  selected = gtk_drop_down_get_selected (self->drop_down);
  return g_array_index (self->values, guint, MIN (selected, self->values->len - 1));
}

/**
 * easel_choice_list_set_value:
 * @self: a list
 * @value: the number to show as chosen; added to the list where it is missing
 */
void
easel_choice_list_set_value (EaselChoiceList *self, guint value)
{
  guint i = 0;

  g_return_if_fail (self != NULL);

  while (i < self->values->len && g_array_index (self->values, guint, i) < value)
    i++;
  if (i == self->values->len || g_array_index (self->values, guint, i) != value)
    {
      g_array_insert_val (self->values, i, value);
      fill (self);
    }
  if (gtk_drop_down_get_selected (self->drop_down) != i)
    gtk_drop_down_set_selected (self->drop_down, i);
}
