/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-catalog-private.h"
#include "easel-secret-store.h"
#include "easel-studio-private.h"
#include "easel-test-server.h"
#include "easel-test-util.h"
#include "stub-provider.h"

G_BEGIN_DECLS

#define SECOND 1000
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define HYPER_LORA "[\"Hyper-SDXL-8steps-CFG-lora.safetensors\"]"

typedef struct
{
  char *folder;
  EaselClock *clock;
  EaselHttp *http;
  StubProvider *provider;
  EaselSecretStore *store;
  GPtrArray *accounts;
  GSettings *settings;
  EaselPlan *plan;
  EaselHistory *history;
  EaselCatalog *catalog;
  EaselJournal *journal;
  EaselStudio *studio;
  EaselTestServer *server;
  guint n_ready;
  guint n_ended;
  guint n_stuck;
  guint n_unconfirmed;
  guint n_asked;
} Fixture;

void bring_up_comfy (Fixture *fixture, const char *device_type, const char *loras);
EaselAccount *account_of (Fixture *fixture);
void enter_key (Fixture *fixture, const char *text);
void setup (Fixture *fixture, gconstpointer data);
void teardown (Fixture *fixture, gconstpointer data);
void restart (Fixture *fixture);
void pass (Fixture *fixture, gint64 milliseconds);
void pass_quietly (Fixture *fixture, gint64 milliseconds);
void pass_until (Fixture *fixture, gboolean (*condition) (gpointer), gpointer data, gint64 most_ms);
EaselLaunchSpec *make_spec (Fixture *fixture);
EaselDeployment *rent (Fixture *fixture);
guint n_rows (Fixture *fixture);
EaselRental *row (Fixture *fixture, guint index);
gboolean is_ready (gpointer data);
gboolean is_cancelled (gpointer data);
gboolean is_failed (gpointer data);
gboolean is_in_trouble (gpointer data);
gboolean is_starting (gpointer data);
gboolean is_gone (gpointer data);
gboolean is_stuck (gpointer data);
void assert_all_shown (Fixture *fixture);
EaselDeployment *rent_until_ready (Fixture *fixture);

G_END_DECLS
