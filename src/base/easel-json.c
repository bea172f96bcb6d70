/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The only door between json-glib and the rest: a guarded parse and getters that take nothing for
 * granted. Whatever a server sends, they answer with a value in range, a fallback or an error,
 * never with a warning. What members mean is the decoders' business.
 */
#include "config.h"

#include "easel-json.h"

#include "easel-error.h"
#include "easel-json-private.h"

#include <math.h>
#include <string.h>

static JsonNode *
parse_bytes (const char *data, gsize length, gsize max_bytes, GError **error)
{
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *text = NULL;
  JsonNode *root;

  if (length > max_bytes)
    {
      easel_set_error (error, EASEL_ERROR_TOO_LARGE, "JSON: %" G_GSIZE_FORMAT " bytes are too many",
                       length);
      return NULL;
    }
  text = g_malloc (length + 1);
  if (length > 0)
    memcpy (text, data, length);
  text[length] = '\0';
  if (!_easel_json_scan (text, length, error))
    return NULL;
  parser = json_parser_new ();
  if (!json_parser_load_from_data (parser, text, length, &local_error))
    {
      easel_set_error (error, EASEL_ERROR_PROTOCOL, "JSON: parser error %d", local_error->code);
      return NULL;
    }
  root = json_parser_steal_root (parser);
  if (root == NULL)
    easel_set_error (error, EASEL_ERROR_PROTOCOL, "JSON: nothing there");
  return root;
}

/**
 * easel_json_parse:
 * @bytes: a whole body, from anywhere
 * @max_bytes: largest accepted one; 0 means %EASEL_JSON_MAX_BYTES
 * @error: %EASEL_ERROR_TOO_LARGE, or %EASEL_ERROR_PROTOCOL without any of the body's text
 *
 * Strict RFC 8259, one value, at most %EASEL_JSON_MAX_DEPTH levels, whole numbers within 64 bits.
 * Half surrogate pairs and escaped NUL become U+FFFD. Of members with the same name the last one
 * counts.
 *
 * Returns: (transfer full) (nullable): the root
 */
JsonNode *
easel_json_parse (GBytes *bytes, gsize max_bytes, GError **error)
{
  const char *data;
  gsize length;

  g_return_val_if_fail (bytes != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  data = g_bytes_get_data (bytes, &length);
  return parse_bytes (data, length, max_bytes > 0 ? max_bytes : EASEL_JSON_MAX_BYTES, error);
}

/**
 * easel_json_parse_text:
 * @text: a whole document
 * @error: as easel_json_parse()
 *
 * Returns: (transfer full) (nullable): the root
 */
JsonNode *
easel_json_parse_text (const char *text, GError **error)
{
  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return parse_bytes (text, strlen (text), EASEL_JSON_MAX_BYTES, error);
}

/* json-glib 1.6 writes 1e+20 as "1e+20.0", which nobody can read again. */
static char *
write_node (JsonNode *node)
{
  char *text = json_to_string (node, FALSE);
  char *to = text;
  gboolean in_string = FALSE;
  gboolean in_exponent = FALSE;

  for (const char *from = text; *from != '\0'; from++)
    {
      if (*from == '"' && !in_string)
        in_string = TRUE;
      else if (*from == '"')
        in_string = FALSE;
      else if (in_string && *from == '\\')
        *to++ = *from++;
      else if (!in_string && *from == 'e' && from > text && g_ascii_isdigit (from[-1]))
        in_exponent = TRUE;
      else if (in_exponent && *from == '.')
        {
          from++;
          continue;
        }
      else if (in_exponent && strchr ("+-0123456789", *from) == NULL)
        in_exponent = FALSE;
      *to++ = *from;
    }
  *to = '\0';
  return text;
}

/**
 * easel_json_to_text:
 *
 * Returns: (transfer full): on one line
 */
char *
easel_json_to_text (JsonNode *node)
{
  g_return_val_if_fail (node != NULL, NULL);

  return write_node (node);
}

/**
 * easel_json_to_bytes:
 *
 * Returns: (transfer full): a body to send, on one line, without a final NUL
 */
GBytes *
easel_json_to_bytes (JsonNode *node)
{
  char *text;

  g_return_val_if_fail (node != NULL, NULL);

  text = write_node (node);
  return g_bytes_new_take (text, strlen (text));
}

static JsonNode *
find_member (JsonObject *object, const char *key)
{
  return object != NULL ? json_object_get_member (object, key) : NULL;
}

static gboolean
node_to_string (JsonNode *node, const char **ret_value)
{
  const char *value;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_STRING)
    return FALSE;
  value = json_node_get_string (node);
  if (value == NULL || strnlen (value, EASEL_JSON_MAX_STRING + 1) > EASEL_JSON_MAX_STRING)
    return FALSE;
  *ret_value = value;
  return TRUE;
}

