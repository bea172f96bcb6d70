/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-account.h"
#include "easel-catalog.h"
#include "easel-clock.h"
#include "easel-history.h"
#include "easel-krita-setup.h"
#include "easel-login-entry.h"
#include "easel-model-inspector.h"
#include "easel-model-tokens.h"
#include "easel-plan.h"
#include "easel-shelf.h"
#include "easel-shelf-files.h"
#include "easel-studio.h"
#include "easel-transfers.h"

G_BEGIN_DECLS

/* Everything below the interface, put together once by the application. */
#define EASEL_TYPE_SESSION (easel_session_get_type ())
G_DECLARE_FINAL_TYPE (EaselSession, easel_session, EASEL, SESSION, GObject)

EaselClock *easel_session_get_clock (EaselSession *self);
GSettings *easel_session_get_settings (EaselSession *self);
EaselPlan *easel_session_get_plan (EaselSession *self);
EaselCatalog *easel_session_get_catalog (EaselSession *self);
EaselStudio *easel_session_get_studio (EaselSession *self);
EaselHistory *easel_session_get_history (EaselSession *self);
EaselKritaSetup *easel_session_get_krita (EaselSession *self);
/* (nullable): NULL where the cloud is a play */
EaselLoginEntry *easel_session_get_login_entry (EaselSession *self);
EaselShelf *easel_session_get_shelf (EaselSession *self);
EaselShelfFiles *easel_session_get_shelf_files (EaselSession *self);
EaselModelTokens *easel_session_get_model_tokens (EaselSession *self);
EaselModelInspector *easel_session_get_model_inspector (EaselSession *self);
EaselTransfers *easel_session_get_transfers (EaselSession *self);
guint easel_session_get_n_accounts (EaselSession *self);
EaselAccount *easel_session_get_nth_account (EaselSession *self, guint index);
EaselAccount *easel_session_get_account (EaselSession *self, const char *provider_id);
gboolean easel_session_is_simulated (EaselSession *self);
/* Whether a key was known when the program last ran: decides the first window before anything
 * slow is asked. */
gboolean easel_session_expects_key (EaselSession *self);
/* Loads keys, checks them, starts the studio. Called after the first frame. */
void easel_session_start (EaselSession *self);
/* The program ends: what changed last is written at once. */
void easel_session_flush (EaselSession *self);

G_END_DECLS
