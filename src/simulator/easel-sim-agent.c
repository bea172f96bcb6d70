/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A stand-in for the guard that the program sends along into its pods: who may come in, when the
 * pod ends by itself, and that it does. It follows from a pod's environment and start command, as
 * the real one does; the rules of the end are a pure function of what is known, so that time may
 * jump. What it says is in easel-sim-agent-routes.c, its files in easel-sim-agent-models.c.
 */
#include "config.h"

#include "easel-sim-agent-private.h"

#include "easel-sim-build.h"
#include "easel-sim-comfy-private.h"

#include <string.h>

#define NOTE "agent"
#define MAX_SECONDS 100000000
#define CRASH_MS 7000
#define FIRST_RETRY_MS 10000
#define LAST_RETRY_MS 300000
/* Within this, the pod's and the desktop's clock are said to agree. */
#define MAX_DISAGREEMENT_MS (3600 * 1000)

static void
agent_free (gpointer data)
{
  EaselSimAgent *self = data;

  g_ptr_array_unref (self->jobs);
  g_ptr_array_unref (self->parts);
  g_ptr_array_unref (self->files);
  g_free (self->admin_path);
  g_free (self->next_failure);
  g_free (self);
}

static void on_own_end (EaselSimPod *pod, gint64 at_ms, gpointer user_data);

/**
 * easel_sim_agents_new:
 * @world: all there is, kept by the caller
 *
 * Returns: (transfer full): the agents of all pods
 */
EaselSimAgents *
easel_sim_agents_new (EaselSimWorld *world)
{
  EaselSimAgents *self = g_new0 (EaselSimAgents, 1);

  self->world = world;
  self->agents = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, agent_free);
  easel_sim_cloud_set_ender (world->cloud, on_own_end, self);
  return self;
}

/**
 * easel_sim_agents_free:
 * @self: (transfer full): agents
 */
void
easel_sim_agents_free (EaselSimAgents *self)
{
  easel_sim_cloud_set_ender (self->world->cloud, NULL, NULL);
  g_hash_table_unref (self->agents);
  g_free (self);
}

static gboolean
read_limits (const char *text, EaselSimLimits *limits)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", -1);
  gint64 *const values[] = { &limits->hard_s, &limits->cap_s,   &limits->closed_s,
                             &limits->idle_s, &limits->never_s, &limits->boot_s };

  if (g_strv_length (parts) != 9 || strcmp (parts[0], "1") != 0)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    if (!g_ascii_string_to_signed (parts[i + 1], 10, 1, MAX_SECONDS, values[i], NULL))
      return FALSE;
  limits->deletes = strcmp (parts[7], "d") == 0;
  return (limits->deletes || strcmp (parts[7], "s") == 0) && limits->hard_s <= limits->cap_s &&
         g_ascii_string_to_signed (parts[8], 10, 0, G_MAXINT64 / 1000, &limits->created_s, NULL);
}

static gboolean
is_secret (const char *text)
{
  return text != NULL && strlen (text) == 26 &&
         strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789") == 26;
}

/* Whether the pod's start leads to an agent at all, and what it is to do. */
static gboolean
read_orders (const EaselSimPod *pod, EaselSimLimits *limits)
{
  const char *text = g_hash_table_lookup (pod->env, "EASEL_LIMITS");

  return easel_sim_pod_has_agent (pod) &&
         is_secret (g_hash_table_lookup (pod->env, "EASEL_PAINT")) &&
         is_secret (g_hash_table_lookup (pod->env, "EASEL_ADMIN")) && text != NULL &&
         read_limits (text, limits);
}

static char *
make_admin_path (const EaselSimPod *pod)
{
  g_autofree char *text =
      g_strconcat ("easel-path:", (char *) g_hash_table_lookup (pod->env, "EASEL_ADMIN"), NULL);
  char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);

  sum[32] = '\0';
  return sum;
}

gint64
_easel_sim_agent_now (const EaselSimAgent *self)
{
  return easel_sim_cloud_now (self->world->cloud);
}

