/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define EASEL_JSON_MAX_DEPTH 64
#define EASEL_JSON_MAX_BYTES (8 * 1024 * 1024)
#define EASEL_JSON_MAX_STRING (64 * 1024)

JsonNode *easel_json_parse (GBytes *bytes, gsize max_bytes, GError **error);
JsonNode *easel_json_parse_text (const char *text, GError **error);
GBytes *easel_json_to_bytes (JsonNode *node);
char *easel_json_to_text (JsonNode *node);

/* The root of an answer, or a list's element, as what it ought to be. Errors are
 * EASEL_ERROR_PROTOCOL. All returned nodes and strings belong to the tree. */
JsonObject *easel_json_node_object (JsonNode *node, const char *what, GError **error);

/* Required members: FALSE or NULL with EASEL_ERROR_PROTOCOL naming the key when the member is
 * absent, null, of another kind or out of range. */
gboolean
easel_json_get_string (JsonObject *object, const char *key, const char **ret_value, GError **error);
gboolean easel_json_get_int (JsonObject *object,
                             const char *key,
                             gint64 min,
                             gint64 max,
                             gint64 *ret_value,
                             GError **error);
gboolean easel_json_get_double (JsonObject *object,
                                const char *key,
                                double min,
                                double max,
                                double *ret_value,
                                GError **error);
gboolean
easel_json_get_boolean (JsonObject *object, const char *key, gboolean *ret_value, GError **error);
JsonObject *easel_json_get_object (JsonObject *object, const char *key, GError **error);
JsonArray *easel_json_get_array (JsonObject *object, const char *key, GError **error);

/* Optional members: absent, null, of another kind or out of range all give the fallback. */
const char *easel_json_peek_string (JsonObject *object, const char *key, const char *fallback);
gint64
easel_json_peek_int (JsonObject *object, const char *key, gint64 min, gint64 max, gint64 fallback);
double easel_json_peek_double (JsonObject *object,
                               const char *key,
                               double min,
                               double max,
                               double fallback);
gboolean easel_json_peek_boolean (JsonObject *object, const char *key, gboolean fallback);
JsonObject *easel_json_peek_object (JsonObject *object, const char *key);
JsonArray *easel_json_peek_array (JsonObject *object, const char *key);

/* Elements of an array; NULL when the index is outside or the element of another kind. */
JsonObject *easel_json_element_object (JsonArray *array, guint index);
const char *easel_json_element_string (JsonArray *array, guint index);
char **easel_json_peek_strv (JsonObject *object, const char *key);

G_END_DECLS
