/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "easel-sse.h"

#include <string.h>

static void
note_event (const char *id, const char *event, const char *data, gpointer user_data)
{
  GString *log = user_data;

  g_assert_true (g_utf8_validate (id, -1, NULL));
  g_assert_true (g_utf8_validate (event, -1, NULL));
  g_assert_true (g_utf8_validate (data, -1, NULL));
  g_string_append_printf (log, "[%s|%s|%s]", id, event, data);
}

/* Feeds the text in two pieces, or byte by byte if the cut is beyond it. */
static char *
parse_cut (const char *text, gsize length, gsize cut)
{
  GString *log = g_string_new (NULL);
  g_autoptr (EaselSseParser) parser = easel_sse_parser_new (note_event, log);

  if (cut <= length)
    {
      easel_sse_parser_feed (parser, text, cut);
      easel_sse_parser_feed (parser, text + cut, length - cut);
    }
  else
    {
      for (gsize i = 0; i < length; i++)
        easel_sse_parser_feed (parser, text + i, 1);
    }
  return g_string_free (log, FALSE);
}

static const struct
{
  const char *name;
  const char *text;
  gsize length; /* 0: up to the NUL */
  const char *expected;
} streams[] = {
  { "simple", "data: a\n\n", 0, "[|message|a]" },
  { "two-lines", "data: a\ndata: b\n\n", 0, "[|message|a\nb]" },
  { "no-space", "data:a\n\n", 0, "[|message|a]" },
  { "only-one-space-goes", "data:  a\n\n", 0, "[|message| a]" },
  { "carriage-returns", "data: a\rdata: b\r\r", 0, "[|message|a\nb]" },
  { "both", "data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n", 0, "[|message|a\nb][|message|c]" },
  { "mixed", "data: a\r\n\ndata: b\n\r\ndata: c\r\r\n", 0, "[|message|a][|message|b][|message|c]" },
  { "event-and-id", "event: log\nid: 7\ndata: x\n\ndata: y\n\n", 0, "[7|log|x][7|message|y]" },
  { "id-reset", "id: 7\ndata: x\n\nid\ndata: y\n\n", 0, "[7|message|x][|message|y]" },
  { "id-without-data", "id: 9\n\ndata: y\n\n", 0, "[9|message|y]" },
  { "event-without-data", "event: log\n\ndata: y\n\n", 0, "[|message|y]" },
  { "comment", ": keep-alive\n\n:\ndata: a\n: x\n\n", 0, "[|message|a]" },
  { "unknown-fields", "retry: 10\nfoo: bar\ndatax: 1\nDATA: 2\ndata: a\n\n", 0, "[|message|a]" },
  { "empty-data", "data\n\ndata:\n\n", 0, "[|message|][|message|]" },
  { "two-empty-data", "data\ndata\n\n", 0, "[|message|\n]" },
  { "colon-inside", "data: a: b\n\n", 0, "[|message|a: b]" },
  { "byte-order-mark",
    "\xef\xbb\xbf"
    "data: a\n\n",
    0, "[|message|a]" },
  { "byte-order-mark-later",
    "data: a\n\n\xef\xbb\xbf"
    "data: b\n\n",
    0, "[|message|a]" },
  { "unfinished", "data: a\n\ndata: b\n", 0, "[|message|a]" },
  { "unfinished-line", "data: a\n\ndata: b", 0, "[|message|a]" },
  { "only-blank", "\n\n\r\r\n", 0, "" },
  { "utf8", "data: \xc3\xa9\xf0\x9f\x8e\xa8\n\n", 0, "[|message|\xc3\xa9\xf0\x9f\x8e\xa8]" },
  { "bad-utf8",
    "data: a\xff"
    "b\n\n",
    0, "[|message|a\357\277\275b]" },
  { "nul-in-data", "data: a\0b\n\n", 11, "[|message|a\357\277\275b]" },
  { "nul-in-id", "id: a\0b\ndata: x\n\n", 17, "[|message|x]" },
  { "terminal-escapes", "data: \033[31mred\033[0m\n\n", 0, "[|message|\033[31mred\033[0m]" },
};

