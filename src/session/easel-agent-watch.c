/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the agent of one pod says, kept fresh.
 *
 * Owns the client (one per pod, see EaselAgentClient), the time table of its questions, the agent's
 * second part where it has to be sent, and the look from outside. It decides nothing: what follows
 * for limits and money is EaselStudio's business. */

#include "config.h"
#include "easel-agent-watch.h"

#include "easel-error.h"

#define CLOSE_MS (5 * 1000)
#define FAR_MS (60 * 1000)
/* While its models download, a confirmed agent tells its progress; its limits seldom change. */
#define LOADING_STATUS_MS (60 * 1000)
/* The log that comes by itself tells the same, a little less truly. */
#define PUSHED_PROGRESS_MS (15 * 1000)
/* Before its container runs nobody answers; a provider that never says so is not waited for. */
#define UNBORN_MS (60 * 1000)
#define HELPER_AGAIN_MS (60 * 1000)
#define OUTSIDE_DEADLINE_MS (15 * 1000)
#define OUTSIDE_MAX_BYTES (1024 * 1024)

struct _EaselAgentWatch
{
  GObject parent_instance;

  EaselHttp *http;              /* (owned) */
  EaselClock *clock;            /* (owned) */
  EaselPod *pod;                /* (owned) */
  GBytes *helper;               /* (owned) (nullable) */
  EaselAgentClient *client;     /* (owned) (nullable): while the pod has an address */
  EaselAgentStatus *status;     /* (owned) (nullable): newest good answer */
  EaselAgentProgress *progress; /* (owned) (nullable): newest good answer */
  GCancellable *cancellable;    /* (owned) (nullable): while it runs */
  EaselOutside outside;
  guint64 log_offset;
  guint tick_id;
  gint64 began_ms;
  gint64 status_ms;   /* monotonic, of the newest good answer; 0 for none */
  gint64 progress_ms; /* the same, of the last question about progress */
  gint64 helper_ms;   /* monotonic, of the last try to send it; 0 for none */
  gboolean is_close;
  gboolean is_pushed;
  gboolean asking;
  gboolean looking;
  gboolean sending;
  gboolean progressing;
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_LOG,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EaselAgentWatch, easel_agent_watch, G_TYPE_OBJECT)

static void tick_now (EaselAgentWatch *self);

static void
easel_agent_watch_dispose (GObject *object)
{
  easel_agent_watch_stop (EASEL_AGENT_WATCH (object));

  G_OBJECT_CLASS (easel_agent_watch_parent_class)->dispose (object);
}

static void
easel_agent_watch_finalize (GObject *object)
{
  EaselAgentWatch *self = EASEL_AGENT_WATCH (object);

  g_clear_object (&self->http);
  g_clear_object (&self->clock);
  g_clear_object (&self->pod);
  g_clear_object (&self->client);
  g_clear_pointer (&self->helper, g_bytes_unref);
  g_clear_pointer (&self->status, easel_agent_status_free);
  g_clear_pointer (&self->progress, easel_agent_progress_free);

  G_OBJECT_CLASS (easel_agent_watch_parent_class)->finalize (object);
}

