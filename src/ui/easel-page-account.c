/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Account: where the key comes from, and what the provider says about it. A pasted key is checked
 * by itself; a typed one on Enter; either again when the person comes back from the browser. What
 * was typed stays until it was accepted, and then leaves the entry. Keeps no key itself. */

#include "config.h"
#include "easel-page-account.h"

#include "easel-forget-dialog.h"
#include "easel-ui.h"

#include <glib/gi18n-lib.h>

/* After this time without a change a paste counts as finished. */
#define SETTLE_MS 400
/* Nobody types so many characters at once. */
#define PASTE_LENGTH 8
#define PRACTICE_KEY "practice-key"

struct _EaselPageAccount
{
  EaselPage parent_instance;

  GtkWidget *steps;          /* (unowned): child of the template */
  GtkLabel *funds_text;      /* (unowned): child of the template */
  GtkWidget *form;           /* (unowned): child of the template */
  GtkWidget *entry;          /* (unowned): child of the template */
  GtkWidget *keep;           /* (unowned): child of the template */
  GtkWidget *practice;       /* (unowned): child of the template */
  GtkWidget *checking;       /* (unowned): child of the template */
  GtkCheckButton *remember;  /* (unowned): child of the template */
  GtkWidget *accepted;       /* (unowned): child of the template */
  GtkLabel *accepted_who;    /* (unowned): child of the template */
  GtkLabel *accepted_note;   /* (unowned): child of the template */
  EaselErrorBar *bar;        /* (unowned): child of the template */
  EaselErrorBar *money_bar;  /* (unowned): child of the template */
  EaselErrorBar *top_up_bar; /* (unowned): child of the template */
  EaselErrorBar *store_bar;  /* (unowned): child of the template */

  EaselAccount *account;       /* (owned) (nullable): the one that is shown */
  GSignalGroup *account_group; /* (owned) */
  GError *input_error;         /* (owned) (nullable): what was typed cannot be a key */
  gsize length;                /* of the text before the last change */
  guint settle_id;
  gulong window_handler;
  GtkWindow *window; /* (unowned) (nullable): the one that @window_handler watches */
  gboolean link_opened;
  gboolean edited;    /* the text is newer than the last check */
  gboolean replacing; /* another key is to take the place of a good one */
  gboolean syncing;
};

G_DEFINE_FINAL_TYPE (EaselPageAccount, easel_page_account, EASEL_TYPE_PAGE)

static EaselClock *
get_clock (EaselPageAccount *self)
{
  return easel_session_get_clock (easel_page_get_session (EASEL_PAGE (self)));
}

static const char *
get_text (EaselPageAccount *self)
{
  return gtk_editable_get_text (GTK_EDITABLE (self->entry));
}

static EaselAccountState
get_state (EaselPageAccount *self)
{
  return self->account != NULL ? easel_account_get_state (self->account) : EASEL_ACCOUNT_NO_KEY;
}

static const EaselProviderInfo *
get_info (EaselPageAccount *self)
{
  return self->account != NULL ? easel_account_get_provider_info (self->account) : NULL;
}

static void
update_errors (EaselPageAccount *self)
{
  const EaselProviderInfo *provider = get_info (self);
  EaselAccountState state = get_state (self);
  const GError *error = NULL;
  const gboolean was_set = easel_error_bar_is_set (self->bar);

  if (self->input_error != NULL)
    error = self->input_error;
  else if (!self->edited && (state == EASEL_ACCOUNT_REFUSED || state == EASEL_ACCOUNT_UNCHECKED))
    error = easel_account_get_error (self->account);
  easel_error_bar_set_error (self->bar, error, provider != NULL ? provider->name : NULL);
  if (easel_error_bar_is_set (self->bar) && !was_set)
    easel_page_bring_into_sight (EASEL_PAGE (self), GTK_WIDGET (self->bar));
}

static void
update_store_bar (EaselPageAccount *self)
{
  EaselAccountState state = get_state (self);
  const GError *error =
      self->account != NULL ? easel_account_get_store_error (self->account) : NULL;
  const char *details = NULL;

  if (error == NULL || state == EASEL_ACCOUNT_CHECKING)
    {
      easel_error_bar_clear (self->store_bar);
      return;
    }
  if (state == EASEL_ACCOUNT_READY)
    easel_error_bar_set_message (self->store_bar, EASEL_BAR_WARNING,
                                 _ ("The keyring of this computer did not take the key. It is "
                                    "kept until Cloud Easel is closed."),
                                 NULL);
  else
    easel_error_bar_set_message (self->store_bar, EASEL_BAR_WARNING,
                                 _ ("The keyring of this computer did not answer. You can paste "
                                    "the key again."),
                                 _ ("Ask the Keyring Again"));
  details = easel_error_get_details (error);
  easel_error_bar_set_details (self->store_bar, details != NULL ? details : error->message);
}

