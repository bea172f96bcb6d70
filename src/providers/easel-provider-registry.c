/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Which clouds there are, and where. The only file outside a provider's own folder that names one.
 */

#include "config.h"

#include "easel-provider-registry.h"

#include "runpod/easel-runpod-provider.h"
#include "vast/easel-vast-provider.h"

/**
 * easel_provider_registry_create:
 * @http: what sends
 * @clock: by which requests are spaced
 * @endpoints: where the providers are
 *
 * Returns: (transfer container) (element-type EaselProvider): every provider, in the order in which
 *   the interface shows them
 */
GPtrArray *
easel_provider_registry_create (EaselHttp *http, EaselClock *clock, EaselEndpoints *endpoints)
{
  GPtrArray *providers;

  g_return_val_if_fail (EASEL_IS_HTTP (http), NULL);
  g_return_val_if_fail (EASEL_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (endpoints != NULL, NULL);

  providers = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (providers,
                   easel_runpod_provider_new (http,
                                              easel_endpoints_get (endpoints, "runpod", "api"),
                                              easel_endpoints_get (endpoints, "runpod", "graphql"),
                                              easel_endpoints_get (endpoints, "runpod", "proxy")));
  g_ptr_array_add (providers,
                   easel_vast_provider_new (http, clock,
                                            easel_endpoints_get (endpoints, "vast", "api")));
  return providers;
}
