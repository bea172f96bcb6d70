/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The home window: what is paid right now, one row per GPU, and the next step.
 *
 * Owns the widgets and says again what the studio says, in place. Numbers that only time changes
 * are said anew once a second while the window is on the screen, never otherwise. What buttons do
 * is in easel-studio-window-actions.c; windows beside this one belong to the application. */

#include "config.h"
#include "easel-studio-window-private.h"

#include "easel-clamp.h"
#include "easel-focus.h"
#include "easel-pod-row.h"
#include "easel-rental-text.h"
#include "easel-split-box.h"
#include "easel-text.h"
#include "easel-ui.h"
#include "easel-wrap-box.h"

#include <glib/gi18n.h>

/* In the clock's time: a simulated cloud's runs many times as fast. */
#define TICK_MS 1000
#define TICK_SIMULATED_MS (30 * 1000)
#define STATUS_MS (10 * 1000)
#define STATUS_SIMULATED_MS (10 * 60 * 1000)
#define MINUTE_MS (60 * 1000)

enum
{
  CLOSE_WANTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EaselStudioWindow, easel_studio_window, GTK_TYPE_APPLICATION_WINDOW)

static const EaselProviderInfo *
first_provider (EaselStudioWindow *self)
{
  if (easel_session_get_n_accounts (self->session) == 0)
    return NULL;
  return easel_account_get_provider_info (easel_session_get_nth_account (self->session, 0));
}

static const char *
provider_name (EaselStudioWindow *self, const char *provider_id)
{
  EaselAccount *account = easel_session_get_account (self->session, provider_id);

  return account != NULL ? easel_account_get_provider_info (account)->name : provider_id;
}

/* Without any key, the reason may be that the keyring did not open. @ret_info: who it is about. */
static const GError *
find_error (EaselStudioWindow *self, const EaselProviderInfo **ret_info)
{
  guint i;

  *ret_info = easel_studio_get_error_provider (self->studio);
  if (*ret_info == NULL)
    *ret_info = first_provider (self);
  if (easel_studio_get_error (self->studio) != NULL)
    return easel_studio_get_error (self->studio);
  for (i = 0; i < easel_session_get_n_accounts (self->session); i++)
    {
      EaselAccount *account = easel_session_get_nth_account (self->session, i);
      EaselAccountState account_state = easel_account_get_state (account);

      *ret_info = easel_account_get_provider_info (account);
      if (account_state == EASEL_ACCOUNT_REFUSED || account_state == EASEL_ACCOUNT_UNCHECKED)
        return easel_account_get_error (account);
      if (account_state == EASEL_ACCOUNT_NO_KEY && easel_account_get_store_error (account) != NULL)
        return easel_account_get_store_error (account);
    }
  return NULL;
}

static void
refresh_error_bar (EaselStudioWindow *self)
{
  const EaselProviderInfo *info;
  const GError *error = find_error (self, &info);
  g_autofree char *unexplained = NULL;
  g_autofree char *low_funds = NULL;
  EaselStudioSums sums;

  if (error != NULL)
    {
      easel_error_bar_set_error (self->error_bar, error, info != NULL ? info->name : NULL);
      return;
    }
  unexplained = easel_studio_dup_unexplained (self->studio);
  easel_studio_get_sums (self->studio, &sums);
  low_funds = easel_studio_sums_dup_low_funds (&sums, easel_clock_get_unix_ms (self->clock));
  if (unexplained != NULL)
    easel_error_bar_set_message (self->error_bar, EASEL_BAR_WARNING, unexplained,
                                 _ ("Show in Console"));
  else if (low_funds != NULL)
    easel_error_bar_set_message (self->error_bar, EASEL_BAR_WARNING, low_funds, _ ("Add Funds"));
  else if (easel_studio_is_journal_damaged (self->studio))
    easel_error_bar_set_message (
        self->error_bar, EASEL_BAR_WARNING,
        _ ("Part of what Cloud Easel wrote down on this computer cannot be read. What runs is "
           "listed all the same, but an automatic end may be forgotten."),
        _ ("Show in Console"));
  else
    easel_error_bar_clear (self->error_bar);
}

static gint64
expected_price (EaselStudioWindow *self)
{
  EaselPlan *plan = easel_session_get_plan (self->session);
  EaselOffer *offer = easel_plan_get_offer (plan);

  if (offer != NULL)
    return easel_offer_price (offer,
                              easel_plan_get_disk_gb (plan) + easel_plan_get_workspace_gb (plan));
  return g_settings_get_int64 (easel_session_get_settings (self->session), "last-price");
}

