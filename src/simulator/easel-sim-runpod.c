/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * RunPod's REST v2, its front door: who asks, whether he may, how often, and which route. What a
 * route answers is in easel-sim-runpod-*.c. Facts: facts/runpod.md 2; checked from outside against
 * the published contract.
 */
#include "config.h"

#include "easel-sim-runpod-private.h"

#include "easel-sim-build.h"

#include <string.h>

typedef EaselSimAnswer *(*Answer) (const EaselSimRunpodCall *call);

static EaselSimAnswer *
list_ssh_keys (const EaselSimRunpodCall *call)
{
  return easel_sim_answer_json (200, easel_json_parse_text ("{\"keys\":[]}", NULL));
}

static EaselSimAnswer *
list_volumes (const EaselSimRunpodCall *call)
{
  return easel_sim_answer_json (200, easel_json_parse_text ("{\"networkVolumes\":[]}", NULL));
}

/* "*" stands for one part of any content. */
static const struct
{
  const char *method;
  const char *path;
  const char *route;
  gboolean is_write;
  Answer answer;
} route_table[] = {
  { "GET", "pods", "list", FALSE, _easel_sim_runpod_list_pods },
  { "POST", "pods", "create", TRUE, _easel_sim_runpod_create_pod },
  { "GET", "pods/*", "get", FALSE, _easel_sim_runpod_get_pod },
  { "PATCH", "pods/*", "patch", TRUE, _easel_sim_runpod_patch_pod },
  { "DELETE", "pods/*", "delete", TRUE, _easel_sim_runpod_delete_pod },
  { "POST", "pods/*/action", "action", TRUE, _easel_sim_runpod_act_on_pod },
  { "GET", "pods/*/logs", "logs", FALSE, _easel_sim_runpod_stream_logs },
  { "GET", "catalog/gpus", "catalog", FALSE, _easel_sim_runpod_list_gpus },
  { "GET", "catalog/gpus/*", "catalog", FALSE, _easel_sim_runpod_get_gpu },
  { "GET", "catalog/datacenters", "catalog", FALSE, _easel_sim_runpod_list_centers },
  { "GET", "catalog/templates", "templates", FALSE, _easel_sim_runpod_list_public_templates },
  { "GET", "templates", "templates", FALSE, _easel_sim_runpod_list_own_templates },
  { "GET", "templates/*", "templates", FALSE, _easel_sim_runpod_get_template },
  { "GET", "billing", "billing", FALSE, _easel_sim_runpod_bill_all },
  { "GET", "billing/pods", "billing", FALSE, _easel_sim_runpod_bill_pods },
  { "GET", "account/ssh-keys", "account", FALSE, list_ssh_keys },
  { "GET", "network-volumes", "volumes", FALSE, list_volumes },
};

static gboolean
matches (const char *pattern, char **parts)
{
  g_auto (GStrv) words = g_strsplit (pattern, "/", -1);

  if (g_strv_length (words) != g_strv_length (parts))
    return FALSE;
  for (guint i = 0; words[i] != NULL; i++)
    if (strcmp (words[i], "*") != 0 && strcmp (words[i], parts[i]) != 0)
      return FALSE;
  return TRUE;
}

/* Returns the row, or -1; then @ret_allow (nullable) holds the methods that the path has. */
static int
find_route (const EaselSimRequest *request, char **parts, char **ret_allow)
{
  g_autoptr (GString) allow = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (route_table); i++)
    {
      if (!matches (route_table[i].path, parts))
        continue;
      if (strcmp (route_table[i].method, request->method) == 0)
        return (int) i;
      g_string_append_printf (allow, "%s%s", allow->len > 0 ? ", " : "", route_table[i].method);
    }
  if (ret_allow != NULL && allow->len > 0)
    *ret_allow = g_strdup (allow->str);
  return -1;
}

static const char *
wanted_action (const EaselSimRequest *request)
{
  static const char *const actions[] = { "start", "stop", "restart", NULL };
  g_autoptr (JsonNode) node = easel_json_parse (request->body, EASEL_JSON_MAX_BYTES, NULL);
  JsonObject *object = node != NULL ? easel_json_node_object (node, "body", NULL) : NULL;
  const char *name = object != NULL ? easel_json_peek_string (object, "action", "") : "";

  for (guint i = 0; actions[i] != NULL; i++)
    if (strcmp (actions[i], name) == 0)
      return actions[i];
  return strcmp (name, "terminate") == 0 ? "delete" : NULL;
}

