/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gint64 easel_sim_weights_size (const char *name);
GBytes *easel_sim_weights_header (const char *name, gint64 size);
const guint8 *easel_sim_weights_data (gint64 offset, gsize *ret_length);

G_END_DECLS
