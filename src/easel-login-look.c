/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The look at login (cloud-easel --check): waits until the cloud has been looked at, says what
 * costs, if anything does, and lets the program go. At login network, keyring and notifications may
 * come late, so it asks again for some minutes; then it says so only if the journal knows of a GPU.
 *
 * Owns the hold on the application meanwhile, in real time. */

#include "config.h"
#include "easel-login-look.h"

#define LOOK_EVERY_S 2
#define GIVE_UP_S (10 * 60)
/* Desktops that do not start programs for a notification's button reach it only while it runs. */
#define LINGER_S (5 * 60)

struct _EaselLoginLook
{
  GObject parent_instance;

  GApplication *app;       /* (unowned): it owns this; held as long as a timer runs */
  EaselStudio *studio;     /* (owned) */
  EaselNotifier *notifier; /* (owned) */
  guint timer_id;
  guint n_looks;
};

G_DEFINE_FINAL_TYPE (EaselLoginLook, easel_login_look, G_TYPE_OBJECT)

static void
let_go (EaselLoginLook *self)
{
  if (self->timer_id != 0)
    g_application_release (self->app);
  g_clear_handle_id (&self->timer_id, g_source_remove);
}

static gboolean
on_lingered (gpointer user_data)
{
  let_go (EASEL_LOGIN_LOOK (user_data));

  return G_SOURCE_REMOVE;
}

static gboolean
costs_anything (EaselStudio *studio)
{
  EaselStudioSums sums;

  easel_studio_get_sums (studio, &sums);
  return sums.n_running + sums.n_stored + sums.n_unseen > 0 || sums.unexplained_per_hour > 0;
}

static gboolean
on_timer (gpointer user_data)
{
  EaselLoginLook *self = EASEL_LOGIN_LOOK (user_data);
  const EaselStudioState state = easel_studio_get_state (self->studio);
  const gboolean is_over = ++self->n_looks * LOOK_EVERY_S >= GIVE_UP_S;

  if (state == EASEL_STUDIO_KNOWN || state == EASEL_STUDIO_NO_KEY || is_over)
    {
      if (!costs_anything (self->studio) || (is_over && !easel_notifier_is_heard (self->notifier)))
        {
          let_go (self);
          return G_SOURCE_REMOVE;
        }
      if (easel_notifier_is_heard (self->notifier))
        {
          easel_notifier_tell_costs (self->notifier);
          self->timer_id = g_timeout_add_seconds (LINGER_S, on_lingered, self);
          return G_SOURCE_REMOVE;
        }
    }
  return G_SOURCE_CONTINUE;
}

static void
easel_login_look_dispose (GObject *object)
{
  EaselLoginLook *self = EASEL_LOGIN_LOOK (object);

  let_go (self);
  g_clear_object (&self->studio);
  g_clear_object (&self->notifier);

  G_OBJECT_CLASS (easel_login_look_parent_class)->dispose (object);
}

static void
easel_login_look_class_init (EaselLoginLookClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = easel_login_look_dispose;
}

static void
easel_login_look_init (EaselLoginLook *self)
{
}

/**
 * easel_login_look_new:
 * @app: what is held until it is answered; it must outlive this
 * @studio: what is looked at; started by the caller
 * @notifier: who says it
 *
 * Returns: (transfer full): a look under way
 */
EaselLoginLook *
easel_login_look_new (GApplication *app, EaselStudio *studio, EaselNotifier *notifier)
{
  EaselLoginLook *self;

  g_return_val_if_fail (G_IS_APPLICATION (app), NULL);
  g_return_val_if_fail (EASEL_IS_STUDIO (studio), NULL);
  g_return_val_if_fail (EASEL_IS_NOTIFIER (notifier), NULL);

  self = g_object_new (EASEL_TYPE_LOGIN_LOOK, NULL);
  self->app = app;
  self->studio = g_object_ref (studio);
  self->notifier = g_object_ref (notifier);
  g_application_hold (app);
  self->timer_id = g_timeout_add_seconds (LOOK_EVERY_S, on_timer, self);

  return self;
}
