/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The journal on a real disk: what was put is there after a restart; damage costs one line, never
 * the rest. */

#include "config.h"
#include "easel-absence.h"
#include "easel-error.h"
#include "easel-journal-launch-private.h"
#include "easel-journal-record-private.h"
#include "easel-journal.h"
#include "easel-test-util.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

typedef struct
{
  char *folder;
  char *path;
} Fixture;

static void
setup (Fixture *fixture, gconstpointer data)
{
  fixture->folder = easel_test_make_folder ();
  fixture->path = g_build_filename (fixture->folder, "journal.log", NULL);
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  easel_test_remove_tree (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static EaselJournalRecord *
make_record (const char *name, EaselJournalState state)
{
  EaselJournalRecord *record = easel_journal_record_new ();

  record->name = g_strdup (name);
  record->provider_id = g_strdup ("runpod");
  record->account = g_strdup ("user_1|0123");
  record->gpu_name = g_strdup ("RTX 3090 “quoted”\n\\");
  record->state = state;
  record->price = 230000;
  record->intent_unix_ms = 1795000000000;
  record->hard_end_unix_ms = 1795014400000;
  record->limits.hours = 7;
  record->download_bytes = G_GUINT64_CONSTANT (27000000000);
  return record;
}

static void
put (EaselJournal *journal, const char *name, EaselJournalState state)
{
  g_autoptr (EaselJournalRecord) record = make_record (name, state);
  g_autoptr (GError) error = NULL;

  g_assert_true (easel_journal_put (journal, record, &error));
  g_assert_no_error (error);
}

static EaselJournal *
reload (Fixture *fixture)
{
  EaselJournal *journal = easel_journal_new (fixture->folder);
  g_autoptr (GError) error = NULL;

  g_assert_true (easel_journal_load (journal, &error));
  g_assert_no_error (error);
  return journal;
}

static void
test_missing_file (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselJournal) journal = reload (fixture);
  g_autoptr (GPtrArray) open_records = easel_journal_get_open (journal);

  g_assert_cmpuint (open_records->len, ==, 0);
  g_assert_cmpuint (easel_journal_get_n_damaged (journal), ==, 0);
  g_assert_null (easel_journal_get (journal, "easel-00000000"));
}

static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselJournal) journal = easel_journal_new (fixture->folder);
  g_autoptr (EaselJournal) again = NULL;
  g_autoptr (EaselJournalRecord) record = NULL;
  g_autoptr (EaselJournalRecord) original = make_record ("easel-00000001", EASEL_JOURNAL_HELD);
  struct stat info;

  put (journal, "easel-00000001", EASEL_JOURNAL_INTENT);
  put (journal, "easel-00000001", EASEL_JOURNAL_HELD);

  again = reload (fixture);
  record = easel_journal_get (again, "easel-00000001");
  g_assert_nonnull (record);
  g_assert_cmpint (record->state, ==, EASEL_JOURNAL_HELD);
  g_assert_cmpstr (record->gpu_name, ==, original->gpu_name);
  g_assert_cmpstr (record->account, ==, "user_1|0123");
  g_assert_null (record->pod_id);
  g_assert_cmpint (record->price, ==, 230000);
  g_assert_cmpint (record->hard_end_unix_ms, ==, 1795014400000);
  g_assert_cmpuint (record->limits.hours, ==, 7);
  g_assert_cmpuint (record->download_bytes, ==, 27000000000);

  g_assert_cmpint (g_stat (fixture->path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
}

/* Every member is written down, and every byte of the line is under its check. */
static void
test_line (void)
{
  g_autoptr (EaselJournalRecord) record = make_record ("easel-00000001", EASEL_JOURNAL_HELD);
  g_autoptr (EaselJournalRecord) again = NULL;
  g_autofree char *json = NULL;
  g_autofree char *json_again = NULL;
  g_autofree char *line = NULL;
  gsize length;

  record->hard_end_unix_ms = G_MAXINT64;
  record->limits.stop_instead = TRUE;
  record->confirmed_unix_ms = 1;
  record->reason = g_strdup ("cancelled");
  line = _easel_journal_record_to_line (record);
  length = strlen (line);
  g_assert_cmpint (line[length - 1], ==, '\n');
  line[--length] = '\0';

  again = _easel_journal_record_from_line (line);
  g_assert_nonnull (again);
  g_assert_cmpint (again->hard_end_unix_ms, ==, G_MAXINT64);
  g_assert_true (again->limits.stop_instead);
  g_assert_cmpint (again->confirmed_unix_ms, ==, 1);
  g_assert_cmpstr (again->reason, ==, "cancelled");
  json = _easel_journal_record_to_json (record);
  json_again = _easel_journal_record_to_json (again);
  g_assert_cmpstr (json, ==, json_again);

  for (gsize i = 0; i < length; i++)
    {
      g_autofree char *torn = g_strndup (line, i);
      const char whole = line[i];

      g_assert_null (_easel_journal_record_from_line (torn));
      line[i] = whole == 'x' ? 'y' : 'x';
      g_assert_null (_easel_journal_record_from_line (line));
      line[i] = whole;
    }
}

/* What goes on after a restart is what was clicked. */
static void
test_launch (void)
{
  static const char *const place[] = { "EU-RO-1", NULL };
  static const char *const places[] = { "EU-RO-1", "EU-CZ-1", NULL };
  const EaselTemplateData template = { .provider_id = "vast", .id = "t1", .name = "Krita" };
  EaselOfferData offer = {
    .provider_id = "vast",
    .id = "offer-1",
    .gpu_id = "RTX 4090",
    .gpu_name = "RTX 4090",
    .vram_mib = 24564,
    .gpu_price = 340000,
    .machine_id = "m7",
    .places = place,
  };
  g_autoptr (EaselLaunchSpec) spec = easel_launch_spec_new ();
  g_autoptr (EaselLaunchSpec) again = NULL;
  g_autoptr (EaselJournalRecord) record = NULL;
  g_autoptr (EaselJournalRecord) second = NULL;
  g_autofree char *json = NULL;
  g_autofree char *second_json = NULL;

  spec->name = g_strdup ("easel-00000001");
  spec->offer = easel_offer_new (&offer);
  spec->template = easel_template_new (&template);
  spec->image = g_strdup ("aclysia/sd-comfyui-krita:v1");
  spec->workload = EASEL_WORKLOAD_DEFAULT;
  spec->start_sooner = TRUE;
  spec->disk_gb = 20;
  spec->workspace_gb = 60;
  spec->limits.hours = 3;
  spec->limits.stop_instead = TRUE;
  spec->max_price = 400000;
  spec->download_bytes = 27000;
  spec->shelf_bytes = 7000;

  record = _easel_launch_to_record (spec, "user_1");
  g_assert_cmpstr (record->account, ==, "user_1");
  g_assert_cmpstr (record->place, ==, "EU-RO-1");
  again = _easel_launch_from_record (record);
  g_assert_cmpstr (again->name, ==, "easel-00000001");
  g_assert_cmpstr (easel_offer_get (again->offer)->id, ==, "offer-1");
  g_assert_cmpstr (easel_offer_get (again->offer)->machine_id, ==, "m7");
  g_assert_cmpstr (easel_template_get (again->template)->id, ==, "t1");
  g_assert_cmpint (again->max_price, ==, 400000);
  g_assert_cmpstr (again->image, ==, spec->image);
  g_assert_cmpuint (again->workload, ==, spec->workload);
  g_assert_true (again->start_sooner);
  g_assert_cmpuint (again->disk_gb, ==, 20);
  g_assert_cmpuint (again->workspace_gb, ==, 60);
  g_assert_cmpuint (again->limits.hours, ==, 3);
  g_assert_true (again->limits.stop_instead);
  g_assert_cmpuint (again->download_bytes, ==, 27000);
  g_assert_cmpuint (again->shelf_bytes, ==, 7000);

  /* Nothing that is written down gets lost on the way, but the place, which a pod tells. */
  second = _easel_launch_to_record (again, "user_1");
  g_assert_null (second->place);
  second->place = g_strdup (record->place);
  json = _easel_journal_record_to_json (record);
  second_json = _easel_journal_record_to_json (second);
  g_assert_cmpstr (json, ==, second_json);

  /* Of several places nobody knows yet which one it becomes. */
  offer.places = places;
  g_clear_object (&spec->offer);
  spec->offer = easel_offer_new (&offer);
  g_clear_pointer (&second, easel_journal_record_free);
  second = _easel_launch_to_record (spec, NULL);
  g_assert_null (second->place);
  g_assert_null (second->account);
}

static void
test_open_records (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselJournal) journal = easel_journal_new (fixture->folder);
  g_autoptr (EaselJournal) again = NULL;
  g_autoptr (GPtrArray) open_records = NULL;

  put (journal, "easel-00000001", EASEL_JOURNAL_GONE);
  put (journal, "easel-00000002", EASEL_JOURNAL_INTENT);
  put (journal, "easel-00000003", EASEL_JOURNAL_VOID);
  put (journal, "easel-00000004", EASEL_JOURNAL_DELETING);
  put (journal, "easel-00000005", EASEL_JOURNAL_HELD);

  again = reload (fixture);
  open_records = easel_journal_get_open (again);
  g_assert_cmpuint (open_records->len, ==, 3);
}

