/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-account-private.h"
#include "easel-boot-watch.h"
#include "easel-catalog.h"
#include "easel-deployment.h"
#include "easel-history.h"
#include "easel-http.h"
#include "easel-journal.h"
#include "easel-rental.h"

G_BEGIN_DECLS

typedef struct _EaselStudio EaselStudio;

/* For the files of EaselDeployment. */
struct _EaselDeployment
{
  GObject parent_instance;

  EaselStudio *studio;     /* (weak) */
  EaselHttp *http;         /* (owned) */
  EaselClock *clock;       /* (owned) */
  EaselAccount *account;   /* (owned) */
  EaselCatalog *catalog;   /* (owned) */
  EaselHistory *history;   /* (owned) */
  EaselLaunchSpec *spec;   /* (owned): of the present try */
  EaselOffer *first_offer; /* (owned): what the person chose */
  GHashTable *tried;       /* (owned) (element-type utf8): offer ids */
  EaselRental *rental;     /* (weak): of the present try */
  EaselPod *pod;           /* (owned) (nullable) */
  EaselBootWatch *watch;   /* (owned) (nullable) */
  GCancellable *waiting;   /* (owned) (nullable): a wait before a try */

  EaselDeploymentState state;
  GError *error;  /* (owned) (nullable) */
  char *sentence; /* (owned) (nullable): more exact than @error's own */
  char *notice;   /* (owned) (nullable) */
  gboolean cancel_wanted;
  gboolean draw_wanted;
  gboolean draw_by_hand; /* although little of the time is left */
  gint64 draw_wanted_ms; /* monotonic: since when */
  guint n_machines;
  guint n_rate_waits;
  gboolean refused_once;
  gboolean is_resume; /* a paused pod that comes back: its files are worth something */
  gint64 started_unix_ms;
  gint64 ended_unix_ms;
  gint64 spent_before;     /* micro-dollars of machines drawn before */
  gint64 traffic_before;   /* what their downloads may have cost: no pod tells */
  gint64 hard_end_unix_ms; /* of the click, whichever machine it is by then */
  gint64 budget;           /* micro-dollars of the click, EASEL_MONEY_UNKNOWN if nobody knows */
  double fraction;
  EaselStage seen_stage; /* of the present try, as far as it came */
  guint64 seen_bytes;
  gint64 progress_ms; /* monotonic: when it last came further */
};

EaselDeployment *_easel_deployment_new (EaselStudio *studio,
                                        EaselHttp *http,
                                        EaselClock *clock,
                                        EaselAccount *account,
                                        EaselCatalog *catalog,
                                        EaselHistory *history,
                                        const EaselLaunchSpec *spec);
gboolean _easel_deployment_begin (EaselDeployment *self, GError **error);
void _easel_deployment_attach (EaselDeployment *self,
                               EaselRental *rental,
                               EaselPod *pod,
                               gint64 started_unix_ms,
                               gboolean is_resume);
void _easel_deployment_attach_unsure (EaselDeployment *self,
                                      EaselRental *rental,
                                      gint64 started_unix_ms);

/* What the studio found out about the deployment's rental. */
void _easel_deployment_note_found (EaselDeployment *self, EaselRental *rental, EaselPod *pod);
void _easel_deployment_note_void (EaselDeployment *self, EaselRental *rental);
void _easel_deployment_note_deleting (EaselDeployment *self, EaselRental *rental);
void _easel_deployment_note_gone (EaselDeployment *self, EaselRental *rental);
void _easel_deployment_note_deleting_again (EaselDeployment *self, EaselRental *rental);
void _easel_deployment_note_running (EaselDeployment *self, EaselRental *rental, EaselPod *pod);
void _easel_deployment_note_unseen (EaselDeployment *self, EaselRental *rental);
void _easel_deployment_note_stopped (EaselDeployment *self, EaselRental *rental);

/* What the click has promised; see easel-deployment-draw.c. */
void _easel_deployment_promise (EaselDeployment *self);
void _easel_deployment_take_promise (EaselDeployment *self, const EaselJournalRecord *record);
void _easel_deployment_note_extended (EaselDeployment *self, gint64 longer_ms, gint64 price);
gint64 _easel_deployment_get_budget (EaselDeployment *self);
gint64 _easel_deployment_get_hard_end (EaselDeployment *self);

/* Between the files of EaselDeployment. */
void _easel_deployment_set_state (EaselDeployment *self, EaselDeploymentState state);
void _easel_deployment_set_error (EaselDeployment *self, const GError *error, const char *sentence);
void _easel_deployment_trouble (EaselDeployment *self, const GError *error, const char *sentence);
void _easel_deployment_drop_watch (EaselDeployment *self);
void _easel_deployment_fail (EaselDeployment *self, const GError *error);
void _easel_deployment_try_offer (EaselDeployment *self);
void _easel_deployment_take_pod (EaselDeployment *self, EaselPod *pod);
void _easel_deployment_start_watch (EaselDeployment *self, EaselPod *pod);
void _easel_deployment_lose_patience (EaselDeployment *self);
void _easel_deployment_draw_after_fault (EaselDeployment *self, const char *details);
void _easel_deployment_draw_other (EaselDeployment *self, const char *reason, gboolean by_hand);
void _easel_deployment_draw_now (EaselDeployment *self);
void _easel_deployment_take_notice (EaselDeployment *self, char *notice);
void _easel_deployment_renew_agent (EaselDeployment *self);
void _easel_deployment_choose_offer (EaselDeployment *self, EaselOffer *offer, gboolean was_taken);
gboolean _easel_deployment_choose_next_offer (EaselDeployment *self, gboolean was_taken);

G_END_DECLS
