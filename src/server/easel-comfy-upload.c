/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Models onto a pod in which no agent runs. ComfyUI of the plugin's author takes a file in one
 * piece (facts of Krita, 3.4): as long as it is small enough for what lies between, and without a
 * word about one that broke off, so that the size is looked at afterwards. What is larger, or comes
 * by a link, the person fetches with a command in the provider's own terminal.
 */
#include "config.h"

#include "easel-comfy-upload.h"

#include "easel-error.h"
#include "easel-json.h"
#include "easel-sent-file.h"

#include <string.h>

/* The image's nginx takes so much. */
#define MAX_DIRECT (G_GUINT64_CONSTANT (500) * 1024 * 1024)
/* RunPod does not tell what its proxy takes; so much is usual with the one it uses. */
#define MAX_PROXY (G_GUINT64_CONSTANT (100) * 1000 * 1000)
#define PROXY_SUFFIX ".proxy.runpod.net"
/* nginx waits for 600 s at most. */
#define DEADLINE_MS (600 * 1000)
#define MAX_FILES 100000

#define KRITA_ROOT "/workspace/models"
#define USUAL_ROOT "/workspace/ComfyUI/models"

typedef struct
{
  EaselHttp *http; /* (owned) */
  char *address;   /* (owned) */
  char *folder;    /* (owned) */
  char *name;      /* (owned) */
  EaselHttpProgress progress;
  gpointer progress_data;
  GFileInputStream *stream; /* (owned) (nullable) */
  guint64 size;
  gboolean is_sent;
} Upload;

static void on_opened (GObject *source, GAsyncResult *result, gpointer user_data);
static void on_listed (GObject *source, GAsyncResult *result, gpointer user_data);
static void on_sent (GObject *source, GAsyncResult *result, gpointer user_data);

static void
upload_free (gpointer data)
{
  Upload *self = data;

  g_object_unref (self->http);
  g_clear_object (&self->stream);
  g_free (self->address);
  g_free (self->folder);
  g_free (self->name);
  g_free (self);
}

/**
 * easel_comfy_upload_limit:
 * @address: of a pod's server
 *
 * Returns: how large a file may be that is sent there, in bytes
 */
guint64
easel_comfy_upload_limit (const char *address)
{
  g_autoptr (GUri) uri = NULL;

  g_return_val_if_fail (address != NULL, 0);

  uri = g_uri_parse (address, G_URI_FLAGS_NONE, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL)
    return 0;
  return g_str_has_suffix (g_uri_get_host (uri), PROXY_SUFFIX) ? MAX_PROXY : MAX_DIRECT;
}

static void
fail (GTask *task, GError *error)
{
  g_task_return_error (task, error);
  g_object_unref (task);
}

static char *
build_uri (const Upload *self, const char *route, const char *name)
{
  g_autofree char *folder = g_uri_escape_string (self->folder, NULL, FALSE);
  g_autofree char *file = name != NULL ? g_uri_escape_string (name, NULL, FALSE) : NULL;

  return g_strconcat (self->address, route, folder, file != NULL ? "/" : NULL, file, NULL);
}

/* ComfyUI has 200 for a file that was there already, too. */
static GError *
judge_upload (const EaselHttpResponse *response)
{
  const gboolean is_json = g_strcmp0 (response->content_type, "application/json") == 0;

  switch (response->status)
    {
    case 200:
    case 201:
      return is_json ? NULL : easel_error_new (EASEL_ERROR_UNAVAILABLE, "upload: a page");
    case 400:
      return easel_error_new (EASEL_ERROR_BAD_REQUEST, "upload: folder or name refused");
    case 404:
      return easel_error_new (EASEL_ERROR_OUTDATED_SERVER, "upload: no such route");
    case 413:
      return easel_error_new (EASEL_ERROR_UPLOAD_TOO_LARGE, "upload: status 413");
    case 504:
    case 524:
      return easel_error_new (EASEL_ERROR_TIMED_OUT, "upload: status %u", response->status);
    case 507:
      return easel_error_new (EASEL_ERROR_MODEL_TOO_LARGE, "upload: status 507");
    default:
      /* nginx has 405 where ComfyUI is down. */
      return easel_error_new (EASEL_ERROR_UNAVAILABLE, "upload: status %u", response->status);
    }
}

static GError *
judge_list (const EaselHttpResponse *response)
{
  if (response->status == 404 || response->status == 200)
    return NULL;
  return easel_error_new (EASEL_ERROR_UNAVAILABLE, "list of models: status %u", response->status);
}

/* Takes @task. */
static void
look (GTask *task)
{
  Upload *self = g_task_get_task_data (task);
  g_autofree char *uri = build_uri (self, "/experiment/models/", NULL);
  const EaselHttpRequest request = {
    .method = "GET",
    .uri = uri,
    .retry = EASEL_RETRY_READ,
  };

  easel_http_send_async (self->http, &request, judge_list, g_task_get_cancellable (task), on_listed,
                         task);
}

/* Takes @task. */
static void
send_file (GTask *task)
{
  Upload *self = g_task_get_task_data (task);
  g_autofree char *uri = build_uri (self, "/api/etn/upload/", self->name);
  const EaselHttpRequest request = {
    .method = "PUT",
    .uri = uri,
    .stream = G_INPUT_STREAM (self->stream),
    .stream_length = self->size,
    .progress = self->progress,
    .progress_data = self->progress_data,
    .content_type = "application/octet-stream",
    .deadline_ms = DEADLINE_MS,
    .retry = EASEL_RETRY_NEVER,
  };

  easel_http_send_async (self->http, &request, judge_upload, g_task_get_cancellable (task), on_sent,
                         task);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Upload *self = g_task_get_task_data (task);
  EaselFileMark mark = { 0 };
  GError *error = NULL;

  self->stream = easel_sent_file_open_finish (result, &mark, &error);
  self->size = mark.size;
  if (self->stream != NULL && self->size > easel_comfy_upload_limit (self->address))
    error = easel_error_new (EASEL_ERROR_UPLOAD_TOO_LARGE, "upload: %" G_GUINT64_FORMAT " bytes",
                             self->size);
  if (error != NULL)
    fail (g_steal_pointer (&task), error);
  else
    look (g_steal_pointer (&task));
}

