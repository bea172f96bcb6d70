/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The help and the keys: everything that was promised stands there, in a narrow window too. */

#include "config.h"

#include "easel-help-window.h"
#include "easel-ui.h"
#include "studio-stage.h"

#include "easel-test-util.h"

static void
test_answers (void)
{
  static const char *const parts[] = {
    "What Does This Cost?",
    "Where Is My Key?",
    "only in Cloud Easel until it is closed",
    "leads to the button that removes it",
    "Krita Does Not Connect",
    "Connection refused",
    "HTTP 502",
    "Connection timed out",
    "missing required custom nodes",
    "No diffusion model checkpoints found",
    "Before You Remove Cloud Easel",
    "switch that off in the preferences",
  };
  GtkWindow *window = easel_help_window_new (NULL);
  int minimum;
  gsize i;

  gtk_window_present (window);
  easel_test_pump ();
  for (i = 0; i < G_N_ELEMENTS (parts); i++)
    g_assert_true (stage_shows (GTK_WIDGET (window), parts[i]));
  gtk_widget_measure (GTK_WIDGET (window), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL,
                      NULL);
  g_assert_cmpint (minimum, <=, 360);
  gtk_window_destroy (window);
  easel_test_pump ();
}

static void
test_shortcuts (void)
{
  GtkWindow *window = easel_help_window_new_shortcuts (NULL);

  gtk_window_present (window);
  easel_test_pump ();
  g_assert_true (stage_shows (GTK_WIDGET (window), "Copy the address"));
  g_assert_true (stage_shows (GTK_WIDGET (window), "Quit"));
  gtk_window_destroy (window);
  easel_test_pump ();
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

  g_test_add_func ("/help/answers", test_answers);
  g_test_add_func ("/help/shortcuts", test_shortcuts);

  return g_test_run ();
}
