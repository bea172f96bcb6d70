/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-sim-message.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

void easel_sim_parcel_send (SoupServerMessage *message, const EaselSimAnswer *answer);

G_END_DECLS
