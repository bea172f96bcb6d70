/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What is asked of vast.ai's market: offers and templates. Pure. Filters are objects of operators;
 * a bare value is refused.
 */

#include "config.h"

#include "easel-vast-requests-private.h"

static void
add_boolean_filter (JsonBuilder *builder, const char *field, gboolean value)
{
  _easel_vast_begin_filter (builder, field, "eq");
  json_builder_add_boolean_value (builder, value);
  json_builder_end_object (builder);
}

static void
add_string_filter (JsonBuilder *builder, const char *field, const char *value)
{
  _easel_vast_begin_filter (builder, field, "eq");
  json_builder_add_string_value (builder, value);
  json_builder_end_object (builder);
}

static void
add_int_filter (JsonBuilder *builder, const char *field, const char *operator, gint64 value)
{
  _easel_vast_begin_filter (builder, field, operator);
  json_builder_add_int_value (builder, value);
  json_builder_end_object (builder);
}

static void
add_double_filter (JsonBuilder *builder, const char *field, const char *operator, double value)
{
  _easel_vast_begin_filter (builder, field, operator);
  json_builder_add_double_value (builder, value);
  json_builder_end_object (builder);
}

static void
add_machine_filters (JsonBuilder *builder, const EaselVastSearch *search)
{
  add_boolean_filter (builder, "verified", TRUE);
  add_boolean_filter (builder, "rentable", TRUE);
  add_boolean_filter (builder, "rented", FALSE);
  add_boolean_filter (builder, "external", FALSE);
  add_int_filter (builder, "num_gpus", "eq", 1);
  add_string_filter (builder, "gpu_arch", "nvidia");
  add_string_filter (builder, "cpu_arch", "amd64");
  add_int_filter (builder, "compute_cap", "gte", EASEL_VAST_MIN_COMPUTE);
  add_int_filter (builder, "gpu_ram", "gte", EASEL_VAST_MIN_VRAM_MIB);
  add_int_filter (builder, "disk_space", "gte",
                  (gint64) search->disk_gb + EASEL_VAST_IMAGE_ROOM_GB);
  add_int_filter (builder, "direct_port_count", "gte", EASEL_VAST_MIN_PORTS);
  add_double_filter (builder, "reliability", "gte", EASEL_VAST_MIN_RELIABILITY);
  add_double_filter (builder, "inet_down", "gte", EASEL_VAST_MIN_DOWNLOAD_MBPS);
  add_int_filter (builder, "duration", "gte", EASEL_VAST_MIN_DURATION_S);
  if (search->need_cuda > 0)
    add_double_filter (builder, "cuda_max_good", "gte",
                       search->need_cuda / 1000 + search->need_cuda % 1000 / 100.0);
}

/**
 * easel_vast_request_list_offers:
 * @search: which page
 *
 * Cheapest first. There is no token: the next page begins at the last price.
 *
 * Returns: (transfer full): POST /bundles/
 */
EaselVastRequest *
easel_vast_request_list_offers (const EaselVastSearch *search)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  EaselVastRequest *self;

  g_return_val_if_fail (search != NULL, NULL);

  json_builder_begin_object (builder);
  add_machine_filters (builder, search);
  if (search->from_price > 0)
    add_double_filter (builder, "dph_total", search->skip_equal ? "gt" : "gte", search->from_price);
  _easel_vast_add_string (builder, "type", "on-demand");
  json_builder_set_member_name (builder, "allocated_storage");
  json_builder_add_int_value (builder, search->disk_gb);
  json_builder_set_member_name (builder, "order");
  json_builder_begin_array (builder);
  json_builder_begin_array (builder);
  json_builder_add_string_value (builder, "dph_total");
  json_builder_add_string_value (builder, "asc");
  json_builder_end_array (builder);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "limit");
  json_builder_add_int_value (builder, EASEL_VAST_OFFERS_PER_PAGE);
  json_builder_end_object (builder);

  self = _easel_vast_request_new (EASEL_VAST_LANE_OFFERS, "POST", g_strdup ("/api/v0/bundles/"));
  _easel_vast_request_take_body (self, builder);
  return self;
}

static EaselVastRequest *
request_templates (JsonBuilder *filters)
{
  g_autoptr (JsonBuilder) columns = json_builder_new ();
  g_autoptr (GString) path = g_string_new ("/api/v0/template/");

  json_builder_begin_array (columns);
  json_builder_add_string_value (columns, "*");
  json_builder_end_array (columns);
  _easel_vast_append_query (path, "select_cols", columns);
  _easel_vast_append_query (path, "select_filters", filters);
  return _easel_vast_request_new (EASEL_VAST_LANE_TEMPLATES, "GET",
                                  g_string_free (g_steal_pointer (&path), FALSE));
}

/**
 * easel_vast_request_author_template:
 *
 * All states of the author's template: its id changes whenever he saves it, his number and its
 * name do not.
 *
 * Returns: (transfer full): GET /template/
 */
EaselVastRequest *
easel_vast_request_author_template (void)
{
  g_autoptr (JsonBuilder) filters = json_builder_new ();

  json_builder_begin_object (filters);
  add_int_filter (filters, "creator_id", "eq", EASEL_VAST_AUTHOR_ID);
  add_string_filter (filters, "name", EASEL_VAST_AUTHOR_TEMPLATE);
  json_builder_end_object (filters);
  return request_templates (filters);
}

/**
 * easel_vast_request_templates_of:
 * @creator_ids: (array length=n_creators): numbers of accounts
 * @n_creators: how many
 *
 * Returns: (transfer full): GET /template/
 */
EaselVastRequest *
easel_vast_request_templates_of (const gint64 *creator_ids, guint n_creators)
{
  g_autoptr (JsonBuilder) filters = json_builder_new ();

  g_return_val_if_fail (creator_ids != NULL, NULL);

  json_builder_begin_object (filters);
  _easel_vast_begin_filter (filters, "creator_id", "in");
  json_builder_begin_array (filters);
  for (guint i = 0; i < n_creators; i++)
    json_builder_add_int_value (filters, creator_ids[i]);
  json_builder_end_array (filters);
  json_builder_end_object (filters);
  json_builder_end_object (filters);
  return request_templates (filters);
}

/**
 * easel_vast_request_recommended_templates:
 *
 * Returns: (transfer full): GET /template/, those that vast.ai recommends
 */
EaselVastRequest *
easel_vast_request_recommended_templates (void)
{
  g_autoptr (JsonBuilder) filters = json_builder_new ();

  json_builder_begin_object (filters);
  add_boolean_filter (filters, "recommended", TRUE);
  json_builder_end_object (filters);
  return request_templates (filters);
}

/**
 * easel_vast_request_template_by_hash:
 * @hash: a template's id
 *
 * Returns: (transfer full): GET /template/
 */
EaselVastRequest *
easel_vast_request_template_by_hash (const char *hash)
{
  g_autoptr (JsonBuilder) filters = json_builder_new ();

  g_return_val_if_fail (hash != NULL, NULL);

  json_builder_begin_object (filters);
  add_string_filter (filters, "hash_id", hash);
  json_builder_end_object (filters);
  return request_templates (filters);
}

/**
 * easel_vast_request_template_by_name:
 * @name: the whole name; there is no search by words
 *
 * Returns: (transfer full): GET /template/
 */
EaselVastRequest *
easel_vast_request_template_by_name (const char *name)
{
  g_autoptr (JsonBuilder) filters = json_builder_new ();

  g_return_val_if_fail (name != NULL, NULL);

  json_builder_begin_object (filters);
  add_string_filter (filters, "name", name);
  json_builder_end_object (filters);
  return request_templates (filters);
}
