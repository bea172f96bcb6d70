/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vast.ai, an instance as it is told (facts/vast.md 7.4, 8): four fields of state that contradict
 * each other, what the host says while the image comes, address and ports. All of it follows from
 * the pod, its plan and the time.
 */
#include "config.h"

#include "easel-sim-vast-private.h"

#include "easel-sim-build.h"

#include <string.h>

#define STOPPING_MS 4000
#define N_LAYERS 14

static gboolean
has_failed (const EaselSimPod *pod, gint64 now)
{
  return pod->boot != NULL && pod->boot->failed_ms >= 0 && now >= pod->boot->failed_ms;
}

static EaselSimFailure
failure_of (const EaselSimPod *pod, gint64 now)
{
  if (pod->state == EASEL_SIM_POD_RUNNING)
    return has_failed (pod, now) ? pod->boot->failure : EASEL_SIM_FAILURE_NONE;
  return pod->failure;
}

/* A failed pull goes on reading as if it were under way. */
static const char *
status_of_failure (EaselSimFailure failure)
{
  switch (failure)
    {
    case EASEL_SIM_FAILURE_NO_IMAGE:
    case EASEL_SIM_FAILURE_NETWORK:
      return "loading";
    case EASEL_SIM_FAILURE_DIED:
      return "exited";
    case EASEL_SIM_FAILURE_DISK_FULL:
    case EASEL_SIM_FAILURE_DRIVER:
    case EASEL_SIM_FAILURE_NONE:
    default:
      return "created";
    }
}

static const char *
status_while_starting (const EaselSimPod *pod, gint64 now)
{
  /* The container is reported as it was left until it runs again. */
  if (pod->run_kind == EASEL_SIM_RUN_RESUMED)
    return "exited";
  if (pod->run_kind == EASEL_SIM_RUN_RESTARTED)
    return "rebooting";
  if (now < pod->boot->assigned_ms)
    return NULL;
  return pod->boot->pulled_ms >= 0 && now >= pod->boot->pulled_ms ? "created" : "loading";
}

static const char *
actual_status (const EaselSimPod *pod, gint64 now)
{
  EaselSimFailure failure = failure_of (pod, now);

  if ((pod->plagues & EASEL_SIM_PLAGUE_HOST_LOST) != 0)
    return "offline";
  if (failure != EASEL_SIM_FAILURE_NONE)
    return status_of_failure (failure);
  if (easel_sim_pod_is_container_up (pod, now))
    return "running";
  if (pod->state == EASEL_SIM_POD_RUNNING)
    return status_while_starting (pod, now);
  if (pod->has_run && now < pod->stopped_ms + STOPPING_MS)
    return "running";
  return pod->n_runs > 0 ? "exited" : "created";
}

static char *
image_id (const EaselSimPod *pod)
{
  g_autofree char *image = g_strdup (pod->image);
  const char *runtype = g_hash_table_lookup (pod->notes, "runtype");

  g_strdelimit (image, ":", '_');
  return g_strdup_printf ("%s/%s", image, runtype != NULL ? runtype : "ssh");
}

static char *
words_of_failure (const EaselSimPod *pod, EaselSimFailure failure)
{
  switch (failure)
    {
    case EASEL_SIM_FAILURE_NO_IMAGE:
      return g_strdup_printf ("Error response from daemon: manifest for %s not found: manifest "
                              "unknown: manifest unknown\n",
                              pod->image);
    case EASEL_SIM_FAILURE_NETWORK:
      return g_strdup ("Error: failed to pull image: unexpected EOF \n");
    case EASEL_SIM_FAILURE_DISK_FULL:
      return g_strdup ("docker_build() error writing dockerfile");
    case EASEL_SIM_FAILURE_DRIVER:
      return g_strdup ("Error response from daemon: failed to create task for container: failed to "
                       "create shim task: OCI runtime create failed: runc create failed: "
                       "nvidia-container-cli: requirement error: unsatisfied condition: "
                       "cuda>=13.0, please update your driver to a newer version");
    case EASEL_SIM_FAILURE_DIED:
      return g_strdup ("success, exited");
    case EASEL_SIM_FAILURE_NONE:
    default:
      return NULL;
    }
}

