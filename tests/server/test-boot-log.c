/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What is read out of a container's log.
 */

#include "config.h"

#include "easel-boot-log.h"

#include <string.h>

#define GIB(n) ((guint64) ((n) *1024.0 * 1024.0 * 1024.0))
#define MIB(n) ((guint64) ((n) *1024.0 * 1024.0))

static EaselDownload *
get_file (EaselBootLog *log, guint index)
{
  GPtrArray *files = easel_boot_log_get_files (log);

  g_assert_cmpuint (index, <, files->len);
  return g_ptr_array_index (files, index);
}

static void
say (EaselBootLog *log, const char *line)
{
  easel_boot_log_feed (log, FALSE, line);
}

static void
test_phases (void)
{
  static const struct
  {
    gboolean is_system;
    const char *line;
    EaselBootPhase phase;
  } lines[] = {
    { TRUE, "create container aclysia/sd-comfyui-krita:v1.52.0", EASEL_BOOT_PULLING },
    { TRUE, "v1.52.0 Pulling from aclysia/sd-comfyui-krita", EASEL_BOOT_PULLING },
    { TRUE, "start container for aclysia/sd-comfyui-krita:v1.52.0: begin", EASEL_BOOT_PULLING },
    { FALSE, "Starting Nginx service...", EASEL_BOOT_STARTED },
    { FALSE, " * Starting nginx nginx", EASEL_BOOT_STARTED },
    { FALSE, "Running pre-start script...", EASEL_BOOT_STARTED },
    { FALSE, "Generative AI for Krita - Model download - v1.52.0", EASEL_BOOT_DOWNLOADING },
    { FALSE, "MAT Inpaint: found - skipping", EASEL_BOOT_DOWNLOADING },
    { FALSE, "Pod Started", EASEL_BOOT_DOWNLOADED },
    { FALSE, "Exporting environment variables...", EASEL_BOOT_DOWNLOADED },
    { FALSE, "Container is READY!", EASEL_BOOT_LAUNCHED },
    { FALSE, "Total VRAM 24259 MB, total RAM 64000 MB", EASEL_BOOT_LAUNCHED },
    { TRUE, "pull something late", EASEL_BOOT_LAUNCHED },
    { FALSE, "To see the GUI go to: http://0.0.0.0:3000", EASEL_BOOT_LISTENING },
    { FALSE, "got prompt", EASEL_BOOT_LISTENING },
    /* The container was started once more. */
    { FALSE, "Starting Nginx service...", EASEL_BOOT_STARTED },
  };
  g_autoptr (EaselBootLog) log = easel_boot_log_new ();

  g_assert_cmpint (easel_boot_log_get_phase (log), ==, EASEL_BOOT_NOTHING);
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      easel_boot_log_feed (log, lines[i].is_system, lines[i].line);
      g_assert_cmpint (easel_boot_log_get_phase (log), ==, lines[i].phase);
    }
  g_assert_cmpuint (easel_boot_log_get_files (log)->len, ==, 0);
}

static void
test_bar (void)
{
  g_autoptr (EaselBootLog) log = easel_boot_log_new ();
  EaselDownload *file;

  say (log, "RealVis (SDXL - Photography):  37%|███▋      | 2.4G/6.46G [00:41<01:12, 58.3MB/s]");
  g_assert_cmpint (easel_boot_log_get_phase (log), ==, EASEL_BOOT_DOWNLOADING);
  file = get_file (log, 0);
  g_assert_cmpstr (file->name, ==, "RealVis (SDXL - Photography)");
  g_assert_cmpuint (file->bytes_done, ==, GIB (2.4));
  g_assert_cmpuint (file->bytes_total, ==, GIB (6.46));
  g_assert_cmpuint (file->bytes_per_second, ==, MIB (58.3));
  g_assert_false (file->done);
  say (log, "RealVis (SDXL - Photography): 100%|██████████| 6.46G/6.46G [01:53<00:00, 61MB/s]");
  g_assert_cmpuint (easel_boot_log_get_files (log)->len, ==, 1);
  g_assert_true (file->done);
  g_assert_cmpuint (easel_boot_log_get_bytes_done (log), ==, GIB (6.46));
}

