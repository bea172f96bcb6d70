/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What happens to rented machines by itself, in the order of time: a GPU that begins to cost when
 * its container runs, traffic, a start that the house gives up, the end of a contract, a wish that
 * can be fulfilled at last, an account that has run dry. Who asks the cloud anything settles it
 * first, so it makes no difference how often that happens.
 */
#include "config.h"

#include "easel-sim-cloud-private.h"

#include <string.h>

typedef enum
{
  EVENT_NOTHING,
  EVENT_CONTAINER,
  EVENT_LOAD,
  EVENT_GIVES_UP,
  EVENT_OWN_END,
  EVENT_CONTRACT_ENDS
} EventKind;

typedef struct
{
  EventKind kind;
  gint64 at_ms;
  EaselSimPod *pod;
} Event;

static void
consider (Event *event, EventKind kind, EaselSimPod *pod, gint64 at_ms)
{
  if (event->kind != EVENT_NOTHING && event->at_ms <= at_ms)
    return;
  event->kind = kind;
  event->at_ms = at_ms;
  event->pod = pod;
}

static void
consider_running (Event *event, EaselSimPod *pod)
{
  const EaselSimBoot *boot = pod->boot;
  gint64 patience = easel_sim_house_rules (pod->house)->gives_up_ms;

  if (!pod->is_gpu_billed && boot->container_ms >= 0)
    consider (event, EVENT_CONTAINER, pod, boot->container_ms);
  if (pod->n_loads_billed < boot->loads->len)
    consider (event, EVENT_LOAD, pod,
              g_array_index (boot->loads, EaselSimLoad, pod->n_loads_billed).done_ms);
  if (patience >= 0 &&
      (boot->failure == EASEL_SIM_FAILURE_NO_IMAGE || boot->failure == EASEL_SIM_FAILURE_NETWORK))
    consider (event, EVENT_GIVES_UP, pod, boot->failed_ms + patience);
}

/* The first thing that has happened by @now and is not accounted for. */
static Event
next_event (EaselSimCloud *self, gint64 now)
{
  Event event = { EVENT_NOTHING, G_MAXINT64, NULL };

  for (guint i = 0; i < self->pods->len; i++)
    {
      EaselSimPod *pod = g_ptr_array_index (self->pods, i);

      if (pod->state == EASEL_SIM_POD_RUNNING && pod->own_end_ms >= 0 && self->ender != NULL)
        consider (&event, EVENT_OWN_END, pod, pod->own_end_ms);
      if (pod->offer == 0 || pod->state == EASEL_SIM_POD_DELETED)
        continue;
      if (pod->state == EASEL_SIM_POD_RUNNING)
        consider_running (&event, pod);
      if (pod->state == EASEL_SIM_POD_RUNNING || pod->is_start_queued)
        consider (&event, EVENT_CONTRACT_ENDS, pod, pod->terms.end_ms);
    }
  if (event.at_ms > now)
    event.kind = EVENT_NOTHING;
  return event;
}

static void
happen (EaselSimCloud *self, const Event *event)
{
  EaselSimPod *pod = event->pod;
  /* Somebody may have moved the clock back since; money never flows backwards. */
  gint64 at_ms = MAX (event->at_ms, pod->run_start_ms);

  switch (event->kind)
    {
    case EVENT_CONTAINER:
      pod->is_gpu_billed = TRUE;
      _easel_sim_pod_charge (pod, at_ms);
      break;
    case EVENT_LOAD:
      _easel_sim_pod_bill_loads (pod, at_ms, FALSE);
      break;
    case EVENT_GIVES_UP:
      _easel_sim_cloud_halt (self, pod, at_ms);
      break;
    case EVENT_OWN_END:
      pod->own_end_ms = -1;
      self->ender (pod, at_ms, self->ender_data);
      break;
    case EVENT_CONTRACT_ENDS:
      pod->is_start_queued = FALSE;
      if (pod->state == EASEL_SIM_POD_RUNNING)
        _easel_sim_cloud_halt (self, pod, at_ms);
      break;
    case EVENT_NOTHING:
    default:
      break;
    }
  self->n_changes++;
}

