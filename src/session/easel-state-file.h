/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* One small file of the program's state, read once and written whole, in the background. Signal
 * "loaded" (GBytes *contents, nullable), once. */
#define EASEL_TYPE_STATE_FILE (easel_state_file_get_type ())
G_DECLARE_FINAL_TYPE (EaselStateFile, easel_state_file, EASEL, STATE_FILE, GObject)

EaselStateFile *easel_state_file_new (const char *folder, const char *name);
void easel_state_file_load (EaselStateFile *self);
gboolean easel_state_file_is_loaded (EaselStateFile *self);
void easel_state_file_set_aside (EaselStateFile *self);
void easel_state_file_save (EaselStateFile *self, GBytes *contents);
void easel_state_file_flush (EaselStateFile *self);

G_END_DECLS
