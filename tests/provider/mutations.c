/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Breaks fixtures in every way, for the tests of all decoders: cut off at each byte, and each
 * member dropped or replaced.
 */

#include "config.h"

#include "mutations.h"

#include "easel-error.h"
#include "fixture.h"

#include <string.h>

typedef struct
{
  const char *what;
  const char *text; /* %NULL: the member is dropped */
} Replacement;

static const Replacement replacements[] = {
  { "dropped", NULL },
  { "null", "null" },
  { "object", "{\"id\":{}}" },
  { "array", "[[],{},7,\"x\",null]" },
  { "string", "\"\\u0001 <b>&\\\" ü 漢\"" },
  { "empty", "\"\"" },
  { "huge", "99999999999999999999" },
  { "infinite", "1e400" },
  { "negative", "-1e30" },
  { "fraction", "0.5" },
  { "zero", "0" },
  { "true", "true" },
};

/* The places in a tree, counted; the one with the wanted number is replaced. */
typedef struct
{
  guint wanted;
  guint at;
  const Replacement *replacement;
  gboolean done;
} Walk;

static gboolean
is_reached (Walk *walk)
{
  return !walk->done && walk->at++ == walk->wanted;
}

static JsonNode *
make_replacement (const Replacement *replacement)
{
  g_autofree char *wrapped = g_strdup_printf ("{\"v\":%s}", replacement->text);
  g_autoptr (JsonNode) root = json_from_string (wrapped, NULL);

  if (root == NULL)
    return json_node_init_null (json_node_alloc ());
  return json_node_copy (json_object_get_member (json_node_get_object (root), "v"));
}

static void walk_node (Walk *walk, JsonNode *node);

static void
walk_object (Walk *walk, JsonObject *object)
{
  g_autoptr (GList) members = json_object_get_members (object);

  for (GList *l = members; l != NULL && !walk->done; l = l->next)
    {
      g_autofree char *name = g_strdup (l->data);

      if (is_reached (walk))
        {
          walk->done = TRUE;
          if (walk->replacement->text == NULL)
            json_object_remove_member (object, name);
          else
            json_object_set_member (object, name, make_replacement (walk->replacement));
          return;
        }
      walk_node (walk, json_object_get_member (object, name));
    }
}

static void
walk_node (Walk *walk, JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    walk_object (walk, json_node_get_object (node));
  else if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      for (guint i = 0; i < json_array_get_length (array) && !walk->done; i++)
        walk_node (walk, json_array_get_element (array, i));
    }
}

/* Each member in turn. */
static guint
mutate (const char *text,
        const Replacement *replacement,
        EaselMutationFunc func,
        gpointer user_data)
{
  for (guint wanted = 0;; wanted++)
    {
      g_autoptr (JsonNode) root = easel_json_parse_text (text, NULL);
      Walk walk = { .wanted = wanted, .replacement = replacement };

      g_assert_nonnull (root);
      walk_node (&walk, root);
      if (!walk.done)
        return wanted;
      func (root, user_data);
    }
}

guint
easel_mutations_each_member (const char *folder, EaselMutationFunc func, gpointer user_data)
{
  g_auto (GStrv) names = easel_fixture_names (folder);
  guint n = 0;

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *text = easel_fixture_text (folder, names[i]);

      for (gsize j = 0; j < G_N_ELEMENTS (replacements); j++)
        n += mutate (text, &replacements[j], func, user_data);
    }
  return n;
}

guint
easel_mutations_each_truncation (const char *folder, EaselTruncationFunc func, gpointer user_data)
{
  g_auto (GStrv) names = easel_fixture_names (folder);
  guint n = 0;

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *text = easel_fixture_text (folder, names[i]);
      gsize last = (gsize) (strrchr (text, '}') - text);

      for (gsize length = 1; length <= last; length++)
        {
          g_autofree char *head = g_strndup (text, length);
          g_autoptr (GError) error = NULL;
          g_autoptr (JsonNode) root = easel_json_parse_text (head, &error);

          g_assert_null (root);
          g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
          n++;
        }
      if (func != NULL)
        func (text, last / 2, user_data);
    }
  return n;
}
