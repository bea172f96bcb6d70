/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-account-info.h"
#include "easel-json.h"
#include "easel-provider.h"

G_BEGIN_DECLS

/* Longest line of a log that is passed on, in bytes; of a longer one the end is kept. */
#define EASEL_RUNPOD_MAX_LINE 4096

EaselPod *easel_runpod_decode_pod (JsonNode *node, const char *proxy_pattern, GError **error);
gboolean easel_runpod_decode_understood (JsonNode *node, const char *command);
gboolean easel_runpod_decode_pod_page (JsonNode *root,
                                       const char *proxy_pattern,
                                       EaselPodList *list,
                                       char **ret_next_cursor,
                                       GError **error);
GPtrArray *easel_runpod_decode_offers (JsonNode *root,
                                       EaselHostKind host_kind,
                                       guint *ret_n_skipped,
                                       GError **error);
EaselTemplate *easel_runpod_decode_template (JsonNode *node, const char *source, GError **error);
GPtrArray *easel_runpod_decode_templates (JsonNode *root, const char *source, GError **error);
EaselBill *easel_runpod_decode_bill (JsonNode *root, const char *pod_id, GError **error);
gboolean easel_runpod_decode_myself (JsonNode *root, EaselAccountInfo *info, GError **error);
gboolean easel_runpod_decode_log_line (const char *data,
                                       gint64 *ret_unix_ms,
                                       gboolean *ret_is_system,
                                       char **ret_line);

/* What several decoders share. */
const char *easel_runpod_gpu_name (const char *gpu_id);
gboolean easel_runpod_id_is_usable (const char *id);
char *easel_runpod_clip (const char *text, long max_characters);
void easel_runpod_take_mount (JsonObject *object, guint *ret_size_gb, const char **ret_path);

G_END_DECLS
