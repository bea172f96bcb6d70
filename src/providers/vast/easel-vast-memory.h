/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-clock.h"
#include "easel-vast-state.h"

G_BEGIN_DECLS

/* A new instance may be unreadable for so long: Vast reference 6.3. */
#define EASEL_VAST_NOT_YET_MS (30 * 1000)
/* After a start the old report may stand for so long: Vast reference 8.2. */
#define EASEL_VAST_START_PATIENCE_MS (10 * 60 * 1000)
/* A container that went down may be started again by its host. */
#define EASEL_VAST_DOWN_PATIENCE_MS (60 * 1000)

#define EASEL_TYPE_VAST_MEMORY (easel_vast_memory_get_type ())
G_DECLARE_FINAL_TYPE (EaselVastMemory, easel_vast_memory, EASEL, VAST_MEMORY, GObject)

EaselVastMemory *easel_vast_memory_new (EaselClock *clock);
void easel_vast_memory_note_created (EaselVastMemory *self, EaselPod *pod);
void easel_vast_memory_note_start (EaselVastMemory *self, const char *pod_id);
void easel_vast_memory_note_stop (EaselVastMemory *self, const char *pod_id);
void easel_vast_memory_note_gone (EaselVastMemory *self, const char *pod_id);
EaselVastHints easel_vast_memory_note_status (EaselVastMemory *self,
                                              const char *pod_id,
                                              const EaselVastStatus *status);
EaselPod *easel_vast_memory_find_new (EaselVastMemory *self, const char *pod_id);
const char *easel_vast_memory_get_message (EaselVastMemory *self, const char *pod_id);

G_END_DECLS
