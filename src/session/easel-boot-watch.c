/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One pod on its way from "created" to "the server works".
 *
 * Owns the polls of the provider, the log stream and the readiness checks of one boot, and what
 * they say about how far it is. It decides nothing: what to do about a fault is EaselDeployment's
 * business. A failed poll is never a fault of the pod. */

#include "config.h"
#include "easel-boot-watch.h"

#include "easel-boot-judge.h"
#include "easel-boot-models.h"
#include "easel-error.h"
#include "easel-retry.h"
#include "easel-text.h"

#include <glib/gi18n.h>

/* Everything is there, and only ComfyUI has to come up: not for long, and somebody waits for it. */
#define SHORT_TICK_MS 1000
#define SHORT_TICKS_MS (5 * 60 * 1000)
/* While the container runs, the server's own answers tell more than the provider's, and lists say
 * that it still does: the pod alone is asked about only if none of them comes. */
#define SLOW_POLL_MS (30 * 1000)
#define LISTED_POLL_MS (75 * 1000)
/* A log that comes by itself tells when the models are there: until then the server need not be
 * asked, unless the log falls silent. */
#define TOLD_MS (20 * 1000)
/* The provider's word that the container runs may be missing for ever; then the server is asked
 * anyway. */
#define BLIND_READINESS_MS (60 * 1000)
#define LOG_RETRY_FIRST_MS (5 * 1000)
#define LOG_RETRY_MAX_MS (60 * 1000)
#define MAX_LOG_BYTES (256 * 1024)

struct _EaselBootWatch
{
  GObject parent_instance;

  EaselHttp *http;           /* (owned) */
  EaselClock *clock;         /* (owned) */
  EaselAccount *account;     /* (owned) */
  EaselPod *pod;             /* (owned) */
  EaselAgentWatch *agent;    /* (owned) (nullable) */
  GPtrArray *agent_files;    /* (owned) (nullable): the agent's, as the page wants them */
  char *address;             /* (owned) (nullable): that was probed last */
  EaselBootLog *boot_log;    /* (owned) */
  EaselReadiness *readiness; /* (owned) (nullable): newest */
  GCancellable *cancellable; /* (owned) (nullable): while it runs */
  GString *log;              /* (owned) */
  char *notice;              /* (owned) (nullable) */
  EaselWorkloadSet workload;
  guint64 download_bytes;

  guint tick_id;
  guint log_retry_id;
  gboolean polling;
  gboolean probing;
  gboolean streaming;
  guint poll_failures;
  guint log_failures;
  gint64 polled_ms;
  gint64 listed_ms; /* of the last list that showed it running, 0 for none */
  gint64 line_ms;   /* of the last line of the log, 0 for none */
  gint64 probed_ms;
  gint64 started_ms;
  EaselStage stage;
  gint64 stage_ms[EASEL_N_STAGES]; /* when each began, 0 for not yet */
  EaselBootFault fault;
  gboolean told_machine_fault;
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_POD,
  SIGNAL_LOG,
  SIGNAL_READY,
  SIGNAL_FAULT,
  SIGNAL_MACHINE_FAULT,
  SIGNAL_VANISHED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EaselBootWatch, easel_boot_watch, G_TYPE_OBJECT)

static void probe (EaselBootWatch *self);
static void open_log (EaselBootWatch *self);

static void
easel_boot_watch_dispose (GObject *object)
{
  EaselBootWatch *self = EASEL_BOOT_WATCH (object);

  easel_boot_watch_stop (self);

  G_OBJECT_CLASS (easel_boot_watch_parent_class)->dispose (object);
}

static void
easel_boot_watch_finalize (GObject *object)
{
  EaselBootWatch *self = EASEL_BOOT_WATCH (object);

  g_clear_object (&self->http);
  g_clear_object (&self->clock);
  g_clear_object (&self->account);
  g_clear_object (&self->pod);
  g_clear_object (&self->agent);
  g_clear_pointer (&self->agent_files, g_ptr_array_unref);
  g_free (self->address);
  g_clear_object (&self->boot_log);
  g_clear_pointer (&self->readiness, easel_readiness_free);
  g_clear_pointer (&self->notice, g_free);
  g_string_free (self->log, TRUE);

  G_OBJECT_CLASS (easel_boot_watch_parent_class)->finalize (object);
}

