/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the tests of the studio's windows share: a session whose cloud is a table, and the eyes and
 * hands of a person. Everything below the interface is real but the provider and the time. */

#include "config.h"
#include "studio-stage.h"

#include "easel-agent-status.h"
#include "easel-journal.h"
#include "easel-question.h"
#include "easel-secret-store.h"
#include "easel-json.h"
#include "easel-rental-private.h"
#include "easel-session-private.h"
#include "easel-studio-private.h"
#include "easel-test-util.h"

#define STAGE_PRICE 230000

static char *
unmnemonic (const char *label)
{
  g_auto (GStrv) parts = g_strsplit (label, "_", -1);

  return g_strjoinv ("", parts);
}

void
stage_set_up (Stage *stage)
{
  *stage = (Stage){ 0 };
  stage->folder = easel_test_make_folder ();
  stage->clock = easel_manual_clock_new (STAGE_NOW);
  stage->provider = stub_provider_new (stub_provider_runpod_info (), stage->clock);
  stage->settings = g_settings_new ("io.github.cloudeasel.CloudEasel");
}

static const char *
add_pod (Stage *stage, const char *name, const char *gpu_name, EaselPodState state)
{
  static const char *const ports[] = { "3001/http", NULL };
  const EaselPodData data = {
    .provider_id = "runpod",
    .name = name,
    .state = state,
    .state_word = "RUNNING",
    .image = "aclysia/sd-comfyui-krita",
    .gpu_name = gpu_name,
    .gpu_count = 1,
    .cost = STAGE_PRICE,
    .stopped_cost = 13333,
    .disk_gb = 20,
    .workspace_gb = 48,
    .host_kind = EASEL_HOST_PRIVATE,
    .ports = ports,
    .address = "http://127.0.0.1:4010/server",
    .container_up = TRUE,
    .created_unix_ms = STAGE_NOW - STAGE_HOUR / 2,
  };

  return stub_provider_add_pod (stage->provider, &data);
}

static void
add_record (Stage *stage, const char *name, const char *pod_id, const char *gpu_name)
{
  g_autoptr (EaselJournal) journal = easel_journal_new (stage->folder);
  g_autoptr (EaselJournalRecord) record = easel_journal_record_new ();
  g_autoptr (GError) error = NULL;

  easel_journal_load (journal, &error);
  g_assert_no_error (error);
  record->name = g_strdup (name);
  record->provider_id = g_strdup ("runpod");
  record->account = g_strdup ("user_stub");
  record->pod_id = g_strdup (pod_id);
  record->state = EASEL_JOURNAL_HELD;
  record->intent_unix_ms = STAGE_NOW - STAGE_HOUR / 2;
  record->created_unix_ms = record->intent_unix_ms;
  record->ready_unix_ms = STAGE_NOW - STAGE_HOUR / 4;
  easel_limits_init_default (&record->limits);
  record->hard_end_unix_ms = easel_limits_hard_end (&record->limits, record->intent_unix_ms);
  record->price = STAGE_PRICE;
  record->gpu_name = g_strdup (gpu_name);
  record->workload = g_strdup ("sdxl");
  easel_journal_put (journal, record, &error);
  g_assert_no_error (error);
}

const char *
stage_add_own (Stage *stage, const char *name, const char *gpu_name)
{
  const char *id = add_pod (stage, name, gpu_name, EASEL_POD_RUNNING);

  add_record (stage, name, id, gpu_name);

  return id;
}

const char *
stage_add_paused (Stage *stage, const char *name, const char *gpu_name)
{
  const char *id = add_pod (stage, name, gpu_name, EASEL_POD_STOPPED);

  add_record (stage, name, id, gpu_name);

  return id;
}

const char *
stage_add_foreign (Stage *stage, const char *name, const char *gpu_name)
{
  return add_pod (stage, name, gpu_name, EASEL_POD_RUNNING);
}

const char *
stage_add_foreign_paused (Stage *stage, const char *name, const char *gpu_name)
{
  return add_pod (stage, name, gpu_name, EASEL_POD_STOPPED);
}

static void
create_session (Stage *stage)
{
  g_autoptr (EaselHttp) http = easel_http_new (stage->clock, NULL);
  g_autoptr (GPtrArray) providers = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (EaselSecretStore) store = easel_secret_store_memory_new ();

  g_ptr_array_add (providers, g_object_ref (stage->provider));
  stage->session = _easel_session_new (stage->clock, http, providers, store, stage->settings,
                                       stage->folder, NULL);
  stage->studio = easel_session_get_studio (stage->session);
}

