/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Four contradicting fields as one state, and what this program remembers of an instance.
 */

#include "config.h"

#include "easel-vast-memory.h"

typedef struct
{
  EaselVastStatus status;
  EaselVastHints hints;
  EaselPodState state;
} Case;

#define FIRST                                                                                      \
  {                                                                                                \
    .is_first_start = TRUE                                                                         \
  }
#define FIRST_PATIENT                                                                              \
  {                                                                                                \
    .is_first_start = TRUE, .may_still_come = TRUE                                                 \
  }
#define ASKED                                                                                      \
  {                                                                                                \
    .stop_asked = TRUE                                                                             \
  }
#define PATIENT                                                                                    \
  {                                                                                                \
    .may_still_come = TRUE                                                                         \
  }

static const Case cases[] = {
  /* on the way */
  { { NULL, "running", NULL, NULL }, FIRST, EASEL_POD_PROVISIONING },
  { { NULL, "running", "running", NULL }, FIRST, EASEL_POD_PROVISIONING },
  { { NULL, NULL, NULL, NULL }, {}, EASEL_POD_PROVISIONING },
  { { "created", "running", "running", NULL }, FIRST, EASEL_POD_STARTING },
  { { "loading", "running", "running", "abc: Pulling fs layer" }, FIRST, EASEL_POD_STARTING },
  { { "rebooting", "running", "running", NULL }, {}, EASEL_POD_STARTING },
  { { "restarting", "running", "running", NULL }, {}, EASEL_POD_STARTING },
  /* running */
  { { "running", "running", "running", "success, running x" }, {}, EASEL_POD_RUNNING },
  { { "running", NULL, NULL, NULL }, {}, EASEL_POD_RUNNING },
  { { "running", "running", "running", "error response from daemon" }, {}, EASEL_POD_RUNNING },
  { { "running", "stopped", "running", NULL }, {}, EASEL_POD_STOPPING },
  /* paused: "exited", not "stopped" */
  { { "exited", "stopped", "stopped", NULL }, {}, EASEL_POD_STOPPED },
  { { "exited", "stopped", "stopped", NULL }, ASKED, EASEL_POD_STOPPED },
  { { "exited", "stopped", "stopped", "Error response from daemon" }, {}, EASEL_POD_STOPPED },
  { { "stopped", "stopped", "stopped", NULL }, {}, EASEL_POD_STOPPED },
  { { "offline", "stopped", "stopped", NULL }, {}, EASEL_POD_STOPPED },
  { { "loading", "stopped", "running", NULL }, ASKED, EASEL_POD_STOPPING },
  { { "loading", "stopped", "stopped", NULL }, ASKED, EASEL_POD_STOPPED },
  /* just started again */
  { { "exited", "running", "running", NULL }, PATIENT, EASEL_POD_STARTING },
  { { "stopped", "running", "running", NULL }, PATIENT, EASEL_POD_STARTING },
  { { "unknown", "running", "running", NULL }, PATIENT, EASEL_POD_STARTING },
  /* somebody else has the GPU: it waits for ever */
  { { "exited", "running", "stopped", NULL }, {}, EASEL_POD_STARTING },
  /* the container has ended, the host is silent */
  { { "exited", "running", "running", NULL }, {}, EASEL_POD_ERROR },
  { { "exited", "running", "running", NULL }, FIRST_PATIENT, EASEL_POD_STARTING },
  { { "exited", "running", "running", NULL }, FIRST, EASEL_POD_ERROR },
  { { "exited", "running", "stopped", NULL }, FIRST, EASEL_POD_ERROR },
  { { "offline", "running", "running", NULL }, FIRST, EASEL_POD_ERROR },
  { { "unknown", "running", "running", NULL }, FIRST, EASEL_POD_ERROR },
  { { "offline", "running", "running", NULL }, {}, EASEL_POD_OTHER },
  { { "unknown", "running", "running", NULL }, {}, EASEL_POD_OTHER },
  /* will not run */
  { { "error", "running", "running", NULL }, {}, EASEL_POD_ERROR },
  { { "loading", "running", "running", "Error response from daemon: x" }, {}, EASEL_POD_ERROR },
  { { "created", "running", "running", ": OCI runtime create failed: y" }, FIRST, EASEL_POD_ERROR },
  { { "exited", "running", "running", "OCI runtime create failed" }, PATIENT, EASEL_POD_ERROR },
  /* vast.ai has given up by itself */
  { { "loading", "stopped", "stopped", NULL }, FIRST, EASEL_POD_ERROR },
  { { "loading", "stopped", "running", NULL }, FIRST, EASEL_POD_ERROR },
  { { "exited", "stopped", "stopped", NULL }, FIRST, EASEL_POD_ERROR },
  { { "loading", "stopped", "stopped", "manifest for a:b not found" }, {}, EASEL_POD_ERROR },
  { { "loading", "stopped", "stopped", NULL }, {}, EASEL_POD_STOPPED },
  /* given back */
  { { "running", "running", "unloaded", NULL }, {}, EASEL_POD_GONE },
  /* words nobody has heard of */
  { { "defrosting", "running", "running", NULL }, {}, EASEL_POD_OTHER },
  { { "frozen", "running", "running", NULL }, {}, EASEL_POD_OTHER },
};

