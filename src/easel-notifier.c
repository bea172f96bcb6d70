/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Notifications of the desktop: ready, ends soon, balance low, ended, could not be deleted, runs
 * on in the background.
 * Each is withdrawn when it is no longer true, and says nothing that a window does not say, too;
 * so good news are not sent while one of the program's windows is being looked at. */

#include "config.h"
#include "easel-notifier.h"

#include "easel-rental-text.h"
#include "easel-row-action.h"
#include "easel-text.h"

#include <glib/gi18n.h>

#define BACKGROUND_ID "background"
#define FUNDS_ID "funds"
#define FREE_ID "free"
/* How long before its end a rental is announced. */
#define ENDS_SOON_MS (10 * 60 * 1000)

struct _EaselNotifier
{
  GObject parent_instance;

  GtkApplication *app; /* (unowned): it owns this */
  EaselStudio *studio; /* (owned) */
  EaselClock *clock;   /* (owned) */
  GHashTable *told;    /* (owned): handle (utf8) to the end (gint64) that was announced */
  char *funds_told;    /* (owned) (nullable): the provider whose balance is said to be low */
  guint timer_id;
  guint watch_id;
  gboolean is_heard; /* somebody on the bus shows notifications */
  gboolean is_background_told;
};

G_DEFINE_FINAL_TYPE (EaselNotifier, easel_notifier, G_TYPE_OBJECT)

static char *
dup_id (const char *kind, EaselRental *rental)
{
  g_autofree char *handle = easel_rental_dup_handle (rental);

  return g_strdup_printf ("%s-%s", kind, handle);
}

static void
on_daemon_appeared (GDBusConnection *connection,
                    const char *name,
                    const char *owner,
                    gpointer user_data)
{
  EASEL_NOTIFIER (user_data)->is_heard = TRUE;
}

static void
on_daemon_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  EASEL_NOTIFIER (user_data)->is_heard = FALSE;
}

/* Desktops answer to this name, some only once they are called by it. In a sandbox the portal
 * takes notifications, and no other name is visible. */
static void
listen_for_daemon (EaselNotifier *self)
{
  GDBusConnection *connection = g_application_get_dbus_connection (G_APPLICATION (self->app));

  if (g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS))
    self->is_heard = TRUE;
  else if (connection != NULL)
    self->watch_id =
        g_bus_watch_name_on_connection (connection, "org.freedesktop.Notifications",
                                        G_BUS_NAME_WATCHER_FLAGS_AUTO_START, on_daemon_appeared,
                                        on_daemon_vanished, self, NULL);
}

static gboolean
is_watched (EaselNotifier *self)
{
  GList *item;

  for (item = gtk_application_get_windows (self->app); item != NULL; item = item->next)
    if (gtk_window_is_active (item->data))
      return TRUE;
  return FALSE;
}

/* Without anybody who shows it, GLib would only complain. */
static void
send (EaselNotifier *self, const char *id, GNotification *notification)
{
  if (!self->is_heard)
    return;
  g_notification_set_default_action (notification, "app.show-studio");
  g_application_send_notification (G_APPLICATION (self->app), id, notification);
}

static void
withdraw (EaselNotifier *self, const char *kind, EaselRental *rental)
{
  g_autofree char *id = dup_id (kind, rental);

  g_application_withdraw_notification (G_APPLICATION (self->app), id);
}

static void
on_ready_over (EaselRental *rental, GParamSpec *pspec, EaselNotifier *self)
{
  if (easel_rental_get_state (rental) == EASEL_RENTAL_READY)
    return;
  withdraw (self, "ready", rental);
  g_signal_handlers_disconnect_by_func (rental, on_ready_over, self);
}

static void
on_rental_ready (EaselStudio *studio, EaselRental *rental, EaselNotifier *self)
{
  g_autoptr (GNotification) notification = NULL;
  g_autofree char *title = NULL;
  g_autofree char *id = NULL;
  g_autofree char *handle = NULL;

  if (is_watched (self))
    return;
  id = dup_id ("ready", rental);
  handle = easel_rental_dup_handle (rental);
  /* Translators: %s is a GPU, "RTX 3090". */
  title = g_strdup_printf (_ ("%s is ready"), easel_rental_get_gpu_name (rental));
  notification = g_notification_new (title);
  g_notification_set_body (notification, _ ("Paste its address in Krita and paint."));
  g_notification_add_button_with_target (notification, _ ("Copy Address"), "app.copy-address", "s",
                                         handle);
  send (self, id, notification);
  g_signal_connect_object (rental, "notify::state", G_CALLBACK (on_ready_over), self, 0);
}