static char *
read_journal (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  char *contents;

  g_file_get_contents (fixture->path, &contents, NULL, &error);
  g_assert_no_error (error);
  return contents;
}

static void
write_journal (Fixture *fixture, const char *contents, gssize length)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (fixture->path, contents, length, &error);
  g_assert_no_error (error);
}

/* A power cut may stop the last write anywhere: everything before it is still there, and the next
 * line is not swallowed. */
static void
test_torn_at_every_byte (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselJournal) journal = easel_journal_new (fixture->folder);
  g_autofree char *contents = NULL;
  gsize first_line;
  gsize length;

  put (journal, "easel-00000001", EASEL_JOURNAL_HELD);
  contents = read_journal (fixture);
  first_line = strlen (contents);
  g_free (contents);
  put (journal, "easel-00000002", EASEL_JOURNAL_INTENT);
  contents = read_journal (fixture);
  length = strlen (contents);

  for (gsize cut = first_line; cut <= length; cut++)
    {
      g_autoptr (EaselJournal) torn = NULL;
      g_autoptr (EaselJournal) mended = NULL;
      g_autoptr (GPtrArray) open_records = NULL;
      g_autoptr (EaselJournalRecord) first = NULL;
      g_autoptr (EaselJournalRecord) third = NULL;
      const gboolean whole = cut >= length - 1;

      write_journal (fixture, contents, (gssize) cut);
      torn = reload (fixture);
      first = easel_journal_get (torn, "easel-00000001");
      g_assert_nonnull (first);
      open_records = easel_journal_get_open (torn);
      g_assert_cmpuint (open_records->len, ==, whole ? 2 : 1);
      g_assert_cmpuint (easel_journal_get_n_damaged (torn), ==, whole || cut == first_line ? 0 : 1);

      put (torn, "easel-00000003", EASEL_JOURNAL_HELD);
      mended = reload (fixture);
      third = easel_journal_get (mended, "easel-00000003");
      g_assert_nonnull (third);
    }
}

