/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-agent-plan.h"
#include "easel-offer.h"

G_BEGIN_DECLS

/**
 * EaselPodState:
 *
 * What a provider says of a pod. %EASEL_POD_OTHER is a word that this program does not know: the
 * pod is shown with that word, counted as paid and may be deleted.
 */
typedef enum
{
  EASEL_POD_PROVISIONING,
  EASEL_POD_STARTING,
  EASEL_POD_RUNNING,
  EASEL_POD_STOPPING,
  EASEL_POD_STOPPED,
  EASEL_POD_ERROR,
  EASEL_POD_GONE,
  EASEL_POD_OTHER,
  EASEL_N_POD_STATES
} EaselPodState;

const char *easel_pod_state_nick (EaselPodState state);
gboolean easel_pod_state_costs_gpu (EaselPodState state);

/* Names that this program gives: "easel-" and eight hex digits. */
#define EASEL_POD_NAME_PREFIX "easel-"
char *easel_pod_name_new (void);
gboolean easel_pod_name_is_ours (const char *name);

/**
 * EaselPodData:
 * @provider_id: "runpod", "vast"
 * @id: the provider's handle
 * @name: as given at create, not unique
 * @state: what it does
 * @state_word: the provider's own word
 * @image: container image
 * @gpu_id: (nullable): GPU type
 * @gpu_name: "RTX 3090"
 * @gpu_count: 0 after a start that got no GPU
 * @cost: micro-dollars per hour while running, as the provider says
 * @stopped_cost: micro-dollars per hour while stopped
 * @loads_free: until it runs, only what it costs while stopped is billed
 * @disk_gb: container disk
 * @workspace_gb: lasting disk; 0: nothing survives a stop
 * @host_kind: data center or private owner
 * @place: (nullable): what to say about the place
 * @ports: (nullable): "3001/http"
 * @address: (nullable): address of the server's port as handed to Krita; %NULL while not known
 * @paint: (nullable): the secret at the end of @address, read back from the pod's environment
 * @admin: (nullable): what questions to its agent are sealed with; %NULL: it has no agent
 * @limits: (nullable): what its agent was told, see easel_agent_limits_parse()
 * @encrypted: nobody on the way to @address can read what is sent
 * @container_up: the provider says that the container runs
 * @uptime_ms: since the container started, 0 unknown
 * @created_unix_ms: 0 unknown
 * @started_unix_ms: 0 unknown
 * @cuda_version: of the host, 0 unknown
 * @ram_mib: of the host, 0 unknown
 * @machine_id: (nullable): the machine, where told
 * @locked: may not be stopped or deleted
 * @is_cluster: part of something bigger that this program leaves alone
 */
typedef struct
{
  const char *provider_id;
  const char *id;
  const char *name;
  EaselPodState state;
  const char *state_word;
  const char *image;
  const char *gpu_id;
  const char *gpu_name;
  guint gpu_count;
  gint64 cost;
  gint64 stopped_cost;
  gboolean loads_free;
  guint disk_gb;
  guint workspace_gb;
  EaselHostKind host_kind;
  const char *place;
  const char *const *ports;
  const char *address;
  EaselSecret *paint;
  EaselSecret *admin;
  const char *limits;
  gboolean encrypted;
  gboolean container_up;
  gint64 uptime_ms;
  gint64 created_unix_ms;
  gint64 started_unix_ms;
  guint cuda_version;
  guint ram_mib;
  const char *machine_id;
  gboolean locked;
  gboolean is_cluster;
} EaselPodData;

#define EASEL_TYPE_POD (easel_pod_get_type ())
G_DECLARE_FINAL_TYPE (EaselPod, easel_pod, EASEL, POD, GObject)

EaselPod *easel_pod_new (const EaselPodData *data);
const EaselPodData *easel_pod_get (EaselPod *self);
gint64 easel_pod_cost_now (EaselPod *self);
gint64 easel_pod_billed_now (EaselPod *self);
char *easel_pod_join_secret (const char *base, const EaselSecret *paint);
char *easel_pod_get_base (EaselPod *self);
gboolean easel_pod_opens_port (EaselPod *self, guint port);

G_END_DECLS
