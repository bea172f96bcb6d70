/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-deployment.h"
#include "easel-journal.h"
#include "easel-pod.h"
#include "easel-provider-info.h"

G_BEGIN_DECLS

typedef struct _EaselAgentWatch EaselAgentWatch;

/**
 * EaselRentalState:
 * @EASEL_RENTAL_RENTING: a create is under way or its fate is unknown
 * @EASEL_RENTAL_STARTING: the pod exists, the server is not ready yet
 * @EASEL_RENTAL_READY: the address works (or did when last checked)
 * @EASEL_RENTAL_TROUBLE: it costs, but does not work; the error says why
 * @EASEL_RENTAL_PAUSING: stop was asked for
 * @EASEL_RENTAL_PAUSED: stopped, the disk costs
 * @EASEL_RENTAL_RESUMING: start was asked for
 * @EASEL_RENTAL_DELETING: delete was asked for, not yet proven
 * @EASEL_RENTAL_STUCK: the delete fails; it is retried for ever
 * @EASEL_RENTAL_GONE: proven gone; shown for a while
 * @EASEL_RENTAL_UNSEEN: only the journal knows it: no key, or another one
 */
typedef enum
{
  EASEL_RENTAL_RENTING,
  EASEL_RENTAL_STARTING,
  EASEL_RENTAL_READY,
  EASEL_RENTAL_TROUBLE,
  EASEL_RENTAL_PAUSING,
  EASEL_RENTAL_PAUSED,
  EASEL_RENTAL_RESUMING,
  EASEL_RENTAL_DELETING,
  EASEL_RENTAL_STUCK,
  EASEL_RENTAL_GONE,
  EASEL_RENTAL_UNSEEN,
  EASEL_N_RENTAL_STATES
} EaselRentalState;

/* One GPU as the person sees it: what the cloud says joined with what the journal knows. Read by
 * the interface, changed by EaselStudio only. Property "state"; signal "changed". */
#define EASEL_TYPE_RENTAL (easel_rental_get_type ())
G_DECLARE_FINAL_TYPE (EaselRental, easel_rental, EASEL, RENTAL, GObject)

EaselRentalState easel_rental_get_state (EaselRental *self);
const EaselProviderInfo *easel_rental_get_provider_info (EaselRental *self);
const EaselPodData *easel_rental_get_pod (EaselRental *self);          /* (nullable) */
const EaselJournalRecord *easel_rental_get_record (EaselRental *self); /* (nullable) */
EaselDeployment *easel_rental_get_deployment (EaselRental *self);      /* (nullable) */
gboolean easel_rental_is_ours (EaselRental *self);
const char *easel_rental_get_gpu_name (EaselRental *self);
const char *easel_rental_get_address (EaselRental *self); /* (nullable): NULL until it works */
gint64 easel_rental_get_price (EaselRental *self);        /* what it costs per hour now */
gboolean easel_rental_is_stored (EaselRental *self);
gint64 easel_rental_get_stopped_price (EaselRental *self);
gint64 easel_rental_get_cost_so_far (EaselRental *self); /* EASEL_MONEY_UNKNOWN possible */
gint64 easel_rental_get_ends_at (EaselRental *self);     /* unix ms, 0 if nothing ends it */
EaselEndReason easel_rental_get_end_reason (EaselRental *self);
EaselAgentWatch *easel_rental_get_agent (EaselRental *self); /* (nullable) */
gboolean easel_rental_is_confirmed (EaselRental *self);
const GError *easel_rental_get_error (EaselRental *self);
gint64 easel_rental_get_proven_unix_ms (EaselRental *self); /* when GONE was proven */
gboolean easel_rental_is_stale (EaselRental *self);         /* last list failed; old data */
gboolean easel_rental_can_pause (EaselRental *self);
gboolean easel_rental_can_start (EaselRental *self);
gboolean easel_rental_can_delete (EaselRental *self);

G_END_DECLS
