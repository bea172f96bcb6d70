/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-history.h"
#include "easel-rental.h"
#include "easel-studio.h"

G_BEGIN_DECLS

/* How a state word is to look; never the only sign of a state. */
typedef enum
{
  EASEL_TONE_NEUTRAL,
  EASEL_TONE_GOOD,
  EASEL_TONE_INFO,
  EASEL_TONE_WARN,
  EASEL_TONE_BAD
} EaselTone;

/**
 * EaselRentalFacts:
 * @state: what it does
 * @is_ours: made by this program, here or on another computer
 * @is_stale: the last list failed; what follows is old
 * @is_stored: no GPU is paid for now, only what is kept
 * @keeps_files: stopped, its lasting disk keeps what is on it
 * @is_locked: locked in the provider's console
 * @has_address: the address was seen to work
 * @provider_name: (nullable): "RunPod"
 * @gpu_name: (nullable): "RTX 3090"
 * @place: (nullable): "Sweden"
 * @given_name: (nullable): what somebody else called it; only of those this program did not make
 * @state_word: (nullable): the provider's own word for a state that this program does not know
 * @paints: (nullable): translated title of the workload; %NULL if not known
 * @price: micro-dollars per hour now
 * @stopped_price: micro-dollars per hour when paused
 * @cost: micro-dollars so far, EASEL_MONEY_UNKNOWN possible
 * @ends_at_unix_ms: when it ends at the latest, 0 if nothing ends it
 * @end_reason: the limit that is due now, %EASEL_END_NONE as long as none is
 * @idle_minutes: ends after so long without a picture, 0 if unknown
 * @stop_instead: the end pauses instead of deleting
 * @is_confirmed: the GPU has shown that it ends by itself
 * @rented_unix_ms: 0 if unknown
 * @proven_unix_ms: when it was proven gone, 0 if not
 * @error: (nullable): what is wrong
 *
 * What the texts of one row are made of. All members belong to whoever fills it in; it lives on
 * the stack while texts are made.
 */
typedef struct
{
  EaselRentalState state;
  gboolean is_ours;
  gboolean is_stale;
  gboolean is_stored;
  gboolean keeps_files;
  gboolean is_locked;
  gboolean has_address;
  const char *provider_name;
  const char *gpu_name;
  const char *place;
  const char *given_name;
  const char *state_word;
  const char *paints;
  gint64 price;
  gint64 stopped_price;
  gint64 cost;
  gint64 ends_at_unix_ms;
  EaselEndReason end_reason;
  guint idle_minutes;
  gboolean stop_instead;
  gboolean is_confirmed;
  gint64 rented_unix_ms;
  gint64 proven_unix_ms;
  const GError *error;
} EaselRentalFacts;

/* Pure: from plain values to words. All results are owned by the caller and translated. */
void easel_rental_facts_init (EaselRentalFacts *self);
char *easel_rental_facts_dup_title (const EaselRentalFacts *self);
char *easel_rental_facts_dup_badge (const EaselRentalFacts *self, EaselTone *ret_tone);
char *easel_rental_facts_dup_end_text (const EaselRentalFacts *self, gint64 now_unix_ms);
char *easel_rental_facts_dup_facts (const EaselRentalFacts *self, gint64 now_unix_ms);
char *easel_rental_facts_dup_rate (const EaselRentalFacts *self);
char *easel_rental_facts_dup_cost (const EaselRentalFacts *self);
char *easel_rental_facts_dup_problem (const EaselRentalFacts *self, gint64 now_unix_ms);
char *easel_studio_sums_dup_headline (EaselStudioState state, const EaselStudioSums *sums);
char *easel_studio_sums_dup_subline (EaselStudioState state,
                                     const EaselStudioSums *sums,
                                     gint64 now_unix_ms);
char *easel_studio_sums_dup_low_funds (const EaselStudioSums *sums, gint64 now_unix_ms);
char *easel_studio_sums_dup_unexplained (const EaselStudioSums *sums);
char *easel_receipt_dup_sentence (const EaselReceipt *receipt,
                                  const char *provider_name,
                                  gint64 now_unix_ms);

/* The same for the objects that the interface holds. */
char *easel_rental_dup_title (EaselRental *self);
const char *easel_rental_get_given_name (EaselRental *self);
char *easel_rental_dup_badge (EaselRental *self, EaselTone *ret_tone);
char *easel_rental_dup_end_text (EaselRental *self, gint64 now_unix_ms);
char *easel_rental_dup_facts (EaselRental *self, gint64 now_unix_ms);
char *easel_rental_dup_rate (EaselRental *self);
/* (nullable): whether Krita has come, and what helps if not; NULL where nobody can tell */
char *easel_rental_dup_krita_text (EaselRental *self, gint64 now_unix_ms);
char *easel_rental_dup_cost (EaselRental *self);
/* (nullable): what is wrong, as a sentence; NULL when nothing is */
char *easel_rental_dup_problem (EaselRental *self, gint64 now_unix_ms);
char *easel_studio_dup_headline (EaselStudio *self);
/* (nullable) */
char *easel_studio_dup_subline (EaselStudio *self, gint64 now_unix_ms);
/* (nullable): "RunPod reports $0.01 per hour for something that is not listed here." */
char *easel_studio_dup_unexplained (EaselStudio *self);

G_END_DECLS
