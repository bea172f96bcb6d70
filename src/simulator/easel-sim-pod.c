/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One rented machine of the simulated cloud: how it is made from an order, what its container is
 * about to do, which files it has. Money and permission to change it belong to the cloud.
 */
#include "config.h"

#include "easel-sim-cloud-private.h"

#define ID_LENGTH 14
/* Of the image for Krita, as it is fetched. */
#define IMAGE_MB 4800
#define HOURS_PER_MARKET_MONTH 720
#define FIRST_NUMBER G_GUINT64_CONSTANT (27000000)

EaselSimPod *
_easel_sim_pod_new (void)
{
  EaselSimPod *pod = g_new0 (EaselSimPod, 1);

  pod->env = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  pod->run_volume = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  pod->ledger = easel_sim_ledger_new ();
  pod->notes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  pod->removed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  pod->deleted_ms = pod->stopped_ms = pod->own_end_ms = -1;
  return pod;
}

void
_easel_sim_pod_free (EaselSimPod *pod)
{
  g_free (pod->id);
  g_free (pod->account);
  g_free (pod->name);
  g_free (pod->image);
  g_free (pod->args);
  g_strfreev (pod->cmd);
  g_strfreev (pod->entrypoint);
  g_hash_table_unref (pod->env);
  g_hash_table_unref (pod->notes);
  g_hash_table_unref (pod->removed);
  g_strfreev (pod->ports);
  g_free (pod->volume_path);
  g_hash_table_unref (pod->run_volume);
  g_clear_pointer (&pod->boot, easel_sim_boot_free);
  easel_sim_ledger_free (pod->ledger);
  g_free (pod);
}

/**
 * easel_sim_order_clear:
 * @order: an order; its content is released
 */
void
easel_sim_order_clear (EaselSimOrder *order)
{
  g_free (order->name);
  g_free (order->image);
  g_free (order->args);
  g_strfreev (order->cmd);
  g_strfreev (order->entrypoint);
  g_clear_pointer (&order->env, g_hash_table_unref);
  g_clear_pointer (&order->notes, g_hash_table_unref);
  g_strfreev (order->ports);
  g_free (order->volume_path);
  g_free (order->gpu_id);
  g_clear_pointer (&order->wish.cuda_exact, g_array_unref);
  g_strfreev (order->wish.countries);
  g_strfreev (order->wish.data_centers);
}

static char **
copy_strv (char **values)
{
  static char *none[] = { NULL };

  return g_strdupv (values != NULL ? values : none);
}

static void
choose_machine (EaselSimPod *pod,
                EaselSimCatalog *catalog,
                const EaselSimOrder *order,
                guint64 chance,
                gint64 now)
{
  guint n_versions, n_fitting = 0;
  const int *versions = easel_sim_catalog_get_cuda_versions (pod->gpu, pod->tier, &n_versions);
  int fitting[16];

  for (guint i = 0; i < MIN (n_versions, G_N_ELEMENTS (fitting)); i++)
    {
      gboolean is_listed = order->wish.cuda_exact == NULL || order->wish.cuda_exact->len == 0;

      for (guint k = 0; !is_listed && k < order->wish.cuda_exact->len; k++)
        is_listed = g_array_index (order->wish.cuda_exact, int, k) == versions[i];
      if (is_listed && versions[i] >= order->wish.min_cuda)
        fitting[n_fitting++] = versions[i];
    }
  pod->host_cuda = n_fitting > 0 ? fitting[easel_sim_next (&chance) % n_fitting] : 0;
  pod->machine = easel_sim_next (&chance) >> 1;
  if (pod->tier == EASEL_SIM_TIER_SECURE)
    {
      pod->download_mb_per_s = (int) easel_sim_range (&chance, 90, 200);
      for (guint i = 0; i < easel_sim_catalog_get_n_data_centers (); i++)
        {
          const EaselSimDataCenter *center = easel_sim_catalog_get_data_center (i);

          if (order->wish.data_centers != NULL && order->wish.data_centers[0] != NULL &&
              !g_strv_contains ((const char *const *) order->wish.data_centers, center->id))
            continue;
          if (pod->data_center == NULL ||
              easel_sim_catalog_get_local_stock (catalog, pod->gpu, center, now) >
                  EASEL_SIM_STOCK_LOW)
            pod->data_center = center->id;
        }
    }
  else
    pod->download_mb_per_s = (int) easel_sim_range (&chance, 40, 120);
}

static char *
new_id (EaselSimHouse house, guint64 serial, guint64 *chance)
{
  static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
  char *id;

  if (easel_sim_house_rules (house)->has_number_ids)
    return g_strdup_printf ("%" G_GUINT64_FORMAT,
                            FIRST_NUMBER + serial * 1000 + easel_sim_next (chance) % 1000);
  id = g_malloc0 (ID_LENGTH + 1);
  for (guint i = 0; i < ID_LENGTH; i++)
    id[i] = digits[easel_sim_next (chance) % 36];
  return id;
}

