/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-test-server.h"
#include "easel-test-util.h"
#include "studio-stage.h"

G_BEGIN_DECLS

/* The studio's stage with something to rent: four offers, the author's template, and a server that
 * pods are reached at. @base has to be the first member. */
typedef struct
{
  Stage base;
  EaselTestServer *server;
  EaselPlan *plan;
  EaselCatalog *catalog;
  EaselAccount *account;
} WizardStage;

void wizard_stage_set_up (WizardStage *stage, gconstpointer data);
void wizard_stage_tear_down (WizardStage *stage, gconstpointer data);
/* Makes the session; with a key also waits until offers and template are there. */
void wizard_stage_open (WizardStage *stage, gboolean with_key);
void wizard_stage_enter_key (WizardStage *stage, const char *key);
void wizard_stage_load_offers (WizardStage *stage);
/* From now on the server in the pod works. */
void wizard_stage_bring_up_comfy (WizardStage *stage);
/* Lets cloud time pass, in steps, until something holds. */
void wizard_stage_pass_until (WizardStage *stage, EaselTestCondition condition, gpointer data);

/* The first widget of a type below @root, visible or not; the test fails if there is none. */
GtkWidget *wizard_stage_find (GtkWidget *root, GType type);
GtkWidget *wizard_stage_find_nth (GtkWidget *root, GType type, guint nth);

G_END_DECLS
