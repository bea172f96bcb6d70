/* SPDX-License-Identifier: GPL-3.0-or-later */

/* I’m Done…, Pause… and what to do when a paused GPU cannot start: one sentence that says what is
 * lost, and the deed when it was chosen.
 *
 * A GPU that this program did not make is asked about twice, because nobody here knows what is on
 * it. Proving that it is gone belongs to the studio. */

#include "config.h"
#include "easel-done-dialog.h"

#include "easel-model-text.h"
#include "easel-ui.h"

#include <glib/gi18n.h>

typedef struct
{
  EaselStudio *studio; /* (owned) */
  EaselRental *rental; /* (owned) */
} Deed;

static void
deed_free (gpointer data, GClosure *closure)
{
  Deed *deed = data;

  g_clear_object (&deed->studio);
  g_clear_object (&deed->rental);
  g_free (deed);
}

static void
connect_deed (EaselQuestion *question, GCallback callback, EaselStudio *studio, EaselRental *rental)
{
  Deed *deed = g_new0 (Deed, 1);

  g_assert (EASEL_IS_QUESTION (question));

  deed->studio = g_object_ref (studio);
  deed->rental = g_object_ref (rental);
  g_signal_connect_data (question, "response", callback, deed, deed_free, 0);
}

/* In bold: what takes the fear. */
static void
add_comfort (EaselQuestion *question, const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 50);
  gtk_widget_add_css_class (label, "easel-strong");
  easel_question_set_content (question, label);
}

static void
add_return (EaselQuestion *question, EaselShelf *shelf)
{
  g_autofree char *text = easel_model_text_return (easel_shelf_get_models (shelf));
  GtkWidget *label;

  if (text == NULL)
    return;
  label = gtk_label_new (text);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 50);
  gtk_widget_set_margin_top (label, 6);
  easel_question_set_content (question, label);
}

static gboolean
is_starting (EaselRental *rental)
{
  EaselRentalState state = easel_rental_get_state (rental);

  return state == EASEL_RENTAL_RENTING || state == EASEL_RENTAL_STARTING;
}

/* The clicks may come long after the question: by then it may be gone already. */
static void
delete_now (Deed *deed)
{
  if (easel_rental_can_delete (deed->rental))
    easel_studio_delete (deed->studio, deed->rental,
                         is_starting (deed->rental) ? "cancelled" : "done");
}

static void
on_done_answer (EaselQuestion *question, const char *answer, gpointer user_data)
{
  if (g_str_equal (answer, "delete"))
    delete_now (user_data);
}

/* Deleting what somebody else made asks once more. */
static void
on_foreign_answer (EaselQuestion *question, const char *answer, gpointer user_data)
{
  Deed *deed = user_data;
  EaselQuestion *second;
  g_autofree char *body = NULL;

  if (!g_str_equal (answer, "delete"))
    return;
  /* Translators: %s is a GPU, "RTX 3090". */
  body = g_strdup_printf (_ ("The %s and everything on its disk will be gone. Nobody can bring it "
                             "back."),
                          easel_rental_get_gpu_name (deed->rental));
  second = easel_question_new (gtk_window_get_transient_for (GTK_WINDOW (question)),
                               _ ("Really delete it?"), body);
  easel_question_add_answer (second, "cancel", _ ("Cancel"), EASEL_ANSWER_PLAIN);
  easel_question_add_answer (second, "delete", _ ("Delete for Good"), EASEL_ANSWER_DESTRUCTIVE);
  connect_deed (second, G_CALLBACK (on_done_answer), deed->studio, deed->rental);
  gtk_window_present (GTK_WINDOW (second));
}

static EaselQuestion *
foreign_question (GtkWindow *parent, EaselStudio *studio, EaselRental *rental)
{
  const EaselPodData *pod = easel_rental_get_pod (rental);
  EaselQuestion *question;
  g_autofree char *heading = NULL;

  /* Translators: the name that somebody gave to a rented GPU. */
  heading =
      g_strdup_printf (_ ("Delete “%s”?"), pod != NULL && pod->name != NULL && *pod->name != '\0'
                                               ? pod->name
                                               : easel_rental_get_gpu_name (rental));
  question = easel_question_new (parent, heading,
                                 _ ("Cloud Easel did not make this one and does not know what is "
                                    "on it. Perhaps somebody still needs it."));
  easel_question_add_answer (question, "cancel", _ ("Cancel"), EASEL_ANSWER_PLAIN);
  easel_question_add_answer (question, "delete", _ ("Delete…"), EASEL_ANSWER_PLAIN);
  connect_deed (question, G_CALLBACK (on_foreign_answer), studio, rental);

  return question;
}

static char *
dup_heading (EaselRental *rental)
{
  const char *gpu = easel_rental_get_gpu_name (rental);

  if (is_starting (rental))
    return g_strdup_printf (_ ("Cancel the start of the %s?"), gpu);
  return g_strdup_printf (_ ("Done with the %s?"), gpu);
}

