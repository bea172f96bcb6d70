/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A start that is not over by then is another machine's turn. */
#define EASEL_PATIENCE_DRAW_MS (40 * 60 * 1000)
/* Unless something still arrives on it. */
#define EASEL_PATIENCE_PROGRESS_MS (5 * 60 * 1000)

/**
 * EaselPatience:
 * @EASEL_PATIENCE_WAIT: it may still come
 * @EASEL_PATIENCE_DRAW: give the machine back and take another one
 * @EASEL_PATIENCE_ASK: it takes too long, and what to do is the person's decision
 */
typedef enum
{
  EASEL_PATIENCE_WAIT,
  EASEL_PATIENCE_DRAW,
  EASEL_PATIENCE_ASK
} EaselPatience;

EaselPatience easel_patience_judge (gint64 elapsed_ms, gint64 stalled_ms, gboolean may_draw);

G_END_DECLS
