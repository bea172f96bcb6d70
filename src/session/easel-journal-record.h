/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-limits.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * EaselJournalState:
 * @EASEL_JOURNAL_INTENT: a create may leave, has left, or its fate is unknown
 * @EASEL_JOURNAL_HELD: the pod is known by its id
 * @EASEL_JOURNAL_DELETING: the person or a rule wants it gone
 * @EASEL_JOURNAL_GONE: proven gone
 * @EASEL_JOURNAL_VOID: proven that the create had no effect
 */
typedef enum
{
  EASEL_JOURNAL_INTENT,
  EASEL_JOURNAL_HELD,
  EASEL_JOURNAL_DELETING,
  EASEL_JOURNAL_GONE,
  EASEL_JOURNAL_VOID
} EaselJournalState;

/**
 * EaselJournalRecord:
 *
 * What this computer knows about one create. Holds no key and no secret.
 * @name: the unique pod name; the record's own key
 * @account: identity of the account (#EaselAccount)
 * @pod_id: (nullable): once known
 * @unwanted: an intent whose pod, should it still appear, is to be deleted at once
 */
typedef struct
{
  char *name;
  char *provider_id;
  char *account;
  char *pod_id;
  EaselJournalState state;
  gboolean unwanted;
  gint64 intent_unix_ms;
  gint64 created_unix_ms;
  gint64 ready_unix_ms;
  gint64 deleting_unix_ms;
  gint64 settled_unix_ms;
  gint64 hard_end_unix_ms;
  gint64 run_unix_ms;       /* of the last start after a pause, 0 for none */
  gint64 confirmed_unix_ms; /* when it showed, in this run, that it ends by itself; 0 never */
  EaselLimits limits;
  gint64 price;
  gint64 max_price; /* what was accepted; 0 in records of before */
  gint64 budget;    /* what its hours may cost at most; 0 if nobody knows */
  char *offer_id;
  char *gpu_id;
  char *gpu_name;
  guint vram_mib;
  char *place;
  char *machine_id;
  char *workload;
  gboolean start_sooner;
  char *template_id;
  char *template_name;
  char *image;
  guint disk_gb;
  guint workspace_gb;
  guint64 download_bytes;
  guint64 shelf_bytes;
  gint64 last_seen_unix_ms;
  char *reason; /* (nullable): why it is being deleted, as in EaselReceipt */
} EaselJournalRecord;

EaselJournalRecord *easel_journal_record_new (void);
EaselJournalRecord *easel_journal_record_copy (const EaselJournalRecord *self);
void easel_journal_record_free (EaselJournalRecord *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselJournalRecord, easel_journal_record_free)

G_END_DECLS