static guint
new_signal (const char *name, guint n_params, GType first, GType second)
{
  return g_signal_new (name, EASEL_TYPE_BOOT_WATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, n_params, first, second);
}

static void
easel_boot_watch_class_init (EaselBootWatchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = easel_boot_watch_dispose;
  object_class->finalize = easel_boot_watch_finalize;

  signals[SIGNAL_CHANGED] = new_signal ("changed", 0, G_TYPE_NONE, G_TYPE_NONE);
  signals[SIGNAL_POD] = new_signal ("pod", 1, EASEL_TYPE_POD, G_TYPE_NONE);
  signals[SIGNAL_LOG] = new_signal ("log", 1, G_TYPE_STRING, G_TYPE_NONE);
  signals[SIGNAL_READY] = new_signal ("ready", 0, G_TYPE_NONE, G_TYPE_NONE);
  signals[SIGNAL_FAULT] = new_signal ("fault", 2, G_TYPE_ERROR, G_TYPE_STRING);
  signals[SIGNAL_MACHINE_FAULT] = new_signal ("machine-fault", 1, G_TYPE_STRING, G_TYPE_NONE);
  signals[SIGNAL_VANISHED] = new_signal ("vanished", 0, G_TYPE_NONE, G_TYPE_NONE);
}

static void
easel_boot_watch_init (EaselBootWatch *self)
{
  self->log = g_string_new (NULL);
  self->boot_log = easel_boot_log_new ();
  self->stage = EASEL_STAGE_MACHINE;
}

/**
 * easel_boot_watch_new:
 * @http: the program's HTTP client
 * @clock: the cloud's time
 * @account: whose key asks
 * @pod: as it was created or found
 * @workload: which models must be there in the end
 * @download_bytes: what the start is expected to download
 *
 * Returns: (transfer full): a watch that does nothing before easel_boot_watch_start()
 */
EaselBootWatch *
easel_boot_watch_new (EaselHttp *http,
                      EaselClock *clock,
                      EaselAccount *account,
                      EaselPod *pod,
                      EaselWorkloadSet workload,
                      guint64 download_bytes)
{
  EaselBootWatch *self;

  g_return_val_if_fail (EASEL_IS_HTTP (http), NULL);
  g_return_val_if_fail (EASEL_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (EASEL_IS_ACCOUNT (account), NULL);
  g_return_val_if_fail (EASEL_IS_POD (pod), NULL);

  self = g_object_new (EASEL_TYPE_BOOT_WATCH, NULL);
  self->http = g_object_ref (http);
  self->clock = g_object_ref (clock);
  self->account = g_object_ref (account);
  self->pod = g_object_ref (pod);
  self->workload = workload;
  self->download_bytes = download_bytes;
  self->started_ms = easel_clock_get_monotonic_ms (clock);
  /* The answer to the create, or a list, is as new as another answer would be. */
  self->polled_ms = self->started_ms;
  self->stage_ms[EASEL_STAGE_RENT] = self->started_ms;
  self->stage_ms[EASEL_STAGE_MACHINE] = self->started_ms;
  return self;
}

static gboolean on_tick (gpointer user_data);

static void
emit_changed (EaselBootWatch *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
set_notice (EaselBootWatch *self, const char *notice)
{
  if (g_strcmp0 (self->notice, notice) == 0)
    return;
  g_free (self->notice);
  self->notice = g_strdup (notice);
  emit_changed (self);
}

static void
update_stage (EaselBootWatch *self)
{
  const EaselStage stage =
      easel_boot_judge_stage (self->readiness != NULL ? self->readiness->step
                                                      : EASEL_READINESS_UNREACHABLE,
                              easel_boot_log_get_phase (self->boot_log),
                              easel_pod_get (self->pod)->container_up);

  while (self->stage < stage)
    {
      self->stage++;
      self->stage_ms[self->stage] = easel_clock_get_monotonic_ms (self->clock);
      if (self->stage == EASEL_STAGE_CHECK && self->tick_id != 0)
        {
          easel_clock_clear (self->clock, &self->tick_id);
          self->tick_id = easel_clock_add (self->clock, SHORT_TICK_MS, on_tick, self, NULL);
        }
    }
  emit_changed (self);
}

static gboolean
is_running (EaselBootWatch *self)
{
  return self->cancellable != NULL;
}

static void
on_pod_polled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EaselBootWatch) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselPod) pod =
      easel_provider_get_pod_finish (EASEL_PROVIDER (source), result, &error);

  self->polling = FALSE;
  if (!is_running (self))
    return;
  if (pod != NULL)
    {
      self->poll_failures = 0;
      set_notice (self, NULL);
      g_set_object (&self->pod, pod);
      g_signal_emit (self, signals[SIGNAL_POD], 0, pod);
      if (is_running (self))
        update_stage (self);
      return;
    }
  if (easel_error_is_cancelled (error))
    return;
  if (g_error_matches (error, EASEL_ERROR, EASEL_ERROR_NOT_FOUND))
    {
      g_signal_emit (self, signals[SIGNAL_VANISHED], 0);
      return;
    }
  self->poll_failures++;
  if (self->poll_failures >= 2)
    {
      g_autofree char *sentence =
          easel_error_sentence (error, easel_account_get_provider_info (self->account)->name);

      set_notice (self, sentence);
    }
}

