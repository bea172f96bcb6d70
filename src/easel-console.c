/* SPDX-License-Identifier: GPL-3.0-or-later */

/* --list, --end-all and --delete: the program without windows, on the same session and by the same
 * rules of proof.
 *
 * Owns one run: keys, a look at the accounts, the deletes that were asked for, and what the process
 * ends with. It only looks, or helps (EaselStudioRole): it never rents, picks up a start or keeps
 * limits, so it may run beside the program with windows, which hears of a delete through the
 * journal. It writes no settings and nothing into the keyring. */

#include "config.h"
#include "easel-console.h"

#include "easel-console-keys.h"
#include "easel-console-table.h"
#include "easel-error.h"
#include "easel-rental-text.h"
#include "easel-session-private.h"
#include "easel-world.h"

#include <glib-unix.h>
#include <glib/gi18n.h>

#define G_SETTINGS_ENABLE_BACKEND
#include <gio/gsettingsbackend.h>

/* How long a first good answer of all providers may take, with the tries in between. */
#define LOOK_MS (2 * 60 * 1000)
/* How long it is waited for the proof; the journal remembers what is still to be deleted. */
#define DELETE_MS (5 * 60 * 1000)

typedef struct
{
  const EaselConsoleOptions *options;
  EaselWorld *world;     /* (owned) */
  EaselSession *session; /* (owned) (nullable) */
  EaselStudio *studio;   /* (unowned) (nullable): the session's */
  GHashTable *told;      /* (owned) (element-type EaselRental): whose delete was announced */
  GMainLoop *loop;       /* (owned) */
  guint step_id;
  guint timer_id;
  guint signal_ids[2];
  gboolean has_waited; /* for the first lists, long enough */
  gboolean is_late;
  int status;
} Console;

static void
finish (Console *self, int status)
{
  self->status = status;
  g_main_loop_quit (self->loop);
}

static GListModel *
get_rentals (Console *self)
{
  return easel_studio_get_rentals (self->studio);
}

static char *
dup_place_name (EaselRental *rental)
{
  const EaselPodData *pod = easel_rental_get_pod (rental);
  const EaselJournalRecord *record = easel_rental_get_record (rental);
  const char *id = pod != NULL ? pod->id : record->pod_id;

  return g_strdup_printf ("%s, %s (%s)", easel_rental_get_provider_info (rental)->name,
                          easel_rental_get_gpu_name (rental),
                          id != NULL    ? id
                          : pod != NULL ? pod->name
                                        : record->name);
}

/* --- what is printed at the end --------------------------------------------------------------- */

static void
print_result (Console *self)
{
  g_autofree char *rows = NULL;
  g_autofree char *headline = NULL;
  g_autofree char *subline = NULL;
  EaselClock *clock = easel_session_get_clock (self->session);

  if (self->options->as_json)
    {
      rows = easel_console_table_dup_json (self->studio);
      g_print ("%s\n", rows);
      return;
    }
  rows = easel_console_table_dup_text (self->studio);
  headline = easel_studio_dup_headline (self->studio);
  subline = easel_studio_dup_subline (self->studio, easel_clock_get_unix_ms (clock));
  g_print ("%s%s%s\n", rows, *rows != '\0' ? "\n" : "", headline);
  if (subline != NULL && easel_studio_get_state (self->studio) == EASEL_STUDIO_KNOWN)
    g_print ("%s\n", subline);
}

static void
complain (const EaselProviderInfo *info, const GError *error)
{
  g_autofree char *sentence = easel_error_sentence (error, info->name);

  g_printerr ("%s: %s\n", info->name, sentence);
}

/* A list may have failed before the look at its key did: then nobody else has told why. */
static void
complain_about_lists (Console *self, gboolean is_told)
{
  const GError *error = easel_studio_get_error (self->studio);
  const EaselProviderInfo *info = easel_studio_get_error_provider (self->studio);

  if (error != NULL && info != NULL && !is_told)
    complain (info, error);
  g_printerr ("%s\n", _ ("Not every list could be read."));
}

