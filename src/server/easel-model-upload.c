/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sends one file to the agent in a pod, in pieces: asks how much is there, goes on behind it, and
 * ends with the agent's job that compares the whole. The thread that has sent a piece reads and
 * hashes the next one while it waits for the answer; it is read again when it is sent, so that none
 * is in memory, however large pieces and file are.
 * Each byte is hashed once: an agent that has added up all that came before takes the sum of the
 * file up to a piece's end for the piece's seal, and at the end that is the sum of the whole. One
 * that has not (it was started anew in between) wants the sum of each piece by itself.
 * A fault ends it; whoever wants to go on begins again and loses no more than one piece.
 * So is a change of the file one, whenever it happens: pieces of two files do not make one.
 */
#include "config.h"

#include "easel-model-upload.h"

#include "easel-agent-models.h"
#include "easel-error.h"
#include "easel-file-slice.h"
#include "easel-sent-file.h"
#include "easel-sha256.h"

/* RunPod's proxy hangs up after 100 s. */
#define CHUNK_DEADLINE_MS (95 * 1000)
#define CONFLICT 409
#define READ_BYTES (128 * 1024)
/* libsoup takes 8 KiB at a time. */
#define BODY_BYTES (64 * 1024)

typedef struct
{
  EaselAgentClient *client; /* (owned) */
  char *folder;             /* (owned) */
  char *name;               /* (owned) */
  GFile *file;              /* (owned) */
  EaselFileMark mark;       /* of the file, since it was opened */
  char *of;                 /* (owned) (nullable): the same, for the agent */
  EaselFileMark *told_mark; /* (unowned) (nullable): the caller's */
  gboolean is_anew;         /* what the pod has is worth nothing */
  EaselModelUploadFunc progress;
  gpointer progress_data;

  EaselHttpLine *line; /* (owned) */
  guint64 size;
  guint64 have;      /* on the pod */
  guint64 had;       /* on the pod from before */
  gsize chunk;       /* how large a piece is read next, 0 at first */
  gsize sending;     /* size of the piece that is on its way */
  gint64 sent_ms;    /* when it was sent */
  gboolean is_whole; /* the agent knows the sum of what it has */
  gboolean has_all;  /* the agent has all: a piece of nothing asks it to compare */

  /* a thread's, while one reads */
  GFileInputStream *stream; /* (owned) (nullable) */
  EaselFileSlice *slice;    /* (owned) (nullable): the piece that is on its way */
  EaselSha256 *sum;         /* (owned) */
  guint64 read;             /* read and in @sum */
  guint64 from;             /* where the piece begins that comes next */
  gsize wanted;             /* its size, 0 if there is none */
  char *next;               /* (owned) (nullable): what its seal covers, once it was read */
  GError *fault;            /* (owned) (nullable): why it was not */
  char *sha256;             /* (owned) (nullable): of the whole, once it has been read */
} Upload;

static void on_opened (GObject *source, GAsyncResult *result, gpointer user_data);
static void on_probed (GObject *source, GAsyncResult *result, gpointer user_data);
static void on_piece_read (GObject *source, GAsyncResult *result, gpointer user_data);
static void on_piece_sent (GObject *source, GAsyncResult *result, gpointer user_data);
static void send_next (GTask *task);

static void
upload_free (Upload *self)
{
  g_clear_object (&self->client);
  g_clear_object (&self->file);
  g_clear_object (&self->stream);
  g_clear_object (&self->slice);
  g_clear_pointer (&self->sum, easel_sha256_free);
  g_free (self->next);
  g_clear_object (&self->line);
  g_clear_error (&self->fault);
  g_free (self->folder);
  g_free (self->name);
  g_free (self->of);
  g_free (self->sha256);
  g_free (self);
}

/* --- in the thread ------------------------------------------------------------------------ */

/* Adds what lies between to the sum of all, and to that of the piece if there is one. */
static gboolean
read_up_to (Upload *self,
            guint64 end,
            EaselSha256 *piece,
            GCancellable *cancellable,
            GError **error)
{
  g_autofree guint8 *buffer = g_malloc (READ_BYTES);
  g_autoptr (EaselFileSlice) slice =
      easel_file_slice_new (self->stream, self->read, end - self->read);

  while (self->read < end)
    {
      const gssize n_read =
          g_input_stream_read (G_INPUT_STREAM (slice), buffer, READ_BYTES, cancellable, error);

      if (n_read <= 0)
        return FALSE;
      easel_sha256_update (self->sum, buffer, (gsize) n_read);
      if (piece != NULL)
        easel_sha256_update (piece, buffer, (gsize) n_read);
      self->read += (guint64) n_read;
    }
  return TRUE;
}

