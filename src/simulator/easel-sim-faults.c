/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bad days on request: what the next calls get instead of their answer, and whether they take
 * effect all the same. Works on any handler; it knows neither providers nor sockets. What is wrong
 * with a single pod is kept with the pod, here only for the pod that comes next.
 */
#include "config.h"

#include "easel-sim-faults.h"

#include "easel-error.h"
#include "easel-sim-build.h"

#include <string.h>

#define HUGE_BYTES (10 * 1024 * 1024)
#define MAX_FAULTS 1000

typedef enum
{
  SPOIL_NOTHING,
  SPOIL_STATUS,
  SPOIL_PAGE,
  SPOIL_EDGE,
  SPOIL_GATEWAY,
  SPOIL_CUT,
  SPOIL_GROW,
  SPOIL_TWIST,
  SPOIL_EMPTY,
  SPOIL_SILENCE,
  SPOIL_RESET,
  SPOIL_SHORTEN,
  SPOIL_NOISE,
  SPOIL_DELAY
} Spoil;

typedef struct
{
  const char *name;
  Spoil spoil;
  guint status;
  gboolean has_effect;
  const char *detail;
} Outcome;

#define CAPACITY                                                                                   \
  "There are no longer any instances available with the requested specifications. Please refresh " \
  "and try again."
#define BALANCE "Your account balance is too low to rent a pod. Please add funds to your account."

static const Outcome outcomes[] = {
  { "ok", SPOIL_NOTHING, 0, TRUE, NULL },
  { "delay", SPOIL_DELAY, 0, TRUE, NULL },
  { "truncated", SPOIL_CUT, 0, TRUE, NULL },
  { "html200", SPOIL_PAGE, 200, FALSE, NULL },
  { "huge", SPOIL_GROW, 0, TRUE, NULL },
  { "wrong_types", SPOIL_TWIST, 0, TRUE, NULL },
  { "400capacity", SPOIL_STATUS, 400, FALSE, CAPACITY },
  { "400", SPOIL_STATUS, 400, FALSE, "request could not be processed" },
  { "spend_limit", SPOIL_STATUS, 400, FALSE, "spend limit reached" },
  { "401", SPOIL_STATUS, 401, FALSE, "invalid bearer token" },
  { "402", SPOIL_STATUS, 402, FALSE, BALANCE },
  { "403", SPOIL_STATUS, 403, FALSE, "access denied" },
  { "403edge", SPOIL_EDGE, 403, FALSE, NULL },
  { "404", SPOIL_STATUS, 404, FALSE, "resource not found" },
  { "409", SPOIL_STATUS, 409, FALSE, "action not valid for current pod status" },
  { "410", SPOIL_STATUS, 410, FALSE, "this API version has been retired" },
  { "422", SPOIL_STATUS, 422, FALSE, "Request validation failed." },
  { "429", SPOIL_STATUS, 429, FALSE, "rate limit exceeded for the minute window" },
  { "429retry", SPOIL_STATUS, 429, FALSE, "rate limit exceeded for the minute window" },
  { "500effect", SPOIL_STATUS, 500, TRUE, "internal server error" },
  { "500", SPOIL_STATUS, 500, FALSE, "internal server error" },
  { "502", SPOIL_GATEWAY, 502, FALSE, NULL },
  { "503", SPOIL_STATUS, 503, FALSE, "service unavailable" },
  { "524", SPOIL_GATEWAY, 524, FALSE, NULL },
  { "timeout_effect", SPOIL_SILENCE, 0, TRUE, NULL },
  { "timeout", SPOIL_SILENCE, 0, FALSE, NULL },
  { "reset", SPOIL_RESET, 0, TRUE, NULL },
  { "reset_noeffect", SPOIL_RESET, 200, FALSE, NULL },
  { "short", SPOIL_SHORTEN, 0, TRUE, NULL },
  { "tls", SPOIL_NOISE, 0, TRUE, NULL },
  { "empty_list", SPOIL_EMPTY, 0, TRUE, NULL },
};