static gboolean
node_to_double (JsonNode *node, double min, double max, double *ret_value)
{
  GType type;
  double value;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return FALSE;
  type = json_node_get_value_type (node);
  if (type != G_TYPE_DOUBLE && type != G_TYPE_INT64)
    return FALSE;
  value = json_node_get_double (node);
  if (!(value >= min && value <= max))
    return FALSE;
  *ret_value = value;
  return TRUE;
}

static gboolean
double_to_int (double value, gint64 *ret_value)
{
  /* Both bounds are exact doubles; the upper one itself no longer fits. */
  if (!(value >= -9223372036854775808.0 && value < 9223372036854775808.0) || value != trunc (value))
    return FALSE;
  *ret_value = (gint64) value;
  return TRUE;
}

static gboolean
node_to_int (JsonNode *node, gint64 min, gint64 max, gint64 *ret_value)
{
  GType type;
  gint64 value;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return FALSE;
  type = json_node_get_value_type (node);
  if (type == G_TYPE_INT64)
    value = json_node_get_int (node);
  else if (type != G_TYPE_DOUBLE || !double_to_int (json_node_get_double (node), &value))
    return FALSE;
  if (value < min || value > max)
    return FALSE;
  *ret_value = value;
  return TRUE;
}

static gboolean
node_to_boolean (JsonNode *node, gboolean *ret_value)
{
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return FALSE;
  *ret_value = json_node_get_boolean (node);
  return TRUE;
}

