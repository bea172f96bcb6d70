/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-clock.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * EaselKritaState:
 * @EASEL_KRITA_IDLE: nothing was asked for
 * @EASEL_KRITA_NONE: no Krita with the plugin was found
 * @EASEL_KRITA_RUNS: Krita runs, so that nothing was changed
 * @EASEL_KRITA_UNSURE: from in here nobody can see whether Krita runs; nothing was changed
 * @EASEL_KRITA_WAITING: it will be done when Krita closes
 * @EASEL_KRITA_DONE: the next start of Krita connects by itself
 * @EASEL_KRITA_BACK: the settings are what they were
 * @EASEL_KRITA_FAILED: see easel_krita_setup_get_error(); nothing was changed
 */
typedef enum
{
  EASEL_KRITA_IDLE,
  EASEL_KRITA_NONE,
  EASEL_KRITA_RUNS,
  EASEL_KRITA_UNSURE,
  EASEL_KRITA_WAITING,
  EASEL_KRITA_DONE,
  EASEL_KRITA_BACK,
  EASEL_KRITA_FAILED
} EaselKritaState;

/* Points the plugin in this computer's Krita at an address, and back. Emits "changed". */
#define EASEL_TYPE_KRITA_SETUP (easel_krita_setup_get_type ())
G_DECLARE_FINAL_TYPE (EaselKritaSetup, easel_krita_setup, EASEL, KRITA_SETUP, GObject)

EaselKritaSetup *easel_krita_setup_new (EaselClock *clock);
EaselKritaSetup *easel_krita_setup_new_for_places (EaselClock *clock,
                                                   const char *home,
                                                   const char *data_home,
                                                   const char *proc);
EaselKritaState easel_krita_setup_get_state (EaselKritaSetup *self);
const GError *easel_krita_setup_get_error (EaselKritaSetup *self);
const char *easel_krita_setup_get_mode_before (EaselKritaSetup *self);
guint easel_krita_setup_get_plugin_version (EaselKritaSetup *self);
gboolean easel_krita_setup_has_settings (EaselKritaSetup *self);

void easel_krita_setup_look (EaselKritaSetup *self);
void easel_krita_setup_begin (EaselKritaSetup *self, const char *address, gboolean is_closed);
void easel_krita_setup_wait (EaselKritaSetup *self, const char *address);
void easel_krita_setup_put_back (EaselKritaSetup *self, gboolean is_closed);
void easel_krita_setup_stop (EaselKritaSetup *self);

G_END_DECLS
