/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The simulated cloud behind all providers: accounts with credit, pods, and what each pod costs
 * from its creation to its deletion. It is the judge of every test about money, so it takes
 * nothing on trust from a client and knows nothing of any wire format. Pods do not tick: what one
 * does at a time follows from the plan of its last start; what happens by itself in the meantime
 * is in easel-sim-settle.c.
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
 * @market: single machines, kept by the caller
 * @seed: decides ids, machines and delays
 * @image_tags: (array zero-terminated=1): the tags of the image for Krita that exist
 *
 * Returns: (transfer full): a cloud in which nothing is rented
 */
EaselSimCloud *
easel_sim_cloud_new (EaselSimClock *clock,
                     EaselSimCatalog *catalog,
                     EaselSimMarket *market,
                     guint64 seed,
                     const char *const *image_tags)
{
  EaselSimCloud *self = g_new0 (EaselSimCloud, 1);

  self->clock = clock;
  self->catalog = catalog;
  self->market = market;
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
_easel_sim_cloud_add_account (EaselSimCloud *self,
                              EaselSimHouse house,
                              const char *id,
                              gint64 balance_micros)
{
  EaselSimAccount *account = g_new0 (EaselSimAccount, 1);

  account->house = house;
  account->id = g_strdup (id);
  account->balance_micros = balance_micros;
  g_hash_table_insert (self->accounts, account->id, account);
  return account;
}

static char *
account_id (EaselSimHouse house, const char *name)
{
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, name, -1);

  if (!easel_sim_house_rules (house)->has_number_ids)
    return g_strdup_printf ("user_%.12s", sum);
  sum[12] = '\0';
  return g_strdup_printf ("%" G_GUINT64_FORMAT, 100000 + g_ascii_strtoull (sum, NULL, 16) % 900000);
}

/**
 * easel_sim_cloud_enter:
 * @self: a cloud
 * @house: at whose door
 * @key: (nullable): an API key
 * @ret_account: (out) (transfer none): whose key it is
 *
 * Every key "practice-NAME" is a good one, "readonly-NAME" may only look at what "practice-NAME"
 * has, "poor-NAME" has no money. What follows a full stop is another key of the same account. Each
 * house has accounts of its own.
 *
 * Returns: what the key may do
 */
EaselSimRights
easel_sim_cloud_enter (EaselSimCloud *self,
                       EaselSimHouse house,
                       const char *key,
                       EaselSimAccount **ret_account)
{
  gboolean is_reader, is_poor;
  g_autofree char *name = NULL;
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
  id = account_id (house, name);
  *ret_account = easel_sim_cloud_get_account (self, id);
  if (*ret_account == NULL)
    *ret_account = _easel_sim_cloud_add_account (self, house, id, is_poor ? 0 : FULL_CREDIT_MICROS);
  return is_reader ? EASEL_SIM_RIGHTS_READ : EASEL_SIM_RIGHTS_ALL;
}

/**
 * easel_sim_cloud_get_pod_key:
 * @self: a cloud
 * @pod: a pod
 *
 * Returns: (transfer full): the key that the house puts into its environment
 */
char *
easel_sim_cloud_get_pod_key (EaselSimCloud *self, const EaselSimPod *pod)
{
  guint64 chance = easel_sim_hash (self->seed + (guint64) pod->created_ms, pod->id);
  guint64 high = easel_sim_next (&chance);

  return g_strdup_printf ("podkey-%s-%016" G_GINT64_MODIFIER "x%016" G_GINT64_MODIFIER "x", pod->id,
                          high, easel_sim_next (&chance));
}

/**
 * easel_sim_cloud_enter_as_pod:
 * @self: a cloud
 * @house: at whose door
 * @key: (nullable): an API key
 * @ret_account: (out) (transfer none): who pays for the pod
 *
 * A pod's own key is good as long as the pod exists.
 *
 * Returns: (transfer none) (nullable): the pod whose own key it is
 */
EaselSimPod *
easel_sim_cloud_enter_as_pod (EaselSimCloud *self,
                              EaselSimHouse house,
                              const char *key,
                              EaselSimAccount **ret_account)
{
  g_auto (GStrv) parts = NULL;
  g_autofree char *wanted = NULL;
  EaselSimPod *pod;

  if (key == NULL || !g_str_has_prefix (key, "podkey-"))
    return NULL;
  easel_sim_cloud_settle (self);
  parts = g_strsplit (key, "-", 3);
  pod = easel_sim_cloud_find (self, parts[1]);
  if (pod == NULL || pod->house != house || pod->state == EASEL_SIM_POD_DELETED)
    return NULL;
  wanted = easel_sim_cloud_get_pod_key (self, pod);
  if (strcmp (wanted, key) != 0)
    return NULL;
  *ret_account = easel_sim_cloud_get_account (self, pod->account);
  return pod;
}

