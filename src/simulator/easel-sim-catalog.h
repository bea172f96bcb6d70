/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  EASEL_SIM_TIER_SECURE,
  EASEL_SIM_TIER_COMMUNITY,
  EASEL_SIM_N_TIERS
} EaselSimTier;

typedef enum
{
  EASEL_SIM_STOCK_NONE,
  EASEL_SIM_STOCK_LOW,
  EASEL_SIM_STOCK_MEDIUM,
  EASEL_SIM_STOCK_HIGH
} EaselSimStock;

/**
 * EaselSimGpu:
 *
 * A type of GPU. Prices are micro-dollars per hour and GPU. @newest_cuda counts in tenths
 * (130 = 13.0) and is 0 where the cloud tells no versions.
 */
typedef struct
{
  const char *id;
  const char *name;
  const char *pool; /* (nullable) */
  const char *manufacturer;
  int memory_gb;
  gint64 price_micros[EASEL_SIM_N_TIERS]; /* 0: not offered there */
  gint64 serverless_micros;
  int max_count[EASEL_SIM_N_TIERS];
  EaselSimStock usual_stock[EASEL_SIM_N_TIERS];
  int newest_cuda[EASEL_SIM_N_TIERS];
  int vcpu_count;
  int ram_gb;
} EaselSimGpu;

typedef struct
{
  const char *id;
  const char *name;
  const char *region;
  const char *country;
  gboolean has_global_network;
  gboolean has_fast_storage;
  const char *compliance; /* (nullable) */
} EaselSimDataCenter;

/**
 * EaselSimWish:
 *
 * What a machine must have. @cuda_exact holds versions in tenths.
 */
typedef struct
{
  int count;
  int min_cuda;        /* tenths, 0 for none */
  GArray *cuda_exact;  /* (nullable) (element-type int) */
  char **countries;    /* (nullable) */
  char **data_centers; /* (nullable) */
} EaselSimWish;

typedef struct _EaselSimCatalog EaselSimCatalog;

EaselSimCatalog *easel_sim_catalog_new (guint64 seed);
void easel_sim_catalog_free (EaselSimCatalog *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselSimCatalog, easel_sim_catalog_free)

void easel_sim_catalog_set_size (EaselSimCatalog *self, int n_gpus);
guint easel_sim_catalog_get_n_gpus (EaselSimCatalog *self);
const EaselSimGpu *easel_sim_catalog_get_gpu (EaselSimCatalog *self, guint index);
const EaselSimGpu *easel_sim_catalog_find_gpu (EaselSimCatalog *self, const char *id);

EaselSimStock easel_sim_catalog_get_stock (EaselSimCatalog *self,
                                           const EaselSimGpu *gpu,
                                           EaselSimTier tier,
                                           const EaselSimWish *wish,
                                           gint64 now_ms);
void easel_sim_catalog_override_stock (EaselSimCatalog *self,
                                       const char *gpu_id,
                                       EaselSimTier tier,
                                       EaselSimStock stock);
void easel_sim_catalog_clear_overrides (EaselSimCatalog *self);

guint easel_sim_catalog_get_n_data_centers (void);
const EaselSimDataCenter *easel_sim_catalog_get_data_center (guint index);
EaselSimStock easel_sim_catalog_get_local_stock (EaselSimCatalog *self,
                                                 const EaselSimGpu *gpu,
                                                 const EaselSimDataCenter *center,
                                                 gint64 now_ms);
const int *
easel_sim_catalog_get_cuda_versions (const EaselSimGpu *gpu, EaselSimTier tier, guint *ret_n);

EaselSimTier easel_sim_tier_from_name (const char *name);
const char *easel_sim_tier_name (EaselSimTier tier);
EaselSimStock easel_sim_stock_from_name (const char *name);
const char *easel_sim_stock_name (EaselSimStock stock);
gboolean easel_sim_cuda_parse (const char *text, gboolean allow_major, int *ret_tenths);
char *easel_sim_cuda_format (int tenths);

G_END_DECLS