static void
test_table (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("case %" G_GSIZE_FORMAT, i);
      g_assert_cmpstr (easel_pod_state_nick (
                           easel_vast_state_map (&cases[i].status, &cases[i].hints)),
                       ==, easel_pod_state_nick (cases[i].state));
    }
}

/* Whatever is said, it is one state, and what may be billed never reads as paused or gone. */
static void
test_in_doubt_it_costs (void)
{
  static const char *const actual[] = { NULL,      "created", "loading",   "running", "stopped",
                                        "exited",  "frozen",  "rebooting", "unknown", "offline",
                                        "strange", "error",   "recycling" };
  static const char *const contract[] = { NULL, "running", "stopped", "strange" };

  for (gsize i = 0; i < G_N_ELEMENTS (actual); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (contract); j++)
      for (guint bits = 0; bits < 8; bits++)
        {
          EaselVastStatus status = { actual[i], "running", contract[j], NULL };
          EaselVastHints hints = { bits & 1, (bits >> 1) & 1, (bits >> 2) & 1 };

          g_assert_true (easel_pod_state_costs_gpu (easel_vast_state_map (&status, &hints)));
        }
}

static void
test_failure_texts (void)
{
  g_assert_true (easel_vast_message_is_failure ("ERROR RESPONSE FROM DAEMON: x"));
  g_assert_true (easel_vast_message_is_failure ("pull access denied for x"));
  g_assert_true (easel_vast_message_is_failure ("no space left on device"));
  g_assert_true (easel_vast_message_is_failure ("docker_build() error writing dockerfile"));
  g_assert_true (easel_vast_message_is_failure ("manifest for x not found"));
  g_assert_false (easel_vast_message_is_failure ("abc: Verifying Checksum"));
  g_assert_false (easel_vast_message_is_failure ("success, running x"));
  g_assert_false (easel_vast_message_is_failure (NULL));
}

/* --- memory ------------------------------------------------------------------------------- */

static const EaselVastStatus running = { "running", "running", "running", "success" };
static const EaselVastStatus exited = { "exited", "running", "running", NULL };
static const EaselVastStatus loading = { "loading", "running", "running", "pulling" };

