/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sites that models come from, as far as a link leads through them: Civitai and Hugging Face,
 * which look at a token and send on to a signed address that is good for some minutes, and the
 * store behind that address, which must never see a token; and the rest of the internet, below
 * one path of the store, where each host has any file. Any number is a model of Civitai's and any
 * path a file of Hugging Face's; a name in it says how large it is (easel-sim-weights.c) and the
 * owner's or the host's name who may have it: "gated-", "closed-", "gone-", "page-". What a test
 * wants otherwise it puts here.
 */
#include "config.h"

#include "easel-sim-sites.h"

#include "easel-error.h"
#include "easel-sim-build.h"
#include "easel-sim-weights.h"

#include <string.h>

#define LIFE_S (15 * 60)
#define GOOD_TOKEN "practice-"
#define MAX_FILES 1000

typedef enum
{
  ACCESS_OPEN,
  ACCESS_TOKEN,  /* 401 without one */
  ACCESS_LOGIN,  /* a page to sign in without one */
  ACCESS_CLOSED, /* 403 with any */
  ACCESS_GONE,
  ACCESS_PAGE, /* a page where the file should be */
  N_ACCESSES
} Access;

static const char *const access_names[N_ACCESSES] = { "open",   "token", "login",
                                                      "closed", "gone",  "page" };

typedef struct
{
  char *name;
  Access access;
  gint64 size;
  gint64 life_s;
} SiteFile;

struct _EaselSimSites
{
  GHashTable *files;    /* (element-type utf8 SiteFile): by "civitai/VERSION" or the path */
  GHashTable *versions; /* (element-type utf8 utf8): the newest of a model of Civitai's */
};

static void
site_file_free (gpointer data)
{
  SiteFile *file = data;

  g_free (file->name);
  g_free (file);
}

/**
 * easel_sim_sites_new:
 *
 * Returns: (transfer full): sites with nothing out of the ordinary
 */
EaselSimSites *
easel_sim_sites_new (void)
{
  EaselSimSites *self = g_new0 (EaselSimSites, 1);

  self->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, site_file_free);
  self->versions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

/**
 * easel_sim_sites_free:
 * @self: (transfer full): sites
 */
void
easel_sim_sites_free (EaselSimSites *self)
{
  g_hash_table_unref (self->files);
  g_hash_table_unref (self->versions);
  g_free (self);
}

static SiteFile *
site_file_new (const char *name, Access access)
{
  SiteFile *file = g_new0 (SiteFile, 1);

  file->name = g_strdup (name);
  file->access = access;
  file->size = easel_sim_weights_size (name);
  file->life_s = LIFE_S;
  return file;
}

static Access
read_access (const char *name)
{
  guint i = 0;

  while (i < N_ACCESSES && strcmp (access_names[i], name) != 0)
    i++;
  return (Access) i;
}

/**
 * easel_sim_sites_put:
 * @self: sites
 * @object: `{"site": "civitai", "model": 12, "version": 34}` or `{"site": "huggingface", "path":
 *   "OWNER/REPO/resolve/REV/FILE"}`, with name, access, size and life_s
 * @error: %EASEL_ERROR_BAD_REQUEST
 *
 * Returns: whether it was understood
 */
gboolean
easel_sim_sites_put (EaselSimSites *self, JsonObject *object, GError **error)
{
  const char *site = easel_json_peek_string (object, "site", "");
  const char *path = easel_json_peek_string (object, "path", NULL);
  gint64 version = easel_json_peek_int (object, "version", 1, G_MAXINT64, 0);
  gint64 model = easel_json_peek_int (object, "model", 1, G_MAXINT64, 0);
  Access access = read_access (easel_json_peek_string (object, "access", "open"));
  gboolean is_civitai = strcmp (site, "civitai") == 0;
  g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, version);
  g_autofree char *name = NULL;
  SiteFile *file;

  if (access == N_ACCESSES || g_hash_table_size (self->files) >= MAX_FILES ||
      (is_civitai ? version == 0 : strcmp (site, "huggingface") != 0 || path == NULL))
    {
      easel_set_error (error, EASEL_ERROR_BAD_REQUEST, "not a file of a site");
      return FALSE;
    }
  name = is_civitai ? g_strdup_printf ("paper-ink-%s.safetensors", number)
                    : g_path_get_basename (path);
  file = site_file_new (easel_json_peek_string (object, "name", name), access);
  file->size = easel_json_peek_int (object, "size", 5000000, G_MAXINT64 / 4, file->size);
  file->life_s = easel_json_peek_int (object, "life_s", 0, G_MAXINT32, LIFE_S);
  g_hash_table_replace (self->files,
                        is_civitai ? g_strconcat ("civitai/", number, NULL) : g_strdup (path),
                        file);
  if (is_civitai && model > 0)
    g_hash_table_replace (self->versions, g_strdup_printf ("%" G_GINT64_FORMAT, model),
                          g_steal_pointer (&number));
  return TRUE;
}

