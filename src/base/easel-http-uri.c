/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an address may be trusted with, and what of it may stand in a log. Pure functions over
 * text; the same parser as for the request itself decides, so that the two cannot differ.
 */
#include "config.h"

#include "easel-http-private.h"

#include <string.h>

/* Longer parts of a path may be a pod's secret; ids and names are shorter. */
#define MAX_LOGGED_SEGMENT 20

/* The flags are SOUP_HTTP_URI_FLAGS; this file does without libsoup. */
#define HTTP_URI_FLAGS                                                                             \
  (G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED_PATH | G_URI_FLAGS_ENCODED_QUERY |               \
   G_URI_FLAGS_ENCODED_FRAGMENT | G_URI_FLAGS_SCHEME_NORMALIZE)

/* GUri lets blanks and more pass, for addresses that people type; ours are percent-encoded. */
static gboolean
has_only_uri_characters (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    {
      if (!g_ascii_isgraph (*p) || strchr ("\"<>\\^`{|}", *p) != NULL)
        return FALSE;
    }
  return TRUE;
}

/* NULL unless it is http or https with a host and without a user. */
GUri *
_easel_http_uri_parse (const char *text)
{
  g_autoptr (GUri) uri = NULL;

  if (!has_only_uri_characters (text))
    return NULL;
  uri = g_uri_parse (text, HTTP_URI_FLAGS, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0' ||
      g_uri_get_userinfo (uri) != NULL)
    return NULL;
  if (!g_str_equal (g_uri_get_scheme (uri), "http") &&
      !g_str_equal (g_uri_get_scheme (uri), "https"))
    return NULL;
  return g_steal_pointer (&uri);
}

gboolean
_easel_http_uri_host_is_loopback (GUri *uri)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (g_uri_get_host (uri));

  return address != NULL && g_inet_address_get_is_loopback (address);
}

/**
 * easel_http_uri_is_loopback:
 * @uri: an address
 *
 * Returns: %TRUE if it is http or https to a literal of 127.0.0.0/8 or to [::1]; a name never is
 */
gboolean
easel_http_uri_is_loopback (const char *uri)
{
  g_autoptr (GUri) parsed = NULL;

  g_return_val_if_fail (uri != NULL, FALSE);

  parsed = _easel_http_uri_parse (uri);
  return parsed != NULL && _easel_http_uri_host_is_loopback (parsed);
}

/**
 * easel_http_uri_may_carry_key:
 * @uri: an address
 *
 * Returns: %TRUE if a key may be sent there: over TLS, or to a loopback literal
 */
gboolean
easel_http_uri_may_carry_key (const char *uri)
{
  g_autoptr (GUri) parsed = NULL;

  g_return_val_if_fail (uri != NULL, FALSE);

  parsed = _easel_http_uri_parse (uri);
  if (parsed == NULL)
    return FALSE;
  return g_str_equal (g_uri_get_scheme (parsed), "https") ||
         _easel_http_uri_host_is_loopback (parsed);
}

gboolean
_easel_http_uri_is_http (const char *uri)
{
  g_autoptr (GUri) parsed = NULL;

  g_assert (uri != NULL);

  parsed = _easel_http_uri_parse (uri);
  return parsed != NULL;
}

/**
 * easel_http_uri_is_local_name:
 * @uri: an address
 *
 * Returns: %TRUE if what is sent there does not leave this computer: a loopback literal, or a name
 *   that is or ends in "localhost" (RFC 6761)
 */
gboolean
easel_http_uri_is_local_name (const char *uri)
{
  g_autoptr (GUri) parsed = NULL;
  g_autofree char *host = NULL;

  g_return_val_if_fail (uri != NULL, FALSE);

  parsed = _easel_http_uri_parse (uri);
  if (parsed == NULL)
    return FALSE;
  host = g_ascii_strdown (g_uri_get_host (parsed), -1);
  return _easel_http_uri_host_is_loopback (parsed) || g_str_equal (host, "localhost") ||
         g_str_has_suffix (host, ".localhost");
}

/* Host and path; without the query, and without parts that could be a secret. */
char *
_easel_http_uri_for_log (GUri *uri)
{
  g_auto (GStrv) segments = NULL;
  GString *text = NULL;

  g_assert (uri != NULL);

  segments = g_strsplit (g_uri_get_path (uri), "/", -1);
  text = g_string_new (g_uri_get_host (uri));
  for (gsize i = 1; segments[0] != NULL && segments[i] != NULL; i++)
    {
      g_string_append_c (text, '/');
      g_string_append (text, strlen (segments[i]) > MAX_LOGGED_SEGMENT ? "…" : segments[i]);
    }
  return g_string_free (text, FALSE);
}
