/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * RunPod's REST v2, the log stream: from which line on. The lines themselves are sent by the
 * server as time passes (facts/runpod.md 9).
 */
#include "config.h"

#include "easel-sim-log.h"
#include "easel-sim-runpod-private.h"

#include <string.h>

#define DEFAULT_TAIL 100
#define MAX_TAIL 5000

static gint64
sequence_since (const EaselSimPod *pod, gint64 since_ms)
{
  guint i = 0;

  if (pod->boot == NULL)
    return easel_sim_log_first (pod);
  while (i < pod->boot->lines->len &&
         ((const EaselSimLine *) g_ptr_array_index (pod->boot->lines, i))->at_ms < since_ms)
    i++;
  return easel_sim_log_first (pod) + i;
}

/* "2026-06-01T12:02:03Z/000000000001": the line after that one; a bare time: all of that time. */
static gboolean
sequence_after_id (const EaselSimPod *pod, const char *id, gint64 *ret_sequence)
{
  const char *slash = strchr (id, '/');
  g_autofree char *time = slash != NULL ? g_strndup (id, (gsize) (slash - id)) : g_strdup (id);
  gint64 since_ms;
  guint64 number;

  if (!easel_sim_time_parse (time, &since_ms))
    return FALSE;
  if (slash != NULL && g_ascii_string_to_unsigned (slash + 1, 10, 0, G_MAXINT64 - 1, &number, NULL))
    *ret_sequence = MAX ((gint64) number + 1, easel_sim_log_first (pod));
  else
    *ret_sequence = sequence_since (pod, since_ms);
  return TRUE;
}

static gint64
sequence_of_tail (const EaselSimPod *pod, guint64 tail, int source, gint64 now)
{
  guint n_told = easel_sim_log_count (pod, now);
  guint i = n_told;

  while (i > 0 && tail > 0)
    {
      const EaselSimLine *line = g_ptr_array_index (pod->boot->lines, i - 1);

      if (easel_sim_log_is_wanted (line, source))
        tail--;
      i--;
    }
  return easel_sim_log_first (pod) + i;
}

EaselSimAnswer *
_easel_sim_runpod_stream_logs (const EaselSimRunpodCall *call)
{
  const char *source = easel_sim_request_query (call->request, "source");
  const char *tail = easel_sim_request_query (call->request, "tail");
  const char *since = easel_sim_request_query (call->request, "since");
  const char *last_id = easel_sim_request_header (call->request, "last-event-id");
  EaselSimPod *pod = _easel_sim_runpod_find_pod (call, "get");
  guint64 n_tail = DEFAULT_TAIL;
  gint64 since_ms = 0, sequence = 0;
  int source_number = 0;
  EaselSimAnswer *answer;

  if (source != NULL && strcmp (source, "container") == 0)
    source_number = EASEL_SIM_LOG_CONTAINER;
  else if (source != NULL && strcmp (source, "system") == 0)
    source_number = EASEL_SIM_LOG_SYSTEM;
  else if (source != NULL)
    return _easel_sim_runpod_invalid ("source: value must be one of 'container', 'system'");
  if (tail != NULL && !g_ascii_string_to_unsigned (tail, 10, 0, MAX_TAIL, &n_tail, NULL))
    return _easel_sim_runpod_invalid ("tail: want integer from 0 to 5000");
  if (since != NULL && !easel_sim_time_parse (since, &since_ms))
    return _easel_sim_runpod_invalid ("since: is not valid date-time");
  if (pod == NULL)
    return easel_sim_answer_problem (404, "pod not found", NULL);
  if (last_id != NULL && !sequence_after_id (pod, last_id, &sequence))
    return _easel_sim_runpod_invalid ("Last-Event-ID: is not valid date-time");
  if (last_id == NULL && since != NULL)
    sequence = sequence_since (pod, since_ms);
  else if (last_id == NULL)
    sequence =
        sequence_of_tail (pod, n_tail, source_number, easel_sim_cloud_now (call->world->cloud));
  answer = easel_sim_answer_new (200, "text/event-stream", NULL);
  answer->delivery = EASEL_SIM_DELIVER_LOG;
  answer->pod_id = g_strdup (pod->id);
  answer->from_sequence = sequence;
  answer->log_source = source_number;
  easel_sim_answer_header (answer, "Cache-Control", "no-cache");
  easel_sim_answer_header (answer, "X-Accel-Buffering", "no");
  return answer;
}
