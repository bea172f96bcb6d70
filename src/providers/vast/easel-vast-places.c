/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Where vast.ai's machines are, for people: it writes a place and a country's two letters. Names
 * are those of the package iso-codes wherever that has a short one, and are translated by its
 * catalogue where it is installed; regions fit the model's time zones.
 */

#include "config.h"

#include "easel-vast-places.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_PLACE 64
#define NAMES_DOMAIN "iso_3166"

typedef struct
{
  char code[3];
  const char *name;
  EaselRegion region;
} CountryRow;

/* Sorted by code. */
static const CountryRow country_rows[] = {
  { "AD", "Andorra", EASEL_REGION_EUROPE },
  { "AE", "United Arab Emirates", EASEL_REGION_MIDDLE_EAST },
  { "AF", "Afghanistan", EASEL_REGION_ASIA },
  { "AG", "Antigua and Barbuda", EASEL_REGION_NORTH_AMERICA },
  { "AI", "Anguilla", EASEL_REGION_NORTH_AMERICA },
  { "AL", "Albania", EASEL_REGION_EUROPE },
  { "AM", "Armenia", EASEL_REGION_ASIA },
  { "AO", "Angola", EASEL_REGION_AFRICA },
  { "AR", "Argentina", EASEL_REGION_SOUTH_AMERICA },
  { "AS", "American Samoa", EASEL_REGION_OCEANIA },
  { "AT", "Austria", EASEL_REGION_EUROPE },
  { "AU", "Australia", EASEL_REGION_OCEANIA },
  { "AW", "Aruba", EASEL_REGION_SOUTH_AMERICA },
  { "AX", "Åland Islands", EASEL_REGION_EUROPE },
  { "AZ", "Azerbaijan", EASEL_REGION_ASIA },
  { "BA", "Bosnia and Herzegovina", EASEL_REGION_EUROPE },
  { "BB", "Barbados", EASEL_REGION_NORTH_AMERICA },
  { "BD", "Bangladesh", EASEL_REGION_ASIA },
  { "BE", "Belgium", EASEL_REGION_EUROPE },
  { "BF", "Burkina Faso", EASEL_REGION_AFRICA },
  { "BG", "Bulgaria", EASEL_REGION_EUROPE },
  { "BH", "Bahrain", EASEL_REGION_MIDDLE_EAST },
  { "BI", "Burundi", EASEL_REGION_AFRICA },
  { "BJ", "Benin", EASEL_REGION_AFRICA },
  { "BL", "Saint Barthélemy", EASEL_REGION_NORTH_AMERICA },
  { "BM", "Bermuda", EASEL_REGION_NORTH_AMERICA },
  { "BN", "Brunei Darussalam", EASEL_REGION_ASIA },
  { "BO", "Bolivia", EASEL_REGION_SOUTH_AMERICA },
  { "BQ", "Caribbean Netherlands", EASEL_REGION_SOUTH_AMERICA },
  { "BR", "Brazil", EASEL_REGION_SOUTH_AMERICA },
  { "BS", "Bahamas", EASEL_REGION_NORTH_AMERICA },
  { "BT", "Bhutan", EASEL_REGION_ASIA },
  { "BW", "Botswana", EASEL_REGION_AFRICA },
  { "BY", "Belarus", EASEL_REGION_EUROPE },
  { "BZ", "Belize", EASEL_REGION_NORTH_AMERICA },
  { "CA", "Canada", EASEL_REGION_NORTH_AMERICA },
  { "CC", "Cocos Islands", EASEL_REGION_ASIA },
  { "CD", "Congo (Kinshasa)", EASEL_REGION_AFRICA },
  { "CF", "Central African Republic", EASEL_REGION_AFRICA },
  { "CG", "Congo", EASEL_REGION_AFRICA },
  { "CH", "Switzerland", EASEL_REGION_EUROPE },
  { "CI", "Côte d'Ivoire", EASEL_REGION_AFRICA },
  { "CK", "Cook Islands", EASEL_REGION_OCEANIA },
  { "CL", "Chile", EASEL_REGION_SOUTH_AMERICA },
  { "CM", "Cameroon", EASEL_REGION_AFRICA },
  { "CN", "China", EASEL_REGION_ASIA },
  { "CO", "Colombia", EASEL_REGION_SOUTH_AMERICA },
  { "CR", "Costa Rica", EASEL_REGION_NORTH_AMERICA },
  { "CU", "Cuba", EASEL_REGION_NORTH_AMERICA },
  { "CV", "Cabo Verde", EASEL_REGION_AFRICA },
  { "CW", "Curaçao", EASEL_REGION_SOUTH_AMERICA },
  { "CX", "Christmas Island", EASEL_REGION_ASIA },
  { "CY", "Cyprus", EASEL_REGION_EUROPE },
  { "CZ", "Czechia", EASEL_REGION_EUROPE },
  { "DE", "Germany", EASEL_REGION_EUROPE },
  { "DJ", "Djibouti", EASEL_REGION_AFRICA },
  { "DK", "Denmark", EASEL_REGION_EUROPE },
  { "DM", "Dominica", EASEL_REGION_NORTH_AMERICA },
  { "DO", "Dominican Republic", EASEL_REGION_NORTH_AMERICA },
  { "DZ", "Algeria", EASEL_REGION_AFRICA },
  { "EC", "Ecuador", EASEL_REGION_SOUTH_AMERICA },
  { "EE", "Estonia", EASEL_REGION_EUROPE },
  { "EG", "Egypt", EASEL_REGION_AFRICA },
  { "EH", "Western Sahara", EASEL_REGION_AFRICA },
  { "ER", "Eritrea", EASEL_REGION_AFRICA },
  { "ES", "Spain", EASEL_REGION_EUROPE },
  { "ET", "Ethiopia", EASEL_REGION_AFRICA },
  { "FI", "Finland", EASEL_REGION_EUROPE },
  { "FJ", "Fiji", EASEL_REGION_OCEANIA },
  { "FK", "Falkland Islands", EASEL_REGION_SOUTH_AMERICA },
  { "FM", "Micronesia", EASEL_REGION_OCEANIA },
  { "FO", "Faroe Islands", EASEL_REGION_EUROPE },
  { "FR", "France", EASEL_REGION_EUROPE },
  { "GA", "Gabon", EASEL_REGION_AFRICA },
  { "GB", "United Kingdom", EASEL_REGION_EUROPE },
  { "GD", "Grenada", EASEL_REGION_NORTH_AMERICA },
  { "GE", "Georgia", EASEL_REGION_ASIA },
  { "GF", "French Guiana", EASEL_REGION_SOUTH_AMERICA },
  { "GG", "Guernsey", EASEL_REGION_EUROPE },
  { "GH", "Ghana", EASEL_REGION_AFRICA },
  { "GI", "Gibraltar", EASEL_REGION_EUROPE },
  { "GL", "Greenland", EASEL_REGION_NORTH_AMERICA },
  { "GM", "Gambia", EASEL_REGION_AFRICA },
  { "GN", "Guinea", EASEL_REGION_AFRICA },
  { "GP", "Guadeloupe", EASEL_REGION_NORTH_AMERICA },
  { "GQ", "Equatorial Guinea", EASEL_REGION_AFRICA },
  { "GR", "Greece", EASEL_REGION_EUROPE },
  { "GT", "Guatemala", EASEL_REGION_NORTH_AMERICA },
  { "GU", "Guam", EASEL_REGION_OCEANIA },
  { "GW", "Guinea-Bissau", EASEL_REGION_AFRICA },
  { "GY", "Guyana", EASEL_REGION_SOUTH_AMERICA },
  { "HK", "Hong Kong", EASEL_REGION_ASIA },
  { "HN", "Honduras", EASEL_REGION_NORTH_AMERICA },
  { "HR", "Croatia", EASEL_REGION_EUROPE },
  { "HT", "Haiti", EASEL_REGION_NORTH_AMERICA },
  { "HU", "Hungary", EASEL_REGION_EUROPE },
  { "ID", "Indonesia", EASEL_REGION_ASIA },
  { "IE", "Ireland", EASEL_REGION_EUROPE },
  { "IL", "Israel", EASEL_REGION_MIDDLE_EAST },
  { "IM", "Isle of Man", EASEL_REGION_EUROPE },
  { "IN", "India", EASEL_REGION_ASIA },
  { "IO", "British Indian Ocean Territory", EASEL_REGION_ASIA },
  { "IQ", "Iraq", EASEL_REGION_MIDDLE_EAST },
  { "IR", "Iran", EASEL_REGION_MIDDLE_EAST },
  { "IS", "Iceland", EASEL_REGION_EUROPE },
  { "IT", "Italy", EASEL_REGION_EUROPE },
  { "JE", "Jersey", EASEL_REGION_EUROPE },
  { "JM", "Jamaica", EASEL_REGION_NORTH_AMERICA },
  { "JO", "Jordan", EASEL_REGION_MIDDLE_EAST },
  { "JP", "Japan", EASEL_REGION_ASIA },
  { "KE", "Kenya", EASEL_REGION_AFRICA },
  { "KG", "Kyrgyzstan", EASEL_REGION_ASIA },
  { "KH", "Cambodia", EASEL_REGION_ASIA },
  { "KI", "Kiribati", EASEL_REGION_OCEANIA },
  { "KM", "Comoros", EASEL_REGION_AFRICA },
  { "KN", "Saint Kitts and Nevis", EASEL_REGION_NORTH_AMERICA },
  { "KP", "North Korea", EASEL_REGION_ASIA },
  { "KR", "South Korea", EASEL_REGION_ASIA },
  { "KW", "Kuwait", EASEL_REGION_MIDDLE_EAST },
  { "KY", "Cayman Islands", EASEL_REGION_NORTH_AMERICA },
  { "KZ", "Kazakhstan", EASEL_REGION_ASIA },
  { "LA", "Laos", EASEL_REGION_ASIA },
  { "LB", "Lebanon", EASEL_REGION_MIDDLE_EAST },
  { "LC", "Saint Lucia", EASEL_REGION_NORTH_AMERICA },
  { "LI", "Liechtenstein", EASEL_REGION_EUROPE },
  { "LK", "Sri Lanka", EASEL_REGION_ASIA },
  { "LR", "Liberia", EASEL_REGION_AFRICA },
  { "LS", "Lesotho", EASEL_REGION_AFRICA },
  { "LT", "Lithuania", EASEL_REGION_EUROPE },
  { "LU", "Luxembourg", EASEL_REGION_EUROPE },
  { "LV", "Latvia", EASEL_REGION_EUROPE },
  { "LY", "Libya", EASEL_REGION_AFRICA },
  { "MA", "Morocco", EASEL_REGION_AFRICA },
  { "MC", "Monaco", EASEL_REGION_EUROPE },
  { "MD", "Moldova", EASEL_REGION_EUROPE },
  { "ME", "Montenegro", EASEL_REGION_EUROPE },
  { "MF", "Saint Martin", EASEL_REGION_NORTH_AMERICA },
  { "MG", "Madagascar", EASEL_REGION_AFRICA },
  { "MH", "Marshall Islands", EASEL_REGION_OCEANIA },
  { "MK", "North Macedonia", EASEL_REGION_EUROPE },
  { "ML", "Mali", EASEL_REGION_AFRICA },
  { "MM", "Myanmar", EASEL_REGION_ASIA },
  { "MN", "Mongolia", EASEL_REGION_ASIA },
  { "MO", "Macao", EASEL_REGION_ASIA },
  { "MP", "Northern Mariana Islands", EASEL_REGION_OCEANIA },
  { "MQ", "Martinique", EASEL_REGION_NORTH_AMERICA },
  { "MR", "Mauritania", EASEL_REGION_AFRICA },
  { "MS", "Montserrat", EASEL_REGION_NORTH_AMERICA },
  { "MT", "Malta", EASEL_REGION_EUROPE },
  { "MU", "Mauritius", EASEL_REGION_AFRICA },
  { "MV", "Maldives", EASEL_REGION_ASIA },
  { "MW", "Malawi", EASEL_REGION_AFRICA },
  { "MX", "Mexico", EASEL_REGION_NORTH_AMERICA },
  { "MY", "Malaysia", EASEL_REGION_ASIA },
  { "MZ", "Mozambique", EASEL_REGION_AFRICA },
  { "NA", "Namibia", EASEL_REGION_AFRICA },
  { "NC", "New Caledonia", EASEL_REGION_OCEANIA },
  { "NE", "Niger", EASEL_REGION_AFRICA },
  { "NF", "Norfolk Island", EASEL_REGION_OCEANIA },
  { "NG", "Nigeria", EASEL_REGION_AFRICA },
  { "NI", "Nicaragua", EASEL_REGION_NORTH_AMERICA },
  { "NL", "Netherlands", EASEL_REGION_EUROPE },
  { "NO", "Norway", EASEL_REGION_EUROPE },
  { "NP", "Nepal", EASEL_REGION_ASIA },
  { "NR", "Nauru", EASEL_REGION_OCEANIA },
  { "NU", "Niue", EASEL_REGION_OCEANIA },
  { "NZ", "New Zealand", EASEL_REGION_OCEANIA },
  { "OM", "Oman", EASEL_REGION_MIDDLE_EAST },
  { "PA", "Panama", EASEL_REGION_NORTH_AMERICA },
  { "PE", "Peru", EASEL_REGION_SOUTH_AMERICA },
  { "PF", "French Polynesia", EASEL_REGION_OCEANIA },
  { "PG", "Papua New Guinea", EASEL_REGION_OCEANIA },
  { "PH", "Philippines", EASEL_REGION_ASIA },
  { "PK", "Pakistan", EASEL_REGION_ASIA },
  { "PL", "Poland", EASEL_REGION_EUROPE },
  { "PM", "Saint Pierre and Miquelon", EASEL_REGION_NORTH_AMERICA },
  { "PN", "Pitcairn", EASEL_REGION_OCEANIA },
  { "PR", "Puerto Rico", EASEL_REGION_NORTH_AMERICA },
  { "PS", "Palestine", EASEL_REGION_MIDDLE_EAST },
  { "PT", "Portugal", EASEL_REGION_EUROPE },
  { "PW", "Palau", EASEL_REGION_OCEANIA },
  { "PY", "Paraguay", EASEL_REGION_SOUTH_AMERICA },
  { "QA", "Qatar", EASEL_REGION_MIDDLE_EAST },
  { "RE", "Réunion", EASEL_REGION_AFRICA },
  { "RO", "Romania", EASEL_REGION_EUROPE },
  { "RS", "Serbia", EASEL_REGION_EUROPE },
  { "RU", "Russian Federation", EASEL_REGION_EUROPE },
  { "RW", "Rwanda", EASEL_REGION_AFRICA },
  { "SA", "Saudi Arabia", EASEL_REGION_MIDDLE_EAST },
  { "SB", "Solomon Islands", EASEL_REGION_OCEANIA },
  { "SC", "Seychelles", EASEL_REGION_AFRICA },
  { "SD", "Sudan", EASEL_REGION_AFRICA },
  { "SE", "Sweden", EASEL_REGION_EUROPE },
  { "SG", "Singapore", EASEL_REGION_ASIA },
  { "SH", "Saint Helena", EASEL_REGION_AFRICA },
  { "SI", "Slovenia", EASEL_REGION_EUROPE },
  { "SJ", "Svalbard and Jan Mayen", EASEL_REGION_EUROPE },
  { "SK", "Slovakia", EASEL_REGION_EUROPE },
  { "SL", "Sierra Leone", EASEL_REGION_AFRICA },
  { "SM", "San Marino", EASEL_REGION_EUROPE },
  { "SN", "Senegal", EASEL_REGION_AFRICA },
  { "SO", "Somalia", EASEL_REGION_AFRICA },
  { "SR", "Suriname", EASEL_REGION_SOUTH_AMERICA },
  { "SS", "South Sudan", EASEL_REGION_AFRICA },
  { "ST", "Sao Tome and Principe", EASEL_REGION_AFRICA },
  { "SV", "El Salvador", EASEL_REGION_NORTH_AMERICA },
  { "SX", "Sint Maarten", EASEL_REGION_NORTH_AMERICA },
  { "SY", "Syria", EASEL_REGION_MIDDLE_EAST },
  { "SZ", "Eswatini", EASEL_REGION_AFRICA },
  { "TC", "Turks and Caicos Islands", EASEL_REGION_NORTH_AMERICA },
  { "TD", "Chad", EASEL_REGION_AFRICA },
  { "TG", "Togo", EASEL_REGION_AFRICA },
  { "TH", "Thailand", EASEL_REGION_ASIA },
  { "TJ", "Tajikistan", EASEL_REGION_ASIA },
  { "TK", "Tokelau", EASEL_REGION_OCEANIA },
  { "TL", "Timor-Leste", EASEL_REGION_ASIA },
  { "TM", "Turkmenistan", EASEL_REGION_ASIA },
  { "TN", "Tunisia", EASEL_REGION_AFRICA },
  { "TO", "Tonga", EASEL_REGION_OCEANIA },
  { "TR", "Türkiye", EASEL_REGION_EUROPE },
  { "TT", "Trinidad and Tobago", EASEL_REGION_SOUTH_AMERICA },
  { "TV", "Tuvalu", EASEL_REGION_OCEANIA },
  { "TW", "Taiwan", EASEL_REGION_ASIA },
  { "TZ", "Tanzania", EASEL_REGION_AFRICA },
  { "UA", "Ukraine", EASEL_REGION_EUROPE },
  { "UG", "Uganda", EASEL_REGION_AFRICA },
  { "US", "United States", EASEL_REGION_NORTH_AMERICA },
  { "UY", "Uruguay", EASEL_REGION_SOUTH_AMERICA },
  { "UZ", "Uzbekistan", EASEL_REGION_ASIA },
  { "VA", "Vatican City", EASEL_REGION_EUROPE },
  { "VC", "Saint Vincent and the Grenadines", EASEL_REGION_NORTH_AMERICA },
  { "VE", "Venezuela", EASEL_REGION_SOUTH_AMERICA },
  { "VG", "British Virgin Islands", EASEL_REGION_NORTH_AMERICA },
  { "VI", "U.S. Virgin Islands", EASEL_REGION_NORTH_AMERICA },
  { "VN", "Vietnam", EASEL_REGION_ASIA },
  { "VU", "Vanuatu", EASEL_REGION_OCEANIA },
  { "WF", "Wallis and Futuna", EASEL_REGION_OCEANIA },
  { "WS", "Samoa", EASEL_REGION_OCEANIA },
  { "YE", "Yemen", EASEL_REGION_MIDDLE_EAST },
  { "YT", "Mayotte", EASEL_REGION_AFRICA },
  { "ZA", "South Africa", EASEL_REGION_AFRICA },
  { "ZM", "Zambia", EASEL_REGION_AFRICA },
  { "ZW", "Zimbabwe", EASEL_REGION_AFRICA },
};

