/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A market of single machines of many hosts, good ones and bad ones, the same in every run with
 * the same seed, and which of them others have rented at a time. What is rented here is known to
 * the cloud; how an offer is told to a client is not decided here either. All figures are made up.
 */
#include "config.h"

#include "easel-sim-market.h"

#include "easel-sim-clock.h"

#include <string.h>

#define USUAL_SIZE 420
#define MAX_SIZE 20000
/* Machines from here on are good in every respect and always free. */
#define FIRST_GOOD 1000000
#define FIRST_OFFER G_GINT64_CONSTANT (31000000)
#define OFFER_STEP 13
#define CHURN_MS (15 * 60 * 1000)
#define DAY_MS (G_GINT64_CONSTANT (24) * 3600 * 1000)

struct _EaselSimMarket
{
  EaselSimCatalog *catalog; /* (unowned) */
  guint64 seed;
  GPtrArray *kinds;     /* (element-type EaselSimGpu): what hosts have */
  GPtrArray *offered;   /* (element-type EaselSimMachine) */
  GHashTable *machines; /* (element-type gint64 EaselSimMachine): by offer, all ever made */
  GHashTable *by_gpu;   /* (element-type utf8 gpointer): state + 1 */
  GHashTable *by_offer; /* (element-type gint64 gpointer): state + 1 */
};

static const struct
{
  const char *name;
  const char *country;
  gboolean is_data_center;
} places[] = {
  { "Utrecht, NL", "NL", TRUE },
  { "Texas, US", "US", FALSE },
  { "Bavaria, DE", "DE", FALSE },
  { "Québec, CA", "CA", TRUE },
  { "Prague, CZ", "CZ", FALSE },
  { "Oslo, NO", "NO", TRUE },
  { "Tokyo, JP", "JP", FALSE },
  { "Washington, US", "US", TRUE },
  { "Warsaw, PL", "PL", FALSE },
  { "Sofia, BG", "BG", FALSE },
  { ", SE", "SE", FALSE },
  { "Taipei, TW", "TW", FALSE },
  { "England, GB", "GB", TRUE },
  { "California, US", "US", FALSE },
  { "Île-de-France, FR", "FR", TRUE },
  { "New South Wales, AU", "AU", FALSE },
  { "Seoul, KR", "KR", FALSE },
  { "Madrid, ES", "ES", FALSE },
  { "Reykjavík, IS", "IS", TRUE },
  { "São Paulo, BR", "BR", FALSE },
  { "Hanoi, VN", "VN", FALSE },
  { "Helsinki, FI", "FI", TRUE },
};

static const char *const cpus[] = {
  "AMD EPYC 7443 24-Core Processor", "AMD Ryzen 9 5950X 16-Core Processor", "Xeon® E5-2680 v4",
  "Intel® Core™ i9-13900K",          "AMD EPYC 9354 32-Core Processor",     NULL,
};

static const int host_cudas[] = { 122, 124, 126, 128, 130, 130, 130, 131 };

static void
fill_kinds (EaselSimMarket *self)
{
  for (guint i = 0; i < easel_sim_catalog_get_n_gpus (self->catalog); i++)
    {
      const EaselSimGpu *gpu = easel_sim_catalog_get_gpu (self->catalog, i);

      if (strcmp (gpu->manufacturer, "NVIDIA") == 0 && strstr (gpu->id, "MIG") == NULL)
        g_ptr_array_add (self->kinds, (gpointer) gpu);
    }
}

/**
 * easel_sim_market_new:
 * @catalog: the types of GPU, kept by the caller
 * @seed: decides the machines and who rents them when
 *
 * Returns: (transfer full): the usual market
 */
EaselSimMarket *
easel_sim_market_new (EaselSimCatalog *catalog, guint64 seed)
{
  EaselSimMarket *self = g_new0 (EaselSimMarket, 1);

  self->catalog = catalog;
  self->seed = seed;
  self->kinds = g_ptr_array_new ();
  self->offered = g_ptr_array_new ();
  self->machines = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  self->by_gpu = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->by_offer = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  fill_kinds (self);
  easel_sim_market_set_size (self, -1);
  return self;
}

/**
 * easel_sim_market_free:
 * @self: (transfer full): a market
 */
void
easel_sim_market_free (EaselSimMarket *self)
{
  g_ptr_array_unref (self->kinds);
  g_ptr_array_unref (self->offered);
  g_hash_table_unref (self->machines);
  g_hash_table_unref (self->by_gpu);
  g_hash_table_unref (self->by_offer);
  g_free (self);
}

static gint64
usual_price (const EaselSimGpu *gpu)
{
  gint64 community = gpu->price_micros[EASEL_SIM_TIER_COMMUNITY];

  return community > 0 ? community : gpu->price_micros[EASEL_SIM_TIER_SECURE] * 7 / 10;
}