static const struct
{
  const char *name;
  guint plague;
} plague_names[] = {
  { "cpu", EASEL_SIM_PLAGUE_CPU },
  { "missing_nodes", EASEL_SIM_PLAGUE_MISSING_NODES },
  { "missing_models", EASEL_SIM_PLAGUE_MISSING_MODELS },
  { "never_up", EASEL_SIM_PLAGUE_NEVER_UP },
  { "cuda_mismatch", EASEL_SIM_PLAGUE_CUDA_MISMATCH },
  { "zero_gpu", EASEL_SIM_PLAGUE_ZERO_GPU },
  { "host_full", EASEL_SIM_PLAGUE_HOST_FULL },
  { "no_websocket", EASEL_SIM_PLAGUE_NO_WEBSOCKET },
  { "slow", EASEL_SIM_PLAGUE_SLOW },
  { "comfy_never_up", EASEL_SIM_PLAGUE_COMFY_NEVER_UP },
  { "pull_fails", EASEL_SIM_PLAGUE_PULL_FAILS },
  { "pull_freezes", EASEL_SIM_PLAGUE_PULL_FREEZES },
  { "disk_full", EASEL_SIM_PLAGUE_DISK_FULL },
  { "dies", EASEL_SIM_PLAGUE_DIES },
  { "host_lost", EASEL_SIM_PLAGUE_HOST_LOST },
  { "unreachable", EASEL_SIM_PLAGUE_UNREACHABLE },
  { "not_started", EASEL_SIM_PLAGUE_NOT_STARTED },
  { "key_no_stop", EASEL_SIM_PLAGUE_KEY_NO_STOP },
  { "key_no_write", EASEL_SIM_PLAGUE_KEY_NO_WRITE },
  { "key_no_read", EASEL_SIM_PLAGUE_KEY_NO_READ },
  { "agent_absent", EASEL_SIM_PLAGUE_AGENT_ABSENT },
  { "agent_open", EASEL_SIM_PLAGUE_AGENT_OPEN },
  { "agent_frozen", EASEL_SIM_PLAGUE_AGENT_FROZEN },
  { "agent_dead", EASEL_SIM_PLAGUE_AGENT_DEAD },
  { "agent_forged", EASEL_SIM_PLAGUE_AGENT_FORGED },
};

static const char *const routes[] = { "create",      "list",    "get",     "delete",   "action",
                                      "start",       "stop",    "restart", "patch",    "catalog",
                                      "templates",   "logs",    "graphql", "billing",  "readiness",
                                      "hub",         "account", "spend",   "log_file", "civitai",
                                      "huggingface", "store",   "fetch",   "upload",   "any",
                                      NULL };

typedef struct
{
  char *route;
  char *gpu; /* (nullable) */
  const Outcome *outcome;
  int times; /* -1: for ever */
  int skip;
  gint64 until_ms; /* -1: not by time */
  guint seconds;
  gboolean has_effect;
} Fault;

struct _EaselSimFaults
{
  EaselSimClock *clock; /* (unowned) */
  GPtrArray *faults;    /* (element-type Fault) */
  GHashTable *lags;     /* (element-type utf8 gint): route → seconds */
  GQueue plagues;       /* of the pods to come */
};

static void
fault_free (gpointer data)
{
  Fault *fault = data;

  g_free (fault->route);
  g_free (fault->gpu);
  g_free (fault);
}

/**
 * easel_sim_faults_new:
 * @clock: the cloud's time, kept by the caller
 *
 * Returns: (transfer full): no fault at all
 */
EaselSimFaults *
easel_sim_faults_new (EaselSimClock *clock)
{
  EaselSimFaults *self = g_new0 (EaselSimFaults, 1);

  self->clock = clock;
  self->faults = g_ptr_array_new_with_free_func (fault_free);
  self->lags = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_init (&self->plagues);
  return self;
}

/**
 * easel_sim_faults_free:
 * @self: (transfer full): faults
 */
void
easel_sim_faults_free (EaselSimFaults *self)
{
  g_ptr_array_unref (self->faults);
  g_hash_table_unref (self->lags);
  g_queue_clear (&self->plagues);
  g_free (self);
}

/**
 * easel_sim_faults_clear:
 * @self: faults
 *
 * Forgets them all.
 */
void
easel_sim_faults_clear (EaselSimFaults *self)
{
  g_ptr_array_set_size (self->faults, 0);
  g_hash_table_remove_all (self->lags);
  g_queue_clear (&self->plagues);
}

