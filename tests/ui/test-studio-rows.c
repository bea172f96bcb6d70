/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The rows of the studio: which button in which state, the menu, the focus, the width. */

#include "config.h"

#include "easel-account-private.h"
#include "easel-error.h"
#include "easel-pod-row.h"
#include "easel-rental-private.h"
#include "easel-row-action.h"
#include "easel-test-util.h"
#include "easel-ui.h"
#include "studio-stage.h"

typedef struct
{
  EaselClock *clock;
  StubProvider *provider;
  EaselAccount *account;
  EaselRental *rental;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselSecretStore) store = easel_secret_store_memory_new ();

  fixture->clock = easel_manual_clock_new (STAGE_NOW);
  fixture->provider = stub_provider_new (stub_provider_runpod_info (), fixture->clock);
  fixture->account =
      _easel_account_new (EASEL_PROVIDER (fixture->provider), store, fixture->clock, "salt");
  fixture->rental = _easel_rental_new (fixture->clock, fixture->account);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  easel_test_pump ();
  stub_assert_finalizes (g_steal_pointer (&fixture->rental));
  g_clear_object (&fixture->account);
  g_clear_object (&fixture->provider);
  g_clear_object (&fixture->clock);
}

static void
give_pod (Fixture *fixture, const char *name, EaselPodState state)
{
  static const char *const ports[] = { "22/tcp", "3001/http", NULL };
  const EaselPodData data = {
    .provider_id = "runpod",
    .id = "abc",
    .name = name,
    .state = state,
    .state_word = "RUNNING",
    .gpu_name = "RTX 3090",
    .gpu_count = 1,
    .cost = 230000,
    .stopped_cost = 13333,
    .workspace_gb = 48,
    .ports = ports,
    .created_unix_ms = STAGE_NOW - STAGE_HOUR,
  };
  g_autoptr (EaselPod) pod = easel_pod_new (&data);

  _easel_rental_set_pod (fixture->rental, pod);
}

static void
give_record (Fixture *fixture)
{
  EaselJournalRecord *record = easel_journal_record_new ();

  record->name = g_strdup ("easel-00c0ffee");
  record->gpu_name = g_strdup ("RTX 3090");
  record->intent_unix_ms = STAGE_NOW - STAGE_HOUR;
  easel_limits_init_default (&record->limits);
  record->hard_end_unix_ms = easel_limits_hard_end (&record->limits, record->intent_unix_ms);
  fixture->rental->record = record;
}

static void
give_error (Fixture *fixture, EaselError code)
{
  _easel_rental_take_error (fixture->rental, easel_error_new (code, "test"));
}

/* Every state has the button that product.md promises, and none but these. */
static void
test_actions_by_state (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    EaselRentalState state;
    EaselRowAction primary;
    EaselRowAction secondary;
  } cases[] = {
    { EASEL_RENTAL_RENTING, EASEL_ROW_NOTHING, EASEL_ROW_NOTHING },
    { EASEL_RENTAL_STARTING, EASEL_ROW_NOTHING, EASEL_ROW_NOTHING },
    { EASEL_RENTAL_READY, EASEL_ROW_CHECK_ADDRESS, EASEL_ROW_NOTHING },
    { EASEL_RENTAL_TROUBLE, EASEL_ROW_TRY_AGAIN, EASEL_ROW_NOTHING },
    { EASEL_RENTAL_PAUSING, EASEL_ROW_NOTHING, EASEL_ROW_NOTHING },
    { EASEL_RENTAL_RESUMING, EASEL_ROW_NOTHING, EASEL_ROW_NOTHING },
    { EASEL_RENTAL_DELETING, EASEL_ROW_NOTHING, EASEL_ROW_NOTHING },
    { EASEL_RENTAL_STUCK, EASEL_ROW_TRY_AGAIN, EASEL_ROW_OPEN_CONSOLE },
    { EASEL_RENTAL_GONE, EASEL_ROW_DISMISS, EASEL_ROW_NOTHING },
    { EASEL_RENTAL_UNSEEN, EASEL_ROW_ENTER_KEY, EASEL_ROW_OPEN_CONSOLE },
  };
  guint i;

  give_pod (fixture, "easel-00c0ffee", EASEL_POD_RUNNING);
  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      _easel_rental_set_state (fixture->rental, cases[i].state);
      g_test_message ("state %d", (int) cases[i].state);
      g_assert_cmpint (easel_row_action_primary (fixture->rental), ==, cases[i].primary);
      g_assert_cmpint (easel_row_action_secondary (fixture->rental), ==, cases[i].secondary);
    }
}

