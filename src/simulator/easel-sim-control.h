/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-sim-world.h"

G_BEGIN_DECLS

/* clang-format off: a table.
 *
 * GET    /__/ledger           who was billed from when to when, in micro-dollars
 * GET    /__/pods             pods that are not deleted: state, phase, times, addresses, direct and
 *                             through the proxy
 * POST   /__/pods             {"key", "order": body of RunPod's create}: rented by somebody else
 * POST   /__/pods/ID/ACTION   generate {"seconds", "count"}, lock {"locked"}, agent,
 *                             stop, start, delete
 * POST   /__/faults           {"route", "outcome", "times" (-1 for ever), "skip", "seconds",
 *                             "for_s", "gpu", "effect"}; outcome "lag" with "seconds" stays
 *                             {"pod": ID or "next", "fault": NAME or "faults": [NAME…]}
 *                             {"page_size"}, {"gpus": 0…1000 or -1}, {"image_tags": […]}
 * GET    /__/faults           how many are still to come
 * DELETE /__/faults           none of them, stock and catalog as usual
 * POST   /__/stock            {"gpu": ID or "all", "cloud", "availability"}
 * POST   /__/offers           {"offer": ID, "state": "free", "taken", "busy" or "endless"}
 * GET    /__/clock            now, speed, epochs
 * POST   /__/clock            {"advance_s"}, {"set_speed"}
 * POST   /__/account          {"key", "balance": dollars left}
 * POST   /__/models           a file that a site of models has, see easel_sim_sites_put()
 * GET    /__/requests         what was asked, with counts; "leaks" counts keys in wrong places
 * DELETE /__/requests         forgets that
 *
 * clang-format on */
EaselSimAnswer *easel_sim_control_answer (EaselSimWorld *world, const EaselSimRequest *request);

/* What happens by itself at a time. */
typedef struct _EaselSimScript EaselSimScript;

EaselSimScript *easel_sim_script_load (EaselSimWorld *world, const char *path, GError **error);
void easel_sim_script_free (EaselSimScript *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselSimScript, easel_sim_script_free)
void easel_sim_script_run_due (EaselSimScript *self);

G_END_DECLS
