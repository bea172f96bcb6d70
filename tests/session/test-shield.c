/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the shield says, and that it never says more than was shown. */

#include "config.h"

#include "easel-shield.h"

#include <string.h>

#define MINUTE_MS (60 * 1000)

static void
test_colours (void)
{
  static const struct
  {
    const char *what;
    EaselShieldFacts facts;
    EaselShield shield;
    const char *says;
  } cases[] = {
    { "no agent", { .has_agent = FALSE }, EASEL_SHIELD_NONE, "while Cloud Easel runs" },
    { "no agent, whatever else",
      { .has_agent = FALSE, .has_status = TRUE, .armed = EASEL_AGENT_ARMED_PROVEN },
      EASEL_SHIELD_NONE,
      "while Cloud Easel runs" },
    { "just created", { .has_agent = TRUE }, EASEL_SHIELD_GREY, "not confirmed yet" },
    { "patience",
      { .has_agent = TRUE, .silent_ms = 15 * MINUTE_MS },
      EASEL_SHIELD_GREY,
      "not confirmed yet" },
    { "never answered",
      { .has_agent = TRUE, .silent_ms = 15 * MINUTE_MS + 1 },
      EASEL_SHIELD_RED,
      "has not confirmed" },
    { "proven",
      { .has_agent = TRUE, .has_status = TRUE, .armed = EASEL_AGENT_ARMED_PROVEN },
      EASEL_SHIELD_GREEN,
      "even if this computer is off" },
    { "proven, then silent",
      { .has_agent = TRUE,
        .has_status = TRUE,
        .silent_ms = 5 * MINUTE_MS + 1,
        .armed = EASEL_AGENT_ARMED_PROVEN },
      EASEL_SHIELD_RED,
      "no longer answers" },
    { "likely",
      { .has_agent = TRUE, .has_status = TRUE, .armed = EASEL_AGENT_ARMED_LIKELY },
      EASEL_SHIELD_AMBER,
      "should hold" },
    { "no",
      { .has_agent = TRUE, .has_status = TRUE, .armed = EASEL_AGENT_ARMED_NO },
      EASEL_SHIELD_RED,
      "cannot end itself" },
    { "failed to end",
      { .has_agent = TRUE,
        .has_status = TRUE,
        .armed = EASEL_AGENT_ARMED_PROVEN,
        .end_failed = TRUE },
      EASEL_SHIELD_RED,
      "could not" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].what);
      g_assert_cmpint (easel_shield_judge (&cases[i].facts), ==, cases[i].shield);
      g_assert_nonnull (strstr (easel_shield_sentence (&cases[i].facts), cases[i].says));
      /* A red sentence says what to do. */
      if (cases[i].shield == EASEL_SHIELD_RED)
        g_assert_nonnull (strstr (easel_shield_sentence (&cases[i].facts), "this computer on"));
    }
}

/* "Protected" only after a stranger was refused; never "private" where anybody can listen. */
static void
test_privacy (void)
{
  EaselShieldFacts facts = { .has_agent = TRUE, .encrypted = TRUE };

  g_assert_null (easel_shield_privacy_sentence (&facts));
  facts.outside = EASEL_OUTSIDE_REFUSED;
  g_assert_true (g_str_has_prefix (easel_shield_privacy_sentence (&facts), "Protected"));
  facts.encrypted = FALSE;
  g_assert_true (g_str_has_prefix (easel_shield_privacy_sentence (&facts),
                                   "Password-protected, not encrypted"));
  facts.outside = EASEL_OUTSIDE_OPEN;
  g_assert_true (g_str_has_prefix (easel_shield_privacy_sentence (&facts), "Not protected"));
  facts.has_agent = FALSE;
  facts.outside = EASEL_OUTSIDE_UNKNOWN;
  g_assert_true (g_str_has_prefix (easel_shield_privacy_sentence (&facts), "Not protected"));
}

static void
test_krita (void)
{
  static const struct
  {
    guint n_connected;
    gboolean ever_connected;
    gint64 closed_left_ms;
    gint64 waited_ms;
    const char *says;
  } cases[] = {
    { 1, TRUE, -1, 0, "Krita is connected" },
    { 2, FALSE, 5, 9 * MINUTE_MS, "Krita is connected" },
    { 0, FALSE, -1, 0, "Waiting for Krita…" },
    { 0, FALSE, -1, 3 * MINUTE_MS - 1, "Waiting for Krita…" },
    { 0, FALSE, -1, 3 * MINUTE_MS, "Krita has not connected yet" },
    { 0, TRUE, -1, 3 * MINUTE_MS, "Waiting for Krita…" },
    { 0, TRUE, 20 * MINUTE_MS, 0, "Krita is closed: the GPU ends in 20 minutes." },
    { 0, TRUE, 1, 0, "Krita is closed: the GPU ends in 1 minute." },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text =
          easel_shield_dup_krita_sentence (cases[i].n_connected, cases[i].ever_connected,
                                           cases[i].closed_left_ms, cases[i].waited_ms);

      g_assert_true (g_str_has_prefix (text, cases[i].says));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/shield/colours", test_colours);
  g_test_add_func ("/shield/krita", test_krita);
  g_test_add_func ("/shield/privacy", test_privacy);

  return g_test_run ();
}
