/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-model-link.h"
#include "easel-secret.h"

G_BEGIN_DECLS

/* The person's tokens for sites with models. They never leave this computer but to their site.
 * Signal "changed". */
#define EASEL_TYPE_MODEL_TOKENS (easel_model_tokens_get_type ())
G_DECLARE_FINAL_TYPE (EaselModelTokens, easel_model_tokens, EASEL, MODEL_TOKENS, GObject)

EaselSecret *easel_model_tokens_get (EaselModelTokens *self, EaselModelSite site);
void easel_model_tokens_set (EaselModelTokens *self, EaselModelSite site, EaselSecret *token);
void easel_model_tokens_forget (EaselModelTokens *self, EaselModelSite site);
gboolean easel_model_tokens_is_kept (EaselModelTokens *self, EaselModelSite site);

G_END_DECLS
