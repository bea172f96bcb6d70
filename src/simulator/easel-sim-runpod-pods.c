/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * RunPod's REST v2, the routes below "pods": list, create, get, change, act, delete. The shapes of
 * the bodies are the tables here; what becomes of a pod is the cloud's business.
 */
#include "config.h"

#include "easel-sim-runpod-private.h"
#include "easel-sim-schema.h"

#include "easel-sim-build.h"

#include <string.h>

#define MAX_PAGE 1000

static const char *const clouds[] = { "SECURE", "COMMUNITY", NULL };
static const char *const actions[] = { "start", "stop", "restart", "terminate", NULL };

#define CUDA_PATTERN "^\\d+\\.\\d+$"

static const EaselSimField persistent_fields[] = {
  { .name = "size", .kind = EASEL_SIM_KIND_INTEGER, .is_required = TRUE, .minimum = 10 },
  { .name = "path", .kind = EASEL_SIM_KIND_STRING, .is_required = TRUE },
  { .name = NULL },
};

static const EaselSimField network_fields[] = {
  { .name = "volumeId", .kind = EASEL_SIM_KIND_STRING, .is_required = TRUE },
  { .name = "path", .kind = EASEL_SIM_KIND_STRING, .is_required = TRUE },
  { .name = NULL },
};

static const EaselSimField mounts_fields[] = {
  { .name = "persistent", .kind = EASEL_SIM_KIND_OBJECT, .fields = persistent_fields },
  { .name = "network", .kind = EASEL_SIM_KIND_OBJECTS, .limit = 1, .fields = network_fields },
  { .name = NULL },
};

static const EaselSimField gpu_fields[] = {
  { .name = "id", .kind = EASEL_SIM_KIND_STRING, .is_required = TRUE },
  { .name = "count", .kind = EASEL_SIM_KIND_INTEGER, .minimum = 1 },
  { .name = "allowedCudaVersions", .kind = EASEL_SIM_KIND_STRINGS, .pattern = CUDA_PATTERN },
  { .name = "minCudaVersion", .kind = EASEL_SIM_KIND_STRING, .pattern = CUDA_PATTERN },
  { .name = "minRamPerGpu", .kind = EASEL_SIM_KIND_INTEGER, .minimum = 1 },
  { .name = "minVcpuCountPerGpu", .kind = EASEL_SIM_KIND_INTEGER, .minimum = 1 },
  { .name = NULL },
};

static const EaselSimField cpu_fields[] = {
  { .name = "id", .kind = EASEL_SIM_KIND_STRING, .is_required = TRUE, .minimum = 1 },
  { .name = "vcpuCount", .kind = EASEL_SIM_KIND_INTEGER, .is_required = TRUE, .minimum = 2 },
  { .name = NULL },
};

#define CONTAINER_FIELDS                                                                           \
  { .name = "image", .kind = EASEL_SIM_KIND_STRING },                                              \
      { .name = "args", .kind = EASEL_SIM_KIND_STRING },                                           \
      { .name = "cmd", .kind = EASEL_SIM_KIND_STRINGS },                                           \
      { .name = "entrypoint", .kind = EASEL_SIM_KIND_STRINGS },                                    \
      { .name = "disk", .kind = EASEL_SIM_KIND_INTEGER, .minimum = 1 },                            \
      { .name = "env", .kind = EASEL_SIM_KIND_STRING_MAP },                                        \
      { .name = "ports", .kind = EASEL_SIM_KIND_STRINGS },                                         \
      { .name = "registry", .kind = EASEL_SIM_KIND_STRING_OR_NULL },                               \
      { .name = "mounts", .kind = EASEL_SIM_KIND_OBJECT, .fields = mounts_fields },                \
      { .name = "templateId", .kind = EASEL_SIM_KIND_STRING },                                     \
  {                                                                                                \
    .name = "globalNetworking", .kind = EASEL_SIM_KIND_BOOLEAN                                     \
  }

static const EaselSimField create_fields[] = {
  CONTAINER_FIELDS,
  { .name = "name", .kind = EASEL_SIM_KIND_STRING, .is_required = TRUE, .minimum = 1 },
  { .name = "cloud", .kind = EASEL_SIM_KIND_STRING, .choices = clouds },
  { .name = "gpu", .kind = EASEL_SIM_KIND_OBJECT, .fields = gpu_fields },
  { .name = "cpu", .kind = EASEL_SIM_KIND_OBJECT, .fields = cpu_fields },
  { .name = "dataCenterIds", .kind = EASEL_SIM_KIND_STRINGS },
  { .name = "startJupyter", .kind = EASEL_SIM_KIND_BOOLEAN },
  { .name = "startSsh", .kind = EASEL_SIM_KIND_BOOLEAN },
  { .name = NULL },
};

