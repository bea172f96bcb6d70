/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * easel-faults-driver: the program without its windows, in a process that can be killed. It puts
 * the session together as the application does, obeys one command a line on standard input and
 * prints what the interface would show, a line of JSON, whenever that changes.
 *
 *   seed PROVIDER KEY    as if it had been in the keyring
 *   start                the program's start
 *   key PROVIDER KEY     the person types a key
 *   offers PROVIDER      the page with the GPUs
 *   rent HOURS           the click on Rent
 *   retry                the click on Try Again after a start that failed
 *   refresh              the click on Try Again above the list
 *   delete|pause|resume NAME|all
 *   step SECONDS         somebody sets the computer's clock
 *   quit
 */
#include "config.h"

#include "easel-endpoints.h"
#include "easel-error.h"
#include "easel-faults-report.h"
#include "easel-kill-point.h"
#include "easel-provider-registry.h"
#include "easel-session-private.h"
#include "easel-wall-time.h"

#define G_SETTINGS_ENABLE_BACKEND
#include <gio/gsettingsbackend.h>
#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <stdio.h>
#include <unistd.h>

#define SCHEMA_ID "io.github.cloudeasel.CloudEasel"
#define REPORT_EVERY_MS 10
#define IDLE_MINUTES (24 * 60)

typedef struct
{
  GMainLoop *loop;             /* (owned) */
  EaselClock *clock;           /* (owned) */
  EaselSecretStore *store;     /* (owned) */
  GPtrArray *providers;        /* (owned) (element-type EaselProvider) */
  EaselSession *session;       /* (owned) */
  EaselDeployment *deployment; /* (owned) (nullable): the one of the Starting page */
  GDataInputStream *input;     /* (owned) */
  GCancellable *cancellable;   /* (owned) */
  char *last;                  /* (owned) (nullable): printed last */
  guint report_id;
  guint n_done;
  guint seeds_left;
  gboolean start_wanted;
} Driver;

static gboolean
on_report (gpointer user_data)
{
  Driver *self = user_data;
  char *text = easel_faults_report (self->session, self->deployment, self->n_done);

  self->report_id = 0;
  if (g_strcmp0 (text, self->last) != 0)
    {
      puts (text);
      fflush (stdout);
    }
  g_free (self->last);
  self->last = text;
  return G_SOURCE_REMOVE;
}

static void
report_soon (Driver *self)
{
  if (self->report_id == 0)
    self->report_id = g_timeout_add (REPORT_EVERY_MS, on_report, self);
}

static void
follow (Driver *self, gpointer object)
{
  g_signal_connect_swapped (object, "changed", G_CALLBACK (report_soon), self);
  g_signal_connect_swapped (object, "notify", G_CALLBACK (report_soon), self);
}

static void
follow_deployment (Driver *self, EaselDeployment *deployment)
{
  if (self->deployment != NULL)
    g_signal_handlers_disconnect_by_data (self->deployment, self);
  if (g_set_object (&self->deployment, deployment) && deployment != NULL)
    follow (self, deployment);
}

static void
follow_rows (Driver *self)
{
  GListModel *rentals = easel_studio_get_rentals (easel_session_get_studio (self->session));

  for (guint i = 0; i < g_list_model_get_n_items (rentals); i++)
    {
      g_autoptr (EaselRental) rental = g_list_model_get_item (rentals, i);

      if (g_signal_handler_find (rental, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, self) == 0)
        follow (self, rental);
    }
  report_soon (self);
}

/* --- commands --------------------------------------------------------------------------------- */

static void
begin (Driver *self)
{
  if (self->seeds_left == 0 && self->start_wanted)
    easel_session_start (self->session);
}

static void
on_seeded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Driver *self = user_data;

  easel_secret_store_store_finish (EASEL_SECRET_STORE (source), result, NULL);
  self->seeds_left--;
  begin (self);
}

static void
seed (Driver *self, const char *provider_id, const char *value)
{
  g_autoptr (EaselSecret) key = easel_secret_new (value);

  for (guint i = 0; i < self->providers->len; i++)
    {
      EaselProvider *provider = g_ptr_array_index (self->providers, i);

      if (g_strcmp0 (easel_provider_get_id (provider), provider_id) != 0)
        continue;
      self->seeds_left++;
      easel_secret_store_store_async (self->store, provider_id,
                                      easel_provider_get_api_host (provider), "Practice", key, NULL,
                                      on_seeded, self);
    }
}

