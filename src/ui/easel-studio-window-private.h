/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-error-bar.h"
#include "easel-studio-window.h"

G_BEGIN_DECLS

/* What the two files of the studio window share. Nobody else includes this. */
struct _EaselStudioWindow
{
  GtkApplicationWindow parent_instance;

  GtkLabel *headline;       /* a descendant */
  GtkLabel *subline;        /* a descendant */
  GtkWidget *banner;        /* a descendant */
  EaselErrorBar *error_bar; /* a descendant */
  GtkListBox *list;         /* a descendant */
  GtkWidget *suggestion;    /* a descendant */
  GtkLabel *receipt;        /* a descendant */
  GtkLabel *estimate;       /* a descendant */
  GtkWidget *login_offer;   /* (unowned): child of the template */
  GtkWidget *again;         /* a descendant */
  GtkWidget *change;        /* a descendant */
  GtkWidget *first;         /* a descendant */
  GtkLabel *status;         /* a descendant */
  GtkWidget *receipts;      /* a descendant */
  GtkWidget *end_all;       /* a descendant */

  EaselSession *session; /* (owned) */
  EaselStudio *studio;   /* (owned) */
  EaselClock *clock;     /* (owned) */
  EaselRental *resumed;  /* (owned) (nullable): whose start was asked for here */
  guint tick_id;
  guint status_id;
};

void _easel_studio_window_follow_resumed (EaselStudioWindow *self);

G_END_DECLS
