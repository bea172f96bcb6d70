/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What witnesses of a start prove, without a start: the stage, when a fault is believed, and the
 * line about the models. */

#include "config.h"
#include "easel-boot-judge.h"
#include "easel-boot-models.h"
#include "easel-error.h"

static void
test_stage (void)
{
  static const struct
  {
    EaselReadinessStep step;
    EaselBootPhase phase;
    gboolean container_up;
    EaselStage stage;
  } cases[] = {
    { EASEL_READINESS_UNREACHABLE, EASEL_BOOT_NOTHING, FALSE, EASEL_STAGE_MACHINE },
    { EASEL_READINESS_UNREACHABLE, EASEL_BOOT_PULLING, FALSE, EASEL_STAGE_SOFTWARE },
    /* Each witness alone, while the others know nothing. */
    { EASEL_READINESS_UNREACHABLE, EASEL_BOOT_NOTHING, TRUE, EASEL_STAGE_MODELS },
    { EASEL_READINESS_UNREACHABLE, EASEL_BOOT_STARTED, FALSE, EASEL_STAGE_MODELS },
    { EASEL_READINESS_CONTAINER_UP, EASEL_BOOT_NOTHING, FALSE, EASEL_STAGE_MODELS },
    { EASEL_READINESS_UNREACHABLE, EASEL_BOOT_DOWNLOADING, TRUE, EASEL_STAGE_MODELS },
    { EASEL_READINESS_UNREACHABLE, EASEL_BOOT_DOWNLOADED, FALSE, EASEL_STAGE_CHECK },
    { EASEL_READINESS_COMFY_UP, EASEL_BOOT_NOTHING, FALSE, EASEL_STAGE_CHECK },
    /* The furthest counts. */
    { EASEL_READINESS_COMFY_UP, EASEL_BOOT_PULLING, TRUE, EASEL_STAGE_CHECK },
    { EASEL_READINESS_CONTAINER_UP, EASEL_BOOT_PULLING, FALSE, EASEL_STAGE_MODELS },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (easel_boot_judge_stage (cases[i].step, cases[i].phase, cases[i].container_up),
                     ==, cases[i].stage);
}

/* How many looks with a tick between them it takes until @fault is believed, and that once. */
static guint
count_looks (EaselReadinessFault fault)
{
  EaselBootFault seen = { .fault = EASEL_FAULT_NONE };
  guint n_looks = 0;

  for (guint i = 1; i <= 100; i++)
    {
      g_assert_true (easel_boot_fault_count (&seen, fault, i * EASEL_BOOT_TICK_MS));
      if (!easel_boot_fault_is_believed (&seen))
        continue;
      g_assert_cmpuint (n_looks, ==, 0);
      n_looks = i;
    }
  return n_looks;
}

static void
test_fault_patience (void)
{
  g_assert_cmpuint (count_looks (EASEL_FAULT_NO_GPU), ==, 2);
  g_assert_cmpuint (count_looks (EASEL_FAULT_MISSING_NODES), ==, 2);
  g_assert_cmpuint (count_looks (EASEL_FAULT_MISSING_MODELS), ==, 3);
  g_assert_cmpuint (count_looks (EASEL_FAULT_NO_WEBSOCKET), ==, 8);
  g_assert_cmpuint (count_looks (EASEL_FAULT_FOREIGN_SERVER), ==, 24);
  g_assert_cmpuint (count_looks (EASEL_FAULT_NONE), ==, 0);
}

static void
test_fault_in_a_row (void)
{
  EaselBootFault seen = { .fault = EASEL_FAULT_NONE };

  g_assert_true (easel_boot_fault_count (&seen, EASEL_FAULT_NO_GPU, 100 * 1000));
  /* Two looks at once are one. */
  g_assert_false (
      easel_boot_fault_count (&seen, EASEL_FAULT_NO_GPU, 100 * 1000 + EASEL_BOOT_TICK_MS - 1));
  g_assert_false (easel_boot_fault_is_believed (&seen));
  /* Another one, or none, begins the count anew. */
  g_assert_true (easel_boot_fault_count (&seen, EASEL_FAULT_NONE, 106 * 1000));
  g_assert_true (easel_boot_fault_count (&seen, EASEL_FAULT_NO_GPU, 107 * 1000));
  g_assert_false (easel_boot_fault_is_believed (&seen));
  g_assert_true (easel_boot_fault_count (&seen, EASEL_FAULT_NO_GPU, 112 * 1000));
  g_assert_true (easel_boot_fault_is_believed (&seen));
}

static void
test_fault_error (void)
{
  char *missing[] = { (char *) "sdxl", (char *) "upscaler", NULL };
  EaselReadiness readiness = {
    .fault = EASEL_FAULT_MISSING_MODELS,
    .missing = missing,
    .details = (char *) "GET /models",
  };
  g_autoptr (GError) files = easel_boot_fault_error (&readiness);
  g_autoptr (GError) machine = NULL;
  g_autoptr (GError) server = NULL;

  g_assert_error (files, EASEL_ERROR, EASEL_ERROR_MISSING_FILES);
  g_assert_cmpstr (easel_error_get_details (files), ==, "sdxl\nupscaler");

  readiness.missing = NULL;
  readiness.fault = EASEL_FAULT_NO_GPU;
  machine = easel_boot_fault_error (&readiness);
  g_assert_error (machine, EASEL_ERROR, EASEL_ERROR_BROKEN_POD);
  g_assert_cmpstr (easel_error_get_details (machine), ==, "GET /models");

  readiness.fault = EASEL_FAULT_FOREIGN_SERVER;
  server = easel_boot_fault_error (&readiness);
  g_assert_error (server, EASEL_ERROR, EASEL_ERROR_OUTDATED_SERVER);
}

static void
test_models (void)
{
  EaselAgentFile there = { .name = (char *) "one", .have = 7, .size = 7, .done = TRUE };
  EaselAgentFile broken = { .name = (char *) "two", .failed = TRUE };
  EaselAgentFile active = {
    .name = (char *) "three",
    .have = 1000,
    .size = G_GUINT64_CONSTANT (6900000000),
    .speed = 96 * 1000 * 1000,
  };
  EaselAgentProgress progress = { .files = g_ptr_array_new () };
  g_autoptr (GPtrArray) nothing = g_ptr_array_new ();
  g_autoptr (GPtrArray) files = NULL;
  g_autofree char *busy = NULL;
  g_autofree char *slow = NULL;
  g_autofree char *over = NULL;
  EaselDownload *file;

  g_assert_null (easel_boot_models_dup_note (nothing, FALSE));

  g_ptr_array_add (progress.files, &there);
  g_ptr_array_add (progress.files, &broken);
  g_ptr_array_add (progress.files, &active);
  files = easel_boot_models_from_agent (&progress);
  g_ptr_array_unref (progress.files);
  g_assert_cmpuint (files->len, ==, 3);
  file = g_ptr_array_index (files, 1);
  g_assert_cmpuint (file->n_errors, ==, 1);
  g_assert_false (file->done);
  file = g_ptr_array_index (files, 2);
  g_assert_cmpuint (file->bytes_done, ==, 1000);
  g_assert_cmpuint (file->bytes_total, ==, active.size);

  busy = easel_boot_models_dup_note (files, FALSE);
  g_assert_cmpstr (busy, ==, "three, 6.9 GB at 96 MB/s · 1 model done");
  over = easel_boot_models_dup_note (files, TRUE);
  g_assert_cmpstr (over, ==, "1 model done");
  file->bytes_per_second = 0;
  file = g_ptr_array_index (files, 1);
  file->found = TRUE;
  slow = easel_boot_models_dup_note (files, FALSE);
  g_assert_cmpstr (slow, ==, "three, 6.9 GB · 2 models done");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/boot/stage", test_stage);
  g_test_add_func ("/boot/fault/patience", test_fault_patience);
  g_test_add_func ("/boot/fault/in-a-row", test_fault_in_a_row);
  g_test_add_func ("/boot/fault/error", test_fault_error);
  g_test_add_func ("/boot/models", test_models);

  return g_test_run ();
}
