/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * vast.ai: how a request leaves. It takes its turn in its lane, also when it is sent again, so that
 * a repetition is no more frequent than anything else; an answer "too often" closes the lane for a
 * while. The HTTP client itself never repeats one, because it knows nothing of turns.
 */

#include "config.h"

#include "easel-vast-provider-private.h"

#include "easel-error.h"
#include "easel-vast-judge.h"

#include <string.h>

/* After a 429. No Retry-After is ever sent; a create that comes too early is punished. */
#define CLOSED_MS (8 * 1000)
#define CREATE_CLOSED_MS (12 * 1000)

typedef struct
{
  char *uri;        /* (owned) */
  EaselSecret *key; /* (owned) */
  GBytes *body;     /* (owned) (nullable) */
  const char *method;
  EaselVastLane lane;
  guint deadline_ms;
} Exchange;

static void
exchange_free (Exchange *exchange)
{
  g_free (exchange->uri);
  g_clear_pointer (&exchange->key, easel_secret_unref);
  g_clear_pointer (&exchange->body, g_bytes_unref);
  g_free (exchange);
}

/* A server that repeats the key in its complaint must not get it onto the screen. */
GError *
_easel_vast_provider_clean_error (GError *error, EaselSecret *key)
{
  const char *details = easel_error_get_details (error);

  if (details != NULL && strstr (details, easel_secret_peek (key)) != NULL)
    easel_error_set_details (error, NULL);
  return error;
}

/* For an id that cannot be one of vast.ai: nothing needs to be asked. */
GError *
_easel_vast_provider_no_such_instance (void)
{
  GError *error = easel_error_new (EASEL_ERROR_NOT_FOUND, "not an id of vast.ai");

  easel_error_set_details (error, "no_such_instance");
  return error;
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  EaselVastProvider *self = g_task_get_source_object (task);
  Exchange *exchange = g_task_get_task_data (task);
  EaselVastPacer *pacer = _easel_vast_provider_get_pacer (self);
  EaselHttpResponse *response;
  GError *error = NULL;

  response = easel_http_send_finish (EASEL_HTTP (source), result, &error);
  if (response != NULL && response->status == 429)
    easel_vast_pacer_hold (pacer, exchange->lane,
                           MAX (exchange->lane == EASEL_VAST_LANE_CREATE ? CREATE_CLOSED_MS
                                                                         : CLOSED_MS,
                                MIN (response->retry_after_ms, EASEL_RETRY_MAX_AFTER_MS)));
  easel_vast_pacer_leave (pacer, exchange->lane);
  if (response != NULL)
    g_task_return_pointer (task, response, (GDestroyNotify) easel_http_response_free);
  else
    g_task_return_error (task, _easel_vast_provider_clean_error (error, exchange->key));
}

