/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the person wants to paint. Bits, because kinds can be added up. */
typedef enum
{
  EASEL_WORKLOAD_SDXL = 1 << 0,
  EASEL_WORKLOAD_ILLUSTRIOUS = 1 << 1,
  EASEL_WORKLOAD_FLUX2 = 1 << 2,
  EASEL_WORKLOAD_ZIMAGE = 1 << 3,
  EASEL_WORKLOAD_FLUX = 1 << 4,
  EASEL_WORKLOAD_SD15 = 1 << 5
} EaselWorkloadSet;
#define EASEL_N_WORKLOADS 6
#define EASEL_WORKLOAD_DEFAULT EASEL_WORKLOAD_SDXL
#define EASEL_WORKLOAD_MASK ((1 << EASEL_N_WORKLOADS) - 1)

/**
 * EaselWorkload:
 *
 * One row of the table; title, subtitle, good_for and memory_note are untranslated msgids,
 * translate with gettext(). Memory in MiB, sizes in bytes.
 */
typedef struct
{
  EaselWorkloadSet kind;
  const char *id; /* "sdxl": stable, for settings and the journal */
  const char *title;
  const char *subtitle;
  const char *good_for;
  const char *memory_note;
  const char *style_hint; /* (nullable): which style to choose in Krita, as it is named there */
  guint vram_min_mib;
  guint vram_good_mib;
  guint ram_min_mib;
  guint64 download_bytes;
  guint n_files;
  gboolean under_more;
} EaselWorkload;

/**
 * EaselWorkloadNeeds:
 *
 * The sum of the chosen kinds.
 */
typedef struct
{
  guint vram_min_mib;
  guint vram_good_mib;
  guint ram_min_mib;
  guint64 download_bytes;
  guint n_files;
  guint workspace_gb; /* disk at /workspace */
} EaselWorkloadNeeds;

const EaselWorkload *easel_workload_table (void);
const EaselWorkload *easel_workload_lookup (EaselWorkloadSet kind);
EaselWorkloadSet easel_workload_set_from_string (const char *text);
char *easel_workload_set_to_string (EaselWorkloadSet set);
char *easel_workload_set_title (EaselWorkloadSet set);
const char *easel_workload_set_style (EaselWorkloadSet set, gboolean start_sooner);
void
easel_workload_needs (EaselWorkloadSet set, gboolean start_sooner, EaselWorkloadNeeds *ret_needs);
void easel_workload_needs_add_models (EaselWorkloadNeeds *needs, guint64 bytes);
char **easel_workload_start_arguments (EaselWorkloadSet set, gboolean start_sooner);

G_END_DECLS
