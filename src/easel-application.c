/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Puts the program together: command line, where the world is (real, --endpoints, --demo), session,
 * first window.
 *
 * Owns the order of the start: the first window is on the screen before the network or the keyring
 * is asked anything. Actions and windows are in easel-application-actions.c. */

#include "config.h"
#include "easel-application-private.h"

#include "easel-console.h"
#include "easel-journal.h"
#include "easel-provider.h"
#include "easel-question.h"
#include "easel-secret-store.h"
#include "easel-ui.h"
#include "easel-world.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

/* If no frame is drawn for so long (a hidden workspace), the start does not wait for one. */
#define FIRST_FRAME_MS 1500

G_DEFINE_FINAL_TYPE (EaselApplication, easel_application, GTK_TYPE_APPLICATION)

/* What is simulated, if anything. */
static const char *
get_part (EaselApplication *self)
{
  if (self->is_demo)
    return "demo";
  return self->endpoints != NULL ? "endpoints" : NULL;
}

/* A drawing, for which GTK loads a library: not before the first frame. Window managers that know
 * the desktop file never ask for it. */
static void
set_icon (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  gtk_window_set_default_icon_name (APP_ID);
  /* Windows that are on the screen do not take over a default. */
  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      gtk_window_set_icon_name (window, APP_ID);
    }
}

static void
begin_session (EaselApplication *self)
{
  if (self->has_session_started || self->session == NULL)
    return;
  self->has_session_started = TRUE;
  g_clear_handle_id (&self->first_frame_id, g_source_remove);
  if (self->frame_clock != NULL)
    g_clear_signal_handler (&self->after_paint_id, self->frame_clock);
  g_clear_object (&self->frame_clock);
  set_icon ();
  easel_session_start (self->session);
}

static void
on_after_paint (GdkFrameClock *frame_clock, EaselApplication *self)
{
  begin_session (self);
}

static gboolean
on_no_frame (gpointer user_data)
{
  EaselApplication *self = EASEL_APPLICATION (user_data);

  self->first_frame_id = 0;
  begin_session (self);

  return G_SOURCE_REMOVE;
}

/* Whatever is slow comes after the first frame. */
static void
begin_session_after_first_frame (EaselApplication *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));
  GdkFrameClock *frame_clock =
      window != NULL ? gtk_widget_get_frame_clock (GTK_WIDGET (window)) : NULL;

  if (frame_clock != NULL)
    {
      self->frame_clock = g_object_ref (frame_clock);
      self->after_paint_id = g_signal_connect_object (frame_clock, "after-paint",
                                                      G_CALLBACK (on_after_paint), self, 0);
    }
  self->first_frame_id = g_timeout_add (FIRST_FRAME_MS, on_no_frame, self);
}

static void
show_first_window (EaselApplication *self)
{
  self->is_starting = FALSE;
  self->guard = easel_guard_new (GTK_APPLICATION (self), easel_session_get_studio (self->session));
  self->notifier =
      easel_notifier_new (GTK_APPLICATION (self), easel_session_get_studio (self->session),
                          easel_session_get_clock (self->session));
  g_signal_connect_object (easel_session_get_studio (self->session), "changed",
                           G_CALLBACK (_easel_application_on_studio_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (easel_session_get_studio (self->session), "still-wanted",
                           G_CALLBACK (_easel_application_on_still_wanted), self,
                           G_CONNECT_SWAPPED);
  _easel_application_follow_stock (self);
  if (self->is_check)
    {
      /* It says by itself what nobody can look at. */
      self->was_unseen_told = TRUE;
      self->look = easel_login_look_new (G_APPLICATION (self),
                                         easel_session_get_studio (self->session), self->notifier);
    }
  if (self->is_windowless)
    begin_session (self);
  else
    {
      _easel_application_present_any (self);
      begin_session_after_first_frame (self);
    }
  if (self->waiting_action != NULL)
    _easel_application_run_waiting (self);
  g_application_release (G_APPLICATION (self));
}

static void
on_seeded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EaselApplication) self = EASEL_APPLICATION (user_data);
  g_autoptr (GError) error = NULL;

  if (!easel_secret_store_store_finish (EASEL_SECRET_STORE (source), result, &error))
    g_debug ("The practice key was not kept: %s", error->message);
  self->seeds_left--;
  if (self->seeds_left == 0)
    show_first_window (self);
}

