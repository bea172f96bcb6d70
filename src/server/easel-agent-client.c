/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What the desktop asks the agent in a pod, and whether the answer is the agent's. Owns the count
 * and the order of the questions. The pod's secret is used to seal and to check, and is itself
 * never sent: at vast.ai everything here goes over plain http. The provider's key is not known
 * here. When to ask, and what follows from an answer, is decided elsewhere.
 */

#include "config.h"

#include "easel-agent-client.h"

#include "easel-error.h"

#include <string.h>

#define DEADLINE_MS (15 * 1000)
#define HELPER_DEADLINE_MS (60 * 1000)
#define MAX_ANSWER (1024 * 1024)
#define MAX_REASON 200
/* The seal is wrong, or the count is none above the last one. */
#define REFUSED 403
#define FIRST_JUMP_US (G_GINT64_CONSTANT (10) * 60 * 1000 * 1000)
#define LAST_JUMP_US (G_GINT64_CONSTANT (40) * 24 * 3600 * 1000 * 1000)
/* Of the path's name, see admin_path(). */
#define PATH_DIGITS 32

/* The guard and the helper count apart. */
typedef enum
{
  LANE_GUARD,
  LANE_HELPER,
  N_LANES
} Lane;

struct _EaselAgentClient
{
  GObject parent_instance;

  EaselHttp *http;    /* (owned) */
  EaselClock *clock;  /* (owned) */
  EaselSecret *admin; /* (owned) */
  char *base;         /* (owned): without a slash at its end */
  char *path;         /* (owned) */
  gint64 ahead_us;    /* how far the count runs before this computer's clock */
  GTask *busy[N_LANES];
  GQueue waiting[N_LANES]; /* (owned) (element-type GTask) */
};

typedef struct
{
  char *method;       /* (owned) */
  char *route;        /* (owned) */
  GBytes *body;       /* (owned) (nullable) */
  char *body_sha256;  /* (owned) */
  char *content_type; /* (owned) (nullable) */
  guint deadline_ms;
  gsize max_bytes;
  EaselHttpLine *line;  /* (owned) (nullable) */
  GInputStream *stream; /* (owned) (nullable) */
  guint64 stream_length;
  EaselHttpProgress progress;
  gpointer progress_data;
  EaselHttpMeanwhile meanwhile;
  gpointer meanwhile_data;
  Lane lane;
  char *counter; /* (owned) (nullable): once it was sent */
  guint status;
} Call;

G_DEFINE_FINAL_TYPE (EaselAgentClient, easel_agent_client, G_TYPE_OBJECT)

static void send_next (EaselAgentClient *self, Lane lane);

static void
call_free (Call *call)
{
  g_free (call->method);
  g_free (call->route);
  g_clear_pointer (&call->body, g_bytes_unref);
  g_free (call->body_sha256);
  g_free (call->content_type);
  g_free (call->counter);
  g_clear_object (&call->line);
  g_clear_object (&call->stream);
  g_free (call);
}

static void
easel_agent_client_finalize (GObject *object)
{
  EaselAgentClient *self = EASEL_AGENT_CLIENT (object);

  /* Each call holds the object, so none is left. */
  g_clear_object (&self->http);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->admin, easel_secret_unref);
  g_free (self->base);
  g_free (self->path);

  G_OBJECT_CLASS (easel_agent_client_parent_class)->finalize (object);
}

static void
easel_agent_client_class_init (EaselAgentClientClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = easel_agent_client_finalize;
}

static void
easel_agent_client_init (EaselAgentClient *self)
{
  for (guint i = 0; i < N_LANES; i++)
    g_queue_init (&self->waiting[i]);
}

/* The path is known to whoever reads the plain http, so it is no secret; it only keeps strangers
 * away from the agent. */
static char *
admin_path (const EaselSecret *admin)
{
  const char *secret = easel_secret_peek (admin);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  g_checksum_update (checksum, (const guchar *) "easel-path:", -1);
  g_checksum_update (checksum, (const guchar *) secret, (gssize) strlen (secret));
  return g_strndup (g_checksum_get_string (checksum), PATH_DIGITS);
}

static char *
trim_base (const char *base)
{
  gsize length = strlen (base);

  while (length > 0 && base[length - 1] == '/')
    length--;
  return g_strndup (base, length);
}

/**
 * easel_agent_client_new:
 * @http: the program's HTTP client
 * @clock: the cloud's time, for the count
 * @base: where the pod's port is reached: scheme, host and port, without the secret of the address
 * @admin: the secret that pod and desktop share
 *
 * Returns: (transfer full): a client of the agent in one pod
 */
