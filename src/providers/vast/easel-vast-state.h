/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-pod.h"

G_BEGIN_DECLS

/**
 * EaselVastStatus:
 * @actual: (nullable): what the host says: "running", "exited", …; %NULL while nobody said anything
 * @intended: (nullable): what was asked for: "running", "stopped"
 * @contract: (nullable): "running", "stopped", "unloaded"
 * @message: (nullable): the host's own words, on one line
 *
 * What vast.ai says of an instance's state, in four fields that contradict each other.
 */
typedef struct
{
  const char *actual;
  const char *intended;
  const char *contract;
  const char *message;
} EaselVastStatus;

/**
 * EaselVastHints:
 * @is_first_start: rented here and never seen running
 * @stop_asked: this program asked it to stop
 * @may_still_come: a container that is reported as down may be an old report, or pass by itself
 *
 * What only this program knows, see #EaselVastMemory.
 */
typedef struct
{
  gboolean is_first_start;
  gboolean stop_asked;
  gboolean may_still_come;
} EaselVastHints;

EaselPodState easel_vast_state_map (const EaselVastStatus *status, const EaselVastHints *hints);
gboolean easel_vast_state_is_down (const EaselVastStatus *status);
gboolean easel_vast_message_is_failure (const char *message);

G_END_DECLS