static void
fill_prices (EaselSimMachine *machine, guint64 *chance)
{
  gint64 percent = easel_sim_range (chance, 62, 140);

  machine->gpu_micros = usual_price (machine->gpu) * percent / 100 / 100 * 100 * machine->n_gpus;
  machine->storage_micros = easel_sim_range (chance, 4, 40) * 10000;
  /* Some hosts give traffic away, some live on it. */
  machine->down_micros =
      easel_sim_range (chance, 0, 5) == 0 ? 0 : easel_sim_range (chance, 1, 200) * 100;
  machine->up_micros = machine->down_micros + easel_sim_range (chance, 0, 20) * 100;
}

static void
fill_quality (EaselSimMachine *machine, guint64 *chance)
{
  gint64 worst = easel_sim_range (chance, 0, 100);

  machine->reliability = 0.9999 - (double) (worst * worst) / 160000;
  machine->is_verified = easel_sim_range (chance, 0, 6) > 0;
  machine->is_arm = easel_sim_range (chance, 0, 29) == 0;
  machine->has_static_ip = easel_sim_range (chance, 0, 2) == 0;
  machine->n_ports = (int) easel_sim_range (chance, 0, 12) * 20;
  machine->down_mbit = (double) easel_sim_range (chance, 80, 9000) / 10 + 60;
  if (machine->is_data_center)
    machine->down_mbit *= 4;
  machine->up_mbit = machine->down_mbit * (double) easel_sim_range (chance, 20, 110) / 100;
  machine->host_cuda = host_cudas[easel_sim_next (chance) % G_N_ELEMENTS (host_cudas)];
  machine->term_ms = easel_sim_range (chance, 1, 300) * DAY_MS;
  machine->disk_gb = (int) easel_sim_range (chance, 20, 1600);
}

static void
make_good (EaselSimMachine *machine, guint64 *chance)
{
  machine->n_gpus = 1;
  machine->reliability = (double) easel_sim_range (chance, 99000, 99990) / 100000;
  machine->is_verified = TRUE;
  machine->is_arm = FALSE;
  machine->n_ports = MAX (machine->n_ports, 100);
  machine->down_mbit = MAX (machine->down_mbit, 400);
  machine->host_cuda = MAX (machine->host_cuda, 130);
  machine->term_ms = 365 * DAY_MS;
  machine->disk_gb = MAX (machine->disk_gb, 400);
}

static gboolean
is_good_kind (const EaselSimGpu *gpu)
{
  return gpu->memory_gb >= 12;
}

static EaselSimMachine *
make_machine (EaselSimMarket *self, guint number)
{
  EaselSimMachine *machine = g_new0 (EaselSimMachine, 1);
  guint64 chance = easel_sim_hash (self->seed + number, "machine");
  gboolean is_good = number >= FIRST_GOOD;
  guint place = (guint) (easel_sim_next (&chance) % G_N_ELEMENTS (places));
  static const int counts[] = { 1, 1, 1, 1, 1, 1, 2, 4 };

  machine->number = number;
  machine->offer_id = FIRST_OFFER + (gint64) number * OFFER_STEP + (gint64) (number % 7);
  /* Now and then two offers are parts of one computer. */
  machine->machine_id = 12000 + (gint64) (number % 9 == 8 && !is_good ? number - 1 : number) * 5;
  machine->host_id = 300 + (gint64) (number / 6);
  do
    machine->gpu =
        g_ptr_array_index (self->kinds, (guint) (easel_sim_next (&chance) % self->kinds->len));
  while (is_good && !is_good_kind (machine->gpu));
  machine->n_gpus = is_good ? 1 : counts[easel_sim_next (&chance) % G_N_ELEMENTS (counts)];
  machine->place = places[place].name;
  machine->country = places[place].country;
  machine->is_data_center = places[place].is_data_center && number % 3 != 0;
  machine->cpu_name = cpus[easel_sim_next (&chance) % G_N_ELEMENTS (cpus)];
  machine->n_cpus = machine->gpu->vcpu_count * (machine->n_gpus + (int) (number % 3));
  machine->ram_gb = machine->gpu->ram_gb * (machine->n_gpus + (int) (number % 3));
  fill_prices (machine, &chance);
  fill_quality (machine, &chance);
  if (is_good)
    make_good (machine, &chance);
  g_hash_table_insert (self->machines, &machine->offer_id, machine);
  return machine;
}

static EaselSimMachine *
get_machine (EaselSimMarket *self, guint number)
{
  gint64 id = FIRST_OFFER + (gint64) number * OFFER_STEP + (gint64) (number % 7);
  EaselSimMachine *machine = g_hash_table_lookup (self->machines, &id);

  return machine != NULL ? machine : make_machine (self, number);
}

/**
 * easel_sim_market_set_size:
 * @self: a market
 * @n_offers: how many offers there are, all of them good and free; -1 for the usual mixture
 */
void
easel_sim_market_set_size (EaselSimMarket *self, int n_offers)
{
  guint n = n_offers < 0 ? USUAL_SIZE : MIN ((guint) n_offers, MAX_SIZE);

  g_return_if_fail (self != NULL);
  g_ptr_array_set_size (self->offered, 0);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (self->offered, get_machine (self, n_offers < 0 ? i : FIRST_GOOD + i));
}

