/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-agent-plan.h"
#include "easel-json.h"

G_BEGIN_DECLS

/**
 * EaselAgentPhase:
 * @EASEL_AGENT_BOOT: the container has just started
 * @EASEL_AGENT_LOADING: models download, or ComfyUI loads
 * @EASEL_AGENT_READY: ComfyUI answers
 * @EASEL_AGENT_ENDING: a limit is reached: it is being deleted or stopped
 * @EASEL_AGENT_FAILED: ComfyUI does not run and could not be started
 */
typedef enum
{
  EASEL_AGENT_BOOT,
  EASEL_AGENT_LOADING,
  EASEL_AGENT_READY,
  EASEL_AGENT_ENDING,
  EASEL_AGENT_FAILED
} EaselAgentPhase;

/**
 * EaselAgentStatus:
 * @phase: how far it is
 * @armed: whether it can end itself
 * @is_protected: the agent has put the secret path in place; whether strangers are refused shows
 *   only from outside
 * @stop_instead: it stops at its end instead of deleting
 * @hard_s: seconds until it ends whatever happens; as all of these -1 while the rule does not run
 * @cap_s: seconds until the end that no request can move
 * @closed_s: until it ends because Krita was closed
 * @idle_s: until it ends because nothing is generated
 * @never_s: until it ends because nobody ever connected
 * @boot_s: until it ends because the server does not come up
 * @ending: the rule that is due, %EASEL_END_NONE as long as none is
 * @end_error: (nullable): why ending itself fails, for details
 * @n_connected: lasting connections: Krita, or a tab of a browser
 * @ever_connected: whether there was one since ready
 * @since_generated_s: seconds since the last picture, -1 if there was none
 * @n_pictures: made since the server started
 * @busy: a picture is being made
 * @uptime_s: since the limits began
 * @has_helper: whether its second part runs: progress, models
 * @n_transfers: models on their way
 * @error: (nullable): what last went wrong, for details
 *
 * What the agent in the pod says of itself.
 */
typedef struct
{
  EaselAgentPhase phase;
  EaselAgentArmed armed;
  gboolean is_protected;
  gboolean stop_instead;
  gint64 hard_s;
  gint64 cap_s;
  gint64 closed_s;
  gint64 idle_s;
  gint64 never_s;
  gint64 boot_s;
  EaselEndReason ending;
  char *end_error;
  guint n_connected;
  gboolean ever_connected;
  gint64 since_generated_s;
  guint n_pictures;
  gboolean busy;
  gint64 uptime_s;
  gboolean has_helper;
  guint n_transfers;
  char *error;
} EaselAgentStatus;

EaselAgentStatus *easel_agent_status_decode (JsonNode *root, GError **error);
void easel_agent_status_free (EaselAgentStatus *self);
gint64 easel_agent_status_next_end (const EaselAgentStatus *self, EaselEndReason *ret_reason);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselAgentStatus, easel_agent_status_free)

/**
 * EaselAgentFile:
 * @name: of the file
 * @have: bytes that are there
 * @size: bytes of the whole file, 0 unknown
 * @speed: bytes per second, 0 unknown
 * @done: complete
 * @failed: its download failed
 * @running: on its way now
 *
 * One file of the start.
 */
typedef struct
{
  char *name;
  guint64 have;
  guint64 size;
  guint64 speed;
  gboolean done;
  gboolean failed;
  gboolean running;
} EaselAgentFile;

/**
 * EaselAgentProgress:
 * @files: (element-type EaselAgentFile): of the start, in its order
 * @log: (not nullable): valid UTF-8 that follows what was asked for
 * @log_from: offset of the log's first byte; above what was asked for if something was dropped
 * @log_next: what to ask for the next time
 * @disk_free: bytes, 0 unknown
 * @disk_total: bytes, 0 unknown
 *
 * What the agent's second part says about the start.
 */
typedef struct
{
  GPtrArray *files;
  char *log;
  guint64 log_from;
  guint64 log_next;
  guint64 disk_free;
  guint64 disk_total;
} EaselAgentProgress;

EaselAgentProgress *easel_agent_progress_decode (JsonNode *root, GError **error);
void easel_agent_progress_free (EaselAgentProgress *self);
void easel_agent_progress_sum (const EaselAgentProgress *self,
                               guint64 *ret_have,
                               guint64 *ret_size,
                               guint64 *ret_speed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselAgentProgress, easel_agent_progress_free)

G_END_DECLS
