/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * vast.ai gives no stream of a log but its last lines as a file, whole each time. This finds the
 * lines that the last file did not have: the longest end of the old file that is the beginning of
 * the new one is what both have in common. The last line may be unfinished and is compared alone.
 */

#include "config.h"

#include "easel-vast-log-tail.h"

#include <string.h>

/* More than is asked for; a longer answer loses its beginning. */
#define MAX_LINES 2000

struct _EaselVastLogTail
{
  char **lines;  /* (owned): whole lines of the last file */
  guint n_lines; /* of @lines */
  char *rest;    /* (owned): what stood behind the last line end */
};

/**
 * easel_vast_log_tail_new:
 *
 * Returns: (transfer full): a tail for which every line is new
 */
EaselVastLogTail *
easel_vast_log_tail_new (void)
{
  EaselVastLogTail *self = g_new0 (EaselVastLogTail, 1);

  self->lines = g_new0 (char *, 1);
  self->rest = g_strdup ("");
  return self;
}

/**
 * easel_vast_log_tail_free:
 * @self: (transfer full) (nullable): a tail
 *
 * Frees it.
 */
void
easel_vast_log_tail_free (EaselVastLogTail *self)
{
  if (self == NULL)
    return;
  g_strfreev (self->lines);
  g_free (self->rest);
  g_free (self);
}

/* A number for each different line, so that a log full of equal long lines costs no time. */
static guint *
number_lines (GHashTable *numbers, char **lines, guint n_lines)
{
  guint *result = g_new (guint, MAX (n_lines, 1));

  for (guint i = 0; i < n_lines; i++)
    {
      gpointer number = g_hash_table_lookup (numbers, lines[i]);

      if (number == NULL)
        {
          number = GUINT_TO_POINTER (g_hash_table_size (numbers) + 1);
          g_hash_table_insert (numbers, lines[i], number);
        }
      result[i] = GPOINTER_TO_UINT (number);
    }
  return result;
}

/* The longest end of the old lines with which the new ones begin. */
static guint
count_common (EaselVastLogTail *self, char **lines, guint n_lines)
{
  g_autoptr (GHashTable) numbers = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree guint *old = number_lines (numbers, self->lines, self->n_lines);
  g_autofree guint *new = number_lines (numbers, lines, n_lines);

  for (guint n = MIN (self->n_lines, n_lines); n > 0; n--)
    if (memcmp (old + self->n_lines - n, new, n * sizeof (guint)) == 0)
      return n;
  return 0;
}

static const char *
end_of (const char *line)
{
  gsize length = strlen (line);

  if (length <= EASEL_VAST_MAX_LINE)
    return line;
  line += length - EASEL_VAST_MAX_LINE;
  while (((guchar) *line & 0xc0) == 0x80)
    line++;
  return line;
}

static void
tell (const char *line, EaselVastLineFunc func, gpointer user_data)
{
  g_autofree char *clean = g_strdup (end_of (line));

  g_strchomp (clean);
  if (*clean != '\0')
    func (clean, user_data);
}

/* Valid text whatever the file holds; a NUL would end it early. */
static char **
split (GBytes *text)
{
  gsize length = 0;
  const char *data = g_bytes_get_data (text, &length);
  g_autofree char *copy = length > 0 ? g_memdup2 (data, length) : NULL;
  g_autofree char *valid = NULL;

  for (gsize i = 0; i < length; i++)
    if (copy[i] == '\0')
      copy[i] = ' ';
  valid = g_utf8_make_valid (copy != NULL ? copy : "", (gssize) length);
  return g_strsplit (valid, "\n", -1);
}

/**
 * easel_vast_log_tail_feed:
 * @self: a tail
 * @text: the file as it is now
 * @func: called for each line that is new, in order; the line is valid UTF-8 and not empty
 * @user_data: for @func
 */
void
easel_vast_log_tail_feed (EaselVastLogTail *self,
                          GBytes *text,
                          EaselVastLineFunc func,
                          gpointer user_data)
{
  g_auto (GStrv) pieces = NULL;
  g_autoptr (GPtrArray) whole = NULL;
  g_autofree char *rest = NULL;
  guint n_pieces, first, n_common;

  g_return_if_fail (self != NULL && text != NULL && func != NULL);

  pieces = split (text);
  n_pieces = g_strv_length (pieces);
  rest = g_strdup (n_pieces > 0 ? pieces[n_pieces - 1] : "");
  first = n_pieces > MAX_LINES ? n_pieces - MAX_LINES : 0;
  whole = g_ptr_array_new_with_free_func (g_free);
  for (guint i = first; i + 1 < n_pieces; i++)
    g_ptr_array_add (whole, g_strdup (pieces[i]));
  n_common = count_common (self, (char **) whole->pdata, whole->len);
  for (guint i = n_common; i < whole->len; i++)
    {
      const char *line = g_ptr_array_index (whole, i);

      /* It was told when it was not yet finished. */
      if (i > n_common || strcmp (line, self->rest) != 0 || *self->rest == '\0')
        tell (line, func, user_data);
    }
  if (strcmp (rest, self->rest) != 0 || whole->len > n_common)
    tell (rest, func, user_data);

  g_strfreev (self->lines);
  self->n_lines = whole->len;
  g_ptr_array_add (whole, NULL);
  self->lines = (char **) g_ptr_array_free (g_steal_pointer (&whole), FALSE);
  g_free (self->rest);
  self->rest = g_steal_pointer (&rest);
}