static void
test_actions_when_ready (Fixture *fixture, gconstpointer data)
{
  give_pod (fixture, "easel-00c0ffee", EASEL_POD_RUNNING);
  give_record (fixture);
  _easel_rental_set_state (fixture->rental, EASEL_RENTAL_READY);
  _easel_rental_set_address (fixture->rental, "https://abc-3001.proxy.runpod.net");

  g_assert_cmpint (easel_row_action_primary (fixture->rental), ==, EASEL_ROW_COPY_ADDRESS);
  g_assert_true (easel_row_action_makes_sense (EASEL_ROW_DONE, fixture->rental));
  g_assert_true (easel_row_action_makes_sense (EASEL_ROW_PAUSE, fixture->rental));
  g_assert_true (easel_row_action_makes_sense (EASEL_ROW_EXTEND, fixture->rental));
  g_assert_true (easel_row_action_makes_sense (EASEL_ROW_OPEN_BROWSER, fixture->rental));
  g_assert_false (easel_row_action_makes_sense (EASEL_ROW_START, fixture->rental));
  g_assert_false (easel_row_action_makes_sense (EASEL_ROW_LOG, fixture->rental));
  g_assert_false (easel_row_action_makes_sense (EASEL_ROW_TRY_AGAIN, fixture->rental));

  /* While it is being deleted nothing else can be asked of it. */
  _easel_rental_set_state (fixture->rental, EASEL_RENTAL_DELETING);
  g_assert_false (easel_row_action_makes_sense (EASEL_ROW_DONE, fixture->rental));
  g_assert_false (easel_row_action_makes_sense (EASEL_ROW_PAUSE, fixture->rental));
  g_assert_false (easel_row_action_makes_sense (EASEL_ROW_COPY_ADDRESS, fixture->rental));
}

static void
test_actions_when_paused (Fixture *fixture, gconstpointer data)
{
  give_pod (fixture, "easel-00c0ffee", EASEL_POD_STOPPED);
  give_record (fixture);
  _easel_rental_set_state (fixture->rental, EASEL_RENTAL_PAUSED);
  g_assert_cmpint (easel_row_action_primary (fixture->rental), ==, EASEL_ROW_START);

  give_error (fixture, EASEL_ERROR_HOST_FULL);
  g_assert_cmpint (easel_row_action_primary (fixture->rental), ==, EASEL_ROW_RENT_AGAIN);
  g_assert_true (easel_row_action_makes_sense (EASEL_ROW_START, fixture->rental));

  give_error (fixture, EASEL_ERROR_QUOTA);
  g_assert_cmpint (easel_row_action_primary (fixture->rental), ==, EASEL_ROW_START);
  g_assert_cmpint (easel_row_action_secondary (fixture->rental), ==, EASEL_ROW_ADD_FUNDS);
}

