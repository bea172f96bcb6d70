/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The append-only file behind the promise "no bill that nobody saw".
 *
 * Owns journal.log in the state directory: one checksummed JSON line per change of a record, synced
 * to the disk before easel_journal_put() returns. The newest line of a name is its record. A torn
 * or foreign line is skipped and counted, never fatal. Holds no key and no secret; decides nothing:
 * what a record means for the cloud is EaselStudio's business. */

#include "config.h"
#include "easel-journal-private.h"
#include "easel-journal-record-private.h"

#include "easel-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define JOURNAL_FILE "journal.log"
#define LOCK_FILE "journal.lock"
#define MAX_LINE (16 * 1024)
#define MAX_FILE (8 * 1024 * 1024)
#define MAX_KEPT_SETTLED 50
#define COMPACT_ABOVE 400

struct _EaselJournal
{
  GObject parent_instance;

  char *directory;     /* (owned) */
  GHashTable *records; /* (owned) (element-type utf8 EaselJournalRecord) */
  guint n_damaged;
  guint n_lines;

  /* What other instances of the program append. */
  GFileMonitor *monitor; /* (owned) (nullable) */
  GPtrArray *news;       /* (owned) (element-type EaselJournalRecord) */
  guint64 inode;         /* of the file that was read */
  gint64 read_to;        /* where its last line that was read ends */
};

enum
{
  SIGNAL_NEWS,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EaselJournal, easel_journal, G_TYPE_OBJECT)

static void
easel_journal_finalize (GObject *object)
{
  EaselJournal *self = EASEL_JOURNAL (object);

  g_clear_object (&self->monitor);
  g_clear_pointer (&self->directory, g_free);
  g_clear_pointer (&self->records, g_hash_table_unref);
  g_clear_pointer (&self->news, g_ptr_array_unref);

  G_OBJECT_CLASS (easel_journal_parent_class)->finalize (object);
}

static void
easel_journal_class_init (EaselJournalClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = easel_journal_finalize;

  /**
   * EaselJournal::news:
   *
   * Another instance of the program has written: easel_journal_take_news() has something to tell.
   */
  signals[SIGNAL_NEWS] = g_signal_new ("news", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
easel_journal_init (EaselJournal *self)
{
  self->records = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify) easel_journal_record_free);
  self->news = g_ptr_array_new_with_free_func ((GDestroyNotify) easel_journal_record_free);
}

/**
 * easel_journal_new:
 * @state_dir: folder for the file; made when the first record is put
 *
 * Returns: (transfer full): an empty journal; nothing is read before easel_journal_load()
 */
EaselJournal *
easel_journal_new (const char *state_dir)
{
  EaselJournal *self;

  g_return_val_if_fail (state_dir != NULL, NULL);

  self = g_object_new (EASEL_TYPE_JOURNAL, NULL);
  self->directory = g_strdup (state_dir);
  return self;
}

static void
set_storage_error (GError **error, const char *what, const char *path)
{
  const int saved_errno = errno;

  easel_set_error (error, EASEL_ERROR_STORAGE, "%s %s: %s", what, path, g_strerror (saved_errno));
}

/* The lock is a file of its own because compaction replaces the journal's. */
static int
lock_journal (EaselJournal *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->directory, LOCK_FILE, NULL);
  int fd;

  if (g_mkdir_with_parents (self->directory, 0700) != 0)
    {
      set_storage_error (error, "Cannot make", self->directory);
      return -1;
    }
  fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0 || flock (fd, LOCK_EX) != 0)
    {
      set_storage_error (error, "Cannot lock", path);
      if (fd >= 0)
        close (fd);
      return -1;
    }
  return fd;
}

