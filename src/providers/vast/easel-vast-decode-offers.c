/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * vast.ai's market as offers. Pure. An offer is one free slot of one machine. Filters were seen not
 * to be applied strictly by the service, so everything that was asked for is checked again here; a
 * member that is not told passes, as far as its absence cannot cost anybody money.
 */

#include "config.h"

#include "easel-vast-decode.h"

#include "easel-error.h"
#include "easel-vast-places.h"

#include <string.h>

#define MAX_NAME 100
#define MAX_DOLLARS_PER_HOUR 10000.0
#define MAX_DISK_GB 1e9
#define MAX_MBPS 1e7
#define MAX_DURATION_S (20.0 * 365 * 24 * 3600)
#define BYTES_PER_MEGABIT 125000.0
/* What vast.ai's own figures come to: storage is priced by a month of 30 days. */
#define HOURS_PER_STORAGE_MONTH 720.0

/* The image as it is sent, an estimate: nobody publishes it. */
#define IMAGE_BYTES G_GUINT64_CONSTANT (9000000000)
/* To make the container and to start the server; and a share of the line's speed that is left on a
 * bad day, with unpacking. */
#define START_LOW_MS (2 * 60 * 1000)
#define START_HIGH_MS (5 * 60 * 1000)
#define BAD_DAY 2.5

/**
 * easel_vast_offer_pages_new:
 *
 * Returns: (transfer full): nothing yet
 */
EaselVastOfferPages *
easel_vast_offer_pages_new (void)
{
  EaselVastOfferPages *self = g_new0 (EaselVastOfferPages, 1);

  self->offers = g_ptr_array_new_with_free_func (g_object_unref);
  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

/**
 * easel_vast_offer_pages_free:
 * @self: (transfer full) (nullable): pages
 *
 * Frees them.
 */
void
easel_vast_offer_pages_free (EaselVastOfferPages *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->offers, g_ptr_array_unref);
  g_clear_pointer (&self->seen, g_hash_table_unref);
  g_free (self);
}

/* FALSE only if it is told and too little. */
static gboolean
is_enough (JsonObject *offer, const char *key, double least)
{
  double value = easel_json_peek_double (offer, key, -G_MAXDOUBLE, G_MAXDOUBLE, least);

  return value >= least;
}

static gboolean
says_other (JsonObject *offer, const char *key, const char *wanted)
{
  const char *text = easel_json_peek_string (offer, key, wanted);

  return g_ascii_strcasecmp (text, wanted) != 0;
}

static gboolean
is_for_rent (JsonObject *offer)
{
  return easel_vast_peek_flag (offer, "rentable", TRUE) &&
         !easel_vast_peek_flag (offer, "rented", FALSE) &&
         !easel_vast_peek_flag (offer, "external", FALSE) &&
         !easel_vast_peek_flag (offer, "is_bid", FALSE) &&
         !says_other (offer, "verification", "verified");
}

static gboolean
is_for_us (JsonObject *offer, const EaselVastSearch *search)
{
  guint cuda = easel_vast_peek_cuda (offer);

  if (says_other (offer, "gpu_arch", "nvidia") || says_other (offer, "cpu_arch", "amd64"))
    return FALSE;
  if (easel_json_peek_int (offer, "num_gpus", 0, G_MAXINT, 1) != 1)
    return FALSE;
  if (search->need_cuda > 0 && cuda > 0 && cuda < search->need_cuda)
    return FALSE;
  return is_enough (offer, "compute_cap", EASEL_VAST_MIN_COMPUTE) &&
         is_enough (offer, "gpu_ram", EASEL_VAST_MIN_VRAM_MIB) &&
         is_enough (offer, "disk_space", (double) search->disk_gb + EASEL_VAST_IMAGE_ROOM_GB) &&
         is_enough (offer, "direct_port_count", EASEL_VAST_MIN_PORTS) &&
         is_enough (offer, "reliability", EASEL_VAST_MIN_RELIABILITY) &&
         is_enough (offer, "reliability2", EASEL_VAST_MIN_RELIABILITY) &&
         is_enough (offer, "inet_down", EASEL_VAST_MIN_DOWNLOAD_MBPS) &&
         is_enough (offer, "duration", EASEL_VAST_MIN_DURATION_S);
}

/* Micro-dollars per hour for one GB: from the price of the whole disk, which is exact, else from
 * the price of a month. */
static gint64
read_disk_price (JsonObject *offer, guint disk_gb)
{
  double whole = easel_json_peek_double (offer, "storage_total_cost", 0, MAX_DOLLARS_PER_HOUR, -1);
  double month = easel_json_peek_double (offer, "storage_cost", 0, MAX_DOLLARS_PER_HOUR, -1);

  if (whole >= 0 && disk_gb > 0)
    return easel_money_from_dollars (whole / disk_gb);
  return month >= 0 ? easel_money_from_dollars (month / HOURS_PER_STORAGE_MONTH) : 0;
}

/* So that GPU and disk together are exactly what vast.ai says that the hour costs. */
static gboolean
take_price (JsonObject *offer, guint disk_gb, EaselOfferData *data)
{
  gint64 total = easel_vast_peek_rate (offer, "dph_total");
  gint64 base = easel_vast_peek_rate (offer, "dph_base");

  data->disk_price = read_disk_price (offer, disk_gb);
  data->stopped_disk_price = data->disk_price;
  if (total != EASEL_MONEY_UNKNOWN)
    data->gpu_price = total - data->disk_price * disk_gb;
  if (total == EASEL_MONEY_UNKNOWN || data->gpu_price <= 0)
    data->gpu_price = base;
  return data->gpu_price > 0;
}

