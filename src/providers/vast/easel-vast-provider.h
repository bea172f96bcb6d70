/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-http.h"
#include "easel-provider.h"

G_BEGIN_DECLS

#define EASEL_TYPE_VAST_PROVIDER (easel_vast_provider_get_type ())
G_DECLARE_FINAL_TYPE (EaselVastProvider, easel_vast_provider, EASEL, VAST_PROVIDER, GObject)

EaselProvider *easel_vast_provider_new (EaselHttp *http, EaselClock *clock, const char *api_uri);

G_END_DECLS
