/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The preferences: when a rental ends by itself, where the person paints, the look at login, the
 * keys. Shows and changes what the plan, the settings and the accounts own; keeps nothing. */

#include "config.h"
#include "easel-preferences-window.h"

#include "easel-choice-list.h"
#include "easel-forget-dialog.h"
#include "easel-side-window.h"
#include "easel-split-box.h"
#include "easel-text.h"
#include "easel-ui.h"

#include <glib/gi18n-lib.h>

/* Everything at once, where the screen is high enough. */
#define DEFAULT_HEIGHT 660

/* What is offered; another value of the settings is shown beside these. */
static const guint closed_choices[] = { 5, 10, 20, 30, 60 };
static const guint idle_choices[] = { 15, 30, 60, 120, 240 };
static const guint region_choices[] = {
  EASEL_REGION_NONE, EASEL_REGION_EUROPE,  EASEL_REGION_NORTH_AMERICA, EASEL_REGION_SOUTH_AMERICA,
  EASEL_REGION_ASIA, EASEL_REGION_OCEANIA, EASEL_REGION_AFRICA,        EASEL_REGION_MIDDLE_EAST,
};

/* Belongs to the window. */
typedef struct
{
  EaselSession *session; /* (owned) */
  GtkWindow *window;     /* (unowned) */
  EaselChoiceList *closed;
  EaselChoiceList *idle;
  GtkDropDown *closed_drop_down; /* (unowned) */
  GtkDropDown *idle_drop_down;   /* (unowned) */
  GtkDropDown *region;           /* (unowned) */
  GtkSwitch *login;              /* (unowned) (nullable): NULL in a play */
  GtkLabel *login_error;         /* (unowned) (nullable) */
  GtkWidget *keys;               /* (unowned) */
  gboolean is_syncing;
} Preferences;

static void
preferences_free (gpointer user_data)
{
  Preferences *self = user_data;

  easel_choice_list_free (self->closed);
  easel_choice_list_free (self->idle);
  g_object_unref (self->session);
  g_free (self);
}

/* Rows */

static GtkWidget *
create_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);

  return label;
}

/* A title, a line below it, and what is chosen at the right. */
static GtkWidget *
create_row (const char *title, const char *line, GtkWidget *control)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget *split;

  gtk_box_append (GTK_BOX (texts), create_label (title, NULL));
  if (line != NULL)
    gtk_box_append (GTK_BOX (texts), create_label (line, "easel-secondary"));
  gtk_widget_set_valign (texts, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  gtk_widget_set_halign (control, GTK_ALIGN_END);
  split = easel_split_box_new (texts, control);
  g_object_set (split, "spacing", 18, "row-spacing", 8, "hexpand", TRUE, NULL);
  gtk_box_append (GTK_BOX (row), split);
  gtk_widget_add_css_class (row, "easel-row");

  return row;
}

static GtkWidget *
add_group (GtkWidget *page, const char *title, const char *line)
{
  GtkWidget *group = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget *card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_box_append (GTK_BOX (texts), easel_ui_new_heading (title, "heading", 2));
  if (line != NULL)
    gtk_box_append (GTK_BOX (texts), create_label (line, "easel-secondary"));
  gtk_box_append (GTK_BOX (group), texts);
  gtk_widget_add_css_class (card, "easel-card");
  gtk_box_append (GTK_BOX (group), card);
  gtk_box_append (GTK_BOX (page), group);

  return card;
}

/* The automatic end */

static char *
dup_minutes (guint minutes)
{
  return easel_text_duration (minutes * G_GINT64_CONSTANT (60000));
}

