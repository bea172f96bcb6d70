/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The question whether a websocket works: open one, wait for the first text, close. It carries no
 * key and no Origin, as the plugin in Krita does; ComfyUI refuses a foreign Origin.
 */
#include "config.h"

#include "easel-http.h"

#include "easel-error.h"
#include "easel-http-private.h"

#include <libsoup/soup.h>
#include <string.h>

#define DEFAULT_DEADLINE_MS (30 * 1000)
#define MAX_TEXT_BYTES (64 * 1024)

typedef struct
{
  GUri *uri;                           /* (owned) */
  SoupMessage *message;                /* (owned) */
  SoupWebsocketConnection *connection; /* (owned) (nullable) */
  GCancellable *cancellable;           /* (owned) (nullable): the caller's */
  GCancellable *inner;                 /* (owned) */
  GSource *deadline;                   /* (owned) (nullable) */
  GSource *forward;                    /* (owned) (nullable) */
  guint deadline_ms;
  gint64 started_us;
  gboolean timed_out;
} Probe;

static void on_connected (GObject *source, GAsyncResult *result, gpointer user_data);

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

/* Says good-bye and lets go once the other side has answered, or libsoup gave up on it. */
static void
hang_up (SoupWebsocketConnection *connection)
{
  if (soup_websocket_connection_get_state (connection) == SOUP_WEBSOCKET_STATE_CLOSED)
    {
      g_object_unref (connection);
      return;
    }
  g_signal_connect (connection, "closed", G_CALLBACK (g_object_unref), NULL);
  if (soup_websocket_connection_get_state (connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (connection, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
}

static void
end_probe (GTask *task, Probe *probe)
{
  clear_source (&probe->deadline);
  clear_source (&probe->forward);
  if (probe->connection == NULL)
    return;
  g_signal_handlers_disconnect_by_data (probe->connection, task);
  hang_up (g_steal_pointer (&probe->connection));
}

static void
probe_free (Probe *probe)
{
  clear_source (&probe->deadline);
  clear_source (&probe->forward);
  g_clear_object (&probe->connection);
  g_clear_object (&probe->message);
  g_clear_object (&probe->cancellable);
  g_clear_object (&probe->inner);
  g_clear_pointer (&probe->uri, g_uri_unref);
  g_free (probe);
}

static void
log_probe (const Probe *probe, const char *outcome)
{
  g_autofree char *place = _easel_http_uri_for_log (probe->uri);

  g_debug ("websocket %s: %s, %d ms", place, outcome,
           (int) ((g_get_monotonic_time () - probe->started_us) / 1000));
}

/* Takes @task and @error. */
static void
return_failure (GTask *task, GError *error)
{
  Probe *probe = g_task_get_task_data (task);

  log_probe (probe, error->message);
  end_probe (task, probe);
  g_task_return_error (task, error);
  g_object_unref (task);
}

/* Why it ended although nobody failed: the caller or the deadline; NULL if neither. */
static GError *
explain_interruption (const Probe *probe)
{
  if (probe->cancellable != NULL && g_cancellable_is_cancelled (probe->cancellable))
    return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Operation was cancelled");
  if (probe->timed_out)
    return easel_error_new (EASEL_ERROR_TIMED_OUT, "no text within %u ms", probe->deadline_ms);
  return NULL;
}

static GError *
explain_handshake (const Probe *probe, const GError *error)
{
  guint status = soup_message_get_status (probe->message);
  GError *explained = explain_interruption (probe);

  if (explained != NULL)
    return explained;
  if (error->domain != SOUP_WEBSOCKET_ERROR && error->domain != SOUP_SESSION_ERROR)
    explained = easel_error_from_transport (error);
  else if (status == SOUP_STATUS_NOT_FOUND)
    explained = easel_error_new (EASEL_ERROR_NOT_FOUND, "no websocket there");
  else if (SOUP_STATUS_IS_SERVER_ERROR (status))
    explained =
        easel_error_new (EASEL_ERROR_UNAVAILABLE, "status %u in place of a websocket", status);
  else
    explained = easel_error_new (EASEL_ERROR_PROTOCOL, "status %u: %s", status, error->message);
  easel_error_set_status (explained, status);
  return explained;
}

static void
on_message (SoupWebsocketConnection *connection,
            SoupWebsocketDataType type,
            GBytes *message,
            GTask *task)
{
  Probe *probe = g_task_get_task_data (task);

  if (type != SOUP_WEBSOCKET_DATA_TEXT)
    return;
  log_probe (probe, "text arrived");
  end_probe (task, probe);
  g_task_return_pointer (task, g_bytes_ref (message), (GDestroyNotify) g_bytes_unref);
  g_object_unref (task);
}

static void
on_error (SoupWebsocketConnection *connection, GError *error, GTask *task)
{
  return_failure (task, g_error_matches (error, SOUP_WEBSOCKET_ERROR, SOUP_WEBSOCKET_CLOSE_TOO_BIG)
                            ? easel_error_new (EASEL_ERROR_TOO_LARGE, "%s", error->message)
                            : easel_error_new (EASEL_ERROR_PROTOCOL, "%s", error->message));
}

static void
on_closed (SoupWebsocketConnection *connection, GTask *task)
{
  return_failure (task, easel_error_new (EASEL_ERROR_PROTOCOL, "closed before a text came"));
}

/* The handshake obeys the inner cancellable; an open connection does not, so it ends here. */
static void
interrupt (GTask *task)
{
  Probe *probe = g_task_get_task_data (task);
  GError *interruption = probe->connection != NULL ? explain_interruption (probe) : NULL;

  if (interruption != NULL)
    return_failure (task, interruption);
  else
    g_cancellable_cancel (probe->inner);
}

static gboolean
on_deadline (gpointer user_data)
{
  GTask *task = user_data;
  Probe *probe = g_task_get_task_data (task);

  probe->timed_out = TRUE;
  interrupt (task);
  return G_SOURCE_REMOVE;
}

static gboolean
on_caller_cancelled (GCancellable *cancellable, gpointer user_data)
{
  interrupt (user_data);
  return G_SOURCE_REMOVE;
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Probe *probe = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  GError *interruption;

  probe->connection = soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &error);
  if (probe->connection == NULL)
    {
      return_failure (task, explain_handshake (probe, error));
      return;
    }
  interruption = explain_interruption (probe);
  if (interruption != NULL)
    {
      return_failure (task, interruption);
      return;
    }
  soup_websocket_connection_set_max_incoming_payload_size (probe->connection, MAX_TEXT_BYTES);
  g_signal_connect (probe->connection, "message", G_CALLBACK (on_message), task);
  g_signal_connect (probe->connection, "error", G_CALLBACK (on_error), task);
  g_signal_connect (probe->connection, "closed", G_CALLBACK (on_closed), task);
}

static void
arm_probe (GTask *task, Probe *probe)
{
  probe->deadline = g_timeout_source_new (probe->deadline_ms);
  g_source_set_callback (probe->deadline, on_deadline, task, NULL);
  g_source_attach (probe->deadline, g_task_get_context (task));
  if (probe->cancellable == NULL)
    return;
  probe->forward = g_cancellable_source_new (probe->cancellable);
  g_source_set_callback (probe->forward, G_SOURCE_FUNC (on_caller_cancelled), task, NULL);
  g_source_attach (probe->forward, g_task_get_context (task));
}

/* "ws" and "http" name the same address; libsoup takes the latter. */
static GUri *
parse_websocket_uri (const char *text)
{
  g_autofree char *http = NULL;

  if (g_ascii_strncasecmp (text, "ws:", 3) != 0 && g_ascii_strncasecmp (text, "wss:", 4) != 0)
    return _easel_http_uri_parse (text);
  http = g_strconcat ("http", text + 2, NULL);
  return _easel_http_uri_parse (http);
}

/**
 * easel_http_probe_websocket_async:
 * @uri: ws, wss, http or https
 * @deadline_ms: for connection and text together, in this computer's time; 0 means 30 s
 * @cancellable: (nullable): ends it at once
 *
 * Opens a websocket without an Origin, waits for the first text and closes it. Never repeated.
 */
void
easel_http_probe_websocket_async (EaselHttp *self,
                                  const char *uri,
                                  guint deadline_ms,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GUri) parsed = NULL;
  Probe *probe;

  g_return_if_fail (EASEL_IS_HTTP (self));
  g_return_if_fail (uri != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, easel_http_probe_websocket_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  g_task_set_check_cancellable (task, FALSE);
  parsed = parse_websocket_uri (uri);
  if (parsed == NULL)
    {
      g_task_return_error (task,
                           easel_error_new (EASEL_ERROR_BAD_REQUEST, "not a websocket address"));
      return;
    }
  probe = g_new0 (Probe, 1);
  probe->uri = g_steal_pointer (&parsed);
  probe->message = soup_message_new_from_uri ("GET", probe->uri);
  soup_message_set_flags (probe->message, SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_NEW_CONNECTION |
                                              SOUP_MESSAGE_DO_NOT_USE_AUTH_CACHE);
  probe->inner = g_cancellable_new ();
  g_set_object (&probe->cancellable, cancellable);
  probe->deadline_ms = deadline_ms > 0 ? deadline_ms : DEFAULT_DEADLINE_MS;
  probe->started_us = g_get_monotonic_time ();
  g_task_set_task_data (task, probe, (GDestroyNotify) probe_free);
  arm_probe (task, probe);
  soup_session_websocket_connect_async (_easel_http_get_session (self, probe->uri), probe->message,
                                        /* origin= */ NULL, /* protocols= */ NULL,
                                        G_PRIORITY_DEFAULT, probe->inner, on_connected,
                                        g_steal_pointer (&task));
}

/**
 * easel_http_probe_websocket_finish:
 * @error: %EASEL_ERROR_NOT_FOUND or %EASEL_ERROR_UNAVAILABLE or %EASEL_ERROR_PROTOCOL with the
 *   status that came instead; %EASEL_ERROR_PROTOCOL if it was closed early;
 *   %EASEL_ERROR_TOO_LARGE above 64 KiB; the others as easel_http_send_finish()
 *
 * Returns: (transfer full) (nullable): the first text, not checked in any way
 */
GBytes *
easel_http_probe_websocket_finish (EaselHttp *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, easel_http_probe_websocket_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
