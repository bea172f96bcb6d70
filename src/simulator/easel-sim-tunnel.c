/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The way of a request to a real server on loopback: it is sent there as it came, and from then on
 * the two connections are one. Websockets need nothing more.
 */
#include "config.h"

#include "easel-sim-tunnel.h"

typedef struct
{
  SoupServerMessage *message; /* (owned) (nullable): until its connection is taken */
  GIOStream *client;          /* (owned) (nullable) */
  GIOStream *server;          /* (owned) (nullable) */
  GBytes *request;            /* (owned) */
  guint port;
} Tunnel;

static void
tunnel_free (Tunnel *self)
{
  if (self->client != NULL)
    g_io_stream_close (self->client, NULL, NULL);
  g_clear_object (&self->client);
  g_clear_object (&self->server);
  g_clear_object (&self->message);
  g_bytes_unref (self->request);
  g_free (self);
}

static void
append_header (const char *name, const char *value, gpointer user_data)
{
  if (g_ascii_strcasecmp (name, "Connection") != 0)
    g_string_append_printf (user_data, "%s: %s\r\n", name, value);
}

static GBytes *
write_request (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  GUri *uri = soup_server_message_get_uri (message);
  g_autoptr (GBytes) body =
      soup_message_body_flatten (soup_server_message_get_request_body (message));
  const char *query = g_uri_get_query (uri);
  GString *text = g_string_new (NULL);
  GByteArray *bytes = g_byte_array_new ();

  g_string_append_printf (text, "%s %s%s%s HTTP/1.1\r\n", soup_server_message_get_method (message),
                          g_uri_get_path (uri), query != NULL ? "?" : "",
                          query != NULL ? query : "");
  soup_message_headers_foreach (headers, append_header, text);
  /* One request each: the next one asks for the way again. */
  g_string_append_printf (text, "Connection: %s\r\n\r\n",
                          soup_message_headers_get_one (headers, "Upgrade") != NULL ? "Upgrade"
                                                                                    : "close");
  g_byte_array_append (bytes, (const guint8 *) text->str, (guint) text->len);
  g_byte_array_append (bytes, g_bytes_get_data (body, NULL), (guint) g_bytes_get_size (body));
  g_string_free (text, TRUE);
  return g_byte_array_free_to_bytes (bytes);
}

static void
on_over (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_io_stream_splice_finish (result, NULL);
  tunnel_free (user_data);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Tunnel *self = user_data;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL))
    {
      tunnel_free (self);
      return;
    }
  g_io_stream_splice_async (self->client, self->server,
                            G_IO_STREAM_SPLICE_CLOSE_STREAM1 | G_IO_STREAM_SPLICE_CLOSE_STREAM2,
                            G_PRIORITY_DEFAULT, NULL, on_over, self);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Tunnel *self = user_data;
  GSocketConnection *connection =
      g_socket_client_connect_to_host_finish (G_SOCKET_CLIENT (source), result, NULL);

  if (connection == NULL)
    {
      static const char gone[] = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n"
                                 "Connection: close\r\n\r\n";

      g_output_stream_write_all (g_io_stream_get_output_stream (self->client), gone,
                                 sizeof gone - 1, NULL, NULL, NULL);
      tunnel_free (self);
      return;
    }
  self->server = G_IO_STREAM (connection);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (self->server),
                                   g_bytes_get_data (self->request, NULL),
                                   g_bytes_get_size (self->request), G_PRIORITY_DEFAULT, NULL,
                                   on_sent, self);
}

static gboolean
on_open (gpointer user_data)
{
  Tunnel *self = user_data;
  g_autoptr (GSocketClient) client = g_socket_client_new ();

  self->client = soup_server_message_steal_connection (self->message);
  g_clear_object (&self->message);
  if (self->client == NULL)
    {
      tunnel_free (self);
      return G_SOURCE_REMOVE;
    }
  g_socket_client_connect_to_host_async (client, "127.0.0.1", (guint16) self->port, NULL,
                                         on_connected, self);
  return G_SOURCE_REMOVE;
}

/**
 * easel_sim_tunnel_open:
 * @message: a request that was read whole
 * @port: of a server on 127.0.0.1
 *
 * Hands the request and its connection on.
 */
void
easel_sim_tunnel_open (SoupServerMessage *message, guint port)
{
  Tunnel *self = g_new0 (Tunnel, 1);

  self->message = g_object_ref (message);
  self->request = write_request (message);
  self->port = port;
  soup_server_message_pause (message);
  /* The connection can only be taken away once the handler has returned. */
  g_idle_add (on_open, self);
}