static void
test_flipped_byte (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselJournal) journal = easel_journal_new (fixture->folder);
  g_autofree char *contents = NULL;
  gsize length;

  put (journal, "easel-00000001", EASEL_JOURNAL_HELD);
  contents = read_journal (fixture);
  length = strlen (contents);
  for (gsize i = 0; i + 1 < length; i++)
    {
      g_autoptr (EaselJournal) damaged = NULL;
      g_autoptr (EaselJournalRecord) record = NULL;
      const char old = contents[i];

      contents[i] = old == 'x' ? 'y' : 'x';
      write_journal (fixture, contents, (gssize) length);
      damaged = reload (fixture);
      record = easel_journal_get (damaged, "easel-00000001");
      g_assert_null (record);
      g_assert_cmpuint (easel_journal_get_n_damaged (damaged), ==, 1);
      contents[i] = old;
    }
}

static void
test_foreign_lines (Fixture *fixture, gconstpointer data)
{
  static const char *const lines[] = {
    "hello\n",
    "1 0123456789abcdef\n",
    "1 0123456789abcdef {}\n",
    "2 0123456789abcdef {\"name\":\"easel-00000001\"}\n",
    "{\"name\":\"easel-00000001\"}\n",
    "\n\n\n",
    "1 \n",
    "\xff\xfe\xfd\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (EaselJournal) journal = NULL;
      g_autoptr (EaselJournalRecord) record = NULL;

      write_journal (fixture, lines[i], -1);
      journal = reload (fixture);
      record = easel_journal_get (journal, "easel-00000001");
      g_assert_null (record);
      put (journal, "easel-00000002", EASEL_JOURNAL_HELD);
    }
}