/**
 * easel_sim_pod_refuses_own_key:
 * @pod: a pod
 * @action: "read", "start", "stop" or "delete"
 *
 * Returns: whether the house, on a bad day, does not let the pod's own key do that
 */
gboolean
easel_sim_pod_refuses_own_key (const EaselSimPod *pod, const char *action)
{
  if (strcmp (action, "read") == 0)
    return (pod->plagues & EASEL_SIM_PLAGUE_KEY_NO_READ) != 0;
  if (strcmp (action, "stop") == 0 && (pod->plagues & EASEL_SIM_PLAGUE_KEY_NO_STOP) != 0)
    return TRUE;
  return (pod->plagues & EASEL_SIM_PLAGUE_KEY_NO_WRITE) != 0;
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

gint64
_easel_sim_cloud_get_spent (EaselSimCloud *self, const EaselSimAccount *account, gint64 now_ms)
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
  return account->balance_micros -
         _easel_sim_cloud_get_spent (self, account, easel_sim_cloud_now (self));
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
  easel_sim_cloud_settle (self);
  account->balance_micros =
      micros + _easel_sim_cloud_get_spent (self, account, easel_sim_cloud_now (self));
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

void
_easel_sim_cloud_begin_run (EaselSimCloud *self, EaselSimPod *pod, EaselSimRunKind kind, gint64 now)
{
  gboolean goes_on = kind == EASEL_SIM_RUN_RESTARTED;

  pod->run_start_ms = now;
  pod->run_kind = kind;
  pod->n_runs++;
  pod->run_plagues = pod->plagues;
  pod->state = EASEL_SIM_POD_RUNNING;
  pod->is_start_queued = FALSE;
  pod->was_terminated = FALSE;
  pod->failure = EASEL_SIM_FAILURE_NONE;
  pod->n_loads_billed = 0;
  if (!goes_on)
    pod->is_gpu_billed = easel_sim_house_rules (pod->house)->bills_gpu_at_once;
  _easel_sim_pod_plan (pod, self->seed, self->image_tags);
  if (!goes_on)
    _easel_sim_pod_charge (pod, now);
  self->n_changes++;
}

static gboolean
is_rented (EaselSimCloud *self, gint64 offer)
{
  for (guint i = 0; i < self->pods->len; i++)
    {
      const EaselSimPod *pod = g_ptr_array_index (self->pods, i);

      if (pod->state == EASEL_SIM_POD_RUNNING && pod->offer == offer)
        return TRUE;
    }
  return FALSE;
}

/**
 * easel_sim_cloud_get_offer_state:
 * @self: a cloud
 * @machine: a machine of the market
 *
 * Returns: whether it can be rented, after others and after those who rent here
 */
EaselSimOfferState
easel_sim_cloud_get_offer_state (EaselSimCloud *self, const EaselSimMachine *machine)
{
  EaselSimOfferState state = easel_sim_market_get_state (self->market, machine);

  if (state == EASEL_SIM_OFFER_ENDLESS || state == EASEL_SIM_OFFER_TAKEN)
    return state;
  return is_rented (self, machine->offer_id) ? EASEL_SIM_OFFER_TAKEN : state;
}

/* What one hour has to be paid for in advance; on a market, being above zero will do. */
static gboolean
can_pay (EaselSimCloud *self, const EaselSimAccount *account, gint64 hour)
{
  gint64 balance = easel_sim_cloud_get_balance (self, account);

  return easel_sim_house_rules (account->house)->is_one_hour_required ? balance >= hour
                                                                      : balance > 0;
}

static EaselSimVerdict
judge_order (EaselSimCloud *self, const EaselSimOrder *order, const EaselSimGpu *gpu)
{
  gint64 now = easel_sim_cloud_now (self);
  int max_disk_gb = order->machine != NULL ? order->machine->disk_gb : MAX_DISK_GB;
  EaselSimOfferState state;

  if (order->disk_gb + order->volume_gb > max_disk_gb || self->pods->len >= MAX_PODS)
    return EASEL_SIM_NO_CAPACITY;
  if (order->machine == NULL)
    return order->wish.count < 1 ||
                   easel_sim_catalog_get_stock (self->catalog, gpu, order->tier, &order->wish,
                                                now) == EASEL_SIM_STOCK_NONE
               ? EASEL_SIM_NO_CAPACITY
               : EASEL_SIM_OK;
  state = easel_sim_cloud_get_offer_state (self, order->machine);
  if (state == EASEL_SIM_OFFER_TAKEN)
    return EASEL_SIM_NO_CAPACITY;
  return state == EASEL_SIM_OFFER_BUSY ? EASEL_SIM_HOST_FULL : EASEL_SIM_OK;
}

/**
 * easel_sim_cloud_rent:
 * @self: a cloud
 * @account: who pays
 * @order: what is wanted
 * @ret_pod: (out) (transfer none): the pod, on success; also with %EASEL_SIM_HOST_FULL if the order
 *   says so, then it stands still
 *
 * Whether credit has to cover an hour and whether the GPU costs from this moment on is a matter of
 * the house; the disk does.
 *
 * Returns: %EASEL_SIM_OK, or why not
 */
EaselSimVerdict
easel_sim_cloud_rent (EaselSimCloud *self,
                      EaselSimAccount *account,
                      const EaselSimOrder *order,
                      EaselSimPod **ret_pod)
{
  const EaselSimGpu *gpu = order->machine != NULL
                               ? order->machine->gpu
                               : easel_sim_catalog_find_gpu (self->catalog, order->gpu_id);
  gint64 now = easel_sim_cloud_now (self);
  EaselSimVerdict verdict;
  EaselSimPod *pod;
  guint64 chance;
  gint64 hour;

  if (gpu == NULL || gpu->memory_gb == 0)
    return EASEL_SIM_UNKNOWN_GPU;
  easel_sim_cloud_settle (self);
  hour = gpu->price_micros[order->tier] * MAX (order->wish.count, 1) +
         easel_sim_disk_rate (order->disk_gb, order->volume_gb, TRUE);
  if (!can_pay (self, account, hour))
    return EASEL_SIM_NO_CREDIT;
  verdict = judge_order (self, order, gpu);
  if (verdict != EASEL_SIM_OK && (verdict != EASEL_SIM_HOST_FULL || !order->keeps_unavailable))
    return verdict;
  chance = next_chance (self);
  pod = _easel_sim_pod_from_order (self->catalog, account, order, self->serial, chance, now);
  _easel_sim_cloud_add_pod (self, pod);
  *ret_pod = pod;
  self->n_changes++;
  if (verdict == EASEL_SIM_OK && !order->stays_stopped)
    _easel_sim_cloud_begin_run (self, pod, EASEL_SIM_RUN_FRESH, now);
  else
    _easel_sim_pod_charge (pod, now);
  return verdict;
}

void
_easel_sim_cloud_halt (EaselSimCloud *self, EaselSimPod *pod, gint64 now)
{
  _easel_sim_pod_bill_loads (pod, now, TRUE);
  _easel_sim_pod_keep_volume (pod, now);
  pod->has_run |= easel_sim_pod_is_container_up (pod, now);
  pod->failure = pod->boot->failed_ms >= 0 && pod->boot->failed_ms <= now ? pod->boot->failure
                                                                          : EASEL_SIM_FAILURE_NONE;
  g_clear_pointer (&pod->boot, easel_sim_boot_free);
  pod->state = EASEL_SIM_POD_STOPPED;
  pod->own_end_ms = -1;
  pod->stopped_ms = now;
  _easel_sim_pod_charge (pod, now);
  self->n_changes++;
}

void
_easel_sim_cloud_discard (EaselSimCloud *self, EaselSimPod *pod, gint64 now)
{
  if (pod->state == EASEL_SIM_POD_RUNNING)
    _easel_sim_pod_bill_loads (pod, now, TRUE);
  easel_sim_ledger_close (pod->ledger, now);
  g_clear_pointer (&pod->boot, easel_sim_boot_free);
  pod->state = EASEL_SIM_POD_DELETED;
  pod->own_end_ms = -1;
  pod->is_start_queued = FALSE;
  pod->deleted_ms = now;
  self->n_changes++;
}

/**
 * easel_sim_cloud_stop:
 * @self: a cloud
 * @pod: a pod
 *
 * Releases the GPU, or the place in the queue for it; keeps the lasting disk.
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
  if (pod->is_start_queued)
    {
      pod->is_start_queued = FALSE;
      self->n_changes++;
      return EASEL_SIM_OK;
    }
  if (pod->state != EASEL_SIM_POD_RUNNING)
    return EASEL_SIM_WRONG_STATE;
  _easel_sim_cloud_halt (self, pod, easel_sim_cloud_now (self));
  return EASEL_SIM_OK;
}

static gboolean
is_machine_free (EaselSimCloud *self, const EaselSimPod *pod)
{
  const EaselSimMachine *machine;
  EaselSimOfferState state;

  if ((pod->plagues & EASEL_SIM_PLAGUE_HOST_FULL) != 0)
    return FALSE;
  if (pod->offer == 0)
    return easel_sim_catalog_get_stock (self->catalog, pod->gpu, pod->tier, NULL,
                                        easel_sim_cloud_now (self)) != EASEL_SIM_STOCK_NONE;
  machine = easel_sim_market_find (self->market, pod->offer);
  if (machine == NULL)
    return FALSE;
  state = easel_sim_cloud_get_offer_state (self, machine);
  return state == EASEL_SIM_OFFER_FREE || state == EASEL_SIM_OFFER_ENDLESS;
}

EaselSimVerdict
_easel_sim_cloud_try_start (EaselSimCloud *self, EaselSimPod *pod, gint64 now)
{
  if (!is_machine_free (self, pod))
    return EASEL_SIM_HOST_FULL;
  pod->gpu_count = (pod->plagues & EASEL_SIM_PLAGUE_ZERO_GPU) != 0 ? 0 : pod->ordered_gpus;
  _easel_sim_cloud_begin_run (self, pod,
                              pod->n_runs > 0 ? EASEL_SIM_RUN_RESUMED : EASEL_SIM_RUN_FRESH, now);
  return EASEL_SIM_OK;
}

/**
 * easel_sim_cloud_start:
 * @self: a cloud
 * @pod: a stopped pod
 *
 * The same machine again, if its GPU is still free (facts/runpod.md 8.3); else a market remembers
 * the wish and fulfils it whenever it can (facts/vast.md 8.5).
 *
 * Returns: %EASEL_SIM_OK, or why not
 */
EaselSimVerdict
easel_sim_cloud_start (EaselSimCloud *self, EaselSimPod *pod)
{
  gint64 now = easel_sim_cloud_now (self);
  const EaselSimAccount *account = easel_sim_cloud_get_account (self, pod->account);
  EaselSimVerdict verdict;

  easel_sim_cloud_settle (self);
  if (pod->state == EASEL_SIM_POD_DELETED)
    return EASEL_SIM_NOT_FOUND;
  if (pod->state != EASEL_SIM_POD_STOPPED)
    return EASEL_SIM_WRONG_STATE;
  if (account == NULL || !can_pay (self, account, pod->gpu->price_micros[pod->tier]))
    return EASEL_SIM_NO_CREDIT;
  if (pod->offer != 0 && now >= pod->terms.end_ms)
    return EASEL_SIM_EXPIRED;
  verdict = _easel_sim_cloud_try_start (self, pod, now);
  if (verdict != EASEL_SIM_HOST_FULL || !easel_sim_house_rules (pod->house)->queues_starts)
    return verdict;
  pod->is_start_queued = TRUE;
  self->n_changes++;
  return EASEL_SIM_QUEUED;
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
  pod->has_run |= easel_sim_pod_is_container_up (pod, now);
  _easel_sim_cloud_begin_run (self, pod, EASEL_SIM_RUN_RESTARTED, now);
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
  _easel_sim_cloud_discard (self, pod, easel_sim_cloud_now (self));
  return EASEL_SIM_OK;
}

/**
 * easel_sim_cloud_set_ender:
 * @self: a cloud
 * @ender: (scope notified): what a pod does at the end that it has set itself
 * @user_data: for @ender
 */
void
easel_sim_cloud_set_ender (EaselSimCloud *self, EaselSimEnder ender, gpointer user_data)
{
  self->ender = ender;
  self->ender_data = user_data;
}

/**
 * easel_sim_cloud_set_own_end:
 * @self: a cloud
 * @pod: a pod
 * @at_ms: when it ends by itself, -1 for never
 */
void
easel_sim_cloud_set_own_end (EaselSimCloud *self, EaselSimPod *pod, gint64 at_ms)
{
  pod->own_end_ms = at_ms;
}

/**
 * easel_sim_cloud_end_at:
 * @self: a cloud
 * @pod: a running pod that is not locked
 * @at_ms: when, not in the future
 * @deletes: whether it is deleted or only stopped
 *
 * For an #EaselSimEnder.
 */
void
easel_sim_cloud_end_at (EaselSimCloud *self, EaselSimPod *pod, gint64 at_ms, gboolean deletes)
{
  if (deletes)
    _easel_sim_cloud_discard (self, pod, at_ms);
  else
    _easel_sim_cloud_halt (self, pod, at_ms);
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
  gint64 now = easel_sim_cloud_now (self);
  gboolean is_lost_or_found = ((pod->plagues ^ plagues) & EASEL_SIM_PLAGUE_HOST_LOST) != 0;

  easel_sim_cloud_settle (self);
  pod->plagues = plagues;
  if (pod->state == EASEL_SIM_POD_RUNNING)
    {
      pod->run_plagues = plagues;
      _easel_sim_pod_plan (pod, self->seed, self->image_tags);
      if ((plagues & EASEL_SIM_PLAGUE_NOT_STARTED) != 0 && pod->n_runs == 1)
        _easel_sim_cloud_halt (self, pod, now);
    }
  /* Not even the disk is charged while nobody can get at it (facts/vast.md 8.6). */
  if (is_lost_or_found && pod->offer != 0 && pod->state != EASEL_SIM_POD_DELETED)
    _easel_sim_pod_charge (pod, now);
  self->n_changes++;
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
