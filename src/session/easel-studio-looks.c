/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How often the accounts are looked at: the part of EaselStudio that has patience.
 *
 * Soon while something is being proven, seldom while nobody looks. */

#include "config.h"
#include "easel-studio-private.h"

#include "easel-retry.h"

/* Between two looks at one account. The shortest is above the gap that a proof needs. */
#define LOOK_BUSY_MS 5500
#define LOOK_STARTING_MS (60 * 1000)
#define LOOK_RUNNING_MS (60 * 1000)
/* While somebody paints in another window. */
#define LOOK_UNWATCHED_MS (180 * 1000)
#define LOOK_IDLE_MS (300 * 1000)
#define LOOK_FAILED_FIRST_MS (5 * 1000)
#define LOOK_FAILED_MAX_MS (120 * 1000)

/* Something about it is being proven. */
gboolean
_easel_rental_is_in_motion (EaselRental *rental)
{
  switch (rental->state)
    {
    case EASEL_RENTAL_RENTING:
      return !rental->create_in_flight;
    case EASEL_RENTAL_PAUSING:
    case EASEL_RENTAL_RESUMING:
    case EASEL_RENTAL_DELETING:
    case EASEL_RENTAL_STUCK:
      return TRUE;
    case EASEL_RENTAL_GONE:
    case EASEL_RENTAL_UNSEEN:
      return FALSE;
    case EASEL_RENTAL_STARTING:
    case EASEL_RENTAL_READY:
    case EASEL_RENTAL_TROUBLE:
    case EASEL_RENTAL_PAUSED:
    case EASEL_N_RENTAL_STATES:
    default:
      return rental->absence.n_lists > 0;
    }
}

/* How long until the next look: soon while something is being proven, rarely while nobody looks. */
gint64
_easel_studio_look_gap (EaselStudio *self, EaselAccountWatch *watch)
{
  gint64 gap = self->watched && !self->is_unfocused ? LOOK_RUNNING_MS : LOOK_IDLE_MS;

  if (watch->failures > 0)
    return easel_retry_backoff (watch->failures, LOOK_FAILED_FIRST_MS, LOOK_FAILED_MAX_MS, 0.5);
  for (guint i = 0; i < _easel_studio_n_rentals (self); i++)
    {
      EaselRental *rental = _easel_studio_nth_rental (self, i);

      if (rental->account != watch->account)
        continue;
      /* Until a list shows it, no list proves that it is gone. */
      if (_easel_rental_is_in_motion (rental) ||
          (!rental->was_listed && _easel_studio_is_young (self, rental)))
        return LOOK_BUSY_MS;
      if (rental->state == EASEL_RENTAL_STARTING)
        gap = MIN (gap, LOOK_STARTING_MS);
      else if (rental->state == EASEL_RENTAL_READY || rental->state == EASEL_RENTAL_TROUBLE)
        gap = MIN (gap, LOOK_UNWATCHED_MS);
    }
  return gap;
}

static void
look_in_time (EaselStudio *self)
{
  for (guint i = 0; i < self->watches->len; i++)
    {
      EaselAccountWatch *watch = g_ptr_array_index (self->watches, i);

      watch->next_ms = MIN (watch->next_ms, watch->asked_ms + _easel_studio_look_gap (self, watch));
    }
  _easel_studio_schedule (self);
}

/**
 * easel_studio_set_watched:
 * @watched: whether rows are on the screen
 *
 * Polls slow down when nobody looks.
 */
void
easel_studio_set_watched (EaselStudio *self, gboolean watched)
{
  g_return_if_fail (EASEL_IS_STUDIO (self));

  if (self->watched == watched)
    return;
  self->watched = watched;
  look_in_time (self);
}

/**
 * easel_studio_set_focused:
 * @focused: whether the rows are worked with, and not only left on the screen
 *
 * Polls are slower beside another program's window; what is old is looked at on the return.
 */
void
easel_studio_set_focused (EaselStudio *self, gboolean focused)
{
  g_return_if_fail (EASEL_IS_STUDIO (self));

  if (self->is_unfocused == !focused)
    return;
  self->is_unfocused = !focused;
  look_in_time (self);
}
