/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The card that says when a GPU ends: the hour and what it costs at most until then, in the colour
 * of what was confirmed and never better than that. */

#include "config.h"

#include "easel-end-card.h"
#include "easel-test-util.h"
#include "easel-ui.h"
#include "studio-stage.h"

typedef struct
{
  Stage stage;
  EaselRental *rental;
  EaselEndCard *card;
  GtkWidget *window;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  const char *name = data;

  stage_set_up (&self->stage);
  if (name == NULL)
    stage_add_own (&self->stage, "easel-00c0ffee", "RTX 3090");
  else
    stage_add_foreign (&self->stage, name, "RTX 3090");
  stage_open (&self->stage);
  self->rental = stage_find (&self->stage, "RTX 3090");
  self->card = g_object_new (EASEL_TYPE_END_CARD, NULL);
  self->window = gtk_window_new ();
  gtk_window_set_child (GTK_WINDOW (self->window), GTK_WIDGET (self->card));
  gtk_window_present (GTK_WINDOW (self->window));
  easel_test_pump ();
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (self->window));
  easel_test_pump ();
  stage_tear_down (&self->stage);
}

static void
show (Fixture *self, const EaselLimits *limits)
{
  easel_end_card_show (self->card, self->rental, limits,
                       easel_clock_get_unix_ms (self->stage.clock));
  easel_test_pump ();
}

static void
assert_tone (Fixture *self, const char *wanted)
{
  static const char *const all[] = { "easel-info", "easel-success", "easel-warning",
                                     "easel-error" };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    g_assert_cmpint (gtk_widget_has_css_class (GTK_WIDGET (self->card), all[i]), ==,
                     g_str_equal (all[i], wanted));
}

static void
test_confirmed (Fixture *self, gconstpointer data)
{
  EaselLimits limits;

  easel_limits_init_default (&limits);
  stage_arm (&self->stage, self->rental, "no");
  show (self, &limits);
  assert_tone (self, "easel-error");
  g_assert_true (stage_shows (self->window, "Ends by 23:30 at the latest: worst case $0.92"));

  stage_arm (&self->stage, self->rental, "proven");
  show (self, &limits);
  assert_tone (self, "easel-success");
  g_assert_true (stage_shows (self->window, "Ends by 23:30 at the latest: worst case $0.92"));
  g_assert_true (stage_shows (self->window, "Also 20 minutes after Krita is closed, or after 60 "
                                            "minutes in which nothing was generated."));
  g_assert_true (stage_shows (self->window, "The automatic end is confirmed"));

  /* What was spent is no longer ahead: the sum stays. */
  stage_advance (&self->stage, STAGE_HOUR);
  stage_arm (&self->stage, self->rental, "proven");
  show (self, NULL);
  g_assert_true (stage_shows (self->window, "worst case $0.92"));
  g_assert_false (stage_shows (self->window, "while Cloud Easel runs"));
}

static void
test_without_agent (Fixture *self, gconstpointer data)
{
  EaselLimits limits;

  easel_limits_init_default (&limits);
  show (self, &limits);
  assert_tone (self, "easel-info");
  g_assert_true (stage_shows (self->window, "Ends by 23:30 at the latest"));
  g_assert_true (stage_shows (self->window, "This holds while Cloud Easel runs."));
  g_assert_false (stage_shows (self->window, "Krita is closed"));
}

static void
test_no_end (Fixture *self, gconstpointer data)
{
  show (self, NULL);
  g_assert_true (stage_shows (self->window, "Nothing ends it by itself"));
  g_assert_false (stage_shows (self->window, "worst case"));
}

int
main (int argc, char *argv[])
{
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP no display\n");
      return 0;
    }
  g_test_init (&argc, &argv, NULL);
  easel_ui_init ();

  g_test_add ("/end-card/confirmed", Fixture, NULL, set_up, test_confirmed, tear_down);
  g_test_add ("/end-card/without-agent", Fixture, NULL, set_up, test_without_agent, tear_down);
  g_test_add ("/end-card/no-end", Fixture, "other", set_up, test_no_end, tear_down);

  return g_test_run ();
}