static void
on_times_changed (Preferences *self)
{
  EaselPlan *plan = easel_session_get_plan (self->session);
  EaselLimits limits = *easel_plan_get_limits (plan);

  /* A drop-down that is taken down has nothing selected. */
  if (self->is_syncing ||
      gtk_drop_down_get_selected (self->closed_drop_down) == GTK_INVALID_LIST_POSITION ||
      gtk_drop_down_get_selected (self->idle_drop_down) == GTK_INVALID_LIST_POSITION)
    return;
  limits.closed_minutes = easel_choice_list_get_value (self->closed);
  limits.idle_minutes = easel_choice_list_get_value (self->idle);
  easel_plan_set_limits (plan, &limits);
}

static GtkDropDown *
create_times (const guint *values, gsize n_values, EaselChoiceList **ret_list)
{
  GtkDropDown *drop_down = GTK_DROP_DOWN (gtk_drop_down_new (NULL, NULL));

  *ret_list = easel_choice_list_new (drop_down, values, n_values, dup_minutes);

  return drop_down;
}

static void
add_end (Preferences *self, GtkWidget *page)
{
  GtkWidget *card = add_group (page, _ ("Automatic End"),
                               _ ("For what is rented from now on. It also ends at the hour that "
                                  "you choose when you rent."));

  self->closed_drop_down =
      create_times (closed_choices, G_N_ELEMENTS (closed_choices), &self->closed);
  self->idle_drop_down = create_times (idle_choices, G_N_ELEMENTS (idle_choices), &self->idle);
  gtk_box_append (GTK_BOX (card), create_row (_ ("After Krita was closed"), NULL,
                                              GTK_WIDGET (self->closed_drop_down)));
  gtk_box_append (GTK_BOX (card),
                  create_row (_ ("When nothing was generated"), _ ("Also while Krita is open"),
                              GTK_WIDGET (self->idle_drop_down)));
}

/* The region */

static char *
dup_automatic (void)
{
  const guint regions = easel_plan_find_home_regions ();
  g_autofree char *name = NULL;
  guint i;

  for (i = 1; i < G_N_ELEMENTS (region_choices) && name == NULL; i++)
    if (regions == region_choices[i])
      name = easel_region_name ((EaselRegion) region_choices[i]);
  if (name == NULL)
    return g_strdup (_ ("Automatic"));
  /* Translators: %s is a region, "Europe": found by the computer's time zone. */
  return g_strdup_printf (_ ("Automatic (%s)"), name);
}

static void
on_region_changed (Preferences *self)
{
  guint selected = gtk_drop_down_get_selected (self->region);

  if (!self->is_syncing && selected < G_N_ELEMENTS (region_choices))
    easel_plan_set_home_region (easel_session_get_plan (self->session), region_choices[selected]);
}

static void
add_region (Preferences *self, GtkWidget *page)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  GtkWidget *card = add_group (page, _ ("Place"), NULL);
  guint i;

  gtk_string_list_take (names, dup_automatic ());
  for (i = 1; i < G_N_ELEMENTS (region_choices); i++)
    gtk_string_list_take (names, easel_region_name ((EaselRegion) region_choices[i]));
  self->region = GTK_DROP_DOWN (gtk_drop_down_new (G_LIST_MODEL (g_steal_pointer (&names)), NULL));
  gtk_box_append (GTK_BOX (card),
                  create_row (_ ("Where you paint"),
                              _ ("GPUs nearby answer sooner and are recommended first."),
                              GTK_WIDGET (self->region)));
}

/* The look at login */

static void
on_login_switched (Preferences *self)
{
  EaselLoginEntry *entry = easel_session_get_login_entry (self->session);

  if (!self->is_syncing)
    easel_login_entry_set_on (entry, gtk_switch_get_active (self->login));
}

static void
show_login (Preferences *self)
{
  EaselLoginEntry *entry = easel_session_get_login_entry (self->session);
  const GError *error;

  if (entry == NULL)
    return;
  error = easel_login_entry_get_error (entry);
  self->is_syncing = TRUE;
  gtk_switch_set_active (self->login, easel_login_entry_is_on (entry));
  self->is_syncing = FALSE;
  easel_ui_set_text (self->login_error, error != NULL ? error->message : NULL);
}

