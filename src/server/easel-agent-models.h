/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-error.h"
#include "easel-json.h"

G_BEGIN_DECLS

/* One piece of an upload. The agent takes up to 32 MiB, but here three are in memory for a moment:
 * one was sent, one is being sent, one is being read. */
#define EASEL_AGENT_MIN_CHUNK (1024 * 1024)
#define EASEL_AGENT_FIRST_CHUNK (4 * 1024 * 1024)
#define EASEL_AGENT_MAX_CHUNK (32 * 1024 * 1024)
/* Two thousand files with their names and hashes. */
#define EASEL_AGENT_MAX_MODELS_ANSWER (4 * 1024 * 1024)

typedef enum
{
  EASEL_AGENT_JOB_WAITING,
  EASEL_AGENT_JOB_RUNNING,
  EASEL_AGENT_JOB_VERIFYING,
  EASEL_AGENT_JOB_DONE,
  EASEL_AGENT_JOB_FAILED,
  EASEL_AGENT_JOB_CANCELLED
} EaselAgentJobState;

/**
 * EaselAgentJob:
 * @id: how the agent calls it
 * @is_upload: the check of what was sent, and not a download
 * @folder: ComfyUI's
 * @name: of the file, empty as long as the server has not told it
 * @have: bytes that are there
 * @size: bytes in all, 0 unknown
 * @speed: bytes in a second, 0 unknown
 * @state: how far it is
 * @error: why it failed, %EASEL_ERROR_FAILED for what has no better name
 */
typedef struct
{
  char *id;
  gboolean is_upload;
  char *folder;
  char *name;
  guint64 have;
  guint64 size;
  guint64 speed;
  EaselAgentJobState state;
  EaselError error;
} EaselAgentJob;

/* A model that lies on the pod. */
typedef struct
{
  char *folder;
  char *name;
  guint64 size;
  char *sha256; /* (nullable) */
} EaselAgentModelFile;

/* What the agent answers to "GET models". */
typedef struct
{
  guint64 disk_free;
  guint64 disk_total;
  GPtrArray *jobs;  /* (element-type EaselAgentJob) */
  GPtrArray *files; /* (element-type EaselAgentModelFile) */
} EaselAgentModels;

EaselAgentModels *easel_agent_models_decode (JsonNode *root, GError **error);
void easel_agent_models_free (EaselAgentModels *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselAgentModels, easel_agent_models_free)

const EaselAgentJob *easel_agent_models_find_job (const EaselAgentModels *self, const char *id);
const EaselAgentModelFile *
easel_agent_models_find_file (const EaselAgentModels *self, const char *folder, const char *name);
gboolean easel_agent_job_is_open (const EaselAgentJob *self);
gboolean easel_agent_job_may_resume (const EaselAgentJob *self);

EaselError easel_agent_models_error (const char *word);
char *easel_agent_models_file_route (const char *folder, const char *name);
char *easel_agent_models_chunk_route (const char *folder,
                                      const char *name,
                                      guint64 offset,
                                      guint64 size,
                                      const char *of,
                                      const char *sha256,
                                      gboolean is_whole);
GBytes *easel_agent_models_download_body (const char *uri,
                                          const char *folder,
                                          const char *name,
                                          guint64 size,
                                          const char *of,
                                          const char *sha256,
                                          const char *job_id);
gsize easel_agent_models_next_chunk (gsize chunk, gint64 took_ms, gboolean failed);

G_END_DECLS
