/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Longest line that is passed on, in bytes; of a longer one the end is kept. */
#define EASEL_VAST_MAX_LINE 4096

/**
 * EaselVastLogTail:
 *
 * Finds what is new in the end of a log that is read again and again.
 */
typedef struct _EaselVastLogTail EaselVastLogTail;

typedef void (*EaselVastLineFunc) (const char *line, gpointer user_data);

EaselVastLogTail *easel_vast_log_tail_new (void);
void easel_vast_log_tail_free (EaselVastLogTail *self);
void easel_vast_log_tail_feed (EaselVastLogTail *self,
                               GBytes *text,
                               EaselVastLineFunc func,
                               gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselVastLogTail, easel_vast_log_tail_free)

G_END_DECLS
