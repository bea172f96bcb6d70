/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log of a stranger's machine, line by line. */
#include "config.h"

#include "fuzz.h"

#include "easel-boot-log.h"

#include <string.h>

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_utf8_make_valid ((const char *) data, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (EaselBootLog) log = easel_boot_log_new ();

  for (gsize i = 0; lines[i] != NULL; i++)
    {
      gboolean is_system = lines[i][0] == '!';

      easel_boot_log_feed (log, is_system, lines[i] + (is_system ? 1 : 0));
    }
  g_assert_cmpint (easel_boot_log_get_phase (log), <=, EASEL_BOOT_LISTENING);
  (void) easel_boot_log_get_bytes_done (log);
  (void) easel_boot_log_get_machine_fault (log);
  g_assert_nonnull (easel_boot_log_get_files (log));
  return 0;
}