static void
poll (EaselBootWatch *self)
{
  const gint64 now = easel_clock_get_monotonic_ms (self->clock);
  const gboolean is_up = easel_pod_get (self->pod)->container_up;
  const gint64 gap =
      self->poll_failures > 0
          ? easel_retry_backoff (self->poll_failures, EASEL_BOOT_TICK_MS, SLOW_POLL_MS, 0)
          : (is_up ? SLOW_POLL_MS : EASEL_BOOT_TICK_MS);
  EaselSecret *key = easel_account_get_key (self->account);

  if (self->polling || key == NULL || (self->polled_ms != 0 && now - self->polled_ms < gap) ||
      (is_up && self->listed_ms != 0 && now - self->listed_ms < LISTED_POLL_MS))
    return;
  self->polling = TRUE;
  self->polled_ms = now;
  easel_provider_get_pod_async (_easel_account_get_provider (self->account), key,
                                easel_pod_get (self->pod)->id, self->cancellable, on_pod_polled,
                                g_object_ref (self));
}

static void
tell_fault (EaselBootWatch *self)
{
  g_autoptr (GError) error = easel_boot_fault_error (self->readiness);
  g_autofree char *sentence = easel_readiness_sentence (self->readiness);

  g_signal_emit (self, signals[SIGNAL_FAULT], 0, error, sentence);
}

static void
take_readiness (EaselBootWatch *self, EaselReadiness *readiness)
{
  gboolean counts;

  g_clear_pointer (&self->readiness, easel_readiness_free);
  self->readiness = readiness;

  counts = easel_boot_fault_count (&self->fault, readiness->fault,
                                   easel_clock_get_monotonic_ms (self->clock));
  update_stage (self);
  if (readiness->step == EASEL_READINESS_READY)
    g_signal_emit (self, signals[SIGNAL_READY], 0);
  else if (counts && easel_boot_fault_is_believed (&self->fault))
    tell_fault (self);
}

static void
on_probed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EaselBootWatch) self = user_data;
  g_autoptr (GError) error = NULL;
  EaselReadiness *readiness = easel_readiness_probe_finish (result, &error);

  self->probing = FALSE;
  if (readiness == NULL || !is_running (self))
    {
      easel_readiness_free (readiness);
      return;
    }
  take_readiness (self, readiness);
}

