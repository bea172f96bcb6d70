/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What was paid per day, out of the receipts: a rental over midnight counts for both days, each by
 * its hours. Pure; days are those of the person's clock, also where they have 23 or 25 hours. */

#include "config.h"

#include "easel-spending.h"

#define MAX_DAYS 4000

static gint64
cost_of (const EaselReceipt *receipt)
{
  const gint64 cost = receipt->billed != EASEL_MONEY_UNKNOWN ? receipt->billed : receipt->estimated;

  return cost != EASEL_MONEY_UNKNOWN ? MAX (cost, 0) : 0;
}

/* The midnight before @unix_ms, @offset days away. */
static gint64
day_start (GTimeZone *zone, gint64 unix_ms, int offset)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (unix_ms / 1000);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_timezone (utc, zone) : NULL;
  g_autoptr (GDateTime) moved = local != NULL ? g_date_time_add_days (local, offset) : NULL;
  g_autoptr (GDateTime) midnight = NULL;

  if (moved == NULL)
    return 0;
  midnight = g_date_time_new (zone, g_date_time_get_year (moved), g_date_time_get_month (moved),
                              g_date_time_get_day_of_month (moved), 0, 0, 0);
  return midnight != NULL ? g_date_time_to_unix (midnight) * 1000 : 0;
}

static void
get_span (const EaselReceipt *receipt, gint64 *ret_start, gint64 *ret_end)
{
  *ret_end = receipt->ended_unix_ms > 0 ? receipt->ended_unix_ms : receipt->started_unix_ms;
  *ret_start = receipt->started_unix_ms > 0 ? MIN (receipt->started_unix_ms, *ret_end) : *ret_end;
}

/* How many days lie between the first receipt and today, within the bounds. */
static guint
count_days (GPtrArray *receipts, GTimeZone *zone, gint64 now, guint min_days, guint max_days)
{
  gint64 first = now;
  guint n = MAX (min_days, 1);

  for (guint i = 0; i < receipts->len; i++)
    {
      gint64 start, end;

      get_span (g_ptr_array_index (receipts, i), &start, &end);
      if (end > 0)
        first = MIN (first, start);
    }
  while (n < max_days && first < day_start (zone, now, 1 - (int) n))
    n++;
  return n;
}

static guint
find_provider (EaselSpending *self, const char *id)
{
  guint index;

  if (!g_ptr_array_find_with_equal_func (self->provider_ids, id, g_str_equal, &index))
    {
      index = self->provider_ids->len;
      g_ptr_array_add (self->provider_ids, g_strdup (id));
    }
  return index;
}

static void
add_receipt (EaselSpending *self, const EaselReceipt *receipt, guint provider, gint64 after_last)
{
  const gint64 cost = cost_of (receipt);
  gint64 counted = 0;
  gint64 start, end;

  get_span (receipt, &start, &end);
  for (guint i = 0; i < self->n_days; i++)
    {
      const gint64 day_end = i + 1 < self->n_days ? self->days[i + 1] : after_last;
      gint64 part = 0;

      if (end < self->days[i] || start >= day_end)
        continue;
      if (end == start)
        part = cost;
      else if (end <= day_end)
        /* The rest, so that no part of a cent is lost; what lies before the first day is not. */
        part = start >= self->days[0]
                   ? cost - counted
                   : (gint64) ((double) cost * (double) (end - MAX (start, self->days[i])) /
                               (double) (end - start));
      else
        part = (gint64) ((double) cost * (double) (day_end - MAX (start, self->days[i])) /
                         (double) (end - start));
      counted += part;
      self->amounts[i * self->provider_ids->len + provider] += part;
      self->sums[i] += part;
      self->total += part;
      if (part > 0 && receipt->billed == EASEL_MONEY_UNKNOWN)
        self->has_estimates = TRUE;
    }
}

/**
 * easel_spending_new:
 * @receipts: (element-type EaselReceipt): what was paid
 * @zone: where days begin
 * @now_unix_ms: the present
 * @min_days: so many days at least, also where nothing was spent
 * @max_days: and so many at most
 *
 * Returns: (transfer full): the sums
 */
EaselSpending *
easel_spending_new (GPtrArray *receipts,
                    GTimeZone *zone,
                    gint64 now_unix_ms,
                    guint min_days,
                    guint max_days)
{
  EaselSpending *self = g_new0 (EaselSpending, 1);

  g_return_val_if_fail (receipts != NULL && zone != NULL, self);

  self->provider_ids = g_ptr_array_new_with_free_func (g_free);
  for (guint i = receipts->len; i > 0; i--)
    find_provider (self, ((EaselReceipt *) g_ptr_array_index (receipts, i - 1))->provider_id);
  self->n_days = count_days (receipts, zone, now_unix_ms, min_days, CLAMP (max_days, 1, MAX_DAYS));
  self->days = g_new0 (gint64, self->n_days);
  self->sums = g_new0 (gint64, self->n_days);
  self->amounts = g_new0 (gint64, self->n_days * MAX (self->provider_ids->len, 1));
  for (guint i = 0; i < self->n_days; i++)
    self->days[i] = day_start (zone, now_unix_ms, (int) i + 1 - (int) self->n_days);
  for (guint i = 0; i < receipts->len; i++)
    {
      const EaselReceipt *receipt = g_ptr_array_index (receipts, i);

      add_receipt (self, receipt, find_provider (self, receipt->provider_id),
                   day_start (zone, now_unix_ms, 1));
    }
  for (guint i = 0; i < self->n_days; i++)
    self->greatest = MAX (self->greatest, self->sums[i]);
  if (self->total == 0)
    self->n_days = 0;
  return self;
}

/**
 * easel_spending_get:
 * @day: index of a day
 * @provider: index of a provider
 *
 * Returns: micro-dollars
 */
gint64
easel_spending_get (const EaselSpending *self, guint day, guint provider)
{
  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (day < self->n_days && provider < self->provider_ids->len, 0);

  return self->amounts[day * self->provider_ids->len + provider];
}

/**
 * easel_spending_free:
 * @self: (transfer full): sums
 */
void
easel_spending_free (EaselSpending *self)
{
  g_clear_pointer (&self->provider_ids, g_ptr_array_unref);
  g_free (self->days);
  g_free (self->amounts);
  g_free (self->sums);
  g_free (self);
}
