/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Which version of the container image fits an installed plugin and a host. */

#include "config.h"

#include "easel-image-tag.h"
#include "easel-offer.h"

#define IMAGE EASEL_IMAGE_REPOSITORY

static void
test_version_parse (void)
{
  static const struct
  {
    const char *text;
    guint version;
  } rows[] = {
    { "1.53.0", 1053000 },
    { "v1.52.0", 1052000 },
    { "1.16.1", 1016001 },
    { "1.53.0-beta", 1053000 },
    { "1.53.0+git", 1053000 },
    { "999.999.999", 999999999 },
    { "0.0.1", 1 },
    { "", 0 },
    { "v", 0 },
    { "1", 0 },
    { "1.", 0 },
    { "1.53", 0 },
    { "1.53.", 0 },
    { "1.53.0.1", 0 },
    { "1.53.0 ", 0 },
    { " 1.53.0", 0 },
    { "V1.53.0", 0 },
    { "1.1000.0", 0 },
    { "1000.0.0", 0 },
    { "-1.0.0", 0 },
    { "1.-5.0", 0 },
    { "1.2.99999999999999999999", 0 },
    { "latest", 0 },
    { "1..0", 0 },
    { ".1.0", 0 },
    { "1.0.", 0 },
    { "..", 0 },
    { "1,2,3", 0 },
    { "1.2,3", 0 },
  };

  g_assert_cmpuint (easel_version_parse (NULL), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      /* Exactly as long as the text, so that a sanitizer sees one step too far. */
      g_autofree char *text = g_strdup (rows[i].text);

      g_assert_cmpuint (easel_version_parse (text), ==, rows[i].version);
    }
}

static void
test_tag_version (void)
{
  g_assert_cmpuint (easel_image_tag_version (NULL), ==, 0);
  g_assert_cmpuint (easel_image_tag_version (IMAGE ":v1.52.0"), ==, 1052000);
  g_assert_cmpuint (easel_image_tag_version (IMAGE ":v1.52.0@sha256:00ff"), ==, 1052000);
  g_assert_cmpuint (easel_image_tag_version (IMAGE ":1.52.0"), ==, 0);
  g_assert_cmpuint (easel_image_tag_version (IMAGE ":v1.52.0-rc1"), ==, 0);
  g_assert_cmpuint (easel_image_tag_version (IMAGE ":base"), ==, 0);
  g_assert_cmpuint (easel_image_tag_version (IMAGE ":"), ==, 0);
  g_assert_cmpuint (easel_image_tag_version (IMAGE), ==, 0);
  g_assert_cmpuint (easel_image_tag_version (IMAGE "-fork:v1.52.0"), ==, 0);
  g_assert_cmpuint (easel_image_tag_version ("someone/comfyui:v1.52.0"), ==, 0);
}

static void
test_cuda (void)
{
  g_assert_cmpuint (easel_image_cuda (IMAGE ":v1.53.0"), ==, EASEL_CUDA (13, 0));
  g_assert_cmpuint (easel_image_cuda (IMAGE ":v1.52.0"), ==, EASEL_CUDA (13, 0));
  g_assert_cmpuint (easel_image_cuda (IMAGE ":v2.0.0"), ==, EASEL_CUDA (13, 0));
  g_assert_cmpuint (easel_image_cuda (IMAGE ":v1.51.9"), ==, EASEL_CUDA (12, 8));
  g_assert_cmpuint (easel_image_cuda (IMAGE ":v1.48.0"), ==, EASEL_CUDA (12, 8));
  g_assert_cmpuint (easel_image_cuda (IMAGE ":v1.22.0"), ==, EASEL_CUDA (12, 0));
  g_assert_cmpuint (easel_image_cuda (IMAGE ":v1.2.0"), ==, EASEL_CUDA (11, 8));
  g_assert_cmpuint (easel_image_cuda (IMAGE ":latest"), ==, EASEL_CUDA (13, 0));
  g_assert_cmpuint (easel_image_cuda (IMAGE), ==, EASEL_CUDA (13, 0));
  g_assert_cmpuint (easel_image_cuda ("someone/comfyui:v1.52.0"), ==, 0);
  g_assert_cmpuint (easel_image_cuda (NULL), ==, 0);
}

