/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vast.ai's REST API, its front door: who asks, how fast, whether he may, and which route. What a
 * route answers is in easel-sim-vast-*.c. Facts: facts/vast.md 1, 2, 16; checked from outside
 * against the provider's document.
 */
#include "config.h"

#include "easel-sim-vast-private.h"

#include "easel-sim-build.h"

#include <string.h>

typedef EaselSimAnswer *(*Answer) (const EaselSimVastCall *call);

typedef struct
{
  const char *method;
  const char *path; /* "*" stands for one part of any content */
  const char *route;
  const char *endpoint;
  guint min_ms;     /* between two requests, facts/vast.md 2.2 */
  guint penalty_ms; /* after one that came too soon */
  gboolean is_write;
  gboolean is_public;
  const char *parameters; /* (nullable): of the query, separated by blanks */
  Answer answer;
} Route;

/* Where two documents differ in an interval, the longer one. */
static const Route route_table[] = {
  { "GET", "v0/users/current", "account", "GET /users/current/", 2000, 0, FALSE, FALSE, NULL,
    _easel_sim_vast_show_account },
  { "GET", "v0/users/spend-rate", "spend", "GET /users/spend-rate/", 2000, 0, FALSE, FALSE, NULL,
    _easel_sim_vast_show_spend_rate },
  { "POST", "v0/bundles", "catalog", "POST /bundles/", 2000, 0, FALSE, TRUE, NULL,
    _easel_sim_vast_search_offers },
  { "GET", "v0/gpu_names/unique", "gpu_names", "GET /gpu_names/unique/", 0, 0, FALSE, TRUE, NULL,
    _easel_sim_vast_list_gpu_names },
  { "GET", "v0/template", "templates", "GET /template/", 3000, 0, FALSE, FALSE,
    "select_filters select_cols order_by", _easel_sim_vast_search_templates },
  { "PUT", "v0/asks/*", "create", "PUT /asks/", 4500, 12000, TRUE, FALSE, NULL,
    _easel_sim_vast_accept_offer },
  { "GET", "v0/instances", "old_list", "GET /instances/", 20000, 0, FALSE, FALSE, NULL,
    _easel_sim_vast_refuse_old_list },
  { "GET", "v1/instances", "list", "GET /v1/instances/", 1000, 0, FALSE, FALSE,
    "limit after_token order_by select_cols select_filters", _easel_sim_vast_list_instances },
  { "GET", "v0/instances/*", "get", "GET /instances/*/", 2000, 0, FALSE, FALSE, NULL,
    _easel_sim_vast_show_instance },
  { "PUT", "v0/instances/*", "action", "PUT /instances/*/", 1000, 0, TRUE, FALSE, NULL,
    _easel_sim_vast_change_instance },
  { "DELETE", "v0/instances/*", "delete", "DELETE /instances/*/", 3000, 0, TRUE, FALSE, NULL,
    _easel_sim_vast_destroy_instance },
  { "PUT", "v0/instances/reboot/*", "reboot", "PUT /instances/reboot/*/", 1000, 0, TRUE, FALSE,
    NULL, _easel_sim_vast_reboot_instance },
  { "PUT", "v0/instances/request_logs/*", "logs", "PUT /instances/request_logs/*/", 0, 0, FALSE,
    FALSE, NULL, _easel_sim_vast_request_logs },
  { "GET", "v0/instances/balance/*", "deposit", "GET /instances/balance/*/", 3000, 0, FALSE, FALSE,
    NULL, _easel_sim_vast_show_deposit },
  { "GET", "v0/charges", "billing", "GET /charges/", 1000, 0, FALSE, FALSE,
    "select_filters format latest_first limit after_token", _easel_sim_vast_show_charges },
};

/**
 * easel_sim_vast_new:
 *
 * Returns: (transfer full): a provider that is as odd as usual
 */
