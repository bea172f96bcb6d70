/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-history.h"

G_BEGIN_DECLS

/**
 * EaselSpending:
 * @n_days: how many days, the last one is today; 0 if nothing was spent in them
 * @days: (array length=n_days): when each begins, unix ms, by the clock on the wall
 * @provider_ids: (element-type utf8): who billed, the first one first
 * @amounts: micro-dollars, a day after the other, for each its providers
 * @sums: (array length=n_days): micro-dollars of each day
 * @greatest: the greatest of @sums
 * @total: of all days
 * @has_estimates: part of it is not billed yet
 *
 * What was paid per day and provider.
 */
typedef struct
{
  guint n_days;
  gint64 *days;
  GPtrArray *provider_ids;
  gint64 *amounts;
  gint64 *sums;
  gint64 greatest;
  gint64 total;
  gboolean has_estimates;
} EaselSpending;

EaselSpending *easel_spending_new (GPtrArray *receipts,
                                   GTimeZone *zone,
                                   gint64 now_unix_ms,
                                   guint min_days,
                                   guint max_days);
gint64 easel_spending_get (const EaselSpending *self, guint day, guint provider);
void easel_spending_free (EaselSpending *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselSpending, easel_spending_free)

G_END_DECLS
