/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Which part of the world a time zone lies in, and what the parts are called.
 *
 * The person is never asked where they are, and nothing is looked up over the network: the
 * computer's time zone says enough to know what is far. */

#include "config.h"

#include "easel-offer-query.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct
{
  const char *prefix;
  EaselRegion region;
} ZoneRow;

/* The first row that fits counts; a prefix with a slash at its end names a whole folder. Folders
 * come after what differs in them. Names as in the time zone database, old ones included. */
static const ZoneRow zone_table[] = {
  { "America/Araguaina", EASEL_REGION_SOUTH_AMERICA },
  { "America/Argentina/", EASEL_REGION_SOUTH_AMERICA },
  { "America/Aruba", EASEL_REGION_SOUTH_AMERICA },
  { "America/Asuncion", EASEL_REGION_SOUTH_AMERICA },
  { "America/Bahia_Banderas", EASEL_REGION_NORTH_AMERICA },
  { "America/Bahia", EASEL_REGION_SOUTH_AMERICA },
  { "America/Belem", EASEL_REGION_SOUTH_AMERICA },
  { "America/Boa_Vista", EASEL_REGION_SOUTH_AMERICA },
  { "America/Bogota", EASEL_REGION_SOUTH_AMERICA },
  { "America/Buenos_Aires", EASEL_REGION_SOUTH_AMERICA },
  { "America/Campo_Grande", EASEL_REGION_SOUTH_AMERICA },
  { "America/Caracas", EASEL_REGION_SOUTH_AMERICA },
  { "America/Catamarca", EASEL_REGION_SOUTH_AMERICA },
  { "America/Cayenne", EASEL_REGION_SOUTH_AMERICA },
  { "America/Cordoba", EASEL_REGION_SOUTH_AMERICA },
  { "America/Coyhaique", EASEL_REGION_SOUTH_AMERICA },
  { "America/Cuiaba", EASEL_REGION_SOUTH_AMERICA },
  { "America/Curacao", EASEL_REGION_SOUTH_AMERICA },
  { "America/Eirunepe", EASEL_REGION_SOUTH_AMERICA },
  { "America/Fortaleza", EASEL_REGION_SOUTH_AMERICA },
  { "America/Guayaquil", EASEL_REGION_SOUTH_AMERICA },
  { "America/Guyana", EASEL_REGION_SOUTH_AMERICA },
  { "America/Jujuy", EASEL_REGION_SOUTH_AMERICA },
  { "America/Kralendijk", EASEL_REGION_SOUTH_AMERICA },
  { "America/La_Paz", EASEL_REGION_SOUTH_AMERICA },
  { "America/Lima", EASEL_REGION_SOUTH_AMERICA },
  { "America/Maceio", EASEL_REGION_SOUTH_AMERICA },
  { "America/Manaus", EASEL_REGION_SOUTH_AMERICA },
  { "America/Mendoza", EASEL_REGION_SOUTH_AMERICA },
  { "America/Montevideo", EASEL_REGION_SOUTH_AMERICA },
  { "America/Noronha", EASEL_REGION_SOUTH_AMERICA },
  { "America/Paramaribo", EASEL_REGION_SOUTH_AMERICA },
  { "America/Porto_Acre", EASEL_REGION_SOUTH_AMERICA },
  { "America/Port_of_Spain", EASEL_REGION_SOUTH_AMERICA },
  { "America/Porto_Velho", EASEL_REGION_SOUTH_AMERICA },
  { "America/Punta_Arenas", EASEL_REGION_SOUTH_AMERICA },
  { "America/Recife", EASEL_REGION_SOUTH_AMERICA },
  { "America/Rio_Branco", EASEL_REGION_SOUTH_AMERICA },
  { "America/Rosario", EASEL_REGION_SOUTH_AMERICA },
  { "America/Santarem", EASEL_REGION_SOUTH_AMERICA },
  { "America/Santiago", EASEL_REGION_SOUTH_AMERICA },
  { "America/Sao_Paulo", EASEL_REGION_SOUTH_AMERICA },
  { "America/", EASEL_REGION_NORTH_AMERICA },
  { "US/Hawaii", EASEL_REGION_NORTH_AMERICA },
  { "US/", EASEL_REGION_NORTH_AMERICA },
  { "Canada/", EASEL_REGION_NORTH_AMERICA },
  { "Mexico/", EASEL_REGION_NORTH_AMERICA },
  { "Brazil/", EASEL_REGION_SOUTH_AMERICA },
  { "Chile/", EASEL_REGION_SOUTH_AMERICA },
  { "Europe/", EASEL_REGION_EUROPE },
  { "Asia/Aden", EASEL_REGION_MIDDLE_EAST },
  { "Asia/Amman", EASEL_REGION_MIDDLE_EAST },
  { "Asia/Baghdad", EASEL_REGION_MIDDLE_EAST },
  { "Asia/Bahrain", EASEL_REGION_MIDDLE_EAST },
  { "Asia/Beirut", EASEL_REGION_MIDDLE_EAST },
  { "Asia/Damascus", EASEL_REGION_MIDDLE_EAST },
  { "Asia/Dubai", EASEL_REGION_MIDDLE_EAST },
  { "Asia/Famagusta", EASEL_REGION_EUROPE },
  { "Asia/Gaza", EASEL_REGION_MIDDLE_EAST },
  { "Asia/Hebron", EASEL_REGION_MIDDLE_EAST },
  { "Asia/Istanbul", EASEL_REGION_EUROPE },
  { "Asia/Jerusalem", EASEL_REGION_MIDDLE_EAST },
  { "Asia/Kuwait", EASEL_REGION_MIDDLE_EAST },
  { "Asia/Muscat", EASEL_REGION_MIDDLE_EAST },
  { "Asia/Nicosia", EASEL_REGION_EUROPE },
  { "Asia/Qatar", EASEL_REGION_MIDDLE_EAST },
  { "Asia/Riyadh", EASEL_REGION_MIDDLE_EAST },
  { "Asia/Tehran", EASEL_REGION_MIDDLE_EAST },
  { "Asia/Tel_Aviv", EASEL_REGION_MIDDLE_EAST },
  { "Asia/", EASEL_REGION_ASIA },
  { "Africa/", EASEL_REGION_AFRICA },
  { "Australia/", EASEL_REGION_OCEANIA },
  { "Pacific/Easter", EASEL_REGION_SOUTH_AMERICA },
  { "Pacific/Galapagos", EASEL_REGION_SOUTH_AMERICA },
  { "Pacific/Honolulu", EASEL_REGION_NORTH_AMERICA },
  { "Pacific/Johnston", EASEL_REGION_NORTH_AMERICA },
  { "Pacific/", EASEL_REGION_OCEANIA },
  { "Atlantic/Bermuda", EASEL_REGION_NORTH_AMERICA },
  { "Atlantic/Cape_Verde", EASEL_REGION_AFRICA },
  { "Atlantic/South_Georgia", EASEL_REGION_SOUTH_AMERICA },
  { "Atlantic/St_Helena", EASEL_REGION_AFRICA },
  { "Atlantic/Stanley", EASEL_REGION_SOUTH_AMERICA },
  { "Atlantic/", EASEL_REGION_EUROPE },
  { "Indian/Chagos", EASEL_REGION_ASIA },
  { "Indian/Christmas", EASEL_REGION_ASIA },
  { "Indian/Cocos", EASEL_REGION_ASIA },
  { "Indian/Maldives", EASEL_REGION_ASIA },
  { "Indian/", EASEL_REGION_AFRICA },
  { "Arctic/", EASEL_REGION_EUROPE },
  { "CET", EASEL_REGION_EUROPE },
  { "EET", EASEL_REGION_EUROPE },
  { "Eire", EASEL_REGION_EUROPE },
  { "GB", EASEL_REGION_EUROPE },
  { "GB-Eire", EASEL_REGION_EUROPE },
  { "Iceland", EASEL_REGION_EUROPE },
  { "MET", EASEL_REGION_EUROPE },
  { "Poland", EASEL_REGION_EUROPE },
  { "Portugal", EASEL_REGION_EUROPE },
  { "Turkey", EASEL_REGION_EUROPE },
  { "W-SU", EASEL_REGION_EUROPE },
  { "WET", EASEL_REGION_EUROPE },
  { "CST6CDT", EASEL_REGION_NORTH_AMERICA },
  { "Cuba", EASEL_REGION_NORTH_AMERICA },
  { "EST", EASEL_REGION_NORTH_AMERICA },
  { "EST5EDT", EASEL_REGION_NORTH_AMERICA },
  { "HST", EASEL_REGION_NORTH_AMERICA },
  { "Jamaica", EASEL_REGION_NORTH_AMERICA },
  { "MST", EASEL_REGION_NORTH_AMERICA },
  { "MST7MDT", EASEL_REGION_NORTH_AMERICA },
  { "Navajo", EASEL_REGION_NORTH_AMERICA },
  { "PST8PDT", EASEL_REGION_NORTH_AMERICA },
  { "Hongkong", EASEL_REGION_ASIA },
  { "Japan", EASEL_REGION_ASIA },
  { "PRC", EASEL_REGION_ASIA },
  { "ROC", EASEL_REGION_ASIA },
  { "ROK", EASEL_REGION_ASIA },
  { "Singapore", EASEL_REGION_ASIA },
  { "Iran", EASEL_REGION_MIDDLE_EAST },
  { "Israel", EASEL_REGION_MIDDLE_EAST },
  { "Egypt", EASEL_REGION_AFRICA },
  { "Libya", EASEL_REGION_AFRICA },
  { "Kwajalein", EASEL_REGION_OCEANIA },
  { "NZ", EASEL_REGION_OCEANIA },
  { "NZ-CHAT", EASEL_REGION_OCEANIA },
};

