/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the simulated cloud has to rent: GPU types with prices, data centers, and stock that moves
 * slowly, the same way in every run with the same seed. It does not know who rents. Types, sizes
 * and ids as in facts/runpod.md 4.3; prices made up in the neighbourhood of the published ones.
 */
#include "config.h"

#include "easel-sim-catalog-private.h"

#include "easel-sim-clock.h"

#include <string.h>

#define MAX_GPUS 1000
#define STOCK_PERIOD_MS (15 * 60 * 1000)

struct _EaselSimCatalog
{
  guint64 seed;
  GPtrArray *gpus;     /* (element-type EaselSimGpu) */
  GPtrArray *invented; /* (element-type EaselSimGpu): owns what set_size() made up */
  GStringChunk *names;
  GHashTable *overrides; /* (element-type utf8 gpointer): "tier/id" → stock + 1 */
};

/* Oldest first; a type offers those up to its newest. */
static const int cuda_versions[] = { 124, 126, 128, 129, 130 };

/**
 * easel_sim_catalog_new:
 * @seed: decides how the stock moves
 *
 * Returns: (transfer full): the usual catalog
 */
EaselSimCatalog *
easel_sim_catalog_new (guint64 seed)
{
  EaselSimCatalog *self = g_new0 (EaselSimCatalog, 1);

  self->seed = seed;
  self->gpus = g_ptr_array_new ();
  self->invented = g_ptr_array_new_with_free_func (g_free);
  self->names = g_string_chunk_new (1024);
  self->overrides = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  easel_sim_catalog_set_size (self, -1);
  return self;
}

/**
 * easel_sim_catalog_free:
 * @self: (transfer full): a catalog
 */
void
easel_sim_catalog_free (EaselSimCatalog *self)
{
  g_ptr_array_unref (self->gpus);
  g_ptr_array_unref (self->invented);
  g_string_chunk_free (self->names);
  g_hash_table_unref (self->overrides);
  g_free (self);
}

static EaselSimGpu *
invent_gpu (EaselSimCatalog *self, guint number)
{
  EaselSimGpu *gpu = g_new (EaselSimGpu, 1);
  g_autofree char *id = g_strdup_printf ("NVIDIA Practice %03u", number);
  g_autofree char *name = g_strdup_printf ("Practice %03u", number);

  *gpu = _easel_sim_gpus[3];
  gpu->id = g_string_chunk_insert (self->names, id);
  gpu->name = g_string_chunk_insert (self->names, name);
  gpu->pool = NULL;
  gpu->serverless_micros = 0;
  gpu->memory_gb = 8 + (int) (number % 12) * 8;
  gpu->price_micros[EASEL_SIM_TIER_SECURE] = 200000 + number * 3000;
  gpu->price_micros[EASEL_SIM_TIER_COMMUNITY] = 100000 + number * 2000;
  return gpu;
}

/**
 * easel_sim_catalog_set_size:
 * @self: a catalog
 * @n_gpus: how many types to offer, invented ones after the usual; -1 for the usual
 */
void
easel_sim_catalog_set_size (EaselSimCatalog *self, int n_gpus)
{
  guint n = n_gpus < 0 ? _easel_sim_n_gpus : MIN ((guint) n_gpus, MAX_GPUS);

  g_return_if_fail (self != NULL);
  g_ptr_array_set_size (self->gpus, 0);
  for (guint i = 0; i < MIN (n, _easel_sim_n_gpus); i++)
    g_ptr_array_add (self->gpus, (gpointer) &_easel_sim_gpus[i]);
  for (guint i = _easel_sim_n_gpus; i < n; i++)
    {
      EaselSimGpu *gpu = invent_gpu (self, i);

      /* Kept for ever: a pod may still point to it after the catalog has shrunk. */
      g_ptr_array_add (self->invented, gpu);
      g_ptr_array_add (self->gpus, gpu);
    }
}