/* A layer and what is done with it; no bytes, no share (facts/vast.md 8.3). */
static char *
words_of_pull (const EaselSimPod *pod, gint64 now)
{
  static const char *const steps[] = { "Pulling fs layer", "Verifying Checksum",
                                       "Download complete", "Pull complete" };
  guint64 chance = easel_sim_hash (5, pod->id);
  gint64 whole = MAX (pod->boot->pulled_ms - pod->boot->assigned_ms, 1);
  gint64 step = (now - pod->boot->assigned_ms) * N_LAYERS * 4 / whole;

  /* A slow pull and one that never ends look the same. */
  if (pod->boot->pulled_ms < 0 ||
      (pod->run_plagues & (EASEL_SIM_PLAGUE_PULL_FREEZES | EASEL_SIM_PLAGUE_NEVER_UP)) != 0)
    step = MIN ((now - pod->boot->assigned_ms) / 3000, 5);
  step = CLAMP (step, 0, N_LAYERS * 4 - 1);
  for (gint64 layer = 0; layer < step / 4; layer++)
    easel_sim_next (&chance);
  return g_strdup_printf ("%012" G_GINT64_MODIFIER "x: %s \n", easel_sim_next (&chance) >> 16,
                          steps[step % 4]);
}

static char *
status_message (const EaselSimPod *pod, gint64 now)
{
  EaselSimFailure failure = failure_of (pod, now);
  g_autofree char *image = image_id (pod);

  if (failure != EASEL_SIM_FAILURE_NONE)
    return words_of_failure (pod, failure);
  if (pod->state != EASEL_SIM_POD_RUNNING)
    return pod->has_run ? g_strdup_printf ("success, stopped %s", image) : g_strdup ("");
  if (easel_sim_pod_is_container_up (pod, now))
    return g_strdup_printf ("success, running %s", image);
  if (pod->run_kind != EASEL_SIM_RUN_FRESH)
    return g_strdup_printf ("success, stopped %s", image);
  if (now < pod->boot->assigned_ms)
    return NULL;
  return words_of_pull (pod, now);
}

static void
put_state (JsonBuilder *builder, const EaselSimPod *pod, gint64 now)
{
  gboolean is_running = pod->state == EASEL_SIM_POD_RUNNING;
  const char *wanted = is_running || pod->is_start_queued ? "running" : "stopped";
  g_autofree char *message = status_message (pod, now);

  easel_sim_put_string (builder, "actual_status", actual_status (pod, now));
  easel_sim_put_string (builder, "intended_status", wanted);
  easel_sim_put_string (builder, "cur_state", is_running ? "running" : "stopped");
  easel_sim_put_string (builder, "next_state", wanted);
  easel_sim_put_string (builder, "status_msg", message);
}

static gboolean
has_blanks (EaselSimWorld *world, const EaselSimPod *pod)
{
  return world->vast->blanks == EASEL_SIM_BLANKS_ALWAYS ||
         (world->vast->blanks == EASEL_SIM_BLANKS_SOMETIMES && pod->machine % 2 == 0);
}

