/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-absence.h"
#include "easel-account-private.h"
#include "easel-agent-watch.h"
#include "easel-clock.h"
#include "easel-rental.h"

G_BEGIN_DECLS

typedef struct _EaselStudio EaselStudio;

/* What EaselStudio and its parts keep about a rental. Nobody else includes this. */
struct _EaselRental
{
  GObject parent_instance;

  EaselClock *clock;           /* (owned) */
  EaselAccount *account;       /* (owned): through which it is looked at */
  EaselJournalRecord *record;  /* (owned) (nullable) */
  EaselPod *pod;               /* (owned) (nullable): newest good answer */
  EaselDeployment *deployment; /* (owned) (nullable) */
  GCancellable *cancellable;   /* (owned): for calls that may be given up */
  EaselRentalState state;
  GError *error; /* (owned) (nullable) */
  gboolean is_stale;
  char *identity; /* (owned) (nullable): of the account in whose list it stood first */

  EaselStudio *studio;    /* (weak) (nullable): once there is an agent */
  EaselAgentWatch *agent; /* (owned) (nullable): while a pod that has one runs */

  /* The address, once the server behind it was seen to work. */
  char *address; /* (owned) (nullable) */
  gboolean checking_address;

  /* Money: what was counted up to a moment, and the provider's own sum up to another. */
  gint64 counted;
  gint64 counted_unix_ms;
  gint64 billed;
  gint64 billed_until_unix_ms;
  gboolean bill_is_final; /* nothing comes behind it */
  gint64 asked_bill_ms;

  /* Whether it works on something, for the limits. */
  gint64 last_busy_unix_ms;
  gint64 activity_ms; /* monotonic, of the last answer; 0 never */
  gint64 asked_activity_ms;
  gboolean probing_activity;

  /* Proofs. Times are monotonic, 0 for never. */
  EaselAbsence absence;
  gboolean was_listed; /* in a list, by which alone its absence is proven */
  gboolean create_in_flight;
  gint64 create_sent_ms;
  gboolean delete_in_flight;
  gint64 delete_asked_ms;
  gint64 delete_accepted_ms;
  gint64 next_delete_ms;
  guint delete_failures;
  gint64 proven_unix_ms;
  gboolean acting; /* a stop or start is on its way */
  gint64 acted_ms;
  gint64 refused_stop_ms; /* when a stop at a limit was refused, 0 for never */
  gboolean told_stuck;
  gboolean told_unconfirmed;
  gint64 told_end_ms; /* monotonic: when the agent was told of an earlier end, 0 for never */
};

EaselRental *_easel_rental_new (EaselClock *clock, EaselAccount *account);
void _easel_rental_set_state (EaselRental *self, EaselRentalState state);
void _easel_rental_take_error (EaselRental *self, GError *error);
void _easel_rental_set_pod (EaselRental *self, EaselPod *pod);
void _easel_rental_set_address (EaselRental *self, const char *address);
void _easel_rental_set_bill (EaselRental *self, const EaselBill *bill, gboolean is_final);
void _easel_rental_emit_changed (EaselRental *self);
const char *_easel_rental_get_pod_id (EaselRental *self);
gboolean _easel_rental_is_being_deleted (EaselRental *self);
EaselProvider *_easel_rental_get_provider (EaselRental *self);

G_END_DECLS
