/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How far a deployment is: the part of EaselDeployment that only reads.
 *
 * Stage, bar, times, money and sentences for the Starting page. */

#include "config.h"
#include "easel-deployment-private.h"

#include "easel-error.h"
#include "easel-rental.h"

#include <glib/gi18n.h>

#define SLOW_WITHOUT_CONTAINER_MS (10 * 60 * 1000)
#define DEFAULT_EXPECTED_MS (12 * 60 * 1000)
#define CHECK_MS (40 * 1000)

/**
 * easel_deployment_get_state:
 * @self: a deployment
 *
 * Returns: where it is
 */
EaselDeploymentState
easel_deployment_get_state (EaselDeployment *self)
{
  g_return_val_if_fail (EASEL_IS_DEPLOYMENT (self), EASEL_DEPLOYMENT_FAILED);

  return self->state;
}

/**
 * easel_deployment_get_spec:
 * @self: a deployment
 *
 * Returns: (transfer none): what is being rented; name and offer change from try to try
 */
const EaselLaunchSpec *
easel_deployment_get_spec (EaselDeployment *self)
{
  g_return_val_if_fail (EASEL_IS_DEPLOYMENT (self), NULL);

  return self->spec;
}

/**
 * easel_deployment_get_stage:
 * @self: a deployment
 *
 * Returns: the stage that is being worked on; %EASEL_N_STAGES when all are done
 */
EaselStage
easel_deployment_get_stage (EaselDeployment *self)
{
  g_return_val_if_fail (EASEL_IS_DEPLOYMENT (self), EASEL_STAGE_RENT);

  if (self->state == EASEL_DEPLOYMENT_READY)
    return EASEL_N_STAGES;
  return self->watch != NULL ? easel_boot_watch_get_stage (self->watch) : EASEL_STAGE_RENT;
}

/**
 * easel_deployment_dup_stage_note:
 * @self: a deployment
 * @stage: a stage
 *
 * Returns: (transfer full) (nullable): one line about it, translated
 */
char *
easel_deployment_dup_stage_note (EaselDeployment *self, EaselStage stage)
{
  g_return_val_if_fail (EASEL_IS_DEPLOYMENT (self), NULL);
  g_return_val_if_fail (stage < EASEL_N_STAGES, NULL);

  if (stage == EASEL_STAGE_RENT)
    {
      const gint64 price = self->pod != NULL && easel_pod_get (self->pod)->cost > 0
                               ? easel_pod_get (self->pod)->cost
                               : easel_launch_spec_price (self->spec);
      g_autofree char *rate = easel_money_format_hourly_short (price);

      if (self->state == EASEL_DEPLOYMENT_UNSURE)
        return g_strdup_printf (
            _ ("No clear answer from %s. Looking whether it was rented; this can "
               "take two minutes."),
            easel_account_get_provider_info (self->account)->name);
      /* Translators: name of the GPU and its price, e.g. "RTX 3090, $0.23/h". */
      return g_strdup_printf (_ ("%s, %s"), easel_offer_get (self->spec->offer)->gpu_name, rate);
    }
  return self->watch != NULL ? easel_boot_watch_dup_stage_note (self->watch, stage) : NULL;
}

static gint64
expected_ms (EaselDeployment *self)
{
  const EaselOfferData *offer = easel_offer_get (self->spec->offer);
  gint64 low = offer->start_low_ms;
  gint64 high = offer->start_high_ms;

  easel_history_get_start_time (self->history, offer->provider_id, offer->host_kind, &low, &high);
  return low > 0 && high >= low ? (low + high) / 2 : DEFAULT_EXPECTED_MS;
}

/* Where the bar stands at the beginning of each stage. */
static const double stage_begins[EASEL_N_STAGES + 1] = { 0, 0.03, 0.08, 0.3, 0.92, 1 };

static double
share_of_stage (EaselDeployment *self, EaselStage stage)
{
  const guint64 done = easel_boot_watch_get_bytes_done (self->watch);
  /* The person's own come when the server is up. */
  const guint64 size = self->spec->download_bytes - self->spec->shelf_bytes;
  const gint64 began = easel_boot_watch_get_stage_ms (self->watch, stage);
  const gint64 spent = easel_clock_get_monotonic_ms (self->clock) - began;
  const double width = stage_begins[stage + 1] - stage_begins[stage];
  double by_time = (double) spent / MAX (width * (double) expected_ms (self), 1000.0);

  /* Time alone approaches the end of a stage without reaching it. */
  by_time = by_time / (by_time + 0.5);
  if (stage == EASEL_STAGE_MODELS && done > 0 && size > 0)
    return MIN ((double) done / (double) size, 0.98);
  return by_time;
}

/**
 * easel_deployment_get_fraction:
 * @self: a deployment
 *
 * Returns: how far the bar goes, 0 to 1; never goes back within one try
 */
double
easel_deployment_get_fraction (EaselDeployment *self)
{
  double fraction = 0;

  g_return_val_if_fail (EASEL_IS_DEPLOYMENT (self), 0);

  if (self->state == EASEL_DEPLOYMENT_READY)
    return 1;
  if (self->watch != NULL)
    {
      const EaselStage stage = easel_boot_watch_get_stage (self->watch);

      fraction = stage_begins[stage] +
                 share_of_stage (self, stage) * (stage_begins[stage + 1] - stage_begins[stage]);
    }
  self->fraction = CLAMP (MAX (self->fraction, fraction), 0, 1);
  return self->fraction;
}

/**
 * easel_deployment_get_elapsed_ms:
 * @self: a deployment
 *
 * Returns: milliseconds since the click on Rent, until it ended
 */
