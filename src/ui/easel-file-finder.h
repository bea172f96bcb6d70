/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Finds a model of the shelf whose file was moved. Signals "found" (the EaselShelfModel that was
 * lost, and the one in its place) and "failed" (a sentence). */
#define EASEL_TYPE_FILE_FINDER (easel_file_finder_get_type ())
G_DECLARE_FINAL_TYPE (EaselFileFinder, easel_file_finder, EASEL, FILE_FINDER, GObject)

EaselFileFinder *easel_file_finder_new (EaselSession *session);
void easel_file_finder_find (EaselFileFinder *self, GtkWidget *asker, const EaselShelfModel *lost);

GtkFileChooserNative *easel_file_finder_new_chooser (GtkWindow *parent);

G_END_DECLS