static void
update_money (EaselPageAccount *self)
{
  const EaselProviderInfo *provider = get_info (self);
  const EaselAccountInfo *info = NULL;
  g_autofree char *sentence = NULL;

  if (get_state (self) == EASEL_ACCOUNT_READY)
    info = easel_account_get_info (self->account);
  if (info == NULL || !info->auto_top_up)
    easel_error_bar_clear (self->top_up_bar);
  else
    easel_error_bar_set_message (self->top_up_bar, EASEL_BAR_WARNING,
                                 _ ("Automatic top-up is on. Your card can then be charged again "
                                    "and again; switch it off to lose at most what you paid in."),
                                 _ ("Open Billing"));

  if (info != NULL && !info->can_pay)
    {
      /* Translators: %s is a provider, "RunPod". */
      sentence = g_strdup_printf (_ ("%s does not let this account rent yet. Is your e-mail "
                                     "address confirmed there?"),
                                  provider->name);
      easel_error_bar_set_message (self->money_bar, EASEL_BAR_WARNING, sentence,
                                   easel_remedy_label (EASEL_REMEDY_OPEN_CONSOLE));
    }
  else if (info != NULL && info->balance != EASEL_MONEY_UNKNOWN && info->balance <= 0)
    {
      sentence = g_strdup_printf (_ ("There is no credit in this account. Add at least $%u; you "
                                     "can look around before that."),
                                  provider->min_top_up_dollars);
      easel_error_bar_set_message (self->money_bar, EASEL_BAR_WARNING, sentence,
                                   easel_remedy_label (EASEL_REMEDY_ADD_FUNDS));
    }
  else
    easel_error_bar_clear (self->money_bar);
}

static void
update_accepted (EaselPageAccount *self)
{
  const EaselAccountInfo *info = easel_account_get_info (self->account);
  g_autoptr (GString) who = g_string_new (NULL);

  if (info != NULL && info->email != NULL)
    g_string_append (who, info->email);
  if (info != NULL && info->balance != EASEL_MONEY_UNKNOWN)
    {
      g_autofree char *money = easel_money_format (info->balance);
      /* Translators: %s is money, "$24.10". */
      g_autofree char *balance = g_strdup_printf (_ ("balance %s"), money);

      if (who->len > 0)
        g_string_append (who, " · ");
      g_string_append (who, balance);
    }
  easel_ui_set_text (self->accepted_who, who->str);
  easel_ui_set_text (self->accepted_note, info != NULL && !info->may_rent_known
                                              ? _ ("Whether it may rent shows when you rent.")
                                              : NULL);
}

static void
update (EaselPageAccount *self)
{
  EaselAccountState state = get_state (self);
  gboolean is_ready = state == EASEL_ACCOUNT_READY;
  gboolean is_checking = state == EASEL_ACCOUNT_CHECKING || state == EASEL_ACCOUNT_UNLOADED;
  gboolean has_text = *get_text (self) != '\0';
  gboolean show_form = self->replacing || (!is_ready && (!is_checking || has_text));

  gtk_widget_set_visible (self->form, show_form);
  gtk_widget_set_visible (self->steps, show_form);
  gtk_widget_set_visible (self->keep, self->replacing);
  gtk_widget_set_visible (self->checking, is_checking);
  gtk_widget_set_visible (self->accepted, is_ready && !self->replacing);
  if (is_ready)
    update_accepted (self);
  update_errors (self);
  update_store_bar (self);
  update_money (self);

  easel_page_set_busy (EASEL_PAGE (self), is_checking);
  easel_page_set_complete (EASEL_PAGE (self), is_ready);
}

/* A key that was accepted does not lie about in the entry. */
static void
clear_entry (EaselPageAccount *self)
{
  self->syncing = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  self->syncing = FALSE;
  self->length = 0;
  self->edited = FALSE;
  g_clear_error (&self->input_error);
}

static gboolean
has_focus (EaselPageAccount *self)
{
  GtkWindow *window = easel_page_get_window (EASEL_PAGE (self));
  GtkWidget *focus = window != NULL ? gtk_window_get_focus (window) : NULL;

  return focus != NULL && (focus == self->entry || gtk_widget_is_ancestor (focus, self->entry));
}

