/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes from rentals and the studio what easel-rental-text.c makes sentences of. Owns nothing. */
#include "config.h"

#include "easel-agent-watch.h"
#include "easel-rental-text.h"
#include "easel-shield.h"

#include "easel-workload.h"

/**
 * easel_rental_get_given_name:
 * @self: a rental
 *
 * Two of one kind in one place differ by nothing else.
 *
 * Returns: (transfer none) (nullable): what somebody called it; %NULL for those that Cloud Easel
 *   made, whose names mean nothing to anybody
 */
const char *
easel_rental_get_given_name (EaselRental *self)
{
  const EaselPodData *pod;

  g_return_val_if_fail (EASEL_IS_RENTAL (self), NULL);

  pod = easel_rental_get_pod (self);
  if (easel_rental_is_ours (self) || pod == NULL || pod->name == NULL || *pod->name == '\0')
    return NULL;
  return pod->name;
}

/* @ret_paints: (out): owned by the caller, because @facts keeps nothing */
static void
fill_facts (EaselRental *rental, EaselRentalFacts *facts, char **ret_paints)
{
  const EaselProviderInfo *info = easel_rental_get_provider_info (rental);
  const EaselPodData *pod = easel_rental_get_pod (rental);
  const EaselJournalRecord *record = easel_rental_get_record (rental);

  easel_rental_facts_init (facts);
  facts->state = easel_rental_get_state (rental);
  facts->is_ours = easel_rental_is_ours (rental);
  facts->is_stale = easel_rental_is_stale (rental);
  facts->is_stored = easel_rental_is_stored (rental);
  facts->has_address = easel_rental_get_address (rental) != NULL;
  facts->provider_name = info != NULL ? info->name : NULL;
  facts->gpu_name = easel_rental_get_gpu_name (rental);
  facts->given_name = easel_rental_get_given_name (rental);
  facts->price = easel_rental_get_price (rental);
  facts->stopped_price = easel_rental_get_stopped_price (rental);
  facts->cost = easel_rental_get_cost_so_far (rental);
  facts->ends_at_unix_ms = easel_rental_get_ends_at (rental);
  facts->end_reason = easel_rental_get_end_reason (rental);
  facts->is_confirmed = easel_rental_is_confirmed (rental);
  facts->proven_unix_ms = easel_rental_get_proven_unix_ms (rental);
  facts->error = easel_rental_get_error (rental);
  if (pod != NULL)
    {
      facts->keeps_files = pod->workspace_gb > 0;
      facts->is_locked = pod->locked;
      facts->place = pod->place;
      facts->state_word = pod->state == EASEL_POD_OTHER ? pod->state_word : NULL;
      facts->rented_unix_ms = pod->created_unix_ms;
    }
  if (record == NULL)
    return;
  if (facts->place == NULL)
    facts->place = record->place;
  if (pod == NULL)
    facts->keeps_files = record->workspace_gb > 0;
  facts->idle_minutes = record->limits.idle_minutes;
  facts->stop_instead = record->limits.stop_instead;
  facts->rented_unix_ms = record->intent_unix_ms;
  if (record->workload != NULL && *record->workload != '\0')
    *ret_paints = easel_workload_set_title (easel_workload_set_from_string (record->workload));
  facts->paints = *ret_paints;
}

/**
 * easel_rental_dup_title:
 * @self: a rental
 *
 * Returns: (transfer full): see easel_rental_facts_dup_title()
 */
char *
easel_rental_dup_title (EaselRental *self)
{
  g_autofree char *paints = NULL;
  EaselRentalFacts facts;

  g_return_val_if_fail (EASEL_IS_RENTAL (self), NULL);

  fill_facts (self, &facts, &paints);
  return easel_rental_facts_dup_title (&facts);
}

/**
 * easel_rental_dup_badge:
 * @self: a rental
 * @ret_tone: (out) (optional): how it is to look
 *
 * Returns: (transfer full): see easel_rental_facts_dup_badge()
 */
char *
easel_rental_dup_badge (EaselRental *self, EaselTone *ret_tone)
{
  g_autofree char *paints = NULL;
  EaselRentalFacts facts;

  g_return_val_if_fail (EASEL_IS_RENTAL (self), NULL);

  fill_facts (self, &facts, &paints);
  return easel_rental_facts_dup_badge (&facts, ret_tone);
}

/**
 * easel_rental_dup_end_text:
 * @self: a rental
 * @now_unix_ms: the present
 *
 * Returns: (transfer full) (nullable): see easel_rental_facts_dup_end_text()
 */
char *
easel_rental_dup_end_text (EaselRental *self, gint64 now_unix_ms)
{
  g_autofree char *paints = NULL;
  EaselRentalFacts facts;

  g_return_val_if_fail (EASEL_IS_RENTAL (self), NULL);

  fill_facts (self, &facts, &paints);
  return easel_rental_facts_dup_end_text (&facts, now_unix_ms);
}

/**
 * easel_rental_dup_facts:
 * @self: a rental
 * @now_unix_ms: the present
 *
 * Returns: (transfer full): see easel_rental_facts_dup_facts()
 */
char *
easel_rental_dup_facts (EaselRental *self, gint64 now_unix_ms)
{
  g_autofree char *paints = NULL;
  EaselRentalFacts facts;

  g_return_val_if_fail (EASEL_IS_RENTAL (self), NULL);

  fill_facts (self, &facts, &paints);
  return easel_rental_facts_dup_facts (&facts, now_unix_ms);
}

/**
 * easel_rental_dup_rate:
 * @self: a rental
 *
 * Returns: (transfer full) (nullable): see easel_rental_facts_dup_rate()
 */
