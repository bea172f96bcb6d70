/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The scripted server of the tests. Proper answers go through SoupServer; the faulty ones take the
 * connection away from it and write the bytes themselves, since no good server can be asked to
 * break its promises. What it cannot do: know a provider. The simulator is for that.
 */
#include "config.h"

#include "easel-test-server.h"

#include <libsoup/soup.h>
#include <string.h>
#include <sys/socket.h>

struct _EaselTestServer
{
  SoupServer *server; /* (owned) */
  char *uri;          /* (owned) */
  guint port;
  char *expected;        /* (owned) (nullable): a whole Authorization header */
  char *admin;           /* (owned) (nullable): secret of the agent that is played */
  gint64 last_counts[2]; /* of its guard and of its helper, which count apart */
  GHashTable *scripts;   /* (owned): "METHOD path" to Script */
  GPtrArray *log;        /* (owned): of EaselTestRequest */
  GPtrArray *held;       /* (owned): of GIOStream that stay open */
  GPtrArray *streams;    /* (owned): of GIOStream that a test may write to */
  GPtrArray *delays;     /* (owned): of Delay */
  GPtrArray *sockets;    /* (owned): of SoupWebsocketConnection */
};

typedef struct
{
  guint status;
  char *content_type; /* (owned) */
  char *headers;      /* (owned) (nullable) */
  GBytes *body;       /* (owned) */
  guint delay_ms;
  EaselTestFault fault;
} Answer;

typedef struct
{
  GPtrArray *answers; /* (owned): of Answer */
  guint position;
} Script;

typedef struct
{
  EaselTestServer *self;
  SoupServerMessage *message; /* (owned) */
  const Answer *answer;
  GSource *source; /* (owned) */
} Delay;

typedef struct
{
  EaselTestServer *self;
  EaselTestSocket behaviour;
  char *text; /* (owned) (nullable) */
} SocketScript;

static void
answer_free (Answer *answer)
{
  g_free (answer->content_type);
  g_free (answer->headers);
  g_bytes_unref (answer->body);
  g_free (answer);
}

static void
script_free (Script *script)
{
  g_ptr_array_unref (script->answers);
  g_free (script);
}

static void
request_free (EaselTestRequest *request)
{
  g_free (request->method);
  g_free (request->path);
  g_free (request->query);
  g_free (request->body);
  g_free (request->content_type);
  g_free (request->accept);
  g_free (request->accept_encoding);
  g_free (request->user_agent);
  g_free (request->origin);
  g_free (request->seal);
  g_free (request);
}

static void
delay_free (Delay *delay)
{
  g_source_destroy (delay->source);
  g_source_unref (delay->source);
  g_object_unref (delay->message);
  g_free (delay);
}

static void
socket_script_free (SocketScript *script)
{
  g_free (script->text);
  g_free (script);
}

static void
write_log (EaselTestServer *self, SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  GUri *uri = soup_server_message_get_uri (message);
  g_autoptr (GBytes) body =
      soup_message_body_flatten (soup_server_message_get_request_body (message));
  const char *key = soup_message_headers_get_one (headers, "Authorization");
  EaselTestRequest *request = g_new0 (EaselTestRequest, 1);

  request->method = g_strdup (soup_server_message_get_method (message));
  request->path = g_strdup (g_uri_get_path (uri));
  request->query = g_strdup (g_uri_get_query (uri));
  request->body = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  request->content_type = g_strdup (soup_message_headers_get_one (headers, "Content-Type"));
  request->accept = g_strdup (soup_message_headers_get_one (headers, "Accept"));
  request->accept_encoding = g_strdup (soup_message_headers_get_list (headers, "Accept-Encoding"));
  request->user_agent = g_strdup (soup_message_headers_get_one (headers, "User-Agent"));
  request->origin = g_strdup (soup_message_headers_get_one (headers, "Origin"));
  request->seal = g_strdup (soup_message_headers_get_one (headers, "X-Easel"));
  request->connection = g_inet_socket_address_get_port (
      G_INET_SOCKET_ADDRESS (soup_server_message_get_remote_address (message)));
  request->has_key = key != NULL;
  request->key_is_right = key != NULL && g_strcmp0 (key, self->expected) == 0;
  request->is_http2 = soup_server_message_get_http_version (message) == SOUP_HTTP_2_0;
  g_ptr_array_add (self->log, request);
}

