/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-clock.h"
#include "easel-error.h"
#include "easel-provider.h"

G_BEGIN_DECLS

/* A provider without a network: scripted answers, a log of what was asked, and a table of pods that
 * behaves like a cloud, lies included. Keys that begin with "practice-" are good. */
#define STUB_TYPE_PROVIDER (stub_provider_get_type ())
G_DECLARE_FINAL_TYPE (StubProvider, stub_provider, STUB, PROVIDER, GObject)

typedef enum
{
  STUB_CHECK_KEY,
  STUB_LIST_OFFERS,
  STUB_LIST_TEMPLATES,
  STUB_GET_TEMPLATE,
  STUB_CREATE_POD,
  STUB_GET_POD,
  STUB_LIST_PODS,
  STUB_ACT_ON_POD,
  STUB_DELETE_POD,
  STUB_GET_BILL,
  STUB_STREAM_LOGS,
  STUB_N_CALLS
} StubCall;

/* @clock: (nullable): for the lags and the ledger; without one nothing lags */
StubProvider *stub_provider_new (const EaselProviderInfo *info, EaselClock *clock);
const EaselProviderInfo *stub_provider_runpod_info (void);
const EaselProviderInfo *stub_provider_vast_info (void);

/* The next calls of this kind, in order; afterwards the usual answer again. An error comes without
 * effect, or after the effect took place. @value is what the call's _finish returns (transfer
 * full); it takes the place of the answer only, the effect takes place. */
void stub_provider_push_error (StubProvider *self, StubCall call, EaselError code);
void stub_provider_push_effect_error (StubProvider *self, StubCall call, EaselError code);
void stub_provider_push_value (StubProvider *self, StubCall call, gpointer value);
/* From now on, until cleared: every call of this kind fails, without effect. */
void stub_provider_fail_always (StubProvider *self, StubCall call, EaselError code);
void stub_provider_fail_never (StubProvider *self, StubCall call);

/* Calls of this kind take effect but stay open until released (or cancelled). */
void stub_provider_hold (StubProvider *self, StubCall call);
void stub_provider_release (StubProvider *self, StubCall call);
guint stub_provider_get_n_held (StubProvider *self, StubCall call);

/* What was asked: "create-pod easel-0123abcd", "delete-pod pod1", "list-pods". */
guint stub_provider_get_n_calls (StubProvider *self, StubCall call);
GPtrArray *stub_provider_get_log (StubProvider *self); /* (element-type utf8) (transfer none) */
void stub_provider_clear_log (StubProvider *self);
const char *stub_provider_peek_last_key (StubProvider *self);
const EaselLaunchSpec *stub_provider_peek_last_spec (StubProvider *self);

/* The usual answers. */
void stub_provider_set_account (StubProvider *self, const EaselAccountInfo *info);
void stub_provider_revoke (StubProvider *self, const char *key);
void stub_provider_add_offer (StubProvider *self, EaselOffer *offer);
void stub_provider_clear_offers (StubProvider *self);
void stub_provider_add_template (StubProvider *self, EaselTemplate *template);
void stub_provider_clear_templates (StubProvider *self);
void
stub_provider_set_bill (StubProvider *self, const char *pod_id, gint64 total, gint64 end_unix_ms);
EaselOffer *stub_offer (const char *id, const char *gpu_name, guint vram_gb, gint64 gpu_price);
EaselTemplate *stub_krita_template (const char *id, const char *image);

/* The cloud. Lists and gets see a new pod only after @create_ms and still see a deleted one for
 * @delete_ms. */
void stub_provider_set_lag (StubProvider *self, gint64 create_ms, gint64 delete_ms);
void stub_provider_set_accepts_unborn (StubProvider *self, gboolean accepts);
void stub_provider_set_keeps_agents (StubProvider *self, gboolean keeps);
/* "http://127.0.0.1:4010/{pod}/{port}": where pods say that they are. */
void stub_provider_set_address_pattern (StubProvider *self, const char *pattern);
/* The state of pods that are created from now on (RUNNING at first). */
void stub_provider_set_created_state (StubProvider *self, EaselPodState state);
/* @data's id may be NULL: one is given then. Returns the id. */
const char *stub_provider_add_pod (StubProvider *self, const EaselPodData *data);
typedef void (*StubEditPod) (EaselPodData *data, gpointer user_data);
void stub_provider_edit_pod (StubProvider *self,
                             const char *pod_id,
                             StubEditPod edit,
                             gpointer user_data);
void stub_provider_set_pod_state (StubProvider *self, const char *pod_id, EaselPodState state);
void stub_provider_remove_pod (StubProvider *self, const char *pod_id);
const char *stub_provider_find_pod (StubProvider *self, const char *name);
const EaselPodData *stub_provider_peek_pod (StubProvider *self, const char *pod_id);
/* The ledger: pods that exist, whatever a list says; and how many there ever were. */
guint stub_provider_get_n_live (StubProvider *self);
guint stub_provider_get_n_created (StubProvider *self);

/* Streams of logs stay open until closed, failed or cancelled. */
void stub_provider_emit_log (StubProvider *self, gboolean is_system, const char *line);
guint stub_provider_get_n_streams (StubProvider *self);
void stub_provider_close_logs (StubProvider *self, gboolean with_error);

/* Runs the main context until @condition holds; fails the test after ten real seconds. */
typedef gboolean (*StubCondition) (gpointer data);
void stub_wait_for (StubCondition condition, gpointer data);
/* Runs what is ready now, and what that made ready. */
void stub_settle (void);
/* As g_assert_finalize_object(), after everything that still holds it for a moment has run. */
void stub_assert_finalizes (gpointer object);

G_END_DECLS
