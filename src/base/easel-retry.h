/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * EaselRetryClass:
 * @EASEL_RETRY_NEVER: a request that spends money or whose repetition is not the same
 * @EASEL_RETRY_READ: a read; repeated when it failed for a passing reason
 *
 * Whether sending a request twice is the same as sending it once.
 */
typedef enum
{
  EASEL_RETRY_NEVER,
  EASEL_RETRY_READ
} EaselRetryClass;

#define EASEL_RETRY_MAX_TRIES 3
#define EASEL_RETRY_MAX_AFTER_MS (60 * 1000)

gint64 easel_retry_decide (EaselRetryClass retry_class,
                           guint tries_so_far,
                           const GError *error,
                           double jitter);
gint64 easel_retry_backoff (guint failures, gint64 first_ms, gint64 max_ms, double jitter);

G_END_DECLS
