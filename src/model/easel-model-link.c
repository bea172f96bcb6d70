/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What somebody pastes as the address of a model: a page or a download of Civitai, a file of
 * Hugging Face, or any file on the web. Pure: text in, a value out; nobody is asked.
 *
 * A token that stands in a link is dropped here, so that none is ever stored or shown. */

#include "config.h"

#include "easel-model-link.h"

#include "easel-error.h"

#include <string.h>

#define MAX_LINK 4096
#define MAX_NAME 200
#define MAX_NUMBER G_GUINT64_CONSTANT (1000000000000)

#define LINK_FLAGS                                                                                 \
  (G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED_PATH | G_URI_FLAGS_ENCODED_QUERY |               \
   G_URI_FLAGS_ENCODED_FRAGMENT | G_URI_FLAGS_SCHEME_NORMALIZE)

static const char *const endings[] = { ".safetensors", ".sft" };

/* What a link or a header may call a token. */
static const char *const secret_parameters[] = { "token", "api_key", "apikey", "access_token",
                                                 "key" };

/* Ranges that are no place in the internet: RFC 6890 and its successors. */
static const char *const private_ranges[] = {
  "0.0.0.0/8",     "10.0.0.0/8",      "100.64.0.0/10",  "127.0.0.0/8",    "169.254.0.0/16",
  "172.16.0.0/12", "192.0.0.0/24",    "192.0.2.0/24",   "192.88.99.0/24", "192.168.0.0/16",
  "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
};

/* Only what is given out to the internet, less the parts that lead to an IPv4 address or a test. */
static const char *const public_range_6 = "2000::/3";
static const char *const private_ranges_6[] = { "2001::/23", "2001:db8::/32", "2002::/16",
                                                "3fff::/20" };

static gboolean
is_in_ranges (GInetAddress *address, const char *const *ranges, gsize n_ranges)
{
  for (gsize i = 0; i < n_ranges; i++)
    {
      g_autoptr (GInetAddressMask) mask = g_inet_address_mask_new_from_string (ranges[i], NULL);

      if (mask != NULL && g_inet_address_mask_matches (mask, address))
        return TRUE;
    }
  return FALSE;
}

/**
 * easel_model_address_is_public:
 * @address: an address
 *
 * Returns: whether it is a place in the internet, and not in a house, a computer or a test
 */
gboolean
easel_model_address_is_public (GInetAddress *address)
{
  g_return_val_if_fail (G_IS_INET_ADDRESS (address), FALSE);

  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4)
    return !is_in_ranges (address, private_ranges, G_N_ELEMENTS (private_ranges));
  return is_in_ranges (address, &public_range_6, 1) &&
         !is_in_ranges (address, private_ranges_6, G_N_ELEMENTS (private_ranges_6));
}

/* "0x7f.1", "127.1" and "2130706433" are addresses to some programs: a last part that begins with
 * a digit is no domain. */
static gboolean
looks_like_a_number (const char *host)
{
  const char *dot = strrchr (host, '.');

  return g_ascii_isdigit (dot != NULL ? dot[1] : host[0]);
}

/**
 * easel_model_host_is_public:
 * @host: of a link, as it stands there
 *
 * Returns: whether it may be in the internet; its address still has to be looked at
 */
gboolean
easel_model_host_is_public (const char *host)
{
  static const char *const inner[] = { "localhost", "local", "internal", "lan",
                                       "home",      "corp",  "intranet", "private",
                                       "arpa",      "test",  "invalid",  "onion" };
  g_autoptr (GInetAddress) address = NULL;
  g_autofree char *name = NULL;
  const char *dot;

  g_return_val_if_fail (host != NULL, FALSE);

  address = g_inet_address_new_from_string (host);
  if (address != NULL)
    return easel_model_address_is_public (address);

  name = g_ascii_strdown (host, -1);
  if (*name != '\0' && name[strlen (name) - 1] == '.')
    name[strlen (name) - 1] = '\0';
  if (strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789.-") != strlen (name) || *name == '.' ||
      strstr (name, "..") != NULL || looks_like_a_number (name))
    return FALSE;
  dot = strrchr (name, '.');
  if (dot == NULL)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (inner); i++)
    {
      if (g_str_equal (dot + 1, inner[i]))
        return FALSE;
    }
  return TRUE;
}

/**
 * easel_model_site_of_host:
 * @host: of a link
 *
 * Returns: whose it is: the only hosts that ever see the site's token
 */