static void
easel_agent_watch_class_init (EaselAgentWatchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = easel_agent_watch_dispose;
  object_class->finalize = easel_agent_watch_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_LOG] = g_signal_new ("log", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                      NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
easel_agent_watch_init (EaselAgentWatch *self)
{
}

static void
update_client (EaselAgentWatch *self)
{
  EaselSecret *admin = easel_pod_get (self->pod)->admin;
  g_autofree char *base = easel_pod_get_base (self->pod);

  if (admin == NULL || base == NULL)
    {
      g_clear_object (&self->client);
      return;
    }
  if (self->client != NULL && easel_agent_client_is_for (self->client, base, admin))
    return;
  g_clear_object (&self->client);
  self->client = easel_agent_client_new (self->http, self->clock, base, admin);
  self->outside = EASEL_OUTSIDE_UNKNOWN;
  self->log_offset = 0;
  self->progress_ms = 0;
}

/**
 * easel_agent_watch_new:
 * @http: the program's HTTP client
 * @clock: the cloud's time
 * @pod: a pod that has an agent
 *
 * Returns: (transfer full): a watch that does nothing before easel_agent_watch_start()
 */
EaselAgentWatch *
easel_agent_watch_new (EaselHttp *http, EaselClock *clock, EaselPod *pod)
{
  EaselAgentWatch *self;

  g_return_val_if_fail (EASEL_IS_HTTP (http), NULL);
  g_return_val_if_fail (EASEL_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (EASEL_IS_POD (pod), NULL);

  self = g_object_new (EASEL_TYPE_AGENT_WATCH, NULL);
  self->http = g_object_ref (http);
  self->clock = g_object_ref (clock);
  self->pod = g_object_ref (pod);
  self->began_ms = easel_clock_get_monotonic_ms (clock);
  update_client (self);
  return self;
}

/**
 * easel_agent_watch_set_helper:
 * @self: a watch
 * @helper: (nullable): the agent's second part, to be sent where it did not travel along
 */
void
easel_agent_watch_set_helper (EaselAgentWatch *self, GBytes *helper)
{
  g_return_if_fail (EASEL_IS_AGENT_WATCH (self));

  g_clear_pointer (&self->helper, g_bytes_unref);
  self->helper = helper != NULL ? g_bytes_ref (helper) : NULL;
}

static gboolean
is_running (EaselAgentWatch *self)
{
  return self->cancellable != NULL;
}

/* Whether there may be somebody to ask. */
static gboolean
is_born (EaselAgentWatch *self)
{
  return self->status != NULL || easel_pod_get (self->pod)->container_up ||
         easel_clock_get_monotonic_ms (self->clock) - self->began_ms >= UNBORN_MS;
}

/**
 * easel_agent_watch_set_pod:
 * @self: a watch
 * @pod: a newer answer about the pod
 */
void
easel_agent_watch_set_pod (EaselAgentWatch *self, EaselPod *pod)
{
  g_return_if_fail (EASEL_IS_AGENT_WATCH (self));
  g_return_if_fail (EASEL_IS_POD (pod));

  const gboolean was_born = is_born (self);

  if (!g_set_object (&self->pod, pod))
    return;
  update_client (self);
  if (is_running (self) && !was_born && is_born (self))
    tick_now (self);
}

static void
emit_changed (EaselAgentWatch *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* --- from outside ----------------------------------------------------------------------------- */

static EaselOutside
judge_outside (EaselAgentWatch *self, const EaselHttpResponse *response)
{
  if (response->status == 200)
    return EASEL_OUTSIDE_OPEN;
  /* The provider's proxy answers the same while the pod is not reached; the agent must have
   * answered through it. */
  if ((response->status == 403 || response->status == 404) && self->status != NULL)
    return EASEL_OUTSIDE_REFUSED;
  return EASEL_OUTSIDE_UNKNOWN;
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EaselAgentWatch) self = user_data;
  g_autoptr (EaselHttpResponse) response = NULL;
  EaselOutside outside;

  response = easel_http_send_finish (EASEL_HTTP (source), result, NULL);
  self->looking = FALSE;
  if (!is_running (self) || response == NULL)
    return;
  outside = judge_outside (self, response);
  if (outside == EASEL_OUTSIDE_UNKNOWN || outside == self->outside)
    return;
  self->outside = outside;
  emit_changed (self);
}

/* As a stranger would, without the secret. */
static void
look_from_outside (EaselAgentWatch *self)
{
  g_autofree char *base = easel_pod_get_base (self->pod);
  g_autofree char *uri = NULL;
  EaselHttpRequest request = {
    .method = "GET",
    .deadline_ms = OUTSIDE_DEADLINE_MS,
    .max_bytes = OUTSIDE_MAX_BYTES,
    .retry = EASEL_RETRY_NEVER,
  };

  if (base == NULL || self->looking || self->outside == EASEL_OUTSIDE_REFUSED)
    return;
  uri = g_strconcat (base, "/system_stats", NULL);
  request.uri = uri;
  self->looking = TRUE;
  easel_http_send_async (self->http, &request, NULL, self->cancellable, on_looked,
                         g_object_ref (self));
}

/* --- the agent -------------------------------------------------------------------------------- */

/**
 * easel_agent_watch_take_status:
 * @self: a watch
 * @status: (transfer full): an answer of the agent that somebody else has asked for
 */
void
easel_agent_watch_take_status (EaselAgentWatch *self, EaselAgentStatus *status)
{
  g_return_if_fail (EASEL_IS_AGENT_WATCH (self));
  g_return_if_fail (status != NULL);

  g_clear_pointer (&self->status, easel_agent_status_free);
  self->status = status;
  self->status_ms = easel_clock_get_monotonic_ms (self->clock);
  emit_changed (self);
}

static void
on_helper_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EaselAgentWatch) self = user_data;
  g_autoptr (GError) error = NULL;
  EaselAgentStatus *status =
      easel_agent_client_status_finish (EASEL_AGENT_CLIENT (source), result, &error);

  self->sending = FALSE;
  if (status != NULL && is_running (self))
    easel_agent_watch_take_status (self, status);
  else
    easel_agent_status_free (status);
  if (error != NULL && !easel_error_is_cancelled (error))
    g_debug ("the agent's second part was not taken: %s", error->message);
}

