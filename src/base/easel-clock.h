/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define EASEL_TYPE_CLOCK (easel_clock_get_type ())
G_DECLARE_INTERFACE (EaselClock, easel_clock, EASEL, CLOCK, GObject)

/**
 * EaselClockInterface:
 * @get_unix_ms: wall time, milliseconds since 1970; who sets this computer's clock while the
 *   program runs changes neither what is counted by it nor when a rental ends
 * @get_monotonic_ms: time that never steps and also passes during suspend where the system can
 *   tell
 * @add: calls @callback once after @delay_ms of this clock; the returned id is never 0
 * @remove: forgets a call that has not happened yet
 *
 * Where time comes from. Everything that waits, polls, counts money or keeps a deadline in the
 * cloud's time takes one; socket deadlines do not (they belong to this computer's time).
 */
struct _EaselClockInterface
{
  GTypeInterface parent_iface;

  gint64 (*get_unix_ms) (EaselClock *self);
  gint64 (*get_monotonic_ms) (EaselClock *self);
  guint (*add) (EaselClock *self,
                gint64 delay_ms,
                GSourceFunc callback,
                gpointer user_data,
                GDestroyNotify destroy);
  void (*remove) (EaselClock *self, guint id);
};

gint64 easel_clock_get_unix_ms (EaselClock *self);
gint64 easel_clock_get_monotonic_ms (EaselClock *self);
guint easel_clock_add (EaselClock *self,
                       gint64 delay_ms,
                       GSourceFunc callback,
                       gpointer user_data,
                       GDestroyNotify destroy);
void easel_clock_remove (EaselClock *self, guint id);
void easel_clock_clear (EaselClock *self, guint *id);

void easel_clock_wait_async (EaselClock *self,
                             gint64 delay_ms,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean easel_clock_wait_finish (EaselClock *self, GAsyncResult *result, GError **error);

/* The computer's own time, or a simulated cloud's: speed times as fast, counted from the moment
 * at which this computer's wall clock said real_epoch_ms and the cloud's said cloud_epoch_ms. */
#define EASEL_TYPE_REAL_CLOCK (easel_real_clock_get_type ())
G_DECLARE_FINAL_TYPE (EaselRealClock, easel_real_clock, EASEL, REAL_CLOCK, GObject)

EaselClock *easel_real_clock_new (void);
EaselClock *easel_real_clock_new_scaled (double speed, gint64 real_epoch_ms, gint64 cloud_epoch_ms);

/* Time that stands still until somebody moves it. */
#define EASEL_TYPE_MANUAL_CLOCK (easel_manual_clock_get_type ())
G_DECLARE_FINAL_TYPE (EaselManualClock, easel_manual_clock, EASEL, MANUAL_CLOCK, GObject)

EaselClock *easel_manual_clock_new (gint64 unix_ms);
void easel_manual_clock_advance (EaselManualClock *self, gint64 milliseconds);
void easel_manual_clock_sleep (EaselManualClock *self, gint64 milliseconds);
void easel_manual_clock_step_wall (EaselManualClock *self, gint64 milliseconds);
gint64 easel_manual_clock_get_next_delay (EaselManualClock *self);
guint easel_manual_clock_get_n_pending (EaselManualClock *self);

G_END_DECLS
