/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Requests with large bodies, one after the other, on a connection that is kept in a thread of its
 * own. A new one for each would cost what it takes to find out how fast the line is, and in the
 * main loop libsoup hands a body on in pieces of 8 KiB with two turns of the loop for each, which
 * is most of the time that a megabyte takes. Deadline and cancellation come from the main loop.
 * Whatever goes wrong ends the connection: what libsoup 3.2 mixes up between requests that take
 * turns on one (see easel-http-exchange.c) begins with a cancellation, and none is sent after it.
 * No key goes this way, only what is for a pod.
 */
#include "config.h"

#include "easel-http-line.h"

#include "easel-error.h"
#include "easel-http-private.h"
#include "easel-json.h"

#include <gio/gnetworking.h>
#include <libsoup/soup.h>

#define DEFAULT_DEADLINE_MS (30 * 1000)
#define READ_BYTES (64 * 1024)
#define SEAL_HEADER "X-Easel"
#define TELL_US (200 * 1000)

struct _EaselHttpLine
{
  GObject parent_instance;

  EaselHttp *http;    /* (owned) */
  GAsyncQueue *queue; /* (owned) (element-type Parcel): shared with the thread */
};

/* One request. It goes from the main loop to the thread and comes back with an answer. */
typedef struct
{
  char *method;       /* (owned) */
  GUri *uri;          /* (owned) */
  GInputStream *body; /* (owned) */
  guint64 length;     /* of @body */
  char *content_type; /* (owned) */
  char *seal;         /* (owned) (nullable) */
  gsize max_bytes;
  guint deadline_ms;
  EaselHttpMeanwhile meanwhile; /* (nullable) */
  gpointer meanwhile_data;
  EaselHttpProgress progress; /* (nullable) */
  gpointer progress_data;
  guint64 n_left;      /* what has left of @body */
  gint64 told_us;      /* when the main loop was told of it */
  GCancellable *inner; /* (owned): fed by deadline and caller */

  /* what the thread found */
  SoupMessage *message; /* (owned) (nullable) */
  GBytes *received;     /* (owned) (nullable) */
  GError *error;        /* (owned) (nullable) */
  gboolean was_restarted;

  GCancellable *outer; /* (owned) (nullable): the caller's */

  /* the main loop's alone */
  GTask *task;       /* (owned) */
  GSource *forward;  /* (owned) (nullable) */
  GSource *deadline; /* (owned) */
  gboolean timed_out;
} Parcel;

/* What the thread has. */
typedef struct
{
  GAsyncQueue *queue;         /* (owned) */
  GTlsDatabase *tls_database; /* (owned) (nullable) */
  SoupSession *session;       /* (owned) (nullable) */
  GSocket *socket;            /* (owned) (nullable): of the connection */
  Parcel *parcel;             /* (unowned) (nullable): what is under way */
} Worker;

G_DEFINE_FINAL_TYPE (EaselHttpLine, easel_http_line, G_TYPE_OBJECT)

/* How far one is, on its way to the main loop. */
typedef struct
{
  const Parcel *parcel; /* (unowned): it comes behind */
  guint64 n_left;
} Told;

static gboolean on_told (gpointer user_data);
static gboolean on_served (gpointer user_data);

static void
parcel_free (Parcel *parcel)
{
  g_free (parcel->method);
  g_uri_unref (parcel->uri);
  g_clear_object (&parcel->body);
  g_free (parcel->content_type);
  g_free (parcel->seal);
  g_object_unref (parcel->inner);
  g_clear_object (&parcel->message);
  g_clear_pointer (&parcel->received, g_bytes_unref);
  g_clear_error (&parcel->error);
  g_object_unref (parcel->task);
  g_clear_object (&parcel->outer);
  g_clear_pointer (&parcel->forward, g_source_unref);
  g_clear_pointer (&parcel->deadline, g_source_unref);
  g_free (parcel);
}

/* --- in the thread ------------------------------------------------------------------------ */

static SoupMessage *
make_message (const Parcel *parcel)
{
  SoupMessage *message = soup_message_new_from_uri (parcel->method, parcel->uri);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  _easel_http_offer_http1 (message);
  soup_message_set_flags (message, SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_DO_NOT_USE_AUTH_CACHE);
  soup_message_headers_replace (headers, "Accept", "application/json");
  soup_message_headers_replace (headers, "Accept-Encoding", "identity");
  if (parcel->seal != NULL)
    soup_message_headers_replace (headers, SEAL_HEADER, parcel->seal);
  soup_message_set_request_body (message, parcel->content_type, parcel->body,
                                 (gssize) parcel->length);
  return message;
}

