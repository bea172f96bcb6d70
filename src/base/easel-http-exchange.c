/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One request, its tries and its answer: the deadline of each try, the size cap, the repetition of
 * reads, and the rule where a key may go. Keys, bodies and queries never reach the log.
 * Every request has a connection of its own. libsoup 3.2 mixes up the requests that take turns on
 * one when a cancellation comes between them, as for all at once after a sleep: it calls into
 * memory that the other one has freed. The few requests here gain little by sharing. A request that
 * must not be repeated leaves this computer once at most: on a connection of its own libsoup does
 * not send again by itself because one that it kept alive turns out dead, and the request ends when
 * libsoup wants to start it again for any other reason. A try ends with its deadline even if
 * libsoup never says so: 3.2 loses a request that is sent in the moment in which others are
 * cancelled, as after a sleep, and its callback never comes. What a status means is the caller's
 * judge's business.
 */
#include "config.h"

#include "easel-http-private.h"

#include "easel-error.h"
#include "easel-json.h"

#include <libsoup/soup.h>
#include <string.h>

#define DEFAULT_DEADLINE_MS (30 * 1000)
#define CHUNK_BYTES (64 * 1024)
/* Of an answer that refuses a stream. */
#define MAX_REFUSAL_BYTES (64 * 1024)
#define MAX_REQUEST_ID 128
#define SEAL_HEADER "X-Easel"
#define TOO_MANY_REQUESTS 429
/* How long libsoup may take to say that what was cancelled has ended. */
#define GRACE_MS 2000
/* An HMAC-SHA256 in hexadecimal digits. */
#define SEAL_LENGTH 64

/* One call of a library that will call back, perhaps after nobody waits for it any more. */
typedef struct
{
  GTask *task; /* (owned) (nullable) */
} Call;

typedef struct
{
  /* what was asked for */
  char *method;         /* (owned) */
  GUri *uri;            /* (owned) */
  EaselSecret *bearer;  /* (owned) (nullable) */
  GBytes *body;         /* (owned) (nullable) */
  GInputStream *upload; /* (owned) (nullable) */
  guint64 upload_length;
  guint64 uploaded;
  EaselHttpProgress progress; /* (nullable) */
  gpointer progress_data;
  char *content_type; /* (owned) */
  char *accept;       /* (owned) */
  char *seal;         /* (owned) (nullable) */
  char *server;       /* (owned) (nullable): whose gate it goes through */
  guint deadline_ms;
  gsize max_bytes;
  EaselRetryClass retry;
  EaselHttpJudge judge;      /* (nullable) */
  GCancellable *cancellable; /* (owned) (nullable): the caller's */
  EaselHttpWish wish;

  /* of the try that is under way */
  guint tries;
  SoupMessage *message; /* (owned) (nullable) */
  GCancellable *inner;  /* (owned) (nullable): fed by deadline and caller */
  GSource *deadline;    /* (owned) (nullable) */
  GSource *forward;     /* (owned) (nullable) */
  GSource *grace;       /* (owned) (nullable) */
  Call *call;           /* (unowned) (nullable): what is waited for */
  GInputStream *stream; /* (owned) (nullable) */
  GByteArray *received; /* (owned) (nullable) */
  gint64 started_us;
  guint restarted_status; /* the answer because of which libsoup wanted to send again */
  gboolean restarted;
  gboolean timed_out;
  gboolean is_first; /* after the server was asked too often */
} Exchange;

static void start_try (GTask *task);
static void on_sent (GObject *source, GAsyncResult *result, gpointer user_data);
static void on_chunk_read (GObject *source, GAsyncResult *result, gpointer user_data);
static void on_waited (GObject *source, GAsyncResult *result, gpointer user_data);

/* Takes @task. */
static Call *
call_begin (GTask *task)
{
  Exchange *exchange = g_task_get_task_data (task);
  Call *call = g_new0 (Call, 1);

  call->task = task;
  exchange->call = call;
  return call;
}

/* Frees @call. Returns: (transfer full) (nullable): who waits for it */
static GTask *
call_end (Call *call)
{
  GTask *task = call->task;

  g_free (call);
  if (task != NULL)
    ((Exchange *) g_task_get_task_data (task))->call = NULL;
  return task;
}

