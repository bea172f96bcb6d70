/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the person wants to paint, and what that asks of a GPU, a disk, a line and a start command.
 *
 * Figures and arguments are those of the plugin author's image, version 1.53.0, as read in his
 * public sources in August 2026: presets/models.json and scripts/download_models.py for the files,
 * ui/server.py for memory. This table is the only place that has them. */

#include "config.h"

#include "easel-workload.h"

#include <glib/gi18n-lib.h>

#define BYTES_PER_MB G_GUINT64_CONSTANT (1000000)
#define BYTES_PER_GB G_GUINT64_CONSTANT (1000000000)
#define GIB_IN_MIB 1024

/* Disk beyond the downloads: ComfyUI itself moves there, and some LoRAs of one's own. */
#define HEAD_ROOM_GB 10
#define DISK_STEP_GB 5
#define MAX_MODEL_BYTES (100 * 1000 * BYTES_PER_GB)

/* What kinds download in common is counted once, so the files are known by groups. */
typedef enum
{
  FILES_COMMON = 1 << 0,
  FILES_CLIP_VISION = 1 << 1,
  FILES_SDXL_BASE = 1 << 2,
  FILES_SDXL_CONTROL = 1 << 3,
  FILES_SDXL_UPSCALERS = 1 << 4,
  FILES_REALVIS = 1 << 5,
  FILES_ZAVYCHROMA = 1 << 6,
  FILES_NOVA = 1 << 7,
  FILES_QWEN_ENCODER = 1 << 8,
  FILES_FLUX2 = 1 << 9,
  FILES_ZIMAGE = 1 << 10,
  FILES_FLUX = 1 << 11,
  FILES_FLUX_CONTROL = 1 << 12,
  FILES_SD15 = 1 << 13
} FileGroups;

typedef struct
{
  FileGroups group;
  guint megabytes;
  guint n_files;
} FileGroupSize;

/* Sizes marked "list" are in the public model list of ComfyUI-Manager; the others are estimates,
 * chosen so that the sums meet what the plugin's own installer states per kind (ui/server.py, less
 * the 7 GB of software that it includes). */
static const FileGroupSize group_sizes[] = {
  { FILES_COMMON, 200, 5 },         /* MAT, NMKD, three OmniSR: estimate */
  { FILES_CLIP_VISION, 2500, 1 },   /* list */
  { FILES_SDXL_BASE, 2800, 4 },     /* IP-Adapter 0.70, Hyper 0.79: list; Fooocus 1.3: estimate */
  { FILES_SDXL_CONTROL, 7500, 2 },  /* Universal 2.5, Stencil 5.0: list */
  { FILES_SDXL_UPSCALERS, 200, 2 }, /* two HAT: estimate */
  { FILES_REALVIS, 6900, 1 },       /* estimate, as every half-precision SDXL checkpoint */
  { FILES_ZAVYCHROMA, 6900, 1 },    /* estimate, the same */
  { FILES_NOVA, 6900, 1 },          /* estimate, the same */
  { FILES_QWEN_ENCODER, 2500, 1 },  /* estimate: what Flux 2 and Z-Image have in common */
  { FILES_FLUX2, 4300, 2 },         /* estimate: installer states 7 GB in all */
  { FILES_ZIMAGE, 9300, 3 },        /* estimate: installer states 12 GB in all */
  { FILES_FLUX, 18800, 5 },         /* estimate: installer states 19 GB in all */
  { FILES_FLUX_CONTROL, 7000, 5 },  /* estimate: the installer's figure is without them */
  { FILES_SD15, 6300, 12 },         /* estimate: installer states 9 GB in all */
};

#define FILES_SDXL_SHARED (FILES_COMMON | FILES_CLIP_VISION | FILES_SDXL_BASE | FILES_SDXL_CONTROL)