static gint64
expected_start_ms (EaselStudioWindow *self)
{
  static const EaselHostKind kinds[] = { EASEL_HOST_PRIVATE, EASEL_HOST_DATA_CENTER,
                                         EASEL_HOST_UNKNOWN };
  EaselPlan *plan = easel_session_get_plan (self->session);
  EaselHistory *history = easel_session_get_history (self->session);
  EaselOffer *offer = easel_plan_get_offer (plan);
  gint64 low, high;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (easel_history_get_start_time (history, easel_plan_get_provider_id (plan), kinds[i], &low,
                                      &high))
      return (low + high) / 2;
  if (offer == NULL)
    return 0;
  return (easel_offer_get (offer)->start_low_ms + easel_offer_get (offer)->start_high_ms) / 2;
}

static char *
dup_estimate (EaselStudioWindow *self)
{
  gint64 price = expected_price (self);
  gint64 start_ms = expected_start_ms (self);
  g_autofree char *rate = NULL;
  g_autofree char *duration = NULL;

  if (price <= 0)
    return NULL;
  rate = easel_money_format_hourly (price);
  if (start_ms <= 0)
    /* Translators: beside “Rent the Same Again”: "about $0.23 per hour". */
    return g_strdup_printf (_ ("about %s"), rate);
  /* Nobody waits by the second. */
  duration = easel_text_duration (MAX (1, (start_ms + MINUTE_MS / 2) / MINUTE_MS) * MINUTE_MS);
  /* Translators: beside “Rent the Same Again”: "about $0.23 per hour, ready in about 8 min". */
  return g_strdup_printf (_ ("about %s, ready in about %s"), rate, duration);
}

/* Offered once, with the first receipt. */
static void
refresh_login_offer (EaselStudioWindow *self, gboolean has_receipt)
{
  EaselLoginEntry *entry = easel_session_get_login_entry (self->session);

  gtk_widget_set_visible (self->login_offer,
                          has_receipt && entry != NULL && easel_login_entry_is_offered (entry));
}

static void
on_login_accepted (EaselStudioWindow *self)
{
  easel_login_entry_set_on (easel_session_get_login_entry (self->session), TRUE);
  gtk_widget_set_visible (self->login_offer, FALSE);
}

static void
on_login_declined (EaselStudioWindow *self)
{
  easel_login_entry_note_offered (easel_session_get_login_entry (self->session));
  gtk_widget_set_visible (self->login_offer, FALSE);
}

static void
refresh_suggestion (EaselStudioWindow *self, EaselStudioState state, const EaselStudioSums *sums)
{
  EaselHistory *history = easel_session_get_history (self->session);
  const EaselReceipt *last = easel_history_get_last_receipt (history);
  gint64 now = easel_clock_get_unix_ms (self->clock);
  gboolean is_free = sums->n_running == 0 && sums->n_unseen == 0 &&
                     easel_studio_get_starting (self->studio) == NULL;
  gboolean has_again = state == EASEL_STUDIO_KNOWN && (last != NULL || expected_price (self) > 0);

  gtk_widget_set_visible (self->receipts, last != NULL);
  gtk_widget_set_visible (self->suggestion,
                          is_free && (state == EASEL_STUDIO_KNOWN || state == EASEL_STUDIO_NO_KEY));
  if (!gtk_widget_get_visible (self->suggestion))
    return;
  easel_ui_take_text (
      self->receipt,
      last != NULL ? easel_receipt_dup_sentence (last, provider_name (self, last->provider_id), now)
                   : NULL);
  easel_ui_take_text (self->estimate, has_again ? dup_estimate (self) : NULL);
  refresh_login_offer (self, last != NULL);
  /* A card for a single button would be a frame around nothing. */
  easel_ui_set_class (self->suggestion, "easel-card", last != NULL);
  easel_ui_set_class (self->suggestion, "easel-padded", last != NULL);
  gtk_widget_set_visible (self->again, has_again);
  gtk_widget_set_visible (self->change, has_again);
  gtk_widget_set_visible (self->first, !has_again);
}