/**
 * easel_sim_catalog_get_n_gpus:
 * @self: a catalog
 *
 * Returns: the number of types offered
 */
guint
easel_sim_catalog_get_n_gpus (EaselSimCatalog *self)
{
  return self->gpus->len;
}

/**
 * easel_sim_catalog_get_gpu:
 * @self: a catalog
 * @index: below easel_sim_catalog_get_n_gpus()
 *
 * Returns: (transfer none): a type
 */
const EaselSimGpu *
easel_sim_catalog_get_gpu (EaselSimCatalog *self, guint index)
{
  g_return_val_if_fail (index < self->gpus->len, NULL);
  return g_ptr_array_index (self->gpus, index);
}

/**
 * easel_sim_catalog_find_gpu:
 * @self: a catalog
 * @id: (nullable): a type's id
 *
 * Returns: (transfer none) (nullable): the type, offered or not
 */
const EaselSimGpu *
easel_sim_catalog_find_gpu (EaselSimCatalog *self, const char *id)
{
  for (guint i = 0; i < _easel_sim_n_gpus; i++)
    if (g_strcmp0 (_easel_sim_gpus[i].id, id) == 0)
      return &_easel_sim_gpus[i];
  for (guint i = 0; i < self->invented->len; i++)
    {
      const EaselSimGpu *gpu = g_ptr_array_index (self->invented, i);

      if (g_strcmp0 (gpu->id, id) == 0)
        return gpu;
    }
  return NULL;
}

static EaselSimStock
usual_stock (EaselSimCatalog *self, const EaselSimGpu *gpu, EaselSimTier tier, gint64 now_ms)
{
  g_autofree char *key = g_strdup_printf ("%s/%s", easel_sim_tier_name (tier), gpu->id);
  gpointer fixed = g_hash_table_lookup (self->overrides, key);
  guint64 chance;
  int level = (int) gpu->usual_stock[tier];

  if (fixed != NULL)
    return (EaselSimStock) (GPOINTER_TO_INT (fixed) - 1);
  if (gpu->price_micros[tier] == 0)
    return EASEL_SIM_STOCK_NONE;
  chance = easel_sim_hash (self->seed + (guint64) (now_ms / STOCK_PERIOD_MS), key) % 8;
  if (chance == 0)
    level--;
  else if (chance == 1)
    level++;
  /* What is plenty never runs out by itself: whoever wants that says so. */
  if (gpu->usual_stock[tier] >= EASEL_SIM_STOCK_MEDIUM)
    level = MAX (level, (int) EASEL_SIM_STOCK_LOW);
  return (EaselSimStock) CLAMP (level, (int) EASEL_SIM_STOCK_NONE, (int) EASEL_SIM_STOCK_HIGH);
}

static gboolean
is_among (char **names, const char *name)
{
  return g_strv_contains ((const char *const *) names, name);
}

static EaselSimStock
place_stock (EaselSimCatalog *self, const EaselSimGpu *gpu, const EaselSimWish *wish, gint64 now_ms)
{
  EaselSimStock best = EASEL_SIM_STOCK_NONE;

  for (guint i = 0; i < _easel_sim_n_data_centers; i++)
    {
      const EaselSimDataCenter *center = &_easel_sim_data_centers[i];

      if (wish->countries != NULL && !is_among (wish->countries, center->country))
        continue;
      if (wish->data_centers != NULL && !is_among (wish->data_centers, center->id))
        continue;
      best = MAX (best, easel_sim_catalog_get_local_stock (self, gpu, center, now_ms));
    }
  return best;
}