static void
on_rental_ended (EaselStudio *studio, EaselRental *rental, EaselNotifier *self)
{
  g_autoptr (GNotification) notification = NULL;
  g_autofree char *title = NULL;
  g_autofree char *body = NULL;
  g_autofree char *id = NULL;

  withdraw (self, "ready", rental);
  withdraw (self, "stuck", rental);
  if (is_watched (self))
    return;
  id = dup_id ("ended", rental);
  title = g_strdup_printf (_ ("%s has ended"), easel_rental_get_gpu_name (rental));
  body = easel_rental_dup_end_text (rental, easel_clock_get_unix_ms (self->clock));
  notification = g_notification_new (title);
  g_notification_set_body (notification, body);
  send (self, id, notification);
}

static void
on_stuck_over (EaselRental *rental, GParamSpec *pspec, EaselNotifier *self)
{
  if (easel_rental_get_state (rental) == EASEL_RENTAL_STUCK)
    return;
  withdraw (self, "stuck", rental);
  g_signal_handlers_disconnect_by_func (rental, on_stuck_over, self);
}

static void
on_delete_stuck (EaselStudio *studio, EaselRental *rental, EaselNotifier *self)
{
  const EaselProviderInfo *info = easel_rental_get_provider_info (rental);
  g_autoptr (GNotification) notification = NULL;
  g_autofree char *title = NULL;
  g_autofree char *id = dup_id ("stuck", rental);

  title = g_strdup_printf (_ ("%s could not be deleted"), easel_rental_get_gpu_name (rental));
  notification = g_notification_new (title);
  g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_URGENT);
  g_notification_set_body (notification, _ ("It may still cost money. Cloud Easel keeps trying."));
  if (info != NULL)
    {
      g_autofree char *handle = easel_rental_dup_handle (rental);
      g_autofree char *label = g_strdup_printf (_ ("Open %s"), info->name);

      g_notification_add_button_with_target (notification, label, "app.open-console", "s", handle);
    }
  send (self, id, notification);
  g_signal_connect_object (rental, "notify::state", G_CALLBACK (on_stuck_over), self, 0);
}

static gboolean
is_running (EaselRental *rental)
{
  EaselRentalState state = easel_rental_get_state (rental);

  return easel_rental_is_ours (rental) &&
         (state == EASEL_RENTAL_STARTING || state == EASEL_RENTAL_READY ||
          state == EASEL_RENTAL_TROUBLE);
}

static void
on_unconfirmed_over (EaselRental *rental, EaselNotifier *self)
{
  if (is_running (rental) && !easel_rental_is_confirmed (rental))
    return;
  withdraw (self, "unconfirmed", rental);
  g_signal_handlers_disconnect_by_func (rental, on_unconfirmed_over, self);
}

/* Also while a window is looked at: it is about money. */
static void
on_unconfirmed (EaselStudio *studio, EaselRental *rental, EaselNotifier *self)
{
  g_autoptr (GNotification) notification = NULL;
  g_autofree char *title = NULL;
  g_autofree char *id = dup_id ("unconfirmed", rental);
  g_autofree char *handle = easel_rental_dup_handle (rental);

  /* Translators: %s is a GPU, "RTX 3090". */
  title = g_strdup_printf (_ ("%s has not confirmed its end"), easel_rental_get_gpu_name (rental));
  notification = g_notification_new (title);
  g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_HIGH);
  g_notification_set_body (notification,
                           _ ("Only Cloud Easel ends it: leave this computer on until then."));
  g_notification_add_button_with_target (notification, _ ("I’m Done…"), "app.done", "s", handle);
  send (self, id, notification);
  g_signal_connect_object (rental, "changed", G_CALLBACK (on_unconfirmed_over), self, 0);
}

