/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the buttons and menu items of the studio's rows do: the calls into the studio, the
 * questions before them, and the small windows beside this one. Opening the wizard is the
 * application's. */

#include "config.h"
#include "easel-studio-window-private.h"

#include "easel-details-window.h"
#include "easel-done-dialog.h"
#include "easel-end-all-dialog.h"
#include "easel-log-window.h"
#include "easel-models-window.h"
#include "easel-receipts-window.h"
#include "easel-rental-text.h"
#include "easel-shelf-window.h"
#include "easel-side-window.h"
#include "easel-ui.h"

#include <glib/gi18n.h>

#define EXTEND_HOURS 1

static void
copy_address (EaselStudioWindow *self, EaselRental *rental)
{
  const char *address = easel_rental_get_address (rental);

  if (address == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), address);
  easel_studio_window_tell (self, _ ("Address copied. Paste it in Krita."));
}

static void
on_rent_again_answer (EaselQuestion *question, const char *answer, EaselStudioWindow *self)
{
  if (g_str_equal (answer, "delete"))
    gtk_widget_activate_action (GTK_WIDGET (self), "app.rent-again", NULL);
}

static void
ask_rent_again (EaselStudioWindow *self, EaselRental *rental)
{
  EaselQuestion *question = easel_rent_again_dialog_new (GTK_WINDOW (self), self->studio, rental);

  g_signal_connect_object (question, "response", G_CALLBACK (on_rent_again_answer), self,
                           G_CONNECT_AFTER);
  gtk_window_present (GTK_WINDOW (question));
}

static void
start (EaselStudioWindow *self, EaselRental *rental)
{
  g_set_object (&self->resumed, rental);
  easel_studio_resume (self->studio, rental);
}

static void
extend (EaselStudioWindow *self, EaselRental *rental)
{
  g_autofree char *end_text = NULL;

  easel_studio_extend (self->studio, rental, EXTEND_HOURS);
  end_text = easel_rental_dup_end_text (rental, easel_clock_get_unix_ms (self->clock));
  easel_studio_window_tell (self, end_text);
}

static void
try_again (EaselStudioWindow *self, EaselRental *rental)
{
  const EaselJournalRecord *record = easel_rental_get_record (rental);

  if (easel_rental_get_state (rental) == EASEL_RENTAL_STUCK)
    easel_studio_delete (self->studio, rental,
                         record != NULL && record->reason != NULL ? record->reason : "done");
  else
    {
      easel_studio_check_address (self->studio, rental);
      easel_studio_refresh (self->studio);
    }
}

static void
open_provider_page (EaselStudioWindow *self, EaselRental *rental, EaselRowAction action)
{
  const EaselProviderInfo *info = easel_rental_get_provider_info (rental);

  if (info != NULL)
    easel_ui_open_uri (GTK_WIDGET (self),
                       action == EASEL_ROW_ADD_FUNDS ? info->funds_uri : info->console_uri);
}

static void
show_starting (EaselStudioWindow *self, EaselRental *rental)
{
  g_autofree char *handle = easel_rental_dup_handle (rental);

  gtk_widget_activate_action (GTK_WIDGET (self), "app.show-starting", "s", handle);
}

static void
show_log (EaselStudioWindow *self, EaselRental *rental)
{
  EaselDeployment *deployment = easel_rental_get_deployment (rental);
  g_autofree char *title = easel_rental_dup_title (rental);

  if (deployment != NULL)
    gtk_window_present (easel_log_window_new (GTK_WINDOW (self), title, deployment));
  else if (easel_row_action_makes_sense (EASEL_ROW_LOG, rental))
    gtk_window_present (easel_log_window_new_running (GTK_WINDOW (self), title, rental));
}

/**
 * easel_studio_window_choose:
 * @rental: the row's rental
 * @action: what the person wants
 *
 * Does it, or asks first where something would be lost.
 */
