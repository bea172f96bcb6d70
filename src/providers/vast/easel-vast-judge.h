/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-http.h"
#include "easel-json.h"

G_BEGIN_DECLS

GError *easel_vast_judge (const EaselHttpResponse *response);
GError *easel_vast_judge_answer (JsonNode *root, guint status);
GError *easel_vast_judge_create (const EaselHttpResponse *response, JsonNode *root);

G_END_DECLS
