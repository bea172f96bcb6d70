/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The heading of the steps in Krita, the button Set Up Krita and the sentence about what became of
 * it. Decides which sentence and which button fit a state; the files are the setup's affair.
 * Without a setup (while practising) Krita is left alone. */

#include "config.h"
#include "easel-krita-box.h"

#include "easel-error-bar.h"
#include "easel-split-box.h"
#include "easel-ui.h"

#include <glib/gi18n-lib.h>

#define PLUGIN_URI "https://github.com/Acly/krita-ai-diffusion"

struct _EaselKritaBox
{
  GtkBox parent_instance;

  GtkWidget *button;  /* (unowned): child, beside the heading */
  EaselErrorBar *bar; /* (unowned): child */

  EaselKritaSetup *setup; /* (owned) (nullable) */
  char *address;          /* (owned) (nullable) */
  gulong changed_id;
  gboolean is_asked;  /* something was asked for: the sentence counts */
  gboolean goes_back; /* what was asked for last is the way back */
};

G_DEFINE_FINAL_TYPE (EaselKritaBox, easel_krita_box, GTK_TYPE_BOX)

static EaselKritaState
get_state (EaselKritaBox *self)
{
  return self->setup != NULL ? easel_krita_setup_get_state (self->setup) : EASEL_KRITA_NONE;
}

static void
show_done (EaselKritaBox *self)
{
  const char *mode = easel_krita_setup_get_mode_before (self->setup);
  const char *sentence = _ ("Krita is set up. Open it, and it connects by itself.");

  if (self->address == NULL)
    sentence = _ ("Krita still looks for this GPU. It can go back to what it used before.");
  else if (g_strcmp0 (mode, "managed") == 0)
    sentence = _ ("Krita is set up. Open it, and it connects by itself. Before, it used a server "
                  "on this computer.");
  else if (g_strcmp0 (mode, "cloud") == 0)
    sentence = _ ("Krita is set up. Open it, and it connects by itself. Before, it used the Online "
                  "Service.");
  easel_error_bar_set_message (self->bar,
                               self->address != NULL ? EASEL_BAR_SUCCESS : EASEL_BAR_INFO, sentence,
                               _ ("Put Back"));
}

static void
show_state (EaselKritaBox *self)
{
  switch (get_state (self))
    {
    case EASEL_KRITA_NONE:
      easel_error_bar_set_message (self->bar, EASEL_BAR_INFO,
                                   _ ("Krita with the plugin “Generative AI for Krita” was not "
                                      "found on this computer. If you have it elsewhere, paste the "
                                      "address there."),
                                   _ ("Get the Plugin"));
      break;
    case EASEL_KRITA_RUNS:
      easel_error_bar_set_message (
          self->bar, EASEL_BAR_WARNING,
          self->goes_back ? _ ("Krita is open and would undo the change. Close it first.")
                          : _ ("Krita is open and would undo the change. Paste the address by "
                               "hand, or let it be done when Krita closes."),
          self->goes_back ? _ ("Try Again") : _ ("Do It When Krita Closes"));
      break;
    case EASEL_KRITA_UNSURE:
      easel_error_bar_set_message (self->bar, EASEL_BAR_WARNING,
                                   _ ("Is Krita closed? An open Krita would undo the change."),
                                   _ ("Krita Is Closed"));
      break;
    case EASEL_KRITA_WAITING:
      easel_error_bar_set_message (self->bar, EASEL_BAR_INFO,
                                   _ ("Krita will be set up as soon as it is closed."),
                                   _ ("Do Not Wait"));
      break;
    case EASEL_KRITA_DONE:
      show_done (self);
      break;
    case EASEL_KRITA_BACK:
      easel_error_bar_set_message (self->bar, EASEL_BAR_SUCCESS,
                                   _ ("Krita’s settings are what they were before."), NULL);
      break;
    case EASEL_KRITA_FAILED:
      easel_error_bar_set_message (self->bar, EASEL_BAR_ERROR,
                                   _ ("Krita’s settings could not be changed; they are as they "
                                      "were. Paste the address by hand."),
                                   _ ("Try Again"));
      easel_error_bar_set_details (self->bar, easel_krita_setup_get_error (self->setup)->message);
      break;
    case EASEL_KRITA_IDLE:
    default:
      easel_error_bar_clear (self->bar);
      break;
    }
}

static void
update (EaselKritaBox *self)
{
  EaselKritaState state = get_state (self);
  gboolean is_changed = state == EASEL_KRITA_DONE || (self->goes_back && self->is_asked);
  gboolean has_sentence = self->is_asked && (self->address != NULL || is_changed);

  gtk_widget_set_visible (self->button, self->address != NULL && !has_sentence);
  if (!has_sentence)
    easel_error_bar_clear (self->bar);
  else if (self->setup == NULL)
    easel_error_bar_set_message (self->bar, EASEL_BAR_INFO,
                                 _ ("While you practise, Krita is left alone: no picture can come "
                                    "from this address."),
                                 NULL);
  else
    show_state (self);
}