static void
send_helper (EaselAgentWatch *self)
{
  const gint64 now = easel_clock_get_monotonic_ms (self->clock);

  if (self->helper == NULL || self->sending || self->status->has_helper ||
      (self->helper_ms > 0 && now - self->helper_ms < HELPER_AGAIN_MS))
    return;
  self->sending = TRUE;
  self->helper_ms = now;
  easel_agent_client_put_helper_async (self->client, self->helper, self->cancellable,
                                       on_helper_sent, g_object_ref (self));
}

static void
on_progress (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EaselAgentWatch) self = user_data;
  EaselAgentProgress *progress =
      easel_agent_client_progress_finish (EASEL_AGENT_CLIENT (source), result, NULL);

  self->progressing = FALSE;
  if (progress == NULL || !is_running (self))
    {
      easel_agent_progress_free (progress);
      return;
    }
  g_clear_pointer (&self->progress, easel_agent_progress_free);
  self->progress = progress;
  /* A container that was started again begins its log anew. */
  self->log_offset = progress->log_next;
  if (*progress->log != '\0')
    g_signal_emit (self, signals[SIGNAL_LOG], 0, progress->log);
  emit_changed (self);
}

static gboolean
is_loading (EaselAgentWatch *self)
{
  return self->is_close && self->status != NULL && self->status->has_helper &&
         (self->status->phase == EASEL_AGENT_BOOT || self->status->phase == EASEL_AGENT_LOADING);
}

static void
ask_progress (EaselAgentWatch *self)
{
  const gint64 now = easel_clock_get_monotonic_ms (self->clock);

  if (!is_loading (self) || self->progressing ||
      (self->is_pushed && self->progress_ms > 0 && now - self->progress_ms < PUSHED_PROGRESS_MS))
    return;
  self->progressing = TRUE;
  self->progress_ms = now;
  easel_agent_client_get_progress_async (self->client, self->log_offset, self->cancellable,
                                         on_progress, g_object_ref (self));
}

static void
on_status (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EaselAgentWatch) self = user_data;
  g_autoptr (GError) error = NULL;
  EaselAgentStatus *status =
      easel_agent_client_status_finish (EASEL_AGENT_CLIENT (source), result, &error);

  self->asking = FALSE;
  if (!is_running (self) || EASEL_AGENT_CLIENT (source) != self->client)
    {
      easel_agent_status_free (status);
      return;
    }
  if (status == NULL)
    {
      /* How long it is silent may have become worth telling. */
      emit_changed (self);
      return;
    }
  easel_agent_watch_take_status (self, status);
  if (!is_running (self) || self->client == NULL)
    return;
  look_from_outside (self);
  send_helper (self);
  ask_progress (self);
}

/* Whether progress alone is news: it can end itself, and it is known when. */
static gboolean
is_status_fresh (EaselAgentWatch *self)
{
  return is_loading (self) && easel_agent_watch_is_confirmed (self) &&
         self->outside != EASEL_OUTSIDE_UNKNOWN &&
         easel_agent_watch_get_silent_ms (self) < LOADING_STATUS_MS;
}

static gboolean
on_tick (gpointer user_data)
{
  EaselAgentWatch *self = user_data;

  self->tick_id =
      easel_clock_add (self->clock, self->is_close ? CLOSE_MS : FAR_MS, on_tick, self, NULL);
  if (self->client == NULL || !is_born (self))
    return G_SOURCE_REMOVE;
  if (is_status_fresh (self))
    {
      ask_progress (self);
      return G_SOURCE_REMOVE;
    }
  if (!self->asking)
    {
      self->asking = TRUE;
      easel_agent_client_get_status_async (self->client, self->cancellable, on_status,
                                           g_object_ref (self));
    }
  /* Without an agent that answers, whether the server stands open matters most. */
  if (self->status == NULL)
    look_from_outside (self);
  return G_SOURCE_REMOVE;
}

static void
tick_now (EaselAgentWatch *self)
{
  easel_clock_clear (self->clock, &self->tick_id);
  self->tick_id = easel_clock_add (self->clock, 0, on_tick, self, NULL);
}

/**
 * easel_agent_watch_set_close:
 * @self: a watch
 * @is_close: whether somebody waits for what comes
 */
void
easel_agent_watch_set_close (EaselAgentWatch *self, gboolean is_close)
{
  g_return_if_fail (EASEL_IS_AGENT_WATCH (self));

  if (self->is_close == is_close)
    return;
  self->is_close = is_close;
  if (is_running (self) && is_close)
    tick_now (self);
}

/**
 * easel_agent_watch_set_pushed:
 * @self: a watch
 * @is_pushed: whether somebody reads the container's log as it is written
 *
 * Then the agent is asked less often how far the models are.
 */
void
easel_agent_watch_set_pushed (EaselAgentWatch *self, gboolean is_pushed)
{
  g_return_if_fail (EASEL_IS_AGENT_WATCH (self));

  self->is_pushed = is_pushed;
}