/* A server that does not know its secret is reached without it. */
static char *
dup_address (EaselBootWatch *self)
{
  return self->agent != NULL ? easel_agent_watch_dup_address (self->agent)
                             : g_strdup (easel_pod_get (self->pod)->address);
}

/* Whether the log itself will say when the server is worth asking. A fault that was seen is looked
 * at in any case. */
static gboolean
log_will_tell (EaselBootWatch *self, gint64 now)
{
  const EaselBootPhase phase = easel_boot_log_get_phase (self->boot_log);

  return self->streaming && easel_account_get_provider_info (self->account)->pushes_logs &&
         self->stage < EASEL_STAGE_CHECK && self->readiness != NULL &&
         self->fault.fault == EASEL_FAULT_NONE &&
         (phase == EASEL_BOOT_STARTED || phase == EASEL_BOOT_DOWNLOADING) && self->line_ms != 0 &&
         now - self->line_ms < TOLD_MS;
}

static void
probe (EaselBootWatch *self)
{
  const EaselPodData *pod = easel_pod_get (self->pod);
  const gint64 now = easel_clock_get_monotonic_ms (self->clock);

  if (self->probing || pod->address == NULL || !easel_pod_state_costs_gpu (pod->state))
    return;
  if (self->stage < EASEL_STAGE_MODELS && now - self->started_ms < BLIND_READINESS_MS)
    return;
  if (log_will_tell (self, now))
    return;
  g_free (self->address);
  self->address = dup_address (self);
  /* The agent's view of the pod may be older: right after a start it has no address yet. */
  if (self->address == NULL)
    return;
  self->probing = TRUE;
  self->probed_ms = now;
  easel_readiness_probe_async (self->http, self->address, self->workload, self->cancellable,
                               on_probed, g_object_ref (self));
}

static void
remember_line (EaselBootWatch *self, const char *line)
{
  g_autofree char *valid = g_utf8_make_valid (line, -1);

  if (self->log->len > MAX_LOG_BYTES)
    {
      const char *half = strchr (self->log->str + self->log->len / 2, '\n');

      g_string_erase (self->log, 0, half != NULL ? half + 1 - self->log->str : -1);
    }
  g_string_append (self->log, valid);
  g_string_append_c (self->log, '\n');
  g_signal_emit (self, signals[SIGNAL_LOG], 0, valid);
}

static void
on_log_line (gint64 unix_ms, gboolean is_system, const char *line, gpointer user_data)
{
  EaselBootWatch *self = user_data;
  const char *fault;

  if (!is_running (self))
    return;
  self->log_failures = 0;
  self->line_ms = easel_clock_get_monotonic_ms (self->clock);
  easel_boot_log_feed (self->boot_log, is_system, line);
  remember_line (self, line);
  update_stage (self);

  fault = easel_boot_log_get_machine_fault (self->boot_log);
  if (fault != NULL && !self->told_machine_fault && is_running (self))
    {
      self->told_machine_fault = TRUE;
      g_signal_emit (self, signals[SIGNAL_MACHINE_FAULT], 0, fault);
    }
}

static void
tell_agent (EaselBootWatch *self)
{
  if (self->agent != NULL)
    easel_agent_watch_set_pushed (self->agent,
                                  self->streaming && is_running (self) &&
                                      easel_account_get_provider_info (self->account)->pushes_logs);
}

static gboolean
on_log_retry (gpointer user_data)
{
  EaselBootWatch *self = user_data;

  self->log_retry_id = 0;
  open_log (self);
  return G_SOURCE_REMOVE;
}

/* The stream is a witness, not a condition: whatever ends it, it is opened again later. */
static void
on_log_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EaselBootWatch) self = user_data;
  g_autoptr (GError) error = NULL;
  gint64 wait;

  easel_provider_stream_logs_finish (EASEL_PROVIDER (source), result, &error);
  self->streaming = FALSE;
  tell_agent (self);
  if (!is_running (self) || easel_error_is_cancelled (error))
    return;
  self->log_failures++;
  wait = easel_retry_backoff (self->log_failures, LOG_RETRY_FIRST_MS, LOG_RETRY_MAX_MS, 0.5);
  self->log_retry_id = easel_clock_add (self->clock, wait, on_log_retry, self, NULL);
}