/**
 * easel_sim_faults_get_n:
 * @self: faults
 *
 * Returns: how many are still to come
 */
guint
easel_sim_faults_get_n (EaselSimFaults *self)
{
  return self->faults->len + g_hash_table_size (self->lags) + g_queue_get_length (&self->plagues);
}

static const Outcome *
find_outcome (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    if (strcmp (outcomes[i].name, name) == 0)
      return &outcomes[i];
  return NULL;
}

/**
 * easel_sim_plague_parse:
 * @name: such as "cpu"
 * @ret_plague: (out): a #EaselSimPlague
 *
 * Returns: whether there is such a thing
 */
gboolean
easel_sim_plague_parse (const char *name, guint *ret_plague)
{
  for (guint i = 0; i < G_N_ELEMENTS (plague_names); i++)
    if (g_strcmp0 (plague_names[i].name, name) == 0)
      {
        *ret_plague = plague_names[i].plague;
        return TRUE;
      }
  return FALSE;
}

/**
 * easel_sim_faults_plague_next:
 * @self: faults
 * @plagues: a set of #EaselSimPlague
 *
 * The next pod that is rented has them.
 */
void
easel_sim_faults_plague_next (EaselSimFaults *self, guint plagues)
{
  if (g_queue_get_length (&self->plagues) < MAX_FAULTS)
    g_queue_push_tail (&self->plagues, GUINT_TO_POINTER (plagues));
}

/**
 * easel_sim_faults_take_plagues:
 * @self: faults
 *
 * Returns: what is wrong with the pod that is rented now
 */
guint
easel_sim_faults_take_plagues (EaselSimFaults *self)
{
  return GPOINTER_TO_UINT (g_queue_pop_head (&self->plagues));
}

/**
 * easel_sim_faults_get_lag_ms:
 * @self: faults
 * @route: "list", "get" or "delete"
 *
 * Returns: how long that route stays behind creates and deletes, cloud milliseconds
 */
gint64
easel_sim_faults_get_lag_ms (EaselSimFaults *self, const char *route)
{
  return (gint64) GPOINTER_TO_INT (g_hash_table_lookup (self->lags, route)) * 1000;
}

/**
 * easel_sim_faults_add:
 * @self: faults
 * @object: route, outcome and the rest
 * @error: return location: EASEL_ERROR_BAD_REQUEST for an unknown name
 *
 * Returns: whether it was understood
 */
gboolean
easel_sim_faults_add (EaselSimFaults *self, JsonObject *object, GError **error)
{
  const char *route = easel_json_peek_string (object, "route", "");
  const char *name = easel_json_peek_string (object, "outcome", "");
  const Outcome *outcome = find_outcome (name);
  gint64 for_s = easel_json_peek_int (object, "for_s", 0, G_MAXINT32, -1);
  guint seconds = (guint) easel_json_peek_int (object, "seconds", 0, G_MAXINT32, 0);
  Fault *fault;

  if (!g_strv_contains (routes, route))
    {
      easel_set_error (error, EASEL_ERROR_BAD_REQUEST, "unknown route “%s”", route);
      return FALSE;
    }
  if (strcmp (name, "lag") == 0)
    {
      g_hash_table_replace (self->lags, g_strdup (route), GINT_TO_POINTER ((int) seconds));
      return TRUE;
    }
  if (outcome == NULL || self->faults->len >= MAX_FAULTS)
    {
      easel_set_error (error, EASEL_ERROR_BAD_REQUEST, "unknown outcome “%s”", name);
      return FALSE;
    }
  fault = g_new0 (Fault, 1);
  fault->route = g_strdup (route);
  fault->gpu = g_strdup (easel_json_peek_string (object, "gpu", NULL));
  fault->outcome = outcome;
  fault->times = (int) easel_json_peek_int (object, "times", -1, G_MAXINT32, for_s < 0 ? 1 : -1);
  fault->skip = (int) easel_json_peek_int (object, "skip", 0, G_MAXINT32, 0);
  fault->until_ms = for_s < 0 ? -1 : easel_sim_clock_now (self->clock) + for_s * 1000;
  fault->seconds = seconds;
  fault->has_effect = easel_json_peek_boolean (object, "effect", outcome->has_effect);
  g_ptr_array_add (self->faults, fault);
  return TRUE;
}