/* The entry goes when its key was accepted, and Enter is to lead on. */
static void
focus_next (EaselPageAccount *self)
{
  GtkWindow *window = easel_page_get_window (EASEL_PAGE (self));
  GtkWidget *next = window != NULL ? gtk_window_get_default_widget (window) : NULL;

  if (next != NULL && gtk_widget_is_sensitive (next))
    gtk_widget_grab_focus (next);
}

static void
on_account_changed (EaselPageAccount *self)
{
  EaselAccountState state = get_state (self);
  gboolean was_typing = has_focus (self);

  if (state == EASEL_ACCOUNT_READY && !self->edited && *get_text (self) != '\0')
    {
      clear_entry (self);
      self->replacing = FALSE;
    }
  if (state == EASEL_ACCOUNT_READY)
    {
      self->syncing = TRUE;
      gtk_check_button_set_active (self->remember,
                                   easel_account_is_remembered (self->account) ||
                                       g_settings_get_boolean (easel_session_get_settings (
                                                                   easel_page_get_session (
                                                                       EASEL_PAGE (self))),
                                                               "remember-key"));
      self->syncing = FALSE;
    }
  update (self);
  if (was_typing && !gtk_widget_get_mapped (self->entry))
    focus_next (self);
}

static void
check_text (EaselPageAccount *self)
{
  g_autoptr (EaselSecret) key = NULL;

  easel_clock_clear (get_clock (self), &self->settle_id);
  if (self->account == NULL || *get_text (self) == '\0')
    return;

  g_clear_error (&self->input_error);
  key = easel_secret_new_from_key_input (get_text (self), &self->input_error);
  self->edited = FALSE;
  if (key != NULL)
    easel_account_set_key (self->account, key, gtk_check_button_get_active (self->remember));
  on_account_changed (self);
}

static gboolean
on_settled (gpointer user_data)
{
  EaselPageAccount *self = EASEL_PAGE_ACCOUNT (user_data);

  self->settle_id = 0;
  check_text (self);
  return G_SOURCE_REMOVE;
}

static void
on_entry_changed (EaselPageAccount *self)
{
  gsize length = strlen (get_text (self));
  gsize before = self->length;

  self->length = length;
  if (self->syncing)
    return;
  self->edited = TRUE;
  g_clear_error (&self->input_error);
  easel_clock_clear (get_clock (self), &self->settle_id);
  if (length >= before + PASTE_LENGTH)
    self->settle_id = easel_clock_add (get_clock (self), SETTLE_MS, on_settled, self, NULL);
  update_errors (self);
}

static void
on_entry_activate (EaselPageAccount *self)
{
  check_text (self);
}

static void
on_remember_toggled (EaselPageAccount *self)
{
  gboolean remember = gtk_check_button_get_active (self->remember);

  if (self->syncing)
    return;
  g_settings_set_boolean (easel_session_get_settings (easel_page_get_session (EASEL_PAGE (self))),
                          "remember-key", remember);
  if (self->account != NULL && get_state (self) == EASEL_ACCOUNT_READY)
    easel_account_set_remember (self->account, remember);
}

static void
open_link (EaselPageAccount *self, const char *uri)
{
  self->link_opened = TRUE;
  easel_ui_open_uri (GTK_WIDGET (self), uri);
}

static void
on_sign_up_clicked (EaselPageAccount *self)
{
  const EaselProviderInfo *provider = get_info (self);

  if (provider != NULL)
    open_link (self, provider->sign_up_uri);
}

static void
on_funds_clicked (EaselPageAccount *self)
{
  const EaselProviderInfo *provider = get_info (self);

  if (provider != NULL)
    open_link (self, provider->funds_uri);
}

static void
on_keys_clicked (EaselPageAccount *self)
{
  const EaselProviderInfo *provider = get_info (self);

  if (provider != NULL)
    open_link (self, provider->keys_uri);
  gtk_widget_grab_focus (self->entry);
}

static void
on_practice_clicked (EaselPageAccount *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->entry), PRACTICE_KEY);
  check_text (self);
}

