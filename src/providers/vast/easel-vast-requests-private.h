/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-vast-requests.h"

#include "easel-json.h"

G_BEGIN_DECLS

EaselVastRequest *_easel_vast_request_new (EaselVastLane lane, const char *method, char *path);
void _easel_vast_request_take_body (EaselVastRequest *self, JsonBuilder *builder);
void _easel_vast_add_string (JsonBuilder *builder, const char *name, const char *value);
void _easel_vast_begin_filter (JsonBuilder *builder, const char *field, const char *operator);
void _easel_vast_append_query (GString *path, const char *name, JsonBuilder *builder);

G_END_DECLS