static void
append_headers (SoupMessageHeaders *headers, const char *lines)
{
  g_auto (GStrv) all = g_strsplit (lines, "\n", -1);

  for (gsize i = 0; all[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (all[i], ": ", 2);

      if (parts[0] != NULL && parts[1] != NULL)
        soup_message_headers_append (headers, parts[0], parts[1]);
    }
}

static void
answer_properly (SoupServerMessage *message, const Answer *answer)
{
  gsize length;
  const char *body = g_bytes_get_data (answer->body, &length);

  soup_server_message_set_status (message, answer->status, NULL);
  if (answer->headers != NULL)
    append_headers (soup_server_message_get_response_headers (message), answer->headers);
  soup_server_message_set_response (message, answer->content_type, SOUP_MEMORY_COPY, body, length);
}

static GString *
make_head (const Answer *answer)
{
  GString *head = g_string_new (NULL);

  g_string_append_printf (head, "HTTP/1.1 %u Scripted\r\nContent-Type: %s\r\n", answer->status,
                          answer->content_type);
  if (answer->headers != NULL)
    {
      g_string_append (head, answer->headers);
      g_string_append (head, "\r\n");
    }
  if (answer->fault != EASEL_TEST_FAULT_STREAM)
    g_string_append_printf (head, "Content-Length: %" G_GSIZE_FORMAT "\r\n",
                            g_bytes_get_size (answer->body));
  g_string_append (head, "\r\n");
  return head;
}

/* Blocks, which is good enough for the few bytes of a fault. */
static void
write_now (GIOStream *stream, const char *bytes, gsize length)
{
  g_output_stream_write_all (g_io_stream_get_output_stream (stream), bytes, length, NULL, NULL,
                             NULL);
  g_output_stream_flush (g_io_stream_get_output_stream (stream), NULL, NULL);
}

static void
write_faulty_body (GIOStream *stream, const Answer *answer)
{
  GString *head = make_head (answer);
  gsize length;
  const char *body = g_bytes_get_data (answer->body, &length);

  if (answer->fault != EASEL_TEST_FAULT_RAW)
    write_now (stream, head->str, head->len);
  if (answer->fault != EASEL_TEST_FAULT_RAW && answer->fault != EASEL_TEST_FAULT_STREAM)
    length /= 2;
  if (length > 0)
    write_now (stream, body, length);
  g_string_free (head, TRUE);
}

static void
make_reset (GSocket *socket)
{
  struct linger now = { .l_onoff = 1, .l_linger = 0 };

  setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

static void
answer_faultily (EaselTestServer *self, SoupServerMessage *message, const Answer *answer)
{
  EaselTestFault fault = answer->fault;
  g_autoptr (GSocket) socket = g_object_ref (soup_server_message_get_socket (message));
  g_autoptr (GIOStream) stream = soup_server_message_steal_connection (message);

  if (fault != EASEL_TEST_FAULT_HANG && fault != EASEL_TEST_FAULT_CLOSE &&
      fault != EASEL_TEST_FAULT_RESET)
    write_faulty_body (stream, answer);
  if (fault == EASEL_TEST_FAULT_HANG || fault == EASEL_TEST_FAULT_STALLED)
    {
      g_ptr_array_add (self->held, g_steal_pointer (&stream));
      return;
    }
  if (fault == EASEL_TEST_FAULT_STREAM)
    {
      g_ptr_array_add (self->streams, g_steal_pointer (&stream));
      return;
    }
  if (fault == EASEL_TEST_FAULT_RESET || fault == EASEL_TEST_FAULT_RESET_BODY)
    make_reset (socket);
  g_io_stream_close (stream, NULL, NULL);
}

static void
give_answer (EaselTestServer *self, SoupServerMessage *message, const Answer *answer)
{
  if (answer->fault == EASEL_TEST_FAULT_NONE)
    answer_properly (message, answer);
  else
    answer_faultily (self, message, answer);
}

static gboolean
on_delay_over (gpointer user_data)
{
  Delay *delay = user_data;
  g_autoptr (SoupServerMessage) message = g_object_ref (delay->message);
  EaselTestServer *self = delay->self;
  const Answer *answer = delay->answer;

  g_ptr_array_remove (self->delays, delay);
  soup_server_message_unpause (message);
  give_answer (self, message, answer);
  return G_SOURCE_REMOVE;
}

static void
answer_later (EaselTestServer *self, SoupServerMessage *message, const Answer *answer)
{
  Delay *delay = g_new0 (Delay, 1);

  soup_server_message_pause (message);
  delay->self = self;
  delay->message = g_object_ref (message);
  delay->answer = answer;
  delay->source = g_timeout_source_new (answer->delay_ms);
  g_source_set_callback (delay->source, on_delay_over, delay, NULL);
  g_source_attach (delay->source, g_main_context_get_thread_default ());
  g_ptr_array_add (self->delays, delay);
}

/* The last answer of a script is given again and again. */
static const Answer *
find_answer (EaselTestServer *self, const char *method, const char *path)
{
  g_autofree char *route = g_strconcat (method, " ", path, NULL);
  Script *script = g_hash_table_lookup (self->scripts, route);
  guint position;

  if (script == NULL)
    return NULL;
  position = script->position;
  if (position + 1 < script->answers->len)
    script->position++;
  return g_ptr_array_index (script->answers, position);
}

static char *
make_mac (EaselTestServer *self, const char *text)
{
  return g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guchar *) self->admin,
                                    strlen (self->admin), text, -1);
}

