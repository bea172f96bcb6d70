/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The simulated cloud behind all providers: accounts with credit, pods, and what each pod costs
 * from its creation to its deletion. It is the judge of every test about money, so it takes
 * nothing on trust from a client and knows nothing of any wire format. Pods do not tick: what one
 * does at a time follows from the plan of its last start.
 */
#include "config.h"

#include "easel-sim-cloud-private.h"

#include <string.h>

#define MAX_PODS 5000
#define FULL_CREDIT_MICROS 25000000
#define MAX_DISK_GB 2000

/**
 * easel_sim_cloud_new:
 * @clock: the cloud's time, kept by the caller
 * @catalog: what there is to rent, kept by the caller
 * @seed: decides ids, machines and delays
 * @image_tags: (array zero-terminated=1): the tags of the image for Krita that exist
 *
 * Returns: (transfer full): a cloud in which nothing is rented
 */
EaselSimCloud *
easel_sim_cloud_new (EaselSimClock *clock,
                     EaselSimCatalog *catalog,
                     guint64 seed,
                     const char *const *image_tags)
{
  EaselSimCloud *self = g_new0 (EaselSimCloud, 1);

  self->clock = clock;
  self->catalog = catalog;
  self->seed = seed;
  self->image_tags = g_strdupv ((char **) image_tags);
  self->pods = g_ptr_array_new ();
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->accounts = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

/**
 * easel_sim_cloud_free:
 * @self: (transfer full): a cloud
 */
void
easel_sim_cloud_free (EaselSimCloud *self)
{
  GHashTableIter iter;
  gpointer value;

  for (guint i = 0; i < self->pods->len; i++)
    _easel_sim_pod_free (g_ptr_array_index (self->pods, i));
  g_ptr_array_unref (self->pods);
  g_hash_table_unref (self->by_id);
  g_hash_table_iter_init (&iter, self->accounts);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      EaselSimAccount *account = value;

      g_free (account->id);
      g_free (account);
    }
  g_hash_table_unref (self->accounts);
  g_strfreev (self->image_tags);
  g_free (self);
}

/**
 * easel_sim_cloud_now:
 * @self: a cloud
 *
 * Returns: its time, Unix milliseconds
 */
gint64
easel_sim_cloud_now (EaselSimCloud *self)
{
  return easel_sim_clock_now (self->clock);
}

/**
 * easel_sim_cloud_get_seed:
 * @self: a cloud
 *
 * Returns: what decides its chance
 */
guint64
easel_sim_cloud_get_seed (EaselSimCloud *self)
{
  return self->seed;
}

/**
 * easel_sim_cloud_get_serial:
 * @self: a cloud
 *
 * Returns: how many pods it ever made, this and earlier runs
 */
guint64
easel_sim_cloud_get_serial (EaselSimCloud *self)
{
  return self->serial;
}

/**
 * easel_sim_cloud_get_image_tags:
 * @self: a cloud
 *
 * Returns: (transfer none) (array zero-terminated=1): tags that can be pulled
 */
const char *const *
easel_sim_cloud_get_image_tags (EaselSimCloud *self)
{
  return (const char *const *) self->image_tags;
}

/**
 * easel_sim_cloud_set_image_tags:
 * @self: a cloud
 * @tags: (array zero-terminated=1): tags that can be pulled from now on
 */
void
easel_sim_cloud_set_image_tags (EaselSimCloud *self, const char *const *tags)
{
  g_strfreev (self->image_tags);
  self->image_tags = g_strdupv ((char **) tags);
}

EaselSimAccount *
_easel_sim_cloud_add_account (EaselSimCloud *self, const char *id, gint64 balance_micros)
{
  EaselSimAccount *account = g_new0 (EaselSimAccount, 1);

  account->id = g_strdup (id);
  account->balance_micros = balance_micros;
  g_hash_table_insert (self->accounts, account->id, account);
  return account;
}

