/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How the studio's windows look, measured: contrast of every text, light and dark, and that nothing
 * is cut off at 820 and at 360 pixels, in every state that a row can have. */

#include "config.h"

#include "easel-close-dialog.h"
#include "easel-details-window.h"
#include "easel-done-dialog.h"
#include "easel-end-all-dialog.h"
#include "easel-error.h"
#include "easel-look.h"
#include "easel-rental-private.h"
#include "easel-studio-private.h"
#include "easel-studio-window.h"
#include "easel-test-util.h"
#include "easel-ui.h"
#include "studio-stage.h"

typedef struct
{
  gboolean is_dark;
  int width;
} Look;

static const Look looks[] = {
  { FALSE, 820 },
  { TRUE, 820 },
  { FALSE, 360 },
  { TRUE, 360 },
};

/* One of each: ready, paused and refused, stuck, being deleted, gone, foreign. */
static void
set_up (Stage *stage, gconstpointer data)
{
  EaselRental *rental;

  stage_set_up (stage);
  stage_add_foreign (stage, "training", "RTX 4090");
  stage_add_paused (stage, "easel-00000001", "RTX A4000");
  stage_add_own (stage, "easel-00000002", "RTX 3090");
  stage_add_own (stage, "easel-00000003", "RTX A5000");
  stage_add_own (stage, "easel-00000004", "RTX 3080");
  stage_add_own (stage, "easel-00000005", "RTX 5090");
  stage_open (stage);

  rental = stage_find (stage, "RTX A4000");
  _easel_rental_take_error (rental, easel_error_new (EASEL_ERROR_HOST_FULL, "test"));
  rental = stage_find (stage, "RTX A5000");
  _easel_rental_take_error (rental, easel_error_new (EASEL_ERROR_UNAVAILABLE, "test"));
  _easel_rental_set_state (rental, EASEL_RENTAL_STUCK);
  rental = stage_find (stage, "RTX 3080");
  _easel_rental_set_state (rental, EASEL_RENTAL_GONE);
  rental = stage_find (stage, "RTX 5090");
  _easel_rental_set_state (rental, EASEL_RENTAL_DELETING);
  stage_find (stage, "RTX 4090")->is_stale = TRUE;
  _easel_studio_emit_changed (stage->studio);
}

static void
tear_down (Stage *stage, gconstpointer data)
{
  easel_look_set_dark (FALSE);
  stage_tear_down (stage);
}

static void
assert_looks (GtkWidget *window, guint n_least)
{
  g_autoptr (GString) problems = g_string_new (NULL);
  guint n_seen;

  easel_look_settle (window);
  n_seen = easel_look_check_contrast (window, problems);
  easel_look_check_clipping (window, problems);
  g_test_message ("%u texts", n_seen);
  if (problems->len > 0)
    g_test_message ("%s", problems->str);
  g_assert_cmpuint (problems->len, ==, 0);
  g_assert_cmpuint (n_seen, >=, n_least);
}

static void
test_rows (Stage *stage, gconstpointer data)
{
  const Look *look = data;
  GtkWindow *window = easel_studio_window_new (NULL, stage->session);

  easel_look_set_dark (look->is_dark);
  gtk_window_set_default_size (window, look->width, 1000);
  easel_studio_window_tell (EASEL_STUDIO_WINDOW (window), "Address copied. Paste it in Krita.");
  gtk_window_present (window);
  easel_test_pump ();
  /* At least title, badge, end and facts of six rows, and the two lines on top. */
  assert_looks (GTK_WIDGET (window), 6 * 4 + 2);
  gtk_window_destroy (window);
}

static void
assert_dialog (GtkWindow *window)
{
  gtk_window_present (window);
  easel_test_pump ();
  assert_looks (GTK_WIDGET (window), 2);
  gtk_window_destroy (window);
}

static void
test_dialogs (Stage *stage, gconstpointer data)
{
  const Look *look = data;
  EaselRental *ours = stage_find (stage, "RTX 3090");
  EaselRental *paused = stage_find (stage, "RTX A4000");
  EaselRental *foreign = stage_find (stage, "RTX 4090");

  easel_look_set_dark (look->is_dark);
  assert_dialog (GTK_WINDOW (
      easel_done_dialog_new (NULL, stage->studio, easel_session_get_shelf (stage->session), ours)));
  assert_dialog (
      GTK_WINDOW (easel_done_dialog_new (NULL, stage->studio,
                                         easel_session_get_shelf (stage->session), foreign)));
  assert_dialog (GTK_WINDOW (easel_pause_dialog_new (NULL, stage->studio, ours)));
  assert_dialog (GTK_WINDOW (easel_rent_again_dialog_new (NULL, stage->studio, paused)));
  assert_dialog (GTK_WINDOW (easel_end_all_dialog_new (NULL, stage->studio)));
  assert_dialog (GTK_WINDOW (easel_close_dialog_new (NULL, stage->studio, stage->clock)));
  assert_dialog (easel_details_window_new (NULL, ours, stage->clock));
}

static void
add (const char *name, const Look *look, void (*test) (Stage *, gconstpointer))
{
  g_autofree char *path = g_strdup_printf ("/studio-look/%s/%s/%d", name,
                                           look->is_dark ? "dark" : "light", look->width);

  g_test_add (path, Stage, look, set_up, test, tear_down);
}

int
main (int argc, char *argv[])
{
  guint i;

  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP no display\n");
      return 0;
    }
  g_test_init (&argc, &argv, NULL);
  easel_ui_init ();

  for (i = 0; i < G_N_ELEMENTS (looks); i++)
    add ("rows", &looks[i], test_rows);
  for (i = 0; i < 2; i++)
    add ("dialogs", &looks[i], test_dialogs);

  return g_test_run ();
}