static void
on_bar_remedy (EaselPageAccount *self, int remedy)
{
  switch ((EaselRemedy) remedy)
    {
    case EASEL_REMEDY_NEW_KEY:
      on_keys_clicked (self);
      break;
    case EASEL_REMEDY_ENTER_KEY:
      gtk_widget_grab_focus (self->entry);
      gtk_editable_select_region (GTK_EDITABLE (self->entry), 0, -1);
      break;
    case EASEL_REMEDY_TRY_AGAIN:
      if (*get_text (self) != '\0')
        check_text (self);
      else if (self->account != NULL)
        easel_account_recheck (self->account);
      break;
    case EASEL_REMEDY_NONE:
    case EASEL_REMEDY_ADD_FUNDS:
    case EASEL_REMEDY_OTHER_OFFER:
    case EASEL_REMEDY_OTHER_MACHINE:
    case EASEL_REMEDY_RENT_AGAIN:
    case EASEL_REMEDY_DOWNLOAD_AGAIN:
    case EASEL_REMEDY_OTHER_TEMPLATE:
    case EASEL_REMEDY_OPEN_CONSOLE:
    case EASEL_N_REMEDIES:
    default:
      easel_page_do_remedy (EASEL_PAGE (self), (EaselRemedy) remedy, get_info (self));
      break;
    }
}

/* The same place pays in and, where the address is not confirmed, says so. */
static void
on_money_remedy (EaselPageAccount *self, int remedy)
{
  on_funds_clicked (self);
}

static void
on_store_remedy (EaselPageAccount *self, int remedy)
{
  if (self->account != NULL)
    easel_account_recheck (self->account);
}

static void
on_another_clicked (EaselPageAccount *self)
{
  self->replacing = TRUE;
  update (self);
  gtk_widget_grab_focus (self->entry);
}

static void
on_keep_clicked (EaselPageAccount *self)
{
  self->replacing = FALSE;
  clear_entry (self);
  update (self);
}

static void
on_forget_clicked (EaselPageAccount *self)
{
  if (self->account != NULL)
    easel_forget_key (easel_page_get_window (EASEL_PAGE (self)),
                      easel_page_get_session (EASEL_PAGE (self)), self->account);
}

/* Back from the browser, with a key or with new credit. */
static void
on_window_active (EaselPageAccount *self)
{
  if (self->window == NULL || !gtk_window_is_active (self->window) || !self->link_opened)
    return;
  self->link_opened = FALSE;
  if (*get_text (self) != '\0')
    check_text (self);
  else if (get_state (self) == EASEL_ACCOUNT_READY)
    easel_account_refresh_balance (self->account);
}

static void
unwatch_window (EaselPageAccount *self)
{
  if (self->window != NULL)
    g_clear_signal_handler (&self->window_handler, self->window);
  self->window = NULL;
}

static void
easel_page_account_root (GtkWidget *widget)
{
  EaselPageAccount *self = EASEL_PAGE_ACCOUNT (widget);

  GTK_WIDGET_CLASS (easel_page_account_parent_class)->root (widget);

  self->window = easel_page_get_window (EASEL_PAGE (self));
  if (self->window != NULL)
    self->window_handler = g_signal_connect_swapped (self->window, "notify::is-active",
                                                     G_CALLBACK (on_window_active), self);
}

static void
easel_page_account_unroot (GtkWidget *widget)
{
  unwatch_window (EASEL_PAGE_ACCOUNT (widget));

  GTK_WIDGET_CLASS (easel_page_account_parent_class)->unroot (widget);
}

static void
update_texts (EaselPageAccount *self)
{
  const EaselProviderInfo *provider = get_info (self);
  g_autofree char *heading = NULL;
  g_autofree char *funds = NULL;

  if (provider == NULL)
    return;
  /* Translators: %s is a provider, "RunPod". */
  heading = g_strdup_printf (_ ("Your %s account"), provider->name);
  funds = g_strdup_printf (_ ("Pay in at least $%u. Leave automatic top-up off."),
                           provider->min_top_up_dollars);
  easel_page_set_heading (EASEL_PAGE (self), heading);
  easel_ui_set_text (self->funds_text, funds);
}

static void
easel_page_account_shown (EaselPage *page)
{
  EaselPageAccount *self = EASEL_PAGE_ACCOUNT (page);
  EaselAccount *account = easel_page_get_account (page);

  if (g_set_object (&self->account, account))
    {
      clear_entry (self);
      self->replacing = FALSE;
      g_signal_group_set_target (self->account_group, account);
    }
  update_texts (self);
  on_account_changed (self);
  if (get_state (self) == EASEL_ACCOUNT_READY)
    easel_account_refresh_balance (self->account);
}

static void
easel_page_account_abort (EaselPage *page)
{
  EaselPageAccount *self = EASEL_PAGE_ACCOUNT (page);

  easel_clock_clear (get_clock (self), &self->settle_id);
  g_signal_group_set_target (self->account_group, NULL);
}

