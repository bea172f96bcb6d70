/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The cloud as a JSON tree and back, for a simulator that is restarted: pods, accounts, ledgers.
 * Time is saved by whoever owns the clock; faults are not saved, a restart is the way to be rid
 * of them.
 */
#include "config.h"

#include "easel-sim-build.h"
#include "easel-sim-cloud-private.h"

#define MAX_TIME_MS G_GINT64_CONSTANT (100000000000000)
#define MAX_MICROS G_GINT64_CONSTANT (1000000000000000)

static void
put_table (JsonBuilder *builder, const char *key, GHashTable *table)
{
  GHashTableIter iter;
  gpointer name, value;

  easel_sim_open_object (builder, key);
  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, &name, &value))
    easel_sim_put_string (builder, name, value);
  json_builder_end_object (builder);
}

static void
put_market (JsonBuilder *builder, const EaselSimPod *pod)
{
  easel_sim_put_int (builder, "offer", pod->offer);
  easel_sim_put_int (builder, "gpu_rate", pod->terms.gpu_rate);
  easel_sim_put_int (builder, "disk_rate", pod->terms.disk_rate);
  easel_sim_put_int (builder, "down_micros", pod->terms.down_micros);
  easel_sim_put_int (builder, "end_ms", pod->terms.end_ms);
  easel_sim_put_boolean (builder, "start_queued", pod->is_start_queued);
  easel_sim_put_boolean (builder, "gpu_billed", pod->is_gpu_billed);
  easel_sim_put_boolean (builder, "has_run", pod->has_run);
  easel_sim_put_int (builder, "loads_billed", pod->n_loads_billed);
  easel_sim_put_int (builder, "stopped_ms", pod->stopped_ms);
  easel_sim_put_int (builder, "failure", pod->failure);
}

static void
put_pod (JsonBuilder *builder, const EaselSimPod *pod, gint64 now)
{
  easel_sim_open_object (builder, NULL);
  easel_sim_put_string (builder, "id", pod->id);
  easel_sim_put_string (builder, "house", easel_sim_house_rules (pod->house)->name);
  easel_sim_put_string (builder, "account", pod->account);
  easel_sim_put_string (builder, "name", pod->name);
  easel_sim_put_string (builder, "image", pod->image);
  easel_sim_put_string (builder, "args", pod->args);
  easel_sim_put_strv (builder, "cmd", (const char *const *) pod->cmd);
  easel_sim_put_strv (builder, "entrypoint", (const char *const *) pod->entrypoint);
  put_table (builder, "env", pod->env);
  put_table (builder, "notes", pod->notes);
  easel_sim_put_strv (builder, "ports", (const char *const *) pod->ports);
  easel_sim_put_int (builder, "disk_gb", pod->disk_gb);
  easel_sim_put_int (builder, "volume_gb", pod->volume_gb);
  easel_sim_put_string (builder, "volume_path", pod->volume_path);
  easel_sim_put_string (builder, "gpu", pod->gpu->id);
  easel_sim_put_int (builder, "gpu_count", pod->gpu_count);
  easel_sim_put_int (builder, "ordered_gpus", pod->ordered_gpus);
  easel_sim_put_string (builder, "tier", easel_sim_tier_name (pod->tier));
  easel_sim_put_string (builder, "data_center", pod->data_center);
  easel_sim_put_int (builder, "host_cuda", pod->host_cuda);
  easel_sim_put_int (builder, "machine", (gint64) pod->machine);
  easel_sim_put_int (builder, "download_mb_per_s", pod->download_mb_per_s);
  put_market (builder, pod);
  easel_sim_put_boolean (builder, "locked", pod->is_locked);
  easel_sim_put_int (builder, "plagues", pod->plagues);
  easel_sim_put_int (builder, "state", pod->state);
  easel_sim_put_boolean (builder, "terminated", pod->was_terminated);
  easel_sim_put_int (builder, "created_ms", pod->created_ms);
  easel_sim_put_int (builder, "deleted_ms", pod->deleted_ms);
  easel_sim_put_int (builder, "run_start_ms", pod->run_start_ms);
  easel_sim_put_int (builder, "run_kind", pod->run_kind);
  easel_sim_put_int (builder, "n_runs", pod->n_runs);
  easel_sim_put_int (builder, "run_plagues", pod->run_plagues);
  easel_sim_open_array (builder, "run_volume");
  {
    GHashTableIter iter;
    gpointer name;

    g_hash_table_iter_init (&iter, pod->run_volume);
    while (g_hash_table_iter_next (&iter, &name, NULL))
      easel_sim_put_string (builder, NULL, name);
  }
  json_builder_end_array (builder);
  easel_sim_ledger_put (pod->ledger, builder, now);
  json_builder_end_object (builder);
}

