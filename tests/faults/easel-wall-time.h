/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Puts this computer's clock forward, or back if negative, as far as this process can see. */
void easel_wall_time_step (gint64 seconds);

G_END_DECLS
