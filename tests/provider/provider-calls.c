/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A provider's operations as plain calls, for tests.
 */

#include "config.h"

#include "provider-calls.h"

#include "easel-test-util.h"

#define CALL(name, ...)                                                                            \
  g_auto (EaselTestCatch) caught = { 0 };                                                          \
  easel_provider_##name##_async (provider, key, __VA_ARGS__, easel_test_catch, &caught);           \
  return easel_provider_##name##_finish (provider, easel_test_catch_wait (&caught), error)

EaselAccountInfo *
easel_call_check_key (EaselProvider *provider, EaselSecret *key, GError **error)
{
  CALL (check_key, NULL);
}

GPtrArray *
easel_call_list_offers (EaselProvider *provider, EaselSecret *key, guint need_cuda, GError **error)
{
  CALL (list_offers, need_cuda, 70, NULL);
}

GPtrArray *
easel_call_list_templates (EaselProvider *provider,
                           EaselSecret *key,
                           const char *search_text,
                           GError **error)
{
  CALL (list_templates, search_text, NULL);
}

EaselTemplate *
easel_call_get_template (EaselProvider *provider,
                         EaselSecret *key,
                         const char *template_id,
                         GError **error)
{
  CALL (get_template, template_id, NULL);
}

EaselPod *
easel_call_create_pod (EaselProvider *provider,
                       EaselSecret *key,
                       const EaselLaunchSpec *spec,
                       GError **error)
{
  CALL (create_pod, spec, NULL);
}

EaselPod *
easel_call_get_pod (EaselProvider *provider, EaselSecret *key, const char *pod_id, GError **error)
{
  CALL (get_pod, pod_id, NULL);
}

EaselPodList *
easel_call_list_pods (EaselProvider *provider, EaselSecret *key, GError **error)
{
  CALL (list_pods, NULL);
}

gboolean
easel_call_act_on_pod (EaselProvider *provider,
                       EaselSecret *key,
                       const char *pod_id,
                       EaselPodAction action,
                       GError **error)
{
  CALL (act_on_pod, pod_id, action, NULL);
}

gboolean
easel_call_delete_pod (EaselProvider *provider,
                       EaselSecret *key,
                       const char *pod_id,
                       GError **error)
{
  CALL (delete_pod, pod_id, NULL);
}

EaselBill *
easel_call_get_bill (EaselProvider *provider, EaselSecret *key, const char *pod_id, GError **error)
{
  CALL (get_bill, pod_id, NULL);
}

EaselLaunchSpec *
easel_call_make_spec (EaselOffer *offer, EaselTemplate *template)
{
  EaselLaunchSpec *spec = easel_launch_spec_new ();

  spec->name = easel_pod_name_new ();
  spec->offer = g_object_ref (offer);
  spec->template = g_object_ref (template);
  spec->workload = EASEL_WORKLOAD_DEFAULT;
  spec->disk_gb = 30;
  spec->workspace_gb = 50;
  spec->need_cuda = EASEL_CUDA (13, 0);
  easel_limits_init_default (&spec->limits);
  return spec;
}