/**
 * easel_sim_cloud_enter:
 * @self: a cloud
 * @key: (nullable): an API key
 * @ret_account: (out) (transfer none): whose key it is
 *
 * Every key "practice-NAME" is a good one, "readonly-NAME" may only look at what "practice-NAME"
 * has, "poor-NAME" has no money. What follows a full stop is another key of the same account.
 *
 * Returns: what the key may do
 */
EaselSimRights
easel_sim_cloud_enter (EaselSimCloud *self, const char *key, EaselSimAccount **ret_account)
{
  gboolean is_reader, is_poor;
  g_autofree char *name = NULL;
  g_autofree char *sum = NULL;
  g_autofree char *id = NULL;
  const char *dash;

  if (key == NULL || (dash = strchr (key, '-')) == NULL || !g_str_is_ascii (key))
    return EASEL_SIM_RIGHTS_NONE;
  is_reader = g_str_has_prefix (key, "readonly-");
  is_poor = g_str_has_prefix (key, "poor-");
  if (!is_reader && !is_poor && !g_str_has_prefix (key, "practice-"))
    return EASEL_SIM_RIGHTS_NONE;
  name = g_strdup_printf ("%s%s", is_poor ? "poor" : "practice", dash);
  *(strchrnul (name, '.')) = '\0';
  sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, name, -1);
  id = g_strdup_printf ("user_%.12s", sum);
  *ret_account = easel_sim_cloud_get_account (self, id);
  if (*ret_account == NULL)
    *ret_account = _easel_sim_cloud_add_account (self, id, is_poor ? 0 : FULL_CREDIT_MICROS);
  return is_reader ? EASEL_SIM_RIGHTS_READ : EASEL_SIM_RIGHTS_ALL;
}

/**
 * easel_sim_cloud_get_account:
 * @self: a cloud
 * @id: an account's id
 *
 * Returns: (transfer none) (nullable): the account
 */
EaselSimAccount *
easel_sim_cloud_get_account (EaselSimCloud *self, const char *id)
{
  return g_hash_table_lookup (self->accounts, id);
}

static gint64
spent (EaselSimCloud *self, const EaselSimAccount *account, gint64 now_ms)
{
  gint64 total = 0;

  for (guint i = 0; i < self->pods->len; i++)
    {
      EaselSimPod *pod = g_ptr_array_index (self->pods, i);

      if (strcmp (pod->account, account->id) == 0)
        total += easel_sim_ledger_get_total (pod->ledger, now_ms);
    }
  return total;
}

/**
 * easel_sim_cloud_get_balance:
 * @self: a cloud
 * @account: an account
 *
 * Returns: the credit left, micro-dollars, may be negative
 */
gint64
easel_sim_cloud_get_balance (EaselSimCloud *self, const EaselSimAccount *account)
{
  return account->balance_micros - spent (self, account, easel_sim_cloud_now (self));
}

/**
 * easel_sim_cloud_set_balance:
 * @self: a cloud
 * @account: an account
 * @micros: the credit left from now on, micro-dollars
 */
void
easel_sim_cloud_set_balance (EaselSimCloud *self, EaselSimAccount *account, gint64 micros)
{
  account->balance_micros = micros + spent (self, account, easel_sim_cloud_now (self));
  self->n_changes++;
}

/**
 * easel_sim_cloud_get_spend_rate:
 * @self: a cloud
 * @account: an account
 *
 * Returns: what all of its pods cost now, stopped ones too, micro-dollars per hour
 */
gint64
easel_sim_cloud_get_spend_rate (EaselSimCloud *self, const EaselSimAccount *account)
{
  gint64 rate = 0;

  for (guint i = 0; i < self->pods->len; i++)
    {
      EaselSimPod *pod = g_ptr_array_index (self->pods, i);

      if (strcmp (pod->account, account->id) == 0)
        rate += easel_sim_ledger_get_rate (pod->ledger);
    }
  return rate;
}

