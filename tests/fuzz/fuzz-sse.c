/* SPDX-License-Identifier: GPL-3.0-or-later */
/* However the bytes are cut into pieces, the events are the same, and their texts are UTF-8. */
#include "config.h"

#include "fuzz.h"

#include "easel-sse.h"

static void
note_event (const char *id, const char *event, const char *data, gpointer user_data)
{
  g_assert_true (g_utf8_validate (id, -1, NULL));
  g_assert_true (g_utf8_validate (event, -1, NULL));
  g_assert_true (g_utf8_validate (data, -1, NULL));
  g_string_append_printf (user_data, "%s\t%s\t%s\n", id, event, data);
}

static char *
parse (const uint8_t *data, size_t size, size_t piece)
{
  GString *log = g_string_new (NULL);
  EaselSseParser *parser = easel_sse_parser_new (note_event, log);

  for (size_t at = 0; at < size; at += piece)
    easel_sse_parser_feed (parser, data + at, MIN (piece, size - at));
  easel_sse_parser_free (parser);
  return g_string_free (log, FALSE);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *whole = parse (data, size, size > 0 ? size : 1);
  g_autofree char *bytes = parse (data, size, 1);
  g_autofree char *pieces = parse (data, size, 1 + (size > 0 ? data[0] : 0));

  g_assert_cmpstr (whole, ==, bytes);
  g_assert_cmpstr (whole, ==, pieces);
  return 0;
}