static char *
dup_loss (EaselRental *rental)
{
  const char *gpu = easel_rental_get_gpu_name (rental);

  if (is_starting (rental))
    return g_strdup_printf (_ ("Deletes the %s. Lost: what was set up so far."), gpu);
  if (easel_rental_get_state (rental) == EASEL_RENTAL_PAUSED)
    return g_strdup_printf (_ ("Deletes the %s. Lost: the server and the models on its disk."),
                            gpu);
  return g_strdup_printf (_ ("Deletes the %s. Lost: the server and a picture being generated."),
                          gpu);
}

/**
 * easel_done_dialog_new:
 * @parent: (nullable): the window that asks
 * @shelf: what comes back next time
 * @rental: what shall go
 *
 * Returns: (transfer none): the question, to be presented; "delete" deletes
 */
EaselQuestion *
easel_done_dialog_new (GtkWindow *parent,
                       EaselStudio *studio,
                       EaselShelf *shelf,
                       EaselRental *rental)
{
  EaselQuestion *question;
  g_autofree char *heading = NULL;
  g_autofree char *loss = NULL;

  g_return_val_if_fail (EASEL_IS_STUDIO (studio), NULL);
  g_return_val_if_fail (EASEL_IS_SHELF (shelf), NULL);
  g_return_val_if_fail (EASEL_IS_RENTAL (rental), NULL);

  if (!easel_rental_is_ours (rental))
    return foreign_question (parent, studio, rental);

  heading = dup_heading (rental);
  loss = dup_loss (rental);
  question = easel_question_new (parent, heading, loss);
  if (!is_starting (rental))
    {
      add_comfort (question, _ ("Your pictures are in Krita on this computer."));
      add_return (question, shelf);
    }
  easel_question_add_answer (question, "cancel", _ ("Cancel"), EASEL_ANSWER_PLAIN);
  easel_question_add_answer (question, "delete", _ ("Delete"), EASEL_ANSWER_DESTRUCTIVE);
  connect_deed (question, G_CALLBACK (on_done_answer), studio, rental);

  return question;
}

static void
on_pause_answer (EaselQuestion *question, const char *answer, gpointer user_data)
{
  Deed *deed = user_data;

  if (g_str_equal (answer, "pause") && easel_rental_can_pause (deed->rental))
    easel_studio_pause (deed->studio, deed->rental);
}

/**
 * easel_pause_dialog_new:
 * @parent: (nullable): the window that asks
 * @rental: what shall stop
 *
 * Returns: (transfer none): the question, to be presented; "pause" pauses
 */
EaselQuestion *
easel_pause_dialog_new (GtkWindow *parent, EaselStudio *studio, EaselRental *rental)
{
  EaselQuestion *question;
  gint64 price;
  g_autofree char *heading = NULL;
  g_autofree char *rate = NULL;
  g_autofree char *body = NULL;

  g_return_val_if_fail (EASEL_IS_STUDIO (studio), NULL);
  g_return_val_if_fail (EASEL_IS_RENTAL (rental), NULL);

  price = easel_rental_get_stopped_price (rental);
  rate = easel_money_format_rate (price);
  heading = g_strdup_printf (_ ("Pause the %s?"), easel_rental_get_gpu_name (rental));
  if (price > 0)
    /* Translators: %s is a price, "$0.26 per day". */
    body =
        g_strdup_printf (_ ("It keeps its files and then costs %s, until you delete it. It may "
                            "not come back: while it is paused, somebody else can rent its GPU."),
                         rate);
  else
    body = g_strdup (_ ("It keeps its files. It may not come back: while it is paused, somebody "
                        "else can rent its GPU."));
  question = easel_question_new (parent, heading, body);
  easel_question_add_answer (question, "cancel", _ ("Cancel"), EASEL_ANSWER_PLAIN);
  easel_question_add_answer (question, "pause", _ ("Pause"), EASEL_ANSWER_PLAIN);
  connect_deed (question, G_CALLBACK (on_pause_answer), studio, rental);

  return question;
}

/**
 * easel_rent_again_dialog_new:
 * @parent: (nullable): the window that asks
 * @rental: what could not start because its machine has no free GPU
 *
 * Returns: (transfer none): the question, to be presented; "delete" deletes, the new rental is up
 *   to the caller
 */
EaselQuestion *
easel_rent_again_dialog_new (GtkWindow *parent, EaselStudio *studio, EaselRental *rental)
{
  EaselQuestion *question;
  g_autofree char *heading = NULL;

  g_return_val_if_fail (EASEL_IS_STUDIO (studio), NULL);
  g_return_val_if_fail (EASEL_IS_RENTAL (rental), NULL);

  /* Translators: %s is a GPU, "RTX 3090". */
  heading = g_strdup_printf (_ ("The %s cannot start now"), easel_rental_get_gpu_name (rental));
  question = easel_question_new (
      parent, heading,
      _ ("Somebody else has rented the GPU in its computer. It may come free again, or you delete "
         "this one and rent the same on another computer. The models are then downloaded anew."));
  add_comfort (question, _ ("Your pictures are in Krita on this computer."));
  easel_question_add_answer (question, "cancel", _ ("Keep It Paused"), EASEL_ANSWER_PLAIN);
  easel_question_add_answer (question, "delete", _ ("Delete and Rent the Same Again"),
                             EASEL_ANSWER_DESTRUCTIVE);
  connect_deed (question, G_CALLBACK (on_done_answer), studio, rental);

  return question;
}
