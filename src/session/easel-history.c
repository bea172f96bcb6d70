/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What this computer has learned about renting: receipts, how long starts took, which machines
 * failed. Owns history.json in the state directory; reads and writes it in the background. Nothing
 * here is needed to find a bill (that is the journal's and the cloud's part), so that a lost file
 * costs comfort only. Holds no key. */
#include "config.h"

#include "easel-history.h"

#include "easel-history-file.h"

#define FILE_NAME "history.json"
#define DAMAGED_NAME "history.json.damaged"

#define MAX_RECEIPTS 200
#define MAX_STARTS_PER_KIND 50
#define MAX_MACHINES 50
/* Machines get repaired; and ids are used again. */
#define MACHINE_MEMORY_MS (30 * G_GINT64_CONSTANT (86400000))

/* With fewer a figure would be an anecdote. */
#define MIN_STARTS 3
#define MAX_START_MS (24 * G_GINT64_CONSTANT (3600000))

/* Who may write the file. Shared with the thread that does, which may outlive the history. */
typedef struct
{
  GMutex mutex;
  gboolean is_over; /* the last version has been written */
} Turn;

struct _EaselHistory
{
  GObject parent_instance;

  EaselClock *clock;      /* (owned) */
  GFile *file;            /* (owned) */
  GFile *damaged_file;    /* (owned) */
  EaselHistoryData *data; /* (owned) */
  char **bad_machines;    /* (owned) */

  GCancellable *cancellable; /* (owned): of all that runs in the background */
  Turn *turn;                /* (owned) */
  gboolean is_loaded;
  gboolean is_saving;
  gboolean is_dirty; /* changed since the last save began */
};

