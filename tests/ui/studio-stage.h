/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-session.h"
#include "stub-provider.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* 2026-11-23 20:00:00 UTC: the manual clock's beginning. */
#define STAGE_NOW G_GINT64_CONSTANT (1795464000000)
#define STAGE_HOUR (60 * 60 * 1000)
#define STAGE_ADDRESS "http://127.0.0.1:4010/%s/3001"

/* A whole session above a stub provider, a manual clock and a folder of its own. */
typedef struct
{
  char *folder;
  EaselClock *clock;
  StubProvider *provider;
  GSettings *settings;
  EaselSession *session;
  EaselStudio *studio;
} Stage;

/* Prepare with stage_add_*(), then stage_open(). */
void stage_set_up (Stage *stage);
/* Asserts that session and clock are finalised. */
void stage_tear_down (Stage *stage);
/* Rented here and ready since half an hour; ends at 23:30. Returns the pod's id. */
const char *stage_add_own (Stage *stage, const char *name, const char *gpu_name);
const char *stage_add_paused (Stage *stage, const char *name, const char *gpu_name);
const char *stage_add_foreign (Stage *stage, const char *name, const char *gpu_name);
const char *stage_add_foreign_paused (Stage *stage, const char *name, const char *gpu_name);
/* Makes the session, enters the key and waits until the studio knows. */
void stage_open (Stage *stage);
/* The same without a key. */
void stage_open_keyless (Stage *stage);
/* Lets so much of the cloud's time go by. */
void stage_advance (Stage *stage, gint64 milliseconds);
/* The rental of a pod; the test fails when there is none. (transfer none) */
EaselRental *stage_find (Stage *stage, const char *gpu_name);

/* The agent of a running pod says that the pod ends by itself: "proven", "likely" or "no". */
void stage_arm (Stage *stage, EaselRental *rental, const char *armed);

/* The first visible widget below @root with these words on it, NULL if there is none. */
GtkWidget *stage_find_button (GtkWidget *root, const char *label);
gboolean stage_shows (GtkWidget *root, const char *text);
void stage_click (GtkWidget *root, const char *label);
/* The question that is open, NULL if there is none. */
GtkWidget *stage_get_question (void);

G_END_DECLS