/* The running ones come before the paused ones. */
static GtkListBoxRow *
find_suggested_row (EaselStudioWindow *self)
{
  GtkListBoxRow *found = NULL;
  GtkListBoxRow *row;
  int i;

  for (i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    {
      EaselRental *rental = easel_pod_row_get_rental (EASEL_POD_ROW (row));
      EaselRowAction action = easel_row_action_primary (rental);

      if (action == EASEL_ROW_COPY_ADDRESS)
        return row;
      /* What somebody else has paused is nobody's next step: starting it costs. */
      if (found == NULL && easel_row_action_is_next_step (action) &&
          (action != EASEL_ROW_START || easel_rental_is_ours (rental)))
        found = row;
    }
  return found;
}

/* Their texts, the one suggested button, and whether anything can be ended. */
static void
refresh_rows (EaselStudioWindow *self)
{
  GtkListBoxRow *suggested = find_suggested_row (self);
  GtkListBoxRow *row;
  gboolean can_end = FALSE;
  int i;

  for (i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    {
      EaselRental *rental = easel_pod_row_get_rental (EASEL_POD_ROW (row));

      easel_pod_row_refresh (EASEL_POD_ROW (row));
      easel_pod_row_set_suggested (EASEL_POD_ROW (row), row == suggested);
      can_end = can_end || easel_row_action_makes_sense (EASEL_ROW_DONE, rental);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->list), i > 0);
  gtk_widget_set_visible (self->end_all, can_end);
  easel_ui_set_class (self->again, "suggested-action", suggested == NULL);
  easel_ui_set_class (self->first, "suggested-action", suggested == NULL);
}

static void
refresh (EaselStudioWindow *self)
{
  EaselStudioState state;
  EaselStudioSums sums;

  g_assert (EASEL_IS_STUDIO_WINDOW (self));

  if (self->studio == NULL)
    return;
  state = easel_studio_get_state (self->studio);
  easel_studio_get_sums (self->studio, &sums);
  easel_ui_take_text (self->headline, easel_studio_dup_headline (self->studio));
  easel_ui_take_text (self->subline,
                      easel_studio_dup_subline (self->studio,
                                                easel_clock_get_unix_ms (self->clock)));
  refresh_error_bar (self);
  refresh_rows (self);
  refresh_suggestion (self, state, &sums);
}

static void
on_studio_changed (EaselStudioWindow *self)
{
  refresh (self);
  _easel_studio_window_follow_resumed (self);
}

static gboolean
on_tick (gpointer user_data)
{
  EaselStudioWindow *self = EASEL_STUDIO_WINDOW (user_data);

  self->tick_id =
      easel_clock_add (self->clock,
                       easel_session_is_simulated (self->session) ? TICK_SIMULATED_MS : TICK_MS,
                       on_tick, self, NULL);
  refresh (self);

  return G_SOURCE_REMOVE;
}

static gboolean
on_status_over (gpointer user_data)
{
  EaselStudioWindow *self = EASEL_STUDIO_WINDOW (user_data);

  self->status_id = 0;
  easel_ui_set_text (self->status, NULL);

  return G_SOURCE_REMOVE;
}

static void
on_row_chosen (EaselPodRow *row, guint action, EaselStudioWindow *self)
{
  easel_studio_window_choose (self, easel_pod_row_get_rental (row), (EaselRowAction) action);
}

static GtkWidget *
create_row (gpointer item, gpointer user_data)
{
  EaselStudioWindow *self = EASEL_STUDIO_WINDOW (user_data);
  GtkWidget *row = easel_pod_row_new (EASEL_RENTAL (item), self->clock);

  g_signal_connect_object (row, "chosen", G_CALLBACK (on_row_chosen), self, 0);

  return row;
}

static void
on_remedy (EaselErrorBar *bar, int remedy, EaselStudioWindow *self)
{
  const EaselProviderInfo *info;
  EaselStudioSums sums;

  find_error (self, &info);
  switch ((EaselRemedy) remedy)
    {
    case EASEL_REMEDY_NEW_KEY:
    case EASEL_REMEDY_ENTER_KEY:
      gtk_widget_activate_action (GTK_WIDGET (self), "app.enter-key", NULL);
      break;
    case EASEL_REMEDY_ADD_FUNDS:
      if (info != NULL)
        easel_ui_open_uri (GTK_WIDGET (self), info->funds_uri);
      break;
    case EASEL_REMEDY_NONE:
    case EASEL_REMEDY_OPEN_CONSOLE:
      easel_studio_get_sums (self->studio, &sums);
      if (sums.unexplained_provider != NULL)
        info = sums.unexplained_provider;
      else if (sums.funds_provider != NULL && remedy == EASEL_REMEDY_NONE)
        {
          easel_ui_open_uri (GTK_WIDGET (self), sums.funds_provider->funds_uri);
          break;
        }
      if (info != NULL)
        easel_ui_open_uri (GTK_WIDGET (self), info->console_uri);
      break;
    case EASEL_REMEDY_TRY_AGAIN:
    case EASEL_REMEDY_OTHER_OFFER:
    case EASEL_REMEDY_OTHER_MACHINE:
    case EASEL_REMEDY_OTHER_TEMPLATE:
    case EASEL_REMEDY_DOWNLOAD_AGAIN:
    case EASEL_REMEDY_RENT_AGAIN:
    case EASEL_N_REMEDIES:
    default:
      easel_studio_refresh (self->studio);
      break;
    }
}

/* Somebody who paints in another window does not read this one. */
static void
on_active_changed (EaselStudioWindow *self)
{
  if (self->studio != NULL)
    easel_studio_set_focused (self->studio, gtk_window_is_active (GTK_WINDOW (self)));
}

static void
easel_studio_window_map (GtkWidget *widget)
{
  EaselStudioWindow *self = EASEL_STUDIO_WINDOW (widget);

  GTK_WIDGET_CLASS (easel_studio_window_parent_class)->map (widget);

  on_active_changed (self);
  easel_studio_set_watched (self->studio, TRUE);
  if (self->tick_id == 0)
    on_tick (self);
}

static void
easel_studio_window_unmap (GtkWidget *widget)
{
  EaselStudioWindow *self = EASEL_STUDIO_WINDOW (widget);

  if (self->studio != NULL)
    {
      easel_clock_clear (self->clock, &self->tick_id);
      easel_studio_set_watched (self->studio, FALSE);
    }

  GTK_WIDGET_CLASS (easel_studio_window_parent_class)->unmap (widget);
}

static void
save_size (EaselStudioWindow *self)
{
  int width, height;

  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  if (width > 0 && height > 0)
    g_settings_set (easel_session_get_settings (self->session), "window-size", "(ii)", width,
                    height);
}

static gboolean
easel_studio_window_close_request (GtkWindow *window)
{
  EaselStudioWindow *self = EASEL_STUDIO_WINDOW (window);
  gboolean is_kept = FALSE;

  save_size (self);
  g_signal_emit (self, signals[CLOSE_WANTED], 0, &is_kept);
  if (is_kept)
    return GDK_EVENT_STOP;

  return GTK_WINDOW_CLASS (easel_studio_window_parent_class)->close_request (window);
}

static void
easel_studio_window_dispose (GObject *object)
{
  EaselStudioWindow *self = EASEL_STUDIO_WINDOW (object);

  if (self->clock != NULL)
    {
      easel_clock_clear (self->clock, &self->tick_id);
      easel_clock_clear (self->clock, &self->status_id);
    }
  if (self->list != NULL)
    gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  g_clear_object (&self->resumed);
  g_clear_object (&self->studio);
  g_clear_object (&self->clock);
  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (self), EASEL_TYPE_STUDIO_WINDOW);

  G_OBJECT_CLASS (easel_studio_window_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, EaselStudioWindow, headline);
  gtk_widget_class_bind_template_child (widget_class, EaselStudioWindow, subline);
  gtk_widget_class_bind_template_child (widget_class, EaselStudioWindow, banner);
  gtk_widget_class_bind_template_child (widget_class, EaselStudioWindow, error_bar);
  gtk_widget_class_bind_template_child (widget_class, EaselStudioWindow, list);
  gtk_widget_class_bind_template_child (widget_class, EaselStudioWindow, suggestion);
  gtk_widget_class_bind_template_child (widget_class, EaselStudioWindow, receipt);
  gtk_widget_class_bind_template_child (widget_class, EaselStudioWindow, login_offer);
  gtk_widget_class_bind_template_child (widget_class, EaselStudioWindow, estimate);
  gtk_widget_class_bind_template_child (widget_class, EaselStudioWindow, again);
  gtk_widget_class_bind_template_child (widget_class, EaselStudioWindow, change);
  gtk_widget_class_bind_template_child (widget_class, EaselStudioWindow, first);
  gtk_widget_class_bind_template_child (widget_class, EaselStudioWindow, status);
  gtk_widget_class_bind_template_child (widget_class, EaselStudioWindow, receipts);
  gtk_widget_class_bind_template_child (widget_class, EaselStudioWindow, end_all);
}