/* No older image may ask for a newer driver. */
static void
test_cuda_never_falls (void)
{
  guint last = 0;

  for (guint minor = 1; minor < 80; minor++)
    {
      g_autofree char *image = g_strdup_printf (IMAGE ":v1.%u.0", minor);

      g_assert_cmpuint (easel_image_cuda (image), >=, last);
      last = easel_image_cuda (image);
    }
}

static void
test_needed_for_plugin (void)
{
  g_assert_cmpuint (easel_image_needed_for_plugin (0), ==, 0);
  g_assert_cmpuint (easel_image_needed_for_plugin (1020000), ==, 0);
  g_assert_cmpuint (easel_image_needed_for_plugin (1040001), ==, 1021000);
  g_assert_cmpuint (easel_image_needed_for_plugin (1041000), ==, 1041000);
  g_assert_cmpuint (easel_image_needed_for_plugin (1047000), ==, 1046000);
  g_assert_cmpuint (easel_image_needed_for_plugin (1048000), ==, 1048000);
  g_assert_cmpuint (easel_image_needed_for_plugin (1053000), ==, 1048000);
  g_assert_cmpuint (easel_image_needed_for_plugin (2000000), ==, 1048000);
}

static void
test_too_old (void)
{
  g_assert_true (easel_image_is_too_old (IMAGE ":v1.47.2", 1053000));
  g_assert_false (easel_image_is_too_old (IMAGE ":v1.48.0", 1053000));
  /* A newer plugin that needs nothing newer. */
  g_assert_false (easel_image_is_too_old (IMAGE ":v1.52.0", 1053000));
  /* What is not known is not warned about. */
  g_assert_false (easel_image_is_too_old (IMAGE ":v1.22.0", 0));
  g_assert_false (easel_image_is_too_old (IMAGE ":latest", 1053000));
  g_assert_false (easel_image_is_too_old (NULL, 1053000));
}

typedef struct
{
  const char *what;
  const char *template_image;
  guint plugin;
  guint host_cuda;
  const char *chosen;
} ChooseRow;

