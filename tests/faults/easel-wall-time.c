/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Somebody sets the clock. The linker (--wrap) has the program ask here for the time of day. */
#include "config.h"

#include "easel-wall-time.h"

static gint64 offset_us;

gint64 __real_g_get_real_time (void);
gint64 __wrap_g_get_real_time (void);

gint64
__wrap_g_get_real_time (void)
{
  return __real_g_get_real_time () + offset_us;
}

void
easel_wall_time_step (gint64 seconds)
{
  offset_us += seconds * G_USEC_PER_SEC;
}