/* Returns: how large the pod's file of that name is, 0 if there is none or nobody tells */
static guint64
find_size (const Upload *self, GBytes *body)
{
  g_autoptr (JsonNode) node = easel_json_parse (body, 0, NULL);
  JsonArray *files =
      node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  const guint n = files != NULL ? MIN (json_array_get_length (files), MAX_FILES) : 0;

  for (guint i = 0; i < n; i++)
    {
      JsonObject *file = easel_json_element_object (files, i);

      if (file != NULL && g_strcmp0 (easel_json_peek_string (file, "name", NULL), self->name) == 0)
        return (guint64) easel_json_peek_int (file, "size", 0, G_MAXINT64, 0);
    }
  return 0;
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Upload *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (EaselHttpResponse) response =
      easel_http_send_finish (EASEL_HTTP (source), result, &error);
  guint64 there;

  if (response == NULL)
    {
      fail (g_steal_pointer (&task), error);
      return;
    }
  there = find_size (self, response->body);
  if (there == self->size || (there == 0 && self->is_sent))
    g_task_return_boolean (task, TRUE);
  else if (there == 0)
    send_file (g_steal_pointer (&task));
  else if (self->is_sent)
    g_task_return_new_error (task, EASEL_ERROR, EASEL_ERROR_NETWORK,
                             "upload: %" G_GUINT64_FORMAT " bytes arrived", there);
  else
    g_task_return_new_error (task, EASEL_ERROR, EASEL_ERROR_NAME_TAKEN,
                             "upload: %" G_GUINT64_FORMAT " bytes are there", there);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Upload *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (EaselHttpResponse) response =
      easel_http_send_finish (EASEL_HTTP (source), result, &error);

  if (response == NULL)
    {
      fail (g_steal_pointer (&task), error);
      return;
    }
  self->is_sent = TRUE;
  look (g_steal_pointer (&task));
}

/**
 * easel_comfy_upload_async:
 * @http: the program's connection to the world
 * @address: of the pod's server, with its secret path, as it is handed to Krita
 * @file: on this computer
 * @folder: ComfyUI's: "loras"
 * @name: what it is going to be called there
 * @progress: (nullable): how much has left
 * @progress_data: for @progress; until @callback has been called
 * @cancellable: (nullable): a #GCancellable
 * @callback: called at the end
 * @user_data: for @callback
 *
 * Sends a file in one piece and looks whether it arrived whole. It cannot be gone on with: after a
 * broken connection a part of it may lie there under its name.
 */
void
easel_comfy_upload_async (EaselHttp *http,
                          const char *address,
                          GFile *file,
                          const char *folder,
                          const char *name,
                          EaselHttpProgress progress,
                          gpointer progress_data,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task;
  Upload *self;

  g_return_if_fail (EASEL_IS_HTTP (http));
  g_return_if_fail (address != NULL);
  g_return_if_fail (G_IS_FILE (file));
  g_return_if_fail (folder != NULL && name != NULL);

  self = g_new0 (Upload, 1);
  self->http = g_object_ref (http);
  self->address = g_strdup (address);
  self->folder = g_strdup (folder);
  self->name = g_strdup (name);
  self->progress = progress;
  self->progress_data = progress_data;
  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, easel_comfy_upload_async);
  g_task_set_task_data (task, self, upload_free);
  easel_sent_file_open_async (file, cancellable, on_opened, task);
}

/**
 * easel_comfy_upload_finish:
 * @result: what the callback was given
 * @error: %EASEL_ERROR_UPLOAD_TOO_LARGE, %EASEL_ERROR_NAME_TAKEN (also after a try that broke off),
 *   %EASEL_ERROR_UNREADABLE_FILE, %EASEL_ERROR_OUTDATED_SERVER where ComfyUI has no such route, or
 *   of the transport
 *
 * Returns: whether the file is there, whole as far as its size tells
 */
gboolean
easel_comfy_upload_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, easel_comfy_upload_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * easel_comfy_fetch_command:
 * @is_krita_image: whether the pod runs the image of the plugin's author; of others the usual place
 *   is taken
 * @folder: ComfyUI's: "loras"
 * @name: what the file is going to be called
 * @uri: where it is; without a token
 *
 * Returns: (transfer full): what fetches a model when it is put into a terminal of the pod,
 * whatever characters are in it
 */
char *
easel_comfy_fetch_command (gboolean is_krita_image,
                           const char *folder,
                           const char *name,
                           const char *uri)
{
  g_autofree char *place = NULL;
  g_autofree char *file = NULL;
  g_autofree char *quoted_place = NULL;
  g_autofree char *quoted_file = NULL;
  g_autofree char *quoted_uri = NULL;

  g_return_val_if_fail (folder != NULL && name != NULL && uri != NULL, NULL);

  place = g_strconcat (is_krita_image ? KRITA_ROOT : USUAL_ROOT, "/", folder, NULL);
  file = g_strconcat (place, "/", name, NULL);
  quoted_place = g_shell_quote (place);
  quoted_file = g_shell_quote (file);
  quoted_uri = g_shell_quote (uri);
  return g_strdup_printf ("mkdir -p %s && wget -c -O %s %s", quoted_place, quoted_file, quoted_uri);
}