EaselSimVast *
easel_sim_vast_new (void)
{
  EaselSimVast *self = g_new0 (EaselSimVast, 1);

  self->logs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

/**
 * easel_sim_vast_free:
 * @self: (transfer full): a provider
 */
void
easel_sim_vast_free (EaselSimVast *self)
{
  g_hash_table_unref (self->logs);
  g_free (self);
}

/**
 * easel_sim_vast_set_oddities:
 * @world: all there is
 * @oddities: "ports_by_id", "blanks", "loose_filters", "intervals", each a truth
 */
void
easel_sim_vast_set_oddities (EaselSimWorld *world, JsonObject *oddities)
{
  EaselSimVast *self = world->vast;

  self->hides_ports = !easel_json_peek_boolean (oddities, "ports_by_id", !self->hides_ports);
  self->is_loose = easel_json_peek_boolean (oddities, "loose_filters", self->is_loose);
  if (json_object_has_member (oddities, "blanks"))
    self->blanks = easel_json_peek_boolean (oddities, "blanks", TRUE) ? EASEL_SIM_BLANKS_ALWAYS
                                                                      : EASEL_SIM_BLANKS_NEVER;
  if (json_object_has_member (oddities, "intervals"))
    easel_sim_pace_set_enforced (world->pace,
                                 easel_json_peek_boolean (oddities, "intervals", TRUE));
}

/**
 * easel_sim_vast_clear_oddities:
 * @world: all there is
 *
 * Makes it as odd as usual again.
 */
void
easel_sim_vast_clear_oddities (EaselSimWorld *world)
{
  world->vast->hides_ports = world->vast->is_loose = FALSE;
  world->vast->blanks = EASEL_SIM_BLANKS_SOMETIMES;
  easel_sim_pace_reset_enforced (world->pace);
}

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

/* @parts begins with the version. A route ends in a slash; without it nobody is at home. */
static const Route *
find_route (const EaselSimRequest *request, char **parts, gboolean *ret_has_path)
{
  *ret_has_path = FALSE;
  if (!g_str_has_suffix (request->path, "/"))
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (route_table); i++)
    {
      if (!matches (route_table[i].path, parts))
        continue;
      *ret_has_path = TRUE;
      if (strcmp (route_table[i].method, request->method) == 0)
        return &route_table[i];
    }
  return NULL;
}

static const Route *
route_of (const EaselSimRequest *request)
{
  g_auto (GStrv) parts = easel_sim_request_segments (request);
  gboolean has_path;

  return parts[0] != NULL ? find_route (request, parts + 1, &has_path) : NULL;
}

/**
 * easel_sim_vast_count:
 * @world: all there is
 * @request: a request below "/api" that came in now; gets its pace
 */
void
easel_sim_vast_count (EaselSimWorld *world, EaselSimRequest *request)
{
  const Route *route = route_of (request);

  if (route != NULL)
    easel_sim_pace_count (world->pace, request, route->endpoint, route->min_ms, route->penalty_ms);
}

static JsonObject *
body_object (const EaselSimRequest *request, JsonNode **ret_node)
{
  *ret_node = easel_json_parse (request->body, EASEL_JSON_MAX_BYTES, NULL);
  return *ret_node != NULL ? easel_json_node_object (*ret_node, "body", NULL) : NULL;
}

static const char *
wanted_change (const EaselSimRequest *request)
{
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object = body_object (request, &node);
  const char *state = object != NULL ? easel_json_peek_string (object, "state", "") : "";

  if (strcmp (state, "running") == 0)
    return "start";
  return strcmp (state, "stopped") == 0 ? "stop" : "patch";
}

