/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Templates as values, whether Krita could use them, and the search. */

#include "config.h"

#include "easel-image-tag.h"
#include "easel-template.h"

static EaselTemplate *
template_with (const char *image, const char *ports)
{
  g_auto (GStrv) list = ports != NULL ? g_strsplit (ports, " ", -1) : NULL;
  const EaselTemplateData data = {
    .provider_id = "runpod",
    .id = "8myumeqonw",
    .name = "Stable Diffusion ComfyUI for Krita",
    .image = image,
    .ports = (const char *const *) list,
    .nvidia = TRUE,
    .is_public = TRUE,
  };

  return easel_template_new (&data);
}

static void
test_deep_copy (void)
{
  g_autofree char *name = g_strdup ("abc");
  g_auto (GStrv) ports = g_strsplit ("3001/http", " ", -1);
  EaselTemplateData data = {
    .name = name,
    .ports = (const char *const *) ports,
    .disk_gb = 20,
    .workspace_gb = 40,
    .workspace_path = "/workspace",
    .source = "own",
  };
  EaselTemplate *template = easel_template_new (&data);
  const EaselTemplateData *copy = easel_template_get (template);

  name[0] = 'X';
  ports[0][0] = 'X';
  g_assert_cmpstr (copy->name, ==, "abc");
  g_assert_cmpstr (copy->ports[0], ==, "3001/http");
  g_assert_cmpstr (copy->workspace_path, ==, "/workspace");
  g_assert_cmpstr (copy->source, ==, "own");
  g_assert_cmpuint (copy->disk_gb, ==, 20);
  g_assert_cmpuint (copy->workspace_gb, ==, 40);
  g_assert_cmpstr (copy->id, ==, "");
  g_assert_cmpstr (copy->image, ==, "");

  g_assert_finalize_object (template);
}

static void
test_ports (void)
{
  static const struct
  {
    const char *ports;
    EaselTemplateVerdict verdict;
  } rows[] = {
    { "3001/http", EASEL_TEMPLATE_OK },
    { "3001/tcp", EASEL_TEMPLATE_OK },
    { "22/tcp 8888/http 3001/HTTP", EASEL_TEMPLATE_OK },
    { NULL, EASEL_TEMPLATE_NO_PORT },
    { "", EASEL_TEMPLATE_NO_PORT },
    { "3000/http 22/tcp", EASEL_TEMPLATE_NO_PORT },
    { "3001/udp", EASEL_TEMPLATE_NO_PORT },
    { "30011/http", EASEL_TEMPLATE_NO_PORT },
    { "13001/http", EASEL_TEMPLATE_NO_PORT },
    { "3001", EASEL_TEMPLATE_NO_PORT },
    { "3001/http/x", EASEL_TEMPLATE_NO_PORT },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (EaselTemplate) template = template_with ("a/b:c", rows[i].ports);

      g_assert_cmpint (easel_template_check (template), ==, rows[i].verdict);
    }
}

static void
test_kinds (void)
{
  static const char *const ports[] = { "3001/http", NULL };
  EaselTemplateData data = { .ports = ports, .nvidia = TRUE, .serverless = TRUE };
  g_autoptr (EaselTemplate) serverless = easel_template_new (&data);
  g_autoptr (EaselTemplate) amd = NULL;

  data.serverless = FALSE;
  data.nvidia = FALSE;
  amd = easel_template_new (&data);

  g_assert_cmpint (easel_template_check (serverless), ==, EASEL_TEMPLATE_SERVERLESS);
  g_assert_cmpint (easel_template_check (amd), ==, EASEL_TEMPLATE_NOT_NVIDIA);
}

static void
test_verdict_texts (void)
{
  g_autoptr (GHashTable) texts = g_hash_table_new (g_str_hash, g_str_equal);

  for (int i = EASEL_TEMPLATE_OK; i <= EASEL_TEMPLATE_NOT_NVIDIA; i++)
    {
      const char *text = easel_template_verdict_text (i);

      g_assert_true (g_str_has_suffix (text, "."));
      g_assert_true (g_hash_table_add (texts, (gpointer) text));
    }
}

static void
test_is_krita (void)
{
  static const struct
  {
    const char *image;
    gboolean is_krita;
  } rows[] = {
    { EASEL_IMAGE_REPOSITORY, TRUE },
    { EASEL_IMAGE_REPOSITORY ":v1.52.0", TRUE },
    { EASEL_IMAGE_REPOSITORY ":", TRUE },
    { EASEL_IMAGE_REPOSITORY "@sha256:00", TRUE },
    { EASEL_IMAGE_REPOSITORY "-fork:v1.52.0", FALSE },
    { EASEL_IMAGE_REPOSITORY "/x", FALSE },
    { "evil/" EASEL_IMAGE_REPOSITORY ":v1.52.0", FALSE },
    { "Aclysia/sd-comfyui-krita:v1.52.0", FALSE },
    { "", FALSE },
    { NULL, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (EaselTemplate) template = template_with (rows[i].image, "3001/http");

      g_assert_cmpint (easel_template_is_krita (template), ==, rows[i].is_krita);
    }
}

static void
test_search (void)
{
  g_autoptr (EaselTemplate) template = template_with (EASEL_IMAGE_REPOSITORY ":v1.52.0", NULL);
  static const struct
  {
    const char *text;
    gboolean matches;
  } rows[] = {
    { NULL, TRUE },
    { "", TRUE },
    { "   \t", TRUE },
    { "krita", TRUE },
    { "KRITA", TRUE },
    { " krita ", TRUE },
    { "ComfyUI for", TRUE },
    { "krita comfyui", TRUE },
    { "8myum", TRUE },
    { "aclysia", TRUE },
    { "v1.52", TRUE },
    { "kritaa", FALSE },
    { "krita nothere", FALSE },
    { "<b>krita</b>", FALSE },
    { "%s%n", FALSE },
    { "*", FALSE },
    { "\xff\xfe", FALSE },
    { "krita\xff", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (easel_template_matches (template, rows[i].text), ==, rows[i].matches);
}

static void
test_search_in_any_text (void)
{
  const EaselTemplateData data = { .name = "<b>Füße</b> & \xff \"Quotes\"", .image = "x/y:z" };
  g_autoptr (EaselTemplate) template = easel_template_new (&data);

  g_assert_true (easel_template_matches (template, "FÜSSE"));
  g_assert_true (easel_template_matches (template, "füße"));
  g_assert_true (easel_template_matches (template, "<B>"));
  g_assert_true (easel_template_matches (template, "& "));
  g_assert_true (easel_template_matches (template, "\"quotes\""));
  /* A word does not reach from the name into the image. */
  g_assert_false (easel_template_matches (template, "quotes\"x"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/template/deep-copy", test_deep_copy);
  g_test_add_func ("/template/ports", test_ports);
  g_test_add_func ("/template/kinds", test_kinds);
  g_test_add_func ("/template/verdict-texts", test_verdict_texts);
  g_test_add_func ("/template/is-krita", test_is_krita);
  g_test_add_func ("/template/search", test_search);
  g_test_add_func ("/template/search-in-any-text", test_search_in_any_text);

  return g_test_run ();
}
