/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-download.h"

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum
{
  EASEL_BOOT_NOTHING,     /* no line yet */
  EASEL_BOOT_PULLING,     /* the provider's system log speaks of the image */
  EASEL_BOOT_STARTED,     /* nginx line seen */
  EASEL_BOOT_DOWNLOADING, /* model download began */
  EASEL_BOOT_DOWNLOADED,  /* "Pod Started" */
  EASEL_BOOT_LAUNCHED,    /* "Container is READY!": ComfyUI launched, not listening */
  EASEL_BOOT_LISTENING    /* ComfyUI listens */
} EaselBootPhase;

/**
 * EaselBootLog:
 *
 * Reads the container's log, line by line, and remembers what it says about the start. Lines
 * come from a stranger's computer: anything that does not fit is passed over.
 */
#define EASEL_TYPE_BOOT_LOG (easel_boot_log_get_type ())
G_DECLARE_FINAL_TYPE (EaselBootLog, easel_boot_log, EASEL, BOOT_LOG, GObject)

EaselBootLog *easel_boot_log_new (void);
void easel_boot_log_feed (EaselBootLog *self, gboolean is_system, const char *line);
EaselBootPhase easel_boot_log_get_phase (EaselBootLog *self);
GPtrArray *easel_boot_log_get_files (EaselBootLog *self); /* (transfer none) EaselDownload */
const char *easel_boot_log_get_machine_fault (EaselBootLog *self);
guint64 easel_boot_log_get_bytes_done (EaselBootLog *self);

G_END_DECLS
