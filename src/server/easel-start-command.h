/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* vast.ai counts the characters of "args" and "onstart" together: below this. What is ours may have
 * the lesser number, the rest is for the image's own arguments. */
#define EASEL_START_COMMAND_LIMIT 4048
#define EASEL_START_COMMAND_MAX_OWN 3700

char *easel_start_command_build (const char *const *start_arguments, gboolean with_helper);
const char *easel_start_command_helper_sha (void);
GBytes *easel_start_command_dup_helper (void);

G_END_DECLS
