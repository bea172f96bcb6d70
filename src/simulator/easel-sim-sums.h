/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _EaselSimSums EaselSimSums;

EaselSimSums *easel_sim_sums_new (void);
void easel_sim_sums_free (EaselSimSums *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselSimSums, easel_sim_sums_free)

const char *easel_sim_sums_get (EaselSimSums *self, const char *name, gint64 size, gboolean waits);

G_END_DECLS
