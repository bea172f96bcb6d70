/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the desktop is told, seen from a notification daemon on a bus of its own: the words, the
 * buttons, and that everything is withdrawn when it is no longer true. */

#include "config.h"

#include "easel-error.h"
#include "easel-notifier.h"
#include "easel-rental-private.h"
#include "easel-studio-window.h"
#include "easel-test-util.h"
#include "easel-ui.h"
#include "studio-stage.h"

static const char interface_xml[] =
    "<node><interface name='org.freedesktop.Notifications'>"
    "<method name='Notify'>"
    "<arg type='s' direction='in'/><arg type='u' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='as' direction='in'/>"
    "<arg type='a{sv}' direction='in'/><arg type='i' direction='in'/>"
    "<arg type='u' direction='out'/></method>"
    "<method name='CloseNotification'><arg type='u' direction='in'/></method>"
    "</interface></node>";

typedef struct
{
  guint id;
  char *summary;
  char *body;
  char *actions; /* joined by a bar */
} Notice;

static void
notice_free (gpointer data)
{
  Notice *notice = data;

  g_free (notice->summary);
  g_free (notice->body);
  g_free (notice->actions);
  g_free (notice);
}

typedef struct
{
  Stage stage;
  GDBusConnection *connection; /* the daemon's */
  GPtrArray *shown;            /* (element-type Notice) */
  guint n_notified;
  GtkApplication *app;
  EaselNotifier *notifier;
} Fixture;

static void
on_call (GDBusConnection *connection,
         const char *sender,
         const char *path,
         const char *interface,
         const char *method,
         GVariant *parameters,
         GDBusMethodInvocation *invocation,
         gpointer user_data)
{
  Fixture *fixture = user_data;

  if (g_str_equal (method, "Notify"))
    {
      Notice *notice = g_new0 (Notice, 1);
      g_auto (GStrv) actions = NULL;

      g_variant_get (parameters, "(susss^asa{sv}i)", NULL, NULL, NULL, &notice->summary,
                     &notice->body, &actions, NULL, NULL);
      notice->actions = g_strjoinv ("|", actions);
      notice->id = ++fixture->n_notified;
      g_ptr_array_add (fixture->shown, notice);
      g_dbus_method_invocation_return_value (invocation, g_variant_new ("(u)", notice->id));
    }
  else
    {
      guint id;

      g_variant_get (parameters, "(u)", &id);
      for (guint i = 0; i < fixture->shown->len; i++)
        if (((Notice *) g_ptr_array_index (fixture->shown, i))->id == id)
          {
            g_ptr_array_remove_index (fixture->shown, i);
            break;
          }
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
}

static void
on_named (GDBusConnection *connection, const char *name, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

static void
start_daemon (Fixture *fixture, GTestDBus *bus)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_call };
  g_autoptr (GDBusNodeInfo) info = g_dbus_node_info_new_for_xml (interface_xml, NULL);
  g_autoptr (GError) error = NULL;
  gboolean is_named = FALSE;

  fixture->shown = g_ptr_array_new_with_free_func (notice_free);
  fixture->connection =
      g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (bus),
                                              G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                  G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                              NULL, NULL, &error);
  g_assert_no_error (error);
  g_dbus_connection_register_object (fixture->connection, "/org/freedesktop/Notifications",
                                     info->interfaces[0], &vtable, fixture, NULL, &error);
  g_assert_no_error (error);
  g_bus_own_name_on_connection (fixture->connection, "org.freedesktop.Notifications",
                                G_BUS_NAME_OWNER_FLAGS_NONE, on_named, NULL, &is_named, NULL);
  easel_test_wait_flag (&is_named);
}

/* So much real time that the daemon has been found and has answered. */
static void
let_messages_pass (void)
{
  easel_test_pump_for (60);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static guint n_applications = 0;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  start_daemon (fixture, G_TEST_DBUS ((gpointer) data));
  stage_set_up (&fixture->stage);
  stage_add_own (&fixture->stage, "easel-00c0ffee", "RTX 3090");
  stage_open (&fixture->stage);
  /* What one application exports stays on the connection that all tests share. */
  id = g_strdup_printf ("io.github.cloudeasel.CloudEasel.Test%u", ++n_applications);
  fixture->app = gtk_application_new (id, G_APPLICATION_NON_UNIQUE);
  g_application_register (G_APPLICATION (fixture->app), NULL, &error);
  g_assert_no_error (error);
  fixture->notifier =
      easel_notifier_new (fixture->app, fixture->stage.studio, fixture->stage.clock);
  let_messages_pass ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (g_steal_pointer (&fixture->notifier));
  g_clear_object (&fixture->app);
  stage_tear_down (&fixture->stage);
  g_dbus_connection_close_sync (fixture->connection, NULL, NULL);
  g_clear_object (&fixture->connection);
  g_clear_pointer (&fixture->shown, g_ptr_array_unref);
}

