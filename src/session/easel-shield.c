/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Whether a GPU ends by itself, and whether strangers can use it, in a colour and a sentence.
 *
 * Pure: from what agent and outside said to words. Nothing is called safe that was not shown. */

#include "config.h"
#include "easel-shield.h"

#include <glib/gi18n.h>

static gboolean
is_silent (const EaselShieldFacts *facts)
{
  return facts->silent_ms >
         (facts->has_status ? EASEL_SHIELD_SILENCE_MS : EASEL_SHIELD_PATIENCE_MS);
}

/**
 * easel_shield_judge:
 * @facts: what is known
 *
 * Returns: the shield's colour
 */
EaselShield
easel_shield_judge (const EaselShieldFacts *facts)
{
  g_return_val_if_fail (facts != NULL, EASEL_SHIELD_RED);

  if (!facts->has_agent)
    return EASEL_SHIELD_NONE;
  if (facts->end_failed || is_silent (facts))
    return EASEL_SHIELD_RED;
  if (!facts->has_status)
    return EASEL_SHIELD_GREY;
  switch (facts->armed)
    {
    case EASEL_AGENT_ARMED_PROVEN:
      return EASEL_SHIELD_GREEN;
    case EASEL_AGENT_ARMED_LIKELY:
      return EASEL_SHIELD_AMBER;
    case EASEL_AGENT_ARMED_NO:
    default:
      return EASEL_SHIELD_RED;
    }
}

static const char *
red_sentence (const EaselShieldFacts *facts)
{
  if (facts->end_failed)
    return _ ("The GPU tried to end itself and could not. Cloud Easel ends it: leave this computer "
              "on until it is gone.");
  if (!facts->has_status)
    return _ ("The GPU has not confirmed that it ends by itself. Leave this computer on, or press "
              "I’m Done when you are.");
  if (is_silent (facts))
    return _ ("The GPU no longer answers. Cloud Easel ends it in time: leave this computer on.");
  return _ ("This GPU cannot end itself. Cloud Easel ends it in time: leave this computer on.");
}

/**
 * easel_shield_sentence:
 * @facts: what is known
 *
 * Returns: (transfer none): what the colour means, and what to do about it; translated
 */
const char *
easel_shield_sentence (const EaselShieldFacts *facts)
{
  g_return_val_if_fail (facts != NULL, NULL);

  switch (easel_shield_judge (facts))
    {
    case EASEL_SHIELD_GREY:
      return _ ("The automatic end is not confirmed yet. Leave this computer on until it is.");
    case EASEL_SHIELD_GREEN:
      return _ ("The automatic end is confirmed: it holds even if this computer is off.");
    case EASEL_SHIELD_AMBER:
      return _ ("The automatic end should hold. Cloud Easel watches too while it runs.");
    case EASEL_SHIELD_RED:
      return red_sentence (facts);
    case EASEL_SHIELD_NONE:
    default:
      return _ ("The limits hold while Cloud Easel runs: leave this computer on.");
    }
}

/**
 * easel_shield_privacy_sentence:
 * @facts: what is known
 *
 * Returns: (transfer none) (nullable): who can use the server, translated; %NULL while nobody knows
 */
const char *
easel_shield_privacy_sentence (const EaselShieldFacts *facts)
{
  g_return_val_if_fail (facts != NULL, NULL);

  switch (facts->outside)
    {
    case EASEL_OUTSIDE_REFUSED:
      return facts->encrypted
                 ? _ ("Protected: only who has the whole address can use it.")
                 : _ ("Password-protected, not encrypted: the password is in the address.");
    case EASEL_OUTSIDE_OPEN:
      return _ ("Not protected: whoever finds the address can use this server.");
    case EASEL_OUTSIDE_UNKNOWN:
    default:
      return facts->has_agent ? NULL
                              : _ ("Not protected: whoever finds the address can use this server.");
    }
}

/**
 * easel_shield_dup_krita_sentence:
 * @n_connected: lasting connections now
 * @ever_connected: whether there was one
 * @closed_left_ms: until it ends because Krita was closed, below 0 if that rule does not run
 * @waited_ms: since it could have connected
 *
 * Returns: (transfer full): whether Krita has come, and what helps if not; translated
 */
char *
easel_shield_dup_krita_sentence (guint n_connected,
                                 gboolean ever_connected,
                                 gint64 closed_left_ms,
                                 gint64 waited_ms)
{
  const guint minutes = closed_left_ms > 0 ? (guint) ((closed_left_ms + 59999) / 60000) : 0;

  if (n_connected > 0)
    return g_strdup (_ ("Krita is connected"));
  if (ever_connected && closed_left_ms >= 0)
    return g_strdup_printf (ngettext ("Krita is closed: the GPU ends in %u minute.",
                                      "Krita is closed: the GPU ends in %u minutes.", minutes),
                            minutes);
  if (ever_connected || waited_ms < EASEL_SHIELD_KRITA_HELP_MS)
    return g_strdup (_ ("Waiting for Krita…"));
  return g_strdup (_ ("Krita has not connected yet. Copy the whole address again, paste it under "
                      "Connection ▸ Custom Server, and press Connect."));
}

/**
 * easel_shield_tone:
 * @shield: a colour
 *
 * Returns: how it is to look; the sentence stands beside it
 */
EaselTone
easel_shield_tone (EaselShield shield)
{
  switch (shield)
    {
    case EASEL_SHIELD_GREEN:
      return EASEL_TONE_GOOD;
    case EASEL_SHIELD_AMBER:
      return EASEL_TONE_WARN;
    case EASEL_SHIELD_RED:
      return EASEL_TONE_BAD;
    case EASEL_SHIELD_NONE:
    case EASEL_SHIELD_GREY:
    default:
      return EASEL_TONE_NEUTRAL;
    }
}
