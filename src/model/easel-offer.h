/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-money.h"

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum
{
  EASEL_STOCK_UNKNOWN,
  EASEL_STOCK_NONE,
  EASEL_STOCK_LOW,
  EASEL_STOCK_MEDIUM,
  EASEL_STOCK_HIGH
} EaselStock;

typedef enum
{
  EASEL_HOST_UNKNOWN,
  EASEL_HOST_DATA_CENTER,
  EASEL_HOST_PRIVATE
} EaselHostKind;

/* Bits, so that an offer with places in several regions and a filter use the same word. */
typedef enum
{
  EASEL_REGION_NONE = 0,
  EASEL_REGION_EUROPE = 1 << 0,
  EASEL_REGION_NORTH_AMERICA = 1 << 1,
  EASEL_REGION_SOUTH_AMERICA = 1 << 2,
  EASEL_REGION_ASIA = 1 << 3,
  EASEL_REGION_OCEANIA = 1 << 4,
  EASEL_REGION_AFRICA = 1 << 5,
  EASEL_REGION_MIDDLE_EAST = 1 << 6,
  EASEL_REGION_ALL = (1 << 7) - 1
} EaselRegion;

/* CUDA versions are major × 1000 + minor × 10: 13.0 is 13000, 12.8 is 12080; 0 is unknown. */
#define EASEL_CUDA(major, minor) ((guint) ((major) *1000 + (minor) *10))
guint easel_cuda_parse (const char *text);
char *easel_cuda_format (guint version);

/**
 * EaselOfferData:
 * @provider_id: "runpod", "vast"
 * @id: unique within the provider; stays the same from one list to the next
 * @gpu_id: the provider's own name of the GPU type, for create
 * @gpu_name: "RTX 3090"
 * @vram_mib: memory of the GPU, MiB
 * @ram_mib: system memory, MiB; 0 if not told
 * @gpu_price: micro-dollars per hour without disk
 * @disk_price: micro-dollars per hour for one GB while running
 * @stopped_disk_price: micro-dollars per hour for one GB while stopped
 * @traffic_price: micro-dollars per GB downloaded
 * @image_bytes: what the first start downloads beside the models and is billed as traffic
 * @stock: how likely it is to be had
 * @host_kind: data center or private owner
 * @regions: bits of #EaselRegion; EASEL_REGION_NONE if no place is told
 * @places: (nullable): what to say about the place, e.g. data center ids; %NULL if not told
 * @download_bps: host's download speed in bytes per second, 0 if not told
 * @reliability_ppm: 0 to 1000000, -1 if not told
 * @cuda_max: newest CUDA that a host of this offer runs (#EASEL_CUDA), 0 if not told
 * @max_duration_ms: how long it may be rented, 0 without end
 * @machine_id: (nullable): the machine, to recognise bad ones
 * @encrypted: whether the address handed out later is https
 * @start_low_ms: expected time to ready, without this computer's history; 0 unknown
 * @start_high_ms: the same, when it goes badly
 */
typedef struct
{
  const char *provider_id;
  const char *id;
  const char *gpu_id;
  const char *gpu_name;
  guint vram_mib;
  guint ram_mib;
  gint64 gpu_price;
  gint64 disk_price;
  gint64 stopped_disk_price;
  gint64 traffic_price;
  guint64 image_bytes;
  EaselStock stock;
  EaselHostKind host_kind;
  guint regions;
  const char *const *places;
  guint64 download_bps;
  int reliability_ppm;
  guint cuda_max;
  gint64 max_duration_ms;
  const char *machine_id;
  gboolean encrypted;
  gint64 start_low_ms;
  gint64 start_high_ms;
} EaselOfferData;

#define EASEL_TYPE_OFFER (easel_offer_get_type ())
G_DECLARE_FINAL_TYPE (EaselOffer, easel_offer, EASEL, OFFER, GObject)

EaselOffer *easel_offer_new (const EaselOfferData *data);
const EaselOfferData *easel_offer_get (EaselOffer *self);
gint64 easel_offer_price (EaselOffer *self, guint disk_gb);
gint64 easel_offer_start_cost (EaselOffer *self, guint64 download_bytes);
char *easel_offer_title (EaselOffer *self);
char *easel_offer_place (EaselOffer *self);
char *easel_offer_facts (EaselOffer *self, const char *provider_name, guint64 more_bytes);
gint64 easel_offer_get_more_start_ms (EaselOffer *self, guint64 more_bytes);

G_END_DECLS
