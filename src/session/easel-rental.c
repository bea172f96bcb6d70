/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One GPU as the person sees it: the cloud's pod joined with the journal's record.
 *
 * Owns the joined picture and what it has cost so far. It never calls a provider and never writes
 * the journal: EaselStudio and its parts do, and change the rental through the private header. */

#include "config.h"
#include "easel-rental-private.h"

#include "easel-error.h"

/* A few lost answers mean nothing. */
#define CONFIRMED_FOR_MS (5 * 60 * 1000)
enum
{
  PROP_0,
  PROP_STATE,
  N_PROPS
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EaselRental, easel_rental, G_TYPE_OBJECT)

static void
easel_rental_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  EaselRental *self = EASEL_RENTAL (object);

  switch (prop_id)
    {
    case PROP_STATE:
      g_value_set_uint (value, self->state);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
easel_rental_dispose (GObject *object)
{
  EaselRental *self = EASEL_RENTAL (object);

  g_cancellable_cancel (self->cancellable);
  if (self->agent != NULL)
    easel_agent_watch_stop (self->agent);
  g_clear_object (&self->agent);
  g_clear_weak_pointer (&self->studio);
  g_clear_object (&self->deployment);

  G_OBJECT_CLASS (easel_rental_parent_class)->dispose (object);
}

static void
easel_rental_finalize (GObject *object)
{
  EaselRental *self = EASEL_RENTAL (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->clock);
  g_clear_object (&self->account);
  g_clear_object (&self->pod);
  g_clear_pointer (&self->record, easel_journal_record_free);
  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->identity, g_free);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (easel_rental_parent_class)->finalize (object);
}

