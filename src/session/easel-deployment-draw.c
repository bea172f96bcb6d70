/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Another machine: the part of EaselDeployment that gives one back and takes the next.
 *
 * Also here: what the click has promised. Time and money of Review hold for the click, not for each
 * machine: what one has used up, the next does not get anew. */

#include "config.h"
#include "easel-deployment-private.h"

#include "easel-error.h"
#include "easel-patience.h"
#include "easel-studio-private.h"
#include "easel-text.h"

#include <glib/gi18n.h>

#define MINUTE_MS (60 * 1000)
#define MAX_MACHINES_DRAWN 3
/* Nobody expects another machine that comes much later than the click. */
#define DRAW_EXPIRES_MS (15 * 60 * 1000)
/* Offers that are older say little about what is free. */
#define OFFERS_AGE_MS (60 * 1000)

/* --- the promise ------------------------------------------------------------------------------ */

static gint64
start_cost (EaselDeployment *self)
{
  const gint64 cost = easel_offer_start_cost (self->spec->offer, self->spec->download_bytes);

  return MAX (cost, 0);
}

/* Somebody has clicked: from now on the hours of Review count, and its worst case. */
void
_easel_deployment_promise (EaselDeployment *self)
{
  const EaselLaunchSpec *spec = self->spec;
  const gint64 price = spec->max_price > 0 ? spec->max_price : easel_launch_spec_price (spec);

  self->started_unix_ms = easel_clock_get_unix_ms (self->clock);
  self->hard_end_unix_ms = easel_limits_hard_end (&spec->limits, self->started_unix_ms);
  self->budget = EASEL_MONEY_UNKNOWN;
  if (price > 0)
    self->budget =
        easel_money_add (easel_limits_worst_case (&spec->limits, price, start_cost (self)),
                         self->spent_before + self->traffic_before);
}

/* What was promised before the program was started anew. */
void
_easel_deployment_take_promise (EaselDeployment *self, const EaselJournalRecord *record)
{
  if (record->hard_end_unix_ms > 0)
    self->hard_end_unix_ms = record->hard_end_unix_ms;
  self->budget = record->budget > 0 ? record->budget : EASEL_MONEY_UNKNOWN;
}

/* The person wants it for longer, and knows what that costs. */
void
_easel_deployment_note_extended (EaselDeployment *self, gint64 longer_ms, gint64 price)
{
  self->hard_end_unix_ms += longer_ms;
  self->budget = easel_money_add (self->budget, easel_money_for_duration (price, longer_ms));
}

/* Micro-dollars that the hours of the present try may cost, 0 if nobody knows. */
gint64
_easel_deployment_get_budget (EaselDeployment *self)
{
  if (self->budget == EASEL_MONEY_UNKNOWN)
    return 0;
  return MAX (self->budget - self->spent_before - self->traffic_before - start_cost (self), 1);
}

/* When the present try ends whatever happens. */
gint64
_easel_deployment_get_hard_end (EaselDeployment *self)
{
  const gint64 budget = _easel_deployment_get_budget (self);

  return easel_limits_cut (self->hard_end_unix_ms, easel_clock_get_unix_ms (self->clock),
                           budget > 0 ? budget : EASEL_MONEY_UNKNOWN,
                           easel_launch_spec_price (self->spec));
}

static gint64
get_left_ms (EaselDeployment *self)
{
  return _easel_deployment_get_hard_end (self) - easel_clock_get_unix_ms (self->clock);
}

static EaselDraw
judge_draw (EaselDeployment *self)
{
  return easel_patience_judge_draw (easel_limits_hard_end (&self->spec->limits,
                                                           self->started_unix_ms) -
                                        self->started_unix_ms,
                                    get_left_ms (self));
}

/* --- giving back ------------------------------------------------------------------------------ */

/* @by_hand: the person asks for it, and knows how little time is left. */
void
_easel_deployment_draw_other (EaselDeployment *self, const char *reason, gboolean by_hand)
{
  if (self->studio == NULL || self->rental == NULL)
    return;
  self->draw_wanted = TRUE;
  self->draw_by_hand = by_hand;
  self->draw_wanted_ms = easel_clock_get_monotonic_ms (self->clock);
  _easel_deployment_drop_watch (self);
  /* Until this one is proven gone there is time to see what else there is: the last look may be
   * from before the click, or there was none since the program was started. */
  if (self->catalog != NULL)
    easel_catalog_refresh_if_older (self->catalog, OFFERS_AGE_MS);
  easel_studio_delete (self->studio, self->rental, reason);
}

/* What is left of the time is not worth another start unless somebody says so. */
static void
ask_about_draw (EaselDeployment *self, const GError *error)
{
  g_autofree char *left = easel_text_duration (get_left_ms (self) / MINUTE_MS * MINUTE_MS);
  /* Translators: %s is a duration, "50 min". */
  g_autofree char *sentence = g_strdup_printf (
      _ ("This machine did not get ready, and %s of the time that you chose is left. Another "
         "machine starts from the beginning and still ends at the same time."),
      left);

  _easel_deployment_trouble (self, error, sentence);
}

