/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The question about a GPU that has run on while nobody was there to end it. It goes away by itself
 * when the GPU confirms its end after all, or ends. */

#include "config.h"
#include "easel-wanted-dialog.h"

#include "easel-rental-text.h"
#include "easel-text.h"

#include <glib/gi18n.h>

static char *
dup_body (EaselRental *rental, gint64 now)
{
  const EaselPodData *pod = easel_rental_get_pod (rental);
  g_autofree char *rate = easel_money_format_hourly (easel_rental_get_price (rental));
  g_autofree char *time = NULL;

  if (pod == NULL || pod->created_unix_ms <= 0)
    /* Translators: %s is a price, "$0.23 per hour". */
    return g_strdup_printf (_ ("You pay %s for it. It has not confirmed that it ends by itself, so "
                               "only Cloud Easel ends it."),
                            rate);
  time = easel_text_clock_time (pod->created_unix_ms, now);
  /* Translators: first a price, "$0.23 per hour", then a time, "20:10". */
  return g_strdup_printf (_ ("You pay %s for it, since %s. It has not confirmed that it ends by "
                             "itself, so only Cloud Easel ends it."),
                          rate, time);
}

static void
on_rental_changed (EaselRental *rental, EaselQuestion *question)
{
  const EaselRentalState state = easel_rental_get_state (rental);

  if (easel_rental_is_confirmed (rental) ||
      (state != EASEL_RENTAL_STARTING && state != EASEL_RENTAL_READY &&
       state != EASEL_RENTAL_TROUBLE))
    {
      g_signal_handlers_disconnect_by_func (rental, on_rental_changed, question);
      easel_question_answer (question, "cancel");
    }
}

static void
on_answer (EaselQuestion *question, const char *answer, EaselStudio *studio)
{
  EaselRental *rental = g_object_get_data (G_OBJECT (question), "rental");

  g_signal_handlers_disconnect_by_func (rental, on_rental_changed, question);
  if (g_str_equal (answer, "delete") && easel_rental_can_delete (rental))
    easel_studio_delete (studio, rental, "done");
}

/**
 * easel_wanted_dialog_new:
 * @parent: (nullable): the window in front of which it stands
 * @studio: who deletes it
 * @rental: what is asked about
 * @clock: the time in which it runs
 *
 * Returns: (transfer none): the question, to be presented: "delete", "keep" or "cancel"; "delete"
 *   is carried out here
 */
EaselQuestion *
easel_wanted_dialog_new (GtkWindow *parent,
                         EaselStudio *studio,
                         EaselRental *rental,
                         EaselClock *clock)
{
  EaselQuestion *question;
  g_autofree char *heading = NULL;
  g_autofree char *body = NULL;

  g_return_val_if_fail (EASEL_IS_STUDIO (studio), NULL);
  g_return_val_if_fail (EASEL_IS_RENTAL (rental), NULL);
  g_return_val_if_fail (EASEL_IS_CLOCK (clock), NULL);

  /* Translators: %s is a GPU, "RTX 3090". */
  heading = g_strdup_printf (_ ("Do you still need the %s?"), easel_rental_get_gpu_name (rental));
  body = dup_body (rental, easel_clock_get_unix_ms (clock));
  question = easel_question_new (parent, heading, body);
  g_object_set_data_full (G_OBJECT (question), "rental", g_object_ref (rental), g_object_unref);
  easel_question_add_answer (question, "keep", _ ("Keep Running"), EASEL_ANSWER_PLAIN);
  easel_question_add_answer (question, "delete", _ ("Delete"), EASEL_ANSWER_DESTRUCTIVE);
  g_signal_connect_object (question, "response", G_CALLBACK (on_answer), studio, 0);
  g_signal_connect_object (rental, "changed", G_CALLBACK (on_rental_changed), question, 0);

  return question;
}