static gboolean
is_agent_path (EaselTestServer *self, const char *path)
{
  g_autofree char *base = NULL;

  if (self->admin == NULL)
    return FALSE;
  base = easel_test_server_agent_path (self->admin, "");
  return g_str_has_prefix (path, base);
}

/* What the seal covers: the body, and with "whole=1" all that was put there before. */
static char *
hash_sealed (EaselTestServer *self, const EaselTestRequest *request)
{
  const gboolean is_whole = request->query != NULL && strstr (request->query, "whole=1") != NULL;
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

  for (guint i = 0; is_whole && i < self->log->len; i++)
    {
      const EaselTestRequest *before = g_ptr_array_index (self->log, i);

      if (before != request && g_str_equal (before->method, "PUT") &&
          g_str_equal (before->path, request->path))
        g_checksum_update (sum, (const guchar *) before->body, -1);
    }
  g_checksum_update (sum, (const guchar *) request->body, -1);
  return g_strdup (g_checksum_get_string (sum));
}

/* What the agent in a pod does before it looks at a request: seal, and a count that only grows. */
static gboolean
check_seal (EaselTestServer *self, EaselTestRequest *request)
{
  g_autofree char *base = easel_test_server_agent_path (self->admin, "");
  g_autofree char *hash = hash_sealed (self, request);
  g_auto (GStrv) parts = g_strsplit (request->seal != NULL ? request->seal : "", " ", 2);
  /* SoupServer has decoded the path. */
  g_autofree char *route = g_uri_escape_string (request->path + strlen (base), "/", FALSE);
  g_autofree char *text = NULL;
  g_autofree char *mac = NULL;
  static const char *const guard[] = { "status", "extend", "helper", NULL };
  gint64 *last;
  gint64 count;

  if (g_strv_length (parts) != 2)
    return FALSE;
  text = g_strdup_printf ("%s %s%s%s %s\n%s", request->method, route,
                          request->query != NULL ? "?" : "",
                          request->query != NULL ? request->query : "", parts[0], hash);
  mac = make_mac (self, text);
  count = g_ascii_strtoll (parts[0], NULL, 10);
  last = &self->last_counts[g_strv_contains (guard, route) ? 0 : 1];
  if (!g_str_equal (mac, parts[1]) || count <= *last)
    return FALSE;
  *last = count;
  return TRUE;
}

void
easel_test_server_set_last_count (EaselTestServer *self, gint64 count)
{
  for (gsize i = 0; i < G_N_ELEMENTS (self->last_counts); i++)
    self->last_counts[i] = count;
}

static void
seal_answer (EaselTestServer *self, SoupServerMessage *message, const Answer *answer)
{
  const EaselTestRequest *request = easel_test_server_get_last (self);
  g_autofree char *hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, answer->body);
  g_auto (GStrv) parts = g_strsplit (request->seal, " ", 2);
  g_autofree char *text = g_strdup_printf ("%s\n%u\n%s", parts[0], answer->status, hash);
  g_autofree char *mac = make_mac (self, text);
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  soup_message_headers_replace (headers, "X-Easel", mac);
}