static gboolean
suits_cuda (const EaselSimGpu *gpu, EaselSimTier tier, const EaselSimWish *wish)
{
  guint n_versions;
  const int *versions = easel_sim_catalog_get_cuda_versions (gpu, tier, &n_versions);

  if (wish->min_cuda == 0 && (wish->cuda_exact == NULL || wish->cuda_exact->len == 0))
    return TRUE;
  for (guint i = 0; i < n_versions; i++)
    {
      if (wish->min_cuda > 0 && versions[i] >= wish->min_cuda)
        return TRUE;
      for (guint k = 0; wish->cuda_exact != NULL && k < wish->cuda_exact->len; k++)
        if (versions[i] == g_array_index (wish->cuda_exact, int, k))
          return TRUE;
    }
  return FALSE;
}

/**
 * easel_sim_catalog_get_stock:
 * @self: a catalog
 * @gpu: a type
 * @tier: which cloud
 * @wish: (nullable): what the machine must have
 * @now_ms: the cloud's time
 *
 * Returns: how much of it is free
 */
EaselSimStock
easel_sim_catalog_get_stock (EaselSimCatalog *self,
                             const EaselSimGpu *gpu,
                             EaselSimTier tier,
                             const EaselSimWish *wish,
                             gint64 now_ms)
{
  EaselSimStock stock;

  g_return_val_if_fail (self != NULL && gpu != NULL, EASEL_SIM_STOCK_NONE);
  stock = usual_stock (self, gpu, tier, now_ms);
  if (wish == NULL || stock == EASEL_SIM_STOCK_NONE)
    return stock;
  if (wish->count > gpu->max_count[tier] || !suits_cuda (gpu, tier, wish))
    return EASEL_SIM_STOCK_NONE;
  /* Private owners' computers have no data center, so a place rules them out. */
  if (wish->countries != NULL || (wish->data_centers != NULL && wish->data_centers[0] != NULL))
    return tier == EASEL_SIM_TIER_SECURE ? MIN (stock, place_stock (self, gpu, wish, now_ms))
                                         : EASEL_SIM_STOCK_NONE;
  return stock;
}

/**
 * easel_sim_catalog_override_stock:
 * @self: a catalog
 * @gpu_id: a type's id
 * @tier: which cloud
 * @stock: what it has from now on
 */
void
easel_sim_catalog_override_stock (EaselSimCatalog *self,
                                  const char *gpu_id,
                                  EaselSimTier tier,
                                  EaselSimStock stock)
{
  g_return_if_fail (self != NULL && gpu_id != NULL);
  g_hash_table_replace (self->overrides,
                        g_strdup_printf ("%s/%s", easel_sim_tier_name (tier), gpu_id),
                        GINT_TO_POINTER ((int) stock + 1));
}

/**
 * easel_sim_catalog_clear_overrides:
 * @self: a catalog
 *
 * Lets all stock move by itself again.
 */
void
easel_sim_catalog_clear_overrides (EaselSimCatalog *self)
{
  g_hash_table_remove_all (self->overrides);
}

/**
 * easel_sim_catalog_get_n_data_centers:
 *
 * Returns: the number of data centers
 */
guint
easel_sim_catalog_get_n_data_centers (void)
{
  return _easel_sim_n_data_centers;
}

/**
 * easel_sim_catalog_get_data_center:
 * @index: below easel_sim_catalog_get_n_data_centers()
 *
 * Returns: (transfer none): a data center
 */
const EaselSimDataCenter *
easel_sim_catalog_get_data_center (guint index)
{
  g_return_val_if_fail (index < _easel_sim_n_data_centers, NULL);
  return &_easel_sim_data_centers[index];
}

/**
 * easel_sim_catalog_get_local_stock:
 * @self: a catalog
 * @gpu: a type
 * @center: a data center
 * @now_ms: the cloud's time
 *
 * Returns: how much of @gpu is free in @center; nothing where it is not offered
 */
