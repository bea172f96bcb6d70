/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A pod's log as numbered events. Numbers go on growing over restarts, the lines of an earlier run
 * are gone with its container.
 */
#include "config.h"

#include "easel-sim-log.h"

#include "easel-sim-build.h"

#define LINES_PER_RUN 100000

/**
 * easel_sim_log_first:
 * @pod: a pod
 *
 * Returns: the number of the first line of its present run
 */
gint64
easel_sim_log_first (const EaselSimPod *pod)
{
  return (gint64) pod->n_runs * LINES_PER_RUN + 1;
}

/**
 * easel_sim_log_count:
 * @pod: a pod
 * @now_ms: the cloud's time
 *
 * Returns: how many lines its present run has written by now
 */
guint
easel_sim_log_count (const EaselSimPod *pod, gint64 now_ms)
{
  guint low = 0, high = pod->boot != NULL ? pod->boot->lines->len : 0;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      const EaselSimLine *line = g_ptr_array_index (pod->boot->lines, middle);

      if (line->at_ms <= now_ms)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/**
 * easel_sim_log_is_wanted:
 * @line: a line
 * @source: 0 for all, EASEL_SIM_LOG_CONTAINER or EASEL_SIM_LOG_SYSTEM
 *
 * Returns: whether it comes from there
 */
gboolean
easel_sim_log_is_wanted (const EaselSimLine *line, int source)
{
  if (source == 0)
    return TRUE;
  return line->is_system == (source == EASEL_SIM_LOG_SYSTEM);
}

/**
 * easel_sim_log_event:
 * @line: a line
 * @sequence: its number
 *
 * Returns: (transfer full): it as a server-sent event
 */
char *
easel_sim_log_event (const EaselSimLine *line, gint64 sequence)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *time = easel_sim_time_format (line->at_ms);
  g_autofree char *data = NULL;

  json_builder_begin_object (builder);
  easel_sim_put_string (builder, "ts", time);
  easel_sim_put_string (builder, "source", line->is_system ? "system" : "container");
  easel_sim_put_string (builder, "line", line->text);
  node = easel_sim_close_root (builder);
  data = easel_json_to_text (node);
  return g_strdup_printf ("id: %s/%012" G_GINT64_FORMAT "\ndata: %s\n\n", time, sequence, data);
}
