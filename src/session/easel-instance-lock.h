/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* Which of several running instances of the program is in charge of a state folder. */
#define EASEL_TYPE_INSTANCE_LOCK (easel_instance_lock_get_type ())
G_DECLARE_FINAL_TYPE (EaselInstanceLock, easel_instance_lock, EASEL, INSTANCE_LOCK, GObject)

EaselInstanceLock *easel_instance_lock_new (const char *state_dir);
gboolean easel_instance_lock_acquire (EaselInstanceLock *self);
gboolean easel_instance_lock_is_free (EaselInstanceLock *self);

G_END_DECLS
