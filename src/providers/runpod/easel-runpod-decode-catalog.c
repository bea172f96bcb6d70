/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * RunPod's catalog of GPUs and templates, turned into the model. Pure. What the image cannot run
 * on (other makers, generations that CUDA 13 dropped) never becomes an offer; a bad element is
 * passed over and counted, the rest of the list holds.
 */

#include "config.h"

#include "easel-runpod-decode.h"

#include "easel-error.h"
#include "easel-runpod-places.h"

#include <string.h>

#define MAX_NAME 200
#define MAX_IMAGE 500
#define MAX_ARGS 16384
#define MAX_VRAM_GB 4096
#define MAX_DISK_GB 1000000
#define MAX_DOLLARS_PER_HOUR 10000.0
#define MAX_PLACES 32
#define MAX_ELEMENTS 5000
/* RunPod reference 10.1. */
#define MICROS_PER_GB_MONTH 100000
#define STOPPED_MICROS_PER_GB_MONTH 200000
/* The plugin author's guide says about ten minutes; data centers download faster. */
#define MINUTES(n) ((gint64) (n) *60 * 1000)

typedef struct
{
  const char *word;
  EaselStock stock;
} StockRow;

static const StockRow stock_rows[] = {
  { "NONE", EASEL_STOCK_NONE },
  { "LOW", EASEL_STOCK_LOW },
  { "MEDIUM", EASEL_STOCK_MEDIUM },
  { "HIGH", EASEL_STOCK_HIGH },
};

/* Maxwell, Pascal and Volta, which CUDA 13 dropped: words of the id. */
static const char *const old_words[] = {
  "V100",
  "V100-PCIE-16GB",
  "V100-PCIE-32GB",
  "V100-SXM2-16GB",
  "V100-SXM2-32GB",
  "V100-FHHL-16GB",
  "V100S-PCIE-32GB",
  "P100",
  "P100-PCIE-16GB",
  "P100-PCIE-12GB",
  "P100-SXM2-16GB",
  "P40",
  "P4",
  "P6",
  "M40",
  "M60",
  "M6",
  "M4",
  "K80",
  "K40",
  "GP100",
  "GV100",
  "TITAN",
  "Xp",
  "P1000",
  "P2000",
  "P2200",
  "P4000",
  "P5000",
  "P6000",
  "M4000",
  "M5000",
  "M6000",
  "1050",
  "1060",
  "1070",
  "1080",
  "980",
  "970",
  "960",
  NULL,
};

static gboolean
is_too_old (const char *gpu_id)
{
  g_auto (GStrv) words = g_strsplit (gpu_id, " ", 20);

  for (guint i = 0; words[i] != NULL; i++)
    if (g_strv_contains (old_words, words[i]))
      return strstr (gpu_id, "TITAN RTX") == NULL;
  return FALSE;
}

static EaselStock
read_stock (JsonObject *object)
{
  const char *word = easel_json_peek_string (object, "availability", "");

  for (gsize i = 0; i < G_N_ELEMENTS (stock_rows); i++)
    if (strcmp (word, stock_rows[i].word) == 0)
      return stock_rows[i].stock;
  return EASEL_STOCK_UNKNOWN;
}

/* The newest CUDA of a host that has one free; of any host when none is free. */
static guint
read_cuda (JsonObject *gpu)
{
  JsonArray *versions = easel_json_peek_array (gpu, "cudaVersions");
  guint free_max = 0;
  guint any_max = 0;

  for (guint i = 0; versions != NULL && i < MIN (json_array_get_length (versions), 100); i++)
    {
      JsonObject *one = easel_json_element_object (versions, i);
      guint version;

      if (one == NULL)
        continue;
      version = easel_cuda_parse (easel_json_peek_string (one, "version", ""));
      any_max = MAX (any_max, version);
      if (easel_json_peek_boolean (one, "available", FALSE))
        free_max = MAX (free_max, version);
    }
  return free_max > 0 ? free_max : any_max;
}