/* What is due at once is due in the clock's time: it needs a push. */
static gboolean
is_known (gpointer data)
{
  Stage *stage = data;

  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (stage->clock), 1);
  return easel_studio_get_state (stage->studio) == EASEL_STUDIO_KNOWN;
}

static gboolean
is_keyless (gpointer data)
{
  Stage *stage = data;

  return easel_studio_get_state (stage->studio) == EASEL_STUDIO_NO_KEY;
}

void
stage_open (Stage *stage)
{
  g_autoptr (EaselSecret) key = easel_secret_new ("practice-key");

  create_session (stage);
  easel_session_start (stage->session);
  easel_account_set_key (easel_session_get_nth_account (stage->session, 0), key, FALSE);
  easel_test_wait_until (is_known, stage);
}

void
stage_open_keyless (Stage *stage)
{
  create_session (stage);
  easel_session_start (stage->session);
  easel_test_wait_until (is_keyless, stage);
}

void
stage_advance (Stage *stage, gint64 milliseconds)
{
  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (stage->clock), milliseconds);
  easel_test_pump ();
}

EaselRental *
stage_find (Stage *stage, const char *gpu_name)
{
  GListModel *model = easel_studio_get_rentals (stage->studio);
  guint i;

  for (i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (EaselRental) rental = g_list_model_get_item (model, i);

      if (g_str_equal (easel_rental_get_gpu_name (rental), gpu_name))
        return rental;
    }
  g_test_message ("There is no %s", gpu_name);
  g_assert_not_reached ();
}

void
stage_tear_down (Stage *stage)
{
  easel_test_pump ();
  stub_assert_finalizes (g_steal_pointer (&stage->session));
  g_clear_object (&stage->settings);
  g_clear_object (&stage->provider);
  stub_assert_finalizes (g_steal_pointer (&stage->clock));
  easel_test_remove_tree (stage->folder);
  g_clear_pointer (&stage->folder, g_free);
}

static gboolean
is_shown (GtkWidget *widget)
{
  return gtk_widget_get_visible (widget);
}

GtkWidget *
stage_find_button (GtkWidget *root, const char *label)
{
  GtkWidget *child;

  if (!is_shown (root))
    return NULL;
  if (GTK_IS_BUTTON (root) && gtk_button_get_label (GTK_BUTTON (root)) != NULL)
    {
      g_autofree char *text = unmnemonic (gtk_button_get_label (GTK_BUTTON (root)));

      if (g_str_equal (text, label))
        return root;
    }
  for (child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = stage_find_button (child, label);

      if (found != NULL)
        return found;
    }
  return NULL;
}

gboolean
stage_shows (GtkWidget *root, const char *text)
{
  GtkWidget *child;

  if (!is_shown (root))
    return FALSE;
  if (GTK_IS_LABEL (root) && strstr (gtk_label_get_text (GTK_LABEL (root)), text) != NULL)
    return TRUE;
  for (child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (stage_shows (child, text))
      return TRUE;
  return FALSE;
}

void
stage_click (GtkWidget *root, const char *label)
{
  GtkWidget *button;

  g_assert_nonnull (root);
  button = stage_find_button (root, label);
  if (button == NULL)
    g_test_message ("There is no button “%s”", label);
  g_assert_nonnull (button);
  g_assert_true (gtk_widget_is_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
  easel_test_pump ();
}

GtkWidget *
stage_get_question (void)
{
  GListModel *toplevels = gtk_window_get_toplevels ();
  guint i;

  for (i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWidget) toplevel = g_list_model_get_item (toplevels, i);

      if (EASEL_IS_QUESTION (toplevel))
        return toplevel;
    }
  return NULL;
}

void
stage_arm (Stage *stage, EaselRental *rental, const char *armed)
{
  g_autofree char *text = g_strdup_printf (
      "{\"v\":1,\"phase\":\"ready\",\"armed\":\"%s\",\"protected\":true,\"action\":\"delete\","
      "\"end\":{\"hard\":10800,\"cap\":20000,\"closed\":null},\"connected\":1,\"ever\":true}",
      armed);
  g_autoptr (EaselHttp) http = easel_http_new (stage->clock, NULL);
  g_autoptr (JsonNode) root = easel_json_parse_text (text, NULL);
  g_autoptr (GError) error = NULL;
  EaselAgentStatus *status = easel_agent_status_decode (root, &error);

  g_assert_no_error (error);
  if (rental->agent == NULL)
    rental->agent = easel_agent_watch_new (http, stage->clock, rental->pod);
  easel_agent_watch_take_status (rental->agent, status);
  _easel_studio_emit_changed (stage->studio);
}
