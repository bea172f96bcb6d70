/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The guard in front of json-glib 1.6, which overflows its stack on deep nesting, reads numbers
 * that do not fit as -1 and accepts things that are not JSON. This scanner knows the grammar of
 * RFC 8259, keeps its nesting in an array instead of on the stack, and builds nothing.
 */
#include "config.h"

#include "easel-json-private.h"

#include "easel-error.h"
#include "easel-json.h"

#include <math.h>
#include <string.h>

/* Bounds the memory of the tree: a million brackets fit into a body of two megabytes. */
#define MAX_VALUES 1000000

typedef struct
{
  char *text;
  gsize length;
  gsize position;
  gsize n_values;
  guint depth;
  char closers[EASEL_JSON_MAX_DEPTH];
  const char *complaint; /* (nullable): first one wins */
} Scanner;

static gboolean
complain (Scanner *scanner, const char *complaint)
{
  if (scanner->complaint == NULL)
    scanner->complaint = complaint;
  return FALSE;
}

/* 0 at the end: a real NUL is refused wherever it stands, so the two need not be told apart. */
static char
peek (const Scanner *scanner)
{
  return scanner->position < scanner->length ? scanner->text[scanner->position] : '\0';
}

static gboolean
accept (Scanner *scanner, char c)
{
  if (peek (scanner) != c || scanner->position >= scanner->length)
    return FALSE;
  scanner->position++;
  return TRUE;
}

static void
skip_blanks (Scanner *scanner)
{
  char c = peek (scanner);

  while (c == ' ' || c == '\t' || c == '\r' || c == '\n')
    {
      scanner->position++;
      c = peek (scanner);
    }
}

static int
read_hex_unit (const Scanner *scanner, gsize at)
{
  int unit = 0;

  if (at + 4 > scanner->length)
    return -1;
  for (gsize i = at; i < at + 4; i++)
    {
      int digit = g_ascii_xdigit_value (scanner->text[i]);

      if (digit < 0)
        return -1;
      unit = unit * 16 + digit;
    }
  return unit;
}

static gboolean
low_surrogate_follows (const Scanner *scanner)
{
  gsize at = scanner->position;
  int unit;

  if (at + 6 > scanner->length || scanner->text[at] != '\\' || scanner->text[at + 1] != 'u')
    return FALSE;
  unit = read_hex_unit (scanner, at + 2);
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/* A text cut through an emoji arrives as half a pair, and \u0000 would end a C string early; both
 * become the replacement character rather than the loss of the whole answer. */
static gboolean
scan_unicode_escape (Scanner *scanner)
{
  gsize at = scanner->position;
  int unit = read_hex_unit (scanner, at);

  if (unit < 0)
    return complain (scanner, "bad \\u escape");
  scanner->position += 4;
  if (unit >= 0xd800 && unit <= 0xdbff && low_surrogate_follows (scanner))
    scanner->position += 6;
  else if (unit == 0 || (unit >= 0xd800 && unit <= 0xdfff))
    memcpy (scanner->text + at, "fffd", 4);
  return TRUE;
}

static gboolean
scan_string (Scanner *scanner)
{
  if (!accept (scanner, '"'))
    return complain (scanner, "a string was expected");
  while (scanner->position < scanner->length)
    {
      guchar c = scanner->text[scanner->position++];

      if (c == '"')
        return TRUE;
      if (c < 0x20)
        return complain (scanner, "control character in a string");
      if (c != '\\')
        continue;
      c = peek (scanner);
      if (c != '\0')
        scanner->position++;
      if (c == '\0' || strchr ("\"\\/bfnrtu", c) == NULL)
        return complain (scanner, "bad escape");
      if (c == 'u' && !scan_unicode_escape (scanner))
        return FALSE;
    }
  return complain (scanner, "string without end");
}

static gboolean
scan_digits (Scanner *scanner)
{
  if (!g_ascii_isdigit (peek (scanner)))
    return complain (scanner, "a digit was expected");
  while (g_ascii_isdigit (peek (scanner)))
    scanner->position++;
  return TRUE;
}

static gboolean
check_number (Scanner *scanner, gsize start, gboolean whole)
{
  char buffer[64];
  gsize length = scanner->position - start;

  if (length >= sizeof buffer)
    return complain (scanner, "number too long");
  memcpy (buffer, scanner->text + start, length);
  buffer[length] = '\0';
  if (whole && !g_ascii_string_to_signed (buffer, 10, G_MININT64, G_MAXINT64, NULL, NULL))
    return complain (scanner, "number out of range");
  if (!whole && !isfinite (g_ascii_strtod (buffer, NULL)))
    return complain (scanner, "number out of range");
  return TRUE;
}

static gboolean
scan_number (Scanner *scanner)
{
  gsize start = scanner->position;
  gboolean whole = TRUE;

  (void) accept (scanner, '-');
  if (!accept (scanner, '0') && !scan_digits (scanner))
    return FALSE;
  if (accept (scanner, '.'))
    {
      whole = FALSE;
      if (!scan_digits (scanner))
        return FALSE;
    }
  if (accept (scanner, 'e') || accept (scanner, 'E'))
    {
      whole = FALSE;
      if (!accept (scanner, '+'))
        (void) accept (scanner, '-');
      if (!scan_digits (scanner))
        return FALSE;
    }
  return check_number (scanner, start, whole);
}

static gboolean
scan_word (Scanner *scanner)
{
  static const char *const words[] = { "true", "false", "null" };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      gsize length = strlen (words[i]);

      if (scanner->length - scanner->position >= length &&
          memcmp (scanner->text + scanner->position, words[i], length) == 0)
        {
          scanner->position += length;
          return TRUE;
        }
    }
  return complain (scanner, "a value was expected");
}