static void
copy_table (GHashTable *from, GHashTable *to)
{
  GHashTableIter iter;
  gpointer key, value;

  if (from == NULL)
    return;
  g_hash_table_iter_init (&iter, from);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_hash_table_insert (to, g_strdup (key), g_strdup (value));
}

static void
take_machine (EaselSimPod *pod, const EaselSimMachine *machine, gint64 now)
{
  pod->offer = machine->offer_id;
  pod->machine = (guint64) machine->machine_id;
  pod->gpu = machine->gpu;
  pod->gpu_count = pod->ordered_gpus = machine->n_gpus;
  pod->host_cuda = machine->host_cuda;
  pod->download_mb_per_s = MAX (1, (int) (machine->down_mbit / 8));
  pod->terms.gpu_rate = machine->gpu_micros;
  pod->terms.disk_rate = pod->disk_gb * machine->storage_micros / HOURS_PER_MARKET_MONTH;
  pod->terms.down_micros = machine->down_micros;
  pod->terms.end_ms = easel_sim_machine_get_end (machine, now);
}

EaselSimPod *
_easel_sim_pod_from_order (EaselSimCatalog *catalog,
                           const EaselSimAccount *account,
                           const EaselSimOrder *order,
                           guint64 serial,
                           guint64 chance,
                           gint64 now)
{
  EaselSimPod *pod = _easel_sim_pod_new ();

  pod->id = new_id (account->house, serial, &chance);
  pod->house = account->house;
  pod->account = g_strdup (account->id);
  pod->name = g_strdup (order->name);
  pod->image = g_strdup (order->image);
  pod->args = g_strdup (order->args != NULL ? order->args : "");
  pod->cmd = copy_strv (order->cmd);
  pod->entrypoint = copy_strv (order->entrypoint);
  pod->ports = copy_strv (order->ports);
  pod->disk_gb = order->disk_gb;
  pod->volume_gb = order->volume_gb;
  pod->volume_path = g_strdup (order->volume_path);
  pod->tier = order->tier;
  copy_table (order->env, pod->env);
  copy_table (order->notes, pod->notes);
  pod->state = EASEL_SIM_POD_STOPPED;
  pod->created_ms = pod->run_start_ms = now;
  if (order->machine != NULL)
    take_machine (pod, order->machine, now);
  else
    {
      pod->gpu = easel_sim_catalog_find_gpu (catalog, order->gpu_id);
      pod->gpu_count = pod->ordered_gpus = order->wish.count;
      choose_machine (pod, catalog, order, chance, now);
    }
  return pod;
}

static gint64
gpu_rate (const EaselSimPod *pod)
{
  if (!pod->is_gpu_billed || pod->state != EASEL_SIM_POD_RUNNING)
    return 0;
  return pod->offer != 0 ? pod->terms.gpu_rate : pod->gpu->price_micros[pod->tier] * pod->gpu_count;
}

static gint64
disk_rate (const EaselSimPod *pod)
{
  if (pod->offer != 0)
    return pod->terms.disk_rate;
  return easel_sim_disk_rate (pod->disk_gb, pod->volume_gb, pod->state == EASEL_SIM_POD_RUNNING);
}

/* Charges from now on what its state costs. */
void
_easel_sim_pod_charge (EaselSimPod *pod, gint64 now)
{
  gboolean is_lost = pod->offer != 0 && (pod->plagues & EASEL_SIM_PLAGUE_HOST_LOST) != 0;

  easel_sim_ledger_charge (pod->ledger, now, is_lost ? 0 : gpu_rate (pod),
                           is_lost ? 0 : disk_rate (pod));
}

/* Charges what was fetched by now, and with @with_rest the parts of what still comes in. */
void
_easel_sim_pod_bill_loads (EaselSimPod *pod, gint64 now, gboolean with_rest)
{
  for (guint i = pod->n_loads_billed; i < pod->boot->loads->len; i++)
    {
      const EaselSimLoad *load = &g_array_index (pod->boot->loads, EaselSimLoad, i);
      gint64 mb = load->mb;

      if (load->done_ms > now && !with_rest)
        return;
      if (load->done_ms > now)
        mb = mb * MAX (now - load->from_ms, 0) / MAX (load->done_ms - load->from_ms, 1);
      else
        pod->n_loads_billed = i + 1;
      if (pod->offer != 0)
        easel_sim_ledger_add_traffic (pod->ledger, MIN (load->done_ms, now), mb,
                                      pod->terms.down_micros);
    }
}

/**
 * easel_sim_pod_is_container_up:
 * @pod: a pod
 * @now_ms: the cloud's time
 *
 * Returns: whether its container runs, whatever is in it
 */
gboolean
easel_sim_pod_is_container_up (const EaselSimPod *pod, gint64 now_ms)
{
  return pod->state == EASEL_SIM_POD_RUNNING && pod->boot->container_ms >= 0 &&
         now_ms >= pod->boot->container_ms;
}

/**
 * easel_sim_pod_get_shell_text:
 * @pod: a pod
 *
 * Returns: (nullable): the text of a start command that is "bash -c TEXT" and nothing else
 */