EaselAgentClient *
easel_agent_client_new (EaselHttp *http, EaselClock *clock, const char *base, EaselSecret *admin)
{
  EaselAgentClient *self;

  g_return_val_if_fail (EASEL_IS_HTTP (http), NULL);
  g_return_val_if_fail (EASEL_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (base != NULL, NULL);
  g_return_val_if_fail (admin != NULL, NULL);

  self = g_object_new (EASEL_TYPE_AGENT_CLIENT, NULL);
  self->http = g_object_ref (http);
  self->clock = g_object_ref (clock);
  self->base = trim_base (base);
  self->admin = easel_secret_ref (admin);
  self->path = admin_path (admin);
  return self;
}

/**
 * easel_agent_client_is_for:
 * @self: a client
 * @base: where a pod's port is reached
 * @admin: the secret of a pod
 *
 * Returns: whether the client still reaches that pod; after a resume a pod may be elsewhere
 */
gboolean
easel_agent_client_is_for (EaselAgentClient *self, const char *base, EaselSecret *admin)
{
  g_autofree char *trimmed = NULL;

  g_return_val_if_fail (EASEL_IS_AGENT_CLIENT (self), FALSE);
  g_return_val_if_fail (base != NULL && admin != NULL, FALSE);

  trimmed = trim_base (base);
  return g_str_equal (trimmed, self->base) && easel_secret_equal (admin, self->admin);
}

/**
 * easel_agent_client_get_clock:
 * @self: a client
 *
 * Returns: (transfer none): the cloud's time
 */
EaselClock *
easel_agent_client_get_clock (EaselAgentClient *self)
{
  g_return_val_if_fail (EASEL_IS_AGENT_CLIENT (self), NULL);

  return self->clock;
}

/**
 * easel_agent_client_get_http:
 * @self: a client
 *
 * Returns: (transfer none): the program's HTTP client
 */
EaselHttp *
easel_agent_client_get_http (EaselAgentClient *self)
{
  g_return_val_if_fail (EASEL_IS_AGENT_CLIENT (self), NULL);

  return self->http;
}

/* One count for the whole program: a client that is made anew must not begin below the last. */
static char *
next_counter (EaselAgentClient *self)
{
  static gint64 last;
  const gint64 now_us = easel_clock_get_unix_ms (self->clock) * 1000 + self->ahead_us;

  last = MAX (last + 1, now_us);
  return g_strdup_printf ("%" G_GINT64_FORMAT, last);
}

static char *
hash_bytes (GBytes *bytes)
{
  return bytes != NULL ? g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes)
                       : g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) "", 0);
}

static char *
seal_text (const EaselSecret *admin, const char *text)
{
  const char *secret = easel_secret_peek (admin);

  return g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guchar *) secret, strlen (secret),
                                    text, (gssize) strlen (text));
}

static char *
seal_call (EaselAgentClient *self, const Call *call)
{
  g_autofree char *text =
      g_strdup_printf ("%s %s %s\n%s", call->method, call->route, call->counter, call->body_sha256);
  g_autofree char *mac = seal_text (self->admin, text);

  return g_strdup_printf ("%s %s", call->counter, mac);
}

static gboolean
is_from_agent (EaselAgentClient *self, const Call *call, const EaselHttpResponse *response)
{
  g_autofree char *hash = NULL;
  g_autofree char *text = NULL;
  g_autofree char *mac = NULL;
  g_autoptr (EaselSecret) wanted = NULL;
  g_autoptr (EaselSecret) given = NULL;

  if (response->seal == NULL)
    return FALSE;
  hash = hash_bytes (response->body);
  text = g_strdup_printf ("%s\n%u\n%s", call->counter, response->status, hash);
  mac = seal_text (self->admin, text);
  wanted = easel_secret_new (mac);
  given = easel_secret_new (response->seal);
  return easel_secret_equal (wanted, given);
}

/* Perhaps it has seen a higher count, from another computer or from this one before its clock was
 * set back: there it would refuse everything until the clock has caught up. */
static void
jump_ahead (EaselAgentClient *self)
{
  self->ahead_us = CLAMP (self->ahead_us * 8, FIRST_JUMP_US, LAST_JUMP_US);
}