typedef struct
{
  EaselClock *clock;       /* (owned) */
  EaselVastMemory *memory; /* (owned) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->clock = easel_manual_clock_new (0);
  fixture->memory = easel_vast_memory_new (fixture->clock);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->memory);
  g_object_unref (fixture->clock);
}

static void
advance (Fixture *fixture, gint64 milliseconds)
{
  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (fixture->clock), milliseconds);
}

static EaselPodState
see (Fixture *fixture, const EaselVastStatus *status)
{
  EaselVastHints hints = easel_vast_memory_note_status (fixture->memory, "7", status);

  return easel_vast_state_map (status, &hints);
}

static void
rent (Fixture *fixture)
{
  EaselPodData data = { .provider_id = "vast", .id = "7", .name = "easel-00000000" };
  g_autoptr (EaselPod) pod = easel_pod_new (&data);

  easel_vast_memory_note_created (fixture->memory, pod);
}

static void
test_new_instances (Fixture *fixture, gconstpointer data)
{
  g_assert_null (easel_vast_memory_find_new (fixture->memory, "7"));
  rent (fixture);
  advance (fixture, EASEL_VAST_NOT_YET_MS - 1);
  g_assert_nonnull (easel_vast_memory_find_new (fixture->memory, "7"));
  g_assert_null (easel_vast_memory_find_new (fixture->memory, "8"));
  advance (fixture, 1);
  g_assert_null (easel_vast_memory_find_new (fixture->memory, "7"));
}

/* What was readable once and is not any more is gone, however new. */
static void
test_read_once_is_not_new (Fixture *fixture, gconstpointer data)
{
  rent (fixture);
  see (fixture, &loading);
  g_assert_null (easel_vast_memory_find_new (fixture->memory, "7"));
}

static void
test_deleted_is_not_new (Fixture *fixture, gconstpointer data)
{
  rent (fixture);
  easel_vast_memory_note_gone (fixture->memory, "7");
  g_assert_null (easel_vast_memory_find_new (fixture->memory, "7"));
}

static void
test_first_start_goes_down (Fixture *fixture, gconstpointer data)
{
  rent (fixture);
  g_assert_cmpint (see (fixture, &loading), ==, EASEL_POD_STARTING);
  g_assert_cmpint (see (fixture, &exited), ==, EASEL_POD_STARTING);
  advance (fixture, EASEL_VAST_DOWN_PATIENCE_MS - 1);
  g_assert_cmpint (see (fixture, &exited), ==, EASEL_POD_STARTING);
  advance (fixture, 1);
  g_assert_cmpint (see (fixture, &exited), ==, EASEL_POD_ERROR);
  /* It came after all, and its patience begins anew. */
  g_assert_cmpint (see (fixture, &running), ==, EASEL_POD_RUNNING);
  g_assert_cmpint (see (fixture, &exited), ==, EASEL_POD_STARTING);
}

/* Ten minutes of the old report after a start. */
static void
test_start_again (Fixture *fixture, gconstpointer data)
{
  static const EaselVastStatus paused = { "exited", "stopped", "stopped", NULL };

  see (fixture, &running);
  easel_vast_memory_note_stop (fixture->memory, "7");
  g_assert_cmpint (see (fixture, &paused), ==, EASEL_POD_STOPPED);
  easel_vast_memory_note_start (fixture->memory, "7");
  advance (fixture, EASEL_VAST_START_PATIENCE_MS - 1);
  g_assert_cmpint (see (fixture, &exited), ==, EASEL_POD_STARTING);
  advance (fixture, EASEL_VAST_START_PATIENCE_MS);
  g_assert_cmpint (see (fixture, &exited), ==, EASEL_POD_ERROR);
}

/* After a restart of the program nothing is known: the same ten minutes, from the first look. */
static void
test_found_down (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (see (fixture, &exited), ==, EASEL_POD_STARTING);
  advance (fixture, EASEL_VAST_START_PATIENCE_MS - 1);
  g_assert_cmpint (see (fixture, &exited), ==, EASEL_POD_STARTING);
  advance (fixture, 1);
  g_assert_cmpint (see (fixture, &exited), ==, EASEL_POD_ERROR);
}

static void
test_stop_during_first_start (Fixture *fixture, gconstpointer data)
{
  static const EaselVastStatus flipped = { "loading", "stopped", "stopped", NULL };

  rent (fixture);
  see (fixture, &loading);
  g_assert_cmpint (see (fixture, &flipped), ==, EASEL_POD_ERROR);
  easel_vast_memory_note_stop (fixture->memory, "7");
  g_assert_cmpint (see (fixture, &flipped), ==, EASEL_POD_STOPPED);
}

static void
test_messages (Fixture *fixture, gconstpointer data)
{
  g_assert_null (easel_vast_memory_get_message (fixture->memory, "7"));
  see (fixture, &loading);
  g_assert_cmpstr (easel_vast_memory_get_message (fixture->memory, "7"), ==, "pulling");
  see (fixture, &running);
  g_assert_cmpstr (easel_vast_memory_get_message (fixture->memory, "7"), ==, "success");
}

/* A list of made-up ids must not grow the program. */
static void
test_bounded (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 5000; i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", i);

      easel_vast_memory_note_status (fixture->memory, id, &loading);
    }
  g_assert_null (easel_vast_memory_get_message (fixture->memory, "0"));
  g_assert_nonnull (easel_vast_memory_get_message (fixture->memory, "4999"));
}

#define MEMORY(name, func) g_test_add ("/vast-memory/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/vast-state/table", test_table);
  g_test_add_func ("/vast-state/in-doubt-it-costs", test_in_doubt_it_costs);
  g_test_add_func ("/vast-state/failure-texts", test_failure_texts);
  MEMORY ("new-instances", test_new_instances);
  MEMORY ("read-once-is-not-new", test_read_once_is_not_new);
  MEMORY ("deleted-is-not-new", test_deleted_is_not_new);
  MEMORY ("first-start-goes-down", test_first_start_goes_down);
  MEMORY ("start-again", test_start_again);
  MEMORY ("found-down", test_found_down);
  MEMORY ("stop-during-first-start", test_stop_during_first_start);
  MEMORY ("messages", test_messages);
  MEMORY ("bounded", test_bounded);

  return g_test_run ();
}