static Notice *
find_notice (Fixture *fixture, const char *summary)
{
  let_messages_pass ();
  for (guint i = 0; i < fixture->shown->len; i++)
    {
      Notice *notice = g_ptr_array_index (fixture->shown, i);

      g_test_message ("“%s” “%s” %s", notice->summary, notice->body, notice->actions);
      if (g_str_equal (notice->summary, summary))
        return notice;
    }
  return NULL;
}

static void
test_ready (Fixture *fixture, gconstpointer data)
{
  EaselRental *rental = stage_find (&fixture->stage, "RTX 3090");
  Notice *notice;

  g_signal_emit_by_name (fixture->stage.studio, "rental-ready", rental);
  notice = find_notice (fixture, "RTX 3090 is ready");
  g_assert_nonnull (notice);
  g_assert_nonnull (strstr (notice->actions, "app.copy-address"));
  g_assert_nonnull (strstr (notice->actions, "|Copy Address"));

  easel_studio_delete (fixture->stage.studio, rental, "done");
  g_assert_null (find_notice (fixture, "RTX 3090 is ready"));
}

static void
test_ended (Fixture *fixture, gconstpointer data)
{
  EaselRental *rental = stage_find (&fixture->stage, "RTX 3090");
  Notice *notice;

  easel_studio_delete (fixture->stage.studio, rental, "hours");
  for (guint i = 0; i < 30; i++)
    stage_advance (&fixture->stage, 1000);
  g_assert_cmpint (easel_rental_get_state (rental), ==, EASEL_RENTAL_GONE);
  notice = find_notice (fixture, "RTX 3090 has ended");
  g_assert_nonnull (notice);
  g_assert_nonnull (strstr (notice->body, "checked twice"));
}

static void
test_stuck (Fixture *fixture, gconstpointer data)
{
  EaselRental *rental = stage_find (&fixture->stage, "RTX 3090");
  Notice *notice;

  stub_provider_fail_always (fixture->stage.provider, STUB_DELETE_POD, EASEL_ERROR_UNAVAILABLE);
  easel_studio_delete (fixture->stage.studio, rental, "done");
  for (guint i = 0; i < 60; i++)
    stage_advance (&fixture->stage, 5000);
  g_assert_cmpint (easel_rental_get_state (rental), ==, EASEL_RENTAL_STUCK);
  notice = find_notice (fixture, "RTX 3090 could not be deleted");
  g_assert_nonnull (notice);
  g_assert_nonnull (strstr (notice->actions, "Open RunPod"));

  stub_provider_fail_never (fixture->stage.provider, STUB_DELETE_POD);
  easel_studio_delete (fixture->stage.studio, rental, "done");
  for (guint i = 0; i < 30; i++)
    stage_advance (&fixture->stage, 1000);
  g_assert_cmpint (easel_rental_get_state (rental), ==, EASEL_RENTAL_GONE);
  g_assert_null (find_notice (fixture, "RTX 3090 could not be deleted"));
}

/* Told once, ten minutes before; an end that was moved takes it back. */
static void
test_ends_soon (Fixture *fixture, gconstpointer data)
{
  EaselRental *rental = stage_find (&fixture->stage, "RTX 3090");
  gint64 left = easel_rental_get_ends_at (rental) - easel_clock_get_unix_ms (fixture->stage.clock);
  Notice *notice;

  /* Only the hard end is looked at here. */
  rental->record->limits.idle_minutes = 600;
  stage_advance (&fixture->stage, left - 11 * 60 * 1000);
  g_assert_null (find_notice (fixture, "RTX 3090 ends at 23:30"));
  stage_advance (&fixture->stage, 2 * 60 * 1000);
  notice = find_notice (fixture, "RTX 3090 ends at 23:30");
  g_assert_nonnull (notice);
  g_assert_nonnull (strstr (notice->actions, "Keep 1 Hour, $0.23"));
  g_assert_nonnull (strstr (notice->actions, "app.end"));
  g_assert_true (g_str_has_suffix (notice->actions, "|I’m Done"));
  stage_advance (&fixture->stage, 60 * 1000);
  let_messages_pass ();
  g_assert_cmpuint (fixture->n_notified, ==, 1);

  easel_studio_extend (fixture->stage.studio, rental, 1);
  g_assert_null (find_notice (fixture, "RTX 3090 ends at 23:30"));
}

/* Taken back when it confirms after all. */
static void
test_unconfirmed (Fixture *fixture, gconstpointer data)
{
  EaselRental *rental = stage_find (&fixture->stage, "RTX 3090");
  Notice *notice;

  g_signal_emit_by_name (fixture->stage.studio, "unconfirmed", rental);
  notice = find_notice (fixture, "RTX 3090 has not confirmed its end");
  g_assert_nonnull (notice);
  g_assert_nonnull (strstr (notice->body, "leave this computer on"));
  g_assert_nonnull (strstr (notice->actions, "I’m Done…"));
  stage_arm (&fixture->stage, rental, "proven");
  g_signal_emit_by_name (rental, "changed");
  g_assert_null (find_notice (fixture, "RTX 3090 has not confirmed its end"));
}