/* --- who may have what -------------------------------------------------------------------- */

static EaselSimAnswer *
json_refusal (guint status, const char *text)
{
  g_autofree char *body = g_strdup_printf ("{\"error\":\"%s\"}", text);

  return easel_sim_answer_new (status, "application/json", body);
}

static EaselSimAnswer *
page (const char *title)
{
  g_autofree char *text = g_strdup_printf (
      "<!DOCTYPE html>\n<html><head><title>%s</title></head><body></body></html>\n", title);

  return easel_sim_answer_new (200, "text/html", text);
}

static EaselSimAnswer *
redirect (const char *location)
{
  EaselSimAnswer *answer = easel_sim_answer_new (302, "text/plain", "Found");

  easel_sim_answer_header (answer, "Location", location);
  return answer;
}

/* Those of a pod and of an account begin in another way. Both sites take one in the query, too. */
static gboolean
has_token (const EaselSimRequest *request, gboolean *ret_is_wrong)
{
  g_autofree char *bearer = easel_sim_request_bearer (request);
  const char *token = bearer != NULL ? bearer : easel_sim_request_query (request, "token");
  gboolean is_good = token != NULL && g_str_has_prefix (token, GOOD_TOKEN);

  *ret_is_wrong = token != NULL && !is_good;
  return is_good;
}

static char *
sign (EaselSimWorld *world, const char *name, const char *size, const char *expires)
{
  g_autofree char *text = g_strjoin ("|", name, size, expires, NULL);
  guint64 seed = easel_sim_cloud_get_seed (world->cloud);

  return g_strdup_printf ("%016" G_GINT64_MODIFIER "x", easel_sim_hash (seed, text));
}

static char *
signed_address (EaselSimWorld *world, const SiteFile *file)
{
  gint64 until_ms = easel_sim_cloud_now (world->cloud) + file->life_s * 1000;
  g_autofree char *expires = g_strdup_printf ("%" G_GINT64_FORMAT, until_ms);
  g_autofree char *size = g_strdup_printf ("%" G_GINT64_FORMAT, file->size);
  g_autofree char *signature = sign (world, file->name, size, expires);
  g_autofree char *name = g_uri_escape_string (file->name, NULL, FALSE);

  return g_strdup_printf ("http://127.0.0.1:%u/store/%s?size=%s&expires=%s&signature=%s",
                          world->store_port, name, size, expires, signature);
}

/* @file: (nullable): %NULL if there is none */
static EaselSimAnswer *
hand_out (EaselSimWorld *world, const EaselSimRequest *request, const SiteFile *file)
{
  gboolean is_wrong;
  gboolean is_known = has_token (request, &is_wrong);
  g_autofree char *address = NULL;
  EaselSimAnswer *answer;

  if (file == NULL || file->access == ACCESS_GONE)
    return json_refusal (404, "Not Found");
  if (is_wrong || (!is_known && file->access == ACCESS_TOKEN))
    return json_refusal (401, "Unauthorized");
  if (!is_known && file->access == ACCESS_LOGIN)
    return redirect (EASEL_SIM_CIVITAI_PATH "/login?reason=download-auth");
  if (file->access == ACCESS_CLOSED)
    return json_refusal (403, "Forbidden");
  if (file->access == ACCESS_PAGE)
    return page ("About this model");
  address = signed_address (world, file);
  answer = redirect (address);
  g_clear_pointer (&address, g_free);
  address = g_strdup_printf ("%" G_GINT64_FORMAT, file->size);
  easel_sim_answer_header (answer, "X-Linked-Size", address);
  return answer;
}

