/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * RunPod: what can be rented. The catalog answers for one cloud at a time, so both are asked at
 * once; offers of the one hold also when the other fails.
 */

#include "config.h"

#include "easel-runpod-provider-private.h"

#include "easel-error.h"
#include "easel-runpod-decode.h"

#define N_CLOUDS 2

typedef struct
{
  const char *word;
  EaselHostKind host_kind;
} CloudRow;

static const CloudRow clouds[N_CLOUDS] = {
  { "SECURE", EASEL_HOST_DATA_CENTER },
  { "COMMUNITY", EASEL_HOST_PRIVATE },
};

typedef struct
{
  GPtrArray *offers[N_CLOUDS]; /* (owned) (nullable) */
  GError *error;               /* (owned) (nullable): the first */
  guint n_pending;
} OffersData;

typedef struct
{
  GTask *task; /* (owned) */
  guint cloud;
} OffersStep;

static void
offers_data_free (OffersData *data)
{
  for (guint i = 0; i < N_CLOUDS; i++)
    g_clear_pointer (&data->offers[i], g_ptr_array_unref);
  g_clear_error (&data->error);
  g_free (data);
}

static void
offers_step_free (OffersStep *step)
{
  g_clear_object (&step->task);
  g_free (step);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OffersStep, offers_step_free)

static void
return_offers (GTask *task)
{
  OffersData *data = g_task_get_task_data (task);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean any = FALSE;

  g_assert (data->n_pending == 0);

  if (easel_error_is_cancelled (data->error))
    {
      g_task_return_error (task, g_steal_pointer (&data->error));
      return;
    }
  for (guint i = 0; i < N_CLOUDS; i++)
    if (data->offers[i] != NULL)
      {
        any = TRUE;
        g_ptr_array_extend_and_steal (all, g_steal_pointer (&data->offers[i]));
      }
  if (any)
    g_task_return_pointer (task, g_steal_pointer (&all), (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, g_steal_pointer (&data->error));
}

static void
on_gpus_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (OffersStep) step = g_steal_pointer (&user_data);
  OffersData *data = g_task_get_task_data (step->task);
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) error = NULL;
  guint n_skipped = 0;

  root = _easel_runpod_provider_call_finish (EASEL_RUNPOD_PROVIDER (source), result, &error);
  if (error == NULL)
    data->offers[step->cloud] =
        easel_runpod_decode_offers (root, clouds[step->cloud].host_kind, &n_skipped, &error);
  if (n_skipped > 0)
    g_debug ("RunPod: %u GPU types were not understood", n_skipped);
  if (error != NULL && (data->error == NULL || easel_error_is_cancelled (error)))
    {
      g_clear_error (&data->error);
      data->error = g_steal_pointer (&error);
    }
  if (--data->n_pending == 0)
    return_offers (step->task);
}

/* The disk has the same price everywhere and does not narrow the list. */
static void
list_offers_async (EaselProvider *provider,
                   EaselSecret *key,
                   guint need_cuda,
                   guint disk_gb,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  EaselRunpodProvider *self = EASEL_RUNPOD_PROVIDER (provider);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  OffersData *data = g_new0 (OffersData, 1);

  data->n_pending = N_CLOUDS;
  g_task_set_source_tag (task, list_offers_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, data, (GDestroyNotify) offers_data_free);
  for (guint i = 0; i < N_CLOUDS; i++)
    {
      g_autoptr (EaselRunpodRequest) request =
          easel_runpod_request_list_gpus (clouds[i].word, need_cuda);
      OffersStep *step = g_new0 (OffersStep, 1);

      step->task = g_object_ref (task);
      step->cloud = i;
      _easel_runpod_provider_read_async (self, request, key, cancellable, on_gpus_answered, step);
    }
}

static GPtrArray *
list_offers_finish (EaselProvider *provider, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, provider), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
_easel_runpod_provider_init_catalog (EaselProviderInterface *iface)
{
  iface->list_offers_async = list_offers_async;
  iface->list_offers_finish = list_offers_finish;
}
