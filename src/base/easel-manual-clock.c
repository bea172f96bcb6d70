/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Time that stands still until somebody moves it: for tests that must not wait. Moving it runs
 * what came due, in order, each at its own moment.
 */
#include "config.h"

#include "easel-clock.h"

struct _EaselManualClock
{
  GObject parent_instance;

  gint64 unix_offset_ms;
  gint64 now_ms;
  GQueue timers; /* (owned): of Timer, by due time, then by age */
  guint last_id;
};

typedef struct
{
  guint id;
  gint64 due_ms;
  GSourceFunc callback;
  gpointer user_data;
  GDestroyNotify destroy; /* (nullable) */
} Timer;

static void easel_manual_clock_iface_init (EaselClockInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (EaselManualClock,
                               easel_manual_clock,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (EASEL_TYPE_CLOCK,
                                                      easel_manual_clock_iface_init))

static void
timer_free (Timer *timer)
{
  if (timer->destroy != NULL)
    timer->destroy (timer->user_data);
  g_free (timer);
}

static int
compare_timers (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Timer *timer_a = a;
  const Timer *timer_b = b;

  if (timer_a->due_ms != timer_b->due_ms)
    return timer_a->due_ms < timer_b->due_ms ? -1 : 1;
  return timer_a->id < timer_b->id ? -1 : 1;
}

static gint64
easel_manual_clock_get_unix_ms (EaselClock *clock)
{
  EaselManualClock *self = EASEL_MANUAL_CLOCK (clock);

  return self->unix_offset_ms + self->now_ms;
}

static gint64
easel_manual_clock_get_monotonic_ms (EaselClock *clock)
{
  return EASEL_MANUAL_CLOCK (clock)->now_ms;
}

static guint
easel_manual_clock_add (EaselClock *clock,
                        gint64 delay_ms,
                        GSourceFunc callback,
                        gpointer user_data,
                        GDestroyNotify destroy)
{
  EaselManualClock *self = EASEL_MANUAL_CLOCK (clock);
  Timer *timer = g_new0 (Timer, 1);

  timer->id = ++self->last_id;
  timer->due_ms = delay_ms > G_MAXINT64 - self->now_ms ? G_MAXINT64 : self->now_ms + delay_ms;
  timer->callback = callback;
  timer->user_data = user_data;
  timer->destroy = destroy;
  g_queue_insert_sorted (&self->timers, timer, compare_timers, NULL);
  return timer->id;
}

static void
easel_manual_clock_remove (EaselClock *clock, guint id)
{
  EaselManualClock *self = EASEL_MANUAL_CLOCK (clock);

  for (GList *link = self->timers.head; link != NULL; link = link->next)
    {
      Timer *timer = link->data;

      if (timer->id != id)
        continue;
      g_queue_delete_link (&self->timers, link);
      timer_free (timer);
      return;
    }
}

static void
easel_manual_clock_iface_init (EaselClockInterface *iface)
{
  iface->get_unix_ms = easel_manual_clock_get_unix_ms;
  iface->get_monotonic_ms = easel_manual_clock_get_monotonic_ms;
  iface->add = easel_manual_clock_add;
  iface->remove = easel_manual_clock_remove;
}

static void
easel_manual_clock_finalize (GObject *object)
{
  EaselManualClock *self = EASEL_MANUAL_CLOCK (object);

  g_queue_clear_full (&self->timers, (GDestroyNotify) timer_free);

  G_OBJECT_CLASS (easel_manual_clock_parent_class)->finalize (object);
}

static void
easel_manual_clock_class_init (EaselManualClockClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = easel_manual_clock_finalize;
}

static void
easel_manual_clock_init (EaselManualClock *self)
{
  g_queue_init (&self->timers);
}

/**
 * easel_manual_clock_new:
 * @unix_ms: its wall time; its monotonic time begins at 0
 *
 * Returns: (transfer full): time that stands still
 */
EaselClock *
easel_manual_clock_new (gint64 unix_ms)
{
  EaselManualClock *self = g_object_new (EASEL_TYPE_MANUAL_CLOCK, NULL);

  self->unix_offset_ms = unix_ms;
  return EASEL_CLOCK (self);
}

/**
 * easel_manual_clock_advance:
 * @milliseconds: how far, 0 or more
 *
 * Moves the time on and calls what comes due on the way, also what is added meanwhile.
 */
void
easel_manual_clock_advance (EaselManualClock *self, gint64 milliseconds)
{
  g_autoptr (EaselManualClock) alive = NULL;
  gint64 target;

  g_return_if_fail (EASEL_IS_MANUAL_CLOCK (self));
  g_return_if_fail (milliseconds >= 0);

  alive = g_object_ref (self);
  target = self->now_ms + milliseconds;
  while (!g_queue_is_empty (&self->timers))
    {
      Timer *timer = g_queue_peek_head (&self->timers);

      if (timer->due_ms > target)
        break;
      g_queue_pop_head (&self->timers);
      self->now_ms = MAX (self->now_ms, timer->due_ms);
      timer->callback (timer->user_data);
      timer_free (timer);
    }
  self->now_ms = MAX (self->now_ms, target);
}

/**
 * easel_manual_clock_sleep:
 * @milliseconds: how long, 0 or more
 *
 * The computer sleeps: the time passes, and what came due meanwhile is called late, after it.
 */
void
easel_manual_clock_sleep (EaselManualClock *self, gint64 milliseconds)
{
  g_return_if_fail (EASEL_IS_MANUAL_CLOCK (self));
  g_return_if_fail (milliseconds >= 0);

  self->now_ms += milliseconds;
  easel_manual_clock_advance (self, 0);
}

/**
 * easel_manual_clock_step_wall:
 * @milliseconds: may be negative
 *
 * Sets the wall clock, as a person or a time server does; nothing comes due by that.
 */
void
easel_manual_clock_step_wall (EaselManualClock *self, gint64 milliseconds)
{
  g_return_if_fail (EASEL_IS_MANUAL_CLOCK (self));

  self->unix_offset_ms += milliseconds;
}

/**
 * easel_manual_clock_get_next_delay:
 *
 * Returns: milliseconds until the next call is due, -1 if none is pending
 */
gint64
easel_manual_clock_get_next_delay (EaselManualClock *self)
{
  const Timer *timer;

  g_return_val_if_fail (EASEL_IS_MANUAL_CLOCK (self), -1);

  timer = g_queue_peek_head (&self->timers);
  return timer != NULL ? MAX (timer->due_ms - self->now_ms, 0) : -1;
}

/**
 * easel_manual_clock_get_n_pending:
 *
 * Returns: how many calls are pending
 */
guint
easel_manual_clock_get_n_pending (EaselManualClock *self)
{
  g_return_val_if_fail (EASEL_IS_MANUAL_CLOCK (self), 0);

  return g_queue_get_length (&self->timers);
}
