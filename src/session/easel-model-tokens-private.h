/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-model-tokens.h"
#include "easel-secret-store.h"

G_BEGIN_DECLS

EaselModelTokens *_easel_model_tokens_new (EaselSecretStore *store);
void _easel_model_tokens_load (EaselModelTokens *self);

G_END_DECLS
