/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-sim-agent.h"

G_BEGIN_DECLS

/* A file that comes, by link or from the desktop. */
typedef struct
{
  char *id;
  const char *kind; /* "download" or "upload" */
  char *folder;
  char *name;
  char *source; /* (nullable): what it is called where a download comes from */
  char *wanted; /* (nullable): what it is to add up to */
  gint64 size;
  gint64 have; /* at @from_ms */
  gint64 from_ms;
  gint64 done_ms; /* all bytes are there, -1 for not yet known */
  gint64 checked_ms;
  gint64 failed_ms;   /* -1 */
  char *failure;      /* (nullable) */
  GChecksum *sum;     /* (nullable): of what was sent */
  gboolean is_unsure; /* what it adds up to is not known yet, and has to be */
  gboolean is_cancelled;
  gboolean has_landed;
} EaselSimJobFile;

/* A file on the pod's disk; its bytes are not kept. */
typedef struct
{
  char *folder;
  char *name;
  char *source; /* (nullable): of a download */
  char *sha256; /* (nullable): of what was sent */
  gint64 size;
} EaselSimAgentFile;

/* Seconds, as in EASEL_LIMITS. */
typedef struct
{
  gint64 hard_s;
  gint64 cap_s;
  gint64 closed_s;
  gint64 idle_s;
  gint64 never_s;
  gint64 boot_s;
  gint64 created_s;
  gboolean deletes;
} EaselSimLimits;

/**
 * EaselSimAgent:
 *
 * The guard in one pod, and its helper. Times are the cloud's, milliseconds.
 */
typedef struct
{
  EaselSimWorld *world; /* (unowned) */
  EaselSimPod *pod;     /* (unowned): pods outlive it */
  guint run;
  char *admin_path;
  EaselSimLimits limits;
  gint64 begin_ms;
  gint64 hard_ms;
  gint64 cap_ms;
  gint64 crashed_until_ms;
  guint n_connected;
  gboolean was_connected;
  gint64 opened_ms;
  gint64 closed_ms;
  guint64 guard_counter;
  guint64 helper_counter;
  gboolean has_helper;
  const char *reason; /* (nullable): of the end that is planned */
  const char *ending; /* (nullable): of the end that was tried */
  const char *end_error;
  guint n_tries;
  GPtrArray *jobs;  /* (element-type EaselSimJobFile): oldest first */
  GPtrArray *files; /* (element-type EaselSimAgentFile) */
  guint n_jobs;
  char *next_failure; /* (nullable): of the next download */
  double failure_share;
} EaselSimAgent;

struct _EaselSimAgents
{
  EaselSimWorld *world; /* (unowned) */
  GHashTable *agents;   /* (element-type utf8 EaselSimAgent): by pod */
};

EaselSimAgent *_easel_sim_agents_get (EaselSimAgents *self, EaselSimPod *pod);
gint64 _easel_sim_agent_now (const EaselSimAgent *self);
gboolean _easel_sim_agent_is_ready (const EaselSimAgent *self, gint64 now_ms);
void _easel_sim_agent_plan (EaselSimAgent *self);
void _easel_sim_agent_keep (EaselSimAgent *self);
const char *_easel_sim_agent_armed (const EaselSimAgent *self);

JsonNode *_easel_sim_agent_status (EaselSimAgent *self);
EaselSimAnswer *
_easel_sim_agent_answer (EaselSimAgent *self, const EaselSimRequest *request, const char *route);

/* Models. */
EaselSimAnswer *
_easel_sim_agent_answer_helper (EaselSimAgent *self, const EaselSimRequest *request, char **parts);
char *_easel_sim_agent_hash_upload (const EaselSimAgent *self,
                                    const EaselSimRequest *request,
                                    char **parts);
EaselSimAnswer *_easel_sim_agent_refuse (guint status, const char *error);
void _easel_sim_agent_land_files (EaselSimAgent *self);
void _easel_sim_agent_put_files (EaselSimAgent *self, JsonBuilder *builder);
void _easel_sim_agent_forget_files (EaselSimAgent *self, gboolean with_files);
gint64 _easel_sim_agent_work_until (const EaselSimAgent *self, gint64 now_ms);
guint _easel_sim_agent_count_transfers (const EaselSimAgent *self, gint64 now_ms);
void _easel_sim_agent_job_free (gpointer data);
void _easel_sim_agent_file_free (gpointer data);

G_END_DECLS