static void
on_login_changed (GtkWindow *window)
{
  show_login (g_object_get_data (G_OBJECT (window), "preferences"));
}

static void
add_login (Preferences *self, GtkWidget *page)
{
  GtkWidget *card;

  if (easel_session_get_login_entry (self->session) == NULL)
    return;
  card = add_group (page, _ ("At Login"), NULL);
  self->login = GTK_SWITCH (gtk_switch_new ());
  self->login_error = GTK_LABEL (create_label (NULL, "easel-problem"));
  gtk_box_append (
      GTK_BOX (card),
      create_row (_ ("Check whether something costs money"),
                  _ ("Shows a notification if so, and no window. Otherwise nothing happens."),
                  GTK_WIDGET (self->login)));
  gtk_box_append (GTK_BOX (gtk_widget_get_parent (card)), GTK_WIDGET (self->login_error));
  easel_ui_set_accessible_name (GTK_WIDGET (self->login),
                                _ ("Check whether something costs money"));
}

/* The keys */

static void
on_forget_clicked (GtkButton *button, Preferences *self)
{
  easel_forget_key (self->window, self->session, g_object_get_data (G_OBJECT (button), "account"));
}

static char *
dup_holder (EaselAccount *account)
{
  const EaselAccountInfo *info = easel_account_get_info (account);

  if (info != NULL && info->email != NULL)
    return g_strdup (info->email);
  return g_strdup (easel_account_is_remembered (account) ? _ ("In the keyring of your desktop")
                                                         : _ ("Until Cloud Easel ends"));
}

static void
add_key (Preferences *self, EaselAccount *account)
{
  const EaselProviderInfo *provider = easel_account_get_provider_info (account);
  GtkWidget *button = gtk_button_new_with_label (_ ("Forget Key…"));
  g_autofree char *holder = dup_holder (account);
  /* Translators: %s is a provider, "RunPod". */
  g_autofree char *name = g_strdup_printf (_ ("Forget Key of %s…"), provider->name);

  easel_ui_set_accessible_name (button, name);
  g_object_set_data_full (G_OBJECT (button), "account", g_object_ref (account), g_object_unref);
  g_signal_connect (button, "clicked", G_CALLBACK (on_forget_clicked), self);
  gtk_box_append (GTK_BOX (self->keys), create_row (provider->name, holder, button));
}

