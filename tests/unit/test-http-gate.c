/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a server that was asked too often is left alone. */
#include "config.h"

#include "easel-http-gate.h"

#define SERVER "api.example.com:443"
#define SECOND 1000

static gint64
enter (EaselHttpGate *gate, gint64 now_ms)
{
  gboolean is_first;

  return easel_http_gate_enter (gate, SERVER, TRUE, now_ms, &is_first);
}

static void
test_open (void)
{
  g_autoptr (EaselHttpGate) gate = easel_http_gate_new ();
  gboolean is_first;

  g_assert_cmpint (easel_http_gate_enter (gate, SERVER, TRUE, 0, &is_first), ==, 0);
  g_assert_false (is_first);
  easel_http_gate_take_answer (gate, SERVER, FALSE);
  g_assert_cmpint (enter (gate, 0), ==, 0);
}

static void
test_named_time (void)
{
  g_autoptr (EaselHttpGate) gate = easel_http_gate_new ();
  gboolean is_first;

  easel_http_gate_take_refusal (gate, SERVER, FALSE, 20 * SECOND, 0);
  g_assert_cmpint (enter (gate, 0), ==, 20 * SECOND);
  g_assert_cmpint (enter (gate, 19 * SECOND), ==, SECOND);
  g_assert_cmpint (easel_http_gate_enter (gate, "other:443", TRUE, 0, &is_first), ==, 0);

  /* One tries, the others wait for what it hears; what was on its way before says nothing. */
  g_assert_cmpint (easel_http_gate_enter (gate, SERVER, TRUE, 20 * SECOND, &is_first), ==, 0);
  g_assert_true (is_first);
  g_assert_cmpint (enter (gate, 20 * SECOND), >, 0);
  easel_http_gate_take_answer (gate, SERVER, FALSE);
  g_assert_cmpint (enter (gate, 20 * SECOND), >, 0);
  easel_http_gate_take_answer (gate, SERVER, TRUE);
  g_assert_cmpint (enter (gate, 20 * SECOND), ==, 0);
}

static void
test_no_answer_lets_the_next_try (void)
{
  g_autoptr (EaselHttpGate) gate = easel_http_gate_new ();
  gboolean is_first;

  easel_http_gate_take_refusal (gate, SERVER, FALSE, SECOND, 0);
  g_assert_cmpint (easel_http_gate_enter (gate, SERVER, TRUE, SECOND, &is_first), ==, 0);
  easel_http_gate_leave (gate, SERVER, is_first);
  g_assert_cmpint (easel_http_gate_enter (gate, SERVER, TRUE, SECOND, &is_first), ==, 0);
  g_assert_true (is_first);
}

/* However many want something all the time. */
static void
test_at_most_eight_a_minute (void)
{
  g_autoptr (EaselHttpGate) gate = easel_http_gate_new ();
  guint n_sent = 0;

  for (guint together = 0; together < 20; together++)
    n_sent += enter (gate, 0) == 0;
  for (guint together = n_sent; together > 0; together--)
    easel_http_gate_take_refusal (gate, SERVER, FALSE, -1, 0);
  for (gint64 now = 1; now < 60 * SECOND; now += 100)
    {
      gboolean is_first;

      if (easel_http_gate_enter (gate, SERVER, TRUE, now, &is_first) > 0)
        continue;
      n_sent++;
      easel_http_gate_take_refusal (gate, SERVER, is_first, -1, now);
    }
  g_assert_cmpuint (n_sent, <=, 8);
  g_assert_cmpuint (n_sent, >=, 5);
}

/* What deletes does not wait for what reads. */
static void
test_reads_wait_for_each_other (void)
{
  g_autoptr (EaselHttpGate) gate = easel_http_gate_new ();
  gboolean is_first;
  guint n_together = 0;

  while (enter (gate, 0) == 0)
    g_assert_cmpuint (++n_together, <=, 4);
  g_assert_cmpuint (n_together, ==, 4);
  g_assert_cmpint (easel_http_gate_enter (gate, "other:443", TRUE, 0, &is_first), ==, 0);
  g_assert_cmpint (easel_http_gate_enter (gate, SERVER, FALSE, 0, &is_first), ==, 0);
  easel_http_gate_take_answer (gate, SERVER, is_first);
  g_assert_cmpint (enter (gate, 0), >, 0);
  easel_http_gate_take_answer (gate, SERVER, FALSE);
  g_assert_cmpint (enter (gate, 0), ==, 0);
  easel_http_gate_leave (gate, SERVER, FALSE);
  g_assert_cmpint (enter (gate, 0), ==, 0);
  g_assert_cmpint (enter (gate, 0), >, 0);
}

static void
test_named_time_is_bounded (void)
{
  g_autoptr (EaselHttpGate) gate = easel_http_gate_new ();

  easel_http_gate_take_refusal (gate, SERVER, FALSE, G_MAXINT64, 1);
  g_assert_cmpint (enter (gate, 1), <=, 10 * 60 * SECOND);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http-gate/open", test_open);
  g_test_add_func ("/http-gate/named-time", test_named_time);
  g_test_add_func ("/http-gate/no-answer", test_no_answer_lets_the_next_try);
  g_test_add_func ("/http-gate/at-most-eight-a-minute", test_at_most_eight_a_minute);
  g_test_add_func ("/http-gate/reads-wait-for-each-other", test_reads_wait_for_each_other);
  g_test_add_func ("/http-gate/named-time-is-bounded", test_named_time_is_bounded);
  return g_test_run ();
}
