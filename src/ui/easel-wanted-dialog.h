/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-question.h"
#include "easel-studio.h"

G_BEGIN_DECLS

EaselQuestion *easel_wanted_dialog_new (GtkWindow *parent,
                                        EaselStudio *studio,
                                        EaselRental *rental,
                                        EaselClock *clock);

G_END_DECLS