static void
begin (EaselKritaBox *self, gboolean is_closed)
{
  if (self->goes_back)
    easel_krita_setup_put_back (self->setup, is_closed);
  else if (self->address != NULL)
    easel_krita_setup_begin (self->setup, self->address, is_closed);
}

static void
on_remedy (EaselKritaBox *self, int remedy)
{
  if (self->setup == NULL)
    return;
  switch (get_state (self))
    {
    case EASEL_KRITA_NONE:
      easel_ui_open_uri (GTK_WIDGET (self), PLUGIN_URI);
      break;
    case EASEL_KRITA_RUNS:
      if (self->goes_back)
        begin (self, FALSE);
      else if (self->address != NULL)
        easel_krita_setup_wait (self->setup, self->address);
      break;
    case EASEL_KRITA_UNSURE:
      begin (self, TRUE);
      break;
    case EASEL_KRITA_WAITING:
      self->is_asked = FALSE;
      easel_krita_setup_stop (self->setup);
      break;
    case EASEL_KRITA_DONE:
      self->goes_back = TRUE;
      begin (self, FALSE);
      break;
    case EASEL_KRITA_FAILED:
      begin (self, FALSE);
      break;
    case EASEL_KRITA_IDLE:
    case EASEL_KRITA_BACK:
    default:
      break;
    }
}

static void
on_button (EaselKritaBox *self)
{
  easel_krita_box_start (self);
}

static void
easel_krita_box_dispose (GObject *object)
{
  EaselKritaBox *self = EASEL_KRITA_BOX (object);

  easel_krita_box_set_setup (self, NULL);

  G_OBJECT_CLASS (easel_krita_box_parent_class)->dispose (object);
}

static void
easel_krita_box_finalize (GObject *object)
{
  g_free (EASEL_KRITA_BOX (object)->address);

  G_OBJECT_CLASS (easel_krita_box_parent_class)->finalize (object);
}

static void
easel_krita_box_class_init (EaselKritaBoxClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = easel_krita_box_dispose;
  G_OBJECT_CLASS (klass)->finalize = easel_krita_box_finalize;
}

static GtkWidget *
create_head (GtkWidget *button)
{
  GtkWidget *heading = gtk_label_new (_ ("In Krita"));

  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_label_set_wrap (GTK_LABEL (heading), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (heading), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (heading, "heading");
  return g_object_new (EASEL_TYPE_SPLIT_BOX, "spacing", 12, "row-spacing", 8, "start", heading,
                       "end", button, NULL);
}

static void
easel_krita_box_init (EaselKritaBox *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  self->bar = EASEL_ERROR_BAR (easel_error_bar_new ());
  self->button = gtk_button_new_with_label (_ ("Set Up Krita"));
  gtk_widget_set_halign (self->button, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (self), create_head (self->button));
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->bar));
  g_signal_connect_object (self->bar, "remedy", G_CALLBACK (on_remedy), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->button, "clicked", G_CALLBACK (on_button), self,
                           G_CONNECT_SWAPPED);
  update (self);
}

/**
 * easel_krita_box_set_setup:
 * @self: a box
 * @setup: (nullable): what it works with; %NULL while practising
 */
void
easel_krita_box_set_setup (EaselKritaBox *self, EaselKritaSetup *setup)
{
  g_return_if_fail (EASEL_IS_KRITA_BOX (self));
  g_return_if_fail (setup == NULL || EASEL_IS_KRITA_SETUP (setup));

  if (self->setup != NULL)
    g_clear_signal_handler (&self->changed_id, self->setup);
  g_set_object (&self->setup, setup);
  if (setup != NULL)
    self->changed_id =
        g_signal_connect_object (setup, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
}

/**
 * easel_krita_box_set_address:
 * @self: a box
 * @address: (nullable): of the server; %NULL when there is none any more
 */
void
easel_krita_box_set_address (EaselKritaBox *self, const char *address)
{
  g_return_if_fail (EASEL_IS_KRITA_BOX (self));

  if (g_strcmp0 (address, self->address) == 0)
    return;
  /* Another GPU is another question; the end of this one is not. */
  if (address != NULL)
    self->is_asked = self->goes_back = FALSE;
  g_free (self->address);
  self->address = g_strdup (address);
  if (address == NULL && self->setup != NULL)
    easel_krita_setup_stop (self->setup);
  update (self);
}

/**
 * easel_krita_box_start:
 * @self: a box
 *
 * What its button does.
 */
void
easel_krita_box_start (EaselKritaBox *self)
{
  g_return_if_fail (EASEL_IS_KRITA_BOX (self));

  if (self->address == NULL)
    return;
  self->is_asked = TRUE;
  self->goes_back = FALSE;
  if (self->setup != NULL)
    begin (self, FALSE);
  update (self);
}
