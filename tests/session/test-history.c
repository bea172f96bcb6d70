/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What this computer remembers: over restarts, with bounds, and with files that are damaged,
 * foreign or missing. */
#include "config.h"

#include "easel-history.h"
#include "easel-history-file.h"
#include "easel-test-util.h"

#include "easel-error.h"
#include "stub-provider.h"

#include <glib/gstdio.h>
#include <string.h>

#define NOW G_GINT64_CONSTANT (1795000000000)
#define DAY G_GINT64_CONSTANT (86400000)
#define MINUTE G_GINT64_CONSTANT (60000)

typedef struct
{
  char *folder;
  char *path;
  EaselClock *clock;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = easel_test_make_folder ();
  self->path = g_build_filename (self->folder, "history.json", NULL);
  self->clock = easel_manual_clock_new (NOW);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  easel_test_pump ();
  g_assert_finalize_object (self->clock);
  easel_test_remove_tree (self->folder);
  g_free (self->path);
  g_free (self->folder);
}

static void
on_changed (gboolean *changed)
{
  *changed = TRUE;
}

static EaselHistory *
open_history (Fixture *self)
{
  EaselHistory *history = easel_history_new (self->folder, self->clock);
  gboolean changed = FALSE;
  gulong handler;

  handler = g_signal_connect_swapped (history, "changed", G_CALLBACK (on_changed), &changed);
  easel_test_wait_flag (&changed);
  g_signal_handler_disconnect (history, handler);
  return history;
}

static void
add_receipt (EaselHistory *history, const char *pod_id, gint64 ended)
{
  g_autoptr (EaselReceipt) receipt = easel_receipt_new ();

  receipt->provider_id = g_strdup ("runpod");
  receipt->pod_id = g_strdup (pod_id);
  receipt->title = g_strdup ("RTX 3090");
  receipt->workload = g_strdup ("sdxl");
  receipt->started_unix_ms = ended - 60 * MINUTE;
  receipt->ended_unix_ms = ended;
  receipt->estimated = 520000;
  receipt->n_pictures = 34;
  receipt->reason = g_strdup ("done");
  easel_history_add_receipt (history, receipt);
}

