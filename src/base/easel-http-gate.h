/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * EaselHttpGate:
 *
 * Keeps away from a server that said "too often" (429), for all requests at once: until the time
 * that it named, else for a growing while. Then one request tries whether it is over, and the
 * others wait for what it hears. Reads also wait for each other, so that few are on their way when
 * the server first says so; what changes something, as a delete, does not. All times are monotonic
 * milliseconds of the cloud's clock.
 */
typedef struct _EaselHttpGate EaselHttpGate;

EaselHttpGate *easel_http_gate_new (void);
void easel_http_gate_free (EaselHttpGate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselHttpGate, easel_http_gate_free)

gint64 easel_http_gate_enter (EaselHttpGate *self,
                              const char *server,
                              gboolean is_read,
                              gint64 now_ms,
                              gboolean *ret_first);
void easel_http_gate_leave (EaselHttpGate *self, const char *server, gboolean is_first);
void easel_http_gate_take_refusal (EaselHttpGate *self,
                                   const char *server,
                                   gboolean is_first,
                                   gint64 retry_after_ms,
                                   gint64 now_ms);
void easel_http_gate_take_answer (EaselHttpGate *self, const char *server, gboolean is_first);

G_END_DECLS
