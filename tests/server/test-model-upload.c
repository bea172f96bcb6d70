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

#include <glib/gstdio.h>
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
  char *of;                 /* (owned): what the file is called to the agent */
  EaselFileMark mark;
  gboolean is_anew;
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
  g_free (self->of);
  g_assert_finalize_object (self->client);
  upload_stage_tear_down (&self->stage);
  g_free (self->route);
}

static void
reply (Fixture *self, guint status, const char *body)
{
  easel_test_server_reply (self->stage.server, "PUT", self->route, status, body);
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
    {
      self->change (self);
      self->change = NULL;
    }
}

static void
begin (Fixture *self, EaselTestCatch *caught)
{
  const EaselModelUpload upload = {
    .file = self->stage.file,
    .folder = "loras",
    .name = "ink.safetensors",
    .mark = &self->mark,
    .is_anew = self->is_anew,
    .progress = on_progress,
    .progress_data = self,
  };

  easel_model_upload_async (self->client, &upload, NULL, easel_test_catch, caught);
}

/* Of the file as it is now. */
static char *
dup_id (Fixture *self)
{
  g_autoptr (GFileInfo) info =
      g_file_query_info (self->stage.file, "time::*", G_FILE_QUERY_INFO_NONE, NULL, NULL);
  const EaselFileMark mark = {
    .size = SIZE,
    .modified_us =
        (gint64) g_file_info_get_attribute_uint64 (info, "time::modified") * G_USEC_PER_SEC +
        g_file_info_get_attribute_uint32 (info, "time::modified-usec"),
  };

  return easel_file_mark_dup_id (&mark);
}

/* No two files have the same, and no name or date is told. */
static void
test_id (void)
{
  const EaselFileMark one = { 5, 1 }, same = { 5, 1 }, longer = { 51, 1 }, later = { 5, 11 };
  g_autofree char *id = easel_file_mark_dup_id (&one);
  g_autofree char *same_id = easel_file_mark_dup_id (&same);
  g_autofree char *longer_id = easel_file_mark_dup_id (&longer);
  g_autofree char *later_id = easel_file_mark_dup_id (&later);

  g_assert_cmpuint (strspn (id, "0123456789abcdef"), ==, 64);
  g_assert_cmpuint (strlen (id), ==, 64);
  g_assert_cmpstr (id, ==, same_id);
  g_assert_cmpstr (id, !=, longer_id);
  g_assert_cmpstr (id, !=, later_id);
  g_assert_cmpstr (longer_id, !=, later_id);
}

static void
upload_all (Fixture *self, gboolean is_there)
{
  g_auto (EaselTestCatch) caught = { 0 };
  g_autofree char *job = NULL;
  g_autofree char *sha256 = NULL;
  g_autofree char *wanted = upload_stage_sum (&self->stage, SIZE);
  g_autoptr (GError) error = NULL;

  g_free (self->of);
  self->of = dup_id (self);
  begin (self, &caught);
  job = easel_model_upload_finish (easel_test_catch_wait (&caught), &sha256, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (job, ==, "u1");
  g_assert_cmpstr (sha256, ==, wanted);
  g_assert_cmpuint (self->told, ==, SIZE);
  if (!is_there)
    g_assert_cmpuint (self->on_its_way, >, FIRST / 2);
  g_assert_cmpuint (self->on_its_way, <=, FIRST);
}

static void
upload (Fixture *self)
{
  upload_all (self, FALSE);
}

/* @index: of the request; the question comes first. */
static void
assert_piece (Fixture *self, guint index, guint64 offset, gsize length, const char *more)
{
  const EaselTestRequest *asked = easel_test_server_get_request (self->stage.server, index);
  g_autofree char *query = g_strdup_printf ("offset=%" G_GUINT64_FORMAT "&size=%u&of=%s%s", offset,
                                            SIZE, self->of, more);

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

/* It was there, and then the agent was started anew before it had compared it. */
static void
test_all_there (Fixture *self, gconstpointer data)
{
  g_autofree char *last = last_query (self, "");
  g_autofree char *have =
      g_strdup_printf ("{\"error\":\"offset\",\"have\":%u,\"whole\":false}", SIZE);

  reply (self, 409, have);
  reply (self, 202, "{\"id\":\"u1\"}");
  upload_all (self, TRUE);
  assert_piece (self, 1, SIZE, 0, last);
  g_assert_cmpuint (easel_test_server_count (self->stage.server, NULL, NULL), ==, 2);
}

static void
make_shorter (Fixture *self)
{
  upload_stage_cut (&self->stage, FIRST + 100);
}

/* In its place, as long as before. */
static void
write_at (Fixture *self, goffset offset)
{
  g_autoptr (GFileIOStream) stream = g_file_open_readwrite (self->stage.file, NULL, NULL);

  g_assert_true (g_seekable_seek (G_SEEKABLE (stream), offset, G_SEEK_SET, NULL, NULL));
  g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (stream)),
                                            "other", 5, NULL, NULL, NULL));
  g_assert_true (g_io_stream_close (G_IO_STREAM (stream), NULL, NULL));
  upload_stage_set_time (&self->stage, 1);
}

