/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads which tags of the plugin author's image exist, from the list that Docker Hub keeps for
 * everybody: {"count":…, "next":…, "results":[{"name":"v1.52.0"}]}. Owns the reading of that form
 * only; what a tag is good for is easel-image-tag's business. No key ever goes there. */
#include "config.h"

#include "easel-image-tags.h"

#include "easel-error.h"
#include "easel-json.h"

#include <string.h>

/* The list is sorted by age, newest first: two pages reach back for years. */
#define PAGE_SIZE 100
#define MAX_PAGES 2
#define MAX_TAG_LENGTH 128
#define MAX_BYTES (1024 * 1024)

typedef struct
{
  EaselHttp *http; /* (owned) */
  char *uri;       /* (owned) */
  GPtrArray *tags; /* (owned) (element-type utf8) */
  guint n_pages;
} Fetch;

static void
fetch_free (gpointer data)
{
  Fetch *fetch = data;

  g_clear_object (&fetch->http);
  g_clear_pointer (&fetch->uri, g_free);
  g_clear_pointer (&fetch->tags, g_ptr_array_unref);
  g_free (fetch);
}

static GError *
judge (const EaselHttpResponse *response)
{
  if (response->status == 200)
    return NULL;
  return easel_error_new (response->status >= 500 ? EASEL_ERROR_UNAVAILABLE : EASEL_ERROR_FAILED,
                          "list of image tags: status %u", response->status);
}

static gboolean
is_tag (const char *name)
{
  return name != NULL && *name != '\0' && strlen (name) <= MAX_TAG_LENGTH &&
         strspn (name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") ==
             strlen (name);
}

/* Whether there is another page, or why this one cannot be read. */
static gboolean
read_page (Fetch *fetch, GBytes *body, gboolean *ret_has_more, GError **error)
{
  g_autoptr (JsonNode) root = easel_json_parse (body, MAX_BYTES, error);
  JsonObject *object;
  JsonArray *results;

  if (root == NULL)
    return FALSE;
  object = easel_json_node_object (root, "list of image tags", error);
  if (object == NULL)
    return FALSE;
  results = easel_json_get_array (object, "results", error);
  if (results == NULL)
    return FALSE;
  for (guint i = 0; i < json_array_get_length (results); i++)
    {
      JsonObject *entry = easel_json_element_object (results, i);
      const char *name = entry != NULL ? easel_json_peek_string (entry, "name", NULL) : NULL;

      if (is_tag (name))
        g_ptr_array_add (fetch->tags, g_strdup (name));
    }
  *ret_has_more = easel_json_peek_string (object, "next", NULL) != NULL;
  return TRUE;
}

static void on_page (GObject *source, GAsyncResult *result, gpointer user_data);

/* The address of the next page is made here: what the answer says about it is not followed. */
static void
request_page (GTask *task)
{
  Fetch *fetch = g_task_get_task_data (task);
  g_autofree char *uri =
      g_strdup_printf ("%s%cpage_size=%d&page=%u", fetch->uri,
                       strchr (fetch->uri, '?') != NULL ? '&' : '?', PAGE_SIZE, ++fetch->n_pages);
  EaselHttpRequest request = {
    .method = "GET",
    .uri = uri,
    .max_bytes = MAX_BYTES,
    .retry = EASEL_RETRY_READ,
  };

  easel_http_send_async (fetch->http, &request, judge, g_task_get_cancellable (task), on_page,
                         g_object_ref (task));
}

static void
on_page (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Fetch *fetch = g_task_get_task_data (task);
  g_autoptr (EaselHttpResponse) response = NULL;
  gboolean has_more = FALSE;
  GError *error = NULL;

  response = easel_http_send_finish (EASEL_HTTP (source), result, &error);
  if (response != NULL)
    read_page (fetch, response->body, &has_more, &error);
  if (error != NULL && fetch->tags->len == 0)
    g_task_return_error (task, error);
  else if (error == NULL && has_more && fetch->n_pages < MAX_PAGES)
    request_page (task);
  else
    {
      /* The first page has the newest tags: without the second it is still worth having. */
      g_clear_error (&error);
      g_ptr_array_add (fetch->tags, NULL);
      g_task_return_pointer (task, g_ptr_array_free (g_steal_pointer (&fetch->tags), FALSE),
                             (GDestroyNotify) g_strfreev);
    }
}

/**
 * easel_image_tags_fetch_async:
 * @http: the client
 * @uri: where the list is
 * @cancellable: (nullable): a #GCancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Asks for the tags that exist.
 */
void
easel_image_tags_fetch_async (EaselHttp *http,
                              const char *uri,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Fetch *fetch;

  g_return_if_fail (EASEL_IS_HTTP (http));
  g_return_if_fail (uri != NULL);

  task = g_task_new (http, cancellable, callback, user_data);
  g_task_set_source_tag (task, easel_image_tags_fetch_async);
  fetch = g_new0 (Fetch, 1);
  fetch->http = g_object_ref (http);
  fetch->uri = g_strdup (uri);
  fetch->tags = g_ptr_array_new_with_free_func (g_free);
  g_task_set_task_data (task, fetch, fetch_free);
  request_page (task);
}

/**
 * easel_image_tags_fetch_finish:
 * @result: from the callback
 * @error: what easel_http_send_finish() gives, or %EASEL_ERROR_PROTOCOL
 *
 * Returns: (transfer full) (array zero-terminated=1): the tags, in the order of the list; possibly
 *   none
 */
char **
easel_image_tags_fetch_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (G_IS_TASK (result), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
