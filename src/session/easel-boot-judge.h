/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-boot-log.h"
#include "easel-deployment.h"
#include "easel-readiness.h"

G_BEGIN_DECLS

/* How often a boot is looked at. */
#define EASEL_BOOT_TICK_MS (5 * 1000)

/**
 * EaselBootFault:
 * @fault: what the last look has seen
 * @count: how often in a row
 * @counted_ms: monotonic, of the last look that counted
 *
 * A fault on its way to being believed; all zero at the start.
 */
typedef struct
{
  EaselReadinessFault fault;
  guint count;
  gint64 counted_ms;
} EaselBootFault;

gboolean easel_boot_fault_count (EaselBootFault *self, EaselReadinessFault fault, gint64 now_ms);
gboolean easel_boot_fault_is_believed (const EaselBootFault *self);
GError *easel_boot_fault_error (const EaselReadiness *readiness);

EaselStage
easel_boot_judge_stage (EaselReadinessStep step, EaselBootPhase phase, gboolean container_up);

G_END_DECLS
