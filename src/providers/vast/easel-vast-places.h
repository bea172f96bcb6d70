/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-offer.h"

G_BEGIN_DECLS

char *easel_vast_place_name (const char *geolocation, EaselRegion *ret_region);

G_END_DECLS
