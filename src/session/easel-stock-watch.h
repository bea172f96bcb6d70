/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-catalog.h"
#include "easel-clock.h"

G_BEGIN_DECLS

/* Looks for a GPU that fits, as long as none is free. Signal "found" (EaselOffer), then "lost" when
 * that was taken again. */
#define EASEL_TYPE_STOCK_WATCH (easel_stock_watch_get_type ())
G_DECLARE_FINAL_TYPE (EaselStockWatch, easel_stock_watch, EASEL, STOCK_WATCH, GObject)

EaselStockWatch *easel_stock_watch_new (EaselCatalog *catalog, EaselClock *clock);
void easel_stock_watch_start (EaselStockWatch *self);
void easel_stock_watch_stop (EaselStockWatch *self);
gboolean easel_stock_watch_is_watching (EaselStockWatch *self);

G_END_DECLS
