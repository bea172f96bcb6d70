/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The jobs of the stand-in for the agent's helper: what is fetched and what is checked, two at a
 * time. A job takes only the time that it would; when each of its steps comes is known from the
 * begin. What has arrived is offered by the pod's ComfyUI.
 */
#include "config.h"

#include "easel-sim-agent-private.h"

#include "easel-sim-comfy-private.h"

#include <string.h>

#define MAX_JOBS 200
#define MAX_AT_ONCE 2
#define MB G_GINT64_CONSTANT (1000000)
#define CHECK_MB_PER_S 1000
/* How long a pause in sending does not end an upload's being work. */
#define PAUSE_MS (120 * 1000)

void
_easel_sim_agent_job_free (gpointer data)
{
  EaselSimJobFile *job = data;

  g_free (job->id);
  g_free (job->folder);
  g_free (job->name);
  g_free (job->source);
  g_free (job->of);
  g_free (job->wanted);
  g_free (job->noted_hash);
  g_free (job->sum);
  g_free (job->failure);
  g_free (job);
}

static gint64
end_of (const EaselSimJobFile *job)
{
  return job->failed_ms >= 0 ? job->failed_ms : job->checked_ms;
}

const char *
_easel_sim_job_state (const EaselSimJobFile *job, gint64 now_ms)
{
  if (job->is_cancelled)
    return "cancelled";
  if (job->failed_ms >= 0 && now_ms >= job->failed_ms)
    return "failed";
  if (now_ms < job->from_ms)
    return "waiting";
  if (now_ms < job->done_ms)
    return "running";
  return now_ms < job->checked_ms || job->is_unsure ? "verifying" : "done";
}

gboolean
_easel_sim_job_is_open (const EaselSimJobFile *job, gint64 now_ms)
{
  return !job->is_cancelled && (now_ms < end_of (job) || (job->failed_ms < 0 && job->is_unsure));
}

gint64
_easel_sim_job_have (const EaselSimJobFile *job, gint64 now_ms)
{
  if (job->failed_ms >= 0 && now_ms >= job->failed_ms)
    return job->broken_at;
  /* Nothing ever comes. */
  if (job->failed_ms >= 0 && job->failed_ms < job->done_ms && job->broken_at == job->have)
    return job->have;
  if (now_ms >= job->done_ms)
    return job->size;
  if (now_ms <= job->from_ms)
    return job->have;
  return job->have + (gint64) ((double) (job->size - job->have) * (double) (now_ms - job->from_ms) /
                               (double) (job->done_ms - job->from_ms));
}

/* What it says of itself: before it begins it has not looked. */
gint64
_easel_sim_job_told_have (const EaselSimJobFile *job, gint64 now_ms)
{
  const gboolean is_unseen = strcmp (_easel_sim_job_state (job, now_ms), "waiting") == 0 &&
                             strcmp (job->kind, "download") == 0;

  return is_unseen ? 0 : _easel_sim_job_have (job, now_ms);
}

guint
_easel_sim_agent_count_transfers (const EaselSimAgent *self, gint64 now_ms)
{
  guint n = 0;

  for (guint i = 0; i < self->jobs->len; i++)
    n += _easel_sim_job_is_open (g_ptr_array_index (self->jobs, i), now_ms);
  for (guint i = 0; i < self->parts->len; i++)
    {
      const EaselSimPart *part = g_ptr_array_index (self->parts, i);

      n += part->sent_ms >= 0 && now_ms < part->sent_ms + PAUSE_MS;
    }
  return n;
}

/* Until when transfers are work, if nothing else comes. */
gint64
_easel_sim_agent_work_until (const EaselSimAgent *self, gint64 now_ms)
{
  gint64 until_ms = 0;

  for (guint i = 0; i < self->jobs->len; i++)
    {
      const EaselSimJobFile *job = g_ptr_array_index (self->jobs, i);

      until_ms = MAX (until_ms, end_of (job));
      if (job->is_unsure)
        until_ms = MAX (until_ms, now_ms);
    }
  for (guint i = 0; i < self->parts->len; i++)
    {
      const EaselSimPart *part = g_ptr_array_index (self->parts, i);

      if (part->sent_ms >= 0)
        until_ms = MAX (until_ms, part->sent_ms + PAUSE_MS);
    }
  return until_ms;
}