/* A practice that was interrupted goes on: its key is known to everybody and was kept nowhere. */
static gboolean
seed_practice_key (EaselApplication *self, EaselSecretStore *store, GPtrArray *providers)
{
  guint i;

  for (i = 0; i < providers->len; i++)
    {
      EaselProvider *provider = g_ptr_array_index (providers, i);
      g_autoptr (EaselSecret) key = easel_secret_new (EASEL_DEMO_KEY);

      self->seeds_left++;
      easel_secret_store_store_async (store, easel_provider_get_id (provider),
                                      easel_provider_get_api_host (provider), "Practice", key, NULL,
                                      on_seeded, g_object_ref (self));
    }
  return self->seeds_left > 0;
}

static gboolean
was_practising (GSettings *settings, const char *state_dir)
{
  g_auto (GStrv) known = g_settings_get_strv (settings, "known-providers");
  g_autoptr (EaselJournal) journal = NULL;
  g_autoptr (GPtrArray) open = NULL;

  if (known[0] != NULL)
    return TRUE;
  journal = easel_journal_new (state_dir);
  if (!easel_journal_load (journal, NULL))
    return FALSE;
  open = easel_journal_get_open (journal);

  return open->len > 0;
}

static void
build_session (EaselApplication *self)
{
  g_autoptr (EaselEndpoints) real = NULL;
  g_autoptr (EaselWorld) world = NULL;
  g_autoptr (EaselSecretStore) store = NULL;
  gboolean is_seeded;

  if (self->endpoints == NULL)
    real = easel_endpoints_new_default ();
  world = easel_world_new (get_part (self), real != NULL ? real : self->endpoints);
  is_seeded = self->is_demo && was_practising (world->settings, world->state_dir);
  store = self->is_demo ? easel_secret_store_memory_new () : easel_secret_store_libsecret_new ();
  self->session = easel_world_create_session (world, store, NULL);
  if (!is_seeded || !seed_practice_key (self, store, world->providers))
    show_first_window (self);
}

static void start_demo (EaselApplication *self);

static void
on_demo_failure_answer (EaselQuestion *question, const char *answer, EaselApplication *self)
{
  if (g_str_equal (answer, "again"))
    start_demo (self);
  else
    g_application_release (G_APPLICATION (self));
}

static void
on_demo_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EaselApplication) self = EASEL_APPLICATION (user_data);
  g_autoptr (GError) error = NULL;
  EaselEndpoints *endpoints;
  EaselQuestion *question;

  endpoints = easel_demo_start_finish (EASEL_DEMO (source), result, &error);
  if (endpoints != NULL)
    {
      self->endpoints = endpoints;
      build_session (self);
      return;
    }
  g_clear_object (&self->demo);
  question = easel_question_new (NULL, _ ("The practice cloud did not start"), error->message);
  gtk_window_set_application (GTK_WINDOW (question), GTK_APPLICATION (self));
  easel_question_add_answer (question, "cancel", _ ("Quit"), EASEL_ANSWER_PLAIN);
  easel_question_add_answer (question, "again", _ ("Try Again"), EASEL_ANSWER_SUGGESTED);
  g_signal_connect_object (question, "response", G_CALLBACK (on_demo_failure_answer), self, 0);
  gtk_window_present (GTK_WINDOW (question));
}

static void
start_demo (EaselApplication *self)
{
  g_autofree char *state_dir = easel_world_dup_state_dir (get_part (self));

  self->demo = easel_demo_new (state_dir, self->demo_speed);
  easel_demo_start_async (self->demo, NULL, on_demo_started, g_object_ref (self));
}

static void
easel_application_activate (GApplication *application)
{
  EaselApplication *self = EASEL_APPLICATION (application);
  g_autofree char *state_dir = NULL;

  if (self->is_starting)
    {
      self->is_windowless = FALSE;
      return;
    }
  if (self->session != NULL)
    {
      _easel_application_present_any (self);
      return;
    }

  /* Held until there is a window. */
  g_application_hold (application);
  self->is_starting = TRUE;
  state_dir = easel_world_dup_state_dir (get_part (self));
  if (g_mkdir_with_parents (state_dir, 0700) != 0)
    g_debug ("“%s” could not be made", state_dir);
  if (self->is_demo)
    start_demo (self);
  else
    build_session (self);
}

static void
easel_application_startup (GApplication *application)
{
  /* What window managers match with the desktop file; it must be known before the display opens. */
  g_set_prgname (APP_ID);
  G_APPLICATION_CLASS (easel_application_parent_class)->startup (application);

  _easel_application_add_actions (EASEL_APPLICATION (application));
  easel_ui_init ();
}

