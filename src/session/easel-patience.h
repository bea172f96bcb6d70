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

/* What is left of the hours must be worth another start. */
#define EASEL_PATIENCE_LEAST_LEFT_MS (20 * 60 * 1000)

/**
 * EaselDraw:
 * @EASEL_DRAW_GO: enough time is left for another machine
 * @EASEL_DRAW_ASK: so little that it is the person's decision
 * @EASEL_DRAW_OVER: none
 */
typedef enum
{
  EASEL_DRAW_GO,
  EASEL_DRAW_ASK,
  EASEL_DRAW_OVER
} EaselDraw;

EaselDraw easel_patience_judge_draw (gint64 asked_ms, gint64 left_ms);
EaselPatience easel_patience_judge (gint64 elapsed_ms, gint64 stalled_ms, gboolean may_draw);

G_END_DECLS
