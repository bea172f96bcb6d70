/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the kinds of painting ask of a GPU, a disk and a start command. */

#include "config.h"

#include "easel-workload.h"

#include <string.h>

#define GB G_GUINT64_CONSTANT (1000000000)

static EaselWorkloadNeeds
needs_of (EaselWorkloadSet set, gboolean start_sooner)
{
  EaselWorkloadNeeds needs;

  easel_workload_needs (set, start_sooner, &needs);
  return needs;
}

static char *
command_of (EaselWorkloadSet set, gboolean start_sooner)
{
  g_auto (GStrv) arguments = easel_workload_start_arguments (set, start_sooner);

  return g_strjoinv (" ", arguments);
}

static void
test_table (void)
{
  const EaselWorkload *table = easel_workload_table ();
  EaselWorkloadSet all = 0;

  for (int i = 0; i < EASEL_N_WORKLOADS; i++)
    {
      const EaselWorkload *row = &table[i];

      g_assert_true (easel_workload_lookup (row->kind) == row);
      g_assert_cmpint (all & row->kind, ==, 0);
      all |= row->kind;
      g_assert_true (row->id != NULL && *row->id != '\0' && strchr (row->id, ',') == NULL);
      g_assert_true (row->title != NULL && *row->title != '\0');
      g_assert_true (row->subtitle != NULL && *row->subtitle != '\0');
      g_assert_true (row->good_for != NULL && *row->good_for != '\0');
      g_assert_true (row->memory_note != NULL && *row->memory_note != '\0');
      g_assert_cmpuint (row->vram_good_mib, >=, row->vram_min_mib);
      g_assert_cmpuint (row->vram_min_mib, >, 0);
      g_assert_cmpint (row->under_more, ==, row->kind == EASEL_WORKLOAD_SD15);
    }
  g_assert_cmpint (all, ==, EASEL_WORKLOAD_MASK);

  g_assert_true (table[0].kind == EASEL_WORKLOAD_DEFAULT);
  g_assert_null (easel_workload_lookup (0));
  g_assert_null (easel_workload_lookup (EASEL_WORKLOAD_SDXL | EASEL_WORKLOAD_FLUX));
  g_assert_null (easel_workload_lookup (1 << 20));
}

/* The row and the sum of its file groups say the same. */
static void
test_rows_meet_sums (void)
{
  for (int i = 0; i < EASEL_N_WORKLOADS; i++)
    {
      const EaselWorkload *row = &easel_workload_table ()[i];
      EaselWorkloadNeeds needs = needs_of (row->kind, FALSE);

      g_assert_cmpuint (needs.download_bytes, ==, row->download_bytes);
      g_assert_cmpuint (needs.n_files, ==, row->n_files);
      g_assert_cmpuint (needs.vram_min_mib, ==, row->vram_min_mib);
      g_assert_cmpuint (needs.vram_good_mib, ==, row->vram_good_mib);
      g_assert_cmpuint (needs.ram_min_mib, ==, row->ram_min_mib);
    }
}

static void
test_promised_figures (void)
{
  EaselWorkloadNeeds sdxl = needs_of (EASEL_WORKLOAD_SDXL, FALSE);
  EaselWorkloadNeeds sooner = needs_of (EASEL_WORKLOAD_SDXL, TRUE);
  EaselWorkloadNeeds flux = needs_of (EASEL_WORKLOAD_FLUX, FALSE);

  g_assert_cmpuint (sdxl.download_bytes, ==, 27 * GB);
  g_assert_cmpuint (sdxl.n_files, ==, 16);
  g_assert_cmpuint (sdxl.workspace_gb, ==, 40);
  g_assert_cmpuint (sdxl.vram_min_mib, ==, 8192);
  g_assert_cmpuint (sdxl.ram_min_mib, ==, 0);
  g_assert_cmpuint ((sooner.download_bytes + GB / 2) / GB, ==, 20);
  g_assert_cmpuint (flux.ram_min_mib, ==, 32768);
  g_assert_cmpuint (flux.download_bytes, >=, 19 * GB);
}

