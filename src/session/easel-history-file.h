/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-history.h"

G_BEGIN_DECLS

/* How long one start took. */
typedef struct
{
  char *provider_id;
  EaselHostKind host_kind;
  gint64 milliseconds;
} EaselStartTime;

void easel_start_time_free (EaselStartTime *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselStartTime, easel_start_time_free)

/* A machine that failed. */
typedef struct
{
  char *id;
  gint64 noted_unix_ms;
} EaselBadMachine;

void easel_bad_machine_free (EaselBadMachine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselBadMachine, easel_bad_machine_free)

/* All that history.json holds, newest first each. */
typedef struct
{
  GPtrArray *receipts; /* (element-type EaselReceipt) */
  GPtrArray *starts;   /* (element-type EaselStartTime) */
  GPtrArray *machines; /* (element-type EaselBadMachine) */
} EaselHistoryData;

EaselHistoryData *easel_history_data_new (void);
void easel_history_data_free (EaselHistoryData *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselHistoryData, easel_history_data_free)

EaselHistoryData *easel_history_data_parse (GBytes *bytes, GError **error);
GBytes *easel_history_data_to_bytes (const EaselHistoryData *self);

G_END_DECLS