static const EaselSimField patch_fields[] = {
  CONTAINER_FIELDS,
  { .name = "name", .kind = EASEL_SIM_KIND_STRING, .minimum = 1 },
  { .name = "locked", .kind = EASEL_SIM_KIND_BOOLEAN },
  { .name = NULL },
};

static const EaselSimField action_fields[] = {
  { .name = "action", .kind = EASEL_SIM_KIND_STRING, .is_required = TRUE, .choices = actions },
  { .name = NULL },
};

/* Before "cmd" and "entrypoint" were added (facts/runpod.md 7.3). */
static void
check_old_members (const EaselSimRunpodCall *call, JsonNode *body, GPtrArray *errors)
{
  static const char *const later[] = { "cmd", "entrypoint" };

  if (!call->world->runpod.refuses_cmd || !JSON_NODE_HOLDS_OBJECT (body))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (later); i++)
    if (json_object_has_member (json_node_get_object (body), later[i]))
      g_ptr_array_add (errors,
                       g_strdup_printf ("$: additional properties '%s' not allowed", later[i]));
}

/* The body's tree if it has the shape; or NULL and a problem. */
static JsonNode *
read_body (const EaselSimRunpodCall *call,
           const EaselSimField *fields,
           EaselSimAnswer **ret_problem)
{
  g_autoptr (JsonNode) node = _easel_sim_runpod_read_body (call->request, ret_problem);
  g_autoptr (GPtrArray) errors = g_ptr_array_new_with_free_func (g_free);

  if (node == NULL)
    return NULL;
  easel_sim_schema_check (node, fields, "$", errors);
  check_old_members (call, node, errors);
  if (errors->len == 0)
    return g_steal_pointer (&node);
  *ret_problem = easel_sim_answer_problem (422, "Request validation failed.", errors);
  return NULL;
}

/* As the route sees it: late to see it come, late to see it go. */
static gboolean
is_visible (const EaselSimRunpodCall *call, const EaselSimPod *pod, const char *route)
{
  gint64 now = easel_sim_cloud_now (call->world->cloud);
  gint64 lag = easel_sim_faults_get_lag_ms (call->world->faults, route);

  if (strcmp (pod->account, call->account->id) != 0 || now < pod->created_ms + lag)
    return FALSE;
  return pod->state != EASEL_SIM_POD_DELETED || now < pod->deleted_ms + lag;
}

EaselSimPod *
_easel_sim_runpod_find_pod (const EaselSimRunpodCall *call, const char *route)
{
  EaselSimPod *pod = easel_sim_cloud_find (call->world->cloud, call->parts[1]);

  return pod != NULL && is_visible (call, pod, route) ? pod : NULL;
}

static gboolean
read_page (const EaselSimRunpodCall *call, guint *ret_first, guint *ret_limit)
{
  const char *limit = easel_sim_request_query (call->request, "limit");
  const char *cursor = easel_sim_request_query (call->request, "cursor");
  guint64 number;

  *ret_first = 0;
  *ret_limit = MAX_PAGE;
  if (limit != NULL)
    {
      if (!g_ascii_string_to_unsigned (limit, 10, 1, MAX_PAGE, &number, NULL))
        return FALSE;
      *ret_limit = (guint) number;
    }
  if (cursor != NULL)
    {
      if (!g_str_has_prefix (cursor, "c-") ||
          !g_ascii_string_to_unsigned (cursor + 2, 16, 0, G_MAXUINT32, &number, NULL))
        return FALSE;
      *ret_first = (guint) number;
    }
  if (call->world->page_size > 0)
    *ret_limit = MIN (*ret_limit, call->world->page_size);
  return TRUE;
}

EaselSimAnswer *
_easel_sim_runpod_list_pods (const EaselSimRunpodCall *call)
{
  GPtrArray *pods = easel_sim_cloud_get_pods (call->world->cloud);
  const char *clusters = easel_sim_request_query (call->request, "includeClusterPods");
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *next = NULL;
  guint first, limit, n_told = 0;

  if (clusters != NULL && strcmp (clusters, "true") != 0 && strcmp (clusters, "false") != 0)
    return _easel_sim_runpod_invalid ("includeClusterPods: got string, want boolean");
  if (!read_page (call, &first, &limit))
    return _easel_sim_runpod_invalid ("cursor or limit is malformed");
  json_builder_begin_object (builder);
  easel_sim_open_array (builder, "pods");
  /* A cursor is a place in the order of creation, so nothing is skipped when pods go. */
  for (guint i = first; i < pods->len; i++)
    {
      const EaselSimPod *pod = g_ptr_array_index (pods, i);

      if (!is_visible (call, pod, "list"))
        continue;
      if (n_told == limit)
        {
          next = g_strdup_printf ("c-%x", i);
          break;
        }
      _easel_sim_runpod_put_pod (builder, call->world, pod, FALSE);
      n_told++;
    }
  json_builder_end_array (builder);
  easel_sim_open_object (builder, "pagination");
  easel_sim_put_string (builder, "nextCursor", next);
  easel_sim_put_boolean (builder, "hasNextPage", next != NULL);
  json_builder_end_object (builder);
  return easel_sim_answer_json (200, easel_sim_close_root (builder));
}

