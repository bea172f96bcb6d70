/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The preferences: what is chosen there is what the next rental gets, and a key is not forgotten
 * under a running GPU without a question that says what ends when. */

#include "config.h"

#include "easel-look.h"
#include "easel-preferences-window.h"
#include "easel-rental-private.h"
#include "easel-test-util.h"
#include "easel-ui.h"
#include "easel-studio-window.h"
#include "studio-stage.h"

#include <glib/gstdio.h>

typedef struct
{
  Stage stage;
  GtkWindow *window;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  stage_set_up (&fixture->stage);
  if (data != NULL)
    stage_add_own (&fixture->stage, "easel-00c0ffee", "RTX 3090");
  stage_open (&fixture->stage);
  fixture->window = easel_preferences_window_new (NULL, fixture->stage.session);
  gtk_window_present (fixture->window);
  easel_test_pump ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (fixture->window);
  easel_test_pump ();
  g_settings_reset (fixture->stage.settings, "closed-minutes");
  g_settings_reset (fixture->stage.settings, "idle-minutes");
  g_settings_reset (fixture->stage.settings, "home-region");
  stage_tear_down (&fixture->stage);
}

static GtkWidget *
find_switch (GtkWidget *root)
{
  GtkWidget *child;
  GtkWidget *found = GTK_IS_SWITCH (root) ? root : NULL;

  for (child = gtk_widget_get_first_child (root); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_switch (child);
  return found;
}

static GtkDropDown *
find_list (GtkWidget *root, const char *item)
{
  GtkWidget *child;

  if (GTK_IS_DROP_DOWN (root))
    {
      GListModel *model = gtk_drop_down_get_model (GTK_DROP_DOWN (root));
      guint i;

      for (i = 0; i < g_list_model_get_n_items (model); i++)
        if (g_str_equal (gtk_string_list_get_string (GTK_STRING_LIST (model), i), item))
          return GTK_DROP_DOWN (root);
    }
  for (child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkDropDown *found = find_list (child, item);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
choose (Fixture *fixture, const char *marker, const char *item)
{
  GtkDropDown *list = find_list (GTK_WIDGET (fixture->window), marker);
  GListModel *model;
  guint i;

  g_assert_nonnull (list);
  model = gtk_drop_down_get_model (list);
  for (i = 0; i < g_list_model_get_n_items (model); i++)
    if (g_str_equal (gtk_string_list_get_string (GTK_STRING_LIST (model), i), item))
      {
        gtk_drop_down_set_selected (list, i);
        return;
      }
  g_assert_not_reached ();
}

static void
test_times (Fixture *fixture, gconstpointer data)
{
  EaselPlan *plan = easel_session_get_plan (fixture->stage.session);
  EaselLimits limits;

  choose (fixture, "5 min", "30 min");
  choose (fixture, "2 h", "2 h");
  g_assert_cmpuint (easel_plan_get_limits (plan)->closed_minutes, ==, 30);
  g_assert_cmpuint (easel_plan_get_limits (plan)->idle_minutes, ==, 120);
  g_assert_cmpuint (g_settings_get_uint (fixture->stage.settings, "closed-minutes"), ==, 30);

  /* What was chosen on Review stands here, also where it is not among what is offered. */
  limits = *easel_plan_get_limits (plan);
  limits.closed_minutes = 45;
  easel_plan_set_limits (plan, &limits);
  g_assert_nonnull (find_list (GTK_WIDGET (fixture->window), "45 min"));
  gtk_window_close (fixture->window);
  easel_test_pump ();
  g_assert_cmpuint (easel_plan_get_limits (plan)->closed_minutes, ==, 45);
  g_assert_cmpuint (easel_plan_get_limits (plan)->idle_minutes, ==, 120);
  fixture->window = easel_preferences_window_new (NULL, fixture->stage.session);
}

static void
test_region (Fixture *fixture, gconstpointer data)
{
  EaselPlan *plan = easel_session_get_plan (fixture->stage.session);
  g_autoptr (EaselPlan) next = NULL;
  EaselOfferQuery query = { 0 };

  choose (fixture, "Asia", "Asia");
  easel_plan_fill_query (plan, &query);
  g_assert_cmpuint (query.home_regions, ==, EASEL_REGION_ASIA);
  next = easel_plan_new (fixture->stage.settings);
  g_assert_cmpuint (easel_plan_get_home_region (next), ==, EASEL_REGION_ASIA);
  easel_plan_set_home_region (plan, 0);
  easel_plan_fill_query (plan, &query);
  g_assert_cmpuint (query.home_regions, ==, easel_plan_find_home_regions ());
  g_assert_cmpuint (gtk_drop_down_get_selected (find_list (GTK_WIDGET (fixture->window), "Asia")),
                    ==, 0);
}

static void
test_forget (Fixture *fixture, gconstpointer data)
{
  EaselAccount *account = easel_session_get_nth_account (fixture->stage.session, 0);

  g_assert_true (stage_shows (GTK_WIDGET (fixture->window), "painter@example.org"));
  stage_click (GTK_WIDGET (fixture->window), "Forget Key…");
  g_assert_null (stage_get_question ());
  g_assert_null (easel_account_get_key (account));
  g_assert_nonnull (stage_find_button (GTK_WIDGET (fixture->window), "Enter a Key…"));
}

/* From the menu to the key, not to the top of a page at whose end it is. */
static void
test_show_keys (Fixture *fixture, gconstpointer data)
{
  easel_preferences_window_show_keys (fixture->window);
  easel_test_pump ();
  g_assert_true (gtk_window_get_focus (fixture->window) ==
                 stage_find_button (GTK_WIDGET (fixture->window), "Forget Key…"));
}

static void
test_forget_while_it_runs (Fixture *fixture, gconstpointer data)
{
  EaselAccount *account = easel_session_get_nth_account (fixture->stage.session, 0);

  stage_click (GTK_WIDGET (fixture->window), "Forget Key…");
  g_assert_true (stage_shows (stage_get_question (), "costs $0.23 per hour"));
  g_assert_true (stage_shows (stage_get_question (), "until your credit at RunPod is used up"));
  stage_click (stage_get_question (), "Cancel");
  g_assert_nonnull (easel_account_get_key (account));

  stage_arm (&fixture->stage, stage_find (&fixture->stage, "RTX 3090"), "proven");
  stage_click (GTK_WIDGET (fixture->window), "Forget Key…");
  g_assert_true (stage_shows (stage_get_question (), "It ends by itself by 2"));
  stage_click (stage_get_question (), "Forget This Key");
  g_assert_null (easel_account_get_key (account));
}

static char *
entry_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "autostart",
                           "io.github.cloudeasel.CloudEasel.Check.desktop", NULL);
}

static gboolean
is_written (gpointer data)
{
  return g_file_test (data, G_FILE_TEST_EXISTS);
}

static gboolean
is_deleted (gpointer data)
{
  return !g_file_test (data, G_FILE_TEST_EXISTS);
}

/* The switch writes the entry and takes it away; one that was taken away elsewhere is off. */
static void
test_login (Fixture *fixture, gconstpointer data)
{
  EaselLoginEntry *entry = easel_session_get_login_entry (fixture->stage.session);
  g_autofree char *path = entry_path ();
  g_autofree char *text = NULL;
  g_autoptr (EaselLoginEntry) next = NULL;
  GtkWidget *toggle = find_switch (GTK_WIDGET (fixture->window));

  g_assert_false (gtk_switch_get_active (GTK_SWITCH (toggle)));
  gtk_switch_set_active (GTK_SWITCH (toggle), TRUE);
  easel_test_wait_until (is_written, path);
  easel_test_pump ();
  g_assert_true (easel_login_entry_is_on (entry));
  g_assert_false (easel_login_entry_is_offered (entry));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "test-preferences\" --check\n"));

  /* Changed minds, faster than the disk. */
  gtk_switch_set_active (GTK_SWITCH (toggle), FALSE);
  gtk_switch_set_active (GTK_SWITCH (toggle), TRUE);
  gtk_switch_set_active (GTK_SWITCH (toggle), FALSE);
  easel_test_pump_for (60);
  easel_test_wait_until (is_deleted, path);
  easel_test_pump ();
  g_assert_false (easel_login_entry_is_on (entry));

  g_settings_set_boolean (fixture->stage.settings, "check-at-login", TRUE);
  next = easel_login_entry_new (fixture->stage.settings, g_get_user_config_dir (), "x", FALSE);
  g_assert_false (easel_login_entry_is_on (next));
  g_settings_reset (fixture->stage.settings, "check-offered");
}