gboolean
_easel_sim_agent_is_ready (const EaselSimAgent *self, gint64 now_ms)
{
  return easel_sim_comfy_is_up (self->pod, now_ms);
}

/* Writes down what a crash must not forget. */
void
_easel_sim_agent_keep (EaselSimAgent *self)
{
  const EaselSimLimits *limits = &self->limits;
  char *text =
      g_strdup_printf ("%u:%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT
                       ":%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT ":%d:%" G_GINT64_FORMAT,
                       self->run, self->hard_ms, self->cap_ms, limits->closed_s, limits->idle_s,
                       limits->never_s, self->was_connected, self->closed_ms);

  g_hash_table_replace (self->pod->notes, g_strdup (NOTE), text);
}

static void
remember (EaselSimAgent *self)
{
  const char *text = g_hash_table_lookup (self->pod->notes, NOTE);
  g_auto (GStrv) parts = text != NULL ? g_strsplit (text, ":", -1) : NULL;
  gint64 values[8];

  if (parts == NULL || g_strv_length (parts) != G_N_ELEMENTS (values))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    if (!g_ascii_string_to_signed (parts[i], 10, -1, G_MAXINT64, &values[i], NULL))
      return;
  /* A longer absence gets fresh limits. */
  if (values[0] != self->run && self->pod->run_kind != EASEL_SIM_RUN_RESTARTED)
    return;
  self->hard_ms = values[1];
  self->cap_ms = values[2];
  self->limits.closed_s = values[3];
  self->limits.idle_s = values[4];
  self->limits.never_s = values[5];
  self->was_connected = values[6] != 0;
  self->closed_ms = values[7];
}

static void
begin (EaselSimAgent *self, const EaselSimLimits *limits)
{
  EaselSimPod *pod = self->pod;
  gint64 created_ms = limits->created_s * 1000;
  gint64 base_ms;

  self->run = pod->n_runs;
  self->limits = *limits;
  self->begin_ms = base_ms = pod->boot->container_ms;
  if (pod->n_runs == 1 && ABS (base_ms - created_ms) <= MAX_DISAGREEMENT_MS)
    base_ms = created_ms;
  self->hard_ms = base_ms + limits->hard_s * 1000;
  self->cap_ms = base_ms + limits->cap_s * 1000;
  self->was_connected = FALSE;
  self->n_connected = 0;
  self->opened_ms = self->closed_ms = self->crashed_until_ms = 0;
  self->guard_counter = self->helper_counter = 0;
  self->reason = self->ending = self->end_error = NULL;
  self->n_tries = 0;
  /* Where the start command has no room for it, the helper is sent later. */
  self->has_helper = pod->house == EASEL_SIM_HOUSE_RUNPOD;
  _easel_sim_agent_forget_files (self, pod->run_kind != EASEL_SIM_RUN_RESTARTED &&
                                           g_hash_table_size (pod->run_volume) == 0);
  remember (self);
  _easel_sim_agent_keep (self);
}

/* The agent of a pod that runs; NULL where there is none. */
EaselSimAgent *
_easel_sim_agents_get (EaselSimAgents *self, EaselSimPod *pod)
{
  EaselSimLimits limits = { 0 };
  EaselSimAgent *agent;

  if (self == NULL || pod->state != EASEL_SIM_POD_RUNNING || pod->boot->container_ms < 0 ||
      (pod->run_plagues & EASEL_SIM_PLAGUE_AGENT_ABSENT) != 0 || !read_orders (pod, &limits))
    return NULL;
  agent = g_hash_table_lookup (self->agents, pod->id);
  if (agent != NULL && agent->run == pod->n_runs)
    return agent;
  if (agent == NULL)
    {
      agent = g_new0 (EaselSimAgent, 1);
      agent->world = self->world;
      agent->pod = pod;
      agent->jobs = g_ptr_array_new_with_free_func (_easel_sim_agent_job_free);
      agent->parts = g_ptr_array_new_with_free_func (_easel_sim_part_free);
      agent->files = g_ptr_array_new_with_free_func (_easel_sim_agent_file_free);
      agent->admin_path = make_admin_path (pod);
      g_hash_table_insert (self->agents, g_strdup (pod->id), agent);
    }
  begin (agent, &limits);
  return agent;
}

