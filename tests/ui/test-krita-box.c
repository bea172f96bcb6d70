/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Set Up Krita as it stands on the page: which sentence and which button, and that practice leaves
 * Krita alone. */

#include "config.h"

#include "easel-krita-box.h"
#include "easel-side-window.h"
#include "easel-ui.h"
#include "studio-stage.h"

#include "easel-test-util.h"

#include <glib/gstdio.h>

#define ADDRESS "https://abc-3001.proxy.runpod.net"
#define BEFORE "{\"server_mode\": \"managed\", \"server_url\": \"x\"}"

typedef struct
{
  char *home;
  char *proc;
  char *path;
  EaselClock *clock;
  EaselKritaSetup *setup;
  GtkWidget *window;
  EaselKritaBox *box;
} Fixture;

static void
put (const char *path, const char *text)
{
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_no_errno (g_mkdir_with_parents (folder, 0700));
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static gboolean
holds (Fixture *self, const char *part)
{
  g_autofree char *text = NULL;

  return g_file_get_contents (self->path, &text, NULL, NULL) && strstr (text, part) != NULL;
}

static gboolean
shows (Fixture *self, const char *text)
{
  return stage_shows (GTK_WIDGET (self->box), text);
}

static void
await (Fixture *self, const char *text)
{
  while (!shows (self, text))
    g_main_context_iteration (NULL, TRUE);
}

static void
click (Fixture *self, const char *label)
{
  stage_click (GTK_WIDGET (self->box), label);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->home = easel_test_make_folder ();
  self->proc = g_build_filename (self->home, "proc", NULL);
  self->path = g_build_filename (self->home, "krita", "ai_diffusion", "settings.json", NULL);
  g_assert_no_errno (g_mkdir_with_parents (self->proc, 0700));
  self->clock = easel_manual_clock_new (G_GINT64_CONSTANT (1795000000000));
  self->setup = easel_krita_setup_new_for_places (self->clock, self->home, self->home, self->proc);
  self->box = g_object_new (EASEL_TYPE_KRITA_BOX, NULL);
  self->window = GTK_WIDGET (easel_side_window_new (NULL, "Krita", GTK_WIDGET (self->box)));
  easel_krita_box_set_setup (self->box, self->setup);
  gtk_window_present (GTK_WINDOW (self->window));
}

/* The thread lets go of its task a moment after the answer is there. */
static void
drop_setup (Fixture *self)
{
  EaselKritaSetup *setup = self->setup;

  g_object_add_weak_pointer (G_OBJECT (setup), (gpointer *) &self->setup);
  g_object_unref (setup);
  while (g_atomic_pointer_get (&self->setup) != NULL)
    g_thread_yield ();
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (self->window));
  easel_test_pump ();
  drop_setup (self);
  g_assert_finalize_object (self->clock);
  easel_test_remove_tree (self->home);
  g_free (self->home);
  g_free (self->proc);
  g_free (self->path);
}

static void
test_set_up_and_back (Fixture *self, gconstpointer data)
{
  put (self->path, BEFORE);
  g_assert_false (shows (self, "Set Up Krita"));
  easel_krita_box_set_address (self->box, ADDRESS);
  g_assert_true (shows (self, "Set Up Krita"));
  click (self, "Set Up Krita");
  await (self, "it used a server on this computer");
  g_assert_true (holds (self, ADDRESS));
  g_assert_false (shows (self, "Set Up Krita"));

  /* When the GPU is gone, the way back is still there. */
  easel_krita_box_set_address (self->box, NULL);
  g_assert_true (shows (self, "Krita still looks for this GPU."));
  click (self, "Put Back");
  await (self, "Krita’s settings are what they were before.");
  g_assert_true (holds (self, "managed"));
  g_assert_false (holds (self, ADDRESS));
}

static void
test_krita_runs (Fixture *self, gconstpointer data)
{
  g_autofree char *process = g_build_filename (self->proc, "7", NULL);
  g_autofree char *comm = g_build_filename (process, "comm", NULL);

  put (self->path, BEFORE);
  put (comm, "krita\n");
  easel_krita_box_set_address (self->box, ADDRESS);
  click (self, "Set Up Krita");
  await (self, "Krita is open and would undo the change.");
  g_assert_false (holds (self, ADDRESS));
  click (self, "Do It When Krita Closes");
  await (self, "as soon as it is closed");
  easel_test_remove_tree (process);
  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (self->clock), 3000);
  await (self, "Krita is set up.");
  g_assert_true (holds (self, ADDRESS));
}

static void
test_no_plugin (Fixture *self, gconstpointer data)
{
  easel_krita_box_set_address (self->box, ADDRESS);
  click (self, "Set Up Krita");
  await (self, "was not found on this computer");
  g_assert_true (shows (self, "Get the Plugin"));
  /* The next GPU asks anew. */
  easel_krita_box_set_address (self->box, "https://other");
  g_assert_true (shows (self, "Set Up Krita"));
}

static void
test_practice (Fixture *self, gconstpointer data)
{
  put (self->path, BEFORE);
  easel_krita_box_set_setup (self->box, NULL);
  easel_krita_box_set_address (self->box, ADDRESS);
  click (self, "Set Up Krita");
  g_assert_true (shows (self, "While you practise, Krita is left alone"));
  easel_test_pump ();
  g_assert_false (holds (self, ADDRESS));
}

int
main (int argc, char **argv)
{
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP no display\n");
      return 0;
    }
  g_test_init (&argc, &argv, NULL);
  easel_ui_init ();

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/krita-box/set-up-and-back", test_set_up_and_back);
  ADD ("/krita-box/krita-runs", test_krita_runs);
  ADD ("/krita-box/no-plugin", test_no_plugin);
  ADD ("/krita-box/practice", test_practice);

  return g_test_run ();
}
