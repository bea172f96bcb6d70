/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-account-private.h"
#include "easel-deployment-private.h"
#include "easel-instance-lock.h"
#include "easel-rental-private.h"
#include "easel-studio.h"

G_BEGIN_DECLS

/* What the provider may report above the list without being suspicious: rounding of disk prices. */
#define EASEL_STUDIO_UNEXPLAINED_MICROS 5000

/* How one account is looked at. */
typedef struct
{
  EaselStudio *studio;       /* (unowned) */
  EaselAccount *account;     /* (owned) */
  GCancellable *cancellable; /* (owned) */
  GError *error;             /* (owned) (nullable): of the last look */
  char *identity;            /* (owned) (nullable): whose lists these are */
  gulong state_handler;
  gulong changed_handler;
  gboolean listing;
  gboolean again;    /* asked for while one was under way */
  gboolean is_known; /* a good list since start, wake-up or lost network */
  gint64 next_ms;    /* when to look next */
  guint failures;
  gint64 balance_ms;
  gint64 asked_ms;
  guint n_unexplained; /* how often in a row the provider reported more than is listed */
  gint64 unexplained;
  gconstpointer funds_told; /* (unowned): the answer with the balance, never looked into */
  gboolean has_completed;   /* bills of old receipts were asked for */
  gint64 funds_unix_ms;     /* when it came */
  gconstpointer compared;   /* (unowned): the answer compared last, never looked into */
} EaselAccountWatch;

struct _EaselStudio
{
  GObject parent_instance;

  EaselHttp *http;                  /* (owned) */
  EaselClock *clock;                /* (owned) */
  EaselCatalog *catalog;            /* (owned) (nullable) */
  EaselJournal *journal;            /* (owned) */
  EaselHistory *history;            /* (owned) */
  GPtrArray *watches;               /* (owned) (element-type EaselAccountWatch) */
  GListStore *rentals;              /* (owned) (element-type EaselRental): newest first */
  EaselDeployment *last_deployment; /* (owned) (nullable): so that one that failed can be shown */
  GError *storage_error;            /* (owned) (nullable) */
  gulong network_handler;
  EaselStudioState state;
  EaselStudioRole role;
  EaselInstanceLock *lock; /* (owned) (nullable) */
  gboolean waits_for_charge;
  gboolean started;
  gboolean is_unfocused;
  gboolean asks_about_unconfirmed; /* once the lists are there */
  gboolean watched;
  guint pulse_id;
  gint64 pulse_due_ms;
};

/* @accounts: (element-type EaselAccount) */
EaselStudio *_easel_studio_new (EaselHttp *http,
                                EaselClock *clock,
                                GPtrArray *accounts,
                                EaselCatalog *catalog,
                                EaselJournal *journal,
                                EaselHistory *history);

/* What a deployment does to the books. Each keeps journal, rental and list in step. */
EaselRental *_easel_studio_begin_intent (EaselStudio *self,
                                         EaselDeployment *deployment,
                                         EaselAccount *account,
                                         const EaselLaunchSpec *spec,
                                         GError **error);
void _easel_studio_note_sent (EaselStudio *self, EaselRental *rental);
void _easel_studio_note_created (EaselStudio *self, EaselRental *rental, EaselPod *pod);
void _easel_studio_note_refused (EaselStudio *self, EaselRental *rental);
void _easel_studio_note_unsure (EaselStudio *self, EaselRental *rental);
void _easel_studio_note_pod (EaselStudio *self, EaselRental *rental, EaselPod *pod);
void _easel_studio_note_ready (EaselStudio *self, EaselRental *rental, const char *address);
void _easel_studio_note_trouble (EaselStudio *self, EaselRental *rental, const GError *error);
void _easel_studio_note_restarting (EaselStudio *self, EaselRental *rental);