/* Memory: "min" is the installer's recommended minimum or, where users report trouble with that,
 * the next size that is rented out; "good" is an estimate from the same reports. System memory: the
 * crashes with Flux were mostly for want of it (issue 1731 of the plugin). */
static const EaselWorkload table[EASEL_N_WORKLOADS] = {
  {
      .kind = EASEL_WORKLOAD_SDXL,
      .id = "sdxl",
      .title = N_ ("Illustration and photo"),
      .subtitle = N_ ("SDXL"),
      .good_for = N_ ("Sketch to picture, line and pose control, fill and remove, most LoRAs"),
      .memory_note = N_ ("8 GB is enough, 12 GB is good"),
      .style_hint = "Digital Artwork XL",
      .vram_min_mib = 8 * GIB_IN_MIB,
      .vram_good_mib = 12 * GIB_IN_MIB,
      .download_bytes = 27000 * BYTES_PER_MB,
      .n_files = 16,
  },
  {
      .kind = EASEL_WORKLOAD_ILLUSTRIOUS,
      .id = "illustrious",
      .title = N_ ("Anime and comic"),
      .subtitle = N_ ("Illustrious"),
      .good_for = N_ ("Clean lines, characters"),
      .memory_note = N_ ("8 GB is enough, 12 GB is good"),
      .style_hint = "Anime (Illustrious)",
      .vram_min_mib = 8 * GIB_IN_MIB,
      .vram_good_mib = 12 * GIB_IN_MIB,
      .download_bytes = 19900 * BYTES_PER_MB,
      .n_files = 13,
  },
  {
      .kind = EASEL_WORKLOAD_FLUX2,
      .id = "flux2",
      .title = N_ ("Quick start, follows long descriptions"),
      .subtitle = N_ ("Flux 2 Klein"),
      .good_for = N_ ("Fewest gigabytes, fast"),
      .memory_note = N_ ("8 GB is enough, 12 GB is better"),
      .style_hint = "Flux 2 Klein",
      .vram_min_mib = 8 * GIB_IN_MIB,
      .vram_good_mib = 12 * GIB_IN_MIB,
      .download_bytes = 7000 * BYTES_PER_MB,
      .n_files = 8,
  },
  {
      .kind = EASEL_WORKLOAD_ZIMAGE,
      .id = "zimage",
      .title = N_ ("Realistic from long descriptions"),
      .subtitle = N_ ("Z-Image"),
      .good_for = N_ ("Photo look"),
      .memory_note = N_ ("12 GB is enough, 16 GB is better"),
      .style_hint = "Z-Image Turbo",
      .vram_min_mib = 12 * GIB_IN_MIB,
      .vram_good_mib = 16 * GIB_IN_MIB,
      .download_bytes = 12000 * BYTES_PER_MB,
      .n_files = 9,
  },
  {
      .kind = EASEL_WORKLOAD_FLUX,
      .id = "flux",
      .title = N_ ("Finest, slow and costly"),
      .subtitle = N_ ("Flux 1"),
      .good_for = N_ ("Detail"),
      .memory_note = N_ ("10 GB is the least, 16 to 24 GB is good; 32 GB of system memory"),
      /* Which built-in style fits the author's present Flux 1 checkpoint is not known. */
      .style_hint = NULL,
      .vram_min_mib = 10 * GIB_IN_MIB,
      .vram_good_mib = 16 * GIB_IN_MIB,
      .ram_min_mib = 32 * GIB_IN_MIB,
      .download_bytes = 26000 * BYTES_PER_MB,
      .n_files = 15,
  },
  {
      .kind = EASEL_WORKLOAD_SD15,
      .id = "sd15",
      .title = N_ ("Old LoRAs"),
      .subtitle = N_ ("SD 1.5"),
      .good_for = N_ ("Very fast, dated"),
      .memory_note = N_ ("4 GB is enough"),
      .style_hint = "Digital Artwork",
      .vram_min_mib = 4 * GIB_IN_MIB,
      .vram_good_mib = 8 * GIB_IN_MIB,
      .download_bytes = 9000 * BYTES_PER_MB,
      .n_files = 18,
      .under_more = TRUE,
  },
};

