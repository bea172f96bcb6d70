/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How often an account may ask, in the cloud's time: counted always and told in the headers, but
 * held against anybody only on request, because tests ask more in a minute than a painter does in
 * a day. Quotas as measured, facts/runpod.md 2.3.
 */
#include "config.h"

#include "easel-sim-rate.h"

#define N_WINDOWS 3

static const struct
{
  const char *name;
  guint quota;
  guint seconds;
} windows[N_WINDOWS] = {
  { "minute", 180, 60 },
  { "hour", 7200, 3600 },
  { "day", 86400, 86400 },
};

typedef struct
{
  gint64 number[N_WINDOWS];
  guint used[N_WINDOWS];
} Usage;

struct _EaselSimRate
{
  EaselSimClock *clock; /* (unowned) */
  gboolean is_enforced;
  GHashTable *usages; /* (element-type utf8 Usage) */
};

/**
 * easel_sim_rate_new:
 * @clock: the cloud's time, kept by the caller
 * @is_enforced: whether the quota is held
 *
 * Returns: (transfer full): counters at zero
 */
EaselSimRate *
easel_sim_rate_new (EaselSimClock *clock, gboolean is_enforced)
{
  EaselSimRate *self = g_new0 (EaselSimRate, 1);

  self->clock = clock;
  self->is_enforced = is_enforced;
  self->usages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

/**
 * easel_sim_rate_free:
 * @self: (transfer full): counters
 */
void
easel_sim_rate_free (EaselSimRate *self)
{
  g_hash_table_unref (self->usages);
  g_free (self);
}

static Usage *
get_usage (EaselSimRate *self, const char *account)
{
  Usage *usage = g_hash_table_lookup (self->usages, account);
  gint64 now_s = easel_sim_clock_now (self->clock) / 1000;

  if (usage == NULL)
    {
      usage = g_new0 (Usage, 1);
      g_hash_table_insert (self->usages, g_strdup (account), usage);
    }
  for (guint i = 0; i < N_WINDOWS; i++)
    {
      gint64 number = now_s / windows[i].seconds;

      if (usage->number[i] != number)
        usage->used[i] = 0;
      usage->number[i] = number;
    }
  return usage;
}

static guint
seconds_left (EaselSimRate *self, guint window)
{
  gint64 now_s = easel_sim_clock_now (self->clock) / 1000;

  return windows[window].seconds - (guint) (now_s % windows[window].seconds);
}

/**
 * easel_sim_rate_count:
 * @self: counters
 * @account: who asks
 * @ret_window: (out): which window is used up
 *
 * Counts one request.
 *
 * Returns: 0, or after how many seconds of the cloud's time to ask again
 */
guint
easel_sim_rate_count (EaselSimRate *self, const char *account, const char **ret_window)
{
  Usage *usage = get_usage (self, account);
  guint wait = 0;

  for (guint i = 0; i < N_WINDOWS; i++)
    {
      if (self->is_enforced && usage->used[i] >= windows[i].quota)
        {
          wait = seconds_left (self, i);
          *ret_window = windows[i].name;
        }
      usage->used[i]++;
    }
  return wait;
}

/**
 * easel_sim_rate_tell:
 * @self: counters
 * @account: who asked
 * @answer: gets the headers
 */
void
easel_sim_rate_tell (EaselSimRate *self, const char *account, EaselSimAnswer *answer)
{
  Usage *usage = get_usage (self, account);
  g_autoptr (GString) state = g_string_new (NULL);
  g_autoptr (GString) policy = g_string_new (NULL);

  for (guint i = 0; i < N_WINDOWS; i++)
    {
      guint left = usage->used[i] < windows[i].quota ? windows[i].quota - usage->used[i] : 0;

      g_string_append_printf (state, "%s\"%s\";r=%u;t=%u", i > 0 ? ", " : "", windows[i].name, left,
                              seconds_left (self, i));
      g_string_append_printf (policy, "%s\"%s\";q=%u;w=%u", i > 0 ? ", " : "", windows[i].name,
                              windows[i].quota, windows[i].seconds);
    }
  easel_sim_answer_header (answer, "RateLimit", state->str);
  easel_sim_answer_header (answer, "RateLimit-Policy", policy->str);
}
