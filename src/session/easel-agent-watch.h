/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-agent-client.h"
#include "easel-pod.h"

G_BEGIN_DECLS

/* Asks the agent of one pod again and again: every 5 s while somebody waits, else once a minute.
 * Signals: "changed"; "log" (const char *text, valid UTF-8, of the container). */
#define EASEL_TYPE_AGENT_WATCH (easel_agent_watch_get_type ())
G_DECLARE_FINAL_TYPE (EaselAgentWatch, easel_agent_watch, EASEL, AGENT_WATCH, GObject)

EaselAgentWatch *easel_agent_watch_new (EaselHttp *http, EaselClock *clock, EaselPod *pod);
void easel_agent_watch_set_helper (EaselAgentWatch *self, GBytes *helper);
void easel_agent_watch_set_pod (EaselAgentWatch *self, EaselPod *pod);
void easel_agent_watch_set_close (EaselAgentWatch *self, gboolean is_close);
void easel_agent_watch_set_pushed (EaselAgentWatch *self, gboolean is_pushed);
void easel_agent_watch_start (EaselAgentWatch *self);
void easel_agent_watch_stop (EaselAgentWatch *self);
void easel_agent_watch_take_status (EaselAgentWatch *self, EaselAgentStatus *status);

EaselAgentClient *easel_agent_watch_get_client (EaselAgentWatch *self);
const EaselAgentStatus *easel_agent_watch_get_status (EaselAgentWatch *self);
const EaselAgentProgress *easel_agent_watch_get_progress (EaselAgentWatch *self);
EaselOutside easel_agent_watch_get_outside (EaselAgentWatch *self);
gint64 easel_agent_watch_get_silent_ms (EaselAgentWatch *self);
gint64 easel_agent_watch_get_left_ms (EaselAgentWatch *self, EaselEndReason *ret_reason);
gboolean easel_agent_watch_is_confirmed (EaselAgentWatch *self);
char *easel_agent_watch_dup_address (EaselAgentWatch *self);

G_END_DECLS
