/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Keyrings that are no good: silent, broken, slow, and one that the person does not want to open.
 * Each in a process of its own, since libsecret meets its service once.
 */

#include "config.h"

#include "easel-error.h"
#include "easel-test-util.h"
#include "mock-secret-service.h"
#include "secret-calls.h"

static void
in_a_process (void (*func) (void))
{
  if (g_test_subprocess ())
    {
      func ();
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

static void
assert_refused (EaselSecretStore *store, const char *reason)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (easel_call_look_up (store, "runpod", "h", &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_STORAGE);
  g_assert_cmpstr (easel_error_get_details (error), ==, reason);
  g_clear_error (&error);
  g_assert_false (easel_call_store (store, "runpod", "h", "made-up", &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_STORAGE);
  g_assert_cmpstr (easel_error_get_details (error), ==, reason);
  g_assert_null (strstr (error->message, "made-up"));
}

/* Nobody waits for a keyring that never answers: whoever cancels is told at once. */
static void
check_silent (void)
{
  g_autoptr (EaselMockService) service = easel_mock_service_new (EASEL_MOCK_SILENT);
  g_autoptr (EaselSecretStore) store = easel_secret_store_libsecret_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (EaselSecret) secret = easel_secret_new ("made-up");
  g_auto (EaselTestCatch) looked_up = { 0 };
  g_auto (EaselTestCatch) stored = { 0 };
  g_auto (EaselTestCatch) forgotten = { 0 };
  g_autoptr (GError) error = NULL;

  easel_secret_store_look_up_async (store, "runpod", "h", cancellable, easel_test_catch,
                                    &looked_up);
  easel_secret_store_store_async (store, "runpod", "h", "x", secret, cancellable, easel_test_catch,
                                  &stored);
  easel_secret_store_forget_async (store, "runpod", "h", cancellable, easel_test_catch, &forgotten);
  easel_test_pump_for (300);
  g_assert_cmpuint (easel_mock_service_get_n_calls (service), >, 0);
  g_assert_cmpuint (looked_up.n_calls + stored.n_calls + forgotten.n_calls, ==, 0);
  g_cancellable_cancel (cancellable);
  g_assert_null (
      easel_secret_store_look_up_finish (store, easel_test_catch_wait (&looked_up), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (easel_secret_store_store_finish (store, easel_test_catch_wait (&stored), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (
      easel_secret_store_forget_finish (store, easel_test_catch_wait (&forgotten), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  /* What libsecret still says afterwards is let go. */
  easel_test_pump_for (100);
}

static void
check_broken (void)
{
  g_autoptr (EaselMockService) service = easel_mock_service_new (EASEL_MOCK_BROKEN);
  g_autoptr (EaselSecretStore) store = easel_secret_store_libsecret_new ();

  assert_refused (store, "The keyring refused.");
}

static void
check_dismissed (void)
{
  g_autoptr (EaselMockService) service = easel_mock_service_new (EASEL_MOCK_DISMISSED);
  g_autoptr (EaselSecretStore) store = easel_secret_store_libsecret_new ();

  assert_refused (store, "The keyring is locked and was not opened.");
  g_assert_cmpuint (easel_mock_service_get_n_prompts (service), >=, 1);
}

static void
check_slow (void)
{
  g_autoptr (EaselMockService) service = easel_mock_service_new (EASEL_MOCK_SLOW);
  g_autoptr (EaselSecretStore) store = easel_secret_store_libsecret_new ();

  assert_refused (store, "The keyring is locked and was not opened.");
}

static void
test_silent (void)
{
  in_a_process (check_silent);
}

static void
test_broken (void)
{
  in_a_process (check_broken);
}

static void
test_dismissed (void)
{
  in_a_process (check_dismissed);
}

static void
test_slow (void)
{
  in_a_process (check_slow);
}

int
main (int argc, char *argv[])
{
  g_autofree char *daemon = g_find_program_in_path ("dbus-daemon");

  if (daemon == NULL)
    {
      g_print ("1..0 # SKIP dbus-daemon is not installed\n");
      return 0;
    }
  g_unsetenv ("SECRET_BACKEND");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/bad-keyring/silent", test_silent);
  g_test_add_func ("/bad-keyring/broken", test_broken);
  g_test_add_func ("/bad-keyring/dismissed", test_dismissed);
  g_test_add_func ("/bad-keyring/slow", test_slow);

  return g_test_run ();
}
