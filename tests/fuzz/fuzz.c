/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all targets share: a warning counts as a crash, because only our own mistakes cause one. */
#include "config.h"

#include "fuzz.h"

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING | G_LOG_FATAL_MASK);
  return 0;
}
