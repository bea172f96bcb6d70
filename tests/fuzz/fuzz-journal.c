/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A journal of any bytes is read to its end; what was understood is written, read again and then
 * stays the same. A line that begins with “+” gets its checksum here, as no fuzzer finds one. */
#include "config.h"

#include "fuzz.h"

#include "easel-journal-private.h"
#include "easel-journal-record-private.h"

#include <string.h>

static char *
with_checksums (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  GString *result = g_string_new (NULL);

  for (gsize i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *line = lines[i][0] == '+' ? _easel_journal_line (lines[i] + 1) : NULL;

      g_string_append (result, line != NULL ? line : lines[i]);
      if (line == NULL && lines[i + 1] != NULL)
        g_string_append_c (result, '\n');
    }
  return g_string_free (result, FALSE);
}

static char *
read_and_write (const char *text, guint *ret_n_damaged)
{
  g_autoptr (EaselJournal) journal = easel_journal_new ("/nonexistent");
  g_autofree char *copy = g_strdup (text);
  guint n_lines;

  g_assert_cmpuint (_easel_journal_load_text (journal, copy), <=, strlen (text));
  *ret_n_damaged = easel_journal_get_n_damaged (journal);
  return _easel_journal_dup_text (journal, &n_lines);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *bytes = g_strndup ((const char *) data, size);
  g_autofree char *text = with_checksums (bytes);
  g_autofree char *once = NULL;
  g_autofree char *twice = NULL;
  guint n_damaged;

  once = read_and_write (text, &n_damaged);
  twice = read_and_write (once, &n_damaged);
  g_assert_cmpuint (n_damaged, ==, 0);
  g_assert_cmpstr (once, ==, twice);
  return 0;
}