/* What stands between us and the agent: the provider's proxy, or nginx in the pod. */
static GError *
judge_stranger (guint status)
{
  GError *error;

  switch (status)
    {
    case REFUSED:
      error = easel_error_new (EASEL_ERROR_BLOCKED, "the agent refused the seal");
      break;
    case 404:
      error = easel_error_new (EASEL_ERROR_NOT_FOUND, "no agent there");
      break;
    case 413:
      error = easel_error_new (EASEL_ERROR_TOO_LARGE, "more than the pod takes at once");
      break;
    default:
      error =
          status >= 500
              ? easel_error_new (EASEL_ERROR_UNAVAILABLE, "the agent is not up: status %u", status)
              : easel_error_new (EASEL_ERROR_PROTOCOL, "an answer without the agent’s seal");
      break;
    }
  easel_error_set_status (error, status);
  return error;
}

static char *
read_reason (JsonNode *root)
{
  const char *reason = NULL;

  if (root != NULL && JSON_NODE_HOLDS_OBJECT (root))
    reason = easel_json_peek_string (json_node_get_object (root), "error", NULL);
  return reason != NULL ? g_utf8_substring (reason, 0, MIN (g_utf8_strlen (reason, -1), MAX_REASON))
                        : NULL;
}

static GError *
judge_refusal (guint status, JsonNode *root)
{
  g_autofree char *reason = read_reason (root);
  EaselError code;
  GError *error;

  switch (status)
    {
    case 400:
      code = EASEL_ERROR_BAD_REQUEST;
      break;
    case 404:
      code = EASEL_ERROR_NOT_FOUND;
      break;
    case 413:
      code = EASEL_ERROR_TOO_LARGE;
      break;
    default:
      code = status >= 500 && status != 507 ? EASEL_ERROR_UNAVAILABLE : EASEL_ERROR_FAILED;
      break;
    }
  error = easel_error_new (code, "the agent refused: status %u", status);
  easel_error_set_status (error, status);
  easel_error_set_details (error, reason);
  return error;
}

static gboolean
is_for_caller (guint status)
{
  return (status >= 200 && status < 300) || status == 409;
}

static JsonNode *
read_answer (EaselAgentClient *self, Call *call, const EaselHttpResponse *response, GError **error)
{
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) parse_error = NULL;

  if (!is_from_agent (self, call, response))
    {
      if (response->status == REFUSED)
        jump_ahead (self);
      g_propagate_error (error, judge_stranger (response->status));
      return NULL;
    }
  call->status = response->status;
  root = easel_json_parse (response->body, call->max_bytes, &parse_error);
  if (!is_for_caller (response->status))
    {
      g_propagate_error (error, judge_refusal (response->status, root));
      return NULL;
    }
  if (root == NULL)
    g_propagate_error (error, g_steal_pointer (&parse_error));
  return g_steal_pointer (&root);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  EaselAgentClient *self = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);
  const Lane lane = call->lane;
  g_autoptr (EaselHttpResponse) response = NULL;
  GError *error = NULL;
  JsonNode *root = NULL;

  response = call->line != NULL ? easel_http_line_send_finish (call->line, result, &error)
                                : easel_http_send_finish (EASEL_HTTP (source), result, &error);
  if (response != NULL)
    root = read_answer (self, call, response, &error);
  self->busy[lane] = NULL;
  send_next (self, lane);
  if (root != NULL)
    g_task_return_pointer (task, root, (GDestroyNotify) json_node_unref);
  else
    g_task_return_error (task, error);
}

/* Takes @task. A sealed question is good once, so it is never sent again by itself. */
static void
send_call (EaselAgentClient *self, GTask *task)
{
  Call *call = g_task_get_task_data (task);
  g_autofree char *uri = g_strdup_printf ("%s/%s/%s", self->base, self->path, call->route);
  g_autofree char *seal = NULL;
  EaselHttpRequest request = {
    .method = call->method,
    .uri = uri,
    .body = call->body,
    .content_type = call->content_type,
    .deadline_ms = call->deadline_ms,
    .max_bytes = call->max_bytes,
    .stream = call->stream,
    .stream_length = call->stream_length,
    .progress = call->progress,
    .progress_data = call->progress_data,
    .retry = EASEL_RETRY_NEVER,
  };

  call->counter = next_counter (self);
  seal = seal_call (self, call);
  request.seal = seal;
  self->busy[call->lane] = task;
  if (call->line != NULL)
    easel_http_line_send_async (call->line, &request, call->meanwhile, call->meanwhile_data,
                                g_task_get_cancellable (task), on_sent, task);
  else
    easel_http_send_async (self->http, &request, NULL, g_task_get_cancellable (task), on_sent,
                           task);
}