/* A valid checksum over nonsense: from another version, or another program with our format. */
static void
test_checked_nonsense (Fixture *fixture, gconstpointer data)
{
  static const char *const bodies[] = {
    "{}",
    "[]",
    "null",
    "{\"name\":5}",
    "{\"name\":\"easel-00000001\"}",
    "{\"name\":\"easel-00000001\",\"provider_id\":\"runpod\",\"state\":99}",
    "{\"name\":\"\",\"provider_id\":\"runpod\",\"state\":1}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, bodies[i], -1);
      g_autofree char *line = g_strdup_printf ("1 %.16s %s\n", digest, bodies[i]);
      g_autoptr (EaselJournal) journal = NULL;
      g_autoptr (GPtrArray) open_records = NULL;

      write_journal (fixture, line, -1);
      journal = reload (fixture);
      open_records = easel_journal_get_open (journal);
      g_assert_cmpuint (open_records->len, ==, 0);
      g_assert_cmpuint (easel_journal_get_n_damaged (journal), ==, 1);
    }
}

static void
test_unwritable (Fixture *fixture, gconstpointer data)
{
  g_autofree char *below = g_build_filename (fixture->path, "below", NULL);
  g_autoptr (EaselJournal) journal = easel_journal_new (below);
  g_autoptr (EaselJournalRecord) record = make_record ("easel-00000001", EASEL_JOURNAL_INTENT);
  g_autoptr (GError) error = NULL;

  /* A file where the folder should be: not even root can write below it. */
  write_journal (fixture, "", 0);
  g_assert_false (easel_journal_put (journal, record, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_STORAGE);
}

static void
test_compaction (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselJournal) journal = easel_journal_new (fixture->folder);
  g_autoptr (EaselJournal) again = NULL;
  g_autoptr (EaselJournalRecord) open_record = NULL;
  g_autoptr (EaselJournalRecord) newest = NULL;
  g_autoptr (GError) error = NULL;
  struct stat before;
  struct stat after;

  put (journal, "easel-0000aaaa", EASEL_JOURNAL_HELD);
  for (guint i = 0; i < 450; i++)
    {
      g_autofree char *name = g_strdup_printf ("easel-%08x", i);
      g_autoptr (EaselJournalRecord) record = make_record (name, EASEL_JOURNAL_GONE);

      record->intent_unix_ms += i;
      g_assert_true (easel_journal_put (journal, record, NULL));
    }
  g_stat (fixture->path, &before);
  g_assert_true (easel_journal_compact (journal, &error));
  g_assert_no_error (error);
  g_stat (fixture->path, &after);
  g_assert_cmpint (after.st_size, <, before.st_size / 4);

  again = reload (fixture);
  open_record = easel_journal_get (again, "easel-0000aaaa");
  newest = easel_journal_get (again, "easel-000001c1");
  g_assert_nonnull (open_record);
  g_assert_nonnull (newest);
  g_assert_cmpuint (easel_journal_get_n_damaged (again), ==, 0);
}