static int
compare_code (gconstpointer key, gconstpointer row)
{
  return memcmp (key, ((const CountryRow *) row)->code, 2);
}

/* @code: two letters of either case */
static const CountryRow *
find_country (const char *code)
{
  char upper[2] = { g_ascii_toupper (code[0]), g_ascii_toupper (code[1]) };

  return bsearch (upper, country_rows, G_N_ELEMENTS (country_rows), sizeof (CountryRow),
                  compare_code);
}

static const char *
translate (const char *name)
{
  static gsize is_bound = 0;

  if (g_once_init_enter (&is_bound))
    {
      bind_textdomain_codeset (NAMES_DOMAIN, "UTF-8");
      g_once_init_leave (&is_bound, 1);
    }
  return g_dgettext (NAMES_DOMAIN, name);
}

/* One line of it, without blanks at its ends. */
static char *
clip (const char *text)
{
  char *clipped = g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), MAX_PLACE));

  for (char *c = clipped; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  return g_strstrip (clipped);
}

/* The country's code, if the text ends in one that is known: "Utrecht, NL", ", NL" or "NL". */
static const CountryRow *
split_country (char *text)
{
  gsize length = strlen (text);
  const CountryRow *country;
  char *code = text + length - 2;

  if (length < 2 || !g_ascii_isalpha (code[0]) || !g_ascii_isalpha (code[1]))
    return NULL;
  if (code > text && code[-1] != ' ' && code[-1] != ',')
    return NULL;
  country = find_country (code);
  if (country == NULL)
    return NULL;
  while (code > text && (code[-1] == ' ' || code[-1] == ','))
    code--;
  *code = '\0';
  return country;
}

