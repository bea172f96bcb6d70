/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Money is a gint64 of micro-dollars; a price is micro-dollars per hour. EASEL_MONEY_UNKNOWN
 * stands for what nobody told. */
#define EASEL_MONEY_UNKNOWN G_MININT64
#define EASEL_MICROS_PER_DOLLAR G_GINT64_CONSTANT (1000000)
#define EASEL_HOURS_PER_MONTH 730
/* Prices and sums above this are not believed. */
#define EASEL_MONEY_MAX (G_GINT64_CONSTANT (1000000) * EASEL_MICROS_PER_DOLLAR)

gint64 easel_money_from_dollars (double dollars);
gint64 easel_money_add (gint64 a, gint64 b);
gint64 easel_money_for_duration (gint64 micros_per_hour, gint64 milliseconds);
gint64 easel_money_per_month (gint64 gigabytes, gint64 micros_per_gb_month);

char *easel_money_format (gint64 micros);
char *easel_money_format_up (gint64 micros);
char *easel_money_format_hourly (gint64 micros_per_hour);
char *easel_money_format_hourly_short (gint64 micros_per_hour);
char *easel_money_format_rate (gint64 micros_per_hour);
char *easel_money_format_rate_short (gint64 micros_per_hour);

G_END_DECLS
