/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The least of org.freedesktop.secrets that libsecret needs to be disappointed, on a bus of its
 * own. It never holds a secret.
 */

#include "config.h"

#include "mock-secret-service.h"

#include <string.h>

#define SERVICE_PATH "/org/freedesktop/secrets"
#define ITEM_PATH SERVICE_PATH "/collection/login/1"
#define PROMPT_PATH SERVICE_PATH "/prompt/1"
#define SLOW_MS 400

static const char introspection[] =
    "<node>"
    "<interface name='org.freedesktop.Secret.Service'>"
    "<method name='OpenSession'><arg type='s' direction='in'/><arg type='v' direction='in'/>"
    "<arg type='v' direction='out'/><arg type='o' direction='out'/></method>"
    "<method name='SearchItems'><arg type='a{ss}' direction='in'/>"
    "<arg type='ao' direction='out'/><arg type='ao' direction='out'/></method>"
    "<method name='Unlock'><arg type='ao' direction='in'/><arg type='ao' direction='out'/>"
    "<arg type='o' direction='out'/></method>"
    "<method name='GetSecrets'><arg type='ao' direction='in'/><arg type='o' direction='in'/>"
    "<arg type='a{o(oayays)}' direction='out'/></method>"
    "<method name='ReadAlias'><arg type='s' direction='in'/><arg type='o' direction='out'/>"
    "</method>"
    "<property name='Collections' type='ao' access='read'/>"
    "</interface>"
    "<interface name='org.freedesktop.Secret.Collection'>"
    "<method name='CreateItem'><arg type='a{sv}' direction='in'/>"
    "<arg type='(oayays)' direction='in'/><arg type='b' direction='in'/>"
    "<arg type='o' direction='out'/><arg type='o' direction='out'/></method>"
    "<property name='Locked' type='b' access='read'/>"
    "</interface>"
    "<interface name='org.freedesktop.Secret.Item'>"
    "<property name='Locked' type='b' access='read'/>"
    "<property name='Label' type='s' access='read'/>"
    "<property name='Type' type='s' access='read'/>"
    "<property name='Created' type='t' access='read'/>"
    "<property name='Modified' type='t' access='read'/>"
    "<property name='Attributes' type='a{ss}' access='read'/>"
    "</interface>"
    "<interface name='org.freedesktop.Secret.Prompt'>"
    "<method name='Prompt'><arg type='s' direction='in'/></method>"
    "<method name='Dismiss'/>"
    "<signal name='Completed'><arg type='b'/><arg type='v'/></signal>"
    "</interface>"
    "</node>";

struct _EaselMockService
{
  GTestDBus *bus;              /* (owned): never let go */
  GDBusConnection *connection; /* (owned) */
  GDBusNodeInfo *info;         /* (owned) */
  GPtrArray *kept;             /* (owned): questions that get no answer */
  EaselMockMode mode;
  guint n_calls;
  guint n_prompts;
};

static GVariant *
no_paths (void)
{
  return g_variant_new_array (G_VARIANT_TYPE_OBJECT_PATH, NULL, 0);
}

static GVariant *
item_path (void)
{
  GVariant *path = g_variant_new_object_path (ITEM_PATH);

  return g_variant_new_array (G_VARIANT_TYPE_OBJECT_PATH, &path, 1);
}

/* The person looked at the question and said no. */
static gboolean
on_person_declined (gpointer user_data)
{
  EaselMockService *self = user_data;

  g_dbus_connection_emit_signal (self->connection, NULL, PROMPT_PATH,
                                 "org.freedesktop.Secret.Prompt", "Completed",
                                 g_variant_new ("(bv)", TRUE, no_paths ()), NULL);
  return G_SOURCE_REMOVE;
}

static void
answer (EaselMockService *self, GDBusMethodInvocation *invocation)
{
  const char *name = g_dbus_method_invocation_get_method_name (invocation);
  GVariant *arguments = g_dbus_method_invocation_get_parameters (invocation);

  if (strcmp (name, "OpenSession") == 0)
    {
      const char *algorithm;

      g_variant_get_child (arguments, 0, "&s", &algorithm);
      if (strcmp (algorithm, "plain") == 0)
        g_dbus_method_invocation_return_value (invocation,
                                               g_variant_new ("(vo)", g_variant_new_string (""),
                                                              SERVICE_PATH "/session"));
      else
        g_dbus_method_invocation_return_dbus_error (invocation,
                                                    "org.freedesktop.DBus.Error.NotSupported",
                                                    "only plain");
    }
  else if (strcmp (name, "SearchItems") == 0)
    g_dbus_method_invocation_return_value (invocation,
                                           g_variant_new ("(@ao@ao)", no_paths (), item_path ()));
  else if (strcmp (name, "Unlock") == 0)
    g_dbus_method_invocation_return_value (invocation,
                                           g_variant_new ("(@aoo)", no_paths (), PROMPT_PATH));
  else if (strcmp (name, "Prompt") == 0)
    {
      self->n_prompts++;
      g_dbus_method_invocation_return_value (invocation, NULL);
      g_idle_add (on_person_declined, self);
    }
  else if (strcmp (name, "CreateItem") == 0)
    g_dbus_method_invocation_return_dbus_error (invocation, "org.freedesktop.Secret.Error.IsLocked",
                                                "locked");
  else
    g_dbus_method_invocation_return_dbus_error (invocation,
                                                "org.freedesktop.DBus.Error.UnknownMethod",
                                                "no such thing");
}