static char *
dup_keep_label (EaselRental *rental)
{
  gint64 price = easel_rental_get_price (rental);
  g_autofree char *money = NULL;

  if (price <= 0)
    return g_strdup (_ ("Keep 1 Hour"));
  money = easel_money_format (price);
  /* Translators: a button; %s is what the hour costs, "$0.23". */
  return g_strdup_printf (_ ("Keep 1 Hour, %s"), money);
}

static void
tell_ends_soon (EaselNotifier *self, EaselRental *rental, const char *handle)
{
  g_autoptr (GNotification) notification = NULL;
  g_autofree char *id = dup_id ("soon", rental);
  g_autofree char *title = NULL;
  g_autofree char *time = NULL;
  g_autofree char *keep = dup_keep_label (rental);

  time = easel_text_clock_time (easel_rental_get_ends_at (rental),
                                easel_clock_get_unix_ms (self->clock));
  /* Translators: a GPU, "RTX 3090", and a time, "23:40". */
  title = g_strdup_printf (_ ("%s ends at %s"), easel_rental_get_gpu_name (rental), time);
  notification = g_notification_new (title);
  g_notification_set_body (notification, _ ("A picture being generated then would be lost."));
  g_notification_add_button_with_target (notification, keep, "app.extend", "s", handle);
  g_notification_add_button_with_target (notification, _ ("I’m Done"), "app.end", "s", handle);
  send (self, id, notification);
}

/* Tells once per end; an end that was moved or reached takes its announcement with it. Returns how
 * long until there is something to tell, G_MAXINT64 for never. */
static gint64
check_end (EaselNotifier *self, EaselRental *rental, gint64 now)
{
  g_autofree char *handle = easel_rental_dup_handle (rental);
  gint64 ends_at = is_running (rental) ? easel_rental_get_ends_at (rental) : 0;
  gint64 *told = g_hash_table_lookup (self->told, handle);

  if (told != NULL && *told != ends_at)
    {
      withdraw (self, "soon", rental);
      g_hash_table_remove (self->told, handle);
      told = NULL;
    }
  if (ends_at <= now || told != NULL)
    return G_MAXINT64;
  if (ends_at - now > ENDS_SOON_MS)
    return ends_at - now - ENDS_SOON_MS;
  tell_ends_soon (self, rental, handle);
  g_hash_table_insert (self->told, g_steal_pointer (&handle), g_memdup2 (&ends_at, sizeof ends_at));
  return G_MAXINT64;
}

/* Told once per provider until there is enough again; the studio's window says the same. */
static void
check_funds (EaselNotifier *self)
{
  g_autoptr (GNotification) notification = NULL;
  g_autofree char *sentence = NULL;
  const char *provider_id;
  EaselStudioSums sums;

  easel_studio_get_sums (self->studio, &sums);
  provider_id = sums.funds_provider != NULL ? sums.funds_provider->id : NULL;
  if (g_strcmp0 (provider_id, self->funds_told) == 0)
    return;
  if (self->funds_told != NULL)
    g_application_withdraw_notification (G_APPLICATION (self->app), FUNDS_ID);
  g_free (self->funds_told);
  self->funds_told = g_strdup (provider_id);
  if (provider_id == NULL)
    return;
  sentence = easel_studio_sums_dup_low_funds (&sums, easel_clock_get_unix_ms (self->clock));
  notification = g_notification_new (sentence);
  g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_HIGH);
  g_notification_set_body (notification, _ ("Then the provider stops what runs there."));
  g_notification_add_button_with_target (notification, _ ("Add Funds"), "app.add-funds", "s",
                                         provider_id);
  send (self, FUNDS_ID, notification);
}

static gboolean on_timer (gpointer user_data);

static void
check_ends (EaselNotifier *self)
{
  GListModel *model;
  gint64 now;
  gint64 delay = G_MAXINT64;
  guint n;
  guint i;

  if (self->studio == NULL)
    return;
  check_funds (self);
  model = easel_studio_get_rentals (self->studio);
  now = easel_clock_get_unix_ms (self->clock);
  n = g_list_model_get_n_items (model);
  for (i = 0; i < n; i++)
    {
      g_autoptr (EaselRental) rental = g_list_model_get_item (model, i);

      delay = MIN (delay, check_end (self, rental, now));
    }
  easel_clock_clear (self->clock, &self->timer_id);
  if (delay != G_MAXINT64)
    self->timer_id = easel_clock_add (self->clock, delay, on_timer, self, NULL);
}

