/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-clock.h"
#include "easel-offer.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * EaselReceipt:
 *
 * What one rental was. Money is the provider's billing where @billed is known, else the estimate.
 */
typedef struct
{
  char *provider_id;
  char *pod_id;
  char *title; /* "RTX 3090" */
  char *workload;
  gint64 started_unix_ms;
  gint64 ended_unix_ms;
  gint64 estimated; /* micro-dollars */
  gint64 billed;    /* micro-dollars, EASEL_MONEY_UNKNOWN until told */
  gint64 billed_until_unix_ms;
  guint n_pictures;
  char *reason; /* (nullable): "done", "hours", "idle", "cancelled", "broken"; NULL if not known */
} EaselReceipt;

EaselReceipt *easel_receipt_new (void);
EaselReceipt *easel_receipt_copy (const EaselReceipt *self);
void easel_receipt_free (EaselReceipt *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselReceipt, easel_receipt_free)

/* What this computer has learned: receipts (newest first), times to ready, machines that failed.
 * One JSON file, written to a temporary name and renamed; a damaged one is set aside, never fatal.
 * It is read in the background: signal "changed" when that is done, and after every change. */
#define EASEL_TYPE_HISTORY (easel_history_get_type ())
G_DECLARE_FINAL_TYPE (EaselHistory, easel_history, EASEL, HISTORY, GObject)

EaselHistory *easel_history_new (const char *state_dir, EaselClock *clock);
void easel_history_flush (EaselHistory *self);
void easel_history_add_receipt (EaselHistory *self, const EaselReceipt *receipt);
void easel_history_set_bill (EaselHistory *self,
                             const char *provider_id,
                             const char *pod_id,
                             gint64 billed,
                             gint64 billed_until_unix_ms);
const EaselReceipt *easel_history_get_last_receipt (EaselHistory *self);
GPtrArray *easel_history_get_receipts (EaselHistory *self); /* (transfer none) EaselReceipt */
void easel_history_add_start_time (EaselHistory *self,
                                   const char *provider_id,
                                   EaselHostKind host_kind,
                                   gint64 milliseconds);
gboolean easel_history_get_start_time (EaselHistory *self,
                                       const char *provider_id,
                                       EaselHostKind host_kind,
                                       gint64 *ret_low_ms,
                                       gint64 *ret_high_ms);
void easel_history_add_bad_machine (EaselHistory *self, const char *machine_id);
const char *const *easel_history_get_bad_machines (EaselHistory *self);

G_END_DECLS
