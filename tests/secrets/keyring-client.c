/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The libsecret store as a command, so that test-keyring can look at a real keyring from both
 * sides. Reads the key from standard input; what it prints are the test's own made-up keys.
 */

#include "config.h"

#include "easel-error.h"
#include "secret-calls.h"

#include <stdio.h>
#include <string.h>

static void
print_error (const GError *error)
{
  g_print ("error %s\n",
           easel_error_get_details (error) != NULL ? easel_error_get_details (error) : "");
}

int
main (int argc, char *argv[])
{
  g_autoptr (EaselSecretStore) store = easel_secret_store_libsecret_new ();
  g_autoptr (EaselSecret) found = NULL;
  g_autoptr (GError) error = NULL;
  char value[256] = "";

  if (argc != 4)
    return 2;
  if (strcmp (argv[1], "store") == 0)
    {
      if (fgets (value, sizeof value, stdin) == NULL)
        return 2;
      value[strcspn (value, "\n")] = '\0';
      if (easel_call_store (store, argv[2], argv[3], value, &error))
        g_print ("stored\n");
    }
  else if (strcmp (argv[1], "forget") == 0)
    {
      if (easel_call_forget (store, argv[2], argv[3], &error))
        g_print ("forgotten\n");
    }
  else
    {
      found = easel_call_look_up (store, argv[2], argv[3], &error);
      if (found != NULL)
        g_print ("key %s\n", easel_secret_peek (found));
      else if (error == NULL)
        g_print ("nothing\n");
    }
  if (error != NULL)
    print_error (error);
  return 0;
}