static void
put_port (JsonBuilder *builder, const char *name, guint outside)
{
  g_autofree char *number = g_strdup_printf ("%u", outside);
  static const char *const hosts[] = { "0.0.0.0", "::" };

  easel_sim_open_array (builder, name);
  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      easel_sim_open_object (builder, NULL);
      easel_sim_put_string (builder, "HostIp", hosts[i]);
      easel_sim_put_string (builder, "HostPort", number);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

/* Absent, null or empty until the container runs, as the machine likes. */
static void
put_ports (JsonBuilder *builder, EaselSimWorld *world, const EaselSimPod *pod, gint64 now)
{
  guint lowest = 0, highest = 0;

  if (!easel_sim_pod_is_container_up (pod, now))
    {
      if (pod->machine % 3 == 1)
        easel_sim_put_null (builder, "ports");
      else if (pod->machine % 3 == 2)
        {
          easel_sim_open_object (builder, "ports");
          json_builder_end_object (builder);
        }
      easel_sim_put_int (builder, "direct_port_start", -1);
      easel_sim_put_int (builder, "direct_port_end", -1);
      return;
    }
  easel_sim_open_object (builder, "ports");
  for (guint i = 0; pod->ports[i] != NULL; i++)
    {
      guint inside = (guint) g_ascii_strtoull (pod->ports[i], NULL, 10);
      guint outside = easel_sim_world_get_direct_port (world, pod->id, inside);

      if (outside == 0)
        continue;
      put_port (builder, pod->ports[i], outside);
      lowest = lowest == 0 ? outside : MIN (lowest, outside);
      highest = MAX (highest, outside);
    }
  json_builder_end_object (builder);
  easel_sim_put_int (builder, "direct_port_start", lowest > 0 ? (gint64) lowest : -1);
  easel_sim_put_int (builder, "direct_port_end", highest > 0 ? (gint64) highest : -1);
}

static void
put_address (JsonBuilder *builder, EaselSimWorld *world, const EaselSimPod *pod, gint64 now)
{
  gboolean is_known = pod->n_runs > 0 && (pod->boot == NULL || now >= pod->boot->assigned_ms);

  easel_sim_put_string (builder, "public_ipaddr",
                        !is_known                 ? NULL
                        : has_blanks (world, pod) ? " 127.0.0.1 \n"
                                                  : "127.0.0.1");
  easel_sim_put_string (builder, "local_ipaddrs", "10.2.202.31 172.17.0.1 \n");
  easel_sim_put_string (builder, "ssh_host", "ssh7.vast.ai");
  easel_sim_put_string (builder, "ssh_idx", "7");
  easel_sim_put_int (builder, "ssh_port", 10000 + (gint64) (pod->machine % 20000));
  put_ports (builder, world, pod, now);
}

static void
put_software (JsonBuilder *builder, const EaselSimPod *pod)
{
  const char *pairs = g_hash_table_lookup (pod->notes, "extra_env");
  const EaselSimVastTemplate *template =
      _easel_sim_vast_find_template (g_hash_table_lookup (pod->notes, "template"));
  g_autoptr (JsonNode) env = pairs != NULL ? easel_json_parse_text (pairs, NULL) : NULL;

  easel_sim_put_string (builder, "image_uuid", pod->image);
  easel_sim_put_strv (builder, "image_args", (const char *const *) pod->cmd);
  easel_sim_put_string (builder, "image_runtype", g_hash_table_lookup (pod->notes, "runtype"));
  easel_sim_put_string (builder, "onstart", g_hash_table_lookup (pod->notes, "onstart"));
  easel_sim_put_node (builder, "extra_env", env);
  if (template != NULL)
    easel_sim_put_int (builder, "template_id", template->id);
  else
    easel_sim_put_null (builder, "template_id");
  easel_sim_put_string (builder, "template_hash_id", template != NULL ? template->hash : NULL);
  easel_sim_put_string (builder, "template_name", template != NULL ? template->name : NULL);
}

static void
put_machine (JsonBuilder *builder, const EaselSimMachine *machine, const EaselSimPod *pod)
{
  g_autofree char *driver = _easel_sim_vast_driver (machine->host_cuda);
  int ram = _easel_sim_vast_gpu_ram (machine->gpu);

  easel_sim_put_int (builder, "machine_id", machine->machine_id);
  easel_sim_put_int (builder, "host_id", machine->host_id);
  easel_sim_put_int (builder, "bundle_id", 900000000 + (gint64) machine->number / 2);
  easel_sim_put_string (builder, "gpu_name", machine->gpu->name);
  easel_sim_put_string (builder, "gpu_arch", "nvidia");
  easel_sim_put_int (builder, "num_gpus", pod->gpu_count);
  easel_sim_put_int (builder, "gpu_ram", ram);
  easel_sim_put_int (builder, "gpu_totalram", (gint64) ram * machine->n_gpus);
  easel_sim_put_int (builder, "compute_cap", _easel_sim_vast_compute_cap (machine->gpu));
  easel_sim_put_double (builder, "cuda_max_good", machine->host_cuda / 10.0);
  easel_sim_put_string (builder, "driver_version", driver);
  easel_sim_put_string (builder, "cpu_name", machine->cpu_name);
  easel_sim_put_string (builder, "cpu_arch", machine->is_arm ? "arm64" : "amd64");
  easel_sim_put_int (builder, "cpu_cores", machine->n_cpus);
  easel_sim_put_double (builder, "cpu_cores_effective", machine->n_cpus);
  easel_sim_put_int (builder, "cpu_ram", (gint64) machine->ram_gb * 1024);
  easel_sim_put_string (builder, "geolocation", machine->place);
  easel_sim_put_string (builder, "country_code", machine->country);
  easel_sim_put_int (builder, "hosting_type", machine->is_data_center);
  easel_sim_put_string (builder, "verification", machine->is_verified ? "verified" : "unverified");
  easel_sim_put_double (builder, "reliability2", machine->reliability);
  easel_sim_put_boolean (builder, "static_ip", machine->has_static_ip);
  easel_sim_put_int (builder, "direct_port_count", machine->n_ports);
  easel_sim_put_double (builder, "inet_down", machine->down_mbit);
  easel_sim_put_double (builder, "inet_up", machine->up_mbit);
}

static void
put_split (JsonBuilder *builder, const char *name, double gpu, double disk)
{
  easel_sim_open_object (builder, name);
  easel_sim_put_double (builder, "gpuCostPerHour", gpu);
  easel_sim_put_double (builder, "diskHour", disk);
  easel_sim_put_double (builder, "totalHour", gpu + disk);
  easel_sim_put_int (builder, "discountTotalHour", 0);
  easel_sim_put_double (builder, "discountedTotalPerHour", gpu + disk);
  json_builder_end_object (builder);
}

static void
put_prices (JsonBuilder *builder,
            EaselSimWorld *world,
            const EaselSimPod *pod,
            const EaselSimMachine *machine)
{
  double gpu = (double) pod->terms.gpu_rate / 1e6;
  double disk = _easel_sim_vast_disk_price (machine, pod->disk_gb);
  const EaselSimAccount *account = easel_sim_cloud_get_account (world->cloud, pod->account);
  gint64 mb, micros;

  easel_sim_ledger_get_traffic (pod->ledger, 0, G_MAXINT64, &mb, &micros);
  easel_sim_put_double (builder, "dph_base", gpu);
  easel_sim_put_double (builder, "dph_total", gpu + disk);
  easel_sim_put_double (builder, "storage_cost", (double) machine->storage_micros / 1e6);
  easel_sim_put_double (builder, "storage_total_cost", disk);
  put_split (builder, "search", gpu, disk);
  put_split (builder, "instance", gpu, disk);
  easel_sim_put_double (builder, "inet_down_cost", (double) pod->terms.down_micros / 1e6);
  easel_sim_put_double (builder, "inet_up_cost", (double) machine->up_micros / 1e6);
  easel_sim_put_int (builder, "inet_down_billed", mb);
  easel_sim_put_null (builder, "inet_up_billed");
  easel_sim_put_micros (builder, "credit_balance",
                        easel_sim_cloud_get_balance (world->cloud, account));
  easel_sim_put_boolean (builder, "is_bid", FALSE);
}

static void
put_times (JsonBuilder *builder, const EaselSimPod *pod, gint64 now)
{
  gboolean is_up = easel_sim_pod_is_container_up (pod, now);

  easel_sim_put_double (builder, "start_date", (double) pod->created_ms / 1000);
  easel_sim_put_double (builder, "end_date", (double) pod->terms.end_ms / 1000);
  easel_sim_put_double (builder, "duration", (double) (pod->terms.end_ms - now) / 1000);
  if (is_up)
    easel_sim_put_double (builder, "uptime_mins", (double) (now - pod->boot->container_ms) / 60000);
  else
    easel_sim_put_null (builder, "uptime_mins");
  easel_sim_put_string (builder, "time_remaining", "");
  easel_sim_put_double (builder, "disk_space", pod->disk_gb);
  easel_sim_put_double (builder, "disk_usage", is_up ? 0.4 : -1);
  easel_sim_put_double (builder, "disk_util", is_up ? 0.4 : -1);
}

JsonNode *
_easel_sim_vast_instance_node (EaselSimWorld *world, const EaselSimPod *pod)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  const EaselSimMachine *machine = easel_sim_market_find (world->market, pod->offer);
  gint64 now = easel_sim_cloud_now (world->cloud);

  json_builder_begin_object (builder);
  easel_sim_put_int (builder, "id", g_ascii_strtoll (pod->id, NULL, 10));
  easel_sim_put_string (builder, "label", *pod->name != '\0' ? pod->name : NULL);
  put_state (builder, pod, now);
  put_address (builder, world, pod, now);
  put_software (builder, pod);
  if (machine != NULL)
    {
      put_machine (builder, machine, pod);
      put_prices (builder, world, pod, machine);
    }
  put_times (builder, pod, now);
  return easel_sim_close_root (builder);
}