static void
test_login_text (void)
{
  g_autofree char *text = easel_login_entry_dup_text ("/opt/a b/100%/$x\"y/cloud-easel");

  g_assert_nonnull (strstr (text, "\nExec=\"/opt/a b/100%%/\\\\$x\\\\\"y/cloud-easel\" --check\n"));
}

/* Once, with the first receipt. */
static void
test_login_offer (Fixture *fixture, gconstpointer data)
{
  EaselHistory *history = easel_session_get_history (fixture->stage.session);
  g_autoptr (EaselReceipt) receipt = easel_receipt_new ();
  g_autofree char *path = entry_path ();
  GtkWindow *window = easel_studio_window_new (NULL, fixture->stage.session);

  gtk_window_present (window);
  easel_test_pump ();
  g_assert_null (stage_find_button (GTK_WIDGET (window), "Check at Login"));
  receipt->provider_id = g_strdup ("runpod");
  receipt->pod_id = g_strdup ("pod1");
  receipt->title = g_strdup ("RTX 3090");
  receipt->started_unix_ms = STAGE_NOW - 2 * STAGE_HOUR;
  receipt->ended_unix_ms = STAGE_NOW - STAGE_HOUR;
  easel_history_add_receipt (history, receipt);
  stage_advance (&fixture->stage, 30 * 1000);
  stage_click (GTK_WIDGET (window), "No, Thanks");
  g_assert_null (stage_find_button (GTK_WIDGET (window), "Check at Login"));
  stage_advance (&fixture->stage, 30 * 1000);
  g_assert_null (stage_find_button (GTK_WIDGET (window), "Check at Login"));

  g_settings_reset (fixture->stage.settings, "check-offered");
  stage_advance (&fixture->stage, 30 * 1000);
  stage_click (GTK_WIDGET (window), "Check at Login");
  easel_test_wait_until (is_written, path);
  easel_test_pump ();
  g_assert_true (gtk_switch_get_active (GTK_SWITCH (find_switch (GTK_WIDGET (fixture->window)))));
  g_unlink (path);
  g_settings_reset (fixture->stage.settings, "check-at-login");
  g_settings_reset (fixture->stage.settings, "check-offered");
  gtk_window_destroy (window);
}

