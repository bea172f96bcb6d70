/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * RunPod's REST v2, what there is to choose from: GPU types with stock, data centers, templates
 * (facts/runpod.md 4, 5). The rules between query parameters are as strict as documented.
 */
#include "config.h"

#include "easel-sim-runpod-private.h"

#include "easel-sim-build.h"

#include <string.h>

#define MAX_SLICE 100

typedef struct
{
  gboolean has_stock;
  EaselSimTier tier;
  EaselSimWish wish;
} Query;

static const char *const scoped_names[] = {
  "product", "count", "cloud", "countryCodes", "cudaVersions", "minCudaVersion", NULL
};
static const char *const products[] = { "POD", "CLUSTER", "SERVERLESS", NULL };
static const char *const clouds[] = { "SECURE", "COMMUNITY", NULL };

static void
clear_query (Query *query)
{
  g_strfreev (query->wish.countries);
  g_clear_pointer (&query->wish.cuda_exact, g_array_unref);
}

/* Returns the problem with the parameters' values, or NULL. */
static EaselSimAnswer *
read_values (const EaselSimRequest *request, Query *query)
{
  const char *count = easel_sim_request_query (request, "count");
  const char *cloud = easel_sim_request_query (request, "cloud");
  const char *countries = easel_sim_request_query (request, "countryCodes");
  const char *exact = easel_sim_request_query (request, "cudaVersions");
  const char *floor = easel_sim_request_query (request, "minCudaVersion");
  guint64 number = 1;
  int tenths;

  if (count != NULL && !g_ascii_string_to_unsigned (count, 10, 1, 1000, &number, NULL))
    return _easel_sim_runpod_invalid ("count: want integer of at least 1");
  query->wish.count = (int) number;
  if (cloud != NULL && !_easel_sim_runpod_one_of (cloud, clouds))
    return _easel_sim_runpod_invalid ("cloud: value must be one of 'SECURE', 'COMMUNITY'");
  query->tier = easel_sim_tier_from_name (cloud);
  if (countries != NULL)
    {
      query->wish.countries = g_strsplit (countries, ",", 64);
      for (guint i = 0; query->wish.countries[i] != NULL; i++)
        if (!g_regex_match_simple ("^[A-Z]{2}$", query->wish.countries[i], 0, 0))
          return _easel_sim_runpod_invalid ("countryCodes: does not match pattern '^[A-Z]{2}$'");
    }
  if (exact != NULL)
    {
      g_auto (GStrv) texts = g_strsplit (exact, ",", 64);
      GArray *versions = g_array_new (FALSE, FALSE, sizeof (int));

      query->wish.cuda_exact = versions;
      for (guint i = 0; texts[i] != NULL; i++)
        {
          if (!easel_sim_cuda_parse (texts[i], FALSE, &tenths))
            return _easel_sim_runpod_invalid (
                "cudaVersions: does not match pattern '^\\d+\\.\\d+$'");
          g_array_append_val (versions, tenths);
        }
    }
  if (floor != NULL)
    {
      if (!easel_sim_cuda_parse (floor, TRUE, &tenths))
        return _easel_sim_runpod_invalid (
            "minCudaVersion: does not match pattern '^\\d+(\\.\\d+)?$'");
      query->wish.min_cuda = tenths;
    }
  return NULL;
}