EaselSimJobFile *
_easel_sim_agent_find_job (const EaselSimAgent *self, const char *id)
{
  for (guint i = 0; i < self->jobs->len; i++)
    {
      EaselSimJobFile *job = g_ptr_array_index (self->jobs, i);

      if (g_strcmp0 (job->id, id) == 0)
        return job;
    }
  return NULL;
}

EaselSimJobFile *
_easel_sim_agent_find_open_job (const EaselSimAgent *self,
                                const char *folder,
                                const char *name,
                                gint64 now_ms)
{
  for (guint i = 0; i < self->jobs->len; i++)
    {
      EaselSimJobFile *job = g_ptr_array_index (self->jobs, i);

      if (_easel_sim_job_is_open (job, now_ms) && strcmp (job->folder, folder) == 0 &&
          g_strcmp0 (job->name, name) == 0)
        return job;
    }
  return NULL;
}

/* When there is room for a job behind the first @n_before of them. */
static gint64
free_from (const EaselSimAgent *self, guint n_before, gint64 from_ms)
{
  for (;;)
    {
      gint64 next_ms = G_MAXINT64;
      guint n_running = 0;

      for (guint i = 0; i < n_before; i++)
        {
          const EaselSimJobFile *job = g_ptr_array_index (self->jobs, i);

          if (job->from_ms > from_ms || end_of (job) <= from_ms)
            continue;
          n_running++;
          next_ms = MIN (next_ms, end_of (job));
        }
      if (n_running < MAX_AT_ONCE)
        return from_ms;
      from_ms = next_ms;
    }
}

static gboolean
forget_an_ended_job (EaselSimAgent *self, gint64 now_ms)
{
  for (guint i = 0; i < self->jobs->len; i++)
    if (!_easel_sim_job_is_open (g_ptr_array_index (self->jobs, i), now_ms))
      {
        g_ptr_array_remove_index (self->jobs, i);
        return TRUE;
      }
  return FALSE;
}

/* Returns: (nullable): one that has nothing to do yet; %NULL if there are too many */
EaselSimJobFile *
_easel_sim_agent_add_job (EaselSimAgent *self,
                          const char *kind,
                          const char *folder,
                          const char *name,
                          gint64 now_ms)
{
  guint64 chance = easel_sim_hash (++self->n_jobs, self->pod->id);
  EaselSimJobFile *job;

  if (self->jobs->len >= MAX_JOBS && !forget_an_ended_job (self, now_ms))
    return NULL;
  job = g_new0 (EaselSimJobFile, 1);
  job->id = g_strdup_printf ("%016" G_GINT64_MODIFIER "x", easel_sim_next (&chance));
  job->kind = kind;
  job->folder = g_strdup (folder);
  job->name = g_strdup (name);
  job->asked_ms = now_ms;
  job->from_ms = job->done_ms = job->checked_ms = free_from (self, self->jobs->len, now_ms);
  job->failed_ms = -1;
  g_ptr_array_add (self->jobs, job);
  return job;
}

/* @broken_at: how much is there then; what turns out wrong is thrown away. */
void
_easel_sim_job_fail (EaselSimJobFile *job, gint64 at_ms, gint64 broken_at, const char *failure)
{
  job->failed_ms = at_ms;
  job->broken_at = broken_at;
  g_free (job->failure);
  job->failure = g_strdup (failure);
}

gint64
_easel_sim_job_check_time (const EaselSimJobFile *job)
{
  return 500 + job->size / MB * 1000 / CHECK_MB_PER_S;
}

/* Those that wait move up. */
static void
move_up (EaselSimAgent *self, gint64 now_ms)
{
  for (guint i = 0; i < self->jobs->len; i++)
    {
      EaselSimJobFile *job = g_ptr_array_index (self->jobs, i);
      gint64 earlier_ms;

      if (job->is_cancelled || job->from_ms <= now_ms)
        continue;
      earlier_ms = job->from_ms - free_from (self, i, MAX (now_ms, job->asked_ms));
      job->from_ms -= earlier_ms;
      job->done_ms -= earlier_ms;
      job->checked_ms -= earlier_ms;
      job->failed_ms -= job->failed_ms >= 0 ? earlier_ms : 0;
    }
}

