/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-agent-plan.h"
#include "easel-rental-text.h"

G_BEGIN_DECLS

/* After so long a pod should have confirmed that it ends by itself. */
#define EASEL_SHIELD_PATIENCE_MS (15 * 60 * 1000)
/* After so long without Krita a word of help is due. */
#define EASEL_SHIELD_KRITA_HELP_MS (3 * 60 * 1000)
/* A few lost answers mean nothing. */
#define EASEL_SHIELD_SILENCE_MS (5 * 60 * 1000)

/**
 * EaselShield:
 * @EASEL_SHIELD_NONE: there is nothing to confirm: no agent was sent along
 * @EASEL_SHIELD_GREY: not confirmed yet
 * @EASEL_SHIELD_GREEN: confirmed
 * @EASEL_SHIELD_AMBER: it should hold
 * @EASEL_SHIELD_RED: it does not hold
 *
 * Whether a GPU ends by itself with this computer switched off.
 */
typedef enum
{
  EASEL_SHIELD_NONE,
  EASEL_SHIELD_GREY,
  EASEL_SHIELD_GREEN,
  EASEL_SHIELD_AMBER,
  EASEL_SHIELD_RED
} EaselShield;

/**
 * EaselShieldFacts:
 * @has_agent: an agent was sent along
 * @has_status: it has answered
 * @silent_ms: since its last answer; without any, since the create
 * @armed: what it said
 * @end_failed: it tries to end itself and cannot
 * @outside: what a stranger finds
 * @encrypted: whether the address is https
 *
 * What the shield is judged by.
 */
typedef struct
{
  gboolean has_agent;
  gboolean has_status;
  gint64 silent_ms;
  EaselAgentArmed armed;
  gboolean end_failed;
  EaselOutside outside;
  gboolean encrypted;
} EaselShieldFacts;

EaselShield easel_shield_judge (const EaselShieldFacts *facts);
const char *easel_shield_sentence (const EaselShieldFacts *facts);
const char *easel_shield_privacy_sentence (const EaselShieldFacts *facts);
/* Of a rental, as it stands now. */
EaselShield easel_rental_get_shield (EaselRental *self, EaselShieldFacts *ret_facts);
char *easel_shield_dup_krita_sentence (guint n_connected,
                                       gboolean ever_connected,
                                       gint64 closed_left_ms,
                                       gint64 waited_ms);
EaselTone easel_shield_tone (EaselShield shield);

G_END_DECLS