/* Nobody waits for it any more. Returns: (transfer full): who did */
static GTask *
call_abandon (Call *call)
{
  GTask *task = g_steal_pointer (&call->task);

  ((Exchange *) g_task_get_task_data (task))->call = NULL;
  return task;
}

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

/* Ends what belongs to one try. Closing a stream before its end drops the connection. */
static void
end_try (Exchange *exchange)
{
  clear_source (&exchange->deadline);
  clear_source (&exchange->forward);
  clear_source (&exchange->grace);
  if (exchange->stream != NULL)
    g_input_stream_close_async (exchange->stream, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  g_clear_object (&exchange->stream);
  if (exchange->message != NULL)
    g_signal_handlers_disconnect_by_data (exchange->message, exchange);
  g_clear_object (&exchange->message);
  g_clear_object (&exchange->inner);
  g_clear_pointer (&exchange->received, g_byte_array_unref);
}

static void
exchange_free (Exchange *exchange)
{
  end_try (exchange);
  g_free (exchange->method);
  g_clear_pointer (&exchange->uri, g_uri_unref);
  g_clear_pointer (&exchange->bearer, easel_secret_unref);
  g_clear_pointer (&exchange->body, g_bytes_unref);
  g_clear_object (&exchange->upload);
  g_free (exchange->content_type);
  g_free (exchange->accept);
  g_free (exchange->seal);
  g_free (exchange->server);
  g_clear_object (&exchange->cancellable);
  g_free (exchange);
}

/* Seconds, or a date. A date counts from the server's own date where it tells one, because this
 * computer's clock may be wrong. */
static gint64
read_retry_after (EaselClock *clock, SoupMessageHeaders *headers)
{
  const char *text = soup_message_headers_get_one (headers, "Retry-After");
  const char *date = soup_message_headers_get_one (headers, "Date");
  g_autoptr (GDateTime) until = NULL;
  g_autoptr (GDateTime) now = NULL;
  guint64 seconds;

  if (text == NULL)
    return -1;
  if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT32, &seconds, NULL))
    return (gint64) seconds * 1000;
  until = soup_date_time_new_from_http_string (text);
  if (until == NULL)
    return -1;
  now = date != NULL ? soup_date_time_new_from_http_string (date) : NULL;
  if (now == NULL)
    now = g_date_time_new_from_unix_utc (easel_clock_get_unix_ms (clock) / 1000);
  return MAX (g_date_time_difference (until, now) / 1000, 0);
}

static char *
read_content_type (SoupMessageHeaders *headers)
{
  const char *type = soup_message_headers_get_content_type (headers, NULL);

  return type != NULL ? g_ascii_strdown (type, -1) : NULL;
}

/* It goes into the log, so it may not bring line ends or escape sequences with it. */
static char *
read_request_id (SoupMessageHeaders *headers)
{
  static const char *const names[] = { "X-Request-Id", "CF-Ray" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *value = soup_message_headers_get_one (headers, names[i]);
      char *id;

      if (value == NULL)
        continue;
      id = g_strndup (value, MAX_REQUEST_ID);
      for (char *p = id; *p != '\0'; p++)
        {
          if (!g_ascii_isgraph (*p))
            *p = '?';
        }
      return id;
    }
  return NULL;
}

static char *
read_seal (SoupMessageHeaders *headers)
{
  const char *value = soup_message_headers_get_one (headers, SEAL_HEADER);

  if (value == NULL || strlen (value) != SEAL_LENGTH ||
      strspn (value, "0123456789abcdef") != SEAL_LENGTH)
    return NULL;
  return g_strdup (value);
}

static gint64
read_length (SoupMessageHeaders *headers)
{
  return soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH
             ? soup_message_headers_get_content_length (headers)
             : -1;
}

/* @message: a SoupMessage that was answered; @body: (transfer full) */
EaselHttpResponse *
_easel_http_make_response (EaselClock *clock, gpointer message, GBytes *body)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  EaselHttpResponse *response = g_new0 (EaselHttpResponse, 1);

  response->status = soup_message_get_status (message);
  response->content_type = read_content_type (headers);
  response->retry_after_ms = read_retry_after (clock, headers);
  response->request_id = read_request_id (headers);
  response->seal = read_seal (headers);
  response->location = g_strdup (soup_message_headers_get_one (headers, "Location"));
  response->disposition = g_strdup (soup_message_headers_get_one (headers, "Content-Disposition"));
  response->length = read_length (headers);
  response->body = body;
  return response;
}