/* Between the files of EaselStudio. */
void _easel_studio_emit_changed (EaselStudio *self);
void _easel_studio_update_state (EaselStudio *self);
void _easel_studio_schedule (EaselStudio *self);
void _easel_studio_put (EaselStudio *self, EaselRental *rental);
guint _easel_studio_n_rentals (EaselStudio *self);
EaselRental *_easel_studio_nth_rental (EaselStudio *self, guint index);
void _easel_studio_add_rental (EaselStudio *self, EaselRental *rental);
void _easel_studio_remove_rental (EaselStudio *self, EaselRental *rental);
EaselAccountWatch *_easel_studio_watch_for (EaselStudio *self, EaselAccount *account);
void _easel_studio_look_soon (EaselStudio *self, EaselAccount *account, gint64 delay_ms);
void _easel_studio_sync_rental (EaselStudio *self, EaselRental *rental);
void _easel_studio_take_gone (EaselStudio *self, EaselRental *rental);

/* What the journal says. */
void _easel_studio_load_records (EaselStudio *self);
void _easel_studio_add_record (EaselStudio *self, const EaselJournalRecord *record);
void _easel_studio_pick_up_intents (EaselStudio *self);
void _easel_studio_place_record (EaselStudio *self, EaselRental *rental);
void _easel_studio_rent_from_record (EaselStudio *self, EaselRental *rental, gboolean is_unsure);

/* What the lists say, and when they are read. */
void _easel_studio_judge_accounts (EaselStudio *self);
void _easel_studio_look (EaselAccountWatch *watch);
gint64 _easel_studio_look_gap (EaselStudio *self, EaselAccountWatch *watch);
gboolean _easel_studio_is_young (EaselStudio *self, EaselRental *rental);
gboolean _easel_studio_may_be_unborn (EaselStudio *self, EaselRental *rental);
gboolean _easel_rental_is_in_motion (EaselRental *rental);

void _easel_studio_pulse_rental (EaselStudio *self, EaselRental *rental);
gint64 _easel_studio_next_rental_pulse (EaselStudio *self, EaselRental *rental);
EaselReceipt *_easel_studio_make_receipt (EaselRental *rental, gint64 now_unix_ms);
void _easel_studio_fetch_bill (EaselStudio *self, EaselRental *rental);

void _easel_studio_complete_receipts (EaselStudio *self, EaselAccountWatch *watch);

/* The balance. */
gint64 easel_funds_end (gint64 balance, gint64 per_hour, gint64 asked_unix_ms);
gboolean easel_funds_is_low (gint64 end_unix_ms, gint64 now_unix_ms, gint64 rentals_end_unix_ms);
gboolean _easel_studio_spends (EaselStudio *self, EaselAccount *account);
void _easel_studio_note_funds (EaselStudio *self, EaselAccountWatch *watch);
void _easel_studio_add_low_funds (EaselStudio *self, EaselStudioSums *sums);

/* The hard end. */
void _easel_studio_move_end (EaselStudio *self, EaselRental *rental, gint64 hard_end_unix_ms);
void _easel_studio_renew_limits (EaselStudio *self, EaselRental *rental);
void _easel_studio_correct_end (EaselStudio *self, EaselRental *rental);
void _easel_studio_tell_end (EaselStudio *self, EaselRental *rental);

/* The agents in the pods. */
void _easel_studio_follow_agent (EaselStudio *self, EaselRental *rental);
void _easel_studio_note_confirmation (EaselStudio *self, EaselRental *rental);
void _easel_studio_forget_confirmation (EaselStudio *self, EaselRental *rental);
void _easel_studio_watch_confirmation (EaselStudio *self, EaselRental *rental);
gint64 _easel_studio_next_confirmation (EaselStudio *self, EaselRental *rental);
void _easel_studio_ask_about_unconfirmed (EaselStudio *self);
gint64 _easel_studio_agent_end (EaselStudio *self, EaselRental *rental, EaselEndReason *ret_reason);
gboolean
_easel_studio_extend_agent (EaselStudio *self, EaselRental *rental, gint64 hard_end_unix_ms);

/* Other instances of the program. */
void _easel_studio_set_role (EaselStudio *self, EaselStudioRole role, EaselInstanceLock *lock);
void _easel_studio_choose_role (EaselStudio *self);
void _easel_studio_begin_listening (EaselStudio *self);
void _easel_studio_look_beside (EaselStudio *self);
gboolean _easel_studio_may_rent (EaselStudio *self, GError **error);
gboolean _easel_studio_keeps_history (EaselStudio *self);
gboolean _easel_studio_is_keeper (EaselStudio *self);

G_END_DECLS
