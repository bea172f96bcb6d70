/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One transfer at a time: what is done to bring a model to a pod, by link or from this computer,
 * and what follows from how that went. The part of EaselPodModels that acts; when, the other part
 * decides. */
#include "config.h"

#include "easel-pod-models-private.h"

#include "easel-error.h"
#include "easel-model-upload.h"

#define SPEED_MS 1000
/* Whoever saves a large file takes about a minute; the waits double. */
#define MAX_CHANGES 5

void
_easel_way_stop (EaselWay *way)
{
  if (way->cancellable != NULL)
    g_cancellable_cancel (way->cancellable);
  g_clear_object (&way->cancellable);
}

static void
way_clear (gpointer data)
{
  EaselWay *way = data;

  _easel_way_stop (way);
  g_object_unref (way->transfer);
  g_free (way->job);
  g_free (way->failed_job);
}

void
_easel_way_unref (gpointer way)
{
  g_rc_box_release_full (way, way_clear);
}

/* What is told may make somebody take one away. */
GPtrArray *
_easel_pod_models_copy_ways (EaselPodModels *self)
{
  GPtrArray *ways = g_ptr_array_new_full (self->ways->len, _easel_way_unref);

  for (guint i = 0; i < self->ways->len; i++)
    g_ptr_array_add (ways, g_rc_box_acquire (g_ptr_array_index (self->ways, i)));
  return ways;
}

/* --- one transfer ------------------------------------------------------------------------- */

const EaselShelfModel *
_easel_way_get_model (const EaselWay *way)
{
  return easel_transfer_get_model (way->transfer);
}

gboolean
_easel_way_is_over (const EaselWay *way)
{
  const EaselTransferState state = easel_transfer_get_state (way->transfer);

  return state == EASEL_TRANSFER_DONE || state == EASEL_TRANSFER_FAILED;
}

gboolean
_easel_way_is_under_way (const EaselWay *way)
{
  return way->cancellable != NULL || way->job != NULL;
}

EaselWay *
_easel_pod_models_find_way (EaselPodModels *self, EaselTransfer *transfer)
{
  for (guint i = 0; i < self->ways->len; i++)
    {
      EaselWay *way = g_ptr_array_index (self->ways, i);

      if (way->transfer == transfer)
        return way;
    }
  return NULL;
}

void
_easel_way_set_state (EaselWay *way, EaselTransferState state, GError *error)
{
  _easel_transfer_set_state (way->transfer, state, error);
}

/* Bytes that came are a new beginning for the count of faults; what is on its way is only shown. */
static void
set_bytes (EaselWay *way, guint64 arrived, guint64 have, guint64 size, guint64 speed)
{
  if (arrived > way->arrived)
    way->tries = 0;
  way->arrived = arrived;
  _easel_transfer_set_bytes (way->transfer, have, size, speed);
}

/* Takes @error. What has arrived is of a file that is no more. It is sent anew, but not for ever:
 * somebody may write to it all the time. */
static GError *
judge_change (EaselWay *way, GError *error)
{
  const EaselFileMark nothing = { 0 };

  way->mark = nothing;
  way->is_anew = TRUE;
  if (++way->changes <= MAX_CHANGES)
    return error;
  g_error_free (error);
  return easel_error_new (EASEL_ERROR_FILE_CHANGING, "another file %u times", way->changes);
}

/* Takes @error. Later again by itself, or not without the person. */
static void
fail_way (EaselWay *way, GError *error)
{
  EaselPodModels *self = way->models;
  guint tries = way->tries;
  gint64 wait_ms;

  if (g_error_matches (error, EASEL_ERROR, EASEL_ERROR_FILE_CHANGED))
    {
      tries = way->changes;
      error = judge_change (way, error);
    }
  wait_ms = easel_transfer_retry_ms (error, tries);
  _easel_way_stop (way);
  g_clear_pointer (&way->job, g_free);
  if (wait_ms < 0)
    {
      _easel_way_set_state (way, EASEL_TRANSFER_FAILED, error);
    }
  else
    {
      way->tries++;
      way->retry_ms = easel_clock_get_monotonic_ms (self->clock) + wait_ms;
      _easel_way_set_state (way, EASEL_TRANSFER_WAITING, error);
    }
  _easel_pod_models_emit_changed (self);
  _easel_pod_models_pump (self);
}