void
_easel_sim_agent_cancel_job (EaselSimAgent *self, EaselSimJobFile *job, gint64 now_ms)
{
  _easel_sim_job_fail (job, now_ms, _easel_sim_job_told_have (job, now_ms), NULL);
  /* It has not looked. */
  if (now_ms < job->from_ms && strcmp (job->kind, "download") == 0)
    job->size = job->told_size;
  job->is_cancelled = job->is_over = TRUE;
  job->is_unsure = FALSE;
  move_up (self, now_ms);
}

/* What the store's bytes add up to takes as long as it takes, whatever the cloud's clock says;
 * where that stands still it would never be there. */
const char *
_easel_sim_agent_sum_of (EaselSimAgent *self, const char *source, gint64 size)
{
  return easel_sim_sums_get (self->world->sums, source, size,
                             easel_sim_clock_get_speed (self->world->clock) <= 0);
}

static void
make_sure (EaselSimAgent *self, EaselSimJobFile *job)
{
  const char *sum = _easel_sim_agent_sum_of (self, job->source, job->size);

  if (sum == NULL)
    return;
  job->is_unsure = FALSE;
  if (job->wanted == NULL)
    job->wanted = g_strdup (sum);
  if (strcmp (sum, job->wanted) != 0)
    _easel_sim_job_fail (job, job->checked_ms, 0, "hash");
  else if (job->is_senseless)
    _easel_sim_job_fail (job, job->checked_ms, 0, "kind");
}

static void
land (EaselSimAgent *self, const EaselSimJobFile *job)
{
  EaselSimAgentFile *file;

  for (guint i = self->files->len; i > 0; i--)
    {
      file = g_ptr_array_index (self->files, i - 1);
      if (strcmp (file->folder, job->folder) == 0 && strcmp (file->name, job->name) == 0)
        g_ptr_array_remove_index (self->files, i - 1);
    }
  file = g_new0 (EaselSimAgentFile, 1);
  file->folder = g_strdup (job->folder);
  file->name = g_strdup (job->name);
  file->size = job->size;
  file->source = g_strdup (job->source);
  file->sha256 = g_strdup (job->sum);
  g_ptr_array_add (self->files, file);
}

/* What is left of a download that broke off. */
static void
leave_part (EaselSimAgent *self, const EaselSimJobFile *job, gint64 have)
{
  const EaselSimOwner owner = { .of = job->of, .size = job->noted_size, .sha256 = job->noted_hash };
  EaselSimPart *part;

  if (have <= 0 || job->name == NULL)
    return;
  part = _easel_sim_agent_add_part (self, job->folder, job->name, &owner);
  part->size = have;
  part->total = job->total;
}

/* Moves what has arrived to where ComfyUI finds it. */
void
_easel_sim_agent_land_files (EaselSimAgent *self)
{
  EaselSimComfy *comfy = easel_sim_comfy_get (self->world, self->pod);
  gint64 now = easel_sim_cloud_now (self->world->cloud);

  for (guint i = 0; i < self->jobs->len; i++)
    {
      EaselSimJobFile *job = g_ptr_array_index (self->jobs, i);

      if (job->is_unsure && now >= job->checked_ms)
        make_sure (self, job);
      if (job->is_over || _easel_sim_job_is_open (job, now))
        continue;
      if (job->failed_ms >= 0)
        leave_part (self, job, _easel_sim_job_have (job, now));
      else
        land (self, job);
      job->is_over = TRUE;
    }
  for (guint i = 0; i < self->files->len; i++)
    {
      const EaselSimAgentFile *file = g_ptr_array_index (self->files, i);
      gint64 *size = g_new (gint64, 1);

      *size = file->size;
      g_hash_table_replace (comfy->uploads, g_strconcat (file->folder, "/", file->name, NULL),
                            size);
    }
}

/* The helper begins anew and knows nothing of before, except what lies on the disk. */
void
_easel_sim_agent_forget_files (EaselSimAgent *self, gboolean with_files)
{
  for (guint i = 0; i < self->jobs->len; i++)
    {
      const EaselSimJobFile *job = g_ptr_array_index (self->jobs, i);

      if (!job->is_over)
        leave_part (self, job, job->have);
    }
  g_ptr_array_set_size (self->jobs, 0);
  for (guint i = 0; i < self->parts->len; i++)
    {
      EaselSimPart *part = g_ptr_array_index (self->parts, i);

      part->is_summed = FALSE;
      part->sent_ms = -1;
    }
  if (!with_files)
    return;
  g_ptr_array_set_size (self->parts, 0);
  g_ptr_array_set_size (self->files, 0);
}
