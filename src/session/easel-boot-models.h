/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-agent-status.h"
#include "easel-download.h"

G_BEGIN_DECLS

GPtrArray *easel_boot_models_from_agent (const EaselAgentProgress *progress);
char *easel_boot_models_dup_note (GPtrArray *files, gboolean are_over);

G_END_DECLS