EaselSimStock
easel_sim_catalog_get_local_stock (EaselSimCatalog *self,
                                   const EaselSimGpu *gpu,
                                   const EaselSimDataCenter *center,
                                   gint64 now_ms)
{
  EaselSimStock stock = usual_stock (self, gpu, EASEL_SIM_TIER_SECURE, now_ms);
  guint64 place = easel_sim_hash (easel_sim_hash (7, gpu->id), center->id) % 3;
  guint home = (guint) (easel_sim_hash (11, gpu->id) % _easel_sim_n_data_centers);

  /* Each type has one place that always has it as long as there is any. */
  if (center == &_easel_sim_data_centers[home])
    return stock;
  if (place == 0 || stock == EASEL_SIM_STOCK_NONE)
    return EASEL_SIM_STOCK_NONE;
  return place == 1 ? EASEL_SIM_STOCK_LOW : stock;
}

/**
 * easel_sim_catalog_get_cuda_versions:
 * @gpu: a type
 * @tier: which cloud
 * @ret_n: (out): how many
 *
 * Returns: (transfer none): the CUDA versions of the machines' drivers, in tenths
 */
const int *
easel_sim_catalog_get_cuda_versions (const EaselSimGpu *gpu, EaselSimTier tier, guint *ret_n)
{
  guint n = 0;

  while (n < G_N_ELEMENTS (cuda_versions) && cuda_versions[n] <= gpu->newest_cuda[tier])
    n++;
  *ret_n = n;
  return cuda_versions;
}

/**
 * easel_sim_tier_from_name:
 * @name: (nullable): "SECURE" or "COMMUNITY"
 *
 * Returns: the cloud; what is not community is secure
 */
EaselSimTier
easel_sim_tier_from_name (const char *name)
{
  return g_strcmp0 (name, "COMMUNITY") == 0 ? EASEL_SIM_TIER_COMMUNITY : EASEL_SIM_TIER_SECURE;
}

/**
 * easel_sim_tier_name:
 * @tier: a cloud
 *
 * Returns: its name on the wire
 */
const char *
easel_sim_tier_name (EaselSimTier tier)
{
  return tier == EASEL_SIM_TIER_COMMUNITY ? "COMMUNITY" : "SECURE";
}

static const char *const stock_names[] = { "NONE", "LOW", "MEDIUM", "HIGH" };

/**
 * easel_sim_stock_from_name:
 * @name: (nullable): a level's name
 *
 * Returns: the level, nothing for an unknown name
 */
EaselSimStock
easel_sim_stock_from_name (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (stock_names); i++)
    if (g_strcmp0 (name, stock_names[i]) == 0)
      return (EaselSimStock) i;
  return EASEL_SIM_STOCK_NONE;
}

/**
 * easel_sim_stock_name:
 * @stock: a level
 *
 * Returns: its name on the wire
 */
const char *
easel_sim_stock_name (EaselSimStock stock)
{
  return stock_names[CLAMP ((int) stock, 0, 3)];
}

/**
 * easel_sim_cuda_parse:
 * @text: (nullable): "13.0"
 * @allow_major: whether "13" will do
 * @ret_tenths: (out): 130
 *
 * Returns: whether @text is a CUDA version
 */
gboolean
easel_sim_cuda_parse (const char *text, gboolean allow_major, int *ret_tenths)
{
  char *end = NULL;
  guint64 major, minor = 0;

  if (text == NULL || !g_ascii_isdigit (*text) || strlen (text) > 6)
    return FALSE;
  major = g_ascii_strtoull (text, &end, 10);
  if (*end == '.' && g_ascii_isdigit (end[1]))
    minor = g_ascii_strtoull (end + 1, &end, 10);
  else if (!allow_major || *end != '\0')
    return FALSE;
  if (*end != '\0' || minor > 99)
    return FALSE;
  /* Real versions have one digit after the point; more would sort behind them all the same. */
  *ret_tenths = (int) (major * 10 + MIN (minor, 9));
  return TRUE;
}

/**
 * easel_sim_cuda_format:
 * @tenths: 130
 *
 * Returns: (transfer full): "13.0"
 */
char *
easel_sim_cuda_format (int tenths)
{
  return g_strdup_printf ("%d.%d", tenths / 10, tenths % 10);
}
