/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _EaselSimClock EaselSimClock;

EaselSimClock *easel_sim_clock_new (double speed, gint64 cloud_epoch_ms);
void easel_sim_clock_free (EaselSimClock *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselSimClock, easel_sim_clock_free)

gint64 easel_sim_clock_now (EaselSimClock *self);
double easel_sim_clock_get_speed (EaselSimClock *self);
gint64 easel_sim_clock_get_real_epoch (EaselSimClock *self);
gint64 easel_sim_clock_get_cloud_epoch (EaselSimClock *self);
void easel_sim_clock_set_speed (EaselSimClock *self, double speed);
void easel_sim_clock_advance (EaselSimClock *self, gint64 milliseconds);

char *easel_sim_time_format (gint64 unix_ms);
gboolean easel_sim_time_parse (const char *text, gint64 *ret_unix_ms);

/* Chance that is the same in every run with the same seed. */
guint64 easel_sim_hash (guint64 seed, const char *text);
guint64 easel_sim_next (guint64 *state);
gint64 easel_sim_range (guint64 *state, gint64 low, gint64 high);

G_END_DECLS
