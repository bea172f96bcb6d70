/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The client object: its sessions, whom it trusts, and the public calls. It has no cookies, no
 * cache and no proxy for this computer's own addresses. What happens to one request is in
 * easel-http-exchange.c, large bodies are in easel-http-line.c, websockets in
 * easel-http-websocket.c, addresses in easel-http-uri.c.
 */
#include "config.h"

#include "easel-http.h"

#include "easel-http-private.h"

#include <libsoup/soup.h>

/* Nobody uses it again, see easel-http-exchange.c. To ask the server to close it would be shorter,
 * but makes libsoup take a body that was cut off for a whole one. */
#define IDLE_CONNECTION_S 1
#define USER_AGENT "CloudEasel/" EASEL_VERSION " (libsoup; GNOME)"

struct _EaselHttp
{
  GObject parent_instance;

  EaselClock *clock;          /* (owned) */
  GTlsDatabase *tls_database; /* (owned) (nullable) */
  EaselHttpGate *gate;        /* (owned) */
  SoupSession *session;       /* (owned) */
  SoupSession *local_session; /* (owned): without a proxy, which would see a practice key */
};

enum
{
  PROP_0,
  PROP_CLOCK,
  PROP_TLS_DATABASE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (EaselHttp, easel_http, G_TYPE_OBJECT)

/**
 * easel_http_response_free:
 */
void
easel_http_response_free (EaselHttpResponse *self)
{
  if (self == NULL)
    return;
  g_free (self->content_type);
  g_free (self->request_id);
  g_free (self->seal);
  g_free (self->location);
  g_free (self->disposition);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self);
}

/**
 * easel_http_send_async:
 * @request: what to send; copied
 * @judge: (nullable): what an answer means; without one every complete answer is good
 * @cancellable: (nullable): ends it at once, also a wait between two tries
 *
 * Sends a request and reads the whole answer.
 */
void
easel_http_send_async (EaselHttp *self,
                       const EaselHttpRequest *request,
                       EaselHttpJudge judge,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task;

  g_return_if_fail (EASEL_IS_HTTP (self));
  g_return_if_fail (request != NULL && request->method != NULL && request->uri != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, easel_http_send_async);
  _easel_http_exchange (task, request, judge, EASEL_HTTP_WANTS_BODY);
}

/**
 * easel_http_send_finish:
 * @error: what the judge said; or %EASEL_ERROR_NETWORK, %EASEL_ERROR_TLS, %EASEL_ERROR_TIMED_OUT,
 *   %EASEL_ERROR_TOO_LARGE, %EASEL_ERROR_PROTOCOL (a redirect too); %EASEL_ERROR_BAD_REQUEST for
 *   an address that is none or that no key may be sent to; %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): an answer that arrived whole
 */
