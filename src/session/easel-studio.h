/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-account.h"
#include "easel-catalog.h"
#include "easel-history.h"
#include "easel-journal.h"
#include "easel-rental.h"

G_BEGIN_DECLS

/**
 * EaselStudioRole:
 * @EASEL_STUDIO_KEEPER: rents, picks up starts, keeps limits: one instance per state folder
 * @EASEL_STUDIO_HELPER: shows, and deletes what it is asked to
 * @EASEL_STUDIO_ONLOOKER: only looks: neither the cloud nor the disk is changed
 */
typedef enum
{
  EASEL_STUDIO_KEEPER,
  EASEL_STUDIO_HELPER,
  EASEL_STUDIO_ONLOOKER
} EaselStudioRole;

/**
 * EaselStudioState:
 * @EASEL_STUDIO_NO_KEY: no provider's key is known
 * @EASEL_STUDIO_CHECKING: no good answer yet since start, wake-up or lost network
 * @EASEL_STUDIO_KNOWN: the sums below are true
 * @EASEL_STUDIO_OFFLINE: the last look failed; the rows are old
 */
typedef enum
{
  EASEL_STUDIO_NO_KEY,
  EASEL_STUDIO_CHECKING,
  EASEL_STUDIO_KNOWN,
  EASEL_STUDIO_OFFLINE
} EaselStudioState;

/**
 * EaselStudioSums:
 * @n_running: GPUs that are billed
 * @n_stored: stopped ones whose disk is billed
 * @n_unseen: journal records that nobody can look at (no key, other key)
 * @running_per_hour: micro-dollars per hour of the running ones
 * @stored_per_hour: micro-dollars per hour of the stopped ones
 * @unexplained_per_hour: what the provider reports above that, 0 if none or unknown
 * @unexplained_provider: (nullable): who reports it
 * @n_unconfirmed: running ones that have not confirmed that they end by themselves
 * @funds_end_at: when a balance is used up that lasts for less than an hour and not until the
 *   end, unix ms; else 0
 * @funds_provider: (nullable): whose balance
 * @ends_at: latest end of the running ones, unix ms; 0 if one has none
 */
typedef struct
{
  guint n_running;
  guint n_stored;
  guint n_unseen;
  gint64 running_per_hour;
  gint64 stored_per_hour;
  gint64 unexplained_per_hour;
  const EaselProviderInfo *unexplained_provider;
  guint n_unconfirmed;
  gint64 funds_end_at;
  const EaselProviderInfo *funds_provider;
  gint64 ends_at;
} EaselStudioSums;

/* The list of everything rented, for the whole program: joins the providers' lists with the
 * journal, polls, deletes and proves. Property "state"; signal "changed" (sums, rows); signals
 * "rental-ready" (EaselRental), "rental-ended" (EaselRental), "delete-stuck" (EaselRental). */
#define EASEL_TYPE_STUDIO (easel_studio_get_type ())
G_DECLARE_FINAL_TYPE (EaselStudio, easel_studio, EASEL, STUDIO, GObject)

void easel_studio_start (EaselStudio *self);
void easel_studio_refresh (EaselStudio *self);
/* How closely somebody looks: TRUE while a window with rows is on the screen. */
void easel_studio_set_watched (EaselStudio *self, gboolean watched);
void easel_studio_set_focused (EaselStudio *self, gboolean focused);

EaselStudioState easel_studio_get_state (EaselStudio *self);
const GError *easel_studio_get_error (EaselStudio *self);
const EaselProviderInfo *easel_studio_get_error_provider (EaselStudio *self);
gboolean easel_studio_is_journal_damaged (EaselStudio *self);
void easel_studio_get_sums (EaselStudio *self, EaselStudioSums *ret_sums);
GListModel *easel_studio_get_rentals (EaselStudio *self);
EaselRental *easel_studio_get_starting (EaselStudio *self); /* (nullable): newest being started */
EaselRental *easel_studio_find_rental (EaselStudio *self, EaselDeployment *deployment);

/* (transfer none): the studio keeps it until the next one, take a reference to keep it longer.
 * Journal first, then create. NULL with EASEL_ERROR_STORAGE when the journal cannot be written,
 * EASEL_ERROR_NO_KEY without a key: then nothing was rented. */
EaselDeployment *easel_studio_rent (EaselStudio *self, const EaselLaunchSpec *spec, GError **error);
void easel_studio_delete (EaselStudio *self, EaselRental *rental, const char *reason);
void easel_studio_pause (EaselStudio *self, EaselRental *rental);
void easel_studio_resume (EaselStudio *self, EaselRental *rental);
void easel_studio_extend (EaselStudio *self, EaselRental *rental, guint hours);
void easel_studio_dismiss (EaselStudio *self, EaselRental *rental);
/* For a pod not made here: looks whether a server for Krita answers on its port. */
void easel_studio_check_address (EaselStudio *self, EaselRental *rental);

G_END_DECLS