/* What the pod has from before is not sent, but it belongs to the sum of the whole. */
static void
read_piece (Upload *self, GCancellable *cancellable)
{
  g_autoptr (EaselSha256) piece = self->is_whole ? NULL : easel_sha256_new ();

  if ((self->wanted == 0 && !self->has_all) ||
      !read_up_to (self, self->from, NULL, cancellable, &self->fault) ||
      !read_up_to (self, self->from + self->wanted, piece, cancellable, &self->fault))
    return;
  self->next = easel_sha256_peek (piece != NULL ? piece : self->sum);
  if (self->read == self->size)
    self->sha256 = easel_sha256_peek (self->sum);
}

/* Leaves what was read, or why it was not. What was read before a look that finds nothing new is of
 * one file; behind the last piece the look tells why the agent does not take it. */
static void
read_next (gpointer user_data)
{
  GTask *task = user_data;
  Upload *self = g_task_get_task_data (task);

  read_piece (self, g_task_get_cancellable (task));
  if (!easel_sent_file_has_changed (self->file, &self->mark))
    return;
  g_clear_pointer (&self->next, g_free);
  g_clear_error (&self->fault);
  self->fault = easel_error_new (EASEL_ERROR_FILE_CHANGED, "the file is another one");
}

static void
read_first (GTask *reading, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  read_next (task_data);
  g_task_return_boolean (reading, TRUE);
}

/* --- in the main loop --------------------------------------------------------------------- */

/* Takes @task and @error. */
static void
fail (GTask *task, GError *error)
{
  g_task_return_error (task, error);
  g_object_unref (task);
}

/* @behind: where the piece ends that is sent meanwhile */
static void
plan_next (Upload *self, guint64 behind)
{
  const gsize chunk = self->chunk > 0 ? self->chunk : easel_agent_models_next_chunk (0, 0, FALSE);

  self->from = behind;
  self->wanted = (gsize) MIN (self->size - behind, chunk);
}

/* Nothing is sent meanwhile. */
static void
read_alone (GTask *task)
{
  Upload *self = g_task_get_task_data (task);
  g_autoptr (GTask) reading = g_task_new (NULL, NULL, on_piece_read, task);

  plan_next (self, self->have);
  g_task_set_source_tag (reading, read_alone);
  g_task_set_task_data (reading, task, NULL);
  g_task_run_in_thread (reading, read_first);
}

static void
on_piece_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Upload *self = g_task_get_task_data (task);

  if (self->next != NULL)
    send_next (task);
  else
    fail (task, g_steal_pointer (&self->fault));
}

static void
on_piece_progress (guint64 sent, gpointer user_data)
{
  GTask *task = user_data;
  Upload *self = g_task_get_task_data (task);

  self->progress (self->have, self->have + sent, self->size, self->progress_data);
}

/* Sends what was read, and has the piece behind it read. */
static void
send_next (GTask *task)
{
  Upload *self = g_task_get_task_data (task);
  const gsize length = self->wanted;
  g_autofree char *sealed = g_steal_pointer (&self->next);
  g_autofree char *route = NULL;
  g_autoptr (GInputStream) body = NULL;
  EaselAgentCall call = { .method = "PUT", .content_type = "application/octet-stream" };

  /* Only the last one knows the sum of the whole. */
  route =
      easel_agent_models_chunk_route (self->folder, self->name, self->have, self->size, self->of,
                                      self->have + length == self->size ? self->sha256 : NULL,
                                      self->is_whole);
  g_clear_object (&self->slice);
  self->slice = easel_file_slice_new (self->stream, self->have, length);
  body = g_buffered_input_stream_new_sized (G_INPUT_STREAM (self->slice), BODY_BYTES);
  /* Once: nothing is read behind it. */
  self->has_all = FALSE;
  plan_next (self, self->have + length);
  call.line = self->line;
  call.meanwhile = read_next;
  call.meanwhile_data = task;
  call.route = route;
  call.stream = body;
  call.stream_length = length;
  call.progress = self->progress != NULL ? on_piece_progress : NULL;
  call.progress_data = task;
  call.body_sha256 = sealed;
  call.deadline_ms = CHUNK_DEADLINE_MS;
  self->sending = length;
  self->sent_ms = easel_clock_get_monotonic_ms (easel_agent_client_get_clock (self->client));
  easel_agent_client_call_async (self->client, &call, g_task_get_cancellable (task), on_piece_sent,
                                 task);
}