/**
 * easel_sim_runpod_classify:
 * @request: a request below "/v2"
 * @ret_call: (out): what it means
 *
 * For faults and for counting, before anything is checked.
 */
void
easel_sim_runpod_classify (const EaselSimRequest *request, EaselSimCall *ret_call)
{
  g_auto (GStrv) parts = easel_sim_request_segments (request);
  int row = parts[0] != NULL ? find_route (request, parts + 1, NULL) : -1;

  ret_call->route = row >= 0 ? route_table[row].route : "unknown";
  if (row >= 0 && strcmp (route_table[row].route, "action") == 0)
    ret_call->detail = wanted_action (request);
}

/**
 * easel_sim_runpod_wanted_gpu:
 * @request: a request below "/v2"
 *
 * Returns: (transfer full) (nullable): the GPU that it wants to rent
 */
char *
easel_sim_runpod_wanted_gpu (const EaselSimRequest *request)
{
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object, *gpu;

  if (strcmp (request->method, "POST") != 0)
    return NULL;
  node = easel_json_parse (request->body, EASEL_JSON_MAX_BYTES, NULL);
  object = node != NULL ? easel_json_node_object (node, "body", NULL) : NULL;
  gpu = object != NULL ? easel_json_peek_object (object, "gpu") : NULL;
  return gpu != NULL ? g_strdup (easel_json_peek_string (gpu, "id", NULL)) : NULL;
}

/* Nobody gets past the edge with the bare agent of a script (facts/runpod.md 2). */
static gboolean
is_bare_agent (const EaselSimRequest *request)
{
  const char *agent = easel_sim_request_header (request, "user-agent");

  return agent == NULL || *agent == '\0' || g_str_has_prefix (agent, "Python-urllib/");
}

/* A pod's own key gets at that pod only, to look at it, start, stop and delete it; the right is
 * looked at before the pod's state (facts/runpod.md 10.4). */
static gboolean
may_pod (const EaselSimRunpodCall *call, const char *route)
{
  const EaselSimPod *pod = call->own_pod;
  const char *action = route;

  if (strcmp (route, "get") == 0)
    action = "read";
  else if (strcmp (route, "action") == 0)
    action = wanted_action (call->request);
  else if (strcmp (route, "delete") != 0)
    return FALSE;
  return action != NULL && strcmp (action, "restart") != 0 &&
         strcmp (call->parts[1], pod->id) == 0 && !easel_sim_pod_refuses_own_key (pod, action);
}

static EaselSimAnswer *
answer_route (EaselSimRunpodCall *call)
{
  g_autofree char *allow = NULL;
  int row = find_route (call->request, call->parts, &allow);
  EaselSimAnswer *answer;

  if (row >= 0 && call->own_pod != NULL && !may_pod (call, route_table[row].route))
    return easel_sim_answer_problem (403, "access denied", NULL);
  if (row >= 0 && route_table[row].is_write && call->rights < EASEL_SIM_RIGHTS_OWN_POD)
    return easel_sim_answer_problem (403, "access denied", NULL);
  if (row >= 0 && call->request->is_too_large)
    return easel_sim_answer_problem (413, "request body exceeds 102400 bytes", NULL);
  if (row >= 0)
    return route_table[row].answer (call);
  if (allow == NULL)
    return easel_sim_answer_problem (404, "resource not found", NULL);
  answer = easel_sim_answer_problem (405, "method not allowed", NULL);
  easel_sim_answer_header (answer, "Allow", allow);
  return answer;
}

static EaselSimAnswer *
answer_account (EaselSimRunpodCall *call)
{
  const char *window = NULL;
  guint wait = easel_sim_rate_count (call->world->rate, call->account->id, &window);
  EaselSimAnswer *answer;

  if (wait > 0)
    {
      g_autofree char *detail = g_strdup_printf ("rate limit exceeded for the %s window", window);
      g_autofree char *seconds = g_strdup_printf ("%u", wait);

      answer = easel_sim_answer_problem (429, detail, NULL);
      easel_sim_answer_header (answer, "Retry-After", seconds);
    }
  else
    {
      easel_sim_cloud_settle (call->world->cloud);
      answer = answer_route (call);
    }
  easel_sim_rate_tell (call->world->rate, call->account->id, answer);
  return answer;
}

