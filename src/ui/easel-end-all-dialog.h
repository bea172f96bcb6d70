/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-question.h"
#include "easel-studio.h"

G_BEGIN_DECLS

/* End All Rentals…: ticks, and one button that deletes what is ticked. */
EaselQuestion *easel_end_all_dialog_new (GtkWindow *parent, EaselStudio *studio);

G_END_DECLS
