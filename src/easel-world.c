/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Puts together what a run of the program works with, for the one with windows and the one on a
 * text console alike. Knows where state and settings lie; starts nothing. */

#include "config.h"
#include "easel-world.h"

#include "easel-provider-registry.h"
#include "easel-session-private.h"

#include <errno.h>
#include <glib/gstdio.h>

#define G_SETTINGS_ENABLE_BACKEND
#include <gio/gsettingsbackend.h>

/* Not the application's id: the development profile shares the schema. */
#define SCHEMA_ID "io.github.cloudeasel.CloudEasel"

/**
 * easel_world_dup_state_dir:
 * @part: (nullable): "demo" or "endpoints" for what is simulated
 *
 * Returns: (transfer full) (type filename): where journal and history lie
 */
char *
easel_world_dup_state_dir (const char *part)
{
  return g_build_filename (g_get_user_state_dir (), "cloud-easel", part, NULL);
}

static GSettings *
create_settings (const char *part, const char *state_dir)
{
  g_autoptr (GSettingsBackend) backend = NULL;
  g_autofree char *path = NULL;

  if (part == NULL)
    return g_settings_new (SCHEMA_ID);

  path = g_build_filename (state_dir, "settings.ini", NULL);
  backend = g_keyfile_settings_backend_new (path, "/", NULL);

  return g_settings_new_with_backend (SCHEMA_ID, backend);
}

/**
 * easel_world_new:
 * @part: (nullable): "demo" or "endpoints" for what is simulated
 * @endpoints: where the providers are; it must outlive the world
 *
 * Makes the state folder.
 *
 * Returns: (transfer full): a world in which nothing happens yet
 */
EaselWorld *
easel_world_new (const char *part, EaselEndpoints *endpoints)
{
  EaselWorld *self;

  g_return_val_if_fail (endpoints != NULL, NULL);

  self = g_new0 (EaselWorld, 1);
  self->endpoints = endpoints;
  self->state_dir = easel_world_dup_state_dir (part);
  if (g_mkdir_with_parents (self->state_dir, 0700) != 0)
    g_debug ("“%s”: %s", self->state_dir, g_strerror (errno));
  self->settings = create_settings (part, self->state_dir);
  self->clock = easel_endpoints_create_clock (endpoints);
  self->http = easel_http_new (self->clock, NULL);
  self->providers = easel_provider_registry_create (self->http, self->clock, endpoints);

  return self;
}

/**
 * easel_world_free:
 * @self: (transfer full): a world
 */
void
easel_world_free (EaselWorld *self)
{
  g_clear_pointer (&self->providers, g_ptr_array_unref);
  g_clear_object (&self->http);
  g_clear_object (&self->clock);
  g_clear_object (&self->settings);
  g_free (self->state_dir);
  g_free (self);
}

/**
 * easel_world_create_session:
 * @self: a world
 * @store: where keys are kept
 * @settings: (nullable): where choices are kept instead of the person's settings
 *
 * Returns: (transfer full): a session that has not started
 */
EaselSession *
easel_world_create_session (EaselWorld *self, EaselSecretStore *store, GSettings *settings)
{
  g_return_val_if_fail (self != NULL, NULL);

  return _easel_session_new (self->clock, self->http, self->providers, store,
                             settings != NULL ? settings : self->settings, self->state_dir,
                             self->endpoints);
}