static void
test_receipt_survives (Fixture *self, gconstpointer data)
{
  EaselHistory *history = open_history (self);
  const EaselReceipt *receipt;
  GStatBuf info;

  g_assert_null (easel_history_get_last_receipt (history));
  add_receipt (history, "pod1", NOW);
  add_receipt (history, "pod2", NOW + DAY);
  easel_history_set_bill (history, "runpod", "pod1", 610000, NOW - MINUTE);
  /* At once, before any write in the background has come to an end. */
  stub_assert_finalizes (history);
  g_assert_cmpint (g_stat (self->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);

  history = open_history (self);
  g_assert_cmpuint (easel_history_get_receipts (history)->len, ==, 2);
  receipt = easel_history_get_last_receipt (history);
  g_assert_cmpstr (receipt->pod_id, ==, "pod2");
  g_assert_cmpint (receipt->billed, ==, EASEL_MONEY_UNKNOWN);
  g_assert_cmpint (receipt->estimated, ==, 520000);
  g_assert_cmpstr (receipt->title, ==, "RTX 3090");
  g_assert_cmpstr (receipt->workload, ==, "sdxl");
  g_assert_cmpstr (receipt->reason, ==, "done");
  g_assert_cmpuint (receipt->n_pictures, ==, 34);
  receipt = g_ptr_array_index (easel_history_get_receipts (history), 1);
  g_assert_cmpstr (receipt->pod_id, ==, "pod1");
  g_assert_cmpint (receipt->billed, ==, 610000);
  g_assert_cmpint (receipt->billed_until_unix_ms, ==, NOW - MINUTE);
  stub_assert_finalizes (history);
}

static gboolean
is_written (gpointer data)
{
  return g_file_test (data, G_FILE_TEST_EXISTS);
}

/* Without anybody closing it: the program may be killed. */
static void
test_written_in_background (Fixture *self, gconstpointer data)
{
  EaselHistory *history = open_history (self);
  EaselHistory *other;

  add_receipt (history, "pod1", NOW);
  easel_test_wait_until (is_written, self->path);
  other = open_history (self);
  g_assert_cmpuint (easel_history_get_receipts (other)->len, ==, 1);
  stub_assert_finalizes (other);
  stub_assert_finalizes (history);
}

static void
test_second_receipt_replaces (Fixture *self, gconstpointer data)
{
  EaselHistory *history = open_history (self);

  add_receipt (history, "pod1", NOW);
  easel_history_set_bill (history, "runpod", "pod1", 610000, NOW);
  easel_history_set_bill (history, "runpod", "never-seen", 1, NOW);
  easel_history_set_bill (history, "vast", "pod1", 1, NOW);
  add_receipt (history, "pod1", NOW + MINUTE);
  g_assert_cmpuint (easel_history_get_receipts (history)->len, ==, 1);
  /* The bill that had come already stays. */
  g_assert_cmpint (easel_history_get_last_receipt (history)->billed, ==, 610000);
  g_assert_cmpint (easel_history_get_last_receipt (history)->ended_unix_ms, ==, NOW + MINUTE);
  stub_assert_finalizes (history);
}

static void
test_bounds (Fixture *self, gconstpointer data)
{
  EaselHistory *history = open_history (self);
  gint64 low, high;

  for (guint i = 0; i < 230; i++)
    {
      g_autofree char *id = g_strdup_printf ("id%u", i);

      add_receipt (history, id, NOW + i);
      easel_history_add_bad_machine (history, id);
      easel_history_add_start_time (history, "runpod", EASEL_HOST_PRIVATE,
                                    i < 180 ? 20 * MINUTE : 5 * MINUTE);
      easel_history_add_start_time (history, "runpod", EASEL_HOST_DATA_CENTER, 7 * MINUTE);
    }
  stub_assert_finalizes (history);
  history = open_history (self);
  g_assert_cmpuint (easel_history_get_receipts (history)->len, ==, 200);
  g_assert_cmpstr (easel_history_get_last_receipt (history)->pod_id, ==, "id229");
  g_assert_cmpuint (g_strv_length ((char **) easel_history_get_bad_machines (history)), ==, 50);
  g_assert_true (g_strv_contains (easel_history_get_bad_machines (history), "id229"));
  g_assert_false (g_strv_contains (easel_history_get_bad_machines (history), "id179"));
  /* The old slow ones are forgotten, and not at the cost of the other kind. */
  g_assert_true (easel_history_get_start_time (history, "runpod", EASEL_HOST_PRIVATE, &low, &high));
  g_assert_cmpint (low, ==, 5 * MINUTE);
  g_assert_cmpint (high, ==, 5 * MINUTE);
  g_assert_true (
      easel_history_get_start_time (history, "runpod", EASEL_HOST_DATA_CENTER, &low, &high));
  g_assert_cmpint (high, ==, 7 * MINUTE);
  stub_assert_finalizes (history);
}

static void
test_start_times (Fixture *self, gconstpointer data)
{
  EaselHistory *history = open_history (self);
  gint64 low = -1, high = -1;

  easel_history_add_start_time (history, "runpod", EASEL_HOST_PRIVATE, 6 * MINUTE);
  easel_history_add_start_time (history, "runpod", EASEL_HOST_PRIVATE, 10 * MINUTE);
  /* What cannot be. */
  easel_history_add_start_time (history, "runpod", EASEL_HOST_PRIVATE, 0);
  easel_history_add_start_time (history, "runpod", EASEL_HOST_PRIVATE, -5);
  easel_history_add_start_time (history, "runpod", EASEL_HOST_PRIVATE, 2 * DAY);
  easel_history_add_start_time (history, "vast", EASEL_HOST_PRIVATE, MINUTE);
  g_assert_false (
      easel_history_get_start_time (history, "runpod", EASEL_HOST_PRIVATE, &low, &high));
  g_assert_cmpint (low, ==, -1);
  g_assert_cmpint (high, ==, -1);

  easel_history_add_start_time (history, "runpod", EASEL_HOST_PRIVATE, 8 * MINUTE);
  g_assert_true (easel_history_get_start_time (history, "runpod", EASEL_HOST_PRIVATE, &low, &high));
  g_assert_cmpint (low, ==, 6 * MINUTE);
  g_assert_cmpint (high, ==, 10 * MINUTE);

  /* One bad day in twenty is not what is usual. */
  for (guint i = 0; i < 17; i++)
    easel_history_add_start_time (history, "runpod", EASEL_HOST_PRIVATE, 8 * MINUTE);
  easel_history_add_start_time (history, "runpod", EASEL_HOST_PRIVATE, 60 * MINUTE);
  easel_history_get_start_time (history, "runpod", EASEL_HOST_PRIVATE, &low, &high);
  g_assert_cmpint (low, ==, 8 * MINUTE);
  g_assert_cmpint (high, ==, 8 * MINUTE);
  stub_assert_finalizes (history);
}

static void
test_machines_are_forgiven (Fixture *self, gconstpointer data)
{
  EaselHistory *history = open_history (self);

  easel_history_add_bad_machine (history, "old");
  easel_history_add_bad_machine (history, "");
  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (self->clock), 29 * DAY);
  easel_history_add_bad_machine (history, "new");
  g_assert_true (g_strv_contains (easel_history_get_bad_machines (history), "old"));
  g_assert_cmpuint (g_strv_length ((char **) easel_history_get_bad_machines (history)), ==, 2);
  stub_assert_finalizes (history);

  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (self->clock), 2 * DAY);
  history = open_history (self);
  g_assert_false (g_strv_contains (easel_history_get_bad_machines (history), "old"));
  g_assert_true (g_strv_contains (easel_history_get_bad_machines (history), "new"));
  stub_assert_finalizes (history);
}

