/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-limits.h"
#include "easel-secret.h"

G_BEGIN_DECLS

/* Names of the agent's variables in a pod's environment. */
#define EASEL_AGENT_VARIABLE_PAINT "EASEL_PAINT"
#define EASEL_AGENT_VARIABLE_ADMIN "EASEL_ADMIN"
#define EASEL_AGENT_VARIABLE_LIMITS "EASEL_LIMITS"
#define EASEL_AGENT_VARIABLE_SHA "EASEL_SHA"

/* Letters and digits of each of the two secrets; 5 bits each. */
#define EASEL_AGENT_SECRET_LENGTH 26

/**
 * EaselAgentLimits:
 * @hard_s: seconds until it ends whatever happens
 * @cap_s: seconds until the end that no request can move
 * @closed_s: it ends so long after Krita was closed
 * @idle_s: it ends after so long without a picture
 * @never_s: it ends when nobody connected for so long
 * @boot_s: it ends when the server is not up after so long
 * @stop_instead: it stops at its end instead of deleting
 * @created_unix_s: when the desktop asked for the pod
 *
 * What the agent in a pod is told about its end.
 */
typedef struct
{
  gint64 hard_s;
  gint64 cap_s;
  gint64 closed_s;
  gint64 idle_s;
  gint64 never_s;
  gint64 boot_s;
  gboolean stop_instead;
  gint64 created_unix_s;
} EaselAgentLimits;

void easel_agent_limits_init (EaselAgentLimits *self,
                              const EaselLimits *limits,
                              gint64 expected_start_ms,
                              gint64 now_unix_ms);
void easel_agent_limits_shorten (EaselAgentLimits *self, gint64 left_s);
char *easel_agent_limits_format (const EaselAgentLimits *self);
gboolean easel_agent_limits_parse (EaselAgentLimits *self, const char *text);

/**
 * EaselAgentArmed:
 * @EASEL_AGENT_ARMED_NO: it cannot end its own pod
 * @EASEL_AGENT_ARMED_LIKELY: it could read its own pod; whether it may end it is not known
 * @EASEL_AGENT_ARMED_PROVEN: a write right was shown
 *
 * Whether the pod can end itself with the desktop switched off.
 */
typedef enum
{
  EASEL_AGENT_ARMED_NO,
  EASEL_AGENT_ARMED_LIKELY,
  EASEL_AGENT_ARMED_PROVEN
} EaselAgentArmed;

/**
 * EaselOutside:
 * @EASEL_OUTSIDE_UNKNOWN: nobody has looked, or nothing answered
 * @EASEL_OUTSIDE_REFUSED: a request without the secret was refused: strangers cannot use it
 * @EASEL_OUTSIDE_OPEN: it was served: whoever finds the address can use it
 *
 * What somebody who does not know the secret finds at the pod's port.
 */
typedef enum
{
  EASEL_OUTSIDE_UNKNOWN,
  EASEL_OUTSIDE_REFUSED,
  EASEL_OUTSIDE_OPEN
} EaselOutside;

/**
 * EaselAgentPlan:
 * @paint: the secret path of the address
 * @admin: the secret that desktop and agent share
 * @limits: see easel_agent_limits_format()
 * @sha: (nullable): hash of the agent's second part
 * @command: what bash runs in the container
 *
 * The agent of one pod. Never written to a file or a log.
 */
typedef struct
{
  EaselSecret *paint;
  EaselSecret *admin;
  char *limits;
  char *sha;
  char *command;
} EaselAgentPlan;

EaselAgentPlan *
easel_agent_plan_new (const EaselAgentLimits *limits, const char *sha, const char *command);
EaselAgentPlan *easel_agent_plan_copy (const EaselAgentPlan *self);
void easel_agent_plan_free (EaselAgentPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselAgentPlan, easel_agent_plan_free)

typedef void (*EaselAgentVariableFunc) (const char *name, const char *value, gpointer user_data);
void easel_agent_plan_foreach_variable (const EaselAgentPlan *self,
                                        EaselAgentVariableFunc func,
                                        gpointer user_data);

/**
 * EaselAgentReadback:
 * @paint: (nullable): as in #EaselAgentPlan
 * @admin: (nullable): as in #EaselAgentPlan
 * @limits: (nullable): as in #EaselAgentPlan
 *
 * What a provider's answer tells of the agent's variables. Set it to zero first.
 */
typedef struct
{
  EaselSecret *paint;
  EaselSecret *admin;
  char *limits;
} EaselAgentReadback;

void easel_agent_readback_take (EaselAgentReadback *self, const char *name, const char *value);
void easel_agent_readback_clear (EaselAgentReadback *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EaselAgentReadback, easel_agent_readback_clear)

G_END_DECLS
