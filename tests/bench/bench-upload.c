/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Sends one file to an agent as the program does, and tells how long it took and in which pieces;
 * with "memory", how much private memory it needed beyond what the process had before, in place of
 * the time, which to look takes its part of.
 *
 *     bench-upload BASE ADMIN FILE NAME [memory]
 *
 * Prints "piece BYTES" for each, "seconds VALUE" or "growth-kib VALUE"; upload.py makes a table of
 * them.
 */

#include "config.h"

#include "easel-model-upload.h"

#include <string.h>

#define LOOK_MS 5

typedef struct
{
  GMainLoop *loop;
  guint64 have;
  gint64 most_kib;
  char *job; /* (nullable) */
  GError *error;
} Bench;

/* What no other process has a part in. */
static gint64
private_kib (void)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  gint64 sum = 0;

  if (!g_file_get_contents ("/proc/self/smaps_rollup", &text, NULL, NULL))
    g_error ("no /proc/self/smaps_rollup");
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], "Private_Clean:") ||
        g_str_has_prefix (lines[i], "Private_Dirty:"))
      sum += g_ascii_strtoll (strchr (lines[i], ':') + 1, NULL, 10);
  return sum;
}

static gboolean
on_look (gpointer user_data)
{
  Bench *self = user_data;

  self->most_kib = MAX (self->most_kib, private_kib ());
  return G_SOURCE_CONTINUE;
}

static void
on_progress (guint64 arrived, guint64 have, guint64 size, gpointer user_data)
{
  Bench *self = user_data;

  if (arrived > self->have)
    g_print ("piece %" G_GUINT64_FORMAT "\n", arrived - self->have);
  self->have = arrived;
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Bench *self = user_data;
  g_autofree char *sha256 = NULL;

  self->job = easel_model_upload_finish (result, &sha256, &self->error);
  g_main_loop_quit (self->loop);
}

int
main (int argc, char *argv[])
{
  g_autoptr (EaselClock) clock = easel_real_clock_new ();
  g_autoptr (EaselHttp) http = easel_http_new (clock, NULL);
  g_autoptr (EaselSecret) admin = NULL;
  g_autoptr (EaselAgentClient) client = NULL;
  g_autoptr (GFile) file = NULL;
  Bench bench = { 0 };
  EaselModelUpload upload = { .folder = "loras", .progress = on_progress };
  const gboolean looks = argc == 6 && g_str_equal (argv[5], "memory");
  gint64 before_kib;
  gint64 begin_us;

  if (argc != 5 && !looks)
    return 2;
  admin = easel_secret_new (argv[2]);
  client = easel_agent_client_new (http, clock, argv[1], admin);
  file = g_file_new_for_path (argv[3]);
  bench.loop = g_main_loop_new (NULL, FALSE);
  before_kib = private_kib ();
  if (looks)
    g_timeout_add (LOOK_MS, on_look, &bench);
  begin_us = g_get_monotonic_time ();
  upload.file = file;
  upload.name = argv[4];
  upload.progress_data = &bench;
  easel_model_upload_async (client, &upload, NULL, on_done, &bench);
  g_main_loop_run (bench.loop);
  if (looks)
    g_print ("growth-kib %" G_GINT64_FORMAT "\n", bench.most_kib - before_kib);
  else
    g_print ("seconds %.4f\n", (double) (g_get_monotonic_time () - begin_us) / G_USEC_PER_SEC);
  if (bench.job == NULL)
    g_printerr ("%s\n", bench.error->message);
  g_clear_error (&bench.error);
  g_main_loop_unref (bench.loop);
  return bench.job != NULL ? 0 : 1;
}
