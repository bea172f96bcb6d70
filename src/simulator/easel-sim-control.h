/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-sim-world.h"

G_BEGIN_DECLS

EaselSimAnswer *easel_sim_control_answer (EaselSimWorld *world, const EaselSimRequest *request);

/* What happens by itself at a time. */
typedef struct _EaselSimScript EaselSimScript;

EaselSimScript *easel_sim_script_load (EaselSimWorld *world, const char *path, GError **error);
void easel_sim_script_free (EaselSimScript *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselSimScript, easel_sim_script_free)
void easel_sim_script_run_due (EaselSimScript *self);

G_END_DECLS
