/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-json.h"

G_BEGIN_DECLS

/**
 * EaselSimLookup:
 *
 * Sets @ret_value to what a record has under @name and returns %TRUE, or returns %FALSE when there
 * is no such column. @ret_value is a value node that belongs to the caller, %NULL stands for null.
 */
typedef gboolean (*EaselSimLookup) (gconstpointer record, const char *name, JsonNode **ret_value);

char *easel_sim_filter_check (JsonObject *filters, const char *const *skipped, gboolean has_prefix);
char *easel_sim_filter_find_unknown (JsonObject *filters,
                                     const char *const *skipped,
                                     gconstpointer record,
                                     EaselSimLookup lookup);
gboolean easel_sim_filter_matches (JsonObject *filters,
                                   const char *const *skipped,
                                   gconstpointer record,
                                   EaselSimLookup lookup);
int easel_sim_filter_compare (JsonNode *a, JsonNode *b);

G_END_DECLS
