/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * vast.ai: a container's log as a stream. There it is a file that is made on request and appears a
 * little later at an address outside of vast.ai, which gets no key. It is asked for again and
 * again, and what is new in it is told. Before there is a container the host's own words stand in,
 * as far as somebody has read them.
 */

#include "config.h"

#include "easel-vast-provider-private.h"

#include "easel-error.h"
#include "easel-vast-decode.h"
#include "easel-vast-log-tail.h"

/* Between two files. */
#define ROUND_MS (10 * 1000)
/* Until the file is there: others wait a second, then two, ten times. */
#define FIRST_LOOK_MS 1000
#define NEXT_LOOK_MS 2000
#define MAX_LOOKS 10
#define MAX_LOG_BYTES (2 * 1024 * 1024)
/* Rounds in a row without a file before the stream counts as broken. */
#define MAX_EMPTY_ROUNDS 30

typedef struct
{
  EaselSecret *key;       /* (owned) */
  char *pod_id;           /* (owned) */
  EaselVastLogTail *tail; /* (owned) */
  char *message;          /* (owned) (nullable): the host's, as it was told last */
  char *uri;              /* (owned) (nullable): where this round's file will be */
  EaselLogFunc func;
  gpointer func_data;
  guint n_looks;
  guint n_empty_rounds;
} LogData;

static void
log_data_free (LogData *data)
{
  g_clear_pointer (&data->key, easel_secret_unref);
  g_clear_pointer (&data->tail, easel_vast_log_tail_free);
  g_free (data->pod_id);
  g_free (data->message);
  g_free (data->uri);
  g_free (data);
}

static void begin_round (GTask *task);
static void on_look_due (GObject *source, GAsyncResult *result, gpointer user_data);

static void
wait (GTask *task, gint64 milliseconds, GAsyncReadyCallback callback)
{
  EaselVastProvider *self = g_task_get_source_object (task);

  easel_clock_wait_async (_easel_vast_provider_get_clock (self), milliseconds,
                          g_task_get_cancellable (task), callback, g_object_ref (task));
}

static void
on_round_due (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GError *error = NULL;

  if (easel_clock_wait_finish (EASEL_CLOCK (source), result, &error))
    begin_round (task);
  else
    g_task_return_error (task, error);
}

static void
end_round (GTask *task, gboolean had_file)
{
  LogData *data = g_task_get_task_data (task);

  data->n_empty_rounds = had_file ? 0 : data->n_empty_rounds + 1;
  if (data->n_empty_rounds < MAX_EMPTY_ROUNDS)
    wait (task, ROUND_MS, on_round_due);
  else
    g_task_return_new_error (task, EASEL_ERROR, EASEL_ERROR_UNAVAILABLE,
                             "vast.ai gives no log of this instance");
}

static void
on_line (const char *line, gpointer user_data)
{
  LogData *data = user_data;

  data->func (0, FALSE, line, data->func_data);
}

/* Not there yet: 403 where a foreign storage hides what it does not have, or 404. */
static gboolean
is_not_there (const EaselHttpResponse *response)
{
  return response->status == 403 || response->status == 404;
}

