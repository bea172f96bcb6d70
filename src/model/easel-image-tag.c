/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Which version of the plugin author's container image fits an installed plugin and a host.
 *
 * The tags are the plugin's versions. What the tables say was read in the author's public sources
 * in August 2026: scripts/docker.py and scripts/docker/Dockerfile for the CUDA base,
 * backend/resources.py for the custom nodes that a plugin insists on. */

#include "config.h"

#include "easel-image-tag.h"

#include "easel-offer.h"

#include <string.h>

#define VERSION(major, minor, patch) ((guint) ((major) *1000000 + (minor) *1000 + (patch)))
#define MAX_MAJOR 999
#define MAX_PART 999

typedef struct
{
  guint version; /* from this one on */
  guint value;
} VersionRow;

/* CUDA of the image's base, newest first. The author moved to a new base between releases, so that
 * which release was the first is only known for 13.0; the older rows err on the newer CUDA, because
 * a host that is too old never starts the container and is paid all the same. */
static const VersionRow cuda_table[] = {
  { VERSION (1, 52, 0), EASEL_CUDA (13, 0) },
  { VERSION (1, 30, 0), EASEL_CUDA (12, 8) },
  { VERSION (1, 14, 0), EASEL_CUDA (12, 0) },
  { 0, EASEL_CUDA (11, 8) },
};

/* The oldest image whose nodes satisfy a plugin, newest first. */
static const VersionRow needed_table[] = {
  { VERSION (1, 48, 0), VERSION (1, 48, 0) },
  { VERSION (1, 46, 0), VERSION (1, 46, 0) },
  { VERSION (1, 41, 0), VERSION (1, 41, 0) },
  { VERSION (1, 21, 0), VERSION (1, 21, 0) },
  { 0, 0 },
};

static guint
look_up (const VersionRow *table, guint version)
{
  g_assert (table != NULL);

  while (version < table->version)
    table++;
  return table->value;
}

/* One number of a version; leaves @text behind it. */
static gboolean
parse_part (const char **text, guint max, guint *ret_part)
{
  guint part = 0;

  if (!g_ascii_isdigit (**text))
    return FALSE;
  for (; g_ascii_isdigit (**text); (*text)++)
    {
      part = part * 10 + (guint) g_ascii_digit_value (**text);
      if (part > max)
        return FALSE;
    }
  *ret_part = part;
  return TRUE;
}

static gboolean
skip_dot (const char **text)
{
  if (**text != '.')
    return FALSE;
  (*text)++;
  return TRUE;
}

/* A version at the start of @text; leaves @text behind it. */
static guint
parse_version (const char **text)
{
  guint major, minor, patch;

  if (!parse_part (text, MAX_MAJOR, &major) || !skip_dot (text) ||
      !parse_part (text, MAX_PART, &minor) || !skip_dot (text) ||
      !parse_part (text, MAX_PART, &patch))
    return 0;
  return VERSION (major, minor, patch);
}

/**
 * easel_version_parse:
 * @text: (nullable): a version such as “1.53.0”, also with a leading “v” or with something behind
 *   it that begins with “-” or “+”
 *
 * Returns: the version as major × 1000000 + minor × 1000 + patch, 0 if @text is not one
 */
guint
easel_version_parse (const char *text)
{
  guint version;

  if (text == NULL)
    return 0;
  if (*text == 'v')
    text++;

  version = parse_version (&text);
  return *text == '\0' || *text == '-' || *text == '+' ? version : 0;
}

/* What follows the author's repository in @image, %NULL if the image is not his. */
static const char *
after_repository (const char *image)
{
  const char *rest;

  if (image == NULL || !g_str_has_prefix (image, EASEL_IMAGE_REPOSITORY))
    return NULL;
  rest = image + strlen (EASEL_IMAGE_REPOSITORY);
  return *rest == '\0' || *rest == ':' || *rest == '@' ? rest : NULL;
}

/* Exactly vX.Y.Z: other tags ("base", "latest") promise nothing. */
static guint
parse_tag (const char *tag)
{
  guint version;

  if (*tag != 'v')
    return 0;
  tag++;
  version = parse_version (&tag);
  return *tag == '\0' ? version : 0;
}

