/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

void easel_sim_tunnel_open (SoupServerMessage *message, guint port);

G_END_DECLS
