/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The computer's own time, and the same run faster for a simulated cloud. Both also count while
 * the computer sleeps: a timer that came due meanwhile fires soon after waking, though the main
 * loop's own timers stand still during suspend. The time of day is asked for once: a clock that is
 * set while the program runs must not make a rental dearer, longer or shorter.
 */
#include "config.h"

#include "easel-clock.h"

#include <math.h>
#include <time.h>

/* Longest sleep before looking at the time again, which bounds how late a timer is after a
 * suspend. */
#define MAX_SLICE_US (20 * G_USEC_PER_SEC)

struct _EaselRealClock
{
  GObject parent_instance;

  double speed;
  gint64 real_epoch_ms;
  gint64 cloud_epoch_ms;
  gint64 wall_us; /* what this computer's clock said when get_boot_us() was boot_us */
  gint64 boot_us;
  GHashTable *timers; /* (owned): id to Timer */
  guint last_id;
};

typedef struct
{
  EaselRealClock *clock; /* lives longer than its timers */
  guint id;
  gint64 due_us;
  GSourceFunc callback;
  gpointer user_data;
  GDestroyNotify destroy; /* (nullable) */
  GSource *source;        /* (owned) */
} Timer;

static void easel_real_clock_iface_init (EaselClockInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (EaselRealClock,
                               easel_real_clock,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (EASEL_TYPE_CLOCK,
                                                      easel_real_clock_iface_init))

/* Like g_get_monotonic_time(), but it also passes during suspend. */
static gint64
get_boot_us (void)
{
  struct timespec now;

#ifdef CLOCK_BOOTTIME
  if (clock_gettime (CLOCK_BOOTTIME, &now) == 0)
    return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
#endif
  return g_get_monotonic_time ();
}

static void
timer_free (Timer *timer)
{
  g_source_destroy (timer->source);
  g_source_unref (timer->source);
  if (timer->destroy != NULL)
    timer->destroy (timer->user_data);
  g_free (timer);
}

static gboolean
on_timer (gpointer user_data)
{
  Timer *timer = user_data;
  g_autoptr (EaselRealClock) self = g_object_ref (timer->clock);
  gint64 left_us = timer->due_us - get_boot_us ();

  if (left_us > 0)
    {
      g_source_set_ready_time (timer->source,
                               g_get_monotonic_time () + MIN (left_us, MAX_SLICE_US));
      return G_SOURCE_CONTINUE;
    }
  g_hash_table_steal (self->timers, GUINT_TO_POINTER (timer->id));
  timer->callback (timer->user_data);
  timer_free (timer);
  return G_SOURCE_REMOVE;
}

static gboolean
dispatch_timer (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

static GSourceFuncs timer_source_funcs = { .dispatch = dispatch_timer };

static gint64
to_real_us (EaselRealClock *self, gint64 delay_ms)
{
  double us = ceil ((double) delay_ms * 1000.0 / self->speed);

  return us < (double) (G_MAXINT64 / 2) ? (gint64) us : G_MAXINT64 / 2;
}

static guint
easel_real_clock_add (EaselClock *clock,
                      gint64 delay_ms,
                      GSourceFunc callback,
                      gpointer user_data,
                      GDestroyNotify destroy)
{
  EaselRealClock *self = EASEL_REAL_CLOCK (clock);
  gint64 delay_us = to_real_us (self, delay_ms);
  Timer *timer = g_new0 (Timer, 1);

  do
    self->last_id++;
  while (self->last_id == 0 ||
         g_hash_table_contains (self->timers, GUINT_TO_POINTER (self->last_id)));
  timer->clock = self;
  timer->id = self->last_id;
  timer->due_us = get_boot_us () + delay_us;
  timer->callback = callback;
  timer->user_data = user_data;
  timer->destroy = destroy;
  timer->source = g_source_new (&timer_source_funcs, sizeof (GSource));
  g_source_set_static_name (timer->source, "EaselRealClock");
  g_source_set_callback (timer->source, on_timer, timer, NULL);
  g_source_set_ready_time (timer->source, g_get_monotonic_time () + MIN (delay_us, MAX_SLICE_US));
  g_hash_table_insert (self->timers, GUINT_TO_POINTER (timer->id), timer);
  g_source_attach (timer->source, g_main_context_get_thread_default ());
  return timer->id;
}

static void
easel_real_clock_remove (EaselClock *clock, guint id)
{
  EaselRealClock *self = EASEL_REAL_CLOCK (clock);

  g_hash_table_remove (self->timers, GUINT_TO_POINTER (id));
}

static gint64
easel_real_clock_get_unix_ms (EaselClock *clock)
{
  EaselRealClock *self = EASEL_REAL_CLOCK (clock);
  gint64 real_us = self->wall_us + (get_boot_us () - self->boot_us);
  double passed = ((double) real_us / 1000.0 - (double) self->real_epoch_ms);

  return self->cloud_epoch_ms + (gint64) floor (passed * self->speed);
}

static gint64
easel_real_clock_get_monotonic_ms (EaselClock *clock)
{
  EaselRealClock *self = EASEL_REAL_CLOCK (clock);

  return (gint64) floor ((double) get_boot_us () / 1000.0 * self->speed);
}

static void
easel_real_clock_iface_init (EaselClockInterface *iface)
{
  iface->get_unix_ms = easel_real_clock_get_unix_ms;
  iface->get_monotonic_ms = easel_real_clock_get_monotonic_ms;
  iface->add = easel_real_clock_add;
  iface->remove = easel_real_clock_remove;
}

static void
easel_real_clock_finalize (GObject *object)
{
  EaselRealClock *self = EASEL_REAL_CLOCK (object);

  g_hash_table_unref (self->timers);

  G_OBJECT_CLASS (easel_real_clock_parent_class)->finalize (object);
}

static void
easel_real_clock_class_init (EaselRealClockClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = easel_real_clock_finalize;
}

static void
easel_real_clock_init (EaselRealClock *self)
{
  self->speed = 1.0;
  self->wall_us = g_get_real_time ();
  self->boot_us = get_boot_us ();
  self->timers = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) timer_free);
}

/**
 * easel_real_clock_new:
 *
 * Returns: (transfer full): the computer's own time
 */
EaselClock *
easel_real_clock_new (void)
{
  return EASEL_CLOCK (g_object_new (EASEL_TYPE_REAL_CLOCK, NULL));
}

/**
 * easel_real_clock_new_scaled:
 * @speed: how many times as fast, above 0
 * @real_epoch_ms: this computer's wall time at some moment
 * @cloud_epoch_ms: the cloud's wall time at the same moment
 *
 * Returns: (transfer full): the time of a simulated cloud
 */
EaselClock *
easel_real_clock_new_scaled (double speed, gint64 real_epoch_ms, gint64 cloud_epoch_ms)
{
  EaselRealClock *self;

  g_return_val_if_fail (isfinite (speed) && speed > 0, NULL);

  self = g_object_new (EASEL_TYPE_REAL_CLOCK, NULL);
  self->speed = speed;
  self->real_epoch_ms = real_epoch_ms;
  self->cloud_epoch_ms = cloud_epoch_ms;
  return EASEL_CLOCK (self);
}
