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