static void
test_damaged (Fixture *self, gconstpointer data)
{
  static const char *const contents[] = {
    "",
    "{",
    "[]",
    "null",
    "{\"version\":\"1\"}",
    "{\"version\":2,\"receipts\":[]}",
    "\xff\xfe\xfd",
    "{\"version\":1}{\"version\":1",
    NULL,
  };
  g_autofree char *damaged = g_build_filename (self->folder, "history.json.damaged", NULL);

  for (guint i = 0; contents[i] != NULL; i++)
    {
      EaselHistory *history;
      g_autofree char *set_aside = NULL;

      g_assert_true (g_file_set_contents (self->path, contents[i], -1, NULL));
      history = open_history (self);
      g_assert_null (easel_history_get_last_receipt (history));
      g_assert_false (g_file_test (self->path, G_FILE_TEST_EXISTS));
      g_assert_true (g_file_get_contents (damaged, &set_aside, NULL, NULL));
      g_assert_cmpstr (set_aside, ==, contents[i]);

      /* And it goes on as if nothing had been. */
      add_receipt (history, "pod1", NOW);
      stub_assert_finalizes (history);
      history = open_history (self);
      g_assert_cmpuint (easel_history_get_receipts (history)->len, ==, 1);
      stub_assert_finalizes (history);
      g_unlink (damaged);
    }
}

