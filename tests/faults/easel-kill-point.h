/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Where this process is to die by SIGKILL, once: "before-intent", "after-intent", "reply-read",
 * "before-delete", "delete-confirmed". FALSE for a name that does not exist. */
gboolean easel_kill_point_set (const char *name);

G_END_DECLS