static GError *
explain_refusal (guint status, JsonNode *root)
{
  const char *word = JSON_NODE_HOLDS_OBJECT (root)
                         ? easel_json_peek_string (json_node_get_object (root), "error", NULL)
                         : NULL;
  GError *error = easel_error_new (easel_agent_models_error (word), "the agent refused a piece");

  easel_error_set_status (error, status);
  return error;
}

/* How much the pod has; %G_MAXUINT64 if it does not say. */
static guint64
read_have (JsonNode *root, guint64 size)
{
  if (!JSON_NODE_HOLDS_OBJECT (root) ||
      !json_object_has_member (json_node_get_object (root), "have"))
    return G_MAXUINT64;
  return (guint64) easel_json_peek_int (json_node_get_object (root), "have", 0, G_MAXINT64, 0);
}

/* Takes @fault. It is why the line broke, or the agent refused. */
static void
explain (GError **error, GError *fault)
{
  if (fault == NULL || easel_error_is_cancelled (*error))
    {
      g_clear_error (&fault);
      return;
    }
  g_clear_error (error);
  *error = fault;
}

/* What is wrong with the file comes first: all else follows from that. */
static void
take_fault (Upload *self, GError **error)
{
  const gboolean is_end = self->have + self->sending == self->size;

  explain (error, easel_file_slice_dup_fault (self->slice));
  if (*error == NULL && is_end)
    /* All has arrived before it changed. */
    g_clear_error (&self->fault);
  else if (*error == NULL || g_error_matches (self->fault, EASEL_ERROR, EASEL_ERROR_FILE_CHANGED))
    explain (error, g_steal_pointer (&self->fault));
  /* What it had added up before was another file. */
  else if (g_error_matches (*error, EASEL_ERROR, EASEL_ERROR_BLOCKED) && self->is_whole &&
           self->had > 0 && self->have == self->had)
    explain (error, easel_error_new (EASEL_ERROR_FILE_CHANGED, "the pod has another one"));
}

static void
on_piece_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Upload *self = g_task_get_task_data (task);
  guint status = 0;
  GError *error = NULL;
  g_autoptr (JsonNode) root =
      easel_agent_client_call_finish (EASEL_AGENT_CLIENT (source), result, &status, &error);
  const char *job = NULL;

  if (root != NULL && status >= 300)
    error = explain_refusal (status, root);
  take_fault (self, &error);
  if (error != NULL)
    {
      fail (task, error);
      return;
    }
  self->have += self->sending;
  self->chunk = easel_agent_models_next_chunk (
      self->sending,
      easel_clock_get_monotonic_ms (easel_agent_client_get_clock (self->client)) - self->sent_ms,
      FALSE);
  if (self->progress != NULL)
    self->progress (self->have, self->have, self->size, self->progress_data);
  if (self->have < self->size)
    {
      /* An answer that comes before all has left leaves no time to read. */
      if (self->next != NULL)
        send_next (task);
      else
        read_alone (task);
      return;
    }
  if (JSON_NODE_HOLDS_OBJECT (root))
    job = easel_json_peek_string (json_node_get_object (root), "id", NULL);
  if (job != NULL)
    {
      g_task_return_pointer (task, g_strdup (job), g_free);
      g_object_unref (task);
      return;
    }
  fail (task, easel_error_new (EASEL_ERROR_PROTOCOL, "the agent does not compare the whole"));
}

/**
 * easel_model_upload_async:
 * @client: the agent of a pod
 * @upload: what is sent; copied
 * @cancellable: (nullable): a #GCancellable; what has arrived stays on the pod
 * @callback: called when all has arrived
 * @user_data: for @callback
 *
 * Sends what the pod does not have yet.
 */