void
easel_studio_window_choose (EaselStudioWindow *self, EaselRental *rental, EaselRowAction action)
{
  GtkWindow *window = GTK_WINDOW (self);

  g_return_if_fail (EASEL_IS_STUDIO_WINDOW (self));
  g_return_if_fail (EASEL_IS_RENTAL (rental));

  switch (action)
    {
    case EASEL_ROW_COPY_ADDRESS:
      copy_address (self, rental);
      break;
    case EASEL_ROW_CHECK_ADDRESS:
      easel_studio_check_address (self->studio, rental);
      break;
    case EASEL_ROW_SHOW:
      show_starting (self, rental);
      break;
    case EASEL_ROW_DONE:
      gtk_window_present (
          GTK_WINDOW (easel_done_dialog_new (window, self->studio,
                                             easel_session_get_shelf (self->session), rental)));
      break;
    case EASEL_ROW_PAUSE:
      gtk_window_present (GTK_WINDOW (easel_pause_dialog_new (window, self->studio, rental)));
      break;
    case EASEL_ROW_START:
      start (self, rental);
      break;
    case EASEL_ROW_RENT_AGAIN:
      ask_rent_again (self, rental);
      break;
    case EASEL_ROW_EXTEND:
      extend (self, rental);
      break;
    case EASEL_ROW_MODELS:
      gtk_window_present (easel_models_window_open (window, self->session, rental));
      break;
    case EASEL_ROW_OPEN_BROWSER:
      if (easel_rental_get_address (rental) != NULL)
        easel_ui_open_uri (GTK_WIDGET (self), easel_rental_get_address (rental));
      break;
    case EASEL_ROW_OPEN_CONSOLE:
    case EASEL_ROW_ADD_FUNDS:
      open_provider_page (self, rental, action);
      break;
    case EASEL_ROW_LOG:
      show_log (self, rental);
      break;
    case EASEL_ROW_DETAILS:
      gtk_window_present (easel_details_window_new (window, rental, self->clock));
      break;
    case EASEL_ROW_ENTER_KEY:
      gtk_widget_activate_action (GTK_WIDGET (self), "app.enter-key", NULL);
      break;
    case EASEL_ROW_TRY_AGAIN:
      try_again (self, rental);
      break;
    case EASEL_ROW_DISMISS:
      easel_studio_dismiss (self->studio, rental);
      break;
    case EASEL_ROW_NOTHING:
    case EASEL_N_ROW_ACTIONS:
    default:
      break;
    }
}

/* A start that was refused is explained where it was asked for, without another click. */
void
_easel_studio_window_follow_resumed (EaselStudioWindow *self)
{
  EaselRentalState state;
  g_autoptr (EaselRental) rental = NULL;

  if (self->resumed == NULL)
    return;
  state = easel_rental_get_state (self->resumed);
  if (state == EASEL_RENTAL_RESUMING || state == EASEL_RENTAL_STARTING ||
      (state == EASEL_RENTAL_PAUSED && easel_rental_get_error (self->resumed) == NULL))
    return;
  rental = g_steal_pointer (&self->resumed);
  if (easel_row_action_makes_sense (EASEL_ROW_RENT_AGAIN, rental) &&
      gtk_widget_get_mapped (GTK_WIDGET (self)))
    ask_rent_again (self, rental);
}

/**
 * easel_studio_window_end_all:
 *
 * Asks which rentals shall end.
 */
void
easel_studio_window_end_all (EaselStudioWindow *self)
{
  g_return_if_fail (EASEL_IS_STUDIO_WINDOW (self));

  gtk_window_present (GTK_WINDOW (easel_end_all_dialog_new (GTK_WINDOW (self), self->studio)));
}

/**
 * easel_studio_window_show_receipts:
 *
 * Opens the list of what was rented before.
 */
void
easel_studio_window_show_receipts (EaselStudioWindow *self)
{
  g_return_if_fail (EASEL_IS_STUDIO_WINDOW (self));

  gtk_window_present (easel_receipts_window_new (GTK_WINDOW (self), self->session));
}

/**
 * easel_studio_window_show_shelf:
 *
 * Opens the window of remembered models, or brings it forward.
 */
void
easel_studio_window_show_shelf (EaselStudioWindow *self)
{
  GtkWindow *window;

  g_return_if_fail (EASEL_IS_STUDIO_WINDOW (self));

  window = easel_side_window_find (GTK_WINDOW (self), EASEL_TYPE_SHELF_WINDOW);
  if (window == NULL)
    window = easel_shelf_window_new (GTK_WINDOW (self), self->session);
  gtk_window_present (window);
}
