/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Keeps requests to vast.ai apart: a queue for each route that counts for itself. One request at a
 * time is let in, and the next one not before the interval has passed since the answer to the last
 * one arrived. Counting from the answer and not from the sending is what makes it hold: the server
 * saw the last request before it answered, however long either was under way.
 * Owns the queues and their timers; knows nothing of requests or keys.
 */

#include "config.h"

#include "easel-vast-pacer.h"

/* Vast reference 2.2. Where two documents differ the longer one; logs are not published. */
static const gint64 intervals_ms[EASEL_VAST_N_LANES] = {
  [EASEL_VAST_LANE_ACCOUNT] = 2000, [EASEL_VAST_LANE_SPEND] = 2000,
  [EASEL_VAST_LANE_OFFERS] = 2000,  [EASEL_VAST_LANE_TEMPLATES] = 3000,
  [EASEL_VAST_LANE_CREATE] = 4500,  [EASEL_VAST_LANE_GET] = 2000,
  [EASEL_VAST_LANE_LIST] = 1000,    [EASEL_VAST_LANE_CHANGE] = 1000,
  [EASEL_VAST_LANE_REBOOT] = 1000,  [EASEL_VAST_LANE_DELETE] = 3000,
  [EASEL_VAST_LANE_LOGS] = 3000,    [EASEL_VAST_LANE_CHARGES] = 1000,
};

typedef struct
{
  EaselVastPacer *pacer; /* (unowned) */
  GQueue waiting;        /* (element-type GTask) (owned) */
  gint64 free_ms;        /* monotonic: nobody is let in before */
  guint timer_id;
  gboolean is_taken;
} Lane;

struct _EaselVastPacer
{
  GObject parent_instance;

  EaselClock *clock; /* (owned) */
  Lane lanes[EASEL_VAST_N_LANES];
};

/* Of one that waits. */
typedef struct
{
  Lane *lane;
  GSource *cancel_source; /* (owned) (nullable) */
} Ticket;

G_DEFINE_FINAL_TYPE (EaselVastPacer, easel_vast_pacer, G_TYPE_OBJECT)

static void
ticket_free (Ticket *ticket)
{
  g_clear_pointer (&ticket->cancel_source, g_source_unref);
  g_free (ticket);
}

static void
end_watching (GTask *task)
{
  Ticket *ticket = g_task_get_task_data (task);

  if (ticket->cancel_source != NULL)
    g_source_destroy (ticket->cancel_source);
}

static gboolean on_lane_free (gpointer user_data);

static void
serve (Lane *lane)
{
  g_autoptr (GTask) task = NULL;
  gint64 now;

  if (lane->is_taken || lane->timer_id != 0 || g_queue_is_empty (&lane->waiting))
    return;
  now = easel_clock_get_monotonic_ms (lane->pacer->clock);
  if (now < lane->free_ms)
    {
      lane->timer_id =
          easel_clock_add (lane->pacer->clock, lane->free_ms - now, on_lane_free, lane, NULL);
      return;
    }
  task = g_queue_pop_head (&lane->waiting);
  end_watching (task);
  lane->is_taken = TRUE;
  g_task_return_boolean (task, TRUE);
}

static gboolean
on_lane_free (gpointer user_data)
{
  Lane *lane = user_data;

  lane->timer_id = 0;
  serve (lane);
  return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (G_TASK (user_data));
  Ticket *ticket = g_task_get_task_data (task);

  if (g_queue_remove (&ticket->lane->waiting, task))
    {
      g_task_return_error_if_cancelled (task);
      g_object_unref (task);
    }
  return G_SOURCE_REMOVE;
}

static void
easel_vast_pacer_dispose (GObject *object)
{
  EaselVastPacer *self = EASEL_VAST_PACER (object);

  /* Who waits holds a reference, so nobody does any more. */
  for (guint i = 0; i < EASEL_VAST_N_LANES; i++)
    easel_clock_clear (self->clock, &self->lanes[i].timer_id);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (easel_vast_pacer_parent_class)->dispose (object);
}

static void
easel_vast_pacer_class_init (EaselVastPacerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = easel_vast_pacer_dispose;
}

static void
easel_vast_pacer_init (EaselVastPacer *self)
{
  for (guint i = 0; i < EASEL_VAST_N_LANES; i++)
    {
      self->lanes[i].pacer = self;
      self->lanes[i].free_ms = G_MININT64;
      g_queue_init (&self->lanes[i].waiting);
    }
}

