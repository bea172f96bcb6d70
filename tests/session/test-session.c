/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole session on stubs: what the first window depends on, what is known after a start, and
 * that all of it goes away again. */
#define G_SETTINGS_ENABLE_BACKEND
#include "config.h"

#include "easel-session-private.h"

#include "easel-test-util.h"
#include "stub-provider.h"
#include "stub-store.h"

#include <gio/gsettingsbackend.h>
#include <glib/gstdio.h>

#define NOW G_GINT64_CONSTANT (1795000000000)
#define GOOD "practice-key"
#define IMAGE "aclysia/sd-comfyui-krita:v1.52.0"

typedef struct
{
  EaselClock *clock;
  EaselHttp *http;
  GSettings *settings;
  StubStore *store;
  StubProvider *runpod;
  StubProvider *vast;
  EaselSession *session;
  char *folder;
  char *state_dir;
} Fixture;

static void
create_session (Fixture *self)
{
  /* Nobody listens on port 1. */
  static const char play[] = "[runpod]\napi=http://127.0.0.1:1\ngraphql=http://127.0.0.1:1\n"
                             "proxy=http://{pod}-{port}.localhost:1\n[vast]\n"
                             "api=http://127.0.0.1:1\n[image]\ntags=http://127.0.0.1:1\n";
  g_autoptr (GPtrArray) providers = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselEndpoints) endpoints =
      easel_endpoints_new_from_data (play, strlen (play), &error);

  g_assert_no_error (error);
  g_ptr_array_add (providers, self->runpod);
  g_ptr_array_add (providers, self->vast);
  self->session =
      _easel_session_new (self->clock, self->http, providers, EASEL_SECRET_STORE (self->store),
                          self->settings, self->state_dir, endpoints);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GSettingsBackend) backend = g_memory_settings_backend_new ();

  self->folder = easel_test_make_folder ();
  self->state_dir = g_build_filename (self->folder, "state", "cloud-easel", NULL);
  self->clock = easel_manual_clock_new (NOW);
  self->http = easel_http_new (self->clock, NULL);
  self->settings = g_settings_new_with_backend ("io.github.cloudeasel.CloudEasel", backend);
  self->store = stub_store_new ();
  self->runpod = stub_provider_new (stub_provider_runpod_info (), self->clock);
  self->vast = stub_provider_new (stub_provider_vast_info (), self->clock);
  stub_provider_add_offer (self->runpod, stub_offer ("3090", "RTX 3090", 24, 220000));
  stub_provider_add_template (self->runpod, stub_krita_template ("8myumeqonw", IMAGE));
  create_session (self);
}

static void
close_session (Fixture *self)
{
  stub_settle ();
  stub_assert_finalizes (g_steal_pointer (&self->session));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  close_session (self);
  stub_assert_finalizes (self->runpod);
  stub_assert_finalizes (self->vast);
  stub_assert_finalizes (self->store);
  stub_assert_finalizes (self->http);
  stub_assert_finalizes (self->settings);
  stub_assert_finalizes (self->clock);
  easel_test_remove_tree (self->folder);
  g_free (self->folder);
  g_free (self->state_dir);
}

static void
enter_key (Fixture *self, const char *provider_id, gboolean remember)
{
  g_autoptr (EaselSecret) key = easel_secret_new (GOOD);

  easel_account_set_key (easel_session_get_account (self->session, provider_id), key, remember);
  stub_settle ();
}

static void
assert_known (Fixture *self, const char *expected)
{
  g_auto (GStrv) known = g_settings_get_strv (self->settings, "known-providers");
  g_autofree char *joined = g_strjoinv (" ", known);

  g_assert_cmpstr (joined, ==, expected);
}