/* Trying again with a key that was refused helps nobody. */
static void
test_refused_key_comes_first (Fixture *fixture, gconstpointer data)
{
  give_pod (fixture, "easel-00c0ffee", EASEL_POD_RUNNING);
  give_record (fixture);
  give_error (fixture, EASEL_ERROR_AUTH);
  _easel_rental_set_state (fixture->rental, EASEL_RENTAL_STUCK);
  g_assert_cmpint (easel_row_action_primary (fixture->rental), ==, EASEL_ROW_ENTER_KEY);
  _easel_rental_set_state (fixture->rental, EASEL_RENTAL_PAUSED);
  g_assert_cmpint (easel_row_action_primary (fixture->rental), ==, EASEL_ROW_ENTER_KEY);

  give_error (fixture, EASEL_ERROR_UNAVAILABLE);
  _easel_rental_set_state (fixture->rental, EASEL_RENTAL_STUCK);
  g_assert_cmpint (easel_row_action_primary (fixture->rental), ==, EASEL_ROW_TRY_AGAIN);
}

/* An action may be without effect, but never without a word on its button or a name. */
static void
test_actions_named (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  guint i;

  give_pod (fixture, "other", EASEL_POD_RUNNING);
  for (i = EASEL_ROW_NOTHING + 1; i < EASEL_N_ROW_ACTIONS; i++)
    {
      g_autofree char *label = easel_row_action_dup_label ((EaselRowAction) i, fixture->rental);
      const char *nick = easel_row_action_nick ((EaselRowAction) i);

      g_assert_cmpstr (label, !=, "");
      g_assert_nonnull (nick);
      g_assert_true (g_action_name_is_valid (nick));
      g_assert_true (g_hash_table_add (seen, (gpointer) nick));
    }
}

static GtkWidget *
get_child (GtkWidget *row, const char *name)
{
  return GTK_WIDGET (gtk_widget_get_template_child (row, EASEL_TYPE_POD_ROW, name));
}

static void
make_ready (Fixture *fixture)
{
  give_pod (fixture, "easel-00c0ffee", EASEL_POD_RUNNING);
  give_record (fixture);
  _easel_rental_set_state (fixture->rental, EASEL_RENTAL_READY);
  _easel_rental_set_address (fixture->rental, "https://abc-3001.proxy.runpod.net");
}

static void
test_row_follows (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GtkWidget) row = NULL;
  GtkWidget *primary;

  make_ready (fixture);
  row = g_object_ref_sink (easel_pod_row_new (fixture->rental, fixture->clock));
  primary = get_child (row, "primary");

  g_assert_true (stage_shows (row, "RTX 3090"));
  g_assert_true (stage_shows (row, "$0.23/h"));
  g_assert_true (stage_shows (row, "23:00"));
  g_assert_nonnull (stage_find_button (row, "Copy Address"));
  g_assert_false (gtk_widget_has_css_class (primary, "suggested-action"));
  easel_pod_row_set_suggested (EASEL_POD_ROW (row), TRUE);
  g_assert_true (gtk_widget_has_css_class (primary, "suggested-action"));

  /* The row follows without being asked, and only a step towards painting is suggested. */
  give_pod (fixture, "easel-00c0ffee", EASEL_POD_STOPPED);
  _easel_rental_set_address (fixture->rental, NULL);
  _easel_rental_set_state (fixture->rental, EASEL_RENTAL_PAUSED);
  g_assert_nonnull (stage_find_button (row, "Start"));
  g_assert_true (gtk_widget_has_css_class (primary, "suggested-action"));

  _easel_rental_set_state (fixture->rental, EASEL_RENTAL_STUCK);
  g_assert_nonnull (stage_find_button (row, "Try Again"));
  g_assert_nonnull (stage_find_button (row, "Open RunPod"));
  g_assert_true (gtk_widget_has_css_class (row, "stuck"));
  g_assert_false (gtk_widget_has_css_class (primary, "suggested-action"));

  _easel_rental_set_state (fixture->rental, EASEL_RENTAL_DELETING);
  g_assert_false (gtk_widget_get_visible (primary));
  g_assert_false (gtk_widget_has_css_class (row, "stuck"));
}