void
_easel_deployment_lose_patience (EaselDeployment *self)
{
  g_autoptr (GError) error = NULL;
  const gint64 now = easel_clock_get_monotonic_ms (self->clock);
  const gint64 started = easel_boot_watch_get_started_ms (self->watch);
  const gboolean has_time = judge_draw (self) == EASEL_DRAW_GO;

  switch (
      easel_patience_judge (now - started, now - MAX (self->progress_ms, started),
                            !self->is_resume && self->n_machines < MAX_MACHINES_DRAWN && has_time))
    {
    case EASEL_PATIENCE_DRAW:
      _easel_deployment_take_notice (
          self, g_strdup (_ ("This machine was not ready after 40 minutes. It is being given back, "
                             "and another one is taken.")));
      _easel_deployment_draw_other (self, "broken", FALSE);
      break;

    case EASEL_PATIENCE_ASK:
      error = easel_error_new (EASEL_ERROR_BROKEN_POD, "not ready in 40 minutes");
      if (!has_time && !self->is_resume)
        ask_about_draw (self, error);
      else
        _easel_deployment_trouble (
            self, error,
            _ ("The GPU is still not ready after 40 minutes. Another machine is usually "
               "faster."));
      break;

    case EASEL_PATIENCE_WAIT:
    default:
      break;
    }
}

void
_easel_deployment_draw_after_fault (EaselDeployment *self, const char *details)
{
  const gboolean has_time = judge_draw (self) == EASEL_DRAW_GO;

  if (self->state != EASEL_DEPLOYMENT_STARTING)
    return;
  if (self->is_resume)
    {
      /* Nobody asked to lose the files on it: pause again, and let the person decide. */
      g_autoptr (GError) error = easel_error_new (EASEL_ERROR_HOST_FULL, "came back without a GPU");

      easel_error_set_details (error, details);
      _easel_deployment_trouble (self, error, NULL);
      if (self->studio != NULL && self->rental != NULL)
        easel_studio_pause (self->studio, self->rental);
      return;
    }
  if (self->n_machines >= MAX_MACHINES_DRAWN || !has_time)
    {
      g_autoptr (GError) error = easel_error_new (EASEL_ERROR_BROKEN_POD, "machine fault");

      easel_error_set_details (error, details);
      if (has_time)
        _easel_deployment_trouble (self, error, NULL);
      else
        ask_about_draw (self, error);
      return;
    }
  _easel_deployment_take_notice (
      self, g_strdup (_ ("This machine does not work. It is being given back, and another "
                         "one is taken.")));
  _easel_deployment_draw_other (self, "broken", FALSE);
}

/* --- the next one ----------------------------------------------------------------------------- */

static void
fail_with_sentence (EaselDeployment *self, EaselError code, const char *why, const char *sentence)
{
  g_autoptr (GError) error = easel_error_new (code, "%s", why);

  _easel_deployment_set_error (self, error, sentence);
  _easel_deployment_set_state (self, EASEL_DEPLOYMENT_FAILED);
}

/* FALSE, with the sentence told, if what is left of the time is not worth it. */
static gboolean
has_time_for_next (EaselDeployment *self)
{
  const EaselDraw draw = judge_draw (self);
  g_autofree char *left = NULL;
  g_autofree char *sentence = NULL;

  if (draw == EASEL_DRAW_GO || (draw == EASEL_DRAW_ASK && self->draw_by_hand))
    return TRUE;
  if (draw == EASEL_DRAW_OVER)
    sentence = g_strdup (_ ("That machine was given back. The time that you chose is over, so no "
                            "other one was rented. Nothing is billed any more."));
  else
    {
      left = easel_text_duration (get_left_ms (self) / MINUTE_MS * MINUTE_MS);
      /* Translators: %s is a duration, "50 min". */
      sentence = g_strdup_printf (_ ("That machine was given back. Only %s of the time that you "
                                     "chose is left, too little for another start. Nothing is "
                                     "billed any more."),
                                  left);
    }
  fail_with_sentence (self, EASEL_ERROR_TIMED_OUT, "the hours of the click", sentence);
  return FALSE;
}

/* The machine before is proven gone. */
void
_easel_deployment_draw_now (EaselDeployment *self)
{
  self->draw_wanted = FALSE;
  self->n_machines++;
  if (self->rental != NULL)
    self->spent_before += MAX (easel_rental_get_cost_so_far (self->rental), 0);
  self->traffic_before += start_cost (self);
  g_clear_weak_pointer (&self->rental);
  g_clear_object (&self->pod);
  self->fraction = 0;
  _easel_deployment_set_error (self, NULL, NULL);
  _easel_deployment_set_state (self, EASEL_DEPLOYMENT_RENTING);
  if (easel_clock_get_monotonic_ms (self->clock) - self->draw_wanted_ms > DRAW_EXPIRES_MS)
    {
      fail_with_sentence (self, EASEL_ERROR_TIMED_OUT, "giving the machine back took too long",
                          NULL);
      return;
    }
  if (!has_time_for_next (self))
    return;
  /* Where the provider names no machines, another offer is the only way not to get the same one. */
  if (_easel_deployment_choose_next_offer (self, FALSE))
    {
      _easel_deployment_try_offer (self);
      return;
    }
  fail_with_sentence (self, EASEL_ERROR_NO_OFFER, "no other machine below the ceiling",
                      _ ("That machine was given back, and no other one is free for the price that "
                         "you accepted. Nothing is billed any more."));
}
