/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A secret store's operations as plain calls, for tests.
 */

#include "config.h"

#include "secret-calls.h"

#include "easel-test-util.h"

EaselSecret *
easel_call_look_up (EaselSecretStore *store,
                    const char *provider_id,
                    const char *api_host,
                    GError **error)
{
  g_auto (EaselTestCatch) caught = { 0 };

  easel_secret_store_look_up_async (store, provider_id, api_host, NULL, easel_test_catch, &caught);
  return easel_secret_store_look_up_finish (store, easel_test_catch_wait (&caught), error);
}

gboolean
easel_call_store (EaselSecretStore *store,
                  const char *provider_id,
                  const char *api_host,
                  const char *value,
                  GError **error)
{
  g_auto (EaselTestCatch) caught = { 0 };
  g_autoptr (EaselSecret) secret = easel_secret_new (value);

  easel_secret_store_store_async (store, provider_id, api_host, "Cloud Easel: RunPod key", secret,
                                  NULL, easel_test_catch, &caught);
  return easel_secret_store_store_finish (store, easel_test_catch_wait (&caught), error);
}

gboolean
easel_call_forget (EaselSecretStore *store,
                   const char *provider_id,
                   const char *api_host,
                   GError **error)
{
  g_auto (EaselTestCatch) caught = { 0 };

  easel_secret_store_forget_async (store, provider_id, api_host, NULL, easel_test_catch, &caught);
  return easel_secret_store_forget_finish (store, easel_test_catch_wait (&caught), error);
}

void
easel_assert_secret (EaselSecretStore *store,
                     const char *provider_id,
                     const char *api_host,
                     const char *value)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselSecret) found = easel_call_look_up (store, provider_id, api_host, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (found != NULL ? easel_secret_peek (found) : NULL, ==, value);
}