static void
send_next (EaselAgentClient *self, Lane lane)
{
  while (self->busy[lane] == NULL)
    {
      GTask *task = g_queue_pop_head (&self->waiting[lane]);

      if (task == NULL)
        return;
      if (g_task_return_error_if_cancelled (task))
        g_object_unref (task);
      else
        send_call (self, task);
    }
}

static Lane
lane_for (const char *route)
{
  static const char *const guard[] = { "status", "extend", "helper" };

  for (gsize i = 0; i < G_N_ELEMENTS (guard); i++)
    {
      if (g_str_equal (route, guard[i]))
        return LANE_GUARD;
    }
  return LANE_HELPER;
}

/**
 * easel_agent_client_call_async:
 * @self: a client
 * @call: what to ask; copied
 * @cancellable: (nullable): ends it at once, or as soon as its turn comes
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Asks the agent and checks that the answer is its own. Nothing is sent twice.
 */
void
easel_agent_client_call_async (EaselAgentClient *self,
                               const EaselAgentCall *call,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task;
  Call *copy;

  g_return_if_fail (EASEL_IS_AGENT_CLIENT (self));
  g_return_if_fail (call != NULL && call->method != NULL && call->route != NULL);
  g_return_if_fail (call->stream == NULL || (call->line != NULL && call->body_sha256 != NULL));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  copy = g_new0 (Call, 1);
  copy->method = g_strdup (call->method);
  copy->route = g_strdup (call->route);
  copy->body = call->body != NULL ? g_bytes_ref (call->body) : NULL;
  copy->body_sha256 =
      call->body_sha256 != NULL ? g_strdup (call->body_sha256) : hash_bytes (call->body);
  copy->content_type = g_strdup (call->content_type);
  copy->deadline_ms = call->deadline_ms > 0 ? call->deadline_ms : DEADLINE_MS;
  copy->max_bytes = call->max_bytes > 0 ? call->max_bytes : MAX_ANSWER;
  g_set_object (&copy->line, call->line);
  g_set_object (&copy->stream, call->stream);
  copy->stream_length = call->stream_length;
  copy->progress = call->progress;
  copy->progress_data = call->progress_data;
  copy->meanwhile = call->meanwhile;
  copy->meanwhile_data = call->meanwhile_data;
  copy->lane = lane_for (call->route);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, easel_agent_client_call_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, copy, (GDestroyNotify) call_free);
  g_queue_push_tail (&self->waiting[copy->lane], task);
  send_next (self, copy->lane);
}

/**
 * easel_agent_client_call_finish:
 * @self: a client
 * @result: the result
 * @ret_status: (out) (optional): 2xx or 409, which is an answer and not an error; set on success
 * @error: %EASEL_ERROR_UNAVAILABLE while no agent is up, %EASEL_ERROR_NOT_FOUND for a pod without
 *   one or a part that does not run, %EASEL_ERROR_PROTOCOL for an answer that is not the agent's,
 *   %EASEL_ERROR_BLOCKED if it refused the seal; %EASEL_ERROR_BAD_REQUEST, %EASEL_ERROR_TOO_LARGE,
 *   %EASEL_ERROR_FAILED (a status of 507: its disk is full) if it refused the question, with its
 *   word in the details; else as easel_http_send_finish()
 *
 * Returns: (transfer full) (nullable): the answer
 */
JsonNode *
easel_agent_client_call_finish (EaselAgentClient *self,
                                GAsyncResult *result,
                                guint *ret_status,
                                GError **error)
{
  JsonNode *root;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, easel_agent_client_call_async), NULL);

  root = g_task_propagate_pointer (G_TASK (result), error);
  if (root != NULL && ret_status != NULL)
    *ret_status = ((Call *) g_task_get_task_data (G_TASK (result)))->status;
  return root;
}

/**
 * easel_agent_client_get_status_async:
 * @self: a client
 * @cancellable: (nullable): ends it at once
 * @callback: called when it has ended; see easel_agent_client_status_finish()
 * @user_data: for @callback
 *
 * Asks the agent how it stands.
 */
void
easel_agent_client_get_status_async (EaselAgentClient *self,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  const EaselAgentCall call = { .method = "GET", .route = "status" };

  g_return_if_fail (EASEL_IS_AGENT_CLIENT (self));

  easel_agent_client_call_async (self, &call, cancellable, callback, user_data);
}