void
_easel_sim_cloud_add_pod (EaselSimCloud *self, EaselSimPod *pod)
{
  g_ptr_array_add (self->pods, pod);
  g_hash_table_insert (self->by_id, pod->id, pod);
}

static guint64
next_chance (EaselSimCloud *self)
{
  self->serial++;
  return easel_sim_hash (self->seed, "pod") +
         self->serial * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
}

static void
begin_run (EaselSimCloud *self, EaselSimPod *pod, EaselSimRunKind kind, gint64 now)
{
  pod->run_start_ms = now;
  pod->run_kind = kind;
  pod->n_runs++;
  pod->run_plagues = pod->plagues;
  pod->state = EASEL_SIM_POD_RUNNING;
  _easel_sim_pod_plan (pod, self->seed, self->image_tags);
  self->n_changes++;
}

static gint64
gpu_rate (const EaselSimPod *pod)
{
  return pod->gpu->price_micros[pod->tier] * pod->gpu_count;
}

static void
charge_running (EaselSimPod *pod, gint64 now)
{
  easel_sim_ledger_charge (pod->ledger, now, gpu_rate (pod),
                           easel_sim_disk_rate (pod->disk_gb, pod->volume_gb, TRUE));
}

/**
 * easel_sim_cloud_rent:
 * @self: a cloud
 * @account: who pays
 * @order: what is wanted
 * @ret_pod: (out) (transfer none): the pod, on success
 *
 * Credit has to cover one hour (facts/runpod.md 3.4). The money runs from this moment.
 *
 * Returns: %EASEL_SIM_OK, or why not
 */
EaselSimVerdict
easel_sim_cloud_rent (EaselSimCloud *self,
                      EaselSimAccount *account,
                      const EaselSimOrder *order,
                      EaselSimPod **ret_pod)
{
  const EaselSimGpu *gpu = easel_sim_catalog_find_gpu (self->catalog, order->gpu_id);
  gint64 now = easel_sim_cloud_now (self);
  guint64 chance;
  gint64 hour;
  EaselSimPod *pod;

  if (gpu == NULL || gpu->memory_gb == 0)
    return EASEL_SIM_UNKNOWN_GPU;
  easel_sim_cloud_settle (self);
  hour = gpu->price_micros[order->tier] * MAX (order->wish.count, 1) +
         easel_sim_disk_rate (order->disk_gb, order->volume_gb, TRUE);
  if (easel_sim_cloud_get_balance (self, account) < hour)
    return EASEL_SIM_NO_CREDIT;
  if (easel_sim_catalog_get_stock (self->catalog, gpu, order->tier, &order->wish, now) ==
      EASEL_SIM_STOCK_NONE)
    return EASEL_SIM_NO_CAPACITY;
  if (order->wish.count < 1 || order->disk_gb + order->volume_gb > MAX_DISK_GB ||
      self->pods->len >= MAX_PODS)
    return EASEL_SIM_NO_CAPACITY;
  chance = next_chance (self);
  pod = _easel_sim_pod_from_order (self->catalog, account->id, order, chance, now);
  _easel_sim_cloud_add_pod (self, pod);
  charge_running (pod, now);
  begin_run (self, pod, EASEL_SIM_RUN_FRESH, now);
  *ret_pod = pod;
  return EASEL_SIM_OK;
}

static void
halt (EaselSimCloud *self, EaselSimPod *pod, gint64 now)
{
  _easel_sim_pod_keep_volume (pod, now);
  g_clear_pointer (&pod->boot, easel_sim_boot_free);
  pod->state = EASEL_SIM_POD_STOPPED;
  easel_sim_ledger_charge (pod->ledger, now, 0,
                           easel_sim_disk_rate (pod->disk_gb, pod->volume_gb, FALSE));
  self->n_changes++;
}

static void
discard (EaselSimCloud *self, EaselSimPod *pod, gint64 now)
{
  easel_sim_ledger_close (pod->ledger, now);
  g_clear_pointer (&pod->boot, easel_sim_boot_free);
  pod->state = EASEL_SIM_POD_DELETED;
  pod->deleted_ms = now;
  self->n_changes++;
}