static void
test_units (void)
{
  static const struct
  {
    const char *numbers;
    guint64 done;
    guint64 total;
  } cases[] = {
    { "0.00/6.5G [00:00<?, ?B/s]", 0, GIB (6.5) },
    { "512k/1.50M [00:00<00:00, 9.9MB/s]", 512 * 1024, MIB (1.5) },
    { "12.0/34.0 [00:00<00:00, 1B/s]", 12, 34 },
    { "1.00MB/2.00MB [00:00]", MIB (1), MIB (2) },
    { "1.00MiB/2.00GiB [00:00]", MIB (1), GIB (2) },
    /* More than there is cannot have arrived. */
    { "3G/2G [00:00]", GIB (2), GIB (2) },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (EaselBootLog) log = easel_boot_log_new ();
      g_autofree char *line = g_strdup_printf ("x:   1%%|          | %s", cases[i].numbers);

      say (log, line);
      g_assert_cmpuint (get_file (log, 0)->bytes_done, ==, cases[i].done);
      g_assert_cmpuint (get_file (log, 0)->bytes_total, ==, cases[i].total);
    }
}

/* Several bars share a line: carriage returns, cursor movements, colours. */
static void
test_fragments (void)
{
  g_autoptr (EaselBootLog) log = easel_boot_log_new ();

  say (log, "a:   0%|   | 0.00/1.00G [00:00<?, ?B/s]\ra:  10%|#  | 102M/1.00G [00:01<00:09, "
            "100MB/s]\r\033[A\033[A\nb:  50%|## | 1.0G/2.0G [00:01<00:01, 1.0GB/s]\033[B\r"
            "\033[31mc: found - skipping\033[0m");
  g_assert_cmpuint (easel_boot_log_get_files (log)->len, ==, 3);
  g_assert_cmpstr (get_file (log, 0)->name, ==, "a");
  g_assert_cmpuint (get_file (log, 0)->bytes_done, ==, MIB (102));
  g_assert_cmpuint (get_file (log, 1)->bytes_per_second, ==, GIB (1));
  g_assert_cmpstr (get_file (log, 2)->name, ==, "c");
  g_assert_true (get_file (log, 2)->found);
  g_assert_true (get_file (log, 2)->done);
}

/* One name, two files: the second begins again at nothing. */
static void
test_several_files_of_one_name (void)
{
  g_autoptr (EaselBootLog) log = easel_boot_log_new ();

  say (log, "Fooocus Inpaint: 100%|###| 1.00G/1.00G [00:10<00:00, 100MB/s]");
  g_assert_true (get_file (log, 0)->done);
  say (log, "Fooocus Inpaint:   0%|   | 0.00/50.0k [00:00<?, ?B/s]");
  g_assert_false (get_file (log, 0)->done);
  g_assert_cmpuint (easel_boot_log_get_bytes_done (log), ==, GIB (1));
  say (log, "Fooocus Inpaint: 100%|###| 50.0k/50.0k [00:00<00:00, 1MB/s]");
  g_assert_cmpuint (easel_boot_log_get_bytes_done (log), ==, GIB (1) + 50 * 1024);
  g_assert_cmpuint (easel_boot_log_get_files (log)->len, ==, 1);
}

/* They may also come at the same time, and then their bars take turns. */
static void
test_several_files_at_once (void)
{
  g_autoptr (EaselBootLog) log = easel_boot_log_new ();
  EaselDownload *file;
  guint64 before = 0;

  for (guint i = 1; i <= 8; i++)
    {
      g_autofree char *large =
          g_strdup_printf ("Flux 2:  1%%|   | %u.0G/8.0G [00:41<01:12, 50.0MB/s]", i);
      g_autofree char *small =
          g_strdup_printf ("Flux 2:  1%%|   | 0.%uG/0.8G [00:41<01:12, 30.0MB/s]", i);

      say (log, i % 2 == 0 ? large : small);
      g_assert_cmpuint (easel_boot_log_get_bytes_done (log), >, before);
      say (log, i % 2 == 0 ? small : large);
      g_assert_cmpuint (easel_boot_log_get_bytes_done (log), ==, GIB (i) + GIB (i / 10.0));
      before = easel_boot_log_get_bytes_done (log);
      file = get_file (log, 0);
      g_assert_cmpuint (file->bytes_done, ==, before);
      g_assert_cmpuint (file->bytes_total, ==, GIB (8) + GIB (0.8));
      g_assert_cmpuint (file->bytes_per_second, ==, i < 8 ? MIB (80) : 0);
      g_assert_cmpint (file->done, ==, i == 8);
    }
  g_assert_cmpuint (easel_boot_log_get_files (log)->len, ==, 1);
}