enum
{
  CHANGED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (EaselHistory, easel_history, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

/**
 * easel_receipt_new:
 *
 * Returns: (transfer full): a receipt about nothing, with unknown money
 */
EaselReceipt *
easel_receipt_new (void)
{
  EaselReceipt *self = g_new0 (EaselReceipt, 1);

  self->estimated = EASEL_MONEY_UNKNOWN;
  self->billed = EASEL_MONEY_UNKNOWN;
  return self;
}

/**
 * easel_receipt_copy:
 * @self: (nullable): a receipt
 *
 * Returns: (transfer full) (nullable): the same
 */
EaselReceipt *
easel_receipt_copy (const EaselReceipt *self)
{
  EaselReceipt *copy;

  if (self == NULL)
    return NULL;
  copy = g_memdup2 (self, sizeof *self);
  copy->provider_id = g_strdup (self->provider_id);
  copy->pod_id = g_strdup (self->pod_id);
  copy->title = g_strdup (self->title);
  copy->workload = g_strdup (self->workload);
  copy->reason = g_strdup (self->reason);
  return copy;
}

/**
 * easel_receipt_free:
 * @self: (transfer full) (nullable): a receipt
 */
void
easel_receipt_free (EaselReceipt *self)
{
  if (self == NULL)
    return;
  g_free (self->provider_id);
  g_free (self->pod_id);
  g_free (self->title);
  g_free (self->workload);
  g_free (self->reason);
  g_free (self);
}

/* --- bounds ------------------------------------------------------------------------------- */

static void
truncate_list (GPtrArray *list, guint max)
{
  if (list->len > max)
    g_ptr_array_set_size (list, (int) max);
}

static gboolean
is_same_kind (const EaselStartTime *start, const char *provider_id, EaselHostKind host_kind)
{
  return start->host_kind == host_kind && g_strcmp0 (start->provider_id, provider_id) == 0;
}

static void
bound_starts (GPtrArray *starts)
{
  for (guint i = 0; i < starts->len; i++)
    {
      const EaselStartTime *kind = g_ptr_array_index (starts, i);
      guint n = 1;

      for (guint j = i + 1; j < starts->len;)
        {
          const EaselStartTime *other = g_ptr_array_index (starts, j);

          if (!is_same_kind (other, kind->provider_id, kind->host_kind) ||
              ++n <= MAX_STARTS_PER_KIND)
            j++;
          else
            g_ptr_array_remove_index (starts, j);
        }
    }
}

static void
bound_machines (EaselHistory *self)
{
  GPtrArray *machines = self->data->machines;
  gint64 oldest = easel_clock_get_unix_ms (self->clock) - MACHINE_MEMORY_MS;
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();

  truncate_list (machines, MAX_MACHINES);
  for (guint i = 0; i < machines->len;)
    {
      const EaselBadMachine *machine = g_ptr_array_index (machines, i);

      if (machine->noted_unix_ms < oldest)
        {
          g_ptr_array_remove_index (machines, i);
          continue;
        }
      g_strv_builder_add (ids, machine->id);
      i++;
    }
  g_strfreev (self->bad_machines);
  self->bad_machines = g_strv_builder_end (ids);
}

static void
apply_bounds (EaselHistory *self)
{
  truncate_list (self->data->receipts, MAX_RECEIPTS);
  bound_starts (self->data->starts);
  bound_machines (self);
}

/* --- the file ----------------------------------------------------------------------------- */

static EaselReceipt *
find_receipt (GPtrArray *receipts, const char *provider_id, const char *pod_id)
{
  for (guint i = 0; i < receipts->len; i++)
    {
      EaselReceipt *receipt = g_ptr_array_index (receipts, i);

      if (g_strcmp0 (receipt->pod_id, pod_id) == 0 &&
          g_strcmp0 (receipt->provider_id, provider_id) == 0)
        return receipt;
    }
  return NULL;
}

static EaselBadMachine *
find_machine (GPtrArray *machines, const char *id)
{
  for (guint i = 0; i < machines->len; i++)
    {
      EaselBadMachine *machine = g_ptr_array_index (machines, i);

      if (g_strcmp0 (machine->id, id) == 0)
        return machine;
    }
  return NULL;
}

/* What came in before the file was read is newer than the file. */
static void
merge (EaselHistory *self, EaselHistoryData *old)
{
  while (old->receipts->len > 0)
    {
      g_autoptr (EaselReceipt) receipt = g_ptr_array_steal_index (old->receipts, 0);

      if (find_receipt (self->data->receipts, receipt->provider_id, receipt->pod_id) == NULL)
        g_ptr_array_add (self->data->receipts, g_steal_pointer (&receipt));
    }
  while (old->starts->len > 0)
    g_ptr_array_add (self->data->starts, g_ptr_array_steal_index (old->starts, 0));
  while (old->machines->len > 0)
    {
      g_autoptr (EaselBadMachine) machine = g_ptr_array_steal_index (old->machines, 0);

      if (find_machine (self->data->machines, machine->id) == NULL)
        g_ptr_array_add (self->data->machines, g_steal_pointer (&machine));
    }
  apply_bounds (self);
}

static void
turn_clear (gpointer user_data)
{
  g_mutex_clear (&((Turn *) user_data)->mutex);
}

static void
turn_unref (Turn *turn)
{
  g_atomic_rc_box_release_full (turn, turn_clear);
}

static GWeakRef *
weak_new (EaselHistory *self)
{
  GWeakRef *weak = g_new0 (GWeakRef, 1);

  g_weak_ref_init (weak, self);
  return weak;
}

/* Returns: (transfer full) (nullable): the history, if it is still there */
static EaselHistory *
weak_take (GWeakRef *weak)
{
  EaselHistory *self = g_weak_ref_get (weak);

  g_weak_ref_clear (weak);
  g_free (weak);
  return self;
}

static void save (EaselHistory *self);

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EaselHistory) self = weak_take (user_data);

  if (self == NULL)
    return;
  self->is_saving = FALSE;
  if (self->is_dirty)
    save (self);
}

typedef struct
{
  GFile *file;   /* (owned) */
  GBytes *bytes; /* (owned) */
  Turn *turn;    /* (owned) */
} WriteData;

static void
write_data_free (gpointer user_data)
{
  WriteData *data = user_data;

  g_object_unref (data->file);
  g_bytes_unref (data->bytes);
  turn_unref (data->turn);
  g_free (data);
}

static void
write_file (GFile *file, GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);

  /* Also the first version comes by a rename, which GFile's own replacing does not do. */
  if (!g_file_set_contents_full (g_file_peek_path (file), text, (gssize) length,
                                 G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
    g_debug ("history: %s", error->message);
}

static void
write_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  WriteData *data = task_data;

  g_mutex_lock (&data->turn->mutex);
  if (!data->turn->is_over)
    write_file (data->file, data->bytes);
  g_mutex_unlock (&data->turn->mutex);
  g_task_return_boolean (task, TRUE);
}