/* A choice from a file or an older version may hold nothing that is known. */
static EaselWorkloadSet
sanitize (EaselWorkloadSet set)
{
  EaselWorkloadSet known = set & EASEL_WORKLOAD_MASK;

  return known != 0 ? known : EASEL_WORKLOAD_DEFAULT;
}

/**
 * easel_workload_table:
 *
 * Returns: (transfer none) (array fixed-size=6): all kinds, in the order in which they are shown
 */
const EaselWorkload *
easel_workload_table (void)
{
  return table;
}

/**
 * easel_workload_lookup:
 * @kind: one kind
 *
 * Returns: (transfer none) (nullable): its row, %NULL if @kind is not exactly one kind
 */
const EaselWorkload *
easel_workload_lookup (EaselWorkloadSet kind)
{
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      if (table[i].kind == kind)
        return &table[i];
    }
  return NULL;
}

/**
 * easel_workload_set_from_string:
 * @text: (nullable): ids joined by commas, as in the settings
 *
 * Returns: the kinds among them that are known, the default kind if there are none
 */
EaselWorkloadSet
easel_workload_set_from_string (const char *text)
{
  g_auto (GStrv) ids = g_strsplit (text != NULL ? text : "", ",", -1);
  EaselWorkloadSet set = 0;

  for (gsize i = 0; ids[i] != NULL; i++)
    {
      const char *id = g_strstrip (ids[i]);

      for (gsize j = 0; j < G_N_ELEMENTS (table); j++)
        {
          if (g_str_equal (table[j].id, id))
            set |= table[j].kind;
        }
    }
  return sanitize (set);
}

static char *
join_rows (EaselWorkloadSet set, const char *separator, gboolean with_titles)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      if ((set & table[i].kind) == 0)
        continue;
      if (text->len > 0)
        g_string_append (text, separator);
      g_string_append (text,
                       with_titles ? g_dgettext (GETTEXT_PACKAGE, table[i].title) : table[i].id);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * easel_workload_set_to_string:
 * @set: kinds
 *
 * Returns: (transfer full): their ids joined by commas, for settings and the journal
 */
char *
easel_workload_set_to_string (EaselWorkloadSet set)
{
  return join_rows (sanitize (set), ",", FALSE);
}

/**
 * easel_workload_set_title:
 * @set: kinds
 *
 * Returns: (transfer full): their titles, translated
 */
char *
easel_workload_set_title (EaselWorkloadSet set)
{
  return join_rows (sanitize (set), " + ", TRUE);
}

/**
 * easel_workload_set_style:
 * @set: kinds
 * @start_sooner: one model only
 *
 * Returns: (transfer none) (nullable): which of the plugin’s styles to choose first, as the plugin
 *   writes it; %NULL if none is known to fit
 */
const char *
easel_workload_set_style (EaselWorkloadSet set, gboolean start_sooner)
{
  EaselWorkloadSet known = sanitize (set);

  /* The one model of the short start is the photographer's. */
  if (start_sooner && (known & EASEL_WORKLOAD_SDXL) != 0)
    return "Cinematic Photo XL";

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      if ((known & table[i].kind) != 0 && table[i].style_hint != NULL)
        return table[i].style_hint;
    }
  return NULL;
}

