/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Connections that outlive their request: endless logs, websockets, answers that never come and
 * answers that break off. All of them are pushed on from one tick; there is a bound on each kind.
 * Deadlines here are this computer's time.
 */
#include "config.h"

#include "easel-sim-stream.h"

#include "easel-sim-agent.h"
#include "easel-sim-comfy.h"
#include "easel-sim-log.h"

#include <string.h>
#include <sys/socket.h>

#define NOISE "\x16\x03\x03 this is neither TLS nor HTTP \r\n\r\n"
#define MAX_CONNECTIONS 512
#define KEEP_ALIVE_US (15 * G_USEC_PER_SEC)
/* A look whether a websocket gets through closes it at once and is no Krita. */
#define LASTING_US (G_USEC_PER_SEC / 2)
#define SILENCE_US (300 * G_USEC_PER_SEC)

typedef struct
{
  SoupServerMessage *message; /* (owned) */
  char *pod_id;
  gint64 next;
  int source;
  gint64 last_write_us;
  gboolean is_finished;
} Log;

typedef struct
{
  SoupWebsocketConnection *socket; /* (owned) */
  char *pod_id;
  guint remaining;
  gint64 since_us;
  gboolean is_lasting;
} Socket;

typedef struct
{
  SoupServerMessage *message; /* (owned) */
  gint64 since_us;
} Silence;

typedef struct
{
  SoupServerMessage *message; /* (owned) */
  GBytes *bytes;
  gboolean is_reset;
  gboolean is_noise;
} Breakage;

struct _EaselSimStreams
{
  EaselSimWorld *world; /* (unowned) */
  GPtrArray *logs;      /* (element-type Log) */
  GPtrArray *sockets;   /* (element-type Socket) */
  GPtrArray *silences;  /* (element-type Silence) */
};

static void
on_log_finished (SoupServerMessage *message, gpointer user_data)
{
  Log *log = user_data;

  log->is_finished = TRUE;
}

static void
log_free (gpointer data)
{
  Log *log = data;

  g_signal_handlers_disconnect_by_data (log->message, log);
  g_object_unref (log->message);
  g_free (log->pod_id);
  g_free (log);
}