static EaselHttpResponse *
make_response (EaselClock *clock, Exchange *exchange)
{
  GBytes *body = exchange->received != NULL
                     ? g_byte_array_free_to_bytes (g_steal_pointer (&exchange->received))
                     : g_bytes_new_static ("", 0);

  return _easel_http_make_response (clock, exchange->message, body);
}

static void
log_try (Exchange *exchange, const EaselHttpResponse *response, const GError *error)
{
  g_autofree char *place = _easel_http_uri_for_log (exchange->uri);
  int elapsed_ms = (int) ((g_get_monotonic_time () - exchange->started_us) / 1000);

  if (response != NULL)
    g_debug ("%s %s: status %u, %" G_GSIZE_FORMAT " bytes, %d ms, request %s%s", exchange->method,
             place, response->status, g_bytes_get_size (response->body), elapsed_ms,
             response->request_id != NULL ? response->request_id : "unnamed",
             error != NULL ? ", refused" : "");
  else
    g_debug ("%s %s: %s, %d ms", exchange->method, place, error->message, elapsed_ms);
}

/* One try has failed for good or not: either wait and try again, or tell the caller. */
static void
settle_failure (GTask *task, GError *error)
{
  EaselHttp *self = g_task_get_source_object (task);
  Exchange *exchange = g_task_get_task_data (task);
  gint64 wait_ms;

  g_assert (error != NULL);

  end_try (exchange);
  wait_ms = easel_retry_decide (exchange->retry, exchange->tries, error, g_random_double ());
  if (wait_ms < 0)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  g_error_free (error);
  easel_clock_wait_async (_easel_http_get_clock (self), wait_ms, exchange->cancellable, on_waited,
                          task);
}

