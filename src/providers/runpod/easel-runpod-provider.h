/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-http.h"
#include "easel-provider.h"

G_BEGIN_DECLS

#define EASEL_TYPE_RUNPOD_PROVIDER (easel_runpod_provider_get_type ())
G_DECLARE_FINAL_TYPE (EaselRunpodProvider, easel_runpod_provider, EASEL, RUNPOD_PROVIDER, GObject)

EaselProvider *easel_runpod_provider_new (EaselHttp *http,
                                          const char *api_uri,
                                          const char *graphql_uri,
                                          const char *proxy_pattern);

G_END_DECLS