static void
test_choose (void)
{
  static const char *const tags[] = { "base",    "v1.22.0",    "latest",  "v1.48.0", "v1.53.0",
                                      "v1.51.0", "v1.60.0-rc", "1.61.0",  "v1.52.0", "v1.52.0.1",
                                      "",        "nonsense",   "v1.40.1", NULL };
  static const ChooseRow rows[] = {
    { "newest", NULL, 0, 0, IMAGE ":v1.53.0" },
    { "newer than the template", IMAGE ":v1.22.0", 0, 0, IMAGE ":v1.53.0" },
    { "for the plugin", IMAGE ":v1.22.0", 1053000, 0, IMAGE ":v1.53.0" },
    { "one release ahead", IMAGE ":v1.22.0", 1051000, 0, IMAGE ":v1.52.0" },
    { "not two ahead", IMAGE ":v1.22.0", 1050000, 0, IMAGE ":v1.51.0" },
    { "never older than the template", IMAGE ":v1.52.0", 1048000, 0, IMAGE ":v1.52.0" },
    { "template newer than every tag", IMAGE ":v1.54.0", 1054000, 0, IMAGE ":v1.54.0" },
    { "template as new keeps its digest", IMAGE ":v1.53.0@sha256:ab", 0, 0,
      IMAGE ":v1.53.0@sha256:ab" },
    { "old host", IMAGE ":v1.52.0", 1053000, EASEL_CUDA (12, 8), IMAGE ":v1.51.0" },
    { "new host", IMAGE ":v1.22.0", 1053000, EASEL_CUDA (13, 0), IMAGE ":v1.53.0" },
    { "very old host", IMAGE ":v1.52.0", 1053000, EASEL_CUDA (12, 4), IMAGE ":v1.22.0" },
    { "host too old for any", IMAGE ":v1.52.0", 1053000, EASEL_CUDA (11, 0), IMAGE ":v1.52.0" },
    { "host too old for any, no template", NULL, 1053000, EASEL_CUDA (11, 0), NULL },
    { "tag that promises nothing", IMAGE ":latest", 1053000, 0, IMAGE ":v1.53.0" },
    { "no tag", IMAGE, 1053000, 0, IMAGE ":v1.53.0" },
    { "somebody else’s", "someone/comfyui:v9", 1053000, EASEL_CUDA (12, 8), "someone/comfyui:v9" },
    { "a fork", IMAGE "-plus:v1.2.3", 1053000, 0, IMAGE "-plus:v1.2.3" },
    { "plugin from the future", IMAGE ":v1.52.0", 2001000, 0, IMAGE ":v1.53.0" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *chosen = NULL;

      g_test_message ("%s", rows[i].what);
      chosen = easel_image_choose (tags, rows[i].template_image, rows[i].plugin, rows[i].host_cuda);
      g_assert_cmpstr (chosen, ==, rows[i].chosen);
    }
}

static void
test_choose_without_tags (void)
{
  static const char *const none[] = { NULL };
  g_autofree char *first = easel_image_choose (NULL, IMAGE ":v1.40.0", 1053000, 0);
  g_autofree char *second = easel_image_choose (none, IMAGE ":v1.40.0", 1053000, 0);
  g_autofree char *third = easel_image_choose (none, NULL, 0, 0);

  g_assert_cmpstr (first, ==, IMAGE ":v1.40.0");
  g_assert_cmpstr (second, ==, IMAGE ":v1.40.0");
  g_assert_null (third);
}

/* What is chosen starts on the host, whenever anything published does. */
static void
test_choose_suits_host (void)
{
  static const guint hosts[] = { EASEL_CUDA (12, 0), EASEL_CUDA (12, 4), EASEL_CUDA (12, 8),
                                 EASEL_CUDA (13, 0), EASEL_CUDA (13, 1) };

  for (int i = 0; i < 2000; i++)
    {
      g_autofree char *first = g_strdup_printf ("v1.%d.0", g_test_rand_int_range (1, 60));
      g_autofree char *second = g_strdup_printf ("v1.%d.0", g_test_rand_int_range (1, 60));
      g_autofree char *old = g_strdup ("v1.2.0");
      g_autofree char *image = g_strdup_printf (IMAGE ":v1.%d.0", g_test_rand_int_range (1, 60));
      const char *tags[] = { first, second, old, NULL };
      guint host = hosts[g_test_rand_int_range (0, G_N_ELEMENTS (hosts))];
      guint plugin = (guint) g_test_rand_int_range (1020, 1060) * 1000;
      g_autofree char *chosen = easel_image_choose (tags, image, plugin, host);

      g_assert_cmpuint (easel_image_cuda (chosen), <=, host);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/image-tag/version-parse", test_version_parse);
  g_test_add_func ("/image-tag/tag-version", test_tag_version);
  g_test_add_func ("/image-tag/cuda", test_cuda);
  g_test_add_func ("/image-tag/cuda-never-falls", test_cuda_never_falls);
  g_test_add_func ("/image-tag/needed-for-plugin", test_needed_for_plugin);
  g_test_add_func ("/image-tag/too-old", test_too_old);
  g_test_add_func ("/image-tag/choose", test_choose);
  g_test_add_func ("/image-tag/choose-without-tags", test_choose_without_tags);
  g_test_add_func ("/image-tag/choose-suits-the-host", test_choose_suits_host);

  return g_test_run ();
}