static void
easel_application_shutdown (GApplication *application)
{
  EaselApplication *self = EASEL_APPLICATION (application);

  g_clear_handle_id (&self->first_frame_id, g_source_remove);
  g_clear_object (&self->frame_clock);
  if (self->wizard != NULL)
    g_signal_handlers_disconnect_by_data (self->wizard, self);
  g_clear_object (&self->wizard);
  if (self->studio_window != NULL)
    gtk_window_destroy (self->studio_window);
  g_clear_object (&self->look);
  g_clear_object (&self->stock);
  g_clear_object (&self->notifier);
  g_clear_object (&self->guard);
  if (self->session != NULL)
    easel_session_flush (self->session);
  g_clear_object (&self->session);
  g_clear_object (&self->demo);

  G_APPLICATION_CLASS (easel_application_parent_class)->shutdown (application);
}

static gboolean
take_endpoints (EaselApplication *self, GVariantDict *options)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_variant_dict_lookup (options, "endpoints", "^ay", &path))
    return TRUE;
  self->endpoints = easel_endpoints_new_from_file (path, &error);
  if (self->endpoints == NULL)
    g_printerr ("%s: %s\n", path, error->message);

  return self->endpoints != NULL;
}

static gboolean
take_demo_speed (EaselApplication *self, GVariantDict *options)
{
  int speed;

  if (!g_variant_dict_lookup (options, "demo-speed", "i", &speed))
    return TRUE;
  if (speed < 1 || speed > EASEL_DEMO_MAX_SPEED)
    {
      g_printerr (_ ("--demo-speed: a number from 1 to %d\n"), EASEL_DEMO_MAX_SPEED);
      return FALSE;
    }
  self->demo_speed = (guint) speed;

  return TRUE;
}

/* What works without a display is done before the program asks for one. */
static gboolean
take_console (EaselApplication *self, GVariantDict *options, int *ret_status)
{
  EaselConsoleOptions console = { 0 };
  gboolean end_all = g_variant_dict_contains (options, "end-all");
  gboolean list = g_variant_dict_contains (options, "list");

  g_variant_dict_lookup (options, "delete", "&s", &console.id);
  console.as_json = g_variant_dict_contains (options, "json");
  console.keys_from_input = g_variant_dict_contains (options, "keys-from-input");
  if (!list && !end_all && console.id == NULL)
    {
      if (!console.as_json && !console.keys_from_input)
        return FALSE;
      g_printerr ("%s\n", _ ("--json and --keys-from-input belong to --list, --end-all and "
                             "--delete"));
      *ret_status = EASEL_CONSOLE_MISUSED;
      return TRUE;
    }
  if (list + end_all + (console.id != NULL) > 1 || self->is_demo)
    {
      g_printerr ("%s\n", _ ("--list, --end-all, --delete and --demo exclude each other"));
      *ret_status = EASEL_CONSOLE_MISUSED;
      return TRUE;
    }
  console.end_all = end_all;
  console.endpoints = self->endpoints;
  *ret_status = easel_console_run (&console);
  return TRUE;
}

/* A program that runs already looks all the time. */
static int
begin_check (GApplication *application)
{
  g_autoptr (GError) error = NULL;

  if (!g_application_register (application, NULL, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  return g_application_get_is_remote (application) ? 0 : -1;
}

static int
easel_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  EaselApplication *self = EASEL_APPLICATION (application);
  int status;

  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("cloud-easel %s\n", EASEL_VERSION);
      return 0;
    }
  if (g_variant_dict_contains (options, G_OPTION_REMAINING))
    {
      g_printerr ("%s\n", _ ("Only options are understood, see --help"));
      return 1;
    }
  self->is_demo = g_variant_dict_contains (options, "demo");
  self->is_check = g_variant_dict_contains (options, "check");
  self->is_windowless = self->is_check;
  if (!take_demo_speed (self, options) || !take_endpoints (self, options))
    return 1;
  if (self->is_demo && self->endpoints != NULL)
    {
      g_printerr ("%s\n", _ ("--demo and --endpoints exclude each other"));
      return 1;
    }

  if (take_console (self, options, &status))
    return status;

  /* An id of their own, else they would only raise the real program's window. */
  if (self->is_demo)
    g_application_set_application_id (application, APP_ID ".Demo");
  else if (self->endpoints != NULL)
    g_application_set_application_id (application, APP_ID ".Endpoints");
  if (self->is_check)
    return begin_check (application);

  return -1;
}