EaselModelSite
easel_model_site_of_host (const char *host)
{
  g_return_val_if_fail (host != NULL, EASEL_MODEL_SITE_OTHER);

  if (g_ascii_strcasecmp (host, "civitai.com") == 0 ||
      g_ascii_strcasecmp (host, "www.civitai.com") == 0)
    return EASEL_MODEL_SITE_CIVITAI;
  if (g_ascii_strcasecmp (host, "huggingface.co") == 0 ||
      g_ascii_strcasecmp (host, "www.huggingface.co") == 0 ||
      g_ascii_strcasecmp (host, "hf.co") == 0)
    return EASEL_MODEL_SITE_HUGGINGFACE;
  return EASEL_MODEL_SITE_OTHER;
}

/**
 * easel_model_site_secret:
 * @site: who serves a link
 *
 * Returns: (nullable): the name of its token in the secret store
 */
const char *
easel_model_site_secret (EaselModelSite site)
{
  switch (site)
    {
    case EASEL_MODEL_SITE_CIVITAI:
      return "civitai";
    case EASEL_MODEL_SITE_HUGGINGFACE:
      return "huggingface";
    case EASEL_MODEL_SITE_OTHER:
    default:
      return NULL;
    }
}

/**
 * easel_model_name_is_safe:
 * @name: a file's name
 *
 * Returns: whether it ends like a model that cannot hold a program
 */
gboolean
easel_model_name_is_safe (const char *name)
{
  g_autofree char *small = NULL;

  g_return_val_if_fail (name != NULL, FALSE);

  small = g_ascii_strdown (name, -1);
  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      if (g_str_has_suffix (small, endings[i]) && strlen (small) > strlen (endings[i]))
        return TRUE;
    }
  return FALSE;
}

/**
 * easel_model_file_name:
 * @text: a name from a link, from a server or from this computer
 *
 * What the agent in the pod takes as a name: letters, digits, “._- ”, no parts of a path.
 *
 * Returns: (transfer full): the same name, or one that is as near to it as can be
 */
char *
easel_model_file_name (const char *text)
{
  GString *name;
  const char *ending;
  gsize keep;

  g_return_val_if_fail (text != NULL, NULL);

  name = g_string_new (NULL);
  for (const char *p = text; *p != '\0'; p++)
    {
      guchar c = (guchar) *p;

      /* One stand-in for one letter, however many bytes it has. */
      if (g_ascii_isalnum (c) || (c < 0x80 && strchr ("._- ", c) != NULL))
        g_string_append_c (name, (char) c);
      else if (c < 0x80 || c >= 0xc0)
        g_string_append_c (name, '_');
    }
  while (name->len > 0 && strchr (" .", name->str[name->len - 1]) != NULL)
    g_string_truncate (name, name->len - 1);
  if (name->len == 0 || name->str[0] == '.' || name->str[0] == ' ')
    g_string_prepend_c (name, '_');
  if (name->len > MAX_NAME)
    {
      ending = strrchr (name->str, '.');
      keep = ending != NULL ? strlen (ending) : 0;
      if (keep > 20)
        keep = 0;
      g_string_erase (name, (gssize) (MAX_NAME - keep), (gssize) (name->len - MAX_NAME));
      while (keep == 0 && strchr (" .", name->str[name->len - 1]) != NULL)
        g_string_truncate (name, name->len - 1);
    }
  return g_string_free (name, FALSE);
}

/**
 * easel_model_link_free:
 * @self: (transfer full) (nullable): a link
 */
void
easel_model_link_free (EaselModelLink *self)
{
  if (self == NULL)
    return;
  g_free (self->uri);
  g_free (self->name);
  g_free (self);
}

static gboolean
is_secret_parameter (const char *pair)
{
  for (gsize i = 0; i < G_N_ELEMENTS (secret_parameters); i++)
    {
      gsize length = strlen (secret_parameters[i]);

      if (g_ascii_strncasecmp (pair, secret_parameters[i], length) == 0 &&
          (pair[length] == '=' || pair[length] == '\0'))
        return TRUE;
    }
  return FALSE;
}