static void
on_request (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  EaselTestServer *self = user_data;
  const Answer *answer = find_answer (self, soup_server_message_get_method (message), path);

  write_log (self, message);
  if (is_agent_path (self, path))
    {
      EaselTestRequest *request = g_ptr_array_index (self->log, self->log->len - 1);

      request->seal_is_right = check_seal (self, request);
      if (!request->seal_is_right)
        {
          soup_server_message_set_status (message, SOUP_STATUS_FORBIDDEN, NULL);
          return;
        }
      if (answer != NULL)
        seal_answer (self, message, answer);
    }
  if (answer == NULL)
    {
      soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
      soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_STATIC, "unscripted",
                                        strlen ("unscripted"));
    }
  else if (answer->delay_ms > 0)
    {
      answer_later (self, message, answer);
    }
  else
    {
      give_answer (self, message, answer);
    }
}

static void
on_websocket_closed (SoupWebsocketConnection *connection, gpointer user_data)
{
  EaselTestServer *self = user_data;

  g_ptr_array_remove (self->sockets, connection);
}

static void
on_websocket (SoupServer *server,
              SoupServerMessage *message,
              const char *path,
              SoupWebsocketConnection *connection,
              gpointer user_data)
{
  SocketScript *script = user_data;

  write_log (script->self, message);
  g_ptr_array_add (script->self->sockets, g_object_ref (connection));
  g_signal_connect (connection, "closed", G_CALLBACK (on_websocket_closed), script->self);
  if (script->behaviour == EASEL_TEST_SOCKET_BINARY_FIRST)
    soup_websocket_connection_send_binary (connection, "\001\002\003", 3);
  if (script->behaviour == EASEL_TEST_SOCKET_BINARY_FIRST ||
      script->behaviour == EASEL_TEST_SOCKET_TEXT)
    soup_websocket_connection_send_text (connection, script->text);
  if (script->behaviour == EASEL_TEST_SOCKET_CLOSE)
    soup_websocket_connection_close (connection, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL);
}

static EaselTestServer *
server_new (GTlsCertificate *certificate)
{
  EaselTestServer *self = g_new0 (EaselTestServer, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSList) uris = NULL;

  self->scripts =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) script_free);
  self->log = g_ptr_array_new_with_free_func ((GDestroyNotify) request_free);
  self->held = g_ptr_array_new_with_free_func (g_object_unref);
  self->streams = g_ptr_array_new_with_free_func (g_object_unref);
  self->delays = g_ptr_array_new_with_free_func ((GDestroyNotify) delay_free);
  self->sockets = g_ptr_array_new_with_free_func (g_object_unref);
  self->server = soup_server_new ("tls-certificate", certificate, NULL);
  soup_server_add_handler (self->server, NULL, on_request, self, NULL);
  soup_server_listen_local (self->server, 0,
                            SOUP_SERVER_LISTEN_IPV4_ONLY |
                                (certificate != NULL ? SOUP_SERVER_LISTEN_HTTPS : 0),
                            &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (self->server);
  self->port = g_uri_get_port (uris->data);
  g_slist_foreach (uris, (GFunc) g_uri_unref, NULL);
  self->uri =
      g_strdup_printf ("%s://127.0.0.1:%u", certificate != NULL ? "https" : "http", self->port);
  return self;
}

EaselTestServer *
easel_test_server_new (void)
{
  return server_new (NULL);
}

EaselTestServer *
easel_test_server_new_tls (GTlsCertificate *certificate)
{
  g_assert_true (G_IS_TLS_CERTIFICATE (certificate));

  return server_new (certificate);
}

void
easel_test_server_free (EaselTestServer *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->delays);
  g_ptr_array_unref (self->held);
  g_ptr_array_unref (self->streams);
  for (guint i = 0; i < self->sockets->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->sockets, i), self);
  g_ptr_array_unref (self->sockets);
  soup_server_disconnect (self->server);
  g_object_unref (self->server);
  g_hash_table_unref (self->scripts);
  g_ptr_array_unref (self->log);
  g_free (self->expected);
  g_free (self->admin);
  g_free (self->uri);
  g_free (self);
}

const char *
easel_test_server_get_uri (EaselTestServer *self)
{
  return self->uri;
}

char *
easel_test_server_build_uri (EaselTestServer *self, const char *path)
{
  return g_strconcat (self->uri, path, NULL);
}

guint
easel_test_server_get_port (EaselTestServer *self)
{
  return self->port;
}

void
easel_test_server_expect_key (EaselTestServer *self, const char *key)
{
  g_free (self->expected);
  self->expected = g_strconcat ("Bearer ", key, NULL);
}

