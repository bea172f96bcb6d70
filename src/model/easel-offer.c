/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One GPU that can be rented: what a provider told about it, and how that is said to a person.
 *
 * An offer never changes; a new list brings new offers. Which of them suits whom is
 * easel-offer-query's. */

#include "config.h"

#include "easel-offer.h"

#include "easel-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define BYTES_PER_GB G_GUINT64_CONSTANT (1000000000)
#define MILLISECONDS_PER_MINUTE G_GINT64_CONSTANT (60000)
#define SECONDS_PER_DAY (24 * 3600)
/* Where no speed is told, for what comes on top of a start time that was told. */
#define USUAL_BYTES_PER_SECOND (50 * 1000 * 1000)
#define MAX_PLACES_SHOWN 2

struct _EaselOffer
{
  GObject parent_instance;

  EaselOfferData data; /* (owned): every string and @places */
};

G_DEFINE_FINAL_TYPE (EaselOffer, easel_offer, G_TYPE_OBJECT)

/**
 * easel_cuda_parse:
 * @text: (nullable): a version as servers write it, such as “12.8”
 *
 * Returns: the version as in %EASEL_CUDA, 0 if @text is not one
 */
guint
easel_cuda_parse (const char *text)
{
  guint64 major, minor = 0;
  char *end = NULL;

  if (text == NULL || !g_ascii_isdigit (*text))
    return 0;

  major = g_ascii_strtoull (text, &end, 10);
  if (*end == '.')
    {
      if (!g_ascii_isdigit (end[1]))
        return 0;
      minor = g_ascii_strtoull (end + 1, &end, 10);
      /* The patch level changes nothing for a driver. */
      if (*end == '.' && g_ascii_isdigit (end[1]))
        end += 1 + strspn (end + 1, "0123456789");
    }
  if (*end != '\0' || major == 0 || major > 999 || minor > 99)
    return 0;

  return EASEL_CUDA (major, minor);
}

/**
 * easel_cuda_format:
 * @version: a version as in %EASEL_CUDA
 *
 * Returns: (transfer full) (nullable): the version as servers write it, %NULL for 0
 */
char *
easel_cuda_format (guint version)
{
  if (version == 0)
    return NULL;
  return g_strdup_printf ("%u.%u", version / 1000, version % 1000 / 10);
}

static void
easel_offer_finalize (GObject *object)
{
  EaselOffer *self = EASEL_OFFER (object);

  g_free ((char *) self->data.provider_id);
  g_free ((char *) self->data.id);
  g_free ((char *) self->data.gpu_id);
  g_free ((char *) self->data.gpu_name);
  g_strfreev ((char **) self->data.places);
  g_free ((char *) self->data.machine_id);

  G_OBJECT_CLASS (easel_offer_parent_class)->finalize (object);
}

static void
easel_offer_class_init (EaselOfferClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = easel_offer_finalize;
}

static void
easel_offer_init (EaselOffer *self)
{
}

static char *
copy_required (const char *text)
{
  return g_strdup (text != NULL ? text : "");
}

/**
 * easel_offer_new:
 * @data: what is known; copied
 *
 * Returns: (transfer full): an offer that never changes
 */
EaselOffer *
easel_offer_new (const EaselOfferData *data)
{
  EaselOffer *self;

  g_return_val_if_fail (data != NULL, NULL);

  self = g_object_new (EASEL_TYPE_OFFER, NULL);
  self->data = *data;
  self->data.provider_id = copy_required (data->provider_id);
  self->data.id = copy_required (data->id);
  self->data.gpu_id = copy_required (data->gpu_id);
  self->data.gpu_name = copy_required (data->gpu_name);
  self->data.places = (const char *const *) g_strdupv ((char **) data->places);
  self->data.machine_id = g_strdup (data->machine_id);
  return self;
}

/**
 * easel_offer_get:
 * @self: an offer
 *
 * Returns: (transfer none): what is known, as long as @self lives
 */
const EaselOfferData *
easel_offer_get (EaselOffer *self)
{
  g_return_val_if_fail (EASEL_IS_OFFER (self), NULL);

  return &self->data;
}

