/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Where RunPod's data centers are, for people: their ids are built as AREA-PLACE-NUMBER. The list
 * grows on RunPod's side; an id that this table does not know stands for itself.
 */

#include "config.h"

#include "easel-runpod-places.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_ID 64

typedef struct
{
  const char *prefix;
  const char *name;
  EaselRegion region;
} PlaceRow;

/* More special prefixes first. */
static const PlaceRow place_rows[] = {
  { "EU-RO", N_ ("Romania"), EASEL_REGION_EUROPE },
  { "EU-SE", N_ ("Sweden"), EASEL_REGION_EUROPE },
  { "EU-CZ", N_ ("Czechia"), EASEL_REGION_EUROPE },
  { "EU-NL", N_ ("Netherlands"), EASEL_REGION_EUROPE },
  { "EU-FR", N_ ("France"), EASEL_REGION_EUROPE },
  { "EU-DE", N_ ("Germany"), EASEL_REGION_EUROPE },
  { "EU-FI", N_ ("Finland"), EASEL_REGION_EUROPE },
  { "EU-PL", N_ ("Poland"), EASEL_REGION_EUROPE },
  { "EU-ES", N_ ("Spain"), EASEL_REGION_EUROPE },
  { "EU-PT", N_ ("Portugal"), EASEL_REGION_EUROPE },
  { "EU-IT", N_ ("Italy"), EASEL_REGION_EUROPE },
  { "EU-BG", N_ ("Bulgaria"), EASEL_REGION_EUROPE },
  { "EUR-IS", N_ ("Iceland"), EASEL_REGION_EUROPE },
  { "EUR-NO", N_ ("Norway"), EASEL_REGION_EUROPE },
  { "EUR-GB", N_ ("United Kingdom"), EASEL_REGION_EUROPE },
  { "EUR-UK", N_ ("United Kingdom"), EASEL_REGION_EUROPE },
  { "CA-MTL", N_ ("Canada (Montreal)"), EASEL_REGION_NORTH_AMERICA },
  { "CA", N_ ("Canada"), EASEL_REGION_NORTH_AMERICA },
  { "US-TX", N_ ("United States (Texas)"), EASEL_REGION_NORTH_AMERICA },
  { "US-KS", N_ ("United States (Kansas)"), EASEL_REGION_NORTH_AMERICA },
  { "US-GA", N_ ("United States (Georgia)"), EASEL_REGION_NORTH_AMERICA },
  { "US-CA", N_ ("United States (California)"), EASEL_REGION_NORTH_AMERICA },
  { "US-IL", N_ ("United States (Illinois)"), EASEL_REGION_NORTH_AMERICA },
  { "US-NC", N_ ("United States (North Carolina)"), EASEL_REGION_NORTH_AMERICA },
  { "US-WA", N_ ("United States (Washington)"), EASEL_REGION_NORTH_AMERICA },
  { "US-DE", N_ ("United States (Delaware)"), EASEL_REGION_NORTH_AMERICA },
  { "US-MO", N_ ("United States (Missouri)"), EASEL_REGION_NORTH_AMERICA },
  { "US-MD", N_ ("United States (Maryland)"), EASEL_REGION_NORTH_AMERICA },
  { "US-NE", N_ ("United States (Nebraska)"), EASEL_REGION_NORTH_AMERICA },
  { "US-OR", N_ ("United States (Oregon)"), EASEL_REGION_NORTH_AMERICA },
  { "US-UT", N_ ("United States (Utah)"), EASEL_REGION_NORTH_AMERICA },
  { "US-VA", N_ ("United States (Virginia)"), EASEL_REGION_NORTH_AMERICA },
  { "US-AZ", N_ ("United States (Arizona)"), EASEL_REGION_NORTH_AMERICA },
  { "US-NJ", N_ ("United States (New Jersey)"), EASEL_REGION_NORTH_AMERICA },
  { "US-NY", N_ ("United States (New York)"), EASEL_REGION_NORTH_AMERICA },
  { "US-PA", N_ ("United States (Pennsylvania)"), EASEL_REGION_NORTH_AMERICA },
  { "OC-AU", N_ ("Australia"), EASEL_REGION_OCEANIA },
  { "AP-JP", N_ ("Japan"), EASEL_REGION_ASIA },
  { "AP-IN", N_ ("India"), EASEL_REGION_ASIA },
  { "AP-SG", N_ ("Singapore"), EASEL_REGION_ASIA },
  { "AP-KR", N_ ("South Korea"), EASEL_REGION_ASIA },
  { "SEA-SG", N_ ("Singapore"), EASEL_REGION_ASIA },
  { "SA-BR", N_ ("Brazil"), EASEL_REGION_SOUTH_AMERICA },
  /* Only the area is known: the region helps, the id stands for itself. */
  { "EU", NULL, EASEL_REGION_EUROPE },
  { "EUR", NULL, EASEL_REGION_EUROPE },
  { "US", NULL, EASEL_REGION_NORTH_AMERICA },
  { "OC", NULL, EASEL_REGION_OCEANIA },
  { "AP", NULL, EASEL_REGION_ASIA },
  { "SEA", NULL, EASEL_REGION_ASIA },
  { "SA", NULL, EASEL_REGION_SOUTH_AMERICA },
  { "AF", NULL, EASEL_REGION_AFRICA },
  { "ME", NULL, EASEL_REGION_MIDDLE_EAST },
};

/**
 * easel_runpod_place_name:
 * @data_center_id: "EU-RO-1"
 * @ret_region: (out) (optional): where it is, %EASEL_REGION_NONE if unknown
 *
 * Returns: (transfer full): "Romania", translated; the id itself if it is not known
 */
char *
easel_runpod_place_name (const char *data_center_id, EaselRegion *ret_region)
{
  g_return_val_if_fail (data_center_id != NULL, NULL);

  if (ret_region != NULL)
    *ret_region = EASEL_REGION_NONE;
  for (gsize i = 0; i < G_N_ELEMENTS (place_rows); i++)
    {
      const PlaceRow *row = &place_rows[i];
      gsize length = strlen (row->prefix);

      if (strncmp (data_center_id, row->prefix, length) != 0 ||
          (data_center_id[length] != '-' && data_center_id[length] != '\0'))
        continue;
      if (ret_region != NULL)
        *ret_region = row->region;
      if (row->name != NULL)
        return g_strdup (_ (row->name));
      break;
    }
  return g_utf8_substring (data_center_id, 0, MIN (g_utf8_strlen (data_center_id, -1), MAX_ID));
}
