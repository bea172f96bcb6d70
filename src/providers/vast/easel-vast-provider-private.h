/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-json.h"
#include "easel-vast-memory.h"
#include "easel-vast-provider.h"
#include "easel-vast-requests.h"

G_BEGIN_DECLS

/* vast.ai's own tools wait 30 s for a read and up to 120 s for a create. */
#define EASEL_VAST_READ_DEADLINE_MS (30 * 1000)
#define EASEL_VAST_CREATE_DEADLINE_MS (90 * 1000)
#define EASEL_VAST_ACCOUNT_DEADLINE_MS (10 * 1000)

/**
 * EaselVastCall:
 * @request: what is asked
 * @key: the account's key
 * @deadline_ms: for one try, 0 for the usual one
 * @retry: whether it may be sent again
 *
 * One call. Set up on the stack; what is needed of it is copied.
 */
typedef struct
{
  const EaselVastRequest *request;
  EaselSecret *key;
  guint deadline_ms;
  EaselRetryClass retry;
} EaselVastCall;

/* One try in its lane; any answer that arrived whole is good. */
void _easel_vast_provider_exchange_async (EaselVastProvider *self,
                                          const EaselVastCall *call,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
EaselHttpResponse *_easel_vast_provider_exchange_finish (EaselVastProvider *self,
                                                         GAsyncResult *result,
                                                         GError **error);

/* As many tries as the call allows; the answer is judged and JSON. */
void _easel_vast_provider_call_async (EaselVastProvider *self,
                                      const EaselVastCall *call,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
JsonNode *
_easel_vast_provider_call_finish (EaselVastProvider *self, GAsyncResult *result, GError **error);
void _easel_vast_provider_read_async (EaselVastProvider *self,
                                      const EaselVastRequest *request,
                                      EaselSecret *key,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);

GError *_easel_vast_provider_clean_error (GError *error, EaselSecret *key);
GError *_easel_vast_provider_no_such_instance (void);
char *_easel_vast_provider_build_uri (EaselVastProvider *self, const EaselVastRequest *request);
EaselHttp *_easel_vast_provider_get_http (EaselVastProvider *self);
EaselVastPacer *_easel_vast_provider_get_pacer (EaselVastProvider *self);
EaselClock *_easel_vast_provider_get_clock (EaselVastProvider *self);
EaselVastMemory *_easel_vast_provider_get_memory (EaselVastProvider *self);

/* The operations, one file per concern. */
void _easel_vast_provider_init_account (EaselProviderInterface *iface);
void _easel_vast_provider_init_offers (EaselProviderInterface *iface);
void _easel_vast_provider_init_templates (EaselProviderInterface *iface);
void _easel_vast_provider_init_create (EaselProviderInterface *iface);
void _easel_vast_provider_init_pods (EaselProviderInterface *iface);
void _easel_vast_provider_init_changes (EaselProviderInterface *iface);
void _easel_vast_provider_init_logs (EaselProviderInterface *iface);

G_END_DECLS
