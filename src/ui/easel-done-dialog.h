/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-question.h"
#include "easel-shelf.h"
#include "easel-studio.h"

G_BEGIN_DECLS

/* The questions that come before something is lost. Each does what was answered by itself; connect
 * to "response" ("delete", "pause", "cancel") for what else should follow. */
EaselQuestion *easel_done_dialog_new (GtkWindow *parent,
                                      EaselStudio *studio,
                                      EaselShelf *shelf,
                                      EaselRental *rental);
EaselQuestion *easel_pause_dialog_new (GtkWindow *parent, EaselStudio *studio, EaselRental *rental);
EaselQuestion *
easel_rent_again_dialog_new (GtkWindow *parent, EaselStudio *studio, EaselRental *rental);

G_END_DECLS
