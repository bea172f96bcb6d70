/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Filters of the form {"column": {"operator": value}}: whether they are well formed, and whether a
 * record passes all of them. What columns a record has is told by a function; nothing is known of
 * offers or templates.
 */
#include "config.h"

#include "easel-sim-filter.h"

#include <string.h>

static const char *const operators[] = {
  "eq", "neq", "gt", "gte", "lt", "lte", "in", "notin", NULL
};

static gboolean
is_skipped (const char *const *skipped, const char *name)
{
  return skipped != NULL && g_strv_contains (skipped, name);
}

static char *
check_one (const char *prefix, const char *name, JsonNode *node)
{
  JsonObjectIter iter;
  const char *operator;
  JsonNode *value;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return g_strdup_printf ("%s%s: Input should be a valid dictionary", prefix, name);
  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, &operator, & value))
    {
      if (!g_strv_contains (operators, operator))
        return g_strdup_printf ("%s%s: unknown operator %s", prefix, name, operator);
      if (g_str_has_suffix (operator, "in") != JSON_NODE_HOLDS_ARRAY (value))
        return g_strdup_printf ("%s%s.%s: Input should be a valid %s", prefix, name, operator,
                                g_str_has_suffix (operator, "in") ? "list" : "value");
      if (JSON_NODE_HOLDS_OBJECT (value))
        return g_strdup_printf ("%s%s.%s: Input should be a valid value", prefix, name, operator);
    }
  return NULL;
}

/**
 * easel_sim_filter_check:
 * @filters: filters
 * @skipped: (nullable): members that are none
 * @has_prefix: whether complaints begin with "q."
 *
 * Returns: (transfer full) (nullable): what is wrong with their form
 */
char *
easel_sim_filter_check (JsonObject *filters, const char *const *skipped, gboolean has_prefix)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init (&iter, filters);
  while (json_object_iter_next (&iter, &name, &node))
    {
      char *complaint =
          is_skipped (skipped, name) ? NULL : check_one (has_prefix ? "q." : "", name, node);

      if (complaint != NULL)
        return complaint;
    }
  return NULL;
}

/**
 * easel_sim_filter_find_unknown:
 * @filters: filters
 * @skipped: (nullable): members that are none
 * @record: any record
 * @lookup: (scope call): tells its columns
 *
 * Returns: (transfer full) (nullable): a column that does not exist
 */
char *
easel_sim_filter_find_unknown (JsonObject *filters,
                               const char *const *skipped,
                               gconstpointer record,
                               EaselSimLookup lookup)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init (&iter, filters);
  while (json_object_iter_next (&iter, &name, &node))
    {
      g_autoptr (JsonNode) value = NULL;

      if (!is_skipped (skipped, name) && !lookup (record, name, &value))
        return g_strdup (name);
    }
  return NULL;
}

static gboolean
is_text (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING;
}

static gboolean
is_null (JsonNode *node)
{
  return node == NULL || JSON_NODE_HOLDS_NULL (node);
}

static double
number_of (JsonNode *node)
{
  if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    return json_node_get_boolean (node);
  return is_text (node) ? g_ascii_strtod (json_node_get_string (node), NULL)
                        : json_node_get_double (node);
}

/**
 * easel_sim_filter_compare:
 * @a: (nullable): a value
 * @b: (nullable): a value
 *
 * Returns: below, at or above 0; null is less than anything
 */
int
easel_sim_filter_compare (JsonNode *a, JsonNode *b)
{
  double left, right;

  if (is_null (a) || is_null (b))
    return is_null (b) - is_null (a);
  if (!JSON_NODE_HOLDS_VALUE (a) || !JSON_NODE_HOLDS_VALUE (b))
    return 0;
  if (is_text (a) && is_text (b))
    return strcmp (json_node_get_string (a), json_node_get_string (b));
  left = number_of (a);
  right = number_of (b);
  return left < right ? -1 : left > right;
}

static gboolean
is_among (JsonNode *value, JsonArray *choices)
{
  for (guint i = 0; i < json_array_get_length (choices); i++)
    if (easel_sim_filter_compare (value, json_array_get_element (choices, i)) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
passes (JsonNode *value, const char *operator, JsonNode * wanted)
{
  int order;

  if (strcmp (operator, "in") == 0)
    return is_among (value, json_node_get_array (wanted));
  if (strcmp (operator, "notin") == 0)
    return !is_among (value, json_node_get_array (wanted));
  order = easel_sim_filter_compare (value, wanted);
  if (strcmp (operator, "eq") == 0)
    return order == 0;
  if (strcmp (operator, "neq") == 0)
    return order != 0;
  if (is_null (value))
    return FALSE;
  if (operator[0] == 'g')
    return operator[2] == 'e' ? order >= 0 : order> 0;
  return operator[2] == 'e' ? order <= 0 : order<0;
}

/**
 * easel_sim_filter_matches:
 * @filters: filters that easel_sim_filter_check() has passed
 * @skipped: (nullable): members that are none
 * @record: a record
 * @lookup: (scope call): tells its columns
 *
 * Returns: whether it passes all of them
 */
gboolean
easel_sim_filter_matches (JsonObject *filters,
                          const char *const *skipped,
                          gconstpointer record,
                          EaselSimLookup lookup)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init (&iter, filters);
  while (json_object_iter_next (&iter, &name, &node))
    {
      g_autoptr (JsonNode) value = NULL;
      JsonObjectIter each;
      const char *operator;
      JsonNode *wanted;

      if (is_skipped (skipped, name))
        continue;
      if (!lookup (record, name, &value))
        return FALSE;
      json_object_iter_init (&each, json_node_get_object (node));
      while (json_object_iter_next (&each, &operator, & wanted))
        if (!passes (value, operator, wanted))
          return FALSE;
    }
  return TRUE;
}