static void
test_every_split_point (gconstpointer data)
{
  gsize row = GPOINTER_TO_SIZE (data);
  const char *text = streams[row].text;
  gsize length = streams[row].length > 0 ? streams[row].length : strlen (text);

  for (gsize cut = 0; cut <= length + 1; cut++)
    {
      g_autofree char *log = parse_cut (text, length, cut);

      g_assert_cmpstr (log, ==, streams[row].expected);
    }
}

static void
test_three_pieces (void)
{
  static const char text[] =
      "\xef\xbb\xbfid: 1\r\nevent: \xc3\xa9\r\ndata: x\r\n\r\n: c\rdata:y\n\n";
  static const char expected[] = "[1|\xc3\xa9|x][1|message|y]";
  gsize length = sizeof text - 1;

  for (gsize first = 0; first <= length; first++)
    {
      for (gsize second = first; second <= length; second++)
        {
          GString *log = g_string_new (NULL);
          EaselSseParser *parser = easel_sse_parser_new (note_event, log);

          easel_sse_parser_feed (parser, text, first);
          easel_sse_parser_feed (parser, text + first, second - first);
          easel_sse_parser_feed (parser, text + second, length - second);
          easel_sse_parser_free (parser);
          g_assert_cmpstr (log->str, ==, expected);
          g_string_free (log, TRUE);
        }
    }
}

static char *
parse_lines (gsize line_length, gsize piece)
{
  GString *text = g_string_new ("data: ");
  GString *log = g_string_new (NULL);
  EaselSseParser *parser = easel_sse_parser_new (note_event, log);

  while (text->len < line_length)
    g_string_append_c (text, 'x');
  g_string_append (text, "\ndata: end\n\n");
  for (gsize at = 0; at < text->len; at += piece)
    easel_sse_parser_feed (parser, text->str + at, MIN (piece, text->len - at));
  easel_sse_parser_free (parser);
  g_string_free (text, TRUE);
  return g_string_free (log, FALSE);
}

static void
test_long_lines_are_dropped (void)
{
  static const gsize pieces[] = { 1, 7, 4096, 65535, 65536, 65537, 1 << 20 };

  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      g_autofree char *just = parse_lines (64 * 1024, pieces[i]);
      g_autofree char *over = parse_lines (64 * 1024 + 1, pieces[i]);
      g_autofree char *far_over = parse_lines (300 * 1024, pieces[i]);

      g_assert_cmpuint (strlen (just), ==, 64 * 1024 - 6 + strlen ("[|message|\nend]"));
      g_assert_cmpstr (over, ==, "[|message|end]");
      g_assert_cmpstr (far_over, ==, "[|message|end]");
    }
}

static void
test_endless_event_is_dropped (void)
{
  GString *log = g_string_new (NULL);
  g_autoptr (EaselSseParser) parser = easel_sse_parser_new (note_event, log);
  static const char line[] = "data: a line of the log, and another one, and more\n";

  for (guint i = 0; i < 100000; i++)
    easel_sse_parser_feed (parser, line, sizeof line - 1);
  easel_sse_parser_feed (parser, "\ndata: after\n\n", 14);
  g_assert_cmpstr (log->str, ==, "[|message|after]");
  g_string_free (log, TRUE);
}

static void
test_nothing (void)
{
  GString *log = g_string_new (NULL);
  g_autoptr (EaselSseParser) parser = easel_sse_parser_new (note_event, log);

  easel_sse_parser_feed (parser, NULL, 0);
  easel_sse_parser_feed (parser, "", 0);
  easel_sse_parser_free (NULL);
  g_assert_cmpstr (log->str, ==, "");
  g_string_free (log, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (streams); i++)
    {
      g_autofree char *path = g_strconcat ("/sse/every-split-point/", streams[i].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_every_split_point);
    }
  g_test_add_func ("/sse/three-pieces", test_three_pieces);
  g_test_add_func ("/sse/long-lines-are-dropped", test_long_lines_are_dropped);
  g_test_add_func ("/sse/endless-event-is-dropped", test_endless_event_is_dropped);
  g_test_add_func ("/sse/nothing", test_nothing);
  return g_test_run ();
}