/* A place that vast.ai writes out: "California, United States". */
static const CountryRow *
find_written_out (const char *text)
{
  const char *comma = strrchr (text, ',');
  const char *name = comma != NULL ? comma + 1 : text;

  while (*name == ' ')
    name++;
  for (gsize i = 0; i < G_N_ELEMENTS (country_rows); i++)
    if (g_ascii_strcasecmp (name, country_rows[i].name) == 0)
      return &country_rows[i];
  return NULL;
}

/**
 * easel_vast_place_name:
 * @geolocation: (nullable): as vast.ai writes it, "Utrecht, NL"
 * @ret_region: (out) (optional): where that is, %EASEL_REGION_NONE if unknown
 *
 * Returns: (transfer full) (nullable): "Utrecht, Netherlands", the country translated where names
 *   are installed; the text itself if the country is not known, %NULL if there is none
 */
char *
easel_vast_place_name (const char *geolocation, EaselRegion *ret_region)
{
  g_autofree char *place = NULL;
  const CountryRow *country;

  if (ret_region != NULL)
    *ret_region = EASEL_REGION_NONE;
  if (geolocation == NULL)
    return NULL;
  place = clip (geolocation);
  if (*place == '\0')
    return NULL;
  country = split_country (place);
  if (country == NULL)
    {
      country = find_written_out (place);
      if (country != NULL && ret_region != NULL)
        *ret_region = country->region;
      return g_steal_pointer (&place);
    }
  if (ret_region != NULL)
    *ret_region = country->region;
  if (*place == '\0' || g_ascii_strcasecmp (place, country->name) == 0)
    return g_strdup (translate (country->name));
  return g_strdup_printf ("%s, %s", place, translate (country->name));
}