gint64
easel_deployment_get_elapsed_ms (EaselDeployment *self)
{
  gint64 end;

  g_return_val_if_fail (EASEL_IS_DEPLOYMENT (self), 0);

  end = self->ended_unix_ms > self->started_unix_ms &&
                (self->state == EASEL_DEPLOYMENT_READY || self->state == EASEL_DEPLOYMENT_FAILED ||
                 self->state == EASEL_DEPLOYMENT_CANCELLED)
            ? self->ended_unix_ms
            : easel_clock_get_unix_ms (self->clock);
  return MAX (end - self->started_unix_ms, 0);
}

/**
 * easel_deployment_get_left_ms:
 * @self: a deployment
 *
 * Returns: expected milliseconds until it is ready, -1 if nobody can tell
 */
gint64
easel_deployment_get_left_ms (EaselDeployment *self)
{
  gint64 left;

  g_return_val_if_fail (EASEL_IS_DEPLOYMENT (self), -1);

  if (self->state == EASEL_DEPLOYMENT_READY)
    return 0;
  if (self->state != EASEL_DEPLOYMENT_STARTING && self->state != EASEL_DEPLOYMENT_RENTING)
    return -1;
  if (self->watch != NULL && easel_boot_watch_get_stage (self->watch) == EASEL_STAGE_CHECK)
    return CHECK_MS;
  left = self->watch != NULL ? easel_boot_watch_get_download_left_ms (self->watch) : -1;
  if (left >= 0)
    return left + CHECK_MS;
  left = expected_ms (self) - easel_deployment_get_elapsed_ms (self);
  return left > 0 ? left : -1;
}

/**
 * easel_deployment_is_slow:
 * @self: a deployment
 *
 * Returns: whether it takes longer than a start should, so that another machine is worth a try
 */
gboolean
easel_deployment_is_slow (EaselDeployment *self)
{
  const EaselOfferData *offer;
  gint64 elapsed;

  g_return_val_if_fail (EASEL_IS_DEPLOYMENT (self), FALSE);

  if (self->state != EASEL_DEPLOYMENT_STARTING || self->watch == NULL)
    return FALSE;
  offer = easel_offer_get (self->spec->offer);
  elapsed =
      easel_clock_get_monotonic_ms (self->clock) - easel_boot_watch_get_started_ms (self->watch);
  if (easel_boot_watch_get_stage (self->watch) < EASEL_STAGE_MODELS)
    return elapsed > SLOW_WITHOUT_CONTAINER_MS;
  return elapsed > MAX (offer->start_high_ms, DEFAULT_EXPECTED_MS) * 3 / 2;
}

/**
 * easel_deployment_get_cost:
 * @self: a deployment
 *
 * Returns: micro-dollars that this launch has cost so far, machines given back included
 */
gint64
easel_deployment_get_cost (EaselDeployment *self)
{
  gint64 cost;

  g_return_val_if_fail (EASEL_IS_DEPLOYMENT (self), 0);

  if (self->rental == NULL)
    return self->spent_before;
  cost = easel_rental_get_cost_so_far (self->rental);
  return self->spent_before + (cost == EASEL_MONEY_UNKNOWN ? 0 : cost);
}

/**
 * easel_deployment_get_error:
 * @self: a deployment
 *
 * Returns: (transfer none) (nullable): why it is in trouble or has failed
 */
const GError *
easel_deployment_get_error (EaselDeployment *self)
{
  g_return_val_if_fail (EASEL_IS_DEPLOYMENT (self), NULL);

  return self->error;
}

/**
 * easel_deployment_dup_error_sentence:
 * @self: a deployment
 *
 * Returns: (transfer full) (nullable): the error in the person's words
 */
char *
easel_deployment_dup_error_sentence (EaselDeployment *self)
{
  g_return_val_if_fail (EASEL_IS_DEPLOYMENT (self), NULL);

  if (self->error == NULL)
    return NULL;
  if (self->sentence != NULL)
    return g_strdup (self->sentence);
  return easel_error_sentence (self->error, easel_account_get_provider_info (self->account)->name);
}

/**
 * easel_deployment_get_notice:
 * @self: a deployment
 *
 * Returns: (transfer none) (nullable): a sentence about something that happened and needs no
 *   decision
 */
const char *
easel_deployment_get_notice (EaselDeployment *self)
{
  const char *watch_notice;

  g_return_val_if_fail (EASEL_IS_DEPLOYMENT (self), NULL);

  watch_notice = self->watch != NULL ? easel_boot_watch_get_notice (self->watch) : NULL;
  return watch_notice != NULL ? watch_notice : self->notice;
}

/**
 * easel_deployment_get_address:
 * @self: a deployment
 *
 * Returns: (transfer none) (nullable): the address, once it works
 */
const char *
easel_deployment_get_address (EaselDeployment *self)
{
  g_return_val_if_fail (EASEL_IS_DEPLOYMENT (self), NULL);

  if (self->state != EASEL_DEPLOYMENT_READY || self->watch == NULL)
    return NULL;
  return easel_boot_watch_get_address (self->watch);
}

/**
 * easel_deployment_get_files:
 * @self: a deployment
 *
 * Returns: (transfer none) (nullable) (element-type EaselDownload): models named so far
 */
GPtrArray *
easel_deployment_get_files (EaselDeployment *self)
{
  g_return_val_if_fail (EASEL_IS_DEPLOYMENT (self), NULL);

  return self->watch != NULL ? easel_boot_watch_get_files (self->watch) : NULL;
}

/**
 * easel_deployment_get_log:
 * @self: a deployment
 *
 * Returns: (transfer none): the newest part of the container's log; empty before there is one
 */
const char *
easel_deployment_get_log (EaselDeployment *self)
{
  g_return_val_if_fail (EASEL_IS_DEPLOYMENT (self), "");

  return self->watch != NULL ? easel_boot_watch_get_log (self->watch) : "";
}
