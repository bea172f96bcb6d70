/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Says that models of the person's own cannot come with the next GPU, because their files are not
 * where they were. Follows the shelf, its files and the plan; the way to the files is the window of
 * models. Asks for nothing itself.
 *
 * Names for the robot: "Show Models…", "Leave It Out" and "Leave Them Out". */

#include "config.h"
#include "easel-shelf-bar.h"

#include "easel-error-bar.h"
#include "easel-model-text.h"

#include <glib/gi18n-lib.h>

struct _EaselShelfBar
{
  GtkBox parent_instance;

  EaselErrorBar *bar; /* (unowned): a child */

  EaselSession *session; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (EaselShelfBar, easel_shelf_bar, GTK_TYPE_BOX)

static char *
dup_sentence (EaselShelfFiles *files, GPtrArray *lost)
{
  const EaselShelfModel *first = g_ptr_array_index (lost, 0);
  g_autofree char *trouble = NULL;

  if (lost->len > 1)
    /* Translators: %u is 2 or more. */
    return g_strdup_printf (ngettext ("%u of your own models cannot come along: its file is "
                                      "missing or damaged.",
                                      "%u of your own models cannot come along: their files are "
                                      "missing or damaged.",
                                      lost->len),
                            lost->len);
  trouble = easel_model_text_trouble (easel_shelf_files_get_trouble (files, first));
  /* Translators: a file and what is wrong with it. */
  return g_strdup_printf (_ ("%s: %s"), first->name, trouble);
}

static void
update (EaselShelfBar *self)
{
  EaselShelfFiles *files = easel_session_get_shelf_files (self->session);
  g_autoptr (GPtrArray) lost = easel_shelf_files_find_lost (files);
  const gboolean is_any =
      lost->len > 0 && easel_plan_takes_shelf (easel_session_get_plan (self->session));
  g_autofree char *sentence = is_any ? dup_sentence (files, lost) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (self), is_any);
  easel_error_bar_set_message (self->bar, EASEL_BAR_WARNING, sentence, _ ("Show Models…"));
  easel_error_bar_set_second_label (self->bar,
                                    lost->len > 1 ? _ ("Leave Them Out") : _ ("Leave It Out"));
}

static void
on_show (EaselShelfBar *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "app.shelf", NULL);
}

static void
on_leave_out (EaselShelfBar *self)
{
  easel_shelf_files_leave_lost_out (easel_session_get_shelf_files (self->session));
}

static void
easel_shelf_bar_dispose (GObject *object)
{
  g_clear_object (&EASEL_SHELF_BAR (object)->session);

  G_OBJECT_CLASS (easel_shelf_bar_parent_class)->dispose (object);
}

static void
easel_shelf_bar_class_init (EaselShelfBarClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = easel_shelf_bar_dispose;
}

static void
easel_shelf_bar_init (EaselShelfBar *self)
{
  GtkWidget *bar = easel_error_bar_new ();

  self->bar = EASEL_ERROR_BAR (bar);
  gtk_widget_set_hexpand (bar, TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  gtk_box_append (GTK_BOX (self), bar);
  g_signal_connect_object (bar, "remedy", G_CALLBACK (on_show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (bar, "second", G_CALLBACK (on_leave_out), self, G_CONNECT_SWAPPED);
}

/**
 * easel_shelf_bar_set_session:
 * @self: a bar
 * @session: whose models they are
 */
void
easel_shelf_bar_set_session (EaselShelfBar *self, EaselSession *session)
{
  GObject *sources[] = { G_OBJECT (easel_session_get_shelf_files (session)),
                         G_OBJECT (easel_session_get_shelf (session)),
                         G_OBJECT (easel_session_get_plan (session)) };

  g_return_if_fail (EASEL_IS_SHELF_BAR (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  for (gsize i = 0; i < G_N_ELEMENTS (sources); i++)
    g_signal_connect_object (sources[i], "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}
