/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What this program knows of an instance and vast.ai does not tell: that it was rented just now,
 * that it ran before, that it was asked to stop or to start, and since when it has been down. Lives
 * as long as the program; after a restart nothing is known, and then patience is the longer one.
 * It decides nothing, see easel-vast-state.c.
 */

#include "config.h"

#include "easel-vast-memory.h"

#include <string.h>

/* Far more than anybody rents; a server that makes ids up must not fill the memory. */
#define MAX_INSTANCES 1000
#define NEVER G_MININT64

typedef struct
{
  EaselPod *new_pod; /* (owned) (nullable): as it was rented, until it can be read */
  char *message;     /* (owned) (nullable): the newest of the host */
  gint64 created_ms; /* monotonic, as the following */
  gint64 start_asked_ms;
  gint64 down_since_ms;
  gboolean was_created_here;
  gboolean was_running;
  gboolean stop_asked;
} Instance;

struct _EaselVastMemory
{
  GObject parent_instance;

  EaselClock *clock;     /* (owned) */
  GHashTable *instances; /* (owned): id to Instance */
};

G_DEFINE_FINAL_TYPE (EaselVastMemory, easel_vast_memory, G_TYPE_OBJECT)

static void
instance_free (Instance *instance)
{
  g_clear_object (&instance->new_pod);
  g_free (instance->message);
  g_free (instance);
}

static Instance *
ensure (EaselVastMemory *self, const char *pod_id)
{
  Instance *instance = g_hash_table_lookup (self->instances, pod_id);

  if (instance != NULL)
    return instance;
  if (g_hash_table_size (self->instances) >= MAX_INSTANCES)
    g_hash_table_remove_all (self->instances);
  instance = g_new0 (Instance, 1);
  instance->created_ms = NEVER;
  instance->start_asked_ms = NEVER;
  instance->down_since_ms = NEVER;
  g_hash_table_insert (self->instances, g_strdup (pod_id), instance);
  return instance;
}

static void
easel_vast_memory_finalize (GObject *object)
{
  EaselVastMemory *self = EASEL_VAST_MEMORY (object);

  g_clear_pointer (&self->instances, g_hash_table_unref);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (easel_vast_memory_parent_class)->finalize (object);
}

static void
easel_vast_memory_class_init (EaselVastMemoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = easel_vast_memory_finalize;
}

static void
easel_vast_memory_init (EaselVastMemory *self)
{
  self->instances =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) instance_free);
}

/**
 * easel_vast_memory_new:
 * @clock: the cloud's time
 *
 * Returns: (transfer full): a memory of nothing
 */
EaselVastMemory *
easel_vast_memory_new (EaselClock *clock)
{
  EaselVastMemory *self;

  g_return_val_if_fail (EASEL_IS_CLOCK (clock), NULL);

  self = g_object_new (EASEL_TYPE_VAST_MEMORY, NULL);
  self->clock = g_object_ref (clock);
  return self;
}

/**
 * easel_vast_memory_note_created:
 * @self: a memory
 * @pod: what was just rented
 *
 * From now on its first start is watched.
 */
void
easel_vast_memory_note_created (EaselVastMemory *self, EaselPod *pod)
{
  Instance *instance;

  g_return_if_fail (EASEL_IS_VAST_MEMORY (self));
  g_return_if_fail (EASEL_IS_POD (pod));

  instance = ensure (self, easel_pod_get (pod)->id);
  g_set_object (&instance->new_pod, pod);
  instance->created_ms = easel_clock_get_monotonic_ms (self->clock);
  instance->was_created_here = TRUE;
}

/**
 * easel_vast_memory_note_start:
 * @self: a memory
 * @pod_id: an instance that was asked to start, or to start again
 */
void
easel_vast_memory_note_start (EaselVastMemory *self, const char *pod_id)
{
  Instance *instance;

  g_return_if_fail (EASEL_IS_VAST_MEMORY (self));
  g_return_if_fail (pod_id != NULL);

  instance = ensure (self, pod_id);
  instance->start_asked_ms = easel_clock_get_monotonic_ms (self->clock);
  instance->stop_asked = FALSE;
}

/**
 * easel_vast_memory_note_stop:
 * @self: a memory
 * @pod_id: an instance that is being asked to stop
 */