static FileGroups
files_of (EaselWorkloadSet set, gboolean start_sooner)
{
  FileGroups files = FILES_COMMON;

  if ((set & EASEL_WORKLOAD_SDXL) != 0)
    {
      files |= FILES_SDXL_SHARED | FILES_REALVIS;
      if (!start_sooner)
        files |= FILES_ZAVYCHROMA | FILES_SDXL_UPSCALERS;
    }
  if ((set & EASEL_WORKLOAD_ILLUSTRIOUS) != 0)
    files |= FILES_SDXL_SHARED | FILES_NOVA;
  if ((set & EASEL_WORKLOAD_FLUX2) != 0)
    files |= FILES_QWEN_ENCODER | FILES_FLUX2;
  if ((set & EASEL_WORKLOAD_ZIMAGE) != 0)
    files |= FILES_QWEN_ENCODER | FILES_ZIMAGE;
  if ((set & EASEL_WORKLOAD_FLUX) != 0)
    files |= FILES_FLUX | FILES_FLUX_CONTROL;
  if ((set & EASEL_WORKLOAD_SD15) != 0)
    files |= FILES_CLIP_VISION | FILES_SD15;
  return files;
}

static guint
disk_for (guint64 download_bytes)
{
  guint gigabytes = (guint) ((download_bytes + BYTES_PER_GB - 1) / BYTES_PER_GB) + HEAD_ROOM_GB;

  return (gigabytes + DISK_STEP_GB - 1) / DISK_STEP_GB * DISK_STEP_GB;
}

/**
 * easel_workload_needs:
 * @set: kinds
 * @start_sooner: one model only; changes the SDXL kind, the others have one model anyway
 * @ret_needs: (out caller-allocates): the most of each kind’s memory, and the sum of what they
 *   download, with what they have in common counted once
 */
void
easel_workload_needs (EaselWorkloadSet set, gboolean start_sooner, EaselWorkloadNeeds *ret_needs)
{
  EaselWorkloadNeeds needs = { 0 };
  EaselWorkloadSet known = sanitize (set);
  FileGroups files = files_of (known, start_sooner);

  g_return_if_fail (ret_needs != NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      if ((known & table[i].kind) == 0)
        continue;
      needs.vram_min_mib = MAX (needs.vram_min_mib, table[i].vram_min_mib);
      needs.vram_good_mib = MAX (needs.vram_good_mib, table[i].vram_good_mib);
      needs.ram_min_mib = MAX (needs.ram_min_mib, table[i].ram_min_mib);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (group_sizes); i++)
    {
      if ((files & group_sizes[i].group) == 0)
        continue;
      needs.download_bytes += group_sizes[i].megabytes * BYTES_PER_MB;
      needs.n_files += group_sizes[i].n_files;
    }
  needs.workspace_gb = disk_for (needs.download_bytes);

  *ret_needs = needs;
}

/**
 * easel_workload_needs_add_models:
 * @needs: what the chosen kinds need
 * @bytes: size of the person's own models, which come on top
 */
void
easel_workload_needs_add_models (EaselWorkloadNeeds *needs, guint64 bytes)
{
  g_return_if_fail (needs != NULL);

  if (bytes == 0)
    return;
  /* Nothing that anybody could rent has more disk. */
  needs->download_bytes += MIN (bytes, MAX_MODEL_BYTES);
  needs->workspace_gb = disk_for (needs->download_bytes);
}

static void
add_checkpoint (GStrvBuilder *arguments, const char *name)
{
  g_strv_builder_add_many (arguments, "--checkpoint", name, NULL);
}

