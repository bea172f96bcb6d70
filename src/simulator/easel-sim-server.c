/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The only place that speaks HTTP: turns requests into values, asks whoever answers for that host
 * and path, and sends the answer, spoiled or whole. Listens on loopback only: one main port, and
 * one port for each open port of each pod, so that plain programs can reach a pod without a name.
 */
#include "config.h"

#include "easel-sim-server.h"

#include "easel-sim-agent.h"
#include "easel-sim-container.h"
#include "easel-sim-control.h"
#include "easel-sim-graphql.h"
#include "easel-sim-hub.h"
#include "easel-sim-parcel.h"
#include "easel-sim-pod-server.h"
#include "easel-sim-runpod.h"
#include "easel-sim-sites.h"
#include "easel-sim-stream.h"
#include "easel-sim-tunnel.h"
#include "easel-sim-vast.h"

#include <string.h>
#include <sys/socket.h>

#define MAX_API_BODY 102400
#define MAX_POD_BODY (33 * 1024 * 1024)
#define MAX_DOORS 400
#define PATIENCE_TICKS 3

/* A port of its own for one port of one pod. */
typedef struct
{
  EaselSimServer *server; /* (unowned) */
  SoupServer *soup;
  char *pod_id;
  guint port; /* 0: ComfyUI, for what really runs in the pod */
} Door;

typedef struct
{
  gsize size;
  gsize limit;
  gboolean is_too_large;
} Reading;

/* What the pod-side handler needs. */
typedef struct
{
  EaselSimWorld *world;
  const char *pod_id;
  guint port;
} PodCall;

struct _EaselSimServer
{
  EaselSimWorld *world; /* (unowned) */
  SoupServer *soup;
  SoupServer *store; /* where the sites keep their files: another origin */
  EaselSimStreams *streams;
  GHashTable *doors;   /* (element-type utf8 Door) */
  GHashTable *sockets; /* (element-type GSocket guint): open, weak → ticks since the client left */
  guint n_requests;
};

/**
 * easel_sim_world_get_direct_port:
 * @self: all there is
 * @pod_id: a pod
 * @port: one of its ports
 *
 * Returns: the loopback port that leads there, 0 if there is none
 */
guint
easel_sim_world_get_direct_port (EaselSimWorld *self, const char *pod_id, guint port)
{
  g_autofree char *key = g_strdup_printf ("%s:%u", pod_id, port);

  return GPOINTER_TO_UINT (g_hash_table_lookup (self->direct_ports, key));
}

static void
on_got_headers (SoupServerMessage *message, gpointer user_data)
{
  Reading *reading = user_data;
  const char *host =
      soup_message_headers_get_one (soup_server_message_get_request_headers (message), "Host");
  g_autofree char *pod_id = NULL;
  guint port;

  if (reading->limit == 0)
    reading->limit =
        easel_sim_pod_server_parse_host (host, &pod_id, &port) ? MAX_POD_BODY : MAX_API_BODY;
}

static void
on_got_chunk (SoupServerMessage *message, GBytes *chunk, gpointer user_data)
{
  Reading *reading = user_data;

  reading->size += g_bytes_get_size (chunk);
  if (reading->size <= reading->limit || reading->is_too_large)
    return;
  reading->is_too_large = TRUE;
  soup_message_body_truncate (soup_server_message_get_request_body (message));
  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
}

static void
on_socket_gone (gpointer user_data, GObject *socket)
{
  g_hash_table_remove (user_data, socket);
}