/* The query without tokens, NULL if nothing is left. */
static char *
clean_query (const char *query)
{
  g_auto (GStrv) pairs = NULL;
  g_autoptr (GString) clean = g_string_new (NULL);

  if (query == NULL)
    return NULL;
  pairs = g_strsplit (query, "&", -1);
  for (gsize i = 0; pairs[i] != NULL; i++)
    {
      g_autofree char *plain = g_uri_unescape_string (pairs[i], NULL);

      if (*pairs[i] == '\0' || is_secret_parameter (plain != NULL ? plain : pairs[i]))
        continue;
      if (clean->len > 0)
        g_string_append_c (clean, '&');
      g_string_append (clean, pairs[i]);
    }
  return clean->len > 0 ? g_strdup (clean->str) : NULL;
}

/* A whole number from 1 on, with nothing behind it; 0 if it is none. */
static guint64
read_number (const char *text)
{
  guint64 number;

  return text != NULL && g_ascii_string_to_unsigned (text, 10, 1, MAX_NUMBER, &number, NULL)
             ? number
             : 0;
}

static guint64
find_number_in_query (const char *query, const char *key)
{
  g_auto (GStrv) pairs = g_strsplit (query != NULL ? query : "", "&", -1);
  gsize length = strlen (key);

  for (gsize i = 0; pairs[i] != NULL; i++)
    {
      if (g_str_has_prefix (pairs[i], key) && pairs[i][length] == '=')
        return read_number (pairs[i] + length + 1);
    }
  return 0;
}

/* NULL, of whatever type the caller returns. */
static gpointer
fail (GError **error, EaselError code, const char *why)
{
  easel_set_error (error, code, "link: %s", why);
  return NULL;
}

static char *
civitai_download (guint64 version, const char *query)
{
  return g_strdup_printf ("https://civitai.com/api/download/models/%" G_GUINT64_FORMAT "%s%s",
                          version, query != NULL ? "?" : "", query != NULL ? query : "");
}

/* /models/MODEL[/NAME][?modelVersionId=VERSION], /model-versions/VERSION and
 * /api/download/models/VERSION[?type=…]. */
static EaselModelLink *
parse_civitai (const char *const *parts, const char *query, GError **error)
{
  EaselModelLink *self;
  guint64 model = 0;
  guint64 version = 0;
  const char *keep = NULL;

  if (g_strcmp0 (parts[0], "models") == 0)
    {
      model = read_number (parts[1]);
      version = find_number_in_query (query, "modelVersionId");
    }
  else if (g_strcmp0 (parts[0], "model-versions") == 0)
    version = read_number (parts[1]);
  else if (g_strcmp0 (parts[0], "api") == 0 && g_strcmp0 (parts[1], "download") == 0 &&
           g_strcmp0 (parts[2], "models") == 0)
    {
      version = read_number (parts[3]);
      keep = query;
    }
  if (model == 0 && version == 0)
    return fail (error, EASEL_ERROR_BAD_LINK, "not a model of Civitai");

  self = g_new0 (EaselModelLink, 1);
  self->site = EASEL_MODEL_SITE_CIVITAI;
  if (version > 0)
    self->uri = civitai_download (version, keep);
  else
    self->civitai_model = model;
  return self;
}

static char *
last_part_as_name (const char *const *parts)
{
  guint n_parts = g_strv_length ((char **) parts);
  g_autofree char *plain = NULL;

  if (n_parts == 0)
    return NULL;
  plain = g_uri_unescape_string (parts[n_parts - 1], "/");
  return plain != NULL && *plain != '\0' ? easel_model_file_name (plain) : NULL;
}

/* /OWNER/REPOSITORY/blob/REVISION/PATH, or "resolve" in place of "blob". */
static EaselModelLink *
parse_huggingface (const char *const *parts, GError **error)
{
  guint n_parts = g_strv_length ((char **) parts);
  g_autofree char *name = NULL;
  g_autofree char *path = NULL;
  EaselModelLink *self;

  if (n_parts < 5 || (!g_str_equal (parts[2], "blob") && !g_str_equal (parts[2], "resolve")))
    return fail (error, EASEL_ERROR_BAD_LINK, "not a file of Hugging Face");
  name = last_part_as_name (parts);
  if (name == NULL || !easel_model_name_is_safe (name))
    return fail (error, EASEL_ERROR_WRONG_ENDING, "ending");

  path = g_strjoinv ("/", (char **) parts + 3);
  self = g_new0 (EaselModelLink, 1);
  self->site = EASEL_MODEL_SITE_HUGGINGFACE;
  self->uri = g_strdup_printf ("https://huggingface.co/%s/%s/resolve/%s", parts[0], parts[1], path);
  self->name = g_steal_pointer (&name);
  return self;
}