static void
test_look (Fixture *fixture, gconstpointer data)
{
  GtkWidget *root = GTK_WIDGET (fixture->window);
  g_autoptr (GString) problems = g_string_new (NULL);
  int minimum;

  gtk_widget_measure (root, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 360);
  for (int dark = 0; dark < 2; dark++)
    {
      easel_look_set_dark (dark != 0);
      easel_look_settle (root);
      g_assert_cmpuint (easel_look_check_contrast (root, problems), >, 5);
      easel_look_check_clipping (root, problems);
      g_assert_cmpstr (problems->str, ==, "");
    }
  easel_look_set_dark (FALSE);
}

int
main (int argc, char **argv)
{
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP no display\n");
      return 0;
    }
  g_test_init (&argc, &argv, NULL);
  easel_ui_init ();

#define ADD(path, data, func) g_test_add (path, Fixture, data, set_up, func, tear_down)
  ADD ("/preferences/times", NULL, test_times);
  ADD ("/preferences/region", NULL, test_region);
  ADD ("/preferences/forget", NULL, test_forget);
  ADD ("/preferences/show-keys", NULL, test_show_keys);
  ADD ("/preferences/forget-while-it-runs", "running", test_forget_while_it_runs);
  g_test_add_func ("/preferences/login-text", test_login_text);
  ADD ("/preferences/login", NULL, test_login);
  ADD ("/preferences/login-offer", NULL, test_login_offer);
  ADD ("/preferences/look", "running", test_look);
#undef ADD

  return g_test_run ();
}