static void
easel_rental_class_init (EaselRentalClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = easel_rental_get_property;
  object_class->dispose = easel_rental_dispose;
  object_class->finalize = easel_rental_finalize;

  /**
   * EaselRental:state: (type EaselRentalState)
   */
  properties[PROP_STATE] =
      g_param_spec_uint ("state", NULL, NULL, 0, EASEL_N_RENTAL_STATES - 1, EASEL_RENTAL_RENTING,
                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * EaselRental::changed:
   *
   * Something that a getter returns may be different now.
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
easel_rental_init (EaselRental *self)
{
  self->cancellable = g_cancellable_new ();
  self->billed = EASEL_MONEY_UNKNOWN;
}

EaselRental *
_easel_rental_new (EaselClock *clock, EaselAccount *account)
{
  EaselRental *self = g_object_new (EASEL_TYPE_RENTAL, NULL);

  self->clock = g_object_ref (clock);
  self->account = g_object_ref (account);
  return self;
}

void
_easel_rental_emit_changed (EaselRental *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

void
_easel_rental_set_state (EaselRental *self, EaselRentalState state)
{
  if (self->state == state)
    return;

  g_debug ("rental %s: state %u to %u", easel_rental_get_gpu_name (self), (guint) self->state,
           (guint) state);
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
  _easel_rental_emit_changed (self);
}

/* Takes @error; NULL clears. */
void
_easel_rental_take_error (EaselRental *self, GError *error)
{
  if (self->error == NULL && error == NULL)
    return;
  g_clear_error (&self->error);
  self->error = error;
  _easel_rental_emit_changed (self);
}

/* A price that nobody told adds nothing. */
static gint64
known (gint64 micros)
{
  return micros == EASEL_MONEY_UNKNOWN ? 0 : micros;
}

static gint64
count_until (EaselRental *self, gint64 now_unix_ms)
{
  const gint64 span = now_unix_ms - self->counted_unix_ms;

  if (self->pod == NULL || self->counted_unix_ms == 0 || span <= 0)
    return self->counted;
  return self->counted + known (easel_money_for_duration (easel_pod_billed_now (self->pod), span));
}

/* Money counts from the pod's creation as the provider tells it. A pod first seen while stopped has
 * a past that only the provider's billing knows. */
static void
begin_counting (EaselRental *self, gint64 now_unix_ms)
{
  const EaselPodData *pod = easel_pod_get (self->pod);

  self->counted_unix_ms = now_unix_ms;
  if (easel_pod_state_costs_gpu (pod->state) && pod->created_unix_ms > 0 &&
      pod->created_unix_ms < now_unix_ms)
    self->counted_unix_ms = pod->created_unix_ms;
}

void
_easel_rental_set_pod (EaselRental *self, EaselPod *pod)
{
  const gint64 now = easel_clock_get_unix_ms (self->clock);

  if (self->counted_unix_ms > 0)
    {
      self->counted = count_until (self, now);
      self->counted_unix_ms = now;
    }
  g_set_object (&self->pod, pod);
  if (self->counted_unix_ms == 0 && pod != NULL)
    begin_counting (self, now);
}

void
_easel_rental_set_address (EaselRental *self, const char *address)
{
  if (g_strcmp0 (self->address, address) == 0)
    return;
  g_free (self->address);
  self->address = g_strdup (address);
  _easel_rental_emit_changed (self);
}

void
_easel_rental_set_bill (EaselRental *self, const EaselBill *bill, gboolean is_final)
{
  self->billed = bill->total;
  self->billed_until_unix_ms = bill->last_end_unix_ms;
  self->bill_is_final = is_final;
  _easel_rental_emit_changed (self);
}

const char *
_easel_rental_get_pod_id (EaselRental *self)
{
  if (self->pod != NULL)
    return easel_pod_get (self->pod)->id;
  return self->record != NULL ? self->record->pod_id : NULL;
}

gboolean
_easel_rental_is_being_deleted (EaselRental *self)
{
  return self->state == EASEL_RENTAL_DELETING || self->state == EASEL_RENTAL_STUCK;
}

EaselProvider *
_easel_rental_get_provider (EaselRental *self)
{
  return _easel_account_get_provider (self->account);
}

/**
 * easel_rental_get_state:
 * @self: a rental
 *
 * Returns: what it does, in the person's terms
 */
EaselRentalState
easel_rental_get_state (EaselRental *self)
{
  g_return_val_if_fail (EASEL_IS_RENTAL (self), EASEL_RENTAL_GONE);

  return self->state;
}

/**
 * easel_rental_get_provider_info:
 * @self: a rental
 *
 * Returns: (transfer none): whose GPU it is
 */
const EaselProviderInfo *
easel_rental_get_provider_info (EaselRental *self)
{
  g_return_val_if_fail (EASEL_IS_RENTAL (self), NULL);

  return easel_account_get_provider_info (self->account);
}

/**
 * easel_rental_get_pod:
 * @self: a rental
 *
 * Returns: (transfer none) (nullable): the provider's newest good answer
 */
const EaselPodData *
easel_rental_get_pod (EaselRental *self)
{
  g_return_val_if_fail (EASEL_IS_RENTAL (self), NULL);

  return self->pod != NULL ? easel_pod_get (self->pod) : NULL;
}

/**
 * easel_rental_get_record:
 * @self: a rental
 *
 * Returns: (transfer none) (nullable): what this computer's journal knows
 */
const EaselJournalRecord *
easel_rental_get_record (EaselRental *self)
{
  g_return_val_if_fail (EASEL_IS_RENTAL (self), NULL);

  return self->record;
}

/**
 * easel_rental_get_deployment:
 * @self: a rental
 *
 * Returns: (transfer none) (nullable): the start that is under way or has just ended
 */
EaselDeployment *
easel_rental_get_deployment (EaselRental *self)
{
  g_return_val_if_fail (EASEL_IS_RENTAL (self), NULL);

  return self->deployment;
}

/**
 * easel_rental_is_ours:
 * @self: a rental
 *
 * Returns: whether Cloud Easel made it, here or on another computer
 */
gboolean
easel_rental_is_ours (EaselRental *self)
{
  g_return_val_if_fail (EASEL_IS_RENTAL (self), FALSE);

  if (self->record != NULL && easel_pod_name_is_ours (self->record->name))
    return TRUE;
  return self->pod != NULL && easel_pod_name_is_ours (easel_pod_get (self->pod)->name);
}

/**
 * easel_rental_get_gpu_name:
 * @self: a rental
 *
 * Returns: (transfer none): "RTX 3090"; empty if nobody told
 */
const char *
easel_rental_get_gpu_name (EaselRental *self)
{
  const char *name = NULL;

  g_return_val_if_fail (EASEL_IS_RENTAL (self), "");

  if (self->pod != NULL)
    name = easel_pod_get (self->pod)->gpu_name;
  if ((name == NULL || *name == '\0') && self->record != NULL)
    name = self->record->gpu_name;
  return name != NULL ? name : "";
}

/**
 * easel_rental_get_address:
 * @self: a rental
 *
 * Returns: (transfer none) (nullable): what to paste into Krita; %NULL until it was seen to work
 */
const char *
easel_rental_get_address (EaselRental *self)
{
  g_return_val_if_fail (EASEL_IS_RENTAL (self), NULL);

  return self->address;
}

/**
 * easel_rental_get_price:
 * @self: a rental
 *
 * Returns: micro-dollars per hour that it costs now; 0 once it is gone
 */
gint64
easel_rental_get_price (EaselRental *self)
{
  g_return_val_if_fail (EASEL_IS_RENTAL (self), 0);

  if (self->state == EASEL_RENTAL_GONE)
    return 0;
  if (self->pod != NULL)
    return easel_pod_cost_now (self->pod);
  return self->record != NULL ? self->record->price : 0;
}

/**
 * easel_rental_is_stored:
 * @self: a rental
 *
 * Returns: whether the provider says that no GPU is paid for now, only what is kept; %FALSE if it
 *   was not seen
 */
gboolean
easel_rental_is_stored (EaselRental *self)
{
  g_return_val_if_fail (EASEL_IS_RENTAL (self), FALSE);

  return self->pod != NULL && !easel_pod_state_costs_gpu (easel_pod_get (self->pod)->state);
}

/**
 * easel_rental_get_stopped_price:
 * @self: a rental
 *
 * Returns: micro-dollars per hour while it is paused; 0 if nothing would be kept or it is not known
 */
gint64
easel_rental_get_stopped_price (EaselRental *self)
{
  g_return_val_if_fail (EASEL_IS_RENTAL (self), 0);

  return self->pod != NULL ? easel_pod_get (self->pod)->stopped_cost : 0;
}

/**
 * easel_rental_get_cost_so_far:
 * @self: a rental
 *
 * The provider's own sum where it covers the time, else what was counted here; never less than
 * either until the last bill has come. If nobody watched the end, what was counted is too much.
 *
 * Returns: micro-dollars, EASEL_MONEY_UNKNOWN if there is no pod to count for
 */
gint64
easel_rental_get_cost_so_far (EaselRental *self)
{
  gint64 now;
  gint64 counted;
  gint64 billed;

  g_return_val_if_fail (EASEL_IS_RENTAL (self), EASEL_MONEY_UNKNOWN);

  if (self->pod == NULL && self->counted == 0)
    return EASEL_MONEY_UNKNOWN;
  now = self->state == EASEL_RENTAL_GONE && self->proven_unix_ms > 0
            ? self->counted_unix_ms
            : easel_clock_get_unix_ms (self->clock);
  counted = count_until (self, now);
  if (self->billed == EASEL_MONEY_UNKNOWN)
    return counted;
  if (self->state == EASEL_RENTAL_GONE && self->bill_is_final)
    return self->billed;
  billed = self->billed;
  if (self->pod != NULL && now > self->billed_until_unix_ms && self->billed_until_unix_ms > 0)
    billed += known (easel_money_for_duration (easel_pod_billed_now (self->pod),
                                               now - self->billed_until_unix_ms));
  return MAX (counted, billed);
}

static EaselEndReason
decide_end (EaselRental *self, gint64 *ret_ends_at)
{
  EaselEndReason reason;

  *ret_ends_at = 0;
  if (self->record == NULL || self->record->hard_end_unix_ms == 0)
    return EASEL_END_NONE;
  if (self->pod != NULL && !easel_pod_state_costs_gpu (easel_pod_get (self->pod)->state))
    return EASEL_END_NONE;
  if (self->state == EASEL_RENTAL_GONE || self->state == EASEL_RENTAL_UNSEEN)
    return EASEL_END_NONE;
  reason = easel_limits_decide (&self->record->limits, easel_clock_get_unix_ms (self->clock),
                                self->record->hard_end_unix_ms, self->record->ready_unix_ms,
                                self->last_busy_unix_ms, ret_ends_at);
  return reason;
}

/**
 * easel_rental_get_ends_at:
 * @self: a rental
 *
 * Returns: Unix milliseconds of the hard end, 0 if nothing ends it
 */
gint64
easel_rental_get_ends_at (EaselRental *self)
{
  gint64 ends_at;

  g_return_val_if_fail (EASEL_IS_RENTAL (self), 0);

  decide_end (self, &ends_at);
  if (ends_at > 0)
    return self->record->hard_end_unix_ms;
  /* Made on another computer: the agent alone knows. */
  if (self->agent != NULL && easel_agent_watch_get_status (self->agent) != NULL)
    return easel_clock_get_unix_ms (self->clock) - easel_agent_watch_get_silent_ms (self->agent) +
           easel_agent_watch_get_status (self->agent)->hard_s * 1000;
  return 0;
}

/**
 * easel_rental_get_end_reason:
 * @self: a rental
 *
 * Returns: the limit that is due now, %EASEL_END_NONE as long as none is
 */
EaselEndReason
easel_rental_get_end_reason (EaselRental *self)
{
  gint64 ends_at;

  g_return_val_if_fail (EASEL_IS_RENTAL (self), EASEL_END_NONE);

  return decide_end (self, &ends_at);
}

/**
 * easel_rental_get_agent:
 * @self: a rental
 *
 * Returns: (transfer none) (nullable): what is known of the agent in its pod, while it runs
 */
EaselAgentWatch *
easel_rental_get_agent (EaselRental *self)
{
  g_return_val_if_fail (EASEL_IS_RENTAL (self), NULL);

  return self->agent;
}

/**
 * easel_rental_is_confirmed:
 * @self: a rental
 *
 * Returns: whether its pod has shown lately that it ends by itself
 */
gboolean
easel_rental_is_confirmed (EaselRental *self)
{
  g_return_val_if_fail (EASEL_IS_RENTAL (self), FALSE);

  return self->agent != NULL && easel_agent_watch_is_confirmed (self->agent) &&
         easel_agent_watch_get_silent_ms (self->agent) <= CONFIRMED_FOR_MS;
}

/**
 * easel_rental_get_error:
 * @self: a rental
 *
 * Returns: (transfer none) (nullable): what stands in the way; it has a sentence and a remedy
 */
const GError *
easel_rental_get_error (EaselRental *self)
{
  g_return_val_if_fail (EASEL_IS_RENTAL (self), NULL);

  return self->error;
}

/**
 * easel_rental_get_proven_unix_ms:
 * @self: a rental
 *
 * Returns: when it was proven gone, 0 if it is not
 */
gint64
easel_rental_get_proven_unix_ms (EaselRental *self)
{
  g_return_val_if_fail (EASEL_IS_RENTAL (self), 0);

  return self->proven_unix_ms;
}

/**
 * easel_rental_is_stale:
 * @self: a rental
 *
 * Returns: whether the last look failed, so that what is shown is old
 */
gboolean
easel_rental_is_stale (EaselRental *self)
{
  g_return_val_if_fail (EASEL_IS_RENTAL (self), FALSE);

  return self->is_stale;
}

/**
 * easel_rental_can_pause:
 * @self: a rental
 *
 * Returns: whether a stop would keep files and is possible now
 */
gboolean
easel_rental_can_pause (EaselRental *self)
{
  const EaselPodData *pod;

  g_return_val_if_fail (EASEL_IS_RENTAL (self), FALSE);

  pod = easel_rental_get_pod (self);
  return pod != NULL && pod->state == EASEL_POD_RUNNING && pod->workspace_gb > 0 && !pod->locked &&
         easel_rental_get_provider_info (self)->has_pause &&
         (self->state == EASEL_RENTAL_READY || self->state == EASEL_RENTAL_TROUBLE);
}

/**
 * easel_rental_can_start:
 * @self: a rental
 *
 * Returns: whether it is paused and may be asked to start
 */
gboolean
easel_rental_can_start (EaselRental *self)
{
  g_return_val_if_fail (EASEL_IS_RENTAL (self), FALSE);

  return self->state == EASEL_RENTAL_PAUSED && self->pod != NULL &&
         easel_pod_get (self->pod)->state == EASEL_POD_STOPPED;
}

/**
 * easel_rental_can_delete:
 * @self: a rental
 *
 * Returns: whether a delete makes sense now; also %TRUE while one is being repeated
 */
gboolean
easel_rental_can_delete (EaselRental *self)
{
  g_return_val_if_fail (EASEL_IS_RENTAL (self), FALSE);

  return self->state != EASEL_RENTAL_GONE && self->state != EASEL_RENTAL_UNSEEN;
}
