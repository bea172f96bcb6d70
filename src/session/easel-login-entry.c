/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The look at login: a file in the person's autostart folder, in a sandbox a request to the
 * desktop's Background portal. Owns that file and the setting that mirrors it; a file that the
 * person took away elsewhere counts as "off". What is looked at then is the application's. */

#include "config.h"
#include "easel-login-entry.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define FILE_NAME "io.github.cloudeasel.CloudEasel.Check.desktop"
#define PORTAL_NAME "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define TOKEN "easel_login"

struct _EaselLoginEntry
{
  GObject parent_instance;

  GSettings *settings;       /* (owned) */
  GFile *file;               /* (owned) */
  char *program;             /* (owned) */
  GCancellable *cancellable; /* (owned) */
  GError *error;             /* (owned) (nullable): why the last change failed */
  GDBusConnection *bus;      /* (owned) (nullable): of the portal */
  guint response_id;
  gboolean in_sandbox;
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EaselLoginEntry, easel_login_entry, G_TYPE_OBJECT)

/**
 * easel_login_entry_dup_text:
 * @program: what is started, a name or a path
 *
 * Returns: (transfer full): a desktop entry
 */
char *
easel_login_entry_dup_text (const char *program)
{
  g_autoptr (GString) quoted = g_string_new ("\"");

  g_return_val_if_fail (program != NULL, NULL);

  /* The quoting of the Desktop Entry Specification, on top of the escapes of its strings. */
  for (const char *at = program; *at != '\0'; at++)
    {
      if (*at == '\\')
        g_string_append (quoted, "\\\\\\");
      else if (strchr ("\"`$", *at) != NULL)
        g_string_append (quoted, "\\\\");
      else if (*at == '%')
        g_string_append_c (quoted, '%');
      g_string_append_c (quoted, *at);
    }
  return g_strdup_printf ("[Desktop Entry]\n"
                          "Type=Application\n"
                          "Name=Cloud Easel\n"
                          "Comment=%s\n"
                          "Exec=%s\" --check\n"
                          "Icon=io.github.cloudeasel.CloudEasel\n"
                          "Terminal=false\n"
                          "NoDisplay=true\n"
                          "X-GNOME-Autostart-enabled=true\n",
                          _ ("Tells at login whether something rented costs money"), quoted->str);
}

static void
settle (EaselLoginEntry *self, gboolean is_on, const GError *error)
{
  g_clear_error (&self->error);
  if (error != NULL)
    self->error = g_error_copy (error);
  g_settings_set_boolean (self->settings, "check-at-login", is_on);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* --- the file ----------------------------------------------------------------------------- */

static void change_file (EaselLoginEntry *self, gboolean is_on);

/* The wish may have changed while the disk was slow. */
static void
take_outcome (EaselLoginEntry *self, gboolean is_on, const GError *error)
{
  if (error == NULL && easel_login_entry_is_on (self) != is_on)
    change_file (self, !is_on);
  else
    settle (self, is_on, error);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EaselLoginEntry) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_written = g_task_propagate_boolean (G_TASK (result), &error);

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    take_outcome (self, is_written, error);
}

static void
on_deleted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EaselLoginEntry) self = user_data;
  g_autoptr (GError) error = NULL;

  g_file_delete_finish (G_FILE (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    g_clear_error (&error);
  take_outcome (self, error != NULL, error);
}

static void
write_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  EaselLoginEntry *self = source;
  g_autoptr (GFile) folder = g_file_get_parent (self->file);
  GError *error = NULL;

  if (!g_file_make_directory_with_parents (folder, NULL, &error) &&
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_EXISTS))
    g_clear_error (&error);
  if (error == NULL && g_file_set_contents_full (g_file_peek_path (self->file), task_data, -1,
                                                 G_FILE_SET_CONTENTS_CONSISTENT, 0644, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
change_file (EaselLoginEntry *self, gboolean is_on)
{
  g_autoptr (GTask) task = NULL;

  if (!is_on)
    {
      g_file_delete_async (self->file, G_PRIORITY_DEFAULT, self->cancellable, on_deleted,
                           g_object_ref (self));
      return;
    }
  task = g_task_new (self, self->cancellable, on_written, g_object_ref (self));
  g_task_set_source_tag (task, change_file);
  g_task_set_task_data (task, easel_login_entry_dup_text (self->program), g_free);
  g_task_run_in_thread (task, write_in_thread);
}

/* --- the portal --------------------------------------------------------------------------- */

static void
stop_listening (EaselLoginEntry *self)
{
  if (self->response_id != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->response_id);
  self->response_id = 0;
}

static void
on_response (GDBusConnection *bus,
             const char *sender,
             const char *path,
             const char *interface,
             const char *signal,
             GVariant *parameters,
             gpointer user_data)
{
  EaselLoginEntry *self = EASEL_LOGIN_ENTRY (user_data);
  g_autoptr (GVariant) results = NULL;
  gboolean is_on = FALSE;
  guint32 response;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ua{sv})")))
    return;
  stop_listening (self);
  g_variant_get (parameters, "(u@a{sv})", &response, &results);
  if (response == 0)
    g_variant_lookup (results, "autostart", "b", &is_on);
  settle (self, is_on, NULL);
}

static void
on_requested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EaselLoginEntry) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (answer != NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  stop_listening (self);
  settle (self, FALSE, error);
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EaselLoginEntry) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, &error);
  static const char *const command[] = { "cloud-easel", "--check", NULL };
  g_autofree char *sender = NULL;
  g_autofree char *path = NULL;
  GVariantBuilder options;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (bus == NULL)
    {
      settle (self, FALSE, error);
      return;
    }
  stop_listening (self);
  g_set_object (&self->bus, bus);
  sender = g_strdelimit (g_strdup (g_dbus_connection_get_unique_name (bus) + 1), ".", '_');
  path = g_strdup_printf (PORTAL_PATH "/request/%s/" TOKEN, sender);
  self->response_id =
      g_dbus_connection_signal_subscribe (bus, PORTAL_NAME, "org.freedesktop.portal.Request",
                                          "Response", path, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                          on_response, self, NULL);
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "handle_token", g_variant_new_string (TOKEN));
  g_variant_builder_add (&options, "{sv}", "reason",
                         g_variant_new_string (
                             _ ("Tells at login whether something rented costs money")));
  g_variant_builder_add (&options, "{sv}", "autostart",
                         g_variant_new_boolean (
                             g_settings_get_boolean (self->settings, "check-at-login")));
  g_variant_builder_add (&options, "{sv}", "commandline", g_variant_new_strv (command, -1));
  g_dbus_connection_call (bus, PORTAL_NAME, PORTAL_PATH, "org.freedesktop.portal.Background",
                          "RequestBackground", g_variant_new ("(sa{sv})", "", &options),
                          G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NONE, -1, self->cancellable,
                          on_requested, g_object_ref (self));
}