static GBytes *
read_body (const Parcel *parcel, GInputStream *stream, GError **error)
{
  g_autoptr (GByteArray) received = g_byte_array_new ();

  for (;;)
    {
      g_autoptr (GBytes) piece =
          g_input_stream_read_bytes (stream, READ_BYTES, parcel->inner, error);

      if (piece == NULL)
        return NULL;
      if (g_bytes_get_size (piece) == 0)
        return g_byte_array_free_to_bytes (g_steal_pointer (&received));
      if (g_bytes_get_size (piece) > parcel->max_bytes - received->len)
        {
          easel_set_error (error, EASEL_ERROR_TOO_LARGE, "more than %" G_GSIZE_FORMAT " bytes",
                           parcel->max_bytes);
          return NULL;
        }
      g_byte_array_append (received, g_bytes_get_data (piece, NULL),
                           (guint) g_bytes_get_size (piece));
    }
}

/* What is refused whatever the body may be. */
static gboolean
check_head (SoupMessage *message, GError **error)
{
  const char *encoding = soup_message_headers_get_one (soup_message_get_response_headers (message),
                                                       "Content-Encoding");

  if (SOUP_STATUS_IS_REDIRECTION (soup_message_get_status (message)))
    easel_set_error (error, EASEL_ERROR_PROTOCOL, "redirect refused");
  else if (encoding != NULL && g_ascii_strcasecmp (encoding, "identity") != 0)
    easel_set_error (error, EASEL_ERROR_PROTOCOL, "compressed answer refused");
  else
    return TRUE;
  return FALSE;
}

static void
on_network_event (SoupMessage *message,
                  GSocketClientEvent event,
                  GIOStream *connection,
                  gpointer user_data)
{
  Worker *worker = user_data;

  if (event == G_SOCKET_CLIENT_CONNECTED && G_IS_SOCKET_CONNECTION (connection))
    g_set_object (&worker->socket,
                  g_socket_connection_get_socket (G_SOCKET_CONNECTION (connection)));
}

/* Each of libsoup's 8 KiB would become packets of its own, and wake the other side. If it cannot be
 * told to the system, they do. */
static void
gather_packets (Worker *worker, gboolean is_more_to_come)
{
#ifdef TCP_CORK
  if (worker->socket != NULL)
    g_socket_set_option (worker->socket, IPPROTO_TCP, TCP_CORK, is_more_to_come, NULL);
#endif
}

static void
on_headers_written (SoupMessage *message, gpointer user_data)
{
  Worker *worker = user_data;

  gather_packets (worker, TRUE);
  worker->parcel->n_left = 0;
}

/* What the main loop is told, it hears in order. */
static void
tell (const Parcel *parcel, GSourceFunc func, gpointer data, GDestroyNotify destroy)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, data, destroy);
  g_source_attach (source, g_task_get_context (parcel->task));
}

static void
on_data_written (SoupMessage *message, guint n_bytes, gpointer user_data)
{
  Parcel *parcel = ((Worker *) user_data)->parcel;
  const gint64 now_us = g_get_monotonic_time ();
  Told *told;

  parcel->n_left += n_bytes;
  if (parcel->progress == NULL || now_us - parcel->told_us < TELL_US)
    return;
  parcel->told_us = now_us;
  told = g_new (Told, 1);
  told->parcel = parcel;
  told->n_left = MIN (parcel->n_left, parcel->length);
  tell (parcel, on_told, told, g_free);
}

static void
on_body_written (SoupMessage *message, gpointer user_data)
{
  Worker *worker = user_data;
  const Parcel *parcel = worker->parcel;

  gather_packets (worker, FALSE);
  if (parcel->meanwhile != NULL && !parcel->was_restarted)
    parcel->meanwhile (parcel->meanwhile_data);
}

/* libsoup would send it again if the connection was used before, with nothing in it. */
static void
on_restarted (SoupMessage *message, gpointer user_data)
{
  Parcel *parcel = ((Worker *) user_data)->parcel;

  parcel->was_restarted = TRUE;
  g_cancellable_cancel (parcel->inner);
}

static gboolean
exchange (Worker *worker, Parcel *parcel)
{
  g_autoptr (GInputStream) stream = NULL;

  parcel->message = make_message (parcel);
  parcel->told_us = g_get_monotonic_time ();
  g_signal_connect (parcel->message, "restarted", G_CALLBACK (on_restarted), worker);
  g_signal_connect (parcel->message, "network-event", G_CALLBACK (on_network_event), worker);
  g_signal_connect (parcel->message, "wrote-headers", G_CALLBACK (on_headers_written), worker);
  g_signal_connect (parcel->message, "wrote-body-data", G_CALLBACK (on_data_written), worker);
  g_signal_connect (parcel->message, "wrote-body", G_CALLBACK (on_body_written), worker);
  stream = soup_session_send (worker->session, parcel->message, parcel->inner, &parcel->error);
  if (stream == NULL || !check_head (parcel->message, &parcel->error))
    return FALSE;
  parcel->received = read_body (parcel, stream, &parcel->error);
  return parcel->received != NULL && g_input_stream_close (stream, parcel->inner, &parcel->error);
}