static void
on_waited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GError *error = NULL;

  if (!easel_clock_wait_finish (EASEL_CLOCK (source), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  start_try (g_steal_pointer (&task));
}

static GError *
explain_transport_error (const Exchange *exchange, const GError *error)
{
  GError *explained;

  if (exchange->cancellable != NULL && g_cancellable_is_cancelled (exchange->cancellable))
    return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Operation was cancelled");
  if (exchange->timed_out)
    return easel_error_new (EASEL_ERROR_TIMED_OUT, "no answer within %u ms", exchange->deadline_ms);
  if (exchange->restarted)
    {
      explained = easel_error_new (EASEL_ERROR_PROTOCOL, "it would have been sent a second time");
      easel_error_set_status (explained, exchange->restarted_status);
      return explained;
    }
  if (error->domain == SOUP_SESSION_ERROR)
    return g_error_new_literal (EASEL_ERROR, EASEL_ERROR_PROTOCOL, error->message);
  return easel_error_from_transport (error);
}

static void
leave_gate (GTask *task)
{
  Exchange *exchange = g_task_get_task_data (task);

  if (exchange->server != NULL)
    easel_http_gate_leave (_easel_http_get_gate (g_task_get_source_object (task)), exchange->server,
                           exchange->is_first);
  exchange->is_first = FALSE;
}

static void
tell_gate (GTask *task, const EaselHttpResponse *response)
{
  EaselHttp *self = g_task_get_source_object (task);
  Exchange *exchange = g_task_get_task_data (task);

  if (exchange->server == NULL)
    return;
  if (response->status == TOO_MANY_REQUESTS)
    easel_http_gate_take_refusal (_easel_http_get_gate (self), exchange->server, exchange->is_first,
                                  response->retry_after_ms,
                                  easel_clock_get_monotonic_ms (_easel_http_get_clock (self)));
  else
    easel_http_gate_take_answer (_easel_http_get_gate (self), exchange->server, exchange->is_first);
  exchange->is_first = FALSE;
}

/* Takes @task. @error is what the libraries said. */
static void
fail_try (GTask *task, const GError *error)
{
  Exchange *exchange = g_task_get_task_data (task);
  GError *explained = explain_transport_error (exchange, error);

  log_try (exchange, NULL, explained);
  leave_gate (task);
  settle_failure (task, explained);
}

static GError *
judge_response (const Exchange *exchange, const EaselHttpResponse *response)
{
  GError *error = exchange->judge != NULL ? exchange->judge (response) : NULL;

  if (error == NULL && exchange->wish == EASEL_HTTP_WANTS_STREAM &&
      !SOUP_STATUS_IS_SUCCESSFUL (response->status))
    error =
        easel_error_new (EASEL_ERROR_PROTOCOL, "status %u in place of a stream", response->status);
  if (error == NULL)
    return NULL;
  if (easel_error_get_status (error) == 0)
    easel_error_set_status (error, response->status);
  if (easel_error_get_retry_after (error) < 0)
    easel_error_set_retry_after (error, response->retry_after_ms);
  return error;
}

static void
return_stream (GTask *task, Exchange *exchange)
{
  GInputStream *stream = g_steal_pointer (&exchange->stream);

  end_try (exchange);
  g_task_return_pointer (task, stream, g_object_unref);
}

/* Takes @task. An answer is there: whole, or the head of a stream. */
static void
conclude_try (GTask *task)
{
  Exchange *exchange = g_task_get_task_data (task);
  g_autoptr (EaselHttpResponse) response =
      make_response (_easel_http_get_clock (g_task_get_source_object (task)), exchange);
  GError *error = judge_response (exchange, response);

  log_try (exchange, response, error);
  tell_gate (task, response);
  if (error != NULL)
    {
      settle_failure (task, error);
      return;
    }
  if (exchange->wish == EASEL_HTTP_WANTS_STREAM)
    {
      return_stream (task, exchange);
    }
  else
    {
      end_try (exchange);
      g_task_return_pointer (task, g_steal_pointer (&response),
                             (GDestroyNotify) easel_http_response_free);
    }
  g_object_unref (task);
}

/* Takes @task. */
static void
read_more (GTask *task)
{
  Exchange *exchange = g_task_get_task_data (task);

  g_input_stream_read_bytes_async (exchange->stream, CHUNK_BYTES, G_PRIORITY_DEFAULT,
                                   exchange->inner, on_chunk_read, call_begin (task));
}

/* libsoup does not mind if the server said that it closes. */
static GError *
find_missing_end (const Exchange *exchange)
{
  const gint64 length = read_length (soup_message_get_response_headers (exchange->message));

  if (length < 0 || exchange->received->len >= (guint64) length)
    return NULL;
  return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT, "the body was cut off");
}

static void
on_chunk_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = call_end (g_steal_pointer (&user_data));
  Exchange *exchange;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) chunk = NULL;

  chunk = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  if (task == NULL)
    {
      g_input_stream_close_async (G_INPUT_STREAM (source), G_PRIORITY_DEFAULT, NULL, NULL, NULL);
      return;
    }
  exchange = g_task_get_task_data (task);
  if (chunk == NULL)
    {
      fail_try (g_steal_pointer (&task), error);
      return;
    }
  if (g_bytes_get_size (chunk) == 0)
    {
      error = find_missing_end (exchange);
      if (error != NULL)
        fail_try (g_steal_pointer (&task), error);
      else
        conclude_try (g_steal_pointer (&task));
      return;
    }
  if (g_bytes_get_size (chunk) > exchange->max_bytes - exchange->received->len)
    {
      error = easel_error_new (EASEL_ERROR_TOO_LARGE, "more than %" G_GSIZE_FORMAT " bytes",
                               exchange->max_bytes);
      easel_error_set_status (error, soup_message_get_status (exchange->message));
      fail_try (g_steal_pointer (&task), error);
      return;
    }
  g_byte_array_append (exchange->received, g_bytes_get_data (chunk, NULL),
                       (guint) g_bytes_get_size (chunk));
  read_more (g_steal_pointer (&task));
}

