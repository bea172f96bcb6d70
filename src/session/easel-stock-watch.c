/* SPDX-License-Identifier: GPL-3.0-or-later */

/* "Tell me when one is free": has the catalog look once a minute, without any window, until
 * something fits the person's choices, and then until it is rented, gone again, or too old to be
 * news. Owns the timer; what fits is the catalog's business, who tells it the application's. */

#include "config.h"
#include "easel-stock-watch.h"

#define LOOK_EVERY_MS (60 * 1000)
/* Nobody waits for a GPU over night without knowing. */
#define GIVE_UP_MS (12 * G_GINT64_CONSTANT (3600000))

struct _EaselStockWatch
{
  GObject parent_instance;

  EaselCatalog *catalog; /* (owned) */
  EaselClock *clock;     /* (owned) */
  gulong changed_id;
  guint timer_id;
  gint64 until_ms; /* 0 if nobody waits */
  gboolean is_found;
};

enum
{
  FOUND,
  LOST,
  STOPPED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EaselStockWatch, easel_stock_watch, G_TYPE_OBJECT)

static void
judge (EaselStockWatch *self)
{
  const EaselOfferRanking *ranking = easel_catalog_get_ranking (self->catalog);
  EaselOffer *offer = ranking != NULL ? ranking->recommended : NULL;

  if (self->until_ms == 0 || easel_catalog_get_state (self->catalog) != EASEL_CATALOG_READY ||
      (offer != NULL) == self->is_found)
    return;
  self->is_found = offer != NULL;
  if (offer != NULL)
    g_signal_emit (self, signals[FOUND], 0, offer);
  else
    g_signal_emit (self, signals[LOST], 0);
}

static gboolean
on_timer (gpointer user_data)
{
  EaselStockWatch *self = EASEL_STOCK_WATCH (user_data);

  self->timer_id = 0;
  if (easel_clock_get_monotonic_ms (self->clock) >= self->until_ms)
    {
      easel_stock_watch_stop (self);
      return G_SOURCE_REMOVE;
    }
  self->timer_id = easel_clock_add (self->clock, LOOK_EVERY_MS, on_timer, self, NULL);
  easel_catalog_refresh_if_older (self->catalog, LOOK_EVERY_MS / 2);

  return G_SOURCE_REMOVE;
}

static void
easel_stock_watch_dispose (GObject *object)
{
  EaselStockWatch *self = EASEL_STOCK_WATCH (object);

  if (self->catalog != NULL)
    {
      easel_clock_clear (self->clock, &self->timer_id);
      g_clear_signal_handler (&self->changed_id, self->catalog);
    }
  g_clear_object (&self->catalog);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (easel_stock_watch_parent_class)->dispose (object);
}

static void
easel_stock_watch_class_init (EaselStockWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = easel_stock_watch_dispose;

  /**
   * EaselStockWatch::found:
   * @offer: what fits best
   */
  signals[FOUND] = g_signal_new ("found", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 1, EASEL_TYPE_OFFER);
  /**
   * EaselStockWatch::lost:
   *
   * What was found is no longer free. It looks on.
   */
  signals[LOST] = g_signal_new ("lost", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);
  /**
   * EaselStockWatch::stopped:
   *
   * Nobody waits any more.
   */
  signals[STOPPED] = g_signal_new ("stopped", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
easel_stock_watch_init (EaselStockWatch *self)
{
}

/**
 * easel_stock_watch_new:
 * @catalog: who looks
 * @clock: the time between two looks
 *
 * Returns: (transfer full): a watch that does nothing yet
 */
EaselStockWatch *
easel_stock_watch_new (EaselCatalog *catalog, EaselClock *clock)
{
  EaselStockWatch *self;

  g_return_val_if_fail (EASEL_IS_CATALOG (catalog), NULL);
  g_return_val_if_fail (EASEL_IS_CLOCK (clock), NULL);

  self = g_object_new (EASEL_TYPE_STOCK_WATCH, NULL);
  self->catalog = g_object_ref (catalog);
  self->clock = g_object_ref (clock);
  self->changed_id = g_signal_connect_swapped (catalog, "changed", G_CALLBACK (judge), self);
  return self;
}

/**
 * easel_stock_watch_start:
 *
 * Looks from now on; again from the beginning if it does already.
 */
void
easel_stock_watch_start (EaselStockWatch *self)
{
  g_return_if_fail (EASEL_IS_STOCK_WATCH (self));

  self->until_ms = easel_clock_get_monotonic_ms (self->clock) + GIVE_UP_MS;
  self->is_found = FALSE;
  easel_clock_clear (self->clock, &self->timer_id);
  self->timer_id = easel_clock_add (self->clock, LOOK_EVERY_MS, on_timer, self, NULL);
}

/**
 * easel_stock_watch_stop:
 *
 * Nobody waits any more.
 */
void
easel_stock_watch_stop (EaselStockWatch *self)
{
  g_return_if_fail (EASEL_IS_STOCK_WATCH (self));

  if (self->until_ms == 0)
    return;
  self->until_ms = 0;
  easel_clock_clear (self->clock, &self->timer_id);
  g_signal_emit (self, signals[STOPPED], 0);
}

/**
 * easel_stock_watch_is_watching:
 *
 * Returns: whether somebody waits
 */
gboolean
easel_stock_watch_is_watching (EaselStockWatch *self)
{
  g_return_val_if_fail (EASEL_IS_STOCK_WATCH (self), FALSE);

  return self->until_ms != 0;
}