/* --- object ------------------------------------------------------------------------------- */

static void
easel_login_entry_dispose (GObject *object)
{
  EaselLoginEntry *self = EASEL_LOGIN_ENTRY (object);

  g_cancellable_cancel (self->cancellable);
  stop_listening (self);

  G_OBJECT_CLASS (easel_login_entry_parent_class)->dispose (object);
}

static void
easel_login_entry_finalize (GObject *object)
{
  EaselLoginEntry *self = EASEL_LOGIN_ENTRY (object);

  g_clear_object (&self->bus);
  g_clear_object (&self->settings);
  g_clear_object (&self->file);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->error);
  g_free (self->program);

  G_OBJECT_CLASS (easel_login_entry_parent_class)->finalize (object);
}

static void
easel_login_entry_class_init (EaselLoginEntryClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = easel_login_entry_dispose;
  G_OBJECT_CLASS (klass)->finalize = easel_login_entry_finalize;

  /**
   * EaselLoginEntry::changed:
   *
   * After each change, and when one has failed.
   */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
easel_login_entry_init (EaselLoginEntry *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * easel_login_entry_new:
 * @settings: where the choice is mirrored
 * @config_dir: (type filename): the person's folder of settings
 * @program: (type filename): what is started
 * @in_sandbox: whether only a portal can do it
 *
 * Returns: (transfer full): the entry as it is
 */
EaselLoginEntry *
easel_login_entry_new (GSettings *settings,
                       const char *config_dir,
                       const char *program,
                       gboolean in_sandbox)
{
  EaselLoginEntry *self;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (config_dir != NULL && program != NULL, NULL);

  self = g_object_new (EASEL_TYPE_LOGIN_ENTRY, NULL);
  self->settings = g_object_ref (settings);
  self->file = g_file_new_build_filename (config_dir, "autostart", FILE_NAME, NULL);
  self->program = g_strdup (program);
  self->in_sandbox = in_sandbox;
  /* One look at the disk, and only where it was switched on. */
  if (!in_sandbox && g_settings_get_boolean (settings, "check-at-login") &&
      !g_file_query_exists (self->file, NULL))
    g_settings_set_boolean (settings, "check-at-login", FALSE);
  return self;
}

/**
 * easel_login_entry_is_on:
 *
 * Returns: whether it looks at login
 */
gboolean
easel_login_entry_is_on (EaselLoginEntry *self)
{
  g_return_val_if_fail (EASEL_IS_LOGIN_ENTRY (self), FALSE);

  return g_settings_get_boolean (self->settings, "check-at-login");
}

/**
 * easel_login_entry_set_on:
 * @is_on: whether to look at login
 *
 * Asks for it; #EaselLoginEntry::changed tells what came of it.
 */
void
easel_login_entry_set_on (EaselLoginEntry *self, gboolean is_on)
{
  g_return_if_fail (EASEL_IS_LOGIN_ENTRY (self));

  easel_login_entry_note_offered (self);
  if (is_on == easel_login_entry_is_on (self))
    return;
  g_settings_set_boolean (self->settings, "check-at-login", is_on);
  g_signal_emit (self, signals[CHANGED], 0);
  if (self->in_sandbox)
    g_bus_get (G_BUS_TYPE_SESSION, self->cancellable, on_bus, g_object_ref (self));
  else
    change_file (self, is_on);
}

/**
 * easel_login_entry_get_error:
 *
 * Returns: (nullable): why the last change failed
 */
const GError *
easel_login_entry_get_error (EaselLoginEntry *self)
{
  g_return_val_if_fail (EASEL_IS_LOGIN_ENTRY (self), NULL);

  return self->error;
}

/**
 * easel_login_entry_is_offered:
 *
 * Returns: whether to offer it: never chosen, never declined
 */
gboolean
easel_login_entry_is_offered (EaselLoginEntry *self)
{
  g_return_val_if_fail (EASEL_IS_LOGIN_ENTRY (self), FALSE);

  return !g_settings_get_boolean (self->settings, "check-offered");
}

/**
 * easel_login_entry_note_offered:
 *
 * The person has answered; it is not offered again.
 */
void
easel_login_entry_note_offered (EaselLoginEntry *self)
{
  g_return_if_fail (EASEL_IS_LOGIN_ENTRY (self));

  g_settings_set_boolean (self->settings, "check-offered", TRUE);
}