/* What is refused whatever the body may be. */
static GError *
refuse_head (SoupMessage *message, EaselHttpWish wish)
{
  guint status = soup_message_get_status (message);
  const char *encoding = soup_message_headers_get_one (soup_message_get_response_headers (message),
                                                       "Content-Encoding");
  GError *error = NULL;

  if (SOUP_STATUS_IS_REDIRECTION (status) && wish != EASEL_HTTP_WANTS_HEAD)
    error = easel_error_new (EASEL_ERROR_PROTOCOL, "redirect refused");
  else if (encoding != NULL && g_ascii_strcasecmp (encoding, "identity") != 0)
    error = easel_error_new (EASEL_ERROR_PROTOCOL, "compressed answer refused");
  if (error != NULL)
    easel_error_set_status (error, status);
  return error;
}

/* The header's own copy is overwritten too: libsoup would only free it. */
static void
remove_bearer (SoupMessageHeaders *headers)
{
  const char *value = soup_message_headers_get_one (headers, "Authorization");

  if (value != NULL)
    easel_secret_wipe ((char *) value, strlen (value));
  soup_message_headers_remove (headers, "Authorization");
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = call_end (g_steal_pointer (&user_data));
  g_autoptr (GInputStream) stream = NULL;
  Exchange *exchange;
  g_autoptr (GError) error = NULL;

  stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (task == NULL)
    {
      if (stream != NULL)
        g_input_stream_close_async (stream, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
      return;
    }
  exchange = g_task_get_task_data (task);
  exchange->stream = g_steal_pointer (&stream);
  remove_bearer (soup_message_get_request_headers (exchange->message));
  if (exchange->stream == NULL)
    {
      fail_try (g_steal_pointer (&task), error);
      return;
    }
  error = refuse_head (exchange->message, exchange->wish);
  if (error != NULL)
    {
      fail_try (g_steal_pointer (&task), error);
      return;
    }
  if (exchange->wish == EASEL_HTTP_WANTS_HEAD ||
      (exchange->wish == EASEL_HTTP_WANTS_STREAM &&
       SOUP_STATUS_IS_SUCCESSFUL (soup_message_get_status (exchange->message))))
    {
      conclude_try (g_steal_pointer (&task));
      return;
    }
  exchange->received = g_byte_array_new ();
  read_more (g_steal_pointer (&task));
}

/* libsoup has its own reasons to send again (status 421 is one, of any method). */
static void
on_restarted (SoupMessage *message, gpointer user_data)
{
  Exchange *exchange = user_data;

  exchange->restarted = TRUE;
  exchange->restarted_status = soup_message_get_status (message);
  g_cancellable_cancel (exchange->inner);
}

/* The library still has not called back. */
static gboolean
on_grace_over (gpointer user_data)
{
  Exchange *exchange = user_data;
  g_autoptr (GTask) task = call_abandon (exchange->call);
  g_autoptr (GError) error =
      g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "the request was lost");

  if (exchange->message != NULL)
    remove_bearer (soup_message_get_request_headers (exchange->message));
  fail_try (g_steal_pointer (&task), error);
  return G_SOURCE_REMOVE;
}

/* Ends the try that is under way. May end the exchange, too. */
static void
cancel_try (Exchange *exchange)
{
  g_autoptr (GTask) task = exchange->call != NULL ? g_object_ref (exchange->call->task) : NULL;
  Call *call = exchange->call;

  g_cancellable_cancel (exchange->inner);
  if (task == NULL || exchange->call != call || exchange->grace != NULL)
    return;
  exchange->grace = g_timeout_source_new (GRACE_MS);
  g_source_set_callback (exchange->grace, on_grace_over, exchange, NULL);
  g_source_attach (exchange->grace, g_task_get_context (task));
}

static gboolean
on_deadline (gpointer user_data)
{
  Exchange *exchange = user_data;

  exchange->timed_out = TRUE;
  cancel_try (exchange);
  return G_SOURCE_REMOVE;
}

static gboolean
on_caller_cancelled (GCancellable *cancellable, gpointer user_data)
{
  cancel_try (user_data);
  return G_SOURCE_REMOVE;
}

/* Deadline and caller feed one cancellable. Both are sources and not handlers, so that they run
 * from the main loop only. */
