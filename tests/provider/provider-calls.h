/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-provider.h"

G_BEGIN_DECLS

/* Each operation of a provider as a plain call that runs the main context until it has ended. */
EaselAccountInfo *easel_call_check_key (EaselProvider *provider, EaselSecret *key, GError **error);
GPtrArray *
easel_call_list_offers (EaselProvider *provider, EaselSecret *key, guint need_cuda, GError **error);
GPtrArray *easel_call_list_templates (EaselProvider *provider,
                                      EaselSecret *key,
                                      const char *search_text,
                                      GError **error);
EaselTemplate *easel_call_get_template (EaselProvider *provider,
                                        EaselSecret *key,
                                        const char *template_id,
                                        GError **error);
EaselPod *easel_call_create_pod (EaselProvider *provider,
                                 EaselSecret *key,
                                 const EaselLaunchSpec *spec,
                                 GError **error);
EaselPod *
easel_call_get_pod (EaselProvider *provider, EaselSecret *key, const char *pod_id, GError **error);
EaselPodList *easel_call_list_pods (EaselProvider *provider, EaselSecret *key, GError **error);
gboolean easel_call_act_on_pod (EaselProvider *provider,
                                EaselSecret *key,
                                const char *pod_id,
                                EaselPodAction action,
                                GError **error);
gboolean easel_call_delete_pod (EaselProvider *provider,
                                EaselSecret *key,
                                const char *pod_id,
                                GError **error);
EaselBill *
easel_call_get_bill (EaselProvider *provider, EaselSecret *key, const char *pod_id, GError **error);

/* A launch that any provider can be asked for: its first offer in stock, the author's template. */
EaselLaunchSpec *easel_call_make_spec (EaselOffer *offer, EaselTemplate *template);

G_END_DECLS