static void
on_file (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  LogData *data = g_task_get_task_data (task);
  g_autoptr (EaselHttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;

  response = easel_http_send_finish (EASEL_HTTP (source), result, &error);
  if (easel_error_is_cancelled (error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (response != NULL && response->status == 200)
    {
      easel_vast_log_tail_feed (data->tail, response->body, on_line, data);
      /* Whoever cancels while lines are told wants no further ones. */
      if (!g_task_return_error_if_cancelled (task))
        end_round (task, TRUE);
    }
  else if (response != NULL && is_not_there (response) && data->n_looks < MAX_LOOKS)
    wait (task, NEXT_LOOK_MS, on_look_due);
  else
    end_round (task, FALSE);
}

static void
on_look_due (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  EaselVastProvider *self = g_task_get_source_object (task);
  LogData *data = g_task_get_task_data (task);
  EaselHttpRequest request = {
    .method = "GET",
    .uri = data->uri,
    .accept = "text/plain, */*",
    .deadline_ms = EASEL_VAST_READ_DEADLINE_MS,
    .max_bytes = MAX_LOG_BYTES,
    .retry = EASEL_RETRY_NEVER,
  };
  GError *error = NULL;

  if (!easel_clock_wait_finish (EASEL_CLOCK (source), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  data->n_looks++;
  easel_http_send_async (_easel_vast_provider_get_http (self), &request, NULL,
                         g_task_get_cancellable (task), on_file, g_object_ref (task));
}

static void
on_requested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  LogData *data = g_task_get_task_data (task);
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) error = NULL;

  root = _easel_vast_provider_call_finish (EASEL_VAST_PROVIDER (source), result, &error);
  g_clear_pointer (&data->uri, g_free);
  if (root != NULL)
    data->uri = easel_vast_decode_log_uri (root, &error);
  /* The same rule as for keys, though none goes there: over TLS, or in a practice cloud. */
  if (data->uri != NULL && !easel_http_uri_may_carry_key (data->uri))
    easel_set_error (&error, EASEL_ERROR_PROTOCOL, "“result_url”: not an address to trust");
  data->n_looks = 0;
  if (error == NULL)
    wait (task, FIRST_LOOK_MS, on_look_due);
  else if (g_error_matches (error, EASEL_ERROR, EASEL_ERROR_NOT_FOUND) ||
           g_error_matches (error, EASEL_ERROR, EASEL_ERROR_CONFLICT) ||
           g_error_matches (error, EASEL_ERROR, EASEL_ERROR_BAD_REQUEST))
    /* There is no container yet. */
    end_round (task, FALSE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
tell_message (EaselVastProvider *self, LogData *data)
{
  const char *message =
      easel_vast_memory_get_message (_easel_vast_provider_get_memory (self), data->pod_id);

  if (message == NULL || g_strcmp0 (message, data->message) == 0)
    return;
  g_free (data->message);
  data->message = g_strdup (message);
  data->func (0, TRUE, data->message, data->func_data);
}

static void
begin_round (GTask *task)
{
  EaselVastProvider *self = g_task_get_source_object (task);
  LogData *data = g_task_get_task_data (task);
  g_autoptr (EaselVastRequest) request = easel_vast_request_logs (data->pod_id);
  EaselVastCall call = { .request = request, .key = data->key };

  tell_message (self, data);
  if (g_task_return_error_if_cancelled (task))
    return;
  _easel_vast_provider_call_async (self, &call, g_task_get_cancellable (task), on_requested,
                                   g_object_ref (task));
}

static gboolean
on_idle (gpointer user_data)
{
  begin_round (user_data);
  return G_SOURCE_REMOVE;
}

static void
stream_logs_async (EaselProvider *provider,
                   EaselSecret *key,
                   const char *pod_id,
                   EaselLogFunc func,
                   gpointer func_data,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (provider, cancellable, callback, user_data);
  LogData *data;
  GSource *idle;

  g_task_set_source_tag (task, stream_logs_async);
  g_task_set_check_cancellable (task, FALSE);
  if (!easel_vast_id_is_usable (pod_id))
    {
      g_task_return_error (task, _easel_vast_provider_no_such_instance ());
      return;
    }
  data = g_new0 (LogData, 1);
  data->key = easel_secret_ref (key);
  data->pod_id = g_strdup (pod_id);
  data->tail = easel_vast_log_tail_new ();
  data->func = func;
  data->func_data = func_data;
  g_task_set_task_data (task, data, (GDestroyNotify) log_data_free);
  /* No line is told before this function has returned. */
  idle = g_idle_source_new ();
  g_task_attach_source (task, idle, on_idle);
  g_source_unref (idle);
}

static gboolean
stream_logs_finish (EaselProvider *provider, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, provider), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
_easel_vast_provider_init_logs (EaselProviderInterface *iface)
{
  iface->stream_logs_async = stream_logs_async;
  iface->stream_logs_finish = stream_logs_finish;
}
