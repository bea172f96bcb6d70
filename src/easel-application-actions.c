/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The application's windows and actions: which window comes when, and what becomes of running GPUs
 * when the last window closes. What happens inside a window is the window's own affair. */

#include "config.h"
#include "easel-application-private.h"

#include "easel-close-dialog.h"
#include "easel-wanted-dialog.h"
#include "easel-help-window.h"
#include "easel-preferences-window.h"
#include "easel-question.h"
#include "easel-row-action.h"
#include "easel-ui.h"

#include <glib/gi18n.h>

static EaselStudio *
get_studio (EaselApplication *self)
{
  return easel_session_get_studio (self->session);
}

static GtkWindow *
get_parent (EaselApplication *self)
{
  return gtk_application_get_active_window (GTK_APPLICATION (self));
}

/* (transfer full) (nullable) */
EaselRental *
_easel_application_find_rental (EaselApplication *self, const char *handle)
{
  GListModel *model = easel_studio_get_rentals (get_studio (self));
  guint n = g_list_model_get_n_items (model);
  guint i;

  for (i = 0; i < n; i++)
    {
      g_autoptr (EaselRental) rental = g_list_model_get_item (model, i);
      g_autofree char *other = easel_rental_dup_handle (rental);

      if (g_str_equal (other, handle))
        return g_steal_pointer (&rental);
    }
  return NULL;
}

static void
drop_wizard (EaselApplication *self)
{
  if (self->wizard == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->wizard, self);
  g_clear_object (&self->wizard);
}

/* Closing windows */

static void
on_close_answer (EaselQuestion *question, const char *answer, EaselApplication *self)
{
  if (g_str_equal (answer, "cancel"))
    return;
  /* The guard keeps the program, with or without a window, until nothing needs it. */
  drop_wizard (self);
  if (self->studio_window != NULL)
    gtk_window_destroy (self->studio_window);
}

static void
ask_close (EaselApplication *self)
{
  EaselQuestion *question = easel_close_dialog_new (get_parent (self), get_studio (self),
                                                    easel_session_get_clock (self->session));

  g_signal_connect_object (question, "response", G_CALLBACK (on_close_answer), self,
                           G_CONNECT_AFTER);
  gtk_window_present (GTK_WINDOW (question));
}

static void
on_studio_destroyed (GtkWidget *window, EaselApplication *self)
{
  self->studio_window = NULL;
}

static gboolean
on_studio_close_wanted (EaselStudioWindow *window, EaselApplication *self)
{
  /* While the wizard is open, the program goes on anyway. */
  if (self->wizard != NULL || !easel_close_dialog_is_needed (get_studio (self)))
    return FALSE;
  ask_close (self);

  return TRUE;
}

/* Opening windows */

EaselStudioWindow *
_easel_application_present_studio (EaselApplication *self)
{
  if (self->studio_window == NULL)
    {
      self->studio_window = easel_studio_window_new (GTK_APPLICATION (self), self->session);
      g_signal_connect_object (self->studio_window, "destroy", G_CALLBACK (on_studio_destroyed),
                               self, 0);
      g_signal_connect_object (self->studio_window, "close-wanted",
                               G_CALLBACK (on_studio_close_wanted), self, 0);
    }
  gtk_window_present (self->studio_window);

  return EASEL_STUDIO_WINDOW (self->studio_window);
}

static void
on_wizard_closed (EaselWizard *wizard, EaselApplication *self)
{
  drop_wizard (self);
}

static void
on_open_studio (EaselWizard *wizard, EaselApplication *self)
{
  _easel_application_present_studio (self);
}

static void
on_practise (EaselWizard *wizard, EaselApplication *self)
{
  g_action_group_activate_action (G_ACTION_GROUP (self), "practise", NULL);
}

void
_easel_application_present_wizard (EaselApplication *self, EaselWizardStart start)
{
  if (self->wizard == NULL)
    {
      self->wizard = easel_wizard_new (GTK_APPLICATION (self), self->session);
      g_signal_connect_object (self->wizard, "closed", G_CALLBACK (on_wizard_closed), self, 0);
      g_signal_connect_object (self->wizard, "open-studio", G_CALLBACK (on_open_studio), self, 0);
      g_signal_connect_object (self->wizard, "practise", G_CALLBACK (on_practise), self, 0);
    }
  easel_wizard_present (self->wizard, start);
}

/* What was open comes forward; else the studio, if there is anything for it to show. */
void
_easel_application_present_any (EaselApplication *self)
{
  GListModel *rentals = easel_studio_get_rentals (get_studio (self));
  GtkWindow *window = get_parent (self);

  if (window != NULL)
    gtk_window_present (window);
  else if (easel_session_expects_key (self->session) || g_list_model_get_n_items (rentals) > 0)
    _easel_application_present_studio (self);
  else
    _easel_application_present_wizard (self, EASEL_WIZARD_START_FRESH);
}

