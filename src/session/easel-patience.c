/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long to wait for a machine. Pure. */
#include "config.h"

#include "easel-patience.h"

/**
 * easel_patience_judge:
 * @elapsed_ms: since this machine began to start
 * @stalled_ms: since the last byte arrived on it, or the last stage was reached
 * @may_draw: whether it may be given back without a question: nothing of the person's is on it, and
 *   not too many were drawn before
 *
 * Slow and stuck look the same from outside, so what is slow but moves is left alone.
 *
 * Returns: what to do
 */
EaselPatience
easel_patience_judge (gint64 elapsed_ms, gint64 stalled_ms, gboolean may_draw)
{
  if (elapsed_ms <= EASEL_PATIENCE_DRAW_MS || stalled_ms <= EASEL_PATIENCE_PROGRESS_MS)
    return EASEL_PATIENCE_WAIT;
  return may_draw ? EASEL_PATIENCE_DRAW : EASEL_PATIENCE_ASK;
}

/**
 * easel_patience_judge_draw:
 * @asked_ms: for how long it was rented
 * @left_ms: how much of that is left
 *
 * Every machine starts from the beginning, and the end does not move for it.
 *
 * Returns: whether another machine may be taken without a question
 */
EaselDraw
easel_patience_judge_draw (gint64 asked_ms, gint64 left_ms)
{
  if (left_ms <= 0)
    return EASEL_DRAW_OVER;
  return left_ms < EASEL_PATIENCE_LEAST_LEFT_MS || left_ms < asked_ms / 2 ? EASEL_DRAW_ASK
                                                                          : EASEL_DRAW_GO;
}