/* However many sizes a name is given, there is an end to them. */
static void
test_endless_files_of_one_name (void)
{
  g_autoptr (EaselBootLog) log = easel_boot_log_new ();

  for (guint i = 1; i < 1000; i++)
    {
      g_autofree char *line = g_strdup_printf ("a: 100%%|###| %u/%u [00:01<00:00, 1B/s]", i, i);

      say (log, line);
    }
  g_assert_cmpuint (easel_boot_log_get_bytes_done (log), <, 1000);
}

/* The log is opened anew and tells everything a second time. */
static void
test_repeated_lines_count_once (void)
{
  static const char *const lines[] = {
    "Starting Nginx service...",
    "Generative AI for Krita - Model download - v1.52.0",
    "a:  50%|##   | 0.50G/1.00G [00:10<00:10, 50MB/s]",
    "a: 100%|#####| 1.00G/1.00G [00:20<00:00, 50MB/s]",
    "b:  10%|#    | 0.10G/1.00G [00:02<00:18, 50MB/s]",
  };
  g_autoptr (EaselBootLog) log = easel_boot_log_new ();

  for (guint round = 0; round < 3; round++)
    for (gsize i = round == 2 ? 2 : 0; i < G_N_ELEMENTS (lines); i++)
      say (log, lines[i]);
  g_assert_cmpuint (easel_boot_log_get_files (log)->len, ==, 2);
  g_assert_cmpuint (easel_boot_log_get_bytes_done (log), ==, GIB (1) + GIB (0.1));
}

static void
test_errors (void)
{
  g_autoptr (EaselBootLog) log = easel_boot_log_new ();

  say (log, "IP-Adapter (SDXL):  10%|#   | 70M/700M [00:01<00:09, 70MB/s]");
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *line =
          g_strdup_printf ("Error downloading IP-Adapter (SDXL) (attempt %u): Connection reset", i);

      say (log, line);
    }
  say (log, "Error downloading never seen (attempt 4): 404");
  say (log, "Error downloading  (attempt");
  g_assert_cmpuint (easel_boot_log_get_files (log)->len, ==, 2);
  g_assert_cmpuint (get_file (log, 0)->n_errors, ==, 3);
  g_assert_cmpuint (get_file (log, 0)->bytes_per_second, ==, 0);
  g_assert_cmpuint (get_file (log, 1)->n_errors, ==, 1);
}

static void
test_machine_faults (void)
{
  static const char *const faults[] = {
    "error starting container: nvidia-container-cli: requirement error: unsatisfied condition: "
    "cuda>=13.0, please update your driver to a newer version",
    "Error response from daemon: failed to create task: OCI runtime create failed: runc",
    "write /var/lib/docker/tmp/GetImageBlob: no space left on device",
    "Error: manifest unknown",
    "failed to register layer: unexpected EOF",
    "could not select device driver \"nvidia\" with capabilities: [[gpu]]",
  };
  g_autoptr (EaselBootLog) log = easel_boot_log_new ();

  say (log, faults[0]);
  g_assert_null (easel_boot_log_get_machine_fault (log));
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *upper = g_ascii_strup (faults[i], -1);

      easel_boot_log_feed (log, TRUE, faults[i]);
      g_assert_cmpstr (easel_boot_log_get_machine_fault (log), ==, faults[i]);
      easel_boot_log_feed (log, TRUE, upper);
      g_assert_cmpstr (easel_boot_log_get_machine_fault (log), ==, upper);
    }
  easel_boot_log_feed (log, TRUE, "start container: begin");
  g_assert_nonnull (easel_boot_log_get_machine_fault (log));
  /* It worked after all. */
  say (log, "Starting Nginx service...");
  g_assert_null (easel_boot_log_get_machine_fault (log));
}

