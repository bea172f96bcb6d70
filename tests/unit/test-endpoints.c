/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "easel-endpoints.h"
#include "easel-error.h"
#include "easel-test-util.h"

#include <string.h>

#define LOCAL                                                                                      \
  "[runpod]\napi=http://127.0.0.1:4010/v2\ngraphql=http://127.0.0.1:4010/graphql\n"                \
  "proxy=http://{pod}-{port}.localhost:4010\n[vast]\napi=http://127.0.0.1:4010\n"

static EaselEndpoints *
parse (const char *text, GError **error)
{
  return easel_endpoints_new_from_data (text, strlen (text), error);
}

static void
test_default (void)
{
  g_autoptr (EaselEndpoints) endpoints = easel_endpoints_new_default ();
  g_autoptr (EaselClock) clock = easel_endpoints_create_clock (endpoints);

  g_assert_cmpstr (easel_endpoints_get (endpoints, "runpod", "api"), ==,
                   "https://api.runpod.io/v2");
  g_assert_cmpstr (easel_endpoints_get (endpoints, "runpod", "graphql"), ==,
                   "https://api.runpod.io/graphql");
  g_assert_cmpstr (easel_endpoints_get (endpoints, "runpod", "proxy"), ==,
                   "https://{pod}-{port}.proxy.runpod.net");
  g_assert_cmpstr (easel_endpoints_get (endpoints, "vast", "api"), ==, "https://console.vast.ai");
  g_assert_cmpstr (easel_endpoints_get (endpoints, "image", "tags"), ==,
                   "https://hub.docker.com/v2/repositories/aclysia/sd-comfyui-krita/tags");
  g_assert_null (easel_endpoints_get (endpoints, "models", "elsewhere"));
  g_assert_null (easel_endpoints_get (endpoints, "runpod", "nothing"));
  g_assert_null (easel_endpoints_get (endpoints, "nothing", "api"));
  g_assert_false (easel_endpoints_is_simulated (endpoints));
  g_assert_cmpint (ABS (easel_clock_get_unix_ms (clock) - g_get_real_time () / 1000), <, 5000);
}

static void
test_empty_is_the_default (void)
{
  static const char *const texts[] = { "", "\n", "# nothing\n", "[runpod]\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (EaselEndpoints) endpoints = parse (texts[i], &error);

      g_assert_no_error (error);
      g_assert_cmpstr (easel_endpoints_get (endpoints, "runpod", "api"), ==,
                       "https://api.runpod.io/v2");
      g_assert_false (easel_endpoints_is_simulated (endpoints));
    }
}

static void
test_local (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselEndpoints) endpoints = parse (LOCAL, &error);

  g_assert_no_error (error);
  g_assert_true (easel_endpoints_is_simulated (endpoints));
  g_assert_cmpstr (easel_endpoints_get (endpoints, "runpod", "api"), ==,
                   "http://127.0.0.1:4010/v2");
  g_assert_cmpstr (easel_endpoints_get (endpoints, "runpod", "proxy"), ==,
                   "http://{pod}-{port}.localhost:4010");
  g_assert_cmpstr (easel_endpoints_get (endpoints, "image", "tags"), ==,
                   "https://hub.docker.com/v2/repositories/aclysia/sd-comfyui-krita/tags");
}

/* What stands for the rest of the internet may itself be no more than the rest may. */
static void
test_elsewhere (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselEndpoints) endpoints =
      parse ("[models]\nelsewhere=http://127.0.0.1:4010/elsewhere/\n", &error);
  g_autoptr (EaselEndpoints) refused = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (easel_endpoints_get (endpoints, "models", "elsewhere"), ==,
                   "http://127.0.0.1:4010/elsewhere");
  refused = parse ("[models]\nelsewhere=http://models.example\n", &error);
  g_assert_null (refused);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_BAD_REQUEST);
}

static void
test_partly_local_is_not_simulated (void)
{
  static const char *const texts[] = {
    "[runpod]\napi=http://127.0.0.1:1/v2\n",
    "[runpod]\napi=http://127.0.0.1:1\ngraphql=http://127.0.0.1:1\nproxy=http://{pod}.localhost\n",
    "[vast]\napi=http://[::1]:1\n",
    LOCAL "[runpod]\nproxy=https://{pod}-{port}.example.com\n",
    LOCAL "[runpod]\napi=https://127.0.0.1.example.com\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (EaselEndpoints) endpoints = parse (texts[i], &error);

      g_assert_no_error (error);
      g_assert_false (easel_endpoints_is_simulated (endpoints));
    }
}

static void
test_slashes_and_blanks_go (void)
{
  g_autoptr (EaselEndpoints) endpoints =
      parse ("[runpod]\napi =  https://example.com/v2//  \n", NULL);

  g_assert_cmpstr (easel_endpoints_get (endpoints, "runpod", "api"), ==, "https://example.com/v2");
}