static gboolean
is_left_by_client (GSocket *socket)
{
  char byte;

  return recv (g_socket_get_fd (socket), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/* libsoup 3.2.3 reads the end of an idle connection and then leaves its socket open for ever; a
 * thousand clients later nothing works any more. An end that the library has had the time to see
 * and that is still open is closed here. */
static void
close_forgotten (EaselSimServer *self)
{
  GHashTableIter iter;
  gpointer socket, n_seen;

  g_hash_table_iter_init (&iter, self->sockets);
  while (g_hash_table_iter_next (&iter, &socket, &n_seen))
    {
      guint n = g_socket_is_closed (socket) || !is_left_by_client (socket)
                    ? 0
                    : GPOINTER_TO_UINT (n_seen) + 1;

      g_hash_table_iter_replace (&iter, GUINT_TO_POINTER (n));
      if (n < PATIENCE_TICKS && !g_socket_is_closed (socket))
        continue;
      g_socket_close (socket, NULL);
      g_object_weak_unref (socket, on_socket_gone, self->sockets);
      g_hash_table_iter_remove (&iter);
    }
}

static void
forget_sockets (GHashTable *sockets)
{
  GHashTableIter iter;
  gpointer socket;

  g_hash_table_iter_init (&iter, sockets);
  while (g_hash_table_iter_next (&iter, &socket, NULL))
    g_object_weak_unref (socket, on_socket_gone, sockets);
  g_hash_table_unref (sockets);
}

static void
watch_request (EaselSimServer *self, SoupServerMessage *message, gsize limit)
{
  Reading *reading = g_new0 (Reading, 1);
  GSocket *socket = soup_server_message_get_socket (message);

  if (socket != NULL && g_hash_table_insert (self->sockets, socket, GUINT_TO_POINTER (0)))
    g_object_weak_ref (G_OBJECT (socket), on_socket_gone, self->sockets);
  reading->limit = limit;
  g_object_set_data_full (G_OBJECT (message), "reading", reading, g_free);
  g_signal_connect (message, "got-headers", G_CALLBACK (on_got_headers), reading);
  g_signal_connect (message, "got-chunk", G_CALLBACK (on_got_chunk), reading);
}

static void
on_request_started (SoupServer *soup, SoupServerMessage *message, gpointer user_data)
{
  watch_request (user_data, message, 0);
}

static void
on_door_request_started (SoupServer *soup, SoupServerMessage *message, gpointer user_data)
{
  watch_request (user_data, message, MAX_POD_BODY);
}

static void
copy_header (const char *name, const char *value, gpointer user_data)
{
  g_hash_table_replace (user_data, g_ascii_strdown (name, -1), g_strdup (value));
}

static EaselSimRequest *
read_request (SoupServerMessage *message, GHashTable *query)
{
  GUri *uri = soup_server_message_get_uri (message);
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const Reading *reading = g_object_get_data (G_OBJECT (message), "reading");
  g_autoptr (GBytes) body = NULL;
  const char *upgrade;
  EaselSimRequest *request;

  if (reading == NULL || !reading->is_too_large)
    body = soup_message_body_flatten (soup_server_message_get_request_body (message));
  request =
      easel_sim_request_new (soup_server_message_get_method (message), g_uri_get_path (uri), body);
  request->raw_query = g_strdup (g_uri_get_query (uri));
  soup_message_headers_foreach (headers, copy_header, request->headers);
  if (reading != NULL)
    {
      request->is_too_large = reading->is_too_large;
      request->body_size = reading->size;
    }
  if (query != NULL)
    {
      GHashTableIter iter;
      gpointer name, value;

      g_hash_table_iter_init (&iter, query);
      while (g_hash_table_iter_next (&iter, &name, &value))
        g_hash_table_insert (request->query, g_strdup (name), g_strdup (value));
    }
  upgrade = easel_sim_request_header (request, "upgrade");
  request->wants_websocket = upgrade != NULL && g_ascii_strcasecmp (upgrade, "websocket") == 0;
  return request;
}

static EaselSimAnswer *
ask_pod (gpointer user_data, const EaselSimRequest *request)
{
  const PodCall *call = user_data;

  return easel_sim_pod_server_answer (call->world, call->pod_id, call->port, request);
}

static void
let_time_pass (EaselSimWorld *world)
{
  easel_sim_cloud_settle (world->cloud);
  easel_sim_agents_update (world->agents);
  easel_sim_containers_update (world->containers);
}

/* A piece of a file, to the agent or to ComfyUI. */
static gboolean
is_upload (const EaselSimRequest *request)
{
  return strcmp (request->method, "PUT") == 0 &&
         (strstr (request->path, "/models/") != NULL || strstr (request->path, "/upload/") != NULL);
}

static EaselSimAnswer *
answer_pod (EaselSimServer *self, const char *pod_id, guint port, EaselSimRequest *request)
{
  EaselSimWorld *world = self->world;
  PodCall pod_call = { world, pod_id, port };
  EaselSimCall call = { "readiness", is_upload (request) ? "upload" : NULL, NULL, NULL };
  EaselSimAnswer *answer;

  let_time_pass (world);
  answer = easel_sim_faults_run (world->faults, &call, request, ask_pod, &pod_call);
  easel_sim_agents_update (world->agents);
  easel_sim_agents_blot (world->agents, easel_sim_cloud_find (world->cloud, pod_id), request);
  easel_sim_requests_add (self->world->requests, request, "pod", pod_id, answer);
  return answer;
}

static gboolean
is_below (const char *path, const char *prefix)
{
  gsize length = strlen (prefix);

  return strncmp (path, prefix, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

static EaselSimAnswer *
answer_cloud (EaselSimServer *self, EaselSimRequest *request)
{
  g_autofree char *gpu = NULL;
  const char *stranger = NULL;
  EaselSimCall call = { "unknown", NULL, NULL, NULL };
  EaselSimHandler handler = NULL;
  EaselSimAnswer *answer;

  if (is_below (request->path, "/v2"))
    {
      handler = easel_sim_runpod_answer;
      easel_sim_runpod_classify (request, &call);
      call.gpu = gpu = easel_sim_runpod_wanted_gpu (request);
    }
  else if (is_below (request->path, "/api"))
    {
      handler = easel_sim_vast_answer;
      easel_sim_vast_classify (self->world, request, &call);
      easel_sim_vast_count (self->world, request);
      call.gpu = gpu = easel_sim_vast_wanted_gpu (self->world, request);
    }
  else if (is_below (request->path, "/s3"))
    {
      /* Not the provider's own: a key has no business there. */
      handler = easel_sim_vast_answer_store;
      call.route = stranger = "log_file";
    }
  else if (is_below (request->path, "/graphql"))
    {
      handler = easel_sim_graphql_answer;
      call.route = "graphql";
    }
  else if (is_below (request->path, "/hub"))
    {
      handler = easel_sim_hub_answer;
      call.route = "hub";
    }
  else if (is_below (request->path, EASEL_SIM_CIVITAI_PATH))
    {
      handler = easel_sim_sites_answer_civitai;
      call.route = "civitai";
    }
  else if (is_below (request->path, EASEL_SIM_HUGGINGFACE_PATH))
    {
      handler = easel_sim_sites_answer_huggingface;
      call.route = "huggingface";
    }
  if (handler == NULL)
    answer = easel_sim_answer_problem (404, "resource not found", NULL);
  else
    answer = easel_sim_faults_run (self->world->faults, &call, request, handler, self->world);
  easel_sim_requests_add (self->world->requests, request, call.route, stranger, answer);
  return answer;
}

static EaselSimAnswer *
answer_request (EaselSimServer *self, EaselSimRequest *request, char **ret_pod_id)
{
  guint port;

  if (easel_sim_pod_server_parse_host (easel_sim_request_header (request, "host"), ret_pod_id,
                                       &port))
    return answer_pod (self, *ret_pod_id, port, request);
  if (is_below (request->path, "/__"))
    return easel_sim_control_answer (self->world, request);
  return answer_cloud (self, request);
}

static void
write_answer (EaselSimServer *self, SoupServerMessage *message, const EaselSimAnswer *answer)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  g_autofree char *id = NULL;
  guint64 chance = ++self->n_requests;

  soup_server_message_set_status (message, answer->status,
                                  easel_sim_status_phrase (answer->status));
  id = g_strdup_printf ("req-%016" G_GINT64_MODIFIER "x", easel_sim_next (&chance));
  soup_message_headers_replace (headers, "x-request-id", id);
  for (guint i = 0; i + 1 < answer->headers->len; i += 2)
    soup_message_headers_replace (headers, g_ptr_array_index (answer->headers, i),
                                  g_ptr_array_index (answer->headers, i + 1));
  if (answer->content_type != NULL)
    soup_message_headers_set_content_type (headers, answer->content_type, NULL);
  if (answer->body != NULL && g_bytes_get_size (answer->body) > 0)
    soup_message_body_append_bytes (soup_server_message_get_response_body (message), answer->body);
}

static gboolean
on_late (gpointer user_data)
{
  g_autoptr (SoupServerMessage) message = user_data;

  soup_server_message_unpause (message);
  return G_SOURCE_REMOVE;
}

static void
deliver (EaselSimServer *self, SoupServerMessage *message, const EaselSimAnswer *answer)
{
  switch (answer->delivery)
    {
    case EASEL_SIM_DELIVER_NEVER:
      easel_sim_streams_add_silence (self->streams, message);
      return;
    case EASEL_SIM_DELIVER_RESET:
    case EASEL_SIM_DELIVER_SHORT:
    case EASEL_SIM_DELIVER_NOISE:
      easel_sim_streams_break (self->streams, message, answer);
      return;
    case EASEL_SIM_DELIVER_SOCKET:
      /* No status: the library goes on with the handshake. */
      g_object_set_data_full (G_OBJECT (message), "pod", g_strdup (answer->pod_id), g_free);
      return;
    case EASEL_SIM_DELIVER_TUNNEL:
      easel_sim_tunnel_open (message, answer->tunnel_port);
      return;
    case EASEL_SIM_DELIVER_LOG:
      write_answer (self, message, answer);
      easel_sim_streams_add_log (self->streams, message, answer);
      return;
    case EASEL_SIM_DELIVER_FILE:
      write_answer (self, message, answer);
      easel_sim_parcel_send (message, answer);
      return;
    case EASEL_SIM_DELIVER_WHOLE:
    default:
      break;
    }
  write_answer (self, message, answer);
  if (answer->delay_ms > 0)
    {
      soup_server_message_pause (message);
      g_timeout_add (answer->delay_ms, on_late, g_object_ref (message));
    }
}

static void update_doors (EaselSimServer *self);

static void
on_request (SoupServer *soup,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  EaselSimServer *self = user_data;
  g_autoptr (EaselSimRequest) request = read_request (message, query);
  g_autofree char *pod_id = NULL;
  g_autoptr (EaselSimAnswer) answer = NULL;

  update_doors (self);
  answer = answer_request (self, request, &pod_id);
  update_doors (self);
  deliver (self, message, answer);
}

static void
on_store_request (SoupServer *soup,
                  SoupServerMessage *message,
                  const char *path,
                  GHashTable *query,
                  gpointer user_data)
{
  EaselSimServer *self = user_data;
  g_autoptr (EaselSimRequest) request = read_request (message, query);
  g_autoptr (EaselSimAnswer) answer = easel_sim_sites_answer_store (self->world, request);

  deliver (self, message, answer);
}

static void
on_door_request (SoupServer *soup,
                 SoupServerMessage *message,
                 const char *path,
                 GHashTable *query,
                 gpointer user_data)
{
  Door *door = user_data;
  g_autoptr (EaselSimRequest) request = read_request (message, query);
  g_autoptr (EaselSimAnswer) answer =
      door->port > 0
          ? answer_pod (door->server, door->pod_id, door->port, request)
          : easel_sim_pod_server_answer_inside (door->server->world, door->pod_id, request);

  deliver (door->server, message, answer);
}

static void
accept_socket (EaselSimServer *self,
               SoupServerMessage *message,
               SoupWebsocketConnection *connection)
{
  const char *pod_id = g_object_get_data (G_OBJECT (message), "pod");
  const char *query = g_uri_get_query (soup_server_message_get_uri (message));
  g_autoptr (GHashTable) values = query != NULL ? soup_form_decode (query) : NULL;

  if (pod_id != NULL)
    easel_sim_streams_add_socket (self->streams, connection, pod_id,
                                  values != NULL ? g_hash_table_lookup (values, "clientId") : NULL);
}

static void
on_socket (SoupServer *soup,
           SoupServerMessage *message,
           const char *path,
           SoupWebsocketConnection *connection,
           gpointer user_data)
{
  accept_socket (user_data, message, connection);
}

static void
on_door_socket (SoupServer *soup,
                SoupServerMessage *message,
                const char *path,
                SoupWebsocketConnection *connection,
                gpointer user_data)
{
  accept_socket (((Door *) user_data)->server, message, connection);
}

static guint
listening_port (SoupServer *soup)
{
  GSList *uris = soup_server_get_uris (soup);
  guint port = uris != NULL ? (guint) g_uri_get_port (uris->data) : 0;

  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return port;
}

static void
door_free (gpointer data)
{
  Door *door = data;

  soup_server_disconnect (door->soup);
  g_object_unref (door->soup);
  g_free (door->pod_id);
  g_free (door);
}

static void
open_door (EaselSimServer *self, const EaselSimPod *pod, guint port, guint at)
{
  g_autofree char *key = g_strdup_printf ("%s:%u", pod->id, port);
  g_autoptr (SoupServer) soup = NULL;
  Door *door;

  if (g_hash_table_contains (self->doors, key) || g_hash_table_size (self->doors) >= MAX_DOORS)
    return;
  soup = soup_server_new ("server-header", "nginx", "raw-paths", TRUE, NULL);
  if (!soup_server_listen_local (soup, at, SOUP_SERVER_LISTEN_IPV4_ONLY, NULL))
    return;
  door = g_new0 (Door, 1);
  door->server = self;
  door->soup = g_object_ref (soup);
  door->pod_id = g_strdup (pod->id);
  door->port = port;
  g_signal_connect (soup, "request-started", G_CALLBACK (on_door_request_started), self);
  soup_server_add_handler (soup, NULL, on_door_request, door, NULL);
  soup_server_add_websocket_handler (soup, NULL, NULL, NULL, on_door_socket, door, NULL);
  g_hash_table_insert (self->world->direct_ports, g_strdup (key),
                       GUINT_TO_POINTER (listening_port (soup)));
  g_hash_table_insert (self->doors, g_steal_pointer (&key), door);
}

/* Some providers answer for a pod as long as it exists, with others nobody is at home before the
 * container runs. */
static gboolean
has_doors (EaselSimServer *self, const EaselSimPod *pod)
{
  if (pod->state == EASEL_SIM_POD_DELETED)
    return FALSE;
  return !easel_sim_house_rules (pod->house)->opens_ports_when_up ||
         easel_sim_pod_is_container_up (pod, easel_sim_cloud_now (self->world->cloud));
}

/* One of inside follows what runs there. */
static gboolean
has_door (EaselSimServer *self, const Door *door, const EaselSimPod *pod)
{
  if (door->port == 0)
    return easel_sim_containers_get_comfy_port (self->world->containers, pod) > 0;
  return has_doors (self, pod);
}

static gboolean
is_to_close (gpointer key, gpointer value, gpointer user_data)
{
  EaselSimServer *self = user_data;
  Door *door = value;
  EaselSimPod *pod = easel_sim_cloud_find (self->world->cloud, door->pod_id);

  if (pod != NULL && has_door (self, door, pod))
    return FALSE;
  g_hash_table_remove (self->world->direct_ports, key);
  return TRUE;
}

/* Doors follow the pods; before and after every request, so that time that jumps does not jump over
 * what has to happen first. */
static void
update_doors (EaselSimServer *self)
{
  GPtrArray *pods = easel_sim_cloud_get_pods (self->world->cloud);

  let_time_pass (self->world);
  g_hash_table_foreach_remove (self->doors, is_to_close, self);
  for (guint i = 0; i < pods->len; i++)
    {
      const EaselSimPod *pod = g_ptr_array_index (pods, i);

      for (guint k = 0; has_doors (self, pod) && pod->ports[k] != NULL; k++)
        {
          guint port = (guint) g_ascii_strtoull (pod->ports[k], NULL, 10);

          if (port != 22 && !g_str_has_suffix (pod->ports[k], "/udp"))
            open_door (self, pod, port, 0);
        }
      if (easel_sim_containers_get_comfy_port (self->world->containers, pod) > 0)
        open_door (self, pod, 0,
                   easel_sim_containers_get_comfy_port (self->world->containers, pod));
    }
}

/**
 * easel_sim_server_new:
 * @world: all there is, kept by the caller
 *
 * Returns: (transfer full): a server that does not listen yet
 */
EaselSimServer *
easel_sim_server_new (EaselSimWorld *world)
{
  EaselSimServer *self = g_new0 (EaselSimServer, 1);

  self->world = world;
  self->streams = easel_sim_streams_new (world);
  self->doors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, door_free);
  self->sockets = g_hash_table_new (NULL, NULL);
  self->soup = soup_server_new ("server-header", "cloud-easel-simulator", "raw-paths", TRUE, NULL);
  g_signal_connect (self->soup, "request-started", G_CALLBACK (on_request_started), self);
  soup_server_add_handler (self->soup, NULL, on_request, self, NULL);
  soup_server_add_websocket_handler (self->soup, NULL, NULL, NULL, on_socket, self, NULL);
  self->store = soup_server_new ("server-header", "store", "raw-paths", TRUE, NULL);
  g_signal_connect (self->store, "request-started", G_CALLBACK (on_request_started), self);
  soup_server_add_handler (self->store, NULL, on_store_request, self, NULL);
  return self;
}

/**
 * easel_sim_server_listen:
 * @self: a server
 * @port: on loopback, 0 for a free one
 * @error: return location
 *
 * Returns: whether it listens
 */
gboolean
easel_sim_server_listen (EaselSimServer *self, guint port, GError **error)
{
  if (!soup_server_listen_local (self->soup, port, SOUP_SERVER_LISTEN_IPV4_ONLY, error) ||
      !soup_server_listen_local (self->store, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, error))
    return FALSE;
  self->world->store_port = listening_port (self->store);
  self->world->port = listening_port (self->soup);
  update_doors (self);
  return TRUE;
}

static guint
trusted_port (SoupServer *soup)
{
  GSList *uris = soup_server_get_uris (soup);
  guint port = 0;

  for (GSList *l = uris; l != NULL; l = l->next)
    if (g_strcmp0 (g_uri_get_scheme (l->data), "https") == 0)
      port = (guint) g_uri_get_port (l->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return port;
}

/**
 * easel_sim_server_listen_tls:
 * @self: a server that listens
 * @certificate: what it shows
 * @error: return location
 *
 * Listens on one more port, over TLS, for the providers' own addresses.
 *
 * Returns: whether it does
 */
gboolean
easel_sim_server_listen_tls (EaselSimServer *self, GTlsCertificate *certificate, GError **error)
{
  soup_server_set_tls_certificate (self->soup, certificate);
  if (!soup_server_listen_local (self->soup, 0,
                                 SOUP_SERVER_LISTEN_IPV4_ONLY | SOUP_SERVER_LISTEN_HTTPS, error))
    return FALSE;
  self->world->tls_port = trusted_port (self->soup);
  return TRUE;
}

/**
 * easel_sim_server_tick:
 * @self: a server
 *
 * Lets connections and doors catch up with time; a few times in a second will do.
 */
void
easel_sim_server_tick (EaselSimServer *self)
{
  easel_sim_streams_tick (self->streams);
  update_doors (self);
  close_forgotten (self);
}

/**
 * easel_sim_server_free:
 * @self: (transfer full): a server
 */
void
easel_sim_server_free (EaselSimServer *self)
{
  easel_sim_streams_free (self->streams);
  g_hash_table_unref (self->doors);
  soup_server_disconnect (self->store);
  g_object_unref (self->store);
  soup_server_disconnect (self->soup);
  g_object_unref (self->soup);
  forget_sockets (self->sockets);
  g_free (self);
}
