/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-agent-watch.h"
#include "easel-account-private.h"
#include "easel-boot-log.h"
#include "easel-clock.h"
#include "easel-deployment.h"
#include "easel-http.h"
#include "easel-readiness.h"

G_BEGIN_DECLS

/* Watches one pod from its creation until the server in it is ready. Signals: "changed"; "pod"
 * (EaselPod, a newer answer); "log" (const char *line); "ready"; "fault" (GError *, sentence): it
 * will not get better by waiting; "machine-fault" (const char *details): the machine cannot run the
 * image; "vanished". */
#define EASEL_TYPE_BOOT_WATCH (easel_boot_watch_get_type ())
G_DECLARE_FINAL_TYPE (EaselBootWatch, easel_boot_watch, EASEL, BOOT_WATCH, GObject)

EaselBootWatch *easel_boot_watch_new (EaselHttp *http,
                                      EaselClock *clock,
                                      EaselAccount *account,
                                      EaselPod *pod,
                                      EaselWorkloadSet workload,
                                      guint64 download_bytes);
void easel_boot_watch_set_agent (EaselBootWatch *self, EaselAgentWatch *agent);
void easel_boot_watch_note_listed (EaselBootWatch *self, EaselPod *pod);
void easel_boot_watch_start (EaselBootWatch *self);
void easel_boot_watch_stop (EaselBootWatch *self);

EaselStage easel_boot_watch_get_stage (EaselBootWatch *self);
char *easel_boot_watch_dup_stage_note (EaselBootWatch *self, EaselStage stage);
GPtrArray *easel_boot_watch_get_files (EaselBootWatch *self);
const char *easel_boot_watch_get_log (EaselBootWatch *self);
const char *easel_boot_watch_get_notice (EaselBootWatch *self);
const char *easel_boot_watch_get_address (EaselBootWatch *self);
guint64 easel_boot_watch_get_bytes_done (EaselBootWatch *self);
gint64 easel_boot_watch_get_download_left_ms (EaselBootWatch *self);
gint64 easel_boot_watch_get_started_ms (EaselBootWatch *self);
gint64 easel_boot_watch_get_stage_ms (EaselBootWatch *self, EaselStage stage);

G_END_DECLS