/* Said in the window, too; paying in takes it back. */
static void
test_low_funds (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselAccountInfo) info = easel_account_info_new ();
  EaselAccount *account = easel_session_get_nth_account (fixture->stage.session, 0);
  GtkWindow *window = easel_studio_window_new (NULL, fixture->stage.session);
  Notice *notice;

  gtk_window_present (window);
  info->account_id = g_strdup ("user_stub");
  info->spend_per_hour = 230000;
  info->can_pay = TRUE;
  /* $0.15 at $0.23 an hour: 39 minutes. Balances are asked for once a minute. */
  info->balance = 150000;
  stub_provider_set_account (fixture->stage.provider, info);
  stage_advance (&fixture->stage, 61 * 1000);
  easel_account_refresh_balance (account);
  notice = find_notice (fixture, "Your balance at RunPod lasts until 20:40.");
  g_assert_nonnull (notice);
  g_assert_nonnull (strstr (notice->actions, "app.add-funds"));
  g_assert_nonnull (strstr (notice->actions, "|Add Funds"));
  g_assert_true (stage_shows (GTK_WIDGET (window), "Your balance at RunPod lasts until 20:40."));
  g_assert_nonnull (stage_find_button (GTK_WIDGET (window), "Add Funds"));
  g_assert_cmpuint (fixture->n_notified, ==, 1);

  info->balance = 10 * G_GINT64_CONSTANT (1000000);
  stub_provider_set_account (fixture->stage.provider, info);
  stage_advance (&fixture->stage, 61 * 1000);
  easel_account_refresh_balance (account);
  g_assert_null (find_notice (fixture, "Your balance at RunPod lasts until 20:40."));
  g_assert_null (stage_find_button (GTK_WIDGET (window), "Add Funds"));
  gtk_window_destroy (window);
}

static void
test_free (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselOffer) offer = stub_offer ("3090", "RTX 3090", 24, 220000);
  Notice *notice;

  easel_notifier_tell_free (fixture->notifier, offer);
  notice = find_notice (fixture, "A GPU is free again");
  g_assert_nonnull (notice);
  g_assert_cmpstr (notice->body, ==, "RTX 3090 · 24 GB, $0.22 per hour");
  g_assert_nonnull (strstr (notice->actions, "app.rent-again"));
  easel_notifier_withdraw_free (fixture->notifier);
  g_assert_null (find_notice (fixture, "A GPU is free again"));
}

static void
test_background (Fixture *fixture, gconstpointer data)
{
  EaselRental *rental = stage_find (&fixture->stage, "RTX 3090");
  Notice *notice;

  easel_notifier_tell_background (fixture->notifier, TRUE);
  notice = find_notice (fixture, "RTX 3090 runs on, ends by 23:30");
  g_assert_nonnull (notice);
  g_assert_nonnull (strstr (notice->body, "Leave this computer on."));

  easel_notifier_withdraw_background (fixture->notifier);
  g_assert_null (find_notice (fixture, "RTX 3090 runs on, ends by 23:30"));

  stage_arm (&fixture->stage, rental, "proven");
  g_assert_true (easel_rental_is_confirmed (rental));
  easel_notifier_tell_background (fixture->notifier, FALSE);
  notice = find_notice (fixture, "RTX 3090 runs on, ends by 23:30");
  g_assert_nonnull (notice);
  g_assert_nonnull (strstr (notice->body, "It ends by itself"));
  easel_notifier_withdraw_background (fixture->notifier);
  g_assert_null (find_notice (fixture, "RTX 3090 runs on, ends by 23:30"));
}

int
main (int argc, char *argv[])
{
  g_autofree char *display = g_strdup (g_getenv ("DISPLAY"));
  GTestDBus *bus;

  g_test_init (&argc, &argv, NULL);
  bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (bus);
  /* The bus takes it away, so that no test reaches a real desktop; this one has its own. */
  if (display != NULL)
    g_setenv ("DISPLAY", display, TRUE);
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP no display\n");
      return 0;
    }
  easel_ui_init ();

#define ADD(path, func) g_test_add (path, Fixture, bus, set_up, func, tear_down)
  ADD ("/notices/ready", test_ready);
  ADD ("/notices/ended", test_ended);
  ADD ("/notices/delete-stuck", test_stuck);
  ADD ("/notices/ends-soon", test_ends_soon);
  ADD ("/notices/low-funds", test_low_funds);
  ADD ("/notices/free-again", test_free);
  ADD ("/notices/background", test_background);
  ADD ("/notices/unconfirmed", test_unconfirmed);
#undef ADD

  /* The bus ends with this process: stopping it would wait for the connection that GTK keeps. */
  return g_test_run ();
}