static JsonObject *
node_to_object (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static JsonArray *
node_to_array (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

/**
 * easel_json_node_object:
 * @node: (nullable): the root of an answer, or a list's element
 * @what: its name, for the error
 * @error: %EASEL_ERROR_PROTOCOL
 *
 * Returns: (transfer none) (nullable): the object it ought to be
 */
JsonObject *
easel_json_node_object (JsonNode *node, const char *what, GError **error)
{
  JsonObject *object = node_to_object (node);

  g_return_val_if_fail (what != NULL, NULL);

  if (object == NULL)
    easel_set_error (error, EASEL_ERROR_PROTOCOL, "“%s”: expected an object", what);
  return object;
}

/**
 * easel_json_get_string:
 * @object: (nullable): a missing one has no members
 * @key: the member's name
 * @ret_value: (out) (transfer none): at most %EASEL_JSON_MAX_STRING bytes
 * @error: %EASEL_ERROR_PROTOCOL
 *
 * Returns: %FALSE if there is no such string
 */
gboolean
easel_json_get_string (JsonObject *object, const char *key, const char **ret_value, GError **error)
{
  g_return_val_if_fail (key != NULL, FALSE);
  g_return_val_if_fail (ret_value != NULL, FALSE);

  if (node_to_string (find_member (object, key), ret_value))
    return TRUE;
  easel_set_error (error, EASEL_ERROR_PROTOCOL, "“%s”: expected a string", key);
  return FALSE;
}

/**
 * easel_json_get_int:
 * @object: (nullable): a missing one has no members
 * @key: the member's name
 * @min: smallest accepted value
 * @max: largest accepted value
 * @ret_value: (out): a whole number, also if written as 24.0
 * @error: %EASEL_ERROR_PROTOCOL
 *
 * Returns: %FALSE if there is no such number
 */
gboolean
easel_json_get_int (JsonObject *object,
                    const char *key,
                    gint64 min,
                    gint64 max,
                    gint64 *ret_value,
                    GError **error)
{
  g_return_val_if_fail (key != NULL, FALSE);
  g_return_val_if_fail (ret_value != NULL, FALSE);

  if (node_to_int (find_member (object, key), min, max, ret_value))
    return TRUE;
  easel_set_error (error, EASEL_ERROR_PROTOCOL,
                   "“%s”: expected a whole number in [%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT "]",
                   key, min, max);
  return FALSE;
}

/**
 * easel_json_get_double:
 * @object: (nullable): a missing one has no members
 * @key: the member's name
 * @min: smallest accepted value
 * @max: largest accepted value
 * @ret_value: (out): a number, also if written without a point
 * @error: %EASEL_ERROR_PROTOCOL
 *
 * Returns: %FALSE if there is no such number
 */
gboolean
easel_json_get_double (JsonObject *object,
                       const char *key,
                       double min,
                       double max,
                       double *ret_value,
                       GError **error)
{
  g_return_val_if_fail (key != NULL, FALSE);
  g_return_val_if_fail (ret_value != NULL, FALSE);

  if (node_to_double (find_member (object, key), min, max, ret_value))
    return TRUE;
  easel_set_error (error, EASEL_ERROR_PROTOCOL, "“%s”: expected a number in [%g, %g]", key, min,
                   max);
  return FALSE;
}

/**
 * easel_json_get_boolean:
 * @object: (nullable): a missing one has no members
 * @key: the member's name
 * @ret_value: (out): the value
 * @error: %EASEL_ERROR_PROTOCOL
 *
 * Returns: %FALSE if there is neither true nor false
 */
gboolean
easel_json_get_boolean (JsonObject *object, const char *key, gboolean *ret_value, GError **error)
{
  g_return_val_if_fail (key != NULL, FALSE);
  g_return_val_if_fail (ret_value != NULL, FALSE);

  if (node_to_boolean (find_member (object, key), ret_value))
    return TRUE;
  easel_set_error (error, EASEL_ERROR_PROTOCOL, "“%s”: expected true or false", key);
  return FALSE;
}

/**
 * easel_json_get_object:
 * @object: (nullable): a missing one has no members
 * @key: the member's name
 * @error: %EASEL_ERROR_PROTOCOL
 *
 * Returns: (transfer none) (nullable): the member
 */
JsonObject *
easel_json_get_object (JsonObject *object, const char *key, GError **error)
{
  JsonObject *value;

  g_return_val_if_fail (key != NULL, NULL);

  value = node_to_object (find_member (object, key));
  if (value == NULL)
    easel_set_error (error, EASEL_ERROR_PROTOCOL, "“%s”: expected an object", key);
  return value;
}

/**
 * easel_json_get_array:
 * @object: (nullable): a missing one has no members
 * @key: the member's name
 * @error: %EASEL_ERROR_PROTOCOL
 *
 * Returns: (transfer none) (nullable): the member
 */
JsonArray *
easel_json_get_array (JsonObject *object, const char *key, GError **error)
{
  JsonArray *value;

  g_return_val_if_fail (key != NULL, NULL);

  value = node_to_array (find_member (object, key));
  if (value == NULL)
    easel_set_error (error, EASEL_ERROR_PROTOCOL, "“%s”: expected an array", key);
  return value;
}

/**
 * easel_json_peek_string:
 * @object: (nullable): a missing one has no members
 * @fallback: (nullable): if there is no such string, or one above %EASEL_JSON_MAX_STRING bytes
 *
 * Returns: (transfer none) (nullable): the member or @fallback
 */
const char *
easel_json_peek_string (JsonObject *object, const char *key, const char *fallback)
{
  const char *value = fallback;

  g_return_val_if_fail (key != NULL, fallback);

  (void) node_to_string (find_member (object, key), &value);
  return value;
}

/**
 * easel_json_peek_int:
 * @object: (nullable): a missing one has no members
 * @fallback: if there is no whole number from @min to @max
 *
 * Returns: the member or @fallback
 */
gint64
easel_json_peek_int (JsonObject *object, const char *key, gint64 min, gint64 max, gint64 fallback)
{
  gint64 value = fallback;

  g_return_val_if_fail (key != NULL, fallback);

  (void) node_to_int (find_member (object, key), min, max, &value);
  return value;
}

/**
 * easel_json_peek_double:
 * @object: (nullable): a missing one has no members
 * @fallback: if there is no number from @min to @max
 *
 * Returns: the member or @fallback
 */
double
easel_json_peek_double (JsonObject *object,
                        const char *key,
                        double min,
                        double max,
                        double fallback)
{
  double value = fallback;

  g_return_val_if_fail (key != NULL, fallback);

  (void) node_to_double (find_member (object, key), min, max, &value);
  return value;
}

/**
 * easel_json_peek_boolean:
 * @object: (nullable): a missing one has no members
 * @fallback: if there is neither true nor false
 *
 * Returns: the member or @fallback
 */
gboolean
easel_json_peek_boolean (JsonObject *object, const char *key, gboolean fallback)
{
  gboolean value = fallback;

  g_return_val_if_fail (key != NULL, fallback);

  (void) node_to_boolean (find_member (object, key), &value);
  return value;
}

/**
 * easel_json_peek_object:
 * @object: (nullable): a missing one has no members
 *
 * Returns: (transfer none) (nullable): the member if it is an object
 */
JsonObject *
easel_json_peek_object (JsonObject *object, const char *key)
{
  g_return_val_if_fail (key != NULL, NULL);

  return node_to_object (find_member (object, key));
}

/**
 * easel_json_peek_array:
 * @object: (nullable): a missing one has no members
 *
 * Returns: (transfer none) (nullable): the member if it is an array
 */
JsonArray *
easel_json_peek_array (JsonObject *object, const char *key)
{
  g_return_val_if_fail (key != NULL, NULL);

  return node_to_array (find_member (object, key));
}

static JsonNode *
find_element (JsonArray *array, guint index)
{
  if (array == NULL || index >= json_array_get_length (array))
    return NULL;
  return json_array_get_element (array, index);
}

/**
 * easel_json_element_object:
 * @array: (nullable): a missing one is empty
 *
 * Returns: (transfer none) (nullable): the element if it is an object
 */
JsonObject *
easel_json_element_object (JsonArray *array, guint index)
{
  return node_to_object (find_element (array, index));
}

/**
 * easel_json_element_string:
 * @array: (nullable): a missing one is empty
 *
 * Returns: (transfer none) (nullable): the element if it is a string of at most
 *   %EASEL_JSON_MAX_STRING bytes
 */
const char *
easel_json_element_string (JsonArray *array, guint index)
{
  const char *value = NULL;

  (void) node_to_string (find_element (array, index), &value);
  return value;
}

/**
 * easel_json_peek_strv:
 * @object: (nullable): a missing one has no members
 *
 * Returns: (transfer full) (nullable): the strings of an array, without its other elements; %NULL
 *   if the member is no array
 */
char **
easel_json_peek_strv (JsonObject *object, const char *key)
{
  g_autoptr (GStrvBuilder) builder = NULL;
  JsonArray *array;

  g_return_val_if_fail (key != NULL, NULL);

  array = node_to_array (find_member (object, key));
  if (array == NULL)
    return NULL;
  builder = g_strv_builder_new ();
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      const char *value = easel_json_element_string (array, i);

      if (value != NULL)
        g_strv_builder_add (builder, value);
    }
  return g_strv_builder_end (builder);
}
