/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What a file looks like on its way to an agent: which pieces, what their seals cover, and on which
 * connections. Whether the real agent takes it is tested with the models of a pod.
 */

#include "config.h"

#include "easel-error.h"
#include "easel-model-upload.h"
#include "easel-test-util.h"
#include "upload-stage.h"

#include <string.h>

#define ADMIN "abcdefghijklmnopqrstuvwxyz"
#define FIRST (4u * 1024 * 1024)
/* Read while the first one was under way, so before anybody knew how fast that was. */
#define SECOND FIRST
#define SIZE (FIRST + SECOND + 1234)

typedef struct _Fixture
{
  UploadStage stage;
  EaselAgentClient *client; /* (owned) */
  char *route;              /* (owned) */
  guint64 told;
  guint64 on_its_way;                     /* most that was told of */
  void (*change) (struct _Fixture *self); /* (nullable): what happens to the file */
  guint64 change_at;                      /* when so much of it has arrived */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (EaselSecret) admin = easel_secret_new (ADMIN);

  upload_stage_set_up (&self->stage, SIZE);
  easel_test_server_play_agent (self->stage.server, ADMIN);
  self->client = easel_agent_client_new (self->stage.http, self->stage.clock,
                                         easel_test_server_get_uri (self->stage.server), admin);
  self->route = easel_test_server_agent_path (ADMIN, "models/loras/ink.safetensors");
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_assert_finalize_object (self->client);
  upload_stage_tear_down (&self->stage);
  g_free (self->route);
}

static void
reply (Fixture *self, guint status, const char *body)
{
  easel_test_server_reply (self->stage.server, "PUT", self->route, status, body);
}

gint64 __real_g_get_monotonic_time (void);
gint64 __wrap_g_get_monotonic_time (void);

static gint passed_ms; /* atomic */

gint64
__wrap_g_get_monotonic_time (void)
{
  return __real_g_get_monotonic_time () + (gint64) g_atomic_int_add (&passed_ms, 1) * 1000;
}

static void
on_progress (guint64 arrived, guint64 have, guint64 size, gpointer user_data)
{
  Fixture *self = user_data;

  g_assert_cmpuint (arrived, >=, self->told);
  g_assert_cmpuint (have, >=, arrived);
  g_assert_cmpuint (size, ==, SIZE);
  self->told = arrived;
  self->on_its_way = MAX (self->on_its_way, have - arrived);
  if (self->change != NULL && arrived == self->change_at)
    self->change (self);
}

