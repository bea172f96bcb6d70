/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What is new in a log that is read whole each time.
 */

#include "config.h"

#include "easel-vast-log-tail.h"

#include <string.h>

static void
on_line (const char *line, gpointer user_data)
{
  GString *told = user_data;

  g_string_append_printf (told, "[%s]", line);
}

static void
feed (EaselVastLogTail *tail, const char *text, const char *expected)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (GString) told = g_string_new (NULL);

  easel_vast_log_tail_feed (tail, bytes, on_line, told);
  g_assert_cmpstr (told->str, ==, expected);
}

static void
test_grows (void)
{
  g_autoptr (EaselVastLogTail) tail = easel_vast_log_tail_new ();

  feed (tail, "", "");
  feed (tail, "a\nb\n", "[a][b]");
  feed (tail, "a\nb\n", "");
  feed (tail, "a\nb\nc\n", "[c]");
  feed (tail, "a\nb\nc\nd\r\ne\n", "[d][e]");
}

/* Only the last lines are given: the beginning goes. */
static void
test_loses_its_beginning (void)
{
  g_autoptr (EaselVastLogTail) tail = easel_vast_log_tail_new ();

  feed (tail, "a\nb\nc\nd\n", "[a][b][c][d]");
  feed (tail, "c\nd\ne\nf\n", "[e][f]");
  feed (tail, "f\ng\nh\ni\n", "[g][h][i]");
  /* Nothing in common: it went too fast, or a new container writes. */
  feed (tail, "w\nx\ny\n", "[w][x][y]");
  feed (tail, "", "");
}

static void
test_repeats_itself (void)
{
  g_autoptr (EaselVastLogTail) tail = easel_vast_log_tail_new ();

  feed (tail, "a\na\na\n", "[a][a][a]");
  feed (tail, "a\na\na\na\n", "[a]");
  feed (tail, "a\nb\na\nb\n", "[b][a][b]");
  feed (tail, "a\nb\na\nb\na\n", "[a]");
}

static void
test_unfinished_line (void)
{
  g_autoptr (EaselVastLogTail) tail = easel_vast_log_tail_new ();

  feed (tail, "a\n10%", "[a][10%]");
  feed (tail, "a\n10%", "");
  feed (tail, "a\n20%", "[20%]");
  feed (tail, "a\n20%\nb\n", "[b]");
  feed (tail, "a\n20%\nb\nc", "[c]");
  /* It was finished differently. */
  feed (tail, "a\n20%\nb\ncd\ne", "[cd][e]");
}

static void
test_blank_lines (void)
{
  g_autoptr (EaselVastLogTail) tail = easel_vast_log_tail_new ();

  feed (tail, "\n\n  \na\n\n", "[a]");
  feed (tail, "\n\n  \na\n\n\nb\n", "[b]");
}

static void
test_odd_bytes (void)
{
  static const char text[] = "a\0b\n\xff\xfe\nc";
  g_autoptr (EaselVastLogTail) tail = easel_vast_log_tail_new ();
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, sizeof text - 1);
  g_autoptr (GString) told = g_string_new (NULL);

  easel_vast_log_tail_feed (tail, bytes, on_line, told);
  g_assert_true (g_utf8_validate (told->str, -1, NULL));
  g_assert_true (g_str_has_prefix (told->str, "[a"));
  g_assert_true (g_str_has_suffix (told->str, "[c]"));
}

static void
test_long_lines (void)
{
  g_autoptr (EaselVastLogTail) tail = easel_vast_log_tail_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GString) told = g_string_new (NULL);
  g_autoptr (GBytes) bytes = NULL;

  for (guint i = 0; i < 5000; i++)
    g_string_append (text, "漢");
  g_string_append (text, "end\n");
  bytes = g_bytes_new_static (text->str, text->len);
  easel_vast_log_tail_feed (tail, bytes, on_line, told);
  g_assert_cmpuint (told->len, <=, EASEL_VAST_MAX_LINE + 2);
  g_assert_true (g_str_has_suffix (told->str, "end]"));
  g_assert_true (g_utf8_validate (told->str, -1, NULL));
}

/* A hostile log may cost some time, never much. */
static void
test_many_equal_long_lines (void)
{
  g_autoptr (EaselVastLogTail) tail = easel_vast_log_tail_new ();
  g_autofree char *line = g_strnfill (1000, 'x');
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GString) told = g_string_new (NULL);
  gint64 began = g_get_monotonic_time ();

  for (guint i = 0; i < 2000; i++)
    g_string_append_printf (text, "%s\n", line);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GBytes) bytes = NULL;

      g_string_append_printf (text, "%s%u\n", line, i);
      bytes = g_bytes_new (text->str, text->len);
      easel_vast_log_tail_feed (tail, bytes, on_line, told);
    }
  g_assert_cmpint (g_get_monotonic_time () - began, <, 5 * G_USEC_PER_SEC);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/vast-log-tail/grows", test_grows);
  g_test_add_func ("/vast-log-tail/loses-its-beginning", test_loses_its_beginning);
  g_test_add_func ("/vast-log-tail/repeats-itself", test_repeats_itself);
  g_test_add_func ("/vast-log-tail/unfinished-line", test_unfinished_line);
  g_test_add_func ("/vast-log-tail/blank-lines", test_blank_lines);
  g_test_add_func ("/vast-log-tail/odd-bytes", test_odd_bytes);
  g_test_add_func ("/vast-log-tail/long-lines", test_long_lines);
  g_test_add_func ("/vast-log-tail/many-equal-long-lines", test_many_equal_long_lines);

  return g_test_run ();
}
