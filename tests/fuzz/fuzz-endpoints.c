/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An endpoints file never gives an address that a key may not be sent to, and no fast clock for a
 * cloud that bills. */
#include "config.h"

#include "fuzz.h"

#include "easel-endpoints.h"
#include "easel-http.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (EaselEndpoints) endpoints =
      easel_endpoints_new_from_data ((const char *) data, size, NULL);
  g_autoptr (EaselClock) clock = NULL;

  if (endpoints == NULL)
    return 0;
  g_assert_true (easel_http_uri_may_carry_key (easel_endpoints_get (endpoints, "runpod", "api")));
  g_assert_true (
      easel_http_uri_may_carry_key (easel_endpoints_get (endpoints, "runpod", "graphql")));
  g_assert_true (easel_http_uri_may_carry_key (easel_endpoints_get (endpoints, "vast", "api")));
  clock = easel_endpoints_create_clock (endpoints);
  if (!easel_endpoints_is_simulated (endpoints))
    g_assert_cmpint (ABS (easel_clock_get_unix_ms (clock) - g_get_real_time () / 1000), <, 60000);
  return 0;
}