char *
easel_rental_dup_rate (EaselRental *self)
{
  g_autofree char *paints = NULL;
  EaselRentalFacts facts;

  g_return_val_if_fail (EASEL_IS_RENTAL (self), NULL);

  fill_facts (self, &facts, &paints);
  return easel_rental_facts_dup_rate (&facts);
}

/**
 * easel_rental_dup_cost:
 * @self: a rental
 *
 * Returns: (transfer full) (nullable): see easel_rental_facts_dup_cost()
 */
char *
easel_rental_dup_cost (EaselRental *self)
{
  g_autofree char *paints = NULL;
  EaselRentalFacts facts;

  g_return_val_if_fail (EASEL_IS_RENTAL (self), NULL);

  fill_facts (self, &facts, &paints);
  return easel_rental_facts_dup_cost (&facts);
}

/**
 * easel_rental_dup_problem:
 * @self: a rental
 * @now_unix_ms: the present
 *
 * Returns: (transfer full) (nullable): see easel_rental_facts_dup_problem()
 */
char *
easel_rental_dup_problem (EaselRental *self, gint64 now_unix_ms)
{
  g_autofree char *paints = NULL;
  EaselRentalFacts facts;

  g_return_val_if_fail (EASEL_IS_RENTAL (self), NULL);

  fill_facts (self, &facts, &paints);
  return easel_rental_facts_dup_problem (&facts, now_unix_ms);
}

/**
 * easel_studio_dup_headline:
 * @self: the studio
 *
 * Returns: (transfer full): see easel_studio_sums_dup_headline()
 */
char *
easel_studio_dup_headline (EaselStudio *self)
{
  EaselStudioSums sums;

  g_return_val_if_fail (EASEL_IS_STUDIO (self), NULL);

  easel_studio_get_sums (self, &sums);
  return easel_studio_sums_dup_headline (easel_studio_get_state (self), &sums);
}

/**
 * easel_studio_dup_subline:
 * @self: the studio
 * @now_unix_ms: the present
 *
 * Returns: (transfer full) (nullable): see easel_studio_sums_dup_subline()
 */
char *
easel_studio_dup_subline (EaselStudio *self, gint64 now_unix_ms)
{
  EaselStudioSums sums;

  g_return_val_if_fail (EASEL_IS_STUDIO (self), NULL);

  easel_studio_get_sums (self, &sums);
  return easel_studio_sums_dup_subline (easel_studio_get_state (self), &sums, now_unix_ms);
}

/**
 * easel_studio_dup_unexplained:
 * @self: the studio
 *
 * Returns: (transfer full) (nullable): see easel_studio_sums_dup_unexplained(); %NULL unless the
 *   sums are true
 */
char *
easel_studio_dup_unexplained (EaselStudio *self)
{
  EaselStudioSums sums;

  g_return_val_if_fail (EASEL_IS_STUDIO (self), NULL);

  if (easel_studio_get_state (self) != EASEL_STUDIO_KNOWN)
    return NULL;
  easel_studio_get_sums (self, &sums);
  return easel_studio_sums_dup_unexplained (&sums);
}

/**
 * easel_rental_get_shield:
 * @self: a rental
 * @ret_facts: (out) (optional): for the sentences
 *
 * Returns: whether it ends by itself, see easel_shield_judge()
 */
EaselShield
easel_rental_get_shield (EaselRental *self, EaselShieldFacts *ret_facts)
{
  EaselShieldFacts facts = { 0 };
  EaselAgentWatch *agent;
  const EaselAgentStatus *status;

  g_return_val_if_fail (EASEL_IS_RENTAL (self), EASEL_SHIELD_NONE);

  agent = easel_rental_get_agent (self);
  if (agent != NULL)
    {
      status = easel_agent_watch_get_status (agent);
      facts.has_agent = TRUE;
      facts.has_status = status != NULL;
      facts.silent_ms = easel_agent_watch_get_silent_ms (agent);
      facts.outside = easel_agent_watch_get_outside (agent);
      facts.encrypted =
          easel_rental_get_pod (self) != NULL && easel_rental_get_pod (self)->encrypted;
      if (status != NULL)
        {
          facts.armed = status->armed;
          facts.end_failed = status->ending != EASEL_END_NONE && status->end_error != NULL;
        }
    }
  if (ret_facts != NULL)
    *ret_facts = facts;
  return easel_shield_judge (&facts);
}

/**
 * easel_rental_dup_krita_text:
 * @self: a rental
 * @now_unix_ms: the present
 *
 * Returns: (transfer full) (nullable): see easel_shield_dup_krita_sentence(); %NULL unless it is
 *   ready and its agent tells
 */
char *
easel_rental_dup_krita_text (EaselRental *self, gint64 now_unix_ms)
{
  const EaselJournalRecord *record;
  EaselAgentWatch *agent;
  const EaselAgentStatus *status;
  gint64 closed_left;

  g_return_val_if_fail (EASEL_IS_RENTAL (self), NULL);

  agent = easel_rental_get_agent (self);
  status = agent != NULL ? easel_agent_watch_get_status (agent) : NULL;
  if (status == NULL || easel_rental_get_state (self) != EASEL_RENTAL_READY ||
      easel_agent_watch_get_silent_ms (agent) > EASEL_SHIELD_SILENCE_MS)
    return NULL;
  record = easel_rental_get_record (self);
  closed_left = status->closed_s < 0
                    ? -1
                    : MAX (status->closed_s * 1000 - easel_agent_watch_get_silent_ms (agent), 0);
  return easel_shield_dup_krita_sentence (status->n_connected, status->ever_connected, closed_left,
                                          record != NULL && record->ready_unix_ms > 0
                                              ? now_unix_ms - record->ready_unix_ms
                                              : 0);
}