static gboolean
concerns (const Fault *fault, const EaselSimCall *call)
{
  if (strcmp (fault->route, "any") != 0 && g_strcmp0 (fault->route, call->route) != 0 &&
      g_strcmp0 (fault->route, call->detail) != 0)
    return FALSE;
  return fault->gpu == NULL || g_strcmp0 (fault->gpu, call->gpu) == 0;
}

static gboolean
take (EaselSimFaults *self, const EaselSimCall *call, Fault *ret_fault)
{
  gint64 now = easel_sim_clock_now (self->clock);

  for (guint i = 0; i < self->faults->len; i++)
    {
      Fault *fault = g_ptr_array_index (self->faults, i);

      if (fault->until_ms >= 0 && now >= fault->until_ms)
        {
          g_ptr_array_remove_index (self->faults, i--);
          continue;
        }
      if (!concerns (fault, call))
        continue;
      if (fault->skip > 0)
        {
          fault->skip--;
          continue;
        }
      *ret_fault = *fault;
      ret_fault->route = ret_fault->gpu = NULL;
      if (fault->until_ms >= 0 && fault->seconds == 0)
        ret_fault->seconds = (guint) ((fault->until_ms - now + 999) / 1000);
      if (fault->times > 0 && --fault->times == 0)
        g_ptr_array_remove_index (self->faults, i);
      return TRUE;
    }
  return FALSE;
}

static void
replace_body (EaselSimAnswer *answer, GBytes *body)
{
  g_clear_pointer (&answer->body, g_bytes_unref);
  answer->body = body;
}

static JsonNode *twist (JsonNode *node);

static void
twist_member (JsonObject *object, const char *name, JsonNode *node, gpointer user_data)
{
  json_object_set_member (user_data, name, twist (node));
}

/* Every value becomes one of another kind; objects keep their members. */
static JsonNode *
twist (JsonNode *node)
{
  JsonNode *result = json_node_alloc ();

  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      g_autoptr (JsonObject) object = json_object_new ();

      json_object_foreach_member (json_node_get_object (node), twist_member, object);
      return json_node_init_object (result, object);
    }
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);
      g_autoptr (JsonArray) twisted = json_array_new ();

      for (guint i = 0; i < json_array_get_length (array); i++)
        json_array_add_element (twisted, twist (json_array_get_element (array, i)));
      if (json_array_get_length (twisted) == 0)
        return json_node_init_string (result, "");
      return json_node_init_array (result, twisted);
    }
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    return json_node_init_double (result, -1e300);
  return json_node_init_string (result, "\xf0\x9f\x8e\xa8");
}

static GBytes *
twist_body (GBytes *body)
{
  g_autoptr (JsonNode) node =
      body != NULL ? easel_json_parse (body, EASEL_JSON_MAX_BYTES, NULL) : NULL;
  g_autoptr (JsonNode) twisted = NULL;

  if (node == NULL)
    return g_bytes_new_static ("[null]", 6);
  twisted = twist (node);
  return easel_json_to_bytes (twisted);
}

static GBytes *
empty_list (const EaselSimCall *call)
{
  const char *route = call->route;
  const char *text = "{\"pods\":[],\"pagination\":{\"nextCursor\":null,\"hasNextPage\":false}}";

  if (call->dialect != NULL)
    text = call->dialect->empty (route);
  else if (strcmp (route, "catalog") == 0)
    text = "{\"gpus\":[]}";
  else if (strcmp (route, "templates") == 0)
    text = "{\"templates\":[]}";
  else if (strcmp (route, "hub") == 0)
    text = "{\"count\":0,\"next\":null,\"previous\":null,\"results\":[]}";
  return g_bytes_new_static (text, strlen (text));
}

static GBytes *
grow (GBytes *body)
{
  gsize size = body != NULL ? g_bytes_get_size (body) : 0;
  char *bytes = g_malloc (HUGE_BYTES);

  memset (bytes, ' ', HUGE_BYTES);
  if (size > 0)
    memcpy (bytes, g_bytes_get_data (body, NULL), MIN (size, HUGE_BYTES));
  return g_bytes_new_take (bytes, HUGE_BYTES);
}

