/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * RunPod: a pod's log as server-sent events. One stream from its beginning to its end; whether and
 * when to connect again is the caller's matter, and a stream that fails says nothing about the
 * pod.
 */

#include "config.h"

#include "easel-runpod-provider-private.h"

#include "easel-error.h"
#include "easel-runpod-decode.h"
#include "easel-runpod-judge.h"
#include "easel-sse.h"

#define CHUNK_BYTES (16 * 1024)

typedef struct
{
  EaselSecret *key;       /* (owned) */
  GInputStream *stream;   /* (owned) (nullable) */
  EaselSseParser *parser; /* (owned) */
  EaselLogFunc func;
  gpointer func_data;
} LogData;

static void
log_data_free (LogData *data)
{
  g_clear_pointer (&data->key, easel_secret_unref);
  g_clear_pointer (&data->parser, easel_sse_parser_free);
  g_clear_object (&data->stream);
  g_free (data);
}

static void
on_event (const char *id, const char *event, const char *text, gpointer user_data)
{
  LogData *data = user_data;
  g_autofree char *line = NULL;
  gboolean is_system;
  gint64 unix_ms;

  if (easel_runpod_decode_log_line (text, &unix_ms, &is_system, &line))
    data->func (unix_ms, is_system, line, data->func_data);
}

static void on_chunk_read (GObject *source, GAsyncResult *result, gpointer user_data);

static void
read_chunk (GTask *task)
{
  LogData *data = g_task_get_task_data (task);

  g_input_stream_read_bytes_async (data->stream, CHUNK_BYTES, G_PRIORITY_DEFAULT,
                                   g_task_get_cancellable (task), on_chunk_read,
                                   g_object_ref (task));
}

static void
on_chunk_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  LogData *data = g_task_get_task_data (task);
  g_autoptr (GBytes) chunk = NULL;
  g_autoptr (GError) error = NULL;
  gsize length = 0;
  const void *bytes;

  chunk = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  if (chunk == NULL)
    {
      g_task_return_error (task, easel_error_from_transport (error));
      return;
    }
  bytes = g_bytes_get_data (chunk, &length);
  if (length == 0)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  easel_sse_parser_feed (data->parser, bytes, length);
  /* Whoever cancels while lines are told wants no further ones. */
  if (g_task_return_error_if_cancelled (task))
    return;
  read_chunk (task);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  LogData *data = g_task_get_task_data (task);
  GError *error = NULL;

  data->stream = easel_http_open_stream_finish (EASEL_HTTP (source), result, &error);
  if (data->stream != NULL)
    read_chunk (task);
  else
    g_task_return_error (task, _easel_runpod_provider_clean_error (error, data->key));
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
  EaselRunpodProvider *self = EASEL_RUNPOD_PROVIDER (provider);
  g_autoptr (EaselRunpodRequest) request = easel_runpod_request_stream_logs (pod_id);
  g_autofree char *uri = _easel_runpod_provider_build_uri (self, request);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  LogData *data = g_new0 (LogData, 1);
  EaselHttpRequest http_request = {
    .method = request->method,
    .uri = uri,
    .bearer = key,
    .accept = "text/event-stream",
    .deadline_ms = EASEL_RUNPOD_READ_DEADLINE_MS,
    .retry = EASEL_RETRY_NEVER,
  };

  data->key = easel_secret_ref (key);
  data->parser = easel_sse_parser_new (on_event, data);
  data->func = func;
  data->func_data = func_data;
  g_task_set_source_tag (task, stream_logs_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, data, (GDestroyNotify) log_data_free);
  easel_http_open_stream_async (_easel_runpod_provider_get_http (self), &http_request,
                                easel_runpod_judge, cancellable, on_opened,
                                g_steal_pointer (&task));
}

static gboolean
stream_logs_finish (EaselProvider *provider, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, provider), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
_easel_runpod_provider_init_logs (EaselProviderInterface *iface)
{
  iface->stream_logs_async = stream_logs_async;
  iface->stream_logs_finish = stream_logs_finish;
}
