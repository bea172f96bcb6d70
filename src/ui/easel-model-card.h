/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-shelf-file.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What the card is compared with. */
typedef struct
{
  EaselWorkloadSet workload; /* what is painted, 0 unknown */
  gboolean has_room;         /* whether free_bytes is known */
  guint64 free_bytes;        /* on the disk of the GPU that it goes to */
  gboolean is_taken;         /* one of this name is remembered already */
} EaselModelPlace;

/* One model before it is added: what it is, what speaks against it, Add and Cancel. Signals "add"
 * and "cancel". */
#define EASEL_TYPE_MODEL_CARD (easel_model_card_get_type ())
G_DECLARE_FINAL_TYPE (EaselModelCard, easel_model_card, EASEL, MODEL_CARD, GtkBox)

GtkWidget *easel_model_card_new (const EaselShelfModel *found);
void easel_model_card_set_place (EaselModelCard *self, const EaselModelPlace *place);
EaselShelfModel *easel_model_card_dup_model (EaselModelCard *self);
gboolean easel_model_card_fits (EaselModelCard *self);
void easel_model_card_focus (EaselModelCard *self);

G_END_DECLS
