/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Prints what the program has bash run in a pod, for a test that runs it: the guard alone, or with
 * any argument the helper, too. */

#include "config.h"

#include "easel-start-command.h"

int
main (int argc, char **argv)
{
  static const char *const arguments[] = { "/start.sh", "--sdxl", NULL };
  g_autofree char *command = easel_start_command_build (arguments, argc > 1);

  g_print ("%s\n", command);
  return 0;
}