static void
test_row_ticks (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GtkWidget) row = NULL;

  make_ready (fixture);
  row = g_object_ref_sink (easel_pod_row_new (fixture->rental, fixture->clock));
  g_assert_true (stage_shows (row, "$0.23 so far"));
  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (fixture->clock), STAGE_HOUR);
  g_assert_true (stage_shows (row, "$0.23 so far"));
  easel_pod_row_refresh (EASEL_POD_ROW (row));
  g_assert_true (stage_shows (row, "$0.46 so far"));
}

static void
give_agent (Fixture *fixture)
{
  g_autoptr (EaselHttp) http = easel_http_new (fixture->clock, NULL);

  fixture->rental->agent = easel_agent_watch_new (http, fixture->clock, fixture->rental->pod);
}

static void
give_status (Fixture *fixture, const char *armed, guint connected, gboolean ever)
{
  g_autofree char *text = g_strdup_printf (
      "{\"v\":1,\"phase\":\"ready\",\"armed\":\"%s\",\"protected\":true,\"action\":\"delete\","
      "\"end\":{\"hard\":10800,\"cap\":20000,\"closed\":%s},\"connected\":%u,\"ever\":%s}",
      armed, ever && connected == 0 ? "1200" : "null", connected, ever ? "true" : "false");
  g_autoptr (JsonNode) root = easel_json_parse_text (text, NULL);
  g_autoptr (GError) error = NULL;
  EaselAgentStatus *status = easel_agent_status_decode (root, &error);

  g_assert_no_error (error);
  easel_agent_watch_take_status (fixture->rental->agent, status);
}

/* The shield in its colours, each with its sentence, and whether Krita has come. */
static void
test_row_shield (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *armed;
    const char *css_class;
    const char *says;
  } cases[] = {
    { "proven", "success", "The automatic end is confirmed" },
    { "likely", "warning", "The automatic end should hold" },
    { "no", "error", "This GPU cannot end itself" },
  };
  g_autoptr (GtkWidget) row = NULL;
  GtkWidget *shield;
  GtkWidget *icon;

  make_ready (fixture);
  fixture->rental->record->ready_unix_ms = STAGE_NOW;
  row = g_object_ref_sink (easel_pod_row_new (fixture->rental, fixture->clock));
  shield = get_child (row, "shield");
  icon = gtk_widget_get_first_child (shield);
  g_assert_false (gtk_widget_get_visible (shield));
  g_assert_true (stage_shows (row, "while Cloud Easel runs"));

  give_agent (fixture);
  easel_pod_row_refresh (EASEL_POD_ROW (row));
  g_assert_true (gtk_widget_has_css_class (icon, "neutral"));
  g_assert_true (stage_shows (row, "The automatic end is not confirmed yet"));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      give_status (fixture, cases[i].armed, 0, FALSE);
      easel_pod_row_refresh (EASEL_POD_ROW (row));
      g_assert_true (gtk_widget_has_css_class (icon, cases[i].css_class));
      g_assert_false (gtk_widget_has_css_class (icon, "neutral"));
      g_assert_true (stage_shows (row, cases[i].says));
      g_assert_true (stage_shows (row, "Waiting for Krita…"));
    }

  give_status (fixture, "proven", 1, TRUE);
  easel_pod_row_refresh (EASEL_POD_ROW (row));
  g_assert_true (stage_shows (row, "Krita is connected"));
  g_assert_false (stage_shows (row, "while Cloud Easel runs"));
  give_status (fixture, "proven", 0, TRUE);
  easel_pod_row_refresh (EASEL_POD_ROW (row));
  g_assert_true (stage_shows (row, "Krita is closed: the GPU ends in 20 minutes."));

  give_status (fixture, "proven", 0, FALSE);
  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (fixture->clock), 3 * 60 * 1000);
  easel_pod_row_refresh (EASEL_POD_ROW (row));
  g_assert_true (stage_shows (row, "Krita has not connected yet."));

  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (fixture->clock), 3 * 60 * 1000);
  easel_pod_row_refresh (EASEL_POD_ROW (row));
  g_assert_true (stage_shows (row, "The GPU no longer answers."));
  g_assert_true (gtk_widget_has_css_class (icon, "error"));
}

