/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-rental.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* When a GPU ends by itself, what it costs at most until then, and who has confirmed that. */
#define EASEL_TYPE_END_CARD (easel_end_card_get_type ())
G_DECLARE_FINAL_TYPE (EaselEndCard, easel_end_card, EASEL, END_CARD, GtkBox)

void easel_end_card_show (EaselEndCard *self,
                          EaselRental *rental,
                          const EaselLimits *limits,
                          gint64 now_unix_ms);

G_END_DECLS