/* --- Civitai ------------------------------------------------------------------------------ */

static EaselSimAnswer *
tell_model (EaselSimWorld *world, const char *number)
{
  const char *newest = g_hash_table_lookup (world->sites->versions, number);
  gint64 model = g_ascii_strtoll (number, NULL, 10);
  gint64 version = newest != NULL ? g_ascii_strtoll (newest, NULL, 10) : model * 10 + 1;
  g_autoptr (JsonBuilder) builder = NULL;

  if (model <= 0)
    return json_refusal (404, "No model with that id");
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  easel_sim_put_int (builder, "id", model);
  easel_sim_put_string (builder, "name", "Paper and Ink");
  easel_sim_put_string (builder, "type", "LORA");
  easel_sim_open_array (builder, "modelVersions");
  for (gint64 id = version; id > MAX (version - 2, 0); id--)
    {
      easel_sim_open_object (builder, NULL);
      easel_sim_put_int (builder, "id", id);
      easel_sim_put_string (builder, "baseModel", "SDXL 1.0");
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  return easel_sim_answer_json (200, easel_sim_close_root (builder));
}

static EaselSimAnswer *
download_version (EaselSimWorld *world, const EaselSimRequest *request, const char *number)
{
  g_autofree char *key = g_strconcat ("civitai/", number, NULL);
  const SiteFile *file = g_hash_table_lookup (world->sites->files, key);
  g_autofree char *name = g_strdup_printf ("paper-ink-%s.safetensors", number);
  SiteFile *usual = NULL;
  EaselSimAnswer *answer;

  if (g_ascii_strtoll (number, NULL, 10) > 0)
    usual = site_file_new (name, ACCESS_OPEN);
  answer = hand_out (world, request, file != NULL ? file : usual);
  g_clear_pointer (&usual, site_file_free);
  return answer;
}

/**
 * easel_sim_sites_answer_civitai:
 * @world: an #EaselSimWorld
 * @request: a request below "/civitai"
 *
 * Returns: (transfer full): the answer
 */
EaselSimAnswer *
easel_sim_sites_answer_civitai (gpointer world, const EaselSimRequest *request)
{
  static const char models[] = EASEL_SIM_CIVITAI_PATH "/api/v1/models/";
  static const char download[] = EASEL_SIM_CIVITAI_PATH "/api/download/models/";
  const char *path = request->path;

  if (strcmp (request->method, "GET") != 0)
    return json_refusal (405, "Method Not Allowed");
  if (g_str_has_prefix (path, models))
    return tell_model (world, path + strlen (models));
  if (g_str_has_prefix (path, download))
    return download_version (world, request, path + strlen (download));
  if (strcmp (path, EASEL_SIM_CIVITAI_PATH "/login") == 0)
    return page ("Sign in");
  return page ("Civitai");
}

/* --- Hugging Face ------------------------------------------------------------------------- */

static Access
access_of_owner (const char *owner)
{
  if (g_str_has_prefix (owner, "gated-"))
    return ACCESS_TOKEN;
  if (g_str_has_prefix (owner, "closed-"))
    return ACCESS_CLOSED;
  if (g_str_has_prefix (owner, "gone-"))
    return ACCESS_GONE;
  return g_str_has_prefix (owner, "page-") ? ACCESS_PAGE : ACCESS_OPEN;
}

/**
 * easel_sim_sites_answer_huggingface:
 * @world: an #EaselSimWorld
 * @request: a request below "/huggingface"
 *
 * Returns: (transfer full): the answer
 */
EaselSimAnswer *
easel_sim_sites_answer_huggingface (gpointer world, const EaselSimRequest *request)
{
  EaselSimWorld *self = world;
  const char *path = request->path + strlen (EASEL_SIM_HUGGINGFACE_PATH);
  g_auto (GStrv) parts = g_strsplit (*path == '/' ? path + 1 : path, "/", -1);
  guint n_parts = g_strv_length (parts);
  const SiteFile *file;
  g_autofree char *name = NULL;
  SiteFile *usual;
  EaselSimAnswer *answer;

  if (strcmp (request->method, "GET") != 0)
    return json_refusal (405, "Method Not Allowed");
  if (n_parts < 5 || strcmp (parts[2], "resolve") != 0)
    return page ("Hugging Face");
  file = g_hash_table_lookup (self->sites->files, path + 1);
  name = g_uri_unescape_string (parts[n_parts - 1], NULL);
  usual = site_file_new (name != NULL ? name : "", access_of_owner (parts[0]));
  answer = hand_out (self, request, file != NULL ? file : usual);
  site_file_free (usual);
  return answer;
}

/* --- the store ---------------------------------------------------------------------------- */

static EaselSimAnswer *
store_refusal (guint status, const char *code)
{
  g_autofree char *text = g_strdup_printf (
      "<?xml version=\"1.0\"?>\n<Error><Code>%s</Code><Message>%s</Message></Error>\n", code, code);

  return easel_sim_answer_new (status, "application/xml", text);
}

static gboolean
is_signed (EaselSimWorld *world, const EaselSimRequest *request, const char *name)
{
  const char *size = easel_sim_request_query (request, "size");
  const char *expires = easel_sim_request_query (request, "expires");
  g_autofree char *signature =
      size != NULL && expires != NULL ? sign (world, name, size, expires) : NULL;

  return signature != NULL &&
         g_strcmp0 (signature, easel_sim_request_query (request, "signature")) == 0 &&
         g_ascii_strtoll (expires, NULL, 10) > easel_sim_cloud_now (world->cloud);
}

/* "bytes=5-" or "bytes=5-9"; anything else means the whole. Returns FALSE if there is no such
 * part. */
static gboolean
read_range (const EaselSimRequest *request, gint64 size, gint64 *ret_from, gint64 *ret_until)
{
  const char *range = easel_sim_request_header (request, "range");
  g_autoptr (GRegex) regex = g_regex_new ("^bytes=([0-9]{1,15})-([0-9]{0,15})$", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *first = NULL;
  g_autofree char *last = NULL;

  *ret_from = 0;
  *ret_until = size;
  if (range == NULL || !g_regex_match (regex, range, 0, &match))
    return TRUE;
  first = g_match_info_fetch (match, 1);
  last = g_match_info_fetch (match, 2);
  *ret_from = g_ascii_strtoll (first, NULL, 10);
  if (*last != '\0')
    *ret_until = MIN (g_ascii_strtoll (last, NULL, 10) + 1, size);
  return *ret_from < *ret_until;
}

static EaselSimAnswer *
send_file (const EaselSimRequest *request, const char *name, gint64 size)
{
  gint64 from, until;
  g_autofree char *disposition = g_strdup_printf ("attachment; filename=\"%s\"", name);
  g_autofree char *part = NULL;
  EaselSimAnswer *answer;

  if (!read_range (request, size, &from, &until))
    return store_refusal (416, "InvalidRange");
  answer = easel_sim_answer_new (until - from < size ? 206 : 200, "application/octet-stream", NULL);
  answer->delivery = EASEL_SIM_DELIVER_FILE;
  answer->file_name = g_strdup (name);
  answer->file_size = size;
  answer->file_from = from;
  answer->file_until = answer->file_cut = until;
  part = g_strdup_printf ("bytes %" G_GINT64_FORMAT "-%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT, from,
                          until - 1, size);
  if (answer->status == 206)
    easel_sim_answer_header (answer, "Content-Range", part);
  easel_sim_answer_header (answer, "Accept-Ranges", "bytes");
  easel_sim_answer_header (answer, "Content-Disposition", disposition);
  return answer;
}

/* "HOST/PATH": the last part of it is the file's name, unless "?name=" says another. A host that
 * wants a token has none to give. */
static EaselSimAnswer *
answer_elsewhere (const EaselSimRequest *request, const char *rest)
{
  const char *slash = strrchr (rest, '/');
  const char *told = easel_sim_request_query (request, "name");
  g_autofree char *name =
      slash != NULL ? g_uri_unescape_string (told != NULL ? told : slash + 1, "/") : NULL;

  if (name == NULL || *name == '\0' || strpbrk (name, "\"\r\n") != NULL)
    return page ("A site");
  switch (access_of_owner (rest))
    {
    case ACCESS_TOKEN:
      return store_refusal (401, "Unauthorized");
    case ACCESS_CLOSED:
      return store_refusal (403, "Forbidden");
    case ACCESS_GONE:
      return store_refusal (404, "NotFound");
    case ACCESS_PAGE:
      return page ("About this model");
    case ACCESS_OPEN:
    case ACCESS_LOGIN:
    case N_ACCESSES:
    default:
      return send_file (request, name, easel_sim_weights_size (name));
    }
}

/* "/store/NAME" is signed, "/plain/NAME" is for everybody, the rest are pages. */
static EaselSimAnswer *
answer_store (gpointer user_data, const EaselSimRequest *request)
{
  EaselSimWorld *world = user_data;
  const char *path = request->path;
  gboolean is_plain = g_str_has_prefix (path, "/plain/");
  gboolean is_elsewhere = g_str_has_prefix (path, EASEL_SIM_ELSEWHERE_PATH "/");
  const char *size = easel_sim_request_query (request, "size");
  g_autofree char *name = NULL;

  if (!is_plain && !is_elsewhere && !g_str_has_prefix (path, "/store/"))
    return page ("A page");
  if (strcmp (request->method, "GET") != 0)
    return store_refusal (405, "MethodNotAllowed");
  /* As S3 has it: one way to show who asks is enough. */
  if (easel_sim_request_header (request, "authorization") != NULL)
    return store_refusal (400, "InvalidArgument");
  if (is_elsewhere)
    return answer_elsewhere (request, path + strlen (EASEL_SIM_ELSEWHERE_PATH "/"));
  name = g_uri_unescape_string (path + strlen ("/store/"), "/");
  if (name == NULL || *name == '\0' || strpbrk (name, "\"\r\n") != NULL)
    return store_refusal (404, "NoSuchKey");
  if (is_plain)
    return send_file (request, name, easel_sim_weights_size (name));
  if (!is_signed (world, request, name))
    return store_refusal (403, "AccessDenied");
  return send_file (request, name, g_ascii_strtoll (size, NULL, 10));
}

static EaselSimAnswer *
ask_store (EaselSimWorld *world, EaselSimRequest *request, const char *detail)
{
  EaselSimCall call = { "store", detail, NULL, NULL };
  EaselSimAnswer *answer =
      easel_sim_faults_run (world->faults, &call, request, answer_store, world);

  /* A token has no business there. */
  easel_sim_requests_add (world->requests, request, detail != NULL ? detail : "store", "store",
                          answer);
  return answer;
}

/**
 * easel_sim_sites_answer_store:
 * @world: all there is
 * @request: a request at the store's port
 *
 * Returns: (transfer full): the answer
 */
EaselSimAnswer *
easel_sim_sites_answer_store (EaselSimWorld *world, EaselSimRequest *request)
{
  return ask_store (world, request, NULL);
}

/**
 * easel_sim_sites_fetch:
 * @world: all there is
 * @uri: what a pod fetches
 * @from: which byte on
 *
 * Returns: (transfer full) (nullable): what the store says to it, %NULL if it is not the store's
 */
EaselSimAnswer *
easel_sim_sites_fetch (EaselSimWorld *world, GUri *uri, gint64 from)
{
  g_autoptr (EaselSimRequest) request = NULL;
  g_autoptr (GHashTable) query = NULL;
  GHashTableIter iter;
  gpointer name, value;

  if (g_strcmp0 (g_uri_get_host (uri), "127.0.0.1") != 0 ||
      g_uri_get_port (uri) != (int) world->store_port)
    return NULL;
  request = easel_sim_request_new ("GET", g_uri_get_path (uri), NULL);
  if (from > 0)
    g_hash_table_insert (request->headers, g_strdup ("range"),
                         g_strdup_printf ("bytes=%" G_GINT64_FORMAT "-", from));
  if (g_uri_get_query (uri) != NULL)
    query = g_uri_parse_params (g_uri_get_query (uri), -1, "&", G_URI_PARAMS_NONE, NULL);
  if (query != NULL)
    {
      g_hash_table_iter_init (&iter, query);
      while (g_hash_table_iter_next (&iter, &name, &value))
        g_hash_table_insert (request->query, g_strdup (name), g_strdup (value));
    }
  return ask_store (world, request, "fetch");
}
