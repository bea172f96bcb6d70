/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-model-inspector.h"
#include "easel-model-tokens.h"
#include "easel-shelf.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Where links and files come in. Signals "add" (const EaselShelfModel *), when the person has seen
 * what it is and wants it, and "keep", when the GPU has no room for it and it is wanted for another
 * one. */
#define EASEL_TYPE_ADD_MODEL_BOX (easel_add_model_box_get_type ())
G_DECLARE_FINAL_TYPE (EaselAddModelBox, easel_add_model_box, EASEL, ADD_MODEL_BOX, GtkBox)

void easel_add_model_box_set_services (EaselAddModelBox *self,
                                       EaselModelInspector *inspector,
                                       EaselModelTokens *tokens,
                                       EaselShelf *shelf);
void easel_add_model_box_set_workload (EaselAddModelBox *self, EaselWorkloadSet workload);
void easel_add_model_box_set_room (EaselAddModelBox *self, gboolean has_room, guint64 free_bytes);
void easel_add_model_box_accept_drops (EaselAddModelBox *self, GtkWidget *window);
gboolean easel_add_model_box_take (EaselAddModelBox *self, const GValue *dropped);
void easel_add_model_box_stop (EaselAddModelBox *self);
void easel_add_model_box_focus (EaselAddModelBox *self);

G_END_DECLS