static gboolean
row_fits (const ZoneRow *row, const char *zone)
{
  g_assert (row != NULL);

  return g_str_has_suffix (row->prefix, "/") ? g_str_has_prefix (zone, row->prefix)
                                             : g_str_equal (zone, row->prefix);
}

/**
 * easel_region_for_time_zone:
 * @identifier: (nullable): a name of the time zone database, as g_time_zone_get_identifier() or the
 *   environment gives it
 *
 * Returns: bits of #EaselRegion near people in that zone, 0 if it does not tell
 */
guint
easel_region_for_time_zone (const char *identifier)
{
  static const char folder[] = "/zoneinfo/";
  const char *zone = identifier;
  const char *inside;

  if (zone == NULL)
    return EASEL_REGION_NONE;

  /* TZ may be a path, and may begin with a colon. */
  inside = strstr (zone, folder);
  if (inside != NULL)
    zone = inside + strlen (folder);
  if (*zone == ':')
    zone++;
  if (g_str_has_prefix (zone, "posix/") || g_str_has_prefix (zone, "right/"))
    zone += strlen ("posix/");

  for (gsize i = 0; i < G_N_ELEMENTS (zone_table); i++)
    {
      if (row_fits (&zone_table[i], zone))
        return zone_table[i].region;
    }
  return EASEL_REGION_NONE;
}

