/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Figures of the promise about money. */
#define EASEL_ABSENCE_GONE_GAP_MS (5 * 1000)
#define EASEL_ABSENCE_VOID_GAP_MS (10 * 1000)
#define EASEL_ABSENCE_VOID_AGE_MS (90 * 1000)

/**
 * EaselAbsence:
 *
 * Counts the good lists in which a pod did not stand. A list counts by the moment at which it was
 * asked for, because its answer may be older than it looks; lists closer together than a gap count
 * as one. All times are monotonic milliseconds of the cloud's clock.
 */
typedef struct
{
  guint n_lists;
  gint64 last_ms;
} EaselAbsence;

void easel_absence_reset (EaselAbsence *self);
void easel_absence_note (EaselAbsence *self, gint64 asked_ms, gint64 gap_ms);
gboolean easel_absence_proves_gone (const EaselAbsence *self);
gboolean easel_absence_proves_void (const EaselAbsence *self, gint64 create_sent_ms);

G_END_DECLS
