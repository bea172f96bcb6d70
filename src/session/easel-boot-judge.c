/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the witnesses of a boot prove together: how far it is, and when a fault is to be believed.
 *
 * Pure: what was seen and the time are handed in. Asking the witnesses is EaselBootWatch's. */

#include "config.h"
#include "easel-boot-judge.h"

#include "easel-error.h"

/**
 * easel_boot_judge_stage:
 * @step: what the server has answered
 * @phase: how far the log has come
 * @container_up: the provider's word
 *
 * The furthest thing that any witness has seen; witnesses may be missing, none may be believed
 * backwards.
 *
 * Returns: the stage that is being worked on
 */
EaselStage
easel_boot_judge_stage (EaselReadinessStep step, EaselBootPhase phase, gboolean container_up)
{
  if (step >= EASEL_READINESS_COMFY_UP || phase >= EASEL_BOOT_DOWNLOADED)
    return EASEL_STAGE_CHECK;
  if (step >= EASEL_READINESS_CONTAINER_UP || phase >= EASEL_BOOT_STARTED || container_up)
    return EASEL_STAGE_MODELS;
  if (phase >= EASEL_BOOT_PULLING)
    return EASEL_STAGE_SOFTWARE;
  return EASEL_STAGE_MACHINE;
}

/* How often a fault must be seen in a row before it is believed: a server that is still loading
 * shows most of them for a moment. */
static guint
patience_for (EaselReadinessFault fault)
{
  switch (fault)
    {
    case EASEL_FAULT_NO_GPU:
    case EASEL_FAULT_MISSING_NODES:
      return 2;
    case EASEL_FAULT_MISSING_MODELS:
      return 3;
    case EASEL_FAULT_NO_WEBSOCKET:
      return 8;
    case EASEL_FAULT_FOREIGN_SERVER:
      return 24;
    case EASEL_FAULT_NONE:
    default:
      return G_MAXUINT;
    }
}

static EaselError
code_for (EaselReadinessFault fault)
{
  switch (fault)
    {
    case EASEL_FAULT_MISSING_MODELS:
      return EASEL_ERROR_MISSING_FILES;
    case EASEL_FAULT_MISSING_NODES:
    case EASEL_FAULT_FOREIGN_SERVER:
      return EASEL_ERROR_OUTDATED_SERVER;
    case EASEL_FAULT_NO_GPU:
    case EASEL_FAULT_NO_WEBSOCKET:
    case EASEL_FAULT_NONE:
    default:
      return EASEL_ERROR_BROKEN_POD;
    }
}

/**
 * easel_boot_fault_count:
 * @self: the fault so far
 * @fault: what was seen now, also none
 * @now_ms: monotonic
 *
 * Looks that follow each other closely count as one.
 *
 * Returns: whether this one counts
 */
gboolean
easel_boot_fault_count (EaselBootFault *self, EaselReadinessFault fault, gint64 now_ms)
{
  if (fault != self->fault)
    {
      self->fault = fault;
      self->count = 0;
    }
  else if (now_ms - self->counted_ms < EASEL_BOOT_TICK_MS)
    return FALSE;
  self->count++;
  self->counted_ms = now_ms;
  return TRUE;
}

/**
 * easel_boot_fault_is_believed:
 * @self: a fault that was just counted
 *
 * Returns: whether it was seen often enough, and not more often: it is told once
 */
gboolean
easel_boot_fault_is_believed (const EaselBootFault *self)
{
  return self->fault != EASEL_FAULT_NONE && self->count == patience_for (self->fault);
}

/**
 * easel_boot_fault_error:
 * @readiness: a look that has seen a fault
 *
 * Returns: (transfer full): it as an error, with what is missing as its details
 */
GError *
easel_boot_fault_error (const EaselReadiness *readiness)
{
  GError *error =
      easel_error_new (code_for (readiness->fault), "readiness fault %u", (guint) readiness->fault);

  if (readiness->missing != NULL)
    {
      g_autofree char *missing = g_strjoinv ("\n", readiness->missing);

      easel_error_set_details (error, missing);
    }
  else
    easel_error_set_details (error, readiness->details);
  return error;
}
