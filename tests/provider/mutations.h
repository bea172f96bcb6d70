/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef void (*EaselMutationFunc) (JsonNode *root, gpointer user_data);
typedef void (*EaselTruncationFunc) (const char *text, gsize length, gpointer user_data);

/* Every fixture of a folder with each member, at whatever depth, dropped or replaced by something
 * of another kind. Returns how many. */
guint easel_mutations_each_member (const char *folder, EaselMutationFunc func, gpointer user_data);

/* Every fixture of a folder cut off at each byte before its last bracket: none may be JSON any
 * more. @func, where given, sees the half of each. Returns how many. */
guint
easel_mutations_each_truncation (const char *folder, EaselTruncationFunc func, gpointer user_data);

G_END_DECLS