/* One write at a time; what changes meanwhile goes into the next. GIO's own asynchronous write
 * would put an empty file in place of the old one when it is cancelled between its steps. */
static void
save (EaselHistory *self)
{
  g_autoptr (GTask) task = NULL;
  WriteData *data;

  self->is_dirty = TRUE;
  if (!self->is_loaded || self->is_saving)
    return;
  self->is_dirty = FALSE;
  self->is_saving = TRUE;
  data = g_new0 (WriteData, 1);
  data->file = g_object_ref (self->file);
  data->bytes = easel_history_data_to_bytes (self->data);
  data->turn = g_atomic_rc_box_acquire (self->turn);
  task = g_task_new (NULL, NULL, on_saved, weak_new (self));
  g_task_set_source_tag (task, save);
  g_task_set_task_data (task, data, write_data_free);
  g_task_run_in_thread (task, write_in_thread);
}

static void
finish_loading (EaselHistory *self)
{
  self->is_loaded = TRUE;
  if (self->is_dirty)
    save (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_set_aside (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EaselHistory) self = weak_take (user_data);
  g_autoptr (GError) error = NULL;

  g_file_move_finish (G_FILE (source), result, &error);
  if (error != NULL)
    g_debug ("history: %s", error->message);
  if (self != NULL)
    finish_loading (self);
}

/* Returns: whether @contents could be understood */
static gboolean
take_contents (EaselHistory *self, char *contents, gsize length)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (contents, length);
  g_autoptr (EaselHistoryData) old = NULL;
  g_autoptr (GError) error = NULL;

  old = easel_history_data_parse (bytes, &error);
  if (old == NULL)
    {
      g_debug ("history: %s", error->message);
      return FALSE;
    }
  merge (self, old);
  return TRUE;
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EaselHistory) self = weak_take (user_data);
  g_autoptr (GError) error = NULL;
  g_autofree char *contents = NULL;
  gsize length = 0;
  gboolean is_read;

  is_read = g_file_load_contents_finish (G_FILE (source), result, &contents, &length, NULL, &error);
  if (self == NULL)
    return;
  if (is_read && !take_contents (self, g_steal_pointer (&contents), length))
    g_file_move_async (self->file, self->damaged_file, G_FILE_COPY_OVERWRITE, G_PRIORITY_DEFAULT,
                       self->cancellable, NULL, NULL, on_set_aside, weak_new (self));
  else
    finish_loading (self);
}

/* When the program ends no main loop waits for a background write any more. This one is the last: a
 * few kilobytes, after all windows are gone, and only if something changed that is not on the disk
 * yet. An older write that is still under way is waited for, and none comes after it. */
static void
save_now (EaselHistory *self)
{
  g_autoptr (GBytes) bytes = NULL;

  if (!self->is_loaded)
    {
      gsize length;
      char *contents;

      if (g_file_load_contents (self->file, NULL, &contents, &length, NULL, NULL) &&
          !take_contents (self, contents, length))
        g_file_move (self->file, self->damaged_file, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, NULL);
    }
  bytes = easel_history_data_to_bytes (self->data);
  g_mutex_lock (&self->turn->mutex);
  self->turn->is_over = TRUE;
  write_file (self->file, bytes);
  g_mutex_unlock (&self->turn->mutex);
}