/**
 * easel_sim_cloud_save:
 * @self: a cloud
 *
 * Returns: (transfer full): all that easel_sim_cloud_load() needs
 */
JsonNode *
easel_sim_cloud_save (EaselSimCloud *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  gint64 now = easel_sim_cloud_now (self);
  GHashTableIter iter;
  gpointer value;

  json_builder_begin_object (builder);
  easel_sim_put_int (builder, "now_ms", now);
  easel_sim_put_int (builder, "serial", (gint64) self->serial);
  easel_sim_open_array (builder, "accounts");
  g_hash_table_iter_init (&iter, self->accounts);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const EaselSimAccount *account = value;

      easel_sim_open_object (builder, NULL);
      easel_sim_put_string (builder, "id", account->id);
      easel_sim_put_string (builder, "house", easel_sim_house_rules (account->house)->name);
      easel_sim_put_int (builder, "balance_micros", account->balance_micros);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  easel_sim_open_array (builder, "pods");
  for (guint i = 0; i < self->pods->len; i++)
    put_pod (builder, g_ptr_array_index (self->pods, i), now);
  json_builder_end_array (builder);
  return easel_sim_close_root (builder);
}

static int
peek_int (JsonObject *object, const char *key)
{
  return (int) easel_json_peek_int (object, key, 0, G_MAXINT, 0);
}

static char **
load_strv (JsonObject *object, const char *key)
{
  static char *none[] = { NULL };
  char **values = easel_json_peek_strv (object, key);

  return values != NULL ? values : g_strdupv (none);
}

static EaselSimHouse
load_house (JsonObject *object)
{
  EaselSimHouse house = EASEL_SIM_HOUSE_RUNPOD;

  easel_sim_house_from_name (easel_json_peek_string (object, "house", NULL), &house);
  return house;
}

static gint64
peek_amount (JsonObject *object, const char *key)
{
  return easel_json_peek_int (object, key, 0, MAX_TIME_MS, 0);
}

static void
load_market (EaselSimPod *pod, JsonObject *object)
{
  pod->offer = peek_amount (object, "offer");
  pod->terms.gpu_rate = peek_amount (object, "gpu_rate");
  pod->terms.disk_rate = peek_amount (object, "disk_rate");
  pod->terms.down_micros = peek_amount (object, "down_micros");
  pod->terms.end_ms = peek_amount (object, "end_ms");
  pod->is_start_queued = easel_json_peek_boolean (object, "start_queued", FALSE);
  pod->is_gpu_billed = easel_json_peek_boolean (object, "gpu_billed", TRUE);
  pod->has_run = easel_json_peek_boolean (object, "has_run", FALSE);
  pod->n_loads_billed = (guint) peek_int (object, "loads_billed");
  pod->stopped_ms = easel_json_peek_int (object, "stopped_ms", 0, MAX_TIME_MS, -1);
  pod->failure =
      (EaselSimFailure) easel_json_peek_int (object, "failure", 0, EASEL_SIM_FAILURE_DIED, 0);
}

static void
load_table (JsonObject *object, const char *key, GHashTable *table)
{
  JsonObject *saved = easel_json_peek_object (object, key);
  g_autoptr (GList) names = saved != NULL ? json_object_get_members (saved) : NULL;

  for (GList *l = names; l != NULL; l = l->next)
    g_hash_table_insert (table, g_strdup (l->data),
                         g_strdup (easel_json_peek_string (saved, l->data, "")));
}

static void
load_tables (EaselSimPod *pod, JsonObject *object)
{
  g_auto (GStrv) volume = load_strv (object, "run_volume");

  load_table (object, "env", pod->env);
  load_table (object, "notes", pod->notes);
  for (guint i = 0; volume[i] != NULL; i++)
    g_hash_table_add (pod->run_volume, g_strdup (volume[i]));
}

