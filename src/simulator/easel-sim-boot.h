/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-sim-models.h"

G_BEGIN_DECLS

/* What is wrong with a pod; a set. */
typedef enum
{
  EASEL_SIM_PLAGUE_NONE = 0,
  EASEL_SIM_PLAGUE_CPU = 1 << 0,
  EASEL_SIM_PLAGUE_MISSING_NODES = 1 << 1,
  EASEL_SIM_PLAGUE_MISSING_MODELS = 1 << 2,
  EASEL_SIM_PLAGUE_NEVER_UP = 1 << 3,
  EASEL_SIM_PLAGUE_CUDA_MISMATCH = 1 << 4,
  EASEL_SIM_PLAGUE_ZERO_GPU = 1 << 5,
  EASEL_SIM_PLAGUE_HOST_FULL = 1 << 6,
  EASEL_SIM_PLAGUE_NO_WEBSOCKET = 1 << 7,
  EASEL_SIM_PLAGUE_SLOW = 1 << 8,
  EASEL_SIM_PLAGUE_COMFY_NEVER_UP = 1 << 9,
  EASEL_SIM_PLAGUE_PULL_FAILS = 1 << 10,   /* the host cannot fetch the image */
  EASEL_SIM_PLAGUE_PULL_FREEZES = 1 << 11, /* it takes very long and tells nothing */
  EASEL_SIM_PLAGUE_DISK_FULL = 1 << 12,
  EASEL_SIM_PLAGUE_DIES = 1 << 13,        /* the container ends as soon as it has begun */
  EASEL_SIM_PLAGUE_HOST_LOST = 1 << 14,   /* the host is not heard of any more */
  EASEL_SIM_PLAGUE_UNREACHABLE = 1 << 15, /* open ports that never answer */
  EASEL_SIM_PLAGUE_NOT_STARTED = 1 << 16, /* rented, but it does not start */
  /* What the pod's own key is refused. */
  EASEL_SIM_PLAGUE_KEY_NO_STOP = 1 << 17,
  EASEL_SIM_PLAGUE_KEY_NO_WRITE = 1 << 18,
  EASEL_SIM_PLAGUE_KEY_NO_READ = 1 << 19,
  /* What is wrong with the agent in it. */
  EASEL_SIM_PLAGUE_AGENT_ABSENT = 1 << 20, /* the start command does not lead to one */
  EASEL_SIM_PLAGUE_AGENT_OPEN = 1 << 21,   /* nginx has refused the secret path */
  EASEL_SIM_PLAGUE_AGENT_FROZEN = 1 << 22, /* it never answers, but ends the pod */
  EASEL_SIM_PLAGUE_AGENT_DEAD = 1 << 23,   /* it is gone and does not come back */
  EASEL_SIM_PLAGUE_AGENT_FORGED = 1 << 24  /* its answers are signed by somebody else */
} EaselSimPlague;

/* Why a container does not run. */
typedef enum
{
  EASEL_SIM_FAILURE_NONE,
  EASEL_SIM_FAILURE_NO_IMAGE,
  EASEL_SIM_FAILURE_NETWORK,
  EASEL_SIM_FAILURE_DISK_FULL,
  EASEL_SIM_FAILURE_DRIVER,
  EASEL_SIM_FAILURE_DIED
} EaselSimFailure;

typedef enum
{
  EASEL_SIM_RUN_FRESH,
  EASEL_SIM_RUN_RESUMED,
  EASEL_SIM_RUN_RESTARTED
} EaselSimRunKind;

/**
 * EaselSimRun:
 *
 * One start of a container: all that decides how it goes. @volume holds the files that already lie
 * on the lasting disk.
 */
typedef struct
{
  gint64 start_ms;
  guint64 seed;
  guint number;
  EaselSimRunKind kind;
  guint plagues;
  const char *image;
  const char *command; /* (nullable): the image's own if %NULL */
  const char *gpu_name;
  int vram_mb;
  int ram_gb;
  int host_cuda; /* tenths, 0 unknown */
  int download_mb_per_s;
  int image_mb; /* that have to be fetched, 0 if the host has them */
  gboolean has_public_key;
  gboolean has_jupyter;
  const char *const *tags; /* image tags that exist */
  GHashTable *volume;      /* (element-type utf8 utf8) (nullable) */
} EaselSimRun;

typedef struct
{
  gint64 at_ms;
  gboolean is_system;
  char *text;
} EaselSimLine;

typedef struct
{
  const EaselSimModel *model;
  gint64 from_ms;
  gint64 done_ms;
  gboolean is_failed;
} EaselSimFile;

/* Something that is fetched in one go. */
typedef struct
{
  gint64 from_ms;
  gint64 done_ms;
  int mb;
} EaselSimLoad;

/**
 * EaselSimBoot:
 *
 * The course of one start, as times. -1 means never.
 */
typedef struct
{
  gint64 assigned_ms;
  gint64 pulled_ms;
  gint64 failed_ms;
  gint64 container_ms;
  gint64 nginx_ms;
  gint64 services_ms;
  gint64 comfy_ms;
  GPtrArray *lines; /* (element-type EaselSimLine): in the order of time */
  GArray *files;    /* (element-type EaselSimFile) */
  GArray *loads;    /* (element-type EaselSimLoad): in the order of their ends */
  EaselSimFailure failure;
} EaselSimBoot;

EaselSimBoot *easel_sim_boot_plan (const EaselSimRun *run);
void easel_sim_boot_free (EaselSimBoot *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselSimBoot, easel_sim_boot_free)

int easel_sim_image_version (const char *image);
gboolean easel_sim_image_is_krita (const char *image);

G_END_DECLS