/**
 * easel_agent_watch_start:
 * @self: a watch
 *
 * Begins or, after easel_agent_watch_stop(), goes on.
 */
void
easel_agent_watch_start (EaselAgentWatch *self)
{
  g_return_if_fail (EASEL_IS_AGENT_WATCH (self));

  if (is_running (self))
    return;
  self->cancellable = g_cancellable_new ();
  tick_now (self);
}

/**
 * easel_agent_watch_stop:
 * @self: a watch
 *
 * Gives up every call that is under way; no signal comes any more.
 */
void
easel_agent_watch_stop (EaselAgentWatch *self)
{
  g_return_if_fail (EASEL_IS_AGENT_WATCH (self));

  if (!is_running (self))
    return;
  easel_clock_clear (self->clock, &self->tick_id);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

/* --- what is known ---------------------------------------------------------------------------- */

/**
 * easel_agent_watch_get_client:
 * @self: a watch
 *
 * Returns: (transfer none) (nullable): for other questions to the agent
 */
EaselAgentClient *
easel_agent_watch_get_client (EaselAgentWatch *self)
{
  g_return_val_if_fail (EASEL_IS_AGENT_WATCH (self), NULL);

  return self->client;
}

/**
 * easel_agent_watch_get_status:
 * @self: a watch
 *
 * Returns: (transfer none) (nullable): the newest good answer, however old
 */
const EaselAgentStatus *
easel_agent_watch_get_status (EaselAgentWatch *self)
{
  g_return_val_if_fail (EASEL_IS_AGENT_WATCH (self), NULL);

  return self->status;
}

/**
 * easel_agent_watch_get_progress:
 * @self: a watch
 *
 * Returns: (transfer none) (nullable): the newest good answer about the start
 */
const EaselAgentProgress *
easel_agent_watch_get_progress (EaselAgentWatch *self)
{
  g_return_val_if_fail (EASEL_IS_AGENT_WATCH (self), NULL);

  return self->progress;
}

/**
 * easel_agent_watch_get_outside:
 * @self: a watch
 *
 * Returns: what a stranger finds
 */
EaselOutside
easel_agent_watch_get_outside (EaselAgentWatch *self)
{
  g_return_val_if_fail (EASEL_IS_AGENT_WATCH (self), EASEL_OUTSIDE_UNKNOWN);

  return self->outside;
}

/**
 * easel_agent_watch_get_silent_ms:
 * @self: a watch
 *
 * Returns: how long no answer has come; without any, since it is watched
 */
gint64
easel_agent_watch_get_silent_ms (EaselAgentWatch *self)
{
  g_return_val_if_fail (EASEL_IS_AGENT_WATCH (self), 0);

  return easel_clock_get_monotonic_ms (self->clock) -
         (self->status != NULL ? self->status_ms : self->began_ms);
}

/**
 * easel_agent_watch_get_left_ms:
 * @self: a watch
 * @ret_reason: (out) (optional): the rule that is next
 *
 * Returns: milliseconds until the agent's first rule ends the pod, below 0 if that is over; -1 with
 *   %EASEL_END_NONE as long as the agent has not answered
 */
gint64
easel_agent_watch_get_left_ms (EaselAgentWatch *self, EaselEndReason *ret_reason)
{
  g_return_val_if_fail (EASEL_IS_AGENT_WATCH (self), -1);

  if (self->status == NULL)
    {
      if (ret_reason != NULL)
        *ret_reason = EASEL_END_NONE;
      return -1;
    }
  return easel_agent_status_next_end (self->status, ret_reason) * 1000 -
         easel_agent_watch_get_silent_ms (self);
}

/**
 * easel_agent_watch_is_confirmed:
 * @self: a watch
 *
 * Returns: whether the pod has shown that it can end itself, whatever happens to this computer
 */
gboolean
easel_agent_watch_is_confirmed (EaselAgentWatch *self)
{
  g_return_val_if_fail (EASEL_IS_AGENT_WATCH (self), FALSE);

  return self->status != NULL && self->status->armed == EASEL_AGENT_ARMED_PROVEN &&
         self->status->end_error == NULL;
}

/**
 * easel_agent_watch_dup_address:
 * @self: a watch
 *
 * Returns: (transfer full) (nullable): what Krita needs: with the secret, unless the server in the
 *   pod does not know it
 */
char *
easel_agent_watch_dup_address (EaselAgentWatch *self)
{
  g_return_val_if_fail (EASEL_IS_AGENT_WATCH (self), NULL);

  if (self->outside == EASEL_OUTSIDE_OPEN)
    return easel_pod_get_base (self->pod);
  return g_strdup (easel_pod_get (self->pod)->address);
}
