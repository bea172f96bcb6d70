/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-application.h"
#include "easel-demo.h"
#include "easel-endpoints.h"
#include "easel-guard.h"
#include "easel-login-look.h"
#include "easel-notifier.h"
#include "easel-row-action.h"
#include "easel-session.h"
#include "easel-stock-watch.h"
#include "easel-studio-window.h"
#include "easel-wizard.h"

G_BEGIN_DECLS

/* What the two files of the application share. Nobody else includes this. */
struct _EaselApplication
{
  GtkApplication parent_instance;

  /* The command line. */
  gboolean is_demo;
  gboolean is_check; /* --check: the look at login */
  guint demo_speed;
  EaselEndpoints *endpoints; /* (owned) (nullable): of --endpoints, later of the demo */

  /* What is there once it has started. */
  EaselDemo *demo;         /* (owned) (nullable) */
  EaselSession *session;   /* (owned) (nullable) */
  EaselGuard *guard;       /* (owned) (nullable) */
  EaselNotifier *notifier; /* (owned) (nullable) */
  EaselLoginLook *look;    /* (owned) (nullable) */
  EaselStockWatch *stock;  /* (owned) (nullable) */
  gboolean is_starting;
  guint seeds_left;
  guint first_frame_id;
  gulong after_paint_id;
  GdkFrameClock *frame_clock; /* (owned) (nullable): until the first frame */
  gboolean has_session_started;
  gboolean was_unseen_told;
  gboolean is_windowless;  /* started for an errand: no first window */
  gboolean is_stock_held;  /* somebody waits for a GPU */
  gboolean is_errand_held; /* an errand waits for the studio */

  /* An action that was asked for before there was anything to act on. Names are interned. */
  const char *current_action;
  const char *waiting_action;
  GVariant *waiting_parameter; /* (owned) (nullable) */

  GtkWindow *studio_window; /* (unowned) (nullable) */
  EaselWizard *wizard;      /* (owned) (nullable) */
};

void _easel_application_add_actions (EaselApplication *self);
void _easel_application_follow_stock (EaselApplication *self);
void _easel_application_wait_for_stock (EaselApplication *self, gboolean waits);
void _easel_application_run_waiting (EaselApplication *self);
void _easel_application_remember (EaselApplication *self, const char *name, GVariant *parameter);
EaselRental *_easel_application_find_rental (EaselApplication *self, const char *handle);
void
_easel_application_run_errand (EaselApplication *self, GVariant *handle, EaselRowAction action);
EaselStudioWindow *_easel_application_present_studio (EaselApplication *self);
void _easel_application_present_wizard (EaselApplication *self, EaselWizardStart start);
void _easel_application_present_any (EaselApplication *self);
void _easel_application_on_studio_changed (EaselApplication *self);
void _easel_application_on_still_wanted (EaselApplication *self, EaselRental *rental);

G_END_DECLS
