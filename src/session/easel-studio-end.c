/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The hard end of a rental: the part of EaselStudio that moves it.
 *
 * It was promised on Review together with a sum. It moves when somebody asks for it, when a pause
 * is over, and when the GPU turns out to cost more than was promised: then it comes sooner, here
 * and in the pod, so that the sum holds. */

#include "config.h"
#include "easel-studio-private.h"

/* How often the agent is told of an end that it does not keep. */
#define TELL_AGAIN_MS (60 * 1000)
/* Agents count seconds, and answers take some. */
#define SAME_END_MS (60 * 1000)

/* What a new run may cost; 0 if nobody knows. */
static gint64
fresh_budget (EaselRental *rental)
{
  const gint64 price = MAX (rental->record->max_price, rental->record->price);

  return price > 0 ? MAX (easel_limits_worst_case (&rental->record->limits, price, 0), 0) : 0;
}

/* Paused time is neither paid hours nor idleness. */
void
_easel_studio_renew_limits (EaselStudio *self, EaselRental *rental)
{
  const gint64 now = easel_clock_get_unix_ms (self->clock);

  if (rental->record == NULL)
    return;
  rental->record->hard_end_unix_ms = easel_limits_hard_end (&rental->record->limits, now);
  rental->record->budget = fresh_budget (rental);
  rental->last_busy_unix_ms = now;
  rental->activity_ms = 0;
  _easel_studio_forget_confirmation (self, rental);
  _easel_studio_put (self, rental);
}

/* The person wants it for longer, and the money grows with it. */
void
_easel_studio_move_end (EaselStudio *self, EaselRental *rental, gint64 hard_end_unix_ms)
{
  const gint64 longer = hard_end_unix_ms - rental->record->hard_end_unix_ms;
  const gint64 price = easel_rental_get_price (rental);
  const gint64 money = easel_money_for_duration (price, longer);

  rental->record->hard_end_unix_ms = hard_end_unix_ms;
  if (longer > 0 && rental->record->budget > 0)
    rental->record->budget = MAX (easel_money_add (rental->record->budget, money), 0);
  if (longer > 0 && rental->deployment != NULL)
    _easel_deployment_note_extended (rental->deployment, longer, price);
  _easel_studio_put (self, rental);
}

/**
 * easel_studio_extend:
 * @self: a studio
 * @rental: a running rental with a record
 * @hours: how much longer, 1 to 24
 *
 * Moves the hard end.
 */
void
easel_studio_extend (EaselStudio *self, EaselRental *rental, guint hours)
{
  gint64 ends_at;

  g_return_if_fail (EASEL_IS_STUDIO (self));
  g_return_if_fail (EASEL_IS_RENTAL (rental));

  ends_at = easel_rental_get_ends_at (rental);
  if (ends_at == 0)
    return;
  ends_at += (gint64) CLAMP (hours, 1, EASEL_LIMITS_MAX_HOURS) * 60 * 60 * 1000;
  /* With an agent its answer counts: a promise that the pod does not keep helps nobody. */
  if (_easel_studio_extend_agent (self, rental, ends_at) || rental->record == NULL)
    return;
  _easel_studio_move_end (self, rental, ends_at);
  rental->last_busy_unix_ms = easel_clock_get_unix_ms (self->clock);
  _easel_rental_emit_changed (rental);
  _easel_studio_schedule (self);
  _easel_studio_emit_changed (self);
}

/* The end at which the money of this run is used up at the price that the provider tells; the hard
 * end if that is earlier. */
static gint64
get_paid_end (EaselRental *rental)
{
  const EaselJournalRecord *record = rental->record;
  const gint64 since = record->run_unix_ms > 0 ? record->run_unix_ms : record->intent_unix_ms;

  return easel_limits_cut (record->hard_end_unix_ms, since, record->budget,
                           easel_pod_get (rental->pod)->cost);
}

static gboolean
costs_more_than_promised (EaselRental *rental)
{
  const EaselJournalRecord *record = rental->record;

  return record != NULL && record->budget > 0 && rental->pod != NULL &&
         easel_pod_get (rental->pod)->cost > MAX (record->max_price, record->price);
}

/* There is a newer answer about the pod, which tells what it costs. */
void
_easel_studio_correct_end (EaselStudio *self, EaselRental *rental)
{
  gint64 end;

  if (!costs_more_than_promised (rental) || rental->record->hard_end_unix_ms <= 0)
    return;
  end = get_paid_end (rental);
  if (end >= rental->record->hard_end_unix_ms)
    return;
  g_debug ("%s: costs more than promised, ends sooner", rental->record->name);
  /* Not in the past: what started after its end counts as started anew elsewhere. */
  rental->record->hard_end_unix_ms = MAX (end, easel_clock_get_unix_ms (self->clock));
  rental->told_end_ms = 0;
  _easel_studio_put (self, rental);
  _easel_studio_tell_end (self, rental);
}

/* So that it holds without this computer, too. Asked at each answer of the agent. */
void
_easel_studio_tell_end (EaselStudio *self, EaselRental *rental)
{
  const gint64 now = easel_clock_get_monotonic_ms (self->clock);
  const EaselAgentStatus *status =
      rental->agent != NULL ? easel_agent_watch_get_status (rental->agent) : NULL;
  gint64 agent_end;

  if (status == NULL || !costs_more_than_promised (rental) ||
      (rental->told_end_ms > 0 && now - rental->told_end_ms < TELL_AGAIN_MS))
    return;
  agent_end = easel_clock_get_unix_ms (self->clock) + status->hard_s * 1000 -
              easel_agent_watch_get_silent_ms (rental->agent);
  if (agent_end <= rental->record->hard_end_unix_ms + SAME_END_MS)
    return;
  rental->told_end_ms = now;
  _easel_studio_extend_agent (self, rental, rental->record->hard_end_unix_ms);
}
