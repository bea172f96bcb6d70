/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * RunPod: addresses, what never changes about it, and the one way in which a request leaves and its
 * answer becomes JSON. The operations are in the files beside this one; what a request looks like
 * (-requests), what an answer means (-decode, -judge) is pure and has no object. Keys are arguments
 * and are kept only as long as a call runs.
 */

#include "config.h"

#include "easel-runpod-provider-private.h"

#include "easel-error.h"
#include "easel-runpod-judge.h"

#include <string.h>

struct _EaselRunpodProvider
{
  GObject parent_instance;

  EaselHttp *http;     /* (owned) */
  char *api_uri;       /* (owned): without a slash at its end */
  char *graphql_uri;   /* (owned) (nullable) */
  char *proxy_pattern; /* (owned) */
  char *api_host;      /* (owned) */
};

/* RunPod reference 3.1, 3.4, 12.1; "ref" is the plugin author's referral code. */
static const EaselProviderInfo runpod_info = {
  .id = "runpod",
  .name = "RunPod",
  .sign_up_uri = "https://runpod.io/gsc?template=8myumeqonw&ref=of4awcqw",
  .funds_uri = "https://www.console.runpod.io/user/billing",
  .keys_uri = "https://www.console.runpod.io/user/settings",
  .console_uri = "https://www.console.runpod.io/pods",
  .template_id = "8myumeqonw",
  .template_name = "Stable Diffusion ComfyUI for Krita",
  .min_top_up_dollars = 10,
  .encrypted = TRUE,
  .has_pause = TRUE,
  .has_logs = TRUE,
  .pushes_logs = TRUE,
};