static EaselSimAnswer *
problem (const Outcome *outcome)
{
  g_autoptr (GPtrArray) errors = NULL;

  if (outcome->status == 422)
    {
      errors = g_ptr_array_new ();
      g_ptr_array_add (errors, (gpointer) "$: made to fail");
    }
  return easel_sim_answer_problem (outcome->status, outcome->detail, errors);
}

static EaselSimAnswer *
status_answer (const Fault *fault, const EaselSimCall *call)
{
  const Outcome *outcome = fault->outcome;
  EaselSimAnswer *answer = call->dialect != NULL
                               ? call->dialect->refuse (call->route, outcome->name, outcome->status)
                               : problem (outcome);

  if (strcmp (outcome->name, "429retry") == 0)
    {
      g_autofree char *seconds = g_strdup_printf ("%u", MAX (fault->seconds, 1));

      easel_sim_answer_header (answer, "Retry-After", seconds);
    }
  return answer;
}

static EaselSimAnswer *
page_answer (guint status)
{
  g_autofree char *page = g_strdup_printf (
      "<!DOCTYPE html>\n<html><head><title>%s</title></head><body><h1>%u</h1></body></html>\n",
      status == 200 ? "Welcome to the Network" : easel_sim_status_phrase (status), status);

  return easel_sim_answer_new (status, "text/html", page);
}

/* Takes the real answer, if there is one. */
static EaselSimAnswer *
spoil (const Fault *fault, const EaselSimCall *call, EaselSimAnswer *real)
{
  g_autoptr (EaselSimAnswer) answer =
      real != NULL ? real : easel_sim_answer_new (200, "application/json", "{}");

  switch (fault->outcome->spoil)
    {
    case SPOIL_STATUS:
      return status_answer (fault, call);
    case SPOIL_EDGE:
      return easel_sim_answer_new (403, "text/plain", "error code: 1010");
    case SPOIL_PAGE:
    case SPOIL_GATEWAY:
      return page_answer (fault->outcome->status);
    case SPOIL_CUT:
      if (answer->body != NULL)
        replace_body (answer, g_bytes_new (g_bytes_get_data (answer->body, NULL),
                                           g_bytes_get_size (answer->body) / 2));
      break;
    case SPOIL_GROW:
      replace_body (answer, grow (answer->body));
      break;
    case SPOIL_TWIST:
      replace_body (answer, twist_body (answer->body));
      break;
    case SPOIL_EMPTY:
      replace_body (answer, empty_list (call));
      break;
    case SPOIL_SILENCE:
      answer->delivery = EASEL_SIM_DELIVER_NEVER;
      break;
    case SPOIL_RESET:
    case SPOIL_SHORTEN:
      if (answer->delivery == EASEL_SIM_DELIVER_FILE)
        answer->file_cut = answer->file_from + (answer->file_until - answer->file_from) / 2;
      else
        answer->delivery = fault->outcome->spoil == SPOIL_RESET ? EASEL_SIM_DELIVER_RESET
                                                                : EASEL_SIM_DELIVER_SHORT;
      break;
    case SPOIL_NOISE:
      answer->delivery = EASEL_SIM_DELIVER_NOISE;
      break;
    case SPOIL_DELAY:
      answer->delay_ms = fault->seconds * 1000;
      break;
    case SPOIL_NOTHING:
    default:
      break;
    }
  return g_steal_pointer (&answer);
}

/**
 * easel_sim_faults_run:
 * @self: faults
 * @call: what the request means
 * @request: the request
 * @handler: (scope call): what answers it on a good day
 * @world: for @handler
 *
 * Returns: (transfer full): the answer, spoiled if a fault was waiting for it
 */
EaselSimAnswer *
easel_sim_faults_run (EaselSimFaults *self,
                      const EaselSimCall *call,
                      const EaselSimRequest *request,
                      EaselSimHandler handler,
                      gpointer world)
{
  Fault fault;

  g_return_val_if_fail (self != NULL, NULL);
  if (!take (self, call, &fault))
    return handler (world, request);
  return spoil (&fault, call, fault.has_effect ? handler (world, request) : NULL);
}