static void
test_disks (void)
{
  static const struct
  {
    EaselWorkloadSet set;
    gboolean start_sooner;
    guint workspace_gb;
  } rows[] = {
    { EASEL_WORKLOAD_SDXL, FALSE, 40 },        { EASEL_WORKLOAD_SDXL, TRUE, 30 },
    { EASEL_WORKLOAD_ILLUSTRIOUS, FALSE, 30 }, { EASEL_WORKLOAD_FLUX2, FALSE, 20 },
    { EASEL_WORKLOAD_ZIMAGE, FALSE, 25 },      { EASEL_WORKLOAD_FLUX, FALSE, 40 },
    { EASEL_WORKLOAD_SD15, FALSE, 20 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      EaselWorkloadNeeds needs = needs_of (rows[i].set, rows[i].start_sooner);

      g_assert_cmpuint (needs.workspace_gb, ==, rows[i].workspace_gb);
    }
}

/* Adding a kind never makes anything smaller, never costs more than both apart, and leaves room. */
static void
test_sums (void)
{
  for (int set = 1; set <= EASEL_WORKLOAD_MASK; set++)
    {
      for (int sooner = 0; sooner < 2; sooner++)
        {
          EaselWorkloadNeeds needs = needs_of (set, sooner);
          guint64 apart = 0;

          for (int kind = 1; kind <= EASEL_WORKLOAD_MASK; kind <<= 1)
            {
              EaselWorkloadNeeds part, less;

              if ((set & kind) == 0)
                continue;
              part = needs_of (kind, sooner);
              apart += part.download_bytes;
              g_assert_cmpuint (needs.vram_min_mib, >=, part.vram_min_mib);
              g_assert_cmpuint (needs.vram_good_mib, >=, part.vram_good_mib);
              g_assert_cmpuint (needs.ram_min_mib, >=, part.ram_min_mib);
              g_assert_cmpuint (needs.download_bytes, >=, part.download_bytes);
              if (set == kind)
                continue;
              less = needs_of (set & ~kind, sooner);
              g_assert_cmpuint (needs.download_bytes, >, less.download_bytes);
            }
          g_assert_cmpuint (needs.download_bytes, <=, apart);
          g_assert_cmpuint (needs.workspace_gb * GB, >=, needs.download_bytes + 10 * GB);
          g_assert_cmpuint (needs.workspace_gb % 5, ==, 0);
        }
    }
}

static void
test_shared_files_count_once (void)
{
  EaselWorkloadNeeds both = needs_of (EASEL_WORKLOAD_SDXL | EASEL_WORKLOAD_ILLUSTRIOUS, FALSE);
  EaselWorkloadNeeds text = needs_of (EASEL_WORKLOAD_FLUX2 | EASEL_WORKLOAD_ZIMAGE, FALSE);

  g_assert_cmpuint (both.download_bytes, ==, 27000000000 + 6900000000);
  g_assert_cmpuint (both.n_files, ==, 17);
  g_assert_cmpuint (text.download_bytes, <, 19 * GB);
}

static void
test_strings (void)
{
  static const struct
  {
    const char *text;
    EaselWorkloadSet set;
    const char *again;
  } rows[] = {
    { "sdxl", EASEL_WORKLOAD_SDXL, "sdxl" },
    { "flux2,sdxl", EASEL_WORKLOAD_SDXL | EASEL_WORKLOAD_FLUX2, "sdxl,flux2" },
    { " zimage , sd15 ", EASEL_WORKLOAD_ZIMAGE | EASEL_WORKLOAD_SD15, "zimage,sd15" },
    { "flux", EASEL_WORKLOAD_FLUX, "flux" },
    { "flux,flux,unknown", EASEL_WORKLOAD_FLUX, "flux" },
    { "SDXL", EASEL_WORKLOAD_DEFAULT, "sdxl" },
    { "unknown", EASEL_WORKLOAD_DEFAULT, "sdxl" },
    { ",,,", EASEL_WORKLOAD_DEFAULT, "sdxl" },
    { "", EASEL_WORKLOAD_DEFAULT, "sdxl" },
    { NULL, EASEL_WORKLOAD_DEFAULT, "sdxl" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      EaselWorkloadSet set = easel_workload_set_from_string (rows[i].text);
      g_autofree char *again = easel_workload_set_to_string (set);

      g_assert_cmpint (set, ==, rows[i].set);
      g_assert_cmpstr (again, ==, rows[i].again);
    }
  for (int set = 1; set <= EASEL_WORKLOAD_MASK; set++)
    {
      g_autofree char *text = easel_workload_set_to_string (set);

      g_assert_cmpint (easel_workload_set_from_string (text), ==, set);
    }
}

static void
test_own_models (void)
{
  EaselWorkloadNeeds before;
  EaselWorkloadNeeds needs;

  easel_workload_needs (EASEL_WORKLOAD_SDXL, FALSE, &before);
  needs = before;
  easel_workload_needs_add_models (&needs, 0);
  g_assert_cmpmem (&needs, sizeof needs, &before, sizeof before);

  easel_workload_needs_add_models (&needs, 6900000000);
  g_assert_cmpuint (needs.download_bytes, ==, before.download_bytes + 6900000000);
  g_assert_cmpuint (needs.workspace_gb, >=, before.workspace_gb + 5);
  g_assert_cmpuint (needs.workspace_gb, <=, before.workspace_gb + 10);
  g_assert_cmpuint (needs.workspace_gb % 5, ==, 0);
  g_assert_cmpuint (needs.vram_min_mib, ==, before.vram_min_mib);

  /* A shelf file that lies makes a disk that nobody has, not a small one. */
  needs = before;
  easel_workload_needs_add_models (&needs, G_MAXUINT64);
  g_assert_cmpuint (needs.workspace_gb, >=, 100000);
  g_assert_cmpuint (needs.workspace_gb, <, 110000);
}

static void
test_titles (void)
{
  g_autofree char *one = easel_workload_set_title (EASEL_WORKLOAD_SDXL);
  g_autofree char *two =
      easel_workload_set_title (EASEL_WORKLOAD_ILLUSTRIOUS | EASEL_WORKLOAD_SDXL);
  g_autofree char *none = easel_workload_set_title (0);

  g_assert_cmpstr (one, ==, "Illustration and photo");
  g_assert_cmpstr (two, ==, "Illustration and photo + Anime and comic");
  g_assert_cmpstr (none, ==, "Illustration and photo");
}

/* A style whose model is not downloaded would send the person into an error. */
static void
test_styles (void)
{
  g_assert_cmpstr (easel_workload_set_style (EASEL_WORKLOAD_SDXL, FALSE), ==, "Digital Artwork XL");
  g_assert_cmpstr (easel_workload_set_style (EASEL_WORKLOAD_SDXL, TRUE), ==, "Cinematic Photo XL");
  g_assert_cmpstr (easel_workload_set_style (EASEL_WORKLOAD_ILLUSTRIOUS, TRUE), ==,
                   "Anime (Illustrious)");
  g_assert_cmpstr (easel_workload_set_style (EASEL_WORKLOAD_FLUX | EASEL_WORKLOAD_FLUX2, FALSE), ==,
                   "Flux 2 Klein");
  g_assert_null (easel_workload_set_style (EASEL_WORKLOAD_FLUX, FALSE));
}

typedef struct
{
  EaselWorkloadSet set;
  gboolean start_sooner;
  const char *command;
} CommandRow;

static void
test_commands (void)
{
  static const CommandRow rows[] = {
    { EASEL_WORKLOAD_SDXL, FALSE, "/start.sh --recommended" },
    { EASEL_WORKLOAD_SDXL, TRUE, "/start.sh --sdxl --checkpoint realvis --controlnet" },
    { EASEL_WORKLOAD_ILLUSTRIOUS, FALSE, "/start.sh --sdxl --checkpoint nova --controlnet" },
    { EASEL_WORKLOAD_FLUX2, FALSE, "/start.sh --flux2 --checkpoints" },
    { EASEL_WORKLOAD_ZIMAGE, FALSE, "/start.sh --zimage --checkpoints --controlnet" },
    { EASEL_WORKLOAD_FLUX, FALSE,
      "/start.sh --flux --checkpoint flux_dev --controlnet --backend cpu" },
    { EASEL_WORKLOAD_SD15, FALSE, "/start.sh --sd15 --checkpoint dreamshaper --controlnet" },
    { EASEL_WORKLOAD_SDXL | EASEL_WORKLOAD_ILLUSTRIOUS, FALSE,
      "/start.sh --recommended --checkpoint nova" },
    { EASEL_WORKLOAD_SDXL | EASEL_WORKLOAD_FLUX2, FALSE,
      "/start.sh --recommended --flux2 --checkpoints" },
    { EASEL_WORKLOAD_SDXL | EASEL_WORKLOAD_FLUX2, TRUE,
      "/start.sh --sdxl --checkpoint realvis --flux2 --checkpoint fp8 --checkpoint q6_k "
      "--controlnet" },
    { EASEL_WORKLOAD_SDXL | EASEL_WORKLOAD_FLUX, FALSE,
      "/start.sh --recommended --flux --checkpoint flux_dev --backend cpu" },
    { EASEL_WORKLOAD_FLUX | EASEL_WORKLOAD_ZIMAGE, FALSE,
      "/start.sh --zimage --flux --checkpoint flux_dev --checkpoint turbo_fp8 --controlnet "
      "--backend cpu" },
    { 0, FALSE, "/start.sh --recommended" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *command = command_of (rows[i].set, rows[i].start_sooner);

      g_assert_cmpstr (command, ==, rows[i].command);
    }
}

/* Rules of the download script that every combination has to keep. */
static void
test_commands_keep_rules (void)
{
  static const char *const names[] = { "serenity", "dreamshaper", "realvis",   "zavychroma",
                                       "nova",     "noobai",      "flux_dev",  "flux_kontext",
                                       "q6_k",     "fp8",         "turbo_fp8", NULL };
  static const char *const plain[] = { "--recommended", "--sd15",       "--sdxl",
                                       "--flux",        "--flux2",      "--zimage",
                                       "--checkpoints", "--controlnet", NULL };

  for (int set = 0; set <= EASEL_WORKLOAD_MASK * 2; set++)
    {
      g_auto (GStrv) arguments = easel_workload_start_arguments (set / 2, set % 2);
      const char *const *words = (const char *const *) arguments;
      gboolean has_flux = (set / 2 & EASEL_WORKLOAD_FLUX) != 0;

      g_assert_cmpstr (words[0], ==, "/start.sh");
      g_assert_cmpint (g_strv_contains (words, "--backend"), ==, has_flux);
      /* It would take every checkpoint of these, 7 to 12 GB each. */
      if (g_strv_contains (words, "--checkpoints"))
        g_assert_false (g_strv_contains (words, "--sdxl") || g_strv_contains (words, "--flux") ||
                        g_strv_contains (words, "--sd15"));
      for (gsize i = 1; words[i] != NULL; i++)
        {
          if (g_str_equal (words[i], "--checkpoint"))
            g_assert_true (g_strv_contains (names, words[++i]));
          else if (g_str_equal (words[i], "--backend"))
            g_assert_cmpstr (words[++i], ==, "cpu");
          else
            g_assert_true (g_strv_contains (plain, words[i]));
        }
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/workload/table", test_table);
  g_test_add_func ("/workload/rows-meet-sums", test_rows_meet_sums);
  g_test_add_func ("/workload/promised-figures", test_promised_figures);
  g_test_add_func ("/workload/disks", test_disks);
  g_test_add_func ("/workload/sums", test_sums);
  g_test_add_func ("/workload/shared-files-count-once", test_shared_files_count_once);
  g_test_add_func ("/workload/strings", test_strings);
  g_test_add_func ("/workload/own-models", test_own_models);
  g_test_add_func ("/workload/titles", test_titles);
  g_test_add_func ("/workload/styles", test_styles);
  g_test_add_func ("/workload/commands", test_commands);
  g_test_add_func ("/workload/commands-keep-the-rules", test_commands_keep_rules);

  return g_test_run ();
}