/**
 * easel_offer_price:
 * @self: an offer
 * @disk_gb: all disks together, in GB
 *
 * Returns: micro-dollars per hour while running, disk included; %EASEL_MONEY_UNKNOWN if the price
 *   is not known
 */
gint64
easel_offer_price (EaselOffer *self, guint disk_gb)
{
  const EaselOfferData *data;
  gint64 disk, total;

  g_return_val_if_fail (EASEL_IS_OFFER (self), EASEL_MONEY_UNKNOWN);

  data = &self->data;
  if (data->gpu_price < 0 || data->gpu_price > EASEL_MONEY_MAX || data->disk_price < 0 ||
      __builtin_mul_overflow (data->disk_price, (gint64) disk_gb, &disk) ||
      __builtin_add_overflow (data->gpu_price, disk, &total) || total > EASEL_MONEY_MAX)
    return EASEL_MONEY_UNKNOWN;
  return total;
}

/**
 * easel_offer_start_cost:
 * @self: an offer
 * @download_bytes: what the first start downloads of models
 *
 * Returns: micro-dollars of traffic, of the image too, rounded up; 0 where the provider does not
 * tell of any, and %EASEL_MONEY_UNKNOWN where the sum is absurd
 */
gint64
easel_offer_start_cost (EaselOffer *self, guint64 download_bytes)
{
  gint64 price, whole, part, total;

  g_return_val_if_fail (EASEL_IS_OFFER (self), EASEL_MONEY_UNKNOWN);

  price = self->data.traffic_price;
  if (__builtin_add_overflow (download_bytes, self->data.image_bytes, &download_bytes))
    return EASEL_MONEY_UNKNOWN;
  if (price <= 0 || download_bytes == 0)
    return 0;
  if (price > EASEL_MONEY_MAX ||
      __builtin_mul_overflow (price, (gint64) (download_bytes / BYTES_PER_GB), &whole))
    return EASEL_MONEY_UNKNOWN;

  /* By megabytes, rounded up: a believable price times a thousand always fits. */
  part = (gint64) (download_bytes % BYTES_PER_GB / 1000000);
  if (download_bytes % 1000000 != 0)
    part++;
  part = (price * part + 999) / 1000;
  if (__builtin_add_overflow (whole, part, &total) || total > EASEL_MONEY_MAX)
    return EASEL_MONEY_UNKNOWN;
  return total;
}

/**
 * easel_offer_title:
 * @self: an offer
 *
 * Returns: (transfer full): GPU and memory, such as “RTX 3090 · 24 GB”, translated
 */
char *
easel_offer_title (EaselOffer *self)
{
  g_autofree char *vram = NULL;

  g_return_val_if_fail (EASEL_IS_OFFER (self), NULL);

  vram = easel_text_vram (self->data.vram_mib);
  return g_strconcat (self->data.gpu_name, " · ", vram, NULL);
}

/* “Romania, Sweden +2” */
static char *
join_places (const char *const *places)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint n_places = 0;

  for (; places != NULL && places[n_places] != NULL; n_places++)
    {
      if (n_places >= MAX_PLACES_SHOWN)
        continue;
      if (n_places > 0)
        g_string_append (text, ", ");
      g_string_append (text, places[n_places]);
    }
  if (n_places > MAX_PLACES_SHOWN)
    g_string_append_printf (text, " +%u", n_places - MAX_PLACES_SHOWN);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * easel_offer_place:
 * @self: an offer
 *
 * Returns: (transfer full): whose computer it is and where, translated
 */
char *
easel_offer_place (EaselOffer *self)
{
  g_autofree char *places = NULL;
  gboolean is_told;

  g_return_val_if_fail (EASEL_IS_OFFER (self), NULL);

  places = join_places (self->data.places);
  is_told = *places != '\0';

  switch (self->data.host_kind)
    {
    case EASEL_HOST_DATA_CENTER:
      if (is_told)
        /* Translators: %s is one or more places, such as "Romania, Sweden +2" */
        return g_strdup_printf (_ ("data center in %s"), places);
      return g_strdup (_ ("data center, place not told"));

    case EASEL_HOST_PRIVATE:
      if (is_told)
        /* Translators: %s is one or more places, such as "Romania, Sweden +2" */
        return g_strdup_printf (_ ("private owner’s computer in %s"), places);
      return g_strdup (_ ("private owner’s computer, place not told"));

    case EASEL_HOST_UNKNOWN:
    default:
      return is_told ? g_steal_pointer (&places) : g_strdup (_ ("place not told"));
    }
}