/**
 * easel_image_tag_version:
 * @image: (nullable): a container image with tag
 *
 * Returns: the plugin version that @image was made for, 0 if it is not of the author's repository
 *   or its tag is no version
 */
guint
easel_image_tag_version (const char *image)
{
  const char *rest = after_repository (image);
  g_autofree char *tag = NULL;

  if (rest == NULL || *rest != ':')
    return 0;

  /* A digest may follow the tag. */
  tag = g_strndup (rest + 1, strcspn (rest + 1, "@"));
  return parse_tag (tag);
}

static guint
cuda_of_version (guint version)
{
  return version == 0 ? cuda_table[0].value : look_up (cuda_table, version);
}

/**
 * easel_image_cuda:
 * @image: (nullable): a container image with tag
 *
 * Returns: the CUDA version that the host's driver must bring for @image, as in %EASEL_CUDA; the
 *   newest for an unknown tag of the author's, 0 for images of others, of which nothing is known
 */
guint
easel_image_cuda (const char *image)
{
  if (after_repository (image) == NULL)
    return 0;
  return cuda_of_version (easel_image_tag_version (image));
}

/**
 * easel_image_needed_for_plugin:
 * @plugin_version: version of the installed plugin, 0 if unknown
 *
 * Returns: the oldest image version that the plugin connects to, 0 if any
 */
guint
easel_image_needed_for_plugin (guint plugin_version)
{
  return look_up (needed_table, plugin_version);
}

/* The newest image for a plugin may be one release ahead of it: the nodes only ever grow, and not
 * every release has an image. */
/**
 * easel_image_is_too_old:
 * @image: (nullable): an image with its tag
 * @plugin_version: version of the installed plugin, 0 if unknown
 *
 * Returns: whether the plugin will miss node classes in it, as far as both versions are known
 */
gboolean
easel_image_is_too_old (const char *image, guint plugin_version)
{
  const guint needed = easel_image_needed_for_plugin (plugin_version);
  const guint version = image != NULL ? easel_image_tag_version (image) : 0;

  return needed > 0 && version > 0 && version < needed;
}

static guint
newest_for_plugin (guint plugin_version)
{
  guint major = plugin_version / 1000000;
  guint minor = plugin_version / 1000 % 1000;

  return plugin_version == 0 ? G_MAXUINT : VERSION (major, minor + 1, MAX_PART);
}

static gboolean
suits_host (guint version, guint host_cuda)
{
  return host_cuda == 0 || cuda_of_version (version) <= host_cuda;
}

/**
 * easel_image_choose:
 * @public_tags: (nullable) (array zero-terminated=1): the tags that the author has published
 * @template_image: (nullable): what the template starts
 * @plugin_version: version of the installed plugin, 0 if unknown
 * @host_cuda: newest CUDA of the host, as in %EASEL_CUDA, 0 if unknown
 *
 * The newest published image that suits plugin and host; the template's own where none is newer.
 * An image of somebody else is that person's choice and stays.
 *
 * Returns: (transfer full) (nullable): the image to start, %NULL if nothing is known
 */
char *
easel_image_choose (const char *const *public_tags,
                    const char *template_image,
                    guint plugin_version,
                    guint host_cuda)
{
  guint limit = newest_for_plugin (plugin_version);
  guint template_version = easel_image_tag_version (template_image);
  guint best = 0;

  if (template_image != NULL && after_repository (template_image) == NULL)
    return g_strdup (template_image);

  for (gsize i = 0; public_tags != NULL && public_tags[i] != NULL; i++)
    {
      guint version = parse_tag (public_tags[i]);

      if (version > best && version <= limit && suits_host (version, host_cuda))
        best = version;
    }

  if (best == 0 || (best <= template_version && suits_host (template_version, host_cuda)))
    return g_strdup (template_image);
  return g_strdup_printf (EASEL_IMAGE_REPOSITORY ":v%u.%u.%u", best / 1000000, best / 1000 % 1000,
                          best % 1000);
}
