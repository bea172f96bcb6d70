/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-sim-boot.h"
#include "easel-sim-catalog.h"
#include "easel-sim-clock.h"
#include "easel-sim-house.h"
#include "easel-sim-ledger.h"
#include "easel-sim-market.h"

G_BEGIN_DECLS

typedef enum
{
  EASEL_SIM_POD_RUNNING,
  EASEL_SIM_POD_STOPPED,
  EASEL_SIM_POD_DELETED
} EaselSimPodState;

/**
 * EaselSimOrder:
 *
 * What somebody wants to rent. It owns all it points to.
 */
typedef struct
{
  char *name;
  char *image;
  char *args;        /* (nullable) */
  char **cmd;        /* (nullable) */
  char **entrypoint; /* (nullable) */
  GHashTable *env;   /* (element-type utf8 utf8) (nullable) */
  char **ports;      /* (nullable) */
  int disk_gb;
  int volume_gb;
  char *volume_path; /* (nullable) */
  char *gpu_id;
  EaselSimTier tier;
  EaselSimWish wish;
  const EaselSimMachine *machine; /* (nullable): on a market, this one and no other */
  gboolean keeps_unavailable;     /* on a market: rent it even if it cannot start */
  gboolean stays_stopped;
  GHashTable *notes; /* (element-type utf8 utf8) (nullable): what a house remembers literally */
} EaselSimOrder;

/* What was agreed on for a machine of a market: micro-dollars per hour, and per GB of traffic. */
typedef struct
{
  gint64 gpu_rate;
  gint64 disk_rate;
  gint64 down_micros;
  gint64 end_ms;
} EaselSimTerms;

/**
 * EaselSimPod:
 *
 * A rented machine. Read it freely; only the cloud changes it.
 */
typedef struct
{
  char *id;
  EaselSimHouse house;
  char *account;
  char *name;
  char *image;
  char *args;
  char **cmd;
  char **entrypoint;
  GHashTable *env;
  char **ports;
  int disk_gb;
  int volume_gb;
  char *volume_path; /* (nullable) */
  const EaselSimGpu *gpu;
  int gpu_count;
  int ordered_gpus;
  EaselSimTier tier;
  const char *data_center; /* (nullable) */
  int host_cuda;
  guint64 machine;
  int download_mb_per_s;
  gint64 offer; /* on a market, else 0 */
  EaselSimTerms terms;
  GHashTable *notes; /* (element-type utf8 utf8) */
  gboolean is_locked;
  guint plagues;
  EaselSimPodState state;
  gboolean was_terminated; /* or stopped, by the cloud, for want of credit */
  gboolean is_start_queued;
  gboolean is_gpu_billed;  /* in this run */
  gboolean has_run;        /* ever: its container */
  guint n_loads_billed;    /* of this run */
  gint64 stopped_ms;       /* -1 */
  EaselSimFailure failure; /* of the last run, once it is over */
  gint64 created_ms;
  gint64 deleted_ms; /* -1 */
  gint64 run_start_ms;
  EaselSimRunKind run_kind;
  guint n_runs;
  guint run_plagues;
  GHashTable *run_volume; /* (element-type utf8 utf8): files at the start of this run */
  GHashTable *removed;    /* (element-type utf8): files that somebody deleted since */
  gint64 own_end_ms;      /* when it ends by itself, -1 for never */
  EaselSimBoot *boot;     /* (owned) (nullable): while running */
  EaselSimLedger *ledger;
} EaselSimPod;

typedef enum
{
  EASEL_SIM_OK,
  EASEL_SIM_NO_CAPACITY,
  EASEL_SIM_NO_CREDIT,
  EASEL_SIM_UNKNOWN_GPU,
  EASEL_SIM_HOST_FULL,
  EASEL_SIM_WRONG_STATE,
  EASEL_SIM_LOCKED,
  EASEL_SIM_NOT_FOUND,
  EASEL_SIM_QUEUED,
  EASEL_SIM_EXPIRED
} EaselSimVerdict;

typedef enum
{
  EASEL_SIM_RIGHTS_NONE,
  EASEL_SIM_RIGHTS_READ,
  EASEL_SIM_RIGHTS_OWN_POD,
  EASEL_SIM_RIGHTS_ALL
} EaselSimRights;

typedef struct
{
  char *id; /* says nothing of the key */
  EaselSimHouse house;
  gint64 balance_micros; /* what was paid in */
} EaselSimAccount;

typedef struct _EaselSimCloud EaselSimCloud;

