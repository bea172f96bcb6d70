/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What needs no window: out of a notification a GPU is deleted, or kept for another hour; and
 * somebody waits until one is free. The desktop may start the program for this alone; then nothing
 * is shown, and the program stays until it is done: the guard holds it until a delete is proven.
 *
 * Owns the hold until the studio knows enough. */

#include "config.h"
#include "easel-application-private.h"

#include "easel-rental-text.h"
#include "easel-row-action.h"

/* The GPU has to hear of its new end before the program may go: two tries in real time. */
#define EXTEND_LINGER_S 40
#define EXTEND_HOURS 1

static void
hold (EaselApplication *self)
{
  if (!self->is_errand_held)
    g_application_hold (G_APPLICATION (self));
  self->is_errand_held = TRUE;
}

static void
release (EaselApplication *self)
{
  if (self->is_errand_held)
    g_application_release (G_APPLICATION (self));
  self->is_errand_held = FALSE;
}

/* A window that is open says it; without one the desktop does. */
static void
tell_end (EaselApplication *self, EaselRental *rental)
{
  g_autofree char *text = NULL;

  if (self->studio_window != NULL)
    {
      text = easel_rental_dup_end_text (rental, easel_clock_get_unix_ms (
                                                    easel_session_get_clock (self->session)));
      easel_studio_window_tell (EASEL_STUDIO_WINDOW (self->studio_window), text);
    }
  else if (gtk_application_get_windows (GTK_APPLICATION (self)) == NULL)
    easel_notifier_tell_background (self->notifier, TRUE);
}

static gboolean
on_lingered (gpointer user_data)
{
  g_application_release (G_APPLICATION (user_data));

  return G_SOURCE_REMOVE;
}

static void
extend (EaselApplication *self, EaselRental *rental)
{
  easel_studio_extend (easel_session_get_studio (self->session), rental, EXTEND_HOURS);
  tell_end (self, rental);
  g_application_hold (G_APPLICATION (self));
  g_timeout_add_seconds_full (G_PRIORITY_DEFAULT, EXTEND_LINGER_S, on_lingered, g_object_ref (self),
                              g_object_unref);
}

static gboolean
is_over (EaselRental *rental)
{
  return rental == NULL || easel_rental_get_state (rental) == EASEL_RENTAL_GONE ||
         easel_rental_get_state (rental) == EASEL_RENTAL_DELETING;
}

static void
run (EaselApplication *self, EaselRental *rental, EaselRowAction action)
{
  EaselStudio *studio = easel_session_get_studio (self->session);

  if (is_over (rental))
    return;
  if (action == EASEL_ROW_EXTEND && easel_row_action_makes_sense (action, rental))
    extend (self, rental);
  else if (action == EASEL_ROW_DONE && (easel_row_action_makes_sense (action, rental) ||
                                        easel_rental_get_state (rental) == EASEL_RENTAL_STUCK))
    easel_studio_delete (studio, rental, "done");
  else
    /* It cannot be done: the row says why. */
    _easel_application_present_studio (self);
}

/* Waiting for a GPU */

static void
on_stock_found (EaselStockWatch *stock, EaselOffer *offer, EaselApplication *self)
{
  easel_notifier_tell_free (self->notifier, offer);
}

static void
on_stock_lost (EaselStockWatch *stock, EaselApplication *self)
{
  easel_notifier_withdraw_free (self->notifier);
}

static void
on_stock_stopped (EaselStockWatch *stock, EaselApplication *self)
{
  g_action_change_state (g_action_map_lookup_action (G_ACTION_MAP (self), "tell-when-free"),
                         g_variant_new_boolean (FALSE));
  easel_notifier_withdraw_free (self->notifier);
  if (self->is_stock_held)
    g_application_release (G_APPLICATION (self));
  self->is_stock_held = FALSE;
}

/* Once there is a session. */
void
_easel_application_follow_stock (EaselApplication *self)
{
  self->stock = easel_stock_watch_new (easel_session_get_catalog (self->session),
                                       easel_session_get_clock (self->session));
  g_signal_connect_object (self->stock, "found", G_CALLBACK (on_stock_found), self, 0);
  g_signal_connect_object (self->stock, "lost", G_CALLBACK (on_stock_lost), self, 0);
  g_signal_connect_object (self->stock, "stopped", G_CALLBACK (on_stock_stopped), self, 0);
}

/**
 * _easel_application_wait_for_stock:
 * @waits: whether somebody wants to be told when a GPU is free
 *
 * The program stays meanwhile, also without a window.
 */
void
_easel_application_wait_for_stock (EaselApplication *self, gboolean waits)
{
  if (!waits)
    {
      easel_stock_watch_stop (self->stock);
      return;
    }
  if (!self->is_stock_held)
    g_application_hold (G_APPLICATION (self));
  self->is_stock_held = TRUE;
  g_action_change_state (g_action_map_lookup_action (G_ACTION_MAP (self), "tell-when-free"),
                         g_variant_new_boolean (TRUE));
  easel_stock_watch_start (self->stock);
}

/**
 * _easel_application_run_errand:
 * @handle: names a rental, see easel_rental_dup_handle()
 * @action: %EASEL_ROW_DONE or %EASEL_ROW_EXTEND
 *
 * Does it without a window and without a question, as soon as the cloud has been looked at.
 */
void
_easel_application_run_errand (EaselApplication *self, GVariant *handle, EaselRowAction action)
{
  EaselStudio *studio = easel_session_get_studio (self->session);
  g_autoptr (EaselRental) rental = NULL;

  if (easel_studio_get_state (studio) == EASEL_STUDIO_CHECKING)
    {
      hold (self);
      _easel_application_remember (self, self->current_action, handle);
      return;
    }
  rental = _easel_application_find_rental (self, g_variant_get_string (handle, NULL));
  if (rental == NULL && easel_studio_get_state (studio) != EASEL_STUDIO_KNOWN)
    _easel_application_present_studio (self);
  else
    run (self, rental, action);
  release (self);
}