/* Says why the list is not the whole truth. Returns whether it is. */
static gboolean
is_complete (Console *self)
{
  g_auto (GStrv) known = g_settings_get_strv (self->world->settings, "known-providers");
  GListModel *model = get_rentals (self);
  gboolean complete = easel_studio_get_state (self->studio) == EASEL_STUDIO_KNOWN;
  gboolean is_told = FALSE;
  guint i;

  for (i = 0; i < easel_session_get_n_accounts (self->session); i++)
    {
      EaselAccount *account = easel_session_get_nth_account (self->session, i);
      const EaselProviderInfo *info = easel_account_get_provider_info (account);

      if (easel_account_get_error (account) != NULL)
        {
          complain (info, easel_account_get_error (account));
          is_told = is_told || info == easel_studio_get_error_provider (self->studio);
        }
      if (easel_account_get_key (account) != NULL ||
          !g_strv_contains ((const char *const *) known, info->id))
        continue;
      /* Translators: %s is a provider, such as RunPod. */
      g_printerr (_ ("%s: there is no key here, so what runs there is not listed\n"), info->name);
      complete = FALSE;
    }
  if (easel_studio_get_state (self->studio) == EASEL_STUDIO_NO_KEY)
    g_printerr ("%s\n", _ ("There is no key. With “--help” it says how to give one."));
  else if (easel_studio_get_error (self->studio) != NULL ||
           easel_studio_get_state (self->studio) == EASEL_STUDIO_CHECKING)
    complain_about_lists (self, is_told);
  if (easel_studio_is_journal_damaged (self->studio))
    g_printerr ("%s\n", _ ("Part of what Cloud Easel wrote down on this computer cannot be read."));
  for (i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (EaselRental) rental = g_list_model_get_item (model, i);
      g_autofree char *name = NULL;

      if (easel_rental_get_state (rental) != EASEL_RENTAL_UNSEEN)
        continue;
      name = dup_place_name (rental);
      /* Translators: %s names a GPU. */
      g_printerr (_ ("%s: rented with another key, so nobody can look\n"), name);
      complete = FALSE;
    }
  return complete;
}

static void
finish_list (Console *self)
{
  const gboolean complete = is_complete (self);

  print_result (self);
  finish (self, complete ? EASEL_CONSOLE_PROVEN : EASEL_CONSOLE_UNPROVEN);
}

/* --- deleting --------------------------------------------------------------------------------- */

static gboolean
is_meant (Console *self, EaselRental *rental)
{
  const EaselPodData *pod = easel_rental_get_pod (rental);
  const EaselJournalRecord *record = easel_rental_get_record (rental);
  const char *id = self->options->id;

  if (self->options->end_all)
    return easel_rental_is_ours (rental);
  if (pod != NULL && (g_strcmp0 (pod->id, id) == 0 || g_strcmp0 (pod->name, id) == 0))
    return TRUE;
  return record != NULL &&
         (g_strcmp0 (record->pod_id, id) == 0 || g_strcmp0 (record->name, id) == 0);
}

/* (transfer full) (element-type EaselRental) */
static GPtrArray *
collect_meant (Console *self)
{
  GListModel *model = get_rentals (self);
  GPtrArray *meant = g_ptr_array_new_with_free_func (g_object_unref);
  guint i;

  for (i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (EaselRental) rental = g_list_model_get_item (model, i);

      if (is_meant (self, rental))
        g_ptr_array_add (meant, g_steal_pointer (&rental));
    }
  return meant;
}

static gboolean
is_hopeless (const GError *error)
{
  static const EaselError codes[] = { EASEL_ERROR_AUTH, EASEL_ERROR_PERMISSION, EASEL_ERROR_LOCKED,
                                      EASEL_ERROR_RETIRED, EASEL_ERROR_TLS };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_error_matches (error, EASEL_ERROR, codes[i]))
      return TRUE;
  return FALSE;
}

static void
announce (Console *self, EaselRental *rental, const char *format)
{
  g_autofree char *name = dup_place_name (rental);
  g_autofree char *line = g_strdup_printf ("%s: %s", name, format);

  g_printerr ("%s\n", line);
}

/* What is written down about a delete names the account, so that a later start may go on with it.
 */
static gboolean
knows_account (Console *self, EaselRental *rental)
{
  const char *provider_id = easel_rental_get_provider_info (rental)->id;
  EaselAccount *account = easel_session_get_account (self->session, provider_id);

  return self->has_waited || easel_account_get_state (account) != EASEL_ACCOUNT_CHECKING;
}

static void
note (Console *self, EaselRental *rental)
{
  if (g_hash_table_add (self->told, g_object_ref (rental)))
    announce (self, rental, _ ("deleting…"));
}

static void
request_delete (Console *self, EaselRental *rental)
{
  if (easel_rental_get_state (rental) != EASEL_RENTAL_DELETING &&
      easel_rental_get_state (rental) != EASEL_RENTAL_STUCK)
    easel_studio_delete (self->studio, rental, "done");
}