static void
test_absence (void)
{
  EaselAbsence absence = { 0 };

  /* Two lists at the same moment are one. */
  easel_absence_note (&absence, 1000, EASEL_ABSENCE_GONE_GAP_MS);
  easel_absence_note (&absence, 1000, EASEL_ABSENCE_GONE_GAP_MS);
  easel_absence_note (&absence, 5999, EASEL_ABSENCE_GONE_GAP_MS);
  g_assert_false (easel_absence_proves_gone (&absence));
  easel_absence_note (&absence, 6000, EASEL_ABSENCE_GONE_GAP_MS);
  g_assert_true (easel_absence_proves_gone (&absence));

  easel_absence_reset (&absence);
  g_assert_false (easel_absence_proves_gone (&absence));

  /* For a create two lists do not suffice before its time is over. */
  easel_absence_note (&absence, 1000, EASEL_ABSENCE_VOID_GAP_MS);
  easel_absence_note (&absence, 11000, EASEL_ABSENCE_VOID_GAP_MS);
  g_assert_false (easel_absence_proves_void (&absence, 500));
  easel_absence_note (&absence, 90499, EASEL_ABSENCE_VOID_GAP_MS);
  g_assert_false (easel_absence_proves_void (&absence, 500));
  easel_absence_note (&absence, 100500, EASEL_ABSENCE_VOID_GAP_MS);
  g_assert_true (easel_absence_proves_void (&absence, 500));

  /* One late list alone is one list. */
  easel_absence_reset (&absence);
  easel_absence_note (&absence, 500000, EASEL_ABSENCE_VOID_GAP_MS);
  g_assert_false (easel_absence_proves_void (&absence, 500));
}

static const EaselJournalRecord *
nth_news (GPtrArray *news, guint index)
{
  g_assert_cmpuint (index, <, news->len);
  return g_ptr_array_index (news, index);
}

static void
test_news (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselJournal) ours = easel_journal_new (fixture->folder);
  g_autoptr (EaselJournal) theirs = easel_journal_new (fixture->folder);
  g_autoptr (GPtrArray) news = NULL;

  put (ours, "easel-00000001", EASEL_JOURNAL_INTENT);
  g_assert_true (easel_journal_load (theirs, NULL));
  news = easel_journal_take_news (theirs);
  g_assert_cmpuint (news->len, ==, 0);
  g_clear_pointer (&news, g_ptr_array_unref);

  /* What one writes is news to the other, once, also when the other wrote in between. */
  put (ours, "easel-00000001", EASEL_JOURNAL_DELETING);
  put (theirs, "easel-00000002", EASEL_JOURNAL_HELD);
  put (ours, "easel-00000003", EASEL_JOURNAL_INTENT);
  news = easel_journal_take_news (theirs);
  g_assert_cmpuint (news->len, ==, 2);
  g_assert_cmpstr (nth_news (news, 0)->name, ==, "easel-00000001");
  g_assert_cmpint (nth_news (news, 0)->state, ==, EASEL_JOURNAL_DELETING);
  g_assert_cmpstr (nth_news (news, 1)->name, ==, "easel-00000003");
  g_clear_pointer (&news, g_ptr_array_unref);
  news = easel_journal_take_news (theirs);
  g_assert_cmpuint (news->len, ==, 0);
  g_clear_pointer (&news, g_ptr_array_unref);

  news = easel_journal_take_news (ours);
  g_assert_cmpuint (news->len, ==, 1);
  g_assert_cmpstr (nth_news (news, 0)->name, ==, "easel-00000002");
}

static void
note_news (guint *counter)
{
  (*counter)++;
}

static void
test_news_are_announced (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselJournal) ours = easel_journal_new (fixture->folder);
  g_autoptr (EaselJournal) theirs = easel_journal_new (fixture->folder);
  guint n_told = 0;
  guint i;

  g_assert_true (easel_journal_load (ours, NULL));
  g_signal_connect_swapped (ours, "news", G_CALLBACK (note_news), &n_told);
  easel_journal_watch (ours);
  put (ours, "easel-00000001", EASEL_JOURNAL_INTENT);
  put (theirs, "easel-00000001", EASEL_JOURNAL_DELETING);
  for (i = 0; i < 1000 && n_told == 0; i++)
    easel_test_pump_for (10);
  g_assert_cmpuint (n_told, >=, 1);
}