static void
drop_session (Worker *worker)
{
  if (worker->session != NULL)
    soup_session_abort (worker->session);
  g_clear_object (&worker->session);
  g_clear_object (&worker->socket);
}

static void
serve (Worker *worker, Parcel *parcel)
{
  if (worker->session == NULL)
    worker->session = _easel_http_session_new (worker->tls_database,
                                               _easel_http_uri_host_is_loopback (parcel->uri));
  /* Cancelled while it waited here, and the main loop may not have had its turn. */
  if (parcel->outer != NULL && g_cancellable_is_cancelled (parcel->outer))
    g_cancellable_cancel (parcel->inner);
  worker->parcel = parcel;
  if (!exchange (worker, parcel))
    drop_session (worker);
  worker->parcel = NULL;
  if (parcel->message != NULL)
    g_signal_handlers_disconnect_by_data (parcel->message, worker);
  tell (parcel, on_served, parcel, NULL);
}

static gpointer
run_worker (gpointer data)
{
  Worker *worker = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  gpointer item;

  g_main_context_push_thread_default (context);
  /* The queue itself in the queue says that nothing comes any more. */
  while ((item = g_async_queue_pop (worker->queue)) != worker->queue)
    serve (worker, item);
  drop_session (worker);
  g_main_context_pop_thread_default (context);
  g_async_queue_unref (worker->queue);
  g_clear_object (&worker->tls_database);
  g_free (worker);
  return NULL;
}

/* --- in the main loop --------------------------------------------------------------------- */

static void
easel_http_line_finalize (GObject *object)
{
  EaselHttpLine *self = EASEL_HTTP_LINE (object);

  /* Each request holds the object, so none is left. */
  g_async_queue_push (self->queue, self->queue);
  g_async_queue_unref (self->queue);
  g_clear_object (&self->http);

  G_OBJECT_CLASS (easel_http_line_parent_class)->finalize (object);
}

static void
easel_http_line_class_init (EaselHttpLineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = easel_http_line_finalize;
}

static void
easel_http_line_init (EaselHttpLine *self)
{
  self->queue = g_async_queue_new ();
}

/**
 * easel_http_line_new:
 * @http: whom the line trusts, and whose clock it reads dates by
 *
 * Returns: (transfer full): a line to a server that the first request names
 */
EaselHttpLine *
easel_http_line_new (EaselHttp *http)
{
  EaselHttpLine *self;
  Worker *worker;

  g_return_val_if_fail (EASEL_IS_HTTP (http), NULL);

  self = g_object_new (EASEL_TYPE_HTTP_LINE, NULL);
  self->http = g_object_ref (http);
  worker = g_new0 (Worker, 1);
  worker->queue = g_async_queue_ref (self->queue);
  g_set_object (&worker->tls_database, _easel_http_get_tls_database (http));
  g_thread_unref (g_thread_new ("easel-line", run_worker, worker));
  return self;
}

static gboolean
on_deadline (gpointer user_data)
{
  Parcel *parcel = user_data;

  parcel->timed_out = TRUE;
  g_cancellable_cancel (parcel->inner);
  return G_SOURCE_REMOVE;
}

static gboolean
on_caller_cancelled (GCancellable *cancellable, gpointer user_data)
{
  Parcel *parcel = user_data;

  g_cancellable_cancel (parcel->inner);
  return G_SOURCE_REMOVE;
}

/* Returns: (transfer full): in our words */
static GError *
explain (const Parcel *parcel)
{
  if (parcel->outer != NULL && g_cancellable_is_cancelled (parcel->outer))
    return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Operation was cancelled");
  if (parcel->timed_out)
    return easel_error_new (EASEL_ERROR_TIMED_OUT, "no answer within %u ms", parcel->deadline_ms);
  if (parcel->was_restarted)
    return easel_error_new (EASEL_ERROR_NETWORK, "the connection ended");
  if (parcel->error->domain == SOUP_SESSION_ERROR)
    return g_error_new_literal (EASEL_ERROR, EASEL_ERROR_PROTOCOL, parcel->error->message);
  return easel_error_from_transport (parcel->error);
}

/* Returns: (transfer full) (nullable): %NULL with the parcel's error */
static EaselHttpResponse *
open_answer (EaselHttpLine *self, Parcel *parcel)
{
  EaselHttpResponse *response;

  if (parcel->error != NULL)
    return NULL;
  response = _easel_http_make_response (_easel_http_get_clock (self->http), parcel->message,
                                        g_steal_pointer (&parcel->received));
  if (response->length < 0 || g_bytes_get_size (response->body) >= (guint64) response->length)
    return response;
  /* libsoup does not mind if the server said that it closes. */
  easel_http_response_free (response);
  g_set_error_literal (&parcel->error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT,
                       "the body was cut off");
  return NULL;
}