static EaselSimAnswer *
read_query (const EaselSimRequest *request, Query *query)
{
  const char *include = easel_sim_request_query (request, "include");
  const char *product = easel_sim_request_query (request, "product");
  g_auto (GStrv) wanted = NULL;

  query->wish.count = 1;
  if (include == NULL)
    {
      for (guint i = 0; scoped_names[i] != NULL; i++)
        if (easel_sim_request_query (request, scoped_names[i]) != NULL)
          {
            g_autofree char *detail =
                g_strdup_printf ("%s is only valid with include=AVAILABILITY", scoped_names[i]);

            return easel_sim_answer_problem (400, detail, NULL);
          }
      return NULL;
    }
  if (strcmp (include, "AVAILABILITY") != 0)
    return _easel_sim_runpod_invalid ("include: value must be one of 'AVAILABILITY'");
  if (product == NULL)
    return easel_sim_answer_problem (400, "product is required with include=AVAILABILITY", NULL);
  wanted = g_strsplit (product, ",", 8);
  for (guint i = 0; wanted[i] != NULL; i++)
    if (!_easel_sim_runpod_one_of (wanted[i], products))
      return _easel_sim_runpod_invalid (
          "product: value must be one of 'POD', 'CLUSTER', 'SERVERLESS'");
  if (easel_sim_request_query (request, "cudaVersions") != NULL &&
      easel_sim_request_query (request, "minCudaVersion") != NULL)
    return easel_sim_answer_problem (400, "cudaVersions and minCudaVersion are mutually exclusive",
                                     NULL);
  query->has_stock = TRUE;
  return read_values (request, query);
}

static gboolean
is_in_country (const EaselSimDataCenter *center, const Query *query)
{
  return query->wish.countries == NULL ||
         g_strv_contains ((const char *const *) query->wish.countries, center->country);
}

static gboolean
has_place (EaselSimWorld *world, const EaselSimGpu *gpu, const Query *query)
{
  gint64 now = easel_sim_cloud_now (world->cloud);

  if (query->wish.countries == NULL)
    return TRUE;
  for (guint i = 0; i < easel_sim_catalog_get_n_data_centers (); i++)
    {
      const EaselSimDataCenter *center = easel_sim_catalog_get_data_center (i);

      if (query->tier == EASEL_SIM_TIER_SECURE && is_in_country (center, query) &&
          easel_sim_catalog_get_local_stock (world->catalog, gpu, center, now) !=
              EASEL_SIM_STOCK_NONE)
        return TRUE;
    }
  return FALSE;
}