static void
on_chosen (EaselPodRow *row, guint action, guint *last)
{
  *last = action;
}

static void
test_row_signals (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GtkWidget) row = NULL;
  guint last = EASEL_ROW_NOTHING;

  make_ready (fixture);
  row = g_object_ref_sink (easel_pod_row_new (fixture->rental, fixture->clock));
  g_signal_connect (row, "chosen", G_CALLBACK (on_chosen), &last);

  stage_click (row, "Copy Address");
  g_assert_cmpuint (last, ==, EASEL_ROW_COPY_ADDRESS);
  g_assert_true (gtk_widget_activate_action (row, "row.pause", NULL));
  g_assert_cmpuint (last, ==, EASEL_ROW_PAUSE);

  /* A menu that was opened before the state changed may offer what no longer makes sense. */
  _easel_rental_set_state (fixture->rental, EASEL_RENTAL_DELETING);
  last = EASEL_ROW_NOTHING;
  gtk_widget_activate_action (row, "row.done", NULL);
  g_assert_cmpuint (last, ==, EASEL_ROW_NOTHING);
}

static gboolean
model_has (GMenuModel *model, const char *action)
{
  int i;

  for (i = 0; i < g_menu_model_get_n_items (model); i++)
    {
      g_autofree char *name = NULL;
      g_autoptr (GMenuModel) section = NULL;

      if (g_menu_model_get_item_attribute (model, i, G_MENU_ATTRIBUTE_ACTION, "s", &name) &&
          g_str_equal (name, action))
        return TRUE;
      section = g_menu_model_get_item_link (model, i, G_MENU_LINK_SECTION);
      if (section != NULL && model_has (section, action))
        return TRUE;
    }
  return FALSE;
}

static void
assert_menu (GtkWidget *row, const char *const *wanted, const char *const *unwanted)
{
  GtkMenuButton *menu = GTK_MENU_BUTTON (get_child (row, "menu"));
  GMenuModel *model;

  gtk_menu_button_popup (menu);
  model = gtk_menu_button_get_menu_model (menu);
  g_assert_nonnull (model);
  for (; *wanted != NULL; wanted++)
    {
      g_test_message ("wanted: %s", *wanted);
      g_assert_true (model_has (model, *wanted));
    }
  for (; *unwanted != NULL; unwanted++)
    {
      g_test_message ("unwanted: %s", *unwanted);
      g_assert_false (model_has (model, *unwanted));
    }
  gtk_menu_button_popdown (menu);
}

static GtkWidget *
show_in_window (GtkWidget *row)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *list = gtk_list_box_new ();

  gtk_list_box_append (GTK_LIST_BOX (list), row);
  gtk_window_set_child (GTK_WINDOW (window), list);
  gtk_window_present (GTK_WINDOW (window));
  easel_test_pump ();

  return window;
}

static void
test_row_menu (Fixture *fixture, gconstpointer data)
{
  const char *const ready[] = { "row.done",         "row.pause",   "row.extend", "row.open-browser",
                                "row.open-console", "row.details", NULL };
  const char *const not_ready[] = { "row.copy-address", "row.start", "row.log", NULL };
  const char *const paused[] = { "row.done", "row.details", NULL };
  const char *const not_paused[] = { "row.pause", "row.extend", "row.open-browser", "row.start",
                                     NULL };
  GtkWidget *row;
  GtkWidget *window;

  make_ready (fixture);
  row = easel_pod_row_new (fixture->rental, fixture->clock);
  window = show_in_window (row);
  assert_menu (row, ready, not_ready);

  give_pod (fixture, "easel-00c0ffee", EASEL_POD_STOPPED);
  _easel_rental_set_address (fixture->rental, NULL);
  _easel_rental_set_state (fixture->rental, EASEL_RENTAL_PAUSED);
  assert_menu (row, paused, not_paused);

  gtk_window_destroy (GTK_WINDOW (window));
}