void
easel_model_upload_async (EaselAgentClient *client,
                          const EaselModelUpload *upload,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task;
  Upload *self;

  g_return_if_fail (EASEL_IS_AGENT_CLIENT (client));
  g_return_if_fail (upload != NULL && G_IS_FILE (upload->file));
  g_return_if_fail (upload->folder != NULL && upload->name != NULL);

  self = g_new0 (Upload, 1);
  self->client = g_object_ref (client);
  self->file = g_object_ref (upload->file);
  self->folder = g_strdup (upload->folder);
  self->name = g_strdup (upload->name);
  self->told_mark = upload->mark;
  self->is_anew = upload->is_anew;
  self->progress = upload->progress;
  self->progress_data = upload->progress_data;
  self->sum = easel_sha256_new ();
  self->line = easel_http_line_new (easel_agent_client_get_http (client));
  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, easel_model_upload_async);
  g_task_set_task_data (task, self, (GDestroyNotify) upload_free);
  easel_sent_file_open_async (upload->file, cancellable, on_opened, task);
}

/* Returns: whether it is what was sent before */
static gboolean
take_mark (Upload *self)
{
  EaselFileMark *told = self->told_mark;

  self->size = self->mark.size;
  if (told == NULL)
    return TRUE;
  if (told->size > 0 && !easel_file_mark_equal (told, &self->mark))
    return FALSE;
  *told = self->mark;
  return TRUE;
}

/* An empty piece at the beginning changes nothing, and the answer tells how much is there and
 * whether the agent knows its sum. */
static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Upload *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *route = NULL;
  EaselAgentCall call = { .method = "PUT", .content_type = "application/octet-stream" };

  self->stream = easel_sent_file_open_finish (result, &self->mark, &error);
  if (self->stream != NULL && !take_mark (self))
    error = easel_error_new (EASEL_ERROR_FILE_CHANGED, "the file is not what was sent before");
  if (error != NULL)
    {
      fail (task, error);
      return;
    }
  self->of = easel_file_mark_dup_id (&self->mark);
  route = easel_agent_models_chunk_route (self->folder, self->name, 0, self->size, self->of, NULL,
                                          FALSE);
  call.route = route;
  easel_agent_client_call_async (self->client, &call, g_task_get_cancellable (task), on_probed,
                                 task);
}

static void
on_probed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Upload *self = g_task_get_task_data (task);
  guint status = 0;
  GError *error = NULL;
  g_autoptr (JsonNode) root =
      easel_agent_client_call_finish (EASEL_AGENT_CLIENT (source), result, &status, &error);
  guint64 have;

  if (root == NULL)
    {
      fail (task, error);
      return;
    }
  have = read_have (root, self->size);
  if (have == G_MAXUINT64)
    {
      fail (task, explain_refusal (status, root));
      return;
    }
  /* What is longer than the file is something else: it is sent anew. */
  self->have = have <= self->size && !self->is_anew ? have : 0;
  self->had = self->have;
  self->has_all = self->have == self->size;
  self->is_whole = easel_json_peek_boolean (json_node_get_object (root), "whole", FALSE);
  if (self->progress != NULL)
    self->progress (self->have, self->have, self->size, self->progress_data);
  read_alone (task);
}

/**
 * easel_model_upload_finish:
 * @result: what the callback was given
 * @ret_sha256: (out) (optional) (transfer full): of the file
 * @error: %EASEL_ERROR_FILE_CHANGED: what has arrived is worth nothing;
 *   %EASEL_ERROR_UNREADABLE_FILE, %EASEL_ERROR_NOT_A_MODEL, %EASEL_ERROR_MODEL_TOO_LARGE,
 *   %EASEL_ERROR_CONFLICT if somebody else sends the same, what easel_agent_client_call_finish()
 *   says, or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): the agent's job that compares what has arrived
 */
char *
easel_model_upload_finish (GAsyncResult *result, char **ret_sha256, GError **error)
{
  Upload *self;
  char *job;

  g_return_val_if_fail (G_IS_TASK (result), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, easel_model_upload_async), NULL);

  job = g_task_propagate_pointer (G_TASK (result), error);
  if (job == NULL)
    return NULL;
  self = g_task_get_task_data (G_TASK (result));
  if (ret_sha256 != NULL)
    *ret_sha256 = g_strdup (self->sha256);
  return job;
}
