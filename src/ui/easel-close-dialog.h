/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-clock.h"
#include "easel-question.h"
#include "easel-studio.h"

G_BEGIN_DECLS

gboolean easel_close_dialog_is_needed (EaselStudio *studio);
EaselQuestion *easel_close_dialog_new (GtkWindow *parent, EaselStudio *studio, EaselClock *clock);

G_END_DECLS