static gboolean
load_pod (EaselSimCloud *self, JsonObject *object, GError **error)
{
  EaselSimPod *pod = _easel_sim_pod_new ();
  const char *id = NULL, *account = NULL,
             *center = easel_json_peek_string (object, "data_center", NULL);
  const EaselSimGpu *gpu =
      easel_sim_catalog_find_gpu (self->catalog, easel_json_peek_string (object, "gpu", ""));

  if (!easel_json_get_string (object, "id", &id, error) ||
      !easel_json_get_string (object, "account", &account, error) ||
      !easel_sim_ledger_load (pod->ledger, object, error))
    {
      _easel_sim_pod_free (pod);
      return FALSE;
    }
  pod->id = g_strdup (id);
  pod->house = load_house (object);
  pod->account = g_strdup (account);
  pod->name = g_strdup (easel_json_peek_string (object, "name", ""));
  pod->image = g_strdup (easel_json_peek_string (object, "image", ""));
  pod->args = g_strdup (easel_json_peek_string (object, "args", ""));
  pod->cmd = load_strv (object, "cmd");
  pod->entrypoint = load_strv (object, "entrypoint");
  pod->ports = load_strv (object, "ports");
  pod->disk_gb = peek_int (object, "disk_gb");
  pod->volume_gb = peek_int (object, "volume_gb");
  pod->volume_path = g_strdup (easel_json_peek_string (object, "volume_path", NULL));
  /* A type that was made up for a test is gone with it; the pod keeps its ledger all the same. */
  pod->gpu = gpu != NULL ? gpu : easel_sim_catalog_get_gpu (self->catalog, 0);
  pod->gpu_count = peek_int (object, "gpu_count");
  pod->ordered_gpus = peek_int (object, "ordered_gpus");
  pod->tier = easel_sim_tier_from_name (easel_json_peek_string (object, "tier", NULL));
  for (guint i = 0; i < easel_sim_catalog_get_n_data_centers (); i++)
    if (g_strcmp0 (easel_sim_catalog_get_data_center (i)->id, center) == 0)
      pod->data_center = easel_sim_catalog_get_data_center (i)->id;
  pod->host_cuda = peek_int (object, "host_cuda");
  pod->machine = (guint64) easel_json_peek_int (object, "machine", 0, G_MAXINT64, 0);
  pod->download_mb_per_s = peek_int (object, "download_mb_per_s");
  load_market (pod, object);
  pod->is_locked = easel_json_peek_boolean (object, "locked", FALSE);
  pod->plagues = (guint) peek_int (object, "plagues");
  pod->state = (EaselSimPodState) easel_json_peek_int (object, "state", 0, 2, 2);
  pod->was_terminated = easel_json_peek_boolean (object, "terminated", FALSE);
  pod->created_ms = easel_json_peek_int (object, "created_ms", 0, MAX_TIME_MS, 0);
  pod->deleted_ms = easel_json_peek_int (object, "deleted_ms", 0, MAX_TIME_MS, -1);
  pod->run_start_ms = easel_json_peek_int (object, "run_start_ms", 0, MAX_TIME_MS, 0);
  pod->run_kind = (EaselSimRunKind) easel_json_peek_int (object, "run_kind", 0, 2, 0);
  pod->n_runs = (guint) peek_int (object, "n_runs");
  pod->run_plagues = (guint) peek_int (object, "run_plagues");
  load_tables (pod, object);
  _easel_sim_cloud_add_pod (self, pod);
  if (pod->state == EASEL_SIM_POD_RUNNING)
    _easel_sim_pod_plan (pod, self->seed, self->image_tags);
  return TRUE;
}

/**
 * easel_sim_cloud_load:
 * @self: a cloud in which nothing is rented
 * @saved: what easel_sim_cloud_save() made
 * @error: return location: EASEL_ERROR_PROTOCOL
 *
 * Returns: whether all of it could be read
 */
gboolean
easel_sim_cloud_load (EaselSimCloud *self, JsonNode *saved, GError **error)
{
  JsonObject *root = easel_json_node_object (saved, "cloud", error);
  JsonArray *accounts, *pods;

  if (root == NULL)
    return FALSE;
  accounts = easel_json_get_array (root, "accounts", error);
  if (accounts == NULL)
    return FALSE;
  pods = easel_json_get_array (root, "pods", error);
  if (pods == NULL)
    return FALSE;
  self->serial = (guint64) easel_json_peek_int (root, "serial", 0, G_MAXINT64, 0);
  for (guint i = 0; i < json_array_get_length (accounts); i++)
    {
      JsonObject *object = easel_json_element_object (accounts, i);
      const char *id = object != NULL ? easel_json_peek_string (object, "id", NULL) : NULL;

      if (id != NULL && easel_sim_cloud_get_account (self, id) == NULL)
        _easel_sim_cloud_add_account (self, load_house (object), id,
                                      easel_json_peek_int (object, "balance_micros", -MAX_MICROS,
                                                           MAX_MICROS, 0));
    }
  for (guint i = 0; i < json_array_get_length (pods); i++)
    {
      JsonObject *object = easel_json_node_object (json_array_get_element (pods, i), "pod", error);

      if (object == NULL || !load_pod (self, object, error))
        return FALSE;
    }
  return TRUE;
}
