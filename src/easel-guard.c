/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Until a GPU made here has confirmed that it ends by itself, nothing but this program keeps its
 * limits; while one is being deleted, nothing else proves that it is gone. So the application is
 * held, and suspend and logout are inhibited, from the create until it is confirmed, or gone. One
 * that is confirmed and still starts only holds the application, which tells when it is ready.
 *
 * Owns the hold and the inhibition; what runs is read from the studio. */

#include "config.h"
#include "easel-guard.h"

#include <glib/gi18n.h>

struct _EaselGuard
{
  GObject parent_instance;

  GtkApplication *app; /* (unowned): it owns this */
  EaselStudio *studio; /* (owned) */
  gboolean is_holding;
  gboolean needs_computer;
  guint cookie; /* 0: suspend and logout are free */
};

/* What a rental takes from its surroundings; each includes what stands above it. */
typedef enum
{
  NEEDS_NOTHING,
  NEEDS_PROGRAM,
  NEEDS_COMPUTER
} Need;

G_DEFINE_FINAL_TYPE (EaselGuard, easel_guard, G_TYPE_OBJECT)

static Need
get_need (EaselRental *rental)
{
  const EaselRentalState state = easel_rental_get_state (rental);

  switch (state)
    {
    case EASEL_RENTAL_DELETING:
    case EASEL_RENTAL_STUCK:
      return NEEDS_COMPUTER;
    case EASEL_RENTAL_RENTING:
    case EASEL_RENTAL_PAUSING:
    case EASEL_RENTAL_RESUMING:
      return easel_rental_is_ours (rental) ? NEEDS_COMPUTER : NEEDS_NOTHING;
    case EASEL_RENTAL_STARTING:
    case EASEL_RENTAL_TROUBLE:
    case EASEL_RENTAL_READY:
      if (!easel_rental_is_ours (rental))
        return NEEDS_NOTHING;
      if (!easel_rental_is_confirmed (rental))
        return NEEDS_COMPUTER;
      return state == EASEL_RENTAL_STARTING ? NEEDS_PROGRAM : NEEDS_NOTHING;
    case EASEL_RENTAL_PAUSED:
    case EASEL_RENTAL_GONE:
    case EASEL_RENTAL_UNSEEN:
    case EASEL_N_RENTAL_STATES:
    default:
      return NEEDS_NOTHING;
    }
}

static Need
get_greatest_need (EaselStudio *studio)
{
  GListModel *model = easel_studio_get_rentals (studio);
  Need greatest = NEEDS_NOTHING;
  guint n = g_list_model_get_n_items (model);
  guint i;

  for (i = 0; i < n; i++)
    {
      g_autoptr (EaselRental) rental = g_list_model_get_item (model, i);

      greatest = MAX (greatest, get_need (rental));
    }
  return greatest;
}

static void
uninhibit (EaselGuard *self)
{
  if (self->cookie != 0)
    gtk_application_uninhibit (self->app, self->cookie);
  self->cookie = 0;
}

static void
inhibit (EaselGuard *self)
{
  if (self->cookie != 0)
    return;
  self->cookie =
      gtk_application_inhibit (self->app, gtk_application_get_active_window (self->app),
                               GTK_APPLICATION_INHIBIT_SUSPEND | GTK_APPLICATION_INHIBIT_LOGOUT,
                               _ ("A rented GPU costs money and is ended by Cloud Easel"));
}

static void
on_studio_changed (EaselGuard *self)
{
  Need need;

  if (self->app == NULL)
    return;
  need = get_greatest_need (self->studio);
  if (need == NEEDS_NOTHING)
    {
      easel_guard_release (self);
      return;
    }
  if (!self->is_holding)
    g_application_hold (G_APPLICATION (self->app));
  self->is_holding = TRUE;
  self->needs_computer = need == NEEDS_COMPUTER;
  if (self->needs_computer)
    inhibit (self);
  else
    uninhibit (self);
}

static void
easel_guard_dispose (GObject *object)
{
  EaselGuard *self = EASEL_GUARD (object);

  easel_guard_release (self);
  self->app = NULL;
  g_clear_object (&self->studio);

  G_OBJECT_CLASS (easel_guard_parent_class)->dispose (object);
}

static void
easel_guard_class_init (EaselGuardClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = easel_guard_dispose;
}

static void
easel_guard_init (EaselGuard *self)
{
}

/**
 * easel_guard_new:
 * @app: what is held; it must outlive the guard
 * @studio: where things run
 *
 * Returns: (transfer full): a guard that follows @studio
 */
EaselGuard *
easel_guard_new (GtkApplication *app, EaselStudio *studio)
{
  EaselGuard *self;

  g_return_val_if_fail (GTK_IS_APPLICATION (app), NULL);
  g_return_val_if_fail (EASEL_IS_STUDIO (studio), NULL);

  self = g_object_new (EASEL_TYPE_GUARD, NULL);
  self->app = app;
  self->studio = g_object_ref (studio);
  g_signal_connect_object (studio, "changed", G_CALLBACK (on_studio_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (easel_studio_get_rentals (studio), "items-changed",
                           G_CALLBACK (on_studio_changed), self, G_CONNECT_SWAPPED);
  on_studio_changed (self);

  return self;
}

/**
 * easel_guard_is_holding:
 *
 * Returns: whether something costs that only this program ends
 */
gboolean
easel_guard_is_holding (EaselGuard *self)
{
  g_return_val_if_fail (EASEL_IS_GUARD (self), FALSE);

  return self->is_holding;
}

/**
 * easel_guard_needs_computer:
 *
 * Returns: whether something is not safe when this computer sleeps
 */
gboolean
easel_guard_needs_computer (EaselGuard *self)
{
  g_return_val_if_fail (EASEL_IS_GUARD (self), FALSE);

  return self->needs_computer;
}

/**
 * easel_guard_release:
 *
 * Lets the application go, until something needs it again.
 */
void
easel_guard_release (EaselGuard *self)
{
  g_return_if_fail (EASEL_IS_GUARD (self));

  if (!self->is_holding)
    return;
  self->is_holding = FALSE;
  self->needs_computer = FALSE;
  uninhibit (self);
  g_application_release (G_APPLICATION (self->app));
}
