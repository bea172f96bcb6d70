/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-http-gate.h"
#include "easel-http.h"

G_BEGIN_DECLS

/* Addresses, without a connection; see easel-http-uri.c. */
GUri *_easel_http_uri_parse (const char *text);
gboolean _easel_http_uri_host_is_loopback (GUri *uri);
gboolean _easel_http_uri_is_http (const char *uri);
char *_easel_http_uri_for_log (GUri *uri);

/* The SoupSession that reaches @uri; see easel-http.c. */
gpointer _easel_http_get_session (EaselHttp *self, GUri *uri);
gpointer _easel_http_session_new (GTlsDatabase *tls_database, gboolean is_local);
GTlsDatabase *_easel_http_get_tls_database (EaselHttp *self);
EaselClock *_easel_http_get_clock (EaselHttp *self);
EaselHttpGate *_easel_http_get_gate (EaselHttp *self);

/* What is wanted of an answer. */
typedef enum
{
  EASEL_HTTP_WANTS_BODY,
  EASEL_HTTP_WANTS_STREAM,
  EASEL_HTTP_WANTS_HEAD
} EaselHttpWish;

/* See easel-http-exchange.c. */
EaselHttpResponse *_easel_http_make_response (EaselClock *clock, gpointer message, GBytes *body);
void _easel_http_offer_http1 (gpointer message);
void _easel_http_exchange (GTask *task,
                           const EaselHttpRequest *request,
                           EaselHttpJudge judge,
                           EaselHttpWish wish);

G_END_DECLS