/* The other instance has written the file anew. */
static void
test_news_after_compaction (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselJournal) ours = easel_journal_new (fixture->folder);
  g_autoptr (EaselJournal) theirs = easel_journal_new (fixture->folder);
  g_autoptr (GPtrArray) news = NULL;
  guint i;

  for (i = 0; i < 500; i++)
    put (ours, "easel-00000001", EASEL_JOURNAL_HELD);
  g_assert_true (easel_journal_load (theirs, NULL));
  g_assert_true (easel_journal_compact (ours, NULL));
  put (ours, "easel-00000002", EASEL_JOURNAL_INTENT);
  news = easel_journal_take_news (theirs);
  g_assert_cmpuint (news->len, ==, 1);
  g_assert_cmpstr (nth_news (news, 0)->name, ==, "easel-00000002");
  g_clear_pointer (&news, g_ptr_array_unref);
  put (ours, "easel-00000002", EASEL_JOURNAL_VOID);
  news = easel_journal_take_news (theirs);
  g_assert_cmpuint (news->len, ==, 1);
}

#define N_WRITERS 4
#define N_WRITES 25

static gpointer
write_many (gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (EaselJournal) journal = easel_journal_new (fixture->folder);
  g_autofree char *name = g_strdup_printf ("easel-%p", (gpointer) g_thread_self ());
  guint i;

  for (i = 0; i < N_WRITES; i++)
    put (journal, name, i + 1 < N_WRITES ? EASEL_JOURNAL_HELD : EASEL_JOURNAL_GONE);
  return NULL;
}

/* Each with a journal of its own, as processes have: no line tears another. */
static void
test_many_writers (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselJournal) journal = NULL;
  g_autoptr (GPtrArray) open_records = NULL;
  g_autofree char *text = NULL;
  GThread *threads[N_WRITERS];
  guint n_lines = 0;
  guint i;

  for (i = 0; i < N_WRITERS; i++)
    threads[i] = g_thread_new ("writer", write_many, fixture);
  for (i = 0; i < N_WRITERS; i++)
    g_thread_join (threads[i]);
  journal = reload (fixture);
  g_assert_cmpuint (easel_journal_get_n_damaged (journal), ==, 0);
  open_records = easel_journal_get_open (journal);
  g_assert_cmpuint (open_records->len, ==, 0);
  g_assert_true (g_file_get_contents (fixture->path, &text, NULL, NULL));
  for (i = 0; text[i] != '\0'; i++)
    n_lines += text[i] == '\n';
  g_assert_cmpuint (n_lines, ==, N_WRITERS * N_WRITES);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, setup, function, teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/journal/missing-file-is-empty", test_missing_file);
  ADD ("/journal/what-was-put-is-there-after-a-restart", test_round_trip);
  ADD ("/journal/settled-records-are-not-open", test_open_records);
  ADD ("/journal/torn-at-every-byte", test_torn_at_every_byte);
  ADD ("/journal/flipped-bytes-are-found", test_flipped_byte);
  ADD ("/journal/foreign-lines-are-passed-over", test_foreign_lines);
  ADD ("/journal/checked-nonsense-is-passed-over", test_checked_nonsense);
  ADD ("/journal/unwritable-folder-is-an-error", test_unwritable);
  ADD ("/journal/compaction-keeps-what-is-open", test_compaction);
  ADD ("/journal/news", test_news);
  ADD ("/journal/news-are-announced", test_news_are_announced);
  ADD ("/journal/news-after-compaction", test_news_after_compaction);
  ADD ("/journal/many-writers", test_many_writers);
  g_test_add_func ("/journal/launch", test_launch);
  g_test_add_func ("/journal/line", test_line);
  g_test_add_func ("/absence/needs-two-lists-and-time", test_absence);

  return g_test_run ();
}