/* When, at the present rate, the account's money was used up. */
static gint64
broke_at (EaselSimCloud *self, gint64 balance, gint64 rate, gint64 now)
{
  return MAX (now + balance * 3600 / rate * 1000, MIN (self->settled_ms, now));
}

static gint64
spend_rate_of_ending (EaselSimCloud *self, const EaselSimAccount *account, GPtrArray *ending)
{
  gboolean deletes = easel_sim_house_rules (account->house)->deletes_when_broke;
  gint64 rate = 0;

  for (guint i = 0; i < self->pods->len; i++)
    {
      EaselSimPod *pod = g_ptr_array_index (self->pods, i);

      if (pod->state == EASEL_SIM_POD_DELETED || strcmp (pod->account, account->id) != 0)
        continue;
      rate += easel_sim_ledger_get_rate (pod->ledger);
      if (deletes || pod->state == EASEL_SIM_POD_RUNNING || pod->is_start_queued)
        g_ptr_array_add (ending, pod);
    }
  return rate;
}

static void
end_for_want_of_credit (EaselSimCloud *self, EaselSimPod *pod, gint64 at_ms)
{
  at_ms = MAX (at_ms, pod->run_start_ms);
  pod->is_start_queued = FALSE;
  if (easel_sim_house_rules (pod->house)->deletes_when_broke)
    _easel_sim_cloud_discard (self, pod, at_ms);
  else if (pod->state == EASEL_SIM_POD_RUNNING)
    _easel_sim_cloud_halt (self, pod, at_ms);
  pod->was_terminated = TRUE;
}

/* Returns whether somebody could not pay any more. */
static gboolean
settle_credit (EaselSimCloud *self, gint64 now)
{
  GHashTableIter iter;
  gpointer value;
  gboolean has_changed = FALSE;

  g_hash_table_iter_init (&iter, self->accounts);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      EaselSimAccount *account = value;
      g_autoptr (GPtrArray) ending = g_ptr_array_new ();
      gint64 rate = spend_rate_of_ending (self, account, ending);
      gint64 balance, at_ms;

      if (rate == 0 || ending->len == 0)
        continue;
      balance = account->balance_micros - _easel_sim_cloud_get_spent (self, account, now);
      if (balance > 0)
        continue;
      at_ms = broke_at (self, balance, rate, now);
      for (guint i = 0; i < ending->len; i++)
        end_for_want_of_credit (self, g_ptr_array_index (ending, i), at_ms);
      has_changed = TRUE;
    }
  self->settled_ms = now;
  return has_changed;
}

static void
serve_queue (EaselSimCloud *self, gint64 now)
{
  for (guint i = 0; i < self->pods->len; i++)
    {
      EaselSimPod *pod = g_ptr_array_index (self->pods, i);

      if (pod->is_start_queued && pod->state == EASEL_SIM_POD_STOPPED)
        _easel_sim_cloud_try_start (self, pod, now);
    }
}

/**
 * easel_sim_cloud_settle:
 * @self: a cloud
 *
 * Makes up for all that has happened by itself. What an account can no longer pay ends at the time
 * at which its money was gone: RunPod deletes it, nothing here has a network volume
 * (facts/runpod.md 3.4); vast.ai stops it and goes on charging for the disk (facts/vast.md 8.6).
 */
void
easel_sim_cloud_settle (EaselSimCloud *self)
{
  gint64 now = easel_sim_cloud_now (self);

  for (Event event = next_event (self, now); event.kind != EVENT_NOTHING;
       event = next_event (self, now))
    if (!settle_credit (self, event.at_ms))
      happen (self, &event);
  settle_credit (self, now);
  serve_queue (self, now);
}
