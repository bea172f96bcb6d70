/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-sim-vast.h"

#include "easel-sim-filter.h"

G_BEGIN_DECLS

#define EASEL_SIM_VAST_HOURS_PER_MONTH 720.0

typedef enum
{
  EASEL_SIM_BLANKS_SOMETIMES,
  EASEL_SIM_BLANKS_ALWAYS,
  EASEL_SIM_BLANKS_NEVER
} EaselSimBlanks;

/**
 * EaselSimVast:
 *
 * What this provider remembers and how odd it is at the moment.
 */
struct _EaselSimVast
{
  gboolean hides_ports; /* of single instances; the list has them */
  gboolean is_loose;    /* some of what a search finds was not looked for */
  EaselSimBlanks blanks;
  GHashTable *logs; /* (element-type utf8 gpointer): by file name, see easel-sim-vast-logs.c */
  guint n_logs;
};

/* One call of somebody known, or of nobody where that will do. */
typedef struct
{
  EaselSimWorld *world;
  EaselSimAccount *account; /* (nullable) */
  EaselSimRights rights;
  EaselSimPod *own_pod; /* (nullable): whose own key it is */
  const char *key;      /* (nullable) */
  const EaselSimRequest *request;
  char **parts; /* of the path, from the version on */
} EaselSimVastCall;

EaselSimAnswer *_easel_sim_vast_refuse (guint status, const char *error, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
EaselSimAnswer *_easel_sim_vast_done (void);
JsonNode *_easel_sim_vast_read_body (const EaselSimVastCall *call, EaselSimAnswer **ret_problem);
gboolean _easel_sim_vast_read_id (const char *text, gint64 *ret_id);
JsonObject *_easel_sim_vast_read_query_object (const EaselSimVastCall *call,
                                               const char *name,
                                               EaselSimAnswer **ret_problem);
gboolean _easel_sim_vast_is_visible (const EaselSimVastCall *call,
                                     const EaselSimPod *pod,
                                     const char *route);
EaselSimPod *
_easel_sim_vast_find_pod (const EaselSimVastCall *call, const char *id, const char *route);
gboolean
_easel_sim_vast_look_up_member (gconstpointer record, const char *name, JsonNode **ret_value);

EaselSimAnswer *_easel_sim_vast_show_account (const EaselSimVastCall *call);
EaselSimAnswer *_easel_sim_vast_show_spend_rate (const EaselSimVastCall *call);
EaselSimAnswer *_easel_sim_vast_show_charges (const EaselSimVastCall *call);
EaselSimAnswer *_easel_sim_vast_show_deposit (const EaselSimVastCall *call);
EaselSimAnswer *_easel_sim_vast_search_offers (const EaselSimVastCall *call);
EaselSimAnswer *_easel_sim_vast_list_gpu_names (const EaselSimVastCall *call);
EaselSimAnswer *_easel_sim_vast_search_templates (const EaselSimVastCall *call);
EaselSimAnswer *_easel_sim_vast_accept_offer (const EaselSimVastCall *call);
EaselSimAnswer *_easel_sim_vast_refuse_old_list (const EaselSimVastCall *call);
EaselSimAnswer *_easel_sim_vast_list_instances (const EaselSimVastCall *call);
EaselSimAnswer *_easel_sim_vast_show_instance (const EaselSimVastCall *call);
EaselSimAnswer *_easel_sim_vast_change_instance (const EaselSimVastCall *call);
EaselSimAnswer *_easel_sim_vast_reboot_instance (const EaselSimVastCall *call);
EaselSimAnswer *_easel_sim_vast_destroy_instance (const EaselSimVastCall *call);
EaselSimAnswer *_easel_sim_vast_request_logs (const EaselSimVastCall *call);

/* Templates as they are stored; see easel-sim-vast-templates.c. */
typedef struct
{
  gint64 id;
  const char *hash;
  gint64 creator;
  const char *name;
  const char *image;
  const char *tag; /* (nullable) */
  const char *env;
  const char *runtype;
  const char *onstart;  /* (nullable) */
  const char *args_str; /* (nullable) */
  int disk_gb;
  const char *extra_filters; /* (nullable) */
  gint64 created_s;
  gboolean is_recommended;
  gint64 n_created;
} EaselSimVastTemplate;

const EaselSimVastTemplate *_easel_sim_vast_find_template (const char *hash);

JsonNode *_easel_sim_vast_instance_node (EaselSimWorld *world, const EaselSimPod *pod);
int _easel_sim_vast_compute_cap (const EaselSimGpu *gpu);
int _easel_sim_vast_gpu_ram (const EaselSimGpu *gpu);
char *_easel_sim_vast_driver (int host_cuda);
double _easel_sim_vast_disk_price (const EaselSimMachine *machine, double gb);

G_END_DECLS
