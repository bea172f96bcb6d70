/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-http.h"

G_BEGIN_DECLS

/* A connection that is kept, for whoever sends megabytes after megabytes to the same server. */
#define EASEL_TYPE_HTTP_LINE (easel_http_line_get_type ())
G_DECLARE_FINAL_TYPE (EaselHttpLine, easel_http_line, EASEL, HTTP_LINE, GObject)

/* Called from the line's thread when a body has left, while the answer to it is on its way. */
typedef void (*EaselHttpMeanwhile) (gpointer user_data);

EaselHttpLine *easel_http_line_new (EaselHttp *http);

void easel_http_line_send_async (EaselHttpLine *self,
                                 const EaselHttpRequest *request,
                                 EaselHttpMeanwhile meanwhile,
                                 gpointer meanwhile_data,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
EaselHttpResponse *
easel_http_line_send_finish (EaselHttpLine *self, GAsyncResult *result, GError **error);

G_END_DECLS
