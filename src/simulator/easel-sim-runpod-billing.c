/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * RunPod's REST v2, bills out of the ledgers, by hour, day or longer (facts/runpod.md 10.3).
 */
#include "config.h"

#include "easel-sim-runpod-private.h"

#include "easel-sim-build.h"

#include <string.h>

#define HOUR_MS (G_GINT64_CONSTANT (3600) * 1000)
#define MAX_BUCKETS 10000

typedef struct
{
  const char *bucket;
  gint64 bucket_ms;
  gint64 from_ms;
  gint64 to_ms;
  const char *pod_id; /* (nullable) */
} Window;

static const struct
{
  const char *name;
  gint64 hours;
} buckets[] = {
  { "hour", 1 }, { "day", 24 }, { "week", 24 * 7 }, { "month", 24 * 30 }, { "year", 24 * 365 },
};

/* Returns the problem, or NULL. */
static EaselSimAnswer *
read_window (const EaselSimRunpodCall *call, Window *window)
{
  const char *size = easel_sim_request_query (call->request, "bucketSize");
  const char *last = easel_sim_request_query (call->request, "lastN");
  const char *start = easel_sim_request_query (call->request, "startTime");
  const char *end = easel_sim_request_query (call->request, "endTime");
  gint64 now = easel_sim_cloud_now (call->world->cloud);
  guint64 n_buckets = 30;

  window->bucket = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (buckets); i++)
    if (strcmp (buckets[i].name, size != NULL ? size : "day") == 0)
      {
        window->bucket = buckets[i].name;
        window->bucket_ms = buckets[i].hours * HOUR_MS;
      }
  if (window->bucket == NULL)
    return _easel_sim_runpod_invalid (
        "bucketSize: value must be one of 'hour', 'day', 'week', 'month', 'year'");
  if (last != NULL && (start != NULL || end != NULL))
    return easel_sim_answer_problem (400, "lastN and startTime/endTime are mutually exclusive",
                                     NULL);
  if (last != NULL && !g_ascii_string_to_unsigned (last, 10, 1, MAX_BUCKETS, &n_buckets, NULL))
    return _easel_sim_runpod_invalid ("lastN: want integer of at least 1");
  window->to_ms = now;
  if (end != NULL && !easel_sim_time_parse (end, &window->to_ms))
    return _easel_sim_runpod_invalid ("endTime: is not valid date-time");
  window->to_ms = (window->to_ms + window->bucket_ms - 1) / window->bucket_ms * window->bucket_ms;
  window->from_ms = window->to_ms - (gint64) n_buckets * window->bucket_ms;
  if (start != NULL && !easel_sim_time_parse (start, &window->from_ms))
    return _easel_sim_runpod_invalid ("startTime: is not valid date-time");
  window->from_ms = window->from_ms / window->bucket_ms * window->bucket_ms;
  if (window->from_ms >= window->to_ms ||
      (window->to_ms - window->from_ms) / window->bucket_ms > MAX_BUCKETS)
    return easel_sim_answer_problem (400, "startTime must be before endTime", NULL);
  window->pod_id = easel_sim_request_query (call->request, "podId");
  return NULL;
}

static void
put_query (JsonBuilder *builder, const Window *window)
{
  easel_sim_open_object (builder, "query");
  easel_sim_put_time (builder, "startTime", window->from_ms);
  easel_sim_put_time (builder, "endTime", window->to_ms);
  easel_sim_put_string (builder, "bucketSize", window->bucket);
  if (window->pod_id != NULL)
    easel_sim_put_string (builder, "podId", window->pod_id);
  json_builder_end_object (builder);
}

static void
put_pod_amounts (JsonBuilder *builder, gint64 total, gint64 disk)
{
  easel_sim_put_micros (builder, "totalAmount", total);
  easel_sim_put_micros (builder, "gpuAmount", total - disk);
  easel_sim_put_int (builder, "cpuAmount", 0);
  easel_sim_put_micros (builder, "diskAmount", disk);
}

static void
put_all_amounts (JsonBuilder *builder, gint64 total, gint64 disk)
{
  static const char *const zeros[] = {
    "podCpuAmount",
    "serverlessGpuAmount",
    "serverlessCpuAmount",
    "serverlessDiskAmount",
    "serverlessFeeAmount",
    "storageStandardAmount",
    "storageHighPerformanceAmount",
    "endpointAmount",
    "clusterGpuAmount",
    "clusterDiskAmount",
    "clusterNetworkingAmount",
  };

  easel_sim_put_micros (builder, "totalAmount", total);
  easel_sim_put_micros (builder, "podGpuAmount", total - disk);
  easel_sim_put_micros (builder, "podDiskAmount", disk);
  for (guint i = 0; i < G_N_ELEMENTS (zeros); i++)
    easel_sim_put_int (builder, zeros[i], 0);
}