static gboolean
sync_directory (EaselJournal *self, GError **error)
{
  const int fd = open (self->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean ok = fd >= 0 && fsync (fd) == 0;

  if (!ok)
    set_storage_error (error, "Cannot sync", self->directory);
  if (fd >= 0)
    close (fd);
  return ok;
}

static gboolean
write_all (int fd, const char *data, gsize length)
{
  while (length > 0)
    {
      const ssize_t written = write (fd, data, length);

      if (written < 0 && errno == EINTR)
        continue;
      if (written <= 0)
        return FALSE;
      data += written;
      length -= (gsize) written;
    }
  return TRUE;
}

/* A line torn by a power cut must not swallow the next one. */
static gboolean
ends_torn (int fd)
{
  const off_t size = lseek (fd, 0, SEEK_END);
  char last = '\n';

  return size > 0 && pread (fd, &last, 1, size - 1) == 1 && last != '\n';
}

/* Up to its end, the file holds nothing that this instance does not know. */
static void
note_read (EaselJournal *self, int fd)
{
  struct stat info;

  if (fstat (fd, &info) != 0)
    return;
  self->inode = info.st_ino;
  self->read_to = info.st_size;
}

static gboolean
append_line (EaselJournal *self, const char *line, GError **error)
{
  g_autofree char *path = g_build_filename (self->directory, JOURNAL_FILE, NULL);
  const gboolean is_new = !g_file_test (path, G_FILE_TEST_EXISTS);
  const int fd = open (path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  gboolean ok;

  if (fd < 0)
    {
      set_storage_error (error, "Cannot open", path);
      return FALSE;
    }
  ok = !ends_torn (fd) || write_all (fd, "\n", 1);
  ok = ok && write_all (fd, line, strlen (line)) && fsync (fd) == 0;
  if (!ok)
    set_storage_error (error, "Cannot write", path);
  else
    note_read (self, fd);
  close (fd);
  return ok && (!is_new || sync_directory (self, error));
}

static void
take_record (EaselJournal *self, EaselJournalRecord *record)
{
  g_hash_table_replace (self->records, g_strdup (record->name), record);
}

typedef void (*LineFunc) (EaselJournal *self, const char *line);

/* Calls @func for every line that has an end, and for a torn one behind the last if @with_torn.
 * Returns how many bytes the lines with an end have. */
static gsize
each_line (EaselJournal *self, char *contents, gboolean with_torn, LineFunc func)
{
  char *line = contents;

  while (*line != '\0')
    {
      char *end = strchr (line, '\n');

      if (end == NULL && !with_torn)
        break;
      if (end != NULL)
        *end = '\0';
      if (*line != '\0')
        func (self, line);
      if (end == NULL)
        break;
      line = end + 1;
    }
  return (gsize) (line - contents);
}

static EaselJournalRecord *
count_and_read (EaselJournal *self, const char *line)
{
  EaselJournalRecord *record =
      strlen (line) <= MAX_LINE ? _easel_journal_record_from_line (line) : NULL;

  self->n_lines++;
  if (record == NULL)
    self->n_damaged++;
  return record;
}

static void
load_line (EaselJournal *self, const char *line)
{
  EaselJournalRecord *record = count_and_read (self, line);

  if (record != NULL)
    take_record (self, record);
}

/**
 * _easel_journal_load_text:
 * @self: a journal
 * @text: contents of a file; its line ends are overwritten
 *
 * Returns: where the last line that has an end ends, in bytes
 */
gsize
_easel_journal_load_text (EaselJournal *self, char *text)
{
  return each_line (self, text, TRUE, load_line);
}

/**
 * easel_journal_load:
 * @self: a journal
 * @error: return location; EASEL_ERROR_STORAGE
 *
 * Reads the file. A missing one is an empty journal; damaged lines are skipped and counted.
 *
 * Returns: %FALSE when there is a file that could not be read at all
 */
gboolean
easel_journal_load (EaselJournal *self, GError **error)
{
  g_autofree char *path = NULL;
  g_autofree char *contents = NULL;
  g_autoptr (GError) local_error = NULL;
  GStatBuf info;

  g_return_val_if_fail (EASEL_IS_JOURNAL (self), FALSE);

  g_hash_table_remove_all (self->records);
  self->n_damaged = 0;
  self->n_lines = 0;
  self->read_to = 0;

  path = g_build_filename (self->directory, JOURNAL_FILE, NULL);
  if (g_stat (path, &info) != 0 && errno == ENOENT)
    return TRUE;
  if (info.st_size > MAX_FILE)
    {
      easel_set_error (error, EASEL_ERROR_STORAGE, "%s is too large", path);
      return FALSE;
    }
  if (!g_file_get_contents (path, &contents, NULL, &local_error))
    {
      easel_set_error (error, EASEL_ERROR_STORAGE, "%s", local_error->message);
      return FALSE;
    }

  self->inode = info.st_ino;
  self->read_to = (gint64) _easel_journal_load_text (self, contents);
  if (self->n_damaged > 0)
    g_message ("%u damaged lines in %s were passed over", self->n_damaged, path);
  return TRUE;
}

static void
read_news_line (EaselJournal *self, const char *line)
{
  g_autoptr (EaselJournalRecord) record = count_and_read (self, line);
  const EaselJournalRecord *known;
  g_autofree char *json = NULL;
  g_autofree char *known_json = NULL;

  if (record == NULL)
    return;
  known = g_hash_table_lookup (self->records, record->name);
  json = _easel_journal_record_to_json (record);
  known_json = known != NULL ? _easel_journal_record_to_json (known) : NULL;
  if (g_strcmp0 (json, known_json) == 0)
    return;
  g_ptr_array_add (self->news, easel_journal_record_copy (record));
  take_record (self, g_steal_pointer (&record));
}

/* The part of the file behind what was read; the whole when it was written anew. */
static char *
read_rest (EaselJournal *self, int fd)
{
  struct stat info;
  char *rest;
  gint64 length;
  gint64 done = 0;

  if (fstat (fd, &info) != 0)
    return NULL;
  if (info.st_ino != self->inode || info.st_size < self->read_to)
    self->read_to = 0;
  self->inode = info.st_ino;
  length = info.st_size - self->read_to;
  if (length <= 0 || length > MAX_FILE)
    return NULL;
  rest = g_malloc ((gsize) length + 1);
  while (done < length)
    {
      const ssize_t n = pread (fd, rest + done, (gsize) (length - done), self->read_to + done);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        break;
      done += n;
    }
  rest[done] = '\0';
  return rest;
}

static void
read_news (EaselJournal *self)
{
  g_autofree char *path = g_build_filename (self->directory, JOURNAL_FILE, NULL);
  g_autofree char *rest = NULL;
  const int fd = open (path, O_RDONLY | O_CLOEXEC);

  if (fd < 0)
    return;
  rest = read_rest (self, fd);
  close (fd);
  /* A line without its end may still be on its way to the disk. */
  if (rest != NULL)
    self->read_to += (gint64) each_line (self, rest, FALSE, read_news_line);
}

/**
 * easel_journal_take_news:
 * @self: a journal
 *
 * Reads what other instances of the program have written since the last look.
 *
 * Returns: (transfer full) (element-type EaselJournalRecord): copies of the records that they
 *   changed, in the order of writing
 */
GPtrArray *
easel_journal_take_news (EaselJournal *self)
{
  GPtrArray *news;

  g_return_val_if_fail (EASEL_IS_JOURNAL (self), NULL);

  read_news (self);
  news = self->news;
  self->news = g_ptr_array_new_with_free_func ((GDestroyNotify) easel_journal_record_free);
  return news;
}

static void
on_file_changed (EaselJournal *self)
{
  read_news (self);
  if (self->news->len > 0)
    g_signal_emit (self, signals[SIGNAL_NEWS], 0);
}

/**
 * easel_journal_watch:
 * @self: a journal that was loaded
 *
 * Emits #EaselJournal::news from now on. Where files cannot be watched, easel_journal_take_news()
 * must be asked now and then.
 */
void
easel_journal_watch (EaselJournal *self)
{
  g_autofree char *path = NULL;
  g_autoptr (GFile) file = NULL;

  g_return_if_fail (EASEL_IS_JOURNAL (self));

  if (self->monitor != NULL)
    return;
  path = g_build_filename (self->directory, JOURNAL_FILE, NULL);
  file = g_file_new_for_path (path);
  self->monitor = g_file_monitor_file (file, G_FILE_MONITOR_NONE, NULL, NULL);
  if (self->monitor != NULL)
    g_signal_connect_object (self->monitor, "changed", G_CALLBACK (on_file_changed), self,
                             G_CONNECT_SWAPPED);
}

/**
 * easel_journal_put:
 * @self: a journal
 * @record: what is now true about its name
 * @error: return location; EASEL_ERROR_STORAGE
 *
 * Writes and syncs one line. Blocking, because no create request may leave before it returns.
 *
 * Returns: %TRUE when the line is on the disk; the record in memory changes in any case
 */
gboolean
easel_journal_put (EaselJournal *self, const EaselJournalRecord *record, GError **error)
{
  g_autofree char *line = NULL;
  gboolean ok;
  int lock;

  g_return_val_if_fail (EASEL_IS_JOURNAL (self), FALSE);
  g_return_val_if_fail (record != NULL && record->name != NULL && record->provider_id != NULL,
                        FALSE);

  lock = lock_journal (self, error);
  if (lock >= 0)
    read_news (self);
  take_record (self, easel_journal_record_copy (record));
  if (lock < 0)
    return FALSE;
  line = _easel_journal_record_to_line (record);
  ok = append_line (self, line, error);
  close (lock);
  self->n_lines++;
  return ok;
}

/**
 * easel_journal_get:
 * @self: a journal
 * @name: a pod name
 *
 * Returns: (transfer full) (nullable): a copy of the record of that name
 */
EaselJournalRecord *
easel_journal_get (EaselJournal *self, const char *name)
{
  const EaselJournalRecord *record;

  g_return_val_if_fail (EASEL_IS_JOURNAL (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  record = g_hash_table_lookup (self->records, name);
  return record != NULL ? easel_journal_record_copy (record) : NULL;
}

static gboolean
is_settled (const EaselJournalRecord *record)
{
  return record->state == EASEL_JOURNAL_GONE || record->state == EASEL_JOURNAL_VOID;
}

static int
compare_intents (gconstpointer a, gconstpointer b)
{
  const EaselJournalRecord *x = *(EaselJournalRecord *const *) a;
  const EaselJournalRecord *y = *(EaselJournalRecord *const *) b;

  if (x->intent_unix_ms != y->intent_unix_ms)
    return x->intent_unix_ms < y->intent_unix_ms ? -1 : 1;
  return strcmp (x->name, y->name);
}

static GPtrArray *
collect (EaselJournal *self, gboolean settled)
{
  GPtrArray *result = g_ptr_array_new_with_free_func ((GDestroyNotify) easel_journal_record_free);
  GHashTableIter iter;
  gpointer record;

  g_hash_table_iter_init (&iter, self->records);
  while (g_hash_table_iter_next (&iter, NULL, &record))
    if (is_settled (record) == settled)
      g_ptr_array_add (result, easel_journal_record_copy (record));
  g_ptr_array_sort (result, compare_intents);
  return result;
}

/**
 * easel_journal_get_open:
 * @self: a journal
 *
 * Returns: (transfer full) (element-type EaselJournalRecord): copies of what is not settled, oldest
 *   first
 */
GPtrArray *
easel_journal_get_open (EaselJournal *self)
{
  g_return_val_if_fail (EASEL_IS_JOURNAL (self), NULL);

  return collect (self, FALSE);
}

/**
 * easel_journal_get_n_damaged:
 * @self: a journal
 *
 * Returns: how many lines the last load passed over
 */
guint
easel_journal_get_n_damaged (EaselJournal *self)
{
  g_return_val_if_fail (EASEL_IS_JOURNAL (self), 0);

  return self->n_damaged;
}

static gboolean
replace_file (EaselJournal *self, const char *contents, GError **error)
{
  g_autofree char *path = g_build_filename (self->directory, JOURNAL_FILE, NULL);
  g_autofree char *temporary = g_strconcat (path, ".new", NULL);
  const int fd = open (temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  gboolean ok;

  if (fd < 0)
    {
      set_storage_error (error, "Cannot open", temporary);
      return FALSE;
    }
  ok = write_all (fd, contents, strlen (contents)) && fsync (fd) == 0;
  note_read (self, fd);
  close (fd);
  ok = ok && g_rename (temporary, path) == 0;
  if (!ok)
    {
      set_storage_error (error, "Cannot write", temporary);
      return FALSE;
    }
  return sync_directory (self, error);
}

/**
 * _easel_journal_dup_text:
 * @self: a journal
 * @ret_n_lines: (out): how many lines the text has
 *
 * Returns: (transfer full): everything open and the newest settled records, as they stand in a file
 */
char *
_easel_journal_dup_text (EaselJournal *self, guint *ret_n_lines)
{
  g_autoptr (GPtrArray) settled = collect (self, TRUE);
  g_autoptr (GPtrArray) open_records = collect (self, FALSE);
  GString *text = g_string_new (NULL);
  guint first = settled->len > MAX_KEPT_SETTLED ? settled->len - MAX_KEPT_SETTLED : 0;

  for (guint i = first; i < settled->len; i++)
    {
      g_autofree char *line = _easel_journal_record_to_line (g_ptr_array_index (settled, i));

      g_string_append (text, line);
    }
  for (guint i = 0; i < open_records->len; i++)
    {
      g_autofree char *line = _easel_journal_record_to_line (g_ptr_array_index (open_records, i));

      g_string_append (text, line);
    }
  *ret_n_lines = settled->len - first + open_records->len;
  return g_string_free (text, FALSE);
}

/**
 * easel_journal_compact:
 * @self: a journal that was loaded
 * @error: return location; EASEL_ERROR_STORAGE
 *
 * Writes the file anew when it has grown: everything open, and the newest settled records, which
 * must stay for a while because a pod may still appear under their name.
 *
 * Returns: %FALSE when the old file is still there because the new one could not be written
 */
gboolean
easel_journal_compact (EaselJournal *self, GError **error)
{
  g_autofree char *contents = NULL;
  guint n_lines;
  gboolean ok;
  int lock;

  g_return_val_if_fail (EASEL_IS_JOURNAL (self), FALSE);

  if (self->n_lines <= COMPACT_ABOVE)
    return TRUE;
  lock = lock_journal (self, error);
  if (lock < 0)
    return FALSE;

  /* Another instance may have written since we read. */
  ok = easel_journal_load (self, error);
  contents = _easel_journal_dup_text (self, &n_lines);
  ok = ok && replace_file (self, contents, error);
  close (lock);
  if (ok)
    self->n_lines = n_lines;
  return ok;
}