static gboolean
on_timer (gpointer user_data)
{
  EaselNotifier *self = EASEL_NOTIFIER (user_data);

  self->timer_id = 0;
  check_ends (self);

  return G_SOURCE_REMOVE;
}

static void
easel_notifier_dispose (GObject *object)
{
  EaselNotifier *self = EASEL_NOTIFIER (object);

  self->app = NULL;
  if (self->clock != NULL)
    easel_clock_clear (self->clock, &self->timer_id);
  g_clear_handle_id (&self->watch_id, g_bus_unwatch_name);
  g_clear_pointer (&self->told, g_hash_table_unref);
  g_clear_pointer (&self->funds_told, g_free);
  g_clear_object (&self->studio);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (easel_notifier_parent_class)->dispose (object);
}

static void
easel_notifier_class_init (EaselNotifierClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = easel_notifier_dispose;
}

static void
easel_notifier_init (EaselNotifier *self)
{
  self->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/**
 * easel_notifier_new:
 * @app: who sends; it must outlive the notifier
 * @studio: where things happen
 * @clock: the time in which they end
 *
 * Returns: (transfer full): a notifier that follows @studio
 */
EaselNotifier *
easel_notifier_new (GtkApplication *app, EaselStudio *studio, EaselClock *clock)
{
  EaselNotifier *self;

  g_return_val_if_fail (GTK_IS_APPLICATION (app), NULL);
  g_return_val_if_fail (EASEL_IS_STUDIO (studio), NULL);
  g_return_val_if_fail (EASEL_IS_CLOCK (clock), NULL);

  self = g_object_new (EASEL_TYPE_NOTIFIER, NULL);
  self->app = app;
  self->studio = g_object_ref (studio);
  self->clock = g_object_ref (clock);
  g_signal_connect_object (studio, "rental-ready", G_CALLBACK (on_rental_ready), self, 0);
  g_signal_connect_object (studio, "rental-ended", G_CALLBACK (on_rental_ended), self, 0);
  g_signal_connect_object (studio, "delete-stuck", G_CALLBACK (on_delete_stuck), self, 0);
  g_signal_connect_object (studio, "unconfirmed", G_CALLBACK (on_unconfirmed), self, 0);
  g_signal_connect_object (studio, "changed", G_CALLBACK (check_ends), self, G_CONNECT_SWAPPED);
  listen_for_daemon (self);
  check_ends (self);

  return self;
}

/**
 * easel_notifier_is_heard:
 *
 * Returns: whether somebody on the bus shows notifications
 */
gboolean
easel_notifier_is_heard (EaselNotifier *self)
{
  g_return_val_if_fail (EASEL_IS_NOTIFIER (self), FALSE);

  return self->is_heard;
}

/**
 * easel_notifier_tell_costs:
 *
 * Says what is paid now, in the words of the studio's window. Withdrawn with the first window.
 */
void
easel_notifier_tell_costs (EaselNotifier *self)
{
  g_autoptr (GNotification) notification = NULL;
  g_autofree char *headline = NULL;
  g_autofree char *subline = NULL;

  g_return_if_fail (EASEL_IS_NOTIFIER (self));

  headline = easel_studio_dup_headline (self->studio);
  subline = easel_studio_dup_subline (self->studio, easel_clock_get_unix_ms (self->clock));
  notification = g_notification_new (headline);
  if (subline != NULL)
    g_notification_set_body (notification, subline);
  g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_HIGH);
  g_notification_add_button (notification, _ ("Show"), "app.show-studio");
  send (self, BACKGROUND_ID, notification);
  self->is_background_told = TRUE;
}

/**
 * easel_notifier_tell_free:
 * @offer: what fits and can be rented now
 *
 * A GPU is free again, for which somebody waits.
 */