static gboolean
is_meant (const EaselSimRunpodCall *call, const EaselSimPod *pod, const Window *window)
{
  return strcmp (pod->account, call->account->id) == 0 &&
         (window->pod_id == NULL || strcmp (window->pod_id, pod->id) == 0);
}

static void
put_period (JsonBuilder *builder, const Window *window, gint64 from_ms)
{
  easel_sim_open_object (builder, NULL);
  easel_sim_put_time (builder, "startTime", from_ms);
  easel_sim_put_time (builder, "endTime", from_ms + window->bucket_ms);
}

EaselSimAnswer *
_easel_sim_runpod_bill_pods (const EaselSimRunpodCall *call)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  GPtrArray *pods = easel_sim_cloud_get_pods (call->world->cloud);
  gint64 now = easel_sim_cloud_now (call->world->cloud);
  gint64 sum = 0, sum_disk = 0;
  guint n_records = 0, n_pods = 0;
  Window window = { 0 };
  EaselSimAnswer *problem = read_window (call, &window);

  if (problem != NULL)
    return problem;
  json_builder_begin_object (builder);
  easel_sim_open_array (builder, "records");
  for (guint i = 0; i < pods->len; i++)
    {
      const EaselSimPod *pod = g_ptr_array_index (pods, i);
      guint n_before = n_records;

      if (!is_meant (call, pod, &window))
        continue;
      for (gint64 from = window.from_ms; from < window.to_ms; from += window.bucket_ms)
        {
          gint64 total, disk;

          easel_sim_ledger_get_within (pod->ledger, MIN (from, now),
                                       MIN (from + window.bucket_ms, now), &total, &disk);
          if (total == 0)
            continue;
          put_period (builder, &window, from);
          easel_sim_put_string (builder, "podId", pod->id);
          put_pod_amounts (builder, total, disk);
          json_builder_end_object (builder);
          sum += total;
          sum_disk += disk;
          n_records++;
        }
      n_pods += n_records > n_before;
    }
  json_builder_end_array (builder);
  easel_sim_open_object (builder, "metadata");
  put_query (builder, &window);
  easel_sim_put_int (builder, "recordCount", n_records);
  easel_sim_put_int (builder, "uniquePodCount", n_pods);
  easel_sim_open_object (builder, "totals");
  put_pod_amounts (builder, sum, sum_disk);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  return easel_sim_answer_json (200, easel_sim_close_root (builder));
}

EaselSimAnswer *
_easel_sim_runpod_bill_all (const EaselSimRunpodCall *call)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  GPtrArray *pods = easel_sim_cloud_get_pods (call->world->cloud);
  gint64 now = easel_sim_cloud_now (call->world->cloud);
  gint64 sum = 0, sum_disk = 0;
  guint n_records = 0;
  Window window = { 0 };
  EaselSimAnswer *problem = read_window (call, &window);

  if (problem != NULL)
    return problem;
  window.pod_id = NULL;
  json_builder_begin_object (builder);
  easel_sim_open_array (builder, "records");
  for (gint64 from = window.from_ms; from < window.to_ms; from += window.bucket_ms)
    {
      gint64 total = 0, disk = 0;

      for (guint i = 0; i < pods->len; i++)
        {
          const EaselSimPod *pod = g_ptr_array_index (pods, i);
          gint64 pod_total, pod_disk;

          if (!is_meant (call, pod, &window))
            continue;
          easel_sim_ledger_get_within (pod->ledger, MIN (from, now),
                                       MIN (from + window.bucket_ms, now), &pod_total, &pod_disk);
          total += pod_total;
          disk += pod_disk;
        }
      if (total == 0)
        continue;
      put_period (builder, &window, from);
      put_all_amounts (builder, total, disk);
      json_builder_end_object (builder);
      sum += total;
      sum_disk += disk;
      n_records++;
    }
  json_builder_end_array (builder);
  easel_sim_open_object (builder, "metadata");
  put_query (builder, &window);
  easel_sim_put_int (builder, "recordCount", n_records);
  easel_sim_open_object (builder, "totals");
  put_all_amounts (builder, sum, sum_disk);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  return easel_sim_answer_json (200, easel_sim_close_root (builder));
}
