/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What this computer has learned about renting: receipts, how long starts took, which machines
 * failed. Owns history.json in the state directory. Nothing
 * here is needed to find a bill (that is the journal's and the cloud's part), so that a lost file
 * costs comfort only. Holds no key. */
#include "config.h"

#include "easel-history.h"

#include "easel-history-file.h"
#include "easel-state-file.h"

#define FILE_NAME "history.json"

#define MAX_RECEIPTS 200
#define MAX_STARTS_PER_KIND 50
#define MAX_MACHINES 50
/* Machines get repaired; and ids are used again. */
#define MACHINE_MEMORY_MS (30 * G_GINT64_CONSTANT (86400000))

/* With fewer a figure would be an anecdote. */
#define MIN_STARTS 3
#define MAX_START_MS (24 * G_GINT64_CONSTANT (3600000))

struct _EaselHistory
{
  GObject parent_instance;

  EaselClock *clock;      /* (owned) */
  EaselStateFile *file;   /* (owned) */
  EaselHistoryData *data; /* (owned) */
  char **bad_machines;    /* (owned) */
  gboolean is_dirty;      /* changed before the file was read */
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
save (EaselHistory *self)
{
  g_autoptr (GBytes) bytes = easel_history_data_to_bytes (self->data);

  self->is_dirty = TRUE;
  easel_state_file_save (self->file, bytes);
}

static void
on_loaded (EaselHistory *self, GBytes *contents)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselHistoryData) old =
      contents != NULL ? easel_history_data_parse (contents, &error) : NULL;

  g_assert (EASEL_IS_HISTORY (self));

  if (old != NULL)
    merge (self, old);
  else if (contents != NULL)
    {
      g_debug ("history: %s", error->message);
      easel_state_file_set_aside (self->file);
    }
  if (self->is_dirty)
    save (self);
  g_signal_emit (self, signals[CHANGED], 0);
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

  g_clear_pointer (&self->data, easel_history_data_free);
  g_clear_pointer (&self->bad_machines, g_strfreev);
  g_clear_object (&self->file);
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
  self->file = easel_state_file_new (state_dir, FILE_NAME);
  g_signal_connect_object (self->file, "loaded", G_CALLBACK (on_loaded), self, G_CONNECT_SWAPPED);
  easel_state_file_load (self->file);
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

  easel_state_file_flush (self->file);
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