/* Names of the places with stock, each once, and their regions. */
static GPtrArray *
read_places (JsonObject *gpu, guint *ret_regions)
{
  GPtrArray *places = g_ptr_array_new_with_free_func (g_free);
  JsonArray *centers = easel_json_peek_array (gpu, "dataCenters");

  *ret_regions = EASEL_REGION_NONE;
  for (guint i = 0; centers != NULL && i < MIN (json_array_get_length (centers), 200); i++)
    {
      JsonObject *center = easel_json_element_object (centers, i);
      const char *id = center != NULL ? easel_json_peek_string (center, "id", NULL) : NULL;
      g_autofree char *name = NULL;
      EaselRegion region;

      if (id == NULL || *id == '\0' || read_stock (center) == EASEL_STOCK_NONE)
        continue;
      name = easel_runpod_place_name (id, &region);
      *ret_regions |= region;
      if (places->len < MAX_PLACES &&
          !g_ptr_array_find_with_equal_func (places, name, g_str_equal, NULL))
        g_ptr_array_add (places, g_steal_pointer (&name));
    }
  g_ptr_array_add (places, NULL);
  return places;
}

/* %NULL without an error: not for us. */
static EaselOffer *
decode_offer (JsonObject *gpu, EaselHostKind host_kind, GError **error)
{
  gboolean is_private = host_kind == EASEL_HOST_PRIVATE;
  const char *cloud = is_private ? "community" : "secure";
  const char *gpu_id = NULL;
  g_autofree char *offer_id = NULL;
  g_autofree char *name = NULL;
  g_autoptr (GPtrArray) places = NULL;
  JsonObject *price;
  EaselOfferData data = { 0 };
  gint64 vram_gb = 0;
  double dollars = 0;

  if (!easel_json_get_string (gpu, "id", &gpu_id, error))
    return NULL;
  if (*gpu_id == '\0' || strlen (gpu_id) > MAX_NAME || strcmp (gpu_id, "unknown") == 0)
    return NULL;
  if (strcmp (easel_json_peek_string (gpu, "manufacturer", ""), "NVIDIA") != 0 ||
      is_too_old (gpu_id) || !easel_json_peek_boolean (gpu, cloud, FALSE))
    return NULL;
  price = easel_json_get_object (gpu, "price", error);
  if (price == NULL ||
      !easel_json_get_double (price, cloud, 0, MAX_DOLLARS_PER_HOUR, &dollars, error) ||
      !easel_json_get_int (gpu, "memory", 1, MAX_VRAM_GB, &vram_gb, error))
    return NULL;
  data.gpu_price = easel_money_from_dollars (dollars);
  if (data.gpu_price <= 0)
    return NULL;

  offer_id = g_strdup_printf ("runpod/%s/%s", is_private ? "COMMUNITY" : "SECURE", gpu_id);
  name = easel_runpod_clip (easel_json_peek_string (gpu, "name", gpu_id), MAX_NAME);
  places = read_places (gpu, &data.regions);

  data.provider_id = "runpod";
  data.id = offer_id;
  data.gpu_id = gpu_id;
  data.gpu_name = *name != '\0' ? easel_runpod_gpu_name (name) : easel_runpod_gpu_name (gpu_id);
  data.vram_mib = (guint) vram_gb * 1024;
  data.disk_price = easel_money_per_month (1, MICROS_PER_GB_MONTH);
  data.stopped_disk_price = easel_money_per_month (1, STOPPED_MICROS_PER_GB_MONTH);
  data.stock = read_stock (gpu);
  data.host_kind = host_kind;
  data.places = places->len > 1 ? (const char *const *) places->pdata : NULL;
  data.reliability_ppm = -1;
  data.cuda_max = read_cuda (gpu);
  data.encrypted = TRUE;
  data.start_low_ms = is_private ? MINUTES (6) : MINUTES (5);
  data.start_high_ms = is_private ? MINUTES (15) : MINUTES (10);
  return easel_offer_new (&data);
}

/**
 * easel_runpod_decode_offers:
 * @root: an answer of the GPU catalog, asked for one cloud
 * @host_kind: which cloud was asked for
 * @ret_n_skipped: (out): elements that could not be understood; what is merely not for us is not
 *   counted
 * @error: return location for an error
 *
 * The list price leaves out the disk. An id with "MIG" is a slice of a GPU and a type of its own.
 *
 * Returns: (transfer full) (element-type EaselOffer): what this program can use; %NULL with
 *   %EASEL_ERROR_PROTOCOL if it is no list
 */
