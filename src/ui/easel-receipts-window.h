/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* All rentals that are over, newest first. */
GtkWindow *easel_receipts_window_new (GtkWindow *parent, EaselSession *session);

G_END_DECLS
