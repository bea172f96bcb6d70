/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What the tests of the vast.ai provider have in common.
 */

#include "config.h"

#include "vast-server.h"

#include "easel-test-util.h"
#include "easel-vast-provider.h"
#include "fixture.h"
#include "provider-calls.h"

#include <string.h>

void
vast_server_set_up (VastServer *self, gconstpointer data)
{
  self->server = easel_test_server_new ();
  easel_test_server_expect_key (self->server, VAST_KEY);
  self->clock = data != NULL ? easel_manual_clock_new (G_GINT64_CONSTANT (1790000000000))
                             : easel_real_clock_new_scaled (1000, 0, 0);
  self->http = easel_http_new (self->clock, NULL);
  self->provider =
      easel_vast_provider_new (self->http, self->clock, easel_test_server_get_uri (self->server));
  self->key = easel_secret_new (VAST_KEY);
}

void
vast_server_tear_down (VastServer *self, gconstpointer data)
{
  g_assert_finalize_object (self->provider);
  g_assert_finalize_object (self->http);
  g_object_unref (self->clock);
  easel_secret_unref (self->key);
  easel_test_server_free (self->server);
}

void
vast_server_serve (VastServer *self,
                   const char *method,
                   const char *path,
                   guint status,
                   const char *fixture)
{
  g_autofree char *body = easel_fixture_text ("vast", fixture);

  easel_test_server_reply (self->server, method, path, status, body);
}

void
vast_server_say (VastServer *self,
                 const char *method,
                 const char *path,
                 guint status,
                 const char *text)
{
  easel_test_server_reply (self->server, method, path, status, text);
}

guint
vast_server_count (VastServer *self, const char *method, const char *path)
{
  return easel_test_server_count (self->server, method, path);
}

void
vast_server_assert_keys (VastServer *self)
{
  for (guint i = 0; i < easel_test_server_count (self->server, NULL, NULL); i++)
    {
      const EaselTestRequest *request = easel_test_server_get_request (self->server, i);

      g_assert_true (request->key_is_right);
      g_assert_null (strstr (request->path, VAST_KEY));
      g_assert_true (request->query == NULL || strstr (request->query, VAST_KEY) == NULL);
      g_assert_null (strstr (request->body, VAST_KEY));
      g_assert_cmpstr (request->user_agent, ==, easel_http_get_user_agent ());
      if (*request->body != '\0')
        g_assert_cmpstr (request->content_type, ==, "application/json");
    }
}

EaselLaunchSpec *
vast_server_make_spec (void)
{
  EaselOfferData data = {
    .provider_id = "vast",
    .id = "31415926",
    .gpu_id = "RTX 4090",
    .gpu_name = "RTX 4090",
    .vram_mib = 24564,
    .gpu_price = 290000,
    .host_kind = EASEL_HOST_PRIVATE,
    .machine_id = "12345",
    .reliability_ppm = -1,
  };
  EaselTemplateData template_data = {
    .provider_id = "vast",
    .id = "0123456789abcdef0123456789abcdef",
    .name = "x",
    .image = "aclysia/sd-comfyui-krita:v1.52.0",
    .args = "",
    .nvidia = TRUE,
  };
  g_autoptr (EaselOffer) offer = easel_offer_new (&data);
  g_autoptr (EaselTemplate) template = easel_template_new (&template_data);

  return easel_call_make_spec (offer, template);
}
