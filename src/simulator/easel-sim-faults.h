/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-sim-boot.h"
#include "easel-sim-clock.h"
#include "easel-sim-message.h"

G_BEGIN_DECLS

/**
 * EaselSimDialect:
 *
 * How a provider words what goes wrong. @refuse may choose another status than the one it is given;
 * @name is the outcome's.
 */
typedef struct
{
  EaselSimAnswer *(*refuse) (const char *route, const char *name, guint status);
  const char *(*empty) (const char *route);
} EaselSimDialect;

/**
 * EaselSimCall:
 *
 * What a request means, for choosing a fault. Names as in `POST /__/faults`.
 */
typedef struct
{
  const char *route;
  const char *detail;             /* (nullable): a second name, such as "stop" of "action" */
  const char *gpu;                /* (nullable) */
  const EaselSimDialect *dialect; /* (nullable): problems as RunPod tells them */
} EaselSimCall;

typedef EaselSimAnswer *(*EaselSimHandler) (gpointer world, const EaselSimRequest *request);

typedef struct _EaselSimFaults EaselSimFaults;

EaselSimFaults *easel_sim_faults_new (EaselSimClock *clock);
void easel_sim_faults_free (EaselSimFaults *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselSimFaults, easel_sim_faults_free)

gboolean easel_sim_faults_add (EaselSimFaults *self, JsonObject *object, GError **error);
void easel_sim_faults_clear (EaselSimFaults *self);
guint easel_sim_faults_get_n (EaselSimFaults *self);

EaselSimAnswer *easel_sim_faults_run (EaselSimFaults *self,
                                      const EaselSimCall *call,
                                      const EaselSimRequest *request,
                                      EaselSimHandler handler,
                                      gpointer world);

gint64 easel_sim_faults_get_lag_ms (EaselSimFaults *self, const char *route);
guint easel_sim_faults_take_plagues (EaselSimFaults *self);
void easel_sim_faults_plague_next (EaselSimFaults *self, guint plagues);
gboolean easel_sim_plague_parse (const char *name, guint *ret_plague);

G_END_DECLS