static void
consider (EaselSimAgent *self, gint64 *at_ms, gint64 candidate_ms, const char *reason)
{
  if (*at_ms >= 0 && *at_ms <= candidate_ms)
    return;
  *at_ms = candidate_ms;
  self->reason = reason;
}

/* Until when pictures are made or files come, as far as is known now. */
static gint64
work_until (EaselSimAgent *self, gint64 now_ms)
{
  EaselSimComfy *comfy = easel_sim_comfy_get (self->world, self->pod);
  gint64 until_ms = _easel_sim_agent_work_until (self, now_ms);

  for (guint i = 0; i < comfy->jobs->len; i++)
    until_ms = MAX (until_ms, ((const EaselSimJob *) g_ptr_array_index (comfy->jobs, i))->to_ms);
  return until_ms;
}

static gint64
boot_end (const EaselSimAgent *self)
{
  const GArray *loads = self->pod->boot->loads;
  gint64 at_ms = self->begin_ms + self->limits.boot_s * 1000;

  /* As long as bytes come it is no failure. */
  for (guint i = 0; i < loads->len; i++)
    {
      const EaselSimLoad *load = &g_array_index (loads, EaselSimLoad, i);

      if (load->from_ms <= at_ms && load->done_ms > at_ms)
        at_ms = load->done_ms;
    }
  return at_ms;
}

/* Decides anew when the pod ends if nothing else happens. */
void
_easel_sim_agent_plan (EaselSimAgent *self)
{
  const EaselSimLimits *limits = &self->limits;
  const EaselSimBoot *boot = self->pod->boot;
  gint64 now_ms = _easel_sim_agent_now (self);
  gint64 at_ms = -1, boot_ms = boot_end (self);

  if ((self->pod->plagues & EASEL_SIM_PLAGUE_AGENT_DEAD) != 0)
    {
      easel_sim_cloud_set_own_end (self->world->cloud, self->pod, -1);
      return;
    }
  if (self->ending != NULL)
    return;
  consider (self, &at_ms, self->hard_ms, "hard");
  if (self->pod->gpu_count == 0 || boot->comfy_ms < 0 || boot_ms < boot->comfy_ms)
    consider (self, &at_ms, boot_ms, "boot");
  else
    {
      gint64 since_ms = MAX (boot->comfy_ms, work_until (self, now_ms));

      if (self->n_connected > 0)
        consider (self, &at_ms, MAX (since_ms, self->opened_ms) + limits->idle_s * 1000, "idle");
      else if (self->was_connected)
        consider (self, &at_ms, MAX (since_ms, self->closed_ms) + limits->closed_s * 1000,
                  "closed");
      else
        consider (self, &at_ms, since_ms + limits->never_s * 1000, "never");
    }
  easel_sim_cloud_set_own_end (self->world->cloud, self->pod, MAX (at_ms, self->begin_ms));
}

static const char *
refusal (const EaselSimPod *pod, gboolean deletes)
{
  if (pod->is_locked)
    return "409 pod is locked";
  return easel_sim_pod_refuses_own_key (pod, deletes ? "delete" : "stop") ? "403 access denied"
                                                                          : NULL;
}

static void
on_own_end (EaselSimPod *pod, gint64 at_ms, gpointer user_data)
{
  EaselSimAgent *self = _easel_sim_agents_get (user_data, pod);
  EaselSimCloud *cloud = ((EaselSimAgents *) user_data)->world->cloud;

  if (self == NULL)
    return;
  if (self->ending == NULL)
    self->ending = self->reason;
  self->end_error = refusal (pod, self->limits.deletes);
  if (self->end_error == NULL)
    easel_sim_cloud_end_at (cloud, pod, at_ms, self->limits.deletes);
  else
    easel_sim_cloud_set_own_end (cloud, pod,
                                 at_ms + MIN (FIRST_RETRY_MS << MIN (self->n_tries, 10),
                                              LAST_RETRY_MS));
  self->n_tries++;
}