/**
 * easel_sim_runpod_answer:
 * @world: an #EaselSimWorld
 * @request: a request below "/v2"
 *
 * Returns: (transfer full): what RunPod would answer
 */
EaselSimAnswer *
easel_sim_runpod_answer (gpointer world, const EaselSimRequest *request)
{
  g_auto (GStrv) parts = easel_sim_request_segments (request);
  g_autofree char *key = easel_sim_request_bearer (request);
  EaselSimRunpodCall call = { world, NULL, EASEL_SIM_RIGHTS_NONE, NULL, request, parts + 1 };

  if (is_bare_agent (request))
    return easel_sim_answer_new (403, "text/plain", "error code: 1010");
  if (key == NULL)
    return easel_sim_answer_problem (401, "missing bearer token", NULL);
  call.own_pod =
      easel_sim_cloud_enter_as_pod (call.world->cloud, EASEL_SIM_HOUSE_RUNPOD, key, &call.account);
  call.rights =
      call.own_pod != NULL
          ? EASEL_SIM_RIGHTS_OWN_POD
          : easel_sim_cloud_enter (call.world->cloud, EASEL_SIM_HOUSE_RUNPOD, key, &call.account);
  if (call.rights == EASEL_SIM_RIGHTS_NONE)
    return easel_sim_answer_problem (401, "invalid bearer token", NULL);
  return answer_account (&call);
}

EaselSimAnswer *
_easel_sim_runpod_invalid (const char *error)
{
  g_autoptr (GPtrArray) errors = g_ptr_array_new ();

  g_ptr_array_add (errors, (gpointer) error);
  return easel_sim_answer_problem (422, "Request validation failed.", errors);
}

EaselSimAnswer *
_easel_sim_runpod_verdict (EaselSimVerdict verdict)
{
  switch (verdict)
    {
    case EASEL_SIM_NO_CAPACITY:
      return easel_sim_answer_problem (
          400,
          "There are no longer any instances available with the requested "
          "specifications. Please refresh and try again.",
          NULL);
    case EASEL_SIM_NO_CREDIT:
      return easel_sim_answer_problem (
          402, "Your account balance is too low to rent a pod. Please add funds to your account.",
          NULL);
    case EASEL_SIM_HOST_FULL:
    case EASEL_SIM_QUEUED:
    case EASEL_SIM_EXPIRED:
      return easel_sim_answer_problem (
          400, "There are not enough free GPUs on the host machine to start this pod.", NULL);
    case EASEL_SIM_WRONG_STATE:
      return easel_sim_answer_problem (409, "action not valid for current pod status", NULL);
    case EASEL_SIM_LOCKED:
      return easel_sim_answer_problem (409, "pod is locked", NULL);
    case EASEL_SIM_UNKNOWN_GPU:
      return easel_sim_answer_problem (400, "Unknown GPU type", NULL);
    case EASEL_SIM_NOT_FOUND:
    case EASEL_SIM_OK:
    default:
      return easel_sim_answer_problem (404, "pod not found", NULL);
    }
}

gboolean
_easel_sim_runpod_one_of (const char *text, const char *const *choices)
{
  return text != NULL && g_strv_contains (choices, text);
}

/* The parsed body; or NULL and a problem. */
JsonNode *
_easel_sim_runpod_read_body (const EaselSimRequest *request, EaselSimAnswer **ret_problem)
{
  const char *type = easel_sim_request_header (request, "content-type");
  g_autoptr (JsonNode) node = NULL;

  if (type == NULL || g_ascii_strncasecmp (type, "application/json", 16) != 0)
    {
      *ret_problem = easel_sim_answer_problem (415, "Content-Type must be application/json", NULL);
      return NULL;
    }
  node = easel_json_parse (request->body, EASEL_JSON_MAX_BYTES, NULL);
  if (node == NULL)
    *ret_problem = easel_sim_answer_problem (400, "request body is not valid JSON", NULL);
  return g_steal_pointer (&node);
}
