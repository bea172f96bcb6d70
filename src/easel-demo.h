/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-endpoints.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define EASEL_DEMO_DEFAULT_SPEED 60
#define EASEL_DEMO_MAX_SPEED 3600
/* The key that the simulated cloud takes; it opens nothing else. */
#define EASEL_DEMO_KEY "practice-key"

/* The simulated cloud of --demo: a child process that ends with this one. */
#define EASEL_TYPE_DEMO (easel_demo_get_type ())
G_DECLARE_FINAL_TYPE (EaselDemo, easel_demo, EASEL, DEMO, GObject)

EaselDemo *easel_demo_new (const char *folder, guint speed);
void easel_demo_start_async (EaselDemo *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
EaselEndpoints *easel_demo_start_finish (EaselDemo *self, GAsyncResult *result, GError **error);

G_END_DECLS
