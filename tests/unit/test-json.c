/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "easel-error.h"
#include "easel-json.h"

#include <string.h>

/* Everything here must be refused with EASEL_ERROR_PROTOCOL and without a warning. */
static const struct
{
  const char *name;
  const char *text;
  gsize length; /* 0: up to the NUL */
} hostile[] = {
  { "empty", "", 0 },
  { "blank", " \r\n\t ", 0 },
  { "two-documents", "{\"a\":1}{\"b\":2}", 0 },
  { "trailing-word", "{} x", 0 },
  { "trailing-comma", "{},", 0 },
  { "single-quotes", "'a'", 0 },
  { "single-quoted-key", "{'a':1}", 0 },
  { "javascript-var", "var x = {\"a\":1};", 0 },
  { "semicolon", "{\"a\":1};", 0 },
  { "bare-key", "{a:1}", 0 },
  { "number-as-key", "{1:1}", 0 },
  { "no-colon", "{\"a\" 1}", 0 },
  { "no-value", "{\"a\":}", 0 },
  { "comma-at-end-of-object", "{\"a\":1,}", 0 },
  { "comma-at-end-of-array", "[1,]", 0 },
  { "comma-at-start", "[,1]", 0 },
  { "no-comma", "[1 2]", 0 },
  { "wrong-bracket", "[1}", 0 },
  { "wrong-brace", "{\"a\":1]", 0 },
  { "open-array", "[1", 0 },
  { "open-object", "{\"a\":1", 0 },
  { "open-string", "\"abc", 0 },
  { "backslash-at-end", "\"abc\\", 0 },
  { "closing-only", "]", 0 },
  { "bad-escape", "\"\\x41\"", 0 },
  { "short-unicode-escape", "\"\\u12\"", 0 },
  { "unicode-escape-at-end", "\"\\u12", 0 },
  { "bad-unicode-escape", "\"\\u12g4\"", 0 },
  { "line-end-in-string", "\"a\nb\"", 0 },
  { "tab-in-string", "\"a\tb\"", 0 },
  { "nul-in-string", "\"a\0b\"", 5 },
  { "nul-behind", "{}\0", 3 },
  { "nul-alone", "\0", 1 },
  { "bad-utf8", "\"\xff\"", 0 },
  { "cut-utf8", "\"\xe2\x82\"", 0 },
  { "overlong-utf8", "\"\xc0\xaf\"", 0 },
  { "surrogate-in-utf8", "\"\xed\xa0\x80\"", 0 },
  { "byte-order-mark", "\xef\xbb\xbf{}", 0 },
  { "capital-true", "True", 0 },
  { "undefined", "undefined", 0 },
  { "nan", "NaN", 0 },
  { "infinity", "-Infinity", 0 },
  { "plus", "+1", 0 },
  { "leading-zero", "01", 0 },
  { "minus-leading-zero", "-01", 0 },
  { "hexadecimal", "0x10", 0 },
  { "point-at-end", "1.", 0 },
  { "point-at-start", ".5", 0 },
  { "minus-alone", "-", 0 },
  { "no-exponent", "1e", 0 },
  { "no-exponent-digits", "1e+", 0 },
  { "beyond-int64", "9223372036854775808", 0 },
  { "below-int64", "-9223372036854775809", 0 },
  { "far-beyond-int64", "99999999999999999999", 0 },
  { "beyond-double", "1e999", 0 },
  { "comment", "/* a */ 1", 0 },
  { "line-comment", "1 // a", 0 },
  { "html", "<!DOCTYPE html><html></html>", 0 },
  { "vertical-tab", "\v1", 0 },
  { "no-break-space",
    "\xc2\xa0"
    "1",
    0 },
};