static void
easel_studio_window_class_init (EaselStudioWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = easel_studio_window_dispose;
  widget_class->map = easel_studio_window_map;
  widget_class->unmap = easel_studio_window_unmap;
  GTK_WINDOW_CLASS (klass)->close_request = easel_studio_window_close_request;

  /**
   * EaselStudioWindow::close-wanted:
   *
   * Returns: %TRUE to keep the window open
   */
  signals[CLOSE_WANTED] =
      g_signal_new ("close-wanted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                    g_signal_accumulator_true_handled, NULL, NULL, G_TYPE_BOOLEAN, 0);

  gtk_widget_class_set_template_from_resource (widget_class, EASEL_UI_RESOURCE_PREFIX
                                               "/ui/easel-studio-window.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_remedy);
  gtk_widget_class_bind_template_callback (widget_class, on_login_accepted);
  gtk_widget_class_bind_template_callback (widget_class, on_login_declined);
}

static void
easel_studio_window_init (EaselStudioWindow *self)
{
  g_type_ensure (EASEL_TYPE_CLAMP);
  g_type_ensure (EASEL_TYPE_ERROR_BAR);
  g_type_ensure (EASEL_TYPE_SPLIT_BOX);
  g_type_ensure (EASEL_TYPE_WRAP_BOX);
  gtk_widget_init_template (GTK_WIDGET (self));
  easel_focus_mend (GTK_WINDOW (self));
  g_signal_connect (self, "notify::is-active", G_CALLBACK (on_active_changed), NULL);
}

static void
follow_session (EaselStudioWindow *self)
{
  guint i;

  g_signal_connect_object (self->studio, "changed", G_CALLBACK (on_studio_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->studio, "notify::state", G_CALLBACK (on_studio_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (easel_studio_get_rentals (self->studio), "items-changed",
                           G_CALLBACK (refresh), self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  for (i = 0; i < easel_session_get_n_accounts (self->session); i++)
    {
      EaselAccount *account = easel_session_get_nth_account (self->session, i);

      g_signal_connect_object (account, "notify::state", G_CALLBACK (refresh), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (account, "changed", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
    }
}

/**
 * easel_studio_window_new:
 * @app: (nullable): whose window it is and whose actions its buttons use
 * @session: what it shows
 *
 * Returns: (transfer none): the window, not shown yet
 */
GtkWindow *
easel_studio_window_new (GtkApplication *app, EaselSession *session)
{
  EaselStudioWindow *self;
  int width, height;

  g_return_val_if_fail (app == NULL || GTK_IS_APPLICATION (app), NULL);
  g_return_val_if_fail (EASEL_IS_SESSION (session), NULL);

  self = g_object_new (EASEL_TYPE_STUDIO_WINDOW, "application", app, NULL);
  self->session = g_object_ref (session);
  self->studio = g_object_ref (easel_session_get_studio (session));
  self->clock = g_object_ref (easel_session_get_clock (session));

  g_settings_get (easel_session_get_settings (session), "window-size", "(ii)", &width, &height);
  gtk_window_set_default_size (GTK_WINDOW (self), CLAMP (width, 360, 4000),
                               CLAMP (height, 240, 4000));
  gtk_widget_set_visible (self->banner, easel_session_is_simulated (session));
  gtk_list_box_bind_model (self->list, easel_studio_get_rentals (self->studio), create_row, self,
                           NULL);
  follow_session (self);
  refresh (self);

  return GTK_WINDOW (self);
}

/**
 * easel_studio_window_tell:
 * @text: (nullable): what was just done, a short sentence
 *
 * Says something below the rows for a while; a screen reader reads it out.
 */
void
easel_studio_window_tell (EaselStudioWindow *self, const char *text)
{
  g_return_if_fail (EASEL_IS_STUDIO_WINDOW (self));

  easel_clock_clear (self->clock, &self->status_id);
  easel_ui_set_text (self->status, text);
  if (text != NULL)
    self->status_id =
        easel_clock_add (self->clock,
                         easel_session_is_simulated (self->session) ? STATUS_SIMULATED_MS
                                                                    : STATUS_MS,
                         on_status_over, self, NULL);
}
