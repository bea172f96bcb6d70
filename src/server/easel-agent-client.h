/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-agent-status.h"
#include "easel-http-line.h"

G_BEGIN_DECLS

/**
 * EaselAgentCall:
 * @method: "GET", "POST", "PUT", "DELETE"
 * @route: what follows the agent's path, with its query, percent-encoded: "progress?log=0"
 * @body: (nullable): sent as it is
 * @body_sha256: (nullable): what stands for @body in the seal; its SHA-256 if %NULL
 * @content_type: (nullable): of @body, "application/json" if %NULL
 * @deadline_ms: in this computer's time; 0 means 15 s
 * @max_bytes: largest answer; 0 means 1 MiB
 * @line: (nullable): what carries it, if it is one of many with large bodies; then it has a
 *   @stream in place of @body, and a @body_sha256
 * @stream: (nullable): see #EaselHttpRequest
 * @stream_length: how much of @stream
 * @progress: (nullable): how much of @stream has left
 * @progress_data: for @progress
 * @meanwhile: (nullable): what @line's thread does while it waits for the answer
 * @meanwhile_data: for @meanwhile
 *
 * One question to the agent. Set up on the stack; easel_agent_client_call_async() copies.
 */
typedef struct
{
  const char *method;
  const char *route;
  GBytes *body;
  const char *body_sha256;
  const char *content_type;
  guint deadline_ms;
  gsize max_bytes;
  EaselHttpLine *line;
  GInputStream *stream;
  guint64 stream_length;
  EaselHttpProgress progress;
  gpointer progress_data;
  EaselHttpMeanwhile meanwhile;
  gpointer meanwhile_data;
} EaselAgentCall;

/* The agent in one pod. Calls to the same part of it (the guard: status, extend, helper; the
 * helper: all else) go out one after the other, because it refuses a count below one it has seen;
 * so there is one of these per pod. */
#define EASEL_TYPE_AGENT_CLIENT (easel_agent_client_get_type ())
G_DECLARE_FINAL_TYPE (EaselAgentClient, easel_agent_client, EASEL, AGENT_CLIENT, GObject)

EaselAgentClient *
easel_agent_client_new (EaselHttp *http, EaselClock *clock, const char *base, EaselSecret *admin);
EaselClock *easel_agent_client_get_clock (EaselAgentClient *self);
EaselHttp *easel_agent_client_get_http (EaselAgentClient *self);
gboolean easel_agent_client_is_for (EaselAgentClient *self, const char *base, EaselSecret *admin);

void easel_agent_client_call_async (EaselAgentClient *self,
                                    const EaselAgentCall *call,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
JsonNode *easel_agent_client_call_finish (EaselAgentClient *self,
                                          GAsyncResult *result,
                                          guint *ret_status,
                                          GError **error);

void easel_agent_client_get_status_async (EaselAgentClient *self,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
void easel_agent_client_extend_async (EaselAgentClient *self,
                                      gint64 hard_s,
                                      gint64 closed_s,
                                      gint64 idle_s,
                                      gint64 never_s,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
void easel_agent_client_put_helper_async (EaselAgentClient *self,
                                          GBytes *helper,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
/* Of all three. */
EaselAgentStatus *
easel_agent_client_status_finish (EaselAgentClient *self, GAsyncResult *result, GError **error);

void easel_agent_client_get_progress_async (EaselAgentClient *self,
                                            guint64 log_offset,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data);
EaselAgentProgress *
easel_agent_client_progress_finish (EaselAgentClient *self, GAsyncResult *result, GError **error);

G_END_DECLS
