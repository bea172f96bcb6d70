/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-model-resolver.h"
#include "easel-model-tokens-private.h"
#include "easel-shelf.h"
#include "easel-studio.h"
#include "easel-transfers.h"

G_BEGIN_DECLS

EaselTransfers *_easel_transfers_new (EaselClock *clock,
                                      EaselStudio *studio,
                                      EaselShelf *shelf,
                                      EaselModelResolver *resolver,
                                      EaselModelTokens *tokens,
                                      const char *folder);
void _easel_transfers_flush (EaselTransfers *self);

G_END_DECLS