static void
test_parts (Fixture *self, gconstpointer data)
{
  GStatBuf info;

  g_assert_true (easel_session_get_clock (self->session) == self->clock);
  g_assert_true (easel_session_get_settings (self->session) == self->settings);
  g_assert_true (easel_session_is_simulated (self->session));
  g_assert_nonnull (easel_session_get_plan (self->session));
  g_assert_nonnull (easel_session_get_catalog (self->session));
  g_assert_nonnull (easel_session_get_studio (self->session));
  g_assert_nonnull (easel_session_get_history (self->session));
  g_assert_cmpuint (easel_session_get_n_accounts (self->session), ==, 2);
  g_assert_true (easel_session_get_nth_account (self->session, 0) ==
                 easel_session_get_account (self->session, "runpod"));
  g_assert_true (easel_session_get_nth_account (self->session, 1) ==
                 easel_session_get_account (self->session, "vast"));
  g_assert_null (easel_session_get_nth_account (self->session, 2));
  g_assert_null (easel_session_get_account (self->session, "nobody"));
  g_assert_null (easel_session_get_account (self->session, NULL));
  /* Nobody else reads what is rented. */
  g_assert_cmpint (g_stat (self->state_dir, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0700);
}

/* Before the first frame nobody is asked. */
static void
test_quiet_before_start (Fixture *self, gconstpointer data)
{
  stub_settle ();
  g_assert_cmpuint (stub_store_get_n_calls (self->store), ==, 0);
  g_assert_cmpuint (stub_provider_get_log (self->runpod)->len, ==, 0);
  g_assert_false (easel_session_expects_key (self->session));
}

static void
test_salt (Fixture *self, gconstpointer data)
{
  g_autofree char *salt = g_settings_get_string (self->settings, "account-salt");
  g_autofree char *again = NULL;

  g_assert_cmpuint (strlen (salt), >=, 16);
  close_session (self);
  create_session (self);
  again = g_settings_get_string (self->settings, "account-salt");
  g_assert_cmpstr (again, ==, salt);
}

static void
test_start (Fixture *self, gconstpointer data)
{
  stub_store_put (self->store, "runpod", GOOD);
  g_settings_set_strv (self->settings, "known-providers", (const char *const[]){ "runpod", NULL });
  g_assert_true (easel_session_expects_key (self->session));
  easel_session_start (self->session);
  easel_session_start (self->session);
  stub_settle ();
  /* Two keys, and two tokens. */
  g_assert_cmpuint (stub_store_get_n_calls (self->store), ==, 4);
  g_assert_cmpint (easel_account_get_state (easel_session_get_account (self->session, "runpod")),
                   ==, EASEL_ACCOUNT_READY);
  g_assert_cmpint (easel_account_get_state (easel_session_get_account (self->session, "vast")), ==,
                   EASEL_ACCOUNT_NO_KEY);
  assert_known (self, "runpod");
  /* What Review needs is there before anybody asks for it. */
  g_assert_nonnull (easel_plan_get_offer (easel_session_get_plan (self->session)));
  g_assert_nonnull (easel_plan_get_template (easel_session_get_plan (self->session)));
  g_assert_cmpuint (stub_provider_get_n_calls (self->runpod, STUB_LIST_OFFERS), ==, 1);
  g_assert_cmpuint (stub_provider_get_n_calls (self->runpod, STUB_GET_TEMPLATE), ==, 1);
  /* And the studio looks. */
  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (self->clock), 1000);
  stub_settle ();
  g_assert_cmpuint (stub_provider_get_n_calls (self->runpod, STUB_LIST_PODS), >=, 1);
}

static void
test_known_providers (Fixture *self, gconstpointer data)
{
  /* One that only a newer version knows stays. */
  g_settings_set_strv (self->settings, "known-providers", (const char *const[]){ "future", NULL });
  g_assert_false (easel_session_expects_key (self->session));
  easel_session_start (self->session);
  stub_settle ();
  assert_known (self, "future");

  enter_key (self, "runpod", FALSE);
  assert_known (self, "future");
  easel_account_set_remember (easel_session_get_account (self->session, "runpod"), TRUE);
  stub_settle ();
  assert_known (self, "future runpod");
  g_assert_true (easel_session_expects_key (self->session));
  enter_key (self, "vast", TRUE);
  assert_known (self, "future runpod vast");

  easel_account_forget (easel_session_get_account (self->session, "runpod"));
  stub_settle ();
  assert_known (self, "future vast");
  easel_account_set_remember (easel_session_get_account (self->session, "vast"), FALSE);
  stub_settle ();
  assert_known (self, "future");
  g_assert_false (easel_session_expects_key (self->session));
}

/* A locked keyring and a dead line are no news about the key. */
static void
test_known_in_doubt (Fixture *self, gconstpointer data)
{
  g_settings_set_strv (self->settings, "known-providers", (const char *const[]){ "runpod", NULL });
  stub_store_put (self->store, "runpod", GOOD);
  stub_store_set_broken (self->store, TRUE);
  easel_session_start (self->session);
  stub_settle ();
  assert_known (self, "runpod");
  stub_store_set_broken (self->store, FALSE);
  stub_provider_push_error (self->runpod, STUB_CHECK_KEY, EASEL_ERROR_NETWORK);
  easel_account_recheck (easel_session_get_account (self->session, "runpod"));
  stub_settle ();
  g_assert_cmpint (easel_account_get_state (easel_session_get_account (self->session, "runpod")),
                   ==, EASEL_ACCOUNT_UNCHECKED);
  assert_known (self, "runpod");
}

static void
test_close_while_busy (Fixture *self, gconstpointer data)
{
  stub_store_put (self->store, "runpod", GOOD);
  stub_provider_hold (self->runpod, STUB_LIST_OFFERS);
  stub_provider_hold (self->runpod, STUB_LIST_PODS);
  stub_provider_hold (self->runpod, STUB_GET_TEMPLATE);
  easel_session_start (self->session);
  stub_settle ();
  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (self->clock), 1000);
  stub_settle ();
  g_assert_cmpuint (stub_provider_get_n_held (self->runpod, STUB_LIST_PODS), ==, 1);
  close_session (self);
  stub_settle ();
  g_assert_cmpuint (stub_provider_get_n_held (self->runpod, STUB_LIST_OFFERS), ==, 0);
  g_assert_cmpuint (stub_provider_get_n_held (self->runpod, STUB_GET_TEMPLATE), ==, 0);
  g_assert_cmpuint (stub_provider_get_n_held (self->runpod, STUB_LIST_PODS), ==, 0);
  create_session (self);
}

