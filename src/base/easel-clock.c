/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The interface behind which time lies, and the asynchronous wait that works with every clock.
 * The clocks themselves are in easel-real-clock.c and easel-manual-clock.c.
 */
#include "config.h"

#include "easel-clock.h"

G_DEFINE_INTERFACE (EaselClock, easel_clock, G_TYPE_OBJECT)

static void
easel_clock_default_init (EaselClockInterface *iface)
{
}

/**
 * easel_clock_get_unix_ms:
 *
 * Returns: wall time, milliseconds since 1970; may step
 */
gint64
easel_clock_get_unix_ms (EaselClock *self)
{
  g_return_val_if_fail (EASEL_IS_CLOCK (self), 0);

  return EASEL_CLOCK_GET_IFACE (self)->get_unix_ms (self);
}

/**
 * easel_clock_get_monotonic_ms:
 *
 * Returns: milliseconds since some moment; never steps
 */
gint64
easel_clock_get_monotonic_ms (EaselClock *self)
{
  g_return_val_if_fail (EASEL_IS_CLOCK (self), 0);

  return EASEL_CLOCK_GET_IFACE (self)->get_monotonic_ms (self);
}

/**
 * easel_clock_add:
 * @delay_ms: in this clock's time; below 0 counts as 0
 * @callback: called once, never before this function has returned; what it returns is ignored
 * @user_data: for @callback
 * @destroy: (nullable): for @user_data, after the call or when the call is forgotten
 *
 * Returns: an id for easel_clock_remove(), never 0
 */
guint
easel_clock_add (EaselClock *self,
                 gint64 delay_ms,
                 GSourceFunc callback,
                 gpointer user_data,
                 GDestroyNotify destroy)
{
  g_return_val_if_fail (EASEL_IS_CLOCK (self), 0);
  g_return_val_if_fail (callback != NULL, 0);

  return EASEL_CLOCK_GET_IFACE (self)->add (self, MAX (delay_ms, 0), callback, user_data, destroy);
}

/**
 * easel_clock_remove:
 * @id: of a call; one that has happened already is no mistake
 *
 * Forgets a call that has not happened yet.
 */
void
easel_clock_remove (EaselClock *self, guint id)
{
  g_return_if_fail (EASEL_IS_CLOCK (self));
  g_return_if_fail (id != 0);

  EASEL_CLOCK_GET_IFACE (self)->remove (self, id);
}

/**
 * easel_clock_clear:
 * @self: (nullable): may be gone already if *@id is 0
 * @id: (inout): of a call, or 0
 *
 * Like easel_clock_remove(), and sets *@id to 0 before.
 */
void
easel_clock_clear (EaselClock *self, guint *id)
{
  guint old;

  g_return_if_fail (id != NULL);

  old = *id;
  *id = 0;
  if (old != 0)
    easel_clock_remove (self, old);
}

typedef struct
{
  guint timer_id;
  GSource *cancel_source; /* (owned) (nullable) */
} Wait;

static void
wait_free (Wait *wait)
{
  g_clear_pointer (&wait->cancel_source, g_source_unref);
  g_free (wait);
}

static gboolean
on_wait_due (gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (G_TASK (user_data));
  Wait *wait = g_task_get_task_data (task);

  wait->timer_id = 0;
  if (wait->cancel_source != NULL)
    g_source_destroy (wait->cancel_source);
  if (!g_task_return_error_if_cancelled (task))
    g_task_return_boolean (task, TRUE);
  return G_SOURCE_REMOVE;
}

static gboolean
on_wait_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (G_TASK (user_data));
  Wait *wait = g_task_get_task_data (task);

  easel_clock_clear (g_task_get_source_object (task), &wait->timer_id);
  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

/**
 * easel_clock_wait_async:
 * @delay_ms: in this clock's time
 * @cancellable: (nullable): ends the wait at once
 *
 * Waits without blocking.
 */
void
easel_clock_wait_async (EaselClock *self,
                        gint64 delay_ms,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Wait *wait;

  g_return_if_fail (EASEL_IS_CLOCK (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, easel_clock_wait_async);
  wait = g_new0 (Wait, 1);
  g_task_set_task_data (task, wait, (GDestroyNotify) wait_free);
  if (cancellable != NULL)
    {
      /* A source and not a handler: it runs from the main loop, never inside of
       * g_cancellable_cancel(). */
      wait->cancel_source = g_cancellable_source_new (cancellable);
      g_source_set_callback (wait->cancel_source, G_SOURCE_FUNC (on_wait_cancelled),
                             g_object_ref (task), g_object_unref);
      g_source_attach (wait->cancel_source, g_task_get_context (task));
    }
  wait->timer_id =
      easel_clock_add (self, delay_ms, on_wait_due, g_object_ref (task), g_object_unref);
}

/**
 * easel_clock_wait_finish:
 * @error: %G_IO_ERROR_CANCELLED
 *
 * Returns: %TRUE when the time has passed
 */
gboolean
easel_clock_wait_finish (EaselClock *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, easel_clock_wait_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