static void
socket_free (gpointer data)
{
  Socket *socket = data;

  if (soup_websocket_connection_get_state (socket->socket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (socket->socket, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL);
  g_object_unref (socket->socket);
  g_free (socket->pod_id);
  g_free (socket);
}

static void
silence_free (gpointer data)
{
  Silence *silence = data;

  g_object_unref (silence->message);
  g_free (silence);
}

/**
 * easel_sim_streams_new:
 * @world: all there is, kept by the caller
 *
 * Returns: (transfer full): no connections
 */
EaselSimStreams *
easel_sim_streams_new (EaselSimWorld *world)
{
  EaselSimStreams *self = g_new0 (EaselSimStreams, 1);

  self->world = world;
  self->logs = g_ptr_array_new_with_free_func (log_free);
  self->sockets = g_ptr_array_new_with_free_func (socket_free);
  self->silences = g_ptr_array_new_with_free_func (silence_free);
  return self;
}

/**
 * easel_sim_streams_free:
 * @self: (transfer full): connections
 */
void
easel_sim_streams_free (EaselSimStreams *self)
{
  g_ptr_array_unref (self->logs);
  g_ptr_array_unref (self->sockets);
  g_ptr_array_unref (self->silences);
  g_free (self);
}

static void
write_text (Log *log, const char *text)
{
  SoupMessageBody *body = soup_server_message_get_response_body (log->message);

  soup_message_body_append (body, SOUP_MEMORY_COPY, text, strlen (text));
  soup_server_message_unpause (log->message);
  log->last_write_us = g_get_monotonic_time ();
}

/* Returns whether the stream goes on. */
static gboolean
push_log (EaselSimStreams *self, Log *log)
{
  EaselSimPod *pod = easel_sim_cloud_find (self->world->cloud, log->pod_id);
  g_autoptr (GString) text = g_string_new (NULL);
  gint64 first, end;

  if (log->is_finished)
    return FALSE;
  if (pod == NULL || pod->state == EASEL_SIM_POD_DELETED)
    {
      soup_message_body_complete (soup_server_message_get_response_body (log->message));
      soup_server_message_unpause (log->message);
      return FALSE;
    }
  first = easel_sim_log_first (pod);
  end = first + easel_sim_log_count (pod, easel_sim_cloud_now (self->world->cloud));
  log->next = MAX (log->next, first);
  for (; log->next < end; log->next++)
    {
      const EaselSimLine *line = g_ptr_array_index (pod->boot->lines, (guint) (log->next - first));
      g_autofree char *event = NULL;

      if (!easel_sim_log_is_wanted (line, log->source))
        continue;
      event = easel_sim_log_event (line, log->next);
      g_string_append (text, event);
    }
  if (text->len == 0 && g_get_monotonic_time () - log->last_write_us > KEEP_ALIVE_US)
    g_string_append (text, ": keep-alive\n\n");
  if (text->len > 0)
    write_text (log, text->str);
  easel_sim_requests_note_stream (self->world->requests, text->len);
  return TRUE;
}

/**
 * easel_sim_streams_add_log:
 * @self: connections
 * @message: a request for a log, being handled
 * @answer: from where on
 */
void
easel_sim_streams_add_log (EaselSimStreams *self,
                           SoupServerMessage *message,
                           const EaselSimAnswer *answer)
{
  Log *log = g_new0 (Log, 1);

  if (self->logs->len >= MAX_CONNECTIONS)
    g_ptr_array_remove_index (self->logs, 0);
  log->message = g_object_ref (message);
  log->pod_id = g_strdup (answer->pod_id);
  log->next = answer->from_sequence;
  log->source = answer->log_source;
  soup_message_headers_set_encoding (soup_server_message_get_response_headers (message),
                                     SOUP_ENCODING_CHUNKED);
  soup_message_body_set_accumulate (soup_server_message_get_response_body (message), FALSE);
  g_signal_connect (message, "finished", G_CALLBACK (on_log_finished), log);
  g_ptr_array_add (self->logs, log);
  write_text (log, ": connected\n\n");
  push_log (self, log);
}

static void
send_status (EaselSimStreams *self, Socket *socket, const char *client_id)
{
  EaselSimPod *pod = easel_sim_cloud_find (self->world->cloud, socket->pod_id);
  EaselSimComfy *comfy = easel_sim_comfy_get (self->world, pod);
  gint64 now = easel_sim_cloud_now (self->world->cloud);
  g_autofree char *text = easel_sim_comfy_status_message (comfy, now, client_id);

  socket->remaining = easel_sim_comfy_get_remaining (comfy, now);
  soup_websocket_connection_send_text (socket->socket, text);
}

static void
tell_agent (EaselSimStreams *self, const char *pod_id)
{
  guint n = 0;

  for (guint i = 0; i < self->sockets->len; i++)
    {
      const Socket *socket = g_ptr_array_index (self->sockets, i);

      n += socket->is_lasting && strcmp (socket->pod_id, pod_id) == 0;
    }
  easel_sim_agents_set_connected (self->world->agents, pod_id, n);
}

/**
 * easel_sim_streams_add_socket:
 * @self: connections
 * @socket: an open websocket
 * @pod_id: into which pod
 * @client_id: (nullable): who it says it is
 */
void
easel_sim_streams_add_socket (EaselSimStreams *self,
                              SoupWebsocketConnection *socket,
                              const char *pod_id,
                              const char *client_id)
{
  Socket *entry = g_new0 (Socket, 1);

  if (self->sockets->len >= MAX_CONNECTIONS)
    g_ptr_array_remove_index (self->sockets, 0);
  entry->socket = g_object_ref (socket);
  entry->pod_id = g_strdup (pod_id);
  entry->since_us = g_get_monotonic_time ();
  g_ptr_array_add (self->sockets, entry);
  send_status (self, entry, client_id != NULL ? client_id : "");
}

static gboolean
push_socket (EaselSimStreams *self, Socket *socket)
{
  EaselSimPod *pod = easel_sim_cloud_find (self->world->cloud, socket->pod_id);
  gint64 now = easel_sim_cloud_now (self->world->cloud);

  if (soup_websocket_connection_get_state (socket->socket) != SOUP_WEBSOCKET_STATE_OPEN)
    return FALSE;
  if (pod == NULL || !easel_sim_comfy_is_up (pod, now))
    return FALSE;
  if (!socket->is_lasting && g_get_monotonic_time () - socket->since_us >= LASTING_US)
    {
      socket->is_lasting = TRUE;
      tell_agent (self, socket->pod_id);
    }
  if (easel_sim_comfy_get_remaining (easel_sim_comfy_get (self->world, pod), now) !=
      socket->remaining)
    send_status (self, socket, NULL);
  return TRUE;
}

/**
 * easel_sim_streams_add_silence:
 * @self: connections
 * @message: a request that gets no answer within any deadline
 */
void
easel_sim_streams_add_silence (EaselSimStreams *self, SoupServerMessage *message)
{
  Silence *silence = g_new0 (Silence, 1);

  if (self->silences->len >= MAX_CONNECTIONS)
    g_ptr_array_remove_index (self->silences, 0);
  silence->message = g_object_ref (message);
  silence->since_us = g_get_monotonic_time ();
  soup_server_message_pause (message);
  g_ptr_array_add (self->silences, silence);
}

static gboolean
is_silence_over (EaselSimStreams *self, Silence *silence)
{
  if (g_get_monotonic_time () - silence->since_us < SILENCE_US)
    return FALSE;
  soup_server_message_set_status (silence->message, 504, NULL);
  soup_server_message_unpause (silence->message);
  return TRUE;
}

static GBytes *
broken_bytes (const EaselSimAnswer *answer)
{
  gsize size = answer->body != NULL ? g_bytes_get_size (answer->body) : 0;
  g_autofree char *head =
      g_strdup_printf ("HTTP/1.1 %u %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n",
                       answer->status, easel_sim_status_phrase (answer->status),
                       answer->content_type != NULL ? answer->content_type : "application/json",
                       MAX (size, 64));
  GByteArray *bytes = g_byte_array_new ();

  g_byte_array_append (bytes, (const guint8 *) head, (guint) strlen (head));
  if (size > 1)
    g_byte_array_append (bytes, g_bytes_get_data (answer->body, NULL), (guint) (size / 2));
  return g_byte_array_free_to_bytes (bytes);
}

static gboolean
on_break (gpointer user_data)
{
  Breakage *breakage = user_data;
  GSocket *socket = soup_server_message_get_socket (breakage->message);
  struct linger linger = { 1, 0 };
  g_autoptr (GSocket) kept = socket != NULL ? g_object_ref (socket) : NULL;
  g_autoptr (GIOStream) stream = soup_server_message_steal_connection (breakage->message);

  /* Below the TLS, if there is one. */
  if (stream != NULL && breakage->is_noise && kept != NULL)
    g_socket_send (kept, NOISE, sizeof NOISE - 1, NULL, NULL);
  else if (stream != NULL)
    {
      g_output_stream_write_all (g_io_stream_get_output_stream (stream),
                                 g_bytes_get_data (breakage->bytes, NULL),
                                 g_bytes_get_size (breakage->bytes), NULL, NULL, NULL);
      if (breakage->is_reset && kept != NULL)
        setsockopt (g_socket_get_fd (kept), SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    }
  if (stream != NULL)
    g_io_stream_close (stream, NULL, NULL);
  g_object_unref (breakage->message);
  g_bytes_unref (breakage->bytes);
  g_free (breakage);
  return G_SOURCE_REMOVE;
}

/**
 * easel_sim_streams_break:
 * @self: connections
 * @message: a request
 * @answer: what it gets the first half of, or noise instead
 */
void
easel_sim_streams_break (EaselSimStreams *self,
                         SoupServerMessage *message,
                         const EaselSimAnswer *answer)
{
  Breakage *breakage = g_new0 (Breakage, 1);

  breakage->message = g_object_ref (message);
  breakage->bytes = broken_bytes (answer);
  breakage->is_reset = answer->delivery == EASEL_SIM_DELIVER_RESET;
  breakage->is_noise = answer->delivery == EASEL_SIM_DELIVER_NOISE;
  soup_server_message_pause (message);
  /* The connection can only be taken away once the handler has returned. */
  g_idle_add (on_break, breakage);
}

/**
 * easel_sim_streams_tick:
 * @self: connections
 *
 * Sends what time has brought.
 */
void
easel_sim_streams_tick (EaselSimStreams *self)
{
  for (guint i = self->logs->len; i > 0; i--)
    if (!push_log (self, g_ptr_array_index (self->logs, i - 1)))
      g_ptr_array_remove_index (self->logs, i - 1);
  for (guint i = self->sockets->len; i > 0; i--)
    {
      Socket *socket = g_ptr_array_index (self->sockets, i - 1);
      g_autofree char *pod_id = g_strdup (socket->pod_id);

      if (push_socket (self, socket))
        continue;
      g_ptr_array_remove_index (self->sockets, i - 1);
      tell_agent (self, pod_id);
    }
  for (guint i = self->silences->len; i > 0; i--)
    if (is_silence_over (self, g_ptr_array_index (self->silences, i - 1)))
      g_ptr_array_remove_index (self->silences, i - 1);
}