static EaselSimAnswer *
refuse_on_request (const char *route, const char *name, guint status)
{
  switch (status)
    {
    case 400:
      if (strcmp (name, "400capacity") == 0)
        return _easel_sim_vast_refuse (
            400, "invalid_args",
            "error 400/3603: no_such_ask Instance type by id 31000000 is not available.");
      if (strcmp (name, "spend_limit") == 0)
        return _easel_sim_vast_refuse (400, "spend_rate_limit",
                                       "Your spending is limited while the account is new.");
      return _easel_sim_vast_refuse (400, "invalid_args", "error 400/1782: Invalid args");
    case 401:
      return _easel_sim_vast_refuse (401, "auth_error", "Invalid user key");
    case 402:
      return _easel_sim_vast_refuse (400, "insufficient_credit",
                                     "You lack credit, see the billing page.");
    case 403:
      return _easel_sim_vast_refuse (403, "not_authorized",
                                     "This API key lacks the permission for this action.");
    case 404:
      if (strcmp (route, "create") == 0)
        return _easel_sim_vast_refuse (404, "no_such_ask", "No ask by id 31000000 is available.");
      return _easel_sim_vast_refuse (404, "no_such_instance", "Instance 27000000 not found.");
    case 410:
      if (strcmp (route, "create") == 0)
        return _easel_sim_vast_refuse (
            410, "no_such_ask",
            "error 410/3907: no_such_ask Instance type 31000000 is no longer available.");
      return _easel_sim_vast_refuse (410, "deprecated_endpoint", "This endpoint is deprecated.");
    case 429:
      return easel_sim_answer_new (429, "text/plain", "API requests too frequent");
    default:
      return _easel_sim_vast_refuse (status, "error", "%s", easel_sim_status_phrase (status));
    }
}

static const char *
empty_on_request (const char *route)
{
  if (strcmp (route, "catalog") == 0)
    return "{\"offers\":[]}";
  if (strcmp (route, "templates") == 0)
    return "{\"success\":false,\"msg\":\"No templates found\"}";
  if (strcmp (route, "billing") == 0)
    return "{\"success\":true,\"count\":0,\"total\":0,\"next_token\":null,\"results\":[]}";
  if (strcmp (route, "get") == 0)
    return "{\"instances\":null}";
  return "{\"success\":true,\"instances_found\":0,\"total_instances\":0,\"label_counts\":{},"
         "\"next_token\":null,\"instances\":[]}";
}

static const EaselSimDialect dialect = { refuse_on_request, empty_on_request };

/**
 * easel_sim_vast_classify:
 * @world: all there is
 * @request: a request below "/api"
 * @ret_call: (out): what it means
 *
 * For faults and for counting, before anything is checked.
 */
void
easel_sim_vast_classify (EaselSimWorld *world,
                         const EaselSimRequest *request,
                         EaselSimCall *ret_call)
{
  const Route *route = route_of (request);

  ret_call->dialect = &dialect;
  ret_call->route = route != NULL ? route->route : "unknown";
  if (strcmp (ret_call->route, "action") == 0)
    ret_call->detail = wanted_change (request);
  else if (strcmp (ret_call->route, "reboot") == 0)
    {
      ret_call->route = "action";
      ret_call->detail = "restart";
    }
}

/**
 * easel_sim_vast_wanted_gpu:
 * @world: all there is
 * @request: a request below "/api"
 *
 * Returns: (transfer full) (nullable): the GPU that it wants to rent
 */
char *
easel_sim_vast_wanted_gpu (EaselSimWorld *world, const EaselSimRequest *request)
{
  g_auto (GStrv) parts = easel_sim_request_segments (request);
  const EaselSimMachine *machine;
  gint64 id;

  if (strcmp (request->method, "PUT") != 0 || g_strv_length (parts) != 4 ||
      strcmp (parts[2], "asks") != 0 || !_easel_sim_vast_read_id (parts[3], &id))
    return NULL;
  machine = easel_sim_market_find (world->market, id);
  return machine != NULL ? g_strdup (machine->gpu->id) : NULL;
}

EaselSimAnswer *
_easel_sim_vast_refuse (guint status, const char *error, const char *format, ...)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  json_builder_begin_object (builder);
  easel_sim_put_boolean (builder, "success", FALSE);
  if (error != NULL)
    easel_sim_put_string (builder, "error", error);
  easel_sim_put_string (builder, "msg", text);
  return easel_sim_answer_json (status, easel_sim_close_root (builder));
}

EaselSimAnswer *
_easel_sim_vast_done (void)
{
  return easel_sim_answer_new (200, "application/json", "{\"success\":true}");
}

