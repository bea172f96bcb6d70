/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How long a pod is left alone after each fault of an upload: an agent that is played loses pieces
 * that have left this computer, or has them. */

#include "config.h"

#include "easel-error.h"
#include "easel-pod-models-private.h"
#include "easel-test-server.h"
#include "easel-test-util.h"
#include "stub-store.h"

#define ADMIN "abcdefghijklmnopqrstuvwxyz"
#define PIECE (4u * 1024 * 1024)
#define SIZE (PIECE + PIECE / 4)
/* After so many in a row nobody is asked for half a minute. */
#define MANY 6

typedef struct
{
  char *folder;             /* (owned) */
  char *route;              /* (owned) */
  EaselTestServer *agent;   /* (owned) */
  EaselClock *clock;        /* (owned) */
  EaselHttp *http;          /* (owned) */
  StubStore *store;         /* (owned) */
  EaselModelTokens *tokens; /* (owned) */
  EaselAgentClient *client; /* (owned) */
  EaselPodModels *models;   /* (owned) */
  EaselTransfer *transfer;  /* (owned) */
  guint64 most;             /* that was told of as on its way */
  guint n_wanted;           /* of questions */
} Fixture;

static void
on_changed (Fixture *self, EaselTransfer *transfer)
{
  self->most = MAX (self->most, easel_transfer_get_have (transfer));
}

static void
add_file (Fixture *self)
{
  g_autofree char *path = g_build_filename (self->folder, "ink.safetensors", NULL);
  g_autofree char *contents = g_strnfill (SIZE, 'x');
  const EaselShelfModel model = {
    .name = (char *) "ink.safetensors", .folder = (char *) "loras", .size = SIZE, .path = path
  };

  g_assert_true (g_file_set_contents (path, contents, SIZE, NULL));
  easel_pod_models_add (self->models, &model);
  self->transfer = g_list_model_get_item (easel_pod_models_get_transfers (self->models), 0);
  g_signal_connect_swapped (self->transfer, "changed", G_CALLBACK (on_changed), self);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (EaselSecret) admin = easel_secret_new (ADMIN);
  g_autoptr (EaselModelResolver) resolver = NULL;
  g_autofree char *list = easel_test_server_agent_path (ADMIN, "models");
  const char *uri;

  self->folder = easel_test_make_folder ();
  self->route = easel_test_server_agent_path (ADMIN, "models/loras/ink.safetensors");
  self->agent = easel_test_server_new ();
  easel_test_server_play_agent (self->agent, ADMIN);
  easel_test_server_reply (self->agent, "GET", list, 200,
                           "{\"v\":1,\"disk\":{\"free\":1000000000,\"total\":2000000000},"
                           "\"jobs\":[],\"files\":[]}");
  uri = easel_test_server_get_uri (self->agent);
  self->clock = easel_manual_clock_new (G_GINT64_CONSTANT (1795000000000));
  self->http = easel_http_new (self->clock, NULL);
  self->store = stub_store_new ();
  self->tokens = _easel_model_tokens_new (EASEL_SECRET_STORE (self->store));
  self->client = easel_agent_client_new (self->http, self->clock, uri, admin);
  resolver = easel_model_resolver_new (self->http, uri, uri);
  self->models = _easel_pod_models_new (self->clock, resolver, self->tokens);
  add_file (self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_signal_handlers_disconnect_by_data (self->transfer, self);
  g_object_unref (self->transfer);
  g_object_run_dispose (G_OBJECT (self->models));
  easel_test_pump_for (20);
  g_assert_finalize_object (self->models);
  g_assert_finalize_object (self->client);
  g_assert_finalize_object (self->tokens);
  g_object_unref (self->store);
  g_object_unref (self->http);
  g_object_unref (self->clock);
  easel_test_server_free (self->agent);
  easel_test_remove_tree (self->folder);
  g_free (self->folder);
  g_free (self->route);
}

/* It is asked how much it has, and then loses what it is sent. */
static void
lose_piece (Fixture *self, const char *has)
{
  const EaselTestAnswer reset = { .fault = EASEL_TEST_FAULT_RESET };

  easel_test_server_reply (self->agent, "PUT", self->route, 200, has);
  easel_test_server_script (self->agent, "PUT", self->route, &reset);
}

static void
keep_piece_and_lose_next (Fixture *self)
{
  const EaselTestAnswer reset = { .fault = EASEL_TEST_FAULT_RESET };

  easel_test_server_reply (self->agent, "PUT", self->route, 200, "{\"have\":0}");
  easel_test_server_reply (self->agent, "PUT", self->route, 200, "{\"have\":4194304}");
  easel_test_server_script (self->agent, "PUT", self->route, &reset);
}

static gboolean
waits_again (gpointer data)
{
  Fixture *self = data;

  return easel_test_server_count (self->agent, "PUT", NULL) == self->n_wanted &&
         easel_transfer_get_state (self->transfer) == EASEL_TRANSFER_WAITING;
}

/* @n_sent: how often the agent is sent something until it breaks off */
static void
wait_fault (Fixture *self, guint n_sent)
{
  self->n_wanted += n_sent;
  easel_test_wait_until (waits_again, self);
  g_assert_error (easel_transfer_get_error (self->transfer), EASEL_ERROR, EASEL_ERROR_NETWORK);
}

/* Returns: whether it is sent something within that time */
static gboolean
is_asked_within (Fixture *self, guint seconds)
{
  for (guint i = 0; i < seconds; i++)
    {
      easel_manual_clock_advance (EASEL_MANUAL_CLOCK (self->clock), 1000);
      easel_test_pump_for (5);
      if (easel_test_server_count (self->agent, "PUT", NULL) > self->n_wanted)
        return TRUE;
    }
  return FALSE;
}

static void
lose_many (Fixture *self)
{
  _easel_pod_models_set_client (self->models, self->client);
  for (guint i = 0; i < MANY; i++)
    {
      wait_fault (self, 2);
      if (i + 1 < MANY)
        g_assert_true (is_asked_within (self, 100));
    }
}

/* Bytes that have left are no sign that the line is good: whoever never confirms any is asked ever
 * more seldom. */
static void
test_lost (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < MANY; i++)
    lose_piece (self, "{\"have\":0}");
  lose_many (self);
  g_assert_cmpuint (self->most, >, PIECE / 2);
  g_assert_cmpuint (self->most, <=, PIECE);
  g_assert_false (is_asked_within (self, 20));
}

/* Neither is what was there before. */
static void
test_lost_behind_more (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < MANY; i++)
    lose_piece (self, "{\"have\":1000}");
  lose_many (self);
  g_assert_false (is_asked_within (self, 20));
}

/* One piece that is there for sure, and all is well again. */
static void
test_confirmed (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < MANY; i++)
    lose_piece (self, "{\"have\":0}");
  keep_piece_and_lose_next (self);
  lose_many (self);
  g_assert_true (is_asked_within (self, 100));
  wait_fault (self, 3);
  g_assert_true (is_asked_within (self, 10));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/upload-tries/lost", Fixture, NULL, set_up, test_lost, tear_down);
  g_test_add ("/upload-tries/lost-behind-more", Fixture, NULL, set_up, test_lost_behind_more,
              tear_down);
  g_test_add ("/upload-tries/confirmed", Fixture, NULL, set_up, test_confirmed, tear_down);
  return g_test_run ();
}