static void
write_over (Fixture *self)
{
  write_at (self, 0);
}

static void
write_end (Fixture *self)
{
  write_at (self, SIZE - 100);
}

/* As most programs save: another file takes the name. */
static void
replace (Fixture *self)
{
  g_assert_true (g_file_replace_contents (self->stage.file, "other", 5, NULL, FALSE,
                                          G_FILE_CREATE_REPLACE_DESTINATION, NULL, NULL, NULL));
}

static void
move_away (Fixture *self)
{
  g_autofree char *path = g_file_get_path (self->stage.file);
  g_autofree char *other = g_strconcat (path, ".moved", NULL);

  g_assert_cmpint (g_rename (path, other), ==, 0);
}

static void
fail_with (Fixture *self, EaselError code)
{
  g_auto (EaselTestCatch) caught = { 0 };
  g_autoptr (GError) error = NULL;

  begin (self, &caught);
  g_assert_null (easel_model_upload_finish (easel_test_catch_wait (&caught), NULL, &error));
  g_assert_error (error, EASEL_ERROR, (int) code);
}

static const struct
{
  const char *path;
  void (*change) (Fixture *self);
  guint64 at;
} changes[] = {
  { "/model-upload/changed/shorter/before", make_shorter, 0 },
  { "/model-upload/changed/shorter/under-way", make_shorter, FIRST },
  { "/model-upload/changed/written/before", write_over, 0 },
  { "/model-upload/changed/written/under-way", write_over, FIRST },
  /* Read already, but not sent: its seal does not fit. */
  { "/model-upload/changed/written/last", write_end, FIRST + SECOND },
  { "/model-upload/changed/replaced/before", replace, 0 },
  { "/model-upload/changed/replaced/under-way", replace, FIRST },
};

/* Whenever it is noticed: nothing is made up, pieces of two files do not become one, and the answer
 * is not waited for in vain. */
static void
test_changed (Fixture *self, gconstpointer data)
{
  self->change = changes[GPOINTER_TO_SIZE (data)].change;
  self->change_at = changes[GPOINTER_TO_SIZE (data)].at;
  reply (self, 200, "{\"have\":0,\"whole\":true}");
  reply (self, 200, "{\"have\":4194304}");
  reply (self, 200, "{\"have\":8388608}");
  fail_with (self, EASEL_ERROR_FILE_CHANGED);
  g_assert_null (self->change);
  g_assert_cmpuint (easel_test_server_count (self->stage.server, NULL, NULL), <=, 4);
}

/* What is open stays what it was. */
static void
test_moved (Fixture *self, gconstpointer data)
{
  self->change = move_away;
  self->change_at = FIRST;
  test_whole (self, NULL);
}

