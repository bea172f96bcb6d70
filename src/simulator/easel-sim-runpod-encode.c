/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pods and templates as RunPod's REST v2 tells them, with the oddities that clients meet: a status
 * that says RUNNING long before anything runs, `runtime` null and then empty, a template that is
 * never named (facts/runpod.md 5.2, 6).
 */
#include "config.h"

#include "easel-sim-runpod-private.h"

#include "easel-sim-build.h"

#include <string.h>

#define SECOND_MS 1000
#define EMPTY_RUNTIME_MS 3000
#define GIVE_UP_MS 20000

static gboolean
is_boastful (const EaselSimPod *pod)
{
  return easel_sim_hash (3, pod->id) % 10 < 6;
}

static const char *
status_of (const EaselSimPod *pod, gint64 now)
{
  if (pod->state == EASEL_SIM_POD_STOPPED)
    return "EXITED";
  if (pod->boot == NULL || is_boastful (pod))
    return "RUNNING";
  if (now < pod->boot->assigned_ms)
    return "PROVISIONING";
  /* A container that cannot start is called RUNNING for ever. */
  if (pod->boot->container_ms < 0)
    return now < pod->run_start_ms + GIVE_UP_MS ? "STARTING" : "RUNNING";
  return now < pod->boot->container_ms ? "STARTING" : "RUNNING";
}

static void
put_actions (JsonBuilder *builder, const char *status, gboolean is_new)
{
  static const char *const running[] = { "stop", "restart", "terminate", NULL };
  static const char *const starting[] = { "stop", "terminate", NULL };
  static const char *const stopped[] = { "start", "terminate", NULL };
  const char *const *actions = starting;

  if (strcmp (status, "RUNNING") == 0)
    actions = running;
  else if (strcmp (status, "EXITED") == 0 || (is_new && strcmp (status, "PROVISIONING") == 0))
    actions = stopped;
  easel_sim_put_strv (builder, "actions", actions);
}

static void
put_mounts (JsonBuilder *builder, int volume_gb, const char *path)
{
  easel_sim_open_object (builder, "mounts");
  if (volume_gb > 0)
    {
      easel_sim_open_object (builder, "persistent");
      easel_sim_put_int (builder, "size", volume_gb);
      easel_sim_put_string (builder, "path", path != NULL ? path : "/workspace");
      json_builder_end_object (builder);
    }
  json_builder_end_object (builder);
}

static void
put_env (JsonBuilder *builder, GHashTable *env)
{
  GHashTableIter iter;
  gpointer name, value;

  easel_sim_open_object (builder, "env");
  g_hash_table_iter_init (&iter, env);
  while (g_hash_table_iter_next (&iter, &name, &value))
    easel_sim_put_string (builder, name, value);
  json_builder_end_object (builder);
}

static guint
public_port (EaselSimWorld *world, const EaselSimPod *pod, guint port)
{
  guint direct = easel_sim_world_get_direct_port (world, pod->id, port);

  if (direct > 0)
    return direct;
  return 30000 + (guint) (easel_sim_hash (pod->n_runs, pod->id) % 20000);
}

static void
put_ssh (JsonBuilder *builder, EaselSimWorld *world, const EaselSimPod *pod, gint64 now)
{
  gboolean is_assigned = pod->boot != NULL && now >= pod->boot->assigned_ms;
  gboolean is_up =
      pod->boot != NULL && pod->boot->container_ms >= 0 && now >= pod->boot->container_ms;
  gboolean has_port = g_strv_contains ((const char *const *) pod->ports, "22/tcp");

  easel_sim_open_object (builder, "ssh");
  if (is_assigned || pod->state == EASEL_SIM_POD_STOPPED)
    {
      g_autofree char *user = g_strdup_printf ("%s-%08x", pod->id, (guint) pod->machine);
      g_autofree char *command = g_strdup_printf ("ssh %s@ssh.runpod.io", user);

      easel_sim_open_object (builder, "proxy");
      easel_sim_put_string (builder, "host", "ssh.runpod.io");
      easel_sim_put_int (builder, "port", 22);
      easel_sim_put_string (builder, "username", user);
      easel_sim_put_string (builder, "command", command);
      json_builder_end_object (builder);
    }
  else
    easel_sim_put_null (builder, "proxy");
  if (is_up && has_port)
    {
      guint port = public_port (world, pod, 22);
      g_autofree char *command = g_strdup_printf ("ssh root@127.0.0.1 -p %u", port);

      easel_sim_open_object (builder, "direct");
      easel_sim_put_string (builder, "host", "127.0.0.1");
      easel_sim_put_int (builder, "port", port);
      easel_sim_put_string (builder, "username", "root");
      easel_sim_put_string (builder, "command", command);
      json_builder_end_object (builder);
    }
  else
    easel_sim_put_null (builder, "direct");
  json_builder_end_object (builder);
}

