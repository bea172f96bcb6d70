/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Before something is rented: which of the models that are to come along cannot. Hidden as long as
 * all can. */
#define EASEL_TYPE_SHELF_BAR (easel_shelf_bar_get_type ())
G_DECLARE_FINAL_TYPE (EaselShelfBar, easel_shelf_bar, EASEL, SHELF_BAR, GtkBox)

void easel_shelf_bar_set_session (EaselShelfBar *self, EaselSession *session);

G_END_DECLS