static gboolean
on_told (gpointer user_data)
{
  const Told *told = user_data;

  told->parcel->progress (told->n_left, told->parcel->progress_data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_served (gpointer user_data)
{
  Parcel *parcel = user_data;
  EaselHttpResponse *response = open_answer (g_task_get_source_object (parcel->task), parcel);
  g_autofree char *place = _easel_http_uri_for_log (parcel->uri);
  g_source_destroy (parcel->deadline);
  if (parcel->forward != NULL)
    g_source_destroy (parcel->forward);
  if (response != NULL)
    {
      g_debug ("%s %s: status %u, sent %" G_GUINT64_FORMAT " bytes", parcel->method, place,
               response->status, parcel->length);
      g_task_return_pointer (parcel->task, response, (GDestroyNotify) easel_http_response_free);
    }
  else
    {
      GError *error = explain (parcel);

      g_debug ("%s %s: %s", parcel->method, place, error->message);
      g_task_return_error (parcel->task, error);
    }
  parcel_free (parcel);
  return G_SOURCE_REMOVE;
}

static Parcel *
parcel_new (const EaselHttpRequest *request, GUri *uri, GTask *task)
{
  Parcel *parcel = g_new0 (Parcel, 1);

  parcel->method = g_strdup (request->method);
  parcel->uri = uri;
  parcel->body = g_object_ref (request->stream);
  parcel->length = request->stream_length;
  parcel->progress = request->progress;
  parcel->progress_data = request->progress_data;
  parcel->content_type =
      g_strdup (request->content_type != NULL ? request->content_type : "application/json");
  parcel->seal = g_strdup (request->seal);
  parcel->max_bytes = request->max_bytes > 0 ? request->max_bytes : EASEL_JSON_MAX_BYTES;
  parcel->max_bytes = MIN (parcel->max_bytes, G_MAXINT32);
  parcel->deadline_ms = request->deadline_ms > 0 ? request->deadline_ms : DEFAULT_DEADLINE_MS;
  parcel->inner = g_cancellable_new ();
  parcel->task = task;
  g_set_object (&parcel->outer, g_task_get_cancellable (task));
  return parcel;
}

static void
arm (Parcel *parcel)
{
  GMainContext *context = g_task_get_context (parcel->task);

  parcel->deadline = g_timeout_source_new (parcel->deadline_ms);
  g_source_set_callback (parcel->deadline, on_deadline, parcel, NULL);
  g_source_attach (parcel->deadline, context);
  if (parcel->outer == NULL)
    return;
  parcel->forward = g_cancellable_source_new (parcel->outer);
  g_source_set_callback (parcel->forward, G_SOURCE_FUNC (on_caller_cancelled), parcel, NULL);
  g_source_attach (parcel->forward, context);
}

/**
 * easel_http_line_send_async:
 * @self: a line
 * @request: with a stream, which the thread reads; without a key. It is sent once, whatever
 *   @request says. Its progress is told every now and then.
 * @meanwhile: (nullable): what the thread does while it waits for the answer; not called if the
 *   answer or a fault comes before all has left, and over when @callback is called
 * @meanwhile_data: for @meanwhile
 * @cancellable: (nullable): a #GCancellable
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Sends a large body when those before it have ended. The deadline counts from here.
 */
void
easel_http_line_send_async (EaselHttpLine *self,
                            const EaselHttpRequest *request,
                            EaselHttpMeanwhile meanwhile,
                            gpointer meanwhile_data,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  GUri *uri;
  Parcel *parcel;

  g_return_if_fail (EASEL_IS_HTTP_LINE (self));
  g_return_if_fail (request != NULL && request->stream != NULL && request->bearer == NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, easel_http_line_send_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  /* An answer that arrived is not thrown away because somebody cancelled at the last moment. */
  g_task_set_check_cancellable (task, FALSE);
  uri = _easel_http_uri_parse (request->uri);
  if (uri == NULL)
    {
      g_task_return_new_error (task, EASEL_ERROR, EASEL_ERROR_BAD_REQUEST, "not an http address");
      return;
    }
  parcel = parcel_new (request, uri, g_steal_pointer (&task));
  parcel->meanwhile = meanwhile;
  parcel->meanwhile_data = meanwhile_data;
  arm (parcel);
  g_async_queue_push (self->queue, parcel);
}

/**
 * easel_http_line_send_finish:
 * @self: a line
 * @result: what the callback was given
 * @error: as easel_http_send_finish()
 *
 * Returns: (transfer full) (nullable): an answer, whatever its status
 */
EaselHttpResponse *
easel_http_line_send_finish (EaselHttpLine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, easel_http_line_send_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
