/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What somebody pastes as the address of a model. */

#include "config.h"

#include "easel-error.h"
#include "easel-model-link.h"

#include <string.h>

#define CIVITAI "https://civitai.com/api/download/models/"
#define HUB "https://huggingface.co/"

static void
test_good (void)
{
  static const struct
  {
    const char *text;
    EaselModelSite site;
    const char *uri;
    guint64 model;
    const char *name;
  } rows[] = {
    { "https://civitai.com/models/1234", EASEL_MODEL_SITE_CIVITAI, NULL, 1234, NULL },
    { " https://civitai.com/models/1234/some-lora/\n", EASEL_MODEL_SITE_CIVITAI, NULL, 1234, NULL },
    { "https://www.civitai.com/models/1234/x?modelVersionId=567#files", EASEL_MODEL_SITE_CIVITAI,
      CIVITAI "567", 0, NULL },
    { "https://CIVITAI.com/model-versions/567", EASEL_MODEL_SITE_CIVITAI, CIVITAI "567", 0, NULL },
    { CIVITAI "567?type=Model&format=SafeTensor&token=s3cret", EASEL_MODEL_SITE_CIVITAI,
      CIVITAI "567?type=Model&format=SafeTensor", 0, NULL },
    { CIVITAI "567?%74oken=s3cret", EASEL_MODEL_SITE_CIVITAI, CIVITAI "567", 0, NULL },
    { HUB "a/b/blob/main/lora.safetensors", EASEL_MODEL_SITE_HUGGINGFACE,
      HUB "a/b/resolve/main/lora.safetensors", 0, "lora.safetensors" },
    { HUB "a/b/resolve/main/split/my%20vae.SAFETENSORS?download=true", EASEL_MODEL_SITE_HUGGINGFACE,
      HUB "a/b/resolve/main/split/my%20vae.SAFETENSORS", 0, "my vae.SAFETENSORS" },
    { "https://hf.co/a/b/blob/main/x.sft", EASEL_MODEL_SITE_HUGGINGFACE,
      HUB "a/b/resolve/main/x.sft", 0, "x.sft" },
    { "https://example.com/files/x.safetensors?a=1&token=s3cret&b=2", EASEL_MODEL_SITE_OTHER,
      "https://example.com/files/x.safetensors?a=1&b=2", 0, "x.safetensors" },
    { "https://example.com:8443/get/77", EASEL_MODEL_SITE_OTHER, "https://example.com:8443/get/77",
      0, NULL },
    { "https://8.8.8.8/x.sft", EASEL_MODEL_SITE_OTHER, "https://8.8.8.8/x.sft", 0, "x.sft" },
    { "https://[2606:4700::1111]/x.sft", EASEL_MODEL_SITE_OTHER, "https://[2606:4700::1111]/x.sft",
      0, "x.sft" },
    /* Not the site, whatever its name ends in. */
    { "https://evilcivitai.com/models/x.sft", EASEL_MODEL_SITE_OTHER,
      "https://evilcivitai.com/models/x.sft", 0, "x.sft" },
    { "https://civitai.com.example.com/models/1.sft", EASEL_MODEL_SITE_OTHER,
      "https://civitai.com.example.com/models/1.sft", 0, "1.sft" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (EaselModelLink) link = easel_model_link_parse (rows[i].text, &error);

      g_test_message ("%s", rows[i].text);
      g_assert_no_error (error);
      g_assert_cmpuint (link->site, ==, rows[i].site);
      g_assert_cmpstr (link->uri, ==, rows[i].uri);
      g_assert_cmpuint (link->civitai_model, ==, rows[i].model);
      g_assert_cmpstr (link->name, ==, rows[i].name);
    }
}

static void
test_refused (void)
{
  static const struct
  {
    const char *text;
    EaselError code;
  } rows[] = {
    { "", EASEL_ERROR_BAD_LINK },
    { "my lora", EASEL_ERROR_BAD_LINK },
    { "https://", EASEL_ERROR_BAD_LINK },
    { "https:///x.sft", EASEL_ERROR_BAD_LINK },
    { "https://example.com/a b.sft", EASEL_ERROR_BAD_LINK },
    { "https://example.com/%00/x.sft", EASEL_ERROR_BAD_LINK },
    { "https://civitai.com/", EASEL_ERROR_BAD_LINK },
    { "https://civitai.com/models", EASEL_ERROR_BAD_LINK },
    { "https://civitai.com/models/x", EASEL_ERROR_BAD_LINK },
    { "https://civitai.com/models/0", EASEL_ERROR_BAD_LINK },
    { "https://civitai.com/models/99999999999999999999", EASEL_ERROR_BAD_LINK },
    { "https://civitai.com/images/5", EASEL_ERROR_BAD_LINK },
    { "https://civitai.com/api/download/models/", EASEL_ERROR_BAD_LINK },
    { HUB "a/b", EASEL_ERROR_BAD_LINK },
    { HUB "a/b/tree/main/x.safetensors", EASEL_ERROR_BAD_LINK },
    { HUB "a/b/blob/main", EASEL_ERROR_BAD_LINK },
    { HUB "a/b/blob/main/x.ckpt", EASEL_ERROR_WRONG_ENDING },
    { HUB "a/b/blob/main/x", EASEL_ERROR_WRONG_ENDING },
    { "https://example.com/x.pt", EASEL_ERROR_WRONG_ENDING },
    { "https://example.com/x.safetensors.zip", EASEL_ERROR_WRONG_ENDING },
    { "http://example.com/x.sft", EASEL_ERROR_UNSAFE_LINK },
    { "ftp://example.com/x.sft", EASEL_ERROR_UNSAFE_LINK },
    { "https://user@example.com/x.sft", EASEL_ERROR_UNSAFE_LINK },
    { "https://user:word@example.com/x.sft", EASEL_ERROR_UNSAFE_LINK },
    { "https://localhost/x.sft", EASEL_ERROR_UNSAFE_LINK },
    { "https://LOCALHOST./x.sft", EASEL_ERROR_UNSAFE_LINK },
    { "https://a.localhost/x.sft", EASEL_ERROR_UNSAFE_LINK },
    { "https://printer/x.sft", EASEL_ERROR_UNSAFE_LINK },
    { "https://printer.local/x.sft", EASEL_ERROR_UNSAFE_LINK },
    { "https://metadata.google.internal/x.sft", EASEL_ERROR_UNSAFE_LINK },
    { "https://127.0.0.1/x.sft", EASEL_ERROR_UNSAFE_LINK },
    { "https://127.1/x.sft", EASEL_ERROR_UNSAFE_LINK },
    { "https://2130706433/x.sft", EASEL_ERROR_UNSAFE_LINK },
    { "https://0x7f000001/x.sft", EASEL_ERROR_UNSAFE_LINK },
    { "https://0x7f.1/x.sft", EASEL_ERROR_UNSAFE_LINK },
    { "https://10.1.2.3/x.sft", EASEL_ERROR_UNSAFE_LINK },
    { "https://172.31.0.1/x.sft", EASEL_ERROR_UNSAFE_LINK },
    { "https://192.168.0.1/x.sft", EASEL_ERROR_UNSAFE_LINK },
    { "https://100.64.0.1/x.sft", EASEL_ERROR_UNSAFE_LINK },
    { "https://169.254.169.254/x.sft", EASEL_ERROR_UNSAFE_LINK },
    { "https://0.0.0.0/x.sft", EASEL_ERROR_UNSAFE_LINK },
    { "https://255.255.255.255/x.sft", EASEL_ERROR_UNSAFE_LINK },
    { "https://[::1]/x.sft", EASEL_ERROR_UNSAFE_LINK },
    { "https://[::ffff:127.0.0.1]/x.sft", EASEL_ERROR_UNSAFE_LINK },
    { "https://[64:ff9b::7f00:1]/x.sft", EASEL_ERROR_UNSAFE_LINK },
    { "https://[fd00::1]/x.sft", EASEL_ERROR_UNSAFE_LINK },
    { "https://[fe80::1]/x.sft", EASEL_ERROR_UNSAFE_LINK },
    { "https://[2002:7f00:1::]/x.sft", EASEL_ERROR_UNSAFE_LINK },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", rows[i].text);
      g_assert_null (easel_model_link_parse (rows[i].text, &error));
      g_assert_error (error, EASEL_ERROR, (int) rows[i].code);
      g_assert_null (strstr (error->message, "example"));
    }
}

static void
test_too_long (void)
{
  g_autofree char *tail = g_strnfill (5000, 'a');
  g_autofree char *text = g_strconcat ("https://example.com/", tail, ".sft", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (easel_model_link_parse (text, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_BAD_LINK);
}

static void
test_names (void)
{
  static const struct
  {
    const char *text;
    const char *name;
  } rows[] = {
    { "lora.safetensors", "lora.safetensors" },
    { "my lora (v2).safetensors", "my lora _v2_.safetensors" },
    { "../../etc/x.sft", "_.._.._etc_x.sft" },
    { ".hidden.sft", "_.hidden.sft" },
    { "été.sft", "_t_.sft" },
    { "x.sft . ", "x.sft" },
    { "", "_" },
    { "...", "_" },
    { " x.sft", "_ x.sft" },
    { "a\nb.sft", "a_b.sft" },
  };
  g_autofree char *tail = g_strnfill (500, 'a');
  g_autofree char *text = g_strconcat (tail, ".safetensors", NULL);
  g_autofree char *cut = easel_model_file_name (text);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *name = easel_model_file_name (rows[i].text);

      g_assert_cmpstr (name, ==, rows[i].name);
    }
  g_assert_cmpuint (strlen (cut), ==, 200);
  g_assert_true (easel_model_name_is_safe (cut));
}

static void
test_sites (void)
{
  g_assert_cmpstr (easel_model_site_secret (EASEL_MODEL_SITE_CIVITAI), ==, "civitai");
  g_assert_cmpstr (easel_model_site_secret (EASEL_MODEL_SITE_HUGGINGFACE), ==, "huggingface");
  g_assert_null (easel_model_site_secret (EASEL_MODEL_SITE_OTHER));
  /* Where Hugging Face keeps the files: no token goes there. */
  g_assert_cmpuint (easel_model_site_of_host ("cas-bridge.xethub.hf.co"), ==,
                    EASEL_MODEL_SITE_OTHER);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model-link/good", test_good);
  g_test_add_func ("/model-link/refused", test_refused);
  g_test_add_func ("/model-link/too-long", test_too_long);
  g_test_add_func ("/model-link/names", test_names);
  g_test_add_func ("/model-link/sites", test_sites);
  return g_test_run ();
}
