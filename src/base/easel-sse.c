/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Server-sent events out of bytes, as the WHATWG text describes them. The same bytes give the
 * same events however they are cut into pieces. It reads no stream and knows no server; what an
 * event means is its caller's business.
 */
#include "config.h"

#include "easel-sse.h"

#include <string.h>

#define MAX_LINE (64 * 1024)
#define MAX_EVENT (1024 * 1024)

struct _EaselSseParser
{
  EaselSseFunc func;
  gpointer user_data;
  GString *line;  /* (owned) */
  GString *data;  /* (owned): each line with its line end */
  GString *event; /* (owned) */
  GString *id;    /* (owned) */
  gboolean line_too_long;
  gboolean event_too_long;
  gboolean after_cr;
  gboolean begun;
};

/**
 * easel_sse_parser_new:
 * @func: called once per event, with the last id ("" before the first), the event's name
 *   ("message" if none was given) and its data; all valid UTF-8. It must not free the parser.
 * @user_data: for @func
 *
 * Returns: (transfer full): a parser at the beginning of a stream
 */
EaselSseParser *
easel_sse_parser_new (EaselSseFunc func, gpointer user_data)
{
  EaselSseParser *self;

  g_return_val_if_fail (func != NULL, NULL);

  self = g_new0 (EaselSseParser, 1);
  self->func = func;
  self->user_data = user_data;
  self->line = g_string_new (NULL);
  self->data = g_string_new (NULL);
  self->event = g_string_new (NULL);
  self->id = g_string_new (NULL);
  return self;
}

static void
dispatch (EaselSseParser *self)
{
  if (self->data->len > 0 && !self->event_too_long)
    {
      g_string_truncate (self->data, self->data->len - 1);
      self->func (self->id->str, self->event->len > 0 ? self->event->str : "message",
                  self->data->str, self->user_data);
    }
  g_string_truncate (self->data, 0);
  g_string_truncate (self->event, 0);
  self->event_too_long = FALSE;
}

static void
append_data (EaselSseParser *self, const char *value)
{
  gsize length = strlen (value);

  if (self->data->len + length + 1 > MAX_EVENT)
    self->event_too_long = TRUE;
  if (self->event_too_long)
    return;
  g_string_append_len (self->data, value, length);
  g_string_append_c (self->data, '\n');
}

static void
process_field (EaselSseParser *self,
               const char *name,
               gsize name_length,
               const char *bytes,
               gsize length)
{
  g_autofree char *value = g_utf8_make_valid (bytes, length);

  if (name_length == 4 && memcmp (name, "data", 4) == 0)
    append_data (self, value);
  else if (name_length == 5 && memcmp (name, "event", 5) == 0)
    g_string_assign (self->event, value);
  else if (name_length == 2 && memcmp (name, "id", 2) == 0 && memchr (bytes, '\0', length) == NULL)
    g_string_assign (self->id, value);
}

static void
process_line (EaselSseParser *self)
{
  const char *line = self->line->str;
  gsize length = self->line->len;
  const char *colon = memchr (line, ':', length);
  gsize name_length = colon != NULL ? (gsize) (colon - line) : length;
  gsize value_offset = colon != NULL ? name_length + 1 : length;

  if (length == 0)
    {
      dispatch (self);
      return;
    }
  if (value_offset < length && line[value_offset] == ' ')
    value_offset++;
  process_field (self, line, name_length, line + value_offset, length - value_offset);
}

static void
end_line (EaselSseParser *self)
{
  if (!self->begun)
    {
      self->begun = TRUE;
      if (self->line->len >= 3 && memcmp (self->line->str, "\xef\xbb\xbf", 3) == 0)
        g_string_erase (self->line, 0, 3);
    }
  if (!self->line_too_long)
    process_line (self);
  self->line_too_long = FALSE;
  g_string_truncate (self->line, 0);
}

static void
append_to_line (EaselSseParser *self, const char *bytes, gsize length)
{
  if (self->line_too_long)
    return;
  if (self->line->len + length > MAX_LINE)
    {
      self->line_too_long = TRUE;
      g_string_truncate (self->line, 0);
      return;
    }
  g_string_append_len (self->line, bytes, length);
}

/**
 * easel_sse_parser_feed:
 * @data: what arrived
 * @length: in bytes
 *
 * Never fails. Lines above 64 KiB are dropped, and whole events above 1 MiB.
 */
void
easel_sse_parser_feed (EaselSseParser *self, const void *data, gsize length)
{
  const char *bytes = data;
  gsize start = 0;

  g_return_if_fail (self != NULL);
  g_return_if_fail (data != NULL || length == 0);

  for (gsize i = 0; i < length; i++)
    {
      gboolean swallow = self->after_cr && bytes[i] == '\n';

      self->after_cr = bytes[i] == '\r';
      if (bytes[i] != '\r' && bytes[i] != '\n')
        continue;
      if (!swallow)
        {
          append_to_line (self, bytes + start, i - start);
          end_line (self);
        }
      start = i + 1;
    }
  if (start < length)
    append_to_line (self, bytes + start, length - start);
}

/**
 * easel_sse_parser_free:
 *
 * An event without its blank line at the end of the stream is dropped, as the text says.
 */
void
easel_sse_parser_free (EaselSseParser *self)
{
  if (self == NULL)
    return;
  g_string_free (self->line, TRUE);
  g_string_free (self->data, TRUE);
  g_string_free (self->event, TRUE);
  g_string_free (self->id, TRUE);
  g_free (self);
}