/* A last part without a dot says nothing: the server then names the file. */
static EaselModelLink *
parse_other (GUri *uri, const char *const *parts, const char *query, GError **error)
{
  g_autofree char *name = last_part_as_name (parts);
  EaselModelLink *self;

  if (name != NULL && strchr (name, '.') == NULL)
    g_clear_pointer (&name, g_free);
  if (name != NULL && !easel_model_name_is_safe (name))
    return fail (error, EASEL_ERROR_WRONG_ENDING, "ending");

  self = g_new0 (EaselModelLink, 1);
  self->site = EASEL_MODEL_SITE_OTHER;
  self->uri = g_uri_join (LINK_FLAGS, "https", NULL, g_uri_get_host (uri), g_uri_get_port (uri),
                          g_uri_get_path (uri), query, NULL);
  self->name = g_steal_pointer (&name);
  return self;
}

/* The parts of a path that are not empty; NULL if one of them goes up. */
static char **
split_path (const char *path)
{
  g_auto (GStrv) all = g_strsplit (path, "/", -1);
  g_autoptr (GStrvBuilder) parts = g_strv_builder_new ();

  for (gsize i = 0; all[i] != NULL; i++)
    {
      g_autofree char *plain = g_uri_unescape_string (all[i], NULL);

      if (plain == NULL || g_str_equal (plain, "..") || g_str_equal (plain, "."))
        return NULL;
      if (*all[i] != '\0')
        g_strv_builder_add (parts, all[i]);
    }
  return g_strv_builder_end (parts);
}

static GUri *
parse_uri (const char *text, GError **error)
{
  g_autoptr (GUri) uri = NULL;
  const char *host;

  for (const char *p = text; *p != '\0'; p++)
    {
      if (!g_ascii_isgraph (*p) || strchr ("\"<>\\^`{|}", *p) != NULL)
        return fail (error, EASEL_ERROR_BAD_LINK, "characters");
    }
  uri = g_uri_parse (text, LINK_FLAGS, NULL);
  host = uri != NULL ? g_uri_get_host (uri) : NULL;
  if (host == NULL || *host == '\0')
    return fail (error, EASEL_ERROR_BAD_LINK, "not an address");
  if (!g_str_equal (g_uri_get_scheme (uri), "https"))
    return fail (error, EASEL_ERROR_UNSAFE_LINK, "not https");
  if (g_uri_get_userinfo (uri) != NULL || !easel_model_host_is_public (host))
    return fail (error, EASEL_ERROR_UNSAFE_LINK, "user or private host");
  return g_steal_pointer (&uri);
}

/**
 * easel_model_link_parse:
 * @text: what was pasted
 * @error: %EASEL_ERROR_BAD_LINK, %EASEL_ERROR_UNSAFE_LINK or %EASEL_ERROR_WRONG_ENDING, without any
 *   of @text
 *
 * Returns: (transfer full) (nullable): where the model is
 */
EaselModelLink *
easel_model_link_parse (const char *text, GError **error)
{
  g_autofree char *trimmed = NULL;
  g_autofree char *query = NULL;
  g_autoptr (GUri) uri = NULL;
  g_auto (GStrv) parts = NULL;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (strnlen (text, MAX_LINK + 1) > MAX_LINK)
    return fail (error, EASEL_ERROR_BAD_LINK, "too long");
  trimmed = g_strstrip (g_strdup (text));
  uri = parse_uri (trimmed, error);
  if (uri == NULL)
    return NULL;
  parts = split_path (g_uri_get_path (uri));
  if (parts == NULL)
    return fail (error, EASEL_ERROR_BAD_LINK, "path");

  query = clean_query (g_uri_get_query (uri));
  switch (easel_model_site_of_host (g_uri_get_host (uri)))
    {
    case EASEL_MODEL_SITE_CIVITAI:
      return parse_civitai ((const char *const *) parts, query, error);
    case EASEL_MODEL_SITE_HUGGINGFACE:
      return parse_huggingface ((const char *const *) parts, error);
    case EASEL_MODEL_SITE_OTHER:
    default:
      return parse_other (uri, (const char *const *) parts, query, error);
    }
}

/**
 * easel_model_link_to_text:
 * @self: a link
 *
 * Returns: (transfer full): a text that easel_model_link_parse() takes for the same, without token
 */
char *
easel_model_link_to_text (const EaselModelLink *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->uri != NULL ? g_strdup (self->uri)
                           : g_strdup_printf ("https://civitai.com/models/%" G_GUINT64_FORMAT,
                                              self->civitai_model);
}