/* The switches for the kinds besides SDXL, without their checkpoints. */
static void
add_switches (GStrvBuilder *arguments, EaselWorkloadSet set)
{
  static const struct
  {
    EaselWorkloadSet kind;
    const char *name;
  } switches[] = {
    { EASEL_WORKLOAD_FLUX2, "--flux2" },
    { EASEL_WORKLOAD_ZIMAGE, "--zimage" },
    { EASEL_WORKLOAD_FLUX, "--flux" },
    { EASEL_WORKLOAD_SD15, "--sd15" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (switches); i++)
    {
      if ((set & switches[i].kind) != 0)
        g_strv_builder_add (arguments, switches[i].name);
    }
}

/* "--checkpoints" takes every checkpoint of every switched kind. That is right for Flux 2 and
 * Z-Image, which have one each, and documented for them. Next to another switch it would add
 * models that nobody chose, at 7 to 12 GB each, so they are named then. */
static void
add_checkpoints (GStrvBuilder *arguments, EaselWorkloadSet set, gboolean has_sdxl_switch)
{
  const EaselWorkloadSet single = EASEL_WORKLOAD_FLUX2 | EASEL_WORKLOAD_ZIMAGE;

  if ((set & EASEL_WORKLOAD_FLUX) != 0)
    add_checkpoint (arguments, "flux_dev");
  if ((set & EASEL_WORKLOAD_SD15) != 0)
    add_checkpoint (arguments, "dreamshaper");

  if ((set & single) == 0)
    return;
  if (!has_sdxl_switch && (set & (EASEL_WORKLOAD_FLUX | EASEL_WORKLOAD_SD15)) == 0)
    {
      g_strv_builder_add (arguments, "--checkpoints");
      return;
    }
  if ((set & EASEL_WORKLOAD_FLUX2) != 0)
    {
      /* One for CUDA, one without: the script leaves out the one that its backend cannot use. */
      add_checkpoint (arguments, "fp8");
      add_checkpoint (arguments, "q6_k");
    }
  if ((set & EASEL_WORKLOAD_ZIMAGE) != 0)
    add_checkpoint (arguments, "turbo_fp8");
}

/**
 * easel_workload_start_arguments:
 * @set: kinds
 * @start_sooner: one model only
 *
 * What the container runs, beginning with its start script. The script hands the rest to its
 * download script (source: start.sh and download_models.py of the image, 1.53.0).
 *
 * Returns: (transfer full): arguments
 */
char **
easel_workload_start_arguments (EaselWorkloadSet set, gboolean start_sooner)
{
  g_autoptr (GStrvBuilder) arguments = g_strv_builder_new ();
  EaselWorkloadSet known = sanitize (set);
  gboolean is_recommended = (known & EASEL_WORKLOAD_SDXL) != 0 && !start_sooner;
  gboolean has_sdxl_switch =
      !is_recommended && (known & (EASEL_WORKLOAD_SDXL | EASEL_WORKLOAD_ILLUSTRIOUS)) != 0;

  g_strv_builder_add (arguments, "/start.sh");

  /* Illustrious runs on the files of SDXL, ControlNet included, and needs a checkpoint besides.
   * "--illu --controlnet" would add eight ControlNets of its own, 20 GB that a first try does not
   * need. */
  if (is_recommended)
    g_strv_builder_add (arguments, "--recommended");
  else if (has_sdxl_switch)
    g_strv_builder_add (arguments, "--sdxl");
  if ((known & EASEL_WORKLOAD_SDXL) != 0 && !is_recommended)
    add_checkpoint (arguments, "realvis");
  if ((known & EASEL_WORKLOAD_ILLUSTRIOUS) != 0)
    add_checkpoint (arguments, "nova");

  add_switches (arguments, known);
  add_checkpoints (arguments, known, has_sdxl_switch);

  /* "--recommended" has it built in, for every switched kind; Flux 2 has no ControlNet. */
  if (!is_recommended && known != EASEL_WORKLOAD_FLUX2)
    g_strv_builder_add (arguments, "--controlnet");

  /* On a computer with a GPU the script leaves out both Flux 1 checkpoints, which are marked as
   * "not for CUDA" by mistake; the plugin then finds Flux incomplete. As "cpu" it takes them. This
   * holds for all kinds of one start: SDXL, Illustrious, Z-Image and SD 1.5 have no files that
   * depend on it, Flux 2 comes in its form for all backends, which works on CUDA as well. */
  if ((known & EASEL_WORKLOAD_FLUX) != 0)
    g_strv_builder_add_many (arguments, "--backend", "cpu", NULL);

  return g_strv_builder_end (arguments);
}