static void
test_everything_has_a_limit (void)
{
  g_autoptr (EaselBootLog) log = easel_boot_log_new ();
  g_autofree char *long_name = g_strnfill (300, 'n');
  g_autofree char *long_line = g_strconcat (long_name, ": found - skipping", NULL);
  g_autofree char *flood = g_strnfill (100000, 'x');
  g_autofree char *flood_end =
      g_strconcat (flood, "\rz:  50%|##  | 1.0G/2.0G [00:01<00:01, 1MB/s]", NULL);
  g_autofree char *flood_fault = g_strconcat ("OCI runtime create failed: ", flood, NULL);

  say (log, long_line);
  g_assert_cmpuint (strlen (get_file (log, 0)->name), ==, 120);
  say (log, flood_end);
  g_assert_cmpstr (get_file (log, 1)->name, ==, "z");
  for (guint i = 0; i < 500; i++)
    {
      g_autofree char *line = g_strdup_printf ("file %u: found - skipping", i);

      say (log, line);
    }
  g_assert_cmpuint (easel_boot_log_get_files (log)->len, ==, 200);
  easel_boot_log_feed (log, TRUE, flood_fault);
  g_assert_null (easel_boot_log_get_machine_fault (log));
}

/* Whatever a stranger's computer writes: nothing is believed that has not the right shape, and
 * nothing falls over. */
static void
test_nonsense (void)
{
  static const char *const lines[] = {
    "",
    "\r\r\n",
    "\033[",
    "\033",
    "\033[999999",
    ":",
    "%|",
    "100%|",
    ":%|",
    "a:%|",
    "a:5%|",
    "a:5%||",
    "a:5%|| /",
    "a:5%|| 1G/",
    "a:5%|| 1G",
    "a: 5%|x| -1G/2G",
    "a: 5%|x| 1e400/2G",
    "a: 5%|x| 1G/99999999999T",
    "a: 5%|x| inf/nan",
    ": found - skipping",
    "Error downloading",
    "Error downloading (attempt 0)",
    "\xff\xfe:  5%|\xff| 1G/2G",
    "[12%|x] 3/4",
  };
  g_autoptr (EaselBootLog) log = easel_boot_log_new ();
  g_autoptr (GRand) random = g_rand_new_with_seed (20261123);

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      say (log, lines[i]);
      easel_boot_log_feed (log, TRUE, lines[i]);
    }
  for (guint i = 0; i < 20000; i++)
    {
      static const char pieces[] = "a: %|/1G5k.\r\n\033[Am]<,?B/s(attempt 0): found - skipping█";
      char line[64];
      guint length = (guint) g_rand_int_range (random, 0, (gint32) sizeof line);

      for (guint j = 0; j < length; j++)
        line[j] = pieces[g_rand_int_range (random, 0, (gint32) sizeof pieces - 1)];
      line[length == sizeof line ? length - 1 : length] = '\0';
      easel_boot_log_feed (log, i % 2 == 0, line);
    }
  for (guint i = 0; i < easel_boot_log_get_files (log)->len; i++)
    {
      const EaselDownload *file = get_file (log, i);

      g_assert_true (g_utf8_validate (file->name, -1, NULL));
      g_assert_cmpuint (file->bytes_done, <=, G_GUINT64_CONSTANT (1) << 50);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/boot-log/phases", test_phases);
  g_test_add_func ("/boot-log/bar", test_bar);
  g_test_add_func ("/boot-log/units", test_units);
  g_test_add_func ("/boot-log/fragments", test_fragments);
  g_test_add_func ("/boot-log/several-files-of-one-name", test_several_files_of_one_name);
  g_test_add_func ("/boot-log/several-files-at-once", test_several_files_at_once);
  g_test_add_func ("/boot-log/endless-files-of-one-name", test_endless_files_of_one_name);
  g_test_add_func ("/boot-log/repeated-lines-count-once", test_repeated_lines_count_once);
  g_test_add_func ("/boot-log/errors", test_errors);
  g_test_add_func ("/boot-log/machine-faults", test_machine_faults);
  g_test_add_func ("/boot-log/everything-has-a-limit", test_everything_has_a_limit);
  g_test_add_func ("/boot-log/nonsense", test_nonsense);

  return g_test_run ();
}