/* The parsed body; or NULL and a problem. */
JsonNode *
_easel_sim_vast_read_body (const EaselSimVastCall *call, EaselSimAnswer **ret_problem)
{
  const char *type = easel_sim_request_header (call->request, "content-type");
  g_autoptr (JsonNode) node = NULL;

  if (type != NULL && g_ascii_strncasecmp (type, "application/json", 16) == 0 &&
      !call->request->is_too_large)
    node = easel_json_parse (call->request->body, EASEL_JSON_MAX_BYTES, NULL);
  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    return g_steal_pointer (&node);
  *ret_problem =
      _easel_sim_vast_refuse (400, "invalid_args", "error 400/1782: Invalid args: invalid json");
  return NULL;
}

gboolean
_easel_sim_vast_read_id (const char *text, gint64 *ret_id)
{
  guint64 number;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, &number, NULL))
    return FALSE;
  *ret_id = (gint64) number;
  return TRUE;
}

/* What a parameter says as JSON: a new reference, an empty object if it is absent; NULL and a
 * problem if it is no object. */
JsonObject *
_easel_sim_vast_read_query_object (const EaselSimVastCall *call,
                                   const char *name,
                                   EaselSimAnswer **ret_problem)
{
  const char *text = easel_sim_request_query (call->request, name);
  g_autoptr (JsonNode) node = text != NULL ? easel_json_parse_text (text, NULL) : NULL;
  JsonObject *object = node != NULL ? easel_json_node_object (node, name, NULL) : NULL;
  g_autofree char *complaint = NULL;

  if (text == NULL)
    return json_object_new ();
  if (object == NULL)
    complaint = g_strdup_printf ("%s is not a JSON object", name);
  else
    complaint = easel_sim_filter_check (object, NULL, FALSE);
  if (complaint == NULL)
    return json_object_ref (object);
  *ret_problem =
      _easel_sim_vast_refuse (400, "invalid_request", "Error in query parameters: %s", complaint);
  return NULL;
}

/* Columns of a record that is a JSON object. */
gboolean
_easel_sim_vast_look_up_member (gconstpointer record, const char *name, JsonNode **ret_value)
{
  JsonNode *node = json_object_get_member ((JsonObject *) record, name);

  if (node == NULL)
    return FALSE;
  *ret_value = json_node_copy (node);
  return TRUE;
}

/* As the route sees it: late to see it come, late to see it go. */
gboolean
_easel_sim_vast_is_visible (const EaselSimVastCall *call, const EaselSimPod *pod, const char *route)
{
  gint64 now = easel_sim_cloud_now (call->world->cloud);
  gint64 lag = easel_sim_faults_get_lag_ms (call->world->faults, route);

  if (strcmp (pod->account, call->account->id) != 0 || now < pod->created_ms + lag)
    return FALSE;
  return pod->state != EASEL_SIM_POD_DELETED || now < pod->deleted_ms + lag;
}

EaselSimPod *
_easel_sim_vast_find_pod (const EaselSimVastCall *call, const char *id, const char *route)
{
  EaselSimPod *pod = easel_sim_cloud_find (call->world->cloud, id);

  return pod != NULL && pod->house == EASEL_SIM_HOUSE_VAST &&
                 _easel_sim_vast_is_visible (call, pod, route)
             ? pod
             : NULL;
}

static EaselSimAnswer *
refuse_haste (const EaselSimRequest *request, const Route *route)
{
  g_autofree char *text = NULL;

  if (strcmp (route->route, "billing") == 0)
    {
      text = g_strdup_printf ("{\"detail\":\"API requests too frequent endpoint threshold=%.1f\"}",
                              route->min_ms / 1000.0);
      return easel_sim_answer_new (429, "application/json", text);
    }
  text = g_strdup_printf ("API requests too frequent: endpoint threshold=%.1f",
                          route->min_ms / 1000.0);
  return easel_sim_answer_new (429, "text/plain", text);
}

