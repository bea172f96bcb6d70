/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a link to the address of the file: asks Civitai which version is the newest, follows
 * redirects one by one and looks at the head of the last answer only. The token goes to the site
 * that it is for and to no other host, and every hop has to be encrypted and in the internet.
 */
#include "config.h"

#include "easel-model-resolver.h"

#include "easel-error.h"
#include "easel-json.h"

#include <string.h>

#define MAX_HOPS 6
#define HTTPS "https://"
#define MAX_MODEL_NUMBER G_GINT64_CONSTANT (1000000000000)

#define HOP_FLAGS                                                                                  \
  (G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED_PATH | G_URI_FLAGS_ENCODED_QUERY |               \
   G_URI_FLAGS_ENCODED_FRAGMENT | G_URI_FLAGS_SCHEME_NORMALIZE)

struct _EaselModelResolver
{
  GObject parent_instance;

  EaselHttp *http;   /* (owned) */
  char *civitai;     /* (owned) */
  char *huggingface; /* (owned) */
  char *elsewhere;   /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (EaselModelResolver, easel_model_resolver, G_TYPE_OBJECT)

typedef struct
{
  EaselModelSite site;
  EaselSecret *token; /* (owned) (nullable) */
  char *name;         /* (owned) (nullable): from the link */
  GUri *uri;          /* (owned) (nullable): of the present hop */
  guint64 free_bytes;
  guint n_hops;
} Resolution;

static void on_model_told (GObject *source, GAsyncResult *result, gpointer user_data);
static void start_hop (GTask *task);
static void on_hop (GObject *source, GAsyncResult *result, gpointer user_data);

static void
resolution_free (Resolution *self)
{
  g_clear_pointer (&self->token, easel_secret_unref);
  g_clear_pointer (&self->uri, g_uri_unref);
  g_free (self->name);
  g_free (self);
}

/**
 * easel_model_source_free:
 * @self: (transfer full) (nullable): a source
 */
void
easel_model_source_free (EaselModelSource *self)
{
  if (self == NULL)
    return;
  g_free (self->uri);
  g_free (self->name);
  g_free (self);
}

static void
easel_model_resolver_finalize (GObject *object)
{
  EaselModelResolver *self = EASEL_MODEL_RESOLVER (object);

  g_clear_object (&self->http);
  g_free (self->civitai);
  g_free (self->huggingface);
  g_free (self->elsewhere);

  G_OBJECT_CLASS (easel_model_resolver_parent_class)->finalize (object);
}

static void
easel_model_resolver_class_init (EaselModelResolverClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = easel_model_resolver_finalize;
}

static void
easel_model_resolver_init (EaselModelResolver *self)
{
}

/**
 * easel_model_resolver_new:
 * @http: asks the sites
 * @civitai: (nullable): another address than %EASEL_CIVITAI, for tests and the simulator
 * @huggingface: (nullable): another address than %EASEL_HUGGINGFACE
 *
 * Returns: (transfer full): a resolver
 */
EaselModelResolver *
easel_model_resolver_new (EaselHttp *http, const char *civitai, const char *huggingface)
{
  EaselModelResolver *self;

  g_return_val_if_fail (EASEL_IS_HTTP (http), NULL);

  self = g_object_new (EASEL_TYPE_MODEL_RESOLVER, NULL);
  self->http = g_object_ref (http);
  self->civitai = g_strdup (civitai != NULL ? civitai : EASEL_CIVITAI);
  self->huggingface = g_strdup (huggingface != NULL ? huggingface : EASEL_HUGGINGFACE);
  return self;
}

/**
 * easel_model_resolver_set_elsewhere:
 * @self: a resolver
 * @elsewhere: (nullable): what is put in front of host and path of a link to neither site, for
 *   the simulator: it stands for the rest of the internet
 */
void
easel_model_resolver_set_elsewhere (EaselModelResolver *self, const char *elsewhere)
{
  g_return_if_fail (EASEL_IS_MODEL_RESOLVER (self));

  g_free (self->elsewhere);
  self->elsewhere = g_strdup (elsewhere);
}

static const char *
site_base (EaselModelResolver *self, EaselModelSite site)
{
  switch (site)
    {
    case EASEL_MODEL_SITE_CIVITAI:
      return self->civitai;
    case EASEL_MODEL_SITE_HUGGINGFACE:
      return self->huggingface;
    case EASEL_MODEL_SITE_OTHER:
    default:
      return NULL;
    }
}

/* A link's address, at the place where the site is for us. */
static char *
move_to_base (EaselModelResolver *self, const EaselModelLink *link)
{
  const char *base = site_base (self, link->site);
  const char *real = link->site == EASEL_MODEL_SITE_CIVITAI ? EASEL_CIVITAI : EASEL_HUGGINGFACE;

  if (link->site == EASEL_MODEL_SITE_OTHER && self->elsewhere != NULL &&
      g_str_has_prefix (link->uri, HTTPS))
    return g_strconcat (self->elsewhere, "/", link->uri + strlen (HTTPS), NULL);
  if (base == NULL || !g_str_has_prefix (link->uri, real))
    return g_strdup (link->uri);
  return g_strconcat (base, link->uri + strlen (real), NULL);
}

static gboolean
is_same_origin (GUri *uri, const char *base)
{
  g_autoptr (GUri) parsed = base != NULL ? g_uri_parse (base, HOP_FLAGS, NULL) : NULL;

  return parsed != NULL && g_str_equal (g_uri_get_scheme (uri), g_uri_get_scheme (parsed)) &&
         g_ascii_strcasecmp (g_uri_get_host (uri), g_uri_get_host (parsed)) == 0 &&
         g_uri_get_port (uri) == g_uri_get_port (parsed);
}

/* Only a base that stands in for a site may be a loopback address, and only then other hops may. */
static gboolean
is_hop_allowed (EaselModelResolver *self, GUri *uri)
{
  g_autofree char *text = g_uri_to_string (uri);
  gboolean is_played = easel_http_uri_is_loopback (self->civitai) ||
                       easel_http_uri_is_loopback (self->huggingface) ||
                       (self->elsewhere != NULL && easel_http_uri_is_loopback (self->elsewhere));

  if (g_uri_get_userinfo (uri) != NULL || g_uri_get_host (uri) == NULL)
    return FALSE;
  if (is_played && easel_http_uri_is_loopback (text))
    return TRUE;
  return g_str_equal (g_uri_get_scheme (uri), "https") &&
         easel_model_host_is_public (g_uri_get_host (uri));
}

/* What a status says about a model. The words of the answer are not looked at. */
static GError *
judge (const EaselHttpResponse *response)
{
  switch (response->status)
    {
    case 401:
      return easel_error_new (EASEL_ERROR_TOKEN_NEEDED, "model: status 401");
    case 403:
    case 451:
      return easel_error_new (EASEL_ERROR_MODEL_REFUSED, "model: status %u", response->status);
    case 404:
    case 410:
      return easel_error_new (EASEL_ERROR_MODEL_GONE, "model: status %u", response->status);
    case 429:
      return easel_error_new (EASEL_ERROR_RATE_LIMITED, "model: status 429");
    default:
      break;
    }
  if (response->status >= 500)
    return easel_error_new (EASEL_ERROR_UNAVAILABLE, "model: status %u", response->status);
  if (response->status >= 400 || response->status < 200)
    return easel_error_new (EASEL_ERROR_PROTOCOL, "model: status %u", response->status);
  return NULL;
}

/* Takes @task. */
static void
fail (GTask *task, GError *error)
{
  g_task_return_error (task, error);
  g_object_unref (task);
}

/* Takes @task. */
static void
ask_for_newest (GTask *task, guint64 model)
{
  EaselModelResolver *self = g_task_get_source_object (task);
  Resolution *resolution = g_task_get_task_data (task);
  g_autofree char *uri =
      g_strdup_printf ("%s/api/v1/models/%" G_GUINT64_FORMAT, self->civitai, model);
  const EaselHttpRequest request = {
    .method = "GET",
    .uri = uri,
    .bearer = resolution->token,
    .retry = EASEL_RETRY_READ,
  };

  easel_http_send_async (self->http, &request, judge, g_task_get_cancellable (task), on_model_told,
                         task);
}

static guint64
read_newest (GBytes *body, GError **error)
{
  g_autoptr (JsonNode) node = easel_json_parse (body, 0, error);
  JsonObject *root = node != NULL ? easel_json_node_object (node, "model", error) : NULL;
  JsonArray *versions = root != NULL ? easel_json_get_array (root, "modelVersions", error) : NULL;
  JsonObject *newest;
  gint64 id;

  if (versions == NULL)
    return 0;
  newest = easel_json_element_object (versions, 0);
  if (newest == NULL)
    {
      easel_set_error (error, EASEL_ERROR_MODEL_GONE, "model: no versions");
      return 0;
    }
  return easel_json_get_int (newest, "id", 1, MAX_MODEL_NUMBER, &id, error) ? (guint64) id : 0;
}

static void
on_model_told (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  EaselModelResolver *self = g_task_get_source_object (task);
  Resolution *resolution = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (EaselHttpResponse) response =
      easel_http_send_finish (EASEL_HTTP (source), result, &error);
  guint64 version = response != NULL ? read_newest (response->body, &error) : 0;
  g_autofree char *uri = NULL;

  if (version == 0)
    {
      fail (g_steal_pointer (&task), error);
      return;
    }
  uri = g_strdup_printf ("%s/api/download/models/%" G_GUINT64_FORMAT, self->civitai, version);
  resolution->uri = g_uri_parse (uri, HOP_FLAGS, NULL);
  start_hop (g_steal_pointer (&task));
}

/* Takes @task. */
static void
start_hop (GTask *task)
{
  EaselModelResolver *self = g_task_get_source_object (task);
  Resolution *resolution = g_task_get_task_data (task);
  g_autofree char *uri = NULL;
  EaselHttpRequest request = {
    .method = "GET",
    .accept = "*/*",
    .retry = EASEL_RETRY_READ,
  };

  if (resolution->uri == NULL || !is_hop_allowed (self, resolution->uri))
    {
      fail (task, easel_error_new (EASEL_ERROR_UNSAFE_LINK, "model: hop %u", resolution->n_hops));
      return;
    }
  if (++resolution->n_hops > MAX_HOPS)
    {
      fail (task, easel_error_new (EASEL_ERROR_BAD_LINK, "model: too many redirects"));
      return;
    }
  uri = g_uri_to_string (resolution->uri);
  request.uri = uri;
  if (is_same_origin (resolution->uri, site_base (self, resolution->site)))
    request.bearer = resolution->token;
  easel_http_peek_async (self->http, &request, judge, g_task_get_cancellable (task), on_hop, task);
}

/* The name in Content-Disposition: RFC 6266's filename*, else filename. */
static char *
read_disposition (const char *disposition)
{
  g_autoptr (GRegex) regex =
      g_regex_new ("(?:^|;)\\s*(?:filename\\*=UTF-8''([^;\\s]+)|filename=\"([^\"]+)\"|"
                   "filename=([^;\"]+))",
                   G_REGEX_CASELESS, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  char *name = NULL;
  gboolean is_extended = FALSE;

  if (disposition == NULL || !g_utf8_validate (disposition, -1, NULL))
    return NULL;
  g_regex_match (regex, disposition, 0, &match);
  while (g_match_info_matches (match) && !is_extended)
    {
      g_autofree char *extended = g_match_info_fetch (match, 1);
      g_autofree char *quoted = g_match_info_fetch (match, 2);
      g_autofree char *bare = g_match_info_fetch (match, 3);

      is_extended = extended != NULL && *extended != '\0';
      if (is_extended || name == NULL)
        {
          g_free (name);
          name = is_extended                         ? g_uri_unescape_string (extended, "/")
                 : quoted != NULL && *quoted != '\0' ? g_strdup (quoted)
                                                     : g_strdup (bare);
        }
      g_match_info_next (match, NULL);
    }
  return name;
}

static char *
last_part (GUri *uri)
{
  const char *slash = strrchr (g_uri_get_path (uri), '/');

  return slash != NULL ? g_uri_unescape_string (slash + 1, "/") : NULL;
}

static char *
choose_name (const Resolution *resolution, const EaselHttpResponse *response)
{
  g_autofree char *told = read_disposition (response->disposition);

  if (told == NULL)
    told = resolution->name != NULL ? g_strdup (resolution->name) : last_part (resolution->uri);
  return told != NULL ? easel_model_file_name (told) : NULL;
}

static gboolean
is_page (const EaselHttpResponse *response)
{
  return g_strcmp0 (response->content_type, "text/html") == 0 ||
         g_strcmp0 (response->content_type, "application/xhtml+xml") == 0;
}

static EaselModelSource *
take_answer (const Resolution *resolution, const EaselHttpResponse *response, GError **error)
{
  g_autofree char *name = NULL;
  EaselModelSource *source;

  if (is_page (response))
    {
      /* Who is not signed in is led to a page where one signs in. */
      gboolean is_sign_in = resolution->site != EASEL_MODEL_SITE_OTHER &&
                            strstr (g_uri_get_path (resolution->uri), "login") != NULL;

      easel_set_error (error, is_sign_in ? EASEL_ERROR_TOKEN_NEEDED : EASEL_ERROR_WEB_PAGE,
                       "model: a page");
      return NULL;
    }
  name = choose_name (resolution, response);
  if (name == NULL || !easel_model_name_is_safe (name))
    {
      easel_set_error (error, EASEL_ERROR_WRONG_ENDING, "model: ending");
      return NULL;
    }
  if (resolution->free_bytes > 0 && response->length > 0 &&
      (resolution->free_bytes < EASEL_MODEL_KEEP_FREE ||
       (guint64) response->length > resolution->free_bytes - EASEL_MODEL_KEEP_FREE))
    {
      easel_set_error (error, EASEL_ERROR_MODEL_TOO_LARGE, "model: %" G_GINT64_FORMAT " bytes",
                       response->length);
      return NULL;
    }
  source = g_new0 (EaselModelSource, 1);
  source->uri = g_uri_to_string (resolution->uri);
  source->name = g_steal_pointer (&name);
  source->size = (guint64) MAX (response->length, 0);
  return source;
}

static void
on_hop (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Resolution *resolution = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (EaselHttpResponse) response =
      easel_http_peek_finish (EASEL_HTTP (source), result, &error);
  EaselModelSource *found;

  if (response == NULL)
    {
      fail (g_steal_pointer (&task), error);
      return;
    }
  if (response->status >= 300)
    {
      GUri *next = response->location != NULL
                       ? g_uri_parse_relative (resolution->uri, response->location, HOP_FLAGS, NULL)
                       : NULL;

      g_uri_unref (resolution->uri);
      resolution->uri = next;
      start_hop (g_steal_pointer (&task));
      return;
    }
  found = take_answer (resolution, response, &error);
  if (found != NULL)
    g_task_return_pointer (task, found, (GDestroyNotify) easel_model_source_free);
  else
    g_task_return_error (task, error);
}

/**
 * easel_model_resolver_resolve_async:
 * @self: a resolver
 * @link: what somebody pasted
 * @token: (nullable): for the link's site
 * @free_bytes: on the pod's disk, 0 if unknown
 * @cancellable: (nullable): a #GCancellable
 * @callback: called when it is known
 * @user_data: for @callback
 *
 * Finds the file behind @link, without fetching it.
 */
void
easel_model_resolver_resolve_async (EaselModelResolver *self,
                                    const EaselModelLink *link,
                                    EaselSecret *token,
                                    guint64 free_bytes,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  GTask *task;
  Resolution *resolution;
  g_autofree char *uri = NULL;

  g_return_if_fail (EASEL_IS_MODEL_RESOLVER (self));
  g_return_if_fail (link != NULL);

  resolution = g_new0 (Resolution, 1);
  resolution->site = link->site;
  resolution->token = token != NULL ? easel_secret_ref (token) : NULL;
  resolution->name = g_strdup (link->name);
  resolution->free_bytes = free_bytes;
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, easel_model_resolver_resolve_async);
  g_task_set_task_data (task, resolution, (GDestroyNotify) resolution_free);
  if (link->uri == NULL)
    {
      ask_for_newest (task, link->civitai_model);
      return;
    }
  uri = move_to_base (self, link);
  resolution->uri = g_uri_parse (uri, HOP_FLAGS, NULL);
  start_hop (task);
}

/**
 * easel_model_resolver_resolve_finish:
 * @self: a resolver
 * @result: what the callback was given
 * @error: %EASEL_ERROR_TOKEN_NEEDED, %EASEL_ERROR_MODEL_REFUSED, %EASEL_ERROR_MODEL_GONE,
 *   %EASEL_ERROR_WEB_PAGE, %EASEL_ERROR_WRONG_ENDING, %EASEL_ERROR_MODEL_TOO_LARGE,
 *   %EASEL_ERROR_UNSAFE_LINK, %EASEL_ERROR_BAD_LINK, or of the transport
 *
 * Returns: (transfer full) (nullable): where the file is
 */
EaselModelSource *
easel_model_resolver_resolve_finish (EaselModelResolver *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, easel_model_resolver_resolve_async),
                        NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
