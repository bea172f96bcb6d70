/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Downloads as lines, at most a handful: those under way first. */
#define EASEL_TYPE_FILE_LIST (easel_file_list_get_type ())
G_DECLARE_FINAL_TYPE (EaselFileList, easel_file_list, EASEL, FILE_LIST, GtkWidget)

GtkWidget *easel_file_list_new (void);
void easel_file_list_set_files (EaselFileList *self, GPtrArray *files);

G_END_DECLS