/**
 * easel_sim_market_get_n:
 * @self: a market
 *
 * Returns: the number of machines, rented ones too
 */
guint
easel_sim_market_get_n (EaselSimMarket *self)
{
  return self->offered->len;
}

/**
 * easel_sim_market_get:
 * @self: a market
 * @index: below easel_sim_market_get_n()
 *
 * Returns: (transfer none): a machine; it stays valid as long as the market
 */
const EaselSimMachine *
easel_sim_market_get (EaselSimMarket *self, guint index)
{
  g_return_val_if_fail (index < self->offered->len, NULL);
  return g_ptr_array_index (self->offered, index);
}

/**
 * easel_sim_market_find:
 * @self: a market
 * @offer_id: an offer
 *
 * Returns: (transfer none) (nullable): its machine, also if it is not offered any more
 */
const EaselSimMachine *
easel_sim_market_find (EaselSimMarket *self, gint64 offer_id)
{
  gint64 number = (offer_id - FIRST_OFFER) / OFFER_STEP;
  const EaselSimMachine *machine;

  if (offer_id < FIRST_OFFER || number >= FIRST_GOOD + MAX_SIZE ||
      (number >= USUAL_SIZE && number < FIRST_GOOD))
    return NULL;
  machine = get_machine (self, (guint) number);
  return machine->offer_id == offer_id ? machine : NULL;
}

/**
 * easel_sim_machine_get_end:
 * @machine: a machine
 * @now_ms: the cloud's time
 *
 * Returns: until when a contract that begins now may last, Unix milliseconds
 */
gint64
easel_sim_machine_get_end (const EaselSimMachine *machine, gint64 now_ms)
{
  gint64 phase = (gint64) (machine->number % 97) * 3600 * 1000;

  return ((now_ms + phase) / machine->term_ms + 1) * machine->term_ms - phase;
}

static gboolean
look_up (GHashTable *table, gconstpointer key, EaselSimOfferState *ret_state)
{
  gpointer fixed = g_hash_table_lookup (table, key);

  if (fixed == NULL)
    return FALSE;
  *ret_state = (EaselSimOfferState) (GPOINTER_TO_INT (fixed) - 1);
  return TRUE;
}

/**
 * easel_sim_market_get_state:
 * @self: a market
 * @machine: a machine
 *
 * Returns: what others have left of it. That an offer goes between list and click happens only when
 *   somebody wants it to, see easel_sim_market_override_offer()
 */
EaselSimOfferState
easel_sim_market_get_state (EaselSimMarket *self, const EaselSimMachine *machine)
{
  EaselSimOfferState state;

  if (look_up (self->by_offer, &machine->offer_id, &state) ||
      look_up (self->by_gpu, machine->gpu->id, &state))
    return state;
  return EASEL_SIM_OFFER_FREE;
}

/**
 * easel_sim_market_is_shown:
 * @self: a market
 * @machine: a machine
 * @now_ms: the cloud's time
 *
 * Returns: whether lists have it: offers come and go by themselves, except where a state was set
 */
gboolean
easel_sim_market_is_shown (EaselSimMarket *self, const EaselSimMachine *machine, gint64 now_ms)
{
  EaselSimOfferState state;
  g_autofree char *key = NULL;

  if (machine->number >= FIRST_GOOD || look_up (self->by_offer, &machine->offer_id, &state) ||
      look_up (self->by_gpu, machine->gpu->id, &state))
    return TRUE;
  key = g_strdup_printf ("%u", machine->number);
  return easel_sim_hash (self->seed + (guint64) (now_ms / CHURN_MS), key) % 12 != 0;
}

/**
 * easel_sim_market_override_gpu:
 * @self: a market
 * @gpu_id: a type of GPU
 * @state: of all offers with it from now on
 */
void
easel_sim_market_override_gpu (EaselSimMarket *self, const char *gpu_id, EaselSimOfferState state)
{
  g_hash_table_replace (self->by_gpu, g_strdup (gpu_id), GINT_TO_POINTER ((int) state + 1));
}

/**
 * easel_sim_market_override_offer:
 * @self: a market
 * @offer_id: an offer
 * @state: of it from now on, whatever is said of its GPU
 */
void
easel_sim_market_override_offer (EaselSimMarket *self, gint64 offer_id, EaselSimOfferState state)
{
  gint64 *key = g_new (gint64, 1);

  *key = offer_id;
  g_hash_table_replace (self->by_offer, key, GINT_TO_POINTER ((int) state + 1));
}

/**
 * easel_sim_market_clear_overrides:
 * @self: a market
 *
 * Lets others rent and leave as they like again.
 */
void
easel_sim_market_clear_overrides (EaselSimMarket *self)
{
  g_hash_table_remove_all (self->by_gpu);
  g_hash_table_remove_all (self->by_offer);
}
