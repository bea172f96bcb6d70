/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The shelf as rows with ticks, all of them or the first few. Signal "remove"
 * (const EaselShelfModel *): the person wants that one off the shelf. */
#define EASEL_TYPE_SHELF_LIST (easel_shelf_list_get_type ())
G_DECLARE_FINAL_TYPE (EaselShelfList, easel_shelf_list, EASEL, SHELF_LIST, GtkBox)

void easel_shelf_list_set_session (EaselShelfList *self, EaselSession *session, guint max_rows);
void easel_shelf_list_pick (EaselShelfList *self);
gboolean easel_shelf_list_shows (EaselShelfList *self, const EaselShelfModel *model);

G_END_DECLS
