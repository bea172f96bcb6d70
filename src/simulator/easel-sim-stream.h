/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-sim-message.h"
#include "easel-sim-world.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* Connections that outlive their request: logs, websockets, silence and breakage. */
typedef struct _EaselSimStreams EaselSimStreams;

EaselSimStreams *easel_sim_streams_new (EaselSimWorld *world);
void easel_sim_streams_free (EaselSimStreams *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselSimStreams, easel_sim_streams_free)

void easel_sim_streams_add_log (EaselSimStreams *self,
                                SoupServerMessage *message,
                                const EaselSimAnswer *answer);
void easel_sim_streams_add_socket (EaselSimStreams *self,
                                   SoupWebsocketConnection *socket,
                                   const char *pod_id,
                                   const char *client_id);
void easel_sim_streams_add_silence (EaselSimStreams *self, SoupServerMessage *message);
void easel_sim_streams_break (EaselSimStreams *self,
                              SoupServerMessage *message,
                              const EaselSimAnswer *answer);
void easel_sim_streams_tick (EaselSimStreams *self);

G_END_DECLS