/**
 * easel_region_name:
 * @region: one or more bits
 *
 * Returns: (transfer full): the parts of the world, translated
 */
char *
easel_region_name (EaselRegion region)
{
  static const struct
  {
    EaselRegion region;
    const char *name;
  } names[] = {
    { EASEL_REGION_EUROPE, N_ ("Europe") },
    { EASEL_REGION_NORTH_AMERICA, N_ ("North America") },
    { EASEL_REGION_SOUTH_AMERICA, N_ ("South America") },
    { EASEL_REGION_ASIA, N_ ("Asia") },
    { EASEL_REGION_OCEANIA, N_ ("Australia and Oceania") },
    { EASEL_REGION_AFRICA, N_ ("Africa") },
    { EASEL_REGION_MIDDLE_EAST, N_ ("Middle East") },
  };
  g_autoptr (GString) text = NULL;

  if ((region & EASEL_REGION_ALL) == EASEL_REGION_NONE ||
      (region & EASEL_REGION_ALL) == EASEL_REGION_ALL)
    return g_strdup (_ ("Any region"));

  text = g_string_new (NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      if ((region & names[i].region) == 0)
        continue;
      if (text->len > 0)
        g_string_append (text, ", ");
      g_string_append (text, g_dgettext (GETTEXT_PACKAGE, names[i].name));
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
