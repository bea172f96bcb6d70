/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * EaselSseParser:
 *
 * Server-sent events, byte by byte: feed it what arrived, in pieces of any size, and it calls
 * back once per event. Lines above 64 KiB are dropped whole; comments, unknown fields, BOM and all
 * three line ends are handled as the WHATWG text says.
 */
typedef struct _EaselSseParser EaselSseParser;

typedef void (*EaselSseFunc) (const char *id,
                              const char *event,
                              const char *data,
                              gpointer user_data);

EaselSseParser *easel_sse_parser_new (EaselSseFunc func, gpointer user_data);
void easel_sse_parser_feed (EaselSseParser *self, const void *data, gsize length);
void easel_sse_parser_free (EaselSseParser *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselSseParser, easel_sse_parser_free)

G_END_DECLS