static gboolean
is_sent (gpointer provider)
{
  return stub_provider_get_n_calls (provider, STUB_CREATE_POD) > 0;
}

static gboolean
has_last_offer (gpointer plan)
{
  return easel_plan_get_last_offer_id (plan) != NULL;
}

static void
test_rented_is_remembered (Fixture *self, gconstpointer data)
{
  EaselPlan *plan = easel_session_get_plan (self->session);
  g_autoptr (EaselLaunchSpec) spec = NULL;

  stub_store_put (self->store, "runpod", GOOD);
  stub_provider_set_created_state (self->runpod, EASEL_POD_STARTING);
  easel_session_start (self->session);
  stub_settle ();
  spec = easel_plan_build_spec (plan);
  g_assert_nonnull (easel_studio_rent (easel_session_get_studio (self->session), spec, NULL));
  /* The choices meant for the next one are not touched. */
  easel_plan_set_workload (plan, EASEL_WORKLOAD_FLUX);
  stub_wait_for (has_last_offer, plan);
  g_assert_cmpstr (easel_plan_get_last_offer_id (plan), ==, "3090");
  g_assert_cmpint (easel_plan_get_last_price (plan), ==, easel_launch_spec_price (spec));
  g_assert_cmpint (easel_plan_get_workload (plan), ==, EASEL_WORKLOAD_FLUX);
}

/* The program ends between click and answer: the next start finds what became of it. */
static void
test_close_while_renting (Fixture *self, gconstpointer data)
{
  g_autoptr (EaselLaunchSpec) spec = NULL;
  g_autoptr (GError) error = NULL;
  GListModel *rentals;

  stub_store_put (self->store, "runpod", GOOD);
  stub_provider_set_created_state (self->runpod, EASEL_POD_STARTING);
  stub_provider_hold (self->runpod, STUB_CREATE_POD);
  easel_session_start (self->session);
  stub_settle ();
  spec = easel_plan_build_spec (easel_session_get_plan (self->session));
  g_assert_nonnull (easel_studio_rent (easel_session_get_studio (self->session), spec, &error));
  g_assert_no_error (error);
  stub_wait_for (is_sent, self->runpod);
  g_assert_null (easel_plan_get_last_offer_id (easel_session_get_plan (self->session)));
  close_session (self);
  stub_provider_release (self->runpod, STUB_CREATE_POD);
  stub_settle ();
  g_assert_cmpuint (stub_provider_get_n_live (self->runpod), ==, 1);

  create_session (self);
  easel_session_start (self->session);
  stub_settle ();
  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (self->clock), 1000);
  stub_settle ();
  rentals = easel_studio_get_rentals (easel_session_get_studio (self->session));
  g_assert_cmpuint (g_list_model_get_n_items (rentals), ==, 1);
  g_assert_cmpuint (stub_provider_get_n_calls (self->runpod, STUB_CREATE_POD), ==, 1);
}

static gboolean
has_shelf (gpointer data)
{
  return easel_plan_get_shelf_bytes (data) > 0;
}

/* What is ticked on the shelf is part of what is going to be rented. */
static void
test_shelf_feeds_plan (Fixture *self, gconstpointer data)
{
  const EaselShelfModel model = { .name = (char *) "ink.safetensors",
                                  .folder = (char *) "loras",
                                  .size = 200000000,
                                  .link = (char *) "https://civitai.com/models/12",
                                  .is_ticked = TRUE };
  EaselShelf *shelf = easel_session_get_shelf (self->session);
  EaselPlan *plan = easel_session_get_plan (self->session);

  g_assert_true (easel_shelf_put (shelf, &model));
  g_assert_cmpuint (easel_plan_get_shelf_bytes (plan), ==, 200000000);
  easel_shelf_set_ticked (shelf, "loras", "ink.safetensors", FALSE);
  g_assert_cmpuint (easel_plan_get_shelf_bytes (plan), ==, 0);
  easel_shelf_set_ticked (shelf, "loras", "ink.safetensors", TRUE);

  /* And it is there again after a start. */
  close_session (self);
  create_session (self);
  plan = easel_session_get_plan (self->session);
  stub_wait_for (has_shelf, plan);
  g_assert_cmpuint (easel_plan_get_shelf_bytes (plan), ==, 200000000);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/session/parts", test_parts);
  ADD ("/session/quiet-before-start", test_quiet_before_start);
  ADD ("/session/salt", test_salt);
  ADD ("/session/start", test_start);
  ADD ("/session/known-providers", test_known_providers);
  ADD ("/session/known-in-doubt", test_known_in_doubt);
  ADD ("/session/shelf-feeds-plan", test_shelf_feeds_plan);
  ADD ("/session/close-while-busy", test_close_while_busy);
  ADD ("/session/rented-is-remembered", test_rented_is_remembered);
  ADD ("/session/close-while-renting", test_close_while_renting);

  return g_test_run ();
}
