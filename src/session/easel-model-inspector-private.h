/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-model-inspector.h"
#include "easel-model-resolver.h"
#include "easel-model-tokens-private.h"

G_BEGIN_DECLS

EaselModelInspector *_easel_model_inspector_new (EaselHttp *http,
                                                 EaselModelResolver *resolver,
                                                 EaselModelTokens *tokens);
EaselHttp *_easel_model_inspector_get_http (EaselModelInspector *self);
EaselModelResolver *_easel_model_inspector_get_resolver (EaselModelInspector *self);
EaselModelTokens *_easel_model_inspector_get_tokens (EaselModelInspector *self);

G_END_DECLS