static gboolean
has_looked (Console *self)
{
  if (self->has_waited)
    return TRUE;
  switch (easel_studio_get_state (self->studio))
    {
    case EASEL_STUDIO_KNOWN:
    case EASEL_STUDIO_NO_KEY:
      return TRUE;
    case EASEL_STUDIO_OFFLINE:
      return is_hopeless (easel_studio_get_error (self->studio));
    case EASEL_STUDIO_CHECKING:
    default:
      return FALSE;
    }
}

/* Returns whether there is nothing more to wait for; @ret_proven: whether all is proven gone. */
static gboolean
look_after (Console *self, GPtrArray *meant, gboolean *ret_proven)
{
  gboolean is_over = TRUE;
  guint i;

  *ret_proven = TRUE;
  for (i = 0; i < meant->len; i++)
    {
      EaselRental *rental = g_ptr_array_index (meant, i);
      EaselRentalState state = easel_rental_get_state (rental);

      if (state == EASEL_RENTAL_GONE)
        continue;
      *ret_proven = FALSE;
      note (self, rental);
      if (state == EASEL_RENTAL_UNSEEN)
        {
          /* Only until its account is known, or for ever. */
          is_over = is_over && has_looked (self);
          continue;
        }
      if (state == EASEL_RENTAL_STUCK && is_hopeless (easel_rental_get_error (rental)))
        continue;
      is_over = FALSE;
      if (knows_account (self, rental))
        request_delete (self, rental);
    }
  return is_over;
}

static void
tell_proofs (Console *self)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->told);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      EaselRental *rental = key;
      const GError *error = easel_rental_get_error (rental);
      const EaselProviderInfo *info = easel_rental_get_provider_info (rental);

      if (easel_rental_get_state (rental) == EASEL_RENTAL_GONE)
        announce (self, rental, _ ("deleted, checked twice"));
      else if (!g_list_store_find (G_LIST_STORE (get_rentals (self)), rental, NULL))
        announce (self, rental, _ ("was never rented, checked twice"));
      else
        {
          g_autofree char *sentence =
              error != NULL ? easel_error_sentence (error, info->name) : g_strdup ("");

          announce (self, rental, _ ("NOT PROVEN GONE, it may still cost money."));
          g_printerr ("  %s\n  %s\n", sentence, info->console_uri);
        }
    }
}

static void
finish_delete (Console *self, gboolean is_found, gboolean is_proven)
{
  gboolean complete;

  tell_proofs (self);
  complete = is_complete (self);
  if (!self->options->end_all)
    {
      if (!is_found)
        g_printerr (_ ("There is no GPU with the ID or name “%s” in the lists\n"),
                    self->options->id);
      complete = is_found;
    }
  print_result (self);
  finish (self, complete && is_proven ? EASEL_CONSOLE_PROVEN : EASEL_CONSOLE_UNPROVEN);
}

static void
step_delete (Console *self)
{
  g_autoptr (GPtrArray) meant = collect_meant (self);
  gboolean is_found = meant->len > 0 || g_hash_table_size (self->told) > 0;
  gboolean is_proven;
  gboolean is_over;

  if (!self->options->end_all && meant->len > 1)
    {
      g_printerr (_ ("“%s” is the name of several GPUs. Give the ID of one.\n"), self->options->id);
      print_result (self);
      finish (self, EASEL_CONSOLE_MISUSED);
      return;
    }
  is_over = look_after (self, meant, &is_proven);
  /* What still costs is said afterwards: that needs all lists, for one GPU too. */
  is_over = is_over && has_looked (self);
  if (is_over || self->is_late)
    finish_delete (self, is_found, is_proven);
}

/* --- the run ---------------------------------------------------------------------------------- */

static gboolean
on_step (gpointer user_data)
{
  Console *self = user_data;

  self->step_id = 0;
  if (self->options->end_all || self->options->id != NULL)
    step_delete (self);
  else if (has_looked (self))
    finish_list (self);
  return G_SOURCE_REMOVE;
}

static void
step_soon (Console *self)
{
  if (self->step_id == 0)
    self->step_id = g_idle_add (on_step, self);
}

