/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-clock.h"
#include "easel-retry.h"
#include "easel-secret.h"

G_BEGIN_DECLS

#define EASEL_TYPE_HTTP (easel_http_get_type ())
G_DECLARE_FINAL_TYPE (EaselHttp, easel_http, EASEL, HTTP, GObject)

/* Called from the main loop while a body is sent: how much of it has left so far. */
typedef void (*EaselHttpProgress) (guint64 sent, gpointer user_data);

/**
 * EaselHttpRequest:
 * @method: "GET", "POST", "DELETE", "PUT"
 * @uri: absolute; percent-encoded
 * @bearer: (nullable): sent as "Authorization: Bearer …", over TLS or to a loopback address only
 * @body: (nullable): sent as it is
 * @stream: (nullable): sent in place of @body, bit by bit; only with %EASEL_RETRY_NEVER
 * @stream_length: how much of @stream
 * @progress: (nullable): how much of @stream has left
 * @progress_data: for @progress
 * @content_type: (nullable): of @body, "application/json" if %NULL
 * @accept: (nullable): "application/json" if %NULL
 * @seal: (nullable): sent as "X-Easel: …": what proves to a pod of ours that we ask
 * @deadline_ms: for one try, in this computer's time; 0 means 30 s
 * @max_bytes: largest answer; 0 means EASEL_JSON_MAX_BYTES
 * @retry: whether it may be sent again after a passing fault
 *
 * One request. Set up on the stack with the members that matter; easel_http_send_async() copies.
 */
typedef struct
{
  const char *method;
  const char *uri;
  EaselSecret *bearer;
  GBytes *body;
  GInputStream *stream;
  guint64 stream_length;
  EaselHttpProgress progress;
  gpointer progress_data;
  const char *content_type;
  const char *accept;
  const char *seal;
  guint deadline_ms;
  gsize max_bytes;
  EaselRetryClass retry;
} EaselHttpRequest;

/**
 * EaselHttpResponse:
 * @status: HTTP status
 * @content_type: (nullable): lower case, without parameters
 * @retry_after_ms: what Retry-After says, -1 if absent
 * @request_id: (nullable): for the log and for the provider's support
 * @seal: (nullable): what X-Easel says, 64 hexadecimal digits
 * @location: (nullable): what Location says; may hold a signature, so it is not for the log
 * @disposition: (nullable): what Content-Disposition says
 * @length: what Content-Length says, -1 if absent
 * @body: (not nullable): complete
 *
 * An answer, whatever its status. Only answers that arrived whole become one.
 */
typedef struct
{
  guint status;
  char *content_type;
  gint64 retry_after_ms;
  char *request_id;
  char *seal;
  char *location;
  char *disposition;
  gint64 length;
  GBytes *body;
} EaselHttpResponse;

void easel_http_response_free (EaselHttpResponse *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselHttpResponse, easel_http_response_free)

/**
 * EaselHttpJudge:
 *
 * Turns an answer into an error of %EASEL_ERROR, or returns %NULL when the answer is good. It is
 * asked after every try, so that the retry policy sees what the status meant.
 */
typedef GError *(*EaselHttpJudge) (const EaselHttpResponse *response);

EaselHttp *easel_http_new (EaselClock *clock, GTlsDatabase *tls_database);

void easel_http_send_async (EaselHttp *self,
                            const EaselHttpRequest *request,
                            EaselHttpJudge judge,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
EaselHttpResponse *easel_http_send_finish (EaselHttp *self, GAsyncResult *result, GError **error);

/* Status and headers only: a redirect is an answer too, and the body is not read. */
void easel_http_peek_async (EaselHttp *self,
                            const EaselHttpRequest *request,
                            EaselHttpJudge judge,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
EaselHttpResponse *easel_http_peek_finish (EaselHttp *self, GAsyncResult *result, GError **error);

/* An endless answer (server-sent events). The deadline covers the time to the headers only. */
void easel_http_open_stream_async (EaselHttp *self,
                                   const EaselHttpRequest *request,
                                   EaselHttpJudge judge,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
GInputStream *easel_http_open_stream_finish (EaselHttp *self, GAsyncResult *result, GError **error);

/* Opens a websocket without an Origin, waits for the first text and closes it. */
void easel_http_probe_websocket_async (EaselHttp *self,
                                       const char *uri,
                                       guint deadline_ms,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
GBytes *easel_http_probe_websocket_finish (EaselHttp *self, GAsyncResult *result, GError **error);

gboolean easel_http_uri_is_loopback (const char *uri);
gboolean easel_http_uri_is_local_name (const char *uri);
gboolean easel_http_uri_may_carry_key (const char *uri);
const char *easel_http_get_user_agent (void);

G_END_DECLS