/* A journal that knows a GPU must be seen, also when no key is known any more. */
void
_easel_application_on_studio_changed (EaselApplication *self)
{
  EaselStudioSums sums;

  if (self->waiting_action != NULL)
    _easel_application_run_waiting (self);
  /* Before the keys have come, every GPU is unseen. */
  if (easel_studio_get_state (get_studio (self)) == EASEL_STUDIO_CHECKING)
    return;
  easel_studio_get_sums (get_studio (self), &sums);
  if (sums.n_unseen == 0 || self->was_unseen_told)
    return;
  self->was_unseen_told = TRUE;
  if (self->studio_window == NULL)
    _easel_application_present_studio (self);
}

void
_easel_application_on_still_wanted (EaselApplication *self, EaselRental *rental)
{
  GtkWindow *window = GTK_WINDOW (_easel_application_present_studio (self));

  gtk_window_present (
      GTK_WINDOW (easel_wanted_dialog_new (window, get_studio (self), rental,
                                           easel_session_get_clock (self->session))));
}

/* Renting */

static void
on_rent (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  _easel_application_present_wizard (EASEL_APPLICATION (user_data), EASEL_WIZARD_START_FRESH);
}

static void
on_rent_again (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  EaselApplication *self = EASEL_APPLICATION (user_data);

  _easel_application_wait_for_stock (self, FALSE);
  _easel_application_present_wizard (self, EASEL_WIZARD_START_REVIEW);
}

static void
on_show_starting (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  _easel_application_present_wizard (EASEL_APPLICATION (user_data), EASEL_WIZARD_START_STARTING);
}

static void
on_enter_key (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  _easel_application_present_wizard (EASEL_APPLICATION (user_data), EASEL_WIZARD_START_ACCOUNT);
}

static void
on_tell_when_free (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  EaselApplication *self = EASEL_APPLICATION (user_data);

  _easel_application_wait_for_stock (self, !easel_stock_watch_is_watching (self->stock));
}

/* The studio's */

static void
on_show_studio (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  _easel_application_present_studio (EASEL_APPLICATION (user_data));
}

static void
on_end_all (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  easel_studio_window_end_all (_easel_application_present_studio (EASEL_APPLICATION (user_data)));
}

static void
on_receipts (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  easel_studio_window_show_receipts (
      _easel_application_present_studio (EASEL_APPLICATION (user_data)));
}

static void
on_shelf (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  easel_studio_window_show_shelf (
      _easel_application_present_studio (EASEL_APPLICATION (user_data)));
}

/* For when the studio knows more. */
void
_easel_application_remember (EaselApplication *self, const char *name, GVariant *parameter)
{
  g_autoptr (GVariant) kept = parameter != NULL ? g_variant_ref_sink (parameter) : NULL;

  g_clear_pointer (&self->waiting_parameter, g_variant_unref);
  self->waiting_action = g_intern_string (name);
  self->waiting_parameter = g_steal_pointer (&kept);
}

static void
choose (gpointer user_data, GVariant *handle, EaselRowAction action)
{
  EaselApplication *self = EASEL_APPLICATION (user_data);
  g_autoptr (EaselRental) rental =
      _easel_application_find_rental (self, g_variant_get_string (handle, NULL));
  const gboolean makes_sense = rental != NULL && easel_row_action_makes_sense (action, rental);

  /* A notification may outlive what it speaks of, and the program: then little is known yet. */
  if (!makes_sense && easel_studio_get_state (get_studio (self)) == EASEL_STUDIO_CHECKING)
    {
      _easel_application_remember (self, self->current_action, handle);
      if (self->studio_window == NULL)
        _easel_application_present_studio (self);
      return;
    }
  _easel_application_present_studio (self);
  if (makes_sense)
    easel_studio_window_choose (EASEL_STUDIO_WINDOW (self->studio_window), rental, action);
}

static void
on_copy_address (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  choose (user_data, parameter, EASEL_ROW_COPY_ADDRESS);
}

static void
on_done (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  choose (user_data, parameter, EASEL_ROW_DONE);
}

static void
on_end (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  _easel_application_run_errand (EASEL_APPLICATION (user_data), parameter, EASEL_ROW_DONE);
}

static void
on_extend (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  _easel_application_run_errand (EASEL_APPLICATION (user_data), parameter, EASEL_ROW_EXTEND);
}

static void
on_open_console (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  choose (user_data, parameter, EASEL_ROW_OPEN_CONSOLE);
}

static void
on_add_funds (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  EaselApplication *self = EASEL_APPLICATION (user_data);
  EaselAccount *account =
      easel_session_get_account (self->session, g_variant_get_string (parameter, NULL));
  const char *uri = account != NULL ? easel_account_get_provider_info (account)->funds_uri : NULL;

  if (uri != NULL)
    easel_ui_open_uri (NULL, uri);
}

/* The program's */

static void
on_practise_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GError) error = NULL;

  if (program == NULL)
    return;
  child = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, program, "--demo", NULL);
  if (child == NULL)
    g_debug ("The practice did not start: %s", error->message);
}

