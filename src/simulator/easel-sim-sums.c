/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of the simulated sites add up to: the SHA-256 of the very bytes that the store
 * delivers. A large file takes seconds, so that is done beside, in a thread, and once per file.
 */
#include "config.h"

#include "easel-sim-sums.h"

#include "easel-sha256.h"
#include "easel-sim-weights.h"

typedef struct
{
  char *name;
  gint64 size;
  char *hash; /* (nullable): behind the lock, until it is there */
} Sum;

struct _EaselSimSums
{
  GHashTable *sums; /* (element-type utf8 Sum): by size and name */
  GThreadPool *pool;
  GMutex lock;
  GCond is_there;
  int is_over; /* (atomic) */
};

static void
sum_free (gpointer data)
{
  Sum *sum = data;

  g_free (sum->name);
  g_free (sum->hash);
  g_free (sum);
}

/* In the thread. Returns: (nullable): %NULL if nobody waits for it any more */
static char *
add_up (EaselSimSums *self, const Sum *sum)
{
  g_autoptr (EaselSha256) digest = easel_sha256_new ();
  g_autoptr (GBytes) header = easel_sim_weights_header (sum->name, sum->size);
  gint64 offset = MIN ((gint64) g_bytes_get_size (header), sum->size);

  easel_sha256_update (digest, g_bytes_get_data (header, NULL), (gsize) offset);
  while (offset < sum->size && !g_atomic_int_get (&self->is_over))
    {
      gsize length;
      const guint8 *data = easel_sim_weights_data (offset, &length);

      length = (gsize) MIN ((gint64) length, sum->size - offset);
      easel_sha256_update (digest, data, length);
      offset += (gint64) length;
    }
  return offset == sum->size ? easel_sha256_peek (digest) : NULL;
}

static void
work (gpointer data, gpointer user_data)
{
  EaselSimSums *self = user_data;
  Sum *sum = data;
  char *hash = add_up (self, sum);

  g_mutex_lock (&self->lock);
  sum->hash = hash;
  g_cond_broadcast (&self->is_there);
  g_mutex_unlock (&self->lock);
}

/**
 * easel_sim_sums_new:
 *
 * Returns: (transfer full): no sums yet
 */
EaselSimSums *
easel_sim_sums_new (void)
{
  EaselSimSums *self = g_new0 (EaselSimSums, 1);

  self->sums = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, sum_free);
  self->pool = g_thread_pool_new (work, self, 1, FALSE, NULL);
  g_mutex_init (&self->lock);
  g_cond_init (&self->is_there);
  return self;
}

/**
 * easel_sim_sums_free:
 * @self: (transfer full): sums
 */
void
easel_sim_sums_free (EaselSimSums *self)
{
  g_atomic_int_set (&self->is_over, 1);
  g_thread_pool_free (self->pool, TRUE, TRUE);
  g_hash_table_unref (self->sums);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->is_there);
  g_free (self);
}

/**
 * easel_sim_sums_get:
 * @self: sums
 * @name: of a file of the store
 * @size: of it
 * @waits: until it is known, where the cloud's time stands still meanwhile
 *
 * Returns: (transfer none) (nullable): its SHA-256, or %NULL as long as that is being computed
 */
const char *
easel_sim_sums_get (EaselSimSums *self, const char *name, gint64 size, gboolean waits)
{
  g_autofree char *key = g_strdup_printf ("%" G_GINT64_FORMAT "|%s", size, name);
  Sum *sum = g_hash_table_lookup (self->sums, key);
  const char *hash;

  if (sum == NULL)
    {
      sum = g_new0 (Sum, 1);
      sum->name = g_strdup (name);
      sum->size = size;
      g_hash_table_insert (self->sums, g_steal_pointer (&key), sum);
      g_thread_pool_push (self->pool, sum, NULL);
    }
  g_mutex_lock (&self->lock);
  while (waits && sum->hash == NULL)
    g_cond_wait (&self->is_there, &self->lock);
  hash = sum->hash;
  g_mutex_unlock (&self->lock);
  return hash;
}