/* What was read and sent is one file, and it is whole. */
static void
test_changed_late (Fixture *self, gconstpointer data)
{
  self->change = write_over;
  self->change_at = FIRST + SECOND;
  test_whole (self, NULL);
}

/* It was sent in part, and is another one when that goes on: nobody is asked. */
static void
test_changed_between (Fixture *self, gconstpointer data)
{
  self->mark.size = SIZE;
  self->mark.modified_us = 1;
  fail_with (self, EASEL_ERROR_FILE_CHANGED);
  g_assert_cmpuint (easel_test_server_count (self->stage.server, NULL, NULL), ==, 0);
}

/* The helper does not seal what it says to those whose seal is wrong. */
static void
refuse (Fixture *self)
{
  const EaselTestAnswer refusal = { .fault = EASEL_TEST_FAULT_RAW,
                                    .body = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n" };

  easel_test_server_script (self->stage.server, "PUT", self->route, &refusal);
}

/* Nobody knows what was sent before, but the agent has added it up. */
static void
test_another_there (Fixture *self, gconstpointer data)
{
  reply (self, 409, "{\"error\":\"offset\",\"have\":1000,\"whole\":true}");
  refuse (self);
  fail_with (self, EASEL_ERROR_FILE_CHANGED);
}

/* Nothing was there, so it is not the file's fault. */
static void
test_refused (Fixture *self, gconstpointer data)
{
  reply (self, 200, "{\"have\":0,\"whole\":true}");
  refuse (self);
  fail_with (self, EASEL_ERROR_BLOCKED);
}

/* What is there is worth nothing. */
static void
test_anew (Fixture *self, gconstpointer data)
{
  g_autofree char *last = last_query (self, "&whole=1");

  self->is_anew = TRUE;
  reply (self, 409, "{\"error\":\"offset\",\"have\":1000,\"whole\":true}");
  reply (self, 200, "{\"have\":4194304}");
  reply (self, 200, "{\"have\":8388608}");
  reply (self, 202, "{\"id\":\"u1\"}");
  upload (self);
  g_assert_cmpuint (self->mark.size, ==, SIZE);
  assert_piece (self, 1, 0, FIRST, "&whole=1");
  assert_piece (self, 3, FIRST + SECOND, SIZE - FIRST - SECOND, last);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/model-upload/id", test_id);
  g_test_add ("/model-upload/whole", Fixture, NULL, set_up, test_whole, tear_down);
  g_test_add ("/model-upload/pieces", Fixture, "{\"have\":0}", set_up, test_pieces, tear_down);
  g_test_add ("/model-upload/pieces/false", Fixture, "{\"have\":0,\"whole\":false}", set_up,
              test_pieces, tear_down);
  g_test_add ("/model-upload/pieces/nonsense", Fixture, "{\"have\":0,\"whole\":\"1\"}", set_up,
              test_pieces, tear_down);
  g_test_add ("/model-upload/all-there", Fixture, NULL, set_up, test_all_there, tear_down);
  g_test_add ("/model-upload/resumed", Fixture, NULL, set_up, test_resumed, tear_down);
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    g_test_add (changes[i].path, Fixture, GSIZE_TO_POINTER (i), set_up, test_changed, tear_down);
  g_test_add ("/model-upload/changed/late", Fixture, NULL, set_up, test_changed_late, tear_down);
  g_test_add ("/model-upload/changed/between", Fixture, NULL, set_up, test_changed_between,
              tear_down);
  g_test_add ("/model-upload/moved", Fixture, NULL, set_up, test_moved, tear_down);
  g_test_add ("/model-upload/another-there", Fixture, NULL, set_up, test_another_there, tear_down);
  g_test_add ("/model-upload/refused", Fixture, NULL, set_up, test_refused, tear_down);
  g_test_add ("/model-upload/anew", Fixture, NULL, set_up, test_anew, tear_down);

  return g_test_run ();
}
