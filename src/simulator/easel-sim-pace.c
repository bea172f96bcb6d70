/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How long it is since the same caller asked the same thing, in the cloud's time, and whether that
 * is too soon. Counted for every request that comes in, so that its log can prove what a client
 * does; told to nobody. Keys are forgotten at once, a caller is only a number.
 */
#include "config.h"

#include "easel-sim-pace.h"

#define MAX_CALLERS 10000

typedef struct
{
  gint64 seen_ms;
  gint64 free_ms;
} Visit;

struct _EaselSimPace
{
  EaselSimClock *clock; /* (unowned) */
  gboolean is_usually_enforced;
  gboolean is_enforced;
  GHashTable *callers; /* (element-type utf8 guint): checksum → number */
  GHashTable *visits;  /* (element-type utf8 Visit): "number endpoint" */
};

/**
 * easel_sim_pace_new:
 * @clock: the cloud's time, kept by the caller
 * @is_enforced: whether requests that come too soon are refused unless somebody says otherwise
 *
 * Returns: (transfer full): a memory of nobody
 */
EaselSimPace *
easel_sim_pace_new (EaselSimClock *clock, gboolean is_enforced)
{
  EaselSimPace *self = g_new0 (EaselSimPace, 1);

  self->clock = clock;
  self->is_enforced = self->is_usually_enforced = is_enforced;
  self->callers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->visits = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

/**
 * easel_sim_pace_free:
 * @self: (transfer full): a memory
 */
void
easel_sim_pace_free (EaselSimPace *self)
{
  g_hash_table_unref (self->callers);
  g_hash_table_unref (self->visits);
  g_free (self);
}

/**
 * easel_sim_pace_set_enforced:
 * @self: a memory
 * @is_enforced: whether requests that come too soon are refused; they are counted in any case
 */
void
easel_sim_pace_set_enforced (EaselSimPace *self, gboolean is_enforced)
{
  self->is_enforced = is_enforced;
}

/**
 * easel_sim_pace_reset_enforced:
 * @self: a memory
 *
 * Takes back easel_sim_pace_set_enforced().
 */
void
easel_sim_pace_reset_enforced (EaselSimPace *self)
{
  self->is_enforced = self->is_usually_enforced;
}

static guint
number_of (EaselSimPace *self, const EaselSimRequest *request)
{
  g_autofree char *key = easel_sim_request_bearer (request);
  g_autofree char *sum = NULL;
  guint number;

  if (key == NULL)
    return 0;
  sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, key, -1);
  number = GPOINTER_TO_UINT (g_hash_table_lookup (self->callers, sum));
  if (number > 0)
    return number;
  if (g_hash_table_size (self->callers) >= MAX_CALLERS)
    return MAX_CALLERS;
  number = g_hash_table_size (self->callers) + 1;
  g_hash_table_insert (self->callers, g_steal_pointer (&sum), GUINT_TO_POINTER (number));
  return number;
}

/**
 * easel_sim_pace_count:
 * @self: a memory
 * @request: a request that came in now; gets its pace
 * @endpoint: what is asked, for all that count together
 * @min_ms: milliseconds that have to lie between two of them
 * @penalty_ms: how long to wait after one that came too soon, 0 for no longer than before
 */
void
easel_sim_pace_count (EaselSimPace *self,
                      EaselSimRequest *request,
                      const char *endpoint,
                      guint min_ms,
                      guint penalty_ms)
{
  gint64 now = easel_sim_clock_now (self->clock);
  guint caller = number_of (self, request);
  g_autofree char *key = g_strdup_printf ("%u %s", caller, endpoint);
  Visit *visit = g_hash_table_lookup (self->visits, key);

  request->pace.endpoint = endpoint;
  request->pace.caller = caller;
  request->pace.min_ms = min_ms;
  request->pace.since_ms = visit != NULL ? now - visit->seen_ms : -1;
  if (visit == NULL)
    {
      visit = g_new0 (Visit, 1);
      visit->free_ms = now;
      g_hash_table_insert (self->visits, g_steal_pointer (&key), visit);
    }
  request->pace.is_too_soon = now < visit->free_ms && now >= visit->seen_ms;
  visit->seen_ms = now;
  if (!request->pace.is_too_soon)
    visit->free_ms = now + min_ms;
  else if (penalty_ms > 0)
    visit->free_ms = now + penalty_ms;
  request->pace.is_refused = request->pace.is_too_soon && self->is_enforced;
}
