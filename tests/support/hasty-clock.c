/* SPDX-License-Identifier: GPL-3.0-or-later */

/* For tests of what is told every now and then: a millisecond passes whenever somebody looks, so
 * that a file of a few megabytes takes long enough. */

#include "config.h"

#include <glib.h>

gint64 __real_g_get_monotonic_time (void);
gint64 __wrap_g_get_monotonic_time (void);

static gint passed_ms; /* atomic */

gint64
__wrap_g_get_monotonic_time (void)
{
  return __real_g_get_monotonic_time () + (gint64) g_atomic_int_add (&passed_ms, 1) * 1000;
}