const char *
_easel_sim_agent_armed (const EaselSimAgent *self)
{
  if (!easel_sim_pod_refuses_own_key (self->pod, "start"))
    return "proven";
  return easel_sim_pod_refuses_own_key (self->pod, "read") ? "no" : "likely";
}

/**
 * easel_sim_agents_update:
 * @self: (nullable): agents
 *
 * Lets them see what has changed; before and after every request will do.
 */
void
easel_sim_agents_update (EaselSimAgents *self)
{
  GPtrArray *pods;

  if (self == NULL)
    return;
  pods = easel_sim_cloud_get_pods (self->world->cloud);
  for (guint i = 0; i < pods->len; i++)
    {
      EaselSimAgent *agent = _easel_sim_agents_get (self, g_ptr_array_index (pods, i));

      if (agent == NULL)
        continue;
      _easel_sim_agent_land_files (agent);
      _easel_sim_agent_plan (agent);
    }
}

/**
 * easel_sim_agents_set_connected:
 * @self: (nullable): agents
 * @pod_id: a pod
 * @n: how many websockets lead into it now
 */
void
easel_sim_agents_set_connected (EaselSimAgents *self, const char *pod_id, guint n)
{
  EaselSimPod *pod = self != NULL ? easel_sim_cloud_find (self->world->cloud, pod_id) : NULL;
  EaselSimAgent *agent = pod != NULL ? _easel_sim_agents_get (self, pod) : NULL;

  if (agent == NULL || agent->n_connected == n)
    return;
  if (agent->n_connected == 0)
    agent->opened_ms = _easel_sim_agent_now (agent);
  if (n == 0)
    agent->closed_ms = _easel_sim_agent_now (agent);
  agent->n_connected = n;
  agent->was_connected = TRUE;
  _easel_sim_agent_keep (agent);
  _easel_sim_agent_plan (agent);
}

/**
 * easel_sim_agents_disturb:
 * @self: (nullable): agents
 * @pod: a pod
 * @event: `{"event": "crash"}`, or `{"download": "http-403", "at": 0.5}` for what stops the next
 *   download, or the one that runs, at that share
 *
 * Returns: whether there is an agent that it happens to
 */
gboolean
easel_sim_agents_disturb (EaselSimAgents *self, EaselSimPod *pod, JsonObject *event)
{
  EaselSimAgent *agent = self != NULL ? _easel_sim_agents_get (self, pod) : NULL;
  const char *failure = easel_json_peek_string (event, "download", NULL);

  if (agent == NULL)
    return FALSE;
  if (strcmp (easel_json_peek_string (event, "event", ""), "crash") == 0)
    agent->crashed_until_ms = _easel_sim_agent_now (agent) + CRASH_MS;
  if (failure != NULL)
    {
      g_free (agent->next_failure);
      agent->next_failure = g_strdup (failure);
      agent->failure_share = easel_json_peek_double (event, "at", 0, 1, 0);
    }
  return TRUE;
}

static gboolean
is_below (const char *path, const char *first, const char **ret_rest)
{
  gsize length = strlen (first);

  if (path[0] != '/' || strncmp (path + 1, first, length) != 0 || path[length + 1] != '/')
    return FALSE;
  *ret_rest = path + length + 1;
  return TRUE;
}

static EaselSimAnswer *
bad_gateway (void)
{
  return easel_sim_answer_new (502, "text/html", "<html><h1>502 Bad Gateway</h1></html>");
}

static EaselSimAnswer *
answer_admin (EaselSimAgent *self, const EaselSimRequest *request, const char *rest)
{
  EaselSimAnswer *answer;

  if ((self->pod->plagues & EASEL_SIM_PLAGUE_AGENT_DEAD) != 0 ||
      _easel_sim_agent_now (self) < self->crashed_until_ms)
    return bad_gateway ();
  if ((self->pod->plagues & EASEL_SIM_PLAGUE_AGENT_FROZEN) != 0)
    {
      answer = easel_sim_answer_new (200, NULL, NULL);
      answer->delivery = EASEL_SIM_DELIVER_NEVER;
      return answer;
    }
  return _easel_sim_agent_answer (self, request, rest + 1);
}