EaselHttpResponse *
easel_http_send_finish (EaselHttp *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, easel_http_send_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * easel_http_open_stream_async:
 * @request: what to send; copied; max_bytes does not count
 * @judge: (nullable): sees status and type of a good answer, of any other the body too
 * @cancellable: (nullable): for opening; reading takes its own
 *
 * Asks for an endless answer. The deadline ends with its headers.
 */
void
easel_http_open_stream_async (EaselHttp *self,
                              const EaselHttpRequest *request,
                              EaselHttpJudge judge,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task;

  g_return_if_fail (EASEL_IS_HTTP (self));
  g_return_if_fail (request != NULL && request->method != NULL && request->uri != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, easel_http_open_stream_async);
  _easel_http_exchange (task, request, judge, EASEL_HTTP_WANTS_STREAM);
}

/**
 * easel_http_open_stream_finish:
 * @error: as easel_http_send_finish(); %EASEL_ERROR_PROTOCOL if the status is not a good one and
 *   the judge had nothing to say
 *
 * Returns: (transfer full) (nullable): the answer's body; close it to end the connection
 */
GInputStream *
easel_http_open_stream_finish (EaselHttp *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, easel_http_open_stream_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * easel_http_peek_async:
 * @self: a client
 * @request: what to ask
 * @judge: (nullable): what the status means
 * @cancellable: (nullable): a #GCancellable
 * @callback: called when the head of the answer is there
 * @user_data: for @callback
 *
 * Asks for something large and hangs up as soon as its headers are there. Redirects are not
 * followed, but given to the caller.
 */
void
easel_http_peek_async (EaselHttp *self,
                       const EaselHttpRequest *request,
                       EaselHttpJudge judge,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task;

  g_return_if_fail (EASEL_IS_HTTP (self));
  g_return_if_fail (request != NULL);
  g_return_if_fail (request->method != NULL && request->uri != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, easel_http_peek_async);
  _easel_http_exchange (task, request, judge, EASEL_HTTP_WANTS_HEAD);
}

/**
 * easel_http_peek_finish:
 * @self: a client
 * @result: what the callback was given
 * @error: as easel_http_send_finish()
 *
 * Returns: (transfer full) (nullable): the answer, with an empty body
 */
EaselHttpResponse *
easel_http_peek_finish (EaselHttp *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, easel_http_peek_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

EaselClock *
_easel_http_get_clock (EaselHttp *self)
{
  g_assert (EASEL_IS_HTTP (self));

  return self->clock;
}

EaselHttpGate *
_easel_http_get_gate (EaselHttp *self)
{
  g_assert (EASEL_IS_HTTP (self));

  return self->gate;
}

gpointer
_easel_http_get_session (EaselHttp *self, GUri *uri)
{
  g_assert (EASEL_IS_HTTP (self));
  g_assert (uri != NULL);

  return _easel_http_uri_host_is_loopback (uri) ? self->local_session : self->session;
}

/* Returns: (transfer full): a SoupSession, for the thread that calls. No timeout of the session's
 * own: it would end a long deadline early, and an idle stream. No compression: libsoup 3.2 takes a
 * compressed body that was cut off for a whole one. */
gpointer
_easel_http_session_new (GTlsDatabase *tls_database, gboolean is_local)
{
  SoupSession *session =
      soup_session_new_with_options ("user-agent", USER_AGENT, "timeout", 0, "idle-timeout",
                                     IDLE_CONNECTION_S, "max-conns", 16, "max-conns-per-host", 8,
                                     NULL);

  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  if (tls_database != NULL)
    soup_session_set_tls_database (session, tls_database);
  if (is_local)
    soup_session_set_proxy_resolver (session, NULL);
  return session;
}

/* Returns: (transfer none) (nullable) */
GTlsDatabase *
_easel_http_get_tls_database (EaselHttp *self)
{
  g_assert (EASEL_IS_HTTP (self));

  return self->tls_database;
}

static void
easel_http_constructed (GObject *object)
{
  EaselHttp *self = EASEL_HTTP (object);

  G_OBJECT_CLASS (easel_http_parent_class)->constructed (object);

  self->session = _easel_http_session_new (self->tls_database, FALSE);
  self->local_session = _easel_http_session_new (self->tls_database, TRUE);
}

static void
easel_http_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  EaselHttp *self = EASEL_HTTP (object);

  switch (prop_id)
    {
    case PROP_CLOCK:
      self->clock = g_value_dup_object (value);
      break;
    case PROP_TLS_DATABASE:
      self->tls_database = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
easel_http_finalize (GObject *object)
{
  EaselHttp *self = EASEL_HTTP (object);

  g_clear_pointer (&self->gate, easel_http_gate_free);
  g_clear_object (&self->session);
  g_clear_object (&self->local_session);
  g_clear_object (&self->tls_database);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (easel_http_parent_class)->finalize (object);
}

static void
easel_http_class_init (EaselHttpClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = easel_http_constructed;
  object_class->set_property = easel_http_set_property;
  object_class->finalize = easel_http_finalize;

  properties[PROP_CLOCK] =
      g_param_spec_object ("clock", NULL, NULL, EASEL_TYPE_CLOCK,
                           G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_TLS_DATABASE] =
      g_param_spec_object ("tls-database", NULL, NULL, G_TYPE_TLS_DATABASE,
                           G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
easel_http_init (EaselHttp *self)
{
  self->gate = easel_http_gate_new ();
}

/**
 * easel_http_new:
 * @clock: for waits between tries; deadlines are in this computer's own time
 * @tls_database: (nullable): whom to trust instead of the system's authorities; for tests
 *
 * Returns: (transfer full): a client without cookies, cache or redirects
 */
EaselHttp *
easel_http_new (EaselClock *clock, GTlsDatabase *tls_database)
{
  g_return_val_if_fail (EASEL_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (tls_database == NULL || G_IS_TLS_DATABASE (tls_database), NULL);

  return g_object_new (EASEL_TYPE_HTTP, "clock", clock, "tls-database", tls_database, NULL);
}

/**
 * easel_http_get_user_agent:
 *
 * Returns: (transfer none): what the program calls itself
 */
const char *
easel_http_get_user_agent (void)
{
  return USER_AGENT;
}