const char *
easel_sim_pod_get_shell_text (const EaselSimPod *pod)
{
  guint n_entry = g_strv_length (pod->entrypoint), n_cmd = g_strv_length (pod->cmd);
  const char *words[3];

  if (n_entry + n_cmd != G_N_ELEMENTS (words))
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    words[i] = i < n_entry ? pod->entrypoint[i] : pod->cmd[i - n_entry];
  return (strcmp (words[0], "bash") == 0 || strcmp (words[0], "/bin/bash") == 0) &&
                 strcmp (words[1], "-c") == 0
             ? words[2]
             : NULL;
}

/**
 * easel_sim_pod_has_agent:
 * @pod: a pod
 *
 * Returns: whether its start command and environment are such as start the program's own agent
 */
gboolean
easel_sim_pod_has_agent (const EaselSimPod *pod)
{
  return easel_sim_pod_get_shell_text (pod) != NULL &&
         g_hash_table_contains (pod->env, "EASEL_PAINT") &&
         g_hash_table_contains (pod->env, "EASEL_ADMIN") &&
         g_hash_table_contains (pod->env, "EASEL_LIMITS");
}

/**
 * easel_sim_pod_command:
 * @pod: a pod
 *
 * Returns: (transfer full): what its container runs, as one text; empty for the image's own
 */
char *
easel_sim_pod_command (const EaselSimPod *pod)
{
  g_autofree char *entry = g_strjoinv (" ", pod->entrypoint);
  g_autofree char *rest = g_strjoinv (" ", pod->cmd);

  if (*entry == '\0' && *rest == '\0')
    return g_strdup (pod->args);
  return g_strconcat (entry, *entry != '\0' ? " " : "", rest, NULL);
}

/* What the start script is called with. An agent brings its own way to say that, but the arguments
 * are words of its text. */
static char *
planned_command (const EaselSimPod *pod)
{
  g_autofree char *command = easel_sim_pod_command (pod);
  const char *arguments = strstr (command, " --");

  if (!easel_sim_pod_has_agent (pod) || strstr (command, "/start.sh") != NULL)
    return g_steal_pointer (&command);
  return g_strconcat ("/start.sh", arguments != NULL ? arguments : " --recommended", NULL);
}

void
_easel_sim_pod_plan (EaselSimPod *pod, guint64 seed, char **image_tags)
{
  g_autofree char *command = planned_command (pod);
  g_autofree char *gpu_name = g_strdup (pod->gpu->id);
  EaselSimRun run = {
    .start_ms = pod->run_start_ms,
    .seed = easel_sim_hash (seed, pod->id),
    .number = pod->n_runs,
    .kind = pod->run_kind,
    .plagues = pod->run_plagues,
    .image = pod->image,
    .command = command,
    .gpu_name = gpu_name,
    .vram_mb = pod->gpu->memory_gb * 1024 - 448,
    .ram_gb = pod->gpu->ram_gb,
    .host_cuda = pod->host_cuda,
    .download_mb_per_s = pod->download_mb_per_s,
    .image_mb = pod->offer != 0 && pod->run_kind == EASEL_SIM_RUN_FRESH ? IMAGE_MB : 0,
    .has_public_key = g_hash_table_contains (pod->env, "PUBLIC_KEY"),
    .has_jupyter = g_hash_table_contains (pod->env, "JUPYTER_PASSWORD"),
    .tags = (const char *const *) image_tags,
    .volume = pod->run_volume,
  };

  g_clear_pointer (&pod->boot, easel_sim_boot_free);
  pod->boot = easel_sim_boot_plan (&run);
}

/**
 * easel_sim_pod_files:
 * @pod: a pod
 * @now_ms: the cloud's time
 *
 * Returns: (transfer full) (element-type utf8): names of the model files that are there by now
 */
GHashTable *
easel_sim_pod_files (const EaselSimPod *pod, gint64 now_ms)
{
  GHashTable *files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, pod->run_volume);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_hash_table_add (files, g_strdup (name));
  for (guint i = 0; pod->boot != NULL && i < pod->boot->files->len; i++)
    {
      const EaselSimFile *file = &g_array_index (pod->boot->files, EaselSimFile, i);

      if (!file->is_failed && file->done_ms <= now_ms)
        g_hash_table_add (files, g_strdup (file->model->file));
    }
  g_hash_table_iter_init (&iter, pod->removed);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_hash_table_remove (files, name);
  return files;
}

/* What a run leaves behind for the next one: only what lies on the lasting disk. */
void
_easel_sim_pod_keep_volume (EaselSimPod *pod, gint64 now)
{
  gboolean is_lasting = easel_sim_house_rules (pod->house)->keeps_whole_disk ||
                        (pod->volume_gb > 0 && g_strcmp0 (pod->volume_path, "/workspace") == 0);
  g_autoptr (GHashTable) files = easel_sim_pod_files (pod, now);

  g_hash_table_remove_all (pod->removed);
  g_hash_table_unref (pod->run_volume);
  pod->run_volume = is_lasting ? g_steal_pointer (&files)
                               : g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}