static void
finish_way (EaselWay *way)
{
  const EaselShelfModel *model = _easel_way_get_model (way);
  const EaselAgentModelFile *file =
      easel_agent_models_find_file (way->models->told, model->folder, model->name);
  guint64 size;

  if (file != NULL && file->sha256 != NULL)
    _easel_transfer_take_sum (way->transfer, file->size, file->sha256);
  size = model->size > 0 ? model->size : easel_transfer_get_size (way->transfer);
  _easel_way_stop (way);
  g_clear_pointer (&way->job, g_free);
  set_bytes (way, size, size, 0, 0);
  _easel_way_set_state (way, EASEL_TRANSFER_DONE, NULL);
}

/* What a callback needs to find its way again, if that is still there. */
typedef struct
{
  EaselPodModels *models;    /* (owned) */
  EaselTransfer *transfer;   /* (owned) */
  GCancellable *cancellable; /* (owned): tells a call that was given up from its successor */
  EaselFileMark mark;        /* of a file that is sent */
  gboolean has_begun;        /* it is known how much is there */
} Step;

static Step *
step_new (EaselWay *way)
{
  Step *step = g_new0 (Step, 1);

  if (way->cancellable == NULL)
    way->cancellable = g_cancellable_new ();
  step->models = g_object_ref (way->models);
  step->transfer = g_object_ref (way->transfer);
  step->cancellable = g_object_ref (way->cancellable);
  return step;
}

static void
step_free (Step *step)
{
  g_object_unref (step->models);
  g_object_unref (step->transfer);
  g_object_unref (step->cancellable);
  g_free (step);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Step, step_free)

/* Returns: (nullable): the way, if the call is still wanted */
static EaselWay *
step_way (const Step *step)
{
  EaselWay *way = _easel_pod_models_find_way (step->models, step->transfer);

  return way != NULL && way->cancellable == step->cancellable ? way : NULL;
}

/* The job goes on by itself: it is followed in what the agent tells. */
static void
follow_job (EaselWay *way, const char *job)
{
  g_clear_object (&way->cancellable);
  g_free (way->job);
  way->job = g_strdup (job);
  g_clear_pointer (&way->failed_job, g_free);
  _easel_pod_models_schedule (way->models);
}

/* --- by link ------------------------------------------------------------------------------ */

static void
on_ordered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  guint status = 0;
  GError *error = NULL;
  g_autoptr (JsonNode) root =
      easel_agent_client_call_finish (EASEL_AGENT_CLIENT (source), result, &status, &error);
  EaselWay *way = step_way (step);
  JsonObject *object =
      root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  const char *job = object != NULL ? easel_json_peek_string (object, "id", NULL) : NULL;

  if (way == NULL)
    {
      g_clear_error (&error);
      return;
    }
  if (error == NULL && status < 300 && job != NULL)
    {
      follow_job (way, job);
      return;
    }
  /* It may have forgotten the job: then it begins anew, with what is there. */
  g_clear_pointer (&way->failed_job, g_free);
  if (error == NULL && object != NULL && status >= 300)
    error =
        easel_error_new (easel_agent_models_error (easel_json_peek_string (object, "error", NULL)),
                         "the agent refused a link");
  fail_way (way, error != NULL ? error
                               : easel_error_new (EASEL_ERROR_PROTOCOL, "the agent names no job"));
}

/* The same for the same file, however often its link is signed anew. */
static char *
dup_source_id (const EaselShelfModel *model, const EaselModelSource *found)
{
  g_autofree char *text = g_strdup_printf ("link %s\n%s", model->link, found->name);

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
}

static void
on_resolved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  GError *error = NULL;
  g_autoptr (EaselModelSource) found =
      easel_model_resolver_resolve_finish (EASEL_MODEL_RESOLVER (source), result, &error);
  EaselWay *way = step_way (step);
  const EaselShelfModel *model;
  g_autoptr (GBytes) body = NULL;
  g_autofree char *of = NULL;
  gboolean is_same;
  EaselAgentCall call = { .method = "POST", .route = "models" };

  if (way == NULL)
    {
      g_clear_error (&error);
      return;
    }
  if (found == NULL || step->models->client == NULL)
    {
      fail_way (way, error != NULL ? error : easel_error_new (EASEL_ERROR_UNAVAILABLE, "no agent"));
      return;
    }
  model = _easel_way_get_model (way);
  /* A link to "the newest" may lead to another file by now: its sum is for the old one. */
  is_same = way->anew == 0 && (found->size == 0 || found->size == model->size);
  of = dup_source_id (model, found);
  body = easel_agent_models_download_body (found->uri, model->folder, model->name, found->size, of,
                                           is_same ? model->sha256 : NULL, way->failed_job);
  call.body = body;
  easel_agent_client_call_async (step->models->client, &call, way->cancellable, on_ordered,
                                 step_new (way));
}