static void
put_places (JsonBuilder *builder, EaselSimWorld *world, const EaselSimGpu *gpu, const Query *query)
{
  gint64 now = easel_sim_cloud_now (world->cloud);

  easel_sim_open_array (builder, "dataCenters");
  for (guint i = 0; i < easel_sim_catalog_get_n_data_centers (); i++)
    {
      const EaselSimDataCenter *center = easel_sim_catalog_get_data_center (i);
      EaselSimStock stock = easel_sim_catalog_get_local_stock (world->catalog, gpu, center, now);

      if (stock == EASEL_SIM_STOCK_NONE || !is_in_country (center, query))
        continue;
      easel_sim_open_object (builder, NULL);
      easel_sim_put_string (builder, "id", center->id);
      easel_sim_put_string (builder, "name", center->name);
      easel_sim_put_string (builder, "availability", easel_sim_stock_name (stock));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
put_cuda (JsonBuilder *builder, const EaselSimGpu *gpu, const Query *query, EaselSimStock stock)
{
  guint n_versions;
  const int *versions = easel_sim_catalog_get_cuda_versions (gpu, query->tier, &n_versions);

  if (n_versions == 0)
    return;
  easel_sim_open_array (builder, "cudaVersions");
  for (guint i = 0; i < n_versions; i++)
    {
      g_autofree char *version = easel_sim_cuda_format (versions[i]);
      gboolean is_listed = query->wish.cuda_exact == NULL;

      for (guint k = 0; !is_listed && k < query->wish.cuda_exact->len; k++)
        is_listed = g_array_index (query->wish.cuda_exact, int, k) == versions[i];
      if (!is_listed)
        continue;
      easel_sim_open_object (builder, NULL);
      easel_sim_put_string (builder, "version", version);
      easel_sim_put_boolean (builder, "available", stock != EASEL_SIM_STOCK_NONE);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
put_stock (JsonBuilder *builder, EaselSimWorld *world, const EaselSimGpu *gpu, const Query *query)
{
  EaselSimStock stock = easel_sim_catalog_get_stock (world->catalog, gpu, query->tier, &query->wish,
                                                     easel_sim_cloud_now (world->cloud));

  easel_sim_put_string (builder, "availability", easel_sim_stock_name (stock));
  /* Private owners have no data center; an empty list is left out. */
  if (stock != EASEL_SIM_STOCK_NONE && query->tier == EASEL_SIM_TIER_SECURE)
    put_places (builder, world, gpu, query);
  put_cuda (builder, gpu, query, stock);
}

static void
put_gpu (JsonBuilder *builder, EaselSimWorld *world, const EaselSimGpu *gpu, const Query *query)
{
  easel_sim_open_object (builder, NULL);
  easel_sim_put_string (builder, "id", gpu->id);
  easel_sim_put_string (builder, "name", gpu->name);
  easel_sim_put_string (builder, "pool", gpu->pool);
  easel_sim_put_string (builder, "manufacturer", gpu->manufacturer);
  easel_sim_put_int (builder, "memory", gpu->memory_gb);
  easel_sim_put_boolean (builder, "secure", gpu->price_micros[EASEL_SIM_TIER_SECURE] > 0);
  easel_sim_put_boolean (builder, "community", gpu->price_micros[EASEL_SIM_TIER_COMMUNITY] > 0);
  easel_sim_open_object (builder, "price");
  easel_sim_put_micros (builder, "secure", gpu->price_micros[EASEL_SIM_TIER_SECURE]);
  easel_sim_put_micros (builder, "community", gpu->price_micros[EASEL_SIM_TIER_COMMUNITY]);
  if (gpu->serverless_micros > 0)
    easel_sim_put_micros (builder, "serverless", gpu->serverless_micros);
  json_builder_end_object (builder);
  easel_sim_open_object (builder, "maxCount");
  easel_sim_put_int (builder, "secure", gpu->max_count[EASEL_SIM_TIER_SECURE]);
  easel_sim_put_int (builder, "community", gpu->max_count[EASEL_SIM_TIER_COMMUNITY]);
  json_builder_end_object (builder);
  if (query->has_stock)
    put_stock (builder, world, gpu, query);
  json_builder_end_object (builder);
}

EaselSimAnswer *
_easel_sim_runpod_list_gpus (const EaselSimRunpodCall *call)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  Query query = { 0 };
  EaselSimAnswer *problem = read_query (call->request, &query);

  if (problem == NULL)
    {
      json_builder_begin_object (builder);
      easel_sim_open_array (builder, "gpus");
      for (guint i = 0; i < easel_sim_catalog_get_n_gpus (call->world->catalog); i++)
        {
          const EaselSimGpu *gpu = easel_sim_catalog_get_gpu (call->world->catalog, i);

          if (has_place (call->world, gpu, &query))
            put_gpu (builder, call->world, gpu, &query);
        }
      json_builder_end_array (builder);
      problem = easel_sim_answer_json (200, easel_sim_close_root (builder));
    }
  clear_query (&query);
  return problem;
}

EaselSimAnswer *
_easel_sim_runpod_get_gpu (const EaselSimRunpodCall *call)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  const EaselSimGpu *gpu = easel_sim_catalog_find_gpu (call->world->catalog, call->parts[2]);
  Query query = { 0 };
  EaselSimAnswer *answer = read_query (call->request, &query);

  if (answer == NULL && gpu == NULL)
    answer = easel_sim_answer_problem (404, "GPU type not found", NULL);
  if (answer == NULL)
    {
      put_gpu (builder, call->world, gpu, &query);
      answer = easel_sim_answer_json (200, json_builder_get_root (builder));
    }
  clear_query (&query);
  return answer;
}

static void
put_center (JsonBuilder *builder,
            EaselSimWorld *world,
            const EaselSimDataCenter *center,
            gboolean has_stock)
{
  const char *storage[] = { "STANDARD", center->has_fast_storage ? "HIGH_PERFORMANCE" : NULL,
                            NULL };
  const char *compliance[] = { center->compliance, NULL };
  gint64 now = easel_sim_cloud_now (world->cloud);

  easel_sim_open_object (builder, NULL);
  easel_sim_put_string (builder, "id", center->id);
  easel_sim_put_string (builder, "name", center->name);
  easel_sim_put_string (builder, "region", center->region);
  easel_sim_put_boolean (builder, "globalNetwork", center->has_global_network);
  easel_sim_put_strv (builder, "networkVolumeTypes", storage);
  easel_sim_put_strv (builder, "compliance", compliance);
  if (has_stock)
    {
      easel_sim_open_array (builder, "gpuAvailability");
      for (guint i = 0; i < easel_sim_catalog_get_n_gpus (world->catalog); i++)
        {
          const EaselSimGpu *gpu = easel_sim_catalog_get_gpu (world->catalog, i);
          EaselSimStock stock =
              easel_sim_catalog_get_local_stock (world->catalog, gpu, center, now);

          if (stock == EASEL_SIM_STOCK_NONE)
            continue;
          easel_sim_open_object (builder, NULL);
          easel_sim_put_string (builder, "id", gpu->id);
          easel_sim_put_string (builder, "name", gpu->name);
          easel_sim_put_string (builder, "availability", easel_sim_stock_name (stock));
          json_builder_end_object (builder);
        }
      json_builder_end_array (builder);
    }
  json_builder_end_object (builder);
}

EaselSimAnswer *
_easel_sim_runpod_list_centers (const EaselSimRunpodCall *call)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  const char *include = easel_sim_request_query (call->request, "include");
  const char *regions = easel_sim_request_query (call->request, "regions");
  g_auto (GStrv) wanted = regions != NULL ? g_strsplit (regions, ",", 16) : NULL;

  json_builder_begin_object (builder);
  easel_sim_open_array (builder, "dataCenters");
  for (guint i = 0; i < easel_sim_catalog_get_n_data_centers (); i++)
    {
      const EaselSimDataCenter *center = easel_sim_catalog_get_data_center (i);

      if (wanted == NULL || g_strv_contains ((const char *const *) wanted, center->region))
        put_center (builder, call->world, center,
                    include != NULL && strstr (include, "GPU_AVAILABILITY") != NULL);
    }
  json_builder_end_array (builder);
  return easel_sim_answer_json (200, easel_sim_close_root (builder));
}

static EaselSimAnswer *
list_templates (EaselSimSource source)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  guint n_told = 0;

  json_builder_begin_object (builder);
  easel_sim_open_array (builder, "templates");
  for (guint i = 0; i < easel_sim_templates_get_n () && n_told < MAX_SLICE; i++)
    {
      const EaselSimTemplate *template = easel_sim_templates_get (i);

      if (template->source != source)
        continue;
      _easel_sim_runpod_put_template (builder, template);
      n_told++;
    }
  json_builder_end_array (builder);
  return easel_sim_answer_json (200, easel_sim_close_root (builder));
}

EaselSimAnswer *
_easel_sim_runpod_list_public_templates (const EaselSimRunpodCall *call)
{
  const char *source = easel_sim_request_query (call->request, "source");

  if (source == NULL || strcmp (source, "official") == 0)
    return list_templates (EASEL_SIM_SOURCE_OFFICIAL);
  if (strcmp (source, "verified") == 0)
    return list_templates (EASEL_SIM_SOURCE_VERIFIED);
  if (strcmp (source, "community") == 0)
    return list_templates (EASEL_SIM_SOURCE_COMMUNITY);
  return _easel_sim_runpod_invalid (
      "source: value must be one of 'official', 'verified', 'community'");
}

EaselSimAnswer *
_easel_sim_runpod_list_own_templates (const EaselSimRunpodCall *call)
{
  return list_templates (EASEL_SIM_SOURCE_OWN);
}

EaselSimAnswer *
_easel_sim_runpod_get_template (const EaselSimRunpodCall *call)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  const EaselSimTemplate *template = easel_sim_templates_find (call->parts[1]);

  if (template == NULL)
    return easel_sim_answer_problem (404, "template not found", NULL);
  _easel_sim_runpod_put_template (builder, template);
  return easel_sim_answer_json (200, json_builder_get_root (builder));
}
