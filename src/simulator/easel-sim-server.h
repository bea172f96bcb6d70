/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-sim-world.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _EaselSimServer EaselSimServer;

EaselSimServer *easel_sim_server_new (EaselSimWorld *world);
gboolean easel_sim_server_listen (EaselSimServer *self, guint port, GError **error);
gboolean
easel_sim_server_listen_tls (EaselSimServer *self, GTlsCertificate *certificate, GError **error);
void easel_sim_server_tick (EaselSimServer *self);
void easel_sim_server_free (EaselSimServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselSimServer, easel_sim_server_free)

G_END_DECLS