/* What a pod does when its time has come: end it with easel_sim_cloud_end_at(), or choose another
 * time with easel_sim_cloud_set_own_end(). */
typedef void (*EaselSimEnder) (EaselSimPod *pod, gint64 at_ms, gpointer user_data);

EaselSimCloud *easel_sim_cloud_new (EaselSimClock *clock,
                                    EaselSimCatalog *catalog,
                                    EaselSimMarket *market,
                                    guint64 seed,
                                    const char *const *image_tags);
void easel_sim_cloud_free (EaselSimCloud *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselSimCloud, easel_sim_cloud_free)

gint64 easel_sim_cloud_now (EaselSimCloud *self);
guint64 easel_sim_cloud_get_seed (EaselSimCloud *self);
guint64 easel_sim_cloud_get_serial (EaselSimCloud *self);
const char *const *easel_sim_cloud_get_image_tags (EaselSimCloud *self);
void easel_sim_cloud_set_image_tags (EaselSimCloud *self, const char *const *tags);

EaselSimRights easel_sim_cloud_enter (EaselSimCloud *self,
                                      EaselSimHouse house,
                                      const char *key,
                                      EaselSimAccount **ret_account);
EaselSimPod *easel_sim_cloud_enter_as_pod (EaselSimCloud *self,
                                           EaselSimHouse house,
                                           const char *key,
                                           EaselSimAccount **ret_account);
char *easel_sim_cloud_get_pod_key (EaselSimCloud *self, const EaselSimPod *pod);
gboolean easel_sim_pod_refuses_own_key (const EaselSimPod *pod, const char *action);
EaselSimAccount *easel_sim_cloud_get_account (EaselSimCloud *self, const char *id);
gint64 easel_sim_cloud_get_balance (EaselSimCloud *self, const EaselSimAccount *account);
void easel_sim_cloud_set_balance (EaselSimCloud *self, EaselSimAccount *account, gint64 micros);
gint64 easel_sim_cloud_get_spend_rate (EaselSimCloud *self, const EaselSimAccount *account);

EaselSimOfferState easel_sim_cloud_get_offer_state (EaselSimCloud *self,
                                                    const EaselSimMachine *machine);
EaselSimVerdict easel_sim_cloud_rent (EaselSimCloud *self,
                                      EaselSimAccount *account,
                                      const EaselSimOrder *order,
                                      EaselSimPod **ret_pod);
EaselSimVerdict easel_sim_cloud_stop (EaselSimCloud *self, EaselSimPod *pod);
EaselSimVerdict easel_sim_cloud_start (EaselSimCloud *self, EaselSimPod *pod);
EaselSimVerdict easel_sim_cloud_restart (EaselSimCloud *self, EaselSimPod *pod);
EaselSimVerdict easel_sim_cloud_remove (EaselSimCloud *self, EaselSimPod *pod);
void easel_sim_cloud_rename (EaselSimCloud *self, EaselSimPod *pod, const char *name);
void easel_sim_cloud_lock (EaselSimCloud *self, EaselSimPod *pod, gboolean is_locked);
void easel_sim_cloud_set_plagues (EaselSimCloud *self, EaselSimPod *pod, guint plagues);
void easel_sim_cloud_settle (EaselSimCloud *self);
void easel_sim_cloud_set_ender (EaselSimCloud *self, EaselSimEnder ender, gpointer user_data);
void easel_sim_cloud_set_own_end (EaselSimCloud *self, EaselSimPod *pod, gint64 at_ms);
void easel_sim_cloud_end_at (EaselSimCloud *self, EaselSimPod *pod, gint64 at_ms, gboolean deletes);

void easel_sim_order_clear (EaselSimOrder *order);
EaselSimPod *easel_sim_cloud_find (EaselSimCloud *self, const char *id);
GPtrArray *easel_sim_cloud_get_pods (EaselSimCloud *self);
GHashTable *easel_sim_pod_files (const EaselSimPod *pod, gint64 now_ms);
char *easel_sim_pod_command (const EaselSimPod *pod);
const char *easel_sim_pod_get_shell_text (const EaselSimPod *pod);
gboolean easel_sim_pod_has_agent (const EaselSimPod *pod);
gboolean easel_sim_pod_is_container_up (const EaselSimPod *pod, gint64 now_ms);

/* Counts changes, so that somebody else can save when there is something to save. */
guint easel_sim_cloud_get_changes (EaselSimCloud *self);
JsonNode *easel_sim_cloud_save (EaselSimCloud *self);
gboolean easel_sim_cloud_load (EaselSimCloud *self, JsonNode *saved, GError **error);

G_END_DECLS
