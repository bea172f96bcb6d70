/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-json.h"
#include "easel-runpod-provider.h"
#include "easel-runpod-requests.h"

G_BEGIN_DECLS

/* RunPod's own sample code waits 30 s for a read and 60 s for a create. */
#define EASEL_RUNPOD_READ_DEADLINE_MS (30 * 1000)
#define EASEL_RUNPOD_CREATE_DEADLINE_MS (60 * 1000)
#define EASEL_RUNPOD_ACCOUNT_DEADLINE_MS (10 * 1000)

/**
 * EaselRunpodCall:
 * @request: what is asked
 * @key: the account's key
 * @judge: what the status means
 * @deadline_ms: for one try
 * @retry: whether it may be sent again
 *
 * One call. Set up on the stack; _easel_runpod_provider_call_async() takes what it needs.
 */
typedef struct
{
  const EaselRunpodRequest *request;
  EaselSecret *key;
  EaselHttpJudge judge;
  guint deadline_ms;
  EaselRetryClass retry;
} EaselRunpodCall;

void _easel_runpod_provider_call_async (EaselRunpodProvider *self,
                                        const EaselRunpodCall *call,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
JsonNode *_easel_runpod_provider_call_finish (EaselRunpodProvider *self,
                                              GAsyncResult *result,
                                              GError **error);
void _easel_runpod_provider_read_async (EaselRunpodProvider *self,
                                        const EaselRunpodRequest *request,
                                        EaselSecret *key,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
GError *_easel_runpod_provider_clean_error (GError *error, EaselSecret *key);
char *_easel_runpod_provider_build_uri (EaselRunpodProvider *self,
                                        const EaselRunpodRequest *request);
EaselHttp *_easel_runpod_provider_get_http (EaselRunpodProvider *self);
const char *_easel_runpod_provider_get_graphql_uri (EaselRunpodProvider *self);
const char *_easel_runpod_provider_get_proxy_pattern (EaselRunpodProvider *self);

/* The operations, one file per concern. */
void _easel_runpod_provider_init_account (EaselProviderInterface *iface);
void _easel_runpod_provider_init_catalog (EaselProviderInterface *iface);
void _easel_runpod_provider_init_templates (EaselProviderInterface *iface);
void _easel_runpod_provider_init_create (EaselProviderInterface *iface);
void _easel_runpod_provider_init_pods (EaselProviderInterface *iface);
void _easel_runpod_provider_init_logs (EaselProviderInterface *iface);

G_END_DECLS