static void
begin_download (EaselWay *way)
{
  EaselPodModels *self = way->models;
  GError *error = NULL;
  g_autoptr (EaselModelLink) link =
      easel_model_link_parse (_easel_way_get_model (way)->link, &error);
  Step *step;

  if (link == NULL)
    {
      fail_way (way, error);
      return;
    }
  step = step_new (way);
  _easel_way_set_state (way, EASEL_TRANSFER_RUNNING, NULL);
  easel_model_resolver_resolve_async (self->resolver, link,
                                      easel_model_tokens_get (self->tokens, link->site),
                                      self->told->disk_free, way->cancellable, on_resolved, step);
}

/* --- from this computer ------------------------------------------------------------------- */

static void
on_progress (guint64 arrived, guint64 have, guint64 size, gpointer user_data)
{
  Step *step = user_data;
  EaselWay *way = step_way (step);
  gint64 now;

  if (way == NULL)
    return;
  way->mark = step->mark;
  if (!step->has_begun)
    way->is_resumed = arrived > 0;
  else if (arrived > 0)
    way->is_anew = FALSE;
  step->has_begun = TRUE;
  now = easel_clock_get_monotonic_ms (way->models->clock);
  if (way->last_ms == 0 || have < way->last_have)
    {
      way->last_have = have;
      way->last_ms = now;
    }
  else if (now - way->last_ms >= SPEED_MS)
    {
      const guint64 speed = (have - way->last_have) * 1000 / (guint64) (now - way->last_ms);

      way->speed = way->speed > 0 ? (way->speed + speed) / 2 : speed;
      way->last_have = have;
      way->last_ms = now;
    }
  set_bytes (way, arrived, have, size, way->speed);
}

static void
on_uploaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  GError *error = NULL;
  g_autofree char *job = easel_model_upload_finish (result, NULL, &error);
  EaselWay *way = step_way (step);

  if (way == NULL)
    {
      g_clear_error (&error);
      return;
    }
  /* Whoever writes it anew has only begun. */
  if (way->changes > 0 && g_error_matches (error, EASEL_ERROR, EASEL_ERROR_NOT_A_MODEL))
    {
      g_clear_error (&error);
      error = easel_error_new (EASEL_ERROR_FILE_CHANGED, "the file is empty now");
    }
  if (job == NULL)
    {
      fail_way (way, error);
      return;
    }
  _easel_way_set_state (way, EASEL_TRANSFER_VERIFYING, NULL);
  follow_job (way, job);
  _easel_pod_models_ask (way->models);
}

static void
begin_upload (EaselWay *way)
{
  const EaselShelfModel *model = _easel_way_get_model (way);
  g_autoptr (GFile) file = g_file_new_for_path (model->path);
  Step *step = step_new (way);
  const EaselModelUpload upload = {
    .file = file,
    .folder = model->folder,
    .name = model->name,
    .mark = &step->mark,
    .is_anew = way->is_anew,
    .progress = on_progress,
    .progress_data = step,
  };

  step->mark = way->mark;
  way->last_ms = 0;
  way->speed = 0;
  /* Why it begins anew is said until it has arrived. */
  _easel_way_set_state (way, EASEL_TRANSFER_RUNNING,
                        way->changes > 0 ? easel_error_new (EASEL_ERROR_FILE_CHANGED, "sent anew")
                                         : NULL);
  easel_model_upload_async (way->models->client, &upload, way->cancellable, on_uploaded, step);
}

/* --- what the agent tells ----------------------------------------------------------------- */

static gboolean
lies_there (EaselPodModels *self, const EaselShelfModel *model)
{
  const EaselAgentModelFile *file =
      easel_agent_models_find_file (self->told, model->folder, model->name);

  if (file == NULL || (model->size > 0 && file->size != model->size))
    return FALSE;
  return file->sha256 == NULL || model->sha256 == NULL || g_str_equal (file->sha256, model->sha256);
}

