/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How sizes, times and durations are said everywhere: one unit each. All results are owned by the
 * caller and translated. */
char *easel_text_gigabytes (guint64 bytes);
char *easel_text_vram (guint vram_mib);
char *easel_text_speed (guint64 bytes_per_second);
char *easel_text_duration (gint64 milliseconds);
char *easel_text_duration_about (gint64 milliseconds);
char *easel_text_clock_time (gint64 unix_ms, gint64 now_unix_ms);
char *easel_text_day (gint64 unix_ms, gint64 now_unix_ms);

G_END_DECLS