void
easel_test_server_play_agent (EaselTestServer *self, const char *admin)
{
  g_free (self->admin);
  self->admin = g_strdup (admin);
  memset (self->last_counts, 0, sizeof self->last_counts);
}

char *
easel_test_server_agent_path (const char *admin, const char *route)
{
  g_autofree char *text = g_strconcat ("easel-path:", admin, NULL);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);

  return g_strdup_printf ("/%.32s/%s", hash, route);
}

static GBytes *
make_body (const EaselTestAnswer *answer)
{
  if (answer->repeat > 0)
    return g_bytes_new_take (g_strnfill (answer->repeat, 'x'), answer->repeat);
  if (answer->body == NULL)
    return g_bytes_new_static ("", 0);
  return g_bytes_new (answer->body, answer->length > 0 ? answer->length : strlen (answer->body));
}

void
easel_test_server_script (EaselTestServer *self,
                          const char *method,
                          const char *path,
                          const EaselTestAnswer *answer)
{
  g_autofree char *route = g_strconcat (method, " ", path, NULL);
  Script *script = g_hash_table_lookup (self->scripts, route);
  Answer *copy = g_new0 (Answer, 1);

  copy->status = answer->status != 0 ? answer->status : SOUP_STATUS_OK;
  copy->content_type =
      g_strdup (answer->content_type != NULL ? answer->content_type : "application/json");
  copy->headers = g_strdup (answer->headers);
  copy->body = make_body (answer);
  copy->delay_ms = answer->delay_ms;
  copy->fault = answer->fault;
  if (script == NULL)
    {
      script = g_new0 (Script, 1);
      script->answers = g_ptr_array_new_with_free_func ((GDestroyNotify) answer_free);
      g_hash_table_insert (self->scripts, g_steal_pointer (&route), script);
    }
  g_ptr_array_add (script->answers, copy);
}

void
easel_test_server_reply (EaselTestServer *self,
                         const char *method,
                         const char *path,
                         guint status,
                         const char *body)
{
  const EaselTestAnswer answer = { .status = status, .body = body };

  easel_test_server_script (self, method, path, &answer);
}

void
easel_test_server_forget_scripts (EaselTestServer *self)
{
  g_ptr_array_set_size (self->delays, 0);
  g_hash_table_remove_all (self->scripts);
}

void
easel_test_server_write_streams (EaselTestServer *self, const char *text)
{
  for (guint i = 0; i < self->streams->len; i++)
    {
      if (text != NULL)
        write_now (g_ptr_array_index (self->streams, i), text, strlen (text));
      else
        g_io_stream_close (g_ptr_array_index (self->streams, i), NULL, NULL);
    }
  if (text == NULL)
    g_ptr_array_set_size (self->streams, 0);
}

guint
easel_test_server_get_n_held (EaselTestServer *self)
{
  return self->held->len + self->streams->len;
}

void
easel_test_server_add_websocket (EaselTestServer *self,
                                 const char *path,
                                 EaselTestSocket behaviour,
                                 const char *text)
{
  SocketScript *script = g_new0 (SocketScript, 1);

  script->self = self;
  script->behaviour = behaviour;
  script->text = g_strdup (text);
  soup_server_add_websocket_handler (self->server, path, NULL, NULL, on_websocket, script,
                                     (GDestroyNotify) socket_script_free);
}

guint
easel_test_server_get_n_websockets_open (EaselTestServer *self)
{
  return self->sockets->len;
}

guint
easel_test_server_count (EaselTestServer *self, const char *method, const char *path)
{
  guint count = 0;

  for (guint i = 0; i < self->log->len; i++)
    {
      const EaselTestRequest *request = g_ptr_array_index (self->log, i);

      if ((method == NULL || g_str_equal (method, request->method)) &&
          (path == NULL || g_str_equal (path, request->path)))
        count++;
    }
  return count;
}

const EaselTestRequest *
easel_test_server_get_request (EaselTestServer *self, guint index)
{
  g_assert_cmpuint (index, <, self->log->len);

  return g_ptr_array_index (self->log, index);
}

const EaselTestRequest *
easel_test_server_get_last (EaselTestServer *self)
{
  g_assert_cmpuint (self->log->len, >, 0);

  return g_ptr_array_index (self->log, self->log->len - 1);
}

void
easel_test_server_forget_log (EaselTestServer *self)
{
  g_ptr_array_set_size (self->log, 0);
}