static void
open_log (EaselBootWatch *self)
{
  EaselSecret *key = easel_account_get_key (self->account);

  if (self->streaming || !is_running (self) || key == NULL ||
      !easel_account_get_provider_info (self->account)->has_logs)
    return;
  self->streaming = TRUE;
  tell_agent (self);
  easel_provider_stream_logs_async (_easel_account_get_provider (self->account), key,
                                    easel_pod_get (self->pod)->id, on_log_line, self,
                                    self->cancellable, on_log_ended, g_object_ref (self));
}

static gint64
get_tick_ms (EaselBootWatch *self)
{
  const gint64 now = easel_clock_get_monotonic_ms (self->clock);

  return self->stage == EASEL_STAGE_CHECK &&
                 now - self->stage_ms[EASEL_STAGE_CHECK] < SHORT_TICKS_MS &&
                 (self->readiness == NULL || self->readiness->step < EASEL_READINESS_COMFY_UP)
             ? SHORT_TICK_MS
             : EASEL_BOOT_TICK_MS;
}

static gboolean
on_tick (gpointer user_data)
{
  EaselBootWatch *self = user_data;

  self->tick_id = easel_clock_add (self->clock, get_tick_ms (self), on_tick, self, NULL);
  poll (self);
  probe (self);
  emit_changed (self);
  return G_SOURCE_REMOVE;
}

static void
on_agent_changed (EaselBootWatch *self)
{
  const EaselAgentProgress *progress = easel_agent_watch_get_progress (self->agent);

  if (!is_running (self))
    return;
  if (progress != NULL && progress->files->len > 0)
    {
      g_clear_pointer (&self->agent_files, g_ptr_array_unref);
      self->agent_files = easel_boot_models_from_agent (progress);
    }
  update_stage (self);
}

/* Where the provider has a log of its own, that is the one that is shown. */
static void
on_agent_log (EaselBootWatch *self, const char *text)
{
  g_auto (GStrv) lines = NULL;

  if (!is_running (self) || easel_account_get_provider_info (self->account)->has_logs)
    return;
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL && is_running (self); i++)
    {
      if (*lines[i] != '\0')
        on_log_line (0, FALSE, lines[i], self);
    }
}

/**
 * easel_boot_watch_set_agent:
 * @self: a watch
 * @agent: (nullable): what the agent in the pod says; its bytes are truer than a log's
 */