void
easel_vast_memory_note_stop (EaselVastMemory *self, const char *pod_id)
{
  Instance *instance;

  g_return_if_fail (EASEL_IS_VAST_MEMORY (self));
  g_return_if_fail (pod_id != NULL);

  instance = ensure (self, pod_id);
  instance->stop_asked = TRUE;
  instance->start_asked_ms = NEVER;
}

/**
 * easel_vast_memory_note_gone:
 * @self: a memory
 * @pod_id: an instance that was deleted
 */
void
easel_vast_memory_note_gone (EaselVastMemory *self, const char *pod_id)
{
  g_return_if_fail (EASEL_IS_VAST_MEMORY (self));
  g_return_if_fail (pod_id != NULL);

  g_hash_table_remove (self->instances, pod_id);
}

static gboolean
is_younger (gint64 now, gint64 then, gint64 milliseconds)
{
  return then != NEVER && now - then < milliseconds;
}

static gboolean
may_still_come (const Instance *instance, gint64 now)
{
  gboolean is_known = instance->was_running || instance->was_created_here;

  if (is_younger (now, instance->start_asked_ms, EASEL_VAST_START_PATIENCE_MS))
    return TRUE;
  return is_younger (now, instance->down_since_ms,
                     is_known ? EASEL_VAST_DOWN_PATIENCE_MS : EASEL_VAST_START_PATIENCE_MS);
}

/**
 * easel_vast_memory_note_status:
 * @self: a memory
 * @pod_id: an instance
 * @status: what vast.ai says of it now
 *
 * Returns: what else there is to know
 */
EaselVastHints
easel_vast_memory_note_status (EaselVastMemory *self,
                               const char *pod_id,
                               const EaselVastStatus *status)
{
  EaselVastHints hints = { 0 };
  Instance *instance;
  gint64 now;

  g_return_val_if_fail (EASEL_IS_VAST_MEMORY (self), hints);
  g_return_val_if_fail (pod_id != NULL && status != NULL, hints);

  instance = ensure (self, pod_id);
  now = easel_clock_get_monotonic_ms (self->clock);
  g_clear_object (&instance->new_pod);
  if (g_strcmp0 (instance->message, status->message) != 0)
    {
      g_free (instance->message);
      instance->message = g_strdup (status->message);
    }
  if (g_strcmp0 (status->actual, "running") == 0)
    instance->was_running = TRUE;
  if (!easel_vast_state_is_down (status))
    instance->down_since_ms = NEVER;
  else if (instance->down_since_ms == NEVER)
    instance->down_since_ms = now;

  hints.is_first_start = instance->was_created_here && !instance->was_running;
  hints.stop_asked = instance->stop_asked;
  hints.may_still_come = may_still_come (instance, now);
  return hints;
}

/**
 * easel_vast_memory_find_new:
 * @self: a memory
 * @pod_id: an instance that vast.ai says does not exist
 *
 * Returns: (transfer none) (nullable): what was rented, if that is so recent that it may not be
 *   readable yet and it never was
 */
EaselPod *
easel_vast_memory_find_new (EaselVastMemory *self, const char *pod_id)
{
  Instance *instance;

  g_return_val_if_fail (EASEL_IS_VAST_MEMORY (self), NULL);
  g_return_val_if_fail (pod_id != NULL, NULL);

  instance = g_hash_table_lookup (self->instances, pod_id);
  if (instance == NULL || !is_younger (easel_clock_get_monotonic_ms (self->clock),
                                       instance->created_ms, EASEL_VAST_NOT_YET_MS))
    return NULL;
  return instance->new_pod;
}

/**
 * easel_vast_memory_get_message:
 * @self: a memory
 * @pod_id: an instance
 *
 * Returns: (transfer none) (nullable): what its host said last, as far as somebody asked; valid
 *   until the next note
 */
const char *
easel_vast_memory_get_message (EaselVastMemory *self, const char *pod_id)
{
  const Instance *instance;

  g_return_val_if_fail (EASEL_IS_VAST_MEMORY (self), NULL);
  g_return_val_if_fail (pod_id != NULL, NULL);

  instance = g_hash_table_lookup (self->instances, pod_id);
  return instance != NULL ? instance->message : NULL;
}
