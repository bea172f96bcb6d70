/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-http.h"
#include "easel-model-link.h"

G_BEGIN_DECLS

#define EASEL_CIVITAI "https://civitai.com"
#define EASEL_HUGGINGFACE "https://huggingface.co"

/* What the agent keeps free on the pod's disk. */
#define EASEL_MODEL_KEEP_FREE (G_GUINT64_CONSTANT (2) << 30)

/**
 * EaselModelSource:
 * @uri: where the file itself is; often signed and good for some minutes only, so never stored
 * @name: what it is called, as the agent takes it
 * @size: in bytes, 0 if the server does not tell
 *
 * What a link led to: a plain value. No token was needed at @uri, or none is in it.
 */
typedef struct
{
  char *uri;
  char *name;
  guint64 size;
} EaselModelSource;

void easel_model_source_free (EaselModelSource *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselModelSource, easel_model_source_free)

/* Follows links to models, so that a token stays on this computer. */
#define EASEL_TYPE_MODEL_RESOLVER (easel_model_resolver_get_type ())
G_DECLARE_FINAL_TYPE (EaselModelResolver, easel_model_resolver, EASEL, MODEL_RESOLVER, GObject)

EaselModelResolver *
easel_model_resolver_new (EaselHttp *http, const char *civitai, const char *huggingface);
void easel_model_resolver_set_elsewhere (EaselModelResolver *self, const char *elsewhere);

void easel_model_resolver_resolve_async (EaselModelResolver *self,
                                         const EaselModelLink *link,
                                         EaselSecret *token,
                                         guint64 free_bytes,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
EaselModelSource *easel_model_resolver_resolve_finish (EaselModelResolver *self,
                                                       GAsyncResult *result,
                                                       GError **error);

G_END_DECLS