/**
 * easel_sim_cloud_stop:
 * @self: a cloud
 * @pod: a pod
 *
 * Releases the GPU, keeps the lasting disk, which costs more now.
 *
 * Returns: %EASEL_SIM_OK, or why not
 */
EaselSimVerdict
easel_sim_cloud_stop (EaselSimCloud *self, EaselSimPod *pod)
{
  easel_sim_cloud_settle (self);
  if (pod->state == EASEL_SIM_POD_DELETED)
    return EASEL_SIM_NOT_FOUND;
  if (pod->is_locked)
    return EASEL_SIM_LOCKED;
  if (pod->state != EASEL_SIM_POD_RUNNING)
    return EASEL_SIM_WRONG_STATE;
  halt (self, pod, easel_sim_cloud_now (self));
  return EASEL_SIM_OK;
}

/**
 * easel_sim_cloud_start:
 * @self: a cloud
 * @pod: a stopped pod
 *
 * The same machine again, if its GPU is still free (facts/runpod.md 8.3).
 *
 * Returns: %EASEL_SIM_OK, or why not
 */
EaselSimVerdict
easel_sim_cloud_start (EaselSimCloud *self, EaselSimPod *pod)
{
  gint64 now = easel_sim_cloud_now (self);
  const EaselSimAccount *account = easel_sim_cloud_get_account (self, pod->account);
  EaselSimStock stock;

  easel_sim_cloud_settle (self);
  if (pod->state == EASEL_SIM_POD_DELETED)
    return EASEL_SIM_NOT_FOUND;
  if (pod->state != EASEL_SIM_POD_STOPPED)
    return EASEL_SIM_WRONG_STATE;
  if (account == NULL ||
      easel_sim_cloud_get_balance (self, account) < pod->gpu->price_micros[pod->tier])
    return EASEL_SIM_NO_CREDIT;
  stock = easel_sim_catalog_get_stock (self->catalog, pod->gpu, pod->tier, NULL, now);
  if (stock == EASEL_SIM_STOCK_NONE || (pod->plagues & EASEL_SIM_PLAGUE_HOST_FULL) != 0)
    return EASEL_SIM_HOST_FULL;
  pod->gpu_count = (pod->plagues & EASEL_SIM_PLAGUE_ZERO_GPU) != 0 ? 0 : pod->ordered_gpus;
  charge_running (pod, now);
  begin_run (self, pod, EASEL_SIM_RUN_RESUMED, now);
  return EASEL_SIM_OK;
}

/**
 * easel_sim_cloud_restart:
 * @self: a cloud
 * @pod: a running pod
 *
 * Makes the container anew in place; the money runs on.
 *
 * Returns: %EASEL_SIM_OK, or why not
 */
EaselSimVerdict
easel_sim_cloud_restart (EaselSimCloud *self, EaselSimPod *pod)
{
  gint64 now = easel_sim_cloud_now (self);

  easel_sim_cloud_settle (self);
  if (pod->state == EASEL_SIM_POD_DELETED)
    return EASEL_SIM_NOT_FOUND;
  if (pod->state != EASEL_SIM_POD_RUNNING)
    return EASEL_SIM_WRONG_STATE;
  _easel_sim_pod_keep_volume (pod, now);
  begin_run (self, pod, EASEL_SIM_RUN_RESTARTED, now);
  return EASEL_SIM_OK;
}

/**
 * easel_sim_cloud_remove:
 * @self: a cloud
 * @pod: a pod
 *
 * Deletes it with its disks. From this moment it costs nothing.
 *
 * Returns: %EASEL_SIM_OK, or why not
 */