static void
set_key (Driver *self, const char *provider_id, const char *value)
{
  EaselAccount *account = easel_session_get_account (self->session, provider_id);
  g_autoptr (EaselSecret) key = easel_secret_new (value);

  if (account != NULL)
    easel_account_set_key (account, key, TRUE);
}

static void
show_offers (Driver *self, const char *provider_id)
{
  easel_plan_set_provider_id (easel_session_get_plan (self->session), provider_id);
  easel_catalog_refresh (easel_session_get_catalog (self->session));
}

static void
rent (Driver *self, const char *hours)
{
  EaselPlan *plan = easel_session_get_plan (self->session);
  EaselLimits limits = *easel_plan_get_limits (plan);
  g_autoptr (EaselLaunchSpec) spec = NULL;
  g_autoptr (GError) error = NULL;

  limits.hours = hours != NULL ? (guint) g_ascii_strtoull (hours, NULL, 10) : limits.hours;
  limits.idle_minutes = IDLE_MINUTES;
  easel_plan_set_limits (plan, &limits);
  spec = easel_plan_build_spec (plan);
  if (spec == NULL)
    {
      g_printerr ("nothing can be rented yet\n");
      return;
    }
  follow_deployment (self,
                     easel_studio_rent (easel_session_get_studio (self->session), spec, &error));
  if (error != NULL)
    g_printerr ("not rented: %s\n", error->message);
}

static void
act_on_rentals (Driver *self, const char *action, const char *name)
{
  EaselStudio *studio = easel_session_get_studio (self->session);
  GListModel *rentals = easel_studio_get_rentals (studio);
  g_autoptr (GPtrArray) chosen = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (rentals); i++)
    {
      g_autoptr (EaselRental) rental = g_list_model_get_item (rentals, i);
      const EaselPodData *pod = easel_rental_get_pod (rental);

      if (g_str_equal (name, "all") || (pod != NULL && g_str_equal (pod->name, name)))
        g_ptr_array_add (chosen, g_steal_pointer (&rental));
    }
  for (guint i = 0; i < chosen->len; i++)
    {
      EaselRental *rental = g_ptr_array_index (chosen, i);

      if (g_str_equal (action, "delete") && easel_rental_can_delete (rental))
        easel_studio_delete (studio, rental, "user");
      else if (g_str_equal (action, "pause") && easel_rental_can_pause (rental))
        easel_studio_pause (studio, rental);
      else if (g_str_equal (action, "resume") && easel_rental_can_start (rental))
        easel_studio_resume (studio, rental);
    }
}

static void
obey (Driver *self, char **words)
{
  const guint n_words = g_strv_length (words);
  const char *command = n_words > 0 ? words[0] : "";

  if (g_str_equal (command, "seed") && n_words == 3)
    seed (self, words[1], words[2]);
  else if (g_str_equal (command, "start"))
    {
      self->start_wanted = TRUE;
      begin (self);
    }
  else if (g_str_equal (command, "key") && n_words == 3)
    set_key (self, words[1], words[2]);
  else if (g_str_equal (command, "offers") && n_words == 2)
    show_offers (self, words[1]);
  else if (g_str_equal (command, "rent"))
    rent (self, words[1]);
  else if (g_str_equal (command, "retry") && self->deployment != NULL)
    easel_deployment_retry (self->deployment);
  else if (g_str_equal (command, "refresh"))
    easel_studio_refresh (easel_session_get_studio (self->session));
  else if (g_str_equal (command, "step") && n_words == 2)
    easel_wall_time_step (g_ascii_strtoll (words[1], NULL, 10));
  else if (n_words == 2)
    act_on_rentals (self, command, words[1]);
  else
    g_printerr ("unknown command “%s”\n", command);
}

static void read_command (Driver *self);