static void
test_refused (void)
{
  static const char *const texts[] = {
    "[runpod]\napi=http://api.runpod.io/v2\n",
    "[runpod]\napi=http://localhost:4010\n",
    "[runpod]\napi=http://127.0.0.1.example.com\n",
    "[runpod]\napi=http://127.0.0.1@example.com/\n",
    "[runpod]\napi=https://user:word@example.com/\n",
    "[runpod]\napi=https://example.com/?a=b\n",
    "[runpod]\napi=https://example.com/#a\n",
    "[runpod]\napi=ftp://127.0.0.1/\n",
    "[runpod]\napi=file:///etc/passwd\n",
    "[runpod]\napi=127.0.0.1:4010\n",
    "[runpod]\napi=\n",
    "[runpod]\napi=https://\n",
    "[runpod]\ngraphql=http://example.com/graphql\n",
    "[runpod]\nproxy=http://example.com\n",
    "[runpod]\nproxy=gopher://{pod}-{port}.localhost\n",
    "[runpod]\nproxy={pod}\n",
    "[vast]\napi=http://192.168.0.1\n",
    "[image]\ntags=http://hub.docker.com/v2\n",
    "[runpod]\napj=http://127.0.0.1:4010/v2\n",
    "[runpot]\napi=http://127.0.0.1:4010/v2\n",
    "[clock]\nspeed=60\n",
    "[clock]\nspeed=0.5\n",
    "[clock]\nreal-epoch-ms=1\ncloud-epoch-ms=2\n",
    "[runpod]\napi=http://127.0.0.1:1\n[clock]\nspeed=60\n",
    LOCAL "[clock]\nspeed=0\n",
    LOCAL "[clock]\nspeed=-1\n",
    LOCAL "[clock]\nspeed=fast\n",
    LOCAL "[clock]\nspeed=\n",
    LOCAL "[clock]\nspeed=60x\n",
    LOCAL "[clock]\nspeed=inf\n",
    LOCAL "[clock]\nspeed=nan\n",
    LOCAL "[clock]\nspeed=1e9\n",
    LOCAL "[clock]\nreal-epoch-ms=yesterday\n",
    LOCAL "[clock]\ncloud-epoch-ms=-5\n",
    LOCAL "[clock]\ncloud-epoch-ms=99999999999999999999\n",
    LOCAL "[clock]\nslowness=1\n",
    LOCAL "[runpod]\nproxy=http://{pod}.localhost.example.com\n[clock]\nspeed=2\n",
    "not a key file",
    "[unfinished\n",
    "a=b\n",
    "[runpod]\napi=https://\xff\xff\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (EaselEndpoints) endpoints = parse (texts[i], &error);

      if (endpoints != NULL)
        g_test_fail_printf ("accepted: %s", texts[i]);
      else
        g_assert_error (error, EASEL_ERROR, EASEL_ERROR_BAD_REQUEST);
    }
}

static void
test_speed (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselEndpoints) endpoints =
      parse (LOCAL "[clock]\nspeed=60\nreal-epoch-ms=1700000000000\n"
                   "cloud-epoch-ms=1600000000000\n",
             &error);
  g_autoptr (EaselClock) clock = NULL;
  gint64 expected;

  g_assert_no_error (error);
  clock = easel_endpoints_create_clock (endpoints);
  expected = G_GINT64_CONSTANT (1600000000000) +
             (g_get_real_time () / 1000 - G_GINT64_CONSTANT (1700000000000)) * 60;
  g_assert_cmpint (ABS (easel_clock_get_unix_ms (clock) - expected), <, 60 * 5000);
}

static void
test_speed_without_epochs (void)
{
  g_autoptr (EaselEndpoints) endpoints = parse (LOCAL "[clock]\nspeed=60\n", NULL);
  g_autoptr (EaselEndpoints) even = parse (LOCAL "[clock]\nspeed=1.0\n", NULL);
  g_autoptr (EaselClock) clock = easel_endpoints_create_clock (endpoints);
  g_autoptr (EaselClock) even_clock = easel_endpoints_create_clock (even);

  g_assert_cmpint (ABS (easel_clock_get_unix_ms (clock) - g_get_real_time () / 1000), <, 60 * 5000);
  g_assert_cmpint (ABS (easel_clock_get_unix_ms (even_clock) - g_get_real_time () / 1000), <, 5000);
}

static void
test_file (void)
{
  g_autofree char *folder = easel_test_make_folder ();
  g_autofree char *path = g_build_filename (folder, "endpoints.ini", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselEndpoints) missing = easel_endpoints_new_from_file (path, &error);
  g_autoptr (EaselEndpoints) endpoints = NULL;

  g_assert_null (missing);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_STORAGE);
  g_clear_error (&error);
  g_file_set_contents (path, LOCAL, -1, &error);
  g_assert_no_error (error);
  endpoints = easel_endpoints_new_from_file (path, &error);
  g_assert_no_error (error);
  g_assert_true (easel_endpoints_is_simulated (endpoints));
  easel_test_remove_tree (folder);
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
}

static void
test_too_large (void)
{
  g_autofree char *text = g_strnfill (64 * 1024 + 1, '#');
  g_autoptr (GError) error = NULL;

  g_assert_null (parse (text, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_BAD_REQUEST);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/endpoints/default", test_default);
  g_test_add_func ("/endpoints/empty-is-the-default", test_empty_is_the_default);
  g_test_add_func ("/endpoints/local", test_local);
  g_test_add_func ("/endpoints/elsewhere", test_elsewhere);
  g_test_add_func ("/endpoints/partly-local-is-not-simulated", test_partly_local_is_not_simulated);
  g_test_add_func ("/endpoints/slashes-and-blanks-go", test_slashes_and_blanks_go);
  g_test_add_func ("/endpoints/refused", test_refused);
  g_test_add_func ("/endpoints/speed", test_speed);
  g_test_add_func ("/endpoints/speed-without-epochs", test_speed_without_epochs);
  g_test_add_func ("/endpoints/file", test_file);
  g_test_add_func ("/endpoints/too-large", test_too_large);
  return g_test_run ();
}
