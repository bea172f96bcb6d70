/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A script: a JSON array of {"at_s", "post", "body"}, requests to the control routes that come by
 * themselves when the cloud's time, counted from the start, has reached them.
 */
#include "config.h"

#include "easel-sim-control.h"

#include "easel-error.h"

#define MAX_BYTES (1024 * 1024)
#define MAX_SECONDS 1e9

typedef struct
{
  gint64 at_ms;
  EaselSimRequest *request;
} Item;

struct _EaselSimScript
{
  EaselSimWorld *world; /* (unowned) */
  GPtrArray *items;     /* (element-type Item): in the order of time */
};

static void
item_free (gpointer data)
{
  Item *item = data;

  easel_sim_request_free (item->request);
  g_free (item);
}

static int
compare_items (gconstpointer a, gconstpointer b)
{
  const Item *left = *(const Item *const *) a;
  const Item *right = *(const Item *const *) b;

  return left->at_ms < right->at_ms ? -1 : left->at_ms > right->at_ms;
}

static gboolean
add_item (EaselSimScript *self, JsonObject *object, gint64 start_ms, GError **error)
{
  const char *path = NULL;
  double at_s = 0;
  JsonNode *body;
  g_autoptr (GBytes) bytes = NULL;
  Item *item;

  if (!easel_json_get_string (object, "post", &path, error))
    return FALSE;
  if (!easel_json_get_double (object, "at_s", 0, MAX_SECONDS, &at_s, error))
    return FALSE;
  body = json_object_get_member (object, "body");
  bytes = body != NULL ? easel_json_to_bytes (body) : g_bytes_new_static ("{}", 2);
  item = g_new0 (Item, 1);
  item->at_ms = start_ms + (gint64) (at_s * 1000);
  item->request = easel_sim_request_new ("POST", path, bytes);
  g_ptr_array_add (self->items, item);
  return TRUE;
}

/**
 * easel_sim_script_load:
 * @world: all there is, kept by the caller
 * @path: a file
 * @error: return location: a #GFileError or EASEL_ERROR_PROTOCOL
 *
 * Returns: (transfer full): the script, counted from now; %NULL with @error
 */
EaselSimScript *
easel_sim_script_load (EaselSimWorld *world, const char *path, GError **error)
{
  g_autoptr (EaselSimScript) self = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (JsonNode) node = NULL;
  gint64 now = easel_sim_cloud_now (world->cloud);
  gsize size;

  if (!g_file_get_contents (path, &text, &size, error))
    return NULL;
  bytes = g_bytes_new_take (g_steal_pointer (&text), size);
  node = easel_json_parse (bytes, MAX_BYTES, error);
  if (node == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_ARRAY (node))
    {
      easel_set_error (error, EASEL_ERROR_PROTOCOL, "a script is an array");
      return NULL;
    }
  self = g_new0 (EaselSimScript, 1);
  self->world = world;
  self->items = g_ptr_array_new_with_free_func (item_free);
  for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
    {
      JsonNode *element = json_array_get_element (json_node_get_array (node), i);
      JsonObject *object = easel_json_node_object (element, "item", error);

      if (object == NULL || !add_item (self, object, now, error))
        return NULL;
    }
  g_ptr_array_sort (self->items, compare_items);
  return g_steal_pointer (&self);
}

/**
 * easel_sim_script_free:
 * @self: (transfer full): a script
 */
void
easel_sim_script_free (EaselSimScript *self)
{
  g_ptr_array_unref (self->items);
  g_free (self);
}

/**
 * easel_sim_script_run_due:
 * @self: a script
 *
 * Does what is due.
 */
void
easel_sim_script_run_due (EaselSimScript *self)
{
  while (self->items->len > 0)
    {
      Item *item = g_ptr_array_index (self->items, 0);
      g_autoptr (EaselSimAnswer) answer = NULL;

      if (item->at_ms > easel_sim_cloud_now (self->world->cloud))
        return;
      answer = easel_sim_control_answer (self->world, item->request);
      if (answer->status >= 400)
        g_printerr ("cloud-easel-simulator: script: %s answered %u\n", item->request->path,
                    answer->status);
      g_ptr_array_remove_index (self->items, 0);
    }
}
