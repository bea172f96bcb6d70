/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Checks a request body against a table, as strictly as the providers do: an unknown member, a
 * wrong kind, a number out of range are each one line in the words of a JSON schema validator.
 * Rules between members are not its business.
 */
#include "config.h"

#include "easel-sim-schema.h"

#include <string.h>

static void complain (GPtrArray *errors, const char *path, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

static void
complain (GPtrArray *errors, const char *path, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_ptr_array_add (errors, g_strdup_printf ("%s: %s", path, text));
}

static const char *
kind_of (JsonNode *node)
{
  switch (json_node_get_node_type (node))
    {
    case JSON_NODE_OBJECT:
      return "object";
    case JSON_NODE_ARRAY:
      return "array";
    case JSON_NODE_NULL:
      return "null";
    case JSON_NODE_VALUE:
    default:
      break;
    }
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return "string";
  return json_node_get_value_type (node) == G_TYPE_BOOLEAN ? "boolean" : "number";
}

static gboolean
holds (JsonNode *node, GType type)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type;
}

static void
check_string (JsonNode *node, const EaselSimField *field, const char *path, GPtrArray *errors)
{
  const char *text;

  if (!holds (node, G_TYPE_STRING))
    {
      complain (errors, path, "got %s, want string", kind_of (node));
      return;
    }
  text = json_node_get_string (node);
  if (g_utf8_strlen (text, -1) < field->minimum)
    complain (errors, path, "minLength: got %zu, want %" G_GINT64_FORMAT, strlen (text),
              field->minimum);
  if (field->choices != NULL && !g_strv_contains (field->choices, text))
    {
      g_autofree char *choices = g_strjoinv ("', '", (char **) field->choices);

      complain (errors, path, "value must be one of '%s'", choices);
    }
  if (field->pattern != NULL && !g_regex_match_simple (field->pattern, text, 0, 0))
    complain (errors, path, "does not match pattern '%s'", field->pattern);
}

static void
check_number (JsonNode *node, const EaselSimField *field, const char *path, GPtrArray *errors)
{
  /* A number such as 2.0 is an integer to a JSON schema. */
  if (field->kind == EASEL_SIM_KIND_INTEGER && holds (node, G_TYPE_DOUBLE) &&
      json_node_get_double (node) != (double) (gint64) json_node_get_double (node))
    complain (errors, path, "got number, want integer");
  else if (!holds (node, G_TYPE_INT64) && !holds (node, G_TYPE_DOUBLE))
    complain (errors, path, "got %s, want %s", kind_of (node),
              field->kind == EASEL_SIM_KIND_INTEGER ? "integer" : "number");
  else if (json_node_get_double (node) < (double) field->minimum)
    complain (errors, path, "minimum: got %g, want %" G_GINT64_FORMAT, json_node_get_double (node),
              field->minimum);
}

static void
check_elements (JsonNode *node, const EaselSimField *field, const char *path, GPtrArray *errors)
{
  JsonArray *array;

  if (!JSON_NODE_HOLDS_ARRAY (node))
    {
      complain (errors, path, "got %s, want array", kind_of (node));
      return;
    }
  array = json_node_get_array (node);
  if (field->limit > 0 && json_array_get_length (array) > field->limit)
    complain (errors, path, "maxItems: got %u, want %u", json_array_get_length (array),
              field->limit);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      g_autofree char *place = g_strdup_printf ("%s[%u]", path, i);
      JsonNode *element = json_array_get_element (array, i);

      if (field->kind == EASEL_SIM_KIND_OBJECTS)
        easel_sim_schema_check (element, field->fields, place, errors);
      else
        check_string (element, field, place, errors);
    }
}

static void
check_map (JsonNode *node, const EaselSimField *field, const char *path, GPtrArray *errors)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      complain (errors, path, "got %s, want object", kind_of (node));
      return;
    }
  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, &name, &value))
    if (!holds (value, G_TYPE_STRING))
      {
        g_autofree char *place = g_strdup_printf ("%s.%s", path, name);

        complain (errors, place, "got %s, want string", kind_of (value));
      }
}

static void
check_field (JsonNode *node, const EaselSimField *field, const char *path, GPtrArray *errors)
{
  switch (field->kind)
    {
    case EASEL_SIM_KIND_STRING_OR_NULL:
      if (!JSON_NODE_HOLDS_NULL (node))
        check_string (node, field, path, errors);
      break;
    case EASEL_SIM_KIND_INTEGER:
    case EASEL_SIM_KIND_NUMBER:
      check_number (node, field, path, errors);
      break;
    case EASEL_SIM_KIND_BOOLEAN:
      if (!holds (node, G_TYPE_BOOLEAN))
        complain (errors, path, "got %s, want boolean", kind_of (node));
      break;
    case EASEL_SIM_KIND_STRINGS:
    case EASEL_SIM_KIND_OBJECTS:
      check_elements (node, field, path, errors);
      break;
    case EASEL_SIM_KIND_STRING_MAP:
      check_map (node, field, path, errors);
      break;
    case EASEL_SIM_KIND_OBJECT:
      easel_sim_schema_check (node, field->fields, path, errors);
      break;
    case EASEL_SIM_KIND_STRING:
    default:
      check_string (node, field, path, errors);
      break;
    }
}

static const EaselSimField *
find_field (const EaselSimField *fields, const char *name)
{
  for (const EaselSimField *field = fields; field->name != NULL; field++)
    if (strcmp (field->name, name) == 0)
      return field;
  return NULL;
}

/**
 * easel_sim_schema_check:
 * @node: a body or a part of it
 * @fields: the members it may have, ended by a %NULL name
 * @path: where it is, "$" for the whole body
 * @errors: (element-type utf8): gets a line per violation
 *
 * Holds an object against a table.
 */
void
easel_sim_schema_check (JsonNode *node,
                        const EaselSimField *fields,
                        const char *path,
                        GPtrArray *errors)
{
  JsonObjectIter iter;
  JsonObject *object;
  const char *name;
  JsonNode *value;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      complain (errors, path, "got %s, want object", kind_of (node));
      return;
    }
  object = json_node_get_object (node);
  for (const EaselSimField *field = fields; field->name != NULL; field++)
    if (field->is_required && !json_object_has_member (object, field->name))
      complain (errors, path, "missing property '%s'", field->name);
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &value))
    {
      const EaselSimField *field = find_field (fields, name);
      g_autofree char *place = g_strdup_printf ("%s.%s", path, name);

      if (field == NULL)
        complain (errors, path, "additional properties '%s' not allowed", name);
      else
        check_field (value, field, place, errors);
    }
}