EaselSimAnswer *
_easel_sim_runpod_create_pod (const EaselSimRunpodCall *call)
{
  EaselSimAnswer *problem = NULL;
  g_autoptr (JsonNode) body = read_body (call, create_fields, &problem);
  EaselSimOrder order = { 0 };
  EaselSimVerdict verdict = EASEL_SIM_OK;
  EaselSimPod *pod = NULL;

  if (body == NULL)
    return problem;
  if (_easel_sim_runpod_fill_order (call, json_node_get_object (body), &order, &problem))
    {
      verdict = easel_sim_cloud_rent (call->world->cloud, call->account, &order, &pod);
      if (verdict == EASEL_SIM_OK)
        easel_sim_cloud_set_plagues (call->world->cloud, pod,
                                     easel_sim_faults_take_plagues (call->world->faults));
    }
  if (verdict == EASEL_SIM_UNKNOWN_GPU)
    {
      g_autofree char *detail = g_strdup_printf ("Unknown GPU type: %s", order.gpu_id);

      problem = easel_sim_answer_problem (400, detail, NULL);
    }
  else if (verdict != EASEL_SIM_OK)
    problem = _easel_sim_runpod_verdict (verdict);
  easel_sim_order_clear (&order);
  if (problem != NULL)
    return problem;
  return easel_sim_answer_json (201, _easel_sim_runpod_pod_node (call->world, pod, TRUE));
}

EaselSimAnswer *
_easel_sim_runpod_get_pod (const EaselSimRunpodCall *call)
{
  EaselSimPod *pod = _easel_sim_runpod_find_pod (call, "get");

  if (pod == NULL)
    return easel_sim_answer_problem (404, "pod not found", NULL);
  return easel_sim_answer_json (200, _easel_sim_runpod_pod_node (call->world, pod, FALSE));
}

EaselSimAnswer *
_easel_sim_runpod_patch_pod (const EaselSimRunpodCall *call)
{
  EaselSimAnswer *problem = NULL;
  g_autoptr (JsonNode) body = read_body (call, patch_fields, &problem);
  EaselSimPod *pod = _easel_sim_runpod_find_pod (call, "get");
  JsonObject *object;
  const char *name;

  if (body == NULL)
    return problem;
  if (pod == NULL)
    return easel_sim_answer_problem (404, "pod not found", NULL);
  object = json_node_get_object (body);
  name = easel_json_peek_string (object, "name", NULL);
  if (name != NULL)
    easel_sim_cloud_rename (call->world->cloud, pod, name);
  if (json_object_has_member (object, "locked"))
    easel_sim_cloud_lock (call->world->cloud, pod,
                          easel_json_peek_boolean (object, "locked", FALSE));
  return easel_sim_answer_json (200, _easel_sim_runpod_pod_node (call->world, pod, FALSE));
}

static EaselSimAnswer *
remove_pod (const EaselSimRunpodCall *call)
{
  EaselSimPod *pod = _easel_sim_runpod_find_pod (call, "delete");
  EaselSimVerdict verdict =
      pod != NULL ? easel_sim_cloud_remove (call->world->cloud, pod) : EASEL_SIM_NOT_FOUND;

  if (verdict != EASEL_SIM_OK)
    return _easel_sim_runpod_verdict (verdict);
  return easel_sim_answer_new (204, NULL, NULL);
}

EaselSimAnswer *
_easel_sim_runpod_delete_pod (const EaselSimRunpodCall *call)
{
  return remove_pod (call);
}

EaselSimAnswer *
_easel_sim_runpod_act_on_pod (const EaselSimRunpodCall *call)
{
  EaselSimAnswer *problem = NULL;
  g_autoptr (JsonNode) body = read_body (call, action_fields, &problem);
  EaselSimPod *pod = _easel_sim_runpod_find_pod (call, "get");
  EaselSimVerdict verdict;
  const char *action;

  if (body == NULL)
    return problem;
  action = easel_json_peek_string (json_node_get_object (body), "action", "");
  if (strcmp (action, "terminate") == 0)
    return remove_pod (call);
  if (pod == NULL)
    return easel_sim_answer_problem (404, "pod not found", NULL);
  if (strcmp (action, "start") == 0)
    verdict = easel_sim_cloud_start (call->world->cloud, pod);
  else if (strcmp (action, "stop") == 0)
    verdict = easel_sim_cloud_stop (call->world->cloud, pod);
  else
    verdict = easel_sim_cloud_restart (call->world->cloud, pod);
  if (verdict != EASEL_SIM_OK)
    return _easel_sim_runpod_verdict (verdict);
  return easel_sim_answer_json (200, _easel_sim_runpod_pod_node (call->world, pod, FALSE));
}