static gboolean
on_late (gpointer user_data)
{
  Console *self = user_data;

  self->timer_id = 0;
  self->is_late = self->has_waited;
  self->has_waited = TRUE;
  if (!self->is_late)
    self->timer_id = easel_clock_add (self->world->clock, DELETE_MS, on_late, self, NULL);
  step_soon (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_interrupted (gpointer user_data)
{
  Console *self = user_data;

  g_printerr ("%s\n", self->told != NULL && g_hash_table_size (self->told) > 0
                          ? _ ("Stopped before the end. What was not deleted yet is deleted when "
                               "Cloud Easel is started the next time.")
                          : _ ("Stopped."));
  finish (self, EASEL_CONSOLE_UNPROVEN);
  return G_SOURCE_CONTINUE;
}

/* Where the program with windows has never run, there is no salt. This one is the same in the next
 * run, too. */
static void
ensure_salt (GSettings *settings)
{
  g_autofree char *salt = g_settings_get_string (settings, "account-salt");
  g_autofree char *machine = NULL;
  g_autofree char *digest = NULL;

  if (*salt != '\0')
    return;
  if (!g_file_get_contents ("/etc/machine-id", &machine, NULL, NULL))
    machine = g_strdup (g_get_host_name ());
  digest = g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guchar *) APP_ID, strlen (APP_ID),
                                      machine, -1);
  g_settings_set_string (settings, "account-salt", digest);
}

/* What the run needs of the settings, so that it changes none. */
static GSettings *
copy_settings (GSettings *settings)
{
  static const char *const names[] = { "account-salt", "known-providers" };
  g_autoptr (GSettingsBackend) backend = g_memory_settings_backend_new ();
  g_autofree char *schema_id = NULL;
  GSettings *copy;
  guint i;

  g_object_get (settings, "schema-id", &schema_id, NULL);
  copy = g_settings_new_with_backend (schema_id, backend);
  for (i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GVariant) value = g_settings_get_value (settings, names[i]);

      g_settings_set_value (copy, names[i], value);
    }
  ensure_salt (copy);
  return copy;
}

static void
on_keys (EaselSecretStore *store, guint n_keys, gpointer user_data)
{
  Console *self = user_data;
  g_autoptr (GSettings) settings = copy_settings (self->world->settings);
  const gboolean deletes = self->options->end_all || self->options->id != NULL;

  self->session = easel_world_create_session (self->world, store, settings);
  self->studio = easel_session_get_studio (self->session);
  _easel_session_set_role (self->session, deletes ? EASEL_STUDIO_HELPER : EASEL_STUDIO_ONLOOKER);
  g_signal_connect_swapped (self->studio, "changed", G_CALLBACK (step_soon), self);
  self->timer_id = easel_clock_add (self->world->clock, LOOK_MS, on_late, self, NULL);
  easel_session_start (self->session);
  step_soon (self);
}

/**
 * easel_console_run:
 * @options: what was asked for
 *
 * Runs to its end, on the default main context. Prints rows to standard output, everything else to
 * the error output.
 *
 * Returns: %EASEL_CONSOLE_PROVEN only if what was printed is proven: every list was read whole, and
 *   what was to be deleted was looked for twice
 */
int
easel_console_run (const EaselConsoleOptions *options)
{
  g_autoptr (EaselEndpoints) real = NULL;
  Console self = { .options = options, .status = EASEL_CONSOLE_UNPROVEN };
  guint i;

  g_return_val_if_fail (options != NULL, EASEL_CONSOLE_MISUSED);

  /* Rows alone go to the standard output, also while somebody looks for a fault. */
  g_log_writer_default_set_use_stderr (TRUE);
  if (options->endpoints == NULL)
    real = easel_endpoints_new_default ();
  self.world =
      easel_world_new (real != NULL ? NULL : "endpoints", real != NULL ? real : options->endpoints);
  self.told = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  self.loop = g_main_loop_new (NULL, FALSE);
  self.signal_ids[0] = g_unix_signal_add (SIGINT, on_interrupted, &self);
  self.signal_ids[1] = g_unix_signal_add (SIGTERM, on_interrupted, &self);
  easel_console_keys_collect (self.world->providers, options->keys_from_input, on_keys, &self);
  g_main_loop_run (self.loop);

  for (i = 0; i < G_N_ELEMENTS (self.signal_ids); i++)
    g_source_remove (self.signal_ids[i]);
  g_clear_handle_id (&self.step_id, g_source_remove);
  easel_clock_clear (self.world->clock, &self.timer_id);
  if (self.studio != NULL)
    g_signal_handlers_disconnect_by_data (self.studio, &self);
  g_hash_table_unref (self.told);
  g_clear_object (&self.session);
  easel_world_free (self.world);
  g_main_loop_unref (self.loop);

  return self.status;
}
