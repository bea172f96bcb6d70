/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-http.h"
#include "easel-workload.h"

G_BEGIN_DECLS

/**
 * EaselReadinessStep:
 *
 * How far the server in the pod has come, in the order of the checks.
 */
typedef enum
{
  EASEL_READINESS_UNREACHABLE,  /* refused, 404, 502, 524: image not up yet */
  EASEL_READINESS_CONTAINER_UP, /* the image's own HTML page: models download or ComfyUI loads */
  EASEL_READINESS_COMFY_UP,     /* system_stats is JSON with a CUDA device */
  EASEL_READINESS_WEBSOCKET_OK, /* /ws answered 101 and a status text */
  EASEL_READINESS_NODES_OK,     /* the node classes that the plugin needs are there */
  EASEL_READINESS_READY         /* and the models of at least the chosen workload */
} EaselReadinessStep;

/**
 * EaselReadinessFault:
 *
 * What cannot get better by waiting alone.
 */
typedef enum
{
  EASEL_FAULT_NONE,
  EASEL_FAULT_NO_GPU,         /* ComfyUI runs on "cpu": a broken machine */
  EASEL_FAULT_MISSING_NODES,  /* image too old for the plugin */
  EASEL_FAULT_MISSING_MODELS, /* a download failed */
  EASEL_FAULT_NO_WEBSOCKET,   /* HTTP works, the websocket does not */
  EASEL_FAULT_FOREIGN_SERVER  /* something else answers on the port */
} EaselReadinessFault;

typedef struct
{
  EaselReadinessStep step;
  EaselReadinessFault fault;
  char **missing; /* (nullable): node classes or model names */
  char *gpu_name; /* (nullable) */
  guint vram_mib; /* 0 unknown */
  char *details;  /* (nullable): technical, for the expander */
} EaselReadiness;

void easel_readiness_free (EaselReadiness *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselReadiness, easel_readiness_free)

/* One pass over all checks, from the first to the first that does not hold. It never fails but by
 * cancellation: an unreachable server is a result. */
void easel_readiness_probe_async (EaselHttp *http,
                                  const char *address,
                                  EaselWorkloadSet workload,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
EaselReadiness *easel_readiness_probe_finish (GAsyncResult *result, GError **error);
char *easel_readiness_sentence (const EaselReadiness *self);

/**
 * EaselActivity:
 *
 * Whether the server works on something. Times are the server's own clock in Unix milliseconds,
 * 0 unknown.
 */
typedef struct
{
  gboolean busy;
  gint64 last_generated_unix_ms;
  guint n_generated;
} EaselActivity;

void easel_activity_probe_async (EaselHttp *http,
                                 const char *address,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean
easel_activity_probe_finish (GAsyncResult *result, EaselActivity *ret_activity, GError **error);

G_END_DECLS