GPtrArray *
easel_runpod_decode_offers (JsonNode *root,
                            EaselHostKind host_kind,
                            guint *ret_n_skipped,
                            GError **error)
{
  g_autoptr (GPtrArray) offers = g_ptr_array_new_with_free_func (g_object_unref);
  JsonObject *answer = easel_json_node_object (root, "gpus", error);
  JsonArray *gpus = answer != NULL ? easel_json_get_array (answer, "gpus", error) : NULL;
  guint n_bad = 0;

  g_return_val_if_fail (ret_n_skipped != NULL, NULL);

  if (gpus == NULL)
    return NULL;
  for (guint i = 0; i < MIN (json_array_get_length (gpus), MAX_ELEMENTS); i++)
    {
      JsonObject *gpu = easel_json_element_object (gpus, i);
      g_autoptr (GError) bad = NULL;
      EaselOffer *offer = gpu != NULL ? decode_offer (gpu, host_kind, &bad) : NULL;

      if (offer != NULL)
        g_ptr_array_add (offers, offer);
      else if (gpu == NULL || bad != NULL)
        n_bad++;
    }
  *ret_n_skipped = n_bad;
  return g_steal_pointer (&offers);
}

/**
 * easel_runpod_decode_template:
 * @node: a template
 * @source: (nullable): the slice it comes from; %NULL when it was asked for by id
 * @error: return location for an error
 *
 * Asked for by id, a template that is not public is the account's own.
 *
 * Returns: (transfer full): the template; %NULL with %EASEL_ERROR_PROTOCOL
 */
EaselTemplate *
easel_runpod_decode_template (JsonNode *node, const char *source, GError **error)
{
  JsonObject *object = easel_json_node_object (node, "template", error);
  const char *id = NULL;
  const char *image = NULL;
  const char *category;
  const char *args;
  g_autofree char *name = NULL;
  g_autofree char *clipped_image = NULL;
  g_auto (GStrv) ports = NULL;
  EaselTemplateData data = { 0 };

  if (object == NULL || !easel_json_get_string (object, "id", &id, error) ||
      !easel_json_get_string (object, "image", &image, error))
    return NULL;
  if (!easel_runpod_id_is_usable (id))
    {
      easel_set_error (error, EASEL_ERROR_PROTOCOL, "“id”: not an id");
      return NULL;
    }
  name = easel_runpod_clip (easel_json_peek_string (object, "name", id), MAX_NAME);
  clipped_image = easel_runpod_clip (image, MAX_IMAGE);
  ports = easel_json_peek_strv (object, "ports");
  args = easel_json_peek_string (object, "args", "");
  category = easel_json_peek_string (object, "category", "");

  data.provider_id = "runpod";
  data.id = id;
  data.name = name;
  data.image = clipped_image;
  data.args = strlen (args) <= MAX_ARGS ? args : "";
  data.disk_gb = (guint) easel_json_peek_int (object, "disk", 0, MAX_DISK_GB, 0);
  easel_runpod_take_mount (object, &data.workspace_gb, &data.workspace_path);
  data.ports = (const char *const *) ports;
  data.is_public = easel_json_peek_boolean (object, "public", FALSE);
  data.is_own = source != NULL ? strcmp (source, "own") == 0 : !data.is_public;
  data.serverless = easel_json_peek_boolean (object, "serverless", FALSE);
  data.nvidia = strcmp (category, "AMD") != 0 && strcmp (category, "CPU") != 0;
  data.source = source;
  return easel_template_new (&data);
}

/**
 * easel_runpod_decode_templates:
 * @root: an answer to a list of templates
 * @source: "own", "official", "verified", "community"
 * @error: return location for an error
 *
 * Returns: (transfer full) (element-type EaselTemplate): the templates; %NULL with
 *   %EASEL_ERROR_PROTOCOL if it is no list
 */
GPtrArray *
easel_runpod_decode_templates (JsonNode *root, const char *source, GError **error)
{
  g_autoptr (GPtrArray) templates = g_ptr_array_new_with_free_func (g_object_unref);
  JsonObject *answer = easel_json_node_object (root, "templates", error);
  JsonArray *array = answer != NULL ? easel_json_get_array (answer, "templates", error) : NULL;

  if (array == NULL)
    return NULL;
  for (guint i = 0; i < MIN (json_array_get_length (array), MAX_ELEMENTS); i++)
    {
      EaselTemplate *one =
          easel_runpod_decode_template (json_array_get_element (array, i), source, NULL);

      if (one != NULL)
        g_ptr_array_add (templates, one);
    }
  return g_steal_pointer (&templates);
}