static void
arm_try (Exchange *exchange, GMainContext *context)
{
  exchange->timed_out = FALSE;
  exchange->restarted = FALSE;
  exchange->inner = g_cancellable_new ();
  exchange->deadline = g_timeout_source_new (exchange->deadline_ms);
  g_source_set_callback (exchange->deadline, on_deadline, exchange, NULL);
  g_source_attach (exchange->deadline, context);
  if (exchange->cancellable == NULL)
    return;
  exchange->forward = g_cancellable_source_new (exchange->cancellable);
  g_source_set_callback (exchange->forward, G_SOURCE_FUNC (on_caller_cancelled), exchange, NULL);
  g_source_attach (exchange->forward, context);
}

static void
append_bearer (SoupMessageHeaders *headers, const EaselSecret *bearer)
{
  char *value = g_strconcat ("Bearer ", easel_secret_peek (bearer), NULL);

  soup_message_headers_replace (headers, "Authorization", value);
  easel_secret_wipe (value, strlen (value));
  g_free (value);
}

static void
on_body_written (SoupMessage *message, guint n_bytes, gpointer user_data)
{
  Exchange *exchange = user_data;

  exchange->uploaded += n_bytes;
  if (exchange->progress != NULL)
    exchange->progress (MIN (exchange->uploaded, exchange->upload_length), exchange->progress_data);
}

/* HTTP/1.1 alone is offered: the HTTP/2 of libsoup 3.2 is young, and the few requests here gain
 * nothing by it. There is no call for that before 3.4. */
static void
on_network_event (SoupMessage *message,
                  GSocketClientEvent event,
                  GIOStream *connection,
                  gpointer user_data)
{
  static const char *const protocols[] = { "http/1.1", NULL };

  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING && G_IS_TLS_CONNECTION (connection))
    g_tls_connection_set_advertised_protocols (G_TLS_CONNECTION (connection), protocols);
}

/* @message: a SoupMessage that was not sent yet */
void
_easel_http_offer_http1 (gpointer message)
{
  g_signal_connect (message, "network-event", G_CALLBACK (on_network_event), NULL);
}

static SoupMessage *
make_message (Exchange *exchange)
{
  SoupMessage *message = soup_message_new_from_uri (exchange->method, exchange->uri);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  SoupMessageFlags flags =
      SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_DO_NOT_USE_AUTH_CACHE | SOUP_MESSAGE_NEW_CONNECTION;

  if (exchange->retry == EASEL_RETRY_NEVER)
    g_signal_connect (message, "restarted", G_CALLBACK (on_restarted), exchange);
  _easel_http_offer_http1 (message);
  soup_message_set_flags (message, flags);
  soup_message_headers_replace (headers, "Accept", exchange->accept);
  soup_message_headers_replace (headers, "Accept-Encoding", "identity");
  if (exchange->body != NULL)
    soup_message_set_request_body_from_bytes (message, exchange->content_type, exchange->body);
  if (exchange->upload != NULL)
    {
      soup_message_set_request_body (message, exchange->content_type, exchange->upload,
                                     (gssize) exchange->upload_length);
      g_signal_connect (message, "wrote-body-data", G_CALLBACK (on_body_written), exchange);
    }
  if (exchange->bearer != NULL)
    append_bearer (headers, exchange->bearer);
  if (exchange->seal != NULL)
    soup_message_headers_replace (headers, SEAL_HEADER, exchange->seal);
  return message;
}

/* How long the server is to be left alone. */
static gint64
get_wait (EaselHttp *self, Exchange *exchange)
{
  return exchange->server != NULL
             ? easel_http_gate_enter (_easel_http_get_gate (self), exchange->server,
                                      exchange->retry == EASEL_RETRY_READ,
                                      easel_clock_get_monotonic_ms (_easel_http_get_clock (self)),
                                      &exchange->is_first)
             : 0;
}

/* Takes @task. */
static void
start_try (GTask *task)
{
  EaselHttp *self = g_task_get_source_object (task);
  Exchange *exchange = g_task_get_task_data (task);
  const gint64 wait_ms = get_wait (self, exchange);

  if (wait_ms > 0)
    {
      easel_clock_wait_async (_easel_http_get_clock (self), wait_ms, exchange->cancellable,
                              on_waited, task);
      return;
    }
  exchange->tries++;
  exchange->started_us = g_get_monotonic_time ();
  exchange->message = make_message (exchange);
  arm_try (exchange, g_task_get_context (task));
  soup_session_send_async (_easel_http_get_session (self, exchange->uri), exchange->message,
                           G_PRIORITY_DEFAULT, exchange->inner, on_sent, call_begin (task));
}