typedef struct
{
  EaselMockService *self;
  GDBusMethodInvocation *invocation;
} Later;

static gboolean
on_waited (gpointer user_data)
{
  Later *later = user_data;

  answer (later->self, later->invocation);
  return G_SOURCE_REMOVE;
}

static void
on_method (GDBusConnection *connection,
           const char *sender,
           const char *path,
           const char *interface,
           const char *name,
           GVariant *arguments,
           GDBusMethodInvocation *invocation,
           gpointer user_data)
{
  EaselMockService *self = user_data;
  Later *later;

  self->n_calls++;
  switch (self->mode)
    {
    case EASEL_MOCK_SILENT:
      g_ptr_array_add (self->kept, invocation);
      break;
    case EASEL_MOCK_BROKEN:
      g_dbus_method_invocation_return_dbus_error (invocation, "org.example.Broken", "broken");
      break;
    case EASEL_MOCK_SLOW:
      later = g_new0 (Later, 1);
      later->self = self;
      later->invocation = invocation;
      g_timeout_add_full (G_PRIORITY_DEFAULT, SLOW_MS, on_waited, later, g_free);
      break;
    case EASEL_MOCK_DISMISSED:
    default:
      answer (self, invocation);
    }
}

static GVariant *
on_get_property (GDBusConnection *connection,
                 const char *sender,
                 const char *path,
                 const char *interface,
                 const char *name,
                 GError **error,
                 gpointer user_data)
{
  if (strcmp (name, "Locked") == 0)
    return g_variant_new_boolean (TRUE);
  if (strcmp (name, "Collections") == 0)
    return no_paths ();
  if (strcmp (name, "Attributes") == 0)
    return g_variant_new_array (G_VARIANT_TYPE ("{ss}"), NULL, 0);
  if (strcmp (name, "Created") == 0 || strcmp (name, "Modified") == 0)
    return g_variant_new_uint64 (0);
  return g_variant_new_string ("x");
}

static void
put (EaselMockService *self, const char *path, const char *interface)
{
  static const GDBusInterfaceVTable table = { on_method, on_get_property, NULL, { 0 } };
  g_autoptr (GError) error = NULL;

  g_dbus_connection_register_object (self->connection, path,
                                     g_dbus_node_info_lookup_interface (self->info, interface),
                                     &table, self, NULL, &error);
  g_assert_no_error (error);
}

/* libsecret talks to the bus that the environment names. */
EaselMockService *
easel_mock_service_new (EaselMockMode mode)
{
  EaselMockService *self = g_new0 (EaselMockService, 1);
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;

  self->mode = mode;
  self->kept = g_ptr_array_new_with_free_func (g_object_unref);
  self->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (self->bus);
  self->connection =
      g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (self->bus),
                                              G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                  G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                              NULL, NULL, &error);
  g_assert_no_error (error);
  self->info = g_dbus_node_info_new_for_xml (introspection, &error);
  g_assert_no_error (error);
  put (self, SERVICE_PATH, "org.freedesktop.Secret.Service");
  put (self, SERVICE_PATH "/aliases/default", "org.freedesktop.Secret.Collection");
  put (self, ITEM_PATH, "org.freedesktop.Secret.Item");
  put (self, PROMPT_PATH, "org.freedesktop.Secret.Prompt");
  reply =
      g_dbus_connection_call_sync (self->connection, "org.freedesktop.DBus",
                                   "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
                                   g_variant_new ("(su)", "org.freedesktop.secrets", 0), NULL,
                                   G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
  return self;
}

void
easel_mock_service_free (EaselMockService *self)
{
  g_clear_pointer (&self->kept, g_ptr_array_unref);
  g_dbus_connection_close_sync (self->connection, NULL, NULL);
  g_clear_object (&self->connection);
  g_clear_pointer (&self->info, g_dbus_node_info_unref);
  /* libsecret keeps its connection to the end of the process and would not outlive its bus, so the
   * bus ends with the process, too: GLib sees to that. */
  g_free (self);
}

guint
easel_mock_service_get_n_calls (EaselMockService *self)
{
  return self->n_calls;
}

guint
easel_mock_service_get_n_prompts (EaselMockService *self)
{
  return self->n_prompts;
}