static void
add_seconds (JsonObject *object, const char *key, gint64 seconds)
{
  if (seconds >= 0)
    json_object_set_int_member (object, key, seconds);
}

/**
 * easel_agent_client_extend_async:
 * @self: a client
 * @hard_s: seconds from now until it ends whatever happens; as all of these -1 to leave it
 * @closed_s: how long it stays after Krita was closed
 * @idle_s: how long it stays without a picture
 * @never_s: how long it waits for somebody to connect
 * @cancellable: (nullable): ends it at once
 * @callback: called when it has ended; see easel_agent_client_status_finish()
 * @user_data: for @callback
 *
 * Asks for other limits. The agent keeps its cap whatever is asked; its answer says what holds.
 */
void
easel_agent_client_extend_async (EaselAgentClient *self,
                                 gint64 hard_s,
                                 gint64 closed_s,
                                 gint64 idle_s,
                                 gint64 never_s,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  g_autoptr (GBytes) body = NULL;
  JsonObject *object;
  EaselAgentCall call = { .method = "POST", .route = "extend" };

  g_return_if_fail (EASEL_IS_AGENT_CLIENT (self));

  object = json_object_new ();
  json_node_take_object (root, object);
  add_seconds (object, "hard", hard_s);
  add_seconds (object, "closed", closed_s);
  add_seconds (object, "idle", idle_s);
  add_seconds (object, "never", never_s);
  body = easel_json_to_bytes (root);
  call.body = body;
  easel_agent_client_call_async (self, &call, cancellable, callback, user_data);
}

/**
 * easel_agent_client_put_helper_async:
 * @self: a client
 * @helper: the source of the agent's second part
 * @cancellable: (nullable): ends it at once
 * @callback: called when it has ended; see easel_agent_client_status_finish()
 * @user_data: for @callback
 *
 * Sends the agent its second part. It takes the one alone whose hash it was started with.
 */
void
easel_agent_client_put_helper_async (EaselAgentClient *self,
                                     GBytes *helper,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  const EaselAgentCall call = {
    .method = "PUT",
    .route = "helper",
    .body = helper,
    .content_type = "text/x-python",
    .deadline_ms = HELPER_DEADLINE_MS,
  };

  g_return_if_fail (EASEL_IS_AGENT_CLIENT (self));
  g_return_if_fail (helper != NULL);

  easel_agent_client_call_async (self, &call, cancellable, callback, user_data);
}

/**
 * easel_agent_client_status_finish:
 * @self: a client
 * @result: the result of asking for the status, of extending, or of sending the helper
 * @error: as easel_agent_client_call_finish(); %EASEL_ERROR_CONFLICT if the helper is not the one
 *   that the agent was started with
 *
 * Returns: (transfer full) (nullable): how the agent stands after it
 */
EaselAgentStatus *
easel_agent_client_status_finish (EaselAgentClient *self, GAsyncResult *result, GError **error)
{
  guint status = 0;
  g_autoptr (JsonNode) root = easel_agent_client_call_finish (self, result, &status, error);

  if (root == NULL)
    return NULL;
  if (status == 409)
    {
      easel_set_error (error, EASEL_ERROR_CONFLICT, "the agent refused: status 409");
      return NULL;
    }
  return easel_agent_status_decode (root, error);
}

/**
 * easel_agent_client_get_progress_async:
 * @self: a client
 * @log_offset: what of its log was already read
 * @cancellable: (nullable): ends it at once
 * @callback: called when it has ended; see easel_agent_client_progress_finish()
 * @user_data: for @callback
 *
 * Asks how the start's downloads stand, and for more of its log.
 */
void
easel_agent_client_get_progress_async (EaselAgentClient *self,
                                       guint64 log_offset,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  g_autofree char *route = g_strdup_printf ("progress?log=%" G_GUINT64_FORMAT, log_offset);
  const EaselAgentCall call = { .method = "GET", .route = route };

  g_return_if_fail (EASEL_IS_AGENT_CLIENT (self));

  easel_agent_client_call_async (self, &call, cancellable, callback, user_data);
}

/**
 * easel_agent_client_progress_finish:
 * @self: a client
 * @result: the result
 * @error: as easel_agent_client_call_finish()
 *
 * Returns: (transfer full) (nullable): how the start stands
 */
EaselAgentProgress *
easel_agent_client_progress_finish (EaselAgentClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (JsonNode) root = easel_agent_client_call_finish (self, result, NULL, error);

  return root != NULL ? easel_agent_progress_decode (root, error) : NULL;
}