static void
on_line (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Driver *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = g_data_input_stream_read_line_finish_utf8 (G_DATA_INPUT_STREAM (source),
                                                                     result, NULL, &error);
  g_auto (GStrv) words = NULL;

  if (easel_error_is_cancelled (error))
    return;
  if (line == NULL || g_str_equal (line, "quit"))
    {
      g_main_loop_quit (self->loop);
      return;
    }
  words = g_strsplit (line, " ", -1);
  obey (self, words);
  self->n_done++;
  follow_rows (self);
  read_command (self);
}

static void
read_command (Driver *self)
{
  g_data_input_stream_read_line_async (self->input, G_PRIORITY_DEFAULT, self->cancellable, on_line,
                                       self);
}

/* --- program ---------------------------------------------------------------------------------- */

static gboolean
on_signal (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

/* As build_session() of the application does it. */
static gboolean
build (Driver *self,
       const char *endpoints_path,
       const char *state_dir,
       const char *authority,
       GError **error)
{
  g_autofree char *settings_path = g_build_filename (state_dir, "settings.ini", NULL);
  g_autoptr (GSettingsBackend) backend = g_keyfile_settings_backend_new (settings_path, "/", NULL);
  g_autoptr (GSettings) settings = g_settings_new_with_backend (SCHEMA_ID, backend);
  g_autoptr (EaselEndpoints) endpoints = easel_endpoints_new_from_file (endpoints_path, error);
  g_autoptr (GTlsDatabase) database = NULL;
  g_autoptr (EaselHttp) http = NULL;

  if (endpoints == NULL)
    return FALSE;
  if (authority != NULL)
    {
      database = g_tls_file_database_new (authority, error);
      if (database == NULL)
        return FALSE;
    }
  self->clock = easel_endpoints_create_clock (endpoints);
  http = easel_http_new (self->clock, database);
  self->providers = easel_provider_registry_create (http, self->clock, endpoints);
  self->store = easel_secret_store_memory_new ();
  self->session = _easel_session_new (self->clock, http, self->providers, self->store, settings,
                                      state_dir, endpoints);
  return TRUE;
}

static void
on_items_changed (Driver *self)
{
  follow_rows (self);
}

static void
run (Driver *self)
{
  EaselStudio *studio = easel_session_get_studio (self->session);
  g_autoptr (GInputStream) standard_input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  guint term = g_unix_signal_add (SIGTERM, on_signal, self->loop);

  follow (self, studio);
  follow (self, easel_session_get_catalog (self->session));
  for (guint i = 0; i < easel_session_get_n_accounts (self->session); i++)
    follow (self, easel_session_get_nth_account (self->session, i));
  g_signal_connect_swapped (easel_studio_get_rentals (studio), "items-changed",
                            G_CALLBACK (on_items_changed), self);
  easel_studio_set_watched (studio, TRUE);
  self->input = g_data_input_stream_new (standard_input);
  self->cancellable = g_cancellable_new ();
  read_command (self);
  report_soon (self);
  g_main_loop_run (self->loop);
  g_source_remove (term);
  g_clear_handle_id (&self->report_id, g_source_remove);
}

int
main (int argc, char **argv)
{
  Driver self = { 0 };
  g_autofree char *endpoints = NULL;
  g_autofree char *state_dir = NULL;
  g_autofree char *authority = NULL;
  g_autofree char *kill_point = NULL;
  const GOptionEntry entries[] = {
    { "endpoints", 0, 0, G_OPTION_ARG_FILENAME, &endpoints, "Where the cloud is", "FILE" },
    { "state", 0, 0, G_OPTION_ARG_FILENAME, &state_dir, "Where the journal lies", "FOLDER" },
    { "authority", 0, 0, G_OPTION_ARG_FILENAME, &authority, "Whom to trust", "FILE" },
    { "kill", 0, 0, G_OPTION_ARG_STRING, &kill_point, "Where to die", "POINT" },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || endpoints == NULL ||
      state_dir == NULL || (kill_point != NULL && !easel_kill_point_set (kill_point)) ||
      !build (&self, endpoints, state_dir, authority, &error))
    {
      g_printerr ("%s\n", error != NULL ? error->message : "see --help");
      return 2;
    }
  self.loop = g_main_loop_new (NULL, FALSE);
  run (&self);
  if (self.deployment != NULL)
    g_signal_handlers_disconnect_by_data (self.deployment, &self);
  return 0; /* what is left goes with the process, as it does when it is killed */
}
