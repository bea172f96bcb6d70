/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-spending.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Bars: what was paid per day, one colour per provider. The same as a table, for whoever does not
 * see bars, is easel_spending_table_new(). */
#define EASEL_TYPE_SPENDING_CHART (easel_spending_chart_get_type ())
G_DECLARE_FINAL_TYPE (EaselSpendingChart, easel_spending_chart, EASEL, SPENDING_CHART, GtkWidget)

/* @spending: (transfer full). @names: (array length=n_providers): as the person knows them */
GtkWidget *
easel_spending_chart_new (EaselSpending *spending, const char *const *names, gint64 now_unix_ms);
GtkWidget *easel_spending_table_new (const EaselSpending *spending,
                                     const char *const *names,
                                     gint64 now_unix_ms);
GtkWidget *easel_spending_legend_new (const EaselSpending *spending, const char *const *names);

G_END_DECLS