static void
upload (Fixture *self)
{
  g_auto (EaselTestCatch) caught = { 0 };
  g_autofree char *job = NULL;
  g_autofree char *sha256 = NULL;
  g_autofree char *wanted = upload_stage_sum (&self->stage, SIZE);
  g_autoptr (GError) error = NULL;

  easel_model_upload_async (self->client, self->stage.file, "loras", "ink.safetensors", on_progress,
                            self, NULL, easel_test_catch, &caught);
  job = easel_model_upload_finish (easel_test_catch_wait (&caught), &sha256, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (job, ==, "u1");
  g_assert_cmpstr (sha256, ==, wanted);
  g_assert_cmpuint (self->told, ==, SIZE);
  g_assert_cmpuint (self->on_its_way, >, FIRST / 2);
  g_assert_cmpuint (self->on_its_way, <=, FIRST);
}

/* @index: of the request; the question comes first. */
static void
assert_piece (Fixture *self, guint index, guint64 offset, gsize length, const char *more)
{
  const EaselTestRequest *asked = easel_test_server_get_request (self->stage.server, index);
  g_autofree char *query =
      g_strdup_printf ("offset=%" G_GUINT64_FORMAT "&size=%u%s", offset, SIZE, more);

  g_assert_cmpstr (asked->query, ==, query);
  g_assert_true (asked->seal_is_right);
  g_assert_cmpuint (strlen (asked->body), ==, length);
  g_assert_true (strncmp (asked->body, self->stage.contents + offset, length) == 0);
  if (index > 1)
    g_assert_cmpuint (asked->connection, ==,
                      easel_test_server_get_request (self->stage.server, 1)->connection);
}

static char *
last_query (Fixture *self, const char *more)
{
  g_autofree char *sum = upload_stage_sum (&self->stage, SIZE);

  return g_strconcat ("&sha256=", sum, more, NULL);
}

/* One sum for all, and one connection. */
static void
test_whole (Fixture *self, gconstpointer data)
{
  g_autofree char *last = last_query (self, "&whole=1");

  reply (self, 200, "{\"have\":0,\"whole\":true}");
  reply (self, 200, "{\"have\":4194304}");
  reply (self, 200, "{\"have\":8388608}");
  reply (self, 202, "{\"id\":\"u1\"}");
  upload (self);
  assert_piece (self, 0, 0, 0, "");
  assert_piece (self, 1, 0, FIRST, "&whole=1");
  assert_piece (self, 2, FIRST, SECOND, "&whole=1");
  assert_piece (self, 3, FIRST + SECOND, SIZE - FIRST - SECOND, last);
  g_assert_cmpuint (easel_test_server_count (self->stage.server, NULL, NULL), ==, 4);
}

/* An agent that does not know what it has, or is older. */
static void
test_pieces (Fixture *self, gconstpointer data)
{
  g_autofree char *last = last_query (self, "");

  reply (self, 200, data);
  reply (self, 200, "{\"have\":4194304}");
  reply (self, 200, "{\"have\":8388608}");
  reply (self, 202, "{\"id\":\"u1\"}");
  upload (self);
  assert_piece (self, 1, 0, FIRST, "");
  assert_piece (self, 2, FIRST, SECOND, "");
  assert_piece (self, 3, FIRST + SECOND, SIZE - FIRST - SECOND, last);
}

/* What is there is read for the sum, but not sent. */
static void
test_resumed (Fixture *self, gconstpointer data)
{
  g_autofree char *last = last_query (self, "");

  reply (self, 409, "{\"error\":\"offset\",\"have\":1000,\"whole\":false}");
  reply (self, 200, "{\"have\":4195304}");
  reply (self, 200, "{\"have\":8389608}");
  reply (self, 202, "{\"id\":\"u1\"}");
  upload (self);
  assert_piece (self, 1, 1000, FIRST, "");
  assert_piece (self, 2, 1000 + FIRST, SECOND, "");
  assert_piece (self, 3, 1000 + FIRST + SECOND, SIZE - FIRST - SECOND - 1000, last);
}

static void
make_shorter (Fixture *self)
{
  upload_stage_cut (&self->stage, FIRST + 100);
}

/* Whenever it is noticed: nothing is made up, and the answer is not waited for in vain. */
static void
test_shorter (Fixture *self, gconstpointer data)
{
  g_auto (EaselTestCatch) caught = { 0 };
  g_autoptr (GError) error = NULL;

  self->change = make_shorter;
  self->change_at = GPOINTER_TO_SIZE (data);
  reply (self, 200, "{\"have\":0,\"whole\":true}");
  reply (self, 200, "{\"have\":4194304}");
  reply (self, 200, "{\"have\":8388608}");
  easel_model_upload_async (self->client, self->stage.file, "loras", "ink.safetensors", on_progress,
                            self, NULL, easel_test_catch, &caught);
  g_assert_null (easel_model_upload_finish (easel_test_catch_wait (&caught), NULL, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_UNREADABLE_FILE);
  g_assert_cmpuint (easel_test_server_count (self->stage.server, NULL, NULL), <=, 3);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/model-upload/whole", Fixture, NULL, set_up, test_whole, tear_down);
  g_test_add ("/model-upload/pieces", Fixture, "{\"have\":0}", set_up, test_pieces, tear_down);
  g_test_add ("/model-upload/pieces/false", Fixture, "{\"have\":0,\"whole\":false}", set_up,
              test_pieces, tear_down);
  g_test_add ("/model-upload/pieces/nonsense", Fixture, "{\"have\":0,\"whole\":\"1\"}", set_up,
              test_pieces, tear_down);
  g_test_add ("/model-upload/resumed", Fixture, NULL, set_up, test_resumed, tear_down);
  g_test_add ("/model-upload/shorter/before", Fixture, GSIZE_TO_POINTER (0), set_up, test_shorter,
              tear_down);
  g_test_add ("/model-upload/shorter/under-way", Fixture, GSIZE_TO_POINTER (FIRST), set_up,
              test_shorter, tear_down);

  return g_test_run ();
}
