/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One launch: from the click on Rent to a working address, or to proven nothing.
 *
 * Owns the order of things: a try (easel-deployment-rent.c), the boot watch, the next machine when
 * one is broken (easel-deployment-draw.c), cancel. It does not own the books: EaselStudio writes
 * the journal, reads the lists, deletes and proves, and tells what it found
 * (_easel_deployment_note_*). */

#include "config.h"
#include "easel-deployment-private.h"
#include "easel-deployment-state-private.h"

#include "easel-boot-watch.h"
#include "easel-error.h"
#include "easel-studio-private.h"

#include <glib/gi18n.h>

enum
{
  PROP_0,
  PROP_STATE,
  N_PROPS
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_LOG,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EaselDeployment, easel_deployment, G_TYPE_OBJECT)

static void
easel_deployment_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  EaselDeployment *self = EASEL_DEPLOYMENT (object);

  switch (prop_id)
    {
    case PROP_STATE:
      g_value_set_uint (value, self->state);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

void
_easel_deployment_drop_watch (EaselDeployment *self)
{
  if (self->watch == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->watch, self);
  easel_boot_watch_stop (self->watch);
  g_clear_object (&self->watch);
}

static void
easel_deployment_dispose (GObject *object)
{
  EaselDeployment *self = EASEL_DEPLOYMENT (object);

  _easel_deployment_drop_watch (self);
  g_cancellable_cancel (self->waiting);
  g_clear_object (&self->waiting);
  g_clear_weak_pointer (&self->studio);
  g_clear_weak_pointer (&self->rental);

  G_OBJECT_CLASS (easel_deployment_parent_class)->dispose (object);
}

static void
easel_deployment_finalize (GObject *object)
{
  EaselDeployment *self = EASEL_DEPLOYMENT (object);

  g_clear_object (&self->http);
  g_clear_object (&self->clock);
  g_clear_object (&self->account);
  g_clear_object (&self->catalog);
  g_clear_object (&self->history);
  g_clear_object (&self->first_offer);
  g_clear_object (&self->pod);
  g_clear_pointer (&self->spec, easel_launch_spec_free);
  g_clear_pointer (&self->tried, g_hash_table_unref);
  g_clear_error (&self->error);
  g_clear_pointer (&self->sentence, g_free);
  g_clear_pointer (&self->notice, g_free);

  G_OBJECT_CLASS (easel_deployment_parent_class)->finalize (object);
}

static void
easel_deployment_class_init (EaselDeploymentClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = easel_deployment_get_property;
  object_class->dispose = easel_deployment_dispose;
  object_class->finalize = easel_deployment_finalize;

  /**
   * EaselDeployment:state: (type EaselDeploymentState)
   */
  properties[PROP_STATE] =
      g_param_spec_uint ("state", NULL, NULL, 0, EASEL_N_DEPLOYMENT_STATES - 1,
                         EASEL_DEPLOYMENT_RENTING,
                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * EaselDeployment::changed:
   *
   * Something that a getter returns may be different now.
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  /**
   * EaselDeployment::log:
   * @line: one line of the container's log, valid UTF-8
   */
  signals[SIGNAL_LOG] = g_signal_new ("log", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                      NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
easel_deployment_init (EaselDeployment *self)
{
  self->tried = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->state = EASEL_DEPLOYMENT_RENTING;
}

static void
emit_changed (EaselDeployment *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

void
_easel_deployment_set_state (EaselDeployment *self, EaselDeploymentState state)
{
  if (self->state == state)
    return;
  g_return_if_fail (_easel_deployment_may_go (self->state, state));

  g_debug ("deployment %s: %s to %s", self->spec->name, _easel_deployment_state_nick (self->state),
           _easel_deployment_state_nick (state));
  self->state = state;
  if (state == EASEL_DEPLOYMENT_READY || state == EASEL_DEPLOYMENT_FAILED ||
      state == EASEL_DEPLOYMENT_CANCELLED)
    self->ended_unix_ms = easel_clock_get_unix_ms (self->clock);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
  emit_changed (self);
}

void
_easel_deployment_set_error (EaselDeployment *self, const GError *error, const char *sentence)
{
  GError *copy = error != NULL ? g_error_copy (error) : NULL;

  g_clear_error (&self->error);
  self->error = copy;
  g_free (self->sentence);
  self->sentence = g_strdup (sentence);
}

/* Takes @notice; NULL clears. */
void
_easel_deployment_take_notice (EaselDeployment *self, char *notice)
{
  g_free (self->notice);
  self->notice = notice;
  emit_changed (self);
}

void
_easel_deployment_fail (EaselDeployment *self, const GError *error)
{
  _easel_deployment_set_error (self, error, NULL);
  _easel_deployment_set_state (self, EASEL_DEPLOYMENT_FAILED);
}

void
_easel_deployment_trouble (EaselDeployment *self, const GError *error, const char *sentence)
{
  _easel_deployment_set_error (self, error, sentence);
  if (self->state == EASEL_DEPLOYMENT_STARTING)
    _easel_deployment_set_state (self, EASEL_DEPLOYMENT_TROUBLE);
  else
    emit_changed (self);
  if (self->studio != NULL && self->rental != NULL)
    _easel_studio_note_trouble (self->studio, self->rental, error);
}

EaselDeployment *
_easel_deployment_new (EaselStudio *studio,
                       EaselHttp *http,
                       EaselClock *clock,
                       EaselAccount *account,
                       EaselCatalog *catalog,
                       EaselHistory *history,
                       const EaselLaunchSpec *spec)
{
  EaselDeployment *self = g_object_new (EASEL_TYPE_DEPLOYMENT, NULL);

  g_set_weak_pointer (&self->studio, studio);
  self->http = g_object_ref (http);
  self->clock = g_object_ref (clock);
  self->account = g_object_ref (account);
  self->catalog = catalog != NULL ? g_object_ref (catalog) : NULL;
  self->history = g_object_ref (history);
  self->spec = easel_launch_spec_copy (spec);
  self->first_offer = g_object_ref (spec->offer);
  _easel_deployment_promise (self);
  return self;
}

/* --- boot ------------------------------------------------------------------------------------- */

/* Bytes that arrive, and stages that are reached. */
static void
note_progress (EaselDeployment *self)
{
  const EaselStage stage = easel_boot_watch_get_stage (self->watch);
  const guint64 bytes = easel_boot_watch_get_bytes_done (self->watch);

  if (stage == self->seen_stage && bytes == self->seen_bytes)
    return;
  self->seen_stage = stage;
  self->seen_bytes = bytes;
  self->progress_ms = easel_clock_get_monotonic_ms (self->clock);
}

static void
on_watch_changed (EaselDeployment *self)
{
  note_progress (self);
  emit_changed (self);
  if (self->state == EASEL_DEPLOYMENT_STARTING && self->watch != NULL && !self->draw_wanted)
    _easel_deployment_lose_patience (self);
}

static void
on_watch_pod (EaselDeployment *self, EaselPod *pod)
{
  const EaselPodData *data = easel_pod_get (pod);

  g_set_object (&self->pod, pod);
  if (self->studio == NULL || self->rental == NULL)
    return;
  _easel_studio_note_pod (self->studio, self->rental, pod);
  if (self->watch != NULL)
    easel_boot_watch_set_agent (self->watch, easel_rental_get_agent (self->rental));
  if (data->state == EASEL_POD_ERROR)
    _easel_deployment_draw_after_fault (self, data->state_word);
  else if (data->container_up && data->gpu_count == 0)
    _easel_deployment_draw_after_fault (self, "the pod has no GPU");
}

static void
on_watch_log (EaselDeployment *self, const char *line)
{
  g_signal_emit (self, signals[SIGNAL_LOG], 0, line);
}

static void
on_watch_ready (EaselDeployment *self)
{
  g_autofree char *address = g_strdup (easel_boot_watch_get_address (self->watch));

  _easel_deployment_set_error (self, NULL, NULL);
  _easel_deployment_take_notice (self, NULL);
  self->fraction = 1;
  easel_boot_watch_stop (self->watch);
  if (self->state == EASEL_DEPLOYMENT_TROUBLE || self->state == EASEL_DEPLOYMENT_STARTING)
    _easel_deployment_set_state (self, EASEL_DEPLOYMENT_READY);
  if (self->studio != NULL && self->rental != NULL)
    _easel_studio_note_ready (self->studio, self->rental, address);
}

static void
on_watch_fault (EaselDeployment *self, const GError *error, const char *sentence)
{
  _easel_deployment_trouble (self, error, sentence);
}

static void
on_watch_machine_fault (EaselDeployment *self, const char *details)
{
  _easel_deployment_draw_after_fault (self, details);
}

static void
on_watch_vanished (EaselDeployment *self)
{
  /* One 404 proves nothing; two lists do, and the studio tells. */
  if (self->studio != NULL)
    easel_studio_refresh (self->studio);
}

void
_easel_deployment_start_watch (EaselDeployment *self, EaselPod *pod)
{
  _easel_deployment_drop_watch (self);
  g_set_object (&self->pod, pod);
  self->seen_bytes = 0;
  self->progress_ms = 0;
  self->watch =
      easel_boot_watch_new (self->http, self->clock, self->account, pod, self->spec->workload,
                            self->spec->download_bytes - self->spec->shelf_bytes);
  if (self->studio != NULL && self->rental != NULL)
    {
      _easel_studio_follow_agent (self->studio, self->rental);
      easel_boot_watch_set_agent (self->watch, easel_rental_get_agent (self->rental));
    }
  g_signal_connect_object (self->watch, "changed", G_CALLBACK (on_watch_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->watch, "pod", G_CALLBACK (on_watch_pod), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->watch, "log", G_CALLBACK (on_watch_log), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->watch, "ready", G_CALLBACK (on_watch_ready), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->watch, "fault", G_CALLBACK (on_watch_fault), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->watch, "machine-fault", G_CALLBACK (on_watch_machine_fault), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->watch, "vanished", G_CALLBACK (on_watch_vanished), self,
                           G_CONNECT_SWAPPED);
  easel_boot_watch_start (self->watch);
}

/* A pod of ours that was found starting: after a restart of the program, or a resume. */
void
_easel_deployment_attach (EaselDeployment *self,
                          EaselRental *rental,
                          EaselPod *pod,
                          gint64 started_unix_ms,
                          gboolean is_resume)
{
  g_set_weak_pointer (&self->rental, rental);
  self->is_resume = is_resume;
  if (started_unix_ms > 0)
    self->started_unix_ms = started_unix_ms;
  if (rental->record != NULL)
    _easel_deployment_take_promise (self, rental->record);
  _easel_deployment_set_state (self, EASEL_DEPLOYMENT_STARTING);
  _easel_deployment_start_watch (self, pod);
}

/* An intent whose fate nobody knows, from an earlier run. */
void
_easel_deployment_attach_unsure (EaselDeployment *self, EaselRental *rental, gint64 started_unix_ms)
{
  g_set_weak_pointer (&self->rental, rental);
  if (started_unix_ms > 0)
    self->started_unix_ms = started_unix_ms;
  if (rental->record != NULL)
    _easel_deployment_take_promise (self, rental->record);
  _easel_deployment_set_state (self, EASEL_DEPLOYMENT_UNSURE);
}

/* --- what the studio found out ---------------------------------------------------------------- */

void
_easel_deployment_note_found (EaselDeployment *self, EaselRental *rental, EaselPod *pod)
{
  if (rental != self->rental || self->state != EASEL_DEPLOYMENT_UNSURE)
    return;
  _easel_deployment_set_error (self, NULL, NULL);
  _easel_deployment_take_pod (self, pod);
}

void
_easel_deployment_note_void (EaselDeployment *self, EaselRental *rental)
{
  g_autoptr (GError) error = NULL;

  if (rental != self->rental)
    return;
  if (self->cancel_wanted)
    _easel_deployment_set_state (self, EASEL_DEPLOYMENT_CANCELLED);
  else if (self->state == EASEL_DEPLOYMENT_UNSURE)
    {
      error = self->error != NULL ? g_error_copy (self->error)
                                  : easel_error_new (EASEL_ERROR_UNRESOLVED, "nothing was rented");
      _easel_deployment_fail (self, error);
    }
}

/* Deleted from elsewhere: I'm Done…, a limit, another window. */
void
_easel_deployment_note_deleting (EaselDeployment *self, EaselRental *rental)
{
  if (rental != self->rental || self->draw_wanted || self->state == EASEL_DEPLOYMENT_CANCELLING ||
      !_easel_deployment_may_go (self->state, EASEL_DEPLOYMENT_CANCELLING))
    return;
  self->cancel_wanted = TRUE;
  _easel_deployment_drop_watch (self);
  _easel_deployment_set_state (self, EASEL_DEPLOYMENT_CANCELLING);
}

/* Asked for once more, by somebody who wants it gone and nothing in its place. */
void
_easel_deployment_note_deleting_again (EaselDeployment *self, EaselRental *rental)
{
  if (rental == self->rental && self->draw_wanted)
    easel_deployment_cancel (self);
}

void
_easel_deployment_note_gone (EaselDeployment *self, EaselRental *rental)
{
  g_autoptr (GError) error = NULL;

  if (rental != self->rental)
    return;
  _easel_deployment_drop_watch (self);
  if (self->state == EASEL_DEPLOYMENT_CANCELLING)
    _easel_deployment_set_state (self, EASEL_DEPLOYMENT_CANCELLED);
  else if (self->draw_wanted)
    _easel_deployment_draw_now (self);
  else if (_easel_deployment_may_go (self->state, EASEL_DEPLOYMENT_FAILED))
    {
      error = easel_error_new (EASEL_ERROR_NOT_FOUND, "the pod has vanished");
      _easel_deployment_set_error (
          self, error,
          _ ("The GPU is gone: it was deleted somewhere else, or the provider took it "
             "back. Nothing is billed any more."));
      _easel_deployment_set_state (self, EASEL_DEPLOYMENT_FAILED);
    }
}

/* It runs again after a stop that came from elsewhere: somebody must look after it. */
void
_easel_deployment_note_running (EaselDeployment *self, EaselRental *rental, EaselPod *pod)
{
  if (rental == self->rental && self->watch != NULL)
    easel_boot_watch_note_listed (self->watch, pod);
  if (rental != self->rental || self->watch != NULL || self->draw_wanted || self->cancel_wanted ||
      (self->state != EASEL_DEPLOYMENT_STARTING && self->state != EASEL_DEPLOYMENT_TROUBLE))
    return;
  _easel_deployment_set_error (self, NULL, NULL);
  _easel_deployment_set_state (self, EASEL_DEPLOYMENT_STARTING);
  _easel_deployment_start_watch (self, pod);
}

/* The key is gone or another one: it cannot be asked about until the right one comes back. */
void
_easel_deployment_note_unseen (EaselDeployment *self, EaselRental *rental)
{
  if (rental == self->rental)
    _easel_deployment_drop_watch (self);
}

void
_easel_deployment_note_stopped (EaselDeployment *self, EaselRental *rental)
{
  g_autoptr (GError) error = NULL;

  if (rental != self->rental)
    return;
  if (self->state == EASEL_DEPLOYMENT_STARTING || self->state == EASEL_DEPLOYMENT_TROUBLE)
    _easel_deployment_drop_watch (self);
  if (self->state != EASEL_DEPLOYMENT_STARTING)
    return;
  error = easel_error_new (EASEL_ERROR_CONFLICT, "stopped while starting");
  _easel_deployment_set_error (self, error,
                               _ ("The GPU was paused from somewhere else while it was starting."));
  _easel_deployment_set_state (self, EASEL_DEPLOYMENT_TROUBLE);
}

/* --- what the person wants -------------------------------------------------------------------- */

/**
 * easel_deployment_cancel:
 * @self: a deployment
 *
 * Deletes what there is, in every state; the deployment becomes %EASEL_DEPLOYMENT_CANCELLED only
 * when that is proven. Does nothing when nothing is rented.
 */
void
easel_deployment_cancel (EaselDeployment *self)
{
  g_return_if_fail (EASEL_IS_DEPLOYMENT (self));

  if (self->cancel_wanted || !_easel_deployment_may_go (self->state, EASEL_DEPLOYMENT_CANCELLING))
    return;
  self->cancel_wanted = TRUE;
  self->draw_wanted = FALSE;
  _easel_deployment_drop_watch (self);
  if (self->waiting != NULL || self->studio == NULL || self->rental == NULL)
    {
      /* Between two tries nothing is under way and nothing is rented. */
      g_cancellable_cancel (self->waiting);
      g_clear_object (&self->waiting);
      _easel_deployment_set_state (self, EASEL_DEPLOYMENT_CANCELLED);
      return;
    }
  _easel_deployment_set_state (self, EASEL_DEPLOYMENT_CANCELLING);
  easel_studio_delete (self->studio, self->rental, "cancelled");
}

/**
 * easel_deployment_try_other_machine:
 * @self: a deployment that is starting or in trouble
 *
 * Gives this machine back (proven), remembers it as bad and rents the next best within the accepted
 * price and what is left of the time.
 */
void
easel_deployment_try_other_machine (EaselDeployment *self)
{
  g_return_if_fail (EASEL_IS_DEPLOYMENT (self));

  if (self->draw_wanted ||
      (self->state != EASEL_DEPLOYMENT_STARTING && self->state != EASEL_DEPLOYMENT_TROUBLE))
    return;
  self->n_machines = 0;
  _easel_deployment_take_notice (self,
                                 g_strdup (
                                     _ ("This machine is being given back. Another one follows.")));
  _easel_deployment_draw_other (self, "broken", TRUE);
}

static void
on_restarted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EaselDeployment) self = user_data;
  g_autoptr (GError) error = NULL;

  const gboolean ok = easel_provider_act_on_pod_finish (EASEL_PROVIDER (source), result, &error);

  /* Meanwhile it may be ready, gone, or another machine's turn. */
  if (self->state != EASEL_DEPLOYMENT_TROUBLE || self->draw_wanted || self->pod == NULL)
    return;
  if (!ok)
    {
      _easel_deployment_trouble (self, error, NULL);
      return;
    }
  _easel_deployment_set_error (self, NULL, NULL);
  self->fraction = 0;
  _easel_deployment_set_state (self, EASEL_DEPLOYMENT_STARTING);
  if (self->studio != NULL && self->rental != NULL)
    _easel_studio_note_restarting (self->studio, self->rental);
  _easel_deployment_start_watch (self, self->pod);
}

/**
 * easel_deployment_restart_container:
 * @self: a deployment in trouble
 *
 * Starts the container again; models that are there are not downloaded again.
 */
void
easel_deployment_restart_container (EaselDeployment *self)
{
  EaselSecret *key;

  g_return_if_fail (EASEL_IS_DEPLOYMENT (self));

  key = easel_account_get_key (self->account);
  if (self->state != EASEL_DEPLOYMENT_TROUBLE || self->pod == NULL || key == NULL)
    return;
  easel_provider_act_on_pod_async (_easel_account_get_provider (self->account), key,
                                   easel_pod_get (self->pod)->id, EASEL_POD_ACTION_RESTART, NULL,
                                   on_restarted, g_object_ref (self));
}

/**
 * easel_deployment_retry:
 * @self: a deployment that has failed
 *
 * The same launch once more, under a new name.
 */
void
easel_deployment_retry (EaselDeployment *self)
{
  g_return_if_fail (EASEL_IS_DEPLOYMENT (self));

  if (self->state != EASEL_DEPLOYMENT_FAILED)
    return;
  g_hash_table_remove_all (self->tried);
  self->refused_once = FALSE;
  self->is_resume = FALSE;
  self->n_rate_waits = 0;
  self->n_machines = 0;
  self->spent_before = 0;
  self->traffic_before = 0;
  g_set_object (&self->spec->offer, self->first_offer);
  _easel_deployment_promise (self);
  _easel_deployment_set_error (self, NULL, NULL);
  _easel_deployment_take_notice (self, NULL);
  _easel_deployment_set_state (self, EASEL_DEPLOYMENT_RENTING);
  _easel_deployment_try_offer (self);
}

/**
 * easel_deployment_accept_price:
 * @self: a deployment that has failed because the offers below the ceiling are gone
 * @max_price: the new ceiling, micro-dollars per hour
 *
 * Rents the next best below a ceiling that the person has raised.
 */
void
easel_deployment_accept_price (EaselDeployment *self, gint64 max_price)
{
  EaselOffer *offer;

  g_return_if_fail (EASEL_IS_DEPLOYMENT (self));

  offer = easel_deployment_get_next_offer (self);
  if (self->state != EASEL_DEPLOYMENT_FAILED || offer == NULL)
    return;
  self->spec->max_price = max_price;
  _easel_deployment_set_error (self, NULL, NULL);
  _easel_deployment_choose_offer (self, offer, TRUE);
  _easel_deployment_promise (self);
  _easel_deployment_set_state (self, EASEL_DEPLOYMENT_RENTING);
  _easel_deployment_try_offer (self);
}
