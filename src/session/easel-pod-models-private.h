/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-agent-client.h"
#include "easel-agent-models.h"
#include "easel-model-resolver.h"
#include "easel-model-tokens-private.h"
#include "easel-model-upload.h"
#include "easel-pod-models.h"

G_BEGIN_DECLS

/* A transfer, and what is done for it right now. */
typedef struct
{
  EaselPodModels *models;    /* (unowned) */
  EaselTransfer *transfer;   /* (owned) */
  GCancellable *cancellable; /* (owned) (nullable): of the call that is under way */
  char *job;                 /* (owned) (nullable): what the agent works at */
  char *failed_job;          /* (owned) (nullable): which goes on with a new link */
  guint tries;               /* faults since bytes came last */
  guint anew;                /* how often it was fetched from its beginning */
  EaselFileMark mark;        /* of the file that was sent last */
  guint changes;             /* how often it was another one */
  gboolean is_anew;          /* what the pod has of the file is worth nothing */
  gboolean is_resumed;       /* the pod had something from before */
  gint64 retry_ms;           /* monotonic: not before */
  guint64 arrived;           /* what is on the pod for sure */
  guint64 last_have;
  gint64 last_ms;
  guint64 speed;
} EaselWay;

struct _EaselPodModels
{
  GObject parent_instance;

  EaselClock *clock;            /* (owned) */
  EaselModelResolver *resolver; /* (owned) */
  EaselModelTokens *tokens;     /* (owned) */
  EaselAgentClient *client;     /* (owned) (nullable) */
  GCancellable *cancellable;    /* (owned) (nullable): of all questions to the client */
  GListStore *transfers;        /* (owned) (element-type EaselTransfer) */
  GPtrArray *ways;              /* (owned) (element-type Way): in the same order */
  GPtrArray *files;             /* (owned) (element-type EaselPodFile) */
  EaselAgentModels *told;       /* (owned) (nullable) */
  GError *error;                /* (owned) (nullable) */
  guint timer_id;
  gboolean has_agent;
  gboolean is_watched;
  gboolean is_asking;
};

EaselPodModels *
_easel_pod_models_new (EaselClock *clock, EaselModelResolver *resolver, EaselModelTokens *tokens);
/* (nullable): NULL when there is nobody to ask */
void _easel_pod_models_set_has_agent (EaselPodModels *self, gboolean has_agent);
void _easel_pod_models_set_client (EaselPodModels *self, EaselAgentClient *client);

EaselTransfer *_easel_transfer_new (const EaselShelfModel *model);
void _easel_transfer_set_state (EaselTransfer *self, EaselTransferState state, GError *error);
void _easel_transfer_set_bytes (EaselTransfer *self, guint64 have, guint64 size, guint64 speed);
void _easel_transfer_take_sum (EaselTransfer *self, guint64 size, const char *sha256);

/* Between the two files of EaselPodModels. */
void _easel_pod_models_emit_changed (EaselPodModels *self);
void _easel_pod_models_ask (EaselPodModels *self);
void _easel_pod_models_schedule (EaselPodModels *self);
void _easel_pod_models_pump (EaselPodModels *self);
EaselWay *_easel_pod_models_find_way (EaselPodModels *self, EaselTransfer *transfer);
GPtrArray *_easel_pod_models_copy_ways (EaselPodModels *self);
void _easel_pod_models_take_told (EaselPodModels *self);
const EaselShelfModel *_easel_way_get_model (const EaselWay *way);
gboolean _easel_way_is_over (const EaselWay *way);
gboolean _easel_way_is_under_way (const EaselWay *way);
void _easel_way_set_state (EaselWay *way, EaselTransferState state, GError *error);
void _easel_way_begin (EaselWay *way);
void _easel_way_stop (EaselWay *way);
void _easel_way_unref (gpointer way);

G_END_DECLS
