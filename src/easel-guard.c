/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Until a GPU made here has confirmed that it ends by itself, nothing but this program keeps its
 * limits; while one is being deleted, nothing else proves that it is gone. So the application is
 * held, and suspend and logout are inhibited, from the create until it is confirmed, or gone.
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
  guint cookie;
};

G_DEFINE_FINAL_TYPE (EaselGuard, easel_guard, G_TYPE_OBJECT)

static gboolean
needs_program (EaselRental *rental)
{
  switch (easel_rental_get_state (rental))
    {
    case EASEL_RENTAL_RENTING:
    case EASEL_RENTAL_STARTING:
    case EASEL_RENTAL_TROUBLE:
    case EASEL_RENTAL_PAUSING:
    case EASEL_RENTAL_RESUMING:
      return easel_rental_is_ours (rental);
    case EASEL_RENTAL_READY:
      return easel_rental_is_ours (rental) && !easel_rental_is_confirmed (rental);
    case EASEL_RENTAL_DELETING:
    case EASEL_RENTAL_STUCK:
      return TRUE;
    case EASEL_RENTAL_PAUSED:
    case EASEL_RENTAL_GONE:
    case EASEL_RENTAL_UNSEEN:
    case EASEL_N_RENTAL_STATES:
    default:
      return FALSE;
    }
}

static gboolean
anything_needs_program (EaselStudio *studio)
{
  GListModel *model = easel_studio_get_rentals (studio);
  guint n = g_list_model_get_n_items (model);
  guint i;

  for (i = 0; i < n; i++)
    {
      g_autoptr (EaselRental) rental = g_list_model_get_item (model, i);

      if (needs_program (rental))
        return TRUE;
    }
  return FALSE;
}

static void
hold (EaselGuard *self)
{
  if (self->is_holding)
    return;
  self->is_holding = TRUE;
  g_application_hold (G_APPLICATION (self->app));
  self->cookie =
      gtk_application_inhibit (self->app, gtk_application_get_active_window (self->app),
                               GTK_APPLICATION_INHIBIT_SUSPEND | GTK_APPLICATION_INHIBIT_LOGOUT,
                               _ ("A rented GPU costs money and is ended by Cloud Easel"));
}

static void
on_studio_changed (EaselGuard *self)
{
  if (self->app == NULL)
    return;
  if (anything_needs_program (self->studio))
    hold (self);
  else
    easel_guard_release (self);
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
  if (self->cookie != 0)
    gtk_application_uninhibit (self->app, self->cookie);
  self->cookie = 0;
  g_application_release (G_APPLICATION (self->app));
}