/**
 * easel_vast_lane_interval_ms:
 * @lane: a route
 *
 * Returns: milliseconds of the cloud's time that have to lie between two requests
 */
gint64
easel_vast_lane_interval_ms (EaselVastLane lane)
{
  g_return_val_if_fail ((guint) lane < EASEL_VAST_N_LANES, 0);

  return intervals_ms[lane];
}

/**
 * easel_vast_pacer_new:
 * @clock: the cloud's time
 *
 * Returns: (transfer full): a pacer whose lanes are free
 */
EaselVastPacer *
easel_vast_pacer_new (EaselClock *clock)
{
  EaselVastPacer *self;

  g_return_val_if_fail (EASEL_IS_CLOCK (clock), NULL);

  self = g_object_new (EASEL_TYPE_VAST_PACER, NULL);
  self->clock = g_object_ref (clock);
  return self;
}

/**
 * easel_vast_pacer_enter_async:
 * @self: a pacer
 * @lane: the route that will be asked
 * @cancellable: (nullable): leaves the queue at once
 * @callback: called when the request may be sent
 * @user_data: for @callback
 *
 * Waits for its turn, first come first served. Who was let in calls easel_vast_pacer_leave() once.
 */
void
easel_vast_pacer_enter_async (EaselVastPacer *self,
                              EaselVastLane lane,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task;
  Ticket *ticket;

  g_return_if_fail (EASEL_IS_VAST_PACER (self));
  g_return_if_fail ((guint) lane < EASEL_VAST_N_LANES);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, easel_vast_pacer_enter_async);
  /* Whoever was let in has to leave, also if it was cancelled since. */
  g_task_set_check_cancellable (task, FALSE);
  ticket = g_new0 (Ticket, 1);
  ticket->lane = &self->lanes[lane];
  g_task_set_task_data (task, ticket, (GDestroyNotify) ticket_free);
  if (g_task_return_error_if_cancelled (task))
    {
      g_object_unref (task);
      return;
    }
  if (cancellable != NULL)
    {
      /* A source and not a handler: it never runs inside of g_cancellable_cancel(). */
      ticket->cancel_source = g_cancellable_source_new (cancellable);
      g_source_set_callback (ticket->cancel_source, G_SOURCE_FUNC (on_cancelled),
                             g_object_ref (task), g_object_unref);
      g_source_attach (ticket->cancel_source, g_task_get_context (task));
    }
  g_queue_push_tail (&ticket->lane->waiting, task);
  serve (ticket->lane);
}

/**
 * easel_vast_pacer_enter_finish:
 * @self: a pacer
 * @result: the result
 * @error: %G_IO_ERROR_CANCELLED
 *
 * Returns: %TRUE if the lane is taken now
 */
gboolean
easel_vast_pacer_enter_finish (EaselVastPacer *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * easel_vast_pacer_leave:
 * @self: a pacer
 * @lane: the lane that was taken
 *
 * The answer is there, or there will be none.
 */
void
easel_vast_pacer_leave (EaselVastPacer *self, EaselVastLane lane)
{
  g_return_if_fail (EASEL_IS_VAST_PACER (self));
  g_return_if_fail ((guint) lane < EASEL_VAST_N_LANES);
  g_return_if_fail (self->lanes[lane].is_taken);

  self->lanes[lane].is_taken = FALSE;
  easel_vast_pacer_hold (self, lane, intervals_ms[lane]);
  serve (&self->lanes[lane]);
}

/**
 * easel_vast_pacer_hold:
 * @self: a pacer
 * @lane: a lane
 * @milliseconds: from now on
 *
 * Lets nobody in for so long; never shortens a wait.
 */
void
easel_vast_pacer_hold (EaselVastPacer *self, EaselVastLane lane, gint64 milliseconds)
{
  Lane *which;
  gint64 free_ms;

  g_return_if_fail (EASEL_IS_VAST_PACER (self));
  g_return_if_fail ((guint) lane < EASEL_VAST_N_LANES);
  g_return_if_fail (milliseconds >= 0);

  which = &self->lanes[lane];
  free_ms = easel_clock_get_monotonic_ms (self->clock) + milliseconds;
  if (free_ms <= which->free_ms)
    return;
  which->free_ms = free_ms;
  /* A timer that runs already would let somebody in too early: it looks again, see serve(). */
}