static gint64
read_traffic_price (JsonObject *offer)
{
  double gigabyte = easel_json_peek_double (offer, "inet_down_cost", 0, MAX_DOLLARS_PER_HOUR, -1);
  double terabyte =
      easel_json_peek_double (offer, "internet_down_cost_per_tb", 0, MAX_DOLLARS_PER_HOUR, -1);

  if (gigabyte >= 0)
    return easel_money_from_dollars (gigabyte);
  return terabyte >= 0 ? easel_money_from_dollars (terabyte / 1000) : 0;
}

static int
read_reliability (JsonObject *offer)
{
  double part = easel_json_peek_double (offer, "reliability", 0, 1, -1);

  if (part < 0)
    part = easel_json_peek_double (offer, "reliability2", 0, 1, -1);
  return part < 0 ? -1 : (int) (part * 1000000 + 0.5);
}

/* For what most people paint; who paints something else is told by their own history. */
static void
take_start (EaselOfferData *data)
{
  EaselWorkloadNeeds needs;
  double milliseconds;

  if (data->download_bps == 0)
    return;
  easel_workload_needs (EASEL_WORKLOAD_DEFAULT, FALSE, &needs);
  milliseconds = (double) (IMAGE_BYTES + needs.download_bytes) * 1000 / (double) data->download_bps;
  milliseconds = MIN (milliseconds, 24.0 * 3600 * 1000);
  data->start_low_ms = START_LOW_MS + (gint64) milliseconds;
  data->start_high_ms = START_HIGH_MS + (gint64) (milliseconds * BAD_DAY);
}

static void
take_facts (JsonObject *offer, EaselOfferData *data)
{
  data->vram_mib = (guint) easel_json_peek_double (offer, "gpu_ram", 0, 1e8, 0);
  data->ram_mib = easel_vast_peek_ram_mib (offer);
  data->traffic_price = read_traffic_price (offer);
  data->image_bytes = IMAGE_BYTES;
  data->host_kind = easel_vast_peek_host_kind (offer);
  data->download_bps =
      (guint64) (easel_json_peek_double (offer, "inet_down", 0, MAX_MBPS, 0) * BYTES_PER_MEGABIT);
  data->reliability_ppm = read_reliability (offer);
  data->cuda_max = easel_vast_peek_cuda (offer);
  data->max_duration_ms =
      (gint64) (easel_json_peek_double (offer, "duration", 0, MAX_DURATION_S, 0) * 1000);
  take_start (data);
}

/* (nullable): what cannot be rented from here, or not by anybody who wants to know the price */
static EaselOffer *
make_offer (JsonObject *offer, const char *id, const EaselVastSearch *search)
{
  const char *name = easel_json_peek_string (offer, "gpu_name", "");
  g_autofree char *gpu_name = easel_vast_clip (name, MAX_NAME);
  g_autofree char *machine_id = easel_vast_peek_id (offer, "machine_id");
  g_autofree char *place = NULL;
  EaselRegion region = EASEL_REGION_NONE;
  const char *places[] = { NULL, NULL };
  EaselOfferData data = { 0 };

  if (*gpu_name == '\0' || !take_price (offer, search->disk_gb, &data))
    return NULL;
  take_facts (offer, &data);
  if (data.vram_mib == 0)
    return NULL;
  place = easel_vast_place_name (easel_json_peek_string (offer, "geolocation", NULL), &region);
  places[0] = place;
  data.provider_id = "vast";
  data.id = id;
  data.gpu_id = gpu_name;
  data.gpu_name = gpu_name;
  /* It is one machine, and free. */
  data.stock = EASEL_STOCK_MEDIUM;
  data.regions = region;
  data.places = places;
  data.machine_id = machine_id;
  return easel_offer_new (&data);
}

static void
take_element (JsonObject *offer, const EaselVastSearch *search, EaselVastOfferPages *pages)
{
  g_autofree char *id = offer != NULL ? easel_vast_peek_id (offer, "id") : NULL;
  g_autoptr (EaselOffer) made = NULL;
  double price;

  if (id == NULL)
    {
      pages->n_skipped++;
      return;
    }
  price = easel_json_peek_double (offer, "dph_total", 0, MAX_DOLLARS_PER_HOUR, 0);
  pages->last_price = MAX (pages->last_price, price);
  if (!g_hash_table_add (pages->seen, g_strdup (id)))
    return;
  pages->n_new++;
  if (!is_for_rent (offer) || !is_for_us (offer, search))
    return;
  made = make_offer (offer, id, search);
  if (made == NULL)
    pages->n_skipped++;
  else
    g_ptr_array_add (pages->offers, g_steal_pointer (&made));
}

/**
 * easel_vast_decode_offer_page:
 * @root: a page of offers
 * @search: what was asked for
 * @pages: what is known so far; offers are added
 * @error: return location for an error
 *
 * Returns: %FALSE with %EASEL_ERROR_PROTOCOL if it is no such page
 */
gboolean
easel_vast_decode_offer_page (JsonNode *root,
                              const EaselVastSearch *search,
                              EaselVastOfferPages *pages,
                              GError **error)
{
  JsonObject *answer = easel_json_node_object (root, "offers", error);
  JsonArray *offers = answer != NULL ? easel_json_get_array (answer, "offers", error) : NULL;

  g_return_val_if_fail (search != NULL && pages != NULL, FALSE);

  if (offers == NULL)
    return FALSE;
  pages->n_elements = json_array_get_length (offers);
  pages->n_new = 0;
  pages->last_price = 0;
  for (guint i = 0; i < pages->n_elements; i++)
    take_element (easel_json_element_object (offers, i), search, pages);
  return TRUE;
}