void
easel_notifier_tell_free (EaselNotifier *self, EaselOffer *offer)
{
  g_autoptr (GNotification) notification = NULL;
  g_autofree char *name = NULL;
  g_autofree char *rate = NULL;
  g_autofree char *body = NULL;

  g_return_if_fail (EASEL_IS_NOTIFIER (self));
  g_return_if_fail (EASEL_IS_OFFER (offer));

  name = easel_offer_title (offer);
  rate = easel_money_format_hourly (easel_offer_price (offer, 0));
  /* Translators: a GPU and its price: "RTX 3090, $0.23 per hour". */
  body = g_strdup_printf (_ ("%s, %s"), name, rate);
  notification = g_notification_new (_ ("A GPU is free again"));
  g_notification_set_body (notification, body);
  g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_HIGH);
  g_notification_add_button (notification, _ ("Look at It"), "app.rent-again");
  send (self, FREE_ID, notification);
}

/**
 * easel_notifier_withdraw_free:
 *
 * It was taken, or nobody waits any more.
 */
void
easel_notifier_withdraw_free (EaselNotifier *self)
{
  g_return_if_fail (EASEL_IS_NOTIFIER (self));

  g_application_withdraw_notification (G_APPLICATION (self->app), FREE_ID);
}

/* The one to name: what ends last. */
static EaselRental *
find_running (EaselNotifier *self)
{
  GListModel *model = easel_studio_get_rentals (self->studio);
  EaselRental *found = NULL;
  guint n = g_list_model_get_n_items (model);
  guint i;

  for (i = 0; i < n; i++)
    {
      g_autoptr (EaselRental) rental = g_list_model_get_item (model, i);
      gint64 ends_at = easel_rental_get_ends_at (rental);

      if (easel_rental_is_ours (rental) && ends_at > 0 &&
          easel_rental_get_state (rental) < EASEL_RENTAL_PAUSED &&
          (found == NULL || ends_at > easel_rental_get_ends_at (found)))
        found = rental;
    }
  return found;
}

static const char *
get_background_words (EaselRental *rental)
{
  if (!easel_rental_is_confirmed (rental))
    return _ ("Cloud Easel ends it from the background. Leave this computer on.");
  if (easel_rental_get_state (rental) == EASEL_RENTAL_STARTING)
    return _ ("It ends by itself. Cloud Easel tells you when it is ready.");
  return _ ("It ends by itself, also when this computer is off.");
}

/**
 * easel_notifier_tell_background:
 * @goes_on: whether the program goes on without a window
 *
 * Says what costs on without a window, until when, and who ends it. Without anything of that kind,
 * and if the program ends, it says nothing.
 */
void
easel_notifier_tell_background (EaselNotifier *self, gboolean goes_on)
{
  g_autoptr (GNotification) notification = NULL;
  EaselRental *rental;
  g_autofree char *title = NULL;
  g_autofree char *time = NULL;

  g_return_if_fail (EASEL_IS_NOTIFIER (self));

  rental = find_running (self);
  if (rental == NULL && !goes_on)
    return;
  if (rental != NULL)
    {
      time = easel_text_clock_time (easel_rental_get_ends_at (rental),
                                    easel_clock_get_unix_ms (self->clock));
      /* Translators: a GPU, "RTX 3090", and a time, "23:40". */
      title =
          g_strdup_printf (_ ("%s runs on, ends by %s"), easel_rental_get_gpu_name (rental), time);
      notification = g_notification_new (title);
      g_notification_set_body (notification, get_background_words (rental));
    }
  else
    {
      notification = g_notification_new (_ ("Cloud Easel is still busy"));
      g_notification_set_body (notification,
                               _ ("It goes on in the background until everything is deleted."));
    }
  g_notification_add_button (notification, _ ("Show"), "app.show-studio");
  send (self, BACKGROUND_ID, notification);
  self->is_background_told = TRUE;
}

/**
 * easel_notifier_withdraw_background:
 *
 * A window is there again, or nothing runs any more.
 */
void
easel_notifier_withdraw_background (EaselNotifier *self)
{
  g_return_if_fail (EASEL_IS_NOTIFIER (self));

  if (!self->is_background_told)
    return;
  self->is_background_told = FALSE;
  g_application_withdraw_notification (G_APPLICATION (self->app), BACKGROUND_ID);
}