static void
test_hostile (gconstpointer data)
{
  gsize row = GPOINTER_TO_SIZE (data);
  const char *text = hostile[row].text;
  gsize length = hostile[row].length > 0 ? hostile[row].length : strlen (text);
  g_autoptr (GBytes) bytes = g_bytes_new (text, length);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = easel_json_parse (bytes, 0, &error);

  g_assert_null (node);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

static void
test_accepted (void)
{
  static const struct
  {
    const char *text;
    const char *expected;
  } rows[] = {
    { "null", "null" },
    { " true ", "true" },
    { "\"\"", "\"\"" },
    { "[ ]", "[]" },
    { "{\r\n}", "{}" },
    { "-9223372036854775808", "-9223372036854775808" },
    { "9223372036854775807", "9223372036854775807" },
    { "-0", "0" },
    { "0.5", "0.5" },
    { "[1e20,1e-10,\"1e+20.0\",\"\\\"1e+20.0\",true]",
      "[1e+20,1e-10,\"1e+20.0\",\"\\\"1e+20.0\",true]" },
    { "[0,-1,10]", "[0,-1,10]" },
    { "{\"a\":[{\"b\":[]},{}],\"c\":false}", "{\"a\":[{\"b\":[]},{}],\"c\":false}" },
    { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\"" },
    { "\"\\u00e9\"", "\"é\"" },
    { "\"\\ud83c\\udfa8\"", "\"🎨\"" },
    { "\"\\ud83c\"", "\"\357\277\275\"" },
    { "\"\\ud83cx\"", "\"\357\277\275x\"" },
    { "\"\\udfa8\\ud83c\"", "\"\357\277\275\357\277\275\"" },
    { "\"\\ud83c\\u0041\"", "\"\357\277\275A\"" },
    { "\"a\\u0000b\"", "\"a\357\277\275b\"" },
    { "{\"a\":1,\"a\":2}", "{\"a\":2}" },
    { "\"[{\\\"\"", "\"[{\\\"\"" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonNode) node = easel_json_parse_text (rows[i].text, &error);
      g_autofree char *text = NULL;

      g_assert_no_error (error);
      text = easel_json_to_text (node);
      g_assert_cmpstr (text, ==, rows[i].expected);
    }
}

static double
parse_double (const char *text)
{
  g_autofree char *object_text = g_strdup_printf ("{\"n\":%s}", text);
  g_autoptr (JsonNode) node = easel_json_parse_text (object_text, NULL);
  double value = -1;

  g_assert_true (easel_json_get_double (easel_json_node_object (node, "root", NULL), "n",
                                        -G_MAXDOUBLE, G_MAXDOUBLE, &value, NULL));
  return value;
}

static void
test_numbers (void)
{
  static const char *const numbers[] = { "0",      "-0",     "1",        "-1",     "0.1",
                                         "-0.25",  "1e3",    "1E3",      "1e+3",   "1E-3",
                                         "0e5",    "0.0e0",  "123.456",  "2.5e-7", "1.7976e308",
                                         "5e-324", "100000", "0.000001", "-1.5e2" };

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    g_assert_cmpfloat (parse_double (numbers[i]), ==, g_ascii_strtod (numbers[i], NULL));
}

static char *
nest (guint depth, const char *open, const char *inside, const char *close)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < depth; i++)
    g_string_append (text, open);
  g_string_append (text, inside);
  for (guint i = 0; i < depth; i++)
    g_string_append (text, close);
  return g_string_free (text, FALSE);
}

static void
assert_depth (guint depth, const char *open, const char *inside, const char *close, gboolean good)
{
  g_autofree char *text = nest (depth, open, inside, close);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = easel_json_parse_text (text, &error);

  g_assert_true ((node != NULL) == good);
  if (!good)
    g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
}

static void
test_depth (void)
{
  assert_depth (64, "[", "", "]", TRUE);
  assert_depth (65, "[", "", "]", FALSE);
  assert_depth (64, "{\"a\":", "1", "}", TRUE);
  assert_depth (65, "{\"a\":", "1", "}", FALSE);
  assert_depth (32, "[{\"a\":", "1", "}]", TRUE);
  assert_depth (33, "[{\"a\":", "1", "}]", FALSE);
  assert_depth (1000000, "[", "", "", FALSE);
  assert_depth (1000000, "[", "", "]", FALSE);
  assert_depth (1, "[\"", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
                "\"]", TRUE);
  assert_depth (1, "[\"\\\"",
                "{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{", "\"]",
                TRUE);
}

