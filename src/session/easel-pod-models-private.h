/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-agent-client.h"
#include "easel-agent-models.h"
#include "easel-model-resolver.h"
#include "easel-model-tokens-private.h"
#include "easel-pod-models.h"

G_BEGIN_DECLS

EaselPodModels *
_easel_pod_models_new (EaselClock *clock, EaselModelResolver *resolver, EaselModelTokens *tokens);
/* (nullable): NULL when there is nobody to ask */
void _easel_pod_models_set_client (EaselPodModels *self, EaselAgentClient *client);

EaselTransfer *_easel_transfer_new (const EaselShelfModel *model);
void _easel_transfer_set_state (EaselTransfer *self, EaselTransferState state, GError *error);
void _easel_transfer_set_bytes (EaselTransfer *self, guint64 have, guint64 size, guint64 speed);

G_END_DECLS
