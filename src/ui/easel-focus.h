/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void easel_focus_mend (GtkWindow *window);
void easel_focus_make_one_stop (GtkWidget *list);

G_END_DECLS
