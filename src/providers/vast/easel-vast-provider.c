/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * vast.ai: its address, what never changes about it, and what it keeps while the program runs: the
 * pacer, so that no route is asked too often, and the memory of what was done to which instance.
 * How a request leaves is in easel-vast-provider-call.c, the operations in the files beside it;
 * what a request looks like (-requests) and what an answer means (-decode, -judge, -state) has no
 * object.
 */

#include "config.h"

#include "easel-vast-provider-private.h"

#include <string.h>

struct _EaselVastProvider
{
  GObject parent_instance;

  EaselHttp *http;         /* (owned) */
  EaselClock *clock;       /* (owned) */
  EaselVastPacer *pacer;   /* (owned) */
  EaselVastMemory *memory; /* (owned) */
  char *api_uri;           /* (owned): without a slash at its end */
  char *api_host;          /* (owned) */
};

/* Vast reference 5.3, 13.2; "ref_id" is the plugin author's referral code. */
static const EaselProviderInfo vast_info = {
  .id = "vast",
  .name = "vast.ai",
  .sign_up_uri = "https://cloud.vast.ai/?ref_id=87451&creator_id=87451"
                 "&name=Stable%20Diffusion%20ComfyUI%20for%20Krita",
  .funds_uri = "https://cloud.vast.ai/billing/",
  .keys_uri = "https://cloud.vast.ai/manage-keys/",
  .console_uri = "https://cloud.vast.ai/instances/",
  .template_id = EASEL_VAST_AUTHOR_HASH,
  .template_name = EASEL_VAST_AUTHOR_TEMPLATE,
  .min_top_up_dollars = 5,
  .encrypted = FALSE,
  .has_pause = TRUE,
  .has_logs = TRUE,
  /* Vast reference 12.2: 4,048 with the program that is named beside it and its "-c". */
  .max_command = 4036,
};

static void easel_vast_provider_iface_init (EaselProviderInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (EaselVastProvider,
                               easel_vast_provider,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (EASEL_TYPE_PROVIDER,
                                                      easel_vast_provider_iface_init))

static const EaselProviderInfo *
easel_vast_provider_get_info (EaselProvider *provider)
{
  return &vast_info;
}

static const char *
easel_vast_provider_get_api_host (EaselProvider *provider)
{
  return EASEL_VAST_PROVIDER (provider)->api_host;
}

static void
easel_vast_provider_iface_init (EaselProviderInterface *iface)
{
  iface->get_info = easel_vast_provider_get_info;
  iface->get_api_host = easel_vast_provider_get_api_host;
  _easel_vast_provider_init_account (iface);
  _easel_vast_provider_init_offers (iface);
  _easel_vast_provider_init_templates (iface);
  _easel_vast_provider_init_create (iface);
  _easel_vast_provider_init_pods (iface);
  _easel_vast_provider_init_changes (iface);
  _easel_vast_provider_init_logs (iface);
}

static void
easel_vast_provider_finalize (GObject *object)
{
  EaselVastProvider *self = EASEL_VAST_PROVIDER (object);

  g_clear_object (&self->memory);
  g_clear_object (&self->pacer);
  g_clear_object (&self->clock);
  g_clear_object (&self->http);
  g_free (self->api_uri);
  g_free (self->api_host);

  G_OBJECT_CLASS (easel_vast_provider_parent_class)->finalize (object);
}

static void
easel_vast_provider_class_init (EaselVastProviderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = easel_vast_provider_finalize;
}

static void
easel_vast_provider_init (EaselVastProvider *self)
{
}

static char *
host_of (const char *uri)
{
  g_autoptr (GUri) parsed = g_uri_parse (uri, G_URI_FLAGS_NONE, NULL);

  if (parsed == NULL || g_uri_get_host (parsed) == NULL)
    return g_strdup (uri);
  if (g_uri_get_port (parsed) > 0)
    return g_strdup_printf ("%s:%d", g_uri_get_host (parsed), g_uri_get_port (parsed));
  return g_strdup (g_uri_get_host (parsed));
}

/**
 * easel_vast_provider_new:
 * @http: what sends
 * @clock: the cloud's time, in which requests are kept apart
 * @api_uri: "https://console.vast.ai"
 *
 * Returns: (transfer full): vast.ai at this address
 */
EaselProvider *
easel_vast_provider_new (EaselHttp *http, EaselClock *clock, const char *api_uri)
{
  EaselVastProvider *self;

  g_return_val_if_fail (EASEL_IS_HTTP (http), NULL);
  g_return_val_if_fail (EASEL_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (api_uri != NULL, NULL);

  self = g_object_new (EASEL_TYPE_VAST_PROVIDER, NULL);
  self->http = g_object_ref (http);
  self->clock = g_object_ref (clock);
  self->pacer = easel_vast_pacer_new (clock);
  self->memory = easel_vast_memory_new (clock);
  self->api_uri = g_strdup (api_uri);
  while (g_str_has_suffix (self->api_uri, "/"))
    self->api_uri[strlen (self->api_uri) - 1] = '\0';
  self->api_host = host_of (api_uri);
  return EASEL_PROVIDER (self);
}

EaselHttp *
_easel_vast_provider_get_http (EaselVastProvider *self)
{
  g_return_val_if_fail (EASEL_IS_VAST_PROVIDER (self), NULL);

  return self->http;
}

EaselClock *
_easel_vast_provider_get_clock (EaselVastProvider *self)
{
  g_return_val_if_fail (EASEL_IS_VAST_PROVIDER (self), NULL);

  return self->clock;
}

EaselVastPacer *
_easel_vast_provider_get_pacer (EaselVastProvider *self)
{
  g_return_val_if_fail (EASEL_IS_VAST_PROVIDER (self), NULL);

  return self->pacer;
}

EaselVastMemory *
_easel_vast_provider_get_memory (EaselVastProvider *self)
{
  g_return_val_if_fail (EASEL_IS_VAST_PROVIDER (self), NULL);

  return self->memory;
}

char *
_easel_vast_provider_build_uri (EaselVastProvider *self, const EaselVastRequest *request)
{
  g_return_val_if_fail (EASEL_IS_VAST_PROVIDER (self), NULL);
  g_return_val_if_fail (request != NULL, NULL);

  return g_strconcat (self->api_uri, request->path, NULL);
}