static void
on_turn (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  EaselVastProvider *self = g_task_get_source_object (task);
  Exchange *exchange = g_task_get_task_data (task);
  EaselHttpRequest request = {
    .method = exchange->method,
    .uri = exchange->uri,
    .bearer = exchange->key,
    .body = exchange->body,
    .deadline_ms = exchange->deadline_ms,
    .retry = EASEL_RETRY_NEVER,
  };
  GError *error = NULL;

  if (!easel_vast_pacer_enter_finish (EASEL_VAST_PACER (source), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  easel_http_send_async (_easel_vast_provider_get_http (self), &request, NULL,
                         g_task_get_cancellable (task), on_answered, g_object_ref (task));
}

void
_easel_vast_provider_exchange_async (EaselVastProvider *self,
                                     const EaselVastCall *call,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Exchange *exchange;

  g_return_if_fail (EASEL_IS_VAST_PROVIDER (self));
  g_return_if_fail (call != NULL && call->request != NULL && call->key != NULL);

  exchange = g_new0 (Exchange, 1);
  exchange->uri = _easel_vast_provider_build_uri (self, call->request);
  exchange->key = easel_secret_ref (call->key);
  exchange->body = call->request->body != NULL ? g_bytes_ref (call->request->body) : NULL;
  exchange->method = call->request->method;
  exchange->lane = call->request->lane;
  exchange->deadline_ms = call->deadline_ms > 0 ? call->deadline_ms : EASEL_VAST_READ_DEADLINE_MS;
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, _easel_vast_provider_exchange_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, exchange, (GDestroyNotify) exchange_free);
  easel_vast_pacer_enter_async (_easel_vast_provider_get_pacer (self), exchange->lane, cancellable,
                                on_turn, g_object_ref (task));
}

EaselHttpResponse *
_easel_vast_provider_exchange_finish (EaselVastProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- calls -------------------------------------------------------------------------------- */

typedef struct
{
  EaselVastRequest request; /* (owned members) */
  EaselSecret *key;         /* (owned) */
  guint deadline_ms;
  EaselRetryClass retry;
  guint n_tries;
} CallData;

static void
call_data_free (CallData *data)
{
  g_free (data->request.path);
  g_clear_pointer (&data->request.body, g_bytes_unref);
  g_clear_pointer (&data->key, easel_secret_unref);
  g_free (data);
}

static void try_call (GTask *task);

static void
on_waited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GError *error = NULL;

  if (easel_clock_wait_finish (EASEL_CLOCK (source), result, &error))
    try_call (task);
  else
    g_task_return_error (task, error);
}

/* Takes @error. */
static void
settle_failure (GTask *task, GError *error)
{
  EaselVastProvider *self = g_task_get_source_object (task);
  CallData *data = g_task_get_task_data (task);
  gint64 wait_ms = easel_retry_decide (data->retry, data->n_tries, error, g_random_double ());

  if (wait_ms < 0)
    {
      g_task_return_error (task, _easel_vast_provider_clean_error (error, data->key));
      return;
    }
  g_error_free (error);
  easel_clock_wait_async (_easel_vast_provider_get_clock (self), wait_ms,
                          g_task_get_cancellable (task), on_waited, g_object_ref (task));
}

static void
on_tried (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  g_autoptr (EaselHttpResponse) response = NULL;
  g_autoptr (JsonNode) root = NULL;
  GError *error = NULL;

  response = _easel_vast_provider_exchange_finish (EASEL_VAST_PROVIDER (source), result, &error);
  if (response != NULL)
    error = easel_vast_judge (response);
  if (error == NULL)
    root = easel_json_parse (response->body, EASEL_JSON_MAX_BYTES, &error);
  if (error == NULL)
    error = easel_vast_judge_answer (root, response->status);
  if (error != NULL)
    settle_failure (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&root), (GDestroyNotify) json_node_unref);
}

static void
try_call (GTask *task)
{
  CallData *data = g_task_get_task_data (task);
  EaselVastCall call = {
    .request = &data->request,
    .key = data->key,
    .deadline_ms = data->deadline_ms,
  };

  data->n_tries++;
  _easel_vast_provider_exchange_async (g_task_get_source_object (task), &call,
                                       g_task_get_cancellable (task), on_tried,
                                       g_object_ref (task));
}

/* Sends one request with the key and reads the answer as JSON; one that says "success": false is an
 * error whatever its status. */
void
_easel_vast_provider_call_async (EaselVastProvider *self,
                                 const EaselVastCall *call,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  CallData *data;

  g_return_if_fail (EASEL_IS_VAST_PROVIDER (self));
  g_return_if_fail (call != NULL && call->request != NULL && call->key != NULL);

  data = g_new0 (CallData, 1);
  data->request = *call->request;
  data->request.path = g_strdup (call->request->path);
  data->request.body = call->request->body != NULL ? g_bytes_ref (call->request->body) : NULL;
  data->key = easel_secret_ref (call->key);
  data->deadline_ms = call->deadline_ms;
  data->retry = call->retry;
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, _easel_vast_provider_call_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, data, (GDestroyNotify) call_data_free);
  try_call (task);
}

JsonNode *
_easel_vast_provider_call_finish (EaselVastProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* A read with the usual deadline, repeated after a passing fault. */
void
_easel_vast_provider_read_async (EaselVastProvider *self,
                                 const EaselVastRequest *request,
                                 EaselSecret *key,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  EaselVastCall call = { .request = request, .key = key, .retry = EASEL_RETRY_READ };

  _easel_vast_provider_call_async (self, &call, cancellable, callback, user_data);
}
