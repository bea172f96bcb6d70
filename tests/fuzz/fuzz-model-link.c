/* SPDX-License-Identifier: GPL-3.0-or-later */
/* No text makes a link that is not https, leads into a house, holds a user or names a path. */
#include "config.h"

#include "fuzz.h"

#include "easel-model-link.h"

#include <string.h>

static void
check_name (const char *name)
{
  g_autofree char *again = easel_model_file_name (name);

  g_assert_cmpstr (name, ==, again);
  g_assert_cmpuint (strlen (name), <=, 200);
  g_assert_true (name[0] != '.' && name[0] != ' ' && name[0] != '\0');
  g_assert_null (strchr (name, '/'));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *name = easel_model_file_name (text);
  g_autoptr (EaselModelLink) link = easel_model_link_parse (text, NULL);
  g_autoptr (GUri) uri = NULL;

  check_name (name);
  if (link == NULL)
    return 0;
  g_assert_true ((link->uri == NULL) == (link->civitai_model > 0));
  if (link->name != NULL)
    {
      check_name (link->name);
      g_assert_true (easel_model_name_is_safe (link->name));
    }
  if (link->uri == NULL)
    return 0;
  g_assert_true (g_str_has_prefix (link->uri, "https://"));
  uri = g_uri_parse (link->uri, G_URI_FLAGS_ENCODED, NULL);
  g_assert_nonnull (uri);
  g_assert_null (g_uri_get_userinfo (uri));
  g_assert_true (easel_model_host_is_public (g_uri_get_host (uri)));
  g_assert_cmpuint (easel_model_site_of_host (g_uri_get_host (uri)), ==, link->site);
  return 0;
}
