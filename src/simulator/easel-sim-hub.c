/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The public list of the image's tags, in the form of Docker Hub's: pages, newest first. It asks
 * for no key.
 */
#include "config.h"

#include "easel-sim-hub.h"

#include "easel-sim-build.h"

#include <string.h>

#define DEFAULT_PAGE_SIZE 10
#define MAX_PAGE_SIZE 100
#define DAY_MS (G_GINT64_CONSTANT (86400) * 1000)

static char *
page_link (EaselSimWorld *world, guint page, guint size)
{
  return g_strdup_printf ("http://127.0.0.1:%u" EASEL_SIM_HUB_PATH "?page=%u&page_size=%u",
                          world->port, page, size);
}

static guint
read_number (const EaselSimRequest *request,
             const char *name,
             guint low,
             guint high,
             guint fallback)
{
  const char *text = easel_sim_request_query (request, name);
  guint64 number;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, low, high, &number, NULL))
    return fallback;
  return (guint) number;
}

static void
put_tag (JsonBuilder *builder, EaselSimWorld *world, const char *tag, guint index)
{
  easel_sim_open_object (builder, NULL);
  easel_sim_put_string (builder, "name", tag);
  easel_sim_put_int (builder, "id", (gint64) (easel_sim_hash (1, tag) % 1000000000));
  easel_sim_put_int (builder, "full_size", G_GINT64_CONSTANT (4800000000));
  easel_sim_put_time (builder, "last_updated",
                      easel_sim_cloud_now (world->cloud) - (20 + 40 * (gint64) index) * DAY_MS);
  easel_sim_put_string (builder, "tag_status", "active");
  easel_sim_put_boolean (builder, "v2", TRUE);
  json_builder_end_object (builder);
}

/**
 * easel_sim_hub_answer:
 * @world: an #EaselSimWorld
 * @request: a request below "/hub"
 *
 * Returns: (transfer full): a page of tags
 */
EaselSimAnswer *
easel_sim_hub_answer (gpointer world, const EaselSimRequest *request)
{
  EaselSimWorld *self = world;
  const char *const *tags = easel_sim_cloud_get_image_tags (self->cloud);
  guint n_tags = g_strv_length ((char **) tags);
  guint size = read_number (request, "page_size", 1, MAX_PAGE_SIZE, DEFAULT_PAGE_SIZE);
  guint number = read_number (request, "page", 1, 100000, 1);
  guint first = (number - 1) * size;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *next = first + size < n_tags ? page_link (self, number + 1, size) : NULL;
  g_autofree char *previous = number > 1 ? page_link (self, number - 1, size) : NULL;

  if (strcmp (request->path, EASEL_SIM_HUB_PATH) != 0 &&
      strcmp (request->path, EASEL_SIM_HUB_PATH "/") != 0)
    return easel_sim_answer_new (404, "application/json",
                                 "{\"message\":\"object not found\",\"errinfo\":{}}");
  json_builder_begin_object (builder);
  easel_sim_put_int (builder, "count", n_tags);
  easel_sim_put_string (builder, "next", next);
  easel_sim_put_string (builder, "previous", previous);
  easel_sim_open_array (builder, "results");
  for (guint i = first; i < n_tags && i < first + size; i++)
    put_tag (builder, self, tags[i], i);
  json_builder_end_array (builder);
  return easel_sim_answer_json (200, easel_sim_close_root (builder));
}
