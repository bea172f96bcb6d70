/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What answers at a pod's ports, through the provider's proxy: nothing yet, nginx with its
 * misleading page, then ComfyUI (facts/krita-comfyui.md 2.2, facts/runpod.md 11). No key is asked
 * for or looked at here, as in the real world.
 */
#include "config.h"

#include "easel-sim-pod-server.h"

#include "easel-sim-agent.h"
#include "easel-sim-comfy.h"
#include "easel-sim-container.h"

#include <string.h>

#define NGINX_MAX_BODY (G_GUINT64_CONSTANT (500) * 1024 * 1024)

static EaselSimAnswer *
page (guint status, const char *title)
{
  g_autofree char *text =
      g_strdup_printf ("<!DOCTYPE html>\n<html>\n<head><title>%s</title></head>\n<body>"
                       "<center><h1>%s</h1></center></body>\n</html>\n",
                       title, title);

  return easel_sim_answer_new (status, "text/html", text);
}

/**
 * easel_sim_pod_server_parse_host:
 * @host: (nullable): a Host header
 * @ret_pod_id: (out) (transfer full): the pod
 * @ret_port: (out): its port
 *
 * Returns: whether @host has the form POD-PORT.localhost
 */
gboolean
easel_sim_pod_server_parse_host (const char *host, char **ret_pod_id, guint *ret_port)
{
  g_autoptr (GRegex) regex = NULL;
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *id = NULL;
  g_autofree char *port = NULL;

  if (host == NULL || strlen (host) > 200)
    return FALSE;
  regex =
      g_regex_new ("^([a-z0-9]+)-([0-9]{1,5})\\.localhost(:[0-9]+)?$", G_REGEX_CASELESS, 0, NULL);
  if (regex == NULL || !g_regex_match (regex, host, 0, &match))
    return FALSE;
  id = g_match_info_fetch (match, 1);
  port = g_match_info_fetch (match, 2);
  *ret_pod_id = g_ascii_strdown (id, -1);
  *ret_port = (guint) g_ascii_strtoull (port, NULL, 10);
  return TRUE;
}

/* A host's network that lets connections in and nothing out. */
static EaselSimAnswer *
silence (void)
{
  EaselSimAnswer *answer = easel_sim_answer_new (200, NULL, NULL);

  answer->delivery = EASEL_SIM_DELIVER_NEVER;
  return answer;
}

static gboolean
declares (const EaselSimPod *pod, guint port)
{
  for (guint i = 0; pod->ports[i] != NULL; i++)
    if (g_ascii_strtoull (pod->ports[i], NULL, 10) == port)
      return TRUE;
  return FALSE;
}

static gboolean
is_socket_path (const EaselSimRequest *request)
{
  return strcmp (request->path, "/ws") == 0 || strcmp (request->path, "/api/ws") == 0;
}

static EaselSimAnswer *
open_socket (const EaselSimPod *pod, const EaselSimRequest *request)
{
  EaselSimAnswer *answer;

  if ((pod->plagues & EASEL_SIM_PLAGUE_NO_WEBSOCKET) != 0)
    return page (400, "Bad Request");
  if (!request->wants_websocket)
    return easel_sim_answer_new (
        400, "text/plain",
        "No WebSocket UPGRADE hdr: None\n Can \"Upgrade\" only to \"WebSocket\".");
  answer = easel_sim_answer_new (101, NULL, NULL);
  answer->delivery = EASEL_SIM_DELIVER_SOCKET;
  answer->pod_id = g_strdup (pod->id);
  return answer;
}

static EaselSimAnswer *
answer_comfy (EaselSimWorld *world, const EaselSimPod *pod, const EaselSimRequest *request)
{
  if (is_socket_path (request))
    return open_socket (pod, request);
  return easel_sim_comfy_answer (world, pod, request);
}