static GtkWindow *
present_preferences (EaselApplication *self)
{
  GtkWindow *window =
      easel_preferences_window_new (GTK_WINDOW (_easel_application_present_studio (self)),
                                    self->session);

  gtk_window_present (window);
  return window;
}

static void
on_preferences (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  present_preferences (EASEL_APPLICATION (user_data));
}

static void
on_forget_keys (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  easel_preferences_window_show_keys (present_preferences (EASEL_APPLICATION (user_data)));
}

static void
on_help (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_window_present (easel_help_window_new (get_parent (EASEL_APPLICATION (user_data))));
}

static void
on_shortcuts (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_window_present (easel_help_window_new_shortcuts (get_parent (EASEL_APPLICATION (user_data))));
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_show_about_dialog (get_parent (EASEL_APPLICATION (user_data)), "program-name",
                         _ ("Cloud Easel"), "version", EASEL_VERSION, "logo-icon-name", APP_ID,
                         "license-type", GTK_LICENSE_GPL_3_0, "copyright", "© 2026 Cloud Easel",
                         "comments", _ ("Rents a GPU in the cloud for painting with Krita"), NULL);
}

static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  EaselApplication *self = EASEL_APPLICATION (user_data);

  if (easel_close_dialog_is_needed (get_studio (self)))
    {
      ask_close (self);
      return;
    }
  _easel_application_wait_for_stock (self, FALSE);
  drop_wizard (self);
  if (self->studio_window != NULL)
    gtk_window_destroy (self->studio_window);
}

static const GActionEntry entries[] = {
  { .name = "rent", .activate = on_rent },
  { .name = "rent-again", .activate = on_rent_again },
  { .name = "tell-when-free", .activate = on_tell_when_free, .state = "false" },
  { .name = "show-starting", .activate = on_show_starting, .parameter_type = "s" },
  { .name = "enter-key", .activate = on_enter_key },
  { .name = "preferences", .activate = on_preferences },
  { .name = "forget-keys", .activate = on_forget_keys },
  { .name = "show-studio", .activate = on_show_studio },
  { .name = "end-all", .activate = on_end_all },
  { .name = "receipts", .activate = on_receipts },
  { .name = "shelf", .activate = on_shelf },
  { .name = "copy-address", .activate = on_copy_address, .parameter_type = "s" },
  { .name = "done", .activate = on_done, .parameter_type = "s" },
  { .name = "end", .activate = on_end, .parameter_type = "s" },
  { .name = "extend", .activate = on_extend, .parameter_type = "s" },
  { .name = "open-console", .activate = on_open_console, .parameter_type = "s" },
  { .name = "add-funds", .activate = on_add_funds, .parameter_type = "s" },
  { .name = "practise", .activate = on_practise_action },
  { .name = "help", .activate = on_help },
  { .name = "shortcuts", .activate = on_shortcuts },
  { .name = "about", .activate = on_about },
  { .name = "quit", .activate = on_quit },
};

/* Needs no window, not even the first one. */
static gboolean
is_errand (const char *name)
{
  return g_str_equal (name, "end") || g_str_equal (name, "extend");
}

/* The desktop may start the program for an action alone, out of a notification or a menu: then the
 * action waits until there is something for it to act on. */
static void
on_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  EaselApplication *self = EASEL_APPLICATION (user_data);
  const char *name = g_action_get_name (G_ACTION (action));
  guint i;

  if (self->notifier == NULL)
    {
      _easel_application_remember (self, name, parameter);
      self->is_windowless = is_errand (name);
      g_application_activate (G_APPLICATION (self));
      return;
    }
  self->current_action = g_intern_string (name);
  for (i = 0; i < G_N_ELEMENTS (entries); i++)
    if (g_str_equal (entries[i].name, name))
      entries[i].activate (action, parameter, self);
}

/* What has waited goes on, if it still has something to act on. */
void
_easel_application_run_waiting (EaselApplication *self)
{
  const char *name = self->waiting_action;
  g_autoptr (GVariant) parameter = g_steal_pointer (&self->waiting_parameter);

  self->waiting_action = NULL;
  if (name != NULL)
    g_action_group_activate_action (G_ACTION_GROUP (self), name, parameter);
}

void
_easel_application_add_actions (EaselApplication *self)
{
  static const char *const quit_keys[] = { "<Control>q", NULL };
  static const char *const preferences_keys[] = { "<Control>comma", NULL };
  static const char *const help_keys[] = { "F1", NULL };
  static const char *const shortcuts_keys[] = { "<Control>question", NULL };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      GActionEntry entry = entries[i];

      entry.activate = on_action;
      g_action_map_add_action_entries (G_ACTION_MAP (self), &entry, 1, self);
    }
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "app.quit", quit_keys);
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "app.help", help_keys);
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "app.preferences",
                                         preferences_keys);
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "app.shortcuts", shortcuts_keys);
}
