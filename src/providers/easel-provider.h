/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-account-info.h"
#include "easel-launch-spec.h"
#include "easel-offer.h"
#include "easel-pod.h"
#include "easel-provider-info.h"
#include "easel-secret.h"
#include "easel-template.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define EASEL_TYPE_PROVIDER (easel_provider_get_type ())
G_DECLARE_INTERFACE (EaselProvider, easel_provider, EASEL, PROVIDER, GObject)

/**
 * EaselPodList:
 *
 * What a list call said. Only a list with @n_skipped 0 may prove that something is absent.
 */
typedef struct
{
  GPtrArray *pods; /* (element-type EaselPod) */
  guint n_skipped; /* elements that could not be understood */
} EaselPodList;
void easel_pod_list_free (EaselPodList *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselPodList, easel_pod_list_free)

/**
 * EaselBill:
 *
 * What the provider billed for one pod.
 */
typedef struct
{
  gint64 total;
  gint64 last_end_unix_ms; /* end of the newest bucket, 0 if there is none */
} EaselBill;

typedef enum
{
  EASEL_POD_ACTION_START,
  EASEL_POD_ACTION_STOP,
  EASEL_POD_ACTION_RESTART
} EaselPodAction;

/* One line of a pod's log. */
typedef void (*EaselLogFunc) (gint64 unix_ms,
                              gboolean is_system,
                              const char *line,
                              gpointer user_data);

/**
 * EaselProviderInterface:
 *
 * Every call is asynchronous, ends by itself (deadline), can be cancelled, and fails only with
 * %EASEL_ERROR or %G_IO_ERROR_CANCELLED. The key is an argument of every call and is kept
 * nowhere. create_pod is never repeated inside; delete_pod of something gone is NOT_FOUND.
 *
 * stream_logs ends when the server closes (TRUE) or fails; it has no deadline. @func is called
 * for each line while it runs.
 */
struct _EaselProviderInterface
{
  GTypeInterface parent_iface;

  const EaselProviderInfo *(*get_info) (EaselProvider *self);
  const char *(*get_api_host) (EaselProvider *self);

  void (*check_key_async) (EaselProvider *self,
                           EaselSecret *key,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
  EaselAccountInfo *(*check_key_finish) (EaselProvider *self, GAsyncResult *result, GError **error);

  void (*list_offers_async) (EaselProvider *self,
                             EaselSecret *key,
                             guint need_cuda,
                             guint disk_gb,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
  GPtrArray *(*list_offers_finish) (EaselProvider *self, GAsyncResult *result, GError **error);

  void (*list_templates_async) (EaselProvider *self,
                                EaselSecret *key,
                                const char *search_text,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
  GPtrArray *(*list_templates_finish) (EaselProvider *self, GAsyncResult *result, GError **error);

  void (*get_template_async) (EaselProvider *self,
                              EaselSecret *key,
                              const char *template_id,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
  EaselTemplate *(*get_template_finish) (EaselProvider *self, GAsyncResult *result, GError **error);

  void (*create_pod_async) (EaselProvider *self,
                            EaselSecret *key,
                            const EaselLaunchSpec *spec,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
  EaselPod *(*create_pod_finish) (EaselProvider *self, GAsyncResult *result, GError **error);

  void (*get_pod_async) (EaselProvider *self,
                         EaselSecret *key,
                         const char *pod_id,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
  EaselPod *(*get_pod_finish) (EaselProvider *self, GAsyncResult *result, GError **error);

  void (*list_pods_async) (EaselProvider *self,
                           EaselSecret *key,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
  EaselPodList *(*list_pods_finish) (EaselProvider *self, GAsyncResult *result, GError **error);

  void (*act_on_pod_async) (EaselProvider *self,
                            EaselSecret *key,
                            const char *pod_id,
                            EaselPodAction action,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
  gboolean (*act_on_pod_finish) (EaselProvider *self, GAsyncResult *result, GError **error);

  void (*delete_pod_async) (EaselProvider *self,
                            EaselSecret *key,
                            const char *pod_id,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
  gboolean (*delete_pod_finish) (EaselProvider *self, GAsyncResult *result, GError **error);

  void (*get_bill_async) (EaselProvider *self,
                          EaselSecret *key,
                          const char *pod_id,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
  EaselBill *(*get_bill_finish) (EaselProvider *self, GAsyncResult *result, GError **error);

  void (*stream_logs_async) (EaselProvider *self,
                             EaselSecret *key,
                             const char *pod_id,
                             EaselLogFunc func,
                             gpointer func_data,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
  gboolean (*stream_logs_finish) (EaselProvider *self, GAsyncResult *result, GError **error);
};

const EaselProviderInfo *easel_provider_get_info (EaselProvider *self);
const char *easel_provider_get_id (EaselProvider *self);
const char *easel_provider_get_name (EaselProvider *self);
const char *easel_provider_get_api_host (EaselProvider *self);

void easel_provider_check_key_async (EaselProvider *self,
                                     EaselSecret *key,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
EaselAccountInfo *
easel_provider_check_key_finish (EaselProvider *self, GAsyncResult *result, GError **error);
void easel_provider_list_offers_async (EaselProvider *self,
                                       EaselSecret *key,
                                       guint need_cuda,
                                       guint disk_gb,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
GPtrArray *
easel_provider_list_offers_finish (EaselProvider *self, GAsyncResult *result, GError **error);
void easel_provider_list_templates_async (EaselProvider *self,
                                          EaselSecret *key,
                                          const char *search_text,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
GPtrArray *
easel_provider_list_templates_finish (EaselProvider *self, GAsyncResult *result, GError **error);
void easel_provider_get_template_async (EaselProvider *self,
                                        EaselSecret *key,
                                        const char *template_id,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
EaselTemplate *
easel_provider_get_template_finish (EaselProvider *self, GAsyncResult *result, GError **error);
void easel_provider_create_pod_async (EaselProvider *self,
                                      EaselSecret *key,
                                      const EaselLaunchSpec *spec,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
EaselPod *
easel_provider_create_pod_finish (EaselProvider *self, GAsyncResult *result, GError **error);
void easel_provider_get_pod_async (EaselProvider *self,
                                   EaselSecret *key,
                                   const char *pod_id,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
EaselPod *easel_provider_get_pod_finish (EaselProvider *self, GAsyncResult *result, GError **error);
void easel_provider_list_pods_async (EaselProvider *self,
                                     EaselSecret *key,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
EaselPodList *
easel_provider_list_pods_finish (EaselProvider *self, GAsyncResult *result, GError **error);
void easel_provider_act_on_pod_async (EaselProvider *self,
                                      EaselSecret *key,
                                      const char *pod_id,
                                      EaselPodAction action,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean
easel_provider_act_on_pod_finish (EaselProvider *self, GAsyncResult *result, GError **error);
void easel_provider_delete_pod_async (EaselProvider *self,
                                      EaselSecret *key,
                                      const char *pod_id,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean
easel_provider_delete_pod_finish (EaselProvider *self, GAsyncResult *result, GError **error);
void easel_provider_get_bill_async (EaselProvider *self,
                                    EaselSecret *key,
                                    const char *pod_id,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
EaselBill *
easel_provider_get_bill_finish (EaselProvider *self, GAsyncResult *result, GError **error);
void easel_provider_stream_logs_async (EaselProvider *self,
                                       EaselSecret *key,
                                       const char *pod_id,
                                       EaselLogFunc func,
                                       gpointer func_data,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean
easel_provider_stream_logs_finish (EaselProvider *self, GAsyncResult *result, GError **error);

G_END_DECLS