static Exchange *
exchange_new (const EaselHttpRequest *request, GCancellable *cancellable)
{
  Exchange *exchange = g_new0 (Exchange, 1);

  exchange->method = g_strdup (request->method);
  exchange->uri = _easel_http_uri_parse (request->uri);
  exchange->bearer = request->bearer != NULL ? easel_secret_ref (request->bearer) : NULL;
  exchange->body = request->body != NULL ? g_bytes_ref (request->body) : NULL;
  exchange->upload = request->stream != NULL ? g_object_ref (request->stream) : NULL;
  exchange->upload_length = request->stream_length;
  exchange->progress = request->progress;
  exchange->progress_data = request->progress_data;
  exchange->content_type =
      g_strdup (request->content_type != NULL ? request->content_type : "application/json");
  exchange->accept = g_strdup (request->accept != NULL ? request->accept : "application/json");
  exchange->seal = g_strdup (request->seal);
  exchange->deadline_ms = request->deadline_ms > 0 ? request->deadline_ms : DEFAULT_DEADLINE_MS;
  exchange->max_bytes = request->max_bytes > 0 ? request->max_bytes : EASEL_JSON_MAX_BYTES;
  exchange->max_bytes = MIN (exchange->max_bytes, G_MAXINT32);
  exchange->retry = request->retry;
  /* Servers without a key are machines of ours, each on its own. */
  if (exchange->bearer != NULL && exchange->uri != NULL)
    exchange->server =
        g_strdup_printf ("%s:%d", g_uri_get_host (exchange->uri), g_uri_get_port (exchange->uri));
  g_set_object (&exchange->cancellable, cancellable);
  return exchange;
}

static gboolean
is_header_safe (const char *value)
{
  for (const char *p = value; *p != '\0'; p++)
    {
      if (!g_ascii_isgraph (*p))
        return FALSE;
    }
  return *value != '\0';
}

static GError *
refuse_exchange (const Exchange *exchange, const char *uri)
{
  if (exchange->uri == NULL)
    return easel_error_new (EASEL_ERROR_BAD_REQUEST, "not an http address");
  if (exchange->upload != NULL && exchange->retry != EASEL_RETRY_NEVER)
    return easel_error_new (EASEL_ERROR_BAD_REQUEST, "a stream cannot be sent twice");
  if (exchange->bearer == NULL)
    return NULL;
  if (!easel_http_uri_may_carry_key (uri))
    return easel_error_new (EASEL_ERROR_BAD_REQUEST, "no key is sent to %s without TLS",
                            g_uri_get_host (exchange->uri));
  if (!is_header_safe (easel_secret_peek (exchange->bearer)))
    return easel_error_new (EASEL_ERROR_BAD_KEY, "the key has characters that no key has");
  return NULL;
}

/* Takes @task, whose result becomes an EaselHttpResponse, or a GInputStream if a stream is wanted.
 */
void
_easel_http_exchange (GTask *task,
                      const EaselHttpRequest *request,
                      EaselHttpJudge judge,
                      EaselHttpWish wish)
{
  Exchange *exchange = exchange_new (request, g_task_get_cancellable (task));
  GError *error = refuse_exchange (exchange, request->uri);

  exchange->judge = judge;
  exchange->wish = wish;
  if (wish == EASEL_HTTP_WANTS_STREAM)
    exchange->max_bytes = MAX_REFUSAL_BYTES;
  g_task_set_task_data (task, exchange, (GDestroyNotify) exchange_free);
  if (error == NULL)
    g_cancellable_set_error_if_cancelled (exchange->cancellable, &error);
  /* From here on a cancellation is told by the exchange itself: an answer that arrived is not
   * thrown away because somebody cancelled at the last moment. */
  g_task_set_check_cancellable (task, FALSE);
  if (error != NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  start_try (task);
}