static void
test_size (void)
{
  g_autofree char *filling = g_strnfill (EASEL_JSON_MAX_BYTES - 2, 'x');
  g_autofree char *text = g_strdup_printf ("\"%s\"", filling);
  g_autofree char *longer = g_strdup_printf (" %s", text);
  g_autoptr (GBytes) small = g_bytes_new_static ("[1,2]", 5);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = easel_json_parse_text (text, &error);
  g_autoptr (JsonNode) exact = easel_json_parse (small, 5, NULL);

  g_assert_nonnull (node);
  g_assert_nonnull (exact);
  g_assert_null (easel_json_parse_text (longer, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_null (easel_json_parse (small, 4, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_TOO_LARGE);
}

static void
test_too_many_values (void)
{
  g_autofree char *text = nest (1000001, "1,", "1", "");
  g_autofree char *array = g_strdup_printf ("[%s]", text);
  g_autoptr (GError) error = NULL;

  g_assert_null (easel_json_parse_text (array, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
}

/* Every cut of a good document but the last is refused, and so is every byte turned into NUL. */
static void
test_truncations (void)
{
  static const char text[] = "{\"pods\": [{\"id\": \"a\\u00e9\\n\", \"cost\": -1.5e-3, \"n\": 12}, "
                             "null, true, false, [], {}], \"next\": null}";

  for (gsize length = 0; length < sizeof text - 1; length++)
    {
      g_autoptr (GBytes) cut = g_bytes_new (text, length);
      g_autofree char *damaged = g_memdup2 (text, sizeof text);
      g_autoptr (GBytes) holed = NULL;
      g_autoptr (JsonNode) cut_node = easel_json_parse (cut, 0, NULL);
      g_autoptr (JsonNode) holed_node = NULL;

      g_assert_null (cut_node);
      damaged[length] = '\0';
      holed = g_bytes_new (damaged, sizeof text - 1);
      holed_node = easel_json_parse (holed, 0, NULL);
      g_assert_null (holed_node);
    }
}

/* Any byte replaced by any other: an error or a tree, never a warning. */
static void
test_every_byte_replaced (void)
{
  static const char text[] = "{\"a\":[1,-2.5e1,\"x\\u0041\",true,null],\"b\":{}}";
  guint n_accepted = 0;

  for (gsize i = 0; i < sizeof text - 1; i++)
    {
      for (guint byte = 0; byte < 256; byte++)
        {
          g_autofree char *changed = g_memdup2 (text, sizeof text);
          g_autoptr (GBytes) bytes = NULL;
          g_autoptr (JsonNode) node = NULL;

          changed[i] = (char) byte;
          bytes = g_bytes_new (changed, sizeof text - 1);
          node = easel_json_parse (bytes, 0, NULL);
          n_accepted += node != NULL;
        }
    }
  g_test_message ("%u of %zu accepted", n_accepted, (sizeof text - 1) * 256);
  g_assert_cmpuint (n_accepted, >, sizeof text - 1);
}

static void
test_error_tells_nothing (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = easel_json_parse_text ("{\"token\": practice-canary}", &error);

  g_assert_null (node);
  g_assert_null (strstr (error->message, "canary"));
  g_assert_null (strstr (error->message, "token"));
}

/* One member of each kind. */
static const char kinds[] = "{\"null\":null,\"true\":true,\"int\":24,\"whole\":24.0,\"half\":0.5,"
                            "\"huge\":1e300,\"edge\":9.3e18,\"string\":\"s\",\"object\":{\"x\":1},"
                            "\"array\":[\"a\",1,null,\"b\",{\"y\":2},[]]}";
static const char *const kind_names[] = { "absent", "null", "true",   "int",    "whole", "half",
                                          "huge",   "edge", "string", "object", "array" };

static void
test_required_members (void)
{
  g_autoptr (JsonNode) root = easel_json_parse_text (kinds, NULL);
  JsonObject *object = easel_json_node_object (root, "root", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (kind_names); i++)
    {
      const char *name = kind_names[i];
      gboolean whole = g_str_equal (name, "int") || g_str_equal (name, "whole");
      gboolean number = whole || g_str_equal (name, "half") || g_str_equal (name, "huge") ||
                        g_str_equal (name, "edge");
      const char *string = "untouched";
      gint64 integer = -7;
      double real = -7;
      gboolean boolean = -7;
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (easel_json_get_string (object, name, &string, NULL), ==,
                       g_str_equal (name, "string"));
      g_assert_cmpstr (string, ==, g_str_equal (name, "string") ? "s" : "untouched");
      g_assert_cmpint (easel_json_get_int (object, name, G_MININT64, G_MAXINT64, &integer, NULL),
                       ==, whole);
      g_assert_cmpint (integer, ==, whole ? 24 : -7);
      g_assert_cmpint (easel_json_get_double (object, name, -G_MAXDOUBLE, G_MAXDOUBLE, &real, NULL),
                       ==, number);
      g_assert_cmpint (easel_json_get_boolean (object, name, &boolean, NULL), ==,
                       g_str_equal (name, "true"));
      g_assert_cmpint (easel_json_get_object (object, name, NULL) != NULL, ==,
                       g_str_equal (name, "object"));
      g_assert_cmpint (easel_json_get_array (object, name, NULL) != NULL, ==,
                       g_str_equal (name, "array"));
      if (!g_str_equal (name, "true"))
        {
          g_assert_false (easel_json_get_boolean (object, name, &boolean, &error));
          g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
          g_assert_nonnull (strstr (error->message, name));
          g_assert_cmpint (boolean, ==, -7);
        }
    }
}

static void
test_optional_members (void)
{
  g_autoptr (JsonNode) root = easel_json_parse_text (kinds, NULL);
  JsonObject *object = easel_json_node_object (root, "root", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (kind_names); i++)
    {
      const char *name = kind_names[i];
      gboolean whole = g_str_equal (name, "int") || g_str_equal (name, "whole");

      g_assert_cmpstr (easel_json_peek_string (object, name, "f"), ==,
                       g_str_equal (name, "string") ? "s" : "f");
      g_assert_cmpint (easel_json_peek_int (object, name, 0, 100, -1), ==, whole ? 24 : -1);
      g_assert_cmpfloat (easel_json_peek_double (object, name, 1, 100, -1), ==, whole ? 24 : -1);
      g_assert_cmpint (easel_json_peek_boolean (object, name, FALSE), ==,
                       g_str_equal (name, "true"));
      g_assert_true (easel_json_peek_boolean (object, name, TRUE));
      g_assert_cmpint (easel_json_peek_object (object, name) != NULL, ==,
                       g_str_equal (name, "object"));
      g_assert_cmpint (easel_json_peek_array (object, name) != NULL, ==,
                       g_str_equal (name, "array"));
    }
  g_assert_null (easel_json_peek_string (NULL, "a", NULL));
  g_assert_cmpint (easel_json_peek_int (NULL, "a", 0, 1, 5), ==, 5);
  g_assert_null (easel_json_peek_object (NULL, "a"));
  g_assert_null (easel_json_get_array (NULL, "a", NULL));
}

static void
test_ranges (void)
{
  g_autoptr (JsonNode) root = easel_json_parse_text (
      "{\"a\":10,\"d\":0.1,\"min\":-9223372036854775808,\"fmin\":-9223372036854775808.0,"
      "\"fmax\":9223372036854775808.0}",
      NULL);
  JsonObject *object = easel_json_node_object (root, "root", NULL);
  g_autoptr (GError) error = NULL;
  gint64 integer;
  double real;

  g_assert_true (easel_json_get_int (object, "a", 10, 10, &integer, NULL));
  g_assert_false (easel_json_get_int (object, "a", 11, 20, &integer, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
  g_assert_false (easel_json_get_int (object, "a", 0, 9, &integer, NULL));
  g_assert_true (easel_json_get_double (object, "d", 0.1, 0.1, &real, NULL));
  g_assert_false (easel_json_get_double (object, "d", 0.2, 1, &real, NULL));
  g_assert_true (easel_json_get_double (object, "a", 0, 10, &real, NULL));
  g_assert_cmpfloat (real, ==, 10);
  g_assert_true (easel_json_get_int (object, "min", G_MININT64, 0, &integer, NULL));
  g_assert_cmpint (integer, ==, G_MININT64);
  g_assert_true (easel_json_get_int (object, "fmin", G_MININT64, 0, &integer, NULL));
  g_assert_cmpint (integer, ==, G_MININT64);
  g_assert_false (easel_json_get_int (object, "fmax", G_MININT64, G_MAXINT64, &integer, NULL));
  g_assert_cmpint (easel_json_peek_int (object, "a", 0, 9, -1), ==, -1);
}

static void
test_elements (void)
{
  g_autoptr (JsonNode) root = easel_json_parse_text (kinds, NULL);
  JsonObject *object = easel_json_node_object (root, "root", NULL);
  JsonArray *array = easel_json_peek_array (object, "array");
  g_auto (GStrv) strings = easel_json_peek_strv (object, "array");
  g_auto (GStrv) none = easel_json_peek_strv (object, "string");

  g_assert_cmpstr (easel_json_element_string (array, 0), ==, "a");
  g_assert_null (easel_json_element_string (array, 1));
  g_assert_null (easel_json_element_string (array, 2));
  g_assert_null (easel_json_element_string (array, 4));
  g_assert_null (easel_json_element_string (array, 6));
  g_assert_null (easel_json_element_string (NULL, 0));
  g_assert_nonnull (easel_json_element_object (array, 4));
  g_assert_null (easel_json_element_object (array, 5));
  g_assert_null (easel_json_element_object (array, G_MAXUINT));
  g_assert_null (easel_json_element_object (NULL, 0));
  g_assert_cmpstrv (strings, ((const char *const[]){ "a", "b", NULL }));
  g_assert_null (none);
}

static void
test_long_strings (void)
{
  g_autofree char *filling = g_strnfill (EASEL_JSON_MAX_STRING, 'x');
  g_autofree char *text = g_strdup_printf ("{\"ok\":\"%s\",\"long\":\"%sx\"}", filling, filling);
  g_autoptr (JsonNode) root = easel_json_parse_text (text, NULL);
  JsonObject *object = easel_json_node_object (root, "root", NULL);
  g_autoptr (GError) error = NULL;
  const char *value = NULL;

  g_assert_cmpstr (easel_json_peek_string (object, "ok", NULL), ==, filling);
  g_assert_cmpstr (easel_json_peek_string (object, "long", "f"), ==, "f");
  g_assert_false (easel_json_get_string (object, "long", &value, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
}

static void
test_node_object (void)
{
  g_autoptr (JsonNode) array = easel_json_parse_text ("[]", NULL);
  g_autoptr (JsonNode) null = easel_json_parse_text ("null", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (easel_json_node_object (array, "pods", &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
  g_assert_nonnull (strstr (error->message, "pods"));
  g_assert_null (easel_json_node_object (null, "pods", NULL));
  g_assert_null (easel_json_node_object (NULL, "pods", NULL));
}

static void
test_bytes (void)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (JsonNode) again = NULL;
  g_autoptr (GBytes) bytes = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "text");
  json_builder_add_string_value (builder, "“quoted” \"\\\n\001");
  json_builder_end_object (builder);
  node = json_builder_get_root (builder);
  bytes = easel_json_to_bytes (node);
  g_assert_null (memchr (g_bytes_get_data (bytes, NULL), '\n', g_bytes_get_size (bytes)));
  again = easel_json_parse (bytes, 0, NULL);
  g_assert_cmpstr (easel_json_peek_string (easel_json_node_object (again, "root", NULL), "text",
                                           NULL),
                   ==, "“quoted” \"\\\n\001");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (hostile); i++)
    {
      g_autofree char *path = g_strconcat ("/json/hostile/", hostile[i].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_hostile);
    }
  g_test_add_func ("/json/accepted", test_accepted);
  g_test_add_func ("/json/numbers", test_numbers);
  g_test_add_func ("/json/depth", test_depth);
  g_test_add_func ("/json/size", test_size);
  g_test_add_func ("/json/too-many-values", test_too_many_values);
  g_test_add_func ("/json/truncations", test_truncations);
  g_test_add_func ("/json/every-byte-replaced", test_every_byte_replaced);
  g_test_add_func ("/json/error-tells-nothing", test_error_tells_nothing);
  g_test_add_func ("/json/required-members", test_required_members);
  g_test_add_func ("/json/optional-members", test_optional_members);
  g_test_add_func ("/json/ranges", test_ranges);
  g_test_add_func ("/json/elements", test_elements);
  g_test_add_func ("/json/long-strings", test_long_strings);
  g_test_add_func ("/json/node-object", test_node_object);
  g_test_add_func ("/json/bytes", test_bytes);
  return g_test_run ();
}