static void
put_runtime_ports (JsonBuilder *builder, EaselSimWorld *world, const EaselSimPod *pod)
{
  easel_sim_open_array (builder, "ports");
  for (guint i = 0; pod->ports[i] != NULL; i++)
    {
      guint port = (guint) g_ascii_strtoull (pod->ports[i], NULL, 10);
      gboolean is_tcp = g_str_has_suffix (pod->ports[i], "/tcp");
      g_autofree char *inner = g_strdup_printf ("100.65.%u.%u", (guint) (pod->machine % 250) + 1,
                                                (guint) (pod->machine / 250 % 250) + 1);

      easel_sim_open_object (builder, NULL);
      easel_sim_put_int (builder, "private", port);
      /* The proxy's own inner address shows for web ports (facts/runpod.md 6.3). */
      easel_sim_put_int (builder, "public",
                         is_tcp ? public_port (world, pod, port) : 60000 + port % 5000);
      easel_sim_put_string (builder, "type", is_tcp ? "tcp" : "http");
      easel_sim_put_string (builder, "ip", is_tcp ? "127.0.0.1" : inner);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
put_utilization (JsonBuilder *builder, const char *key, int percent)
{
  easel_sim_open_object (builder, key);
  easel_sim_put_int (builder, "util", percent);
  json_builder_end_object (builder);
}

static void
put_runtime (JsonBuilder *builder, EaselSimWorld *world, const EaselSimPod *pod, gint64 now)
{
  const EaselSimBoot *boot = pod->boot;

  if (boot == NULL || boot->container_ms < 0 || now < boot->container_ms - EMPTY_RUNTIME_MS)
    {
      gboolean was_just_made =
          boot != NULL && now < pod->run_start_ms + SECOND_MS && !is_boastful (pod);

      if (!was_just_made)
        {
          easel_sim_put_null (builder, "runtime");
          return;
        }
    }
  easel_sim_open_object (builder, "runtime");
  if (boot != NULL && boot->container_ms >= 0 && now >= boot->container_ms)
    {
      easel_sim_put_int (builder, "uptime", (now - boot->container_ms) / SECOND_MS);
      easel_sim_open_array (builder, "gpus");
      for (int i = 0; i < pod->gpu_count; i++)
        {
          easel_sim_open_object (builder, NULL);
          easel_sim_put_int (builder, "util", 0);
          easel_sim_put_int (builder, "memoryUtil", 1);
          json_builder_end_object (builder);
        }
      json_builder_end_array (builder);
      put_utilization (builder, "cpu", 4);
      put_utilization (builder, "memory", 9);
      put_runtime_ports (builder, world, pod);
    }
  json_builder_end_object (builder);
}

static void
put_container (JsonBuilder *builder, const EaselSimPod *pod)
{
  easel_sim_put_string (builder, "image", pod->image);
  easel_sim_put_string (builder, "args", pod->args);
  easel_sim_put_strv (builder, "cmd", (const char *const *) pod->cmd);
  easel_sim_put_strv (builder, "entrypoint", (const char *const *) pod->entrypoint);
  easel_sim_put_int (builder, "disk", pod->disk_gb);
  put_mounts (builder, pod->volume_gb, pod->volume_path);
  easel_sim_put_strv (builder, "ports", (const char *const *) pod->ports);
  put_env (builder, pod->env);
  easel_sim_put_null (builder, "registry");
}

static void
put_gpu (JsonBuilder *builder, const EaselSimPod *pod)
{
  int n = MAX (pod->gpu_count, 1);

  easel_sim_open_object (builder, "gpu");
  easel_sim_put_string (builder, "id", pod->gpu->id);
  easel_sim_put_int (builder, "count", pod->gpu_count);
  easel_sim_put_int (builder, "vcpuCount", pod->gpu->vcpu_count * n);
  easel_sim_put_int (builder, "memory", pod->gpu->ram_gb * n);
  json_builder_end_object (builder);
}

void
_easel_sim_runpod_put_pod (JsonBuilder *builder,
                           EaselSimWorld *world,
                           const EaselSimPod *pod,
                           gboolean is_new)
{
  gint64 now = easel_sim_cloud_now (world->cloud);
  const char *status = status_of (pod, now);
  gboolean is_up =
      pod->boot != NULL && pod->boot->container_ms >= 0 && now >= pod->boot->container_ms;
  g_autofree char *cuda = pod->host_cuda > 0 ? easel_sim_cuda_format (pod->host_cuda) : NULL;
  gint64 rate = pod->state == EASEL_SIM_POD_RUNNING ? easel_sim_ledger_get_rate (pod->ledger) : 0;

  easel_sim_open_object (builder, NULL);
  easel_sim_put_string (builder, "id", pod->id);
  easel_sim_put_string (builder, "name", pod->name);
  easel_sim_put_string (builder, "status", status);
  put_actions (builder, status, is_new);
  put_container (builder, pod);
  put_gpu (builder, pod);
  easel_sim_put_string (builder, "cloud", easel_sim_tier_name (pod->tier));
  easel_sim_put_string (builder, "dataCenterId", pod->data_center);
  easel_sim_put_string (builder, "cudaVersion", cuda);
  put_ssh (builder, world, pod, now);
  easel_sim_put_null (builder, "template");
  easel_sim_put_micros (builder, "cost", rate);
  easel_sim_put_boolean (builder, "locked", pod->is_locked);
  easel_sim_open_object (builder, "globalNetworking");
  easel_sim_put_boolean (builder, "enabled", FALSE);
  json_builder_end_object (builder);
  put_runtime (builder, world, pod, now);
  easel_sim_put_time (builder, "createdAt", pod->created_ms);
  easel_sim_put_time (builder, "startedAt", is_up ? pod->boot->container_ms : -1);
  json_builder_end_object (builder);
}

JsonNode *
_easel_sim_runpod_pod_node (EaselSimWorld *world, const EaselSimPod *pod, gboolean is_new)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  _easel_sim_runpod_put_pod (builder, world, pod, is_new);
  return json_builder_get_root (builder);
}

static char **
strv_member (JsonObject *object, const char *key)
{
  static char *none[] = { NULL };
  char **values = object != NULL ? easel_json_peek_strv (object, key) : NULL;

  return values != NULL ? values : g_strdupv (none);
}

/* One text, or JSON text with both parts (facts/runpod.md 7.3). */
void
_easel_sim_runpod_split_args (const char *args, char ***ret_entrypoint, char ***ret_cmd)
{
  g_autoptr (JsonNode) node = *args == '{' ? easel_json_parse_text (args, NULL) : NULL;
  JsonObject *object = node != NULL ? easel_json_node_object (node, "args", NULL) : NULL;
  char **words = NULL;

  if (object == NULL && *args != '\0' && !g_shell_parse_argv (args, NULL, &words, NULL))
    words = g_strsplit (args, " ", -1);
  *ret_entrypoint = strv_member (object, "entrypoint");
  *ret_cmd = words != NULL ? words : strv_member (object, "cmd");
}

void
_easel_sim_runpod_put_template (JsonBuilder *builder, const EaselSimTemplate *template)
{
  g_auto (GStrv) entrypoint = NULL;
  g_auto (GStrv) cmd = NULL;

  _easel_sim_runpod_split_args (template->args, &entrypoint, &cmd);
  easel_sim_open_object (builder, NULL);
  easel_sim_put_string (builder, "id", template->id);
  easel_sim_put_string (builder, "name", template->name);
  easel_sim_put_string (builder, "image", template->image);
  easel_sim_put_string (builder, "args", template->args);
  easel_sim_put_strv (builder, "cmd", (const char *const *) cmd);
  easel_sim_put_strv (builder, "entrypoint", (const char *const *) entrypoint);
  easel_sim_put_int (builder, "disk", template->disk_gb);
  put_mounts (builder, template->volume_gb, "/workspace");
  easel_sim_put_strv (builder, "ports", template->ports);
  easel_sim_open_object (builder, "env");
  for (guint i = 0; template->env[i] != NULL; i += 2)
    easel_sim_put_string (builder, template->env[i], template->env[i + 1]);
  json_builder_end_object (builder);
  easel_sim_put_null (builder, "registry");
  easel_sim_put_boolean (builder, "serverless", template->is_serverless);
  easel_sim_put_boolean (builder, "public", template->source != EASEL_SIM_SOURCE_OWN);
  easel_sim_put_string (builder, "category", template->category);
  easel_sim_put_boolean (builder, "startSsh", template->starts_ssh);
  easel_sim_put_boolean (builder, "startJupyter", template->starts_jupyter);
  easel_sim_open_array (builder, "allowedCudaVersions");
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}