static gboolean
scan_plain (Scanner *scanner)
{
  char c = peek (scanner);

  if (c == '"')
    return scan_string (scanner);
  if (c == '-' || g_ascii_isdigit (c))
    return scan_number (scanner);
  return scan_word (scanner);
}

static gboolean
scan_key (Scanner *scanner)
{
  skip_blanks (scanner);
  if (!scan_string (scanner))
    return FALSE;
  skip_blanks (scanner);
  if (!accept (scanner, ':'))
    return complain (scanner, "a colon was expected");
  return TRUE;
}

/* What follows a complete value: a comma, or the end of one level or several. */
static gboolean
scan_after_value (Scanner *scanner)
{
  while (scanner->depth > 0)
    {
      char closer = scanner->closers[scanner->depth - 1];

      skip_blanks (scanner);
      if (accept (scanner, ','))
        return closer != '}' || scan_key (scanner);
      if (!accept (scanner, closer))
        return complain (scanner, "a comma or a bracket was expected");
      scanner->depth--;
    }
  return TRUE;
}

/* Goes one level down if a bracket opens here and the level is not empty. */
static gboolean
scan_open (Scanner *scanner, gboolean *ret_opened)
{
  char c = peek (scanner);
  char closer = c == '{' ? '}' : ']';

  *ret_opened = FALSE;
  if (c != '{' && c != '[')
    return scan_plain (scanner);
  if (scanner->depth == EASEL_JSON_MAX_DEPTH)
    return complain (scanner, "nested too deeply");
  scanner->position++;
  skip_blanks (scanner);
  if (accept (scanner, closer))
    return TRUE;
  scanner->closers[scanner->depth++] = closer;
  *ret_opened = TRUE;
  return c != '{' || scan_key (scanner);
}

static gboolean
scan_document (Scanner *scanner)
{
  do
    {
      gboolean opened;

      skip_blanks (scanner);
      if (++scanner->n_values > MAX_VALUES)
        return complain (scanner, "too many values");
      if (!scan_open (scanner, &opened))
        return FALSE;
      if (!opened && !scan_after_value (scanner))
        return FALSE;
    }
  while (scanner->depth > 0);
  skip_blanks (scanner);
  if (scanner->position < scanner->length)
    return complain (scanner, "something follows the end");
  return TRUE;
}

gboolean
_easel_json_scan (char *text, gsize length, GError **error)
{
  Scanner scanner = { .text = text, .length = length };
  const char *bad;

  g_assert (text != NULL || length == 0);

  if (!g_utf8_validate_len (text, length, &bad))
    {
      easel_set_error (error, EASEL_ERROR_PROTOCOL, "JSON: not UTF-8 at byte %" G_GSIZE_FORMAT,
                       (gsize) (bad - text));
      return FALSE;
    }
  if (!scan_document (&scanner))
    {
      easel_set_error (error, EASEL_ERROR_PROTOCOL, "JSON: %s near byte %" G_GSIZE_FORMAT,
                       scanner.complaint, MIN (scanner.position, length));
      return FALSE;
    }
  return TRUE;
}
