/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What bash runs in the rented container: its length, its letters, and what is packed in it.
 */

#include "config.h"

#include "easel-start-command.h"
#include "easel-workload.h"

#include <gio/gio.h>
#include <string.h>

static void
assert_plain (const char *command)
{
  g_assert_nonnull (command);
  for (const char *p = command; p != NULL && *p != '\0'; p++)
    {
      g_assert_true (g_ascii_isprint (*p));
      g_assert_null (strchr ("'\"$\\`\n", *p));
    }
}

/* Every choice of kinds fits into what vast.ai allows, the program that is named beside included.
 */
static void
test_length (void)
{
  g_autofree char *least = easel_start_command_build (NULL, FALSE);
  const gsize around = strlen ("/bin/bash") + strlen ("-c");
  const gsize own = around + strlen (least) - strlen (" --recommended");
  gsize longest = 0;

  for (guint set = 1; set <= EASEL_WORKLOAD_MASK; set++)
    for (guint sooner = 0; sooner < 2; sooner++)
      {
        g_auto (GStrv) arguments = easel_workload_start_arguments (set, sooner);
        g_autofree char *command =
            easel_start_command_build ((const char *const *) arguments, FALSE);

        assert_plain (command);
        longest = MAX (longest, around + strlen (command));
      }
  g_test_message ("%" G_GSIZE_FORMAT " characters of our own, %" G_GSIZE_FORMAT " at most", own,
                  longest);
  g_assert_cmpuint (own, <=, EASEL_START_COMMAND_MAX_OWN);
  g_assert_cmpuint (longest, <, EASEL_START_COMMAND_LIMIT);
}

static void
test_arguments (void)
{
  g_auto (GStrv) flux = easel_workload_start_arguments (EASEL_WORKLOAD_FLUX, FALSE);
  g_autofree char *command = easel_start_command_build ((const char *const *) flux, FALSE);
  g_autofree char *own = easel_start_command_build (NULL, FALSE);

  g_assert_nonnull (strstr (command, ";done&/start.sh "));
  /* Else a GPU would make the image's download program leave the model out. */
  g_assert_nonnull (strstr (command, " --backend cpu|&tee "));
  g_assert_nonnull (strstr (own, ";done&/start.sh --recommended|&tee "));
}

static void
test_odd_arguments (void)
{
  static const char *const odd[] = { "",  "a b",  "$HOME", "`id`", "a;b", "a|b", "a&b", "\"",
                                     "'", "a\nb", "(a)",   "a>b",  "*",   "~",   "ü" };

  for (gsize i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      const char *const arguments[] = { "/start.sh", odd[i], NULL };

      g_assert_null (easel_start_command_build (arguments, FALSE));
    }
}

static void
test_helper (void)
{
  g_autoptr (GBytes) helper = easel_start_command_dup_helper ();
  g_autofree char *sha = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, helper);
  g_autofree char *with = easel_start_command_build (NULL, TRUE);
  g_autofree char *without = easel_start_command_build (NULL, FALSE);

  g_assert_cmpuint (g_bytes_get_size (helper), >, 1000);
  g_assert_cmpstr (sha, ==, easel_start_command_helper_sha ());
  assert_plain (with);
  g_assert_cmpuint (strlen (with), >, strlen (without) + 1000);
  /* RunPod takes 100 KB. */
  g_assert_cmpuint (strlen (with), <, 50000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/start-command/length", test_length);
  g_test_add_func ("/start-command/arguments", test_arguments);
  g_test_add_func ("/start-command/odd-arguments", test_odd_arguments);
  g_test_add_func ("/start-command/helper", test_helper);
  return g_test_run ();
}