static void
fill_keys (Preferences *self)
{
  GtkWidget *child;
  GtkWidget *button;
  guint n = 0;
  guint i;

  while ((child = gtk_widget_get_first_child (self->keys)) != NULL)
    gtk_box_remove (GTK_BOX (self->keys), child);
  for (i = 0; i < easel_session_get_n_accounts (self->session); i++)
    {
      EaselAccount *account = easel_session_get_nth_account (self->session, i);

      if (easel_account_get_key (account) == NULL)
        continue;
      add_key (self, account);
      n++;
    }
  if (n > 0)
    return;
  button = gtk_button_new_with_label (_ ("Enter a Key…"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "app.enter-key");
  gtk_box_append (GTK_BOX (self->keys), create_row (_ ("No key is known."), NULL, button));
}

/* All of it */

static void
show_choices (Preferences *self)
{
  EaselPlan *plan = easel_session_get_plan (self->session);
  const EaselLimits *limits = easel_plan_get_limits (plan);
  const guint region = easel_plan_get_home_region (plan);
  guint i;

  self->is_syncing = TRUE;
  easel_choice_list_set_value (self->closed, limits->closed_minutes);
  easel_choice_list_set_value (self->idle, limits->idle_minutes);
  for (i = 0; i < G_N_ELEMENTS (region_choices); i++)
    if (region_choices[i] == region)
      gtk_drop_down_set_selected (self->region, i);
  self->is_syncing = FALSE;
}

static void
on_plan_changed (GtkWindow *window)
{
  show_choices (g_object_get_data (G_OBJECT (window), "preferences"));
}

static void
on_account_changed (GtkWindow *window)
{
  fill_keys (g_object_get_data (G_OBJECT (window), "preferences"));
}

static void
name_controls (Preferences *self)
{
  easel_ui_set_accessible_name (GTK_WIDGET (self->closed_drop_down), _ ("After Krita was closed"));
  easel_ui_set_accessible_name (GTK_WIDGET (self->idle_drop_down),
                                _ ("When nothing was generated"));
  easel_ui_set_accessible_name (GTK_WIDGET (self->region), _ ("Where you paint"));
}

static void
follow (Preferences *self)
{
  guint i;

  g_signal_connect_swapped (self->closed_drop_down, "notify::selected",
                            G_CALLBACK (on_times_changed), self);
  g_signal_connect_swapped (self->idle_drop_down, "notify::selected", G_CALLBACK (on_times_changed),
                            self);
  g_signal_connect_swapped (self->region, "notify::selected", G_CALLBACK (on_region_changed), self);
  if (self->login != NULL)
    {
      g_signal_connect_swapped (self->login, "notify::active", G_CALLBACK (on_login_switched),
                                self);
      g_signal_connect_object (easel_session_get_login_entry (self->session), "changed",
                               G_CALLBACK (on_login_changed), self->window, G_CONNECT_SWAPPED);
    }
  g_signal_connect_object (easel_session_get_plan (self->session), "changed",
                           G_CALLBACK (on_plan_changed), self->window, G_CONNECT_SWAPPED);
  for (i = 0; i < easel_session_get_n_accounts (self->session); i++)
    {
      EaselAccount *account = easel_session_get_nth_account (self->session, i);

      g_signal_connect_object (account, "notify::state", G_CALLBACK (on_account_changed),
                               self->window, G_CONNECT_SWAPPED);
      g_signal_connect_object (account, "changed", G_CALLBACK (on_account_changed), self->window,
                               G_CONNECT_SWAPPED);
    }
}

/**
 * easel_preferences_window_new:
 * @parent: (nullable): the window that it belongs to
 * @session: what is changed
 *
 * Returns: (transfer none): a window, not shown yet
 */
GtkWindow *
easel_preferences_window_new (GtkWindow *parent, EaselSession *session)
{
  GtkWidget *page = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  Preferences *self;

  g_return_val_if_fail (EASEL_IS_SESSION (session), NULL);

  gtk_widget_add_css_class (page, "easel-page");
  self = g_new0 (Preferences, 1);
  self->session = g_object_ref (session);
  add_end (self, page);
  add_region (self, page);
  add_login (self, page);
  self->keys = add_group (page, _ ("Keys"),
                          _ ("A key that is forgotten here stays valid until you delete it on the "
                             "provider’s page."));
  fill_keys (self);
  self->window = easel_side_window_new (parent, _ ("Preferences"), page);
  g_object_set_data_full (G_OBJECT (self->window), "preferences", self, preferences_free);
  name_controls (self);
  show_choices (self);
  show_login (self);
  follow (self);
  gtk_window_set_default_size (self->window, EASEL_SIDE_WINDOW_WIDTH, DEFAULT_HEIGHT);

  return self->window;
}

/**
 * easel_preferences_window_show_keys:
 * @window: (type EaselPreferencesWindow): what easel_preferences_window_new() made, shown
 *
 * Leads to the keys, which are at its end.
 */
void
easel_preferences_window_show_keys (GtkWindow *window)
{
  Preferences *self;

  g_return_if_fail (GTK_IS_WINDOW (window));

  self = g_object_get_data (G_OBJECT (window), "preferences");
  g_return_if_fail (self != NULL);

  gtk_widget_child_focus (self->keys, GTK_DIR_TAB_FORWARD);
}