static void
note_change (EaselHistory *self)
{
  save (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* --- object ------------------------------------------------------------------------------- */

static void
easel_history_dispose (GObject *object)
{
  EaselHistory *self = EASEL_HISTORY (object);

  easel_history_flush (self);

  G_OBJECT_CLASS (easel_history_parent_class)->dispose (object);
}

static void
easel_history_finalize (GObject *object)
{
  EaselHistory *self = EASEL_HISTORY (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->data, easel_history_data_free);
  g_clear_pointer (&self->bad_machines, g_strfreev);
  g_clear_pointer (&self->turn, turn_unref);
  g_clear_object (&self->file);
  g_clear_object (&self->damaged_file);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (easel_history_parent_class)->finalize (object);
}

static void
easel_history_class_init (EaselHistoryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = easel_history_dispose;
  object_class->finalize = easel_history_finalize;

  /**
   * EaselHistory::changed:
   *
   * When the file has been read, and after every change.
   */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
easel_history_init (EaselHistory *self)
{
  self->cancellable = g_cancellable_new ();
  self->turn = g_atomic_rc_box_new0 (Turn);
  g_mutex_init (&self->turn->mutex);
  self->data = easel_history_data_new ();
  self->bad_machines = g_new0 (char *, 1);
}

/**
 * easel_history_new:
 * @state_dir: (type filename): an existing directory
 * @clock: for the age of what is remembered
 *
 * Returns: (transfer full): a history that begins to read its file
 */
EaselHistory *
easel_history_new (const char *state_dir, EaselClock *clock)
{
  EaselHistory *self;

  g_return_val_if_fail (state_dir != NULL, NULL);
  g_return_val_if_fail (EASEL_IS_CLOCK (clock), NULL);

  self = g_object_new (EASEL_TYPE_HISTORY, NULL);
  self->clock = g_object_ref (clock);
  self->file = g_file_new_build_filename (state_dir, FILE_NAME, NULL);
  self->damaged_file = g_file_new_build_filename (state_dir, DAMAGED_NAME, NULL);
  g_file_load_contents_async (self->file, self->cancellable, on_loaded, weak_new (self));
  return self;
}

/**
 * easel_history_flush:
 * @self: a history
 *
 * The program ends: what changed last is written at once, and nothing is in the background any
 * more. Not left to the last reference, which a request under way may hold for ever.
 */
void
easel_history_flush (EaselHistory *self)
{
  g_return_if_fail (EASEL_IS_HISTORY (self));

  g_cancellable_cancel (self->cancellable);
  if (self->is_dirty || self->is_saving)
    save_now (self);
  self->is_dirty = FALSE;
  self->is_saving = FALSE;
}

/**
 * easel_history_add_receipt:
 * @self: a history
 * @receipt: what a rental was; copied
 *
 * Becomes the last receipt. A second one about the same pod takes the place of the first.
 */
void
easel_history_add_receipt (EaselHistory *self, const EaselReceipt *receipt)
{
  EaselReceipt *copy;
  EaselReceipt *before;

  g_return_if_fail (EASEL_IS_HISTORY (self));
  g_return_if_fail (receipt != NULL && receipt->provider_id != NULL && receipt->pod_id != NULL);

  copy = easel_receipt_copy (receipt);
  before = find_receipt (self->data->receipts, copy->provider_id, copy->pod_id);
  if (before != NULL)
    {
      if (copy->billed == EASEL_MONEY_UNKNOWN)
        {
          copy->billed = before->billed;
          copy->billed_until_unix_ms = before->billed_until_unix_ms;
        }
      g_ptr_array_remove (self->data->receipts, before);
    }
  g_ptr_array_insert (self->data->receipts, 0, copy);
  apply_bounds (self);
  note_change (self);
}

/**
 * easel_history_set_bill:
 * @self: a history
 * @provider_id: the provider
 * @pod_id: the pod
 * @billed: what the provider billed for it, micro-dollars
 * @billed_until_unix_ms: until when that bill reaches
 *
 * Completes a receipt; without one nothing happens.
 */
void
easel_history_set_bill (EaselHistory *self,
                        const char *provider_id,
                        const char *pod_id,
                        gint64 billed,
                        gint64 billed_until_unix_ms)
{
  EaselReceipt *receipt;

  g_return_if_fail (EASEL_IS_HISTORY (self));
  g_return_if_fail (provider_id != NULL && pod_id != NULL);

  receipt = find_receipt (self->data->receipts, provider_id, pod_id);
  if (receipt == NULL ||
      (receipt->billed == billed && receipt->billed_until_unix_ms == billed_until_unix_ms))
    return;
  receipt->billed = billed;
  receipt->billed_until_unix_ms = billed_until_unix_ms;
  note_change (self);
}

/**
 * easel_history_get_last_receipt:
 * @self: a history
 *
 * Returns: (transfer none) (nullable): the newest receipt; valid until the next change
 */
const EaselReceipt *
easel_history_get_last_receipt (EaselHistory *self)
{
  g_return_val_if_fail (EASEL_IS_HISTORY (self), NULL);

  return self->data->receipts->len > 0 ? g_ptr_array_index (self->data->receipts, 0) : NULL;
}

/**
 * easel_history_get_receipts:
 * @self: a history
 *
 * Returns: (transfer none) (element-type EaselReceipt): all receipts, newest first
 */
GPtrArray *
easel_history_get_receipts (EaselHistory *self)
{
  g_return_val_if_fail (EASEL_IS_HISTORY (self), NULL);

  return self->data->receipts;
}

/**
 * easel_history_add_start_time:
 * @self: a history
 * @provider_id: the provider
 * @host_kind: data center or private owner
 * @milliseconds: from the click to a working server
 *
 * Remembers how long a start took. What cannot be true is passed over.
 */
void
easel_history_add_start_time (EaselHistory *self,
                              const char *provider_id,
                              EaselHostKind host_kind,
                              gint64 milliseconds)
{
  EaselStartTime *start;

  g_return_if_fail (EASEL_IS_HISTORY (self));
  g_return_if_fail (provider_id != NULL);
  g_return_if_fail (host_kind <= EASEL_HOST_PRIVATE);

  if (milliseconds <= 0 || milliseconds > MAX_START_MS)
    return;
  start = g_new0 (EaselStartTime, 1);
  start->provider_id = g_strdup (provider_id);
  start->host_kind = host_kind;
  start->milliseconds = milliseconds;
  g_ptr_array_insert (self->data->starts, 0, start);
  apply_bounds (self);
  note_change (self);
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 left = *(const gint64 *) a;
  gint64 right = *(const gint64 *) b;

  return (left > right) - (left < right);
}

/**
 * easel_history_get_start_time:
 * @self: a history
 * @provider_id: the provider
 * @host_kind: data center or private owner
 * @ret_low_ms: (out): a fifth of the starts were quicker
 * @ret_high_ms: (out): a tenth of the starts were slower
 *
 * Returns: whether enough starts are known to say so
 */
gboolean
easel_history_get_start_time (EaselHistory *self,
                              const char *provider_id,
                              EaselHostKind host_kind,
                              gint64 *ret_low_ms,
                              gint64 *ret_high_ms)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));

  g_return_val_if_fail (EASEL_IS_HISTORY (self), FALSE);
  g_return_val_if_fail (provider_id != NULL, FALSE);

  for (guint i = 0; i < self->data->starts->len; i++)
    {
      const EaselStartTime *start = g_ptr_array_index (self->data->starts, i);

      if (is_same_kind (start, provider_id, host_kind))
        g_array_append_val (times, start->milliseconds);
    }
  if (times->len < MIN_STARTS)
    return FALSE;
  g_array_sort (times, compare_times);
  *ret_low_ms = g_array_index (times, gint64, (times->len - 1) / 5);
  *ret_high_ms = g_array_index (times, gint64, (times->len * 9 + 9) / 10 - 1);
  return TRUE;
}

