/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What every secret store has to do, run against the one in memory and against libsecret with its
 * file backend, which needs no bus; and libsecret where there is no bus at all.
 */

#include "config.h"

#include "easel-error.h"
#include "easel-test-util.h"
#include "secret-calls.h"

typedef EaselSecretStore *(*StoreNew) (void);

static void
test_round_trip (gconstpointer data)
{
  g_autoptr (EaselSecretStore) store = ((StoreNew) data) ();
  g_autoptr (GError) error = NULL;

  easel_assert_secret (store, "runpod", "api.runpod.io", NULL);
  g_assert_true (easel_call_store (store, "runpod", "api.runpod.io", "first", &error));
  g_assert_no_error (error);
  easel_assert_secret (store, "runpod", "api.runpod.io", "first");
  g_assert_true (easel_call_store (store, "runpod", "api.runpod.io", "second", &error));
  easel_assert_secret (store, "runpod", "api.runpod.io", "second");
  g_assert_true (easel_call_forget (store, "runpod", "api.runpod.io", &error));
  g_assert_no_error (error);
  easel_assert_secret (store, "runpod", "api.runpod.io", NULL);
  /* Forgetting what is not there is fine. */
  g_assert_true (easel_call_forget (store, "runpod", "api.runpod.io", &error));
  g_assert_no_error (error);
}

/* A key is for one provider and one host: an endpoints file with another address finds none. */
static void
test_other_hosts_find_nothing (gconstpointer data)
{
  g_autoptr (EaselSecretStore) store = ((StoreNew) data) ();
  g_autoptr (GError) error = NULL;

  g_assert_true (easel_call_store (store, "runpod", "api.runpod.io", "real", &error));
  easel_assert_secret (store, "runpod", "127.0.0.1:4010", NULL);
  easel_assert_secret (store, "runpod", "api.runpod.io.example.org", NULL);
  easel_assert_secret (store, "vast", "api.runpod.io", NULL);
  easel_assert_secret (store, "runpod", "", NULL);
  g_assert_true (easel_call_store (store, "runpod", "127.0.0.1:4010", "local", &error));
  g_assert_true (easel_call_forget (store, "runpod", "127.0.0.1:4010", &error));
  easel_assert_secret (store, "runpod", "api.runpod.io", "real");
  g_assert_true (easel_call_forget (store, "runpod", "api.runpod.io", &error));
}

static void
test_odd_keys_survive (gconstpointer data)
{
  static const char *const keys[] = { "x", "with blank", "quote\"'\\", "ümlaut – 漢字 🎨" };
  g_autoptr (EaselSecretStore) store = ((StoreNew) data) ();
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_assert_true (easel_call_store (store, "runpod", "h", keys[i], &error));
      easel_assert_secret (store, "runpod", "h", keys[i]);
    }
  g_assert_true (easel_call_forget (store, "runpod", "h", &error));
}

static void
test_cancelled (gconstpointer data)
{
  g_autoptr (EaselSecretStore) store = ((StoreNew) data) ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (EaselTestCatch) looked_up = { 0 };
  g_auto (EaselTestCatch) stored = { 0 };
  g_autoptr (EaselSecret) secret = easel_secret_new ("x");
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  easel_secret_store_look_up_async (store, "runpod", "cancelled", cancellable, easel_test_catch,
                                    &looked_up);
  g_assert_null (
      easel_secret_store_look_up_finish (store, easel_test_catch_wait (&looked_up), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  easel_secret_store_store_async (store, "runpod", "cancelled", "label", secret, cancellable,
                                  easel_test_catch, &stored);
  g_assert_false (easel_secret_store_store_finish (store, easel_test_catch_wait (&stored), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_lasting (void)
{
  g_autoptr (EaselSecretStore) memory = easel_secret_store_memory_new ();
  g_autoptr (EaselSecretStore) keyring = easel_secret_store_libsecret_new ();

  g_assert_false (easel_secret_store_is_lasting (memory));
  g_assert_true (easel_secret_store_is_lasting (keyring));
  g_assert_finalize_object (g_steal_pointer (&memory));
  g_assert_finalize_object (g_steal_pointer (&keyring));
}

static void
test_two_memories_share_nothing (void)
{
  g_autoptr (EaselSecretStore) one = easel_secret_store_memory_new ();
  g_autoptr (EaselSecretStore) other = easel_secret_store_memory_new ();

  g_assert_true (easel_call_store (one, "runpod", "h", "x", NULL));
  easel_assert_secret (other, "runpod", "h", NULL);
}

/* A process of its own, because libsecret chooses its backend once. */
static void
test_without_a_bus (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (EaselSecretStore) store = easel_secret_store_libsecret_new ();
      g_autoptr (GError) error = NULL;

      g_unsetenv ("SECRET_BACKEND");
      g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/easel-bus", TRUE);
      g_assert_null (easel_call_look_up (store, "runpod", "h", &error));
      g_assert_error (error, EASEL_ERROR, EASEL_ERROR_STORAGE);
      g_assert_cmpstr (easel_error_get_details (error), ==,
                       "This computer has no keyring service.");
      g_clear_error (&error);
      g_assert_false (easel_call_store (store, "runpod", "h", "x", &error));
      g_assert_error (error, EASEL_ERROR, EASEL_ERROR_STORAGE);
      g_clear_error (&error);
      g_assert_false (easel_call_forget (store, "runpod", "h", &error));
      g_assert_error (error, EASEL_ERROR, EASEL_ERROR_STORAGE);
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
}

static void
add_for (const char *name, StoreNew create)
{
  static const struct
  {
    const char *name;
    GTestDataFunc func;
  } cases[] = {
    { "round-trip", test_round_trip },
    { "other-hosts-find-nothing", test_other_hosts_find_nothing },
    { "odd-keys-survive", test_odd_keys_survive },
    { "cancelled", test_cancelled },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/secret-store/%s/%s", name, cases[i].name);

      g_test_add_data_func (path, (gconstpointer) create, cases[i].func);
    }
}

int
main (int argc, char *argv[])
{
  g_autofree char *folder = easel_test_make_folder ();
  g_autofree char *file = g_build_filename (folder, "keyring", NULL);
  int result;

  g_setenv ("SECRET_BACKEND", "file", TRUE);
  g_setenv ("SECRET_FILE_TEST_PATH", file, TRUE);
  g_setenv ("SECRET_FILE_TEST_PASSWORD", "of the test's own file", TRUE);
  g_test_init (&argc, &argv, NULL);

  add_for ("memory", easel_secret_store_memory_new);
  add_for ("libsecret-file", easel_secret_store_libsecret_new);
  g_test_add_func ("/secret-store/lasting", test_lasting);
  g_test_add_func ("/secret-store/two-memories-share-nothing", test_two_memories_share_nothing);
  g_test_add_func ("/secret-store/without-a-bus", test_without_a_bus);

  result = g_test_run ();
  easel_test_remove_tree (folder);
  return result;
}