/**
 * easel_sim_agents_pass:
 * @self: (nullable): agents
 * @pod: a running pod
 * @request: what came to its nginx
 * @ret_path: (out) (transfer none): the path behind the secret
 * @ret_answer: (out) (transfer full): what the agent answers
 *
 * Returns: whether the request goes on to ComfyUI, and with which path
 */
EaselSimGate
easel_sim_agents_pass (EaselSimAgents *self,
                       EaselSimPod *pod,
                       const EaselSimRequest *request,
                       const char **ret_path,
                       EaselSimAnswer **ret_answer)
{
  EaselSimAgent *agent = _easel_sim_agents_get (self, pod);
  const char *rest;

  *ret_path = request->path;
  if (agent == NULL || (pod->run_plagues & EASEL_SIM_PLAGUE_AGENT_OPEN) != 0)
    return EASEL_SIM_GATE_OPEN;
  if (is_below (request->path, g_hash_table_lookup (pod->env, "EASEL_PAINT"), ret_path))
    return EASEL_SIM_GATE_INSIDE;
  if (is_below (request->path, agent->admin_path, &rest))
    *ret_answer = answer_admin (agent, request, rest);
  else
    *ret_answer = easel_sim_answer_new (404, "text/html", "<html><h1>404 Not Found</h1></html>");
  return EASEL_SIM_GATE_ANSWERED;
}

/**
 * easel_sim_agents_blot:
 * @self: (nullable): agents
 * @pod: (nullable): a pod
 * @request: what came to it
 *
 * Keeps the pod's secrets out of the log, and notes the one that may never be sent.
 */
void
easel_sim_agents_blot (EaselSimAgents *self, const EaselSimPod *pod, EaselSimRequest *request)
{
  const char *paint = pod != NULL ? g_hash_table_lookup (pod->env, "EASEL_PAINT") : NULL;
  const char *admin = pod != NULL ? g_hash_table_lookup (pod->env, "EASEL_ADMIN") : NULL;
  g_autofree char *admin_path = admin != NULL ? make_admin_path (pod) : NULL;
  gsize size = g_bytes_get_size (request->body);
  g_autoptr (GString) text = g_string_new (request->path);
  GHashTableIter iter;
  gpointer value;

  if (paint == NULL || admin == NULL || *paint == '\0' || *admin == '\0')
    return;
  request->has_secret =
      strstr (request->path, admin) != NULL ||
      (request->raw_query != NULL && strstr (request->raw_query, admin) != NULL) ||
      (size > 0 && g_strstr_len (g_bytes_get_data (request->body, NULL), (gssize) size, admin));
  g_hash_table_iter_init (&iter, request->headers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    request->has_secret |= strstr (value, admin) != NULL;
  g_string_replace (text, paint, "[paint]", 0);
  g_string_replace (text, admin, "[secret]", 0);
  g_string_replace (text, admin_path, "[admin]", 0);
  request->told_path = g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * easel_sim_agents_put:
 * @self: (nullable): agents
 * @builder: an open object
 * @pod: a pod
 *
 * Tells an agent's state as it really is.
 */
void
easel_sim_agents_put (EaselSimAgents *self, JsonBuilder *builder, EaselSimPod *pod)
{
  EaselSimAgent *agent = _easel_sim_agents_get (self, pod);
  g_autoptr (JsonNode) status = agent != NULL ? _easel_sim_agent_status (agent) : NULL;

  easel_sim_put_node (builder, "agent", status);
  if (agent != NULL)
    _easel_sim_agent_put_files (agent, builder);
  if (pod->own_end_ms >= 0)
    easel_sim_put_int (builder, "own_end_ms", pod->own_end_ms);
  else
    easel_sim_put_null (builder, "own_end_ms");
}