EaselSimVerdict
easel_sim_cloud_remove (EaselSimCloud *self, EaselSimPod *pod)
{
  easel_sim_cloud_settle (self);
  if (pod->state == EASEL_SIM_POD_DELETED)
    return EASEL_SIM_NOT_FOUND;
  if (pod->is_locked)
    return EASEL_SIM_LOCKED;
  discard (self, pod, easel_sim_cloud_now (self));
  return EASEL_SIM_OK;
}

/**
 * easel_sim_cloud_rename:
 * @self: a cloud
 * @pod: a pod
 * @name: its new name
 */
void
easel_sim_cloud_rename (EaselSimCloud *self, EaselSimPod *pod, const char *name)
{
  g_free (pod->name);
  pod->name = g_strdup (name);
  self->n_changes++;
}

/**
 * easel_sim_cloud_lock:
 * @self: a cloud
 * @pod: a pod
 * @is_locked: whether stopping and deleting it are refused
 */
void
easel_sim_cloud_lock (EaselSimCloud *self, EaselSimPod *pod, gboolean is_locked)
{
  pod->is_locked = is_locked;
  self->n_changes++;
}

/**
 * easel_sim_cloud_set_plagues:
 * @self: a cloud
 * @pod: a pod
 * @plagues: a set of #EaselSimPlague
 *
 * What is wrong with it from now on; what concerns its start takes effect on this one too.
 */
void
easel_sim_cloud_set_plagues (EaselSimCloud *self, EaselSimPod *pod, guint plagues)
{
  pod->plagues = plagues;
  if (pod->state == EASEL_SIM_POD_RUNNING)
    {
      pod->run_plagues = plagues;
      _easel_sim_pod_plan (pod, self->seed, self->image_tags);
    }
  self->n_changes++;
}

/* When, at the present rate, the account's money is or was used up. */
static gint64
broke_at (gint64 balance, gint64 rate, gint64 now)
{
  return now + balance * 3600 / rate * 1000;
}

/**
 * easel_sim_cloud_settle:
 * @self: a cloud
 *
 * Ends what an account can no longer pay, at the time at which its money was gone: nothing here
 * has a network volume, so all of it is deleted (facts/runpod.md 3.4).
 */
void
easel_sim_cloud_settle (EaselSimCloud *self)
{
  GHashTableIter iter;
  gpointer value;
  gint64 now = easel_sim_cloud_now (self);

  g_hash_table_iter_init (&iter, self->accounts);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      EaselSimAccount *account = value;
      gint64 rate = easel_sim_cloud_get_spend_rate (self, account);
      gint64 balance = rate > 0 ? easel_sim_cloud_get_balance (self, account) : 0;

      if (rate == 0 || balance > 0)
        continue;
      for (guint i = 0; i < self->pods->len; i++)
        {
          EaselSimPod *pod = g_ptr_array_index (self->pods, i);

          if (pod->state == EASEL_SIM_POD_DELETED || strcmp (pod->account, account->id) != 0)
            continue;
          pod->was_terminated = TRUE;
          discard (self, pod, MAX (broke_at (balance, rate, now), pod->run_start_ms));
        }
    }
}

/**
 * easel_sim_cloud_find:
 * @self: a cloud
 * @id: (nullable): a pod's id
 *
 * Returns: (transfer none) (nullable): the pod, deleted ones too
 */
EaselSimPod *
easel_sim_cloud_find (EaselSimCloud *self, const char *id)
{
  return id != NULL ? g_hash_table_lookup (self->by_id, id) : NULL;
}

/**
 * easel_sim_cloud_get_pods:
 * @self: a cloud
 *
 * Returns: (transfer none) (element-type EaselSimPod): all pods ever, oldest first
 */
GPtrArray *
easel_sim_cloud_get_pods (EaselSimCloud *self)
{
  return self->pods;
}

/**
 * easel_sim_cloud_get_changes:
 * @self: a cloud
 *
 * Returns: a number that changes with everything worth saving
 */
guint
easel_sim_cloud_get_changes (EaselSimCloud *self)
{
  return self->n_changes;
}
