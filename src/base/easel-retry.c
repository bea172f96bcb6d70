/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * When a failed request may be sent again, and after how long: a pure table over error, kind of
 * request and number of tries. It neither sends nor waits; chance is an argument.
 */
#include "config.h"

#include "easel-retry.h"

#include "easel-error.h"

/* Without Retry-After: so far apart that no minute sees more than eight requests. */
#define RATE_LIMIT_WAIT_MS (8 * 1000)
#define FIRST_WAIT_MS 500
#define MAX_WAIT_MS (8 * 1000)

static gint64
rate_limit_wait (const GError *error, double jitter)
{
  gint64 asked = easel_error_get_retry_after (error);

  if (asked < 0)
    return RATE_LIMIT_WAIT_MS + (gint64) (1000 * jitter);
  return CLAMP (asked, FIRST_WAIT_MS, EASEL_RETRY_MAX_AFTER_MS);
}

/**
 * easel_retry_decide:
 * @retry_class: what kind of request it was
 * @tries_so_far: how often it was sent, at least 1
 * @error: how the last try failed
 * @jitter: from 0 to 1, by chance
 *
 * Returns: milliseconds of the cloud's time until the next try, -1 for never
 */
gint64
easel_retry_decide (EaselRetryClass retry_class,
                    guint tries_so_far,
                    const GError *error,
                    double jitter)
{
  g_return_val_if_fail (error != NULL, -1);

  jitter = CLAMP (jitter, 0.0, 1.0);
  if (retry_class != EASEL_RETRY_READ || tries_so_far >= EASEL_RETRY_MAX_TRIES ||
      error->domain != EASEL_ERROR)
    return -1;
  if (error->code == EASEL_ERROR_RATE_LIMITED)
    return rate_limit_wait (error, jitter);
  if (error->code == EASEL_ERROR_UNAVAILABLE || error->code == EASEL_ERROR_NETWORK ||
      error->code == EASEL_ERROR_TIMED_OUT)
    return easel_retry_backoff (tries_so_far, FIRST_WAIT_MS, MAX_WAIT_MS, jitter);
  return -1;
}

/**
 * easel_retry_backoff:
 * @failures: how often it failed in a row; 0 counts as 1
 * @first_ms: the wait after the first failure, at least 1
 * @max_ms: never longer than this
 * @jitter: from 0 to 1, by chance
 *
 * Doubles with every failure and adds up to half of that by chance.
 *
 * Returns: milliseconds
 */
gint64
easel_retry_backoff (guint failures, gint64 first_ms, gint64 max_ms, double jitter)
{
  gint64 wait;

  g_return_val_if_fail (first_ms > 0, max_ms);
  g_return_val_if_fail (max_ms > 0, first_ms);

  wait = MIN (first_ms, max_ms);
  for (guint i = 1; i < failures && wait < max_ms; i++)
    wait = wait > max_ms / 2 ? max_ms : wait * 2;
  wait += (gint64) ((double) wait * 0.5 * CLAMP (jitter, 0.0, 1.0));
  return MIN (wait, max_ms);
}
