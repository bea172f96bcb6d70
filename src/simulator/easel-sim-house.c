/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The house rules of the simulated clouds: when money begins and ends to run, what a stop keeps,
 * what happens without credit (facts/runpod.md 3.4, 10; facts/vast.md 8.4 to 8.6). Words and
 * shapes of answers are not its business.
 */
#include "config.h"

#include "easel-sim-house.h"

static const EaselSimHouseRules house_table[EASEL_SIM_N_HOUSES] = {
  [EASEL_SIM_HOUSE_RUNPOD] = {
    .name = "runpod",
    .bills_gpu_at_once = TRUE,
    .deletes_when_broke = TRUE,
    .is_one_hour_required = TRUE,
    .gives_up_ms = -1,
  },
  [EASEL_SIM_HOUSE_VAST] = {
    .name = "vast",
    .is_market = TRUE,
    .keeps_whole_disk = TRUE,
    .queues_starts = TRUE,
    .has_number_ids = TRUE,
    .opens_ports_when_up = TRUE,
    .gives_up_ms = 7 * 60 * 1000,
  },
};

/**
 * easel_sim_house_rules:
 * @house: a house
 *
 * Returns: (transfer none): its rules
 */
const EaselSimHouseRules *
easel_sim_house_rules (EaselSimHouse house)
{
  g_return_val_if_fail ((guint) house < EASEL_SIM_N_HOUSES, &house_table[0]);
  return &house_table[house];
}

/**
 * easel_sim_house_from_name:
 * @name: (nullable): "runpod" or "vast"
 * @ret_house: (out): the house
 *
 * Returns: whether there is one of that name
 */
gboolean
easel_sim_house_from_name (const char *name, EaselSimHouse *ret_house)
{
  for (guint i = 0; i < EASEL_SIM_N_HOUSES; i++)
    if (g_strcmp0 (house_table[i].name, name) == 0)
      {
        *ret_house = (EaselSimHouse) i;
        return TRUE;
      }
  return FALSE;
}