/* nginx on port 3001, before ComfyUI. */
static EaselSimAnswer *
answer_nginx (EaselSimWorld *world, EaselSimPod *pod, const EaselSimRequest *outside, gint64 now)
{
  gboolean is_read = strcmp (outside->method, "GET") == 0 || strcmp (outside->method, "HEAD") == 0;
  EaselSimRequest inside = *outside;
  const EaselSimRequest *request = &inside;
  EaselSimAnswer *answer = NULL;
  const char *path;

  if (pod->boot->nginx_ms < 0 || now < pod->boot->nginx_ms)
    return page (502, "502 Bad Gateway");
  if (request->body_size > NGINX_MAX_BODY)
    return page (413, "413 Request Entity Too Large");
  if (easel_sim_agents_pass (world->agents, pod, outside, &path, &answer) ==
      EASEL_SIM_GATE_ANSWERED)
    return answer;
  inside.path = (char *) path;
  if (strcmp (request->path, "/README.md") == 0 && is_read)
    return easel_sim_answer_new (200, "text/markdown",
                                 "# Server for painting with Krita\n\nPort 3001: ComfyUI\n");
  if (easel_sim_comfy_is_up (pod, now))
    return answer_comfy (world, pod, request);
  if (is_socket_path (request))
    return page (502, "502 Bad Gateway");
  if (!is_read)
    return page (405, "405 Not Allowed");
  return page (200, "Port Not Up Yet");
}

static EaselSimAnswer *
go_on_to (guint port)
{
  EaselSimAnswer *answer = easel_sim_answer_new (200, NULL, NULL);

  answer->delivery = EASEL_SIM_DELIVER_TUNNEL;
  answer->tunnel_port = port;
  return answer;
}

static EaselSimAnswer *
answer_jupyter (const EaselSimPod *pod, const EaselSimRequest *request, gint64 now)
{
  const char *password = g_hash_table_lookup (pod->env, "JUPYTER_PASSWORD");
  const char *header = easel_sim_request_header (request, "authorization");
  const char *token = easel_sim_request_query (request, "token");

  if (password == NULL || pod->boot->services_ms < 0 || now < pod->boot->services_ms)
    return page (502, "502 Bad Gateway");
  if (header != NULL && g_str_has_prefix (header, "token "))
    token = header + strlen ("token ");
  if (g_strcmp0 (token, password) != 0)
    return easel_sim_answer_new (403, "application/json",
                                 "{\"message\":\"Forbidden\",\"reason\":null}");
  return easel_sim_answer_new (200, "application/json", "{\"connections\":0,\"kernels\":0}");
}

/**
 * easel_sim_pod_server_answer:
 * @world: all there is
 * @pod_id: whose port
 * @port: which one
 * @request: the request
 *
 * Returns: (transfer full): what a client sees there at this time
 */
EaselSimAnswer *
easel_sim_pod_server_answer (EaselSimWorld *world,
                             const char *pod_id,
                             guint port,
                             const EaselSimRequest *request)
{
  EaselSimPod *pod = easel_sim_cloud_find (world->cloud, pod_id);
  gint64 now = easel_sim_cloud_now (world->cloud);

  if (pod == NULL || pod->state != EASEL_SIM_POD_RUNNING || !declares (pod, port))
    return page (404, "404 Not Found");
  if (pod->gpu_count == 0 || pod->boot->container_ms < 0 || now < pod->boot->container_ms)
    return page (502, "502 Bad Gateway");
  if ((pod->run_plagues & EASEL_SIM_PLAGUE_UNREACHABLE) != 0)
    return silence ();
  if (port == 3001 && easel_sim_containers_get_nginx_port (world->containers, pod) > 0)
    return go_on_to (easel_sim_containers_get_nginx_port (world->containers, pod));
  if (port == 3001 && easel_sim_image_is_krita (pod->image))
    return answer_nginx (world, pod, request, now);
  if (port == 3000 && easel_sim_comfy_is_up (pod, now))
    return answer_comfy (world, pod, request);
  if (port == 8888)
    return answer_jupyter (pod, request, now);
  return page (502, "502 Bad Gateway");
}

/**
 * easel_sim_pod_server_answer_inside:
 * @world: all there is
 * @pod_id: a pod with a real container
 * @request: a request of what runs in it
 *
 * Returns: (transfer full): what ComfyUI answers there
 */
EaselSimAnswer *
easel_sim_pod_server_answer_inside (EaselSimWorld *world,
                                    const char *pod_id,
                                    const EaselSimRequest *request)
{
  EaselSimPod *pod = easel_sim_cloud_find (world->cloud, pod_id);

  if (pod == NULL || !easel_sim_comfy_is_up (pod, easel_sim_cloud_now (world->cloud)))
    return page (502, "502 Bad Gateway");
  return answer_comfy (world, pod, request);
}