/* The focus stays on the button while its words change, and in the row when the button goes. */
static void
test_row_focus (Fixture *fixture, gconstpointer data)
{
  GtkWidget *row;
  GtkWidget *window;
  GtkWidget *primary;
  GtkWidget *focus;

  make_ready (fixture);
  row = easel_pod_row_new (fixture->rental, fixture->clock);
  window = show_in_window (row);
  primary = get_child (row, "primary");
  gtk_widget_grab_focus (primary);
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (window)) == primary);

  give_pod (fixture, "easel-00c0ffee", EASEL_POD_STOPPED);
  _easel_rental_set_state (fixture->rental, EASEL_RENTAL_PAUSED);
  easel_test_pump ();
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (window)) == primary);

  _easel_rental_set_state (fixture->rental, EASEL_RENTAL_DELETING);
  easel_test_pump ();
  focus = gtk_window_get_focus (GTK_WINDOW (window));
  g_assert_nonnull (focus);
  g_assert_true (gtk_widget_is_ancestor (focus, row));

  gtk_window_destroy (GTK_WINDOW (window));
}

/* In all states a row fits into a window of 360 pixels with its margins. */
static void
test_row_narrow (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GtkWidget) row = NULL;
  guint i;

  make_ready (fixture);
  row = g_object_ref_sink (easel_pod_row_new (fixture->rental, fixture->clock));
  for (i = 0; i < EASEL_N_RENTAL_STATES; i++)
    {
      int minimum, high, low;

      _easel_rental_set_state (fixture->rental, (EaselRentalState) i);
      gtk_widget_measure (row, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
      g_test_message ("state %u: %d pixels", i, minimum);
      g_assert_cmpint (minimum, <=, 360 - 2 * 12);
      gtk_widget_measure (row, GTK_ORIENTATION_VERTICAL, 336, &high, NULL, NULL, NULL);
      gtk_widget_measure (row, GTK_ORIENTATION_VERTICAL, 760, &low, NULL, NULL, NULL);
      g_assert_cmpint (high, >=, low);
    }
}

static void
test_row_finalises (Fixture *fixture, gconstpointer data)
{
  GtkWidget *row;
  GtkWidget *window;

  make_ready (fixture);
  row = easel_pod_row_new (fixture->rental, fixture->clock);
  g_object_ref (row);
  window = show_in_window (row);
  gtk_window_destroy (GTK_WINDOW (window));
  easel_test_pump ();
  g_assert_finalize_object (row);
  /* Nobody listens any more. */
  _easel_rental_set_state (fixture->rental, EASEL_RENTAL_DELETING);
}

int
main (int argc, char *argv[])
{
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP no display\n");
      return 0;
    }
  g_test_init (&argc, &argv, NULL);
  easel_ui_init ();

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/row-action/by-state", test_actions_by_state);
  ADD ("/row-action/when-ready", test_actions_when_ready);
  ADD ("/row-action/when-paused", test_actions_when_paused);
  ADD ("/row-action/refused-key-comes-first", test_refused_key_comes_first);
  ADD ("/row-action/named", test_actions_named);
  ADD ("/pod-row/follows-its-rental", test_row_follows);
  ADD ("/pod-row/shield", test_row_shield);
  ADD ("/pod-row/ticks", test_row_ticks);
  ADD ("/pod-row/signals-what-makes-sense", test_row_signals);
  ADD ("/pod-row/menu", test_row_menu);
  ADD ("/pod-row/keeps-the-focus", test_row_focus);
  ADD ("/pod-row/fits-a-narrow-window", test_row_narrow);
  ADD ("/pod-row/finalises", test_row_finalises);
#undef ADD

  return g_test_run ();
}