static void
easel_application_window_removed (GtkApplication *application, GtkWindow *window)
{
  EaselApplication *self = EASEL_APPLICATION (application);

  GTK_APPLICATION_CLASS (easel_application_parent_class)->window_removed (application, window);

  if (self->guard != NULL && self->notifier != NULL &&
      gtk_application_get_windows (application) == NULL)
    easel_notifier_tell_background (self->notifier, easel_guard_is_holding (self->guard));
}

static void
easel_application_window_added (GtkApplication *application, GtkWindow *window)
{
  EaselApplication *self = EASEL_APPLICATION (application);

  GTK_APPLICATION_CLASS (easel_application_parent_class)->window_added (application, window);

  if (self->notifier != NULL)
    easel_notifier_withdraw_background (self->notifier);
}

static void
easel_application_finalize (GObject *object)
{
  EaselApplication *self = EASEL_APPLICATION (object);

  g_clear_pointer (&self->endpoints, easel_endpoints_free);
  g_clear_pointer (&self->waiting_parameter, g_variant_unref);

  G_OBJECT_CLASS (easel_application_parent_class)->finalize (object);
}

static void
easel_application_class_init (EaselApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = easel_application_finalize;
  application_class->activate = easel_application_activate;
  application_class->startup = easel_application_startup;
  application_class->shutdown = easel_application_shutdown;
  application_class->handle_local_options = easel_application_handle_local_options;
  GTK_APPLICATION_CLASS (klass)->window_added = easel_application_window_added;
  GTK_APPLICATION_CLASS (klass)->window_removed = easel_application_window_removed;
}

static void
easel_application_init (EaselApplication *self)
{
  static const GOptionEntry entries[] = {
    { "demo", 0, 0, G_OPTION_ARG_NONE, NULL,
      N_ ("Practise with a simulated cloud; nothing costs money"), NULL },
    { "demo-speed", 0, 0, G_OPTION_ARG_INT, NULL,
      N_ ("How much faster the simulated cloud is than a real one (60)"), N_ ("N") },
    { "endpoints", 0, 0, G_OPTION_ARG_FILENAME, NULL,
      N_ ("Take the providers’ addresses from a file"), N_ ("FILE") },
    { "check", 0, 0, G_OPTION_ARG_NONE, NULL,
      N_ ("Tell with a notification if something costs money, else do nothing"), NULL },
    { "list", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("List what is rented and what it costs"), NULL },
    { "end-all", 0, 0, G_OPTION_ARG_NONE, NULL,
      N_ ("Delete everything that Cloud Easel has rented"), NULL },
    { "delete", 0, 0, G_OPTION_ARG_STRING, NULL, N_ ("Delete one GPU, by its ID or name"),
      N_ ("ID") },
    { "json", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Print for programs, with one of the above"),
      NULL },
    { "keys-from-input", 0, 0, G_OPTION_ARG_NONE, NULL,
      N_ ("Read keys from standard input instead of the keyring"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Print the version and exit"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, NULL, NULL, NULL },
    G_OPTION_ENTRY_NULL
  };

  self->demo_speed = EASEL_DEMO_DEFAULT_SPEED;
  g_application_add_main_option_entries (G_APPLICATION (self), entries);
  g_application_set_option_context_summary (
      G_APPLICATION (self), _ ("Rents a GPU in the cloud for painting with Krita."));
  g_application_set_option_context_description (
      G_APPLICATION (self),
      _ ("--list, --end-all and --delete need no display. They end with 0 only when what they say "
         "is\nproven: every list was read, and what was deleted was looked for twice. Otherwise "
         "they end\nwith 1, and with 2 if the options make no sense.\n\n"
         "Keys come from the keyring. Where it has none, as over ssh, they are read from standard\n"
         "input, a line for each provider: “runpod=KEY” or “vast=KEY”. Never give a key as an "
         "option.\n\n"
         "  cloud-easel --list --json\n"
         "  ssh studio cloud-easel --end-all < keys.txt"));
}

/**
 * easel_application_new:
 *
 * Returns: (transfer full): the application, to be run once
 */
EaselApplication *
easel_application_new (void)
{
  return g_object_new (EASEL_TYPE_APPLICATION, "application-id", APP_ID, NULL);
}
