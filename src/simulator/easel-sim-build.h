/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-json.h"

G_BEGIN_DECLS

void easel_sim_put_string (JsonBuilder *builder, const char *key, const char *value);
void easel_sim_put_int (JsonBuilder *builder, const char *key, gint64 value);
void easel_sim_put_micros (JsonBuilder *builder, const char *key, gint64 micros);
void easel_sim_put_double (JsonBuilder *builder, const char *key, double value);
void easel_sim_put_boolean (JsonBuilder *builder, const char *key, gboolean value);
void easel_sim_put_null (JsonBuilder *builder, const char *key);
void easel_sim_put_time (JsonBuilder *builder, const char *key, gint64 unix_ms);
void easel_sim_put_strv (JsonBuilder *builder, const char *key, const char *const *values);
void easel_sim_put_node (JsonBuilder *builder, const char *key, JsonNode *node);
void easel_sim_open_object (JsonBuilder *builder, const char *key);
void easel_sim_open_array (JsonBuilder *builder, const char *key);
JsonNode *easel_sim_close_root (JsonBuilder *builder);

G_END_DECLS