/* A job for the same file that this program began before it was started anew. */
static const EaselAgentJob *
find_open_job (EaselPodModels *self, const EaselShelfModel *model)
{
  for (guint i = 0; i < self->told->jobs->len; i++)
    {
      const EaselAgentJob *job = g_ptr_array_index (self->told->jobs, i);

      if (easel_agent_job_is_open (job) && g_str_equal (job->folder, model->folder) &&
          g_str_equal (job->name, model->name))
        return job;
    }
  return NULL;
}

static void
take_failed_job (EaselWay *way, const EaselAgentJob *job)
{
  GError *error = easel_error_new (job->error, "the agent: job failed");

  if (easel_agent_job_may_resume (job))
    {
      g_free (way->failed_job);
      way->failed_job = g_strdup (job->id);
      /* A link that has expired is no refusal of the site. */
      if (job->error == EASEL_ERROR_MODEL_REFUSED && way->tries == 0)
        {
          g_error_free (error);
          error = easel_error_new (EASEL_ERROR_NETWORK, "the agent: the link has expired");
        }
    }
  /* What the pod had from before was of another file: the agent has thrown it away. */
  else if (job->error == EASEL_ERROR_NOT_A_MODEL && job->is_upload && way->is_resumed)
    {
      g_error_free (error);
      error = easel_error_new (EASEL_ERROR_FILE_CHANGED, "the agent: the sum is another");
    }
  /* The site has another file of the same size by now, as after a second training: the agent has
   * thrown it away. */
  else if (job->error == EASEL_ERROR_NOT_A_MODEL && !job->is_upload && way->anew == 0 &&
           _easel_way_get_model (way)->sha256 != NULL)
    {
      way->anew++;
      g_error_free (error);
      error = easel_error_new (EASEL_ERROR_CONFLICT, "the agent: the sum is another");
    }
  fail_way (way, error);
}

static void
take_job (EaselWay *way, const EaselAgentJob *job)
{
  switch (job->state)
    {
    case EASEL_AGENT_JOB_WAITING:
    case EASEL_AGENT_JOB_RUNNING:
      set_bytes (way, job->have, job->have, job->size, job->speed);
      _easel_way_set_state (way, EASEL_TRANSFER_RUNNING, NULL);
      break;
    case EASEL_AGENT_JOB_VERIFYING:
      set_bytes (way, job->have, job->have, job->size, 0);
      _easel_way_set_state (way, EASEL_TRANSFER_VERIFYING, NULL);
      break;
    case EASEL_AGENT_JOB_DONE:
      finish_way (way);
      break;
    case EASEL_AGENT_JOB_FAILED:
      take_failed_job (way, job);
      break;
    case EASEL_AGENT_JOB_CANCELLED:
    default:
      fail_way (way, easel_error_new (EASEL_ERROR_FAILED, "the agent: job cancelled"));
      break;
    }
}

void
_easel_pod_models_take_told (EaselPodModels *self)
{
  g_autoptr (GPtrArray) ways = _easel_pod_models_copy_ways (self);

  for (guint i = 0; i < ways->len; i++)
    {
      EaselWay *way = g_ptr_array_index (ways, i);
      const EaselAgentJob *job;

      if (way->job == NULL || _easel_pod_models_find_way (self, way->transfer) == NULL)
        continue;
      job = easel_agent_models_find_job (self->told, way->job);
      if (job != NULL)
        take_job (way, job);
      else if (lies_there (self, _easel_way_get_model (way)))
        finish_way (way);
      else
        /* Its helper was started anew, and forgot. */
        fail_way (way, easel_error_new (EASEL_ERROR_NETWORK, "the agent forgot the job"));
    }
}

void
_easel_way_begin (EaselWay *way)
{
  const EaselAgentJob *job = find_open_job (way->models, _easel_way_get_model (way));

  if (job != NULL)
    {
      follow_job (way, job->id);
      take_job (way, job);
    }
  else if (lies_there (way->models, _easel_way_get_model (way)))
    finish_way (way);
  else if (easel_transfer_is_upload (way->transfer))
    begin_upload (way);
  else
    begin_download (way);
}
