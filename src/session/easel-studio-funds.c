/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How long the balance lasts. When it is used up the provider stops everything, sooner than any
 * limit: that is said an hour before. Owns nothing; what is billed is read from the rentals, the
 * balance from the account. */

#include "config.h"

#include "easel-studio-private.h"

#define HOUR_MS G_GINT64_CONSTANT (3600000)
/* Time enough to pay in. */
#define LOW_MS HOUR_MS

/**
 * easel_funds_end:
 * @balance: micro-dollars, %EASEL_MONEY_UNKNOWN possible
 * @per_hour: what is spent, micro-dollars per hour
 * @asked_unix_ms: when the balance was told
 *
 * Returns: when the balance is used up, 0 if never or not known
 */
gint64
easel_funds_end (gint64 balance, gint64 per_hour, gint64 asked_unix_ms)
{
  double left_ms;

  if (balance == EASEL_MONEY_UNKNOWN || per_hour <= 0 || asked_unix_ms <= 0)
    return 0;
  left_ms = (double) MAX (balance, 0) / (double) per_hour * (double) HOUR_MS;
  /* Nobody waits for a year. */
  return left_ms < 8760.0 * (double) HOUR_MS ? asked_unix_ms + (gint64) left_ms : 0;
}

/**
 * easel_funds_is_low:
 * @end_unix_ms: when the balance is used up, 0 if never
 * @now_unix_ms: the present
 * @rentals_end_unix_ms: when everything that spends it has ended by itself, 0 if never
 *
 * Returns: whether the person should pay in
 */
gboolean
easel_funds_is_low (gint64 end_unix_ms, gint64 now_unix_ms, gint64 rentals_end_unix_ms)
{
  if (end_unix_ms == 0 || end_unix_ms - now_unix_ms > LOW_MS)
    return FALSE;
  return rentals_end_unix_ms == 0 || end_unix_ms < rentals_end_unix_ms;
}

/* What @account spends per hour; @ret_end: when that ends by itself, 0 if never. */
static gint64
get_spending (EaselStudio *self, EaselAccount *account, gint64 *ret_end)
{
  GListModel *model = G_LIST_MODEL (self->rentals);
  gboolean is_endless = FALSE;
  gint64 sum = 0;

  *ret_end = 0;
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (EaselRental) rental = g_list_model_get_item (model, i);
      const gint64 price = easel_rental_get_price (rental);
      const gint64 end = easel_rental_get_ends_at (rental);

      if (rental->account != account || rental->pod == NULL || price <= 0 ||
          rental->state == EASEL_RENTAL_GONE)
        continue;
      sum += price;
      is_endless = is_endless || end == 0;
      *ret_end = MAX (*ret_end, end);
    }
  if (is_endless)
    *ret_end = 0;
  return sum;
}

/* Whether the balance of @account shrinks. */
gboolean
_easel_studio_spends (EaselStudio *self, EaselAccount *account)
{
  gint64 end;

  return get_spending (self, account, &end) > 0;
}

/* Notes when the provider told the balance that is known now. */
void
_easel_studio_note_funds (EaselStudio *self, EaselAccountWatch *watch)
{
  const EaselAccountInfo *info = easel_account_get_info (watch->account);

  if (watch->funds_told == info)
    return;
  watch->funds_told = info;
  watch->funds_unix_ms = easel_clock_get_unix_ms (self->clock);
}

/* The account that runs dry first. */
void
_easel_studio_add_low_funds (EaselStudio *self, EaselStudioSums *sums)
{
  const gint64 now = easel_clock_get_unix_ms (self->clock);

  for (guint i = 0; i < self->watches->len; i++)
    {
      EaselAccountWatch *watch = g_ptr_array_index (self->watches, i);
      const EaselAccountInfo *info = easel_account_get_info (watch->account);
      gint64 rentals_end;
      gint64 per_hour;
      gint64 end;

      if (info == NULL || info->auto_top_up || !watch->is_known)
        continue;
      per_hour = get_spending (self, watch->account, &rentals_end);
      end = easel_funds_end (info->balance, per_hour, watch->funds_unix_ms);
      if (!easel_funds_is_low (end, now, rentals_end) ||
          (sums->funds_end_at != 0 && sums->funds_end_at <= end))
        continue;
      sums->funds_end_at = end;
      sums->funds_provider = easel_account_get_provider_info (watch->account);
    }
}
