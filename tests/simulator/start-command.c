/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Prints what the program has bash run in a pod, the guard alone, for a test that runs it. */

#include "config.h"

#include "easel-start-command.h"

int
main (int argc, char **argv)
{
  static const char *const arguments[] = { "/start.sh", "--sdxl", NULL };
  g_autofree char *command = easel_start_command_build (arguments, FALSE);

  g_print ("%s\n", command);
  return 0;
}
