/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whose cloud something belongs to. */
typedef enum
{
  EASEL_SIM_HOUSE_RUNPOD,
  EASEL_SIM_HOUSE_VAST,
  EASEL_SIM_N_HOUSES
} EaselSimHouse;

/**
 * EaselSimHouseRules:
 *
 * In what the houses differ, apart from the words they use. @gives_up_ms is after how long a start
 * that has failed is ended by the house itself, -1 for never.
 */
typedef struct
{
  const char *name;
  gboolean is_market;            /* single machines, each to be had once */
  gboolean bills_gpu_at_once;    /* else from when the container runs */
  gboolean deletes_when_broke;   /* else it only stops what runs */
  gboolean keeps_whole_disk;     /* over a stop */
  gboolean queues_starts;        /* of machines that somebody else has taken */
  gboolean has_number_ids;       /* of accounts and pods */
  gboolean opens_ports_when_up;  /* before, nobody listens */
  gboolean is_one_hour_required; /* of credit, to rent */
  gint64 gives_up_ms;
} EaselSimHouseRules;

const EaselSimHouseRules *easel_sim_house_rules (EaselSimHouse house);
gboolean easel_sim_house_from_name (const char *name, EaselSimHouse *ret_house);

G_END_DECLS
