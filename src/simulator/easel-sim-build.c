/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Short names for what the simulator does with JsonBuilder hundreds of times: a member is one
 * line. It knows nothing of what is built.
 */
#include "config.h"

#include "easel-sim-build.h"

#include "easel-sim-clock.h"

static void
put_key (JsonBuilder *builder, const char *key)
{
  if (key != NULL)
    json_builder_set_member_name (builder, key);
}

/**
 * easel_sim_put_string:
 * @builder: an open object, or an open array
 * @key: (nullable): the member's name, %NULL in an array; the same below
 * @value: (nullable): the text, %NULL becomes null
 */
void
easel_sim_put_string (JsonBuilder *builder, const char *key, const char *value)
{
  put_key (builder, key);
  if (value != NULL)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

/**
 * easel_sim_put_int:
 * @builder: an open object or array
 * @key: (nullable): the member's name
 * @value: a number
 */
void
easel_sim_put_int (JsonBuilder *builder, const char *key, gint64 value)
{
  put_key (builder, key);
  json_builder_add_int_value (builder, value);
}

/**
 * easel_sim_put_micros:
 * @builder: an open object or array
 * @key: (nullable): the member's name
 * @micros: millionths of a dollar; written as dollars, as the providers do
 */
void
easel_sim_put_micros (JsonBuilder *builder, const char *key, gint64 micros)
{
  put_key (builder, key);
  if (micros % G_USEC_PER_SEC == 0)
    json_builder_add_int_value (builder, micros / G_USEC_PER_SEC);
  else
    json_builder_add_double_value (builder, (double) micros / G_USEC_PER_SEC);
}

/**
 * easel_sim_put_double:
 * @builder: an open object or array
 * @key: (nullable): the member's name
 * @value: a number
 */
void
easel_sim_put_double (JsonBuilder *builder, const char *key, double value)
{
  put_key (builder, key);
  json_builder_add_double_value (builder, value);
}

/**
 * easel_sim_put_boolean:
 * @builder: an open object or array
 * @key: (nullable): the member's name
 * @value: a truth
 */
void
easel_sim_put_boolean (JsonBuilder *builder, const char *key, gboolean value)
{
  put_key (builder, key);
  json_builder_add_boolean_value (builder, value);
}

/**
 * easel_sim_put_null:
 * @builder: an open object or array
 * @key: (nullable): the member's name
 */
void
easel_sim_put_null (JsonBuilder *builder, const char *key)
{
  put_key (builder, key);
  json_builder_add_null_value (builder);
}

/**
 * easel_sim_put_time:
 * @builder: an open object or array
 * @key: (nullable): the member's name
 * @unix_ms: Unix milliseconds, negative becomes null
 */
void
easel_sim_put_time (JsonBuilder *builder, const char *key, gint64 unix_ms)
{
  g_autofree char *text = unix_ms < 0 ? NULL : easel_sim_time_format (unix_ms);

  easel_sim_put_string (builder, key, text);
}

/**
 * easel_sim_put_strv:
 * @builder: an open object or array
 * @key: (nullable): the member's name
 * @values: (nullable) (array zero-terminated=1): texts
 */
void
easel_sim_put_strv (JsonBuilder *builder, const char *key, const char *const *values)
{
  easel_sim_open_array (builder, key);
  for (guint i = 0; values != NULL && values[i] != NULL; i++)
    json_builder_add_string_value (builder, values[i]);
  json_builder_end_array (builder);
}

/**
 * easel_sim_put_node:
 * @builder: an open object or array
 * @key: (nullable): the member's name
 * @node: (nullable): a tree to copy, %NULL becomes null
 */
void
easel_sim_put_node (JsonBuilder *builder, const char *key, JsonNode *node)
{
  put_key (builder, key);
  if (node != NULL)
    json_builder_add_value (builder, json_node_copy (node));
  else
    json_builder_add_null_value (builder);
}

/**
 * easel_sim_open_object:
 * @builder: an open object or array
 * @key: (nullable): the member's name
 *
 * Begins an object; json_builder_end_object() ends it.
 */
void
easel_sim_open_object (JsonBuilder *builder, const char *key)
{
  put_key (builder, key);
  json_builder_begin_object (builder);
}

/**
 * easel_sim_open_array:
 * @builder: an open object or array
 * @key: (nullable): the member's name
 *
 * Begins an array; json_builder_end_array() ends it.
 */
void
easel_sim_open_array (JsonBuilder *builder, const char *key)
{
  put_key (builder, key);
  json_builder_begin_array (builder);
}

/**
 * easel_sim_close_root:
 * @builder: a builder whose root object is still open
 *
 * Returns: (transfer full): the finished tree
 */
JsonNode *
easel_sim_close_root (JsonBuilder *builder)
{
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}