static const char *
stock_text (EaselStock stock)
{
  switch (stock)
    {
    case EASEL_STOCK_NONE:
      return _ ("none left");
    case EASEL_STOCK_LOW:
      return _ ("few left");
    case EASEL_STOCK_MEDIUM:
    case EASEL_STOCK_HIGH:
      return _ ("in stock");
    case EASEL_STOCK_UNKNOWN:
    default:
      return NULL;
    }
}

static guint
round_minutes (gint64 milliseconds)
{
  gint64 minutes = milliseconds / MILLISECONDS_PER_MINUTE;

  if (milliseconds % MILLISECONDS_PER_MINUTE >= MILLISECONDS_PER_MINUTE / 2)
    minutes++;
  return (guint) CLAMP (minutes, 1, 9999);
}

/**
 * easel_offer_get_more_start_ms:
 * @self: an offer
 * @more_bytes: what is downloaded besides what its own start time counts
 *
 * Returns: how much longer the start takes for that, by the speed that was told, or by what is
 *   usual
 */
gint64
easel_offer_get_more_start_ms (EaselOffer *self, guint64 more_bytes)
{
  guint64 speed;

  g_return_val_if_fail (EASEL_IS_OFFER (self), 0);

  speed = self->data.download_bps > 0 ? self->data.download_bps : USUAL_BYTES_PER_SECOND;
  return (gint64) MIN (more_bytes / speed, SECONDS_PER_DAY) * 1000;
}

static char *
start_text (EaselOffer *self, guint64 more_bytes)
{
  const EaselOfferData *data = &self->data;
  gint64 more;
  guint low, high;

  if (data->start_low_ms <= 0)
    return NULL;

  more = easel_offer_get_more_start_ms (self, more_bytes);
  low = round_minutes (data->start_low_ms + more);
  high = round_minutes (data->start_high_ms + more);
  if (high <= low)
    /* Translators: how long it takes until painting can begin */
    return g_strdup_printf (_ ("usually %u min"), low);
  /* Translators: how long it takes until painting can begin */
  return g_strdup_printf (_ ("usually %u to %u min"), low, high);
}

/**
 * easel_offer_facts:
 * @self: an offer
 * @provider_name: (nullable): provider as it writes itself, %NULL to leave it out
 * @more_bytes: what is downloaded besides what its own start time counts
 *
 * Returns: (transfer full): one line with what the provider told, most important first, such as
 *   “RunPod · data center in Romania, Sweden +2 · in stock · usually 6 to 15 min”, translated
 */
char *
easel_offer_facts (EaselOffer *self, const char *provider_name, guint64 more_bytes)
{
  g_autoptr (GPtrArray) facts = g_ptr_array_new_with_free_func (g_free);
  const EaselOfferData *data;
  const char *stock;
  char *start;

  g_return_val_if_fail (EASEL_IS_OFFER (self), NULL);

  data = &self->data;
  if (provider_name != NULL && *provider_name != '\0')
    g_ptr_array_add (facts, g_strdup (provider_name));
  g_ptr_array_add (facts, easel_offer_place (self));
  stock = stock_text (data->stock);
  if (stock != NULL)
    g_ptr_array_add (facts, g_strdup (stock));
  start = start_text (self, more_bytes);
  if (start != NULL)
    g_ptr_array_add (facts, start);
  if (data->download_bps > 0)
    g_ptr_array_add (facts, easel_text_speed (data->download_bps));
  if (data->reliability_ppm >= 0 && data->reliability_ppm <= 1000000)
    /* Translators: the part of the time in which a rented computer worked */
    g_ptr_array_add (facts, g_strdup_printf (_ ("works %.1f %% of the time"),
                                             data->reliability_ppm / 10000.0));
  g_ptr_array_add (facts, NULL);

  return g_strjoinv (" · ", (char **) facts->pdata);
}