static void
easel_page_account_constructed (GObject *object)
{
  EaselPageAccount *self = EASEL_PAGE_ACCOUNT (object);
  EaselSession *session = easel_page_get_session (EASEL_PAGE (self));

  G_OBJECT_CLASS (easel_page_account_parent_class)->constructed (object);

  self->syncing = TRUE;
  gtk_check_button_set_active (self->remember,
                               g_settings_get_boolean (easel_session_get_settings (session),
                                                       "remember-key"));
  self->syncing = FALSE;
  gtk_widget_set_visible (self->practice, easel_session_is_simulated (session));
}

static void
easel_page_account_dispose (GObject *object)
{
  EaselPageAccount *self = EASEL_PAGE_ACCOUNT (object);

  if (self->settle_id != 0)
    easel_clock_clear (get_clock (self), &self->settle_id);
  unwatch_window (self);
  if (self->account_group != NULL)
    g_signal_group_set_target (self->account_group, NULL);
  g_clear_object (&self->account_group);
  g_clear_object (&self->account);
  g_clear_error (&self->input_error);

  G_OBJECT_CLASS (easel_page_account_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, EASEL_UI_RESOURCE_PREFIX
                                               "/ui/easel-page-account.ui");
  gtk_widget_class_bind_template_child (widget_class, EaselPageAccount, steps);
  gtk_widget_class_bind_template_child (widget_class, EaselPageAccount, funds_text);
  gtk_widget_class_bind_template_child (widget_class, EaselPageAccount, form);
  gtk_widget_class_bind_template_child (widget_class, EaselPageAccount, entry);
  gtk_widget_class_bind_template_child (widget_class, EaselPageAccount, keep);
  gtk_widget_class_bind_template_child (widget_class, EaselPageAccount, practice);
  gtk_widget_class_bind_template_child (widget_class, EaselPageAccount, checking);
  gtk_widget_class_bind_template_child (widget_class, EaselPageAccount, remember);
  gtk_widget_class_bind_template_child (widget_class, EaselPageAccount, accepted);
  gtk_widget_class_bind_template_child (widget_class, EaselPageAccount, accepted_who);
  gtk_widget_class_bind_template_child (widget_class, EaselPageAccount, accepted_note);
  gtk_widget_class_bind_template_child (widget_class, EaselPageAccount, bar);
  gtk_widget_class_bind_template_child (widget_class, EaselPageAccount, money_bar);
  gtk_widget_class_bind_template_child (widget_class, EaselPageAccount, top_up_bar);
  gtk_widget_class_bind_template_child (widget_class, EaselPageAccount, store_bar);
  gtk_widget_class_bind_template_callback (widget_class, on_sign_up_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_funds_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_keys_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_practice_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_entry_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_entry_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_remember_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_another_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_keep_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_forget_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_bar_remedy);
  gtk_widget_class_bind_template_callback (widget_class, on_money_remedy);
  gtk_widget_class_bind_template_callback (widget_class, on_store_remedy);
}

static void
easel_page_account_class_init (EaselPageAccountClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  EaselPageClass *page_class = EASEL_PAGE_CLASS (klass);

  object_class->constructed = easel_page_account_constructed;
  object_class->dispose = easel_page_account_dispose;
  widget_class->root = easel_page_account_root;
  widget_class->unroot = easel_page_account_unroot;
  page_class->shown = easel_page_account_shown;
  page_class->abort = easel_page_account_abort;

  bind_template (widget_class);
}

static void
easel_page_account_init (EaselPageAccount *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->account_group = g_signal_group_new (EASEL_TYPE_ACCOUNT);
  g_signal_group_connect_swapped (self->account_group, "changed", G_CALLBACK (on_account_changed),
                                  self);
  g_signal_group_connect_swapped (self->account_group, "notify::state",
                                  G_CALLBACK (on_account_changed), self);

  easel_page_set_first_focus (EASEL_PAGE (self), self->entry);
  easel_ui_wrap_label_of (GTK_WIDGET (self->remember));
  easel_ui_set_accessible_name (self->entry, _ ("API Key"));
}

/**
 * easel_page_account_new:
 * @session: what the page works on
 *
 * Returns: (transfer floating): the page
 */
GtkWidget *
easel_page_account_new (EaselSession *session)
{
  g_return_val_if_fail (EASEL_IS_SESSION (session), NULL);

  return g_object_new (EASEL_TYPE_PAGE_ACCOUNT, "session", session, NULL);
}
