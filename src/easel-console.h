/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-endpoints.h"

G_BEGIN_DECLS

/* What the process ends with. */
#define EASEL_CONSOLE_PROVEN 0
#define EASEL_CONSOLE_UNPROVEN 1
#define EASEL_CONSOLE_MISUSED 2

/**
 * EaselConsoleOptions:
 * @id: (nullable): what to delete
 * @end_all: delete all that was made by this program; without either, only list
 * @as_json: print for programs
 * @keys_from_input: do not ask the keyring
 * @endpoints: (nullable): where the providers are, if not where they really are
 */
typedef struct
{
  const char *id;
  gboolean end_all;
  gboolean as_json;
  gboolean keys_from_input;
  EaselEndpoints *endpoints;
} EaselConsoleOptions;

int easel_console_run (const EaselConsoleOptions *options);

G_END_DECLS
