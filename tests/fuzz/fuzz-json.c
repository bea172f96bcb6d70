/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever is accepted comes out again, is accepted again and then stays the same; and no getter
 * minds what it is asked about. */
#include "config.h"

#include "fuzz.h"

#include "easel-json.h"

static void
ask_everything (JsonObject *object, const char *key)
{
  char **strings = easel_json_peek_strv (object, key);
  const char *text;
  gint64 integer;
  double real;
  gboolean boolean;

  g_strfreev (strings);
  (void) easel_json_get_string (object, key, &text, NULL);
  (void) easel_json_get_int (object, key, -10, 1000000, &integer, NULL);
  (void) easel_json_get_double (object, key, -1e9, 1e9, &real, NULL);
  (void) easel_json_get_boolean (object, key, &boolean, NULL);
  (void) easel_json_peek_object (object, key);
  (void) easel_json_element_object (easel_json_peek_array (object, key), 0);
}

static void
ask_members (JsonObject *object)
{
  JsonObjectIter iter;
  const char *key;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &key, NULL))
    ask_everything (object, key);
  ask_everything (object, "absent");
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (JsonNode) first = easel_json_parse (bytes, 0, NULL);
  g_autoptr (JsonNode) second = NULL;
  g_autofree char *first_text = NULL;
  g_autofree char *second_text = NULL;

  if (first == NULL)
    return 0;
  if (JSON_NODE_HOLDS_OBJECT (first))
    ask_members (json_node_get_object (first));
  first_text = easel_json_to_text (first);
  second = easel_json_parse_text (first_text, NULL);
  g_assert (second != NULL);
  second_text = easel_json_to_text (second);
  g_assert_cmpstr (first_text, ==, second_text);
  return 0;
}
