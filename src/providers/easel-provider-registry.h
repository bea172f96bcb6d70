/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-endpoints.h"
#include "easel-http.h"
#include "easel-provider.h"

G_BEGIN_DECLS

/* (transfer container) (element-type EaselProvider): in the order in which the interface shows
 * them. */
GPtrArray *
easel_provider_registry_create (EaselHttp *http, EaselClock *clock, EaselEndpoints *endpoints);

G_END_DECLS
