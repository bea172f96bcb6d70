/* SPDX-License-Identifier: GPL-3.0-or-later */

/* When "it is not in the list" proves that it is not there.
 *
 * Pure. One list may be empty by mistake, and a list may lag behind a create or a delete, so a
 * proof takes two lists with time between them, and for a create of unknown fate also time since
 * the request. */

#include "config.h"
#include "easel-absence.h"

/**
 * easel_absence_reset:
 * @self: a count
 *
 * Forgets everything: the pod was seen, or the reason to look has changed.
 */
void
easel_absence_reset (EaselAbsence *self)
{
  g_return_if_fail (self != NULL);

  self->n_lists = 0;
  self->last_ms = 0;
}

/**
 * easel_absence_note:
 * @self: a count
 * @asked_ms: when the list was asked for
 * @gap_ms: least time to the list counted before
 *
 * Counts one good list of the right account without the pod.
 */
void
easel_absence_note (EaselAbsence *self, gint64 asked_ms, gint64 gap_ms)
{
  g_return_if_fail (self != NULL);

  if (self->n_lists > 0 && asked_ms - self->last_ms < gap_ms)
    return;
  self->n_lists++;
  self->last_ms = asked_ms;
}

/**
 * easel_absence_proves_gone:
 * @self: a count that began after the delete was accepted
 *
 * Returns: %TRUE when the pod is proven gone
 */
gboolean
easel_absence_proves_gone (const EaselAbsence *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->n_lists >= 2;
}

/**
 * easel_absence_proves_void:
 * @self: a count that began after the create request
 * @create_sent_ms: when the request left
 *
 * Returns: %TRUE when the create is proven to have had no effect
 */
gboolean
easel_absence_proves_void (const EaselAbsence *self, gint64 create_sent_ms)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->n_lists >= 2 && self->last_ms - create_sent_ms >= EASEL_ABSENCE_VOID_AGE_MS;
}
