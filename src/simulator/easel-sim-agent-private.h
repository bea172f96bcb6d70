/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-sim-agent.h"

G_BEGIN_DECLS

/* A file that is fetched, or one that was sent and is checked. */
typedef struct
{
  char *id;
  const char *kind; /* "download" or "verify" */
  char *folder;
  char *name;   /* (nullable): until somebody says one */
  char *source; /* (nullable): what it is called where a download comes from */
  char *of;     /* (nullable): the same by the name that the desktop has for it */
  char *wanted; /* (nullable): what it is to add up to */
  char *sum;    /* (nullable): what that which was sent adds up to */
  gint64 size;
  gint64 told_size;  /* by who asked for it, 0 if unknown */
  gint64 total;      /* by where it comes from, 0 if unknown */
  gint64 noted_size; /* of the part that it goes on with, or its own */
  char *noted_hash;  /* (nullable): the same */
  gint64 have;       /* at @from_ms */
  gint64 asked_ms;
  gint64 from_ms; /* later than @asked_ms if others go first */
  gint64 done_ms; /* all bytes are there */
  gint64 checked_ms;
  gint64 failed_ms;      /* -1 */
  gint64 broken_at;      /* how many bytes there are then */
  char *failure;         /* (nullable) */
  gboolean is_unsure;    /* what it adds up to is not known yet, and has to be */
  gboolean is_senseless; /* it does not begin like what its name promises */
  gboolean is_cancelled;
  gboolean is_over; /* what came of it is on the disk, or is not */
} EaselSimJobFile;

/* Whose the beginning of a file is. */
typedef struct
{
  gboolean is_sent;
  const char *of;     /* (nullable) */
  gint64 size;        /* 0 if unknown */
  const char *sha256; /* (nullable) */
} EaselSimOwner;

/* What is there of a file that is not whole: the helper's NAME.part, and its note whose that is. Of
 * its bytes only the beginning is kept. */
typedef struct
{
  char *folder;
  char *name;
  gboolean is_sent; /* and not fetched */
  char *of;         /* (nullable) */
  gint64 told_size; /* 0 if unknown */
  char *wanted;     /* (nullable): what all of it adds up to */
  gint64 total;     /* by where it was fetched, 0 if unknown */
  gint64 size;
  gint64 sent_ms;     /* -1: it was fetched */
  GChecksum *sum;     /* (nullable): where all of it was sent */
  GByteArray *head;   /* (nullable) */
  gboolean is_summed; /* the helper knows the sum, too */
} EaselSimPart;

/* A file on the pod's disk. */
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
  GPtrArray *parts; /* (element-type EaselSimPart): whose sum was told last, last */
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

/* Models: the routes. */
EaselSimAnswer *
_easel_sim_agent_answer_helper (EaselSimAgent *self, const EaselSimRequest *request, char **parts);
EaselSimAnswer *_easel_sim_agent_refuse (guint status, const char *error);
void _easel_sim_agent_put_files (EaselSimAgent *self, JsonBuilder *builder);
gint64 _easel_sim_agent_disk_total (const EaselSimAgent *self);
gint64 _easel_sim_agent_disk_free (const EaselSimAgent *self, gint64 now_ms);
gboolean _easel_sim_agent_has_room (const EaselSimAgent *self, gint64 size, gint64 now_ms);
const char *_easel_sim_agent_judge_place (const char *folder, const char *name, gboolean is_any);
gboolean _easel_sim_agent_is_hash (const char *text);
void _easel_sim_agent_file_free (gpointer data);

/* Jobs. */
void _easel_sim_agent_job_free (gpointer data);
void _easel_sim_agent_land_files (EaselSimAgent *self);
void _easel_sim_agent_forget_files (EaselSimAgent *self, gboolean with_files);
gint64 _easel_sim_agent_work_until (const EaselSimAgent *self, gint64 now_ms);
guint _easel_sim_agent_count_transfers (const EaselSimAgent *self, gint64 now_ms);
const char *_easel_sim_job_state (const EaselSimJobFile *job, gint64 now_ms);
gint64 _easel_sim_job_have (const EaselSimJobFile *job, gint64 now_ms);
gint64 _easel_sim_job_told_have (const EaselSimJobFile *job, gint64 now_ms);
gboolean _easel_sim_job_is_open (const EaselSimJobFile *job, gint64 now_ms);
void
_easel_sim_job_fail (EaselSimJobFile *job, gint64 at_ms, gint64 broken_at, const char *failure);
EaselSimJobFile *_easel_sim_agent_find_job (const EaselSimAgent *self, const char *id);
EaselSimJobFile *_easel_sim_agent_find_open_job (const EaselSimAgent *self,
                                                 const char *folder,
                                                 const char *name,
                                                 gint64 now_ms);
EaselSimJobFile *_easel_sim_agent_add_job (EaselSimAgent *self,
                                           const char *kind,
                                           const char *folder,
                                           const char *name,
                                           gint64 now_ms);
void _easel_sim_agent_cancel_job (EaselSimAgent *self, EaselSimJobFile *job, gint64 now_ms);
gint64 _easel_sim_job_check_time (const EaselSimJobFile *job);
const char *_easel_sim_agent_sum_of (EaselSimAgent *self, const char *source, gint64 size);

/* Links. */
void _easel_sim_agent_fetch (EaselSimAgent *self,
                             EaselSimJobFile *job,
                             const char *url,
                             gboolean is_any);

/* What is there in part. */
void _easel_sim_part_free (gpointer data);
EaselSimPart *
_easel_sim_agent_find_part (const EaselSimAgent *self, const char *folder, const char *name);
EaselSimPart *_easel_sim_agent_match_part (const EaselSimAgent *self,
                                           const char *folder,
                                           const char *name,
                                           const EaselSimOwner *owner);
EaselSimPart *_easel_sim_agent_add_part (EaselSimAgent *self,
                                         const char *folder,
                                         const char *name,
                                         const EaselSimOwner *owner);
gboolean _easel_sim_agent_drop_part (EaselSimAgent *self, const char *folder, const char *name);
char *_easel_sim_agent_hash_upload (const EaselSimAgent *self,
                                    const EaselSimRequest *request,
                                    char **parts);
EaselSimAnswer *_easel_sim_agent_take_piece (EaselSimAgent *self,
                                             const EaselSimRequest *request,
                                             const char *folder,
                                             const char *name);

G_END_DECLS