/* One bad entry does not cost the others. */
static void
test_bad_entries (Fixture *self, gconstpointer data)
{
  const char *text = "{\"version\":1,\"unknown\":7,"
                     "\"receipts\":[1,null,{},{\"provider\":\"runpod\"},"
                     "{\"provider\":\"runpod\",\"pod\":\"a\",\"ended\":\"soon\",\"estimated\":-5,"
                     "\"pictures\":99999999999,\"reason\":7}],"
                     "\"starts\":{\"a\":1},"
                     "\"machines\":[{\"id\":\"\"},{\"id\":7},\"x\",{\"id\":\"m\","
                     "\"noted\":1795000000000}]}";
  EaselHistory *history;
  const EaselReceipt *receipt;

  g_assert_true (g_file_set_contents (self->path, text, -1, NULL));
  history = open_history (self);
  g_assert_cmpuint (easel_history_get_receipts (history)->len, ==, 1);
  receipt = easel_history_get_last_receipt (history);
  g_assert_cmpstr (receipt->pod_id, ==, "a");
  g_assert_cmpint (receipt->ended_unix_ms, ==, 0);
  g_assert_cmpint (receipt->estimated, ==, EASEL_MONEY_UNKNOWN);
  g_assert_cmpuint (receipt->n_pictures, ==, 0);
  g_assert_null (receipt->reason);
  g_assert_cmpuint (g_strv_length ((char **) easel_history_get_bad_machines (history)), ==, 1);
  stub_assert_finalizes (history);
}

/* What happens before the file was read belongs in front of it. */
static void
test_change_before_loaded (Fixture *self, gconstpointer data)
{
  EaselHistory *history = open_history (self);

  add_receipt (history, "pod1", NOW);
  easel_history_add_bad_machine (history, "m1");
  stub_assert_finalizes (history);

  history = easel_history_new (self->folder, self->clock);
  add_receipt (history, "pod2", NOW + DAY);
  /* Closed before the main loop ever ran. */
  g_assert_finalize_object (history);

  history = open_history (self);
  g_assert_cmpuint (easel_history_get_receipts (history)->len, ==, 2);
  g_assert_cmpstr (easel_history_get_last_receipt (history)->pod_id, ==, "pod2");
  g_assert_true (g_strv_contains (easel_history_get_bad_machines (history), "m1"));
  stub_assert_finalizes (history);
}

static void
test_no_folder (Fixture *self, gconstpointer data)
{
  EaselHistory *history;

  history = easel_history_new ("/nonexistent/cloud-easel", self->clock);
  add_receipt (history, "pod1", NOW);
  easel_test_pump_for (20);
  g_assert_cmpuint (easel_history_get_receipts (history)->len, ==, 1);
  stub_assert_finalizes (history);
}

/* Every truncation is an error, none a crash. */
static void
test_truncations (Fixture *self, gconstpointer data)
{
  g_autoptr (EaselHistoryData) full = easel_history_data_new ();
  g_autoptr (GBytes) bytes = NULL;
  EaselReceipt *receipt = easel_receipt_new ();
  gsize length;
  guint n = 0;

  receipt->provider_id = g_strdup ("runpod");
  receipt->pod_id = g_strdup ("pod \"1\" \xc3\xa4");
  g_ptr_array_add (full->receipts, receipt);
  bytes = easel_history_data_to_bytes (full);
  length = g_bytes_get_size (bytes);
  for (gsize i = 0; i < length; i++)
    {
      g_autoptr (GBytes) part = g_bytes_new_from_bytes (bytes, 0, i);
      g_autoptr (GError) error = NULL;

      g_assert_null (easel_history_data_parse (part, &error));
      g_assert_nonnull (error);
      n++;
    }
  g_test_message ("%u truncations", n);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/history/receipt-survives", test_receipt_survives);
  ADD ("/history/written-in-background", test_written_in_background);
  ADD ("/history/second-receipt-replaces", test_second_receipt_replaces);
  ADD ("/history/bounds", test_bounds);
  ADD ("/history/start-times", test_start_times);
  ADD ("/history/machines-are-forgiven", test_machines_are_forgiven);
  ADD ("/history/damaged", test_damaged);
  ADD ("/history/bad-entries", test_bad_entries);
  ADD ("/history/change-before-loaded", test_change_before_loaded);
  ADD ("/history/no-folder", test_no_folder);
  ADD ("/history/truncations", test_truncations);

  return g_test_run ();
}