void
easel_boot_watch_set_agent (EaselBootWatch *self, EaselAgentWatch *agent)
{
  g_return_if_fail (EASEL_IS_BOOT_WATCH (self));
  g_return_if_fail (agent == NULL || EASEL_IS_AGENT_WATCH (agent));

  if (self->agent != NULL)
    g_signal_handlers_disconnect_by_data (self->agent, self);
  if (self->agent != agent && self->agent != NULL)
    easel_agent_watch_set_pushed (self->agent, FALSE);
  if (!g_set_object (&self->agent, agent) || agent == NULL)
    return;
  g_signal_connect_object (agent, "changed", G_CALLBACK (on_agent_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (agent, "log", G_CALLBACK (on_agent_log), self, G_CONNECT_SWAPPED);
  tell_agent (self);
}

/**
 * easel_boot_watch_note_listed:
 * @self: a watch
 * @pod: the same pod in a list of its account
 *
 * A list that shows it running as before makes the next question about it alone unneeded.
 */
void
easel_boot_watch_note_listed (EaselBootWatch *self, EaselPod *pod)
{
  const EaselPodData *listed;
  const EaselPodData *known;

  g_return_if_fail (EASEL_IS_BOOT_WATCH (self));
  g_return_if_fail (EASEL_IS_POD (pod));

  /* Its own answer comes round here, too. */
  if (pod == self->pod)
    return;
  listed = easel_pod_get (pod);
  known = easel_pod_get (self->pod);
  self->listed_ms = listed->container_up && listed->state == known->state
                        ? easel_clock_get_monotonic_ms (self->clock)
                        : 0;
}

/**
 * easel_boot_watch_start:
 * @self: a watch
 *
 * Begins or, after easel_boot_watch_stop(), goes on.
 */
void
easel_boot_watch_start (EaselBootWatch *self)
{
  g_return_if_fail (EASEL_IS_BOOT_WATCH (self));

  if (is_running (self))
    return;
  self->cancellable = g_cancellable_new ();
  self->fault = (EaselBootFault){ .fault = EASEL_FAULT_NONE };
  self->tick_id = easel_clock_add (self->clock, 0, on_tick, self, NULL);
  open_log (self);
}

/**
 * easel_boot_watch_stop:
 * @self: a watch
 *
 * Gives up every call that is under way; no signal comes any more.
 */
void
easel_boot_watch_stop (EaselBootWatch *self)
{
  g_return_if_fail (EASEL_IS_BOOT_WATCH (self));

  if (!is_running (self))
    return;
  easel_clock_clear (self->clock, &self->tick_id);
  easel_clock_clear (self->clock, &self->log_retry_id);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  tell_agent (self);
}

/**
 * easel_boot_watch_get_stage:
 * @self: a watch
 *
 * Returns: the stage that is being worked on; never goes back
 */
EaselStage
easel_boot_watch_get_stage (EaselBootWatch *self)
{
  g_return_val_if_fail (EASEL_IS_BOOT_WATCH (self), EASEL_STAGE_RENT);

  return self->stage;
}

static GPtrArray *
get_files (EaselBootWatch *self)
{
  return self->agent_files != NULL ? self->agent_files : easel_boot_log_get_files (self->boot_log);
}

/**
 * easel_boot_watch_dup_stage_note:
 * @self: a watch
 * @stage: a stage that has begun
 *
 * Returns: (transfer full) (nullable): one line about it, translated
 */
char *
easel_boot_watch_dup_stage_note (EaselBootWatch *self, EaselStage stage)
{
  g_return_val_if_fail (EASEL_IS_BOOT_WATCH (self), NULL);
  g_return_val_if_fail (stage < EASEL_N_STAGES, NULL);

  if (stage > self->stage)
    return NULL;
  if (stage == EASEL_STAGE_MODELS)
    return easel_boot_models_dup_note (get_files (self), self->stage > EASEL_STAGE_MODELS);
  if (stage == EASEL_STAGE_CHECK && self->readiness != NULL)
    return easel_readiness_sentence (self->readiness);
  if (stage < self->stage && stage >= EASEL_STAGE_MACHINE)
    {
      g_autofree char *duration =
          easel_text_duration (self->stage_ms[stage + 1] - self->stage_ms[stage]);

      /* Translators: how long a stage of the start took. */
      return g_strdup_printf (_ ("in %s"), duration);
    }
  return NULL;
}

/**
 * easel_boot_watch_get_files:
 * @self: a watch
 *
 * Returns: (transfer none) (element-type EaselDownload): the models that agent or log have named
 */
GPtrArray *
easel_boot_watch_get_files (EaselBootWatch *self)
{
  g_return_val_if_fail (EASEL_IS_BOOT_WATCH (self), NULL);

  return get_files (self);
}

/**
 * easel_boot_watch_get_log:
 * @self: a watch
 *
 * Returns: (transfer none): the newest part of the container's log, at most 256 KiB
 */
const char *
easel_boot_watch_get_log (EaselBootWatch *self)
{
  g_return_val_if_fail (EASEL_IS_BOOT_WATCH (self), "");

  return self->log->str;
}

/**
 * easel_boot_watch_get_notice:
 * @self: a watch
 *
 * Returns: (transfer none) (nullable): a sentence when the provider does not answer
 */
const char *
easel_boot_watch_get_notice (EaselBootWatch *self)
{
  g_return_val_if_fail (EASEL_IS_BOOT_WATCH (self), NULL);

  return self->notice;
}

/**
 * easel_boot_watch_get_address:
 * @self: a watch
 *
 * Returns: (transfer none) (nullable): where the server is or will be
 */
const char *
easel_boot_watch_get_address (EaselBootWatch *self)
{
  g_return_val_if_fail (EASEL_IS_BOOT_WATCH (self), NULL);

  return self->address != NULL ? self->address : easel_pod_get (self->pod)->address;
}

/* True bytes, where the agent tells them. */
static gboolean
peek_agent_bytes (EaselBootWatch *self, guint64 *ret_have, guint64 *ret_size, guint64 *ret_speed)
{
  const EaselAgentProgress *progress =
      self->agent != NULL ? easel_agent_watch_get_progress (self->agent) : NULL;

  if (progress == NULL || progress->files->len == 0)
    return FALSE;
  easel_agent_progress_sum (progress, ret_have, ret_size, ret_speed);
  return *ret_size > 0;
}

/**
 * easel_boot_watch_get_bytes_done:
 * @self: a watch
 *
 * Returns: bytes of models that the log has shown as arrived
 */
guint64
easel_boot_watch_get_bytes_done (EaselBootWatch *self)
{
  guint64 have;
  guint64 size;
  guint64 speed;

  g_return_val_if_fail (EASEL_IS_BOOT_WATCH (self), 0);

  /* The agent is asked now and then, the log comes by itself. */
  if (!peek_agent_bytes (self, &have, &size, &speed))
    return easel_boot_log_get_bytes_done (self->boot_log);
  return MAX (have, MIN (easel_boot_log_get_bytes_done (self->boot_log), size));
}

/**
 * easel_boot_watch_get_download_left_ms:
 * @self: a watch
 *
 * Returns: how long the rest of the models takes at the speed so far, -1 if that cannot be told yet
 */
gint64
easel_boot_watch_get_download_left_ms (EaselBootWatch *self)
{
  guint64 done;
  guint64 size;
  guint64 speed;
  gint64 elapsed;

  g_return_val_if_fail (EASEL_IS_BOOT_WATCH (self), -1);

  if (self->stage != EASEL_STAGE_MODELS)
    return -1;
  /* Files that are still to come are not known to the agent either, only expected. */
  if (peek_agent_bytes (self, &done, &size, &speed) && speed > 0)
    return (gint64) ((double) (MAX (size, self->download_bytes) - done) / (double) speed * 1000);
  done = easel_boot_log_get_bytes_done (self->boot_log);
  elapsed = easel_clock_get_monotonic_ms (self->clock) - self->stage_ms[EASEL_STAGE_MODELS];
  if (done < 64 * 1000 * 1000 || elapsed < EASEL_BOOT_TICK_MS || done >= self->download_bytes)
    return -1;
  return (gint64) ((double) (self->download_bytes - done) / (double) done * (double) elapsed);
}

/**
 * easel_boot_watch_get_started_ms:
 * @self: a watch
 *
 * Returns: monotonic time at which it was made
 */
gint64
easel_boot_watch_get_started_ms (EaselBootWatch *self)
{
  g_return_val_if_fail (EASEL_IS_BOOT_WATCH (self), 0);

  return self->started_ms;
}

/**
 * easel_boot_watch_get_stage_ms:
 * @self: a watch
 * @stage: a stage
 *
 * Returns: monotonic time at which it began, 0 for not yet
 */
gint64
easel_boot_watch_get_stage_ms (EaselBootWatch *self, EaselStage stage)
{
  g_return_val_if_fail (EASEL_IS_BOOT_WATCH (self), 0);
  g_return_val_if_fail (stage < EASEL_N_STAGES, 0);

  return self->stage_ms[stage];
}
