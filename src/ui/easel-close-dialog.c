/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What becomes of running GPUs when the last window closes. Nothing but the running program ends
 * them, so the person decides; the answer "delete" is carried out here, "keep" and "cancel" are up
 * to the application. */

#include "config.h"
#include "easel-close-dialog.h"

#include "easel-rental-text.h"
#include "easel-text.h"

#include <glib/gi18n.h>

/* Made here, costs the GPU's price, and nothing but this program ends it. */
static gboolean
runs_unguarded (EaselRental *rental)
{
  switch (easel_rental_get_state (rental))
    {
    case EASEL_RENTAL_RENTING:
    case EASEL_RENTAL_PAUSING:
    case EASEL_RENTAL_RESUMING:
      return easel_rental_is_ours (rental);
    case EASEL_RENTAL_STARTING:
    case EASEL_RENTAL_TROUBLE:
    case EASEL_RENTAL_READY:
      return easel_rental_is_ours (rental) && !easel_rental_is_confirmed (rental);
    case EASEL_RENTAL_PAUSED:
    case EASEL_RENTAL_DELETING:
    case EASEL_RENTAL_STUCK:
    case EASEL_RENTAL_GONE:
    case EASEL_RENTAL_UNSEEN:
    case EASEL_N_RENTAL_STATES:
    default:
      return FALSE;
    }
}

static GPtrArray *
collect (EaselStudio *studio)
{
  GListModel *model = easel_studio_get_rentals (studio);
  GPtrArray *rentals = g_ptr_array_new_with_free_func (g_object_unref);
  guint n = g_list_model_get_n_items (model);
  guint i;

  for (i = 0; i < n; i++)
    {
      g_autoptr (EaselRental) rental = g_list_model_get_item (model, i);

      if (runs_unguarded (rental))
        g_ptr_array_add (rentals, g_steal_pointer (&rental));
    }
  return rentals;
}

static char *
dup_heading (GPtrArray *rentals)
{
  if (rentals->len == 1)
    /* Translators: %s is a GPU, "RTX 3090". */
    return g_strdup_printf (_ ("The %s still runs"),
                            easel_rental_get_gpu_name (g_ptr_array_index (rentals, 0)));
  return g_strdup_printf (ngettext ("%u GPU still runs", "%u GPUs still run", rentals->len),
                          rentals->len);
}

static char *
dup_body (GPtrArray *rentals, gint64 now)
{
  gint64 price = 0;
  gint64 ends_at = 0;
  guint i;
  g_autofree char *rate = NULL;
  g_autofree char *time = NULL;

  for (i = 0; i < rentals->len; i++)
    {
      EaselRental *rental = g_ptr_array_index (rentals, i);

      price += MAX (easel_rental_get_price (rental), 0);
      ends_at = MAX (ends_at, easel_rental_get_ends_at (rental));
    }
  rate = easel_money_format_hourly (price);
  if (ends_at <= 0)
    return g_strdup_printf (_ ("You pay %s until it is deleted. Cloud Easel can watch over it in "
                               "the background, while this computer is on."),
                            rate);
  time = easel_text_clock_time (ends_at, now);
  /* Translators: first a price, "$0.23 per hour", then a time, "23:40". */
  return g_strdup_printf (_ ("You pay %s. Cloud Easel can stay in the background and end it by %s "
                             "at the latest. Leave this computer on until then."),
                          rate, time);
}

static void
on_answer (EaselQuestion *question, const char *answer, gpointer user_data)
{
  EaselStudio *studio = EASEL_STUDIO (user_data);
  g_autoptr (GPtrArray) rentals = NULL;
  guint i;

  if (!g_str_equal (answer, "delete"))
    return;
  /* Also one that was rented while the question stood there. */
  rentals = collect (studio);
  for (i = 0; i < rentals->len; i++)
    if (easel_rental_can_delete (g_ptr_array_index (rentals, i)))
      easel_studio_delete (studio, g_ptr_array_index (rentals, i), "done");
}

/**
 * easel_close_dialog_is_needed:
 *
 * Returns: whether something runs that would cost on without the program
 */
gboolean
easel_close_dialog_is_needed (EaselStudio *studio)
{
  g_autoptr (GPtrArray) rentals = NULL;

  g_return_val_if_fail (EASEL_IS_STUDIO (studio), FALSE);

  rentals = collect (studio);
  return rentals->len > 0;
}

/**
 * easel_close_dialog_new:
 * @parent: (nullable): the window that is to be closed
 * @clock: the time in which things end
 *
 * Returns: (transfer none): the question, to be presented: "delete", "keep" or "cancel"
 */
EaselQuestion *
easel_close_dialog_new (GtkWindow *parent, EaselStudio *studio, EaselClock *clock)
{
  EaselQuestion *question;
  g_autoptr (GPtrArray) rentals = NULL;
  g_autofree char *heading = NULL;
  g_autofree char *body = NULL;

  g_return_val_if_fail (EASEL_IS_STUDIO (studio), NULL);
  g_return_val_if_fail (EASEL_IS_CLOCK (clock), NULL);

  rentals = collect (studio);
  heading = dup_heading (rentals);
  body = dup_body (rentals, easel_clock_get_unix_ms (clock));
  question = easel_question_new (parent, heading, body);
  easel_question_add_answer (question, "cancel", _ ("Cancel"), EASEL_ANSWER_PLAIN);
  easel_question_add_answer (question, "keep", _ ("Keep Running"), EASEL_ANSWER_PLAIN);
  easel_question_add_answer (question, "delete", _ ("Delete"), EASEL_ANSWER_DESTRUCTIVE);
  g_signal_connect_object (question, "response", G_CALLBACK (on_answer), studio, 0);

  return question;
}
