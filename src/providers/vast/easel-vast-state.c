/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * One state out of the four fields in which vast.ai tells about an instance. Pure. The facts behind
 * each step are in the Vast reference, section 8; a step that needs to know what this program did
 * is told by hints. In doubt an instance counts as one that costs.
 */

#include "config.h"

#include "easel-vast-state.h"

#include <string.h>

typedef enum
{
  PHASE_COMING,    /* on its way to running */
  PHASE_RUNNING,   /* the container runs */
  PHASE_EXITED,    /* the container has ended */
  PHASE_NO_WORD,   /* nothing is heard of the host */
  PHASE_BROKEN,    /* will not run */
  PHASE_UNHEARD_OF /* a word that this program does not know */
} Phase;

typedef struct
{
  const char *word;
  Phase phase;
} PhaseRow;

static const PhaseRow phase_rows[] = {
  { "created", PHASE_COMING },    { "loading", PHASE_COMING },   { "connecting", PHASE_COMING },
  { "rebooting", PHASE_COMING },  { "recycling", PHASE_COMING }, { "restarting", PHASE_COMING },
  { "scheduling", PHASE_COMING }, { "running", PHASE_RUNNING },  { "exited", PHASE_EXITED },
  { "stopped", PHASE_EXITED },    { "unknown", PHASE_NO_WORD },  { "offline", PHASE_NO_WORD },
  { "error", PHASE_BROKEN },
};

/* Lower case: Vast reference 8.4. */
static const char *const failure_texts[] = {
  "error response from daemon",
  "manifest unknown",
  "pull access denied",
  "unauthorized",
  "failed to pull image",
  "unable to find image",
  "could not resolve host",
  "unexpected eof",
  "no space left on device",
  "docker_build() error writing dockerfile",
  "oci runtime create failed",
  "nvidia-container-cli",
  "could not select device driver",
};

static Phase
phase_of (const char *actual)
{
  if (actual == NULL)
    return PHASE_COMING;
  for (gsize i = 0; i < G_N_ELEMENTS (phase_rows); i++)
    if (strcmp (actual, phase_rows[i].word) == 0)
      return phase_rows[i].phase;
  return PHASE_UNHEARD_OF;
}

/**
 * easel_vast_message_is_failure:
 * @message: (nullable): the host's words
 *
 * Returns: whether they mean that the container will not start on this machine
 */
gboolean
easel_vast_message_is_failure (const char *message)
{
  g_autofree char *lower = NULL;

  if (message == NULL)
    return FALSE;
  lower = g_utf8_strdown (message, -1);
  for (gsize i = 0; i < G_N_ELEMENTS (failure_texts); i++)
    if (strstr (lower, failure_texts[i]) != NULL)
      return TRUE;
  return strstr (lower, "manifest for") != NULL && strstr (lower, "not found") != NULL;
}

/**
 * easel_vast_state_is_down:
 * @status: what vast.ai says
 *
 * Returns: whether it should run, and the host says that it does not or says nothing
 */
gboolean
easel_vast_state_is_down (const EaselVastStatus *status)
{
  Phase phase;

  g_return_val_if_fail (status != NULL, FALSE);

  phase = phase_of (status->actual);
  return g_strcmp0 (status->intended, "stopped") != 0 &&
         (phase == PHASE_EXITED || phase == PHASE_NO_WORD);
}

/* It was asked to stop, by whomever, and does not run. */
static EaselPodState
map_stopped (const EaselVastStatus *status, Phase phase, const EaselVastHints *hints)
{
  if (!hints->stop_asked)
    {
      /* vast.ai gives up on a pull by itself, about seven minutes after it has failed. */
      if (hints->is_first_start || phase == PHASE_BROKEN ||
          (phase == PHASE_COMING && easel_vast_message_is_failure (status->message)))
        return EASEL_POD_ERROR;
    }
  if (phase == PHASE_COMING && g_strcmp0 (status->contract, "stopped") != 0)
    return EASEL_POD_STOPPING;
  return EASEL_POD_STOPPED;
}

/* It should run and does not. */
static EaselPodState
map_down (const EaselVastStatus *status, Phase phase, const EaselVastHints *hints)
{
  gboolean waits_for_gpu = phase == PHASE_EXITED && !hints->is_first_start &&
                           g_strcmp0 (status->contract, "stopped") == 0;

  if (hints->may_still_come || waits_for_gpu)
    return EASEL_POD_STARTING;
  if (phase == PHASE_EXITED || hints->is_first_start)
    return EASEL_POD_ERROR;
  /* The host may come back, with the files that are on it. */
  return EASEL_POD_OTHER;
}

/**
 * easel_vast_state_map:
 * @status: what vast.ai says
 * @hints: what this program knows
 *
 * A paused instance reads "exited" and not "stopped"; so does, for a while, one that was just
 * started again. A failed pull goes on reading "loading" with the reason in the message. An
 * instance whose restart waits for somebody else's GPU has a stopped contract.
 *
 * Returns: one state
 */
EaselPodState
easel_vast_state_map (const EaselVastStatus *status, const EaselVastHints *hints)
{
  Phase phase;

  g_return_val_if_fail (status != NULL && hints != NULL, EASEL_POD_OTHER);

  if (g_strcmp0 (status->contract, "unloaded") == 0)
    return EASEL_POD_GONE;
  phase = phase_of (status->actual);
  if (phase == PHASE_RUNNING)
    return g_strcmp0 (status->intended, "stopped") == 0 ? EASEL_POD_STOPPING : EASEL_POD_RUNNING;
  if (g_strcmp0 (status->intended, "stopped") == 0)
    return map_stopped (status, phase, hints);
  if (phase == PHASE_BROKEN || easel_vast_message_is_failure (status->message))
    return EASEL_POD_ERROR;
  switch (phase)
    {
    case PHASE_EXITED:
    case PHASE_NO_WORD:
      return map_down (status, phase, hints);
    case PHASE_UNHEARD_OF:
      return EASEL_POD_OTHER;
    case PHASE_COMING:
    case PHASE_RUNNING:
    case PHASE_BROKEN:
    default:
      return status->actual == NULL ? EASEL_POD_PROVISIONING : EASEL_POD_STARTING;
    }
}