/**
 * easel_history_add_bad_machine:
 * @self: a history
 * @machine_id: a machine that failed
 *
 * It is not offered for the next 30 days.
 */
void
easel_history_add_bad_machine (EaselHistory *self, const char *machine_id)
{
  EaselBadMachine *machine;
  EaselBadMachine *before;

  g_return_if_fail (EASEL_IS_HISTORY (self));
  g_return_if_fail (machine_id != NULL);

  if (*machine_id == '\0')
    return;
  before = find_machine (self->data->machines, machine_id);
  if (before != NULL)
    g_ptr_array_remove (self->data->machines, before);
  machine = g_new0 (EaselBadMachine, 1);
  machine->id = g_strdup (machine_id);
  machine->noted_unix_ms = easel_clock_get_unix_ms (self->clock);
  g_ptr_array_insert (self->data->machines, 0, machine);
  apply_bounds (self);
  note_change (self);
}

/**
 * easel_history_get_bad_machines:
 * @self: a history
 *
 * Returns: (transfer none) (array zero-terminated=1): ids of machines that failed; valid until the
 *   next change
 */
const char *const *
easel_history_get_bad_machines (EaselHistory *self)
{
  g_return_val_if_fail (EASEL_IS_HISTORY (self), NULL);

  return (const char *const *) self->bad_machines;
}