static void easel_runpod_provider_iface_init (EaselProviderInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (EaselRunpodProvider,
                               easel_runpod_provider,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (EASEL_TYPE_PROVIDER,
                                                      easel_runpod_provider_iface_init))

static const EaselProviderInfo *
easel_runpod_provider_get_info (EaselProvider *provider)
{
  return &runpod_info;
}

static const char *
easel_runpod_provider_get_api_host (EaselProvider *provider)
{
  return EASEL_RUNPOD_PROVIDER (provider)->api_host;
}

static void
easel_runpod_provider_iface_init (EaselProviderInterface *iface)
{
  iface->get_info = easel_runpod_provider_get_info;
  iface->get_api_host = easel_runpod_provider_get_api_host;
  _easel_runpod_provider_init_account (iface);
  _easel_runpod_provider_init_catalog (iface);
  _easel_runpod_provider_init_templates (iface);
  _easel_runpod_provider_init_create (iface);
  _easel_runpod_provider_init_pods (iface);
  _easel_runpod_provider_init_logs (iface);
}

static void
easel_runpod_provider_finalize (GObject *object)
{
  EaselRunpodProvider *self = EASEL_RUNPOD_PROVIDER (object);

  g_clear_object (&self->http);
  g_free (self->api_uri);
  g_free (self->graphql_uri);
  g_free (self->proxy_pattern);
  g_free (self->api_host);

  G_OBJECT_CLASS (easel_runpod_provider_parent_class)->finalize (object);
}

static void
easel_runpod_provider_class_init (EaselRunpodProviderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = easel_runpod_provider_finalize;
}

static void
easel_runpod_provider_init (EaselRunpodProvider *self)
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
 * easel_runpod_provider_new:
 * @http: what sends
 * @api_uri: "https://api.runpod.io/v2"
 * @graphql_uri: (nullable): "https://api.runpod.io/graphql"; without it no balance is known
 * @proxy_pattern: "https://{pod}-{port}.proxy.runpod.net"
 *
 * Returns: (transfer full): RunPod at these addresses
 */
EaselProvider *
easel_runpod_provider_new (EaselHttp *http,
                           const char *api_uri,
                           const char *graphql_uri,
                           const char *proxy_pattern)
{
  EaselRunpodProvider *self;

  g_return_val_if_fail (EASEL_IS_HTTP (http), NULL);
  g_return_val_if_fail (api_uri != NULL && proxy_pattern != NULL, NULL);

  self = g_object_new (EASEL_TYPE_RUNPOD_PROVIDER, NULL);
  self->http = g_object_ref (http);
  self->api_uri = g_strdup (api_uri);
  while (g_str_has_suffix (self->api_uri, "/"))
    self->api_uri[strlen (self->api_uri) - 1] = '\0';
  self->graphql_uri = g_strdup (graphql_uri);
  self->proxy_pattern = g_strdup (proxy_pattern);
  self->api_host = host_of (api_uri);
  return EASEL_PROVIDER (self);
}

EaselHttp *
_easel_runpod_provider_get_http (EaselRunpodProvider *self)
{
  g_return_val_if_fail (EASEL_IS_RUNPOD_PROVIDER (self), NULL);

  return self->http;
}

const char *
_easel_runpod_provider_get_graphql_uri (EaselRunpodProvider *self)
{
  g_return_val_if_fail (EASEL_IS_RUNPOD_PROVIDER (self), NULL);

  return self->graphql_uri;
}

const char *
_easel_runpod_provider_get_proxy_pattern (EaselRunpodProvider *self)
{
  g_return_val_if_fail (EASEL_IS_RUNPOD_PROVIDER (self), NULL);

  return self->proxy_pattern;
}

/* An empty path is GraphQL's. */
char *
_easel_runpod_provider_build_uri (EaselRunpodProvider *self, const EaselRunpodRequest *request)
{
  g_return_val_if_fail (EASEL_IS_RUNPOD_PROVIDER (self), NULL);
  g_return_val_if_fail (request != NULL, NULL);

  if (*request->path == '\0')
    return g_strdup (self->graphql_uri);
  return g_strconcat (self->api_uri, request->path, NULL);
}

/* A server that repeats the key in its complaint must not get it onto the screen. */
GError *
_easel_runpod_provider_clean_error (GError *error, EaselSecret *key)
{
  const char *details = easel_error_get_details (error);

  if (details != NULL && strstr (details, easel_secret_peek (key)) != NULL)
    easel_error_set_details (error, NULL);
  return error;
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  g_autoptr (EaselHttpResponse) response = NULL;
  g_autoptr (JsonNode) root = NULL;
  GError *error = NULL;

  response = easel_http_send_finish (EASEL_HTTP (source), result, &error);
  /* 204 has no body, and an empty one after another good status says as little. */
  if (response != NULL && g_bytes_get_size (response->body) > 0)
    root = easel_json_parse (response->body, EASEL_JSON_MAX_BYTES, &error);
  if (error != NULL)
    {
      g_task_return_error (task,
                           _easel_runpod_provider_clean_error (error, g_task_get_task_data (task)));
      return;
    }
  g_task_return_pointer (task, g_steal_pointer (&root), (GDestroyNotify) json_node_unref);
}

/*
 * Sends one request with the key and reads the answer as JSON. Finishes with %NULL and no error
 * when the answer was good and had no body.
 */
void
_easel_runpod_provider_call_async (EaselRunpodProvider *self,
                                   const EaselRunpodCall *call,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autofree char *uri = NULL;
  EaselHttpRequest request = { 0 };

  g_return_if_fail (EASEL_IS_RUNPOD_PROVIDER (self));
  g_return_if_fail (call != NULL && call->request != NULL && call->key != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, _easel_runpod_provider_call_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, easel_secret_ref (call->key), (GDestroyNotify) easel_secret_unref);

  uri = _easel_runpod_provider_build_uri (self, call->request);
  request.method = call->request->method;
  request.uri = uri;
  request.bearer = call->key;
  request.body = call->request->body;
  request.deadline_ms = call->deadline_ms;
  request.retry = call->retry;
  easel_http_send_async (self->http, &request, call->judge, cancellable, on_answered,
                         g_steal_pointer (&task));
}

JsonNode *
_easel_runpod_provider_call_finish (EaselRunpodProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* A read with the usual deadline, repeated after a passing fault. */
void
_easel_runpod_provider_read_async (EaselRunpodProvider *self,
                                   const EaselRunpodRequest *request,
                                   EaselSecret *key,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  EaselRunpodCall call = {
    .request = request,
    .key = key,
    .judge = easel_runpod_judge,
    .deadline_ms = EASEL_RUNPOD_READ_DEADLINE_MS,
    .retry = EASEL_RETRY_READ,
  };

  _easel_runpod_provider_call_async (self, &call, cancellable, callback, user_data);
}