static EaselSimAnswer *
check_query (const EaselSimRequest *request, const Route *route)
{
  g_auto (GStrv) known = g_strsplit (route->parameters != NULL ? route->parameters : "", " ", -1);
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, request->query);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (!g_strv_contains ((const char *const *) known, name))
      return _easel_sim_vast_refuse (400, "invalid_args", "Invalid args: unknown parameter %s",
                                     (const char *) name);
  return NULL;
}

/* Keys of every kind that is refused have an answer of their own (facts/vast.md 2.1). */
static EaselSimAnswer *
refuse_key (const char *key)
{
  if (g_str_has_prefix (key, "revoked-"))
    return _easel_sim_vast_refuse (401, "auth_error", "Invalid user key");
  if (g_str_has_prefix (key, "expired-"))
    return _easel_sim_vast_refuse (404, "auth_error", "Session expired. Please log in again.");
  return _easel_sim_vast_refuse (404, "auth_error", "Invalid user key");
}

/* An instance's own key starts, stops and destroys that one (facts/vast.md 6.5), and looks at it;
 * nothing else, not even its label. */
static gboolean
may_pod (const EaselSimVastCall *call, const Route *route)
{
  const EaselSimPod *pod = call->own_pod;
  const char *action = route->route;

  if (strcmp (route->route, "get") == 0)
    action = "read";
  else if (strcmp (route->route, "action") == 0)
    action = wanted_change (call->request);
  else if (strcmp (route->route, "delete") != 0)
    return FALSE;
  return strcmp (action, "patch") != 0 && strcmp (call->parts[2], pod->id) == 0 &&
         !easel_sim_pod_refuses_own_key (pod, action);
}

static EaselSimAnswer *
answer_route (EaselSimVastCall *call, const Route *route)
{
  EaselSimAnswer *problem;

  if (call->key == NULL && !route->is_public)
    return _easel_sim_vast_refuse (403, "auth_error", "This action requires login.");
  if (call->key != NULL)
    {
      call->own_pod = easel_sim_cloud_enter_as_pod (call->world->cloud, EASEL_SIM_HOUSE_VAST,
                                                    call->key, &call->account);
      call->rights = call->own_pod != NULL
                         ? EASEL_SIM_RIGHTS_OWN_POD
                         : easel_sim_cloud_enter (call->world->cloud, EASEL_SIM_HOUSE_VAST,
                                                  call->key, &call->account);
      if (call->rights == EASEL_SIM_RIGHTS_NONE)
        return refuse_key (call->key);
    }
  if (call->own_pod != NULL && !may_pod (call, route))
    return _easel_sim_vast_refuse (403, "not_authorized",
                                   "This API key lacks the permission for this action.");
  if (route->is_write && call->rights < EASEL_SIM_RIGHTS_OWN_POD)
    return _easel_sim_vast_refuse (strcmp (route->route, "reboot") == 0 ? 401 : 403,
                                   "not_authorized",
                                   "This API key lacks the permission instance_write.");
  problem = check_query (call->request, route);
  if (problem != NULL)
    return problem;
  easel_sim_cloud_settle (call->world->cloud);
  return route->answer (call);
}

/**
 * easel_sim_vast_answer:
 * @world: an #EaselSimWorld
 * @request: a request below "/api"
 *
 * Returns: (transfer full): what vast.ai would answer
 */
EaselSimAnswer *
easel_sim_vast_answer (gpointer world, const EaselSimRequest *request)
{
  g_auto (GStrv) parts = easel_sim_request_segments (request);
  g_autofree char *key = easel_sim_request_bearer (request);
  EaselSimVastCall call = { world, NULL, EASEL_SIM_RIGHTS_NONE, NULL, key, request, parts + 1 };
  gboolean has_path = FALSE;
  const Route *route = parts[0] != NULL ? find_route (request, parts + 1, &has_path) : NULL;

  if (route != NULL && request->pace.is_refused)
    return refuse_haste (request, route);
  if (route != NULL)
    return answer_route (&call, route);
  if (has_path)
    return easel_sim_answer_new (405, "text/html", "<html><h1>405 Method Not Allowed</h1></html>");
  return easel_sim_answer_new (404, "text/html", "<html><h1>404 Not Found</h1></html>");
}
